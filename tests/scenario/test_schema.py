"""The schema for editors: it accepts what loads and refuses slips an editor can point at."""

import jsonschema
import pytest

from hcrisk.scenario import json_schema, parse_toml
from hcrisk.scenarios import load, scenarios, shipped, template
from tests.scenario.common import MINIMAL, content
from tests.scenario.test_problems import BROKEN

SCHEMA = json_schema()
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)


def test_schema_is_one():
    jsonschema.Draft7Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", scenarios())
def test_shipped_files_are_accepted(name):
    VALIDATOR.validate(shipped(name))
    VALIDATOR.validate(load(name).to_mapping())


def test_minimal_file_and_template_are_accepted():
    VALIDATOR.validate(MINIMAL)
    VALIDATOR.validate(parse_toml(template()))


# What needs no knowledge of another field.
ALONE = (
    "is not a known key",
    "must be a",
    "must lie in",
    "must be at",
    "must be true",
    "must be m",
)
LEFT_TO_LOADING = (
    "before it",
    "whatever",
    "possible",
    "nan",
    "mean 1",
    "certain:",
    "must be at least 0, but",
)


@pytest.mark.parametrize(
    "case",
    [
        case
        for case in BROKEN
        if case.rule.startswith(ALONE)
        and not any(word in case.rule + str(case.value) for word in LEFT_TO_LOADING)
        and "uniform" not in case.snippet
        and case.remedy != "increasing order"
        and not case.drop
    ],
    ids=lambda case: case.path,
)
def test_slips_in_one_field_are_refused(case):
    assert not VALIDATOR.is_valid(content(case.snippet))


@pytest.mark.parametrize(
    "snippet",
    [
        "horizon.years = { dist = 'uniform', low = 3, high = 7 }",
        "roles.Analyst.pay = 3",
        "roles.manager.pay = { dist = 'normal', mean = 3, sd = 1, mode = 'x' }",
        "roles.manager.pay = { dist = 'nothing' }",
        "lines.ticketing.index = 'wages'",
        "extends = 3",
        "insurance.limit = '3 M'",
    ],
)
def test_other_slips_are_refused(snippet):
    assert not VALIDATOR.is_valid(content(snippet))


def test_every_field_says_what_it_means():
    for name, table in {**SCHEMA["definitions"], "": SCHEMA}.items():
        if name and not name[0].isupper():
            continue
        for key, field in table["properties"].items():
            assert len(field["description"]) > 3, f"{name}.{key}"


def test_descriptions_carry_units_and_defaults():
    vendor = SCHEMA["definitions"]["Vendor"]["properties"]
    assert vendor["term_months"]["description"].endswith("(months)")
    assert vendor["term_months"]["default"] == 36
    assert "default" not in vendor["escalator_cap"]
