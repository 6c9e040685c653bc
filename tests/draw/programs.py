"""Small programs that show everything there is to draw; `test_golden.py` keeps what is said of each."""

from __future__ import annotations

import contextlib
import itertools
from typing import Any

from autograd_viz import torch

nn, F = torch.nn, torch.nn.functional


def hooks() -> dict[str, Any] | None:
    """Hooks on a result, on a leaf's gradient and on a node."""
    w = torch.tensor([1.0, -2.0], requires_grad=True)
    h = w * 3
    h.register_hook(lambda g: g * 2)
    w.register_post_accumulate_grad_hook(lambda p: None)
    loss = (h * h).sum()
    loss.grad_fn.register_prehook(lambda g: None)
    loss.backward()
    return locals()


def inplace() -> dict[str, Any] | None:
    """A result changed in place, twice."""
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = x * 2
    y.mul_(3)
    y.add_(1)
    loss = y.sum()
    loss.backward()
    return locals()


def views() -> dict[str, Any] | None:
    """A view changed in place: CopySlices."""
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = x * 1
    v = y[1:]
    v.mul_(10)
    loss = (y * y).sum()
    loss.backward()
    return locals()


def several() -> dict[str, Any] | None:
    """Nodes with several outputs."""
    x = torch.tensor([[1.0, 5.0], [7.0, 3.0]], requires_grad=True)
    a, b = x.unbind(0)
    best, where = (a * b).max(0)
    loss = best + b.sum()
    loss.backward()
    return locals()


def double() -> dict[str, Any] | None:
    """A graph of the gradients."""
    x = torch.tensor(2.0, requires_grad=True)
    y = x**3
    (g,) = torch.autograd.grad(y, x, create_graph=True)
    (h,) = torch.autograd.grad(g, x)
    return locals()


class Exp(torch.autograd.Function):
    @staticmethod
    def forward(ctx, i):
        r = i.exp()
        ctx.save_for_backward(r)
        return r

    @staticmethod
    def backward(ctx, g):
        (r,) = ctx.saved_tensors
        return g * r


def custom() -> dict[str, Any] | None:
    """An operation of one's own."""
    x = torch.tensor([0.0, 1.0], requires_grad=True)
    y = Exp.apply(x)
    y.sum().backward()
    return locals()


def off() -> dict[str, Any] | None:
    """no_grad, inference_mode and detach."""
    x = torch.ones(3, requires_grad=True)
    with torch.no_grad():
        a = x * 2
    with torch.inference_mode():
        b = x * 3
    c = (x * a).sum()
    d = c.detach()
    return locals()


def retained() -> dict[str, Any] | None:
    """A gradient that is kept on a result."""
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    h = x * 2
    h.retain_grad()
    (h**2).sum().backward()
    return locals()


def nan() -> dict[str, Any] | None:
    """Where nan comes from."""
    x = torch.tensor([0.0, 4.0], requires_grad=True)
    y = (x.sqrt() * 0).sum() + (x / 0).sum() * 0
    y.backward()
    return locals()


def anomaly() -> dict[str, Any] | None:
    """Anomaly mode stops at the culprit."""
    x = torch.tensor([0.0, 4.0], requires_grad=True)
    with torch.autograd.set_detect_anomaly(True):
        y = (x.sqrt() * 0).sum()
        y.backward()
    return locals()


def training() -> dict[str, Any] | None:
    """Three steps of training."""
    torch.manual_seed(0)
    model = nn.Linear(2, 1)
    opt = torch.optim.SGD(model.parameters(), lr=0.1)
    x, y = torch.randn(4, 2), torch.randn(4, 1)
    for _ in range(3):
        opt.zero_grad()
        loss = F.mse_loss(model(x), y)
        loss.backward()
        opt.step()
    weight, bias = model.weight, model.bias
    del model, opt
    return locals()


