"""What the second pass keeps: never a value that a bin has for itself."""

import numpy as np

from hcrisk.summary.keeping import Window, keeping_of
from hcrisk.summary.layout import bin_edges, series_of


def test_what_occurs_often_is_counted_and_not_kept():
    pilot = np.array([[0.0] * 60 + [1.0, 2.0, 3.0, 4.0]])
    series = series_of(pilot, 1, 64)
    counts = np.zeros(series.offsets[-1], dtype=np.int64)
    np.add.at(counts, np.searchsorted(series.edges[0], pilot[0], side="right"), 1)
    assert keeping_of(series, counts, {(0, 0), (0, 59)}, {}).windows == ()
    (window,) = keeping_of(series, counts, {(0, 59), (0, 60)}, {}).windows
    assert window == Window(0, list(bin_edges(pilot[0], 99)).index(1.0) + 1, 1)
