"""Padding: a frame of a constant, of the mirrored inside, of the last value, or of what stands at the other end.

`pad` lists how much, the last dimension first: (left, right, top, bottom, ...). A negative number cuts off.

Read next: `rearranging.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_viz.torch.arguments import reads
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops.pointwise import zeros
from autograd_viz.torch.ops.shape import blank, slice_
from autograd_viz.torch.overloads import fitting
from autograd_viz.torch.tensor import Tensor

__all__ = ["constant_pad_nd"]

Pad = tuple[int, ...]
AXES = "WHD"  # what the padded dimensions are called, the last first


def _by_dim(pad: Pad, ndim: int) -> list[tuple[int, int]]:
    """How much before and after, for each dimension from the first."""
    pairs = [(pad[i], pad[i + 1]) for i in range(0, len(pad), 2)]
    return [(0, 0)] * (ndim - len(pairs)) + pairs[::-1]


@op("ConstantPadNdBackward0", self=lambda grad, pad: _constant_pad_nd(grad, tuple(-n for n in pad), 0))
def _constant_pad_nd(self: Array, pad: Pad, value: Any = 0) -> Array:
    """self in a frame of one value."""
    pairs = _by_dim(pad, self.ndim)
    for n, (before, after) in zip(self.shape, pairs, strict=True):
        left = n + min(before, 0)
        if left < 0 or left + min(after, 0) < 0:
            raise RuntimeError("narrow(): length must be non-negative.")
    inside = self[tuple(slice(max(-b, 0), n - max(-a, 0)) for n, (b, a) in zip(self.shape, pairs, strict=True))]
    made = np.full([n + b + a for n, (b, a) in zip(self.shape, pairs, strict=True)], fitting(value or 0, self.dtype))
    made[tuple(slice(max(b, 0), n - max(a, 0)) for n, (b, a) in zip(made.shape, pairs, strict=True))] = inside
    return made


@reads("constant_pad_nd(Tensor input, int[] pad, Number value=0)", method=False)
def constant_pad_nd(input: Tensor, pad: Pad, value: Any = 0) -> Tensor:
    """The tensor in a frame of one value.  (2, 3), pad (1, 1) -> (2, 5)."""
    _check_length(input, pad)
    return _constant_pad_nd(input, pad, value)


# --- frames that are copied from the inside ---------------------------------------------------------------------------


def _sources(count: int, before: int, after: int, mode: str) -> Array:
    """For each place along a padded dimension, the place inside that it shows."""
    places = np.arange(-before, count + after)
    if mode == "replicate":
        return np.clip(places, 0, count - 1)
    places = np.abs(places)
    return np.where(places >= count, 2 * (count - 1) - places, places)


def _framed(self: Array, padding: Pad, mode: str) -> Array:
    for dim, (before, after) in enumerate(_by_dim(padding, self.ndim)):
        if before or after:
            self = np.take(self, _sources(self.shape[dim], before, after, mode), dim)
    return self


def _unframed(grad_output: Array, sizes: Pad, padding: Pad, mode: str) -> Array:
    """grad_output, where each place of the inside gets what all its copies got."""
    for dim, (before, after) in enumerate(_by_dim(padding, len(sizes))):
        if before or after:
            inside = np.zeros((*grad_output.shape[:dim], sizes[dim], *grad_output.shape[dim + 1 :]), grad_output.dtype)
            places: Any = (*(slice(None),) * dim, _sources(sizes[dim], before, after, mode))
            np.add.at(inside, places, grad_output)
            grad_output = inside
    return grad_output


def _frame(node: str, mode: str) -> Any:
    """The row for one kind of frame and one number of dimensions, and that of its backward."""

    @op(f"{node}BackwardBackward0", grad_output=lambda grad, padding: frame(grad, padding), self=lambda self: zeros(self))
    def frame_backward(grad_output: Array, self: Array, padding: Pad) -> Array:
        """grad_output, where each place of the inside gets what all its copies got."""
        return _unframed(grad_output, self.shape, padding, mode)

    @op(f"{node}Backward0", self=lambda grad, self, padding: frame_backward(grad, self, padding))
    def frame(self: Array, padding: Pad) -> Array:
        """self in a frame copied from the inside."""
        return _framed(self, padding, mode)

    return frame


FRAMES = {
    (mode, n): _frame(f"{kind}Pad{n}D", mode) for mode, kind in (("reflect", "Reflection"), ("replicate", "Replication")) for n in (1, 2, 3)
}


def _check_frame(input: Tensor, pad: Pad, mode: str) -> None:
    sizes = input._array.shape
    if 0 in sizes[input.ndim - len(pad) // 2 - 1 :]:
        n = len(pad) // 2 + 1
        raise RuntimeError(
            f"Expected {n}D or {n + 1}D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, but got: "
            f"{list(sizes)}"
        )
    for i in range(len(pad) // 2):
        dim = input.ndim - 1 - i
        before, after = pad[2 * i : 2 * i + 2]
        if mode == "reflect" and not (before < sizes[dim] and after < sizes[dim]):
            raise RuntimeError(
                f"Argument #{4 + 2 * i}: Padding size should be less than the corresponding input dimension, but got: padding "
                f"({before}, {after}) at dimension {dim} of input {list(sizes)}"
            )
    names = AXES[: len(pad) // 2][::-1]
    was = [sizes[input.ndim - len(names) + i] for i in range(len(names))]
    wide = [n + sum(pair) for n, pair in zip(sizes, _by_dim(pad, input.ndim), strict=True)]
    becomes = wide[input.ndim - len(names) :]
    if all(n < 1 for n in becomes):
        small, made = ([f"{name}: {n}" for name, n in zip(names, ns, strict=True)] for ns in (was, becomes))
        raise RuntimeError(f"input ({', '.join(small)}) is too small. Calculated output {' '.join(made)}")
    if any(n < 0 for n in wide):
        raise RuntimeError(f"Trying to create tensor with negative dimension {next(n for n in wide if n < 0)}: {wide}")


# --- around the other end ---------------------------------------------------------------------------------------------


def _circular(input: Tensor, pad: Pad) -> Tensor:
    """The inside put into the frame, and then the frame filled, dimension by dimension.  Source: ATen, native/PadNd.cpp, _pad_circular."""
    from autograd_viz.torch.ops.inplace import copy, in_place

    sizes, pairs = input._array.shape, _by_dim(pad, input.ndim)
    for n, (before, after) in zip(sizes, pairs, strict=True):
        if before > n or after > n:
            raise RuntimeError("Padding value causes wrapping around more than once.")
        if n + before + after < 0:
            raise RuntimeError("Negative padding value is resulting in an empty dimension")
    wide = tuple(n + before + after for n, (before, after) in zip(sizes, pairs, strict=True))
    out = blank(input, wide)
    part, taken = out, input
    for dim in reversed(range(input.ndim - len(pad) // 2, input.ndim)):
        before, after = pairs[dim]
        part = slice_(part, dim, max(before, 0), wide[dim] - max(after, 0), 1)
        taken = slice_(taken, dim, max(-before, 0), sizes[dim] - max(-after, 0), 1)
    in_place(part, copy, taken)
    for dim in reversed(range(input.ndim - len(pad) // 2, input.ndim)):
        before, after = pairs[dim]
        if before > 0:
            end = wide[dim] - max(after, 0)
            in_place(slice_(out, dim, 0, before, 1), copy, slice_(out, dim, end - before, end, 1))
        if after > 0:
            start = max(before, 0)
            in_place(slice_(out, dim, wide[dim] - after, wide[dim], 1), copy, slice_(out, dim, start, start + after, 1))
    return out


# --- the function -----------------------------------------------------------------------------------------------------


def _check_length(input: Tensor, pad: Pad) -> None:
    if len(pad) % 2:
        raise RuntimeError("Padding length must be divisible by 2")
    if len(pad) > 2 * input.ndim:
        raise RuntimeError(
            "Padding length should be less than or equal to two times the input dimension but got padding length "
            f"{len(pad)} and input of dimension {input.ndim}"
        )


@reads("pad(Tensor input, int[] pad, str mode='constant', float? value=None)", method=False)
def pad(input: Tensor, pad: Pad, mode: str = "constant", value: float | None = None) -> Tensor:
    """The tensor in a frame: "constant", "reflect", "replicate" or "circular".  (2, 3), pad (1, 1) -> (2, 5)."""
    if mode not in ("constant", "reflect", "replicate", "circular"):
        raise NotImplementedError(f"Unrecognised padding mode {mode}")
    _check_length(input, pad)
    if mode == "constant":
        return _constant_pad_nd(input, pad, value)
    if value is not None and value != 0:
        raise RuntimeError(f'Padding mode "{mode}" doesn\'t take in value argument')
    dims = len(pad) // 2
    if dims not in (1, 2, 3) or input.ndim not in (dims + 1, dims + 2):
        raise NotImplementedError(
            f"Padding size {len(pad)} is not supported for {input.ndim}D input tensor.\n"
            "Supported combinations for non-constant padding:\n  - 2D or 3D input: padding size = 2 (pads last dimension)"
        )
    if mode == "circular":
        return _circular(input, pad)
    _check_frame(input, pad, mode)
    return FRAMES[mode, dims](input, pad)
