"""At which inputs and sizes the choice between two strategies turns round."""

from __future__ import annotations

import math
from typing import NamedTuple

import xarray as xr

from hcrisk.exceptions import ScenarioError
from hcrisk.figures import measured, plain, rounded_band
from hcrisk.measures import rank_correlations
from hcrisk.report.columns import unit_words
from hcrisk.report.wording import joined
from hcrisk.scenario import Scenario
from hcrisk.sensitivity._runs import inputs_used
from hcrisk.variables import input_words
from hcrisk.whatif import Effort, break_even, flip_points
from hcrisk.whatif.effort import USUAL
from hcrisk.whatif.telling import changes, told

SIZE = "practice.providers"
# Sizes looked through, as multiples of today's.
SMALLEST, LARGEST = 1 / 3, 3.0
# As many as the break-even command tries, which the page says how to call.
POINTS = USUAL.points
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
    low, high = turn_ends(one)
    at = low if low == high else f"a value between {low} and {high}"
    side = "below" if below else "above"
    likely = f"its median is about {central}; a chance of {100 * beyond:.0f}%"
    return f"if “{name}” were {side} {f'{at} {unit}'.rstrip()} ({likely})"


def rival_below(one: xr.Dataset) -> bool:
    """Return whether the rival is the cheaper below a flip, rather than above it."""
    low, high = float(one["difference_at_low"]), float(one["difference_at_high"])
    return low < high


def turn_ends(one: xr.Dataset) -> tuple[str, str]:
    """Return between which values an input turns the choice, in the digits their band supports."""
    _, low, high = rounded_band(measured(one))
    return low, high


def turn_side(one: xr.Dataset) -> str:
    """Return on which side of a value of an input the rival is the cheaper, if on any.

    ``below`` or ``above`` where the choice turns; ``everywhere`` or ``nowhere`` where it is known
    not to; ``unclear`` where the intervals at the ends of the range do not say so.
    """
    if is_flip(one):
        return "below" if rival_below(one) else "above"
    low, high = (measured(one, f"difference_at_{end}") for end in ("low", "high"))
    if max(low.upper, high.upper) < 0.0:
        return "everywhere"
    return "nowhere" if min(low.lower, high.lower) > 0.0 else "unclear"


def size_words(turning: Turning, focus: str, rival: str) -> str:
    """Return at which numbers of providers the cheaper of the two changes; "" if at none."""
    sizes = turning.sizes
    if sizes is None or not sizes.sizes["crossing"]:
        return ""
    names = _names(sizes, focus, rival)
    found = changes(sizes, names)
    if len(found) == 1:
        who, place = found[0]
        return f"by size, {who} becomes the cheaper {place}"
    low, high = (plain(float(sizes["at"].values[i])) for i in (0, -1))
    listed = [f"to {who} {place}" for who, place in changes(sizes, names, unit=False)]
    return (
        f"by size, the cheaper of the two changes {len(found)} times between {low} and {high} "
        f"providers: {joined(listed)}"
    )


def sizes_told(turning: Turning, focus: str, rival: str) -> str:
    """Return at which sizes which of the two costs less, as far as the runs can tell."""
    sizes = turning.sizes
    return "" if sizes is None else "; ".join(told(sizes, _names(sizes, focus, rival)))


def _names(sizes: xr.Dataset, focus: str, rival: str) -> dict[str, str]:
    return dict(zip(map(str, sizes["way"].values), (focus, rival), strict=True))


def turns_at(turning: Turning) -> str:
    """Return what was tried in vain."""
    tried = []
    if turning.flips is not None:
        count = turning.flips.sizes["input"]
        tried.append(f"none of {count} inputs within its plausible range")
    if turning.sizes is not None:
        ends = [float(turning.sizes["at"].values[i]) for i in (0, -1)]
        tried.append(f"no size tried from {plain(ends[0])} to {plain(ends[1])} providers")
    return f": {' and '.join(tried)}" if tried else ""


def is_flip(one: xr.Dataset) -> bool:
    """Return whether an input turns the choice anywhere in its plausible range."""
    return bool(one["flips"]) and math.isfinite(float(one["value"]))
