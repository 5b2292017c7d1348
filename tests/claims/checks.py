"""The seven claims, each computed from the shipped scenarios."""

from __future__ import annotations

from collections.abc import Mapping

import hcrisk
from hcrisk.scenario import Scenario
from tests.claims.claim import Claim, percent, thousands
from tests.claims.compare import OTHERS, PATHS, PURE, SEED, Case, Difference

# Alike but for their size; with a case of its own; and with the services around the EHR.
BY_SIZE = ("small-practice", "mid-market", "large-group")
TECHNOLOGY = (*BY_SIZE, "growing-group", "multi-site-group")
# As shipped, a partner of today is left before its term ends, and is paid for it.
ENDING = "mid-market, contract ending"
NAMES = (*TECHNOLOGY, "practice-services")
WORDS = {"insource": "own staff", "outsource": "partners"}
# Providers at which the inputs of a file are tried; those of large-group are stated for more.
SIZES = {
    "mid-market": (10, 20, 30, 40, 50, 75, 100, 150, 200),
    "large-group": (60, 90, 120, 150, 180, 200),
}
ANALYSTS = "services.security.arrangements.insource.seats.security_analyst"
COSTS_MORE = "Own staff less partner, thousand"


class Evidence:
    """What all claims are held against, simulated once."""

    def __init__(self, weak: bool = True) -> None:
        self.scenarios = {
            name: hcrisk.load(name) if weak else hcrisk.load(name).no_effect() for name in NAMES
        }
        scenario = self.scenarios["mid-market"]
        self.scenarios[ENDING] = scenario.replace({"vendors.msp.months_to_renewal": 3})
        self.all = {name: Case(scenario) for name, scenario in self.scenarios.items()}
        self.cases: Mapping[str, Case] = {name: self.all[name] for name in (*TECHNOLOGY, ENDING)}

    def claims(self) -> list[Claim]:
        """Return the claims, held against it."""
        return [
            desk_at_scale(self),
            specialised_outside(self),
            analytics_dearer(self),
            software_rarely(self),
            security_risk(self),
            sometimes_right(self),
            transition_missing(self),
        ]


def desk_at_scale(evidence: Evidence) -> Claim:
    claim = Claim(
        "An own help desk pays only from some size on",
        "Of all services the help desk is the one that may pay in-house, if the practice is large.",
        "The help desk by own staff less by a partner. It holds in a file's sweep over providers "
        "if own staff cost more at the smallest size and less at the largest; in the shipped "
        "sizes, if they cost more in `small-practice` and less in `large-group`.",
        ("Inputs", "Other services", COSTS_MORE, "Turns at", "Holds"),
    )
    for others in OTHERS:
        at = {name: desk(case, others) for name, case in evidence.cases.items()}
        cells = [f"{name} {thousands(found)}" for name, found in at.items()]
        holds = at[BY_SIZE[0]].is_dearer and at[BY_SIZE[-1]].is_cheaper
        claim.add(holds, "as shipped", WORDS[others], "; ".join(cells), "")
    for name, sizes in SIZES.items():
        swept = {n: sized(evidence.scenarios[name], n) for n in sizes}
        for others in OTHERS:
            found = {n: desk(case, others) for n, case in swept.items()}
            cells = [f"{n}: {thousands(difference)}" for n, difference in found.items()]
            holds = found[sizes[0]].is_dearer and found[sizes[-1]].is_cheaper
            claim.add(holds, name, WORDS[others], "; ".join(cells), turns(found))
    middle = evidence.cases["mid-market"]
    claim.drivers = middle.drivers(desk(middle, "outsource"))
    claim.driven = "`mid-market`, other services by partners"
    claim.remarks.append(
        "A sweep keeps the ratios and prices of its file, and whole people: each step up in "
        "technicians, administrators or managers shows. The first own people of a practice need "
        "a manager, paid whole however few they are. The two files differ in what they say of "
        f"desks, not in providers alone: a technician for {users(evidence, 'technician')} users, "
        f"an administrator for {users(evidence, 'systems_admin')}; and today's desk is a "
        "partner's in the one, own staff in the other."
    )
    return claim


def users(evidence: Evidence, role: str) -> str:
    """Return how many users one of the role serves, in each file of the sweep."""
    both = []
    for name in SIZES:
        desk_of = evidence.scenarios[name].to_mapping()["services"]["help_desk"]
        ratio = desk_of["arrangements"]["insource"]["seats"][role]["ratio"]
        both.append(f"{ratio['value'] if isinstance(ratio, dict) else ratio:g}")
    return " or ".join(f"{n} (`{name}`)" for n, name in zip(both, SIZES, strict=True))


def desk(case: Case, others: str) -> Difference:
    return case.difference("help_desk", "insource", "outsource", others)


