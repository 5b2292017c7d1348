"""The calibrate command: from a file of data to a table, and to a scenario file."""

from __future__ import annotations

import argparse
import math
import os
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from hcrisk.cli.calibrate_said import Said
from hcrisk.cli.refusals import UsageError
from hcrisk.cli.values import SUFFIX, WORKBOOK, read_output, read_scenario, suggest

if TYPE_CHECKING:
    from datetime import date

    from hcrisk.calibrate import Derived, Window
    from hcrisk.scenario import Scenario

METHODS = ("metalog", "mixture", "average")
MOST_HELD_OUT = 50
BUILT_ON = "--extends names a scenario that exists, which the new file is to build on"


def breaches(arguments: argparse.Namespace) -> str:
    """Return what a breach export says, and write it if asked to."""
    from hcrisk.calibrate import Window, breach_findings, read_breaches
    from hcrisk.cli.calibrate_pages import events_page

    parent = read_scenario(arguments.extends, BUILT_ON)
    entity = None if arguments.entity == "all" else arguments.entity
    entities = _positive("--entities", arguments.entities)
    if arguments.out and entities is None and arguments.risk not in parent.risks:
        raise UsageError(
            f"--out needs --entities, as risk {arguments.risk!r} is new and needs a frequency; "
            "say how many could have reported, or name a risk of the scenario with --risk"
        )
    stated = _window(arguments)
    with ExitStack() as stack:
        temporary = _output(arguments, stack)
        data = read_breaches(arguments.file)
        window = stated or Window.of_years(min(data.day).year, max(data.day).year)
        fitted, later = _split(window, arguments.hold_out)
        found = breach_findings(
            data, fitted, held_out=later, entity_type=entity, entities=entities,
            risk=arguments.risk,
        )  # fmt: skip
        lines = events_page(found, "reports", "of people affected, given 502 or more")
        said = Said(lines, [found.derived], found.remarks, found.tests)
        return _told(said, parent, arguments, temporary)


def incidents(arguments: argparse.Namespace) -> str:
    """Return what a log of incidents says, and write it if asked to."""
    from hcrisk.calibrate import Target, incident_findings, read_incidents
    from hcrisk.cli.calibrate_pages import events_page

    parent = read_scenario(arguments.extends, BUILT_ON)
    above = _positive("--above", arguments.above) or 0.0
    unlimited = (arguments.cap or "").strip().lower() == "none"
    practices = _positive("--practices", arguments.practices)
    target = Target(
        risk=arguments.risk,
        replaces=tuple(n.strip() for text in arguments.replaces for n in text.split(",")),
        providers=_positive("--providers", arguments.providers),
        cap=math.inf if unlimited else _positive("--cap", arguments.cap),
        whole=arguments.whole_cost,
        insured=arguments.insured,
    )
    window = _window(arguments)
    with ExitStack() as stack:
        temporary = _output(arguments, stack)
        data = read_incidents(arguments.file)
        fitted, later = window, None
        if arguments.hold_out is not None:
            fitted, later = _split(window or data.window, arguments.hold_out)
        found = incident_findings(
            data,
            parent,
            window=fitted,
            held_out=later,
            above=above,
            practices=None if practices is None else round(practices),
            family=arguments.family,
            target=target,
        )
        lines = events_page(found, "incidents", f"of cost above {above:,.0f}")
        said = Said(lines, [found.derived], found.remarks, found.tests)
        return _told(said, parent, arguments, temporary)


def staff(arguments: argparse.Namespace) -> str:
    """Return what personnel records say, and write it if asked to."""
    from hcrisk.calibrate import read_openings, read_staff, staff_findings
    from hcrisk.cli.calibrate_pages import staff_page

    parent = read_scenario(arguments.extends, BUILT_ON)
    window = _window(arguments)
    if window is None:
        raise UsageError(
            "--from and --to must say when departures were recorded: who left before the "
            "extract begins is not in it; write for example --from 2021 --to 2025"
        )
    fitted, later = _split(window, arguments.hold_out)
    example = '--role "Help Desk=technician"'
    roles = dict(_mapped("--role", "role", text, example) for text in arguments.role)
    with ExitStack() as stack:
        temporary = _output(arguments, stack)
        people = read_staff(arguments.file, fitted)
        unseen = None if later is None else read_staff(arguments.file, later)
        openings = read_openings(arguments.openings, fitted) if arguments.openings else None
        found = staff_findings(people, parent, openings=openings, roles=roles, later=unseen)
        said = Said(staff_page(found), found.derived, found.remarks, found.tests)
        return _told(said, parent, arguments, temporary)


