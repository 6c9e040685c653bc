"""`Module`: a function with parameters, that may be made of other such functions.

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(2, 1)
        def forward(self, x):
            return self.layer(x)

All there is to it: `self.name = value` looks at the value. A Parameter is put among `_parameters`, a Module among `_modules`, and so
`parameters()`, `state_dict()`, `train()`, `to()` and `print(net)` can walk through everything that belongs to it.  For autograd a module
is nothing: the graph has the operations of `forward`, and the parameters are leaves like any others.

Read next: `container.py`; walking, what is around the call, and state dictionaries are in `tree.py`, `hooks.py` and `state_dict.py`.
"""

from __future__ import annotations

import warnings
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from autograd_viz import events
from autograd_viz.torch import dtypes
from autograd_viz.torch.dtypes import dtype as DType
from autograd_viz.torch.gradients import requires_grad_
from autograd_viz.torch.modes import mode, no_grad
from autograd_viz.torch.nn.modules import hooks, state_dict
from autograd_viz.torch.nn.modules.hooks import register_module_forward_hook, register_module_forward_pre_hook
from autograd_viz.torch.nn.modules.naming import typename
from autograd_viz.torch.nn.modules.state_dict import IncompatibleKeys
from autograd_viz.torch.nn.modules.tree import Tree
from autograd_viz.torch.nn.parameter import Buffer, Parameter, forget_grad
from autograd_viz.torch.node import RemovableHandle
from autograd_viz.torch.tensor import Tensor

__all__ = ["Module"]

_offered_here = (register_module_forward_hook, register_module_forward_pre_hook)  # as torch.nn.modules.module offers them

_HOOKS = (
    "_backward_pre_hooks", "_backward_hooks", "_forward_hooks", "_forward_hooks_with_kwargs", "_forward_hooks_always_called",
    "_forward_pre_hooks", "_forward_pre_hooks_with_kwargs", "_state_dict_hooks", "_state_dict_pre_hooks", "_load_state_dict_pre_hooks",
    "_load_state_dict_post_hooks",
)  # fmt: skip
POSITIONAL = (
    "Positional args are being deprecated, use kwargs instead. Refer to "
    "https://pytorch.org/docs/main/generated/torch.nn.Module.html#torch.nn.Module.state_dict for details."
)


