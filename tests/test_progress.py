"""Progress of long work: one bar, however many stages there are."""

import sys
from types import ModuleType

import pytest
import tqdm

import hcrisk
from hcrisk.progress import one_bar, progress_bar, stage


@pytest.fixture
def bars(monkeypatch):
    """The bars that are shown, with their totals and what they were advanced by."""
    shown = []

    class Bar:
        def __init__(self, total, **_):
            self.total, self.counted = total, []
            self.update = self.counted.append
            shown.append(self)

        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

    monkeypatch.setattr(tqdm, "tqdm", Bar)
    return shown


def test_stages_make_one_bar_that_ends_at_its_total(bars):
    with one_bar(100, True):
        with stage(60), progress_bar(50, True) as advance:
            advance(20)
            advance(30)
        with stage(40), progress_bar(70, None) as advance:
            advance(35)
            advance(35)
    (bar,) = bars
    assert bar.total == 100
    assert bar.counted == [20, 30, 10, 35, 5]


def test_one_bar_inside_another_is_a_part_of_it(bars):
    with one_bar(30, True):
        with one_bar(20, None), stage(20), progress_bar(20, None) as advance:
            advance(20)
        with stage(10), one_bar(10, None), progress_bar(10, None) as advance:
            advance(4)
    (bar,) = bars
    assert sum(bar.counted) == bar.total == 30


def test_what_is_not_wanted_is_not_counted(bars):
    with one_bar(10, True), progress_bar(10, False) as advance:
        advance(10)
    assert bars[0].counted == []
    with one_bar(10, False), stage(10), progress_bar(10, False) as advance:
        advance(10)
    assert len(bars) == 1


def test_work_that_stops_leaves_no_bar_behind(bars):
    with pytest.raises(KeyboardInterrupt), one_bar(10, True), stage(10):
        raise KeyboardInterrupt
    assert sum(bars[0].counted) == 0
    with progress_bar(5, True) as advance:
        advance(5)
    assert bars[1].counted == [5]


def test_without_a_whole_every_stage_has_its_own(bars):
    with stage(10), progress_bar(7, True) as advance:
        advance(7)
    assert [bar.total for bar in bars] == [7]


def test_a_report_shows_one_bar(bars, tmp_path):
    told = hcrisk.report(hcrisk.load("small-practice"), paths=150, progress=True)
    (bar,) = bars
    assert sum(bar.counted) == bar.total
    told.to_xlsx(tmp_path / "quote.xlsx", progress=True)
    assert len(bars) == 2
    assert sum(bars[1].counted) == bars[1].total == 150


def test_a_notebook_shows_lines_of_text_and_keeps_none(monkeypatch):
    shown = []

    class Handle:
        def update(self, text, raw):
            assert raw
            shown.append(text["text/plain"])

    def display(text, raw, display_id):
        assert display_id
        Handle().update(text, raw)
        return Handle()

    monkeypatch.setitem(sys.modules, "ipykernel", ModuleType("ipykernel"))
    monkeypatch.setattr("IPython.display.display", display)
    monkeypatch.setattr("hcrisk.progress.PATIENCE", 0.0)
    with progress_bar(200, None) as advance:
        advance(150)
        advance(50)
    assert "0.00/200" in shown[0]
    assert shown[-1] == ""


def test_a_short_run_shows_nothing_in_a_notebook(monkeypatch):
    def display(*_, **__):
        raise AssertionError("shown")

    monkeypatch.setitem(sys.modules, "ipykernel", ModuleType("ipykernel"))
    monkeypatch.setattr("IPython.display.display", display)
    with progress_bar(200, None) as advance:
        advance(200)
