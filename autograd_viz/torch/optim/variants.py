"""`Adamax`, `NAdam`, `RAdam`, `ASGD`, `Rprop`, `Adafactor`: relatives of the better known ones.

Read next: `line_search.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_viz.torch.ops.creation import full_like
from autograd_viz.torch.ops.from_data import tensor
from autograd_viz.torch.ops.piecewise import maximum, where
from autograd_viz.torch.optim.optimizer import Parameters, PerParameter, check, counter, number, start_of
from autograd_viz.torch.tensor import Tensor

__all__ = ["ASGD", "Adafactor", "Adamax", "NAdam", "RAdam", "Rprop"]


class Adamax(PerParameter):
    """Adam with the largest of the last gradients in the place of their mean square. (Kingma and Ba, 2014)"""

    def __init__(
        self, params: Parameters, lr: Any = 2e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8, weight_decay: float = 0,
        foreach: bool | None = None, *, maximize: bool = False, differentiable: bool = False, capturable: bool = False,
    ) -> None:  # fmt: skip
        check(lr, betas, eps=("epsilon", eps), weight_decay=("weight_decay", weight_decay))
        defaults = {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "foreach": foreach, "maximize": maximize,
            "differentiable": differentiable, "capturable": capturable,
        }  # fmt: skip
        super().__init__(params, defaults)

    def _start(self, param: Any, group: dict[str, Any]) -> dict[str, Any]:
        return start_of(param, "exp_avg", "exp_inf")

    def _update(self, param: Any, grad: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
        (beta1, beta2), exp_inf = group["betas"], state["exp_inf"]
        state["step"] += 1
        if group["weight_decay"] != 0:
            grad = grad.add(param, alpha=group["weight_decay"])
        state["exp_avg"].lerp_(grad, 1 - beta1)
        exp_inf.copy_(maximum(exp_inf.mul_(beta2), grad.abs().add_(group["eps"])))
        lr = number(group["lr"]) / (1 - beta1 ** state["step"].item())
        param.addcdiv_(state["exp_avg"], exp_inf, value=-lr)


class NAdam(PerParameter):
    """Adam with Nesterov's momentum. (Dozat, 2016)"""

    def __init__(
        self, params: Parameters, lr: Any = 2e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8, weight_decay: float = 0,
        momentum_decay: float = 4e-3, decoupled_weight_decay: bool = False, *, foreach: bool | None = None, maximize: bool = False,
        capturable: bool = False, differentiable: bool = False,
    ) -> None:  # fmt: skip
        decay, momentum = ("weight_decay", weight_decay), ("momentum_decay", momentum_decay)
        check(lr, betas, eps=("epsilon", eps), weight_decay=decay, momentum_decay=momentum)
        defaults = {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "momentum_decay": momentum_decay,
            "decoupled_weight_decay": decoupled_weight_decay, "maximize": maximize, "foreach": foreach, "capturable": capturable,
            "differentiable": differentiable,
        }  # fmt: skip
        super().__init__(params, defaults)

    def _start(self, param: Any, group: dict[str, Any]) -> dict[str, Any]:
        return {"step": counter(), "mu_product": counter(1.0), **start_of(param, "exp_avg", "exp_avg_sq")}

    def _update(self, param: Any, grad: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
        lr, (beta1, beta2), decay = number(group["lr"]), group["betas"], group["momentum_decay"]
        exp_avg, exp_avg_sq = state["exp_avg"], state["exp_avg_sq"]
        state["step"] += 1
        step = state["step"].item()
        if group["weight_decay"] != 0:
            if group["decoupled_weight_decay"]:
                param.mul_(1 - lr * group["weight_decay"])
            else:
                grad = grad.add(param, alpha=group["weight_decay"])
        mu = beta1 * (1.0 - 0.5 * (0.96 ** (step * decay)))
        mu_next = beta1 * (1.0 - 0.5 * (0.96 ** ((step + 1) * decay)))
        state["mu_product"] *= mu
        exp_avg.lerp_(grad, 1 - beta1)
        exp_avg_sq.mul_(beta2).addcmul_(grad, grad, value=1 - beta2)
        denom = exp_avg_sq.div(1 - beta2**step).sqrt().add_(group["eps"])
        mu_product = state["mu_product"].item()
        param.addcdiv_(grad, denom, value=-lr * (1.0 - mu) / (1.0 - mu_product))
        param.addcdiv_(exp_avg, denom, value=(-lr * mu_next) / (1.0 - mu_product * mu_next))


class RAdam(PerParameter):
    """Adam that takes plain momentum steps until its mean squares can be trusted. (Liu and others, 2019)"""

    def __init__(
        self, params: Parameters, lr: Any = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8, weight_decay: float = 0,
        decoupled_weight_decay: bool = False, *, foreach: bool | None = None, maximize: bool = False, capturable: bool = False,
        differentiable: bool = False,
    ) -> None:  # fmt: skip
        check(lr, betas, eps=("epsilon", eps), weight_decay=("weight_decay", weight_decay))
        defaults = {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "maximize": maximize, "foreach": foreach,
            "capturable": capturable, "decoupled_weight_decay": decoupled_weight_decay, "differentiable": differentiable,
        }  # fmt: skip
        super().__init__(params, defaults)

    def _start(self, param: Any, group: dict[str, Any]) -> dict[str, Any]:
        return start_of(param, "exp_avg", "exp_avg_sq")

    def _update(self, param: Any, grad: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
        lr, (beta1, beta2) = number(group["lr"]), group["betas"]
        exp_avg, exp_avg_sq = state["exp_avg"], state["exp_avg_sq"]
        state["step"] += 1
        step = state["step"].item()
        if group["weight_decay"] != 0:
            if group["decoupled_weight_decay"]:
                param.mul_(1 - lr * group["weight_decay"])
            else:
                grad = grad.add(param, alpha=group["weight_decay"])
        exp_avg.lerp_(grad, 1 - beta1)
        exp_avg_sq.mul_(beta2).addcmul_(grad, grad, value=1 - beta2)
        correction2 = 1 - beta2**step
        update = exp_avg / (1 - beta1**step) * lr
        most = 2 / (1 - beta2) - 1
        length = most - 2 * step * beta2**step / correction2  # of the average of squares: how many gradients it stands for
        if length > 5.0:
            rect = ((length - 4) * (length - 2) * most / ((most - 4) * (most - 2) * length)) ** 0.5
            update = update * (correction2**0.5 / exp_avg_sq.sqrt().add_(group["eps"])) * rect
        param.add_(update, alpha=-1.0)


class ASGD(PerParameter):
    """SGD that also keeps the mean of the parameters over the steps, in its state `ax`. (Polyak and Juditsky, 1992)"""

    def __init__(
        self, params: Parameters, lr: Any = 1e-2, lambd: float = 1e-4, alpha: float = 0.75, t0: float = 1e6, weight_decay: float = 0,
        foreach: bool | None = None, maximize: bool = False, differentiable: bool = False, capturable: bool = False,
    ) -> None:  # fmt: skip
        check(lr, weight_decay=("weight_decay", weight_decay))
        defaults = {
            "lr": lr, "lambd": lambd, "alpha": alpha, "t0": t0, "weight_decay": weight_decay, "foreach": foreach,
            "maximize": maximize, "differentiable": differentiable, "capturable": capturable,
        }  # fmt: skip
        super().__init__(params, defaults)

    def _start(self, param: Any, group: dict[str, Any]) -> dict[str, Any]:
        return {"step": counter(), "eta": counter(number(group["lr"])), "mu": counter(1.0), "ax": full_like(param, 0)}

    def _update(self, param: Any, grad: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
        lr, lambd, ax = number(group["lr"]), group["lambd"], state["ax"]
        state["step"] += 1
        step, eta = state["step"].item(), state["eta"].item()
        if group["weight_decay"] != 0:
            grad = grad.add(param, alpha=group["weight_decay"])
        param.mul_(1 - lambd * eta)
        param.add_(grad, alpha=-eta)
        if state["mu"].item() != 1:
            ax.add_(param.sub(ax).mul_(state["mu"]))
        else:
            ax.copy_(param)
        state["eta"].copy_(tensor(lr / ((1 + lambd * lr * step) ** group["alpha"])))
        state["mu"].copy_(tensor(1 / max(1, step - group["t0"])))


class Rprop(PerParameter):
    """Only the sign of the gradient counts: a step grows while the sign stays, and shrinks when it changes. (Riedmiller, 1993)"""

    def __init__(
        self, params: Parameters, lr: Any = 1e-2, etas: tuple[float, float] = (0.5, 1.2), step_sizes: tuple[float, float] = (1e-6, 50),
        *, capturable: bool = False, foreach: bool | None = None, maximize: bool = False, differentiable: bool = False,
    ) -> None:  # fmt: skip
        check(lr)
        if not 0.0 < etas[0] < 1.0 < etas[1]:
            raise ValueError(f"Invalid eta values: {etas[0]}, {etas[1]}")
        defaults = {
            "lr": lr, "etas": etas, "step_sizes": step_sizes, "foreach": foreach, "maximize": maximize,
            "differentiable": differentiable, "capturable": capturable,
        }  # fmt: skip
        super().__init__(params, defaults)

    def _start(self, param: Any, group: dict[str, Any]) -> dict[str, Any]:
        return {**start_of(param, "prev"), "step_size": full_like(param, number(group["lr"]))}

    def _update(self, param: Any, grad: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
        (shrink, grow), (least, most) = group["etas"], group["step_sizes"]
        state["step"] += 1
        sign = grad.mul(state["prev"]).sign()
        turned = sign.lt(0)
        factor = where(turned, shrink, where(sign.gt(0), grow, where(sign.eq(0), 1.0, sign)))
        state["step_size"].mul_(factor).clamp_(least, most)
        grad = where(turned, 0.0, grad)
        param.addcmul_(grad.sign(), state["step_size"], value=-1)
        state["prev"].copy_(grad)


class Adafactor(PerParameter):
    """Of a matrix's mean squared gradients it remembers only those of the rows and of the columns. (Shazeer and Stern, 2018)"""

    def __init__(
        self, params: Parameters, lr: Any = 1e-2, beta2_decay: float = -0.8, eps: tuple[float | None, float] = (None, 1e-3), d: float = 1.0,
        weight_decay: float = 0.0, *, foreach: bool | None = None, maximize: bool = False,
    ) -> None:  # fmt: skip
        if isinstance(lr, Tensor) and lr._array.size != 1:
            raise ValueError("Tensor lr must be 1-element")
        wrong = (
            (lr >= 0, f"Learning rate should be >= 0 but is: {lr}"),
            (beta2_decay <= 0, f"beta2_decay should be <= 0 but is: {beta2_decay}"),
            (eps[0] is None or eps[0] >= 0, f"epsilon1 should be >= 0 but is: {eps[0]}"),
            (eps[1] >= 0, f"epsilon2 should be >= 0 but is: {eps[1]}"),
            (d >= 1, f"Clipping threshold d should be >= 1 but is: {d}"),
            (weight_decay >= 0, f"weight_decay should be >= 0 but is: {weight_decay}"),
        )
        for right, said in wrong:
            if not right:
                raise ValueError(said)
        defaults = {
            "lr": lr, "beta2_decay": beta2_decay, "eps": eps, "d": d, "weight_decay": weight_decay, "foreach": foreach,
            "maximize": maximize,
        }  # fmt: skip
        super().__init__(params, defaults)

    def _start(self, param: Any, group: dict[str, Any]) -> dict[str, Any]:
        if param.ndim < 2:
            return start_of(param, "variance")
        *lead, rows, columns = param.shape
        return {"step": counter(), "row_var": param.new_zeros((*lead, rows, 1)), "col_var": param.new_zeros((*lead, 1, columns))}

    def _update(self, param: Any, grad: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
        lr, (eps1, eps2) = number(group["lr"]), group["eps"]
        eps1 = float(np.finfo(param._array.dtype).eps) if eps1 is None else eps1
        state["step"] += 1
        step = state["step"].item()
        share = step ** group["beta2_decay"]
        alpha = max(eps2, param.norm(2).item() / param.numel() ** 0.5) * min(lr, 1 / step**0.5)
        if group["weight_decay"] != 0:
            param.mul_(1 - lr * group["weight_decay"])
        if grad.ndim > 1:
            row_var, col_var = state["row_var"], state["col_var"]
            row_var.lerp_(grad.norm(dim=-1, keepdim=True).square_().div_(grad.shape[-1]), share)
            col_var.lerp_(grad.norm(dim=-2, keepdim=True).square_().div_(grad.shape[-2]), share)
            estimate = (row_var @ col_var).div_(row_var.mean(dim=-2, keepdim=True).clamp_(min=eps1))
        else:
            estimate = state["variance"].lerp_(grad * grad, share).clone()
        update = estimate.clamp_(min=eps1 * eps1).rsqrt_().mul_(grad)
        length = max(1.0, update.norm(2).item() / (update.numel() ** 0.5 * group["d"]))
        param.add_(update, alpha=-alpha / length)
