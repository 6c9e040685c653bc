"""Reading by index, gathering and scattering."""

EXPRESSIONS = {
    "joining, gathering, scattering, padding": r"""
        torch.cat([a, b])
        torch.cat((a, b), 1)
        torch.cat([a, c, b], dim=-1)
        torch.cat([a, a])
        torch.cat([a, row])
        torch.cat([a, f])
        torch.cat([f, a])
        torch.cat([a, i])
        torch.cat([f, i])
        torch.cat([i, mask])
        torch.cat([a, void])
        torch.cat([void, a], 1)
        torch.cat([void, void])
        torch.cat([empty, a])
        torch.cat([v, w, one])
        torch.cat([a])
        torch.cat([c, c])
        torch.cat([a.t(), b.t()])
        torch.cat([p, p[:1]], dim=0)
        torch.cat(tensors=[a, b], dim=0)
        torch.cat([a, b], axis=1)
        torch.cat([a * 2, b, a.exp()], 1)
        torch.concat([a, b])
        torch.concat([a, b], dim=1)
        torch.concatenate([a, b], 1)
        torch.concatenate([v, one])
        torch.stack([a, b])
        torch.stack([a, b], 1)
        torch.stack([a, b], -1)
        torch.stack((v, w, v), dim=1)
        torch.stack([s, s])
        torch.stack([s, one[0]])
        torch.stack([a, f])
        torch.stack([a, c])
        torch.stack([a, i])
        torch.stack(tensors=[v])
        torch.hstack([a, b])
        torch.hstack([v, w])
        torch.hstack((s, one))
        torch.hstack([s, s])
        torch.hstack([p, p])
        torch.vstack([a, v])
        torch.vstack([v, w])
        torch.vstack((s, one))
        torch.row_stack([a, b])
        torch.dstack([a, b])
        torch.dstack([v, w])
        torch.dstack([s, s])
        torch.dstack([p, p])
        torch.column_stack([v, w])
        torch.column_stack([a, torch.ones(2, dtype=torch.float64)])
        torch.column_stack((s, one))
        torch.column_stack([a, b])
        a.split(1)
        a.split(2, 1)
        a.split([1, 2], 1)
        a.split([1, 2], dim=-1)
        a.split(split_size=2, dim=1)
        a.split((0, 2))
        torch.split(a, 2, dim=1)
        torch.split(a, [3], dim=1)
        torch.split(a, split_size_or_sections=1)
        torch.split(tensor=a, split_size_or_sections=1)
        v.split(2)
        v.split(5)
        v.split(2)[1]
        a.split([1, 2], 1)[1]
        p.split(3, 2)[0] * 2
        empty.split(2)
        empty.split(0)
        a.split_with_sizes([1, 1])
        torch.split_with_sizes(a, [1, 2], 1)
        torch.split_with_sizes(a, split_sizes=(1, 2), dim=1)
        a.unsafe_split(1)
        torch.unsafe_split(a, 2, 1)
        torch.unsafe_chunk(a, 2, 1)
        a.chunk(2)
        a.chunk(2, 1)
        a.chunk(5, -1)
        torch.chunk(a, 2)
        torch.chunk(a, chunks=3, dim=1)
        torch.chunk(v, 2)[0]
        empty.chunk(3)
        v.chunk(1)
        a.unbind()
        a.unbind(1)
        a.unbind(-1)
        torch.unbind(a, dim=1)
        torch.unbind(a)[1]
        p.unbind(2)[3]
        v.unbind()
        void.unbind()
        a.tensor_split(2)
        a.tensor_split(2, 1)
        a.tensor_split(4, 1)
        a.tensor_split((1,), 1)
        a.tensor_split([1, 2], dim=-1)
        v.tensor_split((1, 5))
        v.tensor_split((2, 1))
        v.tensor_split((-1,))
        torch.tensor_split(a, torch.tensor([1, 2]), dim=1)
        torch.tensor_split(v, torch.tensor(2))
        torch.tensor_split(v, sections=2)
        torch.tensor_split(v, indices=(1,))
        torch.hsplit(a, 3)
        torch.hsplit(v, (1, 2))
        a.hsplit([1])
        torch.vsplit(a, 2)
        a.vsplit((1,))
        torch.dsplit(p, 2)
        p.dsplit([1, 2])
        torch.atleast_1d(s)
        torch.atleast_1d(a)
        torch.atleast_1d(s, v)
        torch.atleast_1d([s, v])
        torch.atleast_2d(s)
        torch.atleast_2d(v)
        torch.atleast_2d(v, a)
        torch.atleast_3d(s)
        torch.atleast_3d(v)
        torch.atleast_3d(a)
        torch.atleast_3d(p)
        torch.atleast_3d((s, a))
        torch.meshgrid(v, w, indexing="ij")
        torch.meshgrid(v, w, indexing="xy")
        torch.meshgrid(v, one)
        torch.meshgrid([v, w], indexing="ij")
        torch.meshgrid(v, w, one, indexing="xy")
        torch.meshgrid(s, v, indexing="ij")
        torch.meshgrid(v, indexing="xy")
        torch.cartesian_prod(v, w)
        torch.cartesian_prod(v)
        torch.cartesian_prod(v, one, w)
        torch.combinations(v)
        torch.combinations(v, 3)
        torch.combinations(v, r=2, with_replacement=True)
        torch.combinations(v, 0)
        torch.combinations(v, 1)
        a.gather(0, torch.tensor([[0, 1, 0]]))
        a.gather(1, torch.tensor([[0, 2], [1, 1]]))
        a.gather(-1, torch.tensor([[0], [2]]))
        torch.gather(a, 1, torch.tensor([[2]]))
        torch.gather(a, 0, torch.tensor([[0, 1]]), sparse_grad=False)
        torch.gather(input=a, dim=1, index=torch.tensor([[0], [0]]))
        torch.gather(a, axis=1, index=torch.tensor([[0], [0]]))
        p.gather(2, torch.zeros(2, 3, 1, dtype=torch.int64))
        p.gather(1, torch.tensor([[[0, 1, 2, 0]]]))
        s.gather(0, torch.tensor(0))
        s.gather(0, torch.tensor([0, 0]))
        v.gather(0, torch.tensor(1))
        v.gather(0, torch.tensor([1, 1, 0, 2]))
        a.gather(0, torch.zeros(0, 3, dtype=torch.int64))
        a.gather(0, torch.zeros(0, dtype=torch.int64))
        a.gather(1, torch.tensor([[0, 2], [1, 1]], dtype=torch.int32))
        i.gather(1, torch.tensor([[0], [2]]))
        a.take(torch.tensor([0, 5, 2]))
        a.take(torch.tensor([[0, -1], [2, 2]]))
        torch.take(a, torch.tensor(3))
        torch.take(a, index=torch.tensor([1]))
        a.t().take(torch.tensor([1, 2]))
        s.take(torch.tensor([0, 0]))
        torch.take_along_dim(a, torch.tensor([[0, 2], [1, 1]]), 1)
        torch.take_along_dim(a, torch.tensor([[0, 1, 1]]), dim=0)
        torch.take_along_dim(a, torch.tensor([5, 0]))
        torch.take_along_dim(a, a.argsort(1), 1)
        a.take_along_dim(torch.tensor([[2]]), 1)
        a.take_along_dim(torch.tensor([[0]]), dim=0)
        a.index_select(0, idx)
        a.index_select(1, torch.tensor([2, 2, 0, 1]))
        a.index_select(-1, torch.tensor([0]))
        torch.index_select(a, 0, torch.tensor(1))
        torch.index_select(a, dim=1, index=torch.tensor([], dtype=torch.int64))
        torch.index_select(v, 0, idx)
        torch.index_select(p, 1, torch.tensor([0, 2]))
        torch.index_select(s, 0, torch.tensor([0]))
        torch.index_select(a, 0, torch.tensor([1], dtype=torch.int32))
        a.t().index_select(0, idx)
        a.masked_select(mask)
        a.masked_select(torch.tensor([True, False, True]))
        a.masked_select(a > 0)
        row.masked_select(mask)
        torch.masked_select(a, mask)
        torch.masked_select(a, mask=mask)
        s.masked_select(torch.tensor(True))
        s.masked_select(mask)
        a.masked_select(torch.tensor(False))
        a.index_add(0, torch.tensor([0, 0]), b)
        a.index_add(1, idx, b)
        a.index_add(1, idx, b, alpha=2)
        a.index_add(1, idx, b, alpha=0.5)
        a.index_add(0, torch.tensor([1]), row)
        a.index_add(-1, torch.tensor([2, 1, 0]), c)
        c.index_add(0, torch.tensor([1]), row)
        torch.index_add(a, 0, torch.tensor(1), row)
        torch.index_add(a, dim=0, index=torch.tensor([1]), source=row)
        v.index_add(0, torch.tensor([1, 1]), w[:2])
        v.index_add(0, torch.tensor(1), one)
        s.index_add(0, torch.tensor(0), s)
        i.index_add(0, torch.tensor([1]), i[:1])
        i.index_add(0, torch.tensor([1]), i[:1], alpha=-2)
        a.index_copy(0, torch.tensor([1]), row)
        a.index_copy(1, torch.tensor([2, 0]), b[:, :2])
        torch.index_copy(a, 0, torch.tensor([1, 0]), b)
        v.index_copy(0, torch.tensor(1), s)
        v.index_copy(0, torch.tensor([1]), one)
        c.index_copy(0, torch.tensor([0]), row)
        a.index_copy(0, torch.tensor([0]), c[:1])
        s.index_copy(0, torch.tensor([0]), one)
        a.index_fill(0, torch.tensor([1]), 2.5)
        a.index_fill(1, torch.tensor([0, 2]), -1)
        a.index_fill(1, torch.tensor([-1]), 3)
        a.index_fill(1, torch.tensor(1), s)
        a.index_fill(1, torch.tensor([0, 0]), s)
        a.index_fill(1, torch.tensor([0]), torch.tensor(2.0))
        c.index_fill(0, torch.tensor([0]), s)
        torch.index_fill(a, 0, torch.tensor([0]), value=1.0)
        s.index_fill(0, torch.tensor([0]), 1.5)
        i.index_fill(0, torch.tensor([0]), 1.5)
        a.scatter(0, torch.tensor([[0, 1, 0]]), row)
        a.scatter(1, torch.tensor([[0], [2]]), col)
        a.scatter(-1, torch.tensor([[0], [1]]), 2.5)
        a.scatter(1, torch.tensor([[0], [1]]), value=2)
        a.scatter(dim=1, index=torch.tensor([[0], [1]]), src=col)
        torch.scatter(a, 1, torch.tensor([[0], [1]]), col)
        torch.scatter(c, 1, torch.tensor([[0], [1]]), col)
        torch.scatter(a, 1, torch.tensor([[0], [1]]), c)
        s.scatter(0, torch.tensor(0), 2.0)
        s.scatter(0, torch.tensor([0]), one)
        c.scatter(1, torch.tensor([[0, 0]]), 1.5, reduce="add")
        c.scatter(1, torch.tensor([[0], [2]]), c, reduce="multiply")
        a.scatter_add(0, torch.tensor([[0, 1, 0]]), row)
        a.scatter_add(1, torch.tensor([[0, 0, 2], [1, 1, 1]]), b)
        torch.scatter_add(a, 1, torch.tensor([[0], [2]]), col)
        torch.scatter_add(c, 1, torch.tensor([[0], [2]]), col)
        torch.scatter_add(input=a, dim=0, index=torch.tensor([[1, 1, 1]]), src=row)
        v.scatter_add(0, torch.tensor([0, 0, 0]), w)
        s.scatter_add(0, torch.tensor(0), s)
        a.scatter_reduce(0, torch.tensor([[0, 1, 0]]), row, "sum")
        a.scatter_reduce(1, torch.tensor([[0, 0, 2], [1, 1, 1]]), b, "prod")
        a.scatter_reduce(1, torch.tensor([[0, 0, 2], [1, 1, 1]]), b, "mean")
        a.scatter_reduce(1, torch.tensor([[0, 0, 2], [1, 1, 1]]), b, "amax")
        a.scatter_reduce(1, torch.tensor([[0, 0, 2], [1, 1, 1]]), b, "amin")
        a.scatter_reduce(1, torch.tensor([[0, 0, 2], [1, 1, 1]]), b, "sum", include_self=False)
        a.scatter_reduce(1, torch.tensor([[0, 0, 2], [1, 1, 1]]), b, "prod", include_self=False)
        a.scatter_reduce(1, torch.tensor([[0, 0, 2], [1, 1, 1]]), b, "mean", include_self=False)
        a.scatter_reduce(1, torch.tensor([[0, 0, 2], [1, 1, 1]]), b, "amax", include_self=False)
        torch.scatter_reduce(ties, 1, torch.tensor([[0, 0, 2], [1, 1, 1]]), ties, "amax")
        i.scatter_reduce(1, torch.tensor([[0, 0, 2], [1, 1, 1]]), i, "mean")
        i.scatter_reduce(1, torch.tensor([[0, 0, 2], [1, 1, 1]]), i, "amin", include_self=False)
        a.masked_scatter(mask, b)
        a.masked_scatter(mask, v)
        a.masked_scatter(torch.tensor([True, False, True]), m)
        torch.masked_scatter(a, mask, w)
        torch.masked_scatter(row, mask, w)
        c.masked_scatter(mask, w)
        a.masked_scatter(mask, c)
        a.put(torch.tensor([0, 4]), w[:2])
        a.put(torch.tensor([0, 0]), w[:2], accumulate=True)
        a.put(torch.tensor([0, -1]), w[:2], True)
        torch.put(a, torch.tensor([[1], [2]]), col)
        a.t().put(torch.tensor([1]), one)
        a.index_put((torch.tensor([0, 1]),), b)
        a.index_put((torch.tensor([0, 1]), torch.tensor([2, 1])), w[:2])
        a.index_put((torch.tensor([0, 0]),), b, accumulate=True)
        a.index_put((torch.tensor([0, 0]),), b, True)
        a.index_put((mask,), w)
        a.index_put((mask,), s)
        a.index_put((torch.tensor([True, False]),), v)
        a.index_put([torch.tensor([1])], torch.tensor(2.0, dtype=torch.float64))
        torch.index_put(a, (torch.tensor([1]),), row)
        torch.index_put(c, (torch.tensor([1]),), row)
        a.select_scatter(v, 0, 1)
        a.select_scatter(col.squeeze(1), 1, -1)
        torch.select_scatter(a, v, dim=0, index=0)
        c.select_scatter(v, 0, 1)
        a.slice_scatter(row, 0, 1)
        a.slice_scatter(col, 1, 1, 2)
        a.slice_scatter(b[:, :2], 1, 0, 3, 2)
        a.slice_scatter(b)
        torch.slice_scatter(a, row, start=1)
        m.diagonal_scatter(v)
        m.diagonal_scatter(v[:2], 1)
        m.diagonal_scatter(v[:2], offset=-1)
        torch.diagonal_scatter(a, one, 2)
        torch.nn.functional.pad(a, (1, 1))
        torch.nn.functional.pad(a, (1, 0, 2, 1), value=1.5)
        torch.nn.functional.pad(a, (-1, 2))
        torch.nn.functional.pad(a, (-1, -1))
        torch.nn.functional.pad(a, (0, 0))
        torch.nn.functional.pad(a, ())
        torch.nn.functional.pad(i, (1, 1), value=1.5)
        torch.nn.functional.pad(a, pad=(1, 1), mode="constant", value=2)
        torch.nn.functional.pad(a, [1, 2], "reflect")
        torch.nn.functional.pad(p, [1, 2], "reflect")
        torch.nn.functional.pad(p, [1, 2, 1, 0], "reflect")
        torch.nn.functional.pad(p[None], [1, 2, 1, 0], mode="reflect")
        torch.nn.functional.pad(a, [1, 2], "replicate")
        torch.nn.functional.pad(p, [1, 2, 3, 0], "replicate")
        torch.nn.functional.pad(p[None], [1, 2, 1, 0, 0, 1], "replicate")
        torch.nn.functional.pad(p, [-1, 2], "replicate")
        torch.nn.functional.pad(p, [-1, 2], "reflect")
        torch.nn.functional.pad(a, [1, 2], "circular")
        torch.nn.functional.pad(p, [1, 2, 1, 0], "circular")
        torch.nn.functional.pad(p, [-1, 2], "circular")
        torch.constant_pad_nd(a, (1, 1), 2.0)
        torch.constant_pad_nd(a, (1, 1))
    """,
    "x[...]": r"""
        a[0]
        a[-1]
        a[0, 1]
        a[0][1]
        a[:, 1]
        a[..., 1]
        a[0, ...]
        a[...]
        a[:]
        a[:, :]
        a[::2]
        a[:, ::2]
        a[1:, 1:]
        a[:1, :2]
        a[None]
        a[:, None]
        a[None, :, None]
        a[..., None]
        a[None, ...]
        a[0, None]
        a[None, 0]
        a[1:, None, 0]
        a[()]
        a[[0]]
        a[[0, 1]]
        a[[1, 0], [2, 1]]
        a[[[0, 1], [1, 0]]]
        a[[0, 1], 1]
        a[1, [0, 2]]
        a[:, [0, 2]]
        a[:, [2]]
        a[..., [0, 0]]
        a[[0], None]
        a[None, [0]]
        a[[True, False]]
        a[:, [True, False, True]]
        a[mask]
        a[mask, None]
        a[None, mask]
        a[a > 0]
        a[idx]
        a[:, idx]
        a[idx, idx]
        a[idx, 1]
        a[1, idx]
        a[idx, :]
        a[idx, ..., 0]
        a[idx, 1:]
        a[1:, idx]
        a[idx[:, None], idx]
        a[torch.tensor(1)]
        a[torch.tensor(1), torch.tensor(0)]
        a[torch.tensor([1])]
        a[torch.tensor(True)]
        a[torch.tensor(False)]
        a[True]
        a[False]
        a[True, 0]
        a[0, True]
        a[None, True]
        a[True, True]
        a[True, idx]
        a[torch.tensor([], dtype=torch.int64)]
        a[[]]
        a[:, []]
        a[torch.tensor([True, False])]
        a[torch.tensor([True, True]), 0]
        a[torch.tensor([True, False]), torch.tensor([1])]
        a[torch.tensor([1, 0], dtype=torch.int32)]
        a[torch.tensor([-1, -2])]
        a[range(2)]
        a[(0, 1)]
        a[0:2, 0:3]
        a[0:1, 0:3]
        a[-5:5]
        a[5:]
        a[2:1]
        a[:-1]
        a[-1:]
        a[::3]
        a[1::2]
        a[slice(None)]
        a[slice(0, 1), slice(None, None, 2)]
        a[0, :]
        a[:, 0:3]
        a[0:2]
        a[0:5]
        s[()]
        s[...]
        s[None]
        s[..., None]
        s[True]
        s[False]
        s[torch.tensor(True)]
        s[None, None]
        s[None][0]
        v[1]
        v[-1]
        v[[0, -1]]
        v[v > 0]
        v[torch.tensor([[0, 1], [2, 0]])]
        v[None]
        v[1:][0]
        p[0]
        p[0, 1, 2]
        p[:, 1]
        p[..., 2]
        p[:, :, 1]
        p[0, :, 1]
        p[1:, :, ::2]
        p[:, [0, 2]]
        p[:, :, [0, 2]]
        p[0, :, [0, 2]]
        p[[0, 1], :, [0, 2]]
        p[:, [0, 2], [1, 3]]
        p[[0, 1], [0, 2], [1, 3]]
        p[[0, 1], [0, 2]]
        p[..., [0, 2]]
        p[[1], ..., [2]]
        p[[1], ..., 2]
        p[[0, 1], 1:, [2, 3]]
        p[None, [0, 1], None, [1, 2]]
        p[:, mask[:, 0].new_ones(3, dtype=torch.bool)] if False else p[:, [True, True, False]]
        p[torch.tensor([[True, False, True], [False, True, False]])]
        p[0, torch.tensor([True, False, True])]
        p[:, torch.tensor([[True, False, True, False]] * 3)]
        p[torch.tensor([0, 1])[:, None], torch.tensor([0, 2])]
        p[1, ..., None, 2]
        p[..., None, 0]
        p[-1, -1, -1]
        p[:, 1:2, :]
        p[p > 0]
        p[0][p[0] > -0.5]
        p[True]
        p[[0], True]
        p[1:, [0, 1]]
        p[::2, ::2, ::2]
        p[0:2, 0:3, 0:4]
        p[..., 0:2, 0]
        p[:, :, None, :]
        p[idx]
        p[idx, idx]
        p[idx, :, idx]
        empty[0:0]
        empty[:, 1]
        empty[empty > 0]
        empty[[]]
        void[void > 0]
        i[0]
        i[i > 1]
        i[mask]
        i[:, [0, 2]]
        c[0]
        c[mask]
        f[mask]
        f[[0, 1], [1, 1]]
        a.t()[0]
        a.t()[idx]
        a.t()[:, idx]
        a.t()[[0, 1], [1, 0]]
        p.permute(2, 0, 1)[idx]
        p.permute(2, 0, 1)[:, :, idx]
        row.expand(2, 3)[:, 1]
        row.expand(2, 3)[idx]
        a[idx] * a[0]
        a[idx][mask[0]]
        a[0:1] + a[1:2]
        a[torch.tensor([0, 1]), torch.tensor([[0], [2]])]
        a[1, torch.tensor([True, False, True])]
        a[torch.tensor([[0, 1]]), torch.tensor([[0], [2]])]
        a[..., ...]
        a[..., 0, ...]
        a[[0.5]]
        a[[[0, 1], [1]]]
        a[([0, 1], [1, 2])]
        a[[slice(0, 1), 1]]
        a[[None, 0]]
        a[[..., 0]]
        a[[torch.tensor(0), torch.tensor(1)]]
        a[[idx, idx]]
        a[[0, slice(None)]]
        a[[[0, 1]]]
        a[[(0, 1), (1, 2)]]
        a[((0, 1), (1, 2))]
        a[1, (0, 2)]
        a[(0,)]
        a[slice(torch.tensor(0), torch.tensor(1))]
        a[torch.tensor(0):torch.tensor(1)]
        a[:torch.tensor(2), torch.tensor(0):]
        a[True:]
        torch.ones(())[True]
        torch.ones(2,3)[[True,0]]
        torch.ones(2,3)[[1.7]]
        torch.ones(2,3)[[[1.7],[0.2]]]
        torch.ones(2,3)[[None]]
        torch.ones(2,3)[[[]]]
        torch.ones(2,3)[[],[]]
        torch.ones(2,3)[[[],[]]]
        torch.ones(2,3)[[0,1],]
        torch.ones(2,3)[__import__("numpy").array([0,1])]
        torch.ones(2,3)[__import__("numpy").array([True,False])]
        torch.ones(2,3)[__import__("numpy").array([0.5])]
        torch.ones(2,3)[__import__("numpy").int64(1)]
        torch.ones(2,3)[__import__("numpy").array(1)]
        torch.ones(2,3)[__import__("numpy").array([0,1]), 0]
        torch.ones(2,3)[torch.tensor([0,1],dtype=torch.uint8)]
        torch.ones(2,3)[torch.tensor(1,dtype=torch.uint8)]
        torch.ones(2,3)[torch.tensor(1,dtype=torch.int16)]
        torch.ones(2,3,4)[torch.tensor([[True,False,True],[False,False,False]]),torch.tensor([0])]
        torch.ones(2,3,4)[torch.tensor([[True,False,True],[False,False,False]]),torch.tensor([0,1])]
        torch.ones(2,3,4)[False,torch.tensor([1])]
        torch.ones(2,3,4)[torch.tensor([1]),False]
        torch.ones(2,3,4)[False,False]
        torch.ones(2,3,4)[:,True]
        torch.ones(2,3,4)[True,True,0]
        torch.ones(2,3,4)[torch.tensor(True),0]
        torch.ones(2,3,4)[torch.tensor([0]),torch.tensor([[0],[1]]),torch.tensor([0,1,2])].shape
        torch.ones(2,2,4)[torch.ones(2,dtype=torch.bool),torch.ones(2,dtype=torch.bool)].shape
        torch.ones(0,3)[torch.tensor([],dtype=torch.int64)].shape
        torch.ones(0,3)[:,torch.tensor([0])].shape
        torch.ones(2,3)[range(2)]
        torch.ones(2,3)[range(0)]
        torch.ones(2,3)[0,range(2)]
        torch.ones(2,3)[[range(2)]]
        torch.ones(2,3)[[0,None]]
        torch.ones(2,3)[[0,...]]
        torch.ones(2,3)[[[0],1]]
        torch.ones(2,3)[[[0,1],[0]]]
        torch.ones(2,3)[[[[0,1]]]].shape
        torch.ones(2,3)[[[[0,1],[0,0]]]].shape
        torch.ones(2,3)[[0]*40].shape
        torch.ones(2,3)[[[0]]*40]
        torch.ones(2,3)[(True,False)]
        torch.ones(2,3)[[True,False]]
        torch.ones(2,3)[np] if False else 0
        list(torch.ones(0,3))
        [t.shape for t in torch.ones(2,3)]
        torch.ones(2,3)[1][2]
        torch.ones(2,3).__getitem__(0)
        torch.ones(2,3)[torch.tensor([0,1])[None], torch.tensor([0,2])]
        torch.ones(2,3)[-1:0]
        torch.ones(2,3)[:2**70]
    """,
    "out=, resize_, several ellipses": r"""
        torch.cat([c, c], out=torch.zeros(4, 3, **d))
        torch.cat([c, c], out=torch.zeros(0, **d))
        torch.stack([c, c], 1, out=torch.zeros(2, 2, 3, **d))
        torch.hstack([c, c], out=torch.empty(0, **d))
        torch.gather(c, 1, torch.tensor([[0], [1]]), out=torch.empty(2, 1, **d))
        torch.index_select(c, 0, idx, out=torch.empty(3, 3, **d))
        torch.take(c, idx, out=torch.empty(3, **d))
        torch.masked_select(c, mask, out=torch.empty(3, **d))
        torch.diag(c, out=torch.empty(2, **d))
        torch.scatter_add(c, 1, torch.tensor([[0], [1]]), c, out=torch.empty(2, 3, **d))
        torch.column_stack([c, c], out=torch.empty(2, 6, **d))
        torch.cat([c, c], 0, out=None)
        c.clone().resize_(3, 2)
        c.clone().resize_(2)
        c.clone().resize_(4, 3)[:2]
        c.clone().resize_((1, 2))
        torch.ones(2, 3).resize_(6)
        c[..., ...]
        c[..., 0, ...]
        c[..., 0, ..., 0]
        c[..., ..., :]
        p[..., 0, ...]
        p[None, ..., None, 0]
    """,
    "plain calls": r"""
        torch.cat([torch.ones(2,3),torch.ones(2,4)],1)
        torch.cat([torch.ones(2,3),torch.ones(0)])
        torch.cat([torch.ones(0),torch.ones(0)],0)
        torch.cat([torch.ones(0),torch.ones(2,3)],1)
        torch.cat([torch.ones(2,3),torch.ones(0,3)])
        torch.cat([torch.ones(2,3),torch.ones(2,3,dtype=torch.int64)]).dtype
        torch.stack([torch.ones(2,3),torch.ones(2,3,dtype=torch.int64)]).dtype
        torch.hstack([torch.ones(()),torch.ones(3)])
        torch.column_stack([torch.ones(()),torch.ones(1)])
        torch.ones(0).split(0)
        torch.ones(5).chunk(7)
        torch.ones(0).chunk(3)
        torch.ones(5).tensor_split(7)
        torch.ones(5).tensor_split([1,7,2])
        torch.ones(5).tensor_split(torch.tensor([1,3]))
        torch.ones(5).tensor_split(torch.tensor(2))
        torch.ones(5,4).hsplit(2)
        torch.ones(5).hsplit((1,))
        torch.meshgrid([torch.ones(2),torch.ones(3)],indexing="xy")
        torch.cartesian_prod(torch.ones(2))
        torch.combinations(torch.ones(3),0)
        torch.combinations(torch.ones(3),4)
        torch.gather(torch.ones(2,3),0,torch.tensor([[0,1]],dtype=torch.int32))
        torch.gather(torch.ones(2,3),0,torch.zeros(0,3,dtype=torch.int64))
        torch.gather(torch.ones(()),0,torch.tensor(0))
        torch.gather(torch.ones(()),0,torch.tensor([0,0]))
        torch.gather(torch.ones(3),0,torch.tensor(1))
        torch.gather(torch.ones(2,3),0,torch.zeros(0,dtype=torch.int64))
        torch.take_along_dim(torch.ones(2,3),torch.tensor([[0]]),0)
        torch.take_along_dim(torch.ones(2,3),torch.tensor([5]))
        torch.index_select(torch.ones(2,3),0,torch.tensor(1))
        torch.index_select(torch.ones(()),0,torch.tensor([0]))
        torch.index_select(torch.ones(()),0,torch.tensor(0))
        torch.index_select(torch.ones(3),0,torch.tensor(0))
        torch.index_select(torch.ones(3),0,torch.tensor([],dtype=torch.int64))
        torch.masked_select(torch.ones(2,3),torch.tensor([True]))
        torch.masked_select(torch.ones(()),torch.tensor(True))
        torch.ones(()).index_add(0,torch.tensor(0),torch.ones(()))
        torch.ones(3).index_copy(0,torch.tensor(0),torch.ones(()))
        torch.ones(2,3).index_fill(0,torch.tensor([-1]),5.)
        torch.ones(2,3).index_fill(0,torch.tensor(1),5.)
        torch.ones(2,3).index_fill(0,torch.tensor([1]),torch.tensor(5.))
        torch.ones(2,3,dtype=torch.int64).index_fill(0,torch.tensor([1]),1.5)
        torch.ones(()).index_fill(0,torch.tensor([0]),1.5)
        torch.ones(2,3).scatter(0,torch.tensor([[0],[1],[0]]),torch.ones(3,1))
        torch.ones(2,3).scatter(0,torch.tensor([[0]],dtype=torch.int32),1.)
        torch.ones(2,3).scatter(0,torch.zeros(0,dtype=torch.int64),torch.ones(1))
        torch.ones(2,3,dtype=torch.int64).scatter(0,torch.tensor([[0]]),1.5)
        torch.ones(()).scatter(0,torch.tensor(0),2.)
        torch.ones(()).scatter(0,torch.tensor([0]),2.)
        torch.ones(2,3).scatter(0,torch.tensor([[0]]),torch.ones(1,1),reduce="add")
        torch.ones(2,3).scatter_reduce(0,torch.tensor([[0]]),torch.ones(1,1),"sum")
        torch.ones(3).masked_scatter(torch.ones(2,3,dtype=torch.bool),torch.ones(6))
        torch.ones(2,3).index_put([torch.tensor([0])],torch.ones(3))
        torch.ones(2,3).index_put((torch.tensor([True,False]),),torch.ones(3))
        torch.ones(2,3).diagonal_scatter(torch.ones(2,dtype=torch.float64))
        torch.ones(2,3).select_scatter(torch.ones(3,dtype=torch.float64),0,0)
        torch.nn.functional.pad(torch.ones(2,3),())
        torch.nn.functional.pad(torch.ones(2,3),(-1,-2))
        torch.nn.functional.pad(torch.ones(1,2,3),(-4,1),mode='circular')
        torch.nn.functional.pad(torch.ones(1,2,3),(-1,1),mode='circular')
        torch.nn.functional.pad(torch.ones(1,2,3),(-1,1),mode='reflect')
        torch.nn.functional.pad(torch.ones(1,2,3),(-1,1),mode='replicate')
        torch.nn.functional.pad(torch.ones(2,3,dtype=torch.int64),(1,1),mode='reflect')
        torch.nn.functional.pad(torch.ones(2,3,dtype=torch.int64),(1,1),value=1.5)
        torch.nn.functional.pad(torch.ones(2,3),(1,1),mode='constant',value=True)
        torch.constant_pad_nd(torch.ones(2,3),(1,1),2)
        torch.take_along_dim(torch.arange(6.).reshape(2,3),torch.tensor([[-1, 7]]),1)
        torch.take_along_dim(torch.arange(6.).reshape(2,3),torch.tensor([[-1]]),0)
        torch.ones(()).expand(0)
        torch.ones(0).put(torch.tensor([],dtype=torch.int64),torch.ones(0))
        torch.ones(0).take(torch.tensor([],dtype=torch.int64))
        torch.ones(0,3).roll(1,5)
        torch.ones(0,3).roll((1,1),(5,6))
        torch.ones(0,3).roll(1)
        torch.ones(2,0).index_put((torch.tensor([5]),),torch.ones(0))
        torch.ones(2,0)[[5]].shape
        torch.ones(0,2)[[],[5]]
        torch.ones(2,2)[[5],[]]
        torch.ones(2,2)[torch.tensor([5]),torch.zeros(0,dtype=torch.int64)]
        torch.ones(2,2)[torch.tensor([[5]]),torch.zeros(0,1,dtype=torch.int64)]
        torch.ones(0,2)[torch.tensor([0]),torch.zeros(0,dtype=torch.int64)].shape
        torch.ones(2,3).index_put((torch.ones(2,3,dtype=torch.bool),),torch.ones(1,1))
    """,
}

