"""Size and demand: how large the practice is, what it wants, how much there is to do (model 3b)."""

from __future__ import annotations

import math

from hcrisk.kernels._jit import njit
from hcrisk.kernels.arrays import fill
from hcrisk.kernels.columns import (
    CL_SERVICE,
    F_COUNT,
    FO_GROWS,
    FOLLOWS_NOTHING,
    FOLLOWS_SIZE,
    GK_SIZE,
    GK_TIME,
    GR_ACQUISITION,
    GR_RATE,
    LL_CELL,
    LL_GROWS,
    MONTHS_PER_YEAR,
    PK_EVERY,
    PK_LENGTH,
    PK_START,
    RU_LEAST,
    RU_TODAY,
    SL_NUMBER,
    SL_RULE,
    X_EXPONENT,
)
from hcrisk.kernels.draws import draw_named, next_event
from hcrisk.kernels.macro import power

# What decides the structure is rounded up from here.
HAIR = 1e-9


@njit
def walk_size(t, p, w, path):
    """Write the practice's size against today's: when it changes, and to what.

    Parameters
    ----------
    t, p, w : Tables, Links, Work
    path : uint64

    Returns
    -------
    int
        1 if the size changes more often than there is room for, else 0.
    """
    n_year = w.discount.size
    w.size_time[0], w.size[0] = 0.0, 1.0
    rate, keys = t.growth[0, GR_ACQUISITION], p.acquisition_keys
    joins = next_event(rate, keys[GK_TIME], path, 0, 0.0)
    n, year, plan, joined, level = 1, 1, 0, 0, 1.0
    while True:
        planned = p.planned_times[plan] if plan < p.planned_times.size else math.inf
        now = min(min(float(year), planned), joins)
        if now >= n_year:
            w.n_size[0] = n
            return 0
        if year == now:
            change = t.growth[0, GR_RATE]
            year += 1
        elif planned == now:
            change = t.planned[plan, 0]
            plan += 1
        else:
            change = draw_named(t, p, p.acquisition_law, keys[GK_SIZE], path, joined)
            joined += 1
            joins = next_event(rate, keys[GK_TIME], path, joined, now)
        level = min(max(level * (1.0 + change), p.least), p.most)
        if w.size_time[n - 1] == now:
            # What lasts no time is no size.
            w.size[n - 1] = level
        elif level != w.size[n - 1]:
            if n == w.size.size:
                return 1
            w.size_time[n], w.size[n] = now, level
            n += 1


@njit
def size_step(w, time):
    """Return which size holds at `time`."""
    return step_at(w.size_time, w.n_size[0], time)


@njit
def step_at(times, n, time):
    """Return the last of the first `n` times that is not after `time`, or the first.

    Examples
    --------
    >>> import numpy as np
    >>> step_at(np.array([0.0, 1.0, 2.0]), 3, 1.5)
    1
    """
    step = n - 1
    while step > 0 and times[step] > time:
        step -= 1
    return step


@njit
def size_end(w, n):
    """Return until when size `n` holds; infinity for the last."""
    return w.size_time[n + 1] if n + 1 < w.n_size[0] else math.inf


@njit
def rounded_up(x):
    """Return the least whole number that is not below `x`, but for a hair.

    Examples
    --------
    >>> rounded_up(3.0000000001), rounded_up(3.1)
    (3.0, 4.0)
    """
    return float(math.ceil(x - HAIR))


@njit
def count_wanted(p, w):
    """Write how many seats, FTE and managers are wanted at each size.

    ``w.wanted`` has the seats of each rule, then the managers of each of their numbers.
    """
    n_rule = p.rules.shape[0]
    for n in range(w.n_size[0]):
        for k in range(n_rule):
            seats = rounded_up(p.rules[k, RU_TODAY] * w.size[n])
            w.wanted[k, n] = int(max(seats, p.rules[k, RU_LEAST]))
        for cell in range(p.cell_fixed_fte.size):
            fte = p.cell_fixed_fte[cell]
            for j in range(p.cell_rule_start[cell], p.cell_rule_start[cell + 1]):
                fte += p.cell_rule_fte[j] * w.wanted[p.cell_rules[j], n]
            w.cell_fte[cell, n] = fte
        for j in range(p.manager_counts.size):
            count_managers(p, w, j, n)


