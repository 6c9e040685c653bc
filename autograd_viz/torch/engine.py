"""The engine: walk the graph from the results back to the leaves, each node once, each gradient summed before it moves on.

The usual walk stands in `walk.py`. Here is the one that does everything: several roots, only some targets, hooks, listeners, anomaly
mode, a graph of the gradients themselves.

Read next: `indexing.py`.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd_viz import events
from autograd_viz.torch import observe
from autograd_viz.torch.anomaly import check_nan, warn_where
from autograd_viz.torch.compiled import quietly
from autograd_viz.torch.modes import mode, special
from autograd_viz.torch.node import AccumulateGrad, Edge, Node
from autograd_viz.torch.ops.inplace import copy
from autograd_viz.torch.ops.memory import is_dense
from autograd_viz.torch.ops.pointwise import add
from autograd_viz.torch.ops.shape import clone
from autograd_viz.torch.replacement import as_tensor, check_replacement
from autograd_viz.torch.source import locate
from autograd_viz.torch.tensor import Tensor, holding
from autograd_viz.torch.walk import accumulate, accumulating, fitted, is_usual, walk

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
    root = roots[0][0] if len(roots) == 1 and targets is None and not (create_graph or events.listeners or special) else None
    usual = root is not None and root.next_functions and len(root.metas) == 1 and is_usual(root)
    before = mode.grad, mode.wave
    begun = False  # whether listeners know of it; then they must hear how it ends
    try:
        if usual:
            mode.grad, mode.wave = False, wave
            quietly(walk, {"root": root, "seed": seeds[0]._array, "keep_graph": keep_graph})
            return []
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
            at = None if wave.at is None or isinstance(wave.at, AccumulateGrad) else wave.at._serial
            events.emit(events.BackwardFailed(wave.call, at, wave.hook, type(error).__name__, str(error).partition("\n")[0]))
        if mode.anomaly and wave.at is not None and isinstance(error, Exception):
            warn_where(wave.at)
        raise
    finally:
        mode.grad, mode.wave = before
    return found


class Wave:
    """One walk over the graph."""

    at: Node | None = None  # the node that is running
    hook: int | None = None  # the number of the hook that is running
    arrived: dict[Node, list[Any]]  # the summed gradients of each node's outputs, until it runs
    waiting: dict[Node, int]  # for how many more gradients a node has to wait
    returns = False  # whether it is `grad`, which returns the gradients
    useful: set[Node] | None = None  # the nodes that run; None: all that are reached

    def __init__(self, call: int, keep_graph: bool, create_graph: bool) -> None:
        self.call, self.keep_graph, self.create_graph = call, keep_graph, create_graph

    def run(self, roots: Sequence[Edge], seeds: list[Any], targets: Sequence[Edge] | None, accumulate: bool) -> list[Any]:
        """Walk; the gradients of the targets, in their order (None where nothing arrived)."""
        waiting, useful = self._plan(roots, targets, accumulate)
        first = roots[0][0] if len(roots) == 1 else None  # (several roots get a node before them, which is the first then)
        captured: dict[Node, list[tuple[int, int]]] = {}  # node -> whose gradients are asked for: an output, and its place in the answer
        for place, (node, output_nr) in enumerate(() if targets is None or accumulate else targets):
            if node is not None:
                captured.setdefault(node, []).append((output_nr, place))
        ready = Ready()
        arrived: dict[Node, list[Any]] = {}
        self.arrived = arrived
        self.waiting, self.useful, self.returns = waiting, useful, targets is not None and not accumulate
        for (node, output_nr), seed in zip(roots, seeds, strict=True):
            self._deliver(node, output_nr, seed)
        for root in dict.fromkeys(node for node, _ in roots):
            if root is not None and root not in waiting:
                ready.push(root)
        answer: list[Any] = [None] * len(targets or ())
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
                    self._run_node(node, gradients)
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

    def _run_node(self, node: Node, gradients: list[Any]) -> None:
        if node._hooked:
            self._call_tensor_hooks(node, gradients)
            if node._prehooks:
                gradients = self._replaced(node._prehooks, gradients, ())
        if isinstance(node, AccumulateGrad):
            self._reach_leaf(node, gradients[0])
            if node._posthooks:
                self._replaced(node._posthooks, [], gradients)
            return
        if events.listeners:
            events.emit(events.NodeEntered(self.call, node._serial, tuple(map(_look, gradients))))
        if gradients[0] is None and not node._runs_on_nothing and all(gradient is None for gradient in gradients):  # run for its hooks
            results: Any = [None] * len(node.next_functions)
        elif self.create_graph:
            results = node.run(gradients, _needed(node), True)
        else:
            results = node.run_arrays(gradients)
        if mode.anomaly and mode.check_nan:
            check_nan(node, results)
        if node._posthooks:
            shown = [
                None if following is None or result is None else fitted(result, *following.metas[nr], node, i)
                for i, ((following, nr), result) in enumerate(zip(node.next_functions, results, strict=True))
            ]
            results = self._replaced(node._posthooks, shown, gradients)
        handed: list[Any] = []
        for i, ((following, output_nr), result) in enumerate(zip(node.next_functions, results, strict=True)):
            if following is None or result is None:
                handed.append(None)
                continue
            handed.append(fitted(result, *following.metas[output_nr], node, i))
            self._deliver(following, output_nr, handed[-1])
        if events.listeners:
            events.emit(events.NodeLeft(self.call, node._serial, tuple(map(_look, handed))))
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
            for number, hook in [pair for each in hooks for pair in each.items()]:
                gradients[output_nr] = self._replaced({number: hook}, [gradients[output_nr]], None)[0]
        for output_nr, reference in (node._retained or {}).items():
            tensor = reference()
            if tensor is not None and gradients[output_nr] is not None:
                self.accumulate(tensor, gradients[output_nr], retained=True)

    def _replaced(self, hooks: dict[int, Any], values: list[Any], second: Any) -> list[Any]:
        """`values` after each hook has had its say: hook(grad) if `second` is None, hook(grad_outputs) if it is (), else
        hook(grad_inputs, grad_outputs).  Raises RuntimeError or TypeError for what cannot take a gradient's place.
        """
        for number, hook in list(hooks.items()):
            shown = tuple(map(as_tensor, values))
            looks = tuple(map(_look, shown))
            self.hook = number
            if second is None:
                given = hook(shown[0])
            else:
                given = hook(shown, tuple(map(as_tensor, second))) if second != () else hook(shown)
            if given is None:
                self._tell_hook(number, looks, looks)
                continue
            answer = given if isinstance(given, tuple) and second is not None else (given,)
            name = getattr(hook, "__name__", type(hook).__name__)
            if len(answer) != len(values):
                raise RuntimeError(
                    f"hook '{name}' has returned an incorrect number of values (got {len(answer)}, but expected {len(values)})"
                )
            for old, new in zip(shown, answer, strict=True):
                check_replacement(name, old, new)
            values = [new if new is None or self.create_graph else new._array for new in answer]
            self._tell_hook(number, looks, tuple(map(_look, answer)))
        return values

    def _tell_hook(self, number: int, before: tuple[Any, ...], after: tuple[Any, ...]) -> None:
        self.hook = None
        if events.listeners:
            events.emit(events.HookRan(self.call, number, before, after))

    # --- the end of the road ---------------------------------------------------------------------------------------------

    def _reach_leaf(self, node: Any, gradient: Any) -> None:
        """Add to the `.grad` of an AccumulateGrad's leaf."""
        leaf = node.variable
        if leaf._requires_grad and gradient is not None:  # (it may have been switched off since)
            self.accumulate(leaf, gradient)
            if leaf._post_accumulate_grad_hooks:
                for number, hook in list(leaf._post_accumulate_grad_hooks.items()):
                    look = (_look(leaf._grad),)
                    self.hook = number
                    if (answer := hook(leaf)) is not None:
                        if not isinstance(answer, Tensor):
                            raise TypeError(f"expected Variable, but hook returned '{type(answer).__name__}'")
                        raise RuntimeError("Tensor post accumulate grad hooks should return None.")
                    self._tell_hook(number, look, (_look(leaf._grad),))

    def accumulate(self, tensor: Tensor, gradient: Any, retained: bool = False) -> None:
        """tensor.grad += gradient: a new tensor at first, then in place; under create_graph always a new one, with its graph.

        A leaf's gradient lies in memory as the leaf does. `retained`: that of a non-leaf, which is a new tensor each time.
        """
        with accumulating:
            before = tensor._grad
            look = _look(before) if events.listeners else None
            if self.create_graph:
                if before is not None:
                    tensor._grad = add(before, gradient)
                elif retained or not is_dense(tensor._array):
                    tensor._grad = clone(gradient)
                else:
                    tensor._grad = copy(holding(np.empty_like(tensor._array)), gradient)
            elif retained:
                value = gradient if before is None else before._array + gradient
                tensor._grad = holding(np.array(value, order="K"))
            else:
                accumulate(tensor, gradient)
            if events.listeners:
                observe.introduce(tensor)
                assert tensor._grad is not None
                tensor._grad._grad_of = tensor._serial
                events.emit(events.GradAccumulated(self.call, tensor._serial, look, _look(gradient), _look(tensor._grad)))


def _needed(node: Node) -> tuple[bool, ...]:
    return tuple(following is not None for following, _ in node.next_functions)


def _look(gradient: Any) -> Any:
    """A preview of an array or a Tensor, if anyone wants one."""
    if gradient is None or not events.listeners:
        return None
    return observe.preview(gradient._array if isinstance(gradient, Tensor) else np.asarray(gradient))
