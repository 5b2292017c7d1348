"""Arrays that reach a kernel packed: read and written like any other, checked when asked for."""

import os
import subprocess
import sys
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from hcrisk.kernels._jit import njit
from hcrisk.kernels._struct import pack


class Fields(NamedTuple):
    table: NDArray[np.float64]
    places: NDArray[np.int64]


@njit
def gather(w, i, j):
    """Return an entry in three ways of looking it up, and change it."""
    row = w.table[i]
    found = w.table[i, j] + row[j] + w.table[w.places[i], j]
    row[j] = -1.0
    w.table[i, 0] = 7.0
    return found


def test_entries_are_read_and_written():
    fields = Fields(np.arange(6.0).reshape(2, 3), np.array([0, 1]))
    assert gather(pack(fields), 1, 2) == 15.0
    assert fields.table.tolist() == [[0.0, 1.0, 2.0], [7.0, 4.0, -1.0]]


CHECKED = """
import numpy as np
from tests.kernels.test_plain import Fields, gather
from hcrisk.kernels._struct import pack
print(gather(pack(Fields(np.zeros((2, 3)), np.array([0, {place}]))), 1, 0))
"""


@pytest.mark.parametrize(("place", "error"), [(1, ""), (2, "IndexError"), (-1, "IndexError")])
def test_an_index_outside_is_found_when_indices_are_checked(tmp_path, place, error):
    environment = os.environ | {"NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(tmp_path)}
    environment.pop("NUMBA_DISABLE_JIT", None)
    done = subprocess.run(
        [sys.executable, "-c", CHECKED.format(place=place)],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode == 0) == (error == ""), done.stderr
    assert error in done.stderr
