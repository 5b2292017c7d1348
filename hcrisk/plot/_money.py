"""Money as people say it: $1.2M, $350k."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from matplotlib.ticker import Formatter

_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "CAD": "C$", "AUD": "A$", "JPY": "¥", "INR": "₹"}
_UNITS = ((1.0, ""), (1e3, "k"), (1e6, "M"), (1e9, "B"), (1e12, "T"))


def format_money(amount: float, currency: str = "USD") -> str:
    """Return an amount in two or three digits with its unit, ready to be quoted.

    Examples
    --------
    >>> [format_money(x) for x in (0, 950, 1_230, 350_400, 999_999, 6_412_000, -20_000)]
    ['$0', '$950', '$1.2k', '$350k', '$1.0M', '$6.4M', '-$20k']
    >>> format_money(1.5e9, "EUR"), format_money(2e6, "CHF")
    ('€1.5B', 'CHF 2.0M')
    """
    size = abs(float(amount))
    for scale, unit in _UNITS:
        scaled = size / scale
        decimals = 1 if unit and scaled < (100 if scale >= 1e6 else 10) else 0
        if round(scaled, decimals) < 1000:
            break
    text = f"{scaled:,.{decimals}f}"
    # What rounds to nothing has no sign.
    sign = "-" if amount < 0 and float(text.replace(",", "")) else ""
    return f"{sign}{symbol(currency)}{text}{unit}"


def symbol(currency: str) -> str:
    """Return the sign written before an amount; the code and a space for one without a sign."""
    return _SYMBOLS.get(currency, f"{currency} " if currency else "")


def literal(text: str) -> str:
    r"""Return ``text`` so that matplotlib shows its dollars and does not read them as formulas.

    Examples
    --------
    >>> print(literal("P80 $1.2M, P95 $2.0M"))
    P80 \$1.2M, P95 \$2.0M
    """
    return text.replace("$", r"\$")


class MoneyFormatter(Formatter):
    """Tick labels that share one unit, with just the decimals that tell them apart.

    Parameters
    ----------
    currency
        Currency code, such as ``"USD"``.

    Examples
    --------
    >>> ticks = MoneyFormatter("EUR")
    >>> ticks.format_ticks([0, 250_000, 500_000])
    ['€0', '€250k', '€500k']
    >>> ticks.format_ticks([-1e6, 0, 1.25e6])
    ['-€1.00M', '€0', '€1.25M']
    """

    def __init__(self, currency: str = "USD") -> None:
        self.currency = currency
        self._scale, self._unit, self._decimals = 1.0, "", 0

    def set_locs(self, locs: Iterable[float]) -> None:
        """Choose the unit by the largest tick and the decimals by all of them."""
        sizes = np.abs(np.asarray(list(locs), dtype=float))
        largest = float(sizes.max(initial=0.0))
        self._scale, self._unit = next(
            (unit for unit in reversed(_UNITS) if largest >= unit[0]), _UNITS[0]
        )
        scaled = sizes / self._scale
        self._decimals = next(
            (d for d in range(3) if np.allclose(scaled, scaled.round(d), rtol=0, atol=1e-6)), 3
        )

    def __call__(self, x: float, pos: int | None = None) -> str:
        """Return the label of the tick at ``x``."""
        text = f"{abs(x) / self._scale:,.{self._decimals}f}"
        if not float(text.replace(",", "")):
            return literal(f"{symbol(self.currency)}0")
        sign = "-" if x < 0 else ""
        return literal(f"{sign}{symbol(self.currency)}{text}{self._unit}")
