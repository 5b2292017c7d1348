"""Which combination of arrangements costs least, and what each service's choice is worth."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import xarray as xr

from hcrisk.arguments import check_whole
from hcrisk.measures._design import refuse_designed
from hcrisk.measures._estimators import Floats
from hcrisk.measures._labelled import Sample, check_choice, check_share, read_sample
from hcrisk.measures.constraint import (
    Kept,
    all_kept,
    constraint_texts,
    kept_within,
    read_constraint,
    unmet,
)
from hcrisk.measures.statistic import Statistic, statistic

# Of a share of the paths: what binary makes of 1 - 0.8.
_ROUNDING = 1e-12


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
        Most that may be spent; what exceeds it with a probability above 1 - ``assurance`` is left
        out. Default: no limit.
    assurance
        Share of futures that must stay within the budget.
    top
        How many to return at most.
    confidence
        Confidence of the intervals, in (0, 1).

    Returns
    -------
    xarray.Dataset
        Over ``strategy``, best first: ``value`` of the objective; ``margin``, what it lies above
        the best on the same paths, with ``margin_lower`` and ``margin_upper``;
        ``probability_within`` the budget. Coordinates by service are kept.
        ``attrs["feasible"]`` says how many combinations keep to all constraints.

    Raises
    ------
    ValueError
        For an unknown objective, a constraint that cannot be read, constraints and a budget that
        no combination keeps, a share outside (0, 1), or ``top`` below 1.

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> npv = [[3.0, 5.0], [4.0, 4.5], [9.0, 1.0]]
    >>> names = ["own / own", "own / partner", "partner / own"]
    >>> ds = xr.Dataset({"npv": (("strategy", "path"), npv)}, {"strategy": names})
    >>> best_assignment(ds, top=2)["strategy"].values.tolist()
    ['own / own', 'own / partner']
    >>> best_assignment(ds, budget=4.5, assurance=0.9)["strategy"].values.tolist()
    ['own / partner']
    >>> best_assignment(ds, constraints="probability above 8 <= 10%", top=1)["value"].item()
    4.0
    """
    wanted, assurance = statistic(objective, "objective"), check_share("assurance", assurance)
    confidence = check_share("confidence", confidence)
    check_whole("top", top, 1)
    sample = read_sample(ds, "npv", by_strategy=True)
    kept = [read_constraint(ds, text) for text in constraint_texts(constraints)]
    if budget is not None:
        text = f"budget {float(budget):,.0f} in {assurance:.0%} of futures"
        # The share is rounded as the count of paths that stay within would not be.
        kept.append(kept_within(ds, text, float(budget), 1.0 - assurance + _ROUNDING))
    allowed = allowed_places(ds, kept)
    within = (sample.values <= (np.inf if budget is None else budget)).mean(axis=-1)
    values = wanted.of(sample.values[allowed])
    order = allowed[np.argsort(values, kind="stable")][: int(top)]
    found = _ranked(sample, wanted, order, within, confidence)
    found.attrs |= {"objective": wanted.name, "feasible": int(allowed.size)}
    return found


def allowed_places(ds: xr.Dataset, kept: list[Kept]) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Return the places of the strategies that keep every constraint, at least one."""
    allowed = np.flatnonzero(all_kept(ds, kept))
    if allowed.size == 0:
        raise ValueError(unmet(kept, ds.sizes["strategy"]))
    return allowed


def _ranked(
    sample: Sample, wanted: Statistic, order: np.ndarray, within: Floats, confidence: float
) -> xr.Dataset:
    chosen = Sample(
        sample.name, sample.values[order], sample.labels.isel(strategy=order), sample.attrs
    )
    best = np.broadcast_to(chosen.values[:1], chosen.values.shape)
    margin = wanted.difference(chosen.values, best, confidence)
    variables = {
        "value": chosen.label(wanted.of(chosen.values), f"{wanted.title} of {chosen.title}"),
        **chosen.label_estimate(margin, f"{wanted.title} above the best", name="margin"),
        "probability_within": chosen.label(
            within[order], "probability to stay within the budget", units="1"
        ),
    }
    return chosen.dataset(variables, measure="best_assignment", confidence=confidence)


def service_choices(
    ds: xr.Dataset,
    objective: str = "mean",
    *,
    constraints: str | Iterable[str] = (),
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
    constraints
        As for `best_assignment`.
    confidence
        Confidence of the intervals, in (0, 1).

    Returns
    -------
    xarray.Dataset
        Over ``service`` and ``arrangement``: ``value``, the least objective of all combinations
        in which the service has the arrangement; ``margin``, what it lies above the best of all,
        with its bounds; NaN where a service has no such arrangement, or none that keeps to the
        constraints. ``chosen`` is the arrangement
        of the best combination, over service.

    Raises
    ------
    ValueError
        If the result has no services to choose for, for an unknown objective, or for constraints
        that cannot be read or that no combination keeps.

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
    refuse_designed(ds)
    services = _services(ds)
    names = list(dict.fromkeys(str(name) for service in services for name in ds[service].values))
    kept = [read_constraint(ds, text) for text in constraint_texts(constraints)]
    ds = ds.isel(strategy=allowed_places(ds, kept))
    sample = read_sample(ds, "npv", by_strategy=True)
    held = {service: [str(name) for name in ds[service].values] for service in services}
    values = wanted.of(sample.values)
    best = int(values.argmin())
    shape = (len(services), len(names))
    found = {key: np.full(shape, np.nan) for key in ("value", "margin", "lower", "upper")}
    for i, service in enumerate(services):
        for j, name in enumerate(names):
            mine = np.flatnonzero(np.array(held[service]) == name)
            if mine.size:
                x = int(mine[values[mine].argmin()])
                margin = wanted.difference(sample.values[x], sample.values[best], confidence)
                found["value"][i, j] = values[x]
                for key, part in zip(("margin", "lower", "upper"), margin, strict=True):
                    found[key][i, j] = part
    return _choices(sample, wanted, services, names, found, held, best, confidence)


def _choices(
    sample: Sample,
    wanted: Statistic,
    services: list[str],
    names: list[str],
    found: dict[str, Floats],
    held: dict[str, list[str]],
    best: int,
    confidence: float,
) -> xr.Dataset:
    dims = ("service", "arrangement")
    told = {
        "value": f"{wanted.title} of {sample.title}, all other services chosen best",
        "margin": f"{wanted.title} above the best of all",
        "lower": "lower bound of the margin",
        "upper": "upper bound of the margin",
    }
    keys = {"value": "value", "margin": "margin", "lower": "margin_lower", "upper": "margin_upper"}
    variables = {
        keys[key]: (dims, data, {"units": sample.units, "long_name": told[key]})
        for key, data in found.items()
    }
    chosen = [held[service][best] for service in services]
    attrs = {
        **sample.attrs,
        "measure": "service_choices",
        "of": sample.name,
        "objective": wanted.name,
        "confidence": confidence,
    }
    coords = {"service": services, "arrangement": names}
    return xr.Dataset(variables, coords, attrs).assign(
        chosen=("service", chosen, {"long_name": "arrangement of the best combination"})
    )


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
