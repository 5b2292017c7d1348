"""Objectives as mean costs: the mean itself, a percentile or a tail mean of the cost chosen.

A problem is one or more mean-cost problems, one for each threshold of the objective.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy import special

from hcrisk.measures._emulator import Emulator, fit
from hcrisk.measures._estimators import Floats, quantile, tail_mean
from hcrisk.measures._information import Worth
from hcrisk.measures._shapes import Shapes
from hcrisk.measures._terms import Inputs
from hcrisk.measures.statistic import statistic

_THRESHOLDS = 9


class Rule(NamedTuple):
    """By how much choosing with information lowers a mean cost, and what it chooses.

    ``chance`` is ``float64[row, path]``: that of each of ``strategies`` to be chosen there.
    """

    gain: float
    strategies: tuple[int, ...]
    chance: Floats


@dataclass(frozen=True)
class Threshold:
    """One mean-cost problem: costs beyond a threshold, and how they count in the objective."""

    amount: float
    costs: Floats
    inputs: Inputs
    shapes: Shapes | None = None

    @cached_property
    def emulator(self) -> Emulator:
        """The regression of its costs on the inputs."""
        shapes = self.shapes.at(self.amount) if self.shapes is not None else []
        return fit(self.costs, self.inputs, shapes)

    @property
    def least(self) -> float:
        """The least mean cost without information."""
        return float(self.costs.mean(axis=-1).min())

    def known(self, inputs: Collection[int]) -> Floats:
        """Return the costs of the strategies in play above the first, as known after inputs."""
        emulator = self.emulator
        rows = emulator.mean[:, None] + emulator.explained_by(inputs)
        return np.vstack([np.zeros(rows.shape[-1]), rows])

    def rule(self, known: Collection[int] | None) -> Rule:
        """Return the best choice by some inputs, or by foresight of the path itself for None."""
        foresight = max(self.least - float(self.costs.min(axis=0).mean()), 0.0)
        if known is None:
            return Rule(foresight, tuple(range(len(self.costs))), _one_of(self.costs))
        rows = self.known(known)
        gain = min(least_less_chosen(rows / rows.shape[-1]), foresight)
        return Rule(gain, self.emulator.strategies, _one_of(rows))


@dataclass(frozen=True)
class Problem:
    """A decision between strategies (``float64[strategy, path]``) under an objective."""

    kind: str
    level: float
    costs: Floats
    first: int
    base: float
    thresholds: tuple[Threshold, ...]

    def worth(self, known: Collection[int] | None) -> Worth:
        """Return what knowing some inputs is worth, or the path itself for None."""
        return self.combined(lambda threshold: threshold.rule(known))

    def combined(self, rule_at: Callable[[Threshold], Rule]) -> Worth:
        """Return what the choices at the thresholds are worth in the objective."""
        if self.kind == "mean":
            rule = rule_at(self.thresholds[0])
            return Worth(rule.gain, self._error(rule, 0.0))
        return self._tail_worth(rule_at) if self.kind == "tvar" else self._percentile(rule_at)

    def _tail_worth(self, rule_at: Callable[[Threshold], Rule]) -> Worth:
        value, best, amount = 0.0, None, 0.0
        for threshold in self.thresholds:
            rule = rule_at(threshold)
            reached = min(self.base - threshold.amount - threshold.least, 0.0) + rule.gain
            if reached > value:
                value, best, amount = reached, rule, threshold.amount
        return Worth(0.0, 0.0) if best is None else Worth(value, self._error(best, amount))

    def _percentile(self, rule_at: Callable[[Threshold], Rule]) -> Worth:
        """Return by how much the amount falls beyond which the percentile's share of paths lies."""
        share, below = 1.0 - self.level, 0.0
        lower: Threshold | None = None
        for upper in self.thresholds:
            rule = rule_at(upper)
            above = share - (upper.least - rule.gain)
            if above >= 0.0:
                amount = upper.amount
                if lower is not None:
                    amount -= (upper.amount - lower.amount) * above / (below + above)
                value = self.base - amount
                return Worth(value, self._error(rule, amount)) if value > 0.0 else Worth(0.0, 0.0)
            lower, below = upper, -above
        return Worth(0.0, 0.0)

    def _error(self, rule: Rule, amount: float) -> float:
        """Return the standard error: of the influence of each path on the value.

        What a path adds to the objective of the first strategy, less what it adds to that of the
        cost chosen (P. J. Huber, E. M. Ronchetti, "Robust Statistics", Wiley, 2009, section 3.3).
        """
        if self.kind == "mean":
            return standard_error(self.costs[self.first] - self._chosen(rule, self.costs))
        own, share = self.costs[self.first], 1.0 - self.level
        before = float(quantile(np.sort(own), self.level))
        if self.kind == "tvar":
            at_first = before + np.maximum(own - before, 0.0) / share
            chosen = self._chosen(rule, np.maximum(self.costs - amount, 0.0))
            return standard_error(at_first - amount - chosen / share)
        near = _bandwidth(np.sort(own), self.level)
        if near == 0.0:
            return 0.0
        around = np.array([-near, 0.0, near])
        at_first = [np.asarray(own > before + apart, dtype=float) for apart in around]
        at_chosen = [self._chosen(rule, (self.costs > amount + apart) * 1.0) for apart in around]
        return standard_error(_influence(at_first, near) - _influence(at_chosen, near))

    def _chosen(self, rule: Rule, each: Floats) -> Floats:
        """Return on each path what is chosen of something that each strategy has."""
        return np.asarray((rule.chance * each[list(rule.strategies)]).sum(axis=0))


