"""The best combination, by enumeration."""

import itertools

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hcrisk.exceptions import PrecisionWarning
from hcrisk.measures import (
    best_assignment,
    mean,
    percentiles,
    probability_above,
    service_choices,
    tail_value_at_risk,
)
from hcrisk.measures.statistic import statistic

SERVICES = {"desk": ("own", "partner"), "security": ("own", "shared", "partner")}
LABELS = list(itertools.product(*SERVICES.values()))


def result(npv):
    coords = {"strategy": [" / ".join(each) for each in LABELS]}
    for position, service in enumerate(SERVICES):
        coords[service] = ("strategy", [each[position] for each in LABELS])
    return xr.Dataset({"npv": (("strategy", "path"), npv)}, coords, {"services": list(SERVICES)})


few = pytest.mark.filterwarnings("ignore::hcrisk.exceptions.PrecisionWarning")


def drawn(paths=400, seed=1):
    generator = np.random.default_rng(seed)
    return generator.normal(10, 2, (len(LABELS), paths)) + generator.normal(0, 5, paths)


@few
@pytest.mark.parametrize("objective", ["mean", "p80", "tvar95", "p50"])
def test_ranking_is_that_of_the_statistic(objective):
    npv = drawn()
    found = best_assignment(result(npv), objective, top=6)
    values = {
        "mean": npv.mean(axis=1),
        "p80": np.quantile(npv, 0.8, axis=1),
        "p50": np.quantile(npv, 0.5, axis=1),
        "tvar95": np.sort(npv, axis=1)[:, 380:].mean(axis=1),
    }[objective]
    order = np.argsort(values)
    assert found["strategy"].values.tolist() == [" / ".join(LABELS[i]) for i in order]
    np.testing.assert_allclose(found["value"], values[order], rtol=1e-12)
    np.testing.assert_allclose(found["margin"], values[order] - values.min(), atol=1e-12)
    assert (found["margin_lower"] <= found["margin"]).all()
    assert (found["margin"] <= found["margin_upper"]).all()


@few
def test_a_budget_leaves_out_what_may_exceed_it():
    npv = np.array(
        [[1.0] * 7 + [99.0] * 3, [20.0] * 10, [30.0] * 10, [40.0] * 10, [50.0] * 10, [60.0] * 10]
    )
    ds = result(npv)
    assert best_assignment(ds, "p50")["strategy"].values[0] == "own / own"
    found = best_assignment(ds, "p50", budget=25, assurance=0.8)
    assert found["strategy"].values.tolist() == ["own / shared"]
    assert found["probability_within"].values.tolist() == [1.0]
    assert best_assignment(ds, "p50", budget=25, assurance=0.7)["strategy"].size == 2
    with pytest.raises(
        ValueError, match=r"budget of 10 at P80: the least P80 is 20\.0, by own / sh"
    ):
        best_assignment(ds, budget=10)


@pytest.mark.parametrize("objective", ["mean", "p80"])
def test_prices_are_what_leaving_a_limit_out_saves(objective):
    npv = drawn()
    ds = result(npv).assign(vendor_count=("strategy", [0, 1, 1, 1, 2, 2]))
    budget = float(np.sort(np.quantile(npv, 0.8, axis=1))[3])
    limits = ["vendors >= 1", "security is partner or own", "desk is partner"]
    found = best_assignment(ds, objective, constraints=limits, budget=budget)
    assert found["limit"].values.tolist() == [*limits, "budget"]

    def best(constraints, budget):
        left = best_assignment(ds, objective, constraints=constraints, budget=budget, top=1)
        return left["value"].item(), left["strategy"].item()

    kept = found["value"].values[0]
    for one in limits:
        value, name = best([each for each in limits if each != one], budget)
        mine = found.sel(limit=one)
        assert (mine["price"].item(), mine["without"].item()) == (pytest.approx(kept - value), name)
    value, name = best(limits, None)
    assert found["price"].sel(limit="budget").item() == pytest.approx(kept - value)
    assert found["price_together"].item() == pytest.approx(kept - best([], None)[0])
    assert found["kept_by"].values.tolist()[:3] == [5, 4, 3]
    assert found["price_together"].item() >= found["price"].max().item() > 0.0
    assert (found["price_lower"] >= 0.0).all()
    assert (found["price_lower"] <= found["price"]).all()
    assert (found["price"] <= found["price_upper"]).all()


def test_the_interval_of_a_price_is_that_of_the_paired_difference():
    npv = np.array([[1.0, 2.0, 6.0, 3.0], [2.0, 4.0, 5.0, 5.0], [9.0, 9.0, 9.0, 9.0]])
    coords = {"strategy": ["a", "b", "c"], "desk": ("strategy", ["own", "shared", "partner"])}
    ds = xr.Dataset({"npv": (("strategy", "path"), npv)}, coords, {"services": ["desk"]})
    found = best_assignment(ds, constraints="desk is not own").sel(limit="desk is not own")
    apart = stats.t.interval(0.95, 3, loc=1.0, scale=stats.sem(npv[1] - npv[0]))
    assert found["price"].item() == 1.0
    assert apart[0] < 0.0
    assert found["price_lower"].item() == 0.0
    assert found["price_upper"].item() == pytest.approx(apart[1])
    assert "price" not in best_assignment(ds)


