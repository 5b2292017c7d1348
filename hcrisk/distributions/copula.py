"""The Gaussian copula behind correlated inputs: Spearman to Pearson, and a Cholesky factor.

Plain Python arithmetic, so that a path's bits depend on no BLAS.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Matrix = Sequence[Sequence[float]] | NDArray[np.float64]

PI_OVER_SIX = 0.5235987755982989
# sin(x) = x (1 - x^2/3! + x^4/5! ...): |x| <= pi/6 leaves 1e-19 after x^15.
SINE_TERMS = 7
# A pivot this small is a perfect correlation; more negative is no correlation matrix.
PIVOT_TOLERANCE = 1e-10
NEAREST_STEPS = 500
NEAREST_PRECISION = 1e-12


def pearson_from_spearman(rho: float) -> float:
    """Return 2 sin(pi rho / 6): the normal copula's Pearson correlation for a rank correlation.

    Parameters
    ----------
    rho : float
        Spearman's rho, -1 to 1.

    Examples
    --------
    >>> pearson_from_spearman(1.0), round(pearson_from_spearman(0.5), 12)
    (1.0, 0.517638090205)
    """
    if rho in (-1.0, 0.0, 1.0):
        return float(rho)
    x = PI_OVER_SIX * rho
    square = x * x
    series = 1.0
    for n in range(SINE_TERMS, 0, -1):
        series = 1.0 - series * square / ((2 * n) * (2 * n + 1))
    return 2.0 * x * series


def cholesky(matrix: Matrix) -> NDArray[np.float64]:
    """Return the lower Cholesky factor, row by row: appending an input changes no earlier row.

    Parameters
    ----------
    matrix : array_like
        Symmetric; positive semi-definite, perfect correlations included.

    Raises
    ------
    ValueError
        If the matrix is not positive semi-definite.

    Examples
    --------
    >>> cholesky([[1.0, 0.6], [0.6, 1.0]]).tolist()
    [[1.0, 0.0], [0.6, 0.8]]
    """
    n = len(matrix)
    factor = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(i + 1):
            rest = float(matrix[i][j])
            for k in range(j):
                rest -= factor[i][k] * factor[j][k]
            if j < i and factor[j][j] > 0.0:
                factor[i][j] = rest / factor[j][j]
            elif j < i and abs(rest) > math.sqrt(PIVOT_TOLERANCE):
                raise ValueError("the matrix is not positive semi-definite")
            elif j == i:
                if rest < -PIVOT_TOLERANCE:
                    raise ValueError("the matrix is not positive semi-definite")
                factor[i][i] = math.sqrt(rest) if rest > PIVOT_TOLERANCE else 0.0
    return np.array(factor)


def is_psd(matrix: Matrix) -> bool:
    """Return whether a symmetric matrix is positive semi-definite, to about 1e-10.

    Examples
    --------
    >>> is_psd([[1.0, 1.0], [1.0, 1.0]]), is_psd([[1.0, 1.1], [1.1, 1.0]])
    (True, False)
    """
    try:
        cholesky(matrix)
    except ValueError:
        return False
    return True


def nearest_correlation(matrix: Matrix) -> NDArray[np.float64]:
    """Return the correlation matrix nearest in the Frobenius norm, for an error's remedy.

    Alternating projections with Dykstra's correction: N. J. Higham, "Computing the nearest
    correlation matrix", IMA Journal of Numerical Analysis 22 (2002) 329-343.

    Parameters
    ----------
    matrix : array_like
        Symmetric.

    Examples
    --------
    >>> nearest_correlation([[1.0, 1.1], [1.1, 1.0]]).round(6).tolist()
    [[1.0, 1.0], [1.0, 1.0]]
    """
    result = np.array(matrix, dtype=np.float64)
    correction = np.zeros_like(result)
    for _ in range(NEAREST_STEPS):
        before = result
        shifted = before - correction
        values, vectors = np.linalg.eigh(shifted)
        positive = (vectors * np.maximum(values, 0.0)) @ vectors.T
        correction = positive - shifted
        result = 0.5 * (positive + positive.T)
        np.fill_diagonal(result, 1.0)
        if np.abs(result - before).max() < NEAREST_PRECISION:
            break
    return np.clip(result, -1.0, 1.0)
