"""Slopes, running sums in place, and reductions as parts of longer expressions."""

EXPRESSIONS = {
    "slopes": """
        torch.gradient(v)
        torch.gradient(a)
        torch.gradient(p)
        torch.gradient(v, spacing=2.0)
        torch.gradient(v, spacing=(w, ))
        torch.gradient(a, dim=1)
        torch.gradient(a, dim=(0, 1), spacing=(0.5, 2))
        torch.gradient(a, dim=-1, spacing=[0.5])
        torch.gradient(v, edge_order=2)
        torch.gradient(m, edge_order=2)
        torch.gradient(m, spacing=(v, w))
        torch.gradient(c)
        torch.argwhere(mask)
        torch.argwhere(s)
        mask.argwhere()
        torch.diff(a, n=5)
        torch.diff(void)
        torch.diff(empty, dim=0)
        torch.diff(a, n=0)
        void.long().median()
        torch.gradient(a, spacing=2)
        torch.gradient(v, spacing=[w], edge_order=1)
    """,
    "in place, and parts of longer expressions": """
        c.clone().cumsum_(0)
        c.clone().cumprod_(1)
        c.clone().renorm_(2, 0, 1)
        (a * 1).cumsum_(0)
        (a * 1).cumsum_(-1)
        (a * 1).cumprod_(0)
        (a * 1).cumprod_(dim=1)
        (a * 1).renorm_(2, 0, 1)
        i.clone().cumsum_(1)
        i.clone().cumprod_(1)
        (a * 1).t().cumsum_(0)
        (a * 1)[0].cumsum_(0)
        torch.nansum(a * torch.tensor(float("nan"), **d))
        torch.logsumexp(torch.stack([a, b]), 0)
        torch.stack([a, b]).max(0)
        torch.stack([a, b]).median(0)
        torch.cat([a, b]).sort(0)
        torch.cat([a, b]).topk(2, 0)
        (a @ m).norm(dim=1).sum()
        ((a @ m) ** 2).sum(1).sqrt()
        (a.softmax(1) * a.log_softmax(1)).sum(1).mean()
        a.sub(a.amax(1, keepdim=True)).exp().sum(1).log()
        (a - a.mean(1, keepdim=True)).div(a.std(1, keepdim=True)).prod(0)
        a.cumsum(0).cumsum(1).amax((0, 1))
        a.sort(1).values.diff(dim=1).abs().amin()
    """,
}

ERRORS = """
    torch.gradient(a, spacing=(1, 2, 3))
    torch.gradient(one)
    torch.gradient(v, edge_order=3)
    torch.gradient(a, dim=5)
    torch.gradient(3)
    torch.tensor([True]).dist(torch.tensor([1.0]))
    a.cumsum_(0)
"""

SCRIPTS = {
    "float64 by default": """
torch.set_default_dtype(torch.float64)
try:
    i = torch.tensor([[1, 2], [3, 5]])
    print(i.float().var(), i.logsumexp(0), (i / 2).std(), i.sum(), i.sum(dtype=torch.float32), torch.histc(torch.tensor([1.0, 2.0]), 2))
    x = torch.tensor([2.0], requires_grad=True)
    x.var().backward()
    print(x.grad)
finally:
    torch.set_default_dtype(torch.float32)
""",
    "who wins a tie": """
x = torch.tensor([2.0, 2.0, 1.0, 2.0], requires_grad=True)
for name in ("max", "min", "amax", "amin", "median", "nanmedian"):
    print(name, torch.autograd.grad(getattr(torch, name)(x), x))
for name in ("max", "min", "median", "nanmedian", "cummax", "cummin", "mode"):
    print(name, torch.autograd.grad(getattr(torch, name)(x, 0).values.sum(), x))
print(torch.autograd.grad(x.topk(2).values.sum(), x), torch.autograd.grad(x.kthvalue(3).values, x), torch.autograd.grad(x.aminmax().max, x))
print(torch.autograd.grad(x.norm(float("inf")), x), torch.autograd.grad(x.sort().values[1], x))
""",
    "saved and freed": """
y = a.prod()
fn = y.grad_fn
print(fn._saved_result, fn._saved_self is a)
y.backward()
try:
    fn._saved_self
except RuntimeError as error:
    print(str(error).split(".")[0])
y = a.max(1)
print(y.values.grad_fn._saved_dim, y.values.grad_fn._saved_indices, y.values.grad_fn is not None, y.indices.grad_fn)
y = a.std(1)
y.add_(1)
try:
    y.sum().backward()
except RuntimeError as error:
    print(str(error).split(";")[0])
y = a.sum(1)
y.add_(1)
y.sum().backward()
print(a.grad)
""",
    "a loss by hand": """
torch.manual_seed(0)
x = torch.randn(5, 3, requires_grad=True)
target = torch.tensor([0, 2, 1, 0, 2])
logp = x - x.logsumexp(1, keepdim=True)
loss = -logp.gather(1, target[:, None]).mean()
loss.backward()
print(loss, x.grad)
print(x.argmax(dim=1) == target, (x.argmax(1) == target).float().mean(), (x.argmax(1) == target).sum().item())
print(x.detach().max(1), x.detach().topk(2, dim=1).indices, x.detach().std(0), x.detach().norm(dim=1), sep="\\n")
""",
    "results unpacked and indexed": """
values, indices = a.topk(2)
print(values, indices, a.gather(1, indices) == values)
low, high = a.aminmax(dim=0)
print(low, high)
u, inverse, counts = torch.unique(torch.tensor([3, 1, 3, 2, 1, 3]), return_inverse=True, return_counts=True)
print(u, inverse, counts, u[inverse])
var, mean = torch.var_mean(a, dim=1)
print(var, mean, ((a - mean[:, None]) ** 2).sum(1) / 2)
rows, columns = (a > 0.5).nonzero(as_tuple=True)
print(rows, columns, a[rows, columns])
""",
    "running sums in place and their graph": """
x = a * 1
x.cumsum_(0)
print(x.grad_fn.name(), x._version)
x.sum().backward()
print(a.grad)
x = c.clone()
print(x.cumprod_(1) is x, x, x._version)
""",
    "numpy reads reductions": """
import numpy as np
x = c.numpy()
print(np.allclose(x.sum(0), c.sum(0).numpy()), np.allclose(x.std(1, ddof=1), c.std(1).numpy()))
print(np.allclose(np.median(x[:, :3], 1), c.median(1).values.numpy()))
print(float(c.sum()), c.mean().item(), int(c.argmax()), bool((c > 3).any()), sum(c.max(1).values.tolist()), len(c.unique()))
""",
}
