"""The report as one page."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup, escape

from hcrisk.figures import plain, years
from hcrisk.report.contents import DRIVER_PATHS, Report
from hcrisk.report.decision import futures
from hcrisk.report.html import tables
from hcrisk.report.html.charts import charts
from hcrisk.report.pair import entry_of
from hcrisk.report.rosters import roster_text
from hcrisk.report.rows import remarks
from hcrisk.report.text import facts
from hcrisk.report.turning import PATHS
from hcrisk.report.wording import inside, joined, share_words

LEADS = ("Which way", "What budget", "What would change it")
SHOWN_IN_MANIFEST = {
    "scenario": "Scenario",
    "scenario_digest": "Digest of the scenario",
    "paths": "Simulated futures",
    "seed": "Seed",
    "years": "Horizon, years",
    "discount_rate": "Discount rate",
    "currency": "Currency",
    "generator": "Random numbers",
    "hcrisk": "hcrisk",
    "python": "Python",
    "numpy": "NumPy",
    "numba": "numba",
    "created": "Simulated at",
}


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
        "cautions": _cautions(report),
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
        "manifest": _manifest(report),
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
    }
    return {name: one for name, one in made.items() if one is not None and one.rows}


def _cautions(report: Report) -> list[str]:
    """Return what must be known before the figures are quoted."""
    quote = report.quote
    said = []
    for entry in quote.strategies:
        parts = [f"{joined(entry.unfunded)} to nobody"] if entry.unfunded else []
        thin = [f"{name} {100 * share:.0f}% uncovered" for name, share in entry.thin.items()]
        parts += [joined(thin)] if thin else []
        if parts:
            name = inside(entry)
            said.append(f"{name[:1].upper()}{name[1:]} leaves {', and '.join(parts)}.")
    full = quote.full_scope_cheapest
    if full:
        order = sorted(full, key=lambda name: -full[name].value)
        chances = [f"{entry_of(quote, name).label} {'is the cheapest ' * (i == 0)}in "
                   f"{share_words(full[name])}" for i, name in enumerate(order)]  # fmt: skip
        said.append(
            f"Among the strategies that deliver every service, {joined(chances)} of futures."
        )
    text = roster_text(quote)
    return [*said, text] if text else said


def _sources(report: Report) -> list[Source]:
    found = []
    for key, number in tables.source_numbers(report).items():
        source = report.scenario.sources[key]
        origin = ", ".join(part for part in (source.publisher, source.year) if part)
        text = f"{source.title}." + (f" {origin}." if origin else "")
        text += f" {source.obtained.capitalize()}; {source.confidence} confidence."
        text += f" {source.note.rstrip('.')}." if source.note else ""
        url = source.url or ""
        # Nothing but an address of the web is made a link.
        found.append(Source(number, text, url if url.startswith(("https://", "http://")) else ""))
    return found


def _manifest(report: Report) -> list[tuple[str, str]]:
    attrs = {**report.ds.attrs, "paths": report.ds.sizes["path"]}
    rows = []
    for key, label in SHOWN_IN_MANIFEST.items():
        if key in attrs:
            value = attrs[key]
            text = plain(float(value)) if key in ("paths", "discount_rate") else str(value)
            rows.append((label, text))
    return rows
