"""The plain layers: linear, bilinear, embedding, one_hot, and dropout in its kinds.

Read next: `attention.py`.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from autograd_viz.torch import dtypes
from autograd_viz.torch.arguments import reads
from autograd_viz.torch.ops import embedding as rows
from autograd_viz.torch.ops.inplace import in_place
from autograd_viz.torch.ops.linalg import matmul
from autograd_viz.torch.ops.padding import pad
from autograd_viz.torch.ops.pointwise import add, mul
from autograd_viz.torch.ops.shape import reshape, squeeze_dim, t, unsqueeze, view
from autograd_viz.torch.random import default_generator
from autograd_viz.torch.tensor import Tensor, holding, need_tensors

__all__ = [
    "alpha_dropout", "bilinear", "dropout", "dropout1d", "dropout2d", "dropout3d", "embedding", "embedding_bag", "feature_alpha_dropout",
    "linear", "one_hot", "pad",
]  # fmt: skip


# --- products ---------------------------------------------------------------------------------------------------------


@reads("linear(Tensor input, Tensor weight, Tensor? bias=None)", method=False)
def linear(input: Tensor, weight: Tensor, bias: Any = None) -> Any:
    """input @ weight.t() + bias.  (..., k), (m, k), (m,) -> (..., m).  Source: ATen, native/Linear.cpp."""
    need_tensors("linear", input=input, weight=weight)
    if not input.ndim or not weight.ndim:
        raise RuntimeError(f"both arguments to linear need to be at least 1D, but they are {input.ndim}D and {weight.ndim}D")
    if bias is not None and input.ndim == 2:
        return bias.addmm(input, t(weight))
    if bias is not None and bias.ndim == 1 and input._array.flags.c_contiguous:
        flat = reshape(input, (-1 if input._array.size else math.prod(input.shape[:-1]), input.shape[-1]))
        made = bias.addmm(flat, t(weight))
        return view(made, (*input.shape[:-1], made.shape[1]))
    made = matmul(input, t(weight))
    return made if bias is None else made + bias


@reads("bilinear(Tensor input1, Tensor input2, Tensor weight, Tensor? bias=None)", method=False)
def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Any = None) -> Any:
    """For each output m the product input1 @ weight[m] @ input2.  (..., k), (..., l), (m, k, l), (m,) -> (..., m)."""
    need_tensors("bilinear", input1=input1, input2=input2, weight=weight)
    given = {"input1": input1, "input2": input2, "weight": weight, **({} if bias is None else {"bias": bias})}
    if len({tensor.dtype for tensor in given.values()}) > 1:
        kinds = ", ".join(f"{name}: {dtypes.C_NAMES[tensor.dtype]}" for name, tensor in given.items())
        raise RuntimeError(f"All tensors must have the same dtype, got {kinds}")
    if input1.ndim != input2.ndim:
        raise RuntimeError(f"bilinear(): input dimensions do not match: got {input1.ndim} and {input2.ndim}")
    for dim, (a, b) in enumerate(zip(input1.shape[:-1], input2.shape[:-1], strict=True)):
        if a != b:
            raise RuntimeError(f"bilinear(): input batch dimensions do not match at dim {dim}: got {a} and {b}")
    for number, input in ((1, input1), (2, input2)):
        if not input.ndim:
            raise IndexError("Dimension specified as -1 but tensor has no dimensions")
        if weight.ndim <= number:
            bounds = f"[{-weight.ndim}, {weight.ndim - 1}]"
            raise IndexError(f"Dimension out of range (expected to be in range of {bounds}, but got {number})")
        if input.shape[-1] != weight.shape[number]:
            raise RuntimeError(
                f"bilinear(): input{number} size does not match weight size: got {input.shape[-1]} but expected {weight.shape[number]}"
            )
    flat = [reshape(input, (-1, input.shape[-1])) for input in (input1, input2)]
    made: Any = rows.trilinear(flat[0], weight, flat[1], (1, 3), (0,), (1, 2), (2, 3))
    made = reshape(made, (*input1.shape[:-1], weight.shape[0]))
    return made if bias is None else made + bias


# --- numbers of rows --------------------------------------------------------------------------------------------------


def embedding(
    input: Any, weight: Any, padding_idx: int | None = None, max_norm: float | None = None, norm_type: float = 2.0,
    scale_grad_by_freq: bool = False, sparse: bool = False,
) -> Any:  # fmt: skip
    """The rows of the weight that the input names.  (...), (rows, k) -> (..., k).

    `padding_idx`: a row that gets no gradient. `max_norm`: rows that are longer are first shortened to that, in place.
    """
    if padding_idx is not None:
        if not -weight.shape[0] <= padding_idx < weight.shape[0]:
            raise AssertionError("Padding_idx must be within num_embeddings")
        padding_idx %= weight.shape[0]
    if not isinstance(weight, Tensor):
        raise TypeError(f"embedding(): argument 'weight' (position 1) must be Tensor, not {type(weight).__name__}")
    if not isinstance(input, Tensor):
        raise TypeError(f"embedding(): argument 'indices' (position 2) must be Tensor, not {type(input).__name__}")
    if max_norm is not None:
        _shorten(weight, input, max_norm, norm_type)
    if weight.ndim != 2:
        raise RuntimeError("'weight' must be 2-D")
    if input.dtype not in (dtypes.int64, dtypes.int32):
        name = dtypes.SCALAR_NAMES[input.dtype]
        kind = "CPUBoolType" if name == "Bool" else f"torch.{name}Tensor"
        raise RuntimeError(
            "Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got "
            f"{kind} instead (while checking arguments for embedding)"
        )
    padding = (-1 if padding_idx is None else padding_idx) % 2**64  # as the node shows it
    return rows.embedding(weight, input, padding, scale_grad_by_freq, sparse, weight.shape[0])


def _shorten(weight: Tensor, input: Tensor, max_norm: float, norm_type: float) -> None:
    array = weight._array
    for row in np.unique(input._array):
        length = float(np.linalg.norm(array[row], norm_type))
        if length > max_norm:
            array[row] *= array.dtype.type(max_norm / (length + 1e-7))
    weight._version_counter.value += 1


def embedding_bag(
    input: Any, weight: Any, offsets: Any = None, max_norm: float | None = None, norm_type: float = 2, scale_grad_by_freq: bool = False,
    mode: str = "mean", sparse: bool = False, per_sample_weights: Any = None, include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Any:  # fmt: skip
    """The sum, mean or maximum of bags of rows.  (n,) with the bags' starts `offsets`, or (bags, n), and (rows, k) -> (bags, k)."""
    if per_sample_weights is not None and input.shape != per_sample_weights.shape:
        raise ValueError(
            f"embedding_bag: If per_sample_weights ({per_sample_weights.shape}) is not None, then it must have the same shape as the input "
            f"({input.shape})"
        )
    if weight.ndim != 2:
        raise ValueError(f"weight has to be a 2D Tensor, but got Tensor of dimension {weight.ndim}")
    if input.ndim == 2:
        if offsets is not None:
            raise ValueError(
                "if input is 2D, then offsets has to be None, as input is treated is a mini-batch of fixed length sequences. However, "
                f"found offsets of type {type(offsets)}"
            )
        offsets = holding(np.arange(0, input.numel(), input.shape[1]))
        include_last_offset, input = False, input.reshape(-1)
        per_sample_weights = None if per_sample_weights is None else per_sample_weights.reshape(-1)
    elif input.ndim != 1:
        raise ValueError(f"input has to be 1D or 2D Tensor, but got Tensor of dimension {input.ndim}")
    elif offsets is None:
        raise ValueError("offsets has to be a 1D Tensor but got None")
    elif offsets.ndim != 1:
        raise ValueError("offsets has to be a 1D Tensor")
    if mode not in BAGS:
        raise ValueError("mode has to be one of sum, mean or max")
    if mode == "max" and scale_grad_by_freq:
        raise ValueError("max mode does not support scaling the gradient by the frequency")
    if mode == "max" and sparse:
        raise ValueError("max mode does not support sparse weights")
    if max_norm is not None:
        _shorten(weight, input, max_norm, norm_type)
    if per_sample_weights is not None and mode != "sum":
        raise NotImplementedError(
            "embedding_bag: per_sample_weights was not None. per_sample_weights is only supported for mode='sum' "
            f"(got mode='{mode}'). Please open a feature request on GitHub."
        )
    return _bags(input, weight, offsets, scale_grad_by_freq, BAGS.index(mode), sparse, per_sample_weights, include_last_offset, padding_idx)


