"""Numbers, laws, sizes and counts as objects."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcrisk.exceptions import ScenarioError
from hcrisk.scenario import (
    Arrangement,
    Chance,
    Contract,
    Count,
    Curve,
    Law,
    Number,
    Practice,
    Price,
    Role,
    Seats,
    Size,
)
from tests.scenario.common import scenario

BASE = scenario()
PRACTICE = BASE.practice


def test_central_values():
    assert Number.parse(3).central == 3
    assert Number.parse(
        {"dist": "lognormal", "p50": 60_340, "p90": 98_010}
    ).central == pytest.approx(60_340)
    assert float(Number(3.5)) == 3.5
    with pytest.raises(TypeError, match="no single value"):
        float(Number.parse({"dist": "uniform", "low": 0, "high": 1}))


def test_a_constant_distribution_is_certain():
    number = Number.parse({"dist": "constant", "value": 3, "note": "n"})
    assert number == Number(3.0, note="n")
    assert Law.parse({"dist": "constant", "value": 3}).constant == 3


def test_law_of_a_number_is_constant():
    law = BASE.roles["analyst"].time_to_fill_days
    assert (law.family, law.constant, law.is_certain) == ("constant", 80, True)
    assert law.distribution.family == "constant"


def test_law_with_an_uncertain_constant():
    path = "roles.analyst.time_to_fill_days"
    spread = {"dist": "uniform", "low": 50, "high": 90}
    made = BASE.replace({path: {"value": spread, "source": "survey"}})
    law = made.roles["analyst"].time_to_fill_days
    assert (law.family, law.constant, law.is_certain) == ("constant", None, False)
    assert law.source == "survey"
    assert made.inputs()[f"{path}.value"].central == 70


def test_law_keeps_its_parameters_and_ends():
    raw = {
        "dist": "gamma",
        "shape": {"dist": "uniform", "low": 2, "high": 4},
        "scale": 10,
        "truncate": [1, 99],
        "clip": [2, math.inf],
        "note": "n",
    }
    law = Law.parse(raw)
    assert law.raw() == raw
    assert (law.truncate, law.clip, law.note) == ((1, 99), (2, math.inf), "n")
    assert law.distribution.parameters == {"shape": 3, "scale": 10}


@pytest.mark.parametrize(
    "raw",
    [
        {"dist": "empirical", "values": [1.0, 2.0]},
        {"dist": "discrete", "values": [1.0, 2.0], "weights": [1.0, 3.0]},
        {"dist": "metalog", "quantiles": [[0.1, 35.0], [0.5, 50.0], [0.9, 75.0]], "low": 0.0},
        {
            "dist": "mixture",
            "weights": [1.0, 2.0],
            "components": [
                {"dist": "uniform", "low": 1.0, "high": 2.0},
                {"dist": "lognormal", "p50": 5.0, "p90": 9.0},
            ],
        },
    ],
    ids=lambda raw: raw["dist"],
)
def test_laws_whose_shape_is_a_list(raw):
    made = BASE.replace({"roles.analyst.time_to_fill_days": raw})
    law = made.roles["analyst"].time_to_fill_days
    assert law.raw() == raw
    assert law.is_certain
    assert law.distribution.family == raw["dist"]
    number = Number.parse(raw)
    assert Number.parse(number.raw()) == number


def test_pert_gamma_and_beta_may_have_uncertain_shapes():
    spread = {"dist": "uniform", "low": 2, "high": 4}
    for raw in (
        {"dist": "pert", "low": 0, "mode": 3, "high": 9, "gamma": spread},
        {"dist": "gamma", "shape": spread, "scale": 3},
        {"dist": "beta", "alpha": spread, "beta": 2},
    ):
        made = BASE.replace({"roles.analyst.time_to_fill_days": raw})
        (name,) = (path for path in made.inputs() if "analyst.time" in path)
        assert made.inputs()[name].central == 3


@pytest.mark.parametrize(
    ("raw", "fixed", "rounded", "plain"),
    [
        (3, 3, 3, 3),
        ({"value": 3, "source": "survey"}, 3, 3, 3),
        ({"per": "user", "ratio": 80}, None, 3, 2.5),
        ({"per": "user", "ratio": 50}, None, 4, 4),
        ({"per": "endpoint", "ratio": 90}, None, 3, 250 / 90),
        ({"per": "provider", "ratio": {"value": 100, "source": "survey"}}, None, 1, 0.5),
        ({"per": "provider", "ratio": 100, "minimum": 2}, None, 2, 2),
    ],
)
def test_counts(raw, fixed, rounded, plain):
    count = Count.parse(raw)
    assert count.fixed == fixed
    assert count.of(PRACTICE, round_up=True) == rounded
    assert count.of(PRACTICE, round_up=False) == plain
    assert Count.parse(count.raw()) == count


@settings(deadline=None, derandomize=True)
@given(st.integers(1, 2000), st.floats(0.5, 500))
def test_whole_seats_are_just_enough(providers, ratio):
    practice = Practice(
        providers=providers, users={"per_provider": 4}, endpoints=1, records=1, revenue=1
    )
    seats = Count.parse({"per": "user", "ratio": ratio}).of(practice, round_up=True)
    assert seats == int(seats)
    assert (seats - 1) * ratio < 4 * providers <= seats * ratio * (1 + 1e-8)


def test_an_exact_ratio_does_not_round_up():
    practice = Practice(
        providers=10, users={"per_provider": 4.3}, endpoints=1, records=1, revenue=1
    )
    assert Count.parse({"per": "user", "ratio": 4.3}).of(practice, round_up=True) == 10


@pytest.mark.parametrize(
    ("raw", "count", "tenure"),
    [
        (2, 2, None),
        ({"count": 2, "tenure_years": 3}, 2, 3),
        ({"value": 2, "source": "survey", "tenure_years": 3}, 2, 3),
        ({"per": "user", "ratio": 100, "tenure_years": 3}, 2, 3),
        ({"count": {"per": "user", "ratio": 100}}, 2, None),
    ],
)
def test_seats(raw, count, tenure):
    seats = Seats.parse(raw)
    assert seats.count.of(PRACTICE, round_up=True) == count
    assert (seats.tenure_years.value if seats.tenure_years else None) == tenure
    assert Seats.parse(seats.raw()) == seats


def test_size_sourced_outside_or_inside():
    outside = Size.parse({"per_provider": 4, "source": "survey"})
    assert outside == Size.parse({"per_provider": {"value": 4, "source": "survey"}})
    with pytest.raises(ScenarioError, match="stated twice"):
        Size.parse({"per_provider": {"value": 4, "source": "survey"}, "source": "other"})


def test_piecewise_quantities():
    curve = BASE.risks["breach"].effects["security"].frequency
    assert [point.at for point in curve.points] == [0, 0.8, 1]
    assert curve.kappa is None
    flat = BASE.risks["breach"].effects["security"].severity
    assert [point.multiple.value for point in flat.points] == [1, 1]
    chance = BASE.risks["breach"].losses["penalty"].probability
    assert [step.above for step in chance.steps] == [0, 500]
    assert (chance.at(0), chance.at(500), chance.at(501)) == (None, 0, 1)
    price = BASE.services["help_desk"].arrangements["split"].contracts["msp"].per_user
    assert [(band.start, band.price.value) for band in price.bands] == [(0, 60), (100, 50)]
    for quantity in (curve, flat, chance, price):
        assert type(quantity).parse(quantity.raw()) == quantity


@pytest.mark.parametrize("kind", [Curve, Chance, Price])
def test_an_empty_list_is_refused(kind):
    with pytest.raises(ScenarioError, match="must not be empty"):
        kind.parse([])


def test_every_problem_of_a_list_is_reported():
    with pytest.raises(ScenarioError) as caught:
        Curve.parse([{"at": "x", "multiple": "y"}, 3, {"at": 2}])
    assert [problem.path for problem in caught.value.problems] == [
        "0.at",
        "0.multiple",
        "1",
        "2.multiple",
        "2.at",
    ]


def test_tables_can_be_built_alone():
    role = Role(
        pay=60_000,
        attrition_rate={"dist": "uniform", "low": 0.1, "high": 0.3},
        time_to_fill_days=40,
    )
    assert role.attrition_rate.central == 0.2
    with pytest.raises(ScenarioError) as caught:
        Role(pay=-1, attrition_rate=0.2, time_to_fil_days=40)
    assert {problem.path for problem in caught.value.problems} == {
        "pay",
        "time_to_fill_days",
        "time_to_fil_days",
    }


def test_share_of_an_arrangement():
    arrangements = BASE.services["help_desk"].arrangements
    assert [arrangements[name].share.value for name in ("insource", "split", "outsource")] == [
        1,
        0.5,
        0,
    ]
    assert Arrangement(contracts={"msp": Contract(per_user=3)}).share.value == 0


def test_assignments():
    assert BASE.current == {"help_desk": "insource", "security": "unfunded"}
    assert BASE.assignment("current") == BASE.current
    assert BASE.assignment("partner") == {"help_desk": "outsource", "security": "insource"}
    named = BASE.replace({"strategies.current": {"services": dict(BASE.current)}})
    assert named.assignment("current") == BASE.current
    with pytest.raises(KeyError):
        BASE.assignment("nothing")
