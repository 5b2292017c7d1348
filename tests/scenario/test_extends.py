"""Files that state only what differs from another."""

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcrisk.exceptions import ScenarioError
from hcrisk.scenario import from_toml, load_file
from hcrisk.scenario.merge import is_leaf, merged, resolved
from hcrisk.scenario.refusal import refused
from hcrisk.scenarios import from_toml as scenarios_from_toml
from hcrisk.scenarios import load, scenarios
from tests.scenario.common import FILE, MINIMAL

FILES = {"minimal": MINIMAL, "one": {"extends": "two"}, "two": {"extends": "one"}}


def resolve(name):
    if name not in FILES:
        raise refused("", name, "is no scenario here", "use minimal")
    return FILES[name]


def child(text):
    return from_toml(f'extends = "minimal"\n{text}', resolve)


def test_what_is_not_stated_is_inherited():
    scenario = child('name = "mine"\n[practice]\nproviders = 20')
    assert scenario.name == "mine"
    assert float(scenario.practice.providers) == 20
    assert scenario.practice.driver_count("user") == 80
    assert list(scenario.services) == ["help_desk", "security"]
    assert "extends" not in scenario.to_mapping()


def test_a_table_merges_by_key():
    scenario = child("[roles.analyst]\nattrition_rate = 0.3")
    assert scenario.roles["analyst"].attrition_rate.value == 0.3
    assert scenario.roles["analyst"].pay == load_file(FILE).roles["analyst"].pay


def test_a_number_is_replaced_whole():
    scenario = child("[discounting]\nrate = { value = 0.07 }")
    assert scenario.discounting.rate.source is None
    scenario = child('[roles.analyst]\npay = { dist = "lognormal", p5 = 1e5, p95 = 2e5 }')
    assert set(scenario.roles["analyst"].pay.distribution.parameters) == {"p5", "p95"}


def test_a_law_a_size_a_count_and_a_list_are_replaced_whole():
    scenario = child(
        """
        practice.users = 300
        practice.controls = ["backup"]
        roles.technician.time_to_fill_days = { dist = "gamma", mean = 50, cv = 0.5 }
        services.help_desk.arrangements.insource.seats.technician = { per = "endpoint", ratio = 90 }
        risks.breach.effects.security.frequency = 1.5
        """
    )
    assert not scenario.practice.users.per_provider
    assert scenario.practice.controls == ("backup",)
    assert list(scenario.roles["technician"].time_to_fill_days.parameters) == ["mean", "cv"]
    count = scenario.services["help_desk"].arrangements["insource"].seats["technician"].count
    assert (count.per, count.minimum) == ("endpoint", 0)
    assert scenario.risks["breach"].effects["security"].frequency.kappa.value == 1.5


def test_a_contract_priced_per_provider_is_a_table():
    path = ("services", "help_desk", "arrangements", "a", "contracts", "msp")
    assert not is_leaf({"per_provider": 9}, path)
    both = merged(
        {"contracts": {"msp": {"fixed_fee": 5}}}, {"contracts": {"msp": {"per_provider": 9}}}
    )
    assert both == {"contracts": {"msp": {"fixed_fee": 5, "per_provider": 9}}}


def test_own_paths_are_those_the_child_states():
    scenario = child("[practice]\nproviders = 20\n[roles.analyst]\nattrition_rate = 0.3")
    assert scenario.is_own("practice.providers")
    assert scenario.is_own("roles.analyst.attrition_rate")
    assert scenario.is_own("roles.analyst")
    assert not scenario.is_own("roles.analyst.pay")
    assert not scenario.is_own("practice.users")


def test_a_parent_may_have_a_parent(tmp_path):
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "a.toml").write_text('extends = "minimal"\nhorizon.years = 3')
    (tmp_path / "base" / "b.toml").write_text('extends = "a.toml"\npractice.providers = 9')
    (tmp_path / "c.toml").write_text('extends = "base/b.toml"\ndiscounting.rate = 0.01')
    scenario = load_file(tmp_path / "c.toml", resolve)
    assert scenario.years == 3
    assert float(scenario.practice.providers) == 9
    assert scenario.is_own("discounting.rate")
    assert not scenario.is_own("horizon.years")


