"""What was calibrated, as the text of a scenario file with its sources."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hcrisk.calibrate.fitted import short
from hcrisk.calibrate.severity import SeverityFit
from hcrisk.scenario import Scenario, dump_toml
from hcrisk.scenario.values import toml_value

WEAKEST_LINK = 0.1
WIDTH = 100
# How a remark begins that says why there is nothing to write.
NOTHING = "nothing is written: "


@dataclass(frozen=True)
class Derived:
    """Numbers calibrated from one data set, with where they come from.

    Attributes
    ----------
    key : str
        Of the source: ``a-z``, ``0-9``, ``_``.
    title : str
        What the data are.
    confidence : str
        ``"high"``, ``"medium"`` or ``"low"``.
    note : str
        Data, window, number of observations, family.
    entries : mapping of str to number, law or list
        By dotted path, without source.
    correlations : sequence of mapping
        Entries of ``correlations``.
    year : int, optional
        Of the data.
    without : sequence of str
        Dotted paths of what the parent has and the new scenario does not.
    remarks : sequence of str
        What a reader should know before using it: comments at the head of the file.
    observed : sequence of str
        Inputs of a matrix among ``correlations`` whose coefficients have this source. Those of
        other inputs were there before, or follow from both.
    carried : mapping of str to number, law, text or table
        By dotted path: what the new scenario takes over as it is, with the sources it has.
    obtained : str
        ``"derived"`` from data, or ``"judgement"``.
    """

    key: str
    title: str
    confidence: str
    note: str
    entries: Mapping[str, Any]
    correlations: Sequence[Mapping[str, Any]] = field(default=())
    year: int | None = None
    without: Sequence[str] = field(default=())
    remarks: Sequence[str] = field(default=())
    observed: Sequence[str] = field(default=())
    carried: Mapping[str, Any] = field(default_factory=dict)
    obtained: str = "derived"

    def source(self) -> dict[str, Any]:
        """Return the entry of ``sources``."""
        year = {} if self.year is None else {"year": self.year}
        kind = {"obtained": self.obtained, "confidence": self.confidence, "note": self.note}
        return {"title": self.title, **year, **kind}


def severity_entries(
    fit: SeverityFit, path: str, *, uncertain: bool = True, clustered: bool = False
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return a fitted law as an entry of a scenario file, and how its parameters move together.

    Parameters
    ----------
    fit : SeverityFit
    path : str
        Dotted path of the law, such as ``risks.breach.records``.
    uncertain : bool
        Make its parameters uncertain; a spliced law's stay certain.
    clustered : bool
        By the standard errors that allow for dependence within groups.

    Returns
    -------
    (entries, correlations)
        For `Derived`. Parameters that hardly correlate, below 0.1, are left independent.

    Examples
    --------
    >>> from hcrisk.calibrate.severity import Sample, fit_severity
    >>> sample = Sample.of([120.0, 150.0, 260.0, 300.0, 900.0], above=100.0)
    >>> fit = fit_severity(sample, "pareto")
    >>> severity_entries(fit, "risks.theft.total", uncertain=False)[0]
    {'risks.theft.total': {'dist': 'pareto', 'scale': 100.0, 'alpha': 1.0332}}
    """
    spread = uncertain and fit.family != "spliced"
    entries = {path: fit.law(uncertain=spread, clustered=clustered)}
    names = list(fit.parameters)
    links: list[dict[str, Any]] = []
    if spread and len(names) == 2:
        rho = fit.spearman(*names, clustered=clustered)
        if abs(rho) >= WEAKEST_LINK:
            links.append({"between": [f"{path}.{name}" for name in names], "rho": short(rho)})
    return entries, links


def to_toml(
    name: str,
    parent: Scenario,
    derived: Iterable[Derived],
    *,
    label: str = "",
    extends: str | None = None,
) -> str:
    """Return the text of a scenario file that extends another by what was calibrated.

    Correlations are a list, and a list replaces the parent's: so the parent's are written out,
    without inputs that are no longer there, or that are correlated anew.

    Parameters
    ----------
    name : str
        Of the new scenario.
    parent : Scenario
    derived : iterable of Derived
    label : str
        Name shown to readers.
    extends : str, optional
        How the new file calls its parent: the file's name if that is no scenario that comes
        with hcrisk.

    Returns
    -------
    str
        `hcrisk.load` reads it from a file.

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> found = Derived("log", "Our log", "low", "2 years", {"practice.providers": 60})
    >>> print(to_toml("own", load("mid-market"), [found]))
    name = "own"
    extends = "mid-market"
    <BLANKLINE>
    [practice]
    providers = { value = 60, source = "log" }
    <BLANKLINE>
    [sources.log]
    title = "Our log"
    obtained = "derived"
    confidence = "low"
    note = "2 years"
    <BLANKLINE>
    """
    sets = list(derived)
    content: dict[str, Any] = {"name": name}
    if label:
        content["label"] = label
    content["extends"] = extends or parent.name
    left = list(dict.fromkeys(path for one in sets for path in one.without))
    if left:
        content["without"] = left
    for one in sets:
        for path, value in one.entries.items():
            _put(content, path.split("."), _sourced(value, one.key))
        for path, value in one.carried.items():
            _put(content, path.split("."), value)
    links = [_linked(link, one) for one in sets for link in one.correlations]
    anew = {name for link in links for name in link.get("inputs", link.get("between"))}
    out = anew | _gone(parent, sets)
    inherited = list(parent.to_mapping().get("correlations", []))
    kept = [entry for raw in inherited if (entry := _kept(raw, out))]
    content["sources"] = {one.key: one.source() for one in sets}
    text = _head(sets, lost_correlations(parent, sets)) + dump_toml(content)
    return text + _written([*kept, *links], parent) if links or kept != inherited else text


