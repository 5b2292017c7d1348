"""Paths drawn from a proposal: against plain NumPy, against closed forms, and to the bit."""

import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import hcrisk
from hcrisk.kernels.proposal import place, tilted
from hcrisk.measures._weights import calibrated, tail_mean_of
from hcrisk.program import compile_program
from hcrisk.program.proposal import EDGES, Cause, Proposal, Tilt, with_proposal
from hcrisk.results import empty_output
from hcrisk.simulation import run_paths
from tests.builders import bare, crowded, exponential, one_risk
from tests.reference.uniforms import Uniforms

SEED = 11
WIDTHS = np.diff(EDGES)
ERRORS = 4


def density(slope):
    """A density that rises by `slope`, in the bins."""
    middles = (np.array(EDGES[1:]) + np.array(EDGES[:-1])) / 2
    raw = np.exp(slope * middles)
    return tuple(float(d) for d in raw / (raw @ WIDTHS))


def risky():
    layer = one_risk(
        {"dist": "lognormal", "median": 0.05, "sigma": 0.6},
        {"dist": "lognormal", "median": 1e5, "sigma": 1.2},
        frailty_shape=0.7,
        reference_providers=50,
        max_multiple=2,
    )
    return bare(layer, horizon__years=2)


FREQUENCY, FRAILTY = "input/risks.breach.frequency", "risk/breach/frailty"


def by_hand():
    """A proposal of every kind: forced in two slabs, with marks, and one that forces nothing."""
    forced = Cause(
        "breach",
        0.5,
        (Tilt(FREQUENCY, 0, density(1.5)), Tilt(FRAILTY, 0, density(2.0))),
        "breach",
        (0.8, 0.2),
        (Tilt("loss/sum", 0, density(3.0)), Tilt("level", 0, density(-1.0))),
    )
    return Proposal(0.3, (forced, Cause("other", 0.2, (Tilt(FREQUENCY, 0, density(-2.0)),))))


# -- against plain NumPy


def quantile(tilt, u):
    below = np.concatenate([[0.0], np.cumsum(np.array(tilt.density) * WIDTHS)])
    return float(np.interp(u, below, EDGES))


def at(tilt, u):
    return tilt.density[np.searchsorted(EDGES, u, side="right") - 1]


def expected_path(proposal, u, path):
    """Frequency, rate, loss uniform of the forced incident (or None), and weight of one path."""
    forced, other = proposal.causes
    picks = [(forced, slab, year) for slab in (0, 1) for year in (1, 2)]
    shares = [forced.share * forced.slabs[slab] / 2 for _, slab, _ in picks] + [other.share]
    bounds = proposal.plain + np.concatenate([[0], np.cumsum(shares)])
    chosen = u("proposal/pick", path) >= bounds
    pick = int(chosen.sum()) - 1
    cause = None if pick < 0 else (forced if pick < len(picks) else other)
    first = {name: u(name, path) for name in (FREQUENCY, FRAILTY)}
    for tilt in cause.tilts if cause else ():
        first[tilt.stream] = quantile(tilt, first[tilt.stream])
    frequency = stats.lognorm.ppf(first[FREQUENCY], 0.6, scale=0.05)
    rate = frequency * stats.gamma.ppf(first[FRAILTY], 0.7) / 0.7
    none = math.exp(-rate)
    total, size = proposal.plain, None
    total += other.share * at(other.tilts[0], first[FREQUENCY])
    for i, (_, slab, year) in enumerate(picks):
        cell = f"risk/breach/slab/{slab}/year/{year}"
        count = u(cell, path)
        marks = {mark.stream: u(f"{cell}/{mark.stream}", path) for mark in forced.marks}
        if i == pick:
            count = none + (1 - none) * count
            marks = {mark.stream: quantile(mark, marks[mark.stream]) for mark in forced.marks}
            size = marks["loss/sum"]
        if count > none:
            ratio = math.prod(at(tilt, first[tilt.stream]) for tilt in forced.tilts)
            ratio *= math.prod(at(mark, marks[mark.stream]) for mark in forced.marks)
            total += shares[i] * ratio / (1 - none)
    return frequency, size, 1 / total


