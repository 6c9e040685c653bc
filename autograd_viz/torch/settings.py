"""What programs ask PyTorch before they begin: versions, devices, threads, determinism; and `compile`, `save`, `load`.

Most of it has one answer here, where there is one processor and no file format: `torch.cuda.is_available()` is False. What cannot be had
says so.
"""

from __future__ import annotations

import errno
import os
import warnings
from collections.abc import Callable
from typing import Any, NoReturn

from autograd_viz.torch import dtypes
from autograd_viz.torch.dtypes import device
from autograd_viz.torch.nn.modules.module import Module
from autograd_viz.torch.ops.attributes import TYPES, _TypeOfTensor
from autograd_viz.torch.tensor import Tensor

__all__ = [
    "accelerator", "are_deterministic_algorithms_enabled", "backends", "compile", "cuda", "get_default_device",
    "get_float32_matmul_precision", "get_num_interop_threads", "get_num_threads", "is_warn_always_enabled", "jit", "load", "mps", "save",
    "set_default_device", "set_default_tensor_type", "set_float32_matmul_precision", "set_flush_denormal", "set_num_interop_threads",
    "set_num_threads", "set_warn_always", "typename", "use_deterministic_algorithms", "version", "xpu",
]  # fmt: skip

__version__ = "2.13.0+cpu"
_settings: dict[str, Any] = {"threads": 1, "interop": 1, "deterministic": False, "precision": "highest", "warn_always": False}

# --- numbers of threads, and switches that change nothing here --------------------------------------------------------


def get_num_threads() -> int:
    """How many threads PyTorch would use for one operation. Here it is only remembered."""
    return int(_settings["threads"])


def set_num_threads(n: int) -> None:
    """Say how many threads to use for one operation.  Raises RuntimeError unless it is a positive int."""
    if not isinstance(n, int) or isinstance(n, bool):
        raise RuntimeError(f"set_num_threads expects an int, but got {type(n).__name__}")
    if n <= 0:
        raise RuntimeError("set_num_threads expects a positive integer")
    _settings["threads"] = n


def get_num_interop_threads() -> int:
    """How many threads PyTorch would use for operations side by side."""
    return int(_settings["interop"])


