/* What one service costs under one arrangement, and how much of it nobody delivers. */

#ifndef COSTS_H
#define COSTS_H

#include "vendors.h"

enum { MOST_CHANGES = 1024 };

static double t_out[MOST_STRATEGIES][MOST_SERVICES];

static double time_of_change(const Cell *cell) {
    double ready = 0.0;
    if (cell->is_current)
        return 0.0;
    for (int k = 0; k < cell->n_contract; k++)
        ready = most_of(ready, onboarding(cell->contract[k].vendor));
    return least_of(ready + cell->handover, cell->parallel);
}

static void add_line(const Line *line, double since, double until, Flow flow) {
    add_flow(w.index[line->index], line->amount, most_of(since, line->start), until,
             flow[line->component]);
}

/* A displaced seat: pay until it leaves or `until`, severance then. */
static void part(int i, double until, Flow flow) {
    const Role *role = m.role + m.seat[i].role;
    const double *base = w.base[m.seat[i].role];
    double paid[MOST_YEARS] = {0}, gone = w.seat[i].gone;
    add_flow(base, role->fte, 0.0, least_of(gone, until), paid);
    for (int y = 0; y < m.years; y++) {
        flow[SALARIES][y] += paid[y];
        flow[BENEFITS][y] += role->load * paid[y];
    }
    if (gone > until && until < m.years)
        flow[SEVERANCE][(int)until] += role->weeks / 52.0 * role->fte * base[(int)until];
}

static void add_seat(int i, Flow flow) {
    const SeatPath *seat = w.seat + i;
    double load = m.role[m.seat[i].role].load;
    for (int y = 0; y < m.years; y++) {
        flow[SALARIES][y] += seat->paid[y];
        flow[BENEFITS][y] += load * seat->paid[y];
        flow[RECRUITING][y] += seat->recruiting[y];
        flow[BACKFILL][y] += seat->backfill[y];
    }
}

/* Adds what service s costs when it moves to a cell, but its gap; returns the departures. */
static int cost_cell(int s, const Cell *cell, double out, Flow flow) {
    int departures = 0;
    double stop = least_of(out, m.years);
    for (int j = 0; j < cell->n_own; j++) {
        add_seat(cell->own[j], flow);
        departures += w.seat[cell->own[j]].departures;
    }
    for (int k = 0; k < cell->n_contract; k++) {
        add_fees(cell->contract + k, cell->overlap, flow[VENDOR_FEES]);
        flow[TRANSITION][0] += cell->contract[k].onboarding;
        add_events(s, cell, cell->contract + k, out, flow[TRANSITION]);
    }
    if (cell->oversight != 0.0) {
        double fte = cell->oversight * (1.0 + m.role[cell->oversight_role].load);
        add_flow(w.base[cell->oversight_role], fte, out, m.years, flow[OVERSIGHT]);
    }
    for (int n = 0; n < cell->n_line; n++)
        add_line(cell->line + n, cell->line[n].twin ? out : 0.0, m.years, flow);
    if (cell->is_current)
        return departures;
    for (int j = 0; j < cell->n_displaced; j++) {
        int i = cell->displaced[j];
        const Role *role = m.role + m.seat[i].role;
        if (w.seat[i].gone < stop) {
            departures++;
            add_flow(w.base[m.seat[i].role], role->vacancy, w.seat[i].gone, stop, flow[BACKFILL]);
        }
        part(i, out, flow);
    }
    for (int n = 0; n < m.now[s].n_line; n++)
        add_line(m.now[s].line + n, 0.0, stop, flow);
    if (cell->cost != 0.0)
        flow[TRANSITION][0] += cell->cost * draw_named(cell->overrun, m.service[s].key, 0);
    return departures;
}

static void cost_managers(int n, Flow flow) {
    for (int i = 0; i < n; i++)
        add_seat(i, flow);
    for (int i = n; i < m.managers_now; i++)
        part(i, m.managers_kept, flow);
}

static double shortfall(int presence, const Cell *cell, double heads) {
    if (!presence)
        return cell->posts > 0.0 ? most_of(1.0 - heads / cell->posts, 0.0) : 0.0;
    double rostered = cell->rostered * heads;
    int n = (int)rostered;
    if (n > MOST_ROSTER - 2)
        fail("too many people");
    return cell->shortfall[n] + (cell->shortfall[n + 1] - cell->shortfall[n]) * (rostered - n);
}

static double uncovered(int s, const Cell *cell, double heads, double delivered, double dip) {
    double u = cell->share * shortfall(m.service[s].presence, cell, heads) + cell->gap + dip;
    if (cell->n_contract > 0)
        u += (1.0 - cell->share) * (1.0 - delivered);
    return least_of(u, 1.0);
}

/* Merges sorted changes into a sorted list, from the back. */
static int merge(Change *list, int n, const Change *more, int k) {
    if (n + k > MOST_CHANGES)
        fail("too many changes");
    for (int i = n - 1, j = k - 1, o = n + k - 1; j >= 0; o--)
        list[o] = i >= 0 && list[i].time > more[j].time ? list[i--] : more[j--];
    return n + k;
}

