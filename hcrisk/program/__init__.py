"""From a scenario to the flat tables, links and stream keys the kernels read."""

from hcrisk.program.build import Program, compile_program

__all__ = ["Program", "compile_program"]
