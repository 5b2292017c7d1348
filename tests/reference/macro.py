"""Section 3: macro indices, attrition level and role pay. Lists are indexed by y - 1."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from scipy.special import ndtri

from tests.reference.inputs import Values, cholesky, times_vector

KINDS = ("wage", "price", "attrition")


@dataclass
class Macro:
    """The economy of one path."""

    growth: dict[str, list[float]]
    wage_index: list[float]
    price_index: list[float]
    attrition: list[float]  # Z_y
    base_pay: dict[str, list[float]]  # base_r,y

    def index(self, name: str) -> list[float]:
        """Return the index that a line names."""
        return {
            "wage": self.wage_index,
            "price": self.price_index,
            "none": [1.0] * len(self.wage_index),
        }[name]


def simulate_macro(values: Values, years: int) -> Macro:
    """Return the macro variables of one path."""
    growth = growth_rates(values, years)
    wage = cumulated(growth["wage"])
    return Macro(
        growth=growth,
        wage_index=wage,
        price_index=cumulated(growth["price"]),
        attrition=attrition_levels(values, growth["attrition"]),
        base_pay={
            name: base_pay(values, name, role, wage) for name, role in values.scenario.roles.items()
        },
    )


def growth_rates(values: Values, years: int) -> dict[str, list[float]]:
    """Return g_k,y of the three AR(1) processes with correlated innovations."""
    macro = values.scenario.macro
    wp, wa, pa = (
        values.number(x) for x in (macro.wage_price, macro.wage_attrition, macro.price_attrition)
    )
    factor = cholesky([[1.0, wp, wa], [wp, 1.0, pa], [wa, pa, 1.0]])
    processes: dict[str, Any] = {kind: getattr(macro, kind) for kind in KINDS}
    mean = {kind: values.number(processes[kind].mean) for kind in ("wage", "price")}
    mean["attrition"] = 0.0
    level = {kind: values.number(processes[kind].start, mean[kind]) for kind in KINDS}
    growth: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for y in range(1, years + 1):
        e = times_vector(factor, [ndtri(values.uniform(f"macro/{kind}", y)) for kind in KINDS])
        for kind, shock in zip(KINDS, e, strict=True):
            phi, sd = values.number(processes[kind].phi), values.number(processes[kind].sd)
            level[kind] = mean[kind] + phi * (level[kind] - mean[kind]) + sd * shock
            growth[kind].append(level[kind])
    return growth


def cumulated(growth: list[float]) -> list[float]:
    """Return I_y: 1 in year 1, growing by exp(g_y) from year 2."""
    index = [1.0]
    for g in growth[1:]:
        index.append(index[-1] * math.exp(g))
    return index


def attrition_levels(values: Values, g: list[float]) -> list[float]:
    """Return Z_y = exp(g_y - s_y^2 / 2)."""
    process = values.scenario.macro.attrition
    phi, sd = values.number(process.phi), values.number(process.sd)
    levels = []
    variance = 0.0
    for i, g_y in enumerate(g):
        variance += sd**2 * phi ** (2 * i)
        levels.append(math.exp(g_y - variance / 2))
    return levels


def base_pay(values: Values, name: str, role: Any, wage_index: list[float]) -> list[float]:
    """Return base_r,y = pay_r I_wage,y J_r,y."""
    pay, drift, sd = (values.number(x) for x in (role.pay, role.drift, role.drift_sd))
    log_drift = 0.0
    result = [pay]
    for y in range(2, len(wage_index) + 1):
        log_drift += drift + sd * ndtri(values.uniform(f"role/{name}/drift", y))
        result.append(pay * wage_index[y - 1] * math.exp(log_drift))
    return result
