import numpy as np
import pytest
import xarray as xr

import hcrisk
from hcrisk.report.html import render_html
from hcrisk.scenario.components import COST_LINES
from hcrisk.scenarios import load
from hcrisk.variables import label_text

PATHS = 10_001
RATE = "vendors.msp.switch.rate"


def costs_by_strategy(n):
    """Evenly spread costs whose every measure can be worked out by hand (in millions)."""
    u = np.arange(n) / (n - 1)
    # A fixed order that is not sorted, so that batches of paths are alike.
    u = u[np.argsort(np.arange(n) * 3_571 % n, kind="stable")]
    return {"insource": 6 + u, "outsource": 5.5 + u, "current": np.full(n, 6.25)}


def make_result(scenario, n=PATHS, costs=None, currency="USD", current="current"):
    costs = costs_by_strategy(n) if costs is None else costs
    names = list(costs)
    components = [*COST_LINES, *scenario.risks]
    npv = 1e6 * np.stack(list(costs.values()))
    parts = np.zeros((len(names), len(components), n))
    parts[:, components.index("salaries")] = 0.7 * npv
    parts[:, components.index("tools")] = 0.3 * npv
    parts[:, components.index("breach")] = 1e4
    parts[:, components.index("insurance_recovery")] = -1e4
    inputs = list(scenario.inputs())
    sampled = np.tile(np.linspace(0, 1, n), (len(inputs), 1))
    sampled[:] = sampled[:, np.argsort(np.arange(n) * 7_919 % n, kind="stable")]
    if RATE in inputs:
        sampled[inputs.index(RATE)] = (npv[0] - npv[0].min()) / 1e7
    money = {"units": currency}
    ds = xr.Dataset(
        {
            "npv": (("strategy", "path"), npv, money | {"long_name": "discounted cost"}),
            "cost": (
                ("strategy", "year", "path"),
                npv[:, None, :] * np.array([0.3, 0.7])[None, :, None],
                money,
            ),
            "component_npv": (("strategy", "component", "path"), parts, money),
            "input": (("parameter", "path"), sampled),
        },
        {
            "strategy": names,
            "year": [1, 2],
            "component": components,
            "parameter": inputs,
            "path": np.arange(n),
        },
        {
            "scenario": scenario.name,
            "scenario_digest": scenario.digest,
            "currency": currency,
            "current": current,
            "seed": np.uint64(7),
            "paths": n,
            "hcrisk": "0.1.0",
        },
    )
    ds["component"].attrs["labels"] = label_text(
        {name: risk.label or name for name, risk in scenario.risks.items()}
    )
    return ds


@pytest.fixture(scope="session")
def scenario():
    return load("mid-market")


@pytest.fixture(scope="session")
def full_scope(scenario):
    """The same with every service delivered today."""
    return scenario.replace(
        {"services.analytics.current": "outsource", "services.software.current": "outsource"}
    )


@pytest.fixture
def result(full_scope):
    return make_result(full_scope)


@pytest.fixture(scope="session")
def make():
    return make_result


@pytest.fixture
def gappy(full_scope):
    """The result with 2 million of the current arrangement's cost in uncovered hours."""
    ds = make_result(full_scope)
    parts = ds["component_npv"]
    parts.loc[{"strategy": "current", "component": "coverage_gap"}] = 2e6
    parts.loc[{"strategy": "current", "component": "salaries"}] -= 2e6
    return ds


HOSTILE = '<script>alert("1")</script>'


@pytest.fixture(scope="session")
def hostile():
    """A scenario whose texts would run in a browser that takes them for a page."""
    small = load("small-practice")
    source, other = list(small.sources)[:2]
    return small.replace(
        {
            "label": f"Group {HOSTILE} & Co",
            "strategies.outsource.label": "<img src=x onerror=alert(2)>",
            f"sources.{source}.title": "</table><iframe src=//x.example></iframe>",
            f"sources.{source}.url": "javascript:alert(3)",
            # And what a spreadsheet would take for formulas.
            "strategies.hybrid.label": "=2+2",
            f"sources.{other}.title": '=HYPERLINK("https://x.example","1")',
            f"sources.{other}.note": "@SUM(1)",
        }
    )


@pytest.fixture(scope="session")
def told(hostile):
    """A whole report, of few futures."""
    return hcrisk.report(hostile, paths=1200, seed=3, progress=False)


@pytest.fixture(scope="session")
def page(told):
    return render_html(told)
