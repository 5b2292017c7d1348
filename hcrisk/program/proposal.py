"""Proposals: which uniforms to draw more often where high costs come from (docs/variance.md)."""

from __future__ import annotations

import dataclasses
import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hcrisk.kernels import columns as col
from hcrisk.program.keys import Seed, StreamKeys
from hcrisk.program.program import Program
from hcrisk.scenario.scenario import Scenario

# Bins of a uniform, narrow towards both ends, where rare things are.
EDGES = (
    *(0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.94, 0.96),
    *(0.98, 0.99, 0.995, 0.998, 1.0),
)
# From this stream comes the choice of what a path is drawn from.
PICK = "proposal/pick"
_SUM = 1e-9


@dataclass(frozen=True)
class Tilt:
    """One uniform drawn from a density that is constant in each of the bins.

    Parameters
    ----------
    stream : str
        Name of the stream; for a mark of an incident what follows the name of its slab and year.
    step : int
        Step of the stream.
    density : tuple of float
        In each bin, all above 0, of mean 1.

    Raises
    ------
    ValueError
        For a density with other bins, not above 0, or whose probability is not 1.
    """

    stream: str
    step: int
    density: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse what is no density in the bins."""
        bins = len(EDGES) - 1
        fine = len(self.density) == bins and all(0.0 < d < math.inf for d in self.density)
        total = float(np.dot(self.density, np.diff(EDGES))) if fine else math.nan
        if not abs(total - 1.0) <= _SUM:
            raise ValueError(
                f"density of {self.stream} must have {bins} values above 0 and probability 1, got "
                f"{len(self.density)} with {total:g}; divide by the sum of density times width"
            )

    @property
    def mean(self) -> float:
        """Mean of the uniform; one half if nothing is tilted."""
        edges = np.array(EDGES)
        return float(np.dot(self.density, np.diff(edges**2)) / 2.0)


@dataclass(frozen=True)
class Cause:
    """A way to high costs, and how often paths are drawn to it.

    Parameters
    ----------
    name : str
        The risk whose incident is forced, or "other".
    share : float
        Share of the paths.
    tilts : tuple of Tilt
        Uniforms that every path has: inputs, frailties, clocks.
    risk : str or None
        Risk of which an incident is forced in one slab and year.
    slabs : tuple of float
        Shares of the slabs in which it is forced; years are equally likely.
    marks : tuple of Tilt
        Uniforms of the forced incident, such as ``total`` or ``loss/outage``.
    """

    name: str
    share: float
    tilts: tuple[Tilt, ...] = ()
    risk: str | None = None
    slabs: tuple[float, ...] = ()
    marks: tuple[Tilt, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """What paths are drawn from in place of the model, to see more of its tail.

    A path drawn from it weighs what makes every weighted mean that of the model; the weight is at
    most ``1 / plain``. Made by `hcrisk.tail_proposal`; print it to see what it tilts.

    Parameters
    ----------
    plain : float
        Share of the paths drawn from the model itself, in (0, 1].
    causes : tuple of Cause
        Their shares and ``plain`` add up to 1.
    level : float
        Beyond which percentile it looks.

    Raises
    ------
    ValueError
        For shares that are negative or do not add up to 1.

    Examples
    --------
    >>> Proposal(1.0).digest
    '97ac0b54ae07'
    """

    plain: float
    causes: tuple[Cause, ...] = ()
    level: float = 0.99

    def __post_init__(self) -> None:
        """Refuse shares that are none."""
        shares = [self.plain, *(cause.share for cause in self.causes)]
        if self.plain <= 0.0 or min(shares) < 0.0 or abs(math.fsum(shares) - 1.0) > _SUM:
            raise ValueError(
                f"plain must be above 0 and add up to 1 with the shares of causes, got {shares}; "
                "divide them by their sum"
            )

    @property
    def digest(self) -> str:
        """What tells this proposal from others."""
        return hashlib.blake2b(repr(self).encode(), digest_size=6).hexdigest()

    def __str__(self) -> str:
        """Return a table of what is drawn how often, and which uniforms are moved where."""
        lines = [f"{'model':32}{self.plain:8.1%}"]
        for cause in self.causes:
            lines.append(f"{cause.name:32}{cause.share:8.1%}")
            told = [*cause.tilts, *cause.marks]
            lines += [f"  {tilt.stream} (mean {tilt.mean:.2f})" for tilt in told]
        return "\n".join(lines)


def with_proposal(program: Program, scenario: Scenario, proposal: Proposal, seed: Seed) -> Program:
    """Return the program with its paths drawn from a proposal.

    Streams that this program does not draw from are drawn all the same, so that the weight of a
    path does not depend on which strategies are simulated.

    Raises
    ------
    ValueError
        For a risk or loss that the scenario does not have.
    """
    keys = StreamKeys(seed)
    links = program.links
    pairs = [(int(k), int(s)) for k, s in zip(links.first_keys, links.first_steps, strict=True)]
    streams, tilts, tilt_rows, tilt_start = list(program.streams), [], [], [0]
    for cause in proposal.causes:
        for tilt in cause.tilts:
            pair = (keys.key(tilt.stream), tilt.step)
            if pair not in pairs:
                pairs.append(pair)
                streams.append(tilt.stream)
            tilt_rows.append(pairs.index(pair))
            tilts.append(tilt)
        tilt_start.append(len(tilts))
    # Where several rows hold one uniform, all are to have what the first has.
    firsts = {pairs[row]: row for row in tilt_rows}
    twins = [(firsts[pair], i) for i, pair in enumerate(pairs) if firsts.get(pair, i) != i]
    # Marks stand after the tilts that every path has.
    marks = np.full((len(proposal.causes), links.incident_keys.shape[1]), -1, dtype=np.int64)
    for c, cause in enumerate(proposal.causes):
        for mark in cause.marks:
            marks[c, _mark_column(scenario, cause, mark.stream)] = len(tilts)
            tilts.append(mark)
    density = np.array([tilt.density for tilt in tilts]).reshape(-1, len(EDGES) - 1)
    below = np.cumsum(np.hstack([np.zeros((len(tilts), 1)), density * np.diff(EDGES)]), axis=1)
    new = links._replace(
        **_picks(program, scenario, proposal),
        plain_share=proposal.plain,
        pick_key=np.array([keys.key(PICK)], dtype=np.uint64),
        first_keys=np.array([key for key, _ in pairs], dtype=np.uint64),
        first_steps=np.array([step for _, step in pairs], dtype=np.uint64),
        twin_rows=np.array(twins, dtype=np.int64).reshape(-1, 2),
        tilt_start=np.array(tilt_start, dtype=np.int64),
        tilt_rows=np.array(tilt_rows, dtype=np.int64),
        tilt_edges=np.array(EDGES),
        tilt_density=density,
        tilt_below=below,
        mark_tilts=marks,
    )
    return dataclasses.replace(program, links=new, streams=tuple(streams))


def _picks(program: Program, scenario: Scenario, proposal: Proposal) -> dict[str, Any]:
    """Return every way to draw a path: a cause, with the row of its forced incident if any."""
    risks, n_year = list(scenario.risks), program.links.n_year
    shares: list[float] = []
    causes: list[int] = []
    rows: list[int] = []
    start, risk = [0], []
    for c, cause in enumerate(proposal.causes):
        if cause.risk is None:
            ways = [(cause.share, -1)]
            risk.append(-1)
        else:
            k = _position("risk", cause.risk, risks)
            first = int(program.links.risks[k, col.XL_ROW])
            _check_slabs(cause, int(program.links.risks[k, col.XL_SLABS]))
            each = [share * cause.share / n_year for share in cause.slabs]
            ways = [
                (share, first + slab * n_year + year)
                for slab, share in enumerate(each)
                for year in range(n_year)
                if share > 0.0
            ]
            risk.append(k)
        shares += [share for share, _ in ways]
        rows += [row for _, row in ways]
        causes += [c] * len(ways)
        start.append(len(shares))
    bounds = np.cumsum([proposal.plain, *shares])
    return {
        "pick_bounds": bounds if shares else np.zeros(0),
        "pick_share": np.array(shares, dtype=np.float64),
        "pick_cause": np.array(causes, dtype=np.int64),
        "pick_row": np.array(rows, dtype=np.int64),
        "pick_start": np.array(start, dtype=np.int64),
        "cause_risk": np.array(risk, dtype=np.int64),
    }


def _check_slabs(cause: Cause, most: int) -> None:
    fine = 0 < len(cause.slabs) <= most and min(cause.slabs) >= 0.0
    if not fine or abs(math.fsum(cause.slabs) - 1.0) > _SUM:
        raise ValueError(
            f"slabs of {cause.name} must be at most {most} shares that add up to 1, got "
            f"{cause.slabs}; make the proposal from this scenario"
        )


def mark_names(scenario: Scenario, risk: str) -> list[str]:
    """Return the streams of an incident of a risk by column, the count's first."""
    names = ["", "time", "level", "records", "total", "conditions"]
    for form in scenario.risks[risk].losses:
        names += [f"loss/{form}/occurs", f"loss/{form}"]
    return names


def _mark_column(scenario: Scenario, cause: Cause, mark: str) -> int:
    if cause.risk is None:
        raise ValueError(f"marks of {cause.name} need a risk, got {mark!r}; leave them out")
    _position("risk", cause.risk, list(scenario.risks))
    return _position("mark", mark, mark_names(scenario, cause.risk))


def _position(what: str, name: str, known: Sequence[str]) -> int:
    if name not in known:
        raise ValueError(
            f"{what} must be one of this scenario, got {name!r}; make the proposal from it with "
            "tail_proposal"
        )
    return list(known).index(name)
