"""How a module sees gradients: two identities, one before its `forward` and one after, whose nodes have hooks.

In the graph they are nodes named BackwardHookFunctionBackward. The one after `forward` runs first and notes the gradients of the outputs;
when the one before it has run, both are known, and the module's hooks are called.

Read next: `hooks.py`.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any

from autograd_viz.torch.function import Function
from autograd_viz.torch.modes import is_grad_enabled
from autograd_viz.torch.ops.creation import zeros_like
from autograd_viz.torch.tensor import Tensor

__all__ = ["BackwardHook", "hook_last_node"]

NO_INPUT_NEEDS_GRAD = (
    "Full backward hook is firing when gradients are computed with respect to module outputs since no inputs require gradients. See "
    "https://docs.pytorch.org/docs/main/generated/torch.nn.Module.html#torch.nn.Module.register_full_backward_hook for more details."
)


class BackwardHookFunction(Function):
    """The identity on several tensors."""

    @staticmethod
    def forward(ctx: Any, *args: Tensor) -> tuple[Tensor, ...]:
        """The arguments."""
        ctx.mark_non_differentiable(*[arg for arg in args if not arg.requires_grad])
        return args

    @staticmethod
    def backward(ctx: Any, *args: Any) -> tuple[Any, ...]:
        """The gradients."""
        return args


class BackwardHook:
    """One call of a module with backward hooks."""

    def __init__(self, module: Any, hooks: list[Callable[..., Any]], pre_hooks: list[Callable[..., Any]]) -> None:
        self.module, self.hooks, self.pre_hooks = module, hooks, pre_hooks
        self.grad_outputs: tuple[Any, ...] | None = None
        self.inputs: list[int] | None = None  # which arguments are tensors; None if no gradient will come to them
        self.outputs: list[int] = []
        self.n_inputs = self.n_outputs = -1
        self.tensors: list[Tensor] = []

    def around_inputs(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments, after the first identity."""
        self.n_inputs = len(args)
        self.tensors = [arg.detach() for arg in args if isinstance(arg, Tensor)]  # type: ignore[attr-defined]
        args, self.inputs = _identity(args, self._after_forward_was_reversed)
        return args

    def around_outputs(self, result: Any) -> Any:
        """The result, after the second identity."""
        results = result if isinstance(result, tuple) else (result,)
        self.n_outputs = len(results)
        results, places = _identity(results, self._outputs_known)
        self.outputs = places or []
        return results if isinstance(result, tuple) else results[0]

    def _outputs_known(self, grad_inputs: tuple[Any, ...], grad_outputs: tuple[Any, ...]) -> Any:
        self.grad_outputs = _spread(self.outputs, grad_outputs, self.n_outputs)
        for hook in self.pre_hooks:
            given = hook(self.module, self.grad_outputs)
            if given is not None:
                given = given if isinstance(given, tuple) else (given,)
                _check_count("pre hook", "grad_output", given, self.grad_outputs)
                self.grad_outputs = given
        known: Any = self.grad_outputs
        if self.inputs is None:
            warnings.warn(NO_INPUT_NEEDS_GRAD, stacklevel=5)
            for hook in self.hooks:
                given = hook(self.module, (None,) * self.n_inputs, known)
                if given is not None and not (isinstance(given, tuple) and all(item is None for item in given)):
                    raise RuntimeError(
                        "Backward hook for Modules where no input requires gradient should always return None or None for all gradients."
                    )
            self.grad_outputs = None
        return tuple(zeros if known[i] is None else known[i] for i, zeros in zip(self.outputs, grad_inputs, strict=True))

    def _after_forward_was_reversed(self, grad_inputs: tuple[Any, ...], _: Any) -> Any:
        if self.grad_outputs is None or self.inputs is None:  # a gradient that came to the inputs by another way
            return None
        grads = [zeros_like(item) if grad is None else grad for grad, item in zip(grad_inputs, self.tensors, strict=True)]
        known = _spread(self.inputs, tuple(grads), self.n_inputs)
        for hook in self.hooks:
            given = hook(self.module, known, self.grad_outputs)
            if given is not None:
                given = (given,) if isinstance(given, Tensor) else given
                _check_count("hook", "grad_input", given, known)
                known = tuple(given)
        self.grad_outputs = None
        return tuple(None if grad is None else known[i] for i, grad in zip(self.inputs, grad_inputs, strict=True))

    _outputs_known.__name__ = _after_forward_was_reversed.__name__ = "hook"  # (what errors call it)


