"""What is wrong with text that is not TOML, line by line, as people who are no programmers slip."""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from typing import NamedTuple

from hcrisk.exceptions import Problem

MOST = 100
CURLY = str.maketrans(
    {**dict.fromkeys("\u201c\u201d\u201e\u201f", '"'), **dict.fromkeys("\u2018\u2019\u201a", "'")}
)
PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
HEADER = re.compile(r"\s*\[")
ASSIGNMENT = re.compile(r"\s*([^=#]+?)\s*=\s*(.*?)\s*$")
QUOTED = re.compile(r'"(?:\\.|[^"\\])*"|\'[^\']*\'')
# A number as people write one: with a currency, grouped, or with what it is counted in.
LOOSE = re.compile(
    r"=\s*(?P<all>(?P<currency>[$€£¥]|[A-Z]{3}\s)?\s*"
    r"(?P<number>[+-]?\d[\d_]*(?:[ ,]\d{3}\b)*(?:,\d{1,2}\b)?(?:\.\d+)?)"
    r"\s*(?P<after>%|[$€£¥]|[A-Za-z][A-Za-z/ ]*)?)\s*(?=[,}\]#]|$)"
)
THOUSANDS = {"k": 3, "m": 6, "mm": 6, "mio": 6, "bn": 9, "b": 9, "million": 6, "thousand": 3}
CURRENCIES = ("$", "€", "£", "¥", "USD", "EUR", "GBP", "CHF", "CAD", "AUD")
TWICE = (("overwrite", "key"), ("Duplicate", "entry"), ("twice", "table"), ("redefine", "table"))


class Loose(NamedTuple):
    """A number that is not written as TOML wants it: its value, why, and the words after it."""

    value: Decimal
    reason: str
    words: str


def syntax_problems(text: str, origin: str = "") -> list[Problem]:
    r"""Return a problem for each line that keeps a text from being TOML.

    Parameters
    ----------
    text : str
    origin : str
        Where it comes from.

    Returns
    -------
    list of Problem
        Empty if the text is TOML. Of the lines with a slip that is not recognised only the
        first is reported, since others may follow from it.

    Examples
    --------
    >>> for problem in syntax_problems("pay = $68,500\nload = 22%"):
    ...     print(problem)
    line 1 = 'pay = $68,500': is no number; write 68500 or 68_500: money has no sign and no comma
    line 2 = 'load = 22%': is no number; write 0.22: a share is written without %
    """
    lines = text.replace("\r\n", "\n").split("\n")
    found: dict[int, Problem] = {}
    recognised = True
    for _ in range(MOST):
        try:
            tomllib.loads("\n".join(lines))
            break
        except tomllib.TOMLDecodeError as error:
            index = _line_of(error, lines)
            if index in found:
                break
            slip = _slip(str(error), lines, index)
            if slip is not None or recognised:
                recognised = recognised and slip is not None
                rule, remedy = slip or _unrecognised(str(error))
                place = ", ".join(filter(None, (origin, f"line {index + 1}")))
                found[index] = Problem(place, lines[index].strip(), rule, remedy)
            lines[index] = _mended(lines[index], index)
        except RecursionError:
            break
    return [found[index] for index in sorted(found)]


def _line_of(error: tomllib.TOMLDecodeError, lines: list[str]) -> int:
    place = PLACE.search(str(error))
    if place is not None and place[1]:
        return int(place[1]) - 1
    return max((index for index, line in enumerate(lines) if line.strip()), default=0)


def _mended(line: str, index: int) -> str:
    # What stands below a header must not move into the table above it.
    return f"[mended-{index}]" if HEADER.match(line) and "=" not in line else ""


def _slip(message: str, lines: list[str], index: int) -> tuple[str, str] | None:
    """Return rule and remedy of a slip that is recognised."""
    line = lines[index]
    for word, kind in TWICE:
        if word in message:
            return _twice(kind, lines, index)
    bare = _unquoted(line)
    if bare != bare.translate(CURLY):
        rule = "has the curly quotes of a word processor"
        return rule, f"write {line.translate(CURLY).strip()}"
    found = [meant for match in LOOSE.finditer(bare) if (meant := _meant(match)) is not None]
    if found:
        numbers = [f"write {written(meant.value)}: {meant.reason}" for meant in found]
        rule = "is no number" if len(numbers) == 1 else "has what is no number"
        return rule, "; ".join(dict.fromkeys(numbers))
    return _word(bare)


