"""`Linear`, `Bilinear`, `Identity`, and changes of shape as modules: `Flatten`, `Unflatten`.

Read next: `activation.py`.
"""

from __future__ import annotations

import math
from typing import Any

from autograd_viz.torch.nn import functional as F
from autograd_viz.torch.nn import init
from autograd_viz.torch.nn.modules.module import Module
from autograd_viz.torch.nn.parameter import Parameter
from autograd_viz.torch.ops.creation import empty
from autograd_viz.torch.tensor import Tensor

__all__ = ["Bilinear", "Flatten", "Identity", "Linear", "Unflatten"]


def fresh(*size: int, like: dict[str, Any]) -> Parameter:
    """A parameter whose values are yet to be set.  `like`: its device and dtype."""
    return Parameter(empty(size, **like))


class Identity(Module):
    """What goes in comes out. Takes any arguments, so that it can stand in for any module."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def forward(self, input: Any) -> Any:
        """The input."""
        return input


class Linear(Module):
    """input @ weight.T + bias.  (*, in_features) -> (*, out_features); weight (out_features, in_features)."""

    def __init__(self, in_features: int, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None) -> None:
        super().__init__()
        like = {"device": device, "dtype": dtype}
        self.in_features, self.out_features = in_features, out_features
        self.weight = fresh(out_features, in_features, like=like)
        self.register_parameter("bias", fresh(out_features, like=like) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Uniform, up to 1 / sqrt(in_features)."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bound = 1 / math.sqrt(self.in_features) if self.in_features > 0 else 0
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input: Tensor) -> Tensor:
        """(*, in_features) -> (*, out_features)."""
        return F.linear(input, self.weight, self.bias)

    def extra_repr(self) -> str:
        """Its sizes."""
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"


class Bilinear(Module):
    """input1 @ weight[k] @ input2 + bias[k] for each output k."""

    def __init__(
        self, in1_features: int, in2_features: int, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__()
        like = {"device": device, "dtype": dtype}
        self.in1_features, self.in2_features, self.out_features = in1_features, in2_features, out_features
        self.weight = fresh(out_features, in1_features, in2_features, like=like)
        self.register_parameter("bias", fresh(out_features, like=like) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Uniform, up to 1 / sqrt(in1_features)."""
        if self.in1_features <= 0:
            raise ValueError(f"in1_features must be > 0, but got (in1_features={self.in1_features})")
        bound = 1 / math.sqrt(self.in1_features)
        init.uniform_(self.weight, -bound, bound)
        if self.bias is not None:
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input1: Tensor, input2: Tensor) -> Tensor:
        """(*, in1_features), (*, in2_features) -> (*, out_features)."""
        return F.bilinear(input1, input2, self.weight, self.bias)

    def extra_repr(self) -> str:
        """Its sizes."""
        return (
            f"in1_features={self.in1_features}, in2_features={self.in2_features}, "
            f"out_features={self.out_features}, bias={self.bias is not None}"
        )


class Flatten(Module):
    """The dimensions from start_dim to end_dim made one: between convolutions and a Linear."""

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim, self.end_dim = start_dim, end_dim

    def forward(self, input: Any) -> Tensor:
        """(N, C, H, W) -> (N, C * H * W)."""
        return input.flatten(self.start_dim, self.end_dim)

    def extra_repr(self) -> str:
        """Its dimensions."""
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Unflatten(Module):
    """One dimension made several."""

    def __init__(self, dim: int, unflattened_size: Any) -> None:
        super().__init__()
        if not isinstance(unflattened_size, tuple | list):
            raise TypeError(f"unflattened_size must be a tuple of ints, but found type {type(unflattened_size).__name__}")
        for place, size in enumerate(unflattened_size):
            if not isinstance(size, int):
                found = f"element of type {type(size).__name__} at pos {place}"
                raise TypeError(f"unflattened_size must be tuple of ints, but found {found}")
        self.dim, self.unflattened_size = dim, unflattened_size

    def forward(self, input: Any) -> Tensor:
        """(N, C * H) -> (N, C, H)."""
        return input.unflatten(self.dim, self.unflattened_size)

    def extra_repr(self) -> str:
        """Its dimension and sizes."""
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"
