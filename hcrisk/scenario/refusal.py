"""From what pydantic reports to problems a reader can act on."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from hcrisk.exceptions import Problem, ScenarioError

T = TypeVar("T")

KIND = "hcrisk"
UNKNOWN_KEY = "is not a known key"
MISSING = "is required"
# A second name is worth suggesting if it is almost as much like the one given as the first.
NEARLY = 0.1

# pydantic's name of a failed type check -> (rule, remedy)
TYPES = {
    "missing": (MISSING, "add it"),
    "string_type": ("must be text", 'write it between quotes, for example "text"'),
    "string_too_short": ("must not be empty", "give it some text"),
    "bool_type": ("must be true or false", "write true or false, without quotes"),
    "tuple_type": ("must be a list", "write it between square brackets"),
    "mapping_type": ("must be a table", "write it as a table, for example { key = ... }"),
    "dict_type": ("must be a table", "write it as a table, for example { key = ... }"),
    "model_type": ("must be a table", "write it as a table, for example { key = ... }"),
    "model_attributes_type": (
        "must be a table",
        "write it as a table, for example { key = ... }",
    ),
    "invalid_key": ("must have text as its name", "write the name as text"),
}


def dotted(parts: Iterable[object]) -> str:
    """Join the parts of a path, leaving out empty ones.

    Examples
    --------
    >>> dotted(["roles", "analyst", "", 2])
    'roles.analyst.2'
    """
    return ".".join([str(part) for part in parts if part != "" and part != "[key]"])


def look_up(content: Any, path: str) -> tuple[bool, Any]:
    """Return whether there is something at a dotted path of plain content, and what.

    Examples
    --------
    >>> look_up({"a": [{"b": 3}]}, "a.0.b")
    (True, 3)
    """
    here = content
    for part in path.split("."):
        if isinstance(here, Mapping) and part in here:
            here = here[part]
        elif isinstance(here, list | tuple) and part.isdigit() and int(part) < len(here):
            here = here[int(part)]
        else:
            return False, None
    return True, here


def under(prefix: str, problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems with their paths moved under ``prefix``."""
    return [problem._replace(path=dotted([prefix, problem.path])) for problem in problems]


def refused(path: str, value: object, rule: str, remedy: str) -> ScenarioError:
    """Return the error for a single broken rule."""
    return ScenarioError([Problem(path, value, rule, remedy)])


def nearest(name: object, known: Iterable[str], otherwise: str = "leave it out") -> str:
    """Suggest the known names that look most like ``name``, or list the first of them.

    Examples
    --------
    >>> nearest("analist", ["analyst", "technician"])
    'did you mean "analyst"?'
    >>> nearest("cook", ["analyst", "technician"])
    'use one of analyst, technician'
    >>> nearest("cook", [])
    'leave it out'
    """
    names = list(dict.fromkeys(known))
    close = difflib.get_close_matches(str(name), names, n=3, cutoff=0.6)
    likeness = [difflib.SequenceMatcher(None, entry, str(name)).ratio() for entry in close]
    close = [e for e, like in zip(close, likeness, strict=True) if like > likeness[0] - NEARLY]
    if close:
        return "did you mean " + " or ".join(f'"{entry}"' for entry in close) + "?"
    if not names:
        return otherwise
    shown = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    return f"use one of {shown}"


def parsed(parse: Callable[[Any], T], raw: Any) -> T:
    """Call ``parse`` inside a pydantic validator, handing on the problems it raises."""
    try:
        return parse(raw)
    except ScenarioError as error:
        raise ValidationError.from_exception_data(
            KIND, [_details(problem) for problem in error.problems]
        ) from None


def _details(problem: Problem) -> InitErrorDetails:
    # pydantic formats the message with the context: the rule travels as a value.
    reason = PydanticCustomError(
        KIND, "{rule}; {remedy}", {"rule": problem.rule, "remedy": problem.remedy}
    )
    parts = tuple(problem.path.split(".")) if problem.path else ()
    return InitErrorDetails(type=reason, loc=parts, input=problem.value)


def problems_of(
    error: ValidationError, known: Callable[[tuple[Any, ...]], list[str]]
) -> list[Problem]:
    """Translate everything pydantic found.

    Parameters
    ----------
    error : pydantic.ValidationError
    known : callable
        Gives the keys a table may have, from the path of one of its entries.

    Returns
    -------
    list of Problem
    """
    return [_problem(details, known) for details in error.errors(include_url=False)]


def _problem(details: ErrorDetails, known: Callable[[tuple[Any, ...]], list[str]]) -> Problem:
    path, value, kind = dotted(details["loc"]), details["input"], details["type"]
    context: Mapping[str, Any] = details.get("ctx", {})
    if kind == KIND:
        return Problem(path, value, context["rule"], context["remedy"])
    if kind == "extra_forbidden":
        key = details["loc"][-1]
        return Problem(path, value, UNKNOWN_KEY, nearest(key, known(details["loc"])))
    if kind == "literal_error":
        allowed = context["expected"].replace("'", '"')
        choices = [part.strip('"') for part in allowed.replace(" or ", ", ").split(", ")]
        return Problem(path, value, f"must be {allowed}", nearest(value, choices))
    if kind == "missing":
        # The input pydantic shows for a missing field is the whole table around it.
        return Problem(path, None, *TYPES[kind])
    rule, remedy = TYPES.get(
        kind, ("is not what this field holds", "see the field in docs/model.md")
    )
    return Problem(path, value, rule, remedy)


def is_number(raw: object) -> bool:
    """Tell whether ``raw`` is a number (true and false are not, nor is nan).

    Examples
    --------
    >>> is_number(3), is_number(True), is_number(float("nan")), is_number(10**400)
    (True, False, False, False)
    """
    if not isinstance(raw, int | float) or isinstance(raw, bool):
        return False
    try:
        return not math.isnan(float(raw))
    except OverflowError:
        return False


def shown(value: float) -> str:
    """Write a number as a person would.

    Examples
    --------
    >>> shown(0.05), shown(98010.0), shown(float("inf"))
    ('0.05', '98010', 'inf')
    """
    return f"{value:.12g}"
