import pytest

from hcrisk.report.uses import users

NAMES = ["insource", "hybrid", "outsource", "current"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("practice.revenue.per_provider", NAMES),
        ("services.software.gap_rate", NAMES),
        ("services.help_desk.arrangements.hybrid.contracts.msp.per_user", ["hybrid"]),
        # Today's arrangement is left after some months by those that do not keep it.
        ("services.security.arrangements.basic.gap", ["current"]),
        ("services.help_desk.arrangements.outsource.oversight_fte", ["outsource", "current"]),
        ("vendors.mdr.delivered", ["hybrid"]),
        # ... but its exit fee is paid on leaving.
        ("vendors.msp.exit_fee_share", NAMES),
        ("roles.technician.pay", ["insource", "hybrid"]),
        ("managers.drift", ["insource", "hybrid"]),
        ("risks.breach.frequency", NAMES),
        ("risks.mdr_compromise.frequency", ["hybrid"]),
        ("risks.escalation.effects.help_desk.factors.insource", ["insource"]),
        ("insurance.premium.per_provider", NAMES),
    ],
)
def test_users(scenario, path, expected):
    assert users(scenario, NAMES, path) == expected


def test_users__a_shared_line_enters_what_needs_it(scenario):
    needed = {"needed_by": ["analytics.insource"], "component": "tools", "amount": 5_000}
    changed = scenario.replace({"lines.warehouse": needed})
    assert users(changed, NAMES, "lines.warehouse.amount") == ["insource"]
    always = scenario.replace({"lines.warehouse": {"component": "tools", "amount": 5_000}})
    assert users(always, NAMES, "lines.warehouse.amount") == NAMES


def test_users__staff_that_only_oversees(scenario):
    found = users(scenario, NAMES, "people.benefits_load")
    overseen = [
        name
        for name in NAMES
        if any(
            service.arrangements[scenario.assignment(name)[key]].oversight_role
            for key, service in scenario.services.items()
        )
    ]
    assert set(overseen) | {"insource", "hybrid"} == set(found)