BAGS = ("sum", "mean", "max")


def _bags(
    input: Any, weight: Any, offsets: Any, by_freq: bool, mode: int, sparse: bool, factors: Any, last: bool, padding_idx: int | None
) -> Any:
    if input.dtype not in (dtypes.int64, dtypes.int32):
        raise RuntimeError(
            "Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got "
            f"torch.{dtypes.SCALAR_NAMES[input.dtype]}Tensor instead (while checking arguments for embedding_bag)"
        )
    indices, starts = input._array, offsets._array[: -1 if last else None]
    if starts.size and starts[0] != 0:
        raise RuntimeError(
            "offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from position 0. However, got "
            f"{starts[0]}"
        )
    wrong = np.flatnonzero((indices < 0) | (indices >= weight.shape[0]))
    if wrong.size:
        raise RuntimeError(
            f"Index {wrong[0]} of input takes value {indices[wrong[0]]} which is not in the valid range [0, {weight.shape[0]})"
        )
    padding = (-1 if padding_idx is None else padding_idx % weight.shape[0]) % 2**64
    bags = rows.bags_of(len(indices), starts)
    counts = np.bincount(bags[indices != padding], minlength=len(starts)).astype(np.int64)
    best = rows.winners(weight._array, indices, starts, padding) if mode == 2 else counts
    plain = mode == 0 and padding_idx is None
    which = np.zeros(0, np.int64) if plain else bags
    counts, best = (np.zeros_like(counts), np.zeros_like(best)) if plain else (counts, best)
    (made,) = rows.embedding_bag(
        weight, input, holding(starts), by_freq, mode, sparse, factors, padding, weight.shape[0], holding(which), holding(counts),
        holding(best),
    )  # fmt: skip
    return made


