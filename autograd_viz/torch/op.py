"""`@op`: one operation is one row of a derivatives table, and this file is what reads the row.

    @op("MulBackward0",
        self=lambda grad, other: grad * other,
        other=lambda grad, self: grad * self)
    def mul(self, other):
        return self * other

reads: the node of `mul` is called MulBackward0; the gradient of `self` is the incoming gradient times `other`, and the other way
round; the values come from numpy. The names that a formula asks for say what the node must save, so nothing else need be
written: not the list of saved tensors (`grad_fn._saved_other`), nor when they are freed, nor the check of their version.

What a formula may ask for:  `grad` (or `grads`, of an operation with several results); an argument, or `result` (a tensor is saved, a
plain value kept); and of an argument that it need not keep, `..._sym_sizes` (its shape), `..._sym_numel`.  Formulas are written with
operations, so one formula serves twice: on bare arrays when only numbers are wanted, on Tensors when `create_graph=True` asks for the
graph of the gradient.

Read next: `ops/pointwise.py`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_viz import events
from autograd_viz.torch import dtypes, observe
from autograd_viz.torch.anomaly import remember_where
from autograd_viz.torch.compiled import ARRAYS, MISSING, backward_of, forward_of, laid_out, quietly, release_of
from autograd_viz.torch.formulas import texts_of
from autograd_viz.torch.modes import mode
from autograd_viz.torch.node import NO_EDGE, Node
from autograd_viz.torch.out import check_untracked, put_into
from autograd_viz.torch.saved import Packed, SavedInput, SavedList, SavedOutput, array_of, tensor_of
from autograd_viz.torch.tensor import Tensor, edge_to, holding, needs_grad, share_memory, strides_of, wrapped_number

Formula = Callable[..., Any]

ROWS: dict[str, Row] = {}
"""The whole table, by node name."""


def op(
    node: str, /, *, view: bool = False, pointwise: bool = False, others: str = "", outputs: str = "", keep: str = "", lists: str = "",
    joint: Formula | None = None, inputs: str = "", **formulas: Formula,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:  # fmt: skip
    """Make an operation of a numpy function.

    `node`: PyTorch's name for its grad_fn ("" if nothing it returns has a gradient). `formulas`: for each differentiable argument, its
    gradient. `others`: further arguments that are tensors (an index, a mask). `outputs`: names of the results, if several ("..." if their
    number varies). `view`: the results share the first argument's memory. `pointwise`: the arguments are broadcast, promoted to one dtype,
    and may be numbers. `keep`: what PyTorch's node shows besides what our formulas need. `lists`: the argument that is a list of tensors;
    its formula gives a list too. `joint`: one formula for all `inputs`, which gives a list of their gradients; it may ask for `needed`,
    which says of each whether anyone wants it.
    """

    def made(forward: Callable[..., Any]) -> Callable[..., Any]:
        row = Row(node, forward, formulas, view, pointwise, others.split(), outputs.split(), keep.split(), lists, joint, inputs.split())
        if node:
            ROWS.setdefault(node, row)
        if lists:

            def of_lists(*args: Any, **kwargs: Any) -> Any:
                first = args[0] if args else None
                if lists and isinstance(first, tuple | list) and first:
                    first = first[0]
                if type(first) in ARRAYS:  # inside a formula, where only numbers are wanted
                    return forward(*args, **kwargs)
                return row.apply(args, kwargs)

            operation: Any = of_lists
            as_method: Any = of_lists
        else:
            operation, as_method = forward_of(row), forward_of(row, 1)
        functools.update_wrapper(operation, forward)
        functools.update_wrapper(as_method, forward)
        operation.row, operation.as_method = row, as_method
        if len(row.meeting) == 2 == len(row.names) - len(row.defaults):
            operation.operator = forward_of(row, -1)
        done: Callable[..., Any] = operation
        return done

    return made


def names_of(function: Callable[..., Any]) -> list[str]:
    """The names of a function's parameters."""
    code = function.__code__
    return list(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])


