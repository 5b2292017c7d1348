"""Draws made many at once have the bits of draws made one by one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcrisk.distributions.distribution import Distribution
from hcrisk.distributions.encode import TableBuilder, encode
from hcrisk.kernels.batches import draw_same_law, uniforms, uniforms_of_paths
from hcrisk.kernels.laws import draw_law
from hcrisk.kernels.philox import uniform

LAWS = [
    {"dist": "discrete", "values": [7], "weights": [1]},
    {"dist": "uniform", "low": -2, "high": 5},
    {"dist": "triangular", "low": 1, "mode": 2, "high": 6},
    {"dist": "triangular", "low": 1, "mode": 1, "high": 6},
    {"dist": "triangular", "low": 1, "mode": 2, "high": 6, "truncate": [2, 5]},
    {"dist": "normal", "mean": 3, "sd": 2},
    {"dist": "normal", "mean": 3, "sd": 2, "clip": [1, 4]},
    {"dist": "normal", "p10": 1, "p90": 5, "truncate": [2, 4]},
    {"dist": "lognormal", "mean": 10, "sd": 5},
    {"dist": "lognormal", "p50": 60, "p90": 98, "truncate": [50, 90]},
    {"dist": "gamma", "mean": 1, "cv": 0.5},
    {"dist": "beta", "alpha": 1.5, "beta": 3},
    {"dist": "pert", "low": 20, "mode": 100, "high": 900},
    {"dist": "weibull", "shape": 1.7, "scale": 3},
    {"dist": "gpd", "location": 1, "scale": 2, "shape": -0.4},
    {"dist": "discrete", "values": [1, 2, 5], "weights": [1, 3, 2]},
    {"dist": "metalog", "quantiles": [[0.1, 35], [0.5, 50], [0.9, 75]], "low": 0},
]
EDGES = [2.0**-53, 1e-12, 0.5, 1 - 2.0**-53]


@pytest.mark.parametrize("law", LAWS, ids=str)
@given(st.lists(st.floats(0, 1, exclude_min=True, exclude_max=True), max_size=40), st.data())
def test_a_law_drawn_many_at_once(law, levels, data):
    tables = TableBuilder()
    rows = np.array([encode(Distribution.from_mapping(law), tables)])
    u = np.array(EDGES + levels)
    first = data.draw(st.integers(0, u.size))
    end = data.draw(st.integers(first, u.size))
    drawn = u.copy()
    draw_same_law(rows, 0, tables.array(), drawn, first, end, np.empty(u.size))
    expected = u.copy()
    for j in range(first, end):
        expected[j] = draw_law(rows, 0, tables.array(), u[j])
    assert drawn.tobytes() == expected.tobytes()


def test_uniforms_of_many_streams_and_of_many_paths():
    keys, paths, steps = np.arange(3 * 50, dtype=np.uint64).reshape(3, 50)
    out, of_paths = np.empty(50), np.empty(50)
    uniforms(keys, paths, steps, 50, out)
    uniforms_of_paths(np.uint64(3), np.uint64(2**40), np.uint64(4), 50, of_paths)
    assert out.tolist() == [uniform(*each) for each in zip(keys, paths, steps, strict=True)]
    assert of_paths.tolist() == [uniform(3, 2**40 + g, 4) for g in range(50)]
