"""Layers and containers: what they compute, print, keep and refuse."""

EXPRESSIONS = {
    "linear": """
        torch.nn.Linear(3, 2)(f)
        torch.nn.Linear(3, 2, bias=False)(f)
        torch.nn.Linear(3, 2).double()(a)
        torch.nn.Linear(3, 2, dtype=torch.float64)(a)
        torch.nn.Linear(3, 2, dtype=torch.float64)(v)
        torch.nn.Linear(4, 2, dtype=torch.float64)(p)
        torch.nn.Linear(4, 2, dtype=torch.float64, bias=False)(p)
        torch.nn.Linear(3, 2, dtype=torch.float64)(empty)
        torch.nn.Bilinear(3, 3, 2, dtype=torch.float64)(a, b)
        torch.nn.Bilinear(3, 3, 2, bias=False, dtype=torch.float64)(a, b)
        torch.nn.Identity()(a)
        torch.nn.Flatten()(p)
        torch.nn.Flatten(0)(p)
        torch.nn.Flatten(0, 1)(p)
        torch.nn.Unflatten(2, (2, 2))(p)
        torch.nn.Parameter(torch.tensor([1.0, 2.0])) * 2
        torch.nn.Parameter(v)
        torch.nn.Parameter(v) + v
        torch.nn.Parameter()
        torch.nn.Parameter(torch.ones(2, dtype=torch.int64), requires_grad=False)
        torch.nn.Buffer(v)
    """,
    "activations": """
        torch.nn.ReLU()(a)
        torch.nn.ReLU(inplace=True)(a * 1)
        torch.nn.ReLU6()(a * 4)
        torch.nn.LeakyReLU()(a)
        torch.nn.LeakyReLU(0.3)(a)
        torch.nn.PReLU(dtype=torch.float64)(a)
        torch.nn.PReLU(3, 0.1, dtype=torch.float64)(a)
        torch.nn.ELU()(a)
        torch.nn.ELU(alpha=0.5)(a)
        torch.nn.CELU(2.0)(a)
        torch.nn.SELU()(a)
        torch.nn.GELU()(a)
        torch.nn.GELU(approximate="tanh")(a)
        torch.nn.SiLU()(a)
        torch.nn.Mish()(a)
        torch.nn.Hardtanh()(a)
        torch.nn.Hardswish()(a)
        torch.nn.Hardshrink()(a)
        torch.nn.Softshrink()(a)
        torch.nn.Tanhshrink()(a)
        torch.nn.Threshold(0.4, 7.0)(a)
        torch.nn.Softplus()(a)
        torch.nn.Softplus(2.0, 3.0)(a)
        torch.nn.Softsign()(a)
        torch.nn.LogSigmoid()(a)
        torch.nn.GLU()(p)
        torch.nn.GLU(0)(a)
        torch.nn.Sigmoid()(a)
        torch.nn.Tanh()(a)
        torch.nn.Softmax(dim=1)(a)
        torch.nn.Softmax(dim=-1)(p)
        torch.nn.Softmin(dim=0)(a)
        torch.nn.LogSoftmax(dim=1)(a)
        torch.nn.Softmax2d()(p)
        torch.nn.Softmax()(a)
        torch.nn.LogSoftmax()(a)
    """,
    "losses": """
        torch.nn.MSELoss()(a, b)
        torch.nn.MSELoss(reduction="sum")(a, c)
        torch.nn.MSELoss(reduction="none")(a, b)
        torch.nn.L1Loss()(a, b)
        torch.nn.SmoothL1Loss(beta=0.5)(a, b)
        torch.nn.HuberLoss(delta=0.7)(a, b)
        torch.nn.CrossEntropyLoss()(a, torch.tensor([2, 0]))
        torch.nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 3.0], **d))(a, torch.tensor([2, 0]))
        torch.nn.CrossEntropyLoss(label_smoothing=0.1, reduction="sum")(a, torch.tensor([2, 0]))
        torch.nn.CrossEntropyLoss(ignore_index=0)(a, torch.tensor([2, 0]))
        torch.nn.CrossEntropyLoss()(a, torch.softmax(b, 1))
        torch.nn.NLLLoss()(torch.log_softmax(a, 1), torch.tensor([1, 2]))
        torch.nn.NLLLoss(reduction="none")(torch.log_softmax(a, 1), torch.tensor([1, 2]))
        torch.nn.BCELoss()(a.sigmoid(), (c > 0).double())
        torch.nn.BCEWithLogitsLoss()(a, (c > 0).double())
        torch.nn.BCEWithLogitsLoss(pos_weight=torch.tensor([1.0, 2.0, 3.0], **d), reduction="sum")(a, (c > 0).double())
        torch.nn.KLDivLoss(reduction="batchmean")(torch.log_softmax(a, 1), torch.softmax(b, 1))
        torch.nn.MarginRankingLoss(0.5)(v, w, torch.tensor([1.0, -1.0, 1.0], **d))
        torch.nn.HingeEmbeddingLoss()(a, torch.sign(c))
        torch.nn.SoftMarginLoss()(a, torch.sign(c))
        torch.nn.CosineEmbeddingLoss()(a, b, torch.tensor([1.0, -1.0], **d))
        torch.nn.TripletMarginLoss()(a, b, c)
        torch.nn.PoissonNLLLoss()(a, pos)
        torch.nn.GaussianNLLLoss()(a, b, pos)
        torch.nn.PairwiseDistance()(a, b)
        torch.nn.CosineSimilarity()(a, b)
    """,
    "chance": """
        torch.nn.Dropout()(a)
        torch.nn.Dropout(0.2)(a)
        torch.nn.Dropout(0.0)(a)
        torch.nn.Dropout(1.0)(a)
        torch.nn.Dropout().eval()(a)
        torch.nn.Dropout1d()(p)
        torch.nn.Dropout2d(0.3)(p[None])
        torch.nn.Sequential(torch.nn.Linear(3, 8), torch.nn.Dropout(0.5))(f)
        torch.empty(3, **d).uniform_(-1, 2)
        torch.empty(20).uniform_()
        torch.empty(3).normal_(1, 2)
        torch.empty(4).bernoulli_(0.3)
        torch.empty(4).bernoulli_(torch.tensor([0.1, 0.9, 0.5, 0.2]))
        torch.empty(3).random_(5)
        torch.empty(3).random_(2, 9)
        torch.empty(3, dtype=torch.int64).random_()
        torch.empty(3, dtype=torch.int32).random_()
        torch.empty(3, dtype=torch.uint8).random_()
        torch.empty(3).random_()
        torch.empty(3, **d).random_()
        torch.empty(3).exponential_()
        torch.empty(3, 2).t().uniform_()
        (v * 2).uniform_()
        (v * 2).normal_()
        (v * 2).bernoulli_(0.4)
        (v * 2).random_(4)
        (v * 2).random_(1, 4)
        (v * 2).random_()
        (v * 2).exponential_()
        torch.empty(3).uniform_(generator=torch.Generator().manual_seed(5))
        torch.bernoulli(pos / 4)
        torch.bernoulli(a.detach().abs(), 0.3)
        (pos / 4).bernoulli()
        torch.normal(a, 2.0)
        torch.normal(1.0, pos)
        torch.normal(a, pos)
        torch.normal(torch.zeros(2, 1), torch.ones(3))
        torch.normal(0.0, 1.0, (2, 3))
        torch.multinomial(pos, 1)
        torch.multinomial(pos, 2)
        torch.multinomial(pos[0], 5, replacement=True)
        torch.multinomial(torch.softmax(torch.arange(10.0), 0), 3)
        torch.poisson(pos)
        torch.randint_like(f, 5)
        torch.randint_like(i, 2, 9)
        torch.nn.init.uniform_(torch.empty(2, 3), -1, 1)
        torch.nn.init.normal_(torch.empty(3), 1, 2)
        torch.nn.init.constant_(torch.empty(2), 0.3)
        torch.nn.init.ones_(torch.empty(2))
        torch.nn.init.zeros_(torch.ones(2))
        torch.nn.init.eye_(torch.empty(2, 3))
        torch.nn.init.dirac_(torch.empty(2, 2, 3))
        torch.nn.init.xavier_uniform_(torch.empty(2, 3), gain=2)
        torch.nn.init.xavier_normal_(torch.empty(2, 3))
        torch.nn.init.kaiming_uniform_(torch.empty(2, 3), nonlinearity="relu")
        torch.nn.init.kaiming_normal_(torch.empty(2, 3, 2), mode="fan_out", a=0.2)
        torch.nn.init.trunc_normal_(torch.empty(3, 4))
        torch.nn.init.trunc_normal_(torch.empty(3, 4), 0, 1, 2, 3)
        torch.nn.init.orthogonal_(torch.empty(2, 3))
        torch.nn.init.orthogonal_(torch.empty(3, 2), gain=2)
        torch.nn.init.sparse_(torch.empty(4, 3), 0.3)
        torch.nn.init.kaiming_uniform_(torch.empty(0, 3))
        torch.nn.init.xavier_uniform(torch.empty(2, 2))
        torch.nn.init.calculate_gain("leaky_relu", 0.2)
    """,
    "tables, windows, norms": """
        torch.nn.Embedding(4, 3, dtype=torch.float64)(idx)
        torch.nn.Embedding(4, 3, padding_idx=1)(idx)
        torch.nn.Embedding(4, 3)(torch.tensor([[0, 3], [1, 1]]))
        torch.nn.Embedding.from_pretrained(m, freeze=False)(idx)
        torch.nn.Embedding.from_pretrained(c)(idx)
        torch.nn.Conv1d(3, 2, 2, dtype=torch.float64)(p)
        torch.nn.Conv1d(3, 2, 3, padding=1, bias=False, dtype=torch.float64)(p)
        torch.nn.Conv1d(3, 2, 3, padding="same", dtype=torch.float64)(p)
        torch.nn.Conv2d(2, 2, 2, dtype=torch.float64)(p)
        torch.nn.Conv2d(2, 4, (2, 3), stride=2, padding=1, groups=2, dtype=torch.float64)(p[None])
        torch.nn.Conv2d(2, 2, 3, padding=1, padding_mode="reflect", dtype=torch.float64)(p[None])
        torch.nn.ConvTranspose1d(3, 2, 2, dtype=torch.float64)(p)
        torch.nn.ConvTranspose2d(2, 1, 2, stride=2, dtype=torch.float64)(p[None])
        torch.nn.ConvTranspose2d(2, 1, 2, stride=2, dtype=torch.float64)(p[None], output_size=(7, 8))
        torch.nn.MaxPool1d(2)(p)
        torch.nn.MaxPool2d(2)(p)
        torch.nn.MaxPool2d(2, stride=1, padding=1)(p)
        torch.nn.MaxPool2d(2, return_indices=True)(p)
        torch.nn.AvgPool1d(2)(p)
        torch.nn.AvgPool2d(2)(p)
        torch.nn.AdaptiveAvgPool1d(2)(p)
        torch.nn.AdaptiveAvgPool2d(1)(p)
        torch.nn.AdaptiveAvgPool2d((2, 2))(p)
        torch.nn.AdaptiveMaxPool2d(1)(p)
        torch.nn.BatchNorm1d(3, dtype=torch.float64)(a)
        torch.nn.BatchNorm1d(3, dtype=torch.float64)(p)
        torch.nn.BatchNorm1d(3, dtype=torch.float64).eval()(a)
        torch.nn.BatchNorm1d(3, affine=False, dtype=torch.float64)(a)
        torch.nn.BatchNorm1d(3, track_running_stats=False, dtype=torch.float64).eval()(a)
        torch.nn.BatchNorm2d(2, dtype=torch.float64)(p[None])
        torch.nn.LayerNorm(3, dtype=torch.float64)(a)
        torch.nn.LayerNorm((3, 4), dtype=torch.float64)(p)
        torch.nn.LayerNorm(3, elementwise_affine=False)(a)
        torch.nn.LayerNorm(3, bias=False, dtype=torch.float64)(a)
        torch.nn.GroupNorm(1, 3, dtype=torch.float64)(p)
        torch.nn.GroupNorm(3, 3, affine=False)(p)
        torch.nn.InstanceNorm1d(3)(p)
        torch.nn.RMSNorm(3, dtype=torch.float64)(a)
        torch.nn.LocalResponseNorm(2)(p)
        torch.nn.ConstantPad1d(1, 3.5)(p)
        torch.nn.ZeroPad2d((1, 0, 2, 1))(p)
        torch.nn.ReflectionPad1d(2)(p)
        torch.nn.ReplicationPad2d(1)(p)
        torch.nn.Upsample(scale_factor=2)(p)
        torch.nn.PixelShuffle(2)(p.reshape(1, 4, 2, 3))
        torch.nn.Unfold(2)(p[None])
    """,
    "sequences": """
        torch.nn.RNNCell(3, 2, dtype=torch.float64)(a)
        torch.nn.RNNCell(3, 2, nonlinearity="relu", dtype=torch.float64)(a, torch.ones(2, 2, **g))
        torch.nn.RNNCell(3, 3, bias=False, dtype=torch.float64)(a, b)
        torch.nn.RNNCell(3, 2, dtype=torch.float64)(v)
        torch.nn.LSTMCell(3, 2, dtype=torch.float64)(a)
        torch.nn.LSTMCell(3, 3, dtype=torch.float64)(a, (b, c))
        torch.nn.GRUCell(3, 2, dtype=torch.float64)(a)
        torch.nn.GRUCell(3, 3, dtype=torch.float64)(a, b)
        torch.nn.GRUCell(3, 3, bias=False, dtype=torch.float64)(v, w)
        torch.nn.RNN(4, 2, dtype=torch.float64)(p)
        torch.nn.RNN(4, 2, batch_first=True, dtype=torch.float64)(p)[0]
        torch.nn.RNN(4, 2, 2, nonlinearity="relu", dtype=torch.float64)(p)[1]
        torch.nn.RNN(4, 2, bidirectional=True, dtype=torch.float64)(p)[0]
        torch.nn.RNN(4, 2, 2, bidirectional=True, bias=False, dtype=torch.float64)(p)[1]
        torch.nn.RNN(3, 2, dtype=torch.float64)(a)[0]
        torch.nn.GRU(4, 2, dtype=torch.float64)(p)[0]
        torch.nn.GRU(4, 2, 2, batch_first=True, dtype=torch.float64)(p)[1]
        torch.nn.GRU(4, 2, dtype=torch.float64)(p, torch.ones(1, 3, 2, **g))[0]
        torch.nn.LSTM(4, 2, dtype=torch.float64)(p)[0]
        torch.nn.LSTM(4, 2, batch_first=True, dtype=torch.float64)(p)[1]
        torch.nn.LSTM(4, 3, proj_size=2, dtype=torch.float64)(p)[0]
        torch.nn.LSTM(4, 2, dtype=torch.float64)(p, (torch.ones(1, 3, 2, **g), torch.ones(1, 3, 2, **d)))[0]
        torch.nn.LSTM(3, 2, dtype=torch.float64)(a)[1]
        torch.nn.MultiheadAttention(4, 2, dtype=torch.float64)(p, p, p)[0]
        torch.nn.MultiheadAttention(4, 2, batch_first=True, dtype=torch.float64)(p, p, p)[1]
        torch.nn.MultiheadAttention(4, 1, kdim=4, vdim=4, dtype=torch.float64)(p, p * 2, p, average_attn_weights=False)[1]
        torch.nn.MultiheadAttention(4, 2, add_bias_kv=True, add_zero_attn=True, dtype=torch.float64)(p, p, p)[0]
        torch.nn.Transformer.generate_square_subsequent_mask(3)
    """,
    "whole models": """
        torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 1))(f)
        torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2)).double()(a).pow(2).mean()
        torch.nn.Sequential()(a)
        torch.nn.CrossEntropyLoss()(torch.nn.Linear(3, 4, dtype=torch.float64)(a), torch.tensor([1, 3]))
        torch.nn.utils.parameters_to_vector(torch.nn.Linear(3, 2).parameters())
        torch.nn.utils.parameters_to_vector([a, v])
    """,
}

