"""`torch.autograd.graph`: the nodes themselves, and hooks on what they save.

Read next: `functional.py`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from autograd_viz.torch import modes
from autograd_viz.torch.gradients import GradientEdge
from autograd_viz.torch.modes import no_grad, special
from autograd_viz.torch.node import Node, RemovableHandle
from autograd_viz.torch.tensor import Tensor, edge_to, needs_grad

__all__ = [
    "GradientEdge", "Node", "allow_mutation_on_saved_tensors", "disable_saved_tensors_hooks", "get_gradient_edge", "increment_version",
    "register_multi_grad_hook", "save_on_cpu", "saved_tensors_hooks",
]  # fmt: skip


class saved_tensors_hooks:
    """In this block, what a node would save goes through `pack_hook`, and comes back through `unpack_hook` when the backward needs it.

    Of nested blocks only the innermost counts.
    """

    def __init__(self, pack_hook: Callable[[Tensor], Any], unpack_hook: Callable[[Any], Tensor]) -> None:
        self.pack_hook, self.unpack_hook = pack_hook, unpack_hook

    def __enter__(self) -> None:
        if not (callable(self.pack_hook) and callable(self.unpack_hook)):
            raise TypeError(
                "_push_saved_tensors_default_hooks(): incompatible function arguments. The following argument types are supported:\n"
                "    1. (arg0: collections.abc.Callable, arg1: collections.abc.Callable) -> None\n\n"
                f"Invoked with: {self.pack_hook!r}, {self.unpack_hook!r}"
            )
        if modes.mode.hooks_forbidden is not None:
            raise RuntimeError(modes.mode.hooks_forbidden)
        special[:0] = [self]  # (assignments only: see `modes._Switch`)
        modes.mode.saved_hooks = (*modes.mode.saved_hooks, (self.pack_hook, self.unpack_hook))

    def __exit__(self, *_: object) -> None:
        modes.mode.saved_hooks = modes.mode.saved_hooks[:-1]
        special.remove(self)


class save_on_cpu(saved_tensors_hooks):
    """In this block, saved tensors are kept on the CPU: here that is where they are anyway, so they are copied and copied back."""

    def __init__(self, pin_memory: bool = False, device_type: str = "cuda") -> None:
        def pack(tensor: Tensor) -> Tensor:
            copy: Tensor = tensor.detach().clone()  # type: ignore[attr-defined]
            return copy

        super().__init__(pack, lambda packed: packed)


@contextmanager
def disable_saved_tensors_hooks(error_message: str) -> Iterator[None]:
    """In this block, hooks on saved tensors raise RuntimeError(error_message)."""
    if modes.mode.saved_hooks:
        raise RuntimeError(error_message)
    before, modes.mode.hooks_forbidden = modes.mode.hooks_forbidden, error_message
    try:
        yield
    finally:
        modes.mode.hooks_forbidden = before


def get_gradient_edge(tensor: Tensor) -> GradientEdge:
    """The place in the graph where this tensor's gradient arrives.  Raises RuntimeError if it requires none."""
    if not needs_grad(tensor):
        raise RuntimeError("It is not possible to get the gradient edge for a Tensor that does not require gradients")
    fn, output_nr = edge_to(tensor)
    if fn is None:
        raise AssertionError("Expected gradient function to be set")
    return GradientEdge(fn, output_nr)


def increment_version(tensor: Tensor | Sequence[Tensor]) -> None:
    """Let autograd believe that a tensor was changed in place."""
    for each in [tensor] if isinstance(tensor, Tensor) else tensor:
        each._version_counter.value += 1


class Handle:
    """Removes several hooks at once."""

    def __init__(self, handles: Sequence[RemovableHandle]) -> None:
        self.handles = tuple(handles)

    def remove(self) -> None:
        """Take the hooks away."""
        for handle in self.handles:
            handle.remove()

    def __enter__(self) -> Handle:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()


def register_multi_grad_hook(tensors: Sequence[Tensor], fn: Callable[..., None], *, mode: str = "all") -> Handle:
    """Call fn(gradients) when those of all tensors are known in one backward (None for one that it does not reach); or, with
    mode="any", fn(gradient) at the first of them.  Raises ValueError for another mode.
    """
    if mode not in ("all", "any"):
        raise ValueError(f"Expects mode to be one of ('all', 'any') but got {mode}")
    lock = threading.Lock()
    if mode == "any":
        tensors = [tensor for tensor in tensors if tensor.requires_grad]
    for tensor in tensors:
        if edge_to(tensor)[0] is None:
            raise AssertionError("Expected gradient function to be set")
    nodes = [edge_to(tensor)[0] for tensor in tensors]  # kept here, so that a leaf's AccumulateGrad stays the same
    arrived: dict[int, list[Tensor | None]] = {}  # backward call -> what it has brought so far
    told: set[int] = set()

    def hook_of(place: int) -> Callable[[Tensor], None]:
        def hook(gradient: Tensor) -> None:
            wave = modes.mode.wave
            found: list[Tensor | None] = []
            with lock:
                if mode == "any":
                    done = wave.call not in told
                    told.add(wave.call)
                else:
                    if wave.call not in arrived:
                        expected[wave.call] = sum(node is not None and wave.will_run(node) for node in nodes)
                    found = arrived.setdefault(wave.call, [None] * len(nodes))
                    found[place] = gradient
                    expected[wave.call] -= 1
                    done = expected[wave.call] == 0
                    if done:
                        del arrived[wave.call], expected[wave.call]
            if done:
                fn(gradient if mode == "any" else found)

        return hook

    expected: dict[int, int] = {}  # backward call -> how many gradients it will still bring
    return Handle([tensor.register_hook(hook_of(i)) for i, tensor in enumerate(tensors)])  # type: ignore[attr-defined]


class _Kept:
    """A saved tensor that may be changed: then a copy, made just before, takes its place."""

    __slots__ = ("tensor", "version")

    def __init__(self, tensor: Tensor) -> None:
        self.tensor, self.version = tensor, tensor._version


class _Watch:
    """What is saved inside `allow_mutation_on_saved_tensors`."""

    def __init__(self) -> None:
        self.kept: list[_Kept] = []
        self.open = True

    def pack(self, tensor: Tensor) -> _Kept:
        """Remember a tensor and its version."""
        self.kept.append(_Kept(tensor))
        return self.kept[-1]

    def unpack(self, kept: _Kept) -> Tensor:
        """The tensor, or its copy."""
        if not self.open:
            raise AssertionError(
                "Trying to backward outside of the 'allow_mutation_on_saved_tensors' contextin which the graph was originally recorded."
            )
        return kept.tensor

    def before_change(self, target: Tensor) -> None:
        """Copy what is saved of the target's memory."""
        for kept in self.kept:
            if kept.tensor._version_counter is target._version_counter and kept.tensor._version == kept.version:
                with no_grad():
                    kept.tensor = kept.tensor.clone()  # type: ignore[attr-defined]
                kept.version = 0


@contextmanager
def allow_mutation_on_saved_tensors() -> Iterator[_Watch]:
    """In this block, tensors that a graph has saved may be changed in place: the graph keeps a copy of what they were."""
    watch = _Watch()
    before, modes.mode.watched = modes.mode.watched, watch
    try:
        with saved_tensors_hooks(watch.pack, watch.unpack):
            yield watch
    finally:
        modes.mode.watched, watch.open = before, False
