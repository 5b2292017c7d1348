"""What each strategy costs under named stresses, against what it costs without."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

from hcrisk.figures import Figure, spoken
from hcrisk.measures._estimators import Floats
from hcrisk.measures._labelled import check_choice
from hcrisk.measures.statistic import Statistic
from hcrisk.measures.statistic import statistic as read_statistic
from hcrisk.program.layout import assignments
from hcrisk.progress import progress_bar
from hcrisk.scenario.scenario import Scenario
from hcrisk.simulation import check_scenario
from hcrisk.variables import described, label_text, words
from hcrisk.whatif._labels import as_figure, attributes, coordinate, figures_over, with_summary
from hcrisk.whatif._runs import Runs, checked_runs
from hcrisk.whatif.effort import Effort, checked
from hcrisk.whatif.stresses import Stress, stresses

BASE = "base"
# Every stress is simulated once.
LONG = Effort(paths=10_000)

Given = Mapping[str, Stress | Mapping[str, Any]]


def stress(
    scenario: Scenario,
    names: str | Iterable[str] | Given | None = None,
    *,
    statistic: str = "mean",
    strategies: Sequence[str] | None = None,
    effort: Effort = LONG,
) -> xr.Dataset:
    """Return what strategies cost under stresses, and what each stress adds.

    Every stress is simulated on the random numbers of the base, so that what it adds is a paired
    difference. Stresses are taken one at a time; for several at once, give your own changes.

    Parameters
    ----------
    scenario
        From `hcrisk.load` or built in Python.
    names
        Names among those `hcrisk.stresses` returns, all when omitted; or a mapping from names of
        your own to changes, dotted path to new value, as `Scenario.replace` takes them.
    statistic
        "mean", or a percentile or tail mean of present value, as "p80" and "tvar95".
    strategies
        Names of strategies; default all, and today's arrangement.
    effort
        Paths, seed, confidence, progress; 10,000 paths by default.

    Returns
    -------
    xarray.Dataset
        ``value``, ``lower``, ``upper`` over ``stress`` ("base" first) and ``strategy``
        (currency); ``difference`` to the base with its bounds over the same; ``cheapest`` over
        ``stress``, the strategy with the lowest value. The coordinate ``says`` describes each
        stress. For the mean the interval of a difference is the central-limit one of the paired
        difference, for the others it comes from paired batches.

    Raises
    ------
    ValueError
        An unknown stress or statistic, no stress at all, or a number outside its range.
    ScenarioError
        An unknown strategy, or changes that the scenario refuses.

    Examples
    --------
    >>> import hcrisk
    >>> small = hcrisk.load("small-practice")
    >>> found = stress(small, {"dear": {"people.benefits_load": 0.5}},
    ...                effort=hcrisk.Effort(paths=200))
    >>> found["stress"].values.tolist()
    ['base', 'dear']
    >>> bool((found["difference"].sel(stress="dear") > 0).any())
    True
    """
    chosen, confidence = read_statistic(statistic), checked(effort).confidence
    check_scenario(scenario)
    wanted = checked_stresses(scenario, names)
    chosen_strategies = list(assignments(scenario, strategies))
    runs = checked_runs(scenario, chosen_strategies, effort.paths, effort.seed)
    # Every change is checked before the first simulation.
    for one in wanted.values():
        scenario.replace(one.changes)
    costs = [runs.base()]
    with progress_bar(len(wanted) * runs.paths, effort.progress) as advance:
        for one in wanted.values():
            costs.append(runs.changed(one.changes))
            advance(runs.paths)
    return _labelled(wanted, costs, runs, chosen, confidence)


def checked_stresses(
    scenario: Scenario, names: str | Iterable[str] | Given | None
) -> dict[str, Stress]:
    """Return the stresses asked for by name or given as changes, in their order."""
    if isinstance(names, Mapping):
        wanted = {
            str(name): one if isinstance(one, Stress) else Stress(words(str(name)), "", dict(one))
            for name, one in names.items()
        }
    else:
        known = stresses(scenario)
        chosen = list(known) if names is None else [names] if isinstance(names, str) else [*names]
        for name in chosen:
            check_choice("names", name, known)
        wanted = {name: known[name] for name in chosen}
    if not wanted:
        raise ValueError(
            f"names must name at least one stress, got {names!r}; leave it out for all"
        )
    if BASE in wanted:
        raise ValueError(f"names must not hold {BASE!r}, the result without stress; rename it")
    return wanted


def _labelled(
    wanted: dict[str, Stress],
    costs: list[Floats],
    runs: Runs,
    statistic: Statistic,
    confidence: float,
) -> xr.Dataset:
    base = costs[0]
    values = [[as_figure(statistic.estimate(row, confidence)) for row in each] for each in costs]
    differences = [
        [
            as_figure(statistic.difference(other, one, confidence))
            for one, other in zip(base, each, strict=True)
        ]
        for each in costs
    ]
    names = [BASE, *wanted]
    dims, currency = ("stress", "strategy"), runs.scenario.currency
    about = attributes(runs, "stress", statistic.title, confidence)
    cheapest = [runs.strategies[int(np.argmin([f.value for f in row]))] for row in values]
    ds = xr.Dataset(
        {
            **figures_over(dims, values, f"{statistic.title} cost", currency),
            **figures_over(dims, differences, "added by the stress", currency, "difference"),
            "cheapest": (("stress",), cheapest, {"long_name": "strategy with the lowest value"}),
        },
        {
            "stress": coordinate("stress", names, "stress"),
            "strategy": coordinate("strategy", runs.strategies, "strategy"),
            "says": (
                "stress",
                ["nothing is changed", *(one.says for one in wanted.values())],
                described("what is changed"),
            ),
        },
        about,
    )
    labels = {BASE: "Base"} | {name: one.label for name, one in wanted.items()}
    ds["stress"].attrs["labels"] = label_text(labels)
    known = runs.scenario.strategies
    shown = {
        name: getattr(known.get(name), "label", None) or words(name) for name in runs.strategies
    }
    ds["strategy"].attrs["labels"] = label_text(shown)
    return with_summary(ds, _sentences(wanted, differences, cheapest, runs))


def _sentences(
    wanted: dict[str, Stress], differences: list[list[Figure]], cheapest: list[str], runs: Runs
) -> list[str]:
    said = [f"Without stress {cheapest[0]} is cheapest."]
    for i, (name, one) in enumerate(wanted.items(), start=1):
        choice = "stays" if cheapest[i] == cheapest[0] else "becomes"
        effect = _effect(differences[i], runs)
        said.append(f"{one.label or words(name)}: {effect}; {cheapest[i]} {choice} cheapest.")
    return said


def _effect(differences: list[Figure], runs: Runs) -> str:
    currency, names = runs.scenario.currency, runs.strategies
    most = int(np.argmax([f.value for f in differences]))
    least = int(np.argmin([f.value for f in differences]))
    if differences[most].lower > 0.0:
        return f"adds most to {names[most]}, {spoken(differences[most], currency)}"
    if differences[least].upper < 0.0:
        saved = spoken(_turned(differences[least]), currency)
        return f"costs nobody more, and {names[least]} {saved} less"
    return "changes no cost as far as these paths tell"


def _turned(figure: Figure) -> Figure:
    return Figure(-figure.value, -figure.upper, -figure.lower)
