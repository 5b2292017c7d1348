"""The JSON schema that lets an editor complete and check a scenario file."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from hcrisk.distributions.families import FAMILIES
from hcrisk.scenario.bounds import Within
from hcrisk.scenario.names import HYPHENATED_NAME
from hcrisk.scenario.piecewise import Piecewise
from hcrisk.scenario.quantity import Law, Number, Quantity
from hcrisk.scenario.scenario import Scenario
from hcrisk.scenario.size import DRIVERS, Count, Seats, Size
from hcrisk.scenario.table import Shape, shape_of

Json = dict[str, Any]
DIALECT = "http://json-schema.org/draft-07/schema#"
QUANTILE_KEY = "^p[0-9]+(_[0-9]+)?$"
REMARKS: Json = {
    "source": {"type": "string", "description": "key into sources"},
    "note": {"type": "string", "description": "remark"},
    "range": {
        "type": "array",
        "items": {"type": "number"},
        "minItems": 2,
        "maxItems": 2,
        "description": "the values worth exploring in a sensitivity analysis",
    },
}
ENDS: Json = {
    "truncate": {
        "description": "values outside are left out",
        "$ref": "#/definitions/ends",
    },
    "clip": {"description": "values outside are moved to the bound", "$ref": "#/definitions/ends"},
}


def json_schema() -> Json:
    """Return the JSON schema (draft 7) of a scenario file.

    Returns
    -------
    dict

    Examples
    --------
    >>> schema = json_schema()
    >>> schema["definitions"]["Role"]["properties"]["pay"]["description"]
    "the practice's median pay for one FTE in year 1 (USD/year)"
    """
    definitions: Json = {
        "ends": {
            "type": "array",
            "items": {"type": "number"},
            "minItems": 2,
            "maxItems": 2,
        },
        "uncertain": _distribution({"type": "number"}),
        "law": _distribution({"$ref": "#/definitions/number"}),
        "sourced": _object({"value": {"type": "number"}, **REMARKS}, ["value"]),
        "number": _any({"type": "number"}, "sourced", "uncertain"),
    }
    whole = _model(Scenario, definitions)
    parent = {"type": "string", "description": "the scenario this file states differences from"}
    left_out = {
        "type": "array",
        "items": {"type": "string"},
        "description": "dotted paths of what is not inherited, such as services.software",
    }
    whole["properties"] = {"extends": parent, "without": left_out, **whole["properties"]}
    # What a file that extends another leaves out is inherited, so nothing is required here.
    for table in [whole, *definitions.values()]:
        if "title" in table:
            table.pop("required", None)
    return {
        "$schema": DIALECT,
        "title": "hcrisk scenario",
        **{key: value for key, value in whole.items() if key != "title"},
        "required": ["name"],
        "definitions": definitions,
    }


def _object(properties: Mapping[str, Any], required: list[str]) -> Json:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": required,
        "additionalProperties": False,
    }


def _any(*choices: Json | str) -> Json:
    return {
        "anyOf": [
            {"$ref": f"#/definitions/{choice}"} if isinstance(choice, str) else choice
            for choice in choices
        ]
    }


def _distribution(parameter: Json) -> Json:
    names = {
        name: parameter
        for family in FAMILIES.values()
        if not family.listed
        for form in family.forms
        for name in form.parameters
    }
    lists = {
        "values": {"type": "array", "items": {"type": "number"}},
        "weights": {"type": "array", "items": {"type": "number"}},
        "quantiles": {"type": "array", "items": {"$ref": "#/definitions/ends"}},
        "components": {"type": "array", "items": {"$ref": "#/definitions/uncertain"}},
    }
    families = {"enum": list(FAMILIES), "description": "family of the distribution"}
    properties = {"dist": families, **names, "median": parameter, **lists, **ENDS, **REMARKS}
    return {**_object(properties, ["dist"]), "patternProperties": {QUANTILE_KEY: parameter}}


def _model(model: type[BaseModel], definitions: Json) -> Json:
    properties = {name: _field(field, definitions) for name, field in model.model_fields.items()}
    required = [name for name, field in model.model_fields.items() if field.is_required()]
    about = (model.__doc__ or "").strip().splitlines()
    return {"title": model.__name__, "description": about[0], **_object(properties, required)}


def _field(field: FieldInfo, definitions: Json) -> Json:
    shape = shape_of(field)
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    unit = extra.get("unit")
    meaning = f"{field.description} ({unit})" if unit else f"{field.description}"
    kind = _kind(shape, definitions)
    if "$ref" in kind:
        # Draft 7 ignores what stands beside a reference.
        kind = {"allOf": [kind]}
    more = {"type": extra["type"]} if "type" in extra else {}
    return {"description": meaning, **kind, **more, **_default(field)}


def _default(field: FieldInfo) -> Json:
    value = field.default
    if isinstance(value, Quantity):
        value = value.raw()
    if isinstance(value, bool | str) or (isinstance(value, float) and math.isfinite(value)):
        return {"default": value}
    return {}


def _kind(shape: Shape, definitions: Json) -> Json:
    if shape.kind == "table":
        inner = _kind(_inner(shape), definitions)
        pattern = f"^{HYPHENATED_NAME.pattern}$"
        return {
            "type": "object",
            "patternProperties": {pattern: inner},
            "additionalProperties": False,
        }
    if shape.kind == "list":
        return {"type": "array", "items": _kind(_inner(shape), definitions)}
    return _one(shape.of, shape.within or Within(), definitions)


def _inner(shape: Shape) -> Shape:
    # The kind of an entry is described like that of a field.
    return shape_of(FieldInfo.from_annotation(shape.of))


def _one(kind: Any, within: Within, definitions: Json) -> Json:
    if get_origin(kind) is Literal:
        return {"enum": list(get_args(kind))}
    if kind is bool:
        return {"type": "boolean"}
    if kind is str:
        return {"type": "string", "minLength": 1}
    if issubclass(kind, BaseModel):
        if kind.__name__ not in definitions:
            definitions[kind.__name__] = {}
            definitions[kind.__name__] = _model(kind, definitions)
        return {"$ref": f"#/definitions/{kind.__name__}"}
    return _quantity(kind, within)


def _quantity(kind: type[Quantity], within: Within) -> Json:
    number = _bounded(within)
    sourced = _object({"value": number, **REMARKS}, ["value"])
    plain = [number, sourced] if within.certain else [number, sourced, "uncertain"]
    if kind is Number:
        return _any(*plain)
    if kind is Law:
        value = _object({"value": _any(*plain), **REMARKS}, ["value"])
        return _any(number, value, "law")
    if kind is Size:
        per_provider = _object({"per_provider": _any(*plain), **REMARKS}, ["per_provider"])
        return _any(*plain, per_provider)
    if kind is Count:
        return _any(number, sourced, _ratio({}))
    if kind is Seats:
        tenure = {"tenure_years": {"$ref": "#/definitions/number"}}
        count = _any(number, sourced, _ratio({}))
        return _any(number, sourced, _ratio(tenure), _object({"count": count, **tenure}, ["count"]))
    if issubclass(kind, Piecewise):
        one, other = kind.keys
        item = _object({one: _bounded(kind.levels), other: _any(*plain)}, [one, other])
        return _any(*plain, {"type": "array", "items": item, "minItems": 1})
    raise TypeError(f"no schema is written for {kind!r}")


def _ratio(more: Json) -> Json:
    certain = _any({"type": "number", "minimum": 0}, "sourced")
    properties = {
        "per": {"enum": list(DRIVERS), "description": "what the count follows"},
        "ratio": {"description": "units of the driver for each seat or post", **certain},
        "minimum": {"description": "the least there are", **certain},
        "source": REMARKS["source"],
        "note": REMARKS["note"],
        **more,
    }
    return _object(properties, ["per", "ratio"])


def _bounded(within: Within) -> Json:
    low = "exclusiveMinimum" if within.open_low else "minimum"
    high = "exclusiveMaximum" if within.open_high else "maximum"
    bounds: Json = {"type": "integer" if within.whole else "number"}
    if math.isfinite(within.low):
        bounds[low] = within.low
    top = within.high if math.isfinite(within.high) else within.plausible
    if top is not None and math.isfinite(top):
        bounds[high] = top
    return bounds
