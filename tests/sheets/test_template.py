"""What a workbook to fill in shows, and that nothing in it is missing."""

import re
import tomllib

import pytest
from openpyxl import load_workbook

import hcrisk
from hcrisk.scenario.merge import leaves
from hcrisk.scenario.refusal import look_up
from hcrisk.scenario.register import register
from hcrisk.scenario.values import toml_value
from hcrisk.scenarios import load, scenarios, template
from hcrisk.sheets.kinds import kind_of
from hcrisk.sheets.layout import COLUMNS, CONFIDENCES, HEAD, MORE, RECORD, SHAPES, START
from hcrisk.sheets.pages import pages_of
from hcrisk.sheets.rows import recorded
from hcrisk.sheets.values import read_value
from tests.sheets.common import INPUTS, PLACES, Sheets, template_bytes

LINE = re.compile(r"(?:# |#)?([\w.]+ = .+)")


def rows(parent):
    pages = pages_of(load(parent), "mine", "Mine")
    return {row.path: row for page in pages for part in page.sections for row in part.rows}


def offered(parent):
    """Every path of the TOML template, with the value it shows."""
    text = template(parent)
    content = {}
    heading = ""
    for line in text.splitlines():
        bare = line.lstrip("# ")
        if re.fullmatch(r"\[[\w.]+\]", bare):
            heading = bare[1:-1]
        elif "For the first lines" in line:
            heading = ""
        elif found := re.match(r"# ---- For \[([\w.]+)\] above", line):
            heading = found[1]
        elif (entry := LINE.fullmatch(line)) and not re.match(r"#\s{3}", line):
            try:
                stated = tomllib.loads(entry[1])
            except tomllib.TOMLDecodeError:
                continue
            for path in leaves(stated):
                whole = f"{heading}.{path}" if heading else path
                content[whole] = look_up(stated, path)[1]
    return content


@pytest.mark.parametrize("parent", scenarios())
def test_untouched_it_is_the_shipped_scenario(parent, folder):
    file = folder / "untouched.xlsx"
    file.write_bytes(template_bytes(parent, str(folder)))
    read = hcrisk.load(file)
    assert read.digest == load(parent).digest
    assert (read.name, read.label) == ("mine", "Mine")
    assert not any(read.is_own(path) for path in read.quantities())


@pytest.mark.parametrize("parent", scenarios())
def test_every_number_that_is_stated_has_a_row(parent):
    shown = rows(parent)
    scenario = load(parent)
    stated = [one for one in register(scenario) if one.own != "default"]
    assert len(stated) > 800
    for one in stated:
        mirrored = one.path.startswith("correlations.") and ".matrix." in one.path
        below = (one.path, f"{one.path}.ratio", f"{one.path}.count", f"{one.path}.count.ratio")
        assert mirrored or any(path in shown for path in below), one.path


@pytest.mark.parametrize("parent", scenarios())
def test_whatever_the_toml_template_offers_has_a_row(parent):
    """A row of its own, or rows for all that is in it."""
    shown = rows(parent)
    paths = offered(parent)
    assert len(paths) > 250
    own = ("extends", "sources.payroll", "strategies.my_mix.all")
    missing = [
        path for path in paths
        if not any(entry == path or entry.startswith(f"{path}.") for entry in shown)
        and not path.startswith(own)
    ]  # fmt: skip
    assert missing == []


@pytest.mark.parametrize("parent", ["mid-market", "practice-services"])
def test_whatever_the_toml_template_offers_can_be_written_into_a_cell(parent):
    content = load(parent).to_mapping()
    for path, value in offered(parent).items():
        if path == "extends":
            continue
        kind = kind_of(path, content)
        cell = typed(value)
        assert read_value(cell, kind) == value or kind.name == "text", path
        if kind.name in ("number", "structure", "texts"):
            assert read_value(toml_value(value), kind) == value, path


