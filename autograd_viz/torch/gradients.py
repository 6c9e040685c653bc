"""Asking for gradients: `backward`, `grad`, `.grad`, and cutting the graph with `detach`.

Read next: `autograd/__init__.py`.
"""

from __future__ import annotations

import warnings
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np

from autograd_viz import events
from autograd_viz.torch import observe
from autograd_viz.torch.arguments import kind_name
from autograd_viz.torch.dtypes import C_NAMES, GRAD_DTYPE, SCALAR_NAMES, Size
from autograd_viz.torch.engine import run_backward
from autograd_viz.torch.modes import mode
from autograd_viz.torch.node import NO_EDGE, Edge, Node, RemovableHandle, make_unusual, told
from autograd_viz.torch.source import locate
from autograd_viz.torch.tensor import Tensor, accumulator, edge_to, history, holding, method, need_tensors, needs_grad, retain

NOT_A_LEAF = (
    "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute won't be populated during "
    "autograd.backward(). If you indeed want the .grad field to be populated for a non-leaf Tensor, use .retain_grad() on the non-leaf "
    "Tensor. If you access the non-leaf Tensor by mistake, make sure you access the leaf Tensor instead. See "
    "github.com/pytorch/pytorch/pull/30531 for more information."
)
CYCLE = (
    "Using backward() with create_graph=True will create a reference cycle between the parameter and its gradient which can cause a "
    "memory leak. We recommend using autograd.grad when creating the graph to avoid this. If you have to use this function, make sure to "
    "reset the .grad fields of your parameters to None after use to break the cycle and avoid the leak."
)
ONLY_INPUTS = (
    "only_inputs argument is deprecated and is ignored now (defaults to True). To accumulate gradient for other parts of the graph, please "
    "use torch.autograd.backward."
)

Tensors = Tensor | Sequence[Tensor]

# --- the waves --------------------------------------------------------------------------------------------------------


def backward(
    tensors: Tensors, grad_tensors: Any = None, retain_graph: bool | None = None, create_graph: bool = False, grad_variables: Any = None,
    inputs: Any = None,
) -> None:  # fmt: skip
    """Send a gradient from each of `tensors` back to the leaves (or only to `inputs`), and add what arrives to their `.grad`.

    `grad_tensors`: the gradients to begin with, in the tensors' shapes; may be left out for tensors of one element (then 1).
    `retain_graph`: keep what the nodes saved, so that the graph can be walked again (default: create_graph).  `create_graph`: record the
    backward itself, for higher derivatives.  Raises RuntimeError if a tensor does not require grad, a gradient is missing or misshapen,
    or the graph has been walked before.
    """
    if grad_tensors is grad_variables is inputs is None and isinstance(tensors, Tensor) and tensors._array.size == 1:  # the usual way
        root = edge_to(tensors)
        if root[0] is not None and not create_graph:
            one = np.empty_like(tensors._array)
            one.fill(1)
            run_backward((root,), (holding(one),), keep_graph=bool(retain_graph), create_graph=False, known=(tensors,))
            return
    if grad_variables is not None:
        warnings.warn("`grad_variables` is deprecated. Use `grad_tensors` instead.", FutureWarning, stacklevel=2)
        if grad_tensors is not None:
            raise RuntimeError(
                "`grad_tensors` and `grad_variables` (deprecated) arguments both passed to `backward()`. Please only use `grad_tensors`."
            )
        grad_tensors = grad_variables
    targets = None if inputs is None else _listed(_values_of(inputs, "backward"))
    if targets is not None and not targets:
        raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
    roots = _listed(tensors)
    seeds = _seeds(roots, grad_tensors)
    _check_roots(roots)
    if create_graph:
        warnings.warn(CYCLE, UserWarning, stacklevel=3)
    for target in targets or ():
        if isinstance(target, Tensor):
            retain_grad(target)
    run_backward(
        list(map(_edge, roots)), seeds, keep_graph=bool(create_graph if retain_graph is None else retain_graph), create_graph=create_graph,
        targets=None if targets is None else list(map(_edge, targets)), known=_known(roots, targets or []),
    )  # fmt: skip


