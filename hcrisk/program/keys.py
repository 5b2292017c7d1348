"""Stream names and their keys: every stream of random numbers is named for what it is."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from hcrisk.exceptions import HcriskError


class StreamKeys:
    """Hashes stream names with the seed and refuses two names with one key.

    Parameters
    ----------
    seed : int
        From 0 to 2**64 - 1.

    Examples
    --------
    >>> hex(StreamKeys(0).key("macro/wage"))
    '0xd70f56acfb2a2bc0'
    """

    def __init__(self, seed: int) -> None:
        self._prefix = seed.to_bytes(8, "little")
        self._names: dict[int, str] = {}

    def key(self, name: str) -> int:
        """Return the 64-bit key of a stream: BLAKE2b of the seed's bytes and the name.

        Raises
        ------
        HcriskError
            If another name already has the same key.
        """
        digest = hashlib.blake2b(self._prefix + name.encode(), digest_size=8).digest()
        key = int.from_bytes(digest, "little")
        if self._names.setdefault(key, name) != name:
            raise HcriskError(
                f"streams {self._names[key]!r} and {name!r} have the same key under this seed; "
                "use another seed"
            )
        return key

    def array(self, names: list[list[str]]) -> NDArray[np.uint64]:
        """Return the keys of a table of names; rows may be empty."""
        width = len(names[0]) if names else 1
        keys = [[self.key(name) for name in row] for row in names]
        return np.array(keys, dtype=np.uint64).reshape(len(names), width)
