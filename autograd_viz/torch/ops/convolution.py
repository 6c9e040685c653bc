"""Convolution in any number of dimensions: at every place the same small weighted sum, the kernel sliding over the input.

Three functions do it all, and each is a derivative of another: `_slide` (the forward), `_spread` (back to the input, which is also
the forward of a transposed convolution) and `_correlate` (back to the weight). Convolution is linear in the input and in the weight,
so its double backward is made of convolutions again.

Read next: `pooling.py`.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops.normalization import wanted
from autograd_viz.torch.ops.shape import expand, reshape

Sizes = tuple[int, ...]


# --- the three sums ---------------------------------------------------------------------------------------------------


def windows(padded: Array, kernel: Sizes, stride: Sizes, dilation: Sizes) -> Array:
    """Every place of the kernel on the last dimensions, as a view.  (..., *in) -> (..., *out, *kernel)."""
    extents = tuple(d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True))
    axes = tuple(range(padded.ndim - len(kernel), padded.ndim))
    every = np.lib.stride_tricks.sliding_window_view(padded, extents, axes)
    taken: Any = (..., *(slice(None, None, s) for s in stride), *(slice(None, None, d) for d in dilation))
    return every[taken]


def padded_by(array: Array, padding: Sizes, value: float = 0) -> Array:
    """`padding` more places at both ends of the last dimensions."""
    lead = array.ndim - len(padding)
    return np.pad(array, [(0, 0)] * lead + [(n, n) for n in padding], constant_values=value)


def _labels(places: int) -> tuple[list[int], list[int], list[int], list[int]]:
    """Names of the axes for einsum: n samples, g groups, c channels in, f filters; out's places; the kernel's."""
    out = list(range(4, 4 + places))
    kernel = list(range(4 + places, 4 + 2 * places))
    return [0, 1, 2, *out, *kernel], [1, 3, 2, *kernel], [0, 1, 3, *out], kernel


def _grouped(array: Array, axis: int, groups: int) -> Array:
    """Split the channels' axis: (..., channels, ...) -> (..., groups, channels / groups, ...)."""
    return array.reshape(*array.shape[:axis], groups, array.shape[axis] // groups, *array.shape[axis + 1 :])


def _slide(x: Array, w: Array, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int) -> Array:
    """(n, c, *in), (f, c / groups, *kernel) -> (n, f, *out)."""
    seen = _grouped(windows(padded_by(x, padding), w.shape[2:], stride, dilation), 1, groups)
    in_, weight, out, _ = _labels(w.ndim - 2)
    made = np.einsum(seen, in_, _grouped(w, 0, groups), weight, out, optimize=True)
    return np.ascontiguousarray(made).reshape(x.shape[0], w.shape[0], *made.shape[3:])


def _spread(g: Array, w: Array, sizes: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int) -> Array:
    """Each result's share back to the places it came from.  (n, f, *out), (f, c / groups, *kernel) -> (n, c, *sizes)."""
    in_, weight, out, _ = _labels(w.ndim - 2)
    shares = np.einsum(_grouped(g, 1, groups), out, _grouped(w, 0, groups), weight, in_, optimize=True)
    shares = shares.reshape(g.shape[0], -1, *shares.shape[3:])  # (n, c, *out, *kernel)
    return gathered(shares, w.shape[2:], sizes, stride, padding, dilation)


def gathered(shares: Array, kernel: Sizes, sizes: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes) -> Array:
    """What lies in windows added up where the windows lie.  (..., *out, *kernel) -> (..., *sizes)."""
    places = len(kernel)
    lead, out = shares.shape[: shares.ndim - 2 * places], shares.shape[shares.ndim - 2 * places : shares.ndim - places]
    reach = [d * (k - 1) + s * (o - 1) + 1 for d, k, s, o in zip(dilation, kernel, stride, out, strict=True)]
    total = np.zeros((*lead, *(max(r, n + 2 * p) for r, n, p in zip(reach, sizes, padding, strict=True))), shares.dtype)
    for at in product(*map(range, kernel)):
        hit: Any = (..., *(slice(k * d, k * d + s * o, s) for k, d, s, o in zip(at, dilation, stride, out, strict=True)))
        share: Any = (..., *at)
        total[hit] += shares[share]
    inside: Any = (..., *(slice(p, p + n) for p, n in zip(padding, sizes, strict=True)))
    return np.ascontiguousarray(total[inside])


def _correlate(x: Array, g: Array, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int) -> Array:
    """(n, c, *in), (n, f, *out) -> (f, c / groups, *kernel)."""
    seen = windows(padded_by(x, padding), kernel, stride, dilation)
    seen = seen[(slice(None), slice(None), *(slice(n) for n in g.shape[2:]))]  # (a stride may leave places at the end that nobody saw)
    in_, weight, out, _ = _labels(len(kernel))
    made = np.einsum(_grouped(seen, 1, groups), in_, _grouped(g, 1, groups), out, weight, optimize=True)
    return np.ascontiguousarray(made).reshape(-1, *made.shape[2:])


# --- the rows ---------------------------------------------------------------------------------------------------------


@op(
    "ConvolutionBackward0",
    inputs="input weight bias",
    joint=lambda grad, input, weight, bias_sym_sizes_opt, stride, padding, dilation, transposed, output_padding, groups, needed: (
        through_the_kernel(grad, input, weight, bias_sym_sizes_opt, stride, padding, dilation, transposed, output_padding, groups, needed)
    ),
)
def convolution(
    input: Array, weight: Array, bias: Array | None = None, stride: Sizes = (1,), padding: Sizes = (0,), dilation: Sizes = (1,),
    transposed: bool = False, output_padding: Sizes = (0,), groups: int = 1, bias_sym_sizes_opt: Sizes = (0,),
) -> Array:  # fmt: skip
    """The kernel's weighted sum at each place, plus the bias; or (`transposed`) each place spread over the kernel."""
    if transposed:
        sizes = transposed_sizes(input.shape[2:], weight.shape[2:], stride, padding, dilation, output_padding)
        made = _spread(input, weight, sizes, stride, padding, dilation, groups)
    else:
        made = _slide(input, weight, stride, padding, dilation, groups)
    return made if bias is None else made + bias.reshape(-1, *(1,) * (input.ndim - 2))


def through_the_kernel(grad: Any, input: Any, weight: Any, bias_sizes: Sizes, *how: Any) -> list[Any]:
    """grad through the kernel backwards."""
    *settings, needed = how
    return wanted(convolution_backward(grad, input, weight, bias_sizes, *settings, tuple(needed)), needed)


def transposed_sizes(sizes: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, output_padding: Sizes) -> Sizes:
    """How large the result of a transposed convolution is: as large as the input that a convolution makes `sizes` of."""
    every = zip(sizes, kernel, stride, padding, dilation, output_padding, strict=True)
    return tuple((n - 1) * s - 2 * p + d * (k - 1) + extra + 1 for n, k, s, p, d, extra in every)


@op(
    "ConvolutionBackwardBackward0",
    outputs="grad_input grad_weight grad_bias",
    inputs="grad_output input weight",
    joint=lambda grads, grad_output, input, weight, stride, padding, dilation, transposed, output_padding, groups: (
        convolution_double_backward(grads, grad_output, input, weight, stride, padding, dilation, transposed, output_padding, groups)
    ),
)
def convolution_backward(
    grad_output: Array, input: Array, weight: Array, bias_sizes: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes,
    transposed: bool, output_padding: Sizes, groups: int, output_mask: tuple[bool, ...] = (True, True, True),
) -> tuple[Array, Array, Array]:  # fmt: skip
    """The gradients of input, weight and bias; nothing (a zero) for what `output_mask` leaves out."""
    nothing = np.zeros((), grad_output.dtype)
    how = stride, padding, dilation, groups
    grad_input = grad_weight = grad_bias = nothing
    if output_mask[0]:
        spread = _slide(grad_output, weight, *how) if transposed else _spread(grad_output, weight, input.shape[2:], *how)
        grad_input = spread
    if output_mask[1]:
        inner, outer = (grad_output, input) if transposed else (input, grad_output)
        grad_weight = _correlate(inner, outer, weight.shape[2:], *how)
    if output_mask[2]:
        grad_bias = grad_output.sum((0, *range(2, grad_output.ndim)))
    return grad_input, grad_weight, grad_bias


def convolution_double_backward(
    grads: list[Any], grad_output: Any, input: Any, weight: Any, stride: Sizes, padding: Sizes, dilation: Sizes,
    transposed: bool, output_padding: Sizes, groups: int,
) -> list[Any]:  # fmt: skip
    """The gradients of `convolution_backward` with respect to grad_output, input and weight."""
    to_input, to_weight, to_bias = grads
    how = stride, padding, dilation, transposed, output_padding, groups
    terms: list[Any] = []
    grad_input: Any = None
    grad_weight: Any = None
    if to_input is not None:
        terms.append(convolution(to_input, weight, None, *how))
        grad_weight = convolution_backward(grad_output, to_input, weight, (0,), *how, (False, True, False))[1]
    if to_weight is not None:
        terms.append(convolution(input, to_weight, None, *how))
        grad_input = convolution_backward(grad_output, input, to_weight, (0,), *how, (True, False, False))[0]
    if to_bias is not None:
        terms.append(expand(reshape(to_bias, (1, -1, *(1,) * len(stride))), tuple(grad_output.shape)))
    total = terms[0] if terms else None
    for term in terms[1:]:
        total = total + term
    return [total, grad_input, grad_weight]


# --- im2col: the windows themselves -----------------------------------------------------------------------------------


@op(
    "Im2ColBackward0",
    inputs="self",
    joint=lambda grad, self_sym_argsize_minus_2, self_sym_argsize_minus_1, kernel_size, dilation, padding, stride: to_windows(
        grad, (self_sym_argsize_minus_2, self_sym_argsize_minus_1), kernel_size, dilation, padding, stride
    ),
)
def im2col(
    self: Array, kernel_size: Sizes, dilation: Sizes, padding: Sizes, stride: Sizes,
    self_sym_argsize_minus_2: int = 0, self_sym_argsize_minus_1: int = 0,
) -> Array:  # fmt: skip
    """Each window as a column.  (n, c, h, w) -> (n, c * kernel, places)."""
    seen = windows(padded_by(self, padding), kernel_size, stride, dilation)  # (..., c, *out, *kernel)
    lead, places = seen.shape[:-4], seen.shape[-4] * seen.shape[-3]
    turned = np.moveaxis(seen, (-2, -1), (-4, -3))  # (..., c, *kernel, *out)
    return np.ascontiguousarray(turned).reshape(*lead[:-1], lead[-1] * kernel_size[0] * kernel_size[1], places)


def to_windows(grad: Any, *how: Any) -> list[Any]:
    """grad added up where its windows lie."""
    return [col2im(grad, *how)]


@op(
    "Col2ImBackward0",
    self=lambda grad, kernel_size, dilation, padding, stride: im2col(
        grad, kernel_size, dilation, padding, stride, grad.shape[-2], grad.shape[-1]
    ),
)
def col2im(self: Array, output_size: Sizes, kernel_size: Sizes, dilation: Sizes, padding: Sizes, stride: Sizes) -> Array:
    """The columns added up where their windows lie.  (n, c * kernel, places) -> (n, c, h, w)."""
    every = zip(output_size, kernel_size, dilation, padding, stride, strict=True)
    out = [(n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, d, p, s in every]
    shares = self.reshape(*self.shape[:-2], -1, *kernel_size, *out)
    return gathered(np.moveaxis(shares, (-4, -3), (-2, -1)), kernel_size, output_size, stride, padding, dilation)
