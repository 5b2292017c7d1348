"""Columns of the tables a program is made of (`hcrisk.kernels.tables`).

They are given once, here, for the program that fills the tables and the kernels that read them.
"""

from __future__ import annotations

MONTHS_PER_YEAR = 12.0
DAYS_PER_YEAR = 365.0
WEEKS_PER_YEAR = 52.0
RAMP_STEPS = 8
TRANSITION_YEARS = 90.0 / DAYS_PER_YEAR

# practice, one row
(
    P_RATE,
    P_ANNOUNCE,
    P_HOURS,
    P_PROVIDERS,
    P_RECORDS,
    P_DRIFT,
    P_MANAGER_PARALLEL,
    P_REVENUE,
    P_SITES,
) = range(9)
PRACTICE_WIDTH = 9

# macro, rows wage, price, attrition
(M_MEAN, M_PHI, M_SD, M_START) = range(4)
MACRO_WIDTH = 4
WAGE, PRICE, ATTRITION = range(3)
# the fourth row of the index paths is always 1
CONSTANT_MONEY = 3

# growth, one row
(GR_RATE, GR_ACQUISITION) = range(2)
GROWTH_WIDTH = 2
(GK_TIME, GK_SIZE) = range(2)
# peaks of the demand on a service, in months: when they begin, how long they last, from one to
# the next
(PK_START, PK_LENGTH, PK_EVERY) = range(3)
# rules by which seats and posts follow the size: how many today, not rounded, and at least
(RU_TODAY, RU_LEAST) = range(2)

# roles
(
    R_PAY,
    R_FTE,
    R_RATE,
    R_DRIFT,
    R_DRIFT_SD,
    R_PREMIUM,
    R_RAISE,
    R_ELASTICITY,
    R_UNFILLABLE,
    R_START,
    R_FLAT,
    R_SHARE,
    R_BACKFILL,
    R_MULTIPLE,
    R_WEEKS,
    R_LOAD,
    R_SKILL,
    R_FALLBACK,
    R_FALLBACK_SHARE,
    R_FALLBACK_MULTIPLE,
    R_KEY_DIP,
    R_KEY_MONTHS,
) = range(22)
ROLE_WIDTH = 22
(RL_DISPERSION, RL_FILL, RL_RAMP) = range(3)

# seats: numbers and links
S_TENURE = 0
SEAT_WIDTH = 1
(
    SL_ROLE,
    SL_INCUMBENT,
    SL_FIRST,
    SL_DISPLACED,
    SL_OPEN,
    SL_RULE,
    SL_NUMBER,
    SL_FILL,
) = range(8)
SEAT_LINKS = 8
(SK_STAY, SK_RAMP, SK_PAY, SK_TENURE) = range(4)
# In place of a ramp: nobody holds the seat because nobody is wanted.
CLOSED = -1.0

# services
(V_ABSENCE, V_SICKNESS, V_GAP_RATE, V_POST_HOURS, V_STAKE, V_SKILLS) = range(6)
SERVICE_WIDTH = 6

# cells: one row for each arrangement of each service
(
    C_SHARE,
    C_POSTS,
    C_HOURS,
    C_GAP,
    C_OVERLAP,
    C_OVERSIGHT,
    C_COST,
    C_HANDOVER,
    C_PARALLEL,
    C_DIP,
    C_DIP_MONTHS,
    C_NEED,
    C_CAPABILITY,
    C_UNMANAGED,
    C_CALL_HOURS,
    C_CALL_EFFECT,
    C_CALL_PEOPLE,
    C_STIPEND,
) = range(18)
CELL_WIDTH = 18
(
    CL_SERVICE,
    CL_CURRENT,
    CL_UNFUNDED,
    CL_PRESENCE,
    CL_OVERSIGHT_ROLE,
    CL_OVERRUN,
    CL_PER_SITE,
    CL_ON_CALL,
) = range(8)
CELL_LINKS = 8

# what leaves with a person: since when it is lacking, until when, and how much
(LS_SINCE, LS_UNTIL, LS_SHARE) = range(3)
LOSS_WIDTH = 3

# contracts
(K_FIXED, K_MINIMUM, K_ONBOARDING, K_ACCESS, K_SCOPE, K_QUALITY, K_SKILLS) = range(7)
# Pairs of a price and how many there are of what it is for.
(K_USER, K_ENDPOINT, K_PROVIDER, K_SITE, K_CLAIM, K_COLLECTIONS) = range(7, 19, 2)
CONTRACT_WIDTH = 19
(BAND_FROM, BAND_PRICE) = range(2)
(KL_CELL, KL_VENDOR) = range(2)

# cost lines
(L_AMOUNT, L_COUNT, L_START, L_EVERY) = range(4)
LINE_WIDTH = 4
(LL_COMPONENT, LL_INDEX, LL_PER_HIRE, LL_GROWS, LL_CELL) = range(5)
LINE_LINKS = 5
# What a line follows as the practice grows.
(FOLLOWS_NOTHING, FOLLOWS_SIZE, FOLLOWS_FTE) = range(3)

# projects
(
    J_BUDGET,
    J_START,
    J_STRETCH,
    J_STALL,
    J_FINISH_SHARE,
    J_FINISH_COST,
    J_PURCHASE,
    J_SUBSCRIPTION,
    J_UPKEEP,
    J_GROWTH,
) = range(10)
PROJECT_WIDTH = 10
# Index, name, rows of uniforms, draws.
(JL_INDEX, JL_NAME, JL_STALLS, JL_FINISH, JL_RATIO, JL_DURATION, JL_MONTHS) = range(7)

