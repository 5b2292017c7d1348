"""The base of every table of a scenario file, and the kinds of field a table may have."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Annotated, Any, NamedTuple, TypeVar, Union, get_args, get_origin

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StringConstraints,
    ValidationError,
)
from pydantic.fields import FieldInfo

from hcrisk.exceptions import ScenarioError
from hcrisk.scenario.bounds import Within
from hcrisk.scenario.frozen import PLAIN, Frozen
from hcrisk.scenario.piecewise import Chance, Curve, Price
from hcrisk.scenario.quantity import Law, Number, Quantity
from hcrisk.scenario.refusal import problems_of
from hcrisk.scenario.size import Count, Seats, Size

T = TypeVar("T")


def _freeze(entries: Mapping[str, Any]) -> Mapping[str, Any]:
    return Frozen(entries)


Named = Annotated[Mapping[str, T], AfterValidator(_freeze)]
Text = Annotated[str, StringConstraints(strict=True, min_length=1)]
Texts = tuple[Text, ...]
Flag = StrictBool

AnyNumber = Annotated[Number, Within()]
Amount = Annotated[Number, Within(0.0)]
Positive = Annotated[Number, Within(0.0, open_low=True)]
Limit = Annotated[Number, Within(0.0, infinite=True)]
Share = Annotated[Number, Within(0.0, 1.0)]
Growth = Annotated[Number, Within(-1.0, open_low=True, plausible=1.0)]
Load = Annotated[Number, Within(0.0, plausible=3.0)]
CertainAmount = Annotated[Number, Within(0.0, certain=True)]
CertainPositive = Annotated[Number, Within(0.0, open_low=True, certain=True)]
CertainShare = Annotated[Number, Within(0.0, 1.0, certain=True)]
WeekHours = Annotated[Number, Within(0.0, 168.0, open_low=True, certain=True)]
Correlation = Annotated[Number, Within(-1.0, 1.0, certain=True)]
AmountLaw = Annotated[Law, Within(0.0)]
GrowthLaw = Annotated[Law, Within(-1.0, open_low=True, plausible=2.0)]
PositiveSize = Annotated[Size, Within(0.0)]
CertainSize = Annotated[Size, Within(0.0, certain=True)]
Posts = Annotated[Count, Within(0.0)]
WholeSeats = Annotated[Seats, Within(0.0, whole=True, people=True)]
Multiples = Annotated[Curve, Within(0.0)]
Probability = Annotated[Chance, Within(0.0, 1.0)]
UnitPrice = Annotated[Price, Within(0.0)]
SharePrice = Annotated[Price, Within(0.0, 1.0)]

ZERO, ONE = Number(0.0), Number(1.0)
LAW_ZERO, LAW_ONE = Law.parse(0.0), Law.parse(1.0)


def item(
    meaning: str,
    unit: str = "",
    default: Any = ...,
    *,
    usual: tuple[float, float] | None = None,
    neutral: float | None = None,
) -> Any:
    """Describe a field: what it means, its unit, and its default if it may be left out.

    ``usual`` is where a central value lies as a rule, unless it is 0; a size, by provider.
    ``neutral`` is, for a multiplier, the value at which it has no effect.
    """
    extra: dict[str, Any] = {"unit": unit}
    if usual is not None:
        extra["usual"] = list(usual)
    if neutral is not None:
        extra["neutral"] = neutral
    return Field(default=default, description=meaning, json_schema_extra=extra)


def told(field: FieldInfo | None, name: str) -> Any:
    """Return what the description of a field says under a name, None if it says nothing."""
    extra = field.json_schema_extra if field is not None else None
    return extra.get(name) if isinstance(extra, dict) else None


_OF_PYDANTIC = frozenset(name for name in dir(BaseModel) if not name.startswith("_"))


class Table(BaseModel):
    """A table of a scenario file: frozen, and refusing keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    def __init__(self, **entries: Any) -> None:
        try:
            super().__init__(**entries)
        except ValidationError as error:
            raise ScenarioError(
                problems_of(error, lambda path: keys_at(type(self), path))
            ) from None

    # Tells pydantic to build nested tables itself, so that paths stay whole.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]

    def __setattr__(self, name: str, value: Any) -> None:
        """Refuse to change a field; only what is private may be kept."""
        if not name.startswith("_"):
            raise self._is_frozen(name, repr(value))
        super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        """Refuse to drop a field."""
        raise self._is_frozen(name, "...")

    def __dir__(self) -> list[str]:
        """List what a scenario's reader may use, and not what pydantic brings."""
        return [name for name in super().__dir__() if name not in _OF_PYDANTIC]

    def __str__(self) -> str:
        """Return the fields that are stated, one a line."""
        # It is built from tables.
        from hcrisk.scenario.show import table_text

        return table_text(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text("..." if cycle else str(self))

    def _is_frozen(self, name: str, value: str) -> AttributeError:
        # Both are built from tables.
        from hcrisk.scenario.places import place_of_table
        from hcrisk.scenario.scenario import Scenario

        path = ".".join(filter(None, (place_of_table(Scenario, type(self)), name)))
        return AttributeError(
            f"{name} cannot be set: a scenario does not change; "
            f'make another with scenario.replace({{"{path}": {value}}})'
        )


class Shape(NamedTuple):
    """What a field holds: one ``of`` something, a ``table`` of them by name, or a ``list``."""

    kind: str
    of: Any
    within: Within | None
    optional: bool


def shape_of(field: FieldInfo) -> Shape:
    """Return what a field of a table holds."""
    within = next((entry for entry in field.metadata if isinstance(entry, Within)), None)
    annotation: Any = field.annotation
    return _shape(annotation, within, not field.is_required())


@cache
def _shape(annotation: Any, within: Within | None, optional: bool) -> Shape:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        found = next((entry for entry in arguments[1:] if isinstance(entry, Within)), within)
        return _shape(arguments[0], found, optional)
    if origin in (Union, types.UnionType):
        inner = next(entry for entry in arguments if entry is not type(None))
        return _shape(inner, within, True)
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return Shape("table", arguments[1], None, optional)
    if origin is tuple:
        return Shape("list", arguments[0], None, optional)
    return Shape("one", annotation, within, optional)


def field_shape(annotation: Any) -> Shape:
    """Return what an entry of a table or list of fields holds."""
    return _shape(annotation, None, False)


def field_at(model: type[BaseModel], path: Sequence[Any]) -> FieldInfo | None:
    """Return the field that describes what stands at a path below ``model``, if there is one.

    Named entries and list items are described by the field of the table or list they are in.
    """
    field: FieldInfo | None = None
    here = Shape("one", model, None, False)
    for part in path:
        if here.kind != "one":
            here = field_shape(here.of)
        elif is_table(here.of):
            field = here.of.model_fields.get(str(part))
            if field is None:
                return None
            here = shape_of(field)
    return field


def keys_at(model: type[BaseModel], path: Sequence[Any]) -> list[str]:
    """Return the keys that the table holding the last part of ``path`` may have."""
    here = Shape("one", model, None, False)
    for part in path[:-1]:
        if here.kind != "one":
            here = field_shape(here.of)
        elif is_table(here.of) and part in here.of.model_fields:
            here = shape_of(here.of.model_fields[part])
    return list(here.of.model_fields) if here.kind == "one" and is_table(here.of) else []


def is_table(kind: Any) -> bool:
    """Tell whether what a field holds is a table with fields of its own."""
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def plain(value: Any) -> Any:
    """Return a table, quantity or anything made of them as it is written in a file.

    Examples
    --------
    >>> plain({"pay": Number(60_000.0, source="bls"), "ramp_months": Law.parse(3)})
    {'pay': {'value': 60000.0, 'source': 'bls'}, 'ramp_months': 3.0}
    """
    if type(value) in PLAIN:
        return value
    if isinstance(value, Table):
        stated = {
            name: getattr(value, name)
            for name in type(value).model_fields
            if name in value.model_fields_set
        }
        return {name: plain(entry) for name, entry in stated.items() if entry is not None}
    if isinstance(value, Quantity):
        return value.raw()
    if isinstance(value, Mapping):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    # Arrays and scalars of NumPy and of libraries like it.
    return value.tolist() if hasattr(value, "tolist") else value


def children(value: Any) -> Iterator[tuple[str, Any]]:
    """Iterate over what is directly inside a table, named entries or list, with its key."""
    if isinstance(value, Table):
        for name in type(value).model_fields:
            yield name, getattr(value, name)
    elif isinstance(value, Mapping):
        yield from value.items()
    elif isinstance(value, tuple):
        for index, entry in enumerate(value):
            yield str(index), entry
