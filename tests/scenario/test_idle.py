"""Changes that never happen are remarked on, and halves of them refused."""

import pytest

import hcrisk
from hcrisk.exceptions import ScenarioError
from hcrisk.scenario import idle


def changed(**changes):
    return hcrisk.load("mid-market").replace(
        {path.replace("__", "."): new for path, new in changes.items()}
    )


@pytest.mark.parametrize(
    ("changes", "path", "rule"),
    [
        (
            {"growth__planned": {"x": {"months": 60, "size": 0.1}}},
            "growth.planned.x.months",
            "is after the 60 months simulated",
        ),
        (
            {"services__help_desk__peaks": {"x": {"start_months": 61, "months": 1, "multiple": 2}}},
            "services.help_desk.peaks.x.start_months",
            "is after the 60 months simulated",
        ),
        ({"growth__rate": 0.4}, "growth.most", "cuts the size that is stated, 3.84 times today's"),
        ({"growth__rate": -0.4}, "growth.least", "cuts the size that is stated, 0.13 times"),
    ],
)
def test_what_never_happens_is_remarked_on(changes, path, rule):
    (found,) = idle(changed(**changes))
    assert found.path == path
    assert rule in found.rule


def test_what_happens_is_not_remarked_on():
    assert (
        idle(changed(growth__rate=0.3, growth__planned={"x": {"months": 59, "size": 0.05}})) == []
    )
    assert idle(hcrisk.load("mid-market")) == []


@pytest.mark.parametrize(("stated", "missing"), [("rate", "size"), ("size", "rate")])
def test_half_an_acquisition_is_refused(stated, missing):
    with pytest.raises(ScenarioError, match=f"growth.acquisition.{missing}") as caught:
        changed(growth__acquisition={stated: 0.3})
    (problem,) = caught.value.problems
    assert "without it nothing happens" in problem.rule


def test_an_entry_may_be_added_field_by_field():
    found = changed(growth__planned__x__months=3, growth__planned__x__size=0.1)
    assert float(found.growth.planned["x"].months) == 3.0