def test_each_service_with_the_others_at_their_best():
    npv = drawn()
    found = service_choices(result(npv))
    means = dict(zip(LABELS, npv.mean(axis=1), strict=True))
    best = min(means, key=means.get)
    assert found["chosen"].values.tolist() == list(best)
    for position, (service, names) in enumerate(SERVICES.items()):
        for name in names:
            least = min(value for each, value in means.items() if each[position] == name)
            entry = found.sel(service=service, arrangement=name)
            assert entry["value"].item() == pytest.approx(least, rel=1e-12)
            assert entry["margin"].item() == pytest.approx(least - means[best], abs=1e-9)
    assert np.isnan(found["value"].sel(service="desk", arrangement="shared"))


@few
@given(st.lists(st.integers(0, 3), min_size=6, max_size=6), st.sampled_from(["mean", "p80"]))
def test_ties_and_one_path_are_ranked_in_order_of_the_file(values, objective):
    found = best_assignment(result(np.array(values, dtype=float)[:, None]), objective, top=6)
    order = sorted(range(6), key=lambda i: (values[i], i))
    assert found["strategy"].values.tolist() == [" / ".join(LABELS[i]) for i in order]
    # One path has no interval, but what is the same on it differs by nothing.
    ahead = [values[i] > min(values) for i in order]
    assert found["margin_upper"].values.tolist() == [np.inf if each else 0.0 for each in ahead]


def test_tail_mean_is_that_of_the_measure():
    npv = drawn(1000)
    expected = tail_value_at_risk(result(npv), 0.9)["value"].values
    np.testing.assert_allclose(statistic("tvar90").of(npv), expected, rtol=1e-14)


@pytest.mark.parametrize("name", ["", "p", "p0", "p100", "var95", "tvar", 80, None, "p-5"])
def test_other_statistics_are_refused(name):
    with pytest.raises(ValueError, match="must be 'mean', or 'p' or 'tvar'"):
        statistic(name)


def test_interval_of_a_difference_covers_it():
    inside = 0
    for seed in range(200):
        npv = drawn(paths=500, seed=seed)
        margin = statistic("p80").difference(npv[0] + 1.0, npv[1], 0.95)
        inside += margin.lower <= 1.0 <= margin.upper
    assert 180 <= inside <= 199


@pytest.mark.parametrize("top", [0, -1, 1.5, True])
def test_top_is_a_count(top):
    with pytest.raises(ValueError, match="top must be a whole number"):
        best_assignment(result(drawn(10)), top=top)


@pytest.mark.parametrize(
    ("objective", "measure"),
    [
        ("mean", mean),
        ("p80", lambda ds: percentiles(ds, 0.8)),
        ("tvar90", lambda ds: tail_value_at_risk(ds, 0.9)),
    ],
)
def test_values_have_the_interval_of_their_measure(objective, measure):
    ds = result(drawn(1000))
    known = measure(ds).squeeze(drop=True)
    found = best_assignment(ds, objective, top=6, budget=14.0, assurance=0.5)
    choices = service_choices(ds, objective)
    for name in ("value", "lower", "upper"):
        expected = known[name].sel(strategy=found["strategy"])
        np.testing.assert_allclose(found[name], expected, rtol=1e-12)
        for service, held in SERVICES.items():
            for one in held:
                mine = known.isel(strategy=np.flatnonzero(ds[service].values == one))
                least = mine.isel(strategy=int(mine["value"].values.argmin()))
                entry = choices[name].sel(service=service, arrangement=one)
                assert entry.item() == pytest.approx(least[name].item(), rel=1e-12)
    over = probability_above(ds, 14.0).squeeze(drop=True).sel(strategy=found["strategy"])
    for mine, theirs in (("", "value"), ("_lower", "upper"), ("_upper", "lower")):
        within = found[f"probability_within{mine}"]
        np.testing.assert_allclose(within, 1 - over[theirs], rtol=1e-9)


def test_without_a_budget_it_is_certain_to_be_kept():
    found = best_assignment(result(drawn()))
    for end in ("", "_lower", "_upper"):
        assert (found[f"probability_within{end}"] == 1.0).all()


@pytest.mark.parametrize("measure", [best_assignment, service_choices])
def test_bounds_for_want_of_paths_are_not_silent(measure):
    text = r"^P95 of npv rests on 200 paths, too few .*; simulate at least 1000 paths$"
    with pytest.warns(PrecisionWarning, match=text) as caught:
        found = measure(result(drawn(200)), "p95")
    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert np.isinf(found["margin_upper"]).any()
    assert np.isfinite(measure(result(drawn(1000)), "p95")["upper"]).sum() >= 5


def test_the_best_of_many_looks_better_by_no_more_than_the_docstring_says():
    """All cost 0 in truth: the least of 40 means is below, by some standard errors."""
    rng, runs, paths = np.random.default_rng(6), 200, 50
    names = [str(i) for i in range(40)]
    least = np.empty(runs)
    for i in range(runs):
        npv = rng.normal(size=(40, paths))
        ds = xr.Dataset({"npv": (("strategy", "path"), npv)}, {"strategy": names})
        least[i] = best_assignment(ds, top=1)["value"].item()
    error = least.std() / np.sqrt(runs)
    most = np.sqrt(2 * np.log(40)) * np.sqrt(2 / paths)
    assert least.mean() < -4 * error
    assert least.mean() > -most


def test_services_must_be_known():
    with pytest.raises(ValueError, match=r"make it with hcrisk\.simulate_assignments"):
        service_choices(result(drawn(10)).drop_attrs())
