"""What `hcrisk` and `python -m hcrisk` run."""

import gc
import signal
import sys

from hcrisk.cli import Terminated, main


def run() -> None:
    """Run one command in a process of its own."""
    # xarray imports dask wherever it is installed, which takes half a second; no command uses it.
    sys.modules.setdefault("dask", None)  # type: ignore[arg-type]
    signal.signal(signal.SIGTERM, _terminate)
    # Most of what a command makes while it starts stays until it ends, when the process forgets
    # it faster than Python would.
    gc.set_threshold(50_000)
    status = main()
    gc.freeze()
    sys.exit(status)


def _terminate(*_: object) -> None:
    raise Terminated


if __name__ == "__main__":
    run()
