"""The last part of the starting file: any field that can be stated is found there and loads."""

import re
import tomllib

import pytest

import hcrisk
from hcrisk.scenario import Scenario, json_schema, unused, unusual
from hcrisk.scenario.appendix import MARK
from hcrisk.scenario.merge import merged
from hcrisk.scenario.register import unit_at
from hcrisk.scenario.table import field_at, field_shape, shape_of, told
from hcrisk.scenarios import from_toml, load, scenarios, shipped, template

HEADING = re.compile(r"^# ---- (?:For \[([\w.]+)\] above|.+)$")
LINE = re.compile(r"# ([\w.]+) = (.+?)  # (.+); (.+)")
# What most people look for, and no shipped scenario states.
WANTED = (
    "growth.planned.merger.months",
    "services.help_desk.peaks.ehr_upgrade.multiple",
    "services.software.arrangements.insource.projects.portal.budget",
    "readiness.defined_scope.effects",
    "services.security.arrangements.insource.on_call.hours_per_week",
    "roles.technician.fallback_months",
    "roles.developer.key_dip",
    "risks.breach.losses.lawsuit.yearly_cap",
)


def parts(parent="mid-market"):
    """The sections of the appendix: from their heading to the text with every # taken off."""
    found, name = {}, ""
    for line in template(parent).partition(MARK)[2].splitlines():
        heading = HEADING.match(line)
        if heading:
            name = heading[1] or ""
            found[name or line] = [f"[{name}]"] if name else []
        elif found and line:
            found[list(found)[-1]].append(line.removeprefix("# "))
    return {name: "\n".join(lines) + "\n" for name, lines in found.items()}


def lines(parent="mid-market"):
    """Each line of the appendix: from its path to value, meaning and origin."""
    found, heading = {}, ""
    for line in template(parent).partition(MARK)[2].splitlines():
        section, entry = HEADING.match(line), LINE.fullmatch(line)
        if section:
            heading = section[1] or ""
        elif line.startswith("["):
            heading = line[1:-1]
        elif entry:
            path = f"{heading}.{entry[1]}" if heading else entry[1]
            assert path not in found
            found[path] = entry.groups()[1:]
    return found


def above(parent="mid-market"):
    """The paths of the lines with a meaning that stand before the appendix."""
    heading = ""
    for line in template(parent).partition(MARK)[0].splitlines():
        heading = line[1:-1] if line.startswith("[") else heading
        entry = re.match(r"(?:# )?([\w.]+) = .+  # ", line)
        if entry and entry[1] not in ("my_mix", "payroll"):
            yield f"{heading}.{entry[1]}" if heading else entry[1]


def patterns(schema, table, path=()):
    """Every path of the JSON schema, with * for the names of entries."""
    for name, field in table["properties"].items():
        yield from patterns_of(schema, field, (*path, name))


def patterns_of(schema, field, path):
    field = field.get("allOf", [field])[0]
    reference = field.get("$ref", "").removeprefix("#/definitions/")
    inside = next(iter(field.get("patternProperties", {}).values()), None)
    if reference[:1].isupper():
        yield from patterns(schema, schema["definitions"][reference], path)
    elif inside and inside.get("$ref", "").rpartition("/")[2][:1].isupper():
        yield from patterns_of(schema, inside, (*path, "*"))
    else:
        yield ".".join(path)


def fits(pattern, path):
    wanted, found = pattern.split("."), path.split(".")
    return len(found) >= len(wanted) and all(
        a in ("*", b) for a, b in zip(wanted, found, strict=False)
    )


@pytest.mark.parametrize("parent", scenarios())
def test_every_field_of_the_schema_is_in_the_template(parent):
    schema = json_schema()
    shown = [*above(parent), *lines(parent)]
    wanted = set(patterns(schema, schema)) - {"without"}
    assert len(wanted) > 200
    assert "without = [" in template(parent)
    assert sorted(p for p in wanted if not any(fits(p, path) for path in shown)) == []


