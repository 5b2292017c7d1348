"""Answers what-ifs about one practice."""

from __future__ import annotations

import json
import signal
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import hcrisk

PRACTICE = {"name": "ours", "extends": "mid-market", "practice": {"providers": 60}}
MOST_PATHS = 20_000


def what_if(changes: Mapping[str, object], paths: int = 2_000, seed: int = 1) -> dict[str, object]:
    """Return P50, P80 and P95 of every strategy with their intervals, or what is wrong."""
    if not 1 <= paths <= MOST_PATHS:
        rule = f"must be from 1 to {MOST_PATHS}"
        return refusal(hcrisk.Problem("paths", paths, rule, "ask for another number"))
    try:
        scenario = hcrisk.load(PRACTICE).replace(changes)
        result = hcrisk.simulate(
            scenario, paths=paths, seed=seed, detail="totals", threads=1, progress=False
        )
    except hcrisk.ScenarioError as error:
        return refusal(*error.problems)
    except hcrisk.HcriskError as error:
        return refusal(hcrisk.Problem("", None, str(error), ""))
    table = hcrisk.percentiles(result, (0.5, 0.8, 0.95)).to_dataframe().reset_index()
    # A bound that so few paths leave open is infinite, and null in JSON.
    rows = json.loads(table.to_json(orient="records", double_precision=12))
    return {"rows": rows, "manifest": result.attrs}


def refusal(*problems: hcrisk.Problem) -> dict[str, object]:
    """Return what is wrong with a request, each with path, value, rule and remedy."""
    return {"problems": [problem._asdict() for problem in problems]}


def ignore_signals() -> None:
    """Leave it to the parent to stop its workers: Ctrl-C in a terminal reaches all of them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def main() -> None:
    """Answer three what-ifs in two processes."""
    asked = [{"practice.providers": providers} for providers in (40, 60, -5)]
    context = get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=context, initializer=ignore_signals) as pool:
        for answer in pool.map(what_if, asked):
            print(json.dumps(answer))


if __name__ == "__main__":
    main()
