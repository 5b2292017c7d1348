"""The assumptions register, and the file a new scenario starts from."""

import math
import re

import pytest

from hcrisk.exceptions import ScenarioError
from hcrisk.scenario import Law, Number, Quantity, Scenario, defaults, from_toml, register
from hcrisk.scenario.appendix import MARK
from hcrisk.scenario.defaults import JUDGED, REASONS
from hcrisk.scenario.places import _walk
from hcrisk.scenario.refusal import look_up
from hcrisk.scenario.table import children, plain, told
from hcrisk.scenarios import from_toml as from_shipped
from hcrisk.scenarios import load, scenarios, template
from tests.scenario.common import MINIMAL, scenario

BASE = scenario()


def by_path(made):
    entries = register(made)
    assert len({entry.path for entry in entries}) == len(entries)
    return {entry.path: entry for entry in entries}


def reachable(value, path=""):
    """Every number and law found by looking at the objects alone."""
    if isinstance(value, Number | Law):
        yield path, value
        return
    for key, inner in children(value):
        yield from reachable(inner, f"{path}.{key}".lstrip("."))
    for name in ("number", "count", "tenure_years"):
        if isinstance(getattr(value, name, None), Number):
            yield path, getattr(value, name)
    for entry in getattr(value, "entries", ()):
        yield path, entry.number


@pytest.mark.parametrize("made", [BASE, load("mid-market")], ids=["minimal", "mid-market"])
def test_every_number_and_law_is_in_it(made):
    paths = list(by_path(made))
    found = list(reachable(made))
    assert len(found) > 100
    for path, _ in found:
        assert any(entry == path or entry.startswith(f"{path}.") for entry in paths), path
    assert set(made.inputs()) <= set(paths)
    quantities = made.quantities()
    for path, number in made.numbers().items():
        law = quantities.get(path.rpartition(".")[0])
        assert path in paths or (isinstance(law, Law) and number.is_certain)


def test_an_entry_says_everything():
    entry = by_path(BASE)["discounting.rate"]
    assert entry == (
        "discounting.rate",
        "0.06",
        "1/year",
        "bank",
        "Offer of a bank",
        "medium",
        "judgement",
        "user",
        "a term loan",
    )


@pytest.mark.parametrize(
    ("path", "value", "unit"),
    [
        ("practice.users.per_provider", "4 per provider", "users"),
        ("roles.analyst.pay", "lognormal, p50 120,000, p90 150,000", "USD/year"),
        (
            "roles.technician.time_to_fill_days",
            "lognormal, p50 (uniform, low 30, high 60), p90 90",
            "days",
        ),
        ("roles.technician.time_to_fill_days.p50", "uniform, low 30, high 60", "days"),
        (
            "services.help_desk.arrangements.insource.seats.technician",
            "1 for each 80 users, at least 2",
            "seats",
        ),
        ("services.help_desk.arrangements.split.seats.technician", "1", "seats"),
        ("services.help_desk.arrangements.split.seats.technician.tenure_years", "3", "years"),
        ("services.help_desk.arrangements.split.contracts.msp.per_user.1.price", "50", "USD/month"),
        ("services.help_desk.arrangements.insource.lines.licences.amount", "900", "USD/FTE/year"),
        ("lines.ticketing.amount", "3", "USD/user/month"),
        ("risks.breach.effects.security.frequency.0.multiple", "0.75", "multiple"),
        ("risks.breach.losses.penalty.probability.1.probability", "0.3", "share"),
        ("insurance.sublimits.breach.response", "1,000,000", "USD"),
        ("insurance.limit", "3,000,000", "USD"),
        ("vendors.msp.term_months", "36", "months"),
        ("people.tenure_factors.3", "0.65", "multiple"),
    ],
)
def test_values_and_units_in_words(path, value, unit):
    entry = by_path(BASE)[path]
    assert (entry.value, entry.unit) == (value, unit)


def test_currency_of_the_scenario():
    assert by_path(scenario("currency = 'CAD'"))["roles.analyst.pay"].unit == "CAD/year"


def test_whose_a_number_is():
    child = from_toml('extends = "p"\npractice.providers = 9', lambda name: MINIMAL)
    entries = by_path(child.replace({"roles.analyst.pay.p50": 1e5}))
    assert entries["practice.providers"].own == "user"
    assert entries["roles.analyst.pay"].own == "user"
    assert entries["roles.manager.pay"].own == "scenario"
    assert entries["roles.manager.ramp_months"].own == "default"
    shipped = {entry.own for entry in register(load("mid-market"))}
    assert shipped == {"scenario", "default"}


@pytest.mark.parametrize("name", scenarios())
def test_template_loads_as_it_is(name):
    made = from_shipped(template(name))
    parent = load(name)
    assert made.name == "my-practice"
    changed = parent.replace({"practice.providers": float(parent.practice.providers)})
    assert made.digest == changed.digest
    assert made.is_own("practice.providers")
    assert not made.is_own("practice.users")


