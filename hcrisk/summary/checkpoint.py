"""What is known so far, in a file from which a run that was stopped goes on."""

from __future__ import annotations

import json
import os
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.npyio import NpzFile

from hcrisk.exceptions import ArgumentError
from hcrisk.summary.counting import Arrays

# Seconds between two writings; what was done since the last one is what a kill loses.
EVERY = 30.0
ABOUT = "about"


class Checkpoint:
    """A file that holds the state of a run, written whole or not at all.

    Parameters
    ----------
    file : str or path, optional
        None: nothing is read or written.
    about : mapping
        What identifies the run, as JSON can write it.

    Raises
    ------
    ValueError
        If there is a file that is none of these, or of another run, or nowhere to write it.
    """

    def __init__(self, file: str | os.PathLike[str] | None, about: Mapping[str, Any]) -> None:
        self.file = None if file is None else _checked_file(file)
        self.about = json.loads(json.dumps(about))
        self.written = time.monotonic()

    def read(self) -> Arrays:
        """Return the arrays last written, none if there is no file yet."""
        if self.file is None or not self.file.exists():
            return {}
        try:
            with self.file.open("rb") as stream, NpzFile(stream) as content:
                arrays = {name: content[name] for name in content.files}
            about = json.loads(str(arrays.pop(ABOUT)))
        except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
            raise ArgumentError(
                "checkpoint",
                str(self.file),
                "must be a file that summarize wrote, or none yet",
                "name another, or delete it",
            ) from error
        self._check_same(about)
        return arrays

    def _check_same(self, about: Mapping[str, Any]) -> None:
        differing = [
            f"{name} ({_short(about.get(name))} there, {_short(self.about.get(name))} here)"
            for name in dict.fromkeys([*self.about, *about])
            if about.get(name) != self.about.get(name)
        ]
        if differing:
            raise ValueError(
                f"checkpoint must be of the same run, got {str(self.file)!r}, which differs in "
                f"{', '.join(differing)}; name another file, or delete it to start anew"
            )

    def is_due(self) -> bool:
        """Return whether it is time to write."""
        return self.file is not None and time.monotonic() - self.written >= EVERY

    def write(self, arrays: Arrays) -> None:
        """Put the file in place of the one before, once it is safely on the disk."""
        if self.file is None:
            return
        # One name, so that what a kill leaves behind is written over the next time.
        part = self.file.with_name(f"{self.file.name}.part")
        about: Any = np.array(json.dumps(self.about))
        try:
            with part.open("wb") as stream:
                write: Any = np.savez
                write(stream, **{ABOUT: about}, **arrays)
                stream.flush()
                os.fsync(stream.fileno())
            part.replace(self.file)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        self.written = time.monotonic()


def _checked_file(file: str | os.PathLike[str]) -> Path:
    if not isinstance(file, str | os.PathLike):
        raise TypeError(f'checkpoint must be the name of a file, got {file!r}; write "run.npz"')
    path = Path(file)
    folder = path.absolute().parent
    if path.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
        raise ArgumentError(
            "checkpoint",
            str(path),
            "must be a file in a folder that can be written to",
            'name one such as "run.npz"',
        )
    return path.absolute()


def _short(value: object, width: int = 60) -> str:
    text = json.dumps(value)
    return text if len(text) <= width else text[: width - 3] + "..."
