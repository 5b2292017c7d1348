import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, special, stats

from hcrisk.exceptions import PrecisionWarning
from hcrisk.measures import Study, evpi, evppi, evppi_ranking, evsi, expected_regret
from tests.cases import case
from tests.validation import assert_all_near, assert_near

steady = settings(deadline=None, derandomize=True, max_examples=40)


def result(npv, inputs, names=None):
    npv, inputs = np.asarray(npv, dtype=float), np.asarray(inputs, dtype=float)
    names = names or [f"x{i}" for i in range(len(inputs))]
    return xr.Dataset(
        {
            "npv": (("strategy", "path"), npv, {"units": "USD", "long_name": "cost"}),
            "input": (("parameter", "path"), inputs),
        },
        {"strategy": [f"s{i}" for i in range(len(npv))], "parameter": names},
    )


def normal_loss(mean, sd):
    a = abs(mean) / sd
    return sd * (stats.norm.pdf(a) - a * stats.norm.sf(a))


def toy(n=20_000, factor=1.0, noise=0.0, seed=5):
    # The normal scores of a lattice: close to the distribution, and nearly independent.
    rng = np.random.default_rng(seed)
    u = stats.qmc.Sobol(2, seed=rng).random(1 << (n - 1).bit_length())[:n]
    p1, p2 = 1 + special.ndtri(u[:, 0]), 2 * special.ndtri(u[:, 1])
    benefit = np.array([0 * p1, factor * p1 - p2]) + noise * rng.standard_normal((2, n))
    return result(-benefit, [p1, p2], ["p1", "p2"])


@pytest.mark.parametrize(("name", "factor"), [("", 1), ("-k2", 2), ("-k3", 3)])
def test_evppi__linear_normal_case_as_published(name, factor):
    # Published as net benefits; costs are their negative.
    id = "voi-vignette-toy" + name
    expected = case(id)["expected"]
    ds = toy(1 << 14, factor)
    found = evppi(ds, {"evppi_p1": ["p1"], "evppi_p2": ["p2"], "evpi": ["p1", "p2"]})
    for group in found["group"].values:
        assert_near(found["value"].sel(group=group), expected[group], str(group), id, rel=0.01)
    both = dict.fromkeys(("all inputs", "hindsight"), expected["evpi"])
    assert_all_near(evpi(ds)["value"].values, both, id, rel=0.01)


def test_evppi__costs_not_benefits():
    # Cheap is good: with the sign turned, knowing p2 is worth another amount.
    ds = toy(1 << 12)
    ds["npv"] = ds["npv"] + xr.DataArray([0.0, 3.0], dims="strategy")
    found = evppi(ds, "p2")["value"].item()
    assert found == pytest.approx(normal_loss(2.0, 2.0), rel=0.02)
    ds["npv"] = -ds["npv"]
    assert evppi(ds, "p1")["value"].item() == pytest.approx(normal_loss(2.0, 1.0), rel=0.05)


def test_evppi__noise_and_correlation():
    # Cost differs by 0.5 + a + b, corr(a, b) = 0.6: E[. | a] = 0.5 + 1.6 a.
    rng = np.random.default_rng(11)
    n = 40_000
    a = rng.standard_normal(n)
    b = 0.6 * a + 0.8 * rng.standard_normal(n)
    other = rng.standard_normal((10, n))
    npv = np.array([rng.normal(0, 3, n), 0.5 + a + b + rng.normal(0, 3, n)])
    ds = result(npv, [a, b, *other])
    found = evppi(ds, {"a": ["x0"], "both": ["x0", "x1"], "none": ["x5"]}, confidence=0.999)
    truth = [normal_loss(0.5, 1.6), normal_loss(0.5, np.sqrt(3.2)), 0.0]
    assert (found["lower"].values <= truth).all()
    assert (truth <= found["upper"].values).all()
    assert found["value"].values == pytest.approx(truth, abs=0.03)
    assert found["standard_error"].values[1] < 0.03