@njit
def count_managers(p, w, j, n):
    """Write how many managers of number `j` are wanted at size `n`, and what is lacking beside."""
    fte = 0.0
    x = p.manager_strategies[j]
    for s in range(p.strategy_cells.shape[1]):
        fte += w.cell_fte[p.strategy_cells[x, s], n]
    needed = fte / p.manager_span - p.leader_shares[j] if fte > 0.0 else 0.0
    count = min(max(rounded_up(needed), 0.0), p.most_managers)
    w.wanted[p.rules.shape[0] + j, n] = int(count)
    w.lacking[j, n] = needed - count if needed - count > HAIR else 0.0


@njit
def is_wanted(p, wanted, i, n):
    """Return whether seat `i` is wanted at size `n`; what follows no rule always is."""
    rule = p.seats[i, SL_RULE]
    return rule < 0 or p.seats[i, SL_NUMBER] < wanted[rule, n]


@njit
def wanted_from(p, c, i, g, time):
    """Return the first time, from `time` on, at which seat `i` is wanted; infinity if never."""
    n = step_at(c.size_time[g], c.n_size[g, 0], time)
    if is_wanted(p, c.wanted[g], i, n):
        return time
    for later in range(n + 1, c.n_size[g, 0]):
        if is_wanted(p, c.wanted[g], i, later):
            return c.size_time[g, later]
    return math.inf


@njit
def wanted_until(p, c, i, g, time):
    """Return when seat `i`, wanted at `time`, is wanted no longer; infinity if always."""
    first = step_at(c.size_time[g], c.n_size[g, 0], time) + 1
    for later in range(first, c.n_size[g, 0]):
        if not is_wanted(p, c.wanted[g], i, later):
            return c.size_time[g, later]
    return math.inf


@njit
def line_size(p, w, line, n):
    """Return by how much what a cost line is for has grown at size `n`."""
    follows = p.lines[line, LL_GROWS]
    if follows == FOLLOWS_NOTHING:
        return 1.0
    if follows == FOLLOWS_SIZE:
        return w.size[n]
    cell = p.lines[line, LL_CELL]
    return w.cell_fte[cell, n] / w.cell_fte[cell, 0] if w.cell_fte[cell, 0] > 0.0 else 1.0


@njit
def size_effect(t, p, w, k, n):
    """Return by how much the rate of risk `k` has grown at size `n`."""
    return min(power(w.size[n], t.risks[k, X_EXPONENT]), p.most)


@njit
def largest_effect(t, p, w, k, year):
    """Return the most by which the rate of risk `k` has grown within a year."""
    largest = 0.0
    for n in range(w.n_size[0]):
        if w.size_time[n] < year + 1.0 and size_end(w, n) > year:
            largest = max(largest, size_effect(t, p, w, k, n))
    return largest


@njit
def form_count(t, p, w, f, time):
    """Return of how many units a loss form is at `time`."""
    if p.forms[f, FO_GROWS] == 0:
        return t.forms[f, F_COUNT]
    return t.forms[f, F_COUNT] * w.size[size_step(w, time)]


@njit
def posts_growth(rules, rule, size, whole):
    """Return by how much the posts of a rule have grown at a size; whole ones are rounded up.

    Examples
    --------
    >>> import numpy as np
    >>> posts_growth(np.array([[2.0, 0.0]]), 0, 1.2, False)
    1.2
    >>> posts_growth(np.array([[2.0, 0.0]]), 0, 1.2, True)
    1.5
    """
    today, least = rules[rule, RU_TODAY], rules[rule, RU_LEAST]
    if today <= 0.0:
        return 1.0
    now = today * size
    if whole:
        today, now = rounded_up(today), rounded_up(now)
    return max(now, least) / max(today, least)


