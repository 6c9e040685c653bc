"""Lazy layers find out the size of their inputs at the first call: `LazyLinear(8)`, `LazyConv2d(4, 3)`, `LazyBatchNorm1d()`.

Until then their parameters are uninitialized; then they become ordinary ones, and the layer becomes an ordinary Linear, Conv2d, ...

Read next: `padding.py`.
"""

from __future__ import annotations

from typing import Any

from autograd_viz.torch.nn.modules.conv import Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from autograd_viz.torch.nn.modules.linear import Linear
from autograd_viz.torch.nn.modules.module import Module
from autograd_viz.torch.nn.modules.normalization import BatchNorm1d, BatchNorm2d, BatchNorm3d
from autograd_viz.torch.nn.parameter import Parameter
from autograd_viz.torch.ops.creation import empty
from autograd_viz.torch.tensor import Tensor

__all__ = [
    "LazyBatchNorm1d", "LazyBatchNorm2d", "LazyBatchNorm3d", "LazyConv1d", "LazyConv2d", "LazyConv3d", "LazyConvTranspose1d",
    "LazyConvTranspose2d", "LazyConvTranspose3d", "LazyLinear", "UninitializedBuffer", "UninitializedParameter",
]  # fmt: skip

NO_SHAPE_YET = (
    "Can't access the shape of an uninitialized parameter or buffer. This error usually happens in `load_state_dict` when trying to load "
    "an uninitialized parameter into an initialized one. Call `forward` to initialize the parameters before accessing their attributes."
)


class _Uninitialized(Tensor):
    """A tensor whose shape is not known yet."""

    becomes: type[Tensor]

    def materialize(self, shape: tuple[int, ...]) -> None:
        """Give it a shape; its values are yet to be set."""
        self.data = empty(shape, dtype=self.dtype)
        self.__class__ = self.becomes  # type: ignore[assignment]

    @property
    def shape(self) -> Any:
        """Unknown.  Raises RuntimeError."""
        raise RuntimeError(NO_SHAPE_YET)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class UninitializedParameter(_Uninitialized, Parameter):
    """A parameter whose shape is not known yet."""

    becomes = Parameter

    def __new__(cls, requires_grad: bool = True, device: Any = None, dtype: Any = None) -> Any:
        """Without elements."""
        return Parameter.__new__(cls, empty(0, device=device, dtype=dtype), requires_grad)

    def __init__(self, requires_grad: bool = True, device: Any = None, dtype: Any = None) -> None:
        # All is done; the `__init__` of Tensor would make new memory.
        pass

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return memo.setdefault(id(self), type(self)(self.requires_grad, dtype=self.dtype))


class UninitializedBuffer(_Uninitialized):
    """A buffer whose shape is not known yet."""

    becomes = Tensor

    def __init__(self, device: Any = None, dtype: Any = None) -> None:
        self._array = empty(0, device=device, dtype=dtype)._array

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return memo.setdefault(id(self), type(self)(dtype=self.dtype))


class _Lazy(Module):
    """What lazy layers have in common: a hook before the first call, in which they learn the shape of their input."""

    becomes: type[Module]

    def _wait(self) -> None:
        self._initialize_hook = self.register_forward_pre_hook(_infer)

    def initialize_parameters(self, input: Any) -> None:
        """Give the parameters their shapes and values."""
        raise NotImplementedError(f"initialize_parameters is not implemented for {type(self).__name__}")

    def has_uninitialized_params(self) -> bool:
        """Whether the first call is yet to come."""
        return any(isinstance(held, _Uninitialized) for held in (*self._parameters.values(), *self._buffers.values()))

    def _uninitialized(self, bias: bool, like: dict[str, Any]) -> None:
        self.register_parameter("weight", UninitializedParameter(**like))
        self.register_parameter("bias", UninitializedParameter(**like) if bias else None)


def _infer(module: Any, args: tuple[Any, ...]) -> None:
    if module.has_uninitialized_params():
        module.initialize_parameters(*args)
    module._initialize_hook.remove()
    del module._initialize_hook
    module.__class__ = module.becomes


