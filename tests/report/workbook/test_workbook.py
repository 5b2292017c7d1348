"""What a workbook holds, as another program reads it."""

import math
import warnings

import numpy as np
import pytest
from openpyxl import load_workbook

import hcrisk
from hcrisk.report.changes import change_lines
from hcrisk.report.flows import yearly_flows
from hcrisk.report.workbook import write_workbook
from hcrisk.report.workbook.inputs import DEFAULTS, NO_SOURCE
from hcrisk.report.workbook.percentiles import prefixes
from tests.report.workbook.common import CHART, cells_at, charts_of, formulas_of, row_of

SHEETS = [
    "Contents", "Decision", "Percentiles", "Years", "Cash flow Insource", "Cash flow =2+2",
    "Cash flow img src=x onerror=ale", "Cash flow Current", "Difference", "Risk", "Drivers",
    "Turning points", "Worst future", "Question first", "Inputs", "Sources", "Basis", "Names",
    "Chart data",
]  # fmt: skip


def stored(value):
    """Return what a cell holds of a number: sixteen digits."""
    return pytest.approx(value, rel=1e-14)


def named(book, name):
    """Return the value a defined name stands for."""
    place = book.values.defined_names[name].attr_text
    (cell,) = cells_at(book.values, place)
    return cell.value


def measured(ds, name):
    return ds.sel(strategy=name)["value"].item()


# What there is


def test_the_sheets_stand_in_their_order(book):
    assert len(book.values.sheetnames) == len(SHEETS)
    assert [name for name in book.values.sheetnames if "img" not in name] == [
        name for name in SHEETS if "img" not in name
    ]
    assert all(len(name) <= 31 for name in book.values.sheetnames)


def test_contents_lead_to_every_other_sheet(book):
    links = {cell.value: cell.hyperlink.location for row in book.values["Contents"].iter_rows()
             for cell in row if cell.hyperlink}  # fmt: skip
    assert list(links) == book.values.sheetnames[1:]
    for name, place in links.items():
        assert cells_at(book.values, place)[0].parent.title == name


def test_every_sheet_is_set_for_screen_and_paper(book):
    for sheet in book.values:
        if sheet.title != "Contents":
            assert sheet.freeze_panes, sheet.title
            assert sheet.print_title_rows, sheet.title
        assert sheet.page_setup.orientation == "landscape"
        # A width that is not stated is 1.
        assert sheet.page_setup.fitToWidth in (None, 1)
        assert sheet.page_setup.fitToHeight == 0
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        # Whatever paper there is.
        assert sheet.page_setup.paperSize is None
        assert sheet.oddFooter.right.text.endswith("page &P of &N")


def test_the_decision_is_that_of_the_report(book):
    said = [cell.value for cell in book.values["Decision"]["A"] if cell.value]
    assert set(book.report.sentences) <= set(said)
    assert all(note[1:] in " ".join(said) for note in book.report.quote.notes)


# Figures


def test_names_stand_for_what_the_measures_say(book):
    ds, report = book.report.ds, book.report
    p80, tail = hcrisk.percentiles(ds, 0.8).sel(level=0.8), hcrisk.tail_value_at_risk(ds, 0.95)
    cheapest = hcrisk.probability_cheapest(ds)
    for name, prefix in prefixes(report.quote).items():
        assert named(book, f"{prefix}_mean") == stored(float(ds["npv"].sel(strategy=name).mean()))
        assert named(book, f"{prefix}_p80") == stored(measured(p80, name))
        assert named(book, f"{prefix}_tvar95") == stored(measured(tail, name))
        assert named(book, f"{prefix}_cheapest") == stored(measured(cheapest, name))
        assert named(book, f"{prefix}_present_value") == pytest.approx(
            named(book, f"{prefix}_mean"), rel=1e-12
        )
    assert named(book, "discount_rate") == report.scenario.discounting.rate.central
    assert named(book, "discount_timing") == 0.5
    assert named(book, "horizon_years") == report.scenario.years
    assert named(book, "futures") == 1200
    assert named(book, "focus_budget") == stored(float(report.budget["budget"]))
    factors = cells_at(book.values, book.values.defined_names["discount_factors"].attr_text)
    assert [cell.value for cell in factors] == pytest.approx(
        [(1 + named(book, "discount_rate")) ** (0.5 - year) for year in ds["year"].values]
    )


