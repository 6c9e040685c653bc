# mypy: disable-error-code="attr-defined,operator,comparison-overlap,arg-type,no-any-return"
# (What a Tensor can do is attached in methods.py, where a type checker does not see it.)
"""Derivatives of functions: `jacobian`, `hessian`, and products with them that never build the matrix.

Backward gives one row of the Jacobian, v^T J (`vjp`): seed it with v. A column, J v (`jvp`), takes backward twice: v^T J is linear in
v, and the gradient of that linear function with respect to v is J itself (the double backward trick). The Hessian is the Jacobian of
the gradient, so `vhp` and `hvp` are the same two games one order higher.

Here `func` is an ordinary function of tensors; `torch.func` has the same as transformations of functions.

Read next: `nn/__init__.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd_viz.torch.func.level import Level
from autograd_viz.torch.func.products import by_columns, by_rows
from autograd_viz.torch.gradients import grad
from autograd_viz.torch.modes import enable_grad, is_grad_enabled, set_grad_enabled
from autograd_viz.torch.ops.creation import zeros_like
from autograd_viz.torch.ops.joining import stack
from autograd_viz.torch.tensor import Tensor

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]

Function = Callable[..., Any]
Tensors = tuple[Tensor, ...]
Gradients = tuple[Tensor | None, ...]

# --- products with the Jacobian ---------------------------------------------------------------------------------------


def vjp(func: Function, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> tuple[Any, Any]:
    """func(*inputs), and v^T times its Jacobian.  `v` in the shape of the output; may be left out if that is one number.

    `create_graph`: both can be differentiated further.  `strict`: raise RuntimeError where the output does not depend on an input.
    """
    with enable_grad():
        several, args = _tuple(inputs, "inputs", "vjp")
        args = _prepared(args, create_graph, True)
        several_out, outputs = _called(func, args, "vjp", strict)
        if v is None:
            _need_one_number(
                outputs, "The vector v can only be None if the user-provided function returns a single Tensor with a single element."
            )
        seeds = None if v is None else _vector(v, outputs, several_out, "vjp", create_graph)
    with set_grad_enabled(create_graph or is_grad_enabled()):
        found = _filled(_grad(outputs, args, seeds, create_graph), args, strict, create_graph, "back")
    return _answer(outputs, several_out, create_graph), _answer(found, several, create_graph)


def jvp(func: Function, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> tuple[Any, Any]:
    """func(*inputs), and its Jacobian times v.  `v` in the shape of the inputs; may be left out if they are one number."""
    with enable_grad():
        _, args = _tuple(inputs, "inputs", "jvp")
        args = _prepared(args, create_graph, True)
        seeds = _input_vector(v, inputs, args, "jvp", create_graph)
        several_out, outputs = _called(func, args, "jvp", strict)
        anything = tuple(zeros_like(out, requires_grad=True) for out in outputs)  # what is linear in it does not depend on its value
        rows = _grad(outputs, args, anything, True)
        _need_grad(rows, "grad_inputs", strict)
    with set_grad_enabled(create_graph or is_grad_enabled()):
        found = _filled(_grad(rows, anything, seeds, create_graph), outputs, strict, create_graph, "back_trick")
    return _answer(outputs, several_out, create_graph), _answer(found, several_out, create_graph)


# --- products with the Hessian ----------------------------------------------------------------------------------------


def vhp(func: Function, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> tuple[Any, Any]:
    """func(*inputs), a single number, and v^T times its Hessian.  `v` in the shape of the inputs."""
    with enable_grad():
        several, args, seeds, outputs, gradient = _first_order(func, inputs, v, create_graph, strict, "vhp")
    with set_grad_enabled(create_graph or is_grad_enabled()):
        found = _filled(_grad(gradient, args, seeds, create_graph), args, strict, create_graph, "double_back")
    return _answer(outputs, False, create_graph), _answer(found, several, create_graph)


def hvp(func: Function, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> tuple[Any, Any]:
    """func(*inputs), a single number, and its Hessian times v. The same as `vhp`, for Hessians are symmetric; slower."""
    with enable_grad():
        several, args, seeds, outputs, gradient = _first_order(func, inputs, v, create_graph, strict, "hvp")
        anything = tuple(zeros_like(x, requires_grad=True) for x in args)
        rows = _grad(gradient, args, anything, True)
        _need_grad(gradient, "hessian", strict)
    with set_grad_enabled(create_graph or is_grad_enabled()):
        found = _filled(_grad(rows, anything, seeds, create_graph), args, strict, create_graph, "double_back_trick")
    return _answer(outputs, False, create_graph), _answer(found, several, create_graph)


def _first_order(
    func: Function, inputs: Any, v: Any, create_graph: bool, strict: bool, name: str
) -> tuple[bool, Tensors, Tensors | None, Tensors, Gradients]:
    several, args = _tuple(inputs, "inputs", name)
    args = _prepared(args, create_graph, True)
    seeds = _input_vector(v, inputs, args, name, create_graph)
    several_out, outputs = _called(func, args, name, strict)
    if several_out:
        raise RuntimeError(f"The function given to {name} should return a single Tensor")
    if outputs[0].numel() != 1:
        raise RuntimeError(f"The Tensor returned by the function given to {name} should contain a single element")
    gradient = _grad(outputs, args, None, True)
    _need_grad(gradient, "jacobian", strict)
    return several, args, seeds, outputs, gradient


# --- the matrices -----------------------------------------------------------------------------------------------------

STRATEGIES = ("forward-mode", "reverse-mode")


def jacobian(
    func: Function, inputs: Any, create_graph: bool = False, strict: bool = False, vectorize: bool = False, strategy: str = "reverse-mode"
) -> Any:
    """All derivatives of all outputs: a Tensor of shape (*output.shape, *input.shape); of several outputs a tuple, of several inputs too.

    Row by row, one backward each; in forward mode column by column, two each. `vectorize` is taken for PyTorch's sake, and no faster.
    """
    if strategy not in STRATEGIES:
        raise AssertionError(
            'Expected strategy to be either "forward-mode" or "reverse-mode". Hint: If your function has more outputs than inputs, '
            '"forward-mode" tends to be more performant. Otherwise, prefer to use "reverse-mode".'
        )
    if strategy == "forward-mode":
        _check_forward(create_graph, strict, vectorize)
        return _by_forward(func, inputs)
    with enable_grad():
        several, args = _tuple(inputs, "inputs", "jacobian")
        args = _prepared(args, create_graph, True)
        several_out, outputs = _called(func, args, "jacobian", strict)
        if vectorize and strict:
            raise RuntimeError(
                "torch.autograd.functional.jacobian: `strict=True` and `vectorized=True` are not supported together. "
                "Please either set `strict=False` or `vectorize=False`."
            )
        if vectorize:
            found = by_rows(list(outputs), list(args), create_graph)
        else:
            rows = [_rows(out, i, args, create_graph, strict) for i, out in enumerate(outputs)]
            found = [
                [stack(each, dim=0).view(out.size() + x.size()) for each, x in zip(of_out, args, strict=True)]
                for of_out, out in zip(rows, outputs, strict=True)
            ]
    answer = tuple(tuple(matrix if create_graph else matrix.detach() for matrix in of_out) for of_out in found)
    each = answer if several else tuple(of_out[0] for of_out in answer)
    return each if several_out else each[0]


def _rows(out: Tensor, i: int, args: Tensors, create_graph: bool, strict: bool) -> list[list[Tensor]]:
    """For each input, the gradient of each element of `out`, the i-th output."""
    found: list[list[Tensor]] = [[] for _ in args]
    for place in range(out.numel()):
        row = _grad((out.reshape(-1)[place],), args, None, create_graph, retain_graph=True)
        for j, (gradient, x) in enumerate(zip(row, args, strict=True)):
            if gradient is None and strict:
                raise RuntimeError(
                    f"Output {i} of the user-provided function is independent of input {j}. This is not allowed in strict mode."
                )
            if gradient is not None and strict and create_graph and not gradient.requires_grad:
                raise RuntimeError(
                    f"The jacobian of the user-provided function is independent of input {i}. This is not allowed in strict mode when "
                    "create_graph=True."
                )
            found[j].append(zeros_like(x) if gradient is None else gradient)
    return found


def _by_forward(func: Function, inputs: Any) -> Any:
    """The Jacobian column by column: each says where the outputs move when one element of the inputs does."""
    several, args = _tuple(inputs, "inputs", "jacobian")
    level = Level()
    with level:
        inside = level.enter(args)
        several_out, outputs = _tuple(func(*inside), "outputs", "None")
    columns = by_columns(list(outputs), list(inside))
    found = [
        [c.reshape(out.shape + x.shape) for c, x in zip(of_out, args, strict=True)] for of_out, out in zip(columns, outputs, strict=True)
    ]
    found = level.leave(found)
    level.close(found)
    each = found if several else tuple(of_out[0] for of_out in found)
    return each if several_out else each[0]


def hessian(
    func: Function, inputs: Any, create_graph: bool = False, strict: bool = False, vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:  # fmt: skip
    """All second derivatives of a function that returns a single number: the Jacobian of its Jacobian.

    A Tensor of shape (*input.shape, *input.shape); of several inputs a tuple of tuples, one for each pair.
    """
    several, args = _tuple(inputs, "inputs", "hessian")
    if outer_jacobian_strategy not in STRATEGIES:
        raise AssertionError('Expected strategy to be either "forward-mode" or "reverse-mode".')

    def one_number(*given: Tensor) -> Tensor:
        out = func(*given)
        several_out, outputs = _tuple(out, "outputs of the user-provided function", "hessian")
        _need_grad(outputs, "outputs", strict)
        if several_out:
            raise RuntimeError("The function given to hessian should return a single Tensor")
        if outputs[0].numel() != 1:
            raise RuntimeError("The Tensor returned by the function given to hessian should contain a single element")
        return outputs[0].squeeze()

    if outer_jacobian_strategy == "forward-mode":  # then the result has a graph, also for inputs that need none
        args = tuple(x if x.requires_grad else x.detach().requires_grad_() for x in args)

    def gradient(*given: Tensor) -> Any:
        found = jacobian(one_number, given, create_graph=True)
        _need_grad(found, "jacobian", strict)
        return found

    found: Any = jacobian(gradient, args, create_graph, strict, vectorize, outer_jacobian_strategy)
    return found if several else found[0][0]


def _check_forward(create_graph: bool, strict: bool, vectorize: bool) -> None:
    if create_graph:
        raise NotImplementedError(
            'torch.autograd.functional.jacobian: `create_graph=True` and `strategy="forward-mode"` are not supported together (yet). '
            'Please either set `create_graph=False` or `strategy="reverse-mode"`.'
        )
    if strict:
        raise RuntimeError(
            'torch.autograd.functional.jacobian: `strict=True` and `strategy="forward-mode"` are not supported together (yet). '
            'Please either set `strict=False` or `strategy="reverse-mode"`.'
        )
    if not vectorize:
        raise NotImplementedError(
            "Computing Jacobian using forward-AD or forward-over-reverse Hessian isonly implemented for `vectorize=True`."
        )


# --- in and out -------------------------------------------------------------------------------------------------------


def _tuple(values: Any, what: str, name: str) -> tuple[bool, Tensors]:
    """Whether it was a tuple, and the tuple.  Raises TypeError if not all of it are tensors."""
    several = isinstance(values, tuple)
    listed = values if several else (values,)
    for i, value in enumerate(listed):
        if not isinstance(value, Tensor):
            which = f"value at index {i}" if several else f"given {what}"
            raise TypeError(
                f"The {what} given to {name} must be either a Tensor or a tuple of Tensors but the {which} has type {type(value)}."
            )
    return several, listed


def _prepared(values: Tensors, create_graph: bool, need_graph: bool) -> Tensors:
    """New Tensors of the same values, so that an argument can be told from the same tensor used by `func` from outside."""
    return tuple(x.view_as(x) if create_graph and x.requires_grad else x.detach().requires_grad_(need_graph) for x in values)


def _called(func: Function, args: Tensors, name: str, strict: bool) -> tuple[bool, Tensors]:
    several, outputs = _tuple(func(*args), "outputs of the user-provided function", name)
    _need_grad(outputs, "outputs", strict)
    return several, outputs


def _input_vector(v: Any, inputs: Any, args: Tensors, name: str, create_graph: bool) -> Tensors | None:
    if v is not None:
        return _vector(v, args, isinstance(inputs, tuple), name, create_graph)
    _need_one_number(
        args, "The vector v can only be None if the input to the user-provided function is a single Tensor with a single element."
    )
    return None


def _need_one_number(tensors: Tensors, otherwise: str) -> None:
    if len(tensors) != 1 or tensors[0].numel() != 1:
        raise RuntimeError(otherwise)


def _vector(v: Any, others: Tensors, several: bool, name: str, create_graph: bool) -> Tensors:
    """The given `v` as a tuple.  Raises RuntimeError if it does not fit to `others`."""
    _, listed = _tuple(v, "v", name)
    listed = _prepared(listed, create_graph, False)
    if len(others) != len(listed):
        raise RuntimeError(
            f"v is a tuple of invalid length: should be {len(others)} but got {len(listed)}."
            if several
            else "The given v should contain a single Tensor."
        )
    for i, (one, other) in enumerate(zip(listed, others, strict=True)):
        if one.size() != other.size():
            where = f"Entry {i} in " if several else ""
            raise RuntimeError(f"{where}v has invalid size: should be {other.size()} but got {one.size()}.")
    return listed


def _grad(outputs: Gradients, inputs: Tensors, seeds: Tensors | None, create_graph: bool, retain_graph: bool | None = None) -> Gradients:
    """`grad` of those outputs that have a gradient; None for an input on which none of them depends."""
    pairs = [pair for pair in zip(outputs, seeds or [None] * len(outputs), strict=True) if pair[0] is not None and pair[0].requires_grad]
    if not pairs:
        return (None,) * len(inputs)
    roots = [out for out, _ in pairs if out is not None]
    return grad(roots, inputs, [seed for _, seed in pairs], retain_graph, create_graph, allow_unused=True)


def _answer(found: Tensors, several: bool, create_graph: bool) -> Any:
    if not create_graph:
        found = tuple(tensor.detach() for tensor in found)
    return found if several else found[0]


# --- strict mode ------------------------------------------------------------------------------------------------------


def _need_grad(tensors: Sequence[Tensor | None], what: str, strict: bool) -> None:
    """In strict mode, raise RuntimeError where a result does not depend on an input."""
    for i, tensor in enumerate(tensors if strict else ()):
        if tensor is None:
            raise RuntimeError(f"The output of the user-provided function is independent of input {i}. This is not allowed in strict mode.")
        if not tensor.requires_grad:
            raise RuntimeError(_INDEPENDENT[what].format(i=i))


_INDEPENDENT = {
    "outputs": "Output {i} of the user-provided function does not require gradients. The outputs must be computed in a differentiable "
    "manner from the input when running in strict mode.",
    "grad_inputs": "The gradient with respect to input {i} is independent of the inputs of the user-provided function. This is not allowed "
    "in strict mode.",
    "jacobian": "While computing the hessian, found that the jacobian of the user-provided function with respect to input {i} is "
    "independent of the input. This is not allowed in strict mode. You should ensure that your function is twice differentiable and that "
    "the jacobian depends on the inputs (this would be violated by a linear function for example).",
    "hessian": "The hessian of the user-provided function with respect to input {i} is independent of the input. This is not allowed in "
    "strict mode. You should ensure that your function is thrice differentiable and that the hessian depends on the inputs.",
}
_NO_PATH = {
    "back": "The output of the user-provided function is independent of input {i}. This is not allowed in strict mode.",
    "back_trick": "The gradient with respect to the input is independent of entry {i} in the grad_outputs when using the double backward "
    "trick to compute forward mode gradients. This is not allowed in strict mode.",
    "double_back": "The jacobian of the user-provided function is independent of input {i}. This is not allowed in strict mode.",
    "double_back_trick": "The hessian of the user-provided function is independent of entry {i} in the grad_jacobian. This is not allowed "
    "in strict mode as it prevents from using the double backward trick to replace forward mode AD.",
}


def _filled(found: Gradients, likes: Tensors, strict: bool, create_graph: bool, stage: str) -> Tensors:
    """Zeros where there is no dependence; in strict mode raise RuntimeError instead."""
    filled = []
    for i, (gradient, like) in enumerate(zip(found, likes, strict=True)):
        if gradient is None and strict:
            raise RuntimeError(_NO_PATH[stage].format(i=i))
        if gradient is not None and strict and create_graph and not gradient.requires_grad:
            what = "hessian" if "double" in stage else "jacobian"
            raise RuntimeError(
                f"The {what} of the user-provided function is independent of input {i}. This is not allowed in strict mode when "
                "create_graph=True."
            )
        filled.append(zeros_like(like) if gradient is None else gradient)
    return tuple(filled)
