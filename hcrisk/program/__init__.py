"""From a scenario to the flat tables, links and stream keys the kernels read."""

from hcrisk.program.build import compile_program
from hcrisk.program.program import Program

__all__ = ["Program", "compile_program"]
