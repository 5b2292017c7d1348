"""Estimate the macro series and the records per reported breach from the shipped data.

``python -m hcrisk.scenarios.estimate`` prints every estimate with its standard error as TOML.

Growth of wages and prices is logarithmic: ``log(1 + x / 100)`` of a yearly percent change x.
Attrition is the log of the quits rate less its mean. Each follows a first-order autoregression.

Records per breach describe breaches of 500 or more people *that were reported*; smaller ones are
outside the law. 500 and 501 are placeholders for a count not yet known, so those reports are left
out and every likelihood is conditional on 502 or more. An unknown count of at least 500 has
likelihood one, so leaving it out is its exact treatment, and the law still starts at 500.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hcrisk.calibrate.autoregression import Macro, fit_autoregression, fit_macro
from hcrisk.calibrate.breaches import COUNTED, REPORTABLE
from hcrisk.calibrate.families import severity_families
from hcrisk.calibrate.goodness import Goodness
from hcrisk.calibrate.goodness import assess as assess_severity
from hcrisk.calibrate.series import Series
from hcrisk.calibrate.severity import Sample, SeverityFit, fit_severity
from hcrisk.scenarios.evidence import read_breaches, read_series

SPLICE = 117_900.0  # Where the tail of the spliced candidate begins: the 90th percentile.
FITTED_YEARS = (2018, 2023)
HELD_OUT_YEARS = (2024, 2024)
CHOSEN = "weibull"


# Records per reported breach are severities above the reporting threshold.
RecordsFit = SeverityFit
CANDIDATES = ("weibull", "lognormal", "generalised_pareto", "pareto", "spliced")
FAMILIES = {name: severity_families(REPORTABLE, SPLICE)[name] for name in CANDIDATES}


def estimate_macro() -> Macro:
    """Estimate the shipped wage, price and attrition series.

    Examples
    --------
    >>> wage = estimate_macro().series["wage"]
    >>> round(wage.phi, 3), round(100 * wage.mean, 2)
    (0.739, 2.83)
    """
    wage, price, quits = map(read_series, ("eci_private_wages", "cpi_u", "jolts_quits"))
    log_quits = np.log(quits.value)
    return fit_macro(
        {
            "wage": Series(wage.year, np.log1p(wage.value / 100.0)),
            "price": Series(price.year, np.log1p(price.value / 100.0)),
            "attrition": Series(quits.year, log_quits - log_quits.mean()),
        }
    )


def fit_records(sample: Series, family: str = CHOSEN, *, above: float = COUNTED) -> RecordsFit:
    """Fit ``family`` to the counts above ``above`` by maximum likelihood.

    Examples
    --------
    >>> fit = fit_records(read_breaches(2018, 2023))
    >>> fit.n, round(fit.parameters["shape"], 3), round(fit.parameters["scale"])
    (2635, 0.23, 737)
    """
    if family not in FAMILIES:
        raise ValueError(f"family must be one of {sorted(FAMILIES)}, got {family!r}")
    counted = Sample.of(sample.value, above=above, group=sample.year)
    return fit_severity(counted, family, location=REPORTABLE, splice=SPLICE)


def assess(fit: RecordsFit, sample: Series) -> Goodness:
    """Compare a fitted law with the counts of ``sample`` above the fit's threshold.

    Examples
    --------
    >>> fit = fit_records(read_breaches(2018, 2023))
    >>> round(assess(fit, read_breaches(2018, 2023)).kolmogorov_smirnov, 3)
    0.014
    """
    return assess_severity(fit, Sample.of(sample.value, above=fit.above))


def quantiles(fit: RecordsFit, levels: Sequence[float]) -> list[float]:
    """Return quantiles of the fitted law, given a count above the fit's threshold.

    Examples
    --------
    >>> [round(q, -2) for q in quantiles(fit_records(read_breaches(2018, 2023)), [0.5, 0.9])]
    [5800.0, 118000.0]
    """
    return fit.quantiles(levels)


def report() -> str:
    """Return every estimate as TOML, with standard errors and comparisons as comments."""
    return "\n".join([*_macro_lines(estimate_macro()), *_records_lines()])


def _macro_lines(macro: Macro) -> list[str]:
    lines = []
    for name, fit in macro.series.items():
        lines += [
            f"[macro.{name}]  # {fit.n_year} years; standard errors on the right",
            f"mean = {fit.mean if name != 'attrition' else 0.0:.4g}  # {fit.mean_se:.2g}",
            f"phi = {fit.phi:.4g}  # {fit.phi_se:.2g}; bias-corrected {fit.phi_corrected:.3g}",
            f"sd = {fit.sd:.4g}  # {fit.sd_se:.2g}",
            f"start = {fit.start:.4g}",
            "",
        ]
    lines.append("[macro.correlation]  # of innovations")
    for pair in macro.correlations:
        note = f"{pair.standard_error:.2g}; {pair.degrees_of_freedom} degrees of freedom"
        lines.append(f"{'_'.join(pair.between)} = {pair.value:.4g}  # {note}")
    return lines


def _records_lines() -> list[str]:
    fitted, held_out = read_breaches(*FITTED_YEARS), read_breaches(*HELD_OUT_YEARS)
    fits = {name: fit_records(fitted, name) for name in FAMILIES}
    fit, levels = fits[CHOSEN], [0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99]
    errors, by_year = fit.standard_errors(), fit.standard_errors(clustered=True)
    log_sd = np.sqrt(np.diag(fit.covariance))
    lines = [
        "",
        f"[records_per_event]  # {fit.n} provider reports, {'-'.join(map(str, FITTED_YEARS))}",
        f'dist = "{CHOSEN}"',
        *(
            f"{name} = {value:.4g}  # {errors[name]:.2g}; clustered by year {by_year[name]:.2g}"
            for name, value in fit.parameters.items()
        ),
        "min = 500",
        f"# correlation of the log parameters {fit.covariance[0, 1] / log_sd.prod():.3f}",
        "# family, parameters, AIC, KS, AD; held out: log-likelihood, KS, AD",
    ]
    for name, other in sorted(fits.items(), key=lambda item: item[1].aic):
        inside, outside = assess(other, fitted), assess(other, held_out)
        lines.append(
            f"# {name}, {len(other.parameters)}, {other.aic:.1f}, {inside.kolmogorov_smirnov:.3f}, "
            f"{inside.anderson_darling:.2f}; {outside.log_likelihood:.1f}, "
            f"{outside.kolmogorov_smirnov:.3f}, {outside.anderson_darling:.2f}"
        )
    lines.append("# level, fitted quantile, in the sample, held out")
    samples = [np.quantile(s.value[s.value > COUNTED], levels) for s in (fitted, held_out)]
    rows = zip(levels, quantiles(fit, levels), *samples, strict=True)
    return lines + ["# " + ", ".join(f"{value:.4g}" for value in row) for row in rows]


__all__ = [
    "COUNTED",
    "FAMILIES",
    "REPORTABLE",
    "RecordsFit",
    "assess",
    "estimate_macro",
    "fit_autoregression",
    "fit_records",
    "quantiles",
    "report",
]

if __name__ == "__main__":
    print(report())
