"""How much is simulated to answer a question, and how surely the answer is told."""

from __future__ import annotations

from dataclasses import dataclass

from hcrisk.arguments import check_whole
from hcrisk.measures._labelled import check_share
from hcrisk.simulation import LARGEST_PATH, LARGEST_SEED

MOST_POINTS = 10_000


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How much is simulated to answer a question, and how surely the answer is told.

    Parameters
    ----------
    paths, seed : int
        Of every simulation.
    points : int
        How many places `break_even` looks at before it narrows a crossing; among whole numbers,
        at most each once. 2 to 10 000.
    confidence : float
        Of the intervals, in (0, 1).
    progress : bool, optional
        Show a progress bar; by default on long runs in a terminal or notebook.

    Raises
    ------
    ValueError
        For a number outside its range.

    Examples
    --------
    >>> Effort(paths=20_000).points
    39
    """

    paths: int = 4_000
    seed: int = 0
    points: int = 39
    confidence: float = 0.95
    progress: bool | None = None

    def __post_init__(self) -> None:
        """Refuse what is outside its range."""
        check_whole("paths", self.paths, 1, LARGEST_PATH)
        check_whole("seed", self.seed, 0, LARGEST_SEED)
        check_whole("points", self.points, 2, MOST_POINTS)
        check_share("confidence", self.confidence)


USUAL = Effort()
# For what simulates every input several times.
QUICK = Effort(paths=2_000)


def checked(effort: Effort) -> Effort:
    """Return an effort, or refuse what is none."""
    if not isinstance(effort, Effort):
        raise TypeError(
            f"effort must be an hcrisk.Effort, got {effort!r}; write effort=hcrisk.Effort("
            f"paths=20_000)"
        )
    return effort
