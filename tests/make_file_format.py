"""Write docs/file-format.md: every table and field of a scenario file, from its schema.

python -m tests.make_file_format
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from hcrisk.distributions.families import FAMILIES, Family
from hcrisk.scenario import Scenario, json_schema
from hcrisk.scenario.bounds import Within
from hcrisk.scenario.describe import number_text
from hcrisk.scenario.piecewise import Piecewise
from hcrisk.scenario.quantity import Law, Number, Quantity
from hcrisk.scenario.size import Count, Seats, Size
from hcrisk.scenario.table import Shape, Table, field_shape, is_table, plain, shape_of, told
from hcrisk.scenario.values import toml_value

PAGE = Path(__file__).parents[1] / "docs" / "file-format.md"
HEAD = """\
# The scenario file

Every table and field of a scenario file, made from the rules by which files are checked
(`python -m tests.make_file_format`). What the fields do to a result, equation by equation, is in
[model.md](model.md). To start one, `hcrisk init my-practice.toml` writes a commented file, and
`hcrisk schema` prints the same rules for editors, as a JSON schema.

A file is TOML. Most files extend a shipped one by a first line such as `extends = "mid-market"`,
state what differs, and list in `without` what they do not take over, as
`without = ["insurance"]`. A file that extends another may leave out anything; in a file
that stands alone, fields without a default are required. A `*` in a path stands for a name of
your own, such as `technician` in `roles.*.pay`, or for a place in a list.

## Ways to write a value

Numbers are written without units, thousands may be grouped by `_`: `60_000`. Shares are fractions:
`0.05`, not 5. A number may say where it comes from, by a key of `sources`, and what is worth
exploring: `{ value = 60_000, source = "payroll", note = "May", range = [55_000, 70_000] }`.

| type | what may be written | for example |
|---|---|---|
| text | text in quotes | `"Help desk"` |
| flag | `true` or `false` | `true` |
| number | a number, or a distribution if it is not known: drawn once for each simulated future | \
`{ dist = "normal", mean = 0.03, sd = 0.01 }` |
| certain | a number that decides the structure, so it cannot be uncertain | `5` |
| law | a distribution drawn anew at each occurrence, such as each loss; its parameters may be \
uncertain | `{ dist = "lognormal", p50 = 42, p90 = 75 }` |
| size | a number or certain number, or one per provider | `{ per_provider = 4.5 }` |
| count | a certain number, or one for each so many users, endpoints, providers or sites | \
`{ per = "user", ratio = 80, minimum = 2 }` |
| seats | a count of seats, which may say how long those in them have been there | \
`{ count = 3, tenure_years = 4 }` |
| curve | a number, the multiple where nobody covers a service, or points by the uncovered share | \
`[{ at = 0, multiple = 0.8 }, { at = 1, multiple = 1.7 }]` |
| steps | a number, or steps by the records of an event | \
`[{ above = 0, probability = 0.1 }, { above = 500, probability = 0.6 }]` |
| bands | a number, or a price by the count it is charged for | \
`[{ from = 0, price = 120 }, { from = 100, price = 100 }]` |

### Distributions

`dist` names the family; the other parameters are one of the sets below. `truncate = [low, high]`
leaves out what lies outside, `clip = [low, high]` moves it to the bound.

