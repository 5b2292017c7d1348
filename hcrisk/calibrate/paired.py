"""From columns of paired observations to how inputs of a scenario move together."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from hcrisk.calibrate.copula import LEAST_PAIRS, CopulaFit, rank_copulas
from hcrisk.calibrate.document import NOTHING, Derived
from hcrisk.calibrate.evidence import confidence, founded
from hcrisk.calibrate.joint import joined
from hcrisk.calibrate.likelihood import CalibrationError, Floats
from hcrisk.calibrate.table import Column, DataError, Flaw, column_key, read_header, read_table
from hcrisk.cells import nan, parse_percent
from hcrisk.distributions.copula import is_psd, nearest_correlation, pearson_from_spearman
from hcrisk.figures import counted
from hcrisk.scenario import Scenario
from hcrisk.scenario.refusal import nearest

# A column whose neighbours correlate like this moves slowly: two such correlate by chance.
SLOW = 0.6
# Of the source.
KEY = "own_dependence"


@dataclass(frozen=True, eq=False)
class PairFindings:
    """What was found of how columns move together.

    Attributes
    ----------
    rankings : mapping of (str, str) to tuple of CopulaFit
        Of each two columns, the best copula by AIC first.
    derived : Derived
    remarks : tuple of str
    """

    rankings: Mapping[tuple[str, str], tuple[CopulaFit, ...]]
    derived: Derived
    remarks: tuple[str, ...]


def read_columns(
    path: str | os.PathLike[str], names: Mapping[str, str]
) -> tuple[dict[str, Floats], list[str]]:
    r"""Read columns of numbers side by side, rows with all of them only.

    Parameters
    ----------
    path : path
        A CSV file with a header.
    names : mapping of str to str
        What a column is called, to what it is to be called.

    Returns
    -------
    (columns, remarks)

    Raises
    ------
    DataError
        Listing all that is wrong with the file.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "rates.csv"
    >>> _ = path.write_text("site,pay,quits\nA,$61000,12%\nB,58000,\nC,64000,9%\n")
    >>> read_columns(path, {"Pay": "x", "Quits": "y"})[0]["y"].tolist()
    [12.0, 9.0]
    """
    header = read_header(path)
    there = {column_key(name) for name in header}
    flaws = [
        Flaw(1, said, "", "is missing", nearest(said, [name for name in header if name]))
        for said in names
        if column_key(said) not in there
    ]
    if flaws:
        raise DataError(os.path.basename(path), flaws)
    _, values = read_table(path, [Column(said, parse_percent, empty=nan) for said in names])
    rows = np.array([values[said] for said in names])
    whole = ~np.isnan(rows).any(axis=0)
    left = int(np.sum(~whole))
    rows_left = f"{counted(left, 'rows')} without a value in some column: left out"
    remarks = [rows_left] if left else []
    kept = rows[:, whole]
    return dict(zip(names.values(), kept, strict=True)), remarks


def pair_findings(columns: Mapping[str, Floats], parent: Scenario) -> PairFindings:
    """Fit copulas to each two columns, and return the correlations to write.

    Parameters
    ----------
    columns : mapping of str to array, each of shape (n,)
        By the dotted path of the uncertain input of the parent that each stands for.
    parent : Scenario
        What the new scenario extends.

    Returns
    -------
    PairFindings

    Raises
    ------
    CalibrationError
        If there are fewer than two columns or too few rows, or a path is no uncertain input.

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> pay = np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    >>> hazard = np.array([2.0, 1, 4, 3, 7, 5, 6, 9, 10, 8])
    >>> two = {"roles.technician.pay": pay, "risks.outage.frequency": hazard}
    >>> found = pair_findings(two, load("mid-market"))
    >>> found.derived.correlations[0]["matrix"][0][1]
    0.91
    """
    _refuse(columns, parent)
    names = list(columns)
    rankings = {
        pair: rank_copulas(*(columns[name] for name in pair)) for pair in combinations(names, 2)
    }
    told = [pair for pair, fits in rankings.items() if fits[0].family != "independent"]
    # A column that moves with no other is left as it was, and nothing is passed on from it.
    kept = [name for name in names if any(name in pair for pair in told)]
    links = [joined(kept, _copula(kept, rankings), parent)] if kept else []
    remarks = [
        remark for pair, fits in rankings.items() for remark in _remarks(pair, fits, kept, links)
    ]
    remarks += [
        f"{name} moves slowly from row to row: two such columns correlate by chance; use changes, "
        "or rows that do not follow each other"
        for name, values in columns.items()
        if np.corrcoef(values[1:], values[:-1])[0, 1] > SLOW
    ]
    others = {name for one in parent.correlations for name in one.names if _meets(one.names, kept)}
    others -= set(kept)
    if others:
        remarks.append(
            f"{len(others)} inputs that {parent.name} correlates with {' and '.join(kept)} stand "
            "in one matrix with them, and follow them as before"
        )
    if kept:
        remarks.append(
            f"what was found of {' and '.join(kept)} is marked with source {KEY}, among the "
            "correlations at the end of the file; hcrisk sources lists no correlations"
        )
    else:
        remarks.append(f"{NOTHING}no two of the columns can be told from independent")
    n = next(iter(columns.values())).size
    derived = Derived(
        key=KEY,
        title=f"Paired observations of {', '.join(names)}",
        confidence=confidence(n),
        note=f"{n} rows; copulas by maximum pseudo-likelihood; {founded(n)}",
        entries={},
        correlations=links,
        observed=kept,
        remarks=tuple(remarks),
    )
    return PairFindings(rankings, derived, tuple(remarks))


def _refuse(columns: Mapping[str, Floats], parent: Scenario) -> None:
    if len(columns) < 2:
        raise CalibrationError(
            "dependence needs two columns or more, each for an input of its own; repeat --column"
        )
    inputs = parent.inputs()
    for name in columns:
        if name in inputs:
            continue
        certain = name in parent.numbers()
        rule = "is certain there" if certain else "is no uncertain number there"
        remedy = "make it uncertain first" if certain else nearest(name, inputs)
        raise CalibrationError(f"{name!r} of {parent.name} {rule}; {remedy}")
    n = next(iter(columns.values())).size
    if n < LEAST_PAIRS:
        raise CalibrationError(
            f"dependence needs {LEAST_PAIRS} whole rows or more, got {n}; add rows, or state a "
            "judgement under correlations"
        )


def _meets(some: Sequence[str], others: Sequence[str]) -> bool:
    return bool(set(some) & set(others))


def _copula(
    names: Sequence[str], rankings: Mapping[tuple[str, str], tuple[CopulaFit, ...]]
) -> Floats:
    """Return the correlations of the Gaussian copula that keeps what was found.

    Pairs that cannot be told from independent are independent in it. If pairs contradict each
    other, the nearest correlation matrix is returned (Higham 2002).
    """
    pearson = np.eye(len(names))
    for (first, second), fits in rankings.items():
        if first in names and second in names:
            i, j = names.index(first), names.index(second)
            pearson[i, j] = pearson[j, i] = pearson_from_spearman(fits[0].spearman)
    return pearson if is_psd(pearson.tolist()) else np.array(nearest_correlation(pearson.tolist()))


def _remarks(
    pair: tuple[str, str],
    fits: tuple[CopulaFit, ...],
    kept: Sequence[str],
    links: Sequence[Mapping[str, Any]],
) -> list[str]:
    best, both = fits[0], " and ".join(pair)
    if best.family == "independent":
        said = "nothing is written of the two together"
        if set(pair) <= set(kept):
            i, j = (kept.index(name) for name in pair)
            rho = links[0]["matrix"][i][j]
            said = f"they stand in one matrix with others, with {rho:g}"
        return [f"{both} cannot be told from independent by AIC: {said}"]
    if best.family == "t":
        return [
            f"{both} are extreme together more often than the scenario's Gaussian copula has it "
            f"(t copula, {best.freedom:.1f} degrees of freedom, tail dependence {best.tail:.2f}): "
            "a scenario keeps Spearman's rho only, so far tails are too light"
        ]
    return []
