"""Other sizes for images: interpolate, upsample, pixel_shuffle.

Read next: `normalization.py`.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

from autograd_viz.torch.nn.functional.pooling import adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d
from autograd_viz.torch.ops import resampling as rows
from autograd_viz.torch.ops.resampling import channel_shuffle, pixel_shuffle, pixel_unshuffle
from autograd_viz.torch.tensor import Tensor

__all__ = [
    "channel_shuffle", "interpolate", "pixel_shuffle", "pixel_unshuffle", "upsample", "upsample_bilinear", "upsample_nearest",
]  # fmt: skip

MODES = "nearest | linear | bilinear | bicubic | trilinear | lanczos | area | nearest-exact"


def interpolate(
    input: Tensor, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None, antialias: bool = False,
) -> Any:  # fmt: skip
    """The input in another size, given as that or as a factor; "nearest", "linear", "bilinear" or "area".

    (n, c, w) -> (n, c, w'), (n, c, h, w) -> (n, c, h', w').  Raises ValueError or NotImplementedError for what does not fit.
    """
    if mode in ("nearest", "area", "nearest-exact"):
        if align_corners is not None:
            raise ValueError("align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear")
    elif align_corners is None:
        align_corners = False
    dims = input.ndim - 2
    outs, scales = _sizes(input, dims, size, scale_factor)
    if recompute_scale_factor and scale_factor is not None:
        scales = [None] * dims
    if dims in (1, 2) and min(outs, default=1) <= 0 and mode != "area":
        inner = [f"{name}: {n}" for name, n in zip(("H", "W")[-dims:], input.shape[2:], strict=True)]
        outer = [f"{name}: {n}" for name, n in zip(("H", "W")[-dims:], outs, strict=True)]
        joint = "and output" if dims == 1 else "output"
        raise RuntimeError(
            f"Input and output sizes should be greater than 0, but got input ({', '.join(inner)}) {joint} ({', '.join(outer)})"
        )
    if mode == "nearest-exact" and dims == 1:
        return rows.upsample_nearest_exact1d(input, outs, scales[0])
    if mode == "nearest-exact" and dims == 2:
        return rows.upsample_nearest_exact2d(input, outs, *scales)
    if mode == "area" and dims in (1, 2, 3):
        return (adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d)[dims - 1](input, outs)
    if mode == "nearest" and dims == 1:
        return rows.upsample_nearest1d(input, outs, scales[0])
    if mode == "nearest" and dims == 2:
        return rows.upsample_nearest2d(input, outs, *scales)
    if mode == "linear" and dims == 1:
        return rows.upsample_linear1d(input, outs, bool(align_corners), scales[0])
    if mode == "bilinear" and dims == 2:
        return rows.upsample_bilinear2d(input, outs, bool(align_corners), *scales)
    needs = {"linear": 3, "bilinear": 4, "trilinear": 5}.get(mode)
    if needs is not None and dims in (1, 2, 3) and needs != input.ndim:
        raise NotImplementedError(f"Got {input.ndim}D input, but {mode} mode needs {needs}D input")
    raise NotImplementedError(
        f"Input Error: Only 3D, 4D and 5D input Tensors supported (got {input.ndim}D) for the modes: {MODES} (got {mode})"
    )


def _sizes(input: Tensor, dims: int, size: Any, scale_factor: Any) -> tuple[tuple[int, ...], list[float | None]]:
    if size is not None and scale_factor is not None:
        raise ValueError("only one of size or scale_factor should be defined")
    inner = list(input.shape[2:])
    if size is not None:
        if isinstance(size, int):
            return (size,) * dims, [None] * dims
        if len(size) != dims:
            raise ValueError(
                "Input and output must have the same number of spatial dimensions, but got input with spatial dimensions of "
                f"{inner} and output size of {size}. Please provide input tensor in (N, C, d1, d2, ...,dK) format and output size in "
                "(o1, o2, ...,oK) format."
            )
        return tuple(size), [None] * dims
    if scale_factor is None:
        raise ValueError("either size or scale_factor should be defined")
    if isinstance(scale_factor, int | float):
        scales = [float(scale_factor)] * dims
    elif len(scale_factor) != dims:
        raise ValueError(
            "Input and scale_factor must have the same number of spatial dimensions, but got input with spatial dimensions of "
            f"{inner} and scale_factor of shape {scale_factor}. Please provide input tensor in (N, C, d1, d2, ...,dK) format and "
            "scale_factor in (s1, s2, ...,sK) format."
        )
    else:
        scales = [float(each) for each in scale_factor]
    return tuple(math.floor(n * scale) for n, scale in zip(inner, scales, strict=True)), list(scales)


def upsample(input: Tensor, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: bool | None = None) -> Any:
    """The older name of `interpolate`.  Warns."""
    _outdated("upsample", "interpolate")
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input: Tensor, size: Any = None, scale_factor: Any = None) -> Any:
    """The older name of `interpolate`.  Warns."""
    _outdated("upsample_nearest", "interpolate")
    return interpolate(input, size, scale_factor, mode="nearest")


def upsample_bilinear(input: Tensor, size: Any = None, scale_factor: Any = None) -> Any:
    """The older name of `interpolate` with mode="bilinear", align_corners=True.  Warns."""
    _outdated("upsample_bilinear", "interpolate")
    return interpolate(input, size, scale_factor, mode="bilinear", align_corners=True)


def _outdated(name: str, instead: str) -> None:
    warnings.warn(f"`nn.functional.{name}` is deprecated. Use `nn.functional.{instead}` instead.", UserWarning, stacklevel=3)
