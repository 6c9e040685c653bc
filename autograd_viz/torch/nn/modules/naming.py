"""What PyTorch calls a thing in its error messages.

Read next: `module.py`.
"""

from __future__ import annotations

from typing import Any

from autograd_viz.torch.dtypes import scalar_name
from autograd_viz.torch.tensor import Tensor

__all__ = ["typename"]


def typename(obj: Any) -> str:
    """"torch.FloatTensor" for a tensor, "int" for 3, "torch.nn.modules.linear.Linear" for a layer."""
    if isinstance(obj, Tensor):
        return f"torch.{scalar_name(obj._array)}Tensor"
    named = obj if hasattr(obj, "__qualname__") else type(obj)
    module = named.__module__ or ""
    return named.__qualname__ if module in ("", "builtins") else f"{module}.{named.__qualname__}".removeprefix("autograd_viz.")
