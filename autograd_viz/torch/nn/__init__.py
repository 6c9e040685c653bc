"""`torch.nn`: `functional`, activations and losses as functions."""

from autograd_viz.torch.nn import functional

__all__ = ["functional"]
