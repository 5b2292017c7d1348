"""Lets `python -m hcrisk` do what `hcrisk` does."""

import sys

from hcrisk.cli import main

if __name__ == "__main__":
    sys.exit(main())
