"""What the exercises call right is what the real PyTorch does: each table of answers is asked of it, row by row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from autograd_viz.classroom.checking import exercises


def right(name: str) -> Any:
    return exercises()[name].solution()


def leaf(torch: Any) -> Any:
    return torch.tensor([1.0, 2.0, 3.0], requires_grad=True)


def test_what_saves_how_many_tensors(real_torch: Any) -> None:
    a, b = leaf(real_torch), leaf(real_torch)

    def saved(result: Any) -> int:
        fields = (getattr(result.grad_fn, name) for name in dir(result.grad_fn) if name.startswith("_saved"))
        return sum(isinstance(field, real_torch.Tensor) for field in fields)

    assert [saved(result) for result in (a + b, a * b, -a, real_torch.exp(a), a - b)] == right("02 warm-up")


def test_what_can_go_backward_twice(real_torch: Any) -> None:
    made = {"-x": lambda x: -x, "x * 2": lambda x: x * 2, "x - 5": lambda x: x - 5}
    made |= {"x.exp()": lambda x: x.exp(), "x * x": lambda x: x * x, "x.mean()": lambda x: x.mean()}

    def twice(function: Callable[[Any], Any]) -> bool:
        total = function(leaf(real_torch)).sum()
        total.backward()
        try:
            total.backward()
        except RuntimeError:
            return False
        return True

    assert {name: twice(function) for name, function in made.items()} == right("03 warm-up")


def test_constants_leaves_and_non_leaves(real_torch: Any) -> None:
    torch, x, w = real_torch, real_torch.ones(3), leaf(real_torch)
    with torch.no_grad():
        unrecorded = w * 3
    tensors = [torch.ones(2, requires_grad=True), x * 2, w * 2, w.detach(), w.clone(), w.double(), w.float()]
    tensors += [torch.zeros(2).requires_grad_(), torch.nn.Parameter(x * 2), w > 0, w[0], unrecorded]
    kinds = ["non-leaf" if not each.is_leaf else "leaf" if each.requires_grad else "constant" for each in tensors]
    assert kinds == list(right("05 warm-up").values())


def test_what_is_followed_when_w_is_frozen(real_torch: Any) -> None:
    w, b = real_torch.ones(3), leaf(real_torch)
    with real_torch.no_grad():
        off = b * 2
        with real_torch.enable_grad():
            on = b * 2
    results = [w * 2, w * b, (w * b).detach(), off, on, b.detach() + b, real_torch.nn.Dropout(0.5).eval()(b)]
    assert [result.requires_grad for result in results] == list(right("06 warm-up").values())


def changed(x: Any, torch: Any, through: str = "") -> Any:
    """x, after 1 was added in place: through .data, or unrecorded."""
    if through:
        getattr(x, through).add_(1)
        return x
    with torch.no_grad():
        return x.add_(1)


def overwritten(y: Any) -> Any:
    y[0] = 5.0
    return y


def zeroed(y: Any, memory: Any) -> Any:
    memory.zero_()
    return y


def then(y: Any, *_: Any) -> Any:
    return y


@pytest.mark.parametrize("snippet", list("ABCDEFGHIJ"))
def test_ten_changes_in_place(real_torch: Any, snippet: str) -> None:
    torch = real_torch
    made: dict[str, Callable[[Any], Any]] = {
        "A": lambda x: (x * 2).add_(1),
        "B": lambda x: x.exp().add_(1),
        "C": lambda x: overwritten(x * 2),
        "D": lambda x: zeroed(y := x.sigmoid(), y.data),
        "E": lambda x: zeroed(y := x.sigmoid(), y.detach()),
        "F": lambda x: x.add_(1) * 2,
        "G": lambda x: x.cos().mul_(3),
        "H": lambda x: then(x * x, changed(x, torch)),
        "I": lambda x: then(x * x, changed(x, torch, "data")),
        "J": lambda x: changed(x, torch) * x,
    }
    x = leaf(torch)
    values = x.detach().clone()
    wanted = {"A": values * 0 + 2, "C": torch.tensor([0.0, 2, 2]), "D": values.sigmoid() * (1 - values.sigmoid())}
    wanted |= {"G": -3 * values.sin(), "I": 2 * values, "J": 2 * (values + 1)}
    try:
        made[snippet](x).sum().backward()
        verdict = "fine" if torch.allclose(x.grad, wanted[snippet]) else "wrong"
    except RuntimeError:
        verdict = "error"
    assert verdict == right("08 core")[snippet]


def test_the_versions_of_views_and_copies(real_torch: Any) -> None:
    a = leaf(real_torch) * 2
    b, c, d = a[0], a.clone(), a.detach()
    a.add_(1)
    b.zero_()
    assert [each._version for each in (a, b, c, d)] == right("08 warm-up")
