"""Random stories: views, in-place changes, hooks, modes and backward calls in any order, told on our torch and on the real one.

    python -m tests.torch.stories views 300        # 300 stories of that kind: each disagreement once, in its shortest form

A story is a list of statements. Each runs alone, and what comes of it is a line of the transcript: what it printed, what it warned of,
what it raised. The story is written while it runs on the real PyTorch, so that its statements fit the tensors that it has.
Two transcripts are compared up to the first statement that differs; then statements are left out as long as it still does.
"""

from __future__ import annotations

import contextlib
import io
import random
import re
import sys
import textwrap
import warnings
from collections import Counter
from functools import cache
from types import CodeType
from typing import Any

from .oracle import first_sentence, short

PRELUDE = """
x = torch.tensor([[1.0, -2.0, 3.0], [0.5, 4.0, -1.5]], dtype=torch.float64, requires_grad=True)
y = torch.tensor([2.0, 0.25, -3.0], dtype=torch.float64, requires_grad=True)
z = torch.tensor(1.5, dtype=torch.float64, requires_grad=True)
k = torch.tensor([[2.0, 5.0, -1.0], [0.75, 1.0, 3.0]], dtype=torch.float64)
q = torch.tensor([4.0, 0.5, 2.0], dtype=torch.float64)
handles = []
born = {}  # the versions that tensors had when they got their names: gradients may have been made in steps


def numbers(t):
    if t is None:
        return "None"
    if not isinstance(t, torch.Tensor):
        return repr(t)
    flat = t.detach().reshape(-1).tolist()
    told = f"{tuple(t.shape)} [{', '.join(f'{number:.6g}' for number in flat[:30])}]"
    return told + (f" {t.grad_fn.name()}" if t.grad_fn is not None else " requires grad" if t.requires_grad else "")


def walk(fn, nr=0, depth=4):
    if fn is None:
        return "-"
    if hasattr(fn, "variable"):
        return name_of(fn.variable)
    inner = ", ".join(walk(*edge, depth - 1) for edge in fn.next_functions) if depth else "..."
    return f"{fn.name()}({inner})" + (f"#{nr}" if nr else "")


def name_of(t):
    return next((name for name, known in globals().items() if known is t), "?")


def show(t):
    inference = getattr(t, "is_inference", bool)()
    print("values", numbers(t), tuple(t.stride()))
    version = "inference" if inference else t._version - born[name_of(t)]
    print("state", t.requires_grad, t.is_leaf, "retains" if t.retains_grad else "", version)
    print("view of", name_of(t._base) if t._is_view() and t._base is not None else None, t._is_view())
    print("graph", walk(t.grad_fn, t.output_nr))
    if t.is_leaf or t.retains_grad:
        print("grad", numbers(t.grad))


def saved(t):
    for name in dir(t.grad_fn):
        if name.startswith("_saved_"):
            print(name, numbers(getattr(t.grad_fn, name)))


def telling(name):
    return lambda g: print("hook", name, numbers(g))


def doubling(name):
    return lambda g: (print("doubling hook", name, numbers(g)), g * 2)[1]


def node_hook(name):
    return lambda given, received: print("node hook", name, *map(numbers, given), "|", *map(numbers, received))


def node_prehook(name):
    return lambda received: print("node prehook", name, *map(numbers, received))


def accumulated(name):
    return lambda leaf: print("accumulated", name, numbers(leaf.grad))


def pack(t):
    print("pack", numbers(t))
    return t


def unpack(t):
    print("unpack", numbers(t))
    return t
"""

