import math

import numpy as np
import pytest
import xarray as xr

import hcrisk
from hcrisk.figures import Figure
from hcrisk.measures import budget as budgeted
from hcrisk.report.contents import _apart
from hcrisk.report.pair import choose
from hcrisk.report.quote import build_quote
from hcrisk.report.sentences import what_budget, what_changes, which_way
from hcrisk.report.turning import Turning, size_words, sizes_told
from hcrisk.report.wording import told

N = 10_001


def spread(n=N, seed=3_571):
    u = np.arange(n) / (n - 1)
    return u[np.argsort(np.arange(n) * seed % n, kind="stable")]


def said(make, scenario, costs, baseline=None, stated=None, n=N, **how):
    ds = make(scenario, n, costs, **how)
    quote = build_quote(ds, scenario, baseline=baseline)
    pair = choose(quote)
    found = budgeted(ds.sel(strategy=[pair.focus])).sel(strategy=pair.focus)
    kept = Figure(0.9, 0.89, 0.91) if stated else None
    return (
        pair,
        which_way(quote, pair, _apart(ds, pair)),
        what_budget(quote, pair, found, stated, kept),
    )


def test_a_strategy_that_beats_the_current_arrangement(make, full_scope):
    pair, way, budget = said(make, full_scope, None)
    assert pair == ("outsource", "current", "outsource")
    assert way == (
        "Outsource costs least on average (the current arrangement at P80 and at P95): $6.00M "
        "(±$0.01M) on average over 5 years; that is $250K (±$6K) less than the current "
        "arrangement; Outsource costs less than the current arrangement in 75% of futures."
    )
    assert budget == (
        "A prudent budget for Outsource is $6.30M (±$0.01M), which 80% of futures stay within; it "
        "is $300K (±$6K) above the mean, and 95% of futures stay within $6.45M (±$0.01M)."
    )


def test_the_current_arrangement_is_best(make, full_scope):
    u = spread()
    costs = {"insource": 7 + u, "outsource": 6.5 + u, "current": 5 + u}
    pair, way, _ = said(make, full_scope, costs)
    assert pair == ("current", "outsource", "outsource")
    assert way == (
        "The current arrangement costs least on average, at P80 and at P95: $5.50M (±$0.01M) on "
        "average over 5 years; the next, Outsource, costs $1.50M more, and is the cheaper in 0% "
        "of futures."
    )


def test_strategies_tie(make, full_scope):
    one, other = spread(), spread(seed=7_919)
    costs = {"insource": 6 + one, "outsource": 6 + other, "current": 8 + one}
    pair, way, _ = said(make, full_scope, costs)
    names = {"insource": "Insource", "outsource": "Outsource"}
    assert way.startswith(
        f"{names[pair.focus]} and {names[pair.rival]} cost the same on average as far as 10,001 "
        "simulated futures can tell: $6.50M (±$0.01M) and $6.50M (±$0.01M) over 5 years; that is "
    )
    assert way.endswith("costs less than the current arrangement in 100% of futures.")


def test_the_best_ties_with_the_current_arrangement(make, full_scope):
    one, other = spread(), spread(seed=7_919)
    _, way, _ = said(make, full_scope, {"outsource": 6 + one, "current": 6 + other})
    assert "cost the same on average as far as 10,001 simulated futures can tell" in way
    assert "the cheaper in 50% of futures" in way
    assert "  " not in way
    assert " less than" not in way


def test_one_strategy_only(make, full_scope):
    pair, way, _ = said(make, full_scope, {"current": 5 + spread()})
    assert pair == ("current", None, None)
    assert way == (
        "The current arrangement costs $5.50M (±$0.01M) on average over 5 years; there is no other "
        "strategy to choose."
    )


def test_scope_comes_before_cost(make, scenario):
    """What leaves services to nobody is no way to deliver them, however little it costs."""
    u = spread()
    costs = {"insource": 8 + u, "outsource": 7 + u, "current": 5 + u}
    pair, way, _ = said(make, scenario, costs)
    assert pair == ("outsource", "insource", "outsource")
    assert way.startswith("Of the strategies that deliver every service, Outsource costs least")
    assert (
        "more than the current arrangement, which leaves Data and analytics and Software "
        "development to nobody;" in way
    )


def test_another_baseline(make, full_scope):
    _, way, _ = said(make, full_scope, None, baseline="insource")
    assert "that is $500K less than Insource; Outsource costs less than Insource in 100%" in way


def test_another_currency_and_a_stated_budget(make, full_scope):
    _, way, budget = said(make, full_scope, None, stated=6.4e6, currency="EUR")
    assert "€6.00M (±€0.01M)" in way
    assert budget == (
        "A budget of €6.40M is enough for Outsource in 90% of futures; 80% of them stay within "
        "€6.30M (±€0.01M) and 95% within €6.45M (±€0.01M)."
    )


def test_figures_without_an_interval_say_about(make, full_scope):
    with pytest.warns(hcrisk.PrecisionWarning):
        _, _, budget = said(
            make, full_scope, {"outsource": 6 + spread(20)}, n=20, current="outsource"
        )
    assert "95% of futures stay within about $7.0M" in budget
    assert told(Figure(6.4e6, 6.3e6, math.inf), "USD") == "about $6.4M"


