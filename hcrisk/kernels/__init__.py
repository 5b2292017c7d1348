"""The compiled core: plain scalars and flat arrays, nothing but numpy and numba."""
