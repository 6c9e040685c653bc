"""Derivatives of functions: `torch.autograd.functional`, `torch.autograd.gradcheck` and `torch.func`."""

EXPRESSIONS = {
    "what PyTorch takes": """
        torch.autograd.functional.hessian(lambda x: (x ** 2).sum(), v, strict=True, create_graph=True)
        torch.autograd.functional.vjp(lambda x: x * 2, v, w, strict=True, create_graph=True)
    """,
    "jacobian": """
        torch.autograd.functional.jacobian(lambda x: x ** 2, v)
        torch.autograd.functional.jacobian(lambda x: x ** 2, v, create_graph=True)
        torch.autograd.functional.jacobian(lambda x: x ** 2, v, create_graph=True, strict=True)
        torch.autograd.functional.jacobian(lambda x: x.exp(), s, create_graph=True)
        torch.autograd.functional.jacobian(lambda x: x.exp().sum(1), a)
        torch.autograd.functional.jacobian(lambda x: x.exp().sum(1), a, create_graph=True)
        torch.autograd.functional.jacobian(lambda x: x.exp().sum(1), a, vectorize=True)
        torch.autograd.functional.jacobian(lambda x: x.t(), c)
        torch.autograd.functional.jacobian(torch.exp, f)
        torch.autograd.functional.jacobian(lambda x, y: x * y, (v, w))
        torch.autograd.functional.jacobian(lambda x, y: x * y, (v, w), create_graph=True)
        torch.autograd.functional.jacobian(lambda x, y: (x * y, x.sum()), (v, w))
        torch.autograd.functional.jacobian(lambda x, y: (x * y, x.sum()), (v, w), vectorize=True)
        torch.autograd.functional.jacobian(lambda x: (x,), v)
        torch.autograd.functional.jacobian(lambda x: x, (v,))
        torch.autograd.functional.jacobian(lambda x: w * 2, v)
        torch.autograd.functional.jacobian(lambda x: torch.ones(2), v)
        torch.autograd.functional.jacobian(lambda x: v * x, v, create_graph=True)
        torch.autograd.functional.jacobian(lambda x: x.relu(), inputs=v)
        torch.autograd.functional.jacobian(lambda x: torch.autograd.functional.jacobian(lambda y: y ** 3, x, create_graph=True), v)
    """,
    "hessian": """
        torch.autograd.functional.hessian(lambda x: (x ** 3).sum(), v)
        torch.autograd.functional.hessian(lambda x: (x ** 3).sum(), v, create_graph=True)
        torch.autograd.functional.hessian(lambda x: (x ** 3).sum(), v, strict=True)
        torch.autograd.functional.hessian(lambda x: (x ** 3).sum(), v, vectorize=True)
        torch.autograd.functional.hessian(lambda x: x.sum(), v)
        torch.autograd.functional.hessian(lambda x, y: (x * y).sum(), (v, w))
        torch.autograd.functional.hessian(lambda x, y: (x ** 2 * y.exp()).sum(), (v, w), create_graph=True)
        torch.autograd.functional.hessian(lambda x, y: (x ** 2 * y.exp()).sum(), (v, s))
        torch.autograd.functional.hessian(lambda x: x ** 3, s)
        torch.autograd.functional.hessian(lambda x: x ** 3, one)
        torch.autograd.functional.hessian(lambda x: (x @ m @ x).reshape(1, 1), v)
        torch.autograd.functional.hessian(lambda x: x.tanh().mean(), a)
    """,
    "products": """
        torch.autograd.functional.vjp(lambda x: x ** 2, v, w)
        torch.autograd.functional.vjp(lambda x: x ** 2, v, w, create_graph=True)
        torch.autograd.functional.vjp(lambda x: x.exp().sum(1), c, torch.ones(2, **d))
        torch.autograd.functional.vjp(lambda x: x.sum(), v)
        torch.autograd.functional.vjp(lambda x, y: 2 * x + 3 * y, (v, w), torch.ones(3, **d))
        torch.autograd.functional.vjp(lambda x, y: (x * y, x.sum()), (v, w), (torch.ones(3, **d), s))
        torch.autograd.functional.vjp(lambda x, y: (x * y, x.sum()), (v, w), (torch.ones(3, **d), s), create_graph=True)
        torch.autograd.functional.vjp(lambda x: w, v, w)
        torch.autograd.functional.vjp(lambda x: torch.ones(3, **d), v, w)
        torch.autograd.functional.vjp(lambda x: x ** 2, v, w, strict=True)
        torch.autograd.functional.jvp(lambda x: x ** 2, v, w)
        torch.autograd.functional.jvp(lambda x: x ** 2, v, w, create_graph=True)
        torch.autograd.functional.jvp(lambda x: x.exp().sum(1), c, torch.ones(2, 3, **d))
        torch.autograd.functional.jvp(lambda x: x.exp().sum(1), a, torch.ones(2, 3, **d), create_graph=True)
        torch.autograd.functional.jvp(lambda x: x ** 2, s)
        torch.autograd.functional.jvp(lambda x, y: 2 * x + 3 * y, (v, w), (torch.ones(3, **d), w))
        torch.autograd.functional.jvp(lambda x, y: (x * y, x.sum()), (v, w), (torch.ones(3, **d), w))
        torch.autograd.functional.jvp(lambda x: w, v, w)
        torch.autograd.functional.hvp(lambda x: (x ** 3).sum(), v, w)
        torch.autograd.functional.hvp(lambda x: (x ** 3).sum(), v, w, create_graph=True)
        torch.autograd.functional.hvp(lambda x, y: (x ** 2 * y).sum(), (v, w), (w, v))
        torch.autograd.functional.hvp(lambda x: x ** 3, s)
        torch.autograd.functional.hvp(lambda x: x.sum(), v, w)
        torch.autograd.functional.vhp(lambda x: (x ** 3).sum(), v, w)
        torch.autograd.functional.vhp(lambda x: (x ** 3).sum(), v, w, create_graph=True)
        torch.autograd.functional.vhp(lambda x, y: (x ** 2 * y).sum(), (v, w), (w, v))
        torch.autograd.functional.vhp(lambda x: x ** 3, s)
        torch.autograd.functional.vhp(lambda x: x.sum(), v, w)
    """,
    "gradients of functions": """
        torch.func.grad(lambda x: (x ** 3).sum())(v.detach())
        torch.func.grad(lambda x: (v * x).sum())(w.detach())
        torch.func.grad(torch.exp)(s)
        torch.func.grad(lambda x: x)(s)
        torch.func.grad(lambda x, y: (x * y).sum(), argnums=1)(v, w)
        torch.func.grad(lambda x, y: (x * y).sum(), argnums=-1)(v, w)
        torch.func.grad(lambda x, y: (x * y).sum(), argnums=(0, 1))(v, w)
        torch.func.grad(lambda x, y: (x * y).sum(), argnums=(1,))(v, w)
        torch.func.grad(lambda p: (p["w"] * p["b"]).sum())({"w": v, "b": w})
        torch.func.grad(lambda p: (p[0] * p[1][0]).sum())((v, [w]))
        torch.func.grad(lambda x: (x.sum(), x * 2), has_aux=True)(c)
        torch.func.grad(lambda x: (x.sum(), {"y": x * 2}), has_aux=True)(c)
        torch.func.grad(lambda x, k: (x * k).sum())(v, k=2.0)
        torch.func.grad(lambda x: x.sum().detach())(v)
        torch.func.grad(lambda x: x.detach().sum() + x[0])(c[0])
        torch.func.grad_and_value(lambda x: (x ** 3).sum())(c)
        torch.func.grad_and_value(lambda x: (x.sum(), x * 2), has_aux=True)(c)
    """,
    "Jacobians of functions": """
        torch.func.vjp(lambda x: x ** 2, c)[1](c)
        torch.func.vjp(lambda p: {"out": p["w"] * 2}, {"w": v})[1]({"out": w})
        torch.func.vjp(lambda x: (x * 2, x + 1), c, has_aux=True)[2]
        torch.func.jvp(lambda x: x ** 2, (c,), (c,))
        torch.func.jvp(lambda x, y: (x * y, y), (c, c), (c, c + 1))
        torch.func.jvp(lambda x: (x * 2, x + 1), (c,), (c,), has_aux=True)
        torch.func.jvp(lambda x: torch.ones(2), (c,), (c,))
        torch.func.jacrev(lambda x: x ** 2)(c[0])
        torch.func.jacrev(lambda x: (x ** 2, x.sum()))(c[0])
        torch.func.jacrev(lambda x, y: x * y, argnums=(0, 1))(c[0], c[1])
        torch.func.jacrev(lambda x: (x * 2, x), has_aux=True)(c[0])
        torch.func.jacrev(lambda x: x ** 2, chunk_size=2)(c[0])
        torch.func.jacrev(torch.func.jacrev(lambda x: x ** 3))(c[0])
        torch.func.jacrev(lambda p: p["w"] * p["b"])({"w": c[0], "b": c[1]})
        torch.func.jacfwd(lambda x: x ** 2)(c[0])
        torch.func.jacfwd(lambda x: x ** 2)(c[0, 0])
        torch.func.jacfwd(lambda x: (x ** 2, x.sum()))(c)
        torch.func.jacfwd(lambda x, y: x * y, argnums=(0, 1))(c[0], c[1])
        torch.func.jacfwd(lambda x: (x * 2, x), has_aux=True)(c[0])
        torch.func.jacfwd(torch.func.jacrev(lambda x: x.exp()))(c[0])
        torch.func.jacfwd(torch.func.jacfwd(lambda x: x ** 3))(c[0])
        torch.func.hessian(lambda x: x.tanh().mean())(c)
        torch.func.hessian(lambda x: x.sigmoid().sum() * x.exp().mean())(c)
        torch.func.hessian(lambda x: (x @ x * x.mean() - 1 / (x ** 2 + 1)).sum())(c[0])
        torch.func.jacfwd(lambda x: x @ m.detach())(c)
        torch.func.jacfwd(lambda x: torch.cat([x, x * 2]).max(0)[0])(c)
        torch.func.jacfwd(lambda x: x.t()[1:].sum(1, keepdim=True) / x.mean())(c)
        torch.func.jacfwd(lambda x: x[x > 0] - x.relu().sqrt().sum())(c)
        torch.func.hessian(lambda x: (x ** 3).sum())(c[0])
        torch.func.hessian(lambda x, y: (x * y).sum(), argnums=(0, 1))(c[0], c[1])
    """,
    "vmap": """
        torch.vmap(torch.dot)(c, c)
        torch.func.vmap(lambda x: x.sum())(c)
        torch.func.vmap(lambda x: x * 2, in_dims=1)(c)
        torch.func.vmap(lambda x: x.sum(), in_dims=-1)(c)
        torch.func.vmap(lambda x, y: x + y, in_dims=(0, None))(c, c[0])
        torch.func.vmap(lambda x, y: x + y, in_dims=(0, 1))(c, c.t())
        torch.func.vmap(lambda x, k: x * k, in_dims=(0, None))(c, 2)
        torch.func.vmap(lambda p: p["a"] * p["b"])({"a": c, "b": c})
        torch.func.vmap(lambda p: p["a"] * p["b"], in_dims=({"a": 0, "b": None},))({"a": c, "b": c[0]})
        torch.func.vmap(lambda x: (x, x.sum()))(c)
        torch.func.vmap(lambda x: {"y": x + 1})(c)
        torch.func.vmap(torch.func.vmap(lambda x: x * 2))(c)
        torch.func.vmap(torch.func.grad(lambda x: (x ** 2).sum()))(c)
        torch.func.vmap(torch.func.grad(lambda w, x: (w * x).sum()), in_dims=(None, 0))(c[0], c)
        torch.func.vmap(torch.func.hessian(lambda x: (x ** 3).sum()))(c)
        torch.func.vmap(torch.func.vjp(lambda x: x ** 2, c[0])[1])(torch.eye(3, **d))
        torch.func.vmap(lambda x: x * 2)(c[:0])
        torch.func.vmap(lambda x: x.sum(), chunk_size=1)(c)
        torch.func.vmap(lambda x: x + torch.randn(3), randomness="different")(c)
        torch.func.vmap(lambda x: torch.where(x > 0, x, x * 0.5))(c)
        torch.func.vmap(lambda x: x @ m.detach())(c)
    """,
}

