import pytest

from hcrisk.whatif.telling import changes, sentences, told, unseen
from tests.whatif.common import known_at

A, B, OPEN = (5.0, 1.0), (-5.0, 1.0), (-0.5, 1.0)


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ({10: A, 20: A, 30: A}, ["a is the cheaper at all 3 values tried from 10 to 30 providers"]),
        ({10: B, 20: B}, ["b is the cheaper at both values tried, 10 and 20 providers"]),
        ({10: A, 69: A, 70: B, 90: B},
         ["a is the cheaper at 10 providers", "b becomes the cheaper at 70 providers"]),
        ({10: A, 20: OPEN, 30: OPEN, 40: B},
         ["a is the cheaper at 10 providers", "b becomes the cheaper between 10 and 40 providers"]),
        ({10: OPEN, 20: B, 30: A},
         ["a becomes the cheaper between 20 and 30 providers",
          "the two cannot be told apart at 10 providers"]),
        ({10: A, 20: OPEN, 30: A, 40: OPEN, 41: OPEN},
         ["a is the cheaper wherever the two can be told apart, of 5 values tried from 10 to 41 "
          "providers",
          "the two cannot be told apart at 20 providers and from 40 to 41 providers"]),
        ({10: OPEN, 20: OPEN, 30: OPEN},
         ["the two cannot be told apart at any of the 3 values tried from 10 to 30 providers"]),
        ({10: (0.0, 0.0), 20: (0.0, 0.0), 30: (0.0, 0.0)},
         ["both cost the same at all 3 values tried from 10 to 30 providers"]),
    ],
)  # fmt: skip
def test_told(at, said):
    assert told(known_at(at)) == said


def test_no_change_is_told_that_no_interval_supports():
    """The mean is below zero from 100 on, and nowhere so that it could not be chance."""
    found = known_at({80: A, 90: A, 100: OPEN, 110: OPEN, 120: OPEN})
    assert changes(found, {"a": "A", "b": "B"}) == []
    assert told(found) == [
        "a is the cheaper wherever the two can be told apart, of 5 values tried from 80 to 120 "
        "providers",
        "the two cannot be told apart from 100 to 120 providers",
    ]
    assert sentences(found)[-1] == "The cheaper one costs $5 less at 80 providers."


def test_many_unclear_places_are_counted():
    at = {x: OPEN if x % 2 else A for x in range(10, 25)}
    assert told(known_at(at))[1] == (
        "the two cannot be told apart at 11 providers, at 13 providers, at 15 providers, at 17 "
        "providers and in 3 more places"
    )


def test_a_band_of_no_whole_number_is_told_in_the_digits_it_supports():
    found = known_at({0.1: A, 0.2013: A, 0.2094: B}, units="", whole=0)
    assert changes(found, {"a": "A", "b": "B"}) == [("B", "between 0.2013 and 0.2094")]
    wide = known_at({10.0: A, 31.23456: A, 58.76543: B}, units="USD", whole=0)
    assert changes(wide, {"a": "A", "b": "B"}) == [("B", "between 31 and 59 USD")]


def test_what_lies_between_values_tried_is_said_to_be_unknown():
    assert unseen(known_at({1: A, 2: A, 3: B})) == ""
    assert unseen(known_at({10: A, 14: A, 17: B})) == (
        "Values tried are up to 4 providers apart; two changes between neighbours are not seen."
    )
    assert "up to 0.011 apart" in unseen(known_at({0.1: A, 0.11013: A}, units="", whole=0))
