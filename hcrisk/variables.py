"""The registry of output variables: the one place that says what a result consists of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    import xarray as xr

    from hcrisk.scenario import Scenario

CURRENCY = "{currency}"
Detail = Literal["totals", "default", "full"]
TOTALS: Final = "totals"
DEFAULT: Final = "default"
FULL: Final = "full"
DETAILS = (TOTALS, DEFAULT, FULL)
# What belongs to no service alone: incidents, insurance, managers, what services share.
WHOLE = "The whole practice"

_TOLD_BY_THE_REST = frozenset(
    {"services", "arrangements", "contracts", "roles", "vendors", "risks", "losses", "seats"}
)
_SPELLED = {name: name.upper() for name in ("ehr", "hr", "it", "mdr", "msp")} | {"vciso": "vCISO"}


class Variable(NamedTuple):
    """One output variable.

    Attributes
    ----------
    name : str
    dims : tuple of str
        The last one is always ``path``.
    units : str
        ``{currency}`` stands for the scenario's; "" where each input has its own, which the
        coordinate ``unit`` of a result says.
    long_name : str
    detail : str
        The least detail at which it is kept.
    field : str
        The kernels' name for it.
    """

    name: str
    dims: tuple[str, ...]
    units: str
    long_name: str
    detail: str = DEFAULT
    field: str = ""


VARIABLES = (
    Variable(
        "npv", ("strategy", "path"), CURRENCY, "discounted cost over the horizon", TOTALS, "npv"
    ),
    Variable("cost", ("strategy", "year", "path"), CURRENCY, "nominal cost", TOTALS, "cost"),
    Variable(
        "component_npv",
        ("strategy", "component", "path"),
        CURRENCY,
        "discounted cost by cost line",
        field="component_npv",
    ),
    Variable(
        "service_npv",
        ("strategy", "service", "path"),
        CURRENCY,
        "discounted cost by service",
        field="service_npv",
    ),
    Variable("events", ("strategy", "risk", "path"), "1", "number of events", field="events"),
    Variable(
        "uncovered",
        ("strategy", "service", "path"),
        "1",
        "time-average uncovered share",
        field="uncovered",
    ),
    Variable(
        "departures",
        ("strategy", "service", "path"),
        "1",
        "number of resignations",
        field="departures",
    ),
    Variable("wage_index", ("year", "path"), "1", "wages against year 1", TOTALS, "wage_index"),
    Variable("price_index", ("year", "path"), "1", "prices against year 1", TOTALS, "price_index"),
    Variable("input", ("parameter", "path"), "", "sampled inputs", field="input"),
    Variable(
        "cost_cube",
        ("strategy", "service", "component", "year", "path"),
        CURRENCY,
        "nominal cost by service and cost line",
        FULL,
        "cube",
    ),
)


# What the values of each coordinate are, of results and of measures.
COORDINATES = {
    "strategy": "strategy",
    "service": "service",
    "component": "cost line",
    "risk": "kind of incident",
    "parameter": "uncertain input",
    "year": "year of the horizon",
    "path": "simulated future",
    "unit": "unit of the input",
    "baseline": "strategy compared with",
    "level": "level: share of paths at or below",
    "information": "what is known before choosing",
    "group": "inputs known together",
    "n": "size of the study",
    "order": "order of dominance",
    "reserve": "level of the ceiling: share of paths at or below",
    "weight": "weight of the tail mean",
    "tolerance": "risk tolerance",
}


def described(long_name: str, units: str = "") -> dict[str, str]:
    """Return the attributes of a variable; one without a unit of its own has none.

    Examples
    --------
    >>> described("nominal cost", "USD"), described("sampled inputs")
    ({'units': 'USD', 'long_name': 'nominal cost'}, {'long_name': 'sampled inputs'})
    """
    return ({"units": units} if units else {}) | {"long_name": long_name}


def scalar(name: str, value: object, units: str = "") -> tuple[tuple[()], object, dict[str, str]]:
    """Return a coordinate that has one value, with its meaning.

    Examples
    --------
    >>> scalar("level", 0.95, "1")
    ((), 0.95, {'units': '1', 'long_name': 'level: share of paths at or below'})
    """
    return (), value, described(COORDINATES[name], units)


def kept(detail: str) -> tuple[Variable, ...]:
    """Return the variables kept at a level of detail.

    Examples
    --------
    >>> [variable.name for variable in kept("totals")]
    ['npv', 'cost', 'wage_index', 'price_index']
    """
    rank = DETAILS.index(detail)
    return tuple(v for v in VARIABLES if DETAILS.index(v.detail) <= rank)


def words(slug: str) -> str:
    """Return a slug or label as words, the first with a capital.

    Examples
    --------
    >>> words("vendor_fees")
    'Vendor fees'
    """
    text = slug.replace("_", " ")
    return text[:1].upper() + text[1:]


def input_words(path: str) -> str:
    """Return the dotted path of an input as a reader says it.

    Examples
    --------
    >>> input_words("services.help_desk.arrangements.outsource.contracts.msp.per_user")
    'Help desk, outsource, MSP: per user'
    >>> input_words("services.security.arrangements.outsource.lines.vciso.amount")
    'Security, outsource, lines, vCISO: amount'
    >>> input_words("roles.it_manager.pay"), input_words("macro.wage.mean"), input_words("rate")
    ('IT manager: pay', 'Macro, wage: mean', 'Rate')
    """
    parts = [part for part in path.split(".") if part not in _TOLD_BY_THE_REST]
    spoken = [" ".join(map(_word, part.split("_"))) for part in parts]
    start, last = ", ".join(spoken[:-1]), spoken[-1]
    return words(f"{start}: {last}" if start else last)


def _word(word: str) -> str:
    return _SPELLED.get(word, word)


def title_of(scenario: Scenario) -> str:
    """Return what to print above a result: the label, or the name in words.

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> title_of(load("mid-market"))
    'Mid-market physician group'
    """
    return scenario.label or words(scenario.name.replace("-", " "))


def label_text(labels: Mapping[str, str]) -> str:
    """Return labels by slug as an attribute that every file format keeps.

    Examples
    --------
    >>> label_text({"ehr": "EHR"})
    '{"ehr": "EHR"}'
    """
    return json.dumps(dict(labels), ensure_ascii=False)


def labels_of(ds: xr.Dataset, dim: str) -> dict[str, str]:
    """Return what to print for each slug of a dimension: its label, or the slug as words.

    Labels are ``ds[dim].attrs["labels"]``, JSON by slug, so that they survive a selection.

    Examples
    --------
    >>> import xarray as xr
    >>> ds = xr.Dataset(coords={"service": ["ehr", "help_desk"]})
    >>> ds["service"].attrs["labels"] = label_text({"ehr": "EHR"})
    >>> labels_of(ds, "service")
    {'ehr': 'EHR', 'help_desk': 'Help desk'}
    >>> labels_of(xr.Dataset(coords={"service": ["enterprise"]}), "service")
    {'enterprise': 'The whole practice'}
    """
    known = json.loads(ds[dim].attrs.get("labels", "{}"))
    known |= {"enterprise": WHOLE} if dim == "service" else {}
    return {slug: words(known.get(slug) or slug) for slug in map(str, ds[dim].values)}


def slugs_of(ds: xr.Dataset, dim: str) -> list[str]:
    """Return every slug a dimension had when simulated, in that order, then any other it has.

    The labels keep those that a selection has left out, so that a place in this list stays.

    Examples
    --------
    >>> import xarray as xr
    >>> ds = xr.Dataset(coords={"service": ["ehr", "help_desk"]})
    >>> ds["service"].attrs["labels"] = label_text({"ehr": "EHR", "help_desk": "Help desk"})
    >>> slugs_of(ds.sel(service=["help_desk"]), "service")
    ['ehr', 'help_desk']
    """
    known = json.loads(ds[dim].attrs.get("labels", "{}"))
    return list(dict.fromkeys([*known, *map(str, ds[dim].values)]))
