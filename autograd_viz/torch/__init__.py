"""A small PyTorch in numpy, to be read and watched: `from autograd_viz import torch`.

It has PyTorch's names, numbers, graphs and error messages, and needs numpy alone. To learn how autograd works, read in this order:

    source  modes  dtypes  saved  node  tensor      the graph and what stands on it
    op  (compiled, observe, formulas: on the side)  a row of the derivatives table, read
    ops/pointwise  ops/shape  ops/reduction  ops/linalg  ops/losses, and the other families of ops/
    ops/inplace  engine  function  gradients        changing values, walking back, your own operations
    autograd/  nn/  optim/                          built on all that

Each file says at its top which one to read next, and what a course may skip.
"""

from math import e, inf, nan, pi
from typing import Any

from autograd_viz.torch import autograd, distributions, func, linalg, mutation, nn, optim, return_types, special, testing, utils
from autograd_viz.torch import modes as _modes
from autograd_viz.torch.absent import offer as _offer
from autograd_viz.torch.absent import tell as _tell
from autograd_viz.torch.absent import tell_of_tensors as _tell_of_tensors
from autograd_viz.torch.autograd import calling as _calling
from autograd_viz.torch.autograd.gradcheck import GradcheckError as _GradcheckError
from autograd_viz.torch.builtin import as_builtins as _as_builtins
from autograd_viz.torch.builtin import methods_as_builtins as _methods_as_builtins
from autograd_viz.torch.dtypes import (
    Size,
    device,
    dtype,
    float16,
    float32,
    float64,
    get_default_dtype,
    int8,
    int16,
    int32,
    int64,
    set_default_dtype,
    uint8,
)
from autograd_viz.torch.dtypes import bool_ as bool
from autograd_viz.torch.dtypes import float16 as half
from autograd_viz.torch.dtypes import float32 as float
from autograd_viz.torch.dtypes import float64 as double
from autograd_viz.torch.dtypes import int16 as short
from autograd_viz.torch.dtypes import int32 as int
from autograd_viz.torch.dtypes import int64 as long
from autograd_viz.torch.func import vmap
from autograd_viz.torch.gradients import detach
from autograd_viz.torch.linalg.distances import *
from autograd_viz.torch.linalg.earlier import *
from autograd_viz.torch.linalg.einsum import *
from autograd_viz.torch.linalg.factors import *
from autograd_viz.torch.linalg.products import *
from autograd_viz.torch.modes import (
    enable_grad,
    inference_mode,
    is_anomaly_check_nan_enabled,
    is_anomaly_enabled,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from autograd_viz.torch.mutation import *
from autograd_viz.torch.nn.functional.plain import *
from autograd_viz.torch.node import AccumulateGrad as _AccumulateGrad
from autograd_viz.torch.node import SavedTensor as _SavedTensor
from autograd_viz.torch.operators import *
from autograd_viz.torch.ops.activations import *
from autograd_viz.torch.ops.arithmetic import *
from autograd_viz.torch.ops.attributes import *
from autograd_viz.torch.ops.attributes import TYPES as _TYPES
from autograd_viz.torch.ops.conversion import *
from autograd_viz.torch.ops.counting import *
from autograd_viz.torch.ops.creation import *
from autograd_viz.torch.ops.creation_more import *
from autograd_viz.torch.ops.cumulation import *
from autograd_viz.torch.ops.diagonals import *
from autograd_viz.torch.ops.differences import *
from autograd_viz.torch.ops.distances import *
from autograd_viz.torch.ops.extremes import *
from autograd_viz.torch.ops.from_data import *
from autograd_viz.torch.ops.gathering import *
from autograd_viz.torch.ops.generator_state import *
from autograd_viz.torch.ops.integrals import *
from autograd_viz.torch.ops.joining import *
from autograd_viz.torch.ops.kinds import *
from autograd_viz.torch.ops.linalg import *
from autograd_viz.torch.ops.logic import *
from autograd_viz.torch.ops.matrices import *
from autograd_viz.torch.ops.normalization import norm_except_dim
from autograd_viz.torch.ops.normalization import weight_norm_of as _weight_norm
from autograd_viz.torch.ops.norms import *
from autograd_viz.torch.ops.padding import *
from autograd_viz.torch.ops.piecewise import *
from autograd_viz.torch.ops.pointwise import *
from autograd_viz.torch.ops.random_draws import *
from autograd_viz.torch.ops.random_inplace import *
from autograd_viz.torch.ops.rearranging import *
from autograd_viz.torch.ops.recurrent import *
from autograd_viz.torch.ops.reduction import *
from autograd_viz.torch.ops.resampling import *
from autograd_viz.torch.ops.reshaping import *
from autograd_viz.torch.ops.scattering import *
from autograd_viz.torch.ops.shape import *
from autograd_viz.torch.ops.slopes import *
from autograd_viz.torch.ops.softmax import *
from autograd_viz.torch.ops.sorting import *
from autograd_viz.torch.ops.special_functions import *
from autograd_viz.torch.ops.statistics import *
from autograd_viz.torch.ops.steps import *
from autograd_viz.torch.ops.three_arguments import *
from autograd_viz.torch.ops.transcendental import *
from autograd_viz.torch.printing import set_printoptions
from autograd_viz.torch.random import Generator, initial_seed, manual_seed, seed
from autograd_viz.torch.settings import *
from autograd_viz.torch.settings import __version__
from autograd_viz.torch.tensor import Tensor

newaxis = None
for _where, _classes in {
    "torch": (Tensor, dtype, device, finfo, iinfo, memory_format),
    "torch._C": (Generator,),
    "torch._C._autograd": (_SavedTensor,),
    "builtins": (_AccumulateGrad,),
    "torch.autograd.graph": (
        autograd.graph.Node, autograd.graph.GradientEdge, autograd.graph.saved_tensors_hooks, autograd.graph.save_on_cpu,
    ),
    "torch.autograd.forward_ad": (autograd.forward_ad.UnpackedDualTensor, autograd.forward_ad.dual_level),
    "torch.autograd.gradcheck": (_GradcheckError,),
    "torch.utils.checkpoint": (utils.checkpoint.CheckpointError,),
    "torch.autograd.function": (autograd.Function, autograd.function.FunctionCtx),
    "torch.autograd.grad_mode": (no_grad, enable_grad, set_grad_enabled, inference_mode),
    "torch.autograd.anomaly_mode": (autograd.detect_anomaly, autograd.set_detect_anomaly),
}.items():  # fmt: skip
    for _class in _classes:
        _class.__module__ = _where  # (what PyTorch prints)
globals().update(_TYPES)
_as_builtins(globals())
_methods_as_builtins(Tensor)
_tell_of_tensors(Tensor)

__all__ = [name for name in globals() if not name.startswith("_") and name != "Any"]

_offer(
    __name__,
    {
        "autograd.function": autograd.function, "autograd.variable": _calling, "autograd.grad_mode": _modes,
        "autograd.anomaly_mode": _modes,
        "nn.utils.clip_grad": nn.utils.clip_grad, "nn.modules.batchnorm": nn.modules.normalization, "nn.modules.flatten": nn.modules.linear,
        "nn.modules.upsampling": nn.modules.resizing, "utils.data._utils": utils.data,
        **{f"optim.{_name.lower()}": optim for _name in optim.__all__[:-2]},
        **{_class.__module__.removeprefix("torch."): distributions for _class in vars(distributions).values() if isinstance(_class, type)},
    },
)  # fmt: skip
_tell(__name__)
