"""What may be written on the command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from importlib import import_module
from typing import Any

from hcrisk.cli.calibrate_options import add_calibrate
from hcrisk.cli.options import add_output, add_runs, add_scenario, add_statistic

NOT_EVEN_WRITTEN = "no progress, and not what was written"
Formatter = argparse.RawDescriptionHelpFormatter

ABOUT = """\
What does it cost to deliver a healthcare practice's technology with own staff,
with a partner, or with both - and how sure is that? hcrisk simulates many
futures of a scenario and quotes each strategy's cost with its risk."""

EXAMPLES = """\
examples:
  hcrisk list                            the scenarios that come with hcrisk
  hcrisk quote mid-market                one page: cost, risk, why
  hcrisk init my-practice.toml           start a file of your own, edit it, then
  hcrisk init my-practice.xlsx           or a workbook to fill in, in Excel; then
  hcrisk check my-practice.toml          see whether it is right, and
  hcrisk quote my-practice.toml          quote it
  hcrisk sources my-practice.toml        where every number comes from
  hcrisk story mid-market --at p95       one bad future, event by event
  hcrisk decide mid-market               the best way for every service
  hcrisk drivers mid-market              which inputs and incidents decide
  hcrisk report mid-market --html q.html a report for the board, on paper too
  hcrisk report mid-market --xlsx q.xlsx the same as a workbook, for controllers
  hcrisk calibrate incidents log.csv     numbers from data of your own
  hcrisk break-even --help               the size at which a choice turns round

exit codes: 0 all went well; 1 a scenario, value or file was refused (the message
says why); 2 the command is not written as above; 130 stopped with Ctrl-C

words complete with the Tab key after pip install "hcrisk[completion]" and
eval "$(register-python-argcomplete hcrisk)" in the shell's start-up file"""

QUOTE_EXAMPLES = """\
examples:
  hcrisk quote mid-market
  hcrisk quote my-practice.toml --percentiles 50,80,90,99.5 --years 3
  hcrisk quote my-practice.toml --strategies hybrid,outsource --paths 1000000
  hcrisk quote my-practice.toml --json > quote.json
  hcrisk quote my-practice.toml --out run.nc --plot cdf.png

The same scenario, seed and number of paths always give the same figures."""

STORY_EXAMPLES = """\
examples:
  hcrisk story mid-market --path 3 --strategy insource
  hcrisk story my-practice.toml --at p95 --strategy outsource

The same scenario, seed and path always tell the same story."""

BREAK_EVEN_EXAMPLES = """\
examples:
  hcrisk break-even mid-market practice.providers 10 200 \\
    --service help_desk --between hybrid outsource
  hcrisk break-even my-practice.toml roles.technician.pay 40000 90000 \\
    --service help_desk --between insource outsource --plot pay.png
  hcrisk break-even mid-market people.benefits_load 0.1 0.5 \\
    --between hybrid outsource --statistic p80

Without --service, --between names two strategies. Every value is simulated on
the same random numbers; --points sets how many values are tried."""


DRIVERS_EXAMPLES = """\
examples:
  hcrisk drivers mid-market
  hcrisk drivers my-practice.toml --strategy hybrid --statistic p80
  hcrisk drivers my-practice.toml --strategy hybrid --baseline insource
  hcrisk drivers my-practice.toml --plot tornado.png --json > drivers.json

The same scenario, seed and number of paths always give the same figures."""

REPORT_EXAMPLES = """\
examples:
  hcrisk report mid-market --html quote.html
  hcrisk report my-practice.toml --html quote.html --budget 7M --force
  hcrisk report my-practice.toml --html quote.html --strategies hybrid,outsource
  hcrisk report mid-market --xlsx quote.xlsx
  hcrisk report mid-market --html quote.html --xlsx quote.xlsx
  hcrisk report new.xlsx --html new.html --against old.xlsx

--html: one file that needs no network; open it in a browser, or print it from
there to PDF. --xlsx: figures to calculate with, formulas and charts, for Excel
or LibreOffice; it needs XlsxWriter, which pip install "hcrisk[xlsx]" installs.
The same scenario, seed and number of paths always give the same figures."""

INIT_EXAMPLES = """\
examples:
  hcrisk init my-practice.toml
  hcrisk init my-practice.xlsx
  hcrisk init --from large-group group.toml

A name that ends in .xlsx makes a workbook to fill in, with drop-downs, units and
sources; every command that takes a .toml file takes it too. It needs openpyxl,
which pip install "hcrisk[xlsx]" installs."""