def _identity(items: tuple[Any, ...], hook: Callable[..., Any]) -> tuple[tuple[Any, ...], list[int] | None]:
    """The items, with their tensors passed through an identity whose node has the hook, and where those stand; None: needs no gradient."""
    places = [i for i, item in enumerate(items) if isinstance(item, Tensor)]
    if not (is_grad_enabled() and any(items[i].requires_grad for i in places)):
        return items, None
    through = BackwardHookFunction.apply(*[items[i] for i in places])
    node = next(item.grad_fn for item in through if item.grad_fn is not None)
    node.register_hook(hook)
    put = list(items)
    for place, item in zip(places, through, strict=True):
        put[place] = item
    return tuple(put), places


def _spread(places: list[int], values: tuple[Any, ...], size: int) -> tuple[Any, ...]:
    at = dict(zip(places, values, strict=True))
    return tuple(at.get(i) for i in range(size))


def _check_count(kind: str, what: str, given: Any, expected: tuple[Any, ...]) -> None:
    if len(given) != len(expected):
        raise RuntimeError(f"Backward {kind} returned an invalid number of {what}, got {len(given)}, but expected {len(expected)}")


# --- the old kind of hook ---------------------------------------------------------------------------------------------

DEPRECATED = "is deprecated and will be removed in future versions. This hook will be missing some"
USE_FULL = "Please use register_full_backward_hook to get the documented behavior."


def hook_last_node(module: Any, args: tuple[Any, ...], result: Any) -> None:
    """Hook the node that made the (first) output, whatever else the forward did; and warn where that is not the whole truth."""
    found = result
    while not isinstance(found, Tensor):
        found = next(value for value in found.values() if isinstance(value, Tensor)) if isinstance(found, dict) else found[0]
    if found.grad_fn is None:
        return
    for hook in module._backward_hooks.values():
        found.grad_fn.register_hook(functools.partial(hook, module))
    said = _what_it_misses(args, result, found.grad_fn)
    if said:
        warnings.warn(said, FutureWarning, stacklevel=5)


def _what_it_misses(args: tuple[Any, ...], result: Any, node: Any) -> str:
    results = result if isinstance(result, tuple) else (result,)
    several = "a single Tensor or a tuple of Tensors"
    if not all(isinstance(item, Tensor) for item in results):
        return f"Using non-full backward hooks on a Module that does not return {several} {DEPRECATED} grad_output. {USE_FULL}"
    if not all(isinstance(item, Tensor) for item in args):
        return f"Using non-full backward hooks on a Module that does not take as input {several} {DEPRECATED} grad_input. {USE_FULL}"
    makers = {item.grad_fn for item in results if item.grad_fn is not None}
    if not makers or (len(makers) == 1 and node not in makers):
        return f"Using a non-full backward hook when outputs are nested in python data structure {DEPRECATED} grad_output."
    if len(makers) > 1:
        start = "Using a non-full backward hook when outputs are generated by different autograd Nodes"
        return f"{start} {DEPRECATED} grad_output. {USE_FULL}"
    if {item.grad_fn for item in args if item.grad_fn is not None} != {fn for fn, _ in node.next_functions}:
        start = "Using a non-full backward hook when the forward contains multiple autograd Nodes"
        return f"{start} {DEPRECATED} grad_input. {USE_FULL}"
    return ""
