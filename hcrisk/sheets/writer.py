"""Writing a workbook to fill in."""

from __future__ import annotations

from pathlib import Path
from textwrap import wrap
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from hcrisk._version import __version__
from hcrisk.scenario.names import slug
from hcrisk.scenario.scenario import Scenario
from hcrisk.sheets import layout, style
from hcrisk.sheets.layout import COLUMNS, CONFIDENCES, HEAD, RECORD, SHAPES, START
from hcrisk.sheets.pages import Page, pages_of
from hcrisk.sheets.rows import Row, recorded
from hcrisk.sheets.start import TITLE, facts, instructions

PLACES = {column.key: index for index, column in enumerate(COLUMNS, 1)}
LETTERS = {key: get_column_letter(place) for key, place in PLACES.items()}
RANGED = ("low", "mode", "high", "shape")
SOURCED = ("source", "confidence")
# The longest list that may stand in the rule of a cell itself.
LONGEST_LIST = 250
MOST_LINES = 8
ADDED = ". Is it one you add?"
SHAPE_HELP = (
    "triangle and PERT: low, most likely, high. even: low, high. P10-P90: one case in ten is "
    "below the low, one above the high. P50-P90: most likely is the middle."
)


def write_workbook(path: Path, parent: Scenario, name: str = "my-practice") -> None:
    """Write a workbook to fill in, which extends a scenario that comes with hcrisk.

    Parameters
    ----------
    path : Path
        The file, which is replaced if it exists.
    parent : Scenario
    name : str
        Name of the new scenario.
    """
    label = name.replace("_", " ").replace("-", " ").capitalize()
    pages = pages_of(parent, slug(name, hyphens=True), label)
    book = Workbook()
    (start,) = book.worksheets
    record = book.create_sheet(RECORD)
    _start(start, parent, f"{name}{layout.SUFFIX}", pages)
    for page in pages:
        sheet = book.create_sheet(page.name)
        _PageWriter(sheet, record).write(page)
    _record(record, parent, pages)
    book.move_sheet(record, len(pages))
    book.properties.title = f"{TITLE}: {label}"
    book.properties.creator = f"hcrisk {__version__}"
    book.save(path)


def _start(sheet: Worksheet, parent: Scenario, file: str, pages: list[Page]) -> None:
    sheet.title = START
    sheet.sheet_view.showGridLines = False
    for letter, width in zip("ABC", (14, 88, 20), strict=True):
        sheet.column_dimensions[letter].width = width
    style.write(sheet["A1"], TITLE, style.TITLE, style.UNWRAPPED)
    row = 2
    for key, fact in facts(parent):
        style.write(sheet.cell(row, 1), key, style.BOLD)
        style.write(sheet.cell(row, 2), fact)
        row += 1
    row += 1
    for number, text in enumerate(instructions(parent, file), 1):
        style.write(sheet.cell(row, 1), number, style.BOLD, style.RIGHT)
        style.write(sheet.cell(row, 2), text)
        sheet.row_dimensions[row].height = 14.0 * _lines(text, 92)
        row += 1
    row += 1
    style.write(sheet.cell(row, 1), "Sheets", style.BOLD)
    for page in pages:
        link = style.write(sheet.cell(row, 2), f"{page.name}: {page.title}")
        link.hyperlink = f"#'{page.name}'!A1"
        row += 1
    style.write(sheet.cell(row + 1, 1), "Colours", style.BOLD)
    sample = style.write(sheet.cell(row + 1, 2), "yours to fill in")
    sample.fill, sample.border = style.INPUT_FILL, style.BOX
    style.write(sheet.cell(row + 2, 2), "all else: as shipped, not to be changed")
    _printed(sheet, f"A1:B{row + 2}", landscape=False)
    sheet.protection.sheet = True


def _lines(text: str, width: float) -> int:
    """Return how many lines a text takes in a column."""
    return max(1, len(wrap(text, max(1, int(width)))))