# vendors
(
    D_DELIVERED,
    D_TERM,
    D_RENEWAL,
    D_FIXED,
    D_SPREAD,
    D_FLOOR,
    D_CAP,
    D_NOTICE,
    D_EXIT,
    D_INDEMNITY,
    D_INDEMNITY_MONTHS,
    D_CREDIT,
    D_FAILURE_RATE,
    D_FAILURE_DELIVERED,
    D_ACQUISITION_RATE,
    D_ACQUISITION_DELIVERED,
    D_SWITCH_RATE,
) = range(17)
VENDOR_WIDTH = 17
# laws, and keys, of a vendor; the three event kinds are triples (clock, months, fee jump)
(DK_RENEWAL, DK_ONBOARDING, DK_FAILURE, DK_ACQUISITION, DK_SWITCH, DK_WAIT) = (0, 1, 2, 5, 8, 11)
# First failure, acquisition and switch of a vendor.
N_CLOCK = 3
VENDOR_KEYS = 12
(FAILURE, ACQUISITION, SWITCH) = range(3)

# segments of a vendor's timeline, and its log of failures and switches
(T_TIME, T_LEVEL, T_DELIVERED, T_DUE, T_FAILING) = range(5)
SEGMENT_WIDTH = 5
(E_TIME, E_KIND, E_NUMBER, E_LEVEL, E_DUE, E_LENGTH) = range(6)
EVENT_WIDTH = 6

# risks
(X_FREQUENCY, X_REFERENCE, X_EXPONENT, X_SHAPE, X_MAXIMUM, X_TRANSITION, X_TREND) = range(7)
RISK_WIDTH = 7
(
    XL_VENDOR,
    XL_BOOKED,
    XL_RECORDS,
    XL_TOTAL,
    XL_FORM_FIRST,
    XL_FORM_END,
    XL_EFFECT_FIRST,
    XL_EFFECT_END,
    XL_SLABS,
    XL_ROW,
) = range(10)

# effects of uncovered services on risks: ranges of points
(
    FL_SERVICE,
    FL_FREQUENCY_FIRST,
    FL_FREQUENCY_END,
    FL_SEVERITY_FIRST,
    FL_SEVERITY_END,
    FL_UNSKILLED,
) = range(6)
(POINT_AT, POINT_MULTIPLE) = range(2)

# loss forms
(F_UNIT_COST, F_COUNT, F_CAP, F_SHARE, F_SUBLIMIT, F_CUT, F_YEARLY) = range(7)
FORM_WIDTH = 7
(
    FO_LAW,
    FO_REQUIRES,
    FO_SHARES_TOTAL,
    FO_PER_RECORD,
    FO_TRENDED,
    FO_INSURED,
    FO_INDEMNIFIED,
    FO_STEP_FIRST,
    FO_STEP_END,
    FO_GROWS,
) = range(10)
FORM_LINKS = 10
(STEP_ABOVE, STEP_PROBABILITY) = range(2)
# streams of an incident cell (slab, year), then two for each loss form
(XK_COUNT, XK_TIME, XK_LEVEL, XK_RECORDS, XK_TOTAL, XK_CONDITIONS, XK_FORMS) = range(7)

# candidates of incidents
(
    CANDIDATE_RISK,
    CANDIDATE_ROW,
    CANDIDATE_POINT,
    CANDIDATE_YEAR,
    CANDIDATE_DRAWN,
    CANDIDATE_ORDER,
) = range(6)
CANDIDATE_WIDTH = 6

# the journal of incidents, one row for each event that a strategy keeps
(
    G_STRATEGY,
    G_TIME,
    G_RISK,
    G_GROSS,
    G_INDEMNITY,
    G_INSURANCE,
    G_UNPAID,
    G_CANDIDATE,
) = range(8)
JOURNAL_WIDTH = 8
# why the insurer pays nothing
(
    NO_REASON,
    NO_COVER,
    NOTHING_INSURED,
    DENIED,
    WITHIN_RETENTION,
    LIMIT_USED_UP,
    NO_SHARE,
) = range(7)

# insurance, one row
(
    I_PREMIUM,
    I_RETENTION,
    I_LIMIT,
    I_AGGREGATE,
    I_COINSURANCE,
    I_DENIAL,
    I_REFUSAL,
    I_LOAD,
) = range(8)
INSURANCE_WIDTH = 8

# effects of readiness on other numbers
(Y_LEVEL, Y_MULTIPLE, Y_LIMIT) = range(3)
READINESS_WIDTH = 3

# components that every scenario has, in registry order; the risks follow
COST_LINES = (
    "salaries",
    "benefits",
    "recruiting",
    "training",
    "backfill",
    "tools",
    "vendor_fees",
    "oversight",
    "transition",
    "severance",
    "coverage_gap",
    "projects",
    "insurance_premium",
    "insurance_recovery",
    "vendor_indemnity",
)
(
    SALARIES,
    BENEFITS,
    RECRUITING,
    TRAINING,
    BACKFILL,
    TOOLS,
    VENDOR_FEES,
    OVERSIGHT,
    TRANSITION,
    SEVERANCE,
    COVERAGE_GAP,
    PROJECTS,
    INSURANCE_PREMIUM,
    INSURANCE_RECOVERY,
    VENDOR_INDEMNITY,
) = range(15)
N_COST_LINE = 15
# The first of them, up to backfill, are what a seat costs.
N_SEAT_LINE = 5
