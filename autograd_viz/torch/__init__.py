"""A small PyTorch in numpy, to be read and watched: `from autograd_viz import torch`.

It has PyTorch's names, numbers, graphs and error messages, and needs numpy alone. To learn how autograd works, read the files in this order:

    source  modes  dtypes  node  tensor  observe  op  ops/pointwise  ops/shape  ops/reduction  ops/linalg  ops/losses  ops/inplace
    random  ops/creation  engine  printing  indexing  methods  gradients  autograd/  nn/
"""

from autograd_viz.torch import autograd, nn
from autograd_viz.torch.dtypes import (
    Size,
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
from autograd_viz.torch.dtypes import bool_ as bool  # noqa: A004 - PyTorch's name
from autograd_viz.torch.dtypes import float32 as float  # noqa: A004
from autograd_viz.torch.dtypes import float64 as double
from autograd_viz.torch.dtypes import int32 as int  # noqa: A004
from autograd_viz.torch.dtypes import int64 as long
from autograd_viz.torch.gradients import detach
from autograd_viz.torch.methods import (
    add,
    allclose,
    argmax,
    div,
    equal,
    flatten,
    is_floating_point,
    max,  # noqa: A004
    mean,
    min,  # noqa: A004
    mul,
    numel,
    permute,
    pow,  # noqa: A004
    reshape,
    square,
    squeeze,
    sub,
    sum,  # noqa: A004
    where,
)
from autograd_viz.torch.modes import enable_grad, is_grad_enabled, no_grad, set_grad_enabled
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
from autograd_viz.torch.ops.pointwise import (
    abs,  # noqa: A004
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
from autograd_viz.torch.ops.shape import clone, gather, select, t, transpose, unsqueeze
from autograd_viz.torch.printing import set_printoptions
from autograd_viz.torch.random import Generator, initial_seed, manual_seed, seed
from autograd_viz.torch.tensor import Tensor
