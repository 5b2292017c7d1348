"""The preset that switches off every multiplier resting on weak evidence."""

import re
from pathlib import Path

import numpy as np
import pytest

import hcrisk
from hcrisk.exceptions import ScenarioError
from hcrisk.scenario import Managers, Scenario, weak_multipliers
from hcrisk.scenario.places import generic
from hcrisk.scenario.table import Table, told
from hcrisk.scenarios import load, scenarios
from tests.scenario.common import content, scenario

# Every multiplier there is, with the value that has no effect; docs/model.md lists them too.
MULTIPLIERS = {
    "people.tenure_factors.*": 1,
    "people.announce": 1,
    "managers.drift": 0,
    "roles.*.replacement_premium": 0,
    "roles.*.retention_elasticity": 0,
    "roles.*.start_productivity": 1,
    "services.*.peaks.*.multiple": 1,
    "services.*.arrangements.*.overlap": 0,
    "services.*.arrangements.*.transition.overrun": 1,
    "vendors.*.renewal_jump": 0,
    "vendors.*.failure.fee_jump": 0,
    "vendors.*.failure.delivered": 1,
    "vendors.*.acquisition.fee_jump": 0,
    "vendors.*.acquisition.delivered": 1,
    "vendors.*.switch.fee_jump": 0,
    "risks.*.transition_multiple": 1,
    "risks.*.effects.*.frequency": 1,
    "risks.*.effects.*.frequency.*.multiple": 1,
    "risks.*.effects.*.severity": 1,
    "risks.*.effects.*.severity.*.multiple": 1,
    "risks.*.effects.*.factors.*": 1,
    "roles.*.key_dip": 0,
    "services.*.arrangements.*.unmanaged_loss": 0,
    "services.*.arrangements.*.on_call.effectiveness": 1,
    "services.*.arrangements.*.projects.*.cost_ratio": 1,
    "services.*.arrangements.*.projects.*.stretch": 0,
    "services.*.arrangements.*.projects.*.stall_probability": 0,
    "services.*.arrangements.*.projects.*.maintenance_growth": 0,
    "services.*.arrangements.*.contracts.*.quality": 1,
    "readiness.*.effects.*.multiple": 1,
    "insurance.unmet_load": 0,
    "insurance.unmet_sublimits.*.*": 1,
}
SOURCES = """
[sources.guess]
title = "A guess"
obtained = "judgement"
confidence = "high"
[sources.rumour]
title = "A rumour"
obtained = "read"
confidence = "low"
"""
HELP = "services.help_desk.arrangements"


def weak(snippet):
    return weak_multipliers(scenario(snippet + SOURCES))


def all_sources(of, **changes):
    """The scenario with every source changed."""
    whole = of.to_mapping()
    for source in whole["sources"].values():
        source.update(changes)
    return Scenario(**whole)


@pytest.mark.parametrize("name", scenarios())
def test_exactly_the_weak_multipliers_are_switched_off(name):
    made = load(name)
    found = weak_multipliers(made)
    assert len(found) > 30
    for path, neutral in found.items():
        assert MULTIPLIERS[generic(path, Scenario)] == neutral
    before, after = made.quantities(), made.no_effect().quantities()
    assert list(before) == list(after)
    for path in before:
        old, new = before[path].raw(), after[path].raw()
        inside = [p for p in found if p == path or p.startswith(f"{path}.")]
        assert (old != new) == bool(inside), path
        if inside and not isinstance(new, list):
            assert new["value"] == found[path]


@pytest.mark.parametrize("name", scenarios())
def test_every_multiplier_is_found_when_all_evidence_is_weak(name):
    made = all_sources(load(name), confidence="low")
    found = {generic(path, Scenario) for path in weak_multipliers(made)}
    known = {generic(path, Scenario) for path in made.numbers()} & set(MULTIPLIERS)
    stated = {
        generic(path, Scenario)
        for path, number in made.numbers().items()
        if number.source and number.value != MULTIPLIERS.get(generic(path, Scenario))
    }
    assert known & stated <= found <= set(MULTIPLIERS)


def subclasses(kind):
    for below in kind.__subclasses__():
        yield below
        yield from subclasses(below)


def field_of(path):
    """The field of a path; a point of a curve belongs to the curve's."""
    *above, last = [part for part in path.split(".") if part != "*"]
    return above[-1] if last == "multiple" and above[0] == "risks" else last


def test_the_list_above_is_that_of_the_fields():
    stated = {
        name: told(field, "neutral")
        for kind in subclasses(Table)
        for name, field in kind.model_fields.items()
        if told(field, "neutral") is not None and (kind.__name__, name) != ("Managers", "drift")
    }
    listed = {
        field_of(path): neutral for path, neutral in MULTIPLIERS.items() if path != "managers.drift"
    }
    assert stated == listed
    assert told(Managers.model_fields["drift"], "neutral") == 0