@pytest.mark.parametrize(("own", "shape"), [(0.0, "normal"), (0.1, "normal"), (0.0, "lognormal")])
def test_evppi__an_input_that_goes_with_one_that_matters(own, shape):
    """The first of two correlated inputs tells of the second: closed forms of conditional means."""
    values, errors, studied = [], [], []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        z = rng.standard_normal((2, 10_000))
        first, second = z[0], 0.8 * z[0] + 0.6 * z[1]
        moved = 0.4 + second + own * first
        if shape == "lognormal":
            first, second = np.exp(first), np.exp(second)
            moved = second - 1.2
        ds = result([rng.normal(10, 1, 10_000), 10 + moved], [first, second])
        found = evppi(ds, "x0")
        values.append(found["value"].item())
        errors.append(found["standard_error"].item())
        studied.append(evsi(ds, {"x0": Study("normal", 10_000, sd=1.0)})["value"].item())
    exact = normal_loss(0.4, 0.8 + own)
    if shape == "lognormal":
        u = stats.norm.ppf((np.arange(100_000) + 0.5) / 100_000)
        told = np.exp(0.8 * u + 0.18) - 1.2
        exact = min(told.mean(), 0.0) - np.minimum(told, 0.0).mean()
    error = np.sqrt(np.square(errors).sum()) / len(errors)
    assert abs(np.mean(values) - exact) < 3 * error < 0.1 * exact
    assert np.mean(studied) == pytest.approx(np.mean(values), rel=0.02)


def test_evppi__a_step_is_found():
    """A cost that falls by 8 beyond the 95th percentile of an input."""
    values = []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        u, other = rng.random((3, 10_000)), rng.normal(10, 0.5, 10_000)
        stepped = other + 0.3 + 0.5 * rng.standard_normal(10_000) - 8.0 * (u[0] > 0.95)
        values.append(evppi(result([other, stepped], u), "x0")["value"].item())
    exact = (0.3 - 8 * 0.05) + 0.05 * (8 - 0.3)
    assert exact - 0.015 < np.mean(values) < exact + 0.005


@pytest.mark.parametrize("objective", ["mean", "p80", "tvar95"])
def test_evpi__standard_errors_are_the_scatter_of_runs(objective):
    runs = 30
    found, errors = np.empty((2, runs, 2))
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        x, noise = rng.standard_normal(3000), 0.5 * rng.standard_normal((2, 3000))
        one = evpi(result([x + noise[0], 0.3 - x + noise[1]], [x]), objective=objective)
        found[seed], errors[seed] = one["value"], one["standard_error"]
    # The scatter of 30 runs is itself known to 13 %.
    assert found.std(axis=0, ddof=1) == pytest.approx(errors.mean(axis=0), rel=0.4)


def test_evppi__interval_covers_and_bias_is_small():
    truth = normal_loss(1.0, 1.0)
    found = [evppi(toy(1000, noise=2.0, seed=seed), "p1") for seed in range(100)]
    covered = [f["lower"].item() <= truth <= f["upper"].item() for f in found]
    assert sum(covered) >= 85
    values = np.array([f["value"].item() for f in found])
    assert abs(values.mean() - truth) < 0.3 * values.std(ddof=1) + 0.01


def test_evppi__enumeration():
    # Two inputs of three and two values, every pair once: conditional means by hand.
    a, b = np.repeat([0, 1, 2], 2), np.tile([0, 1], 3)
    once = np.array([[3, 9, 4, 4, 8, 2], [5, 5, 5, 5, 5, 5]], dtype=float)
    ds = result(np.tile(once, 200), np.tile([a, b], 200), ["a", "b"])
    table = once[0].reshape(3, 2)
    least = min(table.mean(), 5.0)
    exact = {
        "a": least - np.minimum(table.mean(axis=1), 5).mean(),
        "b": least - np.minimum(table.mean(axis=0), 5).mean(),
        "ab": least - np.minimum(table, 5).mean(),
    }
    found = evppi(ds, {"a": ["a"], "b": ["b"], "ab": ["a", "b"]})
    assert dict(zip(exact, found["value"].values, strict=True)) == pytest.approx(exact, abs=1e-6)


def test_evppi__independent_nested_simulation():
    # A curved, skewed model with an interaction, against fresh inner draws at each outer value.
    rng = np.random.default_rng(3)

    def costs(rate, size):
        others = np.exp(0.6 * size) * rate, 0.8 * size**2 + 1.2 * rate
        return np.array(np.broadcast_arrays(2.6, *others))

    n = 20_000
    rate, size = rng.gamma(4, 0.5, n), rng.standard_normal(n)
    ds = result(costs(rate, size), [rate, size], ["rate", "size"])
    outer_rate = stats.gamma(4, scale=0.5).ppf((np.arange(400) + 0.5) / 400)
    outer_size = stats.norm.ppf((np.arange(400) + 0.5) / 400)
    grid = costs(outer_rate[:, None], outer_size[None, :])
    least = grid.mean(axis=(1, 2)).min()
    found = evppi(ds, {"rate": ["rate"], "size": ["size"]})["value"].values
    exact = [least - grid.mean(axis=axis).min(axis=0).mean() for axis in (2, 1)]
    assert found == pytest.approx(exact, rel=0.08)