def test_every_name_is_listed_with_its_meaning(book):
    sheet = book.values["Names"]
    listed = {row[0].value: row for row in sheet.iter_rows(min_row=5) if row[0].value}
    names = {name for name, one in book.values.defined_names.items() if not one.hidden}
    assert set(listed) == names
    for name, row in listed.items():
        assert row[2].value
        if row[1].value is not None:
            assert row[1].value == stored(named(book, name))


def test_intervals_are_those_of_the_measures(book):
    sheet, report = book.values["Percentiles"], book.report
    row = row_of(sheet, "Insource")
    found = hcrisk.mean(report.ds).sel(strategy="insource")
    cells = [cell.value for cell in sheet[row]][1:7]
    assert cells[0] == "Mean"
    assert cells[1:4] == stored([found[key].item() for key in ("value", "lower", "upper")])
    half = max(cells[1] - cells[2], cells[3] - cells[1])
    # Rounded up to the digit that is shown.
    assert cells[4] == math.ceil(half / 1e4) * 1e4
    assert cells[5] == pytest.approx(half / cells[1], rel=1e-12)


def test_the_lines_of_a_year_add_up_to_its_mean_in_the_run(book):
    report = book.report
    means = report.ds["cost"].sel(strategy="insource").mean("path").values
    sheet = book.values["Cash flow Insource"]
    total = [cell.value for cell in sheet[row_of(sheet, "Total")]]
    assert total[1 : 1 + len(means)] == pytest.approx(means.tolist(), rel=1e-12)
    assert total[1 + len(means)] == pytest.approx(means.sum(), rel=1e-12)
    lines = hcrisk.mean(report.ds, of="component_npv").sel(strategy="insource")
    salaries = [cell.value for cell in sheet[row_of(sheet, "Salaries")]]
    present = lines.sel(component="salaries")["value"].item()
    assert salaries[3 + len(means)] == pytest.approx(present, rel=1e-9)
    check = sheet[row_of(sheet, "Check: difference, to the cent")]
    assert check[3 + len(means)].value == 0


def test_what_is_paid_leaves_out_uncovered_hours(book):
    sheet, years = book.values["Cash flow Insource"], book.report.quote.years
    gap, every, paid = (sheet[row_of(sheet, name)]
                        for name in ("Coverage gap", "Total", "Paid, less recoveries"))  # fmt: skip
    for column in (1, years + 1, years + 3):
        assert gap[column].value > 0
        assert paid[column].value == pytest.approx(every[column].value - gap[column].value)


def test_differences_are_those_of_the_measure(book):
    sheet, found = book.values["Difference"], book.report.difference
    for place, name in enumerate(map(str, found["strategy"].values)):
        one = found.sel(strategy=name, component="salaries")
        cells = [cell.value for cell in sheet[row_of(sheet, "Salaries")]][2 + 3 * place :][:3]
        assert cells == pytest.approx([float(one[key]) for key in ("value", "lower", "upper")])
        total = sheet[row_of(sheet, "Total")][2 + 3 * place].value
        assert total == pytest.approx(float(found["total"].sel(strategy=name)))


def test_risk_adds_up_to_the_tail(book):
    sheet, found = book.values["Risk"], book.report.by_component.isel(strategy=0)
    for nth in (0, 1):
        whole = [cell.value for cell in sheet[row_of(sheet, "All", nth=nth)]]
        assert whole[1] == pytest.approx(float(found["total_mean"]))
        assert whole[4] == pytest.approx(float(found["total_tail"]))
        assert whole[8:10] == pytest.approx([1.0, 1.0])


def test_every_number_is_there_with_its_source_the_weakest_first(book):
    sheet, scenario = book.values["Inputs"], book.report.scenario
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]
    wanted = [one for one in hcrisk.scenario.register(scenario)
              if not one.path.startswith("correlations.")]  # fmt: skip
    by_path = {row[1]: row for row in rows}
    assert len(rows) == len(by_path) == len(wanted)
    for one in wanted:
        row = by_path[one.path]
        unsourced = DEFAULTS if one.own == "default" else NO_SOURCE
        assert row[6:10] == [one.value, one.confidence, one.source, one.title or unsourced]
    numbers = scenario.numbers()
    assert by_path["discounting.rate"][2] == numbers["discounting.rate"].central
    confidence = [row[7] for row in rows]
    assert confidence.index("medium") > confidence.index("low")
    assert confidence[-1] is None
    uncertain = next(path for path in scenario.inputs() if path in by_path)
    law = numbers[uncertain].distribution
    assert by_path[uncertain][3:5] == stored([float(law.quantile(at)) for at in (0.05, 0.95)])