@njit
def list_demand(t, p, w):
    """Write, for each service, when the demand on it changes: the size, and its peaks."""
    for s in range(w.n_demand.size):
        times = w.demand_time[s]
        n = w.n_size[0]
        for k in range(n):
            times[k] = w.size_time[k]
        for peak in range(p.service_peak_start[s], p.service_peak_start[s + 1]):
            n = insert_peak(p.peak_windows[peak], times, n, float(w.discount.size))
        w.n_demand[s] = n
        for k in range(n):
            w.demand_size[s, k] = w.size[size_step(w, times[k])]
            w.demand_peak[s, k] = peak_at(t, p, s, times[k])


@njit
def insert_peak(window, times, n, horizon):
    """Insert when a peak begins and ends before the horizon; return how many times there are."""
    months, i = window[PK_START], 0
    while months < horizon * MONTHS_PER_YEAR:
        n = insert_change(times, n, months / MONTHS_PER_YEAR, horizon)
        n = insert_change(times, n, (months + window[PK_LENGTH]) / MONTHS_PER_YEAR, horizon)
        i += 1
        months = window[PK_START] + window[PK_EVERY] * i
    return n


@njit
def insert_change(times, n, time, horizon):
    """Insert a time in order, unless it is there or beyond the horizon; return the count."""
    if time >= horizon:
        return n
    j = n
    while j > 0 and times[j - 1] >= time:
        j -= 1
    if j < n and times[j] == time:
        return n
    for k in range(n, j, -1):
        times[k] = times[k - 1]
    times[j] = time
    return n + 1


@njit
def peak_at(t, p, s, time):
    """Return the product of the peaks of service `s` that last at `time`."""
    product = 1.0
    for peak in range(p.service_peak_start[s], p.service_peak_start[s + 1]):
        window = p.peak_windows[peak]
        months, i = window[PK_START], 0
        while months / MONTHS_PER_YEAR <= time:
            if time < (months + window[PK_LENGTH]) / MONTHS_PER_YEAR:
                product *= t.peaks[peak, 0]
                break
            i += 1
            months = window[PK_START] + window[PK_EVERY] * i
    return product


@njit
def demand_step(w, s, time):
    """Return which demand on service `s` holds at `time`."""
    n = w.n_demand[s] - 1
    while n > 0 and w.demand_time[s, n] > time:
        n -= 1
    return n


@njit
def weigh_uncovered(p, w, pair, whole):
    """Write the integrals of u by year, times the growth of the posts and times the size.

    Parameters
    ----------
    p, w : Links, Work
        ``weighted`` is overwritten: a row for the posts, with their peaks, and one for the size.
    pair : int
        Whose steps of u.
    whole : bool
        Whether the posts are rounded up.
    """
    fill(w.weighted[0], 0.0)
    fill(w.weighted[1], 0.0)
    s = p.cells[p.pairs[pair, 0], CL_SERVICE]
    horizon = float(w.discount.size)
    time, k, m = 0.0, 0, 0
    while time < horizon:
        while k + 1 < w.n_step[pair] and w.step_time[pair, k + 1] <= time:
            k += 1
        while m + 1 < w.n_demand[s] and w.demand_time[s, m + 1] <= time:
            m += 1
        until = min(math.floor(time) + 1.0, horizon)
        if k + 1 < w.n_step[pair]:
            until = min(until, w.step_time[pair, k + 1])
        if m + 1 < w.n_demand[s]:
            until = min(until, w.demand_time[s, m + 1])
        part = (until - time) * w.step_u[pair, k]
        size = w.demand_size[s, m]
        posts = posts_growth(p.post_rules, s, size, whole) * w.demand_peak[s, m]
        w.weighted[0, int(time)] += part * posts
        w.weighted[1, int(time)] += part * size
        time = until
