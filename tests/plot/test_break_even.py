import numpy as np
import pytest
from matplotlib.figure import Figure

from hcrisk.plot.break_even import break_even as plot
from hcrisk.whatif import Effort, break_even
from tests.whatif.common import FIXED, WAYS, fees, uncertain


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
    curve = max(ax.lines, key=lambda line: len(line.get_xdata()))
    np.testing.assert_array_equal(curve.get_xdata(), ds["at"])
    np.testing.assert_array_equal(curve.get_ydata(), ds["value"])
    marks = [line for line in ax.lines if line.get_marker() == "o"]
    assert [line.get_xdata()[0] for line in marks] == ds["crossing_at"].values.tolist()
    texts = [text.get_text() for text in ax.texts]
    lower, upper = (ds[f"crossing_at_{end}"].item() for end in ("lower", "upper"))
    assert lower < upper
    assert f"{lower:g} to {upper:g}" in texts
    assert {"Cheaper: Fixed", "Cheaper: By size"} <= set(texts)
    assert ax.get_xlabel() == "Practice: providers"


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
        plot(ds.drop_vars(["crossing_at", "value"]))
    with pytest.raises(ValueError, match=r"has no cost; pass the whole result"):
        plot(ds.drop_vars("cost"))
