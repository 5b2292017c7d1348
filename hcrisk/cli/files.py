"""The commands about scenario files: list, check, init, sources."""

from __future__ import annotations

import argparse
import textwrap
from typing import TYPE_CHECKING

from hcrisk.cli.refusals import UsageError
from hcrisk.cli.values import SUFFIX, read_output, read_scenario, suggest
from hcrisk.io import replace_when_done

if TYPE_CHECKING:
    from hcrisk.scenario import Scenario

WIDTH = 80
MOST_OWN = 12


def list_scenarios(arguments: argparse.Namespace) -> str:
    """Return the scenarios that come with hcrisk, smallest practice first."""
    from hcrisk.scenarios import load, scenarios

    found = sorted(map(load, scenarios()), key=lambda one: float(one.practice.providers))
    width = max(len(one.name) for one in found) + 2
    lines = []
    for one in found:
        about = (one.description or "").strip().partition(". ")[0].rstrip(".")
        head = f"{one.name:{width}}{float(one.practice.providers):g} providers. {one.label or ''}"
        lines.append(
            textwrap.shorten(head, WIDTH, placeholder="...") if len(head) > WIDTH else head
        )
        lines += textwrap.wrap(
            f"{about}.", WIDTH, initial_indent=" " * width, subsequent_indent=" " * width
        )
    return "\n".join([*lines, "", f"hcrisk quote {found[0].name} quotes the first of them."])


def check(arguments: argparse.Namespace) -> str:
    """Return what was read from a scenario file that is right; refuse one that is not."""
    name: str = arguments.scenario
    scenario = read_scenario(name)
    said = textwrap.wrap(f"{name}: no problems. {_summary(scenario)}", WIDTH)
    if name.endswith(SUFFIX):
        said += _own_numbers(scenario)
    return "\n".join([*said, *_remarks(scenario)])


def init(arguments: argparse.Namespace) -> str:
    """Write a commented file to start from, and return what to do next."""
    from hcrisk.scenario.names import slug
    from hcrisk.scenarios import scenarios, template

    path = read_output("the file's name", arguments.file, (SUFFIX,), arguments.force)
    if arguments.parent not in scenarios():
        raise UsageError(
            f"--from must name a scenario that comes with hcrisk, got {arguments.parent!r}. "
            f"{suggest(arguments.parent, scenarios())}"
        )
    text = template(arguments.parent, slug(path.stem, hyphens=True))
    with replace_when_done(path, arguments.force) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return "\n".join(
        [
            f"Wrote {path}. It starts out as {arguments.parent}; what you change is yours.",
            "Next:",
            "  1. Open it in a text editor. Take the # off a line and put your number in.",
            f"  2. hcrisk check {path}",
            f"  3. hcrisk quote {path}",
        ]
    )


def schema(arguments: argparse.Namespace) -> str:
    """Return the JSON schema of scenario files."""
    import json

    from hcrisk.scenario import json_schema

    return json.dumps(json_schema(), indent=2)


def sources(arguments: argparse.Namespace) -> str:
    """Return the assumptions register of a scenario."""
    from hcrisk.report.sources import render_sources

    scenario = read_scenario(arguments.scenario)
    return render_sources(
        scenario, weakest_first=arguments.weakest_first, with_defaults=arguments.all
    )


def _summary(scenario: Scenario) -> str:
    counts = [
        (round(float(scenario.practice.providers)), "provider"),
        (scenario.years, "year"),
        (len(scenario.services), "service"),
        (len(scenario.roles), "role"),
        (len(scenario.vendors), "vendor"),
        (len(scenario.risks), "risk"),
        (len(scenario.inputs()), "uncertain input"),
    ]
    said = [f"{count} {noun}{'s' if count != 1 else ''}" for count, noun in counts]
    names = ", ".join(scenario.strategies)
    return f"{', '.join(said)}; strategies {names}." if names else f"{', '.join(said)}."


def _remarks(scenario: Scenario) -> list[str]:
    """Return what is allowed and worth a second look."""
    from hcrisk.scenario.steps import near_steps

    lines: list[str] = []
    for remark in near_steps(scenario):
        text = f"{remark.rule}; {remark.remedy}"
        lines += [f"  {remark.path}", *_indented(text)]
    return ["", "Worth a second look:", *lines] if lines else []


def _indented(text: str, spaces: int = 4) -> list[str]:
    indent = " " * spaces
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent)


def _own_numbers(scenario: Scenario) -> list[str]:
    """Return the numbers a file that extends another states itself."""
    from hcrisk.report.columns import unit_words
    from hcrisk.scenario import register

    entries = register(scenario)
    own = [entry for entry in entries if entry.own == "user"]
    if not any(entry.own == "scenario" for entry in entries):
        return []
    if not own:
        return ["No number differs from the scenario it extends."]
    lines = [f"Your own {'numbers' if len(own) > 1 else 'number'}:"]
    lines += [
        f"  {entry.path} = {entry.value} {unit_words(entry.unit)}".rstrip()
        for entry in own[:MOST_OWN]
    ]
    return lines + ([f"  and {len(own) - MOST_OWN} more"] if len(own) > MOST_OWN else [])
