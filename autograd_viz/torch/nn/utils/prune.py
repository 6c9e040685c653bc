# mypy: disable-error-code="attr-defined,index,operator,comparison-overlap,arg-type,no-any-return"
# (What a Tensor can do is attached in methods.py, where a type checker does not see it.)
"""Pruning: some elements of a parameter are held at zero.

    prune.l1_unstructured(layer, "weight", amount=2)     the two smallest

The parameter becomes `weight_orig`, a buffer `weight_mask` says what is kept, and before each forward `weight` is their product: what
is at zero gets no gradient. `remove` makes `weight` a parameter again, zeros included.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from numbers import Integral, Real
from typing import Any

from autograd_viz.torch.nn.modules.module import Module
from autograd_viz.torch.nn.utils.convert_parameters import parameters_to_vector
from autograd_viz.torch.ops.creation import ones_like, rand, rand_like, zeros_like
from autograd_viz.torch.ops.norms import norm
from autograd_viz.torch.tensor import Tensor

__all__ = [
    "BasePruningMethod", "CustomFromMask", "Identity", "L1Unstructured", "LnStructured", "PruningContainer", "RandomStructured",
    "RandomUnstructured", "custom_from_mask", "global_unstructured", "identity", "is_pruned", "l1_unstructured", "ln_structured",
    "random_structured", "random_unstructured", "remove",
]  # fmt: skip


class BasePruningMethod(ABC):
    """A way to choose what is held at zero: inherit from it, set PRUNING_TYPE, and write `compute_mask`.

    It is called before each forward of its module. PRUNING_TYPE: what a further pruning may still choose from, the elements
    ("unstructured") or the channels ("structured") that are left, or all of it ("global").
    """

    PRUNING_TYPE: str
    _tensor_name: Any = None

    def __call__(self, module: Module, inputs: Any) -> None:
        setattr(module, self._tensor_name, self.apply_mask(module))

    @abstractmethod
    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """1 where an element is kept, 0 elsewhere; `default_mask` says what was kept so far."""

    def apply_mask(self, module: Module) -> Tensor:
        """The original times the mask."""
        original = getattr(module, f"{self._tensor_name}_orig")
        product: Tensor = getattr(module, f"{self._tensor_name}_mask").to(dtype=original.dtype) * original
        return product

    @classmethod
    def apply(cls, module: Module, name: str, *args: Any, importance_scores: Tensor | None = None, **kwargs: Any) -> BasePruningMethod:
        """Prune a parameter of a module; what was pruned before stays so."""
        earlier = {k: hook for k, hook in module._forward_pre_hooks.items() if _prunes(hook, name)}
        for k in earlier:
            del module._forward_pre_hooks[k]
        method: Any = cls(*args, **kwargs)
        method._tensor_name = name
        for old in earlier.values():
            container = old if isinstance(old, PruningContainer) else PruningContainer(old)
            container.add_pruning_method(method)
            method = container
        original = getattr(module, name)
        _check_scores(importance_scores, original, f"parameter {name} of {module}")
        if earlier:
            before = getattr(module, f"{name}_mask").detach().clone()
        else:
            module.register_parameter(f"{name}_orig", original)
            del module._parameters[name]
            before = ones_like(original)
        try:
            mask = method.compute_mask(original if importance_scores is None else importance_scores, default_mask=before)
        except Exception:
            if not earlier:
                module.register_parameter(name, original)
                del module._parameters[f"{name}_orig"]
            raise
        module.register_buffer(f"{name}_mask", mask)
        setattr(module, name, method.apply_mask(module))
        module.register_forward_pre_hook(method)
        return method

    def prune(self, t: Tensor, default_mask: Tensor | None = None, importance_scores: Tensor | None = None) -> Tensor:
        """A tensor, pruned."""
        _check_scores(importance_scores, t, "tensor t")
        mask = ones_like(t) if default_mask is None else default_mask
        return t * self.compute_mask(t if importance_scores is None else importance_scores, default_mask=mask)

    def remove(self, module: Module) -> None:
        """Make the parameter a plain one again, with its zeros."""
        weight = self.apply_mask(module)
        if hasattr(module, self._tensor_name):
            delattr(module, self._tensor_name)
        original = module._parameters.pop(f"{self._tensor_name}_orig")
        original.data = weight.data
        del module._buffers[f"{self._tensor_name}_mask"]
        setattr(module, self._tensor_name, original)


class PruningContainer(BasePruningMethod):
    """Several prunings of one parameter, one after another."""

    def __init__(self, *args: BasePruningMethod) -> None:
        self._pruning_methods: tuple[BasePruningMethod, ...] = ()
        if len(args) == 1:
            self._tensor_name = args[0]._tensor_name
        for method in args:
            self.add_pruning_method(method)

    def add_pruning_method(self, method: Any) -> None:
        """One more.  Raises TypeError or ValueError if it is no pruning, or one of another parameter."""
        if not isinstance(method, BasePruningMethod) and method is not None:
            raise TypeError(f"{type(method)} is not a BasePruningMethod subclass")
        if method is not None and self._tensor_name != method._tensor_name:
            raise ValueError(
                f"Can only add pruning methods acting on the parameter named '{self._tensor_name}' to PruningContainer {self}. "
                f"Found '{method._tensor_name}'"
            )
        self._pruning_methods += (method,)

    def __len__(self) -> int:
        return len(self._pruning_methods)

    def __iter__(self) -> Iterator[BasePruningMethod]:
        return iter(self._pruning_methods)

    def __getitem__(self, idx: Any) -> Any:
        return self._pruning_methods[idx]

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """What the last of them keeps of what the others have kept."""
        method: Any = self._pruning_methods[-1]
        if method.PRUNING_TYPE == "unstructured":
            left: Any = default_mask == 1
        elif method.PRUNING_TYPE == "structured":
            dim = method.dim % t.dim()
            left = _channels(t, dim, default_mask.sum(dim=[d for d in range(t.dim()) if d != dim]) != 0)
        elif method.PRUNING_TYPE == "global":
            left = (slice(None),) * t.dim()
        else:
            raise ValueError(f"Unrecognized PRUNING_TYPE {method.PRUNING_TYPE}")
        mask = default_mask.to(dtype=t.dtype)
        mask[left] = method.compute_mask(t[left], default_mask=default_mask[left]).to(dtype=mask.dtype)
        return mask


class Identity(BasePruningMethod):
    """Nothing is pruned, but the parameter is ready for it."""

    PRUNING_TYPE = "unstructured"

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """As before."""
        return default_mask


class RandomUnstructured(BasePruningMethod):
    """Any elements; `amount`: how many, or which part of them."""

    PRUNING_TYPE = "unstructured"

    def __init__(self, amount: float) -> None:
        self.amount = _checked(amount)

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """Zeros at random places."""
        return _without(default_mask, _how_many(self.amount, t.numel()), lambda k: rand_like(t).view(-1).topk(k=k))


class L1Unstructured(RandomUnstructured):
    """The smallest elements."""

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """Zeros where the smallest are."""
        return _without(default_mask, _how_many(self.amount, t.numel()), lambda k: t.abs().view(-1).topk(k=k, largest=False))


class RandomStructured(BasePruningMethod):
    """Any channels along a dimension."""

    PRUNING_TYPE = "structured"

    def __init__(self, amount: float, dim: int = -1) -> None:
        self.amount, self.dim = _checked(amount), dim

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """Zeros in random channels."""
        channels, pruned = self._channels(t)
        if not pruned:
            return default_mask
        chances = rand(channels)
        return self._only(t, chances > chances.kthvalue(k=pruned).values, default_mask)

    def _channels(self, t: Tensor) -> tuple[int, int]:
        """How many there are, and how many of them to prune."""
        if t.dim() <= 1:
            raise ValueError(
                f"Structured pruning can only be applied to multidimensional tensors. Found tensor of shape {t.shape} with {t.dim()} dims"
            )
        if self.dim >= t.dim():
            raise IndexError(f"Invalid index {self.dim} for tensor of size {t.shape}")
        return t.shape[self.dim], _how_many(self.amount, t.shape[self.dim])

    def _only(self, t: Tensor, kept: Tensor, default_mask: Tensor) -> Tensor:
        mask = zeros_like(t)
        mask[_channels(t, self.dim, kept)] = 1
        mask *= default_mask.to(dtype=mask.dtype)
        return mask


class LnStructured(RandomStructured):
    """The channels with the smallest norm."""

    def __init__(self, amount: float, n: Any, dim: int = -1) -> None:
        super().__init__(amount, dim)
        self.n = n

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """Zeros in the channels of the smallest norm."""
        channels, pruned = self._channels(t)
        sizes = norm(t, p=self.n, dim=[d for d in range(t.dim()) if d != self.dim % t.dim()])
        largest = sizes.topk(k=channels - pruned, largest=True)
        return self._only(t, largest.indices, default_mask) if pruned else default_mask


class CustomFromMask(BasePruningMethod):
    """What a mask says."""

    PRUNING_TYPE = "global"

    def __init__(self, mask: Tensor) -> None:
        self.mask = mask

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The given mask, and the one before."""
        if default_mask.shape != self.mask.shape:
            raise AssertionError(f"default_mask shape {default_mask.shape} must match self.mask shape {self.mask.shape}")
        product: Tensor = default_mask * self.mask.to(dtype=default_mask.dtype)
        return product


