"""The reference implementation against closed forms, brute force and its own sums."""

import itertools
import math
import tomllib
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import integrate, stats

from hcrisk.scenario.growth import PracticeGrowth
from tests.reference import simulate_reference
from tests.reference.coverage import expected_shortfall, queue_shortfall, roster_shortfall
from tests.reference.inputs import Values, cholesky, whole_up
from tests.reference.insurance import Indemnity, Policy
from tests.reference.macro import simulate_macro
from tests.reference.people import Staff, TenureProfile, tenure_profile
from tests.reference.quantiles import bounded_quantile
from tests.reference.risks import Event, Point
from tests.reference.simulation import assignments
from tests.reference.timeline import Ledger, Steps
from tests.reference.uniforms import PathUniforms, Uniforms, philox4x32_10, poisson_quantile
from tests.reference.vendors import Vendors

SCENARIO = """
name = "laboratory"

[practice]
providers = 50
users = 200
endpoints = 260
records = 90_000
revenue = 40_000_000

[horizon]
years = 4

[discounting]
rate = { dist = "uniform", low = 0.03, high = 0.08 }

[macro]
wage = { mean = 0.03, phi = 0.6, sd = 0.012, start = 0.05 }
price = { mean = 0.02, phi = 0.5, sd = 0.015 }
attrition = { phi = 0.6, sd = 0.2 }
wage_attrition = 0.8

[people]
benefits_load = { dist = "pert", low = 0.2, mode = 0.25, high = 0.35 }
tenure_breaks = [1, 2, 4]
tenure_factors = [1.4, 1.15, 0.9, 0.65]
announce = 2

[roles.technician]
pay = { dist = "lognormal", p50 = 60_000, p90 = 75_000 }
attrition_rate = { dist = "gamma", mean = 0.4, cv = 0.3 }
pay_dispersion = { dist = "lognormal", mean = 1, sd = 0.1 }
replacement_premium = 0.05
retention_raise = 0.01
retention_elasticity = 5
time_to_fill_days = { dist = "gamma", mean = 80, cv = { dist = "uniform", low = 0.4, high = 0.8 } }
unfillable_share = 0.05
ramp_months = { dist = "triangular", low = 1, mode = 3, high = 6 }
start_productivity = 0.4
recruiting_flat = 3_000
recruiting_share = 0.15
backfill_share = 0.5
backfill_multiple = 1.8
severance_weeks = 6
drift_sd = 0.01

[roles.manager]
pay = 120_000
attrition_rate = 0.3
time_to_fill_days = 120
severance_weeks = 4

[managers]
role = "manager"
span = 3
drift = 0.2
max_parallel_months = 5

[services.help_desk]
current = "inhouse"
coverage = { kind = "queue", posts = 4, hours_per_week = 40 }
gap_rate = 15

[services.help_desk.arrangements.inhouse]
seats = { technician = 4 }
lines = { tools = { component = "tools", driver = "user", amount = 3, period = "month" } }

[services.help_desk.arrangements.hybrid]
internal_share = 0.5
seats = { technician = 2 }
gap = 0.02
overlap = 0.1
oversight_fte = 0.2
oversight_role = "manager"
contracts = { msp = { per_user = 60, minimum_fee = 4_000, onboarding_fee = 9_000, access = 0.6 } }

[services.help_desk.arrangements.hybrid.transition]
cost = 20_000
overrun = { dist = "lognormal", mean = 1.2, sd = 0.4 }
dip = 0.1
dip_months = 2

[services.security]
current = "partner"
gap_rate = 2

[services.security.coverage]
kind = "presence"
posts = 1
hours_per_week = 168
planned_absence = 0.1
sickness = 0.03

[services.security.arrangements.partner]
contracts = { msp = { fixed_fee = 8_000, access = 0.5 } }
provides = ["monitoring"]

[services.security.arrangements.own]
seats = { technician = 6 }
transition = { cost = 10_000, handover_months = 1 }

[vendors.msp]
delivered = 0.95
term_months = 24
months_to_renewal = 9
renewal_jump = { dist = "uniform", low = 0, high = 0.1 }
escalator_cap = 0.05
onboarding_months = 2
notice_months = 3
exit_fee_share = 0.3
indemnity_share = 0.6
indemnity_months = 12
sla_credit_share = 0.1
failure = { rate = 0.3, months = 3, fee_jump = 0.1 }
acquisition = { rate = 0.3, months = 6, fee_jump = 0.08 }
switch = { rate = 0.3, months = 2 }

[risks.breach]
frequency = 0.4
frailty_shape = 2
size_exponent = 0.3
transition_multiple = 1.5
records = { dist = "lognormal", p50 = 5_000, p95 = 60_000 }
total = { dist = "lognormal", median = 200_000, sigma = 1 }

[risks.breach.effects.security]
frequency = [{ at = 0, multiple = 0.75 }, { at = 0.79, multiple = 1 }, { at = 1, multiple = 1.7 }]
severity = 1.3
factors = { own = 0.9 }

[risks.breach.losses]
response = { share = 0.6, insured = true }
notice = { severity = 8, per = "record", insured = true, trended = false }
suit = { probability = [{ above = 500, probability = 0.3 }], severity = 400_000, cap = 350_000 }
settlement = { requires = "suit", probability = 0.5, severity = 100_000, insured = true }

[risks.compromise]
frequency = 0.5
vendor = "msp"
service = "help_desk"
losses = { downtime = { severity = 150_000, insured = true, indemnified = true } }

[insurance]
premium = 50_000
premium_growth = { dist = "normal", mean = 0.05, sd = 0.02, truncate = [0, 0.2] }
retention = 25_000
limit = 500_000
aggregate_limit = 600_000
coinsurance = 0.1
sublimits = { breach = { notice = 100_000 } }
required_controls = ["monitoring"]
max_uncovered = { security = 0.5 }
unmet_denial = 0.5
unmet_refusal = 0.2
unmet_load = 0.3
unmet_sublimits = { breach = { notice = 0.5 } }

[strategies.hybrid]
services = { help_desk = "hybrid", security = "partner" }

[strategies.insource]
services = { help_desk = "inhouse", security = "own" }

[[correlations]]
between = ["discounting.rate", "people.benefits_load"]
rho = 0.5
"""

