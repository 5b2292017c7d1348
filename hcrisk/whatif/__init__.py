"""What would change the decision: a scenario in, simulated again with other numbers.

Every comparison is made on common random numbers: the same seed, the same paths, so that what
differs is what was changed. The results are labelled Datasets with ``value``, ``lower`` and
``upper``, and a ``summary`` in words among their attributes.
"""

from hcrisk.whatif.break_even import break_even
from hcrisk.whatif.effort import Effort
from hcrisk.whatif.flip import flip_points
from hcrisk.whatif.goal import goal_seek
from hcrisk.whatif.stress import stress
from hcrisk.whatif.stresses import Stress, stresses

__all__ = ["Effort", "Stress", "break_even", "flip_points", "goal_seek", "stress", "stresses"]
