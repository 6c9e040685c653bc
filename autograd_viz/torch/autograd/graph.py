"""`torch.autograd.graph`: the nodes themselves. `isinstance(y.grad_fn, torch.autograd.graph.Node)` is True."""

from autograd_viz.torch.node import Node

__all__ = ["Node"]
