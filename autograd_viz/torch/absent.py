"""What is not here: `torch.fft`, `torch.nn.SyncBatchNorm`, ... The error is PyTorch's for a name that it does not have, and says more.

(A `Tensor.__getattr__`, even if it is never asked, would slow down every attribute; so for each that is missing something stands there.)

And what stands elsewhere here: `from torch.optim.adamw import AdamW` finds it too.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

HINT = "autograd_viz has the part of PyTorch that one needs to learn autograd. If PyTorch itself has this, use PyTorch here."
NO_NUMBERS = {"bfloat16": "bfloat16"} | dict.fromkeys(
    ("complex", "complex32", "complex64", "complex128", "cfloat", "cdouble", "chalf", "polar", "view_as_complex", "view_as_real"), "complex"
)


def raiser(module: str) -> Callable[[str], Any]:
    """A module's `__getattr__`: raise AttributeError as PyTorch does for a name that it does not know, with a hint on the next line."""

    def __getattr__(name: str) -> Any:
        kind = NO_NUMBERS.get(name)
        hint = HINT if kind is None else f"this library has no {kind} numbers; PyTorch has."
        raise AttributeError(f"module '{module}' has no attribute '{name}'\nHint: {hint}")

    return __getattr__


OF_TENSORS = (
    "bfloat16", "cfloat", "cdouble", "chalf", "coalesce", "dense_dim", "dequantize", "geqrf", "index_reduce", "index_reduce_", "indices",
    "istft", "lu", "lu_solve", "orgqr", "ormqr", "record_stream", "sparse_dim", "sparse_mask", "stft", "to_dense", "to_mkldnn", "to_sparse",
    "to_sparse_coo", "to_sparse_csr", "values",
)  # fmt: skip
"""What PyTorch's tensors have, and ours have not."""


class _Missing:
    """A method that is not here."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, tensor: Any, kind: type) -> Any:
        raise AttributeError(f"'{kind.__name__}' object has no attribute '{self.name}'\nHint: {HINT}")


def tell_of_tensors(kind: type) -> None:
    """Let tensors say so of the methods that they have not."""
    for name in OF_TENSORS:
        setattr(kind, name, _Missing(name))


def tell(package: str) -> None:
    """Let every module of the package say so."""
    for name, module in list(sys.modules.items()):
        if name == package or name.startswith(f"{package}."):
            vars(module).setdefault("__getattr__", raiser(name.partition(".")[2]))


def offer(package: str, places: dict[str, ModuleType]) -> None:
    """Let modules be found, and imported, where PyTorch has them too."""
    for path, module in places.items():
        above, _, name = path.rpartition(".")
        sys.modules.setdefault(f"{package}.{path}", module)
        vars(sys.modules[f"{package}.{above}"]).setdefault(name, module)
