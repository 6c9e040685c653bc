"""Convolutions, plain and transposed, and their windows (unfold, fold).

The input has a batch, or none: then it gets one for the while.

Read next: `pooling.py`.
"""

from __future__ import annotations

import warnings
from typing import Any

from autograd_viz.torch import dtypes
from autograd_viz.torch.arguments import no_overload
from autograd_viz.torch.ops import convolution as rows
from autograd_viz.torch.ops.padding import pad
from autograd_viz.torch.ops.shape import squeeze_dim, unsqueeze, wrap_dim
from autograd_viz.torch.tensor import Tensor, need_tensors

__all__ = ["conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "fold", "unfold"]

Size = int | tuple[int, ...] | list[int]
Sizes = tuple[int, ...]


def sizes_of(value: Any, dims: int) -> Sizes:
    """One number for every dimension, or one for each."""
    if isinstance(value, int):
        return (value,) * dims
    return tuple(value) * dims if len(value) == 1 else tuple(value)


def _read(name: str, value: Any, dims: int, weight: Tensor, given: tuple[Any, ...]) -> Sizes:
    """A number for each dimension.  Raises TypeError for other types, RuntimeError if there are more or fewer than the weight has."""
    if isinstance(value, bool) or not isinstance(value, int | tuple | list):
        kinds = ", ".join([*(type(each).__name__ for each in given), f"{name}={type(value).__name__}"])
        raise TypeError(f"conv{dims}d() received an invalid combination of arguments - got ({kinds}), but expected one of:")
    made = sizes_of(value, dims)
    wanted = max(weight.ndim - 2, 1)
    if len(made) != wanted:
        raise RuntimeError(
            f"expected {name} to be a single integer value or a list of {wanted} values to match the convolution dimensions, but got "
            f"{name}={list(made)}"
        )
    return made


def _check_channels(input: Tensor, weight: Tensor, bias: Tensor | None, transposed: bool, groups: int) -> None:
    shape, sizes = list(weight.shape), list(input.shape)
    if len(shape) != len(sizes):
        raise RuntimeError(
            f"Expected {len(shape)}-dimensional input for {len(shape)}-dimensional weight {shape}, but got {len(sizes)}-dimensional input "
            f"of size {sizes} instead"
        )
    if shape[0] < groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be at least {groups} at dimension 0, but got weight of size {shape} instead"
        )
    if shape[0] % groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be divisible by {groups} at dimension 0, but got weight of size [{shape}] instead"
        )
    how = "transposed=1" if transposed else f"groups={groups}"
    channels = shape[0] if transposed else shape[1] * groups
    if sizes[1] != channels:
        raise RuntimeError(
            f"Given {how}, weight of size {shape}, expected input{sizes} to have {channels} channels, but got {sizes[1]} channels instead"
        )
    filters = shape[1] * groups if transposed else shape[0]
    if bias is not None and tuple(bias.shape) != (filters,):
        given = f"Given {how}, weight of size {shape}" if transposed else f"Given weight of size {shape}"
        raise RuntimeError(
            f"{given}, expected bias to be 1-dimensional with {filters} elements, but got bias of size {list(bias.shape)} instead"
        )


def _check_dtypes(input: Tensor, weight: Tensor, bias: Tensor | None) -> None:
    if bias is not None and bias.dtype != input.dtype:
        names = dtypes.C_NAMES[input.dtype], dtypes.C_NAMES[bias.dtype]
        raise RuntimeError(f"Input type ({names[0]}) and bias type ({names[1]}) should be the same")
    if weight.dtype != input.dtype:
        expected, found = dtypes.SCALAR_NAMES[input.dtype], dtypes.SCALAR_NAMES[weight.dtype]
        raise RuntimeError(f"expected scalar type {expected} but found {found}")


def _batched(function: str, dims: int, input: Tensor) -> tuple[Tensor, bool]:
    if input.ndim not in (dims + 1, dims + 2):
        raise RuntimeError(
            f"Expected {dims + 1}D (unbatched) or {dims + 2}D (batched) input to {function}, but got input of size: {list(input.shape)}"
        )
    return (input, True) if input.ndim == dims + 2 else (unsqueeze(input, 0), False)


