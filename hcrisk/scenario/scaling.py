"""Sizes that no longer move with the providers, because a plain number replaces one that did."""

from __future__ import annotations

from hcrisk.exceptions import Problem
from hcrisk.scenario.scenario import Scenario
from hcrisk.scenario.size import Size


def unscaled(scenario: Scenario) -> list[Problem]:
    r"""Return a remark for every own plain number in place of one by provider.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    list of Problem
        Empty if it extends nothing.

    Examples
    --------
    >>> from hcrisk.scenarios import from_toml
    >>> made = from_toml('name = "a"\nextends = "mid-market"\npractice.users = 250')
    >>> print(unscaled(made)[0].rule)
    stays as it is when practice.providers changes, unlike mid-market's
    >>> made = from_toml('name = "a"\nextends = "mid-market"\npractice.revenue = 46_750_000')
    >>> print(unscaled(made)[0].remedy.partition(";")[0])
    to let it move write { per_provider = 935000 }
    """
    parent = scenario.parent
    if parent is None:
        return []
    before = parent.quantities()
    providers = float(scenario.practice.providers)
    found = []
    for path, size in scenario.quantities().items():
        old = before.get(path)
        if not isinstance(size, Size) or size.per_provider or not scenario.is_own(path):
            continue
        if isinstance(old, Size) and old.per_provider:
            central = size.number.central
            rule = f"stays as it is when practice.providers changes, unlike {parent.name}'s"
            # As a file and a cell take it: no commas, no powers of ten.
            each = f"{float(f'{central / providers:.4g}'):.12g}"
            remedy = (
                f"to let it move write {{ per_provider = {each} }}; in a workbook, {each} in the "
                f"row above it and nothing here"
            )
            found.append(Problem(path, float(f"{central:.6g}"), rule, remedy))
    return found
