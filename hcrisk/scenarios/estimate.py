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

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from hcrisk.scenarios.evidence import Series, read_breaches, read_series

Floats = NDArray[np.float64]

REPORTABLE = 499.5  # Half a record below the smallest count that must be published.
COUNTED = 501.5  # Above the placeholders 500 and 501.
SPLICE = 100_000.0  # Where the tail of the spliced candidate begins, about its 90th percentile.
FITTED_YEARS = (2018, 2023)
HELD_OUT_YEARS = (2024, 2024)
CHOSEN = "weibull"


@dataclass(frozen=True, eq=False)
class Autoregression:
    """First-order autoregression of a yearly series; ``_se`` marks standard errors.

    Attributes
    ----------
    mean, phi, sd : float
        Sample mean; least-squares slope; innovation sd on ``n_year - 3`` degrees of freedom.
    start : float
        The last value of the series.
    phi_corrected : float
        ``phi + (1 + 3 phi) / n_year`` (Kendall 1954): least squares understates persistence in
        a short series. For information; scenarios ship ``phi``.
    innovation : Series
        The residuals.
    """

    n_year: int
    mean: float
    phi: float
    sd: float
    start: float
    mean_se: float
    phi_se: float
    sd_se: float
    phi_corrected: float
    innovation: Series


@dataclass(frozen=True)
class Correlation:
    """Correlation of two series' innovations over the years they share."""

    between: tuple[str, str]
    value: float
    standard_error: float
    n_year: int
    degrees_of_freedom: int


@dataclass(frozen=True, eq=False)
class Macro:
    """The macro series by name, and the correlations of their innovations."""

    series: Mapping[str, Autoregression]
    correlations: tuple[Correlation, ...]


@dataclass(frozen=True, eq=False)
class RecordsFit:
    """Maximum-likelihood fit of a law of records per breach, conditional on ``above``.

    Attributes
    ----------
    log_covariance : array
        Covariance of the logarithms of the parameters, from the observed information.
    clustered_log_covariance : array
        The same, allowing any dependence within a calendar year (sandwich with the few-cluster
        factor G / (G - 1)); NaN if all counts are of one year.
    """

    family: str
    parameters: Mapping[str, float]
    log_covariance: Floats
    clustered_log_covariance: Floats
    above: float
    n: int
    log_likelihood: float

    @property
    def aic(self) -> float:
        """Akaike's information criterion."""
        return 2.0 * len(self.parameters) - 2.0 * self.log_likelihood

    def standard_errors(self, *, clustered: bool = False) -> dict[str, float]:
        """Return the standard error of each parameter (not of its logarithm)."""
        covariance = self.clustered_log_covariance if clustered else self.log_covariance
        relative = np.sqrt(np.diag(covariance))
        pairs = zip(self.parameters.items(), relative, strict=True)
        return {name: float(value * share) for (name, value), share in pairs}


@dataclass(frozen=True)
class Agreement:
    """How a fitted law agrees with a sample: likelihood and distances between the cdfs."""

    n: int
    log_likelihood: float
    kolmogorov_smirnov: float
    anderson_darling: float


def fit_autoregression(series: Series) -> Autoregression:
    """Fit ``g_t = c + phi g_(t-1) + e_t`` by least squares, given the first value.

    Examples
    --------
    >>> fit = fit_autoregression(Series.of(enumerate([1.0, 3.0, 2.0, 4.0, 3.0, 5.0], 2001)))
    >>> round(fit.phi, 3), fit.mean, fit.start
    (-0.038, 3.0, 5.0)
    """
    value, n = series.value, series.value.size
    if n < 5 or np.any(np.diff(series.year) != 1):
        years = series.year.tolist()
        raise ValueError(f"an autoregression needs at least 5 consecutive years, got {years}")
    design = np.column_stack([np.ones(n - 1), value[:-1]])
    inverse = np.linalg.inv(design.T @ design)
    constant, phi = inverse @ design.T @ value[1:]
    residual = value[1:] - constant - phi * value[:-1]
    sd = float(np.sqrt(residual @ residual / (n - 3)))
    return Autoregression(
        n_year=n,
        mean=float(value.mean()),
        phi=float(phi),
        sd=sd,
        start=float(value[-1]),
        # The long-run variance of an autoregression is sd^2 / (1 - phi)^2.
        mean_se=float(sd / (abs(1.0 - phi) * np.sqrt(n))),
        phi_se=float(sd * np.sqrt(inverse[1, 1])),
        sd_se=float(sd / np.sqrt(2.0 * (n - 3))),
        phi_corrected=float(phi + (1.0 + 3.0 * phi) / n),
        innovation=Series(series.year[1:], residual),
    )


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
    fits = {
        "wage": fit_autoregression(Series(wage.year, np.log1p(wage.value / 100.0))),
        "price": fit_autoregression(Series(price.year, np.log1p(price.value / 100.0))),
        "attrition": fit_autoregression(Series(quits.year, log_quits - log_quits.mean())),
    }
    return Macro(fits, tuple(_correlate(fits, pair) for pair in combinations(fits, 2)))


