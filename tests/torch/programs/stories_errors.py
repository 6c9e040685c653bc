"""The mistakes that learners make, caught and printed, or left to end the program: PyTorch's exception and its first sentence."""

SCRIPTS = {
    "backward twice": """
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = (x * x).sum()
y.backward()
y.backward()
""",
    "backward on a vector": """
x = torch.tensor([1.0, 2.0], requires_grad=True)
print(x * 2)
(x * 2).backward()
""",
    "backward without a graph": """
x = torch.tensor([1.0, 2.0])
loss = (x * 2).sum()
loss.backward()
""",
    "numpy of a tensor that requires grad": """
w = torch.tensor([1.0, 2.0], requires_grad=True)
print(w.detach().numpy())
print(w.numpy())
""",
    "an in-place update of a weight": """
w = torch.tensor([1.0, 2.0], requires_grad=True)
(w ** 2).sum().backward()
w -= 0.1 * w.grad
""",
    "a gradient that is None": """
w = torch.tensor([1.0, 2.0], requires_grad=True)
print(w.grad)
w.grad.zero_()
""",
    "a shape that does not fit": """
x = torch.ones(4, 3)
w = torch.ones(4, 2, requires_grad=True)
print((x.T @ w).shape)
x @ w
""",
    "a dtype that does not fit": """
import numpy as np
x = torch.from_numpy(np.ones((2, 3)))
w = torch.ones(3, 1, requires_grad=True)
print(x.dtype, w.dtype)
x @ w
""",
    "integers that should have gradients": """
n = torch.arange(3)
print(n)
n.requires_grad_()
""",
    "an inference tensor in autograd": """
with torch.inference_mode():
    x = torch.ones(2)
w = torch.ones(2, requires_grad=True)
y = w * 3
print(y)
print((x + 1).is_inference())
(x * w).sum().backward()
""",
    "a weight that was replaced": """
w = torch.tensor([1.0, 2.0], requires_grad=True)
(w * 3).sum().backward()
print(w.grad)
w = w - 0.1 * w.grad
(w * 3).sum().backward()
print(w.grad is None)
w.grad.zero_()
""",
    "the tour of backward's mistakes": """
def attempt(name, f):
    try:
        print(name, f())
    except Exception as e:
        print(name, type(e).__name__, str(e).split("\\n")[0].split(". ")[0])
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * x
attempt("no seed", lambda: y.backward())
attempt("wrong seed", lambda: y.backward(torch.ones(3)))
attempt("scalar seed", lambda: y.backward(torch.tensor(1.0)))
attempt("a number", lambda: y.backward(1.0))
attempt("a list", lambda: y.backward([1.0, 1.0]))
attempt("int seed", lambda: y.backward(torch.ones(2, dtype=torch.int64)))
attempt("double seed", lambda: (y * 1).backward(torch.ones(2, dtype=torch.float64), retain_graph=True))
attempt("a wrong word", lambda: y.backward(retain=True))
attempt("inputs not in the graph", lambda: y.sum().backward(inputs=[torch.ones(2, requires_grad=True)]))
attempt("inputs without grad", lambda: y.sum().backward(inputs=[torch.ones(2)]))
attempt("inputs empty", lambda: y.sum().backward(inputs=[]))
attempt("freed", lambda: (y.sum().backward(), y.sum().backward()))
attempt("x", lambda: x.grad)
""",
    "the tour of grad's mistakes": """
def attempt(name, f):
    try:
        print(name, f())
    except Exception as e:
        print(name, type(e).__name__, str(e).split("\\n")[0].split(". ")[0])
grad = torch.autograd.grad
x = torch.tensor([1.0, 2.0], requires_grad=True)
z = torch.tensor([1.0, 2.0], requires_grad=True)
y = (x * x).sum()
attempt("unused", lambda: grad(y, z, retain_graph=True))
attempt("unused allowed", lambda: grad(y, z, retain_graph=True, allow_unused=True))
attempt("a constant", lambda: grad(y, torch.ones(2), retain_graph=True))
attempt("of a constant", lambda: grad(torch.ones(1), x))
attempt("no inputs", lambda: grad(y, []))
attempt("no outputs", lambda: grad([], x))
attempt("vector", lambda: grad(x * x, x))
attempt("too few seeds", lambda: grad([x * x, x + 1], x, [torch.ones(2)]))
attempt("seed shape", lambda: grad(x * x, x, torch.ones(3)))
attempt("a number", lambda: grad(y, 3.0))
attempt("a string", lambda: grad("y", x))
attempt("freed", lambda: (grad(y, x), grad(y, x)))
attempt("missing", lambda: grad(y))
attempt("itself", lambda: grad(x.sum(), x))
attempt("output in inputs", lambda: grad(y, y))
""",
    "the tour of tensor mistakes": """
def attempt(name, f):
    try:
        print(name, f())
    except Exception as e:
        print(name, type(e).__name__, str(e).split("\\n")[0].split(". ")[0])
x = torch.ones(2, 3)
attempt("attribute", lambda: x.foo)
attempt("attribute close", lambda: x.gradd)
attempt("setting", lambda: setattr(x, "mine", 3))
attempt("reading", lambda: x.mine)
attempt("call", lambda: x())
attempt("len", lambda: len(torch.tensor(1.0)))
attempt("iterate", lambda: list(torch.tensor(1.0)))
attempt("truth", lambda: bool(x))
attempt("truth of one", lambda: bool(torch.ones(1, 1)))
attempt("truth of none", lambda: bool(torch.ones(0)))
attempt("float", lambda: float(x))
attempt("int", lambda: int(torch.tensor(3.7)))
attempt("item", lambda: x.item())
attempt("index", lambda: [1, 2, 3][torch.tensor(1)])
attempt("float index", lambda: [1, 2, 3][torch.tensor(1.0)])
attempt("range", lambda: list(range(torch.tensor(2))))
attempt("plus string", lambda: x + "a")
attempt("plus none", lambda: x + None)
attempt("plus list", lambda: x + [1, 2, 3])
attempt("string plus", lambda: "a" + x)
attempt("compare", lambda: x == "a")
attempt("compare none", lambda: x == None)
attempt("less", lambda: x < "a")
attempt("in", lambda: "a" in x)
attempt("delete", lambda: x.__delitem__(0))
attempt("shape set", lambda: setattr(x, "shape", (3, 2)))
attempt("dtype set", lambda: setattr(x, "dtype", torch.float64))
attempt("is_leaf set", lambda: setattr(x, "is_leaf", False))
attempt("grad_fn set", lambda: setattr(x, "grad_fn", None))
attempt("requires_grad set", lambda: setattr(x, "requires_grad", "yes"))
""",
    "the tour of call mistakes": """
def attempt(name, f):
    try:
        print(name, f())
    except Exception as e:
        print(name, type(e).__name__, str(e).split("\\n")[0].split(". ")[0])
x = torch.ones(2, 2)
attempt("exp of a number", lambda: torch.exp(1.0))
attempt("sin of a list", lambda: torch.sin([1.0]))
attempt("add one", lambda: torch.add(x))
attempt("add three", lambda: torch.add(x, x, x))
attempt("matmul list", lambda: torch.matmul(x, [1, 2]))
attempt("unknown word", lambda: torch.sum(x, axes=0))
attempt("axis", lambda: torch.sum(x, axis=0))
attempt("mean keepdims", lambda: x.mean(0, keepdims=True))
attempt("twice", lambda: torch.sum(x, 0, dim=0))
attempt("reshape none", lambda: x.reshape())
attempt("view float", lambda: x.view(2.0, 2))
attempt("where", lambda: torch.where(x, x, x))
attempt("where two", lambda: torch.where(x > 0, x))
attempt("cat numbers", lambda: torch.cat([1, 2]))
attempt("stack one", lambda: torch.stack(torch.tensor(1.0)))
attempt("clamp", lambda: x.clamp())
attempt("pow", lambda: x.pow())
attempt("softmax", lambda: torch.softmax(x))
attempt("transpose", lambda: x.transpose(0))
attempt("zeros", lambda: torch.zeros([2, "a"]))
attempt("tensor twice", lambda: torch.tensor(1, 2))
attempt("tensor empty", lambda: torch.tensor())
attempt("ones dtype", lambda: torch.ones(2, dtype="float"))
attempt("arange none", lambda: torch.arange())
attempt("seed", lambda: torch.manual_seed("a"))
attempt("no such function", lambda: torch.no_such_function)
attempt("function of nn", lambda: torch.nn.NoSuchLayer)
attempt("functional", lambda: torch.nn.functional.no_such)
attempt("Tensor()", lambda: torch.Tensor([1, 2]))
attempt("Tensor shape", lambda: torch.Tensor(2, 3).shape)
attempt("to", lambda: x.to("float"))
attempt("cuda", lambda: x.to("nowhere"))
""",
    "the tour of mode mistakes": """
def attempt(name, f):
    try:
        print(name, f())
    except Exception as e:
        print(name, type(e).__name__, str(e).split("\\n")[0].split(". ")[0])
x = torch.tensor([1.0, 2.0], requires_grad=True)
with torch.no_grad():
    y = (x * 2).sum()
attempt("made in no_grad", lambda: y.backward())
attempt("still in force", lambda: torch.is_grad_enabled())
attempt("set without argument", lambda: torch.set_grad_enabled())
attempt("no_grad with argument", lambda: torch.no_grad(5))
attempt("decorated", lambda: torch.no_grad()(lambda t: t * 2)(x))
attempt("anomaly", lambda: torch.autograd.detect_anomaly(False))
def f():
    with torch.no_grad():
        raise ValueError("inside")
attempt("raise inside", f)
attempt("restored", lambda: torch.is_grad_enabled())
y = x * 2
attempt("detached", lambda: y.detach().sum().backward())
attempt("item", lambda: torch.tensor(y.sum().item()).backward())
attempt("rewrapped", lambda: torch.tensor([y[0].item(), y[1].item()], requires_grad=True).sum().backward())
attempt("x.grad", lambda: x.grad)
attempt("argmax", lambda: y.argmax().backward())
attempt("comparison", lambda: (y > 1).float().sum().backward())
attempt("round", lambda: (y.round().sum().backward(), x.grad))
attempt("long", lambda: y.long().sum().backward())
attempt("requires_grad off a result", lambda: setattr(y, "requires_grad", False))
attempt("requires_grad_ of a result", lambda: y.requires_grad_(False))
""",
    "the tour of in-place mistakes": """
def attempt(name, f):
    try:
        print(name, f())
    except Exception as e:
        print(name, type(e).__name__, str(e).split("\\n")[0].split(". ")[0])
w = torch.tensor([1.0, 2.0], requires_grad=True)
h = w * 1
attempt("leaf", lambda: w.add_(1))
attempt("leaf item", lambda: w.__setitem__(0, 3.0))
attempt("leaf view", lambda: w[0:1].mul_(2))
attempt("leaf zero", lambda: w.zero_())
attempt("leaf expand", lambda: w.expand(2, 2).add_(1))
attempt("copy shape", lambda: h.copy_(torch.ones(3)))
attempt("add shape", lambda: h.add_(torch.ones(2, 2)))
attempt("int", lambda: torch.ones(2, dtype=torch.int64).add_(h))
attempt("int div", lambda: torch.ones(2, dtype=torch.int64).div_(2))
attempt("item shape", lambda: h.__setitem__(0, torch.ones(2)))
attempt("item out of range", lambda: h.__setitem__(2, 1.0))
attempt("item string", lambda: h.__setitem__("a", 1.0))
attempt("item value", lambda: h.__setitem__(0, "a"))
attempt("bool", lambda: torch.tensor([True]).add_(1))
attempt("fill", lambda: h.fill_(torch.ones(2)))
attempt("resize", lambda: h.resize_(3))
attempt("unsqueeze", lambda: h.unsqueeze_(0).shape)
attempt("masked", lambda: h.masked_fill_(torch.tensor([1, 0]), 0.0))
attempt("clamp", lambda: h.clamp_())
attempt("unknown", lambda: h.matmul_(h))
s = w.exp()
s.mul_(2)
attempt("saved", lambda: s.sum().backward())
attempt("numpy write", lambda: w.detach().numpy().__setitem__(0, 5.0))
attempt("w", lambda: w)
""",
    "a version error that names shape, node and versions": """
w = torch.randn(3, 2, requires_grad=True)
x = torch.ones(4, 3)
h = x @ w
s = torch.sigmoid(h)
t = torch.tanh(s)
s[0, 0] = 0.0
s += 1
t.sum().backward()
print(w.grad)
u = torch.sigmoid(x @ w)
v = u * u
u[0, 0] = 0.0
v.sum().backward()
""",
    "training that changes weights between forward and backward": """
nn = torch.nn
net = nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
x = torch.ones(1, 2)
first = net(x).sum()
second = net(x).sum() * 2
first.backward()
opt.step()
print("stepped")
second.backward()
""",
    "hidden state kept over iterations": """
w = torch.tensor(0.5, requires_grad=True)
h = torch.tensor(1.0)
for step in range(3):
    h = torch.tanh(w * h)
    loss = h ** 2
    try:
        loss.backward()
        print(step, w.grad)
    except RuntimeError as e:
        print(step, "RuntimeError", str(e)[:45])
        h = h.detach()
h = torch.tensor(1.0)
w.grad = None
for step in range(3):
    h = torch.tanh(w * h.detach())
    (h ** 2).backward()
    print(step, w.grad)
""",
    "errors inside with blocks leave the mode as it was": """
for cm in (torch.no_grad(), torch.enable_grad(), torch.inference_mode(), torch.set_grad_enabled(False)):
    try:
        with cm:
            print(type(cm).__name__, torch.is_grad_enabled(), torch.is_inference_mode_enabled())
            raise KeyError("out")
    except KeyError as e:
        print(e, torch.is_grad_enabled(), torch.is_inference_mode_enabled())
x = torch.ones(2, requires_grad=True)
try:
    with torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: t):
        raise ValueError("v")
except ValueError:
    print((x * x).sum().grad_fn is not None)
""",
    "mistakes with modules and losses": """
def attempt(name, f):
    try:
        print(name, f())
    except Exception as e:
        print(name, type(e).__name__, str(e).split("\\n")[0].split(". ")[0])
nn, F = torch.nn, torch.nn.functional
lin = nn.Linear(3, 2)
x = torch.ones(4, 3)
attempt("features", lambda: lin(torch.ones(4, 2)))
attempt("numpy in", lambda: lin(x.numpy()))
attempt("ints", lambda: lin(torch.ones(4, 3, dtype=torch.int64)))
attempt("double", lambda: lin(x.double()))
attempt("too many", lambda: lin(x, x))
attempt("class", lambda: nn.Linear(3))
attempt("negative", lambda: nn.Linear(-1, 2))
attempt("class not instance", lambda: nn.ReLU(x))
attempt("sequential of classes", lambda: nn.Sequential(nn.ReLU))
attempt("softmax", lambda: F.cross_entropy(lin(x), torch.tensor([0, 1, 2, 0])))
attempt("targets double", lambda: F.cross_entropy(lin(x), torch.ones(4)))
attempt("targets shape", lambda: F.cross_entropy(lin(x), torch.zeros(3, dtype=torch.int64)))
attempt("bce range", lambda: F.binary_cross_entropy(torch.tensor([1.5]), torch.tensor([1.0])))
attempt("bce shape", lambda: nn.BCEWithLogitsLoss()(torch.ones(4, 1), torch.ones(4)))
attempt("mse int", lambda: F.mse_loss(torch.tensor([1, 2]), torch.tensor([1, 2])))
attempt("embedding floats", lambda: nn.Embedding(3, 2)(torch.tensor([0.5])))
attempt("dropout", lambda: nn.Dropout(1.5))
attempt("conv", lambda: nn.Conv2d(1, 2, 3)(torch.ones(1, 3, 8, 8)))
attempt("batch norm", lambda: nn.BatchNorm1d(3)(torch.ones(1, 3)))
attempt("layer norm", lambda: nn.LayerNorm(4)(x))
attempt("load", lambda: lin.load_state_dict({"w": x}))
attempt("parameter", lambda: lin.register_parameter("p", x))
attempt("parameters()", lambda: torch.optim.SGD(lin.parameters, lr=0.1))
attempt("buffer", lambda: lin.register_buffer("weight", x))
""",
    "grad of an unused parameter in a network": """
nn = torch.nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.used = nn.Linear(1, 1)
        self.unused = nn.Linear(1, 1)
    def forward(self, x):
        return self.used(x)
net = Net()
loss = net(torch.ones(1, 1)).sum()
loss.backward(retain_graph=True)
print([(n, p.grad is not None) for n, p in net.named_parameters()])
print([g is None for g in torch.autograd.grad(loss, net.parameters(), allow_unused=True, retain_graph=True)])
torch.autograd.grad(loss, list(net.parameters()))
""",
    "exceptions of hooks and functions keep their type": """
class Own(Exception):
    pass
x = torch.ones(2, requires_grad=True)
def bad(g):
    raise Own("mine")
y = x * 2
y.register_hook(bad)
try:
    y.sum().backward()
except Own as e:
    print("Own", str(e).split("\\n")[0])
y = x * 2
y.grad_fn.register_hook(lambda a, b: 1 / 0)
try:
    y.sum().backward()
except ZeroDivisionError as e:
    print("ZeroDivisionError", str(e).split("\\n")[0])
print(x.grad)
""",
    "warnings one should have seen": """
import warnings
def heard(f):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        f()
    print([(w.category.__name__, str(w.message).split(". ")[0].rstrip(".")) for w in caught])
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 2
heard(lambda: y.grad)
heard(lambda: torch.tensor(x))
heard(lambda: float(y.sum()))
heard(lambda: torch.arange(3).T)
heard(lambda: torch.ones(2, 2, 2).T)
heard(lambda: torch.nn.functional.mse_loss(torch.ones(2, 1), torch.ones(2)))
heard(lambda: torch.nn.functional.softmax(torch.ones(2)))
heard(lambda: torch.meshgrid(torch.ones(2), torch.ones(2)))
heard(lambda: torch.nn.functional.sigmoid(torch.ones(1)))
heard(lambda: torch.nn.functional.tanh(torch.ones(1)))
heard(lambda: (x ** 2).sum().backward(create_graph=True))
heard(lambda: torch.ones(3).std(0, unbiased=True))
heard(lambda: torch.ones(1).std())
heard(lambda: torch.optim.lr_scheduler.StepLR(torch.optim.SGD([x], lr=0.1), 1).step())
""",
    "type errors of operators": """
x = torch.tensor([1.0, 2.0])
import operator as op
for f in (op.add, op.sub, op.mul, op.truediv, op.pow, op.matmul, op.mod, op.floordiv, op.and_, op.lshift):
    for other in ("a", None, [1.0, 2.0], (1,), {}):
        for pair in ((x, other), (other, x)):
            try:
                f(*pair)
                print(f.__name__, "fine")
            except Exception as e:
                print(f.__name__, type(e).__name__, str(e).split("\\n")[0].split(". ")[0])
""",
    "bool and bitwise on floats": """
x, b = torch.tensor([1.0, 0.0]), torch.tensor([True, False])
for f in (lambda: x & b, lambda: ~x, lambda: -b, lambda: b - b, lambda: b + b, lambda: x | 1, lambda: not b, lambda: b and b,
          lambda: x ^ x, lambda: b * 2, lambda: abs(b), lambda: +b, lambda: ~b, lambda: b - 1, lambda: 1 - b, lambda: b.sum() - 1,
          lambda: x.logical_not(), lambda: b / 2, lambda: b ** 2, lambda: b.exp()):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, str(e).split("\\n")[0].split(". ")[0])
""",
}
