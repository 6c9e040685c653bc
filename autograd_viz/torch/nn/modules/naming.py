"""What PyTorch calls a thing: in its error messages, and in `print(type(layer))`.

Read next: `backward_hooks.py`.
"""

from __future__ import annotations

import types
from typing import Any

from autograd_viz.torch.dtypes import scalar_name
from autograd_viz.torch.tensor import Tensor

__all__ = ["name_as_pytorch", "typename"]


def typename(obj: Any) -> str:
    """"torch.FloatTensor" for a tensor, "int" for 3, "torch.nn.modules.linear.Linear" for a layer."""
    if isinstance(obj, Tensor):
        return f"torch.{scalar_name(obj._array)}Tensor"
    named = obj if hasattr(obj, "__qualname__") else type(obj)
    module = named.__module__ or ""
    if module.startswith("autograd_viz.torch.nn.functional"):
        module = "torch.nn.functional"
    return named.__qualname__ if module in ("", "builtins") else f"{module}.{named.__qualname__}".removeprefix("autograd_viz.")


# Where these stand in PyTorch, if not in a file of the same name as here; and whose `__init__` is not their own there.
_FILE_THERE = {
    "Flatten": "flatten", "Unflatten": "flatten", "BatchNorm": "batchnorm", "InstanceNorm": "instancenorm", "Upsample": "upsampling",
    "UpsamplingNearest": "upsampling", "UpsamplingBilinear": "upsampling", "PixelShuffle": "pixelshuffle",
    "PixelUnshuffle": "pixelshuffle", "Fold": "fold", "Unfold": "fold",
    "MultiheadAttention": "activation", "UninitializedBuffer": "parameter", "UninitializedParameter": "parameter",
}  # fmt: skip
_INIT_OF = {
    "BatchNorm": "_BatchNorm", "InstanceNorm": "_InstanceNorm", "Dropout": "_DropoutNd", "AlphaDropout": "_DropoutNd",
    "FeatureAlphaDropout": "_DropoutNd", "MaxPool": "_MaxPoolNd", "LPPool": "_LPPoolNd", "AdaptiveAvgPool": "_AdaptiveAvgPoolNd",
    "AdaptiveMaxPool": "_AdaptiveMaxPoolNd", "MSELoss": "_Loss", "L1Loss": "_Loss", "SoftMarginLoss": "_Loss",
    "BCELoss": "_WeightedLoss", "MultiLabelSoftMarginLoss": "_WeightedLoss",
}  # fmt: skip


def name_as_pytorch(cls: Any) -> None:
    """Give a class the module name that it has in PyTorch, and its `__init__` the name that errors about wrong arguments begin with."""
    name = cls.__name__.rstrip("123d").removeprefix("Lazy")
    file = _FILE_THERE.get(name)
    if cls.__name__.startswith("Lazy"):
        file = file or ("linear" if name == "Linear" else "conv")
    cls.__module__ = f"torch.nn.modules.{file}" if file else cls.__module__.removeprefix("autograd_viz.")
    init = cls.__init__
    if (init.__qualname__.startswith("_") and init.__closure__ is not None) or cls.__name__ == "AvgPool3d":
        own = types.FunctionType(init.__code__, init.__globals__, init.__name__, init.__defaults__, init.__closure__)
        own.__kwdefaults__ = init.__kwdefaults__
        own.__qualname__ = f"{_INIT_OF.get(name, cls.__name__)}.__init__"
        cls.__init__ = own