FUNCTIONS = """
class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, t):
        ctx.save_for_backward(t)
        return t * t

    @staticmethod
    def backward(ctx, grad):
        t, = ctx.saved_tensors
        print("Square.backward", numbers(grad), ctx.needs_input_grad)
        return 2 * t * grad


class Scale(torch.autograd.Function):
    @staticmethod
    def forward(t, number):
        return t * number

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.number = inputs[1]
        ctx.save_for_backward(output)

    @staticmethod
    def backward(ctx, grad):
        print("Scale.backward", numbers(grad), *map(numbers, ctx.saved_tensors))
        return grad * ctx.number, None


class Twice(torch.autograd.Function):
    @staticmethod
    def forward(ctx, t):
        ctx.mark_dirty(t)
        t.mul_(2)
        return t

    @staticmethod
    def backward(ctx, grad):
        return grad * 2


class Pair(torch.autograd.Function):
    @staticmethod
    def forward(ctx, t, u):
        ctx.save_for_backward(t, u)
        signs = t.sign()
        ctx.mark_non_differentiable(signs)
        return t * u, t + u, signs

    @staticmethod
    def backward(ctx, product, total, signs):
        t, u = ctx.saved_tensors
        print("Pair.backward", numbers(product), numbers(total), numbers(signs))
        return product * u + total, product * t + total


class Sparing(torch.autograd.Function):
    @staticmethod
    def forward(ctx, t):
        ctx.set_materialize_grads(False)
        return t.clone(), t.exp()

    @staticmethod
    def backward(ctx, first, second):
        print("Sparing.backward", numbers(first), numbers(second))
        return first


class Same(torch.autograd.Function):
    @staticmethod
    def forward(ctx, t):
        return t

    @staticmethod
    def backward(ctx, grad):
        return grad * 3


class Viewed(torch.autograd.Function):
    @staticmethod
    def forward(ctx, t):
        ctx.shape = t.shape
        return t.view(-1)

    @staticmethod
    def backward(ctx, grad):
        return grad.reshape(ctx.shape)


class Once(torch.autograd.Function):
    @staticmethod
    def forward(ctx, t):
        return t.exp()

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, grad):
        return grad * 5
"""

