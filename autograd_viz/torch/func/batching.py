# mypy: disable-error-code="attr-defined,operator,comparison-overlap,arg-type,no-any-return"
# (What a Tensor can do is attached in methods.py, where a type checker does not see it.)
"""`vmap`: a function of one sample becomes a function of a batch.

    torch.func.vmap(torch.dot)(x, y)       the dot product of each row of x with the same row of y

PyTorch runs the function once, with every operation taking the whole batch. Here it runs once for each sample, and the results are
stacked: the same numbers, slower, and with the graph of that.

Then: `transforms.py`.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograd_viz.torch.func.level import needs_setup_context
from autograd_viz.torch.func.trees import TreeSpec, flatten, mapped, spread, unflatten
from autograd_viz.torch.modes import mode
from autograd_viz.torch.ops.conversion import asked
from autograd_viz.torch.ops.joining import stack
from autograd_viz.torch.random import GeneratorState, default_generator
from autograd_viz.torch.tensor import Tensor

Function = Callable[..., Any]
ITEM = (
    "vmap: It looks like you're calling .item() on a Tensor. We don't support vmap over calling .item() on a Tensor, please try to rewrite "
    "what you're doing with other operations. If error is occurring somewhere inside PyTorch internals, please file a bug report."
)
CONTROL = (
    "vmap: It looks like you're attempting to use a Tensor in some data-dependent control flow. We don't support that yet, please file an "
    "issue at https://github.com/pytorch/pytorch/issues ."
)
REFUSED = {"item": ITEM, "bool": CONTROL, "storage": "Cannot access data pointer of Tensor that doesn't have storage"}
RANDOM = (
    "vmap: called random operation while in randomness error mode. Please either use the 'same' or 'different' randomness flags on vmap "
    "or perform the randomness operation out of vmap"
)


def vmap(func: Function, in_dims: Any = 0, out_dims: Any = 0, randomness: str = "error", *, chunk_size: int | None = None) -> Function:
    """The function that maps `func` over the dimensions `in_dims` of its arguments, and stacks the results along `out_dims`.

    `in_dims`: a number for all arguments or a tuple of one for each (nested as they are); None for what is the same for all samples.
    `randomness`: random operations raise ("error"), draw the same for each sample ("same"), or not ("different").
    Raises ValueError where the dimensions do not fit the arguments.
    """
    if randomness not in ("error", "different", "same"):
        raise RuntimeError(f"Only allowed values for randomness are 'error', 'different', or 'same'. Got {randomness}")
    if not (chunk_size is None or chunk_size > 0):
        raise ValueError(f"vmap: chunk_size should be None or greater than 0. (got {chunk_size})")

    @functools.wraps(func)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        _check_out_dims(func, out_dims)
        size, dims, leaves, spec = _read_inputs(func, in_dims, args)

        def sample(i: int) -> tuple[Any, ...]:
            chosen = [leaf if dim is None else leaf.select(dim, i) for leaf, dim in zip(leaves, dims, strict=True)]
            given: tuple[Any, ...] = unflatten(chosen, spec)
            return given

        if size == 0:
            return _of_nothing(func, leaves, dims, spec, kwargs, out_dims)
        run = _watched(func, randomness)
        with _Asked([leaf._array for leaf, dim in zip(leaves, dims, strict=True) if dim is not None]) as listener:
            answers = [listener.sample(run, sample(i), kwargs) for i in range(size)]
        answer = _stacked(func, answers, out_dims)
        return _at_once(func, leaves, dims, spec, kwargs, answer) if out_dims == 0 and _tracked(answer) else answer

    return wrapped


class _Asked:
    """PyTorch runs the function once for all samples, so no number may leave a tensor that has another value for each of them."""

    def __init__(self, batches: list[np.ndarray]) -> None:
        self.batches = batches
        self.told: list[tuple[str, Any]] | None = None  # what the first sample was asked
        self.now: list[tuple[str, Any]] = []
        self.thread = threading.get_ident()  # what other threads do is none of its business

    def __enter__(self) -> _Asked:
        asked[:0] = [self.ask]  # (assignments only: see `modes._Switch`)
        return self

    def __exit__(self, *_: object) -> None:
        asked.remove(self.ask)

    def sample(self, run: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """What the function gives for one sample.  Raises RuntimeError if it was asked for what the first one answered differently."""
        self.now = []
        answer = run(*args, **kwargs)
        self.told = self.now if self.told is None else self.told
        return answer

    def ask(self, what: str, tensor: Tensor) -> None:
        """Hear of a number that leaves a tensor."""
        if threading.get_ident() != self.thread:
            return
        self.now.append((what, tensor._array.tolist()))
        place = len(self.now) - 1
        differs = self.told is not None and (place >= len(self.told) or self.told[place] != self.now[place])
        if differs or any(np.may_share_memory(tensor._array, batch) for batch in self.batches):
            raise RuntimeError(REFUSED[what])


def _tracked(answer: Any) -> bool:
    return any(isinstance(leaf, Tensor) and leaf.requires_grad for leaf in flatten(answer)[0])


def _at_once(func: Function, leaves: list[Any], dims: list[int | None], spec: TreeSpec, kwargs: dict[str, Any], answer: Any) -> Any:
    """What the function makes of the whole batch, if that is the same: then its graph is the one that PyTorch's operations leave.

    (So it is for operations on each element. A sum would be one over all samples; then the answer stays as it is.)
    """
    before = default_generator.saved_state()
    alone = len(leaves) == 1 and bool(dims[0])  # PyTorch lets the batch stand where it is as long as it meets no other
    whole = [leaf if alone or dim in (None, 0) else leaf.movedim(dim, 0) for leaf, dim in zip(leaves, dims, strict=True)]
    try:
        with mapping():
            other = func(*unflatten(whole, spec), **kwargs)
        other = mapped(lambda result: result.movedim(dims[0], 0), other) if alone else other
    except Exception:
        return answer
    finally:
        drawn = _drawn(before)
        if drawn:
            default_generator.restore_state(before)
    mine, its = flatten(answer), flatten(other)
    same = mine[1] == its[1] and all(
        isinstance(b, Tensor) and a.shape == b.shape and np.array_equal(a._array, b._array, equal_nan=True)
        for a, b in zip(mine[0], its[0], strict=True)
    )
    return other if same and not drawn else answer


def _watched(func: Function, randomness: str) -> Function:
    """The function, with its draws held to what `randomness` says."""
    before = default_generator.saved_state()

    def run(*args: Any, **kwargs: Any) -> Any:
        if randomness == "same":
            default_generator.restore_state(before)
        with mapping():
            answer = func(*args, **kwargs)
        if randomness == "error" and _drawn(before):
            raise RuntimeError(RANDOM)
        return answer

    return run


@contextmanager
def mapping() -> Iterator[None]:
    """In this block a Function must say how it is mapped."""
    before = mode.transformations
    mode.transformations = (*before, _needs_vmap)
    try:
        yield
    finally:
        mode.transformations = before


def _needs_vmap(function: Any) -> None:
    needs_setup_context(function)
    if not getattr(function, "generate_vmap_rule", False) and not hasattr(function, "vmap"):
        raise RuntimeError(
            f"You tried to vmap over {function.__name__}, but it does not have vmap support. Please override and implement the vmap "
            "staticmethod or set generate_vmap_rule=True. For more details, please see "
            "https://pytorch.org/docs/main/notes/extending.func.html"
        )


def _drawn(before: GeneratorState) -> bool:
    """Whether the default generator has been used since."""
    old, new = before.twister["state"], default_generator.saved_state().twister["state"]
    return bool(old["pos"] != new["pos"] or (old["key"] != new["key"]).any())


def _read_inputs(func: Function, in_dims: Any, args: tuple[Any, ...]) -> tuple[int, list[int | None], list[Any], TreeSpec]:
    """The size of the batch, and each input with the dimension to map over."""
    called = f"vmap({_name(func)}, in_dims={in_dims}, ...)(<inputs>)"
    if not isinstance(in_dims, int | tuple):
        raise ValueError(
            f"{called}: expected `in_dims` to be int or a (potentially nested) tuple matching the structure of inputs, got: "
            f"{type(in_dims)}."
        )
    if not args:
        raise ValueError(
            f"vmap({_name(func)})(<inputs>): got no inputs. Maybe you forgot to add inputs, or you are trying to vmap over a function with "
            "no inputs. The latter is unsupported."
        )
    leaves, spec = flatten(args)
    dims = spread(in_dims, spec)
    if dims is None:
        raise ValueError(
            f"{called}: in_dims is not compatible with the structure of `inputs`. in_dims has structure {flatten(in_dims)[1]} but inputs "
            f"has structure {spec}."
        )
    for leaf, dim in zip(leaves, dims, strict=True):
        _check_in_dim(called, leaf, dim)
    dims = [None if dim is None else dim % leaf.ndim for leaf, dim in zip(leaves, dims, strict=True)]
    sizes = [leaf.shape[dim] for leaf, dim in zip(leaves, dims, strict=True) if dim is not None]
    if not sizes:
        raise ValueError("vmap: Expected at least one Tensor to vmap over")
    if len(set(sizes)) > 1:
        raise ValueError(
            f"vmap: Expected all tensors to have the same size in the mapped dimension, got sizes {sizes} for the mapped dimension"
        )
    return sizes[0], dims, leaves, spec


def _check_in_dim(called: str, leaf: Any, dim: Any) -> None:
    if not isinstance(dim, int) and dim is not None:
        raise ValueError(f"{called}: Got in_dim={dim} for an input but in_dim must be either an integer dimension or None.")
    if isinstance(dim, int) and not isinstance(leaf, Tensor):
        raise ValueError(
            f"{called}: Got in_dim={dim} for an input but the input is of type {type(leaf)}. We cannot vmap over non-Tensor arguments, "
            "please use None as the respective in_dim"
        )
    if dim is not None and not -leaf.ndim <= dim < leaf.ndim:
        raise ValueError(
            f"{called}: Got in_dim={dim} for some input, but that input is a Tensor of dimensionality {leaf.ndim} so expected in_dim to "
            f"satisfy -{leaf.ndim} <= in_dim < {leaf.ndim}."
        )


def _stacked(func: Function, answers: list[Any], out_dims: Any) -> Any:
    """The answers for the samples as one: each tensor in them stacked along its dimension of `out_dims`."""
    flat = [flatten(answer)[0] for answer in answers]
    spec = flatten(answers[0])[1]
    dims = _out_dims(func, answers[0], spec, out_dims)
    found = []
    for parts, dim in zip(zip(*flat, strict=True), dims, strict=True):
        if dim is None:
            if isinstance(parts[0], Tensor) and any(not np.array_equal(parts[0]._array, part._array, equal_nan=True) for part in parts):
                raise ValueError(f"vmap({_name(func)}, ...): `{_name(func)}` can not return a BatchedTensor when out_dim is None")
            found.append(parts[0])
            continue
        if not isinstance(parts[0], Tensor):
            name = _name(func)
            raise ValueError(
                f"vmap({name}, ...): `{name}` must only return Tensors, got type {type(parts[0])}. Did you mean to set out_dims= to "
                "None for output?"
            )
        whole = stack(parts, 0)
        found.append(whole if dim == 0 else whole.movedim(0, dim))
    return unflatten(found, spec)


def _out_dims(func: Function, answer: Any, spec: TreeSpec, out_dims: Any) -> list[Any]:
    if isinstance(answer, Tensor):
        dims = [out_dims] if out_dims is None or isinstance(out_dims, int) else list(out_dims) if len(out_dims) == 1 else None
    else:
        dims = spread(out_dims, spec)
    if dims is None:
        raise ValueError(
            f"vmap({_name(func)}, ..., out_dims={out_dims})(<inputs>): out_dims is not compatible with the structure of `outputs`. "
            f"out_dims has structure {flatten(out_dims)[1]} but outputs has structure {spec}."
        )
    return dims


def _of_nothing(func: Function, leaves: list[Any], dims: list[int | None], spec: TreeSpec, kwargs: dict[str, Any], out_dims: Any) -> Any:
    """The answer for a batch of none: in the shape that one sample of zeros has."""

    def sample(leaf: Any, dim: int | None) -> Any:
        return leaf if dim is None else leaf.new_zeros([size for d, size in enumerate(leaf.shape) if d != dim])

    answer = func(*unflatten([sample(leaf, dim) for leaf, dim in zip(leaves, dims, strict=True)], spec), **kwargs)
    whole = mapped(lambda t: t.new_zeros((0, *t.shape)), answer)
    flat, answer_spec = flatten(whole)
    return unflatten([t.movedim(0, dim) for t, dim in zip(flat, _out_dims(func, answer, answer_spec, out_dims), strict=True)], answer_spec)


def _check_out_dims(func: Function, out_dims: Any) -> None:
    for dim in flatten(out_dims)[0]:
        if not isinstance(dim, int) and dim is not None:
            raise ValueError(
                f"vmap({_name(func)}, ..., out_dims={out_dims}): `out_dims` must be an int, None or a python collection of ints "
                "representing where in the outputs the vmapped dimension should appear."
            )


def _name(func: Function) -> str:
    if hasattr(func, "__name__"):
        return str(func.__name__)
    return f"functools.partial({_name(func.func)}, ...)" if isinstance(func, functools.partial) else repr(func)
