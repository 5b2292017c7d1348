"""From what several experts said to numbers and laws of a scenario."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, NamedTuple

import numpy as np

from hcrisk.calibrate.document import Derived
from hcrisk.calibrate.experts import (
    FEWEST,
    Expert,
    average_quantiles,
    pool_linearly,
    pooled_metalog,
)
from hcrisk.calibrate.likelihood import CalibrationError
from hcrisk.calibrate.table import Column, DataError, Flaw, column_key, read_header, read_table
from hcrisk.calibrate.written import quantiles_of
from hcrisk.cells import nan, parse_number
from hcrisk.figures import counted
from hcrisk.scenario import Scenario
from hcrisk.scenario.refusal import nearest

LEVEL = re.compile(r"[pqPQ]?\s*(\d{1,2}(?:\.\d+)?)\s*%?$")
Method = Literal["metalog", "mixture", "average"]
METHODS: tuple[Method, ...] = ("metalog", "mixture", "average")
# A quantile that is off by no more is met.
MET = 0.005


class Opinion(NamedTuple):
    """What one expert said of one input, and on which line."""

    line: int
    name: str
    path: str
    expert: Expert


@dataclass(frozen=True, eq=False)
class PanelFindings:
    """What several experts said, pooled.

    Attributes
    ----------
    opinions : tuple of Opinion
    pooled : mapping of str to mapping of str to dict
        By the path of the input, then by method; a method that fails is left out.
    derived : Derived
    remarks : tuple of str
    """

    opinions: tuple[Opinion, ...]
    pooled: Mapping[str, Mapping[str, dict[str, Any]]]
    derived: Derived
    remarks: tuple[str, ...]


def read_panel(path: str | os.PathLike[str], input_path: str | None = None) -> list[Opinion]:
    r"""Read experts' quantiles.

    Parameters
    ----------
    path : path
        A CSV file with ``expert``, columns named after quantiles such as ``p10``, ``p50`` and
        ``p90``, and if wanted ``weight`` and ``input``, the dotted path of what is asked for.
    input_path : str, optional
        The dotted path, of a file without ``input``.

    Returns
    -------
    list of Opinion

    Raises
    ------
    DataError
        Listing all that is wrong with the file.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "panel.csv"
    >>> _ = path.write_text("expert,p10,p50,p90\nCIO,30,50,80\nHR,60,90,150\n")
    >>> [one.expert.quantiles[0.9] for one in read_panel(path, "roles.technician.pay")]
    [80.0, 150.0]
    """
    levels = {}
    for head in read_header(path):
        found = LEVEL.match("p50" if column_key(head) == "median" else head)
        if found and 0.0 < float(found[1]) < 100.0:
            levels[head] = round(float(found[1]) / 100.0, 12)
    name = os.path.basename(path)
    if len(levels) < FEWEST:
        rule = f"has {counted(len(levels), 'columns')} of quantiles"
        remedy = f"give it {FEWEST} or more, named as p10, p50, p90"
        raise DataError(name, [Flaw(1, "", "", rule, remedy)])
    lines, values = read_table(
        path,
        [
            Column("expert", str, ("name", "who")),
            Column("weight", parse_number, optional=True, empty=lambda: 1.0),
            Column("input", str, ("path",), optional=True, empty=str),
            *(Column(head, parse_number, empty=nan) for head in levels),
        ],
    )
    opinions, flaws = [], []
    for i, line in enumerate(lines):
        said = {level: values[head][i] for head, level in levels.items()}
        known = {level: value for level, value in sorted(said.items()) if not math.isnan(value)}
        asked = values["input"][i] or input_path or ""
        flaws += _flaws(line, known, values["weight"][i], asked)
        opinions.append(
            Opinion(line, values["expert"][i], asked, Expert(known, values["weight"][i]))
        )
    if flaws:
        raise DataError(name, flaws)
    return opinions


def _flaws(line: int, known: Mapping[float, float], weight: float, asked: str) -> list[Flaw]:
    flaws = []
    if len(known) < FEWEST:
        flaws.append(Flaw(line, "", "", f"has {len(known)} quantiles", f"give {FEWEST} or more"))
    said = list(known.values())
    if any(low >= high for low, high in pairwise(said)):
        shown = ", ".join(f"{value:g}" for value in said)
        flaws.append(Flaw(line, "", shown, "does not rise from quantile to quantile", "swap them"))
    if not 0.0 < weight < math.inf:
        remedy = "drop the row of an expert who does not count"
        flaws.append(Flaw(line, "weight", f"{weight:g}", "must be above 0", remedy))
    if not asked:
        remedy = "name it with --input, or in a column input"
        flaws.append(Flaw(line, "input", "", "says nothing of which input is meant", remedy))
    return flaws


def panel_findings(
    opinions: Sequence[Opinion],
    parent: Scenario,
    *,
    method: Method = "metalog",
    low: float | None = None,
    high: float = math.inf,
) -> PanelFindings:
    """Pool what experts said of each input.

    Parameters
    ----------
    opinions : sequence of Opinion
        From `read_panel`.
    parent : Scenario
        What the new scenario extends.
    method : str
        ``"metalog"`` through quantiles of the linear pool, ``"mixture"`` (the pool itself), or
        ``"average"`` of quantiles.
    low, high : float
        Bounds of the quantity; 0 from below, if all quantiles are above, when omitted.

    Returns
    -------
    PanelFindings

    Raises
    ------
    CalibrationError
        If an input is not one of the parent, or the quantiles are no distribution.

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> path = "roles.technician.time_to_fill_days"
    >>> said = [
    ...     Opinion(2, "CIO", path, Expert({0.1: 30.0, 0.5: 50.0, 0.9: 80.0})),
    ...     Opinion(3, "HR", path, Expert({0.1: 60.0, 0.5: 90.0, 0.9: 150.0})),
    ... ]
    >>> panel_findings(said, load("mid-market")).derived.entries[path]["dist"]
    'metalog'
    """
    quantities = parent.quantities()
    numbers = parent.numbers()
    pooled: dict[str, dict[str, dict[str, Any]]] = {}
    remarks: list[str] = []
    for path in dict.fromkeys(one.path for one in opinions):
        if path not in quantities and path not in numbers:
            first = next(one for one in opinions if one.path == path)
            raise CalibrationError(
                f"line {first.line}: {parent.name} has no input {path!r}; "
                f"{nearest(path, [*quantities, *numbers])}"
            )
        asked = [one for one in opinions if one.path == path]
        floor = low
        if floor is None:
            above = all(value > 0.0 for one in asked for value in one.expert.quantiles.values())
            floor = 0.0 if above else -math.inf
        pooled[path] = _pooled(asked, method, floor, high, remarks)
        remarks += _said(path, asked, floor, low, method)
        remarks += _missed(path, asked, method, pooled[path])
    count = len({one.name for one in opinions})
    derived = Derived(
        key="experts",
        title=f"Quantiles of {counted(count, 'experts')}",
        confidence="low",
        note=f"{', '.join(dict.fromkeys(one.name for one in opinions))}; pooled by {method}; "
        "no record of how right these experts were before",
        entries={path: ways[method] for path, ways in pooled.items()},
        remarks=tuple(remarks),
        obtained="judgement",
    )
    return PanelFindings(tuple(opinions), pooled, derived, tuple(remarks))


def _pooled(
    asked: Sequence[Opinion], method: str, low: float, high: float, remarks: list[str]
) -> dict[str, dict[str, Any]]:
    experts = [one.expert for one in asked]
    names = {f"expert {i}": one for i, one in enumerate(asked, start=1)}
    ways = {"mixture": pool_linearly, "average": average_quantiles, "metalog": pooled_metalog}
    found = {}
    for name in (method, *(other for other in METHODS if other != method)):
        try:
            found[name] = ways[name](experts, low=low, high=high)
        except CalibrationError as error:
            who, _, rest = str(error).partition(",")
            if name == method:
                one = names.get(who)
                where = f"line {one.line}, {one.name}" if one else who
                other = "" if one or name == "mixture" else "; or add --method mixture"
                raise CalibrationError(f"{where},{rest}{other}") from None
            remarks.append(f"by {name}: {error}")
    return found


def _said(
    path: str, asked: Sequence[Opinion], floor: float, low: float | None, method: str
) -> list[str]:
    remarks = []
    if low is None and floor == 0.0:
        remarks.append(f"no --low: {path} is taken to be above 0")
    if len(asked) == 1:
        remarks.append(f"{path} has one expert: that is one opinion, not a pool")
    if method == "mixture":
        remarks.append(
            f"{path}: a mixture may take minutes to prepare whenever it is simulated; --method "
            "metalog goes through its P5, P25, P50, P75 and P95, and does not"
        )
    medians = sorted(_middle(one.expert) for one in asked)
    if method == "average" and medians[0] > 0.0 and medians[-1] > 2.0 * medians[0]:
        remarks.append(
            f"the experts' middles of {path} run from {medians[0]:g} to {medians[-1]:g}: the "
            "average leaves out that they disagree; the pool keeps it"
        )
    return remarks


def _missed(
    path: str, asked: Sequence[Opinion], method: str, ways: Mapping[str, Mapping[str, Any]]
) -> list[str]:
    """Return a remark on quantiles asked for at which what is written is not what it stands for.

    A metalog goes through five quantiles of the pool, an average through those that all gave.
    """
    said = [one.expert.quantiles for one in asked]
    if method == "metalog":
        whole, levels = "the pool", sorted(set().union(*said))
        meant = quantiles_of(ways["mixture"], levels)
    elif method == "average":
        whole, levels = "the average", sorted(set(said[0]).intersection(*said))
        weights = [one.expert.weight for one in asked]
        meant = [float(np.average([q[level] for q in said], weights=weights)) for level in levels]
    else:
        return []
    if not levels:
        return []
    written = quantiles_of(ways[method], levels)
    off = [
        f"P{100 * level:g} {got:.4g} where {whole} has {target:.4g}"
        for level, got, target in zip(levels, written, meant, strict=True)
        if abs(got - target) > MET * abs(target)
    ]
    return [f"{path}: as written {', '.join(off)}"] if off else []


def _middle(expert: Expert) -> float:
    return expert.quantiles[min(expert.quantiles, key=lambda level: abs(level - 0.5))]
