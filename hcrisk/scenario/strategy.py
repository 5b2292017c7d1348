"""Strategies, and correlations between uncertain inputs."""

from __future__ import annotations

from hcrisk.scenario.frozen import Frozen
from hcrisk.scenario.table import Correlation as Coefficient
from hcrisk.scenario.table import Named, Table, Text, Texts, item


class Strategy(Table):
    """One arrangement for every service.

    Examples
    --------
    >>> Strategy(all="outsource", services={"ehr": "insource"}).arrangement_of("help_desk")
    'outsource'
    """

    label: Text | None = item("name shown to readers", default=None)
    all: Text | None = item("arrangement of every service not named", default=None)
    services: Named[Text] = item("arrangement by service", default=Frozen[str]())

    def arrangement_of(self, service: str) -> str:
        """Return the arrangement this strategy has for a service."""
        name = self.services.get(service, self.all)
        if name is None:
            raise KeyError(service)
        return name


class Correlation(Table):
    """Spearman correlations between two or more uncertain inputs.

    Examples
    --------
    >>> pair = Correlation(between=["macro.wage.mean", "macro.price.mean"], rho=0.5)
    >>> pair.names, pair.spearman
    (('macro.wage.mean', 'macro.price.mean'), ((1.0, 0.5), (0.5, 1.0)))
    """

    inputs: Texts | None = item("paths of the inputs", default=None)
    matrix: tuple[tuple[Coefficient, ...], ...] | None = item("their correlations", default=None)
    between: Texts | None = item("paths of two inputs", default=None)
    rho: Coefficient | None = item("their correlation", default=None)

    @property
    def names(self) -> tuple[str, ...]:
        """The paths of the inputs, however they were written."""
        return self.inputs or self.between or ()

    @property
    def spearman(self) -> tuple[tuple[float, ...], ...]:
        """The matrix, however it was written."""
        if self.matrix is not None:
            return tuple(tuple(float(entry) for entry in row) for row in self.matrix)
        rho = float(self.rho) if self.rho is not None else 0.0
        return ((1.0, rho), (rho, 1.0))