def set_num_interop_threads(n: int) -> None:
    """Say how many threads to use for operations side by side."""
    _settings["interop"] = n


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Ask for algorithms that give the same numbers on each run. Here they always do."""
    _settings["deterministic"] = bool(mode)


def are_deterministic_algorithms_enabled() -> bool:
    """Whether `use_deterministic_algorithms(True)` was called."""
    return bool(_settings["deterministic"])


def get_float32_matmul_precision() -> str:
    """What `set_float32_matmul_precision` was given."""
    return str(_settings["precision"])


def set_float32_matmul_precision(precision: str) -> None:
    """"highest", "high" or "medium": how exact matrix products of float32 must be. Here they always are."""
    _settings["precision"] = precision


def is_warn_always_enabled() -> bool:
    """What `set_warn_always` was given."""
    return bool(_settings["warn_always"])


def set_warn_always(b: bool) -> None:
    """Whether PyTorch repeats warnings that it otherwise gives once."""
    _settings["warn_always"] = b


def set_flush_denormal(mode: bool) -> bool:
    """Whether to take the smallest numbers for 0. Here never.  -> whether it is possible."""
    return not mode


# --- devices ----------------------------------------------------------------------------------------------------------


def get_default_device() -> device:
    """Where new tensors are put: the CPU."""
    return dtypes.CPU


def set_default_device(device: Any) -> None:
    """Choose where new tensors are put.  Raises an error for anything but the CPU."""
    dtypes.on(device)


def set_default_tensor_type(t: Any) -> None:
    """The default dtype, by an old name (deprecated): see `set_default_dtype`."""
    warnings.warn(
        "torch.set_default_tensor_type() is deprecated as of PyTorch 2.1, please use torch.set_default_dtype() and "
        "torch.set_default_device() as alternatives.",
        UserWarning, stacklevel=2,
    )  # fmt: skip
    kind = TYPES.get(t.removeprefix("torch.")) if isinstance(t, str) else t
    if not isinstance(kind, _TypeOfTensor):
        raise TypeError("invalid type object")
    dtypes.set_default_dtype(kind.kind)


class _Absent:
    """A kind of device that is not there: `torch.cuda`, `torch.mps`, `torch.xpu`."""

    def is_available(self) -> bool:
        """False."""
        return False

    is_initialized = is_built = is_bf16_supported = is_available

    def device_count(self) -> int:
        """0."""
        return 0

    def manual_seed(self, seed: int) -> None:
        """Seed its random numbers: nothing to do."""

    manual_seed_all = manual_seed

    def empty_cache(self) -> None:
        """Give back its free memory: nothing to do."""

    def synchronize(self, device: Any = None) -> NoReturn:
        """Raise AssertionError: there is nothing to wait for."""
        raise AssertionError("Torch not compiled with CUDA enabled")

    current_device = get_device_name = synchronize

    def memory_allocated(self, device: Any = None) -> int:
        """0."""
        return 0


class _Settings:
    """A place for settings."""

    def __init__(self, **settings: Any) -> None:
        self.__dict__.update(settings)


class _Present:
    def is_available(self) -> bool:
        """True."""
        return True


cuda, mps, xpu, accelerator = _Absent(), _Absent(), _Absent(), _Absent()
_cudnn = _Settings(
    deterministic=False, benchmark=False, enabled=True, allow_tf32=True, is_available=lambda: False, version=lambda: None
)
_matmul = _Settings(allow_tf32=False)
backends = _Settings(
    cudnn=_cudnn, mps=_Absent(), mkl=_Present(), openmp=_Present(), mkldnn=_Present(),
    cuda=_Settings(matmul=_matmul, is_built=lambda: False),
)  # fmt: skip
version = _Settings(__version__=__version__, cuda=None, hip=None, debug=False)

# --- programs ---------------------------------------------------------------------------------------------------------


def compile(model: Any = None, **options: Any) -> Any:
    """The function or module itself: PyTorch would make a faster one that gives the same."""
    if model is None:
        return lambda given: compile(given, **options)
    if not callable(model):
        raise TypeError(f"expected a function or a Module, got {type(model).__name__}")
    return model


class _Jit:
    """`torch.jit`: a language of its own, that this library has not."""

    def script(self, obj: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """The function or module itself."""
        return obj

    def trace(self, func: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """The function or module itself."""
        return func

    def is_scripting(self) -> bool:
        """False."""
        return False

    is_tracing = is_scripting

    def ignore(self, fn: Any = None, **kwargs: Any) -> Any:
        """The function itself."""
        return fn if fn is not None else lambda given: given

    unused = export = ignore


jit = _Jit()

_NO_FILES = (
    "this library has no file format\nHint: numpy has one: np.savez(path, **{{name: t.detach().numpy() for name, t in "
    "model.state_dict().items()}}); then model.load_state_dict({{name: torch.tensor(a) for name, a in np.load(path).items()}})."
)


def save(obj: Any, f: Any, *args: Any, **kwargs: Any) -> NoReturn:
    """Raise NotImplementedError, with a hint."""
    raise NotImplementedError(f"torch.save: {_NO_FILES.format()}")


def load(f: Any, *args: Any, **kwargs: Any) -> NoReturn:
    """Raise NotImplementedError, with a hint; FileNotFoundError if there is no such file."""
    if isinstance(f, str | os.PathLike) and not os.path.exists(f):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), f)
    raise NotImplementedError(f"torch.load: {_NO_FILES.format()}")


def typename(obj: Any) -> str:
    """The name of a tensor's kind, 'torch.FloatTensor', or of anything's class."""
    if isinstance(obj, Tensor):
        return f"torch.{dtypes.SCALAR_NAMES[obj.dtype]}Tensor"
    kind = obj if isinstance(obj, type) else type(obj)
    where = "" if kind.__module__ in ("builtins", "__builtin__") else f"{kind.__module__}."
    return f"{where}{kind.__qualname__ if isinstance(obj, type | Module) else kind.__name__}"
