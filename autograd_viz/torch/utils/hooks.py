"""What registering a hook gives: a handle whose `remove()` takes the hook off again.

Read next: `utils/data/dataset.py`.
"""

from autograd_viz.torch.node import RemovableHandle

__all__ = ["RemovableHandle"]

RemovableHandle.__module__ = "torch.utils.hooks"
