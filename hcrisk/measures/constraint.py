"""What an assignment must keep to: constraints in words, read and checked on a result."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any

import numpy as np
import xarray as xr

from hcrisk.exceptions import ArgumentError
from hcrisk.figures import SYMBOLS
from hcrisk.measures._design import refuse_designed
from hcrisk.measures._estimators import Floats
from hcrisk.measures._labelled import check_share, read_sample
from hcrisk.measures._limits import Kept, all_kept, check_budget, kept_budget, raised
from hcrisk.measures.statistic import statistic

FORMS = (
    "SERVICE is ARRANGEMENT or ...",
    "SERVICE is not ARRANGEMENT or ...",
    "SERVICE same as SERVICE",
    "vendors <= NUMBER (or >=)",
    "uncovered <= SHARE",
    "SERVICE uncovered <= SHARE",
    "probability above AMOUNT <= SHARE",
    "mean <= AMOUNT (or p80, tvar95, ...)",
)
VENDORS = "vendor_count"
_ENTERPRISE = "enterprise"
_SCALES = {"": 1.0, "k": 1e3, "m": 1e6, "b": 1e9}
_AMOUNT = re.compile(
    r"(?P<sign>-?)(?P<currency>[a-z]?[$€£¥₹]|[a-z]{3}(?=[\s\d]))?\s*"
    r"(?P<number>(?:\d{1,3}(?:,\d{3})+|\d+(?:_\d+)*)(?:\.\d*)?(?:e[+-]?\d+)?|\.\d+)"
    r"\s*(?P<scale>[kmb]?)"
)


def feasible_assignments(
    ds: xr.Dataset,
    constraints: str | Iterable[str] = (),
    *,
    budget: float | None = None,
    assurance: float = 0.8,
) -> xr.Dataset:
    """Return the result without the strategies that break a constraint.

    A constraint is a short sentence:

    ======================================  ================================================
    ``"help_desk is insource or hybrid"``   the service has this arrangement, or one of these
    ``"security is not unfunded"``          it has not
    ``"help_desk same as security"``        both have the arrangement of that name
    ``"vendors <= 2"``                      at most so many vendors under contract; ``>=`` for
                                            at least
    ``"uncovered <= 0.05"``                 mean uncovered share, of every service
    ``"security uncovered <= 0.02"``        of this one
    ``"probability above 7M <= 0.2"``       chance that the cost exceeds an amount
    ``"p95 <= 9_000_000"``                  a statistic of the cost: mean, p80, tvar95, ...
    ======================================  ================================================

    Amounts may be written ``9_000_000``, ``9,000,000``, ``9M``, ``850k`` or ``$9M``, shares as
    ``5%``; names in capitals or not, with spaces or underscores. A constraint on a statistic, a
    share or a chance is judged by its estimate from the paths there are: one that lies on the
    bound by less than its interval may come out either way with other paths.

    Parameters
    ----------
    ds
        Result of `hcrisk.simulate_assignments`; those on uncovered shares need
        ``detail="default"``. Constraints on cost apply to a result of `simulate` as well.
    constraints
        None, one or more; all must be kept.
    budget
        Most that may be spent, above 0; default: no limit.
    assurance
        Share of futures that must stay within the budget.

    Returns
    -------
    xarray.Dataset
        The result for the strategies that remain, which may be none; to be given to any measure.

    Raises
    ------
    ValueError
        A constraint that cannot be read, with an unknown service or arrangement, a count of
        vendors that is not whole, a share above 1, or one that the result has not the variables
        for; a budget that is not finite and above 0.

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
    kept = read_limits(ds, constraints, budget, assurance)
    return ds.isel(strategy=np.flatnonzero(all_kept(kept, ds.sizes["strategy"])))


def read_limits(
    ds: xr.Dataset, constraints: str | Iterable[str], budget: float | None, assurance: float
) -> list[Kept]:
    """Return who keeps each constraint and the budget, or say what is wrong with one of them."""
    refuse_designed(ds)
    assurance = check_share("assurance", assurance)
    amount = None if budget is None else check_budget(budget)
    kept = [read_constraint(ds, text) for text in constraint_texts(constraints)]
    return kept if amount is None else [*kept, kept_budget(ds, amount, assurance)]


def constraint_texts(constraints: str | Iterable[str]) -> list[str]:
    """Return constraints as a list, each once, or say that one is no text."""
    if not isinstance(constraints, Iterable):
        raise TypeError(
            f"constraints must be texts, got {constraints!r}; write ['p95 <= 9_000_000'], or leave "
            f"them out"
        )
    texts = [constraints] if isinstance(constraints, str) else list(constraints)
    for text in texts:
        if not isinstance(text, str):
            raise TypeError(f"constraints must be texts, got {text!r}; write 'p95 <= 9_000_000'")
    return list(dict.fromkeys(texts))


