# mypy: disable-error-code="attr-defined,operator,comparison-overlap,arg-type,no-any-return"
# (What a Tensor can do is attached in methods.py, where a type checker does not see it.)
"""`gradcheck`: is a gradient right? Move each input a little, look how the outputs move, and compare with what backward says.

The numerical Jacobian has a column per element of an input, (f(x + eps) - f(x - eps)) / (2 eps); the analytical one a row per element
of an output, one backward each. They must agree within `atol + rtol * |numerical|`, which takes double precision and a point where
the function is smooth. `gradgradcheck` does the same with the gradient as the function.

Read next: `nn/__init__.py`.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd_viz.torch.dtypes import float64
from autograd_viz.torch.func.products import by_columns
from autograd_viz.torch.gradients import grad
from autograd_viz.torch.ops.conversion import allclose
from autograd_viz.torch.ops.creation import rand, zeros, zeros_like
from autograd_viz.torch.random import Generator
from autograd_viz.torch.tensor import Tensor, holding

__all__ = ["GradcheckError", "gradcheck", "gradgradcheck"]

NOT_REENTRANT = (
    "Backward is not reentrant, i.e., running backward with same input and grad_output multiple times gives different values, "
    "although analytical gradient matches numerical gradient.The tolerance for nondeterminism was {tolerance}.\n\n"
    "NOTE: If your op relies on non-deterministic operations i.e., it is listed here:\n"
    "https://pytorch.org/docs/stable/generated/torch.use_deterministic_algorithms.html\n"
    "this failure might be expected."
)
UNDEFINED_NOT_ZERO = (
    "Expected all input grads to be undefined or zero when all output grads are undefined or zero. Please look at "
    '"Notes about undefined output gradients" in "tools/autograd/derivatives.yaml"'
)
UNDEFINED_FAILS = (
    "Expected backward function to handle undefined output grads. Please look at "
    '"Notes about undefined output gradients" in "tools/autograd/derivatives.yaml"'
)
MAY_BREAK = (
    "Backwards compatibility: New undefined gradient support checking feature is enabled by default, but it may break existing callers "
    "of this function. If this is true for you, you can call this "
    'function with "check_undefined_grad=False" to disable the feature'
)
FAST_FAILED = (
    "\nThe above quantities relating the numerical and analytical jacobians are computed \n"
    "in fast mode. See: https://github.com/pytorch/pytorch/issues/53876 for more background \n"
    "about fast mode. Below, we recompute numerical and analytical jacobians in slow mode:\n\n"
    "Numerical:\n {numerical}\nAnalytical:\n{analytical}\n\nThe max per-element difference (slow mode) is: {most}.\n"
)
FAST_FAILED_SLOW_WOULD_PASS = (
    "Fast gradcheck failed but element-wise differences are small. This means that the\ntest might've passed in slow_mode!"
)

Function = Callable[..., Any]
Args = tuple[Any, ...]
Tensors = tuple[Tensor, ...]


@dataclass(frozen=True)
class Tolerances:
    """How far elements are moved, and how much two numbers may differ."""

    eps: float
    atol: float
    rtol: float
    nondet_tol: float
    check_dtypes: bool


class GradcheckError(RuntimeError):
    """The two Jacobians differ, or a backward does something that no derivative does."""


def gradcheck(
    func: Function,
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    fast_mode: bool = False,
    masked: bool | None = None,
) -> bool:
    """True if backward through `func` gives, for every input that requires grad, what small differences give.

    `eps`: how far an element is moved.  `fast_mode`: compare one random combination of the Jacobian's numbers instead of each.
    Raises GradcheckError if they differ (or returns False, if not `raise_exception`), ValueError if no input requires grad.
    """
    _check_switches(check_forward_ad, check_backward_ad, check_batched_grad, check_batched_forward_grad)
    try:
        args = _tuple(inputs)
        wanted = _check_inputs(args)
        out = func(*args)
        outputs = _differentiable(out)
        if check_forward_ad:
            _compare_forward(func, args, _tuple(out), outputs, Tolerances(eps, atol, rtol, nondet_tol, check_grad_dtypes))
        if check_backward_ad:
            compare = _compare_projections if fast_mode and outputs else _compare
            compare(func, args, _tuple(out), outputs, Tolerances(eps, atol, rtol, nondet_tol, check_grad_dtypes))
            _check_zero_in_zero_out(outputs, wanted)
            if check_undefined_grad:
                _check_undefined(func, args, outputs, wanted)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def gradgradcheck(
    func: Function,
    inputs: Any,
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    gen_non_contig_grad_outputs: bool = False,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_fwd_over_rev: bool = False,
    check_rev_over_rev: bool = True,
    fast_mode: bool = False,
    masked: bool = False,
) -> bool:
    """gradcheck of the gradient: a function of the inputs and of `grad_outputs` (random ones, if not given)."""
    _check_switches_of_second_order(check_fwd_over_rev, check_rev_over_rev, check_undefined_grad, check_batched_grad)
    args = _tuple(inputs)
    if grad_outputs is None:
        seeds = tuple(_random_seed(output) for output in _differentiable(func(*args)))
    else:
        seeds = _tuple(grad_outputs)
    tracked = {i for i, x in enumerate(args) if isinstance(x, Tensor) and x.requires_grad}
    tracked_seeds = {i for i, x in enumerate(seeds) if x.requires_grad}

    def gradient(*both: Any) -> Tensors:
        given = tuple(x.requires_grad_() if i in tracked else x for i, x in enumerate(both[: -len(seeds)]))
        outputs = _differentiable(func(*given))
        weights = tuple(x.requires_grad_() if i in tracked_seeds else x for i, x in enumerate(both[-len(seeds) :]))
        found = grad(outputs, [x for i, x in enumerate(given) if i in tracked], weights, create_graph=True, allow_unused=True)
        return tuple(g for g in found if g is not None)

    return gradcheck(
        gradient, args + seeds, eps=eps, atol=atol, rtol=rtol, raise_exception=raise_exception, nondet_tol=nondet_tol,
        check_undefined_grad=check_undefined_grad, check_grad_dtypes=check_grad_dtypes, check_batched_grad=check_batched_grad,
        fast_mode=fast_mode, check_forward_ad=check_fwd_over_rev, check_backward_ad=check_rev_over_rev, masked=masked,
    )  # fmt: skip


# --- the two Jacobians ------------------------------------------------------------------------------------------------


def _compare(func: Function, args: Args, out: Tensors, outputs: Tensors, how: Tolerances) -> None:
    numerical = _numerical(func, args, out, how.eps)
    if not outputs:  # nothing that it returns has a gradient: then nothing may move
        if any((jacobian != 0).any() for jacobians in numerical for jacobian in jacobians):
            raise GradcheckError("Numerical gradient for function expected to be zero")
        return
    by_output = [jacobians for output, jacobians in zip(out, zip(*numerical, strict=True), strict=False) if output.requires_grad]
    for i, output in enumerate(outputs):
        for j, (a, n) in enumerate(zip(_analytical(args, output, how), by_output[i], strict=True)):
            if not _close(a, n, how.rtol, how.atol):
                raise GradcheckError(_mismatch(i, j, n, a))


def _numerical(func: Function, args: Args, out: Tensors, eps: float) -> list[list[Tensor]]:
    """For each input that requires grad, the Jacobian of each output: a row per element of the input, a column per output's."""
    found = []
    for tensor in _tracked(args):
        jacobians = [zeros(tensor.numel(), o.numel(), dtype=o.dtype) for o in out if o.is_floating_point()]
        for row, place in enumerate(itertools.product(*map(range, tensor.shape))):
            entry = tensor._array[(*place, ...)]  # the element itself; that it changes goes unnoticed by autograd
            for jacobian, slope in zip(jacobians, _slopes(func, args, entry, eps, eps, f"on index {place} "), strict=False):
                jacobian._array[row] = slope
        found.append(jacobians)
    return found