@reads("one_hot(Tensor input, int num_classes=-1)", method=False)
def one_hot(input: Tensor, num_classes: int = -1) -> Tensor:
    """1 in the place of each number and 0 elsewhere.  (...) of int64 -> (..., num_classes)."""
    need_tensors("one_hot", input=input)
    if isinstance(num_classes, bool) or not isinstance(num_classes, int):
        raise TypeError(f"one_hot(): argument 'num_classes' (position 2) must be int, not {type(num_classes).__name__}")
    array = input._array
    if input.dtype != dtypes.int64:
        raise RuntimeError("one_hot is only applicable to index tensor of type LongTensor.")
    if not array.size:
        if num_classes <= 0:
            raise RuntimeError("Can not infer total number of classes from empty tensor.")
        return holding(np.zeros((*array.shape, num_classes), np.int64))
    if int(array.min()) < 0:
        raise RuntimeError("Class values must be non-negative.")
    if num_classes == -1:
        num_classes = int(array.max()) + 1
    elif int(array.max()) >= num_classes:
        raise RuntimeError("Class values must be smaller than num_classes.")
    return holding((np.arange(num_classes) == array[..., None]).astype(np.int64))


# --- dropout ----------------------------------------------------------------------------------------------------------

ALPHA = 1.7580993408473766  # what selu goes to far below 0, with the sign turned


