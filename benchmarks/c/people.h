/* Indices, seats and their pay; the changes of a seat's productivity (model 3 and 4). */

#ifndef PEOPLE_H
#define PEOPLE_H

#include "model.h"

enum { GROUP = 32, MOST_SPELLS = 16, SEAT_CHANGES = MOST_SPELLS * 10, MOST_EVENTS = 12 };
enum { HEADS, VACANT, DELIVERED };

typedef struct { double start, end, ramp, pay; } Spell;

typedef struct { double time, size; int kind; } Change;

typedef struct {
    int n, n_change, departures;
    double gone;
    Spell spell[MOST_SPELLS];
    double paid[MOST_YEARS], recruiting[MOST_YEARS], backfill[MOST_YEARS];
    Change change[SEAT_CHANGES];
} SeatPath;

typedef struct { double time, level, delivered, due; int failing; } Segment;

typedef struct { double time, level, due, months; int kind, number; } VendorEvent;

typedef struct {
    int n, n_event, onboarding_known;
    double onboarding;
    Segment segment[MOST_YEARS + 4 * MOST_EVENTS];
    VendorEvent event[MOST_EVENTS];
} VendorPath;

typedef double Flow[COST_LINES][MOST_YEARS];

static struct {
    double first[MOST_ROWS][GROUP];
    uint64_t path;
    double growth[MOST_YEARS], index[4][MOST_YEARS], base[MOST_ROLES][MOST_YEARS];
    double level[MOST_YEARS];
    SeatPath seat[MOST_SEATS];
    VendorPath vendor[MOST_VENDORS];
} w;

/* index[0] is 1, index[1] wages, index[2] prices: the order in which lines name them. */
enum { UNINDEXED, WAGES, PRICES };

static inline double draw_named(int law, uint64_t key, uint64_t step) {
    if (m.law[law].family == CONSTANT)
        return m.law[law].c0;
    return draw(m.law + law, m.tables, uniform(key, w.path, step));
}

static void draw_first(uint64_t first_path, int n) {
    for (int row = 0; row < m.n_row; row++) {
        uint64_t key = m.row_key[row], step = m.row_step[row];
        for (int g = 0; g < GROUP; g++)
            w.first[row][g] = uniform(key, first_path + g, step);
    }
    for (int row = m.n_uniform; row < m.n_row; row++)
        for (int g = 0; g < n; g++)
            w.first[row][g] = normal_quantile(w.first[row][g]);
}

static void walk_indices(int g) {
    for (int k = 0; k < 3; k++) {
        double state = m.start[k], level = 1.0;
        for (int y = 0; y < m.years; y++) {
            double shock = 0.0;
            for (int j = 0; j <= k; j++)
                shock += m.cholesky[3 * k + j] * w.first[m.macro_row + j * m.years + y][g];
            state = m.mean[k] + m.phi[k] * (state - m.mean[k]) + m.sd[k] * shock;
            if (k == ATTRITION) {
                w.level[y] = own_exp(state - m.attrition_half_variance[y]);
                continue;
            }
            level *= y > 0 ? own_exp(state) : 1.0;
            w.index[k == WAGE ? WAGES : PRICES][y] = level;
            if (k == PRICE)
                w.growth[y] = state;
        }
    }
    for (int r = 0; r < m.n_role; r++) {
        const Role *role = m.role + r;
        double level = 1.0;
        for (int y = 0; y < m.years; y++) {
            if (y > 0 && role->drift_row >= 0)
                level *= own_exp(role->drift + role->drift_sd * w.first[role->drift_row + y - 1][g]);
            else if (y > 0 && role->drift != 0.0)
                level *= own_exp(role->drift);
            w.base[r][y] = role->pay * w.index[WAGES][y] * level;
        }
    }
}

static double equilibrium_tenure(const Role *role, double u) {
    double wanted = u * role->stay, since = 0.0;
    int j = 0;
    for (; j < m.n_break && wanted > role->stayed[j]; j++) {
        wanted -= role->stayed[j];
        since = m.breaks[j];
    }
    double rate = role->scale * m.factors[j];
    double left = 1.0 - wanted * rate / role->survival[j];
    return left > 0.0 ? since - own_log(left) / rate : INFINITY;
}

static double stay_end(double start, double tenure, double threshold, double rate) {
    int y = (int)start, piece = 0;
    double t = start, age = tenure, left = threshold;
    while (piece < m.n_break && m.breaks[piece] <= age)
        piece++;
    while (y < m.years) {
        double hazard = rate * m.factors[piece] * w.level[y];
        double to_year = (y + 1.0) - t;
        double to_piece = piece < m.n_break ? m.breaks[piece] - age : INFINITY;
        double used = hazard * least_of(to_year, to_piece);
        if (used >= left)
            return t + left / hazard;
        left -= used;
        if (to_piece < to_year) {
            age = m.breaks[piece++];
            t += to_piece;
            continue;
        }
        age += to_year;
        if (to_piece == to_year)
            age = m.breaks[piece++];
        t = ++y;
    }
    return INFINITY;
}

