"""The sheets of a workbook to fill in: which rows stand where."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from hcrisk.scenario.appendix import unstated
from hcrisk.scenario.merge import leaves
from hcrisk.scenario.partner import LABEL, NAME, model_of, partner_content
from hcrisk.scenario.refusal import look_up
from hcrisk.scenario.register import unit_at
from hcrisk.scenario.scenario import Scenario
from hcrisk.scenario.template import is_known
from hcrisk.scenario.values import toml_value
from hcrisk.sheets.kinds import kind_of
from hcrisk.sheets.layout import ADD_OFFER, MORE, OFFER, WITHOUT
from hcrisk.sheets.rows import SWITCHED, Row, rows_of
from hcrisk.sheets.words import group_of, words_of

KNOWN, REST = "What you know or can ask for", "What else it has: change it if you know better"
MIX = "my_mix"
TITLES = {
    "Practice": "The practice, its money and its people as a whole",
    "Roles": "Own staff: from your payroll",
    "Services": "Services, and the ways to deliver them",
    "Partners": "Partners: from your contracts and their offers",
    "Costs": "Costs that services share: tools, licences, devices",
    "Risks": "Incidents: how often, and what they cost",
    "Insurance": "Your cyber policy",
    "Strategies": "Strategies: one arrangement for each service",
    "Correlations": "What moves together: rank correlations of uncertain numbers",
}
SHEETS = {
    "roles": "Roles",
    "services": "Services",
    "vendors": "Partners",
    "lines": "Costs",
    "risks": "Risks",
    "insurance": "Insurance",
    "strategies": "Strategies",
    "correlations": "Correlations",
}
ABOUT_MORE = (
    "All else that can be stated, with an example, or the default that holds while nothing is "
    "stated. Names such as technician or msp stand for any of their kind: change the path, or "
    "write one in a free row at the end."
)


class Section(NamedTuple):
    """Rows under a heading, which may be empty."""

    heading: str
    rows: list[Row]


class Page(NamedTuple):
    """A sheet: its name, its title, a line below that, its sections."""

    name: str
    title: str
    note: str
    sections: list[Section]
    spare: bool = False


def pages_of(parent: Scenario, name: str, label: str) -> list[Page]:
    """Return the sheets of a workbook that extends a scenario.

    Parameters
    ----------
    parent : Scenario
    name, label : str
        Of the new scenario.

    Returns
    -------
    list of Page

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> [page.name for page in pages_of(load("mid-market"), "mine", "Mine")][:3]
    ['Practice', 'Roles', 'Services']
    """
    rows = [_own(row, name, label) for row in rows_of(parent)]
    rows += list(_strategies(parent, {row.path for row in rows}))
    pages = []
    for sheet, title in TITLES.items():
        here = [row for row in rows if _sheet_of(row.path) == sheet]
        if here:
            pages.append(Page(sheet, title, _note(sheet, parent), _sections(here)))
    pages += _offer(parent)
    shown = [row.path for page in pages for row in page.sections[0].rows] + [
        row.path for row in rows
    ]
    return [*pages, _more(parent, shown)]


def _sheet_of(path: str) -> str:
    if ".contracts." in path:
        return "Partners"
    return SHEETS.get(path.partition(".")[0], "Practice")


def _own(row: Row, name: str, label: str) -> Row:
    """Return the row with what a new file says of itself."""
    if row.path in ("name", "label"):
        return row._replace(own=name if row.path == "name" else label, shipped=None)
    return row._replace(shipped=None) if row.path == "description" else row


def _sections(rows: list[Row]) -> list[Section]:
    first = [row for row in rows if _is_first(row.path)]
    rest = [row for row in rows if not _is_first(row.path)]
    if not first or not rest:
        return [Section("", _together(first or rest))]
    return [Section(KNOWN, _together(first)), Section(REST, _together(rest))]


def _is_first(path: str) -> bool:
    if path in ("name", "label") or path.startswith(f"{SWITCHED[0]}.") or "strategies" in path:
        return True
    if path.startswith("services.") and path.endswith(".current"):
        return True
    return is_known(path.removesuffix(".per_provider").removesuffix(".ratio"))


def _together(rows: list[Row]) -> list[Row]:
    """Return rows with those of a group side by side, groups in the order they begin."""
    order = list(dict.fromkeys(row.group for row in rows))
    return sorted(rows, key=lambda row: order.index(row.group))


def _strategies(parent: Scenario, shown: set[str]) -> Iterator[Row]:
    """Iterate over what each strategy does for each service, and over one of one's own."""
    content = parent.to_mapping()
    for strategy in parent.strategies:
        assigned = parent.assignment(strategy)
        for service, arrangement in assigned.items():
            path = f"strategies.{strategy}.services.{service}"
            if path not in shown:
                yield _chosen(content, path, arrangement)
    if parent.strategies and MIX not in parent.strategies:
        group = "A strategy of your own: choose for every service, or leave all empty"
        for end in ("label", *(f"services.{service}" for service in parent.services)):
            yield _chosen(content, f"strategies.{MIX}.{end}", None)._replace(group=group)


