"""`Function`: an operation whose forward and backward the user writes.

    class Exp(Function):
        @staticmethod
        def forward(ctx, x):
            result = x.exp()
            ctx.save_for_backward(result)
            return result

        @staticmethod
        def backward(ctx, grad):
            (result,) = ctx.saved_tensors
            return grad * result

    y = Exp.apply(x)          # y.grad_fn is an ExpBackward

`ctx` is the node itself: what the forward leaves on it, the backward finds there.

Read next: `indexing.py`.
"""

from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_viz import events
from autograd_viz.torch import observe
from autograd_viz.torch.anomaly import remember_where
from autograd_viz.torch.modes import mode, no_grad
from autograd_viz.torch.node import NO_EDGE, Node, make_unusual
from autograd_viz.torch.op import packed
from autograd_viz.torch.ops.inplace import check_recordable, rebase
from autograd_viz.torch.ops.shape import view
from autograd_viz.torch.saved import SavedInput, SavedOutput, tensor_of
from autograd_viz.torch.tensor import Tensor, edge_to, history, holding, last_history, needs_grad, set_history

ONLY_INPUTS = (
    "Only input Tensors should be given to ctx.mark_dirty(). If a Tensor is not an input, there is no need to pass it to mark_dirty()."
)
LEAF_USED = "a leaf Variable that requires grad has been used in an in-place operation."
ONE_OUTPUT = (
    "If your Function modifies inplace an input that is a view of another Tensor, your Function cannot return more than one Tensor. This "
    "is not supported by the current autograd engine. You should either make sure the input is not a view (using .clone() for example) or "
    "make your Function only return one Tensor (potentially splitting it into two Functions: one doing the inplace that returns a single "
    "Tensor and a second one that does the other operations). You can ask on the forum https://discuss.pytorch.org/ if you need help to do "
    "this change."
)
NO_TENSOR: tuple[tuple[int, ...], np.dtype] = ((), np.dtype(np.float32))  # what stands in `metas` for a result that is no tensor
IN_CPP = frozenset(
    [
        "_autograd_function_id", "_compiled_autograd_backward_state", "_compiled_autograd_key", "_forward_cls",
        "_get_compiled_autograd_symints", "_get_user_fn", "_input_metadata", "_is_pure_view", "_materialize_non_diff_grads",
        "_raw_saved_tensors", "_register_hook", "_register_hook_dict", "_sequence_nr", "_set_sequence_nr", "apply_boxed", "apply_jvp",
        "dirty_tensors", "mark_shared_storage", "maybe_clear_saved_tensors", "non_differentiable", "saved_for_forward", "saved_variables",
        "to_save",
    ]
)  # fmt: skip
"""What a `dir(ctx)` shows in PyTorch besides what is here."""
TWICE = "trying to differentiate twice a function that was marked with @once_differentiable"


class FunctionCtx:
    """What `ctx` can do in a forward."""

    needs_input_grad: tuple[bool, ...] = ()
    """For each argument of the forward, whether it is a tensor that requires grad."""
    materialize_grads = True
    _to_save: tuple[Any, ...] = ()
    _dirty: tuple[Any, ...] = ()
    _non_differentiable: tuple[Any, ...] = ()
    _for_forward: tuple[Any, ...] | None = None

    def save_for_backward(self, *tensors: Tensor | None) -> None:
        """Keep tensors (inputs, outputs or None) for the backward, as the built-in operations do: freed after it, versions checked."""
        self._to_save = tensors

    def save_for_forward(self, *tensors: Tensor | None) -> None:
        """Keep tensors for `jvp`, which forward mode calls: there they are the `saved_tensors`."""
        self._for_forward = tensors

    def mark_dirty(self, *args: Tensor) -> None:
        """Say which inputs the forward has changed in place (and returns)."""
        self._dirty = args

    def mark_non_differentiable(self, *args: Tensor) -> None:
        """Say which outputs have no gradient."""
        self._non_differentiable = args

    def set_materialize_grads(self, value: bool) -> None:
        """Whether the backward gets zeros (True) or None for an output that nobody used."""
        self.materialize_grads = value


