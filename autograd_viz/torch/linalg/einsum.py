"""`einsum`: a sum of products, described by an equation such as "ij,jk->ik".

It has no node of its own. Each operand is turned so that its dimensions stand in one common order, the output's first and after them those
to be summed; then two operands at a time are multiplied by `bmm`, which wants (kept by both, only by the left, summed) and (kept by both,
summed, only by the right).  Source: ATen, native/Linear.cpp, einsum and sumproduct_pair.

Read next: `../utils/__init__.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

from autograd_viz.torch.ops.linalg import bmm
from autograd_viz.torch.ops.matrices import diagonal
from autograd_viz.torch.ops.pointwise import mul
from autograd_viz.torch.ops.reduction import sum_dim
from autograd_viz.torch.ops.shape import permute, reshape, unsqueeze, view
from autograd_viz.torch.tensor import Tensor

__all__ = ["einsum"]

ELLIPSIS = "..."
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def einsum(*args: Any) -> Tensor:
    """The sum of products that an equation describes: einsum("ij,jk->ik", a, b) is a @ b.

    Letters that are not in the output are summed over; without `->` the output has those that occur once, in alphabetical order; `...`
    stands for dimensions without names. Instead of letters there may be lists of numbers: einsum(a, [0, 1], b, [1, 2], [0, 2]).
    Raises RuntimeError where equation and shapes do not fit, ValueError or TypeError where there is no equation or no tensor.
    """
    if len(args) < 2:
        ways = "must specify the equation string and at least one operand, or at least one operand and its subscripts list"
        raise ValueError(f"einsum(): {ways}")
    if isinstance(args[0], Tensor):
        equation = ",".join(map(_spelled, args[1::2])) + (f"->{_spelled(args[-1])}" if len(args) % 2 else "")
        operands = list(args[: len(args) // 2 * 2 : 2])
    else:
        equation, operands = args[0], list(args[1:])
    if not isinstance(equation, str):
        raise TypeError(f"einsum(): argument 'equation' (position 1) must be str, not {type(equation).__name__}")
    if len(operands) == 1 and isinstance(operands[0], list | tuple):
        operands = list(operands[0])
    for i, operand in enumerate(operands):
        if not isinstance(operand, Tensor):
            raise TypeError(f"expected Tensor as element {i} in argument 1, but got {type(operand).__name__}")
    return _contracted(_Order(equation, operands), operands)


def _spelled(numbers: Any) -> str:
    for number in numbers:
        if number is not Ellipsis and not 0 <= number < len(LETTERS):
            raise ValueError("einsum(): subscript in subscript list is not within the valid range [0, 52)")
    return "".join(ELLIPSIS if number is Ellipsis else LETTERS[number] for number in numbers)


class _Order:
    """The common order of dimensions: where each letter's is, and how many there are."""

    def __init__(self, equation: str, operands: list[Tensor]) -> None:
        left, arrow, right = equation.partition("->")
        self.labels = _parsed_operands(left, len(operands))
        self.unnamed = 0  # dimensions that `...` stands for
        for i, (labels, operand) in enumerate(zip(self.labels, operands, strict=True)):
            self._check_count(i, labels, operand.ndim)
        counts = {letter: sum(labels.count(letter) for labels in self.labels) for letter in LETTERS}
        self.place: dict[str, int] = {}
        self.size = 0
        self.start_of_unnamed = -1
        for label in _parsed_output(right, len(left) + 2, counts) if arrow else [ELLIPSIS, *(c for c in LETTERS if counts[c] == 1)]:
            self._append(label)
        self.kept = self.size  # what comes after is summed
        if self.start_of_unnamed < 0:
            self._append(ELLIPSIS)
        for letter in LETTERS:
            if counts[letter] and letter not in self.place:
                self._append(letter)

    def _append(self, label: str) -> None:
        if label == ELLIPSIS:
            self.start_of_unnamed = self.size
            self.size += self.unnamed
        else:
            self.place[label] = self.size
            self.size += 1

    def _check_count(self, i: int, labels: list[str], ndim: int) -> None:
        named, dots = len([label for label in labels if label != ELLIPSIS]), ELLIPSIS in labels
        if dots:
            self.unnamed = max(self.unnamed, ndim - named)
        if named > ndim or (named < ndim and not dots):
            how = "is more than" if dots else "does not match"
            why = "" if dots else " and no ellipsis was given"
            raise RuntimeError(
                f"einsum(): the number of subscripts in the equation ({named}) {how} the number of dimensions ({ndim}) for operand {i}{why}"
            )


