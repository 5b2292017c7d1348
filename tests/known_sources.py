"""Where the expected figures of tests come from that have no reference case, for the page."""

# The title under which a file's checks stand, in the order of the page.
THEMES = {
    "tests/test_closed_forms.py": "Staff, indices, risks and vendors",
    "tests/test_compound_losses.py": "Losses and insurance",
    "tests/measures/test_tail.py": "Percentiles and tails",
    "tests/measures/test_estimators.py": "Order statistics and regret",
    "tests/measures/test_dominance.py": "Dominance",
    "tests/measures/test_lead.py": "Chances of being cheapest",
    "tests/measures/test_information.py": "Value of information",
    "tests/measures/test_input_shares.py": "Sensitivity indices",
    "tests/sensitivity/test_shares.py": "Total effects",
    "tests/sampling/test_designs.py": "Designs of runs",
    "tests/scenario/test_roster.py": "Rosters",
    "tests/distributions/test_laws.py": "Distributions",
    "tests/distributions/test_copula.py": "Correlations",
    "tests/calibrate/test_frequency.py": "Fits of frequencies",
    "tests/calibrate/test_severity.py": "Fits of severities",
    "tests/calibrate/test_survival.py": "Fits of stays",
    "tests/calibrate/test_copula.py": "Fits of dependence",
    "tests/kernels/test_philox.py": "Random numbers",
}

