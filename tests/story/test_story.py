"""A story is the path of the Dataset: its totals to the cent, its events one by one."""

from functools import cache

import numpy as np
import pytest

import hcrisk
from hcrisk.program import compile_program
from hcrisk.results import empty_output
from hcrisk.simulation import Worker
from hcrisk.story import nearest_path
from tests.builders import bare, crowded, one_risk, team

CENT = 0.005
SEED = 5
PATHS = (0, 3, 41)
SHIPPED = ("small-practice", "mid-market", "large-group", "practice-services")
ENTERPRISE = "enterprise"


@cache
def scenario_of(name):
    return crowded() if name == "crowded" else hcrisk.load(name)


@cache
def row_of(name, path):
    scenario = scenario_of(name)
    return hcrisk.simulate(scenario, paths=1, seed=SEED, start=path, detail="full").isel(path=0)


def cases():
    for name in (*SHIPPED, "crowded"):
        strategies = scenario_of(name).strategies
        yield from ((name, path, strategy) for path in PATHS for strategy in strategies)


@pytest.fixture(params=cases(), ids=lambda case: "-".join(map(str, case)))
def told(request):
    name, path, strategy = request.param
    story = hcrisk.story(scenario_of(name), SEED, path, strategy=strategy)
    return story, row_of(name, path).sel(strategy=strategy)


def amount(story, *kinds, service=None):
    return sum(
        event.amount
        for event in story.events
        if event.kind in kinds and service in (None, event.service)
    )


def in_component(row, name):
    return float(row["cost_cube"].sel(component=name).sum())


def test_totals_are_the_datasets(told):
    story, row = told
    assert story.total == float(row["npv"])
    yearly = story.yearly.sum("component").values
    np.testing.assert_allclose(yearly, row["cost"].values, rtol=0, atol=CENT)
    assert abs(yearly @ np.array(story.discount) - story.total) < CENT
    parts = (story.yearly * np.array(story.discount)).sum("year").values
    np.testing.assert_allclose(parts, row["component_npv"].values, rtol=0, atol=CENT)


def test_incidents_add_up_to_the_risks(told):
    story, row = told
    incidents = [event for event in story.events if event.kind == "incident"]
    assert len(incidents) == int(row["events"].sum())
    risks = sum(in_component(row, risk) for risk in row["risk"].values)
    assert abs(amount(story, "incident") - risks) < CENT
    assert abs(amount(story, "indemnity") - in_component(row, "vendor_indemnity")) < CENT
    assert abs(amount(story, "recovery") - in_component(row, "insurance_recovery")) < CENT


def test_people_are_the_datasets(told):
    story, row = told
    for service in row["service"].values:
        if service != ENTERPRISE:
            left = [e for e in story.events if (e.kind, e.service) == ("departure", service)]
            assert len(left) == int(row["departures"].sel(service=service))
    assert abs(amount(story, "hire") - in_component(row, "recruiting")) < CENT
    assert abs(amount(story, "let_go") - in_component(row, "severance")) < CENT


def test_changes_of_provider_are_the_transition(told):
    story, row = told
    paid, booked = amount(story, "one_off", "failure", "switch"), in_component(row, "transition")
    assert abs(paid - booked) < CENT


def test_events_are_in_order_and_inside_the_horizon(told):
    story, row = told
    times = [event.time for event in story.events]
    assert times == sorted(times)
    assert 0 <= times[0] <= times[-1] < row.sizes["year"]
    assert all(event.month == int(12 * event.time) + 1 for event in story.events)
    assert {event.strategy for event in story.events} == {story.strategy}
    assert sum(event.kind == "start" for event in story.events) == row.sizes["service"] - 1


def test_page_fits_and_tells_every_event(told):
    story, _ = told
    lines = story.page(every=True).splitlines()
    assert max(map(len, [*lines, *str(story).splitlines()])) <= 80
    flat = " ".join(" ".join(lines).split())
    assert all(event.text.split(";")[0].split()[0] in flat for event in story.events)
    assert any(line.startswith("Discounted") for line in lines)


