"""Random draws that depend on tensors: `bernoulli`, `normal`, `poisson`, `multinomial`; and the state of the random generator as a tensor.

What is drawn has no derivative with respect to what it was drawn from: the gradients are zeros. (How one gets gradients through randomness
nevertheless: `torch.distributions`, `rsample`.)  The recipes: `random.py`.

Read next: `logic.py`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograd_viz.torch import dtypes, random
from autograd_viz.torch.arguments import reads
from autograd_viz.torch.dtypes import scalar_name
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops import pointwise, random_inplace
from autograd_viz.torch.random import Generator
from autograd_viz.torch.tensor import Tensor, holding

__all__ = ["bernoulli", "default_generator", "get_rng_state", "multinomial", "normal", "poisson", "set_rng_state"]

default_generator = random.default_generator


def _source(name: str, generator: Any) -> Generator:
    random_inplace._generator(name, generator)
    found: Generator = generator or random.default_generator
    return found


# --- bernoulli --------------------------------------------------------------------------------------------------------


@op("BernoulliBackward0", self=lambda grad: pointwise.zeros(grad))
def bernoulli_of(self: Array, generator: Any) -> Array:
    """1 with the probability that stands in `self`, else 0."""
    return generator.bernoulli(self).astype(self.dtype)  # type: ignore[no-any-return]


@op("", others="self")
def bernoulli_same(self: Array, p: float, generator: Any) -> Array:
    """1 with probability p, else 0, in the shape of `self`."""
    return generator.dropout_mask(self.shape, p).astype(self.dtype)  # type: ignore[no-any-return]


@reads("Tensor input, *, Generator? generator=None, Tensor out=None", "Tensor input, float p, *, Generator? generator=None")
def bernoulli(input: Tensor, p: float | None = None, generator: Any = None) -> Tensor:
    """1 with probability `input` (or `p`), else 0.  (...) -> (...).  Raises RuntimeError unless all are in [0, 1]."""
    source = _source("bernoulli", generator)
    if p is not None:
        if not 0 <= p <= 1:
            raise RuntimeError(f"bernoulli_ expects p to be in [0, 1], but got p={p:g}")
        made: Tensor = bernoulli_same(input, p, source)
        return made
    if input._array.dtype.kind != "f":
        raise NotImplementedError(f"\"bernoulli_tensor_cpu_p_\" not implemented for '{scalar_name(input._array)}'")
    made = bernoulli_of(input, source)
    return made


# --- normal -----------------------------------------------------------------------------------------------------------


@op("NormalBackward1", mean=lambda grad: pointwise.zeros(grad))
def normal_around(mean: Array, std: float, generator: Any) -> Array:
    """The bell curve around each of `mean`."""
    drawn = generator.normal(mean.shape, mean.dtype, 0.0, std)
    return np.asarray(drawn + mean)


@op("NormalBackward2", std=lambda grad: pointwise.zeros(grad))
def normal_as_wide(mean: float, std: Array, generator: Any) -> Array:
    """The bell curve around one mean, as wide as each of `std` says."""
    drawn = generator.normal(std.shape, std.dtype)
    return np.asarray(drawn * std + std.dtype.type(mean))


@op("NormalBackward3", mean=lambda grad: pointwise.zeros(grad), std=lambda grad: pointwise.zeros(grad))
def normal_of(mean: Array, std: Array, generator: Any) -> Array:
    """The bell curve around each of `mean`, as wide as each of `std` says."""
    drawn = generator.normal(np.broadcast_shapes(mean.shape, std.shape), np.promote_types(mean.dtype, std.dtype))
    return np.asarray(drawn * std + mean)


@reads(
    "Tensor mean, Tensor std, *, Generator? generator=None, Tensor out=None",
    "Tensor mean, float std=1, *, Generator? generator=None, Tensor out=None",
    "float mean, Tensor std, *, Generator? generator=None, Tensor out=None",
    "float mean, float std, int[] size, *, Generator? generator=None, Tensor out=None, dtype? dtype=None, Layout? layout=None, "
    "Device? device=None, bool? pin_memory=None, bool? requires_grad=False",
    method=False,
)
def normal(
    mean: Any, std: Any = 1.0, size: Any = None, generator: Any = None, dtype: Any = None, requires_grad: bool = False, **_: Any
) -> Tensor:
    """Numbers of the bell curve: around a tensor of means, as wide as a tensor of standard deviations; or of a `size`.

    Raises RuntimeError for a negative std, or whole numbers.
    """
    source = _source("normal", generator)
    if isinstance(std, Tensor):
        if std._array.dtype.kind != "f":
            raise RuntimeError("normal expects standard deviation tensor to be non-complex and floating point")
        if std._array.size and std._array.min() < 0:
            raise RuntimeError(f"normal expects all elements of std >= 0.0\nHint: the smallest is {std._array.min():g}.")
    elif std < 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std:g}")
    if size is not None:
        kind = (dtype or dtypes.get_default_dtype()).numpy
        made: Tensor = holding(source.normal(tuple(size), kind, mean, std))
        made._requires_grad = bool(requires_grad)
        return made
    if isinstance(mean, Tensor) and mean._array.dtype.kind != "f":
        raise NotImplementedError(f"\"normal_kernel_cpu\" not implemented for '{scalar_name(mean._array)}'")
    if not isinstance(mean, Tensor):
        made = normal_as_wide(mean, std, source)
    else:
        made = normal_of(mean, std, source) if isinstance(std, Tensor) else normal_around(mean, std, source)
    return made


# --- counts -----------------------------------------------------------------------------------------------------------


@op("PoissonBackward0", self=lambda grad: pointwise.zeros(grad))
def poisson_of(self: Array, generator: Any) -> Array:
    """How often something happens that happens `self` times on average."""
    counts = [_poisson(rate, generator) for rate in self.ravel().tolist()]
    return np.array(counts, self.dtype).reshape(self.shape)


@reads("Tensor input, Generator? generator=None", method=False)
def poisson(input: Tensor, generator: Any = None) -> Tensor:
    """How often something happens that happens `input` times on average.  (...) -> (...).  Raises RuntimeError for negative rates."""
    if input._array.size and input._array.min() < 0:
        raise RuntimeError("invalid Poisson rate, expected rate to be non-negative")
    made: Tensor = poisson_of(input, _source("poisson", generator))
    return made


def _poisson(rate: float, generator: Generator) -> float:
    """One count.  Source: ATen/native/Distributions.cpp, sample_poisson."""

    def unit() -> float:
        return float(generator._unit(1, np.float64)[0])

    if rate == 0:
        return 0.0
    if rate < 10:  # waiting times, until one unit of time is over
        product, count = unit(), 0
        while product > math.exp(-rate):
            product, count = product * unit(), count + 1
        return float(count)
    b = 0.931 + 2.53 * math.sqrt(rate)  # transformed rejection (Hoermann, 1993)
    a = -0.059 + 0.02483 * b
    while True:
        u, v = unit() - 0.5, unit()
        us = 0.5 - abs(u)
        k = math.floor((2 * a / us + b) * u + rate + 0.43)
        if us >= 0.07 and v <= 0.9277 - 3.6224 / (b - 2):
            return float(k)
        if k < 0 or (us < 0.013 and v > us):
            continue
        chance = math.log(v) + math.log(1.1239 + 1.1328 / (b - 3.4)) - math.log(a / (us * us) + b)
        if chance <= -rate + k * math.log(rate) - math.lgamma(k + 1):
            return float(k)


@reads("Tensor input, int num_samples, bool replacement=False, *, Generator? generator=None, Tensor out=None")
def multinomial(input: Tensor, num_samples: int, replacement: bool = False, generator: Any = None) -> Tensor:
    """Places drawn with probabilities in proportion to `input`.  (n,) -> (num_samples,);  (m, n) -> (m, num_samples), int64.

    Raises RuntimeError for negative, infinite or no weights, or for more places than there are without replacement.
    """
    source, weights = _source("multinomial", generator), input._array
    if weights.ndim not in (1, 2):
        raise RuntimeError("prob_dist must be 1 or 2 dim")
    if weights.dtype.kind != "f":
        raise RuntimeError(f"multinomial only supports floating-point dtypes for input, got: {scalar_name(weights)}")
    if num_samples <= 0:
        raise RuntimeError("cannot sample n_sample <= 0 samples")
    if not replacement and num_samples > weights.shape[-1]:
        raise RuntimeError("cannot sample n_sample > prob_dist.size(-1) samples without replacement")
    if not (np.isfinite(weights).all() and (weights >= 0).all()):
        raise RuntimeError("probability tensor contains either `inf`, `nan` or element < 0")
    if (weights.sum(-1) == 0).any():
        raise RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)")
    if not replacement or num_samples == 1:  # who waits the shortest, if each waits for its own chance
        waits = random_inplace._exponential(source.uniform(weights.shape, np.float64), 1.0).astype(weights.dtype)
        order = np.argsort(-(weights / waits), axis=-1, kind="stable")[..., :num_samples]
        return holding(order.astype(np.int64))
    rows = weights.reshape(-1, weights.shape[-1])
    heights = np.cumsum(rows, axis=-1, dtype=weights.dtype)
    heights = heights / heights[:, -1:]
    drawn = [np.searchsorted(height, source._unit(num_samples, np.float64)) for height in heights]
    return holding(np.array(drawn, np.int64).reshape(*weights.shape[:-1], num_samples))


# --- the state of a generator -----------------------------------------------------------------------------------------


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
    if not isinstance(state, Tensor) or state._array.dtype != np.uint8:
        kind = type(state).__name__ if not isinstance(state, Tensor) else f"torch.{scalar_name(state._array)}Tensor"
        raise TypeError(f"expected a torch.ByteTensor, but got {kind}" if not isinstance(state, Tensor) else "RNG state must be a torch.ByteTensor")
    self.restore_state(random.state_in(state._array))
    return self


Generator.get_state, Generator.set_state = _get_state, _set_state  # type: ignore[attr-defined]
Generator.device = dtypes.CPU  # type: ignore[attr-defined]
for _function in (fork_rng, get_rng_state, set_rng_state):
    setattr(random, _function.__name__, _function)  # torch.random.fork_rng
