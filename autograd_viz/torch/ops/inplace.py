"""Changing a tensor in place: `zero_`, `add_`, `x += 1`, ...

An in-place operation is the ordinary one, whose result then takes the place of the old values: the memory is overwritten, its version
counter moves on by one, and the tensor's `grad_fn` becomes the new node, whose input is the old one. Whoever had
saved the old values notices by the version.

If the tensor is a view, its base has changed too, in part: the base's history becomes a `CopySlices` node (`CopySlices` below), and every
view of it finds its own history anew when it is next asked (`tensor.history`).

Read next: `logic.py`.
"""

from __future__ import annotations

import warnings
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_viz import events
from autograd_viz.torch import dtypes, observe
from autograd_viz.torch.arguments import no_overload, reads
from autograd_viz.torch.modes import mode
from autograd_viz.torch.node import Array, Node
from autograd_viz.torch.op import check_broadcast, op
from autograd_viz.torch.ops import pointwise
from autograd_viz.torch.ops.memory import check_apart, check_one_place_each, storage_of
from autograd_viz.torch.ops.reduction import sum_all
from autograd_viz.torch.ops.shape import as_strided, clone
from autograd_viz.torch.ops.windows import Window, look_through, window_of
from autograd_viz.torch.overloads import fitting
from autograd_viz.torch.saved import SECOND_TIME, SavedInput, SavedOutput
from autograd_viz.torch.source import locate
from autograd_viz.torch.tensor import Tensor, edge_to, history, holding, last_history, move_hooks, needs_grad, seen_history, strides_of

INFERENCE = (
    "Inplace update to inference tensor outside InferenceMode is not allowed."
    "You can make a clone to get a normal tensor before doing inplace update."
    "See https://github.com/pytorch/rfcs/pull/17 for more details."
)

# Operations that read all they need before they write, and those that read and write in an order of their own, so that not even the very
# same tensor may be both.
READ_FIRST = ("zero", "fill", "fill_tensor", "masked_fill", "index_fill", "addmm", "addmv", "addbmm", "baddbmm", "addr", "clone")
PLACE_BY_PLACE = ("index_put", "put_values", "index_add", "index_copy", "put", "scatter", "scatter_add", "scatter_reduce")

EXPANDED = {  # which may write to an expanded tensor, with a warning
    "masked_fill": ("masked_fill_", "mask] = scalar", 2450), "index_fill": ("index_fill_", "mask] = scalar", 1913),
    "index_put": ("index_put_", "indices] = tensor", 976), "put_values": ("index_put_", "indices] = tensor", 976),
}  # fmt: skip

# --- rows: what is written over ----------------------------------------------------------------------------------------


@op("ZeroBackward0", self=lambda grad: pointwise.zeros(grad))
def zero(self: Array) -> Array:
    """Zeros: what is written over loses its gradient."""
    return np.zeros_like(self)


@op("FillBackward2", self=lambda grad: pointwise.zeros(grad))
def fill_number(self: Array, value: Any) -> Array:
    """A number everywhere."""
    return np.full_like(self, fitting(value, self.dtype))


@op("FillBackward3", self=lambda grad: pointwise.zeros(grad), value=lambda grad: sum_all(grad))
def fill_tensor(self: Array, value: Array) -> Array:
    """The one value of a 0-d tensor everywhere."""
    return np.full_like(self, value)


@op("FillBackward0", self=lambda grad: pointwise.zeros(grad))
def _filled_number(self: Array, value: Any) -> Array:
    return fill_number(self, value)


@op("FillBackward1", self=lambda grad: pointwise.zeros(grad), value=lambda grad: sum_all(grad))
def _filled_tensor(self: Array, value: Array) -> Array:
    return fill_tensor(self, value)


