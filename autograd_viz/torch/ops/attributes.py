"""What else a tensor says of itself and lets be done with it: its layout and type, its storage, `resize_`, `set_`, `apply_`, `new_...`.

Most answers are always the same here, where every tensor is dense and on the CPU: `x.is_sparse`, `x.is_cuda`, `x.layout`.

Read next: `engine.py`.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any, cast

import numpy as np

from autograd_viz.torch import dtypes
from autograd_viz.torch.arguments import is_int, no_overload, reads
from autograd_viz.torch.dtypes import dtype as DType
from autograd_viz.torch.modes import mode
from autograd_viz.torch.node import Array
from autograd_viz.torch.ops import inplace
from autograd_viz.torch.ops.conversion import to
from autograd_viz.torch.ops.creation import OPTIONS, check_sizes, full
from autograd_viz.torch.ops.from_data import tensor
from autograd_viz.torch.ops.shape import alias
from autograd_viz.torch.tensor import Tensor, holding, method, need_tensors, needs_grad, strides_of

__all__ = ["get_device", "is_inference", "is_storage", "layout", "strided"]


class layout:
    """How the elements lie in memory."""

    def __repr__(self) -> str:
        return "torch.strided"


layout.__module__ = "torch"
strided = layout()

_NEVER = ("is_sparse", "is_quantized", "is_meta", "is_mkldnn", "is_mps", "is_xpu", "is_nested", "is_sparse_csr", "is_vulkan", "is_xla",
          "is_ipu", "is_mtia", "is_maia")  # fmt: skip


def _constant(name: str, value: Any, doc: str) -> None:
    setattr(Tensor, name, property(lambda self: value, doc=doc))


for _name in _NEVER:
    _constant(_name, False, "Always False: here every tensor is dense and on the CPU.")
_constant("is_cpu", True, "Always True.")
_constant("layout", strided, "Always `torch.strided`: a number of steps along each dimension.")
_constant("name", None, "Always None: PyTorch has it for tensors of other makers.")


def _volatile(self: Tensor) -> bool:
    warnings.warn("volatile was removed (Variable.volatile is always False)", UserWarning, stacklevel=2)
    return False


setattr(Tensor, "volatile", property(_volatile, doc="Always False: long ago it was what `no_grad` is now."))  # noqa: B010


def _answer(name: str, value: Any) -> None:
    def answer(self: Tensor, *args: Any) -> Any:
        return value

    answer.__name__ = answer.__qualname__ = name
    answer.__doc__ = f"Always {value}."
    setattr(Tensor, name, answer)


for _name, _value in {"is_pinned": False, "is_shared": False, "is_distributed": False}.items():
    _answer(_name, _value)


@method
def get_device(input: Tensor) -> int:
    """-1, which stands for the CPU."""
    need_tensors("get_device", input=input)
    return -1


def is_inference(input: Tensor) -> bool:
    """Whether it was made in inference mode."""
    need_tensors("is_inference", input=input)
    return input.is_inference()


def is_storage(obj: Any) -> bool:
    """Whether something is the memory of a tensor."""
    return isinstance(obj, UntypedStorage)


@method
def is_coalesced(input: Tensor) -> bool:
    """Raise RuntimeError: it is a question to sparse tensors."""
    raise RuntimeError("is_coalesced expected sparse coordinate tensor layout but got Strided")


@method
def cuda(input: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """Raise AssertionError: there is no GPU here."""
    raise AssertionError("Torch not compiled with CUDA enabled")


@method
def pin_memory(input: Tensor) -> Tensor:
    """Raise RuntimeError: it is for copies to a GPU."""
    raise RuntimeError("Cannot access accelerator device when none is available.")


@method
def share_memory_(input: Tensor) -> Tensor:
    """The tensor itself; PyTorch puts it where other processes can see it."""
    return input


# --- its type ---------------------------------------------------------------------------------------------------------


class _TypeOfTensor(type):
    """`isinstance(x, torch.FloatTensor)` asks for the dtype."""

    kind: DType

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor) and instance.dtype is cls.kind

    def __call__(cls, *data: Any) -> Tensor:
        return _new(*data, kind=cls.kind, name="new")


def _new(*data: Any, kind: DType, name: str) -> Tensor:
    """PyTorch's oldest constructor, in a dtype: of a list, or of sizes."""
    if not data:
        return holding(np.zeros(0, kind.numpy))
    if isinstance(data[0], int | np.integer) or (isinstance(data[0], dtypes.Size) and len(data) == 1):
        if not all(map(is_int, sizes := data[0] if isinstance(data[0], dtypes.Size) else data)):
            raise no_overload(name, *data)
        check_sizes(sizes)
        return holding(np.zeros(sizes, kind.numpy))
    if isinstance(data[0], Tensor):
        if data[0].dtype is not kind:
            raise TypeError(f"expected {dtypes.SCALAR_NAMES[kind]} (got {dtypes.SCALAR_NAMES[data[0].dtype]})")
        return cast(Tensor, alias(data[0]))
    if isinstance(data[0], str):
        raise TypeError("new(): invalid data type 'str'")
    if not isinstance(data[0], list | tuple | range | np.ndarray):
        raise TypeError(f"new(): data must be a sequence (got {data[0].__class__.__name__})")
    return tensor(data[0], dtype=kind)