def macro(arguments: argparse.Namespace) -> str:
    """Return what yearly series say, and write it if asked to."""
    from hcrisk.calibrate import Window, macro_findings, read_yearly
    from hcrisk.cli.calibrate_pages import macro_page
    from hcrisk.cli.values import read_whole

    parent = read_scenario(arguments.extends, BUILT_ON)
    first = _day("--from", arguments.first or "1900", "01-01")
    years = Window(first, _day("--to", arguments.last or "2199", "12-31"))
    hold_out = read_whole("--hold-out", arguments.hold_out or "0", 0, MOST_HELD_OUT)
    with ExitStack() as stack:
        temporary = _output(arguments, stack)
        series = read_yearly(arguments.file, levels=arguments.levels)
        found = macro_findings(
            series, first=years.first.year, last=years.last.year, hold_out=hold_out
        )
        said = Said(macro_page(found), found.written, found.remarks, found.tests)
        return _told(said, parent, arguments, temporary)


def dependence(arguments: argparse.Namespace) -> str:
    """Return how columns move together, and write it if asked to."""
    from hcrisk.calibrate import pair_findings, read_columns
    from hcrisk.cli.calibrate_pages import pairs_page

    parent = read_scenario(arguments.extends, BUILT_ON)
    example = '--column "Pay=roles.technician.pay"'
    names = dict(_mapped("--column", "input", text, example) for text in arguments.column)
    if len(set(names.values())) < 2:
        raise UsageError(
            f"--column must be given twice or more, each with an input of its own; write for "
            f"example {example}"
        )
    with ExitStack() as stack:
        temporary = _output(arguments, stack)
        columns, remarks = read_columns(arguments.file, names)
        found = pair_findings(columns, parent)
        said = Said(pairs_page(found), [found.derived], [*remarks, *found.remarks])
        return _told(said, parent, arguments, temporary)


def experts(arguments: argparse.Namespace) -> str:
    """Return what experts say together, and write it if asked to."""
    from hcrisk.calibrate import panel_findings, read_panel
    from hcrisk.cli.calibrate_pages import panel_page

    parent = read_scenario(arguments.extends, BUILT_ON)
    if arguments.method not in METHODS:
        raise UsageError(
            f"--method must be one of {', '.join(METHODS)}, got {arguments.method!r}. "
            f"{suggest(arguments.method, METHODS)}"
        )
    low, high = (_number(f"--{name}", getattr(arguments, name)) for name in ("low", "high"))
    with ExitStack() as stack:
        temporary = _output(arguments, stack)
        opinions = read_panel(arguments.file, arguments.input)
        found = panel_findings(
            opinions,
            parent,
            method=arguments.method,
            low=low,
            high=math.inf if high is None else high,
        )
        said = Said(panel_page(found, arguments.method), [found.derived], found.remarks)
        return _told(said, parent, arguments, temporary)


# What was asked for.


def _output(arguments: argparse.Namespace, stack: ExitStack) -> Path | None:
    """Return the temporary name to write to, moved into place if all goes well."""
    from hcrisk.io import replace_when_done

    if not arguments.out:
        return None
    path = read_output("--out", arguments.out, (SUFFIX,), arguments.force)
    if arguments.extends.lower().endswith(WORKBOOK):
        raise UsageError(
            f"--out writes a {SUFFIX} file, which cannot extend a workbook, {arguments.extends}; "
            "leave out --out and copy the numbers into it, or extend another scenario"
        )
    if _is_file(arguments.extends) and path.resolve() == Path(arguments.extends).resolve():
        raise UsageError(f"--out must not be the file it extends, {path}; choose another name")
    return stack.enter_context(replace_when_done(path, arguments.force))


def _is_file(scenario: str) -> bool:
    return scenario.endswith(SUFFIX)


def _number(option: str, text: str | None) -> float | None:
    if text is None:
        return None
    try:
        value = float(text.replace(",", "").replace("_", ""))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise UsageError(f"{option} must be a number, got {text!r}; write digits only")
    return value


