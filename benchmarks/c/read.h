/* Reading what export.py wrote, and computing what follows from the numbers alone. */

#ifndef READ_H
#define READ_H

#include "model.h"

static FILE *in;

static void word(const char *expected) {
    char got[32];
    if (fscanf(in, "%31s", got) != 1 || strcmp(got, expected) != 0)
        fail(expected);
}

static int whole(int limit) {
    int value;
    if (fscanf(in, "%d", &value) != 1 || value > limit)
        fail("a whole number is missing or too large");
    return value;
}

static int count(const char *expected, int limit) {
    word(expected);
    return whole(limit);
}

static void numbers(double *to, int n) {
    for (int i = 0; i < n; i++)
        if (fscanf(in, "%lf", to + i) != 1)
            fail("a number is missing");
}

static uint64_t key(void) {
    uint64_t value;
    if (fscanf(in, "%" SCNu64, &value) != 1)
        fail("a key is missing");
    return value;
}

static void read_practice(void) {
    m.years = count("practice", MOST_YEARS);
    m.mid = whole(1);
    numbers(&m.rate, 1);
    numbers(&m.announce, 1);
    word("managers");
    numbers(&m.drift, 1);
    numbers(&m.managers_kept, 1);
    word("hours");
    numbers(&m.hours, 1);
    for (int k = 0; k < 3; k++) {
        double row[4];
        word("macro");
        numbers(row, 4);
        m.mean[k] = row[0], m.phi[k] = row[1], m.sd[k] = row[2], m.start[k] = row[3];
        word("key");
        m.macro_key[k] = key();
    }
    word("cholesky");
    numbers(m.cholesky, 9);
    m.n_break = count("tenure", MOST_BREAKS);
    numbers(m.breaks, m.n_break);
    numbers(m.factors, m.n_break + 1);
}

static void read_people(void) {
    m.n_role = count("roles", MOST_ROLES);
    for (int r = 0; r < m.n_role; r++) {
        Role *role = m.role + r;
        word("role");
        numbers(&role->pay, 14);
        word("laws");
        role->fill = whole(MOST_LAWS - 1);
        role->ramp = whole(MOST_LAWS - 1);
        role->dispersion = whole(MOST_LAWS - 1);
        word("key");
        role->drift_key = key();
    }
    m.n_seat = count("seats", MOST_SEATS);
    for (int i = 0; i < m.n_seat; i++) {
        Seat *seat = m.seat + i;
        seat->role = count("seat", m.n_role - 1);
        word("keys");
        seat->stay = key(), seat->tenure = key(), seat->ramp = key(), seat->pay = key();
    }
}

static void read_vendors(void) {
    m.n_vendor = count("vendors", MOST_VENDORS);
    for (int n = 0; n < m.n_vendor; n++) {
        Vendor *v = m.vendor + n;
        word("vendor");
        numbers(&v->delivered, 16);
        word("laws");
        v->renewal_law = whole(MOST_LAWS - 1);
        v->onboarding_law = whole(MOST_LAWS - 1);
        for (int kind = 0; kind < 3; kind++) {
            v->months_law[kind] = whole(MOST_LAWS - 1);
            v->jump_law[kind] = whole(MOST_LAWS - 1);
        }
        word("keys");
        v->renewal_key = key();
        v->onboarding_key = key();
        for (int kind = 0; kind < 3; kind++)
            v->clock_key[kind] = key(), v->months_key[kind] = key(), v->jump_key[kind] = key();
    }
}

static void read_line(Line *line) {
    line->component = count("line", COST_LINES - 1);
    line->index = whole(2);
    line->twin = whole(1);
    numbers(&line->amount, 2);
}

static void read_cell(Cell *cell) {
    cell->is_current = count("cell", 1);
    numbers(&cell->share, 11);
    cell->oversight_role = count("links", m.n_role - 1);
    cell->overrun = whole(MOST_LAWS - 1);
    cell->n_own = count("own", MOST_SEATS);
    for (int j = 0; j < cell->n_own; j++)
        cell->own[j] = whole(m.n_seat - 1);
    cell->n_displaced = count("displaced", MOST_SEATS);
    for (int j = 0; j < cell->n_displaced; j++) {
        cell->displaced[j] = whole(m.n_seat - 1);
        cell->leaves[cell->displaced[j]] = 1;
    }
    cell->n_contract = count("contracts", MOST_CONTRACTS);
    for (int k = 0; k < cell->n_contract; k++) {
        cell->contract[k].vendor = count("contract", m.n_vendor - 1);
        numbers(&cell->contract[k].fee, 4);
    }
    cell->n_line = count("lines", MOST_LINES);
    for (int n = 0; n < cell->n_line; n++)
        read_line(cell->line + n);
}

