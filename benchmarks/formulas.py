"""The part `contracts` as a formula of a fixed number of inputs, for numbers and for arrays."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from export import number
from numpy.typing import NDArray

from hcrisk import Scenario

Floats = NDArray[np.float64]
# Shocks of wages, of prices and of a role's pay; renewal jumps; growths of the premium.
YEARS = 5
SHOCKS, JUMPS, GROWTHS = 3 * YEARS - 1, 1, YEARS - 1
INPUTS = SHOCKS + JUMPS + GROWTHS


class Outsourced:
    """What is outsourced costs: fees, oversight, devices and premium, discounted.

    The inputs are standard normal shocks, then draws from `laws`, in that order.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        macro, practice = scenario.macro, scenario.practice
        self.wage, self.price, self.together = macro.wage, macro.price, number(macro.wage_price)
        self.fees = {name: 0.0 for name in scenario.vendors}
        seats = 0.0
        for service in scenario.services.values():
            (arrangement,) = service.arrangements.values()
            seats += number(arrangement.oversight_fte)
            role = scenario.roles[str(arrangement.oversight_role)]
            for vendor, contract in arrangement.contracts.items():
                fee = number(contract.fixed_fee)
                for driver in ("user", "endpoint", "provider"):
                    unit = next(iter(getattr(contract, f"per_{driver}").numbers().values()))
                    fee += number(unit) * practice.driver_count(driver)
                self.fees[vendor] += 12 * max(fee, number(contract.minimum_fee))
        load = 1 + number(scenario.people.benefits_load)
        self.oversight = seats * number(role.pay) * load
        self.drift, self.noise = number(role.drift), number(role.drift_sd)
        self.devices = [
            (number(line.amount) * practice.driver_count(line.driver), line.index)
            for line in scenario.lines.values()
        ]
        self.premium = scenario.insurance.premium.amount(number(practice.providers))
        rate = number(scenario.discounting.rate)
        self.discount = [(1 + rate) ** -(y + 0.5) for y in range(YEARS)]
        self.escalators = {name: _escalator(v) for name, v in scenario.vendors.items()}

    def laws(self) -> list[tuple[float, float, float, float]]:
        """Return mean, sd, least and greatest of the renewal jump, and of each growth."""
        policy = self.scenario.insurance
        draws = [self.scenario.vendors["msp"].renewal_jump] + [policy.premium_growth] * GROWTHS
        out = []
        for law in draws:
            x, cut = law.distribution.parameters, law.distribution.truncate
            out.append((float(x["mean"]), float(x["sd"]), float(cut[0]), float(cut[1])))
        return out

    def of_numbers(self, x: Sequence[float]) -> float:
        """Return the cost of one case."""
        return float(self._cost(x, math.exp, lambda v, low, high: min(max(v, low), high)))

    def of_arrays(self, x: Sequence[Floats]) -> Floats:
        """Return the costs of many cases, from an array an input."""
        return np.asarray(self._cost(x, np.exp, np.clip))

    def _cost(self, x: Sequence[Any], exp: Callable[..., Any], clip: Callable[..., Any]) -> Any:
        shocks, (jump, *growths) = x[:SHOCKS], x[SHOCKS:]
        lean = math.sqrt(1 - self.together**2)
        wage, price, pay, premium = 1.0, 1.0, 1.0, self.premium
        levels = dict.fromkeys(self.fees, 1.0)
        g_wage, g_price = number(self.wage.start), number(self.price.start)
        total = 0.0
        for y in range(YEARS):
            e = self.together * shocks[y] + lean * shocks[YEARS + y]
            g_wage = _step(self.wage, g_wage, shocks[y])
            g_price = _step(self.price, g_price, e)
            if y > 0:
                wage, price = wage * exp(g_wage), price * exp(g_price)
                pay = pay * exp(g_wage + self.drift + self.noise * shocks[2 * YEARS + y - 1])
                premium = premium * (1 + growths[y - 1])
                for name, (fixed, spread, low, high, term) in self.escalators.items():
                    rise = clip(exp(g_price) - 1 + spread, low, high) if fixed is None else fixed
                    levels[name] = levels[name] * (1 + rise)
                    if name == "msp" and 12 * y % term == 0:
                        levels[name] = levels[name] * (1 + jump)
            indices = {"wage": wage, "price": price, "none": 1.0}
            cost = premium + self.oversight * pay
            cost = cost + sum(fee * levels[name] for name, fee in self.fees.items())
            cost = cost + sum(amount * indices[index] for amount, index in self.devices)
            total = total + self.discount[y] * cost
        return total


def _step(process: Any, state: Any, shock: Any) -> Any:
    mean = number(process.mean)
    return mean + number(process.phi) * (state - mean) + number(process.sd) * shock


def _escalator(vendor: Any) -> tuple[float | None, float, float, float, float]:
    fixed = None if vendor.escalator_fixed is None else number(vendor.escalator_fixed)
    spread, low, high = vendor.escalator_spread, vendor.escalator_floor, vendor.escalator_cap
    return fixed, number(spread), number(low), number(high), number(vendor.term_months)
