"""Runs of one scenario, continued by others, made one result."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr

from hcrisk.results import STANDS_ON

# What may differ between parts of one run: where each begins, and what it ran on. Paths are the
# same to the bit on any of it.
OWN = ("start", "paths", "created")
SURROUNDINGS = ("python", *STANDS_ON)
# When a part ended is nothing that its paths depend on, and says nothing of the whole.
UNTIL = "until"
HISTORY = "history"


def join(first: xr.Dataset, *others: xr.Dataset) -> xr.Dataset:
    """Return runs of one scenario and seed as the one result that they are parts of.

    A run of N paths and another of M with ``start=N`` give what one run of N + M paths gives, to
    the bit. `xarray.concat` would keep the manifest of the first, and with it a wrong number of
    paths.

    Parameters
    ----------
    first, *others : xarray.Dataset
        Results of `simulate`, in any order, whose paths follow upon each other.

    Returns
    -------
    xarray.Dataset
        All paths in order; its manifest says how many, and names every version of what the parts
        ran on. It is as old as the latest part.

    Raises
    ------
    TypeError
        For something that is not a Dataset.
    ValueError
        If the parts are of different scenarios, seeds, details, strategies or versions of hcrisk,
        or if paths are missing between them or occur twice.

    Examples
    --------
    >>> import hcrisk
    >>> practice = hcrisk.load("small-practice")
    >>> first = hcrisk.simulate(practice, paths=100, seed=1)
    >>> more = hcrisk.simulate(practice, paths=50, seed=1, start=100)
    >>> whole = join(first, more)
    >>> whole.sizes["path"], whole.attrs["paths"]
    (150, 150)
    """
    for run in (first, *others):
        _check_result(run)
    parts = sorted((first, *others), key=lambda run: int(run["path"].values[0]))
    if len(parts) > 1 and "sections" in first.attrs:
        raise ValueError(
            "runs with inputs='sobol' cannot be joined: the points of each are balanced as a "
            "whole; simulate all paths at once"
        )
    for part in parts[1:]:
        _check_same_run(parts[0], part)
    _check_contiguous(parts)
    whole = xr.concat(
        parts,
        "path",
        data_vars="minimal",
        coords="minimal",
        compat="override",
        join="exact",
        combine_attrs="override",
    )
    whole.attrs = _manifest(parts)
    return whole


def _check_result(run: object) -> None:
    if not isinstance(run, xr.Dataset):
        raise TypeError(
            f"runs must be Datasets that simulate returns, got {type(run).__name__}; write "
            "hcrisk.join(first, second)"
        )
    missing = [name for name in ("scenario_digest", "seed", *OWN) if name not in run.attrs]
    if missing or "path" not in run.indexes or not run.sizes["path"]:
        raise ValueError(
            "a run must have paths and the manifest that simulate writes into its attrs, got "
            f"{dict(run.sizes)} without {', '.join(missing) or 'path'}; pass whole results"
        )


def _check_same_run(one: xr.Dataset, other: xr.Dataset) -> None:
    """Refuse runs that differ in anything that a path depends on."""
    names = dict.fromkeys([*one.attrs, *other.attrs])
    for name in names:
        if name in (*OWN, *SURROUNDINGS, UNTIL, HISTORY):
            continue
        left, right = one.attrs.get(name), other.attrs.get(name)
        if left != right:
            raise ValueError(
                f"runs must agree in {name}, got {left} and {right}; simulate both with the same"
            )
    for dim in {*one.dims, *other.dims} - {"path"}:
        shown = [list(run[dim].values) if dim in run.dims else None for run in (one, other)]
        if shown[0] != shown[1]:
            raise ValueError(
                f"runs must have the same {dim} in the same order, got {shown[0]} and "
                f"{shown[1]}; simulate both with the same"
            )
    if set(one.data_vars) != set(other.data_vars):
        raise ValueError(
            f"runs must have the same variables, got {sorted(map(str, one.data_vars))} and "
            f"{sorted(map(str, other.data_vars))}; pass whole results"
        )


def _check_contiguous(parts: Sequence[xr.Dataset]) -> None:
    paths = np.concatenate([part["path"].values for part in parts])
    steps = np.diff(paths)
    if (steps == 1).all():
        return
    at = int(np.flatnonzero(steps != 1)[0])
    what = "missing" if steps[at] > 1 else "there twice or out of order"
    raise ValueError(
        f"paths must follow upon each other, got {paths[at + 1]} after {paths[at]}: some are "
        f"{what}; simulate the next run with start={paths[at] + 1}"
    )


def _manifest(parts: Sequence[xr.Dataset]) -> dict[str, object]:
    attrs: dict[str, object] = dict(parts[0].attrs)
    if len(parts) > 1:
        attrs.pop(UNTIL, None)
    attrs["start"] = int(parts[0]["path"].values[0])
    attrs["paths"] = sum(part.sizes["path"] for part in parts)
    attrs["created"] = max(str(part.attrs["created"]) for part in parts)
    lines = [line for part in parts for line in str(part.attrs.get(HISTORY, "")).splitlines()]
    attrs[HISTORY] = "\n".join(sorted(set(lines)))
    for name in SURROUNDINGS:
        attrs[name] = ", ".join(dict.fromkeys(str(part.attrs.get(name, "?")) for part in parts))
    return attrs
