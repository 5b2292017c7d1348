"""What the pages show is what their code prints and draws."""

import matplotlib.pyplot as plt
import pytest
from matplotlib.axes import Axes

from tests.make_outputs import DOCS, PAGES
from tests.pages import is_same, run


@pytest.mark.parametrize("name", sorted(PAGES))
def test_code_of_page(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = (DOCS / name).read_text(encoding="utf-8")
    ran = 0
    for part, printed, names in run(text, name):
        if part.kind == "text":
            assert is_same(part.text, printed), f"run python -m tests.make_outputs; now\n{printed}"
        elif part.kind == "picture":
            assert isinstance(names["ax"], Axes)
            assert names["ax"].has_data()
            assert len(part.text) > 40
            plt.close("all")
        ran += part.kind in ("python", "console")
    assert ran
