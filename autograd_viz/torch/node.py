"""The graph that a backward walks: `Node` (a grad_fn), and `AccumulateGrad`, where a leaf collects.

A node is one row of the derivatives table at work: it knows its inputs' nodes (`next_functions`), keeps what its formulas
will read (`_saved_...`), and turns the gradient of its outputs into the gradients of its inputs. References go from a
node to older nodes only, so forgetting a result frees the whole graph behind it.

Read next: `tensor.py`.
"""

from __future__ import annotations

import itertools
import weakref
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from autograd_viz import events
from autograd_viz.torch.dtypes import Size, of_numpy
from autograd_viz.torch.saved import FREED, Packed, SavedOutput, is_saved, tensor_of
from autograd_viz.torch.saved import Array as Array
from autograd_viz.torch.source import locate

if TYPE_CHECKING:
    from autograd_viz.events import HookRegistered, NodeCreated, Source, TensorCreated
    from autograd_viz.torch.tensor import Tensor

serials = itertools.count(1)  # one number for every object that a reader may want to tell apart
sequence = itertools.count()
LAST = 2**64 - 1  # AccumulateGrad's sequence number: a leaf that is ready runs before everything else

unusual: dict[int, weakref.ref[Any]] = {}
"""What is alive and asks for the long way through a backward: nodes and leaves with hooks, nodes that run code of the user's."""

Edge = tuple["Node | None", int]
NO_EDGE: Edge = (None, 0)
Hook = Callable[..., Any]


def make_unusual(thing: Any) -> None:
    """Put a node or a leaf into `unusual`, for as long as it lives."""
    key = id(thing)
    unusual[key] = weakref.ref(thing, lambda _: unusual.pop(key, None))


