"""How long forward + backward takes: ours, PyTorch, mygrad and numpy by hand, interleaved in one process and one thread.

    python benchmarks/engine.py [rounds] [loop]

(A) 5x3 matmul + add + BCE-with-logits   (B) a chain of 1,000 operations on a number   (C) an MLP 2-16-16-1 step on 100 points.
Each round runs every library on every program, 1 to 4 ms of it (ours), or `loop` times as long: in a long loop the processor's caches
hold all that a library is, which helps PyTorch most. The figure is the median over the rounds, of the time that the process had a
processor. Peers that are not installed are left out.
Nothing here is a test: a machine's mood is no defect.
"""

from __future__ import annotations

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

import datetime
import gc
import itertools
import platform
import statistics
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import numpy as np

Program = Callable[[], object]
rng = np.random.default_rng(0)
X = rng.normal(size=(100, 2)).astype(np.float32)
Y = (X[:, :1] * X[:, 1:] > 0).astype(np.float32)
SIZES = ((2, 16), (16, 16), (16, 1))
WEIGHTS = [(rng.normal(size=shape).astype(np.float32) / 2, np.zeros(shape[1], np.float32)) for shape in SIZES]
W, B = rng.normal(size=(5, 3)).astype(np.float32), np.zeros(3, np.float32)
CHAIN = 1000


def torch_like(torch: Any) -> dict[str, Program]:
    """The three programs as PyTorch writes them."""
    functional = torch.nn.functional
    x, y = torch.ones(5), torch.zeros(3)
    w, b = torch.tensor(W, requires_grad=True), torch.tensor(B, requires_grad=True)
    s = torch.tensor(1.0, requires_grad=True)
    points, labels = torch.tensor(X), torch.tensor(Y)
    layers = [(torch.tensor(a, requires_grad=True), torch.tensor(c, requires_grad=True)) for a, c in WEIGHTS]

    def matmul_bce() -> object:
        w.grad = b.grad = None
        loss = functional.binary_cross_entropy_with_logits(x @ w + b, y)
        loss.backward()
        return w.grad

    def chain() -> object:
        s.grad = None
        z = s
        for _ in range(CHAIN // 2):
            z = z * s + s
        z.backward()
        return s.grad

    def mlp() -> object:
        h = points
        for a, c in layers[:-1]:
            h = torch.relu(h @ a + c)
        a, c = layers[-1]
        loss = functional.binary_cross_entropy_with_logits(h @ a + c, labels)
        loss.backward()
        for pair in layers:
            for p in pair:
                p.grad = None
        return loss

    return {"A": matmul_bce, "B": chain, "C": mlp}


def mygrad() -> dict[str, Program]:
    """The same in mygrad, its memory guard off."""
    import mygrad as mg
    from mygrad.nnet.activations import relu

    mg.turn_memory_guarding_off()
    w, b, s = mg.tensor(W), mg.tensor(B), mg.tensor(np.float32(1))
    x, y = np.ones(5, np.float32), np.zeros(3, np.float32)
    layers = [(mg.tensor(a), mg.tensor(c)) for a, c in WEIGHTS]

    def bce(z: Any, t: Any) -> Any:
        return mg.mean((1 - t) * z + mg.logaddexp(np.float32(0), -z))

    def matmul_bce() -> object:
        bce(x @ w + b, y).backward()
        return w.grad

    def chain() -> object:
        z = s
        for _ in range(CHAIN // 2):
            z = z * s + s
        z.backward()
        return s.grad

    def mlp() -> object:
        h = X
        for a, c in layers[:-1]:
            h = relu(h @ a + c)
        a, c = layers[-1]
        bce(h @ a + c, Y).backward()
        return layers[0][0].grad

    return {"A": matmul_bce, "B": chain, "C": mlp}


def by_hand() -> dict[str, Program]:
    """The same in numpy, gradients worked out on paper."""
    x, y = np.ones(5, np.float32), np.zeros(3, np.float32)

    def bce(z: Any, t: Any) -> Any:
        e = np.exp(-np.abs(z))
        return ((1 - t) * z - np.minimum(z, 0) + np.log1p(e)).mean(), (np.where(z >= 0, 1 / (1 + e), e / (1 + e)) - t) / np.float32(z.size)

    def matmul_bce() -> object:
        _, gradient = bce(x @ W + B, y)
        return np.outer(x, gradient), gradient

    def chain() -> object:
        s = z = np.float32(1)
        values = []
        for _ in range(CHAIN // 2):
            values.append(z)
            z = z * s + s
        gradient, total = np.float32(1), np.float32(0)
        for value in reversed(values):
            total += gradient * value + gradient
            gradient = gradient * s
        return total + gradient

    def mlp() -> object:
        inputs, h = [], X
        for a, c in WEIGHTS[:-1]:
            inputs.append(h)
            h = np.maximum(h @ a + c, 0)
        a, c = WEIGHTS[-1]
        _, gradient = bce(h @ a + c, Y)
        found = [(h.T @ gradient, gradient.sum(0))]
        gradient = gradient @ a.T
        for before, (a, _) in zip(reversed(inputs), reversed(WEIGHTS[:-1]), strict=True):
            gradient = gradient * (h > 0)
            found.append((before.T @ gradient, gradient.sum(0)))
            gradient, h = gradient @ a.T, before
        return found

    return {"A": matmul_bce, "B": chain, "C": mlp}


def libraries() -> dict[str, dict[str, Program]]:
    """Whatever is installed."""
    from autograd_viz import torch as ours

    found = {"autograd_viz": torch_like(ours)}
    try:
        import torch

        torch.set_num_threads(1)
        found["torch"] = torch_like(torch)
    except ImportError:
        pass
    try:
        found["mygrad"] = mygrad()
    except ImportError:
        pass
    return {**found, "numpy by hand": by_hand()}


def recorded(program: Program) -> Program:
    """The program with somebody listening."""
    from autograd_viz import events

    def run() -> None:
        seen: list[events.Event] = []
        with events.listening(seen.append):
            program()

    return run


def main() -> None:
    rounds, loop = (int(given) if given else usual for given, usual in itertools.zip_longest(sys.argv[1:3], (200, 1)))
    found = libraries()
    found["autograd_viz, recorded"] = {key: recorded(program) for key, program in found["autograd_viz"].items()}
    times: dict[tuple[str, str], list[float]] = {(name, key): [] for name in found for key in "ABC"}
    repeat = {"A": 20 * loop, "B": loop, "C": 5 * loop}
    gc.collect()
    gc.freeze()  # nobody should pay for the garbage collector's walks over what the other libraries have loaded
    for turn in range(rounds + 3):
        for (name, key), spent in times.items():
            program = found[name][key]
            start = time.process_time()
            for _ in range(repeat[key]):
                program()
            if turn >= 3:
                spent.append((time.process_time() - start) / repeat[key])
    installed = {name: version(name) for name in ("numpy", "torch", "mygrad") if name in found or name == "numpy"}
    print(f"{datetime.date.today()}, Python {platform.python_version()}, {installed}, {rounds} rounds of {repeat} runs, medians\n")
    print(f"| {'':22} | A us | B us | C us | A | B | C |\n|---|---|---|---|---|---|---|")
    middle = {pair: statistics.median(spent) * 1e6 for pair, spent in times.items()}
    for name in found:
        row = [middle[name, key] for key in "ABC"]
        ratio = [f"{middle[name, key] / middle['torch', key]:.2f}" if "torch" in found else "" for key in "ABC"]
        print(f"| {name:22} | {' | '.join(f'{t:.1f}' for t in row)} | {' | '.join(ratio)} |")


if __name__ == "__main__":
    main()
