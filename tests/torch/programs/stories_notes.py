"""Stories in the manner of PyTorch's notes and tutorials, by ways that no other story goes: graphs, leaves, products, checkpoints."""

from __future__ import annotations

SCRIPTS = {
    "a graph as a dictionary of edges": """
x = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
w = torch.tensor([[0.5, -1.0], [2.0, 0.25]], dtype=torch.float64, requires_grad=True)
h = torch.tanh(w @ x)
out = (h * h).sum() + h.prod().log().abs()
edges, seen, stack = {}, {}, [out.grad_fn]
while stack:
    fn = stack.pop()
    if fn in seen:
        continue
    seen[fn] = f"{fn.name()}:{len(seen)}"
    stack.extend(child for child, _ in fn.next_functions if child is not None)
for fn, name in seen.items():
    edges[name] = [(seen[child], nr) for child, nr in fn.next_functions if child is not None]
for name, children in edges.items():
    print(name, "->", children)
leaves = [fn.variable for fn in seen if hasattr(fn, "variable")]
print(len(leaves), any(leaf is x for leaf in leaves), any(leaf is w for leaf in leaves))
""",
    "memory of a graph, counted by saved tensors": """
total = []
def pack(t):
    total.append(t.numel() * t.element_size())
    return t
a = torch.ones(3, 4, requires_grad=True)
b = torch.ones(4, 2, dtype=torch.float32, requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t):
    for make in (lambda: a + 1, lambda: a * 2, lambda: a * a, lambda: a @ b, lambda: a.exp(), lambda: a.sum(), lambda: a.relu(),
                 lambda: a.softmax(1), lambda: (a @ b).sigmoid().log(), lambda: a.t(), lambda: a ** 3, lambda: a / 2, lambda: 2 / a,
                 lambda: a.mean(0), lambda: a.var(), lambda: a.norm(), lambda: a.max(), lambda: a.max(1), lambda: a.cumsum(0)):
        total.clear()
        result = make()
        print(sum(total), len(total), (result[0] if isinstance(result, tuple) else result).grad_fn.name())
""",
    "leaves, told apart": """
def describe(name, t):
    print(f"{name:12} requires_grad={t.requires_grad!s:5} is_leaf={t.is_leaf!s:5} grad_fn={t.grad_fn and t.grad_fn.name()} "
          f"retains_grad={t.retains_grad}")
a = torch.rand(2)
b = torch.rand(2, requires_grad=True)
describe("data", a)
describe("parameter", b)
describe("sum", a + b)
describe("of data", a + a)
describe("detached", (a + b).detach())
describe("clone", b.clone())
describe("double", b.double())
describe("same dtype", b.float())
describe("view", b.view(1, 2))
describe("data attr", b.data)
c = (a + b).detach().requires_grad_()
describe("made leaf", c)
with torch.no_grad():
    describe("no_grad", b * 2)
    describe("no_grad view", b[0])
    describe("new", torch.rand(2, requires_grad=True))
d = torch.empty(2).requires_grad_()
describe("empty", d)
e = a + b
e.retain_grad()
describe("retaining", e)
f = torch.nn.Parameter(a)
describe("Parameter", f)
g = torch.nn.Parameter(a, requires_grad=False)
describe("frozen", g)
""",
    "retain_grad and what happens to it": """
x = torch.tensor([2.0, 3.0], requires_grad=True)
y = x * x
z = y * 2
y.retain_grad()
z.retain_grad()
z.retain_grad()
out = z.sum()
out.retain_grad()
out.backward()
for name, t in dict(x=x, y=y, z=z, out=out).items():
    print(name, t.grad, t.retains_grad)
y2 = x.exp()
y2.retain_grad()
(y2.sum() * 3).backward()
(y2.detach().sum() * torch.ones(1, requires_grad=True)).backward()
print(y2.grad / y2, x.grad)
try:
    x.detach().retain_grad()
except RuntimeError as e:
    print(str(e))
x.retain_grad()
print(x.retains_grad)
""",
    "requires_grad spreads": """
a = torch.ones(2, requires_grad=True)
b = torch.ones(2)
def rg(t):
    return t.requires_grad
print(rg(a + b), rg(b + b), rg(a.detach() + b), rg((a > 0).float()), rg(a.argmax()), rg(a.max()), rg(a.long()))
print(rg(torch.cat([b, a])), rg(torch.stack([b, b])), rg(torch.where(a > 0, b, b)), rg(torch.where(b > 0, a, b)))
print(rg(torch.zeros_like(a)), rg(torch.full_like(a, 2)), rg(a.new_tensor([1.0])), rg(torch.empty_like(a)), rg(a.new_zeros(2)))
print([rg(t) for t in torch.sort(a)], [rg(t) for t in a.topk(1)], [rg(t) for t in a.split(1)], rg(a.isnan()), rg(a.sign()), rg(a.floor()))
print(rg(a.sum() * 0), rg(a[:0]), rg(a[:0].sum()), rg(torch.tensor(a.tolist())), rg(torch.as_tensor(a)))
print(rg(a.cpu()), rg(a.type(torch.float64)), rg(a.to("cpu")), rg(a.to(torch.int64)), rg(a.contiguous()))
c = b.clone()
c[0] = a[0]
print(rg(c), rg(b), c.grad_fn.name())
d = torch.zeros(3)
d[:2].copy_(a)
print(rg(d), d.grad_fn.name(), d.grad_fn.next_functions[0][0], [fn and fn.name() for fn, _ in d.grad_fn.next_functions])
""",
    "sequence: the newest node runs first": """
order = []
def note(name):
    return lambda *grads: order.append(name)
x = torch.tensor(1.5, requires_grad=True)
a = x * 2
b = x.sin()
c = a + b
d = b * 3
e = c * d
for name, t in dict(a=a, b=b, c=c, d=d, e=e).items():
    t.grad_fn.register_hook(note(name))
x.register_hook(lambda g: order.append("x"))
e.backward()
print(order)
order.clear()
p = x.exp()
q = x.cos()
late = p * 1
r = q + late
for name, t in dict(p=p, q=q, late=late, r=r).items():
    t.grad_fn.register_hook(note(name))
r.backward()
print(order, x.grad)
""",
    "the vector-Jacobian product, three ways": """
x = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64, requires_grad=True)
A = torch.tensor([[1.0, 0.0, 2.0], [0.0, -1.0, 1.0]], dtype=torch.float64)
def f(x):
    return (A @ x) ** 2
v = torch.tensor([1.0, -0.5], dtype=torch.float64)
J = torch.stack([torch.autograd.grad(f(x)[i], x)[0] for i in range(2)])
print(J, v @ J)
print(torch.autograd.grad(f(x), x, v)[0])
print(torch.autograd.functional.vjp(f, x.detach(), v))
print(torch.func.vjp(f, x.detach())[1](v))
y = f(x)
y.backward(v)
print(x.grad, torch.equal(x.grad, v @ J))
print(torch.autograd.grad((f(x) * v).sum(), x)[0])
print(torch.autograd.grad(f(x).unbind(), x, list(v.unbind()))[0])
""",
    "jacobians by batched vectors": """
x = torch.tensor([0.5, -1.0], dtype=torch.float64, requires_grad=True)
y = torch.stack([x[0] * x[1], x[0].exp(), x[1] ** 3])
eye = torch.eye(3, dtype=torch.float64)
print(torch.autograd.grad(y, x, eye, is_grads_batched=True, retain_graph=True)[0])
rows = [torch.autograd.grad(y, x, row, retain_graph=True)[0] for row in eye]
print(torch.stack(rows))
print(torch.autograd.functional.jacobian(lambda x: torch.stack([x[0] * x[1], x[0].exp(), x[1] ** 3]), x.detach(), vectorize=True))
print(torch.func.jacrev(lambda x: torch.stack([x[0] * x[1], x[0].exp(), x[1] ** 3]))(x.detach()))
try:
    torch.autograd.grad(y, x, torch.ones(3), is_grads_batched=True)
except RuntimeError as e:
    print(str(e).split("\\n")[0])
""",
    "a hessian by two reverse passes and its symmetry": """
def f(p):
    return p[0] ** 2 * p[1] + torch.sin(p[1] * p[2]) + p[2].exp() * p[0]
p = torch.tensor([0.7, -1.2, 0.4], dtype=torch.float64, requires_grad=True)
g, = torch.autograd.grad(f(p), p, create_graph=True)
rows = []
for i in range(3):
    row, = torch.autograd.grad(g[i], p, retain_graph=True)
    rows.append(row)
H = torch.stack(rows)
print(H)
print(torch.allclose(H, H.T), torch.allclose(H, torch.autograd.functional.hessian(f, p.detach())))
v = torch.tensor([1.0, 0.0, -1.0], dtype=torch.float64)
print(torch.autograd.grad(g @ v, p)[0], H @ v)
print(torch.autograd.functional.hvp(f, p.detach(), v)[1], torch.autograd.functional.vhp(f, p.detach(), v)[1])
print(torch.linalg.eigvalsh(H))
""",
    "laplacian and divergence": """
def u(x):
    return torch.exp(-x.pow(2).sum(-1))
x = torch.tensor([[0.1, 0.2], [0.5, -0.3], [0.0, 0.0]], dtype=torch.float64, requires_grad=True)
value = u(x)
grad, = torch.autograd.grad(value.sum(), x, create_graph=True)
lap = torch.zeros(3, dtype=torch.float64)
for i in range(2):
    second, = torch.autograd.grad(grad[:, i].sum(), x, retain_graph=True)
    lap = lap + second[:, i]
print(lap)
r2 = x.pow(2).sum(-1)
print((4 * r2 - 4) * value)
field = torch.stack([x[:, 0] * x[:, 1], x[:, 0] - x[:, 1] ** 2], -1)
div = sum(torch.autograd.grad(field[:, i].sum(), x, retain_graph=True)[0][:, i] for i in range(2))
print(div)
curl = torch.autograd.grad(field[:, 1].sum(), x, retain_graph=True)[0][:, 0] - torch.autograd.grad(field[:, 0].sum(), x)[0][:, 1]
print(curl)
""",
    "per-sample gradients with vmap and by hand": """
torch.manual_seed(3)
model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1)).double()
x = torch.arange(12.0, dtype=torch.float64).reshape(4, 3) / 10
y = torch.tensor([0.0, 1.0, 0.5, -1.0], dtype=torch.float64)
params = {k: v.detach() for k, v in model.named_parameters()}
def loss(params, x, y):
    out = torch.func.functional_call(model, params, (x.unsqueeze(0),))
    return (out.squeeze() - y) ** 2
per_sample = torch.func.vmap(torch.func.grad(loss), in_dims=(None, 0, 0))(params, x, y)
for name, g in per_sample.items():
    print(name, tuple(g.shape), g.flatten(1).norm(dim=1))
total = {k: g.sum(0) for k, g in per_sample.items()}
model.zero_grad()
((model(x).squeeze() - y) ** 2).sum().backward()
print([torch.allclose(total[k], p.grad) for k, p in model.named_parameters()])
norms = torch.stack([g.flatten(1).pow(2).sum(1) for g in per_sample.values()]).sum(0).sqrt()
scale = (1.0 / norms).clamp(max=1.0)
print({k: (g * scale.view(-1, *[1] * (g.dim() - 1))).sum(0).norm().item() > 0 for k, g in per_sample.items()})
""",
    "checkpoint inside a loop": """
checkpoint = torch.utils.checkpoint.checkpoint
calls = []
def block(x, w):
    calls.append("forward")
    return torch.sin(x @ w)
w = torch.tensor([[0.5, 0.1], [-0.3, 0.8]], dtype=torch.float64, requires_grad=True)
x = torch.tensor([[1.0, 2.0]], dtype=torch.float64, requires_grad=True)
h = x
for _ in range(3):
    h = checkpoint(block, h, w, use_reentrant=False)
print(len(calls), h)
h.sum().backward()
print(len(calls), x.grad, w.grad)
gx, gw = x.grad.clone(), w.grad.clone()
x.grad = w.grad = None
h = x
for _ in range(3):
    h = block(h, w)
h.sum().backward()
print(torch.equal(gx, x.grad), torch.allclose(gw, w.grad), len(calls))
""",
    "checkpoint saves less": """
checkpoint = torch.utils.checkpoint.checkpoint
saved = []
def pack(t):
    saved.append(tuple(t.shape))
    return t
lin = torch.nn.Linear(2, 2)
with torch.no_grad():
    lin.weight.copy_(torch.tensor([[1.0, -1.0], [0.5, 2.0]]))
    lin.bias.zero_()
x = torch.tensor([[1.0, 2.0], [0.0, -1.0]], requires_grad=True)
def block(x):
    return torch.tanh(lin(x)).exp() * x
with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t):
    plain = block(x)
    print(len(saved), saved)
    saved.clear()
    less = checkpoint(block, x, use_reentrant=False)
    print(len(saved), saved)
print(torch.equal(plain, less))
less.sum().backward()
print(x.grad, lin.weight.grad)
""",
    "a custom function with a cache of intermediate results": """
class SoftThreshold(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, lam):
        mask = x.abs() > lam
        ctx.save_for_backward(mask, x.sign())
        ctx.lam = lam
        return torch.where(mask, x - lam * x.sign(), torch.zeros_like(x))
    @staticmethod
    def backward(ctx, grad):
        mask, sign = ctx.saved_tensors
        gx = grad * mask
        glam = -(grad * sign * mask).sum() if ctx.needs_input_grad[1] else None
        return gx, glam
x = torch.tensor([-2.0, -0.3, 0.1, 1.5], dtype=torch.float64, requires_grad=True)
lam = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
y = SoftThreshold.apply(x, lam)
print(y)
print(torch.autograd.grad(y, (x, lam), torch.arange(4.0, dtype=torch.float64)))
print(torch.autograd.gradcheck(SoftThreshold.apply, (x, lam)))
y = SoftThreshold.apply(x, 0.5)
print(y.grad_fn.name(), y.grad_fn.next_functions[1], y.grad_fn.needs_input_grad, [t.dtype for t in y.grad_fn.saved_tensors])
y.sum().backward()
print(x.grad)
""",
    "a custom function whose backward uses another": """
class Pos(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clamp(min=0)
    @staticmethod
    def backward(ctx, g):
        x, = ctx.saved_tensors
        return PosGrad.apply(g, x)
class PosGrad(torch.autograd.Function):
    @staticmethod
    def forward(ctx, g, x):
        ctx.save_for_backward(x)
        return g * (x > 0)
    @staticmethod
    def backward(ctx, gg):
        x, = ctx.saved_tensors
        return gg * (x > 0), None
x = torch.tensor([-1.0, 0.5, 2.0], dtype=torch.float64, requires_grad=True)
y = (Pos.apply(x) ** 3).sum()
g, = torch.autograd.grad(y, x, create_graph=True)
print(g, g.grad_fn.name(), [fn.name() if fn else None for fn, _ in g.grad_fn.next_functions])
h, = torch.autograd.grad(g.sum(), x, create_graph=True)
print(h)
print(torch.autograd.grad(h.sum(), x))
print(torch.autograd.gradgradcheck(lambda x: Pos.apply(x) ** 2, (x,)))
""",
    "double backward with a saved output, checked": """
class Sigmoid(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = 1 / (1 + torch.exp(-x))
        ctx.save_for_backward(y)
        return y
    @staticmethod
    def backward(ctx, grad):
        y, = ctx.saved_tensors
        print("backward", y.requires_grad, y.grad_fn is not None, torch.is_grad_enabled())
        return grad * y * (1 - y)
x = torch.tensor([0.0, 1.0], dtype=torch.float64, requires_grad=True)
y = Sigmoid.apply(x)
print(torch.autograd.grad(y.sum(), x, retain_graph=True))
g, = torch.autograd.grad(y.sum(), x, create_graph=True)
print(g.grad_fn.name())
print(torch.autograd.grad(g.sum(), x))
real = torch.sigmoid(x)
rg, = torch.autograd.grad(real.sum(), x, create_graph=True)
print(torch.autograd.grad(rg.sum(), x))
""",
    "an optimizer written by hand in an autograd function": """
class Prox(torch.autograd.Function):
    @staticmethod
    def forward(ctx, w, step):
        ctx.step = step
        ctx.set_materialize_grads(False)
        return torch.sign(w) * torch.clamp(w.abs() - step, min=0), w.norm()
    @staticmethod
    def backward(ctx, g_w, g_norm):
        print("got", g_w is None, g_norm is None)
        if g_w is None:
            return None, None
        return g_w * 2, None
w = torch.tensor([1.0, -0.05, 0.3], requires_grad=True)
new, norm = Prox.apply(w, 0.1)
print(new, norm)
new.sum().backward()
print(w.grad)
w.grad = None
new, norm = Prox.apply(w, 0.1)
norm.backward()
print(w.grad)
(new.sum() + norm).grad_fn
new, norm = Prox.apply(w, 0.1)
(new.sum() + norm).backward()
print(w.grad)
""",
}
