"""What a quote consists of, taken from a result by the measures."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import xarray as xr

from hcrisk.exceptions import PrecisionWarning
from hcrisk.figures import Figure, measured
from hcrisk.measures import compare, mean, percentiles, probability_cheapest, tail_value_at_risk
from hcrisk.measures._estimators import paths_to_batch, paths_to_bound_quantile
from hcrisk.measures._labelled import level_name
from hcrisk.report.assumptions import WeakAssumption, weakest
from hcrisk.report.growth import growth_notes
from hcrisk.report.wording import joined
from hcrisk.scenario import Roster, Scenario, whole_roster
from hcrisk.variables import labels_of, title_of, words

# The one component nobody pays: what uncovered hours are worth to the practice.
COVERAGE_GAP = "coverage_gap"
NOBODY = "Nobody"
# Uncovered share of a service from which a reader must be told.
THIN = 0.5
CONFIDENCE = 0.95
TAIL_LEVEL = 0.95
DEFAULT_LEVELS = (0.5, 0.8, 0.95)
FEWEST_PATHS = 1000
# The budget level of finance teams; the sentence in words is about the level nearest to it.
BUDGET_LEVEL = 0.8


@dataclass(frozen=True)
class StrategyQuote:
    """One strategy's figures.

    Parameters
    ----------
    name, label
        Its slug and what to print.
    mean
        Mean npv.
    percentiles
        Percentiles of npv by level, such as 0.8.
    tail
        Mean of the worst 5% of npv.
    probability_cheapest
        Share of paths on which it costs least.
    cash_mean, cash_percentiles
        The same of npv without the coverage gap: what is paid, and income lost to incidents,
        less recoveries.
    year_one
        Mean cost of the first year, nominal.
    difference, cash_difference, probability_cheaper
        Against the baseline, path by path; None for the baseline itself.
    assignment
        Arrangement by service, in slugs.
    delivery
        What to print for each of these arrangements.
    unfunded
        Labels of the services nobody delivers.
    thin
        Uncovered share, over time and futures, of services that are paid for and yet not covered
        most of the time, by label.
    components
        Mean npv by component.
    rosters
        What own staff leave uncovered with every seat filled, and how many it would take, by
        service; only services with seats.
    """

    name: str
    label: str
    mean: Figure
    percentiles: Mapping[float, Figure]
    tail: Figure
    probability_cheapest: Figure
    cash_mean: Figure
    cash_percentiles: Mapping[float, Figure]
    year_one: Figure
    difference: Figure | None
    cash_difference: Figure | None
    probability_cheaper: Figure | None
    assignment: Mapping[str, str]
    delivery: tuple[str, ...]
    unfunded: tuple[str, ...]
    thin: Mapping[str, float]
    components: Mapping[str, Figure]
    rosters: Mapping[str, Roster]


@dataclass(frozen=True)
class Quote:
    """All that the quote page and its JSON say.

    Parameters
    ----------
    title
        Label of the scenario.
    size
        The practice in numbers: providers, users, endpoints.
    years, discount_rate, timing
        Horizon in years; nominal rate per year (None if uncertain), ``"mid"`` or ``"end"``.
    currency
        Currency code.
    services
        Labels of the services.
    current
        Name of the strategy that is the current arrangement.
    baseline
        Name of the strategy the others are compared with.
    strategies
        In the order of the result.
    component_labels
        What to print for each component.
    full_scope_cheapest
        Probability of being cheapest among the strategies that leave no service unfunded; empty
        when there are fewer than two, or when none leaves any.
    assumptions
        Those with the lowest confidence.
    manifest
        Where the figures come from.
    notes
        What a reader must know about the precision, in sentences.
    """

    title: str
    size: Mapping[str, float]
    years: int
    discount_rate: float | None
    timing: str
    currency: str
    services: tuple[str, ...]
    current: str
    baseline: str
    strategies: tuple[StrategyQuote, ...]
    component_labels: Mapping[str, str]
    full_scope_cheapest: Mapping[str, Figure]
    assumptions: tuple[WeakAssumption, ...]
    manifest: Mapping[str, Any]
    notes: tuple[str, ...]

    @property
    def paths(self) -> int:
        """Number of paths."""
        return int(self.manifest["paths"])

    @property
    def levels(self) -> tuple[float, ...]:
        """Levels of the percentiles, as asked for."""
        return tuple(self.strategies[0].percentiles)

    @property
    def has_gap(self) -> bool:
        """Whether any strategy's cost contains a coverage gap, so that it is not all cash."""
        return any(entry.components[COVERAGE_GAP].value for entry in self.strategies)

    @property
    def budget_level(self) -> float:
        """The level among those asked for that is nearest to P80."""
        return min(self.levels, key=lambda level: abs(level - BUDGET_LEVEL))


