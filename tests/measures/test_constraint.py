"""Constraints on assignments: against enumeration by hand, and every refusal."""

import itertools

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

import hcrisk
from hcrisk.measures import best_assignment, feasible_assignments, service_choices

SERVICES = {"desk": ("own", "msp"), "security": ("own", "shared", "msp"), "data": ("own", "msp")}
LABELS = list(itertools.product(*SERVICES.values()))
NAMES = [" / ".join(each) for each in LABELS]
VENDORS = [len({("a" if name == "msp" else "b") for name in each} - {"b"}) for each in LABELS]


def result(seed=1, paths=200):
    rng = np.random.default_rng(seed)
    npv = rng.gamma(4, 2e6, (len(LABELS), paths)).round(-5)
    uncovered = rng.uniform(0, 0.2, (len(LABELS), 4, paths))
    uncovered[:, 3] = 0.0
    coords = {"strategy": NAMES, "service": [*SERVICES, "enterprise"]}
    for place, service in enumerate(SERVICES):
        coords[service] = ("strategy", [each[place] for each in LABELS])
    return xr.Dataset(
        {
            "npv": (("strategy", "path"), npv),
            "uncovered": (("strategy", "service", "path"), uncovered),
            "vendor_count": ("strategy", VENDORS),
        },
        coords,
        {"services": list(SERVICES)},
    )


def brute(ds, keeps):
    """Return the names a plain loop keeps."""
    found = []
    for i, label in enumerate(LABELS):
        held = dict(zip(SERVICES, label, strict=True))
        if keeps(held, ds["npv"].values[i], ds["uncovered"].values[i].mean(axis=1), VENDORS[i]):
            found.append(NAMES[i])
    return found


CASES = {
    "desk is own": lambda h, x, u, v: h["desk"] == "own",
    "security is own or shared": lambda h, x, u, v: h["security"] in ("own", "shared"),
    "security is not own or shared": lambda h, x, u, v: h["security"] == "msp",
    "desk same as security": lambda h, x, u, v: h["desk"] == h["security"],
    "vendors <= 0": lambda h, x, u, v: v == 0,
    "uncovered <= 10.4%": lambda h, x, u, v: max(u) <= 0.104,
    "security uncovered <= 0.1": lambda h, x, u, v: u[1] <= 0.1,
    "probability above 8M <= 0.45": lambda h, x, u, v: np.mean(x > 8e6) <= 0.45,
    "p95 <= 16_000_000": lambda h, x, u, v: np.quantile(x, 0.95) <= 16e6,
    "mean <= 8e6": lambda h, x, u, v: x.mean() <= 8e6,
    "tvar90 <= 17.5M": lambda h, x, u, v: np.sort(x)[180:].mean() <= 17.5e6,
}


@pytest.mark.parametrize("text", CASES)
def test_each_form_keeps_what_a_loop_keeps(text):
    ds = result()
    expected = brute(ds, CASES[text])
    assert feasible_assignments(ds, text)["strategy"].values.tolist() == expected
    assert 0 < len(expected) < len(NAMES)


@settings(max_examples=40)
@given(st.lists(st.sampled_from(sorted(CASES)), min_size=1, max_size=3), st.integers(0, 20))
def test_several_are_all_kept_and_the_best_is_that_of_a_loop(texts, seed):
    ds = result(seed)
    expected = brute(ds, lambda *of: all(CASES[text](*of) for text in texts))
    kept = feasible_assignments(ds, texts)
    assert kept["strategy"].values.tolist() == expected
    if not expected:
        with pytest.raises(ValueError, match="no combination of 12 keeps to "):
            best_assignment(ds, constraints=texts)
        return
    means = ds["npv"].sel(strategy=expected).mean("path")
    best = best_assignment(ds, constraints=texts)
    assert best["strategy"].values[0] == expected[int(means.values.argmin())]
    assert best.attrs["feasible"] == len(expected)
    choices = service_choices(ds, constraints=texts)
    for service in SERVICES:
        assert choices["chosen"].sel(service=service) == best[service].values[0]
        for name in SERVICES[service]:
            of = [i for i in expected if ds[service].sel(strategy=i) == name]
            least = means.sel(strategy=of).min() if of else np.nan
            found = choices["value"].sel(service=service, arrangement=name)
            np.testing.assert_allclose(found, least, rtol=1e-12)


def test_equal_to_the_bound_is_within_it():
    npv = np.array([[0.0] * 8 + [10.0] * 2, [4.0] * 10])
    ds = xr.Dataset({"npv": (("strategy", "path"), npv)}, {"strategy": ["a", "b"]})
    kept = [feasible_assignments(ds, text)["strategy"].values.tolist() for text in (
        "probability above 0 <= 20%", "probability above 3.9 <= 0.2", "mean <= 4", "p50 <= 0",
        "mean <= 1",
    )]  # fmt: skip
    assert kept == [["a"], ["a"], ["a", "b"], ["a"], []]
    assert best_assignment(ds, budget=1e-9, assurance=0.8)["strategy"].values.tolist() == ["a"]
    assert best_assignment(ds, budget=4, assurance=0.81)["strategy"].values.tolist() == ["b"]


