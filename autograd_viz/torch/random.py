"""Random numbers: the same ones that PyTorch draws on a CPU, for the same seed.

    manual_seed(0); uniform((2,), "float32")  ->  [0.4963, 0.7682], as torch.manual_seed(0); torch.rand(2)

A `Generator` holds one Mersenne Twister (MT19937), which gives 32-bit words and nothing else. Each draw below is a
recipe that turns words into numbers; that two programs use the same recipe, and take the same count of words for it, is
what makes them agree. All randomness of a notebook is then in one place: its seed.

The draws are methods of `Generator` and return numpy arrays; `torch.rand`, `torch.randn`, ... wrap them into tensors.

Agreement with PyTorch 2.13 (x86 with AVX2): bit for bit, except normal draws of 16 elements and more, where PyTorch's
vector library rounds the logarithm and the cosine in its own way: 86% of the float32 numbers are the same, the others
differ by up to 4e-7 of their size (or of 1); in float64 99.7% are the same, and the others differ in the last bit.

Source: ATen/core/MT19937RNGEngine.h, ATen/core/DistributionsHelper.h, ATen/native/cpu/DistributionTemplates.h.
"""

from __future__ import annotations

import itertools
import math
import os
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

Array = np.ndarray[Any, np.dtype[Any]]
Shape = tuple[int, ...]

DEFAULT_SEED = 67280421310721  # of a new torch.Generator(); the largest prime factor of 2**128 + 1
DEVICES = (
    "cpu", "cuda", "ipu", "xpu", "mkldnn", "opengl", "opencl", "ideep", "hip", "ve", "fpga", "maia", "xla", "lazy", "vulkan", "mps", "meta",
    "hpu", "mtia", "privateuseone",
)  # fmt: skip
BLOCK = 16  # normal draws of this many elements and more are made in blocks of 16
_serial_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True, eq=False)
class GeneratorState:
    """All that the next draws depend on: the seed, the twister's words, and the normal number kept for the next draw."""

    seed: int
    twister: Any
    kept_normal: float | None


