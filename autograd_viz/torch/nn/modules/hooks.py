"""What happens around a module's `forward`: hooks that see, and may replace, its inputs, its output and their gradients.

`called` is the whole story of `module(x)`: forward pre hooks, `forward`, forward hooks. Most modules have no hook, and then it is
`forward` alone.  How gradients are caught is in `backward_hooks.py`.

Read next: `state_dict.py`.
"""

from __future__ import annotations

import warnings
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from autograd_viz.torch.nn.modules.backward_hooks import BackwardHook, hook_last_node
from autograd_viz.torch.node import RemovableHandle
from autograd_viz.torch.tensor import Tensor

__all__ = ["called", "register"]

Hooks = OrderedDict[int, Callable[..., Any]]
for_all: Hooks = OrderedDict()  # forward hooks of every module
before_all: Hooks = OrderedDict()  # forward pre hooks of every module
ANOTHER_ERROR = (
    "module forward hook with ``always_call=True`` raised an exception that was silenced as another error was raised in forward: "
)


def register(hooks: Hooks, hook: Callable[..., Any], *, prepend: bool = False, marks: tuple[tuple[Any, bool], ...] = ()) -> RemovableHandle:
    """Put a hook last (or first) into a module's `hooks`; `marks`: sets of hooks with an option, and whether this one has it."""
    handle = RemovableHandle(hooks, hook)
    for marked, wanted in marks:
        if wanted:
            marked[handle.id] = True
    if prepend:
        hooks.move_to_end(handle.id, last=False)
    return handle


def register_module_forward_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """hook(module, args, output) after every call of every module."""
    return RemovableHandle(for_all, hook)


def register_module_forward_pre_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """hook(module, args) before every call of every module."""
    return RemovableHandle(before_all, hook)


def called(module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """module(*args, **kwargs), with its hooks."""
    own = module._backward_hooks or module._backward_pre_hooks or module._forward_hooks or module._forward_pre_hooks  # (PyTorch's order)
    if not (own or for_all or before_all):
        return module.forward(*args, **kwargs)
    ran: set[int] = set()
    result: list[Any] = [None]
    try:
        return _with_hooks(module, args, kwargs, ran, result)
    except Exception:
        for number in [n for n in module._forward_hooks_always_called if n not in ran and n in module._forward_hooks]:
            try:
                _run_forward_hook(module, number, args, kwargs, result[0])
            except Exception as error:
                warnings.warn(f"{ANOTHER_ERROR}{error}", stacklevel=3)
        raise


def _with_hooks(module: Any, args: tuple[Any, ...], kwargs: dict[str, Any], ran: set[int], result: list[Any]) -> Any:
    for number, hook in [*before_all.items(), *module._forward_pre_hooks.items()]:
        if number in module._forward_pre_hooks_with_kwargs:
            both = hook(module, args, kwargs)
            if both is not None:
                if not (isinstance(both, tuple) and len(both) == 2):
                    raise RuntimeError(f"forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got {both}.")
                args, kwargs = both
        elif (given := hook(module, args)) is not None:
            args = given if isinstance(given, tuple) else (given,)
    gradients = None
    full = module._is_full_backward_hook is not False
    if module._backward_pre_hooks or (module._backward_hooks and full):
        gradients = BackwardHook(module, list(module._backward_hooks.values()) if full else [], list(module._backward_pre_hooks.values()))
        args = gradients.around_inputs(args)
    result[0] = module.forward(*args, **kwargs)
    for number in [*for_all, *module._forward_hooks]:
        ran.add(number)
        made = _run_forward_hook(module, number, args, kwargs, result[0])
        if made is not None:
            result[0] = made
    if gradients is not None:
        if not isinstance(result[0], Tensor | tuple):
            said = f"For backward hooks to be called, module output should be a Tensor or a tuple of Tensors but received {type(result[0])}"
            warnings.warn(said, stacklevel=5)
        result[0] = gradients.around_outputs(result[0])
    if module._backward_hooks and not full:
        hook_last_node(module, args, result[0])
    return result[0]


def _run_forward_hook(module: Any, number: int, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> Any:
    hook = module._forward_hooks[number] if number in module._forward_hooks else for_all[number]
    return hook(module, args, kwargs, result) if number in module._forward_hooks_with_kwargs else hook(module, args, result)
