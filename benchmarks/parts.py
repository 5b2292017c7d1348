"""Parts of bench.toml that other programs can do, each as a scenario of its own.

What is left out of a part is left out of the scenario too, so that hcrisk simulates the same.
"""

from __future__ import annotations

import tomllib
from typing import Any

from contenders import BENCH

from hcrisk import Scenario

# Events of vendors and what hangs on them, which no formula of a few inputs can say.
_EVENTS = ("failure", "acquisition", "switch", "sla_credit_share")
_NO_RISE = {"mean": 0, "phi": 0, "sd": 0, "start": 0}


def breaches() -> Scenario:
    """Return own breaches over the horizon: how many, how large, undiscounted.

    The frailty stays; effects of coverage, insurance, growth of prices and the largest loss go.
    """
    plain = _bench()
    risk = {**plain["risks"]["breach"], "transition_multiple": 1}
    del risk["effects"]
    risk["total"] = {key: risk["total"][key] for key in ("dist", "mu", "sigma")}
    # A scenario needs a service; nobody delivers this one, and nothing is charged for it.
    nobody = {"current": "unfunded", "arrangements": {"unfunded": {"unfunded": True}}}
    nobody["coverage"] = plain["services"]["software"]["coverage"]
    return _only(
        plain,
        {"software": nobody},
        risks={"breach": risk},
        discounting={"rate": 0.0},
        macro={"wage": _NO_RISE, "price": _NO_RISE, "attrition": {"phi": 0, "sd": 0, "start": 0}},
    )


def contracts() -> Scenario:
    """Return fees, oversight, devices and premium of services already outsourced.

    Without what vendors do beside raising fees, without uncovered hours and without incidents.
    """
    plain = _bench()
    services = {
        name: {
            **service,
            "current": "outsource",
            "gap_rate": 0,
            "arrangements": {"outsource": service["arrangements"]["outsource"]},
        }
        for name, service in plain["services"].items()
    }
    vendors = {
        name: {**{key: x for key, x in plain["vendors"][name].items() if key not in _EVENTS}}
        for name in ("msp", "partner")
    }
    lines, insurance = plain["lines"], plain["insurance"]
    return _only(plain, services, vendors=vendors, lines=lines, insurance=insurance)


def staff() -> Scenario:
    """Return pay, turnover, vacancies and uncovered hours of 17 seats in-house.

    Without tools, training, vendors and incidents.
    """
    plain = _bench()
    keep = ("current", "coverage", "gap_rate")
    services = {
        name: {
            **{key: service[key] for key in keep if key in service},
            "arrangements": {"insource": {"seats": service["arrangements"]["insource"]["seats"]}},
        }
        for name, service in plain["services"].items()
    }
    return _only(plain, services)


def _bench() -> dict[str, Any]:
    return tomllib.loads(BENCH.read_text(encoding="utf-8"))


def _only(plain: dict[str, Any], services: dict[str, Any], **more: Any) -> Scenario:
    """Return a scenario of one strategy with these services and the tables given."""
    shared = ("name", "currency", "practice", "horizon", "discounting", "macro", "people")
    tables = {key: plain[key] for key in (*shared, "managers", "roles")}
    (kept,) = {name for service in services.values() for name in service["arrangements"]}
    tables |= {"services": services, "strategies": {kept: {"all": kept}}, **more}
    return Scenario.from_mapping(tables)