def grad(
    outputs: Tensors, inputs: Any, grad_outputs: Any = None, retain_graph: bool | None = None, create_graph: bool = False,
    only_inputs: bool = True, allow_unused: bool | None = None, is_grads_batched: bool = False, materialize_grads: bool = False,
) -> Any:  # fmt: skip
    """The gradients of `outputs` with respect to `inputs`, returned; no `.grad` changes.

    `allow_unused`: give None for an input that the outputs do not depend on, rather than raise.  `materialize_grads`: give zeros for it.
    `is_grads_batched`: `grad_outputs` have a dimension more in front, and so have the results.  A dict of inputs gives a dict of gradients.
    Raises as `backward` does.
    """
    if materialize_grads and allow_unused is False:
        raise ValueError("Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False.")
    roots = _listed(outputs)
    named = _values_of(inputs, "grad")
    wanted: list[Any] = [named] if isinstance(named, Tensor | GradientEdge) else list(named)
    if not wanted:
        raise RuntimeError("`inputs` argument to `grad()` cannot be empty.")
    if not only_inputs:
        warnings.warn(ONLY_INPUTS, FutureWarning, stacklevel=2)
    if is_grads_batched:
        answer = _batched(roots, wanted, grad_outputs, retain_graph, create_graph, bool(allow_unused or materialize_grads))
    else:
        seeds = _seeds(roots, grad_outputs)
        answer = _gradients(roots, wanted, seeds, retain_graph, create_graph, bool(allow_unused or materialize_grads))
    if materialize_grads:
        if any(gradient is None and isinstance(edge, GradientEdge) for edge, gradient in zip(wanted, answer, strict=True)):
            raise RuntimeError("materialize_grads cannot be used when the given input is a GradientEdge")
        answer = tuple(_zeros_like(tensor, create_graph) if got is None else got for tensor, got in zip(wanted, answer, strict=True))
    return dict(zip(inputs, answer, strict=True)) if type(inputs) is dict else answer


def _gradients(
    roots: list[Root], wanted: list[Any], seeds: list[Tensor], retain_graph: bool | None, create_graph: bool, allow_unused: bool
) -> tuple[Tensor | None, ...]:
    for tensor in wanted:
        if not isinstance(tensor, Tensor | GradientEdge):
            raise RuntimeError(f"all inputs have to be Tensors or GradientEdges, but got {type(tensor).__name__}")
    _check_roots(roots)
    for tensor in wanted:
        if isinstance(tensor, Tensor) and not needs_grad(tensor):
            raise RuntimeError("One of the differentiated Tensors does not require grad")
    found = run_backward(
        list(map(_edge, roots)), seeds, keep_graph=bool(create_graph if retain_graph is None else retain_graph), create_graph=create_graph,
        targets=list(map(_edge, wanted)), accumulate=False, api="grad", known=_known(roots, wanted),
    )  # fmt: skip
    answer: list[Tensor | None] = []
    for i, gradient in enumerate(found):
        if gradient is None and not allow_unused:
            raise RuntimeError(
                f"The differentiated Tensor at index {i} appears to not have been used in the graph. "
                "Set allow_unused=True if this is the desired behavior."
            )
        answer.append(gradient if gradient is None or isinstance(gradient, Tensor) else holding(np.array(gradient)))
    return tuple(answer)


def _batched(
    roots: list[Root], wanted: list[Any], given: Any, retain_graph: bool | None, create_graph: bool, allow_unused: bool
) -> tuple[Tensor | None, ...]:
    """One walk for each of the seeds that lie in front of one another; their answers are stacked."""
    from autograd_viz.torch.ops.joining import stack

    seeds = [given] if isinstance(given, Tensor) else list(given)
    for i, (root, seed) in enumerate(zip(roots, seeds, strict=True)):
        if seed._array.shape[1:] != _meta(root)[0]:
            raise RuntimeError(
                "If `is_grads_batched=True`, we interpret the first dimension of each grad_output as the batch dimension. The sizes of the "
                "remaining dimensions are expected to match the shape of corresponding output, but a mismatch was detected: "
                f"grad_output[{i}] has a shape of {Size(seed.shape[2:])} and output[{i}] has a shape of {Size(_meta(root)[0])}. "
                "If you only want some tensors in `grad_output` to be considered batched, consider using vmap."
            )
    keep = bool(create_graph if retain_graph is None else retain_graph)
    count = len(seeds[0]._array)
    walks = []
    for i in range(count):
        parts: list[Tensor] = [seed[i] for seed in seeds]  # type: ignore[index]
        walks.append(_gradients(roots, wanted, parts, keep or i < count - 1, create_graph, allow_unused))
    return tuple(None if each[0] is None else stack(list(each)) for each in zip(*walks, strict=True))


def _zeros_like(tensor: Tensor, requires_grad: bool) -> Tensor:
    zeros = holding(np.zeros_like(tensor._array))
    zeros._requires_grad = requires_grad
    return zeros


def _values_of(inputs: Any, function: str) -> Any:
    if isinstance(inputs, Mapping):
        if type(inputs) is not dict:
            kind = type(inputs).__name__
            raise TypeError(f"`inputs` argument to `{function}()` must be a dict, not {kind}. Other Mapping types are not supported.")
        return list(inputs.values())
    return inputs


class GradientEdge(NamedTuple):
    """Where a gradient arrives: an output of a node. In `backward` and `grad` it can stand for the tensor that was that output."""

    node: Node
    output_nr: int
    ownership_token: Any = None


