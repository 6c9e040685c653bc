"""`torch.distributions`: random variables as objects, that can be sampled, and asked how likely a value is.

    policy = torch.distributions.Categorical(logits=scores)
    action = policy.sample()
    loss = -policy.log_prob(action) * reward
"""

from autograd_viz.torch.distributions import constraints, kl
from autograd_viz.torch.distributions.continuous import Exponential, Laplace, Normal, Uniform
from autograd_viz.torch.distributions.discrete import Bernoulli, Categorical, OneHotCategorical, Poisson
from autograd_viz.torch.distributions.distribution import Distribution
from autograd_viz.torch.distributions.kl import kl_divergence, register_kl
from autograd_viz.torch.distributions.multivariate import Independent, MultivariateNormal

__all__ = [
    "Bernoulli", "Categorical", "Distribution", "Exponential", "Independent", "Laplace", "MultivariateNormal", "Normal", "OneHotCategorical",  # noqa: E501
    "Poisson", "Uniform", "constraints", "kl", "kl_divergence", "register_kl",
]  # fmt: skip

_FILES = {"Distribution": "distribution", "OneHotCategorical": "one_hot_categorical", "MultivariateNormal": "multivariate_normal"}
for _name in __all__:
    if isinstance(globals()[_name], type):
        globals()[_name].__module__ = f"torch.distributions.{_FILES.get(_name, _name.lower())}"
