"""Completing the command line in a shell, where argcomplete is installed."""

from __future__ import annotations

import argparse
import os
from contextlib import suppress
from pathlib import Path

# Set by the shell function that argcomplete registers.
ASKED = "_ARGCOMPLETE"
SUFFIXES = (".toml", ".xlsx")


def complete(parser: argparse.ArgumentParser) -> None:
    """Answer a shell that asks what may come next, and end the process; nothing otherwise."""
    if ASKED in os.environ:
        with suppress(ImportError):
            import argcomplete

            argcomplete.autocomplete(parser)


def scenarios_like(prefix: str, **_: object) -> list[str]:
    """Return the shipped scenarios, files and folders that begin like a word.

    Examples
    --------
    >>> scenarios_like("mid")
    ['mid-market']
    """
    from hcrisk.scenarios import scenarios

    folder, slash, begun = prefix.rpartition("/")
    here = Path(folder + slash or ".")
    names = [name for name in scenarios() if name.startswith(prefix)]
    paths = sorted(here.glob(f"{begun}*"))
    folders = [f"{path.as_posix()}/" for path in paths if path.is_dir()]
    files = [path.as_posix() for path in paths if path.is_file() and path.suffix in SUFFIXES]
    return [*names, *folders, *files]