static void read_services(void) {
    m.n_service = count("services", MOST_SERVICES);
    for (int s = 0; s < m.n_service; s++) {
        Service *service = m.service + s;
        service->presence = count("service", 1);
        numbers(&service->absence, 3);
        word("key");
        service->key = key();
        for (int v = 0; v < m.n_vendor; v++) {
            word("keys");
            service->vendor_key[v][0] = key(), service->vendor_key[v][1] = key();
        }
    }
    m.n_strategy = count("strategies", MOST_STRATEGIES);
    for (int x = 0; x < m.n_strategy; x++)
        m.managers[x] = count("managers_of", m.n_seat);
    m.managers_now = count("managers_now", m.n_seat);
    for (int s = 0; s < m.n_service; s++)
        read_cell(m.now + s);
    for (int x = 0; x < m.n_strategy; x++)
        for (int s = 0; s < m.n_service; s++)
            read_cell(&m.cell[x][s]);
    m.n_shared = count("shared_lines", MOST_LINES);
    for (int n = 0; n < m.n_shared; n++)
        read_line(m.shared + n);
}

static void read_risks(void) {
    m.n_risk = count("risks", MOST_RISKS);
    for (int k = 0; k < m.n_risk; k++) {
        Risk *risk = m.risk + k;
        risk->vendor = count("risk", m.n_vendor - 1);
        risk->booked = whole(m.n_service);
        risk->frailty = whole(MOST_LAWS - 1);
        risk->total = whole(MOST_LAWS - 1);
        numbers(&risk->rate, 3);
        word("key");
        risk->frailty_key = key();
        risk->slabs = count("slabs", MOST_SLABS);
        for (int n = 0; n < risk->slabs * m.years; n++) {
            word("keys");
            PointKeys *keys = risk->key + n;
            keys->count = key(), keys->time = key(), keys->level = key(), keys->total = key();
        }
        risk->n_effect = count("effects", MOST_EFFECTS);
        for (int e = 0; e < risk->n_effect; e++) {
            Effect *effect = risk->effect + e;
            effect->service = count("effect", m.n_service - 1);
            for (int c = 0; c < 2; c++) {
                effect->n_point[c] = count("points", MOST_POINTS);
                for (int n = 0; n < effect->n_point[c]; n++)
                    numbers(&effect->at[c][n], 1), numbers(&effect->value[c][n], 1);
            }
        }
        risk->n_form = count("forms", MOST_FORMS);
        for (int f = 0; f < risk->n_form; f++) {
            Form *form = risk->form + f;
            form->trended = count("form", 1);
            form->insured = whole(1);
            form->indemnified = whole(1);
            numbers(&form->share, 2);
        }
    }
}

static void read_insurance_and_laws(void) {
    word("insurance");
    numbers(&m.premium, 5);
    m.growth_law = count("links", MOST_LAWS - 1);
    word("key");
    m.growth_key = key();
    m.n_law = count("laws", MOST_LAWS);
    for (int i = 0; i < m.n_law; i++) {
        Law *law = m.law + i;
        law->family = count("law", 99);
        law->table = whole(1 << 30);
        law->table_size = whole(1 << 30);
        numbers(&law->c0, 9);
    }
    int size = count("tables", 1 << 30);
    m.tables = calloc(size + 1, sizeof(double));
    numbers(m.tables, size);
}

/* E[stay] and its derivative in the scale; also notes survival and time stayed at the breaks. */
static void expected_stay(Role *role, double scale, double *slope) {
    double stay = 0.0, survival = 1.0, cumulative = 0.0, tenure = 0.0;
    *slope = 0.0;
    for (int j = 0; j < m.n_break; j++) {
        double rate = scale * m.factors[j];
        double reached = cumulative + m.factors[j] * (m.breaks[j] - tenure);
        double left = own_exp(-scale * reached);
        role->survival[j] = survival;
        role->stayed[j] = (survival - left) / rate;
        stay += role->stayed[j];
        *slope += (reached * left - cumulative * survival) / rate - role->stayed[j] / scale;
        survival = left, cumulative = reached, tenure = m.breaks[j];
    }
    double rate = scale * m.factors[m.n_break];
    role->survival[m.n_break] = survival;
    role->stay = stay + survival / rate;
    *slope -= cumulative * survival / rate + survival / (rate * scale);
}

