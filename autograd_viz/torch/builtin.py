"""What PyTorch prints of its functions: `<built-in method sin of type object at 0x...>`, for they are written in C++. For looks alone.

So `x.size[0]`, where somebody forgot the parentheses, says that a 'builtin_function_or_method' object is not subscriptable.
"""

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


METHODS = (
    "data_ptr", "detach", "dim", "element_size", "is_contiguous", "item", "nelement", "numel", "numpy", "size", "stride", "tolist", "type",
)  # fmt: skip
"""Methods that one may forget to call, and that are no operations: for these the look costs too much."""


_LOOK = "builtin_function_or_method"


class _bound(functools.partial[Any]):
    """A method of a tensor, not yet called."""

    @property
    def __name__(self) -> str:
        return str(self.func.__name__)

    def __repr__(self) -> str:
        return f"<built-in method {self.__name__} of {type(self.args[0]).__name__} object at 0x000000000000>"


for _attribute, _value in {"__name__": _LOOK, "__qualname__": _LOOK, "__module__": "builtins"}.items():
    setattr(_bound, _attribute, _value)


class _Method:
    """A method in its class."""

    def __init__(self, function: Any) -> None:
        self.function = function
        functools.update_wrapper(self, function)

    def __get__(self, tensor: Any, kind: Any = None) -> Any:
        return self if tensor is None else _bound(self.function, tensor)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<method '{self.function.__name__}' of 'torch._C.TensorBase' objects>"


def methods_as_builtins(kind: type) -> None:
    """Let the methods of tensors look so."""
    for name in METHODS:
        setattr(kind, name, _Method(vars(kind)[name]))
