import matplotlib.pyplot as plt
import numpy as np
import pytest
import xarray as xr
from matplotlib.figure import Figure

from hcrisk import plot


def swings(low, high, *, names=None, spread=1e3, **attrs):
    """Return a tornado with these changes at the low and high ends."""
    names = names or [f"roles.r{i}.pay" for i in range(len(low))]
    values = {}
    for end, change in (("low", low), ("high", high)):
        change = np.asarray(change, dtype=float)
        values[f"{end}_input"] = ("parameter", np.full(change.size, 2.5 if end == "low" else 7.5))
        for bound, sign in (("", 0), ("_lower", -1), ("_upper", 1)):
            values[f"{end}_change{bound}"] = ("parameter", change + sign * spread)
    values["base"] = 6.4e6
    return xr.Dataset(values, {"parameter": names}, {"currency": "USD", "statistic": "p80"} | attrs)


def draw(ds, size=(9, 5), **options):
    return plot.tornado(ds, ax=Figure(figsize=size).subplots(), **options)


def test_bars_are_the_changes_widest_first():
    ax = draw(swings([-1e4, -3e5, 2e5], [2e4, 1e5, -5e4]))
    lows, highs = ([bar.get_width() for bar in group] for group in ax.containers)
    assert (lows, highs) == ([-3e5, 2e5, -1e4], [1e5, -5e4, 2e4])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["R1: pay", "R2: pay", "R0: pay"]
    assert ax.yaxis_inverted()
    written = [text.get_text() for text in ax.texts]
    assert written.count("2.5") == written.count("7.5") == 3
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "Input low (its P10)", "Input high (its P90)",
    ]  # fmt: skip


def test_intervals_are_drawn_where_they_are_known():
    ax = draw(swings([-1e5], [2e5]))
    lines = sorted(tuple(line.get_xdata()) for line in ax.lines if len(set(line.get_xdata())) > 1)
    assert lines == [(-1.01e5, -0.99e5), (1.99e5, 2.01e5)]
    unknown = draw(swings([-1e5], [2e5], spread=np.inf))
    assert all(len(set(line.get_xdata())) == 1 for line in unknown.lines)
    assert np.isfinite(unknown.get_xlim()).all()


def test_what_is_not_shown_is_said():
    ds = swings(-np.arange(1.0, 21.0) * 1e4, np.arange(1.0, 21.0) * 1e4)
    ax = draw(ds)
    assert len(ax.containers[0]) == 12
    assert r"8 more inputs, \$160K from end to end at most" in [t.get_text() for t in ax.texts]
    assert len(draw(ds, most=3).containers[0]) == 3
    idle = draw(swings([-1e5, 0.0], [1e5, 0.0], spread=0.0))
    assert len(idle.containers[0]) == 1
    assert "1 more input without effect" in [t.get_text() for t in idle.texts]
    nothing = draw(swings([0.0], [0.0], spread=0.0))
    assert len(nothing.containers[0]) == 1


def test_titles():
    ds = swings([-1.0], [2.0], title="A group").assign_coords(strategy="msp", baseline="current")
    title = draw(ds).get_title(loc="left").replace("\n", " ")
    assert title == "A group What moves the P80 of Msp less Current"
    assert "TVaR 95" in draw(swings([-1.0], [2.0], statistic="tvar95")).get_title(loc="left")
    assert "mean" in draw(swings([-1.0], [2.0], statistic="mean")).get_title(loc="left")


def test_narrow_axes_and_ends_on_one_side():
    ax = draw(swings([1e5, -1e4], [2e5, 1e4]), size=(4, 4))
    ax.get_figure().canvas.draw()
    assert not [text for text in ax.texts if text.get_text() in ("2.5", "7.5")]
    wide = draw(swings([1e5, -1e4], [2e5, 1e4]))
    assert [text.get_text() for text in wide.texts].count("2.5") == 1


def test_refused():
    with pytest.raises(ValueError, match=r"must be what hcrisk\.tornado returns, got list"):
        plot.tornado([])
    with pytest.raises(ValueError, match=r"draw hcrisk\.plot\.tornado"):
        draw(swings([-1.0], [1.0]).drop_vars("base"))
    with pytest.raises(ValueError, match="most must be at least 1, got 0"):
        draw(swings([-1.0], [1.0]), most=0)


def test_new_figure():
    ax = plot.tornado(swings([-1.0], [2.0]))
    assert ax.get_figure() is plt.gcf()
    plt.close("all")


def test_inputs_are_named_with_their_units():
    ds = swings([-1e5, -5e4], [2e5, 1e5], names=["roles.r0.pay", "people.benefits_load"])
    ax = draw(ds.assign_coords(unit=("parameter", ["USD/year", "share"])))
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == ["R0: pay, USD/year", "People: benefits load"]
