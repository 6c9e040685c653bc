"""`torch.autograd`: `backward`, `grad`, the switches of gradient tracking, and `gradcheck`.

`graph` has the nodes; `functional` Jacobians and Hessians, `forward_ad` forward mode.
"""

from autograd_viz.torch.autograd import forward_ad, functional, graph
from autograd_viz.torch.autograd.gradcheck import gradcheck, gradgradcheck
from autograd_viz.torch.gradients import backward, grad
from autograd_viz.torch.modes import enable_grad, no_grad, set_grad_enabled

__all__ = [
    "backward",
    "enable_grad",
    "forward_ad",
    "functional",
    "grad",
    "gradcheck",
    "gradgradcheck",
    "graph",
    "no_grad",
    "set_grad_enabled",
]