def taken_in(text, *keys):
    """The template with the # taken off some lines, or all, of its first part."""
    wanted = "|".join(map(re.escape, keys)) if keys else r"[\w.-]+"
    text = text.partition(MARK)[0]
    found, count = re.subn(rf"^# ((?:{wanted}) = )", r"\1", text, flags=re.MULTILINE)
    assert count >= max(len(keys), 1)
    return found


@pytest.mark.parametrize("name", scenarios())
def test_template_loads_with_every_line_taken_in(name):
    made = from_shipped(taken_in(template(name)))
    parent = load(name)
    assert {p: n.value for p, n in made.numbers().items()} == {
        p: n.value for p, n in parent.numbers().items()
    }
    assert made.current == parent.current
    assert made.is_own("practice.users")
    assert list(made.strategies) == [*parent.strategies, "my_mix"]
    assert "payroll" in made.sources


@pytest.mark.parametrize("name", scenarios())
def test_template_holds_what_a_practice_knows(name):
    made = from_shipped(taken_in(template(name)))
    own = [path for path in made.quantities() if made.is_own(path)]
    for role in made.roles:
        assert {f"roles.{role}.pay", f"roles.{role}.attrition_rate"} <= set(own)
    for path in made.quantities():
        priced = re.search(r"contracts\.\w+\.(per_\w+|\w+_fee)$", path)
        if priced and made.quantities()[path].raw() != 0:
            assert path in own
        if path.endswith(("gap_rate", ".months_to_renewal")) or path.startswith("practice."):
            stated = look_up(made.parent.to_mapping(), path)[0]
            assert path in own or not stated or made.quantities()[path].raw() == 0


def test_template_takes_effect_in_few_lines():
    lines = [line for line in template().splitlines() if line and not line.startswith("#")]
    assert len(lines) < 40
    assert 'label = "My practice"  # name shown to readers' in lines


def test_template_names_the_source_of_a_payroll():
    text = template().replace(
        "\n[roles]\n", '\n[roles]\ntechnician.pay = { value = 60_000, source = "payroll" }\n'
    )
    with pytest.raises(ScenarioError, match=r"payroll = \{ title"):
        from_shipped(text)
    made = from_shipped(taken_in(text, "payroll"))
    (entry,) = [entry for entry in register(made) if entry.path == "roles.technician.pay"]
    assert (entry.title, entry.confidence, entry.own) == ("Our payroll", "high", "user")


def test_template_says_value_meaning_and_unit_on_each_line():
    text = template()
    revenue = "\n# revenue = { per_provider = 900000 }  # revenue per year (USD/year)"
    assert f"{revenue} [mgma_revenue_2023]\n" in text
    assert "\n# backup.amount = " in text
    assert "# cost (USD/user/month)" in text
    for line in text.partition("\nname = ")[2].partition(MARK)[0].splitlines():
        assert (
            not line.startswith("# ")
            or line.startswith("# part, put the offer's")
            or line.startswith("# ----")
            or "my_mix" in line
            # An entry of a list in the part about a partner.
            or line.startswith("#  {")
            or (re.fullmatch(r"# [\w.]+ = .+  # .{4,}", line))
        ), line


def test_every_default_has_a_reason_and_no_reason_is_left_over():
    """What is neither nothing, nor without effect or limit, is somebody's choice and says why."""
    chosen = {}
    for kind, table in _walk(Scenario):
        if table is None:
            continue
        for name, info in table.model_fields.items():
            if isinstance(info.default, Quantity):
                path = re.sub(r"<[^>]+>", "*", f"{kind}.{name}")
                chosen[path] = (plain(info.default), told(info, "neutral"))
    needed = {
        path for path, (value, neutral) in chosen.items() if value not in (0.0, math.inf, neutral)
    }
    assert needed <= set(REASONS)
    assert set(REASONS) <= set(chosen)
    assert len(needed) >= 20


def test_defaults_are_all_told_each_kind_once():
    made = load("mid-market")
    left = [entry for entry in register(made) if entry.own == "default"]
    kinds = defaults(made)
    assert sum(one.places for one in kinds) == len(left) > 400
    assert len({(one.kind, one.value, one.unit) for one in kinds}) == len(kinds) < 100
    assert all(one.why and one.meaning for one in kinds)
    judged = [one.why.startswith(JUDGED) for one in kinds]
    assert judged == sorted(judged, reverse=True)
    by_kind = {one.kind: one for one in kinds}
    most = by_kind["growth.most"]
    assert (most.value, most.places) == ("3", 1)
    assert by_kind["services.*.arrangements.*.transition.max_parallel_months"].value == "12"
    # A number that is stated is not among them.
    assert "growth.most" not in {one.kind for one in defaults(made.replace({"growth.most": 4}))}