@op("torch::autograd::CopyBackwards", self=lambda grad: pointwise.zeros(grad), src=lambda grad: grad)
def copy(self: Array, src: Array) -> Array:
    """The values of `src`, broadcast to self's shape."""
    check_broadcast(self.shape, src.shape)
    both = np.broadcast_shapes(self.shape, src.shape)
    if both != self.shape:
        raise RuntimeError(f"output with shape {list(self.shape)} doesn't match the broadcast shape {list(both)}")
    return np.broadcast_to(src, self.shape).astype(self.dtype)


def fill(input: Tensor, value: Any) -> Tensor:
    """A number, or a 0-d tensor's, everywhere: for `fill_`."""
    if not isinstance(value, Tensor | int | float | np.generic):
        raise no_overload("fill_", value)
    return (fill_tensor if _is_point(value) else fill_number)(input, value)


@reads("fill(Tensor input, Tensor value)", "fill(Tensor input, Number value)", method=False)
def filled(input: Tensor, value: Any) -> Tensor:
    """A new tensor like `input`, with a number, or a 0-d tensor's, everywhere."""
    return (_filled_tensor if _is_point(value) else _filled_number)(input, value)


def _is_point(value: Any) -> bool:
    """Whether it is a 0-d tensor, and not a number.  Raises RuntimeError for a tensor of more dimensions."""
    if isinstance(value, Tensor) and value.ndim:
        raise RuntimeError(f"fill_ only supports 0-dimension value tensor but got tensor with {value.ndim} dimensions.")
    return isinstance(value, Tensor)


# --- doing it ---------------------------------------------------------------------------------------------------------


def in_place(target: Tensor, operation: Callable[..., Tensor], *args: Any, **kwargs: Any) -> Tensor:
    """`target` after `operation(target, ...)` was done to it.  Raises RuntimeError where PyTorch forbids it; then nothing has changed."""
    name = operation.__name__
    check_change(target, name, [arg for arg in (*args, *kwargs.values()) if isinstance(arg, Tensor)])
    if name in EXPANDED and 0 in target._array.strides:
        _warn_of_expanded(name, target._array)
    if mode.watched is not None:
        mode.watched.before_change(target)
    result, before = _carried_out(target, operation, args, kwargs)
    if result._array.shape != target._array.shape:
        shapes = f"{list(target._array.shape)} doesn't match the broadcast shape {list(result._array.shape)}"
        raise RuntimeError(f"output with shape {shapes}")
    if result.dtype.category > target.dtype.category:
        names = dtypes.SCALAR_NAMES
        raise RuntimeError(f"result type {names[result.dtype]} can't be cast to the desired output type {names[target.dtype]}")
    if target._counter is not None and target._counter.inference:
        target._array[...] = result._array
        _check_inference(target)  # (PyTorch, too, complains when it is done)
    where: Any = ...
    if name in EXPANDED and 0 in target._array.strides:  # what is not written must not come back over what is
        where = (result._array != target._array) & ((result._array == result._array) | (target._array == target._array))
    _change(target, result, where)
    if events.listeners:
        _tell(target, before, operation.__name__)
    return target


def reshape_in_place(target: Tensor, operation: Callable[..., Tensor], *args: Any) -> Tensor:
    """The same for an operation that changes the shape, and moves nothing in memory."""
    _check_inference(target)
    _check_allowed(target, [])
    result, before = _carried_out(target, operation, args, {})
    node, counter = result._grad_fn, target._version_counter
    target._array = result._array  # (nothing is called here, as in `_change`)
    counter.value += 1
    if node is not None:  # the tensor itself, view or not, gets the new node; hooks stay with the old one
        if target._view is None:
            target._edge = node, 0
        else:
            target._view.edge, target._view.version = (node, 0), counter.value
        target._requires_grad = True
    if events.listeners:
        _tell(target, before, operation.__name__)
    return target


