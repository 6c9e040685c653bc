"""Convolutions: a small window of weights (the kernel) slides over a signal, an image or a volume.

`weight` is (out_channels, in_channels / groups, *kernel_size); for the transposed ones the first two are exchanged.

Read next: `pooling.py`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from autograd_viz.torch.nn import functional as F
from autograd_viz.torch.nn import init
from autograd_viz.torch.nn.modules.linear import fresh
from autograd_viz.torch.nn.modules.module import Module
from autograd_viz.torch.tensor import Tensor

__all__ = ["Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"]

Sizes = int | tuple[int, ...]


def for_each(dims: int, value: Any) -> Any:
    """One number for each dimension.  3 -> (3, 3); (3, 5) stays."""
    return tuple(value) if isinstance(value, Iterable) else (value,) * dims


class _Conv(Module):
    """What all convolutions have in common: settings, parameters and their start, text."""

    dims = 0
    transposed = False

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Sizes, stride: Sizes, padding: Any, dilation: Sizes, output_padding: Sizes,
        groups: int, bias: bool, padding_mode: str, device: Any, dtype: Any,
    ) -> None:  # fmt: skip
        super().__init__()
        dims, like = self.dims, {"device": device, "dtype": dtype}
        if groups <= 0:
            raise ValueError("groups must be a positive integer")
        for name, channels in (("in", in_channels), ("out", out_channels)):
            if channels % groups != 0:
                raise ValueError(f"{name}_channels must be divisible by groups")
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        self.kernel_size, self.stride, self.dilation = (for_each(dims, sizes) for sizes in (kernel_size, stride, dilation))
        self.padding = padding if isinstance(padding, str) else for_each(dims, padding)
        if isinstance(padding, str) and padding not in ("same", "valid"):
            raise ValueError(f"Invalid padding string {padding!r}, should be one of { {'same', 'valid'} }")
        if padding == "same" and any(step != 1 for step in self.stride):
            raise ValueError("padding='same' is not supported for strided convolutions")
        modes = {"zeros", "reflect", "replicate", "circular"}
        if padding_mode not in modes:
            raise ValueError(f"padding_mode must be one of {modes}, but got padding_mode='{padding_mode}'")
        self.output_padding, self.padding_mode = for_each(dims, output_padding), padding_mode
        ends = (in_channels, out_channels // groups) if self.transposed else (out_channels, in_channels // groups)
        self.weight = fresh(*ends, *self.kernel_size, like=like)
        self.register_parameter("bias", fresh(out_channels, like=like) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Uniform, up to 1 / sqrt(the number of inputs of an output)."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in, _ = init._calculate_fan_in_and_fan_out(self.weight)
            bound = 1 / math.sqrt(fan_in) if fan_in > 0 else 0
            init.uniform_(self.bias, -bound, bound)

    def _padded(self, input: Tensor) -> tuple[Tensor, Any]:
        """The input, and the padding that the convolution is to add; for a padding that is not of zeros, it is added here."""
        if self.padding_mode == "zeros":
            return input, self.padding
        sides: list[int] = []
        for dim in reversed(range(self.dims)):  # F.pad begins with the last dimension
            total = self.dilation[dim] * (self.kernel_size[dim] - 1) if self.padding == "same" else 0
            sides += [total // 2, total - total // 2] if isinstance(self.padding, str) else [self.padding[dim]] * 2
        return F.pad(input, sides, mode=self.padding_mode), for_each(self.dims, 0)

    def extra_repr(self) -> str:
        """Its sizes, and what is not as usual."""
        zeros, ones = (0,) * self.dims, (1,) * self.dims
        usual = {"padding": zeros, "dilation": ones, "output_padding": zeros, "groups": 1}
        said = [f"{name}={getattr(self, name)}" for name, value in usual.items() if getattr(self, name) != value]
        said += ["bias=False"] * (self.bias is None)
        said += [f"padding_mode={self.padding_mode}"] * (self.padding_mode != "zeros")
        sizes = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        return ", ".join([sizes, *said])


class _Forwards(_Conv):
    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Sizes, stride: Sizes = 1, padding: str | Sizes = 0, dilation: Sizes = 1,
        groups: int = 1, bias: bool = True, padding_mode: str = "zeros", device: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, 0, groups, bias, padding_mode, device, dtype
        )


class Conv1d(_Forwards):
    """Over a signal."""

    dims = 1

    def forward(self, input: Tensor) -> Tensor:
        """(N, C, L) -> (N, C', L')."""
        input, padding = self._padded(input)
        return F.conv1d(input, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)


class Conv2d(_Forwards):
    """Over an image."""

    dims = 2

    def forward(self, input: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, C', H', W')."""
        input, padding = self._padded(input)
        return F.conv2d(input, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)


