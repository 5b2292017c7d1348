"""What the kernels read of a scenario."""

from __future__ import annotations

from dataclasses import dataclass

from hcrisk.kernels.tables import Floats, Links, Tables
from hcrisk.program.layout import Layout
from hcrisk.program.recorder import tables_over


@dataclass(frozen=True)
class Program:
    """Everything a simulation needs of a scenario.

    Attributes
    ----------
    layout : Layout
        Names of what the tables' rows stand for.
    links : Links
    values : float64[n_value]
        The numbers, inputs at their central values.
    shapes : dict
        Rows and columns of each table within `values`.
    inputs : tuple of str
        Paths of the inputs.
    streams : tuple of str
        Names of the streams that every path draws from, by row of ``links.first_keys``.
    """

    layout: Layout
    links: Links
    values: Floats
    shapes: dict[str, tuple[int, int]]
    inputs: tuple[str, ...]
    streams: tuple[str, ...]

    def tables(self) -> Tables:
        """Return a fresh copy of the tables, for one thread to write into."""
        return tables_over(self.values.copy(), self.shapes)
