"""Write docs/coverage.md: what the articles name, and the mechanism of the model for it.

    python -m tests.make_coverage

A mechanism is declared where it is tested: `@pytest.mark.mechanism(name, says=..., fields=...,
shows=...)` on the test that switches it on and checks what changes. `coverage/elements.csv` says
which of them express an element. Everything else on the page follows.
"""

from __future__ import annotations

import ast
import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import hcrisk

TESTS = Path(__file__).parent
PAGE = TESTS.parent / "docs" / "coverage.md"
ELEMENTS = TESTS / "coverage" / "elements.csv"
# What elements name and the model does not have yet: leave out what has come to be.
RISK = "<risk>"
GROUPS = {
    "d1": "Strategies",
    "d2": "Functions",
    "d3": "Cost lines",
    "d4": "Risks",
    "d5": "What a practice and its partners are like",
    "d6": "Questions",
}
ARRANGEMENT = "services.*.arrangements.*."
# By the first field of a mechanism; the first theme that fits.
THEMES = {
    "People": ("roles.", "people.", "managers.", "macro.wage", "macro.attrition"),
    "Vendors": ("vendors.", f"{ARRANGEMENT}contracts", f"{ARRANGEMENT}oversight"),
    "Projects": (f"{ARRANGEMENT}projects",),
    "Other cost lines": (f"{ARRANGEMENT}lines", "lines."),
    "Services and their coverage": ("services.", "strategies.", "practice.sites"),
    "Risks": ("risks.",),
    "Insurance": ("insurance.",),
    "The whole": ("",),
}
INTRO = """\
# What is covered

Four articles on the choice between own staff and partners (S0, a guide to the outsourcing market;
S1, an article on staffing; S2, notes on trends; S3, a guide to insourcing or outsourcing) name
{rows} elements that a practice may raise: strategies, functions, costs, risks, attributes and
questions. This page says how a scenario expresses each, and where it shows in a result.

It is made from the tests by `python -m tests.make_coverage`. A *mechanism* stands here because a
test switches it on and compares what changes with a closed form or a calculation by hand. A
function is covered by a service of a shipped scenario, a question by a command or a function of
`hcrisk`. Fields are named by their last part; the [table of mechanisms](#mechanisms) has their
whole paths, and the tests.

Of the {rows} elements {expressed} are expressed, {partly} are in part.
"""


class Mechanism(NamedTuple):
    """What a marker says, and the tests that bear it."""

    name: str
    says: str
    fields: tuple[str, ...]
    shows: tuple[str, ...]
    test: str

    @property
    def theme(self) -> str:
        """What it is about, by its first field."""
        return next(name for name, starts in THEMES.items() if self.fields[0].startswith(starts))


class Element(NamedTuple):
    """A line of `elements.csv`."""

    id: str
    element: str
    article: str
    expressed_by: tuple[str, ...]
    note: str
    missing: str

    @property
    def state(self) -> str:
        """Whether it is expressed."""
        return "partly" if self.missing else "expressed"


def mechanisms() -> list[Mechanism]:
    """Return every mechanism that a test declares, by file and line."""
    files = sorted(TESTS.rglob("test_*.py"))
    return [found for file in files for found in declared(file.read_text("utf-8"), file)]


def declared(text: str, file: Path) -> Iterator[Mechanism]:
    """Iterate over the mechanisms that tests of one file declare."""
    for node in ast.parse(text).body:
        if not isinstance(node, ast.FunctionDef) or not node.name.startswith("test_"):
            continue
        for decorator in node.decorator_list:
            if is_mechanism(decorator):
                yield _mechanism(decorator, f"{file.relative_to(TESTS.parent)}::{node.name}")


def is_mechanism(decorator: ast.AST) -> bool:
    """Tell whether a decorator is the marker, also by the short name that files give it."""
    if not isinstance(decorator, ast.Call):
        return False
    return ast.unparse(decorator.func) in ("mechanism", "pytest.mark.mechanism")


