# mypy: disable-error-code="attr-defined,operator,comparison-overlap,arg-type,no-any-return"
# (What a Tensor can do is attached in methods.py, where a type checker does not see it.)
"""Rows and columns of a Jacobian, from outputs and the inputs that they were computed of.

One backward gives a row, v^T J. A column, J v, is what forward mode gives: from the inputs to the outputs, each node says how its
output moves when its inputs do. Here forward mode runs afterwards, on the graph that was recorded.

Then: `batching.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from autograd_viz.torch import dtypes
from autograd_viz.torch.function import CustomNode
from autograd_viz.torch.gradients import grad
from autograd_viz.torch.modes import enable_grad, is_grad_enabled
from autograd_viz.torch.node import Edge
from autograd_viz.torch.ops.creation import zeros_like
from autograd_viz.torch.ops.joining import cat, stack
from autograd_viz.torch.tensor import Tensor, edge_to, holding


def backward(outputs: list[Tensor], inputs: list[Tensor], seeds: list[Tensor] | None, *, create_graph: bool) -> list[Tensor]:
    """The gradients; zeros where nothing arrives."""
    weights: Any = [None] * len(outputs) if seeds is None else seeds
    pairs = [(out, seed) for out, seed in zip(outputs, weights, strict=True) if out.requires_grad]
    if not pairs:
        return [zeros_like(x) for x in inputs]
    found = grad(
        [out for out, _ in pairs], inputs, [seed for _, seed in pairs], retain_graph=True, create_graph=create_graph, allow_unused=True
    )
    return [zeros_like(x) if gradient is None else gradient for gradient, x in zip(found, inputs, strict=True)]


# --- forward mode -----------------------------------------------------------------------------------------------------

ELEMENTWISE = ("pointwise", "arithmetic", "three_arguments", "transcendental", "special_functions", "piecewise")  # files of such operations
NOT_ELEMENTWISE = ("MaskedFillBackward1", "MaskedSelectBackward0", "MaskedScatterBackward0", "torch::autograd::NotImplemented")  # but these


def push(outputs: Sequence[Tensor], inputs: Sequence[Tensor], tangents: Sequence[Tensor]) -> list[Tensor | None]:
    """How each output moves when the inputs move along the tangents; None if it does not depend on them.

    Walks the recorded graph from the inputs to the outputs, node by node.
    """
    known: dict[Edge, Tensor] = {edge_to(x): tangent for x, tangent in zip(inputs, tangents, strict=True)}
    ends = {node for node, _ in known}
    for node in _in_order([edge_to(out)[0] for out in outputs], ends):
        arriving = [known.get((following, nr)) for following, nr in node.next_functions]
        if all(tangent is None for tangent in arriving):
            continue
        for nr, moved in enumerate(_moved(node, arriving)):
            if moved is not None:
                known[node, nr] = moved
    return [known.get(edge_to(out)) for out in outputs]


def _in_order(roots: list[Any], ends: set[Any]) -> list[Any]:
    """The nodes behind `roots` up to `ends`, each after those that it reads from. (No recursion.)"""
    done: dict[Any, None] = {}
    stack = list(roots)
    while stack:
        node = stack[-1]
        later = [] if node is None or node in ends else [n for n, _ in node.next_functions if n is not None and n not in done]
        if later and node not in done:
            stack.extend(later)
        else:
            stack.pop()
            if node is not None and node not in done:
                done[node] = None
    return [node for node in done if node not in ends]


def _moved(node: Any, arriving: list[Tensor | None]) -> list[Any]:
    """How a node's outputs move when its inputs do. (A custom Function says it in `jvp`.)"""
    if isinstance(node, CustomNode):
        needs_jvp(node._forward_cls)
        return node._pushed(arriving)
    terms = _joined(node, arriving) or (_elementwise(node, arriving) if _is_elementwise(node) else _transposed(node, arriving))
    moved: list[Any] = []
    for (shape, kind), term in zip(node.metas, terms, strict=True):
        if term is not None:
            term = term if term._array.dtype == kind else term.to(dtypes.of_numpy[kind])
            term = term if term.shape == shape else term.expand(shape)
        moved.append(term)
    return moved


def needs_jvp(function: Any) -> None:
    """Forward mode asks the Function itself.  Raises NotImplementedError if it does not say how its results move."""
    if not hasattr(function, "jvp"):
        raise NotImplementedError("You must implement the jvp function for custom autograd.Function to use it with forward mode AD.")


def _is_elementwise(node: Any) -> bool:
    row = getattr(node, "row", None)
    if row is None or row.together or node.name() in NOT_ELEMENTWISE:
        return False
    return row.forward.__module__.rpartition(".")[2] in ELEMENTWISE


