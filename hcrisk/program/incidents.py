"""Write risks, loss forms and insurance into tables."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hcrisk.kernels import columns as col
from hcrisk.kernels.tables import Ints, Keys
from hcrisk.program.growth import GROWING
from hcrisk.program.keys import StreamKeys
from hcrisk.program.layout import Layout
from hcrisk.program.numbers import write_size
from hcrisk.program.recorder import Recorder
from hcrisk.scenario.piecewise import Curve
from hcrisk.scenario.quantity import Law, Number
from hcrisk.scenario.risk import Effect, Loss, Risk
from hcrisk.scenario.scenario import Scenario


@dataclass
class RiskLinks:
    """The links of risks, effects and forms, and where their streams stand."""

    risks: Ints
    effects: Ints
    forms: Ints
    keys: Keys
    count_keys: list[int]
    frailty_laws: list[int]


def write_risks(
    recorder: Recorder, scenario: Scenario, layout: Layout, keys: StreamKeys, n_year: int
) -> RiskLinks:
    """Write all risks with their effects and loss forms."""
    risks: list[list[int]] = []
    effects: list[list[int]] = []
    forms: list[list[int]] = []
    names: list[list[str]] = []
    frailty_laws: list[int] = []
    widest = max((len(risk.losses) for risk in scenario.risks.values()), default=0)
    for name, risk in scenario.risks.items():
        path = f"risks.{name}"
        write_risk(recorder, risk, path)
        first_effect, first_form, first_row = len(effects), len(forms), len(names)
        for service, effect in risk.effects.items():
            place = f"{path}.effects.{service}"
            effects.append(write_effect(recorder, layout, service, effect, place))
        form_names = list(risk.losses)
        for form, loss in risk.losses.items():
            links = write_form(recorder, scenario, name, form, loss)
            links[col.FO_REQUIRES] = (
                -1 if loss.requires is None else first_form + form_names.index(loss.requires)
            )
            forms.append(links)
        most = float(scenario.growth.most) if scenario.growth.changes else 1.0
        slabs = math.ceil(float(risk.max_multiple) * most)
        for slab in range(slabs):
            for year in range(1, n_year + 1):
                cell = f"risk/{name}/slab/{slab}/year/{year}"
                names.append(stream_names(cell, form_names, widest))
        frailty_laws.append(write_frailty(recorder, risk.frailty_shape, f"{path}.frailty_shape"))
        links = risk_links(recorder, layout, risk, path)
        links[col.XL_FORM_FIRST], links[col.XL_FORM_END] = first_form, len(forms)
        links[col.XL_EFFECT_FIRST], links[col.XL_EFFECT_END] = first_effect, len(effects)
        links[col.XL_SLABS], links[col.XL_ROW] = slabs, first_row
        risks.append(links)
    table = hash_streams(keys, names)
    return RiskLinks(
        risks=_ints(risks, 10),
        effects=_ints(effects, 6),
        forms=_ints(forms, col.FORM_LINKS),
        keys=table,
        count_keys=[int(row[col.XK_COUNT]) for row in table],
        frailty_laws=frailty_laws,
    )


def risk_links(recorder: Recorder, layout: Layout, risk: Risk, path: str) -> list[int]:
    """Add a risk's laws and return its links, all but where its forms and effects stand."""
    links = [0] * 10
    links[col.XL_VENDOR] = -1 if risk.vendor is None else layout.vendors.index(risk.vendor)
    services = layout.services
    links[col.XL_BOOKED] = len(services) if risk.service is None else services.index(risk.service)
    links[col.XL_RECORDS] = _law(recorder, risk.records, f"{path}.records")
    links[col.XL_TOTAL] = _law(recorder, risk.total, f"{path}.total")
    return links


def _ints(rows: list[list[int]], width: int) -> Ints:
    return np.array(rows, dtype=np.int64).reshape(-1, width)


def _law(recorder: Recorder, law: Law | None, path: str) -> int:
    return -1 if law is None else recorder.law(law, path)


