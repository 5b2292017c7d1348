"""Losses of one risk, gross and in layers of insurance, against compound distributions by FFT.

Quantiles are tested by order statistics: the expected one must lie between those whose ranks bound
it with probability 0.999, which needs no density and is right where the distribution has atoms.
Means and tail values at risk are tested within four standard errors, where the variance of the
losses is not itself a matter of a few paths (sigma of a lognormal below 2).
"""

import math
from functools import lru_cache

import numpy as np
import pytest
from scipy import stats

import hcrisk
from tests.builders import bare, exponential, one_risk, standard_error
from tests.cases import case, cases

PATHS = 1_000_000
SEED = 20
MISSED = 1e-3
ERRORS = 4
# From here on only layers have means worth testing.
HEAVY = 2
UNINSURED = {"retention": 0, "limit": 0}


def lognormal(inputs):
    return {"dist": "lognormal", "median": inputs["median"], "sigma": inputs["sigma"]}


def lomax(alpha, theta):
    """A generalised Pareto, in other words."""
    return {"dist": "gpd", "location": 0, "scale": theta / alpha, "shape": 1 / alpha}


def losses(frequency, severity, *, years=1, insurance=UNINSURED, paths=PATHS, **risk):
    """Gross losses and insurance recoveries of paths, and by year, undiscounted."""
    layer = one_risk(frequency, severity, reference_providers=50, max_multiple=1, **risk)
    scenario = bare(layer, {"insurance": {"premium": 0, **insurance}}, horizon__years=years)
    ds = hcrisk.simulate(scenario, paths=paths, seed=SEED, strategies=[], threads=2)
    by_line = ds["component_npv"].sel(strategy="current")
    return (
        by_line.sel(component="breach").values,
        -by_line.sel(component="insurance_recovery").values,
    )


@lru_cache(maxsize=1)
def layered(rate, years, median, sigma, retention, limit):
    severity = {"dist": "lognormal", "median": median, "sigma": sigma}
    insurance = {"retention": retention, "limit": limit}
    return losses(rate, severity, years=years, insurance=insurance)


def assert_quantile(sample, level, expected):
    """The expected quantile is within the order statistics around it."""
    n = sample.size
    ranks = stats.binom(n, level)
    r, s = int(ranks.ppf(MISSED / 2)), int(ranks.ppf(1 - MISSED / 2)) + 1
    ordered = np.partition(sample, [r - 1, s - 1])
    below, above = ordered[r - 1], ordered[s - 1]
    # Computed amounts on an atom differ from it in their last bits.
    assert below <= expected * (1 + 1e-9), (level, below, expected)
    assert above >= expected * (1 - 1e-9), (level, above, expected)


def assert_mean(sample, expected, errors=ERRORS):
    assert abs(sample.mean() - expected) <= errors * standard_error(sample)


def assert_tail(sample, level, quantile, expected):
    """The tail value at risk, by the excess over the known quantile, which has its mean."""
    assert_mean(quantile + np.maximum(sample - quantile, 0) / (1 - level), expected)


def assert_distribution(sample, expected, sigma, bounded):
    for level, quantile in expected["q"].items():
        assert_quantile(sample, float(level), quantile)
    if bounded or sigma < HEAVY:
        assert_mean(sample, expected["mean"])
        for level, tail in expected["tvar"].items():
            assert_tail(sample, float(level), expected["q"][level], tail)


LAYERED = cases("compound_poisson_lognormal_layer")
GROSS = [entry for entry in cases("compound_poisson_lognormal") if entry["id"].startswith("cp-")]


def terms(inputs):
    return (inputs["rate_per_year"], inputs["years"], inputs["median"], inputs["sigma"])


def in_layer(inputs):
    """Both sides of the layer; gross cases share the simulation of their number's layer."""
    return layered(*terms(inputs), inputs.get("retention", 100_000), inputs.get("limit", 5_000_000))


# In the order of their simulations, so that one at a time is kept.
@pytest.mark.parametrize("id", sorted(entry["id"] for entry in (*GROSS, *LAYERED)))
def test_compound_poisson_lognormal_losses(id):
    inputs, expected = case(id)["inputs"], case(id)["expected"]
    gross, ceded = in_layer(inputs)
    side = id.rpartition("-")[2]
    sample = {"gross": gross, "ceded": ceded, "retained": gross - ceded}[side]
    assert_distribution(sample, expected, inputs["sigma"], bounded=side == "ceded")
    none = sample <= 1e-9 * inputs["median"]
    assert_mean(none, expected["p0"])


