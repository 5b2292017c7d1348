/* Incidents by thinning, vendor indemnity and insurance, event by event (model 7). */

#ifndef INCIDENTS_H
#define INCIDENTS_H

#include "costs.h"

enum { MOST_CANDIDATES = 64, MOST_COMPONENTS = COST_LINES + MOST_RISKS };
#define NINETY_DAYS (90.0 / 365.0)

typedef struct { double time, level; int risk, cell, point, year; } Candidate;

/* What is written of a path for each strategy. */
typedef struct {
    double npv, cost[MOST_YEARS], component[MOST_COMPONENTS], service[MOST_SERVICES + 1];
    double uncovered[MOST_SERVICES], departures[MOST_SERVICES], events[MOST_RISKS];
} Result;

static Candidate candidate[MOST_CANDIDATES];
static int n_candidate;
static double premium[MOST_YEARS];

static int poisson(double mu, double u) {
    double term = own_exp(-mu), total = term;
    int k = 0;
    while (total < u && k < 1000) {
        term *= mu / ++k;
        total += term;
    }
    return k;
}

static void add_points(int k, int cell, int count) {
    const Risk *risk = m.risk + k;
    const PointKeys *keys = risk->key + cell;
    for (int i = 0; i < count; i++) {
        double level = cell / m.years + uniform(keys->level, w.path, i);
        if (level >= risk->bound)
            continue;
        if (n_candidate == MOST_CANDIDATES)
            fail("too many incidents");
        int year = cell % m.years, j = n_candidate++;
        double time = year + uniform(keys->time, w.path, i);
        for (; j > 0 && candidate[j - 1].time > time; j--)
            candidate[j] = candidate[j - 1];
        candidate[j] = (Candidate){time, level, k, cell, i, year};
    }
}

static void find_candidates(int g) {
    n_candidate = 0;
    for (int k = 0; k < m.n_risk; k++) {
        const Risk *risk = m.risk + k;
        double rate = risk->rate;
        if (risk->frailty_row >= 0)
            rate *= draw(m.law + risk->frailty, m.tables, w.first[risk->frailty_row][g]);
        for (int cell = 0; cell < risk->slabs * m.years; cell++) {
            double u = w.first[risk->count_row + cell][g];
            if (u > 1.0 - rate)
                add_points(k, cell, poisson(rate, u));
        }
    }
}

static const Cell *in_force(int x, int s, double time) {
    const Cell *target = &m.cell[x][s];
    return !target->is_current && time < t_out[x][s] ? m.now + s : target;
}

static int has_vendor(const Cell *cell, int v) {
    for (int k = 0; k < cell->n_contract; k++)
        if (cell->contract[k].vendor == v)
            return 1;
    return 0;
}

static int is_changing(int x, int s, double time) {
    double out = t_out[x][s];
    if (!m.cell[x][s].is_current && out <= time && time < out + NINETY_DAYS)
        return 1;
    for (int v = 0; v < m.n_vendor; v++)
        for (int n = 0; n < w.vendor[v].n_event; n++) {
            double since = w.vendor[v].event[n].time;
            if (since <= time && time < since + NINETY_DAYS && has_vendor(in_force(x, s, since), v))
                return 1;
        }
    return 0;
}

static double interpolate(const Effect *effect, int curve, double u) {
    const double *at = effect->at[curve], *value = effect->value[curve];
    int last = effect->n_point[curve] - 1;
    if (u <= at[0])
        return value[0];
    for (int n = 1; n <= last; n++)
        if (u <= at[n])
            return value[n - 1] +
                   (u - at[n - 1]) / (at[n] - at[n - 1]) * (value[n] - value[n - 1]);
    return value[last];
}

/* The severity multiple of a candidate that strategy x keeps, -1 of one it does not. */
static double severity_if_kept(int x, const Candidate *c) {
    const Risk *risk = m.risk + c->risk;
    double exposed = 1.0, multiple = 1.0, severity = 1.0;
    int changing = 0;
    if (risk->vendor >= 0) {
        double hidden = 1.0;
        for (int s = 0; s < m.n_service; s++) {
            const Cell *cell = in_force(x, s, c->time);
            for (int k = 0; k < cell->n_contract; k++)
                if (cell->contract[k].vendor == risk->vendor)
                    hidden *= 1.0 - cell->contract[k].access;
        }
        exposed = 1.0 - hidden;
    }
    if (exposed * risk->most <= c->level)
        return -1.0;
    for (int e = 0; e < risk->n_effect; e++) {
        const Effect *effect = risk->effect + e;
        double u = uncovered_at(x, effect->service, c->time);
        multiple *= interpolate(effect, 0, u);
        severity *= interpolate(effect, 1, u);
        changing |= is_changing(x, effect->service, c->time);
    }
    for (int s = 0; risk->vendor >= 0 && s < m.n_service && !changing; s++)
        if (has_vendor(in_force(x, s, c->time), risk->vendor))
            changing = is_changing(x, s, c->time);
    if (changing)
        multiple *= risk->transition;
    return c->level < exposed * least_of(multiple, risk->most) ? severity : -1.0;
}

