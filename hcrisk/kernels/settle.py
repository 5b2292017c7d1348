"""Who pays for an incident: vendor indemnity, then insurance, event by event (model 7)."""

from __future__ import annotations

import math

from hcrisk.kernels._jit import njit
from hcrisk.kernels.arrays import clear, fill
from hcrisk.kernels.columns import (
    CANDIDATE_DRAWN,
    CANDIDATE_ORDER,
    CANDIDATE_POINT,
    CANDIDATE_RISK,
    CANDIDATE_ROW,
    CANDIDATE_YEAR,
    D_INDEMNITY,
    D_INDEMNITY_MONTHS,
    DENIED,
    E_KIND,
    E_TIME,
    F_CUT,
    F_SUBLIMIT,
    F_YEARLY,
    FAILURE,
    FO_INDEMNIFIED,
    FO_INSURED,
    G_CANDIDATE,
    G_GROSS,
    G_INDEMNITY,
    G_INSURANCE,
    G_RISK,
    G_STRATEGY,
    G_TIME,
    G_UNPAID,
    I_AGGREGATE,
    I_COINSURANCE,
    I_DENIAL,
    I_LIMIT,
    I_LOAD,
    I_PREMIUM,
    I_REFUSAL,
    I_RETENTION,
    INSURANCE_PREMIUM,
    INSURANCE_RECOVERY,
    KL_VENDOR,
    LIMIT_USED_UP,
    N_COST_LINE,
    NO_COVER,
    NO_REASON,
    NO_SHARE,
    NOTHING_INSURED,
    T_DUE,
    T_LEVEL,
    VENDOR_INDEMNITY,
    WITHIN_RETENTION,
    XK_CONDITIONS,
    XL_BOOKED,
    XL_FORM_END,
    XL_FORM_FIRST,
    XL_VENDOR,
)
from hcrisk.kernels.growth import size_step
from hcrisk.kernels.incidents import (
    cell_in_force,
    draw_losses,
    severity_if_kept,
    write_losses,
)
from hcrisk.kernels.proposal import mark_uniform
from hcrisk.kernels.skills import forget_skills
from hcrisk.kernels.sweep import uncovered_at
from hcrisk.kernels.vendor import fee_at, segment_at

# u is a sum: what rounding adds to it must not break a condition it meets exactly.
CONDITION_HAIR = 1e-9


@njit
def meets_conditions(t, p, w, x, time):
    """Return whether the policy's conditions hold under strategy `x` at `time`."""
    n_service = p.strategy_cells.shape[1]
    for q in range(p.cell_controls.shape[1]):
        provided = False
        for s in range(n_service):
            cell = cell_in_force(p, w, p.strategy_cells[x, s], time)
            provided |= p.cell_controls[cell, q] == 1
        if not provided:
            return False
    for n in range(p.condition_services.size):
        target = p.strategy_cells[x, p.condition_services[n]]
        pair = p.pair_index[target, p.strategy_managers[x]]
        if uncovered_at(w, pair, time) > t.conditions[n, 0] + CONDITION_HAIR:
            return False
    return True


@njit
def price_premiums(t, p, w, g):
    """Write each strategy's premium by year, and in which years it is covered and cut."""
    n_strategy, n_year = w.premium.shape
    premium = t.insurance[0, I_PREMIUM]
    refused = w.first[p.row_refusal, g] < t.insurance[0, I_REFUSAL]
    for y in range(n_year):
        if y > 0:
            premium *= 1.0 + w.draw[p.premium_draw + y - 1]
        for x in range(n_strategy):
            grown = premium * w.size[size_step(w, float(y))]
            w.premium[x, y] = grown
            w.covered[x, y] = 1
            w.cut[x, y] = 0
            if not meets_conditions(t, p, w, x, float(y)):
                w.covered[x, y] = 0 if refused else 1
                w.cut[x, y] = 1
                w.premium[x, y] = 0.0 if refused else grown * (1.0 + t.insurance[0, I_LOAD])


@njit
def book(w, x, service, component, year, amount):
    """Add an amount of strategy `x` to its component, year and service."""
    discounted = w.discount[year] * amount
    w.component[x, component] += discounted
    w.service[x, service] += discounted
    w.year[x, year] += amount
    if w.incident_flow.shape[0] > 0:
        w.incident_flow[x, service, component, year] += amount


@njit
def has_failed(w, v, time):
    """Return whether vendor `v` has failed by `time`."""
    for n in range(w.n_event[v]):
        if w.events[v, n, E_KIND] == FAILURE and w.events[v, n, E_TIME] <= time:
            return True
    return False


