"""In-place steps that optimizers take: `lerp_`, `addcmul_`, `addcdiv_`, `clamp_`, where they are not derived from their rows.

Read next: `creation.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_viz.torch.node import Array
from autograd_viz.torch.random import multiply_add
from autograd_viz.torch.tensor import Tensor

__all__: list[str] = []


def _lerp(self: Array, end: Array, weight: float) -> Array:
    way, kind = end - self, self.dtype.type
    return multiply_add(way, kind(weight), self) if abs(weight) < 0.5 else multiply_add(way, -(1 - kind(weight)), end)


def _addcmul(self: Array, tensor1: Array, tensor2: Array, *, value: float = 1) -> Array:
    return multiply_add(tensor1 * self.dtype.type(value), tensor2, self)


def _addcdiv(self: Array, tensor1: Array, tensor2: Array, *, value: float = 1) -> Array:
    return self + self.dtype.type(value) * tensor1 / tensor2


def _clamp(self: Array, min: float | None = None, max: float | None = None) -> Array:
    return np.clip(self, min, max)


def _in_place(name: str, forward: Callable[..., Array]) -> Callable[..., Tensor]:
    def changed(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        arrays = [arg._array if isinstance(arg, Tensor) else arg for arg in args]
        with np.errstate(all="ignore"):
            self._array[...] = forward(self._array, *arrays, **kwargs)
        self._version_counter.value += 1
        return self

    changed.__name__ = changed.__qualname__ = name
    changed.__doc__ = f"`{name.removesuffix('_')}` in place, under no_grad."
    return changed


for _name, _forward in (("lerp_", _lerp), ("addcmul_", _addcmul), ("addcdiv_", _addcdiv), ("clamp_", _clamp)):
    if not hasattr(Tensor, _name):
        setattr(Tensor, _name, _in_place(_name, _forward))
