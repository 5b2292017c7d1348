import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hcrisk
from hcrisk.exceptions import ScenarioError
from hcrisk.figures import Figure
from hcrisk.measures import compare, mean
from hcrisk.whatif import Effort, break_even
from hcrisk.whatif._search import Curve, changes, places_between
from tests.builders import bare, crowded
from tests.whatif.common import FEES, FIXED, PRICE, STEPS, WAYS, fees, uncertain


def test_break_even__whole_providers_in_closed_form():
    found = break_even(
        fees(), "practice.providers", 10, 200, **WAYS, effort=Effort(paths=2, points=11)
    )
    np.testing.assert_allclose(found["cost"].sel(way="fixed"), 1200)
    np.testing.assert_allclose(found["cost"].sel(way="by_size"), 24 * found["at"])
    np.testing.assert_allclose(found["value"], 24 * found["at"] - 1200, atol=1e-9)
    # At 50 both cost the same.
    assert (found["before"].item(), found["after"].item()) == (49, 51)
    assert found["cheaper"].item() == "fixed"
    assert found["stretch_from"].values.tolist() == [10, 50, 51]
    assert found["stretch_to"].values.tolist() == [49, 50, 200]
    assert found["stretch_cheaper"].values.tolist() == ["by_size", "", "fixed"]
    assert found.attrs["summary"].splitlines() == [
        "by_size is the cheaper at 10 providers.",
        "fixed becomes the cheaper between 49 and 51 providers.",
    ]


@pytest.mark.parametrize(("points", "fee"), [(2, 181.3), (7, 37.0), (20, 100.0)])
def test_break_even__continuous_in_closed_form(points, fee):
    scenario = fees(**{PRICE: fee / 50})
    found = break_even(scenario, FIXED, 10, 200, **WAYS, effort=Effort(paths=2, points=points))
    before, after = found["before"].item(), found["after"].item()
    assert before < fee < after
    assert found["cheaper"].item() == "by_size"
    # The fee itself may have been tried, where both cost the same.
    assert after - before <= 2 * 190 * 1e-3


def test_break_even__band_is_the_interval_of_the_mean():
    scenario = uncertain(providers=50)
    found = break_even(
        scenario, PRICE, 1.5, 2.5, **WAYS, effort=Effort(paths=400, seed=5, points=9)
    )
    sample = hcrisk.simulate(scenario, paths=400, seed=5)
    fee = mean(sample, of="input").sel(parameter=FIXED)
    ends = found["before"].item(), found["after"].item()
    assert ends[0] < fee["lower"].item() / 50 < fee["upper"].item() / 50 < ends[1]
    # As near to them as a thousandth of the range.
    known = fee["lower"].item() / 50, fee["upper"].item() / 50
    np.testing.assert_allclose(ends, known, atol=1e-3)


def test_break_even__is_told_in_the_digits_its_band_supports():
    found = break_even(
        uncertain(50), PRICE, 1.5, 2.5, **WAYS, effort=Effort(paths=400, seed=5, points=9)
    )
    before, after = found["before"].item(), found["after"].item()
    assert 0.02 < after - before < 0.2
    ends = math.floor(1e3 * before) / 1e3, math.ceil(1e3 * after) / 1e3
    assert found.attrs["summary"].splitlines()[1] == (
        f"fixed becomes the cheaper between {ends[0]:.3f} and {ends[1]:.3f} USD/month."
    )


def test_break_even__every_step_is_found_as_enumerated():
    found = break_even(bare(STEPS), "practice.providers", 5, 65, service="desk",
                       between=("own", "rented"), effort=Effort(points=100, paths=2))  # fmt: skip
    providers = np.arange(5, 66)
    own, rented = 1000 * np.ceil(providers / 20), 52 * providers
    np.testing.assert_allclose(found["cost"].sel(way="own"), own, rtol=1e-9)
    sign = np.sign(rented - own)
    known = providers[1:][sign[1:] != sign[:-1]]
    assert len(known) == 6
    assert found["after"].values.tolist() == known.tolist()
    assert found["before"].values.tolist() == (known - 1).tolist()
    cheaper = ["own" if sign[p - 5] > 0 else "rented" for p in known]
    assert found["cheaper"].values.tolist() == cheaper
    # A coarse grid misses pairs, but invents none.
    coarse = break_even(bare(STEPS), "practice.providers", 5, 65, service="desk",
                        between=("own", "rented"), effort=Effort(points=12, paths=2))  # fmt: skip
    assert 0 < coarse.sizes["crossing"] < len(known)
    assert set(coarse["after"].values) <= set(known)


