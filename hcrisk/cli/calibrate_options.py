"""What may be written behind calibrate, one kind of data after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hcrisk.cli.options import add_json

Add = Callable[..., Any]

EXAMPLES = """\
examples:
  hcrisk calibrate incidents log.csv --from 2019 --to 2025 --out own.toml
  hcrisk calibrate staff staff.csv --from 2021 --to 2025 --openings openings.csv
  hcrisk calibrate breaches breach_report.csv --from 2018 --to 2024 --hold-out 1
  hcrisk calibrate macro series.csv --hold-out 3
  hcrisk calibrate dependence sites.csv --column "Pay=roles.technician.pay" \\
    --column "Quits=roles.technician.attrition_rate"
  hcrisk calibrate experts panel.csv --input risks.outage.frequency

Each prints what the data say, with intervals, and what would be written; --out
writes it as a scenario file that extends another, so one can build on the next:
  hcrisk calibrate staff staff.csv --from 2021 --to 2025 --out people.toml
  hcrisk calibrate incidents log.csv --from 2019 --to 2025 \\
    --extends people.toml --out own.toml
hcrisk calibrate KIND --help has the columns; docs/calibration.md the methods."""

BREACHES = """\
columns: those of the export of ocrportal.hhs.gov (Breach Submission Date,
Individuals Affected, Covered Entity Type).

examples:
  hcrisk calibrate breaches breach_report.csv --from 2018 --to 2024 --hold-out 1
  hcrisk calibrate breaches breach_report.csv --from 2018 --to 2024 \\
    --entities 40000 --out reported.toml"""

INCIDENTS = """\
columns: date, cost; if wanted open (yes while costs come in), practice,
records. A cost that is not known is left empty, or n/a.

examples:
  hcrisk calibrate incidents log.csv --from 2019 --to 2025
  hcrisk calibrate incidents outages.csv --from 2019 --to 2025 --risk outage \\
    --cap 500000 --out own.toml
  hcrisk calibrate incidents log.csv --from 2019 --to 2025 --hold-out 2 \\
    --replaces outage --replaces escalation --out own.toml

