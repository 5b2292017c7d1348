"""Which combination of arrangements costs least, and what each service's choice is worth."""

from __future__ import annotations

import numpy as np
import xarray as xr

from hcrisk.measures._estimators import Floats
from hcrisk.measures._labelled import Sample, check_choice, check_share, read_sample
from hcrisk.measures.statistic import Statistic, statistic


def best_assignment(
    ds: xr.Dataset,
    objective: str = "mean",
    *,
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

    Raises
    ------
    ValueError
        For an unknown objective, a budget that nothing keeps, a share outside (0, 1), or ``top``
        below 1.

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
    """
    wanted, assurance = statistic(objective, "objective"), check_share("assurance", assurance)
    confidence = check_share("confidence", confidence)
    if isinstance(top, bool) or not isinstance(top, int | np.integer) or top < 1:
        raise ValueError(f"top must be a whole number of at least 1, got {top!r}")
    sample = read_sample(ds, "npv", by_strategy=True)
    within = (sample.values <= (np.inf if budget is None else budget)).mean(axis=-1)
    allowed = np.flatnonzero(within >= assurance) if budget is not None else np.arange(within.size)
    if allowed.size == 0:
        raise ValueError(
            f"budget must be kept by some combination in {assurance:.0%} of futures, got "
            f"{budget!r}; the best keeps it in {within.max():.0%}"
        )
    values = wanted.of(sample.values[allowed])
    order = allowed[np.argsort(values, kind="stable")][: int(top)]
    return _ranked(sample, wanted, order, within, confidence)


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
    ds: xr.Dataset, objective: str = "mean", *, confidence: float = 0.95
) -> xr.Dataset:
    """Return, service by service, what each arrangement costs if all others are chosen best.

    Parameters
    ----------
    ds
        Result of `simulate_assignments`.
    objective
        As for `best_assignment`.
    confidence
        Confidence of the intervals, in (0, 1).

    Returns
    -------
    xarray.Dataset
        Over ``service`` and ``arrangement``: ``value``, the least objective of all combinations
        in which the service has the arrangement; ``margin``, what it lies above the best of all,
        with its bounds; NaN where a service has no such arrangement. ``chosen`` is the arrangement
        of the best combination, over service.

    Raises
    ------
    ValueError
        If the result has no services to choose for, or for an unknown objective.

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
    sample = read_sample(ds, "npv", by_strategy=True)
    services = _services(ds)
    held = {service: [str(name) for name in ds[service].values] for service in services}
    names = list(dict.fromkeys(name for each in held.values() for name in each))
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
