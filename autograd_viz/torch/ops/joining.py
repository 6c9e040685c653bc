"""Temporary stand-in. Read next: `reduction.py`."""

from typing import Any

import numpy as np

from autograd_viz.torch.op import op
from autograd_viz.torch.ops.shape import unbind


@op("StackBackward0", lists="tensors", keep="dim",
    tensors=lambda grad, dim: list(np.moveaxis(grad, dim, 0)) if isinstance(grad, np.ndarray) else list(unbind(grad, dim)))  # fmt: skip
def stack_row(tensors: Any, dim: int = 0) -> Any:
    """Stack."""
    return np.stack(tensors, dim)


def stack(tensors: Any, dim: int = 0) -> Any:
    """Stack."""
    return stack_row(tuple(tensors), dim)
