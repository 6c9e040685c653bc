"""`Tensor`: a numpy array that remembers how it was made.

Here are its parts: the array, and what autograd knows of it (`requires_grad`, `grad_fn`, `is_leaf`, the version of its memory).
What one can do with a tensor, from `+` to `backward()` and `.grad`, is attached in `operators.py`, after the operations exist.

Read next: `observe.py`, or skip to `op.py`.
"""

from __future__ import annotations

import weakref
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from autograd_viz import events
from autograd_viz.torch import dtypes
from autograd_viz.torch.dtypes import Size, dtype
from autograd_viz.torch.modes import mode, special
from autograd_viz.torch.node import NO_EDGE, AccumulateGrad, Edge, Node
from autograd_viz.torch.saved import Array, Version, short_name
from autograd_viz.torch.source import locate

F = TypeVar("F", bound=Callable[..., Any])

ONLY_FLOATS = "Only Tensors of floating point and complex dtype can require gradients"
ONLY_LEAVES = "you can only change requires_grad flags of leaf variables."
USE_DETACH = (
    "If you want to use a computed variable in a subgraph that doesn't require differentiation use var_no_grad = var.detach()."
)
FORBIDDEN = {
    "several": (
        "This view is the output of a function that returns multiple views. Such functions do not allow the output views to be modified "
        "inplace. You should replace the inplace operation by an out-of-place one."
    ),
    "custom": (
        "This view was created inside a custom Function (or because an input was returned as-is) and the autograd logic to handle "
        "view+inplace would override the custom backward associated with the custom Function, leading to incorrect gradients. This "
        "behavior is forbidden. You can fix this by cloning the output of the custom Function."
    ),
    "no_grad": (
        "Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving both the view and the "
        "inplace either both inside the {made} block (if you don't want the inplace to be tracked) or both outside (if you want the "
        "inplace to be tracked)."
    ),
}
TENSORS: set[type] = set()
"""Tensor and its subclasses."""


class View:
    """What a view knows of the tensor whose memory it shares."""

    __slots__ = ("base", "edge", "made", "version")

    def __init__(self, base: Tensor, made: str, version: int) -> None:
        self.base = base  # the root: never itself a view
        self.edge: Edge = NO_EDGE  # the node that made it, as long as nobody has changed the memory since
        self.version = version  # the version for which `edge` holds
        self.made = made  # "", or why it must not be changed in place: "no_grad", "inference_mode", "several" (one of several), "custom"

    def refuse(self, what: str = "is being") -> None:
        """Raise RuntimeError if such a view must not be changed in place, or its base must not have been."""
        if not self.made:
            return
        fn, nr = self.edge
        name = "" if fn is None else f"Output {nr} of {short_name(fn.name())}"
        if self.made == "inference_mode":
            head = f"{name} is a view of a view which was" if fn else "A view was"
            head += f" created in inference mode and {what} modified inplace in normal mode."
        elif self.made == "no_grad" or fn is None:
            head = f"{name} is a view of a view which was" if fn else "A view was"
            head += f" created in no_grad mode and {what} modified inplace with grad mode enabled."
        else:
            head = f"{name} is a view and {what} modified inplace."
        raise RuntimeError(f"{head} {FORBIDDEN.get(self.made, FORBIDDEN['no_grad']).format(made=self.made)}")


