"""The check command: what was read, what is the user's own, what deserves a second look."""

from __future__ import annotations

import argparse
import math
import textwrap
from collections import Counter
from typing import TYPE_CHECKING, Any

from hcrisk.cli.refusals import FileRefused
from hcrisk.cli.values import is_file_name, read_scenario
from hcrisk.figures import counted
from hcrisk.report.manifest import json_manifest
from hcrisk.report.strict import strict_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hcrisk.exceptions import Problem
    from hcrisk.scenario import OwnNumber, Roster, Scenario

WIDTH = 80
MOST_OWN = 12
LONGEST_VALUE = 60
# Where the amount of a size stands that is stated by provider.
PER_PROVIDER = ".per_provider"


def check(arguments: argparse.Namespace) -> str:
    """Return what was read from a scenario file that is right; refuse one that is not."""
    name: str = arguments.scenario
    try:
        scenario = read_scenario(name)
    except FileRefused as error:
        if arguments.json:
            wrong = {"file": name, "problems": error.problems}
            print(strict_json({"manifest": json_manifest("check")} | wrong), flush=True)
        raise
    if arguments.json:
        return strict_json(_content(scenario, name))
    said = textwrap.wrap(f"{name}: no problems. {_summary(scenario)}", WIDTH)
    if is_file_name(name):
        said += _own(scenario)
    weak = _weak(scenario, name, listed=arguments.multipliers)
    return "\n".join([*said, *_remarks(scenario), *_rosters(scenario), *_managers(scenario), *weak])


def _content(scenario: Scenario, name: str) -> dict[str, Any]:
    """Return what the page says, for other programs."""
    from hcrisk.scenario import (
        left_out,
        management,
        near_steps,
        own_choices,
        own_numbers,
        unscaled,
        weak_multipliers,
        whole_roster,
    )

    return {
        "manifest": json_manifest("check", scenario),
        "file": name,
        "problems": [],
        "extends": scenario.parent.name if scenario.parent is not None else None,
        "own_numbers": [_own_number(scenario, one) for one in own_numbers(scenario)],
        "own_choices": own_choices(scenario),
        "left_out": left_out(scenario),
        "remarks": [*_odd(scenario), *unscaled(scenario), *near_steps(scenario)],
        "rosters": whole_roster(scenario),
        "management": management(scenario),
        "weak_multipliers": list(weak_multipliers(scenario)),
    }


def _own_number(scenario: Scenario, own: OwnNumber) -> dict[str, Any]:
    """Return a number as a number, and as the page states it; the same of the parent's."""
    from hcrisk.report.sources import central
    from hcrisk.scenario.register import parts_of

    here = dict(parts_of(scenario))
    there = {} if scenario.parent is None else dict(parts_of(scenario.parent))
    place = own.path.removesuffix(PER_PROVIDER)
    before = central(there.get(place, there.get(f"{place}{PER_PROVIDER}")))
    if own.path.startswith("correlations.") and own.before is not None:
        # Matrices are compared pair by pair, wherever in the parent a pair stands.
        before = float(own.before)
    return {
        "path": own.path,
        "value": central(here.get(own.path)),
        "unit": own.unit,
        "text": own.value,
        "before": None if own.before is None else before,
        "before_text": own.before,
        "factor": own.factor,
    }


def _summary(scenario: Scenario) -> str:
    providers = float(scenario.practice.providers)
    counts: list[tuple[float, str]] = [
        (providers, "providers"),
        (scenario.years, "years"),
        (len(scenario.services), "services"),
        (len(scenario.roles), "roles"),
        (len(scenario.vendors), "vendors"),
        (len(scenario.risks), "risks"),
        (len(scenario.inputs()), "uncertain inputs"),
    ]
    said = [counted(count, noun) for count, noun in counts]
    names = ", ".join(scenario.strategies)
    return f"{', '.join(said)}; strategies {names}." if names else f"{', '.join(said)}."


def _own(scenario: Scenario) -> list[str]:
    """Return what a file that extends another states itself or leaves out, beside the parent."""
    from hcrisk.scenario import left_out, own_choices, own_numbers

    if scenario.parent is None:
        return []
    parent = scenario.parent.name
    numbers, choices = own_numbers(scenario), own_choices(scenario)
    gone = left_out(scenario)
    if not numbers and not choices and not gone:
        return ["", f"Nothing differs from {parent}."]
    lines: list[str] = []
    if numbers:
        lines += ["", f"Your own numbers ({parent}'s in brackets):"]
        shown = [n for i, n in enumerate(numbers) if i < MOST_OWN or n.factor is not None]
        for number in shown:
            lines += _number(number, parent)
        lines += _more(len(numbers) - len(shown))
    if choices:
        lines += ["", f"Your own choices ({parent}'s in brackets):"]
        for choice in choices[:MOST_OWN]:
            before = "new" if choice.before is None else _short(choice.before)
            lines += _indented(f"{choice.path} = {_short(choice.value)} ({before})")
        lines += _more(len(choices) - MOST_OWN)
    if gone:
        lines += ["", f"Left out of what {parent} has:"]
        for path in gone[:MOST_OWN]:
            lines += _indented(path)
        lines += _more(len(gone) - MOST_OWN)
    return lines


