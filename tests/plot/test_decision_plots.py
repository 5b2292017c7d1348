import itertools

import numpy as np
import pytest
import xarray as xr
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from hcrisk import plot
from hcrisk.exceptions import PrecisionWarning
from hcrisk.measures import difference_by, expected_regret, mean, tail_value_at_risk
from hcrisk.measures.frontier import efficient
from hcrisk.plot._style import looks
from hcrisk.variables import label_text

STRATEGIES = ["current", "full_outsource", "hybrid"]
COMPONENTS = ["salaries", "benefits", "tools", "vendor_fees", "transition", "breach", "training"]
# Means in thousands, by component, then strategy.
MEANS = np.array(
    [
        [2600, 500, 1400],
        [700, 150, 400],
        [500, 200, 350],
        [400, 3600, 1900],
        [0, 350, 200],
        [540, 300, 340],
        [20, 10, 15],
    ],
    dtype=float,
)


def result(n=1000):
    rng = np.random.default_rng(9)
    component = 1e3 * MEANS.T[:, :, None] * rng.gamma(25, 1 / 25, (3, 7, n))
    npv = component.sum(axis=1)
    year = npv[:, None, :] * np.array([0.3, 0.33, 0.37])[None, :, None]
    money = {"units": "USD"}
    return xr.Dataset(
        {
            "npv": (("strategy", "path"), npv, money | {"long_name": "net present cost"}),
            "cost": (("strategy", "year", "path"), year, money),
            "component_npv": (("strategy", "component", "path"), component, money),
        },
        {"strategy": STRATEGIES, "year": [1, 2, 3], "component": COMPONENTS},
        {"currency": "USD", "current": "current", "discount_rate": 0.0, "discount_timing": "end"},
    )


@pytest.fixture
def ax():
    return Figure(figsize=(8, 5)).subplots()


def written(ax):
    return [text.get_text().replace(r"\$", "$") for text in ax.texts]


