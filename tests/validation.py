"""Checks against closed forms and published figures, which also make up docs/validation.md.

A check asserts, and says what it compared. What all of them found is kept in
``reference_data/validation.csv``, from which ``python -m tests.make_validation`` makes the page; in
an ordinary run each check also asserts that the file has it, with the figures it finds now.
"""

from __future__ import annotations

import csv
import json
import math
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import stats

from tests.builders import standard_error

FILE = Path(__file__).with_name("reference_data") / "validation.csv"
# Where a run appends what it finds, instead of comparing.
RECORD = "HCRISK_RECORD_VALIDATION"
# An estimate may be so many standard errors off: one false alarm in 16,000.
ERRORS = 4
# The order statistics around a quantile miss it with this probability.
MISSED = 1e-3
STANDARD_ERRORS, RANKS, INTERVAL, DIFFERENCE = "standard errors", "ranks", "interval", "difference"
# Last digits may differ between versions of NumPy and SciPy.
DIGITS, SAME = 10, 1e-5


class Check(NamedTuple):
    """One comparison.

    Attributes
    ----------
    test : str
        File and function.
    case : str
        The parameters of the test, if it has any.
    what : str
        The quantity.
    expected, obtained, allowed : float
        By how much they may differ.
    rule : str
        What that rests on.
    source : str
        Reference case, publication or formula that the expected figure comes from.
    """

    test: str
    case: str
    what: str
    expected: float
    obtained: float
    allowed: float
    rule: str
    source: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What tells it from all others."""
        return (self.test, self.case, self.what, self.source)

    @property
    def error(self) -> float:
        """Obtained less expected."""
        return 0.0 if self.obtained == self.expected else self.obtained - self.expected

    @property
    def used(self) -> float:
        """The part of what is allowed that the error takes up; a figure may have to be exact."""
        return abs(self.error) / self.allowed if self.error else 0.0


_SEEN: Counter[tuple[str, str, str, str]] = Counter()
_TEST = [""]


def check(
    what: str, obtained: float, expected: float, allowed: float, rule: str, source: str = ""
) -> None:
    """Assert that two figures differ by no more than is allowed, and keep or compare the check."""
    node = os.environ["PYTEST_CURRENT_TEST"].rpartition(" ")[0]
    if node != _TEST[0]:
        _TEST[0] = node
        _SEEN.clear()
    test, _, case = node.partition("[")
    _SEEN[test, case, what, source] += 1
    again = _SEEN[test, case, what, source]
    numbers = (float(expected), float(obtained), float(allowed))
    named = f"{what} ({again})" if again > 1 else what
    found = Check(test, case.removesuffix("]"), named, *numbers, rule, source)
    assert abs(found.error) <= found.allowed, found
    if os.environ.get(RECORD):
        with Path(os.environ[RECORD]).open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(found) + "\n")
        return
    kept = {one.key: one for one in checks()}.get(found.key)
    assert kept is not None, f"{found.key}: {_REMEDY}"
    slack = 0.01 * found.allowed
    for name in ("expected", "obtained"):
        old, new = getattr(kept, name), getattr(found, name)
        assert math.isclose(old, new, rel_tol=SAME, abs_tol=slack), f"{found}, was {old}: {_REMEDY}"


_REMEDY = "run python -m tests.make_validation with this file"


def assert_mean(
    sample: npt.ArrayLike,
    expected: float,
    what: str = "mean",
    source: str = "",
    errors: int = ERRORS,
) -> None:
    """Check the mean of a sample, by its standard error."""
    values = np.asarray(sample, dtype=float)
    allowed = ERRORS * standard_error(values)
    check(what, values.mean(), expected, allowed, STANDARD_ERRORS, source)


def assert_variance(
    sample: npt.ArrayLike, mean: float, variance: float, what: str = "variance", source: str = ""
) -> None:
    """Check the variance of a sample whose mean is known."""
    assert_mean((np.asarray(sample, dtype=float) - mean) ** 2, variance, what, source)


def assert_quantile(
    sample: npt.NDArray[np.float64], level: float, expected: float, source: str = ""
) -> None:
    """Check that a quantile is within the order statistics around it."""
    n = sample.size
    ranks = stats.binom(n, level)
    r, s = int(ranks.ppf(MISSED / 2)), int(ranks.ppf(1 - MISSED / 2)) + 1
    middle = min(math.ceil(n * level), n)
    ordered = np.partition(sample, [r - 1, middle - 1, s - 1])
    below, found, above = ordered[r - 1], ordered[middle - 1], ordered[s - 1]
    # Computed amounts on an atom differ from it in their last bits.
    hair = 1e-9 * abs(expected)
    assert below - hair <= expected <= above + hair, (level, below, expected, above)
    allowed = (above - found if expected >= found else found - below) + hair
    check(f"P{100 * level:.6g}", found, expected, allowed, RANKS, source)


def assert_tail(
    sample: npt.NDArray[np.float64],
    level: float,
    quantile: float,
    expected: float,
    source: str = "",
) -> None:
    """Check a tail mean, by the excess over the known quantile, which has its mean."""
    excess = quantile + np.maximum(sample - quantile, 0) / (1 - level)
    assert_mean(excess, expected, f"TVaR {100 * level:.6g}", source)


def assert_near(
    obtained: float,
    expected: float,
    what: str,
    source: str = "",
    *,
    rel: float = 0.0,
    abs: float = 0.0,
) -> None:
    """Check a figure that is computed, by a stated difference."""
    allowed = max(rel * math.fabs(expected), abs)
    check(what, obtained, expected, allowed, DIFFERENCE, source)


def assert_all_near(
    obtained: Iterable[float],
    expected: Mapping[str, float],
    source: str = "",
    *,
    rel: float = 0.0,
    abs: float = 0.0,
) -> None:
    """Check several figures, in the order of those that are expected by name."""
    for one, (what, value) in zip(obtained, expected.items(), strict=True):
        assert_near(one, value, what, source, rel=rel, abs=abs)


def assert_inside(
    lower: float, obtained: float, upper: float, expected: float, what: str, source: str = ""
) -> None:
    """Check that an estimate's interval holds the true figure."""
    allowed = (upper - obtained) if expected >= obtained else (obtained - lower)
    check(what, obtained, expected, allowed, INTERVAL, source)


@cache
def checks() -> tuple[Check, ...]:
    """Return what has been kept."""
    with FILE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    numbers = ("expected", "obtained", "allowed")
    return tuple(Check(**{**row, **{name: float(row[name]) for name in numbers}}) for row in rows)


def keep(found: list[Check]) -> None:
    """Write the file anew."""
    with FILE.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(Check._fields)
        for one in found:
            numbers = (f"{n:.{DIGITS}g}" for n in (one.expected, one.obtained, one.allowed))
            writer.writerow([one.test, one.case, one.what, *numbers, one.rule, one.source])