def _chosen(content: Mapping[str, Any], path: str, shipped: str | None) -> Row:
    kind = kind_of(path, content)
    return Row(path, words_of(content, path), "", kind, group_of(content, path), shipped)


def _note(sheet: str, parent: Scenario) -> str:
    if sheet == "Correlations":
        return "From -1 to 1. Few practices change any of them."
    return f"Yellow is yours to fill in. What stays empty is as in {parent.name}."


def _offer(parent: Scenario) -> list[Page]:
    """Return the sheet of a partner of one's own, if there is one to copy from."""
    model = model_of(parent)
    if model is None:
        return []
    content = partner_content(parent, model)
    whole = {"name": "offer", "extends": parent.name, **content}
    scenario = Scenario.from_mapping(whole, lambda _: parent.to_mapping())
    rows = rows_of(scenario, list(leaves(content)))
    note = (
        f"To price an offer: choose yes in the first row and put its figures in. The partner "
        f"starts out as {model.vendor} in {model.service}.{model.arrangement}, and with it come "
        f"an arrangement {NAME} and a strategy with_{NAME}."
    )
    add = Row(ADD_OFFER, "Add this partner?", "", kind_of(ADD_OFFER, {}), LABEL, "no")
    first = [row for row in rows if _is_first(row.path) or row.path.endswith(".label")]
    rest = [row for row in rows if row not in first]
    sections = [Section(KNOWN, [add, *_together(first)]), Section(REST, _together(rest))]
    return [Page(OFFER, "A partner of your own", note, sections)]


def _more(parent: Scenario, shown: list[str]) -> Page:
    content = parent.to_mapping()
    rows = [
        Row(WITHOUT, "What you do not have at all, such as lines.backup, insurance", "",
            kind_of(WITHOUT, content), "This file", None)
    ]  # fmt: skip
    for path, (value, origin) in unstated(parent, [*shown, "strategies", "label"]).items():
        if any(entry.startswith(f"{path}.") for entry in shown):
            continue
        for whole, shown_as in _parts(path, value):
            unit = unit_at(whole).replace("USD", parent.currency)
            what, group = words_of(content, whole), group_of(content, whole)
            kind, said = kind_of(whole, content), f"{shown_as}  ({origin})"
            rows.append(Row(whole, what, unit, kind, group, None, said))
    return Page(MORE, "Everything else", ABOUT_MORE, [Section("", _together(rows))], spare=True)


def _parts(path: str, value: str) -> Iterator[tuple[str, str]]:
    """Iterate over a value in TOML with its path; over all that is in it, if it is a table."""
    stated = tomllib.loads(f"value = {value}")["value"]
    inside = list(leaves({path: stated})) if isinstance(stated, dict) and stated else [path]
    for whole in inside:
        there, part = look_up(stated, whole.removeprefix(f"{path}."))
        yield whole, toml_value(part) if there else value
