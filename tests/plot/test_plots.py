import itertools
import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

import hcrisk
from hcrisk import plot
from hcrisk.exceptions import PrecisionWarning
from hcrisk.figures import measured, spoken
from hcrisk.measures import percentiles
from hcrisk.plot._style import PALETTE, display_names, looks
from hcrisk.plot.components import look_of
from hcrisk.scenario.components import COST_LINES
from hcrisk.variables import label_text

STRATEGIES = ["current", "full_outsource", "hybrid"]
COMPONENTS = [
    "salaries",
    "benefits",
    "recruiting",
    "tools",
    "vendor_fees",
    "transition",
    "oversight",
    "breach",
    "training",
    "insurance_recovery",
    "vendor_indemnity",
]
# Means in thousands, by component, then strategy.
MEANS = np.array(
    [
        [2600, 500, 1400],
        [700, 150, 400],
        [300, 200, 250],
        [500, 200, 350],
        [400, 3600, 1900],
        [0, 350, 200],
        [0, 300, 210],
        [540, 300, 340],
        [20, 10, 15],
        [-250, -120, -140],
        [0, -50, -20],
    ],
    dtype=float,
)


def result(n=1000):
    noise = 1 + 0.2 * np.random.default_rng(9).standard_normal(n)
    noise /= noise.mean()
    component = 1e3 * MEANS.T[:, :, None] * noise
    npv = component.sum(axis=1)
    cost = npv[:, None, :] * np.array([0.3, 0.33, 0.37])[None, :, None]
    money = {"units": "USD"}
    return xr.Dataset(
        {
            "npv": (("strategy", "path"), npv, money | {"long_name": "net present cost"}),
            "cost": (("strategy", "year", "path"), cost, money | {"long_name": "nominal cost"}),
            "component_npv": (("strategy", "component", "path"), component, money),
        },
        {"strategy": STRATEGIES, "year": [1, 2, 3], "component": COMPONENTS},
        {"currency": "USD", "current": "current"},
    )


@pytest.fixture
def ax():
    return Figure(figsize=(8, 5)).subplots()


def legend_texts(ax):
    return [text.get_text().replace(r"\$", "$") for text in ax.get_legend().get_texts()]


def bars(ax):
    return {container.get_label(): container.patches for container in ax.containers}


def test_exceedance__curves_are_the_paths(ax):
    ds = result(500)
    curves = [line for line in plot.exceedance(ds, ax=ax).lines if line.get_label() == "_curve"]
    assert len(curves) == 3
    drawn = {to_hex(line.get_color()).upper(): line for line in curves}
    for name, look in looks(ds).items():
        line, npv = drawn[look.color], np.sort(ds["npv"].sel(strategy=name))
        assert line.get_drawstyle() == "steps-post"
        np.testing.assert_array_equal(line.get_xdata(), np.r_[npv[0], npv])
        expected = np.r_[100.0, 100 * np.arange(499, -1, -1) / 500]
        np.testing.assert_allclose(line.get_ydata(), expected)


def test_exceedance__marks_and_legend_quote_p80_and_p95(ax):
    ds = result()
    plot.exceedance(ds, ax=ax)
    table = percentiles(ds, (0.8, 0.95))["value"]
    order = table["strategy"].values[np.argsort(table.sel(level=0.8).values)]
    marks = [line for line in ax.lines if line.get_label() == "_marks"]
    for name, line in zip(order, marks, strict=True):
        np.testing.assert_array_equal(line.get_xdata(), table.sel(strategy=name))
        np.testing.assert_allclose(line.get_ydata(), [20, 5])
    # The digits their intervals support, as on the quote's page.
    whole = percentiles(ds, (0.8, 0.95)).sel(strategy="current")
    p80, p95 = (spoken(measured(whole.sel(level=level))) for level in (0.8, 0.95))
    assert f"Current: P80 {p80}, P95 {p95}" in legend_texts(ax)
    assert [text.split(":")[0] for text in legend_texts(ax)] == [
        display_names(ds, "strategy")[name] for name in order
    ]


