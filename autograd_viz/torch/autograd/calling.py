"""Walking the graph by hand: `fn(gradient)` runs one node. And `Variable`, what tensors that require grad were once called.

    fn = y.grad_fn
    gradients = fn(torch.ones_like(y))      # those of its inputs, in the order of fn.next_functions

The engine does this for each node in turn, and adds up what comes from several sides (`engine.py`).

Read next: `graph.py`.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from autograd_viz.torch.arguments import kind_name
from autograd_viz.torch.engine import Wave
from autograd_viz.torch.function import CustomNode
from autograd_viz.torch.gradients import requires_grad_
from autograd_viz.torch.modes import mode
from autograd_viz.torch.node import AccumulateGrad, Node
from autograd_viz.torch.tensor import Tensor, holding, needs_grad


def _called(self: Node, *gradients: Any, **named: Any) -> Any:
    """The gradients of the inputs, given those of the outputs; with a graph of their own, where grad mode is on. Nothing is freed."""
    if named:
        raise TypeError("keyword arguments are not supported")
    for place, gradient in enumerate(gradients):
        if gradient is not None and not isinstance(gradient, Tensor):
            raise TypeError(f"argument {place} is not a Variable")
    if len(gradients) != len(self.metas):
        raise TypeError(f"expected {len(self.metas)} arguments, got {len(gradients)} instead")
    if isinstance(self, AccumulateGrad):
        if gradients and gradients[0] is not None:
            recording = mode.grad and needs_grad(gradients[0])
            Wave(0, False, recording).accumulate(self.variable, gradients[0] if recording else gradients[0]._array)
        return ()
    needed = tuple(following is not None for following, _ in self.next_functions)
    if all(gradient is None for gradient in gradients):
        found: Any = [None] * len(needed)
    elif mode.grad:
        found = self.run(list(gradients), needed, True)
    else:
        found = self.run_arrays([None if gradient is None else gradient._array for gradient in gradients])
    results = [
        None if result is None or not need else result if isinstance(result, Tensor) else holding(np.asarray(result))
        for result, need in zip(found, needed, strict=True)
    ]
    return results[0] if len(results) == 1 else tuple(results)


def _not_called(self: CustomNode, *gradients: Any) -> Any:
    raise TypeError(f"'{type(self).__name__}' object is not callable\nHint: `fn.apply(gradient)` runs the backward that you wrote.")


def _applied(self: CustomNode, *gradients: Any) -> Any:
    """Run the backward of a Function, as it stands there."""
    return self._forward_cls.backward(self, *gradients)


Node.__call__ = _called  # type: ignore[method-assign]
CustomNode.__call__ = _not_called  # type: ignore[method-assign]
CustomNode.apply = _applied  # type: ignore[attr-defined]


class _Variables(type):
    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor)


class Variable(metaclass=_Variables):
    """What one had to wrap a tensor in before tensors knew of gradients themselves. Now it gives a tensor."""

    def __new__(cls, data: Any = None, requires_grad: bool = False, volatile: Any = None) -> Any:
        """A tensor with the memory of `data`."""
        if data is None:
            return Tensor()
        if volatile is not None:
            said = "volatile was removed and now has no effect. Use `with torch.no_grad():` instead."
            warnings.warn(said, UserWarning, stacklevel=2)
        if not isinstance(data, Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {kind_name(data)}")
        made = holding(data._array)
        made._counter = data._version_counter
        if requires_grad:
            requires_grad_(made)
        return made


Variable.__module__ = "torch.autograd.variable"


class set_multithreading_enabled:
    """Whether a backward may use several threads: at once, or for a block. Here it never does."""

    def __init__(self, mode: bool) -> None:
        self.mode = mode

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


class _unsafe_preserve_version_counter:
    """In this block, changes of these tensors in place do not count: PyTorch's own way around its check."""

    def __init__(self, tensors: Any) -> None:
        self.tensors = (tensors,) if isinstance(tensors, Tensor) else tuple(tensors)
        self._before = [tensor._version for tensor in self.tensors]

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None:
        for tensor, version in zip(self.tensors, self._before, strict=True):
            tensor._version_counter.value = version
