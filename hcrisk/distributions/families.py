"""The families a number or law may be written in, their parameters and their rules.

Nothing here imports numba, SciPy or xarray: scenario files are checked without them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from hcrisk.distributions import rules
from hcrisk.exceptions import Problem
from hcrisk.kernels import law_columns as col

PERT_GAMMA = 4.0
MODIFIERS = ("truncate", "clip")


@dataclass(frozen=True)
class Form:
    """One set of parameters a family may be given by.

    Attributes
    ----------
    code : int
        FORM code of the law row.
    parameters : tuple of str
        Names in the order of the raw columns.
    defaults : mapping
        Values of those that may be left out.

    Examples
    --------
    >>> Form(0, ("low", "high")).required
    ('low', 'high')
    """

    code: int
    parameters: tuple[str, ...]
    defaults: Mapping[str, float] = field(default_factory=dict)

    @property
    def required(self) -> tuple[str, ...]:
        """Names that must be given."""
        return tuple(name for name in self.parameters if name not in self.defaults)

    @cached_property
    def bounds(self) -> tuple[frozenset[str], frozenset[str]]:
        """The fewest names that make it up, and all there may be."""
        return frozenset(self.required), frozenset(self.parameters)


@dataclass(frozen=True)
class Family:
    """A family: its code, the forms it may be written in, what its parameters must satisfy.

    Attributes
    ----------
    name : str
    code : int
        FAMILY code of the law row.
    forms : tuple of Form
    check : callable
        Parameters to (name, rule, remedy) triples.
    quantiles : bool
        Whether two quantiles (p5, p97_5, median) also define it.
    listed : bool
        Whether parameters are lists; such a family takes no uncertain parameter.

    Examples
    --------
    >>> FAMILIES["pert"].forms[0].parameters
    ('low', 'mode', 'high', 'gamma')
    """

    name: str
    code: int
    forms: tuple[Form, ...]
    check: Callable[[Mapping[str, Any]], rules.Broken]
    quantiles: bool = False
    listed: bool = False


def _check_mixture(values: Mapping[str, Any]) -> rules.Broken:
    parts = values["components"]
    if not isinstance(parts, (list, tuple)) or not parts:
        return [("components", "must be a list of distributions", 'write [{ dist = "..." }]')]
    problems = []
    for i, part in enumerate(parts):
        mapping = part if isinstance(part, Mapping) else getattr(part, "to_mapping", dict)()
        problems += [
            (f"components[{i}].{problem.path}", problem.rule, problem.remedy)
            for problem in validate(mapping)
        ]
    return problems + rules.check_weights(values["weights"], len(parts), "components")


_UNIT = {"low": 0.0, "high": 1.0}
_OPEN = {"low": -math.inf, "high": math.inf}
_OWN, _MEAN, _MEDIAN = col.FORM_OWN, col.FORM_MEAN, col.FORM_MEDIAN

FAMILIES: dict[str, Family] = {
    family.name: family
    for family in (
        Family("constant", col.CONSTANT, (Form(_OWN, ("value",)),), rules.nothing),
        Family("uniform", col.UNIFORM, (Form(_OWN, ("low", "high")),), rules.check_range),
        Family(
            "triangular", col.TRIANGULAR, (Form(_OWN, ("low", "mode", "high")),), rules.check_mode
        ),
        Family(
            "normal", col.NORMAL, (Form(_OWN, ("mean", "sd")),), rules.check_normal, quantiles=True
        ),
        Family(
            "lognormal",
            col.LOGNORMAL,
            (
                Form(_OWN, ("mu", "sigma")),
                Form(_MEDIAN, ("median", "sigma")),
                Form(_MEAN, ("mean", "sd")),
            ),
            rules.check_lognormal,
            quantiles=True,
        ),
        Family(
            "gamma",
            col.GAMMA,
            (Form(_OWN, ("shape", "scale")), Form(_MEAN, ("mean", "cv"))),
            rules.check_gamma,
        ),
        Family(
            "beta",
            col.BETA,
            (
                Form(_OWN, ("alpha", "beta", "low", "high"), _UNIT),
                Form(_MEAN, ("mean", "sd", "low", "high"), _UNIT),
            ),
            rules.check_beta,
        ),
        Family(
            "pert",
            col.PERT,
            (Form(_OWN, ("low", "mode", "high", "gamma"), {"gamma": PERT_GAMMA}),),
            rules.check_mode,
        ),
        Family("weibull", col.WEIBULL, (Form(_OWN, ("shape", "scale")),), rules.check_weibull),
        Family("pareto", col.PARETO, (Form(_OWN, ("scale", "alpha")),), rules.check_pareto),
        Family("gpd", col.GPD, (Form(_OWN, ("location", "scale", "shape")),), rules.check_gpd),
        Family(
            "discrete",
            col.DISCRETE,
            (Form(_OWN, ("values", "weights")),),
            rules.check_discrete,
            listed=True,
        ),
        Family(
            "empirical",
            col.EMPIRICAL,
            (Form(_OWN, ("values",)),),
            rules.check_empirical,
            listed=True,
        ),
        Family(
            "metalog",
            col.METALOG,
            (Form(_OWN, ("quantiles", "low", "high"), _OPEN),),
            rules.check_metalog,
            listed=True,
        ),
        Family(
            "mixture",
            col.MIXTURE,
            (Form(_OWN, ("weights", "components")),),
            _check_mixture,
            listed=True,
        ),
    )
}


def find_form(family: Family, names: set[str]) -> Form | None:
    """Return the form these parameter names make up, or None.

    Examples
    --------
    >>> find_form(FAMILIES["normal"], {"p95", "p5"}).parameters
    ('p5', 'p95')
    """
    for form in family.forms:
        fewest, most = form.bounds
        if fewest <= names <= most:
            return form
    levels = {name: rules.quantile_level(name) for name in names}
    proper = {name: level for name, level in levels.items() if level is not None}
    if family.quantiles and len(names) == len(proper) == len(set(proper.values())) == 2:
        if all(0.0 < level < 1.0 for level in proper.values()):
            return Form(col.FORM_QUANTILES, tuple(sorted(proper, key=lambda name: proper[name])))
    return None


def _forms_in_words(family: Family) -> str:
    words = [", ".join(form.parameters) for form in family.forms]
    if family.quantiles:
        words.append("two quantiles such as p5, p95")
    return " or ".join(words)


def _modifier_problems(mapping: Mapping[str, Any]) -> list[Problem]:
    problems = []
    for name in MODIFIERS:
        bounds = mapping.get(name)
        if bounds is None:
            continue
        if not rules.is_numbers(bounds) or len(bounds) != 2 or not bounds[0] < bounds[1]:
            rule = "must be two numbers [low, high], low below high"
            problems.append(Problem(name, bounds, rule, "use -inf or inf for an open end"))
    return problems


def validate(mapping: Mapping[str, Any]) -> list[Problem]:
    """Return everything wrong with a distribution written as a mapping; empty if nothing.

    Parameters
    ----------
    mapping : mapping
        ``dist``, the parameters as numbers, and optionally ``truncate`` and ``clip``.

    Returns
    -------
    list of Problem
        Paths are relative to the mapping.

    Examples
    --------
    >>> print(validate({"dist": "normal", "mean": 3, "sd": -1})[0])
    sd = -1: must not be negative; write 0 or more
    """
    name = mapping.get("dist")
    family = FAMILIES.get(name) if isinstance(name, str) else None
    if family is None:
        return [Problem("dist", name, "is not a family", f"use one of {', '.join(FAMILIES)}")]
    given = {key: value for key, value in mapping.items() if key not in ("dist", *MODIFIERS)}
    problems = _modifier_problems(mapping)
    form = find_form(family, set(given))
    if form is None:
        rule = f"are not the parameters of {family.name}"
        remedy = f"give {_forms_in_words(family)}"
        levels = [rules.quantile_level(key) for key in given]
        bad = [level for level in levels if level is not None and not 0.0 < level < 1.0]
        if bad and family.quantiles:
            rule = "a quantile's level must be above p0 and below p100"
        return [*problems, Problem("parameters", sorted(given), rule, remedy)]
    values = dict(form.defaults) | given
    if not family.listed:
        wrong = [key for key, value in values.items() if not rules.is_number(value)]
        if family.code != col.CONSTANT:
            wrong += [key for key in values if key not in wrong and not math.isfinite(values[key])]
        if wrong:
            rule, remedy = "must be a finite number", "write a number"
            return [*problems, *(Problem(key, values[key], rule, remedy) for key in wrong)]
    found = family.check(values)
    return problems + [Problem(key, values.get(key), rule, fix) for key, rule, fix in found]
