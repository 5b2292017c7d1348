"""What the first sheet says."""

from __future__ import annotations

from hcrisk._version import __version__
from hcrisk.scenario.scenario import Scenario

TITLE = "Your practice's numbers, for hcrisk"


def instructions(parent: Scenario, file: str) -> list[str]:
    """Return what to do, step by step.

    Parameters
    ----------
    parent : Scenario
    file : str
        Name of the workbook.

    Returns
    -------
    list of str

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> len(instructions(load("mid-market"), "mine.xlsx"))
    10
    """
    return [
        f"Fill in yellow cells only. A row you leave empty stays as in {parent.name}, whose value "
        "stands beside it with its unit and source.",
        "Begin with Practice, Roles (your payroll) and Partners (your contracts). The first part "
        "of each sheet is what a practice knows or can ask for; few need the rest.",
        "If you are sure of a number, write it under Your value. A share is 22% or 0.22. Amounts "
        f"are in {parent.currency}, for what the column Unit says.",
        "If you are not, leave Your value empty and write your low, most likely and high. They "
        "make a triangle: nothing is below the low or above the high.",
        "Another shape is yours to choose: PERT is rounder; even takes low and high; P10-P90 says "
        "that one case in ten is below the low and one above the high; P50-P90 takes the most "
        "likely as the middle and the high as what nine cases in ten stay below.",
        'Under Your source say where a number is from, such as "payroll, March 2026", and how '
        "sure that is: high, medium (also if you leave it empty) or low.",
        "Formulas are fine: what counts is the value they had when you saved the file.",
        "To price an offer, choose yes on the sheet Offer and put in its figures. The sheet More "
        "has all else that can be stated; whoever knows scenario files may write a value in "
        'braces there or in any yellow cell: { dist = "gamma", mean = 0.22, cv = 0.25 }.',
        "Leave the names of sheets and columns as they are, and merge no cells. The sheets are "
        "protected without a password, against slips only.",
        f"Save, and run: hcrisk check {file} - it names the sheet and cell of whatever is wrong. "
        f"Then: hcrisk quote {file}, and hcrisk sources {file} for where every number is from.",
    ]


def facts(parent: Scenario) -> list[tuple[str, str]]:
    """Return what the workbook is built on."""
    return [
        ("Builds on", f"{parent.name}: {parent.label or parent.name}"),
        ("Written by", f"hcrisk {__version__}"),
    ]
