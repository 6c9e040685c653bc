"""Averages of the weights along a training: `AveragedModel`, a copy of a model whose weights are means of all that it was shown.

    average = AveragedModel(model)              # after each epoch: average.update_parameters(model)
    scheduler = SWALR(optimizer, swa_lr=0.05)   # brings the learning rate there, and stays

Read next: `__init__.py`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from autograd_viz.torch import dtypes
from autograd_viz.torch.modes import no_grad
from autograd_viz.torch.nn.modules.module import Module
from autograd_viz.torch.nn.modules.normalization import BatchNorm1d, BatchNorm2d, BatchNorm3d
from autograd_viz.torch.ops.from_data import tensor
from autograd_viz.torch.optim.lr_scheduler.base import LRScheduler, Rates, for_each_group
from autograd_viz.torch.optim.optimizer import Optimizer

__all__ = ["SWALR", "AveragedModel", "get_ema_avg_fn", "get_ema_multi_avg_fn", "get_swa_avg_fn", "get_swa_multi_avg_fn", "update_bn"]

Average = Callable[[Any, Any, Any], Any]


def _checked(decay: float) -> float:
    if decay < 0.0 or decay > 1.0:
        raise ValueError(f"Invalid decay value {decay} provided. Please provide a value in [0,1] range.")
    return decay


def get_ema_multi_avg_fn(decay: float = 0.999) -> Average:
    """decay * average + (1 - decay) * now, of all tensors at once, in place."""
    _checked(decay)

    def ema_update(averages: Any, currents: Any, _: Any) -> None:
        with no_grad():
            for average, current in zip(averages, currents, strict=True):
                if average.is_floating_point():
                    average.lerp_(current, 1 - decay)
                else:
                    average.copy_(average * decay + current * (1 - decay))

    return ema_update


def get_swa_multi_avg_fn() -> Average:
    """The mean of all so far, of all tensors at once, in place."""

    def swa_update(averages: Any, currents: Any, num_averaged: Any) -> None:
        with no_grad():
            for average, current in zip(averages, currents, strict=True):
                if average.is_floating_point():
                    average.lerp_(current, float(1 / (num_averaged + 1)))
                else:
                    average.add_((current - average) / (num_averaged + 1))

    return swa_update


def get_ema_avg_fn(decay: float = 0.999) -> Average:
    """decay * average + (1 - decay) * now, of one tensor."""
    _checked(decay)

    def ema_update(average: Any, current: Any, num_averaged: Any) -> Any:
        with no_grad():
            return decay * average + (1 - decay) * current

    return ema_update


def get_swa_avg_fn() -> Average:
    """The mean of all so far, of one tensor."""

    def swa_update(average: Any, current: Any, num_averaged: Any) -> Any:
        with no_grad():
            return average + (current - average) / (num_averaged + 1)

    return swa_update


class AveragedModel(Module):
    """A copy of a model, `module`, that becomes the average of what `update_parameters` is shown (`avg_fn`: another average)."""

    def __init__(
        self, model: Module, device: Any = None, avg_fn: Average | None = None, multi_avg_fn: Average | None = None,
        use_buffers: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        if avg_fn is not None and multi_avg_fn is not None:
            raise AssertionError("Only one of avg_fn and multi_avg_fn should be provided")
        self.module = deepcopy(model)
        self.register_buffer("n_averaged", tensor(0, dtype=dtypes.int64))
        self.avg_fn, self.multi_avg_fn, self.use_buffers = avg_fn, multi_avg_fn, use_buffers

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the average makes of it."""
        return self.module(*args, **kwargs)

    def update_parameters(self, model: Module) -> None:
        """Take the model's present weights into the average."""
        mine, its = [self.module.parameters()], [model.parameters()]
        if self.use_buffers:
            mine, its = [*mine, self.module.buffers()], [*its, model.buffers()]  # type: ignore[list-item]
        averages: list[Any] = [average.detach() for average in itertools.chain(*mine)]  # type: ignore[attr-defined]
        currents: list[Any] = [current.detach() for current in itertools.chain(*its)]  # type: ignore[attr-defined]
        count: Any = self.n_averaged
        if count == 0:
            for average, current in zip(averages, currents, strict=True):
                average.copy_(current)
        elif self.avg_fn is None:
            (self.multi_avg_fn or get_swa_multi_avg_fn())(averages, currents, count)
        else:
            for average, current in zip(averages, currents, strict=True):
                average.copy_(self.avg_fn(average, current, count))
        if not self.use_buffers:
            for buffer, other in zip(self.module.buffers(), model.buffers(), strict=True):
                buffer.detach().copy_(other.detach())  # type: ignore[attr-defined]
        self.n_averaged += 1


def update_bn(loader: Any, model: Module, device: Any = None) -> None:
    """Let the model's batch norms see all of the data anew: their running means belong to other weights."""
    momenta: dict[Any, Any] = {}
    for module in model.modules():
        if isinstance(module, BatchNorm1d | BatchNorm2d | BatchNorm3d):
            module.reset_running_stats()
            momenta[module] = module.momentum
    if not momenta:
        return
    was_training = model.training
    model.train()
    for module in momenta:
        module.momentum = None
    with no_grad():
        for batch in loader:
            model(batch[0] if isinstance(batch, list | tuple) else batch)
    for module, momentum in momenta.items():
        module.momentum = momentum
    model.train(was_training)


class SWALR(LRScheduler):
    """From the rate at the start to `swa_lr` in `anneal_epochs` steps, along a cosine or a line."""

    def __init__(
        self, optimizer: Optimizer, swa_lr: Any, anneal_epochs: int = 10, anneal_strategy: str = "cos", last_epoch: int = -1
    ) -> None:
        for rate, group in zip(for_each_group("swa_lr", optimizer, swa_lr), optimizer.param_groups, strict=True):
            group["swa_lr"] = rate
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}")
        self._anneal_strategy = anneal_strategy
        if not isinstance(anneal_epochs, int) or anneal_epochs < 0:
            raise ValueError(f"anneal_epochs must be equal or greater than 0, got {anneal_epochs}")
        self.anneal_epochs = anneal_epochs
        super().__init__(optimizer, last_epoch)

    def _share(self, step: int) -> float:
        t = max(0, min(1, step / max(1, self.anneal_epochs)))
        return t if self._anneal_strategy == "linear" else (1 - math.cos(math.pi * t)) / 2

    def get_lr(self) -> Rates:
        """The next rates: between where each group started, which is computed back from where it is, and `swa_lr`."""
        self._warn_unless_stepping()
        step = self._step_count - 1
        if self.anneal_epochs == 0:
            step = max(1, step)
        before, now = self._share(step - 1), self._share(step)
        groups = self.optimizer.param_groups
        starts = [group["swa_lr"] if before == 1 else (group["lr"] - before * group["swa_lr"]) / (1 - before) for group in groups]
        return [group["swa_lr"] * now + start * (1 - now) for group, start in zip(groups, starts, strict=True)]


for _class in (AveragedModel, SWALR):
    _class.__module__ = "torch.optim.swa_utils"
