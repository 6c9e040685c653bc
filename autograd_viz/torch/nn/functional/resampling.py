"""Other sizes for images: interpolate, upsample, pixel_shuffle; and other places: affine_grid, grid_sample.

Read next: `normalization.py`.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

from autograd_viz.torch.dtypes import scalar_name
from autograd_viz.torch.nn.functional.pooling import adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d
from autograd_viz.torch.ops import resampling as rows
from autograd_viz.torch.ops.grids import affine_grid_generator, grid_sampler_2d, grid_sampler_3d
from autograd_viz.torch.ops.resampling import channel_shuffle, pixel_shuffle, pixel_unshuffle
from autograd_viz.torch.tensor import Tensor, need_tensors

__all__ = [
    "affine_grid", "channel_shuffle", "grid_sample", "interpolate", "pixel_shuffle", "pixel_unshuffle", "upsample", "upsample_bilinear",
    "upsample_nearest",
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


# --- grids ------------------------------------------------------------------------------------------------------------

CORNERS = (
    "Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please specify align_corners=True if the "
    "old behavior is desired. See the documentation of grid_sample for details."
)
UNIT_SIZES = (
    "Since version 1.3.0, affine_grid behavior has changed for unit-size grids when align_corners=True. This is not an intended use case "
    "of affine_grid. See the documentation of affine_grid for details."
)


def affine_grid(theta: Tensor, size: Any, align_corners: bool | None = None) -> Any:
    """The places where an image of that size looks that `theta` turns, scales and moves.  (n, 2, 3) -> (n, h, w, 2).

    Raises ValueError or NotImplementedError for what does not fit.
    """
    need_tensors("affine_grid_generator", theta=theta)
    size = tuple(size)
    if align_corners is None:
        warnings.warn(CORNERS, stacklevel=2)
        align_corners = False
    if not theta.dtype.is_floating_point:
        raise ValueError(f"Expected theta to have floating point type, but got {theta.dtype}")
    dims = len(size) - 2
    if dims not in (2, 3):
        raise NotImplementedError(
            f"affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, respectively. Got size {size}."
        )
    if theta.ndim != 3 or tuple(theta.shape[-2:]) != (dims, dims + 1):
        matrices = f"{dims}D affine matrices of shape Nx{dims}x{dims + 1}"
        raise ValueError(f"Expected a batch of {matrices} for size {size}. Got {theta.shape}.")
    if min(size) <= 0:
        raise ValueError(f"Expected non-zero, positive output size. Got {size}")
    if align_corners and min(size[2:]) == 1:
        warnings.warn(UNIT_SIZES, stacklevel=2)
    return affine_grid_generator(theta, size, align_corners)


def grid_sample(
    input: Tensor, grid: Tensor, mode: str = "bilinear", padding_mode: str = "zeros", align_corners: bool | None = None
) -> Any:
    """The image at the places of a grid, which reaches from -1 to 1.  (n, c, h, w), (n, h', w', 2) -> (n, c, h', w').

    Raises ValueError for unknown modes, RuntimeError for what does not fit.
    """
    if mode not in ("bilinear", "nearest", "bicubic"):
        raise ValueError(f"nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '{mode}'")
    if padding_mode not in ("zeros", "border", "reflection"):
        expected = "'zeros', 'border', or 'reflection'"
        raise ValueError(f"nn.functional.grid_sample(): expected padding_mode to be {expected}, but got: '{padding_mode}'")
    if align_corners is None:
        warnings.warn(CORNERS, stacklevel=2)
        align_corners = False
    need_tensors("grid_sampler", input=input, grid=grid)
    sizes = f"but got input with sizes {list(input.shape)} and grid with sizes {list(grid.shape)}"
    if input.shape[0] != grid.shape[0]:
        raise RuntimeError(f"grid_sampler(): expected grid and input to have same batch size, {sizes}")
    if grid.shape[-1] != input.ndim - 2:
        what = f"expected grid to have size {input.ndim - 2} in last dimension, but got grid with sizes {list(grid.shape)}"
        raise RuntimeError(f"grid_sampler(): {what}")
    if input.ndim not in (4, 5) or grid.ndim != input.ndim:
        raise RuntimeError(f"grid_sampler(): expected 4D or 5D input and grid with same number of dimensions, {sizes}")
    if input.ndim == 5 and mode == "bicubic":
        raise RuntimeError("grid_sampler(): bicubic interpolation only supports 4D input")
    if input.dtype is not grid.dtype:
        raise RuntimeError(f"expected scalar type {scalar_name(input._array)} but found {scalar_name(grid._array)}")
    modes = ("bilinear", "nearest", "bicubic").index(mode), ("zeros", "border", "reflection").index(padding_mode)
    return (grid_sampler_2d if input.ndim == 4 else grid_sampler_3d)(input, grid, *modes, align_corners)
