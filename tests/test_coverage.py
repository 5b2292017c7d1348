"""docs/coverage.md is made from the tests, and names nothing that is not there."""

import ast
import shlex
from collections import Counter
from operator import attrgetter

import pytest

import hcrisk
from hcrisk.cli.parser import build_parser
from hcrisk.scenario import Scenario
from hcrisk.scenario.components import COST_LINES
from hcrisk.scenario.table import field_at, field_shape, is_table, shape_of
from hcrisk.variables import VARIABLES
from tests.make_coverage import (
    GROUPS,
    PAGE,
    RISK,
    TESTS,
    declared,
    elements,
    is_mechanism,
    mechanisms,
    page,
    services,
)

SHOWN = {*COST_LINES, *(variable.name for variable in VARIABLES), RISK}
NAMES = {found.name for found in mechanisms()}
COMMANDS = {name for element in elements() for name in element.expressed_by if "command:" in name}
FUNCTIONS = {name for element in elements() for name in element.expressed_by if "python:" in name}


def test_page_is_what_the_tests_give():
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m tests.make_coverage"


def test_page_is_listed():
    assert "(coverage.md)" in (PAGE.parent / "README.md").read_text(encoding="utf-8")


def test_each_mechanism_is_declared_once():
    twice = [name for name, n in Counter(found.name for found in mechanisms()).items() if n > 1]
    assert twice == []


@pytest.mark.parametrize("found", mechanisms(), ids=lambda found: found.name)
def test_mechanism_names_fields_of_a_file_and_parts_of_a_result(found):
    assert found.says
    assert found.says[-1] != "."
    assert found.fields
    assert [path for path in found.fields if field_at(Scenario, path.split(".")) is None] == []
    assert found.shows
    assert set(found.shows) <= SHOWN


def test_every_marker_is_found():
    files = TESTS.rglob("test_*.py")
    trees = (ast.parse(file.read_text(encoding="utf-8")) for file in files)
    markers = [node for tree in trees for node in ast.walk(tree) if is_mechanism(node)]
    assert len(markers) == len(mechanisms())


def test_elements_are_numbered_and_stated_once():
    ids = [element.id for element in elements()]
    for group in GROUPS:
        inside = [id for id in ids if id.startswith(group)]
        assert inside == [f"{group}.{n:02d}" for n in range(1, len(inside) + 1)]
    assert {id.split(".")[0] for id in ids} == set(GROUPS)


def test_elements_are_expressed_by_what_there_is():
    shipped = {f"service:{name}" for name in services()}
    known = NAMES | shipped | COMMANDS | FUNCTIONS
    for element in elements():
        unknown = set(element.expressed_by) - known
        assert not unknown, (element.id, unknown)
        assert element.article in ("S0", "S1", "S2", "S3")


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_command_is_understood(command):
    build_parser().parse_args(shlex.split(command.removeprefix("command:")))


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_function_is_public(function):
    path = function.removeprefix("python:hcrisk.")
    assert path.split(".")[0] in hcrisk.__all__
    assert callable(attrgetter(path)(hcrisk))


# What says who, and changes nothing.
WORDS = ("name", "label", "description", "currency", "title", "publisher", "year", "url", "note")


def fields_below(shape, path=""):
    """Every field below a table that is no table itself."""
    if shape.kind != "one":
        yield from fields_below(field_shape(shape.of), f"{path}.*")
    elif is_table(shape.of):
        for name, field in shape.of.model_fields.items():
            yield from fields_below(shape_of(field), f"{path}.{name}".lstrip("."))
    else:
        while path.endswith(".*"):
            path = path.removesuffix(".*")
        yield path


def test_every_field_of_a_file_belongs_to_a_mechanism():
    fields = set(fields_below(field_shape(Scenario)))
    assert {"roles.*.pay", "managers.span", "insurance.sublimits"} <= fields
    named = {path for found in mechanisms() for path in found.fields}
    assert {p for p in fields - named if p.rpartition(".")[2] not in WORDS} == set()


def test_no_mechanism_is_declared_and_named_by_nobody():
    named = {name for element in elements() for name in element.expressed_by}
    assert NAMES - named == set()


@pytest.mark.parametrize("decorator", ["pytest.mark.mechanism", "mechanism"])
def test_a_marker_is_found_at_a_test_only(decorator):
    marker = f'@{decorator}("a", says="b", fields=["c"], shows=["d"])\n'
    file = TESTS / "test_x.py"
    (found,) = declared(f"{marker}def test_x(): ...", file)
    assert found == ("a", "b", ("c",), ("d",), "tests/test_x.py::test_x")
    assert list(declared(f"{marker}def x(): ...", file)) == []
