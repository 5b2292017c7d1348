"""Reading, writing and recognising scenarios."""

import copy
import math
import pickle
import subprocess
import sys
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcrisk.exceptions import ScenarioError
from hcrisk.scenario import Scenario, dump_toml, from_toml, load_file, read_toml
from hcrisk.scenario.values import toml_value
from hcrisk.scenarios import load, scenarios
from tests.scenario.common import FILE, MINIMAL, content, scenario

BASE = scenario()


@pytest.mark.parametrize("name", scenarios())
def test_shipped_scenarios_round_trip(name):
    shipped = load(name)
    again = from_toml(dump_toml(shipped))
    assert again == shipped
    assert again.digest == shipped.digest
    assert list(again.inputs()) == list(shipped.inputs())
    assert Scenario.from_mapping(shipped.to_mapping()) == shipped


def test_minimal_round_trips():
    assert from_toml(dump_toml(BASE)) == BASE == load_file(FILE)
    assert tomllib.loads(dump_toml(BASE)) == BASE.to_mapping() == MINIMAL


def test_to_mapping_is_a_copy():
    BASE.to_mapping()["practice"]["providers"] = 3
    assert BASE.to_mapping()["practice"]["providers"] == 50


def test_what_is_read_is_not_shared():
    given = content()
    made = Scenario.from_mapping(given)
    given["practice"]["providers"] = 3
    assert made.to_mapping()["practice"]["providers"] == 50


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda s: pickle.loads(pickle.dumps(s))]
)
def test_copies_and_pickles_are_equal(again):
    other = again(BASE)
    assert other == BASE
    assert hash(other) == hash(BASE)
    assert other.digest == BASE.digest
    assert list(other.inputs()) == list(BASE.inputs())
    assert other.is_own("practice.providers")


@pytest.mark.parametrize(
    ("table", "field", "remedy"),
    [
        (BASE, "name", r'scenario\.replace\(\{"name": 3\}\)$'),
        (BASE.practice, "providers", r'\.replace\(\{"practice\.providers": 3\}\)$'),
        (BASE.roles["analyst"], "pay", r'\.replace\(\{"roles\.<role>\.pay": 3\}\)$'),
        (BASE.vendors["msp"].failure, "rate", r'"vendors\.<vendor>\.failure\.rate": 3'),
    ],
)
def test_fields_cannot_be_set(table, field, remedy):
    with pytest.raises(AttributeError, match=f"^{field} cannot be set: .*{remedy}"):
        setattr(table, field, 3)
    with pytest.raises(AttributeError, match=f"^{field} cannot be set"):
        delattr(table, field)


def test_entries_and_values_cannot_be_set():
    with pytest.raises(TypeError):
        BASE.roles["analyst"] = None
    with pytest.raises(AttributeError):
        BASE.practice.providers.value = 3


def test_inputs_are_in_file_order():
    assert list(BASE.inputs()) == [
        "practice.revenue.per_provider",
        "macro.wage.mean",
        "macro.price.mean",
        "roles.technician.time_to_fill_days.p50",
        "roles.analyst.pay",
        "risks.breach.effects.security.frequency.2.multiple",
    ]
    swapped = content()
    swapped["macro"] = dict(reversed(swapped["macro"].items()))
    assert list(Scenario.from_mapping(swapped).inputs())[1:3] == [
        "macro.price.mean",
        "macro.wage.mean",
    ]


def test_correlation_blocks_are_in_file_order():
    inputs = "inputs = ['roles.analyst.pay', 'macro.price.mean', 'macro.wage.mean']"
    matrix = "matrix = [[1, 0.1, 0.2], [0.1, 1, 0.3], [0.2, 0.3, 1]]"
    (block,) = scenario(f"correlations = [{{ {inputs}, {matrix} }}]").correlation_blocks()
    assert block.inputs == ("macro.wage.mean", "macro.price.mean", "roles.analyst.pay")
    assert block.spearman == ((1, 0.3, 0.2), (0.3, 1, 0.1), (0.2, 0.1, 1))


