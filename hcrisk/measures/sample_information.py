"""Value of sample information: what a pilot or an assessment of stated size is worth."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from numbers import Real
from typing import Any, NamedTuple

import numpy as np
import xarray as xr
from scipy import stats

from hcrisk.measures._emulator import FEW_VALUES
from hcrisk.measures._estimators import Floats
from hcrisk.measures._information import gain
from hcrisk.measures._labelled import check_choice
from hcrisk.measures._objective import Threshold, Worth, standard_error, with_first
from hcrisk.measures.information import positions, read_decision, worth_dataset

KINDS = ("binomial", "normal", "poisson")
# Values that stand for the prior, and cells into which what is observed is sorted.
_ATOMS = 400
_CELLS = 800


class Study(NamedTuple):
    """What is observed about one input: the law of the data, and how much of it."""

    kind: str
    size: float
    sd: float


def evsi(
    ds: xr.Dataset,
    inputs: str,
    *,
    n: float | Iterable[float],
    kind: str,
    sd: float | None = None,
    objective: str = "mean",
    of: str = "npv",
    strategies: Iterable[str] | None = None,
    confidence: float = 0.95,
) -> xr.Dataset:
    r"""Return the expected value of sample information: of a study of one input, of size ``n``.

    .. math:: \min_s E[X_s] - E[\min_s E(X_s \mid D)],

    D the data of the study, before they are seen [1]_. A study that costs more is not worth
    making for this decision. What D may be:

    * ``kind="poisson"``: the number of events in ``n`` units of exposure, when the input is their
      rate per unit: resignations in ``n`` person-years, incidents in ``n`` years.
    * ``kind="binomial"``: how many of ``n`` trials succeed, when the input is their share.
    * ``kind="normal"``: the mean of ``n`` measurements, each with standard deviation ``sd`` about
      the input: quotes, times to fill, salaries.

    The conditional means of the costs given the input are those of `evppi`. They are averaged
    with the posterior weights of the input's values, which stand in up to 400 equal groups for
    the distribution simulated, over every outcome of the study, as in importance sampling [2]_
    but with sums in place of draws. So nothing is random, 0 <= EVSI <= EVPPI holds exactly, a
    study of size 0 is worth 0, and a large one what perfect information is worth, up to the
    grouping, of the order of one part in 10 000. For the bias of the conditional means, the
    standard error and tail objectives see `evppi`.

    The study is taken to inform on this input alone, and not on chance on the paths themselves.

    Parameters
    ----------
    ds
        Result of `simulate` with inputs (``detail="default"`` or ``"full"``).
    inputs
        Name of the one input studied.
    n
        Size of the study, not negative, or several sizes. A whole number for a binomial.
    kind
        ``"poisson"``, ``"binomial"`` or ``"normal"``.
    sd
        Standard deviation of one measurement, in the unit of the input; for ``"normal"`` only.
    objective
        ``"mean"``, a percentile such as ``"p80"`` or a tail mean such as ``"tvar95"``.
    of
        Variable to choose by, over strategy and path.
    strategies
        Names of the strategies to choose from; all when omitted.
    confidence
        Confidence of the interval, in (0, 1).

    Returns
    -------
    xarray.Dataset
        ``value``, ``lower``, ``upper`` and ``standard_error`` (unit of the variable); over ``n``
        where several sizes were given.

    Raises
    ------
    ValueError
        A negative or infinite size, an unknown kind, a missing or superfluous ``sd``, values of
        the input that cannot be a rate or a share, or what `evppi` refuses.
    TypeError
        More than one input.

    Warns
    -----
    PrecisionWarning
        There is a single path.

    References
    ----------
    .. [1] H. Raiffa, R. Schlaifer, "Applied Statistical Decision Theory", Harvard, 1961.
    .. [2] A. Heath, I. Manolopoulou, G. Baio, "A review of methods for analysis of the expected
       value of information", Medical Decision Making 37(7), 2017, 747-758.

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> rate = np.repeat([0.1, 0.3], 500)
    >>> ds = xr.Dataset(
    ...     {
    ...         "npv": (("strategy", "path"), [1000 * rate, 0.0 * rate + 200.0]),
    ...         "input": (("parameter", "path"), [rate]),
    ...     },
    ...     {"strategy": ["own", "msp"], "parameter": ["attrition"]},
    ... )
    >>> evsi(ds, "attrition", n=[0, 10, 1000], kind="poisson")["value"].round(1).values.tolist()
    [0.0, 26.8, 50.0]
    """
    if not isinstance(inputs, str):
        raise TypeError(f"inputs must be the name of one input, got {inputs!r}; value one study")
    sizes = [n] if isinstance(n, Real) else list(n)  # type: ignore[arg-type]
    studies = [_checked(kind, size, sd) for size in sizes]
    if not studies:
        raise ValueError("n must name at least one size, got none; write n=100")
    decision = read_decision(ds, objective, of, strategies, confidence)
    (place,) = positions(decision, inputs)
    values = decision.inputs[place]
    _check_values(inputs, values, kind)
    groups = _groups(values)
    worths = []
    for study in studies:
        learnt = partial(_gain, place=place, values=values, groups=groups, study=study)
        worths.append(decision.problem.combined(learnt, lambda at: at.most_gain([place])))
    result = worth_dataset(decision, worths, "n", [str(size) for size in sizes], "evsi")
    result = result.assign_coords(n=np.array([float(size) for size in sizes]))
    result["n"].attrs["long_name"] = "size of the study"
    return result.isel(n=0) if isinstance(n, Real) else result


def _checked(kind: str, size: object, sd: float | None) -> Study:
    check_choice("kind", kind, KINDS)
    if isinstance(size, bool) or not isinstance(size, Real) or not 0 <= float(size) < np.inf:
        raise ValueError(f"n must be finite and not negative, got {size!r}; write n=100")
    if kind == "binomial" and float(size) != round(float(size)):
        raise ValueError(f"n must be whole for kind='binomial', got {size!r}; write n=100")
    if kind != "normal":
        if sd is not None:
            raise ValueError(f"sd belongs to kind='normal', got {sd!r} with {kind!r}; leave it out")
        return Study(kind, float(size), 1.0)
    if isinstance(sd, bool) or not isinstance(sd, Real) or not 0 < float(sd) < np.inf:
        raise ValueError(f"sd must be positive and finite for kind='normal', got {sd!r}; state it")
    return Study(kind, float(size), float(sd))


def _check_values(name: str, values: Floats, kind: str) -> None:
    most = {"binomial": 1.0, "poisson": np.inf, "normal": np.inf}[kind]
    least = -np.inf if kind == "normal" else 0.0
    if values.min() < least or values.max() > most:
        raise ValueError(
            f"inputs={name!r} must lie in [{least:g}, {most:g}] for kind={kind!r}, got "
            f"{values.min():g} to {values.max():g}; choose another kind"
        )


def _groups(values: Floats) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Return the group of each path: by value where there are few, else equal groups by rank."""
    distinct, group = np.unique(values, return_inverse=True)
    if len(distinct) <= max(_ATOMS, FEW_VALUES):
        return np.asarray(group)
    rank = np.empty(len(values), dtype=np.intp)
    rank[np.argsort(values, kind="stable")] = np.arange(len(values))
    return np.asarray(rank * _ATOMS // len(values))


def _gain(
    threshold: Threshold,
    place: int,
    values: Floats,
    groups: np.ndarray[tuple[int], np.dtype[np.intp]],
    study: Study,
) -> Worth:
    """Return what the study gains in the mean cost of one threshold."""
    known = with_first(gain(threshold.emulator, [place]).known)
    if study.size == 0 or len(known) == 1:
        return Worth(0.0, 0.0)
    count = np.bincount(groups).astype(float)
    atoms = np.bincount(groups, values) / count
    costs = np.array([np.bincount(groups, row) for row in known])
    likely = _probabilities(study, atoms)
    # Costs summed with the probability of each cell: posterior means times its probability.
    by_cell = costs / count.sum() @ likely
    least = min(float(by_cell.sum(axis=1).min()), 0.0)
    value = max(least - float(by_cell.min(axis=0).sum()), 0.0)
    chosen = by_cell.argmin(axis=0)
    by_atom = np.array([likely[:, chosen == row].sum(axis=1) for row in range(len(known))])
    saved = (by_atom[:, groups] * threshold.savings()).sum(axis=0)
    return Worth(value, standard_error(saved))


def _probabilities(study: Study, atoms: Floats) -> Floats:
    """Return the chance of each cell of outcomes, ``float64[atom, cell]``."""
    law = _law(study, atoms[:, None])
    low, high = float(np.min(law.ppf(1e-9))), float(np.max(law.ppf(1.0 - 1e-9)))
    centre = np.asarray(law.mean())[:, 0]
    edges = np.union1d(np.linspace(low, high, _CELLS), (centre[1:] + centre[:-1]) / 2)
    if study.kind != "normal":
        edges = np.unique(np.floor(edges))
        if high - low < 2 * _CELLS:
            edges = np.arange(np.floor(low) - 1, np.ceil(high) + 1)
    below = law.cdf(edges)
    return np.asarray(np.diff(below, axis=1, prepend=0.0, append=1.0))


def _law(study: Study, values: Floats) -> Any:
    if study.kind == "normal":
        return stats.norm(values, study.sd / np.sqrt(study.size))
    if study.kind == "poisson":
        return stats.poisson(study.size * values)
    return stats.binom(study.size, values)