# T a tensor, U another of a shape that broadcasts with it (mostly), N the new name, M a second new name; <word> as `_filled` says.
STATEMENTS = {
    "view": """
        N = T[0]
        N = T[1:]
        N = T[..., 0]
        N = T[..., 1:]
        N = T[:, ::2]
        N = T[...]
        N = T[:]
        N = T[None]
        N = T.t()
        N = T.T
        N = T.transpose(0, -1)
        N = T.view(-1)
        N = T.view(3, -1)
        N = T.reshape(-1)
        N = T.reshape(T.shape)
        N = T.flatten()
        N = T.unsqueeze(0)
        N = T.squeeze()
        N = T.squeeze(0)
        N = T.expand(2, *T.shape)
        N = T.expand_as(x)
        N = T.diagonal()
        N = T.narrow(0, 0, 1)
        N = T.select(-1, 1)
        N = T.view_as(T)
        N = T.permute(*range(T.dim())[::-1])
        N = T.unflatten(-1, (3, 1))
        N = T.movedim(0, -1)
        N = T.as_strided((2,), (1,))
        N = T.as_strided((2, 2), (1, 1), 1)
        N = T.unfold(-1, 2, 1)
        N, M = T.split(1)
        N, M = T.unbind()
        N, M = T.chunk(2)
        N, M = T.chunk(2, dim=-1)
        N, M = T.split([1, 2], dim=-1)
        N, M = T.tensor_split(2)
        N = T.split(1)[0]
        N = T.unbind(-1)[0]
        N = T.contiguous()
        N = T.mT
        N = T.detach()
        N = T.data
        """,
    "op": """
        N = T * 2
        N = T * U
        N = T + U
        N = T - U
        N = T / 2
        N = T.exp()
        N = T.sin()
        N = T.sigmoid()
        N = T.tanh()
        N = T ** 2
        N = T.relu()
        N = T.clone()
        N = T.sum()
        N = T.sum(0)
        N = T.mean()
        N = T.max()
        N = T.abs()
        N = -T
        N = T.sqrt()
        N = T.clone().detach().requires_grad_()
        N = T.new_zeros(T.shape)
        N = torch.zeros_like(T)
        N = torch.empty_like(T).copy_(T)
        N = T @ y
        N = torch.cat([T, U])
        N = torch.stack([T, T])
        N = torch.where(T > 0, T, U)
        N = T[[0, 0]]
        N = T[T > 0]
        N, M = T.max(dim=-1)
        N = T.prod()
        N = T.double()
        N = T.float()
        N = torch.nn.functional.mse_loss(T, U)
        """,
    "inplace": """
        T.add_(1)
        T.add_(U)
        T.add_(U, alpha=2)
        T.sub_(U)
        T.mul_(2)
        T.mul_(U)
        T.mul_(T)
        T.div_(2)
        T.zero_()
        T.fill_(3.0)
        T.copy_(U)
        T.exp_()
        T.sin_()
        T.neg_()
        T.relu_()
        T.sigmoid_()
        T.tanh_()
        T.clamp_(min=0.5)
        T.pow_(2)
        T.masked_fill_(T > 1, 0.5)
        T += U
        T *= 2
        T -= 1
        T /= 2
        T **= 2
        T[0] = 5.0
        T[0] = U
        T[...] = 1.0
        T[:] = U
        T[1:] = 0.25
        T[..., 0] = 0.5
        T[..., 1] = z
        T[..., 1:] *= 2
        T[0] += 1
        T[T > 1] = 0.75
        T[[0, 1]] = 1.25
        T.index_fill_(0, torch.tensor([0]), 2.0)
        T.data.mul_(2)
        T.data[0] = 7.0
        T.detach().add_(1)
        T.detach_()
        T.requires_grad_()
        T.requires_grad_(False)
        T.requires_grad = True
        T.requires_grad = False
        T.t_()
        T.transpose_(0, -1)
        T.unsqueeze_(0)
        T.squeeze_()
        T.data = U.data
        torch.add(T, U, out=T)
        torch.exp(T, out=U)
        """,
    "backward": """
        T.sum().backward()
        T.sum().backward()
        T.sum().backward(retain_graph=True)
        (T * T).sum().backward()
        (T * U).sum().backward()
        T.backward()
        T.backward(torch.ones_like(T))
        T.backward(torch.ones_like(T), retain_graph=True)
        T.backward(gradient=torch.full_like(T, 2.0))
        T.sum().backward(inputs=[x])
        T.sum().backward(inputs=[U])
        T.sum().backward(inputs=[x, y], retain_graph=True)
        T.sum().backward(create_graph=True)
        torch.autograd.backward([T.sum(), U.sum()])
        torch.autograd.backward([T, U], [torch.ones_like(T), torch.ones_like(U)])
        print(*map(numbers, torch.autograd.grad(T.sum(), [x, y], allow_unused=True)))
        print(*map(numbers, torch.autograd.grad(T.sum(), U, retain_graph=True)))
        print(*map(numbers, torch.autograd.grad(T.sum(), [U, x], allow_unused=True, materialize_grads=True)))
        print(*map(numbers, torch.autograd.grad(T, U, torch.ones_like(T), retain_graph=True)))
        print(*map(numbers, torch.autograd.grad(T, U)))
        N, = torch.autograd.grad(T.sum(), U, create_graph=True)
        N, = torch.autograd.grad((T * T).sum(), x, create_graph=True)
        x.grad = None
        x.grad.zero_()
        y.grad = torch.ones_like(y)
        T.grad = torch.ones_like(U)
        """,
    "look": """
        show(T)
        show(T)
        show(T)
        show(T)
        saved(T)
        print(T)
        print(T.grad)
        print(numbers(T.grad))
        print(T.grad_fn)
        print(T._base is U)
        print(T._base is T._base, T._is_view())
        print(T._version - born['T'], U._version - born['U'])
        print(T.is_leaf, T.requires_grad, T.retains_grad)
        print(T.data_ptr() == U.data_ptr())
        print(T.grad_fn is T.grad_fn, T.grad_fn is U.grad_fn)
        print(T.grad_fn.next_functions[0][0])
        print(T.grad_fn.next_functions[0][0].variable is U)
        print(T.numpy())
        print(T.tolist())
        print(T.item())
        print(T.is_contiguous(), T.stride(), T.storage_offset())
        print(walk(T.grad_fn, T.output_nr, 8))
        del T
        """,
    "hook": """
        T.register_hook(telling('T'))
        T.register_hook(telling('T'))
        T.register_hook(doubling('T'))
        handles.append(T.register_hook(telling('T to remove')))
        handles.pop().remove()
        T.retain_grad()
        T.retain_grad()
        T.register_post_accumulate_grad_hook(accumulated('T'))
        T.grad_fn.register_hook(node_hook('T'))
        T.grad_fn.register_prehook(node_prehook('T'))
        T.grad_fn.next_functions[0][0].register_hook(node_hook('before T'))
        T.grad_fn.next_functions[0][0].register_prehook(node_prehook('before T'))
        handles.append(torch.autograd.graph.register_multi_grad_hook([T, U], lambda grads: print('multi', *map(numbers, grads))))
        handles.append(torch.autograd.graph.register_multi_grad_hook([T, U], lambda grad: print('any', numbers(grad)), mode='any'))
        print(torch.autograd.graph.get_gradient_edge(T).output_nr, walk(torch.autograd.graph.get_gradient_edge(T).node))
        print(*map(numbers, torch.autograd.grad(T.sum(), torch.autograd.graph.get_gradient_edge(U), retain_graph=True)))
        T.register_hook(lambda g: 'no tensor')
        T.register_hook(lambda g: g[0])
        """,
    "second": """
        N, = torch.autograd.grad((T * U).sum(), U, create_graph=True)
        N, = torch.autograd.grad(T.sum(), x, create_graph=True)
        N, = torch.autograd.grad((T ** 3).sum(), U, create_graph=True)
        N, = torch.autograd.grad(T, U, torch.ones_like(T).requires_grad_(), create_graph=True)
        N, M = torch.autograd.grad(T.exp().sum(), [x, y], create_graph=True, allow_unused=True, materialize_grads=True)
        T.pow(2).sum().backward(create_graph=True)
        N = x.grad
        (T * x.grad).sum().backward()
        print(walk(T.grad_fn, T.output_nr, 7))
        saved(T)
        N = (T.sin() * U).sum()
        N = T.sigmoid() * U
        N = (T - U).tanh()
        N = torch.nn.functional.softplus(T)
        N = (T * T + 1).log()
        N = (T * T + 1).sqrt()
        N = T.softmax(-1)
        N = T.norm()
        N = T.prod()
        N = T.cumsum(-1)
        N = T.max(-1)[0]
        N = T / (U * U + 1)
        N = torch.where(T > 0, T * T, -T)
        """,
    "index": """
        N = T[<index>]
        N = T[<index>]
        N = T[<index>]
        N = T[<index>] * 2
        T[<index>] = <float>
        T[<index>] = 2
        T[<index>] = U
        T[<index>] = T[<index>]
        T[<index>] += 1
        T[<index>] *= U
        T[<index>] = torch.tensor([<float>, <float>])
        N = T.clone(); N[<index>] = U
        N = T.clone(); N[<index>] = <float>
        N = torch.zeros(2, 3, dtype=torch.float64); N[<index>] = T
        N = T.index_select(<dim>, torch.tensor([0, 0]))
        N = T.gather(<dim>, torch.zeros_like(T, dtype=torch.int64))
        N = T.masked_select(T > 0)
        N = T.take(torch.tensor([0, -1]))
        N = T.index_put((torch.tensor([0, 0]),), U, accumulate=True)
        N = T.scatter(<dim>, torch.zeros_like(T, dtype=torch.int64), <float>)
        N = T.index_add(<dim>, torch.tensor([0]), U)
        N = T.masked_fill(T > 0, <float>)
        N = T.flip(<dim>)
        N = T.roll(1, <dim>)
        """,
    "make": """
        N = torch.tensor([<float>, <float>, <float>])
        N = torch.tensor([<float>, <float>], dtype=<dtype>)
        N = torch.tensor(<float>)
        N = torch.tensor(<float>, dtype=<dtype>)
        N = torch.tensor([[<float>, <float>], [<float>, <float>]], requires_grad=True)
        N = torch.full(<shape>, <float>)
        N = torch.arange(24).reshape(2, 3, 4) * <float>
        N = torch.arange(<int>, dtype=<dtype>)
        N = torch.zeros(<shape>, dtype=<dtype>)
        N = torch.ones(<shape>)
        N = torch.linspace(<float>, <float>, <int>)
        N = torch.eye(3, dtype=<dtype>)
        """,
    "print": """
        print(T)
        print(T)
        print(T, U)
        print([T, U])
        print(T.detach())
        print(T * <float>)
        print(T / <float>)
        print(T > <float>)
        print(T.sum(), T.shape, T.dtype)
        print(T.double() / 3)
        print(T.expand(2, *T.shape))
        print(T.repeat(<int>))
        print(T.long())
        print(T.tolist())
        print(f"{T} {T.shape}")
        print(f"{T.sum():.3f}")
        print(torch.nn.Parameter(T.detach().float()))
        print({'t': T})
        torch.set_printoptions(precision=2); print(T); torch.set_printoptions(profile='default')
        torch.set_printoptions(linewidth=40); print(T, T * 1.5); torch.set_printoptions(profile='default')
        torch.set_printoptions(sci_mode=True); print(T); torch.set_printoptions(profile='default', sci_mode=None)
        torch.set_printoptions(threshold=4, edgeitems=1); print(T); torch.set_printoptions(profile='default')
        """,
    "type": """
        N = T + U
        N = T * U
        N = T - U
        N = T / U
        N = T // U
        N = T % U
        N = T ** U
        N = T + <number>
        N = T * <number>
        N = <number> - T
        N = T / <number>
        N = T ** <number>
        N = <number> ** T
        N = T // <number>
        N = T == U
        N = T > <number>
        N = T & U
        N = ~T
        N = -T
        N = T.abs()
        N = T.to(<dtype>)
        N = T.sum()
        N = T.sum(dtype=<dtype>)
        N = T.mean()
        N = T.prod()
        N = T.max()
        N = T.exp()
        N = T.cumsum(0)
        N = T.argmax()
        N = T.type_as(U)
        N = torch.where(T > 0, T, U)
        N = torch.where(T > 0, T, <number>)
        N = torch.cat([T, U])
        N = torch.stack([T, T.to(<dtype>)])
        N = torch.maximum(T, U)
        N = T.clamp(<number>, <number>)
        N = T.round()
        N = T @ U
        T += U
        T *= <number>
        T.add_(<number>)
        T.copy_(U)
        T.fill_(<number>)
        T[0] = U
        N = torch.result_type(T, U)
        print(T.dtype, T.type(), T.is_floating_point(), T.element_size())
        print(torch.result_type(T, U), torch.can_cast(T.dtype, U.dtype), torch.promote_types(T.dtype, U.dtype))
        print(torch.equal(T, U), torch.allclose(T, T))
        """,
    "chance": """
        torch.manual_seed(<int>)
        N = torch.rand(<shape>)
        N = torch.randn(<shape>)
        N = torch.rand(<shape>, dtype=torch.float64)
        N = torch.randn(<shape>, dtype=torch.float64)
        N = torch.randint(<int>, <shape>)
        N = torch.randint(-3, <int>, <shape>)
        N = torch.randperm(<int>)
        N = torch.rand_like(T)
        N = torch.randn_like(T)
        N = torch.bernoulli(torch.full(<shape>, 0.3))
        N = torch.normal(0.0, 2.0, <shape>)
        N = torch.normal(torch.zeros(<shape>), 1.0)
        N = torch.empty(<shape>).uniform_(-1, 2)
        N = torch.empty(<shape>).normal_(1, 3)
        N = torch.empty(<shape>).bernoulli_(0.7)
        N = torch.empty(<shape>).exponential_()
        N = torch.empty(<shape>, dtype=torch.int64).random_(0, 100)
        N = torch.nn.functional.dropout(torch.ones(<shape>), 0.4)
        N = torch.multinomial(torch.tensor([0.2, 0.3, 0.5]), <int>, replacement=True)
        N = torch.nn.init.xavier_uniform_(torch.empty(3, 4))
        N = torch.nn.init.kaiming_normal_(torch.empty(3, 4))
        N = torch.nn.Linear(3, 2).weight
        N = torch.rand(3, generator=torch.Generator().manual_seed(<int>))
        print(torch.get_rng_state().sum(), torch.initial_seed())
        """,
    "function": """
        N = Square.apply(T)
        N = Square.apply(T)
        N = Scale.apply(T, 3)
        N = Scale.apply(T, 0.5)
        N = Twice.apply(T)
        N, M, _ = Pair.apply(T, U)
        N, M, O = Pair.apply(T, U)
        N, M = Sparing.apply(T)
        N = Same.apply(T)
        N = Viewed.apply(T)
        N = Once.apply(T)
        print(T.grad_fn.saved_tensors)
        print(T.grad_fn.needs_input_grad)
        """,
}
WRAPPERS = [
    "with torch.no_grad():",
    "with torch.no_grad():",
    "with torch.enable_grad():",
    "with torch.set_grad_enabled(False):",
]
RARE_WRAPPERS = {
    "modes": [
        "with torch.inference_mode():",
        "with torch.inference_mode(False):",
        "with torch.no_grad(), torch.enable_grad():",
        "with torch.autograd.graph.saved_tensors_hooks(pack, unpack):",
        "with torch.autograd.graph.save_on_cpu():",
        "with torch.autograd.graph.disable_saved_tensors_hooks('not here'):",
        "with torch.autograd.graph.allow_mutation_on_saved_tensors():",
        "with torch.autograd.set_grad_enabled(True):",
    ],
}
WEIGHTS = {  # how often each kind of statement comes in a kind of story
    "backward": {"op": 5, "backward": 4, "look": 3},
    "views": {"view": 6, "op": 2, "inplace": 5, "backward": 3, "look": 4},
    "inplace": {"view": 1, "op": 4, "inplace": 5, "backward": 3, "look": 3},
    "hooks": {"view": 1, "op": 4, "inplace": 1, "backward": 4, "look": 2, "hook": 5},
    "modes": {"view": 3, "op": 4, "inplace": 3, "backward": 3, "look": 4},
    "functions": {"view": 1, "op": 2, "inplace": 2, "backward": 4, "look": 3, "function": 5, "hook": 1},
    "second": {"op": 3, "second": 6, "view": 1, "backward": 1, "look": 2},
    "indexing": {"index": 6, "view": 1, "op": 1, "backward": 3, "look": 4},
    "printing": {"make": 3, "print": 5, "op": 1},
    "dtypes": {"make": 3, "type": 6, "look": 1},
    "chance": {"chance": 6, "look": 1, "print": 1},
    "all": {"view": 3, "op": 3, "inplace": 3, "backward": 3, "look": 3, "hook": 2, "function": 2},
}
TEMPLATES = {kind: [line.strip() for line in lines.splitlines() if line.strip()] for kind, lines in STATEMENTS.items()}


