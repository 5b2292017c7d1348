"""What a quote says of rosters that are not whole."""

import hcrisk
from hcrisk.report.quote import build_quote
from hcrisk.report.rosters import rosters


def test_a_roster_that_no_number_makes_whole_says_why():
    path = "services.security.arrangements.insource.on_call"
    call = {"hours_per_week": 100, "effectiveness": 0.5}
    scenario = hcrisk.load("mid-market").replace({path: call})
    ds = hcrisk.simulate(scenario, paths=2, strategies="insource", detail="full", progress=False)
    said = " ".join(" ".join(rosters(build_quote(ds, scenario))).split())
    assert "no number leaves 1%, as calls are not all answered: on_call.effectiveness" in said