class Tensor:
    """An n-dimensional array of one dtype, that autograd can follow. Made by `torch.tensor(...)`, `torch.ones(...)` and the operations."""

    # What holds for most tensors stands here once; a tensor stores only what differs.
    _array: Array
    _requires_grad = False  # its own flag, and True for recorded results; a view also asks its base (`needs_grad`)
    _edge: Edge = NO_EDGE  # the node that made it, and which output of it; of a view it stands in `_view`
    _view: View | None = None
    _counter: Version | None = None  # made when the memory is first shared or changed in place
    _grad: Tensor | None = None
    _accumulator: weakref.ref[AccumulateGrad] | None = None
    _backward_hooks: OrderedDict[int, Callable[..., Any]] | None = None
    _post_accumulate_grad_hooks: OrderedDict[int, Callable[..., Any]] | None = None
    _retains_grad = False
    _number: bool | int | float | None = None  # the Python number that this tensor stands for, as the 2 in x * 2
    _serial = 0  # its number for listeners, given when they first meet it
    _epoch = 0  # the epoch in which they did
    _grad_of = 0  # the serial of the tensor whose .grad this is

    __array_priority__ = 1000  # numpy_array * tensor asks the tensor

    def __init_subclass__(cls) -> None:
        TENSORS.add(cls)

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
        if self._requires_grad and other._array.dtype.kind != "f":
            raise RuntimeError("data set to a tensor that requires gradients must be floating point or complex dtype")
        self._array = other._array

    def as_written(self) -> Tensor:
        """This tensor; for one that stands for a Python number, an ordinary tensor with the number as it was written."""
        return self if self._number is None else holding(np.asarray(self._number))

    # --- what autograd knows ------------------------------------------------------------------------------------------

    @property
    def grad_fn(self) -> Node | None:
        """The node that made it; None for a leaf."""
        return history(self)[0]

    @property
    def is_leaf(self) -> bool:
        """True unless a recorded operation made it."""
        return history(self)[0] is None

    @property
    def output_nr(self) -> int:
        """Which output of its grad_fn it is."""
        return history(self)[1]

    _grad_fn, _output_nr = grad_fn, output_nr

    @property
    def retains_grad(self) -> bool:
        """True for a non-leaf on which `retain_grad()` was called."""
        return self._retains_grad

    @property
    def _base(self) -> Tensor | None:
        """Of a view, the tensor whose memory it shares; of a view of a view, that one's."""
        return None if self._view is None else self._view.base

    @property
    def _version_counter(self) -> Version:
        if self._counter is None:
            self._counter = Version()
        return self._counter

    @property
    def _version(self) -> int:
        if self._counter is None:
            return 0
        if self._counter.inference:
            raise RuntimeError("Inference tensors do not track version counter.")
        return self._counter.value

    @property
    def requires_grad(self) -> bool:
        """Whether operations on it are recorded. May be set on a leaf."""
        return needs_grad(self)

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        if not isinstance(value, bool):
            raise RuntimeError("requires_grad must be a bool")
        if self.is_inference() and value and not mode.inference:
            raise RuntimeError("Setting requires_grad=True on inference tensor outside InferenceMode is not allowed.")
        if not self.is_leaf:
            raise RuntimeError(ONLY_LEAVES if value else f"{ONLY_LEAVES} {USE_DETACH}")
        if value and self._array.dtype.kind != "f":
            raise RuntimeError(f"o{ONLY_FLOATS[1:]}\nHint: this one is {self.dtype}.")
        self._requires_grad = value
        if events.listeners and self._epoch == events.epoch:
            events.emit(events.RequiresGradChanged(self._serial, self._requires_grad, locate()))

    def is_inference(self) -> bool:
        """Whether it was made in inference mode."""
        return self._counter is not None and self._counter.inference


TENSORS.add(Tensor)


def holding(array: Array) -> Tensor:
    """A tensor around an array: a constant, until somebody makes a leaf or a result of it."""
    tensor = Tensor.__new__(Tensor)
    tensor._array = array
    tensor._view = tensor._counter = None
    tensor._requires_grad, tensor._edge = False, NO_EDGE
    if special and mode.inference:
        tensor._counter = Version()
        tensor._counter.inference = True
    return tensor


def needs_grad(tensor: Tensor) -> bool:
    """Whether operations on it are recorded: it says so itself, or it is a view of memory that does."""
    return tensor._requires_grad or (tensor._view is not None and tensor._view.base._requires_grad)


def last_history(tensor: Tensor) -> Edge:
    """`history` as it was when it was last asked for: of a view whose memory has been changed since, not that of now."""
    return tensor._edge if tensor._view is None else tensor._view.edge


def history(tensor: Tensor) -> Edge:
    """The node that made a tensor and which output of it; (None, 0) for a leaf.

    The memory of a view may have been changed since, through its base or another view. Then its values are those of a window on what
    the base is now, and that becomes its history: AsStrided(the base's grad_fn).
    """
    view = tensor._view
    if view is None:
        return tensor._edge
    if (view.edge[0] is not None or view.base._requires_grad) and view.version != view.base._version_counter.value:
        from autograd_viz.torch.ops.windows import history_now  # here, because operations are built on tensors

        before = view.edge
        view.refuse("its base or another view of its base has been")
        now = history_now(tensor, view.base), 0
        view.edge, view.version = now, view.base._version_counter.value
        move_hooks(tensor, before, view.edge)
    return view.edge


