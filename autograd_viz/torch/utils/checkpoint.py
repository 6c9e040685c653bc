"""`checkpoint`: do not keep what a backward will need, compute it again. Memory against time.

    y = checkpoint(block, x, use_reentrant=False)     as y = block(x), but the graph of y holds nothing of the block

Two ways. The new one (`use_reentrant=False`) records the block's graph, but a pack hook keeps only a place for each saved tensor; when
backward asks for the first of them, the block runs once more and its saved tensors fill the places. The old one (`use_reentrant=True`)
records a single node, whose backward runs the block with tracking on and a backward of its own.

Read next: `nn/__init__.py`.
"""

from __future__ import annotations

import itertools
import warnings
import weakref
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from autograd_viz.torch.autograd import backward
from autograd_viz.torch.autograd.graph import saved_tensors_hooks
from autograd_viz.torch.function import Function
from autograd_viz.torch.modes import enable_grad, is_grad_enabled, mode, no_grad
from autograd_viz.torch.random import default_generator
from autograd_viz.torch.saved import Packed, SavedInput
from autograd_viz.torch.tensor import Tensor

__all__ = ["CheckpointError", "CheckpointFunction", "checkpoint", "checkpoint_sequential", "noop_context_fn", "set_checkpoint_early_stop"]

SAY_WHICH = (
    "torch.utils.checkpoint: the use_reentrant parameter should be passed explicitly. Starting in PyTorch 2.9, calling checkpoint without "
    "use_reentrant will raise an exception. use_reentrant=False is recommended, but if you need to preserve the current default behavior, "
    "you can pass use_reentrant=True. Refer to docs for more details on the differences between the two variants."
)
SAY_WHICH_IN_SEQUENCE = (
    "torch.utils.checkpoint.checkpoint_sequential: the use_reentrant parameter should be passed explicitly. In version 2.9 we will raise "
    "an exception if use_reentrant is not passed. use_reentrant=False is recommended, but if you need to preserve the current default "
    "behavior, you can pass use_reentrant=True. Refer to docs for more details on the differences between the two variants."
)
ONLY_BACKWARD = (
    "When use_reentrant=True, torch.utils.checkpoint is incompatible with .grad() or passing an `inputs` parameter to .backward(). To "
    "resolve this error, you can either set use_reentrant=False, or call .backward() without passing the `inputs` argument."
)
TIP = (
    "\nTip: To see a more detailed error message, either pass `debug=True` to\n`torch.utils.checkpoint.checkpoint(...)` or wrap the code "
    "block\nwith `with torch.utils.checkpoint.set_checkpoint_debug_enabled(True):` to\nenable checkpoint\u2011debug mode globally."
)
CHECKS = ("default", "none")

Contexts = Callable[[], tuple[AbstractContextManager[Any], AbstractContextManager[Any]]]


class CheckpointError(RuntimeError):
    """The block, when it ran again, did not do what it had done before."""


def noop_context_fn() -> tuple[AbstractContextManager[None], AbstractContextManager[None]]:
    """No contexts: the default for `context_fn`."""
    return nullcontext(), nullcontext()


def checkpoint(
    function: Callable[..., Any], *args: Any, use_reentrant: bool | None = None, context_fn: Contexts = noop_context_fn,
    determinism_check: str = "default", debug: bool = False, early_stop: bool = True, **kwargs: Any,
) -> Any:  # fmt: skip
    """function(*args, **kwargs), recorded so that backward computes again what it needs instead of having kept it.

    `preserve_rng_state` (True): the second run draws the same random numbers.  `determinism_check`: whether to compare shapes and dtypes
    of the two runs ("default") or nothing ("none").  `early_stop`: end the second run when the last saved tensor is there.
    `context_fn`: makes two contexts, one for each run.  Raises CheckpointError, in backward, if the two runs differ.
    """
    if use_reentrant is None:
        warnings.warn(SAY_WHICH, stacklevel=2)
        use_reentrant = True
    preserve = kwargs.pop("preserve_rng_state", True)
    if not use_reentrant:
        return _recorded(function, args, kwargs, preserve, context_fn, determinism_check, early_stop)
    if kwargs:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    if context_fn is not noop_context_fn or debug is not False:
        raise ValueError("Passing `context_fn` or `debug` is only supported when use_reentrant=False.")
    return CheckpointFunction.apply(function, preserve, *args)


