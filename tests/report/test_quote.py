import json
import math

import numpy as np
import pytest

from hcrisk.report.assumptions import influences, weakest
from hcrisk.report.json import to_json
from hcrisk.report.quote import build_quote
from hcrisk.scenario import whole_roster
from hcrisk.scenarios import load
from hcrisk.variables import labels_of

RATE = "vendors.msp.switch.rate"


def by_name(quote):
    return {entry.name: entry for entry in quote.strategies}


def strict(text):
    def refuse(token):
        raise ValueError(token)

    return json.loads(text, parse_constant=refuse)


def test_build_quote__known_answers(result, full_scope):
    quote = build_quote(result, full_scope)
    found = by_name(quote)["outsource"]
    assert found.mean.value == pytest.approx(6.0e6)
    assert found.percentiles[0.8].value == pytest.approx(6.3e6)
    # The worst 5% of evenly spread costs: half of it below the top.
    assert found.tail.value == pytest.approx(6.475e6, rel=1e-4)
    assert found.probability_cheapest.value == pytest.approx(0.75, abs=1e-4)
    assert found.difference.value == pytest.approx(-0.25e6)
    assert found.probability_cheaper.value == pytest.approx(0.75, abs=1e-4)
    assert found.components["tools"].value == pytest.approx(1.8e6)
    for figure in (found.mean, found.tail, *found.percentiles.values()):
        assert figure.lower < figure.value < figure.upper


def test_build_quote__the_current_arrangement_has_no_difference(result, full_scope):
    quote = build_quote(result, full_scope)
    current = by_name(quote)["current"]
    assert current.difference is None
    assert current.probability_cheaper is None
    assert quote.full_scope_cheapest == {}
    assert (quote.paths, quote.years, quote.notes) == (10_001, 5, ())


def test_build_quote__cash_is_the_cost_without_the_coverage_gap(gappy, full_scope):
    quote = build_quote(gappy, full_scope)
    current, outsource = by_name(quote)["current"], by_name(quote)["outsource"]
    assert quote.has_gap
    assert current.mean.value == pytest.approx(6.25e6)
    assert current.cash_mean.value == pytest.approx(4.25e6)
    assert current.cash_percentiles[0.8].value == pytest.approx(4.25e6)
    assert outsource.cash_mean == pytest.approx(outsource.mean)
    assert outsource.difference.value == pytest.approx(-0.25e6)
    assert outsource.cash_difference.value == pytest.approx(1.75e6)
    assert current.cash_difference is None


def test_build_quote__names_what_nobody_delivers(make, scenario):
    quote = build_quote(make(scenario), scenario)
    assert by_name(quote)["current"].unfunded == ("Data and analytics", "Software development")
    # Among insource and outsource, the latter is always cheaper.
    assert quote.full_scope_cheapest["outsource"].value == 1.0


def test_build_quote__few_paths_are_said_in_words(make, full_scope, recwarn):
    quote = build_quote(make(full_scope, 40), full_scope, (0.5, 0.95))
    assert quote.notes == (
        "40 paths are too few to say how precise P95 and TVaR 95 are; simulate at least 1,000.",
    )
    assert not recwarn.list


def test_build_quote__one_path(make, full_scope):
    quote = build_quote(make(full_scope, 2).isel(path=[0]), full_scope)
    assert math.isinf(quote.strategies[0].mean.upper)
    assert quote.notes == ("1 path: no interval, no percentiles; simulate at least 1,000.",)


def test_build_quote__bad_levels_are_refused(result, full_scope):
    with pytest.raises(ValueError, match=r"levels must lie in \(0, 1\)"):
        build_quote(result, full_scope, (80,))


def test_labels_of__labels_and_words(result):
    assert labels_of(result, "strategy")["outsource"] == "Outsource"
    assert labels_of(result, "component")["vendor_fees"] == "Vendor fees"


