"""Which combination of arrangements costs least, and what each service's choice is worth."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

import numpy as np
import xarray as xr

from hcrisk.arguments import check_whole
from hcrisk.measures._estimators import Estimate, Floats, wilson_estimate
from hcrisk.measures._labelled import (
    Sample,
    check_choice,
    check_share,
    read_sample,
    warn_few_paths,
)
from hcrisk.measures._limits import Kept, all_kept, unmet
from hcrisk.measures.constraint import read_limits
from hcrisk.measures.statistic import Statistic, statistic

Places = np.ndarray[tuple[int], np.dtype[np.intp]]

_CHOICES = ("value", "lower", "upper", "margin", "margin_lower", "margin_upper")


def best_assignment(
    ds: xr.Dataset,
    objective: str = "mean",
    *,
    constraints: str | Iterable[str] = (),
    budget: float | None = None,
    assurance: float = 0.8,
    top: int = 5,
    confidence: float = 0.95,
) -> xr.Dataset:
    """Rank combinations of arrangements by what they cost.

    Parameters
    ----------
    ds
        Result of `simulate_assignments`, or of `simulate`.
    objective
        ``"mean"``, a percentile such as ``"p80"`` or a tail mean such as ``"tvar95"`` of npv.
    constraints
        What a combination must keep to, such as ``"vendors <= 2"``, ``"help_desk is insource"``
        or ``"p95 <= 9M"``; `feasible_assignments` has the whole vocabulary.
    budget
        Most that may be spent, above 0; what exceeds it with a probability above 1 -
        ``assurance`` is left out. Default: no limit.
    assurance
        Share of futures that must stay within the budget.
    top
        How many to return at most.
    confidence
        Confidence of the intervals, in (0, 1).

    Returns
    -------
    xarray.Dataset
        Over ``strategy``, best first: ``value`` of the objective with ``lower`` and ``upper``;
        ``margin``, what it lies above the best on the same paths, and ``probability_within`` the
        budget (Wilson), with their bounds under ``_lower`` and ``_upper``. Coordinates by service
        are kept.
        ``attrs["feasible"]`` says how many combinations keep to all constraints.

        Where there are constraints or a budget, also over ``limit`` (the constraint as written,
        or "budget"): ``price``, what the best would cost less without this limit, all others
        kept; ``without``, the combination that would then be best; ``kept_by``, how many keep to
        this limit. ``price_together`` is the price of all: limits that bind at the same place cost
        little one by one and more together. Bounds, ``price_lower`` and so on, are those of the
        difference of the two combinations on the same paths, cut at 0, since a limit saves
        nothing; that other paths might choose other combinations is not in them.

        Intervals are those of one combination, chosen beforehand. The best of many is chosen by
        the same paths and looks a little better than it is: of m combinations by at most
        ``sqrt(2 log m)`` standard errors of their differences on the same paths, in expectation
        (3.3 for 256), and by next to nothing where the margin to the second is wide. Simulate
        the few best again with another seed for a value without it.

    Raises
    ------
    ValueError
        For an unknown objective, a constraint that cannot be read, a budget that is not finite
        and above 0, constraints and a budget that no combination keeps (with those that leave
        none, and how near the nearest comes), a share outside (0, 1), or ``top`` below 1.

    Warns
    -----
    PrecisionWarning
        Bounds are infinite: there are too few paths.

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> npv = [[3.0, 5.0], [4.0, 4.5], [9.0, 1.0]]
    >>> names = ["own / own", "own / partner", "partner / own"]
    >>> ds = xr.Dataset({"npv": (("strategy", "path"), npv)}, {"strategy": names})
    >>> best_assignment(ds, top=2)["strategy"].values.tolist()
    ['own / own', 'own / partner']
    >>> within = best_assignment(ds, budget=4.5, assurance=0.9)
    >>> within["strategy"].values.tolist(), within["price"].sel(limit="budget").item()
    (['own / partner'], 0.25)
    >>> best_assignment(ds, constraints="probability above 8 <= 10%", top=1)["value"].item()
    4.0
    """
    wanted, confidence = statistic(objective, "objective"), check_share("confidence", confidence)
    check_whole("top", top, 1)
    limits = read_limits(ds, constraints, budget, assurance)
    sample = read_sample(ds, "npv", by_strategy=True)
    allowed = allowed_places(ds, limits)
    values = wanted.of(sample.values)
    order = allowed[np.argsort(values[allowed], kind="stable")][: int(top)]
    found = _ranked(sample, wanted, order, budget, confidence)
    if limits:
        found = found.assign(_prices(sample, wanted, values, limits, confidence))
    found.attrs |= {"objective": wanted.name, "feasible": int(allowed.size)}
    _warn(sample, wanted, found, confidence)
    return found


def allowed_places(ds: xr.Dataset, kept: list[Kept]) -> Places:
    """Return the places of the strategies that keep every limit, at least one."""
    names = [str(name) for name in ds["strategy"].values]
    allowed = np.flatnonzero(all_kept(kept, len(names)))
    if allowed.size == 0:
        raise ValueError(unmet(kept, names))
    return allowed


def _prices(
    sample: Sample, wanted: Statistic, values: Floats, limits: list[Kept], confidence: float
) -> dict[str, xr.DataArray]:
    """Return what the best would cost less without each limit, and without any."""

    def best(kept: list[Kept]) -> int:
        return int(np.where(all_kept(kept, values.size), values, np.inf).argmin())

    without = [best([each for each in limits if each is not one]) for one in limits]
    others = sample.values[[*without, best([])]]
    apart = wanted.difference(sample.values[[best(limits)]], others, confidence)
    price = Estimate(apart.value, np.maximum(apart.lower, 0.0), apart.upper)
    along = {"limit": np.array([one.text for one in limits])}
    title, names = f"{wanted.title} of {sample.title}", sample.labels["strategy"].values
    found = {
        "without": xr.DataArray(names[without].astype(str), along),
        "kept_by": xr.DataArray(np.array([int(one.by.sum()) for one in limits]), along),
    }
    found["without"].attrs = {"long_name": "best combination without the limit"}
    found["kept_by"].attrs = {"units": "1", "long_name": "combinations that keep to the limit"}
    for end, part in zip(("", "_lower", "_upper"), price, strict=True):
        prefix = f"{end[1:]} bound of " if end else ""
        for name, data in ((f"price{end}", part[:-1]), (f"price_together{end}", part[-1])):
            what = "all limits together" if "together" in name else "the limit"
            attrs = {"units": sample.units, "long_name": f"{prefix}price of {what} in {title}"}
            found[name] = xr.DataArray(data, along if np.ndim(data) else {}, attrs=attrs)
    return found


def _ranked(
    sample: Sample,
    wanted: Statistic,
    order: Places,
    budget: float | None,
    confidence: float,
) -> xr.Dataset:
    chosen = Sample(
        sample.name, sample.values[order], sample.labels.isel(strategy=order), sample.attrs
    )
    best = np.broadcast_to(chosen.values[:1], chosen.values.shape)
    title = f"{wanted.title} of {chosen.title}"
    variables = {
        **chosen.label_estimate(wanted.estimate(chosen.values, confidence), title),
        **chosen.label_estimate(
            wanted.difference(chosen.values, best, confidence),
            f"{wanted.title} above the best",
            name="margin",
        ),
        **chosen.label_estimate(
            _within(chosen.values, budget, confidence),
            "probability to stay within the budget",
            name="probability_within",
            units="1",
        ),
    }
    return chosen.dataset(variables, measure="best_assignment", confidence=confidence)


def _within(values: Floats, budget: float | None, confidence: float) -> Estimate:
    """Return the probability to stay within a budget, which is certain where there is none."""
    if budget is None:
        sure = np.ones(values.shape[:-1])
        return Estimate(sure, sure, sure)
    count = (values <= budget).sum(axis=-1).astype(np.float64)
    return wilson_estimate(count, values.shape[-1], confidence)


def _warn(sample: Sample, wanted: Statistic, found: xr.Dataset, confidence: float) -> None:
    """Warn of bounds that are infinite, without the names of all combinations."""
    numbers = (each.values for each in found.values() if each.dtype.kind == "f")
    if any(np.isinf(each).any() for each in numbers):
        needed = max(wanted.paths_needed, wanted.paths_to_bound(confidence))
        whole = dataclasses.replace(sample, labels=sample.labels.isel(strategy=0, drop=True))
        warn_few_paths(whole, wanted.title, needed, confidence)


def service_choices(
    ds: xr.Dataset,
    objective: str = "mean",
    *,
    constraints: str | Iterable[str] = (),
    budget: float | None = None,
    assurance: float = 0.8,
    confidence: float = 0.95,
) -> xr.Dataset:
    """Return, service by service, what each arrangement costs if all others are chosen best.

    The other services are chosen anew for each arrangement: what is shown is the price of the
    arrangement once all else has been adapted to it, not that of moving one service alone.

    Parameters
    ----------
    ds
        Result of `simulate_assignments`.
    objective
        As for `best_assignment`.
    constraints, budget, assurance
        As for `best_assignment`.
    confidence
        Confidence of the intervals, in (0, 1).

    Returns
    -------
    xarray.Dataset
        Over ``service`` and ``arrangement``: ``value`` with ``lower`` and ``upper``, the least
        objective of all combinations in which the service has the arrangement; ``margin``, what
        it lies above the best of all, with ``margin_lower`` and ``margin_upper``; NaN where a
        service has no such arrangement, or none that keeps to the constraints. ``chosen`` is the
        arrangement of the best combination, over service. Intervals are those of the combination
        found; the best of many on the same paths looks a little better than it is, by as much as
        `best_assignment` says.

    Raises
    ------
    ValueError
        If the result has no services to choose for, for an unknown objective, or for constraints
        and a budget that cannot be read or that no combination keeps.

    Warns
    -----
    PrecisionWarning
        Bounds are infinite: there are too few paths.

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> npv = [[3.0, 5.0], [4.0, 4.5], [9.0, 1.0]]
    >>> desk = ("strategy", ["own", "own", "partner"])
    >>> coords = {"strategy": ["a", "b", "c"], "desk": desk}
    >>> ds = xr.Dataset({"npv": (("strategy", "path"), npv)}, coords, {"services": ["desk"]})
    >>> service_choices(ds)["margin"].sel(service="desk").values.tolist()
    [0.0, 1.0]
    """
    wanted, confidence = statistic(objective, "objective"), check_share("confidence", confidence)
    kept = read_limits(ds, constraints, budget, assurance)
    services = _services(ds)
    names = list(dict.fromkeys(str(name) for service in services for name in ds[service].values))
    ds = ds.isel(strategy=allowed_places(ds, kept))
    sample = read_sample(ds, "npv", by_strategy=True)
    held = {service: [str(name) for name in ds[service].values] for service in services}
    values = wanted.of(sample.values)
    best = int(values.argmin())
    shape = (len(services), len(names))
    found = {key: np.full(shape, np.nan) for key in _CHOICES}
    for i, service in enumerate(services):
        for j, name in enumerate(names):
            mine = np.flatnonzero(np.array(held[service]) == name)
            if mine.size:
                x = int(mine[values[mine].argmin()])
                told = wanted.estimate(sample.values[x], confidence)
                margin = wanted.difference(sample.values[x], sample.values[best], confidence)
                for key, part in zip(_CHOICES, (*told, *margin), strict=True):
                    found[key][i, j] = part
    chosen = [held[service][best] for service in services]
    coords = {"service": services, "arrangement": names}
    result = _choices(sample, wanted, coords, found, confidence).assign(
        chosen=("service", chosen, {"long_name": "arrangement of the best combination"})
    )
    _warn(sample, wanted, result, confidence)
    return result


def _choices(
    sample: Sample,
    wanted: Statistic,
    coords: dict[str, list[str]],
    found: dict[str, Floats],
    confidence: float,
) -> xr.Dataset:
    told = {
        "": f"{wanted.title} of {sample.title}, all other services chosen best",
        "margin": f"{wanted.title} above the best of all",
    }
    prefixes = ("", "lower bound of ", "upper bound of ")
    names = [prefix + title for title in told.values() for prefix in prefixes]
    variables = {
        key: (tuple(coords), found[key], {"units": sample.units, "long_name": long_name})
        for key, long_name in zip(_CHOICES, names, strict=True)
    }
    attrs = {
        **sample.attrs,
        "measure": "service_choices",
        "of": sample.name,
        "objective": wanted.name,
        "confidence": confidence,
    }
    return xr.Dataset(variables, coords, attrs)


def _services(ds: xr.Dataset) -> list[str]:
    services = [str(name) for name in np.atleast_1d(ds.attrs.get("services", []))]
    if not services:
        raise ValueError(
            "ds must say which services were varied in ds.attrs['services'], got none; "
            "make it with hcrisk.simulate_assignments"
        )
    for service in services:
        check_choice("service", service, [str(name) for name in ds.coords])
    return services
