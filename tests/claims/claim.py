"""A claim, what was found, and what that makes of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.claims.compare import Difference

AGREES, PARTLY, DOES_NOT = "agrees", "partly", "does not"


@dataclass
class Claim:
    """A claim of one of the articles, held against the shipped scenarios."""

    title: str
    says: str
    compared: str
    head: tuple[str, ...]
    rows: list[tuple[str, ...]] = field(default_factory=list)
    held: list[bool] = field(default_factory=list)
    drivers: list[tuple[str, float]] = field(default_factory=list)
    driven: str = ""
    remarks: list[str] = field(default_factory=list)

    def add(self, holds: bool, *cells: str) -> None:
        """Add a comparison in which the claim holds, or does not."""
        self.held.append(holds)
        self.rows.append((*cells, "yes" if holds else "no"))

    @property
    def verdict(self) -> str:
        if all(self.held):
            return AGREES
        return PARTLY if any(self.held) else DOES_NOT


def thousands(difference: Difference) -> str:
    """Write a mean difference in thousands, with its 95 % interval."""
    return f"{difference.mean / 1e3:+,.0f} ± {difference.margin / 1e3:,.0f}"


def percent(share: float) -> str:
    """Write a share in percent, with no more certainty than the futures give."""
    if 0 < share < 0.01:
        return "< 1 %"
    return "> 99 %" if 0.99 < share < 1 else f"{100 * share:.0f} %"
