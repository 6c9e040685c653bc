"""The operations and stories that the first lessons are made of."""

EXPRESSIONS = {
    "arithmetic": """
        a + b
        a + 1
        1 + a
        a + 2.5
        a + s
        s + a
        a + row
        row + col
        a + c
        c + a
        a + a
        a - b
        a - 1
        1 - a
        2.5 - a
        c - a
        a - c
        row - col
        a * b
        a * 2
        2 * a
        a * 0.5
        a * c
        c * a
        a * a
        a * s
        row * col
        v * a
        a / b
        a / 2
        2 / a
        0.5 / a
        c / a
        a / c
        a / a
        row / col
        -a
        +a
        a.neg()
        torch.neg(a)
        torch.negative(a)
        a.add(b)
        a.add(1)
        a.add(b, alpha=2)
        a.add(1, alpha=3)
        torch.add(a, b)
        torch.add(a, 1)
        torch.add(a, b, alpha=0.5)
        torch.add(input=a, other=b)
        a.sub(b)
        a.sub(b, alpha=2)
        torch.sub(a, b)
        torch.sub(a, 1)
        torch.subtract(a, b)
        a.mul(b)
        a.mul(2)
        torch.mul(a, b)
        torch.mul(a, 2)
        torch.mul(input=a, other=b)
        torch.multiply(a, b)
        a.div(b)
        a.div(2)
        torch.div(a, b)
        torch.div(a, 2)
        torch.divide(a, b)
        torch.true_divide(a, b)
        a.reciprocal()
        torch.reciprocal(a)
        s + 1
        s * s
        -s
        s / 3
        empty + 1
        empty * row
        void * s
        (a + b) * (a - b)
        a * b + a / b - b
        ((a + 1) * 2 - b) / (s + 3)
        a + True
        a * True
        True + a
        a + torch.tensor(1)
        a * torch.tensor(2.5)
    """,
    "mixed dtypes": """
        f + f
        f + a
        a + f
        f * a
        a / f
        f - s
        f * s
        s * f
        f + i
        i + f
        i * f
        f / i
        i / f
        f - i
        i - f
        f * torch.tensor(2)
        f * torch.tensor(2.5, dtype=torch.float64)
        torch.tensor(2.5, dtype=torch.float64) * f
        torch.tensor([2.5], dtype=torch.float64) * f
        i + 1
        i + 1.5
        i * 2
        i / 2
        1 / i
        i / i
        i ** 2
        i ** 2.0
        2 ** torch.tensor([1, 2, 3])
        2.0 ** torch.tensor([1, 2, 3])
        mask + 1
        mask + 1.5
        mask * a
        mask + mask
        mask * mask
        a * mask
        i * mask
        i * mask * 2.5
        mask / 2
        1 - i
        1.5 - i
        -i
        i.abs()
        i.exp()
        i.sqrt()
        i.sigmoid()
        i.tanh()
        i.relu()
        i.log()
        i.sign()
        i.reciprocal()
        i.float() * f
        i.double() * a
        f.double()
        f.double() * a
        a.float()
        a.float() * f
        f.to(torch.float64)
        f.to(torch.float32)
        f.to(dtype=torch.float64)
        f.to(a)
        f.type_as(a)
        f.half()
        f.to(torch.float16) + 1
        a.long()
        a.int()
        a.bool()
        a.to(torch.int64)
        i.to(torch.float32)
        i.to(torch.uint8)
        i.short()
        i.sum()
        i.sum(0)
        mask.sum()
        mask.sum(dim=1)
        f.sum(dtype=torch.float64)
        f.mean(dtype=torch.float64)
        i.sum(dtype=torch.float32)
        i.mean(dtype=torch.float32)
        i.float().mean()
        i.max()
        i.min(1)
        f ** i
        i ** f
        f ** 2
        f ** a
        torch.tensor([1, 2], dtype=torch.int32) + torch.tensor([1, 2])
        torch.tensor([1, 2], dtype=torch.uint8) + torch.tensor([1, 2], dtype=torch.int8)
        torch.tensor([1.5, 2], dtype=torch.float16) + torch.tensor([1, 2])
        torch.tensor([1.5, 2], dtype=torch.float16) + 1.5
        torch.tensor([True, False]) + torch.tensor(3)
        torch.tensor(3) + 1.5
        torch.tensor(3) / 2
        torch.tensor(1.5) + torch.tensor(1.5, dtype=torch.float64)
        torch.where(mask, f, a)
        torch.where(mask, 1, 2)
        torch.where(mask, 1.0, 2)
        torch.where(mask, i, 2.5)
    """,
    "powers": """
        a ** 2
        a ** 3
        a ** 1
        a ** 0
        pos ** 0.5
        pos ** -1
        pos ** -2.5
        a ** 2.0
        a ** True
        pos ** b
        pos ** s
        pos ** c
        c.abs() ** b
        2 ** a
        0.5 ** a
        1 ** a
        0 ** pos
        s ** 2
        2 ** s
        s ** s
        a.pow(2)
        a.pow(exponent=2)
        pos.pow(b)
        torch.pow(a, 2)
        torch.pow(2, a)
        torch.pow(pos, b)
        torch.pow(input=a, exponent=2)
        a.square()
        torch.square(a)
        torch.tensor([0.0, 1.0, 2.0], **g) ** 0
        (ties ** 2).sum()
        ties ** 3
        ties ** torch.tensor(2.0, **g)
        ties ** torch.tensor([0.0, 1.0, 2.0], **g)
        torch.tensor([0.0, 4.0], **g) ** 0.5
        torch.tensor([0.0, -4.0], **g) ** torch.tensor([0.0, 0.5], **g)
        empty ** 2
        a ** torch.tensor(2)
        a ** torch.tensor([1, 2, 3])
    """,
    "functions of one number": """
        a.exp()
        torch.exp(a)
        torch.exp(input=a)
        pos.log()
        torch.log(pos)
        torch.log(input=pos)
        a.log()
        ties.log()
        pos.log1p()
        torch.log1p(pos)
        pos.sqrt()
        torch.sqrt(pos)
        torch.sqrt(input=pos)
        a.sqrt()
        torch.tensor([0.0, 4.0], **g).sqrt()
        a.abs()
        abs(a)
        torch.abs(a)
        torch.abs(input=a)
        torch.absolute(a)
        ties.abs()
        a.sign()
        torch.sign(a)
        a.sigmoid()
        torch.sigmoid(a)
        torch.sigmoid(input=a)
        torch.nn.functional.sigmoid(a)
        torch.tensor([-800.0, 0.0, 800.0], **g).sigmoid()
        a.tanh()
        torch.tanh(a)
        torch.tanh(input=a)
        torch.nn.functional.tanh(a)
        a.relu()
        torch.relu(a)
        torch.relu(input=a)
        torch.nn.functional.relu(a)
        ties.relu()
        f.exp()
        f.sigmoid()
        f.tanh()
        f.relu()
        s.exp()
        s.log()
        s.relu()
        empty.exp()
        void.sigmoid()
        a.exp().log()
        (a * a + 1).sqrt().log().tanh()
        a.t().exp()
        a.t().sigmoid() * col.t().exp().expand(3, 2)
        torch.tensor([1000.0, -1000.0], **g).exp()
        torch.tensor([float("nan"), float("inf"), -1.0], **g).relu()
        torch.tensor([float("nan"), 0.0, -1.0], **g).abs()
        torch.tensor([float("nan"), 0.0, -1.0], **g).sign()
    """,
    "sums and means": """
        a.sum()
        a.sum(0)
        a.sum(1)
        a.sum(-1)
        a.sum(dim=0)
        a.sum(axis=0)
        a.sum((0, 1))
        a.sum([0])
        a.sum(0, True)
        a.sum(dim=1, keepdim=True)
        a.sum(axis=1, keepdims=True)
        a.sum(dim=(0, 1), keepdim=True)
        a.sum(())
        a.sum(dim=())
        a.sum(None)
        a.sum(dim=None)
        a.sum(dim=None, keepdim=True)
        torch.sum(a)
        torch.sum(a, 0)
        torch.sum(a, dim=1)
        torch.sum(input=a)
        torch.sum(input=a, dim=0)
        p.sum(1)
        p.sum((0, 2))
        p.sum((-1, 0))
        p.sum(dim=(0, -1), keepdim=True)
        s.sum()
        s.sum(0)
        s.sum(-1)
        empty.sum()
        empty.sum(0)
        empty.sum(1)
        void.sum()
        a.mean()
        a.mean(0)
        a.mean(-1)
        a.mean(dim=1)
        a.mean(axis=1)
        a.mean((0, 1))
        a.mean([1])
        a.mean(dim=1, keepdim=True)
        a.mean(dim=())
        a.mean(None)
        torch.mean(a)
        torch.mean(a, 0)
        torch.mean(input=a, dim=0)
        p.mean((0, 2))
        p.mean((-1, 0), keepdim=True)
        s.mean()
        s.mean(0)
        empty.mean()
        empty.mean(0)
        empty.mean(1)
        (a * b).sum()
        (a * b).mean(1)
        f.sum()
        f.mean()
        a.t().sum(0)
        a.sum(0).mean()
    """,
    "maxima and minima": """
        a.max()
        a.min()
        torch.max(a)
        torch.min(a)
        torch.max(input=a)
        ties.max()
        ties.min()
        a.max(0)
        a.max(1)
        a.max(-1)
        a.max(dim=1)
        a.max(dim=1, keepdim=True)
        a.max(1, True)
        a.max(dim=0).values
        a.max(dim=0).indices
        a.max(0)[0]
        a.max(0)[1]
        a.min(0)
        a.min(dim=-1, keepdim=True)
        torch.max(a, 0)
        torch.max(a, dim=1, keepdim=True)
        torch.min(a, 1)
        ties.max(1)
        ties.max(0)
        ties.min(1)
        ties.max(1).values.sum()
        s.max()
        s.max(0)
        s.min(-1)
        empty.max(1)
        void.reshape(2, 0).sum(1)
        p.max(1)[0]
        p.max(2, keepdim=True)[0]
        a.max() - a.min()
        torch.max(a, b)
        torch.min(a, b)
        a.max(b)
        torch.maximum(a, b)
        torch.minimum(a, b)
        torch.maximum(ties, ties * 1)
        torch.maximum(a, s)
        a.maximum(c)
        a.argmax()
        a.argmax(1)
        a.argmax(dim=0, keepdim=True)
        torch.argmax(a)
        a.argmin()
        a.argmin(1)
        torch.argmin(a, dim=0)
        ties.argmax(1)
        torch.tensor([1.0, float("nan"), 2.0], **g).max()
        torch.tensor([1.0, float("nan"), 2.0], **g).max(0)
    """,
    "where and comparisons": """
        torch.where(a > 0, a, b)
        torch.where(mask, a, 0)
        torch.where(mask, 0.5, a)
        torch.where(mask, a, s)
        torch.where(mask, row, col)
        torch.where(row > 0, a, c)
        torch.where(condition=mask, input=a, other=b)
        a.where(mask, b)
        a.where(mask, 0)
        torch.where(a > 0, a, a * 2)
        a > 0
        a > b
        a < b
        a <= 0.3
        a >= b
        a == b
        a != b
        a == 2
        2 > a
        0 < a
        1 == i
        a.gt(0)
        a.lt(b)
        a.ge(1)
        a.le(1)
        a.eq(b)
        a.ne(b)
        torch.gt(a, b)
        torch.lt(a, 0)
        torch.ge(input=a, other=0)
        torch.eq(a, b)
        torch.ne(a, 2)
        i > 2.5
        i == 2
        i == mask
        mask == True
        (a > 0) * a
        (a > 0).float()
        (a > 0).sum()
        a == None
        a != None
        a == "text"
        torch.equal(a, b)
        torch.equal(a, a.clone())
        a.equal(a)
        torch.allclose(a, a + 1e-9)
        a.allclose(b)
        (a > 0).any()
        (a > 0).all()
        torch.any(mask)
        torch.all(mask)
        mask.any(0)
        mask.all(dim=1)
        ~mask
        mask & (a > 0)
        mask | (a > 0)
        mask ^ (a > 0)
        torch.isnan(a)
        torch.isfinite(a)
        a.isnan()
        torch.isinf(a)
    """,
    "matmul": """
        v @ w
        m @ v
        a @ m
        v @ m
        v @ n
        p @ n.t()
        p @ torch.ones(4, 2, **g)
        p @ torch.ones(4, **g)
        torch.ones(5, 3, **g) @ p
        v @ p
        p @ p.transpose(1, 2)
        p @ p.mT
        p @ torch.ones(2, 4, 5, **g)
        p @ torch.ones(1, 4, 5, **g)
        p[:1] @ torch.ones(2, 4, 5, **g)
        p[:1].detach() @ torch.ones(2, 4, 5, **g)
        p @ torch.ones(1, 4, 5, **d)
        p @ torch.ones(4, 5, **d)
        p.detach() @ torch.ones(4, 5, **g)
        p.detach() @ torch.ones(4, **g)
        p @ torch.ones(4, **d)
        p.transpose(0, 1) @ torch.ones(4, 5, **d)
        p.transpose(0, 1) @ torch.ones(4, 5, **g)
        p.transpose(0, 1) @ torch.ones(4, **d)
        torch.ones(5, 3, **d) @ p
        torch.ones(5, 3, **g) @ p.detach()
        torch.ones(3, **d) @ p
        torch.ones(5, 4, **d) @ p.mT
        torch.ones(4, **d) @ p.mT
        torch.ones(3, **g) @ p.detach()
        p.unsqueeze(0) @ torch.ones(4, 5, **g)
        p.unsqueeze(0) @ torch.ones(4, **g)
        p.unsqueeze(0) @ torch.ones(2, 4, 5, **g)
        p.unsqueeze(1) @ torch.ones(3, 4, 5, **g)
        p.unsqueeze(0) @ torch.ones(3, 1, 4, 5, **g)
        p.unsqueeze(0) @ torch.ones(1, 2, 4, 5, **g)
        torch.ones(5, 3, **g) @ p.unsqueeze(0)
        v @ p.unsqueeze(0)
        p @ torch.ones(3, 2, 4, 5, **g)
        torch.ones(2, 5, 3, **g) @ p.unsqueeze(1)
        v.detach() @ w
        v @ w.detach()
        m.detach() @ v
        m @ v.detach()
        v.detach() @ m
        v @ m.detach()
        a.detach() @ m
        a @ m.detach()
        a @ c.t()
        c @ m
        a @ a.t()
        a.t() @ a
        a.T @ b
        m @ m
        m @ m.t() @ v
        (a @ n).sum()
        torch.matmul(a, n)
        torch.matmul(v, w)
        torch.matmul(input=a, other=n)
        a.matmul(n)
        torch.mm(a, n)
        a.mm(n)
        torch.mm(input=a, mat2=n)
        torch.mv(a, v)
        a.mv(v)
        torch.mv(input=a, vec=v)
        torch.dot(v, w)
        v.dot(w)
        torch.dot(v, v)
        torch.dot(input=v, tensor=w)
        torch.bmm(p, p.transpose(1, 2))
        p.bmm(torch.ones(2, 4, 5, **g))
        torch.bmm(input=p, mat2=torch.ones(2, 4, 5, **g))
        torch.outer(v, w)
        v.outer(w)
        torch.ger(v, w)
        torch.outer(input=v, vec2=w)
        empty @ m
        empty @ v
        torch.ones(2, 0, **g) @ torch.ones(0, 3, **g)
        torch.ones(2, 0, 3, **g) @ m
        torch.zeros(0, 2, 3, **g) @ torch.ones(0, 3, 2, **g)
        a @ (m + 1).t()
        (a + 1) @ (m * 2)
        n.t() @ m
        n.t() @ v
        n.t().contiguous() @ v
        v @ n.t().t()
        m.t() @ m.t()
        i @ torch.tensor([1, 2, 3])
        i @ i.t()
        torch.tensor([1, 2]) @ i
        f @ f.t()
        one @ one
        col @ row
        col @ one
        row @ col.expand(2, 3)[0]
        a.expand(2, 2, 3) @ m
    """,
    "shapes": """
        a.view(6)
        a.view(-1)
        a.view(3, 2)
        a.view(3, -1)
        a.view((3, 2))
        a.view([6])
        a.view(torch.Size([6]))
        a.view(2, 3)
        a.view(1, 2, 3)
        s.view(1)
        s.view(1, 1)
        one.view(())
        empty.view(3, 0)
        a.view_as(n[:2, :3].reshape(3, 2))
        a.reshape(6)
        a.reshape(-1)
        a.reshape(3, 2)
        a.reshape((3, -1))
        a.reshape(2, 3)
        a.reshape(shape=(6,))
        torch.reshape(a, (6,))
        torch.reshape(input=a, shape=(6,))
        a.reshape_as(n[:2, :3].reshape(3, 2))
        a.t().reshape(6)
        a.t().reshape(2, 3)
        a.t().reshape(3, 2)
        a.t().reshape(3, 1, 2)
        a.t().view(3, 2)
        a.t().view(3, 1, 2)
        a[:, 1:].reshape(-1)
        a[:1].reshape(-1)
        row.expand(2, 3).reshape(6)
        row.expand(2, 3).reshape(2, 3, 1)
        row.expand(2, 3).view(2, 3, 1)
        one.expand(4).view(2, 2)
        s.reshape(1)
        s.reshape(())
        empty.reshape(-1)
        void.reshape(0, 5)
        a.flatten()
        torch.flatten(a)
        v.flatten()
        s.flatten()
        p.flatten(1)
        p.flatten(0, 1)
        p.flatten(start_dim=1)
        p.flatten(start_dim=-2, end_dim=-1)
        torch.flatten(p, 1)
        p.flatten(1, 1)
        p.transpose(0, 2).flatten()
        p.transpose(0, 2).flatten(1)
        a.ravel()
        torch.ravel(a.t())
        a.t()
        torch.t(a)
        torch.t(input=a)
        v.t()
        s.t()
        a.T
        v.T
        p.T
        s.T
        a.mT
        s.mT
        p.mT
        a.transpose(0, 1)
        a.transpose(-1, -2)
        a.transpose(dim0=0, dim1=1)
        torch.transpose(a, 0, 1)
        torch.transpose(input=a, dim0=0, dim1=1)
        p.transpose(0, 2)
        p.transpose(1, 1)
        s.transpose(0, 0)
        p.swapaxes(0, 1)
        p.swapdims(0, 1)
        a.permute(1, 0)
        p.permute(2, 0, 1)
        p.permute((2, 0, 1))
        p.permute([-1, 0, 1])
        p.permute(dims=(2, 0, 1))
        torch.permute(p, (2, 0, 1))
        torch.permute(input=p, dims=(2, 0, 1))
        p.movedim(0, 2)
        q.squeeze()
        q.squeeze(0)
        q.squeeze(-1)
        q.squeeze(1)
        q.squeeze((0, 2))
        q.squeeze((0, 1))
        q.squeeze(dim=0)
        q.squeeze(dim=(0, -1))
        torch.squeeze(q)
        torch.squeeze(input=q, dim=0)
        a.squeeze()
        s.squeeze()
        s.squeeze(0)
        a.unsqueeze(0)
        a.unsqueeze(1)
        a.unsqueeze(-1)
        a.unsqueeze(dim=0)
        torch.unsqueeze(a, 0)
        torch.unsqueeze(input=a, dim=-1)
        s.unsqueeze(0)
        row.expand(2, 3)
        row.expand(4, -1)
        row.expand(2, 4, 3)
        row.expand(-1, -1)
        row.expand((2, 3))
        row.expand(size=(2, 3))
        row.expand(torch.Size([2, 3]))
        row.expand_as(a)
        s.expand(2, 3)
        s.expand(2)
        v.expand(2, 3)
        q.expand(2, 3, 4)
        one.expand(0)
        row.broadcast_to((2, 3))
        torch.broadcast_to(row, (2, 3))
        a.clone()
        torch.clone(a)
        torch.clone(input=a)
        a.t().clone()
        a.t().contiguous()
        a.contiguous()
        a.contiguous() is a
        a.t().contiguous().view(6)
        a.view(6).view(2, 3).t().view(3, 2, 1)
        a.t().t()
        a.unsqueeze(0).squeeze(0)
        (a * 2).t().sum(0)
        a.select(0, 1)
        a.select(1, -1)
        a.select(dim=1, index=0)
        torch.select(a, 0, 1)
        a.narrow(1, 1, 2)
        a.size()
        a.size(0)
        a.size(-1)
        a.size(dim=1)
        a.shape
        a.shape[0]
        a.shape[1:]
        p.shape[:2].numel()
        a.shape + (1,)
        a.ndim
        a.dim()
        a.ndimension()
        a.numel()
        a.nelement()
        torch.numel(a)
        a.stride()
        a.t().stride()
        a.t().stride(0)
        a.is_contiguous()
        a.t().is_contiguous()
        a[:, 0].is_contiguous()
        a.element_size()
        len(a)
        len(p)
        a.gather(1, torch.tensor([[0, 2], [1, 1]]))
        torch.gather(a, 0, torch.tensor([[0, 1, 1]]))
        torch.gather(input=a, dim=1, index=torch.tensor([[0], [2]]))
    """,
    "indexing": """
        a[0]
        a[-1]
        a[1, 2]
        a[0][1]
        a[:, 1]
        a[..., 1]
        a[0, ...]
        a[...]
        a[:]
        a[:, :]
        a[1:]
        a[:1]
        a[:, 1:]
        a[:, ::2]
        a[1:, ::2]
        a[0:2, 0:3]
        a[0:2]
        a[0:5]
        a[-1:]
        a[:-1]
        a[:, -2:]
        a[2:]
        a[1:1]
        a[1:0]
        a[None]
        a[:, None]
        a[..., None]
        a[None, ..., None]
        a[0, None]
        a[None, 0]
        a[None, None, 1:, 0]
        a[[0, 1]]
        a[[1, 0, 1]]
        a[idx]
        a[idx, idx]
        a[:, idx]
        a[..., idx]
        a[idx, 0]
        a[0, idx]
        a[1:, idx]
        a[idx, 1:]
        a[None, idx]
        a[idx, None]
        a[idx[:, None], idx]
        a[[0, 1], [2, 1]]
        a[[[0, 1], [1, 0]]]
        a[torch.tensor(1)]
        a[torch.tensor(1), torch.tensor(0)]
        a[torch.tensor([1]), 0]
        a[mask]
        a[a > 0]
        a[~mask]
        a[torch.tensor([True, False])]
        a[torch.tensor([True, False]), 1]
        a[:, torch.tensor([True, False, True])]
        a[[True, False]]
        a[True]
        a[False]
        a[torch.tensor([-1, 0])]
        a[torch.tensor([], dtype=torch.long)]
        a[[]]
        a[0, 1:3]
        p[0]
        p[:, 0]
        p[..., 0]
        p[0, :, 1]
        p[:, 1:, ::2]
        p[1, 2, 3]
        p[idx]
        p[:, idx]
        p[[0, 1], :, [0, 3]]
        p[[0, 1], [1, 2]]
        p[:, [0, 1], [1, 2]]
        p[mask]
        p[:, None, 0]
        p[0, None, :, [0, 1]]
        p[mask, 1]
        p[:, torch.tensor([True, False, True]), 0]
        v[0]
        v[1:]
        v[idx]
        v[v > 0]
        v[None, :]
        s[None]
        s[...]
        s[()]
        s[True]
        empty[:, 1]
        empty[:0]
        a.t()[0]
        a.t()[1:]
        a.t()[idx]
        a[0] + a[1]
        a[:, 0] * a[:, 1]
        a[0].sum() * a[1, 1]
        v[1:] - v[:-1]
        list(a)
        list(v)
        [x for x in a][1]
        sum(v)
        sum(a)
        0.75 in a
        a.tolist()
        v[0].item()
        s.item()
        s.tolist()
        i.tolist()
        float(s)
        int(s)
        bool(s)
        float(one)
        round(s.item(), 1)
        torch.tensor([10, 20, 30])[torch.tensor(1)]
        [10, 20, 30][torch.tensor(1)]
        range(torch.tensor(3))
    """,
    "losses": """
        torch.nn.functional.mse_loss(a, b)
        torch.nn.functional.mse_loss(a, c)
        torch.nn.functional.mse_loss(c, a)
        torch.nn.functional.mse_loss(a, b, reduction="sum")
        torch.nn.functional.mse_loss(a, b, reduction="none")
        torch.nn.functional.mse_loss(a, c, reduction="none")
        torch.nn.functional.mse_loss(input=a, target=b)
        torch.nn.functional.mse_loss(a, row)
        torch.nn.functional.mse_loss(a, row, reduction="sum")
        torch.nn.functional.mse_loss(s, s * 2)
        torch.nn.functional.mse_loss(f, c)
        torch.nn.functional.mse_loss(f, f * 2)
        torch.nn.functional.mse_loss(v, a[0])
        torch.nn.functional.binary_cross_entropy_with_logits(a, mask.double())
        torch.nn.functional.binary_cross_entropy_with_logits(a, pos)
        torch.nn.functional.binary_cross_entropy_with_logits(c, pos)
        torch.nn.functional.binary_cross_entropy_with_logits(a, pos, reduction="sum")
        torch.nn.functional.binary_cross_entropy_with_logits(a, pos, reduction="none")
        torch.nn.functional.binary_cross_entropy_with_logits(a, mask.double(), weight=c)
        torch.nn.functional.binary_cross_entropy_with_logits(a, mask.double(), c)
        torch.nn.functional.binary_cross_entropy_with_logits(a, pos, pos_weight=torch.tensor([1.0, 2.0, 3.0], **d))
        torch.nn.functional.binary_cross_entropy_with_logits(a, mask.double(), c, pos_weight=torch.tensor(2.0, **d), reduction="sum")
        torch.nn.functional.binary_cross_entropy_with_logits(input=a, target=pos)
        torch.nn.functional.binary_cross_entropy_with_logits(torch.tensor([1000.0, -1000.0], **g), torch.tensor([0.0, 1.0], **d))
        torch.nn.functional.binary_cross_entropy_with_logits(f, mask.float())
        torch.nn.functional.binary_cross_entropy_with_logits(s, torch.tensor(1.0, **d))
    """,
    "making tensors": """
        torch.tensor(1)
        torch.tensor(1.5)
        torch.tensor(True)
        torch.tensor([])
        torch.tensor([[]])
        torch.tensor([1, 2])
        torch.tensor([1, 2.5])
        torch.tensor([True, 2])
        torch.tensor([True, 2.5])
        torch.tensor((1, 2))
        torch.tensor([(1, 2), (3, 4)])
        torch.tensor(range(3))
        torch.tensor([[1, 2], [3, 4]], dtype=torch.float32)
        torch.tensor([1.9, -1.9], dtype=torch.int64)
        torch.tensor([0.0, 2.0], dtype=torch.bool)
        torch.tensor([1.0], requires_grad=True)
        torch.tensor([s, s]).requires_grad
        torch.tensor([s.item(), 1])
        torch.tensor(float("inf"))
        torch.tensor([float("nan"), 1])
        torch.tensor(data=[1, 2])
        torch.tensor(1.0, device="cpu")
        torch.tensor(a)
        torch.Tensor([1, 2])
        torch.Tensor(2, 0)
        isinstance(a, torch.Tensor)
        torch.is_tensor(a)
        torch.is_tensor(1)
        torch.as_tensor([1, 2])
        torch.as_tensor(a) is a
        torch.as_tensor(1.5, dtype=torch.float64)
        torch.ones(2)
        torch.ones(2, 3)
        torch.ones((2, 3))
        torch.ones([2, 3])
        torch.ones(())
        torch.ones(size=(2,))
        torch.ones(torch.Size([2, 1]))
        torch.ones(a.shape)
        torch.ones(2, dtype=torch.int64)
        torch.ones(2, dtype=torch.bool)
        torch.ones(2, dtype=torch.double, requires_grad=True)
        torch.ones(0)
        torch.ones(2, 0)
        torch.ones(2, device="cpu")
        torch.zeros(2, 3)
        torch.zeros(3, dtype=torch.float64)
        torch.zeros(2, requires_grad=True)
        torch.empty(0)
        torch.empty(2, 3).shape
        torch.full((2, 2), 7)
        torch.full((2,), 7.5)
        torch.full((2,), True)
        torch.full((2,), 7, dtype=torch.float32)
        torch.full(size=(1,), fill_value=2.5)
        torch.full((), 3)
        torch.eye(3)
        torch.eye(2, 4)
        torch.eye(n=2, m=1)
        torch.eye(2, dtype=torch.int64)
        torch.eye(2, requires_grad=True)
        torch.eye(0)
        torch.arange(5)
        torch.arange(1, 5)
        torch.arange(1, 5, 2)
        torch.arange(5, 1, -2)
        torch.arange(0, 1, 0.25)
        torch.arange(0.5, 3)
        torch.arange(3.0)
        torch.arange(3, dtype=torch.float64)
        torch.arange(start=1, end=4)
        torch.arange(0, 10, step=5)
        torch.arange(end=3)
        torch.arange(0)
        torch.arange(3.0, requires_grad=True)
        torch.arange(0, 0.3, 0.1)
        torch.arange(1, 2, 0.1)
        torch.linspace(0, 1, 5)
        torch.linspace(-1, 1, 7)
        torch.linspace(start=0, end=10, steps=3)
        torch.linspace(0, 1, 1)
        torch.linspace(0, 1, 0)
        torch.linspace(1, 0, 4, dtype=torch.float64)
        torch.linspace(0, 1, 11).tolist()
        torch.linspace(-2, 2, 6, requires_grad=True)
        torch.linspace(0, 10, 5, dtype=torch.int64)
        torch.ones_like(a)
        torch.zeros_like(a)
        torch.zeros_like(i)
        torch.empty_like(void)
        torch.full_like(a, 3)
        torch.full_like(i, 3)
        torch.ones_like(a, dtype=torch.float32)
        torch.ones_like(a, requires_grad=True)
        torch.ones_like(input=a)
        torch.zeros_like(a.t()).stride()
        a.new_zeros(2)
        a.new_ones((2, 2))
        a.new_tensor([1, 2])
        a.new_full((2,), 3)
        torch.rand(3)
        torch.rand(2, 2)
        torch.rand((2,))
        torch.rand(3, dtype=torch.float64)
        torch.rand(3, requires_grad=True)
        torch.randn(3)
        torch.randn(2, 3)
        torch.randn((2, 3))
        torch.randn(20)
        torch.randn(3, dtype=torch.float64)
        torch.randn(2, requires_grad=True)
        torch.randn(size=(2,))
        torch.rand_like(a)
        torch.randn_like(a)
        torch.randn_like(f)
        torch.randint(10, (5,))
        torch.randint(2, 8, (2, 3))
        torch.randint(high=5, size=(2,))
        torch.randint(low=0, high=5, size=(2,))
        torch.randint(0, 9, (3,), dtype=torch.float32)
        torch.randperm(6)
        torch.rand(2, generator=torch.Generator().manual_seed(3))
        torch.randn(2, generator=torch.Generator().manual_seed(3))
        torch.manual_seed(1) is not None
        torch.initial_seed()
        torch.get_default_dtype()
        torch.float
        torch.double
        torch.float32 is torch.float
        torch.int64
        torch.bool
        a.dtype
        a.dtype is torch.float64
        a.dtype == torch.float64
        a.dtype.is_floating_point
        a.is_floating_point()
        torch.is_floating_point(i)
        a.device
        str(a.device)
        a.device.type
        torch.device("cpu")
        a.device == torch.device("cpu")
        a.to("cpu") is a
        a.cpu() is a
        a.is_cuda
        a.detach().numpy()
        torch.from_numpy(a.detach().numpy())
        torch.from_numpy(a.detach().numpy()).dtype
        torch.tensor(a.detach().numpy())
        torch.tensor(a.detach().numpy()[0, 0])
        torch.as_tensor(a.detach().numpy())
        a.detach().numpy().__array__()
        a.itemsize
        a.nbytes
        torch.pi
        torch.inf
        torch.nan
    """,
    "what autograd knows": """
        a.is_leaf
        a.requires_grad
        (a + 1).is_leaf
        (a + 1).requires_grad
        c.requires_grad
        c.is_leaf
        (c + 1).requires_grad
        (c + 1).is_leaf
        a.grad_fn
        a.grad
        c.grad
        a.grad is None
        type((a + 1).grad_fn).__name__
        (a + 1).grad_fn.name()
        (a + 1).grad_fn.next_functions[0][0].name().rpartition("::")[2]
        (a + 1).grad_fn.next_functions[0][0].variable is a
        (a + 1).grad_fn.next_functions[1]
        (a + a).grad_fn.next_functions[0] == (a + a).grad_fn.next_functions[1]
        len((a * b).grad_fn.next_functions)
        isinstance((a + 1).grad_fn, torch.autograd.graph.Node)
        (a * b).grad_fn._saved_self is a
        (a * b).grad_fn._saved_other is b
        (a * 2).grad_fn._saved_self
        (a * 2).grad_fn._saved_other
        (2.5 * a).grad_fn._saved_other
        (f * 2).grad_fn._saved_other
        a.exp().grad_fn._saved_result is a.exp()
        a.exp().grad_fn._saved_result
        (a * 2).exp().grad_fn._saved_result.grad_fn.name()
        a.output_nr
        a.max(1)[0].output_nr
        a._version
        (a + 1)._version
        a.retains_grad
        a.detach().requires_grad
        a.detach().is_leaf
        (a + 1).detach()
        a.data
        a.data.requires_grad
        a.detach() is a
        torch.detach(a)
        a.detach().clone()
        (a * b).detach() * c
        (a * b).detach() * a
        a * a.detach()
        a.clone().detach().requires_grad_(True)
        c.clone().requires_grad_()
        c.requires_grad_(False)
        a.view(6)._base is a
        a.view(6)[1:]._base is a
        a._base
        a.view(6)._is_view()
        a._is_view()
        a.detach()._is_view()
        (a + 1)._is_view()
        a.t().is_leaf
        repr(a)
        str(a + 1)
        f"{a.sum()}"
        f"{s:.3f}"
        f"{a.detach().sum():.2f}"
        hash(a) == hash(a)
        a in [a]
        {a: 1}[a]
        torch.is_grad_enabled()
        torch.autograd.grad(a.sum(), a)
        torch.autograd.grad((a * b).sum(), [a, b])
        torch.autograd.grad((a * b).sum(), (a,))
        torch.autograd.grad(a * b, a, b)
        torch.autograd.grad(a * b, a, grad_outputs=c)
        torch.autograd.grad([a.sum(), b.sum()], [a, b])
        torch.autograd.grad([a * 2, b * 3], [a, b], [c, c])
        torch.autograd.grad(a.sum(), [a, b], allow_unused=True)
        torch.autograd.grad(a.sum(), [a, b], materialize_grads=True)
        torch.autograd.grad(a.sum(), [a, b], allow_unused=True, materialize_grads=True)
        torch.autograd.grad((a ** 3).sum(), a, create_graph=True)
        torch.autograd.grad((a ** 3).sum(), a, create_graph=True)[0]
        torch.autograd.grad(torch.autograd.grad((a ** 3).sum(), a, create_graph=True)[0].sum(), a, create_graph=True)[0]
        torch.autograd.grad(torch.autograd.grad(a.exp().sum(), a, create_graph=True)[0].sum(), a, create_graph=True)[0]
        torch.autograd.grad(torch.autograd.grad(a.sigmoid().sum(), a, create_graph=True)[0].sum(), a, create_graph=True)[0]
        torch.autograd.grad(torch.autograd.grad(a.tanh().sum(), a, create_graph=True)[0].sum(), a, create_graph=True)[0]
        torch.autograd.grad(torch.autograd.grad((a / b).sum(), b, create_graph=True)[0].sum(), b, create_graph=True)[0]
        torch.autograd.grad(torch.autograd.grad(pos.log().sum(), pos, create_graph=True)[0].sum(), pos, create_graph=True)[0]
        torch.autograd.grad(torch.autograd.grad(pos.sqrt().sum(), pos, create_graph=True)[0].sum(), pos, create_graph=True)[0]
        torch.autograd.grad(torch.autograd.grad((pos ** b).sum(), b, create_graph=True)[0].sum(), pos, create_graph=True)[0]
        torch.autograd.grad(torch.autograd.grad((pos ** b).sum(), pos, create_graph=True)[0].sum(), b, create_graph=True)[0]
        torch.autograd.grad(torch.autograd.grad((a @ n).pow(3).sum(), a, create_graph=True)[0].sum(), n, create_graph=True)[0]
        torch.autograd.grad(torch.autograd.grad(a.max(1)[0].pow(3).sum(), a, create_graph=True)[0].sum(), a, create_graph=True)[0]
        torch.autograd.grad(torch.autograd.grad(a[idx].pow(3).sum(), a, create_graph=True)[0].sum(), a, create_graph=True)[0]
        torch.autograd.grad(torch.autograd.grad(a[0].pow(3).sum(), a, create_graph=True)[0].sum(), a, create_graph=True)[0]
        torch.autograd.grad(torch.autograd.grad(a[:, 1:].pow(3).sum(), a, create_graph=True)[0].sum(), a, create_graph=True)[0]
    """,
}

