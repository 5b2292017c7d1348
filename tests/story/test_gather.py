"""Events of which a year has many."""

from hypothesis import given
from hypothesis import strategies as st

from hcrisk.story import Event
from hcrisk.story.gather import gathered

KINDS = ("hire", "departure", "incident", "recovery", "let_go", "fees")
MANY = st.builds(
    lambda month, service, kind, amount: Event(
        month / 12, month + 1, "x", service, kind, f"what {kind} means", amount
    ),
    month=st.integers(0, 35),
    service=st.sampled_from(["help_desk", "security"]),
    kind=st.sampled_from(KINDS),
    amount=st.sampled_from([None, 1.0, 2.5, -4.0]),
)


def event(month, kind, text="text", amount=None, service="help_desk"):
    return Event(month / 12, month + 1, "x", service, kind, text, amount)


@given(st.lists(MANY, max_size=40))
def test_nothing_is_lost(events):
    events = sorted(events, key=lambda one: one.time)
    told = gathered(events)
    assert sum(one.amount or 0.0 for one in told) == sum(one.amount or 0.0 for one in events)
    assert [one.time for one in told] == sorted(one.time for one in told)
    assert len(told) <= len(events)


def test_many_leave_and_start():
    events = [
        event(n, ("departure", "hire")[n % 2], amount=5.0 * (n % 2) or None) for n in range(5)
    ]
    assert [(one.month, one.text, one.amount) for one in gathered(events)] == [
        (5, "Help desk, months 1 to 5: 3 leave and 2 start; recruiting", 10.0)
    ]
    apart = [one._replace(time=one.time + 2.0 * n) for n, one in enumerate(events)]
    assert gathered(apart) == apart
    assert gathered(events[:3]) == events[:3]


def test_incidents_that_somebody_pays_for_are_told_apart():
    calls = [event(n, "incident", "Experts", 7.0) for n in range(5)]
    paid = event(2, "recovery", "The insurer pays", -3.0)
    told = gathered([*calls[:3], paid, *calls[3:]])
    assert [(one.text, one.amount) for one in told] == [
        ("Experts", 7.0),
        ("The insurer pays", -3.0),
        ("Experts, 4 times in months 1 to 5", 28.0),
    ]


def test_those_let_go_on_one_day():
    gone = [event(4, "let_go", f"{n} is let go; severance", 1_000.0) for n in range(2)]
    later = event(5, "let_go", "another is let go; severance", 500.0)
    assert [(one.text, one.amount) for one in gathered([*gone, later])] == [
        ("Help desk: 2 people are let go; severance", 2_000.0),
        ("another is let go; severance", 500.0),
    ]


def test_who_leaves_is_told_by_the_name_of_the_service_and_the_months():
    left = [event(25 + 2 * n, "departure") for n in range(3)] + [event(32, "hire")]
    named = [one._replace(label="Service desk") for one in left]
    assert [one.text for one in gathered(named)] == [
        "Service desk, months 26 to 33: 3 leave and 1 starts"
    ]
    managers = [one._replace(service="enterprise", label="The whole practice") for one in left]
    assert gathered(managers)[0].text == "Management, months 26 to 33: 3 leave and 1 starts"
    at_once = [event(2, "departure") for _ in range(4)]
    assert [one.text for one in gathered(at_once)] == ["Help desk: 4 leave"]
