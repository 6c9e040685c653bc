"""Nothing is left half done: whatever Ctrl-C or an exception interrupts, modes are as before, logs end, and the next program is right.

Ordinary exceptions in the user's own code (hooks, functions, blocks) are compared with PyTorch's in `programs/stories_interruptions.py`.
Here every place is tried at which a signal may come in between (`interrupting.py`). PyTorch works in C++, which no signal interrupts half
way: our Python should seem so too.
"""

from __future__ import annotations

import contextlib
import gc
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from autograd_viz import events, torch

from .interrupting import (
    PROGRAMS,
    Place,
    Places,
    Program,
    a_graph_of_the_gradients,
    all_places,
    check_log,
    check_next_program,
    checkpoints,
    functions,
    hooks,
    in_place,
    interrupted,
    is_beyond_us,
    leaves,
    met,
    modes_now,
    operations,
    optimizers,
    reset,
    switches,
)
from .test_engine import unknown

# --- the modes, the log, the next program -------------------------------------------------------------------------------


@pytest.mark.parametrize("listened", [False, True])
def test_an_interruption_at_any_place_leaves_nothing_behind(listened: bool) -> None:
    gc.collect()
    alive = count_tensors()
    wrong = what_remains(PROGRAMS, listened)
    assert not wrong, told(wrong)
    gc.collect()
    assert count_tensors() <= alive + 20  # (some are kept on purpose, as the pieces of formulas)


@pytest.mark.parametrize("program", [functions, optimizers])
def test_what_switches_tracking_off_by_itself_switches_it_on_again(program: Program) -> None:
    """Also where Ctrl-C comes just before the end of a block of the library's own."""
    places = [(place, i) for place, times in met(program).items() for i in range(1, times + 1) if place[0] == "_Switch.__exit__"]
    assert len(places) > 1
    for place in places:
        interrupted(program, Places(place))
        assert torch.is_grad_enabled(), place


def what_remains(programs: list[Program], listened: bool) -> dict[Place, str]:
    """Interrupt the programs at every place; where something was left undone, and what."""
    before, wrong, tried = modes_now(), {}, set()
    for program in programs:
        for place, time_ in all_places(program, listened):
            if (place, time_ > 1) in tried or is_beyond_us(place):
                continue
            tried.add((place, time_ > 1))
            seen: list[events.Event] | None = [] if listened else None
            interrupted(program, Places((place, time_)), seen)
            left = {name: value for name, value in modes_now().items() if value != before[name]}
            reset(before)
            try:
                assert not left, left
                check_log(seen or [])
                check_next_program()
            except Exception as error:
                wrong[place] = f"{program.__name__}: {type(error).__name__} {error}"
    assert len(tried) > 1000
    return wrong


def told(wrong: dict[Place, str]) -> str:
    return "\n".join(f"{where} {name}, {event}: {what}" for (name, where, _, event), what in wrong.items())


def count_tensors() -> int:
    kinds = (torch.Tensor, torch.autograd.graph.Node)
    return sum(issubclass(type(thing), kinds) for thing in gc.get_objects())  # not isinstance, which asks the thing


# --- the values ---------------------------------------------------------------------------------------------------------


def some(view: bool) -> tuple[Any, Any, Any]:
    """A leaf, a result, and the result or a view of it."""
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    h = x * 3
    return x, h, h[:1] if view else h


CHANGES: dict[str, Callable[[Any], Any]] = {
    "exp_": lambda t: t.exp_(), "mul_": lambda t: t.mul_(t.detach().clone()), "zero_": lambda t: t.zero_(),
    "setitem": lambda t: t.__setitem__(0, t.sum()), "t_": lambda t: t.unsqueeze_(0),
}  # fmt: skip


@pytest.mark.parametrize("view", [False, True])
@pytest.mark.parametrize("change", CHANGES)
def test_an_interrupted_change_in_place_is_done_or_not_done(change: str, view: bool) -> None:
    """Whenever it was interrupted: the values, the gradients and the version are those before it, or those after it."""

    def outcome(places: Places) -> Any:
        x, h, t = some(view)
        version = h._version
        interrupted(lambda: CHANGES[change](t), places)
        values = h.flatten().tolist()
        (h.sum() + t.sum() * 2).backward()
        return values, x.grad.tolist(), h._version - version, t.shape

    x, h, t = some(view)
    (h.sum() + t.sum() * 2).backward()
    good = [(h.flatten().tolist(), x.grad.tolist(), 0, t.shape), outcome(Places())]
    assert good[0] != good[1]
    for place in all_places(lambda: CHANGES[change](some(view)[2])):
        assert outcome(Places(place)) in good, place


