"""`torch.autograd`: `backward`, `grad`, the switches of gradient tracking, and `gradcheck`.

`graph` has the nodes; `functional` Jacobians and Hessians.
"""

from autograd_viz.torch.autograd import functional, graph
from autograd_viz.torch.autograd.gradcheck import gradcheck, gradgradcheck
from autograd_viz.torch.gradients import backward, grad
from autograd_viz.torch.modes import enable_grad, no_grad, set_grad_enabled

__all__ = ["backward", "enable_grad", "functional", "grad", "gradcheck", "gradgradcheck", "graph", "no_grad", "set_grad_enabled"]
