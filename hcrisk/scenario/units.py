"""A stretch of time in words, as a number in the unit of its field."""

from __future__ import annotations

from decimal import Decimal

from hcrisk.exceptions import Problem
from hcrisk.scenario.syntax import loose_number, written
from hcrisk.scenario.table import Table, field_at, told

# Days of each, as everywhere in the model.
DAYS = {"day": Decimal(1), "week": Decimal(7), "month": Decimal(365) / 12, "year": Decimal(365)}


def with_unit(problem: Problem, model: type[Table]) -> Problem:
    """Return the problem of a time in words with the number that is to be written.

    Examples
    --------
    >>> from hcrisk.scenario import Scenario
    >>> found = Problem("roles.clerk.time_to_fill_days", "6 weeks", "must be a number", "...")
    >>> with_unit(found, Scenario).remedy
    'write 42, without quotes: it is in days'
    """
    if not isinstance(problem.value, str) or not problem.rule.startswith("must be a number"):
        return problem
    loose = loose_number(problem.value)
    unit = told(field_at(model, problem.path.split(".")), "unit") or ""
    if loose is None or not loose.words or unit.rstrip("s") not in DAYS:
        return problem
    word = loose.words.lower().rstrip("s")
    if word not in DAYS:
        return problem
    value = loose.value * DAYS[word] / DAYS[unit.rstrip("s")]
    rounded = value.quantize(Decimal("0.01"))
    remedy = f"write {written(rounded)}, without quotes: it is in {unit}"
    return problem._replace(remedy=remedy)
