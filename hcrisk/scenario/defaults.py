"""Why hcrisk's own defaults are what they are: what holds where a scenario states nothing."""

from __future__ import annotations

import math

from hcrisk.scenario.places import generic
from hcrisk.scenario.scenario import Scenario
from hcrisk.scenario.table import field_at, told

# Of defaults that are neither none, nor without effect, nor without limit.
REASONS = {
    "practice.sites": "one place, unless more are stated",
    "horizon.years": "judged: long enough for a contract, its renewal and a change",
    "growth.most": "judged: a guard against a practice that grows without end",
    "growth.least": "judged: a guard against a practice that shrinks to nothing",
    "growth.acquisition.size": "nobody joins",
    "macro.attrition.start": "attrition starts at its long-run level",
    "macro.wage_price": "they move independently",
    "macro.wage_attrition": "they move independently",
    "macro.price_attrition": "they move independently",
    "people.hours_per_week": "a full working week",
    "roles.*.fte": "a seat is one full-time person",
    "roles.*.drift": "pay follows the wage index",
    "roles.*.pay_dispersion": "everybody hired is paid the role's median",
    "roles.*.ramp_months": "productive from the first day",
    "roles.*.backfill_multiple": "a contractor costs what own staff are paid",
    "roles.*.fallback_share": "the partner does all of it",
    "roles.*.fallback_multiple": "the partner costs what own staff are paid",
    "roles.*.skill": "the role resolves every incident itself",
    "services.*.peaks.*.start_months": "from the first day",
    "services.*.arrangements.*.oversight_capability": "an FTE does an FTE's work",
    "services.*.arrangements.*.on_call.people": "one person is on call at a time",
    "services.*.arrangements.*.lines.*.start_months": "from the first day",
    "services.*.arrangements.*.projects.*.start_months": "from the first day",
    "services.*.arrangements.*.projects.*.stall_months": "judged; counts where it may stall",
    "services.*.arrangements.*.transition.max_parallel_months": (
        "judged: nobody pays both sides for more than a year"
    ),
    "lines.*.start_months": "from the first day",
    "vendors.*.delivered": "judged: a contract is kept but for a few percent of the work",
    "vendors.*.term_months": "judged: the common term of three years",
    "vendors.*.escalator_spread": "the fee follows prices",
    "vendors.*.escalator_floor": "the fee never falls by its escalator",
    "vendors.*.failure.delivered": "judged; counts where its rate is above 0",
    "vendors.*.acquisition.delivered": "judged; counts where its rate is above 0",
    "risks.*.reference_providers": "judged; counts where the size exponent is not 0",
    "risks.*.size_exponent": "the rate is the same at every size",
    "risks.*.trend": "the rate stays as it is",
    "risks.*.max_multiple": "judged: weak factors are not stacked beyond it",
    "risks.*.losses.*.probability": "it follows each event",
    "risks.*.losses.*.unit_cost": "the severity is the loss itself",
}
# How a reason begins that is an opinion.
JUDGED = "judged"
NOTHING, NO_EFFECT, NO_LIMIT = "none, unless stated", "has no effect", "no limit"


def why_default(path: str) -> str:
    """Return why the number at a dotted path is what it is where nothing is stated.

    Examples
    --------
    >>> why_default("risks.breach.max_multiple")
    'judged: weak factors are not stacked beyond it'
    >>> why_default("risks.breach.transition_multiple"), why_default("insurance.coinsurance")
    ('has no effect', 'none, unless stated')
    """
    reason = REASONS.get(generic(path, Scenario))
    if reason is not None:
        return reason
    field = field_at(Scenario, path.split("."))
    if told(field, "neutral") is not None:
        return NO_EFFECT
    constant = getattr(field.default if field is not None else None, "constant", None)
    return NO_LIMIT if constant is not None and math.isinf(constant) else NOTHING
