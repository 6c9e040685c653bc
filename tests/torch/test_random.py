"""Random numbers are PyTorch's: stored facts that need no PyTorch, then the live comparison.

The facts were measured with PyTorch 2.13.0 on an AMD EPYC; `test_the_stored_facts_are_what_pytorch_draws` measures them again.
"""

from __future__ import annotations

import math
from fractions import Fraction
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autograd_viz.torch import random
from autograd_viz.torch.random import DEFAULT_SEED, Generator, multiply_add

SEEDS = [0, 1, 42, 2147483647, 2**32 + 5, -1]
COUNTS = [0, 1, 3, 15, 16, 17, 40, 1000, 4096]
RANGES = [(0, 10), (-5, 5), (3, 4), (0, 2**28 - 1), (0, 2**28), (-(2**40), 2**41), (-(2**63), 2**63 - 1)]
INTERVALS = [(0.0, 1.0), (-0.1, 0.1), (0.3, 7.7), (-1e-3, 1e4), (100.0, 101.0), (2.0, 2.0)]
BELLS = [(0.0, 1.0), (3.5, 0.1), (-2.0, 100.0), (1.0, 0.0)]
FLOATS = ["float32", "float64", "float16"]

seeds = st.integers(-(2**63), 2**64 - 1)

# name: (our draw, PyTorch's, the numbers), always after manual_seed(42).
FACTS: dict[str, tuple[Any, Any, list[Any]]] = {
    "rand float32": (
        lambda g: g.uniform((3,), "float32"),
        lambda torch: torch.rand(3),
        [0.8822692632675171, 0.9150039553642273, 0.38286375999450684],
    ),
    "rand float64": (
        lambda g: g.uniform((2,), "float64"),
        lambda torch: torch.rand(2, dtype=torch.float64),
        [0.05815448596142969, 0.06291016742457756],
    ),
    "uniform_ float32": (
        lambda g: g.uniform((3,), "float32", -0.1, 0.1),
        lambda torch: torch.empty(3).uniform_(-0.1, 0.1),
        [0.07645385712385178, 0.0830007940530777, -0.023427248001098633],
    ),
    "uniform_ float64": (
        lambda g: g.uniform((3,), "float64", 0.3, 7.7),
        lambda torch: torch.empty(3, dtype=torch.float64).uniform_(0.3, 7.7),
        [0.7303431961145798, 0.7655352389418739, 1.2145369385306268],
    ),
    "randn below 16": (
        lambda g: g.normal((3,), "float32"),
        lambda torch: torch.randn(3),
        [0.33669036626815796, 0.12880940735340118, 0.23446236550807953],
    ),
    "normal_ below 16": (
        lambda g: g.normal((3,), "float64", 3.5, 0.1),
        lambda torch: torch.empty(3, dtype=torch.float64).normal_(3.5, 0.1),
        [3.5336690354383857, 3.512880940513659, 3.523446236336153],
    ),
    "randint below 2**28": (
        lambda g: g.integers(-5, 100, (5,)),
        lambda torch: torch.randint(-5, 100, (5,)),
        [52, -3, 41, 14, 76],
    ),
    "randint from 2**28": (
        lambda g: g.integers(0, 2**28, (3,)),
        lambda torch: torch.randint(0, 2**28, (3,)),
        [199900595, 250975502, 127521863],
    ),
    "randperm": (
        lambda g: g.permutation(8),
        lambda torch: torch.randperm(8),
        [6, 3, 0, 7, 2, 1, 4, 5],
    ),
    "bernoulli": (
        lambda g: g.bernoulli(np.full(8, 0.3, np.float32)),
        lambda torch: torch.bernoulli(torch.full((8,), 0.3)).bool(),
        [False, False, False, False, False, False, True, False],
    ),
    "dropout's mask": (
        lambda g: g.dropout_mask((8,), 0.7),
        lambda torch: torch.empty(8).bernoulli_(0.7).bool(),
        [True, True, True, True, True, True, False, False],
    ),
}


