"""The engine: walk the graph from the results back to the leaves, each node once, each gradient summed before it moves on.

A node is ready when everything that uses its outputs (in this walk) has run. Of the ready ones the youngest runs first. What a
node hands back is fitted to its inputs: a broadcast is summed away here, once, so no formula in the table need do it.
Nothing recurses: a graph 100,000 operations deep is walked like any other.

Read next: `indexing.py`.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd_viz import events
from autograd_viz.torch import dtypes, observe
from autograd_viz.torch.modes import mode
from autograd_viz.torch.node import AccumulateGrad, Node
from autograd_viz.torch.ops.inplace import copy
from autograd_viz.torch.ops.pointwise import add, to_copy
from autograd_viz.torch.ops.shape import sum_to
from autograd_viz.torch.source import locate
from autograd_viz.torch.tensor import Tensor, edge_to, holding

_accumulating = threading.RLock()  # several threads may run backward into the same leaf
_calls = 0

Target = tuple[Node | None, int]  # an output of a node; None where nothing was recorded
Captured = dict[Node | None, list[tuple[int, int]]]  # node -> which of its outputs' gradients are asked for, and their places in the answer


class Ready:
    """The ready nodes, youngest first: a binary heap by sequence number.

    It moves its entries exactly as C++'s `std::priority_queue` does, because all AccumulateGrad nodes have the same number, and then the
    order in which leaves get their gradients is that of the moves.
    """

    def __init__(self) -> None:
        self._heap: list[Node] = []

    def __len__(self) -> int:
        return len(self._heap)

    def push(self, node: Node) -> None:
        """Add a node."""
        self._heap.append(node)
        self._sift_up(len(self._heap) - 1)

    def pop(self) -> Node:
        """Take the youngest."""
        heap = self._heap
        top, last = heap[0], heap.pop()
        if heap:  # move the hole down to a leaf of the heap, always along the larger child (the right one of equals) ...
            hole, size = 0, len(heap)
            while (child := 2 * hole + 2) <= size:
                if child == size or heap[child]._sequence < heap[child - 1]._sequence:
                    child -= 1
                heap[hole] = heap[child]
                hole = child
            heap[hole] = last
            self._sift_up(hole)  # ... and put the last entry there
        return top

    def _sift_up(self, place: int) -> None:
        heap, node = self._heap, self._heap[place]
        while place and heap[(place - 1) // 2]._sequence < node._sequence:
            heap[place] = heap[(place - 1) // 2]
            place = (place - 1) // 2
        heap[place] = node


def run_backward(
    tensors: Sequence[Tensor],
    seeds: Sequence[Tensor],
    *,
    keep_graph: bool,
    create_graph: bool,
    inputs: Sequence[Tensor] | None = None,
    accumulate: bool = True,
    api: str = "backward",
) -> list[Any]:
    """One gradient wave from `tensors`, whose gradients are `seeds`.

    `inputs` None: every leaf that is reached accumulates. Else only these get a gradient: into their `.grad` if `accumulate`, or
    returned in their order (arrays, or Tensors if `create_graph`; None where nothing arrived).  Raises RuntimeError from the nodes.
    """
    global _calls
    _calls += 1
    wave = Wave(_calls, keep_graph, create_graph)
    roots = [edge_to(tensor) for tensor in tensors]
    if events.listeners:
        for tensor in (*tensors, *(inputs or ())):
            observe.introduce(tensor)
        told = tuple(observe.edge(root, tensor) for root, tensor in zip(roots, tensors, strict=True))
        looks = tuple(observe.preview(seed._array) for seed in seeds)
        events.emit(events.BackwardStarted(wave.call, api, told, looks, keep_graph, create_graph, locate()))
    captured: Captured = {}
    for place, tensor in enumerate(inputs or ()):
        node, output_nr = edge_to(tensor)
        captured.setdefault(node, []).append((output_nr, place))
    before = mode.grad
    mode.grad = create_graph
    try:
        with np.errstate(all="ignore"):  # a gradient may well be inf or nan; PyTorch does not warn of it either
            found = wave.run(roots, [seed if create_graph else seed._array for seed in seeds], None if inputs is None else captured)
            if inputs is not None and accumulate:
                for tensor, gradient in zip(inputs, found, strict=True):
                    if gradient is not None and tensor._grad_fn is None:  # (the others retained theirs on the way)
                        wave.accumulate(tensor, gradient)
    except BaseException as error:
        if events.listeners:
            at = None if wave.at is None else wave.at._serial
            events.emit(events.BackwardFailed(wave.call, at, type(error).__name__, str(error).partition("\n")[0]))
        raise
    finally:
        mode.grad = before
    if events.listeners:
        events.emit(events.BackwardFinished(wave.call))
    return found


class Wave:
    """One walk over the graph."""

    def __init__(self, call: int, keep_graph: bool, create_graph: bool) -> None:
        self.call, self.keep_graph, self.create_graph = call, keep_graph, create_graph
        self.at: Node | None = None  # the node that is running

    def run(self, roots: list[Target], seeds: list[Any], captured: Captured | None) -> list[Any]:
        """Walk; the gradients that were asked for, in their places (None where nothing arrived)."""
        waiting, useful = self._plan(roots, captured)
        arrived: dict[Node, list[Any]] = {}
        ready = Ready()
        for (node, output_nr), seed in zip(roots, seeds, strict=True):
            self._deliver(arrived, node, output_nr, seed)
        for root in dict.fromkeys(node for node, _ in roots):
            if root is not None and root not in waiting:
                ready.push(root)
        answer: list[Any] = [None] * sum(map(len, (captured or {}).values()))
        while ready:
            node = ready.pop()
            gradients = arrived.pop(node, None)
            if gradients is not None:
                asked = (captured or {}).get(node, ())
                for output_nr, place in asked:
                    answer[place] = gradients[output_nr]
                runs = useful is None or node in useful
                if node._retained and (runs or asked):
                    self._fill_retained(node, gradients)
                if runs:
                    self._run_node(node, gradients, arrived)
            for following, _ in node.next_functions:
                if following is not None:
                    waiting[following] -= 1
                    if not waiting[following]:
                        ready.push(following)
        return answer

    def _plan(self, roots: list[Target], captured: Captured | None) -> tuple[dict[Node, int], set[Node] | None]:
        """How many gradients each node has to wait for; and, if only some inputs are asked for, the nodes that lead to one (None: all)."""
        waiting: dict[Node, int] = {}
        seen: set[Node] = set()
        stack = [node for node, _ in roots]
        while stack:
            node = stack.pop()
            if node is None or node in seen:
                continue
            seen.add(node)
            for following, _ in node.next_functions:
                if following is not None:
                    waiting[following] = waiting.get(following, 0) + 1
                    stack.append(following)
        if captured is None:
            return waiting, None
        useful: set[Node] = set()
        for node in sorted(seen, key=lambda n: n._sequence):  # a node is younger than its inputs
            if any(following in captured or following in useful for following, _ in node.next_functions):
                useful.add(node)
        return waiting, useful

    def _run_node(self, node: Node, gradients: list[Any], arrived: dict[Node, list[Any]]) -> None:
        self.at = node
        if isinstance(node, AccumulateGrad):
            if node.variable._requires_grad:  # (it may have been switched off since)
                self.accumulate(node.variable, gradients[0])
            return
        if events.listeners:
            events.emit(events.NodeEntered(self.call, node._serial, tuple(map(_look, gradients))))
        needed = tuple(following is not None for following, _ in node.next_functions)
        results = node.run(gradients, needed, self.create_graph)
        fitted: list[Any] = []
        for (following, output_nr), result in zip(node.next_functions, results, strict=True):
            if following is None or result is None:
                fitted.append(None)
                continue
            fitted.append(_fit(result, *following.metas[output_nr]))
            self._deliver(arrived, following, output_nr, fitted[-1])
        if events.listeners:
            events.emit(events.NodeLeft(self.call, node._serial, tuple(map(_look, fitted))))
        if not self.keep_graph:
            names = node.release()
            if names and events.listeners:
                events.emit(events.SavedReleased(self.call, node._serial, names))

    def _deliver(self, arrived: dict[Node, list[Any]], node: Node | None, output_nr: int, gradient: Any) -> None:
        """Put a gradient where `node` will find it, on top of what is there."""
        if node is None:
            return
        buffer = arrived.get(node)
        if buffer is None:
            buffer = arrived[node] = [None] * len(node.metas)
        there = buffer[output_nr]
        if there is None:
            buffer[output_nr] = gradient
        else:
            buffer[output_nr] = add(there, gradient) if self.create_graph else there + gradient

    def _fill_retained(self, node: Node, gradients: list[Any]) -> None:
        for output_nr, reference in node._retained.items():
            tensor = reference()
            if tensor is not None and gradients[output_nr] is not None:
                self.accumulate(tensor, gradients[output_nr])

    def accumulate(self, tensor: Tensor, gradient: Any) -> None:
        """tensor.grad += gradient: a new tensor at first, then in place; under create_graph always a new one, with its graph."""
        with _accumulating:
            before = tensor._grad
            look = _look(before)
            if self.create_graph:
                tensor._grad = copy(holding(np.empty_like(gradient._array)), gradient) if before is None else add(before, gradient)
            elif before is None:
                tensor._grad = holding(np.array(gradient, order="C"))  # a copy: the array may be on its way to another leaf too
            else:
                np.add(before._array, gradient, out=before._array)
                before._version_counter.value += 1
            if events.listeners:
                observe.introduce(tensor)
                assert tensor._grad is not None
                tensor._grad._grad_of = tensor._serial
                events.emit(events.GradAccumulated(self.call, tensor._serial, look, _look(gradient), _look(tensor._grad)))


def _fit(gradient: Any, shape: tuple[int, ...], kind: np.dtype) -> Any:
    """A gradient in the shape and dtype of the input that it belongs to."""
    if isinstance(gradient, Tensor):
        if gradient._array.shape != shape:
            gradient = sum_to(gradient, shape)
        return gradient if gradient._array.dtype == kind else to_copy(gradient, dtypes.of_numpy[kind])
    if gradient.shape != shape:
        gradient = sum_to(np.asarray(gradient), shape)
    return gradient if gradient.dtype == kind else gradient.astype(kind)


def _look(gradient: Any) -> Any:
    """A preview of an array or a Tensor, if anyone wants one."""
    if gradient is None or not events.listeners:
        return None
    return observe.preview(gradient._array if isinstance(gradient, Tensor) else np.asarray(gradient))
