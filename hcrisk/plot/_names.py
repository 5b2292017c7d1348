"""Dotted paths of inputs as a reader says them."""

from __future__ import annotations

from hcrisk.variables import words

_TOLD_BY_THE_REST = frozenset(
    {"services", "arrangements", "contracts", "roles", "vendors", "risks", "losses", "seats"}
)
_SPELLED = {name: name.upper() for name in ("ehr", "hr", "it", "mdr", "msp")} | {"vciso": "vCISO"}


def input_words(path: str) -> str:
    """Return the dotted path of an input as a reader says it.

    Examples
    --------
    >>> input_words("services.help_desk.arrangements.outsource.contracts.msp.per_user")
    'Help desk, outsource, MSP: per user'
    >>> input_words("services.security.arrangements.outsource.lines.vciso.amount")
    'Security, outsource, lines, vCISO: amount'
    >>> input_words("roles.it_manager.pay"), input_words("macro.wage.mean"), input_words("rate")
    ('IT manager: pay', 'Macro, wage: mean', 'Rate')
    """
    parts = [part for part in path.split(".") if part not in _TOLD_BY_THE_REST]
    spoken = [" ".join(map(_word, part.split("_"))) for part in parts]
    start, last = ", ".join(spoken[:-1]), spoken[-1]
    return words(f"{start}: {last}" if start else last)


def _word(word: str) -> str:
    return _SPELLED.get(word, word)
