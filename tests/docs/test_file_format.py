"""docs/file-format.md says what files are checked by."""

import re

from hcrisk.scenario import json_schema
from tests.make_coverage import mechanisms
from tests.make_file_format import PAGE, anchor, page, sections

TEXT = PAGE.read_text(encoding="utf-8")


def test_page_is_made_from_the_schema():
    assert page() == TEXT, "run python -m tests.make_file_format"


def test_every_table_and_field_of_the_schema_for_editors_has_its_row():
    shown = {frozenset(row.name for row in section.rows) for section in sections()}
    schema = json_schema()
    tables = [schema, *(found for found in schema["definitions"].values() if "title" in found)]
    assert {frozenset(found["properties"]) for found in tables} == shown


def test_no_place_is_marked_twice_and_every_link_leads_to_one():
    marks = re.findall(r'<a id="([^"]+)"></a>', TEXT)
    assert len(set(marks)) == len(marks)
    assert set(re.findall(r"\]\(#([^)]+)\)", TEXT)) <= set(marks)


def test_fields_of_mechanisms_can_be_linked_to():
    marks = set(re.findall(r'<a id="([^"]+)"></a>', TEXT))
    fields = {field for found in mechanisms() for field in found.fields}
    missing = sorted(field for field in fields if anchor(field) not in marks)
    assert missing == []
