# mypy: disable-error-code="attr-defined,operator,comparison-overlap,arg-type,no-any-return"
# (What a Tensor can do is attached in methods.py, where a type checker does not see it.)
"""Forward mode: a dual tensor carries a tangent, how fast it moves; what is computed from it has one too.

    with dual_level():
        y = f(make_dual(x, v))
        y, moved = unpack_dual(y)          # moved: the Jacobian of f times v

In PyTorch an operation on dual tensors computes the tangent along with the value. Here it follows from the recorded graph when it is
asked for (`func/products.py`); so a dual tensor says that it requires grad, and needs tracking to be on.

Read next: `nn/__init__.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import NamedTuple

from autograd_viz.torch.func.level import Level
from autograd_viz.torch.func.products import needs_jvp, push
from autograd_viz.torch.modes import enable_grad, mode
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops.conversion import dressings
from autograd_viz.torch.tensor import Tensor

__all__ = ["UnpackedDualTensor", "dual_level", "enter_dual_level", "exit_dual_level", "make_dual", "unpack_dual"]


class UnpackedDualTensor(NamedTuple):
    """The two parts of a dual tensor; no tangent if it does not move."""

    primal: Tensor
    tangent: Tensor | None


@op("Identity", self=lambda grad: grad)
def primal(self: Array) -> Array:
    """The same values and memory, without the tangent."""
    return self


class _Duals:
    """The dual tensors of the level that is open."""

    def __init__(self) -> None:
        self.level = Level()
        self.tensors: list[Tensor] = []
        self.tangents: list[Tensor] = []
        self.given: list[Tensor] = []  # what was unpacked, which does not print as dual


_open: list[_Duals] = []


def enter_dual_level() -> int:
    """Open the level, in which dual tensors may be made; its number, 0.  Raises RuntimeError if it is open: there is only one."""
    if _open:
        raise RuntimeError("Nested forward mode AD is not supported at the moment")
    opened = _Duals()
    mode.transformations = (*mode.transformations, needs_jvp)  # (from here on assignments only: see `modes._Switch`)
    _open[:] = [opened]
    return 0


def exit_dual_level(*, level: int | None = None) -> None:
    """Close it: the tangents are gone.  Raises RuntimeError if it is not open."""
    if level is not None and level != len(_open) - 1:
        raise RuntimeError("Trying to exit a forward AD level that was not the last one that was created. This is not supported.")
    if not _open:
        raise RuntimeError("Dual level must be a positive number.")
    others = tuple(check for check in mode.transformations if check is not needs_jvp)
    mode.transformations, _open[:] = others, []


class dual_level:
    """`with dual_level(): ...`: open the level for a block."""

    def __enter__(self) -> int:
        return enter_dual_level()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        exit_dual_level()


def make_dual(tensor: Tensor, tangent: Tensor, *, level: int | None = None) -> Tensor:
    """A tensor with the same values that moves along `tangent`.  Raises RuntimeError if no level is open or the shapes differ."""
    if not _open:
        raise RuntimeError("Trying to create a dual Tensor for forward AD but no level exists, make sure to enter_dual_level() first.")
    for name, part in (("primal", tensor), ("tangent", tangent)):
        if not part.is_floating_point():
            raise ValueError(f"Expected {name} to be floating point or complex, but got: {part.dtype}")
    if tensor.shape != tangent.shape:
        raise RuntimeError(
            "Trying to set a forward gradient that has a different size than that of the original Tensor, this is not supported. "
            f"Tensor is of size {list(tensor.shape)} while the given forward gradient is of size {list(tangent.shape)}."
        )
    duals = _open[-1]
    for part, what in (
        (tensor, "Making a dual Tensor based on a Tensor that already has a forward gradient at the same level 0"),
        (tangent, "Setting a forward grad that itself has a forward gradient at the same level0"),
    ):
        if not any(part is each for each in duals.given) and duals.level.holds(part):
            raise RuntimeError(f"{what} is not supported.")
    with enable_grad():
        dual: Tensor = duals.level.enter(tensor)
    duals.tensors.append(dual)
    duals.tangents.append(tangent)
    return dual


def unpack_dual(tensor: Tensor, *, level: int | None = None) -> UnpackedDualTensor:
    """Its values, and how they move with the dual tensors that they were computed from."""
    if not _open:
        return UnpackedDualTensor(tensor, None)
    duals = _open[-1]
    moved = push([tensor], duals.tensors, duals.tangents)[0] if duals.tensors else None
    parts = UnpackedDualTensor(primal(duals.level.leave(tensor)), None if moved is None else duals.level.leave(moved))
    duals.given += [part for part in parts if part is not None]
    return parts


def _dressed(tensor: Tensor, plain: Callable[[list[str]], str]) -> str | None:
    """tensor([1., 2.], tangent=tensor([1., 0.])), while the level is open."""
    if not _open or any(tensor is part for part in _open[-1].given) or not _open[-1].level.holds(tensor):
        return None
    tracked = [f"grad_fn=<{type(tensor.grad_fn).__name__}>"] if _open[-1].level.leave(tensor).requires_grad else []
    return plain([*tracked, f"tangent={unpack_dual(tensor).tangent}"])


dressings.append(_dressed)
