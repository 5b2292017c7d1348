"""What the page holds, as its markup says; `test_browser.py` opens it."""

import re
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise

import numpy as np
import pytest

from hcrisk.figures import Figure, money, percent, short, spoken
from hcrisk.report.changes import NONE_DIFFERS, change_lines
from hcrisk.report.commands import sizes_command
from hcrisk.report.drivers import ALONE, chance_words
from hcrisk.report.html import render_html
from hcrisk.report.html.svg import COLOURS, themed
from hcrisk.report.html.tables import NONE, RANKED
from hcrisk.report.pair import entry_of
from hcrisk.report.turning import sizes_told
from hcrisk.report.wording import inside
from hcrisk.report.workbook.inputs import every_number
from hcrisk.scenario import register

VOID = {"meta", "link", "br", "img", "wbr", "hr", "input"}
CSS = files("hcrisk.report.html").joinpath("style.css").read_text(encoding="utf-8")


class Tree(HTMLParser):
    """Elements with their attributes and the text inside, and a check that they are closed."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.open, self.elements, self.faults = [], [], []
        self.feed(page)
        self.close()
        self.faults += [f"{one['tag']} is never closed" for one in self.open]

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        if len(set(names)) < len(names):
            self.faults.append(f"{tag} repeats an attribute: {names}")
        one = {"tag": tag, "attrs": dict(attrs), "text": "", "in": [o["tag"] for o in self.open]}
        self.elements.append(one)
        if tag not in VOID:
            self.open.append(one)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open[-1]["tag"] != tag:
            self.faults.append(f"</{tag}> within {[o['tag'] for o in self.open]}")
            return
        self.open.pop()

    def handle_data(self, data):
        for one in self.open:
            one["text"] += data

    def all(self, tag, **attrs):
        return [
            one
            for one in self.elements
            if one["tag"] == tag
            and all(one["attrs"].get(key.rstrip("_")) == value for key, value in attrs.items())
        ]


@pytest.fixture(scope="module")
def tree(page):
    return Tree(page)


def plain(text):
    return " ".join(text.split())


def rows_of(tree, caption):
    """Return the rows of a table, cell by cell, with their scopes."""
    start = next(i for i, one in enumerate(tree.elements)
                 if one["tag"] == "caption" and plain(one["text"]).startswith(caption))  # fmt: skip
    rows = []
    for one in tree.elements[start + 1 :]:
        if one["tag"] == "table":
            break
        if one["tag"] == "tr":
            rows.append([])
        elif one["tag"] in ("th", "td"):
            rows[-1].append(plain(one["text"]))
    return rows


# Well formed, and closed to what others write


def test_every_element_is_closed_where_it_was_opened(tree):
    assert tree.faults == []
    assert [one["tag"] for one in tree.elements[:2]] == ["html", "head"]
    assert tree.all("html")[0]["attrs"]["lang"] == "en"


def test_a_check_of_markup_can_fail():
    assert Tree("<p><b>x</p></b>").faults
    assert Tree("<p>x").faults == ["p is never closed"]


def test_ids_are_unique_and_what_refers_to_one_finds_it(tree, page):
    ids = [one["attrs"]["id"] for one in tree.elements if "id" in one["attrs"]]
    assert len(set(ids)) == len(ids)
    refers = set(re.findall(r"url\(#([^)]+)\)", page))
    for one in tree.elements:
        if (one["attrs"].get("href") or "").startswith("#"):
            refers.add(one["attrs"]["href"][1:])
        refers.update((one["attrs"].get("aria-labelledby") or "").split())
    assert refers
    assert refers <= set(ids)


def test_texts_of_a_scenario_stay_text(tree, page):
    assert tree.all("script") == tree.all("img") == tree.all("iframe") == []
    assert "<script" not in page
    assert '<script>alert("1")</script>' in tree.all("h1")[0]["text"]
    assert "<img src=x onerror=alert(2)>" in tree.all("ol", class_="decision")[0]["text"]
    handlers = [name for one in tree.elements for name in one["attrs"] if name.startswith("on")]
    assert handlers == []


def test_nothing_but_addresses_of_the_web_is_a_link(tree):
    links = [one["attrs"]["href"] for one in tree.all("a")]
    assert any(link.startswith("https://") for link in links)
    assert all(link.startswith(("https://", "http://", "#")) for link in links)


def test_nothing_is_loaded(tree, page):
    for one in tree.elements:
        loads = [one["attrs"].get(name) for name in ("src", "srcset", "data", "poster", "action")]
        assert not any(loads), one
        if one["tag"] in ("use", "image", "link"):
            assert one["attrs"]["href"].startswith(("#", "data:,")), one
    styles = CSS + "".join(one["attrs"].get("style") or "" for one in tree.elements)
    assert "@import" not in styles
    assert all(name.startswith("#") for name in re.findall(r"url\(([^)]*)\)", styles))
    assert "w3.org" not in page


def test_the_same_report_gives_the_same_bytes(told, page):
    assert render_html(told) == page
    created = str(told.ds.attrs["created"])
    assert page.count(created) == 1
    dates = re.findall(r"20\d\d-\d\d-\d\dT", page)
    assert dates == [created[:11]]


# What it says


def test_figures_are_those_of_the_measures(tree, told):
    quote = told.quote
    rows = {row[0]: row[1:] for row in rows_of(tree, "Cost over 5 years")}
    assert list(rows)[:3] == ["Measure", "Mean", "Mean, cash only"]
    assert len(rows["Mean"]) == len(quote.strategies)
    for i, entry in enumerate(quote.strategies):
        for name, figure in (("Mean", entry.mean), ("P80", entry.percentiles[0.8])):
            cell = rows[name][i]
            step = 10.0 ** (6 - len(cell.partition(".")[2].partition("M")[0]))
            assert cell.startswith(money(figure, unit=(1e6, "M"), step=step))
        assert rows["Cheapest in"][i].replace(" ", "") == percent(
            entry.probability_cheapest
        ).replace(" ", "")


def test_sections_of_the_issue_are_there(tree, told):
    headings = [plain(one["text"]) for one in tree.all("h2")]
    assert headings == [
        "The decision", "Contents", "Who delivers each service", "What it costs",
        "The chance of costing more", "Year by year", "Where the money goes",
        "Where the risk sits", "What moves the cost", "What would change the choice",
        "What the worst futures look like", "The assumptions to question first",
        "Appendix: every number and its source", "Appendix: how to get these figures again",
    ]  # fmt: skip
    items = [plain(one["text"]) for one in tree.all("li") if "nav" in one["in"]]
    assert items == [one for one in headings if one != "Contents"]
    decision = plain(tree.all("ol", class_="decision")[0]["text"])
    for sentence in told.sentences:
        assert plain(sentence) in decision


def test_the_choice_by_size_is_told_with_the_command_that_gives_it(tree, told):
    sizes = told.turning.sizes
    (command,) = [plain(one["text"]) for one in tree.all("code") if "break-even" in one["text"]]
    assert command == sizes_command(told.scenario, sizes)
    paragraph = next(plain(one["text"]) for one in tree.all("p") if command in plain(one["text"]))
    names = (inside(entry_of(told.quote, name)) for name in (told.pair.focus, told.pair.rival))
    said = sizes_told(told.turning, *names)
    assert paragraph.lower().startswith(f"{said.lower()}. ")


def test_the_register_is_whole_and_the_weakest_come_first(tree, told):
    _, *rows = rows_of(tree, "Every number behind this report")
    assert len(rows) == len(told.register)
    order = [("low", NONE, "medium", "high").index(row[2]) for row in rows]
    assert order == sorted(order)
    assert {0, 2} <= set(order)
    cited = {int(row[3]) for row in rows if row[3] != NONE}
    numbers = [int(one["attrs"]["value"]) for one in tree.all("li") if "value" in one["attrs"]]
    assert numbers == sorted(cited) == list(range(1, len(cited) + 1))


def test_what_the_scenario_leaves_at_defaults_is_told_with_its_reason(tree, told):
    """Together with the register this is every number that the workbook has."""
    rows = rows_of(tree, "What the scenario leaves at hcrisk's own defaults")[1:]
    left = [entry for entry in register(told.scenario) if entry.own == "default"]
    assert sum(int(row[-1]) for row in rows) == len(left)
    assert len(told.register) + len(left) == len(every_number(told.scenario))
    assert all(len(row) == 4 and all(row) for row in rows)
    assert any(row[0].startswith("growth.most") and row[1] == "3" for row in rows)
    assert tree.all("details")
    assert tree.all("summary")


def test_the_story_is_that_of_the_path_named(tree, told):
    rows = rows_of(tree, "The same future, event by event")
    assert len(rows) > 5
    paragraph = next(one["text"] for one in tree.all("p") if "nearest the mean" in one["text"])
    assert f"path {told.story.path}, seed 3" in paragraph
    npv = told.ds["npv"].sel(strategy=told.pair.focus)
    assert float(npv.sel(path=told.story.path)) == told.story.total
    worst = np.sort(npv.values)[-60:].mean()
    assert abs(told.story.total - worst) == abs(npv.values - worst).min()
    below = 100 * float((npv < told.story.total).mean())
    assert 95 < below
    assert f"more than {below:.1f}% of the futures do" in paragraph


def test_the_lines_of_that_future_are_beside_the_means(tree, told):
    rows = rows_of(tree, "What this future costs by line, present value")
    labels = [row[0] for row in rows]
    assert labels[-1] == "All"
    assert len(labels) > 5
    assert rows[-1][1] == spoken(Figure(*[told.story.total] * 3))


def test_every_measure_of_an_input_is_explained_and_medians_agree(tree, told):
    text = plain(" ".join(one["text"] for one in tree.all("p")))
    assert chance_words(told.drivers) in text
    assert ALONE in text
    assert f"{RANKED}: how much of the order of the futures" in text
    found = {row[0]: row[1] for row in rows_of(tree, "Question these first")}
    weak = [one for one in told.weakest if one.spread is not None]
    assert weak
    for one in weak:
        said = next(value for name, value in found.items() if one.assumption.path in name)
        assert said.startswith(short(one.value))


def test_what_changed_is_told_as_on_the_terminal(told):
    same = render_html(told.against(told.scenario, progress=False))
    assert NONE_DIFFERS.capitalize() in same
    assert "costs the same as before, to the cent" in same
    report = told.against(told.scenario.replace({"people.benefits_load": 0.35}), progress=False)
    tree = Tree(render_html(report))
    rows = rows_of(tree, "The numbers and choices that differ")
    assert [row[0] for row in rows[1:]] == ["People: benefits loadpeople.benefits_load"]
    costs = {row[0]: row[1:] for row in rows_of(tree, "What each strategy costs more or less")[1:]}
    lines = change_lines(report.changes)
    for label, cells in costs.items():
        line = next(line for line in lines if line.startswith(f"{label}: "))
        assert all(cell in line for cell in cells)


def test_the_manifest_says_how_to_get_the_figures_again(tree, told):
    names = [one["text"] for one in tree.all("dt")]
    values = dict(zip(names, (one["text"] for one in tree.all("dd")), strict=True))
    assert values["Digest of the scenario"] == told.scenario.digest
    assert (values["Seed"], values["Simulated futures"]) == ("3", "1,200")
    assert values["hcrisk"] == told.ds.attrs["hcrisk"]


# For everybody


def test_headings_descend_one_by_one(tree):
    levels = [int(one["tag"][1]) for one in tree.elements if re.fullmatch(r"h[1-6]", one["tag"])]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_tables_have_captions_and_heads(tree):
    tables = tree.all("table")
    assert len(tables) == len(tree.all("caption")) >= 11
    scopes = [one["attrs"].get("scope") for one in tree.all("th")]
    assert set(scopes) == {"col", "row"}
    for one in tree.all("th"):
        assert ("thead" in one["in"]) == (one["attrs"]["scope"] == "col")


def test_every_chart_says_what_it_shows(tree):
    charts = tree.all("svg")
    assert len(charts) == 12
    named = {one["attrs"]["id"]: plain(one["text"]) for one in tree.elements
             if one["tag"] in ("title", "desc") and "svg" in one["in"]}  # fmt: skip
    for one in charts:
        assert one["attrs"]["role"] == "img"
        title, about = (named[key] for key in one["attrs"]["aria-labelledby"].split())
        assert len(title) > 10
        assert re.search(r"\d", about), about
        assert about.endswith(".")
    # Text is text, not outlines.
    texts = [plain(one["text"]) for one in tree.all("text")]
    assert "Chance of costing more" in texts
    assert not any("font-family" in (one["attrs"].get("style") or "") for one in tree.all("text"))


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def scheme(name):
    light, _, rest = CSS.partition("@media screen and (prefers-color-scheme: dark)")
    text = light if name == "light" else rest.partition("\n}\n")[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", text))


def test_contrast_formula():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_contrast_is_enough(name):
    colours = scheme(name)
    assert set(colours) >= {*COLOURS.values(), "accent", "muted", "blue-text", "red-text"}
    for text in ("ink", "muted", "accent", "blue-text", "red-text"):
        assert contrast(colours[text], colours["page"]) >= 4.5, text
    for shape in ("blue", "orange", "green", "pink", "red", "sky", "guide"):
        assert contrast(colours[shape], colours["page"]) >= 3.0, shape


def test_both_schemes_have_the_same_colours_and_dark_is_for_screens():
    assert set(scheme("light")) == set(scheme("dark"))
    assert CSS.count("prefers-color-scheme") == 1


def test_colours_of_charts_follow_the_page(tree):
    known = set(COLOURS)
    for one in tree.elements:
        if "svg" in one["in"]:
            found = re.findall(r"#[0-9a-f]{6}\b", one["attrs"].get("style") or "")
            assert not known.intersection(found), one


def test_themed__multi_line_texts_are_anchored():
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg"><g id="end@120.50">'
        '<text style="font-size: 10px" transform="translate(80.1 7.5)">a</text></g></svg>'
    )
    found = themed(svg, "x", "T", "A.")
    assert 'transform="translate(120.50 7.5)"' in found
    assert "text-anchor: end" in found
    assert "@" not in found
