"""Progress of long work, in a terminal or notebook."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

# Seconds before a progress bar appears: short runs show none.
PATIENCE = 1.0


def is_watched(wanted: bool | None) -> bool:
    """Return whether to show progress: as `wanted`, by default in a terminal or notebook."""
    if wanted is None:
        return sys.stderr.isatty() or "ipykernel" in sys.modules
    return wanted


@contextmanager
def progress_bar(total: int, wanted: bool | None) -> Iterator[Callable[[int], Any]]:
    """Yield a function that advances a bar of `total` paths, shown as `wanted`."""
    if not is_watched(wanted):
        yield lambda n: None
        return
    with warnings.catch_warnings():
        # Without ipywidgets a notebook gets the text bar, which is all that is lost.
        warnings.simplefilter("ignore")
        from tqdm.auto import tqdm
    with tqdm(total=total, unit="path", unit_scale=True, delay=PATIENCE, leave=False) as bar:
        yield bar.update
