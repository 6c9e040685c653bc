"""Gradient tracking, on or off: `no_grad`, `enable_grad`, `set_grad_enabled`.

One flag per thread. Where it is off, an operation computes its result and leaves nothing behind for a backward.

Read next: `dtypes.py`.
"""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar, cast

from autograd_viz import events
from autograd_viz.torch.source import locate

F = TypeVar("F", bound=Callable[..., Any])


class _Mode(threading.local):
    grad = True  # is tracking on in this thread?
    inference = False  # is it off for good: results will never be used in a graph?
    anomaly = False  # look for nan in every backward, and remember where each node was made?
    check_nan = True
    quiet = False  # is a step under way that listeners are told of as part of a larger one?
    saved_hooks: tuple[Any, ...] = ()  # pairs of hooks for what is saved from now on; the last one counts; a str forbids it


mode = _Mode()

special: list[object] = []
"""Not empty while some thread has an unusual mode: then operations take the longer way, where they look at all of them."""


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

        @functools.wraps(function)
        def switched(*args: Any, **kwargs: Any) -> Any:
            with self._fresh():
                return function(*args, **kwargs)

        return cast(F, switched)

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
        if events.listeners:
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
