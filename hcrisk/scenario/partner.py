"""The part of a starting file that shows how a partner of one's own is added."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from hcrisk.scenario.remarks import REMARKS
from hcrisk.scenario.scenario import Scenario
from hcrisk.scenario.toml import dump_toml

NAME, LABEL = "acme", "Acme"
# What is not copied: what only an incumbent has.
INCUMBENT = ("months_to_renewal",)
# What an offer states, so that the source of another's says nothing about it.
OFFERED = (
    "contracts",
    "term_months",
    "notice_months",
    "exit_fee_share",
    "escalator_fixed",
    "escalator_spread",
    "escalator_floor",
    "escalator_cap",
)


class Model(NamedTuple):
    """What a new partner is copied from."""

    service: str
    arrangement: str
    vendor: str
    strategy: str


def own_partner(parent: Scenario) -> list[str]:
    """Return commented lines that add a vendor, its hazards, an arrangement and a strategy.

    Parameters
    ----------
    parent : Scenario

    Returns
    -------
    list of str
        Copied from the first service that a vendor delivers alone; empty if there is none, or
        the name is taken.

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> lines = own_partner(load("mid-market"))
    >>> "#[vendors.acme.failure]" in lines, "#[risks.acme_compromise]" in lines
    (True, True)
    """
    model = model_of(parent)
    if model is None:
        return []
    where = f"{model.vendor} in {model.service}.{model.arrangement}"
    return [
        "",
        f"# ---- A partner of your own, as {where}: take the # off every line of this",
        f"# part, put the offer's numbers in, and call {NAME} what you like",
        *(f"#{line}" for line in dump_toml(partner_content(parent, model)).splitlines() if line),
    ]


def model_of(parent: Scenario) -> Model | None:
    """Return what a new partner is copied from: the first service a vendor delivers alone.

    Parameters
    ----------
    parent : Scenario

    Returns
    -------
    Model or None
        None if there is no such service, or the name is taken.

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> model_of(load("mid-market"))
    Model(service='help_desk', arrangement='outsource', vendor='msp', strategy='outsource')
    """
    if NAME in parent.vendors:
        return None
    for service, stated in parent.services.items():
        for name, arrangement in stated.arrangements.items():
            if len(arrangement.contracts) != 1 or arrangement.seats:
                continue
            for strategy in parent.strategies:
                if parent.assignment(strategy)[service] == name:
                    return Model(service, name, next(iter(arrangement.contracts)), strategy)
    return None


def partner_content(parent: Scenario, model: Model) -> dict[str, Any]:
    """Return what a file states that adds a partner like one the parent has."""
    whole = parent.to_mapping()
    vendor = whole["vendors"][model.vendor]
    arrangement = whole["services"][model.service]["arrangements"][model.arrangement]
    arrangement["contracts"] = {NAME: arrangement["contracts"][model.vendor]}
    chosen = {**whole["strategies"][model.strategy], "label": f"With {LABEL}"}
    chosen["services"] = {**chosen.get("services", {}), model.service: NAME}
    kept = {key: entry for key, entry in vendor.items() if key not in INCUMBENT}
    offered = {"arrangements": {NAME: _of_offer({**arrangement, "label": LABEL})}}
    return {
        "vendors": {NAME: _of_offer({**kept, "label": LABEL})},
        "services": {model.service: offered},
        "risks": _risks(whole, model),
        "strategies": {f"with_{NAME}": chosen},
    }


def _risks(whole: Mapping[str, Any], model: Model) -> dict[str, Any]:
    risks: dict[str, Any] = {}
    for name, risk in whole["risks"].items():
        if risk.get("vendor") == model.vendor:
            label = f"{LABEL} is breached and the practice with it"
            risks[f"{NAME}_compromise"] = _short({**risk, "vendor": NAME, "label": label})
        factors = risk.get("effects", {}).get(model.service, {}).get("factors", {})
        if model.arrangement in factors:
            own = {NAME: _short(factors[model.arrangement])}
            risks[name] = {"effects": {model.service: {"factors": own}}}
    return risks


def _of_offer(table: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: _without(entry, REMARKS) if key in OFFERED else _short(entry)
        for key, entry in table.items()
    }


def _short(entry: Any) -> Any:
    """Return an entry without the notes and ranges of its numbers, which are another's."""
    return _without(entry, ("note", "range"))


def _without(entry: Any, left_out: tuple[str, ...]) -> Any:
    if isinstance(entry, list):
        return [_without(inner, left_out) for inner in entry]
    if not isinstance(entry, Mapping):
        return entry
    kept = {key: _without(e, left_out) for key, e in entry.items() if key not in left_out}
    return kept["value"] if list(kept) == ["value"] else kept
