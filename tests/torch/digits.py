"""How often a float32 result of ours, or its gradient, is not PyTorch's to the last bit: `.item()` and `.tolist()` print every digit.

    python -m tests.torch.digits              # all calls, the worst first
    python -m tests.torch.digits sum softmax  # those with such a word in them

What was found to agree (`f64` is the float64 function, rounded to float32; numpy's float32 functions are off in 10 to 40% of numbers):
    exp, log, log2, log10, log1p, expm1, tanh, sin, cos, tan, atan, erf, exp2    f64: off in 0 to 5%
    x ** p                         f64; but x ** 3 = x * x * x, x ** 0.5 = sqrt(x), x ** -0.5 = 1 / sqrt(x)
    sigmoid, silu                  1 / (1 + f64exp(-x)), x / (1 + f64exp(-x)), each step in float32
    elu, selu                      f64expm1(x) times the constant
    sum, norm, layer_norm          `sums.py`, exact; mean, mse_loss, l1_loss = sum / n, exact
    logsumexp                      f64log(sum(f64exp(x - max))) + max with that sum, exact
    log_softmax(-1)                x - max - f64log(sum), the sum in vectors of 16, halved until one number is left; below 16 in order
    softmax                        over the last dim f64exp(x - max) * (1 / sum), over another one f64exp(x - max) / sum
    cumsum                         in float64, rounded: exact; prod: in order below 32 numbers, exact
    bce with logits                (1 - y) * x + (f64log1p(f64exp(-|x|)) + max(-x, 0))
    a @ b of matrices              acc = fma(a[:, k], b[k], acc) in order of k, exact

A line: the call, the share of its results that differ anywhere, the largest distance in units of the last place; the same of the gradient.
"""

from __future__ import annotations

import sys
import warnings
from typing import Any

import numpy as np

CALLS = """
T+U | T-U | T*U | T/U | T*0.1 | T/3 | 1/T | T**2 | T**3 | T.abs()**0.5 | T.abs()**1.7 | 2**T | T.abs()**U | T.exp() | T.log()
T.abs().log() | T.sqrt() | T.abs().sqrt() | T.abs().rsqrt() | T.sin() | T.cos() | T.tan() | T.tanh() | T.sigmoid() | T.atan()
T.sinh() | T.cosh() | T.erf() | T.expm1() | T.abs().log1p() | T.abs().log2() | T.abs().log10() | T.exp2() | T.reciprocal()
T.sum() | T.sum(0) | T.sum(-1) | T.mean() | T.mean(0) | T.mean(-1) | T.prod() | T.prod(-1) | T.std() | T.var(-1) | T.norm()
T.norm(dim=-1) | T.norm(p=1) | T.cumsum(-1) | T.cumprod(-1) | T.logsumexp(-1) | T.softmax(-1) | T.log_softmax(-1) | T.softmax(0)
(T*U).sum() | (T-U).pow(2).mean() | T@U.mT | T@w | linear(T,W,b) | linear(T,W) | gelu(T) | gelu(T,approximate='tanh') | silu(T)
softplus(T) | elu(T) | selu(T) | mish(T) | logsigmoid(T) | leaky_relu(T) | hardswish(T) | mse_loss(T,U) | l1_loss(T,U)
smooth_l1_loss(T,U) | huber_loss(T,U) | binary_cross_entropy(T.sigmoid(),U.sigmoid())
binary_cross_entropy_with_logits(T,U.sigmoid()) | cross_entropy(T,i) | cross_entropy(T,U.softmax(-1)) | nll_loss(T,i)
kl_div(T,U) | layer_norm(T,T.shape[-1:]) | normalize(T,dim=-1) | cosine_similarity(T,U,dim=-1)
batch_norm(T,None,None,training=True) | torch.linspace(0,6.2832,n) | torch.arange(0,n)/7 | torch.logspace(0,1,n)
torch.atan2(T,U) | torch.hypot(T,U) | torch.lerp(T,U,0.3) | torch.addcmul(T,T,U,value=0.1) | torch.logaddexp(T,U)
torch.cdist(T,U) | torch.einsum('ij,kj->ik',T,U) | torch.addmm(b,T,W.mT)
"""
SHAPES = [(2, 1), (2, 3), (3, 5), (4, 8), (5, 17), (8, 40), (3, 100), (33, 7)]
TRIES = 3  # of each shape


def results(call: str, torch: Any, arrays: dict[str, Any]) -> list[Any]:
    """The value, and the gradient of its sum weighted with 1, 2, 3, ... for T."""
    names = {name: torch.tensor(array.tolist(), dtype=torch.int64 if name == "i" else torch.float32) for name, array in arrays.items()}
    names["T"].requires_grad_()
    functions = {name: getattr(torch.nn.functional, name) for name in dir(torch.nn.functional) if not name.startswith("_")}
    value = eval(call, {**functions, "torch": torch, "n": arrays["T"].size + 1, **names})  # noqa: S307 - the calls of this file
    if not value.requires_grad:
        return [value.tolist()]
    weights = (torch.arange(value.numel()) % 7 + 1).float().reshape(tuple(value.shape))
    return [value.detach().tolist(), torch.autograd.grad((value * weights).sum(), names["T"])[0].tolist()]


def distance(ours: Any, theirs: Any) -> int:
    """In units of the last place; 0 for the same bits."""
    a, b = (np.array(numbers, dtype=np.float32).ravel() for numbers in (ours, theirs))
    if a.shape != b.shape:
        return 1 << 30
    steps = [np.where(bits < 0, -(bits & 0x7FFFFFFF), bits.astype(np.int64)) for bits in (a.view(np.int32), b.view(np.int32))]
    return int(np.max(np.where(np.isnan(a) & np.isnan(b), 0, np.abs(steps[0] - steps[1])), initial=0))


def main(*wanted: str) -> None:
    """Print a line for each call of which a result differs."""
    import torch as theirs

    from autograd_viz import torch as ours

    warnings.simplefilter("ignore")
    rows = []
    for call in (call.strip() for line in CALLS.strip().splitlines() for call in line.split("|")):
        if wanted and not any(word in call for word in wanted):
            continue
        chance, far = np.random.default_rng(0), []
        try:
            for rows_, columns in SHAPES * TRIES:
                arrays = {name: chance.standard_normal((rows_, columns), dtype=np.float32) for name in "TU"}
                arrays |= {"w": chance.standard_normal(columns), "W": chance.standard_normal((3, columns)), "b": chance.standard_normal(3)}
                arrays["i"] = chance.integers(0, columns, rows_)
                pair = [results(call, torch, arrays) for torch in (ours, theirs)]
                far.append([distance(a, b) for a, b in zip(*pair, strict=True)])
        except Exception as error:
            rows.append((2.0, f"{call:48} {type(error).__name__}: {str(error).splitlines()[0][:80]}"))
            continue
        columns_ = list(zip(*far, strict=True))
        shares = [sum(d > 0 for d in column) / len(column) for column in columns_]
        told = "   ".join(f"{share:6.1%} {max(column):6}" for share, column in zip(shares, columns_, strict=True))
        rows.append((max(shares), f"{call:48} {told}"))
    for share, line in sorted(rows, key=lambda row: -row[0]):
        if share > 0:
            print(line)
    print(f"{sum(share == 0 for share, _ in rows)} of {len(rows)} calls agree to the last bit, everywhere")


if __name__ == "__main__":
    main(*sys.argv[1:])
