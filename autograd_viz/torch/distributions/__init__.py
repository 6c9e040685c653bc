"""`torch.distributions`: random variables as objects, that can be sampled, and asked how likely a value is.

    policy = torch.distributions.Categorical(logits=scores)
    action = policy.sample()
    loss = -policy.log_prob(action) * reward
"""

import re as _re

from autograd_viz.torch.distributions import constraints, kl, transforms
from autograd_viz.torch.distributions.continuous import *
from autograd_viz.torch.distributions.discrete import *
from autograd_viz.torch.distributions.distribution import Distribution, ExponentialFamily
from autograd_viz.torch.distributions.gamma import *
from autograd_viz.torch.distributions.kl import kl_divergence, register_kl
from autograd_viz.torch.distributions.multivariate import *
from autograd_viz.torch.distributions.transformed import *
from autograd_viz.torch.distributions.transforms import *
from autograd_viz.torch.distributions.trials import *

__all__ = [
    *("AbsTransform", "AffineTransform", "Bernoulli", "Beta", "Binomial", "Categorical", "Cauchy", "Chi2", "ComposeTransform", "Dirichlet"),
    *("Distribution", "ExpTransform", "Exponential", "ExponentialFamily", "Gamma", "Geometric", "Gumbel", "HalfNormal", "Independent"),
    *("Laplace", "LogNormal", "Multinomial", "MultivariateNormal", "Normal", "OneHotCategorical", "Poisson", "PowerTransform"),
    *("SigmoidTransform", "SoftplusTransform", "StudentT", "TanhTransform", "Transform", "TransformedDistribution", "Uniform"),
    *("constraints", "identity_transform", "kl", "kl_divergence", "register_kl", "transforms"),
]

_FILES = {"ExponentialFamily": "exp_family", "StudentT": "studentT"}
for _name in __all__:
    if isinstance(globals()[_name], type):
        _file = "transforms" if _name.endswith("Transform") else _FILES.get(_name, _re.sub("(?<=[a-z])(?=[A-Z])", "_", _name).lower())
        globals()[_name].__module__ = f"torch.distributions.{_file}"
