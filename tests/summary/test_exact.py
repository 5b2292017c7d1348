"""Sums of floats as fractions, and what order and cutting cannot change."""

import os
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hcrisk.kernels.exact import LIMB, SQUARE_LIMBS, SUM_LIMBS, add_squares, add_values
from hcrisk.simulation import LARGEST_PATH
from hcrisk.summary.exact import (
    SQUARE_BITS,
    SUM_BITS,
    carry,
    mean_and_spread,
    scaled,
    sum_of,
    whole,
    words_of,
)
from hcrisk.summary.work import MOST_EVER_IN_TASK

PROGRAM = """
import numpy as np
from hcrisk.kernels.exact import SQUARE_LIMBS, SUM_LIMBS, add_squares, add_values
from hcrisk.summary.exact import words_of
for kernel, n in ((add_values, SUM_LIMBS), (add_squares, SQUARE_LIMBS)):
    values = np.array([0.0, -0.0, 1.5, -3e200, 5e-324, 1.7976931348623157e308, -1e-310])
    limbs = np.zeros((7, n), dtype=np.int64)
    kernel(words_of(values[:, None]), limbs)
    print(limbs.tolist())
"""
LARGEST = np.finfo(float).max
FINITE = st.floats(allow_nan=False, allow_infinity=False)
LISTS = st.lists(FINITE, min_size=1, max_size=40)


def squares_of(values):
    limbs = np.zeros((1, SQUARE_LIMBS), dtype=np.int64)
    add_squares(words_of(np.array(values)), limbs)
    return whole(limbs[0])


@given(LISTS)
@example([LARGEST] * 30)
@example([-LARGEST, 5e-324, -5e-324, 0.0, -0.0, LARGEST, 2.2250738585072014e-308])
def test_sums_are_those_of_fractions(values):
    assert Fraction(sum_of(np.array(values)), 1 << SUM_BITS) == sum(map(Fraction, values))
    squares = sum(Fraction(value) ** 2 for value in values)
    assert Fraction(squares_of(values), 1 << SQUARE_BITS) == squares


@given(st.lists(FINITE, min_size=1, max_size=1))
@example([LARGEST])
@example([-LARGEST])
@example([2.0**-1022 - 5e-324])
def test_limbs_have_room_for_the_addends_of_a_task(values):
    sums, squares = (np.zeros((1, n), dtype=np.int64) for n in (SUM_LIMBS, SQUARE_LIMBS))
    add_values(words_of(np.array([values])), sums)
    add_squares(words_of(np.array([values])), squares)
    for limbs in (sums, squares):
        assert MOST_EVER_IN_TASK * max(map(abs, limbs[0].tolist())) < 2**63


def test_sums_have_room_for_every_path_there_is():
    limit = scaled(LARGEST) * LARGEST_PATH
    assert limit < 1 << (LIMB * (SUM_LIMBS - 1) + 62)
    assert scaled(LARGEST) * limit < 1 << (LIMB * (SQUARE_LIMBS - 1) + 62)


@given(LISTS, st.randoms(use_true_random=False), st.integers(0, 40))
def test_limbs_do_not_depend_on_order_or_cuts(values, shuffle, cut):
    one, other = np.zeros((2, 1, SUM_LIMBS), dtype=np.int64)
    add_values(words_of(np.array([values])), one)
    carry(one)
    shuffle.shuffle(values)
    for part in (values[:cut], values[cut:]):
        add_values(words_of(np.array([part])), other)
        carry(other)
    np.testing.assert_array_equal(one, other)


@given(FINITE)
def test_a_value_scaled_and_back(value):
    assert scaled(value) / (1 << SUM_BITS) == value


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30))
def test_mean_and_spread_are_rounded_once(values):
    n, total = len(values), sum(map(Fraction, values))
    square = sum(Fraction(value) ** 2 for value in values)
    variance = (n * square - total * total) / (n * (n - 1))
    mean, spread = mean_and_spread(sum_of(np.array(values)), squares_of(values), n)
    assert mean == float(total / n)
    assert spread == pytest.approx(float(variance) ** 0.5, rel=4e-16)


def test_the_same_sums_without_the_compiler():
    sums = []
    for disabled in ("0", "1"):
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", PROGRAM],
            env={**os.environ, "NUMBA_DISABLE_JIT": disabled},
            capture_output=True,
            text=True,
            check=True,
        )
        sums.append(done.stdout)
    assert sums[0] == sums[1]
    assert sums[0].count("[") == 2 * (1 + 7)


def test_what_is_no_number_is_counted():
    limbs = np.zeros((2, SUM_LIMBS), dtype=np.int64)
    rows = np.array([[1.0, np.nan, 2.0], [np.inf, -np.inf, 4.0]])
    assert add_values(words_of(rows), limbs) == 3
    assert [whole(row) / (1 << SUM_BITS) for row in limbs] == [3.0, 4.0]