TYPES: dict[str, Any] = {
    f"{name}Tensor": _TypeOfTensor(f"{name}Tensor", (), {"__module__": "torch", "kind": kind, "__doc__": f"Tensors of {kind}."})
    for kind, name in dtypes.SCALAR_NAMES.items()
}
"""FloatTensor, LongTensor, ...: names from before there was `dtype`."""


@method
def type(input: Tensor, dtype: Any = None, non_blocking: bool = False, **_: Any) -> Any:
    """Without an argument, the name of its kind, as 'torch.FloatTensor'; else the tensor in another one, given by name or as dtype."""
    if dtype is None:
        return f"torch.{dtypes.SCALAR_NAMES[input.dtype]}Tensor"
    if isinstance(dtype, str):
        dtype = TYPES.get(dtype.removeprefix("torch."), dtype)
    kind = dtype.kind if isinstance(dtype, _TypeOfTensor) else dtype
    if not isinstance(kind, DType):
        raise ValueError(f"invalid type: '{kind if isinstance(kind, str) else getattr(kind, '__name__', kind)}'")
    return to(input, kind)


for _name, _kind in {"byte": dtypes.uint8, "char": dtypes.int8}.items():

    def _cast(self: Tensor, memory_format: Any = None, kind: DType = _kind) -> Tensor:
        return to(self, kind)

    _cast.__name__ = _cast.__qualname__ = _name
    _cast.__doc__ = f"The tensor in the dtype {_kind}; itself if it has that already."
    setattr(Tensor, _name, _cast)


_TypeOfTensor.__name__, _TypeOfTensor.__qualname__, _TypeOfTensor.__module__ = "tensortype", "tensortype", "torch"

# --- its memory -------------------------------------------------------------------------------------------------------


class UntypedStorage:
    """The memory of a tensor, which its views share."""

    def __init__(self, owner: Array) -> None:
        while isinstance(owner.base, np.ndarray):
            owner = owner.base
        self._owner = owner

    def data_ptr(self) -> int:
        """Where it begins."""
        return int(self._owner.__array_interface__["data"][0])

    def nbytes(self) -> int:
        """How many bytes it has."""
        return int(self._owner.nbytes)

    size = __len__ = nbytes

    def __iter__(self) -> Iterator[int]:
        return iter(self._owner.tobytes())


UntypedStorage.__module__ = "torch.storage"


class TypedStorage(UntypedStorage):
    """The memory of a tensor, as a list of its elements."""

    @property
    def dtype(self) -> DType:
        """What its elements are."""
        return dtypes.of_numpy[self._owner.dtype]

    def size(self) -> int:
        """How many elements it has."""
        return int(self._owner.size)

    __len__ = size

    def tolist(self) -> list[Any]:
        """The elements in the order of the memory."""
        return list(np.ravel(self._owner, order="K").tolist())

    def __getitem__(self, index: Any) -> Any:
        return self.tolist()[index]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.tolist())

    def __repr__(self) -> str:
        lines = "\n ".join(map(str, self.tolist()))
        return f" {lines}\n[torch.storage.TypedStorage(dtype={self.dtype}, device=cpu) of size {len(self)}]"


TypedStorage.__module__ = "torch.storage"


@method
def untyped_storage(input: Tensor) -> UntypedStorage:
    """The memory that it and its views share."""
    return UntypedStorage(input._array)


@method
def storage(input: Tensor) -> TypedStorage:
    """The memory that it and its views share, as a list of elements (deprecated)."""
    warnings.warn(
        "TypedStorage is deprecated. It will be removed in the future and UntypedStorage will be the only storage class. This should only "
        "matter to you if you are using storages directly.  To access UntypedStorage directly, use tensor.untyped_storage() instead of "
        "tensor.storage()",
        UserWarning, stacklevel=2,
    )  # fmt: skip
    return TypedStorage(input._array)


def _memory(array: Array) -> Array:
    """The elements from the first of the array on, in the order of the memory."""
    owner = UntypedStorage(array)._owner
    flat = np.ravel(owner, order="K")
    offset = (array.__array_interface__["data"][0] - owner.__array_interface__["data"][0]) // max(array.itemsize, 1)
    return flat[offset:]


