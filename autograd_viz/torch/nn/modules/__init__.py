"""`torch.nn.modules`: the module classes, one file for each kind.

Read next: `module.py`.
"""

from autograd_viz.torch.nn.modules import activation, container, conv, distance, dropout, linear, loss, module, normalization, pooling, sparse
from autograd_viz.torch.nn.modules.activation import *
from autograd_viz.torch.nn.modules.container import *
from autograd_viz.torch.nn.modules.conv import *
from autograd_viz.torch.nn.modules.distance import *
from autograd_viz.torch.nn.modules.dropout import *
from autograd_viz.torch.nn.modules.linear import *
from autograd_viz.torch.nn.modules.loss import *
from autograd_viz.torch.nn.modules.module import *
from autograd_viz.torch.nn.modules.normalization import *
from autograd_viz.torch.nn.modules.pooling import *
from autograd_viz.torch.nn.modules.sparse import *

_FILES = (activation, container, conv, distance, dropout, linear, loss, module, normalization, pooling, sparse)
__all__ = [name for file in _FILES for name in file.__all__]

# print(type(layer)) says what PyTorch says: where it stands there.
_THERE = {"Flatten": "flatten", "Unflatten": "flatten", "BatchNorm": "batchnorm", "InstanceNorm": "instancenorm"}
for _name in __all__:
    _class = globals()[_name]
    _class.__module__ = _class.__module__.removeprefix("autograd_viz.")
    if _file := _THERE.get(_name.rstrip("123d")):
        _class.__module__ = f"torch.nn.modules.{_file}"
