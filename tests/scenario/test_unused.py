"""New entries that nothing uses are pointed at."""

import pytest

from hcrisk.scenario import unused
from hcrisk.scenarios import from_toml
from tests.scenario.common import scenario

BASE = 'name = "a"\nextends = "mid-market"\n'
ROLE = "roles.technicians = { pay = 6e4, attrition_rate = 0.2, time_to_fill_days = 40 }\n"
DESK = "services.help_desk.arrangements"


@pytest.mark.parametrize(
    ("text", "path", "rule", "remedy"),
    [
        ("vendors.mps.term_months = 12", "vendors.mps", "no contract or risk", '"msp"'),
        (ROLE, "roles.technicians", "no seat or oversight", '"technician"'),
        (
            f"{DESK}.outsourced.contracts.msp.per_user = 3",
            f"{DESK}.outsourced",
            "no strategy",
            'did you mean "outsource"',
        ),
    ],
)
def test_new_and_without_effect(text, path, rule, remedy):
    (remark,) = unused(from_toml(BASE + text))
    assert (remark.path, remark.value) == (path, None)
    assert rule in remark.rule
    assert remedy in remark.remedy


@pytest.mark.parametrize(
    "text",
    [
        "",
        "vendors.msp.term_months = 12",
        f"vendors.other.term_months = 12\n{DESK}.outsource.contracts.other.per_user = 3",
        f"{ROLE}{DESK}.insource.seats.technicians = 1",
        f"{ROLE}{DESK}.outsource.oversight_role = 'technicians'",
        f"{ROLE}managers.role = 'technicians'",
        f"{DESK}.own.contracts.msp.per_user = 3\nservices.help_desk.current = 'own'",
        f"{DESK}.own.contracts.msp.per_user = 3\n"
        "strategies.mine = { all = 'hybrid', services = { help_desk = 'own' } }",
    ],
)
def test_what_is_old_or_used_is_not(text):
    assert unused(from_toml(BASE + text)) == []


def test_a_file_that_stands_alone_may_hold_what_it_wants():
    assert unused(scenario(ROLE)) == []
