"""What the worst paths have in common."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import xarray as xr

from hcrisk.figures import Figure, measured, percent, plain, spoken
from hcrisk.measures._estimators import (
    Estimate,
    Floats,
    order_statistic_estimate,
    paths_to_batch,
    paths_to_bound_quantile,
    snapped,
    tail_estimate,
)
from hcrisk.measures._labelled import (
    Sample,
    check_choice,
    check_share,
    read_sample,
    warn_few_paths,
)
from hcrisk.measures._worst import Worst
from hcrisk.variables import described, labels_of, words

# A variable, the dimension its factors lie along, and what they are called.
_BY = (
    ("component_npv", "component", "component"),
    ("service_npv", "service", "service"),
    ("events", "risk", "events"),
    ("departures", "service", "departures"),
    ("uncovered", "service", "uncovered"),
    ("input", "parameter", "input"),
)
_INDICES = ("wage_index", "price_index")
_ADDS_UP = ("component", "service")
_COUNTS = ("events", "departures")
# What the sentences tell: shares of the excess from here on, effects from here on, and how many.
_LEAST_SHARE = 0.05
_LEAST_EFFECT = 0.3
_TOLD = 3


class _Factor(NamedTuple):
    """One quantity by path: what kind, its name and label, unit and values."""

    kind: str
    name: str
    label: str
    unit: str
    values: Floats


def reverse_stress(
    ds: xr.Dataset,
    strategy: str | None = None,
    *,
    level: float = 0.99,
    confidence: float = 0.95,
) -> xr.Dataset:
    r"""Return what distinguishes the worst ``1 - level`` share of the paths from the rest.

    The worst paths are those that enter the tail mean (`tail_value_at_risk`): with a mass at the
    boundary each path of it counts with the same part, so ties are neither in nor out by their
    order. Of each component, service, risk, input and index the mean in the tail is compared with
    the mean in the rest; the effect is their difference in standard deviations over all paths.
    Components and services add up to the cost, so
    their differences are shares of the tail's excess that add up to 1.

    Intervals come from 10 to 30 batches of the paths, each with worst paths of its own, as in
    `hcrisk.measures.tail_drivers`, which gives the same differences for components and events;
    those of chances are never narrower than Wilson's, that of ``cost_tail`` is the one of
    `hcrisk.measures.tail_value_at_risk`, that of ``threshold`` from order statistics. Many factors
    are compared at once: of a hundred that do not matter, five are expected to seem to at 95 %
    confidence.

    Parameters
    ----------
    ds
        Result of `simulate`.
    strategy
        Whose worst paths; today's arrangement, ``ds.attrs["current"]``, when omitted.
    level
        Level in (0, 1): 0.99 looks at the worst 1 %.
    confidence
        Confidence of the intervals, in (0, 1).

    Returns
    -------
    xarray.Dataset
        Over ``factor``, largest effect first: ``value``, ``lower``, ``upper`` (mean in the tail
        less mean in the rest, in the factor's unit), ``effect`` (that in standard deviations, 0
        where nothing varies), ``mean_tail``, ``mean_rest``, ``share`` (of the tail's excess cost;
        NaN for what is no part of the cost), ``chance_tail`` and ``chance_rest`` (of at least one;
        NaN for what is not counted). Coordinates ``kind`` (component, service, events,
        departures, uncovered, input, index), ``name``, ``label`` and ``unit``. ``excess`` is the
        difference in cost, of ``cost_tail`` and ``cost_rest``; ``threshold`` the boundary of the
        tail. Each has its bounds beside it under the suffixes ``_lower`` and ``_upper``;
        with fewer than ``50 / (1 - level)`` paths they are infinite, but for what is the same on
        all paths. ``attrs["summary"]`` says it in words.

    Raises
    ------
    ValueError
        A level or confidence outside (0, 1), an unknown strategy or none known, or npv missing.

    Warns
    -----
    PrecisionWarning
        The bounds are infinite: there are too few paths to cut into batches.

    See Also
    --------
    hcrisk.measures.tail_drivers : Inputs, components and risks apart, also against a baseline.

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> event = (np.arange(5000) % 50 == 0) * 1.0
    >>> ds = xr.Dataset(
    ...     {"npv": (("strategy", "path"), [100 + 900 * event]),
    ...      "events": (("strategy", "risk", "path"), [[event, 1 - event]])},
    ...     {"strategy": ["current"], "risk": ["breach", "calm"]}, {"current": "current"})
    >>> found = reverse_stress(ds, level=0.98)
    >>> found["name"].values.tolist(), found["chance_tail"].values.tolist()
    (['breach', 'calm'], [1.0, 0.0])
    """
    level, confidence = check_share("level", level), check_share("confidence", confidence)
    sample = read_sample(ds, "npv", by_strategy=True)
    name = _checked_strategy(ds, strategy, [str(s) for s in sample.labels["strategy"].values])
    one = ds.sel(strategy=name)
    factors = list(_factors(one))
    table = _Table(factors, np.asarray(one["npv"].values, dtype=np.float64), level, confidence)
    result = xr.Dataset(
        {**_by_factor(table), **_of_cost(table, str(ds["npv"].attrs.get("units", "")))},
        {
            name: (
                "factor",
                [getattr(each, name) for each in factors],
                described(f"{name} of the factor"),
            )
            for name in ("kind", "name", "label", "unit")
        },
    )
    _warn(sample, result, level, confidence)
    order = np.argsort(-np.abs(result["effect"].values), kind="stable")
    result = result.isel(factor=order)
    result["factor"] = ("factor", np.arange(1, len(factors) + 1), described("rank of the factor"))
    result.attrs = {
        **ds.attrs,
        "measure": "reverse_stress",
        "of": "npv",
        "level": level,
        "strategy": name,
        "confidence": confidence,
    }
    result.attrs["summary"] = "\n".join(_sentences(result, table.cost.size))
    return result


class _Table:
    """The cost and the factors by path, compared between the worst paths and the rest.

    The cost is the first row.
    """

    def __init__(
        self, factors: list[_Factor], cost: Floats, level: float, confidence: float
    ) -> None:
        self.factors, self.cost, self.level, self.confidence = factors, cost, level, confidence
        self.values = np.stack([cost, *(one.values for one in factors)])
        self.worst = Worst(cost, level, confidence)
        self.sides = self.worst.sides(self.values)
        self.spread = self.values.std(axis=1)
        # What does not vary differs by rounding at most.
        self.still = self.spread <= 1e-12 * np.abs(self.values).max(axis=1)

    def settled(self, estimate: Estimate, value: Floats | float = 0.0) -> Estimate:
        """Return an estimate over the rows, exact where they do not vary and paths suffice."""
        known = self.still & (
            self.cost.size >= paths_to_bound_quantile(self.level, self.confidence)
        )
        at, lower, upper = estimate
        return Estimate(
            np.where(self.still, value, at),
            np.where(known, value, lower),
            np.where(known, value, upper),
        )

    def excess(self) -> Estimate:
        """Return the mean in the tail less that in the rest."""
        return self.settled(self.worst.excess(self.sides))

    def effect(self) -> Estimate:
        """Return the excess in standard deviations over all paths, linear between sections."""
        spread = np.where(self.still, 1.0, self.spread)
        effect = self.sides.excess / spread
        by = None
        if self.sides.excess_by is not None:
            square = np.square(self.values - self.values.mean(axis=1, keepdims=True))
            wider = self.worst.cut(square).mean(axis=-1) / np.square(spread)[:, None] - 1.0
            by = self.sides.excess_by / spread[:, None] - effect[:, None] * wider / 2.0
        return self.settled(self.worst.estimate(effect, by))

    def shares(self) -> Estimate:
        """Return what each factor adds to the excess of the cost, as a share of it."""
        blank = np.full(len(self.values), np.nan)
        adds = np.array([True, *(one.kind in _ADDS_UP for one in self.factors)])
        if self.still[0]:
            return Estimate(blank, blank, blank)
        found = self.settled(self.worst.ratio(self.sides, self.sides.row(0)))
        return Estimate(*(np.where(adds, part, np.nan) for part in found))

    def chances(self) -> tuple[Estimate, Estimate]:
        """Return the chances of at least one, in the tail and in the rest."""
        counted = np.array([False, *(one.kind in _COUNTS for one in self.factors)])
        found = self.worst.shares(self.worst.sides((self.values > 0.0).astype(np.float64)))
        tail, rest = (
            Estimate(*(np.where(counted, part, np.nan) for part in each)) for each in found
        )
        return tail, rest


def _by_factor(table: _Table) -> dict[str, xr.DataArray]:
    means = [table.settled(each, table.values[:, 0]) for each in table.worst.means(table.sides)]
    chances = table.chances()
    said = {
        "": (table.excess(), "mean in the tail less mean in the rest", ""),
        "effect": (table.effect(), "difference in standard deviations", "1"),
        "mean_tail": (means[0], "mean in the tail", ""),
        "mean_rest": (means[1], "mean in the rest", ""),
        "share": (table.shares(), "share of the excess cost of the tail", "1"),
        "chance_tail": (chances[0], "chance of at least one in the tail", "1"),
        "chance_rest": (chances[1], "chance of at least one in the rest", "1"),
    }
    found = dict[str, xr.DataArray]()
    for name, (estimate, long_name, units) in said.items():
        rows = Estimate(*(part[1:] for part in estimate))
        found |= _labelled(rows, name, long_name, units, "factor")
    return found


def _of_cost(table: _Table, units: str) -> dict[str, xr.DataArray]:
    ordered, level, confidence = np.sort(table.cost), table.level, table.confidence
    rest = table.settled(table.worst.means(table.sides)[1], table.values[:, 0])
    boundary = order_statistic_estimate(ordered, level, confidence)
    at = ordered[snapped(level, ordered.size)[0]]
    said = {
        "excess": (_first(table.excess()), "cost of the tail less cost of the rest"),
        "cost_tail": (tail_estimate(ordered, level, confidence), "mean cost of the tail"),
        "cost_rest": (_first(rest), "mean cost of the rest"),
        "threshold": (boundary._replace(value=at), "boundary of the tail"),
    }
    found = dict[str, xr.DataArray]()
    for name, (estimate, long_name) in said.items():
        found |= _labelled(estimate, name, long_name, units)
    return found


def _first(estimate: Estimate) -> Estimate:
    return Estimate(*(part[0] for part in estimate))


def _labelled(
    estimate: Estimate, name: str, long_name: str, units: str, *dims: str
) -> dict[str, xr.DataArray]:
    keys = (name, f"{name}_lower", f"{name}_upper") if name else ("value", "lower", "upper")
    prefixes = ("", "lower bound of ", "upper bound of ")
    return {
        key: xr.DataArray(part, dims=dims, attrs=described(prefix + long_name, units))
        for key, prefix, part in zip(keys, prefixes, estimate, strict=True)
    }


def _warn(sample: Sample, found: xr.Dataset, level: float, confidence: float) -> None:
    if np.isinf(found["lower"]).any() or np.isinf(found["excess_lower"]):
        needed = paths_to_batch(1.0 - level)
        warn_few_paths(sample, f"the worst {100 * (1.0 - level):.3g}%", needed, confidence)


def _checked_strategy(ds: xr.Dataset, strategy: str | None, names: list[str]) -> str:
    if strategy is not None and not isinstance(strategy, str):
        raise TypeError(
            f"strategy must be the name of one, got {strategy!r}; write 'outsource', or "
            f"level=0.99 for the level"
        )
    chosen = ds.attrs.get("current") if strategy is None else strategy
    if chosen is None and len(names) == 1:
        return names[0]
    if chosen is None:
        raise ValueError(
            f"strategy must be named, got None and no ds.attrs['current']; choose one of {names}"
        )
    return check_choice("strategy", str(chosen), names)


def _factors(one: xr.Dataset) -> Iterator[_Factor]:
    for variable, dim, kind in _BY:
        if variable not in one or "path" not in one[variable].dims:
            continue
        shown = (
            {s: s for s in map(str, one[dim].values)} if kind == "input" else labels_of(one, dim)
        )
        array = one[variable].transpose(dim, "path")
        units = _units(array, len(shown))
        rows = np.asarray(array.values, dtype=np.float64)
        for slug, unit, values in zip(shown, units, rows, strict=True):
            yield _Factor(kind, slug, shown[slug], unit, values)
    for variable in _INDICES:
        if variable in one and set(one[variable].dims) == {"year", "path"}:
            last = np.asarray(one[variable].isel(year=-1).values, dtype=np.float64)
            yield _Factor("index", variable, f"{words(variable)} in the last year", "1", last)


def _units(array: xr.DataArray, count: int) -> list[str]:
    """Return the unit of each row: of inputs its own."""
    if "unit" in array.coords:
        return [str(unit) for unit in array["unit"].values]
    return [str(array.attrs.get("units", ""))] * count


def _sentences(found: xr.Dataset, n_path: int) -> list[str]:
    currency = str(found.attrs.get("currency", "USD"))
    worst = 1.0 - found.attrs["level"]
    share = f"{round(100 * worst, 10):g}%"

    def said(name: str) -> str:
        return spoken(measured(found, name), currency)

    text = [
        f"The worst {share} of {n_path:,} futures cost {said('threshold')} or more: "
        f"{said('cost_tail')} on average, against {said('cost_rest')} in the rest."
    ]
    if not float(found["excess"]):
        return [*text, "No future is worse than another."]
    for kind in _ADDS_UP:
        text += _parts(found, kind)
    text += _counted(found, share)
    return text + _shifted(found)


def _parts(found: xr.Dataset, kind: str) -> list[str]:
    parts = found.isel(factor=np.flatnonzero(found["kind"].values == kind))
    parts = parts.sortby("share", ascending=False)
    told = [
        f"{label} {100 * share:.0f}%"
        for label, share in zip(parts["label"].values, parts["share"].values, strict=True)
        if share >= _LEAST_SHARE
    ]
    less = [
        f"{label} {-100 * share:.0f}%"
        for label, share in zip(parts["label"].values, parts["share"].values, strict=True)
        if share <= -_LEAST_SHARE
    ]
    text = f"Of that excess, by {kind}: {', '.join(told[: _TOLD + 2])}"
    text += f"; less {', '.join(reversed(less))}" if less else ""
    return [f"{text}."] if told else []


def _standing_out(found: xr.Dataset, kinds: tuple[str, ...]) -> xr.Dataset:
    certain = (found["lower"] > 0) | (found["upper"] < 0)
    large = np.abs(found["effect"]) >= _LEAST_EFFECT
    wanted = certain & large & found["kind"].isin(list(kinds))
    return found.isel(factor=np.flatnonzero(wanted.values)[:_TOLD])


def _counted(found: xr.Dataset, share: str) -> list[str]:
    told = []
    for i in range(_standing_out(found, _COUNTS).sizes["factor"]):
        one = _standing_out(found, _COUNTS).isel(factor=i)
        chances = [float(one[name]) for name in ("chance_tail", "chance_rest")]
        shown = [percent(Figure(chance, chance, chance)) for chance in chances]
        what = str(one["label"].item())
        what = f"{what} departures" if one["kind"].item() == "departures" else what
        told.append(
            f"{what}: at least one in {shown[0]} of the worst {share}, {shown[1]} of the rest."
        )
    return told


def _shifted(found: xr.Dataset) -> list[str]:
    several = _standing_out(found, ("input", "index", "uncovered"))
    told = []
    for i in range(several.sizes["factor"]):
        one = several.isel(factor=i)
        more = "above" if float(one["effect"]) > 0 else "below"
        what = str(one["label"].item())
        what = f"{what}, share uncovered" if one["kind"].item() == "uncovered" else what
        means = [plain(float(one[name])) for name in ("mean_tail", "mean_rest")]
        told.append(
            f"{what}: {means[0]} on average, {means[1]} in the rest, "
            f"{abs(float(one['effect'])):.1f} standard deviations {more}."
        )
    return told or ["No input stands out: what makes these futures bad is chance."]