def _slopes(func: Function, args: Args, entry: np.ndarray, step: Any, eps: float, where: str = "") -> list[np.ndarray]:
    """How fast each output moves when `entry`, some of the memory of an input, is moved by `step` to either side."""
    here = entry.copy()
    entry[...] = here - step
    below = [output.clone() for output in _tuple(func(*args))]
    entry[...] = here + step
    above = [output.clone() for output in _tuple(func(*args))]
    entry[...] = here
    for one, other in zip(below, above, strict=False):
        for what, a, b in (("shape", one.shape, other.shape), ("dtype", one.dtype, other.dtype)):
            if a != b:
                raise AssertionError(
                    f"Expected `func` to return outputs with the same {what} when inputs are perturbed {where}by {eps}, but got: "
                    f"{what}s {a} and {b}."
                )
    with np.errstate(all="ignore"):  # inf - inf is nan
        return [((b._array - a._array) / (2 * eps)).reshape(-1) for a, b in zip(below, above, strict=False)]


def _analytical(args: Args, output: Tensor, how: Tolerances, seeds: Tensors | None = None) -> list[Tensor]:
    """The Jacobian of one output from backward, one column for each element of it (or for each of `seeds`).

    Done twice, to see whether the same comes out.
    """
    inputs = _tracked(args)
    if seeds is None:
        seeds = tuple(holding(unit.reshape(output.shape)) for unit in np.eye(output.numel(), dtype=output._array.dtype))
    runs, kinds, sizes = [], True, True
    for _ in range(2):
        jacobians = [zeros(tensor.numel(), len(seeds), dtype=tensor.dtype) for tensor in inputs]
        for column, seed in enumerate(seeds):
            for tensor, jacobian, gradient in zip(inputs, jacobians, _gradients(output, inputs, seed), strict=True):
                if gradient is not None:
                    kinds, sizes = kinds and gradient.dtype == tensor.dtype, sizes and gradient.shape == tensor.shape
                    jacobian._array[:, column] = gradient._array.reshape(-1)
        runs.append(jacobians)
    if not kinds and how.check_dtypes:
        raise GradcheckError("Gradient has dtype mismatch")
    if not sizes:
        raise GradcheckError("Analytical gradient has incorrect size")
    with np.errstate(all="ignore"):
        apart = [np.abs(a._array - b._array).max() for a, b in zip(*runs, strict=True) if a.numel()]
    if any(distance > how.nondet_tol for distance in apart):
        raise GradcheckError(NOT_REENTRANT.format(tolerance=how.nondet_tol))
    return runs[0]


