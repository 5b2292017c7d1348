import re

import numpy as np
import pytest

from hcrisk.report.quote import build_quote
from hcrisk.report.sources import render_sources
from hcrisk.report.text import render_text
from hcrisk.scenarios import load, scenarios
from hcrisk.simulation import simulate
from hcrisk.variables import label_text


def page_of(ds, scenario, *levels):
    return render_text(build_quote(ds, scenario, levels or (0.5, 0.8, 0.95)))


def one_line(page):
    return " ".join(page.split())


def row(page, name):
    line = next(line for line in page.splitlines() if line.startswith(name))
    return line[len(name) :].split()


def amounts(page, name):
    return [text for text in row(page, name) if text != "exact" and not text.startswith("±")]


def test_page__header_says_what_was_simulated(result, full_scope):
    page = page_of(result, full_scope)
    assert page.startswith("Mid-market physician group ====")
    assert (
        "50 providers, 215 users, 268 endpoints. 5-year horizon, costs in US dollars discounted "
        "at 6% a year, mid-year. 10,001 simulated futures, seed 7."
    ) in one_line(page)
    assert f"digest {full_scope.digest[:16]} | seed 7 | paths 10001" in page


def test_page__who_delivers_what(make, scenario):
    page = one_line(page_of(make(scenario, 40), scenario))
    assert (
        "Services: Help desk and infrastructure | Security and compliance | Data and analytics | "
        "Software development Insource: Own technicians and administrator | Own analyst, "
    ) in page
    assert "Current: Managed service provider | Endpoint protection from the MSP | Nobody" in page
    assert "= today's arrangement" not in page


def test_page__arrangements_without_labels_are_named_in_words(make, scenario):
    content = scenario.to_mapping()
    for service in content["services"].values():
        for arrangement in service["arrangements"].values():
            arrangement.pop("label", None)
    plain = type(scenario).from_mapping(content)
    page = page_of(make(plain, 40), plain)
    assert "Insource: Insource | Insource | Insource | Insource" in page
    assert "Current: Outsource | Basic | Nobody | Nobody" in page


def test_page__figures(result, full_scope):
    page = page_of(result, full_scope)
    assert row(page, "Mean  ") == ["$6.500M", "±0.006", "$6.000M", "±0.006", "$6.250M", "exact"]
    assert amounts(page, "P80  ") == ["$6.800M", "$6.300M", "$6.250M"]
    assert row(page, "Cheapest in") == ["<0.1%", "75.0%", "±0.9", "25.0%", "±0.9"]
    assert amounts(page, "Mean minus current") == ["$250K", "-$250K", "-"]
    assert amounts(page, "Year 1, nominal") == ["$1.950M", "$1.800M", "$1.875M"]
    assert row(page, "Salaries") == ["$4.55M", "70%", "$4.20M", "70%", "$4.38M", "70%"]


def test_page__cash_only_where_some_of_the_cost_is_not_paid(gappy, result, full_scope):
    page = page_of(gappy, full_scope)
    assert amounts(page, "Mean  ")[2] == "$6.250M"
    assert amounts(page, "Mean, cash only")[2] == "$4.250M"
    assert amounts(page, "P80, cash only") == ["$6.800M", "$6.300M", "$4.250M"]
    said = "Cash only: what is paid, and income lost to incidents, less recoveries."
    assert said in one_line(page)
    said = "costs $250K less than the current arrangement ($1.75M more in cash), and"
    assert said in one_line(page)
    assert "cash" not in page_of(result, full_scope).lower()


def test_page__what_transition_is_where_nothing_moves(result, full_scope):
    said = "Current transition: replacing failed or switched vendors."
    assert said not in page_of(result, full_scope)
    for name, shown in (("insource", False), ("current", True)):
        ds = result.copy(deep=True)
        ds["component_npv"].loc[{"strategy": name, "component": "transition"}] = 1e6
        ds["component_npv"].loc[{"strategy": name, "component": "salaries"}] -= 1e6
        assert (said in page_of(ds, full_scope)) == shown


def test_page__decision_in_words(result, full_scope):
    assert (
        "Outsource is the cheapest in 75% of the simulated futures. The lowest P80, which 80% of "
        "futures stay within, is that of the current arrangement: $6.25M over 5 years, against "
        "$6.30M for Outsource. On average Outsource costs $250K less than the current "
        "arrangement, and less than it in 75% of futures."
    ) in one_line(page_of(result, full_scope))


