"""Incidents: candidates of a Poisson random measure, thinned for each strategy (model 7)."""

from __future__ import annotations

from hcrisk.kernels._jit import njit
from hcrisk.kernels.cells import has_vendor
from hcrisk.kernels.columns import (
    CANDIDATE_DRAWN,
    CANDIDATE_POINT,
    CANDIDATE_RISK,
    CANDIDATE_ROW,
    CANDIDATE_YEAR,
    CL_CURRENT,
    E_TIME,
    F_CAP,
    F_SHARE,
    F_UNIT_COST,
    FL_FREQUENCY_END,
    FL_FREQUENCY_FIRST,
    FL_SERVICE,
    FL_SEVERITY_END,
    FL_SEVERITY_FIRST,
    FL_UNSKILLED,
    FO_LAW,
    FO_PER_RECORD,
    FO_REQUIRES,
    FO_SHARES_TOTAL,
    FO_STEP_END,
    FO_STEP_FIRST,
    FO_TRENDED,
    K_ACCESS,
    KL_VENDOR,
    P_RECORDS,
    POINT_AT,
    POINT_MULTIPLE,
    PRICE,
    STEP_ABOVE,
    STEP_PROBABILITY,
    TRANSITION_YEARS,
    X_MAXIMUM,
    X_TRANSITION,
    XK_FORMS,
    XK_RECORDS,
    XK_TOTAL,
    XL_EFFECT_END,
    XL_EFFECT_FIRST,
    XL_FORM_END,
    XL_FORM_FIRST,
    XL_RECORDS,
    XL_TOTAL,
    XL_VENDOR,
)
from hcrisk.kernels.draws import draw_at
from hcrisk.kernels.growth import form_count, size_effect, size_step
from hcrisk.kernels.proposal import mark_uniform
from hcrisk.kernels.skills import unskilled_at
from hcrisk.kernels.sweep import uncovered_at


@njit
def interpolate(points, first, end, u):
    """Return the multiple at `u`: linear between points, flat outside, 1 without points."""
    if end == first:
        return 1.0
    if u <= points[first, POINT_AT]:
        return points[first, POINT_MULTIPLE]
    for n in range(first + 1, end):
        if u <= points[n, POINT_AT]:
            low, high = points[n - 1, POINT_AT], points[n, POINT_AT]
            weight = (u - low) / (high - low)
            lower, upper = points[n - 1, POINT_MULTIPLE], points[n, POINT_MULTIPLE]
            return lower + weight * (upper - lower)
    return points[end - 1, POINT_MULTIPLE]


@njit
def largest_multiple(points, first, end):
    """Return the largest multiple of a curve, 1 without points."""
    if end == first:
        return 1.0
    largest = points[first, POINT_MULTIPLE]
    for n in range(first + 1, end):
        largest = max(largest, points[n, POINT_MULTIPLE])
    return largest


@njit
def smallest_multiple(points, first, end):
    """Return the smallest multiple of a curve, 1 without points."""
    if end == first:
        return 1.0
    smallest = points[first, POINT_MULTIPLE]
    for n in range(first + 1, end):
        smallest = min(smallest, points[n, POINT_MULTIPLE])
    return smallest


@njit
def least_multiple(t, p, k, x):
    """Return what the multiple of risk `k` under strategy `x` is at least.

    0 where being kept is not all that has to be found out: how severe an incident is, or how far
    a vendor or the practice's size exposes to it, depends on the time.
    """
    if p.risks[k, XL_VENDOR] >= 0 or p.has_growth == 1:
        return 0.0
    least = min(t.risks[k, X_TRANSITION], 1.0)
    for e in range(p.risks[k, XL_EFFECT_FIRST], p.risks[k, XL_EFFECT_END]):
        for n in range(p.effects[e, FL_SEVERITY_FIRST], p.effects[e, FL_SEVERITY_END]):
            if t.points[n, POINT_MULTIPLE] != 1.0:
                return 0.0
        target = p.strategy_cells[x, p.effects[e, FL_SERVICE]]
        least *= min(t.factors[e, target], t.factors[e, p.cells[target, CL_CURRENT]])
        first, end = p.effects[e, FL_FREQUENCY_FIRST], p.effects[e, FL_FREQUENCY_END]
        least *= smallest_multiple(t.points, first, end)
    # A hair less, so that no order of multiplying can fall below it.
    return min(least * (1.0 - 1e-12), t.risks[k, X_MAXIMUM])


