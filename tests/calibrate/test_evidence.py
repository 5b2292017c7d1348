"""How far an estimate can be trusted, and what a law says beyond its data."""

import numpy as np
import pytest
from scipy import stats

from hcrisk.calibrate import (
    CalibrationError,
    Incidents,
    Sample,
    Target,
    Window,
    backtest_rate,
    breach_findings,
    confidence,
    fit_severity,
    incident_findings,
    means,
    read_breaches,
    read_incidents,
    to_toml,
    written_figures,
)
from hcrisk.calibrate.backtest import backtest_forecasts
from hcrisk.calibrate.document import lost_correlations
from hcrisk.distributions.distribution import Distribution
from hcrisk.scenario import own_numbers
from hcrisk.scenarios import from_toml, load
from hcrisk.scenarios.evidence import BREACHES

YEARS = Window.of_years(2019, 2024)


@pytest.fixture(scope="module")
def parent():
    return load("mid-market")


def found_in(log, parent, **options):
    return incident_findings(read_incidents(log), parent, window=YEARS, **options)


# Confidence


def test_confidence__a_failed_backtest_is_never_high():
    found = breach_findings(
        read_breaches(BREACHES), Window.of_years(2018, 2023), held_out=Window.of_years(2024, 2024)
    )
    assert not all(test.is_passed for test in found.tests.values())
    assert found.derived.confidence == "low"
    assert "backtests failed" in found.derived.note
    assert any(remark.startswith("the backtest of") for remark in found.derived.remarks)


def test_confidence__follows_number_and_tests():
    right, wrong = backtest_rate(200, 5.0, 41, 1.0), backtest_rate(200, 5.0, 90, 1.0)
    assert [confidence(n, [right]) for n in (19, 20, 99, 100)] == [
        "low",
        "medium",
        "medium",
        "high",
    ]
    assert confidence(500, [right, wrong]) == "low"
    assert confidence(500, [right], extrapolated=True) == "low"


def test_backtest_rate__is_rejected_as_often_as_it_says():
    random = np.random.default_rng(1)
    rate = random.gamma(20.5, 0.1, 600)
    # Whoever believes the posterior sees counts from it.
    tests = [backtest_rate(20, 10.0, int(k), 2.0) for k in random.poisson(2.0 * rate)]
    rejected = np.mean([not test.is_passed for test in tests])
    assert 0.0 < rejected < 0.05 + 4 * np.sqrt(0.05 * 0.95 / 600)
    assert backtest_rate(20, 10.0, 4, 2.0).log_score == pytest.approx(
        stats.nbinom(20.5, 10 / 12).logpmf(4)
    )


def test_backtest_forecasts__of_a_right_series_are_uniform():
    errors = np.random.default_rng(2).standard_t(12, 400) * 0.3
    assert backtest_forecasts(errors, 0.3, 12).is_passed
    assert not backtest_forecasts(errors + 0.2, 0.3, 12).is_passed


# Means


@pytest.mark.parametrize("family", ["lognormal", "weibull", "gamma", "generalised_pareto"])
def test_means__are_those_of_the_law_as_a_scenario_has_it(family):
    sample = Sample.of(np.random.default_rng(3).lognormal(9.0, 1.0, 80))
    fit = fit_severity(sample, family)
    found = means(fit, sample, cap=1e6)
    law = Distribution.from_mapping({**fit.law(), "clip": [0.0, 1e6]})
    assert found.estimate == pytest.approx(law.mean(), rel=2e-3)
    seen = Distribution.from_mapping({**fit.law(), "clip": [0.0, found.largest]})
    limit, limited = found.limited[0]
    assert limit == found.largest == sample.value.max()
    assert limited == pytest.approx(seen.mean(), rel=0.1)
    assert [mean for _, mean in found.limited] == sorted(mean for _, mean in found.limited)


def test_means__of_a_tail_without_one_are_infinite_until_it_is_cut():
    sample = Sample.of([120.0, 150.0, 260.0, 300.0, 900.0], above=100.0)
    fit = fit_severity(sample, "pareto")
    assert np.isinf(means(fit, sample).written)
    assert means(fit, sample).is_extrapolated
    assert means(fit, sample, cap=1e4).written < 1e4


def test_incidents__an_extrapolated_mean_is_said_with_its_figures(parent, log):
    mild = found_in(log, parent)
    assert not mild.means.is_extrapolated
    assert mild.derived.confidence == "medium"
    log.write_text(log.read_text() + "\n2024-06-01,90000000,no", encoding="utf-8")
    wild = found_in(log, parent, target=Target(cap=np.inf))
    assert wild.derived.confidence == "low"
    (said,) = (one for one in wild.derived.remarks if "law of costs" in one or "no mean" in one)
    assert "cap" in said
    assert set(wild.alternatives) == {fit.family for fit in wild.severities.fits} - {
        wild.law.family
    }


