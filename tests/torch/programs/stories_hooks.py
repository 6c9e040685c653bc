"""Hooks: on tensors, on nodes, after accumulation, on many gradients, around saved tensors; checkpoints and gradient edges."""

SCRIPTS = {
    "a hook on a tensor": """
v = torch.tensor([0., 0., 0.], requires_grad=True)
h = v.register_hook(lambda grad: grad * 2)
v.backward(torch.tensor([1., 2., 3.]))
print(v.grad)
h.remove()
v.backward(torch.tensor([1., 2., 3.]))
print(v.grad)
""",
    "hooks that print": """
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 3
z = (y ** 2).sum()
x.register_hook(lambda g: print("x", g))
y.register_hook(lambda g: print("y", g))
z.register_hook(lambda g: print("z", g))
z.backward()
print(x.grad)
""",
    "several hooks on one tensor": """
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 1
def add_one(g):
    print("add_one got", g)
    return g + 1
def double(g):
    print("double got", g)
    return g * 2
def look(g):
    print("look got", g)
y.register_hook(add_one)
h = y.register_hook(double)
y.register_hook(look)
y.retain_grad()
y.sum().backward(retain_graph=True)
print(x.grad, y.grad)
h.remove()
x.grad = y.grad = None
y.sum().backward()
print(x.grad, y.grad)
""",
    "order: retain_grad, then hook, and the other way": """
for order in ("retain first", "hook first"):
    x = torch.tensor(2.0, requires_grad=True)
    y = x * 3
    if order == "retain first":
        y.retain_grad()
        y.register_hook(lambda g: g * 10)
    else:
        y.register_hook(lambda g: g * 10)
        y.retain_grad()
    (y * 1).backward()
    print(order, y.grad, x.grad)
""",
    "a hook on a leaf used twice runs once": """
x = torch.tensor(3.0, requires_grad=True)
calls = []
x.register_hook(lambda g: calls.append(g.item()))
y = x * x + 2 * x
y.backward()
print(calls, x.grad)
""",
    "hooks with several uses of a middle tensor": """
x = torch.tensor(1.0, requires_grad=True)
h = x * 2
h.register_hook(lambda g: print("h's whole gradient", g))
a = h * 3
b = h * 4
a.register_hook(lambda g: print("a", g))
b.register_hook(lambda g: print("b", g))
(a + b).backward()
print(x.grad)
""",
    "what a hook may return": """
x = torch.tensor([1.0, 2.0], requires_grad=True)
for name, hook in dict(none=lambda g: None, same=lambda g: g, number=lambda g: 2.0, shape=lambda g: g[0], dtype=lambda g: g.double(),
          big=lambda g: g.expand(2, 2)).items():
    y = x * 1
    y.register_hook(hook)
    x.grad = None
    try:
        y.sum().backward()
        print(name, x.grad, x.grad.dtype)
    except (RuntimeError, TypeError) as e:
        print(name, type(e).__name__, str(e).split("\\n")[0].split(": ")[0])
""",
    "a hook that raises": """
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 2
def angry(g):
    raise ValueError("no gradient today")
h = y.register_hook(angry)
try:
    y.sum().backward(retain_graph=True)
except ValueError as e:
    print("ValueError:", str(e).split("\\n")[0])
print(x.grad)
h.remove()
y.sum().backward()
print(x.grad)
""",
    "a hook changes the gradient in place": """
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 2
def halve(g):
    return g.div(2)
y.register_hook(halve)
def clip(g):
    return g.clamp(-1, 1)
x.register_hook(clip)
(y * torch.tensor([0.5, 10.0])).sum().backward()
print(x.grad)
""",
    "hooks that may not be": """
x = torch.ones(2)
y = torch.ones(2, requires_grad=True)
for f in (lambda: x.register_hook(print), lambda: x.retain_grad(), lambda: (y * 2).register_post_accumulate_grad_hook(print),
          lambda: x.register_post_accumulate_grad_hook(print)):
    try:
        f()
        print("fine")
    except RuntimeError as e:
        print("RuntimeError:", str(e).split("\\n")[0])
h = y.register_hook(lambda g: g)
print(type(h).__name__)
h.remove()
h.remove()
with y.register_hook(lambda g: g * 5):
    y.sum().backward()
print(y.grad)
y.sum().backward()
print(y.grad)
""",
    "post accumulate grad hook, the documentation's example": """
v = torch.tensor([0., 0., 0.], requires_grad=True)
lr = 0.01
h = v.register_post_accumulate_grad_hook(lambda p: p.data.add_(p.grad, alpha=-lr))
try:
    v.backward(torch.tensor([1., 2., 3.]))
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0])
print(v, v.grad)
h.remove()
v.backward(torch.tensor([1., 2., 3.]))
print(v, v.grad)
""",
    "post accumulate grad hook": """
w = torch.tensor([1.0, 2.0], requires_grad=True)
def step(param):
    print("in the hook", param.grad)
    with torch.no_grad():
        param -= 0.5 * param.grad
    param.grad = None
w.register_post_accumulate_grad_hook(step)
for _ in range(2):
    (w * w).sum().backward()
    print(w, w.grad)
""",
    "the order of a leaf's hooks": """
w = torch.tensor([1.0, 2.0], requires_grad=True)
w.register_post_accumulate_grad_hook(lambda p: print("post", p.grad))
w.register_hook(lambda g: print("pre 1", g, w.grad))
w.register_hook(lambda g: g * 10)
w.register_hook(lambda g: print("pre 2", g, w.grad))
w.retain_grad()
loss = (w * 3).sum()
acc = loss.grad_fn.next_functions[0][0].next_functions[0][0]
acc.register_prehook(lambda grads: print("node prehook", grads))
acc.register_hook(lambda gi, go: print("node hook", gi, go))
loss.backward()
print(w.grad)
""",
    "hooks on nodes": """
a = torch.tensor([0., 0., 0.], requires_grad=True)
b = a.clone()
print(isinstance(b.grad_fn, torch.autograd.graph.Node))
handle = b.grad_fn.register_hook(lambda gI, gO: (gO[0] * 2,))
b.sum().backward(retain_graph=True)
print(a.grad)
handle.remove()
a.grad = None
b.sum().backward(retain_graph=True)
print(a.grad)
a = torch.tensor([0., 0., 0.], requires_grad=True)
b = a.clone()
handle = b.grad_fn.register_prehook(lambda gI: (gI[0] * 2,))
b.sum().backward(retain_graph=True)
print(a.grad)
handle.remove()
a.grad = None
b.sum().backward(retain_graph=True)
print(a.grad)
""",
    "node hooks see inputs and outputs": """
x = torch.tensor([1.0, 2.0], requires_grad=True)
c = torch.tensor([3.0, 4.0])
y = x * c
y.grad_fn.register_hook(lambda gi, go: print("mul", gi, go))
z = y.sum()
z.grad_fn.register_hook(lambda gi, go: print("sum", gi, go))
z.grad_fn.register_prehook(lambda go: print("sum, before", go))
z.backward()
print(x.grad)
m = torch.max(x, dim=0)
m.values.grad_fn.register_prehook(lambda go: print("max, before", go))
m.values.backward()
""",
    "tensor hooks and node prehooks together": """
x = torch.tensor(1.0, requires_grad=True)
y = x * 2
y.register_hook(lambda g: print("tensor hook 1", g))
y.grad_fn.register_prehook(lambda g: print("node prehook", g))
y.register_hook(lambda g: print("tensor hook 2", g))
y.retain_grad()
y.grad_fn.register_hook(lambda gi, go: print("node hook", gi, go))
(y * 3).backward()
print(y.grad, x.grad)
""",
    "names, metadata and sequence of nodes": """
a = torch.tensor([1.0], requires_grad=True)
b = a.exp()
n = b.grad_fn
print(n.name())
print(n.next_functions)
print(n.metadata)
n.metadata["mine"] = 5
print(b.grad_fn.metadata)
c = b * 2
print(c.grad_fn._sequence_nr() > n._sequence_nr())
print(n.next_functions[0][0].variable is a)
print(hash(n) == hash(b.grad_fn), n == b.grad_fn, n is c.grad_fn)
print(n._input_metadata)
""",
    "multi-grad hooks": """
a = torch.rand(2, requires_grad=True)
b = torch.rand(2, requires_grad=True)
c = a * b
d = a * b
def fn(grads):
    print([g is not None for g in grads])
torch.autograd.graph.register_multi_grad_hook((a, b, c, d), fn)
c.sum().backward(retain_graph=True)
c.sum().backward(inputs=(a,), retain_graph=True)
""",
    "multi-grad hooks, mode any": """
a = torch.ones(2, requires_grad=True)
b = torch.ones(2, requires_grad=True)
c = a * 2
d = b * 3
handle = torch.autograd.graph.register_multi_grad_hook((c, d), lambda g: print("first gradient", g), mode="any")
(c.sum() + d.sum()).backward(retain_graph=True)
(c.sum() + d.sum()).backward(retain_graph=True)
handle.remove()
(c.sum() + d.sum()).backward()
try:
    torch.autograd.graph.register_multi_grad_hook((a, b), print, mode="some")
except ValueError as e:
    print("ValueError:", str(e).split("\\n")[0])
""",
    "gradient edges": """
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 2
edge = torch.autograd.graph.get_gradient_edge(y)
print(edge.node, edge.output_nr, type(edge).__name__)
z = (y * y).sum()
print(torch.autograd.grad(z, edge, retain_graph=True))
leaf = torch.autograd.graph.get_gradient_edge(x)
print(leaf.node.name(), torch.autograd.grad(z, [leaf, edge], retain_graph=True))
z.backward(inputs=[leaf])
print(x.grad)
try:
    torch.autograd.graph.get_gradient_edge(torch.ones(2))
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0])
a, b = torch.ones(4, requires_grad=True).split(2)
print(torch.autograd.graph.get_gradient_edge(b).output_nr)
""",
    "backward from an edge": """
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x.exp()
edge = torch.autograd.graph.get_gradient_edge(y)
torch.autograd.backward(edge, torch.ones(2), retain_graph=True)
print(x.grad)
print(torch.autograd.grad(edge, x, torch.tensor([1.0, 0.0])))
""",
    "pack and unpack": """
class Box:
    def __init__(self, t):
        self.t = t
def pack(t):
    print("pack", t.detach())
    return Box(t)
def unpack(box):
    print("unpack", box.t.detach())
    return box.t
a = torch.tensor([1.0, 2.0], requires_grad=True)
b = torch.tensor([2.0, 3.0], requires_grad=True) * 2
with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
    y = a * b
    z = y.exp() + 1
print("backward")
z.sum().backward()
print(a.grad)
""",
    "saved tensors on disk, nearly": """
store = {}
def pack(t):
    key = f"t{len(store)}"
    store[key] = t.detach().clone().numpy()
    return key
def unpack(key):
    return torch.from_numpy(store[key])
x = torch.tensor([0.5, -1.5], requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
    y = (x.sin() * x).sum()
print({k: v.tolist() for k, v in store.items()})
y.backward()
print(x.grad)
print(y.grad_fn.next_functions[0][0].name())
""",
    "registering hooks on one saved tensor": """
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x.pow(2)
raw = y.grad_fn._raw_saved_self
print(type(raw).__name__)
raw.register_hooks(lambda t: (print("pack", t), t * 2)[1].detach(), lambda t: (print("unpack", t), t)[1])
y.sum().backward()
print(x.grad)
z = x.exp()
z.grad_fn._raw_saved_result.register_hooks(lambda t: t, lambda t: t * 10)
z.sum().backward()
print(x.grad)
try:
    z.grad_fn._raw_saved_result.register_hooks(lambda t: t, lambda t: t)
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0].split(".")[0])
""",
    "what pack is called with": """
def pack(t):
    print("pack", tuple(t.shape), t.dtype, t.requires_grad, t.is_leaf, t.grad_fn)
    return t
def unpack(t):
    print("unpack", tuple(t.shape))
    return t
x = torch.ones(2, 3, requires_grad=True)
w = torch.full((3, 2), 0.5, requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
    h = x @ w
    s = torch.sigmoid(h)
    loss = (s ** 2).mean()
loss.backward()
print(x.grad)
with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
    with torch.no_grad():
        x @ w
    x + 1
    x.sum()
    -x
""",
    "nested saved tensor hooks": """
def named(name):
    return lambda t: (print("pack", name), t)[1], lambda t: (print("unpack", name), t)[1]
x = torch.tensor([1.0, 2.0], requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(*named("outer")):
    a = x * x
    with torch.autograd.graph.saved_tensors_hooks(*named("inner")):
        b = a * a
    c = b * b
c.sum().backward()
print(x.grad)
""",
    "disabled saved tensor hooks": """
message = "no hooks please"
x = torch.tensor([1.0], requires_grad=True)
with torch.autograd.graph.disable_saved_tensors_hooks(message):
    try:
        with torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: t):
            x * x
    except RuntimeError as e:
        print("RuntimeError:", str(e).split("\\n")[0])
    y = x * x
with torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: t):
    try:
        with torch.autograd.graph.disable_saved_tensors_hooks(message):
            pass
    except RuntimeError as e:
        print("RuntimeError:", str(e).split("\\n")[0])
y.backward()
print(x.grad)
""",
    "save_on_cpu": """
class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.w = torch.nn.Parameter(torch.full((5,), 0.5))
    def forward(self, x):
        with torch.autograd.graph.save_on_cpu():
            return self.w * x
x = torch.arange(5.0)
model = Model()
loss = model(x).sum()
loss.backward()
print(model.w.grad)
a = torch.ones(2, requires_grad=True)
with torch.autograd.graph.save_on_cpu(pin_memory=False):
    y = a.exp()
print(y.grad_fn._saved_result)
y.sum().backward()
print(a.grad)
""",
    "wrong pack and unpack": """
x = torch.tensor([1.0, 2.0], requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(lambda t: 5, lambda n: n):
    y = x * x
try:
    y.sum().backward()
except (TypeError, RuntimeError) as e:
    print(type(e).__name__, str(e).split("\\n")[0].split(".")[0])
with torch.autograd.graph.saved_tensors_hooks(lambda t: t.add_(1), lambda t: t):
    try:
        z = (x * 1).exp()
        z.sum().backward()
    except RuntimeError as e:
        print("RuntimeError:", str(e).split("\\n")[0].split(".")[0])
def failing(t):
    raise KeyError("cannot pack")
with torch.autograd.graph.saved_tensors_hooks(failing, lambda t: t):
    try:
        x.exp()
    except KeyError as e:
        print("KeyError", str(e).split("\\n")[0])
""",
    "a quantizing pack": """
def pack(t):
    return t.detach().round()
x = torch.tensor([0.25, 1.75, -2.5], requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t):
    y = (x ** 2).sum()
y.backward()
print(x.grad, y)
""",
    "checkpoint": """
checkpoint = torch.utils.checkpoint.checkpoint
def block(x):
    print("running block, grad enabled:", torch.is_grad_enabled())
    return torch.tanh(x * 2) * x
x = torch.tensor([0.5, -0.25], requires_grad=True)
y = checkpoint(block, x, use_reentrant=False)
print(y)
print("backward")
y.sum().backward()
print(x.grad)
x.grad = None
block(x).sum().backward()
print(x.grad)
""",
    "a checkpoint saves its arguments through the hooks around it": """
checkpoint = torch.utils.checkpoint.checkpoint
def inner(x):
    print("inner")
    return x.sin().exp() * x
def outer(x):
    print("outer")
    return checkpoint(inner, x.exp(), use_reentrant=False).cos()
def pack(t):
    print("saved:", t.numel())
    return t
x = torch.tensor([0.5, -0.25, 1.0], requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t):
    y = checkpoint(outer, x, use_reentrant=False)
print("backward")
y.sum().backward()
print(x.grad)
""",
    "checkpoint, reentrant": """
checkpoint = torch.utils.checkpoint.checkpoint
def block(x):
    print("running block, grad enabled:", torch.is_grad_enabled())
    return torch.tanh(x * 2) * x
x = torch.tensor([0.5, -0.25], requires_grad=True)
y = checkpoint(block, x, use_reentrant=True)
print(y.grad_fn)
y.sum().backward()
print(x.grad)
""",
    "a clipping hook on every parameter": """
nn = torch.nn
net = nn.Linear(2, 2)
with torch.no_grad():
    net.weight.copy_(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
    net.bias.zero_()
for name, p in net.named_parameters():
    p.register_hook(lambda g, name=name: (print(name, g), g.clamp(-1.5, 1.5))[1])
out = net(torch.tensor([[1.0, 2.0], [3.0, -1.0]]))
(out ** 2).mean().backward()
print(net.weight.grad)
print(net.bias.grad)
""",
    "recording gradients of a network's activations": """
nn = torch.nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(2, 3)
        self.fc2 = nn.Linear(3, 1)
        self.grads = {}
    def forward(self, x):
        h = torch.relu(self.fc1(x))
        h.register_hook(lambda g: self.grads.__setitem__("h", g.shape))
        y = self.fc2(h)
        y.register_hook(lambda g: self.grads.__setitem__("y", g))
        return y
net = Net()
net(torch.tensor([[1.0, -1.0], [0.5, 2.0]])).sum().backward()
print(net.grads)
""",
    "module forward hooks": """
nn = torch.nn
net = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
shapes = []
handles = [m.register_forward_hook(lambda m, args, out: shapes.append((type(m).__name__, tuple(args[0].shape),
          tuple(out.shape)))) for m in net]
pre = net.register_forward_pre_hook(lambda m, args: print("entering", type(m).__name__, len(args)))
net(torch.ones(4, 2))
print(shapes)
for h in handles:
    h.remove()
pre.remove()
net(torch.ones(4, 2))
print(len(shapes))
net[1].register_forward_hook(lambda m, args, out: out * 0 + 1)
with torch.no_grad():
    net[2].weight.fill_(1.0)
    net[2].bias.zero_()
print(net(torch.ones(1, 2)))
""",
    "module backward hooks": """
nn = torch.nn
lin = nn.Linear(2, 2, bias=False)
with torch.no_grad():
    lin.weight.copy_(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
def hook(module, grad_input, grad_output):
    print(type(module).__name__, grad_input, grad_output)
h = lin.register_full_backward_hook(hook)
x = torch.tensor([[1.0, -1.0]], requires_grad=True)
out = lin(x)
print(out.grad_fn)
out.sum().backward()
print(x.grad, lin.weight.grad)
h.remove()
lin(x).sum().backward()
lin.register_full_backward_pre_hook(lambda m, go: (go[0] * 10,))
x.grad = None
lin(x).sum().backward()
print(x.grad)
""",
    "hooks and create_graph": """
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x ** 3
y.register_hook(lambda g: print("y got", g, g.requires_grad))
g, = torch.autograd.grad(y.sum(), x, create_graph=True)
print(g)
g.register_hook(lambda gg: print("g got", gg))
g.sum().backward()
print(x.grad)
""",
    "hooks and autograd.grad": """
x = torch.tensor([1.0, 2.0], requires_grad=True)
w = torch.tensor([3.0, 4.0], requires_grad=True)
x.register_hook(lambda g: (print("x's hook", g), g * 100)[1])
w.register_hook(lambda g: print("w's hook", g))
x.register_post_accumulate_grad_hook(lambda p: print("never in grad()"))
y = x * w
y.register_hook(lambda g: print("y's hook", g))
print(torch.autograd.grad(y.sum(), x))
print(torch.autograd.grad((x * w).sum(), [w, x]))
print(x.grad)
""",
    "retain_grad by many": """
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 2
y.retain_grad()
y.retain_grad()
z = y * y
z.retain_grad()
z.sum().backward(retain_graph=True)
print(y.grad, z.grad)
z.sum().backward()
print(y.grad, z.grad)
print(y.retains_grad, x.retains_grad)
""",
    "retain_grad and in-place": """
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 2
y.retain_grad()
y.mul_(3)
print(y.retains_grad, y.grad_fn)
y.sum().backward()
print(y.grad, x.grad)
x.grad = None
y = x * 2
y.register_hook(lambda g: print("before mul_", g))
y.mul_(3)
y.register_hook(lambda g: print("after mul_", g))
y.sum().backward()
print(x.grad)
""",
    "the anatomy of an accumulate node": """
w = torch.ones(2, requires_grad=True)
y = w * 2
acc = y.grad_fn.next_functions[0][0]
print(type(acc).__name__, acc.name().split("::")[-1], acc.variable is w, acc.next_functions)
print((w + 1).grad_fn.next_functions[0][0] is acc)
v = w.view_as(w)
print(v.grad_fn, v.grad_fn.next_functions[0][0] is acc)
w2 = torch.ones(2, requires_grad=True)
print((w2 * 1).grad_fn.next_functions[0][0] is acc)
""",
    "a gradient logger": """
log = []
def watch(name, t):
    t.register_hook(lambda g: log.append((name, [round(v, 3) for v in g.flatten().tolist()])))
    return t
x = watch("x", torch.tensor([1.0, 2.0], requires_grad=True))
h1 = watch("h1", x * 2)
h2 = watch("h2", h1.sin())
h3 = watch("h3", h1 + h2)
loss = watch("loss", h3.sum())
loss.backward()
for entry in log:
    print(entry)
""",
    "gradient reversal by a hook": """
x = torch.tensor([1.0, -2.0], requires_grad=True)
feature = x * 2
reversed_ = feature.view_as(feature)
reversed_.register_hook(lambda g: -0.5 * g)
task = (feature ** 2).sum()
domain = reversed_.sum()
(task + domain).backward()
print(x.grad)
""",
    "hooks that remove themselves": """
x = torch.ones(2, requires_grad=True)
handle = None
def once(g):
    print("once", g)
    handle.remove()
handle = x.register_hook(once)
for _ in range(2):
    (x * 2).sum().backward()
print(x.grad)
count = 0
def counting(g):
    global count
    count += 1
with x.register_hook(counting):
    for _ in range(3):
        x.sum().backward()
x.sum().backward()
print(count)
""",
    "a hook's gradient outlives the call": """
kept = []
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 2
y.register_hook(kept.append)
(y * y).sum().backward()
print(kept, kept[0].requires_grad, kept[0].is_leaf)
kept[0].zero_()
print(x.grad)
""",
    "backward inside a hook": """
x = torch.tensor(2.0, requires_grad=True)
w = torch.tensor(3.0, requires_grad=True)
def inner(g):
    with torch.enable_grad():
        (w * g.detach()).backward()
    print("inside", w.grad)
y = x * 5
y.register_hook(inner)
(y * y).backward()
print(x.grad, w.grad)
""",
    "saved tensor hooks and double backward": """
calls = {"pack": 0, "unpack": 0}
def pack(t):
    calls["pack"] += 1
    return t
def unpack(t):
    calls["unpack"] += 1
    return t
x = torch.tensor([1.0, 2.0], requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
    y = (x ** 3).sum()
    print(calls)
    g, = torch.autograd.grad(y, x, create_graph=True)
    print(calls)
print(torch.autograd.grad(g.sum(), x), calls)
""",
    "saved fields under hooks": """
x = torch.tensor([1.0, 2.0], requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(lambda t: t * 2, lambda t: t + 1):
    y = x.pow(2)
    z = x.exp()
print(y.grad_fn._saved_self)
print(z.grad_fn._saved_result)
y.sum().backward()
print(x.grad)
""",
    "increment_version and other tools of graph": """
x = torch.ones(2, requires_grad=True)
y = x * 1
z = y * y
torch.autograd.graph.increment_version(y)
print(y._version)
try:
    z.sum().backward()
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0].split(";")[0])
print(hasattr(torch.autograd.graph, "Node"), hasattr(torch.autograd.graph, "GradientEdge"))
""",
}
