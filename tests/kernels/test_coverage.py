"""The shortfall of a roster against the binomial law."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.stats import binom

from hcrisk.kernels.coverage import tabulate_shortfall

MOST = 240


def table(posts, sickness, n=MOST):
    out = np.empty(n)
    tabulate_shortfall(float(posts), float(sickness), out)
    return out


def by_enumeration(posts, sickness, m):
    present = np.arange(m + 1)
    return np.maximum(posts - present, 0) @ binom.pmf(present, m, 1 - sickness) / posts


@pytest.mark.parametrize("sickness", [0.0, 5e-324, 1e-9, 0.01, 0.03, 0.3, 0.5, 0.501, 0.9, 1.0])
@pytest.mark.parametrize("posts", [1, 2.5, 30, 220])
def test_shortfall_is_the_binomial_one(posts, sickness):
    expected = [by_enumeration(posts, sickness, m) for m in range(MOST)]
    np.testing.assert_allclose(table(posts, sickness), expected, rtol=1e-11, atol=1e-13)


@given(posts=st.floats(0.1, 300), sickness=st.floats(0, 1))
@example(posts=210.0, sickness=0.01)
@example(posts=2.0, sickness=5e-324)
def test_one_more_never_leaves_more_uncovered(posts, sickness):
    shares = table(posts, sickness)
    assert shares[0] == 1.0
    assert (np.diff(shares) <= 1e-12).all()
    # Jensen's inequality: whoever may be sick leaves no less than the average does.
    average = np.maximum(1 - np.arange(MOST) * (1 - sickness) / posts, 0.0)
    assert (shares >= average - 1e-12).all()