def test_exceedance__legend_of_many_strategies_is_below_the_curves(ax):
    ds = result()
    many = xr.concat([ds.assign_coords(strategy=[f"{name}{i}" for name in STRATEGIES])
                      for i in range(2)], "strategy")  # fmt: skip
    plot.exceedance(many, ax=ax)
    ax.figure.draw_without_rendering()
    legend = ax.get_legend().get_window_extent()
    assert len(ax.get_legend().get_texts()) == 6
    assert legend.y1 <= ax.get_window_extent().y0
    assert legend.x0 >= 0
    assert legend.x1 <= ax.figure.bbox.x1


def test_exceedance__says_what_it_shows(ax):
    plot.exceedance(result(), ax=ax)
    ax.figure.draw_without_rendering()
    assert ax.get_title(loc="left") == "Chance of exceeding a cost over 3 years"
    assert ax.get_xlabel() == "Present value, USD"
    assert all(label.get_text().startswith(r"\$") for label in ax.get_xticklabels())
    assert "80%" in [label.get_text() for label in ax.get_yticklabels()]
    texts = [text.get_text() for text in ax.texts]
    assert texts == ["P80", "P95"]


def test_exceedance__axis_ends_at_the_dearest_p99_5(ax):
    ds = result()
    ds["npv"][0, 0] = 1e12
    plot.exceedance(ds, ax=ax)
    assert ax.get_xlim()[1] == pytest.approx(ds["npv"].quantile(0.995, "path").max().item())


def test_exceedance__equal_paths_and_few_paths_are_drawn(ax):
    ds = result(40)
    ds["npv"][:] = 5e6
    with pytest.warns(PrecisionWarning, match="P95 of npv"):
        plot.exceedance(ds, ax=ax)
    assert ax.get_xlim()[0] < 5e6 < ax.get_xlim()[1]


def test_yearly_fan__intervals_side_by_side(ax):
    ds = result()
    plot.yearly_fan(ds, ax=ax)
    table = percentiles(ds, (0.05, 0.25, 0.5, 0.75, 0.95), of="cost")["value"]
    assert legend_texts(ax) == ["Current", "Full outsource", "Hybrid"]
    assert len(ax.lines) == 3
    for line, name in zip(ax.lines, STRATEGIES, strict=True):
        np.testing.assert_allclose(line.get_ydata(), table.sel(strategy=name, level=0.5))
        assert (np.abs(line.get_xdata() - [1, 2, 3]) < 0.5).all()
    offsets = [line.get_xdata()[0] for line in ax.lines]
    assert offsets == sorted(set(offsets))
    thin, thick = ax.collections[:2]
    for lines, low, high in ((thin, 0.05, 0.95), (thick, 0.25, 0.75)):
        ends = np.array([segment[:, 1] for segment in lines.get_segments()])
        np.testing.assert_allclose(ends, table.isel(strategy=0).sel(level=[low, high]))
    assert thick.get_linewidth()[0] > thin.get_linewidth()[0]


def test_yearly_fan__one_strategy_is_a_labelled_fan(ax):
    ds = result()
    plot.yearly_fan(ds, strategy="hybrid", ax=ax)
    table = percentiles(ds, (0.05, 0.5, 0.95), of="cost")["value"].sel(strategy="hybrid")
    assert ax.get_title(loc="left") == "Hybrid: cost of each year"
    assert [text.get_text() for text in ax.texts] == ["P5", "P25", "Median", "P75", "P95"]
    assert len(ax.collections) == 2
    outer = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert outer.min() == pytest.approx(table.sel(level=0.05).min().item())
    assert outer.max() == pytest.approx(table.sel(level=0.95).max().item())
    np.testing.assert_allclose(ax.lines[-1].get_ydata(), table.sel(level=0.5))
    # The same look as in the plots of all strategies.
    assert to_hex(ax.lines[-1].get_color()).upper() == looks(ds)["hybrid"].color


def test_yearly_fan__one_year(ax):
    plot.yearly_fan(result().isel(year=[0]), ax=ax)
    assert ax.get_xticks().tolist() == [1]


