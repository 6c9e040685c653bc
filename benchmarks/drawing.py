"""How long a picture takes and how large it is, side by side with torchviz, interleaved in one process and one thread.

    python benchmarks/drawing.py [rounds]

Each round draws every program once with each. Ours: from the recorded events to picture, SVG and play (as the JSON that a notebook
stores, a big one packed); steps, ledger, backward and text included. torchviz: `make_dot(loss).pipe("svg")`, its usual way, which starts
`dot`; how long `dot` then works is the greater part. (Not by pygraphviz in this process: version 2.0.4 crashes on torchviz's labels when
it frees a layout. Ours has none.) Medians of the time that a processor worked, also in `dot`. torchviz is left out where it, PyTorch or
`dot` is not installed, and for the programs that keep it busy for minutes. Nothing here is a test: a machine's mood is no defect.
"""

from __future__ import annotations

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

import cProfile
import datetime
import json
import platform
import pstats
import resource
import statistics
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

Draw = Callable[[], object]


# --- what is drawn: written once, for our torch and for the real one --------------------------------------------------


def chain(torch: Any, ops: int = 100) -> Any:
    """A chain of multiplications and additions, with ten weights."""
    z = torch.ones(3, requires_grad=True)
    weights = [torch.full((3,), 1 + i / 10, requires_grad=True) for i in range(10)]
    for i in range(ops - 1):
        z = z * weights[i * 10 // ops] if i % 2 else z + weights[i * 10 // ops]
    return z.sum()


def mixed(torch: Any, pairs: int = 50) -> Any:
    """A hundred operations of many kinds that cross each other: nothing to fold."""
    xs = [torch.full((2, 3), 0.1 + i / 10, requires_grad=True) for i in range(6)]
    kinds = ("exp", "tanh", "sigmoid", "relu", "sin", "cos", "neg")
    for i in range(pairs):
        a, b = xs[-1], xs[-2 - i % 5]
        xs.append(getattr(a + b if i % 2 else a * b, kinds[i % 7])())
    return xs[-1].mean()


def wide(torch: Any, deep: int = 20) -> Any:
    """A hundred operations, five side by side, each of two of the layer before."""
    kinds = ("mul", "add", "maximum", "sub", "minimum", "hypot", "atan2")
    row = [torch.full((2, 3), 0.3 + i / 10, requires_grad=True) for i in range(5)]
    for layer in range(deep):
        row = [getattr(torch, kinds[(layer * layer + 3 * i) % 7])(row[i], row[(i + 1 + layer % 3) % 5]) for i in range(5)]
    return sum(row).mean()


def layers(torch: Any, deep: int = 33) -> Any:
    """An MLP of 33 layers: matmul, add, relu."""
    h = torch.ones(4, 3)
    for i in range(deep):
        h = (h @ torch.full((3, 3), 0.1 + i / 99, requires_grad=True) + torch.zeros(3, requires_grad=True)).relu()
    return h.sum()


def fan(torch: Any) -> Any:
    """One weight, used 200 times."""
    w = torch.full((3,), 0.5, requires_grad=True)
    z = w * 1
    for _ in range(200):
        z = z * w
    return z.sum()


SMALL = {"chain of 100": chain, "100 mixed": mixed, "100, five side by side": wide, "MLP of 100": layers}
LARGE = {
    "MLP of 5,000": lambda torch: layers(torch, 1667),
    "one weight 200 times": fan,
    "chain of 1,000": lambda torch: chain(torch, 1000),
    "1,000 mixed": lambda torch: mixed(torch, 500),
}


# --- the two ways to draw ---------------------------------------------------------------------------------------------


def recorded(program: Callable[[Any], Any]) -> Any:
    """What happens in a cell that runs the program and its backward."""
    import autograd_viz as av
    from autograd_viz import torch

    with av.record("cell [1]") as recording:
        program(torch).backward()
    return recording


def ours(recording: Any) -> dict[str, Draw]:
    """The parts of a drawing; together, what one of our pictures costs."""
    from autograd_viz.draw import draw_recording
    from autograd_viz.draw.packed import stored

    made: dict[str, Any] = {}
    return {
        "picture": lambda: made.update(picture=draw_recording(recording)),
        "SVG": lambda: made["picture"].svg(),
        "play": lambda: json.dumps(stored(made["picture"].play()), separators=(",", ":")),
    }


def theirs(program: Callable[[Any], Any]) -> Draw | None:
    """torchviz's picture of the same graph."""
    try:
        import torch
        from torchviz import make_dot
    except ImportError:
        return None
    torch.set_num_threads(1)
    root = program(torch)
    return lambda: make_dot(root).pipe("svg")


# --- figures ----------------------------------------------------------------------------------------------------------


def spent(run: Draw) -> float:
    start = worked()
    run()
    return (worked() - start) * 1e3


def worked() -> float:
    """Seconds of a processor's time that this process and those that it started have had."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def race(rounds: int) -> None:
    parts = {name: ours(recorded(program)) for name, program in SMALL.items()}
    peers = {name: theirs(program) for name, program in SMALL.items()}
    times: dict[tuple[str, str], list[float]] = {}
    for turn in range(rounds + 3):
        for name in SMALL:
            took = {part: spent(run) for part, run in parts[name].items()}
            if (peer := peers[name]) is not None:
                took["torchviz"] = spent(peer)
            for part, ms in took.items():
                if turn >= 3:
                    times.setdefault((name, part), []).append(ms)
    print("| drawn | picture ms | SVG ms | play ms | together ms | torchviz ms | ratio |\n|---|---|---|---|---|---|---|")
    for name in SMALL:
        picture, svg, play = (statistics.median(times[name, part]) for part in ("picture", "SVG", "play"))
        total = picture + svg + play
        peer_ms = statistics.median(times.get((name, "torchviz"), [float("nan")]))
        print(f"| {name} | {picture:.1f} | {svg:.1f} | {play:.1f} | {total:.1f} | {peer_ms:.1f} | {total / peer_ms:.2f} |")


def weigh() -> None:
    """Bytes of a cell's output, and of the page; and the time for the large ones."""
    from autograd_viz.draw import draw_recording
    from autograd_viz.draw.packed import stored

    heads = ("drawn", "boxes", "steps", "play kB", "stored kB", "SVG kB", "text kB", "a cell's output kB", ".html() kB", "ms")
    print(f"\n| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
    for name, program in {**SMALL, **LARGE}.items():
        recording = recorded(program)
        start = worked()
        picture = draw_recording(recording)
        play, svg = picture.play(), picture.svg()
        ms = (worked() - start) * 1e3
        plain, *sizes = (len(json.dumps(each, separators=(",", ":"))) for each in (play, stored(play), svg, picture.text()))
        numbers = [plain, *sizes, sum(sizes), len(picture.html().encode())]
        print(f"| {name} | {len(play['boxes'])} | {len(play['steps'])} | {' | '.join(f'{n / 1000:.0f}' for n in numbers)} | {ms:.0f} |")


def profile() -> None:
    """Where our time goes: python benchmarks/drawing.py profile"""
    runs = ours(recorded(mixed))
    profiler = cProfile.Profile()
    for _ in range(20):
        for run in runs.values():
            profiler.runcall(run)
    pstats.Stats(profiler).sort_stats("tottime").print_stats(25)


def main() -> None:
    if sys.argv[1:] == ["profile"]:
        return profile()
    installed = {}
    for name in ("pygraphviz", "torch", "torchviz"):
        try:
            installed[name] = version(name)
        except ImportError:
            installed[name] = "not installed"
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    print(f"{datetime.date.today()}, Python {platform.python_version()}, {installed}, {rounds} rounds, medians\n")
    race(rounds)
    weigh()


if __name__ == "__main__":
    main()
