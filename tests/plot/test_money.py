import pytest

from hcrisk.plot._money import MoneyFormatter, literal


@pytest.mark.parametrize(
    ("ticks", "labels"),
    [
        ([0, 2e6, 4e6], ["$0", "$2M", "$4M"]),
        ([0, 2.5e6, 5e6], ["$0.0", "$2.5M", "$5.0M"]),
        ([1.0e6, 1.25e6, 1.5e6], ["$1.00M", "$1.25M", "$1.50M"]),
        ([-200e3, 0, 200e3], ["-$200K", "$0", "$200K"]),
        ([0.0], ["$0"]),
    ],
)
def test_money_formatter__one_unit_and_distinct_labels(ticks, labels):
    labels = ["$0" if label == "$0.0" else label for label in labels]
    assert MoneyFormatter("USD").format_ticks(ticks) == [literal(label) for label in labels]
