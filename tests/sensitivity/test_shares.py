import math

import pytest

import hcrisk
from hcrisk import total_effects, variance_split
from hcrisk.exceptions import PrecisionWarning, ScenarioError
from tests.builders import bare, dotted
from tests.cases import case
from tests.validation import assert_all_near

PATHS = 20_000
# Normal in all that matters: a line may not cost less than nothing.
NORMAL = {"dist": "normal", "mean": 1000, "truncate": [0, 2000]}


def line(amount):
    return {"driver": "flat", "amount": amount, "index": "none", "component": "tools"}


def lines(**amounts):
    return {"lines": {name: line(amount) for name, amount in amounts.items()}}


def linear(correlations=()):
    """3 x1 + 2 x2 + x3 of independent normals, as three yearly amounts."""
    amounts = {f"x{i + 1}": NORMAL | {"sd": sd} for i, sd in enumerate((3, 2, 1))}
    return bare(lines(**amounts), {"correlations": list(correlations)})


def compound():
    """Poisson events of 100 each at an uncertain rate: chance and ignorance, both known."""
    rate = {"dist": "gamma", "shape": 4, "scale": 0.5}
    form = {"severity": 100, "trended": False, "insured": False}
    return bare({"risks": {"theft": {"frequency": rate, "losses": {"sum": form}}}})


def product():
    """Rate times amount, both uncertain, of an event: E[Y|X] = rate * amount."""
    rate = {"dist": "gamma", "shape": 4, "scale": 0.5}
    cost = {"dist": "uniform", "low": 50, "high": 150}
    form = {"severity": 1, "unit_cost": cost, "trended": False, "insured": False}
    return bare({"risks": {"theft": {"frequency": rate, "losses": {"sum": form}}}})


def holds(found, truth):
    return bool(found["lower"] <= truth <= found["upper"])


def test_split__poisson_at_an_uncertain_rate():
    """Var(E) = c^2 Var(rate), E(Var) = c^2 E[rate]: rate 2 with variance 1 gives 1/3."""
    found = variance_split(compound(), "current", paths=PATHS, confidence=0.999)
    assert holds(found, 1 / 3)
    assert found["upper"] - found["lower"] < 0.08
    assert found["sd"].item() == pytest.approx(100 * math.sqrt(3), rel=0.03)
    assert found["sd_inputs"] ** 2 + found["sd_chance"] ** 2 == pytest.approx(found["sd"] ** 2)


def test_split__inputs_alone_and_chance_alone():
    alone = variance_split(linear(), "current", paths=500)
    assert [alone[name].item() for name in ("value", "lower", "upper")] == pytest.approx([1] * 3)
    certain = compound().replace({"risks.theft.frequency": 2.0})
    chance = variance_split(certain, "current", paths=5_000, confidence=0.999)
    assert chance["lower"] == 0 < chance["upper"] < 0.1


def test_split__holds_under_correlation():
    """Inputs that move together are frozen together: the sum of two has all its variance."""
    both = [{"between": ["lines.x1.amount", "lines.x2.amount"], "rho": 0.7}]
    found = variance_split(linear(both), "current", paths=500)
    assert found["value"].item() == pytest.approx(1)


def test_split__where_nothing_varies():
    found = variance_split(bare(lines(x=1000.0)), "current", paths=100)
    for name in ("value", "lower", "upper", "sd", "sd_inputs", "sd_chance"):
        assert found[name] == 0


def test_split__of_a_difference():
    """What both strategies have falls out of their difference, and its variance with it."""
    layer = {
        "lines": {"x": line(NORMAL | {"sd": 300})},
        "services": {"desk": {"arrangements": {"rented": {"unfunded": True, "lines": {"fee": {
            "driver": "flat", "component": "tools", "index": "none", "amount": 10}}}}}},
        "strategies": {"rent": {"services": {"desk": "rented"}},
                       "stay": {"services": {"desk": "none"}}},
    }  # fmt: skip
    scenario = bare(layer)
    alone = variance_split(scenario, "rent", paths=200)
    assert alone["sd"] > 200
    between = variance_split(scenario, "rent", baseline="stay", paths=200)
    assert between["sd"].item() == pytest.approx(0, abs=1e-9)
    assert between["value"] == 0


def test_total__linear_is_first_order():
    truth = case("sobol-linear")["expected"]["ST"]
    found = total_effects(linear(), "current", paths=PATHS, confidence=0.999)
    assert found["group"].values.tolist() == [f"lines.x{i}.amount" for i in (1, 2, 3)]
    for value, (_, one) in zip(truth, found.groupby("group", squeeze=False), strict=True):
        assert holds(one.squeeze(), value)
    expected = {f"input {n}": share for n, share in enumerate(truth, start=1)}
    assert_all_near(found["value"].values, expected, "sobol-linear", abs=0.02)


