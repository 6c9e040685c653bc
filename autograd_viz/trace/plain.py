"""Events as strict JSON, and back: one function each way, from the fields of the records.

What comes from a file is checked field by field: whoever wrote it, only whole events are read.
"""

from __future__ import annotations

import types
import typing
from dataclasses import fields
from functools import cache
from math import isfinite
from typing import Any

from autograd_viz import events


def to_data(event: events.Event) -> dict[str, Any]:
    """An event as a dict for strict JSON: the class's name under "event", then its fields; nan and inf as text."""
    return {"event": type(event).__name__, **_plain(event)}


def from_data(data: dict[str, Any]) -> events.Event:
    """The event that `to_data` wrote.  Raises ValueError, naming the field, for anything else."""
    if not isinstance(data, dict) or data.get("event") not in events.KINDS:
        raise ValueError(f"expected an event of autograd_viz, got {str(data)[:80]!r}")
    made: events.Event = _made(events.KINDS[data["event"]], {k: v for k, v in data.items() if k != "event"}, data["event"])
    return made


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not isfinite(value):
        return str(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    return value


@cache
def _field_types(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind, vars(events))


def _made(wanted: Any, value: Any, where: str) -> Any:
    """Build `wanted` (a type from the annotations above) from JSON, or say where it does not fit."""
    if hasattr(wanted, "__dataclass_fields__"):
        hints = _field_types(wanted)
        if not isinstance(value, dict) or set(value) != set(hints):
            raise ValueError(f"{where}: expected the fields {', '.join(hints)}, got {str(value)[:80]!r}")
        return wanted(**{name: _made(hint, value[name], f"{where}.{name}") for name, hint in hints.items()})
    if isinstance(wanted, types.UnionType):
        options = typing.get_args(wanted)
        if value is None and type(None) in options:
            return None
        return _made(next(option for option in options if option is not type(None)), value, where)
    if typing.get_origin(wanted) is tuple:
        items = typing.get_args(wanted)
        if isinstance(value, list) and (items[-1] is Ellipsis or len(items) == len(value)):
            kinds = items[:1] * len(value) if items[-1] is Ellipsis else items
            return tuple(_made(kind, item, f"{where}[{i}]") for i, (kind, item) in enumerate(zip(kinds, value, strict=True)))
    elif wanted is float and value in ("nan", "inf", "-inf"):
        return float(value)
    elif (wanted is float and type(value) in (float, int, bool)) or type(value) is wanted:
        return value
    raise ValueError(f"{where}: expected {getattr(wanted, '__name__', wanted)}, got {str(value)[:80]!r}")