def sized(scenario: Scenario, providers: int) -> Case:
    changed = scenario.replace({"practice.providers": providers})
    return Case(changed, ["help_desk"], PATHS // 4)


def turns(found: Mapping[int, Difference]) -> str:
    """Return between which sizes own staff become cheaper for good, if they do."""
    sizes = list(found)
    dear = [n for n in sizes if not found[n].is_cheaper]
    if not dear:
        return f"below {sizes[0]}"
    if dear[-1] == sizes[-1]:
        return "not by " + str(sizes[-1])
    return f"{dear[-1]} to {sizes[sizes.index(dear[-1]) + 1]}"


def specialised_outside(evidence: Evidence) -> Claim:
    claim = Claim(
        "Specialised services cost less outside",
        "Security, compliance and data work are cheaper from a partner than from an own team.",
        "Each by own staff less by a partner. It holds where own staff cost more. Own security "
        "of the two smaller files is one person in office hours or less, which is another "
        "service than the partner's watch; it is therefore also shown with five analysts, the "
        "least that fills one seat at all hours.",
        ("Scenario", "Service", "Other services", COSTS_MORE, "Own staff cheaper in",
         "Uncovered: own", "partner", "Holds"),
    )  # fmt: skip
    watch = {
        name: Case(evidence.scenarios[name].replace({ANALYSTS: 5}), ["security"])
        for name in BY_SIZE[:2]
    }
    for name, case in evidence.cases.items():
        for others in OTHERS:
            for service in ("security", "analytics"):
                swapped(claim, case, name, service, others)
            if name in watch:
                swapped(claim, watch[name], name, "security", others, ", five analysts")
    middle = evidence.cases["mid-market"]
    difference = middle.difference("security", "insource", "outsource", "outsource")
    claim.drivers = middle.drivers(difference)
    claim.driven = "security in `mid-market`, other services by partners"
    claim.remarks.append(
        "The columns of uncovered shares say how much of the week, or of the work, nobody covers: "
        "a price is worth what it buys. Where partners deliver all else, the first own person "
        "brings a manager along, which is most of the difference to the row with own staff."
    )
    return claim


def swapped(claim: Claim, case: Case, name: str, service: str, others: str, more: str = "") -> None:
    """Add own staff against a partner; it holds where own staff cost more."""
    difference = case.difference(service, "insource", "outsource", others)
    bare = [percent(case.uncovered(service, one, others)) for one in ("insource", "outsource")]
    cells = (thousands(difference), percent(difference.share), *bare)
    claim.add(difference.is_dearer, name, service + more, WORDS[others], *cells)


def analytics_dearer(evidence: Evidence) -> Claim:
    claim = Claim(
        "Own analytics nearly always cost more than a partner",
        "What an own analytics team costs is above a partner's price in nearly every case.",
        "Analytics by own staff less by a partner. It holds where own staff cost more in at "
        "least nine futures of ten.",
        ("Scenario", "Other services", COSTS_MORE, "Own staff cheaper in", "Holds"),
    )
    for name, case in evidence.cases.items():
        for others in OTHERS:
            found = case.difference("analytics", "insource", "outsource", others)
            cells = (WORDS[others], thousands(found), percent(found.share))
            claim.add(found.share <= 0.1, name, *cells)
    middle = evidence.cases["mid-market"]
    found = middle.difference("analytics", "insource", "outsource", "insource")
    claim.drivers = middle.drivers(found)
    claim.driven = "`mid-market`, other services by own staff"
    claim.remarks.append(
        "The partner's price rests on recalled quotes. In `small-practice` own analytics are a "
        "quarter of a post and build nothing, against a partner's minimum fee."
    )
    return claim


def software_rarely(evidence: Evidence) -> Claim:
    claim = Claim(
        "Own software is rarely worth its price at this size",
        "Practices of this size should seldom have software written for them.",
        "Software by own developers, and by a shop, less by nobody, the work left undone priced "
        "by the hour. It holds where delivery is cheaper in at most one future of five.",
        ("Scenario", "Other services", "Delivered by", "Delivery less nobody, thousand",
         "Delivery cheaper in", "Holds"),
    )  # fmt: skip
    for name, case in evidence.cases.items():
        for others in OTHERS:
            for one in ("insource", "outsource"):
                found = case.difference("software", one, "unfunded", others)
                who = {"insource": "own developers", "outsource": "a shop"}[one]
                cells = (WORDS[others], who, thousands(found), percent(found.share))
                claim.add(found.share <= 0.2, name, *cells)
    middle = evidence.cases["mid-market"]
    found = middle.difference("software", "insource", "unfunded", "insource")
    claim.drivers = middle.drivers(found)
    claim.driven = "own developers in `mid-market`, other services by own staff"
    claim.remarks.append(
        "The price of an hour of work left undone decides, and it is a judgement: see "
        "`services.software.gap_rate`. What software might earn is not in the model."
    )
    return claim


def security_risk(evidence: Evidence) -> Claim:
    claim = Claim(
        "The cost of a breach speaks against own security",
        "For most practices of this size a breach is so dear that the risk is better left to a "
        "partner.",
        "Security by own staff less by a partner: incidents (less what insurance and vendors "
        "pay), and the whole. It holds in full where incidents and the whole both cost more "
        "with own staff; each counts by itself.",
        ("Scenario", "Other services", "Quantity", COSTS_MORE, "Holds"),
    )
    for name, case in evidence.cases.items():
        for others in OTHERS:
            pair = ("security", "insource", "outsource", others)
            found = {"incidents": case.incidents(*pair), "the whole": case.difference(*pair)}
            for quantity, difference in found.items():
                cells = (WORDS[others], quantity, thousands(difference))
                claim.add(difference.is_dearer, name, *cells)
    middle = evidence.cases["mid-market"]
    found_there = middle.incidents("security", "insource", "outsource", "outsource")
    claim.drivers = middle.drivers(found_there)
    claim.driven = "incidents in `mid-market`, other services by partners"
    whole = middle.difference("security", "insource", "outsource", "outsource")
    claim.remarks.append(
        "No source gives breaches by who delivers security. The gap comes from the multiples by "
        "uncovered share, and against it stand breaches of the partner itself. In `mid-market`, "
        f"other services by partners, incidents are {percent(found_there.mean / whole.mean)} of "
        "the difference; the rest is pay, a manager, tools and fees."
    )
    return claim


def sometimes_right(evidence: Evidence) -> Claim:
    claim = Claim(
        "Insourcing is sometimes right",
        "An own team is not always the wrong choice.",
        "Every service of every scenario by own staff less by a partner; shown are those in "
        "which own staff cost less in more than half of the futures and in the mean. It holds "
        "where own staff also leave no more uncovered than the partner (within one point); "
        "one such case is enough.",
        ("Scenario", "Service", "Other services", COSTS_MORE, "Own staff cheaper in",
         "Uncovered: own", "partner", "Holds"),
    )  # fmt: skip
    best: tuple[float, Case, Difference] | None = None
    for name, case in evidence.all.items():
        for others in OTHERS:
            for service in case.services:
                found = case.difference(service, "insource", "outsource", others)
                if not found.is_cheaper or found.share <= 0.5:
                    continue
                bare = [case.uncovered(service, one, others) for one in ("insource", "outsource")]
                cells = (thousands(found), percent(found.share), *map(percent, bare))
                claim.add(bare[0] <= bare[1] + 0.01, name, service, WORDS[others], *cells)
                if best is None or found.mean < best[0]:
                    best = (found.mean, case, found)
    # The claim is that there is a case, so one is enough.
    claim.held = [any(claim.held)]
    if best is not None:
        claim.drivers = best[1].drivers(best[2])
        claim.driven = "the largest difference in the table"
    claim.remarks.append(
        "Where the verdict in a row is no, own staff are cheaper and do less: most of the week "
        "nobody watches, or more of the work is left undone."
    )
    return claim


def transition_missing(evidence: Evidence) -> Claim:
    claim = Claim(
        "The transition is a cost that first analyses leave out",
        "Both bills of a change, and what it takes, are seldom in the first calculation.",
        "Each strategy from today's arrangement less the same strategy already in place. What "
        "analysts leave out, the model cannot say; it says what they would miss. It holds where "
        "that is at least 5 % of the strategy's first year.",
        ("Scenario", "Strategy", "Cost of getting there, thousand", "Of its first year", "Holds"),
    )
    for name, shipped in evidence.scenarios.items():
        scenario = shipped.replace({f"strategies.{one}": {"all": one} for one in PURE})
        there = {f"services.{service}.current": None for service in scenario.services}
        from_today = hcrisk.simulate(scenario, paths=PATHS, seed=SEED, strategies=list(PURE))
        for strategy in PURE:
            placed = scenario.replace(dict.fromkeys(there, strategy))
            in_place = hcrisk.simulate(placed, paths=PATHS, seed=SEED, strategies=[strategy])
            now = from_today.sel(strategy=strategy)
            then = in_place["npv"].sel(strategy=strategy)
            found = Difference(now["npv"].values - then.values, (strategy, "current"))
            part = found.mean / float(now["cost"].isel(year=0).mean())
            cells = (strategy, thousands(found), percent(part))
            claim.add(part >= 0.05 and found.is_dearer, name, *cells)
            if (name, strategy) == ("mid-market", "insource"):
                claim.drivers = evidence.all[name].drivers(found)
                claim.driven = "insourcing in `mid-market`"
    claim.remarks.append(
        "Counted are one-off costs, both bills, severance, exit fees, hiring, newcomers' slow "
        "months and the dip, less what a running contract's age changes."
    )
    return claim
