"""New correlations among inputs that a scenario correlates with others already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from hcrisk.calibrate.copula import as_spearman
from hcrisk.calibrate.likelihood import Floats
from hcrisk.distributions.copula import pearson_from_spearman
from hcrisk.scenario import Scenario


def joined(names: Sequence[str], pearson: Floats, parent: Scenario) -> dict[str, Any]:
    """Return an entry of ``correlations`` that has new correlations and keeps the old ones.

    An input may stand in one entry only. So the entries of the parent in which these inputs stand
    become one with them: the other inputs follow the new ones as they did before (the same
    regression, the same rest), and are otherwise independent between entries.

    Parameters
    ----------
    names : sequence of str
        Dotted paths of the inputs.
    pearson : array, shape (n, n)
        Their correlations in the Gaussian copula.
    parent : Scenario

    Returns
    -------
    dict
        ``between`` and ``rho`` for two inputs that stand nowhere else, else ``inputs`` and
        ``matrix``.

    Notes
    -----
    A Gaussian graphical model whose cliques are the new inputs and the old entries: S. L.
    Lauritzen, *Graphical Models* (1996), 5.2. It is positive definite if its cliques are.

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> pair = ["vendors.msp.switch.rate", "risks.outage.frequency"]
    >>> joined(pair, np.array([[1.0, 0.6], [0.6, 1.0]]), load("mid-market"))["matrix"][1:]
    [[0.582, 1.0, 0.298], [0.5, 0.298, 1.0]]
    """
    old = [stated for stated in parent.correlations if set(stated.names) & set(names)]
    if not old and len(names) == 2:
        return {"between": list(names), "rho": as_spearman(pearson)[0][1]}
    every, matrix = list(names), np.asarray(pearson, dtype=np.float64)
    for stated in old:
        among = [name for name in stated.names if name in names]
        others = [name for name in stated.names if name not in names]
        if others:
            before = {
                (a, b): pearson_from_spearman(stated.spearman[i][j]) if i != j else 1.0
                for i, a in enumerate(stated.names)
                for j, b in enumerate(stated.names)
            }
            places = [every.index(name) for name in among]
            cross, known = _block(before, others, among), _block(before, among, among)
            matrix = _added(matrix, places, cross, known, _block(before, others, others))
            every += others
    return {"inputs": every, "matrix": as_spearman(matrix)}


def _block(
    before: Mapping[tuple[str, str], float], rows: Sequence[str], columns: Sequence[str]
) -> Floats:
    return np.array([[before[a, b] for b in columns] for a in rows])


def _added(
    matrix: Floats, places: Sequence[int], cross: Floats, among: Floats, others: Floats
) -> Floats:
    """Return a correlation matrix with further inputs, given how they follow some of it."""
    slope = cross @ np.linalg.inv(among)
    rest = others - slope @ cross.T
    with_all = slope @ matrix[places]
    between = slope @ matrix[np.ix_(places, places)] @ slope.T + rest
    # Where the new correlations differ from the old, so does the spread they pass on.
    scale = 1.0 / np.sqrt(np.diag(between))
    with_all, between = scale[:, None] * with_all, scale[:, None] * between * scale
    return np.block([[matrix, with_all.T], [with_all, between]])
