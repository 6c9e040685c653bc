"""What a module remembers, as a dictionary from names to tensors: `module.state_dict()`, and back: `module.load_state_dict(...)`.

The names are paths: `0.weight` is the `weight` of the submodule `0`. The tensors are detached but share the parameters' memory: what is
to outlast the next optimizer step must be copied.

Read next: `tree.py`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, NamedTuple

from autograd_viz.torch.gradients import detach, requires_grad_
from autograd_viz.torch.modes import no_grad
from autograd_viz.torch.nn.parameter import Parameter
from autograd_viz.torch.tensor import Tensor

__all__ = ["IncompatibleKeys", "load", "save"]

EXTRA = "_extra_state"  # the name under which what `get_extra_state()` gives is kept


class _Keys(NamedTuple):
    missing_keys: list[str]
    unexpected_keys: list[str]


class IncompatibleKeys(_Keys):
    """Which names the dictionary lacked, and which the module does not know."""

    __slots__ = ()

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return f"_IncompatibleKeys(missing_keys={self.missing_keys!r}, unexpected_keys={self.unexpected_keys!r})"

    __str__ = __repr__


def save(module: Any, destination: Any, prefix: str, keep_vars: bool) -> Any:
    """Put the state of a module and all below it into `destination`, under names that start with `prefix`."""
    metadata = {"version": module._version}
    if hasattr(destination, "_metadata"):
        destination._metadata[prefix[:-1]] = metadata
    for hook in module._state_dict_pre_hooks.values():
        hook(module, prefix, keep_vars)
    module._save_to_state_dict(destination, prefix, keep_vars)
    for name, child in module._modules.items():
        if child is not None:
            child.state_dict(destination=destination, prefix=f"{prefix}{name}.", keep_vars=keep_vars)
    for hook in module._state_dict_hooks.values():
        if hook(module, destination, prefix, metadata) is not None:
            raise RuntimeError("state_dict post-hook must return None")
    return destination


def own_state(module: Any) -> dict[str, Tensor]:
    """What this module itself, without its submodules, keeps: its parameters, and its buffers but for those that are not persistent."""
    buffers = {name: buffer for name, buffer in module._buffers.items() if name not in module._non_persistent_buffers_set}
    return {name: tensor for name, tensor in {**module._parameters, **buffers}.items() if tensor is not None}


def save_own(module: Any, destination: Any, prefix: str, keep_vars: bool) -> None:
    """The module's own part of `save`."""
    for name, tensor in own_state(module).items():
        destination[prefix + name] = tensor if keep_vars else detach(tensor)
    if module._has_extra_state():
        destination[prefix + EXTRA] = module.get_extra_state()


def load(module: Any, state_dict: Mapping[str, Any], strict: bool, assign: bool) -> IncompatibleKeys:
    """Copy the tensors into the module's.  Raises RuntimeError, after all that fits was copied, if something does not."""
    missing: list[str] = []
    unexpected: list[str] = []
    errors: list[str] = []
    metadata = getattr(state_dict, "_metadata", {})

    def load_into(part: Any, entries: Mapping[str, Any], prefix: str) -> None:
        about = {**metadata.get(prefix[:-1], {}), **({"assign_to_params_buffers": True} if assign else {})}
        part._load_from_state_dict(entries, prefix, about, True, missing, unexpected, errors)
        for name, child in part._modules.items():
            if child is not None:
                below = f"{prefix}{name}."
                load_into(child, {key: value for key, value in entries.items() if key.startswith(below)}, below)
        for hook in part._load_state_dict_post_hooks.values():
            hook(part, IncompatibleKeys(missing, unexpected))

    load_into(module, OrderedDict(state_dict), "")
    if strict:
        for keys, say in ((unexpected, "Unexpected"), (missing, "Missing")):
            if keys:
                named = ", ".join(f'"{key}"' for key in keys)
                errors.insert(0, f"{say} key(s) in state_dict: {named}. ")
    if errors:
        raise RuntimeError("Error(s) in loading state_dict for {}:\n\t{}".format(type(module).__name__, "\n\t".join(errors)))
    return IncompatibleKeys(missing, unexpected)


def load_own(
    module: Any, entries: Mapping[str, Any], prefix: str, about: dict[str, Any], missing: list[str], unexpected: list[str],
    errors: list[str],
) -> None:  # fmt: skip
    """The module's own part of `load`; what is wrong is written into the three lists."""
    own = own_state(module)
    for name, tensor in own.items():
        if prefix + name in entries:
            _fill(module, name, tensor, entries[prefix + name], prefix + name, "assign_to_params_buffers" in about, errors)
        else:
            missing.append(prefix + name)
    extra = prefix + EXTRA
    if module._has_extra_state():
        if extra in entries:
            module.set_extra_state(entries[extra])
        else:
            missing.append(extra)
    elif extra in entries:
        unexpected.append(extra)
    for key in entries:
        if key.startswith(prefix) and key != extra:
            first, _, rest = key.removeprefix(prefix).partition(".")
            if first not in (module._modules if rest else own):
                unexpected.append(key)


def _fill(module: Any, name: str, tensor: Tensor, given: Any, key: str, assign: bool, errors: list[str]) -> None:
    if not isinstance(given, Tensor):
        errors.append(
            f'While copying the parameter named "{key}", expected torch.Tensor or Tensor-like object from checkpoint but '
            f"received {type(given)}"
        )
        return
    if given.shape != tensor.shape:
        errors.append(
            f"size mismatch for {key}: copying a param with shape {given.shape} from checkpoint, "
            f"the shape in current model is {tensor.shape}."
        )
        return
    if assign:
        if isinstance(tensor, Parameter):
            needs = tensor.requires_grad
            given = Parameter(given, needs) if not isinstance(given, Parameter) else requires_grad_(given, needs)
        setattr(module, name, given)
        return
    with no_grad():
        tensor.copy_(given)  # type: ignore[attr-defined]
