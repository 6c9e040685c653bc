"""`@op`: one operation is one row of a derivatives table, and this file is what reads the row.

    @op("MulBackward0",
        self=lambda grad, other: grad * other,
        other=lambda grad, self: grad * self)
    def mul(self, other):
        return self * other

reads: the node of `mul` is called MulBackward0; the gradient of `self` is the incoming gradient times `other`, and the other way
round; the values come from numpy. The names that a formula asks for say what the node must save, so nothing else need be
written: not the list of saved tensors (`grad_fn._saved_other`), nor when they are freed, nor the check of their version.

What a formula may ask for:  `grad`; an argument, or `result` (a tensor is saved, a plain value kept); and of an argument that it
need not keep, `..._sym_sizes` (its shape), `..._sym_numel`.  Formulas are written with operations, so one formula serves twice: on
bare arrays when only numbers are wanted, on Tensors when `create_graph=True` asks for the graph of the gradient.

Read next: `ops/pointwise.py`.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_viz import events
from autograd_viz.torch import dtypes, observe
from autograd_viz.torch.formulas import texts_of
from autograd_viz.torch.modes import mode
from autograd_viz.torch.node import Array, Node, SavedInput, SavedOutput
from autograd_viz.torch.tensor import Tensor, as_array, edge_to, wrapped_number

Formula = Callable[..., Any]

ROWS: dict[str, Row] = {}
"""The whole table, by node name."""


def op(
    node: str, /, *, view: bool = False, pointwise: bool = False, others: str = "", outputs: str = "", keep: str = "", **formulas: Formula
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make an operation of a numpy function.

    `node`: PyTorch's name for its grad_fn ("" if nothing it returns has a gradient). `formulas`: for each differentiable argument, its gradient. `others`: further arguments that are
    tensors (an index, a mask). `outputs`: names of the results, if several; only the first has a gradient. `view`: the result shares the
    first argument's memory. `pointwise`: the arguments are broadcast, promoted to one dtype, and may be numbers. `keep`: what
    PyTorch's node shows besides what our formulas need.
    """

    def made(forward: Callable[..., Any]) -> Callable[..., Any]:
        row = Row(node, forward, formulas, view, pointwise, others.split(), outputs.split(), keep.split())
        if node:
            ROWS.setdefault(node, row)

        @functools.wraps(forward)
        def operation(*args: Any, **kwargs: Any) -> Any:
            if args and isinstance(args[0], np.ndarray | np.generic):  # inside a formula, where only numbers are wanted
                return forward(*args, **kwargs)
            return row.apply(args, kwargs)

        operation.row = row  # type: ignore[attr-defined]
        return operation

    return made


