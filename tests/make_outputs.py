"""Write anew what the code of the documentation's pages prints, after a change of results.

    python -m tests.make_outputs [PAGE ...]

Where `...` stands for a part of it, and the rest is no longer so, the page is left to be changed
by hand.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl

from tests.pages import is_same, run

DOCS = Path(__file__).parents[1] / "docs"
# The pages whose code is run, from the docs folder on.
PAGES = (
    "tutorial.md",
    "faq.md",
    "gallery.md",
    *(f"howto/{p.name}" for p in DOCS.glob("howto/*.md")),
)


def rewritten(page: Path) -> tuple[str, list[str]]:
    """Return a page with its outputs anew, and those that have to be changed by hand."""
    text, stale, end, pieces = page.read_text(encoding="utf-8"), [], 0, []
    for part, printed, _ in run(text, page.name):
        if part.kind != "text" or is_same(part.text, printed):
            continue
        if "..." in part.text:
            stale.append(f"{part.text}--- is now\n{printed}")
            continue
        pieces += [text[end : part.span[0]], f"```text\n{printed}```"]
        end = part.span[1]
    return "".join([*pieces, text[end:]]), stale


def main(pages: Sequence[str]) -> None:
    """Write the pages; say what is left to do."""
    mpl.use("Agg")
    here = Path.cwd()
    for page in (DOCS / name for name in pages or sorted(PAGES)):
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            try:
                text, stale = rewritten(page)
            finally:
                os.chdir(here)
        page.write_text(text, encoding="utf-8")
        for found in stale:
            print(f"{page}: by hand\n{found}")


if __name__ == "__main__":
    main(sys.argv[1:])