def read_constraint(ds: xr.Dataset, text: str) -> Kept:
    """Return which strategies of a result keep a constraint, or say what is wrong with it."""
    plain = text.strip().replace("≤", "<=").replace("≥", ">=").replace("=<", "<=")
    for pattern, check in _CHECKS:
        found = pattern.fullmatch(plain)
        if found is not None:
            return check(ds, text, found.groupdict())
    raise ArgumentError(
        "constraint",
        text,
        f"must have one of the forms {', '.join(map(repr, FORMS))}",
        "write such as 'help_desk is insource', 'vendors <= 2' or 'p95 <= 9_000_000'",
    )


def read_amount(text: str, currency: str = "USD") -> float | None:
    """Return an amount as people write it, or nothing if it is none.

    Examples
    --------
    >>> [read_amount(text) for text in ("9_000_000", "$9,000,000", "2.5M", "850 k", "1e6")]
    [9000000.0, 9000000.0, 2500000.0, 850000.0, 1000000.0]
    >>> [read_amount(text) for text in ("much", "9,5M", "€9M", "")]
    [None, None, None, None]
    """
    found = _AMOUNT.fullmatch(text.strip().lower())
    if found is None:
        return None
    # An amount in another currency is none.
    if found["currency"] not in (None, currency.lower(), SYMBOLS.get(currency, "").lower()):
        return None
    amount = float(re.sub("[_,]", "", found["number"])) * _SCALES[found["scale"]]
    sign = -1.0 if found["sign"] else 1.0
    return sign * amount if math.isfinite(amount) else None


def _amount(ds: xr.Dataset, text: str, within: str) -> float:
    currency = str(ds.attrs.get("currency", "USD"))
    found = read_amount(within, currency)
    if found is None:
        raise ArgumentError(
            f"constraint {text!r}",
            within,
            f"must have an amount in {currency} there",
            "write 9_000_000, 9,000,000, 9M or 850k",
        )
    return found


def _share(text: str, within: str) -> float:
    percent = within.endswith("%")
    found = read_amount(within.removesuffix("%"))
    share = None if found is None else found / (100.0 if percent else 1.0)
    if share is None or not 0.0 <= share <= 1.0:
        likely = found is not None and not percent and 1.0 < found <= 100.0
        remedy = f"{within} looks like a percentage; write {within}%" if likely else "write 5%"
        rule = "must end in a share from 0 to 1"
        raise ArgumentError(f"constraint {text!r}", within, rule, remedy)
    return share


def _named(name: str, known: Iterable[str]) -> str:
    """Return the one of the known names that is meant, whatever its letters; else the name."""
    plain = re.sub(r"[\s-]+", "_", name.strip().lower())
    return next((each for each in known if each.lower() == plain), name.strip())


def _arrangements(ds: xr.Dataset, text: str, name: str) -> tuple[str, np.ndarray[Any, Any]]:
    services = [str(service) for service in np.atleast_1d(ds.attrs.get("services", []))]
    service = _named(name, services)
    if service not in services:
        known = f"of {', '.join(services)}" if services else "that simulate_assignments varied"
        raise ArgumentError(
            f"constraint {text!r}",
            service,
            f"must name a service {known}",
            _nearest(service, services),
        )
    return service, ds[service].values.astype(str)


def _nearest(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name.lower(), list(known), n=1)
    return f"did you mean {near[0]!r}?" if near else "choose one of them"


def _is(ds: xr.Dataset, text: str, words: dict[str, str]) -> Kept:
    service, held = _arrangements(ds, text, words["service"])
    known = sorted(set(held.tolist()))
    names = [_named(name, known) for name in re.split(r"\s+or\s+", words["names"], flags=re.I)]
    for name in names:
        if name not in known:
            raise ArgumentError(
                f"constraint {text!r}",
                name,
                f"must name arrangements of {service} among {', '.join(known)}",
                _nearest(name, known),
            )
    inside = np.isin(held, names)
    return Kept(text, repr(text), ~inside if words["no"] else inside)


def _same(ds: xr.Dataset, text: str, words: dict[str, str]) -> Kept:
    one, other = (_arrangements(ds, text, words[key])[1] for key in ("service", "other"))
    return Kept(text, repr(text), np.asarray(one == other))


def _vendors(ds: xr.Dataset, text: str, words: dict[str, str]) -> Kept:
    if VENDORS not in ds:
        raise ValueError(
            f"constraint {text!r} needs ds[{VENDORS!r}], which this result lacks; make it with "
            f"hcrisk.simulate_assignments"
        )
    bound, at_most = read_amount(words["bound"]), words["sign"] == "<="
    if bound is None or bound < 0.0 or bound != round(bound):
        near = 2.0 if bound is None else max(math.floor(bound) if at_most else math.ceil(bound), 0)
        raise ArgumentError(
            f"constraint {text!r}",
            words["bound"],
            "must have a whole number of vendors, 0 or more",
            f"write 'vendors {words['sign']} {near:.0f}'",
        )
    counts = ds[VENDORS].values
    kept, sign = (counts <= bound, 1.0) if at_most else (counts >= bound, -1.0)
    what = "fewest vendors are" if at_most else "most vendors are"
    return Kept(
        text, repr(text), kept, sign * counts, lambda place: f"the {what} {counts[place]:g}"
    )