@st.composite
def small_results(draw):
    n = draw(st.sampled_from([40, 120]))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    inputs = rng.standard_normal((4, n))
    inputs[1] += draw(st.sampled_from([0.0, 1.0])) * inputs[0]
    inputs[2] = np.round(inputs[2])
    rows = draw(st.integers(2, 4))
    npv = rng.normal(0, 1, (rows, 4)) @ inputs + rng.normal(0, 0.3, (rows, 1))
    npv += draw(st.sampled_from([0.0, 0.3])) * rng.standard_normal((rows, n))
    npv += inputs[0] * inputs[3]
    return result(npv, inputs)


@steady
@given(small_results(), st.permutations(range(4)), st.sampled_from(["mean", "tvar80", "p80"]))
def test_evppi__never_falls_as_more_is_known(ds, order, objective):
    groups = {str(k): [f"x{i}" for i in order[:k]] for k in range(1, 5)}
    found = evppi(ds, groups, objective=objective)["value"].values
    bounds = evpi(ds, objective=objective)["value"].values
    scale = 1e-7 * float(np.abs(ds["npv"]).max())
    chain = np.array([0.0, *found, bounds[1]])
    assert (np.diff(chain) >= -scale).all()
    assert found[-1] == pytest.approx(bounds[0], abs=scale)


def test_evpi__hindsight_is_the_regret_of_the_choice():
    ds = toy(1000, noise=1.0)
    hindsight = evpi(ds)["value"].sel(information="hindsight").item()
    assert hindsight == pytest.approx(expected_regret(ds)["value"].min().item())


def test_evpi__discrete_as_published():
    known = case("voi-wikipedia-350")
    states = np.repeat([0, 1, 2], [500, 300, 200])
    payoff = np.array(known["inputs"]["payoff"])[:, states]
    found = evpi(result(-payoff, [states]))["value"].values
    both = dict.fromkeys(("all inputs", "hindsight"), known["expected"]["evpi"])
    assert_all_near(found, both, known["id"], rel=1e-6)


@pytest.mark.parametrize("name", ["voi-clark-5e+06", "voi-clark-1"])
def test_evpi__two_normals_as_clark_gives(name):
    known = case(name)
    (m1, s1), (m2, s2) = known["inputs"]["cost1"], known["inputs"]["cost2"]
    z = special.ndtri(stats.qmc.Sobol(2, seed=1).random(1 << 14)).T
    rho = known["inputs"]["rho"]
    second = m2 + s2 * (rho * z[0] + np.sqrt(1 - rho * rho) * z[1])
    found = evpi(result([m1 + s1 * z[0], second], z))["value"].values
    both = dict.fromkeys(("all inputs", "hindsight"), known["expected"]["evpi"])
    assert_all_near(found, both, name, rel=0.01)


def test_tail_objectives__by_enumeration():
    # s0 costs 0, or 10 where x is 1 (30 % of paths); s1 always costs 4.
    x = np.repeat([0.0, 1.0], [700, 300])
    ds = result([10 * x, 4 + 0 * x], [x])
    # Alone, TVaR80 is 10 or 4; known, the cost is 0 or 4, and TVaR80 stays 4, P80 too.
    assert evppi(ds, "x0", objective="tvar80")["value"].item() == pytest.approx(0.0, abs=1e-9)
    # At 0.5, alone 6 or 4; known, 0.6 of the tail is 4, the rest 0: 2.4.
    found = evppi(ds, "x0", objective="tvar50")["value"].item()
    assert found == pytest.approx(1.6, abs=0.1)
    assert evppi(ds, "x0", objective="tvar80")["standard_error"].item() == 0.0


