from types import SimpleNamespace

import pytest
from openpyxl import load_workbook

from hcrisk.report.flows import yearly_flows
from hcrisk.report.workbook import write_workbook


def opened(report, file):
    """Write a workbook, and read it with its formulas and with their values."""
    flows = yearly_flows(report.scenario, report.ds, progress=False)
    write_workbook(report, flows, file)
    return SimpleNamespace(
        file=file,
        report=report,
        flows=flows,
        formulas=load_workbook(file),
        values=load_workbook(file, data_only=True),
    )


@pytest.fixture(scope="session")
def book(told, tmp_path_factory):
    """The workbook of the whole report."""
    return opened(told, tmp_path_factory.mktemp("workbook") / "quote.xlsx")


@pytest.fixture(scope="session")
def open_report():
    return opened
