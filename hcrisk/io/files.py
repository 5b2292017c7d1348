"""Files and folders that are either complete or not there."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from hcrisk.exceptions import HcriskError

# Zarr keeps a result in a folder; by these one is told from any other folder.
FOLDER = ".zarr"
_MARKS = (".zgroup", "zarr.json")


class OutputError(HcriskError):
    """A file cannot be written where it was asked for."""


@contextmanager
def replace_when_done(path: str | os.PathLike[str], force: bool = False) -> Iterator[Path]:
    """Give a temporary name to write to, and move it to ``path`` once all went well.

    Whatever could be refused is refused at the start, so enter before a long computation. If
    the block raises, or is interrupted, ``path`` is as it was and nothing else is left.

    Parameters
    ----------
    path
        The file to write, or the folder if it ends in ``.zarr``; what it is in must exist.
    force
        Whether an existing file may be replaced.

    Yields
    ------
    pathlib.Path
        An empty file, or folder, beside it with the same suffix.

    Raises
    ------
    OutputError
        The file exists and ``force`` is false, or it cannot be written where it should be.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "answer.txt"
    >>> with replace_when_done(path) as temporary:
    ...     _ = temporary.write_text("42")
    >>> path.read_text()
    '42'
    """
    path = Path(path)
    _refuse_if_taken(path, force)
    temporary = _temporary_beside(path)
    try:
        yield temporary
        # It may have appeared while the block ran.
        _refuse_if_taken(path, force)
        _move(temporary, path)
    finally:
        _remove(temporary)


def _move(temporary: Path, path: Path) -> None:
    """Put what was written in the place of what may be there."""
    if not path.is_dir():
        os.replace(temporary, path)
        return
    # A folder that holds something cannot be replaced: it goes aside first.
    old = _name_beside(path)
    os.replace(path, old)
    os.replace(temporary, path)
    _remove(old)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    with suppress(FileNotFoundError):
        path.unlink()


def _refuse_if_taken(path: Path, force: bool) -> None:
    is_store = path.suffix == FOLDER and any((path / mark).exists() for mark in _MARKS)
    if path.is_dir() and not is_store:
        raise OutputError(f"{path} is a folder; name a file inside it")
    if path.exists() and not force:
        raise OutputError(f"{path} exists already; choose another name, or allow replacing it")


def _temporary_beside(path: Path) -> Path:
    if not path.parent.is_dir():
        raise OutputError(f"{path.parent} is not a folder; create it before writing {path.name}")
    temporary = _name_beside(path)
    try:
        if path.suffix == FOLDER:
            temporary.mkdir()
        else:
            temporary.touch(exist_ok=False)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(f"{path} cannot be written ({reason}); choose another folder") from None
    return temporary


def _name_beside(path: Path) -> Path:
    return path.with_name(f".{path.stem}-{secrets.token_hex(4)}.part{path.suffix}")