# Formulas and text


def test_every_formula_has_its_value_and_none_an_error(book):
    formulas = formulas_of(book.formulas)
    assert len(formulas) > 1000
    for cell in formulas:
        value = book.values[cell.parent.title][cell.coordinate].value
        assert isinstance(value, int | float), (cell.parent.title, cell.coordinate, cell.value)
        assert math.isfinite(value)
    errors = [cell.coordinate for sheet in book.values for row in sheet.iter_rows() for cell in row
              if cell.data_type == "e" or str(cell.value).startswith("#")]  # fmt: skip
    assert errors == []


def test_totals_differences_and_shares_are_formulas(book):
    sheet = book.formulas["Cash flow Insource"]
    total = [cell.value for cell in sheet[row_of(sheet, "Total")]]
    *sums, margin, part = total[1:]
    assert all(str(one).startswith("=SUM(") for one in (*sums, part))
    assert isinstance(margin, int | float)
    assert book.formulas["Decision"].cell(row_of(book.formulas["Decision"], "P80"), 2).value == (
        "=insource_p80"
    )


def test_text_that_looks_like_a_formula_stays_text(book):
    hostile = ["=2+2", '=HYPERLINK("https://x.example","1")', "@SUM(1)"]
    cells = [cell for sheet in book.formulas for row in sheet.iter_rows() for cell in row]
    for text in hostile:
        found = [cell for cell in cells if cell.value == text]
        assert found
        assert all(cell.data_type == "s" and cell.quotePrefix for cell in found)
    formulas = " ".join(cell.value for cell in formulas_of(book.formulas))
    assert "HYPERLINK" not in formulas
    links = [cell.hyperlink.target for cell in cells if cell.hyperlink and cell.hyperlink.target]
    assert links
    assert all(link.startswith(("https://", "http://")) for link in links)


def test_every_number_has_a_source_or_says_that_it_has_none(book):
    sheet = book.values["Inputs"]
    head = row_of(sheet, "Number")
    titles = {name: [] for name in ("the practice", "the scenario", "hcrisk's default")}
    for row in sheet.iter_rows(min_row=head + 1, values_only=True):
        titles[row[10]].append((row[8], row[9]))
    assert all(title for found in titles.values() for _, title in found)
    assert {title for _, title in titles["hcrisk's default"]} == {DEFAULTS}
    assert all(key for key, title in titles["the scenario"] if title != NO_SOURCE)


# Charts


def test_charts_draw_cells_that_are_there(book):
    charts = charts_of(book.file)
    # Curves, years, four cash flows, waterfall, allocation, drivers, sizes.
    assert len(charts) == 10
    for chart in charts:
        series = list(chart.iter(f"{CHART}ser"))
        assert series
        for one in series:
            for kind in ("val", "yVal", "cat", "xVal"):
                for part in one.iter(f"{CHART}{kind}"):
                    cells = cells_at(book.values, next(part.iter(f"{CHART}f")).text)
                    assert cells
                    assert all(cell.value is not None for cell in cells)
            numbers = [part for kind in ("val", "yVal") for part in one.iter(f"{CHART}{kind}")]
            (values,) = (cells_at(book.values, next(part.iter(f"{CHART}f")).text)
                         for part in numbers)  # fmt: skip
            assert all(isinstance(cell.value, int | float) for cell in values)