def test_page__cheapest_because_it_leaves_services_out(make, scenario):
    costs = {"insource": [6.0, 7.0] * 600, "outsource": [6.5, 6.6] * 600, "current": [4, 5] * 600}
    ds = make(scenario, 1200, {name: np.array(cost) for name, cost in costs.items()})
    page = one_line(page_of(ds, scenario))
    assert "The current arrangement is the cheapest in 100% of the simulated futures." in page
    assert "leaves Data and analytics and Software development to nobody" in page
    assert "are the cheapest about" not in page
    assert "Cheapest full-scope 50% ±3 50% ±3 -" in page


def test_page__says_what_is_paid_for_and_hardly_covered(make, scenario):
    costs = {"insource": [9.0, 9.1] * 20, "outsource": [6.5, 6.6] * 20, "current": [4, 5] * 20}
    ds, names = make(scenario, 40, costs), list(scenario.services)
    uncovered = np.zeros((3, len(names), 40))
    uncovered[:, names.index("security")] = 0.81
    shape = ("strategy", "service", "path")
    page = one_line(
        page_of(ds.assign(uncovered=(shape, uncovered)).assign_coords(service=names), scenario)
    )
    left = "leaves Data and analytics and Software development to nobody, and Security and"
    assert f"{left} compliance 81% uncovered; among the strategies that pay" in page
    assert "Outsource leaves Security and compliance 81% uncovered." in page
    assert "Full-scope: no service is left to nobody." in page


def test_page__small_lines_are_named(make, full_scope):
    ds = make(full_scope, 1001)
    for name in ("training", "backfill"):
        ds["component_npv"].loc[{"component": name}] = 1e4
    page = page_of(ds, full_scope)
    assert row(page, "2 other lines")[0] == "$0.02M"
    assert "Other lines: Training and Backfill." in page
    assert "Full-scope" not in page


def test_page__an_own_file_does_not_bear_the_title_of_what_it_builds_on(make, tmp_path):
    text = 'name = "my-practice"\nextends = "mid-market"\npractice.providers = 60\n'
    (tmp_path / "own.toml").write_text(text)
    own = load(tmp_path / "own.toml")
    title = "my-practice (extends mid-market)"
    assert page_of(make(own, 40), own).startswith(f"{title} ===")
    assert render_sources(own).startswith(f"{title}\n===")
    (tmp_path / "own.toml").write_text('label = "Elm Street, $2M"\n' + text)
    own = load(tmp_path / "own.toml")
    assert page_of(make(own, 40), own).startswith("Elm Street, $2M ===")
    # What is changed in Python keeps the name and the label.
    replaced = load("mid-market").replace({"practice.providers": 60})
    assert render_sources(replaced).startswith("Mid-market physician group\n")


def test_page__a_difference_the_paths_cannot_tell(make, full_scope):
    noise = np.random.default_rng(1).normal(size=(2, 400))
    costs = {"outsource": 6 + noise[0], "current": 6 + noise[1]}
    page = one_line(page_of(make(full_scope, 400, costs), full_scope))
    assert "are the cheapest about equally often" in page
    assert "which of the two costs less on average, 400 simulated futures cannot tell" in page


def test_page__a_single_strategy(make, full_scope):
    costs = {"current": np.linspace(5, 7, 2001)}
    page = page_of(make(full_scope, 2001, costs), full_scope)
    assert "The current arrangement costs $6.00M on average" in page
    assert "Cheapest in" not in page


def test_page__marks_the_strategy_that_is_the_current_arrangement(make, full_scope):
    costs = {"insource": np.linspace(5, 7, 1001), "outsource": np.linspace(6, 7, 1001)}
    page = page_of(make(full_scope, 1001, costs, current="outsource"), full_scope)
    assert "Outsource (current)" in page
    assert "Outsource = today's arrangement: Managed service provider |" in page


def test_page__a_certain_amount_is_exact_throughout(make, full_scope):
    page = page_of(make(full_scope, 100, {"current": np.full(100, 0.0931)}), full_scope)
    for name in ("Mean  ", "P50 (median)", "P95  ", "TVaR 95"):
        assert row(page, name)[0] == "$93.10K"
    assert "too few" not in page