# --- telling ----------------------------------------------------------------------------------------------------------


@cache
def _code(source: str) -> CodeType:
    return compile(source, "<story>", "exec")


class Teller:
    """Runs statements on a torch, one after the other, and says what came of each."""

    def __init__(self, torch: Any) -> None:
        self.torch = torch
        self.names: dict[str, Any] = {"torch": torch}
        torch.manual_seed(0)
        torch.set_printoptions(profile="default")
        exec(_code(PRELUDE), self.names)  # noqa: S102 - the programs of this file
        if hasattr(torch.autograd, "Function"):
            exec(_code(FUNCTIONS), self.names)  # noqa: S102
        self._note_versions()

    def tell(self, statement: str) -> str:
        out, raised = io.StringIO(), ""
        with warnings.catch_warnings(record=True) as caught, contextlib.redirect_stdout(out):
            warnings.simplefilter("always")
            try:
                exec(_code(statement), self.names)  # noqa: S102
            except NameError as error:
                raised = f"NameError {error.name}\n"
            except Exception as error:
                raised = f"{type(error).__name__}: {first_sentence(str(error))}\n"
        self.torch.set_grad_enabled(True)
        self._note_versions()
        warned = "".join(f"{w.category.__name__}: {first_sentence(str(w.message))}\n" for w in caught)
        return re.sub(r"0x[0-9a-f]+", "0x...", warned + out.getvalue() + raised)

    def _note_versions(self) -> None:
        born = self.names["born"]
        for name, value in self.names.items():
            if name not in born and isinstance(value, self.torch.Tensor):
                born[name] = 0 if getattr(value, "is_inference", bool)() else value._version