def test_uniforms_and_weights_are_those_of_plain_numpy():
    proposal, uniforms = by_hand(), Uniforms(SEED)
    ds = hcrisk.simulate(risky(), paths=400, seed=SEED, proposal=proposal)
    found = [
        expected_path(proposal, lambda name, p: uniforms.uniform(name, p, 0), n) for n in range(400)
    ]
    frequency, sizes, weight = (np.array(part) for part in zip(*found, strict=True))
    np.testing.assert_allclose(
        ds["input"].sel(parameter="risks.breach.frequency").values, frequency, rtol=1e-9
    )
    np.testing.assert_allclose(ds["weight"].values, weight, rtol=1e-7)
    # A forced incident of the first slab that stands alone costs what its tilted uniform says.
    alone = np.array([size is not None for size in sizes])
    alone &= ds["events"].sel(risk="breach").values[0] == 1
    cost = ds["component_npv"].sel(component="breach").values[0][alone]
    stated = stats.lognorm.ppf(sizes[alone].astype(float), 1.2, scale=1e5)
    assert alone.sum() > 50
    assert np.isclose(cost, stated, rtol=1e-9).mean() > 0.9


@given(
    raw=st.lists(st.floats(0.01, 30), min_size=len(WIDTHS), max_size=len(WIDTHS)),
    u=st.floats(1e-12, 1 - 1e-12),
)
def test_a_tilted_uniform_is_the_quantile_of_its_density(raw, u):
    shape = np.array(raw) / (np.array(raw) @ WIDTHS)
    below = np.concatenate([[0.0], np.cumsum(shape * WIDTHS)])
    edges = np.array(EDGES)
    found = tilted(edges, shape, below, u)
    assert 0.0 < found < 1.0
    b = place(edges, found)
    assert below[b] + (found - edges[b]) * shape[b] == pytest.approx(u, abs=1e-9)


def test_every_uniform_of_an_incident_is_read_where_it_is_tilted():
    """One that were tilted in the weight and read elsewhere as it is would bias every figure."""
    kernels = Path(hcrisk.__file__).parent / "kernels"
    reading = [f.name for f in kernels.glob("*.py") if "incident_keys" in f.read_text("utf-8")]
    assert sorted(reading) == ["proposal.py", "tables.py"]


# -- the same bits


def same(found, expected):
    for name in expected.data_vars:
        xr.testing.assert_equal(found[name], expected[name])


@pytest.fixture(scope="module")
def proposal():
    found = hcrisk.tail_proposal(crowded(), level=0.9, paths=2_000, seed=3, progress=False)
    assert found.causes
    return found


def test_paths_do_not_depend_on_how_they_are_run(proposal):
    scenario = crowded()
    whole = hcrisk.simulate(scenario, paths=700, seed=SEED, proposal=proposal, threads=1)
    assert whole["weight"].attrs["units"] == "1"
    assert whole.attrs["proposal"] == proposal.digest
    same(hcrisk.simulate(scenario, paths=700, seed=SEED, proposal=proposal, threads=3), whole)
    parts = [
        hcrisk.simulate(scenario, paths=n, seed=SEED, proposal=proposal, start=start)
        for start, n in ((0, 333), (333, 367))
    ]
    same(hcrisk.join(*parts), whole)
    program = with_proposal(compile_program(scenario, SEED), scenario, proposal, SEED)
    output = empty_output(scenario, program, 700, "default")
    run_paths(program, output, 0, threads=2, block=17)
    np.testing.assert_array_equal(output.npv, whole["npv"].values)
    np.testing.assert_array_equal(output.weight, whole["weight"].values)


def test_paths_of_any_number_are_drawn(proposal):
    far = 2**62 + 1
    pair = hcrisk.simulate(crowded(), paths=2, seed=SEED, proposal=proposal, start=far)
    alone = hcrisk.simulate(crowded(), paths=1, seed=SEED, proposal=proposal, start=far + 1)
    same(alone, pair.isel(path=[1]))


def test_a_path_weighs_the_same_whichever_strategies_are_simulated(proposal):
    whole = hcrisk.simulate(crowded(), paths=300, seed=SEED, proposal=proposal)
    name = str(whole["strategy"].values[0])
    one = hcrisk.simulate(crowded(), paths=300, seed=SEED, proposal=proposal, strategies=name)
    xr.testing.assert_equal(one["weight"], whole["weight"])
    xr.testing.assert_equal(one["npv"].sel(strategy=name), whole["npv"].sel(strategy=name))


