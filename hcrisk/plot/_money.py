"""Money on charts, written as everywhere else."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
from matplotlib.ticker import Formatter

from hcrisk.figures import symbol, unit_of


def literal(text: str) -> str:
    r"""Return ``text`` so that matplotlib shows its dollars and does not read them as formulas.

    Examples
    --------
    >>> print(literal("P80 $1.2M, P95 $2.0M"))
    P80 \$1.2M, P95 \$2.0M
    >>> print(literal(literal("$1.2M")))
    \$1.2M
    """
    return re.sub(r"(?<!\\)\$", r"\\$", text)


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
    ['€0', '€250K', '€500K']
    >>> ticks.format_ticks([-1e6, 0, 1.25e6])
    ['-€1.00M', '€0', '€1.25M']
    """

    def __init__(self, currency: str = "USD") -> None:
        self.currency = currency
        self._scale, self._unit, self._decimals = 1.0, "", 0

    def set_locs(self, locs: Iterable[float]) -> None:
        """Choose the unit by the largest tick and the decimals by all of them."""
        sizes = np.abs(np.asarray(list(locs), dtype=float))
        self._scale, self._unit = unit_of(float(sizes.max(initial=0.0)))
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