"""
PIECEWISE = {"Curve": "curve", "Chance": "steps", "Price": "bands"}
# A value of a table of such is one of its entries.
ANY = "*"


class Row(NamedTuple):
    """A field, as the page shows it."""

    name: str
    type: str
    unit: str
    default: str
    bounds: str
    meaning: str


class Section(NamedTuple):
    """A table of a file: its path, what it is, its fields."""

    path: str
    about: str
    rows: tuple[Row, ...]


def sections(model: type[Table] = Scenario, path: str = "") -> Iterator[Section]:
    """Iterate over a table and those below it, each before those below it."""
    about = (model.__doc__ or "").strip().splitlines()[0]
    rows = tuple(map(row, model.model_fields, model.model_fields.values()))
    yield Section(path, about, rows if path else (*inheritance(), *rows))
    for name, field in model.model_fields.items():
        shape = shape_of(field)
        below, inner = (f"{path}.{name}" if path else name), shape
        while inner.kind != "one":
            below, inner = f"{below}.{ANY}", field_shape(inner.of)
        if is_table(inner.of):
            yield from sections(inner.of, below)


def inheritance() -> Iterator[Row]:
    """Iterate over what only a file has: where it takes the rest from."""
    known = json_schema()["properties"]
    for name in ("extends", "without"):
        type_ = "text" if known[name]["type"] == "string" else "list of text"
        yield Row(name, type_, "", "", "", known[name]["description"])


def row(name: str, field: FieldInfo) -> Row:
    """Return what the page says of a field."""
    shape = shape_of(field)
    within = _within(shape)
    return Row(
        name,
        type_of(shape),
        (told(field, "unit") or "").replace("|", "or"),
        _default(field),
        bounds_of(within) if within else "",
        _meaning(field),
    )


def type_of(shape: Shape) -> str:
    """Return the type of a field in words of the page."""
    if shape.kind != "one":
        inner = type_of(field_shape(shape.of))
        return f"list of {inner}" if shape.kind == "list" else f"{inner} by name"
    kind: Any = shape.of
    if get_origin(kind) is Literal:
        return " or ".join(f'`"{choice}"`' for choice in get_args(kind))
    if kind is bool or kind is str:
        return "flag" if kind is bool else "text"
    if issubclass(kind, BaseModel):
        return "table"
    within = shape.within or Within()
    return " ".join(("certain",) if within.certain and kind is Number else _words(kind, within))


def _words(kind: type[Quantity], within: Within) -> Iterator[str]:
    if within.certain and kind is Size:
        yield "certain"
    if issubclass(kind, Piecewise):
        yield PIECEWISE[kind.__name__]
    else:
        yield {Number: "number", Law: "law", Size: "size", Count: "count", Seats: "seats"}[kind]


def _within(shape: Shape) -> Within | None:
    while shape.kind != "one":
        shape = field_shape(shape.of)
    return shape.within


def bounds_of(within: Within) -> str:
    """Return where values must lie, as an inequality.

    Examples
    --------
    >>> bounds_of(Within(0, 1)), bounds_of(Within(0, open_low=True, whole=True))
    ('0 to 1', 'whole, > 0')
    >>> bounds_of(Within(-1, 1, open_low=True, open_high=True)), bounds_of(Within(plausible=1))
    ('> -1, < 1', '≤ 1')
    """
    top = within.high if math.isfinite(within.high) else within.plausible
    low, high = number_text(within.low), None if top is None else number_text(top)
    words = ["whole"] if within.whole else []
    if math.isfinite(within.low) and high and not within.open_low and not within.open_high:
        words.append(f"{low} to {high}")
    else:
        if math.isfinite(within.low):
            words.append(f"{'>' if within.open_low else '≥'} {low}")
        if high:
            words.append(f"{'<' if within.open_high else '≤'} {high}")
    if within.infinite:
        words.append("`inf` for none")
    if within.mean is not None:
        words.append(f"mean {number_text(within.mean)}")
    if within.step:
        words.append(f"0 or ≥ {number_text(within.step)}")
    return ", ".join(words)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = plain(field.default)
    if value is None or value == {} or value == []:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return f"`{toml_value(value)}`"


def _meaning(field: FieldInfo) -> str:
    words = [str(field.description)]
    if usual := told(field, "usual"):
        low, high = map(number_text, usual)
        of = " for each provider" if shape_of(field).of is Size else ""
        words.append(f"usually {low} to {high}{of}")
    neutral = told(field, "neutral")
    if neutral is not None:
        words.append(f"{number_text(neutral)} has no effect")
    return "; ".join(words)


def anchor(path: str) -> str:
    """Return the name by which a field's place on the page is linked to.

    Examples
    --------
    >>> anchor("roles.*.pay")
    'roles-any-pay'
    """
    return path.replace("*", "any").replace(".", "-")


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines) + "\n"


def _families() -> str:
    rows = [(f"`{family.name}`", _forms(family)) for family in FAMILIES.values()]
    return table(("`dist`", "parameters"), rows)


def _forms(family: Family) -> str:
    found = []
    for form in family.forms:
        names = [
            f"`{name}`" if name in form.required else f"[`{name}`]" for name in form.parameters
        ]
        found.append(", ".join(names))
    if family.quantiles:
        found.append("two quantiles, such as `p5`, `p95` or `p50`, `p90`")
    return "; or ".join(found)


def _section(section: Section) -> str:
    title = f"`[{section.path}]`" if section.path else "Top level"
    if section.path.endswith(ANY) and _is_list(section.path):
        title = f"`[[{section.path[:-2]}]]`"
    rows = [(_named(section.path, row), *row[1:]) for row in section.rows]
    head = ("field", "type", "unit", "default", "bounds", "meaning")
    mark = f'<a id="{anchor(_plain(section.path))}"></a>' if section.path else ""
    return f"### {title}\n\n{mark}{section.about}\n\n{table(head, rows)}"


def _named(above: str, row: Row) -> str:
    path = anchor(f"{above}.{row.name}" if above else row.name)
    # Tables have sections of their own.
    if "table" in row.type:
        return f"[`{row.name}`](#{path})"
    return f'<a id="{path}"></a>`{row.name}`'


def _plain(path: str) -> str:
    """Return the path of the field that holds tables of this kind."""
    return path.removesuffix(f".{ANY}")


def _is_list(path: str) -> bool:
    """Tell whether the last part of a path is a place in a list."""
    here = Shape("one", Scenario, None, False)
    for part in path.split(".")[:-1]:
        here = field_shape(here.of) if part == ANY else shape_of(here.of.model_fields[part])
    return here.kind == "list"


def page() -> str:
    """Return docs/file-format.md."""
    note = "\nWhat stands in brackets may be left out.\n\n## Tables and fields\n\n"
    return HEAD + _families() + note + "\n".join(map(_section, sections()))


def main() -> None:
    """Write the file."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