def seeded(seed: int) -> Generator:
    return Generator().manual_seed(seed)


@pytest.fixture
def torch_not_on_intel(real_torch: ModuleType) -> ModuleType:
    """On Intel CPUs PyTorch draws bernoulli_(p) from Intel's library, with one word as seed, not two for each number."""
    real_torch.manual_seed(0)
    real_torch.empty(5).bernoulli_(0.5)
    if same_bits(seeded(0).uniform((2,), "float32")[1:], real_torch.rand(1)):
        pytest.skip("on this CPU PyTorch draws dropout's mask from Intel's library")
    return real_torch


# ---------------------------------------------------------------------------------------------------------------------
# Stored facts


@pytest.mark.parametrize("name", FACTS)
def test_seed_42_draws_the_numbers_that_pytorch_draws(name: str) -> None:
    ours, _, stored = FACTS[name]
    assert ours(seeded(42)).tolist() == stored


@pytest.mark.parametrize("name", [name for name in FACTS if name != "dropout's mask"])
def test_the_stored_facts_are_what_pytorch_draws(name: str, real_torch: ModuleType) -> None:
    _, theirs, stored = FACTS[name]
    real_torch.manual_seed(42)
    assert theirs(real_torch).tolist() == stored


def test_the_stored_mask_is_what_pytorch_draws(torch_not_on_intel: ModuleType) -> None:
    test_the_stored_facts_are_what_pytorch_draws("dropout's mask", torch_not_on_intel)


def test_randn_of_sixteen_is_near_to_pytorchs() -> None:
    stored = [
        1.9269152879714966,
        -0.1595974713563919,
        -0.4973975419998169,
        0.439589262008667,
        -0.7581311464309692,
        1.078317642211914,
        0.8008005619049072,
        1.680620551109314,
        0.3558599054813385,
        1.2964228391647339,
        0.610466480255127,
        1.334737777709961,
        -0.2316243201494217,
        0.041759490966796875,
        -0.2515752911567688,
        0.859858512878418,
        -0.3097267746925354,
    ]
    np.testing.assert_allclose(seeded(42).normal((17,), "float32"), stored, rtol=4e-7, atol=4e-7)


def test_a_new_generator_has_pytorchs_default_seed() -> None:
    assert Generator().initial_seed() == DEFAULT_SEED == 67280421310721
    assert Generator().uniform((2,), "float32").tolist() == seeded(67280421310721).uniform((2,), "float32").tolist()


# ---------------------------------------------------------------------------------------------------------------------
# The seed and the state


def test_manual_seed_returns_the_default_generator() -> None:
    assert random.manual_seed(7) is random.default_generator
    assert random.initial_seed() == 7


def test_the_same_seed_draws_the_same_numbers_again() -> None:
    generator = seeded(3)
    first = generator.uniform((5,), "float32").tolist()
    assert generator.manual_seed(3).uniform((5,), "float32").tolist() == first


@pytest.mark.parametrize(("seed", "held"), [(-1, 2**64 - 1), (-(2**63), 2**63), (2**64 - 1, 2**64 - 1), (0, 0)])
def test_a_negative_seed_counts_back_from_two_to_the_64(seed: int, held: int) -> None:
    assert seeded(seed).initial_seed() == held


@pytest.mark.parametrize("seed", [2**64, -(2**63) - 1])
def test_a_seed_of_more_than_64_bits_is_refused(seed: int) -> None:
    with pytest.raises(ValueError, match=r"^Overflow when unpacking long long"):
        random.manual_seed(seed)


@pytest.mark.parametrize(("seed", "name"), [(3.7, "float"), ("a", "str"), (None, "NoneType"), (True, "bool")])
def test_a_generators_seed_must_be_an_int(seed: Any, name: str) -> None:
    with pytest.raises(RuntimeError, match=f"^manual_seed expected a long, but got {name}"):
        Generator().manual_seed(seed)


