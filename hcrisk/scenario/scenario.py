"""The whole of what a user states, checked, immutable, and changed only by `Scenario.replace`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple, Self

from pydantic import PrivateAttr

from hcrisk.exceptions import Problem, ScenarioError
from hcrisk.figures import counted
from hcrisk.scenario.checks import problems_between
from hcrisk.scenario.correlations import correlation_problems
from hcrisk.scenario.frozen import Frozen, thaw
from hcrisk.scenario.growth import PracticeGrowth
from hcrisk.scenario.insurance import Insurance
from hcrisk.scenario.macro import Macro, People
from hcrisk.scenario.merge import resolved
from hcrisk.scenario.practice import Discounting, Horizon, Practice
from hcrisk.scenario.quantity import Number, Quantity
from hcrisk.scenario.readiness import Readiness, readiness_problems
from hcrisk.scenario.replace import replaced
from hcrisk.scenario.risk import Risk
from hcrisk.scenario.role import Managers, Role
from hcrisk.scenario.service import Service, SharedLine
from hcrisk.scenario.slips import (
    as_typed,
    beside_parent,
    concerns,
    incomplete_entries,
    one_each,
    without,
)
from hcrisk.scenario.source import Source
from hcrisk.scenario.strategy import Correlation, Strategy
from hcrisk.scenario.table import Named, Table, Text, item, plain
from hcrisk.scenario.vendor import Vendor
from hcrisk.scenario.walk import canonical, in_file_order, quantities
from hcrisk.scenario.weak import switched_off

CURRENT = "current"
DIGEST_FORMAT = "hcrisk scenario 1"
# Own paths of a scenario that no shipped file stands behind: everything.
EVERYTHING = frozenset({""})

Resolve = Callable[[str], Mapping[str, Any]]


class Block(NamedTuple):
    """Inputs that move together: their paths in file order, and their Spearman correlations."""

    inputs: tuple[str, ...]
    spearman: tuple[tuple[float, ...], ...]


class Scenario(Table):
    """A practice, the ways to deliver its technology, and what may happen.

    Make one with `hcrisk.scenarios.load`, `Scenario.from_mapping` or keyword arguments that
    mirror a file. Every broken rule is reported at once.

    Raises
    ------
    ScenarioError
        Listing every problem with its path, value, rule and remedy.
    """

    name: Text = item("name of the scenario")
    label: Text | None = item("name shown to readers", default=None)
    description: Text | None = item("what the scenario is about", default=None)
    currency: Text = item("currency of every amount", default="USD")
    practice: Practice = item("the practice")
    horizon: Horizon = item("how far the simulation looks ahead", default=Horizon())
    growth: PracticeGrowth = item(
        "how the practice's size changes over time", default=PracticeGrowth()
    )
    discounting: Discounting = item("how later costs compare with earlier ones")
    macro: Macro = item("wage, price and attrition paths")
    people: People = item("what holds for all staff")
    roles: Named[Role] = item("jobs by name", default=Frozen[Role]())
    services: Named[Service] = item("functions the practice needs delivered, by name")
    lines: Named[SharedLine] = item("costs shared by services", default=Frozen[SharedLine]())
    vendors: Named[Vendor] = item("partners by name", default=Frozen[Vendor]())
    managers: Managers | None = item("who manages internal staff", default=None)
    readiness: Named[Readiness] = item(
        "what the practice has in place, by name", default=Frozen[Readiness]()
    )
    risks: Named[Risk] = item("random events by name", default=Frozen[Risk]())
    insurance: Insurance | None = item("the practice's insurance", default=None)
    strategies: Named[Strategy] = item(
        "choices of one arrangement per service, by name", default=Frozen[Strategy]()
    )
    correlations: tuple[Correlation, ...] = item(
        "Spearman correlations between uncertain inputs", default=()
    )
    sources: Named[Source] = item("where numbers come from, by key", default=Frozen[Source]())

    _content: dict[str, Any] = PrivateAttr(default_factory=dict)
    _own: frozenset[str] = PrivateAttr(default=EVERYTHING)
    _parent: dict[str, Any] | None = PrivateAttr(default=None)

    def __init__(self, **entries: Any) -> None:
        content = plain(entries)
        problems: list[Problem] = []
        try:
            super().__init__(**content)
            self._content = content
        except ScenarioError as error:
            problems += one_each(error.problems, content, type(self))
        problems += _further(problems, content)
        broken = {problem.path for problem in problems}
        problems += correlation_problems(content, None if problems else self.numbers(), broken)
        if not problems:
            problems += readiness_problems(content, self._quantities, type(self))
        if problems:
            raise ScenarioError(in_file_order(problems, content))

    @classmethod
    def from_mapping(
        cls, mapping: Mapping[str, Any], resolve: Resolve | None = None, *, shipped: bool = False
    ) -> Self:
        """Build a scenario from what a file holds.

        Parameters
        ----------
        mapping : mapping
        resolve : callable, optional
            Gives the content of the scenario named by ``extends``.
        shipped : bool
            Whether the numbers are the library's and not the user's own.

        Returns
        -------
        Scenario
        """
        own = plain(mapping)
        found = resolved(own, resolve)
        try:
            scenario = cls(**found.content)
        except ScenarioError as error:
            inherited = found.parent or {}
            problems = [beside_parent(problem, own, inherited) for problem in error.problems]
            raise ScenarioError(problems) from None
        scenario._own = frozenset() if shipped else found.own
        scenario._parent = found.parent
        return scenario

    def to_mapping(self) -> dict[str, Any]:
        """Return the scenario as a file would hold it, everything inherited included."""
        content: dict[str, Any] = thaw(self._content)
        return content

    def replace(self, changes: Mapping[str, Any]) -> Self:
        """Return the scenario with other values at some dotted paths.

        Parameters
        ----------
        changes : mapping
            From dotted path to the new value, as it would be written in a file. What is beside
            the path stays, but for source, note and range of a number one of whose parameters
            is changed. A new name under a table of named entries adds an entry.

        Returns
        -------
        Scenario

        Raises
        ------
        ScenarioError
            If a path does not exist, or the new scenario breaks a rule.

        Examples
        --------
        >>> from hcrisk.scenarios import load
        >>> bigger = load("mid-market").replace({"practice.providers": 100})
        >>> float(bigger.practice.providers)
        100.0
        """
        content = replaced(self, self._content, {key: plain(new) for key, new in changes.items()})
        scenario = type(self)(**content)
        scenario._own = self._own | frozenset(changes)
        scenario._parent = self._parent
        return scenario

    def no_effect(self) -> Self:
        """Return the scenario with every multiplier that rests on weak evidence switched off.

        Returns
        -------
        Scenario
            With each of `hcrisk.scenario.weak_multipliers` at the value that has no effect, and
            a label that says so; this one if there are none.

        Raises
        ------
        ScenarioError
            If a parameter of one of them is correlated with other inputs.

        Examples
        --------
        >>> from hcrisk.scenarios import load
        >>> load("mid-market").no_effect().managers.drift.value
        0.0
        """
        changes = switched_off(self)
        if not changes:
            return self
        return self.replace({"label": f"{self.label or self.name}, weak multipliers off"} | changes)

    @cached_property
    def parent(self) -> Self | None:
        """The scenario this one extends; None if there is none, or none right by itself."""
        try:
            return None if self._parent is None else type(self)(**self._parent)
        except ScenarioError:
            return None

    def is_own(self, path: str) -> bool:
        """Tell whether the entry at a dotted path is the user's own and not a shipped default."""
        if "" in self._own:
            return True
        return any(
            path == own or path.startswith(f"{own}.") or own.startswith(f"{path}.")
            for own in self._own
        )

    def quantities(self) -> dict[str, Quantity]:
        """Return every number, law, size and count by dotted path, in file order."""
        return dict(self._quantities)

    def numbers(self) -> dict[str, Number]:
        """Return every number by dotted path, certain or not, in file order."""
        return dict(self._numbers)

    def inputs(self) -> dict[str, Number]:
        """Return every uncertain number by dotted path, in file order."""
        return dict(self._inputs)

    @cached_property
    def _quantities(self) -> dict[str, Quantity]:
        return dict(quantities(self, self._content))

    @cached_property
    def _numbers(self) -> dict[str, Number]:
        return {
            f"{path}.{end}" if end else path: number
            for path, quantity in self._quantities.items()
            for end, number in quantity.numbers().items()
        }

    @cached_property
    def _inputs(self) -> dict[str, Number]:
        return {path: number for path, number in self._numbers.items() if not number.is_certain}

    @property
    def years(self) -> int:
        """The number of years simulated."""
        return int(float(self.horizon.years))

    @property
    def current(self) -> dict[str, str]:
        """The arrangement of every service in place at time 0."""
        return {name: service.current for name, service in self.services.items()}

    def assignment(self, strategy: str) -> dict[str, str]:
        """Return the arrangement of every service under a strategy.

        Parameters
        ----------
        strategy : str
            A strategy of the scenario, or "current".

        Returns
        -------
        dict
        """
        if strategy == CURRENT and strategy not in self.strategies:
            return self.current
        stated = self.strategies[strategy]
        return {name: stated.arrangement_of(name) for name in self.services}

    def correlation_blocks(self) -> tuple[Block, ...]:
        """Return the correlated inputs, each block in file order.

        Returns
        -------
        tuple of Block
        """
        position = {path: place for place, path in enumerate(self.numbers())}
        blocks = []
        for stated in self.correlations:
            names, matrix = stated.names, stated.spearman
            order = sorted(range(len(names)), key=lambda i: position[names[i]])
            blocks.append(
                Block(
                    tuple(names[i] for i in order),
                    tuple(tuple(matrix[i][j] for j in order) for i in order),
                )
            )
        return tuple(blocks)

    @cached_property
    def digest(self) -> str:
        """A fingerprint of the numbers and the structure, whatever the wording and layout."""
        content = {
            "format": DIGEST_FORMAT,
            "scenario": canonical(self),
            "correlated": [block.inputs for block in self.correlation_blocks()],
        }
        text = json.dumps(content, separators=(",", ":"))
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()

    def __eq__(self, other: object) -> bool:
        """Tell whether two scenarios have the same content."""
        return isinstance(other, Scenario) and self._content == other._content

    def __hash__(self) -> int:
        """Hash the scenario by its fingerprint."""
        return hash(self.digest)

    def __repr__(self) -> str:
        """Return the name and the size of the scenario."""
        # It reads scenarios.
        from hcrisk.scenario.show import own_words

        return (
            f"<Scenario {self.name}: {counted(len(self.services), 'services')}, "
            f"{counted(len(self.strategies), 'strategies')}, "
            f"{counted(len(self._inputs), 'uncertain inputs')}{own_words(self._stated)}>"
        )

    __str__ = __repr__

    def _repr_html_(self) -> str:
        from hcrisk.scenario.show import page

        return page(self, self._stated)

    @property
    def _stated(self) -> list[str]:
        """The paths whose entries are the user's own, none where everything is."""
        return sorted(self._own - EVERYTHING)


def _further(problems: list[Problem], content: Mapping[str, Any]) -> Iterator[Problem]:
    """Iterate over the problems between fields that do not follow from others."""
    known = {problem.path for problem in problems}
    incomplete = list(incomplete_entries(problems))
    names = [name for _, name in incomplete]
    for found in problems_between(without(content, incomplete)):
        if found.path not in known and not concerns(found, names):
            yield as_typed(found, content)
