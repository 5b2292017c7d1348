"""The best arrangement of every service, on one page."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from hcrisk.figures import Figure, counted, measured, money, money_margin, spoken
from hcrisk.measures import best_assignment, service_choices
from hcrisk.measures._limits import BUDGET, amount_text
from hcrisk.measures.statistic import MEAN, PERCENTILE, statistic
from hcrisk.report.columns import WIDTH, wrapped
from hcrisk.report.commands import COVERED
from hcrisk.report.decision import futures
from hcrisk.report.search import arrangement_label
from hcrisk.scenario.scenario import CURRENT, Scenario
from hcrisk.variables import title_of

# What a committee may decide by, beside what it was asked to.
OBJECTIVES = ("mean", "p80", "tvar95")


@dataclass(frozen=True, eq=False)
class Choice:
    """Which combination of arrangements is best, for each service and by other measures.

    Attributes
    ----------
    scenario : Scenario
    ds : xarray.Dataset
        Result of `hcrisk.simulate_assignments`.
    objective : str
        ``mean``, ``p80``, ``tvar95`` or their like.
    constraints : tuple of str
        What every combination keeps to.
    budget : float or None
        What every combination stays within in 80% of futures.
    ranking, services : xarray.Dataset
        Of `hcrisk.best_assignment` and `hcrisk.service_choices`.
    elsewhere : dict
        The best combination by other objectives.
    thin : dict
        Uncovered share by service and arrangement, of those that leave a service mostly uncovered.
    """

    scenario: Scenario
    ds: xr.Dataset
    objective: str
    constraints: tuple[str, ...]
    budget: float | None
    ranking: xr.Dataset
    services: xr.Dataset
    elsewhere: dict[str, str]
    thin: Mapping[tuple[str, str], float]

    @property
    def best(self) -> str:
        """The best combination."""
        return str(self.ranking["strategy"].values[0])

    def held(self, strategy: str, service: str) -> str:
        """Return the label of a service's arrangement in a combination."""
        name = str(self.ds[service].sel(strategy=strategy).item())
        return self.arrangement(service, name)

    def arrangement(self, service: str, name: str) -> str:
        """Return what an arrangement is called."""
        return arrangement_label(self.scenario, service, name)

    def uncovered(self, service: str, name: str) -> str:
        """Return how much an arrangement leaves uncovered, where that is most of the time."""
        share = self.thin.get((service, name))
        return "" if share is None else f", {100 * share:.0f}% uncovered"


def build_choice(
    ds: xr.Dataset,
    scenario: Scenario,
    objective: str = "mean",
    *,
    constraints: Sequence[str] = (),
    budget: float | None = None,
    top: int = 5,
    thin: Mapping[tuple[str, str], float] | None = None,
) -> Choice:
    """Return the best combinations of a result, and what each service's choice is worth.

    Parameters
    ----------
    ds
        Result of `hcrisk.simulate_assignments`.
    scenario
        The scenario it was made from.
    objective, constraints, budget, top
        As for `hcrisk.best_assignment`.

    Returns
    -------
    Choice
    """
    # What is in place today is no choice where it is none of the combinations.
    chosen = ds.sel(strategy=ds["strategy"].values != CURRENT)
    limits: dict[str, Any] = {"constraints": constraints, "budget": budget}
    ranking = best_assignment(chosen, objective, top=top, **limits)
    elsewhere = {
        name: str(best_assignment(chosen, name, top=1, **limits)["strategy"].values[0])
        for name in OBJECTIVES
        if name != ranking.attrs["objective"]
    }
    services = service_choices(chosen, objective, **limits)
    return Choice(
        scenario, ds, ranking.attrs["objective"], tuple(constraints), budget, ranking, services,
        elsewhere, thin or {},
    )  # fmt: skip


