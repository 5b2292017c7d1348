"""At which inputs and sizes the choice between two strategies turns round."""

from __future__ import annotations

import math
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

import xarray as xr

from hcrisk.exceptions import ScenarioError
from hcrisk.figures import Figure, measured, plain, rounded, rounded_band, supported_step
from hcrisk.measures import rank_correlations
from hcrisk.report.columns import unit_words
from hcrisk.report.wording import joined
from hcrisk.scenario import Scenario
from hcrisk.sensitivity._runs import inputs_used
from hcrisk.variables import input_words
from hcrisk.whatif import Effort, break_even, flip_points

SIZE = "practice.providers"
# Sizes looked through, as multiples of today's.
SMALLEST, LARGEST = 1 / 3, 3.0
POINTS = 13
PATHS = 2_000
MOST_INPUTS = 10


class Turning(NamedTuple):
    """What was found out about the choice between two strategies.

    Attributes
    ----------
    sizes : xarray.Dataset or None
        Of `hcrisk.break_even` over the number of providers; None where the scenario cannot be
        computed at other sizes.
    flips : xarray.Dataset or None
        Of `hcrisk.flip_points` for the inputs that go with the difference most; None if none is
        uncertain.
    """

    sizes: xr.Dataset | None
    flips: xr.Dataset | None


def find_turning(
    scenario: Scenario,
    ds: xr.Dataset,
    between: tuple[str, str],
    *,
    seed: int,
    progress: bool | None = None,
) -> Turning:
    """Return where the second strategy becomes cheaper than the first.

    Parameters
    ----------
    scenario
        The scenario.
    ds
        A result with both, whose correlations choose the inputs to look at.
    between
        The strategy to take, and its rival.
    seed, progress
        Of the runs.

    Returns
    -------
    Turning
    """
    paths = min(PATHS, ds.sizes["path"])
    effort = Effort(paths=paths, seed=seed, points=POINTS, progress=progress)
    providers = float(scenario.practice.providers)
    low, high = max(1.0, round(SMALLEST * providers)), max(2.0, round(LARGEST * providers))
    sizes: xr.Dataset | None
    try:
        sizes = break_even(scenario, SIZE, low, high, between=between, effort=effort)
    except ScenarioError:
        # Other sizes may break a rule of this scenario; the report is not about them.
        sizes = None
    used = set(inputs_used(scenario, list(between)))
    flips = None
    if used:
        order = rank_correlations(ds, between[0], baseline=between[1])["parameter"].values
        inputs = [str(path) for path in order if str(path) in used][:MOST_INPUTS]
        flips = flip_points(scenario, between=between, inputs=inputs, effort=effort)
    return Turning(sizes, flips)


def nearest_flip(turning: Turning, *, ahead: bool = False) -> str:
    """Return at which value of an input the rival is cheaper, the likeliest; "" if at none.

    If the rival is `ahead` already, where it no longer is.
    """
    flips = turning.flips
    if flips is None or not bool(flips["flips"][0]):
        return ""
    one = flips.isel(input=0)
    unit = unit_words(str(one["unit"].item()))
    name = input_words(str(one["input"].item()))
    below, chance = rival_below(one) != ahead, float(one["probability"])
    beyond = chance if below else 1.0 - chance
    central = plain(float(f"{float(one['central']):.3g}"))
    at = f"{turn_value(one)} {unit}".rstrip()
    side = "below" if below else "above"
    likely = f"its median is about {central}; a chance of {100 * beyond:.0f}%"
    return f"if “{name}” were {side} {at} ({likely})"


def rival_below(one: xr.Dataset) -> bool:
    """Return whether the rival is the cheaper below a flip, rather than above it."""
    low, high = float(one["difference_at_low"]), float(one["difference_at_high"])
    return low < high


def turn_value(one: xr.Dataset) -> str:
    """Return where an input turns the choice, in the digits its interval supports."""
    return _supported(measured(one))


def turn_band(one: xr.Dataset) -> str:
    """Return between which values an input may turn the choice, "" where that is not known."""
    figure = measured(one)
    return " to ".join(rounded_band(figure)[1:]) if figure.is_bounded else ""


def _supported(figure: Figure) -> str:
    value = rounded(figure.value, supported_step(figure))
    return plain(float(f"{value:.3g}"))


def size_words(turning: Turning, focus: str, rival: str) -> str:
    """Return at which numbers of providers the cheaper of the two changes; "" if at none."""
    sizes = turning.sizes
    if sizes is None or not sizes.sizes["crossing"]:
        return ""
    names = dict(zip(map(str, sizes["way"].values), (focus, rival), strict=True))
    ends = [float(sizes["at"].values[i]) for i in (0, -1)]
    crossings = [measured(sizes.isel(crossing=i), "crossing_at")
                 for i in range(sizes.sizes["crossing"])]  # fmt: skip
    # Changes within one band cannot be told apart: an even number of them is none for certain.
    changes, unclear = list[tuple[str, str]](), list[str]()
    cheaper = [names[str(one)] for one in sizes["cheaper"].values]
    for place, group in groupby(zip(map(_place, crossings), cheaper, strict=True), itemgetter(0)):
        after = [one for _, one in group]
        if len(after) % 2:
            changes.append((after[-1], place))
        else:
            unclear.append(place.removesuffix(" on"))
    if not changes:
        return f"by size, the two cannot be told apart {joined(unclear)}"
    if len(changes) == 1:
        who, place = changes[0]
        return f"by size, {who} costs less from {place}"
    low, high = map(plain, ends)
    return (
        f"by size, the cheaper of the two changes {len(changes)} times between {low} and {high} "
        f"providers: {joined([f'{who} from {place}' for who, place in changes])}"
    )


def sizes_told(turning: Turning, focus: str, rival: str) -> str:
    """Return at which sizes which of the two costs less, as far as the runs can tell."""
    said, sizes = size_words(turning, focus, rival), turning.sizes
    if said or sizes is None:
        return said
    apart = (sizes["upper"] < 0) | (sizes["lower"] > 0)
    if not bool(apart.any()):
        return "at no size tried can the two be told apart"
    cheaper = rival if bool((sizes["value"].where(apart) < 0).any()) else focus
    some = "" if bool(apart.all()) else " at which the two can be told apart"
    return f"{cheaper} costs less at every size tried{some}"


def _place(crossing: Figure) -> str:
    """Return from how many providers on the other costs less, no finer than can be told."""
    whole = Figure(*(at if math.isinf(at) else round(at) for at in crossing))
    _, lower, upper = rounded_band(whole)
    if lower == upper:
        return f"{lower} providers on"
    if whole.is_bounded:
        return f"somewhere between {lower} and {upper} providers on"
    if math.isfinite(whole.upper):
        return f"somewhere up to {upper} providers on"
    about = f"about {_supported(whole)} providers on"
    return f"{about}, but hardly below {lower}" if math.isfinite(whole.lower) else about


def turns_at(turning: Turning) -> str:
    """Return what was tried in vain."""
    tried = []
    if turning.flips is not None:
        count = turning.flips.sizes["input"]
        tried.append(f"none of {count} inputs within its plausible range")
    if turning.sizes is not None:
        ends = [float(turning.sizes["at"].values[i]) for i in (0, -1)]
        tried.append(f"no size from {plain(ends[0])} to {plain(ends[1])} providers")
    return f": {' and '.join(tried)}" if tried else ""


def is_flip(one: xr.Dataset) -> bool:
    """Return whether an input turns the choice anywhere in its plausible range."""
    return bool(one["flips"]) and math.isfinite(float(one["value"]))
