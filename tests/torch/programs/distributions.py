"""torch.distributions: draws, densities, entropies, divergences, and what is refused."""

EXPRESSIONS = {
    "distributions": """
        torch.distributions.Normal(0.0, 1.0)
        torch.distributions.Normal(torch.zeros(2), torch.ones(2))
        torch.distributions.Normal(v, 1.0).log_prob(w)
        torch.distributions.Normal(v, pos[0]).rsample()
        torch.distributions.Normal(v, pos[0]).rsample((2,))
        torch.distributions.Normal(v, pos[0]).entropy()
        torch.distributions.Normal(v, pos[0]).cdf(w)
        torch.distributions.Normal(v, pos[0]).icdf(torch.tensor(0.25, **d))
        torch.distributions.Normal(0.0, 1.0).sample((3,))
        torch.distributions.Normal(0.0, 1.0).sample()
        torch.distributions.Normal(v, 1.0).expand((2, 3)).batch_shape
        torch.distributions.Uniform(0.0, 2.0)
        torch.distributions.Uniform(-1.0, pos).rsample()
        torch.distributions.Uniform(-1.0, pos).log_prob(torch.tensor(0.25, **d))
        torch.distributions.Uniform(0.0, 2.0).cdf(torch.tensor(0.5))
        torch.distributions.Uniform(0.0, 2.0).entropy()
        torch.distributions.Uniform(0.0, 2.0).support
        torch.distributions.Uniform(1.0, 0.0, validate_args=False).mean
        torch.distributions.Bernoulli(0.3)
        torch.distributions.Bernoulli(torch.tensor([0.25, 0.75])).sample((4,))
        torch.distributions.Bernoulli(probs=v.sigmoid()).log_prob(torch.tensor([0.0, 1.0, 1.0], **d))
        torch.distributions.Bernoulli(logits=v).log_prob(torch.tensor([0.0, 1.0, 1.0], **d))
        torch.distributions.Bernoulli(logits=v).entropy()
        torch.distributions.Bernoulli(0.3).enumerate_support()
        torch.distributions.Categorical(torch.tensor([0.1, 0.2, 0.7]))
        torch.distributions.Categorical(torch.tensor([0.1, 0.2, 0.7])).sample((5,))
        torch.distributions.Categorical(logits=a).log_prob(torch.tensor([0, 2]))
        torch.distributions.Categorical(logits=f).entropy()
        torch.distributions.Categorical(probs=pos).probs
        torch.distributions.OneHotCategorical(torch.tensor([0.5, 0.5])).sample((3,))
        torch.distributions.Exponential(pos).rsample()
        torch.distributions.Exponential(pos).log_prob(torch.tensor(0.5, **d))
        torch.distributions.Exponential(2.0).cdf(torch.tensor(1.0))
        torch.distributions.Poisson(torch.tensor([1.0, 5.0])).sample((2,))
        torch.distributions.Poisson(pos).log_prob(torch.tensor(2.0, **d))
        torch.distributions.Poisson(torch.tensor([15.0, 50.0])).sample((3,))
        torch.distributions.Laplace(v, 1.0).log_prob(w)
        torch.distributions.Laplace(v, pos[0]).rsample()
        torch.distributions.MultivariateNormal(torch.zeros(2), torch.eye(2))
        torch.distributions.MultivariateNormal(torch.zeros(2), torch.eye(2)).log_prob(torch.ones(2))
        torch.distributions.MultivariateNormal(v, m @ m.T).rsample()
        torch.distributions.MultivariateNormal(v, m @ m.T).entropy()
        torch.distributions.Independent(torch.distributions.Normal(a, 1.0), 1).log_prob(b)
        torch.distributions.Independent(torch.distributions.Normal(a, 1.0), 1)
        torch.distributions.Gamma(pos, 1.0)
        torch.distributions.Gamma(pos, 2.0).log_prob(torch.tensor(0.5, **d))
        torch.distributions.Gamma(pos, 2.0).entropy()
        torch.distributions.Gamma(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 3.0])).mean
        torch.distributions.Beta(pos, pos.flip(0)).log_prob(torch.tensor(0.25, **d))
        torch.distributions.Beta(pos, 2.0).entropy()
        torch.distributions.Beta(2.0, 3.0).mean
        torch.distributions.Dirichlet(pos[0]).log_prob(torch.tensor([0.2, 0.3, 0.5], **d))
        torch.distributions.Dirichlet(pos[0]).entropy()
        torch.distributions.Binomial(5, torch.tensor([0.25, 0.75])).log_prob(torch.tensor([1.0, 4.0]))
        torch.distributions.Binomial(10, probs=v.sigmoid()).log_prob(torch.tensor(3.0, **d))
        torch.distributions.Geometric(torch.tensor([0.3, 0.5])).log_prob(torch.tensor([2.0, 0.0]))
        torch.distributions.Geometric(torch.tensor([0.3, 0.5])).sample((2,))
        torch.distributions.Cauchy(v, 1.0).log_prob(w)
        torch.distributions.Cauchy(0.0, 1.0).sample((3,))
        torch.distributions.StudentT(torch.tensor([2.0, 5.0], **d)).log_prob(torch.tensor([0.5, 1.0], **d))
        torch.distributions.HalfNormal(pos).log_prob(torch.tensor(0.5, **d))
        torch.distributions.HalfNormal(1.0).sample((3,))
        torch.distributions.LogNormal(v, 1.0).log_prob(pos[0])
        torch.distributions.LogNormal(0.0, 1.0).sample((2,))
        torch.distributions.Gumbel(v, 1.0).log_prob(w)
        torch.distributions.Gumbel(v, 1.0).rsample()
        torch.distributions.Gamma(torch.tensor([0.5, 2.0, 20.0]), 1.0).sample((2,))
        torch.distributions.Gamma(torch.tensor([0.5, 2.0, 20.0], **d), 3.0).sample((2,))
        torch.distributions.Beta(2.0, 3.0).sample((4,))
        torch.distributions.Beta(torch.tensor([0.5, 4.0]), 1.0).sample()
        torch.distributions.Dirichlet(torch.tensor([1.0, 2.0, 3.0])).sample((2,))
        torch.distributions.StudentT(3.0).sample((2,))
        torch.distributions.Chi2(3.0).sample((2,))
        torch.distributions.Binomial(10, torch.tensor([0.25, 0.9])).sample((3,))
        torch.distributions.Binomial(100, torch.tensor([0.25, 0.9])).sample((3,))
        torch.distributions.Binomial(5, torch.tensor([0.25, 0.75])).entropy()
        torch.distributions.StudentT(pos[0] + 2).entropy()
        torch.distributions.Geometric(v.sigmoid()).entropy()
        torch.distributions.Multinomial(4, torch.tensor([0.25, 0.75])).entropy()
        torch.distributions.Cauchy(v, 1.0).entropy()
        torch.distributions.LogNormal(v, pos[0]).rsample()
        torch.distributions.HalfNormal(pos).rsample()
        torch.distributions.Gumbel(v, pos[0]).entropy()
        torch.distributions.Normal(v, 1.0).expand((2, 3)).log_prob(b)
        torch.distributions.TransformedDistribution(torch.distributions.Normal(v, pos[0]), torch.distributions.TanhTransform()).rsample()
        torch.distributions.TransformedDistribution(torch.distributions.Normal(v, 1.0), [torch.distributions.ExpTransform()]).cdf(pos[0])
        torch.distributions.TransformedDistribution(torch.distributions.Normal(v, 1.0), []).support
        torch.distributions.ExpTransform(), torch.distributions.ExpTransform().inv, torch.distributions.AffineTransform(0.0, 1.0)
        torch.distributions.ComposeTransform([torch.distributions.ExpTransform(), torch.distributions.TanhTransform()])
        torch.distributions.SoftplusTransform()(v), torch.distributions.SoftplusTransform().inv(pos)
        torch.distributions.PowerTransform(2.0)(pos), torch.distributions.PowerTransform(2.0).log_abs_det_jacobian(pos, pos ** 2)
        torch.distributions.SigmoidTransform()(v), torch.distributions.SigmoidTransform().log_abs_det_jacobian(v, v.sigmoid())
        torch.distributions.kl_divergence(torch.distributions.Gamma(pos, 1.0), torch.distributions.Gamma(1.0, pos))
        torch.distributions.kl_divergence(torch.distributions.Beta(pos, 1.0), torch.distributions.Beta(1.0, pos))
        torch.distributions.kl_divergence(torch.distributions.Dirichlet(pos), torch.distributions.Dirichlet(torch.ones(3, **d)))
        torch.distributions.kl_divergence(torch.distributions.Laplace(v, 1.0), torch.distributions.Laplace(0.0, pos[0]))
        torch.distributions.kl_divergence(torch.distributions.Normal(v, 1.0), torch.distributions.Laplace(0.0, pos[0]))
        torch.distributions.kl_divergence(torch.distributions.Uniform(0.0, 1.0), torch.distributions.Normal(v, 1.0))
        torch.distributions.kl_divergence(torch.distributions.LogNormal(v, 1.0), torch.distributions.LogNormal(0.0, 2.0))
        torch.distributions.kl_divergence(torch.distributions.HalfNormal(pos), torch.distributions.HalfNormal(1.0))
        torch.distributions.kl_divergence(torch.distributions.Geometric(v.sigmoid()), torch.distributions.Geometric(0.5))
        torch.distributions.Chi2(pos).log_prob(torch.tensor(0.5, **d))
        torch.distributions.Multinomial(4, torch.tensor([0.25, 0.75])).log_prob(torch.tensor([1.0, 3.0]))
        torch.distributions.Multinomial(4, torch.tensor([0.25, 0.75])).sample((2,))
        torch.distributions.kl_divergence(torch.distributions.Normal(v, 1.0), torch.distributions.Normal(w, 2.0))
        torch.distributions.kl.kl_divergence(torch.distributions.Bernoulli(logits=v), torch.distributions.Bernoulli(0.5))
        torch.distributions.kl_divergence(torch.distributions.Categorical(logits=a), torch.distributions.Categorical(logits=b))
        torch.distributions.kl_divergence(torch.distributions.Exponential(pos), torch.distributions.Exponential(1.0))
        torch.distributions.kl_divergence(torch.distributions.Uniform(0.0, 1.0), torch.distributions.Uniform(-1.0, 2.0))
        torch.distributions.kl_divergence(torch.distributions.Poisson(pos), torch.distributions.Poisson(2.0))
        torch.distributions.constraints.positive
        torch.distributions.Normal.arg_constraints
        torch.distributions.Normal(0.0, 1.0).support
        torch.distributions.Normal.has_rsample, torch.distributions.Bernoulli.has_rsample
    """,
}

