"""What changed between two versions of a scenario, on the same futures."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import xarray as xr

from hcrisk.exceptions import PrecisionWarning
from hcrisk.figures import Figure, counted, measured
from hcrisk.measures import compare
from hcrisk.measures._labelled import level_name
from hcrisk.report.columns import unit_words
from hcrisk.report.quote import BUDGET_LEVEL, TAIL_LEVEL
from hcrisk.report.wording import joined, reversed_sign, told
from hcrisk.scenario import Scenario, own_choices, register
from hcrisk.simulation import simulate
from hcrisk.variables import labels_of

BEFORE, AFTER = "before", "after"
MOST_LISTED = 20
# What readers see and nothing computes.
NAMES = ("name", "label", "description")


def changes(
    scenario: Scenario,
    ds: xr.Dataset,
    before: Scenario,
    *,
    threads: int | None = None,
    progress: bool | None = None,
) -> list[str]:
    """Return what a scenario states otherwise than another, and what each strategy costs more.

    The other scenario is simulated with the seed and paths of the first, so that what both
    describe alike happens alike, and a strategy that no change touches costs the same to the cent.

    Parameters
    ----------
    scenario
        The scenario as it is now.
    ds
        Its result.
    before
        The scenario as it was.
    threads, progress
        As for `hcrisk.simulate`.

    Returns
    -------
    list of str
        Lines: the numbers and choices that differ, then the strategies both have.

    Examples
    --------
    >>> import hcrisk
    >>> small = hcrisk.load("small-practice")
    >>> dearer = small.replace({"people.benefits_load": 0.35})
    >>> ds = hcrisk.simulate(dearer, paths=200, seed=1, progress=False)
    >>> lines = changes(dearer, ds, small, progress=False)
    >>> lines[0]
    'people.benefits_load: 0.35 (was triangular, low 0.23, mode 0.29, high 0.34)'
    >>> lines[-1].partition(" (")[0]
    'Current: mean $5.2K'
    """
    listed = [*_numbers(scenario, before), *_choices(scenario, before)]
    if len(listed) > MOST_LISTED:
        listed = [*listed[:MOST_LISTED], f"and {len(listed) - MOST_LISTED} more"]
    names = [name for name in map(str, ds["strategy"].values) if name in before.strategies]
    was = simulate(
        before, paths=ds.sizes["path"], seed=int(ds.attrs["seed"]),
        strategies=names, threads=threads, progress=progress,
    )  # fmt: skip
    labels, currency = labels_of(ds, "strategy"), str(ds.attrs["currency"])
    both = [name for name in map(str, ds["strategy"].values) if name in was["strategy"].values]
    costs = [f"{labels[name]}: {_moved(ds, was, name, currency)}" for name in both]
    return [*(listed or ["no number and no choice differs"]), *costs]


def _numbers(scenario: Scenario, before: Scenario) -> Iterator[str]:
    old = {entry.path: entry for entry in register(before)}
    new = {entry.path: entry for entry in register(scenario)}
    for path in dict.fromkeys([*new, *old]):
        now, was = (known[path].value if path in known else "" for known in (new, old))
        if now != was:
            yield _line(path, now, was, unit_words((new.get(path) or old[path]).unit))


def _choices(scenario: Scenario, before: Scenario) -> Iterator[str]:
    new, old = ({one.path: one for one in own_choices(side)} for side in (scenario, before))
    for path in dict.fromkeys([*new, *old]):
        if path.split(".")[-1] in NAMES or path.startswith("sources."):
            continue
        # What one of them leaves as it is, is as in what it extends.
        now, was = (known[path].value if path in known else other[path].before or ""
                    for known, other in ((new, old), (old, new)))  # fmt: skip
        if now != was:
            yield _line(path, now, was)


def _line(path: str, now: str, was: str, unit: str = "") -> str:
    return f"{path}: {counted(now, unit) if now else 'nothing'} (was {was or 'nothing'})"


def _moved(ds: xr.Dataset, was: xr.Dataset, name: str, currency: str) -> str:
    """Return how the mean, the budget and the bad case of a strategy have moved."""
    npv = [one["npv"].sel(strategy=name, drop=True) for one in (was, ds)]
    if bool((npv[0].values == npv[1].values).all()):
        return "costs the same"
    pair = xr.concat(npv, xr.DataArray([BEFORE, AFTER], dims="strategy", name="strategy"))
    with warnings.catch_warnings():
        # Figures without an interval say "about".
        warnings.simplefilter("ignore", PrecisionWarning)
        found = compare(pair.to_dataset(name="npv"), BEFORE, levels=(BUDGET_LEVEL, TAIL_LEVEL))
    one = found.sel(strategy=AFTER)
    figures = [("mean", measured(one, "mean_difference"))]
    for level in (BUDGET_LEVEL, TAIL_LEVEL):
        moved = measured(one.sel(level=level), "difference_of_percentiles")
        figures.append((level_name(level), moved))
    return joined([f"{what} {_more(figure, currency)}" for what, figure in figures])


def _more(figure: Figure, currency: str) -> str:
    if figure.value < 0:
        return f"{told(reversed_sign(figure), currency)} less"
    return f"{told(figure, currency)} more"
