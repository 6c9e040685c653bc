"""How a tensor becomes text: PyTorch's rules, to the character.

    tensor([[1., 2.],
            [3., 4.]], grad_fn=<AddBackward0>)

There are four steps, and this file has them in this order:

1. options:  how many digits, how many elements, how long a line (`set_printoptions`);
2. a number: ONE format for the whole tensor, so that columns line up (`NumberFormat`);
3. brackets: the nested rows, with the middle of a big tensor left out (`_nested`);
4. suffixes: what the numbers cannot say: size, dtype, and who made the tensor (`format_array`).

Everything here takes a numpy array and gives a string. What a tensor's `grad_fn` is, and whether it is a Parameter,
is known to the caller (`operators.py`), who passes it as `suffixes` and `prefix`.

Source: torch/_tensor_str.py of PyTorch 2.13.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

TENSOR = "tensor("
PARAMETER = "Parameter containing:\ntensor("


# ---------------------------------------------------------------------------------------------------------------------
# 1. Options


@dataclass(frozen=True, slots=True)
class PrintOptions:
    """What `set_printoptions` sets.  A tensor of more than `threshold` elements shows `edgeitems` at each end."""

    precision: int = 4
    threshold: float = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None  # None: decided from the values


PROFILES = {
    "default": PrintOptions(),
    "short": PrintOptions(precision=2, edgeitems=2),
    "full": PrintOptions(threshold=math.inf),
}

_options = PrintOptions()


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Set how tensors print from now on; what is not named stays as it was, except two things, as in PyTorch:

    `profile` ("default", "short", "full"; any other name is ignored) first sets all but sci_mode, and
    `sci_mode` falls back to None, "decide from the values", when it is not named.

    Source: torch.set_printoptions.
    """
    global _options
    named = {"precision": precision, "threshold": threshold, "edgeitems": edgeitems, "linewidth": linewidth}
    start = PROFILES.get(profile, _options) if profile is not None else _options
    given: dict[str, Any] = {name: value for name, value in named.items() if value is not None}
    _options = replace(start, **given, sci_mode=sci_mode)


def get_printoptions() -> dict[str, Any]:
    """The options in force, as keywords for `set_printoptions`."""
    return asdict(_options)


@contextmanager
def printoptions(**options: Any) -> Iterator[None]:
    """Inside the `with`, print with these options; afterwards with the old ones, also after an exception."""
    before = get_printoptions()
    try:
        set_printoptions(**options)
        yield
    finally:
        set_printoptions(**before)


# ---------------------------------------------------------------------------------------------------------------------
# 2. A number


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """One format for all elements of a tensor.

    kind: "whole"       integers and bools      3
          "point"       floats, all whole       3.
          "fixed"       floats                  3.1416
          "scientific"  floats, far apart       3.1416e+00
    width: characters of the longest *number*; 0, nan and inf are not asked, so they may stick out of a narrow column.
    """

    kind: str
    width: int
    precision: int

    def __call__(self, value: float) -> str:
        """The text of one Python number, right-aligned.  (3.0) -> "3." or "3.0000" or ..."""
        return self.bare(value).rjust(self.width)

    def bare(self, value: float) -> str:
        """The text of one Python number, before it is aligned."""
        if self.kind == "whole":
            return str(value)
        if self.kind == "scientific":
            return f"{value:.{self.precision}e}"
        if self.kind == "fixed":
            return f"{value:.{self.precision}f}"
        return f"{value:.0f}." if math.isfinite(value) else f"{value:.0f}"  # the dot says: a float


def choose_format(shown: Array, options: PrintOptions) -> NumberFormat:
    """The one format that suits all elements that will be shown.  Shape and dtype: any real array.

    Whole numbers beside very small ones would need both many digits and many zeros: when the largest magnitude is more
    than 1000 times the smallest, or either is out of [1e-4, 1e8], all elements are written as powers of ten.
    """
    if shown.dtype.kind != "f":
        return _widened("whole", shown, options.precision)
    numbers = shown[np.isfinite(shown) & (shown != 0)]
    if numbers.size == 0:
        return NumberFormat("point", 1, options.precision)
    scientific = _spread_is_wide(numbers) if options.sci_mode is None else options.sci_mode
    if scientific:
        kind = "scientific"
    else:
        kind = "point" if bool(np.all(numbers == np.ceil(numbers))) else "fixed"
    return _widened(kind, numbers, options.precision)


def _widened(kind: str, numbers: Array, precision: int) -> NumberFormat:
    """The format of this kind, as wide as the longest of these numbers."""
    narrow = NumberFormat(kind, 1, precision)
    return replace(narrow, width=max((len(narrow.bare(value)) for value in numbers.ravel().tolist()), default=1))


def _spread_is_wide(numbers: Array) -> bool:
    """Do finite non-zero numbers need powers of ten?  Compared in float64, or float32's own rounding would decide."""
    magnitudes = np.abs(numbers).astype(np.float64)
    smallest, largest = float(magnitudes.min()), float(magnitudes.max())
    return largest / smallest > 1000.0 or largest > 1.0e8 or smallest < 1.0e-4


# ---------------------------------------------------------------------------------------------------------------------
# 3. Brackets


