"""`torch.nn.utils`: all gradients of a model at once (clip them), all its parameters as one vector, parameters that are computed."""

from autograd_viz.torch.nn.utils import parametrizations, parametrize, prune, rnn
from autograd_viz.torch.nn.utils.clip_grad import clip_grad_norm, clip_grad_norm_, clip_grad_value_, get_total_norm
from autograd_viz.torch.nn.utils.convert_parameters import parameters_to_vector, vector_to_parameters
from autograd_viz.torch.nn.utils.reparametrized import remove_spectral_norm, remove_weight_norm, spectral_norm, weight_norm

__all__ = [
    "clip_grad_norm", "clip_grad_norm_", "clip_grad_value_", "get_total_norm", "parameters_to_vector", "parametrizations", "parametrize",
    "prune", "remove_spectral_norm", "remove_weight_norm", "rnn", "spectral_norm", "vector_to_parameters", "weight_norm",
]  # fmt: skip

parametrize.ParametrizationList.__module__ = "torch.nn.utils.parametrize"
for _name in prune.__all__:
    getattr(prune, _name).__module__ = "torch.nn.utils.prune"