def _parsed_operands(text: str, count: int) -> list[list[str]]:
    """The labels of each operand."""
    labels: list[list[str]] = [[]]
    i = 0
    while i < len(text):
        if text[i] == ",":
            labels.append([])
            if len(labels) > count:
                raise RuntimeError("einsum(): fewer operands were provided than specified in the equation")
        elif text[i] == ".":
            operand = f"einsum(): found '.' for operand {len(labels) - 1}"
            if ELLIPSIS in labels[-1]:
                raise RuntimeError(f"{operand} for which an ellipsis was already found")
            if text[i : i + 3] != ELLIPSIS:
                raise RuntimeError(f"{operand} that is not part of any ellipsis")
            labels[-1].append(ELLIPSIS)
            i += 2
        elif text[i] != " ":
            _check_letter(text[i], i)
            labels[-1].append(text[i])
        i += 1
    if len(labels) < count:
        raise RuntimeError("einsum(): more operands were provided than specified in the equation")
    return labels


def _parsed_output(text: str, offset: int, counts: dict[str, int]) -> list[str]:
    """The labels after the arrow."""
    labels: list[str] = []
    i = 0
    while i < len(text):
        if text[i] == ".":
            if ELLIPSIS in labels:
                raise RuntimeError("einsum(): found '.' for output but an ellipsis (...) was already found")
            if text[i : i + 3] != ELLIPSIS:
                raise RuntimeError("einsum(): found '.' for output that is not part of any ellipsis (...)")
            labels.append(ELLIPSIS)
            i += 2
        elif text[i] != " ":
            _check_letter(text[i], offset + i)
            if text[i] in labels or not counts[text[i]]:
                more = text[i] in labels
                wrong = "appears more than once in the output" if more else "does not appear in the equation for any input operand"
                raise RuntimeError(f"einsum(): output subscript {text[i]} {wrong}")
            labels.append(text[i])
        i += 1
    return labels


def _check_letter(letter: str, index: int) -> None:
    if letter not in LETTERS:
        raise RuntimeError(
            f"einsum(): invalid subscript given at index {index} in the equation string, subscripts must be in [a-zA-Z]"
        )


# --- contracting ------------------------------------------------------------------------------------------------------


@dataclass
class _Sizes:
    """What is known of the common dimensions so far: their sizes, and in how many operands they have more than one place."""

    sizes: list[int]
    counts: list[int]


def _contracted(order: _Order, operands: list[Tensor]) -> Tensor:
    known = _Sizes([1] * order.size, [0] * order.size)
    turned = [_turned(order, known, i, operand) for i, operand in enumerate(operands)]
    result = turned.pop(0)
    for other in turned:
        result = _pair(order, known.counts, result, other)
    summed = tuple(range(order.kept, order.size))
    if summed and len(operands) > 1:  # all are of size 1 by now
        result = view(result, tuple(result.shape[: order.kept]))
    elif summed:
        result = sum_dim(result, summed)
    return result


def _turned(order: _Order, known: _Sizes, i: int, operand: Tensor) -> Tensor:
    """An operand with its dimensions in the common order, of size 1 where it has none."""
    at, dim = [-1] * order.size, 0
    unnamed = operand.ndim - len(order.labels[i]) + 1
    for label in order.labels[i]:
        if label == ELLIPSIS:
            for j in range(order.unnamed - unnamed, order.unnamed):
                _note_unnamed(known, order.start_of_unnamed + j, operand.shape[dim], dim, i)
                at[order.start_of_unnamed + j] = dim
                dim += 1
        elif at[order.place[label]] < 0:
            _note(known, order.place[label], operand.shape[dim], label, i)
            at[order.place[label]] = dim
            dim += 1
        else:
            operand = _diagonal(operand, at[order.place[label]], dim, label, i)
    for place in range(order.size):
        if at[place] < 0:
            operand = unsqueeze(operand, dim)
            at[place] = dim
            dim += 1
    result: Tensor = permute(operand, tuple(at))
    return result