def problem(
    costs: Floats, inputs: Inputs, objective: str, groups: Sequence[Collection[int]] = ()
) -> Problem:
    """Return the problem of choosing among ``costs`` by an objective that was checked.

    ``groups`` are the inputs whose joint knowledge is to be valued.
    """
    _, kind, level = statistic(objective, "objective")
    if kind == "mean":
        first = int(costs.mean(axis=-1).argmin())
        return Problem(kind, level, costs, first, 0.0, (Threshold(0.0, costs, inputs),))
    ordered = np.sort(costs, axis=-1)
    amounts = _grid(ordered, costs, level)
    if kind == "tvar":
        share = 1.0 - level
        reached = tail_mean(ordered, level)
        n = costs.shape[-1]
        # The minimum over thresholds is attained at the boundary path of the tail mean.
        at = ordered[int(reached.argmin()), min(int(np.floor(level * n + 1e-9)), n - 1)]
        amounts = np.union1d(amounts, [at])
        beyond = [np.maximum(costs - amount, 0.0) / share for amount in amounts]
    else:
        reached = quantile(ordered, level)
        beyond = [(costs > amount).astype(float) for amount in amounts]
    first = int(reached.argmin())
    shapes = Shapes(costs, inputs, groups, excess=kind == "tvar")
    found = zip(amounts, beyond, strict=True)
    thresholds = tuple(Threshold(float(a), c, inputs, shapes) for a, c in found)
    return Problem(kind, level, costs, first, float(reached[first]), thresholds)


def least_less_chosen(rows: Floats) -> float:
    """Return how much lower the sum of the least of each column is than the least sum of a row.

    Examples
    --------
    >>> least_less_chosen(np.array([[0.0, 0.0], [-1.0, 3.0]]))
    1.0
    """
    return max(float(rows.sum(axis=1).min()) - float(rows.min(axis=0).sum()), 0.0)


def standard_error(saved: Floats) -> float:
    """Return the standard error of a mean; infinite for one path."""
    n = saved.shape[-1]
    return float(saved.std(ddof=1) / np.sqrt(n)) if n > 1 else np.inf


def _one_of(rows: Floats) -> Floats:
    """Return 1 for the least of each column, else 0."""
    return np.asarray((rows.argmin(axis=0) == np.arange(len(rows))[:, None]).astype(float))


def _grid(ordered: Floats, costs: Floats, level: float) -> Floats:
    """Return thresholds from what hindsight would reach to what the best strategy has."""
    low = quantile(np.sort(costs.min(axis=0)), level)
    high = quantile(ordered, level).min()
    return np.unique(np.linspace(min(low, high), high, _THRESHOLDS))


def _bandwidth(ordered: Floats, level: float) -> float:
    """Return half the width between the quantiles around a level at Bofinger's distance.

    E. Bofinger, "Estimation of a density function using order statistics", Australian Journal of
    Statistics 17(1), 1975, 1-7.
    """
    z = special.ndtri(level)
    normal = np.exp(-z * z / 2.0) / np.sqrt(2.0 * np.pi)
    apart = (4.5 * normal**4 / (2.0 * z * z + 1.0) ** 2 / ordered.size) ** 0.2
    apart = min(apart, level / 2.0, (1.0 - level) / 2.0)
    return float(quantile(ordered, level + apart) - quantile(ordered, level - apart)) / 2.0


def _influence(sides: Sequence[Floats], near: float) -> Floats:
    """Return the influence of each path on a quantile.

    ``sides`` are the shares of it beyond the quantile less ``near``, the quantile, and more.
    """
    below, at, above = sides
    # At least one path's worth of density, where there is a gap.
    density = max(float((below - above).mean()), 1.0 / at.size) / (2.0 * near)
    return np.asarray(at / density)