ERRORS = """
    torch.autograd.functional.jacobian(lambda x: x, [v])
    torch.autograd.functional.jacobian(lambda x: x, (v, 2.0))
    torch.autograd.functional.jacobian(lambda x: 2.0, v)
    torch.autograd.functional.jacobian(lambda x: [x], v)
    torch.autograd.functional.jacobian(lambda x: (x, 2), v)
    torch.autograd.functional.jacobian(lambda x: w.detach(), v, strict=True)
    torch.autograd.functional.jacobian(lambda x: w, v, strict=True)
    torch.autograd.functional.jacobian(lambda x: x * 2, v, strict=True, create_graph=True)
    torch.autograd.functional.jacobian(lambda x: x * 2, v, strict=True, vectorize=True)
    torch.autograd.functional.jacobian(lambda x: x * 2, v, strategy="sideways")
    torch.autograd.functional.jacobian(lambda x: x * 2, v, strategy="forward-mode")
    torch.autograd.functional.jacobian(lambda x: x * 2, v, strategy="forward-mode", create_graph=True)
    torch.autograd.functional.jacobian(lambda x: x * 2, v, strategy="forward-mode", strict=True)
    torch.autograd.functional.jacobian(lambda x: x * 2, i)
    torch.autograd.functional.jacobian(lambda x: x @ v, a.sum())
    torch.autograd.functional.hessian(lambda x: x, v)
    torch.autograd.functional.hessian(lambda x: (x.sum(),), v)
    torch.autograd.functional.hessian(lambda x: x.sum(), v, strict=True)
    torch.autograd.functional.hessian(lambda x: x.sum(), v, outer_jacobian_strategy="sideways")
    torch.autograd.functional.hessian(lambda x: x.sum(), 3.0)
    torch.autograd.functional.vjp(lambda x: x, v)
    torch.autograd.functional.vjp(lambda x: x, v, s)
    torch.autograd.functional.vjp(lambda x: x, v, (v, v))
    torch.autograd.functional.vjp(lambda x: (x, x), v, (v,))
    torch.autograd.functional.vjp(lambda x: (x, x), v, (v, s))
    torch.autograd.functional.vjp(lambda x: x, v, 1.0)
    torch.autograd.functional.vjp(lambda x: w, v, w, strict=True)
    torch.autograd.functional.jvp(lambda x: x, v)
    torch.autograd.functional.jvp(lambda x: x, v, s)
    torch.autograd.functional.jvp(lambda x, y: x, (v, w), v)
    torch.autograd.functional.jvp(lambda x: w, v, v, strict=True)
    torch.autograd.functional.hvp(lambda x: x, v, v)
    torch.autograd.functional.hvp(lambda x: x.sum(), v)
    torch.autograd.functional.hvp(lambda x: x.sum(), v, v, strict=True)
    torch.autograd.functional.vhp(lambda x: x, v, v)
    torch.autograd.functional.vhp(lambda x: (x.sum(),), v, v)
    torch.autograd.functional.vhp(lambda x: x.sum(), v, v, strict=True)
    torch.autograd.gradcheck(lambda x: x * x.detach(), (v,))
    torch.autograd.gradcheck(lambda x: x.detach(), (v,))
    torch.autograd.gradcheck(lambda x: x * 2, (c,))
    torch.autograd.gradcheck(lambda x: x * 2, c)
    torch.autograd.gradcheck(lambda x: 2.0, (v,))
    torch.autograd.gradcheck(lambda x: x * 2, (one.expand(3),))
    torch.autograd.gradcheck(lambda x: x * 2, (v,), check_backward_ad=False)
    torch.autograd.gradcheck(lambda x: x * 2, (v,), check_backward_ad=False, check_batched_grad=True, check_forward_ad=True)
    torch.autograd.gradcheck(lambda x: x * 2, (v,), check_batched_forward_grad=True)
    torch.autograd.gradcheck(lambda x: x * 2, (v,), 1e-6)
    torch.autograd.gradcheck(lambda x: x * x.detach(), (f,))
    torch.autograd.gradgradcheck(lambda x: x ** 2 * x.detach(), (v,), w)
    torch.autograd.gradgradcheck(lambda x: x ** 2, (v,), w, check_rev_over_rev=False)
    torch.func.grad(lambda x: x * 2)(v)
    torch.func.grad(lambda x: 2.0)(v)
    torch.func.grad(lambda x: (x.sum(), x))(v)
    torch.func.grad(lambda x: x.sum(), has_aux=True)(v)
    torch.func.grad(lambda x: (x.sum(), 5), has_aux=True)(v)
    torch.func.grad(lambda x: x.sum())(1.0)
    torch.func.grad(lambda x: x.sum())(i)
    torch.func.grad(lambda x: x.sum(), argnums=1)(v)
    torch.func.grad(lambda x: x.sum(), argnums=())(v)
    torch.func.grad(lambda x, y: x.sum(), argnums=(0, 0))(v, w)
    torch.func.grad(lambda x, y: x.sum(), argnums=[0])(v, w)
    torch.func.grad(lambda x, y: x.sum(), argnums="0")(v, w)
    torch.func.grad(lambda x, y: x.sum(), argnums=(0, "1"))(v, w)
    torch.func.vjp(lambda x: 1.0, v)
    torch.func.vjp(lambda x: None, v)
    torch.func.vjp(lambda x: (), v)
    torch.func.vjp(lambda x: x > 0, v)
    torch.func.vjp(lambda x: x, v)[1]((v, v))
    torch.func.vjp(lambda x: x, v, has_aux=True)
    torch.func.jvp(lambda x: x, v, v)
    torch.func.jvp(lambda x: x, (v,), (v, v))
    torch.func.jvp(lambda x: x, (v,), (s,))
    torch.func.jvp(lambda x: x, (), ())
    torch.func.jvp(lambda x: x, (1.0,), (1.0,))
    torch.func.jvp(lambda x: 5, (v,), (v,))
    torch.func.jvp(lambda x: torch.ones(2), (v,), (v,), strict=True)
    torch.func.jacrev(lambda x: 5)(v)
    torch.func.jacrev(lambda x: x, chunk_size=0)
    torch.func.jacrev(lambda x: x)(2.0)
    torch.func.vmap(lambda x: 5)(c)
    torch.func.vmap(lambda x: x)(s)
    torch.func.vmap(lambda x, y: x)(c, 2)
    torch.func.vmap(lambda x, y: x, in_dims=(0, 0))(c, c.t())
    torch.func.vmap(lambda: 1)()
    torch.func.vmap(lambda x: x, in_dims=None)(c)
    torch.func.vmap(lambda x: x, in_dims=(None,))(c)
    torch.func.vmap(lambda x: x, in_dims=(0, 0))(c)
    torch.func.vmap(lambda x: x, in_dims=2)(c)
    torch.func.vmap(lambda x: x, in_dims="a")(c)
    torch.func.vmap(lambda x: x, in_dims=(1.5,))(c)
    torch.func.vmap(lambda x: x, out_dims="a")(c)
    torch.func.vmap(lambda x: x, out_dims=(0, 0))(c)
    torch.func.vmap(lambda x: x, randomness="x")
    torch.func.vmap(lambda x: x, chunk_size=0)
    torch.func.vmap(lambda x: x + torch.randn(3))(c)
"""

