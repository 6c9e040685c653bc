"""`torch.autograd`: `backward`, `grad`, `Function`, and the switches of gradient tracking; `graph` has the nodes."""

from autograd_viz.torch import function
from autograd_viz.torch.autograd import graph
from autograd_viz.torch.function import Function
from autograd_viz.torch.gradients import backward, grad
from autograd_viz.torch.modes import detect_anomaly, enable_grad, inference_mode, no_grad, set_detect_anomaly, set_grad_enabled
from autograd_viz.torch.tensor import Tensor as Variable

__all__ = [
    "Function", "Variable", "backward", "detect_anomaly", "enable_grad", "function", "grad", "graph", "inference_mode", "no_grad",
    "set_detect_anomaly", "set_grad_enabled",
]  # fmt: skip
