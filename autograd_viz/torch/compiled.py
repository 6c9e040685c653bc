"""Rows as straight-line code: what `op.Row.apply` does in the usual case, written out once for each operation.

`Row.apply` reads the row anew at each call, and handles everything. But most calls are plain: tensors of one dtype, no
hooks on saved tensors. For these the row is compiled, as Python's `dataclasses` compile a class's fields: a text is made from the row's
names alone, and turned into two functions. For `mul` they read about so (`show(mul)` prints them in full):

    def mul(self, other):
        self_, other_ = self._array, other._array
        result = a new Tensor around quietly(forward, self_, other_)
        if (self or other needs a gradient) and mode.grad:
            node = a new MulBackward0
            node.next_functions = (edge_to(self), edge_to(other))
            node._saved = {"other": other if self needs a gradient else None, "self": ...}
            result._edge = (node, 0)
        return result

    def run_arrays(node, gradients):
        other, self = the arrays of node._saved
        return (formula0(grad, other), formula1(grad, self))

A course may skip this file: it changes nothing but the time. Read next: `op.py`.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd_viz import events
from autograd_viz.torch.modes import mode, special
from autograd_viz.torch.node import NO_EDGE, sequence
from autograd_viz.torch.saved import FREED, SavedInput, SavedOutput, array_of
from autograd_viz.torch.tensor import TENSORS, Tensor, edge_to, share_memory, strides_of

if TYPE_CHECKING:
    from autograd_viz.torch.op import Row

NUMBERS = {int, float}
ARRAYS = {np.ndarray, *(np.dtype(code).type for code in "?bhilqBfde")}
"""What a formula computes with when only numbers are wanted: arrays, and numpy's numbers."""
FLOATS = {np.dtype(code) for code in "fd"}
WHOLE = 2**63  # integers below are any machine's
LARGE = 1e38  # numbers up to here fit into a float32


class _Missing:
    """What stands where a required argument was not given."""


MISSING = _Missing()


class _Quiet(threading.local):
    def __init__(self) -> None:
        context = contextvars.Context()
        context.run(np.seterr, all="ignore")
        self.run = context.run


quiet = _Quiet()