def test_the_modules_manual_seed_takes_what_int_takes() -> None:
    assert random.manual_seed(3.7).initial_seed() == 3  # type: ignore[arg-type]
    assert random.manual_seed(np.int64(5)).initial_seed() == 5  # type: ignore[arg-type]


def test_seed_starts_from_a_new_seed_each_time() -> None:
    generator = Generator()
    found = {generator.seed() for _ in range(5)}
    assert len(found) == 5
    assert generator.initial_seed() in found
    assert random.seed() == random.initial_seed()


def test_a_state_set_back_draws_the_same_numbers_with_the_kept_normal() -> None:
    generator = seeded(9)
    generator.normal((3,), "float32")  # keeps a second normal number
    state = generator.saved_state()
    first = generator.normal((5,), "float64").tolist()
    generator.manual_seed(1)
    generator.restore_state(state)
    assert generator.initial_seed() == 9
    assert generator.normal((5,), "float64").tolist() == first
    other = Generator()
    other.restore_state(state)
    assert other.normal((5,), "float64").tolist() == first


def test_a_generator_prints_a_serial_number_and_no_address() -> None:
    assert repr(random.default_generator) == "<torch._C.Generator object at 0x1>"


# ---------------------------------------------------------------------------------------------------------------------
# The draws by themselves


def test_a_small_normal_draw_keeps_its_second_number_for_the_next_one() -> None:
    together = seeded(5).normal((6,), "float64").tolist()
    generator = seeded(5)
    apart = [generator.normal((), "float64").item() for _ in range(6)]
    assert apart == together
    generator.normal((1,), "float64")
    generator.manual_seed(5)  # forgets the kept one
    assert generator.normal((6,), "float64").tolist() == together


def test_a_large_normal_draw_leaves_the_kept_number_alone() -> None:
    generator, other = seeded(5), seeded(5)
    generator.normal((1,), "float64")
    kept = other.normal((2,), "float64")[1]
    generator.normal((16,), "float64")
    assert generator.normal((), "float64") == kept


@pytest.mark.parametrize("dtype", FLOATS)
def test_every_draw_has_the_shape_and_dtype_asked_for(dtype: str) -> None:
    generator = seeded(0)
    for shape in [(), (0,), (2, 3), (4, 0, 2), (5, 7)]:
        for array in (generator.uniform(shape, dtype, -1, 2), generator.normal(shape, dtype, 1, 2)):
            assert isinstance(array, np.ndarray)
            assert (array.shape, array.dtype) == (shape, np.dtype(dtype))
        assert generator.integers(0, 9, shape).shape == shape
        mask, draw = generator.dropout_mask(shape, 0.5), generator.bernoulli(np.full(shape, 0.5, dtype))
        assert (mask.shape, mask.dtype) == (draw.shape, draw.dtype) == (shape, np.dtype(bool))


@given(seeds, st.integers(0, 300))
def test_a_permutation_has_every_integer_once(seed: int, n: int) -> None:
    assert sorted(seeded(seed).permutation(n).tolist()) == list(range(n))


def test_a_number_that_rounds_up_to_high_becomes_low() -> None:
    values = seeded(0).uniform((300_000,), "float32", 1000.0, 1000.1)
    assert values.max() < np.float32(1000.1)
    assert values.min() == 1000.0


def test_infinite_means_and_huge_deviations_stay_what_they_are() -> None:
    assert seeded(0).normal((2,), "float64", math.inf).tolist() == [math.inf, math.inf]
    assert np.isfinite(seeded(0).normal((20,), "float64", 0.0, 1e305)).all()


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda g: g.uniform((2,), "float32", 3, 1), "uniform_ expects to return a [from, to) range, but found from=3 > to=1"),
        (lambda g: g.normal((2,), "float32", 0, -1), "normal expects std >= 0.0, but found std -1"),
        (lambda g: g.integers(5, 3, (2,)), "random_ expects 'from' to be less than 'to', but got from=5 >= to=3"),
        (lambda g: g.permutation(-1), "Trying to create tensor with negative dimension -1: [-1]"),
        (lambda g: g.dropout_mask((2,), 2.0), "bernoulli_ expects p to be in [0, 1], but got p=2"),
        (
            lambda g: g.bernoulli(np.array([0.5, math.nan])),
            "Expected p_in >= 0 && p_in <= 1 to be true, but got false.  "
            "(Could this error message be improved?  If so, please report an enhancement request to PyTorch.)",
        ),
    ],
)
def test_impossible_draws_raise_pytorchs_errors(draw: Any, message: str) -> None:
    with pytest.raises(RuntimeError) as caught:
        draw(Generator())
    assert str(caught.value) == message


