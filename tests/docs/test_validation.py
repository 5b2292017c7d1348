"""docs/validation.md is made from what the tests compare, and nothing on it is out of date."""

import pytest

from tests.known_sources import FORMULAS, THEMES
from tests.make_validation import PAGE, checking_tests, files_that_check, page
from tests.validation import check, checks


def test_page_is_made_from_the_record():
    assert PAGE.read_text(encoding="utf-8") == page(checks()), "run python -m tests.make_validation"


def test_every_test_that_is_recorded_is_still_there():
    assert {one.test for one in checks()} <= set(checking_tests())


def test_every_figure_says_where_it_comes_from():
    assert files_that_check() == sorted(THEMES)
    missing = {one.test for one in checks() if not one.source} - set(FORMULAS)
    assert missing == set()
    assert set(FORMULAS) <= {one.test for one in checks()}


def test_every_deviation_is_allowed():
    assert all(one.used <= 1 for one in checks())
    assert len({one.key for one in checks()}) == len(checks())


def test_a_check_fails_for_another_figure_and_for_one_that_is_not_kept():
    with pytest.raises(AssertionError, match="obtained=2"):
        check("x", 2.0, 1.0, 0.5, "difference")
    with pytest.raises(AssertionError, match=r"run python -m tests.make_validation"):
        check("x", 1.2, 1.0, 0.5, "difference")