def test_total__counts_interaction_with_chance_and_with_other_inputs():
    """Y = N c: Var(Y) = E[c^2] (E[r] + E[r^2]) - (E[r] E[c])^2, with r the rate, c the cost.

    Left without r: E[Var(Y|N's chance, c)] has no closed form, but without c it is
    Var(c) E[N^2].
    """
    mean_c, var_c, mean_r, var_r = 100, 100**2 / 12, 2.0, 1.0
    square_n = mean_r + var_r + mean_r**2
    variance = (var_c + mean_c**2) * square_n - (mean_r * mean_c) ** 2
    found = total_effects(
        product(), "current", inputs="risks.theft.losses.sum.unit_cost", paths=PATHS,
        confidence=0.999,
    )  # fmt: skip
    assert holds(found.squeeze(), var_c * square_n / variance)
    # Alone it has less: Var(E[Y|c]) = Var(c) E[r]^2.
    first = hcrisk.first_order_indices(
        hcrisk.simulate(product(), paths=PATHS), "current", confidence=0.999
    ).sel(parameter="risks.theft.losses.sum.unit_cost")
    assert holds(first, var_c * mean_r**2 / variance)
    assert first["upper"] < found["lower"]


def test_total__correlated_inputs_are_one_group():
    """Var = 9 + 4 + 1 + 12 r: the pair has all but 1 of it, whatever part of it is shared."""
    both = [{"between": ["lines.x1.amount", "lines.x2.amount"], "rho": 0.5}]
    found = total_effects(
        linear(both), "current", inputs=["lines.x2.amount", "lines.x3.amount"], paths=PATHS,
        confidence=0.999,
    )  # fmt: skip
    assert found["group"].values.tolist() == ["lines.x1.amount", "lines.x3.amount"]
    assert found["size"].values.tolist() == [2, 1]
    assert found["members"].values[0] == "lines.x1.amount; lines.x2.amount"
    variance = 14 + 12 * 2 * math.sin(math.pi * 0.5 / 6)
    assert holds(found.isel(group=0), 1 - 1 / variance)
    assert holds(found.isel(group=1), 1 / variance)


def test_total__what_no_strategy_uses_is_not_simulated(monkeypatch):
    from hcrisk.sensitivity import _runs

    seen = []
    original = _runs.simulate

    def counting(*arguments, **options):
        seen.append(options["seed"])
        return original(*arguments, **options)

    monkeypatch.setattr(_runs, "simulate", counting)
    idle = dotted("vendors.idle.failure.rate", {"dist": "uniform", "low": 0, "high": 1})
    scenario = bare(lines(x=NORMAL | {"sd": 5}), idle)
    found = total_effects(scenario, "current", paths=50)
    assert found["group"].values.tolist() == ["lines.x.amount"]
    assert len(seen) == 2
    asked = total_effects(scenario, "current", inputs="vendors.idle.failure.rate", paths=50)
    assert [asked[name].item() for name in ("value", "lower", "upper")] == [0, 0, 0]


@pytest.mark.parametrize("measure", [total_effects, variance_split])
def test_few_paths_are_said(measure):
    with pytest.warns(PrecisionWarning, match="at least 10 paths"):
        found = measure(compound(), "current", paths=5)
    assert (found["lower"] == 0).all()
    assert (found["upper"] == 1).all()
    with pytest.warns(PrecisionWarning):
        measure(compound(), "current", paths=1)


@pytest.mark.parametrize("measure", [total_effects, variance_split])
@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        (
            {"strategy": "curent"},
            ScenarioError,
            'is not a strategy of bare; did you mean "current"',
        ),
        ({"baseline": "other"}, ScenarioError, "baseline = 'other'"),
        ({"baseline": "current"}, ValueError, "baseline must differ"),
        ({"confidence": 2}, ValueError, "confidence must lie in"),
        ({"paths": 0}, ValueError, "paths must be a whole number from 1"),
        ({"seed": -1}, ValueError, "seed must be a whole number"),
        ({"seed": {"": 1}}, ValueError, "seed must be a whole number"),
        ({"path": 3}, TypeError, "unexpected argument 'path'"),
    ],
)
def test_refused(measure, options, error, message):
    with pytest.raises(error, match=message):
        measure(linear(), **{"strategy": "current"} | options)


def test_total__refused():
    with pytest.raises(ValueError, match=r'did you mean "lines\.x1\.amount"'):
        total_effects(linear(), "current", inputs="lines.x1.amonut")
    with pytest.raises(ValueError, match="must name at least one input, got none"):
        total_effects(linear(), "current", inputs=[])
    with pytest.raises(ValueError, match="depends on no uncertain number"):
        total_effects(bare(), "current")
