"""`torch.utils`: `data`, how a data set becomes batches; `hooks`, how a hook is taken off; `checkpoint`, which trades memory for time."""

from autograd_viz.torch.utils import checkpoint, data, hooks

__all__ = ["checkpoint", "data", "hooks"]
