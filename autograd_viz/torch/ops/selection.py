"""Which of several equal elements comes first, where PyTorch leaves that to its sorting routines: its routines, step by step.

`topk`, `median`, `mode` and `kthvalue` give positions as well as values. Among elements that tie, any position would be right, but the
position decides who gets the gradient; so that we agree with PyTorch, these are the C++ library's `nth_element` and `sort`, and PyTorch's
own `quick_select`, on lists of positions. `less(i, j)` says whether element i belongs before element j.

A course may skip this file. Read next: `sorting.py`.
"""

from __future__ import annotations

from collections.abc import Callable

Less = Callable[[int, int], bool]


def nth_element(order: list[int], nth: int, less: Less) -> None:
    """Move the element of rank nth to place nth, smaller ones before it and larger ones behind it."""
    first, last = 0, len(order)
    while last - first > 3:
        cut = _partition(order, first, last, less)
        if cut <= nth:
            first = cut
        else:
            last = cut
    _insertion_sort(order, first, last, less)


def sort(order: list[int], last: int, less: Less) -> None:
    """Put the first `last` elements in order; those that tie stay as they were if there are at most 16."""
    parts = [(0, last)]
    while parts:  # roughly in order: every part is left when it has at most 16 elements
        first, end = parts.pop()
        while end - first > 16:
            cut = _partition(order, first, end, less)
            parts.append((cut, end))
            end = cut
    _insertion_sort(order, 0, min(last, 16), less)
    for i in range(16, last):
        _insert(order, i, less)


def quick_select(order: list[int], k: int, less: Less) -> None:
    """Move the element of rank k to place k, as PyTorch's `kthvalue` does it."""
    left, right = 0, len(order) - 1
    while right > left:
        if right == left + 1:
            _swap_if(less, order, left, right)
            return
        _swap(order, left + (right - left) // 2, left + 1)  # the median of three becomes the pivot, at `left`
        _swap_if(less, order, left + 1, right)
        _swap_if(less, order, left, right)
        _swap_if(less, order, left + 1, left)
        i, j, pivot = left + 1, right, order[left]
        while True:
            i += 1
            while less(order[i], pivot):
                i += 1
            j -= 1
            while less(pivot, order[j]):
                j -= 1
            if j < i:
                break
            _swap(order, i, j)
        _swap(order, left, j)
        left, right = (i if j <= k else left), (j - 1 if j >= k else right)


def _swap(order: list[int], i: int, j: int) -> None:
    order[i], order[j] = order[j], order[i]


def _swap_if(less: Less, order: list[int], i: int, j: int) -> None:
    if less(order[j], order[i]):
        _swap(order, i, j)


def _partition(order: list[int], first: int, last: int, less: Less) -> int:
    """Smaller ones to the left, larger ones to the right of the place that is returned; the pivot is the median of three."""
    _median_to_first(order, first, first + 1, first + (last - first) // 2, last - 1, less)
    pivot, i, j = order[first], first + 1, last
    while True:
        while less(order[i], pivot):
            i += 1
        j -= 1
        while less(pivot, order[j]):
            j -= 1
        if i >= j:
            return i
        _swap(order, i, j)
        i += 1


def _median_to_first(order: list[int], first: int, a: int, b: int, c: int, less: Less) -> None:
    if less(order[a], order[b]):
        middle = b if less(order[b], order[c]) else c if less(order[a], order[c]) else a
    else:
        middle = a if less(order[a], order[c]) else c if less(order[b], order[c]) else b
    _swap(order, first, middle)


def _insertion_sort(order: list[int], first: int, last: int, less: Less) -> None:
    for i in range(first + 1, last):
        if less(order[i], order[first]):
            order[first : i + 1] = [order[i], *order[first:i]]
        else:
            _insert(order, i, less)


def _insert(order: list[int], i: int, less: Less) -> None:
    element = order[i]
    while less(element, order[i - 1]):
        order[i] = order[i - 1]
        i -= 1
    order[i] = element
