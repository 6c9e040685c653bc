"""Several threads at once: one leaf, modes, hooks, listeners, transformations."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
import warnings
from collections import Counter
from collections.abc import Callable

import pytest

from autograd_viz import events, torch

from .interrupting import Thrice, Twice, check_log, modes_now


def in_threads(count: int, work: Callable[[int], None]) -> None:
    """`work(0)`, `work(1)`, ... at the same time, with Python changing between them as often as it can."""
    failed: list[BaseException] = []
    start = threading.Barrier(count)

    def run(i: int) -> None:
        try:
            start.wait()
            work(i)
        except BaseException as error:
            failed.append(error)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=run, args=(i,)) for i in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert failed == []


@pytest.mark.parametrize("how", ["plain", "a hook", "a listener", "create_graph"])
def test_ten_threads_of_200_backwards_into_one_leaf(how: str) -> None:
    x = torch.zeros(3, requires_grad=True)
    heard: list[events.Event] = []
    calls: list[int] = []
    if how == "a hook":
        x.register_hook(lambda g: calls.append(1))
    work = lambda i: [(x * (i + 1)).sum().backward(create_graph=how == "create_graph") for _ in range(200)]  # noqa: E731

    def listener(event: events.Event) -> None:
        heard.append(event)
        if isinstance(event, events.TensorCreated) and event.earlier:
            time.sleep(0.01)  # the moment in which another thread, too, could find x unknown, made long enough to be hit

    with events.listening(listener) if how == "a listener" else contextlib.nullcontext(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        in_threads(10, work)
    assert x.grad.tolist() == [200.0 * 55] * 3
    assert len(calls) == (2000 if how == "a hook" else 0)
    if how == "a listener":
        check_log(heard)
        assert [event.tensor for event in heard if isinstance(event, events.TensorCreated)].count(x._serial) == 1
        kinds = Counter(type(event).__name__ for event in heard)
        assert [kinds[name] for name in ("BackwardStarted", "GradAccumulated", "BackwardFinished")] == [2000] * 3
        assert len({event.call for event in heard if isinstance(event, events.BackwardStarted)}) == 2000


def test_each_thread_has_modes_of_its_own() -> None:
    def work(i: int) -> None:
        for _ in range(100):
            x = torch.ones(2, requires_grad=True)
            if i % 4 == 0:
                with torch.no_grad():
                    assert not (x * 2).requires_grad
            elif i % 4 == 1:
                with torch.inference_mode():
                    assert (x * 2).is_inference()
            elif i % 4 == 2:
                with torch.autograd.graph.saved_tensors_hooks(lambda t: 7, lambda seven: torch.ones(2) * seven):
                    y = x * x
                assert y.grad_fn._raw_saved_self is not None
                y.sum().backward()
                assert x.grad.tolist() == [14.0, 14.0]
            else:
                torch.func.grad(lambda a: Thrice.apply(a).sum())(x.detach())
                with torch.autograd.set_detect_anomaly(True):
                    Thrice.apply(x).sum().backward()
            Twice.apply(x).sum()  # under a transformation it would be refused
            assert (x * 2).requires_grad

    before = modes_now()
    in_threads(8, work)
    assert modes_now() == before