ERRORS = """
    torch.distributions.Normal(0.0, -1.0)
    torch.distributions.Normal(0.0, 'a')
    torch.distributions.Normal(torch.tensor([0.0, float('nan')]), 1.0)
    torch.distributions.Normal(torch.zeros(2), torch.ones(3))
    torch.distributions.Normal(0.0, 1.0).log_prob(1.0)
    torch.distributions.Normal(0.0, 1.0).log_prob(torch.tensor(float('nan')))
    torch.distributions.Uniform(1.0, 0.0)
    torch.distributions.Uniform(torch.tensor([0.0, 2.0]), torch.tensor([1.0, 1.0]))
    torch.distributions.Uniform(0.0, 1.0).log_prob(torch.tensor(2.0))
    torch.distributions.Bernoulli(1.5)
    torch.distributions.Bernoulli()
    torch.distributions.Bernoulli(0.5, 0.5)
    torch.distributions.Bernoulli(0.5).log_prob(torch.tensor(0.5))
    torch.distributions.Bernoulli(0.5).rsample()
    torch.distributions.Categorical(torch.tensor([-1.0, 2.0]))
    torch.distributions.Categorical(torch.tensor(0.5))
    torch.distributions.Categorical(logits=a).log_prob(torch.tensor([3, 0]))
    torch.distributions.Exponential(-1.0)
    torch.distributions.Exponential(1.0).log_prob(torch.tensor(-1.0))
    torch.distributions.Poisson(-1.0)
    torch.distributions.Poisson(1.0).log_prob(torch.tensor(0.5))
    torch.distributions.Laplace(0.0, 0.0)
    torch.distributions.Gamma(0.0, 1.0)
    torch.distributions.Gamma(1.0, 1.0).log_prob(torch.tensor(-1.0))
    torch.distributions.Beta(-1.0, 1.0)
    torch.distributions.Beta(1.0, 1.0).log_prob(torch.tensor(2.0))
    torch.distributions.Dirichlet(torch.tensor(1.0))
    torch.distributions.Dirichlet(torch.ones(2)).log_prob(torch.tensor([0.5, 0.6]))
    torch.distributions.Binomial(5)
    torch.distributions.Binomial(5, 0.5).log_prob(torch.tensor(6.0))
    torch.distributions.Geometric(0.0)
    torch.distributions.Geometric(0.5).log_prob(torch.tensor(0.5))
    torch.distributions.Multinomial(2.5, torch.ones(2))
    torch.distributions.Multinomial(2, torch.ones(2)).log_prob(torch.tensor([3.0, 0.0]))
    torch.distributions.LogNormal(0.0, 1.0).log_prob(torch.tensor(-1.0))
    torch.distributions.TransformedDistribution(torch.distributions.Normal(0.0, 1.0), 3)
    torch.distributions.ExpTransform(cache_size=2)
    torch.distributions.Normal(0.0, 1.0).mode.nosuch
    torch.distributions.Poisson(1.0).entropy()
    torch.distributions.Cauchy(0.0, -1.0)
    torch.distributions.StudentT(-1.0)
    torch.distributions.MultivariateNormal(torch.zeros(2))
    torch.distributions.MultivariateNormal(torch.zeros(2), torch.zeros(2, 2))
    torch.distributions.Independent(torch.distributions.Normal(0.0, 1.0), 1)
    torch.distributions.kl_divergence(torch.distributions.Normal(0.0, 1.0), torch.distributions.Bernoulli(0.5))
    torch.distributions.kl_divergence(torch.distributions.Poisson(1.0), torch.distributions.Categorical(torch.ones(2)))
"""

