"""A parameter that is computed from another one: `register_parametrization(layer, "weight", Symmetric())`.

What is learned moves to `layer.parametrizations.weight.original`; `layer.weight` becomes a property that runs the parametrization on it
each time it is read, so the graph goes through it. The layer's class becomes one of its own, which has that property.

Read next: `parametrizations.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from copy import deepcopy
from typing import Any

from autograd_viz.torch.modes import no_grad
from autograd_viz.torch.nn.modules.container import ModuleDict, ModuleList
from autograd_viz.torch.nn.modules.module import Module
from autograd_viz.torch.nn.parameter import Parameter
from autograd_viz.torch.tensor import Tensor

__all__ = [
    "ParametrizationList", "cached", "is_parametrized", "register_parametrization", "remove_parametrizations",
    "transfer_parametrizations_and_params", "type_before_parametrizations",
]  # fmt: skip

_kept: dict[tuple[int, str], Any] | None = None  # inside `cached()`: what was computed


@contextmanager
def cached() -> Iterator[None]:
    """In this block each parametrized tensor is computed once."""
    global _kept
    before = _kept
    _kept = {} if before is None else before
    try:
        yield
    finally:
        _kept = before


def _register(module: Module, name: str, value: Any) -> None:
    (module.register_parameter if isinstance(value, Parameter) else module.register_buffer)(name, value)


class ParametrizationList(ModuleList):
    """The parametrizations of one tensor, one after the other, and what they start from: `original`, or `original0`, `original1`, ..."""

    def __init__(self, modules: Sequence[Module], original: Any, unsafe: bool = False) -> None:
        if len(modules) == 0:
            raise ValueError("ParametrizationList requires one or more modules.")
        super().__init__(modules)
        self.unsafe = unsafe
        shape, kind = original.shape, original.dtype
        with no_grad():
            new = original
            for module in reversed(list(self)):
                if hasattr(module, "right_inverse"):
                    with suppress(NotImplementedError):
                        new = module.right_inverse(new)
        if not isinstance(new, Tensor | Sequence):
            raise ValueError(
                f"'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). Got {type(new).__name__}"
            )
        self.is_tensor = isinstance(new, Tensor)
        self.ntensors = 1 if isinstance(new, Tensor) else len(new)
        if isinstance(new, Tensor):
            if kind != new.dtype:
                raise ValueError(
                    "When `right_inverse` outputs one tensor, it may not change the dtype.\n"
                    f"original.dtype: {kind}\nright_inverse(original).dtype: {new.dtype}"
                )
            with no_grad():
                original.set_(new)
            _register(self, "original", original)
        else:
            for i, part in enumerate(new):
                if not isinstance(part, Tensor):
                    raise ValueError(
                        "'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). "
                        f"Got element {i} of the sequence with type {type(part).__name__}."
                    )
                part = Parameter(part, original.requires_grad) if isinstance(original, Parameter) else part
                part.requires_grad_(original.requires_grad)  # type: ignore[attr-defined]
                _register(self, f"original{i}", part)
        if not unsafe:
            made = self()
            _check("A parametrization must return a tensor.", made, shape, kind, "unparametrized {}", "parametrized {}", "unless `unsafe`")

    def right_inverse(self, value: Any) -> None:
        """Choose the originals so that the result is `value`: what `layer.weight = value` does."""
        with no_grad():
            for module in reversed(list(self)):
                if not hasattr(module, "right_inverse"):
                    raise RuntimeError(f"parametrization {type(module).__name__} does not implement right_inverse.")
                value = module.right_inverse(value)
            if self.is_tensor:
                if not isinstance(value, Tensor):
                    raise ValueError(f"`right_inverse` should return a tensor. Got {type(value).__name__}")
                if value.dtype != self.original.dtype:
                    raise ValueError(
                        f"The tensor returned by `right_inverse` has dtype {value.dtype} while `original` has dtype {self.original.dtype}"
                    )
                self.original.set_(value)
                return
            if not isinstance(value, Sequence):
                raise ValueError(f"'right_inverse' must return a sequence of tensors. Got {type(value).__name__}.")
            if len(value) != self.ntensors:
                raise ValueError(
                    f"'right_inverse' must return a sequence of tensors of length {self.ntensors}. Got a sequence of length {len(value)}."
                )
            for i, part in enumerate(value):
                getattr(self, f"original{i}").set_(part)

    def forward(self) -> Any:
        """The tensor."""
        originals = [self.original] if self.is_tensor else [getattr(self, f"original{i}") for i in range(self.ntensors)]
        first, *others = list(self)
        x = first(*originals)
        for module in others:
            x = module(x)
        return x


def _check(first: str, made: Any, shape: Any, kind: Any, before: str, after: str, unless: str) -> None:
    """Raise ValueError if a parametrization changed what it must not change."""
    if not isinstance(made, Tensor):
        raise ValueError(f"{first} Got {type(made).__name__}.")
    for what, old, new in (("dtype", kind, made.dtype), ("shape", shape, made.shape)):
        if old != new:
            raise ValueError(
                f"Registering a parametrization may not change the {what} of the tensor, {unless} flag is enabled.\n"
                f"{before.format(what)}: {old}\n{after.format(what)}: {new}"
            )


def _give_class(module: Module) -> None:
    """A class of its own, in which properties can stand."""
    kind = type(module)

    def __getstate__(self: Any) -> Any:
        raise RuntimeError(
            "Serialization of parametrized modules is only supported through state_dict(). See:\n"
            "https://pytorch.org/tutorials/beginner/saving_loading_models.html"
            "#saving-loading-a-general-checkpoint-for-inference-and-or-resuming-training"
        )

    def __deepcopy__(self: Any, memo: dict[int, Any]) -> Any:
        copy = memo[id(self)] = object.__new__(type(self))
        copy.__dict__.update(deepcopy(self.__dict__, memo))
        return copy

    module.__class__ = type(
        f"Parametrized{kind.__name__}", (kind,),
        {"__getstate__": __getstate__, "__deepcopy__": __deepcopy__, "__module__": "torch.nn.utils.parametrize"},
    )  # fmt: skip


def _give_property(module: Module, name: str) -> None:
    def read(self: Any) -> Any:
        if _kept is None:
            return self.parametrizations[name]()
        key = (id(self), name)
        if key not in _kept:
            _kept[key] = self.parametrizations[name]()
        return _kept[key]

    def write(self: Any, value: Any) -> None:
        self.parametrizations[name].right_inverse(value)

    setattr(type(module), name, property(read, write))


def register_parametrization(module: Any, tensor_name: str, parametrization: Any, *, unsafe: bool = False) -> Any:
    """Compute this parameter (or buffer) of the module by `parametrization`, a Module, from now on; one more if there is one already.

    Raises ValueError if there is no such tensor, or if its shape or dtype would change and it is not `unsafe`.
    """
    parametrization.train(module.training)
    if is_parametrized(module, tensor_name):
        if not unsafe:
            now = getattr(module, tensor_name)
            made, of_module = parametrization(now), f"module.{tensor_name}.{{}}"
            after = f"parametrization(module.{tensor_name}).{{}}"
            _check("A parametrization must return a tensor.", made, now.shape, now.dtype, of_module, after, "unless the `unsafe`")
        module.parametrizations[tensor_name].append(parametrization)
        module.parametrizations[tensor_name].unsafe |= unsafe
    elif tensor_name in module._buffers or tensor_name in module._parameters:
        listed = ParametrizationList([parametrization], getattr(module, tensor_name), unsafe=unsafe)
        delattr(module, tensor_name)
        if not is_parametrized(module):
            _give_class(module)
            module.parametrizations = ModuleDict()
        _give_property(module, tensor_name)
        module.parametrizations[tensor_name] = listed
    else:
        raise ValueError(
            f"Module '{module}' does not have a parameter, a buffer, or a parametrized element with name '{tensor_name}'"
        )
    return module


def is_parametrized(module: Any, tensor_name: str | None = None) -> bool:
    """Whether the module has parametrizations, or this tensor of it."""
    found = getattr(module, "parametrizations", None)
    if not isinstance(found, ModuleDict):
        return False
    return len(found) > 0 if tensor_name is None else tensor_name in found


def remove_parametrizations(module: Any, tensor_name: str, leave_parametrized: bool = True) -> Any:
    """Make it an ordinary parameter again, with the value that it has now, or (`leave_parametrized=False`) with that of the original."""
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"Module {module} does not have a parametrization on {tensor_name}")
    listed = module.parametrizations[tensor_name]
    if listed.is_tensor:
        original = listed.original
        if leave_parametrized:
            with no_grad():
                original.set_(getattr(module, tensor_name))
    elif leave_parametrized:
        now = getattr(module, tensor_name)
        original = Parameter(now) if now.requires_grad else now
    else:
        raise ValueError(
            "Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is parametrized in terms of a sequence of tensors."
        )
    delattr(type(module), tensor_name)
    del module.parametrizations[tensor_name]
    _register(module, tensor_name, original)
    if not is_parametrized(module):
        del module.parametrizations
        module.__class__ = type(module).__bases__[0]
    return module


def type_before_parametrizations(module: Any) -> type:
    """The class that the module had."""
    return type(module).__bases__[0] if is_parametrized(module) else type(module)


def transfer_parametrizations_and_params(from_module: Any, to_module: Any, tensor_name: str | None = None) -> Any:
    """Give another module the same parametrizations and originals."""
    if is_parametrized(from_module):
        for name in list(from_module.parametrizations) if tensor_name is None else [tensor_name]:
            if not hasattr(to_module, name):
                setattr(to_module, name, Parameter(getattr(from_module, name)))
            source = from_module.parametrizations[name]
            for parametrization in source:
                register_parametrization(to_module, name, parametrization)
            for each in ["original"] if hasattr(source, "original") else [f"original{i}" for i in range(source.ntensors)]:
                setattr(to_module.parametrizations[name], each, getattr(source, each))
    return to_module
