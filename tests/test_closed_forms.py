"""The simulation against closed forms, within four standard errors at up to a million paths."""

import itertools
import math

import numpy as np
import pytest
from scipy import integrate, stats

import hcrisk
from tests.builders import bare, exponential, one_risk, team
from tests.cases import case, cases
from tests.validation import assert_mean, assert_near, assert_variance

PATHS = 1_000_000
SEED = 1
DAYS = 365


def simulate(*layers, paths=PATHS, detail="default", **changes):
    scenario = bare(*layers, **changes)
    return hcrisk.simulate(scenario, paths=paths, seed=SEED, detail=detail, threads=2)


# -- seats: an alternating renewal process


SEATS = {
    entry["id"]: {
        "attrition_rate": entry["inputs"]["hazard_per_year"],
        "time_to_fill_days": exponential(entry["inputs"]["mean_time_to_fill_days"]),
    }
    for entry in cases("two_state_markov")
}
SEATS["vac-dettf-l0.25-t90"] = {"attrition_rate": 0.25, "time_to_fill_days": 90}
SEATS["vac-erlang2-l0.25-t90"] = {
    "attrition_rate": 0.25,
    "time_to_fill_days": {"dist": "gamma", "shape": 2, "scale": 45},
}


@pytest.mark.mechanism(
    "attrition",
    says="People leave at a rate, and their seats stand empty",
    fields=["roles.*.attrition_rate", "roles.*.time_to_fill_days"],
    shows=["departures", "uncovered"],
)
@pytest.mark.parametrize("years", [1, 5, 10])
def test_vacancy_and_departures_of_a_seat_filled_at_the_start(years):
    chosen = {
        id: role for id, role in SEATS.items() if case(id)["inputs"]["horizon_years"] == years
    }
    layers = [team(f"seat_{n}", **role) for n, role in enumerate(chosen.values())]
    ds = simulate(*layers, horizon__years=years).squeeze("strategy")
    for n, id in enumerate(chosen):
        expected = case(id)["expected"]
        vacant = ds["uncovered"].sel(service=f"seat_{n}").values
        assert_mean(vacant, expected["mean_vacant_fraction"], "vacant share", id)
        if "sd_vacant_fraction" in expected:
            mean, sd = expected["mean_vacant_fraction"], expected["sd_vacant_fraction"]
            assert_variance(vacant, mean, sd**2, "variance of it", id)
        if "expected_exits" in expected:
            departures = ds["departures"].sel(service=f"seat_{n}").values
            assert_mean(departures, expected["expected_exits"], "departures", id)


def test_vacancy_approaches_its_long_run_share_year_by_year():
    h, f = 0.8, 0.3
    role = {"attrition_rate": h, "time_to_fill_days": exponential(f * DAYS)}
    ds = simulate(team(**role), detail="totals", horizon__years=6, paths=500_000)
    available, speed = 1 / (1 + h * f), h + 1 / f
    for y, cost in enumerate(ds["cost"].squeeze("strategy").values):
        decay = (math.exp(-speed * y) - math.exp(-speed * (y + 1))) / speed
        assert_mean(cost, 1 - available - (1 - available) * decay, f"year {y + 1}")


