# mypy: disable-error-code="attr-defined,operator,comparison-overlap,arg-type,no-any-return"
# (What a Tensor can do is attached in methods.py, where a type checker does not see it.)
"""Rows and columns of a Jacobian, from outputs and the inputs that they were computed of.

One backward gives a row, v^T J. A column, J v, takes two: v^T J is linear in v, so its gradient with respect to v is J.

Then: `transforms.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd_viz.torch.gradients import grad
from autograd_viz.torch.modes import enable_grad, is_grad_enabled
from autograd_viz.torch.ops.creation import zeros_like
from autograd_viz.torch.ops.joining import stack
from autograd_viz.torch.tensor import Tensor, holding


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


class Push:
    """J v from two backwards: v^T J is linear in v, so its gradient with respect to v is J."""

    def __init__(self, outputs: list[Tensor], inputs: list[Tensor], strict: bool = False) -> None:
        self.outputs = outputs
        with enable_grad():
            anything = [zeros_like(out, requires_grad=out.is_floating_point()) for out in outputs]
            self.rows = backward(outputs, inputs, anything, create_graph=True)
        self.wanted = [v for v, out in zip(anything, outputs, strict=True) if out.requires_grad]
        if strict and len(self.wanted) < len(anything):
            raise RuntimeError(
                "jvp(f, primals, tangents, strict=True): The output of f is independent of the inputs. This is not allowed with "
                "strict=True."
            )

    def __call__(self, tangents: list[Tensor]) -> list[Tensor]:
        """Where each output moves; zeros if it does not."""
        found = iter(backward(self.rows, self.wanted, tangents, create_graph=is_grad_enabled()) if self.wanted else ())
        return [next(found) if out.requires_grad else zeros_like(out) for out in self.outputs]


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
    push = Push(outputs, inputs)
    columns = [push(tangents) for tangents in _units(inputs)]
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
