"""New tensors of random numbers that depend on tensors: `bernoulli`, `binomial`, `normal`, `multinomial`, `poisson`.

Chance has no derivative: the gradient of what was drawn, with respect to the probabilities, is 0.

Read next: `gradients.py`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_viz.torch import dtypes, random
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import check_broadcast, op
from autograd_viz.torch.ops import pointwise
from autograd_viz.torch.ops.arithmetic import no_derivative
from autograd_viz.torch.ops.creation import check_sizes, randint
from autograd_viz.torch.ops.from_data import new, numpy_dtype
from autograd_viz.torch.ops.random_inplace import exponential_numbers
from autograd_viz.torch.random import Generator
from autograd_viz.torch.tensor import Tensor, holding, method, need_tensors

__all__ = ["bernoulli", "binomial", "multinomial", "normal", "poisson", "randint_like"]


def _source(generator: Generator | None) -> Generator:
    return generator or random.default_generator


@op("BernoulliBackward0", self=lambda grad: pointwise.zeros(grad))
def _bernoulli(self: Array, generator: Any) -> Array:
    return _source(generator).bernoulli(self).astype(self.dtype)


@op("torch::autograd::NotImplemented", inputs="self", joint=lambda grad: no_derivative("bernoulli"))
def _bernoulli_p(self: Array, p: float, generator: Any) -> Array:
    return _source(generator).dropout_mask(self.shape, p).astype(self.dtype)


@method
def bernoulli(input: Tensor, p: float | None = None, *, generator: Generator | None = None) -> Tensor:
    """1 with the probability that `input` says there, else 0; `p`: everywhere the same.  Raises RuntimeError unless in [0, 1]."""
    need_tensors("bernoulli", input=input)
    if p is None and input._array.dtype.kind != "f":
        raise NotImplementedError(f"\"bernoulli_tensor_cpu_p_\" not implemented for '{dtypes.SCALAR_NAMES[input.dtype]}'")
    made: Tensor = _bernoulli(input, generator) if p is None else _bernoulli_p(input, p, generator)
    return made


@op("NormalBackward1", mean=lambda grad, mean_sym_sizes: pointwise.zeros(grad))
def _normal_mean(mean: Array, std: float, generator: Any) -> Array:
    return _source(generator).normal(mean.shape, mean.dtype, 0.0, std).astype(mean.dtype) + mean


@op("NormalBackward2", std=lambda grad, std_sym_sizes: pointwise.zeros(grad))
def _normal_std(std: Array, mean: float, generator: Any) -> Array:
    return _source(generator).normal(std.shape, std.dtype) * std + std.dtype.type(mean)


@op("NormalBackward3", mean=lambda grad, mean_sym_sizes: pointwise.zeros(grad), std=lambda grad, std_sym_sizes: pointwise.zeros(grad))
def _normal_both(mean: Array, std: Array, generator: Any) -> Array:
    check_broadcast(mean.shape, std.shape)
    shape = np.broadcast_shapes(mean.shape, std.shape)
    return _source(generator).normal(shape, mean.dtype) * std + mean


def normal(
    mean: Any, std: Any = 1.0, size: Any = None, *, generator: Generator | None = None, dtype: Any = None, requires_grad: bool = False
) -> Tensor:
    """Numbers of the bell curve; mean and std may be tensors, or numbers with a `size`.  Raises RuntimeError if a std is negative."""
    lowest = std._array.min(initial=0) if isinstance(std, Tensor) else std
    if lowest < 0:
        of = "all elements of std >= 0.0" if isinstance(std, Tensor) else f"std >= 0.0, but found std {std:g}"
        raise RuntimeError(f"normal expects {of}")
    if isinstance(mean, Tensor):
        made: Tensor = _normal_both(mean, std, generator) if isinstance(std, Tensor) else _normal_mean(mean, std, generator)
        return made
    if isinstance(std, Tensor):
        made = _normal_std(std, mean, generator)
        return made
    if size is None:
        kinds = ", ".join(type(value).__name__ for value in (mean, std))
        raise TypeError(f"normal() received an invalid combination of arguments - got ({kinds}), but expected one of:")
    check_sizes(size)
    return new(_source(generator).normal(tuple(size), numpy_dtype("normal", dtype), mean, std), "normal", requires_grad)


@method
def multinomial(input: Tensor, num_samples: int, replacement: bool = False, *, generator: Generator | None = None) -> Tensor:
    """num_samples positions of each row, drawn with probabilities in proportion to its elements.  (C,) -> (n,); (N, C) -> (N, n)

    Raises RuntimeError for what are no probabilities, or if more are drawn than there are without replacement.
    """
    need_tensors("multinomial", input=input)
    weights = input._array
    if weights.ndim not in (1, 2):
        raise RuntimeError("prob_dist must be 1 or 2 dim")
    if weights.dtype.kind != "f":
        raise RuntimeError(f"multinomial only supports floating-point dtypes for input, got: {dtypes.SCALAR_NAMES[input.dtype]}")
    if num_samples <= 0:
        raise RuntimeError("cannot sample n_sample <= 0 samples")
    if not replacement and num_samples > weights.shape[-1]:
        raise RuntimeError("cannot sample n_sample > prob_dist.size(-1) samples without replacement")
    if not np.all((weights >= 0) & np.isfinite(weights)):
        raise RuntimeError("probability tensor contains either `inf`, `nan` or element < 0")
    if not np.all(weights.sum(-1) > 0):
        raise RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)")
    if replacement and num_samples > 1:
        return holding(_with_replacement(weights, num_samples, _source(generator)))
    waits = exponential_numbers(_source(generator).uniform(weights.shape, np.float64), 1.0).astype(weights.dtype)
    order = np.argsort(-(weights / waits), axis=-1, kind="stable")  # who waits the shortest time for its weight comes first
    return holding(np.ascontiguousarray(order[..., :num_samples]).astype(np.int64))


def _with_replacement(weights: Array, count: int, generator: Generator) -> Array:
    """Where a uniform number falls among the cumulated probabilities."""
    rows = weights.reshape(-1, weights.shape[-1])
    drawn = np.empty((len(rows), count), np.int64)
    for place, row in enumerate(rows):
        cumulated = np.cumsum(row) / row.sum()
        cumulated[-1] = 1
        drawn[place] = np.searchsorted(cumulated, generator.uniform((count,), np.float64), side="left")
    return drawn.reshape(*weights.shape[:-1], count)


@op("PoissonBackward0", self=lambda grad: pointwise.zeros(grad))
def _poisson(self: Array, generator: Any) -> Array:
    source = _source(generator)
    flat = [_count(float(rate), source) for rate in self.ravel()]
    return np.array(flat, self.dtype).reshape(self.shape)


def _count(rate: float, generator: Generator) -> int:
    """How often something happens that is to be expected `rate` times: if that is seldom, by multiplication of uniform numbers."""
    if rate >= 10:
        return _count_of_many(rate, generator)
    limit, product, count = math.exp(-rate), 1.0, 0
    while rate > 0:
        product *= float(generator.uniform((), np.float64))
        if product <= limit:
            break
        count += 1
    return count


def _count_of_many(rate: float, generator: Generator) -> int:
    """The same for 10 and more: a draw from a curve that lies above, kept as often as the true one is high there (Hoermann, 1993)."""
    b = 0.931 + 2.53 * math.sqrt(rate)
    a = -0.059 + 0.02483 * b
    while True:
        place, chance = generator.uniform((2,), np.float64).tolist()
        place -= 0.5
        room = 0.5 - abs(place)
        count = math.floor((2 * a / room + b) * place + rate + 0.43)
        if room >= 0.07 and chance <= 0.9277 - 3.6224 / (b - 2):
            return count
        if count < 0 or (room < 0.013 and chance > room):
            continue
        height = math.log(chance) + math.log(1.1239 + 1.1328 / (b - 3.4)) - math.log(a / (room * room) + b)
        if height <= -rate + count * math.log(rate) - math.lgamma(count + 1):
            return count


def poisson(input: Tensor, generator: Generator | None = None) -> Tensor:
    """Counts, to be expected as often as `input` says there.  Raises RuntimeError for negative ones."""
    need_tensors("poisson", input=input)
    if not np.all(input._array >= 0):
        raise RuntimeError("invalid Poisson rate, expected rate to be non-negative")
    made: Tensor = _poisson(input, generator)
    return made


@op("torch::autograd::NotImplemented", inputs="count prob", joint=lambda grad: no_derivative("binomial"))
def _binomial(count: Array, prob: Array, generator: Any) -> Array:
    count, prob = np.broadcast_arrays(count, prob)
    drawn = [_successes(float(n), float(p), _source(generator)) for n, p in zip(count.ravel(), prob.ravel(), strict=True)]
    return np.array(drawn, count.dtype).reshape(count.shape)


def _successes(count: float, prob: float, generator: Generator) -> float:
    """How many of `count` trials succeed, each with probability `prob`."""
    if count <= 0 or prob <= 0:
        return 0.0
    if prob >= 1:
        return count
    if prob > 0.5:
        return count - _successes(count, 1 - prob, generator)
    if count * prob >= 10:
        return _many_successes(count, prob, generator)
    trials, successes = 0, 0.0
    while True:  # how many trials until the next success?
        trials += math.ceil(math.log(float(generator.uniform((), np.float64))) / math.log1p(-prob))
        if trials > count:
            return successes
        successes += 1


def _many_successes(count: float, prob: float, generator: Generator) -> float:
    """The same where 10 and more are expected, by rejection as in `_count_of_many`."""
    width = math.sqrt(count * prob * (1 - prob))
    b = 1.15 + 2.53 * width
    a = -0.0873 + 0.0248 * b + 0.01 * prob
    odds, likeliest = prob / (1 - prob), math.floor((count + 1) * prob)
    while True:
        place, chance = generator.uniform((2,), np.float64).tolist()
        place -= 0.5
        room = 0.5 - abs(place)
        k = math.floor((2 * a / room + b) * place + count * prob + 0.5)
        if not 0 <= k <= count:
            continue
        if room >= 0.07 and chance <= 0.92 - 4.2 / b:
            return float(k)
        height = math.log(chance * (2.83 + 5.1 / b) * width / (a / (room * room) + b))
        ways = [math.lgamma(n + 1) + math.lgamma(count - n + 1) for n in (likeliest, k)]
        if height <= ways[0] - ways[1] + (k - likeliest) * math.log(odds):
            return float(k)


def binomial(count: Tensor, prob: Tensor, generator: Generator | None = None) -> Tensor:
    """How many of `count` trials succeed, each with probability `prob`; the shapes broadcast.  Raises ValueError unless both are floats."""
    need_tensors("binomial", count=count, prob=prob)
    for name, each in (("count", count), ("prob", prob)):
        if each._array.dtype.kind != "f":
            raise ValueError(f"binomial only supports floating-point dtypes for {name}, got: {dtypes.SCALAR_NAMES[each.dtype]}")
    made: Tensor = _binomial(count, prob, generator)
    return made


def randint_like(input: Tensor, low: int = 0, high: int | None = None, *, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """`randint` in the shape and dtype of another tensor."""
    need_tensors("randint_like", input=input)
    low, high = (0, low) if high is None else (low, high)
    return randint(low, high, tuple(input.shape), dtype=dtype or input.dtype, requires_grad=requires_grad)
