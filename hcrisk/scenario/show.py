"""What an interactive session shows of a scenario and its tables: text to print, HTML to render."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from hcrisk.figures import counted
from hcrisk.scenario.describe import describe
from hcrisk.scenario.merge import ABOUT
from hcrisk.scenario.piecewise import Piecewise
from hcrisk.scenario.quantity import Quantity
from hcrisk.scenario.refusal import look_up
from hcrisk.scenario.register import unit_of
from hcrisk.scenario.table import Table, told
from hcrisk.scenario.values import toml_value

if TYPE_CHECKING:
    from hcrisk.scenario.scenario import Scenario

# Of more own entries than these a page lists the first.
_MOST_LISTED = 20
_MOST_NAMED = 3


def table_text(table: Table) -> str:
    """Return what a table of a scenario states, a line for each field.

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> print(table_text(load("mid-market").horizon))
    <Horizon>
      years  5 (years)
    """
    stated = [name for name in type(table).model_fields if name in table.model_fields_set]
    width = max(map(len, stated), default=0)
    lines = [f"<{type(table).__name__}>"]
    for name in stated:
        unit = told(type(table).model_fields[name], "unit")
        text = value_text(getattr(table, name))
        lines.append(f"  {name:{width}}  {text}" + (f" ({unit})" if unit else ""))
    rest = len(type(table).model_fields) - len(stated)
    if rest:
        lines.append(f"  and {rest} as by default")
    return "\n".join(lines)


def own_words(paths: Sequence[str]) -> str:
    """Return which entries are not the shipped ones, the first of many.

    Examples
    --------
    >>> own_words(["a", "b", "c", "d", "e"]), own_words([])
    ('; own: a, b, c and 2 more', '')
    """
    if not paths:
        return ""
    more = len(paths) - _MOST_NAMED
    shown = ", ".join(paths[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    return f"; own: {shown}"


def page(scenario: Scenario, own: Sequence[str]) -> str:
    """Return a scenario as HTML: who delivers what in each strategy, and what is its own.

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> "Managed service provider" in page(load("mid-market"), [])
    True
    """
    names = list(scenario.strategies)
    head = ["", *(scenario.strategies[name].label or name for name in names), "today"]
    rows = [
        [
            service.label or key,
            *(_arrangement(scenario, key, scenario.assignment(name)[key]) for name in names),
            _arrangement(scenario, key, service.current),
        ]
        for key, service in scenario.services.items()
    ]
    providers = describe(scenario.practice.providers)
    parts = [
        f"<b>{escape(scenario.label or scenario.name)}</b> ({escape(scenario.name)})<br>",
        f"{counted(providers, 'providers')}, {counted(scenario.years, 'years')}, "
        f"{counted(len(scenario.inputs()), 'uncertain inputs')}",
        _html_table(head, rows),
    ]
    # What it is called, and by whom it is vouched for, is no other scenario.
    changed = [path for path in own if path.split(".")[-1] not in ABOUT
               and path.split(".")[0] not in ("name", "sources")]  # fmt: skip
    if changed:
        parts.append("Stated here, and not as in the scenario it rests on:")
        quantities = scenario.quantities()
        listed = [[path, *_own_row(scenario, quantities, path)] for path in changed[:_MOST_LISTED]]
        parts.append(_html_table(["number or choice", "value", "unit"], listed))
        if len(changed) > _MOST_LISTED:
            parts.append(f"and {len(changed) - _MOST_LISTED} more")
    return "\n".join(parts)


def _arrangement(scenario: Scenario, service: str, name: str) -> str:
    return scenario.services[service].arrangements[name].label or name


def _own_row(scenario: Scenario, quantities: Mapping[str, Quantity], path: str) -> tuple[str, str]:
    if path in quantities:
        return value_text(quantities[path]), unit_of(scenario, path)
    there, content = look_up(scenario.to_mapping(), path)
    if not there:
        return "as by default", ""
    if not isinstance(content, Mapping):
        return toml_value(content), ""
    inside = sum(each.startswith(f"{path}.") for each in quantities)
    return (f"{inside} numbers" if inside else ", ".join(content)), ""


def _html_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    first = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    rest = "".join(
        f"<tr><th>{escape(row[0])}</th>"
        + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{first}</tr></thead><tbody>{rest}</tbody></table>"


def value_text(value: Any) -> str:
    """Return what a field holds in a few words.

    Examples
    --------
    >>> value_text(("mfa", "backup")), value_text({"msp": None})
    ('mfa, backup', 'msp')
    """
    if isinstance(value, Piecewise):
        return toml_value(value.raw())
    if isinstance(value, Quantity):
        return describe(value)
    if isinstance(value, Table):
        return f"<{type(value).__name__}>"
    if isinstance(value, Mapping):
        return ", ".join(value) or "none"
    if isinstance(value, tuple):
        return ", ".join(map(value_text, value)) or "none"
    return str(value)