def test_incidents__a_year_of_revenue_is_the_cap_of_whoever_states_none(parent, log):
    path = "risks.incident.losses.cost.severity"
    entries = found_in(log, parent).derived.entries
    assert entries[path]["clip"] == [0.0, 45e6]
    stated = found_in(log, parent, target=Target(cap=5e5)).derived.entries
    assert stated[path]["clip"] == [0.0, 5e5]
    assert "clip" not in found_in(log, parent, target=Target(cap=np.inf)).derived.entries[path]


def test_incidents__the_law_may_be_chosen(parent, log):
    assert found_in(log, parent, family="gamma").law.family == "gamma"
    with pytest.raises(CalibrationError, match="family 'cauchy' was not fitted; use one of"):
        found_in(log, parent, family="cauchy")


# What is printed is what is written


def test_written__are_the_figures_of_the_file(parent, log):
    found = found_in(log, parent)
    figures = {one.path: one for one in written_figures(found.derived.entries)}
    rate = figures["risks.incident.frequency"]
    assert rate.mean == pytest.approx(60.5 / YEARS.years, rel=1e-4)
    scenario = from_toml(to_toml("own", parent, [found.derived]))
    loaded = scenario.risks["incident"].frequency.distribution
    assert (loaded.mean(), loaded.median()) == pytest.approx((rate.mean, rate.median))
    assert "60 in 6.0 years at risk: 9.998 a year" in found.derived.entries[rate.path]["note"]


# Where it goes


def test_outage__a_log_takes_the_place_of_hours(parent, log):
    found = found_in(log, parent, target=Target(risk="outage"))
    scenario = from_toml(to_toml("own", parent, [found.derived]))
    risk = scenario.risks["outage"]
    assert list(risk.losses) == ["cost"]
    assert risk.losses["cost"].per == "event"
    assert risk.effects == parent.risks["outage"].effects
    assert risk.label == parent.risks["outage"].label
    assert any("stated its losses as downtime" in one for one in found.remarks)
    assert all(
        number.factor is None or "frequency" in number.path for number in own_numbers(scenario)
    )


@pytest.mark.parametrize(
    "risk", ["payer_audit", "hr_compromise", "ehr_downtime", "billing_compromise"]
)
def test_any_risk__can_be_replaced_by_name(risk, log):
    parent = load("practice-services")
    found = found_in(log, parent, target=Target(risk=risk))
    scenario = from_toml(to_toml("own", parent, [found.derived]))
    assert set(scenario.risks) == set(parent.risks)
    laws = {f"risks.{risk}.total", f"risks.{risk}.losses.cost.severity"}
    assert len(laws & set(found.derived.entries)) == 1
    forms = parent.risks[risk].losses.values()
    if risk != "billing_compromise":
        assert scenario.risks[risk].losses["cost"].insured == all(form.insured for form in forms)


def test_breach__forms_with_costs_of_their_own_stay_unless_the_log_has_all(parent, log):
    kept = found_in(log, parent, target=Target(risk="breach"))
    assert any("class_action" in one and "--whole-cost" in one for one in kept.remarks)
    whole = found_in(log, parent, target=Target(risk="breach", whole=True))
    scenario = from_toml(to_toml("own", parent, [whole.derived]))
    forms = scenario.risks["breach"].losses
    for name in ("outage", "class_action", "penalty_cause"):
        assert forms[name].probability.number.constant == 0.0
    assert forms["response"].probability.number.constant == 1.0
    with pytest.raises(CalibrationError, match="say themselves what is insured; leave out"):
        found_in(log, parent, target=Target(risk="breach", insured=True))


def test_overlap__is_said_and_can_be_switched_off(parent, log):
    found = found_in(log, parent)
    (said,) = (one for one in found.derived.remarks if one.startswith("counted twice?"))
    for part in ("outage (1.2 a year)", "--replaces", "--risk NAME"):
        assert part in said
    assert "# * counted twice?" in to_toml("own", parent, [found.derived])
    target = Target(replaces=tuple(parent.risks), insured=True)
    off = found_in(log, parent, target=target)
    assert not any(one.startswith("counted twice?") for one in off.remarks)
    scenario = from_toml(to_toml("own", parent, [off.derived]))
    assert all(scenario.risks[name].frequency.constant == 0.0 for name in parent.risks)
    assert scenario.risks["incident"].losses["cost"].insured
    for names, message in (
        (("outages",), "to switch off; did you mean"),
        (("incident",), "leave it"),
    ):
        with pytest.raises(CalibrationError, match=message):
            found_in(log, parent, target=Target(replaces=names))


