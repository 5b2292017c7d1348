"""Write what changes the practice's size and the demand, and link what follows them."""

from __future__ import annotations

import math

import numpy as np

from hcrisk.kernels import columns as col
from hcrisk.kernels.tables import Floats
from hcrisk.program.keys import StreamKeys
from hcrisk.program.layout import Layout, count_rule, team_of
from hcrisk.program.recorder import Recorder, ints
from hcrisk.scenario.scenario import Scenario
from hcrisk.scenario.size import Count

STREAMS = ("growth/acquisition", "growth/acquisition/size")
# Drivers that follow the size; sites do not.
GROWING = ("user", "endpoint", "provider", "claim", "revenue")
# A rule of posts that follow nothing.
FIXED = (0.0, 0.0)


def write_growth(recorder: Recorder, scenario: Scenario, keys: StreamKeys) -> dict[str, object]:
    """Write the growth of the practice and the peaks of its services.

    Returns
    -------
    dict
        Links: whether there is growth, its bounds, times and streams, and the peaks' windows.
    """
    growth = scenario.growth
    row = recorder.row("growth", col.GROWTH_WIDTH)
    recorder.put("growth", row, col.GR_RATE, growth.rate, "growth.rate")
    rate = growth.acquisition.rate
    recorder.put("growth", row, col.GR_ACQUISITION, rate, "growth.acquisition.rate")
    planned = sorted(growth.planned.items(), key=lambda item: float(item[1].months))
    for name, change in planned:
        row = recorder.row("planned", 1)
        recorder.put("planned", row, 0, change.size, f"growth.planned.{name}.size")
    scaled = {effect.on for entry in scenario.readiness.values() for effect in entry.effects}
    windows: list[tuple[float, float, float]] = []
    starts = [0]
    for name, service in scenario.services.items():
        for key, peak in service.peaks.items():
            path = f"services.{name}.peaks.{key}.multiple"
            if peak.multiple.constant == 1.0 and path not in scaled:
                continue
            row = recorder.row("peaks", 1)
            recorder.put("peaks", row, 0, peak.multiple, path)
            every = math.inf if peak.every_months is None else float(peak.every_months)
            windows.append((float(peak.start_months), float(peak.months), every))
        starts.append(len(windows))
    times = [float(change.months) / col.MONTHS_PER_YEAR for _, change in planned]
    return {
        "has_growth": int(growth.changes),
        "has_demand": int(growth.changes or bool(windows)),
        "most": float(growth.most) if growth.changes else 1.0,
        "least": float(growth.least) if growth.changes else 1.0,
        "acquisition_law": recorder.law(growth.acquisition.size, "growth.acquisition.size"),
        "acquisition_keys": keys.array([list(STREAMS)]).ravel(),
        "planned_times": np.array(times, dtype=np.float64),
        "peak_windows": np.array(windows, dtype=np.float64).reshape(-1, 3),
        "service_peak_start": ints(starts),
    }


def follower_links(scenario: Scenario, layout: Layout) -> dict[str, object]:
    """Return which staff and posts follow the practice's size, and by which rules."""
    fixed, rules, weights, starts = [], [], [], [0]
    for service, name in layout.cells:
        fte, team = team_of(scenario, [scenario.services[service].arrangements[name]])
        fixed.append(fte)
        rules += [layout.rules.index(rule) for rule, _ in team]
        weights += [each for _, each in team]
        starts.append(len(rules))
    stated = [service.skills_needed is not None for service in scenario.services.values()]
    return {
        "rules": np.array(layout.rules, dtype=np.float64).reshape(-1, 2),
        "cell_fixed_fte": np.array(fixed),
        "cell_rules": ints(rules),
        "cell_rule_fte": np.array(weights, dtype=np.float64),
        "cell_rule_start": ints(starts),
        "skills_grow": ints([int(scenario.growth.changes and not each) for each in stated]),
        **_post_links(scenario, layout),
    }


def _post_links(scenario: Scenario, layout: Layout) -> dict[str, object]:
    """Return how the posts of services and cells follow the size, and which tables they need.

    A cell of presence has a table of shortfalls for each number of posts it may have.
    """
    rules = [_post_rule(scenario, each.coverage.posts) for each in scenario.services.values()]
    tables: list[float] = []
    starts = [0]
    for service, name in layout.cells:
        table = scenario.services[service]
        own = table.arrangements[name].posts
        posts = table.coverage.posts if own is None else own
        rules.append(_post_rule(scenario, posts))
        rule = count_rule(scenario, posts)
        if rule is None or table.coverage.kind == "queue":
            tables.append(posts.of(scenario.practice))
        else:
            fewest = rule.of(float(scenario.growth.least))
            most = rule.of(float(scenario.growth.most))
            wanted = {max(float(n), rule.least) for n in range(fewest, most + 1)}
            tables += sorted(wanted)
        starts.append(len(tables))
    return {
        "post_rules": np.array(rules, dtype=np.float64).reshape(-1, 2),
        "cover_row": ints(starts),
        "cover_posts": _floats(tables),
    }


def _post_rule(scenario: Scenario, posts: Count) -> tuple[float, float]:
    rule = count_rule(scenario, posts)
    return FIXED if rule is None else (rule.today, rule.least)


def _floats(values: list[float]) -> Floats:
    return np.array(values, dtype=np.float64)


def line_follows(scenario: Scenario, driver: str) -> int:
    """Return what a cost line follows as the practice grows."""
    if not scenario.growth.changes:
        return col.FOLLOWS_NOTHING
    if driver == "fte":
        return col.FOLLOWS_FTE
    return col.FOLLOWS_SIZE if driver in GROWING else col.FOLLOWS_NOTHING