@pytest.mark.parametrize("id", [entry["id"] for entry in cases("compound_negbin_lognormal")])
def test_frailty_makes_losses_compound_negative_binomial(id):
    inputs, expected = case(id)["inputs"], case(id)["expected"]
    gross, _ = losses(inputs["mean_freq"], lognormal(inputs), frailty_shape=inputs["r"])
    assert_distribution(gross, expected, inputs["sigma"], bounded=False)


@pytest.mark.parametrize("id", [entry["id"] for entry in cases("compound_poisson_lomax")])
def test_compound_poisson_lomax_losses(id):
    inputs, expected = case(id)["inputs"], case(id)["expected"]
    gross, _ = losses(inputs["lambda"], lomax(inputs["alpha"], inputs["theta"]))
    # With alpha of 1.5 and 2.2 there is no variance to speak of: quantiles only.
    assert_distribution(gross, expected, math.inf, bounded=False)


@pytest.mark.parametrize(("mean", "paths"), [("0.1", PATHS), ("1", PATHS), ("10", 200_000)])
def test_lognormal_losses_of_the_operational_risk_literature(mean, paths):
    gross, _ = losses(float(mean), {"dist": "lognormal", "mu": 0, "sigma": 2}, paths=paths)
    for level, (quantile, _) in case("cpub-shevchenko-ln02")["expected"]["var_es"][mean].items():
        assert_quantile(gross, float(level), quantile)


@pytest.mark.parametrize(("mean", "paths"), [("0.5", PATHS), ("2", PATHS), ("50", 100_000)])
def test_exponential_losses(mean, paths):
    gross, _ = losses(float(mean), exponential(1), paths=paths)
    for level, (quantile, tail) in case("cpub-poisson-exp")["expected"][mean].items():
        if (1 - float(level)) * paths >= 50:
            assert_quantile(gross, float(level), quantile)
            assert_tail(gross, float(level), quantile, tail)


def test_gamma_losses_of_the_actuar_vignette():
    gross, _ = losses(10, {"dist": "gamma", "shape": 2, "scale": 1}, paths=300_000)
    exact = case("cpub-actuar-gamma")["expected"]["exact"]
    for level, (quantile, tail) in exact.items():
        assert_quantile(gross, float(level), quantile)
        assert_tail(gross, float(level), quantile, tail)


@pytest.mark.parametrize(
    ("table", "mean", "shape", "scale"),
    [("ex4_2_cdf", 2.5, 3, 400), ("p4_7_cdf", 8, 0.2, 3750), ("ex4_2b_cdf", 10, 0.05, 6000)],
)
def test_gamma_losses_of_bahnemann(table, mean, shape, scale):
    gross, _ = losses(mean, {"dist": "gamma", "shape": shape, "scale": scale}, paths=200_000)
    for bound, probability in case("cpub-bahnemann")["expected"][table].items():
        if float(bound) > 0:
            assert_mean(gross <= float(bound), probability)


def test_textbook_probabilities_of_discrete_losses():
    expected = case("cpub-kpw-misc")["expected"]
    three = {"dist": "discrete", "values": [1, 2, 3], "weights": [1.9, 0.8, 0.3]}
    gross, _ = losses(3, three, paths=300_000)
    for total, probability in enumerate(expected["ex9_9_pmf"]):
        assert_mean(gross == total, probability)
    four = {"dist": "discrete", "values": [1, 2, 3, 4], "weights": [4, 3, 2, 1]}
    gross, _ = losses(3, four, paths=300_000)
    assert_mean(gross <= 3, expected["ex9_57_P_le_3"])
    # A negative binomial with r = 6 and beta = 0.5 has mean 3.
    gross, _ = losses(3, four, paths=300_000, frailty_shape=6)
    assert_mean(gross <= 3, expected["ex9_58_P_le_3"])
    gross, _ = losses(5, {"dist": "gamma", "shape": 0.5, "scale": 2500}, paths=300_000)
    assert_mean(gross >= 20_000, expected["ex9_59_exact"])


def test_many_lognormal_losses():
    gross, _ = losses(50, {"dist": "lognormal", "mu": 5, "sigma": 1}, paths=100_000)
    expected = case("cpub-hofert-ln51")["expected"]
    assert_quantile(gross, 0.99, expected["var99"])
    assert_tail(gross, 0.99, expected["var99"], expected["es99"])
    assert_mean(gross > 20_000, expected["p_gt_20000"])


def test_losses_of_infinite_mean():
    severity = {"dist": "gpd", "location": 7_000, "scale": 12_000, "shape": 1}
    gross, _ = losses(18, severity, paths=200_000)
    for level, quantile in case("cpub-schaller-temnov")["expected"]["q"].items():
        assert_quantile(gross, float(level), quantile)


