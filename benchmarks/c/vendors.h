/* Vendors: one timeline each of fee level, delivered share and events (model 5). */

#ifndef VENDORS_H
#define VENDORS_H

#include "people.h"

static double next_event(const Vendor *v, int kind, int number, double since) {
    if (v->rate[kind] <= 0.0)
        return INFINITY;
    return since - own_log(uniform(v->clock_key[kind], w.path, number)) / v->rate[kind];
}

static double escalator(const Vendor *v, double growth) {
    if (v->fixed == v->fixed)
        return v->fixed;
    double rise = own_exp(growth) - 1.0 + v->spread;
    return least_of(most_of(rise, v->floor), v->cap);
}

static void walk_vendor(int number) {
    const Vendor *v = m.vendor + number;
    VendorPath *out = w.vendor + number;
    double due = v->term > 0.0 ? v->renewal : INFINITY, level = 1.0, until[2] = {0.0, 0.0};
    double next[3], last = -1.0;
    int count[3] = {0, 0, 0}, renewals = 0, year = 0;
    for (int kind = 0; kind < 3; kind++)
        next[kind] = next_event(v, kind, 0, 0.0);
    out->n = out->n_event = out->onboarding_known = 0;
    for (;;) {
        double end = until[0] > last ? until[0] : INFINITY;
        end = until[1] > last && until[1] < end ? until[1] : end;
        double now = least_of(least_of(year, end), least_of(next[0], least_of(next[1], next[2])));
        if (now >= m.years)
            break;
        if (out->n_event == MOST_EVENTS || out->n == MOST_YEARS + 4 * MOST_EVENTS)
            fail("too many vendor events");
        if (year == now) {
            if (year > 0) {
                level *= 1.0 + escalator(v, w.growth[year]);
                double limit = 12.0 * year + 1e-9;
                if (due <= limit)
                    level *= 1.0 + draw_named(v->renewal_law, v->renewal_key, renewals++);
                while (due <= limit)
                    due += v->term;
            }
            year++;
        } else if (end != now) {
            int kind = next[FAILURE] == now ? FAILURE : next[ACQUISITION] == now ? ACQUISITION : SWITCH;
            int n = count[kind]++;
            double months = draw_named(v->months_law[kind], v->months_key[kind], n);
            double over = now + months / 12.0;
            if (kind != ACQUISITION)
                out->event[out->n_event++] = (VendorEvent){now, level, due, months, kind, n};
            level *= 1.0 + draw_named(v->jump_law[kind], v->jump_key[kind], n);
            if (kind != ACQUISITION)
                due = v->term > 0.0 ? 12.0 * now + v->term : INFINITY;
            if (kind != SWITCH)
                until[kind] = over;
            next[kind] = next_event(v, kind, n + 1, over);
        }
        double delivered = v->delivered;
        if (now < until[ACQUISITION])
            delivered = least_of(delivered, v->part[ACQUISITION]);
        if (now < until[FAILURE])
            delivered = least_of(delivered, v->part[FAILURE]);
        out->segment[out->n++] = (Segment){now, level, delivered, due, now < until[FAILURE]};
        last = now;
    }
}

static double onboarding(int v) {
    VendorPath *vendor = w.vendor + v;
    if (!vendor->onboarding_known) {
        const Vendor *row = m.vendor + v;
        vendor->onboarding = draw_named(row->onboarding_law, row->onboarding_key, 0) / 12.0;
        vendor->onboarding_known = 1;
    }
    return vendor->onboarding;
}

static const Segment *segment_at(int v, double time) {
    int n = w.vendor[v].n - 1;
    while (n > 0 && w.vendor[v].segment[n].time > time)
        n--;
    return w.vendor[v].segment + n;
}

static void add_fees(const Contract *contract, double overlap, double *out) {
    const Vendor *v = m.vendor + contract->vendor;
    const VendorPath *path = w.vendor + contract->vendor;
    for (int n = 0; n < path->n; n++) {
        const Segment *s = path->segment + n;
        double until = n + 1 < path->n ? s[1].time : m.years, share = 1.0 + overlap;
        if (s->delivered < v->delivered && !s->failing)
            share -= v->credit;
        out[(int)s->time] += (until - s->time) * (12.0 * contract->fee * s->level * share);
    }
}

static double months_left(double due, double time, double paid_on) {
    return due < INFINITY ? most_of(due - 12.0 * time - paid_on, 0.0) : 0.0;
}

/* What failures and switches of a contract's vendor cost once the target is in force. */
static void add_events(int s, const Cell *cell, const Contract *contract, double since,
                       double *out) {
    const VendorPath *path = w.vendor + contract->vendor;
    for (int n = 0; n < path->n_event; n++) {
        const VendorEvent *e = path->event + n;
        if (e->time < since)
            continue;
        int y = (int)e->time;
        if (cell->cost != 0.0) {
            uint64_t key = m.service[s].vendor_key[contract->vendor][e->kind == SWITCH];
            double overrun = draw_named(cell->overrun, key, e->number);
            out[y] += cell->cost * overrun * w.index[PRICES][y];
        }
        if (e->kind == SWITCH) {
            double fee = contract->fee * e->level;
            out[y] += m.vendor[contract->vendor].exit_share * fee *
                      months_left(e->due, e->time, e->months);
            add_flow(w.index[UNINDEXED], 12.0 * fee, e->time, e->time + e->months / 12.0, out);
        }
    }
}

#endif