class CustomNode(FunctionCtx, Node):
    """The node of a Function; each Function makes its own class of it, `ExpBackward` for `Exp`."""

    _runs_on_nothing = True
    _moving = False  # while `jvp` runs
    _forward_cls: type[Function]
    _is_tensor: tuple[bool, ...]  # which arguments of the forward were tensors: these have an entry in next_functions

    @property
    def saved_tensors(self) -> tuple[Tensor | None, ...]:
        """What `save_for_backward` kept.  Raises RuntimeError if it was freed or changed since."""
        if self._moving and self._for_forward is not None:
            return self._for_forward
        return tuple(tensor_of(entry, self) for entry in self._saved.values())

    def __repr__(self) -> str:
        return f"<torch.autograd.function.{type(self).__name__} object at 0x{self._serial:012x}>"

    def __dir__(self) -> list[str]:
        own = {name for name in super().__dir__() if name.startswith("__") or not name.startswith("_")}
        return sorted(own | IN_CPP)

    def run(self, gradients: list[Any], needed: tuple[bool, ...], create_graph: bool) -> list[Any]:
        """See `Node.run`: the user's backward."""
        given = [self._materialized(i, gradient) for i, gradient in enumerate(gradients)]
        answer = self._forward_cls.backward(self, *given)
        results = list(answer) if isinstance(answer, tuple) else [answer]
        name, expected = self.name(), len(self._is_tensor)
        if len(results) > expected and all(result is None for result in results[expected:]):
            results = results[:expected]
        if len(results) != expected:
            raise RuntimeError(
                f"function {name} returned an incorrect number of gradients (expected {expected}, got {len(results)})"
                "\nHint: the backward returns one gradient for each argument of the forward but ctx, None for those that need none."
            )
        kept = []
        for i, (result, is_tensor) in enumerate(zip(results, self._is_tensor, strict=True)):
            if is_tensor:
                if result is not None and not isinstance(result, Tensor):
                    raise RuntimeError(f"expected Variable or None (got {type(result).__name__})")
                kept.append(result if result is None or create_graph else result._array)
            elif result is not None:
                raise RuntimeError(
                    f"function {name} returned a gradient different from None at position {i + 1}, but the corresponding forward input was "
                    "not a Variable"
                )
        return kept

    def _pushed(self, tangents: list[Any]) -> list[Any]:
        """How its results move, as the user's `jvp` says, when its tensor arguments move along `tangents`."""
        each = iter(tangents)
        before, kept, self._moving = dict(vars(self)), self._moving, True
        try:
            moved = self._forward_cls.jvp(self, *(next(each) if is_tensor else None for is_tensor in self._is_tensor))  # type: ignore[attr-defined]
        finally:
            self._moving = kept
            vars(self).update({name: value for name, value in before.items() if name not in vars(self)})  # it may be asked again
        return list(moved) if isinstance(moved, tuple) else [moved]

    def _materialized(self, nr: int, gradient: Any) -> Tensor | None:
        if gradient is None:
            return holding(np.zeros(*self.metas[nr])) if self.materialize_grads and self.metas[nr] is not NO_TENSOR else None
        return gradient if isinstance(gradient, Tensor) else holding(np.asarray(gradient))


