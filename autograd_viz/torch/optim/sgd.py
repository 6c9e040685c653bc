"""`SGD`: gradient descent, a step against the gradient; with momentum, against an average of the last gradients.

Read next: `adam.py`.
"""

from __future__ import annotations

from typing import Any

from autograd_viz.torch.optim.optimizer import Parameters, PerParameter, check, number
from autograd_viz.torch.tensor import Tensor

__all__ = ["SGD"]


class SGD(PerParameter):
    """param -= lr * grad.

    momentum: buf = momentum * buf + (1 - dampening) * grad takes the place of grad; nesterov: grad + momentum * buf does.
    weight_decay: pulls the parameters towards 0.  maximize: uphill instead.
    """

    def __init__(
        self, params: Parameters, lr: Any = 1e-3, momentum: float = 0, dampening: float = 0, weight_decay: Any = 0,
        nesterov: bool = False, *, maximize: bool = False, foreach: bool | None = None, differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:  # fmt: skip
        if not isinstance(lr, Tensor) and lr < 0.0:
            raise ValueError(f"Invalid learning rate: {lr}")
        check(lr, momentum=("momentum", momentum), weight_decay=("weight_decay", weight_decay))
        defaults = {
            "lr": lr, "momentum": momentum, "dampening": dampening, "weight_decay": weight_decay, "nesterov": nesterov,
            "maximize": maximize, "foreach": foreach, "differentiable": differentiable, "fused": fused,
        }  # fmt: skip
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        super().__init__(params, defaults)

    def _remembers(self, group: dict[str, Any]) -> bool:
        return bool(group["momentum"] != 0)

    def _start(self, param: Any, group: dict[str, Any]) -> dict[str, Any]:
        return {}

    def _update(self, param: Any, grad: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
        lr, momentum = number(group["lr"]), group["momentum"]
        if group["weight_decay"] != 0:
            grad = grad.add(param, alpha=group["weight_decay"])
        if momentum != 0:
            buf = state.get("momentum_buffer")
            if buf is None:  # at first, the gradient itself
                buf = state["momentum_buffer"] = grad.detach().clone()
            else:
                buf.mul_(momentum).add_(grad, alpha=1 - group["dampening"])
            grad = grad.add(buf, alpha=momentum) if group["nesterov"] else buf
        param.add_(grad, alpha=-lr)