def test_break_even__no_crossing_says_so_with_the_sign():
    found = break_even(
        fees(), "practice.providers", 60, 200, **WAYS, effort=Effort(paths=2, points=5)
    )
    assert found.sizes["crossing"] == 0
    assert found["before"].sizes == found["cheaper"].sizes == {"crossing": 0}
    assert found.attrs["summary"].splitlines() == [
        "fixed is the cheaper at all 5 values tried from 60 to 200 providers.",
        "The cheaper one costs $240 less at 60 providers and $3.60K less at 200.",
    ]


def test_break_even__all_equal():
    scenario = fees(**{PRICE: 0.0, FIXED: 0.0})
    found = break_even(
        scenario, "practice.providers", 10, 20, **WAYS, effort=Effort(paths=3, points=3)
    )
    assert found.sizes["crossing"] == 0
    assert "Both cost the same at all 3 values tried" in found.attrs["summary"]


def test_break_even__one_path_has_no_certainty():
    found = break_even(
        fees(), "practice.providers", 10, 200, **WAYS, effort=Effort(paths=1, points=4)
    )
    assert found.sizes["crossing"] == 0
    assert found.attrs["summary"] == (
        "The two cannot be told apart at any of the 4 values tried from 10 to 200 providers."
    )


@pytest.mark.parametrize("statistic", ["mean", "p50", "tvar80"])
def test_break_even__is_what_simulate_and_compare_give(statistic):
    scenario = crowded()
    one, other = list(scenario.strategies)[:2]
    found = break_even(scenario, "people.benefits_load", 0.2, 0.4, between=(one, other),
                       statistic=statistic, effort=Effort(points=2, paths=300, seed=3))  # fmt: skip
    for x in (0.2, 0.4):
        ds = hcrisk.simulate(scenario.replace({"people.benefits_load": x}), paths=300, seed=3)
        here, npv = found.sel(at=x), ds["npv"]
        if statistic == "tvar80":
            tail = hcrisk.tail_value_at_risk(ds, 0.8)["value"]
            difference = tail.sel(strategy=other) - tail.sel(strategy=one)
            assert here["value"].item() == pytest.approx(difference.item(), rel=1e-12)
            continue
        table = compare(ds, one, levels=0.5).sel(strategy=other)
        name = "mean_difference" if statistic == "mean" else "difference_of_percentiles"
        for bound, key in (("", "value"), ("_lower", "lower"), ("_upper", "upper")):
            assert here[key].item() == table[name + bound].item()
        if statistic == "mean":
            assert here["cost"].sel(way=one).item() == npv.sel(strategy=one).mean().item()


def test_break_even__other_services_are_as_asked():
    scenario = crowded()
    service = next(iter(scenario.services))
    ways = list(scenario.services[service].arrangements)[:2]
    name = list(scenario.strategies)[-1]
    rest = scenario.assignment(name)
    between = [rest | {service: way} for way in ways]
    found = break_even(
        scenario, "people.benefits_load", 0.2, 0.4, between=between,
        effort=Effort(points=2, paths=50),
    )  # fmt: skip
    assert found.attrs["service"] == service
    same = scenario.assignment(found.attrs["others"]) | {service: ""}
    assert same == rest | {service: ""}
    stated = {f"x-{way}": {"services": rest | {service: way}} for way in ways}
    changes = {"strategies": stated, "people.benefits_load": 0.2}
    ds = hcrisk.simulate(scenario.replace(changes), paths=50, strategies=list(stated))
    for way in ways:
        expected = ds["npv"].sel(strategy=f"x-{way}").mean().item()
        assert found["cost"].sel(way=way, at=0.2).item() == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("changes", "error", "says"),
    [
        ({"path": "practice.provider"}, ScenarioError, 'did you mean "providers"'),
        ({"low": -3}, ScenarioError, "must be more than 0"),
        ({"low": 300}, ValueError, "swap them"),
        ({"high": math.inf}, ValueError, "high must be a finite number"),
        ({"between": ("fixed", "fixed")}, ValueError, "two that differ"),
        ({"between": "fixed"}, ValueError, "two that differ"),
        ({"between": ("fixed", "by_sise")}, ScenarioError, 'did you mean "by_size"'),
        ({"service": "dsk"}, ScenarioError, 'did you mean "desk"'),
        ({"between": ("fixed", {"desk": "by_size"})}, TypeError, "leave out service"),
        (
            {"between": ({"dsk": "fixed"}, {"desk": "by_size"}), "service": None},
            ScenarioError,
            'did you mean "desk"',
        ),
        (
            {"between": ({"desk": "fixed"}, {"desk": "by_sise"}), "service": None},
            ScenarioError,
            'did you mean "by_size"',
        ),
        ({"between": ({"desk": "fixed"}, "stay"), "service": None}, ValueError, "twice"),
        ({"service": None}, ScenarioError, "is not a strategy"),
        (
            {"service": None, "between": ("stay", "mov")},
            ScenarioError,
            'did you mean "move"[?] If not, choose from stay, move, current',
        ),
        ({"path": "practice"}, ScenarioError, "is a table and no number"),
        ({"path": 3}, TypeError, "path must be text"),
        ({"low": "ten"}, ValueError, "low must be a finite number, got 'ten'"),
        ({"statistic": "q80"}, ValueError, "write such as 'p80' or 'tvar95'"),
        ({"statistic": "p100"}, ValueError, "between 0 and 100"),
        ({"effort": 1000}, TypeError, r"write effort=hcrisk.Effort\(paths=20_000\)"),
    ],
)
def test_break_even__refuses(changes, error, says):
    asked = {"path": "practice.providers", "low": 10, "high": 200, **WAYS} | changes
    asked = {"effort": Effort(paths=1)} | asked
    path, low, high = (asked.pop(name) for name in ("path", "low", "high"))
    with pytest.raises(error, match=says):
        break_even(bare(FEES), path, low, high, **asked)


