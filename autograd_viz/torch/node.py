"""The graph that a backward walks: `Node` (a grad_fn), what it saves, and `AccumulateGrad`, where a leaf collects.

A node is one row of the derivatives table at work: it knows its inputs' nodes (`next_functions`), keeps what its formulas
will read (`_saved_...`), and turns the gradient of its outputs into the gradients of its inputs. References go from a
node to older nodes only, so forgetting a result frees the whole graph behind it.

Read next: `tensor.py`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd_viz.torch.dtypes import scalar_name

if TYPE_CHECKING:
    from autograd_viz.events import NodeCreated, TensorCreated
    from autograd_viz.torch.tensor import Tensor

serials = itertools.count(1)  # one number for every object that a reader may want to tell apart
_sequence = itertools.count()
LAST = 2**64 - 1  # AccumulateGrad's sequence number: a leaf that is ready runs before everything else

SECOND_TIME = (
    "Trying to backward through the graph a second time (or directly access saved tensors after they have already been freed). "
    "Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify retain_graph=True if "
    "you need to backward through the graph a second time or if you need to access saved tensors after calling backward."
)
MODIFIED = (
    "one of the variables needed for gradient computation has been modified by an inplace operation: [{kind} [{sizes}]]"
    "{producer} is at version {now}; expected version {then} instead. Hint: enable anomaly detection to find the operation that "
    "failed to compute its gradient, with torch.autograd.set_detect_anomaly(True, check_nan=False)."
)

Array = np.ndarray


class Version:
    """How often a piece of memory has been changed in place. A tensor, its views and its `detach()` share one counter."""

    __slots__ = ("owner", "value")

    def __init__(self) -> None:
        self.value = 0
        self.owner = 0  # the number under which listeners know this memory


class Node:
    """A recorded operation. PyTorch's class for it is `type(node)`: AddBackward0, MulBackward0, ..."""

    __slots__ = (
        "next_functions", "metas", "_saved", "_retained", "_serial", "_sequence", "_story", "_epoch",
        "__dict__", "__weakref__",
    )  # fmt: skip

    next_functions: tuple[tuple[Node | None, int], ...]
    """For each differentiable input, the node that made it and which of that node's outputs it was; (None, 0) if it needs no gradient."""

    metas: tuple[tuple[tuple[int, ...], np.dtype], ...]
    """Shape and dtype of each output, which is the shape and dtype that its gradient must have."""

    def __init__(self) -> None:
        self._serial = next(serials)
        self._sequence = next(_sequence)
        self._saved: dict[str, Any] = {}  # name -> a Saved... for a tensor, the value itself for anything else
        self._retained: dict[int, Any] = {}  # output -> weak reference to the tensor whose retain_grad() was called
        self._story: tuple[NodeCreated | TensorCreated, ...] = ()  # what was told when it was made, if anyone listened
        self._epoch = 0

    def name(self) -> str:
        """The node's name, as PyTorch prints it."""
        return type(self).__name__

    def _sequence_nr(self) -> int:
        return self._sequence

    @property
    def requires_grad(self) -> bool:
        """True: only operations that need a gradient are recorded."""
        return True

    @property
    def metadata(self) -> dict[Any, Any]:
        """A dict for notes of your own."""
        notes: dict[Any, Any] = self.__dict__.setdefault("_metadata", {})
        return notes

    def run(self, gradients: list[Any], needed: tuple[bool, ...], create_graph: bool) -> list[Any]:
        """The gradients of the inputs, given those of the outputs (None where nothing arrived).

        Arrays in, arrays out; Tensors in and out if `create_graph`. `needed[i]` False: the i-th is not asked for and may be None.
        """
        raise NotImplementedError

    def release(self) -> tuple[str, ...]:
        """Let go of the saved tensors; the names of those that were held."""
        held = self.held()
        for name in held:
            self._saved[name] = FREED
        return held

    def held(self) -> tuple[str, ...]:
        """The names of the saved tensors that are still there."""
        return tuple(name for name, kept in self._saved.items() if hasattr(kept, "unpack") and kept is not FREED)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_saved_"):
            saved = object.__getattribute__(self, "_saved")
            field = name.removeprefix("_saved_")
            if field in saved:
                kept = saved[field]
                if not hasattr(kept, "unpack"):
                    return _as_unsigned(field, kept)
                again = kept.unpack(self)
                return again if isinstance(again, tuple) else again.as_written()
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __dir__(self) -> list[str]:
        return sorted([*super().__dir__(), *(f"_saved_{name}" for name in self._saved)])

    def __repr__(self) -> str:
        # PyTorch prints an address here. A serial number in its place makes a notebook print the same on every run.
        return f"<{type(self).__name__} object at 0x{self._serial:012x}>"