Root = Tensor | GradientEdge


def _edge(root: Root) -> Edge:
    return edge_to(root) if isinstance(root, Tensor) else (root.node, root.output_nr)


def _meta(root: Root) -> tuple[tuple[int, ...], np.dtype]:
    return (root._array.shape, root._array.dtype) if isinstance(root, Tensor) else root.node.metas[root.output_nr]


def _known(roots: Sequence[Root], targets: Sequence[Root]) -> list[Tensor | None]:
    return [root if isinstance(root, Tensor) else None for root in (*roots, *targets)]


def _listed(tensors: Any) -> list[Root]:
    listed = [tensors] if isinstance(tensors, Tensor | GradientEdge) else list(tensors)
    for tensor in listed:
        if not isinstance(tensor, Tensor | GradientEdge):
            raise AssertionError(f"Expected output to be a torch.Tensor\nHint: got {type(tensor).__name__}.")
    return listed


def _seeds(roots: list[Root], given: Any) -> list[Tensor]:
    if isinstance(given, str):
        raise TypeError(f"gradients can be either Tensors or None, but got {type(given).__name__}")
    listed = [given] * len(roots) if given is None else [given] if isinstance(given, Tensor) else list(given)
    for seed in listed[: len(roots)]:
        if seed is not None and not isinstance(seed, Tensor):
            raise TypeError(f"gradients can be either Tensors or None, but got {type(seed).__name__}")
    if len(listed) < len(roots):  # (PyTorch does not look at those that are too many)
        raise RuntimeError(f"got {len(roots)} tensors and {len(listed)} gradients")
    seeds = []
    for i, (root, seed) in enumerate(zip(roots, listed, strict=False)):
        shape, kind = _meta(root)
        if seed is None:
            if _edge(root)[0] is None:
                continue  # the next check names it
            if prod(shape) != 1:
                raise RuntimeError(
                    "grad can be implicitly created only for scalar outputs"
                    f"\nHint: this one has shape {shape}. Reduce it first (.sum(), .mean()), or say how much each element counts: "
                    "backward(gradient=torch.ones_like(y))."
                )
            seeds.append(holding(np.ones(shape, kind)))
        elif seed._array.shape != shape:
            raise RuntimeError(
                f"Mismatch in shape: grad_output[{i}] has a shape of {seed.shape} and output[{i}] has a shape of {Size(shape)}."
                "\nHint: the gradient says how much each element of the output counts, so it needs the output's shape."
            )
        else:
            seeds.append(seed)
    return seeds


def _check_roots(roots: list[Root]) -> None:
    for i, root in enumerate(roots):
        if _edge(root)[0] is None:
            raise RuntimeError(
                f"element {i} of tensors does not require grad and does not have a grad_fn"
                "\nHint: nothing behind it was recorded. Was a leaf made with requires_grad=True, and was tracking on?"
            )


# --- as methods -------------------------------------------------------------------------------------------------------


def _backward(
    self: Tensor,
    gradient: Tensor | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Tensors | None = None,
) -> None:
    """Send a gradient from this tensor back to the leaves: see `torch.autograd.backward`."""
    backward(self, gradient, retain_graph, create_graph, inputs=inputs)


_backward.__name__, _backward.__qualname__ = "backward", "Tensor.backward"  # for the messages about its arguments
Tensor.backward = _backward  # type: ignore[attr-defined]


@method
def detach(input: Tensor) -> Tensor:
    """The same values and memory, cut off from the graph."""
    need_tensors("detach", input=input)
    cut = holding(input._array)
    cut._counter = input._version_counter
    if events.listeners and not mode.quiet:
        observe.created(cut, "detach", (input,))
        events.emit(events.TensorDetached(cut._serial, input._serial))
    return cut


_found: Any = Tensor.requires_grad


def _set_requires_grad(self: Tensor, value: bool) -> None:
    if events.listeners:
        observe.introduce(self)  # who listens should know whom this is about, also if it was made long ago
    _found.fset(self, value)


Tensor.requires_grad = _found.setter(_set_requires_grad)  # type: ignore[method-assign]


@method
def requires_grad_(input: Tensor, requires_grad: bool = True) -> Tensor:
    """Switch tracking of a leaf on or off; the tensor itself."""
    if not isinstance(requires_grad, bool):
        raise TypeError(f"requires_grad_(): argument 'requires_grad' (position 1) must be bool, not {type(requires_grad).__name__}")
    if requires_grad and input._array.dtype.kind != "f":
        raise RuntimeError(f"only Tensors of floating point dtype can require gradients\nHint: this one is {input.dtype}.")
    if not (requires_grad and not input.is_leaf):
        input.requires_grad = requires_grad
    return input


