"""Reading and writing scenario files."""

from __future__ import annotations

import codecs
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from hcrisk.exceptions import ScenarioError
from hcrisk.scenario.merge import is_leaf
from hcrisk.scenario.names import slug
from hcrisk.scenario.refusal import refused
from hcrisk.scenario.scenario import Scenario
from hcrisk.scenario.syntax import syntax_problems
from hcrisk.scenario.values import toml_key, toml_value

Resolve = Callable[[str], Mapping[str, Any]]
WIDTH = 100
BYTE_ORDER_MARK = "\ufeff"
SAVE = "in an editor with Save as, or in PowerShell with Set-Content -Encoding utf8"


def parse_toml(text: str, origin: str = "") -> dict[str, Any]:
    r"""Return what a TOML text holds.

    Parameters
    ----------
    text : str
    origin : str
        Where it comes from, for error messages.

    Returns
    -------
    dict

    Raises
    ------
    ScenarioError
        Listing every line that keeps the text from being TOML.

    Examples
    --------
    >>> parse_toml("[practice]\nproviders = 50")
    {'practice': {'providers': 50}}
    """
    try:
        return tomllib.loads(text.removeprefix(BYTE_ORDER_MARK))
    except tomllib.TOMLDecodeError:
        raise ScenarioError(syntax_problems(text.removeprefix(BYTE_ORDER_MARK), origin)) from None
    except RecursionError:
        rule = "has brackets within brackets too deep to be read"
        raise refused(origin, None, rule, "close them where they end") from None


def read_toml(path: str | Path) -> dict[str, Any]:
    """Return what a TOML file holds.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    dict

    Raises
    ------
    ScenarioError
        If the file cannot be read or is not TOML.
    """
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        rule = f"cannot be read: {error.strerror}"
        raise refused("", str(file), rule, "give the path of a .toml file") from None
    except UnicodeDecodeError:
        if file.read_bytes().startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            text = "\0"
        else:
            rule = "must be text in UTF-8"
            raise refused("", str(file), rule, f"save it as UTF-8: {SAVE}") from None
    if "\0" in text:
        rule = "is text in UTF-16, as some versions of PowerShell write it, and must be in UTF-8"
        raise refused("", str(file), rule, f"save it as UTF-8: {SAVE}")
    return parse_toml(text, file.name)


def load_file(path: str | Path, resolve: Resolve | None = None) -> Scenario:
    """Load a scenario file.

    A file that extends another and has no name is called what the file is called.

    Parameters
    ----------
    path : str or Path
    resolve : callable, optional
        Gives the content of the scenario that ``extends`` names, unless that ends in ``.toml``
        and so is a file, beside the one that names it.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        Listing every problem.
    """
    folder = Path(path).parent

    def find(name: str) -> Mapping[str, Any]:
        nonlocal folder
        if name.endswith(".toml"):
            file = folder / name
            folder = file.parent
            return read_toml(file)
        if resolve is None:
            remedy = "name a .toml file, or load this one with hcrisk.scenarios.load"
            raise refused("", name, "is no scenario file", remedy)
        return resolve(name)

    content = read_toml(path)
    if "extends" in content:
        content = {"name": slug(Path(path).stem, hyphens=True), **content}
    return Scenario.from_mapping(content, find)


def from_toml(text: str, resolve: Resolve | None = None) -> Scenario:
    """Build a scenario from the text of a file.

    Parameters
    ----------
    text : str
    resolve : callable, optional
        Gives the content of the scenario that ``extends`` names.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        Listing every problem.
    """
    return Scenario.from_mapping(parse_toml(text), resolve)


def dump_toml(scenario: Scenario | Mapping[str, Any]) -> str:
    """Write a scenario as the text of a file that stands on its own.

    Parameters
    ----------
    scenario : Scenario or mapping

    Returns
    -------
    str

    Examples
    --------
    >>> print(dump_toml({"name": "a", "roles": {"analyst": {"pay": {"value": 9e4, "note": "n"}}}}))
    name = "a"
    <BLANKLINE>
    [roles.analyst]
    pay = { value = 90000.0, note = "n" }
    <BLANKLINE>
    """
    content = scenario.to_mapping() if isinstance(scenario, Scenario) else scenario
    lines: list[str] = []
    _write_table(content, (), lines)
    return "\n".join(lines).lstrip("\n") + "\n"


def _write_table(table: Mapping[str, Any], path: tuple[str, ...], lines: list[str]) -> None:
    keys = list(table)
    own_section = [
        isinstance(table[key], Mapping) and not is_leaf(table[key], (*path, key)) for key in keys
    ]
    # TOML wants plain keys before sections: to keep the order of the file, a table that a plain
    # key follows is written inline.
    last_plain = max((i for i, section in enumerate(own_section) if not section), default=-1)
    if path and (last_plain >= 0 or not table):
        lines += ["", f"[{'.'.join(toml_key(part) for part in path)}]"]
    for key in keys[: last_plain + 1]:
        lines.append(f"{toml_key(key)} = {_long_value(table[key])}")
    for key in keys[last_plain + 1 :]:
        _write_table(table[key], (*path, key), lines)


def _long_value(value: Any) -> str:
    text = toml_value(value)
    if isinstance(value, list) and len(text) > WIDTH:
        return "[\n" + "".join(f"  {toml_value(entry)},\n" for entry in value) + "]"
    return text
