"""`torch.autograd`: `backward`, `grad`, and the switches of gradient tracking; `graph` has the nodes."""

from autograd_viz.torch.autograd import graph
from autograd_viz.torch.gradients import backward, grad
from autograd_viz.torch.modes import enable_grad, no_grad, set_grad_enabled

__all__ = ["backward", "enable_grad", "grad", "graph", "no_grad", "set_grad_enabled"]
