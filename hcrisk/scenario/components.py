"""The cost lines every result has, in their order; risks follow them."""

from __future__ import annotations

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
