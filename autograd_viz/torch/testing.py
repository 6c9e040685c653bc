"""`torch.testing.assert_close`: are two tensors equal but for rounding, and if not, where do they differ most?"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_viz.torch.ops.from_data import as_tensor
from autograd_viz.torch.tensor import Tensor

__all__ = ["assert_close"]

TOLERANCES = {"float16": (1e-3, 1e-5), "float32": (1.3e-6, 1e-5), "float64": (1e-7, 1e-7)}


def assert_close(
    actual: Any, expected: Any, *, allow_subclasses: bool = True, rtol: float | None = None, atol: float | None = None,
    equal_nan: bool = False, check_device: bool = True, check_dtype: bool = True, check_layout: bool = True, check_stride: bool = False,
    msg: Any = None,
) -> None:  # fmt: skip
    """Raise AssertionError unless |actual - expected| <= atol + rtol * |expected| everywhere, in the same shape and dtype.

    Also of numbers, and of lists and dicts of tensors.
    """
    options: dict[str, Any] = {"rtol": rtol, "atol": atol, "equal_nan": equal_nan, "check_dtype": check_dtype, "msg": msg}
    if (rtol is None) != (atol is None):
        raise ValueError(f"rtol and atol must both be specified or both be unspecified, but got rtol={rtol} and atol={atol}")
    if isinstance(actual, dict) and isinstance(expected, dict):
        for key in expected:
            assert_close(actual[key], expected[key], **options)
        return
    if isinstance(actual, list | tuple) and isinstance(expected, list | tuple):
        if len(actual) != len(expected):
            raise AssertionError(f"The length of the sequences mismatch: {len(actual)} != {len(expected)}")
        for a, b in zip(actual, expected, strict=True):
            assert_close(a, b, **options)
        return
    numbers = not isinstance(actual, Tensor) and not isinstance(expected, Tensor)
    a, b = ((np.asarray(v, np.float64 if isinstance(v, float) else None) if numbers else as_tensor(v)._array) for v in (actual, expected))
    complaint = _complaint(a, b, numbers, check_dtype, rtol, atol, equal_nan)
    if complaint:
        raise AssertionError(msg(complaint) if callable(msg) else msg or complaint)


def _complaint(a: Any, b: Any, numbers: bool, check_dtype: bool, rtol: float | None, atol: float | None, equal_nan: bool) -> str:
    if a.shape != b.shape:
        return f"The values for attribute 'shape' do not match: torch.Size({list(a.shape)}) != torch.Size({list(b.shape)})."
    if check_dtype and a.dtype != b.dtype and not numbers:
        return f"The values for attribute 'dtype' do not match: torch.{a.dtype} != torch.{b.dtype}."
    kinds = [TOLERANCES.get(x.dtype.name, (0.0, 0.0)) for x in (a, b)]
    relative = max(kind[0] for kind in kinds) if rtol is None else rtol
    absolute = max(kind[1] for kind in kinds) if atol is None else atol
    a, b = a.astype(np.float64), b.astype(np.float64)
    close = np.isclose(a, b, relative, absolute, equal_nan)
    if close.all():
        return ""
    exact = not relative and not absolute
    if numbers or a.ndim == 0:
        what = "Scalars" if numbers or a.ndim == 0 else "Tensor-likes"
        if exact:
            return f"{what} are not equal!\n\nExpected {b.item()} but got {a.item()}."
        return (
            f"{what} are not close!\n\nExpected {b.item()} but got {a.item()}.\nAbsolute difference: {abs(a - b).item()} (up to {absolute} "
            f"allowed)\nRelative difference: {(abs(a - b) / abs(b)).item()} (up to {relative} allowed)"
        )
    with np.errstate(all="ignore"):
        off = np.where(close, 0, abs(a - b))
        ratio = np.where(close, 0, off / abs(b))
    lines = [f"Mismatched elements: {(~close).sum()} / {close.size} ({(~close).sum() / close.size:.1%})"]
    for called, found, allowed in (("absolute", off, absolute), ("relative", ratio, relative)):
        place = tuple(int(i) for i in np.unravel_index(np.argmax(found), found.shape))
        up_to = "" if exact else f" (up to {allowed} allowed)"
        lines.append(f"Greatest {called} difference: {found[place]} at index {place}{up_to}")
    return f"Tensor-likes are not {'equal' if exact else 'close'}!\n\n" + "\n".join(lines)
