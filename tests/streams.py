"""Many uniforms of one stream, for tests."""

import numpy as np
from numba import njit

# Tells numba what a kernel is, for one that is called from compiled code of another's.
import hcrisk.kernels._compile  # noqa: F401
from hcrisk.kernels.philox import uniform


@njit
def fill_uniform(key, first_path, step, out):
    """Write the uniforms of consecutive paths at one step into `out`."""
    for i in range(out.size):
        out[i] = uniform(key, first_path + np.uint64(i), step)