def dropped(function: str, input: Any, p: float, training: bool, inplace: bool, feature: bool = False, alpha: bool = False) -> Any:
    """The input times noise: 0 with probability p, else what keeps the mean (`alpha`: and the variance). Source: ATen, Dropout.cpp."""
    need_tensors(function, input=input)
    p = p._array.item() if isinstance(p, Tensor) else p
    array = input._array
    if p == 0 or not training or not array.size:
        return input
    if p == 1:
        return _times(input, holding(np.zeros((), array.dtype)), inplace)
    if feature and array.ndim < 2:
        raise RuntimeError("Feature dropout requires at least 2 dimensions in the input")
    shape = (*array.shape[:2], *(1,) * (array.ndim - 2)) if feature else array.shape
    noise = default_generator.dropout_mask(shape, 1 - p)
    if array.dtype.kind != "f":
        raise RuntimeError(f"result type Float can't be cast to the desired output type {dtypes.SCALAR_NAMES[input.dtype]}")
    kept = noise.astype(array.dtype)
    if not alpha:
        return _times(input, holding(kept / array.dtype.type(1 - p)), inplace)
    scale = 1.0 / math.sqrt((ALPHA * ALPHA * p + 1) * (1 - p))
    shift = (kept - 1) * array.dtype.type(ALPHA * scale) + array.dtype.type(ALPHA * scale * p)
    made = _times(input, holding(kept * array.dtype.type(scale)), inplace)
    return in_place(made, add, holding(shift)) if inplace else add(made, holding(shift))


def _times(input: Tensor, noise: Tensor, inplace: bool) -> Tensor:
    return in_place(input, mul, noise) if inplace else mul(input, noise)


def _check_p(p: float) -> None:
    if p < 0.0 or p > 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """Each element 0 with probability p, else divided by 1 - p; not training, the input itself."""
    _check_p(p)
    return dropped("dropout", input, p, training, inplace)


def alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Any:
    """Dropout for selu: mean 0 and variance 1 stay so."""
    _check_p(p)
    return dropped("alpha_dropout", input, p, training, inplace, alpha=True)


def feature_alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Any:
    """`alpha_dropout` of whole channels."""
    _check_p(p)
    return dropped("feature_alpha_dropout", input, p, training, inplace, feature=True, alpha=True)


def dropout1d(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """Whole channels 0 with probability p.  (n, c, w) or (c, w).  Raises RuntimeError for other dimensions."""
    _check_p(p)
    if input.ndim not in (2, 3):
        raise RuntimeError(
            f"dropout1d: Expected 2D or 3D input, but received a {input.ndim}D input. Note that dropout1d exists to provide channel-wise "
            "dropout on inputs with 1 spatial dimension, a channel dimension, and an optional batch dimension (i.e. 2D or 3D inputs)."
        )
    if input.ndim == 3:
        return dropped("feature_dropout", input, p, training, inplace, feature=True)
    return squeeze_dim(dropped("feature_dropout", unsqueeze(input, 0), p, training, inplace, feature=True), 0)


def _unusual(function: str, dims: int, ndim: int) -> str:
    return (
        f"{function}: Received a {ndim}-D input to {function}, which is deprecated and will result in an error in a future release. To "
        f"retain the behavior and silence this warning, please use dropout instead. Note that {function} exists to provide channel-wise "
        f"dropout on inputs with {dims} spatial dimensions, a channel dimension, and an optional batch dimension "
        f"(i.e. {dims + 1}D or {dims + 2}D inputs)."
    )


def dropout2d(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """Whole channels 0 with probability p.  (n, c, h, w).  Warns of other dimensions."""
    _check_p(p)
    if input.ndim not in (3, 4):
        warnings.warn(_unusual("dropout2d", 2, input.ndim), UserWarning, stacklevel=2)
    if input.ndim == 3:
        warnings.warn(
            "dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is desired - input is "
            "interpreted as shape (N, C, L), where C is the channel dim. This behavior will change in a future release to interpret the "
            "input as one without a batch dimension, i.e. shape (C, H, W). To maintain the 1D channel-wise dropout behavior, please "
            "switch to using dropout1d instead.",
            UserWarning,
            stacklevel=2,
        )
    return dropped("feature_dropout", input, p, training, inplace, feature=True)


def dropout3d(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """Whole channels 0 with probability p.  (n, c, d, h, w) or (c, d, h, w).  Warns of other dimensions."""
    _check_p(p)
    if input.ndim not in (4, 5):
        warnings.warn(_unusual("dropout3d", 3, input.ndim), UserWarning, stacklevel=2)
    if input.ndim == 5:
        return dropped("feature_dropout", input, p, training, inplace, feature=True)
    return squeeze_dim(dropped("feature_dropout", unsqueeze(input, 0), p, training, inplace, feature=True), 0)