def _nested(array: Array, indent: int, summarize: bool, number: NumberFormat, options: PrintOptions) -> str:
    """The numbers of `array` in nested brackets, one row to a line.  () -> "1."; (1, 3) -> "[[1., 2., 3.]]"

    `indent` is the column of the opening bracket: each level of nesting stands one column further right.
    """
    if array.ndim == 0:
        return number(array.item())
    if array.ndim == 1:
        return _row(array, indent, summarize, number, options)
    rows = [
        "..." if index is None else _nested(array[index], indent + 1, summarize, number, options)
        for index in _indices(len(array), summarize, options)
    ]
    between = "," + "\n" * (array.ndim - 1) + " " * (indent + 1)  # a matrix has no empty lines, a (2, 2, 2) has one
    return "[" + between.join(rows) + "]"


def _row(array: Array, indent: int, summarize: bool, number: NumberFormat, options: PrintOptions) -> str:
    """One dimension in brackets, broken into lines of equal count.  (3,) -> "[1., 2., 3.]"

    The count is from the widest element, not from this row's, so that rows break at the same column.
    """
    dots = " ..." if options.edgeitems else "..."  # PyTorch writes the dots as an element: ",  ...," has two spaces
    items = [dots if index is None else number(array[index].item()) for index in _indices(len(array), summarize, options)]
    per_line = max(1, (options.linewidth - indent) // (number.width + len(", ")))
    lines = [", ".join(items[start : start + per_line]) for start in range(0, len(items), per_line)]
    return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"


def _indices(length: int, summarize: bool, options: PrintOptions) -> list[int | None]:
    """Which elements of a dimension are shown; None stands for the dots.  8, edgeitems=3 -> 0 1 2 None 5 6 7"""
    edge = options.edgeitems
    if not summarize or length <= 2 * edge:
        return list(range(length))
    return [*range(edge), None, *range(length - edge, length)]


def _corners(array: Array, options: PrintOptions) -> Array:
    """The elements that a summary shows: they alone decide the format.  (100, 4), edgeitems=3 -> (6, 4)"""
    for dim, length in enumerate(array.shape):
        shown = [index for index in _indices(length, True, options) if index is not None]
        array = array.take(shown, axis=dim)
    return array


# ---------------------------------------------------------------------------------------------------------------------
# 4. Suffixes


def format_array(
    array: Array,
    *,
    suffixes: Sequence[str] = (),
    prefix: str = TENSOR,
    default_dtype: str = "float32",
    options: PrintOptions | None = None,
) -> str:
    """What `repr` of a tensor with these values says.  [1.5], suffixes=["requires_grad=True"] ->
    "tensor([1.5000], requires_grad=True)"

    array:          any shape; float, integer or bool.  Its dtype's numpy name is PyTorch's name too.
    suffixes:       what the caller knows: "grad_fn=<AddBackward0>" or else "requires_grad=True".
    prefix:         `TENSOR`, `PARAMETER`, or "ClassName(" for a subclass of Tensor.
    default_dtype:  the floating dtype that needs no mention.
    options:        None means what `set_printoptions` has set.

    Source: torch/_tensor_str.py, _str_intern.
    """
    options = _options if options is None else options
    indent = len(prefix) - (prefix.rfind("\n") + 1)
    if array.size == 0:
        body = "[]"
    else:
        summarize = array.size > options.threshold
        number = choose_format(_corners(array, options) if summarize else array, options)
        body = _nested(array, indent, summarize, number, options)
    return _join(prefix + body, [*_own_suffixes(array, default_dtype, options), *suffixes], indent, options) + ")"


def _own_suffixes(array: Array, default_dtype: str, options: PrintOptions) -> list[str]:
    """What the shown numbers leave open: the size when none are shown, and a dtype that they do not betray."""
    empty = array.size == 0
    found = []
    if (empty and array.ndim != 1) or (not empty and not options.edgeitems):
        found.append(f"size={array.shape}")
    # 3 means int64, 3. the default float, True bool; but [] means the default float only.
    evident = {default_dtype} if empty else {default_dtype, "int64", "bool"}
    if array.dtype.name not in evident:
        found.append(f"dtype=torch.{array.dtype.name}")
    return found


def _join(text: str, suffixes: Sequence[str], indent: int, options: PrintOptions) -> str:
    """Append ", suffix" for each, on a new line where the line would grow too long.

    The `+ 1` counts one character more than the line has: so does PyTorch, and this is where its lines break.
    """
    line_length = len(text) - text.rfind("\n") + 1
    for suffix in suffixes:
        if line_length + len(suffix) + 2 > options.linewidth:
            text += ",\n" + " " * indent + suffix
            line_length = indent + len(suffix)
        else:
            text += ", " + suffix
            line_length += len(suffix) + 2
    return text


def format_scalar(value: Any, spec: str) -> str:
    """`format()` of a 0-d tensor is that of its bare number, so f"{loss:.3f}" works.  (2.0, "") -> "2.0"

    value: a 0-d array or a number of numpy's.  Raises ValueError where the number does, as for spec "d" on a float.
    A tensor with dimensions, and a 0-d Parameter, are not numbers to `format()`: call `object.__format__` for them.

    Source: torch.Tensor.__format__.
    """
    number = value.item() if isinstance(value, np.ndarray | np.generic) else value
    return format(number, spec)
