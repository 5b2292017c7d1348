"""Text that is not TOML: each line with a slip, and how it is written."""

import tomllib

import pytest

from hcrisk.exceptions import ScenarioError
from hcrisk.scenario import from_toml, load_file, parse_toml
from hcrisk.scenario.syntax import syntax_problems
from tests.scenario.common import FILE, scenario

SLIPS = [
    ("pay = $68,500", "is no number", "write 68500 or 68_500: money has no sign and no comma"),
    ("pay = 68,500", "is no number", "write 68500 or 68_500: numbers have no comma"),
    ("pay = 1,068,500.50", "is no number", "write 1068500.5: numbers have no comma"),
    ("pay = 68 500", "is no number", "write 68500 or 68_500"),
    ("pay = 68500 USD # a year", "is no number", "write 68500 or 68_500: money has no sign"),
    ("pay = USD 68500", "is no number", "write 68500 or 68_500: money has no sign"),
    ("pay = 68500€", "is no number", "write 68500 or 68_500: money has no sign"),
    ("pay = 68.5k", "is no number", "write 68500 or 68_500: numbers are written in full"),
    ("revenue = $45M", "is no number", "write 45000000 or 45_000_000: money has no sign"),
    ("revenue = 45 million", "is no number", "write 45000000 or 45_000_000: numbers are"),
    ("rate = 22%", "is no number", "write 0.22: a share is written without %"),
    ("rate = -2.5 %", "is no number", "write -0.025: a share is written without %"),
    ("fte = 0,5", "is no number", "write 0.5: decimals follow a point"),
    ("fill = 6 weeks", "is no number", "write 6: leave out weeks, and mind the unit"),
    ('pay = { value = $68,500, source = "a, b" }', "is no number", "write 68500 or 68_500"),
    ("load = { low = 20%, high = 30% }", "has what is no", "write 0.2: a share is written without"),
    ("load = { low = 20%, high = 30% }", "has what is no", "; write 0.3: a share is"),
    ("label = \u201cMine\u201d", "curly quotes", 'write label = "Mine"'),
    ("label = \u2018Mine\u2019 # my \u201cown\u201d", "curly quotes", "write label = 'Mine'"),
    ("label = Our own, as today", "is not valid TOML: Invalid value", "correct that line"),
    ("label = Our own", "has text without quotes", 'write label = "Our own"'),
    ("trended = True", "must be true or false", "write true"),
    ("a = 1\n[b]\na = 2\na = 3", "a key that the file has already, before in line 3", "keep one"),
    ("[a.b]\nc = 1\n[d]\n[a.b] # again\ne = 2", "a table that the file has", "drop this line"),
    ("[a.b]\nc = 1\n[d]\n[a.b] # again\ne = 2", "already, before in line 1", "below the first"),
    ("a = { b = 1, b = 2 }", "names a key twice between its braces", "keep one"),
    ("a = 1\nx = ", "is not valid TOML: Invalid value", "correct that line"),
    ("a = [1, 2\nb = 3", "is not valid TOML: Unclosed array", "a bracket or quote before it"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "rule", "remedy"), SLIPS)
def test_a_slip_is_shown_with_its_line_and_remedy(text, rule, remedy):
    (problem,) = syntax_problems(text)
    number = int(problem.path.removeprefix("line "))
    assert problem.value == text.splitlines()[number - 1].strip()
    assert number == len(text.splitlines()) - (text.endswith("e = 2"))
    assert rule in problem.rule
    assert remedy in problem.remedy


def test_every_line_is_reported_at_once_and_nothing_that_follows_from_it():
    text = "a = $3\n\n[b\nc = 1\nd = \n[e] # fine: 3%, $3\nf = '''\n5%\n'''\ng = 5%\ng = 1k\n"
    problems = syntax_problems(text, "own.toml")
    assert [problem.path for problem in problems] == [
        "own.toml, line 1",
        "own.toml, line 3",
        "own.toml, line 10",
        "own.toml, line 11",
    ]
    with pytest.raises(ScenarioError) as caught:
        parse_toml(text, "own.toml")
    assert list(caught.value.problems) == problems


@pytest.mark.parametrize("text", ["", "a = 1", FILE.read_text(), 'a = "$3, \u201cx\u201d 5%"'])
def test_what_is_toml_has_no_problem(text):
    assert syntax_problems(text) == []


@pytest.mark.parametrize(
    "text", ["[" * 3000, "a = 1,2,3,4,5", "\x00", "= 3", "'", "a.b.c", "]\n" * 300]
)
def test_anything_else_is_a_problem_and_never_a_crash(text):
    with pytest.raises(tomllib.TOMLDecodeError):
        tomllib.loads(text)
    assert syntax_problems(text)


def test_a_byte_order_mark_is_passed_over(tmp_path):
    file = tmp_path / "own.toml"
    file.write_text(FILE.read_text(), encoding="utf-8-sig")
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    assert load_file(file) == scenario() == from_toml("\ufeff" + FILE.read_text())


@pytest.mark.parametrize(
    ("encoding", "rule"),
    [
        ("utf-16", "UTF-16, as some versions of PowerShell"),
        ("utf-16-le", "UTF-16"),
        ("latin-1", "UTF-8"),
    ],
)
def test_other_encodings_are_refused_with_how_to_save(tmp_path, encoding, rule):
    file = tmp_path / "own.toml"
    text = 'label = "Praxis M\u00fcller"' if encoding == "latin-1" else 'label = "x"'
    file.write_text(text, encoding=encoding)
    with pytest.raises(ScenarioError) as caught:
        load_file(file)
    (problem,) = caught.value.problems
    assert rule in problem.rule
    assert "Save as" in problem.remedy


def test_brackets_without_end():
    with pytest.raises(ScenarioError, match=r"too deep|is not valid TOML"):
        parse_toml("a = " + "[" * 100_000)
    (problem,) = syntax_problems("b = 3%\na = " + "[" * 100_000)[:1]
    assert problem.path == "line 1"
