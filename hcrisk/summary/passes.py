"""One pass after the other, from wherever a checkpoint has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from hcrisk.simulation import allocate, run_paths
from hcrisk.summary.checkpoint import Checkpoint
from hcrisk.summary.counting import Arrays, Counting
from hcrisk.summary.crew import Crew
from hcrisk.summary.keeping import Keeping, keeping_of
from hcrisk.summary.layout import Series, pilot_paths, ranked_rows, series_of
from hcrisk.summary.ranks import Found
from hcrisk.summary.wanted import Wanted
from hcrisk.summary.work import Ranges, Run, Stage, task_size
from hcrisk.variables import TOTALS

DONE = "done"


class Result(NamedTuple):
    """What both passes found: values by rank, and the sums of the first."""

    found: Found
    counted: Arrays


class Passes:
    """The work on one run.

    Parameters
    ----------
    run : Run
    wanted : Wanted
    crew : Crew
    checkpoint : Checkpoint
    advance : callable
        Told how many paths are done.
    """

    def __init__(
        self,
        run: Run,
        wanted: Wanted,
        crew: Crew,
        checkpoint: Checkpoint,
        advance: Callable[[int], Any],
    ) -> None:
        self.run, self.wanted, self.crew = run, wanted, crew
        self.checkpoint, self.advance = checkpoint, advance
        self.arrays = checkpoint.read()

    def finish(self, threads: int, progress: bool | None) -> Result:
        """Do what is left of both passes.

        Parameters
        ----------
        threads : int
            For the pilot, which is done here.
        progress : bool, optional
        """
        if "edges" not in self.arrays:
            self.arrays |= _packed(self._pilot(threads, progress))
            self.checkpoint.write(self.arrays)
        series = self._series()
        counted = self.pass_of(Counting(series, self.wanted.n_sum, self.run.start))
        ranks, tails = self.wanted.ranks(series)
        keeping: Keeping = keeping_of(series, counted["counts"], ranks, tails)
        kept = self.pass_of(keeping)
        return Result(Found(keeping, counted, kept), counted)

    def pass_of(self, stage: Stage) -> Arrays:
        """Do what is left of one pass, and return its result."""
        arrays, start = self.arrays, f"{stage.name}."
        state = stage.empty()
        if start + DONE in arrays:
            state = {name: arrays[start + name] for name in state}
        ranges = Ranges(self.run.paths, map(tuple, arrays.get(start + DONE, np.zeros(0)).tolist()))
        self.advance(ranges.count)
        tasks = ranges.tasks(task_size(self.run.paths, self.crew.threads))
        is_whole = True
        try:
            for (first, n), part in self.crew.each(self.run, stage, tasks):
                # Ctrl-C between these would leave a state that is no longer one.
                is_whole = False
                stage.merge(state, part)
                ranges.tick(first, n)
                is_whole = True
                self.advance(n)
                if self.checkpoint.is_due():
                    self._save(stage, state, ranges)
        except BaseException:
            if is_whole:
                self._save(stage, state, ranges)
            raise
        self._save(stage, state, ranges)
        return state

    def _save(self, stage: Stage, state: Arrays, ranges: Ranges) -> None:
        done = np.array(ranges.done, dtype=np.int64).reshape(-1, 2)
        for name, array in {**state, DONE: done}.items():
            self.arrays[f"{stage.name}.{name}"] = array
        self.checkpoint.write(self.arrays)

    def _pilot(self, threads: int, progress: bool | None) -> Series:
        run = self.run
        n = pilot_paths(run.paths)
        output = allocate(run.scenario, run.program, n, TOTALS)
        run_paths(run.program, output, run.start, threads=threads, progress=progress)
        return series_of(ranked_rows(output, n), len(output.npv), run.paths)

    def _series(self) -> Series:
        edges = np.split(self.arrays["edges"], self.arrays["edge_ends"][:-1])
        # Each strategy has a row of npv, and one of cost for each year.
        years = self.run.program.links.n_year
        return Series(self.run.paths, len(edges) // (1 + years), tuple(edges))


def _packed(series: Series) -> Arrays:
    ends = np.cumsum([len(row) for row in series.edges])
    return {"edges": np.concatenate(series.edges), "edge_ends": ends}
