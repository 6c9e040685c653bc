"""Small programs, and a way to interrupt them: at every place at which Python lets a signal's handler run.

Such a place is where a Python function begins, after a call into C, and at each turn of a loop.
"""

from __future__ import annotations

import contextlib
import dis
import inspect
import itertools
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any

import numpy as np
import pytest

from autograd_viz import events, torch
from autograd_viz.torch import modes, printing
from autograd_viz.torch.func import level
from autograd_viz.torch.utils import checkpoint

from .test_engine import unknown

Place = tuple[str, str, int, str]  # function, file and line, instruction, event
Program = Callable[[], Any]

# --- what must hold afterwards ----------------------------------------------------------------------------------------


def modes_now() -> dict[str, Any]:
    """Everything that an interrupted program could have left switched."""
    mode = modes.mode
    names = [name for name in vars(type(mode)) if not name.startswith("_")]
    return {
        **{name: getattr(mode, name) for name in names},
        "special": list(modes.special),
        "level": level._active.level,
        "early stop": checkpoint._early_stop,
        "numpy": np.geterr(),
        "listeners": list(events.listeners),
        "dtype": torch.get_default_dtype(),
        "printing": printing.get_printoptions(),
    }


def check_log(seen: list[events.Event]) -> None:
    """Each backward that was told to begin is told to end, and nothing is mentioned that was not introduced."""
    begun = Counter(event.call for event in seen if isinstance(event, events.BackwardStarted))
    ended = Counter(event.call for event in seen if isinstance(event, events.BackwardFinished | events.BackwardFailed))
    assert begun.keys() == ended.keys(), (begun, ended)
    assert unknown(seen) == []