def transcript(story: list[str], torch: Any) -> list[str]:
    teller = Teller(torch)
    return [teller.tell(statement) for statement in story]


# --- writing ----------------------------------------------------------------------------------------------------------


def written(kind: str, seed: int, real_torch: Any, length: int = 14) -> list[str]:
    """A story of that kind: statements that fit the tensors there are, found by running them on the real PyTorch."""
    chance = random.Random(f"{kind} {seed}")
    teller, story, count = Teller(real_torch), [], 0
    kinds, weights = zip(*WEIGHTS[kind].items(), strict=True)
    tensors = ["x", "y", "z", "k", "q"]
    for _ in range(length):
        chosen = chance.choices(kinds, weights)[0]
        template = chance.choice(TEMPLATES[chosen])
        t, u = _cast(chosen, tensors, teller.names, chance)
        if "hook" in template and teller.names[t]._is_view() | teller.names[u]._is_view():
            template = f"T.grad_fn, U.grad_fn\n{template}"  # PyTorch crashes if a view that has to be made again gets a hook first
        if "as_strided" in template and teller.names[t].numel() < 4:
            continue  # numbers from outside, whatever they are
        new = re.findall(r"\b[NM]\b(?=,| =)", template)
        fresh = {letter: f"t{count + place}" for place, letter in enumerate(dict.fromkeys(new))}
        places = {"T": t, "U": u, "O": "signs", **fresh}
        template = re.sub("<([a-z]+)>", lambda found: _filled(found[1], chance), template)
        statement = re.sub(r"(?<!\.)\b[TUNMO]\b", lambda found, places=places: places.get(found[0], found[0]), template)
        roll = chance.random()
        if kind in RARE_WRAPPERS and roll < 0.35:
            statement = _within(chance.choice(RARE_WRAPPERS[kind]), statement)
        elif roll < (0.25 if chosen == "inplace" else 0.06):
            statement = _within(chance.choice(WRAPPERS), statement)
        story.append(statement)
        teller.tell(statement)
        count += len(fresh)
        tensors = [name for name, value in teller.names.items() if isinstance(value, real_torch.Tensor)]
        if len(tensors) < 2:
            break
    return [*story, *(f"show({name})" for name in tensors)]


