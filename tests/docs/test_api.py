"""docs/api names everything that is public, once, and nothing that is not there."""

import re
from collections import Counter
from importlib import import_module
from pathlib import Path

import hcrisk

API = Path(__file__).parents[2] / "docs" / "api"
PACKAGES = (
    *("calibrate", "io", "measures", "plot", "program", "scenario", "scenarios"),
    *("sensitivity", "sheets", "story", "summary", "whatif"),
)
OFFERED = re.compile(r"^\.\. offers:: (\S+)\n\n((?: +\S.*\n)+)", flags=re.MULTILINE)


def offered():
    pages = [page.read_text(encoding="utf-8") for page in sorted(API.glob("*.rst"))]
    found = [match for page in pages for match in OFFERED.findall(page)]
    return [(module, name) for module, names in found for name in names.split()]


def public():
    """Each public object under the name by which it is best known."""
    packages = {"hcrisk": hcrisk, **{f"hcrisk.{n}": import_module(f"hcrisk.{n}") for n in PACKAGES}}
    every = {(name, entry) for name, package in packages.items() for entry in package.__all__}
    best = {entry for package, entry in every if package == "hcrisk"}
    # Charts share names with the measures they draw.
    return {
        (package, entry)
        for package, entry in every
        if package in ("hcrisk", "hcrisk.plot") or entry not in best
    } - {("hcrisk", name) for name in ("__version__", "calibrate", "plot")}


def test_everything_public_has_its_entry_and_nothing_else():
    listed = Counter(offered())
    assert max(listed.values()) == 1
    beside = {("hcrisk.distributions.distribution", "Distribution")}
    assert sorted(set(listed) ^ (public() | beside)) == []


def test_every_page_is_listed():
    listed = (API / "index.rst").read_text(encoding="utf-8").split()
    assert {page.stem for page in API.glob("*.rst")} - {"index"} <= set(listed)