class Module(Tree):
    """The base class of all modules. A subclass calls `super().__init__()` first, and defines `forward`."""

    _version = 1
    call_super_init = False
    dump_patches = False
    T_destination = TypeVar("T_destination", bound=dict[str, Any])
    training: bool
    _is_full_backward_hook: bool | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if kwargs and not self.call_super_init:
            raise TypeError(f"{type(self).__name__}.__init__() got an unexpected keyword argument '{next(iter(kwargs))}'")
        if args and not self.call_super_init:
            raise TypeError(f"{type(self).__name__}.__init__() takes 1 positional argument but {len(args) + 1} were given")
        found = self.__dict__  # past our own __setattr__, which needs what is made here
        found["training"] = True
        found["_parameters"], found["_buffers"], found["_non_persistent_buffers_set"] = {}, {}, set()
        found.update({name: OrderedDict() for name in _HOOKS[:2]}, _is_full_backward_hook=None)
        found.update({name: OrderedDict() for name in _HOOKS[2:]})
        found["_modules"] = {}
        if self.call_super_init:
            super().__init__(*args, **kwargs)

    def _forward_unimplemented(self, *input: Any) -> None:
        raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')

    forward: Callable[..., Any] = _forward_unimplemented

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """`forward`, and around it the hooks."""
        if not events.listeners:
            return hooks.called(self, args, kwargs)
        before = mode.modules
        around = before[-1][0]._modules if before else {}
        name = next((f"{name}: " for name, child in around.items() if child is self), "")
        mode.modules = (*before, (self, f"{name}{type(self).__name__}"))
        try:
            return hooks.called(self, args, kwargs)
        finally:
            mode.modules = before

    # --- what belongs to it -------------------------------------------------------------------------------------------

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Keep a tensor that is not learned. It moves with `to()`, and is in the state_dict if `persistent`."""
        self._check_name("buffer", name, self.__dict__.get("_buffers"))
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(f"cannot assign '{typename(tensor)}' object to buffer '{name}' (torch Tensor or None required)")
        self._buffers[name] = tensor
        (self._non_persistent_buffers_set.discard if persistent else self._non_persistent_buffers_set.add)(name)

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Keep a parameter; None reserves the name."""
        self._check_name("parameter", name, self.__dict__.get("_parameters"))
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(f"cannot assign '{typename(param)}' object to parameter '{name}' (torch.nn.Parameter or None required)")
        if param is not None and param.grad_fn is not None:
            raise ValueError(
                f"Cannot assign non-leaf Tensor to parameter '{name}'. Model parameters must be created explicitly. To express '{name}' "
                "as a function of another Tensor, compute the value in the forward() method."
            )
        self._parameters[name] = param

    def _check_name(self, kind: str, name: Any, there: dict[str, Any] | None) -> None:
        if there is None:
            raise AttributeError(f"cannot assign {kind} before Module.__init__() call")
        if not isinstance(name, str):
            raise TypeError(f"{kind} name should be a string. Got {typename(name)}")
        if kind == "module" and hasattr(self, name) and name not in there:
            raise KeyError(f"attribute '{name}' already exists")
        if "." in name:
            raise KeyError(f"{kind} name can't contain \".\"" + (f", got: {name}" if kind == "module" else ""))
        if not name:
            raise KeyError(f"{kind} name can't be empty string \"\"")
        if hasattr(self, name) and name not in there:
            raise KeyError(f"attribute '{name}' already exists")

    def add_module(self, name: str, module: Module | None) -> None:
        """Keep a submodule under a name that may be no Python name, as the "0" of a Sequential."""
        if module is not None and not isinstance(module, Module):
            raise TypeError(f"{typename(module)} is not a Module subclass")
        self._check_name("module", name, self._modules)
        self._modules[name] = module

    register_module = add_module

    def __setattr__(self, name: str, value: Any) -> None:
        """Put a Parameter, a Module, a Buffer where it will be found; anything else is an ordinary attribute."""
        found = self.__dict__
        kind = "parameters" if isinstance(value, Parameter) else "module" if isinstance(value, Module) else None
        if kind is not None:
            own = found.get("_parameters" if kind == "parameters" else "_modules")
            if own is None:
                raise AttributeError(f"cannot assign {kind} before Module.__init__() call")
            for other in (found, self._parameters, self._buffers, self._modules):
                if other is not own:
                    other.pop(name, None)
            self._non_persistent_buffers_set.discard(name)
            if kind == "module":
                own[name] = value
            else:
                self.register_parameter(name, value)
        elif name in found.get("_parameters", ()):
            if value is not None:
                raise TypeError(f"cannot assign '{typename(value)}' as parameter '{name}' (torch.nn.Parameter or None expected)")
            self._parameters[name] = None
        elif name in found.get("_modules", ()):
            if value is not None:
                raise TypeError(f"cannot assign '{typename(value)}' as child module '{name}' (torch.nn.Module or None expected)")
            self._modules[name] = None
        elif isinstance(value, Buffer) or name in found.get("_buffers", ()):
            if value is not None and not isinstance(value, Tensor):
                said = "torch.nn.Buffer, torch.Tensor or None expected"
                raise TypeError(f"cannot assign '{typename(value)}' as buffer '{name}' ({said})")
            kept = value.persistent if isinstance(value, Buffer) else name not in self._non_persistent_buffers_set
            self.register_buffer(name, value, kept)
        else:
            object.__setattr__(self, name, value)

    def __getattr__(self, name: str) -> Any:
        """Asked only for what is no ordinary attribute."""
        for kind in ("_parameters", "_buffers", "_modules"):
            if name in self.__dict__.get(kind, ()):
                return self.__dict__[kind][name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __delattr__(self, name: str) -> None:
        for kind in (self._parameters, self._buffers, self._modules):
            if name in kind:
                del kind[name]
                self._non_persistent_buffers_set.discard(name)
                return
        object.__delattr__(self, name)

    def __reduce__(self) -> Any:
        return _blank, (dtypes.pickled(type(self)),), self.__dict__.copy()

    def __dir__(self) -> list[str]:
        names = [*dir(type(self)), *self.__dict__, *self._parameters, *self._modules, *self._buffers]
        return sorted(name for name in names if not name[0].isdigit())

    def cuda(self, device: Any = None) -> Module:
        """To a GPU.  Raises AssertionError: there is none."""
        return self.to("cuda")

    def xpu(self, device: Any = None) -> Module:
        """To a GPU of another kind.  Raises AssertionError: there is none."""
        return self.to("xpu")

    def share_memory(self) -> Module:
        """Itself: there is one process."""
        return self

    # --- changing all of it -------------------------------------------------------------------------------------------

    def apply(self, fn: Callable[[Module], None]) -> Module:
        """fn(module) for every module below it, and last for itself."""
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Module:
        for module in self.children() if recurse else ():
            module._apply(fn)
        for parameter in self._parameters.values():
            if parameter is not None:
                with no_grad():
                    parameter.data = fn(parameter)  # the same object, so that optimizers still hold it
                    if parameter._grad is not None:
                        parameter._grad.data = fn(parameter._grad)
        for name, buffer in self._buffers.items():
            if buffer is not None:
                self._buffers[name] = fn(buffer)
        return self

    def to(self, *args: Any, **kwargs: Any) -> Module:
        """All floating point parameters and buffers in another dtype: `to(torch.float64)`, `to("cpu")`, `to(other_tensor)`."""
        found = [arg if isinstance(arg, DType) else arg.dtype for arg in (*args, *kwargs.values()) if isinstance(arg, DType | Tensor)]
        for arg in args if not found else ():
            dtypes.on(arg)
        dtypes.on(kwargs.get("device"))
        if not found:
            return self
        if not found[0].is_floating_point:
            said = f"dtypes, but got desired dtype={found[0]}"
            raise TypeError(f"nn.Module.to only accepts floating point or complex {said}")
        return self._floats_to(found[0])

    def _floats_to(self, kind: DType) -> Module:
        return self._apply(lambda tensor: tensor.to(kind) if tensor.is_floating_point() else tensor)  # type: ignore[attr-defined]

    def type(self, dst_type: DType) -> Module:
        """All parameters and buffers in another dtype."""
        return self._apply(lambda tensor: tensor.to(dst_type))  # type: ignore[attr-defined]

    def float(self) -> Module:
        """All floating point parameters and buffers as float32."""
        return self._floats_to(dtypes.float32)

    def double(self) -> Module:
        """All floating point parameters and buffers as float64."""
        return self._floats_to(dtypes.float64)

    def half(self) -> Module:
        """All floating point parameters and buffers as float16."""
        return self._floats_to(dtypes.float16)

    def cpu(self) -> Module:
        """The module itself: here everything is on the CPU."""
        return self

    def train(self, mode: bool = True) -> Module:
        """Dropout drops and BatchNorm learns its statistics while a module is in training mode."""
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")
        self.training = mode
        for module in self.children():
            module.train(mode)
        return self

    def eval(self) -> Module:
        """`train(False)`."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Module:
        """Switch tracking of all parameters on or off."""
        for parameter in self.parameters():
            requires_grad_(parameter, requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters, or (`set_to_none=False`) fill them with zeros."""
        for parameter in self.parameters():
            forget_grad(parameter, set_to_none)

    # --- around the call ----------------------------------------------------------------------------------------------

    def register_forward_pre_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """hook(module, args) before every call; what it returns replaces the arguments."""
        return hooks.register(
            self._forward_pre_hooks, hook, prepend=prepend, marks=((self._forward_pre_hooks_with_kwargs, with_kwargs),)
        )

    def register_forward_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False, always_call: bool = False
    ) -> RemovableHandle:
        """hook(module, args, output) after every call; what it returns replaces the output."""
        marks = ((self._forward_hooks_with_kwargs, with_kwargs), (self._forward_hooks_always_called, always_call))
        return hooks.register(self._forward_hooks, hook, prepend=prepend, marks=marks)

    def register_full_backward_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """hook(module, grad_input, grad_output) when both are known; what it returns replaces grad_input."""
        self._want_backward_hooks(full=True)
        return hooks.register(self._backward_hooks, hook, prepend=prepend)

    def register_full_backward_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """hook(module, grad_output) before the module's own backward; what it returns replaces grad_output."""
        return hooks.register(self._backward_pre_hooks, hook, prepend=prepend)

    def register_backward_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """The old kind: it sees the gradients of the last operation only."""
        self._want_backward_hooks(full=False)
        return hooks.register(self._backward_hooks, hook)

    def _want_backward_hooks(self, full: bool) -> None:
        if self._is_full_backward_hook is (not full):
            raise RuntimeError(
                "Cannot use both regular backward hooks and full backward hooks on a single Module. Please use only one of them."
            )
        self._is_full_backward_hook = full

    # --- its state ----------------------------------------------------------------------------------------------------

    def get_extra_state(self) -> Any:
        """To be defined by a module that has more to remember than tensors."""
        raise RuntimeError("Reached a code path in Module.get_extra_state() that should never be called.")

    def set_extra_state(self, state: Any) -> None:
        """The other way: what `get_extra_state` gave comes back here."""
        raise RuntimeError("Reached a code path in Module.set_extra_state() that should never be called.")

    def _has_extra_state(self) -> bool:
        return type(self).get_extra_state is not Module.get_extra_state

    def _save_to_state_dict(self, destination: Any, prefix: str, keep_vars: bool) -> None:
        state_dict.save_own(self, destination, prefix, keep_vars)

    def _load_from_state_dict(
        self, entries: Mapping[str, Any], prefix: str, about: dict[str, Any], strict: bool, missing: list[str], unexpected: list[str],
        errors: list[str],
    ) -> None:  # fmt: skip
        for hook in self._load_state_dict_pre_hooks.values():
            hook(self, entries, prefix, about, strict, missing, unexpected, errors)
        state_dict.load_own(self, entries, prefix, about, missing, unexpected, errors)

    def state_dict(self, *args: Any, destination: Any = None, prefix: str = "", keep_vars: bool = False) -> Any:
        """All parameters and persistent buffers by path, detached (`keep_vars`: themselves), sharing memory."""
        if args:
            warnings.warn(POSITIONAL, FutureWarning, stacklevel=2)
            given: list[Any] = [*args, *(destination, prefix, keep_vars)[len(args) :]]
            destination, prefix, keep_vars = given
        if destination is None:
            destination = OrderedDict()
            destination._metadata = OrderedDict()
        return state_dict.save(self, destination, prefix, keep_vars)

    def load_state_dict(self, state: Mapping[str, Any], strict: bool = True, assign: bool = False) -> IncompatibleKeys:
        """Copy the tensors of a state_dict in.  Raises RuntimeError where shapes differ or (`strict`) names do."""
        if not isinstance(state, Mapping):
            raise TypeError(f"Expected state_dict to be dict-like, got {type(state)}.")
        return state_dict.load(self, state, strict, assign)

    def register_state_dict_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """hook(module, prefix, keep_vars) before `state_dict`."""
        return RemovableHandle(self._state_dict_pre_hooks, hook)

    def register_state_dict_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """hook(module, state_dict, prefix, metadata) after `state_dict`; it may change the dictionary, and returns None."""
        return RemovableHandle(self._state_dict_hooks, hook)

    def register_load_state_dict_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """hook(module, state_dict, prefix, metadata, strict, missing, unexpected, errors) before the module's part is loaded."""
        return RemovableHandle(self._load_state_dict_pre_hooks, hook)

    def register_load_state_dict_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """hook(module, incompatible_keys) after the module's part was loaded; it may change the lists of keys."""
        return RemovableHandle(self._load_state_dict_post_hooks, hook)

    # --- as text ------------------------------------------------------------------------------------------------------

    def _get_name(self) -> str:
        return type(self).__name__

    def extra_repr(self) -> str:
        """What stands between the parentheses of `print(module)`, to be defined by subclasses."""
        return ""

    def __repr__(self) -> str:
        extra = self.extra_repr()
        lines = extra.split("\n") if extra else []
        children = [f"({name}): {indented(repr(module))}" for name, module in self._modules.items()]
        if not children and len(lines) <= 1:
            return f"{self._get_name()}({extra})"
        return f"{self._get_name()}(\n  " + "\n  ".join([*lines, *children]) + "\n)"


def indented(text: str) -> str:
    """All lines but the first moved two places to the right."""
    first, *rest = text.split("\n")
    return "\n".join([first, *(f"  {line}" if line.strip() else "" for line in rest)])


def _blank(cls: Any) -> Module:
    """A module before its `__init__`, to be filled by a pickle."""
    kind = dtypes.unpickled(cls)
    made: Module = kind.__new__(kind)
    return made