def check_next_program() -> None:
    """Forward, backward, a second derivative and a Function, after whatever happened."""
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = (x * x).exp_().log()
    (g,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    (g * x).sum().backward()
    assert x.grad.tolist() == pytest.approx([4.0, 8.0])
    twice = Twice.apply(x)
    twice.sum().backward()
    assert x.grad.tolist() == pytest.approx([6.0, 10.0])
    assert not (x / 0).isnan().any()


class Twice(torch.autograd.Function):
    """A Function as most are written."""

    @staticmethod
    def forward(ctx: Any, a: Any) -> Any:
        ctx.save_for_backward(a)
        return a * 2

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        ctx.saved_tensors
        return g * 2


class Thrice(torch.autograd.Function):
    """A Function that works under `torch.func`."""

    generate_vmap_rule = True

    @staticmethod
    def forward(a: Any) -> Any:
        return a * 3

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        ctx.save_for_backward(output)

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        return g * 3


# --- small programs, which together go through everything ---------------------------------------------------------------


def leaves() -> tuple[Any, Any]:
    return torch.tensor([1.0, 2.0, 3.0], requires_grad=True), torch.tensor([[0.5], [1.5]], requires_grad=True)


def operations() -> None:
    x, w = leaves()
    (x * w).exp().sum().backward()


def views() -> None:
    x, _ = leaves()
    (x[1:] * x.view(3, 1)[:2, 0]).sum().backward()


def several_results() -> None:
    x, _ = leaves()
    x.sort().values[0].backward()


def lists() -> None:
    x, _ = leaves()
    torch.cat([x, x]).max().backward()


def matrices() -> None:
    x, w = leaves()
    (w @ x.unsqueeze(0)).relu().mean().backward()


def a_graph_of_the_gradients() -> None:
    x, w = leaves()
    (g,) = torch.autograd.grad((x * w).exp().sum(), x, create_graph=True)
    g.sum().backward(retain_graph=True, inputs=[x])


def in_place() -> None:
    x, w = leaves()
    h = x * w
    h.mul_(3)
    h[0].mul_(2)
    h += 1
    h[:, 1] = x[0]
    h.unsqueeze_(0)
    h.exp_().sum().backward()
    with torch.no_grad():
        x.sub_(x.grad)
        x.grad.zero_()


def hooks() -> None:
    x, w = leaves()
    h = x * w
    h.register_hook(lambda g: g * 2)
    h.retain_grad()
    h.grad_fn.register_prehook(lambda o: o)
    h.grad_fn.register_hook(lambda i, o: i)
    x.register_post_accumulate_grad_hook(lambda t: None)
    torch.autograd.graph.register_multi_grad_hook((h, x), lambda gs: None)
    h.exp().sum().backward()


def saved_tensors_hooks() -> None:
    x, w = leaves()
    with torch.autograd.graph.saved_tensors_hooks(lambda t: t * 1, lambda t: t), torch.autograd.graph.save_on_cpu():
        loss = (x * w).exp().sum()
    loss.backward()
    with torch.autograd.graph.allow_mutation_on_saved_tensors():
        h = x.exp()
        h.mul_(2)
        (h * h).sum().backward()
    with torch.autograd.graph.disable_saved_tensors_hooks("no"):
        x.exp()


def functions() -> None:
    x, w = leaves()
    (Twice.apply(x) * Thrice.apply(w)).sum().backward()
    (g,) = torch.autograd.grad((Twice.apply(x) * x).sum(), x, create_graph=True)
    g.sum().backward()


def checkpoints() -> None:
    x, w = leaves()
    for old in (False, True):
        with torch.utils.checkpoint.set_checkpoint_early_stop(not old):
            torch.utils.checkpoint.checkpoint(lambda a, b: (a * b).exp(), x, w, use_reentrant=old).sum().backward()


def jacobian() -> None:
    torch.autograd.functional.jacobian(lambda a: a * a, torch.ones(2))


def second_derivatives() -> None:
    torch.autograd.functional.hvp(lambda a: (a * a).sum(), torch.ones(2), torch.ones(2))


def func_grad() -> None:
    torch.func.grad(lambda a: (Thrice.apply(a) * a).sum())(torch.ones(2))


def func_vmap() -> None:
    torch.func.vmap(lambda a: Thrice.apply(a))(torch.ones(2))


def func_jvp() -> None:
    torch.func.jvp(lambda a: a * a, (torch.ones(2),), (torch.ones(2),))


def functional_call() -> None:
    torch.func.functional_call(MODEL, {"bias": torch.zeros(1)}, (torch.ones(2),))


MODEL = torch.nn.Linear(2, 1)


def modules() -> None:
    model = torch.nn.Sequential(torch.nn.Linear(2, 1), torch.nn.Dropout(0.5))
    model.register_forward_hook(lambda m, i, o: None)
    model.register_full_backward_hook(lambda m, i, o: None)
    model(torch.ones(1, 2)).sum().backward()


def optimizers() -> None:
    x, _ = leaves()
    optimizer = torch.optim.Adam([x], lr=0.1)

    def closure() -> Any:
        optimizer.zero_grad()
        loss = (x * x).sum()
        loss.backward()
        return loss

    optimizer.step(closure)


def switches() -> None:
    x, w = leaves()
    with torch.no_grad(), torch.enable_grad(), torch.set_grad_enabled(False):
        x * w
    with torch.inference_mode():
        x * w
    with torch.autograd.set_detect_anomaly(True):
        (x * w).sum().backward()
    torch.no_grad()(lambda: x * w)()
    with torch.random.fork_rng():
        torch.rand(2)
    str(x)


PROGRAMS: list[Program] = [
    operations, views, several_results, lists, matrices, func_jvp, functional_call, hooks, func_vmap, func_grad, second_derivatives,
    jacobian, a_graph_of_the_gradients, functions, checkpoints, saved_tensors_hooks, switches, in_place, modules, optimizers,
]  # fmt: skip

# --- interrupting -----------------------------------------------------------------------------------------------------

FILES = (str(Path(events.__file__).parent), "<compiled", contextlib.__file__)


class Places:
    """Where a signal's handler may run in our files, as Python's `sys.settrace` tells instruction by instruction.

    `at`: raise KeyboardInterrupt when this place is reached for that time.
    """

    def __init__(self, at: tuple[Place, int] | None = None) -> None:
        self.met: Counter[Place] = Counter()
        self.at = at
        self.callers: set[int] = set()  # frames that have called a Python function: on the return from that, nobody looks for signals

    def __enter__(self) -> Places:
        sys.settrace(self.entered)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(None)

    def entered(self, frame: Any, event: str, arg: Any) -> Any:
        self.callers.add(id(frame.f_back))
        code = frame.f_code
        if not code.co_filename.startswith(FILES):
            return None
        if not code.co_flags & inspect.CO_GENERATOR:  # (its last start is its end, which is no place for an exception)
            self.reached(frame, "call")
        frame.f_trace_lines, frame.f_trace_opcodes = False, True
        here, after = id(frame), places_after(code)
        before = 0

        def step(frame: Any, event: str, arg: Any) -> Any:
            nonlocal before
            if event == "opcode":
                kind, before = after.get((before, frame.f_lasti)) or after.get(before), frame.f_lasti
                if kind and not (kind == "called" and here in self.callers):
                    self.reached(frame, kind)
                self.callers.discard(here)
            return step

        return step

    def reached(self, frame: Any, event: str) -> None:
        code = frame.f_code
        if code.co_qualname == "make_unusual.<locals>.<lambda>":  # what a weak reference calls: Python prints an exception, and goes on
            return
        place = (code.co_qualname, f"{Path(code.co_filename).name}:{frame.f_lineno}", frame.f_lasti, event)
        self.met[place] += 1
        if self.at == (place, self.met[place]):
            self.at = None
            raise KeyboardInterrupt


@cache
def places_after(code: CodeType) -> dict[Any, str]:
    """The instructions (their offsets) after which Python looks for signals: calls, and jumps back, as pairs with where they jump to.

    Not those that end a `try`: whoever is interrupted after them, here, would be so a little later than in truth, outside of it.
    """
    found: dict[Any, str] = {}
    tried = dis._parse_exception_table(code)  # type: ignore[attr-defined]

    def handler(offset: int) -> Any:
        return next((entry.target for entry in reversed(tried) if entry.start <= offset < entry.end), None)

    steps = [step for step in dis.get_instructions(code) if step.opname != "CACHE"]
    for step, following in itertools.pairwise(steps):
        if step.opname.startswith("CALL") and "INTRINSIC" not in step.opname and handler(step.offset) == handler(following.offset):
            found[step.offset] = "called"
        elif "JUMP_BACKWARD" in step.opname:
            found[step.offset, step.argval] = "turn"
    return found


def interrupted(program: Program, places: Places, seen: list[events.Event] | None = None) -> None:
    """The program, interrupted where `places` says; with a listener if there is a list for what it hears."""
    with contextlib.suppress(KeyboardInterrupt), contextlib.ExitStack() as stack:
        if seen is not None:
            stack.enter_context(events.listening(seen.append))
        with places:
            program()


def met(program: Program, listened: bool = False) -> Counter[Place]:
    """How often a program comes to each place."""
    for _ in range(3):  # what is made only once (compiled operations, places in the source) is made now
        interrupted(program, places := Places(), [] if listened else None)
    return places.met


def all_places(program: Program, listened: bool = False) -> Iterator[tuple[Place, int]]:
    """The first time and the last that a program comes to each place (with a listener, only the last)."""
    for place, times in met(program, listened).items():
        for time_ in {times} if listened else sorted({1, times}):
            yield place, time_


def is_beyond_us(place: Place) -> bool:
    """Just before a block's `__exit__` begins, or after its constructor has switched, Python offers nothing; so it is in PyTorch."""
    name, file, _, event = place
    return event == "call" and (name.endswith("__exit__") or name.startswith("set_") or file.startswith("contextlib.py"))


def reset(before: dict[str, Any]) -> None:
    """Put the modes back, so that one failure is not all that follow."""
    for name in vars(type(modes.mode)):
        if not name.startswith("_"):
            setattr(modes.mode, name, before[name])
    modes.special.clear()
    checkpoint._early_stop = level._active.level = None
    np.seterr(**before["numpy"])