SAME = [
    "description = 'words'",
    "label = 'words'",
    "name = 'other-name'",
    "roles.analyst.label = 'Analyst'",
    "discounting.rate = { value = 0.06, note = 'other', range = [0.03, 0.09] }",
    "practice.providers = 50.0",
    "practice.providers = { value = 50 }",
    "roles.analyst.drift = 0",
    "horizon.years = 5",
    "sources.bank.title = 'Another'",
    "[sources.more]\ntitle = 'x'\nobtained = 'read'\nconfidence = 'low'",
    "services.help_desk.arrangements.split.seats.technician.count = { value = 1, note = 'n' }",
]
OTHER = [
    "practice.providers = 51",
    "discounting.rate = { value = 0.06, range = [0.03, 0.1] }",
    "roles.analyst.fte = 0.5",
    "roles.technician.pay = { dist = 'uniform', low = 6e4, high = 6.1e4 }",
    "strategies.own.all = 'insource'\nstrategies.own.services.security = 'unfunded'",
    "correlations = [{ between = ['macro.wage.mean', 'macro.price.mean'], rho = 0.6 }]",
    "[risks.extra]\nfrequency = 0",
    "discounting.timing = 'end'",
    "practice.controls = []",
]


@pytest.mark.parametrize("snippet", SAME)
def test_digest_ignores_words_and_layout(snippet):
    assert scenario(snippet).digest == BASE.digest


@pytest.mark.parametrize("snippet", OTHER)
def test_digest_sees_numbers_and_structure(snippet):
    assert scenario(snippet).digest != BASE.digest


def test_digest_sees_the_order_of_names_but_not_of_fields():
    roles = content()
    roles["roles"] = dict(reversed(roles["roles"].items()))
    assert Scenario.from_mapping(roles).digest != BASE.digest
    fields = content()
    fields["roles"]["analyst"] = dict(reversed(fields["roles"]["analyst"].items()))
    assert Scenario.from_mapping(fields).digest == BASE.digest


def test_digest_is_the_same_in_another_process():
    code = "import sys; from hcrisk.scenario import load_file; print(load_file(sys.argv[1]).digest)"
    done = subprocess.run(
        [sys.executable, "-c", code, str(FILE)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == BASE.digest
    assert len(BASE.digest) == 32


def test_importing_scenarios_loads_nothing_heavy():
    code = "import hcrisk.scenario, hcrisk.scenarios, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"numba", "scipy", "xarray", "matplotlib", "pandas"}
    assert not heavy & set(done.stdout.split())


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ScenarioError, match="cannot be read"):
        load_file(tmp_path / "nothing.toml")
    (tmp_path / "latin.toml").write_bytes(b'name = "caf\xe9"')
    with pytest.raises(ScenarioError, match="must be text in UTF-8"):
        read_toml(tmp_path / "latin.toml")


def test_keywords_that_mirror_a_file_do_as_well():
    assert Scenario(**content()) == BASE
    parts = {name: getattr(BASE, name) for name in type(BASE).model_fields}
    assert Scenario(**parts).digest == BASE.digest
    with pytest.raises(ScenarioError, match="practice: is required"):
        Scenario(name="empty")


values = st.recursive(
    st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@settings(deadline=None, derandomize=True)
@given(st.dictionaries(st.text(), values, max_size=4))
def test_what_is_written_is_read_back(table):
    assert tomllib.loads(dump_toml(table)) == table


def test_nan_is_written_as_toml_has_it():
    assert math.isnan(tomllib.loads(f"x = {toml_value(math.nan)}")["x"])


def test_what_toml_cannot_hold_is_refused():
    with pytest.raises(ScenarioError, match="cannot be written to a file"):
        dump_toml({"x": object()})
