"""`LBFGS`: a step that also knows, from the last gradients, how the gradient changes from place to place.

It multiplies the gradient by an estimate of the inverse of the second derivatives, which is never written down: the last `history_size`
steps s, and the changes y of the gradient along them, are enough to apply it.  (Nocedal, 1980)  One `step` is many iterations, and so it
calls the closure many times.

Read next: `lr_scheduler/base.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd_viz.torch.modes import enable_grad, no_grad
from autograd_viz.torch.ops.creation import zeros_like
from autograd_viz.torch.ops.joining import cat
from autograd_viz.torch.ops.pointwise import mul
from autograd_viz.torch.optim.line_search import strong_wolfe
from autograd_viz.torch.optim.optimizer import Optimizer, Parameters, check, number

__all__ = ["LBFGS"]


class LBFGS(Optimizer):
    """LBFGS, for one group of parameters. `step(closure)` stops after max_iter iterations, or when hardly anything changes."""

    def __init__(
        self, params: Parameters, lr: Any = 1, max_iter: int = 20, max_eval: int | None = None, tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9, history_size: int = 100, line_search_fn: str | None = None,
    ) -> None:  # fmt: skip
        check(lr)
        defaults = {
            "lr": lr, "max_iter": max_iter, "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
            "tolerance_grad": tolerance_grad, "tolerance_change": tolerance_change, "history_size": history_size,
            "line_search_fn": line_search_fn,
        }  # fmt: skip
        super().__init__(params, defaults)
        if len(self.param_groups) != 1:
            raise ValueError("LBFGS doesn't support per-parameter options (parameter groups)")
        self._params = self.param_groups[0]["params"]

    def _gradient(self) -> Any:
        """All gradients as one vector."""
        gradients: list[Any] = [zeros_like(p) if p.grad is None else p.grad for p in self._params]
        return cat([gradient.view(-1) for gradient in gradients])

    def _move(self, t: Any, direction: Any) -> None:
        start = 0
        for p in self._params:
            p.add_(direction[start : start + p.numel()].view_as(p), alpha=t)
            start += p.numel()

    def _evaluate(self, closure: Callable[[], Any], places: list[Any], t: Any, direction: Any) -> tuple[float, Any]:
        """The loss and the gradient after a step, which is taken back."""
        self._move(t, direction)
        loss = float(number(closure()))
        gradient = self._gradient()
        for p, place in zip(self._params, places, strict=True):
            p.copy_(place)
        return loss, gradient

    def step(self, closure: Callable[[], Any]) -> Any:  # type: ignore[override]
        """Up to max_iter iterations.  -> the loss before the first."""
        with no_grad():
            return self._step(enable_grad()(closure))

    def _step(self, closure: Callable[[], Any]) -> Any:
        group, state = self.param_groups[0], self.state[self._params[0]]
        most, flat, still = group["max_iter"], group["tolerance_grad"], group["tolerance_change"]
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)
        at_first = closure()
        loss, gradient = float(number(at_first)), self._gradient()
        evaluations = 1
        state["func_evals"] += 1
        if gradient.abs().max() <= flat:
            return at_first
        for k in range(1, most + 1):
            state["n_iter"] += 1
            d = self._direction(state, gradient, group["history_size"])
            before = state["prev_loss"] = loss
            state["prev_flat_grad"] = gradient.clone()
            t = number(group["lr"])
            if state["n_iter"] == 1:
                t = min(1.0, 1.0 / gradient.abs().sum()) * t
            slope = gradient.dot(d)
            state["d"], state["t"] = d, t
            if slope > -still:
                break
            tried = 0
            if group["line_search_fn"] is not None:
                if group["line_search_fn"] != "strong_wolfe":
                    raise RuntimeError("only 'strong_wolfe' is supported")
                places = [p.clone() for p in self._params]

                def after(t: Any, places: list[Any] = places, d: Any = d) -> tuple[float, Any]:
                    return self._evaluate(closure, places, t, d)

                loss, gradient, t, tried = strong_wolfe(after, t, d, loss, gradient, slope, group["max_eval"] - evaluations)
                self._move(t, d)
            else:
                self._move(t, d)
                if k != most:
                    loss = float(number(closure()))
                    gradient, tried = self._gradient(), 1
            state["t"] = t
            evaluations += tried
            state["func_evals"] += tried
            if evaluations >= group["max_eval"] or gradient.abs().max() <= flat:
                break
            if d.mul(t).abs().max() <= still or abs(loss - before) < still:
                break
        return at_first

    def _direction(self, state: dict[str, Any], gradient: Any, size: int) -> Any:
        """Minus the gradient, times the estimated inverse of the second derivatives."""
        if state["n_iter"] == 1:
            state["old_dirs"], state["old_stps"], state["ro"], state["H_diag"] = [], [], [], 1
            return gradient.neg()
        y, s = gradient.sub(state["prev_flat_grad"]), state["d"].mul(state["t"])
        changes, steps, factors = state["old_dirs"], state["old_stps"], state["ro"]
        ys = y.dot(s)
        if ys > 1e-10:
            if len(changes) == size:
                for kept in (changes, steps, factors):
                    kept.pop(0)
            changes.append(y)
            steps.append(s)
            factors.append(1.0 / ys)
            state["H_diag"] = ys / y.dot(y)
        shares = [None] * len(changes)
        q = gradient.neg()
        for i in reversed(range(len(changes))):
            shares[i] = steps[i].dot(q) * factors[i]
            q.add_(changes[i], alpha=-shares[i])  # type: ignore[operator]
        r: Any = mul(q, state["H_diag"])
        for i in range(len(changes)):
            r.add_(steps[i], alpha=shares[i] - changes[i].dot(r) * factors[i])
        return r
