"""A scenario without chance, against a spreadsheet worked out by hand.

Rows are cost lines, columns are years 1 to 3. Wages grow by 3 % and prices by 2 % a year.
Every number of the sheets is plain arithmetic on the numbers of the scenario.
"""

import tomllib

import pytest

SCENARIO = """
name = "spreadsheet"

[practice]
providers = 50
users = { per_provider = 4 }
endpoints = 260
records = 90_000
revenue = 40_000_000

[horizon]
years = 3

[discounting]
rate = 0.06

[macro]
wage = { mean = 0.02955880224154443, phi = 0.5, sd = 0 }
price = { mean = 0.01980262729617973, phi = 0, sd = 0 }
attrition = { phi = 0, sd = 0 }

[people]
benefits_load = 0.25

[roles.technician]
pay = 60_000
attrition_rate = 0
retention_raise = 0.02
time_to_fill_days = 60
severance_weeks = 8

[roles.analyst]
pay = 110_000
attrition_rate = 0
drift = 0.00995033085316808
time_to_fill_days = 73
ramp_months = 6
start_productivity = 0.5
recruiting_flat = 4_000
recruiting_share = 0.15
backfill_share = 0.5
backfill_multiple = 1.8

[roles.manager]
pay = 130_000
attrition_rate = 0
time_to_fill_days = 146
recruiting_share = 0.2
severance_weeks = 4
benefits_load = 0.3

[managers]
role = "manager"
span = 5
drift = 0.2
max_parallel_months = 4

[services.help_desk]
current = "inhouse"
coverage = { kind = "queue", posts = { per = "user", ratio = 50 }, hours_per_week = 40 }
gap_rate = 15

[services.help_desk.arrangements.inhouse]
seats = { technician = 3 }

[services.help_desk.arrangements.inhouse.lines]
ticketing = { component = "tools", driver = "user", amount = 2.5, period = "month" }
laptops = { component = "tools", driver = "fte", amount = 1_800, every_years = 2, index = "none" }

[services.help_desk.arrangements.msp]
oversight_fte = 0.5
oversight_role = "manager"

[services.help_desk.arrangements.msp.contracts.northstar]
fixed_fee = 500
per_user = [{ from = 0, price = 90 }, { from = 150, price = 80 }]
onboarding_fee = 12_000

[services.help_desk.arrangements.msp.lines]
ticketing = { component = "tools", driver = "user", amount = 1, period = "month" }

[services.help_desk.arrangements.msp.transition]
cost = 30_000
overrun = 1.2
handover_months = 1
max_parallel_months = 6
dip = 0.1
dip_months = 3

[services.security]
current = "partner"
gap_rate = 5

[services.security.coverage]
kind = "presence"
posts = 1
hours_per_week = 168
planned_absence = 0.1
sickness = 0.04

[services.security.arrangements.partner]
overlap = 0.1
contracts = { bluepeak = { fixed_fee = 1_000, per_endpoint = 20, minimum_fee = 5_000 } }

[services.security.arrangements.own]
seats = { analyst = 5 }

[services.security.arrangements.own.lines]
siem = { component = "tools", amount = 24_000, start_months = 6 }
course = { component = "training", driver = "hire", amount = 2_000, index = "wage" }

[services.security.arrangements.own.transition]
cost = 10_000
max_parallel_months = 2

[lines.phones]
component = "tools"
driver = "provider"
amount = 100
needed_by = ["help_desk.inhouse"]

[vendors.northstar]
delivered = 0.95
escalator_fixed = 0.04
onboarding_months = 2

[vendors.bluepeak]
delivered = 0.98
term_months = 24
months_to_renewal = 20
renewal_jump = 0.05
escalator_spread = 0.005
notice_months = 3
exit_fee_share = 0.5

[insurance]
premium = { per_provider = 900 }
premium_growth = 0.08
retention = 25_000
limit = 2_000_000

[strategies.stay]
services = { help_desk = "inhouse", security = "partner" }

[strategies.outsource]
services = { help_desk = "msp", security = "partner" }

[strategies.insource]
services = { help_desk = "inhouse", security = "own" }
"""

WAGE = [1, 1.03, 1.03**2]
PRICE = [1, 1.02, 1.02**2]
HELP_DESK_HOURS = 4 * 40 * 52
SECURITY_HOURS = 1 * 168 * 52