class Node:
    """A recorded operation. PyTorch's class for it is `type(node)`: AddBackward0, MulBackward0, ..."""

    # What holds for most nodes stands here once; a node stores only what differs.
    next_functions: tuple[Edge, ...] = ()
    """For each differentiable input, the node that made it and which of that node's outputs it was; (None, 0) if it needs no gradient."""
    metas: tuple[tuple[tuple[int, ...], np.dtype], ...] = ()
    """Shape and dtype of each output, which is the shape and dtype that its gradient must have."""
    _sequence: int
    _saved: dict[str, Any]  # name -> an entry as `saved.py` lists them
    _tensor_fields: ClassVar[tuple[str, ...]] = ()  # the names of those that are tensors
    _runs_on_nothing = False  # whether it runs also if no gradient arrived: a custom Function is given zeros
    _hooked = False  # whether any of the hooks below is there: one look for the engine
    _tensor_hooks: dict[int, list[OrderedDict[int, Hook]]] | None = None  # output -> the hooks of the tensors that were this output
    _retained: dict[int, Any] | None = None  # output -> weak reference to the tensor whose retain_grad() was called
    _prehooks: OrderedDict[int, Hook] | None = None
    _posthooks: OrderedDict[int, Hook] | None = None
    _story: tuple[NodeCreated | TensorCreated, ...] = ()  # what was told when it was made, if anyone listened
    _epoch = 0
    _number = 0

    def __init__(self) -> None:
        self._sequence = next(sequence)
        self._saved = {}

    @property
    def _serial(self) -> int:
        """Its number for readers and listeners, given when somebody first asks."""
        if not self._number:
            self._number = next(serials)
        return self._number

    def name(self) -> str:
        """The node's name, as PyTorch prints it."""
        return type(self).__name__

    def _sequence_nr(self) -> int:
        return self._sequence

    def _set_sequence_nr(self, sequence_nr: int) -> None:
        self._sequence = sequence_nr

    def _register_hook_dict(self, hooks: Any) -> None:
        raise NotImplementedError("_register_hook_dict is PyTorch's own affair")

    @property
    def _input_metadata(self) -> tuple[InputMetadata, ...]:
        return tuple(InputMetadata(*meta) for meta in self.metas)

    @property
    def requires_grad(self) -> bool:
        """True: only operations that need a gradient are recorded."""
        return True

    @property
    def metadata(self) -> dict[Any, Any]:
        """A dict for notes of your own."""
        notes: dict[Any, Any] = self.__dict__.setdefault("_metadata", {})
        return notes

    # --- hooks --------------------------------------------------------------------------------------------------------

    def register_hook(self, fn: Hook) -> RemovableHandle:
        """Call fn(grad_inputs, grad_outputs) after the node has run; what it returns, if not None, replaces grad_inputs."""
        self.hooked()
        if self._posthooks is None:
            self._posthooks = OrderedDict()
        return told(RemovableHandle(self._posthooks, fn), "posthook", fn, self)

    def register_prehook(self, fn: Hook) -> RemovableHandle:
        """Call fn(grad_outputs) before the node runs; what it returns, if not None, replaces grad_outputs."""
        self.hooked()
        if self._prehooks is None:
            self._prehooks = OrderedDict()
        return told(RemovableHandle(self._prehooks, fn), "prehook", fn, self)

    def hooked(self) -> None:
        """From now on the engine must look whether there are hooks."""
        self._hooked = True
        make_unusual(self)

    def hook_tensor(self, output_nr: int, hooks: OrderedDict[int, Hook]) -> None:
        """Let the hooks of a tensor see the gradient of this output."""
        self.hooked()
        if self._tensor_hooks is None:
            self._tensor_hooks = {}
        self._tensor_hooks.setdefault(output_nr, []).append(hooks)

    # --- running ------------------------------------------------------------------------------------------------------

    def run(self, gradients: list[Any], needed: tuple[bool, ...], create_graph: bool) -> list[Any]:
        """The gradients of the inputs, given those of the outputs (None where nothing arrived).

        Arrays in, arrays out; Tensors in and out if `create_graph`. `needed[i]` False: the i-th is not asked for and may be None.
        """
        raise NotImplementedError

    def run_arrays(self, gradients: list[Any]) -> Any:
        """The same on arrays, for all inputs that have an edge."""
        return self.run(gradients, tuple(fn is not None for fn, _ in self.next_functions), False)

    # --- what it saved ------------------------------------------------------------------------------------------------

    def held(self) -> tuple[str, ...]:
        """The names of the saved tensors that are still there."""
        saved = self._saved
        return tuple(name for name in self._tensor_fields if saved.get(name) is not None and saved[name] is not FREED)

    def release(self) -> None:
        """Let go of the saved tensors."""
        saved = self._saved
        for name in self._tensor_fields:
            if saved[name] is not None:
                saved[name] = FREED

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_saved_"):
            saved = object.__getattribute__(self, "_saved")
            field = name.removeprefix("_saved_")
            if field in saved:
                return self._read(field, saved[field])
        elif name.startswith("_raw_saved_") and name.removeprefix("_raw_saved_") in self._tensor_fields:
            return SavedTensor(self, name.removeprefix("_raw_saved_"))
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def _read(self, field: str, entry: Any) -> Any:
        from autograd_viz.torch.tensor import holding

        if is_saved(entry):
            again = tensor_of(entry, self)
            return again if isinstance(again, tuple) else again.as_written()
        if field in self._tensor_fields and entry is not None:  # a number that was used as a tensor
            return holding(np.asarray(entry))
        return _as_unsigned(field, entry)

    def __dir__(self) -> list[str]:
        fields = [*(f"_saved_{name}" for name in self._saved), *(f"_raw_saved_{name}" for name in self._tensor_fields)]
        return sorted({*super().__dir__(), *fields} - _OURS)

    def __repr__(self) -> str:
        # PyTorch prints an address here. A serial number in its place makes a notebook print the same on every run.
        return f"<{type(self).__name__} object at 0x{self._serial:012x}>"


class AccumulateGrad(Node):
    """The end of the road: adds what arrives to `variable.grad`. It keeps its leaf alive; the leaf knows it only weakly."""

    _sequence = LAST

    _saved: dict[str, Any] = {}  # noqa: RUF012 - never written to

    def __init__(self, variable: Tensor) -> None:
        self.variable = variable
        self.metas = ((variable._array.shape, variable._array.dtype),)

    def name(self) -> str:
        """As C++ names it."""
        return "torch::autograd::AccumulateGrad"


class RemovableHandle:
    """What registering a hook gives: `remove()` takes the hook away again. Also a context manager."""

    _ids = itertools.count()

    def __init__(self, hooks: OrderedDict[int, Hook], hook: Hook) -> None:
        self.hooks = hooks
        self.id = next(RemovableHandle._ids)
        hooks[self.id] = hook

    def remove(self) -> None:
        """Take the hook away. It is no error if it is gone already."""
        if self.hooks.pop(self.id, None) is not None and events.listeners:
            events.emit(events.HookRemoved(self.id))

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()


