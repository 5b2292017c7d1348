"""Views: strategies that are the same to a risk.

A risk looks at the services its multiples and exposure depend on. To strategies that deliver these
alike, and lead them alike where uncovered shares count, the same incidents happen; what nobody
insures, indemnifies or caps by the year costs them the same as well.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from hcrisk.kernels import columns as col
from hcrisk.kernels.tables import Ints
from hcrisk.program.recorder import ints
from hcrisk.scenario.scenario import Scenario

Links = dict[str, Any]


def view_links(scenario: Scenario, links: Links) -> Links:
    """Return each risk's views: the view of each strategy, and a strategy that stands for it.

    Parameters
    ----------
    scenario : Scenario
    links : dict
        Those of strategies, cells, contracts and risks.

    Returns
    -------
    dict
        ``risk_view`` by risk and strategy; ``view_start`` by risk, and one more; by view
        ``view_strategy``; and by risk ``is_alone``, whether the practice alone pays.
    """
    seen: list[list[int]] = []
    firsts: list[int] = []
    begins = [0]
    for k in range(len(links["risks"])):
        keys = _looked_at(links, k)
        _, first, view = np.unique(keys, axis=0, return_index=True, return_inverse=True)
        seen.append([begins[-1] + int(v) for v in view.ravel()])
        firsts += first.tolist()
        begins.append(len(firsts))
    return {
        "risk_view": ints(seen, len(links["strategy_cells"])),
        "view_start": ints(begins),
        "view_strategy": ints(firsts),
        "is_alone": ints([int(_is_alone(scenario, name, links)) for name in scenario.risks]),
    }


def _looked_at(links: Links, k: int) -> Ints:
    """Return what risk `k` sees of each strategy, one row for each."""
    targets, risk = links["strategy_cells"], links["risks"][k]
    columns = [np.zeros(len(targets), dtype=np.int64)]
    for e in range(risk[col.XL_EFFECT_FIRST], risk[col.XL_EFFECT_END]):
        effect = links["effects"][e]
        cells = targets[:, effect[col.FL_SERVICE]]
        columns.append(cells)
        if effect[col.FL_UNSKILLED] == 0:
            columns.append(links["pair_index"][cells, links["strategy_managers"]])
    if risk[col.XL_VENDOR] >= 0:
        start, vendors = links["cell_contract_start"], links["contracts"][:, col.KL_VENDOR]
        for s in range(targets.shape[1]):
            mine = np.flatnonzero(links["cells"][:, col.CL_SERVICE] == s)
            held = [vendors[start[cell] : start[cell + 1]] for cell in mine]
            if any((row == risk[col.XL_VENDOR]).any() for row in held):
                columns.append(targets[:, s])
    return np.stack(columns, axis=1)


def _is_alone(scenario: Scenario, name: str, links: Links) -> bool:
    """Return whether nobody shares the losses of a risk, and no year's cap ties them together."""
    k = list(scenario.risks).index(name)
    forms = links["forms"][
        links["risks"][k, col.XL_FORM_FIRST] : links["risks"][k, col.XL_FORM_END]
    ]
    caps = [loss.yearly_cap.constant for loss in scenario.risks[name].losses.values()]
    is_insured = links["has_insurance"] and forms[:, col.FO_INSURED].any()
    is_capped = any(cap != math.inf for cap in caps)
    return not (is_insured or forms[:, col.FO_INDEMNIFIED].any() or is_capped)
