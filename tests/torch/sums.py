"""The order in which PyTorch adds float32 numbers on a CPU, so that a sum agrees to the last bit. Measured; to be used by whoever sums.

numpy adds in another order, and about two of three float32 sums end in another last digit, which `.item()` and `.tolist()` print.
PyTorch adds four rows at a time, in vectors of eight numbers where they lie side by side, and lets partial sums of sixteen cascade
into the next level, for accuracy. (ATen's SumKernel.cpp; below 32768 elements, above which threads share the work.)
"""

from __future__ import annotations

from typing import Any

import numpy as np

WIDTH = 8  # numbers in a vector
LANES = 4  # rows that are summed side by side


def sum_as_pytorch(x: Any, axis: int | None = None) -> Any:
    """The sum over one axis, or over all of a contiguous array.  (2, 3, 4), axis=1 -> (2, 4).  Floats of any width."""
    if axis is None:
        return inner(x.reshape(1, -1))[0]
    axis %= x.ndim
    before, after = x.shape[:axis], x.shape[axis + 1 :]
    size = int(np.prod(after))
    if size == 1:
        return inner(x.reshape(-1, x.shape[axis])).reshape(before + after)
    return np.stack([outer(block) for block in x.reshape(-1, x.shape[axis], size)]).reshape(before + after)


def inner(x: Any) -> Any:
    """Each row of (rows, n) added up: vectors first, their numbers after what does not fill a vector."""
    whole = x.shape[1] // WIDTH * WIDTH
    if not whole:
        return row_sum(x.T)
    vector = row_sum(x[:, :whole].reshape(len(x), whole // WIDTH, WIDTH).swapaxes(0, 1))  # (n / 8, rows, 8) -> (rows, 8)
    return in_order([*x[:, whole:].T, *vector.T])


def outer(x: Any) -> Any:
    """The rows of (n, columns) added up: in blocks of columns one row after the other, the columns left over by `row_sum`."""
    block = LANES * WIDTH if x.shape[1] >= WIDTH else LANES
    whole = x.shape[1] // block * block
    return np.concatenate([cascade(x[:, :whole]), row_sum(x[:, whole:])])


def row_sum(x: Any) -> Any:
    """(n, ...) -> (...): every fourth row into one of four sums; the last rows into the first of them."""
    whole = len(x) // LANES * LANES
    sums = list(cascade(x[:whole].reshape(whole // LANES, LANES, *x.shape[1:])))
    return in_order([in_order([sums[0], *x[whole:]]), *sums[1:]])


def cascade(x: Any) -> Any:
    """(n, ...) -> (...), sixteen at a time (more if n is large), whose sums are again added sixteen at a time."""
    step = 1 << max(4, (max(len(x), 1) - 1).bit_length() // 4)
    left = []
    for _ in range(3):
        whole = len(x) // step * step
        left.append(in_order([np.zeros(x.shape[1:], x.dtype), *x[whole:]]))
        groups = x[:whole].reshape(whole // step, step, *x.shape[1:])
        x = in_order(list(groups.swapaxes(0, 1))) if whole else x[:0]
    left.append(in_order([np.zeros(x.shape[1:], x.dtype), *x]))
    return in_order(left)


def in_order(terms: list[Any]) -> Any:
    """One after the other."""
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def norm_as_pytorch(x: Any) -> Any:
    """The square root of the sum of squares of each row of (rows, n): eight sums side by side; the last three or fewer terms fused."""
    whole = x.shape[1] // WIDTH * WIDTH
    sums = in_order([np.zeros((len(x), WIDTH), x.dtype), *np.square(x[:, :whole]).reshape(len(x), whole // WIDTH, WIDTH).swapaxes(0, 1)])
    total = in_order(list(sums.T))
    rest = x[:, whole:].T
    plain = len(rest) // LANES * LANES
    for term in rest[:plain]:
        total = total + term * term
    for term in rest[plain:]:
        total = fused(term, term, total)
    return np.sqrt(total)


def moments_as_pytorch(x: Any) -> tuple[Any, Any]:
    """Mean and variance (divided by n) of each row of (rows, n), n < 128, as layer_norm has them: Welford's way, eight side by side.

    The layer's value is (x - mean) * (1 / sqrt(variance + eps)), in this order.
    """
    n = x.shape[1] // WIDTH
    means = squares = np.zeros((len(x), WIDTH), x.dtype)
    for j in range(n):
        values = x[:, j * WIDTH : (j + 1) * WIDTH]
        delta = values - means
        means = fused(delta, x.dtype.type(1) / x.dtype.type(j + 1), means)
        squares = fused(delta, values - means, squares)
    mean = square = np.zeros(len(x), x.dtype)
    count = 0
    for values in x[:, n * WIDTH :].T:
        count += 1
        delta = values - mean
        mean = mean + delta / x.dtype.type(count)
        square = square + delta * (values - mean)
    for lane in range(WIDTH if n else 0):
        share = x.dtype.type(n) / x.dtype.type(count + n)
        delta = means[:, lane] - mean
        mean = fused(share, delta, mean)
        square = square + fused(delta * delta * share, x.dtype.type(count), squares[:, lane])
        count += n
    return mean, square / x.dtype.type(x.shape[1])


def fused(a: Any, b: Any, c: Any) -> Any:
    """a * b + c of float32 numbers, rounded once."""
    return (np.multiply(a, b, dtype=np.float64) + c).astype(np.float32)
