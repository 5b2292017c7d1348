"""Write docs/claims.md anew, after a change that is meant to change results.

python -m tests.make_claims
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import hcrisk
from tests.claims.checks import NAMES, Evidence
from tests.claims.claim import Claim
from tests.claims.compare import PATHS, SEED

PAGE = Path(__file__).parents[1] / "docs" / "claims.md"
HEAD = """\
# Claims about sourcing, held against the shipped scenarios

An article that leans towards outsourcing makes seven claims about practices of 10 to 200 providers
(S3: [Insource or outsource?](https://focushcs.com/insource-outsource-healthcare-it/)). Each is held
against the scenarios as they are shipped, and reported as found. No input was chosen to make a
claim come out; where inputs decide, the page says which.

All figures are costs over five years in thousand US dollars, discounted: means with their 95 %
intervals from {paths:,} simulated futures of each scenario (sweeps over size: {swept:,}), seed
{seed}. One service is delivered another way and everything else stays; both ways share their random
numbers, so that a difference is due to the change. *Own staff cheaper in* is a share of futures. A
claim **agrees** if it holds in every comparison, **does not** if in none, and **partly** otherwise.
The interval is that of the simulation. It does not say how right the inputs are. A change begins
today: whoever leaves a partner pays for the rest of its term. The rows *contract ending* are
`mid-market` with three months left to it.

`python -m tests.make_claims` writes this page; `tests/scenarios/test_claims.py` computes it again
and fails when it no longer says what the model says.

{summary}
"""


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def section(number: int, claim: Claim, without: Claim) -> str:
    """Return the part of the page about one claim."""
    drivers = "; ".join(f"`{name}` ({100 * part:.0f} %)" for name, part in claim.drivers)
    parts = [
        f"## {number}. {claim.title}",
        f"*Says S3:* {claim.says}",
        f"*Compared:* {claim.compared}",
        table(claim.head, claim.rows),
        f"**Verdict: {claim.verdict}** ({sum(claim.held)} of {len(claim.held)}). With every "
        f"multiplier that rests on weak evidence switched off: {without.verdict} "
        f"({sum(without.held)} of {len(without.held)}).",
        " ".join(claim.remarks),
    ]
    if drivers:
        parts.append(
            f"*Inputs that go with most of the variation* ({claim.driven}, squared rank "
            f"correlation): {drivers}."
        )
    return "\n\n".join(parts)


def page() -> str:
    """Return the whole page."""
    claims, without = Evidence().claims(), Evidence(weak=False).claims()
    pairs = list(zip(claims, without, strict=True))
    rows = [
        (str(n), claim.title, claim.verdict, off.verdict)
        for n, (claim, off) in enumerate(pairs, start=1)
    ]
    summary = table(("", "Claim", "Verdict", "Weak multipliers off"), rows)
    head = HEAD.format(paths=PATHS, swept=PATHS // 4, seed=SEED, summary=summary)
    digests = ", ".join(f"`{name}` {hcrisk.load(name).digest[:16]}" for name in NAMES)
    sections = [section(n, *pair) for n, pair in enumerate(pairs, start=1)]
    return "\n".join([head, "\n\n".join(sections), "", f"Scenarios (digest): {digests}.", ""])


def main() -> None:
    """Write the file."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
