"""Which assignments keep which limit, and what to say where none keeps them all."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from numbers import Real
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import xarray as xr

from hcrisk.exceptions import ArgumentError
from hcrisk.figures import Figure, plain, power_of_ten, spoken, symbol, unit_of
from hcrisk.measures._estimators import Floats
from hcrisk.measures._labelled import level_name, read_sample

Bools = npt.NDArray[np.bool_]

BUDGET = "budget"
# Of a share of the paths: what binary makes of 1 - 0.8.
_ROUNDING = 1e-12
_DIGITS = 3


class Kept(NamedTuple):
    """Which strategies keep a limit, and how near the others come.

    Attributes
    ----------
    text : str
        The constraint, as it was written; ``"budget"`` for the budget.
    said : str
        The limit in a sentence.
    by : ndarray of bool
        Over strategy.
    short : ndarray of float, optional
        By how much a strategy is off: the least comes nearest. None where there is no more or
        less of it.
    nearest : callable, optional
        What a strategy, by its place, reaches.
    """

    text: str
    said: str
    by: Bools
    short: Floats | None = None
    nearest: Callable[[int], str] | None = None


def all_kept(kept: Sequence[Kept], count: int) -> Bools:
    """Return which of so many strategies keep every limit."""
    by = np.ones(count, dtype=bool)
    for each in kept:
        by = by & each.by
    return by


def kept_budget(ds: xr.Dataset, budget: float, assurance: float) -> Kept:
    """Return which strategies stay within a budget in a share of the futures, both checked."""
    values = read_sample(ds, "npv", by_strategy=True).values
    # The least amount that so many paths do not exceed: a budget of that is met.
    rank = math.ceil(values.shape[-1] * (assurance - _ROUNDING)) - 1
    least = np.partition(values, rank, axis=-1)[..., rank]
    level, currency = level_name(assurance), str(ds.attrs.get("currency", ""))
    return Kept(
        BUDGET,
        f"a budget of {amount_text(budget, currency)} at {level}",
        least <= budget,
        least,
        lambda place: f"the least {level} is {raised(float(least[place]), currency)}",
    )


def check_budget(budget: float) -> float:
    """Return a budget as a float, or say why it is none.

    Examples
    --------
    >>> check_budget(5_000_000)
    5000000.0
    """
    if isinstance(budget, bool) or not isinstance(budget, Real):
        raise TypeError(f"budget must be an amount, got {budget!r}; write 5_000_000")
    if not 0.0 < budget < np.inf:
        raise ArgumentError(
            "budget",
            budget,
            "must be a finite amount above 0",
            "write one such as 5_000_000, or leave it out",
        )
    return float(budget)


def unmet(kept: Sequence[Kept], names: Sequence[str]) -> str:
    """Return what to say where no strategy keeps every limit: which ones leave none.

    All that leave none alone, and of the others, if they leave none either, some that do together.
    """
    alone = [one for one in kept if not one.by.any()]
    rest = [one for one in kept if one.by.any()]
    told = [_impossible(alone, names)] if alone else []
    if not all_kept(rest, len(names)).any():
        told.append(_at_odds(_irreducible(rest, len(names)), names))
    return f"no combination of {len(names):,} keeps to {'; and none to '.join(told)}"


def _impossible(alone: Sequence[Kept], names: Sequence[str]) -> str:
    """Return limits that leave none by themselves, each with what the nearest reaches."""
    reached = [_nearest(one, np.ones(len(names), dtype=bool), names) for one in alone]
    each = [
        f"{one.said}: {near}" if near else one.said
        for one, near in zip(alone, reached, strict=True)
    ]
    remedy = "relax it to that" if all(reached) else "change it"
    if len(alone) > 1:
        remedy = "relax each to that" if all(reached) else "change each"
    return f"{'; nor to '.join(each)}; {remedy}, or leave it out"


def _at_odds(guilty: Sequence[Kept], names: Sequence[str]) -> str:
    """Return limits that leave none together, with how near each comes among the rest."""
    count = len(names)
    each = [f"{one.said} (kept by {int(one.by.sum()):,})" for one in guilty]
    left = [all_kept([other for other in guilty if other is not one], count) for one in guilty]
    reached = [
        text
        for one, among in zip(guilty, left, strict=True)
        if (text := _nearest(one, among, names))
    ]
    with_rest = f": among those that keep to the rest, {'; '.join(reached)}" if reached else ""
    return f"{', '.join(each[:-1])} and {each[-1]} at once{with_rest}; relax one of them"


def _irreducible(kept: Sequence[Kept], count: int) -> list[Kept]:
    """Return limits that leave none together, though any of them may be dropped to leave some."""
    guilty = list(kept)
    for one in kept:
        rest = [each for each in guilty if each is not one]
        if not all_kept(rest, count).any():
            guilty = rest
    return guilty


def _nearest(one: Kept, among: Bools, names: Sequence[str]) -> str:
    if one.short is None or one.nearest is None or not among.any():
        return ""
    place = int(np.where(among, one.short, np.inf).argmin())
    return f"{one.nearest(place)}, by {names[place]}"


def amount_text(amount: float, currency: str) -> str:
    """Return an amount as it was asked for, in the largest unit.

    Examples
    --------
    >>> amount_text(7_250_000.0, "USD"), amount_text(900.0, "")
    ('$7.25M', '900')
    """
    scale, letter = unit_of(abs(amount))
    sign = "-" if amount < 0 else ""
    return f"{sign}{symbol(currency)}{plain_digits(abs(amount) / scale)}{letter}"


def plain_digits(number: float) -> str:
    """Return a number with every digit it was given, and no more.

    Examples
    --------
    >>> plain_digits(2.0), plain_digits(0.1 + 0.2)
    ('2', '0.3')
    """
    return f"{number:,.0f}" if number == round(number) else f"{number:.10g}"


def raised(amount: float, currency: str) -> str:
    """Return an amount in three digits that is not below it, so that a limit of it can be met.

    Examples
    --------
    >>> raised(6_221_000.0, "USD"), raised(6_220_000.0, "USD"), raised(0.0, "")
    ('$6.23M', '$6.22M', '0')
    """
    if not amount:
        return plain(amount)
    step = power_of_ten(abs(amount)) * 10.0 ** (1 - _DIGITS)
    up = math.ceil(amount / step - 1e-9) * step
    return spoken(Figure(up, up, up), currency)