def test_a_circle_is_refused():
    with pytest.raises(ScenarioError) as caught:
        from_toml('extends = "one"', resolve)
    (problem,) = caught.value.problems
    assert problem.path == "extends"
    assert "one -> two -> one" in problem.rule


def test_a_file_that_extends_itself_is_refused(tmp_path):
    file = tmp_path / "self.toml"
    file.write_text('extends = "self.toml"')
    with pytest.raises(ScenarioError, match=r"must not lead back to itself"):
        load_file(file)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ('extends = "nothing"', "is no scenario here"),
        ("extends = 3", "must be text"),
        ('extends = "nothing.toml"', "cannot be read"),
    ],
)
def test_an_unknown_parent_is_refused(tmp_path, text, rule):
    file = tmp_path / "mine.toml"
    file.write_text(text)
    with pytest.raises(ScenarioError) as caught:
        load_file(file, resolve)
    (problem,) = caught.value.problems
    assert problem.path == "extends"
    assert rule in problem.rule


def test_extends_without_anything_to_look_in_is_refused():
    with pytest.raises(ScenarioError, match="cannot be looked up here"):
        from_toml('extends = "minimal"')


def test_an_unknown_name_lists_the_shipped_ones():
    with pytest.raises(ScenarioError) as caught:
        load("midmarket")
    (problem,) = caught.value.problems
    assert problem.value == "midmarket"
    assert all(name in problem.remedy for name in scenarios())


keys = st.sampled_from("abcd")
trees = st.recursive(
    st.integers() | st.lists(st.integers(), max_size=2),
    lambda inner: st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)
tables = st.dictionaries(keys, trees, max_size=4)
by_key = settings(deadline=None, derandomize=True)


@by_key
@given(tables, tables)
def test_merging_keeps_what_the_child_states(parent, own):
    def agrees(whole, stated):
        if isinstance(stated, dict) and stated:
            return all(agrees(whole[key], entry) for key, entry in stated.items())
        return isinstance(whole, dict) if stated == {} else whole == stated

    whole = merged(parent, own)
    assert agrees(whole, own)
    assert set(whole) == set(parent) | set(own)


@by_key
@given(tables)
def test_merging_nothing_or_itself_changes_nothing(table):
    assert merged(table, {}) == table
    assert merged({}, table) == table
    assert merged(table, table) == table


@by_key
@given(tables, tables, tables)
def test_merging_is_associative_where_tables_stay_tables(a, b, c):
    def kinds(table):
        return {
            key: kinds(entry) if isinstance(entry, dict) else None for key, entry in table.items()
        }

    def compatible(one, other):
        return all(
            (one[key] is None) == (other[key] is None)
            and (one[key] is None or compatible(one[key], other[key]))
            for key in set(one) & set(other)
        )

    shapes = [kinds(table) for table in (a, b, c)]
    if all(compatible(one, other) for one in shapes for other in shapes):
        assert merged(merged(a, b), c) == merged(a, merged(b, c))


@by_key
@given(tables, tables)
def test_merging_leaves_its_inputs_alone(parent, own):
    before = repr((parent, own))
    merged(parent, own)
    assert repr((parent, own)) == before


def test_label_and_description_are_not_inherited(tmp_path):
    parent = {**MINIMAL, "label": "A group of 50", "description": "Fifty providers."}
    FILES["described"] = parent
    for text, label in (
        ('name = "mine"', "mine (extends described)"),
        ('name = "mine"\nlabel = "Eighty"', "Eighty"),
        ("", "own-group (extends described)"),
    ):
        file = tmp_path / "Own-Group.toml"
        file.write_text(f'extends = "described"\npractice.providers = 80\n{text}')
        made = load_file(file, resolve)
        assert made.label == label
        assert made.description is None
        assert made.name == (made.label.split()[0] if label != "Eighty" else "mine")
    (tmp_path / "child.toml").write_text('extends = "Own-Group.toml"')
    assert load_file(tmp_path / "child.toml", resolve).label == "child (extends Own-Group.toml)"


def test_the_parent_is_known():
    made = child('name = "mine"\npractice.providers = 20')
    assert made.parent == load_file(FILE)
    assert made.replace({"practice.providers": 30}).parent == load_file(FILE)
    assert made.parent.parent is None
    assert load("small-practice").parent == load("mid-market")


