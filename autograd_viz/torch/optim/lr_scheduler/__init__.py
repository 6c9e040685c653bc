"""`torch.optim.lr_scheduler`: learning rates that change from epoch to epoch."""

from autograd_viz.torch.optim.lr_scheduler import base, combined, curves, cycles
from autograd_viz.torch.optim.lr_scheduler.base import *
from autograd_viz.torch.optim.lr_scheduler.combined import *
from autograd_viz.torch.optim.lr_scheduler.curves import *
from autograd_viz.torch.optim.lr_scheduler.cycles import *

_LRScheduler = base.LRScheduler  # the old name

__all__ = [*base.__all__, *combined.__all__, *curves.__all__, *cycles.__all__]

for _name in __all__:
    globals()[_name].__module__ = "torch.optim.lr_scheduler"
