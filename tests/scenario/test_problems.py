"""Files with one thing wrong: the problem names the field, the value, the rule and the remedy."""

from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcrisk.exceptions import ScenarioError
from hcrisk.scenario import Scenario
from tests.scenario.common import MINIMAL, content


class Broken(NamedTuple):
    """A snippet put onto the minimal file, and the problem it must bring."""

    snippet: str
    path: str
    value: Any
    rule: str
    remedy: str
    drop: str = ""


HELP = "services.help_desk.arrangements"
BROKEN = [
    # keys
    Broken(
        "roles.analyst.atrition_rate = 0.2",
        "roles.analyst.atrition_rate",
        0.2,
        "is not a known key",
        'did you mean "attrition_rate"?',
    ),
    Broken(
        "[insurence]\npremium = 3", "insurence", {"premium": 3}, "is not a known key", "insurance"
    ),
    Broken("", "practice.providers", None, "is required", "add it", drop="practice.providers"),
    Broken("", "macro.wage", None, "is required", "add it", drop="macro.wage"),
    Broken(
        "roles.analyst.pay = { dist = 'normal', mean = 3, sd = 1, sourze = 'x' }",
        "roles.analyst.pay.sourze",
        "x",
        "is not a known key",
        'did you mean "source"?',
    ),
    Broken(
        "roles.analyst.pay = { dist = 'normal', mean = 3 }",
        "roles.analyst.pay",
        ["mean"],
        "are not the parameters of normal",
        "mean, sd or two quantiles",
    ),
    # keys that belong elsewhere, and entries with a name much like another's
    Broken(
        "contracts.msp.per_user = 3",
        "contracts",
        {"msp": {"per_user": 3}},
        "is not a known key",
        "write it as services.<service>.arrangements.<arrangement>.contracts",
    ),
    Broken(
        "services.help_desk.contracts.msp.per_user = 3",
        "services.help_desk.contracts",
        {"msp": {"per_user": 3}},
        "is not a known key",
        "write it as services.help_desk.arrangements.<arrangement>.contracts",
    ),
    Broken(
        "technician.pay = 3",
        "technician",
        {"pay": 3},
        "is not a known key",
        "write it as roles.technician",
    ),
    Broken(
        "roles.analyst.span = 3",
        "roles.analyst.span",
        3,
        "is not a known key",
        "write it as managers.span",
    ),
    Broken(
        "insurance.coverage.posts = 3",
        "insurance.coverage",
        {"posts": 3},
        "is not a known key",
        "write it as services.<service>.coverage",
    ),
    Broken(
        "risks.breach.rate = 3",
        "risks.breach.rate",
        3,
        "is not a known key",
        "write it as growth.rate or growth.acquisition.rate or discounting.rate",
    ),
    Broken(
        "roles.technican.pay = 60_000",
        "roles.technican",
        {"pay": 60_000},
        "lacks attrition_rate, time_to_fill_days",
        'did you mean "technician"? If it is a new one, add them',
    ),
    Broken(
        "services.helpdesk.current = 'insource'",
        "services.helpdesk",
        {"current": "insource"},
        "lacks coverage, arrangements",
        'did you mean "help_desk"?',
    ),
    Broken(
        "services.ehr.current = 'insource'\nstrategies.own.services.ehr = 'insource'",
        "services.ehr",
        {"current": "insource"},
        "lacks coverage, arrangements",
        "add them",
    ),
    Broken(
        "risks.breech.label = 'x'",
        "risks.breech",
        {"label": "x"},
        "lacks frequency",
        'did you mean "breach"? If it is a new one, add it',
    ),
    Broken(
        "roles.analyst.atrition_rate = 0.2",
        "roles.analyst.atrition_rate",
        0.2,
        "is not a known key",
        'did you mean "attrition_rate"?',
        drop="roles.analyst.attrition_rate",
    ),
    Broken(
        "strategies.rest.all = 'insourced'",
        "strategies.rest.all",
        "insourced",
        "is no arrangement of the services help_desk, security",
        'did you mean "insource"?',
    ),
    # types
    Broken(
        "roles.manager.pay = '110,000'",
        "roles.manager.pay",
        "110,000",
        "must be a number",
        "write 110000 or 110_000, without quotes",
    ),
    Broken(
        "people.benefits_load = '30 %'",
        "people.benefits_load",
        "30 %",
        "must be a number",
        "write 0.3, without quotes",
    ),
    Broken("roles.manager.pay = true", "roles.manager.pay", True, "must be a number", "write 3.5"),
    Broken("roles.manager.pay = nan", "roles.manager.pay", "nan", "not nan", "write the number"),
    Broken("roles.manager = 3", "roles.manager", 3, "must be a table", "{ key = ... }"),
    Broken("roles = 3", "roles", 3, "must be a table", "{ key = ... }"),
    Broken("practice.controls = 'mfa'", "practice.controls", "mfa", "must be a list", "brackets"),
    Broken("roles.manager.label = 3", "roles.manager.label", 3, "must be text", "quotes"),
    Broken("roles.manager.label = ''", "roles.manager.label", "", "must not be empty", "some text"),
    Broken(
        f"{HELP}.insource.unfunded = 'no'",
        f"{HELP}.insource.unfunded",
        "no",
        "must be true or false",
        "without quotes",
    ),
    Broken(
        "discounting.timing = 'middle'",
        "discounting.timing",
        "middle",
        'must be "mid" or "end"',
        'did you mean "mid"?',
    ),
    Broken(
        f"{HELP}.insource.lines.licences.component = 'tool'",
        f"{HELP}.insource.lines.licences.component",
        "tool",
        "must be",
        'did you mean "tools"?',
    ),
    Broken(
        "roles.manager.pay = { amount = 3 }",
        "roles.manager.pay",
        {"amount": 3},
        "must be a number",
        "value = 3.5",
    ),
    # ranges
    Broken(
        f"{HELP}.split.gap = 5",
        f"{HELP}.split.gap",
        5.0,
        "must lie in [0, 1]",
        "5 looks like a percentage; write 0.05",
    ),
    Broken(
        "discounting.rate = 6",
        "discounting.rate",
        6.0,
        "must be at most 1",
        "6 looks like a percentage; write 0.06",
    ),
    Broken(
        "roles.analyst.attrition_rate = 25",
        "roles.analyst.attrition_rate",
        25.0,
        "must be at most 12",
        "write 0.25",
    ),
    Broken(
        "roles.analyst.attrition_rate = -0.2",
        "roles.analyst.attrition_rate",
        -0.2,
        "must be at least 0",
        "write 0 or a positive number",
    ),
    Broken(
        "roles.analyst.pay = -1",
        "roles.analyst.pay",
        -1.0,
        "must be more than 0",
        "write a positive number",
    ),
    Broken(
        "risks.breach.losses.response.probability = 1.2",
        "risks.breach.losses.response.probability",
        1.2,
        "must lie in [0, 1]",
        "0.012 if it is in percent",
    ),
    Broken(
        "people.benefits_load = { dist = 'normal', mean = 0.3, sd = 0.05 }",
        "people.benefits_load",
        {"dist": "normal", "mean": 0.3, "sd": 0.05},
        "must be at least 0, but values from -inf to inf are possible",
        "truncate = [0, inf]",
    ),
    Broken(
        f"{HELP}.split.gap = {{ dist = 'lognormal', p50 = 0.02, p90 = 0.1 }}",
        f"{HELP}.split.gap",
        {"dist": "lognormal", "p50": 0.02, "p90": 0.1},
        "must lie in [0, 1], but values from 0 to inf are possible",
        "clip = [0, 1]",
    ),
    Broken(
        f"{HELP}.split.gap = {{ dist = 'uniform', low = 2, high = 5 }}",
        f"{HELP}.split.gap",
        {"dist": "uniform", "low": 2.0, "high": 5.0},
        "must lie in [0, 1]",
        "divide them by 100",
    ),
    Broken(
        "roles.analyst.unfillable_share = { dist = 'uniform', low = 0, high = 2, clip = [0, 1] }",
        "roles.analyst.unfillable_share",
        {"dist": "uniform", "low": 0.0, "high": 2.0, "clip": [0.0, 1.0]},
        "must lie in [0, 1)",
        "truncate",
    ),
    Broken(
        "roles.analyst.pay = inf", "roles.analyst.pay", float("inf"), "must be", "finite number"
    ),
    Broken("horizon.years = 4.5", "horizon.years", 4.5, "must be a whole number", "write 4"),
    Broken("horizon.years = 60", "horizon.years", 60.0, "must lie in [1, 50]", "in the range"),
    Broken(
        f"{HELP}.insource.seats.technician = 2.5",
        f"{HELP}.insource.seats.technician",
        2.5,
        "must be a whole number",
        "write 3, or 2 and one more of a role with fte = 0.5",
    ),
    Broken(
        f"{HELP}.insource.seats.technician = 0.4",
        f"{HELP}.insource.seats.technician",
        0.4,
        "must be a whole number",
        "write 1, or 1 of a role with fte = 0.4",
    ),
    Broken(
        "roles.technician.time_to_fill_days = '6 weeks'",
        "roles.technician.time_to_fill_days",
        "6 weeks",
        "must be a number",
        "write 42, without quotes: it is in days",
    ),
    Broken(
        "vendors.msp.notice_months = '0.5 years'",
        "vendors.msp.notice_months",
        "0.5 years",
        "must be a number",
        "write 6, without quotes: it is in months",
    ),
    Broken(
        "roles.analyst.pay = '68.5k USD'",
        "roles.analyst.pay",
        "68.5k USD",
        "must be a number",
        "write 68500 or 68_500, without quotes",
    ),
    Broken(
        "discounting.rate = '0,06'",
        "discounting.rate",
        "0,06",
        "must be a number",
        "write 0.06, without quotes",
    ),
    Broken(
        "roles.analyst.pay = '3 technicians'",
        "roles.analyst.pay",
        "3 technicians",
        "must be a number",
        "write 3, without quotes; leave out technicians",
    ),
    Broken(
        "macro.wage.phi = 1.2",
        "macro.wage.phi",
        1.2,
        "must lie in (-1, 1)",
        "write a number in the range, not 1.2",
    ),
    Broken(
        "vendors.msp.delivered = 1.2",
        "vendors.msp.delivered",
        1.2,
        "must lie in [0, 1]",
        "write a number in the range; 0.012 if it is in percent",
    ),
    Broken(
        "strategies.mix = { help_desk = 'split', security = 'unfunded' }",
        "strategies.mix",
        {"help_desk": "split", "security": "unfunded"},
        "names services beside its own keys",
        'write them as services = { help_desk = "split", security = "unfunded" }',
    ),
    Broken(
        "people.hours_per_week = 200",
        "people.hours_per_week",
        200.0,
        "must lie in (0, 168]",
        "in the range",
    ),
    # certain numbers
    Broken(
        "horizon.years = { dist = 'uniform', low = 3, high = 7 }",
        "horizon.years",
        {"dist": "uniform", "low": 3.0, "high": 7.0},
        "must be certain",
        "plain number",
    ),
    Broken(
        "practice.users = { per_provider = { dist = 'uniform', low = 3, high = 5 } }",
        "practice.users.per_provider",
        {"dist": "uniform", "low": 3.0, "high": 5.0},
        "must be certain",
        "plain number",
    ),
    Broken(
        f"{HELP}.insource.seats.technician = {{ per = 'user', ratio = {{ dist = 'uniform', "
        "low = 1, high = 2 } }",
        f"{HELP}.insource.seats.technician.ratio",
        {"dist": "uniform", "low": 1.0, "high": 2.0},
        "must be certain",
        "plain number",
    ),
    Broken(
        f"{HELP}.insource.seats.technician = {{ per = 'users', ratio = 80 }}",
        f"{HELP}.insource.seats.technician.per",
        "users",
        'must be one of "user", "endpoint", "provider"',
        'did you mean "user"?',
    ),
    # distributions
    Broken(
        "roles.analyst.pay = { dist = 'lognormol', p50 = 1, p90 = 2 }",
        "roles.analyst.pay.dist",
        "lognormol",
        "is not a family",
        "lognormal",
    ),
    Broken(
        "roles.analyst.pay = { dist = 'lognormal', p50 = 150_000, p90 = 120_000 }",
        "roles.analyst.pay.p50",
        150_000,
        "must be below p90",
        "in order",
    ),
    Broken(
        "roles.analyst.pay = { dist = 'lognormal', p50 = 1, p90 = 2, truncate = [3, 2] }",
        "roles.analyst.pay.truncate",
        [3, 2],
        "low below high",
        "inf",
    ),
    Broken(
        "roles.analyst.pay = { dist = 'uniform', low = 1, high = 2, truncate = [3, 4] }",
        "roles.analyst.pay.truncate",
        [3, 4],
        "must leave some of what lies between 1 and 2",
        "widen it",
    ),
    Broken(
        "roles.analyst.pay = { dist = 'uniform', low = { dist = 'uniform', low = 1, high = 2 }, "
        "high = 5 }",
        "roles.analyst.pay.low",
        {"dist": "uniform", "low": 1, "high": 2},
        "number",
        "write a number",
    ),
    Broken(
        "roles.analyst.time_to_fill_days = { dist = 'lognormal', p50 = { dist = 'uniform', "
        "low = 30, high = 99 }, p90 = 90 }",
        "roles.analyst.time_to_fill_days.p50",
        99,
        "must be below p90 = 90.0, whatever value it takes",
        "in order",
    ),
    Broken(
        "roles.analyst.time_to_fill_days = { dist = 'empirical', values = [30, "
        "{ dist = 'uniform', low = 1, high = 2 }] }",
        "roles.analyst.time_to_fill_days.values.1",
        {"dist": "uniform", "low": 1, "high": 2},
        "must be certain",
        "plain numbers",
    ),
    Broken(
        "roles.analyst.time_to_fill_days = { dist = 'mixture', weights = [1, 1], components = ["
        "{ dist = 'uniform', low = 1, high = 2 }, { dist = 'normal', mean = 40, sd = -1 }] }",
        "roles.analyst.time_to_fill_days.components.1.sd",
        -1,
        "must not be negative",
        "",
    ),
    Broken(
        "roles.analyst.pay_dispersion = { dist = 'lognormal', median = 1.2, sigma = 0.1 }",
        "roles.analyst.pay_dispersion",
        {"dist": "lognormal", "median": 1.2, "sigma": 0.1},
        "must have mean 1, but has 1.206",
        "mean = 1",
    ),
    Broken(
        "roles.analyst.pay = { value = 3, source = 7 }",
        "roles.analyst.pay.source",
        7,
        "must be text",
        "quotes",
    ),
    Broken(
        "roles.analyst.pay = { value = 3, range = [5, 2] }",
        "roles.analyst.pay.range",
        [5, 2],
        "lower one first",
        "[2, 5]",
    ),
    # references
    Broken(
        "services.help_desk.current = 'insourced'",
        "services.help_desk.current",
        "insourced",
        "is no arrangement of the service help_desk",
        'did you mean "insource"',
    ),
    Broken(
        "strategies.own.services.help_desk = 'offshore'",
        "strategies.own.services.help_desk",
        "offshore",
        "is no arrangement of the service help_desk",
        "insource, split, outsource",
    ),
    Broken(
        "strategies.rest.all = 'outsource'",
        "strategies.rest.all",
        "outsource",
        "is no arrangement of the service security",
        "(security has insource, unfunded)",
    ),
    Broken(
        "strategies.rest.services.help_desk = 'outsource'",
        "strategies.rest.services",
        ["help_desk"],
        "missing: security",
        "or set all",
    ),
    Broken(
        "strategies.own.services.ehr = 'insource'",
        "strategies.own.services.ehr",
        "ehr",
        "is no service of this scenario",
        "help_desk, security",
    ),
    Broken(
        "lines.ticketing.needed_by = ['help_desk.offshore']",
        "lines.ticketing.needed_by.0",
        "offshore",
        "is no arrangement of the service help_desk",
        "insource",
    ),
    Broken(
        "lines.ticketing.needed_by = ['help_desk']",
        "lines.ticketing.needed_by.0",
        "help_desk",
        "joined by a dot",
        "help_desk.insource",
    ),
    Broken(
        "risks.breach.effects.security.factors.offshore = 2",
        "risks.breach.effects.security.factors.offshore",
        "offshore",
        "is no arrangement of the service security",
        "insource",
    ),
    Broken(
        "risks.breach.effects.helpdesk.frequency = 2",
        "risks.breach.effects.helpdesk",
        "helpdesk",
        "is no service",
        'did you mean "help_desk"?',
    ),
    Broken(
        f"{HELP}.outsource.contracts.mps.fixed_fee = 1",
        f"{HELP}.outsource.contracts.mps",
        "mps",
        "is no vendor",
        'did you mean "msp"?',
    ),
    Broken(
        f"{HELP}.insource.seats.technican = 1",
        f"{HELP}.insource.seats.technican",
        "technican",
        "is no role",
        'did you mean "technician"?',
    ),
    Broken("managers.role = 'boss'", "managers.role", "boss", "is no role", "technician, analyst"),
    Broken(
        "risks.vendor_breach.vendor = 'mpp'", "risks.vendor_breach.vendor", "mpp", "vendor", "msp"
    ),
    Broken(
        "roles.analyst.pay = { value = 3, source = 'surveys' }",
        "roles.analyst.pay.source",
        "surveys",
        "is no source",
        'did you mean "survey"?',
    ),
    Broken(
        "roles.analyst.pay = { value = 3, source = 'payroll' }",
        "roles.analyst.pay.source",
        "payroll",
        "is no source",
        'below [sources] what it is: payroll = { title = "...", obtained = "read", confidence =',
    ),
    Broken(
        "risks.breach.losses.response.requires = 'penalty'",
        "risks.breach.losses.response.requires",
        "penalty",
        "must name a form listed before this one",
        "put penalty before response",
    ),
    Broken(
        "risks.breach.losses.penalty.requires = 'respons'",
        "risks.breach.losses.penalty.requires",
        "respons",
        "is no loss form",
        'did you mean "response"?',
    ),
    Broken(
        "insurance.sublimits.breach.ransom = 3",
        "insurance.sublimits.breach.ransom",
        "ransom",
        "is no loss form of the risk breach",
        "response, penalty",
    ),
    Broken(
        "insurance.max_uncovered.securty = 0.5",
        "insurance.max_uncovered.securty",
        "securty",
        "is no service",
        'did you mean "security"?',
    ),
    # names
    Broken(
        "[risks.tools]\nfrequency = 1",
        "risks.tools",
        "tools",
        "which is a cost line of every result",
        '"tools_event"',
    ),
    Broken(
        "[roles.'Help Desk']\npay = 1\nattrition_rate = 0.1\ntime_to_fill_days = 3",
        "roles.Help Desk",
        "Help Desk",
        "must consist of a-z, 0-9 and _",
        '"help_desk"',
    ),
    Broken(
        "[risks.data-loss]\nfrequency = 1",
        "risks.data-loss",
        "data-loss",
        "must consist of a-z, 0-9 and _",
        '"data_loss"',
    ),
    Broken("name = 'My practice'", "name", "My practice", "must consist of", '"my_practice"'),
    Broken(
        "[roles.note]\npay = 1\nattrition_rate = 0.1\ntime_to_fill_days = 3",
        "roles.note",
        "note",
        "part of how a number is written",
        "another name",
    ),
    Broken(
        "[services.enterprise]\ncurrent = 'a'\narrangements.a.unfunded = true\n"
        "coverage = { kind = 'queue', posts = 1, hours_per_week = 40 }\n"
        "[strategies.own.services]\nenterprise = 'a'\n"
        "[strategies.partner.services]\nenterprise = 'a'",
        "services.enterprise",
        "enterprise",
        'must not be called "enterprise"',
        "another name",
    ),
    Broken(
        "strategies.current.all = 'insource'",
        "strategies.current",
        {"help_desk": "insource", "security": "insource"},
        "must be what is in place at time 0; it differs in security",
        "another name",
    ),
    # between fields
    Broken(
        "people.tenure_factors = [1, 2]",
        "people.tenure_factors",
        [1, 2],
        "must be 4 numbers",
        "before, between and after",
    ),
    Broken(
        "people.tenure_breaks = [1, 4, 2]",
        "people.tenure_breaks.2",
        2.0,
        "must be more than 4",
        "increasing order",
    ),
    Broken(
        "people.tenure_factors = [1, 1, 1, 0]",
        "people.tenure_factors.3",
        0,
        "a stay would never end",
        "positive",
    ),
    Broken(
        "services.help_desk.coverage.sickness = 0.03",
        "services.help_desk.coverage.sickness",
        0.03,
        "must be 0 for a queue",
        "presence",
    ),
    Broken(
        f"{HELP}.insource.internal_share = 0.5",
        f"{HELP}.insource.internal_share",
        0.5,
        "must be 1 without contracts",
        "leave it out",
    ),
    Broken(
        f"{HELP}.outsource.internal_share = 0.2",
        f"{HELP}.outsource.internal_share",
        0.2,
        "must be 0 without seats",
        "leave it out",
    ),
    Broken(
        "",
        f"{HELP}.split.internal_share",
        None,
        "is required with both seats and contracts",
        "state the share",
        drop=f"{HELP}.split.internal_share",
    ),
    Broken(
        f"{HELP}.insource.unfunded = true",
        f"{HELP}.insource.seats",
        {"technician": {"per": "user", "ratio": 80, "minimum": 2}},
        "must be left out when nobody delivers",
        "drop unfunded",
    ),
    Broken(
        f"{HELP}.nobody.label = 'x'",
        f"{HELP}.nobody",
        {"label": "x"},
        "must be delivered by somebody",
        "unfunded = true",
    ),
    Broken(
        "",
        f"{HELP}.split.oversight_role",
        None,
        "is required with oversight_fte",
        "role",
        drop=f"{HELP}.split.oversight_role",
    ),
    Broken(
        f"{HELP}.split.contracts.msp.scope = 0.7",
        f"{HELP}.split.contracts",
        {"msp": 0.7},
        "add up to 1",
        "0.7",
    ),
    Broken(
        f"{HELP}.split.contracts.msp.per_user = [{{ from = 10, price = 60 }}]",
        f"{HELP}.split.contracts.msp.per_user.0.from",
        10.0,
        "must be 0 in the first entry",
        "begin at 0",
    ),
    Broken(
        "vendors.msp.escalator_fixed = 0.03",
        "vendors.msp.escalator_fixed",
        0.03,
        "must not stand beside escalator_spread, escalator_cap",
        "a floor equal to the cap is a fixed escalator too",
    ),
    Broken(
        "vendors.msp.escalator_floor = 0.06",
        "vendors.msp.escalator_floor",
        0.06,
        "the floor (0.06) at or below the cap (0.05)",
        "swap",
    ),
    Broken(
        "vendors.msp.escalator_floor = { dist = 'uniform', low = 0.06, high = 0.08 }",
        "vendors.msp.escalator_floor",
        {"dist": "uniform", "low": 0.06, "high": 0.08},
        "the floor (0.06 to 0.08) at or below the cap (0.05)",
        "swap",
    ),
    Broken(
        "vendors.msp.escalator_floor = 0.06\n"
        "vendors.msp.escalator_cap = { dist = 'uniform', low = 0.02, high = 0.05 }",
        "vendors.msp.escalator_floor",
        0.06,
        "the floor (0.06) at or below the cap (0.02 to 0.05)",
        "swap",
    ),
    Broken(
        "vendors.msp.term_months = 1e-9",
        "vendors.msp.term_months",
        1e-9,
        "must be 0 or at least 1",
        "write 1 or more, or 0",
    ),
    Broken(
        "vendors.msp.term_months = { dist = 'uniform', low = 0, high = 36 }",
        "vendors.msp.term_months",
        {"dist": "uniform", "low": 0, "high": 36},
        "must be 0 or at least 1, but values from 0 to 36 are possible",
        "add truncate = [1, inf]",
    ),
    Broken(
        "lines.mail.component = 'tools'\nlines.mail.amount = 3\nlines.mail.every_years = 1e-9",
        "lines.mail.every_years",
        1e-9,
        "must be at least 0.03846",
        "write a number",
    ),
    Broken(
        "risks.breach.frequency = 100_000",
        "risks.breach.frequency",
        100_000,
        "must come to at most 1,000 events a year, but comes to",
        "one line of cost",
    ),
    Broken(
        "risks.breach.frequency = { dist = 'lognormal', median = 2000, sigma = 1 }",
        "risks.breach.frequency",
        {"dist": "lognormal", "median": 2000, "sigma": 1},
        "at most 1,000 events a year",
        "one line of cost",
    ),
    Broken(
        "practice.providers = 500\nrisks.breach.frequency = 1\nrisks.breach.size_exponent = 400",
        "risks.breach.frequency",
        1,
        "at 500 providers, with size_exponent",
        "rarer",
    ),
    Broken(
        "risks.breach.max_multiple = 1e9",
        "risks.breach.max_multiple",
        1e9,
        "must lie in [1, 100]",
        "write a number in the range",
    ),
    Broken(
        "risks.breach.losses.response.share = 0.4\nrisks.breach.total = 3",
        "risks.breach.losses.response.share",
        0.4,
        "must not stand beside a severity",
        "keep",
    ),
    Broken(
        "risks.breach.losses.image.share = 0.4",
        "risks.breach.losses.image.share",
        0.4,
        "needs the total of the risk",
        "add total",
    ),
    Broken(
        "risks.breach.total = 3",
        "risks.breach.total",
        3,
        "must be split by at least one loss form",
        "share",
    ),
    Broken(
        "",
        "risks.breach.records",
        None,
        "is required: penalty depends on the records of an event",
        "add it",
        drop="risks.breach.records",
    ),
    Broken(
        "lines.ticketing.driver = 'fte'",
        "lines.ticketing.driver",
        "fte",
        "the line is shared",
        "move it",
    ),
    Broken(
        "risks.breach.effects.security.frequency = [{ at = 0.5, multiple = 1 }, "
        "{ at = 0.2, multiple = 2 }]",
        "risks.breach.effects.security.frequency.1.at",
        0.2,
        "must be more than 0.5",
        "increasing order",
    ),
    Broken(
        "risks.breach.effects.security.frequency = [{ at = 0, multiple = 1 }, "
        "{ at = 80, multiple = 2 }]",
        "risks.breach.effects.security.frequency.1.at",
        80.0,
        "must lie in [0, 1]",
        "write 0.8",
    ),
    Broken(
        "risks.breach.effects.security.frequency = [{ at = 0, multiple = -1 }]",
        "risks.breach.effects.security.frequency.0.multiple",
        -1.0,
        "must be at least 0",
        "positive",
    ),
    Broken(
        "risks.breach.effects.security.frequency = [{ at = 0, multple = 1 }]",
        "risks.breach.effects.security.frequency.0.multple",
        1,
        "is not a known key",
        'did you mean "multiple"?',
    ),
    # correlations
    Broken(
        "correlations = [{ between = ['macro.wage.mean', 'macro.wage.meen'], rho = 0.5 }]",
        "correlations.0.between.1",
        "macro.wage.meen",
        "is no input",
        'did you mean "macro.wage.mean"',
    ),
    Broken(
        "correlations = [{ between = ['macro.wage.mean', 'roles.technician.time_to_fill_days'], "
        "rho = 0.5 }]",
        "correlations.0.between.1",
        "roles.technician.time_to_fill_days",
        "drawn again at each occurrence",
        "uncertain number",
    ),
    Broken(
        "correlations = [{ between = ['macro.wage.mean', 'macro.price.mean'], rho = 0.5 }, "
        "{ between = ['macro.wage.mean', 'roles.analyst.pay'], rho = 0.5 }]",
        "correlations.1.between.0",
        "macro.wage.mean",
        "is correlated twice",
        "one matrix",
    ),
    Broken(
        "correlations = [{ between = ['macro.wage.mean', 'macro.price.mean'], rho = 50 }]",
        "correlations.0.rho",
        50.0,
        "must lie in [-1, 1]",
        "write 0.5",
    ),
    Broken(
        "correlations = [{ inputs = ['macro.wage.mean', 'macro.price.mean'], "
        "matrix = [[1, 0.5], [0.4, 1]] }]",
        "correlations.0.matrix.1.0",
        0.4,
        "must equal its mirror image",
        "write 0.5",
    ),
    Broken(
        "correlations = [{ inputs = ['macro.wage.mean', 'macro.price.mean'], "
        "matrix = [[1, 0.5], [0.5, 0.9]] }]",
        "correlations.0.matrix.1.1",
        0.9,
        "must be 1 on the diagonal",
        "write 1",
    ),
    Broken(
        "correlations = [{ inputs = ['macro.wage.mean', 'macro.price.mean'], matrix = [[1]] }]",
        "correlations.0.matrix",
        [[1]],
        "2 rows of 2 numbers",
        "add or drop",
    ),
    Broken(
        "correlations = [{ inputs = ['macro.wage.mean', 'macro.price.mean', 'roles.analyst.pay'], "
        "matrix = [[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]] }]",
        "correlations.0.matrix",
        [[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]],
        "positive semi-definite",
        "the nearest matrix that is: [[1.0, 0.48",
    ),
    Broken(
        "correlations = [{ between = ['macro.wage.mean'], matrix = [[1]] }]",
        "correlations.0",
        {"between": ["macro.wage.mean"], "matrix": [[1]]},
        "must have inputs and matrix, or between and rho",
        "rho = 0.5",
    ),
    Broken(
        "macro.wage_price = -0.9\nmacro.price_attrition = 0.9",
        "macro",
        {"wage_price": -0.9, "wage_attrition": 0.8, "price_attrition": 0.9},
        "positive semi-definite",
        "the nearest that are: wage_price = ",
    ),
]


