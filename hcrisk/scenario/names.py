"""Rules for names: how they are spelt, which are reserved, and that what is named exists."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from hcrisk.exceptions import Problem
from hcrisk.scenario.components import COST_LINES
from hcrisk.scenario.content import entries, sequence, table, text
from hcrisk.scenario.refusal import dotted, nearest

ENTERPRISE = "enterprise"
CURRENT = "current"
# A table with one of these keys is a number, so no entry can be called that.
NUMBER_KEYS = ("dist", "value", "per_provider", "per", "ratio", "source", "note", "range")
HOW_TO_SOURCE = (
    "say below [sources] what it is: "
    '{name} = {{ title = "...", obtained = "read", confidence = "high" }}'
)
PLAIN_NAME = re.compile(r"[a-z][a-z0-9_]*")
HYPHENATED_NAME = re.compile(r"[a-z][a-z0-9_-]*")


def name_problems(content: Mapping[str, Any]) -> Iterator[Problem]:
    """Iterate over names that are badly spelt or reserved."""
    name = text(content, "name")
    if name:
        yield from _spelling("name", name, hyphens=True)
    for path, hyphens, named in _named(content):
        for key in named:
            yield from _spelling(dotted([path, key]), key, hyphens=hyphens)
    if ENTERPRISE in table(content, "services"):
        rule = 'must not be called "enterprise", which is where practice-wide costs are booked'
        yield Problem("services.enterprise", ENTERPRISE, rule, "choose another name")
    for risk in table(content, "risks"):
        if risk in COST_LINES:
            rule = f'must not be called "{risk}", which is a cost line of every result'
            remedy = f'choose another name, for example "{risk}_event"'
            yield Problem(f"risks.{risk}", risk, rule, remedy)


def _named(content: Mapping[str, Any]) -> Iterator[tuple[str, bool, Mapping[str, Any]]]:
    for key in ("roles", "services", "lines", "risks", "sources"):
        yield key, False, table(content, key)
    for key in ("vendors", "strategies"):
        yield key, True, table(content, key)
    for risk, body in entries(content, "risks"):
        yield f"risks.{risk}.losses", False, table(body, "losses")
    for service, body in entries(content, "services"):
        path = f"services.{service}.arrangements"
        yield path, True, table(body, "arrangements")
        for arrangement, inner in entries(body, "arrangements"):
            yield f"{path}.{arrangement}.lines", False, table(inner, "lines")


def _spelling(path: str, name: object, *, hyphens: bool) -> Iterator[Problem]:
    if name in NUMBER_KEYS:
        rule = f'must not be called "{name}", which is part of how a number is written'
        yield Problem(path, name, rule, "choose another name")
        return
    pattern = HYPHENATED_NAME if hyphens else PLAIN_NAME
    if isinstance(name, str) and pattern.fullmatch(name):
        return
    also = ", - " if hyphens else " "
    rule = f"must consist of a-z, 0-9{also}and _ and begin with a letter"
    yield Problem(path, name, rule, f'write "{slug(str(name), hyphens=hyphens)}"')


def slug(name: str, *, hyphens: bool = False) -> str:
    """Return the name spelt as the names in a file are.

    Examples
    --------
    >>> slug("Help Desk"), slug("24x7-Watch")
    ('help_desk', 'n24x7_watch')
    """
    kept = re.sub(r"[^a-z0-9_-]+" if hyphens else r"[^a-z0-9_]+", "_", name.lower()).strip("_-")
    return kept if kept[:1].isalpha() else f"n{kept}"


def reference_problems(content: Mapping[str, Any]) -> Iterator[Problem]:
    """Iterate over names that refer to nothing."""
    yield from _in_services(content)
    yield from _in_risks(content)
    yield from _in_insurance(content)
    yield from _in_lines(content)
    yield from _in_strategies(content)
    yield from _in_sources(content, _known(content, "sources"), "")
    yield from _missing(
        "managers.role", table(content, "managers").get("role"), "role", _known(content, "roles")
    )


def _missing(
    path: str, name: object, kind: str, known: Collection[str] | None
) -> Iterator[Problem]:
    # What is no table at all has its own problem: nothing is said about its entries.
    if known is not None and isinstance(name, str) and name not in known:
        remedy = nearest(name, known, f"define the {kind} first")
        if kind == "source" and not remedy.startswith("did"):
            remedy = HOW_TO_SOURCE.format(name=slug(name))
        yield Problem(path, name, f"is no {kind} of this scenario", remedy)


def _known(content: Any, *keys: str) -> Mapping[str, Any] | None:
    """Return the table at the keys, an empty one if it is left out, None if it is no table."""
    here = content
    for key in keys:
        here = here.get(key, {})
        if not isinstance(here, Mapping):
            return None
    return here if isinstance(here, Mapping) else None


def _no_arrangement(
    content: Mapping[str, Any], path: str, service: str, name: object
) -> Iterator[Problem]:
    known = _known(content, "services", service, "arrangements")
    names = list(known or ())
    if known is not None and isinstance(name, str) and name not in names:
        remedy = nearest(name, names, f"define an arrangement of {service} first")
        if remedy.startswith("did"):
            remedy += f" ({service} has {', '.join(names)})"
        yield Problem(path, name, f"is no arrangement of the service {service}", remedy)


def _in_services(content: Mapping[str, Any]) -> Iterator[Problem]:
    vendors, roles = _known(content, "vendors"), _known(content, "roles")
    for service, body in entries(content, "services"):
        path = f"services.{service}"
        yield from _no_arrangement(content, f"{path}.current", service, body.get("current"))
        for arrangement, inner in entries(body, "arrangements"):
            here = f"{path}.arrangements.{arrangement}"
            for role in table(inner, "seats"):
                yield from _missing(f"{here}.seats.{role}", role, "role", roles)
            for vendor in table(inner, "contracts"):
                yield from _missing(f"{here}.contracts.{vendor}", vendor, "vendor", vendors)
            overseer = inner.get("oversight_role")
            yield from _missing(f"{here}.oversight_role", overseer, "role", roles)


def _in_risks(content: Mapping[str, Any]) -> Iterator[Problem]:
    services = _known(content, "services")
    for risk, body in entries(content, "risks"):
        path = f"risks.{risk}"
        vendors = _known(content, "vendors")
        yield from _missing(f"{path}.vendor", body.get("vendor"), "vendor", vendors)
        yield from _missing(f"{path}.service", body.get("service"), "service", services)
        for service, effect in entries(body, "effects"):
            here = f"{path}.effects.{service}"
            yield from _missing(here, service, "service", services)
            for name in table(effect, "factors") if service in (services or ()) else ():
                yield from _no_arrangement(content, f"{here}.factors.{name}", service, name)
        yield from _in_losses(f"{path}.losses", table(body, "losses"))


def _in_losses(path: str, losses: Mapping[str, Any]) -> Iterator[Problem]:
    before: list[str] = []
    for form, loss in losses.items():
        needed = text(loss, "requires") if isinstance(loss, Mapping) else None
        if needed in losses and needed not in before:
            rule = "must name a form listed before this one"
            remedy = f"put {needed} before {form}" if needed != form else "leave it out"
            yield Problem(f"{path}.{form}.requires", needed, rule, remedy)
        elif needed is not None and needed not in before:
            remedy = nearest(needed, before)
            rule = "is no loss form of this risk"
            yield Problem(f"{path}.{form}.requires", needed, rule, remedy)
        before.append(form)


def _in_insurance(content: Mapping[str, Any]) -> Iterator[Problem]:
    policy = table(content, "insurance")
    for key in ("sublimits", "unmet_sublimits"):
        for risk, forms in entries(policy, key):
            path = f"insurance.{key}.{risk}"
            risks = _known(content, "risks")
            yield from _missing(path, risk, "risk", risks)
            known = _known(content, "risks", risk, "losses")
            for form in forms if risk in (risks or ()) else ():
                yield from _missing(f"{path}.{form}", form, f"loss form of the risk {risk}", known)
    for service in table(policy, "max_uncovered"):
        services = _known(content, "services")
        yield from _missing(f"insurance.max_uncovered.{service}", service, "service", services)


def _in_lines(content: Mapping[str, Any]) -> Iterator[Problem]:
    services = _known(content, "services")
    for line, body in entries(content, "lines"):
        for index, needed in enumerate(sequence(body, "needed_by")):
            path = f"lines.{line}.needed_by.{index}"
            service, dot, arrangement = str(needed).partition(".")
            if not dot:
                rule = "must name a service and an arrangement, joined by a dot"
                yield Problem(path, needed, rule, 'write it as "help_desk.insource"')
            elif service not in (services or ()):
                yield from _missing(path, service, "service", services)
            else:
                yield from _no_arrangement(content, path, service, arrangement)


def _in_strategies(content: Mapping[str, Any]) -> Iterator[Problem]:
    known = _known(content, "services")
    services = known or {}
    for strategy, body in entries(content, "strategies"):
        path = f"strategies.{strategy}"
        named = table(body, "services")
        for service, arrangement in named.items():
            here = f"{path}.services.{service}"
            yield from _missing(here, service, "service", known)
            if service in services:
                yield from _no_arrangement(content, here, service, arrangement)
        others = [service for service in services if service not in named]
        everywhere = body.get("all")
        if everywhere is None and others:
            rule = f"must have an arrangement for every service; missing: {', '.join(others)}"
            remedy = f"add them under {path}.services, or set all"
            yield Problem(f"{path}.services", list(named), rule, remedy)
        yield from _not_everywhere(content, f"{path}.all", others, everywhere)
        if strategy == CURRENT:
            yield from _not_current(path, body, services)


def _not_everywhere(
    content: Mapping[str, Any], path: str, services: list[str], name: object
) -> Iterator[Problem]:
    found = [
        problem for service in services for problem in _no_arrangement(content, path, service, name)
    ]
    if len(found) < 2:
        yield from found
        return
    lacking = [s for s in services if any(_no_arrangement(content, path, s, name))]
    known = {s: list(table(content, "services", s, "arrangements")) for s in services}
    common = [one for one in known[services[0]] if all(one in names for names in known.values())]
    rule = f"is no arrangement of the services {', '.join(lacking)}"
    remedy = nearest(name, common, "define it there, or name their arrangements one by one")
    yield Problem(path, name, rule, remedy)


def _not_current(
    path: str, body: Mapping[str, Any], services: Mapping[str, Any]
) -> Iterator[Problem]:
    named = table(body, "services")
    chosen = {service: named.get(service, body.get("all")) for service in services}
    standing = {service: table(services, service).get("current") for service in services}
    differing = [service for service in services if chosen[service] != standing[service]]
    if differing:
        rule = f"must be what is in place at time 0; it differs in {', '.join(differing)}"
        yield Problem(path, chosen, rule, "give this strategy another name")


def _in_sources(here: Any, known: Mapping[str, Any] | None, path: str) -> Iterator[Problem]:
    if isinstance(here, Mapping) and "source" in here:
        yield from _missing(dotted([path, "source"]), here["source"], "source", known)
    for name, entry in here.items() if isinstance(here, Mapping) else enumerate(here):
        if isinstance(entry, Mapping | list) and (path or name != "sources"):
            yield from _in_sources(entry, known, dotted([path, name]))
