"""Turn distributions into the law rows and tables the kernels read."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Collection
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hcrisk.distributions.distribution import Distribution
from hcrisk.distributions.families import FAMILIES
from hcrisk.distributions.metalog import coefficients
from hcrisk.distributions.rules import quantile_level
from hcrisk.exceptions import Problem, ScenarioError
from hcrisk.kernels import law_columns as col
from hcrisk.kernels import law_tables, laws
from hcrisk.kernels.elementary import log

FloatArray = NDArray[np.float64]

FIRST_PIECES = 256
MOST_PIECES = 2048
TABLE_TOLERANCE = 1e-11
# A truncation that keeps less than this is a mistake.
LEAST_KEPT = 1e-9

MIXTURE_FIRST_PIECES = 32
MIXTURE_TOLERANCE = 1e-9
# A jump is drawn as a line this narrow in z.
MIXTURE_NARROWEST = 1e-6
# Beyond this z the level itself has too few digits left to refine further.
MIXTURE_TAIL_Z = 5.5
MIXTURE_TAIL_NARROWEST = 0.03
MIXTURE_MOST_ATOMS = 32
MIXTURE_ATOMS_NARROWEST = 4e-3
# Quantiles between two looks at Ctrl-C: one may take a millisecond.
MIXTURE_BATCH = 256

# Parameters that leave the shapes, and so the table, alone.
_SCALING = {
    ("gamma", col.FORM_OWN): {"scale"},
    ("gamma", col.FORM_MEAN): {"mean"},
    ("beta", col.FORM_OWN): {"low", "high"},
}


class TableBuilder:
    """Collects the tables of many laws in one flat array, each distinct table once.

    Examples
    --------
    >>> tables = TableBuilder()
    >>> tables.add(("a",), lambda: np.ones(3)), tables.add(("a",), lambda: np.ones(3))
    ((0, 3), (0, 3))
    """

    def __init__(self) -> None:
        self._slices: dict[tuple[object, ...], tuple[int, int]] = {}
        self._parts: list[FloatArray] = []
        self._size = 0

    def add(self, key: tuple[object, ...], build: Callable[[], FloatArray]) -> tuple[int, int]:
        """Return (start, size) of the table under `key`, building it the first time."""
        if key not in self._slices:
            # A copy: what was built may serve other builders too.
            table = np.array(build(), dtype=np.float64)
            self._slices[key] = (self._size, table.size)
            self._parts.append(table)
            self._size += table.size
        return self._slices[key]

    def array(self) -> FloatArray:
        """Return all tables, one after the other."""
        if len(self._parts) != 1:
            self._parts = [np.concatenate(self._parts) if self._parts else np.empty(0)]
        return self._parts[0]


def raw_slot(distribution: Distribution, name: str) -> int:
    """Return the column of a law row that holds a parameter's raw value.

    Parameters
    ----------
    distribution : Distribution
        Which family and form.
    name : str
        Parameter, as written.

    Raises
    ------
    KeyError
        If the parameter has no column of its own.

    Examples
    --------
    >>> pay = Distribution.from_mapping({"dist": "lognormal", "p50": 2, "p90": 3})
    >>> raw_slot(pay, "p90") - col.RAW0
    1
    """
    if FAMILIES[distribution.family].listed or name not in distribution.parameters:
        raise KeyError(name)
    return col.RAW0 + distribution.form.parameters.index(name)


def encode(
    distribution: Distribution, tables: TableBuilder, uncertain: Collection[str] = ()
) -> FloatArray:
    """Return the prepared law row of a distribution, adding its table if it needs one.

    Parameters
    ----------
    distribution : Distribution
        With any value standing in for an uncertain parameter.
    tables : TableBuilder
        Receives the table.
    uncertain : collection of str
        Parameters whose raw values (`raw_slot`) will be overwritten per path, followed by
        `prepare_law`. If they move the shapes of a gamma, beta or PERT there is no table.

    Raises
    ------
    ScenarioError
        If a parameter cannot be uncertain, or truncation leaves nothing.

    Examples
    --------
    >>> row = encode(Distribution.from_mapping({"dist": "constant", "value": 4}), TableBuilder())
    >>> float(row[col.CANON0])
    4.0
    """
    family = FAMILIES[distribution.family]
    if uncertain and family.listed:
        rule = f"cannot be uncertain inside a {family.name}"
        raise ScenarioError([Problem(n, "uncertain", rule, "give numbers") for n in uncertain])
    row = np.zeros((1, col.LAW_WIDTH))
    row[0, col.FAMILY] = family.code
    row[0, col.FORM] = distribution.form.code
    row[0, col.TRUNCATE_LOW], row[0, col.TRUNCATE_HIGH] = distribution.truncate or (-np.inf, np.inf)
    row[0, col.CLIP_LOW], row[0, col.CLIP_HIGH] = distribution.clip or (-np.inf, np.inf)
    _write_raw(row[0], distribution)
    scaling = _SCALING.get((family.name, distribution.form.code), set())
    if not set(uncertain) - scaling:
        start, size = _table(distribution, row, tables)
        row[0, col.TABLE_START], row[0, col.TABLE_SIZE] = start, size
    laws.prepare_law(row, 0, tables.array())
    kept = row[0, col.U_HIGH] - row[0, col.U_LOW]
    if not uncertain and kept < LEAST_KEPT:
        rule = "keeps almost nothing of the distribution"
        raise ScenarioError([Problem("truncate", distribution.truncate, rule, "widen the range")])
    prepared: FloatArray = row[0]
    return prepared


def _write_raw(row: FloatArray, distribution: Distribution) -> None:
    values = distribution.parameters
    names = distribution.form.parameters
    if distribution.family == "metalog":
        row[col.RAW0], row[col.RAW0 + 1] = values["low"], values["high"]
    if FAMILIES[distribution.family].listed:
        return
    for k, name in enumerate(names):
        row[col.RAW0 + k] = values[name]
    if distribution.form.code == col.FORM_QUANTILES:
        for k, name in enumerate(names):
            row[col.RAW0 + 2 + k] = quantile_level(name)


def _table(distribution: Distribution, row: FloatArray, tables: TableBuilder) -> tuple[int, int]:
    """Add the table the family needs; (0, 0) if it needs none."""
    family = distribution.family
    values = distribution.parameters
    key = (family, *distribution.arguments)
    if family in ("gamma", "beta", "pert"):
        plain = row.copy()
        plain[0, [col.TRUNCATE_LOW, col.TRUNCATE_HIGH]] = -np.inf, np.inf
        laws.prepare_law(plain, 0, np.empty(0))
        a, b = (float(c) for c in plain[0, col.CANON0 : col.CANON0 + 2])
        if not np.isfinite(a):
            return 0, 0
        if family == "gamma":
            return tables.add(("gamma", a), lambda: _gamma_table(a))
        return tables.add(("beta", a, b), lambda: _beta_table(a, b))
    if family == "discrete":
        return tables.add(key, lambda: _discrete_table(values["values"], values["weights"]))
    if family == "empirical":
        return tables.add((family, values["values"]), lambda: np.sort(values["values"]))
    if family == "metalog":
        pairs = values["quantiles"]
        return tables.add(
            key, lambda: np.array(coefficients(pairs, values["low"], values["high"], log))
        )
    if family == "mixture":
        return tables.add(key, lambda: mixture_table(values["components"], values["weights"]))
    return 0, 0


@lru_cache(maxsize=256)
def _gamma_table(shape: float) -> FloatArray:
    pieces = FIRST_PIECES
    while True:
        table = np.empty(col.SMOOTH_COEFFICIENTS * pieces)
        law_tables.build_gamma_table(shape, table)
        error = law_tables.gamma_table_error(shape, table)
        if error <= TABLE_TOLERANCE or pieces == MOST_PIECES:
            return table
        pieces *= 2


@lru_cache(maxsize=256)
def _beta_table(a: float, b: float) -> FloatArray:
    pieces = FIRST_PIECES
    while True:
        table = np.empty(col.SMOOTH_COEFFICIENTS * pieces)
        law_tables.build_beta_table(a, b, table)
        error = law_tables.beta_table_error(a, b, table)
        if error <= TABLE_TOLERANCE or pieces == MOST_PIECES:
            return table
        pieces *= 2


def _shares(weights: tuple[float, ...]) -> list[float]:
    total = math.fsum(weights)
    return [weight / total for weight in weights]


def _discrete_table(values: tuple[float, ...], weights: tuple[float, ...]) -> FloatArray:
    pairs = sorted(zip(values, _shares(weights), strict=True))
    sums = list(itertools.accumulate(share for _, share in pairs))
    sums[-1] = 1.0
    return np.array([value for value, _ in pairs] + sums)


def _atoms(component: Distribution) -> int:
    values = component.parameters
    inside = sum(_atoms(part) for part in values.get("components", ()))
    return len(values.get("values", ())) + inside


@lru_cache(maxsize=256)
def mixture_table(components: tuple[Distribution, ...], weights: tuple[float, ...]) -> FloatArray:
    """Return a mixture's monotone table: left ends in z, then four coefficients a piece.

    Relative accuracy 1e-9 for levels 1e-7 from 0 and 1 on smooth stretches; a jump (a gap between
    components) is a line 1e-6 wide in z. Beyond, and with more than 32 atoms, coarser.

    Parameters
    ----------
    components : tuple of Distribution
    weights : tuple of float
        Need not sum to 1.

    Examples
    --------
    >>> part = Distribution.from_mapping({"dist": "uniform", "low": 0, "high": 1})
    >>> mixture_table((part,), (2.0,)).size % col.MIXTURE_COLUMNS
    0
    """
    inner = TableBuilder()
    rows = np.array([encode(part, inner) for part in components])
    flat = inner.array()
    shares = np.array(_shares(weights))

    def exact(z: FloatArray) -> FloatArray:
        values = np.empty(z.size)
        for first in range(0, z.size, MIXTURE_BATCH):
            part = slice(first, first + MIXTURE_BATCH)
            law_tables.mixture_quantiles(rows, shares, flat, z[part], values[part])
        return values

    low, high = exact(np.array([-0.7, 0.7]))
    many = sum(_atoms(part) for part in components) > MIXTURE_MOST_ATOMS
    narrowest = MIXTURE_ATOMS_NARROWEST if many else MIXTURE_NARROWEST
    step = 2.0 * col.TABLE_Z / MIXTURE_FIRST_PIECES
    ends: FloatArray = np.arange(MIXTURE_FIRST_PIECES + 1.0) * step - col.TABLE_Z
    values = exact(ends)
    todo = _Pieces(ends[:-1], ends[1:], values[:-1], values[1:])
    lefts, cubics = np.empty(0), np.empty((0, col.MIXTURE_COLUMNS - 1))
    while todo.left.size:
        found, fits = _cubics(todo, exact, high - low, narrowest)
        lefts = np.concatenate([lefts, todo.left[fits]])
        cubics = np.concatenate([cubics, found[fits]])
        todo = _halves(todo.where(~fits), exact)
    order = np.argsort(lefts)
    return np.concatenate([lefts[order], cubics[order].ravel()])


class _Pieces(NamedTuple):
    """Ends of pieces in z, and the values there."""

    left: FloatArray
    right: FloatArray
    at_left: FloatArray
    at_right: FloatArray

    def where(self, chosen: NDArray[np.bool_]) -> _Pieces:
        return _Pieces(*(values[chosen] for values in self))


def _halves(whole: _Pieces, exact: Callable[[FloatArray], FloatArray]) -> _Pieces:
    middle = 0.5 * (whole.left + whole.right)
    at_middle = exact(middle)
    return _Pieces(
        np.concatenate([whole.left, middle]),
        np.concatenate([middle, whole.right]),
        np.concatenate([whole.at_left, at_middle]),
        np.concatenate([at_middle, whole.at_right]),
    )


def _cubics(
    pieces: _Pieces,
    exact: Callable[[FloatArray], FloatArray],
    spread: float,
    narrowest: float,
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Return the cubic of each piece, a line if it is narrow, and whether it need not be split."""
    left, right, at_left, at_right = pieces
    h, rise = right - left, at_right - at_left
    tail = (left > MIXTURE_TAIL_Z) | (right < -MIXTURE_TAIL_Z)
    shortest = np.where(tail, max(narrowest, MIXTURE_TAIL_NARROWEST), narrowest)
    fits = (rise == 0.0) | (h <= shortest)
    found = np.zeros((left.size, col.MIXTURE_COLUMNS - 1))
    found[:, 0], found[:, 1] = at_left, rise / h
    curved = np.flatnonzero(~fits)
    left, at_left, h, rise = left[curved], at_left[curved], h[curved], rise[curved]
    first = exact(left + h / 3.0) - at_left
    second = exact(left + 2.0 * h / 3.0) - at_left
    b = 9.0 * first - 4.5 * second + rise
    c = -22.5 * first + 18.0 * second - 4.5 * rise
    d = 13.5 * first - 13.5 * second + 4.5 * rise
    lowest = np.minimum(b, b + 2.0 * c + 3.0 * d)
    turns = (d > 0.0) & (-c > 0.0) & (-c < 3.0 * d)
    lowest[turns] = b[turns] - c[turns] * c[turns] / (3.0 * d[turns])
    good = lowest >= 0.0
    for s in (1.0 / 6.0, 0.5, 5.0 / 6.0):
        k = np.flatnonzero(good)
        truth = exact(left[k] + s * h[k])
        tolerance = MIXTURE_TOLERANCE * (np.abs(truth) + 1e-3 * spread)
        drawn = at_left[k] + s * (b[k] + s * (c[k] + s * d[k]))
        good[k] = np.abs(drawn - truth) <= tolerance
    found[curved, 1:] = np.stack([b / h, c / (h * h), d / (h * h * h)], axis=1)
    fits[curved] = good
    return found, fits
