"""Anomaly mode: a backward that stops where the first nan appears, and tells where that node was made.

A course may skip this file. Read next: `engine.py`.
"""

from __future__ import annotations

import traceback
import warnings
from typing import Any

import numpy as np

from autograd_viz.torch.node import Node
from autograd_viz.torch.source import outside

KEY = "traceback_"


def remember_where(node: Node) -> None:
    """Note the lines of the program that made the node, in its `metadata`."""
    node.metadata[KEY] = traceback.format_stack(outside())


def check_nan(node: Node, results: Any) -> None:
    """Raise RuntimeError if a node's backward made a nan."""
    for i, result in enumerate(results):
        array = getattr(result, "_array", result)
        if array is not None and array.dtype.kind == "f" and np.isnan(array).any():
            raise RuntimeError(f"Function '{node.name()}' returned nan values in its {i}th output.")


def warn_where(node: Node) -> None:
    """Warn with the lines that made the node whose backward failed."""
    if KEY not in node.metadata:
        warnings.warn(
            f"Error detected in {node.name()}. No forward pass information available. Enable detect anomaly during forward pass for more "
            "information.",
            UserWarning,
            stacklevel=5,
        )
        return
    told = "".join(node.metadata[KEY])
    warnings.warn(
        f"Error detected in {node.name()}. Traceback of forward call that caused the error:\n{told}", UserWarning, stacklevel=5
    )