def stream_names(cell: str, forms: list[str], widest: int) -> list[str]:
    """Return the streams of one slab and year, padded to the widest risk.

    Examples
    --------
    >>> stream_names("risk/fire/slab/0/year/1", [], 0)[:3]
    ['risk/fire/slab/0/year/1', 'risk/fire/slab/0/year/1/time', 'risk/fire/slab/0/year/1/level']
    """
    names = [cell]
    names += [f"{cell}/{end}" for end in ("time", "level", "records", "total", "conditions")]
    for form in forms:
        names += [f"{cell}/loss/{form}/occurs", f"{cell}/loss/{form}"]
    return names + [""] * (2 * (widest - len(forms)))


def hash_streams(keys: StreamKeys, names: list[list[str]]) -> NDArray[np.uint64]:
    """Return the keys of incident streams; the padding gets key 0 and is never used."""
    width = len(names[0]) if names else col.XK_FORMS
    hashed = [[keys.key(name) if name else 0 for name in row] for row in names]
    return np.array(hashed, dtype=np.uint64).reshape(-1, width)


def write_risk(recorder: Recorder, risk: Risk, path: str) -> None:
    """Write the numbers of a risk."""
    row = recorder.row("risks", col.RISK_WIDTH)
    recorder.put("risks", row, col.X_FREQUENCY, risk.frequency, f"{path}.frequency")
    recorder.set("risks", row, col.X_REFERENCE, float(risk.reference_providers))
    recorder.put("risks", row, col.X_EXPONENT, risk.size_exponent, f"{path}.size_exponent")
    recorder.put("risks", row, col.X_TREND, risk.trend, f"{path}.trend")
    recorder.set("risks", row, col.X_SHAPE, 1.0)
    if risk.frailty_shape is not None:
        shape = risk.frailty_shape
        recorder.put("risks", row, col.X_SHAPE, shape, f"{path}.frailty_shape")
    recorder.set("risks", row, col.X_MAXIMUM, float(risk.max_multiple))
    multiple = risk.transition_multiple
    recorder.put("risks", row, col.X_TRANSITION, multiple, f"{path}.transition_multiple")


def write_frailty(recorder: Recorder, shape: Number | None, path: str) -> int:
    """Write the gamma law of scale 1 from which a frailty is drawn; -1 without one."""
    if shape is None:
        return -1
    row = recorder.law(Law("gamma", {"shape": shape, "scale": Number(1.0)}), "frailty")
    if not shape.is_certain:
        recorder.rename("frailty.shape", path)
    return row


def write_effect(
    recorder: Recorder, layout: Layout, service: str, effect: Effect, path: str
) -> list[int]:
    """Write an effect's factors and points and return its links."""
    row = recorder.row("factors", len(layout.cells))
    for position, (cell_service, arrangement) in enumerate(layout.cells):
        recorder.set("factors", row, position, 1.0)
        if cell_service == service and arrangement in effect.factors:
            factor = effect.factors[arrangement]
            recorder.put("factors", row, position, factor, f"{path}.factors.{arrangement}")
    frequency = write_points(recorder, effect.frequency, f"{path}.frequency")
    severity = write_points(recorder, effect.severity, f"{path}.severity")
    looks_at_skills = int(effect.on == "unskilled")
    return [layout.services.index(service), *frequency, *severity, looks_at_skills]


def write_points(recorder: Recorder, curve: Curve, path: str) -> tuple[int, int]:
    """Write the points of a curve and return their range."""
    first = recorder.count("points")
    if curve.kappa is not None:
        for at, multiple in ((0.0, Number(1.0)), (1.0, curve.kappa)):
            row = recorder.row("points", 2)
            recorder.set("points", row, col.POINT_AT, at)
            recorder.put("points", row, col.POINT_MULTIPLE, multiple, path)
        return first, recorder.count("points")
    for position, point in enumerate(curve.points):
        row = recorder.row("points", 2)
        recorder.set("points", row, col.POINT_AT, point.level)
        place = f"{path}.{position}.multiple"
        recorder.put("points", row, col.POINT_MULTIPLE, point.number, place)
    return first, recorder.count("points")


