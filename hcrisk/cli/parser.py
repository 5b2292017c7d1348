"""What may be written on the command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from importlib import import_module
from typing import Any

from hcrisk.cli.calibrate_options import add_calibrate

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
  hcrisk check my-practice.toml          see whether it is right, and
  hcrisk quote my-practice.toml          quote it
  hcrisk sources my-practice.toml        where every number comes from
  hcrisk story mid-market --at p95       one bad future, event by event
  hcrisk drivers mid-market              which inputs and incidents decide
  hcrisk calibrate incidents log.csv     numbers from data of your own
  hcrisk break-even --help               the size at which a choice turns round

exit codes: 0 all went well; 1 a scenario, value or file was refused (the message
says why); 2 the command is not written as above; 130 stopped with Ctrl-C"""

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

INIT_EXAMPLES = """\
examples:
  hcrisk init my-practice.toml
  hcrisk init --from large-group group.toml"""

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
    _add(commands, "list", "list the scenarios that come with hcrisk", "files:list_scenarios")
    check = _add(commands, "check", "say all that is wrong with a scenario file", "check:check")
    check.add_argument("scenario", metavar="FILE", help="a .toml file")
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
    quote.add_argument(
        "scenario", metavar="SCENARIO", help="a name that hcrisk list shows, or a .toml file"
    )
    option = quote.add_argument
    option("--paths", metavar="N", default="100000", help="futures to simulate (default 100,000)")
    option("--seed", metavar="N", default="0", help="seed of the random numbers (default 0)")
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
    option("--threads", metavar="N", help="threads to use (default: one per processor)")
    option("--json", action="store_true", help="print JSON, unrounded, instead of the page")
    option("--out", metavar="FILE.nc", help="also save the whole result as netCDF")
    option("--plot", metavar="FILE.png", help="also save the cost curves (.png, .pdf or .svg)")
    option("--force", action="store_true", help="let --out and --plot replace existing files")
    option("--quiet", action="store_true", help="show no progress, and not what was written")


def _add_decide(commands: Any) -> None:
    decide = _add(
        commands, "decide", "find the best arrangement of every service", "decide:decide",
        DECIDE_EXAMPLES,
    )  # fmt: skip
    option = decide.add_argument
    option("scenario", metavar="SCENARIO", help="a name that hcrisk list shows, or a .toml file")
    option("--objective", metavar="NAME", default="mean", help="mean (default), p80, tvar95")
    option("--budget", metavar="AMOUNT", help="only what stays within it in 80%% of futures")
    option("--services", metavar="A,B", help="vary these only (default all)")
    option("--with-unfunded", action="store_true", help="also leave services to nobody")
    option("--top", metavar="N", default="5", help="combinations to show (default 5)")
    option("--paths", metavar="N", default="2000", help="futures to simulate (default 2,000)")
    option("--seed", metavar="N", default="0", help="seed of the random numbers (default 0)")
    option("--json", action="store_true", help="print JSON, unrounded, instead of the page")
    option("--quiet", action="store_true", help="show no progress")


def _add_story(commands: Any) -> None:
    story = _add(
        commands, "story", "tell one simulated future event by event", "story:story",
        STORY_EXAMPLES,
    )  # fmt: skip
    option = story.add_argument
    option("scenario", metavar="SCENARIO", help="a name that hcrisk list shows, or a .toml file")
    option("--path", metavar="N", help="number of the future, from 0")
    option("--at", metavar="P", help="instead: the future nearest a percentile, such as p95")
    option("--strategy", metavar="NAME", help="whose future (default: today's arrangement)")
    option("--every", action="store_true", help="tell apart what happens many times in a year")
    option("--paths", metavar="N", help="futures among which --at looks (default 10,000)")
    option("--seed", metavar="N", default="0", help="seed of the random numbers (default 0)")


def _add_break_even(commands: Any) -> None:
    about = "find where one way of delivery becomes cheaper than another"
    command = _add(commands, "break-even", about, "break_even:break_even", BREAK_EVEN_EXAMPLES)
    option = command.add_argument
    option("scenario", metavar="SCENARIO", help="a name that hcrisk list shows, or a .toml file")
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
    option("--statistic", metavar="X", default="mean", help="mean (default), or p80, tvar95, ...")
    option("--points", metavar="N", default="39", help="values to try (default 39)")
    option("--paths", metavar="N", default="4000", help="futures at each value (default 4,000)")
    option("--seed", metavar="N", default="0", help="seed of the random numbers (default 0)")
    option("--json", action="store_true", help="print JSON, unrounded, instead of the page")
    option("--plot", metavar="FILE.png", help="also save the curve (.png, .pdf or .svg)")
    option("--force", action="store_true", help="let --plot replace an existing file")


def _add_drivers(commands: Any) -> None:
    drivers = _add(
        commands, "drivers", "show which inputs and incidents drive a cost", "drivers:drivers",
        DRIVERS_EXAMPLES,
    )  # fmt: skip
    option = drivers.add_argument
    option("scenario", metavar="SCENARIO", help="a name that hcrisk list shows, or a .toml file")
    option(
        "--strategy", metavar="NAME",
        help="whose cost (default: the cheapest, less today's arrangement or the next)",
    )  # fmt: skip
    option("--baseline", metavar="NAME", help="strategy whose cost is subtracted")
    option(
        "--statistic", metavar="NAME", default="mean",
        help="what the inputs move: mean, p80, tvar95, ... (default mean)",
    )  # fmt: skip
    option("--count", metavar="N", default="10", help="inputs to look at (default 10)")
    option("--paths", metavar="N", default="10000", help="futures in each run (default 10,000)")
    option("--seed", metavar="N", default="0", help="seed of the random numbers (default 0)")
    option("--threads", metavar="N", help="threads to use (default: one per processor)")
    option("--json", action="store_true", help="print JSON, unrounded, instead of the page")
    option("--plot", metavar="FILE.png", help="also save a tornado (.png, .pdf or .svg)")
    option("--force", action="store_true", help="let --plot replace an existing file")
    option("--quiet", action="store_true", help="show no progress, and not what was written")


def _add_init(commands: Any) -> None:
    init = _add(
        commands, "init", "write a commented file to start a scenario from", "files:init",
        INIT_EXAMPLES,
    )  # fmt: skip
    init.add_argument("file", metavar="FILE", help="the file to write, such as my-practice.toml")
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
    sources.add_argument(
        "scenario", metavar="SCENARIO", help="a name that hcrisk list shows, or a .toml file"
    )
    sources.add_argument(
        "--weakest-first", action="store_true", help="sort by confidence, the lowest first"
    )
    sources.add_argument(
        "--all", action="store_true", help="list what is left at hcrisk's defaults as well"
    )
