"""What calibrate prints: what the data say, how it was tested, and what is written."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from hcrisk.figures import Figure, plain, rounded, supported_step

if TYPE_CHECKING:
    from hcrisk.calibrate import (
        Backtest,
        CopulaFit,
        Derived,
        Findings,
        FrequencyFit,
        Hazards,
        MacroFindings,
        Means,
        PairFindings,
        PanelFindings,
        Ranking,
        SeverityFit,
        StaffFindings,
        WrittenFigure,
    )

WIDTH = 80
# The column of paths: what is left beside two numbers and most intervals.
PATHS = 36


# Events.


def events_page(found: Findings, what: str, law: str) -> list[str]:
    """Return what a file of events says, and how that did on data held out."""
    counts = found.frequencies[0].counts
    total = int(counts.count.sum()) if counts is not None else 0
    rate, low, high = _supported(found.chosen.parameters["rate"], found.chosen.interval("rate"))
    head = (
        f"{total:,} {what}, {found.window}: {rate} a year observed ({low}-{high}, 95 %, as if "
        "independent)"
    )
    lines = [
        *textwrap.wrap(head, WIDTH, subsequent_indent="  "),
        "",
        f"{'Frequency':<29} {'AIC':>8} {'BIC':>8} {'dispersion':>10} {'p':>6}",
        *map(_frequency_row, found.frequencies),
    ]
    if found.severities is not None and found.law is not None:
        lines += ["", *_laws(found.severities, f"Law {law}")]
        lines += ["", *_parameters(found.law)]
    if found.means is not None:
        lines += ["", *_means(found.means), *_alternatives(found)]
    return lines + _tests(found.tests)


def _frequency_row(fit: FrequencyFit) -> str:
    words = ", ".join(f"{key} {_plain(value)}" for key, value in fit.parameters.items())
    figures = f"{fit.aic:>8.1f} {fit.bic:>8.1f} {_cell(fit.dispersion, 10)} {_p(fit.p_value):>6}"
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
    rows = [("", "", "95 % interval", "clustered by year")]
    for name, value in fit.parameters.items():
        wide = fit.interval(name, clustered=True)
        by_year = _range(*wide) if wide[0] == wide[0] else ""
        rows.append((name, _plain(value), _range(*fit.interval(name)), by_year))
    if not any(by_year for *_, by_year in rows[1:]):
        rows[0] = (*rows[0][:-1], "")
    lines = [f"{fit.family}, {fit.n} values known or bounded"]
    lines += [f"  {a:<14} {b:>10}  {c:<25} {d}".rstrip() for a, b, c, d in rows]
    levels = [0.5, 0.9, 0.99]
    quantiles = zip(("P50", "P90", "P99"), fit.quantiles(levels), strict=True)
    return [*lines, "  " + ", ".join(f"{name} {_plain(value)}" for name, value in quantiles)]


def _means(average: Means) -> list[str]:
    cut = f", cut at {_whole(average.cap)}" if math.isfinite(average.cap) else ", without a cap"
    lines = [
        "Mean cost of one",
        f"  in the log                   {_whole(average.sample):>14}  (largest "
        f"{_whole(average.largest)})",
        f"  of the law as estimated      {_whole(average.estimate):>14}{cut}",
        f"  of the law as written        {_whole(average.written):>14}  over its parameters' "
        "uncertainty",
    ]
    for limit, mean in average.limited:
        where = "  (largest seen)" if limit == average.largest else ""
        lines.append(f"    if cut at {_whole(limit):>15}    {_whole(mean):>14}{where}")
    share = f"{100 * average.beyond:.0f} %"
    return [*lines, f"  {share} of the mean as written comes from above the largest cost seen"]


def _alternatives(found: Findings) -> list[str]:
    """Return the mean cost under each other law, as the choice of the law is uncertain too."""
    if found.severities is None or found.law is None:
        return []
    best = found.law.aic
    other = [
        f"{fit.family} {_whole(found.alternatives[fit.family])} (AIC {fit.aic - best:+.1f})"
        for fit in found.severities.fits
        if fit.family in found.alternatives
    ]
    text = f"under other laws: {', '.join(other)}"
    return textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="    ")


def _whole(value: float) -> str:
    return f"{float(f'{value:.4g}'):,.0f}" if math.isfinite(value) else "no mean"


# Tests.


def _tests(tests: Mapping[str, Backtest]) -> list[str]:
    lines = []
    for name, test in tests.items():
        verdict = "passed" if test.is_passed else "FAILED"
        lines += ["", f"Held out: {name}: {verdict}", *_tested(test)]
    return lines


def _tested(test: Backtest) -> list[str]:
    if test.n == 1:
        inside = [one.name.removeprefix("central ") for one in test.coverage if one.found]
        held = f"inside the central {inside[0]}" if inside else "outside the central 95 %"
        return [f"  {held} of what was predicted (p {_p(test.p_value)})"]
    lines = [f"  {test.n} values, log score {test.log_score:.3f}, uniform PIT p {_p(test.p_value)}"]
    for one in test.coverage:
        mark = "" if one.is_met else "  missed"
        lines.append(
            f"  {one.name:<14} {100 * one.nominal:5.1f} %: {100 * one.share:5.1f} % "
            f"({100 * one.low:.1f}-{100 * one.high:.1f}){mark}"
        )
    return lines


# Staff.


def staff_page(found: StaffFindings) -> list[str]:
    """Return what personnel records say."""
    lines = [
        f"Attrition observed, {found.window}: departures per person and year, exact 95 %",
        f"  {'role':<24} {'left':>5} {'years':>8} {'rate':>7}  interval",
    ]
    for role, one in [*found.by_role.items(), ("all", found.everybody)]:
        lines.append(
            f"  {textwrap.shorten(role, 24, placeholder='...'):<24} {one.departures:>5} "
            f"{one.person_years:>8.1f} {one.rate:>7.3f}  {one.low:.3f}-{one.high:.3f}"
        )
    if found.tenure is not None:
        lines += ["", *_tenure(found.tenure)]
    for role, ranking in found.fills.items():
        lines += ["", *_laws(ranking, f"Days to fill, {role or 'all roles'}")]
        lines += _parameters(ranking.best)
    return lines + _tests(
        {f"departures, {role or 'all roles'}": test for role, test in found.tests.items()}
    )


def _tenure(hazards: Hazards) -> list[str]:
    edges = [0.0, *hazards.breaks]
    lines = [f"Leaving by tenure (all alike: p {hazards.flat_p_value():.2f})"]
    for i, start in enumerate(edges):
        end = f"to {edges[i + 1]:g}" if i + 1 < len(edges) else "on"
        lines.append(
            f"  year {start:g} {end:<5} {hazards.events[i]:>5} in {hazards.exposure[i]:>7.1f} years"
            f" {hazards.rate[i]:>7.3f}  {hazards.lower[i]:.3f}-{hazards.upper[i]:.3f}"
        )
    return lines


# Series, pairs, experts.


def macro_page(found: MacroFindings) -> list[str]:
    """Return what yearly series say."""
    lines = [
        "Autoregressions of log growth, attrition of its log level; standard errors in",
        "brackets",
        f"  {'series':<10} {'years':>5} {'mean':>17} {'phi':>15} {'sd':>17} {'last':>8}",
    ]
    for name, fit in found.macro.series.items():
        mean = "0 by meaning" if name == "attrition" else f"{fit.mean:.4f} ({fit.mean_se:.4f})"
        phi, sd = f"{fit.phi:.2f} ({fit.phi_se:.2f})", f"{fit.sd:.4f} ({fit.sd_se:.4f})"
        lines.append(
            f"  {name:<10} {fit.n_year:>5} {mean:>17} {phi:>15} {sd:>17} {fit.start:>8.4f}"
        )
    lines += [
        f"  shocks of {' and '.join(pair.between)}: correlation {pair.value:.2f} "
        f"({pair.standard_error:.2f}), {pair.n_year} years"
        for pair in found.macro.correlations
    ]
    return lines + _tests(found.tests)


def pairs_page(found: PairFindings) -> list[str]:
    """Return how columns move together."""
    lines = []
    for (first, second), fits in found.rankings.items():
        lines += ["", *textwrap.wrap(f"{first} and {second}, {fits[0].n} rows", WIDTH)]
        lines.append(
            f"  {'copula':<12} {'AIC':>8} {'Spearman':>9} {'95 %':>15} {'freedom':>8} {'tail':>6}"
        )
        lines += [_copula_row(fit) for fit in fits]
    return lines[1:]


def _copula_row(fit: CopulaFit) -> str:
    interval = f"{fit.spearman_low:.2f} to {fit.spearman_high:.2f}"
    freedom = f"{fit.freedom:.1f}" if math.isfinite(fit.freedom) else "-"
    return (
        f"  {fit.family:<12} {fit.aic:>8.1f} {fit.spearman:>9.2f} {interval:>15} {freedom:>8} "
        f"{fit.tail:>6.2f}"
    )


def panel_page(found: PanelFindings, method: str) -> list[str]:
    """Return what experts say, each and together."""
    from hcrisk.calibrate.written import quantiles_of

    lines = []
    for path, ways in found.pooled.items():
        asked = [one for one in found.opinions if one.path == path]
        levels = sorted({level for one in asked for level in one.expert.quantiles})
        heads = "".join(f"{f'P{100 * level:g}':>10}" for level in levels)
        lines += ["", path, f"  {'':<22} {'weight':>7}{heads}"]
        total = sum(one.expert.weight for one in asked)
        for one in asked:
            said = "".join(f"{_given(one.expert.quantiles, level):>10}" for level in levels)
            name = textwrap.shorten(one.name, 22, placeholder="...")
            lines.append(f"  {name:<22} {one.expert.weight / total:>7.2f}{said}")
        for way, law in ways.items():
            values = quantiles_of(law, levels)
            mark = f"{way} (written)" if way == method else way
            lines.append(f"  {mark:<30}" + "".join(f"{_plain(value):>10}" for value in values))
    return lines[1:]


def _given(quantiles: Mapping[float, float], level: float) -> str:
    return _plain(quantiles[level]) if level in quantiles else "-"


# What is written.


def written(derived: Sequence[Derived]) -> list[str]:
    """Return the figures of what is written, with sources and how far they can be trusted."""
    from hcrisk.calibrate import written_figures

    lines = []
    for one in derived:
        figures = written_figures(one.entries)
        if not figures and not one.correlations:
            continue
        source = f"{one.title} (confidence {one.confidence}): {one.note}"
        lines += ["", *textwrap.wrap(source, WIDTH, subsequent_indent="  ")]
        if figures:
            head = f"{'mean':>9} {'median':>9}  90 % interval"
            lines.append(f"  {'written':<{PATHS}} {head}")
        for figure in figures:
            lines += _written_row(figure)
        lines += [line for link in one.correlations for line in _link(link)]
        lines += [f"  no longer there: {path}" for path in one.without]
    text = str([one.entries for one in derived])
    if "Jeffreys" in text:
        lines += _explained(
            "A rate is written as what is known of it: half an event is added to those observed "
            "(Jeffreys' prior), so its mean is a little above the rate observed."
        )
    if "'lognormal'" in text:
        lines += _explained(
            "A lognormal parameter is written about its estimate: that is the median, and the "
            "mean is above it."
        )
    return lines


def _written_row(figure: WrittenFigure) -> list[str]:
    row = f" {_plain(figure.mean):>9}"
    if figure.low != figure.high:
        row += f" {_plain(figure.median):>9}  {_range(figure.low, figure.high)}"
    line = f"  {figure.path:<{PATHS}}{row}"
    if len(figure.path) <= PATHS and len(line) <= WIDTH:
        return [line]
    # Beneath its path, in its columns; a wide interval begins before them.
    return [f"  {figure.path}", f"{'':{min(PATHS + 2, WIDTH - len(row))}}{row}"]


def _link(link: Mapping[str, object]) -> list[str]:
    names = link.get("between") or link.get("inputs")
    rho = f": Spearman {link['rho']}" if "rho" in link else ": a matrix of Spearman's rho"
    text = f"{' and '.join(map(str, names)) if isinstance(names, list) else ''}{rho}"
    return textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="    ")


def _explained(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="  ")


def noted(remarks: Sequence[str]) -> list[str]:
    """Return the remarks under a heading of their own."""
    lines = ["", "Note"] if remarks else []
    for remark in remarks:
        lines += textwrap.wrap(remark, WIDTH, initial_indent="  * ", subsequent_indent="    ")
    return lines


def wrapped(text: str) -> list[str]:
    """Return a text in lines of the page's width."""
    return textwrap.wrap(text, WIDTH)


def _range(low: float, high: float) -> str:
    return f"{_plain(low)} to {_plain(high)}"


def _supported(value: float, interval: tuple[float, float]) -> tuple[str, str, str]:
    """Return a value and its bounds with one digit more than the interval supports."""
    step = supported_step(Figure(value, *interval)) / 10.0
    value, low, high = (rounded(each, step) for each in (value, *interval))
    return _plain(value), _plain(low), _plain(high)


def _plain(value: float) -> str:
    if not math.isfinite(value):
        return "infinite"
    if 0.0 < abs(value) < 1e-3:
        return f"{value:.3g}"
    return plain(float(f"{value:.4g}"))
