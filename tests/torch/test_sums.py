"""PyTorch adds float32 numbers in the order of `sums.py`: to the last bit."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from .sums import moments_as_pytorch, norm_as_pytorch, sum_as_pytorch

SHAPES = [(n,) for n in (1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 127, 128, 129, 500, 1000, 4097, 20000)]
SHAPES += [
    (2, 3),
    (3, 5),
    (4, 8),
    (5, 17),
    (8, 40),
    (3, 100),
    (33, 7),
    (20, 20),
    (16, 3),
    (40, 33),
    (300, 2),
    (2, 3, 4),
    (5, 6, 7),
    (3, 40, 9),
]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_a_sum_agrees_to_the_last_bit(shape: tuple[int, ...], real_torch: ModuleType) -> None:
    chance = np.random.default_rng(len(shape))
    for _ in range(5):
        x = chance.standard_normal(shape).astype(np.float32)
        t = real_torch.from_numpy(x)
        assert sum_as_pytorch(x) == t.sum().numpy()
        for axis in range(len(shape)):
            assert np.array_equal(sum_as_pytorch(x, axis), t.sum(axis).numpy()), axis


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 7, 8, 10, 12, 15, 16, 20, 33, 64, 100])
def test_a_norm_and_moments_agree_to_the_last_bit(n: int, real_torch: ModuleType) -> None:
    x = np.random.default_rng(n).standard_normal((20, n)).astype(np.float32)
    t = real_torch.from_numpy(x)
    assert np.array_equal(norm_as_pytorch(x), [row.norm().numpy() for row in t])
    mean, variance = moments_as_pytorch(x)
    layer = (x - mean[:, None]) * (np.float32(1) / np.sqrt(variance + np.float32(1e-5)))[:, None]
    assert np.array_equal(layer, real_torch.nn.functional.layer_norm(t, (n,)).numpy())
