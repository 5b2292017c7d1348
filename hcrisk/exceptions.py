"""Errors and warnings raised by hcrisk."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class HcriskError(Exception):
    """Base class of what hcrisk refuses: a scenario, a file, data, more than a machine holds."""


class Problem(NamedTuple):
    """One thing wrong with an input: where, what was given, the rule, and what to do.

    Examples
    --------
    >>> print(Problem("roles.analyst.pay", -1.0, "must be at least 0", "write a yearly salary"))
    roles.analyst.pay = -1.0: must be at least 0; write a yearly salary
    """

    path: str
    value: object
    rule: str
    remedy: str

    def __str__(self) -> str:
        """Return the problem as one line; what is missing has no value, a name no path."""
        value = [] if self.value is None else [_shown(self.value)]
        where = " = ".join([self.path, *value] if self.path else value)
        return f"{where}: {self.rule}; {self.remedy}"


class ScenarioError(HcriskError, ValueError):
    """A scenario breaks one or more rules; every broken rule is listed.

    Parameters
    ----------
    problems : iterable of Problem
        All problems found, in the order of the file.

    Attributes
    ----------
    problems : tuple of Problem
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class ArgumentError(HcriskError, ValueError):
    """An argument of a call is not one that can be used.

    Parameters
    ----------
    name : str
        The argument.
    value : object
    rule : str
    remedy : str, optional

    Attributes
    ----------
    problem : Problem
        The same, its path the argument's name.

    Examples
    --------
    >>> error = ArgumentError("level", 95, "must lie in (0, 1)", "write 0.95")
    >>> print(error)
    level must lie in (0, 1), got 95; write 0.95
    >>> error.problem.remedy
    'write 0.95'
    """

    def __init__(self, name: str, value: object, rule: str, remedy: str = "") -> None:
        self.problem = Problem(name, value, rule, remedy)
        super().__init__(f"{name} {rule}, got {value!r}{f'; {remedy}' if remedy else ''}")

    def __reduce__(self) -> tuple[type[ArgumentError], tuple[object, ...]]:
        """Let it come back whole from another process."""
        return type(self), tuple(self.problem)


class TooManyPathsError(HcriskError):
    """The results of so many paths do not fit into memory.

    Parameters
    ----------
    paths : int
        How many were asked for.
    shortage : str
        What they need, and what there is.
    fewer : str
        How many to ask for instead.
    other : str, optional
        What else would help, for those who call from Python.

    Examples
    --------
    >>> print(TooManyPathsError(10**9, "1,900 GB of memory, of 16 GB", "6,700,000 or fewer"))
    1,000,000,000 paths need 1,900 GB of memory, of 16 GB; simulate 6,700,000 or fewer
    """

    def __init__(self, paths: int, shortage: str, fewer: str, other: str = "") -> None:
        self.paths, self.shortage, self.fewer = paths, shortage, fewer
        super().__init__(f"{paths:,} paths need {shortage}; simulate {fewer}{other}")


class MissingExtraError(HcriskError, ImportError):
    """Something needs a package that is not installed with hcrisk by default.

    Parameters
    ----------
    what : str
        What needs it, as the user wrote it.
    package : str
    extra : str
        The extra of hcrisk that installs it.

    Examples
    --------
    >>> print(MissingExtraError("chunks", "dask", "dask"))
    chunks needs dask, which is not installed; install it with: pip install "hcrisk[dask]"
    """

    def __init__(self, what: str, package: str, extra: str) -> None:
        remedy = f'install it with: pip install "hcrisk[{extra}]"'
        super().__init__(f"{what} needs {package}, which is not installed; {remedy}")


class PrecisionWarning(UserWarning):
    """A figure rests on too few paths for the precision a reader would assume."""


def _shown(value: object, width: int = 80) -> str:
    text = repr(value)
    return text if len(text) <= width else text[: width - 3] + "..."
