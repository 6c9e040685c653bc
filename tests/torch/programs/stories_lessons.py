"""Longer lessons: what courses and books build on autograd, from a neuron to an LSTM cell, each in a page."""

SCRIPTS = {
    "tensors, the first tutorial": """
import numpy as np
data = [[1, 2], [3, 4]]
x_data = torch.tensor(data)
np_array = np.array(data)
x_np = torch.from_numpy(np_array)
x_ones = torch.ones_like(x_data)
print(f"Ones Tensor: \\n {x_ones} \\n")
x_rand = torch.rand_like(x_data, dtype=torch.float)
print(f"Random Tensor: \\n {x_rand} \\n")
shape = (2, 3,)
rand_tensor = torch.rand(shape)
print(f"Random Tensor: \\n {rand_tensor} \\n")
print(f"Shape of tensor: {rand_tensor.shape}")
print(f"Datatype of tensor: {rand_tensor.dtype}")
print(f"Device tensor is stored on: {rand_tensor.device}")
tensor = torch.ones(4, 4)
print(f"First row: {tensor[0]}")
print(f"First column: {tensor[:, 0]}")
print(f"Last column: {tensor[..., -1]}")
tensor[:, 1] = 0
print(tensor)
t1 = torch.cat([tensor, tensor, tensor], dim=1)
print(t1)
y1 = tensor @ tensor.T
y2 = tensor.matmul(tensor.T)
y3 = torch.rand_like(y1)
torch.matmul(tensor, tensor.T, out=y3)
z1 = tensor * tensor
z2 = tensor.mul(tensor)
z3 = torch.rand_like(tensor)
torch.mul(tensor, tensor, out=z3)
print(torch.equal(y1, y3), torch.equal(z1, z3))
agg = tensor.sum()
agg_item = agg.item()
print(agg_item, type(agg_item))
print(f"{tensor} \\n")
tensor.add_(5)
print(tensor)
t = torch.ones(5)
n = t.numpy()
t.add_(1)
print(f"t: {t}")
print(f"n: {n}")
np.add(n, 1, out=n)
print(f"t: {t}")
""",
    "a neuron, as micrograd's": """
x1 = torch.Tensor([2.0]).double()
x1.requires_grad = True
x2 = torch.Tensor([0.0]).double()
x2.requires_grad = True
w1 = torch.Tensor([-3.0]).double()
w1.requires_grad = True
w2 = torch.Tensor([1.0]).double()
w2.requires_grad = True
b = torch.Tensor([6.8813735870195432]).double()
b.requires_grad = True
n = x1*w1 + x2*w2 + b
o = torch.tanh(n)
print(o.data.item())
o.backward()
print('---')
print('x2', x2.grad.item())
print('w2', w2.grad.item())
print('x1', x1.grad.item())
print('w1', w1.grad.item())
""",
    "the expression of micrograd's test": """
a = torch.tensor([-4.0], dtype=torch.double, requires_grad=True)
b = torch.tensor([2.0], dtype=torch.double, requires_grad=True)
c = a + b
d = a * b + b**3
c = c + c + 1
c = c + 1 + c + (-a)
d = d + d * 2 + (b + a).relu()
d = d + 3 * d + (b - a).relu()
e = c - d
f = e**2
g = f / 2.0
g = g + 10.0 / f
g.backward()
print(f"{g.item():.4f} {a.grad.item():.4f} {b.grad.item():.4f}")
print(g.grad_fn, g.grad_fn.next_functions[1][0].name())
""",
    "a bigram model": """
words = ["emma", "ava", "mia"]
chars = sorted(set("".join(words)))
stoi = {s: i + 1 for i, s in enumerate(chars)}
stoi["."] = 0
n = len(stoi)
N = torch.zeros((n, n), dtype=torch.int32)
xs, ys = [], []
for w in words:
    chs = ["."] + list(w) + ["."]
    for a, b in zip(chs, chs[1:]):
        N[stoi[a], stoi[b]] += 1
        xs.append(stoi[a])
        ys.append(stoi[b])
print(N)
P = (N + 1).float()
P /= P.sum(1, keepdim=True)
print(P[0], P.sum(1))
xs, ys = torch.tensor(xs), torch.tensor(ys)
print(xs, ys, f"{-P[xs, ys].log().mean().item():.4f}")
W = torch.zeros((n, n), dtype=torch.float64, requires_grad=True)
for k in range(3):
    xenc = torch.nn.functional.one_hot(xs, num_classes=n).double()
    logits = xenc @ W
    counts = logits.exp()
    probs = counts / counts.sum(1, keepdims=True)
    loss = -probs[torch.arange(len(xs)), ys].log().mean() + 0.01 * (W**2).mean()
    W.grad = None
    loss.backward()
    W.data += -5 * W.grad
    print(f"{loss.item():.5f}")
""",
    "an mlp of characters, one step": """
F = torch.nn.functional
g = torch.Generator().manual_seed(2147483647)
C = torch.randn((5, 2), generator=g)
W1 = torch.randn((6, 4), generator=g)
b1 = torch.randn(4, generator=g)
W2 = torch.randn((4, 5), generator=g)
b2 = torch.randn(5, generator=g)
parameters = [C, W1, b1, W2, b2]
print(sum(p.nelement() for p in parameters))
for p in parameters:
    p.requires_grad = True
X = torch.tensor([[0, 0, 1], [0, 1, 2], [1, 2, 3]])
Y = torch.tensor([2, 3, 0])
emb = C[X]
print(emb.shape, emb.grad_fn)
h = torch.tanh(emb.view(-1, 6) @ W1 + b1)
logits = h @ W2 + b2
loss = F.cross_entropy(logits, Y)
for p in parameters:
    p.grad = None
loss.backward()
print(f"{loss.item():.3f}", C.grad.shape, (C.grad != 0).any(1))
ix = torch.multinomial(F.softmax(logits[0], 0), num_samples=1, generator=g).item()
print(ix)
""",
    "manual backward through a layer, compared": """
F = torch.nn.functional
torch.manual_seed(42)
def cmp(s, dt, t):
    print(f"{s:10s} | exact: {str(torch.all(dt == t.grad).item()):5s} | approximate: {str(torch.allclose(dt, t.grad))}")
x = torch.randn(4, 3, dtype=torch.float64)
y = torch.tensor([0, 1, 1, 0])
W = torch.randn(3, 2, dtype=torch.float64, requires_grad=True)
b = torch.randn(2, dtype=torch.float64, requires_grad=True)
logits = x @ W + b
logit_maxes = logits.max(1, keepdim=True).values
norm_logits = logits - logit_maxes
counts = norm_logits.exp()
counts_sum = counts.sum(1, keepdims=True)
counts_sum_inv = counts_sum**-1
probs = counts * counts_sum_inv
logprobs = probs.log()
loss = -logprobs[range(4), y].mean()
kept = dict(logprobs=logprobs, probs=probs, counts=counts, counts_sum=counts_sum, counts_sum_inv=counts_sum_inv,
          norm_logits=norm_logits, logits=logits)
for t in kept.values():
    t.retain_grad()
loss.backward()
dlogprobs = torch.zeros_like(logprobs)
dlogprobs[range(4), y] = -1.0 / 4
cmp("logprobs", dlogprobs, logprobs)
dprobs = (1.0 / probs) * dlogprobs
cmp("probs", dprobs, probs)
dcounts_sum_inv = (counts * dprobs).sum(1, keepdim=True)
cmp("sum_inv", dcounts_sum_inv, counts_sum_inv)
dcounts_sum = (-counts_sum**-2) * dcounts_sum_inv
cmp("sum", dcounts_sum, counts_sum)
dlogits = F.softmax(logits, 1)
dlogits[range(4), y] -= 1
dlogits /= 4
print(torch.allclose(dlogits, logits.grad), torch.allclose(x.T @ dlogits, W.grad), torch.allclose(dlogits.sum(0), b.grad))
print(loss.grad_fn, logits.grad_fn)
""",
    "automatic differentiation, d2l": """
x = torch.arange(4.0)
print(x)
x.requires_grad_(True)
print(x.grad)
y = 2 * torch.dot(x, x)
print(y)
y.backward()
print(x.grad)
print(x.grad == 4 * x)
x.grad.zero_()
y = x.sum()
y.backward()
print(x.grad)
x.grad.zero_()
y = x * x
y.backward(gradient=torch.ones(len(y)))
print(x.grad)
x.grad.zero_()
y = x * x
u = y.detach()
z = u * x
z.sum().backward()
print(x.grad == u)
x.grad.zero_()
y.sum().backward()
print(x.grad == 2 * x)
""",
    "linear regression from scratch, d2l": """
torch.manual_seed(0)
true_w = torch.tensor([2.0, -3.4], dtype=torch.float64)
true_b = 4.2
X = torch.normal(0.0, 1.0, (20, 2)).double()
y = (X @ true_w + true_b).reshape(-1, 1)
w = torch.zeros((2, 1), dtype=torch.float64, requires_grad=True)
b = torch.zeros(1, dtype=torch.float64, requires_grad=True)
def linreg(X, w, b):
    return torch.matmul(X, w) + b
def squared_loss(y_hat, y):
    return (y_hat - y.reshape(y_hat.shape)) ** 2 / 2
def sgd(params, lr, batch_size):
    with torch.no_grad():
        for param in params:
            param -= lr * param.grad / batch_size
            param.grad.zero_()
for epoch in range(3):
    for i in range(0, 20, 5):
        l = squared_loss(linreg(X[i:i+5], w, b), y[i:i+5])
        l.sum().backward()
        sgd([w, b], 0.3, 5)
    with torch.no_grad():
        print(f'epoch {epoch + 1}, loss {squared_loss(linreg(X, w, b), y).mean():f}')
print(true_w - w.reshape(true_w.shape))
""",
    "adversarial examples, fgsm": """
nn, F = torch.nn, torch.nn.functional
net = nn.Linear(4, 3)
with torch.no_grad():
    net.weight.copy_(torch.tensor([[1.0, 0.0, -1.0, 0.5], [0.0, 1.0, 0.5, -1.0], [-0.5, -0.5, 1.0, 1.0]]))
    net.bias.zero_()
x = torch.tensor([[0.5, 0.25, 0.0, 0.125]], requires_grad=True)
label = torch.tensor([0])
loss = F.nll_loss(F.log_softmax(net(x), dim=1), label)
net.zero_grad()
loss.backward()
print(f"{loss.item():.4f}", x.grad.sign())
perturbed = torch.clamp(x + 0.25 * x.grad.sign(), 0, 1)
print(perturbed, net(x).argmax(1), net(perturbed).argmax(1))
print(perturbed.detach().requires_grad, perturbed.grad_fn)
""",
    "saliency of an input": """
nn = torch.nn
torch.manual_seed(0)
net = nn.Sequential(nn.Conv2d(1, 1, 2, bias=False), nn.Flatten(), nn.Linear(4, 2, bias=False))
with torch.no_grad():
    net[0].weight.copy_(torch.tensor([[[[1.0, -1.0], [0.5, 2.0]]]]))
    net[2].weight.copy_(torch.tensor([[1.0, 0.0, 2.0, -1.0], [0.5, 0.5, 0.5, 0.5]]))
image = torch.arange(9.0).reshape(1, 1, 3, 3).requires_grad_()
scores = net(image)
print(scores)
scores[0, scores.argmax()].backward()
print(image.grad, image.grad.abs().max(dim=1).values)
print([p.grad is not None for p in net.parameters()])
""",
    "reinforce": """
torch.manual_seed(1)
logits = torch.tensor([0.5, -0.5, 0.0], dtype=torch.float64, requires_grad=True)
rewards = torch.tensor([1.0, 0.0, 2.0], dtype=torch.float64)
dist = torch.distributions.Categorical(logits=logits)
print(dist.probs.detach(), dist.entropy())
exact, = torch.autograd.grad((torch.softmax(logits, 0) * rewards).sum(), logits)
action = torch.tensor(2)
loss = -dist.log_prob(action) * rewards[action]
loss.backward()
print(loss, logits.grad, exact)
estimate = sum(p * r * torch.autograd.grad(torch.log_softmax(logits, 0)[i], logits)[0] for i, (p,
          r) in enumerate(zip(torch.softmax(logits, 0).detach(), rewards)))
print(torch.allclose(estimate, exact))
""",
    "the reparametrisation trick": """
torch.manual_seed(0)
mu = torch.tensor([0.5, -0.5], requires_grad=True)
logvar = torch.tensor([0.0, -1.0], requires_grad=True)
std = torch.exp(0.5 * logvar)
eps = torch.randn_like(std)
z = mu + eps * std
recon = ((z - torch.tensor([1.0, 0.0])) ** 2).sum()
kld = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
print(f"{recon.item():.4f} {kld.item():.4f}")
(recon + kld).backward()
print(mu.grad, logvar.grad)
""",
    "gumbel-softmax by hand": """
F = torch.nn.functional
logits = torch.tensor([[1.0, 0.0, -1.0]], requires_grad=True)
gumbel = torch.tensor([[0.25, 0.5, -0.125]])
y_soft = F.softmax((logits + gumbel) / 0.5, dim=-1)
index = y_soft.max(-1, keepdim=True)[1]
y_hard = torch.zeros_like(logits).scatter_(-1, index, 1.0)
y = y_hard - y_soft.detach() + y_soft
print(y, index, y.grad_fn)
(y * torch.tensor([[1.0, 2.0, 3.0]])).sum().backward()
print(logits.grad)
""",
    "an lstm cell by hand": """
F = torch.nn.functional
W = (torch.arange(24.0).reshape(8, 3) - 12) / 16
U = (torch.arange(16.0).reshape(8, 2) - 8) / 16
b = torch.zeros(8)
for p in (W, U, b):
    p.requires_grad_()
h = c = torch.zeros(1, 2)
for t in range(2):
    x = torch.tensor([[1.0, 0.5, -0.5]]) * (t + 1)
    gates = F.linear(x, W, b) + F.linear(h, U)
    i, f, g, o = gates.chunk(4, 1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    h = torch.sigmoid(o) * torch.tanh(c)
print(h, c, gates.grad_fn, i.grad_fn)
h.sum().backward()
print(b.grad)
print(U.grad.shape, W.grad[0])
""",
    "recurrent layers of nn": """
nn = torch.nn
torch.manual_seed(0)
rnn = nn.RNN(2, 3, batch_first=True)
out, h = rnn(torch.ones(1, 4, 2))
print(out.shape, h.shape, torch.allclose(out[:, -1], h[0]))
cell = nn.GRUCell(2, 3)
h = torch.zeros(1, 3)
for _ in range(2):
    h = cell(torch.ones(1, 2), h)
print(h.shape, [n for n, _ in rnn.named_parameters()])
lstm = nn.LSTM(2, 3)
out, (h, c) = lstm(torch.ones(4, 1, 2))
out.sum().backward()
print(out.shape, h.shape, c.shape, lstm, lstm.weight_ih_l0.grad.shape)
""",
    "truncated backpropagation through time": """
w = torch.tensor(0.9, requires_grad=True)
state = torch.tensor(1.0)
for chunk in range(3):
    state = state.detach()
    loss = 0
    for t in range(2):
        state = w * state
        loss = loss + state
    loss.backward()
    print(chunk, f"{loss.item():.4f}", f"{w.grad.item():.4f}")
    w.grad = None
w2 = torch.tensor(0.9, requires_grad=True)
state = torch.tensor(1.0)
total = 0
for t in range(6):
    state = w2 * state
    total = total + state
total.backward()
print(f"{total.item():.4f} {w2.grad.item():.4f}")
""",
    "momentum by hand, and optim's": """
def grad(w):
    return 2 * w + torch.tensor([1.0, -1.0], dtype=torch.float64)
w = torch.tensor([1.0, 2.0], dtype=torch.float64)
v = torch.zeros_like(w)
p = w.clone().requires_grad_()
opt = torch.optim.SGD([p], lr=0.1, momentum=0.9)
for _ in range(5):
    v = 0.9 * v + grad(w)
    w = w - 0.1 * v
    opt.zero_grad()
    ((p ** 2).sum() + p[0] - p[1]).backward()
    opt.step()
print(w, p.detach(), torch.allclose(w, p))
print(opt.state[p]["momentum_buffer"], torch.allclose(opt.state[p]["momentum_buffer"], v))
""",
    "adam by hand, and optim's": """
w = torch.tensor([1.0, -2.0], dtype=torch.float64)
p = w.clone().requires_grad_()
opt = torch.optim.Adam([p], lr=0.01, betas=(0.8, 0.9))
m = s = torch.zeros_like(w)
for t in range(1, 5):
    g = 3 * w ** 2
    m = 0.8 * m + 0.2 * g
    s = 0.9 * s + 0.1 * g * g
    w = w - 0.01 * (m / (1 - 0.8 ** t)) / ((s / (1 - 0.9 ** t)).sqrt() + 1e-8)
    opt.zero_grad()
    (p ** 3).sum().backward()
    opt.step()
print(w, p.detach(), torch.allclose(w, p))
""",
    "an optimizer of one's own": """
class SignSGD(torch.optim.Optimizer):
    def __init__(self, params, lr=0.1):
        super().__init__(params, dict(lr=lr))
    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                state["n"] = state.get("n", 0) + 1
                p.add_(p.grad.sign(), alpha=-group["lr"])
w = torch.nn.Parameter(torch.tensor([1.0, -1.0]))
u = torch.nn.Parameter(torch.tensor([5.0]))
opt = SignSGD([w, u], lr=0.25)
for _ in range(3):
    opt.zero_grad()
    (w ** 2).sum().backward()
    opt.step()
    print(w.data, u.data, opt.state[w]["n"], u in opt.state)
print(opt)
""",
    "gram matrices and style": """
f = torch.tensor([[1.0, 2.0, 0.0], [0.0, -1.0, 3.0]], requires_grad=True)
def gram(t):
    return t @ t.t() / t.numel()
target = gram(torch.tensor([[1.0, 1.0, 1.0], [2.0, 0.0, 1.0]])).detach()
loss = torch.nn.functional.mse_loss(gram(f), target)
loss.backward()
print(gram(f), target, loss)
print(f.grad)
""",
    "matrix factorisation": """
R = torch.tensor([[5.0, 3.0, 0.0], [4.0, 0.0, 1.0], [1.0, 1.0, 5.0]], dtype=torch.float64)
mask = R > 0
torch.manual_seed(0)
U = torch.rand(3, 2, dtype=torch.float64, requires_grad=True)
V = torch.rand(3, 2, dtype=torch.float64, requires_grad=True)
opt = torch.optim.SGD([U, V], lr=0.02)
for step in range(200):
    opt.zero_grad()
    error = (R - U @ V.T)[mask]
    loss = (error ** 2).sum()
    loss.backward()
    opt.step()
    if step % 50 == 0:
        print(step, f"{loss.item():.5f}", tuple(error.shape))
""",
    "ridge: closed form and gradient": """
X = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 7.0]], dtype=torch.float64)
y = torch.tensor([1.0, 0.0, 2.0], dtype=torch.float64)
lam = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
w = torch.linalg.solve(X.T @ X + lam * torch.eye(2, dtype=torch.float64), X.T @ y)
print(w)
grad_of_objective = 2 * X.T @ (X @ w - y) + 2 * lam * w
print(torch.allclose(grad_of_objective, torch.zeros(2, dtype=torch.float64), atol=1e-10))
validation = (torch.tensor([2.0, 1.0], dtype=torch.float64) @ w - 1) ** 2
validation.backward()
print(lam.grad)
""",
    "lagrange multipliers": """
x = torch.tensor([0.5, 0.5], dtype=torch.float64, requires_grad=True)
lam = torch.tensor(0.0, dtype=torch.float64, requires_grad=True)
for step in range(300):
    L = x[0] ** 2 + 2 * x[1] ** 2 + lam * (1 - x.sum())
    gx, gl = torch.autograd.grad(L, (x, lam))
    with torch.no_grad():
        x -= 0.1 * gx
        lam += 0.1 * gl
print([f"{v:.4f}" for v in (*x.tolist(), lam.item())])
""",
    "projected gradient descent": """
p = torch.tensor([0.2, 0.3, 0.5], requires_grad=True)
cost = torch.tensor([3.0, 1.0, 2.0])
for step in range(4):
    loss = (p * cost).sum() + 0.5 * (p * p.log()).sum()
    loss.backward()
    with torch.no_grad():
        p *= torch.exp(-0.5 * p.grad)
        p /= p.sum()
    print(step, p.detach(), f"{p.sum().item():.4f}")
    p.grad = None
""",
    "an ordinary differential equation": """
k = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
y0 = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
y, dt = y0, 0.1
for _ in range(10):
    y = y + dt * (-k * y)
print(y, y0.item() * (1 - 0.05) ** 10)
gk, gy = torch.autograd.grad(y, (k, y0))
print(gk, gy)
""",
    "the throw of a ball, optimised": """
import math
angle = torch.tensor(0.3, dtype=torch.float64, requires_grad=True)
for step in range(6):
    vx, vy = 10 * torch.cos(angle), 10 * torch.sin(angle)
    t = 2 * vy / 9.81
    distance = vx * t
    loss = -distance
    g, = torch.autograd.grad(loss, angle)
    with torch.no_grad():
        angle -= 0.01 * g
    print(step, f"{math.degrees(angle.item()):.3f} {distance.item():.4f}")
""",
    "conjugate gradients with hessian-vector products": """
A = torch.tensor([[3.0, 1.0], [1.0, 2.0]], dtype=torch.float64)
b = torch.tensor([1.0, -1.0], dtype=torch.float64)
x = torch.zeros(2, dtype=torch.float64, requires_grad=True)
f = 0.5 * x @ A @ x - b @ x
g, = torch.autograd.grad(f, x, create_graph=True)
def hvp(v):
    return torch.autograd.grad(g, x, v, retain_graph=True)[0]
r = -g.detach()
d = r.clone()
step = torch.zeros(2, dtype=torch.float64)
for _ in range(2):
    Ad = hvp(d)
    alpha = (r @ r) / (d @ Ad)
    step = step + alpha * d
    new = r - alpha * Ad
    d = new + (new @ new) / (r @ r) * d
    r = new
print(step, torch.linalg.solve(A, b))
""",
    "gauss-newton with the jacobian": """
t = torch.tensor([0.0, 1.0, 2.0, 3.0], dtype=torch.float64)
y = 2.0 * torch.exp(-0.5 * t)
p = torch.tensor([1.5, -0.3], dtype=torch.float64)
def residual(p):
    return p[0] * torch.exp(p[1] * t) - y
for it in range(5):
    J = torch.autograd.functional.jacobian(residual, p)
    r = residual(p)
    p = p - torch.linalg.solve(J.T @ J, J.T @ r)
    print(it, [f"{v:.5f}" for v in p.tolist()])
""",
    "the fisher information's diagonal": """
F = torch.nn.functional
W = torch.tensor([[0.5, -0.5], [1.0, 0.0]], requires_grad=True)
data = [(torch.tensor([1.0, 2.0]), 0), (torch.tensor([0.0, 1.0]), 1)]
fisher = torch.zeros_like(W)
for x, label in data:
    W.grad = None
    F.log_softmax(W @ x, dim=0)[label].backward()
    fisher += W.grad ** 2 / len(data)
print(fisher, fisher.requires_grad)
""",
    "distillation and temperature": """
F = torch.nn.functional
student = torch.tensor([[1.0, 0.5, -0.5]], requires_grad=True)
teacher = torch.tensor([[2.0, 0.0, -1.0]])
T = 2.0
soft = F.kl_div(F.log_softmax(student / T, dim=-1), F.softmax(teacher / T, dim=-1), reduction="batchmean") * T * T
hard = F.cross_entropy(student, torch.tensor([0]))
(0.5 * soft + 0.5 * hard).backward()
print(soft, hard)
print(student.grad)
print(soft.grad_fn, hard.grad_fn)
""",
    "sharpness-aware minimisation": """
w = torch.tensor([1.0, -2.0], dtype=torch.float64, requires_grad=True)
def loss_fn():
    return (w[0] ** 4 + w[1] ** 2)
loss_fn().backward()
with torch.no_grad():
    e = 0.05 * w.grad / w.grad.norm()
    w.add_(e)
w.grad = None
loss_fn().backward()
with torch.no_grad():
    w.sub_(e)
    w -= 0.1 * w.grad
print(w, w.grad, w._version)
""",
    "soft argmax and a spatial mean": """
heat = torch.tensor([[0.0, 1.0, 0.0], [2.0, 4.0, 1.0]], requires_grad=True)
p = torch.softmax(heat.flatten(), 0).view(2, 3)
ys, xs = torch.meshgrid(torch.arange(2.0), torch.arange(3.0), indexing="ij")
cy, cx = (p * ys).sum(), (p * xs).sum()
print(cy, cx)
cx.backward()
print(heat.grad)
""",
    "an eigenvalue's derivative": """
A = torch.tensor([[2.0, 1.0], [1.0, 3.0]], dtype=torch.float64, requires_grad=True)
values, vectors = torch.linalg.eigh(A)
values[1].backward()
u = vectors[:, 1].detach()
print(values, torch.allclose(A.grad, torch.outer(u, u)))
v = torch.ones(2, dtype=torch.float64)
for _ in range(30):
    v = A.detach() @ v
    v = v / v.norm()
print(v @ A.detach() @ v)
""",
    "positional encodings": """
import math
pe = torch.zeros(4, 6)
position = torch.arange(0, 4).unsqueeze(1)
div_term = torch.exp(torch.arange(0, 6, 2) * (-math.log(100.0) / 6))
pe[:, 0::2] = torch.sin(position * div_term)
pe[:, 1::2] = torch.cos(position * div_term)
print(pe)
print(pe.requires_grad, pe.unsqueeze(0).shape)
""",
    "a causal mask": """
F = torch.nn.functional
T = 4
tril = torch.tril(torch.ones(T, T))
wei = torch.zeros((T, T))
wei = wei.masked_fill(tril == 0, float('-inf'))
print(wei)
wei = F.softmax(wei, dim=-1)
print(wei)
x = torch.arange(8.0).reshape(T, 2).requires_grad_()
out = wei @ x
print(out)
out.sum().backward()
print(x.grad)
""",
    "multi-head attention's shapes": """
nn, F = torch.nn, torch.nn.functional
B, T, C, H = 2, 3, 4, 2
x = torch.arange(24.0).reshape(B, T, C).div(24).requires_grad_()
qkv = nn.Linear(C, 3 * C, bias=False)
with torch.no_grad():
    qkv.weight.copy_((torch.arange(48.0).reshape(12, 4) - 24) / 48)
q, k, v = qkv(x).split(C, dim=2)
q, k, v = (t.view(B, T, H, C // H).transpose(1, 2) for t in (q, k, v))
att = (q @ k.transpose(-2, -1)) * (1.0 / (k.size(-1) ** 0.5))
att = att.masked_fill(torch.tril(torch.ones(T, T)).view(1, 1, T, T) == 0, float("-inf"))
att = F.softmax(att, dim=-1)
y = (att @ v).transpose(1, 2).contiguous().view(B, T, C)
print(q.shape, att.shape, y.shape, y.grad_fn)
y.sum().backward()
print(qkv.weight.grad.shape, x.grad.shape, torch.isfinite(x.grad).all())
print(att[0, 0])
""",
    "batch normalisation, forward by hand": """
x = torch.tensor([[1.0, 2.0], [3.0, 6.0], [5.0, 4.0]], dtype=torch.float64, requires_grad=True)
gamma = torch.tensor([1.5, 0.5], dtype=torch.float64, requires_grad=True)
beta = torch.tensor([0.0, 1.0], dtype=torch.float64, requires_grad=True)
mean = x.mean(0, keepdim=True)
diff = x - mean
var = (diff ** 2).sum(0, keepdim=True) / 3
xhat = diff * (var + 1e-5) ** -0.5
out = gamma * xhat + beta
ref = torch.nn.functional.batch_norm(x, None, None, gamma, beta, training=True)
print(out, torch.allclose(out, ref), ref.grad_fn)
w = torch.tensor([[1.0, 0.0], [0.0, 2.0], [-1.0, 1.0]], dtype=torch.float64)
a = torch.autograd.grad((out * w).sum(), (x, gamma, beta))
b = torch.autograd.grad((ref * w).sum(), (x, gamma, beta))
print([torch.allclose(p, q) for p, q in zip(a, b)], a[1], a[2])
""",
    "dead neurons": """
nn = torch.nn
net = nn.Sequential(nn.Linear(1, 3), nn.ReLU(), nn.Linear(3, 1))
with torch.no_grad():
    net[0].weight.copy_(torch.tensor([[1.0], [-1.0], [1.0]]))
    net[0].bias.copy_(torch.tensor([0.0, 0.0, -10.0]))
    net[2].weight.fill_(1.0)
    net[2].bias.zero_()
x = torch.tensor([[1.0], [2.0], [3.0]])
net(x).sum().backward()
print(net[0].weight.grad, net[0].bias.grad)
print((net[1](net[0](x)) > 0).float().mean(0), (net[0].weight.grad == 0).flatten())
""",
    "the slope of a loss along a line": """
nn = torch.nn
w = torch.tensor([1.0, 2.0], dtype=torch.float64)
d = torch.tensor([0.6, -0.8], dtype=torch.float64)
alpha = torch.zeros(5, dtype=torch.float64, requires_grad=True)
losses = torch.stack([((w + a * d) ** 2).sum() + torch.sin(w[0] + a * d[0]) for a in alpha + torch.linspace(-1, 1, 5, dtype=torch.float64)])
losses.sum().backward()
print(losses.detach())
print(alpha.grad)
""",
    "a moving average with unfold and conv": """
F = torch.nn.functional
x = torch.tensor([1.0, 2.0, 4.0, 8.0, 16.0], requires_grad=True)
a = x.unfold(0, 3, 1).mean(1)
b = F.conv1d(x.view(1, 1, -1), torch.full((1, 1, 3), 1 / 3)).flatten()
c = F.avg_pool1d(x.view(1, 1, -1), 3, stride=1).flatten()
print(a, torch.allclose(a, b), torch.allclose(a, c), a.grad_fn, b.grad_fn)
a.sum().backward()
print(x.grad)
""",
    "count parameters, describe a model": """
nn = torch.nn
model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(16, 2))
total = 0
for name, p in model.named_parameters():
    total += p.numel()
    print(f"{name:12} {str(tuple(p.shape)):16} {p.numel():5} {p.requires_grad}")
print(total, sum(b.numel() for b in model.buffers()))
x = torch.zeros(1, 1, 4, 4)
for layer in model:
    x = layer(x)
    print(type(layer).__name__, tuple(x.shape), type(x.grad_fn).__name__)
""",
    "a learning-rate search": """
results = []
for lr in (0.01, 0.1, 0.5, 1.1):
    w = torch.tensor(3.0, dtype=torch.float64, requires_grad=True)
    for _ in range(10):
        loss = w ** 2
        g, = torch.autograd.grad(loss, w)
        with torch.no_grad():
            w -= lr * g
    results.append((lr, w.item() ** 2))
    print(lr, f"{w.item():.6f}")
print(min(results, key=lambda r: r[1])[0])
""",
    "gradients of a mixture": """
x = torch.tensor([-1.0, 0.5, 2.0], dtype=torch.float64)
logit = torch.tensor([0.0, 1.0], dtype=torch.float64, requires_grad=True)
mu = torch.tensor([-0.5, 1.5], dtype=torch.float64, requires_grad=True)
logp = torch.log_softmax(logit, 0) - 0.5 * (x[:, None] - mu) ** 2
nll = -torch.logsumexp(logp, dim=1).mean()
nll.backward()
print(nll, logit.grad, mu.grad)
resp = torch.softmax(logp, 1)
print(resp.detach(), torch.allclose(mu.grad, -(resp * (x[:, None] - mu)).mean(0)))
""",
    "seeds make runs the same": """
nn = torch.nn
def run(seed):
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Dropout(0.5), nn.Linear(4, 1))
    x = torch.randn(3, 2)
    return net(x).sum().item()
print(run(0) == run(0), run(0) == run(1))
torch.manual_seed(0)
a = nn.Linear(2, 2).weight.detach().clone()
torch.manual_seed(0)
b = nn.Linear(2, 2).weight.detach().clone()
print(torch.equal(a, b), a)
""",
    "weight decay is a gradient": """
w1 = torch.tensor([1.0, -2.0], requires_grad=True)
w2 = torch.tensor([1.0, -2.0], requires_grad=True)
o1 = torch.optim.SGD([w1], lr=0.5, weight_decay=0.5)
o2 = torch.optim.SGD([w2], lr=0.5)
x = torch.tensor([1.0, 1.0])
for _ in range(3):
    o1.zero_grad(); o2.zero_grad()
    (w1 @ x).backward()
    ((w2 @ x) + 0.25 * (w2 ** 2).sum()).backward()
    o1.step(); o2.step()
    print(w1.data, w2.data)
""",
    "spline of losses: huber, l1, l2 gradients": """
F = torch.nn.functional
r = torch.tensor([-3.0, -0.5, 0.0, 0.5, 3.0], requires_grad=True)
zero = torch.zeros(5)
for name, loss in {"l2": F.mse_loss(r, zero, reduction="sum"), "l1": F.l1_loss(r, zero, reduction="sum"), "huber": F.huber_loss(r, zero,
          reduction="sum"), "smooth": F.smooth_l1_loss(r, zero, beta=2.0, reduction="sum")}.items():
    print(name, loss, torch.autograd.grad(loss, r)[0])
""",
    "contrastive loss": """
F = torch.nn.functional
a = torch.tensor([[1.0, 0.5], [-0.25, 1.0]], requires_grad=True)
b = torch.tensor([[0.8, 0.6], [-0.6, 0.8]])
sim = F.normalize(a, dim=1) @ F.normalize(b, dim=1).T / 0.5
loss = (F.cross_entropy(sim, torch.arange(2)) + F.cross_entropy(sim.T, torch.arange(2))) / 2
loss.backward()
print(sim, loss)
print(a.grad)
""",
    "ema of gradients and noise": """
torch.manual_seed(7)
w = torch.tensor([2.0, -1.0], dtype=torch.float64, requires_grad=True)
ema = torch.zeros_like(w)
for step in range(5):
    noise = torch.randn(2, dtype=torch.float64) * 0.1
    ((w + noise) ** 2).sum().backward()
    ema = 0.9 * ema + 0.1 * w.grad
    w.grad = None
print(ema, ema.requires_grad, (ema / (1 - 0.9 ** 5)))
""",
}