@pytest.mark.parametrize("n", [100, 400, 999])
def test_page__no_tail_mean_is_shown_below_its_percentile(make, full_scope, n):
    for seed in range(5):
        # Hardly any spread: two digits, all that no interval supports, would show less.
        costs = 0.0944 + 1e-5 * np.random.default_rng(seed).random((2, n))
        ds = make(full_scope, n, {"insource": costs[0], "current": costs[1] * 7})
        page = page_of(ds, full_scope)
        levels, tails = (
            [float(text.strip("$K")) for text in amounts(page, name)]
            for name in ("P95  ", "TVaR 95")
        )
        assert len(levels) == 2
        assert all(tail >= level for level, tail in zip(levels, tails, strict=True))


def test_page__notes_few_paths(make, full_scope):
    page = page_of(make(full_scope, 40), full_scope)
    assert "Note: 40 paths are too few to say how precise P95 and TVaR 95 are" in page
    assert "±?: too few paths to say." in one_line(page)
    assert row(page, "TVaR 95")[1::2] == ["±?"] * 3


def test_page__one_future_is_an_example(make, full_scope):
    page = page_of(make(full_scope, 2).isel(path=[1]), full_scope)
    assert "Note: 1 path: no interval, no percentiles; simulate at least 1,000." in page
    assert (
        "In this one future the current arrangement is the cheapest: $6.2M over 5 years. One "
        "future is an example: it says nothing of chances."
    ) in one_line(page)
    assert row(page, "This future") == ["$7.0M", "$6.5M", "$6.2M"]
    assert row(page, "Minus current") == ["$750K", "$250K", "-"]
    for word in ("too few", "interval (", "95%", "P80", "TVaR", "Cheapest", "Mean", "mean"):
        assert word not in page
    alone = page_of(make(full_scope, 2, {"current": [5.0, 6.0]}).isel(path=[1]), full_scope)
    assert "In this one future the current arrangement costs $6.0M over 5 years." in one_line(alone)


def test_page__other_levels(result, full_scope):
    page = one_line(page_of(result, full_scope, 0.9, 0.999))
    assert "P99.9" in page
    assert "which 90% of futures stay within" in page
    assert "P80" not in page


@pytest.mark.parametrize("n", [1, 40, 10_001])
@pytest.mark.parametrize("count", [1, 2, 4, 5, 9])
def test_page__fits_80_columns(make, full_scope, n, count):
    names = ["current", "hybrid", *(f"outsource{i}" for i in range(7))][:count]
    strategies = full_scope.to_mapping()["strategies"]
    more = {name: {"all": "outsource"} for name in names if name not in ("current", "hybrid")}
    scenario = full_scope.replace({f"strategies.{name}": entry for name, entry in more.items()})
    assert set(strategies) <= set(scenario.strategies)
    base = np.random.default_rng(2).lognormal(2.5, 0.7, (count, n + 2))
    ds = make(scenario, n + 2, dict(zip(names, base, strict=True)), currency="CHF")
    long = {name: f"{name} with a rather long label" for name in names}
    ds["strategy"].attrs["labels"] = label_text(long)
    page = page_of(ds.isel(path=slice(n)), scenario)
    assert max(map(len, page.splitlines())) <= 80


def test_page__fits_one_sheet(result, full_scope):
    assert len(page_of(result, full_scope).splitlines()) <= 66


@pytest.mark.parametrize("name", scenarios())
def test_page__shipped_scenarios_fit_one_sheet(name):
    shipped = load(name)
    ds = simulate(shipped, paths=1000, seed=1)
    assert ds.sizes["strategy"] == 4
    page = page_of(ds, shipped).splitlines()
    assert len(page) <= 66
    assert max(map(len, page)) <= 80


@pytest.mark.parametrize("name", scenarios())
def test_sources__fit_80_columns_and_name_every_source(name):
    scenario = load(name)
    text = render_sources(scenario)
    assert max(map(len, text.splitlines())) <= 80
    used = set(re.findall(r"\[([a-z0-9_]+)\]", " ".join(text.split())))
    assert used <= set(scenario.sources)
    assert len(used) > 50


def test_sources__weakest_first():
    lines = render_sources(load("mid-market"), weakest_first=True).splitlines()
    table = lines[: lines.index("Sources")]
    levels = [line.split()[0] for line in table if re.match(r"(low|medium|high) ", line)]
    assert levels == sorted(levels, key=["low", "medium", "high"].index)
    assert levels[0] == "low"


def test_sources__own_numbers_are_marked_and_defaults_on_request():
    scenario = load("small-practice").replace({"people.hours_per_week": 38})
    text = render_sources(scenario)
    assert "people.hours_per_week*" in text
    assert len(render_sources(scenario, with_defaults=True)) > len(text)
