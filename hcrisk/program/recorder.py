"""Where the numbers of a scenario go: tables, laws, and the slots that paths overwrite."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import numpy as np

from hcrisk.distributions.encode import TableBuilder, encode, raw_slot
from hcrisk.kernels.law_columns import LAW_WIDTH
from hcrisk.kernels.tables import Floats, Ints, Tables
from hcrisk.scenario.quantity import Law, Number, Quantity

LAWS = "laws"


class Recorder:
    """Collects tables row by row and notes where uncertain numbers must be written.

    Examples
    --------
    >>> recorder = Recorder()
    >>> row = recorder.row("vendors", 2)
    >>> recorder.put("vendors", row, 1, Number(0.03), "vendors.msp.escalator_spread")
    >>> recorder.array("vendors", 2)
    array([[0.  , 0.03]])
    """

    def __init__(self) -> None:
        self._rows: dict[str, list[list[float]]] = {}
        self.writes: list[tuple[str, str, int, int, float]] = []
        self.quantiles = TableBuilder()
        # Paths of numbers that something else multiplies, and where they were written.
        self.watched: frozenset[str] = frozenset()
        self.seen: list[tuple[str, str, int, int]] = []

    def row(self, table: str, width: int) -> int:
        """Add a row of zeros to a table and return its number."""
        rows = self._rows.setdefault(table, [])
        rows.append([0.0] * width)
        return len(rows) - 1

    def count(self, table: str) -> int:
        """Return how many rows a table has."""
        return len(self._rows.get(table, []))

    def set(self, table: str, row: int, column: int, value: float) -> None:
        """Write a value that is the same on every path."""
        self._rows[table][row][column] = float(value)

    def value(self, table: str, row: int, column: int) -> float:
        """Return what a slot holds."""
        return self._rows[table][row][column]

    def put(
        self, table: str, row: int, column: int, number: Quantity, path: str, scale: float = 1.0
    ) -> None:
        """Write a number, or what consists of one, and note its slot if it is uncertain."""
        ((suffix, inner),) = number.numbers().items()
        self.set(table, row, column, inner.central * scale)
        if _joined(path, suffix) in self.watched:
            self.seen.append((_joined(path, suffix), table, row, column))
        if not inner.is_certain:
            self.writes.append((_joined(path, suffix), table, row, column, scale))

    def law(self, law: Law, path: str) -> int:
        """Add a law and return its row."""
        uncertain = [name for name, part in law.numbers().items() if not part.is_certain]
        encoded = encode(law.distribution, self.quantiles, uncertain)
        row = self.row(LAWS, LAW_WIDTH)
        self._rows[LAWS][row] = [float(value) for value in encoded]
        for name in uncertain:
            column = raw_slot(law.distribution, name)
            self.writes.append((_joined(path, name), LAWS, row, column, 1.0))
        return row

    def rename(self, path: str, real: str) -> None:
        """Give noted slots of `path` the path under which the number stands in the file."""
        self.writes = [(real if p == path else p, *rest) for p, *rest in self.writes]  # type: ignore[misc]

    def input_law(self, number: Number) -> int:
        """Add the distribution of an uncertain number and return its row."""
        if number.distribution is None:
            raise ValueError(f"{number!r} is certain; it has no distribution to draw from")
        row = self.row(LAWS, LAW_WIDTH)
        encoded = encode(number.distribution, self.quantiles)
        self._rows[LAWS][row] = [float(value) for value in encoded]
        return row

    def array(self, table: str, width: int) -> Floats:
        """Return a table as an array, empty if it has no rows."""
        return np.array(self._rows.get(table, []), dtype=np.float64).reshape(-1, width)


def _joined(path: str, suffix: str) -> str:
    return f"{path}.{suffix}" if suffix else path


def tables_over(values: Floats, shapes: dict[str, tuple[int, int]]) -> Tables:
    """Return the tables as views of one flat vector, in the order of `shapes`.

    Parameters
    ----------
    values : float64[n_value]
    shapes : dict
        Rows and columns of each table.

    Examples
    --------
    >>> shapes = dict.fromkeys(Tables._fields[1:], (0, 1)) | {"practice": (1, 2)}
    >>> tables_over(np.array([1.0, 2.0]), shapes).practice
    array([[1., 2.]])
    """
    views: dict[str, Floats] = {}
    start = 0
    for name, (rows, columns) in shapes.items():
        views[name] = values[start : start + rows * columns].reshape(rows, columns)
        start += rows * columns
    return Tables(values=values, **views)


def ints(rows: list[int] | list[list[int]], width: int | None = None) -> Ints:
    """Return a table of links, of `width` columns even if it has no rows."""
    array = np.array(rows, dtype=np.int64)
    return array if width is None else array.reshape(len(rows), width)


def starts(groups: Sequence[Sequence[object]]) -> Ints:
    """Return where each group begins among all that they hold, and where the last ends."""
    return np.array([0, *accumulate(len(group) for group in groups)], dtype=np.int64)


def ragged(groups: list[list[int]]) -> tuple[Ints, Ints]:
    """Return where each group begins, and what they hold.

    Examples
    --------
    >>> ragged([[3, 4], [], [5]])
    (array([0, 2, 2, 3]), array([3, 4, 5]))
    """
    return starts(groups), ints([item for group in groups for item in group])
