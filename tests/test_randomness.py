"""Who shares which random numbers: what may change must not move anything else by a bit."""

import itertools

import numpy as np
import pytest
import xarray as xr

import hcrisk
from hcrisk.program import compile_program
from hcrisk.results import empty_output
from hcrisk.simulation import run_paths
from tests.builders import crowded

SEED = 17
PATHS = 300
BY_SERVICE = ("service_npv", "uncovered", "departures")
WHOLE = ("npv", "cost", *BY_SERVICE, "events", "component_npv")
# The attributes that say when and how much was run, and of what.
OF_THE_RUN = ("created", "history", "paths", "start", "scenario_digest", "scenario", "title")


@pytest.fixture(scope="module")
def scenario():
    return crowded()


@pytest.fixture(scope="module")
def result(scenario):
    return run(scenario)


def run(scenario, paths=PATHS, seed=SEED, threads=2, **options):
    ds = hcrisk.simulate(scenario, paths=paths, seed=seed, threads=threads, **options)
    for coordinate in ds.coords.values():
        # Labels stand beside the values, and do not follow a selection.
        coordinate.attrs.pop("labels", None)
    return ds.assign_attrs({name: "" for name in OF_THE_RUN})


def fields(scenario, block, threads, paths, start):
    program = compile_program(scenario, SEED)
    output = empty_output(scenario, program, paths, "full")
    for array in output:
        array.fill(-1)
    run_paths(program, output, start, threads=threads, block=block)
    return output._asdict()


def assert_same(found, expected, *names):
    for name in names or list(expected.data_vars):
        xr.testing.assert_identical(found[name], expected[name])


def assert_moved(found, expected):
    assert not np.array_equal(found.values, expected.values)


def same_component_npv(found, expected, but=()):
    """Cost lines that both have, other than some, are the same."""
    shared = [str(c) for c in expected["component"].values if c not in but]
    part = {"component": shared}
    xr.testing.assert_identical(
        found["component_npv"].sel(part), expected["component_npv"].sel(part)
    )


# -- 1 and 5: the same path is the same bits


# More than one block of the default size.
MANY = 2_500


@pytest.fixture(scope="module")
def many(scenario):
    return run(scenario, paths=MANY, threads=1, detail="full")


@pytest.fixture(scope="module")
def many_fields(scenario):
    return fields(scenario, block=32, threads=1, paths=MANY, start=5)


@pytest.mark.parametrize(
    ("detail", "threads"), [("totals", 1), ("totals", 4), ("default", 2), ("full", 2), ("full", 4)]
)
def test_threads_do_not_matter(scenario, many, detail, threads):
    found = run(scenario, paths=MANY, threads=threads, detail=detail)
    assert_same(found, many, *found.data_vars)


@pytest.mark.parametrize(
    ("block", "threads"), [(1_000, 1), (1_001, 2), (65_536, 1), (65_536, 2), (7, 4), (1, 2)]
)
def test_block_sizes_do_not_matter(scenario, many_fields, block, threads):
    for name, values in fields(scenario, block, threads, paths=MANY, start=5).items():
        np.testing.assert_array_equal(values, many_fields[name], err_msg=name)


@pytest.mark.parametrize("path", [0, 1, 31, 32, 299])
def test_one_path_alone_is_itself(scenario, result, path):
    alone = run(scenario, paths=1, start=path)
    xr.testing.assert_identical(alone, result.isel(path=[path]))


@pytest.mark.parametrize("first", [1, 100, 211])
def test_a_run_continued_is_a_longer_run(scenario, result, first):
    parts = [run(scenario, paths=first), run(scenario, paths=PATHS - first, start=first)]
    joined = xr.concat(parts, "path", data_vars="minimal", combine_attrs="override")
    xr.testing.assert_identical(joined, result)


@pytest.mark.parametrize("start", [2**32 - 2, 2**40, 2**62])
def test_numbers_of_paths_may_be_large(scenario, result, start):
    found = run(scenario, paths=4, start=start)
    assert found["path"].values.tolist() == [start + n for n in range(4)]
    alone = run(scenario, paths=1, start=start + 3)
    xr.testing.assert_identical(alone, found.isel(path=[3]))
    assert not np.isin(found["npv"].values, result["npv"].values).any()


