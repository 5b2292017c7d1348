"""The range a number or law may lie in, checked over its whole support."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from hcrisk.exceptions import Problem, ScenarioError
from hcrisk.scenario.refusal import parsed, shown, under

if TYPE_CHECKING:
    from hcrisk.distributions.distribution import Distribution
    from hcrisk.scenario.quantity import Quantity

# Room for a median and a spread that were rounded when they were written down.
MEAN_TOLERANCE = 0.005
# Up to this bound a number beyond it is probably a percentage: yearly rates may exceed 1.
MOST_SHARE = 12.0
# This many times the greatest share is more likely a percentage than a number a little too large.
LEAST_PERCENTAGE = 2.0


@dataclass(frozen=True)
class Within:
    """A range, as the metadata of a field.

    Parameters
    ----------
    low, high : float
        No possible value may lie outside.
    open_low, open_high : bool
        Whether the bound itself is excluded.
    infinite : bool
        Whether a certain ``inf`` is meaningful.
    certain : bool
        Whether the number decides the structure of the model and so may not be uncertain.
    whole : bool
        Whether it must be an integer.
    people : bool
        Whether it counts people, who may work less than full time.
    plausible : float, optional
        A value above this is taken for a slip (a percentage, as a rule).
    mean : float, optional
        What the mean must be.
    step : float
        No possible value may lie between 0 and this.

    Examples
    --------
    >>> print(Within(0, 1).phrase(), "|", Within(0, open_low=True).phrase())
    must lie in [0, 1] | must be more than 0
    """

    low: float = -math.inf
    high: float = math.inf
    open_low: bool = False
    open_high: bool = False
    infinite: bool = False
    certain: bool = False
    whole: bool = False
    people: bool = False
    plausible: float | None = None
    mean: float | None = None
    step: float = 0.0

    def phrase(self) -> str:
        """Return the rule in words."""
        if math.isinf(self.high):
            if math.isinf(self.low):
                return "must be finite"
            return f"must be {'more than' if self.open_low else 'at least'} {shown(self.low)}"
        left, right = "(" if self.open_low else "[", ")" if self.open_high else "]"
        return f"must lie in {left}{shown(self.low)}, {shown(self.high)}{right}"

    def problems(self, quantity: Quantity) -> list[Problem]:
        """Return what is wrong with ``quantity`` as a value of this field."""
        if self.certain and not quantity.is_certain:
            return [
                Problem(
                    "",
                    quantity.raw(),
                    "must be certain, because it decides the structure of the model",
                    "write a plain number, and compare scenarios with other values",
                )
            ]
        if quantity.constant is not None:
            found = self._value_problems(quantity.constant)
        else:
            found = self._support_problems(quantity)
        return found or self._step_problems(quantity) or self._mean_problems(quantity)

    def holds(self, value: float) -> bool:
        """Tell whether a single value lies in the range."""
        above = value > self.low if self.open_low else value >= self.low
        below = value < self.high if self.open_high else value <= self.high
        return above and below and (self.infinite or math.isfinite(value))

    def _value_problems(self, value: float) -> list[Problem]:
        if not self.holds(value):
            return [Problem("", value, self.phrase(), self._remedy(value))]
        if self.whole and not value.is_integer():
            return [Problem("", value, "must be a whole number", self._whole_remedy(value))]
        return self._plausibility(value)

    def _whole_remedy(self, value: float) -> str:
        if not self.people:
            return f"write {shown(round(value))}"
        full, part = divmod(value, 1.0)
        rest = f"{shown(full)} and one more" if full else "1"
        fte = shown(round(part, 6))
        return f"write {shown(full + 1)}, or {rest} of a role with fte = {fte}"

    def _plausibility(self, value: float) -> list[Problem]:
        if self.plausible is None or value <= self.plausible:
            return []
        rule = f"must be at most {shown(self.plausible)}"
        return [Problem("", value, rule, self._remedy(value))]

    def _remedy(self, value: float) -> str:
        top = min(self.high, self.plausible or math.inf)
        if top <= MOST_SHARE and top < value <= 100 * top and self.holds(value / 100):
            if value >= LEAST_PERCENTAGE * top:
                return f"{shown(value)} looks like a percentage; write {shown(value / 100)}"
            # What may be as far below 0 as above, a correlation, is hardly stated in percent.
            if self.low != -self.high:
                return f"write a number in the range; {shown(value / 100)} if it is in percent"
        if math.isinf(value):
            return "write a finite number"
        if value <= self.low and self.low == 0:
            return "write a positive number" if self.open_low else "write 0 or a positive number"
        return f"write a number in the range, not {shown(value)}"

    def _support_problems(self, quantity: Quantity) -> list[Problem]:
        laws = quantity.shapes()
        low = min(law.support()[0] for law in laws)
        high = max(law.support()[1] for law in laws)
        outside = low < self.low or high > self.high or any(map(self._on_open_bound, laws))
        if not outside and (self.plausible is None or low <= self.plausible):
            return []
        rule, remedy = self.phrase(), "add truncate or clip"
        if outside:
            rule += f", but values from {shown(low)} to {shown(high)} are possible"
            ends = f"[{shown(self.low)}, {shown(self.high)}]"
            remedy = f"add truncate = {ends} (left out) or clip = {ends} (moved to the bound)"
        if low >= 1 and (self.high == 1 or not outside):
            rule = rule if outside else f"must be at most {shown(self.plausible or 1.0)}"
            remedy = "these look like percentages; divide them by 100"
        return [Problem("", quantity.raw(), rule, remedy)]

    def _step_problems(self, quantity: Quantity) -> list[Problem]:
        if not self.step:
            return []
        rule = f"must be 0 or at least {shown(self.step)}"
        if (value := quantity.constant) is not None:
            remedy = f"write {shown(self.step)} or more, or 0"
            return [Problem("", value, rule, remedy)] if 0.0 < value < self.step else []
        for law in quantity.shapes():
            stated = law.parameters.get("values") if law.family == "discrete" else None
            low, high = law.support()
            if stated is not None:
                outside = any(0.0 < entry < self.step for entry in stated)
            else:
                outside = low < self.step and high > 0.0
            if outside:
                rule += f", but values from {shown(low)} to {shown(high)} are possible"
                remedy = f"add truncate = [{shown(self.step)}, inf]"
                return [Problem("", quantity.raw(), rule, remedy)]
        return []

    def _mean_problems(self, quantity: Quantity) -> list[Problem]:
        if self.mean is None:
            return []
        means = [law.mean() for law in quantity.shapes()]
        if quantity.constant is not None:
            means = [quantity.constant]
        wrong = [mean for mean in means if not abs(mean - self.mean) <= MEAN_TOLERANCE]
        if not wrong:
            return []
        rule = f"must have mean {shown(self.mean)}, but has {wrong[0]:.4g}"
        remedy = f"write it by its mean, for example mean = {shown(self.mean)}, sd = 0.1"
        return [Problem("", quantity.raw(), rule, remedy)]

    def _on_open_bound(self, law: Distribution) -> bool:
        if law.clip is None:
            return False
        return (self.open_low and law.clip[0] == self.low) or (
            self.open_high and law.clip[1] == self.high
        )

    def check(self, quantity: Quantity) -> Quantity:
        """Return ``quantity`` or raise the problems found."""
        problems = [
            problem
            for end, part in quantity.parts().items()
            for problem in under(end, self.problems(part))
        ]
        if problems:
            raise ScenarioError(problems)
        return quantity

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Check after the field itself has been read."""
        return core_schema.no_info_after_validator_function(
            lambda quantity: parsed(self.check, quantity), handler(source)
        )
