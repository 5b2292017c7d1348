"""What the worst paths have in common."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import xarray as xr
from scipy import special

from hcrisk.figures import Figure, percent, plain, spoken
from hcrisk.measures._estimators import Floats, snapped
from hcrisk.measures._labelled import (
    Sample,
    check_choice,
    check_share,
    read_sample,
    warn_few_paths,
)
from hcrisk.variables import labels_of, words

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
    units: str
    values: Floats


def reverse_stress(
    ds: xr.Dataset,
    level: float = 0.99,
    *,
    strategy: str | None = None,
    confidence: float = 0.95,
) -> xr.Dataset:
    r"""Return what distinguishes the worst ``1 - level`` share of the paths from the rest.

    The worst paths are those that enter the tail mean (`tail_value_at_risk`): with a mass at the
    boundary each path of it counts with the same part, so ties are neither in nor out by their
    order. Of each component, service, risk, input and index the mean in the tail is compared with
    the mean in the rest; the effect is their difference in standard deviations over all paths.
    Components and services add up to the cost, so
    their differences are shares of the tail's excess that add up to 1.

    The interval is Student's, with the variances and effective sizes of the two groups (Welch),
    for the worst paths as found. Many factors are compared at once: of a hundred that do not
    matter, five are expected to seem to at 95 % confidence.

    Parameters
    ----------
    ds
        Result of `simulate`.
    level
        Level in (0, 1): 0.99 looks at the worst 1 %.
    strategy
        Whose worst paths; today's arrangement, ``ds.attrs["current"]``, when omitted.
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
        difference in cost, ``threshold`` the boundary of the tail. ``attrs["summary"]`` says it
        in words. Bounds are infinite where there are too few paths.

    Raises
    ------
    ValueError
        A level or confidence outside (0, 1), an unknown strategy or none known, or npv missing.

    Warns
    -----
    PrecisionWarning
        The bounds are infinite: fewer than two paths on one side.

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> event = (np.arange(1000) % 50 == 0) * 1.0
    >>> ds = xr.Dataset(
    ...     {"npv": (("strategy", "path"), [100 + 900 * event]),
    ...      "events": (("strategy", "risk", "path"), [[event, 1 - event]])},
    ...     {"strategy": ["current"], "risk": ["breach", "calm"]}, {"current": "current"})
    >>> found = reverse_stress(ds, 0.98)
    >>> found["name"].values.tolist(), found["chance_tail"].values.tolist()
    (['breach', 'calm'], [1.0, 0.0])
    """
    level, confidence = check_share("level", level), check_share("confidence", confidence)
    sample = read_sample(ds, "npv", by_strategy=True)
    name = _checked_strategy(ds, strategy, [str(s) for s in sample.labels["strategy"].values])
    one = ds.sel(strategy=name)
    npv = np.asarray(one["npv"].values, dtype=np.float64)
    weights, threshold = tail_weights(npv, level)
    _warn(sample, weights, level, confidence)
    factors = list(_factors(one))
    table = _compared(factors, npv, weights, confidence)
    order = np.argsort(-np.abs(table["effect"].values), kind="stable")
    result = table.isel(factor=order)
    result["factor"] = np.arange(1, len(factors) + 1)
    units = str(ds["npv"].attrs.get("units", ""))
    result["threshold"] = ((), threshold, {"units": units, "long_name": "boundary of the tail"})
    result.attrs = {
        **ds.attrs,
        "measure": "reverse_stress",
        "of": "npv",
        "level": level,
        "strategy": name,
        "confidence": confidence,
    }
    result.attrs["summary"] = "\n".join(_sentences(result, npv.size))
    return result


def tail_weights(values: Floats, level: float) -> tuple[Floats, float]:
    """Return with which part each path lies in the worst share, and the boundary value.

    Examples
    --------
    >>> tail_weights(np.array([0.0, 0.0, 0.0, 5.0]), 0.5)
    (array([0.33333333, 0.33333333, 0.33333333, 1.        ]), 0.0)
    """
    n = values.size
    k, fraction = snapped(level, n)
    boundary = float(np.sort(values)[k])
    above, tied = values > boundary, values == boundary
    part = (n - k - fraction - above.sum()) / tied.sum()
    return np.where(above, 1.0, np.where(tied, part, 0.0)), boundary


def _checked_strategy(ds: xr.Dataset, strategy: str | None, names: list[str]) -> str:
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
        units = str(array.attrs.get("units", ""))
        for slug, values in zip(shown, np.asarray(array.values, dtype=np.float64), strict=True):
            yield _Factor(kind, slug, shown[slug], units, values)
    for variable in _INDICES:
        if variable in one and set(one[variable].dims) == {"year", "path"}:
            last = np.asarray(one[variable].isel(year=-1).values, dtype=np.float64)
            yield _Factor("index", variable, f"{words(variable)} in the last year", "1", last)


def _compared(
    factors: list[_Factor], npv: Floats, weights: Floats, confidence: float
) -> xr.Dataset:
    table = np.stack([npv, *(one.values for one in factors)])
    tail, rest = _moments(table, weights), _moments(table, 1.0 - weights)
    difference = tail[0] - rest[0]
    half = _half_width(tail, rest, weights, confidence)
    spread = table.std(axis=1)
    # What does not vary differs by rounding at most.
    varies = spread > 1e-12 * np.abs(table).max(axis=1)
    difference = np.where(varies, difference, 0.0)
    half = np.where(varies | np.isinf(half), half, 0.0)
    effect = difference / np.where(varies, spread, 1.0)
    adds = np.array([one.kind in _ADDS_UP for one in factors], dtype=bool)
    excess = difference[0]
    share = np.where(adds, difference[1:], np.nan) / (excess if excess else np.nan)
    chances = [
        [_mean(one.values > 0, each) if one.kind in _COUNTS else np.nan for one in factors]
        for each in (weights, 1.0 - weights)
    ]

    def column(values: object, long_name: str, units: str = "as stated") -> object:
        return "factor", values, {"units": units, "long_name": long_name}

    coords = {
        "kind": ("factor", [one.kind for one in factors]),
        "name": ("factor", [one.name for one in factors]),
        "label": ("factor", [one.label for one in factors]),
        "unit": ("factor", [one.units for one in factors]),
    }
    return xr.Dataset(
        {
            "value": column(difference[1:], "mean in the tail less mean in the rest"),
            "lower": column((difference - half)[1:], "lower bound of the difference"),
            "upper": column((difference + half)[1:], "upper bound of the difference"),
            "effect": column(effect[1:], "difference in standard deviations", "1"),
            "mean_tail": column(tail[0][1:], "mean in the tail"),
            "mean_rest": column(rest[0][1:], "mean in the rest"),
            "share": column(share, "share of the excess cost of the tail", "1"),
            "chance_tail": column(chances[0], "chance of at least one in the tail", "1"),
            "chance_rest": column(chances[1], "chance of at least one in the rest", "1"),
            "excess": ((), excess, {"long_name": "cost of the tail less cost of the rest"}),
            "cost_tail": ((), tail[0][0], {"long_name": "mean cost of the tail"}),
            "cost_rest": ((), rest[0][0], {"long_name": "mean cost of the rest"}),
        },
        coords,
    )


def _warn(sample: Sample, weights: Floats, level: float, confidence: float) -> None:
    if min(_effective(weights), _effective(1.0 - weights)) <= 1.0:
        needed = ceil(2.0 / min(level, 1.0 - level) - 1e-9)
        warn_few_paths(sample, f"the worst {100 * (1.0 - level):g}%", needed, confidence)


def _mean(values: npt.NDArray[np.bool_], weights: Floats) -> float:
    return float((values * weights).sum() / weights.sum())


def _effective(weights: Floats) -> float:
    return float(weights.sum() ** 2 / np.square(weights).sum())


def _moments(table: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return the weighted mean and variance of each row."""
    total = weights.sum()
    mean = (table * weights).sum(axis=1) / total
    square = (np.square(table - mean[:, None]) * weights).sum(axis=1) / total
    n = _effective(weights)
    return mean, square * n / (n - 1.0) if n > 1.0 else np.full_like(mean, np.inf)


def _half_width(
    tail: tuple[Floats, Floats], rest: tuple[Floats, Floats], weights: Floats, confidence: float
) -> Floats:
    sizes = _effective(weights), _effective(1.0 - weights)
    if min(sizes) <= 1.0:
        return np.full_like(tail[0], np.inf)
    parts = [group[1] / size for group, size in zip((tail, rest), sizes, strict=True)]
    total = parts[0] + parts[1]
    # Welch and Satterthwaite's degrees of freedom.
    below = sum(np.square(part) / (size - 1.0) for part, size in zip(parts, sizes, strict=True))
    degrees = np.square(total) / np.where(below > 0.0, below, 1.0)
    t = special.stdtrit(np.maximum(degrees, 1.0), 0.5 + confidence / 2.0)
    return np.asarray(t * np.sqrt(total))


def _sentences(found: xr.Dataset, n_path: int) -> list[str]:
    currency = str(found.attrs.get("currency", "USD"))
    worst = 1.0 - found.attrs["level"]
    share = f"{round(100 * worst, 10):g}%"

    def said(name: str) -> str:
        value = float(found[name])
        return spoken(Figure(value, value, value), currency)

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
