"""More stories in the manner of PyTorch's notes: numbers, linear algebra, nodes, printing and pickles."""

from __future__ import annotations

SCRIPTS = {
    "adam, step by step, beside formulas": """
p = torch.tensor([1.0, -2.0], dtype=torch.float64, requires_grad=True)
mine = p.detach().clone()
opt = torch.optim.Adam([p], lr=0.1, betas=(0.9, 0.99), eps=1e-8, weight_decay=0.01)
m = torch.zeros(2, dtype=torch.float64)
v = torch.zeros(2, dtype=torch.float64)
for t in range(1, 4):
    opt.zero_grad()
    loss = (p ** 4).sum() / 4
    loss.backward()
    opt.step()
    g = mine ** 3 + 0.01 * mine
    m = 0.9 * m + 0.1 * g
    v = 0.99 * v + 0.01 * g * g
    mine = mine - 0.1 * (m / (1 - 0.9 ** t)) / ((v / (1 - 0.99 ** t)).sqrt() + 1e-8)
    print(t, p.detach(), torch.allclose(p, mine), opt.state[p]["step"])
print(sorted(opt.state[p]), opt.state[p]["exp_avg"])
print(opt)
""",
    "a loss with a gradient penalty, twice differentiated": """
w = torch.tensor([[0.5, -1.0], [1.5, 0.3]], dtype=torch.float64, requires_grad=True)
u = torch.tensor([1.0, -0.5], dtype=torch.float64, requires_grad=True)
real = torch.tensor([[1.0, 2.0], [0.0, -1.0]], dtype=torch.float64)
fake = torch.tensor([[0.5, 0.5], [2.0, 1.0]], dtype=torch.float64)
def critic(x):
    return torch.tanh(x @ w) @ u
eps = torch.tensor([[0.25], [0.75]], dtype=torch.float64)
mixed = (eps * real + (1 - eps) * fake).requires_grad_()
score = critic(mixed)
grad, = torch.autograd.grad(score, mixed, torch.ones_like(score), create_graph=True)
penalty = ((grad.norm(2, dim=1) - 1) ** 2).mean()
loss = critic(fake).mean() - critic(real).mean() + 10 * penalty
loss.backward()
print(f"{penalty.item():.10f} {loss.item():.10f}")
print(w.grad, u.grad, mixed.grad is None, sep="\\n")
print(grad.grad_fn.name(), penalty.grad_fn.name())
""",
    "numbers that lose their digits": """
x = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
for h in (1e-2, 1e-5, 1e-8, 1e-11):
    forward = ((x + h).exp() - x.exp()) / h
    central = ((x + h).exp() - (x - h).exp()) / (2 * h)
    exact, = torch.autograd.grad(x.exp(), x)
    print(h, (forward - exact).abs().item() < 10 * h + 1e-16 / h * 10, (central - exact).abs().item() < 10 * h * h + 1e-15 / h)
f = torch.tensor(1e-4)
print(1 - f.cos(), 2 * (f / 2).sin() ** 2)
print(torch.expm1(torch.tensor(1e-10, dtype=torch.float64)), torch.exp(torch.tensor(1e-10, dtype=torch.float64)) - 1)
big = torch.tensor([1e8, 1.0, -1e8])
print(big.sum(), big.double().sum(), big[[0, 2, 1]].sum())
print(torch.tensor(16777216.0) + 1, torch.tensor(16777216.0, dtype=torch.float64) + 1)
print(torch.tensor(0.1) + torch.tensor(0.2) == torch.tensor(0.3), torch.isclose(torch.tensor(0.1) + torch.tensor(0.2), torch.tensor(0.3)))
print(torch.tensor(0.1).double(), torch.tensor(0.1, dtype=torch.float64).float().double() - 0.1)
print(torch.finfo(torch.float32).eps, torch.nextafter(torch.tensor(1.0), torch.tensor(2.0)) - 1)
""",
    "promotion and the gradients' dtypes": """
a = torch.tensor([1.0, 2.0], requires_grad=True)
d = torch.tensor([3.0, 4.0], dtype=torch.float64, requires_grad=True)
h = torch.tensor([0.5, 0.25], dtype=torch.float16, requires_grad=True)
i = torch.tensor([2, 3])
for name, y in (("a*d", a * d), ("a*i", a * i), ("h*a", h * a), ("h*2.5", h * 2.5), ("a*0-d d", a * d[0]), ("h+True", h + True),
                ("i*0.5", i * 0.5), ("d/i", d / i), ("a//1", a // 1), ("i/i", i / i), ("a**i", a ** i), ("i**a", i ** a)):
    line = [name, y.dtype, y.grad_fn and y.grad_fn.name()]
    if y.requires_grad and name != "a//1":
        grads = torch.autograd.grad(y.sum(), (a, d, h), allow_unused=True)
        line += [g.dtype if g is not None else None for g in grads]
    print(*line)
y = a.double() * d
print(y.grad_fn.next_functions[0][0].name(), torch.autograd.grad(y.sum(), a))
print(torch.result_type(a, d), torch.result_type(a, i), torch.result_type(i, 2.5), torch.promote_types(torch.float16, torch.int64))
try:
    a @ d
except RuntimeError as e:
    print(e)
try:
    torch.cat([i, a.detach()]).dtype
    i += a.detach()
except RuntimeError as e:
    print(e)
""",
    "a fixed point and its gradient": """
theta = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
x = torch.tensor(1.0, dtype=torch.float64)
with torch.no_grad():
    for _ in range(60):
        x = torch.cos(theta * x)
print(x)
x = x.requires_grad_()
f = torch.cos(theta * x)
fx, ft = torch.autograd.grad(f, (x, theta))
print(ft / (1 - fx))
y = torch.tensor(1.0, dtype=torch.float64)
for _ in range(60):
    y = torch.cos(theta * y)
print(torch.autograd.grad(y, theta)[0])
class Solve(torch.autograd.Function):
    @staticmethod
    def forward(ctx, theta):
        x = torch.ones_like(theta)
        for _ in range(60):
            x = torch.cos(theta * x)
        ctx.save_for_backward(theta, x)
        return x
    @staticmethod
    def backward(ctx, g):
        theta, x = ctx.saved_tensors
        with torch.enable_grad():
            x = x.detach().requires_grad_()
            t = theta.detach().requires_grad_()
            f = torch.cos(t * x)
            fx, ft = torch.autograd.grad(f, (x, t))
        return g * ft / (1 - fx)
print(torch.autograd.grad(Solve.apply(theta), theta)[0], torch.autograd.gradcheck(Solve.apply, (theta,)))
""",
    "einsum and its gradients": """
A = torch.arange(6.0, dtype=torch.float64).reshape(2, 3).requires_grad_()
B = torch.tensor([[1.0, -1.0], [0.5, 2.0], [3.0, 0.0]], dtype=torch.float64, requires_grad=True)
v = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64, requires_grad=True)
for equation, operands in (("ij,jk->ik", (A, B)), ("ij->ji", (A,)), ("ij->", (A,)), ("ij->i", (A,)), ("ij,j->i", (A, v)), ("j,j->", (v, v)),
                           ("i,j->ij", (v, v)), ("ij,ji->", (A, B)), ("...j,jk->...k", (A, B)), ("ii->i", (B @ A,)), ("ij,kj->ik", (A, A))):
    out = torch.einsum(equation, *operands)
    leaves = [t for t in (A, B, v) if any(t is o for o in operands)] or [A]
    grads = torch.autograd.grad((out * out).sum(), leaves)
    print(equation, out.shape, out.grad_fn.name(), *(g.flatten().tolist() for g in grads))
try:
    torch.einsum("ij,jk", A, v)
except RuntimeError as e:
    print(e)
""",
    "scatter and gather, there and back": """
src = torch.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)
index = torch.tensor([0, 2, 0, 1])
out = torch.zeros(3).scatter_add(0, index, src)
print(out, out.grad_fn.name())
(out * torch.tensor([1.0, 10.0, 100.0])).sum().backward()
print(src.grad, torch.tensor([1.0, 10.0, 100.0]).gather(0, index))
mean = torch.zeros(3).scatter_reduce(0, index, src, "mean", include_self=False)
print(mean, torch.autograd.grad(mean.sum(), src))
biggest = torch.zeros(3).scatter_reduce(0, index, src, "amax")
print(biggest, torch.autograd.grad(biggest.sum(), src))
picked = src[index]
print(torch.autograd.grad((picked ** 2).sum(), src))
buffer = torch.zeros(4)
buffer[index] = src
print(buffer, buffer.grad_fn.name())
print(torch.autograd.grad(buffer.sum(), src))
buffer = torch.zeros(4).index_put((index,), src, accumulate=True)
print(buffer, torch.autograd.grad(buffer.sum(), src))
mask = torch.tensor([True, False, True, False])
filled = torch.zeros(4).masked_scatter(mask, src)
print(filled, torch.autograd.grad(filled.sum(), src))
""",
    "sorting, selecting and the way back": """
x = torch.tensor([3.0, 1.0, 2.0, 1.0], dtype=torch.float64, requires_grad=True)
w = torch.tensor([1.0, 10.0, 100.0, 1000.0], dtype=torch.float64)
values, order = x.sort(stable=True)
print(values, order, torch.autograd.grad((values * w).sum(), x))
values, order = x.sort(descending=True, stable=True)
print(order, torch.autograd.grad((values * w).sum(), x))
top = x.topk(2)
print(top, torch.autograd.grad((top.values * w[:2]).sum(), x))
print(x.median(), torch.autograd.grad(x.median(), x), x.quantile(0.5), torch.autograd.grad(x.quantile(0.4), x))
print(x.kthvalue(3), x.mode(), x.argsort(stable=True))
print(torch.autograd.grad(x.min(), x), torch.autograd.grad(x.min(0).values, x), torch.autograd.grad(x.amin(), x))
u, inverse, counts = x.detach().unique(return_inverse=True, return_counts=True)
print(u, inverse, counts, torch.autograd.grad((u[inverse] * x).sum(), x))
soft = torch.softmax(x * 10, 0)
print((soft * torch.arange(4)).sum(), torch.autograd.grad((soft * torch.arange(4)).sum(), x))
print(torch.cummax(x, 0), torch.autograd.grad(torch.cummax(x, 0).values.sum(), x))
""",
    "linear algebra: solve, inverse, determinant": """
A = torch.tensor([[4.0, 1.0], [2.0, 3.0]], dtype=torch.float64, requires_grad=True)
b = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
x = torch.linalg.solve(A, b)
gA, gb = torch.autograd.grad(x.sum(), (A, b))
print(x, gA, gb, sep="\\n")
lam = torch.linalg.solve(A.detach().T, torch.ones(2, dtype=torch.float64))
print(torch.allclose(gA, -torch.outer(lam, x)), torch.allclose(gb, lam))
print(torch.autograd.grad(torch.linalg.det(A), A)[0], torch.linalg.det(A) * torch.linalg.inv(A).T)
print(torch.autograd.grad(torch.logdet(A), A)[0], torch.autograd.grad(torch.linalg.slogdet(A).logabsdet, A)[0])
print(torch.autograd.grad(torch.linalg.inv(A).sum(), A)[0])
S = A @ A.T
L = torch.linalg.cholesky(S)
print(L, torch.allclose(L @ L.T, S), torch.autograd.grad(L.diagonal().log().sum(), A)[0])
print(torch.linalg.eigvalsh(S), torch.autograd.grad(torch.linalg.eigvalsh(S)[-1], A)[0])
try:
    torch.linalg.inv(torch.zeros(2, 2))
except RuntimeError as e:
    print(type(e).__name__, str(e).split(".")[0])
""",
    "a convolution is a matrix": """
x = torch.tensor([[[1.0, 2.0, 3.0, 4.0, 5.0]]], dtype=torch.float64, requires_grad=True)
k = torch.tensor([[[1.0, 0.0, -1.0]]], dtype=torch.float64, requires_grad=True)
y = torch.nn.functional.conv1d(x, k)
print(y, y.grad_fn.name())
seed = torch.tensor([[[1.0, 10.0, 100.0]]], dtype=torch.float64)
gx, gk = torch.autograd.grad(y, (x, k), seed)
print(gx, gk)
print(torch.nn.functional.conv_transpose1d(seed, k.detach()), torch.nn.functional.conv1d(x.detach(), seed))
windows = x.unfold(2, 3, 1)
again = windows @ k[0, 0]
print(torch.equal(again, y), again.grad_fn.name(), torch.autograd.grad(again, x, seed)[0])
for kw in (dict(padding=1), dict(stride=2), dict(dilation=2), dict(padding="same")):
    z = torch.nn.functional.conv1d(x, k, **kw)
    print(kw, z.shape, torch.autograd.grad(z.sum(), k)[0])
image = torch.arange(16.0, dtype=torch.float64).reshape(1, 1, 4, 4).requires_grad_()
pooled = torch.nn.functional.max_pool2d(image, 2)
print(pooled, torch.autograd.grad(pooled.sum(), image)[0][0, 0])
print(torch.autograd.grad(torch.nn.functional.avg_pool2d(image, 2).sum(), image)[0][0, 0, 0])
""",
    "a mixture of experts, routed by an index": """
x = torch.tensor([[1.0, 0.0], [0.0, 1.0], [2.0, -1.0]], dtype=torch.float64)
gate = torch.tensor([[1.0, -1.0], [-0.5, 0.5]], dtype=torch.float64, requires_grad=True)
experts = [torch.tensor([[0.1, 0.2], [0.3, 0.4]], dtype=torch.float64, requires_grad=True) * (i + 1) for i in range(2)]
for e in experts:
    e.retain_grad()
probs = (x @ gate).softmax(-1)
best, which = probs.max(-1)
out = torch.zeros(3, 2, dtype=torch.float64)
for i, expert in enumerate(experts):
    rows = (which == i).nonzero().squeeze(-1)
    print(i, rows.tolist())
    out = out.index_add(0, rows, best[rows].unsqueeze(-1) * (x[rows] @ expert))
print(out, out.grad_fn.name())
out.sum().backward()
print(gate.grad, *(e.grad for e in experts), sep="\\n")
balance = probs.mean(0).pow(2).sum() * 2
print(balance, torch.autograd.grad((x @ gate).softmax(-1).mean(0).pow(2).sum() * 2, gate))
""",
    "hooks on nodes: seeing both sides": """
x = torch.tensor([1.0, 2.0], requires_grad=True)
w = torch.tensor([3.0, 4.0], requires_grad=True)
y = x * w
def hook(grad_inputs, grad_outputs):
    print("hook", grad_inputs, grad_outputs)
def pre(grad_outputs):
    print("pre", grad_outputs)
    return (grad_outputs[0] * 2,)
h1 = y.grad_fn.register_hook(hook)
h2 = y.grad_fn.register_prehook(pre)
y.sum().backward()
print(x.grad, w.grad)
h2.remove()
h3 = y.grad_fn.register_hook(lambda gi, go: (gi[0] * 100, None))
y = x * w
y.grad_fn.register_hook(lambda gi, go: (gi[0] * 100, gi[1]))
x.grad = w.grad = None
y.sum().backward()
print(x.grad, w.grad)
z = x.exp()
z.grad_fn.register_hook(lambda gi, go: (gi[0][:1],))
try:
    z.sum().backward()
except RuntimeError as e:
    print(str(e).split("\\n")[0][:90])
acc = x.view_as(x).grad_fn.next_functions[0][0]
print(acc.name(), acc.variable is x)
acc.register_prehook(lambda go: (go[0] + 1,))
x.grad = None
(x * 1).sum().backward()
print(x.grad)
""",
    "gradients as parameters of another problem": """
lr = torch.tensor(0.1, dtype=torch.float64, requires_grad=True)
w0 = torch.tensor([2.0, -1.0], dtype=torch.float64, requires_grad=True)
def inner(w):
    return (w ** 2).sum() + (w[0] * w[1])
w = w0
path = []
for _ in range(3):
    g, = torch.autograd.grad(inner(w), w, create_graph=True)
    w = w - lr * g
    path.append(inner(w))
print([p.item() for p in path])
meta = path[-1]
g_lr, g_w0 = torch.autograd.grad(meta, (lr, w0), retain_graph=True)
print(g_lr, g_w0)
first_order = w0.detach().requires_grad_()
v = first_order
for _ in range(3):
    g, = torch.autograd.grad(inner(v), v)
    v = v - 0.1 * g
print(torch.autograd.grad(inner(v), first_order)[0])
names = set()
stack = [meta.grad_fn]
while stack:
    fn = stack.pop()
    if fn is not None and fn not in names:
        names.add(fn)
        stack.extend(child for child, _ in fn.next_functions)
print(sorted({fn.name() for fn in names}))
""",
    "printing what autograd made": """
x = torch.tensor([[1.0, -2.5], [1e-3, 1e4]], requires_grad=True)
for y in (x, x * 1, x.detach(), x[0], x[0, 0], x.sum(), x.T, x > 0, x.max(1), x.int(), x[:0], x.double(), x.half(), x.mean(0, keepdim=True),
          x.unbind()[0], x.split(1), torch.nn.Parameter(x), x.relu_() if not x.requires_grad else x.relu()):
    print(y)
with torch.no_grad():
    print(x * 1)
torch.set_printoptions(precision=2, sci_mode=False)
print(x)
torch.set_printoptions(profile="default")
print([x[0, 0]], {"a": x[0]}, f"{x[0, 0]:.3f} {x[0, 0].item()}", str(x[0, 1]), repr(x.sum()))
big = torch.arange(2000.0, requires_grad=True)
print(big * 1)
""",
    "anomaly mode names the culprit": """
x = torch.tensor([0.0, 1.0], requires_grad=True)
def f(x):
    return (x.sqrt() * 0).sum()
f(x).backward()
print(x.grad)
with torch.autograd.detect_anomaly(check_nan=True):
    try:
        f(x).backward()
    except RuntimeError as e:
        print(e)
print(torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled())
with torch.autograd.set_detect_anomaly(True, check_nan=False):
    f(x).backward()
print(x.grad)
y = x.exp()
y.add_(1)
try:
    y.sum().backward()
except RuntimeError as e:
    print(str(e).split("Hint")[0].strip())
""",
    "a loop whose graph grows, and how to stop it": """
def depth(t):
    deepest, layer = 0, [t.grad_fn] if t.grad_fn else []
    while layer:
        deepest += 1
        layer = [child for fn in set(layer) for child, _ in fn.next_functions if child is not None]
    return deepest
w = torch.tensor(0.9, requires_grad=True)
running = torch.tensor(0.0)
kept = 0.0
detached = torch.tensor(0.0)
for step in range(5):
    loss = (w * step - 1) ** 2
    running = running + loss
    kept += loss.item()
    detached += loss.detach()
    print(step, depth(loss), depth(running), depth(detached), round(kept, 4))
running.backward()
print(w.grad, detached, kept)
ema = torch.tensor(1.0)
for step in range(3):
    ema = 0.5 * ema + 0.5 * w
print(depth(ema), torch.autograd.grad(ema, w))
ema = torch.tensor(1.0)
for step in range(3):
    ema = 0.5 * ema.detach() + 0.5 * w
print(depth(ema), torch.autograd.grad(ema, w))
""",
    "pickles": """
import copy, pickle
def there_and_back(x):
    return pickle.loads(pickle.dumps(x))
x = torch.tensor([1.0, 2.0], requires_grad=True)
x.grad = torch.ones(2)
y = there_and_back(x)
print(y, y.grad, y.is_leaf, y is x, type(y))
print(there_and_back([torch.float32, torch.Size([2, 3]), torch.device("cpu"), torch.bool]), there_and_back(torch.int64) is torch.int64)
p = there_and_back(torch.nn.Parameter(torch.ones(2), requires_grad=False))
print(p, type(p), p.requires_grad)
net = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.BatchNorm1d(2)).eval()
again = there_and_back(net)
print(again, again.training, all(torch.equal(a, b) for a, b in zip(net.state_dict().values(), again.state_dict().values())))
(again(torch.ones(3, 2)) ** 2).sum().backward()
print([q.grad is not None for q in again.parameters()], [q.grad for q in net.parameters()])
state = there_and_back(net.state_dict())
print(list(state), copy.deepcopy(net[0]) is net[0], copy.copy(x) is x)
try:
    there_and_back(x * 2)
    print("a result was pickled")
except Exception as e:
    print(type(e).__name__)
""",
}
