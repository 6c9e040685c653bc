"""What PyTorch prints of its functions: `<built-in method sin of type object at 0x...>`, for they are written in C++. For looks alone."""

from __future__ import annotations

import functools
from types import FunctionType
from typing import Any

PLACES = tuple(f"autograd_viz.torch.{place}" for place in ("ops.", "linalg.", "mutation", "operators", "nn.functional.plain"))
PYTHON = frozenset(
    [
        "atleast_1d", "atleast_2d", "atleast_3d", "block_diag", "broadcast_shapes", "broadcast_tensors", "cartesian_prod", "cdist",
        "chain_matmul", "einsum", "get_rng_state", "is_storage", "is_tensor", "meshgrid", "norm", "set_rng_state", "split",
        "tensordot", "unique", "unique_consecutive", "unravel_index",
    ]
)  # fmt: skip
"""What PyTorch has written in Python, and so prints as any function."""


class builtin_function_or_method(functools.partial[Any]):
    """A function that prints as one of C++. Its call is a step in C more (about 0.05 us)."""

    def __repr__(self) -> str:
        # (PyTorch prints an address here; a notebook has to print the same on every run.)
        return f"<built-in method {self.__name__} of type object at 0x000000000000>"  # type: ignore[attr-defined]

    def __copy__(self) -> Any:
        return self

    def __deepcopy__(self, memo: Any) -> Any:
        return self


builtin_function_or_method.__module__ = "builtins"


def as_builtins(names: dict[str, Any]) -> None:
    """Let the functions of a namespace look so, where PyTorch's do."""
    for name, found in names.items():
        if isinstance(found, FunctionType) and name not in PYTHON and found.__module__.startswith(PLACES):
            names[name] = functools.update_wrapper(builtin_function_or_method(found), found)
            names[name].__name__, names[name].__qualname__, names[name].__module__ = name, f"_VariableFunctionsClass.{name}", "torch"