def test_an_interrupted_backward_adds_a_gradient_or_does_not() -> None:
    def leaf() -> Any:
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        x.grad = torch.ones(2)
        return x

    for create_graph in (False, True):
        for place in all_places(lambda create_graph=create_graph: (leaf() * leaf()).sum().backward(create_graph=create_graph)):
            x, y = leaf(), leaf()
            interrupted(lambda x=x, y=y, create_graph=create_graph: (x * y).sum().backward(create_graph=create_graph), Places(place))
            for t in (x, y):
                assert (t.grad.tolist(), t.grad._version) in (([1.0, 1.0], 0), ([2.0, 3.0], int(not create_graph))), place


def test_who_was_interrupted_while_learning_of_a_graph_learns_it_again() -> None:
    def make() -> Any:
        x, w = leaves()
        h = (x * w).exp()
        h.retain_grad()
        return (h * h).sum()

    def learn() -> None:
        with events.listening(seen.append):
            make().backward(retain_graph=True)

    seen: list[events.Event] = []
    for place in all_places(learn):
        loss, seen = make(), []
        with events.listening(seen.append):
            interrupted(lambda loss=loss: loss.backward(retain_graph=True), Places(place))
            loss.backward()
        assert unknown(seen) == [], place


def test_a_listener_that_is_interrupted_at_any_event() -> None:
    """What it hears is in order, and so is what the next program does."""
    before = modes_now()
    for program in (operations, in_place, hooks, functions, checkpoints, switches):
        k = 0
        heard: list[events.Event] = []
        while len(heard) >= k:
            heard, k = [], k + 1

            def guest(event: events.Event, heard: list[events.Event] = heard, k: int = k) -> None:
                heard.append(event)
                if len(heard) == k:
                    raise KeyboardInterrupt

            with contextlib.suppress(KeyboardInterrupt), events.listening(guest):
                program()
            assert modes_now() == before, (program, heard[-1])
            begun = {event.call for event in heard if isinstance(event, events.BackwardStarted)}
            assert begun == {event.call for event in heard if isinstance(event, events.BackwardFinished | events.BackwardFailed)}
        check_next_program()


# --- real signals -------------------------------------------------------------------------------------------------------


def test_ctrl_c_at_random_moments() -> None:
    """SIGINT from another thread, some hundred times, while the main thread trains without end."""
    armed, over, hits = False, threading.Event(), 0

    def handler(*_: Any) -> None:
        nonlocal armed
        if armed:
            armed = False
            raise KeyboardInterrupt

    def sender() -> None:
        moments = np.random.default_rng(0)
        while not over.wait(moments.uniform(0.0005, 0.003)):
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)  # type: ignore[arg-type]

    before, previous = modes_now(), signal.signal(signal.SIGINT, handler)
    thread = threading.Thread(target=sender)
    thread.start()
    try:
        end = time.monotonic() + 2
        while time.monotonic() < end:
            try:
                armed = True
                while armed:  # (where Python cannot raise, as in what a weak reference calls, it prints the exception and goes on)
                    for program in (operations, hooks, functions, a_graph_of_the_gradients):
                        program()
            except KeyboardInterrupt:
                hits += 1
            assert {**modes_now(), "numpy": None} == {**before, "numpy": None}
            np.seterr(**before["numpy"])  # (`np.errstate` has an `__exit__` of its own)
    finally:
        armed = False
        over.set()
        thread.join()
        signal.signal(signal.SIGINT, previous)
    check_next_program()
    assert hits > 50


@pytest.fixture
def heard() -> Iterator[None]:
    """Ctrl-C raises KeyboardInterrupt, also where a shell has started the tests in the background, deaf to it."""
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, previous)


@pytest.mark.parametrize("place", ["tensor hook", "node hook", "after accumulation", "pack", "unpack", "forward", "backward", "checkpoint"])
def test_ctrl_c_inside_what_the_user_wrote(place: str, heard: None) -> None:
    def ctrl_c(*args: Any) -> Any:
        if todo:
            signal.raise_signal(todo.pop())
        return args[0] if args else None

    class Doubled(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, a: Any) -> Any:
            return (ctrl_c(a) if place == "forward" else a) * 2

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return (ctrl_c(g) if place == "backward" else g) * 2

    def program() -> Any:
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        same = lambda t: t  # noqa: E731
        pack, unpack = (ctrl_c if place == "pack" else same), (ctrl_c if place == "unpack" else same)
        with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
            h = Doubled.apply(x) * x
        if place == "checkpoint":
            h = torch.utils.checkpoint.checkpoint(lambda a: ctrl_c(a) * 1, h, use_reentrant=False)
        if place == "tensor hook":
            h.register_hook(lambda g: ctrl_c(g))
        if place == "node hook":
            h.grad_fn.register_hook(lambda i, o: ctrl_c(i))
        if place == "after accumulation":
            x.register_post_accumulate_grad_hook(lambda t: ctrl_c() and None)
        h.sum().backward()
        return x

    before, todo = modes_now(), [signal.SIGINT]
    with pytest.raises(KeyboardInterrupt):
        program()
    assert modes_now() == before
    assert todo == []
    assert program().grad.tolist() == [4.0, 8.0]
