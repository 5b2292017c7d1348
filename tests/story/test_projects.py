"""Projects and partners for vacancies in stories."""

import pytest

import hcrisk

PLATFORM = "services.analytics.arrangements.insource.projects.platform"
CENT = 0.005


@pytest.fixture(scope="module")
def scenario():
    shipped = hcrisk.load("mid-market")
    changes = {}
    for service, held in shipped.services.items():
        for way, arrangement in held.arrangements.items():
            for name in arrangement.projects:
                path = f"services.{service}.arrangements.{way}.projects.{name}"
                changes |= {
                    f"{path}.{field}": value
                    for field, value in {
                        "maintenance_share": 0,
                        "subscription": 0,
                        "purchase": 70_000,
                        "stall_probability": 0.6,
                        "stall_months": {"dist": "uniform", "low": 1, "high": 70},
                        "finish_share": 0.5,
                        "finish_cost": 0.4,
                        "start_months": {"dist": "uniform", "low": 0, "high": 50},
                    }.items()
                }
    return shipped.replace(changes)


def told_projects(story):
    return [event for event in story.events if event.kind == "project"]


@pytest.mark.parametrize("path", range(25))
def test_what_is_told_of_projects_is_what_they_cost(scenario, path):
    story = hcrisk.story(scenario, 4, path, strategy="insource")
    told = sum(event.amount or 0.0 for event in told_projects(story))
    booked = float(story.yearly.sel(component="projects").sum())
    assert booked > 0
    assert abs(told - booked) < CENT


def test_every_fate_of_a_project_is_told(scenario):
    texts = " ".join(
        event.text
        for path in range(25)
        for event in told_projects(hcrisk.story(scenario, 4, path, strategy="insource"))
    )
    fates = ("it begins", "done, after", "finished after all", "put right", "is given up")
    for fate in (*fates, "bought instead", "not done at the end"):
        assert fate in texts, fate


def test_upkeep_and_subscriptions_are_told():
    fields = {"stall_probability": 0.5, "subscription": 12_000}
    shipped = hcrisk.load("mid-market").replace({f"{PLATFORM}.{k}": v for k, v in fields.items()})
    texts = " ".join(
        event.text
        for path in range(12)
        for event in told_projects(hcrisk.story(shipped, 4, path, strategy="insource"))
    )
    assert "upkeep of $" in texts
    assert "with $12.0K a year from now on" in texts


def test_a_partner_for_a_seat_that_stays_open():
    shipped = hcrisk.load("mid-market").replace(
        {
            "roles.security_analyst.unfillable_share": 0.95,
            "roles.security_analyst.fallback_months": 3,
        }
    )
    texts = [
        event.text
        for path in range(6)
        for event in hcrisk.story(shipped, 0, path, strategy="insource").events
        if event.kind == "vacancy"
    ]
    expected = (
        "looked for in vain; the seat stays empty, and a partner does its work after 3 months"
    )
    assert any(expected in text for text in texts)
