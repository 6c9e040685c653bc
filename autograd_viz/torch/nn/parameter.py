"""`Parameter`: a tensor that a module learns; `Buffer`: one that it only keeps.

A parameter is a leaf that requires grad, and an instance of a class of its own: that is how `Module.__setattr__` knows that
`self.weight = Parameter(...)` is to be found by `module.parameters()`. Operations on it give ordinary tensors.

Read next: `init.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_viz import events
from autograd_viz.torch import dtypes, observe
from autograd_viz.torch.gradients import detach, requires_grad_
from autograd_viz.torch.ops.shape import clone
from autograd_viz.torch.tensor import ONLY_FLOATS, Tensor, holding

__all__ = ["Buffer", "Parameter"]


class Parameter(Tensor):
    """A tensor that a module learns.  Raises RuntimeError for one of whole numbers, unless requires_grad is False."""

    def __new__(cls, data: Tensor | None = None, requires_grad: bool = True) -> Parameter:
        """With the memory of `data`, which is not copied."""
        if data is None:
            data = holding(np.zeros(0, dtypes.get_default_dtype().numpy))
        if not isinstance(data, Tensor):
            raise AttributeError(f"'{type(data).__name__}' object has no attribute 'detach'")
        made = object.__new__(cls)
        made._array, made._counter = data._array, data._version_counter
        if requires_grad and data._array.dtype.kind != "f":
            raise RuntimeError(ONLY_FLOATS)
        if requires_grad and made.is_inference():
            requires_grad_(made)  # which refuses it, or not
        made._requires_grad = requires_grad
        if events.listeners:
            observe.created(made, "Parameter", ())
        return made

    def __init__(self, data: Tensor | None = None, requires_grad: bool = True) -> None:
        # All is done; the `__init__` of Tensor would make new memory.
        pass

    def __repr__(self) -> str:
        return "Parameter containing:\n" + super().__repr__()

    def __format__(self, spec: str) -> str:
        """Its text; not a bare number, as of other 0-d tensors."""
        return object.__format__(self, spec)

    def __deepcopy__(self, memo: dict[int, Any]) -> Parameter:
        """A copy with memory of its own, and without a `.grad`."""
        if id(self) not in memo:
            memo[id(self)] = type(self)(clone(self.data), self.requires_grad)
        made: Parameter = memo[id(self)]
        return made


class _BufferMeta(type):
    """A buffer is an ordinary tensor with a mark on it; `isinstance(x, Buffer)` asks for the mark."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor) and getattr(instance, "_is_buffer", False)


class Buffer(Tensor, metaclass=_BufferMeta):
    """A tensor that belongs to a module's state but is not learned. `persistent=False`: not in the `state_dict` either."""

    persistent: bool

    def __new__(cls, data: Tensor | None = None, *, persistent: bool = True) -> Any:
        """A tensor with the memory of `data`, which is not copied."""
        made: Any = detach(holding(np.zeros(0, dtypes.get_default_dtype().numpy)) if data is None else data)
        if isinstance(data, Tensor) and data._requires_grad:
            requires_grad_(made)
        made.persistent, made._is_buffer = persistent, True
        return made


def forget_grad(parameter: Any, set_to_none: bool) -> None:
    """What `zero_grad` does to each parameter: no gradient at all, or one of zeros, without a graph behind it."""
    gradient = parameter._grad
    if gradient is None:
        return
    if set_to_none:
        parameter.grad = None
        return
    if gradient.grad_fn is not None:
        parameter.grad = gradient.detach()
    parameter.grad.requires_grad_(False).zero_()
