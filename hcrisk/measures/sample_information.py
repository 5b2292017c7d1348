"""Value of sample information: what a pilot or an assessment of stated size is worth."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

import numpy as np
import xarray as xr

from hcrisk.measures._estimators import Floats
from hcrisk.measures._garbling import Garbling
from hcrisk.measures._information import capped
from hcrisk.measures._objective import Rule, Threshold, least_less_chosen
from hcrisk.measures._terms import FEW_VALUES
from hcrisk.measures.information import Decision, positions, read_decision, worth_dataset
from hcrisk.measures.study import Study
from hcrisk.variables import COORDINATES, described

# Values that stand for the prior, and cells into which what is observed is sorted.
_ATOMS = 400
_CELLS = 800

Learnt = Callable[[Threshold], Rule]


def evsi(
    ds: xr.Dataset,
    assessment: Mapping[str, Study],
    *,
    objective: str = "mean",
    of: str = "npv",
    strategies: Iterable[str] | None = None,
    confidence: float = 0.95,
) -> xr.Dataset:
    r"""Return the expected value of sample information: of a study of one input or of several.

    .. math:: \min_s E[X_s] - E[\min_s E(X_s \mid D)],

    D the data of the assessment, before they are seen [1]_. One that costs more is not worth
    making for this decision. What is observed of each input, and how much of it, is a `Study`:
    a pilot that counts resignations and times to fill, three quotes and a security audit.

    The conditional means of the costs given the inputs are those of `evppi`. They are averaged
    with the posterior weights of the inputs' values over the outcomes of the assessment [2]_. For
    one input its values stand in up to 400 equal groups, over every outcome, with sums in place
    of draws. For several, 1000 outcomes are spread evenly over the distribution they have before
    the assessment. In both cases 0 <= EVSI <= EVPPI of the inputs studied holds exactly, nothing
    looked at is worth 0, and very much looked at what perfect information is worth: to one part
    in 10 000 for one input, and to the standard error for several. For the bias of the
    conditional means, the standard error and tail objectives see `evppi`.

    Studies are taken to be independent of each other given the inputs, to inform on these inputs
    alone, and not on chance on the paths themselves.

    Parameters
    ----------
    ds
        Result of `simulate` with inputs (``detail="default"`` or ``"full"``).
    assessment
        By name of each input looked at, what is observed of it. Where studies list several sizes,
        they list as many: the first of all together, then the second.
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
        where several sizes were given, those of the first study that lists them.

    Raises
    ------
    ValueError
        No study, lists of sizes of unequal length, values of an input that cannot be a rate or a
        share, or what `evppi` refuses.
    TypeError
        An assessment that is no mapping from inputs to studies.

    Warns
    -----
    PrecisionWarning
        There are fewer than ten paths for each input: the interval has no upper end.

    References
    ----------
    .. [1] H. Raiffa, R. Schlaifer, "Applied Statistical Decision Theory", Harvard, 1961.
    .. [2] A. Heath, I. Manolopoulou, G. Baio, "A review of methods for analysis of the expected
       value of information", Medical Decision Making 37(7), 2017, 747-758.

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> rate, fee = np.repeat([0.1, 0.3], 500), np.tile([180.0, 220.0], 500)
    >>> ds = xr.Dataset(
    ...     {
    ...         "npv": (("strategy", "path"), [1000 * rate, fee]),
    ...         "input": (("parameter", "path"), [rate, fee]),
    ...     },
    ...     {"strategy": ["own", "msp"], "parameter": ["attrition", "fee"]},
    ... )
    >>> found = evsi(ds, {"attrition": Study("poisson", [0, 10, 1000])})
    >>> found["value"].round(1).values.tolist()
    [0.0, 26.8, 50.0]
    >>> both = {"attrition": Study("poisson", 1000), "fee": Study("normal", 3, sd=5.0)}
    >>> evsi(ds, both)["value"].round(1).item()
    50.0
    """
    studies = _checked(assessment)
    decision = read_decision(ds, objective, of, strategies, confidence)
    places = positions(decision, studies)
    for (name, study), place in zip(studies.items(), places, strict=True):
        study.check_values(name, decision.inputs.values[place])
    decision = decision.about([places])
    worths, sizes, most = [], _sizes(studies), decision.worths([places])[0]
    for row in sizes:
        sized = list(zip(studies.values(), row, strict=True))
        learnt = _learnt(decision, places, sized)
        worths.append(capped(decision.problem.combined(learnt), most))
    listed = next((s for s in studies.values() if not s.is_single), None)
    shown = [0.0] if listed is None else list(listed.sizes)
    result = worth_dataset(decision, worths, "n", [str(size) for size in shown], "evsi")
    if listed is None:
        return result.isel(n=0, drop=True)
    return result.assign_coords(n=("n", np.array(shown), described(COORDINATES["n"])))


def _checked(assessment: Mapping[str, Study]) -> dict[str, Study]:
    if not isinstance(assessment, Mapping) or not all(
        isinstance(study, Study) for study in assessment.values()
    ):
        raise TypeError(
            f"assessment must map names of inputs to studies, got {assessment!r}; write "
            f"{{'roles.technician.attrition_rate': hcrisk.Study('poisson', n=30)}}"
        )
    if not assessment:
        raise ValueError("assessment must study at least one input, got {}; name one")
    return dict(assessment)


def _sizes(studies: Mapping[str, Study]) -> list[tuple[float, ...]]:
    """Return the sizes of all studies together, one row for each size listed."""
    lengths = {len(study.sizes) for study in studies.values() if not study.is_single}
    if len(lengths) > 1:
        raise ValueError(
            f"studies that list sizes must list as many, got {sorted(lengths)}; give each size of "
            f"one its own of the others"
        )
    count = max(lengths, default=1)
    rows = [study.sizes * (count if study.is_single else 1) for study in studies.values()]
    return list(zip(*rows, strict=True))


def _learnt(decision: Decision, places: list[int], studies: list[tuple[Study, float]]) -> Learnt:
    """Return what an assessment gains in the mean cost of any threshold."""
    if len(places) == 1:
        values, ((study, size),) = decision.inputs.values[places[0]], studies
        return partial(
            _gain, place=places[0], values=values, groups=_groups(values), study=study, size=size
        )
    return partial(
        _joint_gain, places=places, garbling=Garbling(studies, decision.inputs.values[places])
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
    size: float,
) -> Rule:
    """Return the best choice by a study of one input in the mean cost of one threshold."""
    if size == 0:
        return threshold.rule([])
    known = threshold.known([place])
    count = np.bincount(groups).astype(float)
    atoms = np.bincount(groups, values) / count
    costs = np.array([np.bincount(groups, row) for row in known])
    likely = _probabilities(study, size, atoms)
    # Costs summed with the probability of each cell: posterior means times its probability.
    by_cell = costs / count.sum() @ likely
    chosen = by_cell.argmin(axis=0)
    by_atom = np.array([likely[:, chosen == row].sum(axis=1) for row in range(len(known))])
    strategies = threshold.emulator.strategies
    return Rule(least_less_chosen(by_cell), strategies, by_atom[:, groups])


def _joint_gain(threshold: Threshold, places: list[int], garbling: Garbling) -> Rule:
    """Return the best choice by an assessment of several inputs at one threshold."""
    if garbling.is_empty:
        return threshold.rule([])
    known = threshold.known(places)
    n = garbling.n_path
    by_cell = np.asarray(sum(known[:, part] @ chance.T for part, chance in garbling.chances())) / n
    rule = np.eye(len(known))[by_cell.argmin(axis=0)]
    chosen = np.empty_like(known)
    for part, chance in garbling.chances():
        chosen[:, part] = rule.T @ chance
    return Rule(least_less_chosen(by_cell), threshold.emulator.strategies, chosen)


def _probabilities(study: Study, size: float, atoms: Floats) -> Floats:
    """Return the chance of each cell of outcomes, ``float64[atom, cell]``."""
    law = study.law(size, atoms[:, None])
    low, high = float(np.min(law.ppf(1e-9))), float(np.max(law.ppf(1.0 - 1e-9)))
    centre = np.asarray(law.mean())[:, 0]
    edges = np.union1d(np.linspace(low, high, _CELLS), (centre[1:] + centre[:-1]) / 2)
    if study.kind != "normal":
        edges = np.unique(np.floor(edges))
        if high - low < 2 * _CELLS:
            edges = np.arange(np.floor(low) - 1, np.ceil(high) + 1)
    below = law.cdf(edges)
    return np.asarray(np.diff(below, axis=1, prepend=0.0, append=1.0))
