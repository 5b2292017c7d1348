"""Series, paired columns and experts: from a file to a scenario."""

import re

import numpy as np
import pytest
from scipy import stats

from hcrisk.calibrate import (
    CalibrationError,
    DataError,
    Series,
    macro_findings,
    pair_findings,
    panel_findings,
    read_columns,
    read_panel,
    read_yearly,
    to_toml,
)
from hcrisk.calibrate.joint import joined
from hcrisk.calibrate.written import quantiles_of
from hcrisk.distributions.copula import pearson_from_spearman
from hcrisk.distributions.distribution import Distribution
from hcrisk.scenario import own_numbers
from hcrisk.scenarios import from_toml, load
from hcrisk.scenarios.estimate import estimate_macro
from hcrisk.scenarios.evidence import read_series

PAY, QUITS, OUTAGES = (
    "roles.technician.pay",
    "roles.technician.attrition_rate",
    "risks.outage.frequency",
)


@pytest.fixture(scope="module")
def parent():
    return load("mid-market")


@pytest.fixture
def file(tmp_path):
    def write(text):
        path = tmp_path / "data.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def series(file):
    """The shipped evidence, as a finance department would keep it."""
    found = {
        name: dict(zip(one.year.tolist(), one.value.tolist(), strict=True))
        for name, one in (
            ("Wage growth", read_series("eci_private_wages")),
            ("CPI", read_series("cpi_u")),
            ("Quits rate", read_series("jolts_quits")),
        )
    }
    rows = [
        ",".join([str(year), *(str(one.get(year, "n/a")) for one in found.values())])
        for year in range(2025, 1999, -1)
    ]
    return file("\n".join([",".join(["Year", *found]), *rows]))


# Series


def test_macro__is_the_shipped_estimate(series, parent):
    found, shipped = macro_findings(read_yearly(series)), estimate_macro()
    for name, fit in shipped.series.items():
        here = found.macro.series[name]
        assert (here.mean, here.phi, here.sd, here.start) == pytest.approx(
            (fit.mean, fit.phi, fit.sd, fit.start), abs=1e-12
        )
    scenario = from_toml(to_toml("own", parent, [found.derived]))
    assert scenario.macro.wage_attrition.constant == pytest.approx(0.801, abs=1e-3)
    assert scenario.macro.wage.mean.source == "own_series"


def test_macro__held_out_years_are_forecast_and_the_latest_begins(series):
    whole, found = (
        macro_findings(read_yearly(series)),
        macro_findings(read_yearly(series), hold_out=5),
    )
    assert {name: test.n for name, test in found.tests.items()} == dict.fromkeys(
        ("wage", "price", "attrition"), 5
    )
    assert found.macro.series["wage"].n_year == whole.macro.series["wage"].n_year - 5
    assert found.macro.series["wage"].start == whole.macro.series["wage"].start
    assert found.derived.confidence == "medium" if found.tests["wage"].is_passed else "low"


def test_macro__where_it_starts_has_the_source_of_its_year(series, parent):
    found = macro_findings(read_yearly(series), last=2025, hold_out=3)
    scenario = from_toml(to_toml("own", parent, found.written))
    for path in (scenario.macro.wage, scenario.macro.price, scenario.macro.attrition):
        assert (path.phi.source, path.start.source) == ("own_series", "own_series_latest")
    fit, latest = (scenario.sources[name] for name in ("own_series", "own_series_latest"))
    assert (fit.year, latest.year) == ("2022", "2025")
    assert re.search(r"wage \d{4} to 2022", fit.note)
    assert latest.note.startswith("wage 2025")
    whole = macro_findings(read_yearly(series))
    assert whole.latest is None
    assert "macro.wage.start" in whole.derived.entries


def test_macro__phi_and_sd_are_uncertain(series, parent):
    found = macro_findings(read_yearly(series))
    scenario = from_toml(to_toml("own", parent, found.written))
    for name, path in (("wage", scenario.macro.wage), ("attrition", scenario.macro.attrition)):
        fit = found.macro.series[name]
        phi, sd = path.phi.distribution, path.sd.distribution
        assert -0.98 <= phi.quantile(0.0) < phi.quantile(1.0) <= 0.98
        assert phi.median() == pytest.approx(fit.phi, abs=fit.phi_se / 3)
        assert sd.median() == pytest.approx(fit.sd, rel=1e-4)
    said = next(one for one in found.remarks if "as certain" in one)
    pair = found.macro.correlations[0]
    assert f"{pair.value:.2f} ({pair.standard_error:.2f})" in said


