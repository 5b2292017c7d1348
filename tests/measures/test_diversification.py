"""Percentiles of the whole beside those of its parts."""

import numpy as np
import pytest
import xarray as xr
from scipy import stats

from hcrisk.exceptions import PrecisionWarning
from hcrisk.measures import diversification, worst_year


def result(parts):
    parts = np.asarray(parts, dtype=float)
    services = [f"s{i}" for i in range(parts.shape[1])]
    money = {"units": "USD"}
    return xr.Dataset(
        {
            "npv": (("strategy", "path"), parts.sum(axis=1), money),
            "service_npv": (("strategy", "service", "path"), parts, money),
            "cost": (("strategy", "year", "path"), parts, money),
        },
        {"strategy": [f"x{i}" for i in range(len(parts))], "service": services,
         "year": np.arange(1, parts.shape[1] + 1)},
        {"discount_rate": 0.0, "discount_timing": "end"},
    )  # fmt: skip


def test_independent_normals_save_what_theory_says():
    rng = np.random.default_rng(3)
    sd = np.array([1.0, 2.0, 3.0])
    found = diversification(result((5 + sd[:, None] * rng.normal(size=(3, 200_000)))[None]), 0.9)
    z = stats.norm.ppf(0.9)
    exact = {"whole": 15 + z * np.sqrt(14), "sum_of_parts": 15 + z * 6, "saved": z * (6 - 14**0.5)}
    for name, value in exact.items():
        half = (found[f"{name}_upper"] - found[f"{name}_lower"]).item() / 2
        assert abs(found[name].item() - value) < 2.1 * half < 0.1
    np.testing.assert_allclose(found["part"][0], 5 + z * sd, atol=0.03)
    assert found["saved"].item() == pytest.approx(
        found["sum_of_parts"].item() - found["whole"].item(), abs=1e-12
    )


def test_parts_that_move_together_save_nothing():
    x = np.random.default_rng(1).gamma(2, 1, 5000)
    found = diversification(result([[x, 2 * x]]), (0.5, 0.8))
    np.testing.assert_allclose(found["saved"], 0.0, atol=1e-12)
    np.testing.assert_allclose(found["saved_upper"], 0.0, atol=1e-12)
    assert found["saved"].dims == ("strategy", "level")


def test_rare_losses_reach_the_whole_and_not_the_parts():
    """Each part is zero on 90 % of the paths, the sum on 70 %: P80 of parts says nothing."""
    parts = [[np.where(np.arange(1000) % 10 == k, 100.0, 0.0) for k in range(3)]]
    found = diversification(result(parts), 0.8)
    assert found["sum_of_parts"].item() == 0.0
    assert found["whole"].item() == 100.0
    assert found["saved"].item() == -100.0


def test_years_are_those_of_worst_year_where_nothing_is_discounted():
    ds = result(np.random.default_rng(2).gamma(2, 1, (2, 3, 800)))
    found, known = diversification(ds, 0.8, by="year"), worst_year(ds, 0.8)
    for mine, theirs in (("whole", "horizon"), ("sum_of_parts", "sum_of_years"),
                         ("saved", "excess"), ("part", "yearly")):  # fmt: skip
        for end in ("", "_lower", "_upper"):
            np.testing.assert_allclose(found[mine + end], known[theirs + end], rtol=1e-12)


def test_one_path_and_refusals():
    with pytest.warns(PrecisionWarning, match="P80 of parts") as caught:
        found = diversification(result([[[1.0], [2.0]]]))
    assert caught[0].filename == __file__
    assert found["saved"].item() == 0.0
    assert found["saved_upper"].item() == np.inf
    with pytest.raises(ValueError, match="simulate again with detail='default'"):
        diversification(result([[[1.0], [2.0]]]).drop_vars("service_npv"))
    with pytest.raises(ValueError, match=r"levels must lie in \(0, 1\)"):
        diversification(result([[[1.0], [2.0]]]), 80)
