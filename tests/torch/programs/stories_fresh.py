# ruff: noqa: E501 - what a student types may be long
"""What a fresh pair of eyes found: programs written without a look at the others, of which some line was once wrong here.

`attempt` prints what a call gives, or the first line of what it raises, so that one program shows many of them.
"""

ATTEMPT = """
def attempt(f, *a, **k):
    try:
        print(f(*a, **k))
    except Exception as e:
        print(type(e).__name__, '|', (str(e).strip().splitlines() or [''])[0])
"""

EXPRESSIONS = {
    "layers": """
torch.nn.functional.grid_sample(p[None, None], torch.tensor([[[[[0.1, -0.3, 0.5], [0.7, 0.2, -0.6]]]]], **g), align_corners=True)
torch.nn.functional.grid_sample(p[None, None], torch.tensor([[[[[0.1, -0.3, 0.5], [1.7, 0.2, -1.6]]]]], **g), align_corners=False)
torch.nn.utils.rnn.pack_padded_sequence(p, [2, 1, 1]).data
torch.nn.utils.rnn.pad_packed_sequence(torch.nn.utils.rnn.pack_padded_sequence(p, [2, 2, 1]))[0]
""",
}

# Whose second derivative PyTorch has not.
ERRORS = """
torch.nn.functional.embedding_bag(idx, a, torch.tensor([0, 2]), mode="sum")
torch.nn.functional.embedding_bag(idx, a, torch.tensor([0, 2]))
torch.nn.functional.embedding_bag(torch.tensor([[0, 1], [1, 1]]), a, mode="max")
torch.nn.functional.embedding_bag(idx, a, torch.tensor([0, 1]), mode="sum", per_sample_weights=v)
torch.nn.functional.embedding_bag(idx, a, torch.tensor([0, 2]), padding_idx=0)
torch.nn.functional.ctc_loss(p.log_softmax(2), torch.tensor([[1], [2], [3]]), (2, 2, 1), (1, 1, 1))
torch.nn.functional.ctc_loss(p.log_softmax(2), torch.tensor([[1], [2], [3]]), (2, 2, 1), (1, 1, 1), reduction="none")
torch.nn.functional.multilabel_margin_loss(b, torch.tensor([[0, -1, 0], [1, 2, -1]]))
"""

