"""How the paths of a run are drawn: at random, from a proposal, in groups, or with Sobol inputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from hcrisk.arguments import check_whole
from hcrisk.exceptions import ArgumentError
from hcrisk.program import Program
from hcrisk.program.keys import Seed, StreamKeys
from hcrisk.program.proposal import Proposal, with_proposal
from hcrisk.program.sampling import n_input_rows, with_given, with_inner
from hcrisk.scenario.scenario import Scenario

Inputs = Literal["random", "sobol"]
RANDOM: Final = "random"
SOBOL: Final = "sobol"
SCRAMBLINGS = 8
# A point may be 0, which has no quantile.
_LEAST, _MOST = 2.0**-53, 1.0 - 2.0**-53


@dataclass(frozen=True)
class Design:
    """How the paths of one run are drawn.

    Parameters
    ----------
    proposal : Proposal or None
    inner : int
        Paths that share their inputs.
    inputs : str
    paths, start : int
    """

    proposal: Proposal | None
    inner: int
    inputs: str
    paths: int
    start: int

    @property
    def attrs(self) -> dict[str, Any]:
        """What the manifest says of it; nothing if paths are independent and weigh the same."""
        found: dict[str, Any] = {}
        if self.proposal is not None:
            found["proposal"] = self.proposal.digest
        if self.inner > 1:
            found["inner"] = self.inner
        if self.inputs == SOBOL:
            import scipy

            found |= {"inputs": SOBOL, "sections": SCRAMBLINGS, "scipy": scipy.__version__}
        return found

    def bytes_per_path(self, program: Program) -> int:
        """Return how much memory a path takes beside its results."""
        if self.inputs == SOBOL:
            return 8 * n_input_rows(program)
        return 8 if self.proposal is not None else 0

    def apply(self, program: Program, scenario: Scenario, seed: Seed) -> Program:
        """Return the program with its paths drawn so."""
        if self.proposal is not None:
            return with_proposal(program, scenario, self.proposal, seed)
        if self.inputs == SOBOL:
            points = sobol_points(n_input_rows(program), self.paths, seed)
            return with_given(program, points, self.start)
        return with_inner(program, self.inner) if self.inner > 1 else program


def checked_design(
    proposal: Proposal | None, inner: int, inputs: str, paths: int, start: int
) -> Design:
    """Return how paths are drawn, or say what is wrong with it."""
    if proposal is not None and not isinstance(proposal, Proposal):
        raise TypeError(
            f"proposal must be a Proposal, got {proposal!r}; make one with hcrisk.tail_proposal"
        )
    check_whole("inner", inner, 1, paths)
    if inputs not in (RANDOM, SOBOL):
        raise ArgumentError("inputs", inputs, f"must be {RANDOM!r} or {SOBOL!r}")
    chosen = [
        name
        for name, used in (
            ("proposal", proposal is not None),
            ("inner", inner > 1),
            (f"inputs={SOBOL!r}", inputs == SOBOL),
        )
        if used
    ]
    if len(chosen) > 1:
        raise ValueError(f"only one of {' and '.join(chosen)} may be given; leave out the others")
    if paths % inner or start % inner:
        name, value = ("paths", paths) if paths % inner else ("start", start)
        remedy = f"write {name}={max(value // inner, 1) * inner}"
        raise ArgumentError(name, value, f"must be a multiple of inner={inner}", remedy)
    if inputs == SOBOL:
        _check_sobol(paths, start)
    return Design(proposal, int(inner), inputs, paths, start)


def _check_sobol(paths: int, start: int) -> None:
    each, rest = divmod(paths, SCRAMBLINGS)
    if rest or each < 2 or each & (each - 1):
        below = SCRAMBLINGS << max((paths // SCRAMBLINGS).bit_length() - 1, 1)
        rule = f"must be {SCRAMBLINGS} times a power of 2 with inputs={SOBOL!r}"
        raise ArgumentError("paths", paths, rule, f"write {below} or {2 * below}")
    if start:
        rule = f"must be 0 with inputs={SOBOL!r}: the points of a run are balanced as a whole"
        raise ArgumentError("start", start, rule, "simulate all paths at once")


def sobol_points(n_row: int, paths: int, seed: Seed) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return uniforms of inputs by row and path: scramblings of Sobol's points, end to end."""
    from scipy.stats import qmc

    keys, each = StreamKeys(seed), paths // SCRAMBLINGS
    points = np.empty((n_row, paths))
    if n_row == 0:
        return points
    for section in range(SCRAMBLINGS):
        sobol = qmc.Sobol(n_row, scramble=True, bits=52, rng=keys.key(f"sobol/{section}"))
        drawn = sobol.random(each).T
        points[:, section * each : (section + 1) * each] = np.clip(drawn, _LEAST, _MOST)
    return points
