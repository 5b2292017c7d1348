"""Readiness: which slots it multiplies, and by what."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from hcrisk.kernels import columns as col
from hcrisk.program.recorder import Recorder, ints
from hcrisk.scenario.scenario import Scenario
from hcrisk.scenario.table import field_at, shape_of


def write_readiness(recorder: Recorder, scenario: Scenario) -> list[str]:
    """Write every effect's level and multiple; return the path of the number it multiplies."""
    targets = []
    for name, readiness in scenario.readiness.items():
        for position, effect in enumerate(readiness.effects):
            row, path = recorder.row("readiness", col.READINESS_WIDTH), f"readiness.{name}"
            recorder.put("readiness", row, col.Y_LEVEL, readiness.level, f"{path}.level")
            place = f"{path}.effects.{position}.multiple"
            recorder.put("readiness", row, col.Y_MULTIPLE, effect.multiple, place)
            recorder.set("readiness", row, col.Y_LIMIT, highest(effect.on))
            targets.append(effect.on)
    recorder.watched = frozenset(targets)
    return targets


def highest(path: str) -> float:
    """Return what a multiplied number is limited to: 1 for a share, else nothing.

    Examples
    --------
    >>> highest("managers.drift"), highest("people.announce")
    (1.0, inf)
    """
    field = field_at(Scenario, path.split("."))
    within = None if field is None else shape_of(field).within
    return 1.0 if within is not None and within.high == 1.0 else np.inf


def readiness_links(
    recorder: Recorder, targets: list[str], starts: Mapping[str, int], widths: Mapping[str, int]
) -> dict[str, object]:
    """Return the slots multiplied, their values before it, and by which effects, in order.

    Uncertain numbers are written anew on each path before they are multiplied; the others start
    from the value they have here.
    """
    uncertain = {path for path, *_ in recorder.writes}
    slots, effects, bases = [], [], []
    for path, table, row, column in recorder.seen:
        slot = starts[table] + row * widths[table] + column
        mine = [effect for effect, target in enumerate(targets) if target == path]
        for first, effect in enumerate(mine):
            slots.append(slot)
            effects.append(effect)
            is_certain = first == 0 and path not in uncertain
            bases.append(recorder.value(table, row, column) if is_certain else np.nan)
    return {
        "scaled_slots": ints(slots),
        "scaled_effects": ints(effects),
        "scaled_bases": np.array(bases, dtype=np.float64),
    }
