"""What is known of the cheaper of two ways as a number changes, in words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

import xarray as xr

from hcrisk.figures import Figure, amount, measured, plain, power_of_ten, rounded_band, spoken

# So many places at which the two cannot be told apart are listed.
MOST_LISTED = 4


def sentences(ds: xr.Dataset) -> list[str]:
    """Return all that a break-even says, in sentences.

    Parameters
    ----------
    ds
        What `hcrisk.break_even` returns.

    Returns
    -------
    list of str
        The ways are called by their names, which keep their letters.

    Examples
    --------
    >>> import hcrisk
    >>> small = hcrisk.load("small-practice")
    >>> ds = hcrisk.break_even(small, "people.benefits_load", 0.2, 0.4, service="help_desk",
    ...                        between=("insource", "outsource"),
    ...                        effort=hcrisk.Effort(points=2, paths=200))
    >>> sentences(ds)[0]
    'outsource is the cheaper at both values tried, 0.2 and 0.4.'
    """
    clauses = told(ds)
    if not ds.sizes["crossing"] and (size := _amounts(ds)):
        clauses.append(size)
    if ds.sizes["crossing"] > 1:
        clauses.append("where people, posts or managers are whole, the difference moves in steps")
    ways = tuple(str(name) for name in ds["way"].values)
    return [
        f"{clause if clause.startswith(ways) else clause[:1].upper() + clause[1:]}."
        for clause in clauses
    ]


def told(ds: xr.Dataset, names: Mapping[str, str] | None = None) -> list[str]:
    """Return who is the cheaper where, as far as the intervals tell, in clauses.

    Parameters
    ----------
    ds
        What `hcrisk.break_even` returns.
    names
        What to call the two ways; their own names when omitted.

    Returns
    -------
    list of str
        The way that is the cheaper at the low end, each change, and where they cannot be told
        apart. A change is told only where one way is certainly the cheaper before it and the
        other after it.
    """
    called = names or {str(name): str(name) for name in ds["way"].values}
    certain = _certain(ds)
    if not certain:
        same = not bool(ds["value"].any())
        what = "both cost the same" if same else "the two cannot be told apart"
        return [f"{what} {_tried(ds, 'all' if same else 'any')}"]
    first = str(ds["stretch_cheaper"].values[0])
    if not ds.sizes["crossing"]:
        who = called[certain[0]]
        clauses = [f"{who} is the cheaper {_tried(ds, 'all')}"]
        if ds.sizes["stretch"] > 1:
            clauses = [f"{who} is the cheaper wherever the two can be told apart, of {_of(ds)}"]
    else:
        clauses = [f"{called[first]} is the cheaper at {_at(ds, 0)}"] if first else []
        clauses += [f"{who} becomes the cheaper {place}" for who, place in changes(ds, called)]
    unclear = _unclear(ds)
    return [*clauses, f"the two cannot be told apart {_listed(unclear)}"] if unclear else clauses


def changes(ds: xr.Dataset, names: Mapping[str, str], unit: bool = True) -> list[tuple[str, str]]:
    """Return who becomes the cheaper at each change, and where it lies.

    Among whole numbers a change between two neighbours is at the second of them; any other is
    told by the values between which it lies, at both of which it is certain who is the cheaper.
    """
    units, found = str(ds.attrs["units"]) if unit else "", []
    for i in range(ds.sizes["crossing"]):
        one = ds.isel(crossing=i)
        before, after = float(one["before"]), float(one["after"])
        found.append((names[str(one["cheaper"].item())], _place(ds, before, after, units)))
    return found


def unseen(ds: xr.Dataset) -> str:
    """Return what may have been missed between the values tried; "" if all there are were tried."""
    places = ds["at"].values.tolist()
    gap = max((other - one for one, other in pairwise(places)), default=0.0)
    if ds.attrs["whole"] and gap <= 1.0:
        return ""
    # Rounded up: places are at most so far apart.
    step = power_of_ten(gap) / 10.0
    apart = amount(math.ceil(round(gap / step, 6)) * step, str(ds.attrs["units"]))
    return f"Values tried are up to {apart} apart; two changes between neighbours are not seen."


def _place(ds: xr.Dataset, before: float, after: float, units: str) -> str:
    if not ds.attrs["whole"]:
        middle = (before + after) / 2
        _, low, high = rounded_band(Figure(middle, before, after))
        return f"between {low} and {high} {units}".rstrip()
    if after - before == 1.0:
        return f"at {amount(after, units)}"
    return f"between {plain(before)} and {amount(after, units)}"


def _certain(ds: xr.Dataset) -> list[str]:
    return [str(name) for name in ds["stretch_cheaper"].values if name]


def _at(ds: xr.Dataset, place: int) -> str:
    return amount(float(ds["at"].values[place]), str(ds.attrs["units"]))


def _tried(ds: xr.Dataset, every: str) -> str:
    """Return at which values something holds: all that were tried, or not any of them."""
    if ds.sizes["at"] == 2:
        which = "both values" if every == "all" else "either of the values"
        return f"at {which} tried, {plain(float(ds['at'].values[0]))} and {_at(ds, -1)}"
    return f"at {every} {_of(ds)}" if every == "all" else f"at {every} of the {_of(ds)}"


def _of(ds: xr.Dataset) -> str:
    """Return how many values were tried."""
    low = plain(float(ds["at"].values[0]))
    return f"{ds.sizes['at']} values tried from {low} to {_at(ds, -1)}"


def _unclear(ds: xr.Dataset) -> list[str]:
    """Return where the two cannot be told apart, but for what lies within a change."""
    units, cheaper = str(ds.attrs["units"]), [str(name) for name in ds["stretch_cheaper"].values]
    found = []
    for i, name in enumerate(cheaper):
        around = {*cheaper[max(i - 1, 0) : i], *cheaper[i + 1 : i + 2]}
        if not name and len(around) < 2:
            low, high = (float(ds[f"stretch_{end}"].values[i]) for end in ("from", "to"))
            if low == high:
                found.append(f"at {amount(low, units)}")
            else:
                found.append(f"from {plain(low)} to {amount(high, units)}")
    return found


def _listed(places: Sequence[str]) -> str:
    """Return places as a sentence lists them, not more than can be read."""
    shown = list(places[:MOST_LISTED])
    if len(places) > MOST_LISTED:
        shown.append(f"in {len(places) - MOST_LISTED} more places")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _amounts(ds: xr.Dataset) -> str:
    """Return by how much the cheaper way is the cheaper at both ends, where that is certain."""
    ends = list[str]()
    for i in (0, -1):
        figure = measured(ds[["value", "lower", "upper"]].isel(at=i))
        if figure.lower <= 0.0 <= figure.upper:
            continue
        value, lower, upper = figure
        size = figure if value > 0 else Figure(-value, -upper, -lower)
        at = _at(ds, i) if not ends else plain(float(ds["at"].values[i]))
        ends.append(f"{spoken(size, str(ds.attrs['currency']))} less at {at}")
    return f"the cheaper one costs {' and '.join(ends)}" if ends else ""