def test_layer_of_gamma_losses():
    insurance = {"retention": 5, "limit": 20}
    severity = {"dist": "gamma", "shape": 5, "scale": 1}
    _, ceded = losses(4, severity, insurance=insurance, paths=300_000)
    assert_mean(ceded, case("cpub-gemact-xl")["expected"]["mean"])


@pytest.mark.mechanism(
    "loss_cap",
    says="What one event can cost is capped",
    fields=["risks.*.losses.*.cap"],
    shows=["<risk>"],
)
def test_cap_of_each_loss():
    expected = case("cpub-trucking")["expected"]
    severity = {"dist": "lognormal", "mean": 100, "sd": 500}
    capped = {"sum": {"severity": severity, "cap": 1000, "trended": False}}
    gross, _ = losses(expected["lambda_"], severity, losses=capped, paths=300_000)
    assert_mean(gross, expected["agg_mean"])
    assert_mean(gross <= 500, expected["p_le_500"])
    assert_mean(gross > 2000, expected["p_gt_2000"])
    assert_quantile(gross, 0.99, expected["var99"])


# -- annual aggregates


def aggregated(frequency, alpha, theta, limit, aggregate):
    insurance = {"retention": 0, "limit": limit, "aggregate_limit": aggregate}
    return losses(frequency, lomax(alpha, theta), insurance=insurance)[1]


def test_aggregate_limits_price_a_treaty_with_reinstatements():
    """100 a claim, 100 a year deducted, two reinstatements at 100 %: layers of annual limits."""
    recovered = [aggregated(0.5, 1.2, 100, 100, 100 * n) for n in (1, 2, 3, 4)]
    layers = np.diff(recovered, axis=0)
    total, paid_again = layers.sum(axis=0), layers[:2].sum(axis=0)
    premium = total.mean() / (1 + paid_again.mean() / 100)
    # The delta method: what one path adds to the ratio.
    share = (total - premium * (1 + paid_again / 100)) / (1 + paid_again.mean() / 100)
    expected = case("cpub-gemact-reinstatement")["expected"]["pure_premium"]
    assert abs(premium - expected) <= ERRORS * standard_error(share)


@pytest.mark.parametrize("number", ["cp-07-ceded", "cp-10-ceded"])
def test_annual_aggregate_cuts_the_distribution_of_a_year(number):
    inputs, expected = case(number)["inputs"], case(number)["expected"]
    aggregate = 6_000_000
    insurance = {"retention": 100_000, "limit": 5_000_000, "aggregate_limit": aggregate}
    _, ceded = losses(inputs["rate_per_year"], lognormal(inputs), insurance=insurance)
    for level, quantile in expected["q"].items():
        assert_quantile(ceded, float(level), min(quantile, aggregate))
    assert ceded.max() == pytest.approx(aggregate, rel=1e-12)


def test_annual_aggregates_of_several_years_are_each_years_own():
    inputs = case("cp-11-retained")["inputs"]
    aggregate, coinsurance = 2_500_000, 0.2
    insurance = {
        "retention": 100_000,
        "limit": 5_000_000,
        "aggregate_limit": aggregate,
        "coinsurance": coinsurance,
    }
    _, ceded = losses(
        inputs["rate_per_year"], lognormal(inputs), years=inputs["years"], insurance=insurance
    )
    annual = annual_layer(inputs, coinsurance)
    mean = float(annual @ np.minimum(np.arange(annual.size) * STEP, aggregate))
    square = float(annual @ np.minimum(np.arange(annual.size) * STEP, aggregate) ** 2)
    assert_mean(ceded, inputs["years"] * mean)
    deviation = (ceded - inputs["years"] * mean) ** 2
    assert_mean(deviation, inputs["years"] * (square - mean**2))
    assert_mean(ceded == 0, annual[0] ** inputs["years"])


STEP = 2_000.0


def annual_layer(inputs, coinsurance):
    """The probabilities of a year's ceded losses on a grid, by FFT."""
    size = 2**15
    top = 5_000_000 * (1 - coinsurance)
    severity = stats.lognorm(inputs["sigma"], scale=inputs["median"])

    def cdf(x):
        inside = severity.cdf(100_000 + np.maximum(x, 0) / (1 - coinsurance))
        return np.where(x >= top, 1.0, np.where(x < 0, 0.0, inside))

    # Mass of the half-step around each point; what is not ceded stays exactly at 0.
    grid = np.arange(size) * STEP
    mass = cdf(grid + STEP / 2) - cdf(grid - STEP / 2)
    below = float(severity.cdf(100_000))
    first = mass[0] - below
    mass[0], mass[1] = below, mass[1] + first
    rate = inputs["rate_per_year"]
    return np.fft.irfft(np.exp(rate * (np.fft.rfft(mass) - 1)), size)
