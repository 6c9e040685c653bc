"""For each row of the derivatives table, programs in which it is at work, as functions of their leaves: what `gradcheck` needs.

They are found by themselves: the stored facts say which nodes each expression of `programs/` has in its graph, and in the graph of its
gradient. Only for a row that no expression shows well (it stands at a kink, or computes in single precision) is there something to
write here, in SAMPLES.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from autograd_viz import torch
from autograd_viz.torch.op import ROWS

from .oracle import _compiled, nodes, short
from .programs import EXPRESSIONS, LEAVES

# node name -> further expressions over LEAVES
SAMPLES: dict[str, list[str]] = {
    "AsStridedBackward0": ["torch.as_strided(a, (2, 2), (3, 2), 0)", "torch.as_strided(a, (3, 2), (1, 1), 0)"],
    "BernoulliBackward2": ["(a * a).bernoulli_(0.5) * b"],
    "BlockDiagBackward0": ["torch.block_diag(a, m)"],
    "CauchyBackward0": ["(a * a).cauchy_() * b"],
    "CeilBackward0": ["b.ceil() * b"],
    "CholeskyInverseBackward0": ["torch.cholesky_inverse(m.tril())"],
    "CholeskySolveBackward0": ["torch.cholesky_solve(n, m.tril())"],
    "ConstantPadNdBackward0": ["torch.nn.functional.pad(a, (1, 2, 0, 1))"],
    "DiagEmbedBackward0": ["torch.diag_embed(a)"],
    "DiagonalBackward0": ["m.diagonal(1)"],
    "DiagonalBackward0_copy": ["torch.diag(m)"],
    "DiagonalBackwardBackward0": ["m.diagonal() ** 2"],
    "DiagonalScatterBackward0": ["torch.diagonal_scatter(m, v)"],
    "ExponentialBackward0": ["(a * a).exponential_() * b"],
    "FillBackward2": ["(a * b).fill_(2.0) * b"],
    "FillBackward3": ["(a * b).fill_(s) * b"],
    "FillBackward0": ["torch.fill(a, 2.0) * b"],
    "FillBackward1": ["torch.fill(a, s) * b"],
    "FmodBackward0": ["torch.fmod(a, 1.7)"],
    "FracBackward0": ["b.frac() * b"],
    "FrexpBackward0": ["torch.frexp(b * 1.1)[0]"],
    "GeometricBackward0": ["(a * a).geometric_(0.5) * b"],
    "HardsigmoidBackward0": ["torch.nn.functional.hardsigmoid(a)"],
    "IndexAddBackward0": ["torch.index_add(m, 1, idx, m, alpha=2)"],
    "IndexCopyBackward0": ["torch.index_copy(a, 1, torch.tensor([2, 0, 1]), b)"],
    "IndexFillBackward0": ["torch.index_fill(a, 1, idx, 2.0)"],
    "IndexFillBackward1": ["torch.index_fill(a, 1, idx, s)"],
    "IndexPutBackward0": ["torch.index_put(v, (torch.tensor([0, 2]),), one)"],
    "IndexSelectBackward0": ["torch.index_select(a, 1, idx)"],
    "LogNormalBackward0": ["(a * a).log_normal_() * b"],
    "MaskedScatterBackward0": ["torch.masked_scatter(a, mask, b)"],
    "MaskedScatterBackwardBackward0": ["torch.masked_scatter(a * a, mask, b * b)"],
    "CtcLossBackward0": ["torch.nn.functional.ctc_loss(p.log_softmax(2), torch.tensor([[1], [2], [3]]), (2, 2, 1), (1, 1, 1))"],
    "EmbeddingBagBackward0": ['torch.nn.functional.embedding_bag(idx, a, torch.tensor([0, 1]), mode="sum", per_sample_weights=v)'],
    "MultilabelMarginLossBackward0": ["torch.nn.functional.multilabel_margin_loss(b, torch.tensor([[0, -1, 0], [1, 2, -1]]))"],
    "MultiMarginLossBackward0": ["torch.nn.functional.multi_margin_loss(b, torch.tensor([1, 0]))"],
    "NarrowCopyBackward0": ["torch.narrow_copy(a, 1, 0, 2)"],
    "WeightNormInterfaceBackward0": ["torch._weight_norm(m, col[:1] * row.mT, 0)"],
    "NormBackward1": ["torch.nn.functional.pairwise_distance(a, b)"],
    "NormalBackward0": ["(a * a).normal_() * b"],
    "PutBackward0": ["torch.put(a, torch.tensor([0, 4]), w[:2])"],
    "RandomBackward0": ["(a * a).random_(2, 9) * b"],
    "RandomBackward1": ["(a * a).random_(9) * b"],
    "RandomBackward2": ["(a * a).random_() * b"],
    "ReflectionPad1DBackward0": ["torch.nn.functional.pad(a, (1, 2), mode='reflect')"],
    "ReflectionPad1DBackwardBackward0": ["torch.nn.functional.pad(a, (1, 2), mode='reflect') ** 2"],
    "ReflectionPad2DBackward0": ["torch.nn.functional.pad(p, (1, 2, 1, 0), mode='reflect')"],
    "ReflectionPad2DBackwardBackward0": ["torch.nn.functional.pad(p, (1, 2, 1, 0), mode='reflect') ** 2"],
    "ReflectionPad3DBackward0": ["torch.nn.functional.pad(p[None], (1, 2, 1, 0, 1, 1), mode='reflect')"],
    "ReflectionPad3DBackwardBackward0": ["torch.nn.functional.pad(p[None], (1, 0, 1, 0, 1, 0), mode='reflect') ** 2"],
    "RepeatBackward0": ["a.repeat(2, 1, 2)"],
    "ReplicationPad1DBackward0": ["torch.nn.functional.pad(a, (1, 2), mode='replicate')"],
    "ReplicationPad1DBackwardBackward0": ["torch.nn.functional.pad(a, (1, 2), mode='replicate') ** 2"],
    "ReplicationPad2DBackward0": ["torch.nn.functional.pad(p, (1, 2, 1, 0), mode='replicate')"],
    "ReplicationPad2DBackwardBackward0": ["torch.nn.functional.pad(p, (1, 2, 1, 0), mode='replicate') ** 2"],
    "ReplicationPad3DBackward0": ["torch.nn.functional.pad(p[None], (1, 2, 1, 0, 1, 1), mode='replicate')"],
    "ReplicationPad3DBackwardBackward0": ["torch.nn.functional.pad(p[None], (1, 0, 1, 0, 1, 0), mode='replicate') ** 2"],
    "RollBackward0": ["torch.roll(a, 1, 1)"],
    "Rot90Backward0": ["torch.rot90(a)"],
    "RreluWithNoiseBackward1": ["torch.nn.functional.rrelu(a * b, training=True, inplace=True)"],
    "ScaledDotProductFlashAttentionForCpuBackward0": ["torch.nn.functional.scaled_dot_product_attention(p[None], p[None] * 2, p[None])"],
    "ScatterBackward1": ["torch.scatter(a, 1, torch.tensor([[0], [2]]), 2.0)"],
    "ScatterReduceBackward0": ["torch.scatter_reduce(a, 1, torch.tensor([[0, 1, 1], [2, 0, 0]]), b, 'prod')"],
    "SelectScatterBackward0": ["torch.select_scatter(a, v, 0, 1)"],
    "SliceScatterBackward0": ["torch.slice_scatter(a, v[None], 0, 1, 2)"],
    "SplitBackward0": ["torch.split(a, 2, 1)"],
    "SplitWithSizesBackward0": ["torch.split(a, [1, 2], 1)"],
    "SqueezeBackward3": ["(row * row).squeeze_()"],
    "SqueezeBackward5": ["(row * row).squeeze_((0,))"],
    "TBackward1": ["(a * a).t_()"],
    "TakeBackward0": ["torch.take(a, idx)"],
    "ThresholdBackward1": ["torch.nn.functional.threshold(a * b, 0.1, 2.0, inplace=True)"],
    "TransposeBackward1": ["(a * a).transpose_(0, 1)"],
    "TruncBackward0": ["b.trunc() * b"],
    "UnfoldBackward0": ["a.unfold(1, 2, 1)"],
    "UnfoldBackwardBackward0": ["a.unfold(1, 2, 1) ** 2"],
    "UniformBackward0": ["(a * a).uniform_() * b"],
    "UnsafeSplitBackward0": ["torch.unsafe_split(a, 2, 1)"],
    "UnsqueezeBackward1": ["(a * a).unsqueeze_(0)"],
    "UpsampleNearestExact1DBackward0": ["torch.nn.functional.interpolate(p, scale_factor=2, mode='nearest-exact')"],
    "UpsampleNearestExact1DBackwardBackward0": ["torch.nn.functional.interpolate(p, scale_factor=2, mode='nearest-exact')"],
    "UpsampleNearestExact2DBackward0": ["torch.nn.functional.interpolate(p[None], scale_factor=2, mode='nearest-exact')"],
    "UpsampleNearestExact2DBackwardBackward0": ["torch.nn.functional.interpolate(p[None], scale_factor=2, mode='nearest-exact')"],
    "ViewBackward0_copy": ["torch.view_copy(a, (3, 2))"],
    "ZeroBackward0": ["(a * b).zero_() * b"],
    "torch::autograd::CopyBackwards": ["(a * b).copy_(row)", "torch.zeros(2, 3, **d).copy_(a)"],
    "torch::autograd::CopySlices": ["torch.as_strided(a, (2, 2), (3, 2), 0)"],
}

# node name -> why there is nothing to compare with finite differences
NO_DERIVATIVE: dict[str, str] = {
    **{f"NormalBackward{nr}": "what is drawn is another number each time" for nr in (1, 2, 3)},
    **{f"StandardGamma{more}Backward0": "what is drawn is another number each time" for more in ("", "Grad")},
    "SpecialZetaBackward2": "PyTorch has none of the power",
    "MkldnnRnnLayerBackward0": "it is there for single precision alone; programs/modules.py compares it with PyTorch's",
    **{f"{name}Backward1": "PyTorch has none where it is done in place" for name in ("Asinh", "Acosh", "Atanh")},
    "NotImplemented": "it only says that there is none",
    "torch::autograd::NotImplemented": "it only says that there is none",
    "Unique2Backward0": "PyTorch has no derivative of it",
    "UniqueDimBackward0": "PyTorch has no derivative of it",
    "UniqueConsecutiveBackward0": "PyTorch has no derivative of it",
}

# node name -> why it cannot be differentiated twice (PyTorch cannot either)
ONLY_ONCE: dict[str, str] = {
    "HardsigmoidBackward0": "derivative for aten::hardsigmoid_backward is not implemented",
    "MultiMarginLossBackward0": "derivative for aten::multi_margin_loss_backward is not implemented",
    "MultilabelMarginLossBackward0": "derivative for aten::multilabel_margin_loss_backward is not implemented",
    "EmbeddingBagBackward0": "derivative for aten::_embedding_bag_per_sample_weights_backward is not implemented",
    "CtcLossBackward0": "derivative for aten::_ctc_loss_backward is not implemented",
    "ScaledDotProductFlashAttentionForCpuBackward0": "derivative for aten::_scaled_dot_product_flash_attention_for_cpu_backward is not ...",
}

ROUNDING = ("ToCopyBackward0",)  # results in single precision: the steps must be longer

TRIED = 6  # programs for each row

Check = Callable[..., bool]


def rows() -> list[str]:
    """The node names of all operations that have a formula. (Those of `func/` are means of its own, and never seen.)"""
    return [name for name, row in ROWS.items() if (row.inputs and ".ops." in row.forward.__module__) or row.lists]


@cache
def _found() -> dict[str, list[tuple[str, bool]]]:
    """Short node name -> the expressions that show it, and whether only in the graph of the gradient. The shortest first."""
    found: dict[str, dict[str, bool]] = {}
    for family, expressions in EXPRESSIONS.items():
        stored = json.loads(Path(__file__).with_name("facts").joinpath(f"{family}.json").read_text(encoding="utf-8"))
        for expression in expressions:
            told = stored.get(expression, {})
            told = stored[told] if isinstance(told, str) else told
            if not str(told.get("kind", "")).startswith("torch.float64") or "raised" in told:
                continue
            for key, second in (("first_graph", True), ("graph", False)):
                for name in told.get(key, "").split() if second else re.findall(r"[\w:]+(?=\()", told.get(key, "")):
                    found.setdefault(name, {})[expression] = second
    return {name: sorted(each.items(), key=lambda item: (item[1], len(item[0]))) for name, each in found.items()}


def samples_of(name: str) -> list[str]:
    """Expressions to check a row with, the best first."""
    smooth = [expression for expression, _ in _found().get(short(name), []) if _leaves(expression)]
    apart = smooth[:: max(1, len(smooth) // TRIED)][:TRIED]  # short ones and long ones
    return [*SAMPLES.get(name, []), *dict.fromkeys([*smooth[:TRIED], *apart])]


@cache
def _leaves(expression: str) -> tuple[str, ...]:
    """The leaves that an expression uses. None if it uses one that has a kink, or single precision."""
    namespace: dict[str, Any] = {"torch": torch}
    exec(_compiled(LEAVES)[0], namespace)  # noqa: S102 - as in oracle.py
    names = [name for name in dict.fromkeys(re.findall(r"(?<![.\w])[a-z]\w*", expression)) if name in namespace]
    tensors = [(name, namespace[name]) for name in names if isinstance(namespace[name], torch.Tensor)]
    tracked = [(name, tensor) for name, tensor in tensors if tensor.requires_grad]
    if any(name == "ties" or tensor.dtype != torch.float64 for name, tensor in tracked):
        return ()
    return tuple(name for name, _ in tracked)


def function_of(expression: str) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    """An expression as a function of its leaves, and these."""
    leaves = _leaves(expression)

    def function(*given: Any) -> Any:
        torch.manual_seed(0)
        namespace: dict[str, Any] = {"torch": torch}
        exec(_compiled(LEAVES)[0], namespace)  # noqa: S102
        namespace.update(zip(leaves, given, strict=True))
        code, last = _compiled(expression)
        exec(code, namespace)  # noqa: S102
        assert last is not None
        return tuple(_floats(eval(last, namespace)))  # noqa: S307

    namespace: dict[str, Any] = {"torch": torch}
    exec(_compiled(LEAVES)[0], namespace)  # noqa: S102
    return function, tuple(namespace[name] for name in leaves)


def _floats(result: Any) -> Iterator[Any]:
    if isinstance(result, torch.Tensor):
        if result.requires_grad:
            yield result
    elif isinstance(result, tuple | list):
        for each in result:
            yield from _floats(each)


def shown_by(expression: str) -> set[str]:
    """The names of the nodes in its graph and in the graph of its gradient."""
    function, leaves = function_of(expression)
    results = function(*leaves)
    seeds = [torch.ones_like(result).requires_grad_() for result in results]
    gradients = torch.autograd.grad(results, leaves, seeds, create_graph=True, allow_unused=True)
    roots = [t.grad_fn for t in (*results, *gradients) if t is not None and t.grad_fn is not None]
    return {fn.name() for fn in nodes(roots)}


def failure(check: Check, expression: str, name: str) -> str | None:
    """What `gradcheck` or `gradgradcheck` finds wrong with an expression."""
    function, leaves = function_of(expression)
    how = {"eps": 1e-2, "atol": 1e-2} if name in ROUNDING else {}
    try:
        check(function, leaves, **how)
    except Exception as error:
        return f"{expression}\n    {type(error).__name__}: {error}"
    return None
