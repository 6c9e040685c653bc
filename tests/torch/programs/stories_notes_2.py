"""More stories in the manner of PyTorch's notes: hooks, modes, accumulation, functions of one's own."""

from __future__ import annotations

from .stories_functions import LINEAR_FUNCTION

SCRIPTS = {
    "hooks that measure a signal": """
layers = [torch.nn.Linear(4, 4, bias=False) for _ in range(4)]
for i, layer in enumerate(layers):
    with torch.no_grad():
        layer.weight.copy_(torch.eye(4) * (0.5 + 0.25 * i))
norms = {}
x = torch.tensor([[1.0, -1.0, 2.0, 0.5]])
handles = []
h = x
for i, layer in enumerate(layers):
    h = torch.tanh(layer(h))
    handles.append(h.register_hook(lambda g, i=i: norms.setdefault(i, round(g.norm().item(), 4)) and None))
h.sum().backward()
print(norms, list(norms))
print([round(layer.weight.grad.norm().item(), 4) for layer in layers])
for handle in handles:
    handle.remove()
norms.clear()
h = torch.tanh(layers[0](x)).sum()
h.backward()
print(norms, layers[0].weight.grad.diagonal())
""",
    "visualizing gradients: with and without batch norm": """
def build(depth, norm):
    blocks = []
    for i in range(depth):
        lin = torch.nn.Linear(3, 3)
        with torch.no_grad():
            lin.weight.copy_(torch.tensor([[0.3, -0.2, 0.1], [0.4, 0.1, -0.3], [-0.1, 0.2, 0.5]]) * (1 + i / 10))
            lin.bias.fill_(0.1)
        blocks.append(lin)
        if norm:
            blocks.append(torch.nn.BatchNorm1d(3))
        blocks.append(torch.nn.Sigmoid())
    return torch.nn.Sequential(*blocks).double()
x = torch.tensor([[1.0, 2.0, -1.0], [0.5, -0.5, 0.0], [2.0, 1.0, 1.0], [-1.0, 0.3, 0.7]], dtype=torch.float64)
for norm in (False, True):
    net = build(5, norm)
    out = net(x)
    (out ** 2).mean().backward()
    grads = {name: p.grad.abs().mean().item() for name, p in net.named_parameters() if name.endswith("weight")}
    for name, g in grads.items():
        print(norm, name, f"{g:.6f}")
""",
    "intermediate gradients by hooks on modules": """
net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Linear(3, 1))
with torch.no_grad():
    for i, p in enumerate(net.parameters()):
        p.copy_(torch.linspace(-1, 1, p.numel()).reshape(p.shape) + i / 10)
seen = []
def forward_hook(module, args, output):
    output.retain_grad()
    seen.append((type(module).__name__, output))
for module in net:
    module.register_forward_hook(forward_hook)
x = torch.tensor([[1.0, -2.0], [-0.5, 0.25]], requires_grad=True)
(net(x) ** 2).sum().backward()
for name, output in seen:
    print(name, output.detach(), output.grad)
print(x.grad)
for name, p in net.named_parameters():
    print(name, p.grad)
""",
    "in place is refused, and the clone that helps": """
x = torch.tensor([1.0, 2.0], requires_grad=True)
def attempt(name, f):
    x.grad = None
    try:
        f().sum().backward()
        print(name, x.grad)
    except RuntimeError as e:
        print(name, "failed:", str(e).split("; expected")[0])
def sigmoid_then_add():
    y = x.sigmoid()
    y += 1
    return y
def exp_then_mul():
    y = x.exp()
    y.mul_(2)
    return y
def mul_then_relu():
    y = x * 3
    z = y * y
    y.relu_()
    return z
def clone_first():
    y = x.sigmoid()
    z = y.clone()
    z += 1
    return z * y
def add_then_add():
    y = x + 1
    y += 1
    return y
def sqrt_of_changed():
    y = x * x
    z = y.sqrt()
    y.add_(1)
    return z
def saved_mask():
    y = x * 2
    z = y.relu()
    y.zero_()
    return z
def norm_of_changed():
    y = x * 2
    n = y.norm()
    y[0] = 0
    return n
for name, f in list(locals().items()):
    if callable(f) and name in ("sigmoid_then_add", "exp_then_mul", "mul_then_relu", "clone_first", "add_then_add", "sqrt_of_changed",
                                "saved_mask", "norm_of_changed"):
        attempt(name, f)
""",
    "threads of a conversation with one tensor": """
t = torch.tensor([3.0, 4.0], requires_grad=True)
print(t, t.grad, t.is_leaf, t._version)
n = (t ** 2).sum().sqrt()
print(n, n.item(), n.grad_fn.next_functions[0][0].name())
n.backward()
print(t.grad)
with torch.no_grad():
    t -= 0.5 * t.grad
print(t, t._version, t.grad)
t.grad.zero_()
print(t.grad, t.grad._version)
m = torch.linalg.vector_norm(t)
m.backward()
print(t.grad, t.grad.norm())
t.grad = None
t.requires_grad_(False)
print(t, t.requires_grad, (t * 2).grad_fn)
t.requires_grad_()
s = t.square().mean()
g = torch.autograd.grad(s, t, create_graph=True)
print(g, g[0].sum().backward(), t.grad)
""",
    "modes as decorators, contexts and generators": """
@torch.no_grad()
def evaluate(x):
    return x * 2
@torch.inference_mode()
def infer(x):
    return x * 2
@torch.enable_grad()
def track(x):
    return x * 2
@torch.set_grad_enabled(False)
def off(x):
    return x * 2
x = torch.ones(1, requires_grad=True)
print(evaluate(x).requires_grad, infer(x).is_inference(), off(x).requires_grad, torch.is_grad_enabled())
with torch.no_grad():
    print(track(x).requires_grad, torch.is_grad_enabled())
@torch.no_grad()
def numbers(x):
    for i in range(2):
        yield (x * i).requires_grad, torch.is_grad_enabled()
print([(*pair, torch.is_grad_enabled()) for pair in numbers(x)])
prev = torch.is_grad_enabled()
torch.set_grad_enabled(False)
print((x * 2).requires_grad)
torch.set_grad_enabled(prev)
print(evaluate.__name__, infer.__name__)
class Net:
    @torch.no_grad()
    def run(self, x):
        return x + 1
print(Net().run(x).requires_grad)
with torch.inference_mode(False):
    print(torch.is_inference_mode_enabled(), (x * 2).requires_grad)
with torch.no_grad(), torch.enable_grad():
    print((x * 2).requires_grad)
""",
    "accumulation: into what, and when it is copied": """
x = torch.ones(2, requires_grad=True)
seed = torch.tensor([1.0, 2.0])
(x * 1).backward(seed)
print(x.grad is seed, x.grad.data_ptr() == seed.data_ptr())
x.backward(seed)
print(x.grad)
first = x.grad
(x * 2).sum().backward()
print(first is x.grad, first)
x.grad = None
(x * 3).sum().backward(create_graph=False)
print(first, x.grad)
x.grad = torch.zeros(2)
kept = x.grad
for _ in range(3):
    (x ** 2).sum().backward()
print(kept, kept is x.grad, x.grad._version)
x.grad.detach_()
y = torch.zeros(2, requires_grad=True)
(x * y).sum().backward()
print(x.grad, y.grad)
y.grad.add_(1)
print(x, y.grad)
""",
    "a softplus that does not overflow": """
def naive(x):
    return torch.log(1 + torch.exp(x))
def stable(x):
    return torch.clamp(x, min=0) + torch.log1p(torch.exp(-x.abs()))
x = torch.tensor([-1000.0, -1.0, 0.0, 1.0, 1000.0], dtype=torch.float64, requires_grad=True)
for f in (naive, stable, torch.nn.functional.softplus, lambda x: torch.logaddexp(x, torch.zeros_like(x))):
    y = f(x)
    g, = torch.autograd.grad(y.sum(), x)
    print(y.detach(), g)
def naive_lse(x):
    return x.exp().sum().log()
for f in (naive_lse, lambda x: x.logsumexp(0), lambda x: (x - x.max()).exp().sum().log() + x.max()):
    y = f(x)
    g, = torch.autograd.grad(y, x)
    print(y.detach(), g)
""",
    "extending: a linear layer of one's own, as function and module": LINEAR_FUNCTION + """\
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
}
