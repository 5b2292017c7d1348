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
from tests.validation import (
    ERRORS,
    STANDARD_ERRORS,
    assert_mean,
    assert_quantile,
    assert_tail,
    assert_variance,
    check,
)

PATHS = 1_000_000
SEED = 20
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


def assert_distribution(sample, id, sigma, bounded):
    expected = case(id)["expected"]
    for level, quantile in expected["q"].items():
        assert_quantile(sample, float(level), quantile, id)
    if bounded or sigma < HEAVY:
        assert_mean(sample, expected["mean"], "mean", id)
        for level, tail in expected["tvar"].items():
            assert_tail(sample, float(level), expected["q"][level], tail, id)


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
    assert_distribution(sample, id, inputs["sigma"], bounded=side == "ceded")
    none = sample <= 1e-9 * inputs["median"]
    assert_mean(none, expected["p0"], "chance of none", id)


@pytest.mark.parametrize("id", [entry["id"] for entry in cases("compound_negbin_lognormal")])
def test_frailty_makes_losses_compound_negative_binomial(id):
    inputs = case(id)["inputs"]
    gross, _ = losses(inputs["mean_freq"], lognormal(inputs), frailty_shape=inputs["r"])
    assert_distribution(gross, id, inputs["sigma"], bounded=False)


@pytest.mark.parametrize("id", [entry["id"] for entry in cases("compound_poisson_lomax")])
def test_compound_poisson_lomax_losses(id):
    inputs = case(id)["inputs"]
    gross, _ = losses(inputs["lambda"], lomax(inputs["alpha"], inputs["theta"]))
    # With alpha of 1.5 and 2.2 there is no variance to speak of: quantiles only.
    assert_distribution(gross, id, math.inf, bounded=False)


@pytest.mark.parametrize(("mean", "paths"), [("0.1", PATHS), ("1", PATHS), ("10", 200_000)])
def test_lognormal_losses_of_the_operational_risk_literature(mean, paths):
    gross, _ = losses(float(mean), {"dist": "lognormal", "mu": 0, "sigma": 2}, paths=paths)
    id = "cpub-shevchenko-ln02"
    for level, (quantile, _) in case(id)["expected"]["var_es"][mean].items():
        assert_quantile(gross, float(level), quantile, id)


@pytest.mark.parametrize(("mean", "paths"), [("0.5", PATHS), ("2", PATHS), ("50", 100_000)])
def test_exponential_losses(mean, paths):
    gross, _ = losses(float(mean), exponential(1), paths=paths)
    id = "cpub-poisson-exp"
    for level, (quantile, tail) in case(id)["expected"][mean].items():
        if (1 - float(level)) * paths >= 50:
            assert_quantile(gross, float(level), quantile, id)
            assert_tail(gross, float(level), quantile, tail, id)


def test_gamma_losses_of_the_actuar_vignette():
    gross, _ = losses(10, {"dist": "gamma", "shape": 2, "scale": 1}, paths=300_000)
    id = "cpub-actuar-gamma"
    for level, (quantile, tail) in case(id)["expected"]["exact"].items():
        assert_quantile(gross, float(level), quantile, id)
        assert_tail(gross, float(level), quantile, tail, id)


@pytest.mark.parametrize(
    ("table", "mean", "shape", "scale"),
    [("ex4_2_cdf", 2.5, 3, 400), ("p4_7_cdf", 8, 0.2, 3750), ("ex4_2b_cdf", 10, 0.05, 6000)],
)
def test_gamma_losses_of_bahnemann(table, mean, shape, scale):
    gross, _ = losses(mean, {"dist": "gamma", "shape": shape, "scale": scale}, paths=200_000)
    id = "cpub-bahnemann"
    for bound, probability in case(id)["expected"][table].items():
        if float(bound) > 0:
            assert_mean(gross <= float(bound), probability, f"chance of {bound} or less", id)


