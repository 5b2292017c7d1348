"""Terms that sit exactly on an edge: conditions just met, contracts just signed."""

import numpy as np
import pytest

import hcrisk
from tests.builders import bare, team

PREMIUM = {"insurance": {"premium": 100, "retention": 0, "unmet_load": 1}}
VENDOR = """
[vendors.v]
term_months = 36
months_to_renewal = 6
renewal_jump = 0.5
delivered = 0.97

[services.desk.arrangements.vendor.contracts.v]
fixed_fee = 1000
"""


def premiums(scenario):
    ds = hcrisk.simulate(scenario, paths=50, strategies=["x"], progress=False)
    return ds["component_npv"].sel(component="insurance_premium", strategy="x").values


@pytest.mark.parametrize(("limit", "premium"), [(0.03, 100), (0.0299, 200)])
def test_a_condition_met_exactly_by_a_vendor_is_met(limit, premium):
    # 1 - 0.97 is 0.030000000000000027 in binary.
    scenario = bare(
        VENDOR, PREMIUM, insurance__max_uncovered={"desk": limit}, strategies__x={"all": "vendor"}
    )
    np.testing.assert_allclose(premiums(scenario), premium)


def test_a_full_team_leaves_nothing_uncovered():
    # 3 x 0.7 and 2.1 posts differ by a rounding error.
    staff = team(seats=3, posts=2.1, fte=0.7)
    scenario = bare(
        staff, PREMIUM, insurance__max_uncovered={"clerk": 0}, strategies__x={"all": "none"}
        | {"services": {"clerk": "own"}},
    )  # fmt: skip
    np.testing.assert_array_equal(premiums(scenario), 100)
    ds = hcrisk.simulate(scenario, paths=1, strategies=["x"], progress=False)
    assert float(ds["uncovered"].sel(service="clerk", strategy="x").item()) == 0


def test_a_team_that_is_full_again_leaves_nothing_uncovered():
    staff = team(
        seats=3, fte=0.7, posts=2.1, attrition_rate=1.1, time_to_fill_days=20, ramp_months=1,
        start_productivity=0.3, backfill_share=0.35,
    )  # fmt: skip
    scenario = bare(
        staff, PREMIUM, insurance__max_uncovered={"clerk": 0}, horizon__years=5,
        strategies__x={"all": "none"} | {"services": {"clerk": "own"}},
    )  # fmt: skip
    tolerant = scenario.replace({"insurance.max_uncovered.clerk": 1e-6})
    exact, near = premiums(scenario), premiums(tolerant)
    np.testing.assert_array_equal(exact, near)
    # Some years begin with somebody missing, others with everybody there.
    assert exact.min() < exact.max() <= 2 * 500


def yearly_fees(scenario, strategy):
    ds = hcrisk.simulate(scenario, paths=1, detail="full", progress=False)
    fees = ds["cost_cube"].sel(strategy=strategy, service="desk", component="vendor_fees")
    return fees.squeeze("path").values.round(6).tolist()


def test_a_new_vendor_begins_a_full_term():
    scenario = bare(VENDOR, horizon__years=5, strategies__x={"all": "vendor"})
    assert yearly_fees(scenario, "x") == [12_000, 12_000, 12_000, 18_000, 18_000]


def test_an_incumbent_vendor_is_in_the_middle_of_its_term():
    scenario = bare(
        VENDOR, horizon__years=5, services__desk__current="vendor", strategies__x={"all": "vendor"}
    )
    assert yearly_fees(scenario, "x") == [12_000, 18_000, 18_000, 18_000, 27_000]
