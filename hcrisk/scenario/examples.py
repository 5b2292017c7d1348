"""Examples of what no shipped scenario states, for starting files."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from typing import Any

# Fits any practice.
GENERAL = """
description = "The plan for next year's budget"
correlations = [{ between = ["macro.wage.mean", "macro.price.mean"], rho = 0.5 }]

[practice]
sites = 3
claims = { per_provider = 4_000 }

[growth]
rate = 0.03
acquisition = { rate = 0.1, size = 0.15 }
planned.merger = { label = "Merger with the clinic next door", months = 18, size = 0.4 }

[people]
hours_per_week = 38

[managers]
leader_bandwidth = 0.5
per_vendor = 0.1
most = 2

[sources.survey]
title = "Survey of our staff"
publisher = "our practice"
year = 2026
url = "https://example.org/survey"
obtained = "read"
confidence = "medium"
note = "31 answers"
"""
# Fits the scenarios with a help desk, security and software.
TECHNOLOGY = """
[roles.technician]
fallback_months = 4
fallback_share = 0.8
fallback_multiple = 1.6
benefits_load = 0.25

[roles.developer]
key_dip = 0.3
key_months = 4

[services.help_desk]
skills_needed = 1.5
revenue_at_stake = 0.02

[services.help_desk.peaks.ehr_upgrade]
label = "Upgrade of the EHR"
start_months = 9
months = 3
every_months = 24
multiple = 1.4

[services.help_desk.arrangements.insource.lines.headsets]
component = "tools"
driver = "fte"
amount = 250
index = "price"
start_months = 6
every_years = 3

[services.help_desk.arrangements.outsource]
contracts.msp.scope = 1
contracts.msp.quality = 0.9
oversight_need = 0.25
oversight_capability = 0.8
unmanaged_loss = 0.2

[services.security.arrangements.basic]
contracts.msp.per_site = [{ from = 0, price = 400 }, { from = 5, price = 350 }]

[services.security.arrangements.insource.on_call]
hours_per_week = 128
effectiveness = 0.6
people = 1
stipend = 400

[services.software.arrangements.insource.projects.portal]
label = "Portal for patients"
budget = 200_000
start_months = 3
duration_months = 9
cost_ratio = { dist = "lognormal", median = 1.2, sigma = 0.4 }
stretch = 0.7
stall_probability = 0.15
stall_months = 12
finish_share = 0.4
finish_cost = 0.5
purchase = 60_000
subscription = 30_000
maintenance_share = 0.15
maintenance_growth = 0.01
index = "wage"

[lines.phones]
component = "tools"
driver = "user"
amount = 180
start_months = 12
every_years = 4
needed_by = []

[readiness.defined_scope]
label = "What each side does is written down"
level = 0.5
effects = [
  { on = "managers.drift", multiple = 1.5 },
  { on = "risks.outage.frequency", multiple = 1.2 },
]

[risks.outage]
service = "help_desk"

[risks.breach]
records = { dist = "lognormal", p50 = 5_000, p90 = 60_000 }

[risks.breach.losses.lawsuit]
probability = [{ above = 500, probability = 0.2 }]
requires = "notification"
severity = { dist = "lognormal", p50 = 100_000, p90 = 500_000 }
per = "event"
unit_cost = 1
cap = 2_000_000
yearly_cap = 3_000_000

[insurance]
sublimits.breach.notification = 500_000
max_uncovered.security = 0.5
unmet_denial = 0.3
unmet_refusal = 0.2
unmet_load = 0.25
unmet_sublimits.breach.notification = 0.5
"""
# Fits the scenario of an EHR, billing, calls and personnel.
SERVICES = """
[roles.ehr_analyst]
benefits_load = 0.25

[services.ehr]
arrangements.insource.projects.interfaces.label = "Interfaces to the laboratory"

[services.ehr.arrangements.insource.lines.test_system]
component = "tools"
driver = "flat"
amount = 12_000
start_months = 6
every_years = 3

[services.ehr.arrangements.outsource.contracts.ehr_partner]
scope = 1
per_site = [{ from = 0, price = 400 }, { from = 5, price = 350 }]

[services.billing.peaks.deductibles]
label = "Deductibles begin anew"
start_months = 0
months = 3
every_months = 12
multiple = 1.2

[services.after_hours.arrangements.insource]
hours_per_week = 100

[lines.phones]
component = "tools"
driver = "user"
amount = 180
start_months = 12
every_years = 4

[vendors.billing_company]
escalator_cap = 0.08

[readiness.defined_scope]
label = "What each side does is written down"
level = 0.5
effects = [{ on = "risks.payer_audit.frequency", multiple = 1.2 }]

[risks.payer_audit]
frailty_shape = 0.6
records = { dist = "lognormal", p50 = 100, p90 = 500 }
losses.penalty.requires = "repayment"
losses.penalty.yearly_cap = 1_000_000
"""


def examples(services: Collection[str]) -> dict[str, Any]:
    """Return the examples that fit a scenario with some services, as a file would hold them.

    Parameters
    ----------
    services : collection of str

    Returns
    -------
    dict

    Examples
    --------
    >>> sorted(examples(["help_desk", "security", "software"])["services"])
    ['help_desk', 'security', 'software']
    """
    for more in (TECHNOLOGY, SERVICES):
        if set(tomllib.loads(more)["services"]) <= set(services):
            return tomllib.loads(GENERAL + more)
    return tomllib.loads(GENERAL)
