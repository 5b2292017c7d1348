/* The benchmark scenario in scalar C: bench MODEL FIRST PATHS [OUT]

   Prints the seconds that the paths took, results in memory; with OUT also writes them there, as
   doubles: for each path and strategy npv, cost by year, component_npv, service_npv, uncovered,
   departures and events. The structure of the model is here, its numbers are in MODEL. */

#include <time.h>

#include "incidents.h"
#include "read.h"

static void clear_result(Result *out) { memset(out, 0, sizeof(*out)); }

/* Adds a service's flows to its strategy's years and components. */
static void add_flows(Result *out, int service, Flow flow) {
    double total = 0.0;
    for (int c = 0; c < PROJECTS; c++) {
        double present = 0.0;
        for (int y = 0; y < m.years; y++) {
            present += m.discount[y] * flow[c][y];
            out->cost[y] += flow[c][y];
        }
        out->component[c] += present;
        total += present;
    }
    out->service[service] += total;
}

static void run_strategy(int x, Result *out) {
    clear_result(out);
    for (int s = 0; s < m.n_service; s++) {
        const Cell *cell = &m.cell[x][s];
        Flow flow = {{0}};
        double without[MOST_YEARS] = {0}, total = 0.0;
        t_out[x][s] = time_of_change(cell);
        out->departures[s] = cost_cell(s, cell, t_out[x][s], flow);
        integrate(s, cell, m.managers[x], t_out[x][s], without);
        for (int y = 0; y < m.years; y++) {
            total += without[y];
            flow[COVERAGE_GAP][y] = m.service[s].gap_cost * without[y] * w.index[WAGES][y];
        }
        out->uncovered[s] = total / m.years;
        add_flows(out, s, flow);
    }
    Flow flow = {{0}};
    cost_managers(m.managers[x], flow);
    for (int n = 0; n < m.n_shared; n++)
        add_line(m.shared + n, 0.0, m.years, flow);
    add_flows(out, m.n_service, flow);
    for (int y = 0; y < m.years; y++)
        book(out, m.n_service, INSURANCE_PREMIUM, y, premium[y]);
    if (n_candidate > 0)
        settle(x, out);
    for (int c = 0; c < COST_LINES + m.n_risk; c++)
        out->npv += out->component[c];
}

static double *write_row(const Result *r, double *out) {
    *out++ = r->npv;
    for (int y = 0; y < m.years; y++)
        *out++ = r->cost[y];
    for (int c = 0; c < COST_LINES + m.n_risk; c++)
        *out++ = r->component[c];
    for (int s = 0; s <= m.n_service; s++)
        *out++ = r->service[s];
    for (int s = 0; s < m.n_service; s++)
        *out++ = r->uncovered[s];
    for (int s = 0; s < m.n_service; s++)
        *out++ = r->departures[s];
    for (int k = 0; k < m.n_risk; k++)
        *out++ = r->events[k];
    return out;
}

static void run(uint64_t first, long paths, double *out) {
    static Result result;
    for (int y = 0; y < m.years; y++)
        w.index[UNINDEXED][y] = 1.0;
    for (long done = 0; done < paths; done += GROUP) {
        int n = paths - done < GROUP ? (int)(paths - done) : GROUP;
        draw_first(first + done, n);
        for (int g = 0; g < n; g++) {
            w.path = first + done + g;
            walk_indices(g);
            for (int i = 0; i < m.n_seat; i++)
                walk_seat(i, g);
            for (int v = 0; v < m.n_vendor; v++)
                walk_vendor(v);
            find_candidates(g);
            price_premiums();
            for (int x = 0; x < m.n_strategy; x++) {
                run_strategy(x, &result);
                out = write_row(&result, out);
            }
        }
    }
}

int main(int argc, char **argv) {
    if (argc < 4)
        fail("usage: bench MODEL FIRST PATHS [OUT]");
    read_model(argv[1]);
    uint64_t first = strtoull(argv[2], NULL, 10);
    long paths = strtol(argv[3], NULL, 10);
    size_t width = 1 + m.years + COST_LINES + 2 * m.n_risk + 3 * m.n_service + 1;
    size_t size = (size_t)paths * m.n_strategy * width;
    double *out = malloc(size * sizeof(double));
    if (out == NULL)
        fail("not enough memory");
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    run(first, paths, out);
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("%.9f\n", (end.tv_sec - start.tv_sec) + 1e-9 * (end.tv_nsec - start.tv_nsec));
    if (argc > 4) {
        FILE *file = fopen(argv[4], "wb");
        if (file == NULL || fwrite(out, sizeof(double), size, file) != size || fclose(file) != 0)
            fail("cannot write the results");
    }
    free(out);
    return 0;
}
