"""Which sheets a workbook has, and in which order they are made."""

from __future__ import annotations

import warnings
from pathlib import Path

import xarray as xr

from hcrisk.exceptions import PrecisionWarning
from hcrisk.report.contents import Report
from hcrisk.report.workbook.basis import write_basis
from hcrisk.report.workbook.book import Book, Charted
from hcrisk.report.workbook.cashflow import cost_lines, draw_cash_flow, write_cash_flow
from hcrisk.report.workbook.changed import write_changes
from hcrisk.report.workbook.contents import write_contents, write_names
from hcrisk.report.workbook.curves import draw_exceedance
from hcrisk.report.workbook.decisions import write_decision
from hcrisk.report.workbook.differences import write_differences
from hcrisk.report.workbook.inputs import write_inputs, write_questions, write_sources
from hcrisk.report.workbook.moving import write_drivers, write_turning
from hcrisk.report.workbook.percentiles import write_percentiles
from hcrisk.report.workbook.risk import write_risk
from hcrisk.report.workbook.sheet import Sheet
from hcrisk.report.workbook.waterfalls import draw_waterfall
from hcrisk.report.workbook.worst import write_worst
from hcrisk.report.workbook.years import write_years


def write_whole(report: Report, flows: xr.DataArray, path: Path) -> None:
    """Write every sheet.

    Sheets stand in the order in which they are added; they are written in the order in which one
    needs to know of another.
    """
    book = Book(report, flows, path)
    sheets = _sheets(book)
    with warnings.catch_warnings():
        # Figures without an interval say so themselves.
        warnings.simplefilter("ignore", PrecisionWarning)
        _write(book, sheets)
    book.close()


def _sheets(book: Book) -> dict[str, Sheet]:
    """Add the sheets that there is something to write on."""
    report = book.report
    abouts = {
        "Contents": "",
        "Decision": "which way, what budget, what would change it; the key figures side by side",
    }
    if report.changes is not None:
        abouts["Changes"] = "what differs from another version of the scenario, and what it costs"
    abouts |= {
        "Percentiles": "mean, percentiles, tail and chances of each strategy with their intervals",
        "Years": "what each year may cost: percentiles by strategy and year",
    }
    for entry in report.quote.strategies:
        about = f"{entry.label}: mean cost by cost line and year, and present value"
        abouts[_flow(entry.name)] = about
    if report.difference is not None:
        abouts["Difference"] = "what each strategy costs more or less than the baseline, by line"
    abouts["Risk"] = "what the worst futures are made of, by cost line and by service"
    if report.drivers is not None:
        abouts["Drivers"] = "the inputs that move the mean cost most"
    if report.turning is not None:
        abouts["Turning points"] = "at which size, and at which value of an input, the choice turns"
    abouts |= {
        "Worst future": "what sets the worst futures apart, and one of them told",
        "Question first": "the assumptions of lowest confidence and most influence",
        "Inputs": "every number with its unit, source and confidence, the weakest first",
        "Sources": "what these numbers rest on",
        "Basis": "how costs are discounted, and which run the figures are of",
        "Names": "the defined names of this workbook, and what they mean",
        "Chart data": "what only the charts need",
    }
    labels = {_flow(entry.name): f"Cash flow {entry.label}" for entry in report.quote.strategies}
    return {key: book.sheet(labels.get(key, key), f"{about[:1].upper()}{about[1:]}")
            for key, about in abouts.items()}  # fmt: skip


def _flow(strategy: str) -> str:
    return f"Cash flow: {strategy}"


def _write(book: Book, sheets: dict[str, Sheet]) -> None:
    report, quote = book.report, book.report.quote
    charts = Charted(sheets["Chart data"], max(10, 2 * len(quote.strategies), 1 + quote.years))
    factors, lines = write_basis(book, sheets["Basis"]), cost_lines(book)
    write_percentiles(book, sheets["Percentiles"])
    draw_exceedance(book, sheets["Percentiles"], charts)
    flows = {}
    for entry in quote.strategies:
        sheet = sheets[_flow(entry.name)]
        flows[entry.name] = write_cash_flow(book, sheet, entry.name, lines, factors)
        draw_cash_flow(book, flows[entry.name], charts, entry.name, lines)
    write_years(book, sheets["Years"], charts, flows, lines)
    if report.difference is not None:
        found = write_differences(book, sheets["Difference"], report.difference, flows, lines)
        draw_waterfall(book, sheets["Difference"], charts, found)
    write_risk(book, sheets["Risk"], charts)
    if report.drivers is not None:
        write_drivers(book, sheets["Drivers"], charts, report.drivers)
    if report.turning is not None and report.pair.rival is not None:
        write_turning(book, sheets["Turning points"], charts, report.turning, report.pair.rival)
    write_worst(book, sheets["Worst future"], flows[report.pair.focus], lines)
    if report.changes is not None:
        write_changes(book, sheets["Changes"], report.changes)
    write_questions(book, sheets["Question first"])
    area = write_inputs(book, sheets["Inputs"])
    write_sources(book, sheets["Sources"], sheets["Inputs"], area)
    write_decision(book, sheets["Decision"])
    write_names(book, sheets["Names"])
    write_contents(book, sheets["Contents"])
