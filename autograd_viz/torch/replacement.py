"""What a hook gives back in a gradient's place, and whether it may stand there.

Read next: `engine.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_viz.torch import dtypes
from autograd_viz.torch.tensor import Tensor, holding


def as_tensor(gradient: Any) -> Tensor | None:
    """A gradient as a hook gets it."""
    return gradient if gradient is None or isinstance(gradient, Tensor) else holding(np.asarray(gradient))


def check_replacement(name: str, old: Tensor | None, new: Any) -> None:
    """Raise RuntimeError or TypeError unless `new` may take the place of the gradient `old`."""
    if new is None:
        if old is not None:
            raise RuntimeError(f"hook '{name}' has returned None for a gradient that was there")
        return
    if not isinstance(new, Tensor):
        raise TypeError(f"expected Variable, but hook returned '{type(new).__name__}'")
    if old is None:
        raise RuntimeError("can't replace a None gradient with a non-None value")
    if old.dtype is not new.dtype:
        raise RuntimeError(f"hook '{name}' has changed the type of value (was {_kind(old)} got {_kind(new)})")
    if old._array.shape != new._array.shape:
        raise RuntimeError(f"hook '{name}' has changed the size of value")


def _kind(tensor: Tensor) -> str:
    return f"torch.{dtypes.SCALAR_NAMES[tensor.dtype]}Tensor"
