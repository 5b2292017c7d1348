"""Cost lines are named twice, because kernels know nothing of scenarios: the two must agree."""

from hcrisk.kernels import columns
from hcrisk.scenario.components import COST_LINES


def test_scenario_and_kernels_have_the_same_cost_lines():
    assert columns.COST_LINES == COST_LINES
    assert len(set(COST_LINES)) == len(COST_LINES)


def test_kernels_know_each_line_by_its_place():
    places = [getattr(columns, name.upper()) for name in COST_LINES]
    assert places == list(range(columns.N_COST_LINE))
