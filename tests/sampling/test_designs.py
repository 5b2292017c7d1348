"""Paths that share their inputs, and inputs from Sobol points."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.stats import qmc

import hcrisk
from hcrisk.exceptions import PrecisionWarning, TooManyPathsError
from hcrisk.program.keys import StreamKeys
from tests.builders import bare, crowded, exponential, one_risk, team
from tests.validation import STANDARD_ERRORS, check

SEED = 5
PRICE = "lines.tool.amount"


def priced(*layers):
    """A practice whose cost is one uncertain price a year, for one year."""
    amount = {"dist": "normal", "mean": 1_000, "sd": 100, "truncate": [0, math.inf]}
    line = {"component": "tools", "driver": "flat", "amount": amount, "index": "none"}
    return bare({"lines": {"tool": line}}, *layers)


# -- inputs shared


def test_inputs_are_repeated_and_those_of_the_outer_path():
    scenario = crowded()
    ds = hcrisk.simulate(scenario, paths=60, inner=5, seed=SEED)
    outer = hcrisk.simulate(scenario, paths=12, seed=SEED)["input"].values
    assert ds.attrs["inner"] == 5
    np.testing.assert_array_equal(ds["input"].values, np.repeat(outer, 5, axis=1))
    # Chance is that of the path, and differs within a group.
    assert (np.diff(ds["wage_index"].values[1]) != 0).all()


def test_shared_inputs_continue_and_join():
    whole = hcrisk.simulate(crowded(), paths=60, inner=5, seed=SEED, threads=1)
    parts = [
        hcrisk.simulate(crowded(), paths=30, inner=5, seed=SEED, start=start) for start in (0, 30)
    ]
    np.testing.assert_array_equal(hcrisk.join(*parts)["npv"].values, whole["npv"].values)


def test_one_path_a_group_is_a_plain_run():
    found = hcrisk.simulate(crowded(), paths=50, inner=1, seed=SEED)
    np.testing.assert_array_equal(
        found["npv"].values, hcrisk.simulate(crowded(), paths=50, seed=SEED)["npv"].values
    )
    assert "inner" not in found.attrs


def test_nested_variance_of_an_analytic_case():
    # A price of sd 100, and a compound Poisson loss of variance 2 rate mean^2.
    rate, mean = 0.8, 60.0
    loss = one_risk(rate, exponential(mean), reference_providers=50, max_multiple=1)
    ds = hcrisk.simulate(priced(loss), paths=40_000, inner=4, seed=SEED)
    found = hcrisk.nested_variance(ds).isel(strategy=0)
    chance = 2 * rate * mean**2
    for name, expected in (
        ("inputs", 100.0**2),
        ("chance", chance),
        ("value", 100.0**2 / (100.0**2 + chance)),
    ):
        prefix = "" if name == "value" else f"{name}_"
        lower, upper = (float(found[f"{prefix}{end}"]) for end in ("lower", "upper"))
        error = (upper - lower) / 2 / stats.t(29).ppf(0.975)
        assert 4 * error < 0.4 * expected
        what = "share of the inputs" if name == "value" else f"variance of {name}"
        check(what, float(found[name]), expected, 4 * error, STANDARD_ERRORS)
    assert found["inputs"].attrs["units"] == "USD^2"


def test_nested_variance_of_nothing():
    loss = one_risk(0.5, exponential(60.0), reference_providers=50, max_multiple=1)
    ds = hcrisk.simulate(priced(loss), paths=2_000, inner=2, seed=SEED)
    still = ds.assign(npv=ds["npv"] * 0 + 7.0)
    assert hcrisk.nested_variance(still)["value"].item() == 0.0
    with pytest.warns(PrecisionWarning, match="share of the inputs"):
        hcrisk.nested_variance(ds.isel(path=slice(0, 8)))


def test_nested_variance_needs_groups():
    with pytest.raises(ValueError, match="simulate with inner=4"):
        hcrisk.nested_variance(hcrisk.simulate(priced(), paths=100))
    ds = hcrisk.simulate(priced(), paths=100, inner=4)
    with pytest.raises(ValueError, match="whole groups of 4 paths"):
        hcrisk.nested_variance(ds.isel(path=slice(0, 98)))
    with pytest.raises(ValueError, match="at least 2 groups"):
        hcrisk.nested_variance(ds.isel(path=slice(0, 4)))


def test_intervals_of_shared_inputs_count_groups():
    """Of paths that are nearly the same 10 times over, the mean is known as well as of a tenth."""
    ds = hcrisk.simulate(priced(), paths=30_000, inner=10, seed=SEED, detail="totals")
    error = hcrisk.mean(ds)["standard_error"].item()
    assert error == pytest.approx(100 / math.sqrt(3_000), rel=0.4)


# -- Sobol points


def test_sobol_inputs_are_those_of_scipy():
    ds = hcrisk.simulate(priced(), paths=64, inputs="sobol", seed=SEED)
    keys = StreamKeys(SEED)
    points = [
        qmc.Sobol(1, scramble=True, bits=52, rng=keys.key(f"sobol/{section}")).random(8)[:, 0]
        for section in range(8)
    ]
    expected = stats.norm(1_000, 100).ppf(np.concatenate(points))
    np.testing.assert_allclose(ds["input"].sel(parameter=PRICE).values, expected, rtol=1e-9)
    assert ds.attrs["inputs"] == "sobol"
    assert ds.attrs["sections"] == 8


def test_threads_do_not_matter_to_sobol_inputs():
    one, four = (
        hcrisk.simulate(crowded(), paths=128, inputs="sobol", seed=SEED, threads=threads)
        for threads in (1, 4)
    )
    np.testing.assert_array_equal(one["npv"].values, four["npv"].values)


def test_chance_is_that_of_a_plain_run():
    one = hcrisk.simulate(crowded(), paths=64, inputs="sobol", seed=SEED)
    plain = hcrisk.simulate(crowded(), paths=64, seed=SEED)
    np.testing.assert_array_equal(one["price_index"].values[0], plain["price_index"].values[0])
    assert (one["input"].values != plain["input"].values).any()


def test_a_smooth_mean_is_known_far_better():
    ds = hcrisk.simulate(priced(), paths=8 * 1024, inputs="sobol", seed=SEED)
    found = hcrisk.mean(ds).isel(strategy=0)
    plain = hcrisk.mean(hcrisk.simulate(priced(), paths=8 * 1024, seed=SEED)).isel(strategy=0)
    assert abs(float(found["value"]) - 1_000) < 0.05
    assert float(found["standard_error"]) < 0.02 * float(plain["standard_error"])
    assert abs(float(found["value"]) - 1_000) < 5 * float(found["standard_error"])


def test_intervals_come_from_the_scramblings():
    ds = hcrisk.simulate(priced(), paths=8 * 64, inputs="sobol", seed=SEED)
    found = hcrisk.percentiles(ds, 0.8).isel(strategy=0, level=0)
    sections = np.quantile(ds["npv"].values[0].reshape(8, 64), 0.8, axis=1)
    whole = np.quantile(ds["npv"].values[0], 0.8)
    half = stats.t(7).ppf(0.975) * math.sqrt(np.square(sections - whole).sum() / 56)
    assert float(found["value"]) == pytest.approx(whole)
    assert float(found["upper"]) == pytest.approx(whole + half)


def test_part_of_a_sobol_run_is_refused():
    ds = hcrisk.simulate(priced(), paths=64, inputs="sobol")
    with pytest.raises(ValueError, match="ds must keep all 64 paths"):
        hcrisk.mean(ds.isel(path=slice(0, 32)))
    with pytest.raises(ValueError, match="cannot be joined"):
        hcrisk.join(ds, ds)


def test_without_inputs_sobol_is_a_plain_run():
    ds = hcrisk.simulate(bare(team()), paths=16, inputs="sobol", seed=SEED)
    plain = hcrisk.simulate(bare(team()), paths=16, seed=SEED)
    np.testing.assert_array_equal(ds["npv"].values, plain["npv"].values)


def test_points_count_towards_the_memory():
    with pytest.raises(TooManyPathsError, match="paths need"):
        hcrisk.simulate(priced(), paths=8 << 40, inputs="sobol")


# -- what is refused


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"inner": 0}, "inner must be a whole number from 1 to 100, got 0"),
        ({"inner": 3}, "paths must be a multiple of inner=3, got 100; write paths=99"),
        ({"inner": 4, "start": 2}, "start must be a multiple of inner=4, got 2; write start=4"),
        ({"inputs": "halton"}, "inputs must be 'random' or 'sobol', got 'halton'"),
        ({"inputs": "sobol"}, "8 times a power of 2 with inputs='sobol', got 100; write 64 or 128"),
        ({"inputs": "sobol", "paths": 64, "start": 64}, "start must be 0 with inputs='sobol'"),
        ({"inputs": "sobol", "inner": 2, "paths": 64}, "only one of inner and inputs='sobol'"),
    ],
)
def test_what_makes_no_design_is_refused(options, text):
    with pytest.raises(ValueError, match=text):
        hcrisk.simulate(priced(), **{"paths": 100, **options})


@given(paths=st.integers(1, 10_000))
def test_the_remedy_for_sobol_paths_holds(paths):
    try:
        hcrisk.design.checked_design(None, 1, "sobol", paths, 0)
    except ValueError as error:
        for word in str(error).split("write ")[1].split(" or "):
            hcrisk.design.checked_design(None, 1, "sobol", int(word), 0)
