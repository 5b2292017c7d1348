"""What drives a cost, or the choice between two strategies, on one page."""

from __future__ import annotations

import re
import textwrap
import warnings
from collections.abc import Container, Mapping
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from hcrisk.exceptions import PrecisionWarning
from hcrisk.figures import Figure, counted, measured, percent, short
from hcrisk.measures import first_order_indices, mean, rank_correlations, tail_drivers
from hcrisk.measures.statistic import statistic as named_statistic
from hcrisk.report.manifest import json_manifest
from hcrisk.report.strict import strict_json
from hcrisk.report.wording import joined, told
from hcrisk.report.worst import moved_by, tail_facts
from hcrisk.scenario import Scenario
from hcrisk.sensitivity import tornado, variance_split
from hcrisk.sensitivity._runs import Run, inputs_used
from hcrisk.simulation import simulate
from hcrisk.variables import labels_of, title_of, words
from hcrisk.whatif._labels import unit_words

LEVEL = 0.95
# Of the first-order indices, in a sentence.
ALONE = (
    "how much smaller the variance of the cost would be, on average, if this input were known; "
    "that holds what it tells about inputs correlated with it."
)
WIDTH = 80
FIRST_COLUMN = 34


class Drivers(NamedTuple):
    """What was found out about one cost.

    Attributes
    ----------
    strategy, baseline
        Whose cost, less whose.
    labels
        What to print for each strategy, component and risk.
    share
        The share of the variance that is due to the inputs.
    inputs
        Result of `hcrisk.sensitivity.tornado`, the widest only, with their units.
    alone
        Share of the variance that goes with each of these inputs alone.
    tail
        Result of `hcrisk.measures.tail_drivers`.
    others
        How many more inputs the cost depends on.
    left_out
        The services that each strategy leaves to nobody which was therefore not chosen from; empty
        where strategies were asked for.
    """

    title: str
    years: int
    strategy: str
    baseline: str | None
    labels: Mapping[str, str]
    share: Figure
    inputs: xr.Dataset
    alone: Mapping[str, Figure]
    tail: xr.Dataset
    others: int
    left_out: Mapping[str, tuple[str, ...]]


def find_drivers(
    scenario: Scenario,
    strategy: str | None = None,
    baseline: str | None = None,
    *,
    statistic: str = "mean",
    count: int = 10,
    **run: Any,
) -> Drivers:
    """Return what drives the cost of a strategy, or what it costs more than a baseline.

    Without a strategy it is the one of lowest mean, against today's arrangement, or against the
    next if that is the one. Strategies that leave a service to nobody deliver less and are not
    chosen from, unless all do. Of the inputs that enter a number these strategies are computed
    from, twice as many as asked for are set to their ends one by one: those with the largest rank
    correlations, which tail events disturb least. The widest are kept.

    Parameters
    ----------
    scenario, strategy, baseline, statistic, **run
        As for `hcrisk.sensitivity.tornado`.
    count
        How many inputs to show.

    Returns
    -------
    Drivers
    """
    named_statistic(statistic)
    plainly: Run = {**run}  # type: ignore[typeddict-item]
    simulated: dict[str, Any] = {"paths": 10_000, **run}
    left_out: dict[str, tuple[str, ...]] = {}
    if strategy is None:
        ds = simulate(scenario, detail="totals", **simulated)
        left_out = _left_to_nobody(scenario, ds)
        strategy, baseline = _decision(ds, left_out)
    names = [strategy] if baseline is None else [strategy, baseline]
    ds = simulate(scenario, strategies=names, **simulated)
    used = set(inputs_used(scenario, names))
    share = measured(variance_split(scenario, strategy, baseline=baseline, **plainly))
    alone = first_order_indices(ds, strategy, baseline=baseline)
    with warnings.catch_warnings():
        # The intervals of what only sorts are not shown.
        warnings.simplefilter("ignore", PrecisionWarning)
        ranked = rank_correlations(ds, strategy, baseline=baseline)["parameter"].values
    candidates = [str(path) for path in ranked if str(path) in used]
    swings = tornado(
        scenario,
        strategy,
        baseline=baseline,
        statistic=statistic,
        inputs=candidates[: 2 * count],
        **plainly,
    ).isel(parameter=slice(count))
    chosen = [str(path) for path in swings["parameter"].values]
    units = np.array([unit_words(scenario, path) for path in chosen], dtype=str)
    swings = swings.assign_coords(units=("parameter", units))
    labels = {slug: text for dim in ("strategy", "component", "risk")
              for slug, text in labels_of(ds, dim).items()}  # fmt: skip
    return Drivers(
        title_of(scenario),
        scenario.years,
        strategy,
        baseline,
        labels,
        share,
        swings,
        {path: measured(alone.sel(parameter=path)) for path in chosen},
        tail_drivers(ds, strategy, baseline=baseline, level=LEVEL),
        len(candidates) - len(chosen),
        left_out,
    )


