"""`torch.nn.functional`: the layers of a network as functions, which get their parameters as arguments; first `activations.py`."""

from autograd_viz.torch.linalg.distances import pdist
from autograd_viz.torch.nn.functional.activations import *
from autograd_viz.torch.nn.functional.attention import *
from autograd_viz.torch.nn.functional.classes import *
from autograd_viz.torch.nn.functional.convolution import *
from autograd_viz.torch.nn.functional.layers import *
from autograd_viz.torch.nn.functional.losses import *
from autograd_viz.torch.nn.functional.normalization import *
from autograd_viz.torch.nn.functional.pooling import *
from autograd_viz.torch.nn.functional.resampling import *
from autograd_viz.torch.nn.functional.unpooling import *

for _function in list(vars().values()):
    if getattr(_function, "__module__", "").startswith(__name__):
        _function.__module__ = "torch.nn.functional"
