"""Filling a tensor with random numbers in place: `uniform_`, `normal_`, `random_`, `bernoulli_`, ...

Each is a row like any other: what is written over loses its gradient. The numbers are drawn in the order of the elements in memory, from
the default generator or the one that is passed.  What the draws are: `random.py`.

Read next: `logic.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_viz.torch import random
from autograd_viz.torch.dtypes import SCALAR_NAMES
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops import pointwise
from autograd_viz.torch.ops.inplace import in_place
from autograd_viz.torch.random import Generator
from autograd_viz.torch.tensor import Tensor, method

__all__: list[str] = []

LARGEST_WHOLE = {"float16": 2**11, "float32": 2**24, "float64": 2**53, "bool": 1}  # up to here every whole number is exact


def _draw(self: Array, generator: Generator | None, recipe: Callable[[Generator, tuple[int, ...]], Array]) -> Array:
    """Numbers in self's shape and dtype, drawn in the order of its memory."""
    order = sorted(range(self.ndim), key=lambda d: -self.strides[d])  # as the elements lie: the largest step first
    laid = tuple(self.shape[d] for d in order)
    drawn = np.asarray(recipe(generator or random.default_generator, laid)).astype(self.dtype)
    return drawn.transpose(np.argsort(order)) if self.ndim else drawn


@op("UniformBackward0", self=lambda grad: pointwise.zeros(grad))
def uniform(self: Array, low: float, high: float, generator: Any) -> Array:
    """Uniform in [low, high)."""
    return _draw(self, generator, lambda g, shape: g.uniform(shape, self.dtype, low, high))


@op("NormalBackward0", self=lambda grad: pointwise.zeros(grad))
def normal(self: Array, mean: float, std: float, generator: Any) -> Array:
    """Normal, with this mean and standard deviation."""
    made = (generator or random.default_generator).normal(self.shape, self.dtype, mean, std)  # (always in the order of the shape)
    return made.astype(self.dtype)


@op("RandomBackward0", self=lambda grad: pointwise.zeros(grad))
def random_from(self: Array, low: int, high: int, generator: Any) -> Array:
    """Whole numbers from low up to, not including, high."""
    return _draw(self, generator, lambda g, shape: g.integers(low, high, shape))


@op("RandomBackward1", self=lambda grad: pointwise.zeros(grad))
def random_to(self: Array, high: int, generator: Any) -> Array:
    """Whole numbers from 0 up to, not including, high."""
    return _draw(self, generator, lambda g, shape: g.integers(0, high, shape))


@op("RandomBackward2", self=lambda grad: pointwise.zeros(grad))
def random_whole(self: Array, generator: Any) -> Array:
    """Whole numbers from 0 up to the last that the dtype holds exactly."""
    kind = self.dtype
    most = LARGEST_WHOLE[kind.name] if kind.name in LARGEST_WHOLE else int(np.iinfo(kind).max)

    def words(g: Generator, shape: tuple[int, ...]) -> Array:
        words_of = g._words64 if kind.name in ("int64", "float64") else g._words32
        return (words_of(math.prod(shape)) % np.uint64(most + 1)).reshape(shape)

    return _draw(self, generator, words)


@op("BernoulliBackward2", self=lambda grad: pointwise.zeros(grad))
def bernoulli(self: Array, p: float, generator: Any) -> Array:
    """1 with probability p, else 0."""
    return _draw(self, generator, lambda g, shape: g.dropout_mask(shape, p))


@op("ExponentialBackward0", self=lambda grad: pointwise.zeros(grad))
def exponential(self: Array, lambd: float, generator: Any) -> Array:
    """How long one waits for what happens `lambd` times per unit of time."""
    return _draw(self, generator, lambda g, shape: exponential_numbers(g.uniform(shape, np.float64), lambd))


def exponential_numbers(unit: Array, lambd: float) -> Array:
    """Uniform numbers of [0, 1) as exponential ones."""
    tiny = np.finfo(np.float64).eps / 2
    return np.where(unit >= 1 - tiny, tiny, -np.log1p(-unit)) / lambd  # log(1 - u), where 1 - u is never 0


@op("GeometricBackward0", self=lambda grad: pointwise.zeros(grad))
def geometric(self: Array, p: float, generator: Any) -> Array:
    """How many trials until the first success, each with probability p."""
    return _draw(self, generator, lambda g, shape: np.ceil(np.log(g.uniform(shape, np.float64)) / math.log1p(-p)))


@op("CauchyBackward0", self=lambda grad: pointwise.zeros(grad))
def cauchy(self: Array, median: float, sigma: float, generator: Any) -> Array:
    """Where a ray in a random direction, from a point at distance sigma, meets a line."""
    eps = np.finfo(np.float64).eps

    def place(g: Generator, shape: tuple[int, ...]) -> Array:
        return np.asarray(median + sigma * np.tan(math.pi * (g.uniform(shape, np.float64).clip(eps, 1 - eps) - 0.5)))

    return _draw(self, generator, place)


@op("LogNormalBackward0", self=lambda grad: pointwise.zeros(grad))
def log_normal(self: Array, mean: float, std: float, generator: Any) -> Array:
    """exp of numbers of the bell curve, which are drawn one by one."""

    def singly(g: Generator, shape: tuple[int, ...]) -> Array:
        return np.exp(np.array([g._next_normal() * std + mean for _ in range(math.prod(shape))]).reshape(shape))

    return _draw(self, generator, singly)


def _generator(name: str, generator: Any) -> None:
    if generator is not None and not isinstance(generator, Generator):
        raise TypeError(f"{name}(): argument 'generator' must be torch.Generator, not {type(generator).__name__}")


def _only_floats(name: str, kernel: str, self: Tensor) -> None:
    if self._array.dtype.kind != "f":
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{SCALAR_NAMES[self.dtype]}'")