def checkpoint_sequential(functions: Any, segments: int, input: Any, use_reentrant: bool | None = None, **kwargs: Any) -> Any:
    """The functions one after the other, in so many segments, each but the last a checkpoint."""
    if use_reentrant is None:
        warnings.warn(SAY_WHICH_IN_SEQUENCE, stacklevel=2)
        use_reentrant = True
    preserve = kwargs.pop("preserve_rng_state", True)
    if kwargs:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    listed = list(functions.children() if hasattr(functions, "children") else functions)

    def chain(first: int, last: int) -> Callable[[Any], Any]:
        def forward(value: Any) -> Any:
            for function in listed[first:last]:
                value = function(value)
            return value

        return forward

    size, done = len(listed) // segments, 0
    for first in range(0, size * (segments - 1), size):
        done = first + size
        input = checkpoint(chain(first, done), input, use_reentrant=use_reentrant, preserve_rng_state=preserve)
    return chain(done, len(listed))(input)


_early_stop: list[bool] = []  # set_checkpoint_early_stop: the innermost block counts


@contextmanager
def set_checkpoint_early_stop(enable: bool) -> Iterator[None]:
    """In this block, whether checkpoints stop their second run early, whatever they say themselves."""
    _early_stop.append(enable)
    try:
        yield
    finally:
        _early_stop.pop()


@contextmanager
def _draws_again(state: Any) -> Iterator[None]:
    """In this block, the random numbers that followed after `state`; none taken from those that come later."""
    if state is None:
        yield
        return
    now = default_generator.saved_state()
    default_generator.restore_state(state)
    try:
        yield
    finally:
        default_generator.restore_state(now)


# --- places for the saved tensors -------------------------------------------------------------------------------------


class _Place:
    """What the graph holds instead of a saved tensor."""

    def __init__(self, block: _Block, nr: int) -> None:
        self.block, self.nr = block, nr


class _Block:
    """A checkpointed call: how to run it again, and what that has brought, for each backward that asked."""

    def __init__(self, again: Callable[..., Any], args: tuple[Any, ...], compares: bool, early_stop: bool) -> None:
        self.again, self.compares, self.early_stop = again, compares, early_stop
        self.args = [_kept(arg) if isinstance(arg, Tensor) else arg for arg in args]
        self.places: list[weakref.ref[_Place]] = []  # weak: a place that no node holds any more needs no tensor
        self.looks: list[dict[str, Any]] = []  # shape and dtype of each tensor, the first time
        self.found: dict[Any, dict[int, Tensor | None]] = {}  # backward call -> place -> tensor; None when it has been handed out

    def name(self) -> str:
        """In messages about a saved argument, who saved it."""
        return "checkpoint"

    def pack(self, tensor: Tensor) -> _Place:
        """The first time: keep a place."""
        place = _Place(self, len(self.places))
        self.places.append(weakref.ref(place))
        self.looks.append(_look(tensor))
        return place

    def unpack(self, place: _Place) -> Tensor:
        """Hand out the tensor for a place, after a second run if this backward has not had one."""
        call = mode.wave.call if mode.wave is not None else next(_readers)
        if call not in self.found:
            self._run_again(call)
        tensor = self.found[call].get(place.nr)
        if tensor is None:
            raise CheckpointError(
                "torch.utils.checkpoint: Unpack is being triggered for a tensor that was already unpacked once. If you are calling "
                "ctx.saved_tensors in backward, make sure to do so only once. Otherwise please open an issue with details on your use case."
            )
        self.found[call][place.nr] = None
        return tensor

    def _run_again(self, call: Any) -> None:
        found: dict[int, Tensor | None] = {}
        count = itertools.count()
        looks: list[dict[str, Any]] = []

        def pack(tensor: Tensor) -> Tensor:
            cut: Tensor = tensor.detach() if tensor.requires_grad else tensor  # type: ignore[attr-defined]
            nr = next(count)
            if nr >= len(self.places):
                raise CheckpointError(
                    "torch.utils.checkpoint: trying to save more tensors during recomputation than during the original forward pass.\n"
                    + TIP
                )
            looks.append(_look(cut))
            if self.places[nr]() is not None:
                found[nr] = cut
            if self.early_stop and nr + 1 == len(self.places):
                raise _EnoughError
            return cut

        args = [arg.unpack(self) if isinstance(arg, SavedInput | Packed) else arg for arg in self.args]  # type: ignore[arg-type]
        try:
            with saved_tensors_hooks(pack, lambda tensor: tensor), enable_grad():
                self.again(*args)
        except _EnoughError:
            pass
        self.found[call] = found
        self._compare(looks)

    def _compare(self, looks: list[dict[str, Any]]) -> None:
        if len(looks) != len(self.looks):
            raise CheckpointError(
                "torch.utils.checkpoint: A different number of tensors was saved during the original forward and recomputation.\n"
                f"Number of tensors saved during forward: {len(self.looks)}\n"
                f"Number of tensors saved during recomputation: {len(looks)}.\n{TIP}"
            )
        others = [
            f"tensor at position {nr}:\nsaved metadata: {then}\nrecomputed metadata: {now}\n"
            for nr, (then, now) in enumerate(zip(self.looks, looks, strict=True))
            if then != now and self.places[nr]() is not None
        ]
        if others and self.compares:
            raise CheckpointError(
                "torch.utils.checkpoint: Recomputed values for the following tensors have different metadata than during the forward "
                f"pass.\n{''.join(others)}.\n{TIP}"
            )