def write_form(
    recorder: Recorder, scenario: Scenario, risk: str, name: str, loss: Loss
) -> list[int]:
    """Write a loss form and return its links, all but what it requires."""
    path = f"risks.{risk}.losses.{name}"
    row = recorder.row("forms", col.FORM_WIDTH)
    recorder.put("forms", row, col.F_UNIT_COST, loss.unit_cost, f"{path}.unit_cost")
    count = 1.0
    if loss.per not in ("event", "record"):
        count = scenario.practice.driver_count(loss.per)  # type: ignore[arg-type]
    recorder.set("forms", row, col.F_COUNT, count)
    recorder.put("forms", row, col.F_CAP, loss.cap, f"{path}.cap")
    recorder.put("forms", row, col.F_YEARLY, loss.yearly_cap, f"{path}.yearly_cap")
    if loss.share is not None:
        recorder.put("forms", row, col.F_SHARE, loss.share, f"{path}.share")
    recorder.set("forms", row, col.F_SUBLIMIT, math.inf)
    recorder.set("forms", row, col.F_CUT, 1.0)
    if scenario.insurance is not None:
        sublimits, cuts = scenario.insurance.sublimits, scenario.insurance.unmet_sublimits
        if name in sublimits.get(risk, {}):
            place = f"insurance.sublimits.{risk}.{name}"
            recorder.put("forms", row, col.F_SUBLIMIT, sublimits[risk][name], place)
        if name in cuts.get(risk, {}):
            place = f"insurance.unmet_sublimits.{risk}.{name}"
            recorder.put("forms", row, col.F_CUT, cuts[risk][name], place)
    first = recorder.count("steps")
    write_steps(recorder, loss, f"{path}.probability")
    links = [0] * col.FORM_LINKS
    links[col.FO_LAW] = _law(recorder, loss.severity, f"{path}.severity")
    links[col.FO_SHARES_TOTAL] = int(loss.share is not None)
    links[col.FO_GROWS] = int(scenario.growth.changes and loss.per in GROWING)
    links[col.FO_PER_RECORD] = int(loss.per == "record")
    links[col.FO_TRENDED] = int(loss.trended)
    links[col.FO_INSURED] = int(loss.insured)
    links[col.FO_INDEMNIFIED] = int(loss.indemnified)
    links[col.FO_STEP_FIRST], links[col.FO_STEP_END] = first, recorder.count("steps")
    return links


def write_steps(recorder: Recorder, loss: Loss, path: str) -> None:
    """Write a form's probability, a step function of the records of the event."""
    chance = loss.probability
    if chance.number is not None:
        row = recorder.row("steps", 2)
        recorder.set("steps", row, col.STEP_ABOVE, -math.inf)
        recorder.put("steps", row, col.STEP_PROBABILITY, chance.number, path)
    for position, step in enumerate(chance.entries):
        row = recorder.row("steps", 2)
        recorder.set("steps", row, col.STEP_ABOVE, step.level)
        place = f"{path}.{position}.probability"
        recorder.put("steps", row, col.STEP_PROBABILITY, step.number, place)


def write_insurance(recorder: Recorder, scenario: Scenario, layout: Layout) -> tuple[int, Ints]:
    """Write the policy; return the law of its premium growth and its condition services."""
    row = recorder.row("insurance", col.INSURANCE_WIDTH)
    policy = scenario.insurance
    if policy is None:
        return -1, np.empty(0, dtype=np.int64)
    place = ("insurance", row, col.I_PREMIUM)
    write_size(recorder, scenario, place, policy.premium, "insurance.premium")
    numbers = {
        "retention": col.I_RETENTION,
        "limit": col.I_LIMIT,
        "aggregate_limit": col.I_AGGREGATE,
        "coinsurance": col.I_COINSURANCE,
        "unmet_denial": col.I_DENIAL,
        "unmet_refusal": col.I_REFUSAL,
        "unmet_load": col.I_LOAD,
    }
    for field, column in numbers.items():
        recorder.put("insurance", row, column, getattr(policy, field), f"insurance.{field}")
    services = []
    for service, threshold in policy.max_uncovered.items():
        condition = recorder.row("conditions", 1)
        recorder.put("conditions", condition, 0, threshold, f"insurance.max_uncovered.{service}")
        services.append(layout.services.index(service))
    growth = recorder.law(policy.premium_growth, "insurance.premium_growth")
    return growth, np.array(services, dtype=np.int64)