@pytest.mark.parametrize(("phi", "written"), [(-0.2, 0.0), (-0.9, -0.9)])
def test_macro__a_negative_phi_is_written_only_if_it_can_be_told_from_none(phi, written, parent):
    value, random = [0.03], np.random.default_rng(6)
    for shock in random.normal(0.0, 0.01, 24):
        value.append(0.03 + phi * (value[-1] - 0.03) + shock)
    found = macro_findings({"price": Series.of(enumerate(value, 2001))}, hold_out=2)
    fit = found.macro.series["price"]
    (said,) = (one for one in found.remarks if "turn" in one)
    entry = found.derived.entries["macro.price.phi"]
    if written == 0.0:
        assert (fit.phi, entry) == (0.0, 0.0)
        assert fit.sd == pytest.approx(np.std(value[:-2], ddof=1))
        assert fit.degrees_of_freedom == 22
        assert "cannot be told from no persistence: phi is written as 0" in said
        # Independent years: the forecast is the mean, whose error counts.
        error = (np.array(value[-2:]) - np.mean(value[:-2])) / fit.sd / np.sqrt(1 + 1 / 23)
        assert found.tests["price"].pit == pytest.approx(stats.t.cdf(error, 22))
    else:
        assert entry["mean"] == pytest.approx(written, abs=0.2)
        assert entry["truncate"][0] == -0.98
        assert "look for a slip in the data" in said
    assert from_toml(to_toml("own", parent, found.written)).macro.price.phi.source == "own_series"


def test_macro__index_levels(file):
    rows = [f"{2000 + k},{100 * 1.03**k:.10f}" for k in range(12)]
    found = read_yearly(file("\n".join(["year,price", *rows])), levels=True)
    assert found["price"].year[0] == 2001
    assert found["price"].value == pytest.approx(np.full(11, np.log(1.03)))


@pytest.mark.parametrize(
    ("rows", "levels", "message"),
    [
        (
            ["2001,3", "2003,4"],
            False,
            "column 'wage': '2003' comes after 2001: years between",
        ),
        (["2001,3", "2001,4"], False, "line 3, column 'year': '2001' stands there twice; drop one"),
        (["2001,0.03", "2002,0.04"], False, "look like shares, or fractions of 1.*write percent"),
        (
            ["2001,103", "2002,104"],
            False,
            "too large for a yearly change; write percent; add",
        ),
        (["2001,-3", "2002,104"], True, "line 2, column 'wage': '-3' is negative"),
        (["2001,0", "2002,104"], True, "line 2, column 'wage': '0' has no logarithm"),
        (["2001,n/a", "2002,"], False, "has none of wage, price and attrition with a value"),
        (["01,3", "2002,4"], False, "'01' is no year; write it with four digits"),
        (["2001,high", "2002,4"], False, "'high' is no percentage; write 3.8"),
    ],
)
def test_macro__refused(file, rows, levels, message):
    with pytest.raises(DataError, match=message):
        read_yearly(file("\n".join(["year,wage", *rows])), levels=levels)


def test_macro__too_short_a_series(file):
    found = read_yearly(file("year,wage\n2001,3\n2002,4\n"))
    with pytest.raises(CalibrationError, match=r"at least 5 consecutive .*widen --from and"):
        macro_findings(found)


def test_macro__nothing_is_left_to_fit(series):
    with pytest.raises(CalibrationError, match="or hold out fewer"):
        macro_findings(read_yearly(series), hold_out=40)


# Dependence


def sites(file, n=60, rho=-0.7):
    random = np.random.default_rng(5)
    x, y, z = random.multivariate_normal(
        np.zeros(3), [[1, rho, 0], [rho, 1, 0], [0, 0, 1]], n
    ).T  # fmt: skip
    rows = [
        f'S{k},"${60_000 + 4_000 * a:,.2f}",{20 + b:.4f}%,{"" if k == 3 else round(5 + c, 4)}'
        for k, (a, b, c) in enumerate(zip(x, y, z, strict=True))
    ]
    return file("\n".join(["Site,Avg pay,Quit rate,Outages", *rows]))


def test_pairs__are_found_and_the_rest_of_the_market_follows(file, parent):
    columns, remarks = read_columns(sites(file), {"avg pay": PAY, "Quit rate": QUITS})
    assert remarks == []
    found = pair_findings(columns, parent)
    scenario = from_toml(to_toml("own", parent, [found.derived]))
    (block,) = (one for one in scenario.correlation_blocks() if PAY in one.inputs)
    rho = {
        (a, b): block.spearman[i][j]
        for i, a in enumerate(block.inputs)
        for j, b in enumerate(block.inputs)
    }
    best = found.rankings[PAY, QUITS][0]
    assert best.family == "gaussian"
    assert best.spearman_low < 6 / np.pi * np.arcsin(-0.35) < best.spearman_high
    assert rho[PAY, QUITS] == pytest.approx(best.spearman, abs=1e-3)
    # What was correlated stays so.
    other = "roles.developer.pay"
    assert rho[PAY, other] == pytest.approx(0.5, abs=1e-3)
    across = pearson_from_spearman(rho[other, QUITS])
    assert across == pytest.approx(
        pearson_from_spearman(0.5) * pearson_from_spearman(rho[PAY, QUITS]), abs=2e-3
    )
    assert not any(
        number.before is not None for number in own_numbers(scenario) if "correl" in number.path
    )