@njit
def bound_multiples(t, p, w):
    """Write bounds of each risk's multiple, its cap included: by view, and over all."""
    for k in range(t.risks.shape[0]):
        w.bound[k] = 0.0
        curves = max(t.risks[k, X_TRANSITION], 1.0)
        effects = range(p.risks[k, XL_EFFECT_FIRST], p.risks[k, XL_EFFECT_END])
        for e in effects:
            first, end = p.effects[e, FL_FREQUENCY_FIRST], p.effects[e, FL_FREQUENCY_END]
            curves *= largest_multiple(t.points, first, end)
        for v in range(p.view_start[k], p.view_start[k + 1]):
            bound = curves
            for e in effects:
                target = p.strategy_cells[p.view_strategy[v], p.effects[e, FL_SERVICE]]
                current = p.cells[target, CL_CURRENT]
                bound *= max(t.factors[e, target], t.factors[e, current])
            # A hair more, so that no order of multiplying can exceed it.
            bound = min(bound * (1.0 + 1e-12), t.risks[k, X_MAXIMUM])
            w.view_bound[v] = bound
            w.view_least[v] = least_multiple(t, p, k, p.view_strategy[v])
            w.bound[k] = max(w.bound[k], bound)


@njit
def cell_in_force(p, w, target, time):
    """Return the cell that delivers a service at `time` when it moves to `target`."""
    current = p.cells[target, CL_CURRENT]
    if target != current and time < w.t_out[target]:
        return current
    return target


@njit
def is_changing(p, w, target, time):
    """Return whether a service is within 90 days of a change of its provider."""
    t_out = w.t_out[target]
    if target != p.cells[target, CL_CURRENT] and t_out <= time < t_out + TRANSITION_YEARS:
        return True
    for v in range(w.n_event.size):
        for n in range(w.n_event[v]):
            since = w.events[v, n, E_TIME]
            if since <= time < since + TRANSITION_YEARS:
                if has_vendor(p, cell_in_force(p, w, target, since), v):
                    return True
    return False


@njit
def exposure(t, p, w, x, v, time):
    """Return E of the compromise of vendor `v`: 1 - product of (1 - access)."""
    hidden = 1.0
    for s in range(p.strategy_cells.shape[1]):
        cell = cell_in_force(p, w, p.strategy_cells[x, s], time)
        for c in range(p.cell_contract_start[cell], p.cell_contract_start[cell + 1]):
            if p.contracts[c, KL_VENDOR] == v:
                hidden *= 1.0 - t.contracts[c, K_ACCESS]
    return 1.0 - hidden


@njit
def is_changing_for(p, w, x, k, time):
    """Return whether a service that risk `k` looks at is within 90 days of a change."""
    for e in range(p.risks[k, XL_EFFECT_FIRST], p.risks[k, XL_EFFECT_END]):
        if is_changing(p, w, p.strategy_cells[x, p.effects[e, FL_SERVICE]], time):
            return True
    v = p.risks[k, XL_VENDOR]
    if v >= 0:
        for s in range(p.strategy_cells.shape[1]):
            target = p.strategy_cells[x, s]
            if has_vendor(p, cell_in_force(p, w, target, time), v):
                if is_changing(p, w, target, time):
                    return True
    return False


@njit
def severity_if_kept(t, p, w, view, k, time, level):
    """Return the severity multiple of a candidate in a view, -1 if it is not kept.

    Parameters
    ----------
    t, p, w : Tables, Links, Work
    view, k : int
        View and its risk.
    time, level : float
        The candidate's time in years and level.

    Returns
    -------
    float
    """
    if level < w.view_least[view]:
        return 1.0
    x, exposed = p.view_strategy[view], 1.0
    if p.has_growth == 1:
        exposed = size_effect(t, p, w, k, size_step(w, time))
    if level >= exposed * w.view_bound[view]:
        return -1.0
    v = p.risks[k, XL_VENDOR]
    if v >= 0:
        exposed *= exposure(t, p, w, x, v, time)
    if level >= exposed * w.view_bound[view]:
        return -1.0
    multiple, severity = 1.0, 1.0
    for e in range(p.risks[k, XL_EFFECT_FIRST], p.risks[k, XL_EFFECT_END]):
        target = p.strategy_cells[x, p.effects[e, FL_SERVICE]]
        cell = cell_in_force(p, w, target, time)
        multiple *= t.factors[e, cell]
        first, end = p.effects[e, FL_FREQUENCY_FIRST], p.effects[e, FL_FREQUENCY_END]
        first_severe, end_severe = p.effects[e, FL_SEVERITY_FIRST], p.effects[e, FL_SEVERITY_END]
        if end > first or end_severe > first_severe:
            if p.effects[e, FL_UNSKILLED] == 1:
                u = unskilled_at(t, p, w, target, cell, time)
            else:
                u = uncovered_at(w, p.pair_index[target, p.strategy_managers[x]], time)
            multiple *= interpolate(t.points, first, end, u)
            severity *= interpolate(t.points, first_severe, end_severe, u)
    calm = level < exposed * min(multiple, t.risks[k, X_MAXIMUM])
    changing = level < exposed * min(multiple * t.risks[k, X_TRANSITION], t.risks[k, X_MAXIMUM])
    if calm == changing:
        return severity if calm else -1.0
    return severity if is_changing_for(p, w, x, k, time) == changing else -1.0


