"""Write docs/validation.md: what the tests compare with closed forms and published figures.

python -m tests.make_validation            runs every such test and writes figures and page
python -m tests.make_validation FILE ...   only those of these files; the others' are kept
"""

from __future__ import annotations

import ast
import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from scipy import stats

from tests.cases import case
from tests.known_sources import FORMULAS, THEMES
from tests.make_file_format import table
from tests.validation import (
    ERRORS,
    RECORD,
    STANDARD_ERRORS,
    Check,
    checks,
    keep,
)

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "validation.md"
HEAD = """\
# Validation

Every closed form and every published figure that the tests compare hcrisk with: what was expected,
what was obtained, by how much they differ and how much they may. The tests that make these
comparisons record them, and `python -m tests.make_validation` writes this page from the record; in
any other run each test fails if the record no longer has its figures. So this page cannot say what
the tests do not.

{count} figures are compared, in {tests} tests.

{summary}

**Error** is obtained less expected, **relative** the same as a share of expected, **allowed** how
large it may be, and **by** what that follows from:

* *s.e.*: a simulated mean may be {errors} standard errors off, which a right program is once in
  16,000 times; the number says how many it is;
* *ranks*: a simulated percentile is compared by the order statistics that hold the true one with a
  probability of 99.9 %; allowed is the distance to the one on that side;
* *interval*: the true figure lies within the interval of 99.9 % that hcrisk gives;
* *difference*: the figure is computed, not simulated, and may differ by so much, which is rounding
  or that of the printed figure.

## Are the errors as large as they should be?

The deviations of simulated means, in standard errors, should be spread like a normal law: too few
large ones would be as wrong as too many. Figures from the same simulation move together, so the
shares below are rougher than their number suggests.

{spread}

Beyond these, every variable of a result is recomputed path by path, event by event, from
[model.md](model.md), by code that shares nothing with the kernels (`tests/reference`), and
[coverage.md](coverage.md) lists the tests of each mechanism.
"""


