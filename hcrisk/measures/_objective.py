"""Objectives as mean costs: the mean itself, a percentile or a tail mean of the cost chosen.

A problem is one or more mean-cost problems, one for each threshold of the objective.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hcrisk.measures._emulator import Emulator, fit
from hcrisk.measures._estimators import Floats, quantile, tail_mean
from hcrisk.measures._information import Worth, gain
from hcrisk.measures._shapes import Shapes
from hcrisk.measures.statistic import statistic

_THRESHOLDS = 9


@dataclass(frozen=True)
class Threshold:
    """One mean-cost problem: costs beyond a threshold, and how they count in the objective."""

    amount: float
    costs: Floats
    inputs: Floats
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

    def gain(self, known: Collection[int] | None) -> Worth:
        """Return the gain by some inputs, or by foresight of the path itself for None."""
        if known is None:
            first = int(self.costs.mean(axis=-1).argmin())
            saved = self.costs[first] - self.costs.min(axis=0)
            return Worth(max(float(saved.mean()), 0.0), standard_error(saved))
        found = gain(self.emulator, known)
        chosen = with_first(found.known).argmin(axis=0)
        saved = np.take_along_axis(self.savings(), chosen[None], axis=0)[0]
        return Worth(min(found.value, self.gain(None).value), standard_error(saved))

    def savings(self) -> Floats:
        """Return what each strategy in play saves against the first of them on each path."""
        playing = self.costs[list(self.emulator.strategies)]
        return np.asarray(playing[0] - playing)


@dataclass(frozen=True)
class Problem:
    """A decision between strategies (``float64[strategy, path]``) under an objective."""

    kind: str
    level: float
    base: float
    thresholds: tuple[Threshold, ...]

    def worth(self, known: Collection[int] | None) -> Worth:
        """Return what knowing some inputs is worth, or the path itself for None."""
        return self.combined(lambda threshold: threshold.gain(known))

    def combined(self, gain_at: Callable[[Threshold], Worth]) -> Worth:
        """Return what gains at the thresholds are worth in the objective."""
        if self.kind == "mean":
            return gain_at(self.thresholds[0])
        if self.kind == "tvar":
            return self._tail_worth(gain_at)
        before = self._crossing(lambda _: Worth(0.0, 0.0))
        after = self._crossing(gain_at)
        return Worth(max(before.value - after.value, 0.0), after.error)

    def _tail_worth(self, gain_at: Callable[[Threshold], Worth]) -> Worth:
        best = Worth(0.0, 0.0)
        for threshold in self.thresholds:
            found = gain_at(threshold)
            value = min(self.base - threshold.amount - threshold.least, 0.0) + found.value
            if value > best.value:
                best = Worth(value, found.error)
        return best

    def _crossing(self, gain_at: Callable[[Threshold], Worth]) -> Worth:
        """Return the amount at which the share of paths beyond falls to that of the percentile."""
        share, below = 1.0 - self.level, 0.0
        lower: Threshold | None = None
        for upper in self.thresholds:
            found = gain_at(upper)
            above = share - (upper.least - found.value)
            if above >= 0.0:
                if lower is None:
                    return Worth(upper.amount, 0.0)
                width = upper.amount - lower.amount
                slope = (below + above) / width
                return Worth(lower.amount + below / slope, found.error / slope)
            lower, below = upper, -above
        return Worth(self.thresholds[-1].amount, 0.0)


def problem(
    costs: Floats, inputs: Floats, objective: str, groups: Sequence[Collection[int]] = ()
) -> Problem:
    """Return the problem of choosing among ``costs`` by an objective that was checked.

    ``groups`` are the inputs whose joint knowledge is to be valued.
    """
    _, kind, level = statistic(objective, "objective")
    if kind == "mean":
        return Problem(kind, level, 0.0, (Threshold(0.0, costs, inputs),))
    ordered = np.sort(costs, axis=-1)
    if kind == "tvar":
        share = 1.0 - level
        first = int(tail_mean(ordered, level).argmin())
        n = costs.shape[-1]
        # The minimum over thresholds is attained at the boundary path of the tail mean.
        at = ordered[first, min(int(np.floor(level * n + 1e-9)), n - 1)]
        amounts = np.union1d(_grid(ordered, costs, level), [at])
        base = float(tail_mean(ordered, level)[first])
        beyond = [np.maximum(costs - amount, 0.0) / share for amount in amounts]
    else:
        amounts, base = _grid(ordered, costs, level), 0.0
        beyond = [(costs > amount).astype(float) for amount in amounts]
    shapes = Shapes(costs, inputs, groups, excess=kind == "tvar")
    found = zip(amounts, beyond, strict=True)
    return Problem(
        kind, level, base, tuple(Threshold(float(a), c, inputs, shapes) for a, c in found)
    )


def with_first(rows: Floats) -> Floats:
    """Return costs above the first strategy's with its own, which are 0, on top."""
    return np.vstack([np.zeros(rows.shape[-1]), rows])


def _grid(ordered: Floats, costs: Floats, level: float) -> Floats:
    """Return thresholds from what hindsight would reach to what the best strategy has."""
    low = quantile(np.sort(costs.min(axis=0)), level)
    high = quantile(ordered, level).min()
    return np.unique(np.linspace(min(low, high), high, _THRESHOLDS))


def standard_error(saved: Floats) -> float:
    """Return the standard error of a mean; infinite for one path."""
    n = saved.shape[-1]
    return float(saved.std(ddof=1) / np.sqrt(n)) if n > 1 else np.inf
