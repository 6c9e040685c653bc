"""`torch.utils`: `data`, how a data set becomes batches; `hooks`, how a hook is taken off again."""

from autograd_viz.torch.utils import data, hooks

__all__ = ["data", "hooks"]
