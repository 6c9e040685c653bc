"""`torch.nn.modules`: the module classes, one file for each kind."""

from autograd_viz.torch.nn.modules import (
    activation,
    attention,
    container,
    conv,
    distance,
    dropout,
    lazy,
    linear,
    loss,
    module,
    normalization,
    padding,
    pooling,
    resizing,
    rnn,
    sparse,
    transformer,
)
from autograd_viz.torch.nn.modules.activation import *
from autograd_viz.torch.nn.modules.attention import *
from autograd_viz.torch.nn.modules.container import *
from autograd_viz.torch.nn.modules.conv import *
from autograd_viz.torch.nn.modules.distance import *
from autograd_viz.torch.nn.modules.dropout import *
from autograd_viz.torch.nn.modules.lazy import *
from autograd_viz.torch.nn.modules.linear import *
from autograd_viz.torch.nn.modules.loss import *
from autograd_viz.torch.nn.modules.module import *
from autograd_viz.torch.nn.modules.naming import name_as_pytorch
from autograd_viz.torch.nn.modules.normalization import *
from autograd_viz.torch.nn.modules.padding import *
from autograd_viz.torch.nn.modules.pooling import *
from autograd_viz.torch.nn.modules.resizing import *
from autograd_viz.torch.nn.modules.rnn import *
from autograd_viz.torch.nn.modules.sparse import *
from autograd_viz.torch.nn.modules.transformer import *

_FILES = (
    *(module, container, linear, activation, distance, loss, dropout, sparse, conv, pooling, normalization, lazy),
    *(padding, resizing),
    *(rnn, attention, transformer),
)
__all__ = [name for file in _FILES for name in file.__all__]

for _name in __all__:
    name_as_pytorch(globals()[_name])