def test_running_twice_gives_the_same_bits(scenario, result):
    xr.testing.assert_identical(run(scenario), result)
    xr.testing.assert_identical(run(crowded()), result)


def test_seeds_give_other_futures(scenario, result):
    seeds = (0, SEED + 1, SEED + 2**32, 2**64 - 1)
    values = [run(scenario, seed=seed)["npv"].values for seed in seeds]
    for one in [*values, result["npv"].values]:
        assert sum(np.isin(one, other).all() for other in [*values, result["npv"].values]) == 1


def test_paths_do_not_repeat(result):
    for strategy in result["strategy"].values:
        assert np.unique(result["npv"].sel(strategy=strategy)).size == PATHS


# -- 2: what is added moves nothing else


@pytest.mark.parametrize("chosen", [["own"], ["outsource", "split"], ["split", "stay"], []])
def test_a_subset_of_strategies_is_the_same(scenario, result, chosen):
    found = run(scenario, strategies=chosen)
    names = found["strategy"].values.tolist()
    assert names[: len(chosen)] == chosen
    # The arrangements in place are there under a name of their own unless they are asked for.
    known = [name for name in names if name != "current"]
    for name in WHOLE:
        xr.testing.assert_identical(
            found[name].sel(strategy=known), result[name].sel(strategy=known)
        )
    if "current" in names:
        np.testing.assert_array_equal(
            found["npv"].sel(strategy="current"), result["npv"].sel(strategy="stay")
        )


def test_another_strategy_moves_nothing(scenario, result):
    services = {"desk": "duo", "security": "none", "analytics": "own"}
    found = run(scenario.replace({"strategies.bold": {"services": services}}))
    assert found["strategy"].values.tolist() == ["stay", "split", "outsource", "own", "bold"]
    expected = found.sel(strategy=result["strategy"].values)
    xr.testing.assert_identical(expected, result)


# Its role is its own, since managers see how many people there are: this one needs none.
REVIEW = """
[services.review]
current = "agency"
coverage = { kind = "queue", posts = 1, hours_per_week = 40 }
gap_rate = 11
arrangements.agency.contracts.reviewer = { fixed_fee = 2_500, access = 0.4 }
arrangements.none.unfunded = true

[vendors.reviewer]
failure = { rate = 0.5, months = 3, fee_jump = 0.2 }
renewal_jump = { dist = "uniform", low = 0, high = 0.2 }

[strategies]
stay.services.review = "agency"
split.services.review = "none"
outsource.services.review = "agency"
own.services.review = "none"
own.all = "own"
"""


def test_another_service_with_its_vendor_moves_nothing(scenario, result):
    found = run(crowded(REVIEW))
    services = [name for name in result["service"].values if name != "enterprise"]
    assert found["service"].values.tolist() == [*services, "review", "enterprise"]
    for name in BY_SERVICE:
        kept = found[name].drop_sel(service="review")
        xr.testing.assert_identical(kept, result[name])
    assert_same(found, result, "events", "wage_index", "price_index", "input")
    same_component_npv(found, result, but=("vendor_fees", "transition", "coverage_gap"))
    review = found["service_npv"].sel(service="review")
    assert (review != 0).all()
    np.testing.assert_allclose(found["npv"] - review, result["npv"], rtol=1e-12)


def test_a_service_that_stands_first_moves_nothing(result):
    content = crowded(REVIEW).to_mapping()
    services = content["services"]
    content["services"] = {"review": services.pop("review"), **services}
    found = run(hcrisk.Scenario(**content))
    for name in BY_SERVICE:
        kept = found[name].drop_sel(service="review")
        xr.testing.assert_identical(kept, result[name])
    assert_same(found, result, "events", "wage_index", "price_index", "input")


def test_another_vendor_moves_nothing(scenario, result):
    vendor = {"failure": {"rate": 2, "months": 3}, "onboarding_months": 2}
    xr.testing.assert_identical(run(scenario.replace({"vendors.idle": vendor})), result)


