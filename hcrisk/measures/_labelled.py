"""What the measures share: reading a result, checking arguments, labelling what comes out."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from math import ceil
from numbers import Real
from typing import Any

import numpy as np
import xarray as xr

from hcrisk.exceptions import ArgumentError, PrecisionWarning
from hcrisk.measures._design import Design, design_of, refuse_designed
from hcrisk.measures._estimators import Estimate, Floats
from hcrisk.measures._gamma import FEWEST_EFFECTIVE, Tail
from hcrisk.variables import COORDINATES, described

# Of more names than these a refusal lists the first, and if one was meant, none.
_MOST_LISTED = 12


@dataclass(frozen=True)
class Sample:
    """One variable of a result, its paths last.

    Parameters
    ----------
    name
        The variable's name.
    values
        ``float64[..., n_path]``, strategies first where there are any.
    labels
        The variable at one path: the dimensions and coordinates that remain.
    attrs
        The result's manifest.
    design
        How its paths were drawn; None if one by one from the model.
    """

    name: str
    values: Floats
    labels: xr.DataArray
    attrs: dict[str, Any]
    design: Design | None = None

    @property
    def n_path(self) -> int:
        """Number of paths."""
        return int(self.values.shape[-1])

    @property
    def units(self) -> str:
        """Unit of the variable."""
        return str(self.labels.attrs.get("units", ""))

    @property
    def title(self) -> str:
        """The variable's long name, for long names built from it."""
        return str(self.labels.attrs.get("long_name", self.name))

    def label(
        self,
        data: np.ndarray[Any, Any],
        long_name: str,
        *,
        units: str | None = None,
        along: xr.DataArray | None = None,
    ) -> xr.DataArray:
        """Return ``data`` with this variable's labels, then the dimension of ``along`` if given.

        ``along`` is a coordinate of one dimension, such as `level_coordinate` returns.
        """
        dims, coords = list(self.labels.dims), dict(self.labels.coords)
        if along is not None:
            dims += along.dims
            coords[along.dims[0]] = along
        attrs = described(long_name, self.units if units is None else units)
        return xr.DataArray(data, dims=dims, coords=coords, attrs=attrs)

    def label_estimate(
        self,
        estimate: Estimate,
        long_name: str,
        *,
        name: str = "",
        units: str | None = None,
        along: xr.DataArray | None = None,
    ) -> dict[str, xr.DataArray]:
        """Return value, lower and upper as labelled variables.

        They are called ``value``, ``lower``, ``upper``, or after ``name`` where a result holds
        more than one estimate.
        """
        keys = (name, f"{name}_lower", f"{name}_upper") if name else ("value", "lower", "upper")
        prefixes = ("", "lower bound of ", "upper bound of ")
        return {
            key: self.label(data, prefix + long_name, units=units, along=along)
            for key, prefix, data in zip(keys, prefixes, estimate, strict=True)
        }

    def dataset(
        self, variables: dict[str, xr.DataArray], *, measure: str, confidence: float
    ) -> xr.Dataset:
        """Return ``variables`` as a Dataset that says what it measures, of what, how surely."""
        attrs = {**self.attrs, "measure": measure, "of": self.name, "confidence": confidence}
        if self.design is not None and self.design.weight is not None:
            attrs["effective_paths"] = self.design.effective
        return xr.Dataset(variables, attrs=attrs)


def read_sample(
    ds: xr.Dataset,
    of: str,
    *,
    by_strategy: bool = False,
    strategies: Iterable[str] | None = None,
    designed: bool = False,
) -> Sample:
    """Return variable ``of`` with its paths last, or say what is wrong with it.

    Only a measure that is ``designed`` for paths of different weight, or in groups, is given them.
    """
    array = _variable(ds, of)
    if not designed:
        refuse_designed(ds)
    if by_strategy:
        if "strategy" not in array.dims:
            raise ValueError(
                f"of={of!r} has no dimension 'strategy' to compare along, only {array.dims}; "
                f"choose a variable by strategy, such as 'npv'"
            )
        array = array.transpose("strategy", ..., "path")
        if strategies is not None:
            array = array.sel(strategy=_checked_strategies(array, strategies))
    array = array.transpose(..., "path")
    values = np.asarray(array.values, dtype=np.float64)
    _check_finite(array, values)
    labels = array.isel(path=0, drop=True)
    return Sample(of, values, labels, dict(ds.attrs), design_of(ds))


def check_share(name: str, value: float) -> float:
    """Return ``value`` as a float inside (0, 1), or say how it should be written."""
    if isinstance(value, bool) or not isinstance(value, Real):
        remedy = "write 0.95"
        if isinstance(value, str):
            # A strategy, most likely: what is returned has all of them.
            remedy += f"; to choose a strategy, select it in the result: .sel(strategy={value!r})"
        raise TypeError(f"{name} must be a number in (0, 1), got {value!r}; {remedy}")
    number = float(value)
    if not 0.0 < number < 1.0:
        remedy = f"write {number / 100:g}" if 2.0 <= number < 100.0 else "write one such as 0.95"
        raise ArgumentError(name, value, "must lie in (0, 1)", remedy)
    return number


def check_levels(name: str, levels: float | Iterable[float]) -> tuple[float, ...]:
    """Return the levels as floats inside (0, 1), each once, in the order given."""
    if isinstance(levels, str):
        raise TypeError(f"{name} must be numbers in (0, 1), got {levels!r}; write (0.5, 0.95)")
    given = list(levels) if isinstance(levels, Iterable) else [levels]
    checked = tuple(check_share(name, level) for level in given)
    if not checked:
        raise ArgumentError(name, levels, "must name at least one level", "write (0.5, 0.95)")
    if len(set(checked)) < len(checked):
        raise ArgumentError(name, levels, "must differ", "leave out the repeated one")
    return checked