@reads("resize_(Tensor input, int[] size, *, memory_format? memory_format=None)", function=False)
def resize_(input: Tensor, size: tuple[int, ...], memory_format: Any = None) -> Tensor:
    """Another shape for the same memory, from its first element on; new elements, if it must grow.  Raises RuntimeError if it requires grad."""  # noqa: E501
    if needs_grad(input):
        raise RuntimeError("cannot resize variables that require grad")
    check_sizes(size)
    count, flat = int(np.prod(size)), _memory(input._array)
    if count > flat.size:
        flat = np.concatenate([flat, np.zeros(count - flat.size, flat.dtype)])
    input._array = flat[:count].reshape(size)
    return input


@method
def resize_as_(input: Tensor, other: Tensor, memory_format: Any = None) -> Tensor:
    """`resize_` to the shape of another tensor."""
    need_tensors("resize_as_", the_template=other)
    return resize_(input, tuple(other._array.shape))


@method
def set_(input: Tensor, source: Any = None, *rest: Any) -> Tensor:
    """The memory and shape of another tensor instead of its own.  Raises RuntimeError for a leaf that requires grad."""
    if mode.grad and needs_grad(input) and input.is_leaf:
        raise RuntimeError("a leaf Variable that requires grad is being used in an in-place operation.")
    if source is not None and not isinstance(source, Tensor):
        raise no_overload("set_", source, *rest)
    input._array = np.zeros(0, input._array.dtype) if source is None else source._array
    input._version_counter.value += 1
    return input


@method
def apply_(input: Tensor, callable: Callable[[Any], Any]) -> Tensor:
    """Replace each element by callable(element). Slow, and outside autograd's sight."""
    if needs_grad(input):
        raise RuntimeError("Can't call apply_() on Variable that requires grad. Use var.detach().apply_() instead.")
    flat = [callable(element) for element in input._array.ravel().tolist()]
    input._array[...] = np.array(flat, input._array.dtype).reshape(input._array.shape)
    return input


@method
def map_(input: Tensor, other: Tensor, callable: Callable[[Any, Any], Any]) -> Tensor:
    """Replace each element by callable(element, the element of `other`)."""
    need_tensors("map_", other=other)
    if needs_grad(input) or needs_grad(other):
        raise RuntimeError("Can't call map_() on Variable that requires grad. Use var.detach().map_() instead.")
    pairs = zip(input._array.ravel().tolist(), np.broadcast_to(other._array, input._array.shape).ravel().tolist(), strict=True)
    input._array[...] = np.array([callable(a, b) for a, b in pairs], input._array.dtype).reshape(input._array.shape)
    return input


@method
def fill_diagonal_(input: Tensor, fill_value: float, wrap: bool = False) -> Tensor:
    """Write a number on the diagonal.  Raises RuntimeError for vectors, and for more dimensions unless all are as long."""
    if input.ndim < 2:
        raise RuntimeError("dimensions must larger than 1")
    if input.ndim > 2 and len(set(input._array.shape)) > 1:
        raise RuntimeError("all dimensions of input must be of equal length")
    steps, shape = strides_of(input._array), input._array.shape
    size = min(shape)
    if wrap and input.ndim == 2 and shape[0] > shape[1] + 1:  # below the square, again from the left, after an empty row
        size += (shape[0] - shape[1] - 1) // (shape[1] + 1) * shape[1] + min((shape[0] - shape[1] - 1) % (shape[1] + 1), shape[1])
        rows = np.array([row for row in range(shape[0]) if row % (shape[1] + 1) != shape[1]])
        input._array[rows, rows % (shape[1] + 1)] = fill_value
        return input
    diagonal = input.as_strided((size,), (sum(steps),))  # type: ignore[attr-defined]
    inplace.in_place(diagonal, inplace.fill, fill_value)
    return input


# --- another tensor of the same kind ----------------------------------------------------------------------------------


def _new_filled(name: str, value: int) -> None:
    def made(input: Tensor, size: tuple[int, ...], dtype: Any = None, device: Any = None, requires_grad: bool = False, **_: Any) -> Tensor:
        return full(size, value, dtype=dtype or input.dtype, device=device, requires_grad=requires_grad)

    made.__name__ = made.__qualname__ = name
    made.__doc__ = f"`torch.{name.removeprefix('new_')}(size)` in this tensor's dtype."
    reads(f"{name}(Tensor input, int[] size, *, {OPTIONS})")(made)


for _name, _value in {"new_empty": 0, "new_zeros": 0, "new_ones": 1}.items():  # type: ignore[assignment]
    _new_filled(_name, _value)


@reads(f"new_full(Tensor input, int[] size, Number fill_value, *, {OPTIONS})", function=False)
def new_full(
    input: Tensor, size: Any, fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, **_: Any
) -> Tensor:
    """`torch.full(size, fill_value)` in this tensor's dtype."""
    return full(size, fill_value, dtype=dtype or input.dtype, device=device, requires_grad=requires_grad)


@method
def new(input: Tensor, *data: Any) -> Tensor:
    """A tensor of this dtype, made in the oldest way: of a list, or of sizes."""
    return _new(*data, kind=input.dtype, name="new")