def lost_correlations(parent: Scenario, derived: Iterable[Derived]) -> list[str]:
    """Return a remark on each input whose correlations go with the law it was a parameter of.

    Parameters
    ----------
    parent : Scenario
    derived : iterable of Derived

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> law = {"risks.breach.total": {"dist": "lognormal", "median": 9e4, "sigma": 2.0}}
    >>> (said,) = lost_correlations(load("mid-market"), [Derived("log", "Log", "low", "", law)])
    >>> said[:66]
    'risks.breach.total.mu is no longer there, and with it goes how it '
    """
    gone = _gone(parent, list(derived))
    remarks = []
    for one in parent.correlations:
        for name in gone.intersection(one.names):
            row = one.spearman[one.names.index(name)]
            others = [
                f"{other} ({rho:g})"
                for other, rho in zip(one.names, row, strict=True)
                if other not in gone and rho
            ]
            if others:
                remarks.append(
                    f"{name} is no longer there, and with it goes how it moved together with "
                    f"{', '.join(others)} in {parent.name}: what is written in its place is "
                    "independent of these; if that is not meant, add a parameter of it to their "
                    "entry under correlations"
                )
    return sorted(remarks)


def _head(sets: Sequence[Derived], lost: Sequence[str]) -> str:
    """Return the remarks as comments, so that they travel with the file."""
    lines = []
    parts = [(one.title, one.remarks) for one in sets]
    for title, remarks in [*parts, ("Correlations", lost)]:
        for i, text in enumerate([title, *remarks] if remarks else []):
            start, rest = ("# ", "# ") if i == 0 else ("# * ", "#   ")
            lines += textwrap.wrap(text, WIDTH, initial_indent=start, subsequent_indent=rest)
    return "\n".join([*lines, "", ""]) if lines else ""


def _written(correlations: Sequence[Mapping[str, Any]], parent: Scenario) -> str:
    """Return correlations as tables at the end of a file, where they are out of the way."""
    lines = ["", f"# A list replaces that of {parent.name}: these are all there are."]
    for entry in correlations:
        lines += ["", "[[correlations]]"]
        for key, value in entry.items():
            rows = value if key == "matrix" else []
            inside = "".join(f"  {toml_value(row)},\n" for row in rows)
            lines.append(f"{key} = [\n{inside}]" if rows else f"{key} = {toml_value(value)}")
    return "\n".join(lines) + "\n"


def _put(content: dict[str, Any], parts: Sequence[str], value: Any) -> None:
    *tables, last = parts
    for part in tables:
        content = content.setdefault(part, {})
    content[last] = value


def _sourced(value: Any, key: str) -> Any:
    if isinstance(value, list):
        return [_sourced(entry, key) for entry in value]
    if isinstance(value, Mapping):
        # A parameter of a law that is uncertain is a number of its own.
        inner = {
            name: _sourced(part, key) if isinstance(part, Mapping) else part
            for name, part in value.items()
        }
        return {**inner, "source": key}
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return {"value": value, "source": key} if is_number else value


def _linked(link: Mapping[str, Any], one: Derived) -> Mapping[str, Any]:
    """Return an entry of ``correlations`` with the source of the coefficients that were found."""
    if "rho" in link:
        return {**link, "rho": _sourced(link["rho"], one.key)}
    names = link["inputs"]
    matrix = [
        [
            _sourced(rho, one.key) if a != b and {a, b} <= set(one.observed) else rho
            for b, rho in zip(names, row, strict=True)
        ]
        for a, row in zip(names, link["matrix"], strict=True)
    ]
    return {**link, "matrix": matrix}


def _kept(raw: Mapping[str, Any], gone: Collection[str]) -> Mapping[str, Any] | None:
    """Return an entry of the parent's correlations without inputs that are gone."""
    key = "inputs" if "inputs" in raw else "between"
    names = list(raw[key])
    there = [i for i, name in enumerate(names) if name not in gone]
    if len(there) == len(names):
        return raw
    if key == "between" or len(there) < 2:
        return None
    matrix = [[raw["matrix"][i][j] for j in there] for i in there]
    return {**raw, "inputs": [names[i] for i in there], "matrix": matrix}


def _gone(parent: Scenario, sets: Sequence[Derived]) -> set[str]:
    """Return the correlated inputs of the parent that are no longer there."""
    left = [path for one in sets for path in one.without]
    entries = {path: value for one in sets for path, value in one.entries.items()}
    return {
        name
        for one in parent.correlations
        for name in one.names
        if any(name == path or name.startswith(f"{path}.") for path in left)
        or _replaced(name, entries)
    }


def _replaced(name: str, entries: Mapping[str, Any]) -> bool:
    """Return whether a parameter belongs to what is stated anew, and is not stated there."""
    for path, value in entries.items():
        if name.startswith(f"{path}."):
            found: Any = value
            for part in name.removeprefix(f"{path}.").split("."):
                if not isinstance(found, Mapping) or part not in found:
                    return True
                found = found[part]
    return False
