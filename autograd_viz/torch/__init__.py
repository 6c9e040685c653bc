"""A small PyTorch in numpy, to be read and watched: `from autograd_viz import torch`.

It has PyTorch's names, numbers, graphs and error messages, and needs numpy alone. To learn how autograd works, read in this order:

    source  modes  dtypes  node  tensor  observe  op  ops/pointwise  ops/shape  ops/reduction  ops/linalg  ops/losses  ops/inplace
    ops/logic  random  ops/creation  ops/conversion  engine  printing  indexing  methods  gradients  autograd/  nn/
"""

from math import inf, nan, pi
from typing import Any

from autograd_viz.torch import autograd, nn
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
from autograd_viz.torch.gradients import detach
from autograd_viz.torch.methods import (
    absolute,
    add,
    broadcast_to,
    div,
    divide,
    flatten,
    ger,
    max,
    maximum,
    mean,
    min,
    minimum,
    movedim,
    mul,
    multiply,
    narrow,
    negative,
    permute,
    pow,
    ravel,
    reshape,
    square,
    squeeze,
    sub,
    subtract,
    sum,
    swapaxes,
    swapdims,
    true_divide,
    where,
)
from autograd_viz.torch.modes import enable_grad, is_grad_enabled, no_grad, set_grad_enabled
from autograd_viz.torch.ops.conversion import allclose, equal, is_floating_point, is_tensor, numel
from autograd_viz.torch.ops.creation import (
    arange,
    as_tensor,
    empty,
    empty_like,
    eye,
    from_numpy,
    full,
    full_like,
    linspace,
    ones,
    ones_like,
    rand,
    rand_like,
    randint,
    randn,
    randn_like,
    randperm,
    tensor,
    zeros,
    zeros_like,
)
from autograd_viz.torch.ops.linalg import bmm, dot, matmul, mm, mv, outer
from autograd_viz.torch.ops.logic import all, any, argmax, argmin, isfinite, isinf, isnan, logical_and, logical_not, logical_or
from autograd_viz.torch.ops.pointwise import (
    abs,
    eq,
    exp,
    ge,
    gt,
    le,
    log,
    log1p,
    lt,
    ne,
    neg,
    reciprocal,
    relu,
    sigmoid,
    sign,
    sqrt,
    tanh,
)
from autograd_viz.torch.ops.shape import clone, gather, select, t, transpose, unbind, unsqueeze
from autograd_viz.torch.printing import set_printoptions
from autograd_viz.torch.random import Generator, initial_seed, manual_seed, seed
from autograd_viz.torch.tensor import Tensor

__all__ = [
    "inf", "nan", "pi", "autograd", "nn", "Size", "device", "dtype", "float16", "float32", "float64", "get_default_dtype", "int8",
    "int16", "int32", "int64", "set_default_dtype", "uint8", "bool", "half", "float", "double", "short", "int", "long", "detach",
    "absolute", "add", "broadcast_to", "clone", "div", "divide", "flatten", "ger", "max", "maximum", "mean", "min", "minimum",
    "movedim", "mul", "multiply", "narrow", "negative", "permute", "pow", "ravel", "reshape", "square", "squeeze", "sub",
    "subtract", "sum", "swapaxes", "swapdims", "true_divide", "unbind", "where", "enable_grad", "is_grad_enabled", "no_grad",
    "set_grad_enabled", "allclose", "equal", "is_floating_point", "is_tensor", "numel", "arange", "as_tensor", "empty",
    "empty_like", "eye", "from_numpy", "full", "full_like", "linspace", "ones", "ones_like", "rand", "rand_like", "randint",
    "randn", "randn_like", "randperm", "tensor", "zeros", "zeros_like", "bmm", "dot", "matmul", "mm", "mv", "outer", "all", "any",
    "argmax", "argmin", "isfinite", "isinf", "isnan", "logical_and", "logical_not", "logical_or", "abs", "eq", "exp", "ge", "gt",
    "le", "log", "log1p", "lt", "ne", "neg", "reciprocal", "relu", "sigmoid", "sign", "sqrt", "tanh", "gather", "select", "t",
    "transpose", "unsqueeze", "set_printoptions", "Generator", "initial_seed", "manual_seed", "seed", "Tensor",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    raise AttributeError(
        f"module 'torch' has no attribute '{name}'"
        "\nHint: autograd_viz has the part of PyTorch that one needs to learn autograd. If PyTorch itself has this, use PyTorch here."
    )
