"""`RMSprop`, `Adagrad`, `Adadelta`: a step size for each element, from the squares of its gradients so far.

Read next: `variants.py`.
"""

from __future__ import annotations

from typing import Any

from autograd_viz.torch.ops.creation import full_like
from autograd_viz.torch.optim.optimizer import Parameters, PerParameter, check, counter, number, start_of

__all__ = ["Adadelta", "Adagrad", "RMSprop"]


class RMSprop(PerParameter):
    """Divides by the root of a running mean of the squared gradients. `centered` subtracts the square of their mean. (Hinton, 2012)"""

    def __init__(
        self, params: Parameters, lr: Any = 1e-2, alpha: float = 0.99, eps: float = 1e-8, weight_decay: float = 0, momentum: float = 0,
        centered: bool = False, capturable: bool = False, foreach: bool | None = None, maximize: bool = False,
        differentiable: bool = False,
    ) -> None:  # fmt: skip
        named = {"momentum": ("momentum", momentum), "weight_decay": ("weight_decay", weight_decay), "alpha": ("alpha", alpha)}
        check(lr, eps=("epsilon", eps), **named)
        defaults = {
            "lr": lr, "momentum": momentum, "alpha": alpha, "eps": eps, "centered": centered, "weight_decay": weight_decay,
            "capturable": capturable, "foreach": foreach, "maximize": maximize, "differentiable": differentiable,
        }  # fmt: skip
        super().__init__(params, defaults)

    def _start(self, param: Any, group: dict[str, Any]) -> dict[str, Any]:
        momentum, mean = ["momentum_buffer"] * (group["momentum"] > 0), ["grad_avg"] * group["centered"]
        return start_of(param, "square_avg", *momentum, *mean)

    def _update(self, param: Any, grad: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
        lr, alpha, square_avg = number(group["lr"]), group["alpha"], state["square_avg"]
        state["step"] += 1
        if group["weight_decay"] != 0:
            grad = grad.add(param, alpha=group["weight_decay"])
        square_avg.mul_(alpha).addcmul_(grad, grad, value=1 - alpha)
        if group["centered"]:
            grad_avg = state["grad_avg"]
            grad_avg.lerp_(grad, 1 - alpha)
            avg = square_avg.clone().addcmul_(grad_avg, grad_avg, value=-1).sqrt_()
        else:
            avg = square_avg.sqrt()
        avg = avg.add(group["eps"])
        if group["momentum"] > 0:
            buf = state["momentum_buffer"]
            buf.mul_(group["momentum"]).addcdiv_(grad, avg)
            param.add_(buf, alpha=-lr)
        else:
            param.addcdiv_(grad, avg, value=-lr)


class Adagrad(PerParameter):
    """Divides by the root of the sum of all squared gradients: what moved much moves less from now on. (Duchi and others, 2011)"""

    def __init__(
        self, params: Parameters, lr: Any = 1e-2, lr_decay: float = 0, weight_decay: float = 0, initial_accumulator_value: float = 0,
        eps: float = 1e-10, foreach: bool | None = None, *, maximize: bool = False, differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:  # fmt: skip
        said = "initial_accumulator_value"
        start, decay = (said, initial_accumulator_value), ("weight_decay", weight_decay)
        check(lr, lr_decay=("lr_decay", lr_decay), weight_decay=decay, start=start)
        check(lr, eps=("epsilon", eps))
        defaults = {
            "lr": lr, "lr_decay": lr_decay, "eps": eps, "weight_decay": weight_decay, said: initial_accumulator_value,
            "foreach": foreach, "maximize": maximize, "differentiable": differentiable, "fused": fused,
        }  # fmt: skip
        super().__init__(params, defaults)
        for group in self.param_groups:
            for param in group["params"]:
                self.state[param] = self._start(param, group)

    def _start(self, param: Any, group: dict[str, Any]) -> dict[str, Any]:
        return {"step": counter(), "sum": full_like(param, group["initial_accumulator_value"])}

    def _update(self, param: Any, grad: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
        state["step"] += 1
        if group["weight_decay"] != 0:
            grad = grad.add(param, alpha=group["weight_decay"])
        lr = number(group["lr"]) / (1 + (state["step"].item() - 1) * group["lr_decay"])
        state["sum"].addcmul_(grad, grad, value=1)
        std = state["sum"].sqrt().add_(group["eps"])
        param.addcdiv_(grad, std, value=-lr)


class Adadelta(PerParameter):
    """The step's size from the sizes of the last steps, so that it needs no learning rate. (Zeiler, 2012)"""

    def __init__(
        self, params: Parameters, lr: Any = 1.0, rho: float = 0.9, eps: float = 1e-6, weight_decay: float = 0,
        foreach: bool | None = None, *, capturable: bool = False, maximize: bool = False, differentiable: bool = False,
    ) -> None:  # fmt: skip
        check(lr)
        if not 0.0 <= rho <= 1.0:
            raise ValueError(f"Invalid rho value: {rho}")
        check(lr, eps=("epsilon", eps), weight_decay=("weight_decay", weight_decay))
        defaults = {
            "lr": lr, "rho": rho, "eps": eps, "weight_decay": weight_decay, "maximize": maximize, "capturable": capturable,
            "foreach": foreach, "differentiable": differentiable,
        }  # fmt: skip
        super().__init__(params, defaults)

    def _start(self, param: Any, group: dict[str, Any]) -> dict[str, Any]:
        return start_of(param, "square_avg", "acc_delta")

    def _update(self, param: Any, grad: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
        rho, eps = group["rho"], group["eps"]
        square_avg, acc_delta = state["square_avg"], state["acc_delta"]
        state["step"] += 1
        if group["weight_decay"] != 0:
            grad = grad.add(param, alpha=group["weight_decay"])
        square_avg.mul_(rho).addcmul_(grad, grad, value=1 - rho)
        delta = acc_delta.add(eps).sqrt_().div_(square_avg.add(eps).sqrt_()).mul_(grad)
        acc_delta.mul_(rho).addcmul_(delta, delta, value=1 - rho)
        param.add_(delta, alpha=-number(group["lr"]))