class Function:
    """Inherit from it, write static methods `forward(ctx, ...)` and `backward(ctx, *gradients)`, and call `YourFunction.apply(...)`.

    Or write `forward(...)` without ctx and `setup_context(ctx, inputs, output)`, which saves what the backward will need.
    """

    _backward_cls: type[CustomNode]

    def __init_subclass__(cls) -> None:
        cls._backward_cls = type(f"{cls.__name__}Backward", (CustomNode,), {"_forward_cls": cls, "__module__": "torch.autograd.function"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        warnings.warn(
            f"{type(self)} should not be instantiated. Methods on autograd functions are all static, so you should invoke them on the "
            "class itself. Instantiating an autograd function will raise an error in a future version of PyTorch.",
            DeprecationWarning,
            stacklevel=2,
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Raise RuntimeError: it is `apply` that runs a Function."""
        raise RuntimeError(
            "Legacy autograd function with non-static forward method is deprecated. Please use new-style autograd function with static "
            "forward method. (Example: https://pytorch.org/docs/stable/autograd.html#torch.autograd.Function)"
        )

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """Compute the result. To be written by you."""
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        """Save what the backward will need, if `forward` does not take ctx."""
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """The gradients of forward's arguments, given those of its results. To be written by you."""
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom autograd.Function to use it with backward mode AD."
        )

    @classmethod
    def apply(cls, *given: Any, **named: Any) -> Any:
        """Run the forward, and record its node if one of the arguments needs a gradient."""
        args = (*given, *named.values())
        if cls.setup_context is not Function.setup_context:
            args = _with_defaults(cls.forward, given, named)
        elif named:
            _check_named(cls.forward, named)
        for check in mode.transformations:
            check(cls)
        tensors = [arg for arg in args if isinstance(arg, Tensor)]
        needs = tuple(isinstance(arg, Tensor) and needs_grad(arg) for arg in args)
        executable = mode.grad and not mode.inference and any(needs)
        edges = tuple(edge_to(t) if executable and needs_grad(t) else NO_EDGE for t in tensors)
        ctx = cls._backward_cls()  # after its inputs': a view's history may be made only now
        ctx._is_tensor = tuple(isinstance(arg, Tensor) for arg in args)
        ctx.needs_input_grad, ctx.next_functions = needs, edges
        was, mode.quiet = (mode.quiet, mode.grad), True
        try:
            with no_grad():
                if cls.setup_context is not Function.setup_context:
                    output = cls.forward(*args)
                    cls.setup_context(ctx, args, output)
                else:
                    output = cls.forward(ctx, *given, **named)
        finally:
            mode.quiet, mode.grad = was  # (also the grad mode: Ctrl-C could have come just before the end of `no_grad`)
        outputs = list(output) if isinstance(output, tuple) else [output]
        wrapped = _wrapped(ctx, outputs, tensors, executable)
        if executable:
            _keep(ctx, wrapped)
            make_unusual(ctx)
        if events.listeners:
            _tell(ctx, cls.__name__, wrapped, tensors, executable)
        return tuple(wrapped) if isinstance(output, tuple) else wrapped[0]


def _with_defaults(forward: Callable[..., Any], given: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...]:
    """All arguments of a forward by position, as `setup_context` gets them.  Raises TypeError for those that it does not take."""
    bound = inspect.signature(forward).bind(*given, **named)
    bound.apply_defaults()
    return bound.args


def _check_named(forward: Callable[..., Any], named: dict[str, Any]) -> None:
    """An argument may be given by name only where it could be given by place.  Raises TypeError."""
    code = inspect.unwrap(forward).__code__
    for name in named:
        if name not in code.co_varnames[: code.co_argcount]:
            raise TypeError(f"{forward.__name__}() got an unexpected keyword argument '{name}'")


def _wrapped(ctx: CustomNode, outputs: list[Any], tensors: list[Tensor], executable: bool) -> list[Any]:
    """The outputs as results of the node."""
    for dirty in ctx._dirty:
        if not any(dirty is t for t in tensors):
            raise RuntimeError(ONLY_INPUTS)
        dirty._version_counter.value += 1
    ctx.metas = tuple((o._array.shape, o._array.dtype) if isinstance(o, Tensor) else NO_TENSOR for o in outputs)
    wrapped = []
    for nr, output in enumerate(outputs):
        if not isinstance(output, Tensor):
            wrapped.append(output)
            continue
        is_input = any(output is t for t in tensors)
        is_dirty = any(output is t for t in ctx._dirty)
        frozen = any(output is t for t in ctx._non_differentiable) or output._array.dtype.kind != "f"
        followed = executable and not frozen
        if is_input and not is_dirty and (followed or not needs_grad(output)):  # returned as it was: a view stands for the result
            with no_grad():
                output = view(output, output._array.shape)
        if not followed:
            if needs_grad(output) and (is_input or output._view is None):
                output = output.detach() if is_input else output.detach_()
        elif is_dirty:
            if last_history(output)[0] is None and needs_grad(output):
                raise RuntimeError(LEAF_USED)
            if output._view is not None and len(outputs) > 1:
                raise RuntimeError(ONE_OUTPUT)
            check_recordable(output)
            rebase(output, ctx, nr)
        else:
            set_history(output, (ctx, nr))
        if output._view is not None and not (is_input and is_dirty):
            output._view.made = "custom"
        wrapped.append(output)
    return wrapped


def _keep(ctx: CustomNode, outputs: list[Any]) -> None:
    """Save what `save_for_backward` was given."""
    for i, tensor in enumerate(ctx._to_save):
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(f"save_for_backward can only save variables, but argument {i} is of type {type(tensor).__name__}")
        mine = tensor is not None and history(tensor)[0] is ctx
        nr = history(tensor)[1] if mine and tensor is not None else None
        entry: Any = None
        if tensor is not None:
            entry = packed(tensor, nr) if mode.saved_hooks else SavedInput(tensor) if nr is None else SavedOutput(tensor, nr)
        ctx._saved[f"saved_tensors[{i}]"] = entry
    ctx._tensor_fields = tuple(ctx._saved)  # type: ignore[misc]
    ctx._to_save = ctx._dirty = ctx._non_differentiable = ()
    if mode.anomaly:
        remember_where(ctx)


def _tell(ctx: CustomNode, name: str, outputs: list[Any], tensors: list[Tensor], executable: bool) -> None:
    made = [output for output in outputs if isinstance(output, Tensor)]
    if executable:
        observe.recorded(ctx, [output for output in made if history(output)[0] is ctx], name, tensors, len(tensors), ())
    else:
        for output in made:
            (observe.created if mode.grad else observe.not_recorded)(output, name, tensors)


def once_differentiable(backward: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a `backward` whose own operations must not be differentiated: a second derivative then raises RuntimeError."""

    @functools.wraps(backward)
    def wrapped(ctx: Any, *gradients: Any) -> Any:
        with no_grad():
            answer = backward(ctx, *gradients)
        if not mode.grad or not any(isinstance(g, Tensor) and needs_grad(g) for g in gradients):
            return answer
        results = answer if isinstance(answer, tuple) else (answer,)
        node = Error()
        node.metas = tuple((r._array.shape, r._array.dtype) if isinstance(r, Tensor) else NO_TENSOR for r in results)
        node.next_functions = tuple(edge_to(g) if isinstance(g, Tensor) else NO_EDGE for g in gradients)
        marked = []
        for nr, result in enumerate(results):
            if isinstance(result, Tensor):
                result = result.detach()  # type: ignore[attr-defined]
                result._edge, result._requires_grad = (node, nr), True
            marked.append(result)
        return tuple(marked) if isinstance(answer, tuple) else marked[0]

    return wrapped


class Error(Node):
    """Stands where nothing may be differentiated."""

    def run(self, gradients: list[Any], needed: tuple[bool, ...], create_graph: bool) -> list[Any]:
        """Raise RuntimeError."""
        raise RuntimeError(TWICE)
