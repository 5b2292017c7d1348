"""Vendors: one timeline each of fee level, delivered share and events (model 5)."""

from __future__ import annotations

import math

from hcrisk.kernels._jit import njit
from hcrisk.kernels.calls import exp
from hcrisk.kernels.columns import (
    BAND_FROM,
    BAND_PRICE,
    D_ACQUISITION_DELIVERED,
    D_ACQUISITION_RATE,
    D_CAP,
    D_CREDIT,
    D_DELIVERED,
    D_EXIT,
    D_FAILURE_DELIVERED,
    D_FAILURE_RATE,
    D_FIXED,
    D_FLOOR,
    D_RENEWAL,
    D_SPREAD,
    D_SWITCH_RATE,
    D_TERM,
    DK_ACQUISITION,
    DK_FAILURE,
    DK_RENEWAL,
    DK_SWITCH,
    DK_WAIT,
    E_DUE,
    E_KIND,
    E_LENGTH,
    E_LEVEL,
    E_NUMBER,
    E_TIME,
    FAILURE,
    K_FIXED,
    K_MINIMUM,
    K_SITE,
    K_USER,
    MONTHS_PER_YEAR,
    N_CLOCK,
    PRICE,
    SWITCH,
    T_DELIVERED,
    T_DUE,
    T_FAILING,
    T_LEVEL,
    T_TIME,
)
from hcrisk.kernels.draws import draw_named, next_event, waiting_time
from hcrisk.kernels.growth import size_end, size_step

SAME_MONTH = 1e-9
# 100 users grown by 15 % are a hair less than 115.
BAND_HAIR = 1e-12


@njit
def base_fees(t, p, w):
    """Write the monthly fee of each contract at level 1, for each size of the practice."""
    contracts = t.contracts
    for n in range(w.n_size[0]):
        for k in range(contracts.shape[0]):
            fee = contracts[k, K_FIXED]
            for price in range(K_USER, contracts.shape[1], 2):
                count = contracts[k, price + 1]
                if price != K_SITE:
                    count *= w.size[n]
                fee += unit_price(t, p, k, price, count) * count
            w.base_fee[k, n] = max(fee, contracts[k, K_MINIMUM])


@njit
def unit_price(t, p, k, price, count):
    """Return a price of contract `k`: that of the band in which the count lies."""
    band, end = p.contract_bands[k, price - K_USER], p.contract_bands[k, price - K_USER + 1]
    if end == band:
        return t.contracts[k, price]
    count *= 1.0 + BAND_HAIR
    while band + 1 < end and t.bands[band + 1, BAND_FROM] <= count:
        band += 1
    return t.bands[band, BAND_PRICE]


@njit
def fee_at(w, k, time):
    """Return the monthly fee of contract `k` at level 1 and the practice's size at `time`."""
    return w.base_fee[k, size_step(w, time)]


@njit
def add_contract(t, w, v, k, overlap, start, end, out):
    """Add the fees of contract `k` with vendor `v` over [start, end), as the practice grows."""
    for n in range(w.n_size[0]):
        since = max(start, w.size_time[n])
        until = min(end, size_end(w, n))
        if until > since:
            add_fees(t.vendors, w, v, w.base_fee[k, n], overlap, since, until, out)


@njit
def escalator(vendors, v, growth):
    """Return the rise of fees at a year's start, given the year's log growth of prices."""
    if not math.isnan(vendors[v, D_FIXED]):
        return vendors[v, D_FIXED]
    rise = exp(growth) - 1.0 + vendors[v, D_SPREAD]
    return min(max(rise, vendors[v, D_FLOOR]), vendors[v, D_CAP])


@njit
def walk_vendors(t, p, w, path, g):
    """Write the timelines of all vendors.

    Parameters
    ----------
    t : Tables
    p : Links
    w : Work
        ``segments``, ``events``, ``delivered`` and their counts are overwritten.
    path : uint64
    g : int
        The path's column in ``w.first``.

    Returns
    -------
    int
        1 if a timeline needs more room than there is, else 0.
    """
    for v in range(t.vendors.shape[0]):
        if walk_vendor(t, p, w, path, v, g) != 0:
            return 1
        list_delivered(w, v)
    return 0


