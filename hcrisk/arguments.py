"""Checks of arguments that functions all over hcrisk take."""

from __future__ import annotations

import math
from collections.abc import Iterable
from contextlib import suppress
from difflib import get_close_matches
from numbers import Integral, Real

from hcrisk.exceptions import ArgumentError


def check_whole(name: str, value: object, least: int, most: int | None = None) -> None:
    """Refuse what is not a whole number from `least`, to `most` if there is one.

    Examples
    --------
    >>> check_whole("points", 0, 1)
    Traceback (most recent call last):
    hcrisk.exceptions.ArgumentError: points must be a whole number of at least 1, got 0; write 1
    >>> check_whole("paths", "50", 1)
    Traceback (most recent call last):
    hcrisk.exceptions.ArgumentError: paths must be a whole number of at least 1, got '50'; write 50
    """
    if isinstance(value, Integral) and not isinstance(value, bool):
        whole = int(value)
        if least <= whole and (most is None or whole <= most):
            return
        # The nearest that can be used.
        allowed = least if most is None or whole < least else most
    else:
        allowed = _meant(value, least, most)
    rule = f"of at least {least}" if most is None else f"from {least} to {most}"
    raise ArgumentError(name, value, f"must be a whole number {rule}", f"write {allowed}")


def _meant(value: object, least: int, most: int | None) -> int:
    """Return the whole number that a text or a float stands for, if it can be used."""
    with suppress(TypeError, ValueError, OverflowError):
        number = float(value)  # type: ignore[arg-type]
        if number == int(number) and least <= number and (most is None or number <= most):
            return int(number)
    return least


def no_attribute(module: str, name: str, known: Iterable[str]) -> AttributeError:
    """Return what is raised for a name that a module does not have, with the nearest it has.

    Examples
    --------
    >>> no_attribute("hcrisk", "percentile", ["mean", "percentiles"])
    AttributeError("module 'hcrisk' has no attribute 'percentile'; did you mean 'percentiles'?")
    """
    near = get_close_matches(name, known, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return AttributeError(f"module {module!r} has no attribute {name!r}{hint}")


def check_finite(name: str, value: object, what: str, example: str) -> float:
    """Return a finite number, of whatever type, as a float, or refuse it.

    Examples
    --------
    >>> check_finite("low", 10, "number", "10")
    10.0
    >>> check_finite("low", "ten", "number", "10")
    Traceback (most recent call last):
    hcrisk.exceptions.ArgumentError: low must be a finite number, got 'ten'; write 10
    """
    if isinstance(value, Real) and not isinstance(value, bool):
        # A whole number too large for a float is no finite one.
        with suppress(OverflowError):
            if math.isfinite(number := float(value)):
                return number
    raise ArgumentError(name, value, f"must be a finite {what}", f"write {example}")
