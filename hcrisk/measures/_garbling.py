r"""What a study of several inputs tells: the chance of each of its outcomes on each path.

Outcomes :math:`D_c` are drawn from the distribution they have before the study, one for each of
paths spread evenly. A path's chance of outcome c is its likelihood over the mean likelihood,

.. math:: K_{ck} \propto L(D_c \mid \theta_k) \Big/ \tfrac1n \sum_j L(D_c \mid \theta_j),

scaled to add up to 1 over the outcomes: importance sampling of the path's own distribution of data.
As each path's chances add up to 1, what is learnt from outcomes is a garbling of what the inputs
themselves tell, and its value lies between nothing and theirs in every sample.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
from scipy import special

from hcrisk.measures._estimators import Floats
from hcrisk.measures.study import Study

OUTCOMES = 1_000
# Entries of the table of chances held at a time.
_ROOM = 4_000_000


class Garbling:
    """The chances of a study's outcomes on the paths of a result.

    Parameters
    ----------
    studies
        One for each input, with the size to take it at.
    inputs
        ``float64[input, path]`` of those inputs.
    """

    def __init__(self, studies: Sequence[tuple[Study, float]], inputs: Floats) -> None:
        # What is not looked at tells nothing.
        looked = [i for i, (_, size) in enumerate(studies) if size > 0]
        self._studies, self._inputs = [studies[i] for i in looked], inputs[looked]
        self.n_path = inputs.shape[-1]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is observed."""
        return not self._studies

    def chances(self) -> Iterator[tuple[slice, Floats]]:
        """Yield slices of the paths with their chances, ``float64[outcome, path]``."""
        for part in self._slices():
            chance = self._log_likelihood(part) - self._log_mean[:, None]
            yield part, np.asarray(special.softmax(chance, axis=0))

    @cached_property
    def _seen(self) -> list[Floats]:
        """The outcomes, for each input ``float64[outcome]``."""
        count = min(OUTCOMES, self.n_path)
        # Which paths is spread as well: inputs may follow a pattern along them.
        along, *uniforms = spread_points(count, 1 + len(self._studies))
        chosen = (along * self.n_path).astype(int)
        return [
            np.asarray(study.law(size, values[chosen]).ppf(u), dtype=float)
            for (study, size), values, u in zip(self._studies, self._inputs, uniforms, strict=True)
        ]

    @cached_property
    def _log_mean(self) -> Floats:
        """Logarithm of each outcome's mean likelihood, up to a constant of the outcome."""
        parts = [special.logsumexp(self._log_likelihood(part), axis=1) for part in self._slices()]
        return np.asarray(special.logsumexp(parts, axis=0))

    def _slices(self) -> list[slice]:
        size = max(_ROOM // min(OUTCOMES, self.n_path), 1)
        return [slice(start, start + size) for start in range(0, self.n_path, size)]

    def _log_likelihood(self, part: slice) -> Floats:
        return np.asarray(
            sum(
                study.log_likelihood(size, seen, values[part])
                for (study, size), seen, values in zip(
                    self._studies, self._seen, self._inputs, strict=True
                )
            )
        )


def spread_points(count: int, dims: int) -> Floats:
    """Return points that fill the unit cube evenly, ``float64[dim, point]``: Roberts' R sequence.

    Examples
    --------
    >>> spread_points(3, 1).round(3).tolist()
    [[0.118, 0.736, 0.354]]
    """
    # The root above 1 of x**(dims + 1) = x + 1.
    root = 2.0
    for _ in range(60):
        root = (1.0 + root) ** (1.0 / (dims + 1))
    steps = np.power(1.0 / root, np.arange(1, dims + 1))
    return np.asarray((0.5 + steps[:, None] * np.arange(1, count + 1)) % 1.0)