# 3 technicians, raised by 2 % for each year they stay.
TECHNICIANS = [3 * 60_000, 3 * 60_000 * 1.03 * 1.02, 3 * 60_000 * 1.03**2 * 1.02**2]
# A manager.
MANAGER = [130_000, 130_000 * 1.03, 130_000 * 1.03**2]
# 260 endpoints at 20 and 1,000 a month are 6,200; 2.5 % a year; renewed in month 20, so the
# jump of 5 % comes at the start of year 3; a tenth is paid twice.
PARTNER = [12 * 6_200 * 1.1, 12 * 6_200 * 1.1 * 1.025, 12 * 6_200 * 1.1 * 1.025**2 * 1.05]
# 50 providers.
PREMIUM = [45_000, 45_000 * 1.08, 45_000 * 1.08**2]
# The partner leaves 2 % uncovered.
PARTNER_GAP = [5 * 0.02 * SECURITY_HOURS * index for index in WAGE]

# Nobody moves. One manager for 3 technicians; 3 of 4 posts are filled.
STAY = {
    "salaries": [
        TECHNICIANS[0] + MANAGER[0],
        TECHNICIANS[1] + MANAGER[1],
        TECHNICIANS[2] + MANAGER[2],
    ],
    "benefits": [
        0.25 * TECHNICIANS[0] + 0.3 * MANAGER[0],
        0.25 * TECHNICIANS[1] + 0.3 * MANAGER[1],
        0.25 * TECHNICIANS[2] + 0.3 * MANAGER[2],
    ],
    # Ticketing for 200 users, laptops for 3 in years 1 and 3, phones for 50 providers.
    "tools": [
        12 * 2.5 * 200 + 3 * 1_800 + 100 * 50,
        12 * 2.5 * 200 * 1.02 + 100 * 50 * 1.02,
        12 * 2.5 * 200 * 1.02**2 + 3 * 1_800 + 100 * 50 * 1.02**2,
    ],
    "vendor_fees": PARTNER,
    "coverage_gap": [
        15 * 0.25 * HELP_DESK_HOURS + PARTNER_GAP[0],
        15 * 0.25 * HELP_DESK_HOURS * 1.03 + PARTNER_GAP[1],
        15 * 0.25 * HELP_DESK_HOURS * 1.03**2 + PARTNER_GAP[2],
    ],
    "insurance_premium": PREMIUM,
}
STAY_UNCOVERED = {"help_desk": 0.25, "security": 0.02}

# Help desk to the vendor after 2 months of onboarding and 1 of handover: a quarter of year 1.
# The technicians stay until then, the manager for 4 months. No manager is missed.
# 200 users at 80 and 500 a month are 16,500.
NORTHSTAR = [12 * 16_500, 12 * 16_500 * 1.04, 12 * 16_500 * 1.04**2]
OUTSOURCE = {
    "salaries": [0.25 * 180_000 + 4 / 12 * 130_000, 0, 0],
    "benefits": [0.25 * 0.25 * 180_000 + 0.3 * 4 / 12 * 130_000, 0, 0],
    # Ticketing at 2.50 for a quarter, then at 1.00. Laptops are bought at the start; phones are
    # needed until the technicians leave.
    "tools": [
        0.25 * 12 * 2.5 * 200 + 0.75 * 12 * 1 * 200 + 3 * 1_800 + 0.25 * 100 * 50,
        12 * 1 * 200 * 1.02,
        12 * 1 * 200 * 1.02**2,
    ],
    "vendor_fees": [
        PARTNER[0] + NORTHSTAR[0],
        PARTNER[1] + NORTHSTAR[1],
        PARTNER[2] + NORTHSTAR[2],
    ],
    "oversight": [
        0.75 * 0.5 * 130_000 * 1.3,
        0.5 * 130_000 * 1.3 * 1.03,
        0.5 * 130_000 * 1.3 * 1.03**2,
    ],
    # The overrun and the onboarding fee.
    "transition": [30_000 * 1.2 + 12_000, 0, 0],
    "severance": [3 * 8 / 52 * 60_000 + 4 / 52 * 130_000, 0, 0],
    # 0.25 and the dip of 0.1 for a quarter, 0.05 and the dip for 3 months, then 0.05.
    "coverage_gap": [
        15 * (0.25 * 0.35 + 0.25 * 0.15 + 0.5 * 0.05) * HELP_DESK_HOURS + PARTNER_GAP[0],
        15 * 0.05 * HELP_DESK_HOURS * 1.03 + PARTNER_GAP[1],
        15 * 0.05 * HELP_DESK_HOURS * 1.03**2 + PARTNER_GAP[2],
    ],
    "insurance_premium": PREMIUM,
}
OUTSOURCE_UNCOVERED = {
    "help_desk": (0.25 * 0.35 + 0.25 * 0.15 + 0.5 * 0.05 + 2 * 0.05) / 3,
    "security": 0.02,
}

