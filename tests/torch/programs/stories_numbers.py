"""Random numbers, dtypes, the bridge to numpy, reductions, indexing, einsum, linear algebra, activations: with their gradients."""

SCRIPTS = {
    "seeded random numbers": """
torch.manual_seed(0)
print(torch.rand(3))
print(torch.randn(2, 2))
print(torch.randint(0, 10, (5,)))
print(torch.randperm(6))
torch.manual_seed(0)
print(torch.rand(3))
g = torch.Generator().manual_seed(42)
print(torch.rand(2, generator=g), torch.randn(2, generator=g), torch.randperm(4, generator=g))
print(torch.initial_seed(), torch.bernoulli(torch.tensor([0.0, 1.0, 0.5])), torch.rand_like(torch.zeros(2)),
          torch.randn_like(torch.zeros(2, dtype=torch.float64)))
""",
    "random states": """
torch.manual_seed(5)
state = torch.get_rng_state()
a = torch.rand(2)
torch.set_rng_state(state)
print(torch.equal(a, torch.rand(2)), state.dtype)
with torch.random.fork_rng():
    torch.manual_seed(1)
    b = torch.rand(2)
c = torch.rand(2)
torch.manual_seed(5)
torch.rand(2)
print(torch.equal(c, torch.rand(2)), b)
print(torch.manual_seed(3).initial_seed(), torch.normal(0.0, 1.0, (2,)), torch.normal(torch.tensor([10.0, 20.0]), 1.0))
print(torch.multinomial(torch.tensor([0.1, 0.7, 0.2]), 2), torch.randint(5, (2, 2)), torch.empty(3).uniform_(2, 3))
""",
    "random numbers with gradients": """
torch.manual_seed(0)
mu = torch.tensor([1.0, -1.0], requires_grad=True)
log_sigma = torch.tensor([0.0, 0.5], requires_grad=True)
eps = torch.randn(2)
z = mu + log_sigma.exp() * eps
print(eps, z)
z.sum().backward()
print(mu.grad, log_sigma.grad)
w = torch.randn(2, 2, requires_grad=True)
print(w.is_leaf, w)
n = torch.distributions.Normal(mu, log_sigma.exp())
print(n.log_prob(torch.tensor([0.5, 0.5])))
""",
    "type promotion": """
i, f, d, b = torch.tensor([1]), torch.tensor([1.0]), torch.tensor([1.0], dtype=torch.float64), torch.tensor([True])
h, s = torch.tensor([1.0], dtype=torch.float16), torch.tensor([1], dtype=torch.int16)
for name, r in {"i+f": i + f, "i+d": i + d, "f+d": f + d, "b+i": b + i, "b+f": b + f, "i+1.5": i + 1.5, "f+1": f + 1, "h+f": h + f,
          "h+1.5": h + 1.5, "s+i": s + i, "s+1": s + 1, "i/i": i / i, "b*2": b * 2, "f0+d": f[0] + d, "d0+f": d[0] + f,
          "i0+s": i[0] + s}.items():
    print(name, r.dtype)
print(torch.result_type(i, 1.0), torch.promote_types(torch.int32, torch.float16), torch.can_cast(torch.float32, torch.int32))
for wrong in (lambda: torch.mm(f[None], d[None]), lambda: f @ d, lambda: torch.cat([i, f]).dtype, lambda: torch.where(b, f, d).dtype,
          lambda: torch.dot(f, i), lambda: torch.stack([f, d]).dtype):
    try:
        print(wrong())
    except RuntimeError as e:
        print("RuntimeError:", str(e).split("\\n")[0].split(". ")[0])
""",
    "casts": """
x = torch.tensor([1.7, -1.7, 300.0], requires_grad=True)
print(x.int(), x.long(), x.to(torch.int8), x.bool(), x.half(), x.double(), x.to(torch.float32) is x, x.float() is x)
y = x.double()
print(y.grad_fn, y.dtype)
y.sum().backward()
print(x.grad, x.grad.dtype)
print(x.to("cpu") is x, x.cpu() is x, x.type(torch.float64), x.to(y).dtype, x.type_as(y).dtype)
print(torch.tensor(3.9).to(torch.int32), torch.tensor([0, 2]).to(torch.bool), torch.tensor(True).float())
""",
    "numpy shares memory": """
import numpy as np
a = np.array([1.0, 2.0, 3.0])
t = torch.from_numpy(a)
a[0] = 100.0
print(t, t.dtype)
t[1] = -5.0
print(a)
u = torch.tensor(a)
a[2] = 7.0
print(u, t)
n = torch.ones(2).numpy()
n += 1
print(n)
c = torch.as_tensor(a)
c[0] = 0.0
print(a[0], t[0])
x = torch.zeros(2)
y = x.numpy()
x.add_(1)
print(y)
y[0] = 9
print(x)
""",
    "numpy refuses gradients": """
import numpy as np
x = torch.tensor([1.0, 2.0], requires_grad=True)
for f in (lambda: x.numpy(), lambda: (x * 2).numpy(), lambda: np.array(x), lambda: np.sin(x), lambda: x.detach().numpy(),
          lambda: x.data.numpy(), lambda: np.asarray(x.detach()), lambda: x.numpy(force=True), lambda: torch.from_numpy([1, 2]),
          lambda: torch.from_numpy(np.array(["a"])), lambda: x.detach().numpy().sum()):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, str(e).split("\\n")[0].split(". ")[0])
n = np.array([1.0, 2.0])
print(torch.from_numpy(n) * x)
""",
    "making tensors": """
import numpy as np
print(torch.tensor([[1, 2.5]]), torch.tensor((1, 2)), torch.tensor(range(3)), torch.tensor([torch.tensor(1), torch.tensor(2)]))
print(torch.zeros(2, 2).dtype, torch.ones((2,)), torch.full((2,), 3.5), torch.full((2,), 3), torch.full((2,), True))
print(torch.zeros_like(torch.tensor([1, 2])), torch.ones_like(torch.zeros(2, 1)), torch.full_like(torch.zeros(2), 5), torch.empty(2,
          3).shape)
print(torch.arange(0, 1, 0.3), torch.arange(5, 0, -2), torch.arange(3.0), torch.linspace(1, 2, 4), torch.logspace(0, 2, 3))
print(torch.eye(2, 3), torch.diag(torch.tensor([1, 2])), torch.tril(torch.ones(3, 3)), torch.triu(torch.ones(2, 2), diagonal=1))
x = torch.zeros(1, dtype=torch.float64)
print(x.new_tensor([1, 2]), x.new_zeros(2), x.new_ones(1, 2), x.new_full((2,), 7), torch.tensor([1.0], requires_grad=True).new_zeros(1))
print(torch.meshgrid(torch.arange(2), torch.arange(3), indexing="ij"), torch.cartesian_prod(torch.tensor([1, 2]), torch.tensor([3, 4])))
for wrong in (lambda: torch.tensor([[1, 2], [3]]), lambda: torch.tensor("a"), lambda: torch.tensor([1, "a"]), lambda: torch.zeros(-1),
          lambda: torch.zeros("a"), lambda: torch.arange(0, 5, -1), lambda: torch.tensor(None), lambda: torch.ones(2, 3.5)):
    try:
        print(wrong())
    except Exception as e:
        print(type(e).__name__, str(e).split("\\n")[0].split(". ")[0])
""",
    "reductions": """
x = torch.tensor([[1.0, -2.0, 3.0], [4.0, 0.5, -6.0]], requires_grad=True)
for name in ("sum", "mean", "prod", "max", "min", "std", "var", "norm", "median", "logsumexp_"):
    if name == "logsumexp_":
        y = x.logsumexp((0, 1))
    else:
        y = getattr(x, name)()
    g, = torch.autograd.grad(y, x)
    print(name, y, g)
print(x.sum(0), x.sum(1, keepdim=True), x.mean(-1), x.sum((0, 1)), x.amax(0), x.argmin(), x.argmax(dim=1, keepdim=True))
print(x.cumsum(1), x.cumprod(0), x.std(0, unbiased=False), x.var(1), x.std(dim=1, correction=0), x.norm(p=1), x.norm(dim=0))
print(x.sum(dtype=torch.float64), (x > 0).sum(), (x > 0).any(0), (x > 0).all(), x.count_nonzero(), x.abs().max())
""",
    "reduction errors": """
x = torch.ones(2, 3)
for f in (lambda: x.sum(2), lambda: x.mean(dim=5), lambda: x.sum((0, 0)), lambda: x.max(3), lambda: x.argmax(-3),
          lambda: x.long().mean(), lambda: torch.zeros(0).max(), lambda: torch.zeros(0, 3).max(0), lambda: torch.zeros(0).argmax(),
          lambda: torch.zeros(0).mean(), lambda: torch.zeros(0).sum(), lambda: torch.zeros(0).prod(), lambda: x.sum("a"),
          lambda: x.softmax(), lambda: torch.sum(), lambda: torch.sum([1, 2]), lambda: x.var(), lambda: torch.ones(1).std(),
          lambda: torch.max(x, 1, 2), lambda: x.norm(p="x")):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, str(e).split("\\n")[0].split(". ")[0])
""",
    "indexing": """
x = torch.arange(24.0).reshape(2, 3, 4).requires_grad_()
for name, y in {"int": x[0], "neg": x[-1, -1], "slice": x[:, 1:], "step": x[..., ::2], "ellipsis": x[..., 0], "none": x[:, None],
          "list": x[[0, 1], [1, 2]], "tensor": x[:, torch.tensor([0, 2])], "mask": x[x > 20], "row mask": x[:, torch.tensor([True,
          False, True])],
                "mixed": x[0, [0, 1], 1:3], "bool": x[True], "tuple": x[(1, 2, 3)], "two lists apart": x[[0, 1], :, [1, 2]],
                "2-d index": x[0][torch.tensor([[0, 1], [2, 0]])], "take": x.take(torch.tensor([0, 23])), "gather": x.gather(2,
                torch.tensor([[[0]], [[1]]])), "select": x.index_select(1, torch.tensor([2, 0]))}.items():
    g, = torch.autograd.grad(y.sum(), x)
    print(name, tuple(y.shape), y.grad_fn.name(), y.flatten()[:4].tolist(), int(g.sum()), g.nonzero().shape[0])
""",
    "indexing errors": """
x = torch.arange(6.0).reshape(2, 3)
for f in (lambda: x[2], lambda: x[0, 3], lambda: x[0, 0, 0], lambda: x[:, :, 0], lambda: x[[0, 2]], lambda: x[torch.tensor([True])],
          lambda: x[torch.tensor([0.5])], lambda: x["a"], lambda: x[1.5], lambda: x[[0, 1], [0, 1, 2]], lambda: x[::-1],
          lambda: torch.tensor(1.0)[0],
          lambda: x.index_select(0, torch.tensor([5])), lambda: x.gather(1, torch.tensor([[5]])), lambda: x.gather(1,
          torch.tensor([0])), lambda: x.index_select(0, torch.tensor([0.5])), lambda: x[x.t() > 0], lambda: x[..., ...,
          0], lambda: x[None, None].shape, lambda: x[0:5:0]):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, str(e).split("\\n")[0].split(". ")[0])
""",
    "joining and splitting": """
a = torch.tensor([[1.0, 2.0]], requires_grad=True)
b = torch.tensor([[3.0, 4.0]], requires_grad=True)
print(torch.cat([a, b]), torch.cat((a, b), dim=1), torch.stack([a, b]).shape, torch.vstack([a, b]), torch.hstack([a, b]),
          torch.stack([a, b], -1))
s = torch.cat([a, b])
print(s.split(1), s.chunk(2, 1), s.unbind(1), torch.tensor_split(torch.arange(5), 2))
(torch.cat([a, 2 * b, a], 0) * torch.tensor([[1.0], [10.0], [100.0]])).sum().backward()
print(a.grad, b.grad)
print(a.repeat(2, 2), a.expand(2, 2), a.tile(2), a.repeat_interleave(2, dim=1), a.roll(1), a.flip(1))
for wrong in (lambda: torch.cat([a, torch.ones(2)]), lambda: torch.cat([a, torch.ones(1, 3)]), lambda: torch.stack([a, torch.ones(2)]),
          lambda: torch.cat([]), lambda: torch.cat(a, b), lambda: torch.stack([])):
    try:
        print(wrong())
    except Exception as e:
        print(type(e).__name__, str(e).split("\\n")[0].split(". ")[0])
""",
    "shapes and their gradients": """
x = torch.arange(6.0).requires_grad_()
w = torch.arange(6.0)
for name, y in {"view": x.view(2, 3), "reshape": x.reshape(3, 2), "unsqueeze": x.unsqueeze(0), "t": x.view(2, 3).t(),
          "permute": x.view(1, 2, 3).permute(2, 0, 1), "squeeze": x.view(1, 6).squeeze(), "expand": x[:1].expand(6), "flip": x.flip(0),
          "roll": x.roll(2), "T": x.view(2, 3).T, "flatten": x.view(2, 3).flatten(),
                "tril": x.view(2, 3).tril(), "diag": x[:3].diag(), "diagonal": x.view(2, 3).diagonal(), "movedim": x.view(1, 2,
                3).movedim(0, 2), "unflatten": x.unflatten(0, (3, 2)), "pad": torch.nn.functional.pad(x, (1, 2)), "rot90": x.view(2,
                3).rot90(), "swapaxes": x.view(2, 3).swapaxes(0, 1)}.items():
    weights = torch.arange(float(y.numel())).reshape(y.shape)
    g, = torch.autograd.grad((y * weights).sum(), x)
    print(name, tuple(y.shape), y.grad_fn.name(), g)
""",
    "matrix products": """
A = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
v = torch.tensor([1.0, -1.0], requires_grad=True)
B = torch.arange(8.0).reshape(2, 2, 2)
for name, y in {"A@v": A @ v, "v@A": v @ A, "v@v": v @ v, "A@A": A @ A, "B@A": B @ A, "B@v": B @ v, "A@B": A @ B, "mm": torch.mm(A, A),
          "mv": torch.mv(A, v), "dot": torch.dot(v, v), "outer": torch.outer(v, v), "bmm": torch.bmm(B, B), "addmm": torch.addmm(A, A,
          A), "linear": torch.nn.functional.linear(v, A, v), "matmul": torch.matmul(A, v), "inner": torch.inner(v,
          v), "kron": torch.kron(v, v), "chain": torch.linalg.multi_dot([A, A, A]), "power": torch.matrix_power(A, 2)}.items():
    print(name, y)
gA, gv = torch.autograd.grad((A @ v).sum() + v @ A @ v, (A, v))
print(gA, gv)
for wrong in (lambda: A @ torch.ones(3), lambda: torch.mm(A, v), lambda: torch.dot(A, v), lambda: torch.bmm(A, A),
          lambda: v @ torch.ones(3), lambda: B @ torch.ones(3, 3), lambda: A @ 2, lambda: torch.mv(v, A), lambda: torch.matmul(A,
          torch.tensor(1.0)), lambda: A @ torch.ones(2, 2, dtype=torch.int64)):
    try:
        print(wrong())
    except Exception as e:
        print(type(e).__name__, str(e).split("\\n")[0].split(". ")[0])
""",
    "einsum": """
A = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
v = torch.tensor([1.0, -1.0], requires_grad=True)
for eq, args in {"ij,j->i": (A, v), "ij->ji": (A,), "ii->i": (A,), "ii": (A,), "ij,jk->ik": (A, A), "i,j->ij": (v, v), "i,i->": (v, v),
          "ij->": (A,), "ij,ij->i": (A, A), "bij,bjk->bik": (A[None], A[None]), "...i,i->...": (A, v), "i,ij,j": (v, A, v)}.items():
    y = torch.einsum(eq, *args)
    print(eq, y, y.grad_fn.name())
torch.einsum("i,ij,j", v, A, v).backward()
print(A.grad, v.grad)
for wrong in (("ij,jk->ik", A, v), ("ij->k", A), ("ij", v), ("i->i", A), ("ij,jk", A)):
    try:
        print(torch.einsum(*wrong))
    except Exception as e:
        print(type(e).__name__, str(e).split("\\n")[0].split(". ")[0])
""",
    "linear algebra": """
A = torch.tensor([[4.0, 1.0], [2.0, 3.0]], dtype=torch.float64, requires_grad=True)
b = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
print(torch.linalg.det(A), torch.linalg.inv(A), torch.linalg.solve(A, b), torch.trace(A), torch.linalg.matrix_rank(A.detach()))
for name, y in {"det": torch.linalg.det(A), "inv": torch.linalg.inv(A).sum(), "solve": torch.linalg.solve(A, b).sum(),
          "logdet": torch.logdet(A), "slogdet": torch.linalg.slogdet(A)[1], "trace": A.trace(), "norm": torch.linalg.norm(A),
          "nuc": torch.linalg.matrix_norm(A, "nuc"), "pinv": torch.linalg.pinv(A).sum(), "svdvals": torch.linalg.svdvals(A).sum(),
          "cond": torch.linalg.cond(A), "matrix_exp": torch.matrix_exp(A / 4).sum()}.items():
    print(name, y, torch.autograd.grad(y, A)[0])
S = A @ A.T
L = torch.linalg.cholesky(S)
print(L, torch.autograd.grad(L.sum(), A)[0])
print(torch.linalg.eigvalsh(S.detach()), torch.linalg.qr(A.detach())[1].abs())
for wrong in (lambda: torch.linalg.inv(torch.zeros(2, 2)), lambda: torch.linalg.inv(torch.ones(2, 3)),
          lambda: torch.linalg.det(torch.ones(2)), lambda: torch.linalg.cholesky(-torch.eye(2)),
          lambda: torch.linalg.solve(torch.zeros(2, 2), torch.ones(2)), lambda: torch.linalg.inv(torch.eye(2, dtype=torch.int64))):
    try:
        print(wrong())
    except Exception as e:
        print(type(e).__name__, str(e).split("\\n")[0].split(". ")[0])
""",
    "activations and their slopes": """
F = torch.nn.functional
x = torch.tensor([-2.0, -0.5, 0.0, 0.5, 2.5], requires_grad=True)
for f in (torch.relu, torch.sigmoid, torch.tanh, F.leaky_relu, F.elu, F.selu, F.gelu, F.silu, F.softplus, F.relu6, F.hardtanh, F.mish,
          F.logsigmoid, F.softsign, F.hardsigmoid, F.hardswish, F.celu, F.tanhshrink, F.softshrink, F.hardshrink):
    y = f(x)
    g, = torch.autograd.grad(y.sum(), x)
    print(f.__name__, y.grad_fn.name())
    print("   ", y.detach())
    print("   ", g)
print(F.gelu(x, approximate="tanh"), F.leaky_relu(x, 0.2), F.elu(x, alpha=0.5), F.softplus(x, beta=2), F.threshold(x, 0.1, -1),
          F.prelu(x, torch.tensor(0.3)), F.glu(x[:4]))
print(F.softmax(x, dim=0), F.log_softmax(x, 0), F.softmin(x, 0), F.normalize(x, dim=0))
""",
    "functions of one number, with slopes": """
x = torch.tensor([0.25, 0.5, 0.75], dtype=torch.float64, requires_grad=True)
names = "abs acos acosh asin asinh atan atanh ceil cos cosh deg2rad digamma erf erfc erfinv exp exp2 expm1 floor frac "
names += "lgamma log log10 log1p log2 logit neg rad2deg reciprocal round rsqrt sigmoid sign sin sinc sinh sqrt square tan tanh trunc"
for name in names.split():
    y = getattr(torch, name)(x + 1 if name == "acosh" else x)
    g, = torch.autograd.grad(y.sum(), x)
    print(f"{name:10} {y.grad_fn.name():22}", y.detach(), g)
""",
    "functions of two numbers, with slopes": """
x = torch.tensor([1.0, 2.0, -3.0], dtype=torch.float64, requires_grad=True)
y = torch.tensor([2.0, 2.0, 1.5], dtype=torch.float64, requires_grad=True)
for name, r in {"add": torch.add(x, y, alpha=2), "sub": torch.sub(x, y), "rsub": torch.rsub(x, y), "mul": x * y, "div": x / y,
          "floor": torch.div(x, y, rounding_mode="floor"), "trunc": torch.div(x, y, rounding_mode="trunc"), "pow": y ** x,
          "atan2": torch.atan2(x, y), "hypot": torch.hypot(x, y), "max": torch.maximum(x, y), "min": torch.minimum(x, y),
          "fmod": torch.fmod(x, y), "rem": torch.remainder(x, y),
                "lerp": torch.lerp(x, y, 0.25), "where": torch.where(x > 0, x, y), "logaddexp": torch.logaddexp(x, y),
                "addcmul": torch.addcmul(x, x, y, value=0.5), "addcdiv": torch.addcdiv(x, x, y), "dist": torch.dist(x, y),
                "copysign": torch.copysign(y, x), "xlogy": torch.xlogy(x, y), "fmax": torch.fmax(x, y), "clamp": x.clamp(-1, 1.5),
                "clampt": x.clamp(max=y)}.items():
    print(f"{name:10} {r.grad_fn.name()}", r.detach(), *torch.autograd.grad(r.sum(), (x, y), allow_unused=True))
""",
    "losses as functions": """
F = torch.nn.functional
x = torch.tensor([0.5, -1.0, 2.0], requires_grad=True)
t = torch.tensor([1.0, 0.0, 1.0])
for name, loss in {"mse": F.mse_loss(x, t), "l1": F.l1_loss(x, t), "smooth": F.smooth_l1_loss(x, t), "huber": F.huber_loss(x, t,
          delta=0.5), "bce": F.binary_cross_entropy(torch.sigmoid(x), t), "bcel": F.binary_cross_entropy_with_logits(x,
          t), "kl": F.kl_div(F.log_softmax(x, 0), torch.softmax(t, 0), reduction="sum"), "ce": F.cross_entropy(x,
          torch.tensor(2)), "nll": F.nll_loss(F.log_softmax(x, 0)[None], torch.tensor([1])),
                   "cos": F.cosine_similarity(x, t, dim=0), "hinge": F.hinge_embedding_loss(x, 2 * t - 1),
                   "margin": F.margin_ranking_loss(x, t, torch.ones(3)), "poisson": F.poisson_nll_loss(x, t),
                   "pair": F.pairwise_distance(x[None], t[None]).sum(), "triplet": F.triplet_margin_loss(x[None], t[None], -t[None]),
                   "soft": F.soft_margin_loss(x, 2 * t - 1), "gauss": F.gaussian_nll_loss(x, t, torch.ones(3)), "mse sum": F.mse_loss(x,
                   t, reduction="sum")}.items():
    g, = torch.autograd.grad(loss, x)
    print(f"{name:8}", loss, g)
print(F.mse_loss(x, t, reduction="none"))
""",
    "loss errors and warnings": """
import warnings
F = torch.nn.functional
x = torch.tensor([[0.5], [1.0]], requires_grad=True)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    print(F.mse_loss(x, torch.tensor([0.5, 1.0])))
    print([str(w.message).split(". ")[0] for w in caught])
for f in (lambda: F.mse_loss(x, torch.ones(3)), lambda: F.binary_cross_entropy(x * 2, torch.ones(2, 1)),
          lambda: F.binary_cross_entropy_with_logits(x, torch.ones(2)), lambda: F.binary_cross_entropy(x, torch.ones(2)),
          lambda: F.mse_loss(x, 1.0), lambda: F.mse_loss(x, torch.ones(2, 1), reduction="avg"), lambda: F.cross_entropy(x,
          torch.ones(2)), lambda: F.nll_loss(x, torch.tensor([0, 1])), lambda: F.cross_entropy(x, torch.tensor([0,
          -1])), lambda: F.softmax(x, dim=3)):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            print(f())
        except Exception as e:
            print(type(e).__name__, str(e).split("\\n")[0].split(". ")[0])
""",
    "sorting and searching": """
x = torch.tensor([3.0, 1.0, 2.0, 5.0, 4.0], requires_grad=True)
values, order = x.sort()
print(values, order, x.argsort(), x.argsort(descending=True), x.topk(2), x.kthvalue(2))
(values * torch.arange(5.0)).sum().backward()
print(x.grad)
print(torch.searchsorted(torch.tensor([1, 3, 5]), torch.tensor([2, 3])), torch.bucketize(torch.tensor([0.5, 2.5]), torch.tensor([1.0,
          2.0])), torch.unique(torch.tensor([2, 1, 2, 3])), torch.bincount(torch.tensor([0, 1, 1])))
print(torch.unique(torch.tensor([2, 1, 2]), return_counts=True), (x > 2).nonzero(as_tuple=True), torch.where(x > 2), x.msort(),
          torch.histc(x.detach(), 2), x.cummax(0))
""",
    "where, clamp, and the dead gradient": """
x = torch.tensor([-2.0, 0.5, 3.0], requires_grad=True)
y = x.clamp(-1, 1)
y.sum().backward()
print(y, x.grad)
x.grad = None
torch.where(x > 0, x ** 2, torch.tensor(0.0)).sum().backward()
print(x.grad)
x.grad = None
torch.clamp(x, min=torch.tensor([-3.0, 1.0, 0.0])).sum().backward()
print(x.grad)
x.grad = None
(x * (x > 0)).sum().backward()
print(x.grad)
x.grad = None
x.masked_fill(x < 0, 0.0).sum().backward()
print(x.grad, torch.where(x > 0), torch.where(x > 0, 1.0, 0.0), torch.where(x > 0, x, 0), x.masked_select(x > 0))
""",
    "log-sum-exp, stable and not": """
x = torch.tensor([1000.0, 1001.0], requires_grad=True)
naive = x.exp().sum().log()
print(naive)
naive.backward()
print(x.grad)
x.grad = None
stable = x.logsumexp(0)
print(stable)
stable.backward()
print(x.grad, torch.softmax(x, 0))
m = x.max().detach()
print(m + (x - m).exp().sum().log())
print(torch.softmax(torch.tensor([float("-inf"), 0.0]), 0), torch.log_softmax(torch.tensor([-1e4, 0.0]), 0),
          torch.sigmoid(torch.tensor([-200.0, 200.0])))
""",
    "integers stay integers": """
i = torch.tensor([3, 4])
print(i.sum().dtype, i.float().mean(), (i / 2).dtype, (i // 2).dtype, i.sqrt(), (i ** 2).dtype, (i ** 0.5).dtype, torch.mean(i,
          dtype=torch.float32))
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * i
y.sum().backward()
print(x.grad, i.grad, y.grad_fn.next_functions[1])
print(x[i - 3], torch.tensor([1, 2]).exp(), torch.tensor([5]) / torch.tensor([0]), torch.tensor([1.0]) // 0)
try:
    torch.tensor([5]) // torch.tensor([0])
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0])
try:
    i ** -1
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0])
""",
    "distances": """
a = torch.tensor([[0.0, 0.0], [1.0, 1.0]], requires_grad=True)
b = torch.tensor([[3.0, 4.0], [1.0, 0.0], [0.0, 2.0]])
d = torch.cdist(a, b)
print(d)
d.sum().backward()
print(a.grad)
hand = ((a[:, None] - b[None]) ** 2).sum(-1).sqrt()
print(torch.allclose(d, hand, atol=1e-4), hand.grad_fn.next_functions[0][0].name())
print(torch.nn.functional.cosine_similarity(a[1:], b[:1]), torch.pdist(b), torch.norm(b, dim=1), torch.linalg.vector_norm(b, ord=1, dim=0))
""",
    "cumulative things and differences": """
x = torch.tensor([1.0, 2.0, 4.0, 8.0], requires_grad=True)
for y in (x.cumsum(0), x.cumprod(0), x.diff(), x.logcumsumexp(0), torch.cummax(x, 0).values, torch.trapezoid(x), x.flip(0).cumsum(0)):
    g, = torch.autograd.grad((y * 2).sum(), x)
    print(y, g)
print(torch.gradient(x.detach()), x.detach().unfold(0, 2, 1), torch.nn.functional.pad(x.detach(), (1, 1), value=-1.0),
          torch.nn.functional.pad(x.detach()[None], (1, 1), mode="replicate"))
""",
    "scatter, gather and one-hot": """
F = torch.nn.functional
logp = torch.tensor([[-0.5, -1.0, -2.0], [-3.0, -0.25, -1.5]], requires_grad=True)
labels = torch.tensor([2, 1])
picked = logp.gather(1, labels.unsqueeze(1)).squeeze(1)
print(picked, -picked.mean(), F.nll_loss(logp, labels))
(-picked.mean()).backward()
print(logp.grad)
print(F.one_hot(labels), torch.zeros(2, 3).scatter(1, labels[:, None], 1.0), logp[torch.arange(2), labels])
src = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
out = torch.zeros(2).scatter_add(0, torch.tensor([0, 1, 0]), src)
print(out)
(out ** 2).sum().backward()
print(src.grad, torch.zeros(3).index_copy(0, torch.tensor([2, 0]), torch.tensor([5.0, 6.0])), torch.take_along_dim(logp, labels[:,
          None], 1))
""",
    "float32 rounding": """
print(torch.tensor(0.1) + torch.tensor(0.2), torch.tensor(0.1).item(), torch.tensor(16777216.0) + 1, torch.tensor(1e-8) + 1 == 1)
x = torch.tensor(1e-3, requires_grad=True)
y = (1 + x) - 1
print(y.item(), torch.tensor(1.0, dtype=torch.float64).add(1e-3).sub(1).item())
print(torch.tensor(3e38) * 10, -torch.tensor(1e-45), torch.tensor(1e-46), torch.tensor(65504.0).half() * 2, torch.tensor(2.0) ** 200)
print(torch.tensor([1, 2, 3], dtype=torch.float32).mean() == 2, (torch.ones(10) * 0.1).sum() == 1, torch.finfo(torch.float32).eps,
          torch.nextafter(torch.tensor(1.0), torch.tensor(2.0)).item())
""",
    "broadcasting": """
a, b, c = torch.ones(3, 1), torch.ones(1, 4), torch.ones(2, 1, 1)
print((a + b).shape, (a + b + c).shape, torch.broadcast_shapes((3, 1), (4,)), [t.shape for t in torch.broadcast_tensors(a, b)],
          torch.broadcast_to(torch.tensor([1, 2]), (2, 2)))
for f in (lambda: torch.ones(2, 3) + torch.ones(2), lambda: torch.ones(3) * torch.ones(4), lambda: torch.ones(2, 3) @ torch.ones(2, 3),
          lambda: torch.broadcast_shapes((2,), (3,)), lambda: torch.where(torch.ones(2) > 0, torch.ones(3), 0.0),
          lambda: torch.ones(3).expand(2), lambda: torch.ones(2, 3).add_(torch.ones(4, 1, 1))):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, str(e).split("\\n")[0].split(". ")[0])
x = torch.ones(2, 1, requires_grad=True)
y = torch.ones(3, requires_grad=True)
(x * y * 2).sum().backward()
print(x.grad, y.grad)
""",
}
