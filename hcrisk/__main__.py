"""What `hcrisk` and `python -m hcrisk` run."""

import sys

from hcrisk.cli import main


def run() -> None:
    """Run one command in a process of its own."""
    # xarray imports dask wherever it is installed, which takes half a second; no command uses it.
    sys.modules.setdefault("dask", None)  # type: ignore[arg-type]
    sys.exit(main())


if __name__ == "__main__":
    run()