class _PageWriter:
    """Writes one sheet, row by row."""

    def __init__(self, sheet: Worksheet, record: Worksheet) -> None:
        self.sheet, self.record = sheet, record
        self.row = HEAD
        self.lists: dict[tuple[str, ...], DataValidation] = {}

    def write(self, page: Page) -> None:
        sheet = self.sheet
        style.write(sheet["A1"], page.title, style.TITLE, style.UNWRAPPED)
        style.write(sheet["A2"], page.note, style.NOTE, style.UNWRAPPED)
        sheet.row_dimensions[1].height = 24
        for column, place in zip(COLUMNS, PLACES.values(), strict=True):
            cell = style.write(sheet.cell(HEAD, place), column.title, style.HEAD, style.CENTRED)
            cell.fill = style.HEAD_FILL
            sheet.column_dimensions[get_column_letter(place)].width = column.width
        sheet.row_dimensions[HEAD].height = 30
        for section in page.sections:
            if section.heading:
                self._band(section.heading, style.SECTION_FILL)
            group = ""
            for row in section.rows:
                if row.group != group:
                    group = row.group
                    self._band(group, style.GROUP_FILL)
                self._write_row(row)
        last = LETTERS["shipped_confidence"]
        if page.spare:
            self._spare()
            last = LETTERS["path"]
            sheet.cell(HEAD, PLACES["range"]).value = layout.EXAMPLE
        sheet.freeze_panes = f"B{HEAD + 1}"
        sheet.sheet_view.zoomScale = 90
        sheet.print_title_rows = f"{HEAD}:{HEAD}"
        _printed(sheet, f"A1:{last}{self.row}", landscape=True)
        self._protect()

    def _band(self, text: str, fill: Any) -> None:
        self.row += 1
        for place in PLACES.values():
            self.sheet.cell(self.row, place).fill = fill
        style.write(self.sheet.cell(self.row, 1), text, style.BOLD, style.UNWRAPPED)

    def _write_row(self, row: Row) -> None:
        self.row += 1
        shown = "" if row.shipped is None else row.shipped
        source = row.source
        texts: dict[str, Any] = {
            "what": row.what,
            "shipped": shown,
            "range": row.range,
            "unit": _unit(row),
            "shipped_source": source.title if source else "",
            "shipped_confidence": source.confidence if source else "",
            "path": row.path,
        }
        for place in PLACES.values():
            self.sheet.cell(self.row, place).border = style.LINE
        for key, text in texts.items():
            right = key == "shipped" and isinstance(shown, float)
            font = style.FAINT if key == "path" else style.TEXT
            alignment = style.RIGHT if right else style.WRAPPED
            style.write(self._cell(key), text if text != "" else None, font, alignment)
        self._cell("shipped").number_format = style.number_format(row.shipped, row.percent)
        self._inputs(row)
        self.sheet.row_dimensions[self.row].height = 13.5 * min(_height(texts), MOST_LINES)

    def _inputs(self, row: Row) -> None:
        keys: tuple[str, ...] = ("value",)
        if row.kind.name in ("number", "unknown"):
            keys += (*RANGED, *SOURCED) if row.kind.ranged else SOURCED
        for key in keys:
            self._input(key)
        for key in ("value", "low", "mode", "high"):
            self._cell(key).number_format = style.number_format(row.shipped, row.percent)
        if row.own is not None:
            style.write(self._cell("value"), row.own, alignment=style.INPUT)
        if row.kind.options:
            self._choose("value", row.kind.options, row.kind.closed)

    def _input(self, key: str) -> None:
        text = key in ("source", "shape", "confidence")
        alignment = style.WRAPPED if text else style.INPUT
        cell = style.write(self._cell(key), None, style.TEXT, alignment)
        cell.fill, cell.border, cell.protection = style.INPUT_FILL, style.BOX, style.FREE
        if key == "shape":
            self._choose(key, tuple(SHAPES))
        elif key == "confidence":
            self._choose(key, CONFIDENCES)

    def _cell(self, key: str) -> Any:
        return self.sheet.cell(self.row, PLACES[key])

    def _choose(self, key: str, options: tuple[str, ...], closed: bool = True) -> None:
        """Give a cell a list to choose from."""
        if options not in self.lists:
            rule = DataValidation("list", formula1=self._listed(options), allow_blank=True)
            rule.showErrorMessage = True
            rule.errorStyle = "stop" if closed else "warning"
            rule.errorTitle = "Not one of the choices"
            rule.error = f"There are: {', '.join(options)}"[: LONGEST_LIST - len(ADDED)]
            rule.error += "" if closed else ADDED
            if options == tuple(SHAPES):
                rule.showInputMessage = True
                rule.promptTitle, rule.prompt = "Shape of your range", SHAPE_HELP[:LONGEST_LIST]
            self.sheet.add_data_validation(rule)
            self.lists[options] = rule
        self.lists[options].add(self._cell(key))

    def _listed(self, options: tuple[str, ...]) -> str:
        text = ",".join(options)
        if len(text) <= LONGEST_LIST and not any("," in option for option in options):
            return f'"{text}"'
        place = self.record.max_column + 2
        for index, option in enumerate(options, 1):
            style.write(self.record.cell(index, place), option)
        letter = get_column_letter(place)
        return f"{RECORD}!${letter}$1:${letter}${len(options)}"

    def _spare(self) -> None:
        """Write rows for paths of the user's own, and let the paths above be changed."""
        for row in range(HEAD + 1, self.row + 1):
            cell = self.sheet.cell(row, PLACES["path"])
            if cell.value is not None:
                cell.fill, cell.protection = style.INPUT_FILL, style.FREE
        self._band("Rows for paths of your own", style.GROUP_FILL)
        for _ in range(layout.SPARE):
            self.row += 1
            for key in ("value", *RANGED, *SOURCED, "path"):
                self._input(key)
            self._cell("path").font = style.FAINT

    def _protect(self) -> None:
        protection = self.sheet.protection
        protection.sheet = True
        protection.formatColumns = protection.formatRows = False


