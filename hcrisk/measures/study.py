"""What a study observes of an uncertain input: the law of the data, and how much of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, Literal

import numpy as np
from scipy import special

from hcrisk.exceptions import ArgumentError
from hcrisk.measures._estimators import Floats
from hcrisk.measures._labelled import check_choice

Kind = Literal["binomial", "normal", "poisson"]
KINDS: tuple[Kind, ...] = ("binomial", "normal", "poisson")


@dataclass(frozen=True)
class Study:
    """What is observed about one uncertain input.

    Parameters
    ----------
    kind : str
        ``"poisson"``: the number of events in ``n`` units of exposure, when the input is their
        rate per unit: resignations in ``n`` person-years, incidents in ``n`` years.
        ``"binomial"``: how many of ``n`` trials succeed, when the input is their share.
        ``"normal"``: the mean of ``n`` measurements, each with standard deviation ``sd`` about
        the input: quotes, times to fill, salaries.
    n : float, or sequence of float
        Size of the study, not negative, or several sizes to be valued one by one. Whole for a
        binomial.
    sd : float, optional
        Standard deviation of one measurement, in the unit of the input; for ``"normal"`` only.

    Raises
    ------
    ValueError
        An unknown kind, a negative, infinite or missing size, a missing or superfluous ``sd``.

    Examples
    --------
    >>> Study("poisson", 30).sizes
    (30.0,)
    >>> Study("normal", [1, 3], sd=5.0).sizes
    (1.0, 3.0)
    """

    kind: Kind
    n: float | Sequence[float]
    sd: float | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be observed."""
        check_choice("kind", self.kind, KINDS)
        sizes = list(self.n) if isinstance(self.n, Iterable) else [self.n]
        if not sizes:
            raise ValueError("n must name at least one size, got none; write n=100")
        for size in sizes:
            _check_size(self.kind, size)
        if self.kind != "normal" and self.sd is not None:
            raise ValueError(
                f"sd belongs to kind='normal', got {self.sd!r} with {self.kind!r}; leave it out"
            )
        if self.kind == "normal" and not _is_positive(self.sd):
            raise ArgumentError(
                "sd", self.sd, "must be positive and finite for kind='normal'", "state it"
            )

    @property
    def sizes(self) -> tuple[float, ...]:
        """The sizes, one or more."""
        sizes = self.n if isinstance(self.n, Iterable) else [self.n]
        return tuple(float(size) for size in sizes)

    @property
    def is_single(self) -> bool:
        """Whether one size was given, and not a list of them."""
        return not isinstance(self.n, Iterable)

    def law(self, size: float, values: Floats) -> Any:
        """Return the distribution of what is observed, at values of the input."""
        from scipy import stats

        if self.kind == "normal":
            return stats.norm(values, float(self.sd or 1.0) / np.sqrt(size))
        if self.kind == "poisson":
            return stats.poisson(size * values)
        return stats.binom(size, values)

    def log_likelihood(self, size: float, seen: Floats, values: Floats) -> Floats:
        """Return it for data in rows and values of the input in columns, up to a row's constant."""
        data, at = seen[:, None], values[None]
        if self.kind == "normal":
            return np.asarray(-0.5 * size * np.square((data - at) / float(self.sd or 1.0)))
        if self.kind == "poisson":
            return np.asarray(special.xlogy(data, at) - size * at)
        return np.asarray(special.xlogy(data, at) + special.xlog1py(size - data, -at))

    def check_values(self, name: str, values: Floats) -> None:
        """Refuse values of an input that cannot be the rate or the share it is studied as."""
        most = {"binomial": 1.0, "poisson": np.inf, "normal": np.inf}[self.kind]
        least = -np.inf if self.kind == "normal" else 0.0
        if values.min() < least or values.max() > most:
            raise ValueError(
                f"inputs={name!r} must lie in [{least:g}, {most:g}] for kind={self.kind!r}, got "
                f"{values.min():g} to {values.max():g}; choose another kind"
            )


def _is_positive(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and 0 < float(value) < np.inf


def _check_size(kind: str, size: object) -> None:
    if isinstance(size, bool) or not isinstance(size, Real) or not 0 <= float(size) < np.inf:
        raise ArgumentError("n", size, "must be finite and not negative", "write n=100")
    if kind == "binomial" and float(size) != round(float(size)):
        raise ArgumentError("n", size, "must be whole for kind='binomial'", "write n=100")
