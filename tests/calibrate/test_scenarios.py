"""From data to a scenario file that loads, and the command that does it."""

import tomllib
from importlib import resources

import numpy as np
import pytest

from hcrisk.calibrate import (
    CalibrationError,
    Derived,
    Macro,
    Sample,
    Series,
    Target,
    Window,
    breach_findings,
    fit_copula,
    fit_macro,
    fit_severity,
    incident_findings,
    pool_linearly,
    read_breaches,
    read_incidents,
    read_openings,
    read_staff,
    severity_entries,
    staff_findings,
    to_toml,
)
from hcrisk.calibrate.experts import Expert
from hcrisk.scenarios import from_toml, load
from hcrisk.scenarios.estimate import estimate_macro

EXPORT = resources.files("hcrisk.scenarios.evidence") / "ocr_breaches.csv"


@pytest.fixture(scope="module")
def parent():
    return load("mid-market")


def loaded(text):
    """Return the scenario, having checked that every number of the file has its source."""
    scenario = from_toml(text)
    for key, source in tomllib.loads(text)["sources"].items():
        assert source["obtained"] == "derived"
        assert source["note"]
        assert key in scenario.sources
    return scenario


# The document


def test_to_toml__adds_a_risk_and_keeps_everything_else(parent):
    breaches = read_breaches(EXPORT)
    found = breach_findings(breaches, Window.of_years(2018, 2023), entities=40_000)
    scenario = loaded(to_toml("own", parent, [found.derived], label="Own"))
    assert (scenario.name, scenario.label) == ("own", "Own")
    risk = scenario.risks["reported_breach"]
    assert risk.records.family == "weibull"
    assert risk.records.truncate == (499.5, float("inf"))
    assert risk.frequency.distribution.mean() == pytest.approx(2671 / 6 / 40_000, rel=1e-3)
    # The years 2018 to 2023 differ by more than Poisson counts would.
    assert risk.frequency.distribution.sd() > 3 * np.sqrt(2671) / 6 / 40_000
    assert set(scenario.risks) == {*parent.risks, "reported_breach"}
    # So many reports, and no backtest.
    assert scenario.sources["ocr_breaches"].confidence == "medium"
    assert "36 placeholders left out" in scenario.sources["ocr_breaches"].note
    before = [block.inputs for block in parent.correlation_blocks()]
    after = [block.inputs for block in scenario.correlation_blocks()]
    assert after[: len(before)] == before
    records = "risks.reported_breach.records"
    assert set(after[-1]) == {f"{records}.shape", f"{records}.scale"}


def test_to_toml__one_year_has_no_clustered_errors_and_says_so(parent):
    found = breach_findings(read_breaches(EXPORT), Window.of_years(2024, 2024), entities=40_000)
    assert any("too few years" in remark for remark in found.remarks)
    scenario = loaded(to_toml("own", parent, [found.derived]))
    assert "clustered" not in scenario.sources["ocr_breaches"].note
    assert scenario.risks["reported_breach"].records.family == found.severities.best.family


def test_to_toml__replacing_a_total_drops_its_correlations_only(parent, log):
    found = incident_findings(read_incidents(log), parent, target=Target(risk="breach"))
    scenario = loaded(to_toml("own", parent, [found.derived]))
    names = [name for block in scenario.correlation_blocks() for name in block.inputs]
    assert "risks.breach.total.mu" not in names
    assert {"risks.breach.frequency", "risks.peripheral_breach.total.mu"} <= set(names)
    breach = scenario.risks["breach"]
    assert breach.total.clip == (0.0, 45_000_000.0)
    assert breach.frailty_shape.value == 10_000.0
    assert breach.reference_providers.value == 50.0
    # The shares of the total and the effects are still there.
    assert set(breach.losses) == set(parent.risks["breach"].losses)


def test_to_toml__macro_correlations_and_pooled_experts(parent):
    macro = estimate_macro()
    entries = macro.entries()
    assert entries["macro.wage_attrition"] == pytest.approx(0.801, abs=1e-3)
    pool = pool_linearly(
        [Expert({0.1: 20.0, 0.5: 35.0, 0.9: 70.0}), Expert({0.1: 30.0, 0.5: 40.0, 0.9: 60.0})],
        low=0.0,
    )
    pairs = np.random.default_rng(1).multivariate_normal([0, 0], [[1, 0.7], [0.7, 1]], 80)
    link = fit_copula(*pairs.T).entry("vendors.msp.notice_months", "practice.records.per_provider")
    derived = [
        Derived("series", "Yearly series", "high", "25 years", entries),
        Derived(
            "panel", "Experts", "low", "two experts",
            {"roles.technician.time_to_fill_days": pool, "vendors.msp.notice_months": pool}, [link],
        ),
    ]  # fmt: skip
    scenario = loaded(to_toml("own", parent, derived))
    assert scenario.macro.wage.mean.distribution.mean() == pytest.approx(0.02827, rel=1e-3)
    assert scenario.macro.wage_price.value == pytest.approx(0.6456, abs=1e-4)
    assert scenario.roles["technician"].time_to_fill_days.family == "mixture"
    block = scenario.correlation_blocks()[-1]
    assert set(block.inputs) == {"vendors.msp.notice_months", "practice.records.per_provider"}


