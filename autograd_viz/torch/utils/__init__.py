"""`torch.utils`: `checkpoint`, which trades memory for time.

Read next: `checkpoint.py`.
"""

from autograd_viz.torch.utils import checkpoint

__all__ = ["checkpoint"]