@njit
def draw_losses(t, p, w, path, n, time):
    """Write the loss of every form of candidate `n`, at `time`, before severity multiples.

    The draws are the same in every strategy that keeps the candidate.
    """
    k, point = w.candidate[n, CANDIDATE_RISK], w.candidate[n, CANDIDATE_POINT]
    row = w.candidate[n, CANDIDATE_ROW]
    trend = w.index[PRICE, w.candidate[n, CANDIDATE_YEAR]]
    w.candidate[n, CANDIDATE_DRAWN] = 1
    records, total = 0.0, 0.0
    if p.risks[k, XL_RECORDS] >= 0:
        u = mark_uniform(p, w, path, row, XK_RECORDS, point)
        records = draw_at(t, p, p.risks[k, XL_RECORDS], u)
        records = min(records, t.practice[0, P_RECORDS] * w.size[size_step(w, time)])
    if p.risks[k, XL_TOTAL] >= 0:
        u = mark_uniform(p, w, path, row, XK_TOTAL, point)
        total = draw_at(t, p, p.risks[k, XL_TOTAL], u)
    first = p.risks[k, XL_FORM_FIRST]
    for f in range(first, p.risks[k, XL_FORM_END]):
        w.candidate_loss[n, f - first] = 0.0
        requires = p.forms[f, FO_REQUIRES]
        stream = XK_FORMS + 2 * (f - first)
        w.occurred[f] = 0
        if requires < 0 or w.occurred[requires] == 1:
            probability = form_probability(t, p, f, records)
            if probability >= 1.0 or mark_uniform(p, w, path, row, stream, point) < probability:
                w.occurred[f] = 1
        if w.occurred[f] == 0:
            continue
        if p.forms[f, FO_SHARES_TOTAL] == 1:
            amount = t.forms[f, F_SHARE] * total
        elif p.forms[f, FO_LAW] >= 0:
            u = mark_uniform(p, w, path, row, stream + 1, point)
            amount = draw_at(t, p, p.forms[f, FO_LAW], u)
        else:
            continue
        count = records if p.forms[f, FO_PER_RECORD] == 1 else form_count(t, p, w, f, time)
        amount = min(amount * t.forms[f, F_UNIT_COST] * count, t.forms[f, F_CAP])
        w.candidate_loss[n, f - first] = amount * trend if p.forms[f, FO_TRENDED] == 1 else amount


@njit
def write_losses(p, w, n, severity):
    """Write the loss of every form of candidate `n`, within its year's cap; return their sum."""
    k = w.candidate[n, CANDIDATE_RISK]
    first = p.risks[k, XL_FORM_FIRST]
    gross = 0.0
    for f in range(first, p.risks[k, XL_FORM_END]):
        loss = w.candidate_loss[n, f - first] * severity
        if p.has_yearly_caps == 1:
            loss = min(loss, w.yearly_left[f, w.candidate[n, CANDIDATE_YEAR]])
            w.yearly_left[f, w.candidate[n, CANDIDATE_YEAR]] -= loss
        w.loss[f] = loss
        gross += loss
    return gross


@njit
def form_probability(t, p, f, records):
    """Return the probability of a form: the last step whose bound lies below the records."""
    first, end = p.forms[f, FO_STEP_FIRST], p.forms[f, FO_STEP_END]
    probability = 0.0
    for n in range(first, end):
        if t.steps[n, STEP_ABOVE] < records:
            probability = t.steps[n, STEP_PROBABILITY]
    return probability
