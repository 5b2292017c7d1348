"""What one run of calibrate says: as a page, and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from hcrisk.report.manifest import json_manifest
from hcrisk.report.strict import strict_json

if TYPE_CHECKING:
    from hcrisk.calibrate import Backtest, Derived
    from hcrisk.scenario import Scenario


class Said(NamedTuple):
    """The lines of a page, what is written, remarks, and tests on data held out."""

    lines: list[str]
    derived: Sequence[Derived]
    remarks: Sequence[str]
    tests: Mapping[str, Backtest] = {}

    @property
    def is_written(self) -> bool:
        """Whether there is anything to write into a scenario."""
        return any(one.entries or one.correlations for one in self.derived)


def render(said: Said, *ending: str) -> str:
    """Return the page: what the data say, what is written, remarks, and what comes next."""
    from hcrisk.cli.calibrate_pages import noted, written

    return "\n".join([*said.lines, *written(said.derived), *noted(said.remarks), "", *ending])


def to_json(said: Said, kind: str, file: str, parent: Scenario, out: str | None) -> str:
    """Return for other programs what is written, how it was tested, and remarks.

    ``manifest``, which names the scenario to build on; ``sources``, one for each source the
    scenario file would name: ``entries`` by dotted path as the file holds them, ``figures`` of each
    (mean, median and 90 % interval), ``correlations``, and paths that the scenario is ``without``;
    ``held_out`` by what was tested; ``wrote``, the file or null.
    """
    content = {
        "manifest": json_manifest(f"calibrate {kind}", parent),
        "file": file,
        "extends": parent.name,
        "wrote": out,
        "sources": [_source(one) for one in said.derived],
        "held_out": {name: _test(test) for name, test in said.tests.items()},
        "remarks": said.remarks,
    }
    return strict_json(content)


def _source(derived: Derived) -> dict[str, Any]:
    from hcrisk.calibrate import written_figures

    return {
        "key": derived.key,
        "title": derived.title,
        "confidence": derived.confidence,
        "note": derived.note,
        "entries": derived.entries,
        "figures": written_figures(derived.entries),
        "correlations": derived.correlations,
        "without": derived.without,
    }


def _test(test: Backtest) -> dict[str, Any]:
    return {
        "passed": test.is_passed,
        "n": test.n,
        "p_value": test.p_value,
        "log_score": test.log_score,
        "coverage": [
            {
                "name": one.name,
                "nominal": one.nominal,
                "share": one.share,
                "low": one.low,
                "high": one.high,
            }
            for one in test.coverage
        ],
    }