def build_quote(
    ds: xr.Dataset,
    scenario: Scenario,
    levels: Iterable[float] = DEFAULT_LEVELS,
    *,
    baseline: str | None = None,
) -> Quote:
    """Take a quote's figures, with their 95% intervals, from a result.

    Parameters
    ----------
    ds
        Result of `simulate` with detail ``"default"`` or ``"full"``.
    scenario
        The scenario simulated.
    levels
        Levels of the percentiles, in (0, 1).
    baseline
        Name of the strategy that the others are compared with; the current arrangement when
        omitted.

    Returns
    -------
    Quote

    Raises
    ------
    ValueError
        A level outside (0, 1) or repeated, or values of the result that are not finite.
    """
    wanted = tuple(levels)
    # What was simulated may have been cut since.
    manifest = {**ds.attrs, "paths": ds.sizes["path"]}
    current = str(ds.attrs["current"])
    compared = current if baseline is None else baseline
    with warnings.catch_warnings():
        # The page says it itself, once for all figures.
        warnings.simplefilter("ignore", PrecisionWarning)
        strategies = _strategies(ds, scenario, wanted, compared)
        full_scope = _full_scope_cheapest(ds, strategies)
    rate = scenario.discounting.rate
    return Quote(
        title=title_of(scenario),
        size=_size(scenario),
        years=scenario.years,
        discount_rate=rate.constant,
        timing=scenario.discounting.timing,
        currency=str(ds.attrs.get("currency", scenario.currency)),
        services=tuple(_service_labels(scenario).values()),
        current=current,
        baseline=compared,
        strategies=strategies,
        component_labels=labels_of(ds, "component"),
        full_scope_cheapest=full_scope,
        assumptions=weakest(scenario, ds),
        manifest=manifest,
        notes=(*growth_notes(scenario), *_notes(ds.sizes["path"], strategies)),
    )


def _strategies(
    ds: xr.Dataset, scenario: Scenario, levels: tuple[float, ...], baseline: str
) -> tuple[StrategyQuote, ...]:
    tails = tail_value_at_risk(ds, TAIL_LEVEL, confidence=CONFIDENCE)
    chances = probability_cheapest(ds, confidence=CONFIDENCE)
    parts = mean(ds, of="component_npv", confidence=CONFIDENCE)
    yearly = mean(ds, of="cost", confidence=CONFIDENCE)
    whole = _costs(ds, "npv", levels, baseline)
    cash = _costs(_cash(ds), "cash", levels, baseline)
    return tuple(
        StrategyQuote(
            name=name,
            label=label,
            mean=whole[name].mean,
            percentiles=whole[name].percentiles,
            tail=measured(tails.sel(strategy=name)),
            probability_cheapest=measured(chances.sel(strategy=name)),
            cash_mean=cash[name].mean,
            cash_percentiles=cash[name].percentiles,
            year_one=measured(yearly.sel(strategy=name, year=1)),
            difference=whole[name].difference,
            cash_difference=cash[name].difference,
            probability_cheaper=whole[name].probability_cheaper,
            assignment=scenario.assignment(name),
            delivery=_delivery(scenario, name),
            unfunded=_unfunded(scenario, name),
            thin=_thin(ds, scenario, name),
            components=_by_component(parts.sel(strategy=name)),
            rosters=_rosters(scenario, name),
        )
        for name, label in labels_of(ds, "strategy").items()
    )


class _Cost(NamedTuple):
    """What is said of a strategy's cost, whole or in cash."""

    mean: Figure
    percentiles: Mapping[float, Figure]
    difference: Figure | None
    probability_cheaper: Figure | None


def _costs(ds: xr.Dataset, of: str, levels: tuple[float, ...], baseline: str) -> dict[str, _Cost]:
    means = mean(ds, of=of, confidence=CONFIDENCE)
    table = percentiles(ds, levels, of=of, confidence=CONFIDENCE)
    names = [str(name) for name in ds["strategy"].values]
    others = [name for name in names if name != baseline]
    gaps = compare(ds, baseline, levels=0.5, of=of, confidence=CONFIDENCE) if others else None
    return {
        name: _Cost(
            measured(means.sel(strategy=name)),
            {level: measured(table.sel(strategy=name, level=level)) for level in levels},
            *(
                measured(gaps.sel(strategy=name), figure) if gaps and name in others else None
                for figure in ("mean_difference", "probability_cheaper")
            ),
        )
        for name in names
    }


