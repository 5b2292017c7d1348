"""How many paths fit into the memory of this machine."""

from __future__ import annotations

import math
import os
from contextlib import suppress
from pathlib import Path

from hcrisk.exceptions import TooManyPathsError
from hcrisk.program import Program
from hcrisk.results import bytes_per_path
from hcrisk.scenario.scenario import Scenario
from hcrisk.variables import TOTALS

# Results may take this share of the memory; measures and the system need the rest.
MEMORY_SHARE = 0.75
# Where Linux says what a container may use.
MEMORY_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def check_room(
    scenario: Scenario, program: Program, paths: int, detail: str, extra: int = 0
) -> None:
    """Refuse more paths than fit into memory, with ``extra`` bytes for each beside its results."""
    if paths * (bytes_per_path(scenario, program, detail) + extra) > memory():
        raise too_many(scenario, program, paths, detail, extra)


def too_many(
    scenario: Scenario, program: Program, paths: int, detail: str, extra: int
) -> TooManyPathsError:
    """Return the refusal of so many paths: what they need, what there is, how many fit."""
    size, available = bytes_per_path(scenario, program, detail) + extra, memory()
    known = math.isfinite(available)
    least = bytes_per_path(scenario, program, TOTALS) + extra
    # A design weighs or shares paths, which a summary cannot.
    other = "" if extra else "; or ask hcrisk.summarize, which keeps no path, for the figures"
    return TooManyPathsError(
        paths,
        f"about {_gigabytes(paths * size)} of memory"
        + (f", and a run may use {_gigabytes(available)} here" if known else ""),
        f"{_rounded_down(available / size):,} or fewer" if known else "fewer",
        (
            ', or use detail="totals"'
            + (f", which leaves room for {_rounded_down(available / least):,}" if known else "")
            if detail != TOTALS
            else ""
        )
        + other,
    )


def memory() -> float:
    """Return how many bytes results may take on this machine, infinite if that is not known."""
    limits = []
    with suppress(AttributeError, ValueError, OSError):
        limits.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    for file in MEMORY_LIMITS:
        # Containers have less than the machine; "max" stands for no limit.
        with suppress(OSError, ValueError):
            limits.append(int(Path(file).read_text(encoding="ascii")))
    return MEMORY_SHARE * min(limits, default=math.inf)


def _gigabytes(size: float) -> str:
    return f"{size / 1e9:,.0f} GB" if size >= 1e10 else f"{size / 1e9:.2g} GB"


def _rounded_down(count: float) -> int:
    """Return a count with two digits, not above it.

    Examples
    --------
    >>> _rounded_down(6_789_012.3), _rounded_down(7.0)
    (6700000, 7)
    """
    step: int = 10 ** max(0, len(str(int(count))) - 2)
    return int(count) // step * step