@njit
def monthly_fee(p, w, x, v, time):
    """Return the monthly fee that strategy `x` pays vendor `v` at `time`, before overlap."""
    level = w.segments[v, segment_at(w, v, time), T_LEVEL]
    fee = 0.0
    for s in range(p.strategy_cells.shape[1]):
        cell = cell_in_force(p, w, p.strategy_cells[x, s], time)
        for c in range(p.cell_contract_start[cell], p.cell_contract_start[cell + 1]):
            if p.contracts[c, KL_VENDOR] == v:
                fee += fee_at(w, c, time) * level
    return fee


@njit
def indemnify(t, p, w, x, k, time):
    """Write each form's indemnity for an event of risk `k` and return their sum."""
    first, end = p.risks[k, XL_FORM_FIRST], p.risks[k, XL_FORM_END]
    owed = 0.0
    for f in range(first, end):
        w.indemnity[f] = 0.0
        if p.forms[f, FO_INDEMNIFIED] == 1:
            owed += w.loss[f]
    v = p.risks[k, XL_VENDOR]
    if v < 0 or owed <= 0.0 or t.vendors[v, D_INDEMNITY] == 0.0 or has_failed(w, v, time):
        return 0.0
    fee = monthly_fee(p, w, x, v, time)
    if fee <= 0.0:
        return 0.0
    due = w.segments[v, segment_at(w, v, time), T_DUE]
    if due != w.paid_due[v]:
        w.paid[v] = 0.0
        w.paid_due[v] = due
    left = t.vendors[v, D_INDEMNITY_MONTHS] * fee - w.paid[v]
    total = max(min(t.vendors[v, D_INDEMNITY] * owed, left), 0.0)
    w.paid[v] += total
    for f in range(first, end):
        if p.forms[f, FO_INDEMNIFIED] == 1:
            w.indemnity[f] = total * (w.loss[f] / owed)
    return total


@njit
def insured_loss(t, p, w, x, k, year):
    """Return what is insured of an event's loss, before the retention."""
    covered = 0.0
    for f in range(p.risks[k, XL_FORM_FIRST], p.risks[k, XL_FORM_END]):
        if p.forms[f, FO_INSURED] == 1:
            sublimit = t.forms[f, F_SUBLIMIT]
            cut = t.forms[f, F_CUT]
            if w.cut[x, year] == 1 and cut != 1.0:
                whole = t.insurance[0, I_LIMIT] if sublimit == math.inf else sublimit
                sublimit = whole * cut if cut > 0.0 else 0.0
            indemnity = w.indemnity[f] if w.is_indemnified[k] == 1 else 0.0
            covered += min(w.loss[f] - indemnity, sublimit)
    return covered


@njit
def is_denied(t, p, w, path, x, row, point, time):
    """Return whether the insurer denies a claim because a condition is not met at its time."""
    if t.insurance[0, I_DENIAL] > 0.0 and not meets_conditions(t, p, w, x, time):
        return mark_uniform(p, w, path, row, XK_CONDITIONS, point) < t.insurance[0, I_DENIAL]
    return False


@njit
def insure(t, p, w, path, x, k, row, point, year, time):
    """Return what the insurer pays for an event of risk `k`."""
    if w.covered[x, year] == 0:
        return 0.0
    covered = insured_loss(t, p, w, x, k, year)
    if covered <= 0.0 or is_denied(t, p, w, path, x, row, point, time):
        return 0.0
    above = max(covered - t.insurance[0, I_RETENTION], 0.0)
    paid = (1.0 - t.insurance[0, I_COINSURANCE]) * min(above, t.insurance[0, I_LIMIT])
    paid = min(paid, w.aggregate[year])
    w.aggregate[year] -= paid
    return paid


@njit
def why_unpaid(t, p, w, path, x, k, row, point, year, time):
    """Return why the insurer pays nothing for the event of risk `k` that has just been settled."""
    if w.covered[x, year] == 0:
        return NO_COVER
    covered = insured_loss(t, p, w, x, k, year)
    if covered <= 0.0:
        return NOTHING_INSURED
    if is_denied(t, p, w, path, x, row, point, time):
        return DENIED
    if covered <= t.insurance[0, I_RETENTION]:
        return WITHIN_RETENTION
    return LIMIT_USED_UP if w.aggregate[year] <= 0.0 else NO_SHARE


@njit
def note_incident(w, x, k, n, time, gross, back, paid, unpaid):
    """Write candidate `n` of risk `k`, kept by `x`, into the journal: loss and recoveries."""
    row = w.journal[w.n_journal[0]]
    row[G_STRATEGY], row[G_TIME], row[G_RISK] = x, time, k
    row[G_GROSS], row[G_INDEMNITY], row[G_INSURANCE] = gross, back, paid
    row[G_UNPAID], row[G_CANDIDATE] = unpaid, n
    w.n_journal[0] += 1


