"""What the quote says of own teams that are too small even when full."""

from types import SimpleNamespace

import pytest

import hcrisk
from hcrisk.report.quote import build_quote
from hcrisk.report.rosters import rosters
from hcrisk.scenario import whole_roster


@pytest.fixture(scope="module")
def mid_market():
    return hcrisk.load("mid-market")


def said(scenario, strategies=None):
    ds = hcrisk.simulate(scenario, paths=200, strategies=strategies)
    return " ".join(rosters(build_quote(ds, scenario)))


def test_the_numbers_are_those_of_the_whole_roster(mid_market):
    watch = {r.arrangement: r for r in whole_roster(mid_market) if r.service == "security"}
    text = said(mid_market)
    expected = (
        f"Security and compliance {100 * watch['insource'].uncovered:.0f}% with 1 FTE, where 7.75 "
        "would leave 1%, in Insource"
    )
    assert expected in text
    assert watch["insource"].needed == pytest.approx(7.75, abs=0.005)
    assert "in Hybrid" in text
    # Whole teams are no news.
    assert "Help desk" not in text


def test_nothing_is_said_where_every_team_is_whole(mid_market):
    assert said(mid_market, ["outsource"]) == ""


def test_why_no_number_of_people_helps():
    assert "no number leaves 1% as some calls go unanswered" in said(
        hcrisk.load("practice-services")
    )


def test_small_gaps_are_left_out(mid_market):
    ds = hcrisk.simulate(mid_market, paths=200)
    quote = build_quote(ds, mid_market)
    small = {
        name: roster._replace(uncovered=0.04)
        for entry in quote.strategies
        for name, roster in entry.rosters.items()
    }
    entries = [
        SimpleNamespace(label=e.label, rosters=small, assignment=e.assignment)
        for e in quote.strategies
    ]
    assert rosters(SimpleNamespace(strategies=entries, services=quote.services)) == []