ERRORS = r"""
    a.t().take_along_dim(torch.tensor([1, 2]))
    a.scatter(1, torch.tensor([[0, 2], [1, 0]]), b)
    torch.scatter(a, 0, torch.zeros(0, dtype=torch.int64), col)
    v.scatter(0, torch.tensor([2, 0]), w)
    a.scatter_add(1, torch.tensor([[0], [2]]), b)
    a[torch.tensor([1, 0], dtype=torch.int16)]
    a[0.5]
    a["x"]
    a[2]
    a[-3]
    a[0, 3]
    a[0, 0, 0]
    a[:, 3]
    a[0, -4]
    a[..., 3]
    a[[2]]
    a[[-3]]
    a[:, [3]]
    a[[0, 1, 0], [0, 1]]
    a[[0], [5]]
    a[[5], [0]]
    a[idx, torch.tensor([0, 1])]
    a[torch.tensor([0.5])]
    a[torch.tensor([True, False, True])]
    a[torch.tensor([[True, False], [True, False]])]
    a[mask, 0]
    a[:, mask]
    a[torch.tensor([True] * 5)]
    a[::-1]
    a[::0]
    a[0:1.5]
    a["a":]
    a[0, "x"]
    a[{0}]
    a[{"a": 1}]
    a[object()]
    a[None, None, 0, 0, 0]
    a[1.0]
    a[[0, "x"]]
    a[(0, 1, 2)]
    a[torch.tensor(2)]
    a[torch.tensor(0.5)]
    a[torch.tensor([3]), 0]
    a[0, torch.tensor([3])]
    s[0]
    s[-1]
    s[:]
    s[[0]]
    s[0, 0]
    s[None, 0, 0]
    s[idx]
    s[mask]
    v[3]
    v[0, 0]
    v[mask]
    p[2, 0, 0]
    p[0, 3]
    p[0, 0, 4]
    p[:, 5]
    p[[0, 1], [0, 1, 2]]
    p[[0, 1], :, [0, 1, 2]]
    p[[3], [0]]
    p[[0], [3]]
    p[[0], :, [4]]
    p[0, [3]]
    p[:, :, [4]]
    p[:, :, :, 0]
    p[0, 0, 0, 0]
    p[..., 0, 0, 0, 0]
    empty[0]
    empty[[0]]
    empty[:, 3]
    void[0]
    void[-1]
    void[[0]]
    a[[True, False, True]]
    a[[[True, False, True], [False, True, False]]]
    torch.ones(())[0]
    torch.ones(())[-1]
    torch.ones(())[5]
    torch.ones(())[0,]
    torch.ones(())[-1,]
    torch.ones(())[...,0]
    torch.ones(())[None,0]
    torch.ones(())[None,1]
    torch.ones(())[:,]
    torch.ones(())[torch.tensor(0)]
    torch.ones(())[torch.tensor([0])]
    torch.ones(2,3)[True,-3]
    torch.ones(2,3)[None,5]
    torch.ones(2,3)[None,0,5]
    torch.ones(2,3)[...,5]
    torch.ones(2,3)[:,5]
    torch.ones(2,3)[0,:,0]
    torch.ones(2,3)[(0.5,)]
    torch.ones(2,3)[0.5,0]
    torch.ones(2,3)[b"x"]
    torch.ones(2,3)[3+1j]
    torch.ones(2,3)[complex(1)]
    torch.ones(2,3)[__import__("numpy").bool_(True)]
    torch.ones(2,3)[__import__("numpy").float32(1)]
    torch.ones(2,3)[torch.tensor([0,1],dtype=torch.int8)]
    torch.ones(2,3)[torch.tensor([True,False,True]),0]
    torch.ones(2,3)[0,torch.tensor([True,False])]
    torch.ones(2,3)[torch.tensor([[True,False,True],[False,False,False]]),torch.tensor([0])]
    torch.ones(2,3,4)[torch.tensor([[True,False,True],[False,False,False]]),torch.tensor([0,1,2])]
    torch.ones(2,3,4)[:,torch.tensor([True,False])]
    torch.ones(2,3,4)[...,torch.tensor([True,False])]
    torch.ones(2,3,4)[torch.tensor([5])]
    torch.ones(2,3,4)[:,torch.tensor([5])]
    torch.ones(2,3,4)[...,torch.tensor([5])]
    torch.ones(2,3,4)[0,torch.tensor([5])]
    torch.ones(2,3,4)[None,torch.tensor([5])]
    torch.ones(2,3,4)[:,None,torch.tensor([5])]
    torch.ones(2,3,4)[torch.tensor([0]),torch.tensor([5])]
    torch.ones(2,3,4)[torch.tensor([0]),:,torch.tensor([5])]
    torch.ones(2,3,4)[torch.tensor([True,False]),:,torch.tensor([5])]
    torch.ones(2,3,4)[torch.tensor([[True,False,True],[False,False,False]]),torch.tensor([5])]
    torch.ones(2,3,4)[True,torch.tensor([5])]
    torch.ones(2,3,4)[torch.tensor([[True]])]
    torch.ones(2,3,4)[torch.tensor([0,1]),torch.tensor([0,1,2])]
    torch.ones(2,3,4)[torch.tensor([0,1]),:,torch.tensor([0,1,2])]
    torch.ones(2,3,4)[[0,1],[0,1,2]]
    torch.ones(2,3,4)[0:1:0]
    torch.ones(2,3,4)[0:1:-1]
    torch.ones(2,3,4)[0:"x"]
    torch.ones(2,3,4)[...,0:1:0]
    torch.ones(2,3,4)[0,0,0,0]
    torch.ones(2,3,4)[0,0,0,None,0]
    torch.ones(2,3,4)[torch.ones(2,3,4,5,dtype=torch.bool)]
    torch.ones(2,3,4)[torch.ones(2,3,5,dtype=torch.bool)]
    torch.ones(2,3,4)[0,torch.ones(3,5,dtype=torch.bool)]
    torch.ones(2,3,4)[torch.ones(2,dtype=torch.bool),torch.ones(3,dtype=torch.bool)]
    torch.ones(0,3)[torch.tensor([0])]
    torch.ones(0,3)[0]
    torch.ones(0,3)[-1]
    torch.ones(0)[torch.tensor([0])]
    torch.ones(2,3)[slice(0,1),slice(None),0]
    torch.ones(2,3)[torch.tensor([0.])]
    torch.ones(2,3)[torch.tensor(0.)]
    torch.ones(2,3)[{}]
    torch.ones(2,3)[{0:1}]
    torch.ones(2,3)[set()]
    torch.ones(2,3)[object]
    torch.ones(2,3)[lambda: 0]
    torch.ones(2,3)[["a"]]
    torch.ones(2,3)[[[True,False,True],[True,True,True]]]
    iter(torch.ones(()))
    torch.ones(2,3)[2**70]
    torch.cat([a, a], out=torch.zeros(4, 3, **d))
    a.gather(1, torch.tensor([[0], [1]]), out=None)
    a.resize_(3, 2)
    torch.ones(2, 3).resize_(-1)
    torch.ones(2, 3).resize_("x")
    c[..., ..., 0]
    c[..., ..., None]
    c[..., None, ..., 0]
    p[0, ..., ..., 0]
    p[..., ..., [0]]
    torch.cat([torch.ones(2,3),torch.ones(3,2)])
    torch.cat([torch.ones(2,3),torch.ones(3)])
    torch.cat([torch.ones(2,3),torch.ones(2,4)],2)
    torch.cat([torch.ones(()),torch.ones(())])
    torch.cat([torch.ones(2,3),torch.ones(())])
    torch.cat([torch.ones(0),torch.ones(2,3)],2)
    torch.stack([torch.ones(2,3),torch.ones(3)])
    torch.stack([torch.ones(2,3)],3)
    torch.stack([torch.ones(2,3)],-4)
    torch.hstack([torch.ones(2,3),torch.ones(3)])
    torch.vstack([torch.ones(2,3),torch.ones(2)])
    torch.dstack([torch.ones(2,3),torch.ones(2)])
    torch.column_stack([torch.ones(2,3),torch.ones(3)])
    torch.ones(5).split(0)
    torch.ones(5).split(-1)
    torch.ones(5).split([2,2])
    torch.ones(5).split([6,-1])
    torch.ones(()).split(1)
    torch.ones(()).split([1])
    torch.ones(5).split(2,1)
    torch.ones(5).split([2,3],1)
    torch.ones(()).chunk(3)
    torch.ones(5).tensor_split(0)
    torch.ones(5).tensor_split(torch.tensor([1.]))
    torch.ones(5).tensor_split(torch.tensor([[1]]))
    torch.ones(()).tensor_split(2)
    torch.ones(5).tensor_split((1,),1)
    torch.ones(5).hsplit(2)
    torch.ones(4,5).vsplit(3)
    torch.ones(4).vsplit(3)
    torch.ones(4,4).dsplit(2)
    torch.ones(()).hsplit(1)
    torch.meshgrid(torch.ones(2),torch.ones(3),indexing="bad")
    torch.meshgrid(torch.ones(2),torch.ones(3,dtype=torch.int64),indexing="ij")
    torch.meshgrid()
    torch.meshgrid([])
    torch.meshgrid(torch.ones(2,2),indexing="ij")
    torch.cartesian_prod(torch.ones(2),torch.ones(2,2))
    torch.cartesian_prod(torch.ones(2),torch.ones(2,dtype=torch.int64))
    torch.cartesian_prod()
    torch.combinations(torch.ones(3),-1)
    torch.gather(torch.ones(2,3),0,torch.tensor([0]))
    torch.gather(torch.ones(2,3),0,torch.tensor([[0,0,0,0]]))
    torch.gather(torch.ones(2,3),1,torch.tensor([[0]]*3))
    torch.gather(torch.ones(2,3),0,torch.tensor([[5]]))
    torch.gather(torch.ones(2,3),0,torch.tensor([[-1]]))
    torch.gather(torch.ones(2,3),0,torch.tensor([[1.]]))
    torch.gather(torch.ones(2,3),2,torch.tensor([[1]]))
    torch.take_along_dim(torch.ones(2,3),torch.tensor([0]),0)
    torch.take_along_dim(torch.ones(2,3),torch.tensor([[1.]]),0)
    torch.take_along_dim(torch.ones(2,3),torch.tensor([[0],[0],[0]]),1)
    torch.take_along_dim(torch.ones(2,3),torch.tensor([[0]]),3)
    torch.index_select(torch.ones(2,3),0,torch.tensor([[0]]))
    torch.index_select(torch.ones(2,3),0,torch.tensor([2]))
    torch.index_select(torch.ones(2,3),0,torch.tensor([-1]))
    torch.index_select(torch.ones(2,3),1,torch.tensor([3]))
    torch.index_select(torch.ones(2,3),0,torch.tensor([1.]))
    torch.index_select(torch.ones(()),0,torch.tensor([1]))
    torch.index_select(torch.ones(()),0,torch.tensor([0,0]))
    torch.index_select(torch.ones(3),1,torch.tensor(0))
    torch.masked_select(torch.ones(2,3),torch.tensor([1,0,1]))
    torch.masked_select(torch.ones(2,3),torch.tensor([1,0,1],dtype=torch.uint8))
    torch.masked_select(torch.ones(2,3),torch.tensor([True,False]))
    torch.ones(2,3).index_add(0,torch.tensor([0]),torch.ones(1,2))
    torch.ones(2,3).index_add(0,torch.tensor([0]),torch.ones(2,3))
    torch.ones(2,3).index_add(0,torch.tensor([5]),torch.ones(1,3))
    torch.ones(2,3).index_add(0,torch.tensor([-1]),torch.ones(1,3))
    torch.ones(2,3).index_add(0,torch.tensor([0.]),torch.ones(1,3))
    torch.ones(2,3).index_add(0,torch.tensor([[0]]),torch.ones(1,3))
    torch.ones(2,3).index_add(0,torch.tensor([0]),torch.ones(1,3,dtype=torch.float64))
    torch.ones(2,3).index_add(0,torch.tensor([0]),torch.ones(3))
    torch.ones(2,3).index_add(3,torch.tensor([0]),torch.ones(1,3))
    torch.ones(()).index_add(0,torch.tensor([0,0]),torch.ones(2))
    torch.ones(3).index_add(0,torch.tensor(1),torch.ones(()))
    torch.ones(3).index_add(0,torch.tensor([0,0]),torch.ones(()))
    torch.ones(2,3).index_copy(0,torch.tensor([0]),torch.ones(1,2))
    torch.ones(2,3).index_copy(0,torch.tensor([0]),torch.ones(2,3))
    torch.ones(2,3).index_copy(0,torch.tensor([5]),torch.ones(1,3))
    torch.ones(2,3).index_copy(0,torch.tensor([-1]),torch.ones(1,3))
    torch.ones(2,3).index_copy(0,torch.tensor([0.]),torch.ones(1,3))
    torch.ones(2,3).index_copy(0,torch.tensor([[0]]),torch.ones(1,3))
    torch.ones(2,3).index_copy(0,torch.tensor([0]),torch.ones(1,3,dtype=torch.float64))
    torch.ones(2,3).index_copy(0,torch.tensor([0]),torch.ones(3))
    torch.ones(2,3).index_copy(0,torch.tensor(0),torch.ones(3))
    torch.ones(2,3).index_fill(0,torch.tensor([5]),1.)
    torch.ones(2,3).index_fill(0,torch.tensor([-3]),5.)
    torch.ones(2,3).index_fill(0,torch.tensor([1.]),5.)
    torch.ones(2,3).index_fill(0,torch.tensor([[1]]),5.)
    torch.ones(2,3).index_fill(0,torch.tensor([1]),torch.tensor([5.]))
    torch.ones(2,3).scatter(0,torch.tensor([0]),torch.ones(1))
    torch.ones(2,3).scatter(0,torch.tensor([[0]]),torch.ones(1))
    torch.ones(2,3).scatter(0,torch.tensor([[0,0]]),torch.ones(1,1))
    torch.ones(2,3).scatter(0,torch.tensor([[0,0,0,0]]),torch.ones(1,4))
    torch.ones(2,3).scatter(0,torch.tensor([[5]]),torch.ones(1,1))
    torch.ones(2,3).scatter(0,torch.tensor([[5]]),1.)
    torch.ones(2,3).scatter(0,torch.tensor([[-1]]),1.)
    torch.ones(2,3).scatter(0,torch.tensor([[0.]]),1.)
    torch.ones(2,3).scatter(0,torch.tensor([[0]]),torch.ones(1,1,dtype=torch.float64))
    torch.ones(2,3).scatter(2,torch.tensor([[0]]),1.)
    torch.ones(2,3).scatter(0,torch.tensor([[0]]),torch.tensor(1.))
    torch.ones(2,3).scatter_add(0,torch.tensor([[5]]),torch.ones(1,1))
    torch.ones(2,3).scatter_add(0,torch.tensor([[0.]]),torch.ones(1,1))
    torch.ones(2,3).scatter_add(0,torch.tensor([[0]]),torch.ones(1,1,dtype=torch.float64))
    torch.ones(2,3).scatter_add(0,torch.tensor([0]),torch.ones(1,1))
    torch.ones(2,3).scatter_add(0,torch.tensor([[0,0]]),torch.ones(1,1))
    torch.ones(2,3).scatter_reduce(0,torch.tensor([[0]]),torch.ones(1,1),"bad")
    torch.ones(2,3).scatter_reduce(0,torch.tensor([[0]]),torch.ones(1,1))
    torch.ones(2,3).masked_scatter(torch.tensor([True]),torch.ones(2))
    torch.ones(2,3).masked_scatter(torch.tensor([1]),torch.ones(2))
    torch.ones(2,3).masked_scatter(torch.tensor([True]),torch.ones(6,dtype=torch.float64))
    torch.ones(2,3).masked_scatter(torch.tensor([True,True]),torch.ones(6))
    torch.ones(2,3).index_put((torch.tensor([0]),),torch.ones(2))
    torch.ones(2,3).index_put((torch.tensor([5]),),torch.ones(3))
    torch.ones(2,3).index_put((torch.tensor([0.]),),torch.ones(3))
    torch.ones(2,3).index_put((torch.tensor([0]),),torch.ones(3,dtype=torch.float64))
    torch.ones(2,3).index_put((torch.tensor([0]),)*3,torch.ones(3))
    torch.ones(2,3).index_put((None,torch.tensor([0])),torch.ones(2,1))
    torch.ones(2,3).index_put((torch.tensor([True,False,True]),),torch.ones(3))
    torch.ones(2,3).put(torch.tensor([0,7]),torch.ones(2))
    torch.ones(2,3).put(torch.tensor([0,1]),torch.ones(3))
    torch.ones(2,3).put(torch.tensor([0.]),torch.ones(1))
    torch.ones(2,3).select_scatter(torch.ones(2),0,0)
    torch.ones(2,3).select_scatter(torch.ones(3),0,5)
    torch.ones(2,3).select_scatter(torch.ones(3),-1,0)
    torch.ones(2,3).slice_scatter(torch.ones(2,3),0,1)
    torch.ones(2,3).slice_scatter(torch.ones(1,3),0,1,step=0)
    torch.ones(2,3).diagonal_scatter(torch.ones(3))
    torch.masked_select([1],torch.tensor(True))
    torch.ones(2,3).scatter(0,torch.tensor([[0]]),"x")
    torch.nn.functional.pad(torch.ones(2,3),(1,1,1),value=2)
    torch.nn.functional.pad(torch.ones(2,3),(-1,-3))
    torch.nn.functional.pad(torch.ones(2,3),(0,0,-5,1))
    torch.nn.functional.pad(torch.ones(1,2,3),(1,3),mode='reflect')
    torch.nn.functional.pad(torch.ones(1,2,3),(1,1),mode='reflect',value=2)
    torch.nn.functional.pad(torch.ones(1,2,3),(4,1),mode='circular')
    torch.nn.functional.pad(torch.ones(1,2,3),(-5,1),mode='replicate')
    torch.nn.functional.pad(torch.ones(2,3),(1,1,1,1),mode='circular')
    torch.nn.functional.pad(torch.ones(3),(1,1),mode='circular')
    torch.nn.functional.pad(torch.ones(3),(1,1),mode='reflect')
    torch.nn.functional.pad(torch.ones(1,2,3,4),(1,1),mode='reflect')
    torch.pad
    torch.take_along_dim(torch.arange(6.).reshape(2,3),torch.tensor([-1, 7]))
    torch.ones(()).expand(-1)
    torch.ones(()).expand(-1,2)
    torch.ones(()).expand(2,-1)
    torch.ones(()).expand(-2)
    torch.ones(0).put(torch.tensor([0]),torch.ones(1))
    torch.ones(2,1).squeeze((0,0,5))
    torch.ones(2,1).squeeze((5,0,0))
    torch.ones(2,3).sum((0,0,5))
    torch.ones(2,3).index_put((torch.tensor([5]),),torch.ones(2))
    torch.ones(2,3).index_put((torch.tensor([5]),torch.tensor([0,0])),torch.ones(3))
    torch.ones(2,0)[[5],[0]]
    torch.ones(0,2)[[0]]
    torch.ones(0,2)[[0],[5]]
    torch.ones(3,3).masked_fill(torch.ones(2,3,dtype=torch.bool),1)
    torch.ones(3,3).masked_fill_(torch.ones(2,3,dtype=torch.bool),1)
    torch.ones(3,3).masked_fill_(torch.ones(2,3,3,dtype=torch.bool),1)
    torch.ones(3).masked_fill_(torch.ones(2,3,dtype=torch.bool),1)
    torch.ones(2,3).index_put((torch.ones(2,3,dtype=torch.bool),),torch.ones(1,6))
    torch.ones(2,3).index_put((torch.tensor([0]),),torch.ones(1,1,3))
    torch.ones(2,3).index_put((torch.tensor([0,1]),),torch.ones(1,1,3))
    torch.ones(2,3).index_put_((torch.tensor([0,1]),),torch.ones(1,2,3))
    torch.ones(3,3).masked_scatter_(torch.ones(2,3,dtype=torch.bool),torch.ones(9))
    torch.ones(3,3).masked_scatter_(torch.ones(2,3,dtype=torch.bool),torch.ones(9).double())
    torch.ones(3,3).masked_scatter_(torch.ones(2,3,dtype=torch.int64),torch.ones(9).double())
    torch.ones(3,3).masked_scatter_(torch.ones(2,3,dtype=torch.int64),torch.ones(9))
    torch.ones(3).masked_scatter_(torch.ones(2,3,dtype=torch.bool),torch.ones(9))
    torch.ones(3,3).masked_scatter_(torch.ones(3,dtype=torch.bool),torch.ones(2))
    torch.ones(3,3).masked_scatter_(torch.ones(3,dtype=torch.bool),1)
    torch.ones(3,3,3).t_()
"""