def _within(block: str, statement: str) -> str:
    return f"{block}\n{textwrap.indent(statement, '    ')}"


CHOICES = {
    "float": """
        0.0 1.0 -1.0 2.0 0.5 -0.25 3.5 100.0 1000.0 12345.0 0.1 -0.003 1e-5 -2e-8 1e5 1e8 -3e10 99999.5 0.99999 1234.5678
        float('nan') float('inf') -float('inf')
        """,
    "number": "0 1 2 -3 True 0.5 2.0 -1.5",
    "dtype": """
        torch.float32 torch.float64 torch.float64 torch.float16 torch.int64 torch.int32 torch.int16 torch.int8 torch.uint8 torch.bool
        """,
    "int": "0 1 2 3 7 16 20",
    "dim": "0 -1 0 1",
    "size": "0 1 2 3 5 17",
    "index": """
        0 1 -1 2 : 1: :1 ::2 -2: 1:1 ... None True False [0,0] [1,0] [-1] torch.tensor([0,1]) torch.tensor([[0],[1]]) torch.tensor(1)
        T>0 [True,False]
        """,
}


def _filled(word: str, chance: random.Random) -> str:
    """Something for a <word> of a statement."""
    if word == "shape":
        return f"({''.join(_filled('size', chance) + ', ' for _ in range(chance.choice([0, 1, 1, 2, 2, 3])))})"
    many = chance.choice([1, 1, 2, 2, 3]) if word == "index" else 1
    return ", ".join(chance.choice(CHOICES[word].split()) for _ in range(many))