--risk puts the log in the place of a risk that the scenario has; without it the
log is a risk beside those, and what is in both is counted twice: --replaces
switches off a risk whose incidents are in the log."""

STAFF = """\
columns: role, start, end (first and last day; empty while employed). Openings:
role, opened, filled (the newcomer's first day; empty while open).

examples:
  hcrisk calibrate staff staff.csv --from 2021 --to 2025 --out own.toml
  hcrisk calibrate staff staff.csv --from 2021 --to 2025 --openings open.csv \\
    --role "Help Desk=technician" --role "Sysadmin=systems_admin" --hold-out 1"""

MACRO = """\
columns: year, and one or more of wage and price (change on the year before, in
percent: 3.8) and attrition (a rate in any unit). With --levels wage and price
are levels of an index.

examples:
  hcrisk calibrate macro series.csv --out own.toml
  hcrisk calibrate macro cpi.csv --levels --from 2000 --to 2025 --hold-out 3"""

DEPENDENCE = """\
columns: any, one row for each site, year or month in which all were observed.

examples:
  hcrisk calibrate dependence sites.csv --column "Pay=roles.technician.pay" \\
    --column "Quits=roles.technician.attrition_rate"
  hcrisk calibrate dependence sites.csv --column "Pay=roles.technician.pay" \\
    --column "Outages=risks.outage.frequency" --extends own.toml --out all.toml

hcrisk sources SCENARIO --all lists what an input may be."""

EXPERTS = """\
columns: expert, and quantiles such as p10, p50, p90; if wanted weight, and
input (then one file may ask for several).

examples:
  hcrisk calibrate experts panel.csv --input risks.outage.frequency
  hcrisk calibrate experts panel.csv --input roles.developer.time_to_fill_days \\
    --method average --low 5 --out own.toml"""


def add_calibrate(commands: Any, add: Add) -> None:
    """Add the calibrate command with every kind of data.

    Parameters
    ----------
    commands
        Subparsers of the program.
    add : callable
        Adds one command that runs a function.
    """
    calibrate = commands.add_parser(
        "calibrate",
        help="estimate inputs from data: incidents, staff, experts, ...",
        description="Estimate inputs of a scenario from data.",
        epilog=EXAMPLES,
    )
    kinds = calibrate.add_subparsers(title="data", metavar="KIND", required=True)
    _add_breaches(_kind(kinds, add, "breaches", "an HHS export of reported breaches", BREACHES))
    _add_incidents(_kind(kinds, add, "incidents", "a log of incidents and costs", INCIDENTS))
    _add_staff(_kind(kinds, add, "staff", "who was employed, and open seats", STAFF))
    macro = _kind(kinds, add, "macro", "yearly series of wages, prices, attrition", MACRO)
    _add_window(macro)
    macro.add_argument("--levels", action="store_true", help="wage and price are index levels")
    pairs = _kind(kinds, add, "dependence", "how inputs move together", DEPENDENCE)
    pairs.add_argument(
        "--column", metavar="NAME=INPUT", action="append", default=[],
        help="a column of the file, and the input it stands for; twice or more",
    )  # fmt: skip
    _add_experts(_kind(kinds, add, "experts", "several experts' quantiles", EXPERTS))


def _kind(kinds: Any, add: Add, name: str, about: str, epilog: str) -> Any:
    kind = add(kinds, name, about, f"calibrate:{name}", epilog)
    option = kind.add_argument
    option("file", metavar="FILE.csv", help="the data")
    option(
        "--extends", metavar="SCENARIO", default="mid-market",
        help="what to build on: a name that hcrisk list shows, or a .toml file "
        "(default mid-market)",
    )  # fmt: skip
    option("--out", metavar="FILE.toml", help="also write the scenario file")
    option("--force", action="store_true", help="let --out replace an existing file")
    add_json(kind)
    kind.set_defaults(kind=name)
    return kind


def _add_window(kind: Any) -> None:
    option = kind.add_argument
    option("--from", dest="first", metavar="DATE", help="first year or day that was recorded")
    option("--to", dest="last", metavar="DATE", help="last year or day that was recorded")
    option("--hold-out", metavar="YEARS", help="test on the last years, unseen")


def _add_breaches(kind: Any) -> None:
    _add_window(kind)
    option = kind.add_argument
    option(
        "--entity", metavar="TYPE", default="Healthcare Provider",
        help="who reported (default Healthcare Provider), or all",
    )  # fmt: skip
    option("--entities", metavar="N", help="how many could have reported")
    option(
        "--risk", metavar="NAME", default="reported_breach",
        help="the risk to write (default reported_breach)",
    )  # fmt: skip


def _add_incidents(kind: Any) -> None:
    _add_window(kind)
    option = kind.add_argument
    option("--above", metavar="COST", help="leave out incidents up to this cost")
    option(
        "--cap", metavar="COST",
        help="greatest cost possible, or none (default a year's revenue)",
    )  # fmt: skip
    option("--family", metavar="LAW", help="law of costs to write (default the best by AIC)")
    option("--practices", metavar="N", help="how many practices the log covers")
    option("--providers", metavar="N", help="providers of the practice it is from")
    option(
        "--risk", metavar="NAME", default="incident",
        help="the risk to write: a new one (default incident), or one to put it in the place of",
    )  # fmt: skip
    option(
        "--replaces", metavar="NAME", action="append", default=[],
        help="a risk whose incidents are in the log: switched off; may be repeated",
    )  # fmt: skip
    option(
        "--whole-cost", action="store_true",
        help="the costs are all of it: switch off other losses of the risk",
    )  # fmt: skip
    option("--insured", action="store_true", help="the scenario's insurance covers the costs")


def _add_staff(kind: Any) -> None:
    _add_window(kind)
    kind.add_argument("--openings", metavar="FILE.csv", help="open seats: role, opened, filled")
    kind.add_argument(
        "--role", metavar="NAME=ROLE", action="append", default=[],
        help="a role's name in the file, and in the scenario; may be repeated",
    )  # fmt: skip


def _add_experts(kind: Any) -> None:
    option = kind.add_argument
    option("--input", metavar="INPUT", help="what was asked for, of a file without such a column")
    option(
        "--method", metavar="NAME", default="metalog",
        help="metalog (default: through quantiles of the pool), mixture (the pool itself; slow) "
        "or average (of quantiles, without the disagreement)",
    )  # fmt: skip
    option("--low", metavar="X", help="least value possible (default 0 if all is above)")
    option("--high", metavar="X", help="greatest value possible")
