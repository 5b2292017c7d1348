"""What changed between two versions of a scenario, on the same futures."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import xarray as xr

from hcrisk.exceptions import ArgumentError, PrecisionWarning
from hcrisk.figures import Figure, counted, measured
from hcrisk.measures import compare
from hcrisk.measures._labelled import level_name
from hcrisk.report.columns import unit_words
from hcrisk.report.quote import BUDGET_LEVEL, TAIL_LEVEL
from hcrisk.report.wording import joined, reversed_sign, told
from hcrisk.scenario import Scenario, register
from hcrisk.scenario.compare import WORDS
from hcrisk.scenario.merge import leaves
from hcrisk.scenario.refusal import look_up
from hcrisk.scenario.values import toml_value
from hcrisk.simulation import simulate
from hcrisk.variables import labels_of, title_of

BEFORE, AFTER = "before", "after"
MOST_LISTED = 20
NOTHING, SAME = "nothing", "costs the same"
NONE_DIFFERS = "no number and no choice differs"
# What readers see and nothing computes.
NAMES = ("name", "label", "description")


class Stated(NamedTuple):
    """A number or choice that differs: where, what it is and what it was, "" for nothing."""

    path: str
    now: str
    was: str


class Moved(NamedTuple):
    """How a strategy's cost has moved: by figure, or not by a cent where there is none."""

    name: str
    label: str
    figures: Mapping[str, Figure]


class Changes(NamedTuple):
    """What changed between two versions of a scenario.

    Attributes
    ----------
    before
        Title of the other version, with its name and the beginning of its digest.
    stated
        The numbers and choices that differ.
    costs
        The strategies that both have.
    currency
        Currency code.
    """

    before: str
    stated: tuple[Stated, ...]
    costs: tuple[Moved, ...]
    currency: str


def check_currency(scenario: Scenario, before: Scenario) -> None:
    """Refuse to compare versions whose amounts are in different currencies.

    Raises
    ------
    ArgumentError

    Examples
    --------
    >>> import hcrisk
    >>> small = hcrisk.load("small-practice")
    >>> check_currency(small, hcrisk.load("mid-market"))
    """
    if before.currency != scenario.currency:
        rule = f"must be in {scenario.currency}, as the scenario it is compared with is"
        raise ArgumentError("before", before.currency, rule, "state both in one currency")


def find_changes(
    scenario: Scenario,
    ds: xr.Dataset,
    before: Scenario,
    *,
    threads: int | None = None,
    progress: bool | None = None,
) -> Changes:
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
    Changes

    Examples
    --------
    >>> import hcrisk
    >>> small = hcrisk.load("small-practice")
    >>> dearer = small.replace({"people.benefits_load": 0.35})
    >>> ds = hcrisk.simulate(dearer, paths=200, seed=1, progress=False)
    >>> found = find_changes(dearer, ds, small, progress=False)
    >>> found.stated[0].path, found.costs[-1].label
    ('people.benefits_load', 'Current')
    """
    check_currency(scenario, before)
    names = [name for name in map(str, ds["strategy"].values) if name in before.strategies]
    was = simulate(
        before, paths=ds.sizes["path"], seed=int(ds.attrs["seed"]),
        strategies=names, threads=threads, progress=progress,
    )  # fmt: skip
    labels = labels_of(ds, "strategy")
    both = [name for name in map(str, ds["strategy"].values) if name in was["strategy"].values]
    return Changes(
        f"{title_of(before)} ({before.name}, digest {before.digest[:12]})",
        (*_numbers(scenario, before), *_choices(scenario, before)),
        tuple(Moved(name, labels[name], _moved(ds, was, name)) for name in both),
        str(ds.attrs["currency"]),
    )


def change_lines(found: Changes) -> list[str]:
    """Return the same as lines of text: what differs, then what each strategy costs more.

    Parameters
    ----------
    found
        What `find_changes` returns.

    Returns
    -------
    list of str

    Examples
    --------
    >>> rent = Moved("msp", "MSP", {"mean": Figure(5e3, 4e3, 6e3)})
    >>> change_lines(Changes("Old", (Stated("a.b", "2 per year", "1"),), (rent,), "USD"))
    ['a.b: 2 per year (was 1)', 'MSP: mean $5K (±$1K) more']
    """
    listed = [f"{one.path}: {one.now or NOTHING} (was {one.was or NOTHING})"
              for one in found.stated]  # fmt: skip
    if len(listed) > MOST_LISTED:
        listed = [*listed[:MOST_LISTED], f"and {len(listed) - MOST_LISTED} more"]
    costs = []
    for one in found.costs:
        parts = [f"{what} {more(figure, found.currency)}" for what, figure in one.figures.items()]
        costs.append(f"{one.label}: {joined(parts) if parts else SAME}")
    return [*(listed or [NONE_DIFFERS]), *costs]


def more(figure: Figure, currency: str) -> str:
    """Return a difference as an amount more or less, with its margin.

    Examples
    --------
    >>> more(Figure(-5e3, -6e3, -4e3), "USD")
    '$5K (±$1K) less'
    """
    if figure.value < 0:
        return f"{told(reversed_sign(figure), currency)} less"
    return f"{told(figure, currency)} more"


def _numbers(scenario: Scenario, before: Scenario) -> Iterator[Stated]:
    old = {entry.path: entry for entry in register(before)}
    new = {entry.path: entry for entry in register(scenario)}
    for path in dict.fromkeys([*new, *old]):
        now, was = (known[path].value if path in known else "" for known in (new, old))
        if now != was:
            unit = unit_words((new.get(path) or old[path]).unit)
            yield Stated(path, counted(now, unit) if now else "", was)


def _choices(scenario: Scenario, before: Scenario) -> Iterator[Stated]:
    """Return what differs and is no number: arrangements, strategies, conditions, ..."""
    new, old = scenario.to_mapping(), before.to_mapping()
    numeric = {**scenario.quantities(), **before.quantities()}
    for path in dict.fromkeys([*leaves(new), *leaves(old)]):
        first, last = path.split(".")[0], path.split(".")[-1]
        (is_now, now), (was_there, was) = look_up(new, path), look_up(old, path)
        if now == was or last in NAMES or first in WORDS:
            continue
        if any(entry == path or entry.startswith(f"{path}.") for entry in numeric):
            continue
        yield Stated(path, toml_value(now) if is_now else "", toml_value(was) if was_there else "")


def _moved(ds: xr.Dataset, was: xr.Dataset, name: str) -> dict[str, Figure]:
    """Return how the mean, the budget and the bad case of a strategy have moved, if at all."""
    npv = [one["npv"].sel(strategy=name, drop=True) for one in (was, ds)]
    if bool((npv[0].values == npv[1].values).all()):
        return {}
    pair = xr.concat(npv, xr.DataArray([BEFORE, AFTER], dims="strategy", name="strategy"))
    with warnings.catch_warnings():
        # Figures without an interval say "about".
        warnings.simplefilter("ignore", PrecisionWarning)
        found = compare(pair.to_dataset(name="npv"), BEFORE, levels=(BUDGET_LEVEL, TAIL_LEVEL))
    one = found.sel(strategy=AFTER)
    figures = {"mean": measured(one, "mean_difference")}
    for level in (BUDGET_LEVEL, TAIL_LEVEL):
        figures[level_name(level)] = measured(one.sel(level=level), "difference_of_percentiles")
    return figures