def check_choice(name: str, value: str, choices: Collection[str]) -> str:
    """Return ``value`` if it is among ``choices``, else name them and the nearest."""
    if value in choices:
        return value
    near = get_close_matches(str(value), list(choices), n=1)
    hint = f"did you mean {near[0]!r}?" if near else "choose one of them"
    known = sorted(choices)
    if len(known) <= _MOST_LISTED:
        raise ArgumentError(name, value, f"must be one of {known}", hint)
    if not near:
        hint = f"choose one of them, such as {', '.join(map(repr, known[:_MOST_LISTED]))}"
    raise ArgumentError(name, value, f"must be one of {len(known)} known ones", hint)


def level_coordinate(levels: Sequence[float]) -> xr.DataArray:
    """Return the coordinate ``level`` with its unit and meaning."""
    attrs = described(COORDINATES["level"], "1")
    return xr.DataArray(np.asarray(levels, dtype=float), dims="level", attrs=attrs)


def level_name(level: float) -> str:
    """Return a level as people say it: 0.95 is P95, 0.995 is P99.5."""
    return f"P{round(100 * level, 10):g}"


def warn_few_paths(sample: Sample, figure: str, needed: int, confidence: float) -> None:
    """Warn that ``figure`` has no finite interval, for whom, and how many paths it needs.

    To be called by a function that a public one calls, so that the warning points at the user.
    """
    for_whom = ""
    if "strategy" in sample.labels.coords:
        for_whom = " for " + ", ".join(map(str, np.atleast_1d(sample.labels["strategy"].values)))
    warnings.warn(
        f"{figure} of {sample.name}{for_whom} rests on {sample.n_path} "
        f"path{'s' if sample.n_path > 1 else ''}, too few for a {100 * confidence:g}% interval; "
        f"simulate at least {needed} paths",
        PrecisionWarning,
        stacklevel=4,
    )


def known_tail(sample: Sample, tail: Tail, figure: str) -> Estimate:
    """Return the estimate of a weighted tail, with a warning if next to nothing stands behind it.

    One without bounds has a warning of its own. To be called as `warn_few_paths` is.
    """
    fewest = float(np.min(tail.effective))
    if fewest >= FEWEST_EFFECTIVE or not np.isfinite(tail.estimate.upper).all():
        return tail.estimate
    warnings.warn(
        f"{figure} of {sample.name} rests on {fewest:.0f} effective paths of {sample.n_path:,}, "
        f"too few to trust its interval; simulate some "
        f"{_rounded_up(sample.n_path * FEWEST_EFFECTIVE / fewest):,} paths, or find the proposal "
        "from longer pilots",
        PrecisionWarning,
        stacklevel=5,
    )
    return tail.estimate


def _rounded_up(count: float) -> int:
    """Return a count with two digits, not below it.

    Examples
    --------
    >>> _rounded_up(6_712.3), _rounded_up(7.0)
    (6800, 7)
    """
    step: int = 10 ** max(0, len(str(ceil(count))) - 2)
    return -(-ceil(count) // step) * step


def _variable(ds: xr.Dataset, of: str) -> xr.DataArray:
    if not isinstance(ds, xr.Dataset):
        raise TypeError(
            f"ds must be the xarray.Dataset that simulate returns, got {type(ds).__name__}; "
            f"pass the whole result and name the variable by of="
        )
    by_path = [str(name) for name, variable in ds.data_vars.items() if "path" in variable.dims]
    if not isinstance(of, str):
        raise TypeError(
            f"of must be the name of a variable, one of {sorted(by_path)}, got a "
            f"{type(of).__name__}; write of='npv'"
        )
    array = ds[check_choice("of", of, by_path)]
    if array.sizes["path"] == 0:
        raise ValueError(f"of={of!r} has 0 paths, at least 1 is needed; simulate with paths=10_000")
    if array.size == 0:
        empty = next(str(dim) for dim, size in array.sizes.items() if not size)
        raise ValueError(
            f"of={of!r} has nothing along {empty!r}, at least one is needed; select less narrowly"
        )
    if array.dtype.kind not in "fiub":
        raise ValueError(f"of={of!r} must hold numbers, got dtype {array.dtype}; choose another")
    return array


def _checked_strategies(array: xr.DataArray, strategies: Iterable[str]) -> list[str]:
    wanted = [strategies] if isinstance(strategies, str) else list(strategies)
    known = [str(name) for name in array["strategy"].values]
    for name in wanted:
        check_choice("strategies", name, known)
    if not wanted or len(set(wanted)) < len(wanted):
        raise ValueError(
            f"strategies must name at least one strategy, each once, got {wanted}; "
            f"choose from {known}"
        )
    return wanted


def _check_finite(array: xr.DataArray, values: Floats) -> None:
    # One sum shows whether anything is wrong; only then is every value looked at.
    if np.isfinite(np.abs(values).max()):
        return
    bad = np.argwhere(~np.isfinite(values))
    where = ", ".join(
        f"{dim}={array[dim].values[i]}" for dim, i in zip(array.dims, bad[0], strict=True)
    )
    raise ValueError(
        f"of={str(array.name)!r} must be finite on every path, got {len(bad)} NaN or infinite "
        f"values, the first at {where}; correct the inputs of those paths and simulate again"
    )
