"""Random stories of views, in-place changes, hooks, modes and backward calls end as they end in PyTorch. See `stories.py`."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

import pytest

from autograd_viz import torch

from .stories import WEIGHTS, shortest, told, transcript, written

EACH = 40  # stories of a kind, in ten tests, so that a failure says little and quickly


@pytest.fixture(scope="module")
def theirs(real_torch: ModuleType) -> Iterator[ModuleType]:
    real_torch.set_warn_always(True)
    yield real_torch
    real_torch.set_warn_always(False)


@pytest.mark.parametrize("tenth", range(10))
@pytest.mark.parametrize("kind", WEIGHTS)
def test_a_random_story_is_told_as_pytorch_tells_it(kind: str, tenth: int, theirs: ModuleType) -> None:
    for seed in range(tenth * EACH // 10, (tenth + 1) * EACH // 10):
        found = shortest(written(kind, seed, theirs), torch, theirs)
        assert found is None, f"story {seed}\n{told(found)}"


@pytest.mark.parametrize("kind", WEIGHTS)
def test_pytorch_tells_a_story_twice_the_same(kind: str, theirs: ModuleType) -> None:
    for seed in range(5):
        story = written(kind, seed, theirs)
        assert transcript(story, theirs) == transcript(story, theirs)
