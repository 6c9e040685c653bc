"""Tensors print as PyTorch prints them, to the character: stored facts that need no PyTorch, then the live comparison.

The facts were printed by PyTorch 2.13.0; `test_the_stored_facts_are_what_pytorch_prints` prints them again.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograd_viz.torch.printing import (
    PARAMETER,
    TENSOR,
    format_array,
    format_scalar,
    get_printoptions,
    printoptions,
    set_printoptions,
)

Array = np.ndarray[Any, np.dtype[Any]]


def f32(values: Any) -> Array:
    return np.array(values, np.float32)


# name: (values, what PyTorch prints)
FACTS: dict[str, tuple[Array, str]] = {
    "a whole float ends in a dot": (
        f32([1, 2]),
        "tensor([1., 2.])",
    ),
    "a fraction has four digits": (
        f32([1.5, 2]),
        "tensor([1.5000, 2.0000])",
    ),
    "columns line up": (
        f32([[1.5, -22.25], [333, 4]]),
        "tensor([[  1.5000, -22.2500],\n        [333.0000,   4.0000]])",
    ),
    "a number without dimensions has no brackets": (
        f32(3.14159),
        "tensor(3.1416)",
    ),
    "zero": (
        f32(0.0),
        "tensor(0.)",
    ),
    "minus zero": (
        f32([-0.0, 0.0]),
        "tensor([-0., 0.])",
    ),
    "nan and inf are not whole numbers but have no dot": (
        f32([np.nan, np.inf, -np.inf, 1]),
        "tensor([nan, inf, -inf, 1.])",
    ),
    "nothing but nan": (
        f32([np.nan, 0]),
        "tensor([nan, 0.])",
    ),
    "nan in a narrow column": (
        f32([np.nan, -np.inf, 0.5]),
        "tensor([   nan,   -inf, 0.5000])",
    ),
    "a ratio of 1000 is still plain": (
        f32([0.001, 1.0]),
        "tensor([0.0010, 1.0000])",
    ),
    "a ratio above 1000 is scientific": (
        f32([0.001, 1.001]),
        "tensor([1.0000e-03, 1.0010e+00])",
    ),
    "a hundred million is still plain": (
        f32([1e8, 1e7]),
        "tensor([100000000.,  10000000.])",
    ),
    "more than a hundred million is scientific": (
        f32([2e8, 1e8]),
        "tensor([2.0000e+08, 1.0000e+08])",
    ),
    "less than a ten-thousandth is scientific": (
        f32([1e-5]),
        "tensor([1.0000e-05])",
    ),
    "float64 names itself": (
        np.array([1.5]),
        "tensor([1.5000], dtype=torch.float64)",
    ),
    "float16 names itself": (
        np.array([1.5], np.float16),
        "tensor([1.5000], dtype=torch.float16)",
    ),
    "int64 does not": (
        np.array([[1, -20], [300, 4]]),
        "tensor([[  1, -20],\n        [300,   4]])",
    ),
    "int32 does": (
        np.array([1, 2], np.int32),
        "tensor([1, 2], dtype=torch.int32)",
    ),
    "uint8 does": (
        np.array([255, 2], np.uint8),
        "tensor([255,   2], dtype=torch.uint8)",
    ),
    "bools of one length": (
        np.array([True, True]),
        "tensor([True, True])",
    ),
    "bools of two lengths": (
        np.array([True, False]),
        "tensor([ True, False])",
    ),
    "an empty vector": (
        f32([]),
        "tensor([])",
    ),
    "an empty matrix prints its size": (
        np.zeros((0, 3), np.float32),
        "tensor([], size=(0, 3))",
    ),
    "an empty vector of integers prints its dtype": (
        np.zeros(0, np.int64),
        "tensor([], dtype=torch.int64)",
    ),
    "three dimensions have an empty line between matrices": (
        np.arange(8).reshape(2, 2, 2),
        "tensor([[[0, 1],\n         [2, 3]],\n\n        [[4, 5],\n         [6, 7]]])",
    ),
    "four dimensions have two": (
        np.arange(4).reshape(2, 1, 1, 2),
        "tensor([[[[0, 1]]],\n\n\n        [[[2, 3]]]])",
    ),
    "a long row is broken": (
        np.arange(1000, 1030),
        "tensor([1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010, 1011,\n"
        "        1012, 1013, 1014, 1015, 1016, 1017, 1018, 1019, 1020, 1021, 1022, 1023,\n"
        "        1024, 1025, 1026, 1027, 1028, 1029])",
    ),
    "a long row inside a matrix is indented": (
        np.arange(1000, 1026).reshape(1, 26),
        "tensor([[1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010, 1011,\n"
        "         1012, 1013, 1014, 1015, 1016, 1017, 1018, 1019, 1020, 1021, 1022, 1023,\n"
        "         1024, 1025]])",
    ),
    "a thousand and one elements are summarized": (
        np.arange(1001),
        "tensor([   0,    1,    2,  ...,  998,  999, 1000])",
    ),
    "a summary of a matrix": (
        np.arange(4000, dtype=np.float32).reshape(1000, 4),
        "tensor([[0.0000e+00, 1.0000e+00, 2.0000e+00, 3.0000e+00],\n"
        "        [4.0000e+00, 5.0000e+00, 6.0000e+00, 7.0000e+00],\n"
        "        [8.0000e+00, 9.0000e+00, 1.0000e+01, 1.1000e+01],\n"
        "        ...,\n"
        "        [3.9880e+03, 3.9890e+03, 3.9900e+03, 3.9910e+03],\n"
        "        [3.9920e+03, 3.9930e+03, 3.9940e+03, 3.9950e+03],\n"
        "        [3.9960e+03, 3.9970e+03, 3.9980e+03, 3.9990e+03]])",
    ),
    "a summary is as wide as what it shows": (
        np.where(np.arange(2000) == 1000, 1e6, 1.0).astype(np.float32),
        "tensor([1., 1., 1.,  ..., 1., 1., 1.])",
    ),
}

# name: (values, suffixes, prefix, what PyTorch prints)
SUFFIXED: dict[str, tuple[Array, list[str], str, str]] = {
    "requires_grad": (
        f32([1.5]),
        ["requires_grad=True"],
        TENSOR,
        "tensor([1.5000], requires_grad=True)",
    ),
    "grad_fn": (
        f32([1.5, 2]) + 1,
        ["grad_fn=<AddBackward0>"],
        TENSOR,
        "tensor([2.5000, 3.0000], grad_fn=<AddBackward0>)",
    ),
    "dtype and then grad_fn": (
        np.array([1.5]) + 1,
        ["grad_fn=<AddBackward0>"],
        TENSOR,
        "tensor([2.5000], dtype=torch.float64, grad_fn=<AddBackward0>)",
    ),
    "size, dtype and then grad_fn": (
        np.zeros((0, 3)) + 1,
        ["grad_fn=<AddBackward0>"],
        TENSOR,
        "tensor([], size=(0, 3), dtype=torch.float64, grad_fn=<AddBackward0>)",
    ),
    "a suffix that fits to the last column": (
        np.linspace(1, 2, 6, dtype=np.float32) + 1,
        ["grad_fn=<AddBackward0>"],
        TENSOR,
        "tensor([2.0000, 2.2000, 2.4000, 2.6000, 2.8000, 3.0000],\n       grad_fn=<AddBackward0>)",
    ),
    "a suffix that does not fit gets its own line": (
        np.linspace(1, 2, 7, dtype=np.float32) + 1,
        ["grad_fn=<AddBackward0>"],
        TENSOR,
        "tensor([2.0000, 2.1667, 2.3333, 2.5000, 2.6667, 2.8333, 3.0000],\n       grad_fn=<AddBackward0>)",
    ),
    "a parameter": (
        f32([[1.5]]),
        ["requires_grad=True"],
        PARAMETER,
        "Parameter containing:\ntensor([[1.5000]], requires_grad=True)",
    ),
    "a parameter with a long row": (
        np.linspace(1, 2, 7, dtype=np.float32),
        ["requires_grad=True"],
        PARAMETER,
        "Parameter containing:\ntensor([1.0000, 1.1667, 1.3333, 1.5000, 1.6667, 1.8333, 2.0000],\n       requires_grad=True)",
    ),
}


@pytest.fixture(autouse=True)
def _default_options(request: pytest.FixtureRequest) -> Iterator[None]:
    """Each test begins with the default options, and leaves them behind: ours and PyTorch's."""
    set_printoptions(profile="default")
    yield
    set_printoptions(profile="default")
    if "real_torch" in request.fixturenames:
        request.getfixturevalue("real_torch").set_printoptions(profile="default")


