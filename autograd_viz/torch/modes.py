"""Gradient tracking, on or off: `no_grad`, `enable_grad`, `set_grad_enabled`.

One flag per thread. Where it is off, an operation computes its result and leaves nothing behind for a backward.

Read next: `dtypes.py`.
"""

from __future__ import annotations

import functools
import inspect
import threading
import warnings
from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar, cast

from autograd_viz import events
from autograd_viz.torch.source import asked_from_outside, locate

F = TypeVar("F", bound=Callable[..., Any])


class _Mode(threading.local):
    grad = True  # is tracking on in this thread?
    inference = False  # is it off for good: results will never be used in a graph?
    anomaly = False  # look for nan in every backward, and remember where each node was made?
    check_nan = True
    quiet = False  # is a step under way that listeners are told of as part of a larger one?
    saved_hooks: tuple[Any, ...] = ()  # pairs of hooks for what is saved from now on; the last one counts
    hooks_forbidden: str | None = None  # the message of who tries to have such hooks
    watched: Any = None  # inside `allow_mutation_on_saved_tensors`, who wants to know of a tensor before it is changed
    modules: tuple[tuple[Any, str], ...] = ()  # the nn.Modules that are being called, if anyone listens, and what they are called
    wave: Any = None  # the backward that is under way in this thread


mode = _Mode()

special: list[object] = []
"""Not empty while some thread has an unusual mode: then operations take the longer way, where they look at all of them."""


DECORATED_CLASS = (
    "Decorating classes is deprecated and will be disabled in future versions. You should only decorate functions or methods. To preserve "
    "the current behavior of class decoration, you can directly decorate the `__init__` method and nothing else."
)


def is_grad_enabled() -> bool:
    """True where operations are recorded."""
    return mode.grad


class _Switch:
    """What the three have in common: a context manager that is also a decorator, and puts back what it found, whatever happens inside."""

    enabled: bool

    _before = True  # what __enter__ found: only the last, as in PyTorch, so one object must not be entered again inside itself

    def __enter__(self) -> None:
        self._before = mode.grad
        self._set(self.enabled, entering=True)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._set(self._before, entering=False)

    def __call__(self, function: F) -> F:
        if inspect.isgeneratorfunction(function):
            return cast(F, self._generator(function))
        if inspect.isclass(function):
            warnings.warn(DECORATED_CLASS, FutureWarning, stacklevel=2)
            return cast(F, self(lambda *args, **kwargs: function(*args, **kwargs)))

        def decorate_context(*args: Any, **kwargs: Any) -> Any:
            with self._fresh():
                return function(*args, **kwargs)

        decorate_context.__qualname__ = "context_decorator.<locals>.decorate_context"  # so it shows where the function has no name
        return cast(F, functools.update_wrapper(decorate_context, function))

    def _generator(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Switched while the generator runs, and back while it waits."""

        @functools.wraps(function)
        def switched(*args: Any, **kwargs: Any) -> Any:
            steps = function(*args, **kwargs)
            step: Callable[[], Any] = functools.partial(next, steps)
            while True:
                try:
                    with self._fresh():
                        item = step()
                except StopIteration as end:
                    return end.value
                try:
                    answer = yield item
                except BaseException as error:  # what the caller throws in, or the end of the generator's life, is for the inner one
                    step = functools.partial(steps.throw, error)
                else:
                    step = functools.partial(steps.send, answer)

        return switched

    def _fresh(self) -> _Switch:
        return type(self)()

    def _set(self, enabled: bool, *, entering: bool) -> None:
        mode.grad = enabled
        if events.listeners and asked_from_outside(__name__):  # what an optimizer switches for itself is its own affair
            events.emit(events.GradModeChanged(enabled, type(self).__name__, entering, locate()))


class no_grad(_Switch):
    """Switch tracking off for a block or a function: `with torch.no_grad(): ...` or `@torch.no_grad()`."""

    enabled = False

    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        """`@torch.no_grad` without parentheses decorates at once."""
        return super().__new__(cls) if function is None else cls()(function)


class enable_grad(no_grad):
    """Switch tracking back on, for a block inside `no_grad`."""

    enabled = True


class set_grad_enabled(_Switch):
    """Switch tracking on or off: at once, as a function; or for a block, as a context manager."""

    def __init__(self, mode: bool) -> None:
        if not isinstance(mode, bool):
            raise TypeError(f"set_grad_enabled(): argument 'enabled' (position 1) must be bool, not {type(mode).__name__}")
        self.enabled = mode
        # PyTorch switches when the object is made, so that the plain call works; a block puts back what was before that.
        self._found: bool | None = is_grad_enabled()
        self._set(self.enabled, entering=True)

    def __enter__(self) -> None:
        if self._found is None:
            super().__enter__()
        else:
            self._before = self._found
            self._found = None

    def __call__(self, function: F) -> F:
        if self._found is not None:  # used as a decorator: making it must not have switched anything
            self._set(self._found, entering=False)
            self._found = None
        return super().__call__(function)

    def _fresh(self) -> _Switch:
        return set_grad_enabled(self.enabled)

    def __repr__(self) -> str:
        return f"torch.autograd.grad_mode.set_grad_enabled(mode={self.enabled})"


class set_detect_anomaly:
    """Switch anomaly mode on or off: at once, as a function; or for a block, as a context manager.

    With it a backward stops at the first nan, and tells where the node that made it was recorded. It costs time.
    """

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self._before = set_anomaly(mode, check_nan)

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None:
        set_anomaly(*self._before)


class detect_anomaly:
    """`set_detect_anomaly(True)` for a block, with a warning that it is slow."""

    def __init__(self, check_nan: bool = True) -> None:
        self.check_nan = check_nan
        warnings.warn(
            "Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for debugging.",
            UserWarning,
            stacklevel=2,
        )

    def __enter__(self) -> None:
        self._before = set_anomaly(True, self.check_nan)

    def __exit__(self, *_: object) -> None:
        set_anomaly(*self._before)


def set_anomaly(enabled: bool, check_nan: bool) -> tuple[bool, bool]:
    """Switch anomaly mode; what it was before."""
    before = mode.anomaly, mode.check_nan
    if enabled and not mode.anomaly:
        special.append("anomaly")
    elif mode.anomaly and not enabled:
        special.remove("anomaly")
    mode.anomaly, mode.check_nan = enabled, check_nan
    return before


def is_anomaly_enabled() -> bool:
    """True in anomaly mode."""
    return mode.anomaly


def is_anomaly_check_nan_enabled() -> bool:
    """True where anomaly mode looks for nan."""
    return mode.check_nan


class inference_mode(_Switch):
    """`no_grad` for good: the results keep no version, so they can never be saved for a backward.  `inference_mode(False)` leaves it."""

    enabled = False

    def __new__(cls, mode: Any = True) -> Any:
        """`@torch.inference_mode` without parentheses decorates at once."""
        return cls()(mode) if callable(mode) else super().__new__(cls)

    def __init__(self, mode: bool = True) -> None:
        self.inference = mode

    def __enter__(self) -> None:
        self._was = mode.inference
        mode.inference = self.inference
        special.append(self)
        self._before = mode.grad
        self._set(not self.inference, entering=True)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        mode.inference = self._was
        special.remove(self)
        self._set(self._before, entering=False)

    def _fresh(self) -> _Switch:
        return inference_mode(self.inference)


def is_inference_mode_enabled() -> bool:
    """True inside `inference_mode`."""
    return mode.inference