def test_the_documentation_lists_every_multiplier():
    page = (Path(__file__).parents[2] / "docs" / "model.md").read_text(encoding="utf-8")
    section = page.partition("### Multipliers")[2].partition("\n#")[0]
    listed = dict(re.findall(r"^\| `([^`]+)` \| (\d) \|", section, re.MULTILINE))
    assert {path: int(neutral) for path, neutral in listed.items()} == {
        path: neutral
        for path, neutral in MULTIPLIERS.items()
        if not re.fullmatch(r"risks\..*\.multiple", path)
    }


def test_no_effect_twice_is_no_effect_once():
    once = load("mid-market").no_effect()
    assert weak_multipliers(once) == {}
    assert once.no_effect() is once
    assert once.label == "Mid-market physician group, weak multipliers off"


def test_strong_evidence_stays():
    strong = all_sources(load("mid-market"), confidence="medium", obtained="read")
    assert strong.no_effect() is strong
    # What has no source has no weak evidence.
    assert scenario().no_effect() == scenario()


@pytest.mark.parametrize(
    ("value", "switched"),
    [
        ("1.5", False),
        ("{ value = 1.5, source = 'survey' }", False),
        ("{ value = 1.5, source = 'guess' }", True),
        ("{ value = 1.5, source = 'rumour' }", True),
        ("{ value = 1, source = 'rumour' }", False),
        ("{ dist = 'uniform', low = 1, high = 2, source = 'rumour' }", True),
    ],
)
def test_what_counts_as_weak(value, switched):
    path = "people.announce"
    assert weak(f"{path} = {value}") == ({path: 1.0} if switched else {})


def test_a_law_is_weak_if_a_parameter_of_it_is():
    path = f"{HELP}.outsource.transition.overrun"
    parameter = "{ dist = 'uniform', low = 0.1, high = 0.3, source = 'rumour' }"
    law = f"{{ dist = 'lognormal', median = 1.1, sigma = {parameter}, source = 'survey' }}"
    snippet = f"{path} = {law}"
    assert weak(snippet) == {path: 1.0}
    made = scenario(snippet + SOURCES).no_effect()
    law = made.services["help_desk"].arrangements["outsource"].transition.overrun
    assert law.constant == 1.0


def test_points_of_a_curve_are_switched_off_one_by_one():
    path = "risks.breach.effects.security.frequency"
    points = "[{ at = 0, multiple = 0.8 }, { at = 1, multiple = { value = 2, source = 'guess' } }]"
    assert weak(f"{path} = {points}") == {f"{path}.1.multiple": 1.0}
    single = f"{path} = {{ value = 2, source = 'guess' }}"
    assert weak(single) == {path: 1.0}
    assert (
        scenario(single + SOURCES)
        .no_effect()
        .risks["breach"]
        .effects["security"]
        .frequency.kappa.central
        == 1.0
    )


def test_a_correlated_parameter_is_refused():
    path = f"{HELP}.outsource.transition.overrun"
    sigma = "{ dist = 'uniform', low = 0.1, high = 0.3 }"
    snippet = f"{path} = {{ dist = 'lognormal', median = 1, sigma = {sigma}, source = 'guess' }}"
    whole = content(snippet + SOURCES)
    between = [f"{path}.sigma", "roles.analyst.pay"]
    whole["correlations"].append({"between": between, "rho": 0.3})
    with pytest.raises(ScenarioError, match=r"overrun cannot be switched off; take it out of"):
        Scenario(**whole).no_effect()


def test_a_correlated_number_keeps_its_row():
    made = load("mid-market")
    path = "roles.technician.start_productivity"
    assert path in weak_multipliers(made)
    assert made.correlation_blocks() == made.no_effect().correlation_blocks()


def test_what_does_not_depend_on_a_multiplier_keeps_its_bits():
    made = load("small-practice")
    full, off = (hcrisk.simulate(s, paths=300, threads=1) for s in (made, made.no_effect()))
    assert (full["npv"].values != off["npv"].values).any()
    for name in ("wage_index", "price_index"):
        np.testing.assert_array_equal(full[name].values, off[name].values)
    kept = off["parameter"].values
    assert 0 < kept.size < full["parameter"].size
    np.testing.assert_array_equal(full["input"].sel(parameter=kept).values, off["input"].values)
    full, off = (
        ds["component_npv"].sel(component="tools", strategy="hybrid") for ds in (full, off)
    )
    np.testing.assert_array_equal(full.values, off.values)