def _correlate(fits: Mapping[str, Autoregression], between: tuple[str, str]) -> Correlation:
    a, b = (fits[name].innovation for name in between)
    _, at_a, at_b = np.intersect1d(a.year, b.year, return_indices=True)
    value = float(np.corrcoef(a.value[at_a], b.value[at_b])[0, 1])
    # Each autoregression has used two degrees of freedom.
    dof = at_a.size - 2
    return Correlation(between, value, float((1 - value**2) / np.sqrt(dof)), at_a.size, dof)


# Laws return the log density and the log survival function; all parameters are positive.


def _lognormal(theta: Floats, x: Floats) -> tuple[Floats, Floats]:
    median, sigma = theta
    z = np.log(x / median) / sigma
    return -0.5 * z**2 - np.log(sigma * np.sqrt(2 * np.pi) * x), special.log_ndtr(-z)


def _weibull(theta: Floats, x: Floats) -> tuple[Floats, Floats]:
    shape, scale = theta
    hazard = (x / scale) ** shape
    return np.log(shape * hazard / x) - hazard, -hazard


def _pareto(theta: Floats, x: Floats) -> tuple[Floats, Floats]:
    survival = -theta[0] * np.log(x / REPORTABLE)
    return np.log(theta[0] / x) + survival, survival


def _excess(theta: Floats, x: Floats, location: float = REPORTABLE) -> tuple[Floats, Floats]:
    """Generalised Pareto above ``location``."""
    scale, shape = theta
    growth = np.log1p(shape * (x - location) / scale)
    return -np.log(scale) - (1.0 + 1.0 / shape) * growth, -growth / shape


def _spliced(theta: Floats, x: Floats) -> tuple[Floats, Floats]:
    """Lognormal from 500 to ``SPLICE``, generalised Pareto above."""
    weight = theta[2]
    ends = np.exp(_lognormal(theta[:2], np.array([REPORTABLE, SPLICE]))[1])
    density, survival = _lognormal(theta[:2], np.minimum(x, SPLICE))
    body_density = np.log1p(-weight) + density - np.log(ends[0] - ends[1])
    body_survival = weight + (1.0 - weight) * (np.exp(survival) - ends[1]) / (ends[0] - ends[1])
    tail_density, tail_survival = np.log(weight) + np.array(
        _excess(theta[3:], np.maximum(x, SPLICE), SPLICE)
    )
    return (
        np.where(x < SPLICE, body_density, tail_density),
        np.where(x < SPLICE, np.log(body_survival), tail_survival),
    )


_Law = Callable[[Floats, Floats], tuple[Floats, Floats]]
FAMILIES: Mapping[str, tuple[_Law, Mapping[str, float]]] = {
    "weibull": (_weibull, {"shape": 0.25, "scale": 1e3}),
    "lognormal": (_lognormal, {"median": 3e3, "sigma": 2.5}),
    "generalised_pareto": (_excess, {"scale": 3e3, "shape": 1.5}),
    "pareto": (_pareto, {"shape": 0.5}),
    "spliced": (
        _spliced,
        {"median": 3e3, "sigma": 2.5, "tail_weight": 0.1, "tail_scale": 1e5, "tail_shape": 0.7},
    ),
}


def _log_density(family: str, theta: Floats, x: Floats, above: float) -> tuple[Floats, Floats]:
    """Return log density and log survival function at ``x``, given a count above ``above``."""
    density, survival = FAMILIES[family][0](theta, np.append(x, above))
    return density[:-1] - survival[-1], survival[:-1] - survival[-1]


