"""Every public function that takes a result measures weighted paths rightly, or refuses them."""

import json
import re
import warnings

import numpy as np
import pytest
import xarray as xr

import hcrisk
import hcrisk.measures
import hcrisk.plot
from hcrisk import Precision
from tests.builders import bare, one_risk

SEED = 9
PATHS = 16_384
# What each measure is called with; every figure it returns is compared.
TAKEN = {
    "budget": lambda ds: hcrisk.budget(ds, 0.8, reserve=0.95),
    "compare": hcrisk.compare,
    "exceedance_curve": hcrisk.exceedance_curve,
    "expected_regret": hcrisk.expected_regret,
    "mean": hcrisk.mean,
    "percentiles": hcrisk.percentiles,
    "probability_above": lambda ds: hcrisk.probability_above(ds, [6e4, 3e5]),
    "probability_cheapest": hcrisk.probability_cheapest,
    "tail_value_at_risk": lambda ds: hcrisk.tail_value_at_risk(ds, [0.8, 0.95]),
    "value_at_risk": lambda ds: hcrisk.value_at_risk(ds, 0.9),
}
STUDY = hcrisk.Study("poisson", n=10)
REFUSED = {
    "allocate": hcrisk.allocate,
    "best_assignment": hcrisk.best_assignment,
    "certainty_equivalent": lambda ds: hcrisk.certainty_equivalent(ds, 1e6),
    "difference_by": hcrisk.difference_by,
    "diversification": hcrisk.diversification,
    "efficient_frontier": hcrisk.efficient_frontier,
    "evpi": hcrisk.evpi,
    "evppi": lambda ds: hcrisk.evppi(ds, "risks.breach.frequency"),
    "evppi_ranking": hcrisk.evppi_ranking,
    "evsi": lambda ds: hcrisk.evsi(ds, {"risks.breach.frequency": STUDY}),
    "feasible_assignments": lambda ds: hcrisk.feasible_assignments(ds, "desk is none"),
    "first_order_indices": lambda ds: hcrisk.first_order_indices(ds, strategy="own"),
    "probability_cheapest_by": lambda ds: hcrisk.probability_cheapest_by(ds, 1e3),
    "rank_correlations": lambda ds: hcrisk.rank_correlations(ds, strategy="own"),
    "reverse_stress": hcrisk.reverse_stress,
    "risk_adjusted_cost": hcrisk.risk_adjusted_cost,
    "service_choices": hcrisk.service_choices,
    "stochastic_dominance": hcrisk.stochastic_dominance,
    "switching_margin": hcrisk.switching_margin,
    "tail_drivers": lambda ds: hcrisk.tail_drivers(ds, "own"),
    "worst_year": hcrisk.worst_year,
}
# Takes paths that weigh differently, which may be cut off anywhere, and no others.
WEIGHTED = {"convergence": hcrisk.convergence}
# Takes only paths that share their inputs.
OWN = {"nested_variance", "Study"}
PLOTS = {
    "components": hcrisk.plot.components,
    "exceedance": hcrisk.plot.exceedance,
    "frontier": hcrisk.plot.frontier,
    "regret": hcrisk.plot.regret,
    "waterfall": lambda ds: hcrisk.plot.waterfall(ds, "own"),
    "yearly_fan": hcrisk.plot.yearly_fan,
}
# Of a measure, not of a run.
OF_MEASURES = {
    *("allocation", "break_even", "budget", "convergence", "diversification", "estimates"),
    *("information", "tornado"),
}
DESIGNS = ("proposal", "inner", "sobol")


@pytest.fixture(scope="module")
def scenario():
    """Two strategies, one dearer by an uncertain price, the other by a rare breach."""
    layer = one_risk(
        {"dist": "lognormal", "median": 0.08, "sigma": 0.4},
        {"dist": "lognormal", "median": 2e5, "sigma": 0.8},
        reference_providers=50,
        max_multiple=1,
        effects={"desk": {"factors": {"tool": 0.2}}},
    )
    amount = {"dist": "lognormal", "median": 3e4, "sigma": 0.2}
    line = {"component": "tools", "driver": "flat", "amount": amount, "index": "none"}
    arrangement = {"arrangements": {"tool": {"unfunded": True, "lines": {"tool": line}}}}
    strategies = {"own": {"all": "none"}, "tool": {"all": "tool"}}
    return bare(layer, {"services": {"desk": arrangement}, "strategies": strategies})


@pytest.fixture(scope="module")
def plain(scenario):
    return hcrisk.simulate(scenario, paths=3 * PATHS, seed=SEED)


