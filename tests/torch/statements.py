"""What random stories are made of: what they find there when they begin, the statements, and how often each kind comes.

Read next: `stories.py`, which writes, tells and compares them.
"""

from __future__ import annotations

PRELUDE = """
x = torch.tensor([[1.0, -2.0, 3.0], [0.5, 4.0, -1.5]], dtype=torch.float64, requires_grad=True)
y = torch.tensor([2.0, 0.25, -3.0], dtype=torch.float64, requires_grad=True)
z = torch.tensor(1.5, dtype=torch.float64, requires_grad=True)
k = torch.tensor([[2.0, 5.0, -1.0], [0.75, 1.0, 3.0]], dtype=torch.float64)
q = torch.tensor([4.0, 0.5, 2.0], dtype=torch.float64)
handles = []
born = {}  # the versions that tensors had when they got their names: gradients may have been made in steps


def numbers(t):
    if t is None:
        return "None"
    if not isinstance(t, torch.Tensor):
        return repr(t)
    flat = t.detach().reshape(-1).tolist()
    told = f"{tuple(t.shape)} [{', '.join(f'{number:.6g}' for number in flat[:30])}]"
    return told + (f" {t.grad_fn.name()}" if t.grad_fn is not None else " requires grad" if t.requires_grad else "")


def walk(fn, nr=0, depth=4):
    if fn is None:
        return "-"
    if hasattr(fn, "variable"):
        return name_of(fn.variable)
    inner = ", ".join(walk(*edge, depth - 1) for edge in fn.next_functions) if depth else "..."
    return f"{fn.name()}({inner})" + (f"#{nr}" if nr else "")


def name_of(t):
    return next((name for name, known in globals().items() if known is t), "?")


def show(t):
    inference = getattr(t, "is_inference", bool)()
    print("values", numbers(t), tuple(t.stride()))
    version = "inference" if inference else t._version - born[name_of(t)]
    print("state", t.requires_grad, t.is_leaf, "retains" if t.retains_grad else "", version)
    print("view of", name_of(t._base) if t._is_view() and t._base is not None else None, t._is_view())
    print("graph", walk(t.grad_fn, t.output_nr))
    if t.is_leaf or t.retains_grad:
        print("grad", numbers(t.grad))


def saved(t):
    for name in dir(t.grad_fn):
        if name.startswith("_saved_"):
            print(name, numbers(getattr(t.grad_fn, name)))


def telling(name):
    return lambda g: print("hook", name, numbers(g))


def doubling(name):
    return lambda g: (print("doubling hook", name, numbers(g)), g * 2)[1]


def node_hook(name):
    return lambda given, received: print("node hook", name, *map(numbers, given), "|", *map(numbers, received))


def node_prehook(name):
    return lambda received: print("node prehook", name, *map(numbers, received))


def accumulated(name):
    return lambda leaf: print("accumulated", name, numbers(leaf.grad))


def pack(t):
    print("pack", numbers(t))
    return t


def unpack(t):
    print("unpack", numbers(t))
    return t
"""

FUNCTIONS = """
class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, t):
        ctx.save_for_backward(t)
        return t * t

    @staticmethod
    def backward(ctx, grad):
        t, = ctx.saved_tensors
        print("Square.backward", numbers(grad), ctx.needs_input_grad)
        return 2 * t * grad


class Scale(torch.autograd.Function):
    @staticmethod
    def forward(t, number):
        return t * number

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.number = inputs[1]
        ctx.save_for_backward(output)

    @staticmethod
    def backward(ctx, grad):
        print("Scale.backward", numbers(grad), *map(numbers, ctx.saved_tensors))
        return grad * ctx.number, None


class Twice(torch.autograd.Function):
    @staticmethod
    def forward(ctx, t):
        ctx.mark_dirty(t)
        t.mul_(2)
        return t

    @staticmethod
    def backward(ctx, grad):
        return grad * 2


class Pair(torch.autograd.Function):
    @staticmethod
    def forward(ctx, t, u):
        ctx.save_for_backward(t, u)
        signs = t.sign()
        ctx.mark_non_differentiable(signs)
        return t * u, t + u, signs

    @staticmethod
    def backward(ctx, product, total, signs):
        t, u = ctx.saved_tensors
        print("Pair.backward", numbers(product), numbers(total), numbers(signs))
        return product * u + total, product * t + total


class Sparing(torch.autograd.Function):
    @staticmethod
    def forward(ctx, t):
        ctx.set_materialize_grads(False)
        return t.clone(), t.exp()

    @staticmethod
    def backward(ctx, first, second):
        print("Sparing.backward", numbers(first), numbers(second))
        return first


class Same(torch.autograd.Function):
    @staticmethod
    def forward(ctx, t):
        return t

    @staticmethod
    def backward(ctx, grad):
        return grad * 3


class Viewed(torch.autograd.Function):
    @staticmethod
    def forward(ctx, t):
        ctx.shape = t.shape
        return t.view(-1)

    @staticmethod
    def backward(ctx, grad):
        return grad.reshape(ctx.shape)


class Once(torch.autograd.Function):
    @staticmethod
    def forward(ctx, t):
        return t.exp()

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, grad):
        return grad * 5
"""