def typed(value):
    """What a person would write into a cell."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and all(isinstance(entry, str) for entry in value) and value:
        return ", ".join(value)
    return toml_value(value) if isinstance(value, list | dict) else value


def test_rows_show_what_is_shipped(book):
    scenario = load("mid-market")
    numbers = scenario.numbers()
    shown = {
        path: book.cell(path, "shipped").value
        for path in book.rows
        if isinstance(book.cell(path, "shipped").value, int | float)
    }
    certain = [path for path in shown if path in numbers and numbers[path].is_certain]
    assert len(certain) > 300
    for path in certain:
        assert shown[path] == pytest.approx(numbers[path].value, rel=1e-12), path
    assert book.cell("people.benefits_load", "range").value == "23 % to 34 % (triangular)"
    assert book.cell("roles.technician.pay", "shipped").value == 63_960
    assert book.cell("roles.technician.pay", "unit").value == "USD/year"
    fee = "services.analytics.arrangements.outsource.contracts.analytics_partner.per_provider"
    assert book.cell(fee, "unit").value == "USD/month"
    assert book.cell("practice.users.per_provider", "unit").value == "users"
    source = scenario.sources["oews_2024_15_1232"]
    assert book.cell("roles.technician.pay", "shipped_source").value == source.title
    assert book.cell("roles.technician.pay", "shipped_confidence").value == source.confidence


def test_it_holds_no_formula_and_no_merged_cell(book):
    for sheet in book.book.worksheets:
        assert not sheet.merged_cells.ranges
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_text_that_looks_like_a_formula_stays_text(tmp_path):
    file = tmp_path / "odd.xlsx"
    from hcrisk.sheets import save_template

    odd = load("mid-market").replace({"roles.technician.label": '=HYPERLINK("http://x")'})
    save_template(file, odd, "mine")
    cell = Sheets(file).cell("roles.technician.label", "shipped")
    assert (cell.value, cell.data_type, cell.quotePrefix) == ('=HYPERLINK("http://x")', "s", True)


def test_only_what_is_to_be_filled_in_can_be_changed(book):
    free = set()
    for sheet in book.book.worksheets:
        assert sheet.protection.sheet
        assert not sheet.protection.password
        if sheet.title in (START, RECORD):
            continue
        assert sheet.freeze_panes == f"B{HEAD + 1}"
        assert sheet.print_title_rows == f"${HEAD}:${HEAD}"
        for row in sheet.iter_rows(min_row=HEAD + 1):
            for cell in row:
                if not cell.protection.locked:
                    free.add((sheet.title, COLUMNS[cell.column - 1].key))
                    assert cell.fill.fgColor.rgb == "FFFFF7CC"
    assert {key for sheet, key in free if sheet != MORE} == set(INPUTS)
    assert {key for sheet, key in free if sheet == MORE} == {*INPUTS, "path"}


def choices(book, path, key="value"):
    cell = book.cell(path, key)
    for rule in cell.parent.data_validations.dataValidation:
        if cell.coordinate in rule.sqref:
            return rule.formula1.strip('"').split(",")
    return None


def test_choices_drop_down(book):
    assert choices(book, "services.security.current") == list(
        load("mid-market").services["security"].arrangements
    )
    assert choices(book, "services.help_desk.coverage.kind") == ["queue", "presence"]
    assert choices(book, "practice.controls.mfa") == ["yes", "no"]
    assert "USD" in choices(book, "currency")
    assert choices(book, "roles.technician.pay", "shape") == list(SHAPES)
    assert choices(book, "roles.technician.pay", "confidence") == list(CONFIDENCES)
    assert choices(book, "strategies.my_mix.services.software") == list(
        load("mid-market").services["software"].arrangements
    )
    assert choices(book, "roles.technician.pay") is None


def test_what_is_shipped_is_among_the_choices(book):
    seen = 0
    for path in book.rows:
        options, shipped = choices(book, path), book.cell(path, "shipped").value
        if options and shipped is not None and not options[0].startswith(RECORD):
            assert shipped in options, path
            seen += 1
    assert seen > 100


@pytest.mark.parametrize("parent", scenarios())
def test_no_list_is_longer_than_excel_takes(parent, folder):
    template_bytes(parent, str(folder))
    book = load_workbook(folder / f"{parent}.xlsx")
    for sheet in book.worksheets:
        for rule in sheet.data_validations.dataValidation:
            assert len(rule.formula1) <= 255
            assert len(rule.error or "") <= 255
            assert len(rule.prompt or "") <= 255


def test_the_first_sheet_says_what_to_do(book):
    sheet = book.book.worksheets[0]
    assert sheet.title == START
    steps = [row[1].value for row in sheet.iter_rows() if isinstance(row[0].value, int)]
    assert len(steps) == 10
    assert "hcrisk check mine.xlsx" in steps[-1]
    for text in steps:
        assert len(text) < 330


def test_it_keeps_what_it_was_written_from(book):
    record = {row[0]: row[1] for row in book.book[RECORD].iter_rows(values_only=True)}
    scenario = load("mid-market")
    assert record["digest"] == scenario.digest
    pay = recorded(scenario.to_mapping(), "roles.technician.pay")
    assert record["roles.technician.pay"] == pay
    assert book.book[RECORD].sheet_state == "hidden"


def test_every_input_is_in_reach_of_the_titles(book):
    for sheet in book.book.worksheets:
        if sheet.title not in (START, RECORD):
            titles = [cell.value for cell in sheet[HEAD]]
            assert titles[PLACES["path"] - 1] == "Path"
            assert titles[PLACES["value"] - 1] == "Your value"