@pytest.fixture(scope="module")
def designed(scenario):
    proposal = hcrisk.tail_proposal(scenario, paths=2_000, level=0.95, progress=False)
    assert proposal.causes
    options = {"proposal": {"proposal": proposal}, "inner": {"inner": 4}}
    options["sobol"] = {"inputs": "sobol"}
    return {
        name: hcrisk.simulate(scenario, paths=PATHS, seed=SEED + 1, **options[name])
        for name in DESIGNS
    }


def test_no_measure_and_no_plot_is_left_out():
    assert {*TAKEN, *REFUSED, *WEIGHTED, *OWN} == set(hcrisk.measures.__all__)
    assert {*PLOTS, *OF_MEASURES} == set(hcrisk.plot.__all__)


def estimates(found):
    """Every figure of a measure with its bounds."""
    names = [str(name) for name in found.data_vars if f"{name}_lower" in found]
    for name in names:
        yield found[name], found[f"{name}_lower"], found[f"{name}_upper"]
    if "value" in found:
        yield found["value"], found["lower"], found["upper"]


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("name", sorted(set(TAKEN) - {"exceedance_curve"}))
def test_a_measure_agrees_with_that_of_a_plain_run(name, design, designed, plain):
    found, expected = TAKEN[name](designed[design]), TAKEN[name](plain)
    for mine, theirs in zip(estimates(found), estimates(expected), strict=True):
        half = np.hypot((mine[2] - mine[1]) / 2, (theirs[2] - theirs[1]) / 2)
        assert np.isfinite(half).all()
        # Half-widths are some two standard errors.
        assert (np.abs(mine[0] - theirs[0]) <= 2.5 * half + 1e-9).all(), mine[0].attrs
        assert ((mine[1] <= mine[0]) & (mine[0] <= mine[2])).all()
    assert ("effective_paths" in found.attrs) == (design == "proposal")


@pytest.mark.parametrize("design", DESIGNS)
def test_the_exceedance_curve_falls_from_one_to_nothing(design, designed, plain):
    ds = designed[design].isel(strategy=[0])
    curve = hcrisk.exceedance_curve(ds).isel(strategy=0)
    value, at = curve["value"].values, curve["threshold"].values
    assert (np.diff(value) <= 1e-12).all()
    assert value[-1] == 0
    stated = hcrisk.probability_above(ds, at[::50].tolist()).isel(strategy=0)["value"].values
    np.testing.assert_allclose(value[::50], stated, atol=1e-12)


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("name", [*REFUSED, *PLOTS])
def test_what_has_no_such_form_refuses(name, design, designed):
    function = REFUSED.get(name) or PLOTS[name]
    with pytest.raises(ValueError, match="must have independent paths of equal weight"):
        function(designed[design])


@pytest.mark.parametrize("design", ["inner", "sobol"])
@pytest.mark.parametrize("name", list(WEIGHTED))
def test_what_takes_weights_only_refuses_other_designs(name, design, designed):
    with pytest.raises(ValueError, match="must have independent paths of equal weight"):
        WEIGHTED[name](designed[design])


@pytest.mark.parametrize("statistic", ["mean", "p95", "tvar95"])
def test_a_weighted_estimate_on_the_way_is_that_of_a_shorter_run(statistic, designed):
    ds = designed["proposal"]
    found = hcrisk.convergence(ds, statistic, points=5)
    measure = {
        "mean": hcrisk.mean,
        "p95": lambda ds: hcrisk.percentiles(ds, 0.95),
        "tvar95": lambda ds: hcrisk.tail_value_at_risk(ds, 0.95),
    }[statistic]
    for count in found["paths"].values[-2:]:
        expected = measure(ds.isel(path=slice(0, int(count)))).squeeze()
        for name in ("value", "lower", "upper"):
            np.testing.assert_array_equal(found[name].sel(paths=count), expected[name])
    assert np.isinf(found["upper"].isel(paths=0)).all()


def test_probabilities_of_strategies_add_up(designed):
    for ds in designed.values():
        total = hcrisk.probability_cheapest(ds)["value"].sum("strategy")
        np.testing.assert_allclose(total, 1.0)


def test_weights_that_are_left_out_are_missed(designed):
    with pytest.raises(ValueError, match="must keep the variable 'weight'"):
        hcrisk.mean(designed["proposal"][["npv"]])


@pytest.mark.parametrize(
    ("design", "text"),
    [
        ("proposal", "must keep the variable 'weight'"),
        ("inner", "attrs of a run with shared inputs, got 'npv' without 'inner'"),
        ("sobol", "attrs of a run with sobol inputs, got 'npv' without 'sections'"),
    ],
)
@pytest.mark.parametrize("measure", [hcrisk.mean, hcrisk.risk_adjusted_cost])
def test_a_variable_without_its_manifest_is_not_taken_for_a_plain_one(
    measure, design, text, designed, plain
):
    alone = designed[design]["npv"].to_dataset(name="npv")
    assert not alone.attrs
    with pytest.raises(ValueError, match=text):
        measure(alone)
    assert "drawn" not in plain["npv"].attrs
    hcrisk.mean(plain["npv"].to_dataset(name="npv"))