# Security to 5 analysts. They start after 73 days, a fifth of a year, but the partner goes after
# 2 months at the latest, so their vacancies are backfilled in between. 8 FTE need 2 managers; the
# second one starts after 0.4 years, and until then everybody works at 1 - 0.2 / 2 = 0.9.
# 5 analysts from 0.2 on; their pay drifts up by 1 %.
ANALYSTS = [0.8 * 550_000, 550_000 * 1.03 * 1.01, 550_000 * 1.03**2 * 1.01**2]
MANAGERS = [1.6 * 130_000, 2 * 130_000 * 1.03, 2 * 130_000 * 1.03**2]


def shortfall(people, factor):
    """Share of the hours in which nobody is there: 40 hours a week, a tenth absent, 4 % sick."""
    on_duty = 40 * 0.9 * people * factor / 168
    if on_duty <= 1:
        return 1 - 0.96 * on_duty
    return 0.04 * (2 - on_duty) + 0.04**2 * (on_duty - 1)


# Half a year of ramp from 0.2 to 0.7, in steps of a sixteenth of a year.
SECURITY_UNCOVERED = (
    2 / 12 * 0.02
    + (0.2 - 2 / 12) * shortfall(5 * 0.5, 0.9)
    + 0.0625 * shortfall(5 * (0.5 + 0.5 * 0.0625), 0.9)
    + 0.0625 * shortfall(5 * (0.5 + 0.5 * 0.1875), 0.9)
    + 0.0625 * shortfall(5 * (0.5 + 0.5 * 0.3125), 0.9)
    + (0.4 - 0.3875) * shortfall(5 * (0.5 + 0.5 * 0.4375), 0.9)
    + (0.45 - 0.4) * shortfall(5 * (0.5 + 0.5 * 0.4375), 1)
    + 0.0625 * shortfall(5 * (0.5 + 0.5 * 0.5625), 1)
    + 0.0625 * shortfall(5 * (0.5 + 0.5 * 0.6875), 1)
    + 0.0625 * shortfall(5 * (0.5 + 0.5 * 0.8125), 1)
    + 0.0625 * shortfall(5 * (0.5 + 0.5 * 0.9375), 1)
    + 0.3 * shortfall(5, 1)
)
# 3 technicians at 0.9 are 2.7 of 4 posts until 0.4, then 3 of 4.
HELP_DESK_UNCOVERED = 0.4 * (1 - 2.7 / 4) + 0.6 * 0.25
INSOURCE = {
    "salaries": [
        TECHNICIANS[0] + ANALYSTS[0] + MANAGERS[0],
        TECHNICIANS[1] + ANALYSTS[1] + MANAGERS[1],
        TECHNICIANS[2] + ANALYSTS[2] + MANAGERS[2],
    ],
    "benefits": [
        0.25 * TECHNICIANS[0] + 0.25 * ANALYSTS[0] + 0.3 * MANAGERS[0],
        0.25 * TECHNICIANS[1] + 0.25 * ANALYSTS[1] + 0.3 * MANAGERS[1],
        0.25 * TECHNICIANS[2] + 0.25 * ANALYSTS[2] + 0.3 * MANAGERS[2],
    ],
    "recruiting": [5 * (4_000 + 0.15 * 110_000) + 0.2 * 130_000, 0, 0],
    "training": [5 * 2_000, 0, 0],
    "backfill": [(0.2 - 2 / 12) * 0.5 * 1.8 * 550_000, 0, 0],
    # As before, and the security platform from month 6 on.
    "tools": [
        STAY["tools"][0] + 0.5 * 24_000,
        STAY["tools"][1] + 24_000 * 1.02,
        STAY["tools"][2] + 24_000 * 1.02**2,
    ],
    "vendor_fees": [2 * 6_200 * 1.1, 0, 0],
    # The change, and half of the fees of the 18 months left.
    "transition": [10_000 + 0.5 * 18 * 6_200, 0, 0],
    "coverage_gap": [
        15 * HELP_DESK_UNCOVERED * HELP_DESK_HOURS + 5 * SECURITY_UNCOVERED * SECURITY_HOURS,
        15 * 0.25 * HELP_DESK_HOURS * 1.03 + 5 * shortfall(5, 1) * SECURITY_HOURS * 1.03,
        15 * 0.25 * HELP_DESK_HOURS * 1.03**2 + 5 * shortfall(5, 1) * SECURITY_HOURS * 1.03**2,
    ],
    "insurance_premium": PREMIUM,
}
INSOURCE_UNCOVERED = {
    "help_desk": (HELP_DESK_UNCOVERED + 2 * 0.25) / 3,
    "security": (SECURITY_UNCOVERED + 2 * shortfall(5, 1)) / 3,
}

