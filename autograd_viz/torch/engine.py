"""The engine: walk the graph from the results back to the leaves, each node once, each gradient summed before it moves on.

A node is ready when everything that uses its outputs (in this walk) has run. Of the ready ones the youngest runs first. What a
node hands back is fitted to its inputs: a broadcast is summed away here, once, so no formula in the table need do it.
Nothing recurses: a graph 100,000 operations deep is walked like any other.

Read next: `indexing.py`.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd_viz import events
from autograd_viz.torch import dtypes, observe
from autograd_viz.torch.anomaly import check_nan, warn_where
from autograd_viz.torch.modes import mode, special
from autograd_viz.torch.node import LAST, AccumulateGrad, Edge, Node
from autograd_viz.torch.ops.inplace import copy
from autograd_viz.torch.ops.memory import is_dense
from autograd_viz.torch.ops.pointwise import add, to_copy
from autograd_viz.torch.ops.shape import clone, sum_to
from autograd_viz.torch.replacement import as_tensor, check_replacement
from autograd_viz.torch.source import locate
from autograd_viz.torch.tensor import Tensor, holding

_accumulating = threading.RLock()  # several threads may run backward into the same leaf
_calls = itertools.count(1)


class Ready:
    """The ready nodes, youngest first: a binary heap by sequence number.

    It moves its entries exactly as C++'s `std::priority_queue` does, because all AccumulateGrad nodes have the same number, and then the
    order in which leaves get their gradients is that of the moves.
    """

    def __init__(self) -> None:
        self.heap: list[Node] = []

    def push(self, node: Node) -> None:
        """Add a node."""
        self.heap.append(node)
        if len(self.heap) > 1:
            self._sift_up(len(self.heap) - 1)

    def pop(self) -> Node:
        """Take the youngest."""
        heap = self.heap
        last = heap.pop()
        if not heap:
            return last
        top = heap[0]
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
        heap, node = self.heap, self.heap[place]
        while place and heap[(place - 1) // 2]._sequence < node._sequence:
            heap[place] = heap[(place - 1) // 2]
            place = (place - 1) // 2
        heap[place] = node


def run_backward(
    roots: Sequence[Edge],
    seeds: Sequence[Tensor],
    *,
    keep_graph: bool,
    create_graph: bool,
    targets: Sequence[Edge] | None = None,
    accumulate: bool = True,
    api: str = "backward",
    known: Sequence[Tensor | None] = (),
) -> list[Any]:
    """One gradient wave from `roots`, outputs of nodes, whose gradients are `seeds`.

    `targets` None: every leaf that is reached accumulates. Else only what leads to them runs; if not `accumulate`, their gradients are
    returned in their order (arrays, or Tensors if `create_graph`; None where nothing arrived).  `known`: the tensors that the roots and
    targets stand for, for listeners.  Raises RuntimeError from the nodes, and whatever a hook raises.
    """
    wave = Wave(next(_calls), keep_graph, create_graph)
    before = mode.grad, mode.wave
    begun = False  # whether listeners know of it; then they must hear how it ends
    try:
        if events.listeners:
            for tensor in known:
                if tensor is not None:
                    observe.introduce(tensor)
            told = tuple(observe.edge(root, tensor) for root, tensor in zip(roots, known, strict=False))
            looks = tuple(observe.preview(seed._array) for seed in seeds)
            start = events.BackwardStarted(wave.call, api, told, looks, keep_graph, create_graph, locate())
            begun = True
            events.emit(start)
        mode.grad, mode.wave = create_graph, wave
        with np.errstate(all="ignore"):  # a gradient may well be inf or nan; PyTorch does not warn of it either
            found = wave.run(roots, [seed if create_graph else seed._array for seed in seeds], targets, accumulate)
        mode.grad, mode.wave = before
        if events.listeners:
            events.emit(events.BackwardFinished(wave.call))
    except BaseException as error:
        if begun and events.listeners:
            at = None if wave.at is None else wave.at._serial
            events.emit(events.BackwardFailed(wave.call, at, type(error).__name__, str(error).partition("\n")[0]))
        if mode.anomaly and wave.at is not None and isinstance(error, Exception):
            warn_where(wave.at)
        raise
    finally:
        mode.grad, mode.wave = before
    return found


class Wave:
    """One walk over the graph."""

    def __init__(self, call: int, keep_graph: bool, create_graph: bool) -> None:
        self.call, self.keep_graph, self.create_graph = call, keep_graph, create_graph
        self.at: Node | None = None  # the node that is running
        self.arrived: dict[Node, list[Any]] = {}  # the summed gradients of each node's outputs, until it runs
        self.waiting: dict[Node, int] = {}  # for how many more gradients a node has to wait
        self.returns = False  # whether it is `grad`, which returns the gradients
        self.useful: set[Node] | None = None  # the nodes that run; None: all that are reached

    def run(self, roots: Sequence[Edge], seeds: list[Any], targets: Sequence[Edge] | None, accumulate: bool) -> list[Any]:
        """Walk; the gradients of the targets, in their order (None where nothing arrived)."""
        waiting, useful = self._plan(roots, targets, accumulate)
        first = roots[0][0] if len(roots) == 1 else None  # (several roots get a node before them, which is the first then)
        captured: dict[Node, list[tuple[int, int]]] = {}  # node -> whose gradients are asked for: an output, and its place in the answer
        for place, (node, output_nr) in enumerate(() if targets is None or accumulate else targets):
            if node is not None:
                captured.setdefault(node, []).append((output_nr, place))
        ready, arrived = Ready(), self.arrived
        self.waiting, self.useful, self.returns = waiting, useful, targets is not None and not accumulate
        for (node, output_nr), seed in zip(roots, seeds, strict=True):
            self._deliver(node, output_nr, seed)
        for root in dict.fromkeys(node for node, _ in roots):
            if root is not None and root not in waiting:
                ready.push(root)
        answer: list[Any] = [None] * len(targets or ())
        plain = not (self.create_graph or events.listeners or special)
        heap = ready.heap
        following: Node | None = ready.pop() if heap else None
        while following is not None:
            node = following
            gradients = arrived.pop(node, None)
            if gradients is None and (node._hooked or node._runs_on_nothing) and (useful is None or node in useful):
                gradients = [None] * len(node.metas)
            if gradients is not None:
                runs = useful is None or node in useful
                if not runs and node._hooked and (node in captured or node is first):
                    self._call_tensor_hooks(node, gradients)  # (if the node runs, it is then that they are called)
                if captured and node in captured:
                    for output_nr, place in captured[node]:
                        answer[place] = gradients[output_nr]
                if runs:
                    self.at = node
                    if not plain or node._hooked:
                        self._run_node(node, gradients)
                    elif node._sequence == LAST:
                        self._reach_leaf(node, gradients[0])
                    else:
                        self._run_plainly(node, gradients)
            following = None
            for entry, _ in node.next_functions:
                if entry is not None:
                    left = waiting[entry] - 1
                    waiting[entry] = left
                    if left:
                        continue
                    if following is None and not heap:  # alone, it need not go through the heap
                        following = entry
                        continue
                    if following is not None:
                        ready.push(following)
                        following = None
                    ready.push(entry)
            if following is None and heap:
                following = ready.pop()
        return answer

    def will_run(self, node: Node) -> bool:
        """Whether this walk comes to the node, and runs it.  Raises RuntimeError where PyTorch cannot say."""
        if self.returns and isinstance(node, AccumulateGrad):
            raise RuntimeError(
                "A leaf node was passed to _will_engine_execute_node but we are currently running autograd.grad(). This is currently not "
                "supported."
            )
        return node in self.waiting and (self.useful is None or node in self.useful)

    def _plan(
        self, roots: Sequence[Edge], targets: Sequence[Edge] | None, accumulate: bool
    ) -> tuple[dict[Node, int], set[Node] | None]:
        """How many gradients each node has to wait for; and, if only some targets are asked for, the nodes that must run (None: all)."""
        waiting: dict[Node, int] = {}
        seen = {node for node, _ in roots if node is not None}
        stack = list(seen)
        while stack:
            for following, _ in stack.pop().next_functions:
                if following is None:
                    continue
                if following in waiting:
                    waiting[following] += 1
                else:
                    waiting[following] = 1
                    if following not in seen:
                        stack.append(following)
        if targets is None:
            return waiting, None
        asked = {node for node, _ in targets if node is not None}
        useful = set(asked) if accumulate else set()
        for node in sorted(seen | waiting.keys(), key=lambda n: n._sequence):  # a node is younger than its inputs
            if any(following in asked or following in useful for following, _ in node.next_functions):
                useful.add(node)
        return waiting, useful

    def _run_plainly(self, node: Node, gradients: list[Any]) -> None:
        """`_run_node` where there are only numbers, and nobody looks on."""
        arrived = self.arrived
        for (following, output_nr), result in zip(node.next_functions, node.run_arrays(gradients)):  # noqa: B905 - `strict` costs 100 ns
            if following is None or result is None:
                continue
            shape, kind = following.metas[output_nr]
            if result.shape != shape or result.dtype is not kind:
                result = _fit(result, shape, kind, node, node.next_functions.index((following, output_nr)))
            buffer = arrived.get(following)
            if buffer is None:
                if output_nr or len(following.metas) > 1:
                    self._deliver(following, output_nr, result)
                else:
                    arrived[following] = [result]
            else:
                there = buffer[output_nr]
                buffer[output_nr] = result if there is None else there + result
        if not self.keep_graph:
            node.release()

    def _run_node(self, node: Node, gradients: list[Any]) -> None:
        if node._hooked:
            self._call_tensor_hooks(node, gradients)
            if node._prehooks:
                gradients = self._replaced(node._prehooks, gradients, gradients, ())
        if isinstance(node, AccumulateGrad):
            self._reach_leaf(node, gradients[0])
            if node._posthooks:
                self._replaced(node._posthooks, [], [], gradients)
            return
        if events.listeners:
            events.emit(events.NodeEntered(self.call, node._serial, tuple(map(_look, gradients))))
        needed = tuple(following is not None for following, _ in node.next_functions)
        if not node._runs_on_nothing and all(gradient is None for gradient in gradients):  # run for its hooks
            results: Any = [None] * len(needed)
        else:
            results = node.run(gradients, needed, self.create_graph) if self.create_graph else node.run_arrays(gradients)
        if mode.anomaly and mode.check_nan:
            check_nan(node, results)
        if node._posthooks:
            shown = [result if need else None for result, need in zip(results, needed, strict=True)]
            results = self._replaced(node._posthooks, shown, shown, gradients)
        fitted: list[Any] = []
        for i, ((following, output_nr), result) in enumerate(zip(node.next_functions, results, strict=True)):
            if following is None or result is None:
                fitted.append(None)
                continue
            fitted.append(_fit(result, *following.metas[output_nr], node, i))
            self._deliver(following, output_nr, fitted[-1])
        if events.listeners:
            events.emit(events.NodeLeft(self.call, node._serial, tuple(map(_look, fitted))))
        if not self.keep_graph:
            names = node.held() if events.listeners else ()
            node.release()
            if names:
                events.emit(events.SavedReleased(self.call, node._serial, names))

    def _deliver(self, node: Node | None, output_nr: int, gradient: Any) -> None:
        """Put a gradient where `node` will find it, on top of what is there."""
        if node is None:
            return
        buffer = self.arrived.get(node)
        if buffer is None:
            buffer = self.arrived[node] = [None] * len(node.metas)
        there = buffer[output_nr]
        if there is None:
            buffer[output_nr] = gradient
        else:
            buffer[output_nr] = add(there, gradient) if self.create_graph else there + gradient

    # --- hooks --------------------------------------------------------------------------------------------------------

    def _call_tensor_hooks(self, node: Node, gradients: list[Any]) -> None:
        """The hooks of the tensors that were the node's outputs, each may replace the gradient; then `retain_grad` keeps what is left."""
        for output_nr, hooks in (node._tensor_hooks or {}).items():
            for hook in [hook for each in hooks for hook in each.values()]:
                gradients[output_nr] = self._replaced({0: hook}, [gradients[output_nr]], [gradients[output_nr]], None)[0]
        for output_nr, reference in (node._retained or {}).items():
            tensor = reference()
            if tensor is not None and gradients[output_nr] is not None:
                self.accumulate(tensor, gradients[output_nr], retained=True)

    def _replaced(self, hooks: dict[int, Any], first: list[Any], values: list[Any], second: Any) -> list[Any]:
        """`values` after each hook has had its say: hook(grad) if `second` is None, hook(grad_outputs) if it is (), else
        hook(grad_inputs, grad_outputs).  Raises RuntimeError or TypeError for what cannot take a gradient's place.
        """
        for hook in list(hooks.values()):
            shown = tuple(map(as_tensor, values))
            if second is None:
                given = hook(shown[0])
            else:
                given = hook(shown, tuple(map(as_tensor, second))) if second != () else hook(shown)
            if given is None:
                continue
            answer = given if isinstance(given, tuple) else (given,)
            name = getattr(hook, "__name__", type(hook).__name__)
            if len(answer) != len(values):
                raise RuntimeError(
                    f"hook '{name}' has returned an incorrect number of values (got {len(answer)}, but expected {len(values)})"
                )
            for old, new in zip(shown, answer, strict=True):
                check_replacement(name, old, new)
            values = [new if new is None or self.create_graph else new._array for new in answer]
        return values

    # --- the end of the road ---------------------------------------------------------------------------------------------

    def _reach_leaf(self, node: Any, gradient: Any) -> None:
        """Add to the `.grad` of an AccumulateGrad's leaf."""
        leaf = node.variable
        if leaf._requires_grad and gradient is not None:  # (it may have been switched off since)
            self.accumulate(leaf, gradient)
            if leaf._post_accumulate_grad_hooks:
                for hook in list(leaf._post_accumulate_grad_hooks.values()):
                    if hook(leaf) is not None:
                        raise RuntimeError("Tensor post accumulate grad hooks should return None.")

    def accumulate(self, tensor: Tensor, gradient: Any, retained: bool = False) -> None:
        """tensor.grad += gradient: a new tensor at first, then in place; under create_graph always a new one, with its graph.

        A leaf's gradient lies in memory as the leaf does. `retained`: that of a non-leaf, which is a new tensor each time.
        """
        with _accumulating:
            before = tensor._grad
            look = _look(before) if events.listeners else None
            if self.create_graph:
                if before is not None:
                    tensor._grad = add(before, gradient)
                elif retained or not is_dense(tensor._array):
                    tensor._grad = clone(gradient)
                else:
                    tensor._grad = copy(holding(np.empty_like(tensor._array)), gradient)
            elif before is None:
                # A copy: the array may be on its way to another leaf too.
                if tensor._array.flags.c_contiguous or retained or not is_dense(tensor._array):
                    tensor._grad = holding(np.array(gradient, order="K" if retained else "C"))
                else:
                    tensor._grad = holding(np.empty_like(tensor._array))
                    tensor._grad._array[...] = gradient
            elif retained:
                tensor._grad = holding(np.asarray(before._array + gradient))
            else:
                counter, array = before._version_counter, before._array
                array += gradient  # (no call from here to the next line, so no Ctrl-C comes between them)
                counter.value += 1
            if events.listeners:
                observe.introduce(tensor)
                assert tensor._grad is not None
                tensor._grad._grad_of = tensor._serial
                events.emit(events.GradAccumulated(self.call, tensor._serial, look, _look(gradient), _look(tensor._grad)))