SCRIPTS = {
    "functions of random variables": """
D = torch.distributions
print(D.Normal(1.0, 2.0).mean, D.Normal(1.0, 2.0).variance, D.Normal(1.0, 2.0).stddev)
print(D.TransformedDistribution(D.Normal(v, pos[0]), D.TanhTransform()).log_prob(w / 2))
print(D.TransformedDistribution(D.Uniform(0.0, 1.0), [D.SigmoidTransform().inv, D.AffineTransform(1.0, 2.0)]).log_prob(w))
print(D.ExpTransform() == D.ExpTransform(), D.AffineTransform(0.0, 1.0) == D.AffineTransform(0.0, 2.0))
print(D.TransformedDistribution(D.Normal(v, 1.0), [D.ExpTransform()]).log_prob(pos[0]))
""",
    "distributions told": """
D = torch.distributions
for made in (D.Normal(0.0, 1.0), D.Uniform(0.0, 1.0), D.Bernoulli(0.5), D.Categorical(torch.ones(3)), D.Exponential(1.0), D.Poisson(2.0),
             D.Laplace(0.0, 1.0), D.MultivariateNormal(torch.zeros(2), torch.eye(2)), D.OneHotCategorical(torch.ones(2))):
    print(made, made.batch_shape, made.event_shape, made.mean, made.variance)
    print(made.support, made.has_rsample)
    print(made.sample(), made.sample((2,)).shape)
""",
    "the gradient through a sample": """
mu = torch.tensor(0.5, requires_grad=True)
sigma = torch.tensor(2.0, requires_grad=True)
normal = torch.distributions.Normal(mu, sigma)
sample = normal.rsample((4,))
sample.pow(2).mean().backward()
print(mu.grad, sigma.grad)
print(normal.sample().requires_grad, normal.rsample().grad_fn)
loss = -normal.log_prob(torch.tensor([1.0, 2.0])).sum()
loss.backward()
print(loss, mu.grad, sigma.grad)
""",
    "the gradient through gamma draws": """
for kind in (torch.float64, torch.float32):
    shape = torch.tensor([0.3, 1.5, 7.0, 40.0, 0.05], dtype=kind, requires_grad=True)
    rate = torch.tensor(2.0, dtype=kind, requires_grad=True)
    drawn = torch.distributions.Gamma(shape, rate).rsample((3,))
    print(drawn, drawn.grad_fn.next_functions[0][0])
    drawn.sum().backward()
    print(shape.grad, rate.grad)
degrees = torch.tensor([3.0, 8.0], **g)
torch.distributions.StudentT(degrees).rsample().sum().backward()
print(degrees.grad, torch.distributions.StudentT(degrees.detach()).variance, torch.distributions.StudentT(torch.tensor([0.5, 1.5])).mean)
""",
    "a squashed policy": """
D = torch.distributions
mean, spread = torch.zeros(2, requires_grad=True), torch.ones(2, requires_grad=True)
policy = D.TransformedDistribution(D.Normal(mean, spread), D.TanhTransform(cache_size=1))
action = policy.rsample()
print(action, policy.log_prob(action))
(policy.log_prob(action).sum() - action.sum()).backward()
print(mean.grad, spread.grad)
print(policy.support, policy.batch_shape, policy.has_rsample, policy)
""",
    "more distributions told": """
D = torch.distributions
for made in (D.Gamma(2.0, 3.0), D.Beta(2.0, 3.0), D.Dirichlet(torch.tensor([1.0, 2.0])), D.Chi2(3.0), D.StudentT(5.0),
             D.Geometric(0.25), D.Binomial(4, torch.tensor(0.5)),
             D.Multinomial(3, torch.ones(2)), D.LogNormal(0.0, 1.0), D.HalfNormal(2.0),
             D.Gumbel(0.0, 1.0), D.Cauchy(0.0, 1.0)):
    print(made, made.batch_shape, made.event_shape, made.mean, made.variance, made.stddev)
    print(made.support, made.has_rsample, type(made).__module__)
    print(made.sample(), made.sample((2,)).shape, made.expand((2,)).batch_shape)
print(D.Gamma(2.0, 3.0).mode, D.Beta(2.0, 3.0).mode, D.Binomial(4, torch.tensor(0.5)).mode, D.LogNormal(0.0, 1.0).mode)
print(isinstance(D.Normal(0.0, 1.0), D.ExponentialFamily), issubclass(D.Chi2, D.Gamma))
""",
    "policy gradient": """
logits = torch.zeros(3, requires_grad=True)
policy = torch.distributions.Categorical(logits=logits)
action = policy.sample()
loss = -policy.log_prob(action) * 2.0
loss.backward()
print(action, loss, logits.grad, policy.entropy())
""",
}
