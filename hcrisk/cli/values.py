"""Reading what was written on the command line: each value checked, with a remedy."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from hcrisk.cli.refusals import FileRefused, UsageError
from hcrisk.exceptions import ScenarioError

if TYPE_CHECKING:
    from hcrisk.scenario import Scenario

CURRENT = "current"
SUFFIX = ".toml"
WORKBOOK = ".xlsx"
EXAMPLES = {"--paths": 10_000, "--years": 5, "--threads": 2}


def read_whole(option: str, text: str, least: int, most: int) -> int:
    """Return a whole number in a range.

    Examples
    --------
    >>> read_whole("--paths", "100,000", 1, 10**12)
    100000
    """
    value: int | None = None
    with suppress(ValueError):
        value = int(text.replace(",", "").strip())
    if value is None or not least <= value <= most:
        raise UsageError(
            f"{option} must be a whole number from {least} to {most}, got {text!r}; "
            f"write for example {option} {EXAMPLES.get(option, least)}"
        )
    return value


def read_percentiles(text: str) -> tuple[float, ...]:
    """Return levels in (0, 1) from percentiles in percent, in rising order.

    Examples
    --------
    >>> read_percentiles("50,80,99.9")
    (0.5, 0.8, 0.999)
    """
    levels = []
    for part in text.split(","):
        try:
            percent = float(part.strip().removeprefix("P").removeprefix("p").removesuffix("%"))
        except ValueError:
            percent = -1.0
        if not 0.0 < percent < 100.0:
            raise UsageError(
                f"--percentiles must be numbers between 0 and 100, separated by commas, got "
                f"{part.strip()!r}; write for example --percentiles 50,80,99.9"
            )
        # The nearest double to what was written: 99.9 / 100 is not 0.999 in binary.
        levels.append(round(percent / 100, 12))
    if max(levels) < 0.01:
        raise UsageError(
            f"--percentiles are in percent, got {text!r}; write 80 for the P80, not 0.8"
        )
    if len(set(levels)) < len(levels):
        raise UsageError(f"--percentiles must differ, got {text!r}; leave out the repeated one")
    return tuple(sorted(levels))


def read_strategies(text: str | None, scenario: Scenario) -> list[str] | None:
    """Return the strategies named, each known to the scenario; None for all."""
    if text is None:
        return None
    known = [*scenario.strategies, CURRENT]
    names = list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    for name in names:
        if name not in known:
            raise UsageError(
                f"--strategies: {scenario.name} has no strategy {name!r}. {suggest(name, known)}"
            )
    if not names:
        raise UsageError(f"--strategies must name at least one; choose from {', '.join(known)}")
    return [name for name in names if name in scenario.strategies]


def read_scenario(name: str, missing: str = "hcrisk init {} writes one to start from") -> Scenario:
    """Return a scenario by its name or file, or say what is wrong and what was meant.

    ``missing`` says what to do if there is no such file, which it may name by ``{}``.
    """
    from hcrisk.scenarios import OTHER_WORKBOOKS, load, scenarios

    known = scenarios()
    if name not in known and not is_file_name(name):
        beside = [Path(f"{name}{suffix}") for suffix in (SUFFIX, WORKBOOK)]
        there = [str(path) for path in beside if path.is_file()]
        if there:
            hint = f"Did you mean the file {' or '.join(there)}?"
        elif name.lower().endswith(OTHER_WORKBOOKS):
            hint = f"Save it in Excel as {WORKBOOK}, and give the name of that"
        elif Path(name).is_file():
            hint = f"A scenario file's name ends in {SUFFIX} or {WORKBOOK}; rename it"
        else:
            hint = f"{suggest(name, known)} Or give the name of a {SUFFIX} or {WORKBOOK} file"
        raise UsageError(f"there is no scenario {name!r}. {hint}")
    if is_file_name(name) and not Path(name).exists():
        raise UsageError(f"there is no file {name}; {missing.format(name)}")
    try:
        return load(name)
    except ScenarioError as error:
        raise FileRefused(name, error) from None


def is_file_name(name: str) -> bool:
    """Tell whether a name is that of a scenario file, not of a scenario that comes with hcrisk.

    Examples
    --------
    >>> is_file_name("mid-market"), is_file_name("own.toml"), is_file_name("Own.XLSX")
    (False, True, True)
    """
    return name.endswith(SUFFIX) or name.lower().endswith(WORKBOOK)


def read_output(option: str, text: str, suffixes: Sequence[str], force: bool) -> Path:
    """Return the file to write, refusing one that exists or has another kind's suffix."""
    path = Path(text)
    if path.suffix.lower() not in suffixes:
        raise UsageError(
            f"{option} must end in {' or '.join(suffixes)}, got {text!r}; write for example "
            f"{path.stem or 'run'}{suffixes[0]}"
        )
    if path.exists() and not force:
        raise UsageError(
            f"{path} exists already; choose another name, or add --force to replace it"
        )
    return path


def suggest(name: str, known: Collection[str]) -> str:
    """Return which of the known names were probably meant, or all of them.

    Examples
    --------
    >>> suggest("midmarket", ["mid-market", "large-group"])
    "Did you mean 'mid-market'?"
    """
    near = get_close_matches(name.lower(), list(known), n=2, cutoff=0.5)
    if near:
        return f"Did you mean {' or '.join(map(repr, near))}?"
    return f"Choose from {', '.join(known)}."
