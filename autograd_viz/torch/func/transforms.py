# mypy: disable-error-code="attr-defined,operator,comparison-overlap,arg-type,no-any-return"
# (What a Tensor can do is attached in methods.py, where a type checker does not see it.)
"""`torch.func`: a function in, its derivative out, as a function: `grad`, `vjp`, `jvp`, `jacrev`, `jacfwd`, `hessian`.

    torch.func.grad(torch.sin)(x)          cos(x)
    torch.func.grad(torch.func.grad(f))    the second derivative: transformations nest

Inputs and outputs may be tensors in tuples, lists and dicts. Forward mode (`jvp`, `jacfwd`) gives what PyTorch's gives, but gets it
from backward, twice.

Then: `modules.py`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from autograd_viz.torch.func.batching import mapping
from autograd_viz.torch.func.level import Level
from autograd_viz.torch.func.products import backward, by_columns, by_rows, push
from autograd_viz.torch.func.trees import flatten, mapped, unflatten
from autograd_viz.torch.modes import is_grad_enabled
from autograd_viz.torch.ops.creation import zeros_like
from autograd_viz.torch.ops.shape import alias
from autograd_viz.torch.tensor import Tensor

Function = Callable[..., Any]
Argnums = int | tuple[int, ...]

# --- gradients --------------------------------------------------------------------------------------------------------


def grad(func: Function, argnums: Argnums = 0, has_aux: bool = False) -> Function:
    """The function that computes the gradient of `func`, which returns a 0-d tensor, for the arguments `argnums`.

    `has_aux`: func returns (output, something more), and the gradient function (gradient, something more).
    """

    @functools.wraps(func)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        found, value = _grad_and_value(func, argnums, has_aux, args, kwargs)
        return (found, value[1]) if has_aux else found

    return wrapper


def grad_and_value(func: Function, argnums: Argnums = 0, has_aux: bool = False) -> Function:
    """As `grad`; the function returns (gradient, output), or (gradient, (output, something more))."""

    @functools.wraps(func)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return _grad_and_value(func, argnums, has_aux, args, kwargs)

    return wrapper


def _grad_and_value(func: Function, argnums: Argnums, has_aux: bool, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, Any]:
    level = Level()
    with level:
        inside = level.enter(_chosen(args, argnums))
        output = func(*_replaced(args, inside, argnums), **kwargs)
        name = "grad_and_value(f)(*args)"
        output, aux = _split_aux(output, has_aux, f"{name}: output of function f")
        if not isinstance(output, Tensor):
            raise RuntimeError(f"{name}: Expected f(*args) to return a Tensor, got {type(output)}")
        if output.ndim != 0:
            raise RuntimeError(
                f"{name}: Expected f(*args) to return a scalar Tensor, got tensor with {output.ndim} dims. Maybe you wanted to use the vjp "
                "or jacrev APIs instead?"
            )
        leaves, spec = flatten(inside)
        found = backward([output], leaves, None, create_graph=True)
    value = level.leave(output)
    answer = level.leave(unflatten(found, spec)), (value, level.leave(aux)) if has_aux else value
    level.close(answer)
    return answer


# --- products with the Jacobian ---------------------------------------------------------------------------------------


class Pulled:
    """A function that has run on its level: outputs, and the way back."""

    def __init__(self, func: Function, args: tuple[Any, ...], argnums: Argnums | None, has_aux: bool, name: str) -> None:
        self.level = Level()
        with self.level:
            inside = self.level.enter(args if argnums is None else _chosen(args, argnums))
            output = func(*(inside if argnums is None else _replaced(args, inside, argnums)))
            output, self.aux = _split_aux(output, has_aux, f"{name}: output of function f")
            self.outputs, self.spec = flatten(output)
            _check_outputs(self.outputs, name)
            self.inputs, self.inputs_spec = flatten(inside)

    def value(self) -> Any:
        return self.level.leave(unflatten(self.outputs, self.spec))


def vjp(func: Function, *primals: Any, has_aux: bool = False) -> Any:
    """func(*primals), and a function that takes a vector v in the shape of the output to v^T times the Jacobian, a tuple."""
    pulled = Pulled(func, primals, None, has_aux, "vjp(f, *primals)")
    _check_floats(pulled.outputs)

    def wrapper(cotangents: Any, retain_graph: bool = True, create_graph: bool | None = None) -> Any:
        vectors, spec = flatten(cotangents)
        if spec != pulled.spec:
            raise RuntimeError(
                "Expected pytree structure of cotangents to be the same as pytree structure of outputs to the function. "
                f"cotangents: {spec.short()}, primal output: {pulled.spec.short()}"
            )
        recorded = is_grad_enabled() if create_graph is None else create_graph
        found = backward(pulled.outputs, pulled.inputs, vectors, create_graph=recorded)
        return pulled.level.leave(unflatten(found, pulled.inputs_spec))

    value = pulled.value()
    return (value, wrapper, pulled.level.leave(pulled.aux)) if has_aux else (value, wrapper)


JVP = "jvp(f, primals, tangents)"


def jvp(func: Function, primals: Any, tangents: Any, *, strict: bool = False, has_aux: bool = False) -> Any:
    """func(*primals), and its Jacobian times the vector `tangents`: where the output moves when the inputs move that way."""
    if not isinstance(primals, tuple):
        raise RuntimeError(f"{JVP}: Expected primals to be a tuple. E.g. it should be valid to call f(*primals).")
    flat, spec = flatten(primals)
    vectors, vectors_spec = flatten(tangents)
    if spec != vectors_spec:
        raise RuntimeError(
            f"{JVP}: Expected primals and tangents to have the same python structure. For example, if primals is a tuple of 3 tensors, "
            f"tangents also must be. Got primals with structure {spec} and tangents with structure {vectors_spec}"
        )
    for what, values in (("primals", flat), ("tangents", vectors)):
        _check_tensors(values, what)
    for primal, tangent in zip(flat, vectors, strict=True):
        if primal.shape != tangent.shape:
            raise RuntimeError(
                "Trying to set a forward gradient that has a different size than that of the original Tensor, this is not supported. "
                f"Tensor is of size {list(primal.shape)} while the given forward gradient is of size {list(tangent.shape)}."
            )
    pulled = Pulled(func, primals, None, has_aux, JVP)
    value, moved = mapped(_alias, pulled.value()), pulled.level.leave(unflatten(_pushed(pulled, vectors, strict), pulled.spec))
    return (value, moved, pulled.level.leave(pulled.aux)) if has_aux else (value, moved)


def _alias(tensor: Tensor) -> Tensor:
    return alias(tensor) if tensor.requires_grad else tensor


def _pushed(pulled: Pulled, tangents: list[Tensor], strict: bool) -> list[Tensor]:
    found = push(pulled.outputs, pulled.inputs, tangents)
    if strict and None in found:
        raise RuntimeError(
            "jvp(f, primals, tangents, strict=True): The output of f is independent of the inputs. This is not allowed with strict=True."
        )
    return [zeros_like(out) if moved is None else moved for out, moved in zip(pulled.outputs, found, strict=True)]


def linearize(func: Function, *primals: Any) -> tuple[Any, Function]:
    """func(*primals), and the linear function nearest to it there: tangents to where the output moves."""
    pulled = Pulled(func, primals, None, False, "linearize(f, *primals)")

    def jvp_fn(*tangents: Any) -> Any:
        vectors, spec = flatten(tangents)
        if spec != pulled.inputs_spec:
            raise RuntimeError(
                f"Expected the tangents {spec} to have the same argspec as the primals {pulled.inputs_spec} of the function being "
                "linearized"
            )
        return pulled.level.leave(unflatten(_pushed(pulled, vectors, False), pulled.spec))

    return pulled.value(), jvp_fn


def functionalize(func: Function, *, remove: str = "mutations") -> Function:
    """The function itself: in PyTorch, with its in-place operations written as others, which gives the same."""
    if remove not in ("mutations", "mutations_and_views"):
        raise RuntimeError(
            f"functionalize(f, remove='mutations'): received invalid argument for remove={remove}. Valid options are:\n"
            '    remove="mutations": all inplace and out= operators will be removed from the program, and replaced with their out-of-place '
            'equivalents.\n    remove="mutations_and_views": In addition to the above, all aliasing operators {view} will be replaced with '
            "their non-aliasing counterparts, {view}_copy.\n"
        )
    return functools.wraps(func)(lambda *args, **kwargs: func(*args, **kwargs))


# --- the matrices -----------------------------------------------------------------------------------------------------


def jacrev(
    func: Function, argnums: Argnums = 0, *, has_aux: bool = False, chunk_size: int | None = None, _preallocate_and_copy: bool = False
) -> Function:
    """The function that computes all derivatives of all outputs of `func`: tensors of shape (*output.shape, *input.shape)."""
    if chunk_size is not None and chunk_size <= 0:
        raise ValueError("jacrev: `chunk_size` should be greater than 0.")

    @functools.wraps(func)
    def wrapper(*args: Any) -> Any:
        pulled = Pulled(func, args, argnums, has_aux, "vjp(f, *primals)")
        _check_floats(pulled.outputs)
        return _jacobian(pulled, has_aux, by_rows(pulled.outputs, pulled.inputs, is_grad_enabled()))

    return wrapper


def jacfwd(func: Function, argnums: Argnums | None = 0, has_aux: bool = False, *, randomness: str = "error") -> Function:
    """The same as `jacrev`. (In PyTorch it goes forward, a column for each element of an input.)"""

    @functools.wraps(func)
    def wrapper(*args: Any) -> Any:
        with mapping():
            pulled = Pulled(func, args, argnums, has_aux, JVP)
        columns = by_columns(pulled.outputs, pulled.inputs)
        return _jacobian(pulled, has_aux, [[_unfolded(c, x) for c, x in zip(of_out, pulled.inputs, strict=True)] for of_out in columns])

    return wrapper


def hessian(func: Function, argnums: Argnums = 0) -> Function:
    """The function that computes all second derivatives of `func`: the Jacobian of the Jacobian."""
    return jacfwd(jacrev(func, argnums), argnums)


def _jacobian(pulled: Pulled, has_aux: bool, matrices: list[list[Any]]) -> Any:
    """The matrices, a list for each output with one for each input, in the trees that the outputs and inputs came in."""
    answer = unflatten([unflatten(of_out, pulled.inputs_spec) for of_out in matrices], pulled.spec)
    answer = (pulled.level.leave(answer), pulled.level.leave(pulled.aux)) if has_aux else pulled.level.leave(answer)
    pulled.level.close(answer)
    return answer


def _unfolded(columns: Tensor, x: Tensor) -> Tensor:
    """The last dimension, over the elements of x, in the shape of x."""
    return columns.squeeze(-1) if x.ndim == 0 else columns.view((*columns.shape[:-1], *x.shape))


# --- arguments --------------------------------------------------------------------------------------------------------


def _chosen(args: tuple[Any, ...], argnums: Argnums) -> Any:
    """The arguments to differentiate for: one, or a tuple of several.  Raises RuntimeError for numbers that no argument has."""
    if not isinstance(argnums, int | tuple):
        raise RuntimeError(f"argnums must be int or Tuple[int, ...], got: {type(argnums)}")
    if isinstance(argnums, int):
        return args[_argnum(argnums, len(args))]
    numbers = tuple(_argnum(number, len(args)) for number in argnums)
    if not numbers:
        raise RuntimeError("argnums must be non-empty")
    if len(set(numbers)) != len(numbers):
        raise RuntimeError(f"argnums elements must be unique, got {numbers}")
    return tuple(args[number] for number in numbers)


def _argnum(number: Any, count: int) -> int:
    if not isinstance(number, int):
        raise RuntimeError(f"argnum must be int, got: {type(number)}")
    if not -count <= number < count:
        raise RuntimeError(f"Got argnum={number}, but only {count} positional inputs")
    return number % count


def _replaced(args: tuple[Any, ...], inside: Any, argnums: Argnums) -> tuple[Any, ...]:
    news = {argnums % len(args): inside} if isinstance(argnums, int) else {n % len(args): x for n, x in zip(argnums, inside, strict=True)}
    return tuple(news.get(i, arg) for i, arg in enumerate(args))


def _split_aux(output: Any, has_aux: bool, who: str) -> tuple[Any, Any]:
    if not has_aux:
        return output, None
    if not (isinstance(output, tuple) and len(output) == 2):
        raise RuntimeError(f"{who} should be a tuple: (output, aux) if has_aux is True")
    return output


def _check_outputs(outputs: list[Any], name: str) -> None:
    if not outputs or (len(outputs) == 1 and outputs[0] is None):
        raise RuntimeError(f"{name}: Expected f to be a function that has non-empty output (got output = {outputs})")
    for out in outputs:
        if not isinstance(out, Tensor):
            raise RuntimeError(f"{name}: expected f(*primals) to return only tensors, got unsupported type {type(out)}")


def _check_floats(outputs: list[Tensor]) -> None:
    for out in outputs:
        if not out.is_floating_point():
            raise RuntimeError(
                f"vjp(f, ...): All outputs of f must be floating-point or complex Tensors, got Tensor with dtype {out.dtype}"
            )


def _check_tensors(values: list[Any], what: str) -> None:
    if not values:
        raise RuntimeError(f"{JVP}: Expected {what} to contain at least one Tensor.")
    for value in values:
        if not isinstance(value, Tensor):
            raise RuntimeError(f"{JVP}: Expected {what} to only contain Tensors, got {type(value)}")
