"""Pages that live outside docs/, and links that lead there.

On a code host a page links to another file by its path in the repository. Here the Markdown files
of ``PAGES`` become pages too, and links are rewritten to where they are; a link to any other file
becomes a download, and one to a folder is left as text.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from sphinx.application import Sphinx

DOCS = Path(__file__).parents[1]
ROOT = DOCS.parent
MADE = DOCS / "made"
# Files of the repository that are pages of their own, by the name of the page.
PAGES = {
    "start": ROOT / "README.md",
    "contributing": ROOT / "CONTRIBUTING.md",
    "changelog": ROOT / "CHANGELOG.md",
    "evidence": ROOT / "hcrisk" / "scenarios" / "evidence" / "README.md",
    "benchmarks": ROOT / "benchmarks" / "README.md",
}
_WHERE = {path: MADE / f"{name}.md" for name, path in PAGES.items()}
_WHERE[DOCS / "README.md"] = DOCS / "index.md"
_LINK = re.compile(r"(!?)\[((?:[^][]|\[[^]]*\])*)\]\(([^)#\s:]+)(#[^)\s]*)?\)")
_ANCHOR = re.compile(r'<a id="([^"]+)"></a>([^ |]+)')
_FOLDED = re.compile(r"</?(?:details|summary)>\n?")


def rewritten(text: str, origin: Path, page: Path) -> str:
    """Return a page's text with its links as they are from where the page is built.

    Parameters
    ----------
    text
        Markdown, as it stands in the repository.
    origin
        The file it stands in; links are relative to it.
    page
        The file Sphinx reads.
    """

    def link(found: re.Match[str]) -> str:
        mark, label, target, anchor = found.groups(default="")
        path = Path(os.path.normpath(origin.parent / target))
        if path.is_dir():
            path = path / "README.md"
        path = _WHERE.get(path, path)
        if not path.exists() and path not in _WHERE.values():
            return label
        return f"{mark}[{label}]({os.path.relpath(path, page.parent)}{anchor})"

    # Sphinx knows no places that HTML marks.
    return _LINK.sub(link, _ANCHOR.sub(r"[\2]{#\1}", text))


def write_if_new(path: Path, text: str) -> None:
    """Write a page unless it is there already, so that Sphinx reads anew only what changed."""
    path.parent.mkdir(exist_ok=True)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def _copy(app: Sphinx) -> None:
    for name, origin in PAGES.items():
        page = MADE / f"{name}.md"
        text = _FOLDED.sub("", origin.read_text(encoding="utf-8"))
        write_if_new(page, rewritten(text, origin, page))


def _read(app: Sphinx, docname: str, content: list[str]) -> None:
    page = DOCS / f"{docname}.md"
    if page.exists() and page.parent != MADE:
        content[0] = rewritten(content[0], page, page)


def _included(app: Sphinx, relative: Path, parent: str, content: list[str]) -> None:
    content[0] = rewritten(content[0], DOCS / relative, DOCS / f"{parent}.md")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("builder-inited", _copy)
    app.connect("source-read", _read)
    app.connect("include-read", _included)
    return {"parallel_read_safe": True}
