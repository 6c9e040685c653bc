"""`torch.nn`: modules (`Linear`, `Sequential`, ...), `functional`, `init`, and `Parameter`."""

from autograd_viz.torch.nn import functional, init, modules, parameter, utils
from autograd_viz.torch.nn.modules import *
from autograd_viz.torch.nn.parameter import *

__all__ = ["functional", "init", "modules", "parameter", "utils", *parameter.__all__, *modules.__all__]

for _class in (parameter.Parameter, parameter.Buffer):
    _class.__module__ = "torch.nn.parameter"