def problems_of(snippet, drop=""):
    with pytest.raises(ScenarioError) as caught:
        Scenario.from_mapping(content(snippet, drop))
    return caught.value.problems


@pytest.mark.parametrize("case", BROKEN, ids=[f"{case.path}:{case.rule[:30]}" for case in BROKEN])
def test_problem_names_path_value_rule_and_remedy(case):
    found = {problem.path: problem for problem in problems_of(case.snippet, case.drop)}
    assert case.path in found
    problem = found[case.path]
    assert case.rule in problem.rule
    assert case.remedy in problem.remedy
    if case.value == "nan":
        assert problem.value != problem.value
    elif isinstance(case.value, float):
        assert problem.value == pytest.approx(case.value)
    else:
        assert problem.value == case.value
    for jargon in ("Input should", "pydantic", "type=", "valid dictionary", "extra_forbidden"):
        assert jargon not in str(problem)


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: f"{case.path}:{case.rule[:30]}")
def test_nothing_else_is_reported(case):
    paths = [problem.path for problem in problems_of(case.snippet, case.drop)]
    assert paths.count(case.path) == 1
    assert len(paths) == 1


def test_all_problems_at_once_in_file_order():
    snippet = """
    roles.analyst.attrition_rate = 25
    roles.manager.pey = 3
    vendors.msp.escalator_floor = 0.06
    strategies.own.services.help_desk = "offshore"
    correlations = [{ between = ["macro.wage.mean", "macro.nothing"], rho = 2 }]
    people.tenure_factors = [1]
    insurance.sublimits.breach.ransom = -1
    services.help_desk.coverage.kind = "line"
    horizon.years = 0
    """
    assert [problem.path for problem in problems_of(snippet)] == [
        "horizon.years",
        "people.tenure_factors",
        "roles.analyst.attrition_rate",
        "roles.manager.pey",
        "vendors.msp.escalator_floor",
        "services.help_desk.coverage.kind",
        "insurance.sublimits.breach.ransom",
        "strategies.own.services.help_desk",
        "correlations.0.between.1",
        "correlations.0.rho",
    ]


