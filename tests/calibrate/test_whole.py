"""From a log to a scenario in one call."""

import pytest

import hcrisk
from hcrisk.calibrate import (
    DataError,
    Target,
    Window,
    from_incidents,
    incident_findings,
    read_incidents,
    to_toml,
)
from hcrisk.scenarios import from_toml


@pytest.fixture
def log(tmp_path):
    rows = [f"202{3 + i // 6}-0{1 + i % 6}-1{i % 9},{900 + 350 * i}" for i in range(12)]
    path = tmp_path / "log.csv"
    path.write_text("\n".join(["date,cost", *rows]), encoding="utf-8")
    return path


def test_from_incidents__is_the_steps_one_after_the_other(log, tmp_path):
    parent, window = hcrisk.load("mid-market"), Window.of_years(2023, 2024)
    target = Target("outage", cap=500_000)
    made = from_incidents(log, parent, name="ours", window=window, target=target)
    found = incident_findings(read_incidents(log), parent, window=window, target=target)
    text = to_toml("ours", parent, [found.derived])
    assert made.text == text
    assert made.scenario == from_toml(text)
    assert made.findings.remarks == found.remarks
    # What its file says is the same scenario.
    (tmp_path / "ours.toml").write_text(made.text, encoding="utf-8")
    assert hcrisk.load(tmp_path / "ours.toml").digest == made.scenario.digest
    assert made.scenario.risks["outage"].frequency.source == "own_incidents"


def test_from_incidents__builds_on_a_scenario_that_no_name_leads_to(log):
    parent = hcrisk.load("mid-market").replace({"practice.providers": 60})
    made = from_incidents(log, parent)
    assert float(made.scenario.practice.providers) == 60


def test_from_incidents__refuses_what_reading_refuses(tmp_path):
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("date,cost\nyesterday,much\n", encoding="utf-8")
    with pytest.raises(DataError, match="yesterday"):
        from_incidents(wrong, hcrisk.load("mid-market"))