def test_a_proposal_that_tilts_nothing_is_the_model_to_the_bit():
    plain = hcrisk.simulate(crowded(), paths=200, seed=SEED)
    for empty in (Proposal(1.0), Proposal(0.5, (Cause("other", 0.5),))):
        found = hcrisk.simulate(crowded(), paths=200, seed=SEED, proposal=empty)
        same(found, plain)
        assert (found["weight"] == 1).all()


def test_paths_of_the_plain_share_are_those_of_the_model(proposal):
    plain = hcrisk.simulate(crowded(), paths=500, seed=SEED)
    found = hcrisk.simulate(crowded(), paths=500, seed=SEED, proposal=proposal)
    alike = (found["npv"] == plain["npv"]).all("strategy").mean()
    assert 0.25 < alike < 0.5


def test_a_path_of_a_proposal_is_told_as_it_was_drawn(proposal):
    ds = hcrisk.simulate(crowded(), paths=40, seed=SEED, proposal=proposal)
    name = str(ds["strategy"].values[0])
    path = int(ds["weight"].values.argmin())
    told = hcrisk.story(crowded(), SEED, path, strategy=name, proposal=proposal)
    assert told.total == ds["npv"].sel(strategy=name, path=path).item()
    assert told.weight == ds["weight"].values[path] < 1
    assert "It was sought out" in str(told)
    shared = hcrisk.simulate(crowded(), paths=8, seed=SEED, inner=4)
    told = hcrisk.story(crowded(), SEED, 6, strategy=name, inner=4)
    assert told.total == shared["npv"].sel(strategy=name, path=6).item()
    assert "sought" not in str(told)


# -- closed forms

RATE, MEAN = 0.02, 1e6


def compound_tail(level):
    """Quantile and tail mean of a compound Poisson sum of exponentials, by its mixture."""
    n = np.arange(1, 60)
    p = stats.poisson(RATE).pmf(n)

    def above(x):
        return float((p * stats.gamma(n, scale=MEAN).sf(x)).sum())

    low, high = 0.0, 1e8
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if above(middle) > 1 - level else (low, middle)
    beyond = float((p * n * MEAN * stats.gamma(n + 1, scale=MEAN).sf(low)).sum())
    return low, beyond / (1 - level)


def test_the_tail_of_a_rare_breach_is_right_and_known_far_better():
    scenario = bare(one_risk(RATE, exponential(MEAN), reference_providers=50, max_multiple=1))
    fitted = hcrisk.tail_proposal(scenario, level=0.995, paths=5_000, progress=False)
    assert [cause.risk for cause in fitted.causes] == ["breach"]
    assert "loss/sum" in [mark.stream for mark in fitted.causes[0].marks]
    ds = hcrisk.simulate(scenario, paths=20_000, seed=SEED, proposal=fitted)
    plain = hcrisk.simulate(scenario, paths=20_000, seed=SEED)
    q, tail = compound_tail(0.995)
    found = hcrisk.tail_value_at_risk(ds, 0.995).isel(strategy=0)
    error = float(found["upper"] - found["lower"]) / 2 / 2.05
    assert abs(float(found["value"]) - tail) < ERRORS * error
    wide = hcrisk.tail_value_at_risk(plain, 0.995).isel(strategy=0)
    assert error < 0.3 * float(wide["upper"] - wide["value"]) / 2.05
    at_quantile = hcrisk.percentiles(ds, 0.995).isel(strategy=0, level=0)
    error = float(at_quantile["upper"] - at_quantile["value"]) / 2.05
    assert abs(float(at_quantile["value"]) - q) < ERRORS * error
    mean = hcrisk.mean(ds).isel(strategy=0)
    assert abs(float(mean["value"]) - RATE * MEAN) < ERRORS * float(mean["standard_error"])


def test_intervals_of_weighted_tails_cover():
    scenario = bare(one_risk(RATE, exponential(MEAN), reference_providers=50, max_multiple=1))
    fitted = hcrisk.tail_proposal(scenario, level=0.995, paths=5_000, progress=False)
    expected = (*compound_tail(0.995), RATE * MEAN)
    measures = (
        lambda ds: hcrisk.percentiles(ds, [0.995]).isel(level=0),
        lambda ds: hcrisk.tail_value_at_risk(ds, 0.995),
        hcrisk.mean,
    )
    covered = np.zeros(3)
    for run in range(100):
        ds = hcrisk.simulate(
            scenario, paths=4_000, seed=100 + run, proposal=fitted, detail="totals", progress=False
        )
        found = [measure(ds).isel(strategy=0) for measure in measures]
        covered += [
            float(one["lower"]) <= true <= float(one["upper"])
            for one, true in zip(found, expected, strict=True)
        ]
    # Of 100 intervals that cover 19 times in 20, 88 or fewer would be one in 600.
    assert (covered >= 88).all(), covered


