import pytest

from hcrisk.plot._money import MoneyFormatter, format_money, literal


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "$0"),
        (0.4, "$0"),
        (-0.4, "$0"),
        (999.4, "$999"),
        (999.6, "$1.0k"),
        (9_949, "$9.9k"),
        (99_999, "$100k"),
        (999_499, "$999k"),
        (999_500, "$1.0M"),
        (99_940_000, "$99.9M"),
        (123_456_789, "$123M"),
        (-1_234_567, "-$1.2M"),
        (5e15, "$5,000T"),
    ],
)
def test_format_money__two_or_three_digits_and_a_unit(amount, text):
    assert format_money(amount, "USD") == text


def test_format_money__currencies():
    assert format_money(1e6, "EUR") == "€1.0M"
    assert format_money(-1e6, "CHF") == "-CHF 1.0M"
    assert format_money(1e6, "") == "1.0M"


@pytest.mark.parametrize(
    ("ticks", "labels"),
    [
        ([0, 2e6, 4e6], ["$0", "$2M", "$4M"]),
        ([0, 2.5e6, 5e6], ["$0.0", "$2.5M", "$5.0M"]),
        ([1.0e6, 1.25e6, 1.5e6], ["$1.00M", "$1.25M", "$1.50M"]),
        ([-200e3, 0, 200e3], ["-$200k", "$0", "$200k"]),
        ([0.0], ["$0"]),
    ],
)
def test_money_formatter__one_unit_and_distinct_labels(ticks, labels):
    labels = ["$0" if label == "$0.0" else label for label in labels]
    assert MoneyFormatter("USD").format_ticks(ticks) == [literal(label) for label in labels]