class Conv3d(_Forwards):
    """Over a volume."""

    dims = 3

    def forward(self, input: Tensor) -> Tensor:
        """(N, C, D, H, W) -> (N, C', D', H', W')."""
        input, padding = self._padded(input)
        return F.conv3d(input, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)


class _Transposed(_Conv):
    """The gradient of a convolution, used forwards: it makes images larger."""

    transposed = True

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Sizes, stride: Sizes = 1, padding: Sizes = 0, output_padding: Sizes = 0,
        groups: int = 1, bias: bool = True, dilation: Sizes = 1, padding_mode: str = "zeros", device: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        if padding_mode != "zeros":
            raise ValueError(f'Only "zeros" padding mode is supported for {type(self).__name__}')
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, output_padding, groups, bias, padding_mode, device, dtype
        )

    def _output_padding(self, input: Tensor, output_size: Any) -> Any:
        """Several input sizes give one output size of a convolution: what must be added to get the one that is wanted."""
        if output_size is None:
            return self.output_padding
        dims = self.dims
        leading = 2 if input.ndim == dims + 2 else 1
        sizes = list(output_size)
        if len(sizes) == leading + dims:
            sizes = sizes[leading:]
        if len(sizes) != dims:
            raise ValueError(
                f"ConvTranspose{dims}D: for {input.ndim}D input, output_size must have {dims} or {leading + dims} elements "
                f"(got {len(sizes)})"
            )
        least = [
            (input.shape[d + leading] - 1) * self.stride[d] - 2 * self.padding[d] + self.dilation[d] * (self.kernel_size[d] - 1) + 1
            for d in range(dims)
        ]
        most = [size + step - 1 for size, step in zip(least, self.stride, strict=True)]
        for size, low, high in zip(sizes, least, most, strict=True):
            if not low <= size <= high:
                raise ValueError(
                    f"requested an output size of {sizes}, but valid sizes range from {least} to {most} "
                    f"(for an input of {input.shape[2:]})"
                )
        return [size - low for size, low in zip(sizes, least, strict=True)]

    def _arguments(self, input: Tensor, output_size: Any) -> tuple[Any, ...]:
        extra = self._output_padding(input, output_size)
        return input, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation


class ConvTranspose1d(_Transposed):
    """Over a signal."""

    dims = 1

    def forward(self, input: Tensor, output_size: Any = None) -> Tensor:
        """(N, C, L) -> (N, C', L')."""
        return F.conv_transpose1d(*self._arguments(input, output_size))


class ConvTranspose2d(_Transposed):
    """Over an image."""

    dims = 2

    def forward(self, input: Tensor, output_size: Any = None) -> Tensor:
        """(N, C, H, W) -> (N, C', H', W')."""
        return F.conv_transpose2d(*self._arguments(input, output_size))


class ConvTranspose3d(_Transposed):
    """Over a volume."""

    dims = 3

    def forward(self, input: Tensor, output_size: Any = None) -> Tensor:
        """(N, C, D, H, W) -> (N, C', D', H', W')."""
        return F.conv_transpose3d(*self._arguments(input, output_size))