def test_bars_have_their_intervals(book):
    """Of the worst futures and of the drivers: as far as the bounds beside the drawn cells."""
    checked = 0
    for chart in charts_of(book.file):
        for one in chart.iter(f"{CHART}ser"):
            values = cells_at(
                book.values, next(next(one.iter(f"{CHART}val"), one).iter(f"{CHART}f")).text
            )
            bars = one.find(f"{CHART}errBars")
            head = values[0].offset(row=-1, column=1).value
            if bars is None or head != "Lower":
                continue
            for side, away, sign in (("minus", 1, -1), ("plus", 2, 1)):
                lengths = cells_at(
                    book.values, next(bars.find(f"{CHART}{side}").iter(f"{CHART}f")).text
                )
                stored = [
                    float(part.text) for part in bars.find(f"{CHART}{side}").iter(f"{CHART}v")
                ]
                assert stored == pytest.approx([cell.value for cell in lengths])
                ends = [cell.offset(column=away).value for cell in values]
                expected = [0.0 if end is None else sign * (end - cell.value)
                            for end, cell in zip(ends, values, strict=True)]  # fmt: skip
                assert stored == pytest.approx(expected)
                assert max(stored) > 0
                checked += 1
    assert checked == 8


def test_the_chart_of_risk_adds_up_to_the_whole(book):
    """It draws the largest lines by absolute size, recoveries too, and the rest as one."""
    sheet, risk = book.values["Chart data"], book.values["Risk"]
    labels = [str(risk.cell(row, 1).value) for row in range(1, risk.max_row + 1)]
    whole = len(labels) - labels[::-1].index("All")
    for title, column in (("In the worst 5% of futures", 5), ("On average", 2)):
        heads = [str(sheet.cell(row, 1).value) for row in range(1, sheet.max_row)]
        head = 1 + next(i for i, one in enumerate(heads) if one.startswith(f"{title}: the largest"))
        drawn = {}
        for row in range(head + 2, sheet.max_row + 1):
            if sheet.cell(row, 1).value is None:
                break
            drawn[sheet.cell(row, 1).value] = sheet.cell(row, 2).value
        others = [name for name in drawn if name.startswith("Other (")]
        assert list(drawn)[-1:] == others
        assert "Insurance recovery" in drawn
        assert math.fsum(drawn.values()) == pytest.approx(risk.cell(whole, column).value)


def test_what_changed_has_a_sheet_of_the_same_figures(told, open_report, tmp_path):
    before = told.scenario.replace(
        {"people.benefits_load": 0.35, "services.help_desk.current": "insource"}
    )
    report = told.against(before, progress=False)
    sheet = open_report(report, tmp_path / "changed.xlsx").values["Changes"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    said = {row[3]: row[1:3] for row in rows if row[3]}
    assert {one.path: [one.now, one.was] for one in report.changes.stated}.items() <= said.items()
    assert {"people.benefits_load", "services.help_desk.current"} <= set(said)
    first = next(one for one in report.changes.costs if one.figures)
    row = next(row for row in rows if row[0] == first.label)
    assert row[1] == "Mean"
    assert row[3] == stored(first.figures["mean"].value)
    assert f"{first.label}: mean {row[2]}," in "\n".join(change_lines(report.changes))


def test_no_chart_is_cut_on_paper(book):
    """A long table is above the curves: they begin a page."""
    curves = book.formulas["Percentiles"]
    (drawing,) = curves._charts
    assert [mark.id for mark in curves.row_breaks.brk] == [drawing.anchor._from.row - 1]


def test_the_waterfall_arrives(book):
    sheet, found = book.values["Chart data"], book.report.difference
    focus = book.report.pair.compared
    head = next(row for row in range(1, sheet.max_row) if
                str(sheet.cell(row, 1).value).startswith("From "))  # fmt: skip
    rows = []
    for row in range(head + 2, sheet.max_row + 1):
        if sheet.cell(row, 1).value is None:
            break
        rows.append([sheet.cell(row, column).value for column in range(1, 11)])
    assert rows[0][2] == pytest.approx(float(found["baseline_mean"]))
    assert rows[-1][2] == pytest.approx(float(found["strategy_mean"].sel(strategy=focus)))
    assert max(max(row[8:]) for row in rows) > 0
    for _, step, level, below, whole, more, less, _, of_more, of_less in rows[1:-1]:
        assert (of_more if more else of_less) >= 0 == (of_less if more else of_more)
        assert more - less == pytest.approx(step)
        assert below + max(more, less) == pytest.approx(max(level, level - step))
        assert whole == 0


def test_the_colours_are_those_of_the_plots(book):
    drawn = {one.get("val") for chart in charts_of(book.file)
             for one in chart.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}srgbClr")
             }  # fmt: skip
    from hcrisk.plot._style import PALETTE

    assert {color.removeprefix("#") for color in PALETTE} <= drawn


