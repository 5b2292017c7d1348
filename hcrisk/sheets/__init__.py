"""Scenarios in a spreadsheet: a workbook to fill in, and what was filled in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hcrisk.exceptions import MissingExtraError
from hcrisk.sheets.layout import SUFFIX

if TYPE_CHECKING:
    from hcrisk.scenario import Scenario

Resolve = Callable[[str], Mapping[str, Any]]


def load_workbook(path: str | Path, resolve: Resolve) -> Scenario:
    """Build a scenario from a workbook that was filled in.

    Parameters
    ----------
    path : str or Path
    resolve : callable
        Gives the content of the scenario that the workbook extends.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        Listing every problem, with sheet and cell.
    MissingExtraError
        If openpyxl is not installed.
    """
    check_installed(path)
    from hcrisk.sheets.reader import read_workbook

    return read_workbook(Path(path), resolve)


def save_template(path: str | Path, parent: Scenario, name: str) -> None:
    """Write a workbook to fill in, which extends a scenario that comes with hcrisk.

    Parameters
    ----------
    path : str or Path
        The file, which is replaced if it exists.
    parent : Scenario
    name : str
        Name of the new scenario.

    Raises
    ------
    MissingExtraError
        If openpyxl is not installed.

    Examples
    --------
    >>> import tempfile
    >>> from hcrisk.scenarios import load, shipped
    >>> path = Path(tempfile.mkdtemp()) / "ours.xlsx"
    >>> save_template(path, load("small-practice"), "ours")
    >>> load_workbook(path, shipped)
    <Scenario ours: 4 services, 3 strategies, ... uncertain inputs; own: label, name>
    """
    check_installed(path)
    from hcrisk.sheets.writer import write_workbook

    write_workbook(Path(path), parent, name)


def check_installed(path: str | Path) -> None:
    """Refuse a workbook where the package is missing that reads and writes them."""
    try:
        import openpyxl  # noqa: F401
    except ImportError:
        raise MissingExtraError(Path(path).name, "openpyxl", "xlsx") from None


__all__ = ["SUFFIX", "check_installed", "load_workbook", "save_template"]
