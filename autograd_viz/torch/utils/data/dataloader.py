"""`DataLoader`: a data set, batch by batch.

    for inputs, targets in DataLoader(TensorDataset(x, y), batch_size=4, shuffle=True): ...

Here everything is loaded in the one process: `num_workers` is accepted, and the batches are the same.  For a seed, the order is PyTorch's:
each `iter(loader)` first draws a number (for its workers, if it had some), then the shuffling draws its own seed.

Read next: `nn/parameter.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice, repeat
from math import ceil
from typing import Any, Generic, TypeVar

from autograd_viz.torch.random import Generator
from autograd_viz.torch.utils.data.collate import default_collate, default_convert
from autograd_viz.torch.utils.data.dataset import IterableDataset
from autograd_viz.torch.utils.data.sampler import BatchSampler, RandomSampler, SequentialSampler, drawn_seed

__all__ = ["DataLoader"]

T_co = TypeVar("T_co", covariant=True)
FIXED = ("batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers")


class _SingleProcessDataLoaderIter:
    """The batches of one pass, one after the other."""

    def __init__(self, batches: Iterator[Any], loader: DataLoader[Any]) -> None:
        self._batches, self._loader = batches, loader

    def __iter__(self) -> _SingleProcessDataLoaderIter:
        return self

    def __next__(self) -> Any:
        return next(self._batches)

    def __len__(self) -> int:
        return len(self._loader)


class DataLoader(Generic[T_co]):
    """Reads a data set in the order of a sampler; `collate_fn` makes batches.  Raises ValueError for options that exclude each other."""

    _initialized = False

    def __init__(
        self, dataset: Any, batch_size: int | None = 1, shuffle: bool | None = None, sampler: Iterable[Any] | None = None,
        batch_sampler: Iterable[list[Any]] | None = None, num_workers: int = 0, collate_fn: Callable[[Any], Any] | None = None,
        pin_memory: bool = False, drop_last: bool = False, timeout: float = 0, worker_init_fn: Any = None,
        multiprocessing_context: Any = None, generator: Generator | None = None, *, prefetch_factor: int | None = None,
        persistent_workers: bool = False, pin_memory_device: str = "", in_order: bool = True,
    ) -> None:  # fmt: skip
        if num_workers < 0:
            raise ValueError("num_workers option should be non-negative; use num_workers=0 to disable multiprocessing.")
        if timeout < 0:
            raise ValueError("timeout option should be non-negative")
        if num_workers == 0 and prefetch_factor is not None:
            raise ValueError(
                "prefetch_factor option could only be specified in multiprocessing.let num_workers > 0 to enable multiprocessing, "
                "otherwise set prefetch_factor to None."
            )
        if persistent_workers and num_workers == 0:
            raise ValueError("persistent_workers option needs num_workers > 0")
        self.dataset, self.num_workers, self.generator = dataset, num_workers, generator
        self._iterable = isinstance(dataset, IterableDataset)
        if self._iterable:
            self._check_iterable(shuffle, sampler, batch_sampler)
        if sampler is not None and shuffle:
            raise ValueError("sampler option is mutually exclusive with shuffle")
        if batch_sampler is not None:
            if batch_size != 1 or shuffle or sampler is not None or drop_last:
                raise ValueError("batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last")
            batch_size = None
        elif batch_size is None and drop_last:
            raise ValueError("batch_size=None option disables auto-batching and is mutually exclusive with drop_last")
        if sampler is None and self._iterable:
            sampler = repeat(None)
        elif sampler is None:
            sampler = RandomSampler(dataset, generator=generator) if shuffle else SequentialSampler(dataset)
        if batch_size is not None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.batch_size, self.drop_last = batch_size, drop_last
        self.sampler, self.batch_sampler = sampler, batch_sampler
        self.collate_fn: Any = collate_fn or (default_convert if batch_sampler is None else default_collate)
        self.pin_memory, self.timeout, self.worker_init_fn = pin_memory, timeout, worker_init_fn
        self.prefetch_factor, self.persistent_workers = prefetch_factor, persistent_workers
        self._initialized = True

    def _check_iterable(self, shuffle: Any, sampler: Any, batch_sampler: Any) -> None:
        said = "DataLoader with IterableDataset: expected unspecified"
        if shuffle not in (False, None):
            raise ValueError(f"{said} shuffle option, but got shuffle={shuffle}")
        if sampler is not None:
            raise ValueError(f"{said} sampler option, but got sampler={sampler}")
        if batch_sampler is not None:
            raise ValueError(f"{said} batch_sampler option, but got batch_sampler={batch_sampler}")

    def __setattr__(self, name: str, value: Any) -> None:
        if self._initialized and name in FIXED:
            raise ValueError(f"{name} attribute should not be set after {type(self).__name__} is initialized")
        object.__setattr__(self, name, value)

    def __len__(self) -> int:
        """How many batches there are."""
        if not self._iterable:
            return len(self.sampler if self.batch_sampler is None else self.batch_sampler)  # type: ignore[arg-type]
        count = len(self.dataset)
        if self.batch_size is None:
            return count
        return count // self.batch_size if self.drop_last else ceil(count / self.batch_size)

    def __iter__(self) -> Iterator[Any]:
        order: Any = iter(self.sampler if self.batch_sampler is None else self.batch_sampler)
        drawn_seed(self.generator)
        return _SingleProcessDataLoaderIter(self._of_stream() if self._iterable else self._of_map(order), self)

    def _of_map(self, order: Iterator[Any]) -> Iterator[Any]:
        dataset = self.dataset
        for place in order:
            if self.batch_sampler is None:
                yield self.collate_fn(dataset[place])
            elif getattr(dataset, "__getitems__", None):
                yield self.collate_fn(dataset.__getitems__(place))
            else:
                yield self.collate_fn([dataset[i] for i in place])

    def _of_stream(self) -> Iterator[Any]:
        items = iter(self.dataset)
        if self.batch_size is None:
            yield from map(self.collate_fn, items)
            return
        while batch := list(islice(items, self.batch_size)):
            if len(batch) < self.batch_size and self.drop_last:
                return
            yield self.collate_fn(batch)
