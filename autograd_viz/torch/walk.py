"""The backward as it usually is: one root, only numbers wanted, nobody looks on. All that happens then stands in `walk`.

The order: of all nodes that a gradient has reached, the youngest runs first. A node is younger than its inputs, so when its turn comes,
whatever uses its outputs has run, and its gradient is complete. Nothing recurses: a graph 100,000 operations deep is walked like any other.

What a node hands back is fitted to its input: a broadcast is summed away here, once, so no formula in the table need do it.

Read next: `engine.py`, which does the same where hooks, listeners, several roots or a graph of the gradients are to be cared for.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from heapq import heappop, heappush
from typing import Any

import numpy as np

from autograd_viz.torch import dtypes
from autograd_viz.torch.node import LAST, AccumulateGrad, Node, unusual
from autograd_viz.torch.ops.memory import is_dense
from autograd_viz.torch.ops.pointwise import to_copy
from autograd_viz.torch.ops.shape import sum_to
from autograd_viz.torch.tensor import Tensor, holding

accumulating = threading.RLock()  # several threads may run backward into the same leaf


def walk(root: Node, seed: Any, keep_graph: bool) -> None:
    """Send the gradient `seed` of `root`'s only output back to the leaves.  Raises what a node raises."""
    arrived: dict[Node, list[Any]] = {root: [seed]}  # the gradients of a node's outputs, summed as far as they have arrived
    waiting: list[tuple[int, Node]] = []  # the nodes in `arrived` but for the leaves; a heap, the youngest in front
    node = root
    try:
        while True:
            results = node.run_arrays(arrived.pop(node))
            for (following, nr), gradient in zip(node.next_functions, results):  # noqa: B905 - `strict` costs 100 ns
                if gradient is None or following is None:
                    continue
                metas = following.metas
                shape, kind = metas[nr]
                if gradient.shape != shape or gradient.dtype is not kind:
                    gradient = fitted(gradient, shape, kind, node, node.next_functions.index((following, nr)))
                if following in arrived:
                    there = arrived[following]
                    there[nr] = gradient if there[nr] is None else there[nr] + gradient
                    continue
                if len(metas) == 1:
                    arrived[following] = [gradient]
                else:
                    arrived[following] = there = [None] * len(metas)
                    there[nr] = gradient
                if (age := following._sequence) != LAST:
                    heappush(waiting, (-age, following))
            if not keep_graph:
                node.release()
            if not waiting:
                break
            node = heappop(waiting)[1]
    except BaseException:  # the leaves that are done get their gradients nevertheless, as in PyTorch
        behind = set(_behind([node, *(each for _, each in waiting)]))
        _collect({leaf: gradients for leaf, gradients in arrived.items() if leaf not in behind})
        raise
    _collect(arrived)


def _collect(arrived: dict[Any, list[Any]]) -> None:
    for node, gradients in arrived.items():
        accumulate(node.variable, gradients[0])


def is_usual(root: Node) -> bool:
    """Whether no node behind `root` has hooks or runs code of the user's."""
    if not unusual:
        return True
    return not any(
        node._hooked or node._runs_on_nothing or (isinstance(node, AccumulateGrad) and node.variable._post_accumulate_grad_hooks)
        for node in _behind([root])
    )


def _behind(nodes: list[Node]) -> Iterable[Node]:
    """The nodes, and all that they lead to."""
    seen = set(nodes)
    while nodes:
        node = nodes.pop()
        yield node
        for following, _ in node.next_functions:
            if following is not None and following not in seen:
                seen.add(following)
                nodes.append(following)


def accumulate(leaf: Tensor, gradient: Any) -> None:
    """leaf.grad += gradient: a new tensor at first, in the leaf's order of memory, then in place."""
    if not leaf._requires_grad:  # it may have been switched off since
        return
    with accumulating:
        before = leaf._grad
        if before is not None:
            counter, array = before._version_counter, before._array
            array += gradient  # (no call from here to the next line, so no Ctrl-C comes between them)
            counter.value += 1
        elif leaf._array.flags.c_contiguous or not is_dense(leaf._array):
            leaf._grad = holding(np.array(gradient, order="C"))  # a copy: the array may be on its way to another leaf too
        else:
            array = np.empty_like(leaf._array)
            array[...] = gradient
            leaf._grad = holding(array)


def fitted(gradient: Any, shape: tuple[int, ...], kind: np.dtype, node: Node, index: int) -> Any:
    """A gradient in the shape and dtype of the input that it belongs to.  Raises RuntimeError if it cannot be the gradient of that."""
    if gradient.__class__ is np.ndarray and gradient.shape[1:] == shape and gradient.dtype is kind:  # the usual case, a bias: one sum
        return np.add.reduce(gradient, 0)
    found = gradient._array if isinstance(gradient, Tensor) else gradient
    if found.shape != shape:
        extra = len(found.shape) - len(shape)
        if extra < 0 or any(n not in (1, m) for n, m in zip(shape, found.shape[extra:], strict=True)):
            raise RuntimeError(
                f"Function {node.name()} returned an invalid gradient at index {index} - got {list(found.shape)} but expected shape "
                f"compatible with {list(shape)}"
            )
        gradient = sum_to(gradient if found is not gradient else np.asarray(gradient), shape)
    if found.dtype == kind:
        return gradient
    return to_copy(gradient, dtypes.of_numpy[kind]) if isinstance(gradient, Tensor) else gradient.astype(kind)
