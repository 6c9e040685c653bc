"""`Optimizer`: what all optimizers have in common: groups of parameters with their settings, and a state for each parameter.

    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    optimizer.zero_grad();  loss.backward();  optimizer.step()

`step` reads each parameter's `.grad` and changes the parameter in place, under no_grad: the change itself is not to be differentiated.
The numbers are those of PyTorch's own single-tensor code, operation by operation.

Read next: `sgd.py`.
"""

from __future__ import annotations

import functools
import warnings
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable
from copy import deepcopy
from itertools import chain
from typing import Any

from autograd_viz import events
from autograd_viz.torch import dtypes, observe
from autograd_viz.torch.modes import enable_grad, mode, set_grad_enabled
from autograd_viz.torch.nn.modules.naming import typename
from autograd_viz.torch.nn.parameter import forget_grad
from autograd_viz.torch.node import RemovableHandle
from autograd_viz.torch.ops.conversion import to
from autograd_viz.torch.ops.creation import zeros_like
from autograd_viz.torch.ops.from_data import tensor
from autograd_viz.torch.tensor import Tensor

__all__ = ["Optimizer"]

Parameters = Iterable[Any]  # tensors, (name, tensor) pairs, or dictionaries {"params": tensors, and settings}
required: Any = type("_RequiredParameter", (), {"__repr__": lambda self: "<required parameter>"})()


def hooked(step: Callable[..., Any]) -> Callable[..., Any]:
    """A class's `step`, with the hooks before and after it."""

    @functools.wraps(step)
    def with_hooks(self: Optimizer, *args: Any, **kwargs: Any) -> Any:
        for hook in list(self._optimizer_step_pre_hooks.values()):
            given = hook(self, (self, *args), kwargs)
            if given is not None:
                if not (isinstance(given, tuple) and len(given) == 2):
                    raise RuntimeError(f"{step} must return None or a tuple of (new_args, new_kwargs), but got {given}.")
                args, kwargs = given[0][1:], given[1]
        before = mode.grad
        try:
            result = step(self, *args, **kwargs)
        finally:
            mode.grad = before  # Ctrl-C could have come just before the end of a block in which it is off
        for hook in list(self._optimizer_step_post_hooks.values()):
            hook(self, (self, *args), kwargs)
        return result

    return with_hooks


