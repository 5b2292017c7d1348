"""What an assignment must keep to: constraints in words, read and checked on a result."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import xarray as xr

from hcrisk.measures._design import refuse_designed
from hcrisk.measures._labelled import read_sample
from hcrisk.measures.statistic import statistic

Bools = npt.NDArray[np.bool_]

FORMS = (
    "SERVICE is ARRANGEMENT or ...",
    "SERVICE is not ARRANGEMENT or ...",
    "SERVICE same as SERVICE",
    "vendors <= NUMBER",
    "uncovered <= SHARE",
    "SERVICE uncovered <= SHARE",
    "probability above AMOUNT <= SHARE",
    "mean <= AMOUNT (or p80, tvar95, ...)",
)
VENDORS = "vendor_count"
_ENTERPRISE = "enterprise"
_SCALES = {"": 1.0, "k": 1e3, "m": 1e6, "b": 1e9}


class Kept(NamedTuple):
    """Which strategies keep a constraint, and how near the best of them comes.

    Attributes
    ----------
    text : str
        The constraint, as it was written.
    by : ndarray of bool
        Over strategy.
    nearest : str
        What the nearest reaches; empty where that says nothing.
    """

    text: str
    by: Bools
    nearest: str = ""


def feasible_assignments(ds: xr.Dataset, constraints: str | Iterable[str]) -> xr.Dataset:
    """Return the result without the strategies that break a constraint.

    A constraint is a short sentence:

    ======================================  ================================================
    ``"help_desk is insource or hybrid"``   the service has this arrangement, or one of these
    ``"security is not unfunded"``          it has not
    ``"help_desk same as security"``        both have the arrangement of that name
    ``"vendors <= 2"``                      at most so many vendors under contract
    ``"uncovered <= 0.05"``                 mean uncovered share, of every service
    ``"security uncovered <= 0.02"``        of this one
    ``"probability above 7M <= 0.2"``       chance that the cost exceeds an amount
    ``"p95 <= 9_000_000"``                  a statistic of the cost: mean, p80, tvar95, ...
    ======================================  ================================================

    Amounts may end in K, M or B; shares may be written as ``5%``. A constraint on a statistic, a
    share or a chance is judged by its estimate from the paths there are: one that lies on the
    bound by less than its interval may come out either way with other paths.

    Parameters
    ----------
    ds
        Result of `hcrisk.simulate_assignments`; those on uncovered shares need
        ``detail="default"``. Constraints on cost apply to a result of `simulate` as well.
    constraints
        One or more; all must be kept.

    Returns
    -------
    xarray.Dataset
        The result for the strategies that remain, which may be none; to be given to any measure.

    Raises
    ------
    ValueError
        A constraint that cannot be read, with an unknown service or arrangement, a share above 1,
        or one that the result has not the variables for.

    See Also
    --------
    hcrisk.measures.best_assignment : The best of those that remain.

    Examples
    --------
    >>> import xarray as xr
    >>> npv = [[3.0, 5.0], [4.0, 4.5], [9.0, 1.0]]
    >>> coords = {"strategy": ["a", "b", "c"], "desk": ("strategy", ["own", "shared", "partner"])}
    >>> ds = xr.Dataset({"npv": (("strategy", "path"), npv)}, coords, {"services": ["desk"]})
    >>> feasible_assignments(ds, ["desk is not shared", "p50 <= 4"])["strategy"].values.tolist()
    ['a']
    """
    refuse_designed(ds)
    kept = [read_constraint(ds, text) for text in constraint_texts(constraints)]
    return ds.isel(strategy=np.flatnonzero(all_kept(ds, kept)))


def constraint_texts(constraints: str | Iterable[str]) -> list[str]:
    """Return constraints as a list, each once, or say that one is no text."""
    texts = [constraints] if isinstance(constraints, str) else list(constraints)
    for text in texts:
        if not isinstance(text, str):
            raise TypeError(f"constraints must be texts, got {text!r}; write 'p95 <= 9_000_000'")
    return list(dict.fromkeys(texts))


def all_kept(ds: xr.Dataset, kept: Iterable[Kept]) -> Bools:
    """Return which strategies keep every constraint."""
    by = np.ones(ds.sizes["strategy"], dtype=bool)
    for each in kept:
        by = by & each.by
    return by


def unmet(kept: Iterable[Kept], count: int) -> str:
    """Return what to say when no strategy keeps them all."""
    parts = []
    for each in kept:
        met = int(each.by.sum())
        near = f" ({each.nearest})" if each.nearest and not met else ""
        parts.append(f"{each.text!r} by {met}{near}")
    return (
        f"the constraints must be kept by some combination, got none of {count:,}: "
        f"{', '.join(parts)}; relax one of them"
    )


def read_constraint(ds: xr.Dataset, text: str) -> Kept:
    """Return which strategies of a result keep a constraint, or say what is wrong with it."""
    for pattern, check in _CHECKS:
        found = pattern.fullmatch(text.strip())
        if found is not None:
            return check(ds, text, found.groupdict())
    raise ValueError(
        f"constraint {text!r} must have one of the forms {', '.join(map(repr, FORMS))}; write such "
        f"as 'help_desk is insource', 'vendors <= 2' or 'p95 <= 9_000_000'"
    )


def read_amount(text: str) -> float | None:
    """Return an amount as people write it, or nothing if it is none.

    Examples
    --------
    >>> read_amount("9_000_000"), read_amount("1,500"), read_amount("2.5M"), read_amount("much")
    (9000000.0, 1500.0, 2500000.0, None)
    """
    found = re.fullmatch(r"(-?[\d_,]*\.?\d+(?:e\d+)?)\s*([kmb]?)", text.strip().lower())
    try:
        plain = float(found[1].replace(",", "").replace("_", "")) if found else np.nan
    except ValueError:
        plain = np.nan
    return plain * _SCALES[found[2]] if found and np.isfinite(plain) else None


def _amount(text: str, within: str) -> float:
    found = read_amount(within)
    if found is None:
        raise ValueError(
            f"constraint {text!r} must have a number there, got {within!r}; write 9_000_000, 9M "
            f"or, of vendors, 2"
        )
    return found


def _share(text: str, within: str) -> float:
    percent = within.endswith("%")
    found = read_amount(within.removesuffix("%"))
    share = None if found is None else found / (100.0 if percent else 1.0)
    if share is None or not 0.0 <= share <= 1.0:
        likely = found is not None and not percent and 1.0 < found <= 100.0
        remedy = f"{within} looks like a percentage; write {within}%" if likely else "write 5%"
        raise ValueError(f"constraint {text!r} must end in a share from 0 to 1; {remedy}")
    return share


def _arrangements(ds: xr.Dataset, text: str, service: str) -> np.ndarray[Any, Any]:
    services = [str(name) for name in np.atleast_1d(ds.attrs.get("services", []))]
    if service not in services:
        known = f"of {', '.join(services)}" if services else "that simulate_assignments varied"
        raise ValueError(
            f"constraint {text!r} must name a service {known}, got {service!r}; "
            f"{_nearest(service, services)}"
        )
    return ds[service].values.astype(str)


def _nearest(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, list(known), n=1)
    return f"did you mean {near[0]!r}?" if near else "choose one of them"


def _is(ds: xr.Dataset, text: str, words: dict[str, str]) -> Kept:
    held = _arrangements(ds, text, words["service"])
    known = sorted(set(held.tolist()))
    names = [name.strip() for name in words["names"].split(" or ")]
    for name in names:
        if name not in known:
            raise ValueError(
                f"constraint {text!r} must name arrangements of {words['service']} among "
                f"{', '.join(known)}, got {name!r}; {_nearest(name, known)}"
            )
    inside = np.isin(held, names)
    return Kept(text, ~inside if words["no"] else inside)


def _same(ds: xr.Dataset, text: str, words: dict[str, str]) -> Kept:
    one, other = (_arrangements(ds, text, words[key]) for key in ("service", "other"))
    return Kept(text, np.asarray(one == other))


def _vendors(ds: xr.Dataset, text: str, words: dict[str, str]) -> Kept:
    if VENDORS not in ds:
        raise ValueError(
            f"constraint {text!r} needs ds[{VENDORS!r}], which this result lacks; make it with "
            f"hcrisk.simulate_assignments"
        )
    most = _amount(text, words["bound"])
    counts = ds[VENDORS].values
    return Kept(text, counts <= most, f"the fewest is {_least(counts):g}")


def _uncovered(ds: xr.Dataset, text: str, words: dict[str, str]) -> Kept:
    if "uncovered" not in ds:
        raise ValueError(
            f"constraint {text!r} needs ds['uncovered'], which this result lacks; simulate with "
            f"detail='default'"
        )
    sample = read_sample(ds, "uncovered", by_strategy=True)
    names = [str(name) for name in sample.labels["service"].values]
    service = words["service"]
    if service is not None and service not in names:
        raise ValueError(
            f"constraint {text!r} must name a service of {', '.join(names)}, got {service!r}; "
            f"{_nearest(service, names)}"
        )
    places = [
        i
        for i, name in enumerate(names)
        if name == service or (not service and name != _ENTERPRISE)
    ]
    means = sample.values.mean(axis=-1)[:, places].max(axis=1)
    most = _share(text, words["bound"])
    return Kept(text, means <= most, f"the least is {_least(means):.1%}")


def _probability(ds: xr.Dataset, text: str, words: dict[str, str]) -> Kept:
    return kept_within(ds, text, _amount(text, words["amount"]), _share(text, words["bound"]))


def kept_within(ds: xr.Dataset, text: str, amount: float, share: float) -> Kept:
    """Return which strategies exceed an amount on at most a share of the paths."""
    values = read_sample(ds, "npv", by_strategy=True).values
    over = (values > amount).mean(axis=-1)
    return Kept(text, over <= share, f"the least is {_least(over):.1%}")


def _statistic(ds: xr.Dataset, text: str, words: dict[str, str]) -> Kept:
    found = statistic(words["statistic"], f"constraint {text!r}")
    values = found.of(read_sample(ds, "npv", by_strategy=True).values)
    most = _amount(text, words["bound"])
    return Kept(text, values <= most, f"the least is {_least(values):,.0f}")


def _least(values: np.ndarray[Any, Any]) -> float:
    return float(values.min()) if values.size else np.inf


_Check = Callable[[xr.Dataset, str, dict[str, str]], Kept]
_BOUND = r"\s*<=\s*(?P<bound>\S+)"
# The first that fits is taken: a service may be called "vendors".
_CHECKS: tuple[tuple[re.Pattern[str], _Check], ...] = tuple(
    (re.compile(pattern), check)
    for pattern, check in (
        (r"(?P<service>\S+)\s+same\s+as\s+(?P<other>\S+)", _same),
        (r"(?P<service>\S+)\s+is(?P<no>\s+not)?\s+(?P<names>\S+(?:\s+or\s+\S+)*)", _is),
        (rf"vendors{_BOUND}", _vendors),
        (rf"(?:(?P<service>\S+)\s+)?uncovered{_BOUND}", _uncovered),
        (rf"probability\s+above\s+(?P<amount>\S+){_BOUND}", _probability),
        (rf"(?P<statistic>[A-Za-z][\w.]*){_BOUND}", _statistic),
    )
)