def test_to_json__schema(result, full_scope):
    content = strict(to_json(build_quote(result, full_scope, (0.5, 0.999))))
    assert list(content) == ["manifest", "strategies", "components", "assumptions"]
    assert list(content["strategies"]) == ["insource", "outsource", "current"]
    for entry in content["strategies"].values():
        assert list(entry)[:5] == ["mean", "p50", "p99.9", "tvar95", "probability_cheapest"]
        for key in ("mean", "p50", "p99.9", "tvar95"):
            assert list(entry[key]) == ["value", "lower", "upper"]
    assert content["strategies"]["outsource"]["mean"]["value"] == pytest.approx(6.0e6)
    assert content["strategies"]["outsource"]["probability_cheapest"] == pytest.approx(
        0.75, abs=1e-4
    )
    assert content["components"]["insource"]["salaries"]["value"] == pytest.approx(4.55e6)
    assert content["manifest"]["seed"] == 7
    assert content["manifest"]["scenario_digest"] == full_scope.digest
    assert len(content["assumptions"]) == 3
    assert {"path", "value", "unit", "confidence", "source", "title", "note"} <= set(
        content["assumptions"][0]
    )


def test_to_json__arrangements(result, scenario):
    content = strict(to_json(build_quote(result, scenario)))["strategies"]
    assert content["current"]["arrangements"] == scenario.current
    assert set(content["insource"]["arrangements"].values()) == {"insource"}


def test_to_json__rosters_of_own_staff(result, full_scope):
    content = strict(to_json(build_quote(result, full_scope)))["strategies"]
    rosters = {(r.service, r.arrangement): r for r in whole_roster(full_scope)}
    for strategy in content.values():
        with_seats = {key for key in strategy["arrangements"].items() if key in rosters}
        assert set(strategy["rosters"]) == {service for service, _ in with_seats}
        for service, chosen in with_seats:
            roster = rosters[service, chosen]
            expected = {
                "posts": roster.posts,
                "hours_per_week": roster.hours_per_week,
                "fte": roster.fte,
                "uncovered": roster.uncovered,
                "needed": roster.needed,
                "unskilled": roster.unskilled,
            }
            assert strategy["rosters"][service] == expected
    assert content["insource"]["rosters"]
    assert content["outsource"]["rosters"] == {}


def test_to_json__no_roster_is_whole_with_calls_that_nobody_answers(make, full_scope):
    path = "services.security.arrangements.insource.on_call"
    call = {"hours_per_week": 100, "effectiveness": 0.5}
    content = strict(to_json(build_quote(make(full_scope, 40), full_scope.replace({path: call}))))
    assert content["strategies"]["insource"]["rosters"]["security"]["needed"] is None


def test_to_json__differences_to_the_current_arrangement(gappy, full_scope):
    content = strict(to_json(build_quote(gappy, full_scope)))["strategies"]
    assert content["current"]["difference_to_current"] is None
    found = content["outsource"]["difference_to_current"]
    assert found["mean"]["value"] == pytest.approx(-0.25e6)
    assert found["mean"]["lower"] < -0.25e6 < found["mean"]["upper"]
    assert found["cash_mean"]["value"] == pytest.approx(1.75e6)
    assert found["probability_cheaper"]["value"] == pytest.approx(0.75, abs=1e-4)
    assert content["outsource"]["year1_nominal"]["mean"]["value"] == pytest.approx(1.8e6)
    assert content["outsource"]["probability_cheapest_full_scope"] is None


def test_to_json__full_scope(make, scenario):
    content = strict(to_json(build_quote(make(scenario), scenario)))["strategies"]
    assert content["outsource"]["probability_cheapest_full_scope"]["value"] == 1
    assert content["current"]["probability_cheapest_full_scope"] is None


def test_to_json__assumptions_are_numbers_with_units_and_words(result, full_scope):
    found = strict(to_json(build_quote(result, full_scope)))["assumptions"][0]
    assert found["path"] == RATE
    # The law's median: what was sampled is the fixture's own.
    assert found["value"] == pytest.approx(full_scope.inputs()[RATE].central)
    assert found["unit"] == "1/year"
    assert found["text"].endswith(")")
    assert "per year (90% chance of " in found["text"]
    sampled = result["input"].sel(parameter=RATE)
    assert found["spread"]["p95"] == pytest.approx(float(sampled.quantile(0.95)))


