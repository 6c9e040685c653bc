"""What learners run first: requires_grad, backward, .grad, leaves, graphs that are walked, grad modes."""

SCRIPTS = {
    "a gentle introduction": """
a = torch.tensor([2., 3.], requires_grad=True)
b = torch.tensor([6., 4.], requires_grad=True)
Q = 3*a**3 - b**2
print(Q)
external_grad = torch.tensor([1., 1.])
Q.backward(gradient=external_grad)
print(9*a**2 == a.grad)
print(-2*b == b.grad)
print(a.grad, b.grad)
print(Q.grad_fn, Q.grad_fn.next_functions)
x = torch.rand(5, 5)
y = torch.rand(5, 5)
z = torch.rand((5, 5), requires_grad=True)
print(f"Does `a` require gradients?: {(x + y).requires_grad}")
b = x + z
print(f"Does `b` require gradients?: {b.requires_grad}")
""",
    "the fundamentals of autograd": """
import math
a = torch.linspace(0., 2. * math.pi, steps=25, requires_grad=True)
print(a)
b = torch.sin(a)
print(b)
c = 2 * b
print(c)
d = c + 1
print(d)
out = d.sum()
print(out)
print('d:')
print(d.grad_fn)
print(d.grad_fn.next_functions)
print(d.grad_fn.next_functions[0][0].next_functions)
print(d.grad_fn.next_functions[0][0].next_functions[0][0].next_functions)
print(d.grad_fn.next_functions[0][0].next_functions[0][0].next_functions[0][0].next_functions)
print('c:')
print(c.grad_fn)
print('b:')
print(b.grad_fn)
print('a:')
print(a.grad_fn)
out.backward()
print(a.grad)
""",
    "the fundamentals: turning autograd off and on": """
a = torch.ones(2, 3, requires_grad=True)
print(a)
b1 = 2 * a
print(b1)
a.requires_grad = False
b2 = 2 * a
print(b2)
a = torch.ones(2, 3, requires_grad=True) * 2
b = torch.ones(2, 3, requires_grad=True) * 3
c1 = a + b
print(c1)
with torch.no_grad():
    c2 = a + b
print(c2)
c3 = a * b
print(c3)
def add_tensors1(x, y):
    return x + y
@torch.no_grad()
def add_tensors2(x, y):
    return x + y
print(add_tensors1(a, b))
print(add_tensors2(a, b))
x = torch.rand(5, requires_grad=True)
y = x.detach()
print(x)
print(y)
""",
    "the fundamentals: a small training step": """
BATCH_SIZE = 4
DIM_IN = 8
HIDDEN_SIZE = 5
DIM_OUT = 2
class TinyModel(torch.nn.Module):
    def __init__(self):
        super(TinyModel, self).__init__()
        self.layer1 = torch.nn.Linear(DIM_IN, HIDDEN_SIZE)
        self.relu = torch.nn.ReLU()
        self.layer2 = torch.nn.Linear(HIDDEN_SIZE, DIM_OUT)
    def forward(self, x):
        x = self.layer1(x)
        x = self.relu(x)
        x = self.layer2(x)
        return x
some_input = torch.randn(BATCH_SIZE, DIM_IN, requires_grad=False)
ideal_output = torch.randn(BATCH_SIZE, DIM_OUT, requires_grad=False)
model = TinyModel()
print(model)
print(model.layer2.weight[0][0:3])
print(model.layer2.weight.grad)
optimizer = torch.optim.SGD(model.parameters(), lr=0.001)
prediction = model(some_input)
loss = (ideal_output - prediction).pow(2).sum()
print(loss)
loss.backward()
print(model.layer2.weight[0][0:3])
print(model.layer2.weight.grad[0][0:3])
optimizer.step()
print(model.layer2.weight[0][0:3])
for i in range(0, 5):
    prediction = model(some_input)
    loss = (ideal_output - prediction).pow(2).sum()
    loss.backward()
print(model.layer2.weight.grad[0][0:3])
optimizer.zero_grad(set_to_none=False)
print(model.layer2.weight.grad[0][0:3])
""",
    "the fundamentals: the vector-Jacobian product": """
x = torch.randn(3, requires_grad=True)
y = x * 2
while y.data.norm() < 1000:
    y = y * 2
print(y)
v = torch.tensor([0.1, 1.0, 0.0001], dtype=torch.float)
y.backward(v)
print(x.grad)
def exp_adder(x, y):
    return 2 * x.exp() + 3 * y
inputs = (torch.rand(1), torch.rand(1))
print(inputs)
print(torch.autograd.functional.jacobian(exp_adder, inputs))
inputs = tuple(torch.rand(1) for _ in range(2))
def do_some_doubling(x):
    y = x * 2
    while y.data.norm() < 1000:
        y = y * 2
    return y
inputs = torch.randn(3)
my_gradients = torch.tensor([0.1, 1.0, 0.0001])
print(torch.autograd.functional.vjp(do_some_doubling, inputs, v=my_gradients))
""",
    "automatic differentiation with torch.autograd": """
x = torch.ones(5)
y = torch.zeros(3)
w = torch.randn(5, 3, requires_grad=True)
b = torch.randn(3, requires_grad=True)
z = torch.matmul(x, w)+b
loss = torch.nn.functional.binary_cross_entropy_with_logits(z, y)
print(f"Gradient function for z = {z.grad_fn}")
print(f"Gradient function for loss = {loss.grad_fn}")
loss.backward()
print(w.grad)
print(b.grad)
z = torch.matmul(x, w)+b
print(z.requires_grad)
with torch.no_grad():
    z = torch.matmul(x, w)+b
print(z.requires_grad)
z = torch.matmul(x, w)+b
z_det = z.detach()
print(z_det.requires_grad)
inp = torch.eye(4, 5, requires_grad=True)
out = (inp+1).pow(2).t()
out.backward(torch.ones_like(out), retain_graph=True)
print(f"First call\\n{inp.grad}")
out.backward(torch.ones_like(out), retain_graph=True)
print(f"\\nSecond call\\n{inp.grad}")
inp.grad.zero_()
out.backward(torch.ones_like(out), retain_graph=True)
print(f"\\nCall after zeroing gradients\\n{inp.grad}")
""",
    "leaf and non-leaf, the tutorial": """
F = torch.nn.functional
x = torch.ones(1, 3)
W = torch.ones(3, 2, requires_grad=True)
b = torch.ones(1, 2, requires_grad=True)
y = torch.ones(1, 2)
z = (x @ W) + b
y_pred = F.relu(z)
loss = F.mse_loss(y_pred, y)
print(f"{x.is_leaf=}")
print(f"{W.is_leaf=}")
print(f"{b.is_leaf=}")
print(f"{y.is_leaf=}")
print(f"{z.is_leaf=}")
print(f"{y_pred.is_leaf=}")
print(f"{loss.is_leaf=}")
print(f"{W.requires_grad=} {z.requires_grad=} {loss.requires_grad=}")
loss.backward()
print(f"{W.grad=}")
print(f"{b.grad=}")
print(f"{y_pred.grad=}")
print(f"{z.grad=}")
print(f"{x.grad=}")
""",
    "retain_grad, the tutorial": """
F = torch.nn.functional
x = torch.ones(1, 3)
W = torch.ones(3, 2, requires_grad=True)
b = torch.ones(1, 2, requires_grad=True)
y = torch.ones(1, 2)
z = (x @ W) + b
y_pred = F.relu(z)
loss = F.mse_loss(y_pred, y)
z.retain_grad()
y_pred.retain_grad()
loss.retain_grad()
loss.backward()
print(f"{W.grad=}")
print(f"{z.grad=}")
print(f"{y_pred.grad=}")
print(f"{loss.grad=}")
print(f"{z.retains_grad=}")
print(f"{W.retains_grad=}")
W.retain_grad()
print(W.retains_grad)
""",
    "walking the graph by hand": """
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
w = torch.tensor([0.5, -1.0, 2.0], requires_grad=True)
b = torch.tensor(0.25, requires_grad=True)
y = torch.sigmoid((w * x).sum() + b)
loss = (y - 1) ** 2
def walk(fn, depth=0):
    if fn is None:
        print("  " * depth + "None")
        return
    print("  " * depth + type(fn).__name__)
    for child, index in fn.next_functions:
        walk(child, depth + 1)
walk(loss.grad_fn)
print(loss.grad_fn.name())
print(len(loss.grad_fn.next_functions))
""",
    "walking a graph that uses a tensor twice": """
x = torch.tensor(2.0, requires_grad=True)
y = x * x
z = y + y * x
seen = set()
order = []
def visit(fn):
    if fn is None or fn in seen:
        return
    seen.add(fn)
    for child, _ in fn.next_functions:
        visit(child)
    order.append(fn.name())
visit(z.grad_fn)
print(order)
z.backward()
print(x.grad)
add = z.grad_fn
mul = add.next_functions[1][0]
print(add.next_functions[0][0] is mul.next_functions[0][0])
leaf = mul.next_functions[1][0]
print(type(leaf).__name__, leaf.variable is x, leaf.next_functions)
""",
    "a breadth-first list of a network's graph": """
from collections import deque
nn = torch.nn
net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
x = torch.tensor([[0.1, 0.2, 0.3], [1.0, -1.0, 0.5]])
loss = nn.functional.cross_entropy(net(x), torch.tensor([0, 1]))
names = {p: n for n, p in net.named_parameters()}
queue = deque([(loss.grad_fn, 0)])
while queue:
    fn, depth = queue.popleft()
    label = names[fn.variable] if hasattr(fn, "variable") else ""
    print(depth, fn.name().replace("torch::autograd::", ""), label)
    for child, _ in fn.next_functions:
        if child is not None:
            queue.append((child, depth + 1))
""",
    "gradients add up": """
w = torch.tensor([1.0, -2.0, 0.5], requires_grad=True)
for step in range(3):
    loss = (w * torch.tensor([1.0, 2.0, 3.0])).sum() * (step + 1)
    loss.backward()
    print(step, w.grad)
g = w.grad
w.grad = None
print(w.grad, g)
(w ** 2).sum().backward()
print(w.grad, g)
w.grad.zero_()
print(w.grad)
(w ** 2).sum().backward()
print(w.grad is g)
""",
    "a second backward": """
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = (x ** 3).sum()
y.backward(retain_graph=True)
print(x.grad)
y.backward()
print(x.grad)
try:
    y.backward()
except RuntimeError as e:
    print(str(e)[:77])
z = (x + 1).sum()
z.backward()
z.backward()
print(x.grad)
""",
    "backward needs a scalar": """
x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
y = x * x
try:
    y.backward()
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0])
y.backward(torch.ones_like(y))
print(x.grad)
y = x * x
try:
    y.backward(torch.ones(2))
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0].split(".")[0])
y.backward(torch.tensor([[1.0, 0.0], [0.0, 0.0]]))
print(x.grad)
""",
    "the chain rule, checked by hand": """
x = torch.tensor(3.0, requires_grad=True)
u = x ** 2
v = torch.sin(u)
y = torch.exp(v)
u.retain_grad(); v.retain_grad(); y.retain_grad()
y.backward()
print("dy/dy", y.grad.item())
print("dy/dv", round(v.grad.item(), 4), round(y.item(), 4))
print("dy/du", round(u.grad.item(), 4), round((y * torch.cos(u)).item(), 4))
print("dy/dx", round(x.grad.item(), 3), round((y * torch.cos(u) * 2 * x).item(), 3))
""",
    "torch.autograd.grad in all its forms": """
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = torch.tensor([3.0, 4.0], requires_grad=True)
z = torch.tensor([5.0, 6.0], requires_grad=True)
out = (x * y).sum()
print(torch.autograd.grad(out, x, retain_graph=True))
print(torch.autograd.grad(out, (x, y), retain_graph=True))
print(torch.autograd.grad(outputs=out, inputs=[y], retain_graph=True))
try:
    torch.autograd.grad(out, [x, z], retain_graph=True)
except RuntimeError as e:
    print(str(e).split("\\n")[0].split(".")[0])
print(torch.autograd.grad(out, [x, z], retain_graph=True, allow_unused=True))
print(torch.autograd.grad(out, [x, z], retain_graph=True, materialize_grads=True))
print(torch.autograd.grad(x * y, x, grad_outputs=torch.tensor([1.0, 10.0])))
print(torch.autograd.grad([x * y, x ** 2], [x, y], grad_outputs=[torch.ones(2), torch.tensor([0.5, 0.25])]))
print(x.grad, y.grad)
""",
    "grad of grads": """
x = torch.tensor(2.0, requires_grad=True)
y = x ** 4
g1, = torch.autograd.grad(y, x, create_graph=True)
g2, = torch.autograd.grad(g1, x, create_graph=True)
g3, = torch.autograd.grad(g2, x, create_graph=True)
g4, = torch.autograd.grad(g3, x)
print(y, g1, g2, g3, g4)
print(g1.grad_fn, g2.requires_grad, g4.requires_grad)
""",
    "derivatives of sin, up to the fifth": """
x = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
f = torch.sin(x)
for n in range(6):
    print(n, f"{f.item():.6f}", f.grad_fn.name() if f.grad_fn is not None else None)
    f, = torch.autograd.grad(f, x, create_graph=True)
""",
    "backward(create_graph=True) and its warning": """
import warnings
x = torch.tensor([1.0, 2.0], requires_grad=True)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    (x ** 3).sum().backward(create_graph=True)
    print([str(w.message).split(".")[0] for w in caught])
print(x.grad)
g = x.grad
x.grad = None
g.sum().backward()
print(x.grad)
""",
    "backward to some inputs only": """
x = torch.tensor(2.0, requires_grad=True)
y = torch.tensor(3.0, requires_grad=True)
h = x * y
out = h ** 2
out.backward(inputs=[x], retain_graph=True)
print(x.grad, y.grad)
out.backward(inputs=(y,), retain_graph=True)
print(x.grad, y.grad)
h.retain_grad()
out.backward(inputs=[h])
print(h.grad, x.grad, y.grad)
try:
    (x * 2).backward(inputs=[])
except RuntimeError as e:
    print(str(e).split("\\n")[0])
""",
    "several losses": """
w = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
h = w * 2
loss1 = h.sum()
loss2 = (h ** 2).mean()
loss1.backward(retain_graph=True)
print(w.grad)
loss2.backward()
print(w.grad)
w.grad = None
h = w * 2
(h.sum() + (h ** 2).mean()).backward()
print(w.grad)
w.grad = None
h = w * 2
torch.autograd.backward([h.sum(), (h ** 2).mean()])
print(w.grad)
w.grad = None
h = w * 2
torch.autograd.backward([h], grad_tensors=[torch.tensor([1.0, 0.0, -1.0])])
print(w.grad)
""",
    "no_grad in its forms": """
w = torch.tensor([1.0], requires_grad=True)
print(torch.is_grad_enabled())
with torch.no_grad():
    print(torch.is_grad_enabled(), (w * 2).requires_grad)
    with torch.enable_grad():
        print(torch.is_grad_enabled(), (w * 2).requires_grad)
    print(torch.is_grad_enabled())
@torch.no_grad
def plain(t):
    return t * 2
@torch.no_grad()
def called(t):
    return t * 3
@torch.enable_grad()
def on(t):
    return t * 4
print(plain(w), called(w))
with torch.no_grad():
    print(on(w))
torch.set_grad_enabled(False)
print(w * 5)
torch.set_grad_enabled(True)
print(w * 5)
with torch.set_grad_enabled(False):
    print(w * 6)
for train in (True, False):
    with torch.set_grad_enabled(train):
        print(train, (w + 1).requires_grad, (w + 1).grad_fn)
""",
    "inference mode": """
x = torch.ones(3, requires_grad=True)
with torch.inference_mode():
    y = x * 2
    print(y.requires_grad, y.is_inference(), x.is_inference())
    print(torch.is_inference_mode_enabled(), torch.is_grad_enabled())
print(torch.is_inference_mode_enabled())
for attempt in (lambda: y.requires_grad_(), lambda: y.add_(1), lambda: x * y, lambda: (x * y).sum().backward(), lambda: y._version):
    try:
        print(attempt())
    except RuntimeError as e:
        print("RuntimeError:", str(e).split("\\n")[0].split(".")[0])
print((y + 1).is_inference())
@torch.inference_mode()
def predict(t):
    return t * 3
print(predict(x), predict(x).is_inference())
z = y.clone()
print(z.is_inference(), z.requires_grad)
""",
    "a loss that grows because the graph is kept": """
w = torch.tensor(0.5, requires_grad=True)
total = 0
for i in range(3):
    loss = (w - i) ** 2
    total = total + loss
print(total, total.requires_grad)
total_number = 0.0
for i in range(3):
    loss = (w - i) ** 2
    total_number += loss.item()
print(total_number)
total.backward()
print(w.grad)
""",
    "detach cuts the graph": """
x = torch.tensor(3.0, requires_grad=True)
y = x ** 2
z = y.detach() * x
print(z, y.detach(), y.detach().requires_grad, y.detach().is_leaf)
z.backward()
print(x.grad)
x.grad = None
(y * x).backward()
print(x.grad)
d = x.detach()
d.requires_grad_(True)
print(d, d.is_leaf, d is x)
(d * 2).backward()
print(d.grad, x.grad)
""",
    "clone and detach": """
x = torch.tensor([1.0, 2.0], requires_grad=True)
c = x.clone()
d = x.detach()
cd = x.clone().detach()
print(c, d, cd)
with torch.no_grad():
    x[0] = 100.0
print(x, c, d, cd)
(c * 2).sum().backward()
print(x.grad)
print(c.is_leaf, d.is_leaf, cd.is_leaf)
t = torch.tensor(cd)
print(t is cd, t)
""",
    "making leaves": """
a = torch.rand(3, requires_grad=True)
print(a.is_leaf)
b = torch.rand(3, requires_grad=True) * 2
print(b.is_leaf)
c = torch.rand(3, requires_grad=True) + 2
print(c.is_leaf)
d = torch.rand(3).double()
print(d.is_leaf)
e = torch.rand(3).double().requires_grad_()
print(e.is_leaf)
f = torch.rand(3, requires_grad=True, dtype=torch.float64)
print(f.is_leaf)
g = torch.rand(3, requires_grad=True).double()
print(g.is_leaf, g.requires_grad, g.grad_fn)
h = torch.nn.Parameter(torch.ones(2))
print(h.is_leaf, h.requires_grad)
""",
    "the .grad of what is not a leaf": """
import warnings
x = torch.tensor(2.0, requires_grad=True)
y = x * 3
z = y ** 2
z.backward()
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    print(y.grad)
    print(len(caught), caught[0].category.__name__)
    print(str(caught[0].message).split(".")[0])
print(x.grad)
""",
    "requires_grad is for floats": """
for value in ([1, 2], [True, False], [1.0, 2.0]):
    try:
        t = torch.tensor(value, requires_grad=True)
        print(t)
    except RuntimeError as e:
        print("RuntimeError:", str(e).split("\\n")[0])
n = torch.arange(3)
try:
    n.requires_grad = True
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0])
try:
    n.requires_grad_()
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0])
print(n.float().requires_grad_())
""",
    "requires_grad of a result": """
x = torch.ones(2, requires_grad=True)
y = x * 2
try:
    y.requires_grad = False
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0].split(".")[0])
try:
    y.requires_grad = True
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0].split(".")[0])
print(y.requires_grad_(True) is y)
print(y.requires_grad)
x.requires_grad = False
print((x * 2).requires_grad, y.requires_grad)
y.sum().backward()
print(x.grad)
""",
    "assigning to .grad": """
w = torch.zeros(2, 2, requires_grad=True)
w.grad = torch.ones(2, 2)
print(w.grad)
(w * 3).sum().backward()
print(w.grad)
for wrong in (torch.ones(3), torch.ones(2, 2, dtype=torch.float64), 5.0, w):
    try:
        w.grad = wrong
        print("ok")
    except (RuntimeError, TypeError) as e:
        print(type(e).__name__, str(e).split("\\n")[0].split(".")[0])
del w.grad
print(w.grad)
""",
    "gradients through broadcasting": """
a = torch.ones(3, 1, requires_grad=True)
b = torch.arange(4.0, requires_grad=True)
c = torch.tensor(2.0, requires_grad=True)
y = a * b + c
print(y.shape, y)
y.sum().backward()
print(a.grad, a.grad.shape)
print(b.grad, b.grad.shape)
print(c.grad, c.grad.shape)
""",
    "gradients that vanish and explode": """
for name, f in (("sigmoid", torch.sigmoid), ("tanh", torch.tanh), ("relu", torch.relu)):
    x = torch.tensor(1.5, requires_grad=True)
    h = x
    kept = []
    for layer in range(4):
        h = f(h)
        h.retain_grad()
        kept.append(h)
    h.backward()
    print(name, [round(k.grad.item(), 4) for k in kept], round(x.grad.item(), 5))
x = torch.tensor(1.5, requires_grad=True)
h = x
for _ in range(4):
    h = h * h
h.backward()
print(h, x.grad)
""",
    "visualizing gradients: a hand-made table": """
nn = torch.nn
model = nn.Sequential(nn.Linear(2, 3), nn.Sigmoid(), nn.Linear(3, 3), nn.Sigmoid(), nn.Linear(3, 1))
x = torch.tensor([[0.5, -1.0], [1.5, 2.0]])
loss = model(x).pow(2).mean()
loss.backward()
for name, p in model.named_parameters():
    print(f"{name:10} {tuple(p.shape)!s:8} mean |grad| {p.grad.abs().mean():.5f}")
print(sum(p.numel() for p in model.parameters()))
""",
    "numerical against analytical": """
def f(x):
    return (x ** 3 + 2 * x).sum()
x = torch.tensor([0.5, -1.0, 2.0], dtype=torch.float64, requires_grad=True)
f(x).backward()
eps = 1e-6
numeric = torch.zeros_like(x)
with torch.no_grad():
    for i in range(3):
        step = torch.zeros_like(x)
        step[i] = eps
        numeric[i] = (f(x + step) - f(x - step)) / (2 * eps)
print(x.grad, numeric)
print(torch.allclose(x.grad, numeric, atol=1e-6))
print(torch.autograd.gradcheck(f, (x,)))
print(torch.autograd.gradgradcheck(f, (x,)))
""",
    "control flow": """
def f(a):
    b = a * 2
    while b.norm() < 100:
        b = b * 2
    if b.sum() > 0:
        c = b
    else:
        c = 10 * b
    return c
for start in (1.5, -0.7):
    a = torch.tensor(start, requires_grad=True)
    d = f(a)
    d.backward()
    print(a.grad, a.grad == d / a)
""",
    "newton's method": """
x = torch.tensor(3.0, dtype=torch.float64, requires_grad=True)
for step in range(6):
    f = x ** 3 - 2 * x - 5
    g, = torch.autograd.grad(f, x)
    with torch.no_grad():
        x -= f / g
    print(step, f"{x.item():.8f}")
print(x.requires_grad, x.is_leaf)
""",
    "gradient descent on a bowl": """
w = torch.tensor([4.0, -3.0], requires_grad=True)
lr = 0.25
for step in range(5):
    loss = (w ** 2).sum() + w[0]
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
    w.grad.zero_()
    print(step, loss.item(), w)
""",
    "the update that forgets no_grad": """
w = torch.tensor([1.0, 2.0], requires_grad=True)
loss = (w ** 2).sum()
loss.backward()
try:
    w -= 0.1 * w.grad
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0])
w2 = w - 0.1 * w.grad
print(w2.is_leaf, w2.grad_fn)
w.data -= 0.1 * w.grad
print(w)
w = (w - 0.1 * w.grad).detach().requires_grad_()
print(w, w.grad)
""",
    "zeroing": """
w = torch.ones(2, requires_grad=True)
opt = torch.optim.SGD([w], lr=0.5)
(w * w).sum().backward()
print(w.grad)
opt.zero_grad()
print(w.grad)
(w * w).sum().backward()
opt.zero_grad(set_to_none=False)
print(w.grad)
opt.step()
print(w)
w.grad = None
opt.step()
print(w)
""",
    "the gradient of max, min, and ties": """
x = torch.tensor([1.0, 3.0, 3.0, 2.0], requires_grad=True)
x.max().backward()
print(x.grad)
x.grad = None
x.max(dim=0).values.backward()
print(x.grad)
x.grad = None
x.amax().backward()
print(x.grad)
x.grad = None
x.min().backward()
print(x.grad)
x.grad = None
x.median().backward()
print(x.grad)
x.grad = None
torch.maximum(x, torch.tensor(3.0)).sum().backward()
print(x.grad)
""",
    "subgradients at the kinks": """
for name in ("abs", "relu", "sign", "sqrt", "round", "frac", "floor"):
    x = torch.tensor([0.0, 1.5, 4.0], requires_grad=True)
    getattr(x, name)().sum().backward()
    print(name, x.grad)
x = torch.tensor([0.0, -2.0], requires_grad=True)
x.pow(2).sqrt().sum().backward()
print(x.grad)
x = torch.tensor([0.0, 1.0], requires_grad=True)
torch.where(x > 0, x.sqrt(), torch.zeros_like(x)).sum().backward()
print(x.grad)
x = torch.zeros(2, requires_grad=True)
x.norm().backward()
print(x.grad)
""",
    "f-strings and numbers": """
x = torch.tensor(2.5, requires_grad=True)
y = x ** 2
y.backward()
print(f"x={x} y={y} dy/dx={x.grad}")
print(f"{x.item():.3f} {y.item():.2e} {x.grad.item():8.3f}|")
print(f"{y:.3f} {x.grad:.1f}")
print("%.2f" % y.item(), float(x), int(y), bool(x > 1))
print(str(y.detach()), repr(x.grad))
""",
    "a computation without any leaf": """
x = torch.ones(3)
y = (x * 2).sum()
print(y.requires_grad, y.grad_fn, y.is_leaf)
try:
    y.backward()
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0])
try:
    torch.autograd.grad(y, x)
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0])
x.requires_grad_()
y = (x * 2).sum()
y.backward()
print(x.grad)
""",
    "freezing a part": """
w1 = torch.tensor([1.0, 2.0], requires_grad=True)
w2 = torch.tensor([3.0, 4.0], requires_grad=False)
out = (w1 * w2).sum()
print(out.grad_fn.next_functions[0][0].next_functions)
out.backward()
print(w1.grad, w2.grad)
w2.requires_grad_()
out = (w1 * w2).sum()
print([fn.name() if fn else None for fn, _ in out.grad_fn.next_functions[0][0].next_functions])
out.backward()
print(w1.grad, w2.grad)
""",
    "what a node saved": """
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x.pow(2)
print(y.grad_fn._saved_self is x, y.grad_fn._saved_self)
print(y.grad_fn._saved_exponent)
z = x.exp()
print(z.grad_fn._saved_result.equal(z), z.grad_fn._saved_result is z)
print([n for n in dir(z.grad_fn) if n.startswith("_saved")])
w = x * z
print([n for n in dir(w.grad_fn) if n.startswith("_saved")])
print(w.grad_fn._saved_other is z, w.grad_fn._saved_self is x)
w.sum().backward()
try:
    w.grad_fn._saved_self
except RuntimeError as e:
    print(str(e)[:60])
print(y.grad_fn._saved_self)
print(x.sum(0).grad_fn._saved_dim, x.mean().grad_fn._saved_self_sym_sizes)
""",
    "who is what in the source document": """
x = torch.ones(5)
y = torch.zeros(3)
w = torch.full((5, 3), 0.25, requires_grad=True)
b = torch.tensor([0.5, -0.5, 0.0], requires_grad=True)
z = torch.matmul(x, w) + b
loss = torch.nn.functional.binary_cross_entropy_with_logits(z, y)
for name, t in dict(x=x, y=y, w=w, b=b, z=z, loss=loss).items():
    print(f"{name:5} {tuple(t.shape)!s:7} requires_grad={t.requires_grad!s:5} is_leaf={t.is_leaf!s:5} grad_fn={t.grad_fn}")
loss.backward()
print(w.grad)
print(b.grad)
print(z.grad_fn.next_functions)
""",
    "anomaly detection finds nan": """
import warnings
x = torch.tensor([0.0, 1.0], requires_grad=True)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    with torch.autograd.detect_anomaly():
        y = (x / x).sum()
        try:
            y.backward()
        except RuntimeError as e:
            print("RuntimeError:", str(e).split("\\n")[0])
    with torch.autograd.set_detect_anomaly(True):
        print(torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled())
        z = torch.sqrt(x - x)
        try:
            (z * 0).sum().backward()
        except RuntimeError as e:
            print("RuntimeError:", str(e).split("\\n")[0])
print(torch.is_anomaly_enabled())
(x / x).sum().backward()
print(x.grad)
""",
    "nan and inf in gradients": """
x = torch.tensor([0.0, 1.0, -1.0, float("inf")], requires_grad=True)
for f in (torch.log, torch.sqrt, torch.reciprocal, torch.exp, torch.rsqrt):
    x.grad = None
    y = f(x)
    y.sum().backward()
    print(f.__name__, y.detach(), x.grad)
print(torch.isnan(x.grad), torch.isinf(x.grad).any(), torch.isfinite(x.grad).all())
print(torch.nan_to_num(x.grad, nan=0.0, posinf=9.0, neginf=-9.0))
""",
    "clipping": """
w = torch.tensor([3.0, 4.0], requires_grad=True)
b = torch.tensor([12.0], requires_grad=True)
((w ** 2).sum() / 2 + (b ** 2).sum() / 2).backward()
total = torch.nn.utils.clip_grad_norm_([w, b], max_norm=6.5)
print(total)
print(w.grad, b.grad)
torch.nn.utils.clip_grad_value_([w, b], 2.0)
print(w.grad, b.grad)
print(torch.nn.utils.clip_grad_norm_([w, b], max_norm=100.0))
print(w.grad)
print(torch.nn.utils.clip_grad_norm_(w, 1.0, norm_type=float("inf")), w.grad)
""",
    "a straight-through estimator": """
x = torch.tensor([0.2, 0.7, -1.4], requires_grad=True)
hard = x.round()
ste = x + (hard - x).detach()
print(hard, ste)
(ste * torch.tensor([1.0, 2.0, 3.0])).sum().backward()
print(x.grad)
x.grad = None
hard.sum().backward()
print(x.grad)
""",
    "gradient accumulation over small batches": """
X = torch.arange(8.0).reshape(4, 2)
t = torch.tensor([1.0, 0.0, 2.0, -1.0])
w = torch.tensor([0.5, -0.25], requires_grad=True)
((X @ w - t) ** 2).mean().backward()
whole = w.grad.clone()
w.grad = None
for i in range(0, 4, 2):
    loss = ((X[i:i+2] @ w - t[i:i+2]) ** 2).mean() / 2
    loss.backward()
    print(loss.item(), w.grad)
print(whole, torch.allclose(whole, w.grad))
""",
    "deepcopy and pickle of tensors that require grad": """
import copy
w = torch.tensor([1.0, 2.0], requires_grad=True)
(w * w).sum().backward()
v = copy.deepcopy(w)
print(v, v.grad, v.is_leaf, v is w)
with torch.no_grad():
    v[0] = 9.0
print(w, v)
try:
    copy.deepcopy(w * 2)
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0].split(",")[0])
print(copy.copy(w) is w)
""",
    "grad_fn of a view chain": """
x = torch.arange(12.0, requires_grad=True)
y = x.view(3, 4).t()[1:, 0].unsqueeze(0).expand(2, 3).reshape(-1)
fn = y.grad_fn
while fn is not None:
    print(fn.name())
    fn = fn.next_functions[0][0] if fn.next_functions else None
y.sum().backward()
print(x.grad)
""",
    "dtype of gradients": """
h = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
s = torch.tensor([3.0, 4.0], requires_grad=True)
i = torch.tensor([2, 3])
y = h * s + i
print(y.dtype, y)
y.sum().backward()
print(h.grad.dtype, s.grad.dtype, h.grad, s.grad)
z = s.double().sum()
z.backward()
print(s.grad, z.grad_fn.next_functions)
w = torch.tensor([1.0], dtype=torch.float16, requires_grad=True)
(w * 2).backward()
print(w.grad)
""",
    "len, iteration and indices of tensors with grad": """
x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
print(len(x), x.size(), x.size(1), x.dim(), x.ndim, x.numel(), x.nelement())
total = 0
for row in x:
    print(row)
    total = total + row.prod()
total.backward()
print(x.grad)
a, b = x
print(a.grad_fn, b.grad_fn, a.output_nr, b.output_nr)
print([v.item() for v in x.flatten()])
print(3.0 in x, x.tolist(), max(x[0]), sum(x[1]))
""",
    "a polynomial and its derivative on a grid": """
xs = torch.linspace(-2, 2, 5, requires_grad=True)
ys = xs ** 3 - 3 * xs
slope, = torch.autograd.grad(ys.sum(), xs, create_graph=True)
curve, = torch.autograd.grad(slope.sum(), xs)
for x, y, s, c in zip(xs.tolist(), ys.tolist(), slope.tolist(), curve.tolist()):
    print(f"{x:5.1f} {y:6.2f} {s:6.2f} {c:6.2f}")
print((slope.abs() < 1e-6).nonzero())
""",
    "names of a shape": """
x = torch.zeros(2, 3, requires_grad=True)
print(x.shape, type(x.shape), x.shape[0], list(x.shape), x.shape == (2, 3))
print(x.dtype, x.device, x.layout, x.type(), x.is_cuda, x.element_size(), x.itemsize, x.nbytes)
print(x.is_floating_point(), x.is_contiguous(), x.stride(), x.requires_grad, x.data.requires_grad)
print(type(x), isinstance(x, torch.Tensor), torch.is_tensor(x), torch.is_tensor(3))
""",
    "sum of parameters' gradients as one vector": """
nn = torch.nn
model = nn.Linear(2, 1)
with torch.no_grad():
    model.weight.copy_(torch.tensor([[1.0, -1.0]]))
    model.bias.fill_(0.5)
out = model(torch.tensor([[2.0, 1.0], [0.0, 3.0]]))
print(out)
out.sum().backward()
flat = torch.cat([p.grad.flatten() for p in model.parameters()])
print(flat, flat.norm())
vec = nn.utils.parameters_to_vector(model.parameters())
print(vec)
nn.utils.vector_to_parameters(torch.tensor([1.0, 2.0, 3.0]), model.parameters())
print(model.weight, model.bias)
""",
    "a gradient that is itself part of the loss": """
x = torch.tensor([1.0, 2.0], requires_grad=True)
w = torch.tensor([0.5, -0.5], requires_grad=True)
out = torch.tanh((w * x).sum())
gx, = torch.autograd.grad(out, x, create_graph=True)
penalty = (gx.norm() - 1) ** 2
print(out, gx, penalty)
(out + penalty).backward()
print(w.grad)
print(x.grad)
""",
    "hessian by hand": """
def f(x):
    return x[0] ** 2 * x[1] + torch.exp(x[1]) * x[2]
x = torch.tensor([1.0, 0.0, 2.0], dtype=torch.float64, requires_grad=True)
g, = torch.autograd.grad(f(x), x, create_graph=True)
print(g)
rows = [torch.autograd.grad(g[i], x, retain_graph=True)[0] for i in range(3)]
print(torch.stack(rows))
print(torch.autograd.functional.hessian(f, x.detach()))
v = torch.tensor([1.0, 1.0, 0.0], dtype=torch.float64)
print(torch.autograd.grad(g, x, v)[0])
""",
}
