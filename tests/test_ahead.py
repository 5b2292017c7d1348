"""Modules are read in a thread of their own, and nothing that goes wrong there is lost."""

import sys
import threading

import pytest

from hcrisk.ahead import read_ahead


def readers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "hcrisk-ahead"]


def written(tmp_path, monkeypatch, name: str, text: str) -> None:
    (tmp_path / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)


def test_a_module_is_there_once_it_was_read_ahead(tmp_path, monkeypatch):
    written(tmp_path, monkeypatch, "hcrisk_read_in_time", "number = 5\n")
    try:
        read_ahead("hcrisk_read_in_time")
        for thread in readers():
            thread.join()
        assert sys.modules["hcrisk_read_in_time"].number == 5
        read_ahead("hcrisk_read_in_time")
        assert not readers()
    finally:
        sys.modules.pop("hcrisk_read_in_time", None)


def test_what_goes_wrong_is_left_to_whoever_imports_it(tmp_path, monkeypatch, capsys):
    written(tmp_path, monkeypatch, "hcrisk_broken", "raise RuntimeError('broken')\n")
    read_ahead("hcrisk_broken")
    for thread in readers():
        thread.join()
    assert capsys.readouterr().err == ""
    with pytest.raises(RuntimeError, match="broken"):
        __import__("hcrisk_broken")