def _gradients(output: Tensor, inputs: list[Tensor], seed: Tensor) -> tuple[Tensor | None, ...]:
    return grad(output, inputs, seed, retain_graph=True, allow_unused=True)


def _close(a: Tensor, n: Tensor, rtol: float, atol: float) -> bool:
    kind = np.promote_types(a._array.dtype, n._array.dtype)
    return allclose(holding(a._array.astype(kind)), holding(n._array.astype(kind)), rtol, atol)


def _mismatch(output: int, input: int, numerical: Any, analytical: Any) -> str:
    return f"Jacobian mismatch for output {output:d} with respect to input {input:d},\nnumerical:{numerical}\nanalytical:{analytical}\n"


def _compare_forward(func: Function, args: Args, out: Tensors, outputs: Tensors, how: Tolerances) -> None:
    """The same for forward mode, which gives the numerical Jacobian's rows."""
    numerical, inputs = _numerical(func, args, out, how.eps), _tracked(args)
    moved = by_columns(list(outputs), list(inputs)) if outputs else []
    for i, columns in enumerate(moved):
        for j, n in enumerate(numerical):
            analytical = columns[j].detach().reshape(-1, inputs[j].numel()).t()
            if not _close(analytical, n[i], how.rtol, how.atol):
                raise GradcheckError(_mismatch(i, j, n[i], analytical).replace("Jacobian", "Jacobian computed with forward mode", 1))


# --- the fast way: one number for each pair of an input and an output -----------------------------------------------------


def _compare_projections(func: Function, args: Args, out: Tensors, outputs: Tensors, how: Tolerances) -> None:
    """Compare v J u with v J u: the numerical one from moving all of an input along u at once, the analytical from one backward of v."""
    inputs, generator = _tracked(args), Generator()
    us = [_direction(tensor, generator) for tensor in inputs]
    vs = [_direction(output, generator) for output in outputs]
    numerical = []
    for tensor, u in zip(inputs, us, strict=True):
        moved = _slopes(func, args, tensor._array, u.reshape(tensor.shape)._array * how.eps, how.eps)
        floats = [holding(slope) for slope, output in zip(moved, out, strict=False) if output.is_floating_point()]
        numerical.append([(v * slope).sum() for v, slope in zip(vs, floats, strict=False)])
    found = [_analytical(args, output, how, (v.reshape(output.shape),)) for output, v in zip(outputs, vs, strict=True)]
    for i, u in enumerate(us):
        for j, v in enumerate(vs):
            analytical = (found[j][i].reshape(-1) * u).sum()
            atol = how.atol * float(u.sum()) * float(v.sum())
            if not _close(analytical, numerical[i][j], how.rtol, atol):
                text = _mismatch(j, i, numerical[i][j], analytical)
                raise GradcheckError(text + _in_slow_mode(func, args, out, outputs, i, j, how))


def _direction(tensor: Tensor, generator: Generator) -> Tensor:
    """A random vector of length 1 with as many numbers as the tensor has."""
    vector = rand(tensor.numel(), generator=generator).to(tensor.dtype)
    return vector / (vector * vector).sum().sqrt()