def test_pairs__rows_without_a_value_and_independence_are_said(file, parent):
    columns, remarks = read_columns(sites(file), {"Avg pay": PAY, "Outages": OUTAGES})
    assert remarks == ["1 row without a value in some column: left out"]
    found = pair_findings(columns, parent)
    assert found.rankings[PAY, OUTAGES][0].family == "independent"
    assert found.derived.correlations == []
    assert any(one.endswith("nothing is written of the two together") for one in found.remarks)
    assert found.remarks[-1].startswith("nothing is written: no two of the columns")


def test_pairs__three_columns_make_a_matrix(file, parent):
    names = {"Avg pay": PAY, "Quit rate": QUITS, "Outages": OUTAGES}
    columns = read_columns(sites(file), names)[0]
    columns[OUTAGES] = columns[OUTAGES] + 0.5 * columns[QUITS]
    found = pair_findings(columns, parent)
    text = to_toml("own", parent, [found.derived])
    block = next(one for one in from_toml(text).correlation_blocks() if PAY in one.inputs)
    assert {PAY, QUITS, OUTAGES} <= set(block.inputs)
    assert "marked with source own_dependence" in text.partition("name =")[0].replace("\n#  ", "")
    # Only what was found has the source, not what follows from it.
    assert text.count('source = "own_dependence"') == 6


def test_pairs__what_cannot_be_told_from_independent_is_not_written(file, parent):
    names = {"Avg pay": PAY, "Quit rate": QUITS, "Outages": OUTAGES}
    columns = read_columns(sites(file), names)[0]
    found = pair_findings(columns, parent)
    assert {pair for pair, fits in found.rankings.items() if fits[0].family != "independent"} == {
        (PAY, QUITS)
    }
    # Outages move with neither: they stay out, and nothing is passed on from them.
    (link,) = found.derived.correlations
    assert OUTAGES not in link["inputs"]
    said = [one for one in found.remarks if "cannot be told from independent" in one]
    assert [one.endswith("nothing is written of the two together") for one in said] == [True, True]
    # Here pay and outages are alone with each other, but not with quits.
    columns[OUTAGES] = np.random.default_rng(4).normal(size=columns[PAY].size) * 2.0
    columns[QUITS] = np.random.default_rng(5).normal(size=columns[PAY].size)
    columns[QUITS] += 2.0 * (stats.zscore(columns[PAY]) + stats.zscore(columns[OUTAGES]))
    found = pair_findings(columns, parent)
    assert found.rankings[PAY, OUTAGES][0].family == "independent"
    matrix = found.derived.correlations[0]["matrix"]
    assert f"they stand in one matrix with others, with {matrix[0][2]:g}" in " ".join(found.remarks)
    assert abs(matrix[0][2]) < 0.05 < min(matrix[0][1], matrix[1][2])


def test_pairs__columns_that_drift_are_remarked(parent):
    drift = np.cumsum(np.random.default_rng(1).normal(1.0, 0.1, 30))
    found = pair_findings({PAY: drift, OUTAGES: drift + np.sin(drift)}, parent)
    assert any("moves slowly from row to row" in one for one in found.remarks)


def test_joined__two_free_inputs_are_a_pair(parent):
    free = ["practice.records.per_provider", OUTAGES]
    two = joined(free, np.array([[1.0, 0.5], [0.5, 1.0]]), parent)
    assert two == {"between": free, "rho": 0.483}


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({PAY: 12}, "needs two columns or more"),
        ({PAY: 12, "roles.technician.pya": 12}, "no uncertain number there; did you mean"),
        ({PAY: 12, "practice.providers": 12}, "is certain there; make it uncertain first"),
        ({PAY: 9, OUTAGES: 9}, "needs 10 whole rows or more, got 9"),
    ],
)
def test_pairs__refused(parent, columns, message):
    with pytest.raises(CalibrationError, match=message):
        pair_findings({name: np.arange(n) * 1.0 for name, n in columns.items()}, parent)


def test_pairs__a_column_that_is_not_there(file):
    with pytest.raises(DataError, match="column 'Pya': is missing; did you mean"):
        read_columns(file("Pay,Quits\n1,2\n"), {"Pya": PAY, "Quits": QUITS})


