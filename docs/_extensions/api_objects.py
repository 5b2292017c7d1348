"""The reference of what hcrisk offers: a directive for lists of names, and links to them.

``.. offers:: hcrisk`` is followed by names of a module; each gets a line in a table and its own
entry below. Wherever a page writes the name of something public, or the path of a field of a
scenario file, as code, it becomes a link.
"""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_refnode

FIELDS = Path(__file__).parents[1] / "file-format.md"
_ANCHOR = re.compile(r'<a id="([^"]+)"></a>')
_CALLED = re.compile(
    r"(?:hcrisk\.)?(?:measures\.)?((?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*)(?:\(.*\))?", re.DOTALL
)
_REFERENCE, _CITED = re.compile(r"^\.\. \[(\d+)\] "), re.compile(r"\[(\d+)\]_")
_PAGE = re.compile(r"(?<![\w`/])docs/([a-z-]+)\.md")
# Also words of everyday language: linked only where hcrisk is named, or as a call.
_PLAIN = re.compile(r"[a-z]+")


class Offers(SphinxDirective):
    """Names of a module: a table, then an entry for each."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the nodes of the table and the entries."""
        module = self.arguments[0]
        names = " ".join(self.content).split()
        lines = [f".. currentmodule:: {module}", "", ".. autosummary::", "   :nosignatures:", ""]
        lines += [f"   {name}" for name in names]
        for name in names:
            lines += ["", *_entry(module, name)]
        return self.parse_text_to_nodes(StringList(lines, source=self.get_source_info()[0]))


def _entry(module: str, name: str) -> list[str]:
    found = getattr(import_module(module), name)
    if inspect.isclass(found):
        kind = "autoexception" if issubclass(found, Exception) else "autoclass"
        return [f".. {kind}:: {name}", "   :members:"]
    if callable(found):
        return [f".. autofunction:: {name}"]
    return [f".. autodata:: {name}", "   :no-value:"]


def _is_code(node: nodes.Node) -> bool:
    """Tell whether a node is code, which docstrings write in single quotes or double ones."""
    code = isinstance(node, nodes.literal | nodes.title_reference)
    return code and not isinstance(node.parent, nodes.reference | nodes.title)


def _link(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    objects = app.env.get_domain("py").objects
    fields = set(_ANCHOR.findall(FIELDS.read_text(encoding="utf-8")))
    for code in list(doctree.findall(_is_code)):
        text = code.astext()
        literal = nodes.literal(text, text)
        target = _object(text, objects) or _field(text, fields)
        if target is not None and docname != "file-format":
            literal = make_refnode(app.builder, docname, *target, literal, target[1])
        code.replace_self(literal)


def _object(text: str, objects: dict[str, object]) -> tuple[str, str] | None:
    called = _CALLED.fullmatch(text)
    if called is None or (_PLAIN.fullmatch(text) and text not in ("simulate", "summarize")):
        return None
    entry = objects.get(f"hcrisk.{called[1]}")
    return entry and (entry.docname, entry.node_id)


def _field(text: str, fields: set[str]) -> tuple[str, str] | None:
    name = text.replace("*", "any").replace(".", "-")
    return ("file-format", name) if "." in text and name in fields else None


def _listed(
    app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]
) -> None:
    """Give references numbers within each docstring, not a page of many; link pages."""
    for i, line in enumerate(lines):
        line = _CITED.sub(r"\\[\1]", _REFERENCE.sub(r"*  [\1] ", line))
        lines[i] = _PAGE.sub(r":doc:`docs/\1.md </\1>`", line)


def _skip(
    app: Sphinx, what: str, name: str, obj: object, skip: bool, options: object
) -> bool | None:
    """Leave out fields, which the docstring of their class describes."""
    told = inspect.isroutine(obj) or isinstance(obj, property | classmethod | staticmethod)
    return None if told else True


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.add_directive("offers", Offers)
    app.connect("autodoc-skip-member", _skip)
    app.connect("autodoc-process-docstring", _listed)
    app.connect("doctree-resolved", _link)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
