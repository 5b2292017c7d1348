"""What a shell is told may come next."""

import os
import subprocess
import sys

import pytest

from hcrisk.cli.completion import scenarios_like


def completions(line, folder):
    answer = folder / "answer"
    asked = {
        "_ARGCOMPLETE": "1",
        "_ARGCOMPLETE_IFS": "\n",
        "_ARGCOMPLETE_STDOUT_FILENAME": str(answer),
        "COMP_LINE": line,
        "COMP_POINT": str(len(line)),
    }
    command = [sys.executable, "-m", "hcrisk"]
    subprocess.run(command, env=os.environ | asked, cwd=folder, check=True, timeout=60)
    return [word.strip() for word in answer.read_text(encoding="utf-8").split("\n")]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("hcrisk bre", ["break-even"]),
        ("hcrisk quote mid", ["mid-market"]),
        ("hcrisk quote our", ["our.toml"]),
        ("hcrisk quote mid-market --perc", ["--percentiles"]),
    ],
)
def test_commands_scenarios_files_and_options_complete(line, expected, tmp_path):
    for name in ("our.toml", "our.txt"):
        (tmp_path / name).touch()
    assert completions(line, tmp_path) == expected


def test_files_complete_in_folders_below(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "ours.xlsx").touch()
    assert scenarios_like("pl") == ["plans/"]
    assert scenarios_like("plans/o") == ["plans/ours.xlsx"]
    assert scenarios_like(f"{tmp_path.as_posix()}/pl") == [f"{tmp_path.as_posix()}/plans/"]