# Experts


def test_panel__several_inputs_weights_and_missing_quantiles(file, parent):
    text = (
        "Expert,Weight,Input,P10,Median,90%,p99\n"
        f"CIO,2,{OUTAGES},0.5,1,3,\nMSP,,{OUTAGES},1,2.5,6,12\n"
        "CIO,2,roles.technician.time_to_fill_days,20,40,90,\n"
    )
    found = panel_findings(read_panel(file(text)), parent)
    scenario = from_toml(to_toml("own", parent, [found.derived]))
    assert scenario.risks["outage"].frequency.distribution.family == "metalog"
    assert scenario.roles["technician"].time_to_fill_days.family == "metalog"
    assert found.pooled[OUTAGES]["mixture"]["weights"] == pytest.approx([2 / 3, 1 / 3])
    source = scenario.sources["experts"]
    assert (source.obtained, source.confidence) == ("judgement", "low")
    assert any("has one expert" in one for one in found.remarks)
    assert any("taken to be above 0" in one for one in found.remarks)


def test_panel__methods(file, parent):
    opinions = read_panel(file("expert,p10,p50,p90\nA,1,2,4\nB,3,6,12\n"), OUTAGES)
    found = panel_findings(opinions, parent, method="average")
    assert any("leaves out that they disagree" in one for one in found.remarks)
    low, middle, high = quantiles_of(found.derived.entries[OUTAGES], [0.1, 0.5, 0.9])
    assert (low, middle, high) == pytest.approx((2.0, 4.0, 8.0))
    assert not any("as written" in one for one in found.remarks)
    pool = quantiles_of(panel_findings(opinions, parent).derived.entries[OUTAGES], [0.1, 0.9])
    assert pool[0] < low < high
    mixture = panel_findings(opinions, parent, method="mixture")
    assert mixture.derived.entries[OUTAGES]["dist"] == "mixture"
    assert any("minutes to prepare" in one for one in mixture.remarks)


def test_panel__says_by_how_much_a_quantile_is_missed(file, parent):
    apart = read_panel(file("expert,p10,p50,p90\nA,1,2,4\nB,3,6,12\n"), OUTAGES)
    found = panel_findings(apart, parent)
    (said,) = (one for one in found.remarks if "as written" in one)
    pool = quantiles_of(found.pooled[OUTAGES]["mixture"], [0.9])[0]
    mine = quantiles_of(found.derived.entries[OUTAGES], [0.9])[0]
    assert f"P90 {mine:.4g} where the pool has {pool:.4g}" in said
    # Only two levels in common: the average goes through others, and says what that does.
    other = read_panel(file("expert,p5,p10,p50,p90\nA,,1,2,9\nB,5.5,,6,8\n"), OUTAGES)
    found = panel_findings(other, parent, method="average")
    (said,) = (one for one in found.remarks if "as written" in one)
    assert "where the average has 8.5" in said


def test_mixture_quantiles__are_those_a_simulation_draws():
    parts = [
        {"dist": "lognormal", "median": 2.0, "sigma": 0.5},
        {"dist": "metalog", "quantiles": [[0.1, 4.0], [0.5, 6.0], [0.9, 9.0]], "low": 0.0},
    ]
    mixture = {"dist": "mixture", "weights": [0.3, 0.7], "components": parts}
    levels = [0.01, 0.1, 0.5, 0.9, 0.99]
    drawn = Distribution.from_mapping(mixture).quantile(levels)
    assert quantiles_of(mixture, levels) == pytest.approx(drawn.tolist(), rel=1e-5)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("expert,p10,p90\nA,1,2\n", "line 1: has 2 columns of quantiles; give it 3 or more"),
        ("expert,p10,p50,p90\nA,1,2,\n", "line 2: has 2 quantiles; give 3 or more"),
        ("expert,p10,p50,p90\nA,1,3,2\n", "line 2: '1, 3, 2' does not rise from quantile"),
        ("expert,weight,p10,p50,p90\nA,0,1,2,3\n", "column 'weight': '0' must be above 0"),
        ("expert,p10,p50,p90\nA,1,two,3\n", "line 2, column 'p50': 'two' is no amount"),
    ],
)
def test_panel__refused(file, text, message):
    with pytest.raises(DataError, match=message):
        read_panel(file(text), OUTAGES)


def test_panel__an_input_that_is_not_meant_or_not_there(file, parent):
    path = file("expert,p10,p50,p90\nA,1,2,3\n")
    with pytest.raises(DataError, match="says nothing of which input is meant; name it with --in"):
        read_panel(path)
    with pytest.raises(CalibrationError, match=r"line 2: mid-market has no input 'risks\.out"):
        panel_findings(read_panel(path, "risks.outage.freq"), parent)
