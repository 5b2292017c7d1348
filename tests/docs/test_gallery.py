"""docs/gallery.md: every chart with its code and picture, every measure with its chart."""

import inspect
import re

import hcrisk
from hcrisk import measures, plot, sensitivity, whatif
from tests.make_outputs import DOCS
from tests.pages import parts

PAGE = (DOCS / "gallery.md").read_text(encoding="utf-8")


def test_every_chart_is_drawn_once_and_described():
    kinds = [(part.kind, part.text) for part in parts(PAGE)]
    drawn = []
    for (kind, code), (following, _) in zip(kinds, [*kinds[1:], ("", "")], strict=True):
        called = re.search(r"^ax = hcrisk\.plot\.(\w+)", code, flags=re.MULTILINE)
        if kind == "python" and called:
            drawn.append(called[1])
            assert following == "picture"
    assert sorted(drawn) == sorted(plot.__all__)


def test_every_measure_is_in_the_table():
    table = PAGE.rpartition("\n## ")[2]
    listed = re.findall(
        r"`(?:hcrisk\.)?(\w+)`", "".join(re.findall(r"^\|([^|]+)\|", table, re.MULTILINE))
    )
    homes = (*measures.__all__, *sensitivity.__all__, *whatif.__all__, "required_paths")
    known = {name for name in homes if inspect.isfunction(getattr(hcrisk, name, None))} - {
        "stresses"
    }
    assert sorted(listed) == sorted(known)


def test_every_chart_takes_axes_and_returns_them():
    for name in plot.__all__:
        signature = inspect.signature(getattr(plot, name))
        assert signature.parameters["ax"].default is None
        assert signature.parameters["ax"].kind is inspect.Parameter.KEYWORD_ONLY
        assert signature.return_annotation == "Axes"
