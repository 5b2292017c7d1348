"""A table that prints whole: pandas leaves out columns that do not fit a page."""

from __future__ import annotations

import pandas as pd

# Letters on a line.
PAGE = 80


class Printed(pd.DataFrame):  # type: ignore[misc]
    """A DataFrame whose text has all its columns, some below the others where they are many.

    What is made of it, such as a selection, is a DataFrame like any other.

    Examples
    --------
    >>> table = Printed({f"Figure {i}": ["$6.43M ±0.02"] for i in range(6)}, index=["Outsource"])
    >>> len(str(table).splitlines()), "..." in str(table)
    (5, False)
    """

    def __repr__(self) -> str:
        """Return all rows and columns, at most 80 letters wide."""
        return str(self.to_string(line_width=PAGE))