@njit
def judge_candidates(t, p, w, path, n_candidate):
    """Write each candidate's severity multiple by view, and sum what the practice alone pays.

    Returns
    -------
    int
        How many candidates others may pay for; ``w.shared`` has them in order of time.
    """
    fill(w.view_count, 0)
    clear(w.view_flow)
    forget_skills(w)
    if p.has_yearly_caps == 1:
        for f in range(t.forms.shape[0]):
            fill(w.yearly_left[f], t.forms[f, F_YEARLY])
    n_shared = 0
    for j in range(n_candidate):
        n, time = w.candidate[j, CANDIDATE_ORDER], w.candidate_time[j]
        k = w.candidate[n, CANDIDATE_RISK]
        first, end = p.view_start[k], p.view_start[k + 1]
        for view in range(first, end):
            severity = severity_if_kept(t, p, w, view, k, time, w.candidate_level[n])
            w.severity[n, view - first] = severity
            if severity >= 0.0 and p.is_alone[k] == 1:
                if w.candidate[n, CANDIDATE_DRAWN] == 0:
                    draw_losses(t, p, w, path, n, time)
                gross = write_losses(p, w, n, severity)
                w.view_count[view] += 1
                w.view_flow[view, w.candidate[n, CANDIDATE_YEAR]] += gross
                if w.journal.shape[0] > 0:
                    note_view(p, w, view, k, n, time, gross)
        if p.is_alone[k] == 0:
            w.shared[n_shared] = j
            n_shared += 1
    return n_shared


@njit
def note_view(p, w, view, k, n, time, gross):
    """Write candidate `n` of risk `k`, which the strategies of a view keep, into the journal."""
    for x in range(p.strategy_cells.shape[0]):
        if p.risk_view[k, x] == view:
            note_incident(w, x, k, n, time, gross, 0.0, 0.0, NO_REASON)


@njit
def settle_alone(p, w, x):
    """Book what strategy `x` alone pays for incidents."""
    for k in range(p.risks.shape[0]):
        if p.is_alone[k] == 0:
            continue
        view = p.risk_view[k, x]
        w.count[x, k] += w.view_count[view]
        for y in range(w.discount.size):
            if w.view_flow[view, y] != 0.0:
                book(w, x, p.risks[k, XL_BOOKED], N_COST_LINE + k, y, w.view_flow[view, y])


@njit
def settle_shared(t, p, w, path, x, n_shared):
    """Book the incidents of strategy `x` that others may pay for, in order of time."""
    n_service = p.strategy_cells.shape[1]
    fill(w.aggregate, t.insurance[0, I_AGGREGATE])
    if p.has_yearly_caps == 1:
        for f in range(t.forms.shape[0]):
            fill(w.yearly_left[f], t.forms[f, F_YEARLY])
    fill(w.paid, 0.0)
    fill(w.paid_due, -1.0)
    for i in range(n_shared):
        j = w.shared[i]
        n, time = w.candidate[j, CANDIDATE_ORDER], w.candidate_time[j]
        k = w.candidate[n, CANDIDATE_RISK]
        severity = w.severity[n, p.risk_view[k, x] - p.view_start[k]]
        if severity < 0.0:
            continue
        row, point = w.candidate[n, CANDIDATE_ROW], w.candidate[n, CANDIDATE_POINT]
        year = w.candidate[n, CANDIDATE_YEAR]
        w.count[x, k] += 1
        if w.candidate[n, CANDIDATE_DRAWN] == 0:
            draw_losses(t, p, w, path, n, time)
        gross = write_losses(p, w, n, severity)
        back, paid = 0.0, 0.0
        if gross != 0.0:
            booked = p.risks[k, XL_BOOKED]
            book(w, x, booked, N_COST_LINE + k, year, gross)
            if w.is_indemnified[k] == 1:
                back = indemnify(t, p, w, x, k, time)
                if back != 0.0:
                    book(w, x, booked, VENDOR_INDEMNITY, year, -back)
            if w.is_insured[k] == 1:
                paid = insure(t, p, w, path, x, k, row, point, year, time)
                if paid != 0.0:
                    book(w, x, n_service, INSURANCE_RECOVERY, year, -paid)
        if w.journal.shape[0] > 0:
            unpaid = NO_REASON
            if gross != 0.0 and w.is_insured[k] == 1 and paid == 0.0:
                unpaid = why_unpaid(t, p, w, path, x, k, row, point, year, time)
            note_incident(w, x, k, n, time, gross, back, paid, unpaid)


@njit
def book_premiums(w, x, n_service):
    """Book the premiums of strategy `x`."""
    for y in range(w.premium.shape[1]):
        if w.premium[x, y] != 0.0:
            book(w, x, n_service, INSURANCE_PREMIUM, y, w.premium[x, y])
