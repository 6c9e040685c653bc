"""More stories in the manner of PyTorch's notes: functions by hand, hooks on what is saved, training, and the odd corners of it all."""

from __future__ import annotations

SCRIPTS = {
    "extending: a linear layer of one's own, as function and module": """
class LinearFunction(torch.autograd.Function):
    @staticmethod
    def forward(input, weight, bias):
        output = input.mm(weight.t())
        if bias is not None:
            output += bias.unsqueeze(0).expand_as(output)
        return output
    @staticmethod
    def setup_context(ctx, inputs, output):
        input, weight, bias = inputs
        ctx.save_for_backward(input, weight, bias)
    @staticmethod
    def backward(ctx, grad_output):
        input, weight, bias = ctx.saved_tensors
        grad_input = grad_weight = grad_bias = None
        if ctx.needs_input_grad[0]:
            grad_input = grad_output.mm(weight)
        if ctx.needs_input_grad[1]:
            grad_weight = grad_output.t().mm(input)
        if bias is not None and ctx.needs_input_grad[2]:
            grad_bias = grad_output.sum(0)
        return grad_input, grad_weight, grad_bias
class Linear(torch.nn.Module):
    def __init__(self, n, m, bias=True):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.linspace(-1, 1, n * m, dtype=torch.float64).reshape(m, n))
        self.register_parameter("bias", torch.nn.Parameter(torch.zeros(m, dtype=torch.float64)) if bias else None)
    def forward(self, x):
        return LinearFunction.apply(x, self.weight, self.bias)
    def extra_repr(self):
        return f"in_features={self.weight.shape[1]}, out_features={self.weight.shape[0]}, bias={self.bias is not None}"
layer = Linear(3, 2)
print(layer, [name for name, _ in layer.named_parameters()])
x = torch.tensor([[1.0, 2.0, 3.0]], dtype=torch.float64)
layer(x).sum().backward()
print(layer.weight.grad, layer.bias.grad)
print(Linear(3, 2, bias=False), LinearFunction.apply(x, layer.weight, None).grad_fn.next_functions)
print(torch.autograd.gradcheck(LinearFunction.apply, (x.clone().requires_grad_(), layer.weight, layer.bias)))
""",
    "extending: constants, and None for what has no gradient": """
class MulConstant(torch.autograd.Function):
    @staticmethod
    def forward(tensor, constant):
        return tensor * constant
    @staticmethod
    def setup_context(ctx, inputs, output):
        tensor, constant = inputs
        ctx.constant = constant
    @staticmethod
    def backward(ctx, grad_output):
        return grad_output * ctx.constant, None
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = MulConstant.apply(x, 2.5)
print(y, y.grad_fn.constant, y.grad_fn.saved_tensors)
y.sum().backward()
print(x.grad)
class Quiet(MulConstant):
    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.set_materialize_grads(False)
        ctx.constant = inputs[1]
    @staticmethod
    def backward(ctx, grad_output):
        print("grad_output", grad_output)
        return (None, None) if grad_output is None else (grad_output * ctx.constant, None)
z = Quiet.apply(x, 3.0)
print(type(z.grad_fn).__name__, z.grad_fn.name(), torch.autograd.grad(z.sum(), x))
class Wrong(MulConstant):
    @staticmethod
    def backward(ctx, grad_output):
        return grad_output
try:
    Wrong.apply(x, 2.0).sum().backward()
except RuntimeError as e:
    print(e)
class Shape(MulConstant):
    @staticmethod
    def backward(ctx, grad_output):
        return grad_output[:1].expand(3), None
try:
    Shape.apply(x, 2.0).sum().backward()
except RuntimeError as e:
    print(str(e).split("\\n")[0])
""",
    "extending: inputs that are changed in place": """
class AddOne(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        x.add_(1)
        ctx.mark_dirty(x)
        return x
    @staticmethod
    def backward(ctx, g):
        return g * 10
a = torch.tensor([1.0, 2.0], requires_grad=True)
b = a * 1
c = AddOne.apply(b)
print(c is b, b, b._version, b.grad_fn.name(), [fn.name() for fn, _ in b.grad_fn.next_functions])
b.sum().backward()
print(a.grad)
try:
    AddOne.apply(a)
except RuntimeError as e:
    print(str(e).split("\\n")[0])
with torch.no_grad():
    print(AddOne.apply(a), a)
v = (a * 2).view(2, 1)
w = v[0]
try:
    print(AddOne.apply(w), v.grad_fn.name())
    v.sum().backward()
    print(a.grad)
except RuntimeError as e:
    print(str(e).split("\\n")[0])
""",
    "extending: many outputs, some not differentiable": """
class SortWithGaps(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        values, order = x.sort()
        gaps = values[1:] - values[:-1]
        ctx.mark_non_differentiable(order)
        ctx.save_for_backward(order)
        ctx.n = x.numel()
        return values, order, gaps
    @staticmethod
    def backward(ctx, g_values, g_order, g_gaps):
        order, = ctx.saved_tensors
        print("grads", g_values, g_order, g_gaps)
        total = g_values.clone()
        total[1:] += g_gaps
        total[:-1] -= g_gaps
        out = torch.zeros_like(total)
        out[order] = total
        return out
x = torch.tensor([3.0, 1.0, 2.5], dtype=torch.float64, requires_grad=True)
values, order, gaps = SortWithGaps.apply(x)
print(values, order, gaps, order.requires_grad, gaps.requires_grad)
print([t._output_nr if hasattr(t, "_output_nr") else t.output_nr for t in (values, gaps)])
gaps[1].backward(retain_graph=True)
print(x.grad)
x.grad = None
(values * torch.arange(3)).sum().backward()
print(x.grad)
print(torch.autograd.gradcheck(lambda x: SortWithGaps.apply(x)[2], (x,)))
""",
    "extending: a function of one's own under torch.func": """
class Sine(torch.autograd.Function):
    @staticmethod
    def forward(x):
        return x.sin()
    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)
        ctx.save_for_forward(*inputs)
    @staticmethod
    def backward(ctx, g):
        x, = ctx.saved_tensors
        return g * x.cos()
    @staticmethod
    def jvp(ctx, t):
        x, = ctx.saved_tensors
        return t * x.cos()
x = torch.tensor([0.0, 1.0], dtype=torch.float64, requires_grad=True)
print(torch.autograd.grad(Sine.apply(x).sum(), x))
print(torch.func.grad(lambda x: Sine.apply(x).sum())(x.detach()))
print(torch.func.vjp(Sine.apply, x.detach())[1](torch.ones(2, dtype=torch.float64)))
""",
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
}
