"""Programs with a torch.autograd.Function of their own: the tutorials' and what one tries after them."""

LINEAR_FUNCTION = """
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
"""

SCRIPTS = {
    "exp, the documentation's": """
class Exp(torch.autograd.Function):
    @staticmethod
    def forward(ctx, i):
        result = i.exp()
        ctx.save_for_backward(result)
        return result
    @staticmethod
    def backward(ctx, grad_output):
        result, = ctx.saved_tensors
        return grad_output * result
x = torch.tensor([0.0, 1.0, -1.0], requires_grad=True)
output = Exp.apply(x)
print(output)
print(output.grad_fn, output.grad_fn.name(), type(output.grad_fn).__name__)
print(output.grad_fn.next_functions)
output.sum().backward()
print(x.grad)
print(torch.autograd.gradcheck(Exp.apply, (x.detach().double().requires_grad_(),)))
""",
    "the Legendre polynomial tutorial": """
import math
class LegendrePolynomial3(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input):
        ctx.save_for_backward(input)
        return 0.5 * (5 * input ** 3 - 3 * input)
    @staticmethod
    def backward(ctx, grad_output):
        input, = ctx.saved_tensors
        return grad_output * 1.5 * (5 * input ** 2 - 1)
dtype = torch.float64
x = torch.linspace(-math.pi, math.pi, 200, dtype=dtype)
y = torch.sin(x)
a = torch.full((), 0.0, dtype=dtype, requires_grad=True)
b = torch.full((), -1.0, dtype=dtype, requires_grad=True)
c = torch.full((), 0.0, dtype=dtype, requires_grad=True)
d = torch.full((), 0.3, dtype=dtype, requires_grad=True)
learning_rate = 5e-6
for t in range(300):
    P3 = LegendrePolynomial3.apply
    y_pred = a + b * P3(c + d * x)
    loss = (y_pred - y).pow(2).sum()
    if t % 100 == 99:
        print(t, f"{loss.item():.4f}")
    loss.backward()
    with torch.no_grad():
        a -= learning_rate * a.grad
        b -= learning_rate * b.grad
        c -= learning_rate * c.grad
        d -= learning_rate * d.grad
        a.grad = None
        b.grad = None
        c.grad = None
        d.grad = None
print(f'Result: y = {abs(a.item()):.4f} + {b.item():.4f} * P3({abs(c.item()):.4f} + {d.item():.4f} x)')
""",
    "linear, the extending page": LINEAR_FUNCTION + """\
x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
w = torch.tensor([[0.5, -1.0]], requires_grad=True)
b = torch.tensor([0.25], requires_grad=True)
out = LinearFunction.apply(x, w, b)
print(out, out.grad_fn.next_functions)
out.sum().backward()
print(w.grad, b.grad)
print(LinearFunction.apply(x, w, None))
gradcheck = torch.autograd.gradcheck
inputs = (torch.randn(4, 3, dtype=torch.double, requires_grad=True), torch.randn(2, 3, dtype=torch.double, requires_grad=True),
          torch.randn(2, dtype=torch.double, requires_grad=True))
print(gradcheck(LinearFunction.apply, inputs, eps=1e-6, atol=1e-4))
""",
    "a constant beside the tensor": """
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
y = MulConstant.apply(x, 5)
print(y, y.grad_fn.constant, y.grad_fn.needs_input_grad)
y.backward(torch.ones(2))
print(x.grad)
""",
    "set_materialize_grads": """
class SimpleFunc(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.clone(), x.clone()
    @staticmethod
    def backward(ctx, g1, g2):
        print("g1", g1, "g2", g2)
        return g1 + g2
class Func(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(x)
        return x.clone(), x.clone()
    @staticmethod
    def backward(ctx, g1, g2):
        x, = ctx.saved_tensors
        print("g1", g1, "g2", g2)
        grad_input = torch.zeros_like(x)
        if g1 is not None:
            grad_input += g1
        if g2 is not None:
            grad_input += g2
        return grad_input
a = torch.tensor([1.0, 2.0], requires_grad=True)
b, _ = SimpleFunc.apply(a)
b.sum().backward()
print(a.grad)
_, c = Func.apply(a)
c.sum().backward()
print(a.grad)
""",
    "mark_non_differentiable": """
class Sort(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        sorted, idx = x.sort()
        ctx.mark_non_differentiable(idx)
        ctx.save_for_backward(x, idx)
        return sorted, idx
    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, g1, g2):
        x, idx = ctx.saved_tensors
        print(g2)
        grad_input = torch.zeros_like(x)
        grad_input.index_add_(0, idx, g1)
        return grad_input
x = torch.tensor([3.0, 1.0, 2.0], requires_grad=True)
s, i = Sort.apply(x)
print(s, i, i.requires_grad)
(s * torch.tensor([1.0, 10.0, 100.0])).sum().backward()
print(x.grad)
""",
    "mark_dirty": """
class Inplace(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        x.add_(1)
        ctx.mark_dirty(x)
        return x
    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, grad_output):
        return grad_output
a = torch.tensor(1., requires_grad=True, dtype=torch.double).clone()
b = a * a
Inplace.apply(a)
print(a, a._version)
try:
    b.backward()
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0].split(";")[0])
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 3
z = Inplace.apply(y)
print(z is y, y.grad_fn, y)
(y * y).sum().backward()
print(x.grad)
try:
    Inplace.apply(x)
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0])
v = (x * 1)[:1]
print(Inplace.apply(v).grad_fn)
""",
    "once_differentiable, twice": """
class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x ** 3
    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, g):
        x, = ctx.saved_tensors
        return 3 * x ** 2 * g
x = torch.tensor(2.0, requires_grad=True)
g, = torch.autograd.grad(Cube.apply(x), x, create_graph=True)
print(g.requires_grad, g.grad_fn is not None, g.item())
try:
    g.backward()
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0])
""",
    "cube, saved input and two derivatives": """
class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x ** 3
    @staticmethod
    def backward(ctx, g):
        print("grad mode in backward:", torch.is_grad_enabled())
        x, = ctx.saved_tensors
        return g * 3 * x ** 2
x = torch.tensor([1.0, 2.0], dtype=torch.double, requires_grad=True)
y = Cube.apply(x)
g, = torch.autograd.grad(y.sum(), x, create_graph=True)
print(g)
gg, = torch.autograd.grad(g.sum(), x, create_graph=True)
print(gg)
print(torch.autograd.grad(gg.sum(), x))
""",
    "double backward: square with saved input": """
class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**2
    @staticmethod
    def backward(ctx, grad_out):
        x, = ctx.saved_tensors
        return grad_out * 2 * x
x = torch.rand(3, 3, requires_grad=True, dtype=torch.double)
print(torch.autograd.gradcheck(Square.apply, x))
print(torch.autograd.gradgradcheck(Square.apply, x))
x = torch.tensor(1., requires_grad=True).clone()
out = Square.apply(x)
def show(fn, depth=0):
    print(" " * depth + (type(fn).__name__ if fn is not None else "None"))
    if fn is not None:
        for child, _ in fn.next_functions:
            show(child, depth + 1)
grad_x, = torch.autograd.grad(out, x, create_graph=True)
show(grad_x.grad_fn)
""",
    "double backward: exp with saved output": """
class Exp(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        result = torch.exp(x)
        ctx.save_for_backward(result)
        return result
    @staticmethod
    def backward(ctx, grad_out):
        result, = ctx.saved_tensors
        print(result.grad_fn)
        return result * grad_out
x = torch.tensor(1., requires_grad=True, dtype=torch.double).clone()
print(torch.autograd.gradcheck(lambda t: t * 1, x))
out = Exp.apply(x)
g, = torch.autograd.grad(out, x, create_graph=True)
print(g, g.grad_fn.next_functions)
gg, = torch.autograd.grad(g, x)
print(gg)
""",
    "double backward: sinh with intermediates": """
class Sinh(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        expx = torch.exp(x)
        expnegx = torch.exp(-x)
        ctx.save_for_backward(expx, expnegx)
        return (expx - expnegx) / 2, expx, expnegx
    @staticmethod
    def backward(ctx, grad_out, _grad_out_exp, _grad_out_negexp):
        expx, expnegx = ctx.saved_tensors
        grad_input = grad_out * (expx + expnegx) / 2
        grad_input += _grad_out_exp * expx
        grad_input -= _grad_out_negexp * expnegx
        return grad_input
def sinh(x):
    return Sinh.apply(x)[0]
x = torch.rand(3, 3, requires_grad=True, dtype=torch.double)
print(torch.autograd.gradcheck(sinh, x))
print(torch.autograd.gradgradcheck(sinh, x))
x = torch.tensor(0.5, dtype=torch.double, requires_grad=True)
g, = torch.autograd.grad(sinh(x), x, create_graph=True)
print(g, torch.autograd.grad(g, x))
""",
    "double backward: sinh with intermediates lost": """
class SinhBad(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        expx = torch.exp(x)
        expnegx = torch.exp(-x)
        ctx.expx = expx
        ctx.expnegx = expnegx
        return (expx - expnegx) / 2
    @staticmethod
    def backward(ctx, grad_out):
        expx = ctx.expx
        expnegx = ctx.expnegx
        grad_input = grad_out * (expx + expnegx) / 2
        return grad_input
x = torch.tensor(0.5, dtype=torch.double, requires_grad=True)
print(torch.autograd.gradcheck(SinhBad.apply, x))
try:
    torch.autograd.gradgradcheck(SinhBad.apply, x)
except RuntimeError as e:
    print(type(e).__name__, str(e).split("\\n")[0].split(":")[0])
g, = torch.autograd.grad(SinhBad.apply(x), x, create_graph=True)
print(g, g.requires_grad, g.grad_fn)
try:
    print(torch.autograd.grad(g, x))
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0].split(".")[0])
""",
    "double backward: cube forward and backward": """
def cube_forward(x):
    return x**3
def cube_backward(grad_out, x):
    return grad_out * 3 * x**2
def cube_backward_backward(grad_out, sav_grad_out, x):
    return grad_out * sav_grad_out * 6 * x
def cube_backward_backward_grad_out(grad_out, x):
    return grad_out * 3 * x**2
class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return cube_forward(x)
    @staticmethod
    def backward(ctx, grad_out):
        x, = ctx.saved_tensors
        return CubeBackward.apply(grad_out, x)
class CubeBackward(torch.autograd.Function):
    @staticmethod
    def forward(ctx, grad_out, x):
        ctx.save_for_backward(x, grad_out)
        return cube_backward(grad_out, x)
    @staticmethod
    def backward(ctx, grad_out):
        x, sav_grad_out = ctx.saved_tensors
        dx = cube_backward_backward(grad_out, sav_grad_out, x)
        dgrad_out = cube_backward_backward_grad_out(grad_out, x)
        return dgrad_out, dx
x = torch.tensor(2., requires_grad=True, dtype=torch.double)
print(torch.autograd.gradcheck(Cube.apply, x))
print(torch.autograd.gradgradcheck(Cube.apply, x))
g, = torch.autograd.grad(Cube.apply(x), x, create_graph=True)
print(g.grad_fn, g.grad_fn.next_functions)
""",
    "fusing convolution and batch norm": """
F = torch.nn.functional
once_differentiable = torch.autograd.function.once_differentiable
def convolution_backward(grad_out, X, weight):
    grad_input = F.conv2d(X.transpose(0, 1), grad_out.transpose(0, 1)).transpose(0, 1)
    grad_X = F.conv_transpose2d(grad_out, weight)
    return grad_X, grad_input
class Conv2D(torch.autograd.Function):
    @staticmethod
    def forward(ctx, X, weight):
        ctx.save_for_backward(X, weight)
        return F.conv2d(X, weight)
    @staticmethod
    @once_differentiable
    def backward(ctx, grad_out):
        X, weight = ctx.saved_tensors
        return convolution_backward(grad_out, X, weight)
weight = torch.rand(5, 3, 3, 3, requires_grad=True, dtype=torch.double)
X = torch.rand(2, 3, 5, 5, requires_grad=True, dtype=torch.double)
print(torch.autograd.gradcheck(Conv2D.apply, (X, weight)))
def unsqueeze_all(t):
    return t[None, :, None, None]
def batch_norm_backward(grad_out, X, sum, sqrt_var, N, eps):
    tmp = ((X - unsqueeze_all(sum) / N) * grad_out).sum(dim=(0, 2, 3))
    tmp *= -1
    d_denom = tmp / (sqrt_var + eps)**2
    d_var = d_denom / (2 * sqrt_var)
    d_mean_dx = grad_out / unsqueeze_all(sqrt_var + eps)
    d_mean_dx = unsqueeze_all(-d_mean_dx.sum(dim=(0, 2, 3)) / N)
    grad_input = X * unsqueeze_all(d_var * N)
    grad_input += unsqueeze_all(-d_var * sum)
    grad_input *= 2 / ((N - 1) * N)
    grad_input += d_mean_dx
    grad_input *= unsqueeze_all(sqrt_var + eps) * 0 + 1
    grad_input += grad_out / unsqueeze_all(sqrt_var + eps)
    return grad_input
class BatchNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, X, eps=1e-3):
        sum = X.sum(dim=(0, 2, 3))
        var = X.var(unbiased=True, dim=(0, 2, 3))
        N = X.numel() / X.size(1)
        sqrt_var = torch.sqrt(var)
        ctx.save_for_backward(X)
        ctx.eps = eps
        ctx.sum = sum
        ctx.N = N
        ctx.sqrt_var = sqrt_var
        mean = sum / N
        denom = sqrt_var + eps
        out = X - unsqueeze_all(mean)
        out /= unsqueeze_all(denom)
        return out
    @staticmethod
    @once_differentiable
    def backward(ctx, grad_out):
        X, = ctx.saved_tensors
        return batch_norm_backward(grad_out, X, ctx.sum, ctx.sqrt_var, ctx.N, ctx.eps)
a = torch.rand(1, 2, 3, 4, requires_grad=True, dtype=torch.double)
print(torch.autograd.gradcheck(BatchNorm.apply, (a,), fast_mode=False))
""",
    "numpy inside a function": """
import numpy as np
class NumpySin(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.from_numpy(np.sin(x.detach().numpy()))
    @staticmethod
    def backward(ctx, g):
        x, = ctx.saved_tensors
        return g * torch.cos(x)
x = torch.tensor([0.0, 0.5, 1.0], requires_grad=True)
y = NumpySin.apply(x)
print(y)
y.sum().backward()
print(x.grad)
""",
    "relu and a custom slope": """
class MyReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input, slope=0.0):
        ctx.save_for_backward(input)
        ctx.slope = slope
        return torch.where(input > 0, input, input * slope)
    @staticmethod
    def backward(ctx, grad_output):
        input, = ctx.saved_tensors
        grad_input = grad_output.clone()
        grad_input[input < 0] *= ctx.slope
        return grad_input, None
x = torch.tensor([-2.0, 0.0, 3.0], requires_grad=True)
relu = MyReLU.apply
relu(x).sum().backward()
print(x.grad)
x.grad = None
y = relu(x, 0.5)
print(y)
y.sum().backward()
print(x.grad)
try:
    relu(x, slope=0.5)
except TypeError as e:
    print("TypeError:", str(e).split("\\n")[0].split("(")[0])
""",
    "wrong numbers of gradients": """
class TooFew(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, y):
        return x * y
    @staticmethod
    def backward(ctx, g):
        return g
class TooMany(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2
    @staticmethod
    def backward(ctx, g):
        return g, g
class Extra(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2
    @staticmethod
    def backward(ctx, g):
        return g * 2, None
class Shape(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2
    @staticmethod
    def backward(ctx, g):
        return torch.ones(5)
class Number(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2
    @staticmethod
    def backward(ctx, g):
        return 1.0
x = torch.ones(2, requires_grad=True)
for f, args in ((TooFew, (x, x)), (TooMany, (x,)), (Extra, (x,)), (Shape, (x,)), (Number, (x,))):
    try:
        f.apply(*args).sum().backward()
        print(f.__name__, x.grad)
    except (RuntimeError, TypeError) as e:
        print(f.__name__, type(e).__name__, str(e).split("\\n")[0])
""",
    "gradients that are None": """
class Ignores(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, y):
        return x + y
    @staticmethod
    def backward(ctx, g):
        return g, None
x = torch.ones(2, requires_grad=True)
y = torch.ones(2, requires_grad=True)
Ignores.apply(x, y).sum().backward()
print(x.grad, y.grad)
h = y * 2
Ignores.apply(x, h).sum().backward()
print(x.grad, y.grad)
print(torch.autograd.grad(Ignores.apply(x, y).sum(), [x, y], allow_unused=True))
""",
    "forward and backward that are missing": """
class NoBackward(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2
class NoForward(torch.autograd.Function):
    @staticmethod
    def backward(ctx, g):
        return g
class NotStatic(torch.autograd.Function):
    def forward(self, x):
        return x * 2
x = torch.ones(2, requires_grad=True)
y = NoBackward.apply(x)
print(y)
for f in (lambda: y.sum().backward(), lambda: NoForward.apply(x), lambda: NotStatic.apply(x), lambda: NoBackward(),
          lambda: NoBackward()(x)):
    try:
        print(type(f()).__name__)
    except Exception as e:
        print(type(e).__name__, str(e).split("\\n")[0].split(". ")[0])
""",
    "needs_input_grad": """
class Probe(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, b, n, c=None):
        print("forward", ctx.needs_input_grad, torch.is_grad_enabled(), a.requires_grad)
        return a + b
    @staticmethod
    def backward(ctx, g):
        print("backward", ctx.needs_input_grad)
        return g, g, None, None
x = torch.ones(2, requires_grad=True)
c = torch.ones(2)
Probe.apply(x, c, 3).sum().backward()
Probe.apply(c, x, 3, x).sum().backward()
print(Probe.apply(c, c, 1).requires_grad)
with torch.no_grad():
    y = Probe.apply(x, x, 1)
    print(y.requires_grad, y.grad_fn)
""",
    "returning an input as it is": """
class Identity(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x
    @staticmethod
    def backward(ctx, g):
        print("passing through")
        return g * 10
x = torch.ones(2, requires_grad=True)
y = Identity.apply(x)
print(y is x, y.grad_fn, y.is_leaf, y._is_view())
y.sum().backward()
print(x.grad)
h = x * 2
z = Identity.apply(h)
print(z is h, z.grad_fn)
try:
    z.add_(1)
    print(z.grad_fn)
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0].split(".")[0])
""",
    "a gradient reversal layer": """
class GradReverse(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, lambd):
        ctx.lambd = lambd
        return x.view_as(x)
    @staticmethod
    def backward(ctx, grad_output):
        return grad_output.neg() * ctx.lambd, None
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = GradReverse.apply(x * 3, 0.5)
print(y)
(y ** 2).sum().backward()
print(x.grad)
""",
    "attributes of a custom node": """
class Power(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, p):
        ctx.save_for_backward(x)
        ctx.p = p
        ctx.note = "hello"
        return x ** p
    @staticmethod
    def backward(ctx, g):
        x, = ctx.saved_tensors
        return g * ctx.p * x ** (ctx.p - 1), None
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = Power.apply(x, 3)
fn = y.grad_fn
print(fn.p, fn.note, fn.saved_tensors[0] is x, fn.name(), type(fn).__mro__[0].__name__)
print(isinstance(fn, torch.autograd.graph.Node), fn.next_functions, fn.needs_input_grad)
y.sum().backward()
try:
    fn.saved_tensors
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0].split(".")[0])
print(x.grad, y.grad_fn is fn)
""",
    "saving twice, saving nothing, saving None": """
class Saver(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, y):
        ctx.save_for_backward(x, None, y)
        return x * y
    @staticmethod
    def backward(ctx, g):
        x, nothing, y = ctx.saved_tensors
        print(nothing, len(ctx.saved_tensors))
        return g * y, g * x
class Nothing(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x + 1
    @staticmethod
    def backward(ctx, g):
        print(ctx.saved_tensors)
        return g
class Wrong(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(5)
        return x + 1
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = torch.tensor([3.0, 4.0], requires_grad=True)
Saver.apply(x, y).sum().backward()
print(x.grad, y.grad)
Nothing.apply(x).sum().backward()
try:
    Wrong.apply(x)
except TypeError as e:
    print("TypeError:", str(e).split("\\n")[0])
""",
    "a changed saved tensor is noticed": """
class Keep(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x
    @staticmethod
    def backward(ctx, g):
        x, = ctx.saved_tensors
        return 2 * x * g
a = torch.tensor([1.0, 2.0], requires_grad=True)
h = a * 1
y = Keep.apply(h)
h.add_(1)
try:
    y.sum().backward()
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0])
y = Keep.apply(a)
y.sum().backward()
try:
    y.sum().backward()
except RuntimeError as e:
    print("RuntimeError:", str(e)[:60])
""",
    "several results, of which one is used": """
class SinCos(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.sin(), x.cos()
    @staticmethod
    def backward(ctx, gs, gc):
        print("gs", gs, "gc", gc)
        x, = ctx.saved_tensors
        return gs * x.cos() - gc * x.sin()
x = torch.tensor([0.0, 0.5], requires_grad=True)
s, c = SinCos.apply(x)
print(s.grad_fn is c.grad_fn, s.output_nr, c.output_nr)
c.sum().backward()
print(x.grad)
s, c = SinCos.apply(x)
(s * c).sum().backward()
print(x.grad)
s, c = SinCos.apply(x)
print((s + c).grad_fn.next_functions)
""",
    "results that are no tensors": """
class Mixed(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2, "text", 7
    @staticmethod
    def backward(ctx, g, *rest):
        print(g, rest)
        return g * 2
x = torch.tensor([1.0, 2.0], requires_grad=True)
y, text, number = Mixed.apply(x)
print(y, text, number)
y.sum().backward()
print(x.grad)
class ReturnsInt(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return (x > 1).long()
    @staticmethod
    def backward(ctx, g):
        return g
print(ReturnsInt.apply(x), ReturnsInt.apply(x).requires_grad)
""",
    "hooks on a custom node": """
class Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2
    @staticmethod
    def backward(ctx, g):
        print("Double.backward", g)
        return g * 2
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = Double.apply(x)
y.grad_fn.register_hook(lambda gi, go: print("node hook", gi, go))
y.grad_fn.register_prehook(lambda go: print("node prehook", go))
y.register_hook(lambda g: print("tensor hook", g))
y.retain_grad()
y.sum().backward()
print(x.grad, y.grad)
""",
    "gradcheck finds a mistake": """
class Wrong(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x ** 2
    @staticmethod
    def backward(ctx, g):
        x, = ctx.saved_tensors
        return g * 3 * x
x = torch.tensor([1.0, 2.0], dtype=torch.double, requires_grad=True)
try:
    torch.autograd.gradcheck(Wrong.apply, x)
except RuntimeError as e:
    print(type(e).__name__)
    print(str(e))
print(torch.autograd.gradcheck(Wrong.apply, x, raise_exception=False))
""",
    "gradcheck's own complaints": """
import warnings
def square(x):
    return x ** 2
for x in (torch.tensor([1.0], requires_grad=True), torch.tensor([1.0], dtype=torch.double), torch.tensor([1.0, 2.0], dtype=torch.double,
          requires_grad=True).expand(2, 2)):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            print(torch.autograd.gradcheck(square, (x,)))
        except Exception as e:
            print(type(e).__name__, str(e).split("\\n")[0].split(". ")[0][:40])
        print([str(w.message).split(". ")[0][:60] for w in caught])
x = torch.tensor([0.5, 2.0], dtype=torch.double, requires_grad=True)
y = torch.tensor([1.5, -1.0], dtype=torch.double, requires_grad=True)
print(torch.autograd.gradcheck(lambda a, b: (a * b, a + b), (x, y)), torch.autograd.gradcheck(torch.sin, x, fast_mode=True))
print(torch.autograd.gradcheck(lambda a: a.detach() * a, x, raise_exception=False))
""",
    "a function in a module": """
class Swish(torch.autograd.Function):
    @staticmethod
    def forward(ctx, i):
        result = i * torch.sigmoid(i)
        ctx.save_for_backward(i)
        return result
    @staticmethod
    def backward(ctx, grad_output):
        i, = ctx.saved_tensors
        s = torch.sigmoid(i)
        return grad_output * (s * (1 + i * (1 - s)))
class SwishModule(torch.nn.Module):
    def forward(self, x):
        return Swish.apply(x)
net = torch.nn.Sequential(torch.nn.Linear(2, 2), SwishModule())
with torch.no_grad():
    net[0].weight.copy_(torch.tensor([[0.5, -1.0], [1.5, 0.25]]))
    net[0].bias.zero_()
print(net)
x = torch.tensor([[1.0, 2.0]])
out = net(x)
print(out)
out.sum().backward()
print(net[0].weight.grad)
print(torch.allclose(out, torch.nn.functional.silu(net[0](x))))
""",
    "a function with list inputs and keyword state": """
class SumAll(torch.autograd.Function):
    @staticmethod
    def forward(ctx, *tensors):
        ctx.n = len(tensors)
        return sum(tensors)
    @staticmethod
    def backward(ctx, g):
        return tuple(g * (i + 1) for i in range(ctx.n))
xs = [torch.ones(2, requires_grad=True) for _ in range(3)]
y = SumAll.apply(*xs)
print(y, y.grad_fn.n, len(y.grad_fn.next_functions))
y.sum().backward()
print([x.grad for x in xs])
""",
    "jvp of a function": """
class Sq(torch.autograd.Function):
    @staticmethod
    def forward(x):
        return x * x
    @staticmethod
    def setup_context(ctx, inputs, output):
        x, = inputs
        ctx.save_for_backward(x)
        ctx.save_for_forward(x)
    @staticmethod
    def backward(ctx, g):
        x, = ctx.saved_tensors
        return 2 * x * g
    @staticmethod
    def jvp(ctx, tangent):
        x, = ctx.saved_tensors
        return 2 * x * tangent
x = torch.tensor([1.0, 3.0], requires_grad=True)
y = Sq.apply(x)
y.sum().backward()
print(y, x.grad)
""",
    "the same name twice, subclasses and printing": """
class Base(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2
    @staticmethod
    def backward(ctx, g):
        return g * 2
class Derived(Base):
    @staticmethod
    def backward(ctx, g):
        return g * 20
x = torch.ones(1, requires_grad=True)
a, b = Base.apply(x), Derived.apply(x)
print(a, b)
print(a.grad_fn.name(), b.grad_fn.name(), Base.__name__, issubclass(Derived, torch.autograd.Function))
(a + b).backward()
print(x.grad)
""",
    "an exception in forward and in backward": """
class Picky(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        if (x < 0).any():
            raise ValueError("negative input")
        return x.sqrt()
    @staticmethod
    def backward(ctx, g):
        raise NotImplementedError("not today")
x = torch.tensor([1.0, 4.0], requires_grad=True)
try:
    Picky.apply(-x)
except ValueError as e:
    print("ValueError", str(e).split("\\n")[0])
y = Picky.apply(x)
print(y)
try:
    y.sum().backward()
except NotImplementedError as e:
    print("NotImplementedError", str(e).split("\\n")[0])
print(x.grad)
""",
    "functional style with setup_context and extra outputs": """
class Cube(torch.autograd.Function):
    @staticmethod
    def forward(x):
        dx = 3 * x ** 2
        result = x ** 3
        return result, dx
    @staticmethod
    def setup_context(ctx, inputs, output):
        x, = inputs
        result, dx = output
        ctx.save_for_backward(x, dx)
    @staticmethod
    def backward(ctx, grad_output, grad_dx):
        x, dx = ctx.saved_tensors
        return grad_output * dx + grad_dx * 6 * x
def my_cube(x):
    result, dx = Cube.apply(x)
    return result
x = torch.tensor(2.0, dtype=torch.double, requires_grad=True)
y = my_cube(x)
g, = torch.autograd.grad(y, x, create_graph=True)
gg, = torch.autograd.grad(g, x)
print(y, g, gg)
print(torch.autograd.gradcheck(my_cube, x), torch.autograd.gradgradcheck(my_cube, x))
""",
}
