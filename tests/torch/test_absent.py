"""What this library has not says so, in PyTorch's words first; and what stands elsewhere here is found where PyTorch has it."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

from autograd_viz import torch


@pytest.mark.parametrize(
    ("owner", "name", "said"),
    [
        (torch, "stft", "module 'torch' has no attribute 'stft'"),
        (torch.nn, "SyncBatchNorm", "module 'torch.nn' has no attribute 'SyncBatchNorm'"),
        (torch.nn.utils.rnn, "nothing", "module 'torch.nn.utils.rnn' has no attribute 'nothing'"),
        (torch.optim, "Muon", "module 'torch.optim' has no attribute 'Muon'"),
        (torch.ones(1), "to_sparse", "'Tensor' object has no attribute 'to_sparse'"),
        (torch.nn.Parameter(torch.ones(1)), "bfloat16", "'Parameter' object has no attribute 'bfloat16'"),
    ],
)
def test_a_name_that_is_not_here_says_so_under_pytorchs_own_words(owner: Any, name: str, said: str) -> None:
    with pytest.raises(AttributeError) as caught:
        getattr(owner, name)
    first, hint = str(caught.value).split("\n")
    assert first == said
    assert hint.startswith("Hint: ")
    assert not hasattr(owner, name)


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("optim.adamw", "AdamW"), ("optim.sgd", "SGD"), ("autograd.function", "once_differentiable"), ("autograd.variable", "Variable"),
        ("autograd.grad_mode", "no_grad"), ("nn.modules.batchnorm", "BatchNorm1d"), ("distributions.normal", "Normal"),
    ],
)  # fmt: skip
def test_an_import_from_where_pytorch_has_it_finds_it(module: str, name: str, real_torch: Any) -> None:
    assert hasattr(import_module(f"torch.{module}"), name)
    assert hasattr(import_module(f"autograd_viz.torch.{module}"), name)


def test_a_number_may_leave_a_tensor_in_vmap_only_if_it_is_the_same_for_all_samples() -> None:
    factor = torch.tensor(2.0)
    assert torch.vmap(lambda x: x * factor.item())(torch.tensor([1.0, 2.0])).tolist() == [2.0, 4.0]
    with pytest.raises(RuntimeError, match=r"calling \.item"):
        torch.vmap(lambda x: x * x.item())(torch.tensor([1.0, 2.0]))
    assert torch.tensor(3.0).item() == 3.0