def _positive(option: str, text: str | None) -> float | None:
    if text is None:
        return None
    try:
        value = float(text.replace(",", "").replace("_", ""))
    except ValueError:
        value = -1.0
    if not 0.0 <= value < float("inf"):
        raise UsageError(f"{option} must be a number from 0 up, got {text!r}; write digits only")
    if value == 0.0 and option != "--above":
        raise UsageError(f"{option} must be above 0, got {text!r}; leave it out if not known")
    return value


def _window(arguments: argparse.Namespace) -> Window | None:
    from hcrisk.calibrate import Window

    if arguments.first is None and arguments.last is None:
        return None
    if arguments.first is None or arguments.last is None:
        raise UsageError("--from and --to belong together; write for example --from 2018 --to 2023")
    return Window(_day("--from", arguments.first, "01-01"), _day("--to", arguments.last, "12-31"))


def _day(option: str, text: str, rest: str) -> date:
    from datetime import date

    try:
        return date.fromisoformat(f"{text}-{rest}" if len(text) == 4 else text)
    except ValueError:
        raise UsageError(
            f"{option} must be a year or a date, got {text!r}; write 2023 or 2023-06-30"
        ) from None


def _split(window: Window, hold_out: str | None) -> tuple[Window, Window | None]:
    from datetime import date

    from hcrisk.calibrate import Window
    from hcrisk.cli.values import read_whole

    if hold_out is None:
        return window, None
    whole = window.last.year - window.first.year
    if whole < 1:
        raise UsageError(f"--hold-out needs at least 2 years, got {window}; widen --from and --to")
    first = window.last.year - read_whole("--hold-out", hold_out, 1, whole) + 1
    return Window(window.first, date(first - 1, 12, 31)), Window(date(first, 1, 1), window.last)


def _mapped(option: str, what: str, text: str, example: str) -> tuple[str, str]:
    said, sign, name = text.rpartition("=")
    if not sign or not said.strip() or not name.strip():
        raise UsageError(
            f'{option} must be "name in the file={what}", got {text!r}; write for example {example}'
        )
    return said.strip(), name.strip()


# What is said.


def _told(
    said: Said, parent: Scenario, arguments: argparse.Namespace, temporary: Path | None
) -> str:
    """Return the page or its JSON; write the scenario if a file was asked for."""
    from hcrisk.calibrate.document import NOTHING, lost_correlations
    from hcrisk.cli.calibrate_pages import wrapped
    from hcrisk.cli.calibrate_said import render, to_json

    said = said._replace(remarks=[*said.remarks, *lost_correlations(parent, said.derived)])
    why = [remark for remark in said.remarks if remark.startswith(NOTHING)]
    because = "; ".join(remark.removeprefix(NOTHING) for remark in why) or "see above"
    if temporary is not None:
        if not said.is_written:
            raise UsageError(
                f"{arguments.out} is not written: there is nothing to write ({because}); run "
                "without --out to see more"
            )
        _write(temporary, Path(arguments.out), parent, said.derived, arguments.extends)
    if arguments.json:
        return to_json(said, arguments.kind, arguments.file, parent, arguments.out)
    if not said.is_written:
        return render(said, *wrapped(f"There is nothing to write: {because}."))
    if temporary is None:
        return render(said, "Add --out FILE.toml to write this as a scenario.")
    path = Path(arguments.out)
    name = arguments.extends if _is_file(arguments.extends) else parent.name
    return render(said, f"Wrote {path}, which extends {name}.", f"Next: hcrisk check {path}")


def _write(
    temporary: Path, path: Path, parent: Scenario, derived: Sequence[Derived], extends: str
) -> None:
    from hcrisk.calibrate import to_toml
    from hcrisk.scenario.names import slug
    from hcrisk.scenarios import load

    if _is_file(extends):
        # As a file says it: from its own folder, with slashes on every system.
        extends = Path(os.path.relpath(extends, path.parent)).as_posix()
    text = to_toml(slug(path.stem, hyphens=True), parent, derived, extends=extends)
    temporary.write_text(text, encoding="utf-8")
    # Whatever cannot be loaded does not come to stay.
    load(temporary)