def record(files: Sequence[str]) -> list[Check]:
    """Run tests and return what they compared."""
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder) / "found.jsonl"
        lines.touch()
        command = [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", *files]
        subprocess.run(command, check=True, cwd=ROOT, env={**os.environ, RECORD: str(lines)})
        found = [Check(*json.loads(line)) for line in lines.read_text("utf-8").splitlines()]
    return found


def files_that_check() -> list[str]:
    """Return the test files that make such comparisons."""
    every = sorted((ROOT / "tests").rglob("test_*.py"))
    return [
        file.relative_to(ROOT).as_posix()
        for file in every
        if "from tests.validation import" in file.read_text(encoding="utf-8")
        and file.name != "test_validation.py"
    ]


def in_order(found: Iterable[Check]) -> list[Check]:
    """Return checks by theme, then by test as they stand in its file."""
    themes, places = list(THEMES), {test: n for n, test in enumerate(checking_tests())}
    return sorted(found, key=lambda one: (themes.index(_file(one.test)), places[one.test]))


def checking_tests() -> Iterator[str]:
    """Iterate over the tests of the files that make comparisons, as they stand."""
    for file in files_that_check():
        for node in ast.parse((ROOT / file).read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield f"{file}::{node.name}"


def _file(test: str) -> str:
    return test.partition("::")[0]


def page(found: Sequence[Check]) -> str:
    """Return docs/validation.md."""
    parts = [(theme, list(own)) for theme, own in groupby(found, lambda one: _theme(one.test))]
    head = HEAD.format(
        count=len(found),
        tests=len({one.test for one in found}),
        errors=ERRORS,
        summary=_summary(parts),
        spread=_spread(found),
    )
    return "\n".join([head, *(_part(theme, own) for theme, own in parts), _sources(found)])


def _theme(test: str) -> str:
    return THEMES[_file(test)]


def _summary(parts: Sequence[tuple[str, Sequence[Check]]]) -> str:
    rows = []
    for theme, own in parts:
        worst = max(own, key=lambda one: one.used)
        link = f"[{theme}](#{theme.lower().replace(' ', '-').replace(',', '')})"
        tests = str(len({one.test for one in own}))
        rows.append((link, tests, str(len(own)), f"{100 * worst.used:.0f} % of what is allowed"))
    return table(("", "tests", "figures", "largest deviation"), rows).rstrip()


def _spread(found: Sequence[Check]) -> str:
    errors = [ERRORS * one.used for one in found if one.rule == STANDARD_ERRORS and one.allowed]
    rows = []
    for most in range(1, ERRORS):
        share = sum(error <= most for error in errors) / len(errors)
        normal = 1 - 2 * stats.norm.sf(most)
        rows.append((f"within {most}", f"{100 * share:.1f} %", f"{100 * normal:.1f} %"))
    head = (f"{len(errors)} means, standard errors", "share", "of a normal law")
    return table(head, rows).rstrip()


def _part(theme: str, own: Sequence[Check]) -> str:
    sections = [_test(test, list(rows)) for test, rows in groupby(own, lambda one: one.test)]
    return "\n".join([f"## {theme}\n", *sections])


def _test(test: str, own: Sequence[Check]) -> str:
    file, _, name = test.partition("::")
    title = name.removeprefix("test_").replace("__", ": ").replace("_", " ")
    title = title[0].upper() + title[1:]
    said = FORMULAS.get(test, "")
    lines = [f"### {title}\n", f"{said}\n" if said else "", f"`{file}`\n"]
    cases = any(one.case for one in own)
    ids = any(_is_case(one.source) for one in own)
    head = ["what", "expected", "obtained", "error", "relative", "allowed", "by"]
    rows = [_row(one, cases, ids) for one in own]
    head = (["case"] if cases else []) + head + (["source"] if ids else [])
    return "\n".join([line for line in lines if line] + [table(head, rows)])


def _row(one: Check, cases: bool, ids: bool) -> list[str]:
    cells = [one.case.replace("|", "/")] if cases else []
    cells += [one.what, _figure(one.expected), _figure(one.obtained)]
    relative = one.error / one.expected if one.expected else 0.0
    cells += [f"{one.error:+.2g}" if one.error else "0"]
    cells += [f"{100 * relative:+.2g} %" if relative else "" if one.error else "0"]
    by = one.rule
    if by == STANDARD_ERRORS and one.allowed:
        by = f"{math.copysign(ERRORS * one.used, one.error):+.2f} s.e."
    cells += [f"{one.allowed:.2g}" if one.allowed else "none", by]
    if ids:
        cells.append(f"[{one.source}](#source-{_slug(one.source)})" if one.source else "")
    return cells


def _figure(value: float) -> str:
    return f"{value:.0f}" if value.is_integer() and abs(value) < 1e10 else f"{value:.7g}"


def _slug(id: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in id)


def _is_case(source: str) -> bool:
    return bool(source)


def _sources(found: Sequence[Check]) -> str:
    ids = sorted({one.source for one in found if one.source})
    rows = []
    for id in ids:
        entry = case(id)
        kind = "printed there" if entry["published"] is True else "computed"
        source = " ".join(str(entry["source"]).replace("|", "/").split())
        rows.append((f'<a id="source-{_slug(id)}"></a>{id}', kind, source))
    about = (
        "The reference cases of `tests/reference_data`: *printed there* is a figure read at its "
        "source, *computed* one that other means than hcrisk gave.\n"
    )
    return "\n".join(["## Sources\n", about, table(("case", "figure", "source"), rows)])


def main(files: Sequence[str]) -> None:
    """Run the tests, keep what they compared, write the page."""
    wanted = list(files) or files_that_check()
    kept = [one for one in checks() if _file(one.test) not in wanted] if files else []
    keep(in_order([*kept, *record(wanted)]))
    checks.cache_clear()
    PAGE.write_text(page(checks()), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
