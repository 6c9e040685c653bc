"""torch.nn.functional: layers."""

EXPRESSIONS = {
    "normalization": """
        torch.nn.functional.layer_norm(a, (3,))
        torch.nn.functional.layer_norm(a, [3], v, w)
        torch.nn.functional.layer_norm(a, (2, 3))
        torch.nn.functional.layer_norm(a, (2, 3), b, pos)
        torch.nn.functional.layer_norm(c, (3,), v)
        torch.nn.functional.layer_norm(c, (3,), None, w)
        torch.nn.functional.layer_norm(c, (3,))
        torch.nn.functional.layer_norm(p, (4,))
        torch.nn.functional.layer_norm(p, (3, 4), n, eps=0.1)
        torch.nn.functional.layer_norm(f, (3,), eps=1e-3)
        torch.nn.functional.layer_norm(w, (3,), v)
        torch.nn.functional.layer_norm(a.t(), (2,))
        torch.nn.functional.batch_norm(a, None, None, training=True)
        torch.nn.functional.batch_norm(a, None, None, v, w, training=True)
        torch.nn.functional.batch_norm(a, None, None, v, w, True, 0.1, 0.01)
        torch.nn.functional.batch_norm(a, torch.zeros(3, **d), torch.ones(3, **d), v, w)
        torch.nn.functional.batch_norm(a, torch.zeros(3, **d), torch.tensor([1.0, 2.0, 3.0], **d))
        torch.nn.functional.batch_norm(p, torch.zeros(3, **d), torch.ones(3, **d), v, w, training=True)
        torch.nn.functional.batch_norm(p, torch.zeros(3, **d), torch.ones(3, **d), v, w, training=True, momentum=0.5)
        torch.nn.functional.batch_norm(p.reshape(1, 2, 3, 4), torch.zeros(2, **d), torch.ones(2, **d), training=True)
        torch.nn.functional.batch_norm(c, None, None, v, training=True)
        torch.nn.functional.batch_norm(f, None, None, training=True)
        torch.nn.functional.batch_norm(c, torch.zeros(3, **d), torch.ones(3, **d), None, w)
        torch.nn.functional.instance_norm(p)
        torch.nn.functional.group_norm(p, 3)
        torch.nn.functional.group_norm(p, 1)
        torch.nn.functional.group_norm(p, 3, v, w)
        torch.nn.functional.group_norm(p, 1, v, w, eps=0.1)
        torch.nn.functional.group_norm(p.reshape(2, 6, 2), 2)
        torch.nn.functional.group_norm(p.reshape(1, 6, 2, 2), 3, torch.arange(6, **d))
        torch.nn.functional.group_norm(p.detach(), 3, v)
        torch.nn.functional.group_norm(f.reshape(1, 6), 2)
    """,
}

ERRORS = """
    torch.nn.functional.layer_norm(a, (2,))
    torch.nn.functional.layer_norm(a, (3,), torch.ones(2, **d))
    torch.nn.functional.layer_norm(a, (3,), v, torch.ones(2, **d))
    torch.nn.functional.layer_norm(a, ())
    torch.nn.functional.layer_norm(i, (3,))
    torch.nn.functional.layer_norm(1, (3,))
    torch.nn.functional.batch_norm(a, None, None)
    torch.nn.functional.batch_norm(a[:1], None, None, training=True)
    torch.nn.functional.batch_norm(a, torch.zeros(2, **d), torch.ones(3, **d))
    torch.nn.functional.batch_norm(a, torch.zeros(3, **d), torch.ones(2, **d))
    torch.nn.functional.batch_norm(a, None, None, torch.ones(2, **d), training=True)
    torch.nn.functional.batch_norm(a, None, None, v, torch.ones(2, **d), training=True)
    torch.nn.functional.batch_norm(a, None, None, training=True, eps=0)
    torch.nn.functional.batch_norm(i, None, None, training=True)
    torch.nn.functional.batch_norm(v, None, None, training=True)
    torch.nn.functional.group_norm(p, 2)
    torch.nn.functional.group_norm(v, 1)
    torch.nn.functional.group_norm(p, 3, one)
    torch.nn.functional.instance_norm(p[:, :, :1])
    torch.nn.functional.batch_norm(a, torch.zeros(3, **d), None, training=True)
    torch.nn.functional.instance_norm(p, use_input_stats=False)
    torch.nn.functional.group_norm(i, 3)
"""

SCRIPTS = {
    "batch norm keeps running statistics": """
mean, var = torch.zeros(3), torch.ones(3)
x = torch.tensor([[1.0, 2.0, 3.0], [4.0, 6.0, 8.0], [0.0, -1.0, 2.0]])
for _ in range(3):
    y = torch.nn.functional.batch_norm(x, mean, var, training=True)
    print(y, mean, var, mean._version)
print(torch.nn.functional.batch_norm(x, mean, var))
""",
}
