"""Scenarios whose costs can be computed by hand."""

from tests.builders import bare

# In a year the first vendor costs 12 fees, the second 12 x 2 x providers; nothing else costs.
FEES = """
[services.desk]
current = "fixed"
[services.desk.arrangements.fixed.contracts.flat]
fixed_fee = 100
[services.desk.arrangements.by_size.contracts.grows]
per_provider = 2
[vendors.flat]
[vendors.grows]
[strategies.stay]
all = "fixed"
[strategies.move]
all = "by_size"
"""
FIXED = "services.desk.arrangements.fixed.contracts.flat.fixed_fee"
PRICE = "services.desk.arrangements.by_size.contracts.grows.per_provider"
WAYS = {"service": "desk", "between": ("fixed", "by_size")}
UNIFORM = {"dist": "uniform", "low": 80, "high": 120}

# One clerk for every 20 providers at 1000 a year, against 52 a year and provider.
STEPS = """
[roles.clerk]
pay = 1000
attrition_rate = 0
time_to_fill_days = 0
[services.desk]
current = "own"
[services.desk.arrangements.own.seats]
clerk = { per = "provider", ratio = 20 }
[services.desk.arrangements.rented.contracts.msp]
per_provider = 4.333333333333333
[vendors.msp]
"""


def fees(**changes):
    scenario = bare(FEES)
    return scenario.replace(changes) if changes else scenario


def uncertain(providers=45):
    """Return fees of which one is uniform, and an input that changes nothing."""
    load = {"dist": "uniform", "low": 0.1, "high": 0.4}
    changes = {FIXED: UNIFORM, "people.benefits_load": load, "practice.providers": providers}
    return bare(FEES).replace(changes)