@pytest.mark.parametrize(
    ("stated", "says"),
    [
        ({"confidence": 95}, "write 0.95"),
        ({"points": 1}, "points must be a whole number from 2"),
        ({"paths": 0}, "paths must be a whole number from 1"),
        ({"seed": -1}, "seed must be a whole number from 0"),
    ],
)
def test_effort__refuses(stated, says):
    with pytest.raises(ValueError, match=says):
        Effort(**stated)


def test_break_even__of_two_services_at_once():
    scenario = crowded()
    one, other = ({"desk": "own", "security": "own"}, {"desk": "duo", "security": "split"})
    found = break_even(scenario, "people.benefits_load", 0.2, 0.4, between=(one, other),
                       effort=Effort(points=2, paths=30))  # fmt: skip
    assert found["way"].values.tolist() == ["own / own", "duo / split"]
    ds = hcrisk.simulate(
        scenario.replace({"people.benefits_load": 0.2}), paths=30, strategies={"a": one, "b": other}
    )
    expected = ds["npv"].sel(strategy=["a", "b"]).mean("path")
    np.testing.assert_allclose(found["cost"].sel(at=0.2), expected, rtol=1e-12)
    assert found.attrs["scenario_digest"] == scenario.digest


@given(
    roots=st.lists(st.floats(0.5, 99.5), min_size=1, max_size=4, unique=True),
    half=st.floats(0, 0.5),
)
@settings(max_examples=50)
def test_curve__finds_roots_of_polynomials_and_their_bands(roots, half):
    roots = sorted(roots)
    gaps = np.diff([0, *roots, 100])

    def value(x):
        return float(np.prod([math.copysign(min(abs(x - r), 1.0), x - r) for r in roots]))

    def evaluate(x):
        return Figure(value(x), value(x) - half, value(x) + half)

    curve = Curve(evaluate)
    for x in places_between(0, 100, 201, whole=False):
        curve.at(x)
    found = curve.crossings(whole=False, tolerance=1e-6)
    if min(gaps) > 0.5:
        np.testing.assert_allclose([one.value for one in found], roots, atol=1e-6)
        assert [one.sign for one in found] == [
            int(np.sign(value(r + min(gaps) / 2))) for r in roots
        ]
    for one in found:
        assert one.lower <= one.value <= one.upper
        for end in (one.lower, one.upper):
            if math.isfinite(end):
                # There the interval ends at zero, linear between the places of the grid.
                assert abs(value(end)) == pytest.approx(half, abs=0.3 * len(roots))


@given(margins=st.lists(st.floats(-3, 3), min_size=3, max_size=40), half=st.floats(0, 1))
@settings(max_examples=50)
def test_curve__stretches_are_what_was_computed_and_changes_are_certain(margins, half):
    """Whatever the curve: every place lies in the stretch of its sign, every change is certain."""
    known = {float(i): Figure(m, m - half, m + half) for i, m in enumerate(margins)}
    curve = Curve(known.__getitem__)
    for x in (0.0, float(len(margins) // 2), float(len(margins) - 1)):
        curve.at(x)
    found = curve.stretches(whole=True, tolerance=0.0)
    for one in found:
        inside = [curve.known[x] for x in curve.places if one.first <= x <= one.last]
        signs = {(f.lower > 0) - (f.upper < 0) for f in inside}
        assert signs == {one.sign}
    for one, other in pairwise(found):
        assert other.first - one.last == 1
        assert other.sign != one.sign
    for change in changes(found):
        before, after = known[change.before], known[change.after]
        assert (before.upper < 0, after.lower > 0) == ((change.sign > 0,) * 2)
        assert (before.lower > 0, after.upper < 0) == ((change.sign < 0,) * 2)
