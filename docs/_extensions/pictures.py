"""Pictures drawn by the code of a page while it is built.

A comment ``<!-- picture: WORDS -->`` below a block of Python becomes the picture of ``ax`` after
that block, with the words for those who cannot see it. Nothing drawn is kept in the repository.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import matplotlib.pyplot as plt
from repository import MADE
from sphinx.application import Sphinx

from tests.pages import run

DOTS = 144
_MARK = "<!-- picture: "


def drawn(text: str, docname: str) -> str:
    """Return a page's text with its pictures."""
    folder = MADE / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    here, end, pieces = Path.cwd(), 0, []
    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)
        try:
            for part, _, names in run(text, docname):
                if part.kind != "picture":
                    continue
                name = hashlib.blake2b(text[: part.span[0]].encode(), digest_size=6).hexdigest()
                names["ax"].figure.savefig(folder / f"{name}.png", dpi=DOTS)
                plt.close("all")
                up = "../" * docname.count("/")
                image = f"![{part.text}]({up}made/pictures/{name}.png)"
                pieces += [text[end : part.span[0]], image]
                end = part.span[1]
        finally:
            os.chdir(here)
    return "".join([*pieces, text[end:]])


def _read(app: Sphinx, docname: str, content: list[str]) -> None:
    if _MARK in content[0]:
        content[0] = drawn(content[0], docname)


def _undrawn(app: Sphinx, env: object, *changes: Sequence[str]) -> list[str]:
    """Draw again where pictures were deleted."""
    return [] if (MADE / "pictures").exists() else sorted(app.env.found_docs)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("env-get-outdated", _undrawn)
    # After links are rewritten.
    app.connect("source-read", _read, priority=900)
    return {"parallel_read_safe": False}
