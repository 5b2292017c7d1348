import numpy as np
import pytest
import xarray as xr
from matplotlib.figure import Figure

from hcrisk.plot import information


def ranking(values, objective="mean"):
    values = np.asarray(values, dtype=float)
    names = [f"roles.it_role_{i}.pay" for i in range(len(values))]
    rows = {"value": values, "lower": values / 2, "upper": values * 1.5}
    ds = xr.Dataset({name: ("parameter", row) for name, row in rows.items()}, {"parameter": names})
    attrs = {"currency": "USD", "objective": objective}
    return ds.assign(evpi=9e4, evpi_lower=8e4, evpi_upper=1e5).assign_attrs(attrs)


@pytest.fixture
def ax():
    return Figure(figsize=(9, 5)).subplots()


def test_information__bars_intervals_and_bound(ax):
    information(ranking([5e4, 2e4, 0.0]), ax=ax)
    assert [bar.get_width() for bar in ax.patches if bar.get_height() < 1] == [5e4, 2e4]
    assert [label.get_text() for label in ax.get_yticklabels()] == [
        "IT role 0: pay",
        "IT role 1: pay",
    ]
    texts = [text.get_text().replace(r"\$", "$") for text in ax.get_legend().get_texts()]
    assert texts == ["All inputs known: $90K", "One input known"]
    assert ax.get_xlim()[1] > 1e5
    low, high = ax.get_ylim()
    assert low > high


def test_information__amounts_share_a_unit_and_none_is_rounded_away(ax):
    ds = ranking([1.6e3, 600.0, 40.0])
    ds["lower"][:], ds["upper"][:] = 0.0, [4e3, 2e3, 900.0]
    information(ds, ax=ax)
    assert [text.get_text() for text in ax.texts] == [r"\$1.6K", r"\$0.6K", r"\$0.04K"]


def test_information__what_all_are_worth_is_written_where_the_line_stands(ax):
    ds = ranking([5e3]).assign(evpi=3.5e4, evpi_lower=2.3e4, evpi_upper=4.7e4)
    information(ds, ax=ax)
    assert r"All inputs known: \$35K" in [t.get_text() for t in ax.get_legend().get_texts()]


def test_information__says_how_many_are_left_out(ax):
    information(ranking(np.arange(20.0, 0.0, -1.0) * 1e3, "p80"), ax=ax)
    assert len(ax.get_yticks()) == 12
    assert ax.get_xlabel() == (
        "Reduction of the P80 by knowing before choosing; 8 smaller not shown"
    )


def test_information__names_the_tail_mean(ax):
    information(ranking([5e4], "tvar95"), ax=ax)
    assert ax.get_xlabel() == (
        "Reduction of the TVaR 95 (mean of the worst 5%) by knowing before choosing"
    )


def test_information__nothing_to_know(ax):
    information(ranking([0.0, 0.0]).assign(evpi=0.0, evpi_lower=0.0, evpi_upper=0.0), ax=ax)
    assert "No single input changes the choice" in [text.get_text() for text in ax.texts]
    assert "One input known" not in [text.get_text() for text in ax.get_legend().get_texts()]
    ax.get_figure().canvas.draw()


def test_information__without_intervals(ax):
    ds = ranking([5e4])
    ds["upper"][:] = np.inf
    information(ds.assign(evpi_upper=np.inf), ax=ax)
    ax.get_figure().canvas.draw()
    assert np.isfinite(ax.get_xlim()).all()


def test_information__needs_a_ranking(ax):
    with pytest.raises(ValueError, match="pass the result of hcrisk"):
        information(ranking([1.0]).drop_vars("evpi"), ax=ax)
