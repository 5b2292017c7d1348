"""Whatever is written into the cells of a template is the scenario that a TOML file would give."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hcrisk.exceptions import ScenarioError
from hcrisk.scenario import dump_toml
from hcrisk.scenario.refusal import look_up
from hcrisk.scenarios import from_toml, load
from hcrisk.sheets.layout import SHAPES
from hcrisk.sheets.pages import pages_of
from tests.sheets.common import Sheets

PARENT = load("mid-market")
ROWS = [
    row for page in pages_of(PARENT, "mine", "Mine") for part in page.sections for row in part.rows
    if page.name not in ("Offer", "More", "Correlations") and "my_mix" not in row.path
    and row.path not in ("name", "label")
]  # fmt: skip
NUMBERS = [row for row in ROWS if row.kind.name == "number" and isinstance(row.shipped, float)]
CHOICES = [row for row in ROWS if row.kind.name == "choice" and row.kind.options]
FACTORS = st.integers(80, 120).map(lambda percent: percent / 100)


def near(row, factor):
    value = float(f"{row.shipped * factor:.6g}")
    whole = row.unit in ("years", "seats", "posts") or "count" in row.path
    return float(round(value)) if whole else value


@st.composite
def filled(draw):
    """From path to the cells of its row, and to what a file would hold there."""
    cells, raw = {}, {}
    for row in draw(st.lists(st.sampled_from(NUMBERS), max_size=12, unique_by=lambda r: r.path)):
        value = near(row, draw(FACTORS))
        shape = draw(st.sampled_from([None, None, *SHAPES]))
        if shape is None or not row.kind.ranged or value <= 0:
            as_text = draw(st.booleans()) and abs(value) >= 1
            cells[row.path] = {"value": f"{value:,.12g}" if as_text else value}
            raw[row.path] = value
        else:
            ends = {"low": value * 0.9, "mode": value, "high": value * 1.05}
            named = SHAPES[shape].parameters
            cells[row.path] = {key: ends[key] for key in named} | {"shape": shape}
            raw[row.path] = {"dist": SHAPES[shape].family} | {
                named[key]: ends[key] for key in named
            }
    for row in draw(st.lists(st.sampled_from(CHOICES), max_size=3, unique_by=lambda r: r.path)):
        choice = draw(st.sampled_from(row.kind.options))
        cells[row.path], raw[row.path] = {"value": choice}, choice
    return cells, raw


def outcome(make):
    """The digest of a scenario, or the fields about which it is refused."""
    try:
        return make().digest
    except ScenarioError as error:
        return {problem.path.rpartition(", ")[2] for problem in error.problems}


@settings(max_examples=40, deadline=None, derandomize=True,
          suppress_health_check=list(HealthCheck))  # fmt: skip
@given(filled())
def test_cells_are_what_replace_makes_of_them(book, cells_and_raw):
    cells, raw = cells_and_raw
    try:
        for path, entries in cells.items():
            book.fill(path, **entries)
        assert outcome(book.read) == outcome(lambda: PARENT.replace(raw))
    finally:
        book.clear()


@settings(max_examples=5, deadline=None, derandomize=True,
          suppress_health_check=list(HealthCheck))  # fmt: skip
@given(filled())
def test_a_file_of_cells_is_what_a_toml_file_of_them_is(book, tmp_path_factory, cells_and_raw):
    cells, raw = cells_and_raw
    folder = tmp_path_factory.mktemp("round")
    own = {"name": "mine", "extends": "mid-market"}
    for path, value in raw.items():
        if look_up(PARENT.to_mapping(), path)[0] and not any(p.isdigit() for p in path.split(".")):
            put(own, path, value)
    try:
        for path, entries in cells.items():
            if look_up(own, path)[0]:
                book.fill(path, **entries)
        file = book.save(folder / "mine.xlsx")
    finally:
        book.clear()
    again = outcome(lambda: load(file))
    assert again == outcome(lambda: from_toml(dump_toml(own)))
    assert outcome(lambda: Sheets(file).read()) == again


def put(own, path, value):
    *parts, last = path.split(".")
    here, shipped = own, PARENT.to_mapping()
    for part in parts:
        shipped = shipped[part]
        if {"ratio", "per", "per_provider", "dist"} & set(shipped) and last in shipped:
            # What stands beside a part of a number stays.
            here = here.setdefault(part, {k: v for k, v in shipped.items()
                                          if k not in ("source", "note", "range")})  # fmt: skip
        else:
            here = here.setdefault(part, {})
    here[last] = value
