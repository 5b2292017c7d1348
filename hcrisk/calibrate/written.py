"""What is written, in figures: so that a page says the same as the file."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from hcrisk.calibrate.mixtures import mixture_quantiles
from hcrisk.distributions.distribution import Distribution

TAILS = (0.05, 0.95)


class WrittenFigure(NamedTuple):
    """A number as it is written: mean, median and where 90 % of it lie; NaN without any.

    A law without uncertain parameters is one figure, of what is drawn at each occurrence; of
    one with uncertain parameters each parameter is.
    """

    path: str
    mean: float
    median: float
    low: float
    high: float


def written_figures(entries: Mapping[str, Any]) -> list[WrittenFigure]:
    """Return the figures of what is written.

    Parameters
    ----------
    entries : mapping of str to number, law or list
        Those of a `Derived`.

    Examples
    --------
    >>> rate = {"dist": "gamma", "mean": 1.5, "cv": 0.31}
    >>> [round(value, 2) for value in written_figures({"risks.theft.frequency": rate})[0][1:]]
    [1.5, 1.45, 0.83, 2.34]
    """
    return [figure for path, value in entries.items() for figure in _figures(path, value)]


def _figures(path: str, value: Any) -> Iterator[WrittenFigure]:
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, int | float):
        yield WrittenFigure(path, float(value), float(value), float(value), float(value))
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from _figures(f"{path}.{place}", each)
    elif "value" in value:
        yield from _figures(path, value["value"])
    elif "dist" in value:
        parameters = {
            name: part
            for name, part in value.items()
            if isinstance(part, int | float | Mapping) and name != "dist"
        }
        if any(isinstance(part, Mapping) for part in parameters.values()):
            for name, part in parameters.items():
                yield from _figures(f"{path}.{name}", part)
        else:
            yield _of(path, {k: v for k, v in value.items() if k not in ("note", "source")})


def _of(path: str, mapping: Mapping[str, Any]) -> WrittenFigure:
    law = Distribution.from_mapping(mapping)
    low, median, high = quantiles_of(mapping, (TAILS[0], 0.5, TAILS[1]))
    mean = law.mean()
    return WrittenFigure(path, mean if math.isfinite(mean) else math.inf, median, low, high)


def quantiles_of(mapping: Mapping[str, Any], levels: Sequence[float]) -> list[float]:
    """Return quantiles of what is written, of a mixture without its table.

    Parameters
    ----------
    mapping : mapping
        A number or law with certain parameters.
    levels : sequence of float
        In (0, 1).

    Examples
    --------
    >>> quantiles_of({"dist": "uniform", "low": 0, "high": 2}, [0.25, 0.5])
    [0.5, 1.0]
    """
    if mapping.get("dist") == "mixture" and not {"truncate", "clip"} & set(mapping):
        parts = [Distribution.from_mapping(part) for part in mapping["components"]]
        return mixture_quantiles(parts, mapping["weights"], levels)
    found: list[float] = Distribution.from_mapping(mapping).quantile(list(levels)).tolist()
    return found
