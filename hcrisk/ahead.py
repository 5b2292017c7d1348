"""Modules read while paths are computed, which leaves the interpreter free."""

from __future__ import annotations

import importlib
import sys
import threading
from contextlib import suppress


def read_ahead(*modules: str) -> None:
    """Import modules in a thread of its own, so that whoever imports them next waits for less.

    What goes wrong is left to that import.

    Examples
    --------
    >>> read_ahead("json")
    """
    missing = [name for name in modules if name not in sys.modules]
    if missing:
        threading.Thread(target=_read, args=(missing,), name="hcrisk-ahead").start()


def _read(modules: list[str]) -> None:
    with suppress(Exception):
        for name in modules:
            importlib.import_module(name)