def _fit(gradient: Any, shape: tuple[int, ...], kind: np.dtype, node: Node, index: int) -> Any:
    """A gradient in the shape and dtype of the input that it belongs to.  Raises RuntimeError if it cannot be the gradient of that."""
    found = gradient._array if isinstance(gradient, Tensor) else gradient
    if found.shape != shape:
        extra = len(found.shape) - len(shape)
        if extra < 0 or any(n not in (1, m) for n, m in zip(shape, found.shape[extra:], strict=True)):
            raise RuntimeError(
                f"Function {node.name()} returned an invalid gradient at index {index} - got {list(found.shape)} but expected shape "
                f"compatible with {list(shape)}"
            )
        if found is gradient and extra == 1 and found.shape[1:] == shape:  # the usual case, a bias: one sum
            gradient = found = np.add.reduce(found, 0)
        else:
            gradient = sum_to(gradient if found is not gradient else np.asarray(gradient), shape)
    if found.dtype == kind:
        return gradient
    return to_copy(gradient, dtypes.of_numpy[kind]) if isinstance(gradient, Tensor) else gradient.astype(kind)


def _look(gradient: Any) -> Any:
    """A preview of an array or a Tensor, if anyone wants one."""
    if gradient is None or not events.listeners:
        return None
    return observe.preview(gradient._array if isinstance(gradient, Tensor) else np.asarray(gradient))
