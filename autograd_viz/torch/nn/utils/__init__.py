"""`torch.nn.utils`: all gradients of a model at once (clip them), all its parameters at once (as one vector)."""

from autograd_viz.torch.nn.utils import rnn
from autograd_viz.torch.nn.utils.clip_grad import clip_grad_norm_, clip_grad_value_, get_total_norm
from autograd_viz.torch.nn.utils.convert_parameters import parameters_to_vector, vector_to_parameters

__all__ = ["clip_grad_norm_", "clip_grad_value_", "get_total_norm", "parameters_to_vector", "rnn", "vector_to_parameters"]
