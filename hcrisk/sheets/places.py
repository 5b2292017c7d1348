"""From the path of a problem to the cell it is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hcrisk.exceptions import Problem
from hcrisk.sheets.entries import Entry

# Names of a table that a problem must share with a cell for it to be about that cell.
LEAST_SHARED = 2


class Places:
    """The cells that say what stands at which path.

    Parameters
    ----------
    entries : iterable of Entry
    sources : mapping
        The cell of each new source by its key.

    Examples
    --------
    >>> places = Places([Entry("roles.analyst.pay", -1, {"roles.analyst.pay": "Roles!E7"})], {})
    >>> places.placed(Problem("roles.analyst.pay", -1, "must be at least 0", "write pay")).path
    'Roles!E7, roles.analyst.pay'
    """

    def __init__(self, entries: Iterable[Entry], sources: Mapping[str, str]) -> None:
        self.cells = {path: cell for entry in entries for path, cell in entry.cells.items()}
        self.cells |= {f"sources.{key}": cell for key, cell in sources.items()}

    def placed(self, problem: Problem) -> Problem:
        """Return the problem with its cell, if it is about one."""
        cell = self._cell(problem.path)
        return problem if cell is None else problem._replace(path=f"{cell}, {problem.path}")

    def _cell(self, path: str) -> str | None:
        parts = path.split(".")
        for end in range(len(parts), 0, -1):
            cell = self.cells.get(".".join(parts[:end]))
            if cell is not None:
                return cell
        for end in range(len(parts), 0, -1):
            if end < len(parts) and end < LEAST_SHARED:
                break
            table = ".".join(parts[:end])
            inside = [cell for own, cell in self.cells.items() if own.startswith(f"{table}.")]
            if inside:
                return inside[0]
        return None
