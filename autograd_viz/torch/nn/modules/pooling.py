"""Pooling: each window of a signal, an image or a volume becomes its largest value, or its mean.

Read next: `normalization.py`.
"""

from __future__ import annotations

from typing import Any

from autograd_viz.torch.nn import functional as F
from autograd_viz.torch.nn.modules.conv import for_each
from autograd_viz.torch.nn.modules.module import Module
from autograd_viz.torch.tensor import Tensor

__all__ = [
    "AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveAvgPool3d", "AdaptiveMaxPool1d", "AdaptiveMaxPool2d",
    "AvgPool1d", "AvgPool2d", "AvgPool3d", "LPPool1d", "LPPool2d", "MaxPool1d", "MaxPool2d", "MaxPool3d",
    "MaxUnpool1d", "MaxUnpool2d",
]  # fmt: skip


class _MaxPool(Module):
    def __init__(
        self, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        self.kernel_size, self.stride = kernel_size, kernel_size if stride is None else stride
        self.padding, self.dilation = padding, dilation
        self.return_indices, self.ceil_mode = return_indices, ceil_mode

    def extra_repr(self) -> str:
        """Its settings."""
        said = [f"{name}={getattr(self, name)}" for name in ("kernel_size", "stride", "padding", "dilation", "ceil_mode")]
        return ", ".join(said)

    def _settings(self) -> tuple[Any, ...]:
        return self.kernel_size, self.stride, self.padding, self.dilation


class MaxPool1d(_MaxPool):
    """The largest value of each window of a signal."""

    def forward(self, input: Tensor) -> Any:
        """(N, C, L) -> (N, C, L'); with `return_indices` also where it was."""
        modes = {"ceil_mode": self.ceil_mode, "return_indices": self.return_indices}
        return F.max_pool1d(input, *self._settings(), **modes)


class MaxPool2d(_MaxPool):
    """The largest value of each window of an image."""

    def forward(self, input: Tensor) -> Any:
        """(N, C, H, W) -> (N, C, H', W'); with `return_indices` also where it was."""
        modes = {"ceil_mode": self.ceil_mode, "return_indices": self.return_indices}
        return F.max_pool2d(input, *self._settings(), **modes)


class MaxPool3d(_MaxPool):
    """The largest value of each window of a volume."""

    def forward(self, input: Tensor) -> Any:
        """(N, C, D, H, W) -> (N, C, D', H', W'); with `return_indices` also where it was."""
        modes = {"ceil_mode": self.ceil_mode, "return_indices": self.return_indices}
        return F.max_pool3d(input, *self._settings(), **modes)


class _AvgPool(Module):
    def extra_repr(self) -> str:
        """Its settings."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class AvgPool1d(_AvgPool):
    """The mean of each window of a signal."""

    def __init__(
        self, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False, count_include_pad: bool = True
    ) -> None:
        super().__init__()
        self.kernel_size = for_each(1, kernel_size)
        self.stride, self.padding = for_each(1, kernel_size if stride is None else stride), for_each(1, padding)
        self.ceil_mode, self.count_include_pad = ceil_mode, count_include_pad

    def forward(self, input: Tensor) -> Tensor:
        """(N, C, L) -> (N, C, L')."""
        return F.avg_pool1d(input, self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad)


class AvgPool2d(_AvgPool):
    """The mean of each window of an image."""

    def __init__(
        self, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False, count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.kernel_size, self.stride, self.padding = kernel_size, kernel_size if stride is None else stride, padding
        self.ceil_mode, self.count_include_pad, self.divisor_override = ceil_mode, count_include_pad, divisor_override

    def _settings(self) -> tuple[Any, ...]:
        return self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad, self.divisor_override

    def forward(self, input: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, C, H', W')."""
        return F.avg_pool2d(input, *self._settings())


class AvgPool3d(AvgPool2d):
    """The mean of each window of a volume."""

    def forward(self, input: Tensor) -> Tensor:
        """(N, C, D, H, W) -> (N, C, D', H', W')."""
        return F.avg_pool3d(input, *self._settings())


class _LPPool(Module):
    def __init__(self, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> None:
        super().__init__()
        self.norm_type, self.kernel_size, self.stride, self.ceil_mode = norm_type, kernel_size, stride, ceil_mode

    def extra_repr(self) -> str:
        """Its settings."""
        said = [f"{name}={getattr(self, name)}" for name in ("norm_type", "kernel_size", "stride", "ceil_mode")]
        return ", ".join(said)


class LPPool1d(_LPPool):
    """The p-norm of each window."""

    def forward(self, input: Tensor) -> Tensor:
        """The sizes of AvgPool1d."""
        return F.lp_pool1d(input, float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode)


class LPPool2d(_LPPool):
    """The p-norm of each window."""

    def forward(self, input: Tensor) -> Tensor:
        """The sizes of AvgPool2d."""
        return F.lp_pool2d(input, float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode)


class _Adaptive(Module):
    """Windows so large that the output has a given size, whatever the size of the input."""

    def __init__(self, output_size: Any, return_indices: bool = False) -> None:
        super().__init__()
        self.output_size, self.return_indices = output_size, return_indices

    def extra_repr(self) -> str:
        """The size."""
        return f"output_size={self.output_size}"


class _AdaptiveAvg(_Adaptive):
    def __init__(self, output_size: Any) -> None:
        super().__init__(output_size)
        del self.return_indices


class AdaptiveMaxPool1d(_Adaptive):
    """The largest value of each window of a signal."""

    def forward(self, input: Tensor) -> Any:
        """(N, C, ...) -> (N, C, *output_size)."""
        return F.adaptive_max_pool1d(input, self.output_size, self.return_indices)


class AdaptiveAvgPool1d(_AdaptiveAvg):
    """The mean of each window of a signal."""

    def forward(self, input: Tensor) -> Tensor:
        """(N, C, ...) -> (N, C, *output_size)."""
        return F.adaptive_avg_pool1d(input, self.output_size)


class AdaptiveMaxPool2d(_Adaptive):
    """The largest value of each window of an image."""

    def forward(self, input: Tensor) -> Any:
        """(N, C, ...) -> (N, C, *output_size)."""
        return F.adaptive_max_pool2d(input, self.output_size, self.return_indices)


class AdaptiveAvgPool2d(_AdaptiveAvg):
    """The mean of each window of an image."""

    def forward(self, input: Tensor) -> Tensor:
        """(N, C, ...) -> (N, C, *output_size)."""
        return F.adaptive_avg_pool2d(input, self.output_size)


class AdaptiveAvgPool3d(_AdaptiveAvg):
    """The mean of each window of a volume."""

    def forward(self, input: Tensor) -> Tensor:
        """(N, C, ...) -> (N, C, *output_size)."""
        return F.adaptive_avg_pool3d(input, self.output_size)


class _MaxUnpool(Module):
    dims = 1

    def __init__(self, kernel_size: Any, stride: Any = None, padding: Any = 0) -> None:
        super().__init__()
        self.kernel_size = for_each(self.dims, kernel_size)
        self.stride, self.padding = for_each(self.dims, kernel_size if stride is None else stride), for_each(self.dims, padding)

    def extra_repr(self) -> str:
        """Its settings."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class MaxUnpool1d(_MaxUnpool):
    """Undoes MaxPool1d: the winners in their places, zeros elsewhere."""

    def forward(self, input: Tensor, indices: Tensor, output_size: Any = None) -> Any:
        """(N, C, L'), and where the winners were -> (N, C, L)."""
        return F.max_unpool1d(input, indices, self.kernel_size, self.stride, self.padding, output_size)


class MaxUnpool2d(_MaxUnpool):
    """Undoes MaxPool2d."""

    dims = 2

    def forward(self, input: Tensor, indices: Tensor, output_size: Any = None) -> Any:
        """(N, C, H', W'), and where the winners were -> (N, C, H, W)."""
        return F.max_unpool2d(input, indices, self.kernel_size, self.stride, self.padding, output_size)
