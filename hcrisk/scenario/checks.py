"""Rules between the fields of a scenario, checked on its plain content.

A table that is wrong in one respect is still checked in all others, so that a reader sees every
problem at once.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from hcrisk.exceptions import Problem
from hcrisk.figures import counted
from hcrisk.scenario.content import central, certain, entries, is_zero, reach, sequence, table
from hcrisk.scenario.names import name_problems, reference_problems
from hcrisk.scenario.refusal import shown

# A risk of more events in a year than this is no risk but a cost, and would take hours to simulate.
MOST_EVENTS = 1000
# Providers at which a frequency holds that says nothing of them.
REFERENCE = 50.0
# How a fee follows prices.
FOLLOWING = ("escalator_spread", "escalator_floor", "escalator_cap")


def problems_between(content: Mapping[str, Any]) -> list[Problem]:
    """Return every problem that concerns more than one field.

    Parameters
    ----------
    content : mapping
        A scenario as a file holds it; it may be wrong in any way.

    Returns
    -------
    list of Problem
    """
    return [
        *name_problems(content),
        *reference_problems(content),
        *_growth(content),
        *_tenure(content),
        *_services(content),
        *_vendors(content),
        *_risks(content),
        *_lines(content),
    ]


def _growth(content: Mapping[str, Any]) -> Iterator[Problem]:
    joining, path = table(table(content, "growth"), "acquisition"), "growth.acquisition"
    for key, other in (("rate", "size"), ("size", "rate")):
        if not is_zero(joining, other) and key not in joining:
            rule = f"is required with a {other}: without it nothing happens"
            remedy = "say how often practices join, and what each adds"
            yield Problem(f"{path}.{key}", None, rule, remedy)


def _tenure(content: Mapping[str, Any]) -> Iterator[Problem]:
    people = table(content, "people")
    breaks, factors = sequence(people, "tenure_breaks"), sequence(people, "tenure_factors")
    values = [certain({"at": entry}, "at") for entry in breaks]
    for index, (before, here) in enumerate(pairwise(values), start=1):
        if before is not None and here is not None and here <= before:
            rule = f"must be more than {shown(before)}, the one before it"
            path = f"people.tenure_breaks.{index}"
            yield Problem(path, here, rule, "put the breaks in increasing order")
    needed = len(breaks) + 1
    if len(factors or [1]) != needed:
        rule = f"must be {needed} numbers, one more than the {len(breaks)} tenure_breaks"
        remedy = "give one factor before, between and after the breaks"
        yield Problem("people.tenure_factors", factors, rule, remedy)
    elif factors and certain({"at": factors[-1]}, "at") == 0.0:
        rule = "must be more than 0 after the last break, or a stay would never end"
        path = f"people.tenure_factors.{len(factors) - 1}"
        yield Problem(path, factors[-1], rule, "write a small positive factor")


def _services(content: Mapping[str, Any]) -> Iterator[Problem]:
    if isinstance(content.get("services"), Mapping) and not content["services"]:
        yield Problem("services", {}, "must name at least one service", "add a service")
    for service, body in entries(content, "services"):
        path = f"services.{service}"
        arrangements = body.get("arrangements")
        if isinstance(arrangements, Mapping) and not arrangements:
            rule = "must name at least one arrangement"
            yield Problem(f"{path}.arrangements", {}, rule, "add an arrangement")
        coverage = table(body, "coverage")
        for key in ("planned_absence", "sickness"):
            if coverage.get("kind") == "queue" and not is_zero(coverage, key):
                rule = "must be 0 for a queue, whose posts include absence"
                remedy = 'leave it out, or set kind = "presence"'
                yield Problem(f"{path}.coverage.{key}", coverage[key], rule, remedy)
        if coverage.get("kind") == "queue" and coverage.get("per_site") is True:
            rule = "is for presence coverage: work that can wait needs nobody at a place"
            yield Problem(f"{path}.coverage.per_site", True, rule, "leave it out")
        yield from _peaks(path, body, coverage)
        for arrangement, inner in entries(body, "arrangements"):
            yield from _arrangement(f"{path}.arrangements.{arrangement}", inner)
            yield from _on_call(f"{path}.arrangements.{arrangement}", inner, coverage)


def _peaks(path: str, body: Mapping[str, Any], coverage: Mapping[str, Any]) -> Iterator[Problem]:
    for peak, inner in entries(body, "peaks"):
        here = f"{path}.peaks.{peak}"
        if coverage.get("kind") == "presence":
            rule = "is for a queue: who must be there is stated by posts and hours"
            yield Problem(here, dict(inner), rule, 'drop it, or set coverage.kind = "queue"')
        lasts, every = certain(inner, "months"), certain(inner, "every_months")
        if lasts is not None and every is not None and every < lasts:
            rule = f"must not be less than {shown(lasts)}, the months it lasts"
            yield Problem(f"{here}.every_months", every, rule, "let one end before the next")


def _arrangement(path: str, body: Mapping[str, Any]) -> Iterator[Problem]:
    seats, contracts = table(body, "seats"), table(body, "contracts")
    if body.get("unfunded") is True:
        for key in ("seats", "contracts", "internal_share"):
            if body.get(key):
                rule = "must be left out when nobody delivers the service"
                yield Problem(f"{path}.{key}", body[key], rule, "drop it, or drop unfunded")
        return
    if not seats and not contracts and "seats" not in body and "contracts" not in body:
        rule = "must be delivered by somebody"
        yield Problem(path, dict(body), rule, "add seats or contracts, or set unfunded = true")
        return
    yield from _internal_share(path, body, bool(seats), bool(contracts))
    yield from _scopes(path, contracts)
    if not is_zero(body, "oversight_fte") and "oversight_role" not in body:
        remedy = "name the role of those who manage the vendor"
        yield Problem(f"{path}.oversight_role", None, "is required with oversight_fte", remedy)


def _on_call(path: str, body: Mapping[str, Any], coverage: Mapping[str, Any]) -> Iterator[Problem]:
    if "on_call" not in body:
        return
    if coverage.get("kind") == "queue":
        rule = "is for presence coverage: a queue waits"
        yield Problem(f"{path}.on_call", body["on_call"], rule, "leave it out")
        return
    whole = certain(body, "hours_per_week", certain(coverage, "hours_per_week"))
    called = certain(table(body, "on_call"), "hours_per_week")
    if whole is not None and called is not None and called >= whole:
        rule = f"must be less than the {shown(whole)} hours a week to be covered"
        remedy = "write the hours that nobody is rostered for"
        yield Problem(f"{path}.on_call.hours_per_week", called, rule, remedy)


def _internal_share(
    path: str, body: Mapping[str, Any], seats: bool, contracts: bool
) -> Iterator[Problem]:
    here, given = f"{path}.internal_share", body.get("internal_share")
    if seats and contracts:
        if given is None:
            rule = "is required with both seats and contracts"
            yield Problem(here, None, rule, "state the share that own staff deliver")
        return
    if given is None:
        return
    implied = 1.0 if seats else 0.0
    if certain(body, "internal_share") != implied:
        missing = "contracts" if seats else "seats"
        rule = f"must be {shown(implied)} without {missing}"
        yield Problem(here, given, rule, f"leave it out, or add {missing}")


def _scopes(path: str, contracts: Mapping[str, Any]) -> Iterator[Problem]:
    stated = [name for name, body in contracts.items() if "scope" in table({"c": body}, "c")]
    if not stated:
        return
    for name in contracts:
        if name not in stated:
            rule = "is required when another contract of the arrangement states one"
            remedy = "state a scope for every contract, or for none"
            yield Problem(f"{path}.contracts.{name}.scope", None, rule, remedy)
    ranges = [reach(contracts[name], "scope") for name in stated]
    known = [ends for ends in ranges if ends is not None]
    least, most = (sum(ends[i] for ends in known) for i in (0, 1))
    reached = least - 1e-9 <= 1.0 <= most + 1e-9
    if len(known) == len(contracts) and not reached:
        rule = "must have scopes that add up to 1 over the contracts"
        shares = {name: _bare(contracts[name]["scope"]) for name in stated}
        remedy = f"they add up to {_ends((least, most))}; change one"
        yield Problem(f"{path}.contracts", shares, rule, remedy)


def _vendors(content: Mapping[str, Any]) -> Iterator[Problem]:
    for vendor, body in entries(content, "vendors"):
        path = f"vendors.{vendor}"
        rivals = [key for key in FOLLOWING if key in body]
        if "escalator_fixed" in body and rivals:
            rule = f"must not stand beside {', '.join(rivals)}"
            remedy = "keep one of the two; a floor equal to the cap is a fixed escalator too"
            yield Problem(f"{path}.escalator_fixed", body["escalator_fixed"], rule, remedy)
            continue
        floor, cap = reach(body, "escalator_floor", 0.0), reach(body, "escalator_cap")
        if floor is not None and cap is not None and floor[0] > cap[1]:
            key = "escalator_floor" if "escalator_floor" in body else "escalator_cap"
            rule = f"must leave the floor ({_ends(floor)}) at or below the cap ({_ends(cap)})"
            value = body.get(key)
            yield Problem(f"{path}.{key}", _bare(value), rule, "swap them")


def _ends(ends: tuple[float, float]) -> str:
    low, high = map(shown, ends)
    return low if low == high else f"{low} to {high}"


def _bare(value: Any) -> Any:
    return value["value"] if isinstance(value, Mapping) and "value" in value else value


def _risks(content: Mapping[str, Any]) -> Iterator[Problem]:
    for risk, body in entries(content, "risks"):
        path = f"risks.{risk}"
        yield from _rate(path, body, content)
        shared = False
        counting = [form for form, loss in entries(body, "losses") if _counts_records(loss)]
        if counting and "records" not in body:
            rule = f"is required: {', '.join(counting)} depends on the records of an event"
            remedy = "add it, or write the loss per event and one probability"
            yield Problem(f"{path}.records", None, rule, remedy)
        for form, loss in entries(body, "losses"):
            shared = shared or "share" in loss
            yield from _loss(f"{path}.losses.{form}", loss, body)
        if "total" in body and not shared:
            rule = "must be split by at least one loss form with a share"
            yield Problem(f"{path}.total", body["total"], rule, "give a form a share of it")


def _rate(path: str, body: Mapping[str, Any], content: Mapping[str, Any]) -> Iterator[Problem]:
    """Refuse more events than a simulation of each of them can hold."""
    rate, power = central(body, "frequency"), central(body, "size_exponent", 0.0)
    reference = certain(body, "reference_providers", REFERENCE)
    providers = certain(table(content, "practice"), "providers")
    if rate is None or power is None or not reference or not providers or rate <= 0.0:
        return
    # In logarithms, since a power of any size may be written.
    size = power * math.log(providers / reference) if min(providers, reference) > 0.0 else 0.0
    if math.log(rate) + size <= math.log(MOST_EVENTS):
        return
    yearly = f"{rate * math.exp(min(size, 600.0)):.4g}"
    rule = f"must come to at most {MOST_EVENTS:,} events a year, but comes to {yearly}"
    if rate <= MOST_EVENTS:
        rule += f" at {counted(shown(providers), 'providers')}, with size_exponent"
    remedy = "state rarer events, or many small losses a year as one line of cost"
    yield Problem(f"{path}.frequency", _bare(body["frequency"]), rule, remedy)


def _counts_records(loss: Mapping[str, Any]) -> bool:
    return loss.get("per") == "record" or isinstance(loss.get("probability"), list)


def _loss(path: str, loss: Mapping[str, Any], risk: Mapping[str, Any]) -> Iterator[Problem]:
    if "severity" in loss and "share" in loss:
        rule = "must not stand beside a severity"
        remedy = "keep the severity, or the share of the risk's total"
        yield Problem(f"{path}.share", loss["share"], rule, remedy)
    if "share" in loss and "total" not in risk:
        rule = "needs the total of the risk, which is not given"
        yield Problem(f"{path}.share", loss["share"], rule, "add total to the risk")


def _lines(content: Mapping[str, Any]) -> Iterator[Problem]:
    for line, body in entries(content, "lines"):
        if body.get("driver") in ("fte", "hire"):
            rule = "must not follow the staff of one arrangement, because the line is shared"
            remedy = "use flat, user, endpoint or provider, or move it into an arrangement"
            yield Problem(f"lines.{line}.driver", body["driver"], rule, remedy)
        yield from _recurrence(f"lines.{line}", body)
    for service, outer in entries(content, "services"):
        for arrangement, inner in entries(outer, "arrangements"):
            for line, body in entries(inner, "lines"):
                path = f"services.{service}.arrangements.{arrangement}.lines.{line}"
                yield from _recurrence(path, body)


def _recurrence(path: str, body: Mapping[str, Any]) -> Iterator[Problem]:
    if body.get("driver") == "hire" and "every_years" in body:
        rule = "must be left out for a cost of each hire"
        yield Problem(f"{path}.every_years", body["every_years"], rule, "drop it")
