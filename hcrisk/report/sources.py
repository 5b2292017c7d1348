"""The assumptions register as a table of 80 columns, with the sources it refers to."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from hcrisk.figures import counted
from hcrisk.report.columns import WIDTH, broken_path, unit_words, wrapped
from hcrisk.scenario import Assumption, Number, Scenario, Source, register
from hcrisk.scenario.quantity import Quantity
from hcrisk.scenario.register import parts_of
from hcrisk.variables import title_of

# Confidence, path, value, number of the source.
COLUMNS = (6, 39, 28, 4)
MATRICES = "correlations."
WEAKEST_FIRST = ("low", None, "medium", "high")
ABOUT = ("confidence", "source", "title", "obtained", "own", "note")
SPREAD = {"p5": 0.05, "p50": 0.5, "p95": 0.95}


def render_sources(
    scenario: Scenario, *, weakest_first: bool = False, with_defaults: bool = False
) -> str:
    """Return every number and law of a scenario with its confidence and source.

    Parameters
    ----------
    scenario
        The scenario.
    weakest_first
        Whether to sort by confidence, the lowest first (numbers without a source come after
        those of low confidence); in file order otherwise.
    with_defaults
        Whether to list what the scenario leaves at the library's defaults as well.

    Returns
    -------
    str
        A table, then the numbered sources. Values the user has stated are marked ``*``.
    """
    entries = listed(scenario, weakest_first=weakest_first, with_defaults=with_defaults)
    numbers = source_numbers(entries)
    lines = [*_summary(scenario, entries), "", *_head()]
    for entry in entries:
        lines += _entry(entry, numbers)
    lines += ["", "Sources", "-" * WIDTH]
    for key, number in numbers.items():
        lines += _source(number, key, scenario.sources[key])
    return "\n".join(lines)


def listed(
    scenario: Scenario, *, weakest_first: bool = False, with_defaults: bool = False
) -> list[Assumption]:
    """Return the entries of the register to show, in the order asked for.

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> listed(load("mid-market"), weakest_first=True)[0].confidence
    'low'
    """
    entries = [entry for entry in register(scenario) if _is_listed(entry, with_defaults)]
    if weakest_first:
        entries.sort(key=lambda entry: WEAKEST_FIRST.index(entry.confidence))
    return entries


def _is_listed(entry: Assumption, with_defaults: bool) -> bool:
    # The cells of a correlation matrix mean nothing one by one.
    return not entry.path.startswith(MATRICES) and (with_defaults or entry.own != "default")


def _summary(scenario: Scenario, entries: Sequence[Assumption]) -> list[str]:
    counts = Counter(entry.confidence for entry in entries)
    own = sum(entry.own == "user" for entry in entries)
    by_confidence = ", ".join(f"{counts[name]} {name}" for name in ("low", "medium", "high"))
    facts = (
        f"{len(entries)} numbers and laws, {len(scenario.inputs())} of them uncertain. Confidence: "
        f"{by_confidence}, {counts[None]} without a source of their own. {own} are the user's own, "
        f"marked *. Rank correlations between inputs are in the file only."
    )
    title = textwrap.shorten(title_of(scenario), WIDTH, placeholder="...")
    return [title, "=" * WIDTH, *wrapped(facts)]


def _head() -> list[str]:
    return [_joined(("Conf.", "Number", "Value", "Src")), "-" * WIDTH]


def _entry(entry: Assumption, numbers: dict[str, int]) -> list[str]:
    value = counted(entry.value, unit_words(entry.unit))
    mark = "*" if entry.own == "user" else ""
    cells = (
        [entry.confidence or "-"],
        broken_path(f"{entry.path}{mark}", COLUMNS[1] - 1),
        textwrap.wrap(value, COLUMNS[2] - 1),
        [f"{numbers[entry.source]}" if entry.source else "-"],
    )
    depth = max(map(len, cells))
    rows = [[cell[i] if i < len(cell) else "" for cell in cells] for i in range(depth)]
    lines = [_joined(row) for row in rows]
    if entry.note:
        indent = " " * (COLUMNS[0] + 2)
        lines += textwrap.wrap(
            f"({entry.note})", WIDTH, initial_indent=indent, subsequent_indent=indent
        )
    return lines


def _joined(cells: Iterable[str]) -> str:
    padded = (cell.ljust(size + 1) for cell, size in zip(cells, COLUMNS, strict=True))
    return "".join(padded).rstrip()


def entries_json(scenario: Scenario, entries: Iterable[Assumption]) -> list[dict[str, Any]]:
    """Return entries of the register for other programs.

    Each has its ``value`` as a number (the median of an uncertain one, null for a law and for
    what has no limit) in ``unit``, the ``text`` in which the table states it, and if it is
    uncertain its ``spread``; else what an `Assumption` has.

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> made = load("mid-market")
    >>> one = entries_json(made, listed(made))[0]
    >>> one["path"], one["value"], one["text"], one["spread"]
    ('practice.providers', 50.0, '50', None)
    """
    parts = dict(parts_of(scenario))
    return [
        {
            "path": entry.path,
            "value": central(parts[entry.path]),
            "unit": entry.unit,
            "text": entry.value,
            "spread": _spread(parts[entry.path]),
            **{name: getattr(entry, name) for name in ABOUT},
        }
        for entry in entries
    ]


def central(part: Quantity | None) -> float | None:
    """Return a number, or the median of an uncertain one; None for a law, and for nothing."""
    if part is None:
        return None
    return part.central if isinstance(part, Number) else part.constant


def _spread(part: Quantity) -> dict[str, float] | None:
    if not isinstance(part, Number) or part.distribution is None:
        return None
    return {name: float(part.distribution.quantile(level)) for name, level in SPREAD.items()}


def source_numbers(entries: Iterable[Assumption]) -> dict[str, int]:
    """Return the numbers that sources go by, in the order of the entries."""
    order = dict.fromkeys(entry.source for entry in entries if entry.source)
    return {key: place for place, key in enumerate(order, start=1)}


def web_address(source: Source) -> str:
    """Return the address of a source if it is one of the web, which alone may be made a link."""
    url = source.url or ""
    return url if url.startswith(("https://", "http://")) else ""


def source_text(source: Source, key: str = "") -> str:
    """Return a source in sentences."""
    origin = ", ".join(part for part in (source.publisher, source.year) if part)
    text = f"{source.title}." + (f" {origin}." if origin else "")
    text += f" {source.obtained.capitalize()}; {source.confidence} confidence."
    text += f" [{key}]" if key else ""
    return f"{text} {source.note.rstrip('.')}." if source.note else text


def _source(number: int, key: str, source: Source) -> list[str]:
    text = source_text(source, key)
    indent = " " * 5
    lines = textwrap.wrap(text, WIDTH, initial_indent=f"{number:>3}. ", subsequent_indent=indent)
    return [*lines, *_address(source.url, indent)] if source.url else lines


def _address(url: str, indent: str) -> list[str]:
    room = WIDTH - len(indent)
    return [indent + url[i : i + room] for i in range(0, len(url), room)]