def _gradient(function: Callable[[Floats], Floats], at: Floats, step: float = 1e-4) -> Floats:
    moves = step * np.eye(at.size)
    return np.array([(function(at + m) - function(at - m)) / (2.0 * step) for m in moves])


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
    kept = sample.value > above
    x, year = sample.value[kept], sample.year[kept]
    start = FAMILIES[family][1]

    def each(log_theta: Floats) -> Floats:
        return _log_density(family, np.exp(log_theta), x, above)[0]

    def total(log_theta: Floats) -> Floats:
        return np.asarray(each(log_theta).sum())

    def loss(log_theta: Floats) -> float:
        with np.errstate(all="ignore"):  # Trial points may leave the parameter space.
            value = -float(total(log_theta))
        return value if np.isfinite(value) else np.inf

    guess = np.log(np.array(list(start.values()), dtype=np.float64))
    found = optimize.minimize(loss, guess, method="Nelder-Mead", tol=1e-6)
    if not found.success:
        raise ValueError(f"the {family} fit did not converge: {found.message}")
    free: Floats = np.asarray(found.x, dtype=np.float64)
    information = -_gradient(lambda at: _gradient(total, at), free)
    free = free + np.linalg.solve(information, _gradient(total, free))
    covariance: Floats = np.asarray(np.linalg.inv(information), dtype=np.float64)
    return RecordsFit(
        family=family,
        parameters=dict(zip(start, np.exp(free).tolist(), strict=True)),
        log_covariance=covariance,
        clustered_log_covariance=_sandwich(covariance, _gradient(each, free), year),
        above=above,
        n=x.size,
        log_likelihood=float(total(free)),
    )


def _sandwich(covariance: Floats, scores: Floats, cluster: NDArray[np.int64]) -> Floats:
    sums = np.array([scores[:, cluster == c].sum(axis=1) for c in np.unique(cluster)])
    factor = len(sums) / (len(sums) - 1) if len(sums) > 1 else np.nan
    return np.asarray(factor * covariance @ sums.T @ sums @ covariance)


def assess(fit: RecordsFit, sample: Series) -> Agreement:
    """Compare a fitted law with the counts of ``sample`` above the fit's threshold.

    Examples
    --------
    >>> fit = fit_records(read_breaches(2018, 2023))
    >>> round(assess(fit, read_breaches(2018, 2023)).kolmogorov_smirnov, 3)
    0.014
    """
    x = np.sort(sample.value[sample.value > fit.above])
    theta = np.array(list(fit.parameters.values()))
    density, survival = _log_density(fit.family, theta, x, fit.above)
    cdf, n = -np.expm1(survival), x.size
    rank = np.arange(1, n + 1)
    gap = max(float(np.max(rank / n - cdf)), float(np.max(cdf - (rank - 1) / n)))
    weighted = (2 * rank - 1) * (np.log(cdf) + survival[::-1])
    return Agreement(n, float(density.sum()), gap, float(-n - weighted.mean()))


def quantiles(fit: RecordsFit, levels: Sequence[float]) -> list[float]:
    """Return quantiles of the fitted law, given a count above the fit's threshold.

    Examples
    --------
    >>> [round(q, -2) for q in quantiles(fit_records(read_breaches(2018, 2023)), [0.5, 0.9])]
    [5800.0, 118000.0]
    """
    theta = np.array(list(fit.parameters.values()))

    def excess(log_x: float, level: float) -> float:
        survival = _log_density(fit.family, theta, np.exp([log_x]), fit.above)[1]
        return float(survival[0] - np.log1p(-level))

    low, high = np.log(fit.above), 100.0
    return [float(np.exp(optimize.brentq(excess, low, high, args=(p,)))) for p in levels]


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
    log_sd = np.sqrt(np.diag(fit.log_covariance))
    lines = [
        "",
        f"[records_per_event]  # {fit.n} provider reports, {'-'.join(map(str, FITTED_YEARS))}",
        f'dist = "{CHOSEN}"',
        *(
            f"{name} = {value:.4g}  # {errors[name]:.2g}; clustered by year {by_year[name]:.2g}"
            for name, value in fit.parameters.items()
        ),
        "min = 500",
        f"# correlation of the log parameters {fit.log_covariance[0, 1] / log_sd.prod():.3f}",
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


if __name__ == "__main__":
    print(report())