def test_what_is_left_out_is_not_inherited():
    without = '["services.security", "risks", "insurance", "strategies"]'
    scenario = child(f'without = {without}\nstrategies.partner.all = "insource"')
    assert list(scenario.services) == ["help_desk"]
    assert "without" not in scenario.to_mapping()
    assert "security" in scenario.parent.services
    # What still names it is refused as ever.
    with pytest.raises(ScenarioError, match="is no service of this scenario"):
        child('without = ["services.security"]')


def test_correlations_lose_what_is_left_out():
    parent = {
        "correlations": [
            {"between": ["a.x", "b.y"], "rho": 0.5},
            {
                "inputs": ["a.z", "b.z", "c.z"],
                "matrix": [[1, 0.1, 0.2], [0.1, 1, 0.3], [0.2, 0.3, 1]],
            },
        ],
        "a": {"x": 1},
    }
    child = {"name": "c", "extends": "p", "without": ["a"]}
    content = resolved(child, lambda name: parent).content
    assert content["correlations"] == [{"inputs": ["b.z", "c.z"], "matrix": [[1, 0.3], [0.3, 1]]}]


def test_a_contract_left_out_makes_room_for_another():
    mid = load("mid-market")
    contracts = "services.help_desk.arrangements.outsource.contracts"
    (vendor,) = mid.services["help_desk"].arrangements["outsource"].contracts
    text = f"""
        name = "mine"
        extends = "mid-market"
        without = ["{contracts}.{vendor}"]
        [vendors.local]
        [{contracts}.local]
        per_user = 100
    """
    scenario = scenarios_from_toml(text)
    assert list(scenario.services["help_desk"].arrangements["outsource"].contracts) == ["local"]


@pytest.mark.parametrize(
    ("paths", "value", "remedy"),
    [
        ('["risks.breech"]', "risks.breech", 'did you mean "breach"?'),
        ('["rissks.breach"]', "rissks.breach", 'did you mean "risks"?'),
        ('"risks"', "risks", 'write it as ["services.software", "insurance"]'),
        ("[1]", [1], 'write it as ["services.software", "insurance"]'),
    ],
)
def test_only_what_is_there_can_be_left_out(paths, value, remedy):
    with pytest.raises(ScenarioError) as error:
        child(f"without = {paths}")
    (problem,) = error.value.problems
    assert (problem.path, problem.value, problem.remedy) == ("without", value, remedy)


def test_a_file_that_extends_nothing_leaves_nothing_out():
    with pytest.raises(ScenarioError, match="this file extends nothing; remove it"):
        from_toml('name = "a"\nwithout = ["risks"]')


@pytest.mark.parametrize(
    ("text", "path", "remedy"),
    [
        (
            "[vendors.msp.renewal_jump]\nmean = 0.1",
            "vendors.msp.renewal_jump",
            'write renewal_jump = { dist = "normal", mean = 0.1, sd = 0.05, truncate = [-0.2, 0.3]',
        ),
        (
            "roles.technician.pay.p50 = 6e4",
            "roles.technician.pay",
            'write all of it; what it replaces is { dist = "lognormal", median = 63960,',
        ),
        (
            "practice.users.provider = 5",
            "practice.users",
            "write all of it; what it replaces is { per_provider = 4.3 }",
        ),
    ],
)
def test_part_of_a_law_is_refused_with_the_whole_of_it(text, path, remedy):
    with pytest.raises(ScenarioError) as caught:
        scenarios_from_toml(f'name = "a"\nextends = "mid-market"\n{text}')
    (problem,) = caught.value.problems
    assert problem.path == path
    assert "only, and a number or law is replaced as a whole" in problem.rule
    assert remedy in problem.remedy


def test_a_mapping_is_loaded_as_the_file_it_came_from():
    text = 'name = "a"\nextends = "mid-market"\npractice.providers = 60'
    assert load(tomllib.loads(text)) == scenarios_from_toml(text)
    assert load(tomllib.loads(text)).is_own("practice.providers")
    with pytest.raises(ScenarioError, match="is no scenario that comes with hcrisk"):
        load({"name": "a", "extends": "other.toml"})
    with pytest.raises(TypeError, match=r"\.xlsx file, or a mapping, got int"):
        load(7)