def test_nothing_left_says_what_the_nearest_reaches():
    ds = result()
    means = ds["npv"].mean("path")
    least = f"{np.ceil(means.min().item() / 1e4) / 100:.2f}M"
    name = NAMES[int(means.values.argmin())]
    match = rf"^no combination of 12 keeps to 'mean <= 1': the least mean is {least}, by {name}; "
    # What is kept by some is not to blame.
    with pytest.raises(ValueError, match=match):
        best_assignment(ds, constraints=["desk is own", "mean <= 1"])
    assert feasible_assignments(ds, f"mean <= {least}").sizes["strategy"] == 1
    with pytest.raises(ValueError, match="has nothing along 'strategy'"):
        best_assignment(feasible_assignments(ds, "mean <= 1"))


def test_only_limits_that_contradict_each_other_are_named():
    own = [i for i, each in enumerate(LABELS) if each == ("own", "own", "own")]
    assert [VENDORS[i] for i in own] == [0]
    texts = ["data is own", "uncovered <= 50%", "desk is own", "security is own", "vendors >= 1"]
    with pytest.raises(ValueError, match="no combination of 12 keeps to ") as caught:
        best_assignment(result(), constraints=texts)
    message = str(caught.value)
    for text in texts:
        assert (f"{text!r} (kept by " in message) == ("uncovered" not in text)
    assert "the most vendors are 0, by own / own / own" in message
    with pytest.raises(ValueError, match=r"'vendors <= 0' \(kept by 2\) and 'vendors >= 1' \(kept"):
        best_assignment(result(), constraints=["vendors <= 0", "vendors >= 1"])


@settings(max_examples=40)
@given(st.lists(st.sampled_from([*CASES, "mean <= 1", "vendors >= 1", "p95 <= 9M"]), max_size=5))
def test_those_named_leave_none_and_dropping_any_leaves_some(texts):
    ds, texts = result(), list(dict.fromkeys(texts))
    if feasible_assignments(ds, texts).sizes["strategy"]:
        return
    with pytest.raises(ValueError, match="no combination of 12") as caught:
        best_assignment(ds, constraints=texts)
    named = [text for text in texts if repr(text) in str(caught.value)]
    alone = [text for text in texts if not feasible_assignments(ds, text).sizes["strategy"]]
    assert set(alone) <= set(named)
    together = [text for text in named if text not in alone]
    rest = [text for text in texts if text not in alone]
    assert bool(together) != bool(feasible_assignments(ds, rest).sizes["strategy"])
    if together:
        assert not feasible_assignments(ds, together).sizes["strategy"]
    for one in together:
        others = [text for text in together if text != one]
        assert feasible_assignments(ds, others).sizes["strategy"]


def test_all_that_leave_none_alone_are_named():
    npv = [[3.0, 5.0], [4.0, 4.5], [9.0, 1.0]]
    coords = {"strategy": ["a", "b", "c"], "desk": ("strategy", ["own", "own", "partner"])}
    ds = xr.Dataset({"npv": (("strategy", "path"), npv)}, coords, {"services": ["desk"]})
    with pytest.raises(ValueError, match="no combination of 3") as caught:
        best_assignment(ds, constraints=["p95 <= 1", "mean <= 2"])
    assert str(caught.value) == (
        "no combination of 3 keeps to 'p95 <= 1': the least P95 is 4.48, by b; nor to 'mean <= 2': "
        "the least mean is 4.00, by a; relax each to that, or leave it out"
    )
    limits = ["mean <= 2", "desk is partner", "desk is own"]
    with pytest.raises(
        ValueError, match=r"leave it out; and none to 'desk is partner' \(kept by 1"
    ):
        best_assignment(ds, constraints=limits)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("P95 <= $16M", "p95 <= 16_000_000"),
        ("p95<=16,000,000", "p95 <= 16_000_000"),
        ("p95 ≤ 16000 k", "p95 <= 16_000_000"),
        ("Mean =< USD 8M", "mean <= 8e6"),
        ("VENDORS <= 0", "vendors <= 0"),
        ("Desk IS Own", "desk is own"),
        ("security is own OR shared", "security is own or shared"),
        ("Probability above $8M <= 45%", "probability above 8M <= 0.45"),
        ("Security Uncovered <= 10%", "security uncovered <= 0.1"),
    ],
)
def test_ways_to_write_a_constraint(text, plain):
    ds = result()
    kept = [feasible_assignments(ds, each)["strategy"].values.tolist() for each in (text, plain)]
    assert kept[0] == kept[1] != []