def _left_to_nobody(scenario: Scenario, ds: xr.Dataset) -> dict[str, tuple[str, ...]]:
    """Return the services that strategies leave to nobody, unless all leave some."""
    found = {}
    for name in map(str, ds["strategy"].values):
        chosen = scenario.assignment(name)
        found[name] = tuple(
            stated.label or words(service)
            for service, stated in scenario.services.items()
            if stated.arrangements[chosen[service]].unfunded
        )
    return {} if all(found.values()) else {key: own for key, own in found.items() if own}


def _decision(ds: xr.Dataset, left_out: Container[str]) -> tuple[str, str | None]:
    means = mean(ds)["value"]
    order = [str(name) for name in means["strategy"].values[np.argsort(means.values)]]
    order = [name for name in order if name not in left_out]
    current = str(ds.attrs["current"])
    if len(order) == 1:
        return order[0], None
    return order[0], current if current in order[1:] else order[1]


def drivers_text(found: Drivers) -> str:
    """Return the page, 80 columns wide.

    Parameters
    ----------
    found
        What `find_drivers` returns.

    Returns
    -------
    str
    """
    inputs, currency = found.inputs, str(found.inputs.attrs["currency"])
    statistic = named_statistic(str(inputs.attrs["statistic"])).title
    base = told(measured(inputs, "base"), currency)
    what = statistic if found.baseline is None else f"{statistic} of this difference"
    paths, seed = inputs.attrs["paths"], inputs.attrs["seed"]
    lines = [
        *textwrap.wrap(f"{found.title}: what drives the cost of {_whose(found)}", WIDTH),
        f"Present value over {counted(found.years, 'years')}; {paths:,} futures a run, "
        f"seed {seed}.",
        "",
        *textwrap.wrap(f"The {what} is {base}. {chance_words(found)}", WIDTH),
        *_left_out_lines(found),
        "",
        *_input_lines(found, statistic, currency),
        "",
        *_tail_lines(found, currency),
    ]
    return "\n".join(lines)


def chance_words(found: Drivers) -> str:
    """Return how much of the variance is due to the inputs, and how much to chance."""
    share = percent(found.share)
    whole = f"the variance of the {'cost' if found.baseline is None else 'difference'}"
    if not found.share.is_bounded:
        return f"What is not known of the inputs makes {share} of {whole}; the rest is chance."
    return (
        f"What is not known of the inputs makes {share} of {whole}; the rest, "
        f"{percent(found.share.complement)}, is chance: who leaves and when, which incidents "
        "strike, what they cost."
    )


def _left_out_lines(found: Drivers) -> list[str]:
    if not found.left_out:
        return []
    told = [
        f"{found.labels.get(name, words(name))} ({joined(services)})"
        for name, services in found.left_out.items()
    ]
    one = len(told) == 1
    text = (
        f"Not chosen from, as {'it leaves' if one else 'they leave'} services to nobody: "
        f"{'; '.join(told)}. To look at {'it' if one else 'one'} all the same, write "
        f"--strategy {next(iter(found.left_out))}."
    )
    return ["", *textwrap.wrap(text, WIDTH)]


def _whose(found: Drivers) -> str:
    name = found.labels.get(found.strategy, words(found.strategy))
    if found.baseline is None:
        return name
    return f"{name} less {found.labels.get(found.baseline, words(found.baseline))}"


def _input_lines(found: Drivers, statistic: str, currency: str) -> list[str]:
    inputs = found.inputs
    low, high = (f"P{100 * float(inputs.attrs[end]):g}" for end in ("low", "high"))
    lines = [_columns(f"Input, {low} to {high}", f"{statistic} moves by", "alone")]
    for path in map(str, inputs["parameter"].values):
        one = inputs.sel(parameter=path)
        ends = [short(float(one[f"{end}_input"])) for end in ("low", "high")]
        changes = [measured(one, f"{end}_change") for end in ("low", "high")]
        moved = " ".join(moved_by(changes, currency)).rstrip()
        alone = percent(found.alone[path])
        lines += _path_lines(path, 2)
        unit = re.sub("^1/", "per ", str(one["units"].item()))
        span = f"    {' to '.join(ends)} {unit}".rstrip()
        if len(span) >= FIRST_COLUMN:
            lines.append(span)
            span = ""
        lines.append(_columns(span, moved, alone))
    if found.others:
        lines.append(f"  and {found.others} more that seem to move it less")
    return [
        *lines,
        "",
        "Each input is set to its low and high value while the others stay uncertain:",
        f"{low} and {high}, which {low[1:]}% and {high[1:]}% of its values do not exceed.",
        *textwrap.wrap(f"Alone: {ALONE}", WIDTH),
    ]


