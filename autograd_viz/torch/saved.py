"""What a node keeps for its backward: the tensors that its formulas will read.

An entry of `node._saved` is one of these:

    a Tensor            an input of the operation, whose memory nobody had changed or shared yet: the usual case
    SavedInput          an input, with the version that its memory had
    SavedOutput         a result of the node itself
    SavedList           several under one name
    Packed              what a pair of hooks made of it (`torch.autograd.graph.saved_tensors_hooks`)
    FREED               was let go of after the node ran
    None                not needed by any gradient that somebody asked for
    anything else       a plain value: a dimension, an exponent, the 2 in x * 2

`array_of` gives the values, `tensor_of` the tensor, and both raise if it was freed or has been changed since.

Read next: `node.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd_viz.torch.dtypes import scalar_name
from autograd_viz.torch.modes import mode, no_grad

if TYPE_CHECKING:
    from autograd_viz.torch.node import Node
    from autograd_viz.torch.tensor import Tensor

Array = np.ndarray

SECOND_TIME = (
    "Trying to backward through the graph a second time (or directly access saved tensors after they have already been freed). "
    "Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify retain_graph=True if "
    "you need to backward through the graph a second time or if you need to access saved tensors after calling backward."
)
MODIFIED = (
    "one of the variables needed for gradient computation has been modified by an inplace operation: [{kind} [{sizes}]]"
    "{producer} is at version {now}; expected version {then} instead. Hint: {hint}"
)
ENABLE = (
    "enable anomaly detection to find the operation that "
    "failed to compute its gradient, with torch.autograd.set_detect_anomaly(True, check_nan=False)."
)
LOOK_ABOVE = (
    "the backtrace further above shows the operation that failed to compute its gradient. The variable in question was changed in "
    "there or anywhere later. Good luck!"
)
INFERENCE = (
    "Inference tensors cannot be saved for backward. Please do not use Tensors created in inference mode in computation tracked by "
    "autograd. To work around this, you can make a clone to get a normal tensor and use it in autograd, or use `torch.no_grad()` "
    "instead of `torch.inference_mode()`."
)


class Version:
    """How often a piece of memory has been changed in place. A tensor, its views and its `detach()` share one counter."""

    value = 0
    owner = 0  # the number under which listeners know this memory
    inference = False  # made in inference mode: nothing counts its changes, so it must not be saved


class SavedInput:
    """A saved tensor that was an input of the operation: the tensor itself, and the version it had."""

    __slots__ = ("tensor", "then")

    def __init__(self, tensor: Tensor) -> None:
        counter = tensor._counter
        if counter is not None and counter.inference:
            raise RuntimeError(INFERENCE)
        self.tensor = tensor
        self.then = 0 if counter is None else counter.value

    def array(self, node: Node) -> Array:
        """The values, if nobody has changed them since."""
        counter = self.tensor._counter
        if counter is not None and counter.value != self.then:
            raise _modified(self.tensor, self.then, node)
        return self.tensor._array

    def unpack(self, node: Node) -> Tensor:
        """The very tensor that was passed in."""
        self.array(node)
        return self.tensor


class SavedOutput:
    """A saved tensor that is a result of the node itself. The tensor would hold the node and the node the tensor, a ring that only the
    garbage collector could free; so only its array and version counter are kept, and `unpack` makes the tensor anew.
    """

    tensor = None
    made_by: Callable[[], Node | None] | None = None  # of a view changed in place: (weakly) the view's grad_fn, not this node

    def __init__(self, tensor: Tensor, output_nr: int) -> None:
        self._array = tensor._array
        if tensor._counter is None:
            tensor._counter = Version()
        self._counter = tensor._counter
        self.then = self._counter.value
        self.output_nr = output_nr

    def array(self, node: Node) -> Array:
        """The values, if nobody has changed them since."""
        if self._counter.value != self.then:
            raise _modified(self._rebuilt(node), self.then, node)
        return self._array

    def unpack(self, node: Node) -> Tensor:
        """A tensor with the same memory and the same grad_fn as the result."""
        self.array(node)
        return self._rebuilt(node)

    def _rebuilt(self, node: Node) -> Tensor:
        from autograd_viz.torch.tensor import holding  # here, because a tensor is built on nodes

        again = holding(self._array)
        again._edge, again._requires_grad = ((self.made_by and self.made_by()) or node, self.output_nr), True
        again._counter = self._counter
        return again


class SavedList:
    """Several saved tensors under one name, as the lists in x[[0, 1], [2, 1]]; None for a dimension that has none."""

    __slots__ = ("parts",)

    def __init__(self, tensors: Iterable[Tensor | None]) -> None:
        self.parts: list[SavedInput | Packed | None] = [None if tensor is None else SavedInput(tensor) for tensor in tensors]

    def array(self, node: Node) -> tuple[Array | None, ...]:
        """The values of each."""
        return tuple(None if part is None else part.array(node) for part in self.parts)

    def unpack(self, node: Node) -> tuple[Tensor | None, ...]:
        """The tensors that were passed in."""
        return tuple(None if part is None else part.unpack(node) for part in self.parts)


class Packed:
    """What a pack hook made of a saved tensor, and the hook that makes a tensor of it again."""

    __slots__ = ("edge", "requires_grad", "unpack_hook", "value")
    tensor = None

    def __init__(
        self, tensor: Tensor, output_nr: int | None, hooks: tuple[Callable[..., Any], Callable[..., Any]], shown: Tensor | None = None
    ) -> None:
        """`output_nr`: which result of the node itself `tensor` is, None for an input.  `shown`: what the pack hook gets, if another."""
        from autograd_viz.torch.tensor import edge_to, needs_grad

        pack, self.unpack_hook = hooks
        self.requires_grad = needs_grad(tensor)
        # A result's own node must not be held by what the node holds: None stands for it.
        self.edge = (None, output_nr) if output_nr is not None else edge_to(tensor)
        version = tensor._version
        was, mode.quiet = (mode.quiet, mode.grad), True  # the operation is not finished: listeners hear of it first
        try:
            with no_grad():
                self.value = pack(tensor if shown is None else shown)
        finally:
            mode.quiet, mode.grad = was
        if tensor._version != version:
            raise RuntimeError(
                "A saved tensor pack hook is modifying its input in place. Tensors provided as input to pack hook cannot be modified by "
                "in-place operations as this can lead to unexpected side-effects. Please open an issue if you need to perform in-place "
                "operations on the input to a pack hook."
            )

    def array(self, node: Node) -> Array:
        """The values of what the unpack hook gives."""
        return self.unpack(node)._array

    def unpack(self, node: Node) -> Tensor:
        """What the unpack hook gives, in the place in the graph of the tensor that was packed."""
        from autograd_viz.torch.tensor import Tensor, placed

        given = self.unpack_hook(self.value)
        if not isinstance(given, Tensor):
            raise TypeError(f"Output of saved tensor unpack_hook expected to be a Tensor but got result of type {type(given).__name__}")
        if not self.requires_grad:
            return given
        fn, output_nr = self.edge
        return placed(given, (node, output_nr) if fn is None and output_nr is not None else self.edge)


class _Freed:
    """What stands where a saved tensor was."""

    tensor = None

    def array(self, node: Node) -> Any:
        raise RuntimeError(f"{SECOND_TIME}\nHint: it was {node.name()} that had let go of what it saved.")

    unpack = array


FREED = _Freed()


def is_saved(entry: Any) -> bool:
    """Whether an entry stands for a tensor, and not for a plain value."""
    return hasattr(entry, "_array") or hasattr(entry, "unpack")


def array_of(entry: Any, node: Node) -> Any:
    """The values of an entry; a plain value is itself.  Raises RuntimeError if it was freed or changed."""
    if hasattr(entry, "array"):
        return entry.array(node)
    if hasattr(entry, "_array"):
        counter = entry._counter
        if counter is not None and counter.value:
            raise _modified(entry, 0, node)
        return entry._array
    return entry


def tensor_of(entry: Any, node: Node) -> Any:
    """The tensor of an entry; a plain value is itself.  Raises RuntimeError if it was freed or changed."""
    if hasattr(entry, "unpack"):
        return entry.unpack(node)
    if hasattr(entry, "_array"):
        array_of(entry, node)
    return entry


def _modified(tensor: Tensor, then: int, node: Node) -> RuntimeError:
    producer = tensor._grad_fn
    made = "" if producer is None else f", which is output {tensor._output_nr} of {short_name(producer.name())},"
    text = MODIFIED.format(
        kind=f"torch.{scalar_name(tensor._array)}Tensor",
        sizes=", ".join(map(str, tensor._array.shape)),
        producer=made,
        now=tensor._version_counter.value,
        then=then,
        hint=LOOK_ABOVE if mode.anomaly else ENABLE,
    )
    return RuntimeError(f"{text}\nHint: {node.name()} had saved it. Change a copy instead: x.clone().")


def short_name(name: str) -> str:
    """PyTorch 2.13 names the producer without `Backward`, and without a trailing 0."""
    head, _, tail = name.rpartition("Backward")
    return f"{head}{tail}".removesuffix("0")
