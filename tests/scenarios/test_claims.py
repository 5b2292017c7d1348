"""docs/claims.md says what the model says of the claims, to the last figure."""

from tests.make_claims import PAGE, page


def test_the_page_of_claims_is_what_the_model_says():
    written = PAGE.read_text(encoding="utf-8").splitlines()
    computed = page().splitlines()
    remedy = "python -m tests.make_claims writes the page anew; say in CHANGELOG.md what changed"
    # Line by line, so that a failure shows the figure or the verdict that moved.
    different = [pair for pair in zip(written, computed, strict=False) if pair[0] != pair[1]]
    assert different == [], remedy
    assert len(written) == len(computed), remedy