def _note(known: _Sizes, place: int, size: int, label: str, i: int) -> None:
    if size == 1:
        return
    if known.sizes[place] not in (1, size):
        before = f"which does not broadcast with previously seen size {known.sizes[place]}"
        raise RuntimeError(f"einsum(): subscript {label} has size {size} for operand {i} {before}")
    known.sizes[place] = size
    known.counts[place] += 1


def _note_unnamed(known: _Sizes, place: int, size: int, dim: int, i: int) -> None:
    if size == 1:
        return
    if known.sizes[place] not in (1, size):
        before = f"which does not broadcast with previously seen ellipsis with size {known.sizes[place]} for the respective dimension"
        raise RuntimeError(f"einsum(): dimension {dim} covered by ellipsis in operand {i}has size {size} {before}")
    known.sizes[place] = size
    known.counts[place] += 1


def _diagonal(operand: Tensor, first: int, second: int, label: str, i: int) -> Tensor:
    """The diagonal of two dimensions, in the place of the first."""
    sizes = operand.shape[second], operand.shape[first]
    if sizes[0] != sizes[1]:
        wrong = f"is repeated for operand {i} but the sizes don't match, {sizes[0]} != {sizes[1]}"
        raise RuntimeError(f"einsum(): subscript {label} {wrong}")
    operand = diagonal(operand, 0, first, second)
    order = list(range(operand.ndim - 1))
    order.insert(first, operand.ndim - 1)
    result: Tensor = permute(operand, tuple(order))
    return result


def _pair(order: _Order, counts: list[int], left: Tensor, right: Tensor) -> Tensor:
    """The product of two operands, summed over what no later operand has."""
    both: list[int] = []
    mine: list[int] = []
    its: list[int] = []
    for dim in range(order.kept, order.size):
        if left.shape[dim] != 1 and right.shape[dim] != 1:
            counts[dim] -= 1
            if counts[dim] == 1:
                both.append(dim)
                counts[dim] = 0
        elif counts[dim] == 1 and (left.shape[dim] != 1 or right.shape[dim] != 1):
            (mine if left.shape[dim] != 1 else its).append(dim)
            counts[dim] = 0
    left = sum_dim(left, tuple(mine), True) if mine else left
    right = sum_dim(right, tuple(its), True) if its else right
    result: Tensor = _sum_of_products(left, right, both) if both else mul(left, right)
    return result


def _sum_of_products(left: Tensor, right: Tensor, summed: list[int]) -> Tensor:
    """(left * right).sum(summed, keepdim=True), by one bmm."""
    rest = [dim for dim in range(left.ndim) if dim not in summed]
    shared = [dim for dim in rest if left.shape[dim] != 1 and right.shape[dim] != 1]
    lefts = [dim for dim in rest if left.shape[dim] != 1 and right.shape[dim] == 1]
    rights = [dim for dim in rest if left.shape[dim] == 1]
    if lefts and rights and rights[-1] < lefts[0]:  # then the transposed product lies in memory as the output wants it
        left, right, lefts, rights = right, left, rights, lefts
    n, rows, inner, columns = (
        prod(side.shape[dim] for dim in dims) for side, dims in ((left, shared), (left, lefts), (left, summed), (right, rights))
    )
    a = reshape(permute(left, (*shared, *lefts, *summed, *rights)), (n, rows, inner))
    b = reshape(permute(right, (*shared, *summed, *rights, *lefts)), (n, inner, columns))
    sizes = [left.shape[dim] for dim in (*shared, *lefts)] + [1] * len(summed) + [right.shape[dim] for dim in rights]
    now = [*shared, *lefts, *summed, *rights]
    result: Tensor = permute(view(bmm(a, b), tuple(sizes)), tuple(now.index(dim) for dim in range(left.ndim)))
    return result
