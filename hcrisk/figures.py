"""Figures with their intervals, written with no more digits than the interval supports."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import xarray as xr

SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "CAD": "C$", "AUD": "A$", "JPY": "¥", "INR": "₹"}
UNITS = ((1.0, ""), (1e3, "K"), (1e6, "M"), (1e9, "B"), (1e12, "T"))
# An exact figure could be written to the cent; nobody reads that far.
EXACT_DIGITS = 4
UNBOUNDED_DIGITS = 2
NO_INTERVAL = "too few paths"
SPOKEN_DIGITS = 3


class Figure(NamedTuple):
    """A value between the bounds of its interval; bounds are infinite where paths are too few."""

    value: float
    lower: float
    upper: float

    @property
    def is_bounded(self) -> bool:
        """Whether both bounds are known."""
        return math.isfinite(self.lower) and math.isfinite(self.upper)

    @property
    def half_width(self) -> float:
        """The distance to the farther bound."""
        return max(self.upper - self.value, self.value - self.lower)

    @property
    def complement(self) -> Figure:
        """One less it: the chance of the contrary."""
        return Figure(1.0 - self.value, 1.0 - self.upper, 1.0 - self.lower)


def measured(ds: xr.Dataset, name: str = "") -> Figure:
    """Return one figure of what a measure returned, its other dimensions selected away.

    Parameters
    ----------
    ds
        A value with its bounds: ``value``, ``lower`` and ``upper``, or ``name`` and that name
        with ``_lower`` and ``_upper``.
    name
        The figure's name where there is more than one.

    Returns
    -------
    Figure

    Examples
    --------
    >>> import xarray as xr
    >>> measured(xr.Dataset({"value": 2.0, "lower": 1.0, "upper": 4.0}))
    Figure(value=2.0, lower=1.0, upper=4.0)
    """
    keys = (name, f"{name}_lower", f"{name}_upper") if name else ("value", "lower", "upper")
    return Figure(*(float(ds[key]) for key in keys))


def supported_step(figure: Figure) -> float:
    """Return the place value of the last digit the interval supports.

    It is the largest power of ten not above the half-width of the interval, so the last digit
    shown is uncertain by at least one and by less than ten. A figure without an interval keeps
    two significant digits, an exact one four.

    Parameters
    ----------
    figure
        The figure, in any unit.

    Returns
    -------
    float
        A power of ten.

    Examples
    --------
    >>> supported_step(Figure(6_432_100.0, 6_409_000.0, 6_455_000.0))
    10000.0
    >>> supported_step(Figure(1_361_700.0, 1_361_700.0, 1_361_700.0))
    1000.0
    """
    half = figure.half_width
    if math.isfinite(half) and half > 1e-12 * abs(figure.value):
        return power_of_ten(half)
    digits = EXACT_DIGITS if math.isfinite(half) else UNBOUNDED_DIGITS
    return power_of_ten(abs(figure.value)) * 10.0 ** (1 - digits) if figure.value else 1.0


def power_of_ten(size: float) -> float:
    """Return the largest power of ten not above ``size``.

    Examples
    --------
    >>> [power_of_ten(size) for size in (999.0, 1000.0, 0.02)]
    [100.0, 1000.0, 0.01]
    """
    return float(f"1e{f'{size:.12e}'.partition('e')[2]}")


def rounded(value: float, step: float) -> float:
    """Return ``value`` to the nearest multiple of a power of ten, never minus zero.

    Examples
    --------
    >>> rounded(6_432_100.0, 10_000.0), rounded(-0.004, 0.01)
    (6430000.0, 0.0)
    """
    return round(value, -round(math.log10(step))) + 0.0


def common_unit(figures: Iterable[Figure]) -> tuple[float, str]:
    """Return the scale and letter in which all of the figures are best written.

    Examples
    --------
    >>> common_unit([Figure(6.4e6, 6.3e6, 6.5e6), Figure(2e5, 1e5, 3e5)])
    (1000000.0, 'M')
    """
    sizes = (
        max(abs(rounded(f.value, step)), step) for f in figures for step in [supported_step(f)]
    )
    return unit_of(max(sizes, default=0.0))


def unit_of(size: float) -> tuple[float, str]:
    """Return the largest scale and letter not above ``size``.

    Examples
    --------
    >>> unit_of(999_999.0), unit_of(0.0)
    ((1000.0, 'K'), (1.0, ''))
    """
    return next((unit for unit in reversed(UNITS) if size >= unit[0]), UNITS[0])


def symbol(currency: str) -> str:
    """Return the sign written before an amount; the code and a space where there is none."""
    return SYMBOLS.get(currency, f"{currency} " if currency else "")


def money(
    figure: Figure,
    currency: str = "USD",
    unit: tuple[float, str] | None = None,
    *,
    step: float | None = None,
) -> str:
    """Return the value of a figure as money, with the digits its interval supports.

    Parameters
    ----------
    figure
        The figure, in whole units of the currency.
    currency
        Currency code.
    unit
        Scale and letter, as `common_unit` gives them; the figure's own when omitted.
    step
        Place value of the last digit; what the interval supports when omitted.

    Returns
    -------
    str

    Examples
    --------
    >>> money(Figure(6_432_100.0, 6_409_000.0, 6_455_000.0))
    '$6.43M'
    >>> money(Figure(-412_340.0, -412_640.0, -412_040.0)), money(Figure(3e3, -2e4, 2.6e4), "EUR")
    ('-$412.3K', '€0K')
    """
    scale, letter = unit or common_unit([figure])
    step = step or supported_step(figure)
    text = _digits(abs(figure.value), scale, step)
    sign = "-" if rounded(figure.value, step) < 0 else ""
    return f"{sign}{symbol(currency)}{text}{letter}"


def part_money(
    part: float | Sequence[Figure],
    whole: Figure,
    currency: str = "USD",
    unit: tuple[float, str] | None = None,
) -> str:
    """Return a part of a figure as money, no finer than the whole, nor than to two decimals.

    A part may be the sum of several figures; it is then no finer than any of them.

    Examples
    --------
    >>> part_money(1_234_567.0, Figure(6_432_100.0, 6_431_000.0, 6_433_200.0))
    '$1.23M'
    >>> part_money(1_234_567.0, Figure(6_432_100.0, 6_232_000.0, 6_632_000.0))
    '$1.2M'
    >>> parts = [Figure(9e5, 4e5, 14e5), Figure(-1e5, -2e5, 0.0)]
    >>> part_money(parts, Figure(6_432_100.0, 6_431_000.0, 6_433_200.0))
    '$0.8M'
    """
    parts = [Figure(part, part, part)] if isinstance(part, float) else list(part)
    scale, letter = unit or common_unit([whole])
    own = [supported_step(one) for one in parts if one.half_width > 0]
    step = max(supported_step(whole), scale / 100, *own)
    value = math.fsum(one.value for one in parts)
    return money(Figure(value, value, value), currency, (scale, letter), step=step)


def money_margin(
    figure: Figure, unit: tuple[float, str] | None = None, *, step: float | None = None
) -> str:
    """Return what is added to and taken from a figure, in the digits of `money`.

    It reaches the farther bound of the interval.

    Examples
    --------
    >>> money_margin(Figure(6_432_100.0, 6_409_000.0, 6_455_000.0))
    '±0.03'
    >>> money_margin(Figure(-420e3, -463e3, -377e3)), money_margin(Figure(5.0, 5.0, 5.0))
    ('±50', 'exact')
    >>> from math import inf
    >>> money_margin(Figure(6_432_100.0, 6_409_000.0, inf))
    'too few paths'
    """
    if not figure.is_bounded:
        return NO_INTERVAL
    if figure.half_width <= 1e-12 * abs(figure.value):
        return "exact"
    scale, _ = unit or common_unit([figure])
    step = step or supported_step(figure)
    return f"±{_digits(math.ceil(figure.half_width / step - 1e-9) * step, scale, step)}"


def spoken(figure: Figure, currency: str = "USD") -> str:
    """Return money as said aloud: three digits, or fewer where the interval supports no more.

    Examples
    --------
    >>> spoken(Figure(6_432_100.0, 6_431_000.0, 6_433_200.0)), spoken(Figure(3e5, 2.4e5, 3.6e5))
    ('$6.43M', '$300K')
    """
    return money(figure, currency, step=spoken_step(figure))


def spoken_step(figure: Figure) -> float:
    """Return the place value of the last digit said aloud.

    Examples
    --------
    >>> spoken_step(Figure(6_432_100.0, 6_431_000.0, 6_433_200.0))
    10000.0
    """
    coarse = power_of_ten(abs(figure.value)) * 10.0 ** (1 - SPOKEN_DIGITS) if figure.value else 1.0
    return max(supported_step(figure), coarse)


def counted(count: object, units: str) -> str:
    """Return a number, or its text, with what it counts: one of a thing is one thing.

    Examples
    --------
    >>> counted(1, "months"), counted(2, "months"), counted("1", "hours per week")
    ('1 month', '2 months', '1 hour per week')
    >>> counted("1", "USD per month"), counted(1, "uncertain inputs"), counted("0.2", "")
    ('1 USD per month', '1 uncertain input', '0.2')
    """
    text = f"{count:.12g}" if isinstance(count, float) else str(count)
    things, per, rest = units.partition(" per ")
    # What is no word, such as a currency, has no plural. A text may end in "at least 1".
    if f" {text}".endswith(" 1") and things.islower():
        things = f"{things[:-3]}y" if things.endswith("ies") else things.removesuffix("s")
    return f"{text} {things}{per}{rest}".rstrip()


def percent(figure: Figure) -> str:
    """Return a share as a percentage with its interval, with the digits that supports.

    Never finer than a tenth of a percent. What is added or taken away reaches the farther bound.

    Examples
    --------
    >>> percent(Figure(0.7134, 0.7106, 0.7162)), percent(Figure(0.7134, 0.69, 0.74))
    ('71.3% ±0.3', '71% ±3')
    >>> percent(Figure(0.0, 0.0, 0.00004)), percent(Figure(1.0, 1.0, 1.0))
    ('<0.1%', '100%')
    """
    half = 100 * figure.half_width
    if half == 0:
        return f"{100 * figure.value:.3g}%"
    # Whole percents at least: 50% plus or minus 30% is read as such.
    decimals = 1 if half < 1 else 0
    finest = 10.0**-decimals
    size = round(100 * figure.value, decimals)
    if size < finest:
        return f"<{max(finest, 100 * figure.upper):.{decimals}f}%"
    if size > 100 - finest:
        return f">{min(100 - finest, 100 * figure.lower):.{decimals}f}%"
    margin = math.ceil(half / finest - 1e-9) * finest
    return f"{size:.{decimals}f}% ±{margin:.{decimals}f}"


def plain(value: float) -> str:
    """Return a number as people write it: at most four digits, thousands separated.

    Examples
    --------
    >>> [plain(x) for x in (63_960.0, 0.0282749, 5.0, 2_500_000.0, 0.0, 12.5)]
    ['63,960', '0.02827', '5', '2,500,000', '0', '12.5']
    """
    if not math.isfinite(value):
        return "no limit" if value > 0 else str(value)
    if value == round(value) and abs(value) < 1e15:
        return f"{value:,.0f}"
    return f"{value:,.0f}" if abs(value) >= 1e4 else f"{value:.4g}"


def short(value: float) -> str:
    """Return a number in at most three digits, as medians and ends of inputs are quoted.

    Examples
    --------
    >>> [short(x) for x in (227.46, 63_960.0, 0.0282749, 14_000.0)]
    ['227', '64,000', '0.0283', '14,000']
    """
    return plain(float(f"{value:.3g}"))


def with_margin(figure: Figure, currency: str = "USD") -> str:
    """Return money as said aloud, and what is added or taken in the digits it is said in.

    Examples
    --------
    >>> with_margin(Figure(6_432_100.0, 6_431_000.0, 6_433_200.0))
    '$6.43M ±0.01'
    >>> with_margin(Figure(3e5, 2.4e5, 3.6e5)), with_margin(Figure(3e5, 3e5, 3e5))
    ('$300K ±60', '$300K')
    """
    margin = money_margin(figure, step=spoken_step(figure))
    return spoken(figure, currency) + (f" {margin}" if margin.startswith("±") else "")


def amount(value: float, unit: str = "") -> str:
    """Return a value of a parameter with its unit.

    Examples
    --------
    >>> amount(63.0, "providers"), amount(0.25)
    ('63 providers', '0.25')
    """
    return f"{plain(value)} {unit}".rstrip()


def rounded_band(figure: Figure, unit: str = "") -> tuple[str, str, str]:
    """Return a value of a parameter and the ends of its band, in the digits the band supports.

    The ends are rounded outwards, and shown as they are where there is no band or no end.

    Examples
    --------
    >>> rounded_band(Figure(278.8, 267.2, 290.5), "providers")
    ('279 providers', '267 providers', '291 providers')
    >>> rounded_band(Figure(51.0, 50.0, 51.0))
    ('51', '50', '51')
    >>> from math import inf
    >>> rounded_band(Figure(0.41238, 0.40941, inf)), rounded_band(Figure(51.0, 51.0, 51.0))
    (('0.4124', '0.4094', 'no limit'), ('51', '51', '51'))
    """
    half = max((abs(end - figure.value) for end in figure[1:] if math.isfinite(end)), default=0.0)
    if half <= 1e-9 * abs(figure.value):
        return tuple(amount(part, unit) for part in figure)  # type: ignore[return-value]
    step = supported_step(Figure(figure.value, figure.value - half, figure.value + half)) / 10.0
    if all(part == round(part) for part in figure if math.isfinite(part)):
        step = max(step, 1.0)
    decimals = max(0, round(-math.log10(step)))

    def told(value: float, rounding: Callable[[float], float]) -> str:
        if not math.isfinite(value):
            return amount(value, unit)
        # What stands on a step but for its last bits is not moved to the next.
        return f"{rounding(round(value / step, 6)) * step:,.{decimals}f} {unit}".rstrip()

    return told(figure[0], round), told(figure[1], math.floor), told(figure[2], math.ceil)


def _digits(size: float, scale: float, step: float) -> str:
    decimals = max(0, round(math.log10(scale / step)))
    return f"{rounded(size, step) / scale:,.{decimals}f}"
