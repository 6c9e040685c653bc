"""Views, in-place changes, version counters, detach and .data: what PyTorch lets through, and what it says when it doesn't."""

SCRIPTS = {
    "the version counter": """
x = torch.ones(3, requires_grad=True)
y = x * 2
print(x._version, y._version)
y.add_(1)
y.mul_(3)
print(y, y._version)
with torch.no_grad():
    x.add_(1)
print(x._version)
x.data.add_(1)
print(x, x._version)
v = y[0]
v.zero_()
print(y._version, v._version, y)
d = y.detach()
d.add_(5)
print(y._version, d._version)
c = y.clone()
print(c._version)
""",
    "a saved tensor is changed": """
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = x * 2
z = y ** 2
y.add_(1)
try:
    z.sum().backward()
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0])
""",
    "a saved result is changed": """
x = torch.tensor([0.0, 1.0], requires_grad=True)
y = x.exp()
y += 1
try:
    y.sum().backward()
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0].split(";")[0])
y = x.exp()
z = y + 1
z *= 2
z.sum().backward()
print(x.grad)
""",
    "which changes matter": """
def attempt(name, make, change):
    x = torch.tensor([0.5, 1.25], requires_grad=True)
    h = x * 1
    y = make(h)
    change(h, y)
    try:
        y.sum().backward()
        print(name, x.grad)
    except RuntimeError as e:
        print(name, "RuntimeError:", str(e).split("\\n")[0].split(": [")[0])
attempt("add, input", lambda h: h + 1, lambda h, y: h.zero_())
attempt("add, result", lambda h: h + 1, lambda h, y: y.mul_(2))
attempt("mul, input", lambda h: h * h, lambda h, y: h.zero_())
attempt("mul, result", lambda h: h * h, lambda h, y: y.zero_())
attempt("exp, input", lambda h: h.exp(), lambda h, y: h.zero_())
attempt("exp, result", lambda h: h.exp(), lambda h, y: y.mul_(2))
attempt("sin, input", lambda h: h.sin(), lambda h, y: h.zero_())
attempt("sin, result", lambda h: h.sin(), lambda h, y: y.mul_(2))
attempt("relu, input", lambda h: h.relu(), lambda h, y: h.zero_())
attempt("relu, result", lambda h: h.relu(), lambda h, y: y.add_(1))
attempt("sigmoid, result", lambda h: h.sigmoid(), lambda h, y: y.add_(1))
attempt("tanh, input", lambda h: h.tanh(), lambda h, y: h.add_(1))
attempt("pow, input", lambda h: h ** 2, lambda h, y: h.add_(1))
attempt("sqrt, result", lambda h: h.sqrt(), lambda h, y: y.add_(1))
attempt("sum, input", lambda h: h.sum(), lambda h, y: h.add_(1))
attempt("mean, input", lambda h: h.mean(), lambda h, y: h.add_(1))
attempt("max, input", lambda h: h.max(), lambda h, y: h.add_(1))
attempt("prod, input", lambda h: h.prod(), lambda h, y: h.add_(1))
attempt("softmax, result", lambda h: h.softmax(0), lambda h, y: y.add_(1))
attempt("where, input", lambda h: torch.where(h > 1, h, -h), lambda h, y: h.add_(1))
attempt("cat, input", lambda h: torch.cat([h, h]), lambda h, y: h.add_(1))
attempt("index, input", lambda h: h[[0, 0]], lambda h, y: h.add_(1))
""",
    "a leaf is changed in place": """
x = torch.ones(2, requires_grad=True)
for change in (lambda: x.add_(1), lambda: x.zero_(), lambda: x.__setitem__(0, 5.0), lambda: x[0].mul_(2), lambda: x.view(-1).add_(1),
               lambda: x.__iadd__(1), lambda: x.fill_(2), lambda: x.copy_(torch.zeros(2)), lambda: x.detach().add_(1),
               lambda: x.data.add_(1)):
    try:
        print(change())
    except RuntimeError as e:
        print("RuntimeError:", str(e).split("\\n")[0].split(".")[0])
print(x, x._version)
with torch.no_grad():
    x.add_(1)
    x[0] = 9.0
print(x, x._version, x.grad_fn)
""",
    "in place under no_grad, then backward": """
w = torch.tensor([1.0, 2.0], requires_grad=True)
y = (w * w).sum()
with torch.no_grad():
    w -= 0.5
try:
    y.backward()
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0].split(";")[0])
y = (w * 3).sum()
with torch.no_grad():
    w -= 0.5
y.backward()
print(w, w.grad)
y = (w * w).sum()
w.data -= 0.5
y.backward()
print(w, w.grad)
""",
    "views share memory": """
x = torch.arange(6.0)
v = x.view(2, 3)
t = v.t()
s = x[2:4]
x[2] = 100.0
print(v, t, s)
t[0, 1] = -1.0
print(x)
s += 1
print(x, v._version, x._version)
r = t.reshape(6)
r[0] = 55.0
print(x[0], r[0])
f = x.flatten()
f[0] = 7.0
print(x[0], f is x)
print(v._base is x, t._base is x, s._is_view(), x._is_view(), r._base)
print(x.data_ptr() == v.data_ptr(), x.data_ptr() == r.data_ptr(), s.storage_offset())
""",
    "in place on a view of a result": """
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = x * 2
v = y[1:]
v.mul_(10)
print(y)
print(y.grad_fn)
print(y.grad_fn.next_functions)
print(v.grad_fn)
y.sum().backward()
print(x.grad)
""",
    "in place on the base of a view": """
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = x * 2
v = y[1:]
print(v.grad_fn)
y.mul_(10)
print(y.grad_fn, v)
print(v.grad_fn, v._version)
v.sum().backward()
print(x.grad)
""",
    "as_strided comes back": """
x = torch.arange(6.0, requires_grad=True)
y = (x + 1).view(2, 3)
t = y.t()
y[0, 0] = 50.0
print(y.grad_fn, t.grad_fn)
print(t)
r = t[1]
print(r.grad_fn, r.grad_fn.next_functions[0][0])
t.mul_(2)
print(y.grad_fn, r.grad_fn)
y.sum().backward()
print(x.grad)
""",
    "setitem of all kinds": """
x = torch.tensor([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], requires_grad=True)
y = (x * 1).reshape(2, 3).clone()
y[0] = 10.0
print(y, y.grad_fn)
y[1, 2] = -1.0
y[:, 1] = torch.tensor([7.0, 8.0])
print(y, y.grad_fn)
y[y > 9] = 0.5
print(y, y.grad_fn)
y[[0, 1], [0, 0]] = torch.tensor([3.0, 4.0])
print(y, y.grad_fn)
y[..., -1] = x[0]
print(y, y.grad_fn)
y[0, 0:2] += x[1:3]
print(y)
y.sum().backward()
print(x.grad)
""",
    "writing results into a buffer": """
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
out = torch.zeros(3)
for i in range(3):
    out[i] = x[i] ** 2
print(out, out.requires_grad, out.is_leaf, out._version)
fn = out.grad_fn
for _ in range(3):
    print(fn.name(), [f.name() if f else None for f, _ in fn.next_functions])
    fn = fn.next_functions[0][0]
    if fn is None:
        break
out.sum().backward()
print(x.grad)
""",
    "a buffer that is used before": """
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
buf = torch.ones(3)
y = buf * x
buf[0] = 5.0
try:
    y.sum().backward()
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0].split(";")[0])
h = torch.zeros(3)
total = 0
for i in range(3):
    h = h.clone()
    h[i] = x[i]
    total = total + (h * h).sum()
total.backward()
print(x.grad)
""",
    "the views of split and unbind": """
x = torch.arange(6.0, requires_grad=True)
y = x * 1
a, b = y.split(3)
c = y.chunk(3)
r = y.view(2, 3).unbind()
print(a.grad_fn, b.grad_fn, b.output_nr, c[2].output_nr, r[1].grad_fn)
for name, view in (("split", a), ("chunk", c[0]), ("unbind", r[0])):
    try:
        view.add_(1)
        print(name, view)
    except RuntimeError as e:
        print(name, "RuntimeError:", str(e).split("\\n")[0])
with torch.no_grad():
    p, q = y.split(3)
for change in (lambda: p.add_(1), lambda: p.detach().add_(1)):
    try:
        print(change())
    except RuntimeError as e:
        print("RuntimeError:", str(e).split("\\n")[0].split(".")[0])
""",
    "split views after the base changed": """
x = torch.arange(4.0, requires_grad=True)
y = x * 1
a, b = y.split(2)
y.add_(1)
for use in (lambda: a.grad_fn, lambda: a + 1, lambda: print(a), lambda: a.sum().backward(), lambda: a.detach()):
    try:
        print(use())
    except RuntimeError as e:
        print("RuntimeError:", str(e).split("\\n")[0].split(".")[0])
z = torch.zeros(4)
u, v = z.split(2)
z.add_(1)
u.mul_(3)
print(z, u, v)
""",
    "a view made in no_grad": """
x = torch.ones(2, 2, requires_grad=True)
y = x * 2
with torch.no_grad():
    v = y.view(4)
    print(v.requires_grad, v.grad_fn, v._is_view())
try:
    v.add_(x.view(4))
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0].split(". ")[0])
with torch.no_grad():
    v.add_(1)
print(y, v.requires_grad)
w = torch.zeros(4)
with torch.no_grad():
    u = w[:2]
try:
    u.mul_(x[0])
    print(w, w.requires_grad)
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0].split(". ")[0])
""",
    "expand and overlapping memory": """
x = torch.tensor([[1.0], [2.0]])
e = x.expand(2, 3)
print(e, e.stride(), e.is_contiguous())
for change in (lambda: e.add_(1), lambda: e.mul_(2), lambda: e.copy_(torch.zeros(2, 3)), lambda: e[0].add_(1)):
    try:
        change()
        print("done", x)
    except RuntimeError as err:
        print("RuntimeError:", str(err).split("\\n")[0].split(".")[0])
e[0, 0] = 9.0
print(x, e)
try:
    e[:, 0] = 3.0
    print(x)
    e.zero_()
    print(x)
except RuntimeError as err:
    print("RuntimeError:", str(err).split("\\n")[0].split(".")[0])
c = e.contiguous()
c.add_(1)
print(c, x)
""",
    "a leaf that is put into another tensor": """
w = torch.tensor([1.0, 2.0], requires_grad=True)
out = torch.zeros(2, 2)
print(out.requires_grad)
out[0] = w
print(out.requires_grad, out.grad_fn, out)
out[1] = w * w
out.sum().backward()
print(w.grad)
out = torch.zeros(2)
out.copy_(w)
print(out.grad_fn, out.grad_fn.next_functions)
out.add_(w)
print(out.grad_fn)
out.sum().backward()
print(w.grad)
""",
    "in-place on a constant makes it a result": """
w = torch.tensor([2.0, 3.0], requires_grad=True)
c = torch.ones(2)
print(c.is_leaf, c.requires_grad)
c *= w
print(c.is_leaf, c.requires_grad, c.grad_fn)
try:
    c.requires_grad_(False)
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0].split(".")[0])
c.sum().backward()
print(w.grad)
n = torch.ones(2, dtype=torch.int64)
try:
    n *= w
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0])
try:
    n += 0.5
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0])
""",
    "shapes in place": """
x = torch.ones(2, requires_grad=True)
y = x * 1
for change in (lambda: y.add_(torch.ones(3)), lambda: y.add_(torch.ones(2, 2)), lambda: y.copy_(torch.ones(3)),
          lambda: y.mul_(torch.ones(1, 2))):
    try:
        print(change())
    except RuntimeError as e:
        print("RuntimeError:", str(e).split("\\n")[0])
z = torch.ones(2, 3)
z += torch.tensor([1.0, 2.0, 3.0])
z -= 1
z /= 2
z **= 2
print(z)
""",
    "reshape in place": """
x = torch.arange(6.0).reshape(2, 3).requires_grad_()
y = x * 1
y.t_()
print(y.shape, y.grad_fn, y.stride())
y.unsqueeze_(0)
print(y.shape, y.grad_fn)
y.squeeze_()
print(y.shape, y.grad_fn)
y.transpose_(0, 1)
print(y.shape, y.grad_fn, y._version)
y.sum().backward()
print(x.grad)
z = torch.arange(4.0)
z.resize_(2, 2)
print(z)
z.unsqueeze_(-1).squeeze_(-1)
print(z.shape, z._version)
""",
    "detach_ and requires_grad_": """
x = torch.ones(2, requires_grad=True)
y = x * 2
z = y * 3
y.detach_()
print(y.requires_grad, y.is_leaf, y.grad_fn)
z.sum().backward()
print(x.grad)
w = torch.zeros(2).requires_grad_()
(y * w).sum().backward()
print(w.grad, x.grad)
v = (x * 2)[0]
try:
    v.detach_()
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0].split(".")[0])
""",
    "detach shares, and is checked": """
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x.sigmoid()
c = y.detach()
c.zero_()
print(y)
try:
    y.sum().backward()
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0].split(":")[0])
y = x.sigmoid()
y.data.zero_()
y.sum().backward()
print(x.grad)
""",
    ".data can be replaced": """
w = torch.nn.Parameter(torch.tensor([1.0, 2.0]))
w.data = torch.tensor([5.0, 6.0])
print(w, w._version)
w.data.mul_(2)
w.data[0] = -1.0
print(w, w.requires_grad, w.data.requires_grad)
try:
    w.data = torch.tensor([1, 2])
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0])
w.data = torch.ones(3)
print(w, w.shape)
w.sum().backward()
print(w.grad)
""",
    "masked changes": """
x = torch.tensor([-1.0, 2.0, -3.0, 4.0], requires_grad=True)
y = x.clone()
y[y < 0] = 0
print(y, y.grad_fn)
y.sum().backward()
print(x.grad)
x.grad = None
y = x.clone()
y.masked_fill_(x < 0, 100.0)
print(y, y.grad_fn)
y.sum().backward()
print(x.grad)
x.grad = None
y = x.clone()
y[x < 0] = x[x > 0] * 2
print(y, y.grad_fn)
y.sum().backward()
print(x.grad)
x.grad = None
y = x.clone().clamp_(min=0, max=3)
print(y, y.grad_fn)
y.sum().backward()
print(x.grad)
""",
    "in-place activations": """
F = torch.nn.functional
x = torch.tensor([-1.0, 0.5, 2.0], requires_grad=True)
y = F.relu(x * 2, inplace=True)
print(y, y.grad_fn, y.grad_fn.next_functions[0][0])
y.sum().backward()
print(x.grad)
h = x * 2
r = torch.nn.ReLU(inplace=True)
z = r(h)
print(z is h, h, r)
try:
    F.relu(x, inplace=True)
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0])
h = (x * 1).sigmoid()
k = torch.nn.ReLU(inplace=True)(h)
try:
    k.sum().backward()
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0].split(";")[0])
h = (x * 1).sigmoid()
k = F.leaky_relu_(h.mul_(2), 0.5)
try:
    k.sum().backward()
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0].split(":")[0])
""",
    "index_add_, scatter_, index_fill_": """
src = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
acc = torch.zeros(2)
acc = acc.index_add(0, torch.tensor([0, 1, 0]), src)
print(acc, acc.grad_fn)
acc.sum().backward()
print(src.grad)
buf = torch.zeros(4)
buf.index_add_(0, torch.tensor([3, 3, 0]), src)
print(buf, buf.grad_fn)
buf2 = torch.zeros(4).scatter_(0, torch.tensor([1, 2, 3]), src)
print(buf2, buf2.grad_fn)
(buf * buf2).sum().backward()
print(src.grad)
buf3 = torch.zeros(2, 3).scatter_(1, torch.tensor([[0], [2]]), 1.0)
print(buf3)
print(torch.ones(4).index_fill_(0, torch.tensor([0, 2]), -1.0))
print(torch.zeros(4).scatter_add_(0, torch.tensor([0, 0, 1]), src).grad_fn)
""",
    "a chain of in-place operations": """
x = torch.tensor([0.5, -0.25], dtype=torch.float64, requires_grad=True)
y = x.clone()
for step in (lambda t: t.mul_(3), lambda t: t.add_(1), lambda t: t.neg_(), lambda t: t.sub_(0.5), lambda t: t.tanh_()):
    y = step(y)
    print(y._version, y.grad_fn.name(), y.detach())
y.sum().backward()
print(x.grad)
names = []
fn = y.grad_fn
while fn is not None:
    names.append(fn.name().split("::")[-1])
    fn = fn.next_functions[0][0] if fn.next_functions else None
print(names)
""",
    "swapping rows": """
x = torch.arange(6.0, requires_grad=True)
y = x.reshape(3, 2).clone()
y[[0, 2]] = y[[2, 0]]
print(y, y.grad_fn)
(y * torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])).sum().backward()
print(x.grad)
z = torch.arange(4)
z[0], z[1] = z[1], z[0]
print(z)
z = torch.arange(4)
z[0], z[1] = z[1].clone(), z[0].clone()
print(z)
""",
    "copy_ and its dtype": """
x = torch.tensor([1.5, -2.5], dtype=torch.float64, requires_grad=True)
y = torch.zeros(2)
y.copy_(x)
print(y, y.dtype, y.grad_fn)
y.sum().backward()
print(x.grad)
n = torch.zeros(2, dtype=torch.int64)
n.copy_(x)
print(n, n.requires_grad)
b = torch.zeros(3, 2)
b.copy_(x)
print(b)
""",
    "a view of a view of a view": """
x = torch.arange(24.0, requires_grad=True)
y = x * 1
a = y.view(2, 3, 4)
b = a[1]
c = b[:, 1:3]
d = c.t()
print(d._base is y, d.shape, d.stride(), d.storage_offset())
d[0] = -1.0
print(y.grad_fn, a.grad_fn, b.grad_fn, c.grad_fn, d.grad_fn)
print(b)
y.sum().backward()
print(x.grad.view(2, 3, 4))
""",
    "a view and its base are both used": """
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = x.clone()
v = y[:2]
before = v * 10
v += 100
after = v * 10
print(before, after, y)
(before.sum() + after.sum() + y.sum()).backward()
print(x.grad)
""",
    "view errors": """
x = torch.arange(6.0).reshape(2, 3)
t = x.t()
for f in (lambda: t.view(6), lambda: x.view(4), lambda: x.view(-1, -1), lambda: x.view(-1, 4), lambda: x.reshape(5), lambda: x.expand(3, 3),
          lambda: x.expand(2), lambda: x.squeeze(5), lambda: x.transpose(0, 2), lambda: x.permute(0), lambda: x.permute(0, 0),
          lambda: x.unflatten(1, (2, 2)), lambda: x.unsqueeze(4), lambda: x[5], lambda: x[0, 0, 0], lambda: x.split(0),
          lambda: x.split([1, 2]),
          lambda: x.narrow(0, 1, 4), lambda: x.t().t().t().view(3, 2).t().view(6), lambda: torch.arange(8).view(2, 2, 2).t()):
    try:
        print(f())
    except (RuntimeError, IndexError, ValueError) as e:
        print(type(e).__name__ + ":", str(e).split("\\n")[0].split(". ")[0])
""",
    "contiguous and strides": """
x = torch.arange(12.0).reshape(3, 4)
for name, t in dict(x=x, t=x.t(), cols=x[:, ::2], rows=x[1:], perm=x.view(1, 3, 4).permute(2, 0, 1), exp=x[:1].expand(2, 4),
          flip=x.flip(0)).items():
    print(name, tuple(t.shape), t.stride(), t.storage_offset(), t.is_contiguous(), t.contiguous().stride())
print(x.contiguous() is x, x.t().contiguous() is x)
print(x.t().clone().stride(), x.t().reshape(12)[:5], (x.t() + 1).stride(), torch.empty_like(x.t()).stride(),
          torch.zeros_like(x.t()).stride())
print(x.as_strided((2, 2), (1, 4)), x.unfold(1, 2, 2).shape)
""",
    "grads of in-place through views, compared with out-of-place": """
def in_place(x):
    y = x * 2
    y[0] *= 3
    y[:, 1].neg_()
    y.t()[2].add_(x[:, 0])
    return y.sum()
def out_of_place(x):
    y = x * 2
    y = torch.cat([y[:1] * 3, y[1:]])
    y = torch.stack([y[:, 0], -y[:, 1], y[:, 2] + x[:, 0]], dim=1)
    return y.sum()
x = torch.tensor([[0.1, 0.2, 0.3], [-0.4, 0.5, 0.6]], dtype=torch.float64, requires_grad=True)
print(in_place(x), out_of_place(x))
a, = torch.autograd.grad(in_place(x), x)
b, = torch.autograd.grad(out_of_place(x), x)
print(a, torch.allclose(a, b))
print(torch.autograd.gradcheck(in_place, (x,)), torch.autograd.gradgradcheck(in_place, (x,)))
""",
    "changing what a view saved": """
x = torch.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)
y = x * 1
z = y[:2] * y[2:]
y[0] = 7.0
try:
    z.sum().backward()
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0].split(";")[0])
z = y[:2] * 5
y[0] = 8.0
z.sum().backward()
print(x.grad)
""",
    "random fills in place": """
torch.manual_seed(3)
w = torch.empty(2, 3)
print(w.uniform_(-1, 1))
print(w.normal_(0, 2))
print(w.fill_(0.5), w.zero_())
print(torch.empty(4).bernoulli_(0.5))
print(w._version)
p = torch.nn.Parameter(torch.empty(2, 2))
with torch.no_grad():
    p.uniform_()
print(p, p._version)
x = torch.ones(2, requires_grad=True) * 2
x.uniform_()
print(x.grad_fn, x.requires_grad)
""",
    "out= arguments": """
x = torch.tensor([1.0, 2.0])
out = torch.empty(2)
r = torch.add(x, x, out=out)
print(r is out, out)
torch.mul(x, 3, out=out)
print(out, out._version)
w = torch.ones(2, requires_grad=True)
for f in (lambda: torch.add(w, 1, out=out), lambda: torch.exp(x, out=w), lambda: torch.mul(x, x, out=torch.empty(3))):
    try:
        print(f())
    except RuntimeError as e:
        print("RuntimeError:", str(e).split("\\n")[0].split(".")[0])
with torch.no_grad():
    torch.add(w, 1, out=out)
print(out)
""",
    "an optimizer's step and versions": """
w = torch.nn.Parameter(torch.tensor([1.0, 2.0]))
opt = torch.optim.SGD([w], lr=0.5)
print(w._version)
for _ in range(3):
    opt.zero_grad()
    (w * w).sum().backward()
    opt.step()
    print(w, w._version)
y = (w * w).sum()
opt.step()
try:
    y.backward()
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0].split(";")[0])
""",
    "mutation under saved tensor hooks that allow it": """
x = torch.tensor([1.0, 2.0], requires_grad=True)
with torch.autograd.graph.allow_mutation_on_saved_tensors():
    a = x.clone()
    b = a ** 2
    a.zero_()
    print(a)
    b.sum().backward()
print(x.grad)
""",
    "in-place on a tensor that other nodes output": """
x = torch.tensor([[3.0, 1.0], [2.0, 4.0]], requires_grad=True)
values, indices = x.sort(dim=1)
values.mul_(10)
print(values, values.grad_fn, indices)
values.sum().backward()
print(x.grad)
top, _ = x.topk(1)
top += 1
top.sum().backward()
print(x.grad)
a, b = x.unbind(0)
c = a + b
c.mul_(2)
c.sum().backward()
print(x.grad)
""",
    "+= in a function changes the caller's tensor": """
def shift(t):
    t += 1
    return t
def shifted(t):
    t = t + 1
    return t
x = torch.zeros(2)
y = shift(x)
print(x, y is x)
z = shifted(x)
print(x, z, z is x)
w = torch.zeros(2, requires_grad=True)
try:
    shift(w)
except RuntimeError as e:
    print(str(e).split("\\n")[0])
print(shift(w * 1))
""",
    "a recurrent state in place": """
W = torch.tensor([[0.5, -0.25], [0.125, 0.75]], requires_grad=True)
h = torch.ones(2)
states = torch.zeros(3, 2)
for t in range(3):
    h = torch.tanh(W @ h)
    states[t] = h
print(states, states.grad_fn)
states.sum().backward()
print(W.grad)
""",
    "_base, _is_view and is_leaf of everything": """
x = torch.ones(2, 2, requires_grad=True)
y = x * 2
c = torch.ones(2, 2)
things = dict(x=x, y=y, c=c, xv=x.view(4), yv=y.view(4), cv=c[0], xd=x.detach(), xdata=x.data, yr=y.reshape(2, 2), yf=y.t().flatten(),
          yc=y.contiguous(), ye=y.expand(2, 2, 2))
for name, t in things.items():
    print(name, t._is_view(), t._base is x, t._base is y, t._base is c, t.is_leaf, t.requires_grad, t._version)
""",
    "a node after in-place: next_functions and output numbers": """
x = torch.ones(4, requires_grad=True)
y = x * 1
a, b = y.view(2, 2).unbind()
w = a * b
print(w.grad_fn.next_functions)
print([nr for _, nr in w.grad_fn.next_functions])
y2 = x * 1
y2[1:3] = 5.0
copies = y2.grad_fn
print(copies.name(), copies.next_functions[0][0].name(), len(copies.next_functions))
y2[0] = x[3]
print(y2.grad_fn.next_functions[0][0].name(), y2.grad_fn.next_functions[1][0].name())
y2.sum().backward()
print(x.grad)
""",
}
