"""A program one of whose uncertain inputs has been given a value."""

from __future__ import annotations

import dataclasses

import numpy as np

from hcrisk.distributions.distribution import Distribution
from hcrisk.distributions.encode import TableBuilder, encode
from hcrisk.kernels.law_columns import LAW_WIDTH
from hcrisk.program.program import Program
from hcrisk.program.recorder import LAWS


def with_input(program: Program, path: str, value: float) -> Program:
    """Return the program with one input the same on every path, everything else as it was.

    Every other draw keeps its bits, those of inputs correlated with this one included: the input
    is set, and nothing is learned from it.

    Parameters
    ----------
    program : Program
    path : str
        An input of the program.
    value : float
        What it is on every path; not checked against the scenario's rules.

    Returns
    -------
    Program

    Raises
    ------
    ValueError
        If the program has no such input.
    """
    if path not in program.inputs:
        raise ValueError(f"path must be an uncertain input, got {path!r}; choose one of the inputs")
    sizes = {name: rows * columns for name, (rows, columns) in program.shapes.items()}
    names = list(sizes)
    first = sum(sizes[name] for name in names[: names.index(LAWS)])
    row = int(program.links.input_laws[program.inputs.index(path)])
    values = program.values.copy()
    start = first + row * LAW_WIDTH
    certain = Distribution.from_mapping({"dist": "constant", "value": value})
    values[start : start + LAW_WIDTH] = np.ravel(encode(certain, TableBuilder()))
    return dataclasses.replace(program, values=values)