class Optimizer:
    """The base class of all optimizers. `defaults`: settings for groups that do not say otherwise."""

    def __init__(self, params: Parameters, defaults: dict[str, Any]) -> None:
        self.defaults = defaults
        self._optimizer_step_pre_hooks: OrderedDict[int, Any] = OrderedDict()
        self._optimizer_step_post_hooks: OrderedDict[int, Any] = OrderedDict()
        self._state_hooks: dict[str, OrderedDict[int, Any]] = {when: OrderedDict() for when in ("save", "saved", "load", "loaded")}
        if isinstance(params, Tensor):
            kind = typename(params)
            raise TypeError(
                f"params argument given to the optimizer should be an iterable of Tensors or dicts, but got {kind}"
                "\nHint: a single tensor goes into a list: [tensor]."
            )
        self.state: defaultdict[Any, Any] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        groups = list(params)
        if not groups:
            raise ValueError(
                "optimizer got an empty parameter list\nHint: a Module finds the parameters and layers that are its attributes, or stand "
                "in a ModuleList; and parameters() can be gone through once only."
            )
        for group in groups if isinstance(groups[0], dict) else [{"params": groups}]:
            self.add_param_group(group)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "step" in cls.__dict__:
            cls.step = hooked(cls.step)  # type: ignore[method-assign]

    def __repr__(self) -> str:
        text = f"{type(self).__name__} ("
        for i, group in enumerate(self.param_groups):
            settings = "".join(f"    {key}: {group[key]}\n" for key in sorted(group) if key != "params")
            text += f"\nParameter Group {i}\n{settings}"
        return f"{text})"

    # --- the groups ---------------------------------------------------------------------------------------------------

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Take on more parameters, with settings of their own."""
        if not isinstance(param_group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(param_group)}")
        params = param_group["params"]
        if isinstance(params, set):
            raise TypeError(
                "optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets will change "
                "between runs. Please use a list instead."
            )
        listed = [params] if isinstance(params, Tensor) else list(params)
        names = [item[0] for item in listed if isinstance(item, tuple)]
        param_group["params"] = [item[1] if isinstance(item, tuple) else item for item in listed]
        if names and len(names) != len(listed):
            raise ValueError("all optimizer params should be with/without names. Some param names are missing")
        if names:
            param_group["param_names"] = names
        for param in param_group["params"]:
            if not isinstance(param, Tensor):
                raise TypeError(f"optimizer can only optimize Tensors, but one of the params is {typename(param)}")
            if not self.defaults.get("differentiable") and not (param.is_leaf or param.retains_grad):
                raise ValueError("can't optimize a non-leaf Tensor\nHint: give it the leaf that this tensor was computed from.")
        for name, default in self.defaults.items():
            if default is required and name not in param_group:
                raise ValueError(f"parameter group didn't specify a value of required optimization parameter {name}")
            param_group.setdefault(name, default)
        self._check_group(param_group)
        self.param_groups.append(param_group)

    def _check_group(self, new: dict[str, Any]) -> None:
        if len(new["params"]) != len(set(new["params"])):
            warnings.warn(
                "optimizer contains a parameter group with duplicate parameters; in future, this will cause an error; "
                "see github.com/pytorch/pytorch/issues/40967 for more information",
                stacklevel=3,
            )
        for group in self.param_groups:
            if ("param_names" in new) != ("param_names" in group):
                said = "with names" if "param_names" in new else "without names"
                raise ValueError(
                    "all optimizer param groups should be with/without names. "
                    f"cannot add param group {said} to the optimizer"
                )
        if not {param for group in self.param_groups for param in group["params"]}.isdisjoint(new["params"]):
            raise ValueError("some parameters appear in more than one parameter group")

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters, or (`set_to_none=False`) fill them with zeros."""
        for group in self.param_groups:
            for param in group["params"]:
                forget_grad(param, set_to_none)

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Change all parameters a little. `closure`: computes the loss anew, with its gradients, and returns it."""
        raise NotImplementedError

    # --- its state ----------------------------------------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """The settings, and the state of each parameter, which is named by its number."""
        for hook in self._state_hooks["save"].values():
            hook(self)
        numbers: dict[Tensor, int] = {}
        groups = []
        for group in self.param_groups:
            for param in group["params"]:
                numbers.setdefault(param, len(numbers))
            settings = {key: value for key, value in group.items() if key != "params"}
            groups.append({**settings, "params": [numbers[param] for param in group["params"]]})
        found = {"state": {numbers.get(key, key): value for key, value in self.state.items()}, "param_groups": groups}
        for hook in self._state_hooks["saved"].values():
            found = _or(hook(self, found), found)
        return found

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over settings and state.  Raises ValueError if the groups are not of the same sizes."""
        state_dict = state_dict.copy()
        for hook in self._state_hooks["load"].values():
            state_dict = _or(hook(self, state_dict), state_dict)
        groups, saved = self.param_groups, deepcopy(state_dict["param_groups"])
        if len(groups) != len(saved):
            raise ValueError("loaded state dict has a different number of parameter groups")
        if any(len(old["params"]) != len(new["params"]) for old, new in zip(groups, saved, strict=True)):
            raise ValueError("loaded state dict contains a parameter group that doesn't match the size of optimizer's group")
        numbers = chain.from_iterable(group["params"] for group in saved)
        of_number = dict(zip(numbers, chain.from_iterable(group["params"] for group in groups), strict=True))
        self.state = defaultdict(dict)
        for key, value in state_dict["state"].items():
            param = of_number.get(key, key)
            self.state[param] = _fitted(value, param, "") if key in of_number else value
        for old, new in zip(groups, saved, strict=True):
            new["params"] = old["params"]
            if "param_names" in old:
                new.setdefault("param_names", old["param_names"])
        self.param_groups = saved
        for hook in self._state_hooks["loaded"].values():
            hook(self)

    # --- hooks --------------------------------------------------------------------------------------------------------

    def register_step_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """hook(optimizer, args, kwargs) before each step."""
        return RemovableHandle(self._optimizer_step_pre_hooks, hook)

    def register_step_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """hook(optimizer, args, kwargs) after each step."""
        return RemovableHandle(self._optimizer_step_post_hooks, hook)

    def register_state_dict_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """hook(optimizer) before its state is written down."""
        return self._hook_state("save", hook, prepend)

    def register_state_dict_post_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """hook(optimizer, state_dict) after that; what it returns, if not None, is given instead."""
        return self._hook_state("saved", hook, prepend)

    def register_load_state_dict_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """hook(optimizer, state_dict) before state is taken over; what it returns, if not None, is taken instead."""
        return self._hook_state("load", hook, prepend)

    def register_load_state_dict_post_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """hook(optimizer) after state was taken over."""
        return self._hook_state("loaded", hook, prepend)

    def _hook_state(self, when: str, hook: Callable[..., Any], prepend: bool) -> RemovableHandle:
        handle = RemovableHandle(self._state_hooks[when], hook)
        if prepend:
            self._state_hooks[when].move_to_end(handle.id, last=False)
        return handle