def _columns(first: str, second: str, third: str) -> str:
    return f"{first:<{FIRST_COLUMN}}{second:>30}{third:>{WIDTH - FIRST_COLUMN - 30}}"


def _path_lines(path: str, indent: int) -> list[str]:
    """Return a path in lines that fit the page, broken after a dot."""
    lines = [" " * indent]
    for part in path.replace(".", ". ").split(" "):
        if len(lines[-1]) + len(part) > WIDTH:
            lines.append(" " * (indent + 2))
        lines[-1] += part
    return lines


def _tail_lines(found: Drivers, currency: str) -> list[str]:
    tail = found.tail
    more = told(measured(tail, "excess"), currency)
    said = f"it costs {more} more" if found.baseline is None else f"the difference is {more} larger"
    text = f"In the worst {100 * (1 - LEVEL):.0f}% of futures {said} than in the rest:"
    lines = textwrap.wrap(text, WIDTH)
    facts = tail_facts(tail, found.labels, currency)
    width = max((len(fact.size) for fact in facts), default=0) + 2
    for fact in facts:
        lines += textwrap.wrap(
            fact.text, WIDTH, initial_indent=f"{fact.size:>{width}}  ",
            subsequent_indent=" " * (width + 2),
        )  # fmt: skip
        lines += _path_lines(fact.path, width + 2) if fact.path else []
    return lines


def drivers_json(found: Drivers) -> str:
    """Return the same for other programs: strict JSON, unrounded.

    ``manifest``, ``strategy``, ``baseline``, ``statistic`` and ``base``; ``left_out``, the services
    that strategies not chosen from leave to nobody; ``input_share`` of the
    variance; ``inputs``, each with its ``path``, ``units``, what it was set to (``low``, ``high``),
    ``swing``, ``low_change``, ``high_change`` and ``alone``; and ``tail``: ``level``, ``excess``,
    and by name ``components`` (excess), ``risks`` (``struck_worst``, ``struck_rest``,
    ``struck_excess``) and ``inputs`` (chance that it is higher on a worst future). Figures are
    objects with ``value``, ``lower`` and ``upper``; a bound that is not known for want of paths is
    null.

    Parameters
    ----------
    found
        What `find_drivers` returns.

    Returns
    -------
    str
    """
    inputs, tail = found.inputs, found.tail
    skipped = ("measure", "of", "confidence", "statistic", "low", "high")
    manifest = {name: value for name, value in inputs.attrs.items() if name not in skipped}
    content = {
        "manifest": json_manifest("drivers", run=manifest),
        "strategy": found.strategy,
        "baseline": found.baseline,
        "statistic": inputs.attrs["statistic"],
        "left_out": {name: list(services) for name, services in found.left_out.items()},
        "base": measured(inputs, "base"),
        "input_share": found.share,
        "inputs": [
            {
                "path": path,
                "units": str(one["units"].item()),
                "low": float(one["low_input"]),
                "high": float(one["high_input"]),
                "swing": measured(one),
                "low_change": measured(one, "low_change"),
                "high_change": measured(one, "high_change"),
                "alone": found.alone[path],
            }
            for path in map(str, inputs["parameter"].values)
            for one in [inputs.sel(parameter=path)]
        ],
        "tail": {
            "level": LEVEL,
            "excess": measured(tail, "excess"),
            "components": _by_name(tail, "component", "component_excess"),
            "risks": {
                str(name): {
                    "struck_worst": float(one["struck_worst"]),
                    "struck_rest": float(one["struck_rest"]),
                    "struck_excess": measured(one, "struck_excess"),
                }
                for name in tail["risk"].values
                for one in [tail.sel(risk=name)]
            },
            "inputs": _by_name(tail, "parameter", "input_higher"),
        },
    }
    return strict_json(content)


def _by_name(ds: xr.Dataset, dim: str, name: str) -> dict[str, Figure]:
    return {str(slug): measured(ds.sel({dim: slug}), name) for slug in ds[dim].values}
