"""`torch.optim`: what changes the parameters after the gradients are there, and `lr_scheduler`, what changes the learning rate."""

from autograd_viz.torch.optim import lr_scheduler, swa_utils
from autograd_viz.torch.optim.adam import *
from autograd_viz.torch.optim.adaptive import *
from autograd_viz.torch.optim.lbfgs import *
from autograd_viz.torch.optim.optimizer import *
from autograd_viz.torch.optim.sgd import *
from autograd_viz.torch.optim.variants import *

__all__ = [
    "ASGD", "Adadelta", "Adafactor", "Adagrad", "Adam", "AdamW", "Adamax", "LBFGS", "NAdam", "Optimizer", "RAdam", "RMSprop", "Rprop",
    "SGD", "lr_scheduler", "swa_utils",
]  # fmt: skip

for _name in __all__[:-2]:
    globals()[_name].__module__ = "torch.optim" if _name == "Adafactor" else f"torch.optim.{_name.lower()}"
