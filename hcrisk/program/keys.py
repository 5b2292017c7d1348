"""Stream names and their keys: every stream of random numbers is named for what it is."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from hcrisk.exceptions import HcriskError

Seed = int | Mapping[str, int]
# Under this name stands the seed of every stream that no other entry names.
REST = ""


class StreamKeys:
    """Hashes stream names with the seed and refuses two names with one key.

    Parameters
    ----------
    seed : int or mapping
        From 0 to 2**64 - 1; or such a seed by stream: the name of one stream, the beginning of
        several up to and with a slash, or "" for all others. The longest that fits counts.

    Examples
    --------
    >>> hex(StreamKeys(0).key("macro/wage"))
    '0xd70f56acfb2a2bc0'
    >>> keys = StreamKeys({"": 5, "macro/": 0})
    >>> hex(keys.key("macro/wage")), keys.key("risk/theft") == StreamKeys(5).key("risk/theft")
    ('0xd70f56acfb2a2bc0', True)
    """

    def __init__(self, seed: Seed) -> None:
        self._seeds = dict(seed) if isinstance(seed, Mapping) else {REST: seed}
        self._unused = set(self._seeds) - {REST}
        # What most runs have: one seed for all streams.
        self._only = None if self._unused else self._seeds[REST].to_bytes(8, "little")
        self._names: dict[int, str] = {}

    def key(self, name: str) -> int:
        """Return the 64-bit key of a stream: BLAKE2b of its seed's bytes and the name.

        Raises
        ------
        HcriskError
            If another name already has the same key.
        """
        digest = hashlib.blake2b(self._seed_of(name) + name.encode(), digest_size=8).digest()
        key = int.from_bytes(digest, "little")
        if self._names.setdefault(key, name) != name:
            raise HcriskError(
                f"streams {self._names[key]!r} and {name!r} have the same key under this seed; "
                "use another seed"
            )
        return key

    def name(self, key: int) -> str:
        """Return the name of a stream that has been hashed."""
        return self._names[key]

    def unused(self) -> list[str]:
        """Return the names that have a seed of their own and fit no stream hashed so far."""
        return sorted(self._unused)

    def _seed_of(self, name: str) -> bytes:
        if self._only is not None:
            return self._only
        fitting = [
            part
            for part in self._seeds
            if part == name or (part.endswith("/") and name.startswith(part))
        ]
        chosen = max(fitting, key=len, default=REST)
        self._unused.difference_update(fitting)
        return self._seeds[chosen].to_bytes(8, "little")

    def array(self, names: list[list[str]]) -> NDArray[np.uint64]:
        """Return the keys of a table of names; rows may be empty."""
        width = len(names[0]) if names else 1
        keys = [[self.key(name) for name in row] for row in names]
        return np.array(keys, dtype=np.uint64).reshape(len(names), width)
