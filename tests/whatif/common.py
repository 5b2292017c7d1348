"""Scenarios whose costs can be computed by hand."""

import math

from hcrisk.figures import Figure
from hcrisk.whatif._search import Curve
from hcrisk.whatif.break_even import _known, _labelled
from hcrisk.whatif.ways import Ways
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


def known_at(differences, units="providers", whole=1):
    """Return a break-even of ways "a" and "b" of which only these (value, margin) are known."""
    curve = Curve(lambda x: Figure(math.nan, math.nan, math.nan))
    for at, (value, margin) in differences.items():
        curve.known[float(at)] = Figure(value, value - margin, value + margin)
    costs = {x: [Figure(0.0, 0.0, 0.0)] * 2 for x in curve.known}
    ways = Ways(None, ("a", "b"), ("a", "b"), ("A", "B"))
    about = {"units": units, "whole": whole, "currency": "USD", "statistic": "mean", "path": "x",
             "seed": 0, "paths": 100}  # fmt: skip
    ds = _labelled(curve, costs, ways, about)
    return ds.merge(_known(curve.stretches(whole=False, tolerance=math.inf), ways, units))