static void book(Result *out, int service, int component, int y, double amount) {
    double present = m.discount[y] * amount;
    out->component[component] += present;
    out->service[service] += present;
    out->cost[y] += amount;
}

/* What the vendor of a risk owes for an event, before it is split over the forms. */
static double indemnify(int x, const Candidate *c, double owed, double *paid, double *paid_due) {
    const Risk *risk = m.risk + c->risk;
    if (risk->vendor < 0 || owed <= 0.0 || m.vendor[risk->vendor].indemnity == 0.0)
        return 0.0;
    const Vendor *v = m.vendor + risk->vendor;
    const VendorPath *path = w.vendor + risk->vendor;
    for (int n = 0; n < path->n_event; n++)
        if (path->event[n].kind == FAILURE && path->event[n].time <= c->time)
            return 0.0;
    const Segment *segment = segment_at(risk->vendor, c->time);
    double fee = 0.0;
    for (int s = 0; s < m.n_service; s++) {
        const Cell *cell = in_force(x, s, c->time);
        for (int k = 0; k < cell->n_contract; k++)
            if (cell->contract[k].vendor == risk->vendor)
                fee += cell->contract[k].fee * segment->level;
    }
    if (fee <= 0.0)
        return 0.0;
    if (segment->due != *paid_due) {
        *paid = 0.0;
        *paid_due = segment->due;
    }
    double left = v->indemnity_months * fee - *paid;
    double total = most_of(least_of(v->indemnity * owed, left), 0.0);
    *paid += total;
    return total;
}

static void settle(int x, Result *out) {
    double aggregate[MOST_YEARS], paid[MOST_VENDORS] = {0}, paid_due[MOST_VENDORS];
    for (int y = 0; y < m.years; y++)
        aggregate[y] = m.aggregate;
    for (int v = 0; v < m.n_vendor; v++)
        paid_due[v] = -1.0;
    for (int n = 0; n < n_candidate; n++) {
        const Candidate *c = candidate + n;
        const Risk *risk = m.risk + c->risk;
        double severity = severity_if_kept(x, c), loss[MOST_FORMS], gross = 0.0, owed = 0.0;
        if (severity < 0.0)
            continue;
        out->events[c->risk]++;
        double total = draw_named(risk->total, risk->key[c->cell].total, c->point);
        for (int f = 0; f < risk->n_form; f++) {
            const Form *form = risk->form + f;
            loss[f] = least_of(form->share * total, form->cap) * severity;
            loss[f] *= form->trended ? w.index[PRICES][c->year] : 1.0;
            gross += loss[f];
            owed += form->indemnified ? loss[f] : 0.0;
        }
        if (gross == 0.0)
            continue;
        book(out, risk->booked, COST_LINES + c->risk, c->year, gross);
        int v = risk->vendor < 0 ? 0 : risk->vendor;
        double back = indemnify(x, c, owed, paid + v, paid_due + v), covered = 0.0;
        if (back != 0.0)
            book(out, risk->booked, VENDOR_INDEMNITY, c->year, -back);
        for (int f = 0; f < risk->n_form; f++)
            if (risk->form[f].insured)
                covered += loss[f] - (risk->form[f].indemnified ? back * (loss[f] / owed) : 0.0);
        double above = most_of(covered - m.retention, 0.0);
        double recovered = (1.0 - m.coinsurance) * least_of(above, m.limit);
        recovered = least_of(recovered, aggregate[c->year]);
        aggregate[c->year] -= recovered;
        if (recovered != 0.0)
            book(out, m.n_service, INSURANCE_RECOVERY, c->year, -recovered);
    }
}

static void price_premiums(void) {
    premium[0] = m.premium;
    for (int y = 1; y < m.years; y++)
        premium[y] = premium[y - 1] * (1.0 + draw_named(m.growth_law, m.growth_key, y + 1));
}

#endif