class LazyLinear(_Lazy, Linear):
    """A Linear whose in_features is that of its first input."""

    becomes = Linear

    def __init__(self, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None) -> None:
        Module.__init__(self)
        self.in_features, self.out_features = 0, out_features
        self._uninitialized(bias, {"device": device, "dtype": dtype})
        self._wait()

    def initialize_parameters(self, input: Any) -> None:
        """From the last dimension of the input."""
        self.in_features = input.shape[-1]
        weight: Any = self.weight
        weight.materialize((self.out_features, self.in_features))
        if self.bias is not None:
            self.bias.materialize((self.out_features,))
        self.reset_parameters()


class _LazyConv(_Lazy):
    """A convolution whose in_channels is that of its first input."""

    def __init__(self, out_channels: int, kernel_size: Any, *args: Any, **kwargs: Any) -> None:
        given = list(args)  # stride, padding, dilation (or output_padding), groups, bias, ...
        bias = given[4] if len(given) > 4 else kwargs.get("bias", True)
        if len(given) > 4:
            given[4] = False
        else:
            kwargs["bias"] = False
        super().__init__(0, 0, kernel_size, *given, **kwargs)
        self.out_channels = out_channels
        self._uninitialized(bias, {"device": kwargs.get("device"), "dtype": kwargs.get("dtype")})
        self._wait()

    def reset_parameters(self) -> None:
        """As a plain convolution does, once there are parameters."""
        if self.in_channels != 0:
            plain: Any = super()
            plain.reset_parameters()

    def initialize_parameters(self, input: Any) -> None:
        """From the channels of the input.  Raises RuntimeError if it has a wrong number of dimensions."""
        dims = self.dims
        if input.ndim not in (dims + 1, dims + 2):
            raise RuntimeError(
                f"Expected {dims + 1}D (unbatched) or {dims + 2}D (batched) input to {type(self).__name__}, but got input of size: "
                f"{input.shape}"
            )
        self.in_channels = input.shape[-dims - 1]
        if self.in_channels % self.groups != 0:
            raise ValueError("in_channels must be divisible by groups")
        ends = (self.out_channels, self.in_channels // self.groups)
        if self.transposed:
            ends = (self.in_channels, self.out_channels // self.groups)
        self.weight.materialize((*ends, *self.kernel_size))
        if self.bias is not None:
            self.bias.materialize((self.out_channels,))
        self.reset_parameters()


class LazyConv1d(_LazyConv, Conv1d):
    """Over a signal."""

    becomes = Conv1d


class LazyConv2d(_LazyConv, Conv2d):
    """Over an image."""

    becomes = Conv2d


class LazyConv3d(_LazyConv, Conv3d):
    """Over a volume."""

    becomes = Conv3d


class LazyConvTranspose1d(_LazyConv, ConvTranspose1d):
    """Over a signal."""

    becomes = ConvTranspose1d


class LazyConvTranspose2d(_LazyConv, ConvTranspose2d):
    """Over an image."""

    becomes = ConvTranspose2d


class LazyConvTranspose3d(_LazyConv, ConvTranspose3d):
    """Over a volume."""

    becomes = ConvTranspose3d


class _LazyBatchNorm(_Lazy):
    """A BatchNorm whose num_features is that of its first input."""

    def __init__(
        self, eps: float = 1e-5, momentum: float | None = 0.1, affine: bool = True, track_running_stats: bool = True, device: Any = None,
        dtype: Any = None,
    ) -> None:  # fmt: skip
        plain: Any = self.becomes
        plain.__init__(self, 0, eps, momentum, False, track_running_stats, device, dtype)
        self.affine = affine
        like = {"device": device, "dtype": dtype}
        if affine:
            self._uninitialized(True, like)
        if track_running_stats:
            self.running_mean, self.running_var = UninitializedBuffer(**like), UninitializedBuffer(**like)
        self._wait()

    def initialize_parameters(self, input: Any) -> None:
        """From the channels of the input."""
        self.num_features = input.shape[1]
        for held in (self.weight, self.bias, self.running_mean, self.running_var):
            if held is not None:
                held.materialize((self.num_features,))
        self.reset_parameters()


class LazyBatchNorm1d(_LazyBatchNorm, BatchNorm1d):
    """(N, C) or (N, C, L)."""

    becomes = BatchNorm1d


class LazyBatchNorm2d(_LazyBatchNorm, BatchNorm2d):
    """(N, C, H, W)."""

    becomes = BatchNorm2d


class LazyBatchNorm3d(_LazyBatchNorm, BatchNorm3d):
    """(N, C, D, H, W)."""

    becomes = BatchNorm3d