PATHS = range(40)


def make_scenario(**replaced):
    from hcrisk.scenario import Scenario

    return Scenario(**{**tomllib.loads(SCENARIO), **replaced})


@pytest.fixture(scope="module")
def scenario():
    return make_scenario()


@pytest.fixture(scope="module")
def result(scenario):
    return simulate_reference(scenario, seed=7, paths=PATHS)


def within(sample, expected, errors=4.5):
    """Whether the mean of a sample is as expected, up to standard errors."""
    sample = np.asarray(sample, dtype=float)
    return abs(sample.mean() - expected) < errors * sample.std(ddof=1) / math.sqrt(sample.size)


# -- uniforms and quantiles


@pytest.mark.parametrize(
    ("counter", "key", "words"),
    [
        ((0,) * 4, (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        (
            (0xFFFFFFFF,) * 4,
            (0xFFFFFFFF,) * 2,
            (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD),
        ),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_philox_known_answers(counter, key, words):
    assert philox4x32_10(counter, key) == words


def test_uniforms_are_uniform_and_depend_on_every_argument():
    uniforms = Uniforms(3)
    sample = [uniforms.uniform("a", path, 0) for path in range(2000)]
    assert stats.kstest(sample, "uniform").pvalue > 1e-3
    other = {
        uniforms.uniform("b", 0, 0),
        uniforms.uniform("a", 0, 1),
        Uniforms(4).uniform("a", 0, 0),
    }
    assert sample[0] not in other
    assert len(other) == 3


@pytest.mark.parametrize("mean", [0.02, 0.7, 3.0, 60.0])
def test_poisson_quantile_is_the_smallest_count_that_reaches_u(mean):
    for u in [2.0**-53, 0.1, 0.5, 0.9, 0.999999]:
        n = poisson_quantile(mean, u)
        assert stats.poisson.cdf(n, mean) >= u
        assert n == 0 or stats.poisson.cdf(n - 1, mean) < u


FAMILIES = [
    ("uniform", {"low": 2, "high": 5}, stats.uniform(2, 3)),
    ("triangular", {"low": 1, "mode": 2, "high": 6}, stats.triang(0.2, 1, 5)),
    ("normal", {"mean": 3, "sd": 2}, stats.norm(3, 2)),
    ("lognormal", {"mu": 1, "sigma": 0.5}, stats.lognorm(0.5, scale=math.e)),
    ("lognormal", {"median": 4, "sigma": 0.5}, stats.lognorm(0.5, scale=4)),
    ("gamma", {"shape": 2.5, "scale": 3}, stats.gamma(2.5, scale=3)),
    ("gamma", {"mean": 6, "cv": 0.5}, stats.gamma(4, scale=1.5)),
    ("beta", {"alpha": 2, "beta": 3, "low": 1, "high": 3}, stats.beta(2, 3, 1, 2)),
    ("pert", {"low": 0, "mode": 1, "high": 4, "gamma": 4}, stats.beta(2, 4, 0, 4)),
    ("weibull", {"shape": 1.5, "scale": 2}, stats.weibull_min(1.5, scale=2)),
    ("pareto", {"scale": 2, "alpha": 3}, stats.pareto(3, scale=2)),
    ("gpd", {"location": 1, "scale": 2, "shape": 0.3}, stats.genpareto(0.3, 1, 2)),
    ("gpd", {"location": 1, "scale": 2, "shape": 0}, stats.expon(1, 2)),
]


@pytest.mark.parametrize(("family", "parameters", "law"), FAMILIES)
def test_quantiles_agree_with_scipy(family, parameters, law):
    for u in [1e-6, 0.05, 0.3, 0.5, 0.8, 0.999]:
        found = bounded_quantile(family, parameters, None, None, u)
        assert found == pytest.approx(law.ppf(u), rel=1e-9)
    a, b = law.ppf(0.2), law.ppf(0.7)
    found = bounded_quantile(family, parameters, (a, b), None, 0.4)
    assert found == pytest.approx(law.ppf(0.4), rel=1e-9)
    assert bounded_quantile(family, parameters, None, (a, b), 0.9) == b


def test_moments_and_quantiles_give_back_what_was_stated():
    lognormal = stats.norm(0, 1)
    for q, x in [(0.05, 10.0), (0.95, 90.0)]:
        found = bounded_quantile("lognormal", {"p5": 10.0, "p95": 90.0}, None, None, q)
        assert found == pytest.approx(x)
    grid = lognormal.cdf(np.linspace(-8, 8, 4001))
    weights = np.diff(grid)
    middle = (grid[1:] + grid[:-1]) / 2
    for family, parameters in [
        ("lognormal", {"mean": 3.0, "sd": 1.0}),
        ("beta", {"mean": 3.0, "sd": 1.0, "low": 1.0, "high": 7.0}),
        ("gamma", {"mean": 3.0, "cv": 1 / 3}),
    ]:
        x = np.array([bounded_quantile(family, parameters, None, None, u) for u in middle])
        assert weights @ x == pytest.approx(3, rel=1e-3)
        assert math.sqrt(weights @ (x - 3) ** 2) == pytest.approx(1, rel=1e-2)


def test_discrete_and_truncation_at_an_atom():
    law = {"values": [3, 1, 2], "weights": [1, 2, 1]}
    assert [bounded_quantile("discrete", law, None, None, u) for u in (0.1, 0.6, 0.9)] == [1, 2, 3]
    assert [bounded_quantile("discrete", law, (2, 3), None, u) for u in (0.1, 0.9)] == [2, 3]


def test_mixture_of_truncated_components():
    # Uniform on [0, 1] with weight 3, Pareto above 1 cut at 2 with weight 1.
    parts = [
        {"dist": "uniform", "low": 0, "high": 1},
        {"dist": "pareto", "scale": 1, "alpha": 1, "truncate": (1, 2)},
    ]
    mixed = {"weights": [3, 1], "components": parts}
    for u, x in ((0.3, 0.4), (0.75, 1.0), (0.875, 4 / 3), (1.0, 2.0)):
        assert bounded_quantile("mixture", mixed, None, None, u) == pytest.approx(x, rel=1e-14)


def test_correlated_inputs_have_the_stated_rank_correlation(scenario):
    found = simulate_inputs(scenario, range(3000))
    rho = stats.spearmanr(found["discounting.rate"], found["people.benefits_load"]).statistic
    assert rho == pytest.approx(0.5, abs=0.06)


def simulate_inputs(scenario, paths):
    uniforms = Uniforms(1)
    rows = [Values(scenario, PathUniforms(uniforms, path)).inputs for path in paths]
    return {name: [row[name] for row in rows] for name in rows[0]}


def test_cholesky_of_a_singular_matrix():
    matrix = [[1.0, 1.0, 0.5], [1.0, 1.0, 0.5], [0.5, 0.5, 1.0]]
    factor = np.array(cholesky(matrix))
    assert factor @ factor.T == pytest.approx(np.array(matrix))
    assert whole_up(0.6000000000000001 / 0.2) == 3


# -- macro


def test_log_index_is_the_sum_of_an_ar1(scenario):
    uniforms = Uniforms(2)
    logs, levels = [], []
    for path in range(4000):
        macro = simulate_macro(Values(scenario, PathUniforms(uniforms, path)), 4)
        logs.append(math.log(macro.wage_index[3]))
        levels.append(macro.attrition[3])
    mean, phi, sd, start = 0.03, 0.6, 0.012, 0.05
    assert within(logs, 3 * mean + (start - mean) * (phi**2 + phi**3 + phi**4))
    # Innovation j enters g_2, g_3 and g_4 with phi^(y - j).
    shares = [sum(phi ** (y - j) for y in range(max(j, 2), 5)) for j in range(1, 5)]
    variance = sd**2 * sum(share**2 for share in shares)
    assert np.var(logs) == pytest.approx(variance, rel=0.12)
    assert within(levels, 1.0)


# -- people


def plain_staff(years=4, breaks=(), factors=(1.0,), path=0, uniforms=None, **role):
    """A practice with one role and nothing else, without macro noise."""
    entries = {
        "attrition_rate": 0.5,
        "retention_elasticity": 0.0,
        "retention_raise": 0.0,
        "unfillable_share": 0.0,
        "pay_dispersion": constant(1.0),
        "replacement_premium": 0.0,
        "ramp_months": constant(0.0),
        "start_productivity": 1.0,
        **role,
    }
    values = Values(
        SimpleNamespace(
            inputs=dict,
            readiness={},
            correlations=(),
            people=SimpleNamespace(tenure_breaks=breaks, tenure_factors=factors, announce=1.0),
            roles={"technician": SimpleNamespace(**entries)},
        ),
        PathUniforms(uniforms or Uniforms(5), path),
    )
    return Staff(values, SimpleNamespace(attrition=[1.0] * years), years)


def constant(value):
    return law("constant", value=value)


def law(family, **parameters):
    return SimpleNamespace(family=family, parameters=parameters, truncate=None, clip=None)


def test_availability_of_a_seat_with_exponential_times():
    h, f = 0.8, 0.25
    fill = law("gamma", shape=1.0, scale=f * 365)
    uniforms = Uniforms(5)
    times = [0.1, 0.5, 1.0, 3.5]
    filled = []
    for path in range(6000):
        staff = plain_staff(path=path, uniforms=uniforms, attrition_rate=h, time_to_fill_days=fill)
        stays = staff.life("seat/s/technician/0", "technician", incumbent=True, tenure=0.0).stays
        filled.append([any(s.start <= t < s.end for s in stays) for t in times])
    available = 1 / (1 + h * f)
    for column, t in zip(np.transpose(filled), times, strict=True):
        expected = available + (1 - available) * math.exp(-(h + 1 / f) * t)
        assert within(column, expected)


def test_equilibrium_incumbents_leave_at_the_long_run_rate():
    h, uniforms = 0.6, Uniforms(6)
    leavers = []
    for path in range(4000):
        staff = plain_staff(
            breaks=(1, 2, 4),
            factors=(1.4, 1.15, 0.9, 0.65),
            path=path,
            uniforms=uniforms,
            attrition_rate=h,
            time_to_fill_days=constant(0.0),
        )
        stays = staff.life("seat/s/technician/0", "technician", incumbent=True).stays
        leavers.append([sum(a <= s.end < a + 1 for s in stays) for a in range(4)])
    for year in np.transpose(leavers):
        assert within(year, h)


def test_tenure_profile_has_the_stated_mean_stay():
    people = SimpleNamespace(tenure_breaks=(1, 3), tenure_factors=(1.5, 1.0, 0.4))
    profile = tenure_profile(people, 0.35)
    ends = [*profile.starts[1:], math.inf]

    def survival(a):
        pieces = zip(profile.starts, ends, profile.rates, strict=True)
        return math.exp(-sum(rate * max(0.0, min(a, end) - start) for start, end, rate in pieces))

    mean = sum(
        integrate.quad(survival, start, end, epsabs=1e-13)[0]
        for start, end in zip(profile.starts, ends, strict=True)
    )
    assert mean == pytest.approx(1 / 0.35, rel=1e-10)
    for u in (0.05, 0.4, 0.99):
        a = profile.equilibrium_tenure(u)
        inner = [x for x in (1.0, 3.0) if x < a]
        area = integrate.quad(survival, 0, a, points=inner or None, epsabs=1e-13)[0]
        assert area * 0.35 == pytest.approx(u, rel=1e-9)


def test_ramp_has_the_mean_of_its_two_ends():
    staff = plain_staff(
        time_to_fill_days=constant(36.5),
        ramp_months=constant(6.0),
        start_productivity=0.4,
        attrition_rate=0.0,
    )
    (stay,) = staff.life("seat/s/technician/0", "technician", incumbent=False).stays
    ramp = Steps((t, p) for t, p in zip(stay.ramp_edges, stay.ramp_levels, strict=True))
    assert stay.start == pytest.approx(0.1)
    assert ramp.integral(stay.start, stay.start + 0.5) == pytest.approx(0.5 * 0.7)
    assert stay.productivity(stay.start + 0.5 + 1e-9) == 1.0


def test_unfillable_seats_stay_open():
    uniforms = Uniforms(8)
    never = []
    for path in range(3000):
        staff = plain_staff(
            path=path, uniforms=uniforms, unfillable_share=0.2, time_to_fill_days=constant(10.0)
        )
        never.append(not staff.life("seat/s/technician/0", "technician", incumbent=False).stays)
    assert within(never, 0.2)


def test_exponential_tenure_profile_is_memoryless():
    profile = TenureProfile([0.0], [0.5])
    assert profile.mean_stay() == pytest.approx(2)
    assert profile.equilibrium_tenure(0.5) == pytest.approx(2 * math.log(2))


# -- coverage


@pytest.mark.parametrize("posts", [1, 2, 3])
@pytest.mark.parametrize("m", range(7))
def test_roster_shortfall_by_enumeration(posts, m):
    sickness = 0.07
    total = 0.0
    for present in itertools.product([0, 1], repeat=m):
        probability = math.prod(1 - sickness if p else sickness for p in present)
        total += probability * max(posts - sum(present), 0)
    assert expected_shortfall(posts, m, sickness) == pytest.approx(total / posts)
    assert roster_shortfall(posts, float(m), sickness) == pytest.approx(total / posts)


def test_one_post_around_the_clock_with_fewer_than_one_on_duty():
    for m in (0.0, 0.3, 0.9):
        assert roster_shortfall(1, m, 0.04) == pytest.approx(1 - 0.96 * m)


def test_queue_shortfall():
    assert queue_shortfall(4, 3) == 0.25
    assert queue_shortfall(4, 5) == 0
    assert queue_shortfall(0, 0) == 0


def test_step_function_integral_against_a_fine_grid():
    rng = np.random.default_rng(0)
    edges = np.sort(rng.uniform(0, 3, 12))
    heights = dict(zip([0.0, *edges], rng.uniform(0, 1, 13), strict=True))
    steps = Steps(heights.items())
    grid = np.linspace(0.2, 2.7, 250_001)
    middle = (grid[1:] + grid[:-1]) / 2
    brute = np.mean([steps.at(t) for t in middle[::50]]) * 2.5
    assert steps.integral(0.2, 2.7) == pytest.approx(brute, rel=1e-2)


def test_ledger_splits_a_flow_at_year_starts_and_drops_what_is_too_late():
    ledger = Ledger(3)
    ledger.flow("s", "tools", 0.5, 9.0, lambda y: 100.0 * (y + 1))
    ledger.lump("s", "tools", 3.0, 1e9)
    ledger.lump("s", "tools", 2.0, 7.0)
    assert ledger.amounts["s", "tools"] == [50.0, 200.0, 307.0]


# -- vendors


def make_vendors(**vendor):
    none = SimpleNamespace(rate=0.0, months=constant(0.0), fee_jump=constant(0.0), delivered=0.5)
    table = SimpleNamespace(
        **{
            "delivered": 0.97,
            "term_months": 18.0,
            "months_to_renewal": None,
            "escalator_fixed": 0.1,
            "renewal_jump": constant(0.5),
            "failure": none,
            "acquisition": none,
            "switch": none,
            **vendor,
        }
    )
    scenario = SimpleNamespace(
        inputs=dict, correlations=(), readiness={}, vendors={"v": table}, services={}
    )
    return Vendors(Values(scenario, PathUniforms(Uniforms(1), 0)), SimpleNamespace(), 6)


def test_renewals_come_at_the_first_year_start_at_or_after_the_end_of_the_term():
    level = make_vendors().timeline("v").level
    # Terms end at 1.5, 3 and 4.5 years: jumps at 2, 3 and 5.
    jumps = [0, 1, 2, 2, 3]
    expected = [1.1 ** (y + 1) * 1.5**n for y, n in enumerate(jumps)]
    assert [level.at(y) for y in (1.0, 2.0, 3.0, 4.0, 5.0)] == pytest.approx(expected)
    assert make_vendors(term_months=0.0).timeline("v").level.at(5.5) == pytest.approx(1.1**5)


def test_a_failure_lowers_delivery_moves_the_term_and_raises_the_fee():
    failure = SimpleNamespace(rate=0.5, months=constant(4.0), fee_jump=constant(0.2), delivered=0.3)
    timeline = make_vendors(failure=failure, escalator_fixed=0.0).timeline("v")
    assert timeline.events
    for event in timeline.events:
        assert timeline.delivered.at(event.start) == 0.3
        assert timeline.delivered.at(min(event.end, 5.999)) in (0.3, 0.97)
        assert timeline.level.at(event.start) == pytest.approx(1.2 * event.level_before)
        assert timeline.months_left(event.start) == pytest.approx(18)
        assert event.end - event.start == pytest.approx(4 / 12)
        assert not timeline.owes_credit(event.start)


# -- events


def thinned_counts(multiple, paths):
    """Return counts over 4 years of a risk with rate 0.7 whose multiple is the same throughout."""
    entries = tomllib.loads(SCENARIO)
    entries["risks"] = {
        "outage": {
            "frequency": 0.7,
            "effects": {"security": {"factors": {"partner": multiple}}},
        }
    }
    for name in ("insurance", "strategies"):
        del entries[name]
    result = simulate_reference(make_scenario_of(entries), 9, paths)
    return result["events"][0, 0]


def make_scenario_of(entries):
    from hcrisk.scenario import Scenario

    return Scenario(**entries)


@pytest.mark.parametrize(("multiple", "kept"), [(0.4, 0.4), (2.5, 2.5), (7.0, 3.0)])
def test_thinned_events_are_poisson(multiple, kept):
    counts = thinned_counts(multiple, range(400))
    mean = 0.7 * kept * 4
    assert within(counts, mean)
    assert np.var(counts) == pytest.approx(mean, rel=0.35)


def test_a_higher_multiple_keeps_every_event_of_a_lower_one():
    low, high = thinned_counts(0.9, range(30)), thinned_counts(1.8, range(30))
    assert (high >= low).all()
    assert (high > low).any()


def make_policy(years=2, met=True, **rules):
    table = SimpleNamespace(
        **{
            "premium": SimpleNamespace(number=100.0, per_provider=False),
            "premium_growth": constant(0.1),
            "retention": 10.0,
            "limit": 50.0,
            "aggregate_limit": 80.0,
            "coinsurance": 0.2,
            "sublimits": {"breach": {"notice": 20.0}},
            "required_controls": (),
            "max_uncovered": {"security": 0.5},
            "unmet_denial": 0.0,
            "unmet_refusal": 0.0,
            "unmet_load": 0.5,
            "unmet_sublimits": {"breach": {"notice": 0.5}},
            **rules,
        }
    )
    scenario = SimpleNamespace(
        inputs=dict,
        readiness={},
        correlations=(),
        insurance=table,
        growth=PracticeGrowth(),
        practice=SimpleNamespace(controls=()),
    )
    run = SimpleNamespace(
        uncovered=Steps([(0.0, 0.1 if met else 0.9)]),
        in_force=lambda t: SimpleNamespace(provides=()),
    )
    values = Values(scenario, PathUniforms(Uniforms(1), 0))
    return Policy(values, {"security": run}, years)


def breach(t, **losses):
    return Event(Point(t, 0, 0, int(t) + 1, 0, "breach", "cell", 0.0), losses)


INSURED = SimpleNamespace(
    losses={
        "response": SimpleNamespace(insured=True),
        "notice": SimpleNamespace(insured=True),
        "fine": SimpleNamespace(insured=False),
    }
)


def test_insurance_layer_sublimit_coinsurance_and_aggregate():
    policy = make_policy()
    # 30 less 5 of indemnity, and 20 of the 90: 45, of which 10 are retained and a fifth shared.
    event = breach(0.2, response=30.0, notice=90.0, fine=1e6)
    assert policy.settle(INSURED, event, {"response": 5.0}) == pytest.approx(0.8 * 35)
    assert policy.settle(INSURED, breach(0.3, response=1e6), {}) == pytest.approx(0.8 * 50)
    assert policy.settle(INSURED, breach(0.4, response=1e6), {}) == pytest.approx(80 - 28 - 40)
    assert policy.settle(INSURED, breach(0.5, response=1e6), {}) == 0
    assert policy.settle(INSURED, breach(1.5, response=1e6), {}) == pytest.approx(40)
    assert policy.settle(INSURED, breach(1.6, response=9.0), {}) == 0


def test_unmet_conditions_load_the_premium_and_cut_the_sublimit():
    ledger = Ledger(2)
    policy = make_policy(met=False)
    policy.book_premiums(ledger)
    assert ledger.amounts["enterprise", "insurance_premium"] == pytest.approx([150, 165])
    paid = policy.settle(INSURED, breach(0.2, response=30.0, notice=90.0), {})
    assert paid == pytest.approx(0.8 * 30)
    refused = make_policy(met=False, unmet_refusal=1.0)
    refused.book_premiums(ledger)
    assert ledger.amounts["enterprise", "insurance_premium"] == pytest.approx([150, 165])
    assert refused.settle(INSURED, breach(0.2, response=1e6), {}) == 0
    denied = make_policy(met=False, unmet_denial=1.0)
    assert denied.settle(INSURED, breach(0.2, response=1e6), {}) == 0


def test_indemnity_is_capped_per_term_and_ends_with_the_first_failure():
    level, terms = Steps([(0.0, 1.0), (1.0, 2.0)]), Steps([(0.0, 0.0), (1.0, 1.0)])
    timeline = SimpleNamespace(level=level, term=terms, has_failed=lambda t: t >= 1.5)
    vendors = SimpleNamespace(timeline=lambda name: timeline)
    contract = SimpleNamespace(
        fixed_fee=10.0,
        minimum_fee=0.0,
        collections_share=SimpleNamespace(number=0.0),
        **{
            f"per_{name}": SimpleNamespace(number=0.0)
            for name in ("user", "endpoint", "provider", "site", "claim")
        },
    )
    size = SimpleNamespace(number=1.0, per_provider=False)
    scenario = SimpleNamespace(
        inputs=dict,
        readiness={},
        correlations=(),
        growth=PracticeGrowth(),
        practice=SimpleNamespace(
            providers=1.0, users=size, endpoints=size, sites=1.0, claims=size, revenue=size
        ),
        vendors={"v": SimpleNamespace(indemnity_share=0.5, indemnity_months=3.0)},
    )
    run = SimpleNamespace(in_force=lambda t: SimpleNamespace(contracts={"v": contract}))
    values = Values(scenario, PathUniforms(Uniforms(1), 0))
    indemnity = Indemnity(values, vendors, {"s": run})
    risk = SimpleNamespace(
        vendor="v",
        losses={
            "a": SimpleNamespace(indemnified=True),
            "b": SimpleNamespace(indemnified=True),
            "c": SimpleNamespace(indemnified=False),
        },
    )
    assert indemnity.settle(risk, breach(0.1, a=30.0, b=10.0, c=99.0)) == {"a": 15.0, "b": 5.0}
    assert sum(indemnity.settle(risk, breach(0.2, a=40.0)).values()) == 10
    assert sum(indemnity.settle(risk, breach(0.3, a=40.0)).values()) == 0
    assert sum(indemnity.settle(risk, breach(1.2, a=400.0)).values()) == 60
    assert indemnity.settle(risk, breach(1.6, a=1.0)) == {}


# -- the variables


def test_strategies_end_with_current(scenario, result):
    assert result["strategy"] == ["hybrid", "insource", "current"]
    assert list(assignments(scenario)) == result["strategy"]
    assert result["service"] == ["help_desk", "security", "enterprise"]


def test_npv_is_the_sum_over_years_components_and_services(result):
    npv = result["npv"]
    rate = result["input"][result["parameter"].index("discounting.rate")]
    factors = np.array([(1 + rate) ** -(y - 0.5) for y in result["year"]])
    np.testing.assert_allclose((result["cost"] * factors).sum(axis=1), npv, rtol=1e-12)
    np.testing.assert_allclose(result["component_npv"].sum(axis=1), npv, rtol=1e-12)
    np.testing.assert_allclose(result["service_npv"].sum(axis=1), npv, rtol=1e-12)


@pytest.mark.parametrize(
    "changes",
    [
        {"horizon.years": 1},
        {"roles.technician.time_to_fill_days": 0},
        {"roles.technician.attrition_rate": 0},
        {"roles.technician.unfillable_share": 0.9},
        {"services.security.arrangements.own.transition": {"max_parallel_months": 60}},
        {"services.security.arrangements.own.transition": {"max_parallel_months": 0}},
        {"vendors.msp.term_months": 0},
        {"managers.max_parallel_months": 0},
    ],
)
def test_edges_of_the_rules_keep_the_sums(scenario, changes):
    result = simulate_reference(scenario.replace(changes), seed=3, paths=range(8))
    assert np.isfinite(result["npv"]).all()
    np.testing.assert_allclose(result["service_npv"].sum(axis=1), result["npv"], rtol=1e-12)
    np.testing.assert_allclose(result["component_npv"].sum(axis=1), result["npv"], rtol=1e-12)


def test_everything_that_can_happen_happens(result):
    touched = np.abs(result["component_npv"]).sum(axis=(0, 2))
    without = {name for name, total in zip(result["component"], touched, strict=True) if total == 0}
    assert without == {"training", "projects"}
    assert (result["uncovered"] >= 0).all()
    assert (result["uncovered"] <= 1).all()
    assert result["departures"].sum() > 0


def test_the_spreadsheet_is_met_to_the_cent():
    from tests import test_spreadsheet as sheet

    result = simulate_reference(sheet.make_scenario(), seed=1, paths=range(3))
    for s, strategy in enumerate(result["strategy"]):
        rows = sheet.SHEETS[strategy]
        for c, component in enumerate(result["component"]):
            expected = sheet.present_value(rows.get(component, [0, 0, 0]))
            assert result["component_npv"][s, c] == pytest.approx(expected, abs=sheet.CENT)
        for y, expected in enumerate(sheet.totals(rows)):
            assert result["cost"][s, y] == pytest.approx(expected, abs=sheet.CENT)
        for i, expected in enumerate(sheet.UNCOVERED[strategy].values()):
            assert result["uncovered"][s, i] == pytest.approx(expected, abs=1e-12)


def test_a_path_does_not_depend_on_the_others(scenario, result):
    alone = simulate_reference(scenario, seed=7, paths=[13], strategies=["insource"])
    for name in ("npv", "cost", "events", "departures", "uncovered"):
        np.testing.assert_array_equal(alone[name][0, ..., 0], result[name][1, ..., 13])


def test_another_risk_moves_nothing_else(result):
    entries = tomllib.loads(SCENARIO)
    entries["risks"]["ransom"] = {"frequency": 0.5, "losses": {"sum": {"severity": 90_000}}}
    more = simulate_reference(make_scenario_of(entries), seed=7, paths=PATHS)
    np.testing.assert_array_equal(more["events"][:, :2], result["events"])
    ransom = more["component_npv"][:, -1]
    np.testing.assert_allclose(more["npv"] - ransom, result["npv"], rtol=1e-12)
