"""Run kernels with every index checked: ``NUMBA_BOUNDSCHECK=1 python -m tests.check_bounds``.

Kernels take indices as they are, so one outside its array would read whatever lies there. This
compiles them anew with checks and runs every shipped scenario, a crowded one and one that grows.
"""

import numba

import hcrisk
from tests.builders import crowded, growing

PATHS = 300


def main() -> None:
    if not numba.config.BOUNDSCHECK:
        raise SystemExit("no index is checked: set NUMBA_BOUNDSCHECK=1")
    for scenario in [*map(hcrisk.load, hcrisk.scenarios()), crowded(), growing()]:
        for detail in ("default", "full"):
            hcrisk.simulate(scenario, paths=PATHS, detail=detail, progress=False)
        print(f"{scenario.name}: {PATHS} paths without an index out of bounds", flush=True)


if __name__ == "__main__":
    main()
