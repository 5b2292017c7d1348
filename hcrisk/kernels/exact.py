"""Sums without rounding: every bit of every addend, in whole numbers.

A finite float64 is a whole multiple of 2**-1074, and its square one of 2**-2148. Sums of them are
kept in limbs of 32 bits, lowest first, each in an int64 with room for carries: they do not depend
on the order of the addends.
"""

from __future__ import annotations

from hcrisk.kernels._inline import njit_inline
from hcrisk.kernels._jit import njit

LIMB = 32
# Room for the highest bit of any finite value, or square, and for carries above it.
SUM_LIMBS = 68
SQUARE_LIMBS = 134

LOW = (1 << LIMB) - 1
FRACTION_BITS = 52
FRACTION = (1 << FRACTION_BITS) - 1
NO_NUMBER = 2047
# A significand is split here, so that products of its parts fit into an int64.
HALF = 27


@njit_inline
def deposit(limbs, row, piece, position, sign):
    """Add a whole number below 2**55, moved up by so many bits, to the limbs of a row."""
    limb, shift = position // LIMB, position % LIMB
    low = (piece & LOW) << shift
    high = (piece >> LIMB) << shift
    limbs[row, limb] += sign * (low & LOW)
    limbs[row, limb + 1] += sign * ((low >> LIMB) + (high & LOW))
    limbs[row, limb + 2] += sign * (high >> LIMB)


@njit
def add_values(words, limbs):
    """Add values to sums without rounding; return how many are no finite numbers.

    Parameters
    ----------
    words : int64[n_row, n]
        The bits of the values.
    limbs : int64[n_row, SUM_LIMBS]
        Changed in place.
    """
    bad = 0
    for row in range(words.shape[0]):
        for i in range(words.shape[1]):
            word = words[row, i]
            exponent = (word >> FRACTION_BITS) & NO_NUMBER
            piece = word & FRACTION
            if exponent == NO_NUMBER:
                bad += 1
                continue
            if exponent > 0:
                piece += 1 << FRACTION_BITS
                exponent -= 1
            if piece != 0:
                deposit(limbs, row, piece, exponent, -1 if word < 0 else 1)
    return bad


@njit
def add_squares(words, limbs):
    """Add the squares of finite values to sums without rounding.

    Parameters
    ----------
    words : int64[n_row, n]
        The bits of the values.
    limbs : int64[n_row, SQUARE_LIMBS]
        Changed in place.
    """
    for row in range(words.shape[0]):
        for i in range(words.shape[1]):
            word = words[row, i]
            exponent = (word >> FRACTION_BITS) & NO_NUMBER
            piece = word & FRACTION
            if exponent > 0:
                piece += 1 << FRACTION_BITS
                exponent -= 1
            if piece == 0:
                continue
            high, low = piece >> HALF, piece & ((1 << HALF) - 1)
            deposit(limbs, row, low * low, 2 * exponent, 1)
            deposit(limbs, row, 2 * high * low, 2 * exponent + HALF, 1)
            deposit(limbs, row, high * high, 2 * exponent + 2 * HALF, 1)
