"""Pictures of allocation, budget, diversification, convergence and of any other figure."""

import numpy as np
import pytest
import xarray as xr
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from hcrisk import measures, plot
from hcrisk.exceptions import PrecisionWarning

STRATEGIES = ["current", "msp"]
PARTS = ["salaries", "breach", "insurance_recovery", "training"]


def result(n=1200):
    rng = np.random.default_rng(4)
    breach = np.where(rng.uniform(size=(2, n)) < 0.03, 3e6, 0.0)
    parts = np.stack(
        [1e6 * rng.gamma(25, 1 / 25, (2, n)), breach, -0.3 * breach, 1e3 + 0 * breach], axis=1
    )
    money = {"units": "USD"}
    return xr.Dataset(
        {
            "npv": (("strategy", "path"), parts.sum(axis=1), money),
            "component_npv": (("strategy", "component", "path"), parts, money),
        },
        {"strategy": STRATEGIES, "component": PARTS},
        {"currency": "USD", "current": "current", "title": "A practice"},
    )


def axes(size=(8, 5)):
    return Figure(figsize=size).subplots()


def rows(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


def test_allocation__bars_add_up_to_the_tail():
    found = measures.allocate(result(), by="component")
    ax = plot.allocation(found, strategy="msp", ax=axes())
    widths = [bar.get_width() for bar in ax.patches]
    one = found.sel(strategy="msp")
    assert sum(widths) == pytest.approx(one["total_tail"].item())
    assert rows(ax)[-1].startswith("Other") or len(rows(ax)) == 4
    assert rows(ax)[0] == ["Breach", "Salaries"][int(one["tail_cost"].argmax("component") == 0)]
    assert min(widths) < 0
    (marks,) = (line for line in ax.lines if line.get_marker() == "D")
    assert sum(marks.get_xdata()) == pytest.approx(one["total_mean"].item())


def test_allocation__refuses():
    found = measures.allocate(result(), by="component")
    with pytest.raises(ValueError, match="strategy must be named"):
        plot.allocation(found)
    with pytest.raises(ValueError, match="did you mean 'msp'"):
        plot.allocation(found, strategy="mps")
    with pytest.raises(ValueError, match=r"what hcrisk\.allocate returns"):
        plot.allocation(result())


def test_budget__bars_are_contingency_and_reserve():
    found = measures.budget(result())
    ax = plot.budget(found, ax=axes())
    widths = [bar.get_width() for bar in ax.patches]
    expected = np.stack([found["contingency"], found["management_reserve"]], axis=1).ravel()
    np.testing.assert_allclose(widths, expected)
    assert "does not start at zero" in ax.get_xlabel()
    # A plan above the budget leaves no contingency to draw.
    high = plot.budget(measures.budget(result(), base=9e6), ax=axes())
    assert [bar.get_width() for bar in high.patches][::2] == [0.0, 0.0]
    with pytest.raises(ValueError, match=r"what hcrisk\.budget returns"):
        plot.budget(result())


def test_diversification__both_bars_and_the_difference():
    found = measures.diversification(result(), by="component")
    ax = plot.diversification(found, ax=axes())
    expected = np.stack([found["sum_of_parts"], found["whole"]], axis=1).ravel()
    np.testing.assert_allclose([bar.get_width() for bar in ax.patches], expected)
    said = [text.get_text() for text in ax.texts]
    assert len(said) == 2
    assert all(text.endswith(("saved", "short")) for text in said)
    with pytest.raises(ValueError, match="select one level"):
        plot.diversification(xr.Dataset({"sum_of_parts": 1, "whole": 1}, {"level": 0.8}))


def test_convergence__lines_end_at_the_whole_and_bands_begin_where_known():
    ds = result()
    found = measures.convergence(ds, "p95")
    ax = plot.convergence(found, ax=axes())
    ends = [line.get_ydata()[-1] for line in ax.lines]
    np.testing.assert_allclose(ends, np.quantile(ds["npv"], 0.95, axis=1))
    assert ax.get_xscale() == "log"
    known = np.isfinite(found["lower"]) & np.isfinite(found["upper"])
    assert not known.all()
    for line, own in zip(ax.lines, known.transpose("strategy", "paths"), strict=True):
        # No line where there is no interval, and no part of one outside the frame.
        np.testing.assert_array_equal(line.get_xdata(), found["paths"].values[own])
        low, high = ax.get_ylim()
        assert (low < line.get_ydata()).all()
        assert (line.get_ydata() < high).all()
    assert ax.get_xlim()[0] == min(line.get_xdata()[0] for line in ax.lines)
    tail = plot.convergence(measures.convergence(ds, "tvar90"), ax=axes())
    assert tail.get_ylabel() == "TVaR 90 (mean of the worst 10%), USD"
    with pytest.raises(ValueError, match=r"what hcrisk\.convergence returns"):
        plot.convergence(ds)
    with pytest.warns(PrecisionWarning, match="rests on 1 path"):
        single = measures.convergence(ds.isel(path=[0]))
    one = plot.convergence(single, ax=axes())
    assert len(one.lines) == 2


def test_estimates__one_mark_for_each_figure():
    found = measures.allocate(result(), by="component")
    ax = plot.estimates(found, "tail_cost", along="component", ax=axes())
    assert rows(ax) == ["Salaries", "Breach", "Insurance recovery", "Training"]
    assert ax.get_xlabel() == "USD"
    marks = [line for line in ax.lines if line.get_linestyle() == "None"]
    np.testing.assert_allclose([mark.get_xdata() for mark in marks], found["tail_cost"])
    with pytest.raises(ValueError, match="name must be a figure with bounds, one of"):
        plot.estimates(found, "tail")
    with pytest.raises(ValueError, match="along must be one of"):
        plot.estimates(found, "tail_cost", along="service")
    with pytest.raises(ValueError, match="must have one dimension or two"):
        plot.estimates(found.isel(strategy=0), "total_tail")


def test_estimates__titles_say_whose_figures_and_against_whom():
    paired = plot.estimates(measures.compare(result()), "mean_difference", ax=axes())
    assert paired.get_title(loc="left").endswith(", against Current")
    one = measures.percentiles(result()).sel(strategy="msp")
    assert plot.estimates(one, ax=axes()).get_title(loc="left").endswith(": Msp")
    chances = plot.estimates(measures.probability_cheapest(result()), ax=axes())
    assert chances.xaxis.get_major_formatter().xmax == 1.0
    both = one.assign_coords(baseline="current")
    assert plot.estimates(both, ax=axes()).get_title(loc="left").endswith(": Msp against Current")


@pytest.mark.parametrize("size", [(9, 5), (3.5, 3)])
@pytest.mark.parametrize(
    "draw",
    [
        lambda ds, ax: plot.allocation(
            measures.allocate(ds, by="component"), strategy="current", ax=ax
        ),
        lambda ds, ax: plot.budget(measures.budget(ds), ax=ax),
        lambda ds, ax: plot.diversification(measures.diversification(ds, by="component"), ax=ax),
        lambda ds, ax: plot.convergence(measures.convergence(ds, "tvar90"), ax=ax),
        lambda ds, ax: plot.estimates(measures.mean(ds), ax=ax),
    ],
)
def test_all__drawn_on_axes_of_any_size_and_titled(draw, size):
    figure = Figure(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)
    ax = figure.subplots()
    assert draw(result(), ax) is ax
    figure.canvas.draw()
    assert ax.get_title(loc="left").startswith("A practice\n")