# --- the functions ----------------------------------------------------------------------------------------------------


def identity(module: Module, name: str) -> Module:
    """Prepare a parameter for pruning."""
    Identity.apply(module, name)
    return module


def random_unstructured(module: Module, name: str, amount: float) -> Module:
    """Prune random elements of a parameter."""
    RandomUnstructured.apply(module, name, amount=amount)
    return module


def l1_unstructured(module: Module, name: str, amount: float, importance_scores: Tensor | None = None) -> Module:
    """Prune the smallest elements."""
    L1Unstructured.apply(module, name, amount=amount, importance_scores=importance_scores)
    return module


def random_structured(module: Module, name: str, amount: float, dim: int) -> Module:
    """Prune random channels."""
    RandomStructured.apply(module, name, amount=amount, dim=dim)
    return module


def ln_structured(module: Module, name: str, amount: float, n: Any, dim: int, importance_scores: Tensor | None = None) -> Module:
    """Prune the channels with the smallest norm."""
    LnStructured.apply(module, name, amount=amount, n=n, dim=dim, importance_scores=importance_scores)
    return module


def custom_from_mask(module: Module, name: str, mask: Tensor) -> Module:
    """Prune what the mask says."""
    CustomFromMask.apply(module, name, mask=mask)
    return module


def global_unstructured(parameters: Any, pruning_method: Any, importance_scores: Any = None, **kwargs: Any) -> None:
    """Prune several parameters, (module, name) each, as if they were one."""
    if not isinstance(parameters, Iterable):
        raise TypeError("global_unstructured(): parameters is not an Iterable")
    pairs, scores = list(parameters), {} if importance_scores is None else importance_scores
    if not isinstance(scores, dict):
        raise TypeError("global_unstructured(): importance_scores must be of type dict")
    values = [getattr(module, name) for module, name in pairs]
    container, method = PruningContainer(), pruning_method(**kwargs)
    container._tensor_name = method._tensor_name = "temp"
    if method.PRUNING_TYPE != "unstructured":
        raise TypeError(
            f'Only "unstructured" PRUNING_TYPE supported for the `pruning_method`. Found method {pruning_method} of type '
            f"{method.PRUNING_TYPE}"
        )
    container.add_pruning_method(method)
    before = parameters_to_vector([getattr(m, f"{name}_mask", ones_like(value)) for (m, name), value in zip(pairs, values, strict=True)])
    together = parameters_to_vector([scores.get(pair, value) for pair, value in zip(pairs, values, strict=True)])
    parts = container.compute_mask(together, before).split([value.numel() for value in values])
    for (module, name), value, part in zip(pairs, values, parts, strict=True):
        custom_from_mask(module, name, mask=part.view_as(value))


