"""What people ask in forums: why is my gradient None, zero, nan, wrong; what did I overwrite; which of two spellings is right."""

SCRIPTS = {
    "why is my gradient None: the weight was moved": """
w = torch.ones(2, requires_grad=True).double()
(w * 2).sum().backward()
print(w.is_leaf, w.grad_fn)
v = torch.ones(2).double().requires_grad_()
(v * 2).sum().backward()
print(v.is_leaf, v.grad)
u = torch.ones(2, dtype=torch.float64, requires_grad=True)
(u * 2).sum().backward()
print(u.grad)
""",
    "why is my gradient None: the update made a new tensor": """
w = torch.tensor([1.0, 2.0], requires_grad=True)
for step in range(2):
    loss = (w ** 2).sum()
    loss.backward()
    print(step, w.grad)
    if w.grad is None:
        break
    with torch.no_grad():
        w = w - 0.1 * w.grad
    print(w.requires_grad, w.is_leaf)
    w.requires_grad_()
""",
    "why is my gradient None: item and numpy": """
w = torch.tensor([1.0, 2.0], requires_grad=True)
a = torch.tensor(sum((w * 3).tolist()), requires_grad=True)
a.backward()
print(w.grad, a.grad)
b = torch.from_numpy((w * 3).detach().numpy()).requires_grad_()
b.sum().backward()
print(w.grad, b.grad)
(w * 3).sum().backward()
print(w.grad)
""",
    "why is my gradient zero": """
x = torch.tensor([-1.0, 2.0, 7.0], requires_grad=True)
for name, y in dict(round=x.round(), relu=(x - 10).relu(), clamp=x.clamp(3, 5), sign=x.sign(), floor=x.floor(), int=x.long().float(),
          compare=(x > 0).float(), detach=x.detach() + 0 * x).items():
    if y.requires_grad:
        print(name, torch.autograd.grad(y.sum(), x)[0], y.grad_fn.name())
    else:
        print(name, "does not require grad")
""",
    "why is my gradient nan": """
x = torch.tensor([0.0, 4.0], requires_grad=True)
for name, y in dict(sqrt=x.sqrt(), norm0=(x * 0).norm(), log=x.log() * x, div=x / x, pow=x ** 0.5, std=x[:1].std(unbiased=False),
          where=torch.where(x > 0, x / x, x), acos=torch.acos(x / 4), xlogx=torch.xlogy(x, x), atan2=torch.atan2(x * 0, x * 0)).items():
    print(name, y.detach(), torch.autograd.grad(y.sum(), x)[0])
eps = 1e-6
print(torch.autograd.grad((x + eps).sqrt().sum(), x)[0], torch.autograd.grad(x.clamp(min=eps).sqrt().sum(), x)[0])
""",
    "products with zeros in them": """
for values in ([2.0, 3.0, 4.0], [2.0, 0.0, 4.0], [0.0, 0.0, 4.0]):
    x = torch.tensor(values, dtype=torch.float64, requires_grad=True)
    print(torch.autograd.grad(x.prod(), x)[0], torch.autograd.grad(x.prod(0), x)[0], torch.autograd.grad(x.cumprod(0).sum(), x)[0])
    g, = torch.autograd.grad(x.prod(), x, create_graph=True)
    print(g.grad_fn is not None, torch.autograd.grad(g.sum(), x)[0])
""",
    "masks with -inf": """
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
mask = torch.tensor([True, True, False])
scores = x.masked_fill(~mask, float("-inf"))
p = torch.softmax(scores, 0)
print(p)
p[0].backward()
print(x.grad)
all_masked = torch.full((3,), float("-inf"))
print(torch.softmax(all_masked, 0), torch.logsumexp(all_masked, 0), torch.log_softmax(scores, 0).detach())
x.grad = None
torch.logsumexp(x.masked_fill(~mask, float("-inf")), 0).backward()
print(x.grad)
""",
    "loss shapes that broadcast": """
import warnings
F = torch.nn.functional
pred = torch.tensor([[1.0], [2.0], [3.0]], requires_grad=True)
target = torch.tensor([1.0, 2.0, 3.0])
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    wrong = F.mse_loss(pred, target)
right = F.mse_loss(pred.squeeze(1), target)
hand = ((pred - target) ** 2)
print(wrong, right, hand.shape, hand.mean())
print(torch.autograd.grad(wrong, pred)[0].flatten(), torch.autograd.grad(right, pred)[0].flatten())
""",
    "view, reshape, permute": """
x = torch.arange(6.0).view(2, 3)
print(x.view(3, 2), x.t(), x.reshape(3, 2))
try:
    x.t().view(6)
except RuntimeError as e:
    print(str(e).split("\\n")[0])
print(x.t().contiguous().view(6), x.t().reshape(6), x.permute(1, 0).is_contiguous())
img = torch.arange(12).view(2, 2, 3)
print(img.permute(2, 0, 1).shape, img.permute(2, 0, 1)[0], img.view(3, 2, 2)[0])
""",
    "detach, data, no_grad: three ways to look": """
w = torch.tensor([1.0, 2.0], requires_grad=True)
a, b = w.detach(), w.data
with torch.no_grad():
    c = w * 1
print(a.requires_grad, b.requires_grad, c.requires_grad)
out = w.exp()
a[0] = 5.0
print(w, a, b, c)
print(w._version, a._version, b._version)
out.sum().backward()
print(w.grad)
out = w * w
w.detach().zero_()
try:
    out.sum().backward()
except RuntimeError as e:
    print(str(e).split(":")[0])
""",
    "sum of losses, list of losses": """
w = torch.tensor(2.0, requires_grad=True)
losses = [w * i for i in range(1, 4)]
total = torch.stack(losses).sum()
print(total, total.grad_fn.next_functions[0][0].name(), len(total.grad_fn.next_functions[0][0].next_functions))
total.backward(retain_graph=True)
print(w.grad)
w.grad = None
for l in losses:
    try:
        l.backward()
        print(w.grad)
    except RuntimeError as e:
        print(str(e)[:40])
""",
    "layers in a plain list": """
nn = torch.nn
class Wrong(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(1, 1), nn.Linear(1, 1)]
class Right(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(1, 1), nn.Linear(1, 1)])
        self.plain = torch.ones(1, requires_grad=True)
        self.param = nn.Parameter(torch.ones(1))
print(len(list(Wrong().parameters())), len(list(Right().parameters())), [n for n, _ in Right().named_parameters()])
print(Wrong(), Right())
""",
    "calling forward, calling the module": """
nn = torch.nn
class M(nn.Module):
    def forward(self, x):
        return x * 2
m = M()
m.register_forward_hook(lambda mod, args, out: print("hook", out))
print(m.forward(torch.tensor(1.0)))
print(m(torch.tensor(1.0)))
""",
    "the gradient with respect to the input": """
nn = torch.nn
net = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 1))
with torch.no_grad():
    for p in net.parameters():
        p.fill_(0.5)
x = torch.tensor([[1.0, -3.0], [2.0, 1.0]], requires_grad=True)
net(x).sum().backward()
print(x.grad)
x2 = x.detach().clone().requires_grad_()
for p in net.parameters():
    p.requires_grad_(False)
net(x2).sum().backward()
print(x2.grad, net[0].weight.grad is not None)
print(torch.autograd.grad(net(x2)[0], x2)[0])
""",
    "step before backward, zero_grad in the wrong place": """
w = torch.nn.Parameter(torch.tensor(1.0))
opt = torch.optim.SGD([w], lr=0.1)
opt.step()
print(w.item())
loss = w ** 2
loss.backward()
opt.zero_grad()
opt.step()
print(w.item(), w.grad)
loss = w ** 2
opt.zero_grad()
loss.backward()
opt.step()
print(f"{w.item():.4f}")
""",
    "a custom loss": """
nn = torch.nn
class Weighted(nn.Module):
    def __init__(self, weight):
        super().__init__()
        self.register_buffer("weight", weight)
    def forward(self, pred, target):
        return (self.weight * (pred - target) ** 2).mean()
loss = Weighted(torch.tensor([1.0, 10.0]))
pred = torch.tensor([[1.0, 2.0], [0.0, -1.0]], requires_grad=True)
value = loss(pred, torch.zeros(2, 2))
value.backward()
print(value, pred.grad, list(loss.parameters()), list(loss.state_dict()))
""",
    "a loss with a constraint that uses max": """
w = torch.tensor([0.5, 2.0, -1.0], requires_grad=True)
penalty = torch.max(torch.tensor(0.0), w.norm() - 1)
penalty.backward()
print(penalty, w.grad)
w.grad = None
hinge = torch.clamp(1 - w, min=0).sum()
hinge.backward()
print(hinge, w.grad)
w.grad = None
torch.relu(1 - w).pow(2).sum().backward()
print(w.grad)
""",
    "one parameter used in two networks": """
nn = torch.nn
shared = nn.Linear(2, 2, bias=False)
with torch.no_grad():
    shared.weight.copy_(torch.eye(2))
a = nn.Sequential(shared, nn.ReLU())
b = nn.Sequential(shared, nn.Tanh())
x = torch.tensor([[0.5, 2.0]])
a(x).sum().backward()
print(shared.weight.grad)
b(x).sum().backward()
print(shared.weight.grad)
print(len(list(nn.ModuleList([a, b]).parameters())), a[0] is b[0])
""",
    "index assignment against torch.where and scatter": """
x = torch.tensor([1.0, -2.0, 3.0], requires_grad=True)
def a():
    y = x.clone()
    y[y < 0] = 0
    return y
def b():
    return torch.where(x < 0, torch.zeros_like(x), x)
def c():
    return x * (x >= 0)
def d():
    return x.masked_fill(x < 0, 0.0)
def e():
    return torch.zeros(3).scatter(0, torch.tensor([0, 2]), x[[0, 2]])
def f():
    return torch.zeros(3).index_put((torch.tensor([0, 2]),), x[[0, 2]])
for make in (a, b, c, d, e, f):
    y = make()
    print(make.__name__, y.detach(), torch.autograd.grad((y * torch.tensor([1.0, 2.0, 3.0])).sum(), x)[0], y.grad_fn.name())
""",
    "repeat, expand and tile": """
x = torch.tensor([[1.0], [2.0]], requires_grad=True)
for name, y in dict(expand=x.expand(2, 3), repeat=x.repeat(1, 3), tile=x.tile((1, 3)), interleave=x.repeat_interleave(3, 1),
          broadcast=x.broadcast_to(2, 3), mul=x * torch.ones(3), cat=torch.cat([x] * 3, 1)).items():
    print(name, y.stride(), y.grad_fn.name(), torch.autograd.grad((y * torch.tensor([1.0, 2.0, 3.0])).sum(), x)[0].flatten())
""",
    "squeeze surprises": """
x = torch.zeros(1, 2, 1, requires_grad=True)
print(x.squeeze().shape, x.squeeze(0).shape, x.squeeze(1).shape, x.squeeze(-1).shape, x.squeeze((0, 2)).shape)
print(x.squeeze().grad_fn, x.squeeze(1).grad_fn, x.squeeze((0, 2)).grad_fn)
one = torch.zeros(1, 1)
print(one.squeeze().shape, one.squeeze()[None].shape, one.unsqueeze(-1).shape, one[..., None].shape)
print(torch.zeros(1, 3).squeeze().shape == torch.zeros(2, 3).squeeze().shape)
""",
    "mean of means": """
x = torch.arange(6.0).view(2, 3).requires_grad_()
print(x.mean(), x.mean(0).mean(), x[:1].mean() / 2 + x[1:].mean() / 2)
m = x.mean(dim=1, keepdim=True)
centered = x - m
print(centered, torch.autograd.grad((centered ** 2).sum(), x)[0])
print(torch.autograd.grad(((x - m.detach()) ** 2).sum(), x)[0])
""",
    "softmax by hand": """
def softmax(x):
    e = torch.exp(x - x.max(dim=-1, keepdim=True).values)
    return e / e.sum(-1, keepdim=True)
x = torch.tensor([[1.0, 2.0, 4.0]], dtype=torch.float64, requires_grad=True)
w = torch.tensor([[1.0, 0.0, 2.0]], dtype=torch.float64)
a, b = softmax(x), torch.softmax(x, -1)
print(torch.allclose(a, b), torch.autograd.grad((a * w).sum(), x)[0], torch.autograd.grad((b * w).sum(), x)[0])
p = b[0].detach()
print(torch.diag(p) - torch.outer(p, p))
""",
    "hessian of a softmax loss": """
F = torch.nn.functional
def loss(z):
    return F.cross_entropy(z[None], torch.tensor([1]))
z = torch.tensor([0.5, -0.5, 1.0], dtype=torch.float64)
H = torch.autograd.functional.hessian(loss, z)
p = torch.softmax(z, 0)
print(H, torch.allclose(H, torch.diag(p) - torch.outer(p, p)))
""",
    "the derivative of an inverse": """
A = torch.tensor([[2.0, 1.0], [0.5, 3.0]], dtype=torch.float64, requires_grad=True)
B = torch.linalg.inv(A)
B[0, 1].backward()
Bd = B.detach()
print(B, A.grad)
print(torch.allclose(A.grad, -torch.outer(Bd[0], Bd[:, 1])))
A.grad = None
torch.linalg.det(A).backward()
print(A.grad, torch.allclose(A.grad, torch.linalg.det(A).detach() * Bd.T))
""",
    "counting what is kept": """
kept = []
def pack(t):
    kept.append(tuple(t.shape))
    return t
x = torch.ones(2, 3, requires_grad=True)
w = torch.ones(3, 4, requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t):
    h = torch.relu(x @ w)
    y = (h * h).mean() + h.sum()
print(kept)
kept.clear()
with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t), torch.no_grad():
    torch.relu(x @ w)
print(kept)
""",
    "dividing work: two graphs that share a leaf": """
w = torch.tensor([1.0, 2.0], requires_grad=True)
first, second = (w * 2).sum(), (w ** 2).sum()
g1 = torch.autograd.grad(first, w)[0]
g2 = torch.autograd.grad(second, w)[0]
print(g1, g2, w.grad)
cos = torch.dot(g1, g2) / (g1.norm() * g2.norm())
print(cos)
w.grad = g1 + g2
torch.optim.SGD([w], lr=0.5).step()
print(w)
""",
    "random masks and reproducibility": """
torch.manual_seed(0)
a = torch.nn.functional.dropout(torch.ones(10), 0.3)
torch.manual_seed(0)
b = torch.nn.functional.dropout(torch.ones(10), 0.3)
print(torch.equal(a, b), a)
torch.manual_seed(0)
mask = (torch.rand(10) > 0.3).float()
print(mask, torch.rand(1))
""",
    "integer indices that need a gradient": """
logits = torch.tensor([1.0, 3.0, 2.0], requires_grad=True)
i = logits.argmax()
print(i, i.requires_grad)
try:
    i.backward()
except RuntimeError as e:
    print(str(e).split("\\n")[0])
logits[i].backward()
print(logits.grad)
logits.grad = None
soft = (torch.softmax(logits * 2, 0) * torch.arange(3.0)).sum()
soft.backward()
print(soft, logits.grad)
""",
    "type as, new tensors like another": """
x = torch.tensor([1.5, 2.5], dtype=torch.float64, requires_grad=True)
for y in (torch.zeros_like(x), torch.ones_like(x), torch.full_like(x, 2), torch.empty_like(x).fill_(1), x.new_zeros(2), x.new_tensor([1,
          2]), torch.rand_like(x) * 0, torch.arange(2).type_as(x), torch.arange(2).to(x)):
    print(y, y.requires_grad)
print(torch.zeros_like(x, requires_grad=True), torch.zeros_like(x, dtype=torch.int64), x.detach().new_ones(1, dtype=torch.float32))
""",
    "gradient of a value read from a table": """
table = torch.tensor([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]], requires_grad=True)
i = torch.tensor([2, 0, 2])
for y in (table[i], table.index_select(0, i), torch.nn.functional.embedding(i, table), torch.nn.functional.one_hot(i, 3).float() @ table):
    print(y.grad_fn.name(), torch.autograd.grad((y * torch.tensor([[1.0, 10.0]])).sum(), table)[0])
""",
    "in-place on the input of a layer": """
nn = torch.nn
lin = nn.Linear(2, 2, bias=False)
with torch.no_grad():
    lin.weight.copy_(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
x = torch.ones(1, 2)
y = lin(x)
x.mul_(2)
try:
    y.sum().backward()
except RuntimeError as e:
    print(str(e).split(": [")[0])
y = lin(x)
y += 1
y.relu_()
y.sum().backward()
print(lin.weight.grad)
""",
    "a tensor that is never used again": """
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x.exp()
z = y.log()
y = None
z.sum().backward()
print(x.grad)
def build():
    h = x * 3
    return h.sin()
out = build()
out.sum().backward()
print(x.grad)
""",
    "comparing gradients of two spellings": """
x = torch.tensor([0.5, 1.5, -0.5], dtype=torch.float64, requires_grad=True)
pairs = {"square": (x * x, x ** 2), "sigmoid": (1 / (1 + torch.exp(-x)), torch.sigmoid(x)),
          "tanh": ((x.exp() - (-x).exp()) / (x.exp() + (-x).exp()), x.tanh()), "logsumexp": (x.exp().sum().log(), x.logsumexp(0)),
          "var": (((x - x.mean()) ** 2).sum() / 2, x.var()), "norm": ((x * x).sum().sqrt(), x.norm()), "softplus": ((1 + x.exp()).log(),
          torch.nn.functional.softplus(x)), "max": (torch.where(x > 0.7, x, torch.full_like(x, 0.7)),
          x.clamp(min=0.7)), "abs": (torch.sqrt(x * x), x.abs())}
for name, (a, b) in pairs.items():
    ga, gb = torch.autograd.grad(a.sum(), x)[0], torch.autograd.grad(b.sum(), x)[0]
    print(name, torch.allclose(a, b), torch.allclose(ga, gb), a.grad_fn.name(), b.grad_fn.name())
""",
    "who owns a gradient": """
x = torch.ones(2, requires_grad=True)
y = torch.ones(2, requires_grad=True)
(x + y).sum().backward()
print(x.grad is y.grad, x.grad.data_ptr() == y.grad.data_ptr())
x.grad.add_(5)
print(x.grad, y.grad)
g = torch.ones(2)
(x + y).backward(g)
g.add_(100)
print(x.grad, y.grad)
""",
    "strides of gradients": """
x = torch.ones(2, 3, requires_grad=True)
(x.t() @ torch.ones(2, 2)).sum().backward()
print(x.grad.stride(), x.grad.is_contiguous())
w = torch.ones(3, 2).t().requires_grad_()
(w * 2).sum().backward()
print(w.stride(), w.grad.stride())
e = torch.ones(2, 3, requires_grad=True)
e.sum().backward()
print(e.grad.stride(), e.grad)
""",
}