def test_yearly_fan__unknown_strategy_is_refused(ax):
    with pytest.raises(ValueError, match=r"strategy must be one of .* did you mean 'hybrid'\?"):
        plot.yearly_fan(result(), strategy="hybird", ax=ax)


def test_components__segments_stack_to_the_mean(ax):
    ds = result()
    plot.components(ds, ax=ax)
    segments = bars(ax)
    for i, name in enumerate(STRATEGIES):
        widths = [patches[i].get_width() for patches in segments.values()]
        total = ds["npv"].sel(strategy=name).mean().item()
        assert sum(widths) == pytest.approx(total)
        lefts = [min(p[i].get_x(), p[i].get_x() + p[i].get_width()) for p in segments.values()]
        rights = [max(p[i].get_x(), p[i].get_x() + p[i].get_width()) for p in segments.values()]
        # No gap and no overlap between the left end and the right end.
        assert max(rights) - min(lefts) == pytest.approx(sum(map(abs, widths)))
    triangles = next(line for line in ax.lines if line.get_label() == "Mean total")
    np.testing.assert_allclose(triangles.get_xdata(), ds["npv"].mean("path"))


def test_components__small_ones_join_other_and_recoveries_lie_left_of_zero(ax):
    plot.components(result(), ax=ax)
    assert legend_texts(ax) == [
        "Salaries",
        "Benefits",
        "Recruiting",
        "Tools",
        "Vendor fees",
        "Transition",
        "Breach",
        "Other costs (2 smaller)",
        "Other recoveries (2 smaller)",
        "Mean total",
    ]
    # Oversight and training; insurance recovery and vendor indemnity.
    widths = [patch.get_width() for patch in bars(ax)["Other costs (2 smaller)"]]
    assert widths == pytest.approx([20e3, 310e3, 225e3])
    recoveries = bars(ax)["Other recoveries (2 smaller)"]
    assert [patch.get_width() for patch in recoveries] == pytest.approx([-250e3, -170e3, -160e3])
    assert all(patch.get_x() == 0 for patch in recoveries)
    assert ax.get_xlim()[0] < -250e3


def test_components__a_large_recovery_is_named(ax):
    few = ["salaries", "vendor_fees", "insurance_recovery"]
    plot.components(result().sel(component=few), ax=ax)
    assert legend_texts(ax) == ["Salaries", "Vendor fees", "Insurance recovery", "Mean total"]


def test_components__one_small_component_keeps_its_name(ax):
    plot.components(result().sel(component=["salaries", "vendor_fees", "training"]), ax=ax)
    assert legend_texts(ax) == ["Salaries", "Vendor fees", "Training", "Mean total"]


def test_components__amounts_are_written(ax):
    ds = result()
    plot.components(ds, ax=ax)
    texts = [text.get_text().replace(r"\$", "$") for text in ax.texts]
    # A thousand futures do not tell tens of thousands apart.
    assert "$4.81M" in texts
    assert "$2.60M" in texts
    assert not any(text.startswith("$0.02M") for text in texts)


def test_components__neighbours_differ_without_colour(ax):
    plot.components(result(), ax=ax)
    looks_of = [(p[0].get_facecolor(), p[0].get_hatch()) for p in bars(ax).values()]
    assert len(set(looks_of)) == len(looks_of)
    hatches = [hatch for _, hatch in looks_of]
    assert all(a != b for a, b in itertools.pairwise(hatches))


def test_components__nothing_but_zeros(ax):
    ds = result()
    ds["component_npv"][:] = 0
    plot.components(ds, ax=ax)
    assert legend_texts(ax) == ["Mean total"]


def test_looks__current_is_black_and_no_two_are_alike():
    ds = xr.Dataset(
        coords={"strategy": [*"abcdef", "current"]}, attrs={"current": "current", "currency": "USD"}
    )
    found = looks(ds)
    assert found["current"] == ("#000000", "-", "o")
    for part in zip(*found.values(), strict=True):
        assert len(set(part)) == 7
    assert [found[name].color for name in "abcdef"] == list(PALETTE)


