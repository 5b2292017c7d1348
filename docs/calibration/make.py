"""Write docs/calibration.md and its pictures: ``python docs/calibration/make.py``."""

from __future__ import annotations

from contextlib import chdir, redirect_stdout
from io import StringIO
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy import stats

from hcrisk.calibrate import (
    Backtest,
    Breaches,
    Findings,
    FrequencyFit,
    Ranking,
    Sample,
    SeverityFit,
    Window,
    backtest_counts,
    backtest_severity,
    breach_findings,
    fit_frequency,
    read_breaches,
    severity_profile,
)
from hcrisk.calibrate.evidence import MANY, SOME
from hcrisk.calibrate.means import BEYOND, TIMES
from hcrisk.scenarios.evidence import BREACHES

HERE = Path(__file__).parent
PAGE = HERE.parent / "calibration.md"
TEMPLATE = HERE / "template.md"
LOG = HERE / "log.csv"
COMMAND = "hcrisk calibrate incidents log.csv --from 2019 --to 2025 --hold-out 2 --risk outage"
FITTED, HELD_OUT = Window.of_years(2018, 2023), Window.of_years(2024, 2024)
BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#767676"
SIZE, DOTS = (7.2, 4.0), 90
NAMES = {"generalised_pareto": "generalised Pareto", "negative_binomial": "negative binomial"}


class Study:
    """Everything the page says, computed once."""

    def __init__(self) -> None:
        """Fit 2018 to 2023 and hold it against 2024, as the command does."""
        breaches = read_breaches(BREACHES)
        self.found: Findings = breach_findings(breaches, FITTED, held_out=HELD_OUT)
        self.fitted: Breaches = breaches.within(FITTED)
        self.held_out: Breaches = breaches.within(HELD_OUT)
        self.sample: Sample = self.fitted.sample()
        self.later: Sample = self.held_out.sample()
        ranking, best = self.found.severities, self.found.law
        if ranking is None or best is None:
            raise RuntimeError("the export has too few counts of people to fit a law")
        self.ranking: Ranking = ranking
        self.best: SeverityFit = best
        self.test, self.rate_test = self.found.tests.values()
        self.scores = {
            fit.family: backtest_severity(fit, self.later).log_score for fit in ranking.fits
        }
        self.months = self.fitted.counts(FITTED, monthly=True)
        self.later_months = self.held_out.counts(HELD_OUT, monthly=True, since=FITTED)
        self.counts: tuple[FrequencyFit, ...] = self.found.frequencies
        self.count_tests = [backtest_counts(fit, self.later_months) for fit in self.counts]
        self.yearly: FrequencyFit = fit_frequency(self.fitted.counts(FITTED))


# The page.


def page(study: Study) -> str:
    """Return the text of docs/calibration.md."""
    return TEMPLATE.read_text(encoding="utf-8").format(**facts(study))


def facts(study: Study) -> dict[str, str]:
    """Return every figure of the page, by its name in the template."""
    best, test = study.best, study.test
    shape, scale = best.parameters["shape"], best.parameters["scale"]
    errors, clustered = best.standard_errors(), best.standard_errors(clustered=True)
    profile = severity_profile(best, study.sample, "shape")
    inside = study.ranking.goodness[0]
    rate, spread = study.yearly.parameters["rate"], study.yearly.dispersion
    totals = ", ".join(str(n) for n in study.yearly.counts.count) if study.yearly.counts else ""
    winner, by_name = study.counts[0], {one.name: one for one in test.coverage}
    return {
        "reports": f"{len(study.fitted.day):,}",
        "placeholders": str(study.fitted.placeholders),
        "n": f"{best.n:,}",
        "later_reports": str(len(study.held_out.day)),
        "later_placeholders": str(study.held_out.placeholders),
        "later_n": str(test.n),
        "family": best.family,
        "severities": _severity_rows(study),
        "shape": f"{shape:.3f}",
        "shape_error": f"{errors['shape']:.3f}",
        "shape_clustered": f"{clustered['shape']:.3f}",
        "shape_profile": f"{profile[0]:.3f} to {profile[1]:.3f}",
        "scale": _people(scale),
        "scale_error": _people(errors["scale"]),
        "scale_clustered": _people(clustered["scale"]),
        "link": f"{best.spearman('shape', 'scale'):.2f}",
        "ks": f"{inside.kolmogorov_smirnov:.3f}",
        "pit_p": _p(test.p_value),
        "pit_ks": f"{test.statistic:.3f}",
        "pit_mean": f"{test.pit.mean():.2f}",
        "coverage": _coverage_rows(test),
        "p95_interval": _interval(best, clustered=False),
        "p95_clustered": _interval(best, clustered=True),
        "p95_later": _people(np.quantile(study.later.value, 0.95)),
        "years": _year_rows(study),
        "coverage_p95": f"{100 * by_name['above P95'].share:.0f} %",
        "quantiles": _quantile_rows(study),
        "counts": _count_rows(study),
        "totals": totals,
        "rate": f"{rate:.0f}",
        "dispersion": f"{spread:.0f}",
        "cv": f"{100 * np.sqrt(spread / study.yearly.counts.count.sum()):.0f}",  # type: ignore[union-attr]
        "winner": _label(winner),
        "growth": f"{100 * np.expm1(winner.parameters.get('trend', 0.0)):.0f}",
        "times": f"{TIMES:g}",
        "beyond": f"{100 * BEYOND:.0f}",
        "some": str(SOME),
        "many": str(MANY),
        "log_rows": str(len(LOG.read_text(encoding="utf-8").splitlines()) - 1),
        "log_command": COMMAND,
        "log_said": said(COMMAND),
        "confidence": study.found.derived.confidence,
        "why": study.found.derived.note.rpartition("; ")[2],
        "rate_p": _p(study.rate_test.p_value),
        "rate_tail": f"{50 * study.rate_test.p_value:.1f}",
        "forecast": f"{winner.mean(study.later_months).sum():.0f}",
    }


