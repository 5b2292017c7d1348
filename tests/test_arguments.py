"""What is refused of the arguments of calls, as hcrisk's own errors."""

import pickle

import pytest

import hcrisk
from hcrisk.arguments import check_finite, check_whole
from tests.builders import bare


@pytest.fixture(scope="module")
def ds():
    return hcrisk.simulate(bare(), paths=20, progress=False)


@pytest.mark.parametrize(
    ("call", "name", "value"),
    [
        (lambda ds: hcrisk.simulate(bare(), paths=0), "paths", 0),
        (lambda ds: hcrisk.simulate(bare(), paths=2, seed=-1), "seed", -1),
        (lambda ds: hcrisk.simulate(bare(), paths=2, threads=0.5), "threads", 0.5),
        (lambda ds: hcrisk.percentiles(ds, 95), "levels", 95),
        (lambda ds: hcrisk.budget(ds, 0.8, reserve=1.5), "reserve", 1.5),
        (lambda ds: hcrisk.mean(ds, of="nvp"), "of", "nvp"),
        (lambda ds: hcrisk.mean(ds, confidence=0), "confidence", 0),
        (lambda ds: hcrisk.story(bare(), seed=0, path=-1), "path", -1),
        (lambda ds: hcrisk.Effort(points=1), "points", 1),
    ],
)
def test_ranges_are_refused_with_name_value_rule_and_remedy(ds, call, name, value):
    with pytest.raises(hcrisk.ArgumentError) as caught:
        call(ds)
    error, problem = caught.value, caught.value.problem
    assert isinstance(error, ValueError)
    assert isinstance(error, hcrisk.HcriskError)
    assert (problem.path, problem.value) == (name, value)
    assert problem.rule.startswith("must ")
    assert problem.remedy
    assert str(error) == f"{name} {problem.rule}, got {value!r}; {problem.remedy}"
    again = pickle.loads(pickle.dumps(error))
    assert (again.problem, str(again)) == (problem, str(error))


@pytest.mark.parametrize(
    ("value", "most", "remedy"),
    [
        (0, None, "write 1"),
        (12, 9, "write 9"),
        (-3, 9, "write 1"),
        ("2", 9, "write 2"),
        (1e3, None, "write 1000"),
        ("20", 9, "write 1"),
        (2.5, 9, "write 1"),
        ("many", 9, "write 1"),
        (float("inf"), None, "write 1"),
        (None, 9, "write 1"),
    ],
)
def test_check_whole_names_the_nearest_that_is_allowed(value, most, remedy):
    with pytest.raises(hcrisk.ArgumentError, match=remedy):
        check_whole("points", value, 1, most)


def test_check_finite_refuses_what_is_no_number():
    assert check_finite("low", 3, "number", "10") == 3.0
    with pytest.raises(hcrisk.ArgumentError, match="write 10"):
        check_finite("low", float("inf"), "number", "10")


def test_a_strategy_where_a_level_is_due_is_told_where_strategies_are_chosen(ds):
    with pytest.raises(TypeError, match=r"level must be a number .*\.sel\(strategy='outsource'\)"):
        hcrisk.budget(ds, "outsource")