@pytest.mark.parametrize("entry", cases("k_of_n_coverage"), ids=lambda entry: entry["id"])
def test_share_of_time_with_too_few_seats_filled(entry):
    """k posts uncovered less k - 1 posts uncovered by the same seats is whether k are missing."""
    inputs = entry["inputs"]
    n, k, years = inputs["n"], inputs["k"], inputs["horizon_years"]
    role = {
        "attrition_rate": inputs["hazard_per_year"],
        "time_to_fill_days": exponential(inputs["mean_time_to_fill_days"]),
    }
    fewer = {"seats": {"clerk": n}, "posts": k - 1}
    moved = {
        "services": {"clerk": {"arrangements": {"fewer": fewer}}},
        "strategies": {"lean": {"services": {"clerk": "fewer", "desk": "none"}}},
    }
    paths = min(PATHS // 2, 4_000_000 // (n * years))
    ds = simulate(team(seats=n, posts=k, **role), moved, horizon__years=years, paths=paths)
    uncovered = ds["uncovered"].sel(service="clerk")
    missing = k * uncovered.sel(strategy="current") - (k - 1) * uncovered.sel(strategy="lean")
    expected = entry["expected"]["mean_fraction_time_below_k"]
    assert_mean(missing.values, expected, "share of time", entry["id"])


PROFILE = {"people__tenure_breaks": [1, 2, 4], "people__tenure_factors": [1.4, 1.15, 0.9, 0.65]}
FILLS = {
    "constant": 73,
    "lognormal": {"dist": "lognormal", "mean": 73, "sd": 60},
    "weibull": {"dist": "weibull", "shape": 0.7, "scale": 73 / math.gamma(1 + 1 / 0.7)},
    "discrete": {"dist": "discrete", "values": [20, 200], "weights": [127, 53]},
}


@pytest.mark.parametrize("fill", FILLS)
def test_long_run_vacancy_whatever_the_time_to_fill_and_tenure_profile(fill):
    h, f = 0.8, 73 / DAYS
    role = team(attrition_rate=h, time_to_fill_days=FILLS[fill])
    ds = simulate(role, detail="totals", horizon__years=24, paths=60_000, **PROFILE)
    late = ds["cost"].squeeze("strategy").sel(year=slice(13, None)).mean("year").values
    assert_mean(late, h * f / (1 + h * f), "vacant share")


def test_incumbents_in_equilibrium_leave_at_the_long_run_rate_from_the_start():
    h = 0.6
    # Seats are filled at once, and each start costs 1.
    role = team(attrition_rate=h, recruiting_flat=1)
    ds = simulate(role, detail="totals", horizon__years=5, paths=500_000, **PROFILE)
    for y, starts in enumerate(ds["cost"].squeeze("strategy").values, start=1):
        assert_mean(starts, h, f"departures in year {y}")


@pytest.mark.mechanism(
    "tenure",
    says="Newcomers leave more often than those who have been there for years",
    fields=["people.tenure_breaks", "people.tenure_factors", "services.*.arrangements.*.seats"],
    shows=["departures"],
)
def test_incumbents_of_known_tenure_leave_by_their_hazard():
    h, tenure = 0.4, 3.5
    role = team(attrition_rate=h, recruiting_flat=1)
    role["services"]["clerk"]["arrangements"]["own"]["seats"]["clerk"] = {
        "count": 1,
        "tenure_years": tenure,
    }
    role["roles"]["clerk"]["time_to_fill_days"] = 999
    ds = simulate(role, horizon__years=1, paths=500_000, **PROFILE)
    breaks, factors = [1, 2, 4], [1.4, 1.15, 0.9, 0.65]
    k = hazard_scale(h, breaks, factors)
    hazard = k * (0.5 * 0.9 + 0.5 * 0.65)
    departures = ds["departures"].sel(service="clerk").squeeze("strategy").values
    assert_mean(departures, 1 - math.exp(-hazard), "departures")


def hazard_scale(h, breaks, factors):
    """The k at which the mean stay is 1 / h, by bisection of numerical integrals."""
    edges = [0, *breaks, 400]

    def mean_stay(k):
        def survival(a):
            inside = zip(itertools.pairwise([0, *breaks, math.inf]), factors, strict=True)
            return math.exp(-k * sum(c * max(0, min(a, hi) - lo) for (lo, hi), c in inside))

        return sum(integrate.quad(survival, a, b)[0] for a, b in itertools.pairwise(edges))

    low, high = 0.1 * h, 10 * h
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if mean_stay(middle) > 1 / h else (low, middle)
    return (low + high) / 2


@pytest.mark.mechanism(
    "labour_market",
    says="In some years everybody leaves more often",
    fields=["macro.attrition.phi", "macro.attrition.sd", "macro.attrition.start"],
    shows=["departures"],
)
def test_attrition_follows_the_level_of_its_macro_path():
    h, phi, sd, start = 0.5, 0.7, 0.3, 0.4
    role = team(attrition_rate=h, recruiting_flat=1)
    macro = {"macro": {"attrition": {"phi": phi, "sd": sd, "start": start}}}
    ds = simulate(role, macro, detail="totals", horizon__years=4, paths=500_000)
    for y, starts in enumerate(ds["cost"].squeeze("strategy").values, start=1):
        assert_mean(starts, h * math.exp(phi**y * start), f"departures in year {y}")


@pytest.mark.mechanism(
    "unfillable",
    says="Some openings are never filled",
    fields=["roles.*.unfillable_share"],
    shows=["uncovered"],
)
def test_unfillable_seats_stay_empty():
    h, share, years = 1.5, 0.3, 4
    role = team(attrition_rate=h, unfillable_share=share)
    ds = simulate(role, horizon__years=years, paths=400_000).squeeze("strategy")
    # Filled at once, or never: the seat is lost at rate h share.
    rate = h * share
    filled = (1 - math.exp(-rate * years)) / rate
    assert_mean(ds["uncovered"].sel(service="clerk").values, 1 - filled / years, "vacant share")
    assert_mean(ds["departures"].sel(service="clerk").values, h * filled, "departures")


@pytest.mark.mechanism(
    "ramp",
    says="A newcomer needs months to be fully productive",
    fields=["roles.*.ramp_months", "roles.*.start_productivity"],
    shows=["uncovered"],
)
def test_ramp_costs_what_newcomers_do_not_do_yet():
    entry = case("vac-ramp-l0.2-R180")
    h, f, ramp = 0.2, 90 / DAYS, 180 / DAYS
    p0 = entry["inputs"]["start_productivity"]
    cycles = 1 / (1 / h + f)
    steps = [(1 - p0) * (1 - (i + 0.5) / 8) for i in range(8)]
    survived = [math.exp(-h * ramp * i / 8) for i in range(9)]
    loss = cycles * sum(
        step * (a - b) / h for step, (a, b) in zip(steps, itertools.pairwise(survived), strict=True)
    )
    # A straight line and its eight steps differ by a part of a step.
    ramp_loss = entry["expected"]["stationary_ramp_loss_per_seat"]
    assert_near(loss, ramp_loss, "loss per seat by eight steps", entry["id"], rel=2e-3)
    role = team(
        attrition_rate=h,
        time_to_fill_days=exponential(90),
        ramp_months=12 * ramp,
        start_productivity=p0,
    )
    ds = simulate(role, detail="totals", horizon__years=30, paths=100_000)
    late = ds["cost"].squeeze("strategy").sel(year=slice(21, None)).mean("year").values
    lost = entry["expected"]["stationary_vacant"] + loss
    assert_mean(late, lost, "vacant share and loss", entry["id"])


# -- coverage: who must be there


@pytest.mark.mechanism(
    "sick_leave",
    says="Somebody must be there, and people fall ill",
    fields=["services.*.coverage.kind", "services.*.coverage.sickness"],
    shows=["uncovered"],
)
@pytest.mark.parametrize("posts", [1, 2, 3])
@pytest.mark.parametrize("seats", [0, 1, 2, 3, 4, 7, 12])
def test_presence_is_the_expected_shortfall_by_enumeration(posts, seats):
    absence, sickness, hours = 0.1, 0.06, 60
    (uncovered,) = presence(posts, seats, absence, sickness, hours)
    m = 40 * (1 - absence) * seats / hours
    low, part = int(m), m - int(m)
    expected = (1 - part) * shortfall(posts, low, sickness)
    expected += part * shortfall(posts, low + 1, sickness)
    assert_near(uncovered, expected, "uncovered share", rel=1e-12, abs=1e-15)


def shortfall(posts, rostered, sickness):
    """Over every way in which each of those rostered is or is not sick."""
    total = 0.0
    for well in itertools.product((False, True), repeat=rostered):
        chance = math.prod(1 - sickness if one else sickness for one in well)
        total += chance * max(posts - sum(well), 0) / posts
    return total


@pytest.mark.parametrize("seats", [1, 2, 3, 4])
def test_one_post_around_the_clock_is_covered_by_those_who_are_there(seats):
    absence, sickness = 0.12, 0.03
    (uncovered,) = presence(1, seats, absence, sickness, 168)
    m = 40 * (1 - absence) * seats / 168
    assert m < 1
    assert_near(uncovered, 1 - m * (1 - sickness), "uncovered share", rel=1e-12)


@pytest.mark.mechanism(
    "round_the_clock",
    says="A post around the clock needs several people, for hours, leave and holidays",
    fields=[
        "services.*.coverage.hours_per_week",
        "services.*.coverage.planned_absence",
        "people.hours_per_week",
    ],
    shows=["uncovered"],
)
@pytest.mark.parametrize("shrinkage", [0, 0.1, 0.15, 0.25])
def test_one_post_around_the_clock_needs_relief(shrinkage):
    inputs, expected = (case("cov-24x7-relief")[key] for key in ("inputs", "expected"))
    people = expected["fte_per_post"][inputs["shrinkage"].index(shrinkage)]
    for fte, covered in ((0.99 * people, False), (1.000001 * people, True)):
        (uncovered,) = presence(1, 6, shrinkage, 0, 168, fte=fte / 6)
        assert bool(uncovered < 1e-12) == covered


def presence(posts, seats, absence, sickness, hours, **role):
    layer = team(seats=max(seats, 1), **role)
    service = layer["services"]["clerk"]
    service["arrangements"]["own"]["seats"]["clerk"] = seats
    service["coverage"] = {
        "kind": "presence",
        "posts": posts,
        "hours_per_week": hours,
        "planned_absence": absence,
        "sickness": sickness,
    }
    ds = simulate(layer, paths=1)
    return ds["uncovered"].sel(service="clerk").squeeze("strategy").values


# -- indices


@pytest.mark.mechanism(
    "wages_and_prices",
    says="Wages and prices grow by a rate that wanders around its mean",
    fields=[
        "macro.wage.phi",
        "macro.wage.sd",
        "macro.wage.start",
        "macro.price.mean",
        "macro.price.phi",
        "macro.price.sd",
        "macro.price.start",
    ],
    shows=["wage_index", "price_index"],
)
@pytest.mark.parametrize(
    ("mean", "phi", "sd", "start"),
    [(0.03, 0.6, 0.012, 0.045), (0.04, 0.4, 0.02, 0.02), (0.035, 0.0, 0.015, 0.035)],
)
def test_indices_are_lognormal_sums_of_an_autoregression(mean, phi, sd, start):
    macro = {"mean": mean, "phi": phi, "sd": sd, "start": start}
    ds = simulate(
        {"macro": {"wage": macro, "price": macro, "wage_price": 0.6}},
        detail="totals",
        horizon__years=10,
        paths=400_000,
    )
    for name in ("wage_index", "price_index"):
        assert (ds[name].sel(year=1) == 1).all()
    for y in (2, 5, 10):
        m = (y - 1) * mean + (start - mean) * sum(phi**j for j in range(2, y + 1))
        # Innovation j enters g_2 to g_y with phi^(i - j).
        shares = [sum(phi ** (i - j) for i in range(max(j, 2), y + 1)) for j in range(1, y + 1)]
        variance = sd**2 * sum(share**2 for share in shares)
        logs = [np.log(ds[name].sel(year=y).values) for name in ("wage_index", "price_index")]
        for log in logs:
            assert_mean(log, m, f"year {y}: mean log")
            assert_variance(log, m, variance, f"year {y}: variance of the log")
            assert_mean(np.exp(log), math.exp(m + variance / 2), f"year {y}: mean index")
        covariance = (logs[0] - m) * (logs[1] - m)
        assert_mean(covariance, 0.6 * variance, f"year {y}: covariance of the logs")
        assert stats.kstest((logs[0] - m) / math.sqrt(variance), "norm").pvalue > 1e-4


def test_index_without_memory_is_that_of_the_reference_case():
    entry = case("ar1-phi0.0-T10-x0.035")
    inputs, expected = entry["inputs"], entry["expected"]
    price = {"mean": inputs["mu"], "phi": inputs["phi"], "sd": inputs["sigma"]}
    # The case's index of its first year is ours of the second.
    ds = simulate({"macro": {"price": price}}, detail="totals", horizon__years=11, paths=500_000)
    means = expected["mean_index_each_year"]
    for y, (index, mean) in enumerate(zip(ds["price_index"].values[1:], means, strict=True)):
        assert_mean(index, mean, f"mean index after {y + 1} years", entry["id"])
    last, sd = ds["price_index"].values[10], expected["sd_index"]
    assert_variance(last, expected["mean_index"], sd**2, "variance after 10 years", entry["id"])


# -- discounting


@pytest.mark.mechanism(
    "discounting",
    says="Later costs count for less",
    fields=["discounting.rate", "discounting.timing"],
    shows=["npv"],
)
@pytest.mark.parametrize(("timing", "key"), [("mid", "mid_year"), ("end", "end_year")])
def test_growing_annuity_is_discounted(timing, key):
    entry = case("pv-annuity")
    rate, growth, years = (entry["inputs"][name] for name in ("rate", "growth", "T"))
    # The case's cost at the end of a year has grown during it.
    amount = 1 + growth if timing == "end" else 1
    ds = simulate(
        {
            "discounting": {"rate": rate, "timing": timing},
            "macro": {"price": {"mean": math.log(1 + growth), "phi": 0, "sd": 0}},
            "lines": {"rent": {"component": "tools", "amount": amount}},
        },
        paths=1,
        horizon__years=years,
    )
    assert_near(ds["npv"].item(), entry["expected"][key], "present value", entry["id"], rel=1e-12)


@pytest.mark.parametrize(("timing", "key"), [("mid", "mid_year"), ("end", "end_of_year")])
def test_compound_losses_are_discounted(timing, key):
    entry = case("pvcp-0.25-10-0.05")
    inputs = entry["inputs"]
    severity = {"dist": "lognormal", "median": inputs["median"], "sigma": inputs["sigma"]}
    ds = simulate(
        one_risk(inputs["rate"], severity),
        {"discounting": {"rate": inputs["annual_discount"], "timing": timing}},
        detail="totals",
        horizon__years=inputs["years"],
    )
    expected = entry["expected"][key]["mean"]
    assert_mean(ds["npv"].squeeze("strategy").values, expected, "present value", entry["id"])


# -- risks


@pytest.mark.mechanism(
    "incidents",
    says="A risk is a table of the file: how often, and what it costs",
    fields=["risks.*.frequency", "risks.*.losses.*.severity"],
    shows=["<risk>", "events"],
)
def test_compound_poisson_mean_and_variance():
    rate, shape, scale, years = 1.7, 2.5, 3.0, 3
    law = {"dist": "gamma", "shape": shape, "scale": scale}
    ds = simulate(one_risk(rate, law), horizon__years=years).squeeze("strategy")
    total = ds["npv"].values
    mean = rate * years * shape * scale
    assert_mean(total, mean, "mean loss")
    assert_variance(total, mean, rate * years * shape * (shape + 1) * scale**2, "variance of it")
    counts = ds["events"].squeeze("risk").values
    poisson = stats.poisson(rate * years)
    assert_variance(counts, rate * years, rate * years, "variance of the count")
    for n in range(14):
        assert_mean(counts == n, poisson.pmf(n), f"chance of {n} events")


@pytest.mark.parametrize("shape", [0.5, 3.0])
def test_frailty_makes_counts_negative_binomial_over_the_whole_horizon(shape):
    rate, years = 0.6, 4
    ds = simulate(one_risk(rate, 1, frailty_shape=shape), horizon__years=years)
    counts = ds["events"].squeeze().values
    mean = rate * years
    assert_mean(counts, mean, "mean count")
    assert_variance(counts, mean, mean + mean**2 / shape, "variance of the count")
    law = stats.nbinom(shape, shape / (shape + mean))
    for n in range(12):
        assert_mean(counts == n, law.pmf(n), f"chance of {n} events")


@pytest.mark.mechanism(
    "rate_by_uncovered",
    says="Incidents are more frequent while a service is uncovered",
    fields=["risks.*.effects.*.frequency"],
    shows=["events"],
)
@pytest.mark.parametrize("kappa", [0.3, 2.5])
def test_expected_events_are_the_integral_of_the_rate(kappa):
    rate, years, h, f = 2.0, 3, 0.7, 0.25
    role = team(seats=1, attrition_rate=h, time_to_fill_days=exponential(f * DAYS))
    effects = {"clerk": {"frequency": kappa}}
    ds = simulate(role, one_risk(rate, 1, effects=effects), horizon__years=years, paths=500_000)
    ds = ds.squeeze("strategy")
    vacant = ds["uncovered"].sel(service="clerk").values
    events = ds["events"].squeeze("risk").values
    # Path by path events differ from the integral by a martingale.
    compensated = events - rate * years * (1 + (kappa - 1) * vacant)
    assert_mean(compensated, 0, "events less the integral of their rate")
    available, speed = 1 / (1 + h * f), h + 1 / f
    mean = (1 - available) * (years - (1 - math.exp(-speed * years)) / speed) / years
    assert_mean(events, rate * years * (1 + (kappa - 1) * mean), "events")


@pytest.mark.mechanism(
    "factors",
    says="Incidents are more or less frequent under one arrangement than under another",
    fields=["risks.*.effects.*.factors", "risks.*.max_multiple"],
    shows=["events"],
)
def test_multiple_is_capped_and_factors_belong_to_arrangements():
    rate = 0.5
    risk = one_risk(
        rate,
        1,
        max_multiple=2.5,
        effects={"desk": {"frequency": 6, "factors": {"none": 0.9, "half": 0.4}}},
    )
    half = {"internal_share": 0, "gap": 0.5, "contracts": {"agency": {}}}
    moved = {
        "vendors": {"agency": {"delivered": 1}},
        "services": {"desk": {"arrangements": {"half": half}}},
        "strategies": {"half": {"services": {"desk": "half"}}},
    }
    events = simulate(risk, moved)["events"].squeeze("risk")
    # Uncovered altogether: 0.9 times 6, cut to 2.5. Half of it: 0.4 times 3.5.
    assert_mean(events.sel(strategy="current").values, rate * 2.5, "events, uncovered")
    assert_mean(events.sel(strategy="half").values, rate * 0.4 * 3.5, "events, half covered")


@pytest.mark.mechanism(
    "risk_by_size",
    says="A larger practice has more incidents",
    fields=["risks.*.size_exponent", "risks.*.reference_providers", "practice.providers"],
    shows=["events"],
)
@pytest.mark.mechanism(
    "risk_of_change",
    says="Incidents are more frequent during a change",
    fields=["risks.*.transition_multiple"],
    shows=["events"],
)
def test_rate_is_scaled_by_size_and_multiplied_during_a_change():
    rate, trans, years = 0.8, 2.5, 2
    risk = one_risk(
        rate,
        1,
        transition_multiple=trans,
        reference_providers=200,
        size_exponent=0.5,
        effects={"desk": {"frequency": 1}},
    )
    moved = {
        "vendors": {"agency": {"delivered": 1}},
        "services": {"desk": {"arrangements": {"agency": {"contracts": {"agency": {}}}}}},
        "strategies": {"moved": {"services": {"desk": "agency"}}},
    }
    events = simulate(risk, moved, horizon__years=years, paths=500_000)["events"].squeeze("risk")
    scaled = rate * 0.25**0.5
    assert_mean(events.sel(strategy="current").values, scaled * years, "events without a change")
    during = scaled * (years + (trans - 1) * 90 / DAYS)
    assert_mean(events.sel(strategy="moved").values, during, "events with a change")


@pytest.mark.mechanism(
    "vendor_compromise",
    says="A vendor is broken into, and the practice through it, by each service it serves",
    fields=["risks.*.vendor", "services.*.arrangements.*.contracts.*.access"],
    shows=["events"],
)
def test_compromise_of_a_vendor_is_scaled_by_exposure():
    rate, accesses = 1.5, (0.4, 0.7)
    contract = [{"contracts": {"agency": {"access": access}}} for access in accesses]
    coverage = {"kind": "queue", "posts": 1, "hours_per_week": 40}
    ds = simulate(
        one_risk(rate, 1, vendor="agency"),
        {
            "vendors": {"agency": {"delivered": 1}},
            "services": {
                name: {"current": "agency", "coverage": coverage, "arrangements": {"agency": one}}
                for name, one in zip(("front", "back"), contract, strict=True)
            },
        },
    )
    exposure = 1 - (1 - accesses[0]) * (1 - accesses[1])
    assert_mean(ds["events"].squeeze().values, rate * exposure, "events")


def test_all_strategies_have_the_same_events_when_nothing_about_them_matters():
    role = team(seats=2, attrition_rate=1, time_to_fill_days=60)
    moved = {
        "vendors": {"agency": {"failure": {"rate": 1, "months": 3}}},
        "services": {"clerk": {"arrangements": {"agency": {"contracts": {"agency": {}}}}}},
        "strategies": {"moved": {"services": {"clerk": "agency", "desk": "none"}}},
    }
    risk = one_risk(3, exponential(1), effects={"clerk": {"frequency": 1}}, frailty_shape=1)
    ds = simulate(role, moved, risk, horizon__years=4, paths=20_000)
    for name, component in (("events", None), ("component_npv", "breach")):
        values = ds[name] if component is None else ds[name].sel(component=component)
        own, other = (values.sel(strategy=name).values for name in ("current", "moved"))
        np.testing.assert_array_equal(own, other)
        assert own.any()


# -- vendors


@pytest.mark.mechanism(
    "vendor_failure",
    says="A vendor fails: little is delivered until it is replaced, at the cost of another change",
    fields=["vendors.*.failure.rate", "vendors.*.failure.months", "vendors.*.failure.delivered"],
    shows=["uncovered", "transition"],
)
def test_renewal_process_of_vendor_failures():
    """While a vendor fails nothing is delivered: the seat's formula, with another clock."""
    rate, months, years = 0.6, 5, 5
    agency = {"delivered": 1, "failure": {"rate": rate, "months": exponential(months)}}
    agency["failure"]["delivered"] = 0
    desk = {
        "current": "agency",
        "coverage": {"kind": "queue", "posts": 1, "hours_per_week": 40},
        "arrangements": {"agency": {"contracts": {"agency": {}}, "transition": {"cost": 1}}},
    }
    ds = simulate(
        {"vendors": {"agency": agency}, "services": {"front": desk}},
        horizon__years=years,
        paths=300_000,
    ).squeeze("strategy")
    available, speed = 1 / (1 + rate * months / 12), rate + 12 / months
    settling = (1 - math.exp(-speed * years)) / speed
    failing = (1 - available) * (years - settling)
    assert_mean(ds["uncovered"].sel(service="front").values, failing / years, "failing share")
    # Each failure costs another transition.
    failures = ds["component_npv"].sel(component="transition").values
    assert_mean(failures, rate * (years - failing), "failures")
