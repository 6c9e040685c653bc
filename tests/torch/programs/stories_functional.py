"""Jacobians, Hessians, products with them, torch.func, and derivatives of derivatives at work."""

SCRIPTS = {
    "jacobian": """
def exp_reducer(x):
    return x.exp().sum(dim=1)
inputs = torch.tensor([[0.5, 1.0], [0.0, -1.0]])
print(torch.autograd.functional.jacobian(exp_reducer, inputs))
j = torch.autograd.functional.jacobian(exp_reducer, inputs, create_graph=True)
print(j.requires_grad, j.shape)
def exp_adder(x, y):
    return 2 * x.exp() + 3 * y
print(torch.autograd.functional.jacobian(exp_adder, (torch.tensor([0.0, 1.0]), torch.tensor([2.0, 3.0]))))
print(torch.autograd.functional.jacobian(exp_adder, (torch.tensor([0.0, 1.0]), torch.tensor([2.0, 3.0])), vectorize=True))
""",
    "hessian": """
def pow_reducer(x):
    return x.pow(3).sum()
inputs = torch.tensor([[1.0, 2.0], [-1.0, 0.5]])
print(torch.autograd.functional.hessian(pow_reducer, inputs))
def pow_adder_reducer(x, y):
    return (2 * x.pow(2) + 3 * y.pow(2)).sum()
print(torch.autograd.functional.hessian(pow_adder_reducer, (torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]))))
h = torch.autograd.functional.hessian(pow_reducer, torch.tensor([1.0, 2.0]), create_graph=True)
print(h)
""",
    "vjp, jvp": """
def exp_reducer(x):
    return x.exp().sum(dim=1)
inputs = torch.tensor([[0.5, 1.0], [0.0, -1.0]])
v = torch.tensor([1.0, 2.0])
print(torch.autograd.functional.vjp(exp_reducer, inputs, v))
print(torch.autograd.functional.jvp(exp_reducer, inputs, torch.ones(2, 2)))
print(torch.autograd.functional.vjp(lambda x: x.sum(), inputs))
def adder(x, y):
    return 2 * x + 3 * y
print(torch.autograd.functional.vjp(adder, (v, v), torch.ones(2)))
print(torch.autograd.functional.jvp(adder, (v, v), (torch.ones(2), torch.zeros(2))))
out, g = torch.autograd.functional.vjp(exp_reducer, inputs, v, create_graph=True)
print(out, g)
""",
    "vhp, hvp": """
def pow_reducer(x):
    return x.pow(3).sum()
inputs = torch.tensor([[1.0, 2.0], [-1.0, 0.5]])
v = torch.ones(2, 2)
print(torch.autograd.functional.vhp(pow_reducer, inputs, v))
print(torch.autograd.functional.hvp(pow_reducer, inputs, v))
def two(x, y):
    return (2 * x.pow(2) + 3 * x * y.pow(2)).sum()
xy = (torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]))
vv = (torch.zeros(2), torch.ones(2))
print(torch.autograd.functional.vhp(two, xy, vv))
print(torch.autograd.functional.hvp(two, xy, vv))
""",
    "complaints of torch.autograd.functional": """
AF = torch.autograd.functional
x = torch.tensor([1.0, 2.0])
for f in (lambda: AF.hessian(lambda t: t * 2, x), lambda: AF.vjp(lambda t: t * 2, x), lambda: AF.jacobian(lambda t: 5, x),
          lambda: AF.jacobian(torch.sin, [1.0]),
          lambda: AF.vjp(lambda t: t * 2, x, torch.ones(3)), lambda: AF.jacobian(lambda t: t.detach(), x, strict=True),
          lambda: AF.jacobian(lambda t: t.detach(), x),
          lambda: AF.jvp(lambda t: t * 2, x), lambda: AF.hvp(lambda t: t.sum(), x, torch.ones(2)), lambda: AF.hessian(lambda t: t.sum(),
          x)):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, str(e).split("\\n")[0].split(". ")[0])
""",
    "torch.func.grad": """
grad = torch.func.grad
x = torch.tensor(0.5)
cos_x = grad(lambda x: torch.sin(x))(x)
print(cos_x, torch.allclose(cos_x, x.cos()))
neg_sin_x = grad(grad(lambda x: torch.sin(x)))(x)
print(neg_sin_x, torch.allclose(neg_sin_x, -x.sin()))
def f(x, y):
    return (x * y ** 2).sum()
x, y = torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0])
print(grad(f)(x, y), grad(f, argnums=1)(x, y), grad(f, argnums=(0, 1))(x, y))
g, aux = grad(lambda x: ((x ** 2).sum(), x * 100), has_aux=True)(x)
print(g, aux)
grad_and_value = torch.func.grad_and_value
print(grad_and_value(f)(x, y))
""",
    "torch.func.grad over a dict of parameters": """
grad = torch.func.grad
params = {"w": torch.tensor([1.0, -1.0]), "b": torch.tensor(0.5)}
def loss(params, x, t):
    return ((x @ params["w"] + params["b"] - t) ** 2).mean()
x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
t = torch.tensor([0.0, 1.0])
g = grad(loss)(params, x, t)
print(g)
for _ in range(3):
    g = grad(loss)(params, x, t)
    params = {k: v - 0.05 * g[k] for k, v in params.items()}
    print(loss(params, x, t))
""",
    "torch.func.vjp and jvp": """
import warnings
warnings.simplefilter("ignore")
vjp, jvp = torch.func.vjp, torch.func.jvp
f = lambda x: (x.sin(), x.cos())
x = torch.tensor([0.5, 1.0])
(s, c), pullback = vjp(f, x)
print(s, c)
print(pullback((torch.ones(2), torch.zeros(2))))
out, tangent = jvp(lambda x: x ** 2, (x,), (torch.ones(2),))
print(out, tangent)
print(jvp(lambda x, y: x * y, (x, x), (torch.ones(2), torch.zeros(2))))
""",
    "jacrev, jacfwd, hessian of torch.func": """
import warnings
warnings.simplefilter("ignore")
jacrev, jacfwd, hessian = torch.func.jacrev, torch.func.jacfwd, torch.func.hessian
x = torch.tensor([0.5, 1.0, -1.0])
print(jacrev(torch.sin)(x))
print(jacfwd(torch.sin)(x))
def f(x):
    return (x ** 3).sum()
print(hessian(f)(x))
print(jacrev(lambda x, y: x.exp() + y ** 2, argnums=(0, 1))(x, x))
print(jacfwd(jacrev(f))(x).diagonal())
""",
    "vmap": """
vmap, grad = torch.func.vmap, torch.func.grad
xs = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
ys = torch.tensor([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
print(vmap(torch.dot)(xs, ys))
w = torch.tensor([0.5, -1.0])
def loss(w, x, t):
    return (w @ x - t) ** 2
ts = torch.tensor([1.0, 2.0, 3.0])
print(vmap(grad(loss), in_dims=(None, 0, 0))(w, xs, ts))
print(vmap(lambda x: x * 2, in_dims=1, out_dims=1)(xs))
print(torch.vmap(lambda x, y: x + y, in_dims=(0, None))(xs, w))
""",
    "functional_call": """
functional_call = torch.func.functional_call
nn = torch.nn
net = nn.Linear(2, 1)
params = {"weight": torch.tensor([[1.0, 2.0]], requires_grad=True), "bias": torch.tensor([0.5], requires_grad=True)}
x = torch.tensor([[3.0, 4.0]])
out = functional_call(net, params, (x,))
print(out)
out.sum().backward()
print(params["weight"].grad, params["bias"].grad, net.weight.grad)
print(functional_call(net, {"bias": torch.tensor([100.0])}, x).shape)
""",
    "per-sample gradients in a loop": """
nn = torch.nn
net = nn.Linear(2, 1)
with torch.no_grad():
    net.weight.copy_(torch.tensor([[1.0, -1.0]]))
    net.bias.zero_()
X = torch.tensor([[1.0, 2.0], [3.0, 1.0], [0.0, 1.0]])
rows = []
for x in X:
    loss = net(x).pow(2).sum()
    rows.append(torch.autograd.grad(loss, net.weight)[0])
per_sample = torch.stack(rows)
print(per_sample, per_sample.shape)
print(per_sample.norm(dim=(1, 2)))
loss = net(X).pow(2).sum()
print(torch.allclose(torch.autograd.grad(loss, net.weight)[0], per_sample.sum(0)))
""",
    "a hessian-vector product without the hessian": """
x = torch.tensor([1.0, 2.0, -1.0], dtype=torch.float64, requires_grad=True)
A = torch.tensor([[2.0, 1.0, 0.0], [1.0, 3.0, -1.0], [0.0, -1.0, 1.0]], dtype=torch.float64)
f = 0.5 * x @ A @ x + x.pow(4).sum()
g, = torch.autograd.grad(f, x, create_graph=True)
v = torch.tensor([1.0, 0.0, 2.0], dtype=torch.float64)
hv, = torch.autograd.grad(g @ v, x, retain_graph=True)
print(hv, (A + torch.diag(12 * x.detach() ** 2)) @ v)
hv2, = torch.autograd.grad(g, x, grad_outputs=v)
print(torch.equal(hv, hv2))
""",
    "the jacobian, row by row and with is_grads_batched": """
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = torch.stack([x.prod(), x.sum(), x[0] * x[2]])
rows = [torch.autograd.grad(y[i], x, retain_graph=True)[0] for i in range(3)]
print(torch.stack(rows))
J, = torch.autograd.grad(y, x, grad_outputs=torch.eye(3), is_grads_batched=True)
print(J)
""",
    "newton in two dimensions": """
def f(p):
    x, y = p
    return (x - 1) ** 4 + (y + 2) ** 2 + x * y
p = torch.tensor([2.0, 1.0], dtype=torch.float64)
for step in range(5):
    g = torch.autograd.functional.jacobian(f, p)
    H = torch.autograd.functional.hessian(f, p)
    p = p - torch.linalg.solve(H, g)
    print(step, [f"{v:.5f}" for v in p.tolist()], f"{f(p).item():.6f}")
""",
    "forward over reverse by a dummy": """
def jvp(y, x, v):
    u = torch.zeros_like(y, requires_grad=True)
    g, = torch.autograd.grad(y, x, u, create_graph=True)
    return torch.autograd.grad(g, u, v)[0]
x = torch.tensor([0.5, 1.5], requires_grad=True)
y = torch.stack([x[0] * x[1], x[0].exp(), x.sum()])
print(jvp(y, x, torch.tensor([1.0, 0.0])))
print(jvp(y, x, torch.tensor([0.0, 1.0])))
""",
    "a physics-informed derivative": """
t = torch.linspace(0, 1, 4, dtype=torch.float64).reshape(-1, 1).requires_grad_()
a = torch.tensor(1.5, dtype=torch.float64, requires_grad=True)
u = torch.exp(-a * t)
du, = torch.autograd.grad(u, t, torch.ones_like(u), create_graph=True)
d2u, = torch.autograd.grad(du, t, torch.ones_like(du), create_graph=True)
residual = ((d2u - 2.0 * u) ** 2).mean()
print(du.squeeze(), d2u.squeeze())
residual.backward()
print(residual, a.grad)
""",
    "forward-mode AD": """
import warnings
warnings.simplefilter("ignore")
fwAD = torch.autograd.forward_ad
primal = torch.tensor([1.0, 2.0])
tangent = torch.tensor([1.0, 0.5])
with fwAD.dual_level():
    dual = fwAD.make_dual(primal, tangent)
    out = dual ** 2 + dual.sin()
    y, dy = fwAD.unpack_dual(out)
    print(y, dy)
    print(fwAD.unpack_dual(primal).tangent)
""",
    "meta-learning: a step inside the graph": """
w = torch.tensor([1.0, 2.0], requires_grad=True)
lr = torch.tensor(0.1, requires_grad=True)
x = torch.tensor([0.5, -1.0])
inner = (w @ x - 1) ** 2
g, = torch.autograd.grad(inner, w, create_graph=True)
fast = w - lr * g
outer = (fast @ x - 2) ** 2
print(inner, g, fast, outer)
outer.backward()
print(w.grad, lr.grad)
print(fast.grad_fn.name(), fast.grad_fn.next_functions[1][0].name())
""",
    "gradient penalty": """
nn = torch.nn
critic = nn.Linear(2, 1)
with torch.no_grad():
    critic.weight.copy_(torch.tensor([[3.0, 4.0]]))
    critic.bias.zero_()
real = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
fake = torch.tensor([[-1.0, 0.5], [2.0, 1.0]])
eps = torch.tensor([[0.25], [0.75]])
mixed = (eps * real + (1 - eps) * fake).requires_grad_()
score = critic(mixed)
g, = torch.autograd.grad(score, mixed, torch.ones_like(score), create_graph=True, retain_graph=True)
penalty = ((g.norm(2, dim=1) - 1) ** 2).mean()
print(g, penalty)
penalty.backward()
print(critic.weight.grad, critic.bias.grad)
""",
    "implicit differentiation": """
a = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
x = torch.tensor(1.0, dtype=torch.float64)
for _ in range(20):
    x = 0.5 * (x + a.detach() / x)
x = x.requires_grad_()
residual = x ** 2 - a
dx, = torch.autograd.grad(residual, x, retain_graph=True)
da, = torch.autograd.grad(residual, a)
print(x, -da / dx)
""",
    "third order and mixed": """
x = torch.tensor(0.7, dtype=torch.float64, requires_grad=True)
y = torch.tensor(-0.3, dtype=torch.float64, requires_grad=True)
f = torch.exp(x * y) * torch.sin(x)
fx, fy = torch.autograd.grad(f, (x, y), create_graph=True)
fxx, fxy = torch.autograd.grad(fx, (x, y), create_graph=True)
fyx, fyy = torch.autograd.grad(fy, (x, y), create_graph=True)
print(f"{fxy.item():.10f} {fyx.item():.10f}", fxx.grad_fn.name())
fxxy, = torch.autograd.grad(fxx, y, create_graph=True)
fxyx, = torch.autograd.grad(fxy, x)
print(f"{fxxy.item():.10f} {fxyx.item():.10f}")
""",
    "is it in the graph?": """
x = torch.tensor(1.0, requires_grad=True)
y = torch.tensor(1.0, requires_grad=True)
out = x.exp()
print(torch.autograd.grad(out, [x, y], allow_unused=True, retain_graph=True))
print(torch.autograd.grad(out, [x, y], materialize_grads=True, retain_graph=True))
try:
    torch.autograd.grad(out, [x, y], allow_unused=False, materialize_grads=True)
except ValueError as e:
    print("ValueError:", str(e).split("\\n")[0])
g = torch.autograd.grad(2 * x, x, create_graph=True)[0]
print(g, g.requires_grad)
try:
    torch.autograd.grad(g, x)
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0])
lin = torch.autograd.grad(x * y, x, create_graph=True)[0]
print(torch.autograd.grad(lin, x, allow_unused=True), lin is y)
""",
    "jacobian of a network, twice": """
nn = torch.nn
net = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 2)).double()
with torch.no_grad():
    for k, p in enumerate(net.parameters()):
        p.copy_((torch.arange(p.numel(), dtype=torch.float64).reshape(p.shape) - 2) / (k + 3))
x = torch.tensor([0.5, -0.25], dtype=torch.float64)
J = torch.autograd.functional.jacobian(net, x)
print(J)
W1, W2 = net[0].weight, net[2].weight
h = torch.tanh(net[0](x))
print(torch.allclose(J, W2 @ torch.diag(1 - h ** 2) @ W1))
H = torch.autograd.functional.hessian(lambda x: net(x).sum(), x)
print(H, torch.allclose(H, H.T))
""",
    "the graph of a gradient": """
x = torch.tensor([1.0, 2.0], requires_grad=True)
def names(fn, found=None):
    found = [] if found is None else found
    if fn is not None and fn not in [f for f, _ in found]:
        found.append((fn, fn.name().split("::")[-1]))
        for child, _ in fn.next_functions:
            names(child, found)
    return found
for f in (lambda x: x ** 3, lambda x: x.exp(), lambda x: x.sin(), lambda x: x.tanh(), lambda x: x.sigmoid(), lambda x: x * x,
          lambda x: 1 / x, lambda x: x.log(), lambda x: x.sqrt(), lambda x: x.softmax(0)[0]):
    g, = torch.autograd.grad(f(x).sum(), x, create_graph=True)
    print([name for _, name in names(g.grad_fn)])
""",
    "a line search with grad": """
def rosenbrock(p):
    return (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2
p = torch.tensor([-1.2, 1.0], dtype=torch.float64)
for it in range(4):
    q = p.clone().requires_grad_()
    f = rosenbrock(q)
    g, = torch.autograd.grad(f, q)
    step = 1.0
    while rosenbrock(p - step * g) > f - 1e-4 * step * (g @ g):
        step /= 2
    p = p - step * g
    print(it, step, f"{rosenbrock(p).item():.6f}")
""",
}
