"""Other values at dotted paths."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcrisk.exceptions import ScenarioError
from hcrisk.scenario import Number, Role, Strategy
from hcrisk.scenario.refusal import look_up
from tests.scenario.common import scenario

BASE = scenario()
HELP = "services.help_desk.arrangements"


def problem_of(changes):
    with pytest.raises(ScenarioError) as caught:
        BASE.replace(changes)
    (problem,) = caught.value.problems
    return problem


def test_providers_rescale_the_practice():
    large = BASE.replace({"practice.providers": 100})
    assert large.practice.driver_count("user") == 2 * BASE.practice.driver_count("user") == 400
    assert large.practice.driver_count("endpoint") == 500
    assert large.practice.records.amount(100) == 200_000
    seats = large.services["help_desk"].arrangements["insource"].seats["technician"]
    assert seats.count.of(large.practice, round_up=True) == 5
    assert seats.count.of(BASE.practice, round_up=True) == 3
    small = BASE.replace({"practice.providers": 10})
    assert seats.count.of(small.practice, round_up=True) == 2
    assert seats.count.of(BASE.practice, round_up=False) == 2.5


def test_the_original_is_untouched():
    before = BASE.to_mapping()
    BASE.replace({"practice.providers": 100, "roles.analyst.pay.p50": 1e5})
    assert BASE.to_mapping() == before


def test_a_parameter_keeps_its_siblings():
    pay = BASE.replace({"roles.analyst.pay.p50": 110_000}).roles["analyst"].pay
    assert pay.distribution.parameters == {"p50": 110_000, "p90": 150_000}


def test_what_was_said_of_the_old_number_is_not_said_of_the_new():
    path = f"{HELP}.insource.seats.technician"
    base = BASE.replace(
        {
            "roles.analyst.time_to_fill_days": {
                "dist": "lognormal", "median": {"value": 90, "source": "survey"}, "sigma": 0.1,
                "source": "survey", "note": "of 2024", "range": [80, 100],
            },
            path: {"per": "user", "ratio": 80, "source": "survey", "tenure_years": 2},
            "practice.users": {"per_provider": 4, "source": "survey"},
        }
    )  # fmt: skip
    changes = {"roles.analyst.time_to_fill_days.median.value": 60, f"{path}.ratio": 70}
    changes |= {"practice.users.per_provider": 5}
    changed = base.replace(changes).to_mapping()
    filling = {"dist": "lognormal", "median": {"value": 60}, "sigma": 0.1}
    assert changed["roles"]["analyst"]["time_to_fill_days"] == filling
    seats = {"per": "user", "ratio": 70, "tenure_years": 2}
    assert look_up(changed, path) == (True, seats)
    assert changed["practice"]["users"] == {"per_provider": 5}
    kept = base.replace({f"{path}.tenure_years": 3}).quantities()[path]
    assert kept.source == "survey"


def test_a_source_given_with_a_parameter_is_that_of_the_new_number():
    for order in (1, -1):
        changes = {"roles.analyst.pay.source": "bank", "roles.analyst.pay.p50": 110_000}
        pay = BASE.replace(dict(list(changes.items())[::order])).roles["analyst"].pay
        assert pay.source == "bank"
    renamed = BASE.replace({"roles.analyst.pay.note": "asked again"}).roles["analyst"].pay
    assert (renamed.source, renamed.note) == ("survey", "asked again")


def test_a_sourced_number_replaced_by_a_bare_one_is_the_users_own():
    changed = BASE.replace({"discounting.rate": 0.07})
    assert changed.discounting.rate == Number(0.07)
    assert changed.is_own("discounting.rate")


def test_a_field_left_out_of_the_file_can_be_given():
    changed = BASE.replace({"roles.analyst.drift": 0.01, "macro.attrition.start": 0.1})
    assert changed.roles["analyst"].drift.value == 0.01
    assert changed.macro.attrition.start.value == 0.1


def test_an_item_of_a_list():
    path = "risks.breach.effects.security.frequency.2.multiple"
    changed = BASE.replace({path: 2, "people.tenure_factors.0": 1.5})
    points = changed.risks["breach"].effects["security"].frequency.points
    assert [point.multiple.central for point in points] == [0.75, 1, 2]
    assert changed.people.tenure_factors[0].value == 1.5
    assert path in BASE.inputs()
    assert path not in changed.inputs()


def test_an_entry_can_be_added_and_then_changed():
    changed = BASE.replace(
        {
            "strategies.mine": {"all": "insource"},
            "strategies.mine.services": {"help_desk": "split"},
            "vendors.other": {},
            "lines.extra": {"component": "tools", "amount": 5},
            "risks.outage": {"frequency": 1},
        }
    )
    assert changed.assignment("mine") == {"help_desk": "split", "security": "insource"}
    assert list(changed.strategies) == ["own", "partner", "mine"]
    assert list(changed.risks)[-1] == "outage"


def test_objects_and_numpy_numbers_can_be_given():
    changed = BASE.replace(
        {
            "roles.nurse": Role(
                pay=80_000, attrition_rate=Number(0.2, source="survey"), time_to_fill_days=40
            ),
            "strategies.mine": Strategy(all="insource"),
            "practice.providers": np.int64(60),
            "discounting.rate": np.float64(0.05),
        }
    )
    assert changed.roles["nurse"].attrition_rate.source == "survey"
    assert changed.to_mapping()["roles"]["nurse"]["pay"] == 80_000
    assert float(changed.practice.providers) == 60


def test_a_whole_table_is_replaced():
    changed = BASE.replace({"insurance": {"premium": 1, "retention": 2}})
    assert not changed.insurance.sublimits


def test_marks_of_the_parent_remain():
    changed = BASE.replace({"practice.providers": 3})
    assert changed.is_own("practice.providers")


@pytest.mark.parametrize(
    ("path", "rule", "remedy"),
    [
        ("practice.provider", 'there is no "provider" in practice', '"providers"'),
        ("rolls.analyst.pay", 'there is no "rolls" in the scenario', '"roles"'),
        ("roles.analist.pay", 'there is no "analist" in roles', '"analyst"'),
        ("roles.analyst.pay.p51", 'there is no "p51" in roles.analyst.pay', '"p50"'),
        ("roles.manager.pay.p50", "there is nothing below roles.manager.pay", "single value"),
        ("strategies.mine.all", 'there is no "mine" in strategies', "own, partner"),
        ("people.tenure_factors.4", 'there is no "4" in people.tenure_factors', "0, 1, 2, 3"),
        ("correlations.1.rho", 'there is no "1" in correlations', "0"),
        (f"{HELP}.insource.seats.technician.ratios", 'there is no "ratios"', '"ratio"'),
        (f"{HELP}.insourced.gap", 'there is no "insourced"', '"insource"'),
        ("", 'there is no "" in the scenario', "use one of"),
        ("providers", 'there is no "providers"', "write it in full: practice.providers"),
        ("analyst.pay", 'there is no "analyst"', "write it in full: roles.analyst.pay"),
        (
            "pay",
            'there is no "pay"',
            "roles.technician.pay or roles.analyst.pay or roles.manager.pay",
        ),
    ],
)
def test_an_unknown_path_names_the_nearest(path, rule, remedy):
    problem = problem_of({path: 1})
    assert problem.path == path
    assert rule in problem.rule
    assert remedy in problem.remedy


def test_every_unknown_path_is_reported():
    with pytest.raises(ScenarioError) as caught:
        BASE.replace({"a.b": 1, "practice.providers": 3, "roles.x.pay": 1})
    assert [problem.path for problem in caught.value.problems] == ["a.b", "roles.x.pay"]


def test_nothing_can_be_put_below_a_number_just_given():
    problem = problem_of({"discounting.rate": 0.07, "discounting.rate.source": "bank"})
    assert problem.rule == "there is nothing below discounting.rate"


def test_a_bad_value_is_reported_as_in_a_file():
    problem = problem_of({f"{HELP}.split.gap": 5})
    assert problem.path == f"{HELP}.split.gap"
    assert problem.remedy == "5 looks like a percentage; write 0.05"


def test_a_table_that_is_not_there_yet():
    without = scenario(drop="insurance")
    assert without.insurance is None
    with pytest.raises(ScenarioError, match=r"insurance.premium: is required"):
        without.replace({"insurance.retention": 5})
    changed = without.replace({"insurance.premium": 5, "insurance.retention": 5})
    assert changed.insurance.retention.value == 5


paths = st.sampled_from(sorted(path for path, n in BASE.numbers().items() if n.is_certain))


@settings(deadline=None, derandomize=True, max_examples=60)
@given(paths, st.floats(0.5, 1.5))
def test_replacing_changes_that_number_and_no_other_or_is_refused_there(path, factor):
    old = BASE.numbers()
    new = old[path].value * factor
    refused_at = [path]
    try:
        changed = BASE.replace({path: new}).numbers()
    except ScenarioError as error:
        changed = None
        refused_at = [problem.path for problem in error.problems]
    if changed is None:
        assert refused_at == [path]
        return
    assert changed[path].value == new
    assert {key: n for key, n in changed.items() if key != path} == {
        key: n for key, n in old.items() if key != path
    }


@settings(deadline=None, derandomize=True, max_examples=60)
@given(paths)
def test_every_number_can_be_reached(path):
    value = BASE.numbers()[path].value
    changed = BASE.replace({path: value})
    assert look_up(changed.to_mapping(), path) == (True, value)
    assert changed.digest == BASE.replace({}).digest or BASE.numbers()[path].range is not None
