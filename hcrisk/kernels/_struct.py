"""Pack many arrays to be passed to a kernel as one pointer.

A NamedTuple of sixty arrays reaches a compiled function as some five hundred scalars, which
multiplies the time to compile by forty and slows every call. Here it is a pointer to words in
memory, and reading an attribute is a load. Nobody counts references to the arrays, in kernels
that allocate nothing.
"""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

import numpy as np

from hcrisk.kernels._cache import IS_COMPILED

WORD = 8


class Struct:
    """A packed NamedTuple, opaque to Python: where its words lie, and what they are.

    Parameters
    ----------
    values : NamedTuple
        C-contiguous arrays of 8-byte items (or int32), whole numbers and floats.
    """

    def __init__(self, values: NamedTuple) -> None:
        fields: list[tuple[str, Any]] = []
        words: list[int] = []
        for name, value in zip(values._fields, values, strict=True):
            if isinstance(value, np.ndarray):
                if not value.flags.c_contiguous:
                    raise ValueError(f"{name} is not C-contiguous")
                fields.append((name, (value.dtype.str, value.ndim)))
                words += [value.ctypes.data, *value.shape]
            elif isinstance(value, float):
                fields.append((name, "f"))
                words.append(int(np.float64(value).view(np.int64)))
            else:
                fields.append((name, "i"))
                words.append(int(value))
        # The words point at the arrays, which therefore have to live as long.
        self.values = values
        self.fields = tuple(fields)
        digest = hashlib.blake2b(str(self.fields).encode(), digest_size=8).hexdigest()
        self.kind = f"Struct_{digest}"
        self.words = np.array(words, dtype=np.int64)
        self.address = int(self.words.ctypes.data)


def pack(fields: NamedTuple) -> Any:
    """Return what kernels take in place of a NamedTuple of arrays and numbers.

    Parameters
    ----------
    fields : NamedTuple
        Its arrays are shared, and kept alive by what is returned.

    Returns
    -------
    object
        With the same attributes inside kernels; the NamedTuple itself when kernels run as
        plain Python.
    """
    return Struct(fields) if IS_COMPILED else fields