def _convolve(
    dims: int, input: Any, weight: Any, bias: Any, stride: Any, padding: Any, dilation: Any, groups: int, output_padding: Any = None
) -> Any:
    transposed = output_padding is not None
    function = f"conv_transpose{dims}d" if transposed else f"conv{dims}d"
    given = tuple(each for each in (input, weight, bias) if each is not None)
    if not all(isinstance(each, Tensor) for each in given):
        raise no_overload(function, *given)
    input, batched = _batched(function, dims, input)
    if weight.ndim < 3:
        raise RuntimeError("weight should have at least three dimensions")
    if groups <= 0:
        raise RuntimeError("non-positive groups is not supported")
    stride = _read("stride", stride, dims, weight, given)
    dilation = _read("dilation", dilation, dims, weight, given)
    if isinstance(padding, str):
        input, padding = _named_padding(padding, input, weight, stride, dilation)
    padding = _read("padding", padding, dims, weight, given)
    extra = _read("output_padding", output_padding or 0, dims, weight, given)
    if min(padding) < 0:
        raise RuntimeError("negative padding is not supported")
    if min(stride) <= 0:
        raise RuntimeError("non-positive stride is not supported")
    if min(dilation) <= 0:
        raise RuntimeError(f"dilation should be greater than zero, but got {[1, *dilation] if dims == 1 else list(dilation)}")
    _check_channels(input, weight, bias, transposed, groups)
    sizes = [n + 2 * p for n, p in zip(input.shape[2:], padding, strict=True)]
    kernel = [d * (k - 1) + 1 for k, d in zip(weight.shape[2:], dilation, strict=True)]
    if not transposed and any(k > n for k, n in zip(kernel, sizes, strict=True)):
        raise RuntimeError(
            f"Calculated padded input size per channel: ({' x '.join(map(str, sizes))}). Kernel size: ({' x '.join(map(str, kernel))}). "
            "Kernel size can't be greater than actual input size"
        )
    if transposed:
        _check_extra(extra, stride, dilation)
    _check_dtypes(input, weight, bias)
    count = (0,) if bias is None else (bias.shape[0],)
    made = rows.convolution(input, weight, bias, stride, padding, dilation, transposed, extra, groups, count)
    return made if batched else squeeze_dim(made, 0)


def _check_extra(extra: Sizes, stride: Sizes, dilation: Sizes) -> None:
    if all(e < max(s, d) for e, s, d in zip(extra, stride, dilation, strict=True)):
        return
    names = ("height", "width") if len(extra) < 3 else ("depth", "height", "width")
    lead = (0,) if len(extra) == 1 else ()
    parts = [
        f"{what}_{name}: {value}"
        for what, values in (("output_padding", (*lead, *extra)), ("stride", (*(1,) * len(lead), *stride)),
                             ("dilation", (*(1,) * len(lead), *dilation)))
        for name, value in zip(names, values, strict=True)
    ]  # fmt: skip
    raise RuntimeError(f"output padding must be smaller than either stride or dilation, but got {' '.join(parts)}")


EVEN_KERNEL = (
    "Using padding='same' with even kernel lengths and odd dilation may require a zero-padded copy of the input be created "
    "(Triggered internally at /__w/pytorch/pytorch/aten/src/ATen/native/Convolution.cpp:1101.)"
)