def test_crowded_paths_have_every_kind_of_event():
    kinds = {
        event.kind
        for path in range(6)
        for strategy in scenario_of("crowded").strategies
        for event in hcrisk.story(scenario_of("crowded"), SEED, path, strategy=strategy).events
    }
    assert kinds >= {
        *("start", "one_off", "change", "hire", "departure", "let_go", "fees"),
        *("failure", "acquisition", "switch", "insurance", "incident", "indemnity", "recovery"),
    }


def test_many_crowded_paths_have_the_departures_and_incidents_of_the_dataset():
    scenario = scenario_of("crowded")
    ds = hcrisk.simulate(scenario, paths=60, seed=SEED).sel(strategy="split")
    left, told = ds["departures"].sum("service").values, ds["events"].sum("risk").values
    for path in range(60):
        story = hcrisk.story(scenario, SEED, path, strategy="split")
        kinds = [e.kind for e in story.events if (e.kind, e.service) != ("departure", ENTERPRISE)]
        assert kinds.count("departure") == left[path]
        assert kinds.count("incident") == told[path]
        assert story.total == ds["npv"].values[path]


def test_vendor_events_are_those_of_the_timeline_by_hand():
    story = hcrisk.story(
        bare(
            horizon__years=3,
            vendors={"msp": {"term_months": 24, "renewal_jump": 0.1, "escalator_fixed": 0.02}},
            services__desk__current="rented",
            services__desk__arrangements__rented={"contracts": {"msp": {"fixed_fee": 100}}},
        ),
        0,
        0,
    )
    fees = [(event.month, event.text) for event in story.events if event.kind == "fees"]
    assert fees == [
        (13, "Msp fees +2.0%, 1.02 times the first"),
        (25, "Msp is renewed; fees +12.2%, 1.14 times the first"),
    ]
    assert story.total == pytest.approx(1200 * (1 + 1.02 + 1.02 * 1.122), abs=CENT)


def vendor_events(path):
    """Return the events of the fees and of the change of each vendor, in their order."""
    story = hcrisk.story(scenario_of("mid-market"), 0, path, strategy="outsource")
    labels = [one.label for one in scenario_of("mid-market").vendors.values()]
    found = {}
    for event in story.events:
        name = next((one for one in labels if event.text.startswith(one)), None)
        if name and event.kind in ("fees", "switch", "failure"):
            found.setdefault(name, []).append(event)
    return found


def test_a_vendor_is_not_told_to_be_renewed_and_left_as_if_by_mistake():
    """Of one moment one thing is told; a change soon after a renewal says so; then it is new."""
    soon = replaced = 0
    for path in range(40):
        for name, events in vendor_events(path).items():
            times = [event.time for event in events]
            assert len(set(times)) == len(times)
            is_new, renewed = False, -1.0
            for event in events:
                assert event.text.startswith(f"{name} (new)") == is_new
                if event.kind == "fees":
                    renewed = event.time if " is renewed; " in event.text else renewed
                    continue
                assert "the new one's fees" in event.text
                if event.kind == "switch" and 0 < event.time - renewed < 1 / 12:
                    assert "into its new term" in event.text
                    soon += 1
                is_new, replaced = True, replaced + 1
    assert soon
    assert replaced > 20


def test_arrangements_are_told_by_their_labels():
    scenario = scenario_of("mid-market")
    story = hcrisk.story(scenario, 0, 3, strategy="outsource")
    starts = {event.service: event.text for event in story.events if event.kind == "start"}
    for name, service in scenario.services.items():
        target = service.arrangements[scenario.assignment("outsource")[name]].label
        assert f"“{target}”" in starts[name]
        assert f"“{service.arrangements[service.current].label}”" in starts[name]


def test_departure_says_how_long_the_seat_is_empty():
    leaving = team(attrition_rate=3, time_to_fill_days=73)
    story = hcrisk.story(bare(leaving, horizon__years=4), 1, 0)
    left = [event for event in story.events if event.kind == "departure"]
    hired = [event for event in story.events if event.kind == "hire"]
    assert left
    for before, after in zip(left, hired, strict=False):
        assert after.time - before.time == pytest.approx(0.2)
        assert before.text == "Clerk leaves; the seat is empty for 2.4 months"