def said(command: str) -> str:
    """Return what a command prints about the files beside this one."""
    from hcrisk.cli import main as hcrisk

    printed = StringIO()
    with chdir(HERE), redirect_stdout(printed):
        hcrisk(command.split()[1:])
    return printed.getvalue().rstrip()


def _severity_rows(study: Study) -> str:
    rows = []
    for fit, good in zip(study.ranking.fits, study.ranking.goodness, strict=True):
        values = ", ".join(f"{key} {_number(value)}" for key, value in fit.parameters.items())
        rows.append(
            f"| {NAMES.get(fit.family, fit.family)} | {values} | {fit.aic:.1f} | {fit.bic:.1f} | "
            f"{good.kolmogorov_smirnov:.3f} | {good.anderson_darling:.2f} | {_p(good.p_value)} | "
            f"{study.scores[fit.family]:.3f} |"
        )
    rows += [f"| {name} | no maximum | | | | | | |" for name in study.ranking.failed]
    return "\n".join(rows)


def _coverage_rows(test: Backtest) -> str:
    return "\n".join(
        f"| {one.name} | {100 * one.nominal:.0f} % | {100 * one.share:.1f} % | "
        f"{100 * one.low:.1f} to {100 * one.high:.1f} % | {'yes' if one.is_met else 'no'} |"
        for one in test.coverage
    )


def _quantile_rows(study: Study) -> str:
    levels = [0.25, 0.5, 0.75, 0.9, 0.95, 0.99]
    columns = (
        study.best.quantiles(levels),
        np.quantile(study.sample.value, levels),
        np.quantile(study.later.value, levels),
    )
    rows = zip(levels, *columns, strict=True)
    return "\n".join(
        f"| P{100 * level:.0f} | " + " | ".join(map(_people, values)) + " |"
        for level, *values in rows
    )


def _interval(fit: SeverityFit, *, clustered: bool) -> str:
    low, high = fit.quantile_interval(0.95, clustered=clustered)
    return f"{_people(low)} to {_people(high)}"


def _year_rows(study: Study) -> str:
    rows = []
    for sample in (study.sample, study.later):
        for year in np.unique(sample.group):
            value = sample.value[sample.group == year]
            levels = np.quantile(value, [0.5, 0.9, 0.95])
            columns = " | ".join(map(_people, levels))
            rows.append(f"| {year} | {value.size} | {columns} |")
    return "\n".join(rows)


def _count_rows(study: Study) -> str:
    rows = []
    for fit, test in zip(study.counts, study.count_tests, strict=True):
        central = {one.name: one for one in test.coverage}["central 90 %"]
        expected = fit.mean(study.later_months).sum()
        rows.append(
            f"| {_label(fit)} | {fit.aic:.1f} | {fit.bic:.1f} | {fit.dispersion:.2f} | "
            f"{expected:.0f} | {test.log_score:.2f} | {central.found} of {central.n} | "
            f"{_p(test.p_value)} |"
        )
    return "\n".join(rows)


