/* The numbers of a scenario, as export.py writes them, and what follows from them alone. */

#ifndef MODEL_H
#define MODEL_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "random.h"

enum { MOST_YEARS = 10, MOST_ROLES = 12, MOST_SEATS = 32, MOST_VENDORS = 6, MOST_SERVICES = 6 };
enum { MOST_STRATEGIES = 6, MOST_LINES = 6, MOST_CONTRACTS = 3, MOST_RISKS = 4, MOST_FORMS = 8 };
enum { MOST_EFFECTS = 4, MOST_POINTS = 6, MOST_SLABS = 4, MOST_BREAKS = 4, MOST_LAWS = 128 };
enum { MOST_ROSTER = 32, MOST_ROWS = 256, RAMP_STEPS = 8 };
enum { WAGE, PRICE, ATTRITION };
enum { FAILURE, ACQUISITION, SWITCH };
enum {
    SALARIES, BENEFITS, RECRUITING, TRAINING, BACKFILL, TOOLS, VENDOR_FEES, OVERSIGHT,
    TRANSITION, SEVERANCE, COVERAGE_GAP, PROJECTS, INSURANCE_PREMIUM, INSURANCE_RECOVERY,
    VENDOR_INDEMNITY, COST_LINES
};

typedef struct {
    double pay, fte, attrition, drift, drift_sd, premium, unfillable, start, flat, share;
    double backfill, multiple, weeks, load;
    int fill, ramp, dispersion;
    uint64_t drift_key;
    /* Derived: hazard at tenure factor 1, E[stay], survival and time stayed at the breaks,
       backfill cost per year and unit of pay, productivity on each step of the ramp. */
    double scale, stay, survival[MOST_BREAKS + 1], stayed[MOST_BREAKS];
    double vacancy, work[RAMP_STEPS + 1];
    int drift_row;
} Role;

typedef struct {
    int role;
    uint64_t stay, tenure, ramp, pay;
} Seat;

typedef struct {
    double delivered, term, renewal, fixed, spread, floor, cap, exit_share, indemnity;
    double indemnity_months, credit, rate[3], part[2];
    int renewal_law, onboarding_law, months_law[3], jump_law[3];
    uint64_t renewal_key, onboarding_key, clock_key[3], months_key[3], jump_key[3];
} Vendor;

typedef struct {
    int presence;
    double absence, sickness, gap_cost;
    uint64_t key, vendor_key[MOST_VENDORS][2];
} Service;

typedef struct { int vendor; double fee, onboarding, access, scope; } Contract;

typedef struct { int component, index, twin; double amount, start; } Line;

typedef struct {
    int is_current;
    double share, posts, hours, gap, overlap, oversight, cost, handover, parallel, dip, dip_years;
    int oversight_role, overrun, n_own, own[MOST_SEATS], n_displaced, displaced[MOST_SEATS];
    int n_contract, n_line;
    Contract contract[MOST_CONTRACTS];
    Line line[MOST_LINES];
    int leaves[MOST_SEATS];
    double rostered, shortfall[MOST_ROSTER];
} Cell;

typedef struct { int service, n_point[2]; double at[2][MOST_POINTS], value[2][MOST_POINTS]; } Effect;

typedef struct { int trended, insured, indemnified; double share, cap; } Form;

typedef struct { uint64_t count, time, level, total; } PointKeys;

typedef struct {
    int vendor, booked, frailty, total, slabs, n_effect, n_form, frailty_row, count_row;
    double rate, most, transition, bound;
    uint64_t frailty_key;
    PointKeys key[MOST_SLABS * MOST_YEARS];
    Effect effect[MOST_EFFECTS];
    Form form[MOST_FORMS];
} Risk;

static struct {
    int years, mid, n_break, n_role, n_seat, n_vendor, n_service, n_strategy, n_shared, n_risk;
    int n_law, managers[MOST_STRATEGIES], managers_now, growth_law, seat_row, macro_row;
    double rate, announce, drift, managers_kept, hours, mean[3], phi[3], sd[3], start[3];
    double cholesky[9], breaks[MOST_BREAKS], factors[MOST_BREAKS + 1], discount[MOST_YEARS];
    double attrition_half_variance[MOST_YEARS];
    double premium, retention, limit, aggregate, coinsurance;
    uint64_t macro_key[3], growth_key;
    Role role[MOST_ROLES];
    Seat seat[MOST_SEATS];
    Vendor vendor[MOST_VENDORS];
    Service service[MOST_SERVICES];
    Cell now[MOST_SERVICES], cell[MOST_STRATEGIES][MOST_SERVICES];
    Line shared[MOST_LINES];
    Risk risk[MOST_RISKS];
    Law law[MOST_LAWS];
    double *tables;
    /* The uniforms that every path needs: their streams, and from where on they are normals. */
    int n_row, n_uniform;
    uint64_t row_key[MOST_ROWS], row_step[MOST_ROWS];
} m;

static void fail(const char *what) {
    fprintf(stderr, "%s\n", what);
    exit(1);
}

static int add_row(uint64_t key, uint64_t step) {
    if (m.n_row == MOST_ROWS)
        fail("too many uniforms");
    m.row_key[m.n_row] = key;
    m.row_step[m.n_row] = step;
    return m.n_row++;
}

#endif