# The file


def test_the_same_report_gives_the_same_bytes(book, tmp_path):
    again = tmp_path / "again.xlsx"
    write_workbook(book.report, book.flows, again)
    assert again.read_bytes() == book.file.read_bytes()
    properties = book.values.properties
    assert properties.created.isoformat() == book.report.ds.attrs["created"][:19]


def test_to_xlsx_replaces_only_when_told(book, tmp_path, monkeypatch):
    path = tmp_path / "quote.xlsx"
    book.report.to_xlsx(path, progress=False)
    assert path.read_bytes() == book.file.read_bytes()
    with pytest.raises(hcrisk.HcriskError, match="exists already"):
        book.report.to_xlsx(path)
    monkeypatch.setitem(__import__("sys").modules, "xlsxwriter", None)
    with pytest.raises(hcrisk.HcriskError, match=r'pip install "hcrisk\[xlsx\]"'):
        book.report.to_xlsx(tmp_path / "other.xlsx")
    assert [file.name for file in tmp_path.iterdir()] == ["quote.xlsx"]


def test_flows_do_not_depend_on_how_many_are_simulated_at_a_time(told, monkeypatch):
    whole = yearly_flows(told.scenario, told.ds, progress=False)
    flows = __import__("sys").modules["hcrisk.report.flows"]
    monkeypatch.setattr(flows, "ROOM", 1 << 21)
    parts = yearly_flows(told.scenario, told.ds, progress=False)
    assert whole["strategy"].values.tolist() == told.ds["strategy"].values.tolist()
    np.testing.assert_allclose(parts, whole, rtol=1e-12)


# Other scenarios


@pytest.fixture(scope="module")
def narrow(open_report, tmp_path_factory):
    """One strategy, an uncertain rate, growth, another currency, few paths."""
    small = hcrisk.load("small-practice").replace(
        {
            "currency": "EUR",
            "discounting.rate": {"dist": "uniform", "low": 0.04, "high": 0.08},
            "growth.rate": 0.05,
            "horizon.years": 2,
        }
    )
    report = hcrisk.report(small, paths=100, strategies=[], progress=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return open_report(report, tmp_path_factory.mktemp("narrow") / "narrow.xlsx")


def test_a_single_strategy_has_nothing_to_be_compared_with(narrow):
    assert "Difference" not in narrow.values.sheetnames
    assert "Turning points" not in narrow.values.sheetnames
    assert "current_cheapest" not in narrow.values.defined_names


def test_with_an_uncertain_rate_present_values_are_simulated(narrow):
    sheet = narrow.formulas["Cash flow Current"]
    parts = narrow.report.ds["component_npv"].sel(strategy="current").mean("path")
    cell = sheet.cell(row_of(sheet, "Vendor fees"), 2 + 2 + 2)
    assert cell.value == stored(float(parts.sel(component="vendor_fees")))
    assert "As simulated" in sheet["A2"].value or "as simulated" in sheet["A2"].value
    basis = narrow.values["Basis"]
    factors = narrow.report.ds["input"].sel(parameter="discounting.rate")
    wanted = [float(((1 + factors) ** (0.5 - year)).mean()) for year in (1, 2)]
    row = row_of(basis, "Year") + 1
    assert [basis.cell(row, column).value for column in (2, 3)] == pytest.approx(wanted)


def test_bounds_that_are_not_known_are_empty(narrow):
    sheet = narrow.values["Percentiles"]
    row = next(row for row in sheet.iter_rows(min_row=5) if row[1].value.startswith("TVaR"))
    assert isinstance(row[2].value, float)
    assert [cell.value for cell in row[3:7]] == [None] * 4


def test_amounts_are_in_the_currency_of_the_scenario(narrow):
    sheet = narrow.values["Percentiles"]
    assert sheet["C5"].number_format.startswith('"€"#,##0')
    formats = {cell.number_format for one in narrow.values for row in one.iter_rows()
               for cell in row}  # fmt: skip
    assert not any("$" in one for one in formats)


def test_it_opens_again(narrow):
    assert load_workbook(narrow.file).sheetnames == narrow.values.sheetnames
