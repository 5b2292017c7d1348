"""What is read from cells, as people fill them in, and what is refused."""

import datetime

import pytest

from hcrisk.exceptions import ScenarioError
from hcrisk.scenario import own_numbers
from hcrisk.scenarios import from_toml, load
from hcrisk.sheets.layout import SHAPES

PAY = "roles.technician.pay"
RATE = "roles.technician.attrition_rate"
LOAD = "people.benefits_load"
SEATS = "services.help_desk.arrangements.insource.seats.technician"
FEE = "services.help_desk.arrangements.outsource.contracts.msp.per_user"


def toml(text):
    return from_toml(f'name = "mine"\nextends = "mid-market"\n{text}')


def problems(sheets):
    with pytest.raises(ScenarioError) as caught:
        sheets.read()
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("path", "cells", "equivalent"),
    [
        (PAY, {"value": 64_000}, f"{PAY} = 64000"),
        (PAY, {"value": " $64,000 "}, f"{PAY} = 64000"),
        (PAY, {"value": "64000 USD"}, f"{PAY} = 64000"),
        (PAY, {"value": "64,000.50"}, f"{PAY} = 64000.5"),
        (RATE, {"value": 0.22}, f"{RATE} = 0.22"),
        (RATE, {"value": (0.22, "0.0%")}, f"{RATE} = 0.22"),
        (RATE, {"value": "22%"}, f"{RATE} = 0.22"),
        (RATE, {"value": "2.9 %"}, f"{RATE} = 0.029"),
        (RATE, {"value": '{ dist = "gamma", mean = 0.2, cv = 0.3 }'},
         f'{RATE} = {{ dist = "gamma", mean = 0.2, cv = 0.3 }}'),
        (LOAD, {"low": 0.2, "mode": 0.25, "high": 0.3},
         f'{LOAD} = {{ dist = "triangular", low = 0.2, mode = 0.25, high = 0.3 }}'),
        (LOAD, {"low": "20%", "mode": 0.25, "high": 0.3, "shape": "pert"},
         f'{LOAD} = {{ dist = "pert", low = 0.2, mode = 0.25, high = 0.3 }}'),
        (LOAD, {"low": 0.2, "high": 0.3, "shape": "even"},
         f'{LOAD} = {{ dist = "uniform", low = 0.2, high = 0.3 }}'),
        (PAY, {"low": 60_000, "high": 70_000, "shape": "lognormal P10-P90"},
         f'{PAY} = {{ dist = "lognormal", p10 = 60000, p90 = 70000 }}'),
        (PAY, {"mode": 60_000, "high": 70_000, "shape": "lognormal P50-P90"},
         f'{PAY} = {{ dist = "lognormal", p50 = 60000, p90 = 70000 }}'),
        ("discounting.rate", {"value": "6,5"}, None),
        ("practice.users", {"value": 250}, "practice.users = 250"),
        ("practice.users.per_provider", {"value": 5}, "practice.users = { per_provider = 5 }"),
        ("practice.revenue.per_provider", {"low": 8e5, "mode": 9e5, "high": 1e6},
         'practice.revenue = { per_provider = '
         '{ dist = "triangular", low = 8e5, mode = 9e5, high = 1e6 } }'),
        (f"{SEATS}.ratio", {"value": 60}, f'{SEATS} = {{ per = "user", ratio = 60, minimum = 1 }}'),
        (SEATS, {"value": 4}, f"{SEATS} = 4"),
        ("services.help_desk.current", {"value": "Hybrid"},
         'services.help_desk.current = "hybrid"'),
        ("services.help_desk.coverage.kind", {"value": "presence"},
         'services.help_desk.coverage.kind = "presence"'),
        ("practice.controls.mfa", {"value": "no"}, "practice.controls = []"),
        ("practice.controls.documented_compliance", {"value": True},
         'practice.controls = ["mfa", "documented_compliance"]'),
        ("risks.breach.losses.response.insured", {"value": "NO"},
         "risks.breach.losses.response.insured = false"),
        ("lines.backup.needed_by", {"value": "help_desk.insource"},
         'lines.backup.needed_by = ["help_desk.insource"]'),
        ("insurance.aggregate_limit", {"value": "unlimited"}, "insurance.aggregate_limit = inf"),
        ("correlations", {"value": "[]"}, "correlations = []"),
        ("without", {"value": "lines.backup, insurance"},
         'without = ["lines.backup", "insurance"]'),
        ("insurance.sublimits.breach.notification", {"value": 5e5},
         "insurance.sublimits.breach.notification = 500000"),
        ("growth.planned.merger", {"value": "{ months = 18, size = 0.4 }"},
         "growth.planned.merger = { months = 18, size = 0.4 }"),
        ("roles.technician.pay.median", {"value": 70_000},
         f'{PAY} = {{ dist = "lognormal", median = 70000, sigma = 0.1 }}'),
    ],
)  # fmt: skip
def test_a_cell_is_read_as_the_file_would_be(sheets, path, cells, equivalent):
    sheets.fill(path, **cells)
    if equivalent is None:
        assert problems(sheets)
        return
    read = sheets.read()
    assert read.digest == toml(equivalent).digest
    assert read.digest != load("mid-market").digest


