"""A share of collections in bands of the year's revenue."""

import numpy as np
import pytest

import hcrisk
from hcrisk.whatif import stresses
from tests.builders import bare
from tests.reference.simulation import simulate_reference

BANDS = [{"from": 0, "price": 0.06}, {"from": 30_000_000, "price": 0.04}]
FIELD = "services.desk.arrangements.rented.contracts.biller.collections_share"


def billed(share, revenue=30_000_000, **changes):
    return bare(
        vendors={"biller": {}},
        practice__revenue=revenue,
        services__desk__current="rented",
        services__desk__arrangements__rented={
            "contracts": {"biller": {"collections_share": share}}
        },
        **changes,
    )


def fees(scenario, paths=1, seed=0):
    ds = hcrisk.simulate(scenario, paths=paths, seed=seed, detail="full", progress=False)
    cost = ds["cost_cube"].isel(strategy=0).sel(component="vendor_fees").sum("service")
    return cost.transpose("path", "year").values, ds


@pytest.mark.parametrize(
    ("revenue", "share"), [(29_999_999, 0.06), (30_000_000, 0.04), (50_000_000, 0.04)]
)
def test_share_is_that_of_the_band_of_the_years_revenue(revenue, share):
    assert fees(billed(BANDS, revenue))[0][0, 0] == pytest.approx(share * revenue)


def test_band_is_that_of_the_paths_revenue():
    law = {"dist": "uniform", "low": 20e6, "high": 40e6}
    found, ds = fees(billed(BANDS, law), paths=400)
    revenue = ds["input"].sel(parameter="practice.revenue").values
    assert (revenue < 30e6).any()
    share = np.where(revenue >= 30e6, 0.04, 0.06)
    np.testing.assert_allclose(found[:, 0], share * revenue)


def test_band_follows_the_size_and_agrees_with_the_reference():
    law = {"dist": "uniform", "low": 26e6, "high": 31e6}
    bands = [BANDS[0], {**BANDS[1], "price": {"dist": "uniform", "low": 0.03, "high": 0.05}}]
    scenario = billed(bands, law, horizon__years=3, growth__rate=0.05)
    found, ds = fees(scenario, paths=40, seed=3)
    revenue = ds["input"].sel(parameter="practice.revenue").values[:, None]
    low = ds["input"].sel(parameter=f"{FIELD}.1.price").values[:, None]
    grown = revenue * 1.05 ** np.arange(3)
    np.testing.assert_allclose(found, np.where(grown >= 30e6, low, 0.06) * grown)
    reference = simulate_reference(scenario, 3, range(40), None)
    np.testing.assert_allclose(ds["npv"].values.ravel(), np.ravel(reference["npv"]))


def test_one_band_is_the_plain_share_to_the_bit():
    plain, banded = (fees(billed(s))[0] for s in (0.05, [{"from": 0, "price": 0.05}]))
    assert plain.tobytes() == banded.tobytes()


def test_stress_of_fees_keeps_the_bands():
    change = stresses(billed(BANDS))["fees"].changes[FIELD]
    assert [band["price"] for band in change] == pytest.approx([0.072, 0.048])


def test_band_beyond_one_is_refused():
    with pytest.raises(hcrisk.ScenarioError, match=r"collections_share\.0\.price = 1\.2"):
        billed([{"from": 0, "price": 1.2}])
