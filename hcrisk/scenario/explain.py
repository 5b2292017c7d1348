"""What a line of a starting file says of its field, and the part of the file it stands in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from hcrisk.scenario.refusal import look_up
from hcrisk.scenario.register import unit_at, unit_of
from hcrisk.scenario.scenario import Scenario
from hcrisk.scenario.table import field_at, field_shape, is_table, shape_of, told


def part_of(path: str) -> str:
    """Return the heading under which a field stands: "" for what stands above all headings.

    Examples
    --------
    >>> part_of("services.help_desk.gap_rate"), part_of("roles.analyst.pay"), part_of("currency")
    ('services.help_desk', 'roles', '')
    """
    parts = path.split(".")
    return ".".join(parts[: 2 if parts[0] == "services" else 1]) if len(parts) > 1 else ""


def meaning_of(scenario: Scenario, path: str) -> str:
    """Return the meaning of the field at a dotted path, with its unit unless that is plain.

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> meaning_of(load("mid-market"), "roles.technician.recruiting_flat")
    'cost of each start (USD)'
    """
    field = field_at(Scenario, path.split("."))
    meaning = path if field is None else str(field.description) + _inside(field)
    if path.endswith(".amount") and look_up(scenario.to_mapping(), path)[0]:
        # The unit says for what and how often.
        return f"cost ({unit_of(scenario, path)})"
    unit = unit_at(path).replace("USD", scenario.currency)
    return meaning if not unit or unit in f"{meaning} {path}" else f"{meaning} ({unit})"


def sourced(stated: object) -> str:
    """Return the source of a value in brackets, as `hcrisk sources` names it.

    Parameters
    ----------
    stated : object
        What a file states, which may be sizes per provider.

    Returns
    -------
    str
        Empty if it names none.

    Examples
    --------
    >>> sourced({"value": 4, "source": "payroll"}), sourced({"per_provider": {"value": 4}})
    (' [payroll]', '')
    """
    if not isinstance(stated, Mapping):
        return ""
    if isinstance(stated.get("source"), str):
        return f" [{stated['source']}]"
    return sourced(stated.get("per_provider"))


def _inside(field: FieldInfo) -> str:
    """Return the choices of a field, or what the tables of a list hold."""
    shape = shape_of(field)
    if get_origin(shape.of) is Literal:
        *most, last = get_args(shape.of)
        return f": {', '.join(most)} or {last}"
    inner = field_shape(shape.of).of if shape.kind == "list" else None
    if inner is None or not is_table(inner):
        return ""
    return ": " + "; ".join(map(_told, inner.model_fields, inner.model_fields.values()))


def _told(name: str, field: FieldInfo) -> Any:
    unit = told(field, "unit")
    return f"{name}, {field.description}" + (f" ({unit})" if unit and unit != name else "")