def _named_padding(name: str, input: Any, weight: Tensor, stride: Sizes, dilation: Sizes) -> tuple[Any, Sizes]:
    """What "valid" and "same" mean in numbers; where "same" needs one more place at one end, the input gets it first."""
    if name == "valid":
        return input, (0,) * len(stride)
    if name != "same":
        raise RuntimeError(f"Invalid padding string: '{name}'")
    if any(s != 1 for s in stride):
        raise RuntimeError("padding='same' is not supported for strided convolutions")
    totals = [d * (k - 1) for k, d in zip(weight.shape[2:], dilation, strict=True)]
    if any(total % 2 for total in totals):
        warnings.warn(EVEN_KERNEL, UserWarning, stacklevel=4)
        uneven = [total % 2 for total in totals]
        input = pad(input, tuple(number for one in reversed(uneven) for number in (0, one)))
    return input, tuple(total // 2 for total in totals)


def conv1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Size = 1,
    padding: Size | str = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Any:
    """(n, c, w), (f, c / groups, k) -> (n, f, w')."""
    return _convolve(1, input, weight, bias, stride, padding, dilation, groups)


def conv2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Size = 1,
    padding: Size | str = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Any:
    """(n, c, h, w), (f, c / groups, k, k') -> (n, f, h', w').  Raises RuntimeError if the sizes do not fit."""
    return _convolve(2, input, weight, bias, stride, padding, dilation, groups)


def conv3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Size = 1,
    padding: Size | str = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Any:
    """(n, c, d, h, w), (f, c / groups, k, k', k'') -> (n, f, d', h', w')."""
    return _convolve(3, input, weight, bias, stride, padding, dilation, groups)


def conv_transpose1d(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Size = 1, padding: Size = 0, output_padding: Size = 0,
    groups: int = 1, dilation: Size = 1,
) -> Any:  # fmt: skip
    """What conv1d's backward does to a gradient.  (n, f, w'), (f, c / groups, k) -> (n, c, w)."""
    return _convolve(1, input, weight, bias, stride, padding, dilation, groups, sizes_of(output_padding, 1))


def conv_transpose2d(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Size = 1, padding: Size = 0, output_padding: Size = 0,
    groups: int = 1, dilation: Size = 1,
) -> Any:  # fmt: skip
    """What conv2d's backward does to a gradient."""
    return _convolve(2, input, weight, bias, stride, padding, dilation, groups, sizes_of(output_padding, 2))


def conv_transpose3d(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Size = 1, padding: Size = 0, output_padding: Size = 0,
    groups: int = 1, dilation: Size = 1,
) -> Any:  # fmt: skip
    """What conv3d's backward does to a gradient."""
    return _convolve(3, input, weight, bias, stride, padding, dilation, groups, sizes_of(output_padding, 3))


# --- windows as columns -----------------------------------------------------------------------------------------------


def unfold(input: Tensor, kernel_size: Size, dilation: Size = 1, padding: Size = 0, stride: Size = 1) -> Any:
    """Each window of the images as a column.  (n, c, h, w) -> (n, c * kernel, places).  Raises RuntimeError if there is none."""
    need_tensors("im2col", input=input)
    kernel, dilation, padding, stride = (sizes_of(each, 2) for each in (kernel_size, dilation, padding, stride))
    wrap_dim(2, input.ndim)
    if input.ndim > 4:
        raise RuntimeError(
            "Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, but got: "
            f"{list(input.shape)}"
        )
    places = [
        (n + 2 * p - d * (k - 1) - 1) // s + 1 for n, p, d, k, s in zip(input.shape[-2:], padding, dilation, kernel, stride, strict=True)
    ]
    if min(places) < 1:
        sizes = (*input.shape[-2:],)
        raise RuntimeError(
            f"Given input with spatial size {sizes}, kernel_size={kernel}, dilation={dilation}, padding={padding}, calculated shape of the "
            f"array of sliding blocks as {tuple(places)}, but its components must be at least one."
        )
    return rows.im2col(input, kernel, dilation, padding, stride, input.shape[-2], input.shape[-1])


def fold(input: Tensor, output_size: Size, kernel_size: Size, dilation: Size = 1, padding: Size = 0, stride: Size = 1) -> Any:
    """Columns added up into images, where their windows lie.  (n, c * kernel, places) -> (n, c, h, w)."""
    need_tensors("col2im", input=input)
    out, kernel, dilation, padding, stride = (sizes_of(each, 2) for each in (output_size, kernel_size, dilation, padding, stride))
    if input.ndim not in (2, 3):
        raise RuntimeError(
            "Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero dimensions for input, but got: "
            f"{list(input.shape)}"
        )
    rows_ = input.shape[-2]
    if rows_ % (kernel[0] * kernel[1]):
        raise RuntimeError(
            "Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got "
            f"input.size(1)={rows_} and kernel_size={kernel}."
        )
    places = [(n + 2 * p - d * (k - 1) - 1) // s + 1 for n, p, d, k, s in zip(out, padding, dilation, kernel, stride, strict=True)]
    if input.shape[-1] != places[0] * places[1]:
        raise RuntimeError(
            f"Given output_size={out}, kernel_size={kernel}, dilation={dilation}, padding={padding}, stride={stride}, expected size of "
            f"input's dimension 2 to match the calculated number of sliding blocks {places[0]} * {places[1]} = {places[0] * places[1]}, "
            f"but got input.size(2)={input.shape[-1]}."
        )
    return rows.col2im(input, out, kernel, dilation, padding, stride)
