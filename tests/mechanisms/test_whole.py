"""What concerns the whole: years, prices, what is not known, what rests on weak evidence."""

import math

import numpy as np
import pytest
from scipy import stats

from tests.builders import standard_error
from tests.mechanisms.common import effect, practice, rented, run, staffed, yearly

mechanism = pytest.mark.mechanism
RENT = "services.desk.arrangements.rent."
FEE = RENT + "contracts.v.fixed_fee"


@mechanism(
    "horizon",
    says="Costs are simulated year by year over a horizon that can be chosen",
    fields=["horizon.years"],
    shows=["cost", "npv"],
)
def test_a_longer_horizon_has_more_years():
    scenario = practice(rented({"fixed_fee": 1_000}, {"escalator_fixed": 0.1}))
    for years in (1, 3, 7):
        costs = yearly(scenario.replace({"horizon.years": years}))
        np.testing.assert_allclose(costs, 12_000 * 1.1 ** np.arange(years))


@mechanism(
    "uncertain_numbers",
    says="A number that is not known is a distribution, drawn once in each future",
    fields=["discounting.rate"],
    shows=["input", "npv"],
)
def test_what_is_not_known_shows_in_the_spread():
    known = practice(rented({"fixed_fee": 1_000}), discounting__rate=0.06)
    assert np.ptp(run(known, paths=1_000)["npv"].values) == 0
    between = {"dist": "uniform", "low": 0.02, "high": 0.10}
    ds = run(known.replace({"discounting.rate": between}), paths=50_000)
    drawn = ds["input"].sel(parameter="discounting.rate").values
    costs = ds["npv"].values
    np.testing.assert_allclose(costs, 12_000 / np.sqrt(1 + drawn))
    mean = 12_000 * 2 * (math.sqrt(1.10) - math.sqrt(1.02)) / 0.08
    assert abs(costs.mean() - mean) < 4 * standard_error(costs)
    # Four standard errors of a uniform's spread.
    assert drawn.std() == pytest.approx(0.08 / math.sqrt(12), rel=0.008)


@mechanism(
    "correlations",
    says="Numbers that are not known may be high together",
    fields=["correlations.*.inputs", "correlations.*.matrix", "correlations.*.between",
            "correlations.*.rho"],
    shows=["input", "npv"],
)  # fmt: skip
@pytest.mark.parametrize("rho", [-0.7, 0.7])
def test_what_is_high_together_spreads_further(rho):
    # Two uniform costs of one spread: the variance of their sum is 2 (1 + correlation).
    paths = [FEE, RENT + "transition.cost"]
    fee = {"dist": "uniform", "low": 1_000, "high": 2_000}
    cost = {"dist": "uniform", "low": 12_000, "high": 24_000}
    scenario = practice(rented({"fixed_fee": fee}, {}, {"transition": {"cost": cost}}))
    apart = run(scenario, paths=50_000)["npv"].values
    for stated in (
        {"between": paths, "rho": rho},
        {"inputs": paths, "matrix": [[1, rho], [rho, 1]]},
    ):
        ds = run(scenario.replace({"correlations": [stated]}), paths=50_000)
        drawn = ds["input"].sel(parameter=paths).values
        # Four standard errors of a correlation, and of a ratio of variances.
        assert stats.spearmanr(*drawn).statistic == pytest.approx(rho, abs=0.02)
        assert ds["npv"].values.var() / apart.var() == pytest.approx(1 + rho, abs=0.03)


@mechanism(
    "common_wages_and_prices",
    says="Wages, prices and attrition move together from year to year",
    fields=["macro.wage_price", "macro.wage_attrition", "macro.price_attrition"],
    shows=["wage_index", "price_index", "departures"],
)  # fmt: skip
def test_wages_prices_and_attrition_move_together():
    growth = {"mean": 0.03, "phi": 0, "sd": 0.02}
    macro = {"wage": growth, "price": growth, "attrition": {"phi": 0, "sd": 0.3}}
    rho = {"wage_price": 0.5, "wage_attrition": 0.7, "price_attrition": -0.2}
    # Filled at once: departures of year 2 are Poisson at a rate that moves with its innovation.
    scenario = practice(staffed(seats=10, attrition_rate=1), {"macro": macro}, horizon__years=2)
    for correlations in (dict.fromkeys(rho, 0), rho):
        ds = run(scenario.replace({f"macro.{k}": v for k, v in correlations.items()}), 50_000)
        wage, price = (np.log(ds[f"{name}_index"].sel(year=2).values) for name in ("wage", "price"))
        departures = ds["departures"].sel(service="clerk").values
        wage, price = wage - 0.03, price - 0.03
        for sample, expected in (
            (wage * price, correlations["wage_price"] * 0.02**2),
            (wage * departures, correlations["wage_attrition"] * 0.02 * 0.3 * 10),
            (price * departures, correlations["price_attrition"] * 0.02 * 0.3 * 10),
        ):
            assert abs(sample.mean() - expected) < 4 * standard_error(sample)


@mechanism(
    "weak_evidence_off",
    says="Every multiplier that rests on weak evidence can be switched off at once",
    fields=["sources.*.confidence", "sources.*.obtained"],
    shows=["npv"],
)
def test_what_rests_on_weak_evidence_can_be_switched_off():
    weak = {"title": "A guess", "obtained": "judgement", "confidence": "low"}
    strong = {"title": "A survey", "obtained": "read", "confidence": "high"}
    layer = rented({"fixed_fee": 1_000}, {}, {"overlap": {"value": 0.2, "source": "weak"}})
    layer["vendors"]["v"] |= {
        "term_months": 12,
        "renewal_jump": {"value": 0.1, "source": "strong"},
    }
    scenario = practice(layer, horizon__years=2, sources={"weak": weak, "strong": strong})
    np.testing.assert_allclose(yearly(scenario), [14_400, 14_400 * 1.1])
    np.testing.assert_allclose(yearly(scenario.no_effect()), [12_000, 12_000 * 1.1])
    assert effect(scenario, {"vendors.v.renewal_jump": 0}) == pytest.approx({"vendor_fees": -1_440})
