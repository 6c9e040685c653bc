"""Changes of the shape in place: `t_`, `transpose_`, `unsqueeze_`, `squeeze_`. Their nodes have other numbers than those of the views.

They are done to a tensor by `inplace.reshape_in_place`, and by PyTorch's own composite functions to a result that nobody else has seen yet:
vector @ matrix gets rid of the row that it was by `squeeze_dim_`.

Read next: `reduction.py`.
"""

from __future__ import annotations

from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops.shape import squeeze_dim, t, transpose, unsqueeze, unsqueeze_dim, unsqueeze_to, wrap_dim


@op("TBackward1", self=lambda grad: t(grad))
def t_(self: Array) -> Array:
    """`t` in place."""
    if self.ndim > 2:
        raise RuntimeError(f"t_() expects a tensor with <= 2 dimensions, but self is {self.ndim}D")
    return t(self)


@op("TransposeBackward1", self=lambda grad, dim0, dim1: transpose(grad, dim0, dim1))
def transpose_(self: Array, dim0: int, dim1: int) -> Array:
    """`transpose` in place."""
    return transpose(self, dim0, dim1)


@op("UnsqueezeBackward1", self=lambda grad, dim: squeeze_dim(grad, dim))
def unsqueeze_(self: Array, dim: int) -> Array:
    """`unsqueeze` in place."""
    return unsqueeze(self, dim)


@op("SqueezeBackward3", self=lambda grad, self_sym_sizes: unsqueeze_to(grad, self_sym_sizes, None))
def squeeze_all_(self: Array) -> Array:
    """`squeeze` in place."""
    return self.squeeze()


@op("SqueezeBackward4", self=lambda grad, self_sym_sizes, dim: unsqueeze_dim(grad, self_sym_sizes, dim))
def squeeze_dim_(self: Array, dim: int) -> Array:
    """`squeeze` of one dimension in place."""
    return squeeze_dim(self, dim)


@op("SqueezeBackward5", self=lambda grad, self_sym_sizes, dim: unsqueeze_to(grad, self_sym_sizes, dim))
def squeeze_dims_(self: Array, dim: tuple[int, ...]) -> Array:
    """`squeeze` of several dimensions in place."""
    return self.squeeze(tuple(d for d in (wrap_dim(d, self.ndim) for d in dim) if self.shape[d] == 1))