# ---------------------------------------------------------------------------------------------------------------------
# Live against PyTorch. Both generators draw in step and are never seeded again, so that a draw which took one word too
# many, or forgot the kept normal number, would spoil all that follow.


def twins(torch: ModuleType, seed: int) -> tuple[Generator, Any]:
    return seeded(seed), torch.Generator().manual_seed(seed)


def same_bits(ours: np.ndarray, theirs: Any) -> bool:
    other = theirs.detach().numpy()
    return ours.dtype == other.dtype and ours.shape == other.shape and ours.tobytes() == other.tobytes()


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("seed", SEEDS)
def test_uniform_draws_equal_pytorchs_bit_for_bit(real_torch: ModuleType, dtype: str, seed: int) -> None:
    ours, theirs = twins(real_torch, seed)
    kind = getattr(real_torch, dtype)
    for count in COUNTS:
        assert same_bits(ours.uniform((count,), dtype), real_torch.rand(count, dtype=kind, generator=theirs))
        for low, high in INTERVALS:
            expected = real_torch.empty(count, dtype=kind).uniform_(low, high, generator=theirs)
            assert same_bits(ours.uniform((count,), dtype, low, high), expected)
    assert same_bits(ours.normal((), "float64"), real_torch.randn((), dtype=real_torch.float64, generator=theirs))


@settings(max_examples=60, deadline=None)
@example(seed=0, count=3, low=1.9937250028547597e-103, width=1.5, dtype="float64")  # a tie that the last bits decide
@given(
    seed=seeds,
    count=st.integers(0, 70),
    low=st.floats(-1e4, 1e4, allow_subnormal=False),
    width=st.floats(1e-3, 1e4),
    dtype=st.sampled_from(FLOATS[:2]),
)
def test_uniform_draws_of_any_interval_equal_pytorchs(
    real_torch: ModuleType, seed: int, count: int, low: float, width: float, dtype: str
) -> None:
    ours, theirs = twins(real_torch, seed)
    expected = real_torch.empty(count, dtype=getattr(real_torch, dtype)).uniform_(low, low + width, generator=theirs)
    assert same_bits(ours.uniform((count,), dtype, low, low + width), expected)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("seed", SEEDS)
def test_fewer_than_sixteen_normal_draws_equal_pytorchs_bit_for_bit(real_torch: ModuleType, dtype: str, seed: int) -> None:
    ours, theirs = twins(real_torch, seed)
    for count in range(16):
        for mean, std in BELLS:
            expected = real_torch.empty(count, dtype=getattr(real_torch, dtype)).normal_(mean, std, generator=theirs)
            assert same_bits(ours.normal((count,), dtype, mean, std), expected)


@pytest.mark.parametrize(("dtype", "tolerance", "equal"), [("float32", 4e-7, 0.7), ("float64", 4.5e-16, 0.98), ("float16", 1e-3, 0.99)])
@pytest.mark.parametrize("seed", SEEDS)
def test_sixteen_and_more_normal_draws_are_near_to_pytorchs(
    real_torch: ModuleType, dtype: str, tolerance: float, equal: float, seed: int
) -> None:
    ours, theirs = twins(real_torch, seed)
    for count in [16, 17, 31, 32, 40, 1000, 4096]:
        for mean, std in BELLS:
            found = ours.normal((count,), dtype, mean, std)
            expected = real_torch.empty(count, dtype=getattr(real_torch, dtype)).normal_(mean, std, generator=theirs).numpy()
            scale = abs(mean) + std
            np.testing.assert_allclose(found.astype(float), expected.astype(float), rtol=tolerance, atol=tolerance * scale)
            assert count < 1000 or (found == expected).mean() > equal
        assert same_bits(ours.normal((3,), dtype), real_torch.randn(3, dtype=getattr(real_torch, dtype), generator=theirs))


