"""Changing a tensor in place: `zero_`, `add_`, `x += 1`, ...

An in-place operation is the ordinary one, whose result then takes the place of the old values: the memory is overwritten, its version
counter moves on by one, and the tensor's `grad_fn` becomes the new node, whose input is the old one. Whoever had
saved the old values notices by the version.

Read next: `logic.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_viz import events
from autograd_viz.torch import dtypes, observe
from autograd_viz.torch.modes import mode
from autograd_viz.torch.node import Array, SavedInput, SavedOutput
from autograd_viz.torch.op import op
from autograd_viz.torch.ops import pointwise
from autograd_viz.torch.source import locate
from autograd_viz.torch.tensor import Tensor, holding


@op("ZeroBackward0", self=lambda grad: pointwise.zeros(grad))
def zero(self: Array) -> Array:
    """Zeros: what is written over loses its gradient."""
    return np.zeros_like(self)


@op("FillBackward2", self=lambda grad: pointwise.zeros(grad))
def fill(self: Array, value: Any) -> Array:
    """A number everywhere."""
    return np.full_like(self, value)


@op("torch::autograd::CopyBackwards", self=lambda grad: pointwise.zeros(grad), src=lambda grad: grad)
def copy(self: Array, src: Array) -> Array:
    """The values of `src`, broadcast to self's shape."""
    return np.broadcast_to(src, self.shape).astype(self.dtype)


def in_place(target: Tensor, operation: Any, *args: Any, **kwargs: Any) -> Tensor:
    """`target` after `operation(target, ...)` was done to it.  Raises RuntimeError where PyTorch forbids it; then nothing has changed."""
    others = [arg for arg in args if isinstance(arg, Tensor)]
    recording = mode.grad and (target._requires_grad or any(other._requires_grad for other in others))
    if recording:
        _check_recordable(target)
    _check_shape(target, others)
    before = holding(target._array.copy())
    mode.quiet, was_quiet = True, mode.quiet
    try:
        result: Tensor = operation(target, *args, **kwargs)
    finally:
        mode.quiet = was_quiet
    if result.dtype.category > target.dtype.category:
        names = dtypes.SCALAR_NAMES
        raise RuntimeError(f"result type {names[result.dtype]} can't be cast to the desired output type {names[target.dtype]}")
    target._array[...] = result._array
    target._version_counter.value += 1
    if result._grad_fn is not None:
        _rebind(target, result, before)
    if events.listeners:
        _tell(target, before, operation.__name__)
    return target


def _check_recordable(target: Tensor) -> None:
    base = target._base
    if target._unrecorded_view:
        raise RuntimeError(
            "A view was created in no_grad mode and is being modified inplace with grad mode enabled. Given that this use case is "
            "ambiguous "
            "and error-prone, it is forbidden. You can clarify your code by moving both the view and the inplace either both inside the "
            "no_grad block (if you don't want the inplace to be tracked) or both outside (if you want the inplace to be tracked)."
        )
    if target._requires_grad and target._grad_fn is None:
        raise RuntimeError(
            "a leaf Variable that requires grad is being used in an in-place operation."
            "\nHint: its old value would be lost to the graph. Update parameters inside torch.no_grad()."
        )
    if base is not None and base._requires_grad and base._grad_fn is None:
        raise RuntimeError("a view of a leaf Variable that requires grad is being used in an in-place operation.")
    if base is not None:
        raise NotImplementedError(
            "autograd_viz cannot yet record an in-place operation on a view of another tensor"
            "\nHint: PyTorch would rewrite the base's grad_fn to CopySlices. Use the out-of-place operation, or clone() the view first."
        )


def _check_shape(target: Tensor, others: list[Tensor]) -> None:
    array = target._array
    if 0 in array.strides and array.size > 1:
        raise RuntimeError(
            "unsupported operation: more than one element of the written-to tensor refers to a single memory location. Please clone() the "
            "tensor before performing the operation."
        )
    for other in others:
        shape = np.broadcast_shapes(array.shape, other._array.shape) if _broadcast(array.shape, other._array.shape) else array.shape
        if shape != array.shape:
            raise RuntimeError(f"output with shape {list(array.shape)} doesn't match the broadcast shape {list(shape)}")


def _broadcast(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    return all(x == y or 1 in (x, y) for x, y in zip(reversed(a), reversed(b), strict=False))


def _rebind(target: Tensor, result: Tensor, before: Tensor) -> None:
    """Make the result's node the target's, with what it saved of the target's values: the new ones are shared, the old ones kept apart."""
    node = result._grad_fn
    assert node is not None
    for name, kept in node._saved.items():
        if isinstance(kept, SavedOutput):
            kept._array, kept._counter, kept.then = target._array, target._version_counter, target._version_counter.value
        elif isinstance(kept, SavedInput) and kept.tensor is target and name == "self":
            node._saved[name] = SavedInput(before)
    target._grad_fn, target._output_nr, target._requires_grad = node, result._output_nr, True


def _tell(target: Tensor, before: Tensor, name: str) -> None:
    if target._grad_of and name == "zero":
        events.emit(events.GradCleared(target._grad_of, "zero_", observe.preview(before._array), locate()))
        return
    if target._grad_fn is not None:  # it is now the output of another node
        target._epoch = events.epoch
        events.emit(observe.tensor_event(target, f"{name}_", ()))
    observe.changed(target, f"{name}_")