def test_to_json__a_law_has_words_and_no_value(result, full_scope):
    law = "roles.technician.time_to_fill_days"
    own = full_scope.replace({law: {"dist": "uniform", "low": 20, "high": 60}})
    found = {weak.assumption.path: weak for weak in weakest(own, result, count=1000)}[law]
    assert (found.value, found.assumption.value) == (None, "uniform, low 20, high 60")


def test_to_json__cash(gappy, full_scope):
    content = strict(to_json(build_quote(gappy, full_scope)))["strategies"]
    assert content["current"]["cash"]["mean"]["value"] == pytest.approx(4.25e6)
    assert list(content["current"]["cash"]) == ["mean", "p50", "p80", "p95"]
    assert content["outsource"]["cash"]["p80"]["value"] == pytest.approx(6.3e6)


def test_to_json__unknown_bounds_are_null(make, full_scope):
    content = strict(to_json(build_quote(make(full_scope, 40), full_scope)))
    entry = content["strategies"]["insource"]
    assert entry["tvar95"]["lower"] is None
    assert entry["tvar95"]["upper"] is None
    assert isinstance(entry["tvar95"]["value"], float)


def test_weakest__the_most_influential_of_low_confidence_first(result, full_scope):
    found = weakest(full_scope, result)
    assert [weak.confidence for weak in found] == ["low"] * 3
    assert found[0].assumption.path == RATE
    assert found[0].influence.share == pytest.approx(1.0)
    sources = [weak.assumption.source for weak in found]
    assert len(set(sources)) == 3


def test_weakest__own_number_without_a_source_counts_as_low(make):
    pay = {"dist": "uniform", "low": 50_000, "high": 70_000}
    scenario = load("mid-market").replace({"roles.technician.pay": pay})
    ds = make(scenario)
    place = list(ds["parameter"].values).index("roles.technician.pay")
    other = list(ds["parameter"].values).index(RATE)
    ds["input"][place] = ds["input"][other].values
    ds["input"][other] = np.roll(ds["input"][other].values, 1234)
    found = weakest(scenario, ds, count=1)[0]
    assert found.assumption.path == "roles.technician.pay"
    assert (found.confidence, found.assumption.source) == ("low", None)


def test_weakest__without_sampled_inputs_file_order(result, full_scope):
    found = weakest(full_scope, result.drop_vars("input"))
    assert len(found) == 3
    assert all(weak.influence is None and weak.spread is None for weak in found)


def test_influences__unrelated_inputs_are_left_out(result):
    entered = {str(name): list(result["strategy"].values) for name in result["parameter"].values}
    assert list(influences(result, entered)) == [RATE]


def test_influences__on_a_strategy_the_input_does_not_enter_is_not_shown(result):
    # The rate goes with all costs alike, but outsource alone uses the vendor.
    assert influences(result, {RATE: ["outsource"]})[RATE].strategy == "outsource"
    assert influences(result, {RATE: []}) == {}


def test_weakest__no_influence_on_a_strategy_without_the_vendor(result, full_scope):
    ds = result.copy(deep=True)
    place = list(ds["parameter"].values).index(RATE)
    # By chance it goes with insource wholly, and with outsource hardly.
    ds["input"][place] = ds["npv"].sel(strategy="insource").values
    ds["npv"].loc[{"strategy": "outsource"}] = np.roll(ds["npv"].sel(strategy="outsource"), 1234)
    known = {weak.assumption.path: weak for weak in weakest(full_scope, ds, count=1000)}
    assert known[RATE].influence is None or known[RATE].influence.strategy != "insource"


def test_build_quote__names_what_is_paid_for_and_hardly_covered(make, scenario):
    ds = make(scenario, 40)
    names = list(scenario.services)
    share = np.zeros((ds.sizes["strategy"], len(names), 40))
    share[:, 0, ::2] = 1.0
    share[:, 1, ::4] = 1.0
    shape = ("strategy", "service", "path")
    thin = ds.assign(uncovered=(shape, share + 0.01)).assign_coords(service=names)
    quote = build_quote(thin, scenario)
    for entry in quote.strategies:
        chosen = scenario.assignment(entry.name)
        funded = not scenario.services[names[0]].arrangements[chosen[names[0]]].unfunded
        assert list(entry.thin.values()) == ([pytest.approx(0.51)] if funded else [])
    assert not build_quote(ds, scenario).strategies[0].thin
