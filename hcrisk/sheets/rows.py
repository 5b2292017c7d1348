"""From a scenario to the rows of a workbook: one for each number and choice it states."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from hcrisk.scenario.describe import describe
from hcrisk.scenario.merge import leaves
from hcrisk.scenario.piecewise import Piecewise
from hcrisk.scenario.quantity import Law, Number, Quantity
from hcrisk.scenario.refusal import look_up
from hcrisk.scenario.register import unit_of
from hcrisk.scenario.scenario import Scenario
from hcrisk.scenario.size import Count, Seats, Size
from hcrisk.scenario.source import Source
from hcrisk.scenario.values import toml_value
from hcrisk.sheets.kinds import Kind, kind_of
from hcrisk.sheets.words import group_of, human, words_of

# Ends of the range that is shown of a number without bounds.
TAILS = (0.1, 0.9)
# Families that are shown with their ends.
BOUNDED = ("triangular", "uniform", "pert")
# The parameter that is shown as the value.
MIDDLES = ("mode", "median", "mean")
# Shares of something are written in percent; so are these rates.
PERCENT_UNITS = ("share",)
PERCENT_RATES = (
    "benefits_load", "discounting.rate", "attrition_rate", "escalator_fixed", "escalator_spread",
    "escalator_floor", "escalator_cap", "premium_growth", "trend",
)  # fmt: skip
# Lists of names of which each is a row with yes or no.
SWITCHED = ("practice.controls", "insurance.required_controls")


class Row(NamedTuple):
    """A row to fill in.

    Attributes
    ----------
    path, what, unit : str
    kind : Kind
    group : str
        The heading it stands under.
    shipped : float, str or None
        What the scenario has; of what is uncertain the middle. None if nothing.
    range : str
        How uncertain that is, in words.
    source : Source or None
        Where it is from.
    percent : bool
        Whether it is shown in percent.
    own : object
        What the cell for one's own value holds already.
    """

    path: str
    what: str
    unit: str
    kind: Kind
    group: str
    shipped: float | str | None
    range: str = ""
    source: Source | None = None
    percent: bool = False
    own: Any = None


def rows_of(scenario: Scenario, paths: Collection[str] | None = None) -> list[Row]:
    """Return a row for each number and choice that a scenario states.

    Parameters
    ----------
    scenario : Scenario
    paths : collection of str, optional
        Leaves of its content, instead of all of them.

    Returns
    -------
    list of Row
        In file order. A size has two rows, for the whole and by provider, as has a count that
        follows users or the like: for the ratio and for a fixed count.

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> rows = {row.path: row for row in rows_of(load("mid-market"))}
    >>> rows["people.benefits_load"][5:7]
    (0.29, '23 % to 34 % (triangular)')
    >>> rows["services.help_desk.current"].kind.options
    ('insource', 'hybrid', 'outsource', 'unfunded')
    """
    content = scenario.to_mapping()
    quantities = scenario.quantities()
    found: list[Row] = []
    for path in leaves(content) if paths is None else paths:
        if path.startswith("sources."):
            continue
        inside = [name for name in quantities if name == path or name.startswith(f"{path}.")]
        if inside:
            for name in inside:
                found += _numbers(scenario, content, name, quantities[name])
        else:
            found += _choices(scenario, content, path)
    return list(_told_apart(found))


def _told_apart(rows: list[Row]) -> Iterator[Row]:
    """Iterate over rows, with the name of the field where others are called the same."""
    names = Counter((row.group, row.what) for row in rows)
    for row in rows:
        if names[row.group, row.what] == 1:
            yield row
        else:
            yield row._replace(what=f"{row.what} ({human(row.path.rpartition('.')[2])})")


def recorded(content: Mapping[str, Any], path: str) -> str:
    """Return what stands at a path as text that is the same if and only if the value is.

    Examples
    --------
    >>> recorded({"a": {"b": 1.0}}, "a.b"), recorded({"a": {}}, "a.b")
    ('1.0', '')
    """
    there, value = look_up(content, path)
    return json.dumps(value, sort_keys=True) if there else ""


def _numbers(
    scenario: Scenario, content: Mapping[str, Any], path: str, quantity: Quantity
) -> Iterator[Row]:
    if isinstance(quantity, Size):
        each = f"{path}.per_provider"
        stated, other = (each, path) if quantity.per_provider else (path, each)
        yield _row(scenario, content, stated, quantity.number)
        yield _instead(_row(scenario, content, other, None))
    elif isinstance(quantity, Count | Seats):
        yield from _counts(scenario, content, path, quantity)
    elif isinstance(quantity, Piecewise):
        for end, number in quantity.numbers().items():
            yield _row(scenario, content, f"{path}.{end}" if end else path, number)
    elif not _is_mirrored(path):
        yield _row(scenario, content, path, quantity)
        if isinstance(quantity, Law):
            for end, number in quantity.numbers().items():
                if end and not number.is_certain:
                    yield _row(scenario, content, f"{path}.{end}", number)


def _counts(
    scenario: Scenario, content: Mapping[str, Any], path: str, quantity: Count | Seats
) -> Iterator[Row]:
    count = quantity.count if isinstance(quantity, Seats) else quantity
    tenure = quantity.tenure_years if isinstance(quantity, Seats) else None
    here = f"{path}.count" if tenure is not None else path
    source = scenario.sources.get(count.source or "")
    if count.ratio is not None:
        ratio = _row(scenario, content, f"{here}.ratio", Number(count.ratio))
        yield ratio._replace(unit=f"{count.per}s for each", source=source)
        least = _row(scenario, content, f"{here}.minimum", Number(count.minimum))
        yield least._replace(source=None)
        yield _instead(_row(scenario, content, here, None))
    else:
        yield _row(scenario, content, here, Number(count.fixed, source=count.source))
    if tenure is not None:
        yield _row(scenario, content, f"{path}.tenure_years", tenure)


def _instead(row: Row) -> Row:
    """Return a row for another way to state what the row above it states."""
    way = "" if row.path.endswith(".per_provider") else ", in all"
    return row._replace(what=f"{row.what}{way} (instead of the above)")


def _is_mirrored(path: str) -> bool:
    """Tell whether a number of a matrix of correlations is 1, or stands in it a second time."""
    parts = path.split(".")
    return "matrix" in parts and int(parts[-1]) <= int(parts[-2])


def _row(
    scenario: Scenario, content: Mapping[str, Any], path: str, quantity: Quantity | None
) -> Row:
    unit = unit_of(scenario, path) if path.endswith(".amount") else _unit(scenario, path)
    percent = unit in PERCENT_UNITS or path.endswith(PERCENT_RATES)
    shipped, spread = (None, "") if quantity is None else _shown(quantity, percent)
    key = quantity.source if quantity is not None else None
    return Row(
        path,
        words_of(content, path),
        unit,
        kind_of(path, content),
        group_of(content, path),
        shipped,
        spread,
        scenario.sources.get(key) if key else None,
        percent,
    )


def _unit(scenario: Scenario, path: str) -> str:
    # A size is stated for each provider; a price of a contract has that as a field of its own.
    return unit_of(scenario, path) or unit_of(scenario, path.removesuffix(".per_provider"))


def _shown(quantity: Quantity, percent: bool) -> tuple[float | str | None, str]:
    """Return the middle of a number, and its range in words."""
    if quantity.constant is not None:
        return _finite(quantity.constant), ""
    if not isinstance(quantity, Number | Law) or quantity.distribution is None:
        return describe(quantity), ""
    found = quantity.distribution
    stated = dict(found.arguments)
    middle = next((stated[name] for name in MIDDLES if name in stated), None)
    ends_of = [stated.get("low"), stated.get("high")]
    bounds = found.family
    if found.family not in BOUNDED:
        ends_of = [found.quantile(tail) for tail in TAILS]
        bounds = f"P10 to P90, {found.family}"
    ends = " to ".join(number_text(float(end or 0.0), percent) for end in ends_of)
    typical = float(f"{found.median():.6g}") if middle is None else float(middle)
    return typical, f"{ends} ({bounds})"


def number_text(value: float, percent: bool = False) -> str:
    """Write a number with three digits at least.

    Examples
    --------
    >>> number_text(56267.7), number_text(0.04567), number_text(0.225, percent=True)
    ('56,268', '0.0457', '22.5 %')
    """
    if percent:
        return f"{100 * value:.3g} %"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _finite(value: float) -> float | str:
    return value if math.isfinite(value) else "unlimited"


def _choices(scenario: Scenario, content: Mapping[str, Any], path: str) -> Iterator[Row]:
    stated = look_up(content, path)[1]
    if path in SWITCHED:
        for name in controls_of(content):
            row = _choice(scenario, content, f"{path}.{name}")
            yield row._replace(shipped="yes" if name in stated else "no")
        return
    yield _choice(scenario, content, path)._replace(shipped=_choice_text(stated))


def _choice(scenario: Scenario, content: Mapping[str, Any], path: str) -> Row:
    what, group = words_of(content, path), group_of(content, path)
    return Row(path, what, "", kind_of(path, content), group, None)


def _choice_text(stated: Any) -> str | None:
    if isinstance(stated, bool):
        return "yes" if stated else "no"
    if isinstance(stated, list) and all(isinstance(entry, str) for entry in stated):
        return ", ".join(stated)
    return str(stated).strip() if isinstance(stated, str) else toml_value(stated)


def controls_of(content: Mapping[str, Any]) -> list[str]:
    """Return the controls that anything in a scenario names, in file order.

    Examples
    --------
    >>> controls_of({"practice": {"controls": ["mfa"]}})
    ['mfa']
    """
    found: dict[str, None] = {}

    def visit(table: Any) -> None:
        for key, entry in table.items() if isinstance(table, Mapping) else ():
            if key in ("controls", "provides", "required_controls") and isinstance(entry, list):
                found.update(dict.fromkeys(entry))
            visit(entry)

    visit(content)
    return list(found)