def test_textbook_probabilities_of_discrete_losses():
    id = "cpub-kpw-misc"
    expected = case(id)["expected"]
    three = {"dist": "discrete", "values": [1, 2, 3], "weights": [1.9, 0.8, 0.3]}
    gross, _ = losses(3, three, paths=300_000)
    for total, probability in enumerate(expected["ex9_9_pmf"]):
        assert_mean(gross == total, probability, f"chance of {total}", id)
    four = {"dist": "discrete", "values": [1, 2, 3, 4], "weights": [4, 3, 2, 1]}
    gross, _ = losses(3, four, paths=300_000)
    assert_mean(gross <= 3, expected["ex9_57_P_le_3"], "Poisson, 3 or less", id)
    # A negative binomial with r = 6 and beta = 0.5 has mean 3.
    gross, _ = losses(3, four, paths=300_000, frailty_shape=6)
    assert_mean(gross <= 3, expected["ex9_58_P_le_3"], "negative binomial, 3 or less", id)
    gross, _ = losses(5, {"dist": "gamma", "shape": 0.5, "scale": 2500}, paths=300_000)
    assert_mean(gross >= 20_000, expected["ex9_59_exact"], "gamma, 20,000 or more", id)


def test_many_lognormal_losses():
    gross, _ = losses(50, {"dist": "lognormal", "mu": 5, "sigma": 1}, paths=100_000)
    id = "cpub-hofert-ln51"
    expected = case(id)["expected"]
    assert_quantile(gross, 0.99, expected["var99"], id)
    assert_tail(gross, 0.99, expected["var99"], expected["es99"], id)
    assert_mean(gross > 20_000, expected["p_gt_20000"], "chance of more than 20,000", id)


def test_losses_of_infinite_mean():
    severity = {"dist": "gpd", "location": 7_000, "scale": 12_000, "shape": 1}
    gross, _ = losses(18, severity, paths=200_000)
    id = "cpub-schaller-temnov"
    for level, quantile in case(id)["expected"]["q"].items():
        assert_quantile(gross, float(level), quantile, id)


def test_layer_of_gamma_losses():
    insurance = {"retention": 5, "limit": 20}
    severity = {"dist": "gamma", "shape": 5, "scale": 1}
    _, ceded = losses(4, severity, insurance=insurance, paths=300_000)
    id = "cpub-gemact-xl"
    assert_mean(ceded, case(id)["expected"]["mean"], "mean in the layer", id)


@pytest.mark.mechanism(
    "loss_cap",
    says="What one event can cost is capped",
    fields=["risks.*.losses.*.cap"],
    shows=["<risk>"],
)
def test_cap_of_each_loss():
    id = "cpub-trucking"
    expected = case(id)["expected"]
    severity = {"dist": "lognormal", "mean": 100, "sd": 500}
    capped = {"sum": {"severity": severity, "cap": 1000, "trended": False}}
    gross, _ = losses(expected["lambda_"], severity, losses=capped, paths=300_000)
    assert_mean(gross, expected["agg_mean"], "mean", id)
    assert_mean(gross <= 500, expected["p_le_500"], "chance of 500 or less", id)
    assert_mean(gross > 2000, expected["p_gt_2000"], "chance of more than 2000", id)
    assert_quantile(gross, 0.99, expected["var99"], id)


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
    id = "cpub-gemact-reinstatement"
    expected, allowed = case(id)["expected"]["pure_premium"], ERRORS * standard_error(share)
    check("premium", premium, expected, allowed, STANDARD_ERRORS, id)


@pytest.mark.parametrize("number", ["cp-07-ceded", "cp-10-ceded"])
def test_annual_aggregate_cuts_the_distribution_of_a_year(number):
    inputs, expected = case(number)["inputs"], case(number)["expected"]
    aggregate = 6_000_000
    insurance = {"retention": 100_000, "limit": 5_000_000, "aggregate_limit": aggregate}
    _, ceded = losses(inputs["rate_per_year"], lognormal(inputs), insurance=insurance)
    for level, quantile in expected["q"].items():
        assert_quantile(ceded, float(level), min(quantile, aggregate), number)
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
    years = inputs["years"]
    assert_mean(ceded, years * mean, "mean")
    assert_variance(ceded, years * mean, years * (square - mean**2))
    assert_mean(ceded == 0, annual[0] ** years, "chance of none")


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
