"""Progress of long work, in a terminal or notebook."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

# Seconds before a progress bar appears: short runs show none.
PATIENCE = 1.0
# Width of the bar in a notebook.
_COLUMNS = 80

Advance = Callable[[int], Any]
# What advances the one bar of several stages, while there is one.
_WHOLE: ContextVar[Advance | None] = ContextVar("whole", default=None)


def is_watched(wanted: bool | None) -> bool:
    """Return whether to show progress: as `wanted`, by default in a terminal or notebook."""
    if wanted is None:
        return sys.stderr.isatty() or _in_notebook()
    return wanted


def _in_notebook() -> bool:
    return "ipykernel" in sys.modules


@contextmanager
def progress_bar(total: int, wanted: bool | None) -> Iterator[Advance]:
    """Yield a function that advances a bar of `total` paths, shown as `wanted`.

    Within `one_bar` it advances that one, unless it is not `wanted`: its caller counts it then.
    """
    whole = _WHOLE.get()
    if whole is not None and wanted is not False:
        yield whole
        return
    if not is_watched(wanted):
        yield lambda n: None
        return
    with _kind()(total=total, unit="path", unit_scale=True, delay=PATIENCE, leave=False) as bar:
        yield bar.update


def _kind() -> Any:
    """Return the class of bars to show here."""
    import tqdm

    if not _in_notebook():
        return tqdm.tqdm

    class NotebookBar(tqdm.tqdm):  # type: ignore[misc]
        """A line of text in the output of a cell, and nothing there when the work is done.

        Widgets would stay in the file, as state and as a bar that stands still for readers
        without a kernel.
        """

        _shown: Any = None

        def __init__(self, **options: Any) -> None:
            super().__init__(file=io.StringIO(), ncols=_COLUMNS, **options)

        def display(self, msg: str | None = None, pos: int | None = None) -> bool:
            """Show the bar as it is, or another text."""
            from IPython.display import display

            text = {"text/plain": str(self) if msg is None else msg}
            if self._shown is None:
                self._shown = display(text, raw=True, display_id=True)  # type: ignore[no-untyped-call]
            else:
                self._shown.update(text, raw=True)
            return True

    return NotebookBar


@contextmanager
def one_bar(total: int, wanted: bool | None) -> Iterator[None]:
    """Show all progress inside as one bar of `total` paths; inside another, as a part of that.

    What is done stands inside `stage`, whose sizes add up to the total.
    """
    with progress_bar(total, wanted) as advance, _advancing(advance):
        yield


@contextmanager
def stage(paths: int) -> Iterator[None]:
    """Take so many paths of `one_bar`, neither more nor fewer, whatever is counted inside.

    Examples
    --------
    >>> counted = []
    >>> with _advancing(counted.append):
    ...     with stage(100), progress_bar(80, None) as advance:
    ...         advance(80)
    ...     with stage(10), progress_bar(15, None) as advance:
    ...         advance(15)
    >>> counted
    [80, 20, 10]
    """
    whole = _WHOLE.get()
    if whole is None:
        yield
        return
    left = paths

    def advance(n: int) -> None:
        nonlocal left
        taken = min(n, left)
        left -= taken
        if taken:
            whole(taken)

    with _advancing(advance):
        yield
    advance(left)


@contextmanager
def _advancing(advance: Advance) -> Iterator[None]:
    token = _WHOLE.set(advance)
    try:
        yield
    finally:
        _WHOLE.reset(token)