def quietly(function: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    """function(**arguments), without numpy's warnings: 1 / 0 is inf and inf - inf is nan, and that is all there is to say in PyTorch.

    A context of our own in which numpy is silent costs 50 ns to enter; `np.errstate` would cost more than most operations.
    """
    try:
        return quiet.run(function, **arguments)
    except RuntimeError as error:
        if not str(error).startswith("cannot enter context"):
            raise
    with np.errstate(all="ignore"):  # an operation inside an operation (a signal's handler, a finalizer): the context is in use
        return function(**arguments)


def laid_out(array: Any, first: Any) -> Any:
    """A result of several operands, in memory as the first of them lies. (Where they lie differently, numpy would take the usual order.)"""
    if array.shape != first.shape or 0 in first.strides or array.flags.c_contiguous is first.flags.c_contiguous:
        return array
    made = np.empty_like(first, dtype=array.dtype)
    made[...] = array
    return made


def forward_of(row: Row, bound: int = 0) -> Any:
    """The operation: fast in the usual case, `row.apply` in all others, and the bare forward for arrays.

    It is compiled when it is first called: until then its code is that of `_not_yet`, which puts the compiled one in its place.
    """
    names: dict[str, Any] = {}

    def become(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        made = _made(_forward_text(row, bound), row)
        names.update(made.__globals__)
        operation.__code__, operation.__defaults__, operation.__kwdefaults__ = made.__code__, made.__defaults__, made.__kwdefaults__
        return operation(*args, **kwargs)

    names["become"] = become
    operation = FunctionType(_not_yet.__code__, names, row.op)
    return operation


def _not_yet(*args: Any, **kwargs: Any) -> Any:
    return become(args, kwargs)  # type: ignore[name-defined]  # noqa: F821 - a global of `operation`


def backward_of(row: Row) -> Any:
    """The node's `run_arrays`: the gradients of all inputs that have an edge."""
    return _made(_backward_text(row), row)


def show(operation: Any) -> str:
    """The compiled text of an operation, for the curious."""
    return f"{_forward_text(operation.row, 0)}\n{_backward_text(operation.row)}"


def _made(text: str, row: Row) -> Any:
    names = {
        "MISSING": MISSING, "TENSORS": TENSORS, "ARRAYS": ARRAYS, "NUMBERS": NUMBERS, "FLOATS": FLOATS, "LARGE": LARGE, "WHOLE": WHOLE,
        "NO_EDGE": NO_EDGE, "Tensor": Tensor,
        "listeners": events.listeners, "special": special, "mode": mode, "quiet": quiet, "sequence": sequence, "edge_to": edge_to,
        "SavedInput": SavedInput, "SavedOutput": SavedOutput, "FREED": FREED, "array_of": array_of, "share_memory": share_memory,
        "strides_of": strides_of, "laid_out": laid_out,
        "ndarray": np.ndarray, "asarray": np.asarray, "new": object.__new__, "forward": bare(row.forward), "row": row, "kind": row.node,
        "defaults": row.defaults,
        **{f"formula{i}": bare(formula) for i, (formula, _) in enumerate(row.formulas)},
    }  # fmt: skip
    exec(compile(text, f"<compiled {row.op}>", "exec"), names)  # noqa: S102 - a text made of the names in our own table, never of a user's
    return names["compiled"]


# --- forward ----------------------------------------------------------------------------------------------------------


def _forward_text(row: Row, bound: int) -> str:
    """The text of an operation. `bound`: 1 for a method, -1 for an operator, which has two arguments and answers NotImplemented to
    what it does not know.
    """
    positional = [name for name in row.names if name not in row.keyword_only]
    signature, keywords = (
        [f"{name}=defaults[{name!r}]" if name in row.defaults else f"{name}=MISSING" for name in names]
        for names in (positional, row.keyword_only)
    )
    values = f"({''.join(f'{name}, ' for name in positional)}*more)"
    given = f"{{{''.join(f'{name!r}: {name}, ' for name in row.keyword_only)}**given}}"
    first = row.names[0]
    if bound < 0:
        values, given = f"({first}, {row.names[1]})", "{}"
        signature, keywords = row.names[:2], [f"{name}=defaults[{name!r}]" for name in row.names[2:]]
    parameters = ", ".join([*signature, *keywords] if bound < 0 else [*signature, "*more", *keywords, "**given"])
    passed = ", ".join(f"{name}={name}" if name in row.keyword_only else name for name in row.names)
    missing = "".join(f" or {name} is MISSING" for name in row.names[1:] if name not in row.defaults)
    lines = [f"def compiled({parameters}):"]
    if _is_plain(row):
        lines += [
            f"    if {first}.__class__ in TENSORS and not (special{'' if bound < 0 else ' or more or given'}):",
            *(f"        {line}" for line in _usual_case(row)),
        ]
    if bound < 0:
        return "\n".join([*lines, f"    return row.operator{values}", ""])
    return "\n".join([
        *lines,
        f"    if {first}.__class__ in ARRAYS:",  # inside a formula, where only numbers are wanted
        f"        return row.bare({values}, {given}) if more or given{missing} else forward({passed})",
        f"    return row.slow({values}, {given}, {bound})",
        "",
    ])  # fmt: skip


def _is_plain(row: Row) -> bool:
    """Whether the row is one of those that this file can write out: a tensor first, one result, a formula for each input."""
    return row.names[0] in row.tensors and not (row.outputs or row.together or row.listed)


def _usual_case(row: Row) -> list[str]:
    first, *others = [name for name in row.names if name in row.tensors]
    lines = [f"{first}_ = {first}._array", f"{first}_needs = {_needs(first)}"]
    usual = [f"{name}.__class__ is int" for name in row.whole]
    usual += [f"{name} is not MISSING" for name in row.names if name not in (*row.defaults, *row.tensors, *row.whole)]
    for name in others:
        found = [f"{name}_ = {name}._array", f"{name}_needs = {_needs(name)}"]
        if name in row.meeting[1:]:  # it must have the dtype of the one it meets, or be a number that fits into it
            dtype = f"{row.meeting[0]}_.dtype"
            lines += [
                *([f"if {row.meeting[0]}_ is None:", f"    {name}_usual = False"] if row.meeting[0] != first else []),
                f"{'if' if row.meeting[0] == first else 'elif'} {name}.__class__ in TENSORS:",
                *(f"    {line}" for line in found),
                f"    {name}_usual = {name}_.dtype is {dtype}",
                "else:",
                f"    {name}_needs = False",
                f"    {name}_usual = {name}.__class__ in NUMBERS and {dtype} in FLOATS and -LARGE < {name} < LARGE and not listeners"
                + f" and ({name}.__class__ is float or -WHOLE <= {name} < WHOLE)",
                f"    {name}_ = {dtype}.type({name}) if {name}_usual else None",
            ]
        elif name in row.defaults:  # it may be None
            lines += [
                f"{name}_ = {name}_needs = None",
                f"if {name} is None:",
                f"    {name}_usual = True",
                f"elif {name}_usual := {name}.__class__ in TENSORS:",
                *(f"    {line}" for line in found),
            ]
        else:
            lines += [f"if {name}_usual := {name}.__class__ in TENSORS:", *(f"    {line}" for line in found)]
            lines += ["else:", f"    {name}_ = None"] if name in row.meeting else []
        usual.append(f"{name}_usual")
    passed = [f"{name}_" if name in row.tensors else name for name in row.names]
    given = [f"{name}={value}" if name in row.keyword_only else value for name, value in zip(row.names, passed, strict=True)]
    call = f"out = quiet.run(forward, {', '.join(given)})"
    body = [
        "try:",
        f"    {call}",
        "except (ValueError, RuntimeError, TypeError):",  # the long way knows how PyTorch would say it, or how to go on
        "    out = None",
        "if out is not None:",
        *(f"    {line}" for line in ["if out.__class__ is not ndarray:", "    out = asarray(out)", *_result(row)]),
    ]
    return [*lines, f"if {' and '.join(usual)}:", *(f"    {line}" for line in body)] if usual else [*lines, *body]


def _result(row: Row) -> list[str]:
    # (What a class says once an instance need not store, but Python finds it much faster there.)
    lines = ["result = new(Tensor)", "result._array = out"]
    if len(row.meeting) > 1:
        first = f"{row.names[0]}_"
        lines[:0] = [f"if out.ndim > 1 and out.strides != {first}.strides:", f"    out = laid_out(out, {first})"]
    lines += [f"share_memory(result, {row.names[0]})"] if row.view else ["result._view = result._counter = None"]
    given = f"({''.join(f'{name}, ' for name in row.tensors)})"
    plain = ["result._requires_grad = False", "result._edge = NO_EDGE"]
    if row.inputs and row.called:
        floats = " and out.dtype.kind == 'f'" if "dtype" in row.names or (len(row.tensors) > 1 and not row.meeting) else ""
        needs = " or ".join(f"{name}_needs" for name in row.inputs)
        lines += [
            f"if ({needs}) and mode.grad{floats}:",
            *(f"    {line}" for line in _record(row)),
            "    if listeners:",
            f"        row.tell_recorded(node, result, {given})",
            "else:",
            *(f"    {line}" for line in plain),
            "    if listeners:",
            f"        row.tell_made(result, {given}, {needs})",
        ]
    else:
        lines += [*plain, "if listeners:", f"    row.tell_made(result, {given}, False)"]
    return [*lines, "return result"]


def _needs(name: str) -> str:
    return f"{name}._requires_grad or ({name}._view is not None and {name}._view.base._requires_grad)"


def _record(row: Row) -> list[str]:
    edges = "".join(f"(({n}._edge if {n}._edge[0] is not None else edge_to({n})) if {n}_needs else NO_EDGE), " for n in row.inputs)
    saved = ", ".join(f"{name!r}: {_entry(row, name)}" for name in row.saves)
    return [
        "node = new(kind)",
        f"node.next_functions = ({edges})",  # before it has its own number: a view's history may be made only now, and is older
        "node._sequence = next(sequence)",
        "node.metas = ((out.shape, out.dtype),)",
        "result._requires_grad = True",
        *(["result._edge = NO_EDGE", "result._view.edge = (node, 0)"] if row.view else ["result._edge = (node, 0)"]),
        f"node._saved = {{{saved}}}",
    ]


def _entry(row: Row, name: str) -> str:
    """The expression for one entry of `_saved`; the rule of `Row._needed` is decided here as far as it can be."""
    readers = row.readers[name]
    needed = len(readers) != 1 or len(row.formulas) == 1
    if name == "result":
        return "SavedOutput(result, 0)"
    if name in row.tensors:
        optional = f"{name} is None or " if name in row.defaults else ""
        number = f"{name}.__class__ in NUMBERS or " if len(row.meeting) > 1 else ""
        entry = f"({name} if {optional}{number}{name}._counter is None else SavedInput({name}))"
        return entry if needed else f"({entry} if {row.inputs[readers[0]]}_needs else None)"
    if name in row.names:
        return name
    argument, _, what = name.rpartition("_sym_")
    if what == "strides":
        size = f"{argument}_.itemsize"
        steps = f"({argument}_.strides[0] // {size}, {argument}_.strides[1] // {size}) if {argument}_.size else strides_of({argument}_)"
        return f"({steps})" if needed else f"(({steps}) if {row.inputs[readers[0]]}_needs else ())"
    if what.startswith("argsize_"):
        return f"{argument}_.shape[{what.removeprefix('argsize_')}]"
    return f"{argument}_.shape" if what == "sizes" else f"{argument}_.size"


# --- backward ---------------------------------------------------------------------------------------------------------


def release_of(row: Row) -> Any:
    """The node's `release`."""
    lines = [f"    if saved[{name!r}] is not None: saved[{name!r}] = FREED" for name in row.tensor_fields]
    return _made("\n".join(["def compiled(node):", "    saved = node._saved", *lines, ""]), row)


def _backward_text(row: Row) -> str:
    lines = ["def run_arrays(node, gradients):", "    saved = node._saved"] if row.saves else ["def run_arrays(node, gradients):"]
    asked = {name for _, asks in row.formulas for name in asks}
    for name in row.saves:
        if name in row.tensors or name in row.results:
            lines.append(f"    {name} = saved[{name!r}]")
            read = [
                f"{name} = {name}._array if {name}.__class__ is Tensor and {name}._counter is None else array_of({name}, node)"
                if name in row.tensors
                else f"{name} = {name}.array(node) if {name}.__class__ is SavedOutput else array_of({name}, node)",
                # numpy is five times as fast on a number as on an array without dimensions
                f"if {f'{name}.__class__ is ndarray and ' * (len(row.meeting) > 1)}not {name}.ndim: {name} = {name}[()]",
            ]
            if name in row.defaults or len(row.readers[name]) == 1 < len(row.formulas):
                read = [f"if {name} is not None:", *(f"    {line}" for line in read)]
            lines += [f"    {line}" for line in read]
        elif name in asked:
            lines.append(f"    {name} = array_of(saved[{name!r}], node)" if name in row.listed else f"    {name} = saved[{name!r}]")
    if "grad" in asked:
        lines.append("    grad = gradients[0]")
    calls = [f"formula{i}({', '.join('gradients' if n == 'grads' else n for n in asks)})" for i, (_, asks) in enumerate(row.formulas)]
    if len(calls) == 1:
        return "\n".join([*lines, f"    return ({calls[0]},)", "compiled = run_arrays", ""])
    edges = ", ".join(f"edge{i}" for i in range(len(calls)))
    results = ", ".join(f"{call} if edge{i}[0] is not None else None" for i, call in enumerate(calls))
    return "\n".join([*lines, f"    {edges} = node.next_functions", f"    return ({results})", "compiled = run_arrays", ""])


def bare(function: Any, seen: dict[int, Any] | None = None) -> Any:
    """A formula for arrays alone: the same code, in which every operation is only its forward.

    (An operation looks first what it was given. In a formula on arrays that look would cost as much as numpy's work.)
    """
    seen = {} if seen is None else seen
    row = getattr(function, "row", None)
    given = function if row is None else row.forward
    if type(given) is not FunctionType or not given.__module__.startswith("autograd_viz.") or hasattr(given, "__wrapped__"):
        return given
    if id(given) not in seen:
        names = dict(given.__globals__)
        made = seen[id(given)] = FunctionType(given.__code__, names, given.__name__, given.__defaults__, given.__closure__)
        made.__kwdefaults__ = given.__kwdefaults__
        changed = {name: bare(names[name], seen) for name in _names_in(given.__code__) & names.keys()}
        if all(names[name] is now for name, now in changed.items()):
            seen[id(given)] = given  # it uses no operation
        names.update(changed)
    return seen[id(given)]


def _names_in(code: CodeType) -> set[str]:
    return {*code.co_names}.union(*(_names_in(part) for part in code.co_consts if isinstance(part, CodeType)))
