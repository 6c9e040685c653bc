"""Normalization: subtract the mean, divide by the standard deviation, then scale and shift by what is learned.

They differ in what the mean is taken over: BatchNorm over the batch (and therefore it remembers running means, for `eval()`),
LayerNorm over the features of one example, GroupNorm over groups of channels, InstanceNorm over each channel of each example.

Read next: `lazy.py`.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from typing import Any

from autograd_viz.torch.dtypes import int64
from autograd_viz.torch.nn import functional as F
from autograd_viz.torch.nn import init
from autograd_viz.torch.nn.modules.linear import fresh
from autograd_viz.torch.nn.modules.module import Module
from autograd_viz.torch.ops.creation import ones, zeros
from autograd_viz.torch.ops.from_data import tensor
from autograd_viz.torch.tensor import Tensor

__all__ = [
    "BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "GroupNorm", "InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d", "LayerNorm",
    "LocalResponseNorm", "RMSNorm",
]  # fmt: skip


class _Affine(Module):
    """A scale and a shift, that start as 1 and 0."""

    def _make_affine(self, size: tuple[int, ...], weight: bool, bias: bool, device: Any, dtype: Any) -> None:
        like = {"device": device, "dtype": dtype}
        self.register_parameter("weight", fresh(*size, like=like) if weight else None)
        self.register_parameter("bias", fresh(*size, like=like) if weight and bias else None)

    def reset_parameters(self) -> None:
        """1 and 0."""
        if self.weight is not None:
            init.ones_(self.weight)
        if getattr(self, "bias", None) is not None:
            init.zeros_(self.bias)


class _Running(_Affine):
    """With running means and variances, kept as buffers."""

    _version = 2

    def __init__(
        self, num_features: int, eps: float = 1e-5, momentum: float | None = 0.1, affine: bool = True, track_running_stats: bool = True,
        device: Any = None, dtype: Any = None, *, bias: bool = True,
    ) -> None:  # fmt: skip
        super().__init__()
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.affine, self.track_running_stats = affine, track_running_stats
        self._make_affine((num_features,), affine, bias, device, dtype)
        like = {"device": device, "dtype": dtype}
        tracks = track_running_stats
        self.register_buffer("running_mean", zeros(num_features, **like) if tracks else None)
        self.register_buffer("running_var", ones(num_features, **like) if tracks else None)
        self.register_buffer("num_batches_tracked", tensor(0, dtype=int64) if tracks else None)
        self.reset_parameters()

    def reset_running_stats(self) -> None:
        """Forget what was seen."""
        if self.track_running_stats:
            self.running_mean.zero_()
            self.running_var.fill_(1)
            self.num_batches_tracked.zero_()

    def reset_parameters(self) -> None:
        """All as it was at first."""
        self.reset_running_stats()
        super().reset_parameters()

    def extra_repr(self) -> str:
        """Its settings."""
        said = [f"{name}={getattr(self, name)}" for name in ("eps", "momentum", "affine")]
        said += [f"bias={self.bias is not None}", f"track_running_stats={self.track_running_stats}"]
        return ", ".join([str(self.num_features), *said])

    def _load_from_state_dict(
        self, entries: Mapping[str, Any], prefix: str, about: dict[str, Any], strict: bool, missing: list[str], unexpected: list[str],
        errors: list[str],
    ) -> None:  # fmt: skip
        counted = f"{prefix}num_batches_tracked"  # a state_dict without a version is from before this buffer existed
        if about.get("version", 0) < 2 and self.track_running_stats and counted not in entries:
            entries[counted] = self.num_batches_tracked  # type: ignore[index]
        super()._load_from_state_dict(entries, prefix, about, strict, missing, unexpected, errors)


class _BatchNorm(_Running):
    dims: tuple[int, ...] = ()

    def _check_input_dim(self, input: Tensor) -> None:
        if input.ndim not in self.dims:
            raise ValueError(f"expected {' or '.join(f'{n}D' for n in self.dims)} input (got {input.ndim}D input)")

    def forward(self, input: Tensor) -> Tensor:
        """The same shape; while training, the running statistics move on by `momentum`."""
        self._check_input_dim(input)
        share = 0.0 if self.momentum is None else self.momentum
        if self.training and self.track_running_stats and self.num_batches_tracked is not None:
            self.num_batches_tracked.add_(1)
            if self.momentum is None:  # a plain average of all batches
                share = 1.0 / float(self.num_batches_tracked)
        from_batch = self.training or (self.running_mean is None and self.running_var is None)
        kept = not self.training or self.track_running_stats
        running_mean, running_var = (self.running_mean, self.running_var) if kept else (None, None)
        return F.batch_norm(input, running_mean, running_var, self.weight, self.bias, from_batch, share, self.eps)


class BatchNorm1d(_BatchNorm):
    """(N, C) or (N, C, L): over all but C."""

    dims = (2, 3)


class BatchNorm2d(_BatchNorm):
    """(N, C, H, W): over all but C."""

    dims = (4,)


class BatchNorm3d(_BatchNorm):
    """(N, C, D, H, W): over all but C."""

    dims = (5,)


class _InstanceNorm(_Running):
    dims: tuple[int, ...] = ()  # without and with a batch

    def __init__(
        self, num_features: int, eps: float = 1e-5, momentum: float | None = 0.1, affine: bool = False, track_running_stats: bool = False,
        device: Any = None, dtype: Any = None, *, bias: bool = True,
    ) -> None:  # fmt: skip
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)

    def forward(self, input: Any) -> Tensor:
        """The same shape."""
        if input.ndim not in self.dims:
            raise ValueError(f"expected {' or '.join(f'{n}D' for n in self.dims)} input (got {input.ndim}D input)")
        channels = input.ndim - self.dims[0]
        if input.shape[channels] != self.num_features:
            if self.affine:
                raise ValueError(
                    f"expected input's size at dim={channels} to match num_features ({self.num_features}), but got: "
                    f"{input.shape[channels]}."
                )
            warnings.warn(
                f"input's size at dim={channels} does not match num_features. You can silence this warning by not passing in "
                "num_features, which is not used because affine=False",
                stacklevel=2,
            )
        return self._normalized(input.unsqueeze(0)).squeeze(0) if input.ndim == self.dims[0] else self._normalized(input)  # type: ignore[attr-defined]

    def _normalized(self, input: Tensor) -> Tensor:
        running = (self.running_mean, self.running_var, self.weight, self.bias)
        from_batch = self.training or not self.track_running_stats
        return F.instance_norm(input, *running, from_batch, 0.0 if self.momentum is None else self.momentum, self.eps)


class InstanceNorm1d(_InstanceNorm):
    """(N, C, L): over L."""

    dims = (2, 3)


class InstanceNorm2d(_InstanceNorm):
    """(N, C, H, W): over H and W."""

    dims = (3, 4)


class InstanceNorm3d(_InstanceNorm):
    """(N, C, D, H, W): over D, H and W."""

    dims = (4, 5)


class LayerNorm(_Affine):
    """Over the last dimensions, whose sizes are `normalized_shape`."""

    def __init__(
        self, normalized_shape: Any, eps: float = 1e-5, elementwise_affine: bool = True, bias: bool = True, device: Any = None,
        dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.normalized_shape = tuple(normalized_shape) if isinstance(normalized_shape, Iterable) else (normalized_shape,)
        self.eps, self.elementwise_affine = eps, elementwise_affine
        self._make_affine(self.normalized_shape, elementwise_affine, bias, device, dtype)
        self.reset_parameters()

    def forward(self, input: Tensor) -> Tensor:
        """(*, *normalized_shape) -> the same shape."""
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """Its settings."""
        affine = f"elementwise_affine={self.elementwise_affine}"
        return f"{self.normalized_shape}, eps={self.eps}, {affine}, bias={self.bias is not None}"


class RMSNorm(_Affine):
    """Divides by the root of the mean of the squares of the last dimensions; no mean is subtracted."""

    def __init__(
        self, normalized_shape: Any, eps: float | None = None, elementwise_affine: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__()
        self.normalized_shape = tuple(normalized_shape) if isinstance(normalized_shape, Iterable) else (normalized_shape,)
        self.eps, self.elementwise_affine = eps, elementwise_affine
        like = {"device": device, "dtype": dtype}
        self.register_parameter("weight", fresh(*self.normalized_shape, like=like) if elementwise_affine else None)
        self.reset_parameters()

    def forward(self, x: Tensor) -> Tensor:
        """(*, *normalized_shape) -> the same shape."""
        return F.rms_norm(x, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        """Its settings."""
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"


class GroupNorm(_Affine):
    """(N, C, *): over each group of channels of each example."""

    def __init__(
        self, num_groups: int, num_channels: int, eps: float = 1e-5, affine: bool = True, device: Any = None, dtype: Any = None, *,
        bias: bool = True,
    ) -> None:  # fmt: skip
        super().__init__()
        if num_channels % num_groups != 0:
            raise ValueError(f"num_channels ({num_channels}) must be divisible by num_groups ({num_groups})")
        self.num_groups, self.num_channels, self.eps, self.affine = num_groups, num_channels, eps, affine
        self._make_affine((num_channels,), affine, bias, device, dtype)
        self.reset_parameters()

    def forward(self, input: Tensor) -> Tensor:
        """(N, C, *) -> the same shape."""
        return F.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """Its settings."""
        settings = f"eps={self.eps}, affine={self.affine}, bias={self.bias is not None}"
        return f"{self.num_groups}, {self.num_channels}, {settings}"


class LocalResponseNorm(Module):
    """Divides each element by what the channels around it have in its place."""

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> None:
        super().__init__()
        self.size, self.alpha, self.beta, self.k = size, alpha, beta, k

    def forward(self, input: Tensor) -> Tensor:
        """(N, C, *) -> the same shape."""
        return F.local_response_norm(input, self.size, self.alpha, self.beta, self.k)

    def extra_repr(self) -> str:
        """Its settings."""
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"