def test_a_list_keeps_what_is_not_changed(sheets):
    effect = "risks.breach.effects.security.frequency"
    sheets.fill(f"{effect}.1.multiple", 1.1).fill("people.tenure_factors.0", 1.5)
    changes = {f"{effect}.1.multiple": 1.1, "people.tenure_factors.0": 1.5}
    assert sheets.read().digest == load("mid-market").replace(changes).digest


def test_a_correlation_is_changed_on_both_sides(sheets):
    sheets.fill("correlations.0.matrix.0.1", 0.45)
    both = {"correlations.0.matrix.0.1": 0.45, "correlations.0.matrix.1.0": 0.45}
    assert sheets.read().digest == load("mid-market").replace(both).digest


def test_a_strategy_of_ones_own(sheets):
    for service in load("mid-market").services:
        sheets.fill(f"strategies.my_mix.services.{service}", "hybrid")
    sheets.fill("strategies.my_mix.label", "Half and half")
    read = sheets.read()
    assert read.assignment("my_mix") == read.assignment("hybrid")
    assert read.strategies["my_mix"].label == "Half and half"


def test_an_offer_comes_with_all_it_needs(sheets):
    fee = "services.help_desk.arrangements.acme.contracts.acme.per_user"
    sheets.fill("offer", "yes").fill(fee, 135).fill("vendors.acme.label", "Northwind IT")
    read = sheets.read()
    assert read.vendors["acme"].label == "Northwind IT"
    assert read.assignment("with_acme")["help_desk"] == "acme"
    assert read.numbers()[fee].value == 135
    sheets.fill("services.help_desk.current", "acme")
    assert sheets.read().current["help_desk"] == "acme"
    sheets.clear()
    sheets.fill(fee, 135)
    assert problems(sheets) == [
        f"{sheets.place(fee)}, {fee} = 135: belongs to a partner that is not added; "
        "choose yes in the first row of Offer, or clear it"
    ]


def test_sources_are_kept(sheets):
    sheets.fill(PAY, 64_000, source="Payroll, March 2026", confidence="high")
    sheets.fill(RATE, 0.2, source="Payroll, March 2026", confidence="high")
    sheets.fill("practice.users.per_provider", 5, source="Payroll, March 2026")
    sheets.fill(FEE, 140, source="scopemsp_2026_standard")
    sheets.fill(LOAD, low=0.2, mode=0.25, high=0.3, source="=not a formula".lstrip("="))
    sheets.fill("practice.providers", 40)
    read = sheets.read()
    key = read.numbers()[PAY].source
    assert read.numbers()[RATE].source == key
    assert read.sources[key].title == "Payroll, March 2026"
    assert read.sources[key].confidence == "high"
    other = read.numbers()["practice.users.per_provider"].source
    assert (other != key, read.sources[other].confidence) == (True, "medium")
    assert read.numbers()[FEE].source == "scopemsp_2026_standard"
    assert read.sources[read.numbers()[LOAD].source].title == "not a formula"
    assert read.numbers()["practice.providers"].source is None
    assert len(read.sources) == len(load("mid-market").sources) + 3
    assert {one.path for one in own_numbers(read)} == {
        PAY, RATE, FEE, LOAD, "practice.users.per_provider", "practice.providers"
    }  # fmt: skip


def test_a_cleared_name_is_that_of_the_file(sheets):
    sheets.write(sheets.cell("name"), None)
    sheets.write(sheets.cell("label"), None)
    read = sheets.read()
    assert (read.name, read.label) == ("mine", "mine (extends mid-market)")