# ---------------------------------------------------------------------------------------------------------------------
# Stored facts


@pytest.mark.parametrize("name", FACTS)
def test_a_tensor_prints_as_in_pytorch(name: str) -> None:
    array, expected = FACTS[name]
    assert format_array(array) == expected


@pytest.mark.parametrize("name", SUFFIXED)
def test_suffixes_follow_as_in_pytorch(name: str) -> None:
    array, suffixes, prefix, expected = SUFFIXED[name]
    assert format_array(array, suffixes=suffixes, prefix=prefix) == expected


def test_the_default_dtype_is_not_named() -> None:
    assert format_array(np.array([1.5]), default_dtype="float64") == "tensor([1.5000])"
    assert format_array(f32([1.5]), default_dtype="float64") == "tensor([1.5000], dtype=torch.float32)"


def test_a_subclass_indents_its_rows_by_its_own_name() -> None:
    assert format_array(f32([[1], [2]]), prefix="Loss(") == "Loss([[1.],\n      [2.]])"


def test_printing_leaves_the_array_as_it_was() -> None:
    array = f32(np.arange(2000)).reshape(50, 40)
    before = array.copy()
    format_array(array)
    assert (array == before).all()


def test_a_transposed_array_prints_its_own_order() -> None:
    assert format_array(np.arange(4).reshape(2, 2).T) == "tensor([[0, 2],\n        [1, 3]])"


