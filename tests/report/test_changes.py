import re

import pytest

import hcrisk
from hcrisk.report.changes import change_lines, find_changes
from hcrisk.scenarios import from_toml

RUN = {"paths": 400, "seed": 3, "progress": False}


@pytest.fixture(scope="module")
def before():
    return hcrisk.load("small-practice")


def told(after, before):
    return change_lines(find_changes(after, hcrisk.simulate(after, **RUN), before, progress=False))


def test_what_changed_and_what_it_costs(before):
    after = before.replace({"roles.technician.attrition_rate": 0.4})
    lines = told(after, before)
    number, *costs = lines
    assert re.fullmatch(r"roles\.technician\.attrition_rate: 0\.4 per year \(was .+\)", number)
    by_name = dict(line.split(": ", 1) for line in costs)
    both = [hcrisk.simulate(one, **RUN)["npv"].mean("path") for one in (after, before)]
    moved = (both[0] - both[1]).sel(strategy="insource").item()
    said = re.match(r"mean \$([\d.]+)K .*more, P80 .* and P95 ", by_name["Insource"])
    assert float(said[1]) == pytest.approx(moved / 1e3, rel=0.1)
    assert by_name["Outsource"] == by_name["Current"] == "costs the same"


def test_nothing_changed(before):
    first, *costs = told(before, before)
    assert first == "no number and no choice differs"
    assert costs
    assert all(line.endswith(": costs the same") for line in costs)


def test_choices_are_told_and_names_are_not():
    text = 'name = "{}"\nlabel = "{}"\nextends = "small-practice"\n'
    old = from_toml(text.format("old", "Old"))
    new = from_toml(
        text.format("new", "New") + 'strategies.hybrid.services.help_desk = "outsource"\n'
    )
    lines = told(new, old)
    assert lines[0].startswith('strategies.hybrid.services.help_desk: "outsource" (was ')
    assert [line for line in lines if "Old" in line or "New" in line] == []


def test_amounts_in_another_currency_are_refused(before):
    euros = before.replace({"currency": "EUR"})
    ds = hcrisk.simulate(euros, paths=100, progress=False)
    with pytest.raises(hcrisk.ArgumentError, match=r"^before must be in EUR, .* got 'USD'; "):
        find_changes(euros, ds, before, progress=False)