def test_severity_entries__of_each_family_load(parent):
    random = np.random.default_rng(3)
    value = random.lognormal(8.0, 1.0, 300)
    families = ["weibull", "lognormal", "gamma", "generalised_pareto", "pareto", "spliced"]
    for family in families:
        sample = Sample.of(value, above=500.0)
        fit = fit_severity(sample, family, splice=8_000.0)
        entries, links = severity_entries(fit, "risks.theft.losses.cost.severity")
        entries["risks.theft.frequency"] = 0.1
        scenario = loaded(to_toml("own", parent, [Derived("k", "t", "low", "n", entries, links)]))
        assert scenario.risks["theft"].losses["cost"].severity.family
        certain, none = severity_entries(fit, "risks.theft.total", uncertain=False)
        assert none == []
        assert "source" not in certain["risks.theft.total"]


def test_macro__entries_leave_out_what_a_scenario_has_no_place_for():
    random = np.random.default_rng(1)
    names = ("price", "rents", "wage")
    series = {name: Series(np.arange(2000, 2020), random.normal(size=20)) for name in names}
    macro = fit_macro(series)
    assert isinstance(macro, Macro)
    assert not any("rents" in path for path in macro.entries())
    assert "macro.wage_price" in macro.entries()


def test_fit_macro__recovers_the_innovations_correlation():
    random = np.random.default_rng(4)
    shock = random.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], 4_000)
    level = np.zeros_like(shock)
    for t in range(1, len(shock)):
        level[t] = np.array([0.8, 0.3]) * level[t - 1] + shock[t]
    years = np.arange(len(shock))
    pair = {"wage": Series(years, level[:, 0]), "price": Series(years, level[:, 1])}
    (found,) = fit_macro(pair).correlations
    assert abs(found.value - 0.6) < 4 * found.standard_error
    with pytest.raises(ValueError, match="wage and price must share at least 4 years"):
        fit_macro(
            {"wage": Series(years[:9], level[:9, 0]), "price": Series(years[8:20], level[:12, 1])}
        )


# Findings


def test_incidents__threshold_holds_for_frequency_and_cost_alike(parent, log):
    data = read_incidents(log)
    window = Window.of_years(2019, 2024)
    above = float(np.quantile(data.cost, 0.4))
    found = incident_findings(data, parent, window=window, above=above)
    kept = int(np.sum((data.cost > above) | data.open))
    assert found.chosen.parameters["rate"] == pytest.approx(kept / window.years)
    assert found.severities.best.above == above
    assert found.severities.best.n == found.law.n


def test_incidents__several_practices_give_a_frailty(parent, tmp_path):
    random = np.random.default_rng(6)
    rows = ["date,cost,practice"]
    for k in range(300):
        count = random.poisson(6 * 0.4 * random.gamma(0.6, 1 / 0.6))
        rows += [f"20{random.integers(19, 25)}-05-0{1 + k % 9},{1000 + k},p{k}"] * count
    path = tmp_path / "many.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    found = incident_findings(
        read_incidents(path), parent, window=Window.of_years(2019, 2024), practices=300
    )
    assert found.chosen.family == "negative_binomial"
    low, high = found.chosen.interval("frailty_shape", 0.999)
    assert low < 0.6 < high
    scenario = loaded(to_toml("own", parent, [found.derived]))
    assert scenario.risks["incident"].frailty_shape.central == pytest.approx(
        found.chosen.parameters["frailty_shape"], rel=1e-3
    )


def test_incidents__too_few_costs_still_give_a_rate(parent, tmp_path):
    path = tmp_path / "few.csv"
    path.write_text("date,cost\n2022-01-05,4000\n2024-03-05,900\n", encoding="utf-8")
    found = incident_findings(read_incidents(path), parent)
    assert found.severities is None
    assert any("no law of costs: a fit needs at least 5 values" in one for one in found.remarks)
    assert any("has a frequency and no loss" in one for one in found.remarks)
    assert list(found.derived.entries) == ["risks.incident.frequency"]


def test_staff__what_is_found_and_written(parent, staff):
    window = Window.of_years(2021, 2025)
    people, openings = read_staff(staff[0], window), read_openings(staff[1], window)
    found = staff_findings(people, parent, openings=openings, roles={"Help Desk": "technician"})
    assert any("'Scribe' is no role of mid-market" in remark for remark in found.remarks)
    assert found.everybody.departures == sum(one.departures for one in found.by_role.values())
    assert found.tenure.flat_p_value() < 0.05
    scenario = loaded(to_toml("own", parent, found.derived))
    factors = [number.value for number in scenario.people.tenure_factors]
    assert factors[0] / factors[1] > 1.5
    rate = scenario.roles["technician"].attrition_rate.distribution
    assert rate.mean() == pytest.approx(found.by_role["technician"].rate, rel=0.05)
    fill = found.fills["technician"].best
    assert 30 < fill.quantiles([0.5])[0] < 52
    with pytest.raises(
        CalibrationError, match="has no role 'clerk' to map 'Scribe' to; use one of"
    ):
        staff_findings(people, parent, roles={"Scribe": "clerk"})


def test_staff__a_profile_the_data_cannot_tell_is_not_written(parent, tmp_path):
    path = tmp_path / "staff.csv"
    rows = ["technician,2015-01-01,2022-06-30", "technician,2016-01-01,", "technician,2022-07-01,"]
    path.write_text("\n".join(["role,start,end", *rows]), encoding="utf-8")
    found = staff_findings(read_staff(path, Window.of_years(2021, 2025)), parent)
    (only,) = found.derived
    assert "people.tenure_factors" not in only.entries
    assert any("do not tell newcomers from others" in remark for remark in found.remarks)
    assert only.confidence == "low"