def _carried_out(target: Tensor, operation: Any, args: Any, kwargs: Any) -> tuple[Tensor, Array]:
    """The operation's result, and the values before; its node, if it saved `target`, has saved a clone instead."""
    mode.quiet, was_quiet = True, mode.quiet
    try:
        result: Tensor = operation(target, *args, **kwargs)
        node = result._grad_fn if result is not target else None
        first = node.row.inputs[0] if node is not None and hasattr(node, "row") else ""
        kept = node._saved.get(first) if node is not None else None
        if node is not None and (kept is target or getattr(kept, "tensor", None) is target):
            node._saved[first] = SavedInput(clone(target))
    finally:
        mode.quiet = was_quiet
    return result, target._array.copy() if events.listeners else target._array


def _change(target: Tensor, result: Tensor, where: Any = ...) -> None:
    """Overwrite the target's memory (`where`), count the change, and give the target (or its base) the history of the result."""
    memory = target._array if target._array.flags.writeable else look_through(*_seen(target._array))
    values, counter = result._array[where], target._version_counter
    node, output_nr = history(result) if result is not target else (None, 0)
    rebased = None if node is None else Rebased(target, node, output_nr)
    # Nothing is called from here on to the new history, so that no Ctrl-C (which Python looks for when it calls) can come in between.
    memory[where] = values
    counter.value += 1
    if rebased is None:
        return
    rebased.of._edge, rebased.of._requires_grad = rebased.edge, True
    rebased.finish()
    assert node is not None
    for kept in node._saved.values():
        if isinstance(kept, SavedOutput):
            kept._array, kept._counter, kept.then = target._array, target._version_counter, target._version_counter.value
            fn = target._grad_fn
            kept.made_by = None if fn is node or fn is None else weakref.ref(fn)


class Rebased:
    """The new history of a tensor that was or will be changed in place by `node`: it is `of` that gets `edge`.

    `of` is the tensor itself, or, if that is a view, its base. (Neither is a view.)
    """

    def __init__(self, target: Tensor, node: Node, output_nr: int) -> None:
        self.target, self.of, self.edge = target, target, (node, output_nr)
        if target._view is not None:
            self.of = target._view.base
            self.edge = CopySlices(self.of, target, node), 0
        self.before = self.of._edge

    def finish(self) -> None:
        """After `edge` was set: see to hooks, listeners, and the view."""
        move_hooks(self.of, self.before, self.edge)
        if self.of is not self.target:
            if events.listeners:
                observe.rewritten(self.edge[0], self.of)
            history(self.target)  # the view finds its own


def rebase(target: Tensor, node: Node, output_nr: int) -> None:
    """Give a tensor that was changed in place the node of that change; if it is a view, its base."""
    rebased = Rebased(target, node, output_nr)
    rebased.of._edge, rebased.of._requires_grad = rebased.edge, True
    rebased.finish()


class CopySlices(Node):
    """A base whose memory was changed in part, through a view: in the part, the gradient is that of the in-place operation `fn`.

    Its inputs are the base as it was, and what else `fn` took.
    """

    def __init__(self, base: Tensor, view: Tensor, fn: Node) -> None:
        super().__init__()
        self.fn: Node | None = fn
        self.next_functions = (edge_to(base) if needs_grad(base) else (None, 0), *fn.next_functions[1:])
        self.metas = ((base._array.shape, base._array.dtype),)
        self.whole = window_of(base._array, base._array)
        self.part = window_of(view._array, base._array)

    def name(self) -> str:
        """As C++ names it."""
        return "torch::autograd::CopySlices"

    def held(self) -> tuple[str, ...]:
        """What the in-place operation has saved."""
        return () if self.fn is None else self.fn.held()

    def release(self) -> None:
        """Let go of the in-place operation altogether."""
        self.fn = None

    def run(self, gradients: list[Any], needed: tuple[bool, ...], create_graph: bool) -> list[Any]:
        """The gradient of the old base is the new one's, but in the part it is what `fn` makes of it."""
        fn = self.fn
        if fn is None:
            raise RuntimeError(SECOND_TIME)
        if create_graph:
            return self._run_recorded(fn, gradients[0], needed)
        memory = self._memory()
        result, part = (look_through(memory, window) for window in (self.whole, self.part))
        result[...] = gradients[0]
        inner = list(fn.run([part.copy()], needed, False))
        if inner[0] is not None:
            part[...] = inner[0]
        return [result if needed[0] else None, *inner[1:]]

    def _run_recorded(self, fn: Node, grad: Tensor, needed: tuple[bool, ...]) -> list[Any]:
        result = in_place(holding(look_through(self._memory(), self.whole)), copy, grad)
        part = as_strided(result, *self.part)
        inner = list(fn.run([clone(part)], needed, True))
        if inner[0] is not None:
            in_place(part, copy, inner[0])
        return [result if needed[0] else None, *inner[1:]]

    def _memory(self) -> Array:
        """Zeros, as many as lie between the base's first element and its last."""
        shape, steps, _ = self.whole
        count = 0 if 0 in shape else 1 + sum((size - 1) * step for size, step in zip(shape, steps, strict=True))
        return np.zeros(count, self.metas[0][1])