def _or(given: Any, otherwise: Any) -> Any:
    return otherwise if given is None else given


def _fitted(value: Any, param: Tensor, key: str) -> Any:
    """Loaded state in the parameter's dtype; the count of steps stays what it is."""
    if isinstance(value, Tensor):
        return to(value, param.dtype) if key != "step" and param._array.dtype.kind == "f" else value
    if isinstance(value, dict):
        return {name: _fitted(item, param, name) for name, item in value.items()}
    return type(value)(_fitted(item, param, "") for item in value) if isinstance(value, list | tuple) else value


class PerParameter(Optimizer):
    """An optimizer that treats each parameter by itself: `_start` its state, `_update` it. This is the loop around the two."""

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """One update of every parameter that has a gradient.  -> what `closure` gave, or None."""
        with set_grad_enabled(self.defaults.get("differentiable", False)):
            loss = None
            if closure is not None:
                with enable_grad():
                    loss = closure()
            for group in self.param_groups:
                for param in group["params"]:
                    if param._grad is None:
                        continue
                    state = self.state[param] if self._remembers(group) else {}
                    if not state:
                        state.update(self._start(param, group))
                    grad = -param.grad if group["maximize"] else param.grad
                    if events.listeners and not mode.grad:
                        with observe.one_change(param, f"{type(self).__name__}.step"):
                            self._update(param, grad, state, group)
                    else:
                        self._update(param, grad, state, group)
        return loss

    def _remembers(self, group: dict[str, Any]) -> bool:
        return True

    def _start(self, param: Any, group: dict[str, Any]) -> dict[str, Any]:
        """The state of a parameter before its first update."""
        raise NotImplementedError

    def _update(self, param: Any, grad: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
        """Change the parameter."""
        raise NotImplementedError


def counter(start: float = 0.0) -> Tensor:
    """The count of steps: a tensor, so that it is saved like the rest of the state."""
    default = dtypes.get_default_dtype()
    return tensor(start, dtype=default if default is dtypes.float64 else dtypes.float32)


def start_of(param: Any, *names: str) -> dict[str, Any]:
    """The state {"step": 0, and zeros in the parameter's shape under each name}."""
    return {"step": counter(), **{name: zeros_like(param) for name in names}}


def number(value: Any) -> Any:
    """A learning rate that is a tensor, as the number in it."""
    return value._array.item() if isinstance(value, Tensor) else value


def check(lr: Any, betas: tuple[Any, ...] = (), **others: tuple[str, float]) -> None:
    """Raise ValueError for a setting that is negative, or a beta that is not in [0, 1)."""
    if isinstance(lr, Tensor) and lr._array.size != 1:
        raise ValueError("Tensor lr must be 1-element")
    if not 0.0 <= lr:  # noqa: SIM300 - as PyTorch asks, and so complains of a str
        raise ValueError(f"Invalid learning rate: {lr}")
    before = [(name, value) for name, (_, value) in others.items() if name in ("eps", "lr_decay")]
    for name, value in before:
        if not value >= 0.0:
            raise ValueError(f"Invalid {others[name][0]} value: {value}")
    for i in range(2 if betas != () else 0):
        if not 0.0 <= betas[i] < 1.0:
            raise ValueError(f"Invalid beta parameter at index {i}: {betas[i]}")
    for said, value in others.values():
        if not value >= 0.0:
            raise ValueError(f"Invalid {said} value: {value}")
