"""The named tuples that operations with several results give: `x.max(0)` is `torch.return_types.max(values=..., indices=...)`.

Read next: `observe.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter
from typing import Any

VALUES = ("values", "indices")


class ReturnType(tuple[Any, ...]):
    """A tuple whose places have names, and which prints them."""

    __slots__ = ()
    _names: tuple[str, ...] = ()
    n_fields = n_sequence_fields = 0
    n_unnamed_fields = 0

    def __new__(cls, values: Iterable[Any]) -> ReturnType:
        made = super().__new__(cls, values)
        if len(made) != cls.n_fields:
            raise TypeError(f"torch.return_types.{cls.__name__}() takes a {cls.n_fields}-sequence ({len(made)}-sequence given)")
        return made

    def __repr__(self) -> str:
        fields = ",\n".join(f"{name}={value!r}" for name, value in zip(self._names, self, strict=True))
        return f"torch.return_types.{type(self).__name__}(\n{fields})"


def _named(name: str, *fields: str) -> type[ReturnType]:
    places = {field: property(itemgetter(place)) for place, field in enumerate(fields)}
    counts = {"n_fields": len(fields), "n_sequence_fields": len(fields)}
    made = {"__slots__": (), "_names": fields, "__module__": "torch.return_types", "__match_args__": fields, **counts, **places}
    return type(name, (ReturnType,), made)


max, min, median, nanmedian, mode = (_named(name, *VALUES) for name in ("max", "min", "median", "nanmedian", "mode"))
sort, topk, kthvalue, cummax, cummin = (_named(name, *VALUES) for name in ("sort", "topk", "kthvalue", "cummax", "cummin"))
aminmax = _named("aminmax", "min", "max")
histogram = _named("histogram", "hist", "bin_edges")
qr, slogdet = _named("qr", "Q", "R"), _named("slogdet", "sign", "logabsdet")
svd, linalg_svd = _named("svd", "U", "S", "V"), _named("linalg_svd", "U", "S", "Vh")
linalg_qr, linalg_slogdet = _named("linalg_qr", "Q", "R"), _named("linalg_slogdet", "sign", "logabsdet")
linalg_eigh, linalg_eig = (_named(name, "eigenvalues", "eigenvectors") for name in ("linalg_eigh", "linalg_eig"))
linalg_inv_ex, linalg_cholesky_ex = _named("linalg_inv_ex", "inverse", "info"), _named("linalg_cholesky_ex", "L", "info")
linalg_lstsq = _named("linalg_lstsq", "solution", "residuals", "rank", "singular_values")
linalg_lu, linalg_lu_factor = _named("linalg_lu", "P", "L", "U"), _named("linalg_lu_factor", "LU", "pivots")
linalg_solve_ex = _named("linalg_solve_ex", "result", "info")
linalg_ldl_factor = _named("linalg_ldl_factor", "LD", "pivots")
triangular_solve = _named("triangular_solve", "solution", "cloned_coefficient")
frexp = _named("frexp", "mantissa", "exponent")
