"""Added vendors and arrangements that are free of what all others have are pointed at."""

import re

import pytest

from hcrisk.scenario import untroubled, unused, unusual
from hcrisk.scenario.appendix import MARK
from hcrisk.scenario.plausible import central_of
from hcrisk.scenarios import from_toml, load, scenarios, template

BASE = 'name = "a"\nextends = "mid-market"\n'
ACME = "vendors.acme.term_months = 12\n"
HAZARDS = "vendors.acme.failure.rate = 0.02\nvendors.acme.switch.rate = 0.1\n"
RISK = (
    "risks.acme_breach = { vendor = 'acme', frequency = 0.01, losses = { a = { severity = 1 } } }\n"
)
DESK = "services.help_desk.arrangements.acme"
OFFER = f"{DESK}.contracts.acme.per_user = 100\nstrategies.x = {{ all = 'outsource' }}\n"
COMPLETE = f"""{DESK}.oversight_fte = 0.2
{DESK}.oversight_role = "it_manager"
{DESK}.contracts.acme.access = 0.5
{DESK}.transition = {{ cost = 3e4, dip = 0.05 }}
"""
FACTORS = "risks.escalation.effects.help_desk.factors"


def remarks(text):
    return {remark.path: remark.rule for remark in untroubled(from_toml(BASE + text))}


@pytest.mark.parametrize("name", scenarios())
def test_shipped_scenarios_have_their_troubles(name):
    assert untroubled(load(name)) == []


def test_a_vendor_without_hazards():
    assert remarks(ACME) == {
        "vendors.acme": "has no failure, switch or compromise risk, which every other vendor here "
        "has, and no acquisition, which msp and mdr have"
    }
    assert remarks(ACME + HAZARDS)["vendors.acme"].startswith("has no compromise risk, which every")
    # Not every vendor may be bought.
    assert remarks(ACME + HAZARDS + RISK) == {}


def test_an_arrangement_without_transition_access_and_oversight():
    text = ACME + HAZARDS + RISK + OFFER
    assert remarks(text) == {
        DESK: "has no transition cost or dip during the change, which insource and hybrid have, "
        "and no access of a vendor, which hybrid and outsource have, and no oversight, which "
        "outsource has",
    }
    assert remarks(text + COMPLETE) == {}


def test_an_arrangement_without_the_factor_of_all_others(tmp_path):
    stated = "".join(f"{FACTORS}.{name} = 0.5\n" for name in ("insource", "hybrid", "outsource"))
    (tmp_path / "stated.toml").write_text(BASE + stated)
    own = tmp_path / "own.toml"
    text = 'extends = "stated.toml"\n' + ACME + HAZARDS + RISK + OFFER + COMPLETE
    own.write_text(text)
    (remark,) = untroubled(load(own))
    assert remark.path == f"{FACTORS}.acme"
    assert remark.rule == "is left at 1, while insource, hybrid and outsource have a factor"
    own.write_text(f"{text}{FACTORS}.acme = 0.5\n")
    assert untroubled(load(own)) == []


def test_what_is_in_place_needs_no_transition():
    text = ACME + HAZARDS + RISK + OFFER + "services.help_desk.current = 'acme'\n"
    assert "transition" not in remarks(text)[DESK]
    assert "oversight" in remarks(text)[DESK]


def test_nobody_and_own_staff_are_not_asked_for_a_vendors_troubles():
    assert remarks(f"{DESK}.unfunded = true\n") == {}
    own = f"{DESK}.seats.technician = 3\n{DESK}.transition = {{ cost = 3e4, dip = 0.05 }}\n"
    assert remarks(own) == {}


@pytest.mark.parametrize("name", scenarios())
def test_the_partner_of_the_template_has_them_all(name):
    made = from_toml(re.sub(r"^#(?=[\[\]a-z]|  \{)", "", template(name), flags=re.MULTILINE))
    assert "acme" in made.vendors
    given = [name for name, chosen in made.assignment("with_acme").items() if chosen == "acme"]
    assert len(given) == 1
    (copied,) = made.services[given[0]].arrangements["outsource"].contracts
    assert [*untroubled(made), *unused(made), *unusual(made)] == []
    acme, model = made.vendors["acme"], made.vendors[copied]
    # Remarks and ranges are another's, and are not copied.
    assert acme.failure.rate.source == model.failure.rate.source
    assert central_of(acme.failure.rate, made.practice) == central_of(
        model.failure.rate, made.practice
    )
    assert acme.switch.months.family == model.switch.months.family
    # An offer's terms are nobody's but the user's.
    assert acme.term_months.source is None
    first = template(name).partition(MARK)[0]
    everything = re.sub(
        r"^# ?(?=[\w.-]+ = |[\[\]]| \{)", "", first.partition("\nname")[2], flags=re.M
    )
    assert "acme" in from_toml(f"name{everything}").vendors
