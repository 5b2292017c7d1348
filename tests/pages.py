"""The code of the documentation's pages, run as a reader would run it.

A page is read from top to bottom. ``python`` blocks share their names; each line of a ``console``
block is a command of hcrisk, run in the same folder. A ``text`` block that follows either is what
it prints; ``...`` in it stands for anything. Two kinds of comment, which no reader sees, help:

* ``<!-- file: NAME -->``: the block below is the content of that file;
* ``<!-- picture: WORDS -->``: the block above has drawn on ``ax``; the words describe it to those
  who cannot see it.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from hcrisk.cli import main

_PARTS = re.compile(
    r"^```(?P<kind>\w+)\n(?P<code>.*?)^```$|^<!-- (?P<note>file|picture): (?P<words>.*?) -->$",
    flags=re.MULTILINE | re.DOTALL,
)
_SAME = doctest.OutputChecker().check_output


class Part(NamedTuple):
    """A block of code, or a comment: its kind, what it holds, and where in the page it stands."""

    kind: str
    text: str
    span: tuple[int, int]


def parts(page: str) -> Iterator[Part]:
    """Iterate over the blocks and comments of a page.

    Examples
    --------
    >>> [part.kind for part in parts("```python\\nprint(1)\\n```\\n\\n<!-- picture: One. -->\\n")]
    ['python', 'picture']
    """
    for found in _PARTS.finditer(page):
        kind, text = found["kind"] or found["note"], found["code"] or found["words"] or ""
        yield Part(kind, text, found.span())


def run(page: str, name: str) -> Iterator[tuple[Part, str, dict[str, Any]]]:
    """Run a page in the current folder: each part, what has been printed, the names so far.

    What has been printed is that of the last block of code, and is cleared where it is compared.
    """
    names: dict[str, Any] = {"__name__": "__main__"}
    printed, file = "", None
    for part in parts(page):
        if file is not None:
            Path(file).write_text(part.text, encoding="utf-8")
            file = None
            continue
        elif part.kind == "file":
            file = part.text
        elif part.kind in ("python", "console"):
            printed = _printed(part, name, names)
        yield part, printed, names


def _printed(part: Part, name: str, names: dict[str, Any]) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        if part.kind == "python":
            exec(compile(part.text, name, "exec"), names)
        else:
            for line in part.text.splitlines():
                program, *arguments = shlex.split(line)
                if program != "hcrisk":
                    raise ValueError(f"{name}: {line!r} is no command of hcrisk")
                with contextlib.redirect_stderr(io.StringIO()) as said:
                    refused = main(arguments)
                if refused:
                    raise RuntimeError(f"{name}: {line!r} fails\n{said.getvalue()}")
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


def is_same(stated: str, printed: str) -> bool:
    """Tell whether a text block says what was printed."""
    return _SAME(stated, printed, doctest.ELLIPSIS)
