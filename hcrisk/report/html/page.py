"""The report as one page."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup, escape

from hcrisk.figures import years
from hcrisk.report.cautions import LEADS, cautions
from hcrisk.report.contents import DRIVER_PATHS, Report
from hcrisk.report.decision import futures
from hcrisk.report.html import tables
from hcrisk.report.html.charts import charts
from hcrisk.report.manifest import shown_manifest
from hcrisk.report.pair import entry_of
from hcrisk.report.rows import remarks
from hcrisk.report.sources import source_numbers, source_text, web_address
from hcrisk.report.text import facts
from hcrisk.report.turning import PATHS
from hcrisk.report.wording import inside


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
        "driver_paths": f"{min(DRIVER_PATHS, quote.paths):,}",
        "turning_paths": f"{min(PATHS, quote.paths):,}",
        "story": {"path": report.story.path, "seed": report.story.seed},
        "futures": futures(quote.paths),
        "horizon": years(quote.years),
        "user_numbers": sum(entry.own == "user" for entry in report.register),
        "sources": _sources(report),
        "manifest": shown_manifest(report.ds),
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
        "worst": tables.worst(report),
        "events": tables.events(report),
        "story_years": tables.story_years(report),
        "weakest": tables.weakest(report),
        "register": tables.register(report),
        "defaults": tables.defaults(report),
    }
    return {name: one for name, one in made.items() if one is not None and one.rows}


def _sources(report: Report) -> list[Source]:
    found = []
    for key, number in source_numbers(report.register).items():
        source = report.scenario.sources[key]
        found.append(Source(number, source_text(source), web_address(source)))
    return found
