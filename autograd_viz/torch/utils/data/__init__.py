"""`torch.utils.data`: data sets, the order in which they are read, and batches."""

from autograd_viz.torch.utils.data import collate, dataloader, dataset, sampler
from autograd_viz.torch.utils.data.collate import *
from autograd_viz.torch.utils.data.dataloader import *
from autograd_viz.torch.utils.data.dataset import *
from autograd_viz.torch.utils.data.sampler import *

__all__ = [*collate.__all__, *dataloader.__all__, *dataset.__all__, *sampler.__all__, "get_worker_info"]


def get_worker_info() -> None:
    """None: nothing is loaded by workers."""
    return


for _file in (dataloader, dataset, sampler):
    for _name in _file.__all__:
        globals()[_name].__module__ = _file.__name__.removeprefix("autograd_viz.")
