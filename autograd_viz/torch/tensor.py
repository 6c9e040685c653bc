"""`Tensor`: a numpy array that remembers how it was made.

Here are its parts: the array, and what autograd knows of it (`requires_grad`, `grad_fn`, `is_leaf`, the version of its memory).
What one can do with a tensor, from `+` to `backward()` and `.grad`, is attached in `methods.py`, after the operations exist.

Read next: `observe.py`, or skip to `op.py`.
"""

from __future__ import annotations

import weakref
from typing import Any

import numpy as np

from autograd_viz import events
from autograd_viz.torch import dtypes
from autograd_viz.torch.dtypes import Size, dtype
from autograd_viz.torch.node import AccumulateGrad, Array, Node, Version
from autograd_viz.torch.source import locate

ONLY_FLOATS = "Only Tensors of floating point and complex dtype can require gradients"


class Tensor:
    """An n-dimensional array of one dtype, that autograd can follow. Made by `torch.tensor(...)`, `torch.ones(...)` and the operations."""

    # What holds for most tensors stands here once; a tensor stores only what differs.
    _requires_grad = False
    _grad_fn: Node | None = None
    _output_nr = 0
    _grad: Tensor | None = None
    _base: Tensor | None = None
    _accumulator: weakref.ref[AccumulateGrad] | None = None
    _retains_grad = False
    _number: bool | int | float | None = None  # the Python number that this tensor stands for, as the 2 in x * 2
    _serial = 0  # its number for listeners, given when they first meet it
    _epoch = 0  # the epoch in which they did
    _grad_of = 0  # the serial of the tensor whose .grad this is
    _array: Array
    _version_counter: Version

    __array_priority__ = 1000  # numpy_array * tensor asks the tensor

    def __init__(self, array: Array, *, requires_grad: bool = False, grad_fn: Node | None = None, output_nr: int = 0) -> None:
        self._array = array
        self._version_counter = Version()
        if grad_fn is not None:
            self._grad_fn = grad_fn
            self._output_nr = output_nr
            self._requires_grad = True
        elif requires_grad:
            if array.dtype.kind != "f":
                raise RuntimeError(f"{ONLY_FLOATS}\nHint: this one would be {self.dtype}; write 1. for 1, or pass dtype=torch.float32.")
            self._requires_grad = True

    # --- the array ----------------------------------------------------------------------------------------------------

    @property
    def shape(self) -> Size:
        """Its size along each dimension."""
        return Size(self._array.shape)

    @property
    def dtype(self) -> dtype:
        """What its elements are."""
        return dtypes.of_numpy[self._array.dtype]

    @property
    def ndim(self) -> int:
        """How many dimensions it has."""
        return self._array.ndim

    @property
    def data(self) -> Tensor:
        """The same values, outside autograd's sight: no grad_fn, and a version counter of its own, so that changes through it go unnoticed."""
        return Tensor(self._array)

    def as_written(self) -> Tensor:
        """This tensor; for one that stands for a Python number, the number as a tensor of its own kind."""
        return self if self._number is None else wrapped_number(self._number)

    # --- what autograd knows ------------------------------------------------------------------------------------------

    @property
    def grad_fn(self) -> Node | None:
        """The node that made it; None for a leaf."""
        return self._grad_fn

    @property
    def is_leaf(self) -> bool:
        """True unless a recorded operation made it."""
        return self._grad_fn is None

    @property
    def output_nr(self) -> int:
        """Which output of its grad_fn it is."""
        return self._output_nr

    @property
    def retains_grad(self) -> bool:
        """True for a non-leaf on which `retain_grad()` was called."""
        return self._retains_grad

    @property
    def _version(self) -> int:
        return self._version_counter.value

    @property
    def requires_grad(self) -> bool:
        """Whether operations on it are recorded. May be set on a leaf."""
        return self._requires_grad

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        if self._grad_fn is not None and not value:
            raise RuntimeError(
                "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a subgraph "
                "that doesn't require differentiation use var_no_grad = var.detach()."
            )
        if self._grad_fn is not None:
            return
        if value and self._array.dtype.kind != "f":
            raise RuntimeError(f"only Tensors of floating point dtype can require gradients\nHint: this one is {self.dtype}.")
        self._requires_grad = bool(value)
        if events.listeners and self._epoch == events.epoch:
            events.emit(events.RequiresGradChanged(self._serial, self._requires_grad, locate()))


def edge_to(tensor: Tensor) -> tuple[Node | None, int]:
    """The entry of `next_functions` for an input: its grad_fn, or for a leaf its AccumulateGrad, or (None, 0)."""
    if not tensor._requires_grad:
        return (None, 0)
    if tensor._grad_fn is not None:
        return (tensor._grad_fn, tensor._output_nr)
    return (accumulator(tensor), 0)


def accumulator(leaf: Tensor) -> AccumulateGrad:
    """The leaf's AccumulateGrad: the same object as long as some graph refers to it."""
    found = leaf._accumulator() if leaf._accumulator is not None else None
    if found is None:
        found = AccumulateGrad(leaf)
        leaf._accumulator = weakref.ref(found)
    return found


def as_array(value: Any) -> Array:
    """The numpy array of a result: numpy turns 0-d results into bare numbers, and a tensor needs memory of its own."""
    return value if isinstance(value, np.ndarray) else np.asarray(value)


def wrapped_number(number: Any) -> Tensor:
    """A Python number where a tensor is expected: 0-d, and of no weight in the choice of the dtype."""
    value = number.item() if isinstance(number, np.generic) else number
    tensor = Tensor(np.asarray(value))
    tensor._number = value
    return tensor
