"""An exception in the middle: what is left in `.grad`, whether the graph can be walked again, and that the next program is right.

Each place below is code of the user's that the library calls. It calls `tick()`, which raises the first, the second or a later time.
"""

FIRST = """
count = [0]
def tick():
    count[0] += 1
    if count[0] == {when}:
        raise {kind}("stop")
x = torch.tensor([1.0, 2.0, 3.0], **d).requires_grad_()
y = torch.tensor([0.5, -0.5, 1.5], **d).requires_grad_()
kept = []
"""

LAST = """
def told(what, action):
    try:
        print(what, action())
    except BaseException as error:
        print(what, type(error).__name__, str(error).split(". ")[0].split("\\n")[0])
def look():
    for name, tensor in [("x", x), ("y", y), *(("kept", each) for each in kept)]:
        print(name, tensor.grad, tensor._version)
    print(torch.is_grad_enabled(), torch.is_inference_mode_enabled(), torch.is_anomaly_enabled())
loss = None
def run():
    global loss
    loss = build()
    loss.backward()
told("the first time", run)
look()
if loss is not None:
    told("the same graph again", lambda: loss.backward())
    look()
x.grad = y.grad = None
kept.clear()
told("a new graph", run)
look()
told("that again", lambda: loss.backward())
look()
"""

FUNCTION = """
class Twice(torch.autograd.Function):
    @staticmethod
    def forward({arguments}):
        {forward}
        return a * 2
    {setup}
    @staticmethod
    def backward(ctx, g):
        {backward}
        ctx.saved_tensors
        return g * 2
def build():
    h = x * y
    return (Twice.apply(h) * Twice.apply(h)).sum() + (x * x).sum()
"""
WITH_CTX = {"arguments": "ctx, a", "setup": "", "backward": "pass"}
MODEL = """
class Model(torch.nn.Module):
    def forward(self, a):
        return a * a
model = torch.nn.Sequential(Model(), Model())
{hook}
def build():
    return (model(x) * y).sum()
"""

