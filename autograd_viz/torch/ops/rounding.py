"""The last digits: small sums of products, rounded where PyTorch's processor kernels round them.

Nobody needs them to understand anything; but what remains of 1 - 1, as in A @ inverse(A) beside the diagonal, is made of nothing else,
and PyTorch prints it. The orders below were found by trying.

A course may skip this file. Read next: `linalg.py`.
"""

from __future__ import annotations

import numpy as np

from autograd_viz.torch.node import Array


def fused(c: Array, a: Array, b: Array) -> Array:
    """c + a * b, rounded once. Processors compute it so, and PyTorch's last digits show it."""
    if c.dtype != np.float64:
        return (c.astype(np.float64) + a.astype(np.float64) * b.astype(np.float64)).astype(c.dtype)
    (a1, a2), (b1, b2), product = _halves(a), _halves(b), a * b
    lost = a2 * b2 - (((product - a1 * b1) - a2 * b1) - a1 * b2)  # what rounding took off the product (Dekker 1971) ...
    total = c + product
    back = total - c
    lost = lost + ((c - (total - back)) + (product - back))  # ... and off the sum (Knuth)
    return np.where(np.isfinite(lost) & (lost != 0), total + lost, total)  # (-0 stays -0)


def _halves(a: Array) -> tuple[Array, Array]:
    """The leading 26 bits of a float64, and the rest: products of halves are exact."""
    scaled = a * 134217729.0
    first = scaled - (scaled - a)
    return first, a - first


def by_dots(self: Array, mat2: Array) -> Array:
    """self @ mat2 for rows and columns of 2 or 3 elements that lie in memory in order.  (n, k), (k, m) -> (n, m)."""
    products = self[:, None, :] * mat2.T
    if products.shape[2] == 2:
        return products[..., 0] + products[..., 1]
    second, third = (2, 1) if self.dtype == np.float32 else (1, 2)
    return products[..., 0] + products[..., second] + products[..., third]


def by_rows(self: Array, vec: Array) -> Array:
    """self @ vec for rows of 2 or 3 elements; float32 by four rows at a time, and then those that are left over.  (n, k), (k,) -> (n,)."""
    products = self * vec
    if products.shape[1] == 2:
        total = products[:, 0] + products[:, 1]
    elif self.dtype == np.float32:
        total = products[:, 1] + products[:, 2] + products[:, 0]
    else:
        total = products[:, 0] + products[:, 2] + products[:, 1]
    if self.dtype == np.float32 and len(self) > 3:
        fours = len(self) // 4 * 4
        if products.shape[1] == 2:
            total[:fours] = fused(products[:fours, 0], self[:fours, 1], vec[1])
        else:
            total[:fours] = fused(products[:fours, 0], self[:fours, 1], vec[1]) + products[:fours, 2]
    return total


def dotted(self: Array, tensor: Array) -> Array:
    """The inner product of two short vectors.  (n,), (n,) -> (), for n = 2, 3 or 4."""
    products, wide = self * tensor, self.dtype == np.float32
    if len(products) == 2:
        return products[0] + products[1]
    if len(products) == 3:
        return products[0] + products[1] + products[2] if wide else products[0] + products[2] + products[1]
    pairs = products[:2] + products[2:] if not wide else products[::2] + products[1::2]
    return pairs[0] + pairs[1]