def test_another_role_and_arrangement_move_nothing(scenario, result):
    role = {"pay": 90_000, "attrition_rate": 0.4, "time_to_fill_days": 50}
    arrangement = {"seats": {"dispatcher": 2, "technician": 9}}
    changes = {"roles.dispatcher": role, "services.desk.arrangements.larger": arrangement}
    xr.testing.assert_identical(run(scenario.replace(changes)), result)


def test_another_risk_moves_nothing(scenario):
    # Insurance pays for events in their order, so what is insured does depend on a new risk.
    content = scenario.to_mapping()
    del content["insurance"]
    plain = hcrisk.Scenario(**content)
    result = run(plain)
    form = {"severity": {"dist": "lognormal", "median": 40_000, "sigma": 1}}
    risk = {"frequency": 0.7, "effects": {"desk": {"frequency": 2}}, "losses": {"sum": form}}
    found = run(plain.replace({"risks.strike": risk}))
    xr.testing.assert_identical(found["events"].drop_sel(risk="strike"), result["events"])
    same_component_npv(found, result)
    assert_same(found, result, "uncovered", "departures", "wage_index", "price_index", "input")
    strike = found["component_npv"].sel(component="strike")
    assert (strike > 0).any()
    np.testing.assert_allclose(found["npv"] - strike, result["npv"], rtol=1e-12)


def test_another_seat_leaves_the_first_ones_alone():
    """Under the same rules a larger team's first seats live the smaller team's lives."""
    layers = "people.announce = 1\nmanagers.drift = 0"
    found = {
        n: run(crowded(layers, services__analytics__arrangements__own__seats__analyst=n))
        for n in (1, 2, 3)
    }
    departures = [
        ds["departures"].sel(strategy="own", service="analytics") for ds in found.values()
    ]
    for fewer, more in itertools.pairwise(departures):
        assert (fewer <= more).all()
        assert (fewer < more).any()
    others = ["desk", "security"]
    for ds in found.values():
        for name in ("uncovered", "departures"):
            same = found[1][name].sel(service=others)
            xr.testing.assert_identical(ds[name].sel(service=others), same)


def test_hybrid_has_the_first_seats_of_insource():
    """Both arrangements open a technician's first seat at time 0; the same person fills it."""
    rest = {"security": "partner", "analytics": "none"}
    change = {
        "services.desk.current": "duo",
        "services.desk.arrangements.small": {"seats": {"technician": 1}},
        "services.desk.arrangements.large": {"seats": {"technician": 3}},
        "roles.technician.recruiting_flat": 0,
        "roles.technician.unfillable_share": 0,
        "strategies.small": {"services": {**rest, "desk": "small"}},
        "strategies.large": {"services": {**rest, "desk": "large"}},
    }
    found = run(crowded().replace(change))["departures"].sel(service="desk")
    small, large = found.sel(strategy="small"), found.sel(strategy="large")
    assert (small <= large).all()
    assert (small < large).any()


# -- the horizon


@pytest.mark.parametrize("years", [6, 12])
def test_a_longer_horizon_leaves_the_years_that_both_have(scenario, result, years):
    found = run(scenario.replace({"horizon.years": years}))
    assert found.sizes["year"] == years
    both = found.sel(year=slice(1, 5))
    # Nothing knows how far the simulation looks, so this holds to the bit.
    assert_same(both, result, "cost", "wage_index", "price_index", "input")
    assert (found["events"] >= result["events"]).all()
    assert (found["departures"] >= result["departures"]).all()


# -- 3: one input changes what depends on it


def test_a_price_moves_only_the_line_it_prices(scenario, result):
    found = run(scenario.replace({"lines.rent.amount": 13_000}))
    same_component_npv(found, result, but=("oversight",))
    assert_same(found, result, "events", "uncovered", "departures", "wage_index", "input")
    added = found["component_npv"].sel(component="oversight") - result["component_npv"].sel(
        component="oversight"
    )
    rate = result["input"].sel(parameter="discounting.rate").values
    annuity = sum((1 + rate) ** -(y - 0.5) for y in range(1, 6))
    np.testing.assert_allclose(
        added.values, np.broadcast_to(1_000 * annuity, added.shape), rtol=1e-9
    )


