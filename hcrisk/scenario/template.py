"""The commented file a new scenario starts from."""

from __future__ import annotations

from typing import Any

from hcrisk.scenario.describe import describe
from hcrisk.scenario.quantity import Quantity
from hcrisk.scenario.register import unit_at
from hcrisk.scenario.remarks import REMARKS
from hcrisk.scenario.scenario import Scenario
from hcrisk.scenario.table import field_at
from hcrisk.scenario.toml import toml_value

FIRST = {
    "practice": ("users", "endpoints", "records", "revenue"),
    "horizon": ("years",),
    "discounting": ("rate",),
    "people": ("benefits_load",),
}
OF_A_ROLE = ("pay", "attrition_rate")
OF_INSURANCE = ("premium", "retention", "limit")
MOST_ROLES = 3


def template(parent: Scenario, name: str = "my-practice") -> str:
    """Return a commented file that extends ``parent``, for a practice to fill in.

    Parameters
    ----------
    parent : Scenario
    name : str
        Name of the new scenario.

    Returns
    -------
    str
        It loads as it is; each commented line shows the parent's value.
    """
    providers = parent.practice.providers
    lines = [
        f"# A scenario that differs from {parent.name} in what is written here.",
        "# Take the # off a line and put your own number in its place.",
        '# A number you are not sure of:  { dist = "lognormal", p50 = 60_000, p90 = 75_000 }',
        '# A number with its source:      { value = 60_000, source = "payroll" }',
        "",
        f"name = {toml_value(name)}",
        f"extends = {toml_value(parent.name)}",
        "",
        "[practice]",
        _comment("practice.providers", parent),
        f"providers = {toml_value(_whole(float(providers)))}",
        *_section_body(parent, "practice", FIRST["practice"]),
    ]
    for table in ("horizon", "discounting", "people"):
        lines += ["", f"[{table}]", *_section_body(parent, table, FIRST[table])]
    for role in list(parent.roles)[:MOST_ROLES]:
        lines += ["", f"[roles.{role}]", *_section_body(parent, f"roles.{role}", OF_A_ROLE)]
    for service, stated in parent.services.items():
        choices = ", ".join(stated.arrangements)
        lines += ["", f"[services.{service}]", f"# arrangement in place today: one of {choices}"]
        lines += [f"# current = {toml_value(stated.current)}"]
    if parent.insurance is not None:
        lines += ["", "[insurance]", *_section_body(parent, "insurance", OF_INSURANCE)]
    return "\n".join(lines) + "\n"


def _section_body(parent: Scenario, table: str, keys: tuple[str, ...]) -> list[str]:
    lines: list[str] = []
    for key in keys:
        path = f"{table}.{key}"
        lines += [_comment(path, parent), f"# {key} = {toml_value(_bare(_quantity(parent, path)))}"]
    return lines


def _comment(path: str, parent: Scenario) -> str:
    field = field_at(Scenario, path.split("."))
    meaning = field.description if field is not None else path
    unit = unit_at(path).replace("USD", parent.currency)
    of_parent = f"{parent.name}: {describe(_quantity(parent, path))}"
    named = not unit or unit in f"{meaning} {path}"
    return f"# {meaning}; {of_parent}" if named else f"# {meaning} ({unit}); {of_parent}"


def _quantity(parent: Scenario, path: str) -> Quantity:
    return parent.quantities()[path]


def _bare(quantity: Quantity) -> Any:
    return _strip(quantity.raw())


def _strip(raw: Any) -> Any:
    if isinstance(raw, dict):
        kept = {key: _strip(value) for key, value in raw.items() if key not in REMARKS}
        return kept["value"] if list(kept) == ["value"] else kept
    return _whole(raw)


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value
