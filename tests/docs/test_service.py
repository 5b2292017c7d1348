"""The worker of docs/howto/embed.md: the one in examples, which answers as the library does."""

import json
import subprocess
import sys

import pytest

import hcrisk
from tests.make_outputs import DOCS
from tests.pages import parts

WORKER = DOCS.parent / "examples" / "worker.py"


def test_worker__is_the_one_of_the_page():
    page = iter(parts((DOCS / "howto" / "embed.md").read_text(encoding="utf-8")))
    assert next(part.text for part in page if part.kind == "file") == WORKER.name
    assert next(page).text == WORKER.read_text(encoding="utf-8")


def test_worker__answers_from_spawned_processes_with_nothing_else_on_stdout():
    done = subprocess.run([sys.executable, WORKER], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    small, large, wrong = map(json.loads, done.stdout.splitlines())
    ours = {"name": "ours", "extends": "mid-market", "practice": {"providers": 40}}
    found = hcrisk.simulate(hcrisk.load(ours), paths=2_000, seed=1, progress=False)
    p80 = hcrisk.percentiles(found, 0.8)["value"].sel(strategy="hybrid").item()
    row = next(one for one in small["rows"] if (one["strategy"], one["level"]) == ("hybrid", 0.8))
    assert row["value"] == pytest.approx(p80, rel=1e-12)
    assert row["lower"] < row["value"] < row["upper"]
    assert small["manifest"]["scenario_digest"] == hcrisk.load(ours).digest
    assert large["manifest"]["scenario_digest"] != small["manifest"]["scenario_digest"]
    assert wrong["problems"][0]["path"] == "practice.providers"
