"""Pooling: of every window of the input its largest number or its mean.

One dimension is pooled as two, of which the first has size 1: PyTorch has rows for two and three.

Read next: `unpooling.py`.
"""

from __future__ import annotations

from typing import Any

from autograd_viz.torch import dtypes
from autograd_viz.torch.nn.functional.activations import relu
from autograd_viz.torch.nn.functional.convolution import Size, Sizes, sizes_of
from autograd_viz.torch.ops import pooling as rows
from autograd_viz.torch.ops.reduction import mean_dim
from autograd_viz.torch.ops.shape import squeeze_dim, unsqueeze, wrap_dim
from autograd_viz.torch.tensor import Tensor, need_tensors

__all__ = [
    "adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d", "adaptive_max_pool1d", "adaptive_max_pool2d", "avg_pool1d",
    "avg_pool2d", "avg_pool3d", "lp_pool1d", "lp_pool2d", "max_pool1d", "max_pool2d", "max_pool3d",
]  # fmt: skip


PLACES = {"kernel_size": 2, "output_size": 2, "stride": 3, "padding": 4, "dilation": 5}


def _read(function: str, name: str, value: Any, dims: int) -> Sizes:
    if isinstance(value, bool) or not isinstance(value, int | tuple | list):
        kind = type(value).__name__
        raise TypeError(f"{function}(): argument '{name}' (position {PLACES[name]}) must be tuple of ints, not {kind}")
    made = sizes_of(value, dims)
    if len(made) != dims == 1:
        if function == "max_pool1d":
            raise RuntimeError(f"max_pool1d() {name} must be an int, list of ints or tuple of ints of size 1 but got size {len(made)}")
        raise RuntimeError(f"{function}() argument '{name}' should contain one int (got {len(made)})")
    if len(made) != dims:
        words = {1: "one", 2: "two", 3: "three"}[dims]
        raise RuntimeError(f"{function}: {name} must either be a single int, or a tuple of {words} ints")
    return made


def _by(sizes: Any) -> str:
    return "x".join(map(str, sizes))


def _check_windows(input: Tensor, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, ceil_mode: bool) -> None:
    """PyTorch's complaints about windows: no stride, too much padding, or none fits."""
    if 0 in (stride or kernel):
        raise RuntimeError("stride should not be zero")
    if min(dilation) <= 0:
        names = ("H", "W") if len(dilation) == 2 else ("T", "H", "W")
        raise RuntimeError(
            f"dilation should be greater than zero, but got {' '.join(f'dilation{n}: {d}' for n, d in zip(names, dilation, strict=True))}"
        )
    if min(kernel) <= 0:
        names = ("kH", "kW") if len(kernel) == 2 else ("kT", "kH", "kW")
        raise RuntimeError(
            f"kernel size should be greater than zero, but got {' '.join(f'{n}: {k}' for n, k in zip(names, kernel, strict=True))}"
        )
    for p, k, d in zip(padding, kernel, dilation, strict=True):
        if p < 0:
            raise RuntimeError(f"pad must be non-negative, but got pad: {p}")
        if p > (d * (k - 1) + 1) // 2:
            raise RuntimeError(f"pad should be at most half of effective kernel size, but got pad={p}, kernel_size={k} and dilation={d}")
    batched = input.ndim == len(kernel) + 2
    if len(kernel) == 2 and (input.ndim not in (3, 4) or 0 in input.shape[batched:]):
        sizes = ", ".join(map(str, input.shape))
        raise RuntimeError(f"Expected 3D or 4D (batch mode) tensor with optional 0 dim batch size for input, but got:[{sizes}]")
    sizes = input.shape[-len(kernel) :]
    every = zip(sizes, kernel, stride or kernel, padding, dilation, strict=True)
    outs = [rows.out_size(*each, ceil_mode) for each in every]
    if min(outs) < 1:
        planes = input.shape[-len(kernel) - 1]
        raise RuntimeError(
            f"Given input size: ({_by([planes, *sizes])}). Calculated output size: ({_by([planes, *outs])}). Output size is too small"
        )