# Bad input: the exception's type and its first sentence must be PyTorch's.
ERRORS = """
    a - torch.tensor(True)
    a.sum(0, 1)
    a @ p.transpose(0, 1).transpose(1, 2)[:3]
    s.permute()
    torch.tensor([1, 2], requires_grad=True)
    torch.tensor(True, requires_grad=True)
    torch.ones(2, dtype=torch.int64, requires_grad=True)
    torch.zeros(2, dtype=torch.bool, requires_grad=True)
    torch.arange(3, requires_grad=True)
    torch.full((2,), 1, requires_grad=True)
    torch.eye(2, dtype=torch.int32, requires_grad=True)
    i.requires_grad_()
    i.requires_grad = True
    mask.requires_grad_()
    torch.tensor([[1, 2], [3]])
    torch.tensor([[1], [2, 3]])
    torch.tensor([[[1, 2]], [[3]]])
    torch.tensor([[1, 2], 3])
    torch.tensor([1, [2, 3]])
    torch.tensor("text")
    torch.tensor(["a", "b"])
    torch.tensor([1, "b"])
    torch.tensor(None)
    torch.tensor([None])
    torch.tensor([1, None])
    torch.tensor({"a": 1})
    torch.tensor({1, 2})
    torch.tensor([object()])
    torch.tensor(2 ** 70)
    torch.tensor([1.0], dtype="float32")
    torch.tensor([1.0], [2.0])
    torch.ones(-1)
    torch.ones(2, -3)
    torch.ones(2.5)
    torch.ones("a")
    torch.ones()
    torch.ones((2, 2.5))
    torch.zeros(None)
    torch.rand(-2)
    torch.eye(-1)
    torch.eye(2, -1)
    torch.eye(2.5)
    torch.full(2, 3)
    torch.arange(0, 3, 0)
    torch.arange(3, 0)
    torch.arange(0, 3, -1)
    torch.linspace(0, 1, -1)
    torch.ones_like(3)
    torch.ones_like([1, 2])
    torch.zeros_like(None)
    torch.randint(5, 5, (2,))
    torch.from_numpy([1])
    a + n
    a - n
    a * n
    a / n
    a ** n
    a > n
    n + v.reshape(3, 1)[:2]
    torch.where(mask, a, n)
    a + "text"
    "text" + a
    a + None
    None + a
    a * [1, 2]
    a - "text"
    a / "text"
    a ** "text"
    a @ 2
    2 @ a
    a @ [1]
    a > "text"
    a > None
    torch.add(a, "text")
    torch.mul(a, None)
    torch.exp(1)
    torch.exp()
    torch.exp(a, b)
    torch.log("text")
    torch.sigmoid(None)
    torch.sqrt(2.0)
    torch.sum(1)
    torch.mean(2.0)
    torch.max(3)
    a.exp(1)
    mask - mask
    -mask
    i ** -1
    2 - mask
    a @ v.reshape(1, 3)
    a @ a
    a @ w[:2]
    v @ w[:2]
    v @ a
    v @ n.t()
    p @ v
    p @ a
    p @ p
    v @ p.transpose(1, 2)
    s @ a
    a @ s
    a @ f.t()
    v @ f[0]
    m @ f[0]
    p @ p.float().transpose(1, 2)
    i @ a.t()
    torch.mm(a, v)
    torch.mm(a, a)
    torch.mm(v, v)
    torch.mv(v, a)
    torch.mv(a, w[:2])
    torch.dot(a, b)
    torch.dot(v, w[:2])
    torch.bmm(a, b)
    torch.bmm(p, p)
    torch.matmul(a, 2)
    torch.matmul(2, a)
    torch.outer(a, v)
    a.view(5)
    a.view(-1, -1)
    a.view(-2, 3)
    a.view(4, -1)
    a.view("a")
    a.view(2.5)
    a.view()
    a.reshape(5)
    a.reshape(-1, 4)
    a.reshape(None)
    a.t().view(6)
    a.t().view(-1)
    empty.view(-1, 0)
    p.t()
    a.transpose(0, 2)
    a.transpose(0)
    a.transpose(-3, 0)
    a.permute(0)
    a.permute(0, 0)
    a.permute(0, 2)
    a.permute(0, 1, 2)
    a.squeeze(2)
    a.squeeze(-3)
    a.squeeze("a")
    a.unsqueeze(3)
    a.unsqueeze(-4)
    a.unsqueeze()
    a.expand(3, 3)
    a.expand(3)
    a.expand(-1, 2, 3)
    a.expand(2, -1, 2, 3)
    a.mT.T.mT[0].mT
    a.sum(2)
    a.sum(-3)
    a.sum((0, 0))
    a.sum((0, -2))
    a.sum("a")
    a.sum(1.5)
    a.mean(2)
    i.mean()
    mask.mean()
    i.mean(0)
    a.max(2)
    a.max(-3)
    a.max((0, 1))
    empty.max()
    empty.min()
    empty.max(0)
    empty.argmax()
    a.argmax(2)
    s.sum(1)
    s.max(1)
    a[2]
    a[-3]
    a[0, 3]
    a[0, 0, 0]
    a[..., 0, 0, 0]
    a[1.5]
    a[0, "a"]
    a[::-1]
    a[::0]
    a[torch.tensor([2])]
    a[[0, 5]]
    a[torch.tensor([1.5])]
    a[torch.tensor([True])]
    a[torch.tensor([[True, False], [False, True]])]
    a[torch.tensor([True, False]), torch.tensor([True, True, False]), 0]
    a[[0, 1, 0], [0, 1]]
    s[0]
    s[:]
    s[[0]]
    a[object()]
    a.select(2, 0)
    a.select(0, 5)
    len(s)
    list(s)
    iter(s)
    for _ in s: pass
    a.item()
    empty.item()
    float(a)
    int(a)
    float(void)
    bool(a)
    bool(empty)
    if a > 0: pass
    a == b and True
    not a
    range(torch.tensor(1.5))
    [1, 2][torch.tensor(1.5)]
    [1, 2][torch.tensor([1, 2])]
    a.numpy()
    (a + 1).numpy()
    a.t().backward()
    a.backward()
    (a * 2).backward()
    empty.backward()
    (a * 2).backward(torch.ones(3))
    (a * 2).backward(torch.ones(3, 2, dtype=torch.float64))
    (a * 2).backward(1.0)
    (a * 2).backward([1.0])
    (a * 2).backward("text")
    a.sum().backward(torch.ones(2, dtype=torch.float64))
    c.sum().backward()
    c.backward()
    torch.tensor(1.0).backward()
    a.detach().sum().backward()
    (a > 0).sum().backward()
    i.sum().backward()
    a.sum().backward(inputs=[])
    a.sum().backward(inputs=[c])
    torch.autograd.backward(1)
    torch.autograd.backward([a.sum(), c.sum()])
    torch.autograd.backward([a.sum(), b])
    torch.autograd.backward([a, b], [c])
    torch.autograd.grad(a.sum(), b)
    torch.autograd.grad(a.sum(), [a, b])
    torch.autograd.grad(a.sum(), c)
    torch.autograd.grad(c.sum(), a)
    torch.autograd.grad(a * 2, a)
    torch.autograd.grad(a * 2, a, torch.ones(3))
    torch.autograd.grad(a * 2, a, 1.0)
    torch.autograd.grad(a.sum(), [])
    torch.autograd.grad(a.sum(), a.sum())
    torch.autograd.grad(a.sum(), "a")
    torch.autograd.grad(a.sum(), [a, b], allow_unused=False, materialize_grads=True)
    torch.autograd.grad(1, a)
    (a + 1).requires_grad_(False)
    (a + 1).requires_grad = False
    a.requires_grad = "yes"
    a.requires_grad_(1)
    c.retain_grad()
    (c + 1).retain_grad()
    a.grad = 1
    a.grad = torch.ones(3)
    a.grad = torch.ones(2, 3)
    a.grad = [1]
    a.add_(1)
    a += 1
    a.zero_()
    a.view(6).add_(1)
    a.t().mul_(2)
    c.add_(n)
    i.add_(1.5)
    i.mul_(2.5)
    row.detach().add_(c)
    row.detach().expand(2, 3).add_(1)
    c.exp_(1)
    i.exp_()
    mask.add_(2)
    a.no_such_method()
    torch.no_such_function(a)
    a.grad_fn._saved_self
    (a + 1).grad_fn._saved_self
    (a + 1).grad_fn.no_such_field
    torch.set_grad_enabled("yes")
    torch.set_default_dtype(torch.int64)
    torch.nn.functional.mse_loss(a, n)
    torch.nn.functional.mse_loss(a, b, reduction="max")
    torch.nn.functional.mse_loss(a, 1.0)
    torch.nn.functional.mse_loss(i, i)
    torch.nn.functional.binary_cross_entropy_with_logits(a, v)
    torch.nn.functional.binary_cross_entropy_with_logits(a, pos, reduction="max")
    torch.nn.functional.binary_cross_entropy_with_logits(a, 1.0)
    a.to("float32")
    a.to(3)
    a.type_as(3)
    a.gather(2, idx)
    a.gather(1, torch.tensor([[5]]))
    a.squeeze((0, 0))
    torch.where(1, a, b)
    torch.where(i, a, b)
    a.flatten(2)
    p.flatten(2, 0)
    torch.manual_seed("a")
    torch.tensor([1.0, 2.0], requires_grad=True).sum().backward(retain_graph=1).no
"""