# ---------------------------------------------------------------------------------------------------------------------
# Options


@pytest.mark.parametrize(
    ("options", "array", "expected"),
    [
        ({"precision": 2}, f32([1.12345]), "tensor([1.12])"),
        ({"sci_mode": True}, f32([1.5]), "tensor([1.5000e+00])"),
        ({"sci_mode": False}, f32([1e-5, 1]), "tensor([0.0000, 1.0000])"),
        ({"threshold": 5}, np.arange(10), "tensor([0, 1, 2,  ..., 7, 8, 9])"),
        ({"threshold": 5, "edgeitems": 1}, np.arange(10), "tensor([0,  ..., 9])"),
        ({"edgeitems": 0}, np.arange(2), "tensor([0, 1], size=(2,))"),
        ({"edgeitems": 0, "threshold": 1}, np.arange(2), "tensor([...], size=(2,))"),
        ({"linewidth": 12}, np.arange(3), "tensor([0,\n        1,\n        2])"),
        ({"profile": "short"}, f32([1.12345]), "tensor([1.12])"),
        ({"profile": "short", "precision": 3}, f32([1.12345]), "tensor([1.123])"),
    ],
)
def test_an_option_changes_what_is_printed(options: dict[str, Any], array: Array, expected: str) -> None:
    set_printoptions(**options)
    assert format_array(array) == expected
    set_printoptions(profile="default")
    assert format_array(array) != expected


def test_options_not_named_stay_but_sci_mode_falls_back() -> None:
    set_printoptions(precision=2, sci_mode=True)
    set_printoptions(linewidth=100)
    assert get_printoptions() == {"precision": 2, "threshold": 1000, "edgeitems": 3, "linewidth": 100, "sci_mode": None}


def test_the_full_profile_leaves_nothing_out() -> None:
    set_printoptions(profile="full")
    assert "..." not in format_array(np.arange(5000))


def test_printoptions_end_with_their_block_even_when_it_fails() -> None:
    with printoptions(precision=1):
        assert format_array(f32([1.25])) == "tensor([1.2])"
    with pytest.raises(ValueError, match="Unknown format code"), printoptions(precision=1):
        format_scalar(f32(1.25), "d")
    assert format_array(f32([1.25])) == "tensor([1.2500])"


# ---------------------------------------------------------------------------------------------------------------------
# format() of a tensor without dimensions


@pytest.mark.parametrize(
    ("value", "spec", "expected"),
    [
        (f32(2.0), "", "2.0"),
        (f32(2.5), ".3f", "2.500"),
        (f32(0.1), "", "0.10000000149011612"),
        (np.float64(0.1), "", "0.1"),
        (np.array(3), "5d", "    3"),
        (np.array(True), "", "True"),
        (f32(np.nan), ".2f", "nan"),
    ],
)
def test_a_scalar_formats_as_its_number(value: Any, spec: str, expected: str) -> None:
    assert format_scalar(value, spec) == expected


def test_a_float_scalar_refuses_an_integer_spec() -> None:
    with pytest.raises(ValueError, match=r"^Unknown format code 'd' for object of type 'float'"):
        format_scalar(f32(2.0), "d")


# ---------------------------------------------------------------------------------------------------------------------
# Live against PyTorch

SUFFIX = {"leaf": "requires_grad=True", "parameter": "requires_grad=True", "result": "grad_fn=<AliasBackward0>"}