@pytest.mark.parametrize(
    ("name", "figure"),
    [
        ("percentiles", lambda ds: hcrisk.percentiles(ds, 0.8)),
        ("low percentile", lambda ds: hcrisk.percentiles(ds, 0.2)),
        ("tail", lambda ds: hcrisk.tail_value_at_risk(ds, 0.9)),
        ("low tail", lambda ds: hcrisk.tail_value_at_risk(ds, 0.15)),
        ("mean", hcrisk.mean),
        ("regret", hcrisk.expected_regret),
        ("compare", lambda ds: hcrisk.compare(ds, "own", levels=0.7)),
        ("budget", lambda ds: hcrisk.budget(ds, 0.6, reserve=0.8)),
    ],
)
def test_with_as_many_paths_as_a_warning_asks_for_there_are_bounds(name, figure, designed):
    ds = designed["proposal"]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        figure(ds.isel(path=slice(0, 10)))
    needed = max(int(re.search(r"at least (\d+)", str(one.message))[1]) for one in caught)
    assert needed > 10
    for start in range(0, 20 * needed, needed):
        with warnings.catch_warnings():
            # That few effective paths stand behind a figure is another matter.
            warnings.filterwarnings("ignore", "(?s).*effective paths")
            found = figure(ds.isel(path=slice(start, start + needed)))
        for _, lower, upper in estimates(found):
            assert np.isfinite(upper - lower).all()


def test_what_never_happens_is_bounded(designed):
    for ds in designed.values():
        found = hcrisk.probability_above(ds, 1e12).isel(strategy=0)
        assert found["value"].item() == 0
        assert 0 < found["upper"].item() < 0.01
        found = hcrisk.probability_above(ds, -1.0).isel(strategy=0)
        assert 0.99 < found["lower"].item() < found["value"].item() == 1


@pytest.mark.parametrize("design", DESIGNS)
def test_files_keep_how_paths_were_drawn(design, designed, tmp_path):
    ds = designed[design]
    hcrisk.save(ds, tmp_path / "run.nc")
    found = hcrisk.read(tmp_path / "run.nc")
    xr.testing.assert_identical(found, ds)
    xr.testing.assert_identical(hcrisk.mean(found), hcrisk.mean(ds))


def test_few_weighted_paths_have_no_interval(designed):
    ds = designed["proposal"].isel(path=slice(0, 300))
    with pytest.warns(hcrisk.PrecisionWarning, match=r"TVaR at 0\.99"):
        found = hcrisk.tail_value_at_risk(ds, 0.99)
    assert np.isinf(found["upper"]).all()


def test_runs_to_a_precision_take_a_proposal(scenario):
    proposal = hcrisk.tail_proposal(scenario, paths=2_000, progress=False)
    wanted = Precision("tvar99", rel=0.1)
    ds = hcrisk.simulate(scenario, until=wanted, proposal=proposal, progress=False)
    found = hcrisk.tail_value_at_risk(ds, 0.99)
    assert ((found["upper"] - found["lower"]) / 2 <= 0.1 * found["value"]).all()
    plain = hcrisk.simulate(scenario, until=wanted, progress=False)
    assert ds.sizes["path"] < 0.5 * plain.sizes["path"]


def test_what_a_run_was_to_know_is_in_its_manifest(scenario, tmp_path):
    wanted = Precision("tvar90", amount=2e4, confidence=0.9)
    ds = hcrisk.simulate(scenario, until=wanted, paths=20_000, progress=False)
    hcrisk.save(ds, tmp_path / "run.nc")
    for found in (ds, hcrisk.read(tmp_path / "run.nc")):
        assert json.loads(found.attrs["until"]) == {
            "statistic": "tvar90",
            "amount": 2e4,
            "confidence": 0.9,
            "strategies": ["own", "tool"],
        }
    more = hcrisk.simulate(scenario, paths=10, start=ds.sizes["path"], progress=False)
    whole = hcrisk.join(ds, more)
    assert "until" not in whole.attrs
    assert whole.sizes["path"] == ds.sizes["path"] + 10


def test_runs_of_two_proposals_are_not_joined(scenario, designed):
    ds = designed["proposal"]
    more = hcrisk.simulate(scenario, paths=10, seed=SEED + 1, start=PATHS)
    with pytest.raises(ValueError, match="runs must agree in proposal"):
        hcrisk.join(ds, more)
