"""The minimal file, as content and as a scenario."""

import tomllib
from pathlib import Path

from hcrisk.scenario import Scenario
from hcrisk.scenario.merge import merged

FILE = Path(__file__).parent / "minimal.toml"
MINIMAL = tomllib.loads(FILE.read_text())


def content(snippet="", drop=""):
    """The minimal file with a snippet merged in and one entry dropped."""
    result = merged(MINIMAL, tomllib.loads(snippet))
    if drop:
        *above, last = drop.split(".")
        here = result
        for part in above:
            here = here[part]
        del here[last]
    return result


def scenario(snippet="", drop=""):
    return Scenario.from_mapping(content(snippet, drop))