class Row:
    """One row: names, formulas and forward, and how to apply them."""

    def __init__(
        self, node: str, forward: Callable[..., Any], formulas: dict[str, Formula], view: bool, pointwise: bool, others: list[str],
        outputs: list[str], keep: list[str], lists: str, joint: Formula | None, inputs: list[str],
    ) -> None:  # fmt: skip
        self.op = re.sub("_(all|dims?|number|tensor)$", "", forward.__name__.strip("_"))
        self.forward = forward
        self.view, self.outputs, self.lists = view, outputs, lists
        self.called = node
        self.public: Callable[..., Any] | None = None  # the function that checks an operator's arguments, if a row cannot
        # (What `inspect.signature` would tell, at a twentieth of its time: there are hundreds of rows to read before the first lesson.)
        code, kinds = forward.__code__, forward.__annotations__
        self.names = names_of(forward)
        self.keyword_only = self.names[code.co_argcount :]
        last = self.names[: code.co_argcount][::-1]
        self.defaults = dict(zip(last, (forward.__defaults__ or ())[::-1], strict=False)) | (forward.__kwdefaults__ or {})
        self.defaults = {name: self.defaults[name] for name in self.names if name in self.defaults}
        self.whole = [name for name in self.names if kinds.get(name) == "int"]
        self.listed = [name for name in self.names if kinds.get(name) == "tuple[Any, ...]"]  # tuples that may hold tensors
        self.inputs = inputs or [name for name in self.names if name in formulas]  # in the order of the signature, as in next_functions
        self.tensors = self.inputs + others
        self.meeting = (self.inputs or others) if pointwise else []  # what is broadcast and promoted together
        written = [joint] if joint else [formulas[name] for name in self.inputs]
        self.formulas = [(formula, names_of(formula)) for formula in written]
        self.together = bool(lists or joint)
        self.results = outputs or ["result"]
        asked = {name for _, asks in self.formulas for name in asks} - {"grad", "grads", "needed"}
        self.saves = sorted(asked | set(keep))
        self.readers = {name: [i for i, (_, asks) in enumerate(self.formulas) if name in asks] for name in self.saves}
        self.tensor_fields = tuple(name for name in self.saves if name in (*self.tensors, *self.results, *self.listed))
        facts = {"__module__": "builtins", "row": self, "called": node, "_tensor_fields": self.tensor_fields}
        facts["__doc__"] = f"The grad_fn of `{self.op}`."
        self.node = type(node.rpartition("::")[2], (RecordedOp,), facts)

    def bare(self, values: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The forward on arrays, from the compiled function, which has put MISSING where it was given nothing."""
        args, named = self._given(values, kwargs)
        return self.forward(*args, **named)

    def operator(self, *values: Any) -> Any:
        """`apply` for an operator: NotImplemented if one of the two is neither tensor nor number."""
        if all(isinstance(value, Tensor | int | float | np.generic) for value in values):
            return self.public(*values) if self.public else self.apply(values, {})
        return NotImplemented

    def slow(self, values: tuple[Any, ...], kwargs: dict[str, Any], bound: int) -> Any:
        """`apply`, from the compiled function."""
        return self.apply(*self._given(values, kwargs), bound)

    def _given(self, values: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        count = next((i for i, value in enumerate(values) if value is MISSING), len(values))
        named = {name: value for name, value in zip(self.names[count:], values[count:], strict=False) if value is not MISSING}
        return values[:count], {**named, **{name: value for name, value in kwargs.items() if value is not MISSING}}

    def apply(self, args: tuple[Any, ...], kwargs: dict[str, Any], bound: int = 0) -> Any:
        """Run the forward on the tensors' arrays; if a gradient will be needed, leave a node behind.

        `bound`: how many of `args` the caller did not write between the parentheses (1 for a method), for error messages.
        """
        if kwargs and "out" in kwargs:
            out = kwargs.pop("out")
            check_untracked(self.op, out, *args, *kwargs.values())
            return put_into(out, self.apply(args, kwargs, bound))
        values = {**self.defaults, **dict(zip(self.names, args, strict=False)), **kwargs}
        if kwargs or len(values) < len(self.names) or len(args) > len(self.names):
            values = self._read(args, kwargs, bound)
        if len(self.meeting) > 1:
            self._wrap_numbers(values)
        inputs = self._tensors(values, bound)
        arrays = {**values, **{name: tensor._array for name, tensor in inputs.items()}}
        if self.lists:
            arrays = {**values, self.lists: [tensor._array for tensor in values[self.lists]]}
        if len(self.meeting) > 1:
            self._meet(arrays, inputs)
        made = quietly(self.forward, arrays)
        if len(self.meeting) > 1 and not self.outputs and made.ndim > 1:
            made = laid_out(made, arrays[self.names[0]])
        results = [holding(np.asarray(array)) for array in (made if self.outputs else (made,))]  # (a 0-d result of numpy's is no array)
        differentiable = list(inputs) if self.lists else self.inputs
        wanted = any(needs_grad(inputs[name]) for name in differentiable if name in inputs)
        recording = mode.grad and not mode.inference
        if self.view:
            for result in results:
                share_memory(result, next(iter(inputs.values())), several=len(self.outputs) > 0)
        if wanted and recording and (not results or results[0]._array.dtype.kind == "f"):
            self._record(differentiable, values, inputs, results, arrays)
        elif events.listeners and results:
            (observe.not_recorded if wanted and not recording else observe.created)(results[0], self.op, list(inputs.values()))
        return tuple(results) if self.outputs else results[0]

    def _record(
        self, differentiable: list[str], values: dict[str, Any], inputs: dict[str, Tensor], results: list[Tensor], arrays: dict[str, Any]
    ) -> None:
        edges = tuple(edge_to(inputs[name]) if name in inputs and needs_grad(inputs[name]) else NO_EDGE for name in differentiable)
        node = self.node()  # after its inputs': a view's history may be made only now
        node.next_functions = edges
        made = [(nr, result) for nr, result in enumerate(results) if result._array.dtype.kind == "f"]  # positions have no gradient
        node.metas = tuple((result._array.shape, result._array.dtype) for result in results[: made[-1][0] + 1 if made else 0])
        entries = {name: self._saved(name, values, inputs, arrays) for name in self.saves if name not in self.results}
        for nr, result in made:
            result._requires_grad = True
            if result._view is None:
                result._edge = (node, nr)
            else:
                result._view.edge = (node, nr)
        for nr, name in enumerate(self.results):
            if name in self.saves:
                entries[name] = self._saved_result(results[nr], nr)
        node._saved = {name: entries[name] for name in self.saves}
        if mode.anomaly:
            remember_where(node)
        if events.listeners:
            count = len([name for name in differentiable if name in inputs])
            observe.recorded(node, [result for _, result in made], self.op, list(inputs.values()), count, self.derivatives)

    def tell_recorded(self, node: Node, result: Tensor, given: tuple[Tensor | None, ...]) -> None:
        """Tell listeners, from the compiled function, of a node. `given`: what it got for `self.tensors`."""
        edges = len([tensor for tensor in given[: len(self.inputs)] if tensor is not None])
        observe.recorded(node, [result], self.op, [tensor for tensor in given if tensor is not None], edges, self.derivatives)

    def tell_made(self, result: Tensor, given: tuple[Tensor | None, ...], wanted: bool) -> None:
        """The same of a result that has no node; `wanted`: one of what was given needs a gradient."""
        recording = mode.grad and not mode.inference
        tell = observe.not_recorded if wanted and not recording else observe.created
        tell(result, self.op, [tensor for tensor in given if tensor is not None])

    def _saved(self, name: str, values: dict[str, Any], inputs: dict[str, Tensor], arrays: dict[str, Any]) -> Any:
        if name in inputs:
            if not self._needed(name, inputs):
                return None
            tensor = inputs[name]
            if tensor._number is not None and arrays[name] is not tensor._array:
                tensor._array = arrays[name]  # the number, as it entered the computation
            return packed(tensor, None) if mode.saved_hooks and tensor._number is None else SavedInput(tensor)
        if name in values:
            value = values[name]
            if not (isinstance(value, tuple) and any(isinstance(item, Tensor) for item in value)):
                return value
            several = SavedList(value)
            if mode.saved_hooks:
                several.parts = [None if item is None else packed(item, None) for item in value]
            return several
        argument, _, what = name.rpartition("_sym_")
        array = arrays[argument]
        if what == "strides":
            return strides_of(array) if self._needed(name, inputs) else ()
        if what.startswith("argsize_"):
            return array.shape[int(what.removeprefix("argsize_"))]
        return tuple(array.shape) if what == "sizes" else array.size

    def _saved_result(self, result: Tensor, nr: int) -> Any:
        differentiable = result._requires_grad
        if mode.saved_hooks:
            return packed(result, nr if differentiable else None)
        return SavedOutput(result, nr) if differentiable else SavedInput(result)

    def _needed(self, name: str, inputs: dict[str, Tensor]) -> bool:
        """PyTorch's rule: what exactly one formula reads is saved only if that formula's gradient is needed."""
        readers = self.readers[name]
        return len(readers) != 1 or len(self.formulas) == 1 or needs_grad(inputs[self.inputs[readers[0]]])

    # --- the arguments ------------------------------------------------------------------------------------------------

    def _read(self, args: tuple[Any, ...], kwargs: dict[str, Any], bound: int) -> dict[str, Any]:
        """The arguments by name, where they were not simply given in order.  Raises TypeError in PyTorch's words."""
        names, given = self.names, dict(kwargs)
        if "input" in given and "input" not in names and not args:
            given[names[0]] = given.pop("input")  # PyTorch's tables say `self`, and its functions say `input`
        if bound and len(names) == 1:  # PyTorch makes methods without arguments in another way
            if given:
                raise TypeError(f"TensorBase.{self.op}() takes no keyword arguments")
            raise TypeError(f"TensorBase.{self.op}() takes no arguments ({len(args) - bound} given)")
        if len(args) > len(names):
            most, count = len(names) - bound, len(args) - bound
            plural, was = "s" * (most != 1), "was" if count == 1 else "were"
            raise TypeError(f"{self.op}() takes {most} positional argument{plural} but {count} {was} given")
        values = {**self.defaults, **dict(zip(names, args, strict=False)), **given}
        if lacking := [name for name in names if name not in values]:
            spoken = ", ".join(f'"{"input" if name == names[0] else name}"' for name in lacking)
            raise TypeError(f"{self.op}() missing {len(lacking)} required positional arguments: {spoken}")
        for name in given:
            if name not in names:
                raise TypeError(f"{self.op}() got an unexpected keyword argument '{name}'")
        return values

    def _wrong(self, name: str, kind: str, value: Any, bound: int) -> TypeError:
        position = self.names.index(name) + 1
        called = "input" if position == 1 else name
        return TypeError(f"{self.op}(): argument '{called}' (position {position - bound}) must be {kind}, not {type(value).__name__}")

    def _tensors(self, values: dict[str, Any], bound: int) -> dict[str, Tensor]:
        found: dict[str, Tensor] = {}
        for name in self.tensors:
            value = values[name]
            if name == self.lists:
                found |= {f"{name}[{i}]": tensor for i, tensor in enumerate(value)}
            elif isinstance(value, Tensor):
                found[name] = value
            elif value is not None or self.defaults.get(name, self) is not None:
                raise self._wrong(name, "Tensor", value, bound)
        for name in self.whole:
            if not isinstance(values[name], int | np.integer):
                raise self._wrong(name, "int", values[name], bound)
        return found

    def _wrap_numbers(self, values: dict[str, Any]) -> None:
        for name in self.meeting:
            if isinstance(values[name], int | float | np.generic):
                values[name] = wrapped_number(values[name])

    def _meet(self, arrays: dict[str, Any], inputs: dict[str, Tensor]) -> None:
        """Give the arguments one dtype, and say in PyTorch's words if their shapes do not broadcast."""
        met = self.meeting
        for name in met[1:]:
            check_broadcast(arrays[met[0]].shape, arrays[name].shape)
        if len({arrays[name].dtype for name in met}) > 1:
            kind = dtypes.promoted([arrays[name] for name in met], [inputs[name]._number is not None for name in met])
            for name in met:
                arrays[name] = arrays[name].astype(kind, copy=False)

    @functools.cached_property
    def derivatives(self) -> tuple[tuple[str, str], ...]:
        """Each differentiable input with its formula as written in the table."""
        return texts_of(self.forward, self.inputs, [formula for formula, _ in self.formulas])


class RecordedOp(Node):
    """A node that works by its row's formulas."""

    row: Row
    called: str

    def name(self) -> str:
        """The node's name; those that PyTorch wrote by hand have their namespace before it."""
        return self.called

    def run_arrays(self, gradients: list[Any]) -> Any:
        """See `Node.run_arrays`. Compiled when it is first wanted."""
        if self.row.together:
            return super().run_arrays(gradients)
        made = type(self).run_arrays = backward_of(self.row)  # type: ignore[method-assign]
        type(self).release = release_of(self.row)  # type: ignore[method-assign]
        return made(self, gradients)

    def run(self, gradients: list[Any], needed: tuple[bool, ...], create_graph: bool) -> list[Any]:
        """See `Node.run`."""
        have = {"grad": gradients[0], "grads": gradients, "needed": needed}
        read = tensor_of if create_graph else array_of
        for name, entry in self._saved.items():  # all of them first, as in PyTorch: a freed or changed one stops the node
            have[name] = read(entry, self)
        if self.row.together:
            formula, asks = self.row.formulas[0]
            return list(formula(*[have[name] for name in asks]))
        return [formula(*[have[name] for name in asks]) if need else None
                for (formula, asks), need in zip(self.row.formulas, needed, strict=True)]  # fmt: skip


def packed(tensor: Tensor, output_nr: int | None) -> Any:
    """A saved tensor under the hooks of `saved_tensors_hooks`.  Raises RuntimeError where they are forbidden."""
    return Packed(tensor, output_nr, mode.saved_hooks[-1])


def check_broadcast(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    """Raise RuntimeError unless the two shapes broadcast."""
    for i in range(1, min(len(a), len(b)) + 1):
        if a[-i] != b[-i] and a[-i] != 1 and b[-i] != 1:
            dim = max(len(a), len(b)) - i
            raise RuntimeError(
                f"The size of tensor a ({a[-i]}) must match the size of tensor b ({b[-i]}) at non-singleton dimension {dim}"
                f"\nHint: shapes {a} and {b} broadcast only where two sizes, counted from the right, are equal or one of them is 1."
            )
