"""From data to a scenario file that loads, and the command that does it."""

import tomllib
from datetime import date
from importlib import resources

import numpy as np
import pytest

import hcrisk
from hcrisk.calibrate import (
    CalibrationError,
    Derived,
    Macro,
    Sample,
    Series,
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
from hcrisk.cli import main
from hcrisk.scenarios import from_toml, load
from hcrisk.scenarios.estimate import estimate_macro

EXPORT = resources.files("hcrisk.scenarios.evidence") / "ocr_breaches.csv"


@pytest.fixture(scope="module")
def parent():
    return load("mid-market")


@pytest.fixture
def run(capsys):
    def run(*argv):
        code = main(["calibrate", *map(str, argv)])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def log(tmp_path):
    """A log of 60 incidents over six years, lognormal costs, the last two still open."""
    random = np.random.default_rng(1)
    days = np.sort(random.integers(0, 6 * 365, 60)) + date(2019, 1, 1).toordinal()
    cost = random.lognormal(9.0, 1.2, 60)
    rows = [
        f"{date.fromordinal(int(day))},{amount:.2f},{'yes' if i >= 58 else 'no'}"
        for i, (day, amount) in enumerate(zip(days, cost, strict=True))
    ]
    path = tmp_path / "log.csv"
    path.write_text("\n".join(["date,cost,open", *rows]), encoding="utf-8")
    return path


@pytest.fixture
def staff(tmp_path):
    """Twenty help desk seats and five of a role the scenario does not have."""
    random = np.random.default_rng(2)
    people, openings = ["role,start,end"], ["role,opened,filled"]
    for role, seats in (("Help Desk", 20), ("Scribe", 5)):
        for _ in range(seats):
            day = date(2016, 1, 1).toordinal() + int(random.integers(0, 700))
            while day < date(2026, 1, 1).toordinal():
                # Newcomers leave four times as often.
                total = random.exponential(1.0)
                years = total / 0.8 if total < 0.8 else 1.0 + (total - 0.8) / 0.2
                gone = day + 1 + int(365.25 * years)
                ends = [date.fromordinal(day), date.fromordinal(gone - 1)]
                people.append(f"{role},{ends[0]},{ends[1] if ends[1].year < 2026 else ''}")
                day = gone + 1 + int(random.lognormal(np.log(40.0), 0.4))
                if gone < date(2026, 1, 1).toordinal():
                    first = date.fromordinal(day)
                    filled = first if first.year < 2026 else ""
                    openings.append(f"{role},{date.fromordinal(gone)},{filled}")
    paths = tmp_path / "staff.csv", tmp_path / "openings.csv"
    for path, rows in zip(paths, (people, openings), strict=True):
        path.write_text("\n".join(rows), encoding="utf-8")
    return paths


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
    assert scenario.sources["ocr_breaches"].confidence == "high"
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
    found = incident_findings(read_incidents(log), parent, risk="breach")
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
    with pytest.raises(CalibrationError, match=r"'outage' of mid-market has no total .*downtime"):
        incident_findings(data, parent, risk="outage")


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
    assert "no law of costs: a fit needs at least 5 values" in found.remarks[0]
    assert list(found.derived.entries) == ["risks.incident.frequency"]


def test_staff__what_is_found_and_written(parent, staff):
    window = Window.of_years(2021, 2025)
    people, openings = read_staff(staff[0], window), read_openings(staff[1], window)
    found = staff_findings(people, parent, openings=openings, roles={"Help Desk": "technician"})
    assert any("'Scribe' is no role of mid-market" in remark for remark in found.remarks)
    assert found.everybody.departures == sum(one.departures for one in found.by_role.values())
    assert found.tenure.flat_p_value() < 0.05
    scenario = loaded(to_toml("own", parent, [found.derived]))
    factors = [number.value for number in scenario.people.tenure_factors]
    assert factors[0] / factors[1] > 1.5
    rate = scenario.roles["technician"].attrition_rate.distribution
    assert rate.mean() == pytest.approx(found.by_role["technician"].rate, rel=0.05)
    fill = found.fills["technician"].best
    assert 30 < fill.quantiles([0.5])[0] < 52
    with pytest.raises(CalibrationError, match="has no role 'clerk'; map 'Scribe' to one of"):
        staff_findings(people, parent, roles={"Scribe": "clerk"})


def test_staff__a_profile_the_data_cannot_tell_is_not_written(parent, tmp_path):
    path = tmp_path / "staff.csv"
    rows = ["technician,2015-01-01,2022-06-30", "technician,2016-01-01,", "technician,2022-07-01,"]
    path.write_text("\n".join(["role,start,end", *rows]), encoding="utf-8")
    found = staff_findings(read_staff(path, Window.of_years(2021, 2025)), parent)
    assert "people.tenure_factors" not in found.derived.entries
    assert any("do not tell newcomers from others" in remark for remark in found.remarks)
    assert found.derived.confidence == "low"


# The command


def test_command__breaches(run, tmp_path):
    out = tmp_path / "own.toml"
    window = ["--from", 2018, "--to", 2024, "--hold-out", 1]
    code, said, err = run("breaches", EXPORT, *window, "--entities", "40,000", "--out", out)
    assert (code, err) == (0, "")
    for part in ("2,671 reports, 2018 to 2023", "weibull", "Held out, 2024", "uniform PIT p <0.01"):
        assert part in said
    assert max(map(len, said.splitlines())) <= 100
    assert hcrisk.load(out).risks["reported_breach"].records.family == "weibull"


def test_command__incidents_and_what_is_in_the_way(run, log, tmp_path):
    out = tmp_path / "own.toml"
    code, said, err = run("incidents", log, "--from", 2019, "--to", 2024, "--out", out)
    assert (code, err) == (0, "")
    assert "60 incidents, 2019 to 2024" in said
    assert f"Next: hcrisk check {out}" in said
    before = out.read_text(encoding="utf-8")
    code, said, err = run("incidents", log, "--out", out)
    assert (code, said) == (1, "")
    assert "exists already; choose another name, or add --force to replace it" in err
    assert out.read_text(encoding="utf-8") == before
    assert run("incidents", log, "--out", out, "--force", "--above", "3000")[0] == 0
    assert out.read_text(encoding="utf-8") != before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["log.csv", "own.toml"]


def test_command__staff(run, staff, tmp_path):
    out = tmp_path / "own.toml"
    arguments = ["--openings", staff[1], "--role", "Help Desk=technician", "--out", out]
    code, said, err = run("staff", staff[0], "--from", 2021, "--to", "2025-12-31", *arguments)
    assert (code, err) == (0, "")
    for part in ("technician", "Leaving by tenure", "Days to fill, technician", "Scribe"):
        assert part in said
    assert hcrisk.load(out).is_own("roles.technician.attrition_rate")


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["incidents", "gone.csv"], "gone.csv: cannot be read: No such file"),
        (["incidents", "bad.csv"], "bad.csv: line 2, column 'cost': 'x' is no amount; write a"),
        (["incidents", "bad.csv", "--from", "2019"], "--from and --to belong together"),
        (["incidents", "bad.csv", "--from", "19", "--to", "2020"], "must be a year or a date, got"),
        (["incidents", "bad.csv", "--above", "lots"], "--above must be a number from 0 up"),
        (["incidents", "bad.csv", "--cap", "0"], "--cap must be above 0, got '0'"),
        (["incidents", "bad.csv", "--extends", "midmarket"], "Did you mean 'mid-market'?"),
        (["incidents", "bad.csv", "--out", "own.txt"], "--out must end in .toml"),
        (["staff", "bad.csv"], "--from and --to must say when departures were recorded"),
        (["staff", "bad.csv", "--from", "2021", "--to", "2020"], "must not end before it begins"),
        (["breaches", "bad.csv", "--out", "own.toml"], "--out needs --entities, as risk"),
    ],
)
def test_command__refused(run, tmp_path, monkeypatch, argv, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.csv").write_text("date,cost\n2023-01-01,x\n", encoding="utf-8")
    code, said, err = run(*argv)
    assert (code, said) == (1, "")
    assert message in err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.csv"]


def test_command__role_must_be_mapped_with_a_sign(run, staff):
    code, _, err = run("staff", staff[0], "--from", 2021, "--to", 2025, "--role", "Help Desk")
    assert code == 1
    assert "--role must be \"name in the file=role\", got 'Help Desk'" in err
