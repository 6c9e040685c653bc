"""The autograd mechanics note and what lies behind it: nodes, saved fields, accumulation, modes, order, freeing, views of views."""

SCRIPTS = {
    "saved tensors, the note": """
x = torch.randn(5, requires_grad=True)
y = x.pow(2)
print(x.equal(y.grad_fn._saved_self))
print(x is y.grad_fn._saved_self)
x = torch.randn(5, requires_grad=True)
y = x.exp()
print(y.equal(y.grad_fn._saved_result))
print(y is y.grad_fn._saved_result)
print(y.grad_fn._saved_result.grad_fn is y.grad_fn)
""",
    "gradients of what is not differentiable, the note": """
x = torch.tensor([0.0, 1.0, -1.0], requires_grad=True)
for f in (torch.relu, torch.abs, torch.sign, torch.floor, lambda t: t.clamp(-1, 1), lambda t: t.max(),
          lambda t: torch.nn.functional.relu6(t)):
    x.grad = None
    f(x).sum().backward()
    print(x.grad)
print(torch.autograd.grad(torch.sqrt(x).sum(), x))
print(torch.autograd.grad((x ** 0.5).sum(), x))
print(torch.autograd.grad(torch.log(x).sum(), x))
print(torch.autograd.grad(torch.acos(x).sum(), x))
""",
    "division by zero, masked": """
x = torch.tensor([1., 1.], requires_grad=True)
div = torch.tensor([0., 1.])
y = x / div
mask = div != 0
y[mask].backward()
print(x.grad)
x.grad = None
y = x / div
loss = torch.where(mask, y, torch.zeros_like(y)).sum()
loss.backward()
print(x.grad)
x.grad = None
safe = torch.where(mask, div, torch.ones_like(div))
(torch.where(mask, x / safe, torch.zeros_like(x))).sum().backward()
print(x.grad)
""",
    "the grad modes": """
x = torch.ones(2, requires_grad=True)
def state():
    return torch.is_grad_enabled(), torch.is_inference_mode_enabled()
print("default", state())
with torch.no_grad():
    print("no_grad", state())
    y = x * 2
    with torch.enable_grad():
        print("enable_grad", state(), (y * x).requires_grad)
    with torch.inference_mode():
        print("inference", state())
        with torch.enable_grad():
            print("enable_grad in inference", state(), (x * 2).requires_grad)
        with torch.inference_mode(False):
            print("inference off", state(), (x * 2).requires_grad)
with torch.inference_mode(mode=False):
    print("not inference", state())
print("after", state())
""",
    "modes as decorators, functions and generators": """
x = torch.ones(2, requires_grad=True)
@torch.no_grad()
def evaluate(t):
    "Evaluates."
    return t * 2
print(evaluate.__name__, evaluate.__doc__, evaluate(x).requires_grad)
@torch.no_grad()
def numbers(t):
    for i in range(2):
        yield torch.is_grad_enabled(), (t * i).requires_grad
for pair in numbers(x):
    print(pair, torch.is_grad_enabled())
@torch.set_grad_enabled(False)
def off(t):
    return t * 3
print(off(x).requires_grad, torch.is_grad_enabled())
class Model:
    @torch.no_grad()
    def predict(self, t):
        return t * 4
    @torch.enable_grad()
    def fit(self, t):
        return t * 5
with torch.no_grad():
    print(Model().predict(x).requires_grad, Model().fit(x).requires_grad)
""",
    "set_grad_enabled as a function": """
x = torch.ones(1, requires_grad=True)
old = torch.is_grad_enabled()
torch.set_grad_enabled(False)
print((x * 2).requires_grad)
_ = torch.set_grad_enabled(True)
print((x * 2).requires_grad, old)
with torch.set_grad_enabled(False):
    torch.set_grad_enabled(True)
    print((x * 2).requires_grad)
print(torch.is_grad_enabled())
def f():
    torch.set_grad_enabled(False)
f()
print(torch.is_grad_enabled())
torch.set_grad_enabled(True)
print(torch.set_grad_enabled(True).__class__.__name__)
""",
    "inference tensors": """
with torch.inference_mode():
    a = torch.ones(2)
    b = a + 1
    v = b[0]
    b.mul_(2)
print(a.is_inference(), b, v.is_inference(), b.requires_grad)
w = torch.ones(2, requires_grad=True)
for name, f in dict(add=lambda: w + a, mul=lambda: w * a, inplace=lambda: a.add_(1), view=lambda: a.view(2).is_inference(),
          clone=lambda: a.clone().is_inference(), req=lambda: a.requires_grad_(True), version=lambda: a._version,
                    setitem=lambda: a.__setitem__(0, 5.0), backward=lambda: (w * a.clone()).sum().backward(),
                    copy=lambda: w.detach().clone().copy_(a), detach=lambda: a.detach().is_inference()).items():
    try:
        print(name, f())
    except RuntimeError as e:
        print(name, "RuntimeError:", str(e).split("\\n")[0].split(". ")[0].split("\\n")[0])
print(w.grad)
with torch.inference_mode():
    print((w * 2).requires_grad, w.requires_grad, w.is_inference(), w.view(2).is_inference(), w.add_(1))
print(w)
""",
    "eval mode is not no_grad": """
nn = torch.nn
net = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.5)).eval()
y = net(torch.ones(1, 2))
print(y.requires_grad, net.training, net[1].training, torch.is_grad_enabled())
y.sum().backward()
print(net[0].weight.grad)
with torch.no_grad():
    net.train()
    print(net(torch.ones(1, 2)).requires_grad, net.training)
""",
    "who gets a grad": """
x = torch.ones(2)
w = torch.ones(2, requires_grad=True)
h = w * x
h2 = h.detach().requires_grad_()
loss = (h * 2 + h2 * 3).sum()
loss.backward()
for name, t in dict(x=x, w=w, h2=h2).items():
    print(name, t.is_leaf, t.requires_grad, t.grad)
print(h.is_leaf, h.requires_grad, h.retains_grad)
""",
    "requires_grad spreads": """
a = torch.ones(1, requires_grad=True)
b = torch.ones(1)
c = torch.ones(1)
print((a + b).requires_grad, (b + c).requires_grad, (b + c + a).requires_grad, torch.cat([b, c]).requires_grad, torch.cat([b,
          a]).requires_grad)
print((a > b).requires_grad, a.argmax().requires_grad, a.long().requires_grad, (a * 0).requires_grad, a.new_ones(1).requires_grad,
          torch.zeros_like(a).requires_grad, torch.empty_like(a, requires_grad=True).requires_grad)
m = torch.where(b > 0, a, b)
print(m.requires_grad, m.grad_fn, torch.where(b > 0, c, b).requires_grad)
t = torch.max(torch.stack([a, b]), dim=0)
print(t.values.requires_grad, t.indices.requires_grad)
""",
    "one graph, two backwards, parts freed": """
x = torch.tensor(2.0, requires_grad=True)
shared = x.exp()
a = shared * 2
b = shared + 1
b.backward()
print(x.grad)
try:
    a.backward()
except RuntimeError as e:
    print("RuntimeError:", str(e)[:58])
print(x.grad)
x.grad = None
shared = x + 1
a, b = shared * 2, shared * 3
a.backward()
b.backward()
print(x.grad)
""",
    "saved fields after they are freed": """
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = (x * 2).exp()
fn = y.grad_fn
mul = fn.next_functions[0][0]
print(fn._saved_result, mul._saved_other)
y.sum().backward()
for get in (lambda: fn._saved_result, lambda: mul._saved_self, lambda: mul._saved_other, lambda: fn.next_functions[0][0].name()):
    try:
        print(get())
    except RuntimeError as e:
        print("RuntimeError:", str(e)[:58])
s = x.sum(0, keepdim=True)
s.backward()
print(s.grad_fn._saved_dim, s.grad_fn._saved_keepdim, s.grad_fn._saved_self_sym_sizes)
""",
    "saved fields of many nodes": """
F = torch.nn.functional
x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
w = torch.tensor([[0.5, -0.5], [1.0, 1.0]], requires_grad=True)
b = torch.tensor([0.1, 0.2], requires_grad=True)
for y in (x @ w, x.pow(3), x.sum(1), x.mean(), x.max(1)[0], x.softmax(1), x.view(4), x.t(), x[0], x[:, 1:], x.clamp(1, 3), F.linear(x,
          w, b), x * 2, x + w, x.transpose(0, 1), x.unsqueeze(0), x.expand(2, 2, 2), torch.cat([x, w]), x[[0,
          0]],
          x.sqrt(), x.std(), F.mse_loss(x, w), x.log_softmax(-1), x.norm(), F.relu(x), x.masked_fill(x > 2, 0.0), x.cumsum(0), x.prod(),
          x.repeat(2, 1), torch.where(x > 2, x, w)):
    fn = y.grad_fn
    print(fn.name(), [(n[7:], v if not isinstance(v,
              torch.Tensor) else tuple(v.shape)) for n in dir(fn) if n.startswith("_saved_") for v in [getattr(fn, n)]])
""",
    "the order in which gradients arrive": """
names = []
def watch(t, name):
    t.register_hook(lambda g: names.append(name))
    return t
a = watch(torch.ones(1, requires_grad=True), "a")
b = watch(torch.ones(1, requires_grad=True), "b")
c = watch(a * 2, "c")
d = watch(b * 3, "d")
e = watch(c + d, "e")
f = watch(c * d, "f")
g = watch(e * f, "g")
g.backward()
print(names)
names.clear()
p = watch(a + 1, "p")
q = watch(a + 2, "q")
r = watch(a + 3, "r")
(r + q + p).backward()
print(names)
""",
    "a chain of ten thousand": """
x = torch.tensor(1.0, requires_grad=True)
y = x
for _ in range(10000):
    y = y + 0.0001
y.backward()
print(x.grad, round(y.item(), 2))
depth = 0
fn = (x + 1).grad_fn
z = x
for _ in range(2000):
    z = z * 1.0005
z.backward()
print(f"{x.grad.item():.3f}")
del y, z
""",
    "weak references to a graph": """
import gc
import weakref
x = torch.ones(3, requires_grad=True)
y = x * 2
ref = weakref.ref(y)
z = y.sum()
del y
print(ref() is None)
z.backward()
print(x.grad)
a = x * x
fn = a.grad_fn
del a
gc.collect()
print(fn.name(), fn._saved_self is x)
""",
    "the same tensor under several names": """
x = torch.ones(2, requires_grad=True)
alias = x
same = x.view(2)
copy = x.clone()
print(alias is x, same is x, copy is x, same._base is x, copy._base)
alias.grad = torch.full((2,), 5.0)
print(x.grad)
(alias * 1 + same * 10 + copy * 100).sum().backward()
print(x.grad)
""",
    "where a leaf's grad is written": """
x = torch.ones(2, requires_grad=True)
(x * 2).sum().backward()
g = x.grad
(x * 3).sum().backward()
print(g, x.grad is g)
x.grad = None
(x * 4).sum().backward()
print(g, x.grad)
seed = torch.tensor([1.0, 2.0])
x.grad = None
x.backward(seed)
print(x.grad, x.grad is seed)
seed.zero_()
print(x.grad)
x.backward(torch.ones(2), create_graph=False)
print(x.grad)
""",
    "grad with create_graph is itself in the graph": """
x = torch.tensor([1.0, 2.0], requires_grad=True)
(x ** 2).sum().backward(create_graph=True)
g = x.grad
print(g, g.requires_grad, g.grad_fn)
(x ** 3).sum().backward(create_graph=True)
print(x.grad, x.grad is g, x.grad.grad_fn)
x.grad.sum().backward()
print(x.grad)
x.grad = None
""",
    "undefined gradients": """
x = torch.ones(3, requires_grad=True)
a, b = x.split([1, 2])
a.sum().backward()
print(x.grad)
v, i = torch.ones(2, 2, requires_grad=True).max(0)
print(i.requires_grad)
y = torch.ones(2, 2, requires_grad=True)
q, r = torch.linalg.qr(y + torch.eye(2))
print(q.grad_fn is r.grad_fn, q.output_nr, r.output_nr)
t = torch.unbind(y)
(t[1] * 2).sum().backward()
print(y.grad)
""",
    "requires_grad_ in the middle of a program": """
w = torch.ones(2)
before = w * 2
w.requires_grad_()
after = w * 3
print(before.requires_grad, after.requires_grad)
(before + after).sum().backward()
print(w.grad)
w.requires_grad_(False)
print((w * 2).requires_grad, after.requires_grad, w.grad)
w.requires_grad_(True)
(w * 10).sum().backward()
print(w.grad)
""",
    "a constant folded out of the graph": """
x = torch.ones(2, requires_grad=True)
k = torch.ones(2) * 3 + 1
y = x * k
print(y.grad_fn.next_functions[1], y.grad_fn._saved_other)
z = k * x
print(z.grad_fn.next_functions[0], z.grad_fn._saved_self, z.grad_fn._saved_other)
w = 3 * x
print(w.grad_fn.next_functions, w.grad_fn._saved_other)
print((x + k).grad_fn.next_functions[1], (x - 1).grad_fn.next_functions)
""",
    "retain_graph and memory of the formula": """
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = (x * x).sum()
for i in range(3):
    y.backward(retain_graph=True)
    print(x.grad)
g, = torch.autograd.grad(y, x, retain_graph=True)
print(g)
g, = torch.autograd.grad(y, x, create_graph=True)
y.backward()
print(x.grad, g.requires_grad)
try:
    g.sum().backward()
    print(x.grad)
except RuntimeError as e:
    print("RuntimeError:", str(e)[:58])
""",
    "an output that is an input": """
x = torch.tensor([1.0, 2.0], requires_grad=True)
print(torch.autograd.grad(x, x, torch.ones(2)))
print(torch.autograd.grad([x.sum(), x.prod()], x))
x.sum().backward()
x.backward(torch.tensor([10.0, 20.0]))
print(x.grad)
y = x * 2
z = y * 3
print(torch.autograd.grad([z, y], [y, x], [torch.ones(2), torch.ones(2)]))
""",
    "duplicate inputs": """
x = torch.tensor(3.0, requires_grad=True)
y = x * x
print(torch.autograd.grad(y, [x, x]))
h = x * 1
out = h + h * h
print(torch.autograd.grad(out, [h, h, x]))
torch.stack([x, x, x]).sum().backward(inputs=[x, x])
print(x.grad)
""",
    "identity of views and nodes": """
x = torch.ones(2, 2, requires_grad=True)
print(x[0] is x[0], x[0].grad_fn is x[0].grad_fn, x.T is x.T, x.grad_fn)
row = x[0]
print(row.grad_fn is row.grad_fn, row._base is x, row[0]._base is x)
y = x * 2
print(y.view(4)._base is y, y.view(4).view(2, 2)._base is y, y.detach()._base is y, y.data._base)
print(y.reshape(2, 2) is y, y.contiguous() is y, y.to(torch.float32) is y, y.float() is y, y.expand(2, 2) is y, y.view(2, 2) is y,
          y.cpu() is y, y.requires_grad_() is y)
""",
    "is_leaf, the documentation": """
a = torch.rand(10, requires_grad=True)
print(a.is_leaf)
b = torch.rand(10, requires_grad=True) + 2
print(b.is_leaf)
c = torch.zeros(2)
print(c.is_leaf, (c + 1).is_leaf, c.view(1, 2).is_leaf)
with torch.no_grad():
    print((a * 2).is_leaf)
print(a.detach().is_leaf, a.data.is_leaf, b.detach_().is_leaf, a[0].is_leaf, a.clone().is_leaf)
""",
    "in-place correctness checks, the note": """
x = torch.ones(3, requires_grad=True)
a = x * 1
b = a.sin()
a += 1
print(a._version)
try:
    b.sum().backward()
except RuntimeError as e:
    print(str(e).split("\\n")[0].split(";")[0])
a = x * 1
b = a + 1
a += 1
b.sum().backward()
print(x.grad)
""",
    "a tensor made of results loses them": """
x = torch.tensor(2.0, requires_grad=True)
y = x * 3
wrong = torch.tensor([y.item(), y.item()])
right = torch.stack([y, y * 2])
print(wrong.requires_grad, right.requires_grad)
right.sum().backward()
print(x.grad)
import warnings
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    print(torch.tensor([y, y]).requires_grad, torch.as_tensor(y) is y, torch.tensor(y).requires_grad)
""",
    "multiply by zero is not detach": """
x = torch.tensor([1.0, float("inf"), 2.0], requires_grad=True)
y = (x * 0).sum()
print(y)
y.backward()
print(x.grad)
x.grad = None
(x.detach() * 0 + x).sum().backward()
print(x.grad)
x.grad = None
torch.where(torch.isfinite(x), x, torch.zeros_like(x)).sum().backward()
print(x.grad)
""",
    "accumulating into a list against a tensor": """
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
outs = [v ** 2 for v in x]
print(outs[0].grad_fn, outs[0].grad_fn.next_functions[0][0])
total = sum(outs)
total.backward()
print(x.grad)
x.grad = None
torch.stack([v ** 3 for v in x.unbind()]).sum().backward()
print(x.grad)
x.grad = None
acc = torch.zeros(())
for v in x:
    acc += v * 2
acc.backward()
print(x.grad, acc)
""",
    "gradients of indexing twice the same place": """
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
x[[0, 0, 2]].sum().backward()
print(x.grad)
x.grad = None
x.index_select(0, torch.tensor([1, 1, 1])).sum().backward()
print(x.grad)
x.grad = None
x.gather(0, torch.tensor([2, 2])).sum().backward()
print(x.grad)
x.grad = None
x.take(torch.tensor([0, 0])).sum().backward()
print(x.grad)
x.grad = None
torch.nn.functional.embedding(torch.tensor([0, 1, 0]), x.unsqueeze(1)).sum().backward()
print(x.grad)
x.grad = None
x.expand(3, 3).sum().backward()
print(x.grad)
x.grad = None
x.repeat(2).sum().backward()
print(x.grad)
""",
    "mixed precision, by hand": """
w = torch.tensor([1.0, 2.0], requires_grad=True)
h = w.half()
y = (h * h).sum()
scaled = y * 1024
scaled.backward()
print(y.dtype, w.grad.dtype, w.grad, w.grad / 1024)
print(h.grad_fn, h.grad_fn.next_functions[0][0])
d = w.double()
print((d * w).dtype, torch.autograd.grad((d * w).sum(), w))
""",
    "zero-size and zero-dim": """
e = torch.zeros(0, requires_grad=True)
e.sum().backward()
print(e.grad, e.sum(), e.prod())
m = torch.zeros(0, 3, requires_grad=True)
(m @ torch.ones(3, 2)).sum().backward()
print(m.grad, m.grad.shape)
s = torch.tensor(2.0, requires_grad=True)
s.backward()
print(s.grad)
s.view(1).expand(3).sum().backward()
print(s.grad)
(s.unsqueeze(0) * torch.ones(2, 1)).sum().backward()
print(s.grad)
print(torch.cat([torch.zeros(0), s.view(1)]), torch.stack([s, s]))
""",
    "the grad of a graph's inner tensors": """
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 2
z = y ** 2
w = z.sum()
print(torch.autograd.grad(w, [z, y, x], retain_graph=True))
y.retain_grad()
z.retain_grad()
w.backward()
print(z.grad, y.grad, x.grad)
y2 = x * 2
print(y2.grad_fn is y.grad_fn)
""",
    "next_functions of multi-input nodes": """
a = torch.ones(2, 2, requires_grad=True)
b = torch.ones(2, 2, requires_grad=True)
c = torch.ones(2, 2)
print([None if f is None else type(f).__name__ for f, _ in torch.cat([a, c, b]).grad_fn.next_functions])
print([None if f is None else type(f).__name__ for f, _ in torch.stack([c, a]).grad_fn.next_functions])
print([None if f is None else type(f).__name__ for f, _ in torch.addmm(c, a, b).grad_fn.next_functions])
print([None if f is None else type(f).__name__ for f, _ in torch.where(c > 0, c, b).grad_fn.next_functions])
print([None if f is None else type(f).__name__ for f, _ in torch.lerp(a, c, 0.5).grad_fn.next_functions])
print([(None if f is None else type(f).__name__, n) for f, n in (a.unbind()[1] + c[0]).grad_fn.next_functions])
print([None if f is None else type(f).__name__ for f, _ in torch.nn.functional.linear(a, b, c[0]).grad_fn.next_functions])
""",
    "deterministic names": """
x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
w = torch.ones(2, 2, requires_grad=True)
i = torch.tensor([0, 1])
exprs = '''x+w x-w x*w x/w x**2 2**x x**w -x 1-x 1/x x//2 x%2 x@w x@w[0] w[0]@x w[0]@w[1] abs(x) x.T x.mT x.t() x.sum() x.sum(0)
x.mean() x.mean(0) x.max() x.max(0)[0] x.min() x.std() x.var() x.norm() x.prod() x.prod(0) x.view(4) x.reshape(4)
x.flatten() x.squeeze() x.unsqueeze(0) x.expand(2,2,2) x.repeat(2,2) x[0] x[:,1] x[0,0] x[1:] x[i] x[x>0] x[...] x[None]
x.exp() x.log() x.sin() x.cos() x.tanh() x.sigmoid() x.relu() x.sqrt() x.square() x.softmax(0) x.clamp(0,1)
x.clamp(min=0) x.floor() x.round() x.sign() x.double() x.clone() x.diag() x.trace() x.tril() x.cumsum(0) x.sort()[0]
x.topk(1)[0] x.gather(0,i[None]) x.index_select(0,i) x.flip(0) x.roll(1) x.split(1)[0] x.chunk(2)[0] x.unbind()[0]
x.masked_fill(x>0,0) x.permute(1,0) x.transpose(0,1) x.argmax() x.det() x.inverse() x.logsumexp(0)'''
for e in exprs.split():
    y = eval(e)
    print(e, None if y.grad_fn is None else y.grad_fn.name(), y.output_nr)
""",
    "double backward names": """
x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
w = torch.tensor([[0.5, 0.3], [1.0, -1.0]], requires_grad=True)
for f in (lambda: x * w, lambda: x / w, lambda: x @ w, lambda: x ** 3, lambda: x.exp(), lambda: x.tanh(), lambda: x.log(),
          lambda: x.softmax(1), lambda: x.sum(1) ** 2, lambda: x.mean() ** 2, lambda: x.prod(), lambda: x.norm(),
          lambda: x.max(1)[0] ** 2, lambda: x.relu() ** 2, lambda: torch.sigmoid(x)):
    y = f().sum()
    g, = torch.autograd.grad(y, x, create_graph=True)
    second = torch.autograd.grad((g * w.detach()).sum(), x, allow_unused=True)[0] if g.requires_grad else None
    print(y.grad_fn.next_functions[0][0].name() if y.grad_fn.next_functions else y.grad_fn.name(),
              g.grad_fn.name() if g.grad_fn else None, second)
""",
    "autograd.Variable and other old names": """
from collections import OrderedDict
v = torch.autograd.Variable(torch.ones(2), requires_grad=True)
print(v, type(v), isinstance(v, torch.autograd.Variable), isinstance(v, torch.Tensor))
(v * 2).sum().backward()
print(v.grad, v.data)
print(torch.FloatTensor([1, 2]), torch.LongTensor([1]), torch.Tensor([1.5]), torch.DoubleTensor([2]))
with torch.autograd.no_grad():
    print((v * 2).requires_grad)
with torch.autograd.set_grad_enabled(False):
    print((v * 2).requires_grad)
with torch.autograd.enable_grad(), torch.autograd.inference_mode():
    print((v * 2).requires_grad)
print(torch.is_tensor(v), torch.numel(v), v.ndimension(), v.nelement(), torch.typename(v))
""",
    "subclasses of nothing, attributes of anything": """
x = torch.ones(2, requires_grad=True)
x.name_of_mine = "weights"
print(x.name_of_mine, hasattr(x, "other"))
y = x * 2
y.note = [1]
print(y.note)
print(x.name, x.output_nr, x._backward_hooks, x.is_cuda, x.is_sparse, x.is_quantized, x.is_meta)
""",
    "graph equality across two runs": """
def build():
    torch.manual_seed(0)
    w = torch.rand(2, 2, requires_grad=True)
    x = torch.rand(2)
    return ((w @ x).tanh() ** 2).sum(), w
def names(fn):
    return [fn.name()] + [n for f, _ in fn.next_functions if f is not None for n in names(f)]
(a, wa), (b, wb) = build(), build()
print(names(a.grad_fn) == names(b.grad_fn), names(a.grad_fn))
a.backward(); b.backward()
print(torch.equal(wa.grad, wb.grad))
""",
    "a hand-written backward over next_functions": """
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = (x.exp() * 3).sum()
node, grads = y.grad_fn, torch.tensor(1.0)
while not hasattr(node, "variable"):
    result = node(grads)
    grads = result[0] if isinstance(result, tuple) else result
    print(node.name(), grads)
    node = node.next_functions[0][0]
print(node.variable is x, grads)
""",
    "torch.autograd.graph.Node and isinstance": """
Node = torch.autograd.graph.Node
x = torch.ones(1, requires_grad=True)
y = x * 2
print(isinstance(y.grad_fn, Node), isinstance(y.grad_fn.next_functions[0][0], Node), isinstance(x, Node), issubclass(type(y.grad_fn), Node))
print(Node.__name__, callable(y.grad_fn), hasattr(y.grad_fn, "metadata"), [m for m in ("name", "next_functions", "metadata",
          "register_hook", "register_prehook") if hasattr(y.grad_fn, m)])
""",
    "setting .data, .grad and version together": """
w = torch.tensor([1.0, 2.0], requires_grad=True)
y = (w ** 2).sum()
w.data = torch.tensor([10.0, 20.0])
y.backward()
print(w.grad)
w.grad.data.zero_()
print(w.grad, w.grad._version)
w.grad.detach_()
w.grad.zero_()
(w * 2).sum().backward()
print(w.grad, w.grad.requires_grad)
""",
}
