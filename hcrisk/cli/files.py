"""The commands about scenario files: list, init, schema, sources."""

from __future__ import annotations

import argparse
import textwrap
from typing import TYPE_CHECKING, Any

from hcrisk.cli.refusals import UsageError
from hcrisk.cli.values import SUFFIX, WORKBOOK, read_output, read_scenario, suggest
from hcrisk.figures import counted
from hcrisk.io import replace_when_done
from hcrisk.report.manifest import json_manifest
from hcrisk.report.strict import strict_json

if TYPE_CHECKING:
    from hcrisk.scenario import Scenario

WIDTH = 80


def list_scenarios(arguments: argparse.Namespace) -> str:
    """Return the scenarios that come with hcrisk, smallest practice first."""
    from hcrisk.scenarios import load, scenarios

    found = sorted(map(load, scenarios()), key=lambda one: float(one.practice.providers))
    if arguments.json:
        scenarios_told = [_listed(one) for one in found]
        return strict_json({"manifest": json_manifest("list"), "scenarios": scenarios_told})
    width = max(len(one.name) for one in found) + 2
    lines = []
    for one in found:
        about = (one.description or "").strip().partition(". ")[0].rstrip(".")
        size = counted(float(one.practice.providers), "providers")
        head = (
            f"{one.name:{width}}{one.label}, {size}" if one.label else f"{one.name:{width}}{size}"
        )
        lines.append(
            textwrap.shorten(head, WIDTH, placeholder="...") if len(head) > WIDTH else head
        )
        lines += textwrap.wrap(
            f"{about}.", WIDTH, initial_indent=" " * width, subsequent_indent=" " * width
        )
    return "\n".join([*lines, "", f"hcrisk quote {found[0].name} quotes the first of them."])


def _listed(scenario: Scenario) -> dict[str, Any]:
    return {
        "name": scenario.name,
        "label": scenario.label,
        "providers": float(scenario.practice.providers),
        "description": scenario.description,
        "services": list(scenario.services),
        "strategies": list(scenario.strategies),
        "scenario_digest": scenario.digest,
    }


def init(arguments: argparse.Namespace) -> str:
    """Write a file or workbook to start from, and return what to do next."""
    from hcrisk.scenario.names import slug
    from hcrisk.scenarios import scenarios, template, workbook

    path = read_output("the file's name", arguments.file, (SUFFIX, WORKBOOK), arguments.force)
    if arguments.parent not in scenarios():
        raise UsageError(
            f"--from must name a scenario that comes with hcrisk, got {arguments.parent!r}. "
            f"{suggest(arguments.parent, scenarios())}"
        )
    name = slug(path.stem, hyphens=True)
    is_workbook = path.suffix.lower() == WORKBOOK
    following = [f"hcrisk check {path}", f"hcrisk quote {path}"]
    with replace_when_done(path, arguments.force) as temporary:
        if is_workbook:
            workbook(temporary, arguments.parent, name)
        else:
            temporary.write_text(template(arguments.parent, name), encoding="utf-8")
    if arguments.json:
        about = {"wrote": str(path), "extends": arguments.parent, "next": following}
        return strict_json({"manifest": json_manifest("init")} | about)
    opened = "a text editor. Take the # off a line and put your number in."
    if is_workbook:
        opened = "Excel. Its first sheet says what to do; fill in yellow cells, and save."
    return "\n".join(
        [
            f"Wrote {path}. It starts out as {arguments.parent}; what you change is yours.",
            "Next:",
            f"  1. Open it in {opened}",
            *(f"  {place}. {command}" for place, command in enumerate(following, 2)),
        ]
    )


def schema(arguments: argparse.Namespace) -> str:
    """Return the JSON schema of scenario files."""
    from hcrisk.scenario import json_schema

    if arguments.json:
        return strict_json({"manifest": json_manifest("schema"), "schema": json_schema()})
    return strict_json(json_schema())


def sources(arguments: argparse.Namespace) -> str:
    """Return the assumptions register of a scenario."""
    from hcrisk.report.sources import entries_json, listed, render_sources, source_numbers

    scenario = read_scenario(arguments.scenario)
    weakest_first, with_defaults = arguments.weakest_first, arguments.all
    if not arguments.json:
        return render_sources(scenario, weakest_first=weakest_first, with_defaults=with_defaults)
    entries = listed(scenario, weakest_first=weakest_first, with_defaults=with_defaults)
    content = {
        "manifest": json_manifest("sources", scenario),
        "numbers": entries_json(scenario, entries),
        "sources": {key: scenario.sources[key].model_dump() for key in source_numbers(entries)},
    }
    return strict_json(content)
