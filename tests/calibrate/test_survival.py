import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hcrisk.calibrate import CalibrationError, kaplan_meier, piecewise_hazards, poisson_interval
from tests.validation import assert_all_near

# Freireich and others (1963), weeks in remission under 6-mercaptopurine; + marks those who went on.
TIME = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
EVENT = [True] * 9 + [False] * 12


def test_kaplan_meier__published_table():
    curve = kaplan_meier(TIME, EVENT)
    assert curve.time.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve.at_risk.tolist() == [21, 17, 15, 12, 11, 7, 6]
    weeks = [f"week {week}" for week in curve.time]
    known = [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert_all_near(curve.survival, dict(zip(weeks, known, strict=True)), abs=5e-4)
    # Greenwood's errors, as tabulated by D. Collett and others.
    known = [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346]
    errors = {f"{week}, standard error": one for week, one in zip(weeks, known, strict=True)}
    assert_all_near(curve.standard_error, errors, abs=5e-5)


@given(
    st.lists(st.tuples(st.integers(1, 20), st.booleans()), min_size=1, max_size=40).filter(
        lambda rows: any(event for _, event in rows)
    )
)
def test_kaplan_meier__agrees_with_scipy(rows):
    time, event = np.array([t for t, _ in rows], float), np.array([e for _, e in rows])
    curve = kaplan_meier(time, event)
    found = stats.ecdf(stats.CensoredData.right_censored(time, ~event)).sf
    np.testing.assert_allclose(curve.survival, found.evaluate(curve.time), atol=1e-12)


def test_kaplan_meier__delayed_entry_is_unbiased_where_ignoring_it_is_not():
    random = np.random.default_rng(2)
    time = random.exponential(2.0, 40_000)
    entry = random.uniform(0.0, 3.0, time.size) * (random.random(time.size) < 0.8)
    seen = time > entry
    time, entry = time[seen], entry[seen]
    curve = kaplan_meier(time, np.ones(time.size, bool), entry)
    at = np.searchsorted(curve.time, 3.0) - 1
    assert abs(curve.survival[at] - np.exp(-1.5)) < 4 * curve.standard_error[at]
    naive = kaplan_meier(time, np.ones(time.size, bool))
    assert naive.survival[np.searchsorted(naive.time, 3.0) - 1] > 0.3


def test_piecewise_hazards__one_piece_is_events_over_time():
    fit = piecewise_hazards(TIME, EVENT)
    # 9 relapses in 359 person-weeks.
    assert fit.rate.tolist() == [9 / 359]
    assert fit.flat_p_value() == 1.0


def test_piecewise_hazards__recovers_a_profile():
    random = np.random.default_rng(3)
    # The cumulative hazard is 0.5 to year 1 and rises by 0.2 a year after it.
    total = random.exponential(1.0, 20_000)
    time = np.where(total < 0.5, total / 0.5, 1.0 + (total - 0.5) / 0.2)
    entry = random.uniform(0.0, 5.0, time.size) * (random.random(time.size) < 0.5)
    end = entry + random.uniform(0.5, 5.0, time.size)
    seen = time > entry
    time, entry, end = time[seen], entry[seen], end[seen]
    fit = piecewise_hazards(np.minimum(time, end), time <= end, entry, breaks=[1.0, 3.0])
    for rate, events, truth in zip(fit.rate, fit.events, (0.5, 0.2, 0.2), strict=True):
        assert abs(rate - truth) < 4 * rate / np.sqrt(events)
    assert fit.flat_p_value() < 1e-6
    assert fit.factors()[0] / fit.factors()[1] == pytest.approx(2.5, rel=0.1)


@given(
    st.lists(st.tuples(st.floats(0, 5), st.floats(0.1, 9), st.booleans()), min_size=1, max_size=30),
    st.lists(st.floats(0.5, 8), min_size=0, max_size=3, unique=True),
)
def test_piecewise_hazards__loses_no_event_and_no_time(rows, breaks):
    entry = np.array([e for e, _, _ in rows])
    time = entry + np.array([s for _, s, _ in rows])
    event = np.array([e for _, _, e in rows])
    try:
        fit = piecewise_hazards(time, event, entry, breaks=sorted(breaks))
    except CalibrationError as error:
        assert "nobody was observed between" in str(error)  # noqa: PT017
    else:
        assert fit.events.sum() == event.sum()
        assert fit.exposure.sum() == pytest.approx(np.sum(time - entry))
        assert np.all((fit.lower <= fit.rate) & (fit.rate <= fit.upper))


def test_piecewise_hazards__flat_test_has_its_size():
    random = np.random.default_rng(4)
    p = []
    for _ in range(300):
        time = random.exponential(3.0, 120)
        fit = piecewise_hazards(np.minimum(time, 6.0), time < 6.0, breaks=[1.0, 3.0])
        p.append(fit.flat_p_value())
    # 5 % of 300 is 15, sd 3.8.
    assert sum(value < 0.05 for value in p) <= 30
    assert stats.kstest(p, "uniform").pvalue > 1e-3


def test_poisson_interval__published_values():
    # E. S. Pearson and H. O. Hartley, Biometrika Tables, table 40: 10 events, 4.80 to 18.39.
    low, high = poisson_interval([0, 1, 10])
    counts = ("0 events", "1 event", "10 events")
    lower, upper = [0.0, 0.0253, 4.795], [3.689, 5.572, 18.39]
    assert_all_near(low, {f"{n}, lower": v for n, v in zip(counts, lower, strict=True)}, abs=5e-4)
    assert_all_near(high, {f"{n}, upper": v for n, v in zip(counts, upper, strict=True)}, abs=5e-3)


def test_refused__breaks_out_of_order():
    with pytest.raises(ValueError, match=r"positive and rise, got \[2.0, 1.0\]"):
        piecewise_hazards([1.0], [True], breaks=[2.0, 1.0])
