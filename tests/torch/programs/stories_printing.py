"""What is printed: tensors of every dtype, size and magnitude, gradients, parameters, nodes, shapes, options."""

SCRIPTS = {
    "first tensors": """
print(torch.tensor(3))
print(torch.tensor(3.0))
print(torch.tensor([1, 2, 3]))
print(torch.tensor([1.0, 2.5, -3.25]))
print(torch.tensor([[1, 2], [3, 4]]))
print(torch.tensor([True, False]))
print(torch.tensor([]))
print(torch.zeros(2, 3), torch.ones(2), torch.full((2, 2), 7))
print(torch.arange(5), torch.arange(1, 2, 0.25), torch.linspace(0, 1, 3), torch.eye(2))
print(torch.empty(0, 3), torch.zeros(2, 0), torch.tensor([[]]), torch.zeros(0, dtype=torch.int64))
""",
    "dtypes are shown when they are not the default": """
for dtype in (torch.float32, torch.float64, torch.float16, torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool):
    print(torch.ones(2, dtype=dtype), torch.ones((), dtype=dtype), torch.zeros(0, dtype=dtype))
print(repr(torch.float32), str(torch.int64), torch.double, torch.half, torch.long)
""",
    "requires_grad and grad_fn are shown": """
x = torch.tensor([1.0, 2.0], requires_grad=True)
print(x)
print(x * 2)
print((x * 2).sum())
print(x.detach(), x.data)
print(torch.tensor([1.0], dtype=torch.float64, requires_grad=True))
print(torch.tensor([1.0], dtype=torch.float64, requires_grad=True) + 1)
print(torch.nn.Parameter(torch.zeros(2)), torch.nn.Parameter(torch.zeros(1), requires_grad=False))
print([x, x + 1], (x,), {"x": x})
x.sum().backward()
print(x.grad, (x.grad,))
""",
    "numbers that are whole, small, large": """
print(torch.tensor([1.0, 2.0, 3.0]))
print(torch.tensor([1.0, 2.5]))
print(torch.tensor([0.1, 0.123456789]))
print(torch.tensor([1000.0, 2000.5]))
print(torch.tensor([12345.678, 0.5]))
print(torch.tensor([123456.75, 1.0]))
print(torch.tensor([1e8, 1.0]))
print(torch.tensor([1e-5, 1.0]))
print(torch.tensor([0.00012, 0.00034]))
print(torch.tensor([1e-8, 2e-8]))
print(torch.tensor([1e10, 3e12]))
print(torch.tensor([99999.0, 100000.0, 1e5 + 0.5]))
print(torch.tensor(1e-4), torch.tensor(1e-5), torch.tensor(1e4), torch.tensor(123456789.0), torch.tensor(0.1 + 0.2))
""",
    "nan and inf": """
inf, nan = float("inf"), float("nan")
print(torch.tensor(nan), torch.tensor(inf), torch.tensor(-inf))
print(torch.tensor([nan, 1.0, inf]))
print(torch.tensor([nan, 1.5, -inf]))
print(torch.tensor([nan, nan]))
print(torch.tensor([1e10, nan, inf]))
print(torch.tensor([[0.0, -0.0], [inf, 1e-10]]))
x = torch.tensor([0.0, 1.0], requires_grad=True)
print(x / 0, torch.log(x), torch.sqrt(x - 1))
""",
    "negative numbers and columns": """
print(torch.tensor([[1.0, -2.0], [300.0, 4.5]]))
print(torch.tensor([[-1, 20], [300, -4000]]))
print(torch.tensor([[True, False], [False, False]]))
print(torch.tensor([-0.5, 0.25]))
print(torch.tensor([[1e-3, -1e3], [5.0, 0.1]]))
print(torch.tensor([[[1, 2], [3, 4]], [[5, 6], [7, 8]]]))
print(torch.arange(24.0).reshape(2, 3, 2, 2))
""",
    "large tensors are summarized": """
print(torch.arange(1001))
print(torch.arange(1000).shape)
print(torch.zeros(40, 40))
print(torch.arange(2000.0).reshape(2, 1000))
print(torch.ones(20, 10, 8))
print(torch.arange(1500.0, requires_grad=True) * 2)
""",
    "long lines are wrapped": """
print(torch.arange(30))
print(torch.arange(30.0) / 7)
print(torch.arange(60.0).reshape(2, 30))
print(torch.linspace(0, 1, 20, dtype=torch.float64, requires_grad=True))
print(torch.arange(12.0, requires_grad=True) * 1000.5)
print(torch.tensor([123456.0] * 6, requires_grad=True).double())
print(torch.arange(100) % 2 == 0)
""",
    "suffixes that do not fit": """
x = torch.arange(8.0, dtype=torch.float64, requires_grad=True)
print(x)
print(x * 1.5)
print((x * 100000.5).exp())
print(x.reshape(2, 4).t() * 1.25)
print(x.sum(), x.double() / 3)
""",
    "print options": """
x = torch.tensor([3.14159265, 271.828, 1e-3])
print(x)
torch.set_printoptions(precision=2)
print(x)
torch.set_printoptions(precision=8)
print(x)
torch.set_printoptions(sci_mode=True, precision=4)
print(x)
torch.set_printoptions(sci_mode=False)
print(x, torch.tensor([1e-8, 1e8]))
torch.set_printoptions(profile="default")
print(x)
torch.set_printoptions(threshold=5, edgeitems=1)
print(torch.arange(10), torch.arange(16).reshape(4, 4))
torch.set_printoptions(linewidth=40)
print(torch.arange(5.0) / 3, torch.arange(20))
torch.set_printoptions(profile="full")
print(torch.arange(30))
torch.set_printoptions(profile="default")
torch.set_printoptions(sci_mode=None)
""",
    "shapes, sizes and dtypes": """
x = torch.zeros(2, 3, 4)
print(x.shape, x.size(), x.size(0), x.size(-1), x.shape[1:], x.ndim, x.dim())
print(x.dtype, x.device, x.layout, x.requires_grad, x.numel())
print(torch.Size([2, 3]), torch.Size([2, 3]) == (2, 3), len(x.shape), tuple(x.shape), list(x.shape), x.shape.numel())
a, b, c = x.shape
print(a, b, c, x.shape + (5,), type(x.shape[0]))
print(torch.tensor(1.0).shape, torch.tensor(1.0).size(), torch.zeros(0).shape)
print(x.type(), x.long().type(), x.double().type())
""",
    "f-strings": """
x = torch.tensor(3.14159)
v = torch.tensor([1.0, 2.0])
print(f"{x}", f"{x:.2f}", f"{x.item():.3f}", f"{v}", f"{x!r}", f"{v.shape}")
print("{} and {:.1f}".format(x, x), "%s %.2f" % (x, x))
print(f"{x:10.4f}|{x:<10.2f}|{x:e}")
for wrong in (lambda: f"{v:.2f}", lambda: f"{torch.tensor([1.0]):.2f}", lambda: f"{x:d}", lambda: f"{torch.tensor(3):d}",
          lambda: f"{torch.tensor(3):5}|"):
    try:
        print(wrong())
    except Exception as e:
        print(type(e).__name__, str(e).split("\\n")[0])
y = torch.tensor(2.0, requires_grad=True)
print(f"{y}", f"{y * 2}", f"{y.item():.1f}", f"{y.detach():.1f}")
""",
    "grad_fn and nodes": """
x = torch.tensor([1.0], requires_grad=True)
y = x * 2
print(y.grad_fn)
print(str(y.grad_fn).split(" object")[0], y.grad_fn.name(), type(y.grad_fn).__name__, type(y.grad_fn))
print(y.grad_fn.next_functions)
print(y.grad_fn.next_functions[0][0].next_functions)
print([type(f).__name__ for f, _ in (y + x).grad_fn.next_functions])
print(x.grad_fn, x.grad)
""",
    "modules": """
nn = torch.nn
print(nn.Linear(3, 2), nn.Linear(3, 2, bias=False))
print(nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1)))
print(nn.ReLU(), nn.ReLU(inplace=True), nn.Sigmoid(), nn.Tanh(), nn.Softmax(dim=1), nn.LeakyReLU(0.2), nn.GELU(), nn.ELU(), nn.Identity())
print(nn.Dropout(0.25), nn.BatchNorm1d(4), nn.LayerNorm(4), nn.Embedding(10, 3), nn.Flatten())
print(nn.Conv2d(1, 4, 3, stride=2), nn.MaxPool2d(2), nn.MSELoss(), nn.CrossEntropyLoss())
print(nn.ModuleList([nn.Linear(1, 1), nn.Linear(1, 1)]))
print(nn.Sequential(nn.Sequential(nn.Linear(1, 1)), nn.Sequential()))
from collections import OrderedDict
print(nn.Sequential(OrderedDict([("first", nn.Linear(2, 2)), ("act", nn.Tanh())])))
""",
    "modules with extra_repr": """
nn = torch.nn
class Scale(nn.Module):
    def __init__(self, factor):
        super().__init__()
        self.factor = factor
    def extra_repr(self):
        return f"factor={self.factor}"
    def forward(self, x):
        return x * self.factor
class Outer(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = Scale(3)
        self.p = nn.Parameter(torch.zeros(1))
    def extra_repr(self):
        return "hello"
print(Scale(2), Outer())
print([Scale(1)])
""",
    "lists, items and strings of tensors": """
x = torch.tensor([[1.5, -2.0], [0.1, 4.0]])
print(x.tolist(), x[0].tolist(), x[0, 0].item(), torch.tensor([1, 2]).tolist(), torch.tensor(True).item())
print(x.double().tolist(), torch.tensor(0.1).item(), torch.tensor(0.1, dtype=torch.float64).item())
print(str(x), len(str(x)), repr(x[0]))
print([v for v in x], [v.item() for v in x.flatten()])
print(float(x[0, 0]), int(x[1, 1]), bool(x[0, 0] > 1), complex(x[0, 0]))
for f in (lambda: x.item(), lambda: float(x), lambda: int(x[0]), lambda: bool(x), lambda: if_(x)):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, str(e).split("\\n")[0].split(". ")[0])
""",
    "gradients of all sizes": """
w = torch.tensor([1.0, 1e-6, 1e6], requires_grad=True)
(w ** 2).sum().backward()
print(w.grad)
print(w)
w.grad = None
(w * 1e-10).sum().backward()
print(w.grad)
w.grad = None
(w * 3).sum().backward()
print(w.grad)
big = torch.ones(1200, requires_grad=True)
big.sum().backward()
print(big.grad)
m = torch.ones(2, 2, requires_grad=True)
(m @ m).sum().backward()
print(m.grad)
""",
    "named tuples": """
x = torch.tensor([[3.0, 1.0, 2.0], [5.0, 6.0, 4.0]], requires_grad=True)
print(torch.max(x, dim=1))
print(x.sort(dim=1, descending=True))
print(x.topk(2))
print(x.min(0).values, x.min(0).indices)
v, i = x.max(1)
print(v, i)
print(torch.median(x, dim=1), x.mode(1).values, x.kthvalue(2, dim=1))
print(torch.linalg.eigh(torch.tensor([[2.0, 0.0], [0.0, 3.0]])))
print(torch.linalg.slogdet(torch.tensor([[2.0, 0.0], [0.0, 3.0]])))
print(torch.aminmax(x))
""",
    "dtype info and constants": """
print(torch.finfo(torch.float32))
print(torch.finfo(torch.float64).eps, torch.finfo(torch.float32).max, torch.iinfo(torch.int32).max, torch.iinfo(torch.uint8))
print(torch.pi, torch.e, torch.inf, torch.nan)
print(torch.get_default_dtype())
torch.set_default_dtype(torch.float64)
print(torch.tensor(1.5), torch.tensor(1.5, dtype=torch.float32), torch.zeros(1))
torch.set_default_dtype(torch.float32)
print(torch.float32.is_floating_point, torch.int8.is_floating_point, torch.is_floating_point(torch.ones(1)), torch.float64.itemsize)
""",
    "bfloat16": """
print(torch.tensor([1.5, 2.0], dtype=torch.bfloat16))
""",
    "complex numbers": """
z = torch.tensor([1 + 2j, 3 - 4j])
print(z, z.dtype, z.abs(), z.real, z.imag, z.conj())
print(z * 2, z + 1j, z.angle())
w = torch.tensor([1.0 + 1.0j], requires_grad=True)
y = (w * w.conj()).real.sum()
print(y)
y.backward()
print(w.grad)
print(torch.complex(torch.tensor(1.0), torch.tensor(2.0)), torch.view_as_real(z))
""",
    "a table of a training run": """
w = torch.tensor(4.0, requires_grad=True)
print(f"{'step':>4} | {'w':>8} | {'loss':>8} | {'grad':>8}")
print("-" * 38)
for step in range(4):
    loss = (w - 1) ** 2
    loss.backward()
    print(f"{step:4d} | {w.item():8.4f} | {loss.item():8.4f} | {w.grad.item():8.4f}")
    with torch.no_grad():
        w -= 0.25 * w.grad
    w.grad = None
""",
    "views and steps print as they are": """
x = torch.arange(12.0).reshape(3, 4)
print(x.t())
print(x[:, ::2], x[1], x[..., -1], x[1:, 1:3], x.flip(0))
print(x[None].shape, x.view(2, 6), x.permute(1, 0)[0], x.expand(1, 3, 4).shape)
print(x > 5, x[x > 5], (x > 5).nonzero(), (x > 5).sum(), x.argmax(), x.argmax(1))
""",
    "comparison and logic": """
a = torch.tensor([1.0, 2.0, 3.0])
b = torch.tensor([3.0, 2.0, 1.0])
print(a == b, a != b, a < b, a <= b, a > 2)
print(torch.equal(a, b), torch.allclose(a, a + 1e-9), torch.isclose(a, b), a.eq(b).all(), a.eq(b).any())
print((a > 1) & (b > 1), (a > 1) | (b > 1), ~(a > 1), (a > 1) ^ (b > 1), torch.logical_and(a > 1, b > 1))
print(torch.isnan(a), torch.where(a > b, a, b), bool((a > 0).all()), torch.any(a > 5))
""",
    "the hash and identity of tensors": """
x = torch.tensor([1.0, 1.0])
d = {x: "x"}
print(d[x], x in d, x.clone() in d, len({x, x}), hash(x) == id(x))
print(x is x.view(2), x == x.clone(), [x].index(x))
y = torch.ones(2, requires_grad=True)
print({p: n for n, p in [("y", y)]}[y], y in [y])
print(sorted([torch.tensor(3), torch.tensor(1)]), max(torch.tensor(3), torch.tensor(1)))
""",
    "a parameter and its gradient, printed in all ways": """
p = torch.nn.Parameter(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
print(p)
print(p.data)
print(p.grad)
(p ** 2).sum().backward()
print(p.grad)
print(repr(p.detach()), p.shape, p.dtype, type(p), isinstance(p, torch.Tensor))
print(p[0], p[0, 0], p.T, p + 0)
print(list(torch.nn.Linear(1, 1, bias=False).named_parameters())[0][0])
print(torch.nn.Parameter(torch.tensor(1.5, dtype=torch.float64)))
print(torch.nn.Parameter(torch.zeros(0)))
""",
    "small and large side by side in a matrix": """
print(torch.tensor([[1.0, 10.0], [100.0, 1000.0]]))
print(torch.tensor([[0.001, 0.01], [0.1, 1.0]]))
print(torch.tensor([[0.0001, 1000.0]]))
print(torch.tensor([[1e-5, 1.0]]), torch.tensor([[1e-4, 1.0]]))
print(torch.tensor([1.0, 1.00001]), torch.tensor([1.0, 1.0001]))
print(torch.tensor([1e5, 1.5]), torch.tensor([99999.0, 1.5]), torch.tensor([1e5, 1.0]))
print(torch.tensor([0.0, 1e-20]), torch.tensor([1e20]), torch.tensor([16777216.0, 16777217.0]))
print(torch.tensor([1/3, 2/3], dtype=torch.float64), torch.tensor(1/3, dtype=torch.float16))
""",
    "gradients printed in a loop, with names": """
params = {"w": torch.tensor([0.5, -0.5], requires_grad=True), "b": torch.tensor(0.1, requires_grad=True), "unused": torch.tensor(1.0,
          requires_grad=True)}
x = torch.tensor([2.0, 4.0])
out = params["w"] @ x + params["b"]
out.backward()
for name, p in params.items():
    print(f"{name:>7}: value={p.data} grad={p.grad}")
print({n: None if p.grad is None else p.grad.norm().item() for n, p in params.items()})
""",
    "int and bool tensors": """
i = torch.tensor([7, -7, 3])
print(i / 2, i // 2, i % 3, i ** 2, -i, i.float().mean(), i.sum(), i.prod(), i.abs(), i.max())
print(i * 0.5, i + True, i.bool(), i.bool().sum(), i.to(torch.uint8), i.to(torch.int8).dtype)
try:
    i.mean()
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0].split(". ")[0])
print(torch.tensor([1, 2]) + torch.tensor([0.5, 0.5]), torch.tensor([True]) + torch.tensor([True]), torch.tensor(True) * 3)
print(torch.tensor([250], dtype=torch.uint8) + 10, 7 // torch.tensor(2), torch.tensor(5) % torch.tensor(3), ~torch.tensor([1, 2]),
          torch.tensor(6) & 3, 1 << torch.tensor(3))
""",
    "numpy arrays beside tensors": """
import numpy as np
x = torch.tensor([1.0, 2.0])
print(x.numpy(), x.numpy().dtype, x.numpy().shape, np.asarray(x), np.array(x))
print(torch.from_numpy(np.array([1.0, 2.0])), torch.tensor(np.array([1, 2], dtype=np.int32)), torch.as_tensor(np.float32(2.5)),
          torch.tensor(np.float64(2.5)))
print(np.sum(x.numpy()), np.mean([x.numpy(), x.numpy()], axis=0), x.numpy().tolist())
print(torch.tensor([np.float32(1.5), 2.0]), torch.tensor(np.arange(4).reshape(2, 2)))
""",
}
