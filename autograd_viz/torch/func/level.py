# mypy: disable-error-code="attr-defined,operator,comparison-overlap,arg-type,no-any-return"
# (What a Tensor can do is attached in methods.py, where a type checker does not see it.)
"""A level: what happens inside a transformation stays inside, and what comes out of it belongs to the world outside again.

`grad(f)(x)` differentiates f at x. Inside, x is a tensor of its own, so that other graphs that x may be part of play no role. But the
gradient that comes out depends on x; if x itself requires grad outside, that is part of the graph outside, and if nothing outside
does, what comes out is a constant.

Then: `products.py`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from autograd_viz.torch.func.trees import mapped
from autograd_viz.torch.function import Function
from autograd_viz.torch.modes import enable_grad, is_grad_enabled, mode
from autograd_viz.torch.node import AccumulateGrad, Array, Node
from autograd_viz.torch.op import op
from autograd_viz.torch.ops.conversion import dressings
from autograd_viz.torch.tensor import Tensor, edge_to, history, holding


@op("ViewBackward0", self=lambda grad: grad)
def inside(self: Array) -> Array:
    """The same values and memory, one level further in."""
    return self


def needs_setup_context(function: Any) -> None:
    """Transformations take a Function only if its forward does not know of ctx.  Raises RuntimeError otherwise."""
    if function.setup_context is Function.setup_context:
        raise RuntimeError(
            "In order to use an autograd.Function with functorch transforms (vmap, grad, jvp, jacrev, ...), it must override the "
            "setup_context staticmethod. For more details, please see https://pytorch.org/docs/main/notes/extending.func.html"
        )


class _Active(threading.local):
    level: Level | None = None


_active = _Active()


class Level:
    """One run of a transformed function: `with level: ...`, in which tracking is on."""

    def __init__(self) -> None:
        self._recorded = is_grad_enabled()
        self._around = _active.level
        self._entered: list[Tensor] = []
        self._inside: dict[Node, Tensor] = {}  # the node inside -> the tensor outside that it stands for
        self._outer: dict[Node, bool] = {}  # node -> whether anything outside is behind it
        self._number = 0  # how many transformations there are, this one included

    def __enter__(self) -> None:
        self._tracking = enable_grad()
        self._tracking.__enter__()
        self._transformations = mode.transformations
        self._number = len(mode.transformations) + 1  # (before the assignments, during which no Ctrl-C can come)
        mode.transformations = (*mode.transformations, needs_setup_context)
        _active.level = self

    def __exit__(self, *error: Any) -> None:
        _active.level, mode.transformations = self._around, self._transformations
        self._tracking.__exit__(*error)

    def enter(self, tree: Any) -> Any:
        """The same tree with tensors of the graph inside.  Raises ValueError if not all of it are tensors."""
        return mapped(self._enter, tree)

    def _enter(self, tensor: Any) -> Tensor:
        if not isinstance(tensor, Tensor):
            raise ValueError(f"Thing passed to transform API must be Tensor, got {type(tensor)}")
        if tensor.requires_grad and self._recorded:
            inner: Tensor = inside(tensor)
        else:
            inner = holding(tensor._array).requires_grad_()
        inner._counter = tensor._version_counter
        node = edge_to(inner)[0]
        assert node is not None
        self._inside[node] = tensor
        self._entered.append(inner)
        return inner

    def holds(self, tensor: Tensor) -> bool:
        """Whether the tensor was computed from what entered this level. (No recursion.)"""
        stack, seen = [edge_to(tensor)[0]], set()
        while stack:
            node = stack.pop()
            if node in self._inside:
                return True
            if node is not None and node not in seen:
                seen.add(node)
                stack.extend(following for following, _ in node.next_functions)
        return False

    def leave(self, tree: Any) -> Any:
        """The same tree, its tensors part of the graph outside.  Raises RuntimeError if not all of it are tensors."""
        return mapped(self._leave, tree)

    def _leave(self, tensor: Any) -> Tensor:
        if not isinstance(tensor, Tensor):
            raise RuntimeError(f"Expected tensors, got unsupported type {type(tensor)}")
        node = edge_to(tensor)[0]
        if node is None:
            return tensor
        if node in self._inside:
            return self._inside[node]
        result: Any = tensor
        return result if self._recorded and self._reaches_outside(node) else result.detach()

    def _reaches_outside(self, root: Node) -> bool:
        """Whether a tensor outside is behind this node. (Inputs first; no recursion.)"""
        stack = [root]
        while stack:
            node = stack[-1]
            behind = [following for following, _ in node.next_functions if following is not None]
            if unknown := [following for following in behind if following not in self._outer]:
                stack.extend(unknown)
                continue
            stack.pop()
            own_leaf = node in self._inside and isinstance(node, AccumulateGrad)
            self._outer[node] = not own_leaf and (isinstance(node, AccumulateGrad) or any(self._outer[each] for each in behind))
        return self._outer[root]

    def close(self, results: Any) -> None:
        """Nobody will differentiate inside any more: let the results' graphs lead to the tensors outside directly."""
        seen: set[Node] = set()
        found: list[Tensor] = []
        mapped(found.append, results)
        stack = [node for tensor in found if (node := edge_to(tensor)[0]) is not None]
        while stack:
            node = stack.pop()
            if node in seen:
                continue
            seen.add(node)
            edges = [(following, nr) for following, nr in node.next_functions]
            if any(following in self._inside for following, _ in edges):
                node.next_functions = tuple(edge_to(self._inside[n]) if n in self._inside else (n, nr) for n, nr in edges)
            stack.extend(following for following, _ in node.next_functions if following is not None and following not in self._inside)
        for inner in self._entered:  # saved by nodes, they may be differentiated again
            outer = self._inside[edge_to(inner)[0]]  # type: ignore[index]
            node, _ = edge_to(outer)
            inner._requires_grad, inner._edge, inner._accumulator = outer.requires_grad, history(outer), outer._accumulator
            if self._around is not None and node in self._around._inside:
                self._around._entered.append(inner)


def _dressed(tensor: Tensor, plain: Callable[[list[str]], str]) -> str | None:
    """GradTrackingTensor(lvl=1, value=...), with one more around it for each level inside."""
    level, numbers = _active.level, []
    while level is not None:
        if level.holds(tensor):
            numbers.append(level._number)
        level = level._around
    text = plain([])
    for number in reversed(numbers):
        inner = "\n".join(f"    {line}" if line else line for line in text.split("\n"))
        text = f"GradTrackingTensor(lvl={number}, value=\n{inner}\n)"
    return text if numbers else None


dressings.append(_dressed)