_CLOSED = "tests/test_closed_forms.py::test_"
_LAWS = "tests/distributions/test_laws.py::test_"
_FORMULAS = {
    _CLOSED: {
        "vacancy_approaches_its_long_run_share_year_by_year": "A seat that is left at rate h and "
        "filled after an exponential time of mean f is an alternating renewal process: it is "
        "vacant at t with probability `h f / (1 + h f) (1 - exp(-(h + 1/f) t))`, here averaged "
        "over each year.",
        "long_run_vacancy_whatever_the_time_to_fill_and_tenure_profile": "By the renewal theorem "
        "the long-run vacant share is `h f / (1 + h f)`, whatever the law of the time to fill.",
        "incumbents_in_equilibrium_leave_at_the_long_run_rate_from_the_start": "A renewal process "
        "begun in equilibrium has the constant rate h (Cox, Renewal Theory, 1962).",
        "incumbents_of_known_tenure_leave_by_their_hazard": "`1 - exp(-integral of the hazard)` "
        "from the tenure on; the scale of the hazard by numerical integration.",
        "attrition_follows_the_level_of_its_macro_path": "An autoregression on the log level with "
        "mean-one deviations: `h exp(phi^y start)` in year y.",
        "unfillable_seats_stay_empty": "Filled at once or never: a seat is lost at rate h p, so "
        "it is filled for `(1 - exp(-h p T)) / (h p)` of T years.",
        "presence_is_the_expected_shortfall_by_enumeration": "`E max(P - X, 0) / P` over every "
        "way in which those rostered are or are not sick.",
        "one_post_around_the_clock_is_covered_by_those_who_are_there": "Fewer than one person at a "
        "time: `1 - m (1 - a)`, m people of whom a share a is sick.",
        "indices_are_lognormal_sums_of_an_autoregression": "The log of an index is a sum of a "
        "Gaussian autoregression: mean, variance and covariance by adding up innovations.",
        "compound_poisson_mean_and_variance": "`lambda T E[X]`, `lambda T E[X^2]`, and the Poisson "
        "probabilities of the count.",
        "frailty_makes_counts_negative_binomial_over_the_whole_horizon": "A Poisson count with a "
        "gamma rate is negative binomial (Greenwood and Yule, 1920).",
        "expected_events_are_the_integral_of_the_rate": "Events less the integral of their "
        "intensity are a martingale; the mean follows from the vacant share.",
        "multiple_is_capped_and_factors_belong_to_arrangements": "The rate times the multiple at "
        "the uncovered share, which interpolates linearly and is capped.",
        "rate_is_scaled_by_size_and_multiplied_during_a_change": "`lambda (n / n0)^b`, and the "
        "multiple of a change for 90 days.",
        "compromise_of_a_vendor_is_scaled_by_exposure": "`1 - product of (1 - access)` over the "
        "services that the vendor serves.",
        "renewal_process_of_vendor_failures": "The seat's formula with another clock: failing for "
        "an exponential time after an exponential time.",
    },
    "tests/test_compound_losses.py::test_": {
        "annual_aggregates_of_several_years_are_each_years_own": "The distribution of a year's "
        "ceded losses by a fast Fourier transform (Panjer and Willmot, 1992), cut at the annual "
        "aggregate, years independent.",
    },
    "tests/measures/test_information.py::test_": {
        "evsi__normal_conjugate_closed_form": "A normal prior and n normal measurements: the unit "
        "normal loss integral at the preposterior spread `sqrt(n / (n + 1))`, and the published "
        "figures (Raiffa and Schlaifer, 1961).",
    },
    "tests/sampling/test_designs.py::test_": {
        "nested_variance_of_an_analytic_case": "An uncertain price of standard deviation 100 and, "
        "independent of it, compound Poisson losses of variance `2 lambda m^2`.",
    },
    _LAWS: {
        "truncated_normal_moments_are_the_textbook_ones": "Moments of a normal law truncated at 0 "
        "(Johnson, Kotz and Balakrishnan, 1994).",
        "clipped_pareto_mean_is_the_limited_expected_value": "`E min(X, c)` of a Pareto law "
        "(Klugman, Panjer and Willmot, Loss Models, appendix A).",
        "published_metalog_unbounded": "T. W. Keelin, Decision Analysis 13(4) (2016), section "
        "6.2.1, for the quantiles 35, 50 and 75; moments by quadrature with 30 digits.",
        "published_metalog_bounded": "The same, bounded by 0 and 100.",
        "modified_pert": "Vose's modified PERT is a beta law with `alpha = 1 + gamma (mode - low) "
        "/ (high - low)`; quantiles with 30 digits.",
    },
    "tests/distributions/test_copula.py::test_": {
        "published_conversions": "K. Pearson (1907): `rho = 2 sin(pi rho_S / 6)`.",
        "nearest_correlation_of_highams_example": "N. J. Higham, IMA Journal of Numerical Analysis "
        "22 (2002), section 4, as printed.",
    },
    "tests/calibrate/test_frequency.py::test_": {
        "negative_binomial__published_mites": "C. I. Bliss and R. A. Fisher, Biometrics 9 (1953) "
        "176-200: red mites on apple leaves, as printed.",
        "rank__horse_kicks_are_poisson": "L. von Bortkiewicz (1898): deaths by horse kicks.",
    },
    "tests/calibrate/test_severity.py::test_": {
        "fit_severity__weibull_of_the_published_times": "D. R. Cox and D. Oakes, Analysis of "
        "Survival Data (1984): weeks in remission, with those still in it.",
    },
    "tests/calibrate/test_survival.py::test_": {
        "kaplan_meier__published_table": "E. J. Freireich and others (1963), weeks in remission; "
        "errors as tabulated by D. Collett.",
        "poisson_interval__published_values": "E. S. Pearson and H. O. Hartley, Biometrika Tables "
        "for Statisticians, table 40.",
    },
    "tests/calibrate/test_copula.py::test_": {
        "tail_dependence__published_table": "A. J. McNeil, R. Frey and P. Embrechts, Quantitative "
        "Risk Management (2005), table 5.1, printed to two digits.",
    },
    "tests/kernels/test_philox.py::test_": {
        "known_answers": "J. K. Salmon and others (2011), Random123, known answers of "
        "philox4x32-10.",
    },
}
FORMULAS = {start + name: text for start, own in _FORMULAS.items() for name, text in own.items()}
