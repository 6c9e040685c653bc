"""Optimizers, learning rate schedulers and data loaders: the numbers they make, what they print, what they refuse."""

ATTEMPT = """
O, nn, S, D = torch.optim, torch.nn, torch.optim.lr_scheduler, torch.utils.data
def attempt(function):
    try:
        print(function())
    except Exception as error:
        print(type(error).__name__, str(error).splitlines()[0])
"""

STEPS = ATTEMPT + """
def steps(make, count=4, dtype=torch.float64):
    torch.manual_seed(0)
    w = nn.Parameter(torch.rand(2, 3, dtype=dtype) - 0.5)
    b = nn.Parameter(torch.rand(5, dtype=dtype) - 0.5)
    optimizer = make([w, b])
    for _ in range(count):
        optimizer.zero_grad()
        ((w ** 3).sum() + (w * w).sum() * 0.5 + (b ** 3).sum() - b.sum() * 0.3).backward()
        optimizer.step()
    print(type(optimizer).__name__, [f"{number:.6f}" for p in (w, b) for number in p.detach().flatten().tolist()])
    return optimizer
"""

SCRIPTS = {
    "optimizers: SGD": STEPS + """
optimizer = steps(lambda p: O.SGD(p, lr=0.1))
optimizer = steps(lambda p: O.SGD(p, lr=0.1, momentum=0.9))
optimizer = steps(lambda p: O.SGD(p, lr=0.1, momentum=0.9, dampening=0.1))
optimizer = steps(lambda p: O.SGD(p, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01))
optimizer = steps(lambda p: O.SGD(p, lr=0.01, maximize=True))
optimizer = steps(lambda p: O.SGD(p))
print(optimizer)
print(optimizer.state_dict()['param_groups'], list(optimizer.state_dict()['state'].get(0, {})))
steps(lambda p: O.SGD(p, lr=0.1), dtype=torch.float32)
steps(lambda p: O.SGD(p, lr=0.1, momentum=0.9), dtype=torch.float32)
""",
    "optimizers: Adam": STEPS + """
optimizer = steps(lambda p: O.Adam(p))
optimizer = steps(lambda p: O.Adam(p, lr=0.1))
optimizer = steps(lambda p: O.Adam(p, lr=0.1, amsgrad=True, weight_decay=0.1))
optimizer = steps(lambda p: O.Adam(p, betas=(0.5, 0.6), eps=1e-3, maximize=True))
print(optimizer)
print(optimizer.state_dict()['param_groups'], list(optimizer.state_dict()['state'].get(0, {})))
steps(lambda p: O.Adam(p), dtype=torch.float32)
steps(lambda p: O.Adam(p, lr=0.1), dtype=torch.float32)
""",
    "optimizers: AdamW": STEPS + """
optimizer = steps(lambda p: O.AdamW(p))
optimizer = steps(lambda p: O.AdamW(p, lr=0.1, amsgrad=True))
print(optimizer)
print(optimizer.state_dict()['param_groups'], list(optimizer.state_dict()['state'].get(0, {})))
steps(lambda p: O.AdamW(p), dtype=torch.float32)
steps(lambda p: O.AdamW(p, lr=0.1, amsgrad=True), dtype=torch.float32)
""",
    "optimizers: RMSprop": STEPS + """
optimizer = steps(lambda p: O.RMSprop(p))
optimizer = steps(lambda p: O.RMSprop(p, lr=0.1, momentum=0.9, centered=True, weight_decay=0.1))
print(optimizer)
print(optimizer.state_dict()['param_groups'], list(optimizer.state_dict()['state'].get(0, {})))
steps(lambda p: O.RMSprop(p), dtype=torch.float32)
steps(lambda p: O.RMSprop(p, lr=0.1, momentum=0.9, centered=True, weight_decay=0.1), dtype=torch.float32)
""",
    "optimizers: Adagrad": STEPS + """
optimizer = steps(lambda p: O.Adagrad(p))
optimizer = steps(lambda p: O.Adagrad(p, lr=0.1, lr_decay=0.1, initial_accumulator_value=0.2, weight_decay=0.1))
print(optimizer)
print(optimizer.state_dict()['param_groups'], list(optimizer.state_dict()['state'].get(0, {})))
steps(lambda p: O.Adagrad(p), dtype=torch.float32)
steps(lambda p: O.Adagrad(p, lr=0.1, lr_decay=0.1, initial_accumulator_value=0.2, weight_decay=0.1), dtype=torch.float32)
""",
    "optimizers: Adadelta": STEPS + """
optimizer = steps(lambda p: O.Adadelta(p))
optimizer = steps(lambda p: O.Adadelta(p, lr=0.5, rho=0.8, weight_decay=0.1))
print(optimizer)
print(optimizer.state_dict()['param_groups'], list(optimizer.state_dict()['state'].get(0, {})))
steps(lambda p: O.Adadelta(p), dtype=torch.float32)
steps(lambda p: O.Adadelta(p, lr=0.5, rho=0.8, weight_decay=0.1), dtype=torch.float32)
""",
    "optimizers: Adamax": STEPS + """
optimizer = steps(lambda p: O.Adamax(p))
optimizer = steps(lambda p: O.Adamax(p, weight_decay=0.1))
print(optimizer)
print(optimizer.state_dict()['param_groups'], list(optimizer.state_dict()['state'].get(0, {})))
steps(lambda p: O.Adamax(p), dtype=torch.float32)
steps(lambda p: O.Adamax(p, weight_decay=0.1), dtype=torch.float32)
""",
    "optimizers: NAdam": STEPS + """
optimizer = steps(lambda p: O.NAdam(p))
optimizer = steps(lambda p: O.NAdam(p, weight_decay=0.1, decoupled_weight_decay=True))
print(optimizer)
print(optimizer.state_dict()['param_groups'], list(optimizer.state_dict()['state'].get(0, {})))
steps(lambda p: O.NAdam(p), dtype=torch.float32)
steps(lambda p: O.NAdam(p, weight_decay=0.1, decoupled_weight_decay=True), dtype=torch.float32)
""",
    "optimizers: RAdam": STEPS + """
optimizer = steps(lambda p: O.RAdam(p))
optimizer = steps(lambda p: O.RAdam(p, lr=0.1, betas=(0.5, 0.6)))
print(optimizer)
print(optimizer.state_dict()['param_groups'], list(optimizer.state_dict()['state'].get(0, {})))
steps(lambda p: O.RAdam(p), dtype=torch.float32)
steps(lambda p: O.RAdam(p, lr=0.1, betas=(0.5, 0.6)), dtype=torch.float32)
""",
    "optimizers: ASGD": STEPS + """
optimizer = steps(lambda p: O.ASGD(p))
optimizer = steps(lambda p: O.ASGD(p, lr=0.1, t0=1))
print(optimizer)
print(optimizer.state_dict()['param_groups'], list(optimizer.state_dict()['state'].get(0, {})))
steps(lambda p: O.ASGD(p), dtype=torch.float32)
steps(lambda p: O.ASGD(p, lr=0.1, t0=1), dtype=torch.float32)
""",
    "optimizers: Rprop": STEPS + """
optimizer = steps(lambda p: O.Rprop(p))
print(optimizer)
print(optimizer.state_dict()['param_groups'], list(optimizer.state_dict()['state'].get(0, {})))
steps(lambda p: O.Rprop(p), dtype=torch.float32)
""",
    "optimizers: LBFGS": ATTEMPT + """
for options in (dict(lr=0.5), dict(), dict(line_search_fn="strong_wolfe"), dict(lr=0.1, max_iter=4, history_size=2),
                dict(lr=2.0, max_iter=7, line_search_fn="strong_wolfe")):
    x = torch.tensor([-1.5, 1.5], dtype=torch.float64, requires_grad=True)
    y = torch.tensor([0.3], dtype=torch.float64, requires_grad=True)
    o = O.LBFGS([x, y], **options)
    def closure():
        o.zero_grad()
        loss = (1 - x[0]) ** 2 + 10 * (x[1] - x[0] ** 2) ** 2 + (y ** 4).sum()
        loss.backward()
        return loss
    for k in range(3):
        print(o.step(closure), x, y, o.state[x]["func_evals"], o.state[x]["n_iter"])
print(o)
attempt(lambda: O.LBFGS([{"params": [x]}, {"params": [y]}]))
attempt(lambda: O.LBFGS([x], line_search_fn="q").step(closure))
""",
    "optimizers: what they refuse": ATTEMPT + """
w, b = nn.Parameter(torch.ones(2)), nn.Parameter(torch.zeros(1))
for make in (
    lambda: O.SGD([], lr=1), lambda: O.SGD(w, lr=1), lambda: O.SGD([w * 2], lr=1), lambda: O.SGD([1], lr=1), lambda: O.SGD([w], lr=-1),
    lambda: O.SGD([w], momentum=-1), lambda: O.SGD([w], weight_decay=-1), lambda: O.SGD([w], nesterov=True),
    lambda: O.SGD([{"params": [w]}, {"params": [w]}]), lambda: O.SGD([w, w]), lambda: O.SGD([{"params": {w}}]),
    lambda: O.SGD([w], lr=torch.ones(2)), lambda: O.SGD(), lambda: O.SGD([w], 0.1, 0.9, foo=1), lambda: O.Adam([w], betas=(1.0, 0.9)),
    lambda: O.Adam([w], betas=(0.1, 1.9)), lambda: O.Adam([w], eps=-1), lambda: O.Adam([w], lr=-1, eps=-1),
    lambda: O.Adam([w], weight_decay=-1),
    lambda: O.Adam([w], betas=(0, 0.9)), lambda: O.RMSprop([w], eps=-1, alpha=-1), lambda: O.RMSprop([w], weight_decay=-1, momentum=-1),
    lambda: O.Adagrad([w], lr_decay=-1, eps=-1), lambda: O.Adagrad([w], eps=-1, weight_decay=-1), lambda: O.Adadelta([w], rho=2, eps=-1),
    lambda: O.Rprop([w], etas=(2, 3)), lambda: O.NAdam([w], momentum_decay=-1), lambda: O.SGD([torch.ones(1)]),
    lambda: O.Optimizer([w], {}).step(), lambda: O.SGD([("w", w), b]), lambda: O.SGD([("w", w)]).add_param_group({"params": [b]}),
    lambda: O.SGD([w]).add_param_group([b]), lambda: O.SGD([w]).load_state_dict(O.SGD([w, b]).state_dict()),
    lambda: O.SGD([w]).load_state_dict(O.SGD([{"params": w}, {"params": b}]).state_dict()),
):
    attempt(make)
""",
    "optimizers: groups, states, closures, hooks": ATTEMPT + """
import copy
w, b, free = nn.Parameter(torch.ones(2)), nn.Parameter(torch.zeros(1)), torch.ones(2, requires_grad=True)
o = O.SGD([{"params": [w], "lr": 0.5}, {"params": b}], lr=0.1, momentum=0.9)
print(o, o.param_groups, o.defaults, o.state)
o.add_param_group({"params": free, "lr": 1.0})
(w.sum() * 2 + b * 3 + free.sum()).backward()
print(o.step(), w, b, free, o.state)
saved = copy.deepcopy(o.state_dict())
print(saved)
again = O.SGD([{"params": [w], "lr": 0.5}, {"params": b}, {"params": free}], lr=0.3, momentum=0.9)
again.load_state_dict(saved)
print(again, again.state)
o.zero_grad()
print(w.grad)
(w.sum() * 2).backward()
o.zero_grad(set_to_none=False)
print(w.grad)
def closure():
    o.zero_grad()
    loss = (w ** 2).sum()
    loss.backward()
    return loss
print(o.step(closure), w)
named = O.Adam([("w", w), ("b", b)])
print(named, named.param_groups[0]["param_names"])
before = named.register_step_pre_hook(lambda o, args, kwargs: print("before", args[1:], kwargs))
after = named.register_step_post_hook(lambda o, args, kwargs: print("after", args[1:], kwargs))
named.step()
before.remove()
named.step()
after.remove()
print(named.state_dict()["state"])
class Mine(O.Optimizer):
    def __init__(self, params, lr=0.1):
        super().__init__(params, dict(lr=lr))
    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    p -= group["lr"] * p.grad
                    self.state[p]["n"] = self.state[p].get("n", 0) + 1
mine = Mine([w])
mine.step()
print(w, mine, mine.state_dict(), O.SGD, S.StepLR, O.AdamW)
o = O.SGD([w], lr=torch.tensor(0.1))
print(o)
o.step()
schedule = S.ExponentialLR(o, 0.5)
o.step()
schedule.step()
print(w, o.param_groups[0]["lr"])
""",
    "optimizers: schedules": ATTEMPT + """
def follow(make, count=7, opt=None, metrics=None):
    w = nn.Parameter(torch.ones(2))
    o = opt(w) if opt else O.SGD([w], lr=0.5, momentum=0.9)
    try:
        s = make(o)
    except Exception as error:
        print(type(error).__name__, str(error).splitlines()[0])
        return
    rates = []
    for k in range(count):
        rates.append((o.param_groups[0]["lr"], s.get_last_lr(), o.param_groups[0].get("momentum")))
        w.grad = torch.ones(2)
        o.step()
        s.step(*([metrics[k]] if metrics else []))
    print(rates, {k: v for k, v in s.state_dict().items() if not callable(v)})
for make in (
    lambda o: S.StepLR(o, 2), lambda o: S.StepLR(o, 2, gamma=0.3), lambda o: S.MultiStepLR(o, [2, 4, 4]), lambda o: S.ConstantLR(o, 0.3, 3),
    lambda o: S.LinearLR(o), lambda o: S.ExponentialLR(o, 0.9), lambda o: S.PolynomialLR(o, 5, 2.0), lambda o: S.CosineAnnealingLR(o, 3),
    lambda o: S.CosineAnnealingLR(o, 4, eta_min=0.1), lambda o: S.LambdaLR(o, lambda e: 0.95 ** e),
    lambda o: S.MultiplicativeLR(o, lambda e: 0.95),
    lambda o: S.CyclicLR(o, 0.1, 0.5, step_size_up=2),
    lambda o: S.CyclicLR(o, 0.1, 0.5, step_size_up=2, mode="triangular2", step_size_down=3),
    lambda o: S.CyclicLR(o, 0.1, 0.5, step_size_up=2, mode="exp_range", gamma=0.9), lambda o: S.OneCycleLR(o, 0.5, total_steps=8),
    lambda o: S.OneCycleLR(o, 0.5, epochs=2, steps_per_epoch=5, three_phase=True, anneal_strategy="linear"),
    lambda o: S.CosineAnnealingWarmRestarts(o, 2), lambda o: S.CosineAnnealingWarmRestarts(o, 2, 2, 0.01),
    lambda o: S.SequentialLR(o, [S.ConstantLR(o, 0.1, 2), S.ExponentialLR(o, 0.9)], [2]),
):
    follow(make)
follow(lambda o: S.OneCycleLR(o, 0.5, total_steps=8), opt=lambda w: O.Adam([w]))
follow(lambda o: S.ReduceLROnPlateau(o, patience=1), metrics=[1, 1, 1, 1, 0.5, 0.5, 0.5])
follow(lambda o: S.ReduceLROnPlateau(o, "max", patience=0, threshold_mode="abs", cooldown=1), metrics=[1, 1, 1, 1, 0.5, 0.5, 0.5])
""",
    "optimizers: schedules that cannot be": ATTEMPT + """
def follow(make, count=7, opt=None, metrics=None):
    w = nn.Parameter(torch.ones(2))
    o = opt(w) if opt else O.SGD([w], lr=0.5, momentum=0.9)
    try:
        s = make(o)
    except Exception as error:
        print(type(error).__name__, str(error).splitlines()[0])
        return
    rates = []
    for k in range(count):
        rates.append((o.param_groups[0]["lr"], s.get_last_lr(), o.param_groups[0].get("momentum")))
        w.grad = torch.ones(2)
        o.step()
        s.step(*([metrics[k]] if metrics else []))
    print(rates, {k: v for k, v in s.state_dict().items() if not callable(v)})
for make in (
    lambda o: S.StepLR(3, 2), lambda o: S.LambdaLR(o, [1, 2]), lambda o: S.MultiplicativeLR(o, 3),
    lambda o: S.ConstantLR(o, 2),
    lambda o: S.LinearLR(o, 2), lambda o: S.LinearLR(o, 1, 2), lambda o: S.ReduceLROnPlateau(o, factor=1),
    lambda o: S.ReduceLROnPlateau(o, "q"),
    lambda o: S.OneCycleLR(o, 1), lambda o: S.OneCycleLR(o, 1, total_steps=-1), lambda o: S.CyclicLR(o, 0.1, 0.5, mode="x"),
    lambda o: S.CosineAnnealingWarmRestarts(o, 0), lambda o: S.SequentialLR(o, [S.StepLR(o, 1)], [1]),
    lambda o: S.StepLR(o, 2, last_epoch=3),
):
    follow(make)
w = nn.Parameter(torch.ones(2))
o = O.SGD([w], lr=0.1)
s = S.StepLR(o, 1)
s.step()
o.step()
s.step(5)
s.get_lr()
print(s.get_last_lr())
""",
    "optimizers: loaders": ATTEMPT + """
x, y = torch.arange(10.0).reshape(10, 1), torch.arange(10)
data = D.TensorDataset(x, y)
print(len(data), data[3], data[-1], data[2:4], data[[1, 2]])
for kw in (dict(), dict(batch_size=4), dict(batch_size=4, drop_last=True), dict(batch_size=4, shuffle=True), dict(batch_size=None),
           dict(shuffle=True, batch_size=3, generator=torch.Generator().manual_seed(7)), dict(batch_sampler=[[0, 1], [5]]),
           dict(sampler=D.RandomSampler(data, replacement=True, num_samples=5), batch_size=2), dict(batch_size=5, collate_fn=len)):
    loader = D.DataLoader(data, **kw)
    print(len(loader), list(loader), torch.rand(1), [batch for batch in loader][:1])
for kw in (dict(batch_size=0), dict(batch_size=2.5), dict(shuffle=True, sampler=[1]), dict(batch_sampler=[[1]], batch_size=2),
           dict(batch_size=None, drop_last=True), dict(num_workers=-1), dict(timeout=-1), dict(prefetch_factor=2), dict(drop_last=3)):
    attempt(lambda: D.DataLoader(data, **kw))
attempt(lambda: D.DataLoader([], shuffle=True))
attempt(lambda: setattr(loader, "batch_size", 3))
attempt(lambda: D.TensorDataset(x, y[:3]))
examples = ([1, 2, 3], [1.5, 2.5], ["a", "b"], [{"a": 1, "b": torch.ones(2)}, {"a": 2, "b": torch.zeros(2)}], [(1, 2.0), (3, 4.0)],
            [[1, [2, 3]], [3, [4, 5]]], [True, False])
for example in examples:
    print(list(D.DataLoader(example, batch_size=2)))
for batch in ([torch.ones(2), torch.ones(3)], [[1], [1, 2]], [None]):
    attempt(lambda: D.default_collate(batch))
""",
    "optimizers: data sets and samplers": ATTEMPT + """
class Squares(D.Dataset):
    def __getitem__(self, i):
        return i * i
    def __len__(self):
        return 6
class Stream(D.IterableDataset):
    def __iter__(self):
        return iter(range(5))
print(list(D.DataLoader(Stream(), batch_size=2)), list(D.DataLoader(Stream(), batch_size=2, drop_last=True)), list(Stream() + Stream()))
attempt(lambda: D.DataLoader(Stream(), shuffle=True))
both = Squares() + Squares()
print(list(D.DataLoader(Squares(), batch_size=4)), len(both), both[7], both[-1], both.cumulative_sizes)
part = D.Subset(Squares(), [1, 3])
a, b = D.random_split(Squares(), [4, 2])
print(len(part), part[1], a.indices, b.indices, len(a))
print([s.indices for s in D.random_split(Squares(), [0.5, 0.3, 0.2], generator=torch.Generator().manual_seed(42))])
attempt(lambda: D.random_split(Squares(), [1, 2]))
attempt(lambda: [s.indices for s in D.random_split(Squares(), [0.99, 0.01])])
print(D.StackDataset(Squares(), Squares())[2], D.StackDataset(a=Squares())[2])
print(list(D.RandomSampler(range(5))), list(D.SubsetRandomSampler([4, 5, 6, 7])), list(D.BatchSampler(range(5), 2, True)))
print(list(D.RandomSampler(range(4), num_samples=10)), list(D.RandomSampler(range(50), replacement=True, num_samples=40)))
print(list(D.WeightedRandomSampler([0.1, 0.5, 0.4], 10)), list(D.WeightedRandomSampler([1.0, 5, 4, 2], 3, replacement=False)))
for call in (lambda: both[-20], lambda: D.ConcatDataset([]), lambda: D.Dataset()[0], lambda: D.WeightedRandomSampler([1], 0),
             lambda: D.RandomSampler([]), lambda: D.RandomSampler([1], replacement=3), lambda: D.BatchSampler([1], 0, False)):
    attempt(call)
print(D.DataLoader, D.Dataset, D.TensorDataset, D.get_worker_info())
""",
    "optimizers: a model learns": ATTEMPT + """
x = torch.rand(40, 2)
y = (x.sum(1, keepdim=True) > 1).float()
model = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1))
optimizer = O.Adam(model.parameters(), lr=0.05)
schedule = S.StepLR(optimizer, 3, gamma=0.5)
criterion = nn.BCEWithLogitsLoss()
for epoch in range(6):
    total = 0.0
    for inputs, targets in D.DataLoader(D.TensorDataset(x, y), batch_size=8, shuffle=True):
        optimizer.zero_grad()
        loss = criterion(model(inputs), targets)
        loss.backward()
        optimizer.step()
        total += loss.item()
    schedule.step()
    print(epoch, f"{total:.4f}", schedule.get_last_lr())
model.eval()
with torch.no_grad():
    print(((model(x) > 0).float() == y).float().mean())
""",
}