ERRORS = """
    torch.nn.Hardsigmoid()(a)
    torch.nn.MultiheadAttention(4, 2, bias=False, dtype=torch.float64)(p, p, p, need_weights=False)[0]
    torch.nn.TransformerEncoderLayer(4, 2, 6, dropout=0.0, dtype=torch.float64)(p)
    torch.nn.TransformerEncoderLayer(4, 2, 6, dropout=0.0, norm_first=True, batch_first=True, activation="gelu", dtype=torch.float64)(p)
    torch.nn.TransformerDecoderLayer(4, 2, 6, dropout=0.0, dtype=torch.float64)(p, p * 2)
        torch.nn.Linear()
        torch.nn.Linear(3)
        torch.nn.Linear(3, 2, True, 1, 2, 3)
        torch.nn.Linear(3, 2)(torch.ones(4))
        torch.nn.Linear(3, 2)(a)
        torch.nn.Linear(3, 2)(i)
        torch.nn.Linear(3, 2)([1.0, 2.0, 3.0])
        torch.nn.Linear(3, 2)()
        torch.nn.Linear(-1, 2)
        torch.nn.Linear(2.5, 2)
        torch.nn.Conv2d(2, 3)
        torch.nn.Conv2d(3, 4, 1, groups=2)
        torch.nn.Conv2d(2, 4, 3, padding="same", stride=2)
        torch.nn.Conv2d(2, 2, 2)(torch.ones(3, 3, 3))
        torch.nn.BatchNorm1d()
        torch.nn.BatchNorm1d(3)(torch.ones(3))
        torch.nn.BatchNorm1d(3)(torch.ones(1, 3))
        torch.nn.BatchNorm2d(3)(torch.ones(2, 3))
        torch.nn.GroupNorm(2, 3)
        torch.nn.Dropout(2)
        torch.nn.Embedding(3, 2)(torch.tensor([3]))
        torch.nn.Embedding(3, 2)(torch.tensor([1.0]))
        torch.nn.Embedding(3, 2, padding_idx=5)
        torch.nn.ReLU(1, 2)
        torch.nn.Sigmoid(1)
        torch.nn.Hardtanh(2, 1)
        torch.nn.Unflatten(1, 3)
        torch.nn.HuberLoss(delta="a")
        torch.nn.MSELoss(reduction="avg")(a, b)
        torch.nn.CrossEntropyLoss()(a, b[0])
        torch.nn.RNN(4, 2)(p.float()[0, 0])
        torch.nn.RNN(4, 2)(p)
        torch.nn.RNN(5, 2, dtype=torch.float64)(p)
        torch.nn.RNN(4, 2, dtype=torch.float64)(p, torch.ones(2, 3, 2, **d))
        torch.nn.RNN(4, 2, nonlinearity="gelu")
        torch.nn.LSTM(4, 0)
        torch.nn.LSTM(4, 2, dtype=torch.float64)(p, (torch.ones(1, 3, 1, **d), torch.ones(1, 3, 2, **d)))
        torch.nn.GRU(4, 2, dropout=2)
        torch.nn.RNNCell(4, 2)(torch.ones(2, 3))
        torch.nn.RNNCell(3, 2)(torch.ones(2, 3), torch.ones(1, 2))
        torch.nn.MultiheadAttention(4, 3)
        torch.nn.MultiheadAttention(4, 2)(v, v, v)
        torch.nn.Parameter([1.0])
        torch.nn.Parameter(i)
        torch.nn.Module()(1)
        torch.nn.Module(3)
        torch.nn.Module().x
        torch.nn.Sequential(1)
        torch.nn.Sequential(torch.nn.ReLU())[3]
        torch.nn.Sequential(torch.nn.ReLU()) + 1
        torch.nn.ModuleList([1])
        torch.nn.ModuleList([torch.nn.ReLU()])(1)
        torch.nn.ModuleDict({"a": 1})
        torch.nn.ModuleDict({"a.b": torch.nn.ReLU()})
        torch.nn.ParameterList(3)
        torch.nn.Linear(2, 2).load_state_dict({})
        torch.nn.Linear(2, 2).load_state_dict(3)
        torch.nn.Linear(2, 2).to(torch.int32)
        torch.nn.Linear(2, 2).train(3)
        torch.nn.Linear(2, 2).get_submodule("x.y")
        torch.nn.Linear(2, 2).register_buffer("weight", None)
        torch.nn.Linear(2, 2).register_parameter("x", v)
        torch.nn.Linear(2, 2).add_module("x", 3)
        torch.nn.init.xavier_uniform_(torch.empty(3))
        torch.nn.init.kaiming_uniform_(torch.empty(2, 2), nonlinearity="x")
        torch.nn.init.calculate_gain("x")
        torch.bernoulli(pos)
        torch.bernoulli(i)
        torch.normal(a, -1.0)
        torch.normal(a, -pos)
        torch.multinomial(pos[0], 4)
        torch.multinomial(pos, 0)
        torch.multinomial(i, 1)
        torch.multinomial(-pos, 1)
        torch.multinomial(p, 1)
        torch.empty(2).uniform_(2, 1)
        torch.empty(2).uniform_(0, 1, 3)
        torch.empty(2).normal_(0, -1)
        torch.empty(2, dtype=torch.int64).uniform_()
        torch.empty(2, dtype=torch.int64).normal_()
        torch.empty(2).bernoulli_(2)
        torch.empty(2).random_(3, 2)
        torch.empty(2).exponential_(-1)
        v.uniform_()
        torch.nn.utils.vector_to_parameters(3, [v])
"""