SCRIPTS = {
    "c.clone(): y.scatter_(0, torch.tensor([[2]]), 1)": """
y = c.clone()
y.scatter_(0, torch.tensor([[2]]), 1)
y
""",
    "f * 1: y[torch.tensor(1), ..., 3:] = i": """
y = f * 1
y[torch.tensor(1), ..., 3:] = i
y
""",
    "a.t() * 1: y[0, [0, 0, 1]] = v": """
y = a.t() * 1
y[0, [0, 0, 1]] = v
y
""",
    "m * 1: y[0] = 1": """
y = m * 1
y[0] = 1
y
""",
    "c.clone(): y.masked_scatter_(mask[0], s)": """
y = c.clone()
y.masked_scatter_(mask[0], s)
y
""",
    "a * 1: y[[True, False], ::2] = 1": """
y = a * 1
y[[True, False], ::2] = 1
y
""",
    "a * 1: y.T.mul_(2)": """
y = a * 1
y.T.mul_(2)
y
""",
    "c.clone(): y[:-1, :] = s": """
y = c.clone()
y[:-1, :] = s
y
""",
    "a.t() * 1: y[-1, [0, 0, 1]] = 2.5": """
y = a.t() * 1
y[-1, [0, 0, 1]] = 2.5
y
""",
    "a.t() * 1: y[idx, idx, idx] = s": """
y = a.t() * 1
y[idx, idx, idx] = s
y
""",
    "i.clone(): y.swapaxes_(0, -1)": """
y = i.clone()
y.swapaxes_(0, -1)
y
""",
    'f * 1: y.scatter_reduce_(3, torch.tensor([[0, 1, 0], [2, 2, 1]]), torch.ones(3), "mean")': """
y = f * 1
y.scatter_reduce_(3, torch.tensor([[0, 1, 0], [2, 2, 1]]), torch.ones(3), "mean")
y
""",
    "i.clone(): y.H.mul_(2)": """
y = i.clone()
y.H.mul_(2)
y
""",
    "a.t() * 1: y[2, idx[:2]] = v": """
y = a.t() * 1
y[2, idx[:2]] = v
y
""",
    "a.t() * 1: y.fill_(a[0])": """
y = a.t() * 1
y.fill_(a[0])
y
""",
    "row.expand(2, 3) * 1: y[...] = 1": """
y = row.expand(2, 3) * 1
y[...] = 1
y
""",
    "a.t() * 1: y.permute(2, -1, 1, ).mul_(2)": """
y = a.t() * 1
y.permute(2, -1, 1, ).mul_(2)
y
""",
    "c.clone(): y.put_(torch.tensor([-1, 0]), v[:2])": """
y = c.clone()
y.put_(torch.tensor([-1, 0]), v[:2])
y
""",
    "c.clone(): y.t_()": """
y = c.clone()
y.t_()
y
""",
    "f * 1: y.contiguous().mul_(2)": """
y = f * 1
y.contiguous().mul_(2)
y
""",
    "row.expand(2, 3) * 1: y[3:] = True": """
y = row.expand(2, 3) * 1
y[3:] = True
y
""",
    "f * 1: y.swapaxes_(-2, 3)": """
y = f * 1
y.swapaxes_(-2, 3)
y
""",
    "p * 1: y[[0, 1]].mul_(2)": """
y = p * 1
y[[0, 1]].mul_(2)
y
""",
    "p * 1: y.index_put_((torch.tensor([1]),), torch.zeros(1, 3, **d))": """
y = p * 1
y.index_put_((torch.tensor([1]),), torch.zeros(1, 3, **d))
y
""",
    "a * 1: y[[0, 0, 1]] = a[0]": """
y = a * 1
y[[0, 0, 1]] = a[0]
y
""",
    "m * 1: y.unsqueeze_(1)": """
y = m * 1
y.unsqueeze_(1)
y
""",
    "p * 1: y.movedim(-2, 3).mul_(2)": """
y = p * 1
y.movedim(-2, 3).mul_(2)
y
""",
    "v * 1: y.index_add_(-2, torch.tensor([-1, 0, 1]), row)": """
y = v * 1
y.index_add_(-2, torch.tensor([-1, 0, 1]), row)
y
""",
    "c.clone(): y[torch.tensor([True, False])] = torch.zeros(1, 3, **d)": """
y = c.clone()
y[torch.tensor([True, False])] = torch.zeros(1, 3, **d)
y
""",
    "a.t() * 1: y.put_(torch.tensor([0, 1]), v[:2])": """
y = a.t() * 1
y.put_(torch.tensor([0, 1]), v[:2])
y
""",
    "row.expand(2, 3) * 1: y.transpose_(-2, 1)": """
y = row.expand(2, 3) * 1
y.transpose_(-2, 1)
y
""",
    "a.t() * 1: y[torch.tensor([[0], [1]]), 1, ::2] = m[0]": """
y = a.t() * 1
y[torch.tensor([[0], [1]]), 1, ::2] = m[0]
y
""",
    "row.expand(2, 3) * 1: y[...] = row": """
y = row.expand(2, 3) * 1
y[...] = row
y
""",
    "i.clone(): y.flatten(0, 0).mul_(2)": """
y = i.clone()
y.flatten(0, 0).mul_(2)
y
""",
    "f * 1: y[[True, False], :, True] = i": """
y = f * 1
y[[True, False], :, True] = i
y
""",
    "a.t() * 1: y.index_put_((idx,), s, accumulate=True)": """
y = a.t() * 1
y.index_put_((idx,), s, accumulate=True)
y
""",
    "s * 1: y[0, :] = a": """
y = s * 1
y[0, :] = a
y
""",
    "a * 1: y.index_put_((mask,), v, accumulate=True)": """
y = a * 1
y.index_put_((mask,), v, accumulate=True)
y
""",
    "p * 1: y[:, :-1] = a": """
y = p * 1
y[:, :-1] = a
y
""",
    "c.clone(): y[:-1] = 2.5": """
y = c.clone()
y[:-1] = 2.5
y
""",
    "s * 1: y.squeeze(0).mul_(2)": """
y = s * 1
y.squeeze(0).mul_(2)
y
""",
    "v * 1: y[torch.tensor([True, False]), 1] = row": """
y = v * 1
y[torch.tensor([True, False]), 1] = row
y
""",
    "p * 1: y[torch.tensor([[0], [1]]), -1] = 2.5": """
y = p * 1
y[torch.tensor([[0], [1]]), -1] = 2.5
y
""",
    "f * 1: y[[0, 1], idx[:, None]] = m[0]": """
y = f * 1
y[[0, 1], idx[:, None]] = m[0]
y
""",
    'row.expand(2, 3) * 1: y.scatter_reduce_(-3, torch.tensor([[1]]), i, "amax")': """
y = row.expand(2, 3) * 1
y.scatter_reduce_(-3, torch.tensor([[1]]), i, "amax")
y
""",
    "a.t() * 1: y[torch.tensor(1)] = torch.tensor(3)": """
y = a.t() * 1
y[torch.tensor(1)] = torch.tensor(3)
y
""",
    "row.expand(2, 3) * 1: y[..., -2:] = col": """
y = row.expand(2, 3) * 1
y[..., -2:] = col
y
""",
    "v * 1: y[torch.tensor([True, False])] = one": """
y = v * 1
y[torch.tensor([True, False])] = one
y
""",
    "i.clone(): y[:-1] = a": """
y = i.clone()
y[:-1] = a
y
""",
    'a * 1: y.scatter_reduce_(1, torch.tensor([[2, 2]]), torch.zeros(1, 3, **d), "sum")': """
y = a * 1
y.scatter_reduce_(1, torch.tensor([[2, 2]]), torch.zeros(1, 3, **d), "sum")
y
""",
    "c.clone(): y[mask] = 1": """
y = c.clone()
y[mask] = 1
y
""",
    "a.t() * 1: y[:-1, 1:] = torch.tensor(3)": """
y = a.t() * 1
y[:-1, 1:] = torch.tensor(3)
y
""",
    "f * 1: y[0, torch.tensor([[0], [1]])] = True": """
y = f * 1
y[0, torch.tensor([[0], [1]])] = True
y
""",
    "c.clone(): y[torch.tensor([True, False])] = torch.tensor(3)": """
y = c.clone()
y[torch.tensor([True, False])] = torch.tensor(3)
y
""",
    "c.clone(): y.index_copy_(2, torch.tensor([1, 1, -1]), a[0])": """
y = c.clone()
y.index_copy_(2, torch.tensor([1, 1, -1]), a[0])
y
""",
    "v * 1: y.squeeze().mul_(2)": """
y = v * 1
y.squeeze().mul_(2)
y
""",
    "i.clone(): y[2] = torch.ones(3)": """
y = i.clone()
y[2] = torch.ones(3)
y
""",
    "m * 1: y[True, :, [0, 0, 1]] = v": """
y = m * 1
y[True, :, [0, 0, 1]] = v
y
""",
    "p * 1: y[1, :-1] = torch.zeros(1, 3, **d)": """
y = p * 1
y[1, :-1] = torch.zeros(1, 3, **d)
y
""",
    "c.clone(): y.transpose_(0, 0)": """
y = c.clone()
y.transpose_(0, 0)
y
""",
    "row.expand(2, 3) * 1: y[:-1] = 2.5": """
y = row.expand(2, 3) * 1
y[:-1] = 2.5
y
""",
    "row.expand(2, 3) * 1: y.masked_scatter_(mask, v)": """
y = row.expand(2, 3) * 1
y.masked_scatter_(mask, v)
y
""",
    "c.clone(): y[3:, torch.tensor([True, False, True])].mul_(2)": """
y = c.clone()
y[3:, torch.tensor([True, False, True])].mul_(2)
y
""",
    "m * 1: y[:-1, -1] = v[:2]": """
y = m * 1
y[:-1, -1] = v[:2]
y
""",
    "s * 1: y.squeeze_(0)": """
y = s * 1
y.squeeze_(0)
y
""",
    "a * 1: y[:] = torch.ones(3)": """
y = a * 1
y[:] = torch.ones(3)
y
""",
    "row.expand(2, 3) * 1: y.swapaxes_(0, 0)": """
y = row.expand(2, 3) * 1
y.swapaxes_(0, 0)
y
""",
    "i.clone(): y.squeeze_(1)": """
y = i.clone()
y.squeeze_(1)
y
""",
    "s * 1: y.unsqueeze_(-3)": """
y = s * 1
y.unsqueeze_(-3)
y
""",
    "i.clone(): y.squeeze_(0)": """
y = i.clone()
y.squeeze_(0)
y
""",
    "a.t() * 1: y.index_copy_(0, torch.tensor([1, 1, -1]), torch.ones(3))": """
y = a.t() * 1
y.index_copy_(0, torch.tensor([1, 1, -1]), torch.ones(3))
y
""",
    "p * 1: y.index_fill(3, torch.tensor([2]), 2.0).mul_(2)": """
y = p * 1
y.index_fill(3, torch.tensor([2]), 2.0).mul_(2)
y
""",
    "p * 1: y[idx] = 1": """
y = p * 1
y[idx] = 1
y
""",
    "c.clone(): y[mask] = 2.5": """
y = c.clone()
y[mask] = 2.5
y
""",
    "p * 1: y.unsqueeze_(2)": """
y = p * 1
y.unsqueeze_(2)
y
""",
    "f * 1: y[mask] = True": """
y = f * 1
y[mask] = True
y
""",
    "p * 1: y[:-1, torch.tensor([True, False]), [0, 0, 1]] = torch.ones(3)": """
y = p * 1
y[:-1, torch.tensor([True, False]), [0, 0, 1]] = torch.ones(3)
y
""",
    "row.expand(2, 3) * 1: y[[1], [True, False]] = col": """
y = row.expand(2, 3) * 1
y[[1], [True, False]] = col
y
""",
    "f * 1: y[None] = i": """
y = f * 1
y[None] = i
y
""",
    "a.t() * 1: y.swapaxes_(3, -2)": """
y = a.t() * 1
y.swapaxes_(3, -2)
y
""",
    "a.t() * 1: y.clone().mul_(2)": """
y = a.t() * 1
y.clone().mul_(2)
y
""",
    "v * 1: y.repeat_interleave(1, 1).mul_(2)": """
y = v * 1
y.repeat_interleave(1, 1).mul_(2)
y
""",
    "i.clone(): y.t_()": """
y = i.clone()
y.t_()
y
""",
    "p * 1: y[-1] = col": """
y = p * 1
y[-1] = col
y
""",
    "a * 1: y.t_()": """
y = a * 1
y.t_()
y
""",
    "i.clone(): y.squeeze_(-1)": """
y = i.clone()
y.squeeze_(-1)
y
""",
    "f * 1: y.scatter_(3, torch.tensor([[0, 0], [0, 1]]), v[:2])": """
y = f * 1
y.scatter_(3, torch.tensor([[0, 0], [0, 1]]), v[:2])
y
""",
    "m * 1: y[:] = v": """
y = m * 1
y[:] = v
y
""",
    "a.t() * 1: y.select(-2, 2).mul_(2)": """
y = a.t() * 1
y.select(-2, 2).mul_(2)
y
""",
    "p * 1: y[3:] = torch.tensor(3)": """
y = p * 1
y[3:] = torch.tensor(3)
y
""",
}