PLACES = {
    "a hook on a result": """
def build():
    h = x * y
    for t in (h, h.exp(), h.sin()):
        t.register_hook(lambda g: tick())
        kept.append(t)
        t.retain_grad()
    return (kept[-2] * kept[-1]).sum() + (x * x).sum()
""",
    "a hook on a leaf": """
x.register_hook(lambda g: tick())
y.register_hook(lambda g: tick())
def build():
    return ((x * y).exp() * x).sum() + y.sum()
""",
    "a prehook on a node": """
def build():
    h = (x * y).sin()
    loss = (h.exp() * h).sum() + (y * y).sum()
    for fn in (h.grad_fn, h.grad_fn.next_functions[0][0]):
        fn.register_prehook(lambda g: tick())
    return loss
""",
    "a hook on a node": """
def build():
    h = (x * y).sin()
    loss = (h.exp() * h).sum() + (y * y).sum()
    for fn in (h.grad_fn, h.grad_fn.next_functions[0][0]):
        fn.register_hook(lambda i, o: tick())
    return loss
""",
    "a hook after accumulation": """
x.register_post_accumulate_grad_hook(lambda t: tick())
y.register_post_accumulate_grad_hook(lambda t: tick())
def build():
    return ((x * y).exp() * x).sum() + y.sum()
""",
    "a hook on an AccumulateGrad": """
edges = [torch.autograd.graph.get_gradient_edge(t).node for t in (x, y)]
for node in edges:
    node.register_hook(lambda i, o: tick())
    node.register_prehook(lambda o: tick())
def build():
    return ((x * y).exp() * x).sum() + y.sum()
""",
    "a hook on many gradients": """
def build():
    h = x * y
    torch.autograd.graph.register_multi_grad_hook((h, x, y), lambda gs: tick())
    return (h.exp() * h).sum() + y.sum()
""",
    "a hook on any gradient": """
def build():
    h = x * y
    torch.autograd.graph.register_multi_grad_hook((h, x, y), lambda g: tick(), mode="any")
    return (h.exp() * h).sum() + y.sum()
""",
    "a pack hook": """
def build():
    def pack(t):
        tick()
        return t
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t):
        h = (x * y).exp()
        return (h * x).sum()
""",
    "an unpack hook": """
def build():
    def unpack(t):
        tick()
        return t
    with torch.autograd.graph.saved_tensors_hooks(lambda t: t, unpack):
        h = (x * y).exp()
        return (h * x).sum() + (y * y).sum()
""",
    "a Function's forward": FUNCTION.format(**WITH_CTX | {"forward": "ctx.save_for_backward(a); tick()"}),
    "a Function's forward that changes its input": """
class Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a):
        a.mul_(2)
        ctx.mark_dirty(a)
        tick()
        return a
    @staticmethod
    def backward(ctx, g):
        return g * 2
def build():
    h = x * y
    kept.append(h)
    e = h * h
    h = Double.apply(h)
    return (Double.apply(h) * x).sum() + e.sum()
""",
    "a Function's backward": FUNCTION.format(**WITH_CTX | {"forward": "ctx.save_for_backward(a)", "backward": "tick()"}),
    "a Function's setup_context": FUNCTION.format(
        arguments="a", forward="pass", backward="pass",
        setup="""@staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(output)
        tick()""",
    ),
    "a checkpoint": """
def block(a):
    b = a.exp()
    tick()
    return b * a
def build():
    h = x * y
    return torch.utils.checkpoint.checkpoint(block, h, use_reentrant=False).sum() + (y * y).sum()
""",
    "a checkpoint of the old kind": """
def block(a):
    b = a.exp()
    tick()
    return b * a
def build():
    h = x * y
    return torch.utils.checkpoint.checkpoint(block, h, use_reentrant=True).sum() + (y * y).sum()
""",
    "jacobian's function": """
def func(a, b):
    tick()
    return (a * b).sum()
def build():
    torch.autograd.functional.jacobian(func, (x, y))
    torch.autograd.functional.hessian(func, (x, y))
    return func(x, y)
""",
    "a transformed function": """
def func(a):
    tick()
    return (a * a).sum()
def build():
    g = torch.func.grad(func)(x.detach()) + torch.func.vmap(lambda a: func(a))(x.detach())
    return (Twice.apply(x) * g * y).sum()
class Twice(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a):
        return a * 2
    @staticmethod
    def backward(ctx, g):
        return g * 2
""",
    "a module's hook before forward": MODEL.format(hook="for m in model: m.register_forward_pre_hook(lambda m, i: tick())"),
    "a module's forward hook": MODEL.format(hook="for m in model: m.register_forward_hook(lambda m, i, o: tick())"),
    "a module's hook before backward": MODEL.format(hook="for m in model: m.register_full_backward_pre_hook(lambda m, o: tick())"),
    "a module's backward hook": MODEL.format(hook="for m in model: m.register_full_backward_hook(lambda m, i, o: tick())"),
    "an optimizer's closure": """
steps = [torch.optim.Adam([x, y], lr=0.1), torch.optim.SGD([x, y], lr=0.1, momentum=0.9)]
def closure():
    for each in steps:
        each.zero_grad()
    loss = ((x * y - 1) ** 2).sum()
    loss.backward()
    tick()
    return loss
def build():
    for each in steps:
        each.step(closure)
        print(x, y)
    return (x * y).sum()
""",
    "a no_grad block": """
def build():
    with torch.no_grad():
        tick()
        with torch.enable_grad():
            tick()
            with torch.set_grad_enabled(False):
                tick()
    return (x * y).sum()
""",
    "an inference_mode block": """
def build():
    with torch.inference_mode():
        tick()
        with torch.inference_mode(False):
            tick()
    return (x * y).sum()
""",
    "a detect_anomaly block": """
def build():
    x.register_hook(lambda g: tick())
    with torch.autograd.set_detect_anomaly(True):
        tick()
        with torch.autograd.set_detect_anomaly(False):
            tick()
        loss = (x * y).sum()
        loss.backward()
    return (x * y).sum()
""",
    "a backward within a backward": """
def inner(g):
    (x.detach().requires_grad_() * x).sum().backward()
    tick()
def build():
    h = x * y
    h.register_hook(lambda g: torch.enable_grad()(inner)(g))
    return (h * h).sum()
""",
    "a decorated function": """
@torch.no_grad()
def some(t):
    tick()
    return t * 2
@torch.enable_grad()
def steps(t):
    yield t * 2
    tick()
    yield t * 3
def build():
    with torch.no_grad():
        s = sum(steps(x))
    return (some(x) * y).sum() + s.sum()
""",
    "a fork of the random numbers": """
def build():
    with torch.random.fork_rng():
        torch.rand(3)
        tick()
    print(torch.rand(2))
    return (x * y).sum()
""",
}  # fmt: skip