@pytest.mark.parametrize("objective", ["tvar80", "p80"])
def test_tail_objectives__against_integration(objective):
    # s0 costs x + N(0, 1), s1 costs N(0.2, 1) with x known to be N(0, 1).
    rng = np.random.default_rng(4)
    x, noise = rng.standard_normal(60_000), rng.standard_normal((2, 60_000))
    ds = result([x + noise[0], 0.2 + noise[1]], [x])
    grid = special.ndtri((np.arange(2000) + 0.5) / 2000)
    means, sd = np.array([grid, 0 * grid + 0.2]), np.sqrt([2.0, 1.0])
    if objective == "p80":

        def beyond(t):
            return stats.norm.sf(t - means).min(axis=0).mean() - 0.2

        alone = min(np.array([0.0, 0.2]) + sd * special.ndtri(0.8))
        truth = alone - optimize.brentq(beyond, -2, 2)
    else:

        def tail(t):
            excess = stats.norm.pdf(t - means) - (t - means) * stats.norm.sf(t - means)
            return t + excess.min(axis=0).mean() / 0.2

        alone = min(np.array([0.0, 0.2]) + sd * stats.norm.pdf(special.ndtri(0.8)) / 0.2)
        truth = alone - optimize.minimize_scalar(tail, bounds=(-2, 2), method="bounded").fun
    found = evppi(ds, "x0", objective=objective, confidence=0.999)
    assert found["value"].item() == pytest.approx(truth, rel=0.1)
    assert found["lower"].item() < truth < found["upper"].item()


def test_tail_objectives__hindsight_is_that_of_the_least_path():
    ds = toy(4000)
    least = np.sort(ds["npv"].min("strategy").values)
    worst = np.sort(ds["npv"].values, axis=1)
    tail = worst[:, 2000:].mean(axis=1).min() - least[2000:].mean()
    assert evpi(ds, objective="tvar50")["value"].values[1] == pytest.approx(tail, rel=0.1)
    percentile = np.quantile(ds["npv"].values, 0.2, axis=1).min() - np.quantile(least, 0.2)
    assert evpi(ds, objective="p20")["value"].values[1] == pytest.approx(percentile, rel=0.05)


def test_evppi_ranking__largest_first_below_evpi():
    ds = toy(4000)
    found = evppi_ranking(ds)
    assert found["parameter"].values.tolist() == ["p2", "p1"]
    assert found["evpi"].item() == pytest.approx(evpi(ds)["value"].values[0])
    assert found["value"].dims == ("parameter",)
    assert found["value"].attrs["units"] == "USD"
    assert evppi_ranking(ds, ["p1"])["parameter"].values.tolist() == ["p1"]


def test_evsi__normal_conjugate_closed_form():
    # Prior N(1, 1), n measurements with sd 1: preposterior sd sqrt(n / (n + 1)).
    sizes = [0, 1, 4, 10, 100, 1000]
    found = evsi(toy(1 << 14), {"p1": Study("normal", sizes, sd=1.0)})["value"].values
    exact = [0.0, *(normal_loss(1.0, np.sqrt(n / (n + 1))) for n in sizes[1:])]
    closed = {f"{n} measurements": value for n, value in zip(sizes, exact, strict=True)}
    assert_all_near(found, closed, rel=0.01)
    id = "voi-vignette-toy"
    published = {f"{n}, published": case(id)["expected"][f"evsi_p1_n{n}"] for n in sizes[3:]}
    assert_all_near(found[3:], published, id, rel=0.01)


@pytest.mark.parametrize("kind", ["poisson", "binomial"])
def test_evsi__two_values_by_enumeration(kind):
    rate = np.repeat([0.1, 0.3], 400)
    ds = result([1000 * rate, 0 * rate + 190], [rate])
    counts = np.arange(200)
    for n in (1, 7, 40):
        law = {"poisson": lambda r, n=n: stats.poisson(n * r), "binomial": None}[kind]
        laws = [law(r) if law else stats.binom(n, r) for r in (0.1, 0.3)]
        joint = np.array([each.pmf(counts) / 2 for each in laws])
        own = 1000 * np.array([0.1, 0.3]) @ joint
        exact = 190 - np.minimum(own, 190 * joint.sum(axis=0)).sum()
        found = evsi(ds, {"x0": Study(kind, n)})["value"].item()
        assert found == pytest.approx(exact, abs=1e-5)


@settings(steady, max_examples=15)
@given(st.integers(0, 1000), st.sampled_from(["normal", "poisson", "binomial"]))
def test_evsi__from_nothing_to_perfect_information(seed, kind):
    rng = np.random.default_rng(seed)
    x = rng.beta(2, 5, 200)
    ds = result([x + 0.05 * rng.standard_normal(200), 0 * x + 0.25], [x])
    sd = 0.3 if kind == "normal" else None
    found = evsi(ds, {"x0": Study(kind, [0, 3, 30, 300, 10_000_000], sd=sd)})["value"].values
    most = evppi(ds, "x0")["value"].item()
    assert found[0] == 0.0
    assert (np.diff([*found, most]) >= -1e-9).all()
    assert found[-1] == pytest.approx(most, rel=0.02)


