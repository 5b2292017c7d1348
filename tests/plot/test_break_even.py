import numpy as np
import pytest
from matplotlib.figure import Figure

from hcrisk.plot.break_even import break_even as plot
from hcrisk.whatif import Effort, break_even
from tests.whatif.common import FIXED, WAYS, fees, known_at, uncertain


def drawn(ds, size=(8, 5)):
    figure = Figure(figsize=size, layout="constrained")
    ax = plot(ds, ax=figure.subplots())
    figure.canvas.draw()
    return ax


def test_break_even__curve_band_and_crossing():
    ds = break_even(
        uncertain(50), "practice.providers", 10, 200, **WAYS, effort=Effort(paths=50, points=6)
    )
    ax = drawn(ds)
    points = [line for line in ax.lines if line.get_marker() == "."]
    drawn_at = {x: y for line in points for x, y in line.get_xydata()}
    assert drawn_at == dict(zip(ds["at"].values, ds["value"].values, strict=True))
    # No line leads from one point to another.
    assert all(line.get_linestyle() == "None" for line in points)
    segments = [s for lines in ax.collections for s in lines.get_segments()]
    ends = {x: (low, high) for (x, low), (_, high) in segments}
    for one in (ds.isel(at=i) for i in range(ds.sizes["at"])):
        assert ends[one["at"].item()] == (one["lower"].item(), one["upper"].item())
    (shaded,) = ax.patches
    ends = shaded.get_x(), shaded.get_x() + shaded.get_width()
    assert ends == (ds["before"].item(), ds["after"].item())
    texts = [text.get_text() for text in ax.texts]
    assert f"{ds['before'].item():g} to {ds['after'].item():g}" in texts
    assert {"Cheaper: Fixed", "Cheaper: By size"} <= set(texts)
    assert ax.get_xlabel() == "Practice: providers"


def test_break_even__grey_reaches_to_where_the_two_can_be_told_apart():
    sure, other, unknown = (5.0, 1.0), (-5.0, 1.0), (0.5, 1.0)
    places = {10: unknown, 20: sure, 29: sure, 30: other, 50: other, 55: unknown, 60: other,
              70: unknown, 80: unknown}  # fmt: skip
    ax = drawn(known_at(places))
    spans = sorted((p.get_x(), p.get_x() + p.get_width()) for p in ax.patches)
    assert spans == [(10, 20), (50, 60), (60, 80)]
    # A change between neighbours is a line between them.
    assert [list(line.get_xdata()) for line in ax.lines if line.get_linestyle() == ":"] == [
        [29.5, 29.5]
    ]


def test_break_even__names_stand_where_the_curve_is_not():
    ds = break_even(fees(), FIXED, 200, 300, **WAYS, effort=Effort(paths=1, points=3))
    ds = ds.isel(crossing=slice(0))
    sides = {}
    for rising, values in ((True, [-1.0, 0.5, 2.0]), (False, [2.0, 0.5, -1.0])):
        ds["value"][:] = np.array(values) * 1e6
        above, below = [t for t in drawn(ds).texts if t.get_text().startswith("Cheaper")]
        sides[rising] = (above.get_horizontalalignment(), below.get_horizontalalignment())
    assert sides == {True: ("left", "right"), False: ("right", "left")}


@pytest.mark.parametrize("size", [(8, 5), (3, 2.5)])
def test_break_even__one_path_and_no_crossing(size):
    ds = break_even(fees(), FIXED, 200, 300, **WAYS, effort=Effort(paths=1, points=3))
    assert not np.isfinite(ds["upper"]).any()
    low, high = drawn(ds, size).get_ylim()
    assert low < 0 < high


def test_break_even__refuses_another_result():
    ds = break_even(fees(), FIXED, 200, 300, **WAYS, effort=Effort(paths=1, points=3))
    with pytest.raises(
        ValueError, match=r"what hcrisk.break_even returns, got Dataset; draw hcrisk"
    ):
        plot(ds.drop_vars(["stretch_cheaper", "value"]))
    with pytest.raises(ValueError, match=r"has no cost; pass the whole result"):
        plot(ds.drop_vars("cost"))