class Row:
    """One row: names, formulas and forward, and how to apply them."""

    def __init__(
        self, node: str, forward: Callable[..., Any], formulas: dict[str, Formula], view: bool, pointwise: bool, others: list[str], outputs: list[str], keep: list[str]
    ) -> None:  # fmt: skip
        parameters = inspect.signature(forward).parameters
        self.op = re.sub("_(all|dims?|number|tensor)$", "", forward.__name__.strip("_"))
        self.forward = forward
        self.view, self.outputs = view, outputs
        self.names = list(parameters)
        self.defaults = {name: p.default for name, p in parameters.items() if p.default is not p.empty}
        self.inputs = [name for name in self.names if name in formulas]  # in the order of the signature, as in next_functions
        self.tensors = self.inputs + others
        self.meeting = (self.inputs or others) if pointwise else []  # what is broadcast and promoted together
        self.formulas = [(formulas[name], list(inspect.signature(formulas[name]).parameters)) for name in self.inputs]
        self.results = outputs or ["result"]
        asked = {name for _, asks in self.formulas for name in asks} - {"grad"}
        self.saves = sorted(asked | set(keep))
        self.node = type(node, (RecordedOp,), {"__slots__": (), "__module__": "builtins", "row": self, "__doc__": f"The grad_fn of `{self.op}`."})

    def apply(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run the forward on the tensors' arrays; if a gradient will be needed, leave a node behind."""
        values = {**self.defaults, **dict(zip(self.names, args, strict=False)), **kwargs}
        if len(self.meeting) > 1:
            self._wrap_numbers(values)
        inputs = self._tensors(values)
        arrays = {**values, **{name: tensor._array for name, tensor in inputs.items()}}
        if len(self.meeting) > 1:
            self._meet(arrays, inputs)
        made = self.forward(**arrays)
        results = [Tensor(as_array(array)) for array in (made if self.outputs else (made,))]
        if self.view:
            _share_memory(results[0], next(iter(inputs.values())))
        wanted = any(inputs[name]._requires_grad for name in self.inputs if name in inputs)
        if wanted and mode.grad and results[0]._array.dtype.kind == "f":
            self._record(values, inputs, results, arrays)
        elif events.listeners:
            (observe.not_recorded if wanted and not mode.grad else observe.created)(results[0], self.op, list(inputs.values()))
        return tuple(results) if self.outputs else results[0]

    def _record(self, values: dict[str, Any], inputs: dict[str, Tensor], results: list[Tensor], arrays: dict[str, Any]) -> None:
        node = self.node()
        node.next_functions = tuple(edge_to(inputs[name]) if name in inputs else (None, 0) for name in self.inputs)
        node.metas = tuple((result._array.shape, result._array.dtype) for result in results)
        results[0]._grad_fn, results[0]._requires_grad = node, True
        for name in self.saves:
            node._saved[name] = self._saved(name, values, inputs, results, arrays)
        if events.listeners:
            ordered = [inputs[name] for name in self.tensors if name in inputs]
            observe.recorded(node, results[:1], self.op, ordered, len([n for n in self.inputs if n in inputs]), self.derivatives)

    def _saved(self, name: str, values: dict[str, Any], inputs: dict[str, Tensor], results: list[Tensor], arrays: dict[str, Any]) -> Any:
        if name in self.results:
            index = self.results.index(name)
            return SavedOutput(results[index], index) if index == 0 else SavedInput(results[index])
        if name in inputs:
            if not self._needed(name, inputs):
                return None
            tensor = inputs[name]
            if tensor._number is not None and arrays[name] is not tensor._array:
                tensor._array = arrays[name]  # the number, as it entered the computation
            return SavedInput(tensor)
        if name in values:
            return values[name]
        argument, _, what = name.rpartition("_sym_")
        array = arrays[argument]
        if what == "strides":
            return tuple(s // array.itemsize for s in array.strides) if self._needed(name, inputs) else ()
        return tuple(array.shape) if what == "sizes" else array.size

    def _needed(self, name: str, inputs: dict[str, Tensor]) -> bool:
        """PyTorch's rule: what exactly one formula reads is saved only if that formula's gradient is needed."""
        readers = [i for i, (_, asks) in enumerate(self.formulas) if name in asks]
        return len(readers) != 1 or len(self.formulas) == 1 or inputs[self.inputs[readers[0]]]._requires_grad

    def _tensors(self, values: dict[str, Any]) -> dict[str, Tensor]:
        found = {}
        for name in self.tensors:
            value = values[name]
            if isinstance(value, Tensor):
                found[name] = value
            elif value is not None:
                position = self.names.index(name) + 1
                called = "input" if position == 1 else name
                raise TypeError(f"{self.op}(): argument '{called}' (position {position}) must be Tensor, not {type(value).__name__}")
        return found

    def _wrap_numbers(self, values: dict[str, Any]) -> None:
        for name in self.meeting:
            if isinstance(values[name], int | float | np.generic):
                values[name] = wrapped_number(values[name])

    def _meet(self, arrays: dict[str, Any], inputs: dict[str, Tensor]) -> None:
        """Give the arguments one dtype, and say in PyTorch's words if their shapes do not broadcast."""
        met = self.meeting
        for name in met[1:]:
            check_broadcast(arrays[met[0]].shape, arrays[name].shape)
        if len({arrays[name].dtype for name in met}) > 1:
            kind = dtypes.promoted([arrays[name] for name in met], [inputs[name]._number is not None for name in met])
            for name in met:
                arrays[name] = arrays[name].astype(kind, copy=False)

    @functools.cached_property
    def derivatives(self) -> tuple[tuple[str, str], ...]:
        """Each differentiable input with its formula as written in the table."""
        return texts_of(self.forward, self.inputs)


class RecordedOp(Node):
    """A node that works by its row's formulas."""

    __slots__ = ()
    row: Row

    def run(self, gradients: list[Any], needed: tuple[bool, ...], create_graph: bool) -> list[Any]:
        """See `Node.run`."""
        have = {"grad": gradients[0]}
        for name, kept in self._saved.items():  # all of them first, as in PyTorch: a freed or changed one stops the node
            if hasattr(kept, "unpack"):
                have[name] = kept.unpack(self) if create_graph else kept.array(self)
            else:
                have[name] = kept
        return [formula(*[have[name] for name in asks]) if need else None
                for (formula, asks), need in zip(self.row.formulas, needed, strict=True)]  # fmt: skip


def check_broadcast(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    """Raise RuntimeError unless the two shapes broadcast."""
    for i in range(1, min(len(a), len(b)) + 1):
        if a[-i] != b[-i] and a[-i] != 1 and b[-i] != 1:
            raise RuntimeError(
                f"The size of tensor a ({a[-i]}) must match the size of tensor b ({b[-i]}) at non-singleton dimension {max(len(a), len(b)) - i}"
                f"\nHint: shapes {a} and {b} broadcast only where two sizes, counted from the right, are equal or one of them is 1."
            )


def _share_memory(view: Tensor, of: Tensor) -> None:
    view._base = of._base if of._base is not None else of
    view._version_counter = of._version_counter
