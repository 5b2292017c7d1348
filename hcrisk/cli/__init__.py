"""The command line: quote a scenario, list, check and start scenario files, show sources."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Sequence

OK, REFUSED, USAGE, INTERRUPTED, TERMINATED = 0, 1, 2, 130, 143


class Terminated(KeyboardInterrupt):
    """SIGTERM: to be stopped as by Ctrl-C, with what was begun taken away."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    argv
        The arguments after the program's name; those of the process when omitted.

    Returns
    -------
    int
        0 if all went well, 1 for a scenario, value or file that had to be refused, 2 for a
        command that is not written as ``hcrisk --help`` shows, 130 after Ctrl-C, 143 after
        SIGTERM.

    Examples
    --------
    >>> main(["check"])
    2
    """
    from hcrisk.cli.completion import complete
    from hcrisk.cli.parser import build_parser
    from hcrisk.exceptions import HcriskError

    _tolerate_narrow_terminals()
    warned, warnings.formatwarning = warnings.formatwarning, _warning
    try:
        parser = build_parser()
        complete(parser)
        arguments = parser.parse_args(argv)
        text: str = arguments.run(arguments)
        if text:
            print(text, flush=True)
    except SystemExit as stop:
        # argparse has said all there is to say.
        return stop.code if isinstance(stop.code, int) else USAGE
    except KeyboardInterrupt as stop:
        print("hcrisk: stopped; nothing was written", file=sys.stderr)
        return TERMINATED if isinstance(stop, Terminated) else INTERRUPTED
    except BrokenPipeError:
        # Whoever reads has seen enough, as in `hcrisk sources mid-market | head`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except HcriskError as error:
        from hcrisk.cli.refusals import refusal

        print(refusal(error), file=sys.stderr)
        return REFUSED
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(f"hcrisk: {where}{error.strerror or error}", file=sys.stderr)
        return REFUSED
    finally:
        warnings.formatwarning = warned
    return OK


def _warning(message: Warning | str, *_: object, **__: object) -> str:
    """Return a warning without the line of code it comes from, which tells a user nothing."""
    return f"hcrisk: note: {message}\n"


def _tolerate_narrow_terminals() -> None:
    """Let characters the terminal cannot show become question marks, not errors."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
