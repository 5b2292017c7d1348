"""The model of docs/model.md recomputed in plain Python, event by event, one path at a time.

It shares no code with the library and reads nothing but scenario objects. Its modules follow the
sections of docs/model.md: `uniforms`, `inputs` and `readiness` (1, 2), `macro` (3), `growth`
(3b), `people`, `coverage` and `arrangements` (4), `vendors` (5), `services` (6), `strategies`
(4, 8), `risks` and `insurance` (7), `projects`, `lines`, `service_costs` and `simulation` (8).
"""

from tests.reference.simulation import simulate_reference

__all__ = ["simulate_reference"]