@njit
def list_delivered(w, v):
    """Write when the delivered share of vendor `v` changes, and to what."""
    w.delivered_time[v, 0], w.delivered[v, 0] = 0.0, w.segments[v, 0, T_DELIVERED]
    n = 1
    for k in range(1, w.n_segment[v]):
        if w.segments[v, k, T_DELIVERED] != w.delivered[v, n - 1]:
            w.delivered_time[v, n] = w.segments[v, k, T_TIME]
            w.delivered[v, n] = w.segments[v, k, T_DELIVERED]
            n += 1
    w.n_delivered[v] = n


@njit
def walk_vendor(t, p, w, path, v, g):
    """Write the timeline of vendor `v`: year starts, failures, acquisitions, switches in order."""
    row, keys = t.vendors[v], p.vendor_keys[v]
    segments, events = w.segments[v], w.events[v]
    n_year = w.discount.size
    term = row[D_TERM]
    due = row[D_RENEWAL] if term > 0.0 else math.inf
    level = 1.0
    failed_until, acquired_until = 0.0, 0.0
    clock = p.row_vendor + N_CLOCK * v
    t_fail = waiting_time(row[D_FAILURE_RATE], w.first[clock, g])
    t_acquire = waiting_time(row[D_ACQUISITION_RATE], w.first[clock + 1, g])
    t_decide = waiting_time(row[D_SWITCH_RATE], w.first[clock + 2, g])
    t_switch = math.inf
    n_fail, n_acquire, n_switch, n_renewal = 0, 0, 0, 0
    year = 0
    n = 0
    n_event = 0
    while True:
        t_end = (
            math.inf if n == 0 else end_of_trouble(segments[n - 1], failed_until, acquired_until)
        )
        now = min(min(float(year), t_end), min(min(t_fail, t_acquire), min(t_decide, t_switch)))
        if now >= n_year:
            break
        if t_decide == now:
            t_switch = time_to_leave(t, p, path, v, n_switch, now, due)
            t_decide = math.inf
            continue
        if n == segments.shape[0] or n_event == events.shape[0]:
            return 1
        if year == now:
            if year > 0:
                is_leaving = t_switch < math.inf
                level *= 1.0 + escalator(t.vendors, v, w.log_growth[PRICE, year])
                if due <= MONTHS_PER_YEAR * year + SAME_MONTH and not is_leaving:
                    level *= 1.0 + renewal_jump(t, p, w, path, v, n_renewal)
                    n_renewal += 1
                    due = next_term(t, v, year, due)
            year += 1
        elif t_end == now:
            pass
        elif t_fail == now:
            months, jump = draw_event(t, p, v, DK_FAILURE, path, n_fail)
            log_event(events, n_event, now, FAILURE, n_fail, level, due, months)
            n_event += 1
            n_fail += 1
            level *= 1.0 + jump
            due = end_of_term(now, term)
            failed_until = now + months / MONTHS_PER_YEAR
            if t_switch < math.inf:
                # Whoever replaces the failed one is not to be left: that decision is void.
                n_switch += 1
                t_switch = math.inf
                t_decide = next_event(row[D_SWITCH_RATE], keys[DK_SWITCH], path, n_switch, now)
            t_fail = next_event(row[D_FAILURE_RATE], keys[DK_FAILURE], path, n_fail, failed_until)
        elif t_acquire == now:
            months, jump = draw_event(t, p, v, DK_ACQUISITION, path, n_acquire)
            n_acquire += 1
            level *= 1.0 + jump
            acquired_until = now + months / MONTHS_PER_YEAR
            t_acquire = next_event(
                row[D_ACQUISITION_RATE], keys[DK_ACQUISITION], path, n_acquire, acquired_until
            )
        else:
            months, jump = draw_event(t, p, v, DK_SWITCH, path, n_switch)
            log_event(events, n_event, now, SWITCH, n_switch, level, due, months)
            n_event += 1
            n_switch += 1
            level *= 1.0 + jump
            due = end_of_term(now, term)
            until = now + months / MONTHS_PER_YEAR
            t_switch = math.inf
            t_decide = next_event(row[D_SWITCH_RATE], keys[DK_SWITCH], path, n_switch, until)
        write_segment(row, segments[n], now, level, due, now < failed_until, now < acquired_until)
        n += 1
    w.n_segment[v] = n
    w.n_event[v] = n_event
    return 0