class Generator:
    """A source of random numbers with its own seed.  Source: torch.Generator, of the CPU kind."""

    def __init__(self, device: object = "cpu") -> None:
        """A generator seeded with `DEFAULT_SEED`.  Raises RuntimeError for a device other than "cpu"."""
        kind = str(device).partition(":")[0]
        if kind in DEVICES[1:]:
            raise RuntimeError(f"{kind.upper()} device type not an accelerator.\nHint: this library has the CPU only.")
        if kind != "cpu":
            raise RuntimeError(f"Expected one of {', '.join(DEVICES)} device type at start of device string: {device}")
        self._serial = next(_serial_numbers)
        self._twister = np.random.MT19937()
        self.manual_seed(DEFAULT_SEED)

    def __repr__(self) -> str:
        """PyTorch's form, with a serial number in the place of the address: the same text on every run."""
        return f"<torch._C.Generator object at {self._serial:#x}>"

    # ------------------------------------------------------------------------------------------------- the seed

    def manual_seed(self, seed: int) -> Generator:
        """Start again from `seed`, and return self.  A negative seed counts back from 2**64.

        Raises RuntimeError for what is not an int, ValueError outside [-2**63, 2**64).
        """
        if type(seed) is not int:
            raise RuntimeError(f"manual_seed expected a long, but got {type(seed).__name__}")
        if not -(2**63) <= seed < 2**64:
            raise ValueError(f"Overflow when unpacking long long\nExpected a seed in [-2**63, 2**64), got {seed}.")
        self._seed = seed % 2**64
        # The twister itself takes 32 bits; `_legacy_seeding` is numpy's name for its original initialisation, which
        # PyTorch uses too (numpy's own `seed` is a newer one).
        self._twister._legacy_seeding(self._seed & 0xFFFFFFFF)
        self._kept_normal: float | None = None
        return self

    def initial_seed(self) -> int:
        """The seed that this generator started from, in [0, 2**64)."""
        return self._seed

    def seed(self) -> int:
        """Start again from a seed that nobody can foresee, and return it."""
        self.manual_seed(int.from_bytes(os.urandom(8), "little"))
        return self._seed

    def saved_state(self) -> GeneratorState:
        """A copy of the state: `restore_state(saved_state())` makes the same numbers come again. (As a tensor of bytes: `get_state`.)"""
        return GeneratorState(self._seed, self._twister.state, self._kept_normal)

    def restore_state(self, state: GeneratorState) -> None:
        """Go back to a state that `saved_state` gave, of this generator or of another."""
        self._seed, self._kept_normal = state.seed, state.kept_normal
        self._twister.state = state.twister

    def clone_state(self) -> Generator:
        """A generator that will draw the same numbers."""
        other = Generator()
        other.restore_state(self.saved_state())
        return other

    # ------------------------------------------------------------------------------------------------- words

    def _words32(self, count: int) -> Array:
        """The next `count` words, each in [0, 2**32).  -> (count,) uint64"""
        return np.asarray(self._twister.random_raw(count), dtype=np.uint64)

    def _words64(self, count: int) -> Array:
        """The next `count` pairs of words, each joined into one of [0, 2**64).  -> (count,) uint64"""
        pairs = self._words32(2 * count).reshape(count, 2)
        return (pairs[:, 0] << np.uint64(32)) | pairs[:, 1]

    def _unit(self, count: int, dtype: DTypeLike) -> Array:
        """The next `count` numbers of [0, 1), with as many random bits as the dtype's significand has.

        float64 takes 53 bits of two words; float32 takes 24 bits of one, and float16 is made from float32.
        -> (count,) float64 or float32
        """
        if np.dtype(dtype) == np.float64:
            return np.asarray((self._words64(count) & np.uint64(2**53 - 1)) * 2.0**-53)
        return ((self._words32(count) & np.uint64(2**24 - 1)) * 2.0**-24).astype(np.float32)

    # ------------------------------------------------------------------------------------------------- draws

    def uniform(self, shape: Shape, dtype: DTypeLike, low: float = 0.0, high: float = 1.0) -> Array:
        """Numbers of [low, high), all equally likely: torch.rand, uniform_.  -> shape, a float dtype

        Raises RuntimeError if low > high.
        """
        if not low <= high:
            raise RuntimeError(f"uniform_ expects to return a [from, to) range, but found from={low:g} > to={high:g}")
        unit = self._unit(math.prod(shape), dtype)
        start, stop = unit.dtype.type(low), unit.dtype.type(high)
        values = multiply_add(unit, stop - start, start).astype(dtype).reshape(shape)
        # A number just below `high` may round up to it, and `high` is not in the interval: PyTorch gives `low` instead.
        return np.where(values >= values.dtype.type(high), values.dtype.type(low), values)

    def normal(self, shape: Shape, dtype: DTypeLike, mean: float = 0.0, std: float = 1.0) -> Array:
        """Numbers of the bell curve around `mean`: torch.randn, normal_.  -> shape, a float dtype

        Fewer than 16 are drawn one by one, 16 and more in blocks: two recipes, so randn(15) is not the start of randn(16).
        Raises RuntimeError if std < 0.
        """
        if not std >= 0.0:
            raise RuntimeError(f"normal expects std >= 0.0, but found std {std:g}")
        count = math.prod(shape)
        if count < BLOCK:
            singly = np.array([self._next_normal() for _ in range(count)], dtype=np.float64)
            return multiply_add(singly, std, mean).astype(dtype).reshape(shape)
        blocks = self._normal_blocks(count, dtype)
        real = blocks.dtype.type
        return multiply_add(blocks, real(std), real(mean)).astype(dtype).reshape(shape)

    def _next_normal(self) -> float:
        """One number of the bell curve, by Box and Muller's transform, in float64 whatever the dtype of the draw.

        The transform makes two: a random point of the plane, by radius and angle, has two coordinates. The second one
        is kept for the next call, even if that belongs to another draw.
        """
        if self._kept_normal is not None:
            value, self._kept_normal = self._kept_normal, None
            return value
        turn, chance = self._unit(2, np.float64).tolist()
        # math, not numpy, whose vectorised logarithm and cosine may differ from the C library's in the last bit.
        radius, angle = math.sqrt(-2.0 * math.log1p(-chance)), 2.0 * math.pi * turn
        self._kept_normal = radius * math.sin(angle)
        return radius * math.cos(angle)

    def _normal_blocks(self, count: int, dtype: DTypeLike) -> Array:
        """`count` >= 16 numbers of the bell curve, made 16 at a time from 16 of [0, 1).  -> (count,)

        What is left over after the last full block is not drawn alone: the last 16 places are drawn anew.
        """
        full = count - count % BLOCK
        values = _box_muller(self._unit(full, dtype))
        if full == count:
            return values
        if np.dtype(dtype) != np.float16:
            self._unit(count - full, dtype)  # PyTorch draws them, and then has no use for them
        tail = _box_muller(self._unit(BLOCK, dtype))
        return np.concatenate([values[: count - BLOCK], tail])

    def integers(self, low: int, high: int, shape: Shape) -> Array:
        """Integers of [low, high): torch.randint.  -> shape, int64.  Raises RuntimeError if low >= high."""
        if low >= high:
            raise RuntimeError(f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}")
        count, span = math.prod(shape), high - low
        words = self._words32(count) if span < 2**28 else self._words64(count)  # one word would favour small numbers
        offsets = words % np.uint64(span)  # (count,) uint64: up to 2**64 - 1
        return (offsets + np.uint64(low % 2**64)).view(np.int64).reshape(shape)  # modulo 2**64, as in two's complement

    def permutation(self, n: int) -> Array:
        """The integers 0 ... n-1 in random order: torch.randperm.  -> (n,) int64.  Raises RuntimeError if n < 0.

        Fisher and Yates' shuffle: each place in turn swaps with one that is not settled yet.
        """
        if n < 0:
            raise RuntimeError(f"Trying to create tensor with negative dimension {n}: [{n}]")
        order = list(range(n))
        settled = np.arange(max(n - 1, 0), dtype=np.uint64)
        partners = settled + self._words32(len(settled)) % (np.uint64(n) - settled)
        for place, partner in enumerate(partners.tolist()):
            order[place], order[partner] = order[partner], order[place]
        return np.array(order, dtype=np.int64)

    def bernoulli(self, p: Array) -> Array:
        """True with probability p, element by element: torch.bernoulli.  p float, any shape -> p's shape, bool

        Raises RuntimeError if an element is out of [0, 1] or nan.
        """
        if not bool(np.all((p >= 0) & (p <= 1))):
            raise RuntimeError(
                "Expected p_in >= 0 && p_in <= 1 to be true, but got false.  "
                "(Could this error message be improved?  If so, please report an enhancement request to PyTorch.)"
            )
        return np.asarray(self._unit(p.size, p.dtype).reshape(p.shape) < p)

    def dropout_mask(self, shape: Shape, keep_probability: float) -> Array:
        """True where dropout keeps an element: bernoulli_(keep_probability), nn.Dropout.  -> shape, bool

        One probability for all is compared in float64, two words each, whatever the tensor's dtype. Dropout draws
        nothing at all for p = 0 and p = 1, which is for the caller to see to.
        PyTorch draws these numbers on Intel CPUs from Intel's library, elsewhere as here.
        Raises RuntimeError if keep_probability is out of [0, 1].
        """
        if not 0.0 <= keep_probability <= 1.0:
            raise RuntimeError(f"bernoulli_ expects p to be in [0, 1], but got p={keep_probability:g}")
        return np.asarray(self._unit(math.prod(shape), np.float64).reshape(shape) < keep_probability)


