"""Value of information on several inputs at once: assessments, and tails of the cost."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from hcrisk.measures import Study, evpi, evppi, evsi
from tests.measures.test_information import normal_loss, result


@pytest.mark.parametrize("rho", [0.0, 0.6])
def test_evsi__linear_normal_in_closed_form(rho):
    """Costs linear in three normal inputs, two measured: the preposterior mean is normal."""
    rng = np.random.default_rng(8)
    n, slopes = 4000, np.array([1.0, 0.7, 0.5])
    covariance = np.array([[1, rho, 0], [rho, 1, 0], [0, 0, 1.0]])
    inputs = np.linalg.cholesky(covariance) @ rng.standard_normal((3, n))
    ds = result([rng.normal(0, 0.5, n), 0.5 + slopes @ inputs + rng.normal(0, 0.5, n)], inputs)
    assessment = {"x0": Study("normal", [0, 1, 4], sd=1.0), "x1": Study("normal", [0, 2, 8], sd=2)}
    found = evsi(ds, assessment)
    assert found["value"].values[0] == 0.0
    assert found["n"].values.tolist() == [0, 1, 4]
    seen = slopes @ covariance[:, :2]
    for k, (first, second) in enumerate(((1, 2), (4, 8)), start=1):
        noise = np.diag([1.0 / first, 4.0 / second])
        variance = seen @ np.linalg.inv(covariance[:2, :2] + noise) @ seen
        one = found.isel(n=k)
        error = one["standard_error"].item()
        assert abs(one["value"].item() - normal_loss(0.5, np.sqrt(variance))) < 3 * error < 0.05
    most = evppi(ds, ["x0", "x1"])["value"].item()
    assert (found["value"] <= most + 1e-9).all()


def test_evsi__two_inputs_of_two_values_by_enumeration():
    rate, share = np.repeat([0.1, 0.4], 1000), np.tile([0.2, 0.7], 1000)
    own = 1000 * rate + 500 * share
    ds = result([own, np.full(2000, 470.0)], [rate, share])
    found = evsi(ds, {"x0": Study("poisson", 6), "x1": Study("binomial", 5)})["value"].item()
    prior, chosen = [0.25] * 4, 0.0
    pairs = list(itertools.product([0.1, 0.4], [0.2, 0.7]))
    for events, successes in itertools.product(range(40), range(6)):
        joint = [
            p * stats.poisson.pmf(events, 6 * r) * stats.binom.pmf(successes, 5, s)
            for p, (r, s) in zip(prior, pairs, strict=True)
        ]
        cost = sum(p * (1000 * r + 500 * s) for p, (r, s) in zip(joint, pairs, strict=True))
        chosen += min(cost, 470.0 * sum(joint))
    exact = min(own.mean(), 470.0) - chosen
    assert found == pytest.approx(exact, rel=0.03)


@settings(deadline=None, derandomize=True, max_examples=8)
@given(st.integers(0, 1000), st.sampled_from(["mean", "tvar80", "p80"]))
def test_evsi__lies_between_nothing_and_perfect_information(seed, objective):
    rng = np.random.default_rng(seed)
    x = rng.beta(2, 5, (2, 300))
    ds = result([x[0] + x[1] + 0.05 * rng.standard_normal(300), 0 * x[0] + 0.6], x)
    sizes = [0, 3, 30, 100_000_000]
    assessment = {"x0": Study("binomial", sizes), "x1": Study("poisson", sizes)}
    found = evsi(ds, assessment, objective=objective)["value"].values
    most = evppi(ds, ["x0", "x1"], objective=objective)["value"].item()
    assert found[0] == 0.0
    assert (found >= 0.0).all()
    assert (found <= most + 1e-9).all()
    assert found[-1] == pytest.approx(most, rel=0.02, abs=1e-6)


def test_evsi__what_is_not_looked_at_adds_nothing():
    rng = np.random.default_rng(2)
    x = rng.standard_normal((2, 2000))
    ds = result([x[0] + x[1], 0 * x[0] + 0.3], x)
    alone = evsi(ds, {"x0": Study("normal", 3, sd=1.0)})
    beside = evsi(ds, {"x0": Study("normal", 3, sd=1.0), "x1": Study("normal", 0, sd=1.0)})
    assert beside["value"].item() == pytest.approx(alone["value"].item(), rel=0.05)
    assert beside["value"].item() <= evppi(ds, ["x0", "x1"])["value"].item()


# Tail objectives: three strategies, linear in normal inputs, with noise.

MEANS = np.array([0.0, 0.2, 0.4])


def linear(k, noise, n, seed):
    slopes = np.random.default_rng(k).normal(0, 1 / np.sqrt(k), (3, k))
    rng = np.random.default_rng(seed)
    inputs = rng.standard_normal((k, n))
    npv = MEANS[:, None] + slopes @ inputs + noise * rng.standard_normal((3, n))
    return slopes, result(npv, inputs)


def exact_value(slopes, noise, known, objective):
    """Return EVPPI by quadrature-like sums over the inputs known; the rest is normal."""
    rng = np.random.default_rng(9)
    c = MEANS[:, None] + slopes[:, known] @ rng.standard_normal((len(known), 100_000))
    size = np.square(slopes).sum(axis=1) + noise**2
    rest = np.sqrt(size - np.square(slopes[:, known]).sum(axis=1))[:, None]
    level = float(objective.lstrip("tvarp")) / 100
    z = stats.norm.ppf(level)
    if objective.startswith("tvar"):
        before = (MEANS + np.sqrt(size) * stats.norm.pdf(z) / (1 - level)).min()

        def reached(t):
            a = (c - t) / rest
            excess = rest * (stats.norm.pdf(a) + a * stats.norm.cdf(a))
            return t + excess.min(axis=0).mean() / (1 - level)

        ends = (before - 4, before)
        return before - optimize.minimize_scalar(reached, bounds=ends, method="bounded").fun
    before = (MEANS + np.sqrt(size) * z).min()

    def beyond(t):
        return stats.norm.sf((t - c) / rest).min(axis=0).mean() - (1 - level)

    return before - optimize.brentq(beyond, before - 9, before + 1e-9)


@pytest.mark.parametrize(("objective", "k", "noise"), [("tvar90", 4, 1.0), ("p80", 8, 0.3)])
def test_evppi__tail_of_groups_against_closed_forms(objective, k, noise):
    """Terms of single inputs alone are up to 40 % off here; shapes of groups are not."""
    slopes, ds = linear(k, noise, 5000, seed=1)
    groups = {"half": list(range(k // 2)), "all": list(range(k))}
    names = {key: [f"x{i}" for i in group] for key, group in groups.items()}
    found = evppi(ds, names, objective=objective)
    for key, group in groups.items():
        one = found.sel(group=key)
        exact = exact_value(slopes, noise, group, objective)
        assert abs(one["value"].item() - exact) < 3 * one["standard_error"].item() + 0.01
    everything = evpi(ds, objective=objective)["value"]
    assert found["value"][0] <= found["value"][1] + 1e-9
    assert found["value"][1].item() == pytest.approx(everything[0].item(), rel=1e-6)


@pytest.mark.parametrize(("objective", "exact"), [("tvar90", 0.0437), ("p90", 0.0634)])
def test_evppi__tail_of_one_input_beside_others(objective, exact):
    """A certain price against one that two inputs move: x alone, from the best cut on 2e6 paths.

    On average over samples, so that an estimate of nothing in some of them does not pass.
    """
    found = []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        inputs, chance = rng.standard_normal((3, 5000)), rng.standard_normal((2, 5000))
        moved = 0.2 + inputs[0] + 0.6 * inputs[1] + 0.5 * chance[1]
        ds = result([0.5 * chance[0], moved], inputs)
        found.append(evppi(ds, "x0", objective=objective))
    values = np.array([one["value"].item() for one in found])
    errors = np.array([one["standard_error"].item() for one in found])
    assert abs(values.mean() - exact) < 3 * np.sqrt(np.square(errors).sum()) / len(found) < 0.02
    assert values.min() > exact / 3


def test_evppi__groups_asked_for_alone_agree_with_those_of_a_table():
    _, ds = linear(6, 0.5, 2000, seed=3)
    groups = {"a": ["x0", "x1"], "ab": ["x0", "x1", "x2", "x3"]}
    table = evppi(ds, groups, objective="tvar90")
    bound = evpi(ds, objective="tvar90")["value"][0].item()
    for name, group in groups.items():
        alone = evppi(ds, group, objective="tvar90")
        error = table["standard_error"].sel(group=name).item()
        assert abs(alone["value"].item() - table["value"].sel(group=name).item()) < error + 1e-9
        assert alone["value"].item() <= bound + error
