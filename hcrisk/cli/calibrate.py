"""The calibrate command: from a file of data to a table, and to a scenario file."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from hcrisk.cli.refusals import UsageError
from hcrisk.cli.values import SUFFIX, read_output, suggest

if TYPE_CHECKING:
    from datetime import date

    from hcrisk.calibrate import (
        Backtest,
        Breaches,
        Derived,
        Findings,
        FrequencyFit,
        Ranking,
        SeverityFit,
        StaffFindings,
        Window,
    )
    from hcrisk.scenario import Scenario

WIDTH = 80
Rows = Sequence[Sequence[str]]


def breaches(arguments: argparse.Namespace) -> str:
    """Return what a breach export says, and write it if asked to."""
    from hcrisk.calibrate import Window, breach_findings, read_breaches

    parent = _parent(arguments.extends)
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
            data, fitted, entity_type=entity, entities=entities, risk=arguments.risk
        )
        lines = _events(found, "reports", "of people affected, given 502 or more")
        if later is not None and found.severities is not None:
            lines += _breach_backtest(found, data.within(later, entity), fitted, later)
        return _said(lines, found.derived, found.remarks, parent, arguments, temporary)


def incidents(arguments: argparse.Namespace) -> str:
    """Return what a log of incidents says, and write it if asked to."""
    from hcrisk.calibrate import incident_findings, read_incidents

    parent = _parent(arguments.extends)
    above, cap = _positive("--above", arguments.above) or 0.0, _positive("--cap", arguments.cap)
    practices = _positive("--practices", arguments.practices)
    window = _window(arguments)
    with ExitStack() as stack:
        temporary = _output(arguments, stack)
        data = read_incidents(arguments.file)
        found = incident_findings(
            data,
            parent,
            window=window,
            above=above,
            risk=arguments.risk,
            practices=None if practices is None else round(practices),
            providers=_positive("--providers", arguments.providers),
            cap=cap,
        )
        lines = _events(found, "incidents", f"of cost above {above:,.0f}")
        return _said(lines, found.derived, found.remarks, parent, arguments, temporary)


def staff(arguments: argparse.Namespace) -> str:
    """Return what personnel records say, and write it if asked to."""
    from hcrisk.calibrate import read_openings, read_staff, staff_findings

    parent = _parent(arguments.extends)
    window = _window(arguments)
    if window is None:
        raise UsageError(
            "--from and --to must say when departures were recorded: who left before the "
            "extract begins is not in it; write for example --from 2021 --to 2025"
        )
    with ExitStack() as stack:
        temporary = _output(arguments, stack)
        people = read_staff(arguments.file, window)
        openings = read_openings(arguments.openings, window) if arguments.openings else None
        roles = dict(_mapped(text) for text in arguments.role)
        found = staff_findings(people, parent, openings=openings, roles=roles)
        lines = _people(found)
        return _said(lines, found.derived, found.remarks, parent, arguments, temporary)


# What was asked for.


def _parent(name: str) -> Scenario:
    from hcrisk.scenarios import load, scenarios

    if name not in scenarios():
        raise UsageError(
            f"--extends must name a scenario that comes with hcrisk, got {name!r}. "
            f"{suggest(name, scenarios())}"
        )
    return load(name)


def _output(arguments: argparse.Namespace, stack: ExitStack) -> Path | None:
    """Return the temporary name to write to, moved into place if all goes well."""
    from hcrisk.io import replace_when_done

    if not arguments.out:
        return None
    path = read_output("--out", arguments.out, (SUFFIX,), arguments.force)
    return stack.enter_context(replace_when_done(path, arguments.force))


def _positive(option: str, text: str | None) -> float | None:
    if text is None:
        return None
    try:
        value = float(text.replace(",", ""))
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


def _mapped(text: str) -> tuple[str, str]:
    said, sign, name = text.rpartition("=")
    if not sign or not said.strip() or not name.strip():
        raise UsageError(
            f'--role must be "name in the file=role", got {text!r}; write for example '
            '--role "Help Desk=technician"'
        )
    return said.strip(), name.strip()


# What is said.


def _events(found: Findings, what: str, law: str) -> list[str]:
    counts = found.frequencies[0].counts
    total = int(counts.count.sum()) if counts is not None else 0
    rate, low, high = _supported(found.chosen.parameters["rate"], found.chosen.interval("rate"))
    lines = [
        f"{total:,} {what}, {found.window}: {rate} a year ({low}-{high}, 95 %, as if independent)",
        "",
        f"{'Frequency':<29} {'AIC':>8} {'BIC':>8} {'dispersion':>10} {'p':>6}",
        *map(_frequency_row, found.frequencies),
    ]
    if found.severities is not None:
        lines += ["", *_laws(found.severities, f"Law {law}")]
        lines += ["", *_parameters(found.severities.best)]
    return lines


def _frequency_row(fit: FrequencyFit) -> str:
    words = ", ".join(f"{key} {_plain(value)}" for key, value in fit.parameters.items())
    figures = f"{fit.aic:>8.1f} {fit.bic:>8.1f} {fit.dispersion:>10.2f} {_p(fit.p_value):>6}"
    return f"  {_name(fit):<27} {figures}\n    {words}"


def _name(fit: FrequencyFit) -> str:
    return fit.family.replace("_", " ") + (" with trend" if "trend" in fit.parameters else "")


def _p(value: float) -> str:
    return "-" if value != value else f"{value:.2f}" if value >= 0.01 else "<0.01"


def _laws(ranking: Ranking, title: str) -> list[str]:
    lines = textwrap.wrap(title, WIDTH)
    lines.append(f"  {'family':<20} {'AIC':>10} {'BIC':>10} {'KS':>6} {'AD':>7} {'p':>6}")
    for fit, good in zip(ranking.fits, ranking.goodness, strict=True):
        lines.append(
            f"  {fit.family:<20} {fit.aic:>10.1f} {fit.bic:>10.1f} "
            f"{good.kolmogorov_smirnov:>6.3f} {_cell(good.anderson_darling, 7)} "
            f"{_p(good.p_value):>6}"
        )
    lines += [f"  {name:<20} not fitted" for name in ranking.failed]
    return lines


def _cell(value: float, width: int) -> str:
    return f"{value:>{width}.2f}" if value == value else " " * (width - 1) + "-"


def _parameters(fit: SeverityFit) -> list[str]:
    lines = [f"{fit.family}, {fit.n} values known or bounded; 95 % intervals"]
    for name, value in fit.parameters.items():
        low, high = fit.interval(name)
        text = f"  {name:<14} {_plain(value):>10}  {_plain(low)} to {_plain(high)}"
        wide = fit.interval(name, clustered=True)
        if wide[0] == wide[0]:
            text += f"; clustered by year {_plain(wide[0])} to {_plain(wide[1])}"
        lines.append(text)
    levels = [0.5, 0.9, 0.99]
    quantiles = zip(("P50", "P90", "P99"), fit.quantiles(levels), strict=True)
    return [*lines, "  " + ", ".join(f"{name} {_plain(value)}" for name, value in quantiles)]


def _breach_backtest(found: Findings, later: Breaches, fitted: Window, held: Window) -> list[str]:
    from hcrisk.calibrate import backtest_counts, backtest_severity

    if found.severities is None:
        return []
    law = backtest_severity(found.severities.best, later.sample())
    counts = later.counts(held, found.entities, monthly=True, since=fitted)
    lines = ["", f"Held out, {held}: {found.severities.best.family} law"]
    lines += _tested(law)
    lines += ["", f"Held out, {held}: months, {_name(found.frequencies[0])}"]
    return lines + _tested(backtest_counts(found.frequencies[0], counts))


def _tested(test: Backtest) -> list[str]:
    lines = [f"  {test.n} values, log score {test.log_score:.3f}, uniform PIT p {_p(test.p_value)}"]
    for one in test.coverage:
        mark = "" if one.is_met else "  missed"
        lines.append(
            f"  {one.name:<14} {100 * one.nominal:5.1f} %: {100 * one.share:5.1f} % "
            f"({100 * one.low:.1f}-{100 * one.high:.1f}){mark}"
        )
    return lines


def _people(found: StaffFindings) -> list[str]:
    lines = [
        f"Attrition, {found.window}: departures per person and year, exact 95 % intervals",
        f"  {'role':<24} {'left':>5} {'years':>8} {'rate':>7}  interval",
    ]
    for role, one in [*found.by_role.items(), ("all", found.everybody)]:
        lines.append(
            f"  {textwrap.shorten(role, 24, placeholder='...'):<24} {one.departures:>5} "
            f"{one.person_years:>8.1f} {one.rate:>7.3f}  {one.low:.3f}-{one.high:.3f}"
        )
    if found.tenure is not None:
        lines += ["", *_tenure(found)]
    for role, ranking in found.fills.items():
        lines += ["", *_laws(ranking, f"Days to fill, {role or 'all roles'}")]
        lines += _parameters(ranking.best)
    return lines


def _tenure(found: StaffFindings) -> list[str]:
    hazards = found.tenure
    if hazards is None:
        return []
    edges = [0.0, *hazards.breaks]
    lines = [f"Leaving by tenure (all alike: p {hazards.flat_p_value():.2f})"]
    for i, start in enumerate(edges):
        end = f"to {edges[i + 1]:g}" if i + 1 < len(edges) else "on"
        lines.append(
            f"  year {start:g} {end:<5} {hazards.events[i]:>5} in {hazards.exposure[i]:>7.1f} years"
            f" {hazards.rate[i]:>7.3f}  {hazards.lower[i]:.3f}-{hazards.upper[i]:.3f}"
        )
    return lines


def _said(
    lines: list[str],
    derived: Derived,
    remarks: Sequence[str],
    parent: Scenario,
    arguments: argparse.Namespace,
    temporary: Path | None,
) -> str:
    """Return the lines and remarks; write the scenario if a file was asked for."""
    if remarks:
        lines = [*lines, "", "Note"]
        for remark in remarks:
            lines += textwrap.wrap(
                remark, WIDTH, initial_indent="  ", subsequent_indent="    ",
            )  # fmt: skip
    if temporary is None:
        return "\n".join([*lines, "", "Add --out FILE.toml to write this as a scenario."])
    from hcrisk.calibrate import to_toml
    from hcrisk.scenario.names import slug
    from hcrisk.scenarios import from_toml

    path = Path(arguments.out)
    text = to_toml(slug(path.stem, hyphens=True), parent, [derived])
    # Whatever cannot be loaded is not written.
    from_toml(text)
    temporary.write_text(text, encoding="utf-8")
    written = [f"Wrote {path}, which extends {parent.name}:"]
    written += [f"  {entry}" for entry in derived.entries]
    return "\n".join([*lines, "", *written, f"Next: hcrisk check {path}"])


def _supported(value: float, interval: tuple[float, float]) -> tuple[str, str, str]:
    """Return a value and its bounds with one digit more than the interval supports."""
    from hcrisk.figures import Figure, rounded, supported_step

    step = supported_step(Figure(value, *interval)) / 10.0
    value, low, high = (rounded(each, step) for each in (value, *interval))
    return _plain(value), _plain(low), _plain(high)


def _plain(value: float) -> str:
    from hcrisk.figures import plain

    if 0.0 < abs(value) < 1e-3:
        return f"{value:.3g}"
    return plain(value)