def _box_muller(unit: Array) -> Array:
    """16 k numbers of [0, 1) to 16 k of the bell curve, in unit's own dtype.  (16 k,) -> (16 k,)

    In each 16, the first eight give radii, the second eight angles; out come eight cosines, then eight sines.
    """
    blocks = unit.reshape(-1, 2, BLOCK // 2)  # (k, 2, 8)
    radius = np.sqrt(-2 * np.log(1 - blocks[:, 0]))  # 1 - u is in (0, 1], where the logarithm exists
    angle = unit.dtype.type(2 * math.pi) * blocks[:, 1]
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1).ravel()  # (k, 2, 8) -> (16 k,)


def multiply_add(x: Array, factor: Any, term: Any) -> Array:
    """x * factor + term, rounded once and not twice, in x's dtype; the shapes broadcast.  (...) -> (...)

    PyTorch's code multiplies and adds in one instruction, which numpy does not have. Up to float32 a detour serves: in
    float64 the product is exact. In float64 the lost bits of product and sum are found (Dekker's way) and added last.
    Source: Boldo and Melquiond, "Emulation of FMA and correctly rounded sums: proved algorithms using rounding to odd".
    """
    if x.dtype != np.float64:
        factor, term = (np.asarray(value, x.dtype).astype(np.float64) for value in (factor, term))
        product = x.astype(np.float64) * factor  # exact: 24 bits times 24 bits
        return _to_odd(product, term).astype(x.dtype)
    with np.errstate(over="ignore", invalid="ignore"):  # inf, and factors near it, have no lost bits to find
        product = x * factor
        total = product + term
        shift = total - product
        lost_in_sum = (product - (total - shift)) + (term - shift)
        (x_high, x_low), (factor_high, factor_low) = _halves(x), _halves(np.asarray(factor, np.float64))
        lost_in_product = ((x_high * factor_high - product) + x_high * factor_low + x_low * factor_high) + x_low * factor_low
        lost = _to_odd(lost_in_sum, lost_in_product)
    return np.where(np.isfinite(lost), total + lost, total)


