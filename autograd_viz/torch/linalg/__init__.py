"""`torch.linalg`: linear algebra."""
from autograd_viz.torch.ops.matrices import linalg_cross as cross
from autograd_viz.torch.ops.matrices import matrix_power, multi_dot, vecdot