def told(handle: RemovableHandle, kind: str, hook: Hook, node: Node, output_nr: int = 0) -> RemovableHandle:
    """The handle of a new hook, after listeners have heard of it."""
    if events.listeners:
        events.emit(hook_event(handle.id, kind, hook, node, output_nr, locate(), False))
    return handle


def hook_event(
    number: int, kind: str, hook: Hook, node: Node, output_nr: int, source: Source | None, earlier: bool
) -> HookRegistered:
    """What is told of a hook. (Of a leaf's AccumulateGrad listeners know the leaf.)"""
    leaf = node.variable if isinstance(node, AccumulateGrad) else None
    name = getattr(hook, "__name__", type(hook).__name__)
    ours, theirs = (node._serial, None) if leaf is None else (None, leaf._serial)
    return events.HookRegistered(number, kind, ours, output_nr, theirs, name, source, earlier)


AFTER_FREED = (
    "Calling register_hooks on a saved tensor after it has been freed. Saved intermediate values of the graph are freed when you call "
    ".backward() or autograd.grad(). Specify retain_graph=True if you need to backward through the graph a second time or if you need to "
    "access saved variables after calling backward."
)


class InputMetadata:
    """What a node knows of one of its outputs, and so of the gradient that enters there: shape and dtype."""

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype) -> None:
        self.shape, self.dtype = Size(shape), of_numpy[dtype]
        self._serial = next(serials)

    def __repr__(self) -> str:
        return f"<torch._C._autograd._InputMetadata object at 0x{self._serial:012x}>"


class SavedTensor:
    """`node._raw_saved_self`: a saved tensor before it is unpacked, to which hooks can be given."""

    def __init__(self, node: Node, field: str) -> None:
        self._node, self._field = node, field

    def register_hooks(self, pack_hook: Hook, unpack_hook: Hook) -> None:
        """Keep pack_hook(tensor) in its place; unpack_hook makes a tensor of that when it is needed.

        Raises RuntimeError if nothing is saved there, it was freed, or it has hooks already.
        """
        if not (callable(pack_hook) and callable(unpack_hook)):
            raise TypeError(
                "register_hooks(): incompatible function arguments. The following argument types are supported:\n"
                "    1. (self: torch._C._autograd.SavedTensor, arg0: collections.abc.Callable, arg1: collections.abc.Callable) -> None"
            )
        entry = self._node._saved[self._field]
        if entry is FREED:
            raise RuntimeError(AFTER_FREED)
        if entry is None:
            raise RuntimeError("Calling register_hooks on a saved tensor with value None is forbidden")
        if isinstance(entry, Packed):
            raise RuntimeError(
                "Calling register_hooks on a saved tensor whose hooks have already been set. "
                "Hint: only one pair of hooks is allowed at a time."
            )
        tensor = tensor_of(entry, self._node)
        output_nr = entry.output_nr if isinstance(entry, SavedOutput) else None
        self._node._saved[self._field] = Packed(tensor, output_nr, (pack_hook, unpack_hook), tensor.detach())


_OURS = {
    "_epoch", "_hooked", "_number", "_posthooks", "_prehooks", "_read", "_retained", "_runs_on_nothing", "_saved", "_sequence", "_serial",
    "_story", "_tensor_fields", "_tensor_hooks", "called", "held", "hook_tensor", "hooked", "metas", "release", "row", "run", "run_arrays",
    "_memory", "_run_recorded", "fn", "part", "whole",
}  # fmt: skip
"""What PyTorch's nodes do not have, or do not show."""


_UNSIGNED = {"dim", "dim0", "dim1", "dim2", "dims", "index", "start", "end", "step", "offset", "diagonal", "dimension", "shifts", "k",
             "repeats", "pad", "padding"}  # fmt: skip


def _as_unsigned(field: str, value: Any) -> Any:
    """PyTorch keeps dimensions as unsigned 64-bit numbers: -1 reads 18446744073709551615."""
    if field not in _UNSIGNED:
        return value
    if isinstance(value, tuple):
        return tuple(item % 2**64 for item in value)
    return value % 2**64 if isinstance(value, int) and not isinstance(value, bool) else value