REFUSED = [
    (PAY, {"value": "a lot"}, "value", "is text, and must be a number; write a number such as"),
    (PAY, {"value": "64k"}, "value", "is text, and must be a number; write 64000"),
    (PAY, {"value": "1.234,50"}, "value", "is text, and must be a number; write"),
    (PAY, {"value": True}, "value", "is yes or no, and must be a number"),
    (PAY, {"value": datetime.date(2026, 3, 1)}, "value", "is a date, and must be a number"),
    (PAY, {"value": -1}, "value", "must be more than 0; write a positive number"),
    (PAY, {"value": "#REF!"}, "value", "is an error, not a value; mend the formula"),
    (PAY, {"value": "{ dist = 3"}, "value", "is not as a scenario file would have it"),
    (PAY, {"value": '{ dist = "triangluar", low = 1, mode = 2, high = 3 }'}, "value",
     "is not a family"),
    (RATE, {"value": 22}, "value", "0.22 if it is in percent"),
    (LOAD, {"low": 0.2}, "low", 'is a range without "Your most likely", which triangle needs'),
    (LOAD, {"low": 0.2, "mode": 0.3}, "low", 'is a range without "Your high"'),
    (LOAD, {"low": 0.3, "mode": 0.25, "high": 0.35}, "mode", 'is less than "Your low" (0.3'),
    (LOAD, {"low": 0.2, "mode": 0.25, "high": 0.1}, "high", 'is less than "Your most likely"'),
    (LOAD, {"low": 0.2, "mode": 0.2, "high": 0.2}, "high", 'is the same as "Your low"'),
    (LOAD, {"low": 0.2, "mode": "much", "high": 0.3}, "mode", "is text, and must be a number"),
    (LOAD, {"low": -0.1, "mode": 0.2, "high": 0.3}, "low", "must be at least 0"),
    (LOAD, {"value": 0.2, "high": 0.3}, "high", 'is a range beside a value in "Your value"'),
    (LOAD, {"low": 0.1, "mode": 0.2, "high": 0.3, "shape": "even"}, "mode",
     'is a "Your most likely", which even does not have'),
    (LOAD, {"low": 0.1, "high": 0.3, "shape": "bell"}, "shape", "is no shape of a range; use one"),
    (LOAD, {"shape": "even"}, "shape", 'is a range without "Your low", which even needs'),
    (LOAD, {"source": "payroll"}, "source", "is in a row without a value of yours"),
    (LOAD, {"value": 0.2, "confidence": "high"}, "confidence", "says how sure a number is that"),
    (LOAD, {"value": 0.2, "source": "x", "confidence": "sure"}, "confidence", "is none of the cho"),
    ("practice.providers", {"low": 1, "mode": 2, "high": 3}, "low", "must be certain"),
    ("services.help_desk.current", {"value": "insorce"}, "value",
     'did you mean "insource"?'),
    ("discounting.timing", {"value": "midd"}, "value", "is none of the choices; did you mean"),
    ("services.help_desk.current", {"value": datetime.datetime(2026, 1, 1)}, "value", "is a date"),
    ("services.help_desk.current", {"value": "hybrid", "source": "x"}, "source",
     "is a source of what is no number"),
    ("practice.controls.mfa", {"value": "perhaps"}, "value", "is neither yes nor no"),
    ("offer", {"value": "perhaps"}, "value", "is neither yes nor no"),
    ("strategies.my_mix.services.security", {"value": "hybrid"}, "value",
     "missing: help_desk, analytics, software"),
    ("roles.tecnician.pay", {"value": 60_000}, "value", "technician"),
    ("practise.users", {"value": 60}, "value", "is not a known key"),
    ("practice.users.per_povider", {"value": 60}, "value", "is not a known key"),
    ("practice.providers.mean", {"value": 60}, "value", "is not a known key"),
    ("correlations.0.matrix.0.1", {"value": 1.5}, "value", "must lie in [-1, 1]"),
    ("without", {"value": "services.sofware"}, "value", "has nothing to leave out there"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "cells", "key", "said"), REFUSED)
def test_what_is_wrong_is_refused_with_its_cell(sheets, path, cells, key, said):
    sheets.fill(path, **cells)
    found = problems(sheets)
    place = sheets.place(path, key)
    assert any(one.startswith(f"{place}, ") and said in one for one in found), found
    # Nothing is refused that somebody cannot find.
    assert all(one.startswith(f"{sheets.cell(path).parent.title}!") for one in found), found


def test_all_problems_are_told_at_once(sheets):
    sheets.fill(PAY, -1).fill(RATE, "often").fill(LOAD, low=2).fill("horizon.years", 5.5)
    found = problems(sheets)
    assert len(found) == 5
    for path in (PAY, RATE, LOAD, "horizon.years"):
        assert any(f", {path} " in one for one in found)


def test_the_same_path_twice_is_refused(sheets):
    sheets.fill(PAY, 60_000)
    first = sheets.place(PAY, "path")
    row = sheets.free()
    sheets.write(row[0].cell(row[1], 14), PAY)
    sheets.write(row[0].cell(row[1], 5), 70_000)
    (found,) = problems(sheets)
    assert first in found
    assert found.endswith("clear one of them")


def test_a_whole_and_its_part_are_refused(sheets):
    sheets.fill("practice.users", 200).fill("practice.users.per_provider", 4)
    (found,) = problems(sheets)
    each, whole = "practice.users.per_provider", sheets.place("practice.users")
    assert found == (
        f"{sheets.place(each)}, {each}: is filled in beside {whole}, which states all of it; "
        "clear one of the two"
    )


def test_a_value_without_a_path_is_refused(sheets):
    sheet, row = sheets.free()
    sheets.write(sheet.cell(row, 5), 3)
    (found,) = problems(sheets)
    assert found.startswith(f"More!E{row} = 3: is in a row without a path; write the path")


def test_every_shape_is_a_family_with_its_parameters():
    from hcrisk.distributions.families import FAMILIES, find_form

    for shape in SHAPES.values():
        assert find_form(FAMILIES[shape.family], set(shape.parameters.values()))
