"""What registering a hook gives: a handle whose `remove()` takes the hook off again.

Read next: `nn/parameter.py`.
"""

from __future__ import annotations

import itertools
import weakref
from collections import OrderedDict
from typing import Any

__all__ = ["RemovableHandle"]

_ids = itertools.count()


class RemovableHandle:
    """Knows in which dictionaries a hook stands, and under which number. In a `with`, the hook is removed at its end."""

    def __init__(self, hooks_dict: OrderedDict[int, Any], *, extra_dict: tuple[OrderedDict[int, Any], ...] = ()) -> None:
        self.id = next(_ids)
        self._places = [weakref.ref(place) for place in (hooks_dict, *extra_dict)]  # weak: a handle must not keep a module alive

    def remove(self) -> None:
        """Take the hook off; a second time does nothing."""
        for reference in self._places:
            place = reference()
            if place is not None:
                place.pop(self.id, None)

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *exception: Any) -> None:
        self.remove()