def _kept(arg: Tensor) -> SavedInput | Packed:
    """An argument, saved as a node would save it: through the hooks that are there, those of a block around this one too."""
    return Packed(arg, None, mode.saved_hooks[-1]) if mode.saved_hooks else SavedInput(arg)


class _EnoughError(Exception):
    """All saved tensors are there: the second run may stop."""


_readers = itertools.count(-1, -1)  # in the place of a backward call, when somebody reads `_saved_...`


def _look(tensor: Any) -> dict[str, Any]:
    return {"shape": tensor.shape, "dtype": tensor.dtype, "device": tensor.device}


def _recorded(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    preserve: bool,
    context_fn: Contexts,
    check: str,
    early: bool,
) -> Any:
    if check not in CHECKS:
        raise ValueError(f"determinism_check should be one of {list(CHECKS)}, but got {check}")
    first, second = context_fn()
    state = default_generator.saved_state() if preserve else None

    def again(*given: Any) -> None:
        with _draws_again(state), second:
            function(*given, **kwargs)

    if not is_grad_enabled():
        return function(*args, **kwargs)
    block = _Block(again, args, check == "default", _early_stop[-1] if _early_stop else early)
    with saved_tensors_hooks(block.pack, lambda place: place.block.unpack(place)), first:
        return function(*args, **kwargs)


# --- a node for the whole call ----------------------------------------------------------------------------------------


class CheckpointFunction(Function):
    """A call as one node: forward without a graph, backward with a forward and a backward of its own."""

    @staticmethod
    def forward(ctx: Any, run_function: Callable[..., Any], preserve_rng_state: bool, *args: Any) -> Any:
        """Run the function, keep its arguments.  Warns if none of them requires grad."""
        if not any(arg.requires_grad for arg in args if isinstance(arg, Tensor)):
            warnings.warn("None of the inputs have requires_grad=True. Gradients will be None", stacklevel=2)
        ctx.run_function = run_function
        ctx.state = default_generator.saved_state() if preserve_rng_state else None
        ctx.others = [None if isinstance(arg, Tensor) else arg for arg in args]
        ctx.places = [place for place, arg in enumerate(args) if isinstance(arg, Tensor)]
        ctx.save_for_backward(*(args[place] for place in ctx.places))
        with no_grad():
            return run_function(*args)

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        """Run the function again on detached arguments, with tracking; then go backward through that."""
        if mode.wave is not None and mode.wave.useful is not None:
            raise RuntimeError(ONLY_BACKWARD)
        inputs = list(ctx.others)
        for place, tensor in zip(ctx.places, ctx.saved_tensors, strict=True):
            inputs[place] = tensor.detach()
            inputs[place].requires_grad = tensor.requires_grad
        with _draws_again(ctx.state), enable_grad():
            out = ctx.run_function(*inputs)
        outputs = out if isinstance(out, tuple) else (out,)
        pairs = [(o, g) for o, g in zip(outputs, gradients, strict=False) if isinstance(o, Tensor) and o.requires_grad]
        if not pairs:
            raise RuntimeError("none of output has requires_grad=True, this checkpoint() is not necessary")
        backward([o for o, _ in pairs], [g for _, g in pairs])
        return (None, None, *(x.grad if isinstance(x, Tensor) else None for x in inputs))  # type: ignore[attr-defined]