def test_looks__a_selection_changes_none():
    ds = result()
    ds["strategy"].attrs["labels"] = label_text({name: name for name in STRATEGIES})
    for name in STRATEGIES:
        assert looks(ds.sel(strategy=[name])) == {name: looks(ds)[name]}
    backwards = ds.isel(strategy=slice(None, None, -1))
    assert looks(backwards) == looks(ds)


def test_looks__of_many_strategies_no_two_drawn_are_alike():
    names = [f"way {i}" for i in range(256)]
    ds = xr.Dataset(coords={"strategy": names})
    ds["strategy"].attrs["labels"] = label_text({name: name for name in names})
    for chosen in (names[::32], names[:36], names[3::8]):
        found = looks(ds.sel(strategy=chosen))
        assert list(found) == chosen
        assert len({(look.color, look.marker) for look in found.values()}) == len(chosen)
        # Whatever their order, each keeps its own.
        assert looks(ds.sel(strategy=chosen[::-1])) == found


def test_plots__say_the_limits_that_were_applied(ax):
    ds = result().assign_attrs(limits="vendors <= 2; P80 <= $7M")
    plot.frontier(ds, ax=ax)
    assert ax.get_title(loc="left").splitlines()[-1] == r"Only within: vendors <= 2; P80 <= \$7M"


def test_looks__the_same_whichever_strategies_are_simulated():
    scenario = hcrisk.load("mid-market")
    whole, part = (
        looks(hcrisk.simulate(scenario, paths=1, strategies=names))
        for names in (None, ["outsource"])
    )
    assert part == {name: whole[name] for name in part}
    assert len(part) == 2 < len(whole)


def test_components__a_selection_changes_no_colour_or_hatch():
    def styles(ds):
        made = bars(plot.components(ds, ax=Figure().subplots()))
        return {name: (p[0].get_facecolor(), p[0].get_hatch()) for name, p in made.items()}

    whole = styles(result())
    for name in STRATEGIES:
        part = styles(result().sel(strategy=[name]))
        assert len(part) > 3
        assert {key: whole[key] for key in part if key in whole} == {
            key: look for key, look in part.items() if key in whole
        }
    some = styles(result().sel(component=["vendor_fees", "breach"]))
    assert some["Vendor fees"] == whole["Vendor fees"]


def test_components__no_two_of_many_look_alike():
    known = [*COST_LINES, *(f"risk{i}" for i in range(20))]
    assert len({look_of(name, known) for name in known}) == len(known)


def test_display_names__labels_when_given():
    ds = xr.Dataset(coords={"service": ["ehr", "help_desk"]})
    assert display_names(ds, "service") == {"ehr": "Ehr", "help_desk": "Help desk"}
    ds["service"].attrs["labels"] = label_text({"ehr": "EHR, $ per seat"})
    assert display_names(ds, "service") == {"ehr": r"EHR, \$ per seat", "help_desk": "Help desk"}


PLOTS = [plot.exceedance, plot.yearly_fan, plot.components]


@pytest.mark.parametrize(
    ("draw", "label"),
    list(
        zip(
            PLOTS,
            ["Present value, CHF", "Nominal cost per year, CHF", "Mean present value, CHF"],
            strict=True,
        )
    ),
)
def test_plots__name_the_practice_and_the_money(draw, label, ax):
    ds = result().assign_attrs(title="A group, $9M a year", currency="CHF")
    ds["strategy"].attrs["labels"] = label_text({"full_outsource": "All of it to partners"})
    draw(ds, ax=ax)
    whose, what = ax.get_title(loc="left").split("\n", 1)
    assert (whose, bool(what)) == (r"A group, \$9M a year", True)
    assert label in (ax.get_xlabel(), ax.get_ylabel())
    shown = [*legend_texts(ax), *(tick.get_text() for tick in ax.get_yticklabels())]
    for name in ("All of it to partners", "Current"):
        assert any(text.startswith(name) for text in shown)
    assert not any("full_outsource" in text or text.startswith("current") for text in shown)


def test_plots__a_very_long_title_is_cut(ax):
    plot.exceedance(result().assign_attrs(title="a very long title " * 20), ax=ax)
    assert len(ax.get_title(loc="left").split("\n")[0]) <= 70