static int merge_managers(Change *list, int n, int managers) {
    if (m.drift == 0.0)
        return n;
    for (int i = 0; i < managers; i++) {
        const SeatPath *seat = w.seat + i;
        double gap = 1.0 - m.role[m.seat[i].role].backfill;
        Change change[2 * MOST_SPELLS];
        int k = 0;
        for (int j = 0; j < seat->n; j++) {
            if (j > 0)
                change[k++] = (Change){seat->spell[j].start, -gap, VACANT};
            if (seat->spell[j].end < m.years)
                change[k++] = (Change){seat->spell[j].end, gap, VACANT};
        }
        n = merge(list, n, change, k);
    }
    return n;
}

static int merge_contract(Change *list, int n, const Contract *contract) {
    const VendorPath *path = w.vendor + contract->vendor;
    Change change[MOST_YEARS + 4 * MOST_EVENTS];
    int k = 0;
    for (int j = 1; j < path->n; j++) {
        double step = path->segment[j].delivered - path->segment[j - 1].delivered;
        if (step != 0.0)
            change[k++] = (Change){path->segment[j].time, contract->scope * step, DELIVERED};
    }
    return merge(list, n, change, k);
}

typedef struct { double heads, vacant, delivered; } State;

/* Adds the integral of u over [start, end) by year, walking its steps in order. */
static void sweep(int s, const Cell *cell, const Change *list, int n, State state, double drift,
                  double start, double end, double dip, double *out) {
    double since = start;
    for (int j = 0; since < end; j++) {
        double until = j < n ? least_of(list[j].time, end) : end;
        if (until > since) {
            double heads = state.heads * (1.0 - drift * state.vacant);
            double u = uncovered(s, cell, heads, state.delivered, dip);
            while (since < until) {
                int y = (int)since;
                double next = least_of(y + 1.0, until);
                out[y] += (next - since) * u;
                since = next;
            }
        }
        if (j >= n)
            break;
        if (list[j].kind == HEADS)
            state.heads += list[j].size;
        else if (list[j].kind == VACANT)
            state.vacant += list[j].size;
        else
            state.delivered += list[j].size;
    }
}

static State state_of(const Cell *cell) {
    State state = {0.0, 0.0, 0.0};
    for (int j = 0; j < cell->n_own; j++)
        state.heads += m.role[m.seat[cell->own[j]].role].fte;
    for (int k = 0; k < cell->n_contract; k++) {
        const Contract *c = cell->contract + k;
        state.delivered += c->scope * w.vendor[c->vendor].segment[0].delivered;
    }
    return state;
}

static int merge_seat(Change *list, int n, int i, double before) {
    int k = w.seat[i].n_change;
    while (k > 0 && w.seat[i].change[k - 1].time >= before)
        k--;
    return merge(list, n, w.seat[i].change, k);
}

/* Writes the integral of u of service s by year when it moves to a cell at `out`. */
static void integrate(int s, const Cell *cell, int managers, double out, double *total) {
    static Change list[MOST_CHANGES];
    double drift = managers > 0 ? m.drift / managers : 0.0, end = m.years;
    int n = 0;
    if (!cell->is_current) {
        const Cell *now = m.now + s;
        double stop = least_of(out, end);
        for (int j = 0; j < now->n_own; j++) {
            int i = now->own[j];
            const Role *role = m.role + m.seat[i].role;
            Change leaves = {w.seat[i].gone, role->fte * (role->backfill - 1.0), HEADS};
            if (!cell->leaves[i])
                n = merge_seat(list, n, i, stop);
            else if (leaves.time < stop)
                n = merge(list, n, &leaves, 1);
        }
        n = merge_managers(list, n, managers);
        sweep(s, now, list, n, state_of(now), drift, 0.0, stop, cell->dip, total);
        n = 0;
    }
    for (int j = 0; j < cell->n_own; j++)
        n = merge_seat(list, n, cell->own[j], end);
    n = merge_managers(list, n, managers);
    for (int k = 0; k < cell->n_contract; k++)
        n = merge_contract(list, n, cell->contract + k);
    double settled = cell->is_current ? 0.0 : least_of(out + cell->dip_years, end);
    if (!cell->is_current)
        sweep(s, cell, list, n, state_of(cell), drift, least_of(out, end), settled, cell->dip,
              total);
    sweep(s, cell, list, n, state_of(cell), drift, settled, end, 0.0, total);
}

/* u of service s under strategy x at a time: looked up for incidents only. */
static double uncovered_at(int x, int s, double time) {
    const Cell *target = &m.cell[x][s], *cell = target;
    int leaving = 0, managers = m.managers[x];
    double out = t_out[x][s], dip = 0.0, heads = 0.0, delivered = 0.0, vacant = 0.0;
    if (!target->is_current) {
        leaving = time < out;
        cell = leaving ? m.now + s : target;
        dip = time < out + target->dip_years ? target->dip : 0.0;
    }
    for (int j = 0; j < cell->n_own; j++) {
        int i = cell->own[j];
        const Role *role = m.role + m.seat[i].role;
        if (leaving && target->leaves[i])
            heads += role->fte * (time < w.seat[i].gone ? 1.0 : role->backfill);
        else
            heads += work_at(role, w.seat + i, time);
    }
    for (int i = 0; i < managers && m.drift != 0.0; i++)
        if (!is_filled(w.seat + i, time))
            vacant += 1.0 - m.role[m.seat[i].role].backfill;
    if (managers > 0)
        heads *= 1.0 - m.drift * vacant / managers;
    for (int k = 0; k < cell->n_contract; k++)
        delivered += cell->contract[k].scope * segment_at(cell->contract[k].vendor, time)->delivered;
    return uncovered(s, cell, heads, delivered, dip);
}

#endif
