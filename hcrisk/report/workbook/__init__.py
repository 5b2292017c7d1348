"""A report as a workbook: figures to calculate with, formulas and native charts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hcrisk.exceptions import MissingExtraError

if TYPE_CHECKING:
    import os

    import xarray as xr

    from hcrisk.report.contents import Report


def check_installed(path: str | os.PathLike[str]) -> None:
    """Refuse a workbook where the package is missing that writes it."""
    try:
        import xlsxwriter  # noqa: F401
    except ImportError:
        raise MissingExtraError(Path(path).name, "xlsxwriter", "xlsx") from None


def write_workbook(report: Report, flows: xr.DataArray, path: Path) -> None:
    """Write a report as a workbook, the same bytes for the same report.

    Parameters
    ----------
    report
        What `hcrisk.report` returns.
    flows
        Of `hcrisk.report.flows.yearly_flows`, for its run.
    path
        The file, which is replaced if it exists.

    Raises
    ------
    MissingExtraError
        If xlsxwriter is not installed.

    Examples
    --------
    >>> import tempfile
    >>> import hcrisk
    >>> from hcrisk.report.flows import yearly_flows
    >>> told = hcrisk.report(hcrisk.load("small-practice"), paths=100, progress=False)
    >>> path = Path(tempfile.mkdtemp()) / "quote.xlsx"
    >>> write_workbook(told, yearly_flows(told.scenario, told.ds), path)
    >>> path.read_bytes()[:2]
    b'PK'
    """
    check_installed(path)
    from hcrisk.report.workbook.whole import write_whole

    write_whole(report, flows, path)


__all__ = ["check_installed", "write_workbook"]