@method
def retain_grad(input: Tensor) -> None:
    """Keep the `.grad` of this non-leaf at the next backward. A leaf keeps it anyway."""
    if not needs_grad(input):
        raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
    edge = history(input)
    if edge[0] is None or input._retains_grad:
        return
    input._retains_grad = True
    retain(input, edge)
    if events.listeners:
        events.emit(events.GradRetained(observe.introduce(input)))


@method
def register_hook(input: Tensor, hook: Callable[[Tensor], Tensor | None]) -> RemovableHandle:
    """Call hook(grad) whenever this tensor's gradient is known; what it returns, if not None, takes the gradient's place.

    Raises RuntimeError for a tensor that does not require grad.
    """
    if not needs_grad(input):
        raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
    edge = history(input)  # (first: it may find that an in-place operation has left the old hooks behind)
    if input._backward_hooks is None:
        input._backward_hooks = OrderedDict()
        fn = edge[0] or (None if input._accumulator is None else input._accumulator())
        if fn is not None:
            fn.hook_tensor(edge[1], input._backward_hooks)
    handle = RemovableHandle(input._backward_hooks, hook)
    if events.listeners:
        observe.introduce(input)
        told(handle, "tensor", hook, edge[0] or accumulator(input), edge[1])
    return handle


@method
def register_post_accumulate_grad_hook(input: Tensor, hook: Callable[[Tensor], None]) -> RemovableHandle:
    """Call hook(leaf) each time after its `.grad` was added to.  Raises RuntimeError for what is no leaf that requires grad."""
    if not needs_grad(input):
        raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
    if not input.is_leaf:
        raise RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors")
    if input._post_accumulate_grad_hooks is None:
        input._post_accumulate_grad_hooks = OrderedDict()
        make_unusual(input)
    handle = RemovableHandle(input._post_accumulate_grad_hooks, hook)
    if events.listeners:
        observe.introduce(input)
        told(handle, "accumulate", hook, accumulator(input))
    return handle


@method
def detach_(input: Tensor) -> Tensor:
    """Cut this tensor itself off from the graph: it becomes a leaf that requires no grad.  Raises RuntimeError for a view."""
    if mode.inference:
        return input  # (nothing of autograd happens there)
    if input._view is not None:
        raise RuntimeError(
            "Can't detach views in-place. Use detach() instead. If you are using DistributedDataParallel (DDP) for training, and "
            "gradient_as_bucket_view is set as True, gradients are views of DDP buckets, and hence detach_() cannot be called on these "
            "gradients. To fix this error, please refer to the Optimizer.zero_grad() function in torch/optim/optimizer.py as the solution."
        )
    input._edge, input._requires_grad, input._retains_grad, input._backward_hooks = NO_EDGE, False, False, None
    return input


def _get_grad(self: Tensor) -> Tensor | None:
    if (self._edge is not NO_EDGE or self._view is not None) and self._grad is None and not self._retains_grad and not self.is_leaf:
        warnings.warn(NOT_A_LEAF, UserWarning, stacklevel=2)
    if events.listeners and self._grad is not None:
        observe.introduce(self)  # so that `w.grad.zero_()` is known to be about w
    return self._grad


def _set_grad(self: Tensor, value: Tensor | None) -> None:
    if value is None and not events.listeners:
        self._grad = None
        return
    if value is self:
        raise RuntimeError("can't assign Variable as its own grad")
    if value is not None and not isinstance(value, Tensor):
        raise TypeError(f"assigned grad expected to be a Tensor or None but got grad of type {kind_name(value)}")
    if value is not None and value._array.dtype != self._array.dtype:
        theirs, mine = C_NAMES[value.dtype], SCALAR_NAMES[self.dtype]
        raise RuntimeError(f"attempting to assign a gradient with dtype '{theirs}' to a tensor with grad_dtype '{mine}'. {GRAD_DTYPE}")
    if value is not None and value._array.shape != self._array.shape:
        raise RuntimeError(
            f"attempting to assign a gradient of size '{list(value.shape)}' to a tensor of size '{list(self.shape)}'. "
            "Please ensure that the gradient and the tensor are the same size"
        )
    before, self._grad = self._grad, value
    if events.listeners:
        observe.introduce(self)
        if value is not None:
            events.emit(observe.tensor_event(self, "", ()))
        elif before is not None:
            before._grad_of = 0
            events.emit(events.GradCleared(self._serial, "None", observe.preview(before._array), locate()))


def _delete_grad(self: Tensor) -> None:
    _set_grad(self, None)


Tensor.grad = property(  # type: ignore[attr-defined]
    _get_grad,
    _set_grad,
    _delete_grad,
    "What backward has added up here so far, or None. May be set, to None or to a tensor of the same shape and dtype.",
)