def test_names_with_spaces_are_those_with_underscores():
    ds = result().rename(desk="help_desk").assign_attrs(services=["help_desk", "security", "data"])
    kept = feasible_assignments(ds, "Help desk is own")
    assert set(kept["help_desk"].values.tolist()) == {"own"}
    assert feasible_assignments(ds, "help-desk same as data").sizes["strategy"] == 6


@pytest.mark.parametrize("budget", [0, -1, np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("measure", [best_assignment, feasible_assignments, service_choices])
def test_a_budget_is_a_finite_amount_above_zero(measure, budget):
    with pytest.raises(ValueError, match=rf"budget must be a finite amount above 0, got {budget}"):
        measure(result(), budget=budget)
    with pytest.raises(TypeError, match="budget must be an amount, got '9M'"):
        measure(result(), budget="9M")


@given(st.integers(1, 60), st.integers(1, 99), st.integers(0, 10))
def test_the_least_budget_named_is_the_least_that_is_met(paths, percent, seed):
    values = np.random.default_rng(seed).integers(1, 50, (3, paths)).astype(float)
    ds = xr.Dataset({"npv": (("strategy", "path"), values)}, {"strategy": ["a", "b", "c"]})
    assurance = percent / 100
    # In whole numbers, so that nothing is rounded.
    met = [
        amount
        for amount in range(1, 51)
        if (100 * (values > amount).sum(axis=1) <= (100 - percent) * paths).any()
    ]
    kept = feasible_assignments(ds, budget=min(met), assurance=assurance)
    assert kept.sizes["strategy"] > 0
    below = min(met) - 0.5
    if below > 0:
        with pytest.raises(ValueError, match=rf"the least P{percent} is {min(met)}(\.0+)?, by "):
            best_assignment(ds, budget=below, assurance=assurance)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cheap", "must have one of the forms"),
        ("p95 < 3", "must have '<=' there, got '<'; write 'p95 <= 3'"),
        ("P95 >= 9M", "must have '<=' there, got '>='; write 'p95 <= 9M'"),
        ("vendors = 2", "must have '<=' or '>=' there, got '='"),
        ("vendor <= 2", "got 'vendor'; did you mean 'vendors'"),
        ("cost <= 9M", "must limit vendors, .* got 'cost'; choose one"),
        ("vendors <= 1.5", "whole number of vendors, .* got '1.5'; write 'vendors <= 1'"),
        ("vendors >= 1.5", "got '1.5'; write 'vendors >= 2'"),
        ("vendors <= -1", "got '-1'; write 'vendors <= 0'"),
        ("mean <= 9,5M", "must have an amount in USD there, got '9,5M'"),
        ("mean <= €9M", "must have an amount in USD there, got '€9M'"),
        ("mean <= nan", "must have an amount in USD there, got 'nan'"),
        ("mean <= inf", "must have an amount in USD there, got 'inf'"),
        ("dsk is own", "did you mean 'desk'"),
        ("desk is shared", "among msp, own, got 'shared'"),
        ("desk same as safety", "got 'safety'; choose one of them"),
        ("uncovered <= 5", "5 looks like a percentage; write 5%"),
        ("uncovered <= -1", "share from 0 to 1, got '-1'; write 5%"),
        ("dsk uncovered <= 5%", "did you mean 'desk'"),
        ("vendors <= two", "whole number of vendors, 0 or more, got 'two'"),
        ("probability above x <= 5%", "must have an amount in USD there, got 'x'"),
        ("p0 <= 3", "must be 'mean', or 'p' or 'tvar'"),
    ],
)
def test_what_cannot_be_read_is_refused(text, message):
    with pytest.raises(ValueError, match=message):
        feasible_assignments(result(), text)


def test_what_a_result_lacks_is_said():
    plain = result().drop_vars(["uncovered", "vendor_count"])
    with pytest.raises(ValueError, match=r"lacks; simulate with detail='default'"):
        feasible_assignments(plain, "uncovered <= 5%")
    with pytest.raises(ValueError, match=r"lacks; make it with hcrisk\.simulate_assignments"):
        feasible_assignments(plain, "vendors <= 2")
    with pytest.raises(ValueError, match="that simulate_assignments varied"):
        feasible_assignments(plain.drop_attrs(), "desk is own")
    with pytest.raises(TypeError, match="must be texts"):
        feasible_assignments(plain, [3])
    with pytest.raises(TypeError, match=r"must be texts, got None; .* or leave them out"):
        best_assignment(plain, constraints=None)


def test_vendors_are_counted_once_whatever_they_do():
    scenario = hcrisk.load("small-practice")
    ds = hcrisk.simulate_assignments(scenario, paths=1, detail="default")
    for name in ds["strategy"].values:
        mine = ds.sel(strategy=name)
        vendors = set()
        for service, stated in scenario.services.items():
            vendors |= set(stated.arrangements[mine[service].item()].contracts)
        assert mine["vendor_count"].item() == len(vendors)
    assert feasible_assignments(ds, "uncovered <= 100%").sizes == ds.sizes