SCHEMA_EXAMPLES = """\
examples:
  hcrisk schema > hcrisk.schema.json

An editor with TOML support completes and checks a scenario file whose first
line is
  #:schema ./hcrisk.schema.json"""


DECIDE_EXAMPLES = """\
examples:
  hcrisk decide mid-market
  hcrisk decide my-practice.toml --objective p80 --budget 7_000_000
  hcrisk decide mid-market --services help_desk,security --json
  hcrisk decide mid-market --plot frontier.png
  hcrisk decide mid-market --constraint "vendors <= 2" --constraint "p95 <= 9M"

A constraint has one of these forms; all that are given must be kept:
  help_desk is insource or hybrid     security is not outsource
  help_desk same as security          vendors <= 2
  uncovered <= 5%                     security uncovered <= 0.02
  probability above 7M <= 0.2         p95 <= 9_000_000

Every combination of arrangements is simulated on the same futures."""


def build_parser() -> argparse.ArgumentParser:
    """Return the parser; commands import what they need only when they run."""
    parser = argparse.ArgumentParser(
        "hcrisk", description=ABOUT, epilog=EXAMPLES, formatter_class=Formatter
    )
    parser.add_argument(
        "--version", action=_Version, nargs=0, help="show the version of hcrisk and stop"
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_quote(commands)
    _add_decide(commands)
    _add_story(commands)
    _add_break_even(commands)
    _add_drivers(commands)
    _add_report(commands)
    _add(commands, "list", "list the scenarios that come with hcrisk", "files:list_scenarios")
    check = _add(commands, "check", "say all that is wrong with a scenario file", "check:check")
    check.add_argument("scenario", metavar="FILE", help="a .toml or .xlsx file")
    check.add_argument(
        "--multipliers", action="store_true",
        help="list the multipliers that rest on weak evidence",
    )  # fmt: skip
    _add_init(commands)
    _add_sources(commands)
    add_calibrate(commands, _add, Formatter)
    _add(
        commands, "schema", "print the JSON schema of scenario files, for editors", "files:schema",
        SCHEMA_EXAMPLES,
    )  # fmt: skip
    return parser


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        import hcrisk

        print(f"hcrisk {hcrisk.__version__}")
        parser.exit()


def _add(commands: Any, name: str, about: str, run: str, epilog: str = "") -> Any:
    module, function = run.split(":")
    command = commands.add_parser(
        name,
        help=about,
        description=f"{about[:1].upper()}{about[1:]}.",
        epilog=epilog,
        formatter_class=Formatter,
    )
    command.set_defaults(run=_later(f"hcrisk.cli.{module}", function))
    return command


def _later(module: str, function: str) -> Callable[[argparse.Namespace], str]:
    def run(arguments: argparse.Namespace) -> str:
        found: str = getattr(import_module(module), function)(arguments)
        return found

    return run


def _add_quote(commands: Any) -> None:
    quote = _add(
        commands, "quote", "quote the cost of a scenario on one page", "quote:quote", QUOTE_EXAMPLES
    )
    add_scenario(quote)
    add_runs(quote, 100_000, threads=True)
    option = quote.add_argument
    option(
        "--percentiles",
        metavar="P,P,...",
        default="50,80,95",
        help="which to quote, in percent (default 50,80,95)",
    )
    option("--years", metavar="N", help="horizon in years, instead of the scenario's")
    option("--strategies", metavar="A,B,...", help="only these, and the current arrangement")
    option(
        "--no-effect", action="store_true",
        help="without the multipliers that rest on weak evidence "
        "(hcrisk check --multipliers lists them)",
    )  # fmt: skip
    add_output(quote, plot="the cost curves", result=True, quiet=NOT_EVEN_WRITTEN)


def _add_decide(commands: Any) -> None:
    decide = _add(
        commands, "decide", "find the best arrangement of every service", "decide:decide",
        DECIDE_EXAMPLES,
    )  # fmt: skip
    add_scenario(decide)
    add_statistic(decide, "what is to be least", "--objective")
    option = decide.add_argument
    option("--budget", metavar="AMOUNT", help="only what stays within it in 80%% of futures")
    option(
        "--constraint", metavar="TEXT", action="append", default=[],
        help="only what keeps to it, such as 'vendors <= 2'; may be repeated",
    )  # fmt: skip
    option("--services", metavar="A,B", help="vary these only (default all)")
    option("--with-unfunded", action="store_true", help="also leave services to nobody")
    option("--top", metavar="N", default="5", help="combinations to show (default 5)")
    add_runs(decide, 2_000)
    add_output(decide, plot="mean against tail of all combinations", quiet=NOT_EVEN_WRITTEN)


def _add_story(commands: Any) -> None:
    story = _add(
        commands, "story", "tell one simulated future event by event", "story:story",
        STORY_EXAMPLES,
    )  # fmt: skip
    add_scenario(story)
    option = story.add_argument
    option("--path", metavar="N", help="number of the future, from 0")
    option("--at", metavar="P", help="instead: the future nearest a percentile, such as p95")
    option("--strategy", metavar="NAME", help="whose future (default: today's arrangement)")
    option("--every", action="store_true", help="tell apart what happens many times in a year")
    add_runs(story, None, "futures among which --at looks (default 10,000)")


def _add_break_even(commands: Any) -> None:
    about = "find where one way of delivery becomes cheaper than another"
    command = _add(commands, "break-even", about, "break_even:break_even", BREAK_EVEN_EXAMPLES)
    add_scenario(command)
    option = command.add_argument
    option("path", metavar="PATH", help="the number to change, such as practice.providers")
    option("low", metavar="LOW", help="its least value")
    option("high", metavar="HIGH", help="its greatest value")
    option(
        "--between", metavar=("A", "B"), nargs=2, required=True,
        help="two arrangements of the service, or without one two strategies",
    )  # fmt: skip
    option("--service", metavar="S", help="the service in question")
    option(
        "--others", metavar="STRATEGY", default="current",
        help="what the other services have (default: today's arrangement)",
    )  # fmt: skip
    add_statistic(command, "what to compare")
    option("--points", metavar="N", default="39", help="values to try (default 39)")
    add_runs(command, 4_000, "futures at each value")
    add_output(command, plot="the curve", quiet=NOT_EVEN_WRITTEN)


def _add_drivers(commands: Any) -> None:
    drivers = _add(
        commands, "drivers", "show which inputs and incidents drive a cost", "drivers:drivers",
        DRIVERS_EXAMPLES,
    )  # fmt: skip
    add_scenario(drivers)
    option = drivers.add_argument
    option(
        "--strategy", metavar="NAME",
        help="whose cost (default: the cheapest that leaves no service to nobody, less today's "
        "arrangement or the next)",
    )  # fmt: skip
    option("--baseline", metavar="NAME", help="strategy whose cost is subtracted")
    add_statistic(drivers, "what the inputs move")
    option("--count", metavar="N", default="10", help="inputs to look at (default 10)")
    add_runs(drivers, 10_000, "futures in each run", threads=True)
    add_output(drivers, plot="a tornado", quiet=NOT_EVEN_WRITTEN)


def _add_report(commands: Any) -> None:
    about = "write a report for the board: one HTML file, a workbook, or both"
    report = _add(commands, "report", about, "report:report", REPORT_EXAMPLES)
    add_scenario(report)
    option = report.add_argument
    option("--html", metavar="FILE", help="write it as one HTML file, such as quote.html")
    option("--xlsx", metavar="FILE", help="write it as a workbook, such as quote.xlsx")
    add_runs(report, 100_000, threads=True)
    option("--strategies", metavar="A,B,...", help="only these, and the current arrangement")
    option(
        "--baseline", metavar="NAME",
        help="what the others are compared with (default: today's arrangement)",
    )  # fmt: skip
    option("--budget", metavar="AMOUNT", help="say how often it is enough, such as 7M")
    option(
        "--against", metavar="SCENARIO",
        help="say what changed since another version of it, such as last month's file",
    )  # fmt: skip
    option("--force", action="store_true", help="let --html and --xlsx replace existing files")
    option("--quiet", action="store_true", help=f"show {NOT_EVEN_WRITTEN}")


def _add_init(commands: Any) -> None:
    init = _add(
        commands, "init", "write a commented file, or a workbook, to start a scenario from",
        "files:init", INIT_EXAMPLES,
    )  # fmt: skip
    init.add_argument(
        "file", metavar="FILE",
        help="the file to write, such as my-practice.toml or my-practice.xlsx",
    )  # fmt: skip
    init.add_argument(
        "--from",
        dest="parent",
        metavar="SCENARIO",
        default="mid-market",
        help="the scenario it builds on (default mid-market); hcrisk list shows the others",
    )
    init.add_argument("--force", action="store_true", help="replace the file if it exists")


def _add_sources(commands: Any) -> None:
    sources = _add(
        commands, "sources", "list every number of a scenario with its source", "files:sources"
    )
    add_scenario(sources)
    sources.add_argument(
        "--weakest-first", action="store_true", help="sort by confidence, the lowest first"
    )
    sources.add_argument(
        "--all", action="store_true", help="list what is left at hcrisk's defaults as well"
    )
