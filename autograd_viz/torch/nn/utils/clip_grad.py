"""Gradients that are too large, made smaller before the optimizer's step.

Read next: `convert_parameters.py`.
"""

from __future__ import annotations

import types
import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd_viz.torch.nn.init import unseen
from autograd_viz.torch.ops.from_data import tensor
from autograd_viz.torch.tensor import Tensor, holding

__all__ = ["clip_grad_norm", "clip_grad_norm_", "clip_grad_value_", "get_total_norm"]


def _norm(arrays: list[np.ndarray], norm_type: float) -> np.ndarray:
    return np.stack([np.asarray(np.linalg.norm(array.ravel().astype(np.float64), norm_type).astype(array.dtype)) for array in arrays])


@unseen
def get_total_norm(
    tensors: Tensor | Iterable[Tensor], norm_type: float = 2.0, error_if_nonfinite: bool = False, foreach: bool | None = None
) -> Tensor:
    """The length of all tensors taken as one vector.  Raises RuntimeError if it is inf or nan, if so asked."""
    arrays = [t._array for t in ([tensors] if isinstance(tensors, Tensor) else tensors)]
    norm_type = float(norm_type)
    if not arrays:
        return tensor(0.0)
    total = _norm([_norm(arrays, norm_type)], norm_type)[0]
    if error_if_nonfinite and not np.isfinite(total):
        raise RuntimeError(
            f"The total norm of order {norm_type} for gradients from `parameters` is non-finite, so it cannot be clipped. To disable this "
            "error and scale the gradients by the non-finite norm anyway, set `error_if_nonfinite=False`"
        )
    return holding(np.asarray(total))


def _gradients(parameters: Any) -> list[Any]:
    listed: list[Any] = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    return [parameter.grad for parameter in listed if parameter._grad is not None]


@unseen
def clip_grad_norm_(
    parameters: Tensor | Iterable[Tensor], max_norm: float, norm_type: float = 2.0, error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:  # fmt: skip
    """Scale all gradients so that together they are no longer than `max_norm`.  -> their length before."""
    if not isinstance(parameters, Tensor):
        was_generator = isinstance(parameters, types.GeneratorType)
        parameters = list(parameters)
        if was_generator and not parameters:
            warnings.warn("`parameters` is an empty generator, no gradient clipping will occur.", stacklevel=3)
    gradients = _gradients(parameters)
    total: Any = get_total_norm(gradients, norm_type, error_if_nonfinite)
    factor = float(max_norm) / (total + 1e-6)
    factor = holding(np.minimum(factor._array, factor._array.dtype.type(1)))  # (nan stays nan)
    for gradient in gradients:
        gradient.mul_(factor)
    return total


def clip_grad_norm(
    parameters: Tensor | Iterable[Tensor], max_norm: float, norm_type: float = 2.0, error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:  # fmt: skip
    """The earlier name of `clip_grad_norm_`."""
    said = "`torch.nn.utils.clip_grad_norm` is now deprecated in favor of `torch.nn.utils.clip_grad_norm_`."
    warnings.warn(said, FutureWarning, stacklevel=2)
    total: Tensor = clip_grad_norm_(parameters, max_norm, norm_type, error_if_nonfinite, foreach)
    return total


@unseen
def clip_grad_value_(parameters: Tensor | Iterable[Tensor], clip_value: float, foreach: bool | None = None) -> None:
    """Move each element of the gradients into [-clip_value, clip_value]."""
    for gradient in _gradients(parameters):
        gradient.clamp_(min=-float(clip_value), max=float(clip_value))