def rows(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


def test_waterfall__steps_lead_from_one_mean_to_the_other(ax):
    ds = result()
    plot.waterfall(ds, "full_outsource", ax=ax)
    patches = {round(p.get_y() + p.get_height() / 2): p for p in ax.patches}
    means = mean(ds)["value"]
    at = patches[0].get_width()
    assert at == pytest.approx(means.sel(strategy="current").item())
    for row in range(1, len(rows(ax)) - 1):
        assert patches[row].get_x() == pytest.approx(at)
        at += patches[row].get_width()
    assert at == pytest.approx(means.sel(strategy="full_outsource").item())
    assert patches[len(rows(ax)) - 1].get_width() == pytest.approx(at)


def test_waterfall__dearest_first_small_ones_added_up(ax):
    ds = result()
    plot.waterfall(ds, "full_outsource", ax=ax)
    found = difference_by(ds).sel(strategy="full_outsource")
    assert rows(ax) == [
        "Current",
        *("Vendor fees", "Transition", "Training", "Breach", "Tools", "Benefits", "Salaries"),
        "Full outsource",
    ]
    # Two small ones make an "other", of their sum.
    both = ds.assign_coords(component=COMPONENTS)
    both["component_npv"][:, 2] = both["component_npv"][:, 6]
    both["npv"] = both["component_npv"].sum("component")
    other = Figure(figsize=(8, 5)).subplots()
    plot.waterfall(both, "full_outsource", ax=other)
    assert rows(other)[-2] == "Other (2)"
    patch = next(p for p in other.patches if round(p.get_y() + 0.31) == len(rows(other)) - 2)
    twice = 2 * found["value"].sel(component="training").item()
    assert patch.get_width() == pytest.approx(twice)


def test_waterfall__colour_hatch_and_figures_say_the_same(ax):
    ds = result()
    plot.waterfall(ds, "hybrid", baseline="full_outsource", ax=ax)
    texts = written(ax)
    for patch in ax.patches:
        row = round(patch.get_y() + patch.get_height() / 2)
        if 0 < row < len(texts) - 1:
            dearer = patch.get_width() > 0
            assert texts[row].startswith("+$" if dearer else "-$")
            assert patch.get_hatch() == ("///" if dearer else "")
            assert to_hex(patch.get_facecolor()).upper() == ("#D55E00" if dearer else "#0072B2")
    assert to_hex(ax.patches[-2].get_facecolor()).upper() == looks(ds)["full_outsource"].color
    assert ax.get_title(loc="left") == "From Full outsource to Hybrid: mean cost over 3 years"


def test_waterfall__intervals_are_drawn(ax):
    ds = result()
    plot.waterfall(ds, "full_outsource", ax=ax)
    found = difference_by(ds).sel(strategy="full_outsource", component="vendor_fees")
    line = next(line for line in ax.lines if line.get_label() == "_interval")
    start = mean(ds)["value"].sel(strategy="current").item()
    expected = [start + found["lower"].item(), start + found["upper"].item()]
    np.testing.assert_allclose(line.get_xdata(), expected)


def test_waterfall__years_keep_their_order(ax):
    plot.waterfall(result(), "full_outsource", by="year", ax=ax)
    assert rows(ax) == ["Current", "Year 1", "Year 2", "Year 3", "Full outsource"]


def test_waterfall__axis_leaves_out_zero_only_for_small_differences(ax):
    ds = result()
    plot.waterfall(ds, "full_outsource", ax=ax)
    assert ax.get_xlim()[0] == 0
    assert "zero" not in ax.get_xlabel()
    ds["component_npv"][1] = ds["component_npv"][0]
    ds["component_npv"][1, 0] *= 1.05
    ds["npv"] = ds["component_npv"].sum("component")
    near = Figure(figsize=(8, 5)).subplots()
    plot.waterfall(ds, "full_outsource", ax=near)
    assert near.get_xlim()[0] > 0
    assert "does not start at zero" in near.get_xlabel()


def test_waterfall__equal_strategies_and_one_path(ax):
    ds = result()
    ds["component_npv"][1] = ds["component_npv"][0]
    ds["npv"] = ds["component_npv"].sum("component")
    plot.waterfall(ds, "full_outsource", ax=ax)
    assert rows(ax) == ["Current", "Full outsource"]
    one = Figure(figsize=(4, 3)).subplots()
    with pytest.warns(PrecisionWarning):
        plot.waterfall(result(1), "full_outsource", ax=one)
    assert not [line for line in one.lines if line.get_label() == "_interval"]


def test_waterfall__refusals(ax):
    with pytest.raises(ValueError, match=r"strategy must be one of .* did you mean 'hybrid'\?"):
        plot.waterfall(result(), "hybird", ax=ax)
    with pytest.raises(ValueError, match="strategy must be one of"):
        plot.waterfall(result(), "current", ax=ax)


def test_regret__bars_are_the_measure_least_on_top(ax):
    ds = result()
    plot.regret(ds, ax=ax)
    found = expected_regret(ds)["value"]
    order = found["strategy"].values[np.argsort(found.values)]
    widths = [patch.get_width() for patch in ax.patches]
    np.testing.assert_allclose(widths, found.sel(strategy=order))
    names = {"current": "Current", "full_outsource": "Full outsource", "hybrid": "Hybrid"}
    assert rows(ax) == [names[name] for name in order]
    for patch, name in zip(ax.patches, order, strict=True):
        assert to_hex(patch.get_facecolor()).upper() == looks(ds)[name].color
    assert all("cheapest in" in text for text in written(ax))
    assert ax.get_ylim()[0] > ax.get_ylim()[1]


def test_regret__ties_and_one_path(ax):
    ds = result()
    ds["npv"][:] = 5e6
    plot.regret(ds, ax=ax)
    assert [patch.get_width() for patch in ax.patches] == [0.0, 0.0, 0.0]
    with pytest.warns(PrecisionWarning):
        plot.regret(result(1), ax=Figure().subplots())
    with pytest.raises(ValueError, match=r"ds\['npv'\] must have the dimensions"):
        plot.regret(result().sel(strategy="current"), ax=ax)


def test_frontier__points_crosses_and_the_line_of_the_efficient(ax):
    ds = result()
    ds["npv"][0] = ds["npv"].sel(strategy="hybrid") + 1e6
    ds["npv"][1] = ds["npv"].sel(strategy="hybrid").mean() + 0.05e6
    plot.frontier(ds, 0.9, ax=ax)
    means, tails = mean(ds), tail_value_at_risk(ds, 0.9)
    marks = {line.get_label(): line for line in ax.lines if not line.get_label().startswith("_")}
    assert set(marks) == {"Efficient", "Current (beaten)", "Full outsource", "Hybrid"}
    for name, label in zip(STRATEGIES, list(marks)[1:], strict=True):
        assert marks[label].get_xdata() == [means["value"].sel(strategy=name).item()]
        assert marks[label].get_ydata() == [tails["value"].sel(strategy=name).item()]
    joined = means["value"].sel(strategy=["hybrid", "full_outsource"])
    np.testing.assert_allclose(marks["Efficient"].get_xdata(), joined)
    assert marks["Current (beaten)"].get_markerfacecolor() == "white"
    across, up = [line for line in ax.lines if line.get_label() == "_interval"][:2]
    np.testing.assert_array_equal(
        across.get_xdata(), [means[bound].sel(strategy="current") for bound in ("lower", "upper")]
    )
    np.testing.assert_array_equal(
        up.get_ydata(), [tails[bound].sel(strategy="current") for bound in ("lower", "upper")]
    )
    assert ax.get_ylabel() == "Mean of the worst 10%, USD"


def test_frontier__a_single_best_strategy_needs_no_line(ax):
    ds = result()
    ds["npv"][0] = ds["npv"].min("strategy") - 1e5
    plot.frontier(ds, ax=ax)
    texts = [text.get_text() for text in ax.get_legend().get_texts()]
    assert texts == ["Current", "Full outsource (beaten)", "Hybrid (beaten)"]


def test_frontier__of_many_only_the_efficient_are_named(ax):
    rng = np.random.default_rng(4)
    npv = 5e6 + 1e6 * rng.random((40, 1)) + 1e5 * rng.standard_normal((40, 1000))
    names = [f"s{i}" for i in range(40)]
    ds = xr.Dataset({"npv": (("strategy", "path"), npv)}, {"strategy": names})
    plot.frontier(ds, ax=ax)
    means, tails = npv.mean(axis=1), tail_value_at_risk(ds, 0.95)["value"].values
    best = efficient(np.stack([means, tails], axis=1))
    expected = [label.capitalize() for label in np.array(names)[best][np.argsort(means[best])]]
    assert 1 <= len(expected) <= 6
    texts = [text.get_text() for text in ax.get_legend().get_texts()]
    told = [text for text in texts if not text.startswith("Efficient")]
    assert told == [*expected, f"{40 - best.sum()} others (beaten)"]
    assert not ax.texts


def test_plots__twelve_long_names_cover_nothing():
    rng = np.random.default_rng(8)
    npv = 5e6 + 1e6 * rng.random((12, 1)) + 1e5 * rng.standard_normal((12, 1000))
    names = [f"insource / outsource / hybrid / outsource {i}" for i in range(12)]
    ds = xr.Dataset({"npv": (("strategy", "path"), npv)}, {"strategy": names})
    assert len({(look.color, look.marker) for look in looks(ds).values()}) == 12
    for draw in (plot.frontier, plot.regret):
        figure = Figure(figsize=(9, 8), layout="constrained")
        ax = draw(ds, ax=figure.subplots())
        renderer = FigureCanvasAgg(figure).get_renderer()
        figure.draw_without_rendering()
        inside = ax.get_window_extent(renderer)
        if ax.get_legend() is not None:
            assert not ax.get_legend().get_window_extent(renderer).overlaps(inside)
        for text in ax.texts:
            assert text.get_window_extent(renderer).x1 <= figure.bbox.x1


def test_frontier__of_many_efficient_ones_no_two_named_look_alike(ax):
    means, spread = np.linspace(5e6, 6e6, 30), np.linspace(2e6, 1e5, 30)
    npv = means[:, None] + spread[:, None] * np.where(np.arange(1000) % 20 == 0, 1.0, -1 / 19)
    coords = {
        "strategy": [f"s{i}" for i in range(30)],
        "desk": ("strategy", ["own"] * 30, {"long_name": "arrangement of Help desk"}),
    }
    ds = xr.Dataset({"npv": (("strategy", "path"), npv)}, coords, {"services": ["desk"]})
    plot.frontier(ds, ax=ax)
    assert ax.get_legend().get_title().get_text() == "Help desk"
    named = [line for line in ax.lines if line.get_label().startswith("S")]
    # From end to end of the frontier.
    assert [line.get_label() for line in named] == ["S0", "S6", "S12", "S17", "S23", "S29"]
    assert len({(line.get_color(), line.get_marker()) for line in named}) == 6
    dots = [line for line in ax.lines if line.get_label() == "_efficient"]
    assert len(dots) == 24


def test_frontier__few_paths_are_drawn_without_crosses(ax):
    with pytest.warns(PrecisionWarning, match=r"TVaR at 0\.95"):
        plot.frontier(result(200), ax=ax)
    # Means have intervals with 200 paths, tails have not.
    assert len([line for line in ax.lines if line.get_label() == "_interval"]) == 3


def test_efficient__is_no_other_row_as_good_and_better():
    rng = np.random.default_rng(2)
    points = rng.integers(0, 5, (30, 2)).astype(float)
    for row, kept in zip(points, efficient(points), strict=True):
        beaten = any((other <= row).all() and (other < row).any() for other in points)
        assert kept == (not beaten)


def test_plots__fit_narrow_axes_and_long_names():
    ds = result()
    ds["strategy"].attrs["labels"] = label_text(
        {"current": "What we have today and always had, $1 a year", "hybrid": "Own staff, partner"}
    )
    figure = Figure(figsize=(10, 4.5), layout="constrained")
    axes = figure.subplots(1, 3)
    plot.waterfall(ds, "hybrid", ax=axes[0])
    plot.regret(ds, ax=axes[1])
    plot.frontier(ds, ax=axes[2])
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw_without_rendering()
    titles = [ax.get_title(loc="left") for ax in axes]
    assert all(titles)
    for ax in axes:
        boxes = [label.get_window_extent(renderer) for label in ax.get_yticklabels()]
        for one, two in itertools.pairwise(sorted(boxes, key=lambda box: box.y0)):
            assert one.y1 <= two.y0 + 1
