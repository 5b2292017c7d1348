"""What a notebook or prompt shows of a scenario."""

import re

import pytest
from IPython.lib.pretty import pretty

import hcrisk

PAY = {"dist": "lognormal", "p50": 70_000, "p90": 82_000}


@pytest.fixture(scope="module")
def base():
    return hcrisk.load("mid-market")


def test_a_changed_scenario_says_what_was_changed(base):
    ours = base.replace({"practice.providers": 60, "roles.technician.pay": PAY})
    assert "own" not in repr(base)
    assert repr(ours).endswith("inputs; own: practice.providers, roles.technician.pay>")
    page = ours._repr_html_()
    assert "<th>practice.providers</th><td>60</td><td>providers</td>" in page
    assert "<th>roles.technician.pay</th><td>lognormal, p50 70,000, p90 82,000</td>" in page
    assert "Stated here" not in base._repr_html_()


def test_choices_are_shown_as_they_are_and_names_are_left_out(base):
    ours = base.replace({"label": "Our group", "services.analytics.current": "insource"})
    page = ours._repr_html_()
    assert "<th>services.analytics.current</th><td>&quot;insource&quot;</td>" in page
    assert "<th>label</th>" not in page
    assert "Stated here" not in base.replace({"label": "Our group"})._repr_html_()


def test_the_page_shows_who_delivers_what(base):
    page = base._repr_html_()
    for name, service in base.services.items():
        labels = [service.arrangements[base.assignment(s)[name]].label for s in base.strategies]
        cells = "".join(f"<td>{label}</td>" for label in labels).replace("'", "&#x27;")
        assert f"<th>{service.label}</th>{cells}" in page
    assert page.count("<tr>") == len(base.services) + 1


def test_labels_are_text_and_not_markup(base):
    page = base.replace({"label": "<script>alert(1)</script>"})._repr_html_()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_many_own_entries_are_counted(base):
    changes = {f"roles.{name}.skill": 0.5 for name in base.roles}
    assert len(changes) > 3
    assert f"and {len(changes) - 3} more>" in repr(base.replace(changes))


def test_a_table_shows_what_it_states_with_units(base):
    text = str(base.roles["technician"])
    assert "  pay                  lognormal, median 63,960, sigma 0.1 (USD/year)\n" in text
    assert re.search(r"and \d+ as by default$", text)
    assert pretty(base.roles["technician"]) == text
    assert "Number(" not in pretty(base.roles)


@pytest.mark.parametrize("name", hcrisk.scenarios())
def test_every_table_and_number_of_a_shipped_scenario_can_be_shown(name):
    scenario = hcrisk.load(name)
    for field in type(scenario).model_fields:
        assert pretty(getattr(scenario, field))
    for quantity in scenario.quantities().values():
        assert pretty(quantity)


def test_completion_offers_what_belongs_to_scenarios(base):
    offered = {name for name in dir(base) if not name.startswith("_")}
    assert {"replace", "services", "inputs", "digest"} <= offered
    assert not offered & {"model_dump", "dict", "parse_obj", "schema", "copy"}
