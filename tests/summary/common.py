"""What summarize must agree with: simulate and the measures, on paths kept in memory."""

import warnings

import numpy as np
import xarray as xr

import hcrisk
from tests.builders import bare, one_risk
from tests.whatif.common import FEES, FIXED

MEANS = {
    "npv": "mean",
    "cost": "cost_mean",
    "component_npv": "component_mean",
    "service_npv": "service_mean",
}
BOUNDS = {"": "value", "_lower": "lower", "_upper": "upper"}
# Sums of NumPy are rounded at every step.
SUMS = 1e-12


def risky(frequency=0.4, price=None, **changes):
    """Return two ways to run a desk: rare, dear breaches, and fees that tie on most paths."""
    scenario = bare(FEES, one_risk(frequency, {"dist": "lognormal", "p50": 900, "p90": 4_000}))
    fees = {} if price is None else {FIXED: price}
    return scenario.replace({"horizon.years": 2, **fees, **changes})


def quietly(function, *args, **kwargs):
    """Call a function whose figures may rest on few paths."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", hcrisk.PrecisionWarning)
        return function(*args, **kwargs)


def check_table(table, ds, levels, tail_levels, confidence=0.95):
    """Hold every figure of a table against the measures of the same paths."""
    for of, name in (("npv", "percentile"), ("cost", "cost_percentile")):
        found = quietly(hcrisk.percentiles, ds, levels, of=of, confidence=confidence)
        for suffix, part in {**BOUNDS, "_tail_paths": "tail_paths"}.items():
            assert_same(table[name + suffix], found[part])
    found = quietly(hcrisk.tail_value_at_risk, ds, tail_levels, confidence=confidence)
    found = found.rename(level="tail_level")
    for suffix, part in BOUNDS.items():
        assert_close(table[f"tail_value_at_risk{suffix}"], found[part], ds["npv"])
    for of, name in MEANS.items():
        found = quietly(hcrisk.mean, ds, of=of, confidence=confidence)
        for suffix, part in {**BOUNDS, "_standard_error": "standard_error"}.items():
            assert_close(table[name + suffix], found[part], ds[of])
    found = hcrisk.probability_cheapest(ds, confidence=confidence)
    for suffix, part in BOUNDS.items():
        assert_close(table[f"probability_cheapest{suffix}"], found[part], 1.0)


def assert_same(found, known):
    """Assert equal bits and dimensions."""
    assert found.dims == known.dims
    np.testing.assert_array_equal(found.values, known.values)


def assert_close(found, known, values):
    """Assert equality up to the rounding of sums of such values."""
    assert found.dims == known.dims
    scale = float(np.abs(values).max())
    np.testing.assert_allclose(found.values, known.values, rtol=SUMS, atol=SUMS * scale)


def assert_identical(found, known):
    """Assert equal bits of all figures."""
    xr.testing.assert_identical(found.drop_attrs(), known.drop_attrs())
