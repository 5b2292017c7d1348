"""Messages for what had to be refused."""

from __future__ import annotations

import re
from pathlib import Path

from hcrisk.exceptions import HcriskError, Problem, ScenarioError, TooManyPathsError
from hcrisk.figures import counted

# The place of what is no TOML: a line of a file.
LINE = re.compile(r"(?:.*, )?line \d+$")


class UsageError(HcriskError):
    """A value on the command line is not one that can be used."""


class FileRefused(ScenarioError):  # noqa: N818 - a refusal is what the user sees
    """A scenario that was refused, with the name it was asked for by."""

    def __init__(self, name: str, error: ScenarioError) -> None:
        super().__init__(error.problems)
        self.name = name


def refusal(error: HcriskError) -> str:
    """Return the message for an error: every problem of a scenario, or one line.

    Examples
    --------
    >>> problem = Problem("practice.providers", -5, "must be more than 0", "write how many")
    >>> print(refusal(FileRefused("own.toml", ScenarioError([problem]))))
    hcrisk: own.toml has 1 problem
    <BLANKLINE>
      practice.providers = -5
        must be more than 0; write how many
    >>> print(refusal(UsageError("--paths must be a whole number")))
    hcrisk: --paths must be a whole number
    >>> print(refusal(TooManyPathsError(10**9, "900 GB of memory", "6,700,000 or fewer")))
    hcrisk: --paths 1,000,000,000 needs 900 GB of memory; ask for 6,700,000 or fewer
    """
    if isinstance(error, TooManyPathsError):
        return f"hcrisk: --paths {error.paths:,} needs {error.shortage}; ask for {error.fewer}"
    if not isinstance(error, ScenarioError):
        return f"hcrisk: {error}"
    name = error.name if isinstance(error, FileRefused) else "the scenario"
    if len(error.problems) == 1 and _is_whole_file(error.problems[0], name):
        return f"hcrisk: {name} {_sentence(error.problems[0])}"
    count = len(error.problems)
    lines = [f"hcrisk: {name} has {counted(count, 'problems')}"]
    for problem in error.problems:
        lines += ["", *(f"  {line}" for line in _described(problem, name))]
    return "\n".join(lines)


def _is_whole_file(problem: Problem, name: str) -> bool:
    return problem.path in ("", Path(name).name)


def _described(problem: Problem, name: str) -> list[str]:
    if _is_whole_file(problem, name):
        return [_sentence(problem)]
    line = LINE.match(problem.path)
    if line is not None and isinstance(problem.value, str):
        return [
            f"{problem.path.removeprefix(f'{Path(name).name}, ')}: {problem.value}",
            f"  {_sentence(problem)}",
        ]
    # A missing entry has no value to show; everything else is shown as it was read.
    shown = problem.path
    if problem.value is not None:
        shown = str(problem._replace(rule="", remedy="")).removesuffix(": ; ")
    return [shown, f"  {_sentence(problem)}"]


def _sentence(problem: Problem) -> str:
    return f"{problem.rule}; {problem.remedy}"