def _in_slow_mode(func: Function, args: Args, out: Tensors, outputs: Tensors, i: int, j: int, how: Tolerances) -> str:
    numerical = _numerical(func, args, outputs, how.eps)[i][j]
    free = Tolerances(how.eps, how.atol, how.rtol, float("inf"), False)
    analytical = _analytical(args, outputs[j], free)[i]
    text = FAST_FAILED.format(numerical=numerical, analytical=analytical, most=(numerical - analytical).abs().max())
    return text + (FAST_FAILED_SLOW_WOULD_PASS if _close(analytical, numerical, how.rtol, how.atol) else "")


# --- further checks -------------------------------------------------------------------------------------------------------


def _check_zero_in_zero_out(outputs: Tensors, wanted: list[Tensor]) -> None:
    """A gradient is linear in what arrives: of nothing comes nothing."""
    for gradient, tensor in zip(grad(outputs, wanted, [zeros_like(o) for o in outputs], allow_unused=True), wanted, strict=True):
        if gradient is None:
            continue
        if not (gradient == 0).all():
            raise GradcheckError("backward not multiplied by grad_output")
        if gradient.dtype != tensor.dtype:
            raise GradcheckError("grad is incorrect type")
        if gradient.shape != tensor.shape:
            raise GradcheckError("grad is incorrect size")


def _check_undefined(func: Function, args: Args, outputs: Tensors, wanted: list[Tensor]) -> None:
    """The same when no gradient at all arrives, which a node may meet as None or as zeros: of all outputs, and of each in turn."""
    for _ in range(1 + (len(outputs) if len(outputs) > 1 else 0)):
        again = _differentiable(func(*args))
        try:
            found = grad(again, wanted, [zeros_like(o) for o in again], allow_unused=True)
        except RuntimeError as error:
            warnings.warn(MAY_BREAK, stacklevel=2)
            raise GradcheckError(UNDEFINED_FAILS) from error
        if not all(gradient is None or (gradient == 0).all() for gradient in found):
            warnings.warn(MAY_BREAK, stacklevel=2)
            raise GradcheckError(UNDEFINED_NOT_ZERO)


def _check_inputs(args: Args) -> list[Tensor]:
    """Those that require grad.  Raises ValueError if none does, RuntimeError where elements share memory; warns of single precision."""
    for i, tensor in enumerate(args):
        if not (isinstance(tensor, Tensor) and tensor.requires_grad):
            continue
        if tensor.dtype != float64:
            warnings.warn(
                f"Input #{i} requires gradient and is not a double precision floating point or complex. This check will likely fail if "
                "all the inputs are not of double precision floating point or complex. ",
                stacklevel=3,
            )
        if not all(step > 0 or size <= 1 for step, size in zip(tensor.stride(), tensor.shape, strict=True)):
            raise RuntimeError(
                f"The {i}th input has a dimension with stride 0. gradcheck only supports inputs that are non-overlapping to be able to "
                "compute the numerical gradients correctly. You should call .contiguous on the input before passing it to gradcheck."
            )
    if not _tracked(args):
        raise ValueError("gradcheck expects at least one input tensor to require gradient, but none of them have requires_grad=True.")
    return _tracked(args)


def _check_switches(forward: bool, backward: bool, batched: bool, batched_forward: bool) -> None:
    if not (forward or backward):
        raise AssertionError("Expected at least one of check_forward_ad or check_backward_ad to be True")
    if batched and not backward:
        raise AssertionError("Setting check_batched_grad=True requires check_backward_ad to be True")
    if batched_forward and not forward:
        raise AssertionError("Setting check_batched_forward_grad=True requires check_forward_ad to be True")


def _check_switches_of_second_order(forward: bool, backward: bool, undefined: bool, batched: bool) -> None:
    if not (forward or backward):
        raise AssertionError("Expected at least one of check_fwd_over_rev or check_rev_over_rev to be True")
    if undefined and not backward:
        raise AssertionError("Setting check_undefined_grad=True requires check_rev_over_rev to be True")
    if batched and not backward:
        raise AssertionError("Setting check_batched_grad=True requires check_rev_over_rev to be True")


def _random_seed(output: Tensor) -> Tensor:
    return (rand(output.shape, dtype=output.dtype) * 2 - 1).requires_grad_()


def _tuple(values: Any) -> tuple[Any, ...]:
    return values if isinstance(values, tuple) else tuple(values) if isinstance(values, list) else (values,)


def _differentiable(out: Any) -> Tensors:
    return tuple(output for output in _tuple(out) if output.requires_grad)


def _tracked(args: Args) -> list[Tensor]:
    return [x for x in args if isinstance(x, Tensor) and x.requires_grad]
