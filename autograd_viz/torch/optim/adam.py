"""`Adam`, and `AdamW`: each element has a step size of its own, from the size of its last gradients.

    exp_avg    = beta1 * exp_avg    + (1 - beta1) * grad        an average of the gradients
    exp_avg_sq = beta2 * exp_avg_sq + (1 - beta2) * grad**2     and of their squares
    param     -= lr * (exp_avg / c1) / (sqrt(exp_avg_sq / c2) + eps)

Both averages start at 0 and are too small at first; c = 1 - beta**step makes up for it.  (Kingma and Ba, 2014)

Read next: `adaptive.py`.
"""

from __future__ import annotations

from typing import Any

from autograd_viz.torch.ops.piecewise import maximum
from autograd_viz.torch.optim.optimizer import Parameters, PerParameter, check, number, start_of
from autograd_viz.torch.tensor import Tensor

__all__ = ["Adam", "AdamW"]


class Adam(PerParameter):
    """Adam. `weight_decay` adds a share of the parameter to its gradient; `amsgrad` never lets exp_avg_sq shrink."""

    def __init__(
        self, params: Parameters, lr: Any = 1e-3, betas: tuple[Any, Any] = (0.9, 0.999), eps: float = 1e-8, weight_decay: float = 0,
        amsgrad: bool = False, *, foreach: bool | None = None, maximize: bool = False, capturable: bool = False,
        differentiable: bool = False, fused: bool | None = None, decoupled_weight_decay: bool = False,
    ) -> None:  # fmt: skip
        if isinstance(lr, Tensor) and foreach and not capturable:
            raise ValueError("lr as a Tensor is not supported for capturable=False and foreach=True")
        if not eps >= 0.0 and lr >= 0.0:
            raise ValueError(f"Invalid epsilon value: {eps}")
        check(lr, betas, weight_decay=("weight_decay", weight_decay))
        if not (all(isinstance(beta, float) for beta in betas) or all(isinstance(beta, Tensor) for beta in betas)):
            raise ValueError("betas must be either both floats or both Tensors")
        defaults = {
            "lr": lr, "betas": tuple(map(number, betas)), "eps": eps, "weight_decay": weight_decay, "amsgrad": amsgrad,
            "maximize": maximize, "foreach": foreach, "capturable": capturable, "differentiable": differentiable, "fused": fused,
            "decoupled_weight_decay": decoupled_weight_decay,
        }  # fmt: skip
        super().__init__(params, defaults)

    def _start(self, param: Any, group: dict[str, Any]) -> dict[str, Any]:
        return start_of(param, "exp_avg", "exp_avg_sq", *["max_exp_avg_sq"] * group["amsgrad"])

    def _update(self, param: Any, grad: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
        lr, (beta1, beta2), eps = number(group["lr"]), group["betas"], group["eps"]
        exp_avg, exp_avg_sq = state["exp_avg"], state["exp_avg_sq"]
        state["step"] += 1
        if group["weight_decay"] != 0:
            if group["decoupled_weight_decay"]:
                param.mul_(1 - lr * group["weight_decay"])
            else:
                grad = grad.add(param, alpha=group["weight_decay"])
        exp_avg.lerp_(grad, 1 - beta1)
        exp_avg_sq.mul_(beta2).addcmul_(grad, grad, value=1 - beta2)
        step = state["step"].item()
        correction1, correction2 = 1 - beta1**step, 1 - beta2**step
        if group["amsgrad"]:
            state["max_exp_avg_sq"].copy_(maximum(state["max_exp_avg_sq"], exp_avg_sq))
            exp_avg_sq = state["max_exp_avg_sq"]
        denom = (exp_avg_sq.sqrt() / correction2**0.5).add_(eps)
        param.addcdiv_(exp_avg, denom, value=-(lr / correction1))


class AdamW(Adam):
    """Adam whose weight decay does not pass through the averages: the parameter itself shrinks a little at each step."""

    def __init__(
        self, params: Parameters, lr: Any = 1e-3, betas: tuple[Any, Any] = (0.9, 0.999), eps: float = 1e-8, weight_decay: float = 1e-2,
        amsgrad: bool = False, *, maximize: bool = False, foreach: bool | None = None, capturable: bool = False,
        differentiable: bool = False, fused: bool | None = None,
    ) -> None:  # fmt: skip
        super().__init__(
            params, lr, betas, eps, weight_decay, amsgrad, foreach=foreach, maximize=maximize, capturable=capturable,
            differentiable=differentiable, fused=fused, decoupled_weight_decay=True,
        )  # fmt: skip
