"""Other cost lines: tools, licences, hardware, workspace, training."""

import math

import pytest

from tests.builders import merged
from tests.mechanisms.common import PAY, effect, hired, practice, rented, staffed, yearly

mechanism = pytest.mark.mechanism
LINES = "services.clerk.arrangements.own.lines"


def line(amount=120, component="tools", **entries):
    return {"one": {"component": component, "amount": amount, **entries}}


COUNTS = {
    "flat": 1,
    "user": 200,
    "endpoint": 260,
    "provider": 50,
    "site": 3,
    "claim": 60_000,
    "revenue": 40_000_000,
    "fte": 2,
}


@mechanism(
    "tools_and_licences",
    says="Tools, licences, platforms and monitoring, by user, endpoint, provider, site or FTE",
    fields=["services.*.arrangements.*.lines.*.driver", "services.*.arrangements.*.lines.*.amount"],
    shows=["tools"],
)
@pytest.mark.parametrize("driver", COUNTS)
def test_tools_are_paid_by_what_they_serve(driver):
    scenario = practice(staffed(seats=2), practice__sites=3, practice__claims=60_000)
    found = effect(scenario, {LINES: line(0.5, driver=driver)})
    assert found == pytest.approx({"tools": 0.5 * COUNTS[driver]})


@mechanism(
    "hardware",
    says="Devices and servers are bought anew every few years",
    fields=["services.*.arrangements.*.lines.*.every_years"],
    shows=["tools"],
)
def test_hardware_is_bought_every_few_years():
    lumps = line(900, driver="endpoint", every_years=2)
    scenario = practice(staffed(), horizon__years=4)
    more = yearly(scenario.replace({LINES: lumps})) - yearly(scenario)
    assert more == pytest.approx([260 * 900, 0, 260 * 900, 0])


@mechanism(
    "overheads",
    says="Workspace and other overheads go with the people of the team",
    fields=["services.*.arrangements.*.lines.*.component"],
    shows=["oversight"],
)
def test_workspace_goes_with_the_team():
    scenario = practice(staffed(seats=3))
    found = effect(scenario, {LINES: line(400, "oversight", driver="fte", period="month")})
    assert found == pytest.approx({"oversight": 12 * 400 * 3})


@mechanism(
    "training",
    says="Courses and certificates, each year or for each start",
    fields=["services.*.arrangements.*.lines.*.driver"],
    shows=["training"],
)
def test_training_is_paid_each_year_or_for_each_start():
    yearly_course = line(2_500, "training", driver="fte")
    course_of_hires = line(2_500, "training", driver="hire")
    for scenario in (practice(staffed(seats=3)), practice(hired(seats=3))):
        assert effect(scenario, {LINES: yearly_course}) == pytest.approx({"training": 7_500})
    assert effect(practice(staffed(seats=3)), {LINES: course_of_hires}) == {}
    assert effect(practice(hired(seats=3)), {LINES: course_of_hires}) == pytest.approx(
        {"training": 7_500}
    )


@mechanism(
    "later_lines",
    says="A line may begin later, as what regulation or growing threats will ask for",
    fields=["services.*.arrangements.*.lines.*.start_months", "lines.*.start_months"],
    shows=["tools"],
)
def test_a_line_begins_later():
    found = effect(practice(staffed(), horizon__years=2), {LINES: line(1_000, start_months=15)})
    assert found == pytest.approx({"tools": 750})


@mechanism(
    "shared_platform",
    says="A platform that several services need is paid once",
    fields=[
        "lines.*.needed_by",
        "lines.*.amount",
        "lines.*.component",
        "lines.*.driver",
        "lines.*.period",
        "lines.*.every_years",
    ],
    shows=["tools", "training"],
)
def test_a_platform_is_paid_once_by_those_who_need_it():
    layer = merged(staffed(), rented({}))
    both = {"x": {"services": {"clerk": "own", "desk": "rent"}}}
    scenario = practice({**layer, "strategies": both})
    log = {"component": "tools", "amount": 5_000, "needed_by": ["clerk.own", "desk.rent"]}
    assert effect(scenario, {"lines": {"log": log}}) == pytest.approx({"tools": 5_000})
    one = scenario.replace({"strategies.x.services.desk": "none"})
    assert effect(one, {"lines": {"log": log}}) == pytest.approx({"tools": 5_000})
    # Still needed today, and left at once.
    none = {"services": {"clerk": "nobody", "desk": "none"}}
    neither = scenario.replace({"strategies.x": none})
    assert effect(neither, {"lines": {"log": log}}) == {}
    assert yearly(neither) == pytest.approx([0])
    assert yearly(one) == pytest.approx([PAY])
    course = {"component": "training", "driver": "user", "amount": 2, "period": "month"}
    found = effect(scenario, {"lines": {"course": course}})
    assert found == pytest.approx({"training": 12 * 2 * 200})
    twice = {**log, "every_years": 0.5}
    assert effect(scenario, {"lines": {"log": twice}}) == pytest.approx({"tools": 10_000})


GROWING = {
    "horizon": {"years": 2},
    "macro": {"wage": {"mean": 0.05}, "price": {"mean": 0.02}},
}


@mechanism(
    "indexed_lines",
    says="A line or a project follows wages, prices or neither",
    fields=[
        "services.*.arrangements.*.lines.*.index",
        "services.*.arrangements.*.lines.*.period",
        "services.*.arrangements.*.projects.*.index",
        "lines.*.index",
    ],
    shows=["tools", "projects"],
)
@pytest.mark.parametrize(("index", "rate"), [("wage", 0.05), ("price", 0.02), ("none", 0)])
def test_a_line_follows_wages_prices_or_neither(index, rate):
    scenario = practice(rented({}), GROWING)
    where = "services.desk.arrangements.rent."
    monthly = line(10, period="month", index=index)
    project = {"budget": 240, "duration_months": 24, "index": index}
    assert effect(scenario, {where + "lines": monthly}) == pytest.approx(
        {"tools": 120 * (1 + math.exp(rate))}
    )
    assert effect(scenario, {"lines": monthly}) == pytest.approx(
        {"tools": 120 * (1 + math.exp(rate))}
    )
    assert effect(scenario, {where + "projects": {"one": project}}) == pytest.approx(
        {"projects": 120 * (1 + math.exp(rate))}
    )
