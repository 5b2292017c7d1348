"""What a quote says of growth."""

import pytest

from hcrisk import load
from hcrisk.report.growth import growth_notes


@pytest.mark.parametrize(("years", "is_told"), [(1, False), (2, True)])
def test_a_change_after_the_horizon_is_not_announced(years, is_told):
    note = growth_notes(load("growing-group").replace({"horizon.years": years}))[0]
    assert "practices join" in note
    assert ("month 18" in note) == is_told


def test_a_practice_that_changes_only_after_the_horizon_has_no_note():
    change = {"months": 12, "size": 0.5}
    later = load("mid-market").replace({"growth.planned.merger": change, "horizon.years": 1})
    assert growth_notes(later) == ()
    assert "month 12" in growth_notes(later.replace({"horizon.years": 2}))[0]