def _number(number: OwnNumber, parent: str) -> list[str]:
    from hcrisk.report.columns import unit_words

    value = f"{number.path} = {counted(_short(number.value), unit_words(number.unit))}"
    before = "new" if number.before is None else _short(number.before)
    lines = _indented(f"{value} ({before})")
    if number.factor is not None:
        lines += _indented(f"{number.factor:.3g} times {parent}'s; check the unit", 4)
    return lines


def _short(text: str) -> str:
    return textwrap.shorten(text, LONGEST_VALUE, placeholder=" ...")


def _more(count: int) -> list[str]:
    return [f"  and {count} more"] if count > 0 else []


def odd_values(scenario: Scenario) -> list[str]:
    """Return lines on what is allowed and may be a slip: odd numbers, entries nothing uses."""
    return _remarked(_odd(scenario))


def _odd(scenario: Scenario) -> list[Problem]:
    from hcrisk.scenario import crossing, idle, untroubled, unused, unusual

    looks = (unused, unusual, crossing, untroubled, idle)
    return [remark for look in looks for remark in look(scenario)]


def _remarked(remarks: Iterable[Problem]) -> list[str]:
    return [
        line
        for remark in remarks
        for line in _indented(str(remark._replace(value=_whole(remark.value))))
    ]


def _remarks(scenario: Scenario) -> list[str]:
    """Return what is allowed and worth a second look."""
    from hcrisk.scenario import near_steps, unscaled

    lines = [*odd_values(scenario), *_remarked(unscaled(scenario))]
    for remark in near_steps(scenario):
        lines += [f"  {remark.path}", *_indented(f"{remark.rule}; {remark.remedy}", 4)]
    return ["", "Worth a second look:", *lines] if lines else []


def _rosters(scenario: Scenario) -> list[str]:
    """Return what own staff cover with every seat filled, and how many would leave hardly a gap."""
    from hcrisk.scenario import whole_roster

    rosters = whole_roster(scenario)
    if not rosters:
        return []
    rows = [
        ("", "posts x hours", "FTE", "uncovered", "FTE for 1%", "unskilled"),
        *map(_roster, rosters),
    ]
    width = max(len(row[0]) for row in rows)
    table = [f"  {a:{width}} {b:>13} {c:>5} {d:>9} {e:>10} {f:>9}" for a, b, c, d, e, f in rows]
    about = (
        "FTE for 1%: what it takes to leave no more of the hours uncovered; * has fewer. "
        "unskilled: the share of incidents beyond the skills there are, vendors' included. "
        "Vacancies, newcomers and missing managers come on top."
    )
    if not all(math.isfinite(roster.needed) for roster in rosters):
        about += " none do: on call, only part of the hours is covered (on_call.effectiveness)."
    today = " of today" if scenario.growth.changes else ""
    title = f"Own staff{today} with every seat filled, and the share of hours they leave uncovered:"
    head = ["", *textwrap.wrap(title, WIDTH)]
    return [*head, *table, *_indented(about)]


def _managers(scenario: Scenario) -> list[str]:
    """Return how many managers own staff have under each strategy, and what they leave undone."""
    from hcrisk.scenario import management

    entries = management(scenario)
    if not entries:
        return []
    lines = [("", "FTE", "needed", "by the leader", "managers", "missing")]
    for m in entries:
        shares = (f"{m.needed:.2f}", f"{m.leader:.2f}", f"{m.managers}", f"{m.missing:.2f}")
        lines.append((m.strategy, f"{m.fte:.4g}", *shares))
    width = max(len(line[0]) for line in lines)
    table = [f"  {a:{width}} {b:>7} {c:>7} {d:>14} {e:>9} {f:>8}" for a, b, c, d, e, f in lines]
    return ["", "Who manages own staff, in managers:", *table]


def _roster(roster: Roster) -> tuple[str, ...]:
    from hcrisk.report.rosters import needed_fte

    needed = "none do"
    if math.isfinite(roster.needed):
        needed = needed_fte(roster)
    return (
        f"{roster.service}.{roster.arrangement}{'' if roster.is_whole else ' *'}",
        f"{roster.posts:.3g} x {roster.hours_per_week:.4g}",
        f"{roster.fte:.4g}",
        f"{100 * roster.uncovered:.0f}%",
        needed,
        f"{100 * roster.unskilled:.0f}%",
    )


def _weak(scenario: Scenario, name: str, *, listed: bool) -> list[str]:
    """Return how many multipliers rest on weak evidence, or which, those of a kind together."""
    from hcrisk.scenario import weak_multipliers
    from hcrisk.scenario.places import generic

    kinds = Counter(generic(path, type(scenario)) for path in weak_multipliers(scenario))
    count = kinds.total()
    if not count:
        return []
    rest = "multipliers rest" if count > 1 else "multiplier rests"
    if not listed:
        return ["", f"{count} {rest} on weak evidence; check --multipliers lists what they scale."]
    head = f"{count} {rest} on weak evidence; hcrisk quote {name} --no-effect switches them off:"
    lines = [f"{kind} ({count})" if count > 1 else kind for kind, count in kinds.items()]
    return ["", *_indented(head, 0), *(f"  {line}" for line in lines)]


def _whole(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _indented(text: str, spaces: int = 2) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=" " * spaces, subsequent_indent=" " * (4 if spaces else 0)
    )
