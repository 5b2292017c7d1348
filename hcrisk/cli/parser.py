"""What may be written on the command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from importlib import import_module
from typing import Any

from hcrisk.cli.calibrate_options import add_calibrate
from hcrisk.cli.examples import (
    ABOUT,
    BREAK_EVEN_EXAMPLES,
    CHECK_EXAMPLES,
    DECIDE_EXAMPLES,
    DRIVERS_EXAMPLES,
    EXAMPLES,
    INIT_EXAMPLES,
    LIST_EXAMPLES,
    QUOTE_EXAMPLES,
    REPORT_EXAMPLES,
    SCHEMA_EXAMPLES,
    SOURCES_EXAMPLES,
    STORY_EXAMPLES,
)
from hcrisk.cli.options import add_json, add_output, add_runs, add_scenario, add_statistic
from hcrisk.cli.values import suggest

NOT_EVEN_WRITTEN = "no progress, and not what was written"


class Parser(argparse.ArgumentParser):
    """A parser that takes whole words only, and says which word was probably meant."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        options |= {"formatter_class": argparse.RawDescriptionHelpFormatter, "allow_abbrev": False}
        super().__init__(*arguments, **options)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """Parse, and refuse what is not known here, where the command is known."""
        found, unknown = super().parse_known_args(args, namespace)
        if unknown:
            known = [name for action in self._actions for name in action.option_strings]
            near = suggest(unknown[0].partition("=")[0], known)
            hint = f". {near}" if unknown[0].startswith("-") and near.startswith("Did") else ""
            self.error(f"unrecognized arguments: {' '.join(unknown)}{hint}")
        return found, unknown

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            about = f"there is no {value!r}. {suggest(str(value), list(action.choices))}"
            raise argparse.ArgumentError(action, about)


def build_parser() -> argparse.ArgumentParser:
    """Return the parser; commands import what they need only when they run."""
    parser = Parser("hcrisk", description=ABOUT, epilog=EXAMPLES)
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
    listed = _add(
        commands, "list", "list the scenarios that come with hcrisk", "files:list_scenarios",
        LIST_EXAMPLES,
    )  # fmt: skip
    add_json(listed)
    _add_check(commands)
    _add_init(commands)
    _add_sources(commands)
    add_calibrate(commands, _add)
    schema = _add(
        commands, "schema", "print the JSON schema of scenario files, for editors", "files:schema",
        SCHEMA_EXAMPLES,
    )  # fmt: skip
    add_json(schema)
    return parser


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        import hcrisk

        print(f"hcrisk {hcrisk.__version__}")
        parser.exit()


def _add(commands: Any, name: str, about: str, run: str, epilog: str = "") -> Any:
    module, function = run.split(":")
    said = f"{about[:1].upper()}{about[1:]}."
    command = commands.add_parser(name, help=about, description=said, epilog=epilog)
    command.set_defaults(run=_later(f"hcrisk.cli.{module}", function))
    return command


def _later(module: str, function: str) -> Callable[[argparse.Namespace], str]:
    def run(arguments: argparse.Namespace) -> str:
        found: str = getattr(import_module(module), function)(arguments)
        return found

    return run


def _add_check(commands: Any) -> None:
    about = "say all that is wrong with a scenario file"
    check = _add(commands, "check", about, "check:check", CHECK_EXAMPLES)
    check.add_argument("scenario", metavar="FILE", help="a .toml or .xlsx file")
    check.add_argument(
        "--multipliers", action="store_true",
        help="list the multipliers that rest on weak evidence",
    )  # fmt: skip
    add_json(check)


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
    add_output(story, quiet="no remarks")


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
    add_output(report, quiet=NOT_EVEN_WRITTEN)


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
    add_json(init)


def _add_sources(commands: Any) -> None:
    sources = _add(
        commands, "sources", "list every number of a scenario with its source", "files:sources",
        SOURCES_EXAMPLES,
    )  # fmt: skip
    add_scenario(sources)
    sources.add_argument(
        "--weakest-first", action="store_true", help="sort by confidence, the lowest first"
    )
    sources.add_argument(
        "--all", action="store_true", help="list what is left at hcrisk's defaults as well"
    )
    add_json(sources)
