"""Write the known answers anew, after a change that is meant to change results.

    python -m tests.make_known_answers

A change of results belongs in CHANGELOG.md, under "Results change".
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import hcrisk

FILE = Path(__file__).with_name("reference_data") / "known_answers.json"
SEED = 0
PATHS = 5


def answers(name: str) -> dict[str, Any]:
    """Return what identifies a shipped scenario, and its first npv to the last bit."""
    scenario = hcrisk.load(name)
    npv = hcrisk.simulate(scenario, paths=PATHS, seed=SEED)["npv"]
    return {
        "digest": scenario.digest,
        "npv": {
            str(strategy): [float(value).hex() for value in npv.sel(strategy=strategy).values]
            for strategy in npv["strategy"].values
        },
    }


def main() -> None:
    """Write the file."""
    every = {name: answers(name) for name in hcrisk.scenarios()}
    FILE.write_text(json.dumps(every, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