SCRIPTS = {
    "gradcheck agrees": """
x = torch.tensor([[1., 2., 3.], [.5, -1., 2.]], dtype=torch.float64, requires_grad=True)
y = torch.tensor([1., 2., 3.], dtype=torch.float64, requires_grad=True)
check = torch.autograd.gradcheck
print(check(lambda a, b: a * b, (x, y)), check(lambda a: a.exp(), x), check(lambda a: [a * 2], [y]))
print(check(lambda a: (a * 2, a.sum()), (y,)), check(lambda a: torch.ones(2), (y,)), check(lambda a, k: a * k, (y, 3.0)))
print(check(lambda a: (a * 2, a.detach()), (y,)))
print(check(lambda a, b: a @ b, (x, y), fast_mode=True), check(torch.exp, (y,), eps=1e-3, atol=1e-2))
print(check(lambda a: a * 2, (torch.zeros(0, dtype=torch.float64, requires_grad=True),)))
print(torch.autograd.gradgradcheck(lambda a: a ** 3, (y,), torch.ones(3, dtype=torch.float64)))
print(torch.autograd.gradgradcheck(lambda a: a ** 3, (y,), torch.ones(3, dtype=torch.float64, requires_grad=True)))
print(x.grad, y.grad, y)
""",
    "gradcheck says where it differs": """
def told(function, *args, **kwargs):
    try:
        print(function(*args, **kwargs))
    except Exception as error:
        print(type(error).__name__, type(error).__mro__[1].__name__, str(error))
check, second = torch.autograd.gradcheck, torch.autograd.gradgradcheck
y = torch.tensor([1., 2., 3.], dtype=torch.float64, requires_grad=True)
told(check, lambda a: a * a.detach(), (y,))
told(check, lambda a: (a * 2, a.detach() * a), (y,))
told(check, lambda a, b: a + b * b.detach(), (y, y.detach().clone().requires_grad_()))
told(check, lambda a: a.detach(), (y,))
told(check, lambda a: a * a.detach(), (y,), raise_exception=False)
told(check, lambda a: a.relu(), (torch.zeros(2, dtype=torch.float64, requires_grad=True),))
told(check, lambda a: a.sqrt(), (torch.zeros(2, dtype=torch.float64, requires_grad=True),))
told(check, lambda a: a * a.detach(), (y,), fast_mode=True)
told(check, lambda a: a[a > 1] if a[1] > 2 else a, (y,))
told(second, lambda a: a * a * a.detach(), (y,), torch.ones(3, dtype=torch.float64))
""",
    "gradcheck in single precision": """
x = torch.tensor([1.5, 2.5], requires_grad=True)
y = torch.tensor([1.5, 2.5], dtype=torch.float64, requires_grad=True)
print(torch.autograd.gradcheck(lambda a, b: a * 2 + b, (y, x), eps=1e-2, atol=1e-1))
print(torch.autograd.gradcheck(lambda a: a * a, (x,), raise_exception=False))
""",
    "gradcheck calls the function so often": """
calls = []
def square(a):
    calls.append(a.requires_grad)
    return a ** 2, a.sum()
y = torch.tensor([1., 2., 3.], dtype=torch.float64, requires_grad=True)
print(torch.autograd.gradcheck(square, (y,)), len(calls), all(calls))
print(torch.autograd.gradcheck(lambda a: square(a)[0], (y,), check_undefined_grad=False), len(calls))
print(torch.autograd.gradcheck(square, (y,), fast_mode=True), len(calls))
print(torch.autograd.gradgradcheck(lambda a: square(a)[0], (y,), torch.ones(3, dtype=torch.float64)), len(calls))
""",
    "random seeds of gradgradcheck": """
import warnings
warnings.simplefilter("ignore", DeprecationWarning)
torch.manual_seed(3)
y = torch.tensor([1., 2., 3.], dtype=torch.float64, requires_grad=True)
print(torch.autograd.gradgradcheck(lambda a: a ** 3, (y,)))
print(torch.rand(2))
try:
    torch.autograd.gradgradcheck(lambda a: a ** 2 * a.detach(), (y,))
except RuntimeError as error:
    print(error)
""",
    "the errors of gradcheck are RuntimeErrors": """
from importlib import import_module
kind = import_module(torch.__name__ + ".autograd.gradcheck").GradcheckError
print(kind.__name__, kind.__mro__[1:])
""",
    "a Jacobian through a network": """
torch.manual_seed(0)
W1, b1, W2 = torch.randn(4, 3), torch.randn(4), torch.randn(2, 4)
def net(x):
    return W2 @ torch.tanh(W1 @ x + b1)
x = torch.tensor([0.5, -1.0, 2.0])
J = torch.autograd.functional.jacobian(net, x)
print(J.shape, torch.allclose(J, torch.func.jacrev(net)(x)), torch.allclose(J, torch.func.jacfwd(net)(x)))
v = torch.tensor([1.0, 0.0, -1.0])
print(torch.allclose(torch.autograd.functional.jvp(net, x, v)[1], J @ v, atol=1e-6))
print(torch.allclose(torch.func.jvp(net, (x,), (v,))[1], J @ v, atol=1e-6))
u = torch.tensor([1.0, -1.0])
print(torch.allclose(torch.func.vjp(net, x)[1](u)[0], u @ J, atol=1e-6))
print(J.requires_grad, J.grad_fn, x.requires_grad)
""",
    "functional derivatives leave no trace": """
x = torch.tensor([1.0, 2.0], requires_grad=True)
J = torch.autograd.functional.jacobian(lambda t: t ** 2, x)
g = torch.func.grad(lambda t: (t ** 2).sum())(x)
print(J, g, x.grad)
g.sum().backward()
print(x.grad)
H = torch.autograd.functional.hessian(lambda t: (t ** 3).sum(), x, create_graph=True)
H.sum().backward()
print(x.grad)
with torch.no_grad():
    print(torch.func.grad(lambda t: (t ** 2).sum())(x))
    print(torch.autograd.functional.jacobian(lambda t: t ** 2, x))
    print(torch.autograd.functional.vjp(lambda t: (t ** 2).sum(), x))
    print(torch.func.vjp(lambda t: t ** 2, x)[1](x))
""",
    "per-sample gradients": """
torch.manual_seed(1)
W = torch.randn(3, requires_grad=True)
X, t = torch.randn(4, 3), torch.randn(4)
def loss(W, x, t):
    return (x @ W - t) ** 2
each = torch.func.vmap(torch.func.grad(loss), in_dims=(None, 0, 0))(W.detach(), X, t)
print(each.shape)
total = sum(loss(W, x, y) for x, y in zip(X, t))
total.backward()
print(torch.allclose(each.sum(0), W.grad, atol=1e-5))
""",
    "a step of gradient descent on a tree of parameters": """
params = {"w": torch.tensor([1.0, -1.0]), "b": torch.tensor(0.5)}
x, y = torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([1.0, 2.0])
def loss(params):
    return ((x @ params["w"] + params["b"] - y) ** 2).mean()
for step in range(3):
    grads, value = torch.func.grad_and_value(loss)(params)
    params = {name: params[name] - 0.01 * grads[name] for name in params}
    print(f"{value.item():.4f}", {name: g.shape for name, g in grads.items()})
print(torch.func.hessian(loss)(params))
""",
    "what vmap calls a function": """
import functools
def told(function, *args):
    try:
        print(function(*args))
    except Exception as error:
        print(type(error).__name__, error)
def f(x):
    return 5
x = torch.ones(2, 3)
told(torch.vmap(f), x)
told(torch.vmap(functools.partial(f)), x)
told(torch.vmap(f, in_dims=(0, 0)), x)
told(torch.vmap(torch.func.grad(f)), x)
print(torch.func.grad(f).__name__, torch.vmap(f).__name__, torch.func.jacrev(f).__name__, torch.func.hessian(f).__name__)
""",
    "the same random numbers for each sample, or others": """
x = torch.zeros(3, 2)
torch.manual_seed(0)
same = torch.vmap(lambda x: x + torch.randn(2), randomness="same")(x)
print(same[0].equal(same[1]), same[1].equal(same[2]))
print(torch.rand(1))
torch.manual_seed(0)
print(torch.vmap(lambda x: x + torch.rand(2), randomness="different")(x))
print(torch.rand(1))
""",
    "transformations inside a larger graph": """
def told(result):
    print(result)
    for tensor in result if isinstance(result, tuple) else (result,):
        if tensor.requires_grad:
            print(torch.autograd.grad(tensor.sum(), [t for t in (v, w, s, f, a) if t.requires_grad], allow_unused=True, retain_graph=True))
told(torch.func.grad(lambda x: (x ** 3).sum())(v))
told(torch.func.grad(lambda x: (x ** 2).mean())(f))
told(torch.func.grad(lambda x: (v * x ** 2).sum())(v))
told(torch.func.grad(torch.func.grad(lambda x: x ** 3))(s))
told(torch.func.grad(torch.func.grad(torch.func.grad(lambda x: x ** 4)))(s))
told(torch.func.grad_and_value(lambda x: (x ** 3).sum())(v))
told(torch.func.vjp(lambda x: x ** 2, v)[0])
told(torch.func.vjp(lambda x: x ** 2, v)[1](w))
told(torch.func.vjp(lambda x, y: (x * y, x.sum()), v, w)[1]((w, s)))
told(torch.func.jacrev(lambda x: x ** 2)(v))
told(torch.func.hessian(lambda x: (x ** 3).sum())(v))
told(torch.func.jacfwd(lambda x: x ** 2)(v))
told(torch.func.jacfwd(torch.exp)(s))
told(torch.func.jvp(lambda x: x ** 2, (v.detach(),), (w,)))
told(torch.func.jvp(lambda x: x ** 2, (v,), (w,)))
told(torch.func.jvp(lambda x: x.sin().sum(), (v,), (w.detach(),)))
told(torch.vmap(lambda x: (x * 2).exp())(a))
told(torch.vmap(lambda x, y: x * y, in_dims=(0, None))(a, v))
told(torch.vmap(torch.func.grad(lambda x: (x ** 3).sum()))(a))
told(torch.vmap(lambda x: x.tanh(), in_dims=1)(a))
""",
    "forward mode through autograd.functional": """
import warnings
warnings.simplefilter("ignore", DeprecationWarning)
x = torch.tensor([[1.0, -2.0], [0.5, 3.0]])
print(torch.autograd.functional.jacobian(lambda x: x ** 2, x, strategy="forward-mode", vectorize=True))
print(torch.autograd.functional.jacobian(lambda x, y: (x @ y, y), (x, x[0]), strategy="forward-mode", vectorize=True))
print(torch.autograd.functional.hessian(lambda x: (x ** 3).sum(), x[0], outer_jacobian_strategy="forward-mode", vectorize=True))
""",
    "forward mode": """
fwAD = torch.autograd.forward_ad
def told(function, *args):
    try:
        print(function(*args))
    except Exception as error:
        print(type(error).__name__, error)
x, moved = torch.tensor([1.0, 2.0]), torch.tensor([1.0, -1.0])
told(fwAD.make_dual, x, moved)
print(fwAD.unpack_dual(x))
with fwAD.dual_level():
    dual = fwAD.make_dual(x, moved)
    y = dual ** 2 + dual.exp()
    print(fwAD.unpack_dual(y), fwAD.unpack_dual(x), fwAD.unpack_dual(y)._fields)
    told(fwAD.make_dual, x, torch.ones(3))
    told(fwAD.make_dual, torch.tensor([1]), moved)
    told(fwAD.make_dual, x, torch.tensor([1, 2]))
    told(fwAD.make_dual, 2.0, moved)
    told(fwAD.dual_level().__enter__)
    w = torch.tensor([3.0, 4.0], requires_grad=True)
    z = (fwAD.make_dual(w, moved) ** 2).sum()
    print(fwAD.unpack_dual(z).tangent)
    print(torch.autograd.grad(fwAD.unpack_dual(z).tangent, w))
    print(fwAD.unpack_dual(torch.stack([dual, dual * 2]).sum(0)))
    both = fwAD.unpack_dual(dual * fwAD.make_dual(x, torch.ones(2)))
    print(both.tangent, both.primal)
fwAD.enter_dual_level()
print(fwAD.unpack_dual(fwAD.make_dual(x, moved) ** 3))
fwAD.exit_dual_level()
told(fwAD.exit_dual_level)
""",
    "checkpoints compute again": """
ck = torch.utils.checkpoint
x = torch.tensor([1.0, 2.0], requires_grad=True)
w = torch.tensor([3.0, 4.0], requires_grad=True)
calls = []
def f(x):
    calls.append(torch.is_grad_enabled())
    return (x * w).exp().tanh() * x
for mode in (True, False, None):
    calls.clear()
    y = ck.checkpoint(f, x * 2) if mode is None else ck.checkpoint(f, x * 2, use_reentrant=mode)
    print(y, y.grad_fn.name(), y.requires_grad, calls)
    y.sum().backward()
    print(x.grad, w.grad, calls)
    x.grad = w.grad = None
    try:
        y.sum().backward()
    except RuntimeError as error:
        print(str(error).partition(".")[0])
y = ck.checkpoint(f, x, use_reentrant=True)
print(type(y.grad_fn).__name__, [type(fn).__name__ for fn, _ in y.grad_fn.next_functions])
for ask in (lambda: torch.autograd.grad(y.sum(), x), lambda: y.sum().backward(inputs=[x])):
    y = ck.checkpoint(f, x, use_reentrant=True)
    try:
        ask()
    except RuntimeError as error:
        print(error)
y = ck.checkpoint(f, x, use_reentrant=False)
print(torch.autograd.grad(y.sum(), x))
y = ck.checkpoint(f, x, use_reentrant=False)
torch.autograd.grad(y.sum(), x, create_graph=True)[0].sum().backward()
print(x.grad, w.grad)
w.grad = None
c = torch.tensor([1.0, 2.0])
print(ck.checkpoint(f, c, use_reentrant=True).requires_grad)
y = ck.checkpoint(f, c, use_reentrant=False)
y.sum().backward()
print(y.requires_grad, w.grad)
calls.clear()
y = ck.checkpoint(f, x, use_reentrant=False)
y.sum().backward(retain_graph=True)
y.sum().backward()
print(len(calls))
calls.clear()
ck.checkpoint(lambda x: ck.checkpoint(f, x, use_reentrant=False) * x, x, use_reentrant=False).sum().backward()
print(len(calls))
""",
    "checkpoints: arguments": """
ck = torch.utils.checkpoint
x = torch.tensor([1.0, 2.0], requires_grad=True)
def told(function, *args, **kwargs):
    try:
        print(function(*args, **kwargs))
    except Exception as error:
        print(type(error).__name__, str(error).partition("Tip:")[0])
def f(x):
    return (x * x).exp()
def g(x, k=1, y=None):
    return x * k + (0 if y is None else y)
told(ck.checkpoint, f, x, use_reentrant=True, foo=1)
told(ck.checkpoint, f, x, use_reentrant=False, foo=1)
told(ck.checkpoint, f, x, use_reentrant=False, determinism_check="x")
told(ck.checkpoint, f, x, use_reentrant=True, debug=True)
told(ck.checkpoint, g, x, use_reentrant=False, k=3)
told(ck.checkpoint, g, x, 3, use_reentrant=True)
told(ck.checkpoint, g, x, 3, x, use_reentrant=True)
with torch.no_grad():
    told(ck.checkpoint, f, x, use_reentrant=False)
    told(ck.checkpoint, f, x, use_reentrant=True)
fs = [torch.exp, torch.tanh, lambda x: x * 2, lambda x: x + 1]
told(ck.checkpoint_sequential, fs, 2, x, use_reentrant=False)
told(ck.checkpoint_sequential, fs, 2, x)
told(ck.checkpoint_sequential, fs, 2, x, use_reentrant=True, a=1)
ck.checkpoint_sequential(fs, 3, x, use_reentrant=False).sum().backward()
print(x.grad)
def two(x):
    return x * 3, x.exp()
for mode in (True, False):
    x.grad = None
    a, b = ck.checkpoint(two, x, use_reentrant=mode)
    print(a, b, a.grad_fn is b.grad_fn)
    b.sum().backward()
    print(x.grad)
def bad(x):
    raise ValueError("no")
told(ck.checkpoint, bad, x, use_reentrant=False)
told(ck.checkpoint, bad, x, use_reentrant=True)
y = ck.checkpoint(lambda x: x.detach(), x, use_reentrant=True)
told(y.sum().backward)
""",
    "checkpoints draw the same random numbers again": """
ck = torch.utils.checkpoint
x = torch.tensor([1.0, 2.0], requires_grad=True)
torch.manual_seed(0)
for mode in (True, False):
    y = ck.checkpoint(lambda x: x * torch.rand(2), x, use_reentrant=mode)
    y.sum().backward()
    print(y, x.grad, torch.rand(1))
    x.grad = None
y = ck.checkpoint(lambda x: x * torch.rand(2), x, use_reentrant=False, preserve_rng_state=False)
y.sum().backward()
print(y, x.grad)
""",
    "checkpoints notice another course": """
ck = torch.utils.checkpoint
x = torch.tensor([1.0, 2.0], requires_grad=True)
w = torch.tensor([3.0, 4.0], requires_grad=True)
runs = []
def shorter(x):
    runs.append(1)
    return x * w if len(runs) == 1 else x[:1] * w[:1]
def fewer(x):
    runs.append(1)
    return (x * w).exp().tanh() if len(runs) == 1 else x * w
for function in (shorter, fewer):
    runs.clear()
    y = ck.checkpoint(function, x, use_reentrant=False)
    try:
        y.sum().backward()
    except RuntimeError as error:
        print(type(error).__name__, str(error).partition("Tip:")[0])
""",
    "functional_call runs a module with other parameters": """
nn = torch.nn
F = torch.func


def t(f, *a, **k):
    try:
        print(f(*a, **k))
    except Exception as e:
        print(type(e).__name__, str(e))


torch.manual_seed(0)
m = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
x = torch.tensor([[1.0, 2.0]])
p = {k: v.detach() * 0 + 0.1 for k, v in m.named_parameters()}
print(F.functional_call(m, p, (x,)))
t(F.functional_call, m, p, x)
t(F.functional_call, m, p, [x])
t(F.functional_call, m, (p, {}), x)
t(F.functional_call, m, (p, p), x)
t(F.functional_call, m, 3, x)
t(F.functional_call, m, [1], x)
t(F.functional_call, m, {"0.weight": p["0.weight"]}, x)
t(F.functional_call, m, {"0.foo": p["0.weight"]}, x)
t(F.functional_call, m, {"9.weight": p["0.weight"]}, x)
t(F.functional_call, m, {"0.foo": p["0.weight"]}, x, strict=True)
t(F.functional_call, m, {"0.weight": p["0.weight"]}, x, strict=True)
t(F.functional_call, m, p, x, strict=True)
t(F.functional_call, m, {"0.weight": 2.0}, x)
t(F.functional_call, m, p)
print(m[0].weight)
g = F.grad(lambda p: F.functional_call(m, p, (x,)).sum())(p)
print({k: v for k, v in g.items()})
g = F.grad(lambda p: F.functional_call(m, p, (x,)).sum())(dict(m.named_parameters()))
print({k: v for k, v in g.items()})
bn = nn.BatchNorm1d(2)
y = F.functional_call(bn, {"weight": torch.ones(2) * 2, "running_mean": torch.zeros(2)}, (torch.tensor([[1.0, 2.0], [3.0, 4.0]]),))
print(y, bn.running_mean)


class Tied(nn.Module):
    def __init__(s):
        super().__init__()
        s.a = nn.Linear(2, 2, bias=False)
        s.b = nn.Linear(2, 2, bias=False)
        s.b.weight = s.a.weight

    def forward(s, x, k=1):
        return s.b(s.a(x)) * k


tm = Tied()
print(F.functional_call(tm, {"a.weight": torch.eye(2) * 2}, (x,), {"k": 3}))
print(F.functional_call(tm, {"a.weight": torch.eye(2) * 2}, (x,), tie_weights=False).shape)
t(F.functional_call, tm, {"a.weight": torch.eye(2), "b.weight": torch.ones(2, 2)}, x)
ms = [nn.Linear(2, 1) for _ in range(3)]
ps, bs = F.stack_module_state(ms)
print({k: (v.shape, v.requires_grad) for k, v in ps.items()}, bs)
base = nn.Linear(2, 1)
print(F.vmap(lambda p, b, x: F.functional_call(base, (p, b), (x,)), in_dims=(0, 0, None))(ps, bs, x).shape)
t(F.stack_module_state, [])
t(F.stack_module_state, [nn.Linear(2, 1), nn.Tanh()])
print(F.jacrev(F.functional_call, argnums=1)(base, {k: v.detach() for k, v in base.named_parameters()}, (x,)))


def loss(p, x, t):
    return ((F.functional_call(base, p, (x.unsqueeze(0),)) - t) ** 2).mean()


d = {k: v.detach() for k, v in base.named_parameters()}
print({k: v.shape for k, v in F.vmap(F.grad(loss), in_dims=(None, 0, 0))(d, torch.randn(5, 2), torch.randn(5)).items()})
""",
    "transformations of custom Functions": """
F = torch.func


def t(n, f, *a, **k):
    try:
        print(n, f(*a, **k))
    except Exception as e:
        print(n, type(e).__name__, str(e).split("\\n")[0])


class Old(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return 2 * x * g


class New(torch.autograd.Function):
    @staticmethod
    def forward(x):
        return x * x

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return 2 * x * g


class NewJ(New):
    generate_vmap_rule = True

    @staticmethod
    def forward(x):
        return x * x

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)
        ctx.save_for_forward(*inputs)

    @staticmethod
    def jvp(ctx, t):
        (x,) = ctx.saved_tensors
        return 2 * x * t


x = torch.tensor([1.0, 2.0])
xr = x.clone().requires_grad_()
for C in (Old, New, NewJ):
    t("grad", F.grad(lambda x: C.apply(x).sum()), x)
    t("gradr", F.grad(lambda x: C.apply(x).sum()), xr)
    t("jacrev", F.jacrev(C.apply), x)
    t("jacfwd", F.jacfwd(C.apply), x)
    t("jvp", F.jvp, C.apply, (x,), (x,))
    t("vjp", lambda x: F.vjp(C.apply, x)[1](x), x)
    t("vmap", F.vmap(C.apply), x)
    t("hess", F.hessian(lambda x: C.apply(x).sum()), x)
    t("AFj", torch.autograd.functional.jacobian, C.apply, x)
    t("AFhvp", torch.autograd.functional.hvp, lambda x: C.apply(x).sum(), x, x)
    t("gc", torch.autograd.gradcheck, C.apply, (xr.double().detach().requires_grad_(),))
    t("gcf", torch.autograd.gradcheck, C.apply, (xr.double().detach().requires_grad_(),), check_forward_ad=True)
    t("ggc", torch.autograd.gradgradcheck, C.apply, (xr.double().detach().requires_grad_(),))

    def fa(x):
        with torch.autograd.forward_ad.dual_level():
            return torch.autograd.forward_ad.unpack_dual(C.apply(torch.autograd.forward_ad.make_dual(x, x))).tangent

    t("fa", fa, x)
    t("vmapgrad", F.vmap(F.grad(C.apply)), x)
""",
}