def test_a_severity_moves_only_its_losses(scenario, result):
    path = "risks.outage.losses.hours.unit_cost"
    found = run(scenario.replace({path: 80}))
    same_component_npv(found, result, but=("outage",))
    assert_same(found, result, "events", "uncovered", "departures", "input")
    np.testing.assert_allclose(
        found["component_npv"].sel(component="outage"),
        2 * result["component_npv"].sel(component="outage"),
        rtol=1e-12,
    )


def test_a_time_to_fill_moves_only_those_who_wait_for_it(scenario, result):
    found = run(scenario.replace({"roles.technician.time_to_fill_days": 60}))
    # Technicians are in two services; analytics has an analyst, whom managers may still miss.
    moved = found["departures"].sel(service="analytics")
    xr.testing.assert_identical(moved, result["departures"].sel(service="analytics"))
    assert_same(found, result, "wage_index", "price_index")
    assert_moved(found["uncovered"].sel(service="desk"), result["uncovered"].sel(service="desk"))


def test_a_frequency_keeps_the_events_that_were_there(scenario, result):
    found = run(scenario.replace({"risks.outage.frequency": 1.5}))
    assert (found["events"] >= result["events"]).all()
    others = ["breach", "compromise", "watch_breach"]
    xr.testing.assert_identical(found["events"].sel(risk=others), result["events"].sel(risk=others))
    assert_same(found, result, "uncovered", "departures", "input")


# -- inputs


def others(ds, *names):
    return ds["input"].drop_sel(parameter=list(names), errors="ignore")


def test_another_uncertain_input_moves_no_other(scenario, result):
    path = "roles.analyst.pay"
    found = run(scenario.replace({path: {"dist": "uniform", "low": 90_000, "high": 120_000}}))
    assert path in found["parameter"].values
    xr.testing.assert_identical(others(found, path), result["input"])
    assert_same(found, result, "events", "uncovered", "departures", "wage_index")
    same_component_npv(
        found,
        result,
        but=("salaries", "benefits", "recruiting", "backfill", "oversight", "severance"),
    )


def test_an_input_made_certain_moves_no_other(scenario, result):
    path = "lines.suite.amount"
    found = run(scenario.replace({path: 7_000}))
    xr.testing.assert_identical(found["input"], others(result, path))


@pytest.mark.parametrize(
    "path", ["people.benefits_load", "roles.technician.pay", "risks.breach.frequency"]
)
def test_a_correlated_input_made_certain_moves_no_other(scenario, result, path):
    found = run(scenario.replace({path: 0.3}))
    assert path not in found["parameter"].values
    xr.testing.assert_identical(found["input"], others(result, path))


def test_correlating_another_input_after_them_moves_none_of_the_first():
    path = "roles.technician.attrition_rate"
    block = ["people.benefits_load", "roles.technician.pay"]
    before = [{"inputs": block, "matrix": [[1, 0.5], [0.5, 1]]}]
    after = [{"inputs": [*block, path], "matrix": [[1, 0.5, 0.6], [0.5, 1, 0.4], [0.6, 0.4, 1]]}]
    first, then = run(crowded(correlations=before)), run(crowded(correlations=after))
    xr.testing.assert_identical(others(first, path), others(then, path))
    assert_moved(first["input"].sel(parameter=path), then["input"].sel(parameter=path))


def test_the_order_of_correlations_in_the_file_does_not_matter():
    paths = ["people.benefits_load", "roles.technician.pay", "risks.breach.frequency"]
    rows = [[1, 0.5, -0.2], [0.5, 1, 0.1], [-0.2, 0.1, 1]]
    turned = [row[::-1] for row in rows[::-1]]
    one = run(crowded(correlations=[{"inputs": paths, "matrix": rows}]))
    other = run(crowded(correlations=[{"inputs": paths[::-1], "matrix": turned}]))
    xr.testing.assert_identical(one["input"], other["input"])


def test_strategies_of_the_same_arrangements_are_the_same(scenario):
    twin = {"services": {"desk": "split", "security": "split", "analytics": "own"}}
    found = run(scenario.replace({"strategies.twin": twin}))
    for name in WHOLE:
        one, other = (found[name].sel(strategy=x).values for x in ("split", "twin"))
        np.testing.assert_array_equal(one, other)