static void derive_role(Role *role) {
    double most = 0.0, slope;
    for (int j = 0; j <= m.n_break; j++)
        most = most_of(most, m.factors[j]);
    role->scale = role->attrition / most;
    for (int i = 0; i < 60; i++) {
        expected_stay(role, role->scale, &slope);
        double step = (1.0 / role->attrition - role->stay) / slope;
        role->scale += step;
        if (fabs(step) <= 1e-15 * role->scale)
            break;
    }
    expected_stay(role, role->scale, &slope);
    role->vacancy = role->backfill * role->multiple * role->fte;
    for (int i = 0; i < RAMP_STEPS; i++)
        role->work[i] = role->start + (1.0 - role->start) * (i + 0.5) / RAMP_STEPS;
    role->work[RAMP_STEPS] = 1.0;
}

static void derive_cell(const Service *service, Cell *cell) {
    double posts = cell->posts, present = 1.0 - service->sickness;
    if (!service->presence)
        return;
    cell->rostered = m.hours * (1.0 - service->absence) / cell->hours;
    for (int n = 0; n < MOST_ROSTER; n++) {
        double expected = 0.0, probability = 1.0;
        for (int i = 0; i < n; i++)
            probability *= service->sickness;
        for (int x = 0; x <= n && x < posts; x++) {
            expected += (posts - x) * probability;
            probability *= (n - x) / (x + 1.0) * (present / service->sickness);
        }
        cell->shortfall[n] = posts > 0.0 ? expected / posts : 0.0;
    }
}

static void derive(void) {
    double yearly = 1.0 / (1.0 + m.rate), factor = m.mid ? sqrt(yearly) : yearly, variance = 0.0;
    for (int y = 0; y < m.years; y++, factor *= yearly) {
        m.discount[y] = factor;
        variance = m.sd[2] * m.sd[2] + m.phi[2] * m.phi[2] * variance;
        m.attrition_half_variance[y] = 0.5 * variance;
    }
    for (int r = 0; r < m.n_role; r++)
        derive_role(m.role + r);
    for (int s = 0; s < m.n_service; s++) {
        derive_cell(m.service + s, m.now + s);
        for (int x = 0; x < m.n_strategy; x++)
            derive_cell(m.service + s, &m.cell[x][s]);
    }
    for (int k = 0; k < m.n_risk; k++) {
        Risk *risk = m.risk + k;
        risk->bound = most_of(risk->transition, 1.0);
        for (int e = 0; e < risk->n_effect; e++) {
            double largest = 1.0;
            for (int n = 0; n < risk->effect[e].n_point[0]; n++)
                largest = most_of(largest, risk->effect[e].value[0][n]);
            risk->bound *= largest;
        }
        risk->bound = least_of(risk->bound, risk->most);
        int slabs = (int)ceil(risk->bound);
        risk->slabs = slabs < risk->slabs ? slabs : risk->slabs;
    }
}

static void lay_out_rows(void) {
    m.seat_row = 0;
    for (int i = 0; i < m.n_seat; i++) {
        add_row(m.seat[i].tenure, 0);
        add_row(m.seat[i].stay, 1);
    }
    for (int k = 0; k < m.n_risk; k++) {
        Risk *risk = m.risk + k;
        risk->frailty_row = risk->frailty < 0 ? -1 : add_row(risk->frailty_key, 0);
        risk->count_row = m.n_row;
        for (int n = 0; n < risk->slabs * m.years; n++)
            add_row(risk->key[n].count, 0);
    }
    m.n_uniform = m.macro_row = m.n_row;
    for (int k = 0; k < 3; k++)
        for (int y = 0; y < m.years; y++)
            add_row(m.macro_key[k], y + 1);
    for (int r = 0; r < m.n_role; r++) {
        m.role[r].drift_row = m.role[r].drift_sd == 0.0 ? -1 : m.n_row;
        for (int y = 1; m.role[r].drift_sd != 0.0 && y < m.years; y++)
            add_row(m.role[r].drift_key, y + 1);
    }
}

static void read_model(const char *path) {
    in = fopen(path, "r");
    if (in == NULL)
        fail("cannot read the scenario");
    read_practice();
    read_people();
    read_vendors();
    read_services();
    read_risks();
    read_insurance_and_laws();
    fclose(in);
    derive();
    lay_out_rows();
}

#endif
