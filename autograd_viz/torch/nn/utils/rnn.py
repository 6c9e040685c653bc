"""Sequences of different lengths in one tensor: `pad_sequence`, and back: `unpad_sequence`; or without padding: `PackedSequence`.

A packed sequence has the first elements of all sequences, then the second ones of those that have one, and so on; the longest sequence
comes first. A recurrent layer takes it, and does no work for padding.

Read next: `optim/optimizer.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from autograd_viz.torch.ops.creation import full
from autograd_viz.torch.ops.creation_more import arange
from autograd_viz.torch.ops.from_data import as_tensor
from autograd_viz.torch.ops.pointwise import lt
from autograd_viz.torch.ops.recurrent import packed_sequence
from autograd_viz.torch.ops.shape import transpose
from autograd_viz.torch.tensor import Tensor, holding

__all__ = [
    "PackedSequence", "pack_padded_sequence", "pack_sequence", "pad_packed_sequence", "pad_sequence", "unpack_sequence", "unpad_sequence",
]  # fmt: skip


def pad_sequence(sequences: Any, batch_first: bool = False, padding_value: float = 0.0, padding_side: str = "right") -> Tensor:
    """Side by side, the shorter ones filled up.  [(2, *), (3, *)] -> (3, 2, *), or (2, 3, *) if batch_first."""
    if not isinstance(sequences, Iterable):
        raise RuntimeError(f"pad_sequence: Expected iterable for input sequences, but got arg of type: {type(sequences)}")
    parts: list[Any] = list(sequences)
    if not parts:
        raise RuntimeError("received an empty list of sequences")
    if padding_side not in ("left", "right"):
        raise RuntimeError(f"Expected padding_side to be one of left or right, but got {padding_side}.")
    longest = max(part.shape[0] for part in parts)
    sizes = (len(parts), longest) if batch_first else (longest, len(parts))
    padded: Any = full((*sizes, *parts[0].shape[1:]), padding_value, dtype=parts[0].dtype)
    for i, part in enumerate(parts):
        start = longest - part.shape[0] if padding_side == "left" else 0
        row = padded.select(0 if batch_first else 1, i).narrow(0, start, part.shape[0])
        row.copy_(part)
    return padded


def unpad_sequence(padded_sequences: Any, lengths: Any, batch_first: bool = False) -> list[Any]:
    """The sequences of these lengths, cut out again."""
    if not batch_first:
        padded_sequences = padded_sequences.transpose(0, 1)
    places = arange(padded_sequences.shape[1])
    return [padded[lt(places, length)] for padded, length in zip(padded_sequences, lengths, strict=True)]


# --- without padding --------------------------------------------------------------------------------------------------


class _Packed(NamedTuple):
    data: Any
    batch_sizes: Any
    sorted_indices: Any
    unsorted_indices: Any


class PackedSequence(_Packed):
    """`data`, step after step; `batch_sizes`, how many sequences each step has; in which order the sequences came, if not sorted."""

    __slots__ = ()

    def __new__(cls, data: Any, batch_sizes: Any = None, sorted_indices: Any = None, unsorted_indices: Any = None) -> Any:
        """From its parts."""
        if unsorted_indices is None and sorted_indices is not None:
            unsorted_indices = holding(np.argsort(sorted_indices._array))
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def to(self, *args: Any, **kwargs: Any) -> PackedSequence:
        """The same in another dtype."""
        data = self.data.to(*args, **kwargs)
        return self if data is self.data else PackedSequence(data, *self[1:])


PackedSequence.__module__ = "torch.nn.utils.rnn"


def pack_padded_sequence(input: Any, lengths: Any, batch_first: bool = False, enforce_sorted: bool = True) -> PackedSequence:
    """Take the padding away.  (L, N, *), or (N, L, *) if batch_first; the longest first, unless `enforce_sorted` is False."""
    sizes = np.array((lengths if isinstance(lengths, Tensor) else as_tensor(lengths))._array, np.int64)
    order = None
    if not enforce_sorted:
        order = holding(np.argsort(-sizes, kind="stable"))
        sizes = sizes[order._array]
        input = input.index_select(0 if batch_first else 1, order)
    count = input.shape[0 if batch_first else 1]
    if len(sizes) != count:
        raise RuntimeError(f"Expected `len(lengths)` to be equal to batch_size, but got {len(sizes)} (batch_size={count})")
    if (sizes <= 0).any():
        raise RuntimeError("Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0")
    if (np.diff(sizes) > 0).any():
        raise RuntimeError(
            "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass `enforce_sorted=False` to "
            "pack_padded_sequence and/or pack_sequence to sidestep this requirement if you do not need ONNX exportability."
        )
    batch_sizes = holding((sizes[None, :] > np.arange(sizes[0])[:, None]).sum(1))
    return PackedSequence(packed_sequence(input, batch_sizes, batch_first), batch_sizes, order)


def pad_packed_sequence(
    sequence: PackedSequence, batch_first: bool = False, padding_value: float = 0.0, total_length: int | None = None
) -> tuple[Any, Any]:
    """The padded sequences again, and their lengths."""
    sizes = sequence.batch_sizes._array
    steps = len(sizes)
    if total_length is not None:
        if total_length < steps:
            raise ValueError(
                "Expected total_length to be at least the length of the longest sequence in input, but got "
                f"total_length={total_length} and max sequence length being {steps}"
            )
        steps = total_length
    data = sequence.data
    padded: Any = full((steps, int(sizes[0]), *data.shape[1:]), padding_value, dtype=data.dtype)
    start = first = 0
    for step, size in enumerate(sizes):
        if step + 1 == len(sizes) or sizes[step + 1] != size:  # steps with as many sequences are copied together
            taken = (step + 1 - first) * size
            part = data.narrow(0, start, int(taken)).view(step + 1 - first, int(size), *data.shape[1:])
            padded.narrow(0, first, step + 1 - first).narrow(1, 0, int(size)).copy_(part)
            start, first = start + int(taken), step + 1
    lengths: Any = holding((sizes[:, None] > np.arange(sizes[0])[None, :]).sum(0))
    padded = transpose(padded, 0, 1) if batch_first else padded
    back = sequence.unsorted_indices
    return (padded, lengths) if back is None else (padded.index_select(0 if batch_first else 1, back), lengths[back])


def pack_sequence(sequences: Any, enforce_sorted: bool = True) -> PackedSequence:
    """A list of sequences, packed."""
    lengths = [sequence.shape[0] for sequence in sequences]
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Any]:
    """The list of sequences again."""
    return unpad_sequence(*pad_packed_sequence(packed_sequences, batch_first=True), batch_first=True)