def _cash(ds: xr.Dataset) -> xr.Dataset:
    """Return npv without the coverage gap, as ``cash``."""
    gap = ds["component_npv"].sel(component=COVERAGE_GAP, drop=True)
    return (ds["npv"] - gap).to_dataset(name="cash").assign_attrs(ds.attrs)


def _by_component(means: xr.Dataset) -> dict[str, Figure]:
    names = [str(name) for name in means["component"].values]
    return {name: measured(means.sel(component=name)) for name in names}


def _delivery(scenario: Scenario, strategy: str) -> tuple[str, ...]:
    chosen = [
        (name, scenario.services[service].arrangements[name])
        for service, name in scenario.assignment(strategy).items()
    ]
    return tuple(
        arrangement.label or (NOBODY if arrangement.unfunded else words(name))
        for name, arrangement in chosen
    )


def _service_labels(scenario: Scenario) -> dict[str, str]:
    return {name: service.label or words(name) for name, service in scenario.services.items()}


def _is_unfunded(scenario: Scenario, strategy: str, service: str) -> bool:
    chosen = scenario.assignment(strategy)[service]
    return scenario.services[service].arrangements[chosen].unfunded


def _rosters(scenario: Scenario, strategy: str) -> dict[str, Roster]:
    chosen = scenario.assignment(strategy)
    rosters = whole_roster(scenario)
    return {r.service: r for r in rosters if chosen[r.service] == r.arrangement}


def _unfunded(scenario: Scenario, strategy: str) -> tuple[str, ...]:
    return tuple(
        label
        for name, label in _service_labels(scenario).items()
        if _is_unfunded(scenario, strategy, name)
    )


def _thin(ds: xr.Dataset, scenario: Scenario, strategy: str) -> dict[str, float]:
    if "uncovered" not in ds:
        return {}
    shares = ds["uncovered"].sel(strategy=strategy).mean("path")
    found = {
        name: float(shares.sel(service=name))
        for name in scenario.services
        if not _is_unfunded(scenario, strategy, name)
    }
    labels = _service_labels(scenario)
    return {labels[name]: share for name, share in found.items() if share > THIN}


def _full_scope_cheapest(
    ds: xr.Dataset, strategies: tuple[StrategyQuote, ...]
) -> dict[str, Figure]:
    full = [strategy.name for strategy in strategies if not strategy.unfunded]
    if len(full) < 2 or len(full) == len(strategies):
        return {}
    chances = probability_cheapest(ds, strategies=full, confidence=CONFIDENCE)
    return {name: measured(chances.sel(strategy=name)) for name in full}


def _size(scenario: Scenario) -> dict[str, float]:
    practice = scenario.practice
    return {
        "providers": practice.driver_count("provider"),
        "users": practice.driver_count("user"),
        "endpoints": practice.driver_count("endpoint"),
    }


def _notes(paths: int, strategies: tuple[StrategyQuote, ...]) -> tuple[str, ...]:
    """Return the sentence about figures that have no interval, if there are any."""
    if paths == 1:
        return (f"1 path: no interval, no percentiles; simulate at least {FEWEST_PATHS:,}.",)
    needed, unbounded = dict[str, int](), set[str]()
    for entry in strategies:
        for level, figure in entry.percentiles.items():
            needed[level_name(level)] = paths_to_bound_quantile(level, CONFIDENCE)
            unbounded |= set() if figure.is_bounded else {level_name(level)}
    tail = f"TVaR {100 * TAIL_LEVEL:g}"
    needed[tail] = paths_to_batch(1 - TAIL_LEVEL)
    unbounded |= set() if all(entry.tail.is_bounded for entry in strategies) else {tail}
    missing = [name for name in needed if name in unbounded]
    if not missing:
        return ()
    # Somewhat more than the least, so that the interval is of use.
    least = FEWEST_PATHS * math.ceil(max(needed[name] for name in missing) / FEWEST_PATHS)
    return (
        f"{paths:,} paths are too few to say how precise {joined(missing)} "
        f"{'are' if len(missing) > 1 else 'is'}; simulate at least {least:,}.",
    )