def test_weights_have_mean_one_and_a_bound(proposal):
    ds = hcrisk.simulate(crowded(), paths=4_000, seed=SEED, proposal=proposal, detail="totals")
    weight = ds["weight"].values
    assert 0 < weight.min()
    assert weight.max() <= 1 / proposal.plain * (1 + 1e-12)
    assert abs(weight.mean() - 1) < ERRORS * weight.std() / math.sqrt(weight.size)


def test_the_proposal_agrees_with_the_model_in_a_crowded_practice(proposal):
    ds = hcrisk.simulate(crowded(), paths=5_000, seed=1, proposal=proposal, detail="totals")
    plain = hcrisk.simulate(crowded(), paths=10_000, seed=2, detail="totals")
    for measure in (hcrisk.mean, lambda one: hcrisk.tail_value_at_risk(one, 0.9)):
        found, expected = measure(ds), measure(plain)
        half = np.hypot(found["upper"] - found["value"], expected["upper"] - expected["value"])
        assert (abs(found["value"] - expected["value"]) < 2 * half).all()


# -- weights


def test_calibrated_weights_are_a_regression_estimate():
    generator = np.random.default_rng(5)
    weight = generator.choice([0.1, 2.0], size=500)
    values = generator.normal(size=500) + weight
    y = weight * values
    slope = np.cov(y, weight, ddof=0)[0, 1] / weight.var()
    expected = y.mean() - slope * (weight.mean() - 1)
    assert (calibrated(weight) * values).mean() == pytest.approx(expected)


def test_equal_weights_are_none():
    values = np.random.default_rng(6).lognormal(size=(2, 1_000))
    one = np.ones(1_000)
    np.testing.assert_allclose(
        tail_mean_of(values, one, 0.957), tail_mean_of(values, None, 0.957), rtol=1e-12
    )


# -- what is refused


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"risk": "flood"}, "risk must be one of this scenario, got 'flood'"),
        ({"slabs": (0.5, 0.1)}, "slabs of breach must be at most 2 shares that add up to 1"),
        ({"slabs": (0.2,) * 5}, "slabs of breach must be at most 2 shares"),
        ({"marks": (Tilt("loss/x", 0, density(1)),)}, "mark must be one of this scenario"),
    ],
)
def test_a_proposal_of_another_scenario_is_refused(change, text):
    forced, other = by_hand().causes
    wrong = Proposal(0.3, (dataclasses.replace(forced, **change), other))
    with pytest.raises(ValueError, match=text):
        hcrisk.simulate(risky(), paths=10, proposal=wrong)


def test_shares_and_densities_are_checked():
    with pytest.raises(ValueError, match="plain must be above 0"):
        Proposal(0.0, (Cause("other", 1.0),))
    with pytest.raises(ValueError, match="add up to 1"):
        Proposal(0.5)
    with pytest.raises(ValueError, match="density of x must have 19 values above 0"):
        Tilt("x", 0, (1.0,))
    with pytest.raises(TypeError, match="proposal must be a Proposal"):
        hcrisk.simulate(risky(), paths=10, proposal=0.99)
    with pytest.raises(ValueError, match="paths must be a whole number"):
        hcrisk.tail_proposal(risky(), paths=10)
    with pytest.raises(ValueError, match="level must lie in"):
        hcrisk.tail_proposal(risky(), level=99)


def test_a_proposal_says_what_it_tilts():
    text = str(by_hand())
    assert "model" in text
    assert "risk/breach/frailty (mean 0.66)" in text
    assert by_hand().digest == by_hand().digest != Proposal(1.0).digest


def test_a_scenario_without_risk_has_a_proposal():
    found = hcrisk.tail_proposal(bare(), paths=1_000, progress=False)
    ds = hcrisk.simulate(bare(), paths=100, proposal=found)
    assert (ds["npv"] == 0).all()
