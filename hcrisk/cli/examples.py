"""What --help says at its end: examples, and what holds for all of them."""

from __future__ import annotations

ABOUT = """\
What does it cost to deliver a healthcare practice's technology with own staff,
with a partner, or with both - and how sure is that? hcrisk simulates many
futures of a scenario and quotes each strategy's cost with its risk."""

EXAMPLES = """\
examples:
  hcrisk list                            the scenarios that come with hcrisk
  hcrisk quote mid-market                one page: cost, risk, why
  hcrisk init my-practice.toml           start a file of your own, edit it, then
  hcrisk init my-practice.xlsx           or a workbook to fill in; edit it, then
  hcrisk check my-practice.toml          see whether it is right, and
  hcrisk quote my-practice.toml          quote it
  hcrisk sources my-practice.toml        where every number comes from
  hcrisk story mid-market --at p95       one bad future, event by event
  hcrisk decide mid-market               the best way for every service
  hcrisk drivers mid-market              which inputs and incidents decide
  hcrisk report mid-market --html q.html a report for the board, or for paper
  hcrisk report mid-market --xlsx q.xlsx the same as a workbook, for controllers
  hcrisk calibrate incidents log.csv     numbers from data of your own
  hcrisk break-even --help               the size at which a choice turns round

exit codes: 0 all went well; 1 a scenario, value or file was refused (the
message says why); 2 the command is not written as above; 130 stopped with
Ctrl-C; 143 stopped by SIGTERM

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

A name that ends in .xlsx makes a workbook to fill in, with drop-downs, units
and sources; every command that takes a .toml file takes it too. It needs
openpyxl, which pip install "hcrisk[xlsx]" installs."""

LIST_EXAMPLES = """\
examples:
  hcrisk list
  hcrisk list --json | jq -r '.scenarios[].name'"""

CHECK_EXAMPLES = """\
examples:
  hcrisk check my-practice.toml
  hcrisk check my-practice.xlsx --multipliers
  hcrisk check my-practice.toml --json | jq '.problems'

All problems are said at once, on standard error; with --json they are on
standard output too. Either way the exit code is 1 if there is one."""

SOURCES_EXAMPLES = """\
examples:
  hcrisk sources mid-market --weakest-first | less
  hcrisk sources my-practice.toml --all
  hcrisk sources my-practice.toml --json \\
    | jq '.numbers[] | select(.confidence == "low")'"""

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