def _mechanism(decorator: ast.expr, test: str) -> Mechanism:
    name, *_ = map(ast.literal_eval, decorator.args)
    said = {keyword.arg: ast.literal_eval(keyword.value) for keyword in decorator.keywords}
    return Mechanism(name, said["says"], tuple(said["fields"]), tuple(said["shows"]), test)


def elements() -> list[Element]:
    """Return the lines of `elements.csv`."""
    with ELEMENTS.open(encoding="utf-8", newline="") as lines:
        return [
            Element(**{**row, "expressed_by": tuple(row["expressed_by"].split("; "))})
            for row in csv.DictReader(lines)
        ]


def services() -> dict[str, list[str]]:
    """Return the services of the shipped scenarios, and which have them."""
    found: dict[str, list[str]] = {}
    for scenario in hcrisk.scenarios():
        for service in hcrisk.load(scenario).services:
            found.setdefault(service, []).append(scenario)
    return found


def page() -> str:
    """Return docs/coverage.md."""
    every, known = elements(), mechanisms()
    by_name = {found.name: found for found in known}
    count = Counter(element.state for element in every)
    intro = INTRO.format(rows=len(every), expressed=count["expressed"], partly=count["partly"])
    groups = [
        part
        for key, title in GROUPS.items()
        for part in (f"## {title}\n", _group([e for e in every if e.id.startswith(key)], by_name))
    ]
    return "\n".join([intro, _lacking(every), *groups, _table_of_mechanisms(known)])


def _lacking(every: list[Element]) -> str:
    rows = [
        (element.id, element.element, element.state, element.missing)
        for element in every
        if element.state != "expressed"
    ]
    return "## In part\n\n" + _table(("", "element", "state", "what is missing"), rows)


def _group(every: list[Element], known: Mapping[str, Mechanism]) -> str:
    rows = []
    for element in every:
        by = element.expressed_by
        found = [known[name] for name in by if name in known]
        own = [name.removeprefix("service:") for name in by if name.startswith("service:")]
        fields = [
            *(f"services.{name}" for name in own),
            *(field.rpartition("*.")[2] for entry in found for field in entry.fields),
        ]
        shows = [
            *(("service_npv", "uncovered") if own else ()),
            *(shown for entry in found for shown in entry.shows),
        ]
        rows.append(
            (
                element.id,
                element.element,
                element.article,
                ", ".join(map(_expressed, by)),
                _codes(fields),
                _codes(shows),
                element.note,
                "" if element.state == "expressed" else element.state,
            )
        )
    titles = ("", "element", "article", "expressed by", "fields", "shows in", "note", "state")
    return _table(titles, rows)


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in dict.fromkeys(names))


def _expressed(name: str) -> str:
    kind, _, what = name.rpartition(":")
    if kind == "service":
        return f"service `{what}`"
    if kind == "command":
        return f"`hcrisk {what}`"
    if kind == "python":
        return f"`{what}`"
    return f"[{name}](#{name})"


def _table_of_mechanisms(known: list[Mechanism]) -> str:
    head = (
        "## Mechanisms\n\nA star stands for a name that the file gives; `<risk>` is the component "
        f"named after the risk. There are {len(known)}.\n"
    )
    titles = ("mechanism", "what it says", "fields", "shows in", "test")
    parts = [head]
    for theme in THEMES:
        rows = [
            (
                f'<a id="{found.name}"></a>{found.name}',
                found.says,
                _codes(found.fields),
                _codes(found.shows),
                f"`{found.test}`",
            )
            for found in known
            if found.theme == theme
        ]
        parts.append(f"### {theme}\n\n{_table(titles, rows)}")
    return "\n".join(parts)


def _table(titles: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [titles, ("---",) * len(titles), *rows]
    return "".join(f"|{'|'.join(f' {c} ' if c else ' ' for c in cells)}|\n" for cells in lines)


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
