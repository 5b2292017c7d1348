"""Checks of arguments that functions all over hcrisk take."""

from __future__ import annotations

from numbers import Integral


def check_whole(name: str, value: object, least: int, most: int | None = None) -> None:
    """Refuse what is not a whole number from `least`, to `most` if there is one.

    Examples
    --------
    >>> check_whole("points", 0, 1)
    Traceback (most recent call last):
    ValueError: points must be a whole number of at least 1, got 0
    """
    if isinstance(value, Integral) and not isinstance(value, bool):
        whole = int(value)
        if least <= whole and (most is None or whole <= most):
            return
    rule = f"of at least {least}" if most is None else f"from {least} to {most}"
    raise ValueError(f"{name} must be a whole number {rule}, got {value!r}")