def _unquoted(line: str) -> str:
    """Return a line without its comment, and with nothing between quotes."""
    return QUOTED.sub('""', line).partition("#")[0]


def loose_number(text: str) -> Loose | None:
    """Return the number that a text means, None if it is written well or is none.

    Examples
    --------
    >>> loose_number("$68.5k").reason, loose_number("6 weeks").words, loose_number("68500")
    ('money has no sign and no comma', 'weeks', None)
    """
    match = LOOSE.match(f"={text}")
    return None if match is None or match.end() <= len(text) else _meant(match)


def _meant(match: re.Match[str]) -> Loose | None:
    """Return the number that is meant, None if it is written well."""
    number, after = match["number"], (match["after"] or "").strip()
    currency = (match["currency"] or "").strip()
    digits = number.replace("_", "").replace(" ", "")
    if re.fullmatch(r"[+-]?(?:0,\d+|\d+,\d{1,2})", digits):
        digits, reason = digits.replace(",", "."), "decimals follow a point"
    else:
        digits = digits.replace(",", "")
        reason = "numbers have no comma" if "," in number else "numbers have no spaces"
    value, words = Decimal(digits), after.split()
    if words and words[0].lower() in THOUSANDS:
        value = value.scaleb(THOUSANDS[words.pop(0).lower()])
        reason = "numbers are written in full"
    after = " ".join(words)
    if currency or after in CURRENCIES:
        reason = "money has no sign and no comma"
    elif after == "%":
        value, reason = value / 100, "a share is written without %"
    elif after:
        reason = f"leave out {after}, and mind the unit that the field has"
    elif digits == number.replace("_", "") and value == Decimal(digits):
        return None
    return Loose(value, reason, after if reason.startswith("leave") else "")


def written(value: Decimal) -> str:
    """Write a number as TOML has it, a large one in both ways.

    Examples
    --------
    >>> written(Decimal("68500.0")), written(Decimal("0.220"))
    ('68500 or 68_500', '0.22')
    """
    if value == value.to_integral_value():
        whole = int(value)
        return f"{whole} or {whole:_}" if abs(whole) >= 1000 else str(whole)
    return f"{value.normalize():f}"


def _twice(kind: str, lines: list[str], index: int) -> tuple[str, str]:
    def name(line: str) -> str:
        assigned = ASSIGNMENT.match(line) if kind == "key" else None
        return (assigned[1] if assigned else line.partition("#")[0]).strip()

    if kind == "entry":
        return "names a key twice between its braces", "keep one of the two"
    before = range(index - 1, -1, -1)
    first = next(
        (i for i in before if lines[i].strip() and name(lines[i]) == name(lines[index])), None
    )
    where = "" if first is None else f", before in line {first + 1}"
    remedy = "keep one of the two"
    if kind == "table":
        remedy = "put what stands below it below the first, and drop this line"
    return f"names a {kind} that the file has already{where}", remedy


def _word(bare: str) -> tuple[str, str] | None:
    assigned = ASSIGNMENT.match(bare)
    if assigned is None or not re.match(r"[A-Za-z]", assigned[2]):
        return None
    word = assigned[2]
    if word.lower() in ("true", "false", "yes", "no"):
        meant = "true" if word.lower() in ("true", "yes") else "false"
        return "must be true or false", f"write {meant}"
    if '"' in word or not re.fullmatch(r"[\w .&/-]+", word):
        return None
    return "has text without quotes", f'write {assigned[1]} = "{word}"'


def _unrecognised(message: str) -> tuple[str, str]:
    what = PLACE.sub("", message)
    if "Unclosed" in what or what.startswith("Expected"):
        return f"is not valid TOML: {what}", "correct that line, or a bracket or quote before it"
    return f"is not valid TOML: {what}", "correct that line"
