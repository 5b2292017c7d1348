"""The decision in words: which way, service by service, what budget, what would change it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import xarray as xr

from hcrisk.figures import Figure, counted, measured, spoken
from hcrisk.measures._labelled import level_name
from hcrisk.report.commands import COVERED
from hcrisk.report.decision import futures
from hcrisk.report.drivers import Drivers
from hcrisk.report.pair import Pair, entry_of, full_scope
from hcrisk.report.quote import TAIL_LEVEL, Quote, StrategyQuote
from hcrisk.report.search import Combination, Search, arrangement_label, strategy_of
from hcrisk.report.turning import Turning, nearest_flip, size_words, turns_at
from hcrisk.report.wording import (
    inside,
    joined,
    left_words,
    more_or_less,
    reversed_sign,
    sentence_start,
    share_words,
    thin_words,
    told,
)
from hcrisk.scenario import Scenario
from hcrisk.variables import input_words, words


def which_way(quote: Quote, pair: Pair, apart: Figure | None) -> str:
    """Return which strategy costs least, by what, and against the baseline.

    Parameters
    ----------
    quote
        The quote.
    pair
        The strategy to take and its rival.
    apart
        Mean cost of the rival less that of the focus, None without a rival.

    Returns
    -------
    str
        One sentence.
    """
    focus = entry_of(quote, pair.focus)
    cost = f"{told(focus.mean, quote.currency)} on average over {counted(quote.years, 'years')}"
    if pair.rival is None or apart is None:
        return f"{sentence_start(focus)} costs {cost}; there is no other strategy to choose."
    rival = entry_of(quote, pair.rival)
    scope = ""
    if len(full_scope(quote)) < len(quote.strategies):
        scope = "of the strategies that pay for every service, "
    if apart.lower <= 0.0 and _same_scope(focus, rival):
        said = (
            f"{scope}{inside(focus)} and {inside(rival)} cost the same on average as far as "
            f"{futures(quote.paths)} can tell: {told(focus.mean, quote.currency)} and "
            f"{told(rival.mean, quote.currency)} over {counted(quote.years, 'years')}"
        )
        thin = [f"{inside(one)} leaves {left_words(one)}" for one in (focus, rival) if one.thin]
        if thin:
            said += f", though {joined(thin)}"
    else:
        said = f"{scope}{inside(focus)} costs least{_also_least(quote, focus)}: {cost}"
        if focus.thin:
            said += f", though it leaves {left_words(focus)}"
    said += _against(quote, focus, rival, apart)
    return f"{said[:1].upper()}{said[1:]}."


def _same_scope(one: StrategyQuote, other: StrategyQuote) -> bool:
    return bool(one.unfunded) == bool(other.unfunded)


def _also_least(quote: Quote, focus: StrategyQuote) -> str:
    """Return by which measures the focus is best, and who is by the others."""
    among = full_scope(quote)
    if len(among) == 1:
        return ""
    best = {
        level_name(level): min(among, key=lambda entry: entry.percentiles[level].value)
        for level in (quote.budget_level, TAIL_LEVEL)
        if level in quote.levels
    }
    same = [name for name, entry in best.items() if entry is focus]
    said = joined(["on average", *(f"at {name}" for name in same)])
    others = dict[str, list[str]]()
    for name, entry in best.items():
        level = next(one for one in quote.levels if level_name(one) == name)
        # What the intervals cannot tell apart is nobody's.
        if entry.percentiles[level].upper < focus.percentiles[level].lower:
            others.setdefault(inside(entry), []).append(f"at {name}")
    tail = min(among, key=lambda entry: entry.tail.value)
    if tail.tail.upper < focus.tail.lower:
        others.setdefault(inside(tail), []).append("in the mean of the worst 5%")
    elsewhere = [f"{who} {joined(places)}" for who, places in others.items()]
    return f" {said}" + (f" ({joined(elsewhere)})" if elsewhere else "")


def _against(quote: Quote, focus: StrategyQuote, rival: StrategyQuote, apart: Figure) -> str:
    """Return how the focus stands against the baseline, or the rival if it is the baseline."""
    currency = quote.currency
    if focus.difference is None or focus.probability_cheaper is None:
        often = ""
        if rival.probability_cheaper is not None:
            often = f"the cheaper in {share_words(rival.probability_cheaper)} of futures"
        left = f", though it leaves {left_words(rival)}" if left_words(rival) else ""
        if apart.lower <= 0:
            return f"; {inside(rival)} is {often}{left}"
        return (
            f"; the next, {inside(rival)}, costs {told(apart, currency)} more{left}, and is {often}"
        )
    base = entry_of(quote, quote.baseline)
    chance = share_words(focus.probability_cheaper)
    left = f", which leaves {left_words(base)}" if left_words(base) else ""
    if not more_or_less(focus.difference, currency):
        return f"; against {inside(base)}{left}, it is the cheaper in {chance} of futures"
    less = focus.difference.value < 0
    size = told(reversed_sign(focus.difference) if less else focus.difference, currency)
    way = f"{size} {'less' if less else 'more'} than {inside(base)}{left}"
    return f"; that is {way}; {inside(focus)} costs less than {inside(base)} in {chance} of futures"


def which_combination(
    scenario: Scenario, quote: Quote, pair: Pair, found: Search, command: str
) -> str:
    """Return whether a combination of arrangements, service by service, costs less.

    Parameters
    ----------
    scenario
        The scenario.
    quote, pair
        The quote, and the strategy to take.
    found
        What a search through the combinations found.
    command
        The command that compares them all.

    Returns
    -------
    str
        Of what covers every service most of the time first, then of what does not.
    """
    focus = inside(entry_of(quote, pair.focus))
    if found.combinations == 1:
        return f"There is no combination of arrangements but that of {focus}."
    if found.best is None:
        return (
            f"{found.combinations:,} combinations of arrangements are more than a report looks "
            f"through; “{command} --services A,B” looks through those of the services named."
        )
    about = _Focus(scenario, focus, scenario.assignment(pair.focus), quote)
    if found.covered is None:
        said = about.against(found.best, "")
    else:
        said = about.against(found.covered, "covers every service most of the time")
        if found.best.saving.lower > 0.0:
            saving = told(found.best.saving, quote.currency)
            said += (
                f"; one that leaves {about.uncovered(found.best)} costs {saving} less than "
                f"{focus}: {about.called(found.best)}"
            )
    also = "" if found.covered is None else f", with {COVERED} those that cover so much"
    said = f"{said}. “{command}” compares all {found.combinations:,} combinations{also}."
    return f"{said[:1].upper()}{said[1:]}"


class _Focus(NamedTuple):
    """The strategy that combinations are held against."""

    scenario: Scenario
    name: str
    held: Mapping[str, str]
    quote: Quote

    def against(self, one: Combination, scope: str) -> str:
        """Return how the best combination of some scope stands against the strategy."""
        which, currency = f" that {scope}" if scope else "", self.quote.currency
        if one.held == self.held:
            return f"no combination of arrangements{which} was found to cost less than {self.name}"
        if one.saving.lower > 0.0:
            amount, also = told(one.saving, currency), f" and {scope}" if scope else ""
            return (
                f"a combination of arrangements costs {amount} less than {self.name}{also}: "
                f"{self.called(one)}"
            )
        best = f"the best combination of arrangements{which} that was found costs"
        if one.saving.upper < 0.0:
            amount = told(reversed_sign(one.saving), currency)
            return f"{best} {amount} more than {self.name}: {self.called(one)}"
        return f"{best} the same as {self.name} as far as can be told: {self.called(one)}"

    def called(self, one: Combination) -> str:
        """Return what of a combination differs, and whether it is one of the strategies."""
        parts = [
            f"{self._service(name)} ({arrangement_label(self.scenario, name, held)})"
            for name, held in one.held.items()
            if held != self.held[name]
        ]
        same = strategy_of(self.scenario, one.held)
        known = [inside(entry) for entry in self.quote.strategies if entry.name == same]
        return f"{self.name} but for {joined(parts)}{''.join(f', which is {x}' for x in known)}"

    def uncovered(self, one: Combination) -> str:
        """Return what a combination leaves uncovered."""
        return thin_words({self._service(name): share for name, share in one.thin.items()})

    def _service(self, name: str) -> str:
        return self.scenario.services[name].label or words(name)


def what_budget(
    quote: Quote, pair: Pair, budget: xr.Dataset, stated: float | None, kept: Figure | None
) -> str:
    """Return what to set aside for the focus, or how often a stated budget is enough.

    Parameters
    ----------
    quote, pair
        The quote, and the strategy to take.
    budget
        Of `hcrisk.budget`, for the focus.
    stated
        A budget that somebody has in mind.
    kept
        Chance that it is enough.

    Returns
    -------
    str
        One sentence.
    """
    focus, currency = entry_of(quote, pair.focus), quote.currency
    level, reserve = (f"{100 * float(budget[name]):g}%" for name in ("level", "reserve"))
    enough, ceiling = measured(budget, "budget"), measured(budget, "ceiling")
    if stated is not None and kept is not None:
        amount = spoken(Figure(stated, stated, stated), currency)
        return (
            f"A budget of {amount} is enough for {inside(focus)} in {share_words(kept)} of "
            f"futures; {level} of them stay within {told(enough, currency)} and {reserve} within "
            f"{told(ceiling, currency)}."
        )
    above = measured(budget, "contingency")
    cash = ""
    if quote.has_gap and quote.budget_level in focus.cash_percentiles:
        paid = told(focus.cash_percentiles[quote.budget_level], currency)
        cash = (
            f"; without work lost in uncovered hours, which nobody bills, {level} of futures stay "
            f"within {paid}"
        )
    return (
        f"A prudent budget for {inside(focus)} is {told(enough, currency)}, which {level} of "
        f"futures stay within; it is {told(above, currency)} above the mean, and "
        f"{reserve} of futures stay within {told(ceiling, currency)}{cash}."
    )


def what_changes(quote: Quote, pair: Pair, drivers: Drivers | None, turning: Turning | None) -> str:
    """Return what would change the decision most.

    Parameters
    ----------
    quote, pair
        The quote, and the strategies compared.
    drivers
        What moves the cost of the focus; None if no input is uncertain.
    turning
        At which inputs and sizes the rival is cheaper; None without a rival.

    Returns
    -------
    str
        One sentence.
    """
    most = _largest(drivers, quote.currency)
    if turning is None or pair.rival is None:
        start = f"What moves this cost most is {most}" if most else "No input is uncertain"
        return f"{start}."
    own, other = entry_of(quote, pair.focus), entry_of(quote, pair.rival)
    focus, rival = inside(own), inside(other)
    size = size_words(turning, focus, rival)
    ahead = other.mean.value < own.mean.value and bool(other.unfunded)
    start = ""
    if ahead:
        left = joined(other.unfunded)
        start = f"{rival} costs less than {focus} as it leaves {left} to nobody; "
        focus, rival = rival, focus
    flip = nearest_flip(turning, ahead=ahead)
    if flip:
        also = f"; {size}" if size else ""
        said = f"{start}{rival} would cost less than {focus} on average {flip}{also}"
    elif size:
        said = (
            f"{start}no single input is known to turn the choice within its plausible range, but "
            f"{size}"
        )
    else:
        more = f"; what moves the cost itself most is {most}" if most else ""
        where = turns_at(turning)
        said = (
            f"{start}nothing tried is known to make {rival} cheaper than {focus} on average{where}"
            f"{more}"
        )
    return f"{said[:1].upper()}{said[1:]}."


def _largest(drivers: Drivers | None, currency: str) -> str:
    """Return the widest driver, and how far it moves the mean."""
    if drivers is None or not drivers.inputs.sizes["parameter"]:
        return ""
    one = drivers.inputs.isel(parameter=0)
    swing = measured(one)
    if not math.isfinite(swing.value) or not swing.value:
        return ""
    size = spoken(swing if swing.value > 0 else reversed_sign(swing), currency)
    name = input_words(str(one["parameter"].item()))
    return f"“{name}” ({size} between its low and high value)"
