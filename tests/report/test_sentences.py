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
from hcrisk.report.search import Combination, Search
from hcrisk.report.sentences import what_budget, what_changes, which_combination, which_way
from hcrisk.report.turning import Turning, size_words, sizes_told, turn_side
from hcrisk.report.wording import told
from tests.whatif.common import known_at

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
        "Outsource costs least on average (the current arrangement at P80, at P95 and in the mean "
        "of the worst 5%): $6.00M (±$0.01M) on average over 5 years; that is $250K (±$6K) less "
        "than the current arrangement; Outsource costs less than the current arrangement in 75% "
        "of futures."
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
    assert way.startswith("Of the strategies that pay for every service, Outsource costs least")
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


A, B, OPEN = (5.0, 1.0), (-5.0, 1.0), (0.5, 1.0)
NEVER = known_at({10: A, 150: A})
ONCE = known_at({10: A, 62: A, 63: B, 150: B})


def test_size_words():
    assert size_words(Turning(None, None), "A", "B") == ""
    assert size_words(Turning(NEVER, None), "A", "B") == ""
    assert size_words(Turning(ONCE, None), "A", "B") == (
        "by size, B becomes the cheaper at 63 providers"
    )
    band = known_at({10: A, 51: A, 60: OPEN, 97: B})
    assert size_words(Turning(band, None), "A", "B") == (
        "by size, B becomes the cheaper between 51 and 97 providers"
    )
    twice = known_at({10: A, 62: A, 63: B, 80: B, 97: A, 150: A})
    assert size_words(Turning(twice, None), "A", "B") == (
        "by size, the cheaper of the two changes 2 times between 10 and 150 providers: to B at 63 "
        "and to A between 80 and 97"
    )


def test_sizes_are_told_as_far_as_they_are_known():
    found = known_at({10: A, 80: A, 81: OPEN, 97: OPEN, 98: A, 150: A})
    assert size_words(Turning(found, None), "A", "B") == ""
    assert sizes_told(Turning(found, None), "A", "B") == (
        "A is the cheaper wherever the two can be told apart, of 6 values tried from 10 to 150 "
        "providers; the two cannot be told apart from 81 to 97 providers"
    )
    assert sizes_told(Turning(None, None), "A", "B") == ""


@pytest.mark.parametrize(
    ("low", "high", "side"),
    [((-5, 1), (-4, 1), "everywhere"), ((5, 1), (4, 1), "nowhere"), ((5, 1), (1, 2), "unclear")],
)
def test_where_an_input_does_not_turn_the_choice(low, high, side):
    ends = {}
    for end, (value, margin) in (("low", low), ("high", high)):
        name = f"difference_at_{end}"
        bounds = {name: value, f"{name}_lower": value - margin, f"{name}_upper": value + margin}
        ends |= bounds
    one = xr.Dataset({**ends, "flips": False, "value": math.nan})
    assert turn_side(one) == side


