"""What a scenario may write, and how what it may not is refused."""

import re
import subprocess
import sys

import pytest

from hcrisk.distributions.distribution import Distribution
from hcrisk.distributions.families import FAMILIES, validate
from hcrisk.distributions.rules import quantile_level
from hcrisk.exceptions import ScenarioError

INF = float("inf")
MIX = [{"dist": "uniform", "low": 0, "high": 1}, {"dist": "normal", "mean": 1, "sd": -2}]

REFUSED = [
    ({"dist": "wibble"}, "dist", "is not a family"),
    ({}, "dist", "is not a family"),
    ({"dist": "normal", "mean": 1}, "parameters", "are not the parameters of normal"),
    ({"dist": "normal", "mean": 1, "sd": -1}, "sd", "must not be negative"),
    ({"dist": "normal", "mean": "x", "sd": 1}, "mean", "must be a finite number"),
    ({"dist": "normal", "mean": True, "sd": 1}, "mean", "must be a finite number"),
    ({"dist": "lognormal", "p50": 3, "p90": 2}, "p50", "must be below p90 = 2"),
    ({"dist": "lognormal", "p50": 3, "p90": INF}, "p90", "must be a finite number"),
    ({"dist": "lognormal", "p50": 0, "p90": 1}, "p50", "must be above 0"),
    ({"dist": "lognormal", "p0": 1, "p90": 2}, "parameters", "above p0 and below p100"),
    ({"dist": "lognormal", "p50": 1, "p100": 2}, "parameters", "above p0 and below p100"),
    ({"dist": "lognormal", "p50": 1, "median": 2}, "parameters", "are not the parameters"),
    ({"dist": "lognormal", "mean": 0, "sd": 2}, "mean", "must be above 0"),
    ({"dist": "uniform", "low": 1, "high": 1}, "low", "must be below high = 1"),
    ({"dist": "triangular", "low": 0, "mode": 3, "high": 2}, "mode", "must be at most high = 2"),
    ({"dist": "pert", "low": 0, "mode": 1, "high": 2, "gamma": -1}, "gamma", "between 0 and"),
    ({"dist": "gamma", "shape": 0.001, "scale": 1}, "shape", "must be between 0.05 and 10000"),
    ({"dist": "gamma", "mean": 1, "cv": 9}, "cv", "must be 0 or between"),
    ({"dist": "beta", "mean": 0.5, "sd": 0.6}, "sd", "gives beta shapes"),
    ({"dist": "beta", "mean": 2, "sd": 0.6}, "mean", "must be below high"),
    ({"dist": "weibull", "shape": 0, "scale": 1}, "shape", "must be above 0"),
    ({"dist": "pareto", "scale": 1, "alpha": 0}, "alpha", "must be above 0"),
    ({"dist": "gpd", "location": 0, "scale": 0, "shape": 0}, "scale", "must be above 0"),
    ({"dist": "discrete", "values": [1, 2], "weights": [1, 0]}, "weights", "all be above 0"),
    ({"dist": "discrete", "values": [1, 2], "weights": [1]}, "weights", "must be 2 numbers"),
    ({"dist": "empirical", "values": []}, "values", "at least one finite number"),
    ({"dist": "metalog", "quantiles": [[0.1, 1], [0.9, 2]]}, "quantiles", "must be 3 to 16"),
    ({"dist": "metalog", "quantiles": [[0.1, 1], [0.5, 3], [0.9, 2]]}, "quantiles", "both rise"),
    ({"dist": "metalog", "quantiles": [[0.1, 0], [0.5, 99], [0.9, 100]]}, "quantiles",
     "no metalog"),
    ({"dist": "metalog", "quantiles": [[0.1, 0], [0.5, 9], [0.9, 10]], "low": 0}, "quantiles",
     "must lie between"),
    ({"dist": "mixture", "weights": [1, 1], "components": MIX}, "components[1].sd", "negative"),
    ({"dist": "normal", "mean": 0, "sd": 1, "truncate": [2, 1]}, "truncate", "low below high"),
    ({"dist": "normal", "mean": 0, "sd": 1, "clip": 3}, "clip", "two numbers"),
]  # fmt: skip


@pytest.mark.parametrize(("mapping", "path", "rule"), REFUSED)
def test_refusals_name_the_field_the_rule_and_a_remedy(mapping, path, rule):
    problems = validate(mapping)
    assert [problem.path for problem in problems] == [path]
    assert rule in problems[0].rule
    assert problems[0].remedy
    with pytest.raises(ScenarioError, match=re.escape(str(problems[0]))):
        Distribution.from_mapping(mapping)


def test_every_problem_is_listed():
    mapping = {"dist": "weibull", "shape": 0, "scale": -1, "clip": [1, 0]}
    assert [p.path for p in validate(mapping)] == ["clip", "shape", "scale"]


def test_truncation_that_leaves_nothing_is_refused():
    normal = {"dist": "normal", "mean": 0, "sd": 1, "truncate": [20, 30]}
    between = {"dist": "empirical", "values": [1, 9], "truncate": [3, 4]}
    for mapping in (normal, between):
        with pytest.raises(ScenarioError, match=r"truncate = .*almost nothing"):
            Distribution.from_mapping(mapping).median()
        with pytest.raises(ScenarioError, match=r"truncate = .*almost nothing"):
            Distribution.from_mapping(mapping).mean()


@pytest.mark.parametrize(
    ("name", "level"),
    [("p5", 0.05), ("p97_5", 0.975), ("p50", 0.5), ("median", 0.5), ("pay", None), ("p", None),
     ("p_5", None), ("p5x", None)],
)  # fmt: skip
def test_quantile_names(name, level):
    assert quantile_level(name) == level


def test_round_trip_hash_and_equality():
    text = {
        "dist": "mixture",
        "weights": [1, 2],
        "components": [
            {"dist": "empirical", "values": [1, 2]},
            {"dist": "lognormal", "p5": 1, "p95": 2, "clip": [0, 3]},
        ],
        "truncate": [0, INF],
    }
    first = Distribution.from_mapping(text)
    second = Distribution.from_mapping(first.to_mapping())
    assert first == second
    assert hash(first) == hash(second)


def test_every_family_has_a_distinct_code():
    assert len({family.code for family in FAMILIES.values()}) == len(FAMILIES) == 15


def test_checking_needs_no_compiler():
    program = (
        "import sys; from hcrisk.distributions.families import validate;"
        "assert not validate({'dist': 'metalog', 'quantiles': [[.1, 35], [.5, 50], [.9, 75]]});"
        "print([m for m in ('numba', 'scipy', 'xarray') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
