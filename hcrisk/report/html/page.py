"""The report as one page."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup, escape

from hcrisk.figures import counted
from hcrisk.report import charted
from hcrisk.report.cautions import LEADS, cautions
from hcrisk.report.changes import MOST_LISTED, NONE_DIFFERS, Changes
from hcrisk.report.commands import sizes_command
from hcrisk.report.contents import DRIVER_PATHS, Report
from hcrisk.report.drivers import ALONE, chance_words
from hcrisk.report.html import changed, tables
from hcrisk.report.html import futures as future_tables
from hcrisk.report.html.charts import charts
from hcrisk.report.manifest import shown_manifest
from hcrisk.report.pair import entry_of
from hcrisk.report.rows import remarks
from hcrisk.report.sources import source_numbers, source_text, web_address
from hcrisk.report.text import facts
from hcrisk.report.turning import PATHS, sizes_told
from hcrisk.report.wording import inside
from hcrisk.report.worst import which_future


class Source(NamedTuple):
    """One numbered source."""

    number: int
    text: str
    url: str


def render_html(report: Report) -> str:
    """Return a report as one HTML page that loads nothing.

    Parameters
    ----------
    report
        What `hcrisk.report` returns.

    Returns
    -------
    str
        The same for the same report, to the byte.
    """
    return _template().render(**_content(report)) + "\n"


@cache
def _template() -> Template:
    # What a scenario says is anybody's text: everything is escaped unless it is made here.
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"breakable": _breakable, "unbroken": _unbroken}
    return environment.from_string(_file("report.html.j2"))


def _breakable(text: str) -> Markup:
    """Return a text in which dotted paths may be broken after dots and underscores."""
    pieces = re.split(r"(?<=[._])(?=[A-Za-z])", text)
    return Markup("<wbr>").join(pieces)


def _unbroken(sentence: str) -> Markup:
    """Return a sentence in which no line ends between ± and its amount."""
    pieces = re.split(r"(\(±[^)]*\))", sentence)
    whole = (Markup("<span>{}</span>").format(one) if i % 2 else escape(one)
             for i, one in enumerate(pieces))  # fmt: skip
    return Markup().join(whole)


def _file(name: str) -> str:
    return files("hcrisk.report.html").joinpath(name).read_text(encoding="utf-8")


def _content(report: Report) -> dict[str, Any]:
    quote, pair = report.quote, report.pair
    focus = entry_of(quote, pair.focus)
    compared = None if pair.compared is None else inside(entry_of(quote, pair.compared))
    return {
        "css": Markup(_file("style.css")),
        "title": quote.title,
        "facts": facts(quote),
        "notes": quote.notes,
        "sentences": list(zip(LEADS, report.sentences, strict=True)),
        "cautions": cautions(report.quote, report.register),
        "focus": inside(focus),
        "compared": compared,
        "baseline": inside(entry_of(quote, quote.baseline)),
        "rival": None if pair.rival is None else inside(entry_of(quote, pair.rival)),
        "remarks": remarks(quote),
        "charts": charts(report),
        "tables": _tables(report),
        **_changed(report.changes),
        "chance": None if report.drivers is None else chance_words(report.drivers),
        "alone": ALONE,
        "ranked": tables.RANKED,
        "adds_up": charted.adds_up(report),
        "driver_paths": f"{min(DRIVER_PATHS, quote.paths):,}",
        **_sizes(report),
        "turning_paths": f"{min(PATHS, quote.paths):,}",
        "which_future": which_future(report.story, report.ds, focus),
        "horizon": counted(quote.years, "years"),
        "user_numbers": sum(entry.own == "user" for entry in report.register),
        "sources": _sources(report),
        "manifest": shown_manifest(report.ds),
    }


def _changed(found: Changes | None) -> dict[str, Any]:
    """Return what the section on another version says besides its tables."""
    if found is None:
        return {"before": None}
    return {
        "before": found.before,
        "none_differs": NONE_DIFFERS,
        "costs_the_same": not any(one.figures for one in found.costs),
        "more_differ": max(len(found.stated) - MOST_LISTED, 0),
    }


def _sizes(report: Report) -> dict[str, str]:
    """Return which strategy is cheaper at which size, and the command that shows it."""
    turning, rival = report.turning, report.pair.rival
    if turning is None or turning.sizes is None or rival is None:
        return {"sizes_told": "", "sizes_command": ""}
    names = (inside(entry_of(report.quote, name)) for name in (report.pair.focus, rival))
    said = sizes_told(turning, *names)
    return {
        "sizes_told": f"{said[:1].upper()}{said[1:]}.",
        "sizes_command": sizes_command(report.scenario, turning.sizes),
    }


def _tables(report: Report) -> dict[str, tables.Table]:
    made = {
        "delivery": tables.delivery(report),
        "costs": tables.costs(report),
        "money": tables.money(report),
        "years": tables.yearly(report),
        "services": tables.services_at_risk(report),
        "inputs": tables.inputs(report),
        "flips": tables.flips(report),
        "worst": future_tables.worst(report),
        "story_years": future_tables.story_years(report),
        "story_lines": future_tables.story_lines(report),
        "events": future_tables.events(report),
        "weakest": tables.weakest(report),
        "register": tables.register(report),
        "defaults": tables.defaults(report),
    }
    if report.changes is not None:
        made |= {"stated": changed.stated(report.changes), "moved": changed.moved(report.changes)}
    return {name: one for name, one in made.items() if one is not None and one.rows}


def _sources(report: Report) -> list[Source]:
    found = []
    for key, number in source_numbers(report.register).items():
        source = report.scenario.sources[key]
        found.append(Source(number, source_text(source), web_address(source)))
    return found