TIMES = {"a hook on a result": (1, 2, 3), "a pack hook": (1, 2, 3, 4), "an unpack hook": (1, 2, 3, 4, 5), "a no_grad block": (1, 2, 3),
         "an optimizer's closure": (1, 2, 3), "a checkpoint": (1, 2, 3), "a checkpoint of the old kind": (1, 2, 3),
         "a transformed function": (1, 2), "a detect_anomaly block": (1, 2, 3), "a hook on an AccumulateGrad": (1, 2, 3, 4)}  # fmt: skip
SCRIPTS = {
    f"{place}, time {when}, {kind}": FIRST.format(when=when, kind=kind) + code + LAST
    for place, code in PLACES.items()
    for when in TIMES.get(place, (1, 2))
    for kind in ("ValueError", "KeyboardInterrupt")[: 1 + (when == 1)]
}

SCRIPTS |= {
    "create_graph, and the next backward": FIRST.format(when=2, kind="ValueError") + """
h = x * y
h.register_hook(lambda g: tick())
loss = (h.exp() * h).sum()
for create in (True, True, False):
    try:
        print(torch.autograd.grad(loss, (x, y), create_graph=create))
    except ValueError as error:
        print(error, torch.is_grad_enabled())
""",
    "in-place operations that are refused half way": """
x = torch.tensor([1.0, 2.0, 3.0], **d).requires_grad_()
h = x * 2
part = h[:2]
for action in (
    lambda: h.add_(torch.ones(4, **d)), lambda: part.copy_(torch.ones(3, **d)), lambda: h.__setitem__(0, "no"),
    lambda: h.masked_fill_(torch.tensor([True, False]), 1.0), lambda: h.index_put_((torch.tensor([7]),), torch.tensor(1.0, **d)),
    lambda: x.mul_(2), lambda: x[0].mul_(2), lambda: part.mul_("no"), lambda: h.unsqueeze_(7),
    lambda: h.scatter_(0, torch.tensor([9]), 1.0),
):
    try:
        action()
    except (RuntimeError, TypeError, IndexError, ValueError) as error:
        print(type(error).__name__)
    print(h, part, h._version, h.grad_fn.name(), part.grad_fn.name())
(h.sum() + part.sum()).backward()
print(x.grad)
""",
    "an anomaly found": """
x = torch.tensor([0.0, 2.0], **d).requires_grad_()
y = torch.tensor([1.0, 2.0], **d).requires_grad_()
def run():
    loss = (x.sqrt() * 0).sum() + (y * y).sum()
    with torch.autograd.set_detect_anomaly(True):
        loss.backward()
for _ in range(2):
    try:
        run()
    except RuntimeError as error:
        print(error)
    print(x.grad, y.grad, torch.is_anomaly_enabled())
""",
}