@pytest.mark.parametrize("parent", scenarios())
def test_each_line_has_value_meaning_unit_and_origin(parent):
    own = load(parent).to_mapping()
    for path, (value, meaning, origin) in lines(parent).items():
        field = field_at(Scenario, path.split("."))
        assert field.description in meaning or meaning.startswith("cost ("), path
        unit = unit_at(path)
        assert not unit or unit in f"{meaning} {path}", path
        assert "NAME" not in path
        assert '"..."' not in value
        allowed = rf"default|from {parent}( \[\w+\])?|example(, default .+)?"
        assert re.fullmatch(allowed, origin), path
        stated = own
        for key in path.split("."):
            stated = stated.get(key, {}) if isinstance(stated, dict) else {}
        assert (stated != {}) >= origin.startswith(f"from {parent}"), path


def test_the_fields_of_a_list_of_tables_are_told():
    found = lines()
    for path in ("readiness.defined_scope.effects", "correlations"):
        inner = field_shape(shape_of(field_at(Scenario, path.split("."))).of).of
        for name, field in inner.model_fields.items():
            assert f"{name}, {field.description}" in found[path][1]
            unit = told(field, "unit")
            assert not unit or unit in found[path][1]


def test_what_most_people_look_for_has_an_example():
    found = lines()
    assert [path for path in WANTED if found[path][2] == "default"] == []
    bands = tomllib.loads(
        "bands = " + lines()["services.security.arrangements.basic.contracts.msp.per_site"][0]
    )
    assert len(bands["bands"]) == 2


def own(parent, *snippets):
    """A scenario that states some snippets of TOML and extends a parent."""
    whole = {"name": "mine", "extends": parent}
    for snippet in snippets:
        whole = merged(whole, tomllib.loads(snippet))
    return whole


@pytest.mark.parametrize("parent", scenarios())
def test_each_section_loads(parent):
    sections = parts(parent)
    assert len(sections) > 12
    for name, text in sections.items():
        made = Scenario.from_mapping(own(parent, text), shipped)
        assert made.name == "mine", name


@pytest.mark.parametrize("parent", scenarios())
def test_all_sections_load_together(parent):
    made = Scenario.from_mapping(own(parent, *parts(parent).values()), shipped)
    merger = made.growth.planned["merger"]
    # The merger of growing-group itself has no certain size.
    assert merger.size.value == (None if parent == "growing-group" else 0.4)
    assert made.readiness["defined_scope"].level.value == 0.5
    assert any(service.peaks for service in made.services.values())
    for path, (_, _, origin) in lines(parent).items():
        if origin == "default":
            continue
        assert made.is_own(path), path


def test_the_examples_together_are_simulated_and_plausible():
    made = Scenario.from_mapping(own("mid-market", *parts().values()), shipped)
    assert [*unused(made), *unusual(made)] == []
    result = hcrisk.simulate(made, paths=20, threads=1, progress=False)
    assert (result.npv > 0).all()


def test_new_headings_are_taken_in_where_they_stand():
    head, mark, tail = template().partition(MARK)
    text = re.sub(
        r"^# (?=(?:rate|planned\.merger\.\w+|defined_scope\.\w+) = )", "", tail, flags=re.M
    )
    made = from_toml(head + mark + text)
    assert made.growth.rate.value == 0.03
    assert made.growth.planned["merger"].months.value == 18
    assert made.readiness["defined_scope"].level.value == 0.5


def test_lines_of_other_headings_are_taken_in_where_the_head_says():
    line = "technician.fallback_months = 4"
    assert f"\n# {line}  # " in template()
    assert "\n# ---- For [roles] above\n" in template()
    made = from_toml(template().replace("\n[roles]\n", f"\n[roles]\n{line}\n"))
    assert made.roles["technician"].fallback_months.value == 4


def test_the_top_says_where_the_rest_is_and_stays_short():
    top = template().partition("\nname = ")[0]
    assert MARK.lstrip("# =") in top
    assert len(top.splitlines()) <= 12


@pytest.mark.parametrize("parent", scenarios())
def test_what_the_top_leaves_out_as_an_example_may_be_left_out(parent):
    line = next(line for line in template(parent).splitlines() if "without = " in line)
    text = line[line.index("without") :].partition(", below")[0]
    assert from_toml(f'name = "mine"\nextends = "{parent}"\n{text}').insurance is None