@pytest.mark.parametrize("draw", PLOTS)
def test_plots__render_on_given_axes_and_change_nothing_global(draw, ax):
    ds, before = result(), dict(mpl.rcParams)
    untouched = ds.copy(deep=True)
    assert draw(ds, ax=ax) is ax
    ax.figure.draw_without_rendering()
    assert dict(mpl.rcParams) == before
    xr.testing.assert_identical(ds, untouched)


@pytest.mark.parametrize("draw", PLOTS)
def test_plots__make_a_figure_when_none_is_given(draw):
    import matplotlib.pyplot as plt

    with plt.rc_context({"figure.max_open_warning": 0}):
        made = draw(result())
        assert isinstance(made, Axes)
        assert made.figure.number in plt.get_fignums()
        plt.close(made.figure)


@pytest.mark.parametrize(
    ("draw", "name"),
    list(zip(PLOTS, ["npv", "cost", "component_npv"], strict=True)),
)
def test_plots__missing_variables_are_refused_with_a_remedy(draw, name, ax):
    text = rf"ds\['{name}'\] must have the dimensions \('strategy', .*got no such variable; pass"
    with pytest.raises(ValueError, match=text):
        draw(result().drop_vars(name), ax=ax)
    with pytest.raises(TypeError, match=r"xarray\.Dataset .* got DataArray; pass the whole"):
        draw(result()[name], ax=ax)


@pytest.mark.parametrize(
    ("draw", "name"), list(zip(PLOTS, ["npv", "cost", "component_npv"], strict=True))
)
def test_plots__a_selection_that_lost_a_dimension_is_told_so(draw, name, ax):
    text = rf"ds\['{name}'\] .* has lost 'strategy'; .* ds\.sel\(strategy=\['hybrid'\]\)$"
    with pytest.raises(ValueError, match=text):
        draw(result().sel(strategy="hybrid"), ax=ax)
    draw(result().sel(strategy=["hybrid"]), ax=ax)


@pytest.mark.parametrize("layout", ["constrained", None])
def test_plots__side_by_side_keep_to_their_own_room(layout):
    # Without an automatic layout, subplots leave no room for labels unless told to.
    spaced = None if layout else {"wspace": 0.6}
    figure = Figure(figsize=(16, 5), layout=layout)
    columns = figure.subplots(1, 3, gridspec_kw=spaced)
    ds = result().assign_attrs(title="The physicians' group of Elm Street and its surroundings")
    for draw, ax in zip(PLOTS, columns, strict=True):
        draw(ds, ax=ax)
    figure.draw_without_rendering()
    boxes = [ax.get_tightbbox() for ax in columns]
    for left, right in itertools.pairwise(boxes):
        assert left.x1 <= right.x0
    for ax, box in zip(columns, boxes, strict=True):
        assert figure.bbox.x0 <= box.x0
        assert box.x1 <= figure.bbox.x1
        assert figure.bbox.y0 <= box.y0
        axes, legend = ax.get_window_extent(), ax.get_legend().get_window_extent()
        # It covers neither curves nor the axis below them.
        assert legend.y1 <= min(axes.y0, ax.xaxis.label.get_window_extent().y0)
        # Every title as it is drawn.
        title = next(text for text in ax.get_children() if text is ax._left_title)
        assert title.get_window_extent().x1 <= axes.x1 + 2


def test_components__totals_stay_inside_narrow_axes():
    figure = Figure(figsize=(15, 5), layout="constrained")
    ax = figure.subplots(1, 3)[2]
    plot.components(result(), ax=ax)
    figure.draw_without_rendering()
    bold = [text for text in ax.texts if text.get_fontweight() == "bold"]
    assert len(bold) == 3
    assert max(text.get_window_extent().x1 for text in bold) <= ax.get_window_extent().x1


def test_import__selects_no_backend():
    code = (
        "import sys, hcrisk.plot, matplotlib\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
        "assert matplotlib.get_backend(auto_select=False) is None\n"
    )
    env = {"PATH": "", "PYTHONPATH": ":".join(filter(None, [".", *sys.path]))}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env)
    assert done.returncode == 0, done.stderr
