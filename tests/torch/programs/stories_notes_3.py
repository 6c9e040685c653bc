"""More stories in the manner of PyTorch's notes: what is saved, layers, losses, training."""

from __future__ import annotations

SCRIPTS = {
    "hooks for saved tensors: an identity that counts": """
log = []
def pack(t):
    log.append(("pack", tuple(t.shape), t.requires_grad, t.is_leaf))
    return t
def unpack(t):
    log.append(("unpack", tuple(t.shape)))
    return t
a = torch.ones(2, 3, requires_grad=True)
b = torch.full((2, 3), 2.0)
with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
    y = a * b
    z = y.exp()
    w = (z + a).sum()
print(log)
log.clear()
w.backward(retain_graph=True)
print(log, a.grad)
log.clear()
print(y.grad_fn._saved_other is b, z.grad_fn._saved_result is z, y.grad_fn._saved_self)
print(log)
log.clear()
w.backward()
try:
    w.backward()
except RuntimeError as e:
    print(str(e).split("(")[0])
print(len(log))
""",
    "hooks for saved tensors: half precision on the way": """
def pack(t):
    return t.dtype, t.half() if t.is_floating_point() else t
def unpack(packed):
    dtype, t = packed
    return t.to(dtype)
x = torch.tensor([0.1, 0.2, 1000.5], dtype=torch.float64, requires_grad=True)
exact, = torch.autograd.grad((x ** 2).sum(), x)
with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
    y = (x ** 2).sum()
rough, = torch.autograd.grad(y, x)
print(exact, rough, (exact - rough).abs().max())
with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
    y = x.relu() + x.max() + x[x > 0.15].sum() + x.softmax(0)
print(torch.autograd.grad(y.sum(), x)[0].dtype)
def bad_pack(t):
    t.mul_(2)
    return t
with torch.autograd.graph.saved_tensors_hooks(bad_pack, lambda t: t):
    try:
        x.clone() ** 2
    except RuntimeError as e:
        print(str(e).split(". ")[0])
with torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: 3):
    y = x.sin().sum()
try:
    y.backward()
except TypeError as e:
    print(e)
with torch.autograd.graph.saved_tensors_hooks(lambda t: (_ for _ in ()).throw(ValueError("no")), lambda t: t):
    try:
        x.sin()
    except ValueError as e:
        print("raised", e)
""",
    "hooks for saved tensors: selectively, and by the field": """
x = torch.randn(3, requires_grad=True)
y = x.exp() * x
fn = y.grad_fn
print([name for name in dir(fn) if name.startswith("_raw_saved")])
uses = []
fn._raw_saved_self.register_hooks(lambda t: (uses.append("pack"), t)[1], lambda t: (uses.append("unpack"), t)[1])
print(uses, fn._saved_self.shape)
y.sum().backward()
print(uses, torch.allclose(x.grad, x.exp() * (1 + x)))
try:
    fn._raw_saved_other.register_hooks(lambda t: t, lambda t: t)
except RuntimeError as e:
    print(str(e).split("\\n")[0][:60])
z = x.sin()
z.grad_fn._raw_saved_self.register_hooks(lambda t: t, lambda t: t)
try:
    z.grad_fn._raw_saved_self.register_hooks(lambda t: t, lambda t: t)
except RuntimeError as e:
    print(e)
print((x + 1).grad_fn is not None, [name for name in dir((x + 1).grad_fn) if "saved" in name])
""",
    "a graph that is freed piece by piece": """
x = torch.tensor([1.0, 2.0], requires_grad=True)
shared = x.exp()
left = (shared * 2).sum()
right = (shared * shared).sum()
left.backward()
print(x.grad)
try:
    right.backward()
except RuntimeError as e:
    print("freed:", str(e).split("(")[0])
shared = x.exp()
left, right = (shared * 2).sum(), (shared * shared).sum()
left.backward(retain_graph=True)
right.backward()
print(x.grad)
plain = x + 1
a, b = plain.sum(), (plain * 2).sum()
a.backward()
b.backward()
print(x.grad)
y = x * x
print(torch.autograd.grad(y.sum(), x), y.grad_fn.next_functions[0][0].variable is x)
try:
    y.grad_fn._saved_self
except RuntimeError as e:
    print(str(e).split("(")[0])
print(y.grad_fn.next_functions[0][0].name(), y)
z = (x * 3).sum()
z.backward()
z.backward()
print(x.grad)
""",
    "what backward does to the leaves of a view": """
base = torch.arange(6.0, requires_grad=True)
m = base.view(2, 3)
row, col = m[0], m[:, 1]
row.retain_grad()
col.retain_grad()
(row.sum() * 2 + (col ** 2).sum()).backward()
print(row.grad, col.grad, base.grad)
part = base[2:4]
print(part._base is base, part.is_leaf, part._is_view(), m.t()._base is base)
d = base.detach()
print(d._base, d._is_view(), d[1:]._base is d)
with torch.no_grad():
    d[0] = 100
print(base, base._version, d._version, m._version)
base.grad = None
m.sum().backward()
print(base.grad)
c = base.clone()
e = c.view(3, 2)
e[0] = 0
print(c, c.grad_fn.name(), e.grad_fn.name(), c._version)
(c * torch.arange(6.0)).sum().backward()
print(base.grad)
""",
    "a recurrent net through time, cut off": """
Wx = torch.tensor([[0.5], [-0.3]], dtype=torch.float64, requires_grad=True)
Wh = torch.tensor([[0.1, 0.4], [-0.2, 0.3]], dtype=torch.float64, requires_grad=True)
h = torch.zeros(2, 1, dtype=torch.float64)
xs = torch.tensor([1.0, -1.0, 0.5, 2.0, 0.0, 1.5], dtype=torch.float64)
for start in range(0, 6, 2):
    h = h.detach()
    for x in xs[start:start + 2]:
        h = torch.tanh(Wx * x + Wh @ h)
    loss = (h ** 2).sum()
    g = torch.autograd.grad(loss, (Wx, Wh))
    print(f"{loss.item():.6f}", g[0].flatten(), g[1].flatten())
h = torch.zeros(2, 1, dtype=torch.float64)
states = []
for x in xs:
    h = torch.tanh(Wx * x + Wh @ h)
    h.retain_grad()
    states.append(h)
(h ** 2).sum().backward()
for state in states:
    print(state.grad.flatten())
print(Wx.grad.flatten(), Wh.grad.flatten())
""",
    "attention by hand beside the real one": """
q = torch.tensor([[1.0, 0.0], [0.5, -1.0]], dtype=torch.float64, requires_grad=True)
k = torch.tensor([[0.2, 0.3], [1.0, 1.0], [-0.5, 0.1]], dtype=torch.float64, requires_grad=True)
v = torch.tensor([[1.0], [2.0], [3.0]], dtype=torch.float64, requires_grad=True)
scores = q @ k.mT / 2 ** 0.5
weights = scores.softmax(-1)
out = weights @ v
g = torch.autograd.grad(out.sum(), (q, k, v), retain_graph=True)
print(out, *g, sep="\\n")
real = torch.nn.functional.scaled_dot_product_attention(q, k, v)
r = torch.autograd.grad(real.sum(), (q, k, v))
print(torch.allclose(out, real), [torch.allclose(a, b) for a, b in zip(g, r)])
mask = torch.tensor([[True, False, True], [True, True, False]])
masked = scores.masked_fill(~mask, float("-inf")).softmax(-1)
print(masked)
print(torch.autograd.grad((masked @ v).sum(), (q, v)))
print(weights.sum(-1), weights.argmax(-1), (weights * weights.log()).sum(-1).neg())
""",
    "cross entropy, unrolled": """
logits = torch.tensor([[2.0, 0.5, -1.0], [0.1, 0.2, 0.3]], dtype=torch.float64, requires_grad=True)
target = torch.tensor([0, 2])
F = torch.nn.functional
by_hand = -logits.log_softmax(1)[torch.arange(2), target].mean()
nll = F.nll_loss(F.log_softmax(logits, 1), target)
ce = F.cross_entropy(logits, target)
onehot = F.one_hot(target, 3).double()
soft = F.cross_entropy(logits, onehot)
lse = (logits.logsumexp(1) - (logits * onehot).sum(1)).mean()
for loss in (by_hand, nll, ce, soft, lse):
    print(f"{loss.item():.10f}", loss.grad_fn.name(), torch.autograd.grad(loss, logits)[0][0])
print((logits.softmax(1) - onehot) / 2)
weight = torch.tensor([1.0, 2.0, 0.5], dtype=torch.float64)
for kw in (dict(weight=weight), dict(label_smoothing=0.1), dict(reduction="sum"), dict(reduction="none"), dict(ignore_index=2)):
    loss = F.cross_entropy(logits, target, **kw)
    print(kw.keys(), loss, torch.autograd.grad(loss.sum(), logits)[0][1])
""",
    "batch norm: what moves and what is learned": """
bn = torch.nn.BatchNorm1d(2, momentum=0.5).double()
x = torch.tensor([[1.0, 8.0], [3.0, 32.0], [8.0, 8.0]], dtype=torch.float64, requires_grad=True)
print(dict(bn.named_buffers()))
y = bn(x)
print(y, y.grad_fn.name(), bn.running_mean, bn.running_var, bn.num_batches_tracked)
(y * torch.tensor([[1.0], [2.0], [4.0]], dtype=torch.float64)).sum().backward()
print(x.grad, x.grad.sum(0).abs().max() < 1e-12, bn.weight.grad, bn.bias.grad)
mean, var = x.mean(0), x.var(0, unbiased=False)
print(torch.allclose((x - mean) / (var + bn.eps).sqrt(), y), x.var(0))
bn.eval()
z = bn(x)
print(z, bn.num_batches_tracked)
print(torch.autograd.grad(z.sum(), x)[0])
bn.train()
with torch.no_grad():
    bn(x)
print(bn.running_mean, bn.num_batches_tracked, list(bn.state_dict()))
try:
    bn(x[:1])
except ValueError as e:
    print(e)
""",
    "dropout and its mask": """
torch.manual_seed(1)
x = torch.ones(8, requires_grad=True)
y = torch.nn.functional.dropout(x, 0.25)
y.sum().backward()
print(y, x.grad, torch.equal(y, x.grad))
drop = torch.nn.Dropout(0.5)
print(drop, drop.training)
a, b = drop(x), drop(x)
print(torch.equal(a, b), a.detach().unique().tolist())
drop.eval()
print(drop(x) is x, torch.equal(drop(x), x))
print(torch.nn.functional.dropout(x, 0.0).sum(), torch.nn.functional.dropout(x, 1.0).sum())
for p in (-0.1, 1.1):
    try:
        torch.nn.functional.dropout(x, p)
    except ValueError as e:
        print(e)
torch.manual_seed(5)
first = torch.nn.functional.dropout(x, 0.5)
torch.manual_seed(5)
print(torch.equal(first, torch.nn.functional.dropout(x, 0.5)))
""",
    "embedding: rows that are learned": """
table = torch.nn.Embedding(5, 2, padding_idx=0)
with torch.no_grad():
    table.weight.copy_(torch.arange(10.0).reshape(5, 2))
print(table, table.weight[0])
ids = torch.tensor([[1, 3, 0], [3, 3, 2]])
out = table(ids)
print(out.shape, out.grad_fn.name(), out[0])
(out * torch.tensor([1.0, 10.0])).sum().backward()
print(table.weight.grad)
onehot = torch.nn.functional.one_hot(ids, 5).float() @ table.weight
print(torch.equal(onehot, out))
table.zero_grad()
table(ids).mean(1).pow(2).sum().backward()
print(table.weight.grad)
try:
    table(torch.tensor([5]))
except IndexError as e:
    print(e)
scaled = torch.nn.functional.embedding(ids, table.weight, scale_grad_by_freq=True)
print(torch.autograd.grad(scaled.sum(), table.weight)[0])
""",
    "weight sharing": """
lin = torch.nn.Linear(3, 3, bias=False).double()
with torch.no_grad():
    lin.weight.copy_(torch.tensor([[0.1, 0.2, 0.0], [0.0, -0.3, 0.4], [0.5, 0.0, 0.1]]))
x = torch.tensor([[1.0, 2.0, 3.0]], dtype=torch.float64)
class Tied(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.a = lin
        self.b = lin
    def forward(self, x):
        return self.b(torch.tanh(self.a(x))) @ self.a.weight.T
net = Tied()
print(len(list(net.parameters())), [name for name, _ in net.named_parameters()], len(net.state_dict()))
print([name for name, _ in net.named_parameters(remove_duplicate=False)])
runs = []
lin.weight.register_post_accumulate_grad_hook(lambda p: runs.append(p.grad.norm().item()))
lin.weight.register_hook(lambda g: runs.append("hook"))
net(x).sum().backward()
print(len(runs), runs[0], lin.weight.grad)
copies = [lin.weight.detach().clone().requires_grad_() for _ in range(3)]
out = (torch.tanh(x @ copies[0].T) @ copies[1].T) @ copies[2]
parts = torch.autograd.grad(out.sum(), copies)
print(torch.allclose(sum(parts), lin.weight.grad))
""",
    "freezing, thawing and parameter groups": """
net = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Tanh(), torch.nn.Linear(2, 1)).double()
with torch.no_grad():
    for p in net.parameters():
        p.fill_(0.5)
for p in net[0].parameters():
    p.requires_grad_(False)
opt = torch.optim.SGD([{"params": net[0].parameters(), "lr": 0.1}, {"params": net[2].parameters()}], lr=1.0, momentum=0.9)
x = torch.tensor([[1.0, -1.0], [0.5, 2.0]], dtype=torch.float64)
for step in range(3):
    if step == 2:
        net[0].requires_grad_(True)
    opt.zero_grad()
    loss = (net(x) - 1).pow(2).mean()
    loss.backward()
    print(step, f"{loss.item():.8f}", [p.grad is None for p in net.parameters()])
    opt.step()
print([p.flatten().tolist() for p in net.parameters()][2])
print([len(group["params"]) for group in opt.param_groups], [group["lr"] for group in opt.param_groups], len(opt.state))
print(net[0].weight, net[0].weight.grad)
""",
    "gradient clipping by value and by norm": """
w = [torch.tensor([3.0, -4.0], requires_grad=True), torch.tensor([[12.0]], requires_grad=True)]
def loss():
    return sum((p ** 2).sum() for p in w) / 2
loss().backward()
print([p.grad for p in w])
print(torch.nn.utils.clip_grad_norm_(w, 1.0))
print([p.grad for p in w])
print(torch.nn.utils.clip_grad_norm_(w, 10.0), [p.grad for p in w])
for p in w:
    p.grad = None
loss().backward()
torch.nn.utils.clip_grad_value_(w, 3.5)
print([p.grad for p in w])
print(torch.nn.utils.clip_grad_norm_(w, 1.0, norm_type=float("inf")), [p.grad for p in w])
print(torch.nn.utils.clip_grad_norm_([], 1.0))
w[0].grad[0] = float("nan")
print(torch.nn.utils.clip_grad_norm_(w, 1.0), w[1].grad)
try:
    torch.nn.utils.clip_grad_norm_(w, 1.0, error_if_nonfinite=True)
except RuntimeError as e:
    print(str(e)[:80])
vector = torch.nn.utils.parameters_to_vector(w)
print(vector, vector.grad_fn.name())
torch.nn.utils.vector_to_parameters(torch.arange(3.0), w)
print(w)
""",
    "a scheduler beside an optimizer": """
p = torch.tensor([1.0], dtype=torch.float64, requires_grad=True)
opt = torch.optim.SGD([p], lr=0.1)
sched = torch.optim.lr_scheduler.StepLR(opt, step_size=2, gamma=0.5)
for epoch in range(5):
    opt.zero_grad()
    (p ** 2).sum().backward()
    opt.step()
    sched.step()
    print(epoch, p.item(), sched.get_last_lr(), opt.param_groups[0]["lr"])
state = opt.state_dict()
print(state["param_groups"][0]["lr"], sorted(sched.state_dict())[:3])
other = torch.optim.SGD([p], lr=9.0)
other.load_state_dict(state)
print(other.param_groups[0]["lr"])
warm = torch.optim.lr_scheduler.LambdaLR(torch.optim.Adam([p], lr=1.0), lambda e: min(1.0, (e + 1) / 4))
rates = []
for _ in range(5):
    rates.append(warm.get_last_lr()[0])
    warm.optimizer.step()
    warm.step()
print(rates)
""",
}
