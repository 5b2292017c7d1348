"""Machine code is called with what Python has: numbers, arrays of any layout, packed tables."""

import gc

import numpy as np
import pytest

from hcrisk.kernels import _cache
from hcrisk.kernels._cache import IS_COMPILED
from hcrisk.kernels._code import Kept
from hcrisk.kernels._jit import njit

compiled = pytest.mark.skipif(not IS_COMPILED, reason="plain Python takes anything")


@njit
def several(table, row, whole, real):
    """Return a sum over a table, a number of each kind, and whether it is positive."""
    total = 0.0
    for i in range(table.shape[0]):
        for j in range(table.shape[1]):
            total += table[i, j] * (10 * i + j)
    row[0] = total
    return total, whole + 1, real > 0.0


@njit
def nothing(row):
    """Write and return nothing."""
    row[0] = 5.0


@njit
def distance(a, b):
    """Return the difference of two numbers."""
    return a - b


@pytest.mark.parametrize("made", [np.ascontiguousarray, np.asfortranarray, lambda x: x[:, ::2]])
def test_arrays_of_every_layout_are_read_where_they_lie(made):
    table = made(np.arange(12.0).reshape(3, 4))
    row = np.zeros(2)
    i, j = np.indices(table.shape)
    total = float((table * (10 * i + j)).sum())
    assert several(table, row, 6, 0.5) == (total, 7, True)
    assert row.tolist() == [total, 0.0]


def test_a_kernel_may_return_nothing():
    row = np.zeros(1)
    assert nothing(row) is None
    assert row[0] == 5.0


@pytest.mark.parametrize(
    ("a", "b", "found"),
    [
        (2, 3, -1),
        (2.5, np.int32(2), 0.5),
        (np.float64(1.5), 1, 0.5),
        (np.uint64(2**63 + 9), np.uint64(2**63), 9),
        (2**63 + 9, np.uint64(2**63), 9),
    ],
)
def test_numbers_of_every_kind(a, b, found):
    assert distance(a, b) == found


@compiled
def test_what_is_no_argument_is_refused():
    with pytest.raises(TypeError, match="kernels take numbers, arrays and packed tables, got 'a'"):
        distance("a", 1)


@compiled
def test_an_array_that_may_not_be_written_is_not():
    row = np.zeros(1)
    row.flags.writeable = False
    with pytest.raises(Exception, match="Cannot modify readonly array"):
        nothing(row)
    assert row[0] == 0.0


@compiled
def test_code_that_needs_what_the_process_has_not_is_refused():
    from hcrisk.kernels._code import Code

    with pytest.raises(RuntimeError, match="f needs no_such_symbol"):
        Code(Kept("f", (), ("no_such_symbol",), b""), ())


def test_what_is_kept_is_read_again():
    kept = Kept("f", ("float64", "int64"), ("memset",), b"\n{\x00")
    assert Kept.from_bytes(kept.to_bytes()) == kept


def test_functions_of_others_are_not_kept():
    # Their source is in no stamp.
    assert _cache.read(several.__wrapped__ if IS_COMPILED else several, ("f",)) is None


def test_garbage_is_looked_for_as_before_once_kernels_are_compiled():
    from hcrisk.kernels._compile import no_collection

    def looking_within() -> bool:
        with no_collection():
            return gc.isenabled()

    assert gc.isenabled()
    assert not looking_within()
    assert gc.isenabled()
    with pytest.raises(KeyboardInterrupt), no_collection():
        raise KeyboardInterrupt
    assert gc.isenabled()
    gc.disable()
    try:
        assert not looking_within()
        assert not gc.isenabled()
    finally:
        gc.enable()