def crossing_at(*places):
    """Crossings as places that are certain, or as (place, lower, upper)."""
    bands = [place if isinstance(place, tuple) else (place, place, place) for place in places]
    value, lower, upper = np.array(bands, dtype=float).reshape(-1, 3).T
    return xr.Dataset(
        {
            "crossing_at": ("crossing", value),
            "crossing_at_lower": ("crossing", lower),
            "crossing_at_upper": ("crossing", upper),
            "cheaper": ("crossing", ["ba"[i % 2] for i in range(len(places))]),
        },
        {"at": [10.0, 150.0], "way": ["a", "b"]},
    )


def test_size_words():
    assert size_words(Turning(None, None), "A", "B") == ""
    assert size_words(Turning(crossing_at(), None), "A", "B") == ""
    once = size_words(Turning(crossing_at(63), None), "A", "B")
    assert once == "by size, B costs less from 63 providers on"
    twice = size_words(Turning(crossing_at(63, (90, 80, 97)), None), "A", "B")
    assert twice == (
        "by size, the cheaper of the two changes 2 times between 10 and 150 providers: B from "
        "63 providers on and A from somewhere between 80 and 97 providers on"
    )


@pytest.mark.parametrize(
    ("differences", "said"),
    [
        ([(5, 4, 6), (3, 2, 4)], "A costs less at every size tried"),
        ([(-5, -6, -4), (-3, -4, -2)], "B costs less at every size tried"),
        ([(5, 4, 6), (1, -2, 4)],
         "A costs less at every size tried at which the two can be told apart"),
        ([(2, -1, 5), (1, -2, 4)], "at no size tried can the two be told apart"),
    ],
)  # fmt: skip
def test_sizes_are_told_as_far_as_they_are_known(differences, said):
    found = crossing_at()
    for name, values in zip(("value", "lower", "upper"), zip(*differences, strict=True),
                            strict=True):  # fmt: skip
        found[name] = ("at", np.array(values, dtype=float))
    assert sizes_told(Turning(found, None), "A", "B") == said
    assert sizes_told(Turning(crossing_at(63), None), "A", "B").startswith("by size, B costs less")
    assert sizes_told(Turning(None, None), "A", "B") == ""


def test_changes_that_cannot_be_told_apart_count_for_what_is_left_of_them():
    one, other, third = (90, 80, 97), (92, 80, 97), (94, 80, 97)
    twice = Turning(crossing_at(one, other), None)
    assert size_words(twice, "A", "B") == (
        "by size, the two cannot be told apart somewhere between 80 and 97 providers"
    )
    after = size_words(Turning(crossing_at(63, one, other), None), "A", "B")
    assert after == "by size, B costs less from 63 providers on"
    thrice = size_words(Turning(crossing_at(one, other, third), None), "A", "B")
    assert thrice == "by size, B costs less from somewhere between 80 and 97 providers on"


@pytest.mark.parametrize(
    ("crossing", "said"),
    [
        ((63, 51, 97), "somewhere between 51 and 97 providers on"),
        ((63, -math.inf, 97), "somewhere up to 97 providers on"),
        ((63, 51, math.inf), "about 63 providers on, but hardly below 51"),
        ((163, -math.inf, math.inf), "about 160 providers on"),
    ],
)
def test_a_size_is_told_no_finer_than_it_is_known(crossing, said):
    words = size_words(Turning(crossing_at(crossing), None), "A", "B")
    assert words == f"by size, B costs less from {said}"


def test_nothing_changes_the_choice(make, full_scope):
    quote = build_quote(make(full_scope), full_scope)
    pair = choose(quote)
    tried = Turning(crossing_at(), None)
    assert what_changes(quote, pair, None, tried) == (
        "Nothing tried makes the current arrangement cheaper than Outsource on average: no size "
        "from 10 to 150 providers."
    )
    assert what_changes(quote, pair, None, Turning(crossing_at(63), None)) == (
        "No single input turns the choice within its plausible range, but by size, the current "
        "arrangement costs less from 63 providers on."
    )
    assert what_changes(quote, pair, None, None) == "No input is uncertain."


def test_what_leaves_services_to_nobody_is_cheaper_already(make, scenario):
    u = spread()
    quote = build_quote(make(scenario, N, {"outsource": 6 + u, "current": 5 + u}), scenario)
    pair = choose(quote)
    assert (pair.focus, pair.rival) == ("outsource", "current")
    start = (
        "The current arrangement costs less than Outsource as it leaves Data and analytics and "
        "Software development to nobody; "
    )
    assert what_changes(quote, pair, None, Turning(crossing_at(), None)) == (
        f"{start}nothing tried makes Outsource cheaper than the current arrangement on average: "
        "no size from 10 to 150 providers."
    )
    assert what_changes(quote, pair, None, Turning(crossing_at(63), None)) == (
        f"{start}no single input turns the choice within its plausible range, but by size, the "
        "current arrangement costs less from 63 providers on."
    )
