"""Examples of what no shipped scenario states, for starting files: they fit `mid-market`."""

EXAMPLES = """
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
contracts.msp.per_endpoint = [{ from = 0, price = 8 }, { from = 300, price = 7 }]

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

[managers]
leader_bandwidth = 0.5
per_vendor = 0.1
most = 2

[readiness.governance]
label = "Who decides what is written down"
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

[sources.survey]
title = "Survey of our staff"
publisher = "our practice"
year = 2026
url = "https://example.org/survey"
obtained = "read"
confidence = "medium"
note = "31 answers"
"""