def _cast(kind: str, tensors: list[str], names: dict[str, Any], chance: random.Random) -> tuple[str, str]:
    """Two tensors for a statement: mostly young ones, that require grad and broadcast with one another."""
    t = u = chance.choice(tensors)
    for _ in range(6):
        t = chance.choice(tensors[-6:] if chance.random() < 0.7 else tensors)
        others = [u for u in tensors if _fits(names[t], names[u])]
        u = chance.choice(others if others and chance.random() < 0.9 else tensors)
        plain = not names[t].requires_grad and chance.random() < 0.6
        refused = kind == "inplace" and _is_leaf(names[t]) and chance.random() < 0.8  # outside no_grad: once in a while is enough
        if not plain and not refused:
            break
    return t, u


def _fits(t: Any, u: Any) -> bool:
    return all(a in (b, 1) or b == 1 for a, b in zip(reversed(t.shape), reversed(u.shape), strict=False))


def _is_leaf(t: Any) -> bool:
    try:
        return bool(t.requires_grad and t.is_leaf)
    except RuntimeError:  # a view of many that no longer is one: PyTorch refuses to look
        return False


# --- comparing --------------------------------------------------------------------------------------------------------


def disagreement(story: list[str], ours: Any, theirs: Any) -> tuple[list[str], str, str] | None:
    """The story up to the first statement of which ours and PyTorch tell otherwise, and what each tells; None if they agree."""
    mine, other = Teller(ours), Teller(theirs)
    for place, statement in enumerate(story):
        a, b = mine.tell(statement), other.tell(statement)
        if a != b and not _nearly(a, b):
            return story[: place + 1], a, b
    return None


