"""Dependence of two quantities: copulas fitted to paired data by their ranks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special, stats

from hcrisk.calibrate.fitted import short, spearman_from_pearson
from hcrisk.calibrate.likelihood import CalibrationError, Floats
from hcrisk.distributions.copula import is_psd, nearest_correlation
from hcrisk.exceptions import ArgumentError

CopulaFamily = Literal["independent", "gaussian", "t"]
COPULA_FAMILIES: tuple[CopulaFamily, ...] = ("independent", "gaussian", "t")
LEAST_PAIRS = 10
# Groups of the jackknife: enough for its standard error, few enough to wait for.
MOST_GROUPS = 20
# Beyond this a t copula is a Gaussian one.
LARGEST_FREEDOM = 200.0
SMALLEST_FREEDOM = 1.0
LARGEST_R = 0.9999
_NODES = 24


@dataclass(frozen=True)
class CopulaFit:
    """A copula of two quantities.

    Attributes
    ----------
    family : str
        ``"independent"``, ``"gaussian"`` or ``"t"``.
    r : float
        Correlation of the copula.
    freedom : float
        Degrees of freedom of a t copula; infinite otherwise.
    spearman : float
        Spearman's rho the copula implies: what ``correlations`` of a scenario file holds.
    spearman_low, spearman_high : float
        Its interval.
    standard_error : float
        Of Fisher's ``atanh`` of rho, by the jackknife.
    tail : float
        Coefficient of tail dependence: how often one is extreme, given that the other is.
    n : int
        Pairs.
    log_likelihood : float
        Pseudo-likelihood: of the ranks.
    """

    family: str
    r: float
    freedom: float
    spearman: float
    spearman_low: float
    spearman_high: float
    standard_error: float
    tail: float
    n: int
    log_likelihood: float

    @property
    def aic(self) -> float:
        """Akaike's information criterion, of the pseudo-likelihood."""
        return 2.0 * COPULA_FAMILIES.index(self.family) - 2.0 * self.log_likelihood

    def entry(self, first: str, second: str) -> dict[str, Any]:
        """Return an entry of ``correlations``.

        A scenario joins its inputs by a Gaussian copula: of a t copula it keeps Spearman's rho
        and not the tail.

        Parameters
        ----------
        first, second : str
            Dotted paths of two uncertain numbers.
        """
        return {"between": [first, second], "rho": short(self.spearman)}


def pseudo_observations(x: ArrayLike) -> Floats:
    """Return ranks over n + 1, ties sharing their mean rank.

    Parameters
    ----------
    x : array_like, shape (n,)

    Examples
    --------
    >>> pseudo_observations([10.0, 30.0, 20.0]).tolist()
    [0.25, 0.75, 0.5]
    """
    values = np.asarray(x, dtype=np.float64)
    return np.asarray(stats.rankdata(values) / (values.size + 1))


def fit_copula(
    x: ArrayLike, y: ArrayLike, family: CopulaFamily = "gaussian", *, level: float = 0.95
) -> CopulaFit:
    """Fit a copula to pairs by maximum pseudo-likelihood.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        At least 10 pairs.
    family : str
        ``"independent"``, ``"gaussian"`` or ``"t"``.
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    CopulaFit

    Raises
    ------
    ValueError
        If there is no such family, or the pairs do not match.
    CalibrationError
        If there are too few pairs, or one quantity never changes.

    Notes
    -----
    C. Genest, K. Ghoudi and L.-P. Rivest, Biometrika 82 (1995) 543-552. As the ranks are
    estimated too, the likelihood's own curvature understates the error: the interval is from a
    jackknife of up to 20 groups, on the scale of Fisher's ``atanh``. Every 20th pair is left out
    together, so pairs may be in order of time.

    Examples
    --------
    >>> x = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0]
    >>> y = [2.0, 1.0, 4.0, 3.0, 7.0, 5.0, 6.0, 9.0, 10.0, 8.0]
    >>> round(fit_copula(x, y).spearman, 2)
    0.91
    """
    if family not in COPULA_FAMILIES:
        raise ArgumentError("family", family, f"must be one of {list(COPULA_FAMILIES)}")
    first, second = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if first.shape != second.shape or first.ndim != 1:
        raise ValueError(f"x and y must be pairs, got shapes {first.shape} and {second.shape}")
    if first.size < LEAST_PAIRS:
        raise CalibrationError(f"a copula needs at least {LEAST_PAIRS} pairs, got {first.size}")
    if np.ptp(first) == 0.0 or np.ptp(second) == 0.0:
        raise CalibrationError("a quantity that never changes has no dependence; drop it")
    r, freedom, top = _estimate(first, second, family)
    rho = spearman(r, freedom)
    error = _jackknife(first, second, family) if family != "independent" else 0.0
    centre = np.arctanh(np.clip(rho, -LARGEST_R, LARGEST_R))
    reach = float(stats.norm.ppf(0.5 + level / 2)) * error
    low, high = (float(np.tanh(centre + side * reach)) for side in (-1.0, 1.0))
    return CopulaFit(
        family, r, freedom, rho, low, high, error, tail_dependence(r, freedom), first.size, top
    )