def _number(name: str, argument: str, position: int, value: Any) -> float:
    if isinstance(value, Tensor) and value._array.size == 1:
        value = value._array.item()
    if not isinstance(value, int | float | np.generic):
        raise TypeError(f"{name}(): argument '{argument}' (position {position}) must be float, not {type(value).__name__}")
    return float(value)


@method
def uniform_(self: Tensor, *bounds: float, generator: Generator | None = None, **named: float) -> Tensor:
    """Fill with numbers uniform in [from, to); `from` is 0 and `to` is 1 if left out.  Raises RuntimeError if from > to."""
    if len(bounds) > 2:
        raise TypeError(f"uniform_() takes from 0 to 2 positional arguments but {len(bounds)} were given")
    values = {"from": 0.0, "to": 1.0, **dict(zip(("from", "to"), bounds, strict=False)), **named}
    if extra := set(values) - {"from", "to"}:
        raise TypeError(f"uniform_() got an unexpected keyword argument '{extra.pop()}'")
    low, high = (_number("uniform_", name, place, values[name]) for place, name in enumerate(("from", "to"), 1))
    _generator("uniform_", generator)
    _only_floats("uniform_", "check_uniform_bounds", self)
    return in_place(self, uniform, low, high, generator)


@method
def normal_(self: Tensor, mean: float = 0, std: float = 1, *, generator: Generator | None = None) -> Tensor:
    """Fill with numbers of the bell curve.  Raises RuntimeError if std < 0."""
    mean, std = _number("normal_", "mean", 1, mean), _number("normal_", "std", 2, std)
    _generator("normal_", generator)
    if not std >= 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std:g}")
    _only_floats("normal_", "normal_kernel_cpu", self)
    return in_place(self, normal, mean, std, generator)


@method
def random_(self: Tensor, *bounds: int, generator: Generator | None = None, **named: int) -> Tensor:
    """Fill with whole numbers: `random_(to)` below `to`, `random_(from, to)`, or up to what the dtype holds exactly."""
    if not bounds and not named:
        return in_place(self, random_whole, generator)
    values = {**dict(zip(("to",) if len(bounds) == 1 else ("from", "to"), bounds, strict=False)), **named}
    low, high = values.get("from", 0), values["to"]
    if low >= high:
        raise RuntimeError(f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}")
    return in_place(self, random_from, low, high, generator) if "from" in values else in_place(self, random_to, high, generator)


@method
def bernoulli_(self: Tensor, p: Any = 0.5, *, generator: Generator | None = None) -> Tensor:
    """Fill with 1 (with probability p) and 0. `p` may be a tensor of probabilities.  Raises RuntimeError unless 0 <= p <= 1."""
    if isinstance(p, Tensor):
        drawn = (generator or random.default_generator).bernoulli(np.broadcast_to(p._array, self._array.shape))
        self._array[...] = drawn
        self._version_counter.value += 1
        return self
    if not 0 <= p <= 1:
        raise RuntimeError(f"bernoulli_ expects p to be in [0, 1], but got p={p:g}")
    return in_place(self, bernoulli, p, generator)


@method
def exponential_(self: Tensor, lambd: float = 1, *, generator: Generator | None = None) -> Tensor:
    """Fill with numbers of the exponential distribution.  Raises RuntimeError unless lambd > 0."""
    if self._array.dtype.kind != "f":
        raise RuntimeError(
            "Exponential distribution is a continuous probability distribution. dtype must be a floating point but you specified "
            f"{SCALAR_NAMES[self.dtype]}"
        )
    if not lambd > 0:
        raise RuntimeError(f"exponential_ expects lambda > 0.0, but found lambda={lambd:g}")
    return in_place(self, exponential, lambd, generator)


@method
def geometric_(self: Tensor, *given: float, generator: Generator | None = None, **named: float) -> Tensor:
    """Fill with how many trials it takes until one succeeds.  Raises RuntimeError unless 0 < p < 1."""
    if not given and "p" not in named:
        raise TypeError('geometric_() missing 1 required positional arguments: "p"')
    p = _number("geometric_", "p", 1, given[0] if given else named["p"])
    if not 0 < p < 1:
        raise RuntimeError(f"geometric_ expects p to be in (0, 1), but got p={p:g}")
    return in_place(self, geometric, p, generator)


@method
def cauchy_(self: Tensor, median: float = 0, sigma: float = 1, *, generator: Generator | None = None) -> Tensor:
    """Fill with numbers of Cauchy's distribution, which has no mean.  Raises RuntimeError unless sigma > 0."""
    if self._array.dtype.kind != "f":
        raise RuntimeError(
            "Cauchy distribution is a continuous probability distribution. dtype must be a floating point but you specified "
            f"{_spoken(self)}"
        )
    if not sigma > 0:
        raise RuntimeError(f"cauchy_ expects sigma > 0.0, but found sigma={sigma:g}")
    return in_place(self, cauchy, median, sigma, generator)


@method
def log_normal_(self: Tensor, mean: float = 1, std: float = 2, *, generator: Generator | None = None) -> Tensor:
    """Fill with numbers whose logarithm is of the bell curve.  Raises RuntimeError unless std > 0."""
    if not std > 0:
        raise RuntimeError(f"log_normal_ expects std > 0.0, but found std={std:g}")
    _only_floats("log_normal_", "log_normal_cpu", self)
    return in_place(self, log_normal, mean, std, generator)


def _spoken(self: Tensor) -> str:
    """What C++ calls the dtype."""
    return {"int64": "long int", "int32": "int", "int16": "short int", "int8": "signed char", "uint8": "unsigned char"}.get(
        self.dtype.name, self.dtype.name
    )
