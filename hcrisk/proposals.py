"""Find what paths are to be drawn from, to see more of the tail: by what high costs come from."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special
from scipy.optimize import isotonic_regression

from hcrisk.arguments import check_whole
from hcrisk.kernels import columns as col
from hcrisk.kernels.proposal import read_marks
from hcrisk.kernels.tables import Floats, Ints
from hcrisk.measures._labelled import check_share
from hcrisk.measures._weights import calibrated, quantile_of
from hcrisk.program import Program, compile_program
from hcrisk.program.keys import Seed
from hcrisk.program.layout import Strategies
from hcrisk.program.proposal import EDGES, Cause, Proposal, Tilt, mark_names, with_proposal
from hcrisk.results import empty_output
from hcrisk.scenario.scenario import Scenario
from hcrisk.simulation import LARGEST_PATH, Worker, check_scenario, checked_seed, simulate
from hcrisk.variables import TOTALS

# A cause takes so many effective paths of a pilot's tail to be told from chance, and a uniform is
# tilted if its divergence (Kullback and Leibler) is so large and as unlikely as this by chance.
_FEWEST = 8.0
_LEAST_DIVERGENCE = 0.02
_CHANCE = 1e-4
# Shapes are drawn towards no tilt as if so many plain paths had been seen beside the tail's.
_PRIOR, _MARK_PRIOR = 20.0, 5.0
# And never less: a path outside of what the pilot saw is to be drawn now and then.
_FLAT = 0.1
# Rare causes have the largest costs, and a pilot sees few of them.
_LEAST_SHARE = 0.04
# The cause is the largest incident if it makes up this share of what is above the median.
_DECISIVE = 1.0 / 3.0
# What the pilot's second run keeps of the model: it is to see the tail, not to report it.
_PILOT_PLAIN = 0.2
_OTHER = "other"
_WIDTHS = np.diff(EDGES)


def tail_proposal(
    scenario: Scenario,
    *,
    level: float = 0.99,
    paths: int = 50_000,
    plain: float = 0.4,
    seed: Seed = 0,
    strategies: str | Strategies | None = None,
    threads: int | None = None,
    progress: bool | None = None,
) -> Proposal:
    """Return what to draw paths from, so that far more of them are among the worst.

    High costs have few causes: an incident of some risk that is large, or none. For each risk that
    caused the cost of paths beyond the level, a share of the paths has an incident of it forced,
    with sizes, inputs and frailties as those paths had them; a share ``plain`` is drawn from the
    model, so that no path weighs more than ``1 / plain`` (importance sampling from a defensive
    mixture [1]_ [2]_). All strategies share one proposal. Found from two pilot runs, the second
    drawn from what the first found.

    Tails gain by it, the median loses: see docs/variance.md for how much.

    Parameters
    ----------
    scenario : Scenario
    level : float
        Percentile beyond which to look, in (0, 1).
    paths : int
        Of each of the two pilot runs, at least 1000. With fewer than some 500 paths beyond the
        level rare causes are missed: intervals of later runs are then wide, and TVaR may still be
        covered somewhat less often than said (docs/variance.md).
    plain : float
        Share of paths drawn from the model, in (0, 1).
    seed : int or mapping
        As for `simulate`; the pilots share no path with a run of the same seed.
    strategies, threads, progress
        As for `simulate`.

    Returns
    -------
    Proposal
        For ``simulate(..., proposal=...)``. Print it to see what it tilts.

    Raises
    ------
    ValueError
        For an argument outside its range.

    References
    ----------
    .. [1] T. Hesterberg, "Weighted average importance sampling and defensive mixture
       distributions", Technometrics 37(2), 1995, 185-194.
    .. [2] E. Veach, L. J. Guibas, "Optimally combining sampling techniques for Monte Carlo
       rendering", SIGGRAPH 1995, 419-428 (the balance heuristic).

    Examples
    --------
    >>> import hcrisk
    >>> small = hcrisk.load("small-practice")
    >>> proposal = hcrisk.tail_proposal(small, paths=2_000)
    >>> ds = hcrisk.simulate(small, paths=1_000, proposal=proposal)
    >>> bool(ds.weight.max() <= 1 / 0.4 + 1e-9)
    True
    """
    check_scenario(scenario)
    level, plain = check_share("level", level), check_share("plain", plain)
    check_whole("paths", paths, 1_000, LARGEST_PATH)
    seed = checked_seed(seed)
    found: Proposal | None = None
    for turn, kept in enumerate((_PILOT_PLAIN, plain)):
        pilot = _Pilot(scenario, found, _pilot_seed(seed, turn), strategies)
        ds = simulate(
            scenario,
            paths=paths,
            seed=pilot.seed,
            strategies=strategies,
            detail=TOTALS,
            threads=threads,
            progress=progress,
            proposal=found,
        )
        weight = ds["weight"].values if found is not None else np.ones(paths)
        tail = pilot.tail(ds["npv"].values, weight, level)
        found = _fitted(scenario, pilot.program, tail, kept, level)
    return found if found is not None else Proposal(1.0)


def _pilot_seed(seed: Seed, turn: int) -> Seed:
    """Return a seed whose paths are not those of the run that follows."""

    def other(value: int) -> int:
        text = f"{value} proposal/pilot/{turn}".encode()
        return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little")

    if isinstance(seed, Mapping):
        return {name: other(value) for name, value in seed.items()}
    return other(seed)


@dataclass(frozen=True)
class _Tail:
    """The worst paths of every strategy: one row for a path of a strategy.

    ``path`` is its number, ``risk`` and ``slab`` are those of the incident that is the cause, -1
    if none is; ``marks`` its uniforms by stream; ``uniforms`` those that every path has.
    """

    path: Ints
    weight: Floats
    risk: Ints
    slab: Ints
    marks: Floats
    uniforms: Floats


class _Pilot:
    """A run to learn from, whose paths can be looked into one by one."""

    def __init__(
        self,
        scenario: Scenario,
        proposal: Proposal | None,
        seed: Seed,
        strategies: str | Strategies | None,
    ) -> None:
        names = [strategies] if isinstance(strategies, str) else strategies
        program = compile_program(scenario, seed, names)
        if proposal is not None:
            program = with_proposal(program, scenario, proposal, seed)
        self.seed, self.program = seed, program
        self.worker = Worker(program, empty_output(scenario, program, 1, TOTALS), with_journal=True)

    def tail(self, npv: Floats, weight: Floats, level: float) -> _Tail:
        """Return the paths beyond the level of each strategy, which weigh the same in total."""
        fair = calibrated(weight)
        cuts, middles = (quantile_of(npv, fair, at) for at in (level, 0.5))
        beyond = npv > cuts[:, None]
        total = (beyond * weight).sum(axis=1)
        rows = []
        for path in np.flatnonzero(beyond.any(axis=0)):
            self.worker.run(int(path), 0, 1)
            uniforms = self.worker.work.kept[:, 0].copy()
            for x in np.flatnonzero(beyond[:, path]):
                least = _DECISIVE * (npv[x, path] - middles[x])
                cause = self._cause(int(x), int(path), least)
                rows.append((path, weight[path] / total[x], *cause, uniforms))
        paths, weights, risks, slabs, marks, every = zip(*rows, strict=True) if rows else [()] * 6
        width = self.program.links.incident_keys.shape[1]
        return _Tail(
            np.array(paths, dtype=np.int64),
            np.array(weights),
            np.array(risks, dtype=np.int64),
            np.array(slabs, dtype=np.int64),
            np.array(marks).reshape(-1, width),
            np.array(every).reshape(-1, len(self.program.streams)),
        )

    def _cause(self, x: int, path: int, least: float) -> tuple[int, int, Floats]:
        """Return risk, slab and uniforms of the costliest incident of a strategy."""
        work, links = self.worker.work, self.program.links
        marks = np.full(links.incident_keys.shape[1], np.nan)
        events = work.journal[: work.n_journal[0]]
        events = events[events[:, col.G_STRATEGY] == x]
        net = events[:, col.G_GROSS] - events[:, col.G_INDEMNITY] - events[:, col.G_INSURANCE]
        if not net.size or net.max() < least:
            return -1, -1, marks
        n = int(events[net.argmax(), col.G_CANDIDATE])
        columns = (col.CANDIDATE_RISK, col.CANDIDATE_ROW, col.CANDIDATE_POINT)
        k, row, point = (int(work.candidate[n, column]) for column in columns)
        read: Any = read_marks
        read(self.worker.packed[1], self.worker.packed[2], np.uint64(path), row, point, marks)
        slab = (row - int(links.risks[k, col.XL_ROW])) // links.n_year
        return k, slab, marks


def _fitted(
    scenario: Scenario, program: Program, tail: _Tail, plain: float, level: float
) -> Proposal:
    """Return the proposal that a tail asks for."""
    causes = list(_causes(scenario, program, tail))
    if not causes:
        return Proposal(1.0, level=level)
    total = sum(cause.share for cause in causes)
    shares = np.array([max(cause.share / total, _LEAST_SHARE) for cause in causes])
    shares *= (1.0 - plain) / shares.sum()
    shared = (
        dataclasses.replace(cause, share=float(share))
        for cause, share in zip(causes, shares, strict=True)
    )
    return Proposal(plain, tuple(shared), level)


def _causes(scenario: Scenario, program: Program, tail: _Tail) -> Iterator[Cause]:
    # Counts are forced, not tilted; and a uniform that several rows hold is tilted once.
    rows = {
        (name, int(step)): i
        for i, (name, step) in reversed(
            list(enumerate(zip(program.streams, program.links.first_steps, strict=True)))
        )
        if "/slab/" not in name
    }
    for k, name in enumerate([*scenario.risks, _OTHER]):
        chosen = tail.risk == (k if name != _OTHER else -1)
        seen = _Seen(tail.path[chosen], tail.weight[chosen])
        if seen.effective < _FEWEST:
            continue
        found = (
            seen.tilt(stream, step, tail.uniforms[chosen, i], _PRIOR)
            for (stream, step), i in sorted(rows.items(), key=lambda item: item[1])
        )
        tilts = tuple(tilt for tilt in found if tilt is not None)
        share = float(seen.weight.sum())
        if name == _OTHER:
            if tilts:
                yield Cause(name, share, tilts)
            continue
        slabs = np.bincount(tail.slab[chosen], weights=seen.weight) / share
        marks = (
            seen.tilt(mark, 0, tail.marks[chosen, column], _MARK_PRIOR)
            for column, mark in enumerate(mark_names(scenario, name))
            if mark
        )
        kept = tuple(mark for mark in marks if mark is not None)
        yield Cause(name, share, tilts, name, _shares(slabs), kept)


def _shares(values: Floats) -> tuple[float, ...]:
    return tuple(float(value) for value in values / values.sum())


class _Seen:
    """Paths of one cause: a path that is among the worst of several strategies counts once."""

    def __init__(self, path: Ints, weight: Floats) -> None:
        self.weight = weight
        by_path = np.bincount(np.unique(path, return_inverse=True)[1], weights=weight)
        square = float(np.square(by_path).sum())
        self.effective = float(weight.sum()) ** 2 / square if square else 0.0

    def tilt(self, stream: str, step: int, u: Floats, prior: float) -> Tilt | None:
        """Return how a uniform lies in the tail, None if that may be chance."""
        n, bins = self.effective, len(_WIDTHS)
        at = np.clip(np.searchsorted(EDGES, u, side="right") - 1, 0, bins - 1)
        share = np.bincount(at, weights=self.weight, minlength=bins) / self.weight.sum()
        # Costs rise or fall with a uniform: so does the chance to be among the worst.
        rises = float(self.weight @ u) > 0.5 * float(self.weight.sum())
        found = isotonic_regression(share / _WIDTHS, weights=_WIDTHS, increasing=rises).x
        flat = max(prior / (n + prior), _FLAT)
        density = (1.0 - flat) * found + flat
        shrunk = density * _WIDTHS
        divergence = float((shrunk * np.log(density)).sum())
        by_chance = float(special.chdtrc(bins - 1, 2.0 * n * divergence))
        if divergence < _LEAST_DIVERGENCE or by_chance > _CHANCE:
            return None
        density /= float(density @ _WIDTHS)
        return Tilt(stream, step, tuple(float(d) for d in density))
