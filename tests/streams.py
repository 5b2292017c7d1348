"""Many uniforms of one stream, for tests."""

import numpy as np
from numba import njit

from hcrisk.kernels.philox import uniform


@njit
def fill_uniform(key, first_path, step, out):
    """Write the uniforms of consecutive paths at one step into `out`."""
    for i in range(out.size):
        out[i] = uniform(key, first_path + np.uint64(i), step)