def _elementwise(node: Any, arriving: list[Tensor | None]) -> list[Any]:
    """df = f'(x) dx: what the formula of backward makes of a gradient it makes of a tangent too."""
    total: Any = None
    for i, tangent in enumerate(arriving):
        if tangent is not None:
            shape = node.metas[0][0]
            wide = tangent if tangent.shape == shape else tangent.expand(shape)
            term = node.run([wide], tuple(j == i for j in range(len(arriving))), True)[i]
            total = term if total is None else total + term
    if None in arriving and node.row.op.endswith("_backward"):
        total = total + 0.0  # PyTorch adds zeros for the input that does not move, and of -0 and 0 that makes 0
    return [total]


def _joined(node: Any, arriving: list[Tensor | None]) -> list[Any] | None:
    """The tangents side by side, where the node put its inputs side by side; else None."""
    if node.name() not in ("StackBackward0", "CatBackward0"):
        return None
    shape, kind = node.metas[0]
    dim = node._saved_dim if node._saved_dim < 2**63 else node._saved_dim - 2**64
    if node.name() == "StackBackward0":
        shapes = [tuple(np.delete(shape, dim))] * len(arriving)
        return [stack([_or_zeros(t, each, kind) for t, each in zip(arriving, shapes, strict=True)], dim)]
    return None if None in arriving else [cat(arriving, dim)]


def _or_zeros(tangent: Tensor | None, shape: tuple[int, ...], kind: np.dtype) -> Tensor:
    return holding(np.zeros(shape, kind)) if tangent is None else tangent


def _transposed(node: Any, arriving: list[Tensor | None]) -> list[Any]:
    """J v from backward: v^T J is linear in v, so its gradient with respect to v is J."""
    anything: list[Any] = [holding(np.zeros(shape, kind)) for shape, kind in node.metas]
    seeds = [seed.requires_grad_() if seed.is_floating_point() else seed for seed in anything]
    with enable_grad():
        rows = node.run(list(seeds), tuple(tangent is not None for tangent in arriving), True)
    pairs = [(row, v) for row, v in zip(rows, arriving, strict=True) if row is not None and v is not None and row.requires_grad]
    wanted = [seed for seed in seeds if seed.requires_grad]
    if not pairs:
        return [zeros_like(seed.detach()) if seed.requires_grad else None for seed in seeds]
    wide = [v if v.shape == row.shape else v.expand(row.shape) for row, v in pairs]
    found = iter(grad([row for row, _ in pairs], wanted, wide, True, is_grad_enabled(), materialize_grads=True))
    return [next(found) if seed.requires_grad else None for seed in seeds]


# --- Jacobians --------------------------------------------------------------------------------------------------------


def by_rows(outputs: list[Tensor], inputs: list[Tensor], create_graph: bool) -> list[list[Tensor]]:
    """A backward for each element of the outputs, which gives one row."""
    rows = [backward(outputs, inputs, seeds, create_graph=create_graph) for seeds in _units(outputs)]
    found, first = [], 0
    for out in outputs:
        mine, first = rows[first : first + out.numel()], first + out.numel()
        found.append([_stacked([row[i] for row in mine], x).view((*out.shape, *x.shape)) for i, x in enumerate(inputs)])
    return found


def by_columns(outputs: list[Tensor], inputs: list[Tensor]) -> list[list[Tensor]]:
    """A push for each element of the inputs, which gives one column."""
    pushed = [push(outputs, inputs, tangents) for tangents in _units(inputs)]
    columns = [[zeros_like(out) if t is None else t for out, t in zip(outputs, column, strict=True)] for column in pushed]
    found: list[list[Tensor]] = [[] for _ in outputs]
    first = 0
    for x in inputs:
        mine, first = columns[first : first + x.numel()], first + x.numel()
        for j, out in enumerate(outputs):
            found[j].append(_stacked([column[j] for column in mine], out).movedim(0, -1))
    return found


def _stacked(parts: list[Tensor], like: Tensor) -> Tensor:
    return stack(parts, 0) if parts else like.new_zeros((0, *like.shape))


def _units(tensors: list[Tensor]) -> Iterator[list[Tensor]]:
    """For each element of the tensors, tensors of their shapes that have a 1 there and zeros elsewhere."""
    for i, tensor in enumerate(tensors):
        for place in range(tensor.numel()):
            units = [np.zeros(each.shape, each._array.dtype) for each in tensors]
            units[i].reshape(-1)[place] = 1
            yield [holding(unit) for unit in units]
