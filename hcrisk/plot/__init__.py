"""Plots of a result: a Dataset in, the matplotlib Axes drawn on out.

Colours are Okabe and Ito's, which colour-blind readers can tell apart; line styles, markers and
hatches say the same again for grey print. Without ``ax`` a new pyplot figure is made; with it
nothing global is touched. Importing this package selects no backend.
"""

from hcrisk.arguments import no_attribute
from hcrisk.plot.allocation import allocation
from hcrisk.plot.break_even import break_even
from hcrisk.plot.budget import budget
from hcrisk.plot.components import components
from hcrisk.plot.convergence import convergence
from hcrisk.plot.diversification import diversification
from hcrisk.plot.estimates import estimates
from hcrisk.plot.exceedance import exceedance
from hcrisk.plot.frontier import frontier
from hcrisk.plot.information import information
from hcrisk.plot.regret import regret
from hcrisk.plot.tornado import tornado
from hcrisk.plot.waterfall import waterfall
from hcrisk.plot.yearly_fan import yearly_fan

__all__ = [
    "allocation",
    "break_even",
    "budget",
    "components",
    "convergence",
    "diversification",
    "estimates",
    "exceedance",
    "frontier",
    "information",
    "regret",
    "tornado",
    "waterfall",
    "yearly_fan",
]


def __getattr__(name: str) -> object:
    raise no_attribute(__name__, name, __all__)


def __dir__() -> list[str]:
    return __all__