# T a tensor, U another of a shape that broadcasts with it (mostly), N the new name, M a second new name; <word> as `_filled` says.
STATEMENTS = {
    "view": """
        N = T[0]
        N = T[1:]
        N = T[..., 0]
        N = T[..., 1:]
        N = T[:, ::2]
        N = T[...]
        N = T[:]
        N = T[None]
        N = T.t()
        N = T.T
        N = T.transpose(0, -1)
        N = T.view(-1)
        N = T.view(3, -1)
        N = T.reshape(-1)
        N = T.reshape(T.shape)
        N = T.flatten()
        N = T.unsqueeze(0)
        N = T.squeeze()
        N = T.squeeze(0)
        N = T.expand(2, *T.shape)
        N = T.expand_as(x)
        N = T.diagonal()
        N = T.narrow(0, 0, 1)
        N = T.select(-1, 1)
        N = T.view_as(T)
        N = T.permute(*range(T.dim())[::-1])
        N = T.unflatten(-1, (3, 1))
        N = T.movedim(0, -1)
        N = T.as_strided((2,), (1,))
        N = T.as_strided((2, 2), (1, 1), 1)
        N = T.unfold(-1, 2, 1)
        N, M = T.split(1)
        N, M = T.unbind()
        N, M = T.chunk(2)
        N, M = T.chunk(2, dim=-1)
        N, M = T.split([1, 2], dim=-1)
        N, M = T.tensor_split(2)
        N = T.split(1)[0]
        N = T.unbind(-1)[0]
        N = T.contiguous()
        N = T.mT
        N = T.detach()
        N = T.data
        """,
    "op": """
        N = T * 2
        N = T * U
        N = T + U
        N = T - U
        N = T / 2
        N = T.exp()
        N = T.sin()
        N = T.sigmoid()
        N = T.tanh()
        N = T ** 2
        N = T.relu()
        N = T.clone()
        N = T.sum()
        N = T.sum(0)
        N = T.mean()
        N = T.max()
        N = T.abs()
        N = -T
        N = T.sqrt()
        N = T.clone().detach().requires_grad_()
        N = T.new_zeros(T.shape)
        N = torch.zeros_like(T)
        N = torch.empty_like(T).copy_(T)
        N = T @ y
        N = torch.cat([T, U])
        N = torch.stack([T, T])
        N = torch.where(T > 0, T, U)
        N = T[[0, 0]]
        N = T[T > 0]
        N, M = T.max(dim=-1)
        N = T.prod()
        N = T.double()
        N = T.float()
        N = torch.nn.functional.mse_loss(T, U)
        """,
    "inplace": """
        T.add_(1)
        T.add_(U)
        T.add_(U, alpha=2)
        T.sub_(U)
        T.mul_(2)
        T.mul_(U)
        T.mul_(T)
        T.div_(2)
        T.zero_()
        T.fill_(3.0)
        T.copy_(U)
        T.exp_()
        T.sin_()
        T.neg_()
        T.relu_()
        T.sigmoid_()
        T.tanh_()
        T.clamp_(min=0.5)
        T.pow_(2)
        T.masked_fill_(T > 1, 0.5)
        T += U
        T *= 2
        T -= 1
        T /= 2
        T **= 2
        T[0] = 5.0
        T[0] = U
        T[...] = 1.0
        T[:] = U
        T[1:] = 0.25
        T[..., 0] = 0.5
        T[..., 1] = z
        T[..., 1:] *= 2
        T[0] += 1
        T[T > 1] = 0.75
        T[[0, 1]] = 1.25
        T.index_fill_(0, torch.tensor([0]), 2.0)
        T.data.mul_(2)
        T.data[0] = 7.0
        T.detach().add_(1)
        T.detach_()
        T.requires_grad_()
        T.requires_grad_(False)
        T.requires_grad = True
        T.requires_grad = False
        T.t_()
        T.transpose_(0, -1)
        T.unsqueeze_(0)
        T.squeeze_()
        T.data = U.data
        torch.add(T, U, out=T)
        torch.exp(T, out=U)
        """,
    "backward": """
        T.sum().backward()
        T.sum().backward()
        T.sum().backward(retain_graph=True)
        (T * T).sum().backward()
        (T * U).sum().backward()
        T.backward()
        T.backward(torch.ones_like(T))
        T.backward(torch.ones_like(T), retain_graph=True)
        T.backward(gradient=torch.full_like(T, 2.0))
        T.sum().backward(inputs=[x])
        T.sum().backward(inputs=[U])
        T.sum().backward(inputs=[x, y], retain_graph=True)
        T.sum().backward(create_graph=True)
        torch.autograd.backward([T.sum(), U.sum()])
        torch.autograd.backward([T, U], [torch.ones_like(T), torch.ones_like(U)])
        print(*map(numbers, torch.autograd.grad(T.sum(), [x, y], allow_unused=True)))
        print(*map(numbers, torch.autograd.grad(T.sum(), U, retain_graph=True)))
        print(*map(numbers, torch.autograd.grad(T.sum(), [U, x], allow_unused=True, materialize_grads=True)))
        print(*map(numbers, torch.autograd.grad(T, U, torch.ones_like(T), retain_graph=True)))
        print(*map(numbers, torch.autograd.grad(T, U)))
        N, = torch.autograd.grad(T.sum(), U, create_graph=True)
        N, = torch.autograd.grad((T * T).sum(), x, create_graph=True)
        x.grad = None
        x.grad.zero_()
        y.grad = torch.ones_like(y)
        T.grad = torch.ones_like(U)
        """,
    "look": """
        show(T)
        show(T)
        show(T)
        show(T)
        saved(T)
        print(T)
        print(T.grad)
        print(numbers(T.grad))
        print(T.grad_fn)
        print(T._base is U)
        print(T._base is T._base, T._is_view())
        print(T._version - born['T'], U._version - born['U'])
        print(T.is_leaf, T.requires_grad, T.retains_grad)
        print(T.data_ptr() == U.data_ptr())
        print(T.grad_fn is T.grad_fn, T.grad_fn is U.grad_fn)
        print(T.grad_fn.next_functions[0][0])
        print(T.grad_fn.next_functions[0][0].variable is U)
        print(T.numpy())
        print(T.tolist())
        print(T.item())
        print(T.is_contiguous(), T.stride(), T.storage_offset())
        print(walk(T.grad_fn, T.output_nr, 8))
        del T
        """,
    "hook": """
        T.register_hook(telling('T'))
        T.register_hook(telling('T'))
        T.register_hook(doubling('T'))
        handles.append(T.register_hook(telling('T to remove')))
        handles.pop().remove()
        T.retain_grad()
        T.retain_grad()
        T.register_post_accumulate_grad_hook(accumulated('T'))
        T.grad_fn.register_hook(node_hook('T'))
        T.grad_fn.register_prehook(node_prehook('T'))
        T.grad_fn.next_functions[0][0].register_hook(node_hook('before T'))
        T.grad_fn.next_functions[0][0].register_prehook(node_prehook('before T'))
        handles.append(torch.autograd.graph.register_multi_grad_hook([T, U], lambda grads: print('multi', *map(numbers, grads))))
        handles.append(torch.autograd.graph.register_multi_grad_hook([T, U], lambda grad: print('any', numbers(grad)), mode='any'))
        print(torch.autograd.graph.get_gradient_edge(T).output_nr, walk(torch.autograd.graph.get_gradient_edge(T).node))
        print(*map(numbers, torch.autograd.grad(T.sum(), torch.autograd.graph.get_gradient_edge(U), retain_graph=True)))
        T.register_hook(lambda g: 'no tensor')
        T.register_hook(lambda g: g[0])
        """,
    "second": """
        N, = torch.autograd.grad((T * U).sum(), U, create_graph=True)
        N, = torch.autograd.grad(T.sum(), x, create_graph=True)
        N, = torch.autograd.grad((T ** 3).sum(), U, create_graph=True)
        N, = torch.autograd.grad(T, U, torch.ones_like(T).requires_grad_(), create_graph=True)
        N, M = torch.autograd.grad(T.exp().sum(), [x, y], create_graph=True, allow_unused=True, materialize_grads=True)
        T.pow(2).sum().backward(create_graph=True)
        N = x.grad
        (T * x.grad).sum().backward()
        print(walk(T.grad_fn, T.output_nr, 7))
        saved(T)
        N = (T.sin() * U).sum()
        N = T.sigmoid() * U
        N = (T - U).tanh()
        N = torch.nn.functional.softplus(T)
        N = (T * T + 1).log()
        N = (T * T + 1).sqrt()
        N = T.softmax(-1)
        N = T.norm()
        N = T.prod()
        N = T.cumsum(-1)
        N = T.max(-1)[0]
        N = T / (U * U + 1)
        N = torch.where(T > 0, T * T, -T)
        """,
    "index": """
        N = T[<index>]
        N = T[<index>]
        N = T[<index>]
        N = T[<index>] * 2
        T[<index>] = <float>
        T[<index>] = 2
        T[<index>] = U
        T[<index>] = T[<index>]
        T[<index>] += 1
        T[<index>] *= U
        T[<index>] = torch.tensor([<float>, <float>])
        N = T.clone(); N[<index>] = U
        N = T.clone(); N[<index>] = <float>
        N = torch.zeros(2, 3, dtype=torch.float64); N[<index>] = T
        N = T.index_select(<dim>, torch.tensor([0, 0]))
        N = T.gather(<dim>, torch.zeros_like(T, dtype=torch.int64))
        N = T.masked_select(T > 0)
        N = T.take(torch.tensor([0, -1]))
        N = T.index_put((torch.tensor([0, 0]),), U, accumulate=True)
        N = T.scatter(<dim>, torch.zeros_like(T, dtype=torch.int64), <float>)
        N = T.index_add(<dim>, torch.tensor([0]), U)
        N = T.masked_fill(T > 0, <float>)
        N = T.flip(<dim>)
        N = T.roll(1, <dim>)
        """,
    "make": """
        N = torch.tensor([<float>, <float>, <float>])
        N = torch.tensor([<float>, <float>], dtype=<dtype>)
        N = torch.tensor(<float>)
        N = torch.tensor(<float>, dtype=<dtype>)
        N = torch.tensor([[<float>, <float>], [<float>, <float>]], requires_grad=True)
        N = torch.full(<shape>, <float>)
        N = torch.arange(24).reshape(2, 3, 4) * <float>
        N = torch.arange(<int>, dtype=<dtype>)
        N = torch.zeros(<shape>, dtype=<dtype>)
        N = torch.ones(<shape>)
        N = torch.linspace(<float>, <float>, <int>)
        N = torch.eye(3, dtype=<dtype>)
        """,
    "print": """
        print(T)
        print(T)
        print(T, U)
        print([T, U])
        print(T.detach())
        print(T * <float>)
        print(T / <float>)
        print(T > <float>)
        print(T.sum(), T.shape, T.dtype)
        print(T.double() / 3)
        print(T.expand(2, *T.shape))
        print(T.repeat(<int>))
        print(T.long())
        print(T.tolist())
        print(f"{T} {T.shape}")
        print(f"{T.sum():.3f}")
        print(torch.nn.Parameter(T.detach().float()))
        print({'t': T})
        torch.set_printoptions(precision=2); print(T); torch.set_printoptions(profile='default')
        torch.set_printoptions(linewidth=40); print(T, T * 1.5); torch.set_printoptions(profile='default')
        torch.set_printoptions(sci_mode=True); print(T); torch.set_printoptions(profile='default', sci_mode=None)
        torch.set_printoptions(threshold=4, edgeitems=1); print(T); torch.set_printoptions(profile='default')
        """,
    "single": """
        N = torch.randn(<small>)
        N = torch.randn(<small>)
        N = torch.rand(<small>)
        N = torch.linspace(<number>, 6.2832, <int>)
        N = torch.arange(1.0, 8.0) / 7
        N = torch.randn(<small>, requires_grad=True)
        N = T * <decimal> + <decimal>
        N = T + U
        N = T * U
        N = T / (U * U + 1)
        N = T.exp()
        N = T.sin()
        N = T.cos()
        N = T.tanh()
        N = T.sigmoid()
        N = (T * T + 1).log()
        N = (T * T + 1).sqrt()
        N = T.abs() ** <decimal>
        N = T ** 3
        N = T.softmax(-1)
        N = T.log_softmax(-1)
        N = T.sum()
        N = T.sum(-1)
        N = T.sum(0)
        N = T.mean()
        N = T.mean(-1)
        N = T.std()
        N = T.var(-1)
        N = T.norm()
        N = T.prod()
        N = T.logsumexp(-1)
        N = T.cumsum(-1)
        N = T @ T.mT
        N = T @ torch.randn(T.shape[-1])
        N = torch.nn.functional.linear(T, torch.randn(3, T.shape[-1]), torch.randn(3))
        N = torch.nn.functional.gelu(T)
        N = torch.nn.functional.softplus(T)
        N = torch.nn.functional.layer_norm(T, T.shape[-1:])
        N = torch.nn.functional.mse_loss(T, T.sin())
        N = torch.nn.functional.binary_cross_entropy_with_logits(T, T.sigmoid())
        N = torch.nn.functional.cross_entropy(T, torch.zeros(T.shape[0], dtype=torch.int64))
        N = torch.nn.functional.normalize(T, dim=-1)
        N, = torch.autograd.grad(T.tanh().sum(), [T])
        N, = torch.autograd.grad((T * T).mean(), [T])
        N, = torch.autograd.grad(T.softmax(-1).pow(2).sum(), [T])
        N, = torch.autograd.grad(T.std(), [T])
        print(T)
        print(T)
        print(T.tolist())
        print(T.sum().item(), T.mean().item())
        """,
    "type": """
        N = T + U
        N = T * U
        N = T - U
        N = T / U
        N = T // U
        N = T % U
        N = T ** U
        N = T + <number>
        N = T * <number>
        N = <number> - T
        N = T / <number>
        N = T ** <number>
        N = <number> ** T
        N = T // <number>
        N = T == U
        N = T > <number>
        N = T & U
        N = ~T
        N = -T
        N = T.abs()
        N = T.to(<dtype>)
        N = T.sum()
        N = T.sum(dtype=<dtype>)
        N = T.mean()
        N = T.prod()
        N = T.max()
        N = T.exp()
        N = T.cumsum(0)
        N = T.argmax()
        N = T.type_as(U)
        N = torch.where(T > 0, T, U)
        N = torch.where(T > 0, T, <number>)
        N = torch.cat([T, U])
        N = torch.stack([T, T.to(<dtype>)])
        N = torch.maximum(T, U)
        N = T.clamp(<number>, <number>)
        N = T.round()
        N = T @ U
        T += U
        T *= <number>
        T.add_(<number>)
        T.copy_(U)
        T.fill_(<number>)
        T[0] = U
        N = torch.result_type(T, U)
        print(T.dtype, T.type(), T.is_floating_point(), T.element_size())
        print(torch.result_type(T, U), torch.can_cast(T.dtype, U.dtype), torch.promote_types(T.dtype, U.dtype))
        print(torch.equal(T, U), torch.allclose(T, T))
        """,
    "chance": """
        torch.manual_seed(<int>)
        N = torch.rand(<shape>)
        N = torch.randn(<shape>)
        N = torch.rand(<shape>, dtype=torch.float64)
        N = torch.randn(<shape>, dtype=torch.float64)
        N = torch.randint(<int>, <shape>)
        N = torch.randint(-3, <int>, <shape>)
        N = torch.randperm(<int>)
        N = torch.rand_like(T)
        N = torch.randn_like(T)
        N = torch.bernoulli(torch.full(<shape>, 0.3))
        N = torch.normal(0.0, 2.0, <shape>)
        N = torch.normal(torch.zeros(<shape>), 1.0)
        N = torch.empty(<shape>).uniform_(-1, 2)
        N = torch.empty(<shape>).normal_(1, 3)
        N = torch.empty(<shape>).bernoulli_(0.7)
        N = torch.empty(<shape>).exponential_()
        N = torch.empty(<shape>, dtype=torch.int64).random_(0, 100)
        N = torch.nn.functional.dropout(torch.ones(<shape>), 0.4)
        N = torch.multinomial(torch.tensor([0.2, 0.3, 0.5]), <int>, replacement=True)
        N = torch.nn.init.xavier_uniform_(torch.empty(3, 4))
        N = torch.nn.init.kaiming_normal_(torch.empty(3, 4))
        N = torch.nn.Linear(3, 2).weight
        N = torch.rand(3, generator=torch.Generator().manual_seed(<int>))
        print(torch.get_rng_state().sum(), torch.initial_seed())
        """,
    "many": """
        abs(T) acos(T/9) acosh(T*T+1.5) asin(T/9) asinh(T) atan(T) atanh(T/9) ceil(T) cos(T) cosh(T) deg2rad(T)
        digamma(T*T+1) erf(T) erfc(T) erfinv(T/9) exp(T) exp2(T) expm1(T) floor(T) frac(T) lgamma(T*T+1) log(T*T+1)
        log10(T*T+1) log1p(T*T) log2(T*T+1) logit(T.sigmoid()) neg(T) rad2deg(T) reciprocal(T*T+1) round(T)
        round(T,decimals=1) rsqrt(T*T+1) sigmoid(T) sign(T) sgn(T) sin(T) sinc(T) sinh(T) sqrt(T*T+1) square(T) tan(T)
        tanh(T) trunc(T) nan_to_num(T) relu(T) clamp(T,-1,1) clamp(T,min=0) clamp(T,max=U) clamp_min(T,0)
        clamp_max(T,1) add(T,U) add(T,U,alpha=2) sub(T,U) sub(T,1,alpha=3) rsub(T,U) rsub(T,1) mul(T,U) div(T,U)
        div(T,U,rounding_mode='floor') div(T,2,rounding_mode='trunc') pow(T,3) pow(T*T+1,U) pow(2,T) pow(T,0.5)
        atan2(T,U) hypot(T,U) maximum(T,U) minimum(T,U) fmax(T,U) fmod(T,2) fmod(T,U) remainder(T,2) remainder(T,U)
        floor_divide(T,2) lerp(T,U,0.25) lerp(T,U,0.75) where(T>0,T,U) where(T>U,1.0,T) logaddexp(T,U) logaddexp2(T,U)
        addcmul(T,T,U) addcmul(T,U,U,value=2) addcdiv(T,T,U*U+1) copysign(T,U) xlogy(T,U*U+1) float_power(T,2) sum(T)
        sum(T,0) sum(T,-1,keepdim=True) sum(T,(0,-1)) mean(T) mean(T,-1) prod(T) prod(T,-1) max(T) min(T) amax(T,-1)
        amin(T,0) aminmax(T)[1] std(T) std(T,-1) var(T) var(T,0,unbiased=False) var_mean(T)[1] norm(T) norm(T,1)
        norm(T,dim=-1) logsumexp(T,-1) cumsum(T,-1) cumprod(T,0) cummax(T,-1)[0] logcumsumexp(T,-1) median(T)
        median(T,-1)[0] nanmean(T) nansum(T) quantile(T,0.5) dist(T,U) softmax(T,-1) log_softmax(T,0) sort(T)[0]
        sort(T,descending=True)[0] topk(T,1)[0] kthvalue(T,1)[0] argsort(T) flip(T,(0,)) roll(T,1) roll(T,1,-1)
        rot90(T) fliplr(T) flipud(T) cat([T,T]) cat([T,U],-1) stack([T,T]) stack([T,U],-1) hstack([T,U]) vstack([T,U])
        tile(T,(2,)) repeat_interleave(T,2) broadcast_to(T,(2,2,3)) reshape(T,(-1,)) flatten(T) ravel(T) squeeze(T)
        unsqueeze(T,-1) transpose(T,0,-1) swapaxes(T,0,-1) movedim(T,0,-1) permute(T,(1,0)) t(T) narrow(T,0,0,1)
        select(T,-1,0) diagonal(T) diag(T) diag_embed(T) diagflat(T) tril(T) triu(T) trace(T@T.mT) unbind(T)[0]
        split(T,1)[0] chunk(T,2)[0] tensor_split(T,2)[1] take(T,torch.tensor([0]))
        gather(T,-1,torch.zeros_like(T,dtype=torch.int64)) masked_select(T,T>0) masked_fill(T,T>1,0.5)
        index_select(T,0,torch.tensor([0,0])) matmul(T,U) matmul(T,U.mT) matmul(U,T.mT) mm(T,U.mT) mv(T,y) dot(T,U)
        outer(T,U) inner(T,U) bmm(T,U) kron(T,U) cross(T,U,dim=-1) tensordot(T,U,dims=1) einsum('ij,kj->ik',T,U)
        einsum('i,i->',T,U) einsum('...i->...',T) addmm(x,T,U) linalg.norm(T) linalg.vector_norm(T,3)
        linalg.det(T@T.mT+torch.eye(T.shape[0])) linalg.inv(T@T.mT+3*torch.eye(T.shape[0]))
        linalg.solve(T@T.mT+3*torch.eye(T.shape[0]),T) logdet(T@T.mT+torch.eye(T.shape[0])) clone(T) diff(T)
        diff(T,dim=0) cov(T) corrcoef(T) nn.functional.leaky_relu(T) nn.functional.elu(T) nn.functional.selu(T)
        nn.functional.gelu(T) nn.functional.gelu(T,approximate='tanh') nn.functional.silu(T) nn.functional.softplus(T)
        nn.functional.relu6(T) nn.functional.hardtanh(T) nn.functional.mish(T) nn.functional.logsigmoid(T)
        nn.functional.softsign(T) nn.functional.hardsigmoid(T) nn.functional.hardswish(T) nn.functional.celu(T)
        nn.functional.tanhshrink(T) nn.functional.softshrink(T) nn.functional.hardshrink(T)
        nn.functional.threshold(T,0.5,-1) nn.functional.glu(torch.cat([T,T],-1)) nn.functional.softmin(T,-1)
        nn.functional.normalize(T,dim=-1) nn.functional.layer_norm(T,T.shape[-1:])
        nn.functional.rms_norm(T,T.shape[-1:]) nn.functional.mse_loss(T,U) nn.functional.l1_loss(T,U)
        nn.functional.smooth_l1_loss(T,U) nn.functional.huber_loss(T,U) nn.functional.mse_loss(T,U,reduction='none')
        nn.functional.l1_loss(T,U,reduction='sum') nn.functional.kl_div(T,U)
        nn.functional.binary_cross_entropy(T.sigmoid(),U.sigmoid())
        nn.functional.binary_cross_entropy_with_logits(T,U) nn.functional.cross_entropy(T,torch.tensor([0,1]))
        nn.functional.cross_entropy(T,torch.tensor(1)) nn.functional.cross_entropy(T,U.softmax(-1))
        nn.functional.nll_loss(T,torch.tensor([0,1])) nn.functional.cosine_similarity(T,U,dim=-1)
        nn.functional.pairwise_distance(T,U) nn.functional.hinge_embedding_loss(T,U.sign())
        nn.functional.soft_margin_loss(T,U.sign()) nn.functional.poisson_nll_loss(T,U)
        nn.functional.margin_ranking_loss(T,U,U.sign()) nn.functional.linear(T,x)
        nn.functional.linear(T,x,torch.ones(2)) nn.functional.pad(T,(1,1)) nn.functional.one_hot(T.long().abs())
        nn.functional.embedding(torch.tensor([0,1]),T) nn.functional.unfold(T[None,None],1)
        nn.functional.dropout(T,0.5,False) nn.functional.bilinear(T,T,torch.ones(2,3,3))
        nn.functional.conv1d(T[None],torch.ones(1,2,2)) nn.functional.avg_pool1d(T[None],2)
        nn.functional.max_pool1d(T[None],2) nn.functional.batch_norm(T,None,None,training=True) cdist(T,U)
        """,
    "function": """
        N = Square.apply(T)
        N = Square.apply(T)
        N = Scale.apply(T, 3)
        N = Scale.apply(T, 0.5)
        N = Twice.apply(T)
        N, M, _ = Pair.apply(T, U)
        N, M, O = Pair.apply(T, U)
        N, M = Sparing.apply(T)
        N = Same.apply(T)
        N = Viewed.apply(T)
        N = Once.apply(T)
        print(T.grad_fn.saved_tensors)
        print(T.grad_fn.needs_input_grad)
        """,
}
WRAPPERS = [
    "with torch.no_grad():",
    "with torch.no_grad():",
    "with torch.enable_grad():",
    "with torch.set_grad_enabled(False):",
]
RARE_WRAPPERS = {
    "modes": [
        "with torch.inference_mode():",
        "with torch.inference_mode(False):",
        "with torch.no_grad(), torch.enable_grad():",
        "with torch.autograd.graph.saved_tensors_hooks(pack, unpack):",
        "with torch.autograd.graph.save_on_cpu():",
        "with torch.autograd.graph.disable_saved_tensors_hooks('not here'):",
        "with torch.autograd.graph.allow_mutation_on_saved_tensors():",
        "with torch.autograd.set_grad_enabled(True):",
    ],
}
WEIGHTS = {  # how often each kind of statement comes in a kind of story
    "backward": {"op": 5, "backward": 4, "look": 3},
    "views": {"view": 6, "op": 2, "inplace": 5, "backward": 3, "look": 4},
    "inplace": {"view": 1, "op": 4, "inplace": 5, "backward": 3, "look": 3},
    "hooks": {"view": 1, "op": 4, "inplace": 1, "backward": 4, "look": 2, "hook": 5},
    "modes": {"view": 3, "op": 4, "inplace": 3, "backward": 3, "look": 4},
    "functions": {"view": 1, "op": 2, "inplace": 2, "backward": 4, "look": 3, "function": 5, "hook": 1},
    "second": {"op": 3, "second": 6, "view": 1, "backward": 1, "look": 2},
    "float32": {"single": 1},
    "ops": {"many": 8, "backward": 4, "look": 3, "second": 1},
    "indexing": {"index": 6, "view": 1, "op": 1, "backward": 3, "look": 4},
    "printing": {"make": 3, "print": 5, "op": 1},
    "dtypes": {"make": 3, "type": 6, "look": 1},
    "chance": {"chance": 6, "look": 1, "print": 1},
    "all": {"view": 3, "op": 3, "inplace": 3, "backward": 3, "look": 3, "hook": 2, "function": 2},
}
TEMPLATES = {kind: [line.strip() for line in lines.splitlines() if line.strip()] for kind, lines in STATEMENTS.items()}
TEMPLATES["many"] = [f"N = torch.{call}" for call in STATEMENTS["many"].split()]
CHOICES = {
    "float": """
        0.0 1.0 -1.0 2.0 0.5 -0.25 3.5 100.0 1000.0 12345.0 0.1 -0.003 1e-5 -2e-8 1e5 1e8 -3e10 99999.5 0.99999 1234.5678
        float('nan') float('inf') -float('inf')
        """,
    "number": "0 1 2 -3 True 0.5 2.0 -1.5",
    "dtype": """
        torch.float32 torch.float64 torch.float64 torch.float16 torch.int64 torch.int32 torch.int16 torch.int8 torch.uint8 torch.bool
        """,
    "small": "(3,) (5,) (2,3) (4,4) (2,9) (17,) (3,2,4) () (40,) (6,20)",
    "decimal": "0.1 2.5 -0.3 3.0 0.5 1.7",
    "int": "0 1 2 3 7 16 20",
    "dim": "0 -1 0 1",
    "size": "0 1 2 3 5 17",
    "index": """
        0 1 -1 2 : 1: :1 ::2 -2: 1:1 ... None True False [0,0] [1,0] [-1] torch.tensor([0,1]) torch.tensor([[0],[1]]) torch.tensor(1)
        T>0 [True,False]
        """,
}