class AccumulateGrad(Node):
    """The end of the road: adds what arrives to `variable.grad`. It keeps its leaf alive; the leaf knows it only weakly."""

    __slots__ = ("variable",)

    def __init__(self, variable: Tensor) -> None:
        self._serial = next(serials)
        self._sequence = LAST
        self._saved = {}
        self._retained = {}
        self._story = ()
        self._epoch = 0
        self.variable = variable
        self.next_functions = ()
        self.metas = ((variable._array.shape, variable._array.dtype),)

    def name(self) -> str:
        """As C++ names it."""
        return "torch::autograd::AccumulateGrad"


class SavedInput:
    """A saved tensor that was an input of the operation: the tensor itself, and the version it had."""

    __slots__ = ("tensor", "then")

    def __init__(self, tensor: Tensor) -> None:
        self.tensor = tensor
        self.then = tensor._version_counter.value

    def array(self, node: Node) -> Array:
        """The values, if nobody has changed them since."""
        if self.tensor._version_counter.value != self.then:
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

    __slots__ = ("_array", "_counter", "output_nr", "tensor", "then")

    def __init__(self, tensor: Tensor, output_nr: int) -> None:
        self.tensor = None
        self._array = tensor._array
        self._counter = tensor._version_counter
        self.then = tensor._version_counter.value
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
        again._grad_fn, again._output_nr, again._requires_grad = node, self.output_nr, True
        again._version_counter = self._counter
        return again


class SavedList:
    """Several saved tensors under one name, as the lists in x[[0, 1], [2, 1]]; None for a dimension that has none."""

    __slots__ = ("parts",)

    def __init__(self, tensors: Iterable[Tensor | None]) -> None:
        self.parts = [None if tensor is None else SavedInput(tensor) for tensor in tensors]

    def array(self, node: Node) -> tuple[Array | None, ...]:
        """The values of each."""
        return tuple(None if part is None else part.array(node) for part in self.parts)

    def unpack(self, node: Node) -> tuple[Tensor | None, ...]:
        """The tensors that were passed in."""
        return tuple(None if part is None else part.unpack(node) for part in self.parts)


class _Freed:
    """What stands where a saved tensor was."""

    tensor = None
    then = 0

    def array(self, node: Node) -> Array:
        raise RuntimeError(f"{SECOND_TIME}\nHint: it was {node.name()} that had let go of what it saved.")

    unpack = array


FREED = _Freed()


def _modified(tensor: Tensor, then: int, node: Node) -> RuntimeError:
    producer = tensor._grad_fn
    made = "" if producer is None else f", which is output {tensor._output_nr} of {_short(producer.name())},"
    text = MODIFIED.format(
        kind=f"torch.{scalar_name(tensor._array)}Tensor",
        sizes=", ".join(map(str, tensor._array.shape)),
        producer=made,
        now=tensor._version_counter.value,
        then=then,
    )
    return RuntimeError(f"{text}\nHint: {node.name()} had saved it. Change a copy instead: x.clone().")


def _short(name: str) -> str:
    """PyTorch 2.13 names the producer without `Backward`, and without a trailing 0."""
    return name.replace("Backward", "").removesuffix("0")


_UNSIGNED = {"dim", "dim0", "dim1", "dim2", "dims", "index", "start", "end", "step", "offset", "dimension", "shifts", "k", "repeats", "pad",
             "padding"}  # fmt: skip


def _as_unsigned(field: str, value: Any) -> Any:
    """PyTorch keeps dimensions as unsigned 64-bit numbers: -1 reads 18446744073709551615."""
    if field not in _UNSIGNED:
        return value
    if isinstance(value, tuple):
        return tuple(item % 2**64 for item in value)
    return value % 2**64 if isinstance(value, int) and not isinstance(value, bool) else value