@pytest.mark.parametrize(
    ("snippet", "value"),
    [
        ("practice.providers = -5", -5),
        ("practice.providers = -5.0", -5.0),
        ("practice.providers = { value = -5, note = 'n' }", -5),
        ("people.tenure_breaks = [1, 4, 2]", 2),
    ],
)
def test_values_are_shown_as_typed(snippet, value):
    (problem,) = problems_of(snippet)
    assert repr(problem.value) == repr(value)


def test_error_lists_every_problem_as_a_line():
    with pytest.raises(ScenarioError) as caught:
        Scenario.from_mapping(content("horizon.years = 0\nroles.analyst.pay = -1"))
    assert str(caught.value).splitlines() == [
        "horizon.years = 0: must lie in [1, 50]; write a number in the range, not 0",
        "roles.analyst.pay = -1: must be more than 0; write a positive number",
    ]


def test_the_nearest_matrix_shown_is_accepted():
    (case,) = [case for case in BROKEN if "nearest matrix" in case.remedy]
    (problem,) = problems_of(case.snippet)
    shown = problem.remedy.partition(": ")[2]
    inputs = "inputs = ['macro.wage.mean', 'macro.price.mean', 'roles.analyst.pay']"
    Scenario.from_mapping(content(f"correlations = [{{ {inputs}, matrix = {shown} }}]"))


