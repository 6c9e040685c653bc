# mypy: disable-error-code="attr-defined,operator,comparison-overlap,arg-type,no-any-return"
# (What a Tensor can do is attached in methods.py, where a type checker does not see it.)
"""`functional_call`: run a module with other parameters than its own, so that they become the arguments of a function.

    torch.func.grad(lambda w: torch.func.functional_call(model, w, (x,)).sum())(dict(model.named_parameters()))

Read next: `autograd/__init__.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from autograd_viz.torch.ops.joining import stack
from autograd_viz.torch.tensor import Tensor

Tensors = dict[str, Tensor]


def functional_call(
    module: Any, parameter_and_buffer_dicts: Any, args: Any = None, kwargs: dict[str, Any] | None = None, *, tie_weights: bool = True,
    strict: bool = False,
) -> Any:  # fmt: skip
    """module(*args, **kwargs) with the named parameters and buffers in the place of its own; afterwards it has its own again.

    `strict`: raise RuntimeError unless exactly the module's names are given.  `tie_weights`: what was one tensor stays one.
    """
    news = _one_dict(parameter_and_buffer_dicts)
    owned = {name: tensor for named in (module.named_parameters, module.named_buffers) for name, tensor in named(remove_duplicate=False)}
    if strict:
        _check_names(type(module).__name__, set(news), set(owned))
    if tie_weights:
        news = {**_tied(owned, news), **news}
    given = () if args is None else args if isinstance(args, tuple) else (args,)
    with _exchanged(module, news):
        return module(*given, **(kwargs or {}))


def _one_dict(given: Any) -> Tensors:
    if isinstance(given, dict):
        return given
    if not isinstance(given, Sequence):
        raise ValueError(f"Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of dicts, but got {type(given)}")
    if not all(isinstance(each, dict) for each in given):
        raise ValueError("Expected all elements of parameter_and_buffer_dicts to be dictionaries")
    names = [name for each in given for name in each]
    repeated = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if repeated:
        raise ValueError(f"{repeated} appeared in multiple dictionaries; behavior of functional call is ambiguous")
    return {name: tensor for each in given for name, tensor in each.items()}


def _check_names(name: str, given: set[str], owned: set[str]) -> None:
    parts = []
    if unexpected := sorted(given - owned):
        parts.append(f"Unexpected key(s): {', '.join(map(repr, unexpected))}.")
    if missing := sorted(owned - given):
        parts.append(f"Missing key(s): {', '.join(map(repr, missing))}.")
    if parts:
        raise RuntimeError(f"Error(s) in reparametrizing for {name}:\n\t" + "\n\t".join(parts))


def _tied(owned: Tensors, news: Tensors) -> Tensors:
    """The new tensors under the other names, too, of the tensors that they replace.  Raises ValueError for two in the place of one."""
    groups: dict[int, list[str]] = {}
    for name in sorted(news):
        if name in owned:
            groups.setdefault(id(owned[name]), []).append(name)
    for names in groups.values():
        if any(news[name] is not news[names[0]] for name in names):
            raise ValueError(f"functional_call got multiple values for keys {names}, which are tied. Consider using tie_weights=False")
    by_tensor = {id(owned[name]): tensor for name, tensor in news.items() if name in owned}
    return {name: by_tensor[id(tensor)] for name, tensor in owned.items() if id(tensor) in by_tensor}


@contextmanager
def _exchanged(module: Any, news: Tensors) -> Iterator[None]:
    places = []
    for name, tensor in news.items():
        if not isinstance(tensor, Tensor):
            raise TypeError(f"{tensor} is not an instance of torch.Tensor")
        path, _, last = name.rpartition(".")
        owner = module.get_submodule(path)
        home = next((home for home in (owner._parameters, owner._buffers) if last in home), owner.__dict__)
        places.append((home, last, last in home, home.get(last), tensor))
    try:
        for home, last, _, _, tensor in places:
            home[last] = tensor
        yield
    finally:
        for home, last, was_there, old, _ in reversed(places):
            if was_there:
                home[last] = old
            else:
                home.pop(last, None)


def stack_module_state(models: Any) -> tuple[Tensors, Tensors]:
    """The parameters and the buffers of several models of one kind, each name's stacked: for `vmap` over an ensemble."""
    if len(models) == 0:
        raise RuntimeError("stack_module_state: Expected at least one model, got 0.")
    if len({model.training for model in models}) > 1:
        raise RuntimeError("stack_module_state: Expected all models to have the same training/eval mode.")
    if len({type(model) for model in models}) > 1:
        raise RuntimeError("stack_module_state: Expected all models to be of the same class.")
    parameters = [dict(model.named_parameters()) for model in models]
    buffers = [dict(model.named_buffers()) for model in models]
    return _stacked_by_name(parameters), _stacked_by_name(buffers)


def _stacked_by_name(each: list[Tensors]) -> Tensors:
    return {name: _stacked([named[name] for named in each], name) for name in each[0]}


def _stacked(tensors: list[Tensor], name: str) -> Tensor:
    if len({tensor.requires_grad for tensor in tensors}) > 1:
        raise RuntimeError(f"Expected {name} from each model to have the same .requires_grad")
    whole: Any = stack(tensors)
    return whole.detach().requires_grad_() if tensors[0].requires_grad else whole