# --- the largest ------------------------------------------------------------------------------------------------------


def max_pool1d(
    input: Tensor, kernel_size: Size, stride: Size | None = None, padding: Size = 0, dilation: Size = 1, ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:  # fmt: skip
    """The largest number of each window; with `return_indices` also where it is.  (n, c, w) -> (n, c, w')."""
    need_tensors("max_pool1d", input=input)
    given = {"kernel_size": kernel_size, "padding": padding, "dilation": dilation}
    kernel, pad, gap = (_read("max_pool1d", name, value, 1) for name, value in given.items())
    step = _read("max_pool1d", "stride", stride, 1) if stride not in (None, (), []) else kernel
    _check_max_pool1d(input, kernel[0], step[0], pad[0], gap[0], ceil_mode)
    wide = unsqueeze(input, -2)
    made = rows.max_pool2d_with_indices(wide, (1, *kernel), (1, *step), (0, *pad), (1, *gap), ceil_mode)
    values, indices = (squeeze_dim(each, -2) for each in made)
    return (values, indices) if return_indices else values


def _check_max_pool1d(input: Tensor, kernel: int, stride: int, padding: int, dilation: int, ceil_mode: bool) -> None:
    if input.ndim not in (2, 3) or 0 in input.shape[input.ndim - 2 :]:
        sizes = ", ".join(map(str, input.shape))
        raise RuntimeError(f"max_pool1d: Expected 2D or 3D (batch mode) tensor with optional 0 dim batch size for input, but got:[{sizes}]")
    for name, value in (("kernel_size", kernel), ("stride", stride)):
        if value <= 0:
            raise RuntimeError(f"max_pool1d() {name} must be greater than zero, but got {value}")
    if padding < 0:
        raise RuntimeError(f"max_pool1d() padding must be non-negative, but got {padding}")
    if padding > kernel // 2:
        raise RuntimeError(
            f"max_pool1d() padding should be at most half of kernel size, but got padding={padding} and kernel_size={kernel}"
        )
    if dilation <= 0:
        raise RuntimeError(f"max_pool1d() dilation must be greater than zero, but got {dilation}")
    count = rows.out_size(input.shape[-1], kernel, stride, padding, dilation, ceil_mode)
    if count <= 0:
        raise RuntimeError(f"max_pool1d() Invalid computed output size: {count}")
    if not input.dtype.is_floating_point:
        raise NotImplementedError(f"\"max_pool1d_impl\" not implemented for '{dtypes.SCALAR_NAMES[input.dtype]}'")


def _max_pool(dims: int, row: Any, input: Tensor, given: dict[str, Any], ceil_mode: bool, return_indices: bool) -> Any:
    function = f"max_pool{dims}d"
    need_tensors(function, input=input)
    kernel, padding, dilation = (_read(function, name, given[name], dims) for name in ("kernel_size", "padding", "dilation"))
    stride = () if given["stride"] in (None, (), []) else _read(function, "stride", given["stride"], dims)
    if input.ndim not in (dims + 1, dims + 2):
        raise RuntimeError(f"non-empty {dims + 1}D or {dims + 2}D (batch mode) tensor expected for input")
    _check_windows(input, kernel, stride, padding, dilation, ceil_mode)
    values, indices = row(input, kernel, stride, padding, dilation, ceil_mode)
    return (values, indices) if return_indices else values


def max_pool2d(
    input: Tensor, kernel_size: Size, stride: Size | None = None, padding: Size = 0, dilation: Size = 1, ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:  # fmt: skip
    """The largest number of each window; with `return_indices` also where it is.  (n, c, h, w) -> (n, c, h', w')."""
    given = {"kernel_size": kernel_size, "stride": stride, "padding": padding, "dilation": dilation}
    return _max_pool(2, rows.max_pool2d_with_indices, input, given, ceil_mode, return_indices)


def max_pool3d(
    input: Tensor, kernel_size: Size, stride: Size | None = None, padding: Size = 0, dilation: Size = 1, ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:  # fmt: skip
    """The same in three dimensions.  (n, c, d, h, w) -> (n, c, d', h', w')."""
    given = {"kernel_size": kernel_size, "stride": stride, "padding": padding, "dilation": dilation}
    return _max_pool(3, rows.max_pool3d_with_indices, input, given, ceil_mode, return_indices)


def _outs(function: str, input: Tensor, output_size: Any, dims: int) -> Sizes:
    """output_size in numbers; None keeps a dimension's size."""
    if isinstance(output_size, int):
        outs = (output_size,) * dims
    else:
        if len(output_size) >= input.ndim:
            raise ValueError(f"Input dimension should be at least {len(output_size) + 1}")
        sizes = input.shape[input.ndim - len(output_size) :]
        outs = tuple(n if out is None else out for n, out in zip(sizes, output_size, strict=True))
    if min(outs) < 0:
        inner = ", ".join(map(str, outs))
        raise RuntimeError(f"{function}: elements of output_size must be greater than or equal to 0 but received {{{inner}}}")
    return outs


def adaptive_max_pool2d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """The largest number of each of output_size regions.  (n, c, h, w) -> (n, c, *output_size)."""
    outs = _outs("adaptive_max_pool2d()", input, output_size, 2)
    if input.ndim not in (3, 4):
        raise RuntimeError(f"adaptive_max_pool2d(): Expected 3D or 4D tensor, but got: {list(input.shape)}")
    values, indices = rows.adaptive_max_pool2d(input, outs)
    return (values, indices) if return_indices else values


def adaptive_max_pool1d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """The largest number of each of output_size regions.  (n, c, w) -> (n, c, output_size)."""
    outs = _outs("adaptive_max_pool1d()", input, output_size, 1)
    values, indices = (squeeze_dim(each, -2) for each in rows.adaptive_max_pool2d(unsqueeze(input, -2), (1, *outs)))
    return (values, indices) if return_indices else values


# --- the mean ---------------------------------------------------------------------------------------------------------


def _need_dims(function: str, input: Tensor) -> None:
    if input.ndim not in (2, 3):
        raise RuntimeError(
            f"Expected 2 to 3 dimensions, but got {input.ndim}-dimensional tensor for argument #1 'self' (while checking arguments for "
            f"{function})"
        )


def avg_pool1d(
    input: Tensor, kernel_size: Size, stride: Size | None = None, padding: Size = 0, ceil_mode: bool = False, count_include_pad: bool = True
) -> Any:
    """The mean of each window.  (n, c, w) -> (n, c, w')."""
    need_tensors("avg_pool1d", input=input)
    _need_dims("avg_pool1d", input)
    kernel, pad = _read("avg_pool1d", "kernel_size", kernel_size, 1), _read("avg_pool1d", "padding", padding, 1)
    step = _read("avg_pool1d", "stride", stride, 1) if stride not in (None, (), []) else kernel
    wide = unsqueeze(input, -2)
    _check_windows(wide, (1, *kernel), (1, *step), (0, *pad), (1, 1), ceil_mode)
    made = rows.avg_pool2d(wide, (1, *kernel), (1, *step), (0, *pad), ceil_mode, count_include_pad, None)
    return squeeze_dim(made, -2)


def _avg_pool(dims: int, row: Any, input: Tensor, kernel_size: Any, stride: Any, padding: Any, *how: Any) -> Any:
    function = f"avg_pool{dims}d"
    need_tensors(function, input=input)
    kernel, pad = _read(function, "kernel_size", kernel_size, dims), _read(function, "padding", padding, dims)
    step = () if stride in (None, (), []) else _read(function, "stride", stride, dims)
    if how[2] == 0:
        raise RuntimeError("divisor must be not zero")
    if dims == 3 and input.ndim not in (4, 5):
        raise RuntimeError("non-empty 4D or 5D (batch mode) tensor expected for input")
    wrap_dim(-dims - 1, input.ndim)
    _check_windows(input, kernel, step, pad, (1,) * dims, how[0])
    return row(input, kernel, step, pad, *how)


def avg_pool2d(
    input: Tensor, kernel_size: Size, stride: Size | None = None, padding: Size = 0, ceil_mode: bool = False,
    count_include_pad: bool = True, divisor_override: int | None = None,
) -> Any:  # fmt: skip
    """The mean of each window.  (n, c, h, w) -> (n, c, h', w')."""
    return _avg_pool(2, rows.avg_pool2d, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


def avg_pool3d(
    input: Tensor, kernel_size: Size, stride: Size | None = None, padding: Size = 0, ceil_mode: bool = False,
    count_include_pad: bool = True, divisor_override: int | None = None,
) -> Any:  # fmt: skip
    """The mean of each window.  (n, c, d, h, w) -> (n, c, d', h', w')."""
    return _avg_pool(3, rows.avg_pool3d, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


def adaptive_avg_pool1d(input: Tensor, output_size: Any) -> Any:
    """The mean of each of output_size regions.  (n, c, w) -> (n, c, output_size)."""
    need_tensors("adaptive_avg_pool1d", input=input)
    _need_dims("adaptive_avg_pool1d", input)
    outs = (1, *_read("adaptive_avg_pool1d", "output_size", output_size, 1))
    return squeeze_dim(_adaptive(2, unsqueeze(input, -2), outs), -2)


def _adaptive(dims: int, input: Tensor, outs: Sizes) -> Any:
    if outs == (1,) * dims:
        return mean_dim(input, tuple(range(-1, -dims - 1, -1)), True)
    if not input.dtype.is_floating_point:
        raise NotImplementedError(f"\"adaptive_avg_pool{dims}d\" not implemented for '{dtypes.SCALAR_NAMES[input.dtype]}'")
    return (rows.adaptive_avg_pool2d if dims == 2 else rows.adaptive_avg_pool3d)(input, outs)


def adaptive_avg_pool2d(input: Tensor, output_size: Any) -> Any:
    """The mean of each of output_size regions; None keeps a size.  (n, c, h, w) -> (n, c, *output_size)."""
    outs = _outs("adaptive_avg_pool2d", input, output_size, 2)
    if input.ndim not in (3, 4):
        raise RuntimeError(f"adaptive_avg_pool2d(): Expected 3D or 4D tensor, but got {list(input.shape)}")
    return _adaptive(2, input, outs)


def adaptive_avg_pool3d(input: Tensor, output_size: Any) -> Any:
    """The mean of each of output_size regions.  (n, c, d, h, w) -> (n, c, *output_size)."""
    outs = _outs("adaptive_avg_pool3d", input, output_size, 3)
    if input.ndim not in (4, 5):
        raise RuntimeError(f"adaptive_avg_pool3d(): Expected 4D or 5D tensor, but got {list(input.shape)}")
    return _adaptive(3, input, outs)


# --- a p-norm ---------------------------------------------------------------------------------------------------------


def _lp(pooled: Any, count: int, norm_type: float) -> Any:
    return (pooled.sign() * relu(abs(pooled)) * count) ** (1.0 / norm_type)


def lp_pool1d(input: Any, norm_type: float, kernel_size: Any, stride: Size | None = None, ceil_mode: bool = False) -> Any:
    """The p-norm of each window, between a sum (p = 1) and a maximum (p = inf)."""
    pooled = avg_pool1d(input**norm_type, kernel_size, stride, 0, ceil_mode)
    return _lp(pooled, kernel_size, norm_type)


def lp_pool2d(input: Any, norm_type: float, kernel_size: Any, stride: Size | None = None, ceil_mode: bool = False) -> Any:
    """The p-norm of each window.  (n, c, h, w) -> (n, c, h', w')."""
    height, width = sizes_of(kernel_size, 2)
    pooled = avg_pool2d(input**norm_type, kernel_size, stride, 0, ceil_mode)
    return _lp(pooled, height * width, norm_type)
