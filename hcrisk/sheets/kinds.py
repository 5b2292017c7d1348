"""What a cell may hold, by the field it is for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, get_args, get_origin

from hcrisk.scenario.bounds import Within
from hcrisk.scenario.quantity import Quantity
from hcrisk.scenario.refusal import look_up
from hcrisk.scenario.remarks import PROSE
from hcrisk.scenario.scenario import Scenario
from hcrisk.scenario.size import DRIVERS, Count, Seats
from hcrisk.scenario.table import Shape, field_shape, is_table, shape_of
from hcrisk.sheets.layout import ADD_OFFER, NO, WITHOUT, YES

CURRENCIES = ("USD", "EUR", "GBP", "CAD", "AUD", "CHF")
ROLE_FIELDS = ("role", "oversight_role")


class Kind(NamedTuple):
    """What a cell may hold.

    Attributes
    ----------
    name : {"number", "choice", "flag", "text", "texts", "structure", "unknown"}
    options : tuple of str
        What there is to choose from, if that is known; others may be right where `closed` is
        false.
    closed : bool
    ranged : bool
        Whether a number may be uncertain.
    """

    name: str
    options: tuple[str, ...] = ()
    closed: bool = True
    ranged: bool = False


def kind_of(path: str, content: Mapping[str, Any]) -> Kind:
    """Return what a cell for the field at a dotted path may hold.

    Parameters
    ----------
    path : str
    content : mapping
        The scenario whose names may be chosen.

    Returns
    -------
    Kind

    Examples
    --------
    >>> kind_of("risks.breach.losses.fine.per", {}).options[:2]
    ('event', 'record')
    >>> kind_of("roles.technician.pay", {}).name, kind_of("roles.technician.label", {}).name
    ('number', 'text')
    """
    if path == ADD_OFFER:
        return Kind("flag", (YES, NO))
    if path == WITHOUT:
        return Kind("texts")
    parts = path.split(".")
    here, rest = _shape_at(parts)
    if is_switch(path):
        return Kind("flag", (YES, NO))
    if here is None:
        return Kind("unknown")
    if here.kind == "list":
        return Kind("texts" if _is_text(here.of) else "structure")
    if here.kind == "table" or is_table(here.of):
        return Kind("structure")
    return _kind_of_one(here, parts, rest, content)


def is_switch(path: str) -> bool:
    """Tell whether a path is that of one name in a list of names, which is in it or is not.

    Examples
    --------
    >>> is_switch("practice.controls.mfa"), is_switch("practice.controls")
    (True, False)
    """
    *table, name = path.split(".")
    here, _ = _shape_at(table)
    return here is not None and here.kind == "list" and _is_text(here.of) and not name.isdigit()


def _kind_of_one(
    here: Shape, parts: list[str], rest: list[str], content: Mapping[str, Any]
) -> Kind:
    kind = here.of
    if isinstance(kind, type) and issubclass(kind, Quantity):
        if rest[-1:] == ["per"]:
            return Kind("choice", DRIVERS)
        if rest[-1:] and rest[-1] in ("dist", *PROSE):
            return Kind("text")
        certain = isinstance(here.within, Within) and here.within.certain
        certain |= issubclass(kind, Count | Seats) and rest[-1:] != ["tenure_years"]
        return Kind("number", ranged=not certain)
    if get_origin(kind) is Literal:
        return Kind("choice", tuple(map(str, get_args(kind))))
    if kind is bool or getattr(kind, "__name__", "") == "bool":
        return Kind("flag", (YES, NO))
    options = _references(parts, content)
    # A workbook may add a vendor, a role or an arrangement, and choose it.
    return Kind("choice", options, closed=False) if options else Kind("text")


def _shape_at(parts: list[str]) -> tuple[Shape | None, list[str]]:
    """Return what stands at a path, and the end of the path that is inside a number."""
    here = Shape("one", Scenario, None, False)
    for index, part in enumerate(parts):
        if here.kind != "one":
            here = field_shape(here.of)
        elif is_table(here.of):
            field = here.of.model_fields.get(part)
            if field is None:
                return None, []
            here = shape_of(field)
        else:
            return here, parts[index:]
    return here, []


def _is_text(annotation: Any) -> bool:
    return field_shape(annotation).of is str


def _references(parts: list[str], content: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the scenario that a text field may refer to."""
    services = content.get("services", {})
    if parts == ["currency"]:
        return CURRENCIES
    if parts[0] == "services" and parts[-1] == "current" and len(parts) == 3:
        return tuple(look_up(content, f"services.{parts[1]}.arrangements")[1] or ())
    if parts[0] == "strategies" and len(parts) == 4 and parts[2] == "services":
        return tuple(look_up(content, f"services.{parts[3]}.arrangements")[1] or ())
    if parts[0] == "strategies" and parts[-1] == "all" and len(parts) == 3:
        names = [name for one in services.values() for name in one.get("arrangements", {})]
        return tuple(dict.fromkeys(names))
    if parts[-1] in ROLE_FIELDS:
        return tuple(content.get("roles", {}))
    if parts[0] == "risks" and len(parts) == 3 and parts[-1] in ("vendor", "service"):
        return tuple(content.get(f"{parts[-1]}s", {}))
    return ()
