"""The commented file a new scenario starts from."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import groupby

from hcrisk.scenario.appendix import MARK, appendix
from hcrisk.scenario.explain import meaning_of, part_of, sourced
from hcrisk.scenario.partner import own_partner
from hcrisk.scenario.refusal import look_up
from hcrisk.scenario.remarks import bare
from hcrisk.scenario.scenario import Scenario
from hcrisk.scenario.values import toml_value

# What a practice knows of itself, or can ask for: a path's parts, each with wildcards.
KNOWN = (
    "practice.*",
    "horizon.years",
    "discounting.rate",
    "people.benefits_load",
    "managers.span",
    "roles.*.pay",
    "roles.*.fte",
    "roles.*.attrition_rate",
    "roles.*.time_to_fill_days",
    "roles.*.severance_weeks",
    "services.*.gap_rate",
    "services.*.coverage.posts",
    "services.*.arrangements.*.internal_share",
    "services.*.arrangements.*.oversight_fte",
    "services.*.arrangements.*.seats.*",
    "services.*.arrangements.*.contracts.*.*_fee",
    "services.*.arrangements.*.contracts.*.per_*",
    "services.*.arrangements.*.lines.*.amount",
    "services.*.arrangements.*.transition.cost",
    "lines.*.amount",
    "vendors.*.term_months",
    "vendors.*.months_to_renewal",
    "vendors.*.escalator_*",
    "vendors.*.notice_months",
    "vendors.*.exit_fee_share",
    "risks.*.frequency",
    "insurance.premium",
    "insurance.retention",
    "insurance.*limit",
    "insurance.coinsurance",
)
TITLES = {
    "practice": "The practice",
    "horizon": "How far to look ahead",
    "discounting": "What money costs you",
    "people": "All own staff",
    "managers": "Who manages own staff",
    "roles": "Own staff: from your payroll",
    "lines": "Costs that services share: tools, licences, devices",
    "vendors": "Partners: from your contracts and their offers",
    "risks": "Incidents: how often in a year",
    "insurance": "Your cyber policy",
}


def template(parent: Scenario, name: str = "my-practice") -> str:
    """Return a commented file that extends ``parent``, for a practice to fill in.

    Parameters
    ----------
    parent : Scenario
    name : str
        Name of the new scenario.

    Returns
    -------
    str
        It loads as it is; each commented line shows the parent's value, meaning and unit. The
        last part holds every other field of a scenario file.
    """
    label = name.replace("_", " ").replace("-", " ").capitalize()
    lines = [
        f"# A scenario that differs from {parent.name} in what is written here.",
        f"# A line behind a # shows what {parent.name} has: take the # off and put your own",
        "# value in its place. What you leave alone stays as it is there. In [] is where its",
        f"# value comes from: hcrisk sources {parent.name} says more. Instead of a number:",
        '#   not sure of it:   pay = { dist = "lognormal", p50 = 60_000, p90 = 75_000 }',
        '#   with its source:  pay = { value = 60_000, source = "payroll" }',
        "#   (take the # off payroll too, below [sources])",
        "#   that moves with the practice's providers:  users = { per_provider = 5 }",
        "#   (a plain users = 250 stays 250 when providers change)",
        '#   not there at all: without = ["insurance"], below the line extends',
        "# Growth, peaks, projects, on-call duty and all else that can be stated: at the end of",
        f'# this file, from "{MARK.lstrip("# =")}" on.',
        "",
        f"name = {toml_value(name)}  # name of the scenario",
        f"label = {toml_value(label)}  # name shown to readers",
        f"extends = {toml_value(parent.name)}  # where what is not written here comes from",
    ]
    shown = _known_paths(parent)
    for table, paths in groupby(shown, part_of):
        lines += _section(parent, table, list(paths))
    lines += [*_own_strategy(parent), *own_partner(parent), *_own_source()]
    shown += [line[1:-1] for line in lines if line.startswith("[")]
    shown += ["name", "label", "practice.controls"]
    shown += [f"services.{service}.current" for service in parent.services]
    return "\n".join([*lines, *appendix(parent, shown)]) + "\n"


def _known_paths(parent: Scenario) -> list[str]:
    content = parent.to_mapping()
    found = [path for path in parent.quantities() if is_known(path) and look_up(content, path)[0]]
    order = list(dict.fromkeys(map(part_of, found)))
    return sorted(found, key=lambda path: order.index(part_of(path)))


def is_known(path: str) -> bool:
    """Tell whether a practice knows the number at a path of itself, or can ask for it.

    Examples
    --------
    >>> is_known("roles.technician.pay"), is_known("roles.technician.skill")
    (True, False)
    """
    parts = path.split(".")
    return any(
        len(parts) == len(wanted := pattern.split(".")) and all(map(fnmatchcase, parts, wanted))
        for pattern in KNOWN
    )


def _section(parent: Scenario, table: str, paths: list[str]) -> list[str]:
    lines = ["", f"# ---- {_title(parent, table)}", f"[{table}]", *_choices(parent, table)]
    content = parent.to_mapping()
    for path in paths:
        key = path.removeprefix(f"{table}.")
        stated = look_up(content, path)[1]
        mark = "" if path == "practice.providers" else "# "
        meaning = f"{meaning_of(parent, path)}{sourced(stated)}"
        lines.append(f"{mark}{key} = {toml_value(bare(stated))}  # {meaning}")
    return lines


def _title(parent: Scenario, table: str) -> str:
    if not table.startswith("services."):
        return TITLES[table]
    name = table.partition(".")[2]
    return parent.services[name].label or name


def _choices(parent: Scenario, table: str) -> Iterator[str]:
    """Iterate over the lines of what is no number."""
    if table == "practice":
        meaning = "security measures in place whoever delivers"
        yield f"# controls = {toml_value(list(parent.practice.controls))}  # {meaning}"
    if table.startswith("services."):
        service = parent.services[table.partition(".")[2]]
        names = ", ".join(service.arrangements)
        yield f"# current = {toml_value(service.current)}  # what you have today: {names}"


def _own_strategy(parent: Scenario) -> list[str]:
    if not parent.strategies:
        return []
    service, stated = list(parent.services.items())[-1]
    others = [name for name in parent.strategies if name in stated.arrangements]
    example = {"label": "My mix", "all": next(iter(parent.strategies.values())).all}
    if example["all"] is None or not others:
        return []
    choice = {"services": {service: others[-1]}}
    title = "# ---- A strategy of your own: one arrangement for each service"
    return ["", title, "[strategies]", f"# my_mix = {toml_value({**example, **choice})}"]


def _own_source() -> list[str]:
    payroll = {"title": "Our payroll", "obtained": "read", "confidence": "high"}
    return [
        "",
        '# ---- Where your numbers come from: source = "payroll" refers to this',
        "[sources]",
        f"# payroll = {toml_value(payroll)}  # confidence: high, medium or low",
    ]