def _uncovered(ds: xr.Dataset, text: str, words: dict[str, str]) -> Kept:
    if "uncovered" not in ds:
        raise ValueError(
            f"constraint {text!r} needs ds['uncovered'], which this result lacks; simulate with "
            f"detail='default'"
        )
    most = _share(text, words["bound"])
    sample = read_sample(ds, "uncovered", by_strategy=True)
    names = [str(name) for name in sample.labels["service"].values]
    service = _named(words["service"], names) if words["service"] else ""
    if service and service not in names:
        raise ArgumentError(
            f"constraint {text!r}",
            service,
            f"must name a service of {', '.join(names)}",
            _nearest(service, names),
        )
    places = [
        i
        for i, name in enumerate(names)
        if name == service or (not service and name != _ENTERPRISE)
    ]
    means = sample.values.mean(axis=-1)[:, places].max(axis=1)
    what = "least uncovered share" + (f" of {service}" if service else "")
    return _kept(text, means, most, lambda least: f"the {what} is {_raised_share(least)}")


def _probability(ds: xr.Dataset, text: str, words: dict[str, str]) -> Kept:
    amount, most = _amount(ds, text, words["amount"]), _share(text, words["bound"])
    over = (read_sample(ds, "npv", by_strategy=True).values > amount).mean(axis=-1)
    what = f"least probability above {words['amount'].strip()}"
    return _kept(text, over, most, lambda least: f"the {what} is {_raised_share(least)}")


def _statistic(ds: xr.Dataset, text: str, words: dict[str, str]) -> Kept:
    found = statistic(words["statistic"].lower(), f"constraint {text!r}")
    most, currency = _amount(ds, text, words["bound"]), str(ds.attrs.get("currency", ""))
    values = found.of(read_sample(ds, "npv", by_strategy=True).values)
    return _kept(
        text, values, most, lambda least: f"the least {found.title} is {raised(least, currency)}"
    )


def _kept(text: str, reached: Floats, most: float, say: Callable[[float], str]) -> Kept:
    return Kept(
        text, repr(text), reached <= most, reached, lambda place: say(float(reached[place]))
    )


def _raised_share(share: float) -> str:
    """Return a share in tenths of a percent that is not below it."""
    return f"{math.ceil(1000 * share - 1e-9) / 10:g}%"


def _refuse(ds: xr.Dataset, text: str, words: dict[str, str]) -> Kept:
    """Say which part of what looks like a limit is wrong: its sign, or what it limits."""
    subject, sign, bound = words["subject"].lower(), words["sign"], words["bound"]
    if sign != "<=" and (_LIMITED.fullmatch(subject)):
        also = " or '>='" if subject == "vendors" else ""
        remedy = f"write '{subject} <= {bound}'"
        raise ArgumentError(f"constraint {text!r}", sign, f"must have '<='{also} there", remedy)
    known = ("vendors", "uncovered", "mean", "p80", "p95", "tvar95")
    near = get_close_matches(subject, known, n=1)
    raise ArgumentError(
        f"constraint {text!r}",
        words["subject"],
        "must limit vendors, uncovered, SERVICE uncovered, probability above AMOUNT, mean, or "
        "such as p80 or tvar95",
        f"did you mean {near[0]!r}?" if near else "choose one of them",
    )


_Check = Callable[[xr.Dataset, str, dict[str, str]], Kept]
_LIMITED = re.compile(r"vendors|(.+ )?uncovered|probability above .+|mean|(p|tvar)\d[\d.]*")
_BOUND = r"\s*<=\s*(?P<bound>.+)"
# The first that fits is taken: a service may be called "vendors".
_CHECKS: tuple[tuple[re.Pattern[str], _Check], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), check)
    for pattern, check in (
        (r"(?P<service>[^<>=]+?)\s+same\s+as\s+(?P<other>[^<>=]+)", _same),
        (r"(?P<service>[^<>=]+?)\s+is(?P<no>\s+not)?\s+(?P<names>[^<>=]+)", _is),
        (r"vendors\s*(?P<sign><=|>=)\s*(?P<bound>.+)", _vendors),
        (rf"(?:(?P<service>\S.*?)\s+)?uncovered{_BOUND}", _uncovered),
        (rf"probability\s+above\s+(?P<amount>.+?){_BOUND}", _probability),
        (rf"(?P<statistic>mean|(?:p|tvar)\d[\w.]*){_BOUND}", _statistic),
        (r"(?P<subject>[^<>=]+?)\s*(?P<sign><=|>=|==|=|<|>)\s*(?P<bound>.+)", _refuse),
    )
)