def remove(module: Module, name: str) -> Module:
    """Make a pruned parameter a plain one.  Raises ValueError if it is not pruned."""
    for k, hook in module._forward_pre_hooks.items():
        if _prunes(hook, name):
            hook.remove(module)
            del module._forward_pre_hooks[k]
            return module
    raise ValueError(f"Parameter '{name}' of module {module} has to be pruned before pruning can be removed")


def is_pruned(module: Module) -> bool:
    """Whether the module, or one inside it, has a pruned parameter."""
    return any(isinstance(hook, BasePruningMethod) for _, each in module.named_modules() for hook in each._forward_pre_hooks.values())


def _prunes(hook: Any, name: str) -> bool:
    return isinstance(hook, BasePruningMethod) and hook._tensor_name == name


def _check_scores(scores: Tensor | None, t: Tensor, what: str) -> None:
    if scores is not None and scores.shape != t.shape:
        raise AssertionError(f"importance_scores should have the same shape as {what}, got {scores.shape} vs {t.shape}")


def _checked(amount: Any) -> Any:
    if not isinstance(amount, Real):
        raise TypeError(f"Invalid type for amount: {amount}. Must be int or float.")
    if amount < 0 or (not isinstance(amount, Integral) and amount > 1):
        raise ValueError(f"amount={amount} should either be a float in the range [0, 1] or a non-negative integer")
    return amount


def _how_many(amount: Any, size: int) -> int:
    if not isinstance(amount, Integral):
        return round(amount * size)
    if amount > size:
        raise ValueError(f"amount={amount} should be smaller than the number of parameters to prune={size}")
    return int(amount)


def _without(mask: Tensor, k: int, chosen: Callable[[int], Any]) -> Tensor:
    mask = mask.clone()
    if k:
        mask.view(-1)[chosen(k).indices] = 0
    return mask


def _channels(t: Tensor, dim: int, which: Tensor) -> tuple[Any, ...]:
    index: list[Any] = [slice(None)] * t.dim()
    index[dim] = which
    return tuple(index)