def _to_odd(a: Array, b: Array) -> Array:
    """a + b in float64, "rounded to odd": if bits are lost, the last one kept is 1, and so decides a tie in the next rounding."""
    total = np.asarray(a + b)
    shift = total - a
    lost = (a - (total - shift)) + (b - shift)
    even = total.view(np.int64) % 2 == 0
    return np.where((lost != 0) & even & np.isfinite(lost), np.nextafter(total, np.copysign(np.inf, lost)), total)


def _halves(x: Any) -> tuple[Any, Any]:
    """x as a sum of two float64 of 26 bits each, whose products are exact."""
    high = x * (2.0**27 + 1)
    high = high - (high - x)
    return high, x - high


_STATE = np.dtype(
    [("seed", "<u8"), ("left", "<i4"), ("seeded", "<i4"), ("next", "<u8"), ("words", "<u8", 624), ("normal_x", "<f8"), ("kept", "<f8"),
     ("rho", "<f8"), ("is_kept", "<i4"), ("pad", "<i4"), ("float_normal", "<f4"), ("more", "<i4")]
)  # fmt: skip
"""How PyTorch lays out the 5056 bytes of a state."""


def bytes_of(state: GeneratorState) -> Array:
    """A state as the bytes that PyTorch shows.  -> (5056,) uint8"""
    laid = np.zeros(1, _STATE)
    place = state.twister["state"]["pos"]  # of the next word; 624 when all are used up, or none yet
    laid["seed"], laid["left"], laid["seeded"], laid["next"] = state.seed, 625 - place, 1, place % 624
    laid["words"] = state.twister["state"]["key"]
    if state.kept_normal is not None:
        laid["kept"], laid["is_kept"] = state.kept_normal, 1
    return laid.view(np.uint8).copy()


def state_in(data: Array) -> GeneratorState:
    """The state that `bytes_of` wrote down.  Raises RuntimeError for another number of bytes."""
    if data.size != _STATE.itemsize:
        raise RuntimeError(
            f"Expected a CPUGeneratorImplState of size {_STATE.itemsize} but found the input RNG state size to be {data.size}"
        )
    laid = np.ascontiguousarray(data).view(_STATE)[0]
    twister = {"bit_generator": "MT19937", "state": {"key": laid["words"].astype(np.uint32), "pos": 625 - int(laid["left"])}}
    return GeneratorState(int(laid["seed"]), twister, float(laid["kept"]) if laid["is_kept"] else None)


default_generator = Generator()
default_generator.seed()  # as in PyTorch: who wants the same numbers on each run calls manual_seed


def manual_seed(seed: int) -> Generator:
    """Start the default generator again from `seed`, and return it.  Takes what int() takes.

    Raises ValueError outside [-2**63, 2**64).  Source: torch.manual_seed.
    """
    return default_generator.manual_seed(int(seed))


def initial_seed() -> int:
    """The seed that the default generator started from, in [0, 2**64).  Source: torch.initial_seed."""
    return default_generator.initial_seed()


def seed() -> int:
    """Start the default generator again from a seed that nobody can foresee, and return it.  Source: torch.seed."""
    return default_generator.seed()
