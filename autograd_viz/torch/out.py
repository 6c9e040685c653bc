"""`out=`: an operation that writes its result into a tensor which is there already.

A course may skip this file. Read next: `arguments.py`.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from autograd_viz.torch.dtypes import scalar_name
from autograd_viz.torch.modes import mode
from autograd_viz.torch.node import Array
from autograd_viz.torch.ops.memory import check_apart, check_one_place_each
from autograd_viz.torch.tensor import Tensor


def check_untracked(name: str, *tensors: Any) -> None:
    """Raise RuntimeError if one of the arguments of a function with `out=` requires grad."""
    if mode.grad and any(isinstance(tensor, Tensor) and tensor.requires_grad for tensor in tensors):
        what = "functions with out=... arguments don't support automatic differentiation, but one of the arguments requires grad."
        raise RuntimeError(f"{name}(): {what}")


# Which write each element as soon as they have it, in an order of their own: then not even the very tensor that is read may be written to.
# And which compute all before they write, or read more than they write: then it does not matter. The others go element by element.
PLACE_BY_PLACE = (
    "cat", "concat", "stack", "hstack", "vstack", "dstack", "index_select", "gather", "take", "masked_select", "max", "min", "topk", "kron",
)  # fmt: skip
COMPUTE_FIRST = ("addmm", "addmv", "mm", "mv", "matmul", "bmm", "tril", "triu", "diag")


def check_memory(name: str, out: Tensor, given: Sequence[Array], result: Array) -> None:
    """Raise RuntimeError if `out` overlaps with an argument that is still read while the result is written."""
    read = [array for array in given if name in PLACE_BY_PLACE or (name not in COMPUTE_FIRST and array.size <= result.size)]
    for array in read:
        check_apart(out._array, array, same=name not in PLACE_BY_PLACE)
    if out._array.shape != result.shape and any(array is out._array for array in read):
        shapes = f"output with shape {list(out._array.shape)} doesn't match the broadcast shape {list(result.shape)}"
        raise RuntimeError(f"{shapes}\nHint: `out` is an argument too, so its shape must not change.")


def put_into(out: Tensor, result: Tensor) -> Tensor:
    """Write a result into `out=`, which takes on its shape.  Raises RuntimeError if the dtype cannot hold it."""
    kind, shape = out._array.dtype, result._array.shape
    check_one_place_each(out._array)
    if result.dtype.category > out.dtype.category:
        raise RuntimeError(
            f"result type {scalar_name(result._array)} can't be cast to the desired output type {scalar_name(out._array)}"
        )
    if out._array.shape == shape:
        out._array[...] = result._array
    else:
        if out._array.size:
            warnings.warn(
                f"An output with one or more elements was resized since it had shape {list(out._array.shape)}, which does not match the "
                f"required output shape {list(shape)}. This behavior is deprecated, and in a future PyTorch release outputs will not be "
                "resized unless they have zero elements. You can explicitly reuse an out tensor t by resizing it, inplace, to zero "
                "elements with t.resize_(0).", stacklevel=3,
            )  # fmt: skip
        out._array = result._array.astype(kind)
    out._version_counter.value += 1
    return out
