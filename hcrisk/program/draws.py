"""Draws of laws that every path needs: the kernels make them together, in a few vectors."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from hcrisk.kernels import columns as col
from hcrisk.kernels.columns import MONTHS_PER_YEAR
from hcrisk.program.keys import StreamKeys
from hcrisk.program.layout import Layout
from hcrisk.program.numbers import is_incumbent
from hcrisk.program.recorder import ints
from hcrisk.scenario.scenario import Scenario
from hcrisk.scenario.vendor import Vendor

Draw = tuple[int, int, int]


def path_draws(
    scenario: Scenario,
    layout: Layout,
    links: Mapping[str, Any],
    keys: StreamKeys,
    *,
    frailty_laws: Sequence[int],
    premium_law: int,
) -> tuple[list[Draw], dict[str, object]]:
    """Return each draw's law, stream key and step, and where the kernels find which draw."""
    draws: list[Draw] = []
    n_year = int(float(scenario.horizon.years))
    renewals = [0]
    for v, name in enumerate(layout.vendors):
        law, key = links["vendor_laws"][v, col.DK_RENEWAL], keys.key(f"vendor/{name}/renewal")
        count = renewal_count(scenario.vendors[name], n_year, is_incumbent(scenario, name))
        draws += [(law, key, step) for step in range(count)]
        renewals.append(len(draws))
    first_onboarding = len(draws)
    for v, name in enumerate(layout.vendors):
        law = links["vendor_laws"][v, col.DK_ONBOARDING]
        draws.append((law, keys.key(f"vendor/{name}/onboarding"), 0))
    overruns = []
    for cell, (service, _) in enumerate(layout.cells):
        row = links["cells"][cell]
        moves = row[col.CL_CURRENT] != cell
        overruns.append(len(draws) if moves else -1)
        draws += [(row[col.CL_OVERRUN], keys.key(f"transition/{service}"), 0)] if moves else []
    frailties = []
    for risk, law in zip(scenario.risks, frailty_laws, strict=True):
        frailties.append(len(draws) if law >= 0 else -1)
        draws += [(law, keys.key(f"risk/{risk}/frailty"), 0)] if law >= 0 else []
    first_premium = len(draws)
    if scenario.insurance is not None:
        key = keys.key("insurance/premium_growth")
        draws += [(premium_law, key, year) for year in range(2, n_year + 1)]
    return draws, {
        "renewal_draws": ints(renewals),
        "onboarding_draw": first_onboarding,
        "overrun_draws": ints(overruns),
        "frailty_draws": ints(frailties),
        "premium_draw": first_premium,
    }


def renewal_count(vendor: Vendor, n_year: int, is_incumbent: bool) -> int:
    """Return how often a contract is renewed, by central values, if nothing else happens.

    Kernels draw what this leaves out when they need it.
    """
    term, due = float(vendor.term_months.central), vendor.months_to_renewal
    first = float(due.central) if is_incumbent and due is not None else term
    if term <= 0.0:
        return 0
    # A term's end counts at the first year start that is not before it.
    ends = (first + term * k for k in range(math.ceil(n_year * MONTHS_PER_YEAR / term)))
    starts = {max(math.ceil(end / MONTHS_PER_YEAR), 1) for end in ends}
    return sum(start < n_year for start in starts)