def rank_copulas(x: ArrayLike, y: ArrayLike, *, level: float = 0.95) -> tuple[CopulaFit, ...]:
    """Fit every copula and rank them by AIC, the best first.

    Parameters
    ----------
    x, y : array_like, shape (n,)
    level : float
        Coverage of the intervals.

    Examples
    --------
    >>> x = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0]
    >>> rank_copulas(x, [2.0, 1.0, 4.0, 3.0, 7.0, 5.0, 6.0, 9.0, 10.0, 8.0])[-1].family
    'independent'
    """
    fits = [fit_copula(x, y, family, level=level) for family in COPULA_FAMILIES]
    return tuple(sorted(fits, key=lambda fit: fit.aic))


def spearman(r: float, freedom: float = np.inf) -> float:
    """Return Spearman's rho of a Gaussian or t copula.

    ``6 / pi E[asin(r W / sqrt((W + W1) (W + W2)))]`` with W, W1, W2 independent inverse gammas
    of shape and rate freedom / 2, as a t vector is a normal one of random variance; for the
    Gaussian ``6 / pi asin(r / 2)``. After A. Heinen and A. Valdesogo, Journal of Multivariate
    Analysis 179 (2020) 104641.

    Parameters
    ----------
    r : float
        Correlation, -1 to 1.
    freedom : float
        Degrees of freedom.

    Examples
    --------
    >>> round(spearman(0.5), 6), spearman(0.5, 4.0) < spearman(0.5)
    (0.482584, True)
    """
    if not freedom < LARGEST_FREEDOM:
        return spearman_from_pearson(r)
    nodes, weights = special.roots_legendre(_NODES)
    levels = 0.5 * (nodes + 1.0)
    variance = freedom / stats.chi2.ppf(levels, freedom)
    a, b, c = np.meshgrid(variance, variance, variance, indexing="ij")
    share = 0.125 * np.einsum("i,j,k->ijk", weights, weights, weights)
    angle = np.arcsin(r * a / np.sqrt((a + b) * (a + c)))
    return float(6.0 / np.pi * np.sum(share * angle))


def tail_dependence(r: float, freedom: float) -> float:
    """Return the coefficient of tail dependence of a t copula; 0 for a Gaussian one.

    ``2 T_(nu + 1)(-sqrt((nu + 1) (1 - r) / (1 + r)))``: A. J. McNeil, R. Frey and P. Embrechts,
    *Quantitative Risk Management*, 7.2.4.

    Examples
    --------
    >>> round(tail_dependence(0.5, 4.0), 2), tail_dependence(0.5, float("inf"))
    (0.25, 0.0)
    """
    if not np.isfinite(freedom):
        return 0.0
    at = -np.sqrt((freedom + 1.0) * (1.0 - r) / (1.0 + r))
    return float(2.0 * special.stdtr(freedom + 1.0, at))


def _estimate(x: Floats, y: Floats, family: str) -> tuple[float, float, float]:
    """Return correlation, degrees of freedom and log pseudo-likelihood."""
    if family == "independent":
        return 0.0, np.inf, 0.0
    u, v = pseudo_observations(x), pseudo_observations(y)
    if family == "gaussian":
        a, b = special.ndtri(u), special.ndtri(v)
        r, top = _best_r(lambda r: _normal_log_density(r, a, b))
        return r, np.inf, top

    def loss(log_freedom: float) -> float:
        return -_best_t(u, v, float(np.exp(log_freedom)))[1]

    ends = (float(np.log(SMALLEST_FREEDOM)), float(np.log(LARGEST_FREEDOM)))
    found = optimize.minimize_scalar(loss, bounds=ends, method="bounded", options={"xatol": 1e-3})
    freedom = float(np.exp(found.x))
    r, top = _best_t(u, v, freedom)
    return r, freedom, top