SCRIPTS = {
    name: ATTEMPT + text
    for name, text in {
        "versions of everything": """
x = torch.zeros(3)
print(x._version)
x += 1; print(x._version)
x[0] = 2; print(x._version)
x.fill_(1); print(x._version)
x.copy_(torch.ones(3)); print(x._version)
x.data.add_(1); print(x._version)
y = x.detach(); y.add_(1); print(x._version, y._version)
z = x.clone(); z.add_(1); print(x._version, z._version)
x.zero_(); x.normal_(); x.uniform_(); x.clamp_(0, 1); print(x._version)
x.resize_(2); print(x._version)
x.requires_grad_(); print(x._version)
x.data = torch.ones(4); print(x._version, x)
with torch.autograd._unsafe_preserve_version_counter(x):
    x.data.mul_(2)
print(x, x._version)
x.t_() if x.dim() > 1 else x.unsqueeze_ if False else None
print(x.detach().unsqueeze_(0)._version)
""",
        "swapping data": """
p = torch.nn.Parameter(torch.ones(2))
y = (p * 2).sum()
p.data = torch.zeros(2)
y.backward()
print(p, p.grad)
y = (p * p).sum()
p.data = torch.full((2,), 5.)
y.backward()
print(p.grad)
attempt(lambda: setattr(p, 'data', [1, 2]))
attempt(lambda: setattr(p, 'grad', torch.ones(3)))
attempt(lambda: setattr(p, 'grad', torch.ones(2, dtype=torch.float64)))
attempt(lambda: setattr(p, 'grad', 1))
p.grad = torch.zeros(2)
print(p.grad)
del p.grad
print(p.grad)
""",
        "CopySlices saved": """
x = torch.ones(3, 3, requires_grad=True)
y = x.clone()
y[1].mul_(2)
y[:, 2] += 1
fn = y.grad_fn
print(fn, fn.name())
print(sorted(a for a in dir(fn) if not a.startswith('__'))[:30])
print([(f.name(), n) for f, n in fn.next_functions])
y.sum().backward()
print(x.grad)
""",
        "detach_ and requires_grad_ on views": """
x = torch.ones(3, requires_grad=True)
y = x * 2
y.detach_()
print(y, y.is_leaf, y.requires_grad)
z = x * 2
v = z.view(3)
attempt(lambda: v.detach_())
d = x.detach()
d.requires_grad_()
(d * 2).sum().backward()
print(d.grad, x.grad)
s = torch.ones(4)
sv = s[:2].requires_grad_()
print(sv.is_leaf, s.requires_grad, sv._is_view())
attempt(lambda: s.mul_(2))
attempt(lambda: sv.mul_(2))
""",
        "tensor hook prints": """
v = torch.tensor([0., 0., 0.], requires_grad=True)
h = v.register_hook(lambda grad: grad * 2)
print(type(h), h.id >= 0)
v.backward(torch.tensor([1., 2., 3.]))
print(v.grad)
h.remove()
v.grad = None
v.backward(torch.tensor([1., 2., 3.]))
print(v.grad)
with v.register_hook(lambda g: print('in with', g)) as hh:
    v.sum().backward()
v.sum().backward()
print(v.grad)
""",
        "hook errors": """
x = torch.ones(2, requires_grad=True)
attempt(lambda: torch.ones(2).register_hook(lambda g: g))
attempt(lambda: (x * 2).register_post_accumulate_grad_hook(lambda p: p))
attempt(lambda: torch.ones(2).retain_grad())
attempt(lambda: torch.ones(2).register_post_accumulate_grad_hook(lambda p: p))
y = x * 2
y.register_hook(lambda g: torch.ones(3))
attempt(lambda: y.sum().backward())
y = x * 2
y.register_hook(lambda g: 'a')
attempt(lambda: y.sum().backward())
y = x * 2
y.register_hook(lambda g: 1 / 0)
attempt(lambda: y.sum().backward())
y = x * 2
y.register_hook(lambda: None)
attempt(lambda: y.sum().backward())
y = x * 2
y.register_hook(lambda g: g.double())
attempt(lambda: y.sum().backward())
print(x.grad)
attempt(lambda: x.register_hook(3))
""",
        "saved tensors hooks": """
x = torch.ones(3, requires_grad=True) * 2
def pack(t):
    print('pack', t)
    return t.numpy() if not t.requires_grad else ('t', t.detach())
def unpack(o):
    print('unpack', type(o).__name__)
    return o[1] if isinstance(o, tuple) else torch.from_numpy(o)
w = torch.full((3,), 2., requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
    y = (w * x.detach()).exp()
print(y)
y.sum().backward()
print(w.grad)
attempt(lambda: torch.autograd.graph.saved_tensors_hooks(1, 2).__enter__())
with torch.autograd.graph.disable_saved_tensors_hooks('no hooks here'):
    attempt(lambda: torch.autograd.graph.saved_tensors_hooks(pack, unpack).__enter__())
""",
        "raw saved tensors": """
x = torch.ones(2, requires_grad=True)
y = x ** 2
raw = y.grad_fn._raw_saved_self
print(type(raw).__name__)
raw.register_hooks(lambda t: (print('p'), t * 1)[1], lambda t: (print('u'), t)[1])
print(y.grad_fn._saved_self)
y.sum().backward()
attempt(lambda: raw.register_hooks(lambda t: t, lambda t: t))
print(x.grad)
attempt(lambda: y.grad_fn._raw_saved_self.register_hooks(lambda t: t, lambda t: t))
""",
        "grad mode inside backward": """
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        print('fwd', torch.is_grad_enabled())
        return x.clone()
    @staticmethod
    def backward(ctx, g):
        print('bwd', torch.is_grad_enabled(), g.requires_grad)
        return g
x = torch.ones(1, requires_grad=True)
y = F.apply(x)
y.register_hook(lambda g: print('hook', torch.is_grad_enabled()))
y.backward(retain_graph=True)
torch.autograd.grad(y, x, create_graph=True)
print(y.grad_fn, y.grad_fn.name(), type(y.grad_fn), y.grad_fn.next_functions)
""",
        "custom function with ctx": """
class MyReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input):
        ctx.save_for_backward(input)
        return input.clamp(min=0)
    @staticmethod
    def backward(ctx, grad_output):
        input, = ctx.saved_tensors
        grad_input = grad_output.clone()
        grad_input[input < 0] = 0
        return grad_input
x = torch.tensor([-1., 2.], requires_grad=True)
y = MyReLU.apply(x)
print(y, y.grad_fn, y.grad_fn.name(), y.grad_fn.saved_tensors, y.grad_fn.next_functions, y.grad_fn.needs_input_grad)
y.sum().backward()
print(x.grad)
attempt(lambda: y.grad_fn.saved_tensors)
attempt(lambda: y.sum().backward())
attempt(lambda: MyReLU()(x))
attempt(lambda: MyReLU.forward(None, x))
print(MyReLU, MyReLU.__mro__[1])
""",
        "once differentiable": """
once_differentiable = torch.autograd.function.once_differentiable
class Sq(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x ** 2
    @staticmethod
    @once_differentiable
    def backward(ctx, g):
        x, = ctx.saved_tensors
        return 2 * x * g
x = torch.tensor(3., requires_grad=True)
g, = torch.autograd.grad(Sq.apply(x), x, create_graph=True)
print(g, g.grad_fn)
attempt(lambda: g.backward())
""",
        "func transforms": """
grad, vmap, jacrev, jacfwd, hessian, vjp, jvp, grad_and_value, functional_call, stack_module_state = torch.func.grad, torch.func.vmap, torch.func.jacrev, torch.func.jacfwd, torch.func.hessian, torch.func.vjp, torch.func.jvp, torch.func.grad_and_value, torch.func.functional_call, torch.func.stack_module_state
f = lambda x: torch.sin(x).sum()
x = torch.tensor([0., 1., 2.])
print(grad(f)(x), grad(grad(torch.sin))(torch.tensor(1.)), grad_and_value(f)(x))
print(vmap(grad(torch.sin))(x), jacrev(torch.sin)(x), jacfwd(torch.sin)(x), hessian(f)(x))
out, fn = vjp(torch.sin, x)
print(out, fn(torch.ones(3)))
print(jvp(torch.sin, (x,), (torch.ones(3),)))
print(vmap(torch.dot)(torch.ones(2, 3), torch.ones(2, 3)), vmap(torch.mul, in_dims=(0, None))(x, torch.tensor(2.)), vmap(lambda t: t.sum(), in_dims=1)(torch.ones(2, 3)))
attempt(lambda: grad(torch.sin)(x))
attempt(lambda: vmap(torch.dot)(torch.ones(2, 3), torch.ones(3, 3)))
attempt(lambda: vmap(lambda t: t.item())(x))
attempt(lambda: vmap(lambda t: t if t > 0 else -t)(x))
attempt(lambda: vmap(torch.sin, in_dims=2)(x))
attempt(lambda: vmap(lambda: 1)())
print(grad(lambda x, y: (x * y).sum(), argnums=(0, 1))(x, x), grad(lambda x: (x.sum(), x), has_aux=True)(x))
""",
        "forward mode dual numbers": """
fwAD = torch.autograd.forward_ad
primal = torch.tensor([1., 2.])
tangent = torch.tensor([1., 0.])
with fwAD.dual_level():
    d = fwAD.make_dual(primal, tangent)
    out = d.sin() * d
    print(out)
    u = fwAD.unpack_dual(out)
    print(u, u.primal, u.tangent)
    print(fwAD.unpack_dual(primal))
attempt(lambda: fwAD.make_dual(primal, tangent))
print(fwAD.unpack_dual(out) if False else 'left')
with fwAD.dual_level():
    attempt(lambda: fwAD.make_dual(primal, torch.ones(3)))
    attempt(lambda: fwAD.make_dual(torch.tensor([1]), torch.tensor([1])))
    lin = torch.nn.Linear(2, 2)
    print(fwAD.unpack_dual(lin(fwAD.make_dual(primal, tangent))).tangent)
""",
        "batched grad": """
x = torch.tensor([1., 2., 3.], requires_grad=True)
y = x ** 2
J = torch.autograd.grad(y, x, torch.eye(3), is_grads_batched=True)
print(J)
attempt(lambda: torch.autograd.grad(x ** 2, x, torch.eye(2), is_grads_batched=True))
print(torch.autograd.grad([x.sum(), (x * 2)[0]], [x]))
print(torch.autograd.backward([x.sum(), x.prod()]), x.grad)
attempt(lambda: torch.autograd.backward(x))
attempt(lambda: torch.autograd.backward([x], [torch.ones(2)]))
attempt(lambda: torch.autograd.backward(x.sum(), torch.ones(3)))
attempt(lambda: torch.autograd.backward(x * 1, None, inputs=()))
""",
        "nonlinear ops defined with staticmethod jvp": """
fwAD = torch.autograd.forward_ad
class Fn(torch.autograd.Function):
    @staticmethod
    def forward(ctx, foo):
        result = torch.exp(foo)
        ctx.result = result
        return result
    @staticmethod
    def jvp(ctx, gI):
        gO = gI * ctx.result
        del ctx.result
        return gO
p, t = torch.tensor([1.]), torch.tensor([2.])
with fwAD.dual_level():
    print(fwAD.unpack_dual(Fn.apply(fwAD.make_dual(p, t))).tangent)
class NoJvp(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 1
with fwAD.dual_level():
    attempt(lambda: NoJvp.apply(fwAD.make_dual(p, t)))
""",
        "forgetting super init": """
nn = torch.nn
class A(nn.Module):
    def __init__(self):
        self.l = nn.Linear(1, 1)
attempt(A)
class B(nn.Module):
    def __init__(self):
        self.p = nn.Parameter(torch.ones(1))
attempt(B)
class C(nn.Module):
    def __init__(self):
        self.x = 3
attempt(lambda: C().x)
attempt(lambda: C()(1))
class D(nn.Module):
    pass
attempt(lambda: D()(1))
attempt(lambda: D().foo)
attempt(lambda: D()(1, 2))
class E(nn.Module):
    def forward(self, x):
        return x
attempt(lambda: E()())
attempt(lambda: setattr(D(), 'training', 3))
attempt(lambda: E().register_parameter('a.b', None))
attempt(lambda: E().register_parameter('a', torch.ones(1)))
attempt(lambda: E().register_buffer('forward', torch.ones(1)))
attempt(lambda: E().add_module('x', 3))
attempt(lambda: E().train('x'))
d = nn.Linear(1, 1)
attempt(lambda: setattr(d, 'weight', torch.ones(1, 1)))
attempt(lambda: d.register_parameter('p', (d.weight * 2)))
attempt(lambda: d.get_parameter('foo'))
attempt(lambda: d.get_submodule('foo'))
""",
        "shape errors in layers": """
nn = torch.nn
attempt(lambda: nn.Linear(3, 2)(torch.ones(2, 4)))
attempt(lambda: nn.Linear(3, 2)(torch.ones(4)))
attempt(lambda: nn.Linear(3, 2)(torch.ones(2, 3, dtype=torch.long)))
attempt(lambda: nn.Linear(3, 2)([1, 2, 3]))
attempt(lambda: nn.Conv2d(3, 2, 3)(torch.ones(2, 4, 5, 5)))
attempt(lambda: nn.Conv2d(3, 2, 3)(torch.ones(4, 5)))
attempt(lambda: nn.BatchNorm1d(3)(torch.ones(2, 4)))
attempt(lambda: nn.BatchNorm2d(3)(torch.ones(2, 3)))
attempt(lambda: nn.LayerNorm(3)(torch.ones(2, 4)))
attempt(lambda: nn.Embedding(3, 2)(torch.tensor([5])))
attempt(lambda: nn.LSTM(3, 2)(torch.ones(2, 4)))
attempt(lambda: nn.GroupNorm(3, 4))
attempt(lambda: nn.GroupNorm(2, 4)(torch.ones(1, 3)))
attempt(lambda: nn.MaxPool2d(2)(torch.ones(3)))
attempt(lambda: nn.Conv2d(3, 4, 3, groups=2))
attempt(lambda: nn.MultiheadAttention(5, 2))
attempt(lambda: nn.CrossEntropyLoss()(torch.ones(2, 3), torch.ones(2, 4)))
attempt(lambda: nn.BCELoss()(torch.tensor([2.]), torch.tensor([1.])))
attempt(lambda: nn.Flatten()(torch.ones(())))
attempt(lambda: nn.Unflatten(1, (2, 2))(torch.ones(1, 5)))
attempt(lambda: nn.Bilinear(2, 2, 1)(torch.ones(1, 3), torch.ones(1, 2)))
attempt(lambda: nn.Linear(2))
attempt(lambda: nn.Linear(2, 2, foo=1))
attempt(lambda: nn.Sequential(1, 2))
attempt(lambda: nn.Sequential(nn.ReLU())[3])
attempt(lambda: nn.ModuleList([1]))
attempt(lambda: nn.ModuleList([nn.ReLU()])(1))
attempt(lambda: nn.ModuleDict({1: nn.ReLU()}))
""",
        "rnn family": """
nn = torch.nn
torch.manual_seed(0)
x = torch.randn(3, 2, 4)
for cls in (nn.RNN, nn.LSTM, nn.GRU):
    m = cls(4, 3, num_layers=2, batch_first=True)
    out, h = m(x)
    print(m, out.shape, out[0, 0], out.grad_fn.name())
    out.sum().backward()
    print(m.weight_ih_l0.grad.sum(), [n for n, _ in m.named_parameters()])
cell = nn.LSTMCell(4, 3)
h, c = cell(x[0])
print(h, c)
print(nn.RNN(4, 3, nonlinearity='relu')(x)[1].shape, nn.GRU(4, 3, bidirectional=True)(x)[0].shape)
packed = nn.utils.rnn.pack_padded_sequence(x, [2, 1, 1], batch_first=True)
print(packed.batch_sizes, packed.data.shape)
print(nn.utils.rnn.pad_sequence([torch.ones(2), torch.ones(3)], batch_first=True), nn.utils.rnn.pad_packed_sequence(nn.RNN(4, 1, batch_first=True)(packed)[0])[1])
""",
        "losses as modules": """
nn = torch.nn
x = torch.tensor([[.5, -1.], [2., .3]], requires_grad=True)
y = torch.tensor([[1., 0.], [0., 1.]])
for l in (nn.MSELoss(), nn.L1Loss(reduction='sum'), nn.SmoothL1Loss(beta=.5), nn.HuberLoss(), nn.BCEWithLogitsLoss(pos_weight=torch.tensor([2., 1.])), nn.KLDivLoss(reduction='batchmean'), nn.HingeEmbeddingLoss(), nn.MultiLabelMarginLoss() if False else nn.SoftMarginLoss(), nn.MultiLabelSoftMarginLoss(), nn.PoissonNLLLoss(), nn.GaussianNLLLoss()):
    v = l(x, y, torch.ones(2, 2)) if isinstance(l, nn.GaussianNLLLoss) else l(x, y)
    print(l, v, torch.autograd.grad(v, x))
t = torch.tensor([0, 1])
for l in (nn.CrossEntropyLoss(label_smoothing=.1), nn.NLLLoss(), nn.MultiMarginLoss()):
    print(l, l(x, t))
print(nn.TripletMarginLoss()(x, x + 1, x - 1), nn.CosineEmbeddingLoss()(x, y, torch.tensor([1., -1.])), nn.MarginRankingLoss()(x[0], y[0], torch.tensor([1., -1.])))
print(nn.CTCLoss()(torch.randn(5, 1, 3).log_softmax(2), torch.tensor([[1, 2]]), torch.tensor([5]), torch.tensor([2])))
""",
        "embedding bag and padding idx": """
nn = torch.nn
torch.manual_seed(0)
e = nn.Embedding(5, 3, padding_idx=0)
print(e, e.weight)
out = e(torch.tensor([[0, 1], [1, 2]]))
out.sum().backward()
print(e.weight.grad)
print(nn.Embedding.from_pretrained(torch.ones(2, 2)).weight.requires_grad, nn.Embedding(3, 2, max_norm=1.))
b = nn.EmbeddingBag(5, 3, mode='sum')
print(b)
print(b(torch.tensor([1, 2, 4, 3]), torch.tensor([0, 2])))
""",
        "weight norm and spectral norm": """
nn = torch.nn
torch.manual_seed(0)
m = nn.utils.parametrizations.weight_norm(nn.Linear(2, 3))
print(m, [n for n, _ in m.named_parameters()])
print(m(torch.ones(1, 2)))
s = nn.utils.parametrizations.spectral_norm(nn.Linear(2, 3))
print(s(torch.ones(1, 2)))
class Sym(nn.Module):
    def forward(self, X):
        return X.triu() + X.triu(1).transpose(-1, -2)
l = nn.Linear(2, 2)
nn.utils.parametrize.register_parametrization(l, 'weight', Sym())
print(l, l.weight, l.parametrizations.weight.original)
nn.utils.parametrize.remove_parametrizations(l, 'weight')
print(l)
""",
        "optimizer hooks": """
w = torch.ones(1, requires_grad=True)
o = torch.optim.SGD([w], lr=.1)
o.register_step_pre_hook(lambda opt, args, kw: print('pre', args, kw))
h = o.register_step_post_hook(lambda opt, args, kw: print('post', w))
(w * 3).backward(); o.step()
h.remove()
o.step()
o.register_state_dict_post_hook(lambda opt, sd: print('sd', list(sd)))
o.state_dict()
o.register_load_state_dict_pre_hook(lambda opt, sd: print('ld'))
o.load_state_dict(o.state_dict())
""",
        "loader with generator repeated epochs": """
DataLoader = torch.utils.data.DataLoader
g = torch.Generator().manual_seed(3)
dl = DataLoader(range(5), batch_size=5, shuffle=True, generator=g)
for epoch in range(3):
    print(epoch, next(iter(dl)))
torch.manual_seed(3)
dl = DataLoader(range(5), batch_size=2, shuffle=True)
for epoch in range(2):
    print([b.tolist() for b in dl], torch.rand(1))
print(repr(type(dl)), type(iter(dl)).__name__)
""",
        "functional argument errors": """
F = torch.nn.functional
x = torch.ones(2, 3)
attempt(lambda: F.softmax(x, dim=5))
attempt(lambda: F.relu('a'))
attempt(lambda: F.linear(x, torch.ones(2, 2)))
attempt(lambda: F.linear(x, torch.ones(2, 3), torch.ones(3)))
attempt(lambda: F.mse_loss(x, 1))
attempt(lambda: F.mse_loss(x, x, reduction='foo'))
attempt(lambda: F.cross_entropy(x, torch.tensor([0, 1]), reduction='foo'))
attempt(lambda: F.cross_entropy(x[0], torch.tensor([0, 1])))
attempt(lambda: F.nll_loss(x, torch.tensor([0, 5])))
attempt(lambda: F.nll_loss(x, torch.tensor([0, -1])))
attempt(lambda: F.binary_cross_entropy_with_logits(x, torch.ones(2)))
attempt(lambda: F.huber_loss(x, x, delta=-1))
attempt(lambda: F.smooth_l1_loss(x, x, beta=-1))
attempt(lambda: F.glu(x))
attempt(lambda: F.conv1d(x, x))
attempt(lambda: F.avg_pool2d(x, 2))
attempt(lambda: F.max_pool1d(torch.ones(1, 1, 4), 2, padding=2))
attempt(lambda: F.normalize(x, dim=3))
attempt(lambda: F.interpolate(x, size=3))
attempt(lambda: F.cosine_similarity(x, torch.ones(2, 4)))
attempt(lambda: F.triplet_margin_loss(x, x, torch.ones(3, 3)))
attempt(lambda: F.layer_norm(x, 3))
attempt(lambda: F.gumbel_softmax(x, tau=0))
attempt(lambda: F.leaky_relu(x, 'a'))
attempt(lambda: F.pad(x, 1))
attempt(lambda: F.unfold(x, 2))
attempt(lambda: F.kl_div(x, x))
attempt(lambda: F.l1_loss(x, torch.ones(3, 2)))
attempt(lambda: F.multilabel_margin_loss(x, x))
""",
        "autograd argument errors": """
x = torch.ones(2, requires_grad=True)
y = x * 2
attempt(lambda: torch.autograd.grad(y, x, torch.ones(3)))
attempt(lambda: torch.autograd.grad(y.sum(), 'x'))
attempt(lambda: torch.autograd.grad('y', x))
attempt(lambda: torch.autograd.grad(y.sum(), []))
attempt(lambda: torch.autograd.grad([], [x]))
attempt(lambda: torch.autograd.grad(y.sum(), x, allow_unused=False, materialize_grads=False))
attempt(lambda: torch.autograd.grad(y.sum(), x, allow_unused=False, materialize_grads=True))
attempt(lambda: torch.autograd.grad(y, x, 1.))
attempt(lambda: torch.autograd.grad(y, x, torch.ones(2, dtype=torch.long)))
attempt(lambda: torch.autograd.grad(y, x, torch.ones(2).double()))
attempt(lambda: torch.autograd.backward(y, [torch.ones(2), torch.ones(2)]))
attempt(lambda: torch.autograd.backward([y, y], torch.ones(2)))
attempt(lambda: torch.autograd.backward('y'))
attempt(lambda: torch.set_grad_enabled('a'))
attempt(lambda: torch.no_grad(3))
attempt(lambda: torch.autograd.grad(x.int().sum(), x))
attempt(lambda: x.argmax().backward())
attempt(lambda: (x > 0).sum().backward())
attempt(lambda: x.register_hook(lambda g: None))
attempt(lambda: x.retain_grad())
attempt(lambda: torch.autograd.Variable(torch.ones(2), requires_grad=True))
attempt(lambda: x.grad.zero_())
attempt(lambda: setattr(x, 'is_leaf', 1))
attempt(lambda: setattr(x, 'grad_fn', 1))
attempt(lambda: setattr(x, 'shape', 1))
attempt(lambda: setattr(x, 'dtype', 1))
attempt(lambda: setattr(x, 'requires_grad', 2))
attempt(lambda: setattr(x, '_version', 1))
x.foo = 3
print(x.foo)
""",
        "ctx misuse": """
class A(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.x = x
        ctx.extra = {'a': 1}
        return x.clone()
    @staticmethod
    def backward(ctx, g):
        print(ctx.extra, ctx.x.shape, hasattr(ctx, 'nothing'))
        return g
x = torch.ones(1, requires_grad=True)
y = A.apply(x)
y.backward(retain_graph=True); y.backward()
attempt(lambda: y.grad_fn.nothing)
attempt(lambda: A.apply())
attempt(lambda: A.apply(x, x))
attempt(lambda: A.apply([x]))
attempt(lambda: A.apply(3))
attempt(lambda: A.backward(None, x))
class B(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = x * 2
        ctx.save_for_backward(x, y)
        return y
    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        return g + 0 * y
z = B.apply(x)
z.mul_(3)
attempt(lambda: z.backward())
z2 = B.apply(x)
with torch.no_grad(): x.add_(1)
attempt(lambda: z2.backward())
class C(torch.autograd.Function):
    @staticmethod
    def forward(ctx, *xs, flag=True):
        return xs[0]
    @staticmethod
    def backward(ctx, g): return g
attempt(lambda: C.apply(x, flag=False))
print(C.apply(x) is x, C.apply(x).grad_fn)
""",
        "printing inside grad": """
def f(x):
    y = x.sin()
    print(x, y.sum())
    print(type(x), x.shape, x.requires_grad, y.grad_fn is not None)
    return y.sum()
print(torch.func.grad(f)(torch.tensor([0., 1.])))
def g(x):
    print('outer', x)
    return torch.func.grad(lambda t: (print('inner', t), t ** 3)[1])(x)
print(torch.func.grad(g)(torch.tensor(2.)))
""",
        "multilabel margin": """
F = torch.nn.functional
x=torch.tensor([[.1,.2,.4,.8]],requires_grad=True); t=torch.tensor([[3,0,-1,1]])
y=F.multilabel_margin_loss(x,t); print(y, torch.autograd.grad(y,x), [(n, getattr(y.grad_fn, n)) for n in dir(y.grad_fn) if n.startswith('_saved')])
print(F.multilabel_margin_loss(x,t,reduction='none'),F.multilabel_margin_loss(x[0],t[0]), F.multilabel_margin_loss(x,t,reduction='sum'))
attempt(lambda: F.multilabel_margin_loss(x,t[:,:2]))
x=torch.randn(3,4,requires_grad=True); y=torch.nn.MultiLabelMarginLoss(reduction='none')(x, torch.tensor([[0,-1,0,0],[1,2,3,0],[3,2,-1,-1]])); print(y, torch.autograd.grad(y, x, torch.tensor([1.,2.,3.])))
""",
        "unpool modules": """
p = torch.nn.MaxPool2d(2, stride=2, return_indices=True); u = torch.nn.MaxUnpool2d(2, stride=2)
x = torch.arange(16.).reshape(1, 1, 4, 4).requires_grad_()
y, i = p(x)
print(u, u(y, i), u(y, i, output_size=torch.Size([1, 1, 5, 5])), torch.nn.MaxUnpool1d(2))
u(y, i).pow(2).sum().backward(); print(x.grad)
print(torch.nn.ChannelShuffle(2)(torch.arange(4.).reshape(1, 4, 1, 1)).flatten(), torch.nn.ChannelShuffle(2))
""",
        "old norms": """
m = torch.nn.utils.weight_norm(torch.nn.Linear(2, 3))
print(m, [(n, p.shape) for n, p in m.named_parameters()], m.weight)
m(torch.ones(1, 2)).sum().backward()
print(m.weight_g.grad, m.weight_v.grad)
torch.nn.utils.remove_weight_norm(m); print(m.weight, [n for n, _ in m.named_parameters()])
attempt(lambda: torch.nn.utils.remove_weight_norm(m))
s = torch.nn.utils.spectral_norm(torch.nn.Linear(2, 3))
print(s.state_dict().keys(), s(torch.ones(1, 2)), s.weight_u)
s(torch.ones(1, 2)).sum().backward(); print(s.weight_orig.grad)
print(torch.nn.utils.remove_spectral_norm(s).weight)
""",
        "parametrize more": """
nn = torch.nn
P = torch.nn.utils.parametrize
class Skew(nn.Module):
    def forward(self, X):
        A = X.triu(1); return A - A.T
    def right_inverse(self, A): return A.triu(1)
class Exp(nn.Module):
    def forward(self, A): return torch.matrix_exp(A)
l = nn.Linear(3, 3)
P.register_parametrization(l, 'weight', Skew()); P.register_parametrization(l, 'weight', Exp())
print(l, torch.allclose(l.weight.T @ l.weight, torch.eye(3), atol=1e-5), [n for n, _ in l.named_parameters()])
l(torch.ones(1, 3)).sum().backward(); print(l.parametrizations.weight.original.grad)
print(P.is_parametrized(l), P.is_parametrized(l, 'bias'), P.type_before_parametrizations(l), type(l))
with P.cached(): print(l.weight is l.weight)
print(l.weight is l.weight)
attempt(lambda: setattr(l, 'weight', torch.ones(3, 3)))
k = nn.Linear(2, 2); P.register_parametrization(k, 'weight', Skew()); k.weight = torch.tensor([[0., 5.], [-5., 0.]]); print(k.weight, k.state_dict())
P.remove_parametrizations(k, 'weight', leave_parametrized=False); print(k, k.weight, type(k))
class Bad(nn.Module):
    def forward(self, X): return X[0]
attempt(lambda: P.register_parametrization(nn.Linear(2, 2), 'weight', Bad()))
attempt(lambda: P.register_parametrization(nn.Linear(2, 2), 'foo', Bad()))
attempt(lambda: P.remove_parametrizations(nn.Linear(2, 2), 'weight'))
o = nn.utils.parametrizations.orthogonal(nn.Linear(3, 3)); print(o.weight.shape, torch.dist(o.weight.T @ o.weight, torch.eye(3)) < 1e-5, o)
import copy
c = copy.deepcopy(l); print(torch.equal(c.weight, l.weight), c.weight.grad_fn)
""",
        "missing names": """
attempt(lambda: torch.nn.SyncBatchNormFoo)
attempt(lambda: torch.optim.Foo)
attempt(lambda: torch.nn.utils.foo)
attempt(lambda: torch.linalg.foo)
attempt(lambda: torch.autograd.foo)
attempt(lambda: torch.utils.data.Foo)
attempt(lambda: torch.optim.lr_scheduler.Foo)
attempt(lambda: torch.nn.init.foo)
attempt(lambda: torch.ones(1).foo)
attempt(lambda: torch.nn.Linear.foo)
attempt(lambda: torch.distributions.Foo)
attempt(lambda: torch.func.foo)
attempt(lambda: torch.utils.foo)
""",
        "packed": """
nn = torch.nn
pack_padded_sequence, pad_packed_sequence, PackedSequence, pack_sequence, unpack_sequence = torch.nn.utils.rnn.pack_padded_sequence, torch.nn.utils.rnn.pad_packed_sequence, torch.nn.utils.rnn.PackedSequence, torch.nn.utils.rnn.pack_sequence, torch.nn.utils.rnn.unpack_sequence
x=torch.randn(3,4,2,requires_grad=True)
p=pack_padded_sequence(x,[4,2,1],batch_first=True); print(p)
q,l=pad_packed_sequence(p,batch_first=True); print(q,l); print(q.grad_fn, q.grad_fn.next_functions, q.grad_fn.next_functions[0][0].next_functions)
p2=pack_padded_sequence(x,torch.tensor([1,4,2]),batch_first=True,enforce_sorted=False); print(p2.sorted_indices,p2.unsorted_indices)
for a in (([4,5,1],),([1,2,3],),([4,2],),([4,2,0],)):
    attempt(lambda: pack_padded_sequence(x,*a,batch_first=True))
def names(f):
    seen={};st=[f]
    while st:
        g=st.pop()
        if g is None or g in seen: continue
        seen[g]=1; st+= [n for n,_ in g.next_functions][::-1]
    return [g.name().replace('Backward0','') for g in seen]
for m in (nn.GRU(2,3,batch_first=True), nn.RNN(2,3,bidirectional=True)):
    for pp in (p, p2):
        o,h=m(pp)
        x.grad = None
        o.data.sum().backward(retain_graph=True)
        print(o, h, x.grad)
        print(names(o.data.grad_fn))
        print(names((h if isinstance(h, torch.Tensor) else h[1]).grad_fn))
print(unpack_sequence(pack_sequence([torch.ones(3), torch.zeros(2)])), p._fields)
""",
        "module to_empty meta style": """
nn = torch.nn
m = nn.Linear(2, 2)
print(m.parameters(), list(m.parameters())[0].shape, next(m.parameters()).device, next(m.children(), None))
print(m.extra_repr(), m.__class__.__name__, m.in_features, m.out_features, m.bias.shape)
for a in 'weight bias training in_features _parameters _buffers _modules _forward_hooks'.split(): print(a, hasattr(m, a))
print(isinstance(m, nn.Module), issubclass(nn.Linear, nn.Module), nn.Linear.__init__.__qualname__, nn.Linear.forward.__qualname__)
print(m.get_parameter('weight') is m.weight, m.get_submodule('') is m)
m.requires_grad_(False); print(m.weight.requires_grad)
attempt(lambda: m.load_state_dict('x'))
attempt(lambda: m.load_state_dict({'weight': 1, 'bias': m.bias}))
attempt(lambda: m.state_dict('a'))
print(m.state_dict(prefix='p.'), m.state_dict(keep_vars=True)['weight'] is m.weight)
""",
        "loss module errors and warnings": """
nn = torch.nn
x, y = torch.randn(3, requires_grad=True), torch.randn(3, 1)
print(nn.MSELoss()(x, y).shape)
attempt(lambda: nn.MSELoss(reduction='bad')(x, x)); attempt(lambda: nn.MSELoss(size_average=False)(x, x).shape); attempt(lambda: nn.CrossEntropyLoss(weight=torch.ones(2))(torch.ones(1, 3), torch.tensor([0]))); attempt(lambda: nn.CrossEntropyLoss()(torch.ones(3), torch.tensor(1))); attempt(lambda: nn.CrossEntropyLoss()(torch.ones(3), torch.tensor([1, 1, 1]))); attempt(lambda: nn.CrossEntropyLoss(ignore_index=0)(torch.ones(2, 3), torch.tensor([0, 0]))); attempt(lambda: nn.CrossEntropyLoss(label_smoothing=2.)(torch.ones(2, 3), torch.tensor([0, 0]))); attempt(lambda: nn.NLLLoss()(torch.ones(2, 3), torch.tensor([0., 1.]))); attempt(lambda: nn.BCELoss()(torch.ones(2), torch.ones(3))); attempt(lambda: nn.KLDivLoss()(torch.ones(2).log_softmax(0), torch.ones(2) / 2)); attempt(lambda: nn.BCEWithLogitsLoss(pos_weight=torch.ones(2))(torch.ones(3), torch.ones(3))); attempt(lambda: nn.SmoothL1Loss(beta=-1.)(x, x)); attempt(lambda: nn.HuberLoss(delta=0.)(x, x)); attempt(lambda: nn.GaussianNLLLoss()(x, x, -torch.ones(3))); attempt(lambda: nn.TripletMarginLoss(margin=-1)); attempt(lambda: nn.CosineEmbeddingLoss()(torch.ones(2, 2), torch.ones(2, 2), torch.ones(3))); attempt(lambda: nn.MSELoss()(x)); attempt(lambda: nn.MSELoss(x, y))
""",
        "backward hook shapes on modules": """
nn = torch.nn
l = nn.Linear(2, 3)
l.register_full_backward_hook(lambda m, gi, go: print(type(gi), [g if g is None else g.shape for g in gi], [g.shape for g in go]))
l(torch.ones(4, 2)).sum().backward(); l(torch.ones(4, 2, requires_grad=True)).sum().backward()
l.register_full_backward_hook(lambda m, gi, go: (gi[0] * 0,)); x = torch.ones(1, 2, requires_grad=True); l(x).sum().backward(); print(x.grad, l.weight.grad[0])
l2 = nn.Linear(2, 2); l2.register_backward_hook(lambda m, gi, go: print('old', [None if g is None else g.shape for g in gi])); l2(torch.ones(1, 2)).sum().backward()
attempt(lambda: l2.register_full_backward_hook(lambda *a: None)); l3 = nn.ReLU(inplace=True); l3.register_full_backward_hook(lambda *a: None); attempt(lambda: l3(torch.ones(2, requires_grad=True) * 1).sum().backward())
l4 = nn.Linear(1, 1); l4.register_full_backward_hook(lambda m, gi, go: 3); attempt(lambda: l4(torch.ones(1, requires_grad=True)).backward()); l4.register_full_backward_pre_hook(lambda m, go: (go[0] * 2,)); attempt(lambda: l4(torch.ones(1)).backward())
""",
        "dunder and python protocol": """
import copy, pickle
x = torch.tensor([1., 2.], requires_grad=True)
print(x.__class__, type(x).__mro__[:1], callable(x), isinstance(x, torch.Tensor), hasattr(x, '__array__'), hasattr(x, '__len__'), x.__repr__() == repr(x))
print(divmod(torch.tensor(7), 2) if hasattr(torch.Tensor, '__divmod__') else 'no divmod'); print(abs(x), -x, +x, x // 1, x % 2, 2 - x, 2 / x, 2 ** x, x @ x, 3 // x.detach(), 5 % x.detach())
y = x.detach().clone(); y += 1; y -= 1; y *= 2; y /= 2; y **= 2; y //= 1; y %= 3; print(y)
z = torch.tensor([3, 5]); z <<= 1; z >>= 1; z &= 7; z |= 8; z ^= 1; print(z, ~z, z == z, z != 3, z < 4, [a.item() for a in z], max(z), sum(z), any(z > 3), all(z > 0), list(map(int, z)), sorted(z.tolist()))
print(copy.deepcopy(y), copy.copy(y) is y); attempt(lambda: pickle.loads(pickle.dumps(y))); print(bool(torch.tensor(0)), int(torch.tensor(3.9)), float(torch.tensor(2)), complex(torch.tensor(2.)) if hasattr(torch.Tensor, '__complex__') else '', hash(x) == hash(x), len({x, x}), x in [x] if False else '')
print({x: 1}[x], (x == x).all().item(), x is x.data, id(x) == id(x), [*x], *x.tolist()); a, b = x; print(a, b); attempt(lambda: exec('a, b, c = x', {'x': x})); print(list(enumerate(y)), list(reversed(y)) if hasattr(torch.Tensor, '__reversed__') else '', y.__reversed__() if hasattr(torch.Tensor, '__reversed__') else '')
""",
        "spec: dir of nodes": """
x = torch.ones(2, 2, requires_grad=True)
for t in (x * 2, x.sum(), x[0], x @ x, torch.cat([x, x]), x.max(0)[0]): print([a for a in dir(t.grad_fn) if not a.startswith('__')])
acc = (x * 2).grad_fn.next_functions[0][0]; print([a for a in dir(acc) if not a.startswith('__')])
y = x * 1; y[0] = 0; print([a for a in dir(y.grad_fn) if not a.startswith('__')])
""",
        "docs: set_multithreading": """
x = torch.ones(2, requires_grad=True)
with torch.autograd.set_multithreading_enabled(False):
    (x * 2).sum().backward()
print(x.grad)
with torch.autograd.grad_mode.set_grad_enabled(False): print((x * 2).requires_grad)
print(torch.autograd.grad_mode.no_grad, torch.autograd.gradcheck.GradcheckError if hasattr(torch.autograd.gradcheck, 'GradcheckError') else '')
""",
        "docs: jvp functional and save_for_forward": """
fwAD = torch.autograd.forward_ad
class Mul(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, b, k):
        ctx.save_for_backward(a, b); ctx.save_for_forward(a, b); ctx.k = k
        return a * b * k
    @staticmethod
    def jvp(ctx, ta, tb, _):
        a, b = ctx.saved_tensors
        return (ta * b + a * tb) * ctx.k
    @staticmethod
    def backward(ctx, g):
        a, b = ctx.saved_tensors
        return g * b * ctx.k, g * a * ctx.k, None
a, b = torch.tensor([2.]), torch.tensor([3.])
with fwAD.dual_level():
    out = Mul.apply(fwAD.make_dual(a, torch.ones(1)), fwAD.make_dual(b, torch.zeros(1)), 2)
    print(out, fwAD.unpack_dual(out).tangent)
print(torch.autograd.gradcheck(Mul.apply, (a.double().requires_grad_(), b.double().requires_grad_(), 2), check_forward_ad=True))
""",
        "docs: pack hook returning wrong": """
x = torch.ones(1, requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(lambda t: 'a', lambda s: s): y = x ** 2
attempt(lambda: y.backward())
def bad(t): t.add_(1); return t
with torch.autograd.graph.saved_tensors_hooks(bad, lambda s: s): attempt(lambda: (x * 1) ** 2)
with torch.autograd.graph.saved_tensors_hooks(lambda t: 1 / 0, lambda s: s): attempt(lambda: x ** 2)
""",
        "docs: variable api": """
Variable = torch.autograd.Variable
v = Variable(torch.ones(2), requires_grad=True); print(v, type(v), isinstance(v, Variable), v.data, v.grad_fn); (v * 2).sum().backward(); print(v.grad); attempt(lambda: Variable([1])); attempt(lambda: Variable(torch.ones(1), volatile=True))
""",
        "adafactor": """
w = torch.nn.Parameter(torch.tensor([[1., -2., .5], [3., 1., 2.]])); b = torch.nn.Parameter(torch.tensor([1., 2.]))
for kw in ({}, dict(lr=.1, weight_decay=.1, d=2.), dict(eps=(1e-8, 1e-2), maximize=True)):
    o = torch.optim.Adafactor([w, b], **kw)
    for _ in range(3): o.zero_grad(); ((w ** 2).sum() + (b ** 3).sum()).backward(); o.step()
    print(w, b, o.state[w], o.state[b])
print(o); attempt(lambda: torch.optim.Adafactor([w], lr=-1)); attempt(lambda: torch.optim.Adafactor([w], d=.5)); attempt(lambda: torch.optim.Adafactor([w], beta2_decay=1))
""",
        "a tensor hook gives no tuple": """
for r in (lambda g: (g,), lambda g: [g], lambda g: None, lambda g: g * 2):
    x = torch.ones(2, requires_grad=True); x.register_hook(r); attempt(lambda: (x * 3).sum().backward()); print(x.grad)
""",
        "node hooks see what the inputs will get": """
a, b = torch.ones(2, 1, requires_grad=True), torch.ones(3, requires_grad=True); y = a * b
y.grad_fn.register_hook(lambda gi, go: print([g.shape for g in gi], [g.shape for g in go])); y.sum().backward(); print(a.grad, b.grad)
l = torch.nn.Linear(2, 1); o = l(torch.ones(3, 2)); o.grad_fn.register_hook(lambda gi, go: print([None if g is None else g.shape for g in gi])); o.sum().backward()
e = torch.ones(2, requires_grad=True) + torch.ones(2, dtype=torch.double); e.grad_fn.register_hook(lambda gi, go: print(gi)); e.sum().backward()
""",
        "without parentheses": """
x = torch.arange(6.).reshape(2, 3); loss = x.sum()
print(x.size, x.numel, loss.item, x.shape, torch.Tensor.item)
attempt(lambda: x.size[0]); attempt(lambda: x.shape()); attempt(lambda: loss.item + 1); attempt(lambda: x.dtype()); attempt(lambda: x.detach.numpy()); attempt(lambda: len(x.size)); attempt(lambda: x.T())
""",
        "which way a result lies": """
def lies(*tensors): print(*[t.stride() for t in tensors], *[t.is_contiguous() for t in tensors])
x, y, z = torch.arange(12.).reshape(3, 4), torch.ones(4, 3), torch.ones(2, 3, 4)
lies(x.t() + y, y + x.t(), x.t()[::2] * y[::2], y[::2] * x.t()[::2], x.t() + 1, 2 - x.t(), x.t() + torch.ones(3), torch.ones(3) + x.t())
lies(x.t() < y, torch.maximum(x.t(), y), torch.atan2(x.t(), y), x.t() / y, x.t().double() + y, y.double() + x.t())
lies(torch.where(x.t() > 0, x.t(), y), torch.where(y > 0, x.t(), y), torch.where(x.t() > 0, y, y))
lies(z.transpose(0, 2) * z.transpose(0, 2).contiguous(), z.transpose(0, 2).contiguous() * z.transpose(0, 2))
w = x.t().clone().requires_grad_(); v = y.clone().requires_grad_(); (w * v + v).sum().backward(); lies(w.grad, v.grad); print((w * v).reshape(-1)[:5])
""",
        "shapes that do not fit": """
F = torch.nn.functional
attempt(lambda: F.cosine_embedding_loss(torch.ones(2, 2), torch.ones(2, 2), torch.ones(3)))
attempt(lambda: F.multi_margin_loss(torch.ones(2, 3), torch.tensor([0])))
attempt(lambda: torch.normal(torch.ones(2), torch.ones(3)))
attempt(lambda: torch.nn.Linear(1, 1).cuda()); attempt(lambda: torch.ones(1).to('mps')); attempt(lambda: torch.load('nofile.pt'))
attempt(lambda: list(torch.utils.data.WeightedRandomSampler([1.], 2, replacement=False)))
x = torch.zeros(2); print(x.copy_(1), x.copy_(2.5))
""",
        "swa": """
nn = torch.nn
torch.manual_seed(0); m = nn.Sequential(nn.Linear(1, 2), nn.BatchNorm1d(2)); o = torch.optim.SGD(m.parameters(), lr=.01)
avg = torch.optim.swa_utils.AveragedModel(m, avg_fn=torch.optim.swa_utils.get_ema_avg_fn(.9)); sch = torch.optim.swa_utils.SWALR(o, swa_lr=.05, anneal_epochs=3, anneal_strategy='linear')
for i in range(4): o.zero_grad(); (m(torch.tensor([[1.], [2.]])) ** 2).sum().backward(); o.step(); avg.update_parameters(m); sch.step(); print(f'{avg.module[0].weight[0].item():.4f}', o.param_groups[0]['lr'])
print(avg, avg.n_averaged, sch.state_dict()); torch.optim.swa_utils.update_bn([torch.ones(2, 1), torch.zeros(3, 1)], avg); print(avg.module[1].running_mean, avg.module[1].num_batches_tracked)
attempt(lambda: torch.optim.swa_utils.get_ema_avg_fn(2)); attempt(lambda: torch.optim.swa_utils.SWALR(o, .1, anneal_strategy='x'))
""",
        "pruning": """
nn, optim = torch.nn, torch.optim
torch.manual_seed(0)
__import__(torch.__name__ + '.nn.utils.prune'); prune = nn.utils.prune
module = nn.Conv2d(1, 2, 3)
print(list(module.named_parameters())[1], list(module.named_buffers()))
prune.random_unstructured(module, name="weight", amount=0.3)
print([n for n, _ in module.named_parameters()], [n for n, _ in module.named_buffers()])
print(module.weight); print([type(h) for h in module._forward_pre_hooks.values()])
prune.l1_unstructured(module, name="bias", amount=1)
print(list(module.named_buffers())[1], module.bias)
prune.ln_structured(module, name="weight", amount=0.5, n=2, dim=0)
print(module.weight.shape, [h for h in module._forward_pre_hooks.values()][0].__class__)
for hook in module._forward_pre_hooks.values():
    if hook._tensor_name == "weight": print(len(list(hook)), list(hook)[1].n)
print(module.state_dict().keys())
module(torch.ones(1, 1, 4, 4)).sum().backward(); print(module.weight_orig.grad, module.weight_mask)
prune.remove(module, 'weight')
print(list(module.named_parameters())[-1][0], prune.is_pruned(module), module.weight)
try: prune.remove(module, 'weight')
except ValueError as e: print(e)
""",
        "pruning together": """
nn, optim = torch.nn, torch.optim
torch.manual_seed(0)
__import__(torch.__name__ + '.nn.utils.prune'); prune = nn.utils.prune
m = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
prune.global_unstructured(((m[0], 'weight'), (m[2], 'weight')), pruning_method=prune.L1Unstructured, amount=0.4)
print(m, m[0].weight, m[2].weight_mask, 100. * float(torch.sum(m[0].weight == 0)) / m[0].weight.nelement())
class FooBar(prune.BasePruningMethod):
    PRUNING_TYPE = 'unstructured'
    def compute_mask(self, t, default_mask):
        mask = default_mask.clone(); mask.view(-1)[::2] = 0; return mask
FooBar.apply(m[0], 'bias'); print(m[0].bias_mask, m[0].bias)
prune.random_structured(m[0], 'weight', amount=2, dim=1); print(m[0].weight)
prune.identity(m[2], 'bias'); print(m[2].bias, m[2].bias_mask); prune.custom_from_mask(m[2], 'bias', torch.tensor([0, 1])); print(m[2].bias)
for f in [lambda: prune.l1_unstructured(nn.Linear(1, 1), 'weight', 5), lambda: prune.l1_unstructured(nn.Linear(1, 1), 'weight', 1.5), lambda: prune.l1_unstructured(nn.Linear(1, 1), 'weight', 'a'), lambda: prune.ln_structured(nn.Linear(1, 1), 'bias', 1, 2, 0), lambda: prune.ln_structured(nn.Linear(1, 1), 'weight', 1, 2, 5), lambda: prune.l1_unstructured(nn.Linear(1, 1), 'foo', 1), lambda: prune.BasePruningMethod(), lambda: prune.L1Unstructured(amount=2).prune(torch.tensor([1., -3., 2.])), lambda: prune.custom_from_mask(nn.Linear(1, 1), 'weight', torch.ones(3)), lambda: prune.global_unstructured([(m[0], 'weight')], prune.LnStructured, amount=1, n=2)]:
    try: print(f())
    except Exception as e: print(type(e).__name__, str(e).splitlines()[0])
o = optim.SGD(m.parameters(), lr=.1); m(torch.ones(1, 3)).sum().backward(); o.step(); print(m[0].weight, m[0].weight_orig.grad); m(torch.ones(1, 3)); print(m[0].weight, [h.__class__.__name__ for h in m[0]._forward_pre_hooks.values()])
""",
        "forward mode: duals": """
fwAD = torch.autograd.forward_ad
w, t = torch.tensor([1., 2.], requires_grad=True), torch.tensor([1., 0.])
with fwAD.dual_level():
    d = fwAD.make_dual(torch.ones(2), t)
    for a, b in ((d, t), (t, d), (d * 2, t), (torch.ones(2), d * 2), (fwAD.make_dual(w, t), t), (fwAD.unpack_dual(d).primal, t)): attempt(fwAD.make_dual, a, b)
    e = fwAD.make_dual(w, t); print(e, e.grad_fn.name(), fwAD.unpack_dual(e), fwAD.unpack_dual(w), fwAD.unpack_dual(e.exp() * e), fwAD.unpack_dual(e.view(2, 1)))
    fwAD.unpack_dual(e * e).primal.sum().backward(); print(w.grad)
    with torch.no_grad(): fwAD.make_dual(w, t)
print(e, e * 2)
""",
        "forward mode: a jvp that lets go of what it needed": """
class Exp(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x): ctx.result = torch.exp(x); return ctx.result
    @staticmethod
    def jvp(ctx, t):
        moved = t * ctx.result
        del ctx.result
        return moved
x = torch.tensor([1., -2.], dtype=torch.double, requires_grad=True)
print(torch.autograd.gradcheck(Exp.apply, (x,), check_forward_ad=True, check_backward_ad=False, check_undefined_grad=False, check_batched_grad=False))
with torch.autograd.forward_ad.dual_level(): print(torch.autograd.forward_ad.unpack_dual(Exp.apply(torch.autograd.forward_ad.make_dual(x, x.detach()))))
attempt(lambda: Exp.apply(x).sum().backward())
""",
        "a post-accumulate hook gives nothing": """
for r in (3, 'a', (1,), torch.ones(2)):
    x = torch.ones(2, requires_grad=True); x.register_post_accumulate_grad_hook(lambda p: r); attempt(lambda: (x * 2).sum().backward()); print(x.grad)
""",
        "a module's hook gives what does not fit": """
m = torch.nn.Linear(2, 1); x = torch.ones(1, 2, requires_grad=True); m.register_full_backward_hook(lambda mod, gi, go: (torch.ones(5),)); attempt(lambda: m(x).sum().backward())
m = torch.nn.Linear(2, 1); m.register_full_backward_pre_hook(lambda mod, go: (torch.ones(5),)); attempt(lambda: m(x).sum().backward())
m = torch.nn.Linear(2, 1); m.register_full_backward_hook(lambda mod, gi, go: (gi[0].double(),)); attempt(lambda: m(x).sum().backward())
""",
        "vmap: no number leaves a batch": """
vmap = torch.func.vmap; one, some = torch.ones(1), torch.arange(3.)
for x in (one, some):
    for f in (lambda x: x.item(), float, lambda x: int(x), lambda x: x.tolist(), lambda x: x.numpy(), lambda x: x * x.item(), lambda x: x if x > 0 else -x, lambda x: [1, 2][x.long()])[: 6 if x is one else 8]: attempt(vmap(f), x)
attempt(vmap(lambda x: x, out_dims=None), some); attempt(vmap(lambda x: torch.tensor(2.), out_dims=None), some); attempt(vmap(lambda x: x * torch.tensor(2.).item()), some); attempt(vmap(lambda x: x * torch.tensor([2., 3.]).tolist()[1]), one)
""",
        "margins that all hold": """
x = torch.tensor([[0.2, -1.3, 0.7], [3.5, 0.1, -0.4]], requires_grad=True); F = torch.nn.functional
for p in (1, 2): x.grad = None; F.multi_margin_loss(x, torch.tensor([2, 0]), p=p).backward(); print(x.grad)
print(torch.nn.utils.clip_grad_norm(x, .01), x.grad)
""",
        "what classes print as": """
x = torch.ones(2, requires_grad=True); n = (x * x).grad_fn
print(type(n), type(n.next_functions[0][0]), type(n._raw_saved_self), type(torch.autograd.graph.get_gradient_edge(x)), torch.autograd.graph.Node, torch.autograd.forward_ad.UnpackedDualTensor)
print(torch.autograd.graph.saved_tensors_hooks, torch.autograd.graph.save_on_cpu, torch.finfo, torch.iinfo, torch.memory_format, torch.autograd.function.FunctionCtx, torch.utils.checkpoint.CheckpointError)
class Wrong(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x): return x * 2
    @staticmethod
    def backward(ctx, g): return g
try: torch.autograd.gradcheck(Wrong.apply, (x.detach().double().requires_grad_(),))
except Exception as e: print(type(e))
""",
    }.items()
}
