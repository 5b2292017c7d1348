"""An immutable mapping that keeps the order of the file and can be pickled."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

T = TypeVar("T")
# What has nothing inside: told by its type, which is quicker than to ask what it is not.
PLAIN = frozenset({str, float, int, bool, types.NoneType})


class Frozen(Mapping[str, T]):
    """Named entries in file order, which nothing can change.

    Parameters
    ----------
    entries : mapping, optional

    Examples
    --------
    >>> staff = Frozen({"analyst": 2, "technician": 3})
    >>> staff["analyst"], list(staff)
    (2, ['analyst', 'technician'])
    """

    __slots__ = ("_entries",)

    def __init__(self, entries: Mapping[str, T] | None = None) -> None:
        self._entries: dict[str, T] = dict(entries or {})

    def __getitem__(self, name: str) -> T:
        """Return the entry called ``name``."""
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names in file order."""
        return iter(self._entries)

    def __len__(self) -> int:
        """Return the number of entries."""
        return len(self._entries)

    def __repr__(self) -> str:
        """Return the entries as a dictionary would show them."""
        return f"{type(self).__name__}({self._entries!r})"

    def __deepcopy__(self, memo: dict[int, Any]) -> Frozen[T]:
        """Return itself: what it holds cannot change either."""
        return self

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text("...") if cycle else printer.pretty(self._entries)

    def __reduce__(self) -> tuple[Any, ...]:
        """Return what pickle needs."""
        return type(self), (self._entries,)


def thaw(value: Any) -> Any:
    """Return ``value`` with every mapping a new dict and every sequence a new list.

    Examples
    --------
    >>> thaw(Frozen({"quantiles": (0.5, 0.9)}))
    {'quantiles': [0.5, 0.9]}
    """
    if type(value) in PLAIN:
        return value
    if isinstance(value, Mapping):
        return {key: thaw(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [thaw(entry) for entry in value]
    return value