def _best_t(u: Floats, v: Floats, freedom: float) -> tuple[float, float]:
    a = np.asarray(special.stdtrit(freedom, u), dtype=np.float64)
    b = np.asarray(special.stdtrit(freedom, v), dtype=np.float64)
    return _best_r(lambda r: _t_log_density(r, freedom, a, b))


def _best_r(log_density: Any) -> tuple[float, float]:
    ends = (-float(np.arctanh(LARGEST_R)), float(np.arctanh(LARGEST_R)))
    found = optimize.minimize_scalar(
        lambda z: -float(log_density(np.tanh(z)).sum()), bounds=ends, method="bounded"
    )
    return float(np.tanh(found.x)), -float(found.fun)


def _normal_log_density(r: float, a: Floats, b: Floats) -> Floats:
    square = 1.0 - r * r
    form = (r * r * (a * a + b * b) - 2.0 * r * a * b) / (2.0 * square)
    return np.asarray(-0.5 * np.log(square) - form)


def _t_log_density(r: float, nu: float, a: Floats, b: Floats) -> Floats:
    square = 1.0 - r * r
    joint = 1.0 + (a * a + b * b - 2.0 * r * a * b) / (nu * square)
    constant = special.gammaln((nu + 2.0) / 2.0) + special.gammaln(nu / 2.0)
    constant -= 2.0 * special.gammaln((nu + 1.0) / 2.0) + 0.5 * np.log(square)
    own = np.log1p(a * a / nu) + np.log1p(b * b / nu)
    return np.asarray(constant - (nu + 2.0) / 2.0 * np.log(joint) + (nu + 1.0) / 2.0 * own)


def _jackknife(x: Floats, y: Floats, family: str) -> float:
    """Return the standard error of atanh of Spearman's rho."""
    groups = min(x.size, MOST_GROUPS)
    group: NDArray[np.int64] = np.arange(x.size) % groups
    found = []
    for left_out in range(groups):
        kept = group != left_out
        r, freedom, _ = _estimate(x[kept], y[kept], family)
        found.append(np.arctanh(np.clip(spearman(r, freedom), -LARGEST_R, LARGEST_R)))
    return float(np.sqrt((groups - 1) * np.var(found)))


def correlation_matrix(columns: Sequence[ArrayLike]) -> Floats:
    """Return the correlations of the Gaussian copula of several quantities.

    Each pair is fitted by itself; if together they contradict each other, the nearest
    correlation matrix is returned (Higham 2002).

    Parameters
    ----------
    columns : sequence of array_like, each of shape (n,)

    Returns
    -------
    array
        `as_spearman` makes it a ``matrix`` of an entry of ``correlations``.

    Examples
    --------
    >>> x = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0]
    >>> y = [2.0, 1.0, 4.0, 3.0, 7.0, 5.0, 6.0, 9.0, 10.0, 8.0]
    >>> as_spearman(correlation_matrix([x, y]))
    [[1.0, 0.91], [0.91, 1.0]]
    """
    pearson = np.eye(len(columns))
    for i in range(len(columns)):
        for j in range(i):
            pearson[i, j] = pearson[j, i] = fit_copula(columns[i], columns[j]).r
    return pearson if is_psd(pearson.tolist()) else np.array(nearest_correlation(pearson.tolist()))


def as_spearman(pearson: Floats) -> list[list[float]]:
    """Return the Spearman matrix of a Gaussian copula, rounded so that it can be read back.

    Parameters
    ----------
    pearson : array, shape (n, n)

    Returns
    -------
    list of lists
        Shrunk a little towards independence if rounding makes it no correlation matrix.

    Examples
    --------
    >>> as_spearman(np.array([[1.0, 0.5], [0.5, 1.0]]))
    [[1.0, 0.483], [0.483, 1.0]]
    """
    size = range(len(pearson))
    for shrunk in (1.0, 0.999, 0.99, 0.95):
        rho = [
            [
                1.0 if i == j else round(spearman_from_pearson(shrunk * pearson[i, j]), 3)
                for j in size
            ]
            for i in size
        ]
        if is_psd([[2.0 * np.sin(np.pi * v / 6.0) if v != 1.0 else 1.0 for v in q] for q in rho]):
            return rho
    return [[float(i == j) for j in size] for i in size]