def test_replaces__one_risk_hands_on_what_ties_it_to_strategies(parent, log):
    found = found_in(log, parent, target=Target(replaces=("escalation",)))
    scenario = from_toml(to_toml("own", parent, [found.derived]))
    new, old = scenario.risks["incident"], parent.risks["escalation"]
    assert new.effects == old.effects
    # With the sources it had: it is no finding of the log.
    first, *_ = new.effects["help_desk"].frequency.points
    assert first.number.source == "judgement_escalation"
    assert (new.service, new.size_exponent.constant) == ("help_desk", old.size_exponent.constant)
    assert new.reference_providers.value == parent.practice.providers.value
    assert scenario.risks["escalation"].frequency.constant == 0.0
    (said,) = (one for one in found.derived.remarks if "takes over" in one)
    assert "escalation of mid-market states: effects" in said
    assert not any(one.startswith("lost:") for one in found.remarks)
    strategies = Target(replaces=("escalation",), providers=20.0)
    entries = found_in(log, parent, target=strategies).derived.entries
    assert entries["risks.incident.reference_providers"] == 20.0


def test_replaces__what_risks_differ_in_is_lost_and_said_first(parent, log):
    found = found_in(log, parent, target=Target(replaces=("outage", "escalation")))
    text = to_toml("own", parent, [found.derived])
    new = from_toml(text).risks["incident"]
    assert (dict(new.effects), new.service) == ({}, "help_desk")
    said = found.derived.remarks[0]
    for part in (
        "lost: ",
        "outage: effects (severity by uncovered share of help_desk)",
        "escalation: effects (frequency by unskilled share of help_desk), size_exponent",
        "incident is the same in every strategy",
        "under [risks.incident.effects], risks.incident.size_exponent",
        "--risk NAME",
    ):
        assert part in said
    assert text.splitlines()[1].startswith("# * lost: ")
    # A risk that is there keeps its own, and what the other had is lost.
    kept = found_in(log, parent, target=Target(risk="outage", replaces=("escalation",)))
    assert kept.derived.carried == {}
    assert "under [risks.outage.effects]" in kept.derived.remarks[0]
    assert "same in every strategy" not in kept.derived.remarks[0]
    assert found_in(log, parent).derived.carried == {}


def test_correlations__that_go_with_a_law_are_said(parent, log):
    found = found_in(log, parent, target=Target(risk="breach"))
    text = to_toml("own", parent, [found.derived])
    (said,) = lost_correlations(parent, [found.derived])
    for part in (
        "risks.breach.total.mu is no longer there",
        "risks.peripheral_breach.total.mu (0.9)",
        "risks.breach.frequency (0.5)",
    ):
        assert part in said
    assert "risks.breach.total.mu is no longer there" in text.partition("name =")[0]
    assert lost_correlations(parent, [found_in(log, parent).derived]) == []


def test_incidents__what_is_left_out_is_said(parent, tmp_path):
    rows = [f"2021-0{k}-01,{1000 * k}" for k in range(1, 8)]
    rows += ["2021-03-01,3000", "2021-04-05,0", "2021-05-06,n/a", "2017-01-01,5"]
    path = tmp_path / "log.csv"
    path.write_text("\n".join(["date,cost", *rows]), encoding="utf-8")
    found = incident_findings(read_incidents(path), parent, window=YEARS)
    said = " ".join(found.remarks)
    for part in (
        "1 incident of 11 outside 2019 to 2024",
        "1 incident of cost 0 or less",
        "1 incident without a cost",
        "1 incident of the same date and cost as another",
    ):
        assert part in said
    assumed = incident_findings(read_incidents(path), parent)
    assert any("no --from and --to: 2017 to 2021 is taken" in one for one in assumed.remarks)


def test_incidents__held_out(parent, log):
    data = read_incidents(log)
    found = incident_findings(
        data, parent, window=Window.of_years(2019, 2022), held_out=Window.of_years(2023, 2024)
    )
    assert [name.partition(",")[0] for name in found.tests] == ["how many"]
    # The last two are open: what they cost is not known in full.
    assert any("the law of costs was not tested" in one for one in found.remarks)
    closed = Incidents(data.day, data.cost, data.records, data.open & False, data.practice)
    tests = incident_findings(
        closed, parent, window=Window.of_years(2019, 2022), held_out=Window.of_years(2023, 2024)
    ).tests
    assert len(tests) == 2


@pytest.mark.parametrize("entities", [None, 40_000])
def test_breaches__the_rate_that_is_written_is_the_one_tested(entities):
    """The page's table has the trendless fit at p 0.035: so has the test of what is written."""
    found = breach_findings(
        read_breaches(BREACHES),
        Window.of_years(2018, 2023),
        held_out=Window.of_years(2024, 2024),
        entities=entities,
    )
    test = found.tests["how many, 2024"]
    # 445.2 a year, coefficient of variation 0.088: 543 or more has about 1.8 %.
    rate = np.random.default_rng(1).gamma(0.0876**-2, 445.2 * 0.0876**2, 400_000)
    more = np.mean(np.random.default_rng(2).poisson(rate * 366 / 365.25) >= 543)
    assert test.p_value == pytest.approx(2.0 * more, abs=2e-3)
    assert not test.is_passed
    assert "the backtest of how many, 2024 failed" in found.remarks
    tested = "2 of 2" if entities else "1 of 1"
    assert found.derived.note.endswith(f"{tested} backtests failed")