# Longer stories, most of them about the order of things. What they print is compared.
SCRIPTS = {
    "the source document": """
x = torch.ones(5)
y = torch.zeros(3)
w = torch.randn(5, 3, requires_grad=True)
b = torch.randn(3, requires_grad=True)
z = torch.matmul(x, w) + b
loss = torch.nn.functional.binary_cross_entropy_with_logits(z, y)
print(f'Gradint function for z = {z.grad_fn}')
print(f'Gradint function for loss = {loss.grad_fn}')
loss.backward()
print(w.grad)
print(b.grad)
z = torch.matmul(x, w) + b
print(z.requires_grad)
with torch.no_grad():
    z = torch.matmul(x, w) + b
    print(z.requires_grad)
z = torch.matmul(x, w) + b
z = z.detach()
print(z.requires_grad)
inp = torch.eye(4, 5, requires_grad=True)
out = (inp + 1).pow(2).t()
out.backward(torch.ones_like(out), retain_graph=True)
print(f"First call\\n{inp.grad}")
out.backward(torch.ones_like(out), retain_graph=True)
print(f"\\nSecond call\\n{inp.grad}")
inp.grad.zero_()
out.backward(torch.ones_like(out), retain_graph=True)
print(f"\\nCall after zeroing gradients\\n{inp.grad}")
print(x, y, w, b, z, loss, inp, out)
""",
    "the source document's second backward": """
x, y = torch.ones(5), torch.zeros(3)
w = torch.randn(5, 3, requires_grad=True)
b = torch.randn(3, requires_grad=True)
loss = torch.nn.functional.binary_cross_entropy_with_logits(torch.matmul(x, w) + b, y)
loss.backward()
loss.backward()
""",
    "which operations may run twice": """
for name, make in {
    "add": lambda: a + b, "add 1": lambda: a + 1, "sub": lambda: a - b, "rsub": lambda: 1 - a, "neg": lambda: -a, "sum": lambda: a.sum(),
    "sum dim": lambda: a.sum(0), "mean": lambda: a.mean(), "mean dim": lambda: a.mean(1), "view": lambda: a.view(6), "t": lambda: a.t(),
    "transpose": lambda: a.transpose(0, 1), "permute": lambda: a.permute(1, 0), "expand": lambda: row.expand(2, 3), "select": lambda: a[0],
    "slice": lambda: a[1:], "squeeze": lambda: q.squeeze(), "squeeze dim": lambda: q.squeeze(0), "unsqueeze": lambda: a.unsqueeze(0),
    "clone": lambda: a.clone(), "double": lambda: f.double(), "add number alpha": lambda: torch.add(a, b, alpha=3), "alias": lambda: a[...],
    "mul": lambda: a * b, "mul 2": lambda: a * 2, "mul constant": lambda: a * c, "div": lambda: a / b, "div 2": lambda: a / 2,
    "pow": lambda: a ** 2, "pow 1": lambda: a ** 1, "pow 0": lambda: a ** 0, "pow tensor": lambda: pos ** b, "number pow": lambda: 2 ** a,
    "exp": lambda: a.exp(), "log": lambda: pos.log(), "sqrt": lambda: pos.sqrt(), "abs": lambda: a.abs(), "sigmoid": lambda: a.sigmoid(),
    "tanh": lambda: a.tanh(), "relu": lambda: a.relu(), "reciprocal": lambda: a.reciprocal(), "where": lambda: torch.where(mask, a, b),
    "max": lambda: a.max(), "max dim": lambda: a.max(1)[0], "index": lambda: a[idx], "mask": lambda: a[mask], "mm": lambda: a @ m,
    "mv": lambda: m @ v, "dot": lambda: v @ w, "bmm": lambda: p @ p.mT, "mse": lambda: torch.nn.functional.mse_loss(a, b),
    "gather": lambda: a.gather(1, torch.tensor([[0], [1]])), "sign": lambda: a.sign(), "maximum": lambda: torch.maximum(a, b),
    "bce": lambda: torch.nn.functional.binary_cross_entropy_with_logits(a, pos), "vm": lambda: v @ m, "log1p": lambda: pos.log1p(),
}.items():
    y = make()
    y.backward(torch.ones_like(y))
    try:
        y.backward(torch.ones_like(y))
        print(name, "may")
    except RuntimeError as error:
        print(name, str(error).partition("\\n")[0])
""",
    "accumulation over calls": """
for k in range(3):
    (a * b).sum().backward()
    print(k, a.grad, b.grad, a.grad._version)
first = a.grad
(a * 3).sum().backward()
print(first is a.grad, first)
a.grad.zero_()
print(first, a.grad._version)
a.grad = None
print(a.grad)
(a * 3).sum().backward()
print(first is a.grad, a.grad, a.grad.requires_grad, a.grad.is_leaf, a.grad._version)
""",
    "the seed is not aliased": """
seed = torch.ones(2, 3, **d)
(a + b).backward(seed)
print(a.grad is seed, b.grad is seed, a.grad is b.grad)
seed.mul_(5)
a.grad.add_(1)
print(a.grad, b.grad, seed)
""",
    "a gradient that is assigned": """
a.grad = torch.full((2, 3), 10.0, **d)
(a * 2).sum().backward()
print(a.grad)
del a.grad
print(a.grad)
a.grad = b.detach()
(a * 2).sum().backward()
print(a.grad, b)
""",
    "retain_graph": """
y = (a.exp() * b).sum()
y.backward(retain_graph=True)
y.backward(retain_graph=True)
y.backward()
print(a.grad, b.grad)
try:
    y.backward()
except RuntimeError as error:
    print(str(error).partition("\\n")[0])
try:
    y.grad_fn.next_functions[0][0]._saved_other
except RuntimeError as error:
    print(str(error).partition("\\n")[0])
try:
    y.backward(retain_graph=True)
except RuntimeError as error:
    print("again")
print(a.grad)
""",
    "numbers stay readable after the graph is freed": """
y = a ** 3
z = y.sum(0)
z.sum().backward()
print(y.grad_fn._saved_exponent, z.grad_fn._saved_dim, z.grad_fn._saved_self_sym_sizes)
y.grad_fn._saved_self
""",
    "half a graph is freed": """
y = a * 2
z = y.exp().sum()
u = (y + 1).sum()
u.backward()
print(a.grad)
z.backward()
""",
    "nodes before the failing one have run": """
y = a * b
z = y.sum() + s.exp()
y.sum().backward()
before = a.grad.clone()
try:
    z.backward()
except RuntimeError:
    pass
print(s.grad, torch.equal(before, a.grad))
""",
    "two branches": """
y = a * b
z = (y + y.exp() + a).sum()
z.backward()
print(a.grad, b.grad)
""",
    "several roots": """
y, z = a * 2, (a * b).sum()
torch.autograd.backward([y, z], [torch.ones_like(y), None])
print(a.grad, b.grad)
torch.autograd.backward((s * 2, s * 3))
print(s.grad)
torch.autograd.backward([s, s])
print(s.grad)
""",
    "a root that leads to another": """
y = a * 2
z = y.sum()
torch.autograd.backward([y, z], [torch.ones_like(y), None])
print(a.grad)
""",
    "backward on a leaf": """
s.backward()
print(s.grad)
s.backward(torch.tensor(3.0, **d))
print(s.grad)
a.backward(c)
print(a.grad)
""",
    "a scalar of one element": """
y = (one * 2).reshape(1, 1)
y.backward()
print(one.grad)
y = one * 2
y.backward(torch.tensor([3.0], **d))
print(one.grad)
""",
    "backward to chosen inputs": """
y = (a * b).sum() + s
y.backward(inputs=[a], retain_graph=True)
print(a.grad, b.grad, s.grad)
y.backward(inputs=b, retain_graph=True)
print(b.grad)
h = a * 2
z = (h * b).sum()
z.backward(inputs=[h, b])
print(h.grad, b.grad)
""",
    "grad leaves .grad alone": """
y = (a * b).sum()
g1 = torch.autograd.grad(y, a, retain_graph=True)
g2 = torch.autograd.grad(y, [b, a])
print(g1, g2, a.grad, b.grad)
try:
    torch.autograd.grad(y, a)
except RuntimeError as error:
    print(str(error).partition(".")[0])
""",
    "grad with respect to a result": """
h = a * 2
y = h.exp()
z = y.sum()
print(torch.autograd.grad(z, [h, y, a], retain_graph=True))
print(torch.autograd.grad(z, z))
print(torch.autograd.grad(z, [a, a]))
""",
    "the same input twice": """
print(torch.autograd.grad((a * a).sum(), [a, a, b], allow_unused=True))
""",
    "create_graph through backward": """
y = (a ** 3).sum()
y.backward(create_graph=True)
print(a.grad, a.grad.requires_grad)
print(a.grad.grad_fn.name())
first = a.grad
a.grad.sum().backward()
print(a.grad is first, a.grad)
a.grad = None
""",
    "third derivatives": """
y = (a ** 4).sum()
g1, = torch.autograd.grad(y, a, create_graph=True)
g2, = torch.autograd.grad(g1.sum(), a, create_graph=True)
g3, = torch.autograd.grad(g2.sum(), a, create_graph=True)
g4, = torch.autograd.grad(g3.sum(), a)
print(g1, g2, g3, g4, sep="\\n")
""",
    "a hessian": """
def value(x):
    return (x[0] ** 2 * x[1] + (x[1] * x[2]).exp() / x[0]).sum()
x = v.detach().clone().requires_grad_()
gradient, = torch.autograd.grad(value(x), x, create_graph=True)
for k in range(3):
    print(torch.autograd.grad(gradient[k], x, retain_graph=True))
""",
    "a penalty on the gradient": """
prediction = (a @ m).tanh().sum()
gradient, = torch.autograd.grad(prediction, a, create_graph=True)
loss = prediction + (gradient ** 2).sum()
loss.backward()
print(a.grad, m.grad)
""",
    "retain_grad": """
h = a * 2
h.retain_grad()
print(h.retains_grad, a.retains_grad)
y = h.exp()
y.sum().backward()
print(h.grad, a.grad)
h.retain_grad()
(h * 1 if False else a * 1).sum().backward()
print(h.grad)
a.retain_grad()
print(a.retains_grad)
""",
    "retain_grad adds up": """
h = a * 2
h.retain_grad()
y = (h + 1).sum()
y.backward(retain_graph=True)
print(h.grad)
y.backward()
print(h.grad)
""",
    "retain_grad of a result and its two uses": """
h = a.sum(1)
h.retain_grad()
(h * h).sum().backward()
print(h.grad, a.grad)
""",
    "retain_grad of the root": """
y = (a * 2).sum()
y.retain_grad()
y.backward()
print(y.grad)
""",
    "the .grad of a result": """
h = a * 2
h.sum().backward()
print(h.grad)
""",
    "no_grad": """
with torch.no_grad():
    print(torch.is_grad_enabled(), (a * 2).requires_grad, (a * 2).is_leaf, a.requires_grad)
    print(torch.ones(2, requires_grad=True).requires_grad)
    u = a.view(6)
print(torch.is_grad_enabled(), (a * 2).requires_grad, u.requires_grad)
""",
    "no_grad as a decorator": """
@torch.no_grad()
def f1(x):
    "doc"
    return x * 2
@torch.no_grad
def f2(x):
    return x * 2
@torch.enable_grad()
def f3(x):
    return x * 2
@torch.set_grad_enabled(False)
def f4(x):
    return x * 2
print([fn(a).requires_grad for fn in (f1, f2, f3, f4)], torch.is_grad_enabled(), f1.__name__, f1.__doc__)
with torch.no_grad():
    print(f3(a).requires_grad, f1(a).requires_grad)
""",
    "no_grad around a function that calls itself": """
@torch.no_grad()
def countdown(n):
    return [(a * n).requires_grad] + (countdown(n - 1) if n else [])
print(countdown(3), torch.is_grad_enabled())
""",
    "no_grad, nested": """
with torch.no_grad():
    with torch.enable_grad():
        print((a * 2).requires_grad)
        with torch.no_grad():
            print((a * 2).requires_grad)
        print((a * 2).requires_grad)
    print((a * 2).requires_grad)
guard = torch.no_grad()
with guard:
    with guard:
        print(torch.is_grad_enabled())
    print(torch.is_grad_enabled())
print(torch.is_grad_enabled())
""",
    "set_grad_enabled": """
torch.set_grad_enabled(False)
print((a * 2).requires_grad, torch.is_grad_enabled())
torch.set_grad_enabled(True)
print((a * 2).requires_grad)
with torch.set_grad_enabled(False):
    print((a * 2).requires_grad)
    with torch.set_grad_enabled(mode=True):
        print((a * 2).requires_grad)
    print((a * 2).requires_grad)
print((a * 2).requires_grad)
guard = torch.set_grad_enabled(False)
print(torch.is_grad_enabled())
with guard:
    print(torch.is_grad_enabled())
print(torch.is_grad_enabled())
torch.set_grad_enabled(True)
print(torch.autograd.no_grad is torch.no_grad)
""",
    "an exception inside no_grad": """
try:
    with torch.no_grad():
        a + n
except RuntimeError:
    print(torch.is_grad_enabled())
@torch.no_grad()
def fails():
    raise KeyError("x")
try:
    fails()
except KeyError:
    print(torch.is_grad_enabled())
""",
    "no_grad around a generator": """
@torch.no_grad()
def numbers():
    for _ in range(2):
        yield torch.is_grad_enabled()
for inside in numbers():
    print(inside, torch.is_grad_enabled())
""",
    "no_grad cuts only what is made inside": """
y = a * 2
with torch.no_grad():
    h = y + 1
z = (y * h).sum()
z.backward()
print(a.grad)
""",
    "backward inside no_grad": """
y = (a * b).sum()
with torch.no_grad():
    y.backward()
    a.grad.mul_(2)
print(a.grad, a.grad.requires_grad)
y = (a ** 3).sum()
with torch.no_grad():
    g1, = torch.autograd.grad(y, a, create_graph=True)
print(g1.requires_grad)
""",
    "detach": """
h = (a * 2).detach()
z = (h * a).sum()
z.backward()
print(a.grad, h.requires_grad, h.grad_fn)
h.requires_grad_()
(h * 3).sum().backward()
print(h.grad)
""",
    "detach shares memory and version": """
y = a * 2
h = y.detach()
h.zero_()
print(y, y._version, h._version)
y.data.add_(1)
print(y, y._version)
""",
    "a view shares memory": """
base = c.clone()
view = base.view(6)
base.add_(1)
print(view, view._version, base._version)
view[1:].zero_()
print(base, base._version)
base.t().mul_(2)
print(base, base._version, base.expand(2, 2, 3)._base is base)
""",
    "requires_grad_ later": """
x = c.clone()
y = x * 2
x.requires_grad_()
z = x * 3
print(y.requires_grad, z.requires_grad)
x.requires_grad = False
print(z.requires_grad, (x * 2).requires_grad)
z.sum().backward()
print(x.grad)
""",
    "a saved tensor changed in place": """
h = a * 1
y = h ** 2
h.add_(1)
y.sum().backward()
""",
    "a saved leaf changed in place": """
y = a ** 2
with torch.no_grad():
    a.add_(1)
y.sum().backward()
""",
    "a saved result changed in place": """
y = a.exp()
y.mul_(2)
y.sum().backward()
""",
    "an unsaved tensor changed in place": """
y = a.exp()
h = y + 1
h.add_(1)
h.sum().backward()
print(a.grad)
h = a * 2
h.add_(b)
h.mul_(h.detach())
h.sum().backward()
print(a.grad, b.grad, h.grad_fn.name(), h._version)
""",
    "what is saved of a float tensor that changed": """
h = f * 1
y = h * 2
z = h.exp()
h.zero_()
y.sum().backward()
print(f.grad)
h = f.exp()
z = (h * f).sum()
h.zero_()
z.backward()
""",
    "in-place operations out of autograd's sight": """
x = c.clone()
print(x.add_(1), x.sub_(0.5), x.mul_(2), x.div_(4), x.neg_(), x.abs_(), x.sqrt_(), x.exp_(), x.log_(), x.pow_(2), x.sigmoid_(), x._version)
print(x.tanh_(), x.relu_(), x.fill_(3), x.copy_(row.detach()), x.zero_(), x._version)
x += 1
x *= 3
x -= c
x /= 2
print(x, x._version)
x.add_(c, alpha=2)
x.sub_(c, alpha=0.5)
print(x)
k = i.clone()
k += 1
k *= 2
print(k, k.zero_())
""",
    "in-place operations with a gradient": """
x = a.clone()
x.add_(1)
x.mul_(b)
x.sub_(b, alpha=2)
x.div_(2)
x.neg_()
x.exp_()
print(x.grad_fn.name(), x.grad_fn.next_functions[0][0].name())
x.sum().backward()
print(a.grad, b.grad)
for change in ("sqrt_", "log_", "sigmoid_", "tanh_", "relu_", "abs_"):
    x = pos.clone()
    getattr(x, change)()
    print(change, x.grad_fn.name(), torch.autograd.grad(x.sum(), pos))
x = a.clone()
x.pow_(3)
print(x.grad_fn.name(), torch.autograd.grad(x.sum(), a))
x = a.clone()
x.zero_()
print(x.grad_fn.name(), torch.autograd.grad(x.sum(), a))
x = a.clone()
x.fill_(2)
print(x.grad_fn.name(), torch.autograd.grad(x.sum(), a))
x = a.clone()
x.copy_(b)
print(x.grad_fn.name(), torch.autograd.grad(x.sum(), [a, b]))
""",
    "a constant becomes a result": """
x = c.clone()
x.mul_(a)
print(x.requires_grad, x.is_leaf, x.grad_fn.name())
x.sum().backward()
print(a.grad)
""",
    "gradient descent": """
x = torch.tensor([3.0, -2.0], requires_grad=True)
for step in range(4):
    loss = ((x - 1) ** 2).sum()
    loss.backward()
    with torch.no_grad():
        x -= 0.1 * x.grad
    x.grad.zero_()
    print(step, loss.item(), x)
for step in range(2):
    loss = ((x - 1) ** 2).sum()
    loss.backward()
    x.data -= 0.1 * x.grad
    x.grad = None
print(x, x._version)
""",
    "a linear model": """
x = torch.linspace(-1, 1, 8).reshape(8, 1)
y = 3 * x - 0.5
w = torch.randn(1, 1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
for epoch in range(5):
    loss = torch.nn.functional.mse_loss(x @ w + b, y)
    loss.backward()
    with torch.no_grad():
        for parameter in (w, b):
            parameter.sub_(parameter.grad, alpha=0.5)
            parameter.grad = None
    print(f"{epoch} {loss.item():.5f}", w, b)
""",
    "two layers": """
x = torch.randn(6, 4)
w1 = torch.randn(4, 5, requires_grad=True)
b1 = torch.zeros(5, requires_grad=True)
w2 = torch.randn(5, 1, requires_grad=True)
hidden = (x @ w1 + b1).relu()
loss = (hidden @ w2).sigmoid().log().mean()
loss.backward()
print(loss, w1.grad, b1.grad, w2.grad, sep="\\n")
""",
    "a graph for some": """
frozen = b.detach()
y = (a * frozen).sum()
y.backward()
print(a.grad, frozen.grad, b.grad)
""",
    "fan-out order": """
order = []
class Watch(list):
    pass
h1, h2, h3 = a * 1, a * 2, a * 3
z = (h2 * h1 + h3).sum()
fn = z.grad_fn.next_functions[0][0]
print([e[0].name() for e in fn.next_functions], [e[0].next_functions[0][0].name() for e in fn.next_functions])
numbers = [t.grad_fn._sequence_nr() for t in (h1, h2, h3, z)]
print([n - numbers[0] for n in numbers])
""",
    "sequence numbers count recorded operations only": """
y = a * 2
c * 2
with torch.no_grad():
    a * 3
z = a * 2
print(z.grad_fn._sequence_nr() - y.grad_fn._sequence_nr())
print((a + 1).grad_fn.next_functions[0][0]._sequence_nr())
""",
    "nodes are the same objects": """
y = a * b
print(y.grad_fn is y.grad_fn, y.grad_fn.next_functions[0][0] is y.grad_fn.next_functions[0][0])
z = y + y
print(z.grad_fn.next_functions[0][0] is z.grad_fn.next_functions[1][0], z.grad_fn.next_functions[0][0] is y.grad_fn)
acc = y.grad_fn.next_functions[0][0]
print((a * 3).grad_fn.next_functions[0][0] is acc, acc.variable is a)
print(y.grad_fn == y.grad_fn, len({y.grad_fn, y.grad_fn}), y.grad_fn.requires_grad, acc.requires_grad, acc.next_functions)
y.grad_fn.metadata["note"] = 1
print(y.grad_fn.metadata)
""",
    "leaves": """
y = a.clone()
x = torch.zeros(3, requires_grad=True)
with torch.no_grad():
    h = x + 1
print(a.is_leaf, y.is_leaf, x.is_leaf, h.is_leaf, h.requires_grad, c.is_leaf, (c * 2).is_leaf, y.detach().is_leaf)
""",
    "values out of a tensor": """
for x in v:
    print(x, x.item(), x.requires_grad)
print([float(x) for x in v], v.tolist(), len(a), a.shape[0], v.detach().numpy(), max(v), min(v.tolist()))
print(bool(s > 1), int(s), float(s), s.item(), f"{s.item():.2f}", 0.7 in v, 5 in v)
x, y, z = v
print(x + y * z)
""",
    "mixed dtypes keep the leaf's": """
y = (f * a).sum()
y.backward()
print(f.grad.dtype, a.grad.dtype, f.grad, a.grad)
f.grad = None
(f.double() * 2).sum().backward()
print(f.grad)
(f * i).sum().backward()
print(f.grad)
""",
    "ties share or win": """
ties.max().backward()
print(ties.grad)
ties.grad = None
ties.max(1).values.sum().backward()
print(ties.grad)
values, indices = ties.max(dim=0)
print(values, indices)
print(torch.max(ties, 1))
r = ties.min(1)
print(r.values, r.indices, r[0], len(r))
""",
    "kinks": """
for name in ("relu", "abs", "sqrt", "sign", "sigmoid"):
    x = torch.tensor([0.0, -0.0, 4.0], **g)
    y = getattr(x, name)()
    y.sum().backward()
    print(name, y, x.grad)
""",
    "not a number": """
x = torch.tensor([0.0, -1.0, float("inf")], **g)
y = x.log() * x.sqrt() / x
y.sum().backward()
print(y, x.grad)
""",
    "a broadcast is summed away": """
y = (row * col + s + one).sum()
y.backward()
print(row.grad, col.grad, s.grad, one.grad)
""",
    "a loop builds a chain": """
x = s
for k in range(50):
    x = x * 1.01 + 0.01
x.backward()
print(x, s.grad)
""",
    "a warning for a wrong transpose": """
print(p.T.shape, v.T.shape)
""",
    "default dtype": """
torch.set_default_dtype(torch.float64)
try:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = torch.ones(2) * 2 + torch.arange(0, 1, 0.5)
    print(x, y, y.dtype, torch.get_default_dtype(), f, torch.tensor([1, 2]) / 2)
    print(torch.tensor(3) * 1.5, torch.tensor([1, 2]) * 1.5, f + 1.5, torch.tensor([1, 2]).exp(), torch.tensor([4]).sqrt())
finally:
    torch.set_default_dtype(torch.float32)
print(x, torch.tensor(1.0))
""",
    "printing": """
print(a)
print(a * 2)
print(s, s * 2, i, mask, empty, void, f)
print(a.sum(), [s], {"s": s}, (s, s))
print(torch.zeros(2, 3), torch.randn(3, 4), torch.arange(12).reshape(3, 4))
print(a.grad_fn, a.shape, a.dtype, a.size())
print(f"{s} {s:.2f} {a.sum():8.3f}")
""",
    "random numbers again": """
torch.manual_seed(42)
print(torch.rand(3), torch.randn(3), torch.randint(10, (4,)), torch.randperm(5))
torch.manual_seed(42)
print(torch.rand(3), torch.initial_seed())
""",
    "copying": """
import copy
x = copy.deepcopy(a)
print(x is a, x.requires_grad, x)
x = copy.copy(a)
print(x.requires_grad)
copy.deepcopy(a * 2)
""",
    "forgetting a graph leaves the leaf": """
y = (a * b).sum()
del y
z = (a * 2).sum()
z.backward()
print(a.grad, b.grad)
""",
    "float32 gradients": """
y = ((f * 0.2).exp() * f.sigmoid()).sum()
y.backward()
print(y, f.grad)
y = torch.nn.functional.mse_loss(f @ f.t(), torch.eye(2))
f.grad = None
y.backward()
print(y, f.grad)
""",
}