NET = """
nn = torch.nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 4)
        self.b = nn.Sequential(nn.ReLU(), nn.Linear(4, 2, bias=False))
        self.register_buffer("count", torch.ones(2))
        self.register_buffer("hidden", torch.zeros(1), persistent=False)
        self.w = nn.Parameter(torch.zeros(2))
        self.l = nn.ModuleList([nn.Linear(2, 2), nn.Linear(2, 2), nn.Tanh()])
        self.d = nn.ModuleDict({"x": nn.Identity(), "y": nn.Dropout(0.2)})
        self.n = None
    def forward(self, x):
        return self.b(self.a(x)) + self.w
def attempt(function):
    try:
        print(function())
    except Exception as error:
        print(type(error).__name__, error)
net = Net()
x = torch.rand(5, 3)
"""

SCRIPTS = {
    "modules: a net prints, and has parts": NET + """
print(net)
print([(name, tuple(p.shape), p.requires_grad) for name, p in net.named_parameters()])
print([name for name, _ in net.named_modules()], [name for name, _ in net.named_children()], len(list(net.modules())))
print([name for name, _ in net.named_buffers()], sum(p.numel() for p in net.parameters()))
print(sorted(name for name in dir(net) if not name.startswith("_") and len(name) < 3))
print(net.get_submodule("b.1"), net.get_parameter("b.1.weight").shape, net.get_buffer("count"), net.d.y, net.l[0] is net.l[-3])
for c in (nn.Linear, nn.Sequential, nn.ReLU, nn.MSELoss, nn.BatchNorm1d, nn.Conv2d, nn.Embedding, nn.Parameter, nn.Module, nn.Flatten):
    print(c)
""",
    "modules: gradients, modes, dtypes": NET + """
y = net(x)
y.sum().backward()
print(y.grad_fn.name(), net.w.grad, net.a.weight.grad.shape, net.l[0].weight.grad)
net.zero_grad()
print(net.w.grad)
net(x).sum().backward()
net.zero_grad(set_to_none=False)
print(net.w.grad)
print(net.eval().training, net.d.y.training, net.train().d["y"].training)
net.double()
print(net.w.dtype, net.a.weight.grad.dtype, net.count.dtype, net(x.double()).dtype)
print(net.half().w, net.to(torch.float32).w.dtype, net.to("cpu").w.dtype)
net.requires_grad_(False)
print(net.w, any(p.requires_grad for p in net.parameters()), net(x).requires_grad)
net.apply(lambda part: print(type(part).__name__))
""",
    "modules: state dictionaries": NET + """
state = net.state_dict()
print(list(state), state._metadata)
print({k: v for k, v in state.items() if k in ("w", "count")})
print(net.load_state_dict(state), state["w"].requires_grad)
print(net.load_state_dict({"w": torch.ones(2), "zz": torch.ones(1)}, strict=False), net.w, state["w"])
attempt(lambda: net.load_state_dict({"a.weight": torch.zeros(2), "zz": 1, "q.r": torch.ones(1), "w": 3}))
print(list(net.b.state_dict(prefix="m.", keep_vars=True).values())[0].requires_grad)
class Extra(nn.Module):
    def __init__(self):
        super().__init__()
        self.p, self.q = nn.Parameter(torch.ones(1)), nn.Buffer(torch.ones(1))
    def get_extra_state(self):
        return 5
    def set_extra_state(self, state):
        print("got", state)
    def extra_repr(self):
        return "one\\ntwo"
extra = Extra()
print(extra, extra.state_dict(), extra.load_state_dict(extra.state_dict()))
attempt(lambda: extra.load_state_dict({}))
print(extra.load_state_dict({"p": torch.zeros(1), "q": torch.zeros(1)}, strict=False, assign=True), extra.p, extra.q)
""",
    "modules: what may be assigned": NET + """
def set(name, value, on=net):
    return lambda: setattr(on, name, value)
for name, value in (("w", torch.ones(2)), ("a", 3), ("count", 3), ("w", None), ("a", None), ("count", torch.zeros(3)), ("plain", 4)):
    attempt(set(name, value))
print(net.w, net.a, net.count, net.plain)
class Early(nn.Module):
    def __init__(self, value):
        self.value = value
for value in (nn.Parameter(torch.ones(1)), nn.Linear(1, 1), 3):
    attempt(lambda: Early(value).value)
for call in (lambda: net.register_buffer("a.b", None), lambda: net.register_buffer("", None), lambda: net.register_buffer(3, None),
             lambda: net.register_parameter("b", None), lambda: net.register_parameter("z", torch.ones(1)),
             lambda: net.register_parameter("z", nn.Parameter(torch.ones(1)) * 2), lambda: net.add_module("a.b", nn.Identity()),
             lambda: net.add_module("plain", nn.Identity()), lambda: net.get_submodule("b.7"), lambda: net.get_parameter("b.1.q"),
             lambda: net.get_parameter("b.1"), lambda: net.get_buffer("w"), lambda: net.zz, lambda: delattr(net, "zz")):
    attempt(call)
tied = nn.Module()
tied.a, tied.b = nn.Linear(2, 2), nn.Linear(2, 2)
tied.b.weight = tied.a.weight
print([k for k, _ in tied.named_parameters()], list(tied.state_dict()))
layer = nn.Linear(2, 1)
layer.weight.data.fill_(1.0)
layer.bias.data = torch.zeros(1)
with torch.no_grad():
    layer.weight[0, 0] = 7
print(layer.weight, layer.bias, layer(torch.tensor([[1.0, 2.0]])))
layer.bias = None
print(layer, layer.state_dict())
""",
    "modules: containers": NET + """
from collections import OrderedDict
s = nn.Sequential(nn.Linear(1, 2), nn.ReLU(), nn.Linear(2, 1))
print(s[0], s[1:], s[-1], len(s), s.append(nn.Tanh()), s.insert(1, nn.Identity()))
del s[0]
print(s, s.pop(0), s + s, 2 * s, s.extend([nn.Softmax(dim=1)]))
named = nn.Sequential(OrderedDict([("fc", nn.Linear(1, 2)), ("act", nn.ReLU())]))
print(named, named.fc, named[:1])
modules = nn.ModuleList([nn.Linear(2, 2) for _ in range(3)])
modules += [nn.ReLU(), nn.ReLU()]
print(modules, modules[1:3], modules[-1], len(modules))
modules.insert(0, nn.Tanh())
del modules[1]
print(modules, modules.pop(0), modules + [nn.Tanh()])
table = nn.ModuleDict([["a", nn.ReLU()], ["b", nn.Linear(1, 1)]])
print(table, "a" in table, list(table), list(table.items()), len(table), table.pop("a"))
parameters = nn.ParameterList([nn.Parameter(torch.ones(2)), torch.zeros(3, 2), 5])
print(parameters, parameters[0], parameters[1:], [k for k, _ in parameters.named_parameters()])
weights = nn.ParameterDict({"b": torch.ones(2), "a": nn.Parameter(torch.zeros(1))})
print(weights, weights["a"], list(weights), weights.pop("a"), len(weights), weights.get("q", 4))
for call in (lambda: s[10], lambda: s + 1, lambda: s * 0, lambda: modules[9], lambda: modules.extend(3), lambda: table["q"],
             lambda: weights[3], lambda: weights["zz"], lambda: parameters(), lambda: nn.ModuleDict([[1, 2, 3]])):
    attempt(call)
""",
    "modules: forward hooks": NET + """
handle = net.a.register_forward_hook(lambda m, args, out: print("after", m, args[0].shape, out.shape))
before = net.a.register_forward_pre_hook(lambda m, args: (args[0] * 2,))
last = net.register_forward_hook(lambda m, args, out: out * 0)
print(net(x))
for h in (handle, before, last):
    h.remove()
print(net(x).shape)
with net.register_forward_pre_hook(lambda m, args, kwargs: print("kwargs", sorted(kwargs)), with_kwargs=True):
    net(x=x)
bad = net.register_forward_pre_hook(lambda m, args, kwargs: 3, with_kwargs=True)
attempt(lambda: net(x))
bad.remove()
always = net.register_forward_hook(lambda m, args, out: print("always", out), always_call=True)
attempt(lambda: net(torch.ones(7)))
""",
    "modules: backward hooks": """
nn = torch.nn
class Two(nn.Module):
    def forward(self, x, y):
        return x * y, x + y
class Scale(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(2))
    def forward(self, x):
        return self.w * x
def show(module, grad_input, grad_output):
    print(type(module).__name__, grad_input, grad_output)
two = Two()
two.register_full_backward_hook(show)
two.register_full_backward_pre_hook(lambda module, grad_output: print("before", grad_output))
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = torch.tensor([3.0, 4.0], requires_grad=True)
z = torch.ones(2)
s, t = two(x, y)
print(s.grad_fn.name(), [fn.name() for fn, _ in s.grad_fn.next_functions])
(s.sum() + 2 * t.sum()).backward()
s, t = two(x, z)
s.sum().backward()
print(x.grad, y.grad, two(z, z)[0].grad_fn)
scale = Scale()
handle = scale.register_full_backward_hook(show)
scale(z).sum().backward()
handle.remove()
scale.register_full_backward_hook(lambda module, grad_input, grad_output: (grad_input[0] * 10,))
v = torch.ones(2, requires_grad=True)
scale(v).sum().backward()
print(v.grad)
model = nn.Sequential(Scale(), nn.Tanh())
for module in model.modules():
    module.register_full_backward_hook(show)
gradient = torch.autograd.grad(model(v).sum(), v, create_graph=True)[0]
gradient.sum().backward()
try:
    scale.register_backward_hook(show)
except RuntimeError as error:
    print(error)
old = Scale()
old.register_backward_hook(show)
old(v).sum().backward()
""",
    "modules: batch norm remembers": """
layer = torch.nn.BatchNorm1d(3, momentum=0.5)
layer(f)
print(layer.running_mean, layer.running_var, layer.num_batches_tracked, layer.weight, layer.bias)
layer.eval()
print(layer(f), layer.state_dict())
every = torch.nn.BatchNorm1d(3, momentum=None)
for k in range(3):
    every(f * k)
print(every.running_mean, every.num_batches_tracked)
every.reset_running_stats()
print(every.running_mean, every.running_var)
""",
    "modules: lazy layers": """
import copy
nn = torch.nn
layers = (nn.LazyConv2d(2, 3, padding=1), nn.LazyBatchNorm2d(), nn.Flatten(), nn.LazyLinear(4), nn.LazyLinear(1, bias=False))
net = nn.Sequential(*layers)
print(net, list(net.parameters()))
try:
    net[0].weight.shape
except RuntimeError as error:
    print(error)
again = copy.deepcopy(net[0])
print(net(torch.rand(3, 2, 4, 4)).shape, net, [tuple(p.shape) for p in net.parameters()], again)
print(net[3].bias, type(net[3]), type(net[3].weight))
""",
    "modules: padded sequences": """
rnn = torch.nn.utils.rnn
x, y = torch.ones(2, 3, requires_grad=True), torch.ones(3, 3) * 2
for options in (dict(), dict(batch_first=True, padding_value=7), dict(padding_side="left")):
    padded = rnn.pad_sequence([x, y], **options)
    x.grad = None
    (padded * torch.arange(padded.numel()).reshape(padded.shape)).sum().backward()
    print(padded, x.grad)
print(rnn.unpad_sequence(padded, torch.tensor([2, 3])), rnn.pad_sequence([torch.tensor([1, 2]), torch.tensor([3])]))
""",
    "modules: hooks of all modules": """
nn = torch.nn
after = nn.modules.module.register_module_forward_hook(lambda module, args, out: print("after", type(module).__name__))
before = nn.modules.module.register_module_forward_pre_hook(lambda module, args: print("before", type(module).__name__))
nn.Sequential(nn.ReLU())(f)
after.remove()
before.remove()
print(nn.ReLU()(f))
""",
    "modules: a parameter is a tensor": """
p = torch.nn.Parameter(torch.tensor([1.0, 2.0]))
print(type(p), [p], {"p": p}, p.data, p.detach(), p.shape, torch.nn.Parameter(p) is p, p.tolist(), p[0], p.sum(), f"{p}")
print([type(x).__name__ for x in (p.clone(), p.view(2), p[:1], p.double(), p.float(), p.data, torch.stack([p, p]))], p.float() is p)
for call in (lambda: p.add_(1), lambda: p.numpy(), lambda: setattr(p, "grad", torch.ones(3))):
    try:
        call()
    except (RuntimeError, TypeError) as error:
        print(type(error).__name__, str(error).splitlines()[0])
with torch.no_grad():
    p.mul_(3)
print(p, p._version)
s = torch.nn.Parameter(torch.tensor(2.0))
print(s, float(s), f"{s}", f"{s.item():.2f}")
try:
    f"{s:.2f}"
except TypeError as error:
    print(error)
(p ** 2).sum().backward()
handle = p.register_hook(lambda grad: grad * 10)
(p ** 2).sum().backward()
handle.remove()
print(p.grad, p.requires_grad_(False), torch.nn.Parameter(torch.zeros(0)))
""",
    "modules: copies": """
import copy
layer = torch.nn.Linear(2, 2)
layer(torch.ones(2)).sum().backward()
other = copy.deepcopy(layer)
print(other.weight is layer.weight, torch.equal(other.weight, layer.weight), other.weight.grad, type(other.weight).__name__)
print(isinstance(layer.weight, torch.nn.Parameter), isinstance(layer.weight, torch.Tensor), type(layer.weight + 1).__name__)
print(isinstance(torch.nn.Buffer(f), torch.nn.Buffer), isinstance(f, torch.nn.Parameter), layer.bias.is_leaf, layer.bias.requires_grad)
with torch.no_grad():
    layer.weight.add_(1)
print(torch.equal(other.weight, layer.weight), layer.weight._version)
""",
    "modules: an LSTM in float32": """
lstm = torch.nn.LSTM(3, 2, batch_first=True)
x = torch.rand(2, 4, 3, requires_grad=True)
output, (h, c) = lstm(x)
print(output, h, c, output.grad_fn.next_functions[0][0].name(), h.grad_fn.name())
(output.sum() + c.sum()).backward()
print(x.grad, lstm.weight_ih_l0.grad, lstm.weight_hh_l0.grad, lstm.bias_ih_l0.grad, lstm.bias_hh_l0.grad)
deep = torch.nn.LSTM(3, 2, num_layers=2, bidirectional=True)
output, (h, c) = deep(x.detach())
(output ** 2).sum().backward()
print(output.shape, h.shape, [p.grad.sum() for p in deep.parameters()])
""",
    "modules: clipped gradients": """
p1 = torch.nn.Parameter(torch.tensor([1.0, 2.0]))
p2 = torch.nn.Parameter(torch.tensor([3.0]))
def reset():
    p1.grad, p2.grad = torch.tensor([3.0, 4.0]), torch.tensor([12.0])
reset()
print(torch.nn.utils.clip_grad_norm_([p1, p2], 1.0), p1.grad, p2.grad)
reset()
print(torch.nn.utils.clip_grad_norm_(p1, 10.0), p1.grad, torch.nn.utils.clip_grad_norm_([p1, p2], 1.0, norm_type=float("inf")), p2.grad)
reset()
print(torch.nn.utils.clip_grad_norm_([p1, p2], 1.0, norm_type=1), torch.nn.utils.get_total_norm([p1.grad, p2.grad]))
reset()
torch.nn.utils.clip_grad_value_([p1, p2], 3.5)
print(p1.grad, p2.grad, torch.nn.utils.clip_grad_norm_([torch.nn.Parameter(torch.ones(1))], 1.0))
p1.grad = torch.tensor([float("inf"), 1.0])
try:
    torch.nn.utils.clip_grad_norm_([p1], 1.0, error_if_nonfinite=True)
except RuntimeError as error:
    print(error)
layer = torch.nn.Linear(2, 2)
torch.nn.utils.vector_to_parameters(torch.arange(6.0), layer.parameters())
print(layer.weight, layer.bias)
""",
}
