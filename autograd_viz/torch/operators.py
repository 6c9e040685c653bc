"""What one writes with signs: `x + 1`, `x @ y`, `x[0]`, `x > 0`; and the rows that are methods as they stand.

PyTorch offers most operations twice, as `torch.sum(x)` and as `x.sum()`. Here each is one function whose first argument is the tensor;
`@method` makes it a method too, in the file where it stands. How autograd is asked to work (`backward`, `.grad`, `detach`) is in
`gradients.py`.

Read next: `mutation.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_viz.torch.dtypes import of_numpy
from autograd_viz.torch.indexing import getitem
from autograd_viz.torch.ops import arithmetic, linalg, logic, pointwise
from autograd_viz.torch.ops.arithmetic import floor_divide, remainder
from autograd_viz.torch.tensor import Tensor, holding, method

__all__ = ["ger"]

NUMBER = int | float | np.generic

for _row in (
    pointwise.neg, pointwise.reciprocal, pointwise.exp, pointwise.log, pointwise.log1p, pointwise.sqrt, pointwise.abs, pointwise.sign,
    pointwise.sigmoid, pointwise.tanh, pointwise.relu, logic.isposinf, logic.isneginf, logic.isreal, logic.signbit, logic.logical_not,
    logic.bitwise_not, linalg.mm, linalg.bmm, linalg.mv, linalg.dot, linalg.matmul, linalg.outer,
):  # fmt: skip
    method(_row)


def _operator(function: Callable[[Any, Any], Any], kinds: Any = Tensor | NUMBER) -> Callable[[Tensor, Any], Any]:
    def applied(self: Tensor, other: Any) -> Any:
        return function(self, other) if isinstance(other, kinds) else NotImplemented

    return applied


def _matmul(self: Tensor, other: Any) -> Any:
    if not isinstance(other, Tensor):
        return NotImplemented
    return linalg.mm(self, other) if self._array.ndim == 2 == other._array.ndim else linalg.matmul(self, other)


def _bits(name: str, turned: bool = False) -> Callable[[Tensor, Any], Any]:
    function = logic.bits[name]
    return _operator(lambda a, b: function(b, a) if turned else function(a, b))


def _equal(self: Tensor, other: Any) -> Any:
    if isinstance(other, np.ndarray) and other.dtype in of_numpy:  # (of all comparisons, this one alone takes arrays)
        other = holding(other)
    return pointwise.eq(self, other) if isinstance(other, Tensor | NUMBER) else NotImplemented


def _plain(number: Any) -> Any:
    return number.item() if isinstance(number, np.generic) else number


pointwise.sub.row.public = arithmetic.minus  # type: ignore[attr-defined]
_OPERATORS: dict[str, Callable[..., Any]] = {
    **{name: row.operator for name, row in (  # type: ignore[attr-defined]
        ("__add__", pointwise.add), ("__radd__", pointwise.add), ("__sub__", pointwise.sub), ("__mul__", pointwise.mul),
        ("__rmul__", pointwise.mul), ("__truediv__", pointwise.div),
    )},
    "__rsub__": _operator(arithmetic.from_number),
    "__rtruediv__": _operator(lambda a, b: pointwise.reciprocal(a) * b, Tensor | NUMBER | np.ndarray),
    "__floordiv__": _operator(floor_divide), "__rfloordiv__": _operator(lambda a, b: floor_divide(_plain(b), a)),
    "__mod__": _operator(remainder), "__rmod__": _operator(lambda a, b: remainder(b, a)),
    "__pow__": _operator(arithmetic.power), "__rpow__": _operator(lambda a, b: pointwise.number_pow(_plain(b), a)),
    "__matmul__": _matmul, "__neg__": pointwise.neg, "__abs__": pointwise.abs, "__getitem__": getitem,
    "__pos__": arithmetic.positive, "__invert__": logic.inverted,
    "__and__": _bits("bitwise_and"), "__or__": _bits("bitwise_or"), "__xor__": _bits("bitwise_xor"),
    "__rand__": _bits("bitwise_and"), "__ror__": _bits("bitwise_or"), "__rxor__": _bits("bitwise_xor"),
    "__lshift__": _bits("bitwise_left_shift"), "__rlshift__": _bits("bitwise_left_shift", turned=True),
    "__rshift__": _bits("bitwise_right_shift"), "__rrshift__": _bits("bitwise_right_shift", turned=True),
    "__eq__": _equal, "__ne__": _operator(pointwise.ne), "__lt__": _operator(pointwise.lt),
    "__le__": _operator(pointwise.le), "__gt__": _operator(pointwise.gt), "__ge__": _operator(pointwise.ge),
}  # fmt: skip
for _name, _function in _OPERATORS.items():
    setattr(Tensor, _name, _function)

ger = linalg.outer  # the same under another name of PyTorch's
setattr(Tensor, "ger", ger)  # noqa: B010