def test_many_incidents_are_all_told():
    scenario = bare(one_risk(200, 7.0))
    story = hcrisk.story(scenario, 0, 0)
    ds = hcrisk.simulate(scenario, paths=1)
    incidents = [event.amount for event in story.events if event.kind == "incident"]
    assert len(incidents) == int(ds["events"].sum()) > 100
    assert set(incidents) == {7.0}


@pytest.mark.parametrize("name", ["mid-market", "crowded"])
def test_journal_changes_no_bit_and_is_empty_unless_asked_for(name):
    scenario = scenario_of(name)
    program = compile_program(scenario, SEED, None)
    found = []
    for with_journal in (False, True):
        output = empty_output(scenario, program, 40, "default")
        worker = Worker(program, output, with_journal)
        worker.run(0, 0, 40)
        assert (worker.work.journal.shape[0] > 0) == with_journal
        found.append([array.tobytes() for array in output])
    assert found[0] == found[1]


def test_default_strategy_is_todays():
    told = hcrisk.story(scenario_of("crowded"), SEED, 0)
    assert told.strategy == "stay"
    assert not [event for event in told.events if event.kind == "change"]


def test_horizon_of_many_years_is_told_a_few_abreast():
    scenario = hcrisk.load("mid-market").replace({"horizon.years": 14})
    page = str(hcrisk.story(scenario, 0, 0, strategy="hybrid"))
    assert max(map(len, page.splitlines())) <= 80
    assert "Year 14" in page


@pytest.mark.parametrize("fee", [84_826, 848_260, 84_826_000])
def test_numbers_of_the_table_never_run_together(fee):
    scenario = bare(
        vendors={"msp": {}},
        services__desk__current="rented",
        services__desk__arrangements__rented={"contracts": {"msp": {"fixed_fee": fee}}},
        horizon__years=11,
    )
    lines = str(hcrisk.story(scenario, 0, 0)).splitlines()
    table = lines[[line.startswith("Cost by year") for line in lines].index(True) + 1 :]
    assert max(map(len, lines)) <= 80
    heads = [line.replace("Year ", "Year") for line in table if "Year" in line]
    assert sum(len(head.split()) for head in heads) == 12
    costs = [cell for line in table if line.startswith("Cost ") for cell in line.split()[1:]]
    assert [float(cell.replace(",", "")) for cell in costs][-1] > 0
    assert len(costs) == 12
    assert len(set(costs[:-1])) == 1


def test_events_bear_the_name_of_their_service():
    scenario = hcrisk.load("practice-services")
    labels = {name: service.label for name, service in scenario.services.items()}
    told = hcrisk.story(scenario, SEED, 0, strategy="insource").events
    assert {e.service: e.label for e in told if e.service != ENTERPRISE} == labels


def test_nearest_path_is_the_nearest():
    scenario = scenario_of("small-practice")
    npv = hcrisk.simulate(scenario, paths=300, seed=SEED)["npv"].sel(strategy="hybrid").values
    path = nearest_path(scenario, SEED, 0.9, strategy="hybrid", paths=300)
    assert abs(npv[path] - np.quantile(npv, 0.9)) == np.abs(npv - np.quantile(npv, 0.9)).min()
    assert hcrisk.story(scenario, SEED, path, strategy="hybrid").total == npv[path]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("mid-market", 0, 0), TypeError, "scenario must be a Scenario"),
        ((None, -1, 0), ValueError, "seed must be a whole number from 0"),
        ((None, 0, -1), ValueError, "path must be a whole number from 0"),
        ((None, 0, 0.5), ValueError, "path must be a whole number from 0"),
    ],
)
def test_wrong_arguments_are_refused(arguments, error, message):
    scenario, *others = arguments
    with pytest.raises(error, match=message):
        hcrisk.story(scenario or scenario_of("crowded"), *others)


def test_unknown_strategy_is_refused():
    with pytest.raises(hcrisk.ScenarioError, match="is not a strategy of this scenario"):
        hcrisk.story(scenario_of("crowded"), 0, 0, strategy="frob")


def test_level_outside_its_range_is_refused():
    with pytest.raises(ValueError, match="level must lie between 0 and 1, got 95"):
        nearest_path(scenario_of("crowded"), 0, 95)