def printed_by_pytorch(torch: ModuleType, array: Array, kind: str = "plain") -> str:
    """`kind`: a plain tensor, a leaf that requires grad, the result of an operation, or a parameter."""
    tensor = torch.tensor(array.tolist(), dtype=getattr(torch, array.dtype.name)).reshape(array.shape)
    if kind == "parameter":
        return repr(torch.nn.Parameter(tensor))
    if kind != "plain":
        tensor.requires_grad_()
    return repr(torch.ops.aten.alias(tensor) if kind == "result" else tensor)


def printed_by_us(array: Array, kind: str = "plain") -> str:
    prefix = PARAMETER if kind == "parameter" else TENSOR
    return format_array(array, suffixes=[SUFFIX[kind]] if kind in SUFFIX else [], prefix=prefix)


@pytest.mark.parametrize("name", FACTS)
def test_the_stored_facts_are_what_pytorch_prints(name: str, real_torch: ModuleType) -> None:
    array, expected = FACTS[name]
    assert printed_by_pytorch(real_torch, array) == expected


DTYPES = ["float32", "float64", "float16", "int64", "int32", "int16", "int8", "uint8", "bool"]
arrays = st.sampled_from(DTYPES).flatmap(lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=7)))
some_options = st.fixed_dictionaries(
    {},
    optional={
        "precision": st.integers(0, 8),
        "threshold": st.sampled_from([0, 5, 50]),
        "edgeitems": st.integers(0, 4),
        "linewidth": st.integers(1, 120),
        "profile": st.sampled_from(["default", "short", "full", "of another name"]),
        "sci_mode": st.sampled_from([None, True, False]),
    },
)


@settings(max_examples=150, deadline=None)
@given(array=arrays, options=some_options, kind=st.sampled_from(["plain", *SUFFIX]))
def test_any_array_prints_as_in_pytorch_with_any_options(real_torch: ModuleType, array: Array, options: dict[str, Any], kind: str) -> None:
    set_printoptions(**options)
    real_torch.set_printoptions(**options)
    kind = kind if array.dtype.kind == "f" else "plain"
    assert printed_by_us(array, kind) == printed_by_pytorch(real_torch, array, kind)


def values(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """The numbers of lessons, and the edges of PyTorch's rules: one of six kinds."""
    edges = [0.0, -0.0, 1e-4, 1e8, 1e5, 0.001, 1.0, 1.001, np.nan, np.inf, -np.inf, 99999.5]
    kinds = [
        lambda: rng.normal(size=shape),
        lambda: rng.integers(-9, 10, shape),
        lambda: rng.normal(size=shape) * 10.0 ** rng.integers(-8, 12),
        lambda: 10.0 ** rng.uniform(-5, 9, shape) * rng.choice([-1, 1], shape),
        lambda: np.round(10.0 ** rng.uniform(0, 4, shape)),
        lambda: rng.choice(edges, shape),
    ]
    return np.asarray(kinds[rng.integers(len(kinds))]())


@pytest.mark.parametrize("seed", range(4))
def test_hundreds_of_random_arrays_print_as_in_pytorch(real_torch: ModuleType, seed: int) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(300):
        shape = tuple(int(length) for length in rng.integers(1, [1, 30, 12, 6, 4][rng.integers(5)] + 1, rng.integers(0, 4)))
        with np.errstate(invalid="ignore", over="ignore"):  # nan as an integer is some integer
            array = values(rng, shape).astype(rng.choice(DTYPES))
        kind = str(rng.choice(["plain", *SUFFIX])) if array.dtype.kind == "f" else "plain"
        assert printed_by_us(array, kind) == printed_by_pytorch(real_torch, array, kind)


@pytest.mark.parametrize("shape", [(1000,), (1001,), (7, 150), (200, 6), (10, 11, 12), (2, 3, 200), (6, 6, 6, 6), (1, 1, 1001)])
def test_big_arrays_are_summarized_as_in_pytorch(real_torch: ModuleType, shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    for dtype in DTYPES:
        array = (rng.normal(size=shape) * 100).astype(dtype)
        assert printed_by_us(array) == printed_by_pytorch(real_torch, array)


def test_options_are_remembered_as_in_pytorch(real_torch: ModuleType) -> None:
    for options in [{"precision": 2}, {"profile": "short"}, {"sci_mode": True}, {"profile": "full", "edgeitems": 1}, {}]:
        set_printoptions(**options)
        real_torch.set_printoptions(**options)
        assert get_printoptions() == real_torch._tensor_str.get_printoptions()