def test_nothing_changes_the_choice(make, full_scope):
    quote = build_quote(make(full_scope), full_scope)
    pair = choose(quote)
    tried = Turning(NEVER, None)
    assert what_changes(quote, pair, None, tried) == (
        "Nothing tried is known to make the current arrangement cheaper than Outsource on average: "
        "no size tried from 10 to 150 providers."
    )
    assert what_changes(quote, pair, None, Turning(ONCE, None)) == (
        "No single input is known to turn the choice within its plausible range, but by size, the "
        "current arrangement becomes the cheaper at 63 providers."
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
    assert what_changes(quote, pair, None, Turning(NEVER, None)) == (
        f"{start}nothing tried is known to make Outsource cheaper than the current arrangement on "
        "average: no size tried from 10 to 150 providers."
    )
    assert what_changes(quote, pair, None, Turning(ONCE, None)) == (
        f"{start}no single input is known to turn the choice within its plausible range, but by "
        "size, the current arrangement becomes the cheaper at 63 providers."
    )


def combination(saving, thin=None, **other):
    held = {"help_desk": "outsource", "security": "outsource", "analytics": "outsource",
            "software": "outsource"}  # fmt: skip
    return Combination(held | other, Figure(*(1e6 * part for part in saving)), thin or {})


SAME, LESS = (0, 0, 0), (1.1, 1.0, 1.2)
DEARER = combination((-0.2, -0.3, -0.1), security="hybrid")
BASIC = {"security": "basic", "thin": {"security": 0.81}}


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Search(1, None, None), "There is no combination of arrangements but that of Outsource."),
        (Search(1458, None, None),
         "1,458 combinations of arrangements are more than a report looks through; “hcrisk "
         "decide X --services A,B” looks through those of the services named."),
        (Search(108, combination(SAME), None),
         "No combination of arrangements was found to cost less than Outsource. “hcrisk decide X” "
         "compares all 108 combinations."),
        (Search(108, combination(LESS, analytics="hybrid"), None),
         "A combination of arrangements costs $1.1M (±$0.1M) less than Outsource: Outsource but "
         "for Data and analytics (Own half-time analyst, partner builds). “hcrisk decide X” "
         "compares all 108 combinations."),
        (Search(108, combination((0.1, -0.1, 0.3), analytics="hybrid"), None),
         "The best combination of arrangements that was found costs the same as Outsource as far "
         "as can be told: Outsource but for Data and analytics (Own half-time analyst, partner "
         "builds). “hcrisk decide X” compares all 108 combinations."),
        (Search(108, combination(LESS, **BASIC), combination(SAME)),
         "No combination of arrangements that covers every service most of the time was found to "
         "cost less than Outsource; one that leaves Security and compliance 81% uncovered costs "
         "$1.1M (±$0.1M) less than Outsource: Outsource but for Security and compliance (Endpoint "
         "protection from the MSP). “hcrisk decide X” compares all 108 combinations, with "
         "--constraint 'uncovered <= 50%' those that cover so much."),
        (Search(108, combination(LESS, **BASIC), DEARER),
         "The best combination of arrangements that covers every service most of the time that was "
         "found costs $200K (±$100K) more than Outsource: Outsource but for Security and "
         "compliance (Own security officer, outside watch); one that"),
        (Search(108, combination(LESS, security="hybrid", help_desk="hybrid", analytics="hybrid",
                                 software="hybrid"), None),
         "Own half-time analyst, shop builds), which is Hybrid. “hcrisk"),
    ],
)  # fmt: skip
def test_which_combination(make, scenario, found, said):
    u = spread()
    costs = {"hybrid": 7 + u, "outsource": 6 + u, "current": 5 + u}
    quote = build_quote(make(scenario, N, costs), scenario)
    pair = choose(quote)
    assert pair.focus == "outsource"
    assert said in which_combination(scenario, quote, pair, found, "hcrisk decide X")


def with_uncovered_security(ds, scenario, strategy):
    services = list(scenario.services)
    shares = np.full((ds.sizes["strategy"], len(services), N), 0.1)
    shares[ds["strategy"].values.tolist().index(strategy), services.index("security")] = 0.83
    ds["uncovered"] = (("strategy", "service", "path"), shares)
    return ds.assign_coords(service=services)


@pytest.mark.parametrize(
    ("rival", "said"),
    [
        (6, "Of the strategies that pay for every service, Insource costs least on average, at P80 "
            "and at P95: $5.50M (±$0.01M) on average over 5 years, though it leaves Security and "
            "compliance 83% uncovered; that is"),
        (5, "over 5 years, though Insource leaves Security and compliance 83% uncovered; that is"),
    ],
)  # fmt: skip
def test_a_strategy_that_leaves_a_service_uncovered_is_said_to(make, scenario, rival, said):
    u, other = spread(), spread(seed=7_919)
    costs = {"insource": 5 + u, "outsource": rival + other, "current": 4 + u}
    ds = with_uncovered_security(make(scenario, N, costs), scenario, "insource")
    quote = build_quote(ds, scenario)
    way = which_way(quote, choose(quote), _apart(ds, choose(quote)))
    assert said in way