@pytest.mark.parametrize("objective", ["tvar80", "p80"])
def test_evsi__tail_objectives_keep_below_perfect_information(objective):
    ds = toy(2000)
    found = evsi(ds, {"p2": Study("normal", [0, 5, 500], sd=1.0)}, objective=objective)["value"]
    most = evppi(ds, "p2", objective=objective)["value"].item()
    assert (np.diff([*found.values, most]) >= -1e-9).all()


@pytest.mark.parametrize("objective", ["mean", "tvar95", "p80"])
def test_values__degenerate_results(objective):
    x = np.arange(100.0)
    equal = result(np.full((3, 100), 7.0), [x, 0 * x])
    assert evpi(equal, objective=objective)["value"].values.tolist() == [0.0, 0.0]
    zeros = result([np.r_[np.zeros(79), x[:21]], np.zeros(100)], [x])
    assert evppi(zeros, "x0", objective=objective)["value"].item() == 0.0
    alone = result([x], [x])
    assert evppi(alone, "x0", objective=objective)["value"].item() == 0.0


def test_values__too_few_paths_for_the_inputs_have_no_upper_end():
    rng = np.random.default_rng(4)
    inputs, costs = rng.standard_normal((5, 49)), rng.standard_normal((2, 49))
    with pytest.warns(PrecisionWarning, match="rests on 49 paths.*at least 50 paths"):
        found = evppi(result(costs, inputs), "x0")
    assert found["upper"].item() == np.inf
    more = result(np.hstack([costs, costs[:, :1]]), np.hstack([inputs, inputs[:, :1]]))
    assert np.isfinite(evppi(more, "x0")["upper"])


def test_values__one_path():
    with pytest.warns(PrecisionWarning, match="value of information of npv"):
        found = evpi(result([[1.0], [2.0]], [[3.0]]))
    assert found["value"].values.tolist() == [0.0, 0.0]
    assert np.isinf(found["upper"]).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda ds: evppi(ds, "p3"), "inputs must be one of .*, got 'p3'"),
        (lambda ds: evppi(ds, []), "inputs must name at least one input"),
        (lambda ds: evppi(ds, {}), "inputs must name at least one group"),
        (lambda ds: evppi(ds, ["p1", "p1"]), "each once"),
        (lambda ds: evpi(ds, objective="p100"), "objective must be 'mean'"),
        (lambda ds: evpi(ds, objective="median"), "objective must be 'mean'"),
        (lambda ds: evpi(ds, confidence=95), "write 0.95"),
        (lambda ds: evpi(ds, strategies=["s9"]), "strategies must be one of"),
        (lambda ds: evpi(ds.drop_vars("input")), "detail='default'"),
        (lambda ds: evpi(ds.expand_dims(year=[1, 2])), r"ds.isel\(year=0\)"),
        (lambda ds: evsi(ds, {"p1": Study("normal", -1, sd=1)}), "not negative"),
        (lambda ds: evsi(ds, {"p1": Study("normal", [], sd=1)}), "at least one size"),
        (lambda ds: evsi(ds, {"p1": Study("normal", 5)}), "sd must be positive"),
        (lambda ds: evsi(ds, {"p1": Study("poisson", 5, sd=1)}), "sd belongs to"),
        (lambda ds: evsi(ds, {"p1": Study("poisson", 5)}), "choose another kind"),
        (lambda ds: evsi(ds, {"p1": Study("binomial", 1.5)}), "whole"),
        (lambda ds: evsi(ds, {"p1": Study("gamma", 5)}), "kind must be one of"),
    ],
)
def test_refusals(call, message):
    with pytest.raises(ValueError, match=message):
        call(toy(64))


def test_refusals__of_assessments():
    for stated in (["p1", "p2"], {"p1": 5}):
        with pytest.raises(TypeError, match="assessment must map names of inputs to studies"):
            evsi(toy(64), stated)
    with pytest.raises(ValueError, match="must study at least one input"):
        evsi(toy(64), {})
    lists = {"p1": Study("normal", [1, 2], sd=1), "p2": Study("normal", [1, 2, 3], sd=1)}
    with pytest.raises(ValueError, match=r"list as many, got \[2, 3\]"):
        evsi(toy(64), lists)
    with pytest.raises(ValueError, match="inputs must be one of"):
        evsi(toy(64), {"p3": Study("normal", 1, sd=1)})