def seen_history(tensor: Tensor) -> Edge:
    """`history`, for who only looks on: where that is refused, what was known of it before."""
    try:
        return history(tensor)
    except RuntimeError:
        return last_history(tensor)


def set_history(tensor: Tensor, edge: Edge) -> None:
    """Make a tensor the result of a node; the hooks that see its `.grad` move along."""
    before = history(tensor)
    if tensor._view is None:
        tensor._edge = edge
    else:
        tensor._view.edge, tensor._view.version = edge, tensor._version_counter.value
    tensor._requires_grad = edge[0] is not None
    move_hooks(tensor, before, edge)


def move_hooks(tensor: Tensor, before: Edge, after: Edge) -> None:
    """After an in-place operation: hooks registered before stay with the old node, `retain_grad` follows the tensor to the new one."""
    tensor._backward_hooks = None
    if tensor._retains_grad and after[0] is not None:
        if before[0] is not None and before[0]._retained is not None:
            before[0]._retained.pop(before[1], None)
        retain(tensor, after)


def retain(tensor: Tensor, edge: Edge) -> None:
    """Let `edge`'s node put the gradient of its output into the tensor's `.grad`."""
    fn, output_nr = edge
    assert fn is not None
    fn.hooked()
    if fn._retained is None:
        fn._retained = {}
    fn._retained[output_nr] = weakref.ref(tensor)  # weak: the node must not keep its result alive


def placed(tensor: Tensor, edge: Edge) -> Tensor:
    """A tensor with the same memory in another place in the graph: the result of `edge`, or the leaf of an AccumulateGrad."""
    other = holding(tensor._array)
    other._requires_grad = True
    if isinstance(edge[0], AccumulateGrad):
        other._accumulator = weakref.ref(edge[0])
    else:
        other._edge = edge
    return other


def edge_to(tensor: Tensor) -> Edge:
    """The entry of `next_functions` for an input: its grad_fn, or for a leaf its AccumulateGrad, or (None, 0).

    A view made under no_grad says that it requires grad, as its base does, but is connected to nothing.
    """
    edge = tensor._edge if tensor._view is None else history(tensor)
    if edge[0] is not None or not tensor._requires_grad:
        return edge
    return (accumulator(tensor), 0)


def accumulator(leaf: Tensor) -> AccumulateGrad:
    """The leaf's AccumulateGrad: the same object as long as some graph refers to it."""
    if leaf._accumulator is None or (found := leaf._accumulator()) is None:
        found = AccumulateGrad(leaf)
        if leaf._backward_hooks is not None:
            found.hook_tensor(0, leaf._backward_hooks)
        leaf._accumulator = weakref.ref(found)  # last: another thread may find it at once, and must find its hooks
    return found


def share_memory(view: Tensor, of: Tensor, *, several: bool = False) -> None:
    """Make `view` a view of `of`: one version counter for both."""
    counter = of._counter
    if counter is None:
        counter = of._counter = Version()
    view._counter = counter
    if counter.inference:
        view._view = None
        return
    before = of._view
    made = ("several" if several else "") if mode.grad else "inference_mode" if mode.inference else "no_grad"
    if before is None:
        view._view = View(of, made, counter.value)
    else:
        view._view = View(before.base, made or before.made, counter.value)


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
            kind = "numpy.ndarray" if isinstance(value, np.ndarray) else type(value).__name__
            raise TypeError(f"{function}(): argument '{name}' (position {position}) must be Tensor, not {kind}")


def strides_of(array: Array) -> tuple[int, ...]:
    """How many elements to step over in memory, per dimension. (To an empty array numpy gives none: then as if it lay in order.)"""
    if array.size:
        size, steps = array.itemsize, array.strides
        return (steps[0] // size, steps[1] // size) if len(steps) == 2 else tuple(step // size for step in steps)
    steps = [1]  # type: ignore[assignment]
    for size in reversed(array.shape[1:]):
        steps.append(steps[-1] * max(size, 1))  # type: ignore[attr-defined]
    return tuple(reversed(steps))


def wrapped_number(number: Any) -> Tensor:
    """A Python number where a tensor is expected: 0-d, and of no weight in the choice of the dtype."""
    value = number.item() if isinstance(number, np.generic) else number
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        raise OverflowError("int too big to convert" if value > 0 else "can't convert negative int to unsigned")
    tensor = holding(np.asarray(value))
    tensor._number = value
    return tensor
