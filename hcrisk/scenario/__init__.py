"""What a user states: objects, validation, files."""

from hcrisk.scenario.bounds import Within
from hcrisk.scenario.compare import OwnChoice, OwnNumber, left_out, own_choices, own_numbers
from hcrisk.scenario.crossing import crossing
from hcrisk.scenario.frozen import Frozen
from hcrisk.scenario.idle import idle
from hcrisk.scenario.insurance import Insurance
from hcrisk.scenario.macro import AttritionPath, GrowthPath, Macro, People
from hcrisk.scenario.management import Management, management
from hcrisk.scenario.piecewise import Band, Chance, Curve, Point, Price, Step
from hcrisk.scenario.plausible import unusual
from hcrisk.scenario.practice import Discounting, Horizon, Practice
from hcrisk.scenario.quantity import Law, Number, Quantity
from hcrisk.scenario.register import Assumption, Default, defaults, register
from hcrisk.scenario.risk import Effect, Loss, Risk
from hcrisk.scenario.role import Managers, Role
from hcrisk.scenario.roster import Roster, whole_roster
from hcrisk.scenario.scaling import unscaled
from hcrisk.scenario.scenario import Block, Scenario
from hcrisk.scenario.schema import json_schema
from hcrisk.scenario.service import (
    Arrangement,
    Contract,
    Coverage,
    Line,
    Service,
    SharedLine,
    Transition,
)
from hcrisk.scenario.size import Count, Seats, Size
from hcrisk.scenario.source import Source
from hcrisk.scenario.steps import near_steps
from hcrisk.scenario.strategy import Correlation, Strategy
from hcrisk.scenario.template import template
from hcrisk.scenario.toml import dump_toml, from_toml, load_file, parse_toml, read_toml
from hcrisk.scenario.untroubled import untroubled
from hcrisk.scenario.unused import unused
from hcrisk.scenario.vendor import Acquisition, Failure, Switch, Vendor
from hcrisk.scenario.weak import weak_multipliers

__all__ = [
    "Acquisition",
    "Arrangement",
    "Assumption",
    "AttritionPath",
    "Band",
    "Block",
    "Chance",
    "Contract",
    "Correlation",
    "Count",
    "Coverage",
    "Curve",
    "Default",
    "Discounting",
    "Effect",
    "Failure",
    "Frozen",
    "GrowthPath",
    "Horizon",
    "Insurance",
    "Law",
    "Line",
    "Loss",
    "Macro",
    "Management",
    "Managers",
    "Number",
    "OwnChoice",
    "OwnNumber",
    "People",
    "Point",
    "Practice",
    "Price",
    "Quantity",
    "Risk",
    "Role",
    "Roster",
    "Scenario",
    "Seats",
    "Service",
    "SharedLine",
    "Size",
    "Source",
    "Step",
    "Strategy",
    "Switch",
    "Transition",
    "Vendor",
    "Within",
    "crossing",
    "defaults",
    "dump_toml",
    "from_toml",
    "idle",
    "json_schema",
    "left_out",
    "load_file",
    "management",
    "near_steps",
    "own_choices",
    "own_numbers",
    "parse_toml",
    "read_toml",
    "register",
    "template",
    "unscaled",
    "untroubled",
    "unused",
    "unusual",
    "weak_multipliers",
    "whole_roster",
]
