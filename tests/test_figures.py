import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcrisk.figures import (
    Figure,
    common_unit,
    money,
    money_margin,
    percent,
    plain,
    power_of_ten,
    rounded,
    supported_step,
)

steady = settings(deadline=None, derandomize=True)
values = st.floats(-1e9, 1e9)
widths = st.floats(1e-3, 1e8)


def around(value, half):
    return Figure(value, value - half, value + half)


@pytest.mark.parametrize(
    ("figure", "value", "margin"),
    [
        (around(6_430_000, 23_000), "$6.43M", "±0.03"),
        (around(6_432_499, 9_900), "$6.432M", "±0.010"),
        (around(6_432_499, 10_000), "$6.43M", "±0.01"),
        (around(6_432_499, 400_000), "$6.4M", "±0.4"),
        (around(6_432_499, 2_000_000), "$6M", "±2"),
        (around(61_000_000, 23_000_000), "$60M", "±30"),
        (around(412_340, 300), "$412.3K", "±0.3"),
        (around(-412_340, 30_000), "-$410K", "±30"),
        (around(3_000, 23_000), "$0K", "±30"),
        (around(999_960, 100), "$1.0000M", "±0.0001"),
        (around(950, 10), "$950", "±10"),
        (around(0, 0), "$0", "exact"),
        (Figure(6_432_499, 6_400_000, math.inf), "$6.4M", "too few paths"),
        (around(6_432_499, 0), "$6.432M", "exact"),
        (around(2.5e9, 4e7), "$2.50B", "±0.04"),
    ],
)
def test_money__digits_follow_the_interval(figure, value, margin):
    assert (money(figure), money_margin(figure)) == (value, margin)


@steady
@given(values, widths)
def test_supported_step__last_digit_is_of_the_order_of_the_half_width(value, half):
    figure = around(value, half)
    step = supported_step(figure)
    assert step <= figure.half_width < 10 * step or math.isclose(figure.half_width, 10 * step)


@steady
@given(values, widths)
def test_money__shows_the_value_to_within_half_a_step(value, half):
    figure = around(value, half)
    step, (scale, letter) = supported_step(figure), common_unit([figure])
    text = money(figure).replace("$", "").replace(",", "").removesuffix(letter)
    assert abs(float(text) * scale - value) <= 0.5 * step * (1 + 1e-6) + 1e-6


@steady
@given(values, widths)
def test_money__value_and_margin_have_the_same_decimals(value, half):
    figure = around(value, half)
    decimals = {
        len(part.partition(".")[2])
        for part in (
            money(figure).rstrip("KMBT"),
            money_margin(figure),
        )
    }
    assert len(decimals) == 1


@steady
@given(values, widths, widths)
def test_money_margin__reaches_the_farther_bound_and_hardly_beyond(value, below, above):
    figure = Figure(value, value - below, value + above)
    step, (scale, _) = supported_step(figure), common_unit([figure])
    margin = float(money_margin(figure).lstrip("±").replace(",", "")) * scale
    assert figure.half_width * (1 - 1e-6) <= margin <= (figure.half_width + step) * (1 + 1e-6)


@pytest.mark.parametrize("exponent", range(-6, 13))
def test_power_of_ten__exact_at_powers(exponent):
    assert power_of_ten(10.0**exponent) == pytest.approx(10.0**exponent, rel=1e-12)


def test_rounded__no_minus_zero():
    assert math.copysign(1, rounded(-0.001, 1.0)) == 1


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        (Figure(0.71, 0.68, 0.74), "71% ±3"),
        (Figure(0.7134, 0.7106, 0.7162), "71.3% ±0.3"),
        (Figure(0.5, 0.2, 0.8), "50% ±30"),
        (Figure(0.0, 0.0, 0.0004), "<0.1%"),
        (Figure(0.0, 0.0, 0.79), "<79%"),
        (Figure(1.0, 0.9996, 1.0), ">99.9%"),
        (Figure(1.0, 0.21, 1.0), ">21%"),
        (Figure(0.5, 0.5, 0.5), "50%"),
    ],
)
def test_percent(figure, text):
    assert percent(figure) == text


def test_plain__infinite_is_said_in_words():
    assert plain(math.inf) == "no limit"


def test_money__a_currency_without_a_sign():
    assert money(around(2e6, 1e5), "CHF") == "CHF 2.0M"