def render_choice(choice: Choice) -> str:
    """Return a choice as a page of at most 80 columns.

    Parameters
    ----------
    choice

    Returns
    -------
    str
        Lines of text, without a line break at the end.
    """
    attrs, ds = choice.ds.attrs, choice.ds
    title = f"{title_of(choice.scenario)}: the best way for each service "
    count = ds.sizes["strategy"] - int(CURRENT in ds["strategy"].values)
    measure = _told(choice.objective)
    facts = (
        f"{count:,} combinations of arrangements on the same futures: "
        f"{futures(ds.sizes['path'])}, seed {attrs['seed']}. Costs over "
        f"{counted(int(attrs['years']), 'years')}, present value; best is the least {measure}. "
        "What follows ± is a 95% interval; about: too few futures for one."
    )
    return "\n".join(
        [
            title.ljust(WIDTH, "=")[:WIDTH],
            *wrapped(facts),
            *_limits(choice, count),
            _heading("Service by service: best, and what the others cost more"),
            *_by_service(choice),
            *wrapped(
                "What an arrangement costs more is the whole cost with it, all other services "
                "chosen anew to suit it, less that of the best. The best was chosen on these "
                f"futures and looks a little better on them than it is.{_on_coverage(choice)}"
            ),
            _heading("The best combinations"),
            *_best(choice),
            _heading("By other measures, and today"),
            *_elsewhere(choice),
        ]
    )


def _limits(choice: Choice, count: int) -> list[str]:
    """Return how many combinations are left, and what each limit costs."""
    ranking = choice.ranking
    if "price" not in ranking:
        return []
    names = ranking["limit"].values.tolist()
    left, few = int(ranking.attrs["feasible"]), len(names) == 1
    lines = [_heading(f"What {'the limit costs' if few else 'each limit costs'}")]
    for name in names:
        own = ranking.sel(limit=name)
        said = _limit(name, choice)
        kept = f"    {said}, kept by {int(own['kept_by']):,}"
        lines += _wide(kept, _price(measured(own, "price"), choice))
    if not few:
        together = measured(ranking, "price_together")
        lines += _wide(f"    all together, kept by {left:,}", _price(together, choice))
    measure = statistic(choice.objective).title
    note = (
        f"Of {count:,} combinations. What a limit costs is the least {measure} with all limits "
        "less the least without this one."
    )
    return [*lines, *wrapped(note)]


def _limit(name: str, choice: Choice) -> str:
    if name != BUDGET or choice.budget is None:
        return name
    amount = amount_text(choice.budget, str(choice.ds.attrs["currency"]))
    return f"budget of {amount} in 80% of futures"


def _price(price: Figure, choice: Choice) -> str:
    return "nothing" if price.value == 0.0 else _amount(price, choice)


def _wide(name: str, text: str) -> list[str]:
    """Return a name and what stands right of it, on a line or two."""
    if len(name) + len(text) < WIDTH:
        return [name + text.rjust(WIDTH - len(name))]
    indent = " " * (len(name) - len(name.lstrip()))
    lines = textwrap.wrap(name, WIDTH, subsequent_indent=f"{indent}  ")
    return [*lines, text.rjust(WIDTH)]


def _heading(text: str) -> str:
    return f"{text} ".ljust(WIDTH, "-")


def _by_service(choice: Choice) -> list[str]:
    lines = []
    for service in choice.services["service"].values.tolist():
        own = choice.services.sel(service=service)
        chosen, stated = str(own["chosen"].item()), choice.scenario.services[service]
        today = ", as today" if chosen == stated.current else ""
        today += choice.uncovered(service, chosen)
        lines += wrapped(f"{stated.label or service}: {choice.arrangement(service, chosen)}{today}")
        order = own["margin"].dropna("arrangement").sortby(own["margin"].dropna("arrangement"))
        for name in order["arrangement"].values.tolist():
            if name != chosen:
                margin = measured(own.sel(arrangement=name), "margin")
                label = choice.arrangement(service, name)
                label += " (today's)" if name == stated.current else ""
                label += choice.uncovered(service, name)
                lines += _wide(f"    {label}", _more(margin, choice))
    return lines