@pytest.mark.parametrize("seed", SEEDS)
def test_integers_and_permutations_equal_pytorchs(real_torch: ModuleType, seed: int) -> None:
    ours, theirs = twins(real_torch, seed)
    for count in COUNTS:
        assert same_bits(ours.permutation(count), real_torch.randperm(count, generator=theirs))
        for low, high in RANGES:
            assert same_bits(ours.integers(low, high, (count,)), real_torch.randint(low, high, (count,), generator=theirs))


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("seed", SEEDS)
def test_bernoulli_draws_equal_pytorchs(real_torch: ModuleType, dtype: str, seed: int) -> None:
    ours, theirs = twins(real_torch, seed)
    for count in COUNTS:
        p = seeded(seed).uniform((count,), dtype)
        assert same_bits(ours.bernoulli(p), real_torch.bernoulli(real_torch.from_numpy(p), generator=theirs).bool())


@pytest.mark.parametrize("seed", SEEDS)
def test_dropout_masks_equal_pytorchs(torch_not_on_intel: ModuleType, seed: int) -> None:
    torch = torch_not_on_intel
    ours, theirs = twins(torch, seed)
    for count in COUNTS:
        for keep in [0.0, 0.1, 0.5, 0.9, 1.0]:
            assert same_bits(ours.dropout_mask((count,), keep), torch.empty(count).bernoulli_(keep, generator=theirs).bool())
    torch.manual_seed(seed)
    assert same_bits(seeded(seed).dropout_mask((50,), 0.7), torch.nn.functional.dropout(torch.ones(50), 0.3) != 0)


def test_a_linear_layer_starts_with_pytorchs_weights(real_torch: ModuleType) -> None:
    for seed, inputs, outputs in [(0, 2, 3), (1, 7, 5), (42, 64, 10)]:
        real_torch.manual_seed(seed)
        layer, generator, bound = real_torch.nn.Linear(inputs, outputs), seeded(seed), 1 / math.sqrt(inputs)
        assert same_bits(generator.uniform((outputs, inputs), "float32", -bound, bound), layer.weight)
        assert same_bits(generator.uniform((outputs,), "float32", -bound, bound), layer.bias)


@pytest.mark.parametrize("seed", [0, -1, -2, -(2**63), 2**63, 2**64 - 1, 2**64, -(2**63) - 1, 3.7, "a", None, True])
def test_seeds_are_taken_and_refused_as_pytorch_does(real_torch: ModuleType, seed: Any) -> None:
    def outcome(manual_seed: Any) -> Any:
        try:
            return manual_seed(seed).initial_seed()
        except Exception as error:
            return type(error), str(error).split("\n")[0]

    assert outcome(random.manual_seed) == outcome(real_torch.manual_seed)
    assert outcome(Generator().manual_seed) == outcome(real_torch.Generator().manual_seed)


def test_multiply_and_add_rounds_once() -> None:
    """Beside exact fractions: ties that only the last bits decide, and sums that nearly cancel."""
    draw = np.random.default_rng(1)
    for i in range(3000):
        x, factor = draw.standard_normal(2) * 2.0 ** draw.integers(-30, 30, 2)
        x, factor = float(x), 1.5 if i % 3 == 0 else float(factor)  # half of the products with 1.5 are ties
        term = -x * factor * (1 + 2.0 ** -draw.integers(20, 53)) if i % 5 == 0 else draw.standard_normal() * 2.0 ** draw.integers(-120, 40)
        exact = Fraction(x) * Fraction(factor) + Fraction(term)
        assert multiply_add(np.array([x]), factor, term)[0] == exact.numerator / exact.denominator
