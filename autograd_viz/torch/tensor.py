"""`Tensor`: a numpy array that remembers how it was made.

Here are its parts: the array, and what autograd knows of it (`requires_grad`, `grad_fn`, `is_leaf`, the version of its memory).
What one can do with a tensor, from `+` to `backward()` and `.grad`, is attached in `methods.py`, after the operations exist.

Read next: `observe.py`, or skip to `op.py`.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from autograd_viz import events
from autograd_viz.torch import dtypes
from autograd_viz.torch.dtypes import Size, dtype
from autograd_viz.torch.node import AccumulateGrad, Array, Node, Version
from autograd_viz.torch.source import locate

F = TypeVar("F", bound=Callable[..., Any])

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
    _unrecorded_view = False  # a view made under no_grad: it says requires_grad=True like its base, but no gradient flows through it
    _retains_grad = False
    _number: bool | int | float | None = None  # the Python number that this tensor stands for, as the 2 in x * 2
    _serial = 0  # its number for listeners, given when they first meet it
    _epoch = 0  # the epoch in which they did
    _grad_of = 0  # the serial of the tensor whose .grad this is
    _array: Array
    _version_counter: Version

    __array_priority__ = 1000  # numpy_array * tensor asks the tensor

    # `torch.Tensor([1, 2])`, PyTorch's oldest way to make one, gets its `__init__` in `ops/creation.py`. The engine calls `holding`.

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
        """The same values, outside autograd's sight: no grad_fn, and a version counter of its own, so changes through it go unnoticed."""
        return holding(self._array)

    @data.setter
    def data(self, other: Tensor) -> None:
        if not isinstance(other, Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type(other).__name__}")
        self._array = other._array

    def as_written(self) -> Tensor:
        """This tensor; for one that stands for a Python number, an ordinary tensor with the number as it was written."""
        return self if self._number is None else holding(np.asarray(self._number))

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
        if not isinstance(value, bool):
            raise RuntimeError("requires_grad must be a bool")
        if self._grad_fn is not None and not value:
            raise RuntimeError(
                "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a subgraph "
                "that doesn't require differentiation use var_no_grad = var.detach()."
            )
        if self._grad_fn is not None:
            return
        if value and self._array.dtype.kind != "f":
            raise RuntimeError(f"o{ONLY_FLOATS[1:]}\nHint: this one is {self.dtype}.")
        self._requires_grad = value
        if events.listeners and self._epoch == events.epoch:
            events.emit(events.RequiresGradChanged(self._serial, self._requires_grad, locate()))


def holding(array: Array) -> Tensor:
    """A tensor around an array: a constant, until somebody makes a leaf or a result of it."""
    tensor = Tensor.__new__(Tensor)
    tensor._array = array
    tensor._version_counter = Version()
    return tensor


def edge_to(tensor: Tensor) -> tuple[Node | None, int]:
    """The entry of `next_functions` for an input: its grad_fn, or for a leaf its AccumulateGrad, or (None, 0)."""
    if not tensor._requires_grad or tensor._unrecorded_view:
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


def method(function: F) -> F:
    """Make a function whose first argument is a tensor also a method.

    PyTorch offers most operations twice, as `torch.exp(x)` and as `x.exp()`; for us they are one.
    """
    setattr(Tensor, function.__name__, getattr(function, "as_method", function))
    return function


def need_tensors(function: str, **arguments: Any) -> None:
    """Raise PyTorch's TypeError if one of the arguments, given in their order, is no tensor."""
    for position, (name, value) in enumerate(arguments.items(), 1):
        if not isinstance(value, Tensor):
            raise TypeError(f"{function}(): argument '{name}' (position {position}) must be Tensor, not {type(value).__name__}")


def strides_of(array: Array) -> tuple[int, ...]:
    """How many elements to step over in memory, per dimension. (To an empty array numpy gives none: then as if it lay in order.)"""
    if array.size:
        return tuple(step // array.itemsize for step in array.strides)
    steps = [1]
    for size in reversed(array.shape[1:]):
        steps.append(steps[-1] * max(size, 1))
    return tuple(reversed(steps))


def wrapped_number(number: Any) -> Tensor:
    """A Python number where a tensor is expected: 0-d, and of no weight in the choice of the dtype."""
    value = number.item() if isinstance(number, np.generic) else number
    tensor = holding(np.asarray(value))
    tensor._number = value
    return tensor