static double time_to_fill(const Role *role, double u) {
    if (u > 1.0 - role->unfillable)
        return INFINITY;
    return draw(m.law + role->fill, m.tables, u / (1.0 - role->unfillable)) / 365.0;
}

/* Adds scale * index per year over [start, end) to the years it falls in. */
static inline void add_flow(const double *index, double scale, double start, double end,
                            double *out) {
    double t = start, stop = least_of(end, m.years);
    while (t < stop) {
        int y = (int)t;
        double until = least_of(y + 1.0, stop);
        out[y] += (until - t) * scale * index[y];
        t = until;
    }
}

static inline void note(SeatPath *seat, double time, double size) {
    seat->change[seat->n_change++] = (Change){time, size, HEADS};
}

/* The steps of a spell's productivity, from its first day (if not 0) to its end. */
static void note_spell(SeatPath *seat, const Role *role, const Spell *spell) {
    int step = spell->ramp > 0.0 ? 0 : RAMP_STEPS;
    double stop = least_of(spell->end, m.years);
    if (spell->start > 0.0)
        note(seat, spell->start, role->fte * (role->work[step] - role->backfill));
    for (; step < RAMP_STEPS; step++) {
        double time = spell->start + spell->ramp * (step + 1) / RAMP_STEPS;
        if (time >= stop)
            break;
        note(seat, time, role->fte * (role->work[step + 1] - role->work[step]));
    }
    if (spell->end < m.years)
        note(seat, spell->end, role->fte * (role->backfill - role->work[step]));
}

static void cost_spell(SeatPath *seat, int r, const Spell *spell, double vacant) {
    const Role *role = m.role + r;
    double scale = role->fte * spell->pay;
    add_flow(w.base[r], scale, spell->start, spell->end, seat->paid);
    if (spell->start == 0.0)
        return;
    int y = (int)spell->start;
    seat->recruiting[y] += role->flat * w.index[PRICES][y] + role->share * scale * w.base[r][y];
    add_flow(w.base[r], role->vacancy, vacant, spell->start, seat->backfill);
}

static void walk_seat(int i, int g) {
    const Seat *keys = m.seat + i;
    const Role *role = m.role + keys->role;
    SeatPath *seat = w.seat + i;
    int row = m.seat_row + 2 * i;
    memset(seat->paid, 0, sizeof(seat->paid));
    memset(seat->recruiting, 0, sizeof(seat->recruiting));
    memset(seat->backfill, 0, sizeof(seat->backfill));
    seat->n_change = seat->departures = 0;
    double tenure = equilibrium_tenure(role, w.first[row][g]);
    double threshold = -own_log(w.first[row + 1][g]), vacant = 0.0;
    Spell *spell = seat->spell;
    *spell = (Spell){0.0, stay_end(0.0, tenure, threshold, role->scale), 0.0, 1.0};
    seat->gone = stay_end(0.0, tenure, threshold, role->scale * m.announce);
    int k = 0;
    for (;;) {
        note_spell(seat, role, spell);
        cost_spell(seat, keys->role, spell, vacant);
        k++;
        if (spell->end >= m.years)
            break;
        seat->departures++;
        vacant = spell->end;
        double start = vacant + time_to_fill(role, uniform(keys->stay, w.path, 2 * k));
        if (start >= m.years) {
            add_flow(w.base[keys->role], role->vacancy, vacant, m.years, seat->backfill);
            break;
        }
        if (k == MOST_SPELLS)
            fail("too many spells");
        spell++;
        threshold = -own_log(uniform(keys->stay, w.path, 2 * k + 1));
        spell->start = start;
        spell->end = stay_end(start, 0.0, threshold, role->scale);
        spell->ramp = draw_named(role->ramp, keys->ramp, k) / 12.0;
        spell->pay = draw_named(role->dispersion, keys->pay, k) * (1.0 + role->premium);
    }
    seat->n = k;
}

/* What a seat delivers at a time: the sum of its changes so far, of one FTE at the start. */
static double work_at(const Role *role, const SeatPath *seat, double time) {
    double work = role->fte;
    for (int n = 0; n < seat->n_change && seat->change[n].time <= time; n++)
        work += seat->change[n].size;
    return work;
}

static int is_filled(const SeatPath *seat, double time) {
    for (int k = seat->n - 1; k >= 0; k--)
        if (time >= seat->spell[k].start)
            return time < seat->spell[k].end;
    return 0;
}

#endif