def places(value, path=()):
    if path:
        yield path
    entries = value.items() if isinstance(value, dict) else ()
    for key, entry in enumerate(value) if isinstance(value, list) else entries:
        yield from places(entry, (*path, key))


keys = ["dist", "value", "per", "ratio", "per_provider", "count", "low", "high", "p50", "p90"]
keys += ["truncate", "clip", "at", "multiple", "source", "range", "components", "weights"]
junk_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 200)
    | st.floats()
    | st.sampled_from(["", "x", "help_desk", "insource", "lognormal", "constant", "mixture"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(keys), inner, max_size=4)
    ),
    max_leaves=6,
)


@settings(deadline=None, derandomize=True, max_examples=200)
@given(st.sampled_from(sorted(places(MINIMAL), key=str)), junk_values)
def test_anything_anywhere_loads_or_is_refused_once_for_each_reason(place, junk):
    broken = content()
    here = broken
    for key in place[:-1]:
        here = here[key]
    here[place[-1]] = junk
    problems = ()
    try:
        Scenario.from_mapping(broken)
    except ScenarioError as error:
        problems = error.problems
    assert all(problem.rule and problem.remedy for problem in problems)
    assert len({(problem.path, problem.rule) for problem in problems}) == len(problems)


@pytest.mark.parametrize(
    ("key", "junk"),
    [
        (key, junk)
        for key in sorted(set(MINIMAL) - {"name"})
        for junk in (3, "x", [], [1], {"a": 3}, True, {"a": {"b": [{}]}}, [[{}]])
        # No correlations are a valid choice.
        if (key, junk) != ("correlations", [])
    ],
)
def test_junk_in_any_table_is_a_problem_and_never_a_crash(key, junk):
    with pytest.raises(ScenarioError) as caught:
        Scenario.from_mapping({**MINIMAL, key: junk})
    assert any(problem.path.startswith(key) for problem in caught.value.problems)
