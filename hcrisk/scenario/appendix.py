"""The last part of a starting file: every field that is not shown before it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import groupby
from textwrap import wrap
from typing import Any, NamedTuple

from pydantic.fields import FieldInfo

from hcrisk.distributions.families import FAMILIES
from hcrisk.scenario.examples import examples
from hcrisk.scenario.explain import meaning_of, part_of, sourced
from hcrisk.scenario.refusal import dotted
from hcrisk.scenario.remarks import bare
from hcrisk.scenario.scenario import Scenario
from hcrisk.scenario.table import Table, field_shape, is_table, plain, shape_of
from hcrisk.scenario.values import toml_value

MARK = "# ==== Everything else that can be stated"
# An entry of a table in which there is none to name.
ANY = "NAME"
WIDTH = 90
# What a file adds to the parent's, or has for itself alone.
NOT_INHERITED = ("description", "correlations")


class Field(NamedTuple):
    """A field of the schema, and the tables of a content that may hold it.

    Attributes
    ----------
    name : str
    info : FieldInfo
    places : dict
        From the path of a table to what it holds.
    """

    name: str
    info: FieldInfo
    places: Mapping[str, Mapping[str, Any]]

    @property
    def paths(self) -> list[str]:
        """Where it may be stated, in tables that have a name."""
        return [dotted([path, self.name]) for path in self.places if ANY not in path.split(".")]

    @property
    def stated(self) -> dict[str, Any]:
        """Its values by path."""
        places = self.places.items()
        return {
            dotted([path, self.name]): held[self.name] for path, held in places if self.name in held
        }


def appendix(parent: Scenario, shown: Collection[str]) -> list[str]:
    """Return lines that show whatever else may be stated, one for each field.

    Parameters
    ----------
    parent : Scenario
        What the file extends.
    shown : collection of str
        Paths and headings that stand in the file already.

    Returns
    -------
    list of str
        Each field has an example, or what the parent states, or its default.
    """
    entries = unstated(parent, shown)
    order = list(dict.fromkeys(map(part_of, entries)))
    lines = ["", *_head(parent)]
    for part, paths in groupby(sorted(entries, key=lambda p: order.index(part_of(p))), part_of):
        lines += ["", *_heading(part, shown)]
        lines += [_line(parent, path, *entries[path]) for path in paths]
    return lines


def unstated(parent: Scenario, shown: Collection[str]) -> dict[str, tuple[str, str]]:
    """Return whatever else may be stated, one path for each field.

    Parameters
    ----------
    parent : Scenario
        What a file extends.
    shown : collection of str
        Paths and headings that are shown elsewhere.

    Returns
    -------
    dict
        From path to an example, what the parent states or the default, as TOML, and to which of
        them it is.
    """
    own = fields(Scenario, parent.to_mapping())
    possible = fields(Scenario, examples(parent.services))
    entries: dict[str, tuple[str, str]] = {}
    for field, example in zip(own, possible, strict=True):
        if example.stated or not _is_shown(field, shown):
            found = _entries(parent, field, example)
            entries |= {path: entry for path, entry in found.items() if path not in shown}
    return entries


def fields(model: type[Table], content: Mapping[str, Any]) -> Iterator[Field]:
    """Iterate over every field at or below a table that holds no further table of fields.

    Parameters
    ----------
    model : type
    content : mapping
        What a file states of it.
    """
    yield from _below(model, {"": content})


def _below(model: type[Table], places: Mapping[str, Mapping[str, Any]]) -> Iterator[Field]:
    for name, info in model.model_fields.items():
        shape = shape_of(info)
        inner = field_shape(shape.of).of if shape.kind == "table" else shape.of
        if shape.kind == "list" or not is_table(inner):
            yield Field(name, info, places)
            continue
        inside = {dotted([path, name]): held.get(name, {}) for path, held in places.items()}
        if shape.kind == "table":
            named = {
                f"{p}.{key}": entry for p, held in inside.items() for key, entry in held.items()
            }
            inside = named or {f"{path}.{ANY}": {} for path in list(inside)[:1]}
        yield from _below(inner, inside)


def _is_shown(field: Field, shown: Collection[str]) -> bool:
    return any(
        entry == path or entry.startswith(f"{path}.") for path in field.paths for entry in shown
    )


def _entries(parent: Scenario, field: Field, example: Field) -> dict[str, tuple[str, str]]:
    """Return the value of a field as TOML, and where it is from, by path."""
    default = None if field.info.is_required() else plain(field.info.default)
    normal = toml_value(_short(default)) if default is not None else ""
    if example.stated:
        less = "" if default in (None, {}, []) else f", default {normal}"
        shown = {p: (toml_value(value), f"example{less}") for p, value in example.stated.items()}
        stated = {p: field.stated[p] for p in shown if p in field.stated and p not in NOT_INHERITED}
        return shown | {p: _stated(parent, value) for p, value in stated.items()}
    for path, value in field.stated.items():
        return {path: _stated(parent, value)}
    path = [*field.paths, *example.paths, dotted([next(iter(field.places)), field.name])][0]
    # Only in a scenario without such a table nothing may be known to show.
    return {path: (normal or '"..."', "default" if normal else "not stated")}


def _stated(parent: Scenario, value: Any) -> tuple[str, str]:
    return toml_value(bare(value)), f"from {parent.name}{sourced(value)}"


def _short(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _line(parent: Scenario, path: str, value: str, origin: str) -> str:
    key = path.removeprefix(f"{part_of(path)}.")
    return f"# {key} = {value}  # {meaning_of(parent, path)}; {origin}"


def _heading(part: str, shown: Collection[str]) -> list[str]:
    if not part:
        return ["# ---- For the first lines, below extends"]
    if part in shown:
        return [f"# ---- For [{part}] above"]
    about = str(Scenario.model_fields[part].description)
    return [f"# ---- {about[0].upper()}{about[1:]}", f"[{part}]"]


def _head(parent: Scenario) -> list[str]:
    families = "; ".join(
        f"{name} ({' or '.join(', '.join(form.parameters) for form in family.forms)})"
        for name, family in FAMILIES.items()
    )
    about = (
        "Few practices need any of it. Each line has a value, its meaning and unit, and where the "
        f"value is from: {parent.name}, or the default, which holds if nothing is stated, or an "
        "example. Copy what is for a heading above to below that heading, and take the # off "
        "there; where a heading stands below, take it off in place. Names such as technician or "
        "msp stand for any of their kind.",
        'A number may also be { value = 3, source = "payroll", note = "a remark", '
        'range = [2, 5] }, with a range worth exploring, or { dist = "...", ... } with the same '
        f"remarks. The families are {families}; normal and lognormal also take two quantiles, as "
        "p50 and p90. truncate = [low, high] leaves out what is outside, clip = [low, high] moves "
        "it to the bound.",
    )
    return [MARK, *(f"# {line}" for text in about for line in wrap(text, WIDTH))]