def mlp() -> dict[str, Any] | None:
    """A small network."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 1))
    x, y = torch.randn(10, 2), torch.randn(10, 1)
    loss = F.mse_loss(model(x), y)
    loss.backward()
    return locals()


def chain() -> dict[str, Any] | None:
    """A loop of a hundred turns."""
    x = torch.tensor(1.0, requires_grad=True)
    y = x
    for _ in range(100):
        y = (y * 1.01).sin()
    y.backward()
    return locals()


def many_uses() -> dict[str, Any] | None:
    """One weight used sixty times."""
    w = torch.tensor(0.5, requires_grad=True)
    y = torch.zeros(())
    for i in range(60):
        y = y + w * i
    y.backward()
    return locals()


def partial() -> dict[str, Any] | None:
    """Gradients for some tensors only."""
    a = torch.tensor(2.0, requires_grad=True)
    b = torch.tensor(3.0, requires_grad=True)
    c = a * b
    d = c.sin() + b
    (ga,) = torch.autograd.grad(d, a, retain_graph=True)
    d.backward(inputs=[b])
    return locals()


def packed() -> dict[str, Any] | None:
    """Saved tensors behind hooks."""
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    with torch.autograd.graph.saved_tensors_hooks(lambda t: t.numpy(), lambda a: torch.from_numpy(a)):
        y = (x * x).exp()
    y.sum().backward()
    return locals()


def lattice() -> dict[str, Any] | None:
    """Every two neighbours meet."""
    w = [torch.tensor(0.1 * (i + 1), requires_grad=True) for i in range(6)]
    row = w
    while len(row) > 1:
        row = [(p * q).tanh() for p, q in itertools.pairwise(row)]
    row[0].backward()
    return locals()


def spoilt() -> dict[str, Any] | None:
    """A saved result is changed before its backward."""
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    e = x.exp()
    e.add_(1)
    e.sum().backward()


def twice() -> dict[str, Any] | None:
    """The second backward fails."""
    x = torch.tensor(3.0, requires_grad=True)
    y = 2 * x**2
    y.backward()
    y.backward()


def accumulate() -> dict[str, Any] | None:
    """Gradients add up, and are let go of."""
    x = torch.tensor(3.0, requires_grad=True)
    y = 2 * x**2
    y.backward(retain_graph=True)
    y.backward(retain_graph=True)
    x.grad = None
    y.backward()
    return locals()


def train100() -> dict[str, Any] | None:
    """A training loop of a hundred steps."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1))
    opt = torch.optim.SGD(model.parameters(), lr=0.1)
    x, y = torch.randn(4, 2), torch.randn(4, 1)
    for _ in range(100):
        opt.zero_grad()
        loss = F.mse_loss(model(x), y)
        loss.backward()
        opt.step()
    del model, opt
    return locals()


def deep() -> dict[str, Any] | None:
    """A deep network of modules."""
    torch.manual_seed(0)
    model = nn.Sequential(*[layer for i in range(14) for layer in (nn.Linear(2 + i, 3 + i), nn.Tanh())])
    x = torch.randn(4, 2)
    loss = model(x).sum()
    loss.backward()
    del model
    return locals()


def two_roots() -> dict[str, Any] | None:
    """backward of two results at once, with gradients given."""
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    a, b = x.exp(), x * 3
    torch.autograd.backward([a, b], [torch.ones(2), torch.tensor([1.0, 0.5])])
    return locals()


def indexed() -> dict[str, Any] | None:
    """Reading and writing by index."""
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = x * 2
    y[0] = 10.0
    z = y[[0, 2, 2]]
    z.sum().backward()
    return locals()


def shared() -> dict[str, Any] | None:
    """A leaf that is detached, and changed through what it was detached to."""
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = x * x
    z = x.detach()
    z.add_(1)
    with contextlib.suppress(RuntimeError):
        y.sum().backward()
    return locals()


def checkpointed() -> dict[str, Any] | None:
    """A part that is computed again in the backward."""
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = torch.utils.checkpoint.checkpoint(lambda t: (t * t).sin(), x, use_reentrant=False)
    y.sum().backward()
    return locals()


def broken_hooks() -> dict[str, Any] | None:
    """Hooks that raise: one on a result, one on a leaf after its gradient was added."""

    def spoil(_: Any) -> None:
        raise ValueError("my hook is broken")

    w = torch.tensor([1.0, 2.0], requires_grad=True)
    h = w * 3
    handle = h.register_hook(spoil)
    with contextlib.suppress(ValueError):
        h.sum().backward()
    handle.remove()
    w.register_post_accumulate_grad_hook(spoil)
    with contextlib.suppress(ValueError):
        (w * 2).sum().backward()
    return {"w": w, "h": h}


PROGRAMS = [
    hooks,
    inplace,
    views,
    several,
    double,
    custom,
    off,
    retained,
    nan,
    anomaly,
    training,
    mlp,
    chain,
    many_uses,
    partial,
    packed,
    lattice,
    spoilt,
    twice,
    accumulate,
    train100,
    deep,
    two_roots,
    indexed,
    shared,
    checkpointed,
    broken_hooks,
]
