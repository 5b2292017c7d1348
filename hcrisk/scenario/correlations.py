"""Rules for correlations between uncertain inputs, and between the shocks of the macro paths."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from hcrisk.distributions.copula import is_psd, nearest_correlation, pearson_from_spearman
from hcrisk.exceptions import Problem
from hcrisk.scenario.content import certain, table
from hcrisk.scenario.refusal import is_number, look_up, nearest, shown

MACRO = ("wage", "price", "attrition")
Matrix = list[list[float]]
# Rounding may undo what was gained: then shrink towards no correlation until it does not.
SHRINKAGES = (1.0, 0.999, 0.998, 0.995, 0.99, 0.98, 0.95)


def correlation_problems(
    content: Mapping[str, Any],
    inputs: Collection[str] | None,
    broken: Collection[str] = (),
) -> list[Problem]:
    """Return every problem with a correlation.

    Parameters
    ----------
    content : mapping
        A scenario as a file holds it; it may be wrong in any way.
    inputs : collection of str, optional
        Paths of all numbers, if they are known. A certain one may be named: its row is kept, so
        that making an input certain in a what-if moves no other.
    broken : collection of str
        Paths about which there is a problem already.

    Returns
    -------
    list of Problem
    """
    problems = list(_macro(content))
    stated = content.get("correlations")
    seen: dict[str, str] = {}
    for index, body in enumerate(stated if isinstance(stated, list) else []):
        if isinstance(body, Mapping):
            problems += _entry(f"correlations.{index}", body, content, inputs, broken, seen)
    return problems


def _entry(
    path: str,
    body: Mapping[str, Any],
    content: Mapping[str, Any],
    inputs: Collection[str] | None,
    broken: Collection[str],
    seen: dict[str, str],
) -> Iterator[Problem]:
    form = _form(body)
    if form is None:
        rule = "must have inputs and matrix, or between and rho"
        remedy = 'write { between = ["a", "b"], rho = 0.5 } or { inputs = [...], matrix = [[...]] }'
        yield Problem(path, dict(body), rule, remedy)
        return
    key, value = form
    names = body[key] if isinstance(body[key], list) else []
    if key == "between" and len(names) != 2:
        yield Problem(
            f"{path}.between", names, "must be two inputs", "use inputs and matrix for more"
        )
    for place, name in enumerate(names):
        here = f"{path}.{key}.{place}"
        if not isinstance(name, str):
            continue
        if name in seen:
            rule = f"is correlated twice; it stands in {seen[name]} too"
            remedy = "put all inputs that move together into one matrix"
            yield Problem(here, name, rule, remedy)
            continue
        seen[name] = here
        yield from _unknown_input(here, name, content, inputs, broken)
    if value == "matrix":
        yield from _matrix(f"{path}.matrix", body["matrix"], len(names))


def _form(body: Mapping[str, Any]) -> tuple[str, str] | None:
    for form in (("inputs", "matrix"), ("between", "rho")):
        if set(form) == set(body):
            return form
    return None


def _unknown_input(
    path: str,
    name: str,
    content: Mapping[str, Any],
    inputs: Collection[str] | None,
    broken: Collection[str],
) -> Iterator[Problem]:
    if inputs is not None and name in inputs:
        return
    if any(name == part or name.startswith(f"{part}.") for part in broken):
        return
    there, value = look_up(content, name)
    if not there:
        known = list(inputs or ())
        remedy = nearest(name, known, "write the dotted path of an uncertain number")
        yield Problem(path, name, "is no input of this scenario", remedy)
    elif isinstance(value, Mapping) and "dist" in value and inputs is not None:
        rule = "is drawn again at each occurrence, so it cannot be correlated"
        yield Problem(path, name, rule, "name an uncertain number, or a parameter of the law")
    elif not is_number(value) and not isinstance(value, Mapping):
        yield Problem(path, name, "is not a number", "write the dotted path of an uncertain number")


def _matrix(path: str, matrix: Any, size: int) -> Iterator[Problem]:
    if not isinstance(matrix, list) or not all(isinstance(row, list) for row in matrix):
        return
    if len(matrix) != size or any(len(row) != size for row in matrix):
        rule = f"must have {size} rows of {size} numbers, as many as inputs"
        yield Problem(path, matrix, rule, "add or drop rows and columns")
        return
    values = [[certain({"rho": entry}, "rho") for entry in row] for row in matrix]
    numbers = [[rho for rho in row if rho is not None and -1 <= rho <= 1] for row in values]
    if any(len(row) != size for row in numbers):
        # Said already where the field itself is read.
        return
    wrong = list(_entries_of(path, numbers))
    yield from wrong or _not_psd(path, numbers)


def _entries_of(path: str, matrix: Matrix) -> Iterator[Problem]:
    for i, row in enumerate(matrix):
        for j, entry in enumerate(row):
            here = f"{path}.{i}.{j}"
            if i == j and entry != 1:
                yield Problem(here, entry, "must be 1 on the diagonal", "write 1")
            elif j < i and entry != matrix[j][i]:
                mirror = shown(matrix[j][i])
                rule = f"must equal its mirror image, which is {mirror}"
                yield Problem(here, entry, rule, f"write {mirror} in both places")


def _not_psd(path: str, spearman: Matrix) -> Iterator[Problem]:
    pearson = [[pearson_from_spearman(rho) for rho in row] for row in spearman]
    if is_psd(pearson):
        return
    rule = "must be positive semi-definite: these correlations contradict each other"
    yield Problem(path, spearman, rule, f"the nearest matrix that is: {_nearest(pearson)}")


def _nearest(pearson: Matrix, spearman: bool = True) -> Matrix:
    """Return a matrix that can be written down and is valid, as close as can be."""
    close = nearest_correlation(pearson)
    size = range(len(pearson))
    for shrunk in SHRINKAGES:
        written = [[_rounded(close[i][j] * shrunk, i == j, spearman) for j in size] for i in size]
        if is_psd([[_latent(rho, spearman) for rho in row] for row in written]):
            return written
    return [[float(i == j) for j in size] for i in size]


def _rounded(latent: float, diagonal: bool, spearman: bool) -> float:
    rho = 6.0 / math.pi * math.asin(latent / 2.0) if spearman else latent
    return 1.0 if diagonal else round(rho, 3)


def _latent(rho: float, spearman: bool) -> float:
    return pearson_from_spearman(rho) if spearman else rho


def _macro(content: Mapping[str, Any]) -> Iterator[Problem]:
    macro = table(content, "macro")
    matrix = [[1.0 if i == j else 0.0 for j in range(3)] for i in range(3)]
    for i, j in ((0, 1), (0, 2), (1, 2)):
        rho = certain(macro, f"{MACRO[i]}_{MACRO[j]}", 0.0)
        if rho is None or not -1 <= rho <= 1:
            return
        matrix[i][j] = matrix[j][i] = rho
    if not is_psd(matrix):
        close = _nearest(matrix, spearman=False)
        rule = "must be positive semi-definite: these correlations contradict each other"
        remedy = (
            f"the nearest that are: wage_price = {close[0][1]}, wage_attrition = {close[0][2]}, "
            f"price_attrition = {close[1][2]}"
        )
        stated = {"wage_price": matrix[0][1], "wage_attrition": matrix[0][2]}
        yield Problem("macro", {**stated, "price_attrition": matrix[1][2]}, rule, remedy)
