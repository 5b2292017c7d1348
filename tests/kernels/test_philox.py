"""Known answers and the uniform's contract."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcrisk.kernels.philox import philox4x32, to_uniform, uniform, uniform_call
from tests.streams import fill_uniform
from tests.validation import assert_all_near

# DEShawResearch/random123, tests/kat_vectors, philox4x32-10.
KNOWN = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000",
     "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff",
     "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0",
     "d16cfe09 94fdcceb 5001e420 24126ea1"),
]  # fmt: skip


def words(text):
    return [np.uint64(int(word, 16)) for word in text.split()]


@pytest.mark.parametrize(("counter", "key", "out"), KNOWN)
def test_known_answers(counter, key, out):
    expected = {f"word {n}": int(word) for n, word in enumerate(words(out))}
    assert_all_near(map(int, philox4x32(*words(counter), *words(key))), expected)


@pytest.mark.parametrize(("counter", "key", "out"), KNOWN)
def test_uniform_is_the_top_52_bits_of_words_0_and_1(counter, key, out):
    c, k, o = words(counter), words(key), [int(w) for w in words(out)]
    path = int(c[0]) | int(c[1]) << 32
    step = int(c[2]) | int(c[3]) << 32
    stream = int(k[0]) | int(k[1]) << 32
    draw = o[0] | o[1] << 32
    got = uniform(np.uint64(stream), np.uint64(path), np.uint64(step))
    assert got == ((draw >> 12) + 0.5) * 2.0**-52


def test_extremes_are_neither_0_nor_1():
    ones = np.uint64(0xFFFFFFFF)
    assert to_uniform(np.uint64(0), np.uint64(0)) == 2.0**-53
    assert to_uniform(ones, ones) == 1.0 - 2.0**-53


@settings(deadline=None, derandomize=True, max_examples=100)
@given(st.integers(0, 2**64 - 1), st.integers(0, 2**40), st.integers(0, 2**40))
def test_fill_and_call_give_the_same_bits(key, first, step):
    out = np.empty(37)
    fill_uniform(np.uint64(key), first, step, out)
    assert out[0] == uniform(np.uint64(key), first, step)
    assert out[36] == uniform_call(np.uint64(key), first + 36, step)
    assert ((out > 0.0) & (out < 1.0)).all()


def test_looks_uniform():
    out = np.empty(100_000)
    fill_uniform(np.uint64(12345), 0, 0, out)
    counts, _ = np.histogram(out, bins=100, range=(0, 1))
    chi2 = ((counts - 1000.0) ** 2 / 1000.0).sum()
    assert 60 < chi2 < 150