def _label(fit: FrequencyFit) -> str:
    name = NAMES.get(fit.family, "Poisson")
    return f"{name}, trend" if "trend" in fit.parameters else name


def _number(value: float) -> str:
    return _people(value) if value >= 100 else f"{value:.3g}"


def _people(value: float) -> str:
    """Return a number with three digits: more would not be known, nor the same everywhere."""
    return f"{float(f'{value:.3g}'):,.0f}"


def _p(value: float) -> str:
    return "below 0.001" if value < 0.001 else f"{value:.3f}"


# The pictures.


def draw(study: Study) -> None:
    """Write the pictures beside the page."""
    for name, plot in (("severity", _severity), ("pit", _pit), ("months", _months)):
        figure = Figure(figsize=SIZE, layout="constrained", dpi=DOTS)
        ax = figure.subplots()
        plot(ax, study)
        ax.spines[["top", "right"]].set_visible(False)
        figure.savefig(HERE / f"{name}.png", metadata={"Software": None})


def _severity(ax: Axes, study: Study) -> None:
    styles = {"weibull": (BLUE, "-"), "lognormal": (GREEN, "--"), "pareto": (GREY, ":")}
    x = np.geomspace(502, 3e7, 300)
    for fit in study.ranking.fits:
        if fit.family in styles:
            color, line = styles[fit.family]
            label = f"{fit.family}, fitted to {FITTED}"
            ax.loglog(x, np.exp(fit.log_density(x)[1]), color=color, linestyle=line, label=label)
    for sample, mark, color, window in (
        (study.sample, ".", "#000000", FITTED),
        (study.later, "x", ORANGE, HELD_OUT),
    ):
        value = np.sort(sample.value)
        share = 1.0 - (np.arange(value.size) + 0.5) / value.size
        # In the body one point stands for many; the tail is drawn in full.
        kept = np.unique(np.append(np.geomspace(1, value.size, 90).astype(int), value.size)) - 1
        at = value.size - 1 - kept
        ax.loglog(
            value[at], share[at], mark, color=color, markersize=4, label=f"reports of {window}"
        )
    ax.set_ylim(1e-4, 1.3)
    ax.set_xlabel("people affected by a report")
    ax.set_ylabel("share of reports that affect more")
    ax.legend(frameon=False, loc="lower left")
    ax.set_title("Breaches of 2024 were larger than the law fitted before says", loc="left")


def _pit(ax: Axes, study: Study) -> None:
    n, bins = study.test.n, 20
    ax.hist(study.test.pit, bins=bins, range=(0, 1), color=BLUE, alpha=0.75, edgecolor="white")
    expected = n / bins
    half = 1.96 * np.sqrt(expected * (1 - 1 / bins))
    ax.axhline(expected, color="black", linewidth=1.2)
    ax.axhspan(expected - half, expected + half, color=GREY, alpha=0.25, linewidth=0)
    ax.annotate("expected, 95 % of bars", (0.02, expected + half), va="bottom", fontsize=9)
    ax.set_xlim(0, 1)
    ax.set_xlabel("probability the law fitted to 2018-2023 gave to a smaller report")
    ax.set_ylabel(f"reports of 2024, of {n}")
    ax.set_title("Were the law right, the bars would be level", loc="left")


def _months(ax: Axes, study: Study) -> None:
    fit = study.counts[0]
    for counts, color, window in (
        (study.months, "#000000", FITTED),
        (study.later_months, ORANGE, HELD_OUT),
    ):
        year = 2024.0 + counts.time
        ax.plot(year, counts.count, ".", color=color, label=f"reports of {window}")
        mean, shape = fit.mean(counts), fit.parameters["frailty_shape"]
        low, high = (stats.nbinom.ppf(p, shape, shape / (shape + mean)) for p in (0.05, 0.95))
        ax.plot(year, mean, color=BLUE, linewidth=1.5)
        ax.fill_between(year, low, high, color=BLUE, alpha=0.15, linewidth=0)
    ax.axvline(2024.0, color=GREY, linewidth=1, linestyle="--")
    ax.set_ylim(0, None)
    ax.set_xlabel("year")
    ax.set_ylabel("reports by providers in a month")
    ax.legend(frameon=False, loc="upper left")
    ax.set_title(f"{_label(fit)[0].upper()}{_label(fit)[1:]}: mean and 90 % of months", loc="left")


def main() -> None:
    """Write the page and its pictures."""
    mpl.use("Agg")
    study = Study()
    PAGE.write_text(page(study), encoding="utf-8")
    draw(study)


if __name__ == "__main__":
    main()