NUMBER = re.compile(r"-?\d+\.?\d*(?:e[+-]?\d+)?")


def _nearly(a: str, b: str) -> bool:
    """The same text, but for the last digit of numbers."""
    if NUMBER.sub("#", a) != NUMBER.sub("#", b):
        return False
    pairs = zip(map(float, NUMBER.findall(a)), map(float, NUMBER.findall(b)), strict=True)
    return all(abs(left - right) <= 2e-5 * max(abs(left), abs(right)) for left, right in pairs)


def shortest(story: list[str], ours: Any, theirs: Any) -> tuple[list[str], str, str] | None:
    """Leave out statements, as long as the same kind of disagreement is left."""
    found = disagreement(story, ours, theirs)
    if found is None:
        return None
    again = True
    while again:
        again = False
        for place in range(len(found[0]) - 2, -1, -1):
            shorter = disagreement(found[0][:place] + found[0][place + 1 :], ours, theirs)
            if shorter is not None and shorter[0][-1] == found[0][-1] and "NameError" not in shorter[1] + shorter[2]:
                found, again = shorter, True
                break
    return found


def told(found: tuple[list[str], str, str]) -> str:
    """A disagreement, to be read."""
    story, mine, other = found
    return "\n".join([*story, "--- ours", textwrap.indent(mine.rstrip(), "    "), "--- PyTorch", textwrap.indent(other.rstrip(), "    ")])


def _about(found: tuple[list[str], str, str]) -> str:
    """What a disagreement is about, so that many of a kind are shown once: the first lines that differ, without names and numbers."""
    _, mine, other = found
    a, b = [*mine.splitlines(), ""], [*other.splitlines(), ""]
    first = next((pair for pair in zip(a, b, strict=False) if pair[0] != pair[1]), (a[-1], b[-1]))
    if "Error" in first[0]:
        return re.sub(r"\bt\d+\b", "t", f"ours: {first[0]}")
    return short(re.sub(r"\bt\d+\b|-?\d+\.?\d*", "#", f"ours: {first[0]} / PyTorch: {first[1]}"))


def main(kind: str = "all", count: str = "200", first: str = "0") -> None:
    """Tell `count` stories and print the disagreements, the most frequent first."""
    import torch as theirs

    from autograd_viz import torch as ours

    theirs.set_warn_always(True)
    seen: Counter[str] = Counter()
    missing: Counter[str] = Counter()
    examples: dict[str, tuple[list[str], str, str]] = {}
    wrong = 0
    for seed in range(int(first), int(first) + int(count)):
        story = written(kind, seed, theirs)
        while (lack := disagreement(story, ours, theirs)) and "has no attribute" in lack[1] and "has no attribute" not in lack[2]:
            missing[lack[1].splitlines()[-1]] += 1
            del story[len(lack[0]) - 1]  # what we don't have at all is told once; the rest of the story without it
        found = shortest(story, ours, theirs)
        if found is not None:
            wrong += 1
            about = _about(found)
            seen[about] += 1
            if about not in examples or len(found[0]) < len(examples[about][0]):
                examples[about] = found
    for about, times in seen.most_common():
        print(f"=== {times} x {about}\n{told(examples[about])}\n")
    for line, times in missing.most_common():
        print(f"missing, {times} x {line}")
    print(f"{kind}: {int(count) - wrong} of {count} stories agree")


if __name__ == "__main__":
    main(*sys.argv[1:])