SHEETS = {"stay": STAY, "outsource": OUTSOURCE, "insource": INSOURCE}
UNCOVERED = {
    "stay": STAY_UNCOVERED,
    "outsource": OUTSOURCE_UNCOVERED,
    "insource": INSOURCE_UNCOVERED,
}
# Mid-year, at 6 %.
DISCOUNT = [1.06**-0.5, 1.06**-1.5, 1.06**-2.5]
CENT = 0.005


def make_scenario():
    from hcrisk.scenario import Scenario

    return Scenario(**tomllib.loads(SCENARIO))


def totals(sheet):
    """The bottom line: the sum of the rows, by year."""
    return [sum(row[y] for row in sheet.values()) for y in range(3)]


def present_value(row):
    return DISCOUNT[0] * row[0] + DISCOUNT[1] * row[1] + DISCOUNT[2] * row[2]


@pytest.fixture(scope="module")
def result():
    import hcrisk

    return hcrisk.simulate(make_scenario(), paths=3, seed=1)


def test_strategies_are_those_of_the_file(result):
    assert result["strategy"].values.tolist() == ["stay", "outsource", "insource"]


@pytest.mark.parametrize("strategy", SHEETS)
def test_yearly_cost_is_the_bottom_line(result, strategy):
    cost = result["cost"].sel(strategy=strategy)
    for y, expected in enumerate(totals(SHEETS[strategy]), start=1):
        assert cost.sel(year=y).values == pytest.approx([expected] * 3, abs=CENT, rel=0)


@pytest.mark.parametrize("strategy", SHEETS)
def test_components_are_the_rows(result, strategy):
    found = result["component_npv"].sel(strategy=strategy)
    for component in found["component"].values:
        expected = present_value(SHEETS[strategy].get(component, [0, 0, 0]))
        values = found.sel(component=component).values
        assert values == pytest.approx([expected] * 3, abs=CENT, rel=0), component


@pytest.mark.parametrize("strategy", SHEETS)
def test_npv_is_the_discounted_bottom_line(result, strategy):
    expected = present_value(totals(SHEETS[strategy]))
    found = result["npv"].sel(strategy=strategy).values
    assert found == pytest.approx([expected] * 3, abs=CENT, rel=0)


@pytest.mark.parametrize("strategy", UNCOVERED)
def test_uncovered_is_the_time_average(result, strategy):
    for service, expected in {**UNCOVERED[strategy], "enterprise": 0}.items():
        found = result["uncovered"].sel(strategy=strategy, service=service).values
        assert found == pytest.approx([expected] * 3, abs=1e-12), service


def test_nothing_happens_by_chance(result):
    assert result["events"].sum() == 0
    assert result["departures"].sum() == 0
    assert result.sizes["parameter"] == 0
    assert result["wage_index"].values[:, 0] == pytest.approx(WAGE, rel=1e-12)
    assert result["price_index"].values[:, 0] == pytest.approx(PRICE, rel=1e-12)