def _on_coverage(choice: Choice) -> str:
    """Return what to make of combinations that leave a service mostly uncovered."""
    best = choice.ds.coords.to_dataset().sel(strategy=choice.best)
    if not any(best[service].item() == name for service, name in choice.thin):
        return ""
    return (
        " The best leaves a service uncovered most of the time, at the price that the scenario "
        f"sets on that; {COVERED} looks for the best that does not."
    )


def _more(margin: Figure, choice: Choice) -> str:
    return f"{_amount(margin, choice)} more"


def _amount(figure: Figure, choice: Choice) -> str:
    amount = money(figure, str(choice.ds.attrs["currency"]))
    return f"{amount} {money_margin(figure)}" if figure.is_bounded else f"about {amount}"


def _told(objective: str) -> str:
    """Return a statistic in words.

    Examples
    --------
    >>> _told("mean"), _told("p80"), _told("tvar95")
    ('mean', 'P80, kept to in 80% of futures', 'TVaR 95, the mean of the worst 5% of futures')
    """
    found = statistic(objective)
    if found.kind == PERCENTILE:
        return f"{found.title}, kept to in {100 * found.level:.10g}% of futures"
    worst = f"{100 - 100 * found.level:.10g}%"
    return f"{found.title}, the mean of the worst {worst} of futures" if found.level else MEAN


def _best(choice: Choice) -> list[str]:
    """Return the ranking; of all but the first only what differs from it."""
    currency, measure = str(choice.ds.attrs["currency"]), statistic(choice.objective).title
    lines = []
    for rank, strategy in enumerate(choice.ranking["strategy"].values.tolist()):
        own = choice.ranking.sel(strategy=strategy)
        value = float(own["value"])
        cost = f"{measure} {spoken(Figure(value, value, value), currency)}"
        if rank == 0:
            lines += _wide(f"{rank + 1}. the best, as above", cost)
            continue
        lines += wrapped(f"{rank + 1}. {_differs(choice, strategy)}")
        lines.append(f"{cost}, {_more(measured(own, 'margin'), choice)}".rjust(WIDTH))
    return lines


def _differs(choice: Choice, strategy: str) -> str:
    """Return in which services a combination differs from the best."""
    parts = []
    for service in choice.services["service"].values.tolist():
        own, best = choice.held(strategy, service), choice.held(choice.best, service)
        if own != best:
            parts.append(f"{choice.scenario.services[service].label or service}: {own}")
    return "; ".join(parts) or "the same"


def _elsewhere(choice: Choice) -> list[str]:
    lines = []
    for objective, strategy in choice.elsewhere.items():
        lines += wrapped(f"By {_told(objective)}: {_differs(choice, strategy)}")
    current = str(choice.ds.attrs["current"])
    npv = choice.ds["npv"]
    found = statistic(choice.objective).difference(
        np.asarray(npv.sel(strategy=current)), np.asarray(npv.sel(strategy=choice.best)), 0.95
    )
    if current == choice.best:
        return [*lines, "Today's arrangements are the best."]
    text = _against_today(Figure(*(float(part) for part in found)), choice)
    left = [
        stated.label or name
        for name, stated in choice.scenario.services.items()
        if stated.arrangements[stated.current].unfunded
    ]
    text += f" They leave to nobody: {', '.join(left)}." if left else ""
    return [*lines, *wrapped(text)]


def _against_today(apart: Figure, choice: Choice) -> str:
    """Return what today's arrangements cost above the best, or below it."""
    value, lower, upper = apart
    if apart.is_bounded and lower <= 0.0 <= upper:
        return "Today's arrangements cost as much as the best, as far as these futures tell."
    size, way = (apart, "more") if value > 0.0 else (Figure(-value, -upper, -lower), "less")
    return f"Today's arrangements cost {_amount(size, choice)} {way} than the best."
