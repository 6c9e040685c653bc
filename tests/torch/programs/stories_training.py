"""nn.Module, optimizers, data: the tutorials' training loops, with numbers that are printed as they go."""

SCRIPTS = {
    "polynomial fitting with tensors only": """
import math
dtype = torch.float64
x = torch.linspace(-math.pi, math.pi, 2000, dtype=dtype)
y = torch.sin(x)
a = torch.randn((), dtype=dtype)
b = torch.randn((), dtype=dtype)
c = torch.randn((), dtype=dtype)
d = torch.randn((), dtype=dtype)
learning_rate = 1e-6
for t in range(400):
    y_pred = a + b * x + c * x ** 2 + d * x ** 3
    loss = (y_pred - y).pow(2).sum().item()
    if t % 100 == 99:
        print(t, f"{loss:.4f}")
    grad_y_pred = 2.0 * (y_pred - y)
    grad_a = grad_y_pred.sum()
    grad_b = (grad_y_pred * x).sum()
    grad_c = (grad_y_pred * x ** 2).sum()
    grad_d = (grad_y_pred * x ** 3).sum()
    a -= learning_rate * grad_a
    b -= learning_rate * grad_b
    c -= learning_rate * grad_c
    d -= learning_rate * grad_d
print(f'Result: y = {a.item():.4f} + {b.item():.4f} x + {c.item():.4f} x^2 + {d.item():.4f} x^3')
""",
    "polynomial fitting with autograd": """
import math
dtype = torch.float64
x = torch.linspace(-math.pi, math.pi, 2000, dtype=dtype)
y = torch.sin(x)
a = torch.randn((), dtype=dtype, requires_grad=True)
b = torch.randn((), dtype=dtype, requires_grad=True)
c = torch.randn((), dtype=dtype, requires_grad=True)
d = torch.randn((), dtype=dtype, requires_grad=True)
learning_rate = 1e-6
for t in range(300):
    y_pred = a + b * x + c * x ** 2 + d * x ** 3
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
print(f'Result: y = {a.item():.4f} + {b.item():.4f} x + {c.item():.4f} x^2 + {d.item():.4f} x^3')
""",
    "polynomial fitting with nn": """
import math
x = torch.linspace(-math.pi, math.pi, 200, dtype=torch.float64)
y = torch.sin(x)
p = torch.tensor([1, 2, 3])
xx = x.unsqueeze(-1).pow(p)
print(xx.shape, xx.dtype)
model = torch.nn.Sequential(torch.nn.Linear(3, 1), torch.nn.Flatten(0, 1)).double()
loss_fn = torch.nn.MSELoss(reduction='sum')
learning_rate = 1e-5
for t in range(200):
    y_pred = model(xx)
    loss = loss_fn(y_pred, y)
    if t % 50 == 49:
        print(t, f"{loss.item():.4f}")
    model.zero_grad()
    loss.backward()
    with torch.no_grad():
        for param in model.parameters():
            param -= learning_rate * param.grad
linear_layer = model[0]
w = linear_layer.weight
print(f'Result: y = {linear_layer.bias.item():.3f} + {w[:, 0].item():.3f} x + {w[:, 1].item():.3f} x^2 + {w[:, 2].item():.3f} x^3')
print(model)
""",
    "polynomial fitting with optim": """
import math
x = torch.linspace(-math.pi, math.pi, 200, dtype=torch.float64)
y = torch.sin(x)
xx = x.unsqueeze(-1).pow(torch.tensor([1, 2, 3]))
model = torch.nn.Sequential(torch.nn.Linear(3, 1), torch.nn.Flatten(0, 1)).double()
loss_fn = torch.nn.MSELoss(reduction='sum')
optimizer = torch.optim.RMSprop(model.parameters(), lr=1e-3)
for t in range(300):
    y_pred = model(xx)
    loss = loss_fn(y_pred, y)
    if t % 100 == 99:
        print(t, f"{loss.item():.4f}")
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print([round(v, 4) for p in model.parameters() for v in p.flatten().tolist()])
""",
    "polynomial fitting with a custom module": """
import math
class Polynomial3(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.a = torch.nn.Parameter(torch.randn(()))
        self.b = torch.nn.Parameter(torch.randn(()))
        self.c = torch.nn.Parameter(torch.randn(()))
        self.d = torch.nn.Parameter(torch.randn(()))
    def forward(self, x):
        return self.a + self.b * x + self.c * x ** 2 + self.d * x ** 3
    def string(self):
        return f'y = {self.a.item():.3f} + {self.b.item():.3f} x + {self.c.item():.3f} x^2 + {self.d.item():.3f} x^3'
x = torch.linspace(-math.pi, math.pi, 200, dtype=torch.float64)
y = torch.sin(x)
model = Polynomial3()
print(model, list(model.parameters()))
model.double()
criterion = torch.nn.MSELoss(reduction='sum')
optimizer = torch.optim.SGD(model.parameters(), lr=1e-5)
for t in range(200):
    y_pred = model(x)
    loss = criterion(y_pred, y)
    if t % 50 == 49:
        print(t, f"{loss.item():.4f}")
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(f'Result: {model.string()}')
""",
    "polynomial fitting with control flow and shared weights": """
import random
import math
random.seed(1)
class DynamicNet(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.a = torch.nn.Parameter(torch.randn((), dtype=torch.float64))
        self.b = torch.nn.Parameter(torch.randn((), dtype=torch.float64))
        self.c = torch.nn.Parameter(torch.randn((), dtype=torch.float64))
        self.d = torch.nn.Parameter(torch.randn((), dtype=torch.float64))
        self.e = torch.nn.Parameter(torch.randn((), dtype=torch.float64))
    def forward(self, x):
        y = self.a + self.b * x + self.c * x ** 2 + self.d * x ** 3
        for exp in range(4, random.randint(4, 6)):
            y = y + self.e * x ** exp
        return y
x = torch.linspace(-1, 1, 100, dtype=torch.float64)
y = torch.sin(x)
model = DynamicNet()
criterion = torch.nn.MSELoss(reduction='sum')
optimizer = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9)
for t in range(60):
    loss = criterion(model(x), y)
    if t % 20 == 19:
        print(t, f"{loss.item():.5f}")
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(f"{model.e.item():.4f} {model.b.item():.4f}")
""",
    "numpy first": """
import numpy as np
import math
x = np.linspace(-math.pi, math.pi, 100)
y = np.sin(x)
a, b = 0.5, -0.5
for t in range(50):
    grad = 2.0 * (a + b * x - y)
    a -= 1e-3 * grad.sum()
    b -= 1e-3 * (grad * x).sum()
A = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
B = torch.tensor(-0.5, dtype=torch.float64, requires_grad=True)
X, Y = torch.from_numpy(x), torch.from_numpy(y)
for t in range(50):
    loss = (A + B * X - Y).pow(2).sum()
    loss.backward()
    with torch.no_grad():
        A -= 1e-3 * A.grad
        B -= 1e-3 * B.grad
        A.grad.zero_()
        B.grad.zero_()
print(f"{a:.6f} {b:.6f}", f"{A.item():.6f} {B.item():.6f}")
""",
    "linear regression, by hand": """
X = torch.tensor([[1.0], [2.0], [3.0], [4.0]])
t = 2 * X + 1
w = torch.zeros(1, 1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
for epoch in range(4):
    pred = X @ w + b
    loss = ((pred - t) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        w -= 0.0625 * w.grad
        b -= 0.0625 * b.grad
    w.grad.zero_()
    b.grad.zero_()
    print(epoch, loss.item(), w.item(), b.item())
""",
    "linear regression, nn and SGD": """
nn = torch.nn
X = torch.tensor([[1.0], [2.0], [3.0], [4.0]], dtype=torch.float64)
t = 2 * X + 1
model = nn.Linear(1, 1, dtype=torch.float64)
nn.init.constant_(model.weight, 0.5)
nn.init.zeros_(model.bias)
opt = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
loss_fn = nn.MSELoss()
for epoch in range(60):
    opt.zero_grad()
    loss = loss_fn(model(X), t)
    loss.backward()
    opt.step()
    if epoch % 15 == 0:
        print(epoch, f"{loss.item():.6f}", f"{model.weight.item():.5f}", f"{model.bias.item():.5f}")
print(model.state_dict())
""",
    "xor with a small network": """
nn = torch.nn
torch.manual_seed(1)
X = torch.tensor([[0., 0.], [0., 1.], [1., 0.], [1., 1.]], dtype=torch.float64)
y = torch.tensor([[0.], [1.], [1.], [0.]], dtype=torch.float64)
net = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1), nn.Sigmoid()).double()
opt = torch.optim.Adam(net.parameters(), lr=0.1)
loss_fn = nn.BCELoss()
for epoch in range(120):
    opt.zero_grad()
    out = net(X)
    loss = loss_fn(out, y)
    loss.backward()
    opt.step()
    if epoch % 30 == 0:
        print(epoch, f"{loss.item():.4f}")
print((net(X) > 0.5).int().flatten(), f"{loss.item():.3f}")
print(net)
""",
    "the xor network's graph": """
nn = torch.nn
class Xor(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(2, 2)
        self.out = nn.Linear(2, 1)
    def forward(self, x):
        return torch.sigmoid(self.out(torch.sigmoid(self.hidden(x))))
net = Xor()
out = net(torch.tensor([[0.0, 1.0]]))
def walk(fn, depth=0):
    if fn is None:
        return
    name = next((n for n, p in net.named_parameters() if getattr(fn, "variable", None) is p), "")
    print("." * depth + type(fn).__name__, name)
    for child, _ in fn.next_functions:
        walk(child, depth + 1)
walk(out.grad_fn)
print([n for n, _ in net.named_modules()], [n for n, _ in net.named_children()])
""",
    "sgd with everything": """
for options in (dict(lr=0.5), dict(lr=0.5, momentum=0.5), dict(lr=0.5, momentum=0.5, dampening=0.25), dict(lr=0.5, momentum=0.5,
          nesterov=True), dict(lr=0.5, weight_decay=0.25), dict(lr=0.5, maximize=True)):
    w = torch.tensor([1.0, -2.0], requires_grad=True)
    opt = torch.optim.SGD([w], **options)
    for _ in range(3):
        opt.zero_grad()
        (w ** 2).sum().div(4).backward()
        opt.step()
    print(options, w.detach())
""",
    "adam, step by step": """
w = torch.tensor([1.0, -2.0], dtype=torch.float64, requires_grad=True)
opt = torch.optim.Adam([w], lr=0.1)
for step in range(3):
    opt.zero_grad()
    (w ** 3).sum().backward()
    opt.step()
    print(w.detach(), opt.state[w]["step"], opt.state[w]["exp_avg"], opt.state[w]["exp_avg_sq"])
print(sorted(opt.state[w]))
print(opt.state_dict()["param_groups"][0]["betas"])
""",
    "many optimizers": """
for make in (torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW, torch.optim.RMSprop, torch.optim.Adagrad, torch.optim.Adadelta,
          torch.optim.Adamax, torch.optim.NAdam, torch.optim.RAdam):
    w = torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64, requires_grad=True)
    opt = make([w], lr=0.05)
    for _ in range(4):
        opt.zero_grad()
        loss = ((w - torch.tensor([0.0, 1.0, 2.0], dtype=torch.float64)) ** 2).sum()
        loss.backward()
        opt.step()
    print(make.__name__, f"{loss.item():.6f}", [round(v, 6) for v in w.tolist()])
""",
    "printing optimizers": """
w = torch.nn.Parameter(torch.ones(2))
print(torch.optim.SGD([w], lr=0.1, momentum=0.9))
print(torch.optim.Adam([w], lr=0.001))
opt = torch.optim.SGD([{"params": [w], "lr": 0.5}], lr=0.1)
print(opt.param_groups[0]["lr"], len(opt.param_groups), opt.defaults["lr"])
print(opt.state_dict())
""",
    "parameter groups": """
nn = torch.nn
a, b = nn.Parameter(torch.ones(2)), nn.Parameter(torch.ones(2))
opt = torch.optim.SGD([{"params": a}, {"params": [b], "lr": 0.25}], lr=1.0)
(a.sum() + b.sum()).backward()
opt.step()
print(a, b)
opt.add_param_group({"params": [nn.Parameter(torch.zeros(1))], "lr": 3.0})
print([g["lr"] for g in opt.param_groups])
for g in opt.param_groups:
    g["lr"] *= 0.5
opt.step()
print(a, b)
""",
    "optimizers complain": """
w = torch.nn.Parameter(torch.ones(2))
for f in (lambda: torch.optim.SGD([w], lr=-1.0), lambda: torch.optim.SGD([], lr=0.1), lambda: torch.optim.SGD(w, lr=0.1),
          lambda: torch.optim.SGD([1.0], lr=0.1),
          lambda: torch.optim.SGD([w * 2], lr=0.1), lambda: torch.optim.Adam([w], betas=(2.0, 0.9)), lambda: torch.optim.SGD([w, w],
          lr=0.1), lambda: torch.optim.SGD([w], lr=0.1, nesterov=True)):
    try:
        print(type(f()).__name__)
    except Exception as e:
        print(type(e).__name__, str(e).split("\\n")[0].split(". ")[0])
""",
    "schedulers": """
def run(make):
    w = torch.nn.Parameter(torch.ones(1))
    opt = torch.optim.SGD([w], lr=1.0)
    scheduler = make(opt)
    lrs = []
    for _ in range(6):
        lrs.append(round(opt.param_groups[0]["lr"], 5))
        opt.step()
        scheduler.step()
    return lrs
S = torch.optim.lr_scheduler
print(run(lambda o: S.StepLR(o, step_size=2, gamma=0.1)))
print(run(lambda o: S.ExponentialLR(o, gamma=0.5)))
print(run(lambda o: S.MultiStepLR(o, milestones=[1, 4], gamma=0.5)))
print(run(lambda o: S.LambdaLR(o, lr_lambda=lambda e: 1 / (e + 1))))
print(run(lambda o: S.CosineAnnealingLR(o, T_max=5)))
""",
    "a closure for lbfgs": """
w = torch.tensor([2.0, -1.0], dtype=torch.float64, requires_grad=True)
opt = torch.optim.LBFGS([w], lr=0.5, max_iter=5)
def closure():
    opt.zero_grad()
    loss = (w[0] - 1) ** 2 + 3 * (w[1] + 2) ** 2
    loss.backward()
    return loss
for _ in range(3):
    loss = opt.step(closure)
    print(f"{loss.item():.6f}")
print([round(v, 4) for v in w.tolist()])
""",
    "a dataset and a loader": """
Dataset, DataLoader, TensorDataset = torch.utils.data.Dataset, torch.utils.data.DataLoader, torch.utils.data.TensorDataset
class Squares(Dataset):
    def __init__(self, n):
        self.n = n
    def __len__(self):
        return self.n
    def __getitem__(self, i):
        return torch.tensor([float(i)]), i * i
data = Squares(5)
print(len(data), data[3])
for x, y in DataLoader(data, batch_size=2):
    print(x, y)
for x, y in DataLoader(data, batch_size=2, drop_last=True):
    print(x.shape, y.dtype)
pairs = TensorDataset(torch.arange(6.0).reshape(3, 2), torch.tensor([0, 1, 2]))
print(pairs[1], len(pairs))
loader = DataLoader(pairs, batch_size=3, shuffle=False)
print(len(loader), next(iter(loader)))
""",
    "a shuffled loader": """
DataLoader, TensorDataset, random_split = torch.utils.data.DataLoader, torch.utils.data.TensorDataset, torch.utils.data.random_split
torch.manual_seed(0)
data = TensorDataset(torch.arange(8.0))
loader = DataLoader(data, batch_size=4, shuffle=True)
for epoch in range(2):
    print([batch[0].tolist() for batch in loader])
g = torch.Generator().manual_seed(7)
print([b[0].tolist() for b in DataLoader(data, batch_size=3, shuffle=True, generator=g)])
train, test = random_split(data, [6, 2], generator=torch.Generator().manual_seed(1))
print([train[i][0].item() for i in range(6)], [t.item() for t, in test])
""",
    "training by mini-batches": """
DataLoader, TensorDataset = torch.utils.data.DataLoader, torch.utils.data.TensorDataset
nn = torch.nn
torch.manual_seed(0)
X = torch.linspace(-1, 1, 12, dtype=torch.float64).unsqueeze(1)
y = 3 * X - 0.5
model = nn.Linear(1, 1).double()
opt = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(4):
    total = 0.0
    for xb, yb in DataLoader(TensorDataset(X, y), batch_size=4, shuffle=True):
        loss = nn.functional.mse_loss(model(xb), yb)
        opt.zero_grad()
        loss.backward()
        opt.step()
        total += loss.item() * len(xb)
    print(epoch, f"{total / len(X):.5f}")
print(f"{model.weight.item():.4f} {model.bias.item():.4f}")
""",
    "the what-is-nn tutorial in small": """
import math
torch.manual_seed(2)
bs, n = 8, 6
x_train = torch.randn(16, n, dtype=torch.float64)
y_train = torch.randint(0, 3, (16,))
weights = (torch.randn(n, 3, dtype=torch.float64) / math.sqrt(n)).requires_grad_()
bias = torch.zeros(3, dtype=torch.float64, requires_grad=True)
def log_softmax(x):
    return x - x.exp().sum(-1).log().unsqueeze(-1)
def model(xb):
    return log_softmax(xb @ weights + bias)
def nll(input, target):
    return -input[range(target.shape[0]), target].mean()
def accuracy(out, yb):
    preds = torch.argmax(out, dim=1)
    return (preds == yb).float().mean()
xb = x_train[0:bs]
preds = model(xb)
print(preds.shape, preds.grad_fn)
yb = y_train[0:bs]
print(nll(preds, yb), accuracy(preds, yb))
for epoch in range(2):
    for i in range(2):
        xb, yb = x_train[i*bs:(i+1)*bs], y_train[i*bs:(i+1)*bs]
        loss = nll(model(xb), yb)
        loss.backward()
        with torch.no_grad():
            weights -= weights.grad * 0.5
            bias -= bias.grad * 0.5
            weights.grad.zero_()
            bias.grad.zero_()
print(f"{nll(model(xb), yb).item():.4f}", accuracy(model(xb), yb))
print(torch.allclose(nll(model(xb), yb), torch.nn.functional.cross_entropy(xb @ weights + bias, yb)))
""",
    "build the neural network, the tutorial": """
nn = torch.nn
class NeuralNetwork(nn.Module):
    def __init__(self):
        super().__init__()
        self.flatten = nn.Flatten()
        self.linear_relu_stack = nn.Sequential(
            nn.Linear(28*28, 16),
            nn.ReLU(),
            nn.Linear(16, 16),
            nn.ReLU(),
            nn.Linear(16, 10)
        )
    def forward(self, x):
        x = self.flatten(x)
        logits = self.linear_relu_stack(x)
        return logits
model = NeuralNetwork()
print(model)
X = torch.rand(1, 28, 28)
logits = model(X)
pred_probab = nn.Softmax(dim=1)(logits)
print(pred_probab.shape, f"{pred_probab.sum().item():.4f}")
y_pred = pred_probab.argmax(1)
print(f"Predicted class: {y_pred}")
for name, param in model.named_parameters():
    print(f"Layer: {name} | Size: {param.size()} | Values : {param[:1].shape}")
input_image = torch.rand(3, 28, 28)
print(input_image.size(), nn.Flatten()(input_image).size(), nn.Linear(28*28, 20)(nn.Flatten()(input_image)).size())
""",
    "classification with cross entropy": """
nn = torch.nn
X = torch.tensor([[1.0, 0.0], [0.9, 0.2], [0.0, 1.0], [0.1, 0.8], [-1.0, -1.0], [-0.8, -0.9]], dtype=torch.float64)
y = torch.tensor([0, 0, 1, 1, 2, 2])
W = torch.zeros(2, 3, dtype=torch.float64, requires_grad=True)
b = torch.zeros(3, dtype=torch.float64, requires_grad=True)
for epoch in range(30):
    logits = X @ W + b
    loss = nn.functional.cross_entropy(logits, y)
    gW, gb = torch.autograd.grad(loss, (W, b))
    with torch.no_grad():
        W -= 1.0 * gW
        b -= 1.0 * gb
    if epoch % 10 == 0:
        acc = (logits.argmax(1) == y).double().mean()
        print(epoch, f"{loss.item():.5f}", acc)
print(W)
print(nn.functional.softmax(X @ W + b, dim=1).argmax(1))
""",
    "freezing parameters": """
nn = torch.nn
net = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 1))
for p in net[0].parameters():
    p.requires_grad = False
with torch.no_grad():
    for p in net.parameters():
        p.fill_(0.5)
out = net(torch.tensor([[1.0, 2.0]]))
print(out, out.grad_fn.next_functions[1][0])
out.sum().backward()
print([(n, p.requires_grad, p.grad) for n, p in net.named_parameters()])
trainable = [n for n, p in net.named_parameters() if p.requires_grad]
print(trainable)
net.requires_grad_(False)
print(net(torch.ones(1, 2)).requires_grad)
net[2].requires_grad_(True)
opt = torch.optim.SGD(filter(lambda p: p.requires_grad, net.parameters()), lr=0.1)
print(len(opt.param_groups[0]["params"]))
""",
    "finetuning, from the gentle introduction": """
nn = torch.nn
backbone = nn.Sequential(nn.Linear(4, 3), nn.ReLU())
for param in backbone.parameters():
    param.requires_grad = False
model = nn.Sequential(backbone, nn.Linear(3, 2))
before = [p.clone() for p in model.parameters()]
optimizer = torch.optim.SGD(model.parameters(), lr=1e-2, momentum=0.9)
for _ in range(2):
    optimizer.zero_grad()
    loss = model(torch.ones(2, 4)).pow(2).sum()
    loss.backward()
    optimizer.step()
print([torch.equal(a, b) for a, b in zip(before, model.parameters())])
print([p.grad is None for p in model.parameters()])
""",
    "train, eval and dropout": """
nn = torch.nn
torch.manual_seed(0)
drop = nn.Dropout(0.5)
x = torch.ones(8)
print(drop.training, drop(x))
drop.eval()
print(drop.training, drop(x))
net = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.3), nn.BatchNorm1d(2))
print([m.training for m in net])
net.eval()
print([m.training for m in net], net.training)
net.train()
print(net.training)
x = torch.ones(6, requires_grad=True)
y = nn.functional.dropout(x, p=0.5, training=True)
y.sum().backward()
print(y, x.grad, y.grad_fn)
print(nn.functional.dropout(x, p=0.5, training=False) is x)
""",
    "batch norm, running statistics": """
nn = torch.nn
bn = nn.BatchNorm1d(2)
x = torch.tensor([[1.0, 10.0], [3.0, 30.0]])
print(bn(x))
print(bn.running_mean, bn.running_var, bn.num_batches_tracked)
bn.eval()
print(bn(x))
print(list(bn.state_dict()))
print(bn)
bn.train()
out = bn(x)
(out * torch.tensor([[1.0, 0.0], [0.0, 0.0]])).sum().backward()
print(bn.weight.grad, bn.bias.grad)
try:
    bn(torch.ones(1, 2))
except ValueError as e:
    print("ValueError:", str(e).split("\\n")[0])
""",
    "layer norm by hand": """
nn = torch.nn
x = torch.tensor([[1.0, 2.0, 3.0], [2.0, 2.0, 5.0]], requires_grad=True)
ln = nn.LayerNorm(3)
y = ln(x)
mean = x.mean(-1, keepdim=True)
var = x.var(-1, keepdim=True, unbiased=False)
hand = (x - mean) / torch.sqrt(var + ln.eps)
print(y, torch.allclose(y, hand, atol=1e-6))
print(y.grad_fn, ln)
(y * torch.tensor([1.0, 0.0, 2.0])).sum().backward()
print(ln.weight.grad, ln.bias.grad)
""",
    "embedding": """
nn = torch.nn
emb = nn.Embedding(4, 2)
with torch.no_grad():
    emb.weight.copy_(torch.arange(8.0).reshape(4, 2))
out = emb(torch.tensor([[1, 3], [1, 0]]))
print(out, emb)
out.sum().backward()
print(emb.weight.grad)
padded = nn.Embedding(3, 2, padding_idx=0)
print(padded.weight[0], padded)
padded(torch.tensor([0, 1])).sum().backward()
print(padded.weight.grad)
try:
    emb(torch.tensor([4]))
except IndexError as e:
    print("IndexError:", str(e).split("\\n")[0])
""",
    "convolution by hand": """
F = torch.nn.functional
x = torch.arange(16.0).reshape(1, 1, 4, 4).requires_grad_()
k = torch.tensor([[[[1.0, 0.0], [0.0, -1.0]]]], requires_grad=True)
y = F.conv2d(x, k)
print(y, y.grad_fn)
y.sum().backward()
print(k.grad, x.grad)
print(F.conv2d(x, k, stride=2, padding=1).shape, F.max_pool2d(x, 2), F.avg_pool2d(x, 2))
conv = torch.nn.Conv2d(1, 2, 3, padding=1)
print(conv, conv(x).shape, conv.weight.shape)
print(F.conv1d(torch.arange(5.0).view(1, 1, 5), torch.tensor([[[1.0, -1.0]]])))
""",
    "a small convolutional network": """
nn, F = torch.nn, torch.nn.functional
class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.conv1 = nn.Conv2d(1, 2, 3)
        self.conv2 = nn.Conv2d(2, 4, 3)
        self.fc1 = nn.Linear(4 * 2 * 2, 6)
        self.fc2 = nn.Linear(6, 3)
    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), (2, 2))
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        return self.fc2(x)
net = Net()
print(net)
params = list(net.parameters())
print(len(params), params[0].size())
out = net(torch.randn(1, 1, 14, 14))
print(out.shape)
net.zero_grad()
out.backward(torch.ones(1, 3))
print(net.conv1.bias.grad.shape, net.fc2.bias.grad)
loss = nn.MSELoss()(net(torch.randn(1, 1, 14, 14)), torch.zeros(1, 3))
print(loss.grad_fn)
print(loss.grad_fn.next_functions[0][0])
print(loss.grad_fn.next_functions[0][0].next_functions[1][0])
""",
    "a recurrent cell by hand": """
nn = torch.nn
class RNN(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        self.hidden_size = n_hidden
        self.i2h = nn.Linear(n_in, n_hidden)
        self.h2h = nn.Linear(n_hidden, n_hidden)
        self.h2o = nn.Linear(n_hidden, n_out)
        self.softmax = nn.LogSoftmax(dim=1)
    def forward(self, x, hidden):
        hidden = torch.tanh(self.i2h(x) + self.h2h(hidden))
        return self.softmax(self.h2o(hidden)), hidden
    def init_hidden(self):
        return torch.zeros(1, self.hidden_size)
rnn = RNN(2, 3, 2)
with torch.no_grad():
    for k, p in enumerate(rnn.parameters()):
        p.copy_((torch.arange(float(p.numel())).reshape(p.shape) - k) / 10)
hidden = rnn.init_hidden()
for x in torch.tensor([[[1.0, 0.0]], [[0.0, 1.0]], [[1.0, 1.0]]]):
    out, hidden = rnn(x, hidden)
    print(out, hidden)
loss = nn.NLLLoss()(out, torch.tensor([1]))
loss.backward()
print(loss, rnn.h2h.weight.grad)
""",
    "attention by hand": """
import math
F = torch.nn.functional
q = torch.tensor([[1.0, 0.0], [0.0, 2.0]], requires_grad=True)
k = torch.tensor([[1.0, 1.0], [0.5, -1.0], [0.0, 0.5]], requires_grad=True)
v = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], requires_grad=True)
scores = q @ k.T / math.sqrt(2)
mask = torch.tensor([[True, True, False], [True, True, True]])
weights = F.softmax(scores.masked_fill(~mask, float("-inf")), dim=-1)
out = weights @ v
print(weights, out)
out.sum().backward()
print(q.grad)
print(v.grad)
print(F.scaled_dot_product_attention(q[None], k[None], v[None], attn_mask=mask[None]))
""",
    "module bookkeeping": """
nn = torch.nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 2)
        self.scale = nn.Parameter(torch.tensor(2.0))
        self.register_buffer("offset", torch.tensor([1.0, -1.0]))
        self.layers = nn.ModuleList([nn.Linear(2, 2), nn.ReLU()])
        self.named = nn.ModuleDict({"a": nn.Tanh()})
        self.ps = nn.ParameterList([nn.Parameter(torch.zeros(1))])
    def forward(self, x):
        return self.scale * self.named["a"](self.layers[1](self.layers[0](self.fc(x)))) + self.offset
net = Net()
print(net)
print([n for n, _ in net.named_parameters()])
print([n for n, _ in net.named_buffers()])
print([n for n, _ in net.named_modules()])
print(list(net.state_dict()))
print(sum(p.numel() for p in net.parameters()), net.offset.requires_grad, net.scale)
print(net(torch.zeros(1, 2)).shape, len(net.layers), net.named["a"])
net.apply(lambda m: m.reset_parameters() if isinstance(m, nn.Linear) else None)
net.double()
print(net.fc.weight.dtype, net.offset.dtype)
""",
    "state dicts": """
nn = torch.nn
a, b = nn.Linear(2, 1), nn.Linear(2, 1)
with torch.no_grad():
    a.weight.copy_(torch.tensor([[1.0, 2.0]]))
    a.bias.fill_(3.0)
print(b.load_state_dict(a.state_dict()))
print(b.weight, b.bias, b.weight is a.weight)
for wrong in ({"weight": torch.ones(1, 2)}, {"weight": torch.ones(1, 3), "bias": torch.ones(1)}, {**a.state_dict(),
          "extra": torch.ones(1)}):
    try:
        b.load_state_dict(wrong)
    except RuntimeError as e:
        print(str(e).split("\\n")[0])
print(b.load_state_dict({"weight": torch.zeros(1, 2)}, strict=False))
print(b.weight)
sd = a.state_dict()
sd["weight"].fill_(9.0)
print(a.weight, sd["weight"].requires_grad)
""",
    "module errors": """
nn = torch.nn
class Forgot(nn.Module):
    def __init__(self):
        self.fc = nn.Linear(2, 2)
class NoForward(nn.Module):
    pass
net = nn.Linear(3, 2)
for f in (lambda: Forgot(), lambda: NoForward()(torch.ones(1)), lambda: net(torch.ones(2)), lambda: net(torch.ones(1, 4)),
          lambda: net([1.0, 2.0, 3.0]), lambda: net.weights, lambda: net(torch.ones(1, 3).double()),
          lambda: net(torch.ones(3, dtype=torch.int64)), lambda: setattr(net, "weight", torch.ones(2, 3)), lambda: nn.Sequential(net,
          torch.relu), lambda: net(), lambda: nn.Parameter(torch.arange(3))):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, str(e).split("\\n")[0].split(". ")[0])
""",
    "initialisation": """
nn = torch.nn
torch.manual_seed(0)
lin = nn.Linear(3, 2)
print(lin.weight, lin.bias)
w = torch.empty(2, 3)
print(nn.init.uniform_(w, -1, 1))
print(nn.init.normal_(w, mean=1, std=0.25))
print(nn.init.xavier_uniform_(w))
print(nn.init.kaiming_normal_(w, nonlinearity='relu'))
print(nn.init.ones_(w), nn.init.eye_(w), nn.init.constant_(w, 0.3))
print(nn.init.calculate_gain('tanh'), nn.init.calculate_gain('leaky_relu', 0.2))
print(nn.Linear(2, 2, bias=False), nn.Linear(2, 2, bias=False).bias)
""",
    "losses compared": """
nn = torch.nn
pred = torch.tensor([[2.0, -1.0, 0.5], [0.0, 1.0, -0.5]])
target = torch.tensor([[1.0, -1.0, 0.0], [0.5, 1.0, 1.0]])
for loss in (nn.MSELoss(), nn.L1Loss(), nn.SmoothL1Loss(), nn.HuberLoss(delta=0.5), nn.MSELoss(reduction="sum"),
          nn.L1Loss(reduction="none"), nn.BCEWithLogitsLoss(), nn.KLDivLoss(reduction="batchmean"), nn.CrossEntropyLoss(),
          nn.SoftMarginLoss()):
    print(loss, loss(pred, target.clamp(0, 1) if "BCE" in str(loss) or "KL" in str(loss) else target))
labels = torch.tensor([0, 2])
print(nn.CrossEntropyLoss()(pred, labels), nn.CrossEntropyLoss(reduction="none")(pred, labels),
          nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 3.0]))(pred, labels))
print(nn.CrossEntropyLoss(ignore_index=2)(pred, labels), nn.CrossEntropyLoss(label_smoothing=0.25)(pred, labels))
print(nn.NLLLoss()(nn.functional.log_softmax(pred, 1), labels))
""",
    "cross entropy is softmax minus one-hot": """
F = torch.nn.functional
logits = torch.tensor([[2.0, 1.0, 0.5], [0.5, 2.5, 0.25]], requires_grad=True)
labels = torch.tensor([0, 1])
loss = F.cross_entropy(logits, labels)
loss.backward()
print(loss, loss.grad_fn, loss.grad_fn.next_functions)
print(logits.grad)
print((F.softmax(logits, 1) - F.one_hot(labels, 3)) / 2)
for wrong in (torch.tensor([0, 3]), torch.tensor([0.0, 1.0]), torch.tensor([0]), torch.tensor([[0], [1]])):
    try:
        print(F.cross_entropy(logits, wrong))
    except (RuntimeError, IndexError, ValueError) as e:
        print(type(e).__name__, str(e).split("\\n")[0].split(". ")[0])
""",
    "early stopping": """
w = torch.tensor(5.0, dtype=torch.float64, requires_grad=True)
best, patience, bad = float("inf"), 2, 0
opt = torch.optim.SGD([w], lr=1.02)
for epoch in range(20):
    opt.zero_grad()
    loss = w ** 2 / 1.0 + 1
    loss.backward()
    opt.step()
    if loss.item() < best - 1e-3:
        best, bad, state = loss.item(), 0, w.detach().clone()
    else:
        bad += 1
    print(epoch, f"{loss.item():.4f}", bad)
    if bad >= patience:
        print("stop", state)
        break
""",
    "logistic regression": """
X = torch.tensor([[0.5, 1.0], [1.5, -0.5], [-1.0, -1.5], [-0.5, 0.25]], dtype=torch.float64)
y = torch.tensor([1.0, 1.0, 0.0, 0.0], dtype=torch.float64)
w = torch.zeros(2, dtype=torch.float64, requires_grad=True)
b = torch.zeros((), dtype=torch.float64, requires_grad=True)
for i in range(3):
    p = torch.sigmoid(X @ w + b)
    loss = -(y * p.log() + (1 - y) * (1 - p).log()).mean()
    loss.backward()
    hand = X.T @ (p - y) / 4
    print(f"{loss.item():.6f}", w.grad, torch.allclose(w.grad, hand))
    with torch.no_grad():
        w -= w.grad
        b -= b.grad
    w.grad = b.grad = None
print(torch.nn.functional.binary_cross_entropy(p, y), torch.nn.functional.binary_cross_entropy_with_logits(X @ w + b, y))
""",
    "an autoencoder's few steps": """
nn = torch.nn
torch.manual_seed(3)
net = nn.Sequential(nn.Linear(4, 2), nn.ReLU(), nn.Linear(2, 4)).double()
x = torch.eye(4, dtype=torch.float64)
opt = torch.optim.Adam(net.parameters(), lr=0.05)
for step in range(20):
    loss = nn.functional.mse_loss(net(x), x)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 5 == 0:
        print(step, f"{loss.item():.5f}")
print(sum(p.grad.norm().item() for p in net.parameters()) > 0)
""",
    "weight tying": """
nn = torch.nn
enc = nn.Linear(3, 2, bias=False)
dec = nn.Linear(2, 3, bias=False)
dec.weight = nn.Parameter(enc.weight.t().clone())
print(enc.weight.shape, dec.weight.shape)
emb = nn.Embedding(3, 2)
out = nn.Linear(2, 3, bias=False)
out.weight = emb.weight
with torch.no_grad():
    emb.weight.copy_(torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]))
class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb, self.out = emb, out
    def forward(self, i):
        return self.out(self.emb(i))
net = Tied()
print(len(list(net.parameters())), list(net.state_dict()))
net(torch.tensor([0, 2])).sum().backward()
print(emb.weight.grad, out.weight.grad is emb.weight.grad)
""",
    "exponential moving average of weights": """
nn = torch.nn
import copy
net = nn.Linear(1, 1)
with torch.no_grad():
    net.weight.fill_(1.0)
    net.bias.fill_(0.0)
ema = copy.deepcopy(net)
for p in ema.parameters():
    p.requires_grad_(False)
for step in range(3):
    with torch.no_grad():
        net.weight += 1.0
        for e, p in zip(ema.parameters(), net.parameters()):
            e.mul_(0.5).add_(p, alpha=0.5)
            e_old = e.lerp(p, 0.5)
    print(net.weight.item(), ema.weight.item(), e_old)
print(ema.weight.requires_grad, net.weight.requires_grad)
""",
    "two losses, two optimizers": """
nn = torch.nn
G, D = nn.Linear(1, 1, dtype=torch.float64), nn.Linear(1, 1, dtype=torch.float64)
with torch.no_grad():
    for p in (*G.parameters(), *D.parameters()):
        p.fill_(0.5)
og, od = torch.optim.SGD(G.parameters(), lr=0.1), torch.optim.SGD(D.parameters(), lr=0.1)
bce = nn.BCEWithLogitsLoss()
z, real = torch.ones(2, 1, dtype=torch.float64), torch.full((2, 1), 3.0, dtype=torch.float64)
ones, zeros = torch.ones(2, 1, dtype=torch.float64), torch.zeros(2, 1, dtype=torch.float64)
for step in range(3):
    fake = G(z)
    loss_d = bce(D(real), ones) + bce(D(fake.detach()), zeros)
    od.zero_grad()
    loss_d.backward()
    print("G untouched", G.weight.grad)
    od.step()
    loss_g = bce(D(fake), ones)
    og.zero_grad()
    loss_g.backward()
    og.step()
    print(step, f"{loss_d.item():.5f} {loss_g.item():.5f}", G.weight.grad)
""",
    "gradient accumulation with an optimizer": """
nn = torch.nn
net = nn.Linear(2, 1, bias=False)
nn.init.constant_(net.weight, 0.25)
opt = torch.optim.SGD(net.parameters(), lr=0.5)
batches = [torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, 2.0]]), torch.tensor([[1.0, 1.0]]), torch.tensor([[2.0, -1.0]])]
for i, xb in enumerate(batches):
    loss = net(xb).sum() / 2
    loss.backward()
    print(i, net.weight.grad)
    if (i + 1) % 2 == 0:
        opt.step()
        opt.zero_grad()
        print("step", net.weight)
""",
    "regularisation": """
w = torch.tensor([1.0, -2.0, 0.0], requires_grad=True)
l1 = w.abs().sum()
l2 = w.pow(2).sum()
(0.1 * l1 + 0.5 * l2).backward()
print(l1, l2, w.grad)
norms = [torch.linalg.vector_norm(w, ord=p) for p in (1, 2, float("inf"))]
print(norms)
opt = torch.optim.AdamW([w], lr=0.1, weight_decay=0.5)
w.grad = torch.zeros(3)
opt.step()
print(w)
""",
    "softmax regression with one-hot targets": """
F = torch.nn.functional
x = torch.tensor([[1.0, 2.0], [2.0, 0.5]], requires_grad=True)
onehot = F.one_hot(torch.tensor([1, 0]), num_classes=2).float()
print(onehot)
loss = F.cross_entropy(x, onehot)
loss.backward()
print(loss, x.grad)
soft = torch.tensor([[0.25, 0.75], [0.5, 0.5]])
print(F.cross_entropy(x, soft), F.cross_entropy(x, soft).grad_fn)
print(F.softmax(x, dim=0), F.log_softmax(x, dim=-1), torch.softmax(x, 1).sum(1))
""",
    "moving parameters by copy_ and data": """
nn = torch.nn
src, dst = nn.Linear(2, 1), nn.Linear(2, 1)
nn.init.ones_(src.weight); nn.init.zeros_(src.bias)
try:
    dst.weight.copy_(src.weight)
except RuntimeError as e:
    print("RuntimeError:", str(e).split("\\n")[0])
with torch.no_grad():
    dst.weight.copy_(src.weight)
dst.bias.data = src.bias.data
print(dst.weight, dst.bias, dst.bias.data_ptr() == src.bias.data_ptr())
dst.bias.data.add_(5)
print(src.bias)
dst.weight.data.mul_(0.5)
print(dst.weight)
""",
    "a training loop that forgets zero_grad": """
w = torch.tensor(1.0, requires_grad=True)
for step in range(4):
    loss = (w - 2) ** 2
    loss.backward()
    print(step, loss.item(), w.grad.item())
    with torch.no_grad():
        w -= 0.25 * w.grad
v = torch.tensor(1.0, requires_grad=True)
for step in range(4):
    loss = (v - 2) ** 2
    v.grad = None
    loss.backward()
    print(step, loss.item(), v.grad.item())
    with torch.no_grad():
        v -= 0.25 * v.grad
""",
    "a module that is called in no_grad and out of it": """
nn = torch.nn
net = nn.Sequential(nn.Linear(2, 2), nn.Tanh())
x = torch.ones(1, 2)
y = net(x)
with torch.no_grad():
    z = net(x)
print(y.requires_grad, z.requires_grad, torch.equal(y, z), z.grad_fn)
print(y.detach().requires_grad, type(y.grad_fn).__name__, net[0](x).grad_fn.next_functions[2][0])
@torch.no_grad()
def evaluate(model):
    model.eval()
    return model(x).requires_grad, model.training
print(evaluate(net), torch.is_grad_enabled())
""",
}
