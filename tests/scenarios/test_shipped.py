"""The shipped scenarios: where every number comes from, and what they add up to."""

import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest

from hcrisk.scenario import Scenario
from hcrisk.scenarios import load, scenarios
from hcrisk.scenarios.estimate import estimate_macro
from tests.scenarios.first_year import Year, central, first_year

FOLDER = files("hcrisk") / "scenarios"
NAMES = ("mid-market", "small-practice", "large-group")
EVERY = (*NAMES, "growing-group", "multi-site-group", "practice-services")
ARRANGEMENTS = ("insource", "hybrid", "outsource")
# Levels, bounds and parts of something that has a source, and tables that cannot carry one.
UNSOURCED = ("at", "above", "from", "components", "range", "truncate", "clip", "matrix", "sources")


@pytest.fixture(scope="module", params=NAMES)
def scenario(request: pytest.FixtureRequest) -> Scenario:
    return load(request.param)


@pytest.fixture(scope="module", params=EVERY)
def any_scenario(request: pytest.FixtureRequest) -> Scenario:
    return load(request.param)


@pytest.fixture(scope="module")
def mid_market() -> dict[str, Any]:
    return load("mid-market").to_mapping()


def tables(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        yield path, node
    entries = node.items() if isinstance(node, dict) else enumerate(node)
    for key, entry in entries:
        if key not in UNSOURCED and isinstance(entry, dict | list):
            yield from tables(entry, f"{path}.{key}".lstrip("."))


def plain_numbers(node: Any, path: str = "") -> Iterator[str]:
    """Yield the path of each number that stands in no table with a source."""
    if isinstance(node, dict) and "source" in node:
        return
    if isinstance(node, int | float) and not isinstance(node, bool):
        yield path
    if isinstance(node, dict | list):
        for key, entry in node.items() if isinstance(node, dict) else enumerate(node):
            if key not in UNSOURCED:
                yield from plain_numbers(entry, f"{path}.{key}".lstrip("."))


def test_these_are_all() -> None:
    assert sorted(EVERY) == list(scenarios())


def test_every_number_has_a_source(any_scenario: Scenario) -> None:
    content = any_scenario.to_mapping()
    assert list(plain_numbers(content)) == []
    uncertain = [(p, t) for p, t in tables(content) if "dist" in t or "value" in t]
    assert len(uncertain) > 300
    assert [path for path, table in uncertain if "source" not in table] == []


def test_sources_exist_and_are_used(any_scenario: Scenario) -> None:
    content = any_scenario.to_mapping()
    used = {table["source"] for _, table in tables(content) if "source" in table}
    # The matrices of correlations cannot name theirs.
    used.add("judgement_correlation")
    assert used <= set(content["sources"])
    if "extends" not in (FOLDER / f"{any_scenario.name}.toml").read_text(encoding="utf-8"):
        assert used == set(content["sources"])


def test_judgements_say_why_and_how_far(any_scenario: Scenario) -> None:
    content = any_scenario.to_mapping()
    for key, source in content["sources"].items():
        assert key.startswith("judgement_") == (source["obtained"] == "judgement"), key
    for path, table in tables(content):
        if table.get("source", "").startswith("judgement_"):
            assert len(table["note"]) > 5, path
            # A correlation and a law's spread may be judged too.
            assert "dist" in table or "range" in table, path


def test_ranges_hold_the_value(any_scenario: Scenario) -> None:
    for path, table in tables(any_scenario.to_mapping()):
        if "range" in table:
            low, high = table["range"]
            assert low <= table["value"] <= high, path


def test_what_was_read_at_second_hand_says_so(mid_market: dict[str, Any]) -> None:
    found = 0
    for key, source in mid_market["sources"].items():
        text = " ".join(str(part) for part in source.values())
        if re.search("IRIS 2025|Study 2025|Coalition 2026|Verizon 2026|NetDiligence 2025", text):
            assert re.search(
                "as others quote it|figure was checked in|transcription by others", text
            ), key
            assert source["confidence"] == "low", key
            found += 1
    assert found == 4


def test_sources_are_publications_not_programs_or_places_of_this_project(
    any_scenario: Scenario,
) -> None:
    """As far as words tell: hosts of code, names of modules and files, paths, cache numbers."""
    for key, source in any_scenario.to_mapping()["sources"].items():
        said = " ".join(
            str(source[name]) for name in ("title", "publisher", "note", "url") if name in source
        )
        assert found_code(said) == [], key


def found_code(text: str) -> list[str]:
    """Return what of a source's words is a place or a part of a program."""
    address = r"https?://\S+"
    hosts = r"github|gitlab|bitbucket|sourceforge|kaggle|huggingface|pypi\.org|gist\."
    parts = r"\b[a-z_]+\.[a-z_]+\.[a-z_0-9]+\b|\b[\w/]+\.(?:py|ipynb|csv)\b|\b[a-z]+_[a-z_]+\b"
    places = r"\.\./|\bshared/|/work\b|\bid \d{6,}|\bsecondary compilation\b"
    # An address may hold dots and underscores of any kind; its host may not be one of code's.
    words = re.sub(address, "", text)
    return [*re.findall(hosts, text.lower()), *re.findall(f"{parts}|{places}", words)]


@pytest.mark.parametrize(
    "text",
    [
        "as transcribed in fair_cam.data.iris_2025",
        "https://github.com/datasets/cpi-us",
        "hcrisk.scenarios.estimate repeats the fit",
        "computed in estimate.py",
        "see ../shared/evidence/calibration.csv",
        "a secondary compilation",
    ],
)
def test_code_is_found(text: str) -> None:
    assert found_code(text)


def test_much_is_uncertain(any_scenario: Scenario) -> None:
    assert len(any_scenario.inputs()) >= 60
    correlated = [path for block in any_scenario.correlation_blocks() for path in block.inputs]
    assert len(correlated) == len(set(correlated))
    assert set(correlated) <= set(any_scenario.inputs())


def test_strategies_are_the_pure_ones(scenario: Scenario) -> None:
    assert list(scenario.strategies) == list(ARRANGEMENTS)
    for service in scenario.services.values():
        assert {*ARRANGEMENTS, "unfunded"} <= set(service.arrangements)


@pytest.mark.parametrize("providers", [10, 25, 100, 200])
def test_practice_can_be_rescaled(providers: int) -> None:
    rescaled = load("mid-market").replace({"practice.providers": providers})
    assert rescaled.practice.driver_count("user") == pytest.approx(4.3 * providers)


@pytest.mark.parametrize("series", ["wage", "price", "attrition"])
def test_macro_is_as_estimated(mid_market: dict[str, Any], series: str) -> None:
    fit, shipped = estimate_macro().series[series], mid_market["macro"][series]
    for name in ("phi", "sd", "start"):
        assert shipped[name]["value"] == float(f"{getattr(fit, name):.4g}"), name
    if series != "attrition":
        assert shipped["mean"]["mean"] == float(f"{fit.mean:.4g}")
        assert shipped["mean"]["sd"] == float(f"{fit.mean_se:.2g}")


def test_macro_correlations_are_as_estimated(mid_market: dict[str, Any]) -> None:
    for pair in estimate_macro().correlations:
        shipped = mid_market["macro"]["_".join(pair.between)]["value"]
        assert shipped == float(f"{pair.value:.4g}"), pair.between


def test_benefits_load_leaves_out_paid_leave(mid_market: dict[str, Any]) -> None:
    load_table = mid_market["people"]["benefits_load"]
    mean = (load_table["low"] + load_table["mode"] + load_table["high"]) / 3
    assert mean == pytest.approx((13.58 - 3.44) / (32.07 + 3.44), abs=0.002)


def test_pay_is_the_occupations_median(any_scenario: Scenario) -> None:
    content = any_scenario.to_mapping()
    for name, role in content["roles"].items():
        note = content["sources"][role["pay"]["source"]]["note"]
        found = re.match(r"median ([\d,]+), x 1\.06", note)
        assert found, name
        assert role["pay"]["median"] == round(1.06 * int(found[1].replace(",", ""))), name


def test_one_analyst_is_the_reference_of_the_breach_rate(mid_market: dict[str, Any]) -> None:
    coverage = mid_market["services"]["security"]["coverage"]
    hours = mid_market["people"]["hours_per_week"]["value"] / coverage["hours_per_week"]["value"]
    there = hours * (1 - coverage["planned_absence"]["value"])
    uncovered = 1 - there * (1 - coverage["sickness"]["value"])
    effect = mid_market["risks"]["breach"]["effects"]["security"]
    for curve in (effect["frequency"], effect["severity"]):
        assert curve[1]["at"] == pytest.approx(uncovered, abs=0.005)
        assert curve[1]["multiple"]["value"] == 1
    # The practice as it stands is in that state: the rate describes the average practice.
    basic = mid_market["services"]["security"]["arrangements"]["basic"]
    vendor = mid_market["vendors"]["msp"]["delivered"]["mode"]
    assert basic["gap"]["value"] + 1 - vendor == pytest.approx(uncovered, abs=0.005)


def test_half_in_place_is_what_the_other_numbers_describe(mid_market: dict[str, Any]) -> None:
    for name, readiness in mid_market["readiness"].items():
        level = readiness["level"]
        assert (level["low"] + level["mode"] + level["high"]) / 3 == 0.5, name


def test_first_year_agrees_with_published_prices(mid_market: dict[str, Any]) -> None:
    # The check of 2026: no software team, 1.5 data people, an own team that rents a watch, and
    # nothing built.
    published = {"insource": 1.28e6, "hybrid": 1.0e6, "outsource": 0.95e6}
    analyst = central(mid_market["roles"]["data_analyst"]["pay"])
    watch = mid_market["services"]["security"]["arrangements"]["hybrid"]["contracts"]["mdr"]
    not_ours = {
        "insource": 0.5 * analyst * (1 + central(mid_market["people"]["benefits_load"]))
        + 12 * central(watch["per_endpoint"]) * 50 * 5.36
    }
    for arrangement, amount in published.items():
        scope = first_year(mid_market, arrangement, ("software",))
        same_scope = sum(scope.values()) - scope["builds"] + not_ours.get(arrangement, 0.0)
        assert same_scope == pytest.approx(amount, rel=0.06), arrangement
        assert sum(first_year(mid_market, arrangement).values()) / amount < 1.25


def test_head_of_mid_market_adds_up(mid_market: dict[str, Any]) -> None:
    text = (FOLDER / "mid-market.toml").read_text(encoding="utf-8")
    sums = [first_year(mid_market, arrangement) for arrangement in ARRANGEMENTS]
    for line in ("pay", "devices", "training", "hiring", "builds", "total"):
        row = re.search(rf"^#   {line} .*$", text, re.MULTILINE)
        assert row, line
        written = [float(x) for x in re.findall(r"(?<![\w.])\d+\.\d(?!\d)", row[0])]
        expected = [sum(s.values()) if line == "total" else s[line] for s in sums]
        for amount in expected:
            if amount:
                assert any(abs(amount / 1e3 - w) <= 0.051 for w in written), (line, amount)


@pytest.mark.parametrize("name", NAMES[1:])
def test_head_of_other_sizes_adds_up(name: str) -> None:
    text = (FOLDER / f"{name}.toml").read_text(encoding="utf-8")
    content = load(name).to_mapping()
    for arrangement in ARRANGEMENTS:
        found = re.search(rf"^# First year.*{arrangement} (\d+\.\d)", text, re.MULTILINE)
        assert found, arrangement
        total = sum(first_year(content, arrangement).values())
        assert float(found[1]) == pytest.approx(total / 1e3, abs=0.051), arrangement


def certain_year(scenario: Scenario, arrangement: str) -> float:
    """The first year at central values, with the hours that own staff leave uncovered."""
    content = scenario.to_mapping()
    total = sum(first_year(content, arrangement).values())
    for service in content["services"].values():
        stated, coverage = service["arrangements"][arrangement], service["coverage"]
        if coverage["kind"] != "queue" or "seats" not in stated:
            continue
        posts, year = coverage["posts"], Year(content)
        if "per" in posts:
            posts = year.count[posts["per"]] / central(posts["ratio"])
        posts = central(posts) * central(stated.get("internal_share", 1))
        there = sum(
            year.seats(number) * central(content["roles"][role].get("fte", 1))
            for role, number in stated["seats"].items()
        )
        hours = central(coverage["hours_per_week"]) * 52
        total += max(0.0, posts - there) * hours * central(service["gap_rate"])
    return total


@pytest.mark.parametrize("arrangement", ARRANGEMENTS)
def test_a_tenth_more_or_fewer_providers_is_no_jump(scenario: Scenario, arrangement: str) -> None:
    reference = certain_year(scenario, arrangement)
    providers = float(scenario.practice.providers)
    for change in (-0.1, -1 / providers, 1 / providers, 0.1):
        resized = scenario.replace({"practice.providers": providers * (1 + change)})
        moved = certain_year(resized, arrangement) / reference - 1
        assert abs(moved) < 0.15, change
        assert moved * change > 0
