"""From a list of examples to one batch: `default_collate([(x0, y0), (x1, y1)])` is `[stack(x0, x1), tensor([y0, y1])]`.

Read next: `dataloader.py`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, MutableMapping, MutableSequence, Sequence
from typing import Any

import numpy as np

from autograd_viz.torch.dtypes import float64
from autograd_viz.torch.ops.from_data import as_tensor, tensor
from autograd_viz.torch.ops.joining import stack
from autograd_viz.torch.tensor import Tensor

__all__ = ["default_collate", "default_convert"]

NOT_THESE = "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found {}"


def default_collate(batch: Sequence[Any]) -> Any:
    """Tensors are stacked, numbers become a tensor; lists, tuples and dictionaries are gone into.

    Raises RuntimeError if tensors differ in shape, TypeError for what cannot be put into a batch.
    """
    first = batch[0]
    if isinstance(first, Tensor):
        return stack(list(batch), 0)
    if isinstance(first, np.ndarray):
        if first.dtype.kind in "SUO":
            raise TypeError(NOT_THESE.format(first.dtype))
        return stack([as_tensor(item) for item in batch], 0)
    if isinstance(first, np.generic):
        return as_tensor(np.stack([np.asarray(item) for item in batch]))
    if isinstance(first, float):
        return tensor(list(batch), dtype=float64)
    if isinstance(first, int):
        return tensor(list(batch))
    if isinstance(first, str | bytes):
        return batch
    if isinstance(first, Mapping):
        return _mapped(first, lambda key: default_collate([item[key] for item in batch]))
    if isinstance(first, tuple) and hasattr(first, "_fields"):
        return type(first)(*(default_collate(items) for items in zip(*batch, strict=False)))
    if isinstance(first, Sequence):
        if any(len(item) != len(first) for item in batch):
            raise RuntimeError("each element in list of batch should be of equal size")
        return _listed(first, [default_collate(items) for items in zip(*batch, strict=False)])
    raise TypeError(NOT_THESE.format(type(first)))


def default_convert(data: Any) -> Any:
    """numpy arrays become tensors; lists, tuples and dictionaries are gone into."""
    if isinstance(data, np.ndarray | np.generic) and data.dtype.kind not in "SUO":
        return as_tensor(data)
    if isinstance(data, Mapping):
        return _mapped(data, lambda key: default_convert(data[key]))
    if isinstance(data, tuple) and hasattr(data, "_fields"):
        return type(data)(*map(default_convert, data))
    if isinstance(data, Sequence) and not isinstance(data, str | bytes):
        return _listed(data, [default_convert(item) for item in data])
    return data


def _mapped(like: Mapping[Any, Any], value: Callable[[Any], Any]) -> Any:
    """A mapping of the same type with new values."""
    new = {key: value(key) for key in like}
    try:
        if not isinstance(like, MutableMapping):
            return type(like)(new)  # type: ignore[call-arg]
        made = copy.copy(like)
        made.update(new)
    except TypeError:
        return new
    return made


def _listed(like: Sequence[Any], new: list[Any]) -> Any:
    """A sequence of the same type with new items; a tuple becomes a list."""
    if isinstance(like, tuple | list):
        return new
    try:
        if not isinstance(like, MutableSequence):
            return type(like)(new)  # type: ignore[call-arg]
        made = copy.copy(like)
        for i, item in enumerate(new):
            made[i] = item
    except TypeError:
        return new
    return made
