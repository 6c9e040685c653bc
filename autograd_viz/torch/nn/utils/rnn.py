"""Sequences of different lengths in one tensor: `pad_sequence`, and back: `unpad_sequence`.

Read next: `optim/optimizer.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from autograd_viz.torch.ops.creation import full
from autograd_viz.torch.ops.creation_more import arange
from autograd_viz.torch.ops.pointwise import lt
from autograd_viz.torch.tensor import Tensor

__all__ = ["pad_sequence", "unpad_sequence"]


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
