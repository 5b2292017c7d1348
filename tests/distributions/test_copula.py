"""Rank correlations, the Cholesky factor and the nearest correlation matrix."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcrisk.distributions.copula import (
    cholesky,
    is_psd,
    nearest_correlation,
    pearson_from_spearman,
)
from tests.validation import assert_all_near, assert_near

# Pearson (1907): rho = 2 sin(pi rho_S / 6).
KNOWN = {-0.9: -0.9079809994791, -0.5: -0.517638090205, 0.1: 0.1046719124859,
         0.7: 0.7167358990906, 0.95: 0.9543175205192}  # fmt: skip


@pytest.mark.parametrize("rho", KNOWN)
def test_published_conversions(rho):
    assert_near(pearson_from_spearman(rho), KNOWN[rho], "Pearson's correlation", rel=1e-12)


@given(st.floats(-1, 1))
@settings(deadline=None, derandomize=True)
def test_conversion_is_the_sine(rho):
    expected = 2 * math.sin(math.pi * rho / 6)
    assert pearson_from_spearman(rho) == pytest.approx(expected, rel=1e-15, abs=1e-300)


def test_factor_multiplies_back_and_appending_keeps_rows():
    matrix = np.array(
        [[1, 0.6, -0.3, 0.2], [0.6, 1, 0.1, 0], [-0.3, 0.1, 1, 0.4], [0.2, 0, 0.4, 1]]
    )
    factor = cholesky(matrix)
    np.testing.assert_allclose(factor @ factor.T, matrix, atol=1e-15)
    np.testing.assert_array_equal(cholesky(matrix[:3, :3]), factor[:3, :3])


def test_perfect_correlation_works():
    matrix = [[1.0, 1.0, 0.5], [1.0, 1.0, 0.5], [0.5, 0.5, 1.0]]
    factor = cholesky(matrix)
    np.testing.assert_allclose(factor @ factor.T, matrix, atol=1e-12)


BAD = [[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]]


def test_a_matrix_that_is_no_correlation_has_no_factor():
    with pytest.raises(ValueError, match="positive semi-definite"):
        cholesky(BAD)
    with pytest.raises(ValueError, match="positive semi-definite"):
        cholesky([[1.0, 1.0, 0.5], [1.0, 1.0, 0.2], [0.5, 0.2, 1.0]])


def test_nearest_correlation_of_highams_example():
    # Higham (2002), section 4: distance 0.5278, entries 0.7607 and 0.1573.
    matrix = [[1.0, 1.0, 0.0], [1.0, 1.0, 1.0], [0.0, 1.0, 1.0]]
    nearest = nearest_correlation(matrix)
    assert nearest[0, 0] == 1.0
    assert_all_near(nearest[0, 1:], {"entry 1, 2": 0.7607, "entry 1, 3": 0.1573}, abs=5e-5)
    assert_near(np.linalg.norm(nearest - matrix), 0.5278, "distance", abs=5e-5)
    assert is_psd(nearest.tolist())
