"""The state of a random generator, taken and put back: `get_rng_state`, `set_rng_state`, `torch.random.fork_rng`.

Read next: `logic.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograd_viz.torch import dtypes, random
from autograd_viz.torch.random import Generator
from autograd_viz.torch.tensor import Tensor, holding

__all__ = ["default_generator", "get_rng_state", "set_rng_state"]

default_generator = random.default_generator


def get_rng_state() -> Tensor:
    """The state of the default generator, as bytes in a tensor.  -> (5056,), uint8."""
    return _get_state(random.default_generator)


def set_rng_state(new_state: Tensor) -> None:
    """Go back to a state that `get_rng_state` gave.  Raises TypeError for what is no tensor of bytes."""
    _set_state(random.default_generator, new_state)


@contextmanager
def fork_rng(devices: Any = None, enabled: bool = True, **_: Any) -> Iterator[None]:
    """Afterwards, the random numbers go on as if nothing had been drawn in the `with`."""
    before = random.default_generator.saved_state()
    try:
        yield
    finally:
        if enabled:
            random.default_generator.restore_state(before)


def _get_state(self: Generator) -> Tensor:
    return holding(random.bytes_of(self.saved_state()))


def _set_state(self: Generator, state: Any) -> Generator:
    if not isinstance(state, Tensor):
        raise TypeError(f"expected a torch.ByteTensor, but got {type(state).__name__}")
    if state._array.dtype != np.uint8:
        raise TypeError("RNG state must be a torch.ByteTensor")
    self.restore_state(random.state_in(state._array))
    return self


Generator.get_state, Generator.set_state = _get_state, _set_state  # type: ignore[attr-defined]
Generator.device = dtypes.CPU  # type: ignore[attr-defined]
for _function in (fork_rng, get_rng_state, set_rng_state):
    setattr(random, _function.__name__, _function)  # torch.random.fork_rng
