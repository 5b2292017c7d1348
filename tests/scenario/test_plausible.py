"""Central values far from what is usual, and own numbers beside the parent's."""

import pytest

from hcrisk.scenario import from_toml as from_text
from hcrisk.scenario import own_choices, own_numbers, unusual
from hcrisk.scenario.plausible import central_of
from hcrisk.scenarios import from_toml, load, scenarios
from tests.scenario.common import scenario

PAY = "roles.technician.pay"


@pytest.mark.parametrize("name", scenarios())
def test_shipped_numbers_are_usual(name):
    assert unusual(load(name)) == []


@pytest.mark.parametrize(
    ("path", "value", "rule", "remedy"),
    [
        (PAY, 68, "is usually 15,000 to 1,000,000 USD/year", "write 68,000 if 68 is in thousands"),
        (PAY, 5_330, "1,000,000 USD/year", "write 63,960 if 5,330 is for a month"),
        (
            PAY,
            {"dist": "lognormal", "p50": 60, "p90": 90},
            "is usually 15,000",
            "write 60,000 if 60 is in thousands",
        ),
        ("roles.technician.attrition_rate", 5, "0.01 to 2", "write 0.05 if 5 is in percent"),
        ("roles.technician.time_to_fill_days", 2, "3 to 400 days", "if it is meant, leave it"),
        ("practice.users", 20, "is usually 50 to 1,500 users", "check its unit"),
        ("insurance.premium", 40, "is usually 1,000 to", "write 40,000 if 40 is in thousands"),
        ("insurance.premium", {"per_provider": 0.8}, "20 to 20,000", "write 800 if 0.8 is in"),
        ("risks.breach.effects.security.frequency", 70, "0.1 to 10", "write 0.7 if 70 is in"),
    ],
)
def test_unusual_numbers_are_remarked(path, value, rule, remedy):
    (remark,) = unusual(load("mid-market").replace({path: value}))
    assert remark.path in (path, f"{path}.per_provider")
    assert rule in remark.rule
    assert remedy in remark.remedy


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("roles.technician.attrition_rate", 0),
        ("roles.technician.pay", 20_000),
        ("practice.users", 200),
        ("vendors.msp.escalator_cap", float("inf")),
    ],
)
def test_what_is_usual_or_nothing_is_not(path, value):
    assert unusual(load("mid-market").replace({path: value})) == []


def test_each_band_of_a_price_is_judged():
    path = "services.help_desk.arrangements.outsource.contracts.msp.per_user"
    bands = "[{ from = 0, price = 90 }, { from = 50, price = 1_800 }]"
    (remark,) = unusual(scenario(f"{path} = {bands}"))
    assert (remark.path, remark.value) == (f"{path}.1.price", 1800)
    assert remark.rule == "is usually 1 to 1,000 USD/month"
    assert remark.remedy == "write 150 if 1,800 is for a year"


def test_amounts_in_another_currency_are_not_judged():
    pay = f"{PAY} = 9_000_000"
    assert [remark.path for remark in unusual(scenario(pay))] == [PAY]
    assert unusual(scenario(f"currency = 'JPY'\n{pay}")) == []


def test_central_values():
    made = load("mid-market")
    seats = made.services["help_desk"].arrangements["insource"].seats["technician"]
    law = made.roles["technician"].time_to_fill_days
    assert central_of(seats, made.practice) == 3
    assert central_of(law, made.practice) == pytest.approx(42)
    assert central_of(made.insurance.premium, made.practice) == pytest.approx(800)


OWN = """
name = "mine"
extends = "mid-market"
practice.users = 280
roles.technician.pay = 68
roles.developer.attrition_rate = 0.2
roles.developer.severance_weeks = 12.1
roles.analyst = { pay = 7e4, attrition_rate = 0.2, time_to_fill_days = 40 }
services.help_desk.current = "hybrid"
strategies.mine.all = "hybrid"
practice.controls = []
roles.developer.label = "Programmer"
"""


def test_own_numbers_stand_beside_the_parents():
    found = {number.path: number[1:] for number in own_numbers(from_toml(OWN))}
    assert found == {
        "practice.users": ("280", "users", "4.3 per provider", None),
        PAY: (
            "68",
            "USD/year",
            "lognormal, median 63,960, sigma 0.1",
            pytest.approx(0.00106, 0.01),
        ),
        "roles.developer.attrition_rate": ("0.2", "1/year", "gamma, mean 0.17, cv 0.25", None),
        "roles.developer.severance_weeks": ("12.1", "weeks", "4", pytest.approx(3.025)),
        "roles.analyst.pay": ("70,000", "USD/year", None, None),
        "roles.analyst.attrition_rate": ("0.2", "1/year", None, None),
        "roles.analyst.time_to_fill_days": ("40", "days", None, None),
    }


def test_own_choices_stand_beside_the_parents():
    assert [tuple(choice) for choice in own_choices(from_toml(OWN))] == [
        ("practice.controls", "[]", '["mfa"]'),
        ("services.help_desk.current", '"hybrid"', '"outsource"'),
        ("strategies.mine.all", '"hybrid"', None),
    ]


def test_a_file_that_extends_nothing_differs_from_nothing():
    made = scenario()
    assert made.parent is None
    assert own_numbers(made) == own_choices(made) == []


def test_a_parent_that_is_right_only_with_the_childs_changes():
    whole = scenario().to_mapping()
    whole["practice"]["providers"] = -1
    made = from_text('name = "b"\nextends = "a"\npractice.providers = 3', lambda name: whole)
    assert made.parent is None
