"""Padding: values around a signal, an image or a volume. The numbers begin with the last dimension: (left, right, top, bottom).

Read next: `resizing.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from autograd_viz.torch.nn import functional as F
from autograd_viz.torch.nn.modules.module import Module
from autograd_viz.torch.tensor import Tensor

__all__ = [
    "CircularPad1d", "CircularPad2d", "CircularPad3d", "ConstantPad1d", "ConstantPad2d", "ConstantPad3d", "ReflectionPad1d",
    "ReflectionPad2d", "ReflectionPad3d", "ReplicationPad1d", "ReplicationPad2d", "ReplicationPad3d", "ZeroPad1d", "ZeroPad2d",
    "ZeroPad3d",
]  # fmt: skip


class _Pad(Module):
    dims = 0
    mode = "constant"

    def __init__(self, padding: Any) -> None:
        super().__init__()
        self.padding = tuple(padding) if isinstance(padding, Iterable) else (padding,) * (2 * self.dims)

    def forward(self, input: Tensor) -> Tensor:
        """(N, C, *sizes) -> (N, C, *larger sizes)."""
        return F.pad(input, self.padding, self.mode)

    def extra_repr(self) -> str:
        """How much on each side."""
        return f"{self.padding}"


class _ConstantPad(_Pad):
    def __init__(self, padding: Any, value: float) -> None:
        super().__init__(padding)
        self.value = value

    def forward(self, input: Tensor) -> Tensor:
        """(N, C, *sizes) -> (N, C, *larger sizes)."""
        return F.pad(input, self.padding, "constant", self.value)

    def extra_repr(self) -> str:
        """How much on each side, and what."""
        return f"padding={self.padding}, value={self.value}"


class _ZeroPad(_ConstantPad):
    def __init__(self, padding: Any) -> None:
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        """How much on each side."""
        return f"{self.padding}"


class _CircularPad(_Pad):
    mode = "circular"

    def forward(self, input: Tensor) -> Tensor:
        """(N, C, *sizes) -> (N, C, *larger sizes)."""
        if input.ndim not in (self.dims + 1, self.dims + 2):
            raise ValueError(f"expected {self.dims + 1}D or {self.dims + 2}D input (got {input.ndim}D input)")
        return super().forward(input)


class ConstantPad1d(_ConstantPad):
    """One value around a signal."""

    dims = 1


class ConstantPad2d(_ConstantPad):
    """One value around an image."""

    dims = 2


class ConstantPad3d(_ConstantPad):
    """One value around a volume."""

    dims = 3


class ZeroPad1d(_ZeroPad):
    """Zeros around a signal."""

    dims = 1


class ZeroPad2d(_ZeroPad):
    """Zeros around an image."""

    dims = 2


class ZeroPad3d(_ZeroPad):
    """Zeros around a volume."""

    dims = 3


class ReflectionPad1d(_Pad):
    """A signal continued as in a mirror."""

    dims = 1
    mode = "reflect"


class ReflectionPad2d(_Pad):
    """An image continued as in a mirror."""

    dims = 2
    mode = "reflect"


class ReflectionPad3d(_Pad):
    """A volume continued as in a mirror."""

    dims = 3
    mode = "reflect"


class ReplicationPad1d(_Pad):
    """A signal continued by its border."""

    dims = 1
    mode = "replicate"


class ReplicationPad2d(_Pad):
    """An image continued by its border."""

    dims = 2
    mode = "replicate"


class ReplicationPad3d(_Pad):
    """A volume continued by its border."""

    dims = 3
    mode = "replicate"


class CircularPad1d(_CircularPad):
    """A signal continued by its other end."""

    dims = 1


class CircularPad2d(_CircularPad):
    """An image continued by its other end."""

    dims = 2


class CircularPad3d(_CircularPad):
    """A volume continued by its other end."""

    dims = 3
