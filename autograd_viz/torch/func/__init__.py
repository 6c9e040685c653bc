"""`torch.func`: transformations of functions. `grad` and its kin differentiate, `vmap` maps over a batch, and both nest.

Read `trees`, `level`, `products`, `batching`, `transforms`, `modules`.
"""

from autograd_viz.torch.func.batching import vmap
from autograd_viz.torch.func.modules import functional_call, stack_module_state
from autograd_viz.torch.func.transforms import functionalize, grad, grad_and_value, hessian, jacfwd, jacrev, jvp, linearize, vjp

__all__ = [
    "functional_call", "functionalize", "grad", "grad_and_value", "hessian", "jacfwd", "jacrev", "jvp", "linearize",
    "stack_module_state", "vjp", "vmap",
]  # fmt: skip