@njit
def end_of_trouble(segment, failed_until, acquired_until):
    """Return when a failure or acquisition that lasts is over, the first of them."""
    now = segment[T_TIME]
    end = failed_until if failed_until > now else math.inf
    return min(end, acquired_until) if acquired_until > now else end


@njit
def write_segment(row, segment, now, level, due, is_failing, is_acquired):
    """Write what holds of a vendor from now on."""
    delivered = row[D_DELIVERED]
    if is_acquired:
        delivered = min(delivered, row[D_ACQUISITION_DELIVERED])
    if is_failing:
        delivered = min(delivered, row[D_FAILURE_DELIVERED])
    segment[T_TIME] = now
    segment[T_LEVEL] = level
    segment[T_DELIVERED] = delivered
    segment[T_DUE] = due
    segment[T_FAILING] = 1.0 if is_failing else 0.0


@njit
def next_term(t, v, year, due):
    """Return the end of the first term that lasts beyond a year's start."""
    while due <= MONTHS_PER_YEAR * year + SAME_MONTH:
        due += t.vendors[v, D_TERM]
    return due


@njit
def time_to_leave(t, p, path, v, number, now, due):
    """Return when a switch decided now is made: as the term ends, or when it can wait no longer.

    Where leaving early costs nothing, there is nothing to wait for.
    """
    if due == math.inf or t.vendors[v, D_EXIT] == 0.0:
        return now
    law, key = p.vendor_laws[v, DK_WAIT], p.vendor_keys[v, DK_WAIT]
    wait = draw_named(t, p, law, key, path, number)
    return max(now, min(due / MONTHS_PER_YEAR, now + wait / MONTHS_PER_YEAR))


@njit
def renewal_jump(t, p, w, path, v, number):
    """Return by how much the fee of vendor `v` jumps at a renewal: drawn already, or now."""
    drawn = p.renewal_draws[v] + number
    if drawn < p.renewal_draws[v + 1]:
        return w.draw[drawn]
    law, key = p.vendor_laws[v, DK_RENEWAL], p.vendor_keys[v, DK_RENEWAL]
    return draw_named(t, p, law, key, path, number)


@njit
def draw_event(t, p, v, kind, path, number):
    """Return how many months an event lasts, and how the fee jumps."""
    laws, keys = p.vendor_laws[v], p.vendor_keys[v]
    months = draw_named(t, p, laws[kind + 1], keys[kind + 1], path, number)
    return months, draw_named(t, p, laws[kind + 2], keys[kind + 2], path, number)


@njit
def end_of_term(now, term):
    """Return the month in which a term that starts now ends."""
    return MONTHS_PER_YEAR * now + term if term > 0.0 else math.inf


@njit
def log_event(events, n, time, kind, number, level, due, months):
    """Note a failure or switch, with the fee level and end of term just before it."""
    events[n, E_TIME] = time
    events[n, E_KIND] = kind
    events[n, E_NUMBER] = number
    events[n, E_LEVEL] = level
    events[n, E_DUE] = due
    events[n, E_LENGTH] = months


@njit
def segment_at(w, v, t):
    """Return which segment of vendor `v` holds at time `t`."""
    n = w.n_segment[v] - 1
    while n > 0 and w.segments[v, n, T_TIME] > t:
        n -= 1
    return n


@njit
def add_fees(vendors, w, v, fee, overlap, start, end, out):
    """Add the fees of a contract over [start, end), overlap and service credits included.

    Parameters
    ----------
    vendors : float64[n_vendor, VENDOR_WIDTH]
    w : Work
    v : int
    fee : float
        Monthly, at level 1.
    overlap : float
        Share paid twice.
    start, end : float
        Times in years.
    out : float64[n_year]
        Added to.
    """
    n_year = out.size
    for n in range(w.n_segment[v]):
        since = max(w.segments[v, n, T_TIME], start)
        until = w.segments[v, n + 1, T_TIME] if n + 1 < w.n_segment[v] else float(n_year)
        until = min(until, end)
        if until > since:
            share = 1.0 + overlap
            short = w.segments[v, n, T_DELIVERED] < vendors[v, D_DELIVERED]
            if short and w.segments[v, n, T_FAILING] == 0.0:
                share -= vendors[v, D_CREDIT]
            yearly = MONTHS_PER_YEAR * fee * w.segments[v, n, T_LEVEL] * share
            out[int(since)] += (until - since) * yearly
