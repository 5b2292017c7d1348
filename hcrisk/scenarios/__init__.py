"""The scenarios that come with hcrisk, and loading of any other."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from hcrisk.scenario import Scenario, load_file, parse_toml
from hcrisk.scenario import from_toml as _from_toml
from hcrisk.scenario import template as _template
from hcrisk.scenario.frozen import thaw
from hcrisk.scenario.refusal import nearest, refused
from hcrisk.sheets import SUFFIX as WORKBOOK
from hcrisk.sheets import load_workbook, save_template

SUFFIX = ".toml"
# What a workbook may be saved as instead, by mistake.
OTHER_WORKBOOKS = (".xls", ".xlsm", ".xlsb", ".ods")


def scenarios() -> tuple[str, ...]:
    """Return the names of the scenarios that come with hcrisk.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> "mid-market" in scenarios()
    True
    """
    files = (entry.name for entry in resources.files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(SUFFIX) for name in files if name.endswith(SUFFIX)))


def shipped(name: str) -> Mapping[str, Any]:
    """Return the content of the file of a scenario that comes with hcrisk.

    Parameters
    ----------
    name : str

    Returns
    -------
    dict

    Raises
    ------
    ScenarioError
        If there is none of that name.
    """
    known = scenarios()
    if name not in known:
        close = nearest(name, known)
        remedy = close if close.startswith("use") else f"{close} (there are {', '.join(known)})"
        raise refused("", name, "is no scenario that comes with hcrisk", remedy)
    content: Mapping[str, Any] = thaw(_parsed(name))
    return content


@cache
def _parsed(name: str) -> Mapping[str, Any]:
    file = resources.files(__name__) / f"{name}{SUFFIX}"
    return parse_toml(file.read_text(encoding="utf-8"), file.name)


def load(scenario: str | Path | Mapping[str, Any]) -> Scenario:
    """Load a scenario by its name, from a file, or from what a file would hold.

    Parameters
    ----------
    scenario : str, Path or mapping
        The name of a scenario that comes with hcrisk, or the path of a ``.toml`` file, or of a
        workbook (``.xlsx``) that ``hcrisk init`` wrote and somebody filled in. Or a mapping, such
        as JSON from elsewhere: what it ``extends`` is a scenario that comes with hcrisk, no file.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        Listing every problem found.
    TypeError
        If it is none of these.

    See Also
    --------
    from_toml : The same of the text of a file.

    Examples
    --------
    >>> load("mid-market").name
    'mid-market'
    >>> own = {"name": "own", "extends": "mid-market", "practice": {"providers": 60}}
    >>> float(load(own).practice.providers)
    60.0
    """
    if isinstance(scenario, Mapping):
        return Scenario.from_mapping(scenario, shipped)
    if not isinstance(scenario, str | Path):
        raise TypeError(
            "load needs the name of a scenario, the path of a .toml or .xlsx file, or a mapping, "
            f"got {type(scenario).__name__}"
        )
    if str(scenario).lower().endswith(WORKBOOK):
        return load_workbook(scenario, shipped)
    if str(scenario).lower().endswith(OTHER_WORKBOOKS):
        rule = "is a workbook of a kind that is not read"
        raise refused("", str(scenario), rule, f"save it in Excel as {WORKBOOK}")
    if isinstance(scenario, Path) or scenario.endswith(SUFFIX):
        return load_file(scenario, shipped)
    return Scenario.from_mapping(shipped(scenario), shipped, shipped=True)


def from_toml(text: str) -> Scenario:
    r"""Build a scenario from the text of a file, which may extend one that comes with hcrisk.

    Parameters
    ----------
    text : str

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        Listing every problem found.

    See Also
    --------
    load : A scenario by its name, from a file or a mapping.

    Examples
    --------
    >>> own = from_toml('name = "own"\nextends = "mid-market"\npractice.providers = 60')
    >>> float(own.practice.providers)
    60.0
    """
    return _from_toml(text, shipped)


def template(parent: str = "mid-market", name: str = "my-practice") -> str:
    """Return a commented file to start a scenario from.

    Parameters
    ----------
    parent : str
        The scenario the new one extends.
    name : str
        The name of the new one.

    Returns
    -------
    str
    """
    return _template(load(parent), name)


def workbook(path: str | Path, parent: str = "mid-market", name: str = "my-practice") -> None:
    """Write a workbook (``.xlsx``) to fill in, which `load` reads.

    Parameters
    ----------
    path : str or Path
        The file, which is replaced if it exists.
    parent : str
        The scenario the new one extends.
    name : str
        The name of the new one.

    Raises
    ------
    MissingExtraError
        If openpyxl is not installed.
    """
    save_template(path, load(parent), name)


__all__ = ["from_toml", "load", "scenarios", "shipped", "template", "workbook"]
