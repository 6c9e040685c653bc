"""`torch.autograd`: `backward`, `grad`, `Function`, the switches of gradient tracking, and `gradcheck`.

`graph` has the nodes; `functional` Jacobians and Hessians, `forward_ad` forward mode.
"""

from autograd_viz.torch import function
from autograd_viz.torch.autograd import forward_ad, functional, graph
from autograd_viz.torch.autograd.calling import Variable, _unsafe_preserve_version_counter, set_multithreading_enabled
from autograd_viz.torch.autograd.gradcheck import gradcheck, gradgradcheck
from autograd_viz.torch.function import Function
from autograd_viz.torch.gradients import backward, grad
from autograd_viz.torch.modes import detect_anomaly, enable_grad, inference_mode, no_grad, set_detect_anomaly, set_grad_enabled

__all__ = [
    "Function", "Variable", "backward", "detect_anomaly", "enable_grad", "forward_ad", "function", "functional", "grad", "gradcheck",
    "gradgradcheck", "graph", "inference_mode", "no_grad", "set_detect_anomaly", "set_grad_enabled",
    "set_multithreading_enabled",
]  # fmt: skip