# --- what is forbidden ------------------------------------------------------------------------------------------------


def check_change(target: Tensor, name: str, others: list[Tensor]) -> None:
    """Raise RuntimeError unless autograd and the memory allow that operation to write to `target` what it makes of it and `others`."""
    _check_allowed(target, others)
    if name not in EXPANDED and name not in ("zero", "fill"):  # (these write the same number everywhere: it may well be one place)
        check_one_place_each(target._array)
    if name not in READ_FIRST:
        for other in others:
            check_apart(target._array, other._array, same=name not in PLACE_BY_PLACE)


def _check_inference(target: Tensor) -> None:
    if target.is_inference() and not mode.inference:
        raise RuntimeError(INFERENCE)


def _check_allowed(target: Tensor, others: list[Tensor]) -> None:
    if mode.grad and not mode.inference and (needs_grad(target) or any(map(needs_grad, others))):
        check_recordable(target)


def check_recordable(target: Tensor) -> None:
    """Raise RuntimeError if autograd cannot follow an in-place change of `target`."""
    view = target._view
    if view is not None:
        view.refuse()
    if view is not None and needs_grad(target) and last_history(view.base)[0] is None:
        raise RuntimeError(
            "a view of a leaf Variable that requires grad is being used in an in-place operation."
            "\nHint: change a copy instead, x.clone(); or, if it is a parameter's update, do it inside torch.no_grad()."
        )
    if needs_grad(target) and last_history(target)[0] is None:
        raise RuntimeError(
            "a leaf Variable that requires grad is being used in an in-place operation."
            "\nHint: its old value would be lost to the graph. Update parameters inside torch.no_grad()."
        )


def _warn_of_expanded(name: str, array: Array) -> None:
    try:
        check_one_place_each(array)
    except RuntimeError:
        called, example, line = EXPANDED[name]
        warnings.warn(
            f"Use of {called} on expanded tensors is deprecated. Please clone() the tensor before performing this operation. This also "
            f"applies to advanced indexing e.g. tensor[{example} (Triggered internally at "
            f"/__w/pytorch/pytorch/aten/src/ATen/native/TensorAdvancedIndexing.cpp:{line}.)", stacklevel=5,
        )  # fmt: skip


def _seen(array: Array) -> tuple[Array, Window]:
    """An array's memory and the window through which it sees it: numpy makes what `expand` gives read-only."""
    memory, begin = storage_of(array)
    return memory, (array.shape, strides_of(array), begin // array.itemsize)


def _tell(target: Tensor, before: Array, name: str) -> None:
    if mode.quiet:
        return
    name = name.rstrip("_").removesuffix("_number").removesuffix("_tensor")
    if target._grad_of and name == "zero":
        events.emit(events.GradCleared(target._grad_of, "zero_", observe.preview(before), locate()))
        return
    if seen_history(target)[0] is not None:  # it is now the output of another node
        events.emit(observe.tensor_event(target, f"{name}_", (), locate(), earlier=False))
        target._epoch = events.epoch
    observe.changed(target, f"{name}_")