def _height(texts: dict[str, Any]) -> int:
    """Return how many lines the longest text of a row takes."""
    wrapped = (column for column in COLUMNS if isinstance(texts.get(column.key), str))
    return max(
        _lines(texts[column.key], column.width) for column in wrapped if column.key != "path"
    )


def _unit(row: Row) -> str:
    if row.percent:
        return "%" if row.unit in ("", "share") else f"% ({row.unit})"
    return row.unit


def _printed(sheet: Worksheet, area: str, *, landscape: bool) -> None:
    sheet.print_area = area
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_LETTER
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    if sheet.sheet_properties.pageSetUpPr is not None:
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = sheet.page_margins.bottom = 0.5
    footer = sheet.oddFooter
    if footer is not None and footer.left is not None and footer.right is not None:
        footer.left.text, footer.right.text = "&F, &A", "page &P of &N"


def _record(sheet: Worksheet, parent: Scenario, pages: list[Page]) -> None:
    """Write down what the reader needs to know of what was shipped."""
    content = parent.to_mapping()
    lines: list[tuple[Any, Any]] = [
        ("format", layout.FORMAT),
        ("version", __version__),
        ("extends", parent.name),
        ("digest", parent.digest),
        ("sheets", ",".join(page.name for page in pages)),
        layout.RECORDED,
    ]
    rows = [row for page in pages for section in page.sections for row in section.rows]
    lines += [(row.path, recorded(content, row.path)) for row in rows]
    for number, line in enumerate(lines, 1):
        for place, text in enumerate(line, 1):
            style.write(sheet.cell(number, place), text)
    sheet.sheet_state = "hidden"
    sheet.protection.sheet = True
