"""The in-place forms: `x.exp_()`, `x.add_(y)`, `x += y`, `x[0] = 3`.

Each is an ordinary function done in place (`ops/inplace.py`). The files of the operations say which of theirs have such a form
(`IN_PLACE`); here they are made methods.

Read next: `gradients.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from autograd_viz.torch import dtypes
from autograd_viz.torch.arguments import kind_name
from autograd_viz.torch.indexing import located
from autograd_viz.torch.op import check_broadcast
from autograd_viz.torch.ops import (
    arithmetic,
    cumulation,
    gathering,
    inplace,
    linalg,
    logic,
    matrices,
    norms,
    piecewise,
    pointwise,
    scattering,
    shape,
    shape_inplace,
    special_functions,
    steps,
    three_arguments,
    transcendental,
)
from autograd_viz.torch.ops.from_data import tensor
from autograd_viz.torch.ops.inplace import check_change, in_place, reshape_in_place
from autograd_viz.torch.overloads import fitting
from autograd_viz.torch.tensor import Tensor, holding, need_tensors

NUMBER = bool | int | float | np.generic

# --- methods ----------------------------------------------------------------------------------------------------------


def _check_fill(input: Tensor, mask: Tensor, value: Any) -> None:
    if mask.dtype is dtypes.bool_ and not (isinstance(value, Tensor) and value.ndim):
        check_broadcast(input._array.shape, mask._array.shape)


def _check_scatter(input: Tensor, mask: Tensor, source: Any) -> None:
    if isinstance(source, Tensor):
        if source.dtype is not input.dtype:
            names = f"{dtypes.SCALAR_NAMES[input.dtype]} and {dtypes.SCALAR_NAMES[source.dtype]}"
            raise RuntimeError(f"masked_scatter: expected self and source to have same dtypes but got{names}")
        shape.expand(mask, input._array.shape)


CHECKS = {"masked_fill_": _check_fill, "masked_scatter_": _check_scatter}  # what is said before it is done, in other words than elsewhere


def _method(operation: Callable[..., Any], name: str, how: Callable[..., Tensor] = in_place) -> None:
    row = getattr(operation, "row", None)
    takes_nothing = row is not None and len(row.names) == 1

    def changed(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        if takes_nothing and args:
            raise TypeError(f"TensorBase.{name}() takes no arguments ({len(args)} given)")
        if name in CHECKS and len(args) == 2 and isinstance(args[0], Tensor):
            CHECKS[name](self, *args)
        try:
            return how(self, as_method, *args, **kwargs)
        except TypeError as wrong:  # its complaints name the in-place form
            raise TypeError(str(wrong).replace(f"{name.removesuffix('_')}()", f"{name}()")) from None

    as_method = getattr(operation, "as_method", operation)
    changed.__name__ = changed.__qualname__ = name
    changed.__doc__ = f"`{name.removesuffix('_')}` in place: overwrites the tensor and returns it."
    setattr(Tensor, name, changed)


def _squeeze(input: Tensor, dim: Any = None) -> Tensor:
    if dim is None:
        made: Tensor = shape_inplace.squeeze_all_(input)
    elif isinstance(dim, tuple | list):
        made = shape_inplace.squeeze_dims_(input, tuple(dim))
    else:
        made = shape_inplace.squeeze_dim_(input, dim)
    return made


def _copied(input: Tensor, src: Any, non_blocking: bool = False) -> Tensor:
    if isinstance(src, int | float | np.generic):
        src = tensor(src)
    if not isinstance(src, Tensor):
        raise TypeError(f"copy_(): argument 'other' (position 1) must be Tensor, not {kind_name(src)}")
    made: Tensor = inplace.copy(input, src)
    return made


_RESHAPE: dict[str, Callable[..., Any]] = {
    "t_": shape_inplace.t_, "transpose_": shape_inplace.transpose_, "swapaxes_": shape_inplace.transpose_,
    "swapdims_": shape_inplace.transpose_,
    "unsqueeze_": shape_inplace.unsqueeze_, "squeeze_": _squeeze,
}  # fmt: skip
_FILES: tuple[ModuleType, ...] = (
    arithmetic, three_arguments, transcendental, special_functions, piecewise, steps, logic, gathering, scattering, cumulation, norms,
    linalg, matrices,
)  # fmt: skip

for _file in _FILES:
    for _name in _file.IN_PLACE:
        _method(getattr(_file, _name), f"{_name}_")
for _name, _row in transcendental.WRITTEN_OVER.items():
    _method(_row, f"{_name}_")
    _method(_row, f"arc{_name.removeprefix('a')}_")
for _name in ("exp", "log", "log1p", "sqrt", "neg", "abs", "sign", "sigmoid", "tanh", "relu", "reciprocal"):
    _method(getattr(pointwise, _name), f"{_name}_")
_WRITTEN: dict[str, Callable[..., Any]] = {"zero_": inplace.zero, "fill_": inplace.fill, "copy_": _copied}
for _name, _function in _WRITTEN.items():
    _method(_function, _name)
for _name, _function in _RESHAPE.items():
    _method(_function, _name, reshape_in_place)

# --- the same as functions: torch.exp_(x) -----------------------------------------------------------------------------------

fill = inplace.filled
_NAMES = (
    "abs_", "acos_", "acosh_", "addmv_", "arccos_", "arccosh_", "arcsin_", "arcsinh_", "arctan_", "arctanh_", "asin_", "asinh_",
    "atan_", "atanh_", "ceil_", "clamp_", "clamp_max_", "clamp_min_", "clip_", "cos_", "cosh_", "deg2rad_", "detach_", "erf_", "erfc_",
    "exp2_", "exp_", "expm1_", "fill_", "fix_", "floor_", "frac_", "gcd_", "index_put_", "lcm_", "ldexp_", "log10_", "log1p_", "log2_",
    "log_", "logit_", "nan_to_num_", "neg_", "negative_", "rad2deg_", "reciprocal_", "resize_as_", "round_", "rsqrt_", "sigmoid_",
    "sin_", "sinc_", "sinh_", "sqrt_", "square_", "tan_", "tanh_", "trunc_", "xlogy_", "zero_",
)  # fmt: skip


def _as_function(name: str) -> Callable[..., Tensor]:
    def changed(*args: Any, **named: Any) -> Tensor:
        args = args or ((named.pop("input"),) if "input" in named else ())
        if not args:
            raise TypeError(f'{name}() missing 1 required positional arguments: "input"')
        need_tensors(name, input=args[0])
        made: Tensor = getattr(Tensor, name)(*args, **named)
        return made

    changed.__name__ = changed.__qualname__ = name
    changed.__doc__ = f"`{name.removesuffix('_')}` in place: overwrites the tensor and returns it."
    return changed


globals().update((_name, _as_function(_name)) for _name in _NAMES)
__all__ = ["fill", *_NAMES]

# --- x += y -----------------------------------------------------------------------------------------------------------


def _operator(name: str) -> Callable[[Tensor, Any], Any]:
    changed = getattr(Tensor, name)

    def applied(self: Tensor, other: Any) -> Any:
        return changed(self, other) if isinstance(other, Tensor | NUMBER) else NotImplemented

    return applied


for _name, _short in {
    "add_": "iadd", "sub_": "isub", "mul_": "imul", "div_": "itruediv", "pow_": "ipow", "floor_divide_": "ifloordiv", "remainder_": "imod",
    "bitwise_and_": "iand", "bitwise_or_": "ior", "bitwise_xor_": "ixor", "bitwise_left_shift_": "ilshift",
    "bitwise_right_shift_": "irshift",
}.items():  # fmt: skip
    setattr(Tensor, f"__{_short}__", _operator(_name))

# --- x[...] = value ---------------------------------------------------------------------------------------------------


def setitem(tensor: Tensor, key: Any, value: Any) -> None:
    """tensor[key] = value: numbers and slices make a view, which is filled or copied to; lists and masks take `index_put_`."""
    if key is False:
        return
    if not isinstance(value, Tensor | NUMBER):
        raise TypeError(f"can't assign a {kind_name(value)} to a {tensor_type(tensor)}")
    source = value if isinstance(value, Tensor) else holding(_number(value, tensor._array.dtype))
    slim = _without_leading_ones(source) if source._array.shape[:1] == (1,) else source
    part, indices = located(tensor, None if key is True else key, whole=True)
    if indices:
        check_change(part, "put_values", [slim])
        gathering.check_indices(part, indices, slim)
        in_place(part, gathering.put_values, indices, slim)
    elif part._array.shape == source._array.shape:
        in_place(part, inplace.copy, source)
    elif source.ndim == 0:
        in_place(part, inplace.fill_tensor, source)
    else:
        slim = _without_leading_ones(source)
        in_place(part, inplace.copy, slim if slim._array.shape == part._array.shape else shape.expand(slim, part._array.shape))


def _number(value: Any, kind: np.dtype) -> np.ndarray:
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise ValueError("Overflow when unpacking long long")
    return fitting(value, kind)


def tensor_type(tensor: Tensor) -> str:
    """torch.FloatTensor and so on, as the oldest messages call it."""
    names = {"float32": "Float", "float64": "Double", "int64": "Long", "int32": "Int", "int16": "Short", "int8": "Char", "uint8": "Byte",
             "bool": "Bool", "float16": "Half"}  # fmt: skip
    return f"torch.{names[tensor.dtype.name]}Tensor"


def _without_leading_ones(source: Tensor) -> Tensor:
    """A view of the source without the dimensions of size 1 that its shape begins with."""
    sizes = source._array.shape
    skip = 0
    while skip < len(sizes) and sizes[skip] == 1:
        skip += 1
    made: Tensor = shape.view(source, sizes[skip:])
    return made


setattr(Tensor, "__setitem__", setitem)  # noqa: B010 - a method like the others

# --- what cannot be set -----------------------------------------------------------------------------------------------


def _read_only(name: str, found: property) -> property:
    def refuse(self: Tensor, value: Any = None) -> None:
        raise AttributeError(f"attribute '{name}' of 'torch._C.TensorBase' objects is not writable")

    return property(found.fget, refuse, refuse, found.__doc__)


for _name, _found in list(vars(Tensor).items()):
    if isinstance(_found, property) and _found.fset is None:
        setattr(Tensor, _name, _read_only(_name, _found))
