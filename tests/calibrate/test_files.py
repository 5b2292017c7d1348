"""Reading files that people made."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcrisk.calibrate import (
    CalibrationError,
    DataError,
    Window,
    attrition,
    fit_frequency,
    fit_severity,
    read_breaches,
    read_incidents,
    read_openings,
    read_staff,
)
from hcrisk.cells import Refused, parse_amount, parse_date

PORTAL = (
    '"Name of Covered Entity","State","Covered Entity Type","Individuals Affected",'
    '"Breach Submission Date","Type of Breach","Location of Breached Information",'
    '"Business Associate Present","Web Description"\n'
)
ROW = '"A, Inc.",TX,{kind},{count},{day},Theft,"Laptop, Email",No,\n'


@pytest.fixture
def file(tmp_path):
    def write(text, name="log.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write


# Breaches


def test_breaches__as_the_portal_exports_them(file):
    rows = [
        ROW.format(kind="Healthcare Provider", count="1,234".join('""'), day="12/31/2023"),
        ROW.format(kind="Business Associate", count="500", day="01/01/2024"),
        ROW.format(kind="Healthcare Provider", count="", day="02/29/2024"),
    ]
    found = read_breaches(file("\ufeff" + PORTAL + "".join(rows)))
    assert found.day == (date(2023, 12, 31), date(2024, 1, 1), date(2024, 2, 29))
    assert found.individuals[:2].tolist() == [1234.0, 500.0]
    assert found.placeholders == 2
    assert found.kinds() == {"Healthcare Provider": 2, "Business Associate": 1}
    later = found.within(Window.of_years(2024, 2024), None)
    assert len(later.day) == 2
    with pytest.raises(CalibrationError, match="no breach reported by 'Health Plan' in 2024; the"):
        found.within(Window.of_years(2024, 2024), "Health Plan")


def test_breaches__monthly_counts_and_times(file):
    days = ["01/15/2023", "01/31/2023", "03/01/2023", "01/02/2024"]
    text = PORTAL + "".join(ROW.format(kind="P", count=600, day=day) for day in days)
    found = read_breaches(file(text))
    window = Window.of_years(2023, 2023)
    counts = found.counts(window, 10.0, monthly=True)
    assert counts.count.tolist() == [2, 0, 1, *[0] * 9]
    assert counts.exposure.sum() == pytest.approx(10 * 365 / 365.25)
    assert counts.time[-1] == pytest.approx(-15.5 / 365.25)
    later = found.counts(Window.of_years(2024, 2024), 10.0, monthly=True, since=window)
    assert later.time[0] == pytest.approx(15.5 / 365.25)


# Incidents


def test_incidents__costs_open_and_unknown(file):
    text = "Date;Cost;Open\n" + "".join(
        f"2023-0{k}-01;{k}000;{'yes' if k == 9 else ''}\n" for k in range(1, 10)
    )
    found = read_incidents(file(text + "2024-02-01;;\n"))
    sample = found.costs(above=2_500.0)
    assert sample.value.tolist() == [3e3, 4e3, 5e3, 6e3, 7e3, 8e3, 9e3]
    assert sample.censored.tolist() == [False] * 6 + [True]
    assert found.window == Window.of_years(2023, 2024)
    assert found.yearly(found.window).count.tolist() == [9, 1]


def test_incidents__by_practice_counts_those_without(file):
    text = "date,cost,practice\n2023-01-01,5,a\n2023-02-01,5,a\n2024-01-01,5,b\n"
    found = read_incidents(file(text))
    window = Window.of_years(2023, 2024)
    assert sorted(found.by_practice(window, 5).count.tolist()) == [0, 0, 0, 1, 2]
    with pytest.raises(CalibrationError, match="names 2 practices, more than the 1 stated"):
        found.by_practice(window, 1)


# Staff


def test_staff__who_is_seen_when(file):
    text = (
        "role,start date,end date\n"
        "a,2020-01-01,\n"  # there before, still there
        "a,2019-01-01,2020-12-31\n"  # left the day before: not seen
        "a,2019-01-01,2021-01-01\n"  # left on the first day
        "b,2021-07-01,2021-12-31\n"  # came and left
        "b,2022-01-01,2023-05-05\n"  # left after: still running
        "b,2023-01-01,\n"  # came after
    )
    spells = read_staff(file(text), Window.of_years(2021, 2022))
    assert spells.role == ("a", "a", "b", "b")
    days = [(366, 1096, False), (731, 732, True), (0, 184, True), (0, 365, False)]
    assert [round(x) for x in spells.entry * 365.25] == [entry for entry, _, _ in days]
    assert [round(x) for x in spells.time * 365.25] == [time for _, time, _ in days]
    assert spells.event.tolist() == [event for _, _, event in days]
    found = attrition(spells)
    assert found.departures == 2
    assert found.person_years == pytest.approx((730 + 1 + 184 + 365) / 365.25)


def employed(seed, rate=0.25, seats=400):
    """Seats of which each is refilled at once, seen over three years."""
    random = np.random.default_rng(seed)
    rows = ["role,start,end"]
    for _ in range(seats):
        day = -int(365.25 * random.uniform(4, 8))
        while day < 3 * 365:
            stay = 1 + int(365.25 * random.exponential(1 / rate))
            first, last = (
                date.fromordinal(date(2021, 1, 1).toordinal() + d) for d in (day, day + stay - 1)
            )
            rows.append(f"a,{first},{last if day + stay <= 3 * 365 else ''}")
            day += stay
    return "\n".join(rows)


def test_staff__attrition_is_recovered_from_a_window(file):
    spells = read_staff(file(employed(1)), Window(date(2021, 1, 1), date(2023, 12, 31)))
    found = attrition(spells)
    assert found.low < 0.25 < found.high
    assert found.person_years == pytest.approx(400 * 3, rel=1e-2)
    assert spells.hazards([1.0, 2.0]).flat_p_value() > 1e-3
    fit = fit_severity(spells.sample(), "weibull")
    assert abs(fit.parameters["shape"] - 1.0) < 4 * fit.standard_errors()["shape"]
    assert abs(fit.parameters["scale"] - 4.0) < 4 * fit.standard_errors()["scale"]


def test_openings__days_open(file):
    text = "role,opened,filled\na,2024-01-01,2024-01-31\na,2024-12-01,\na,2023-11-01,2024-01-10\n"
    spells = read_openings(file(text), Window.of_years(2024, 2024))
    assert spells.unit == "days"
    assert spells.time.tolist() == [31.0, 31.0, 71.0]
    assert spells.entry.tolist() == [0.0, 0.0, 61.0]
    assert spells.event.tolist() == [True, False, True]


# Windows


@given(st.dates(date(2015, 1, 1), date(2024, 12, 31)), st.integers(0, 2000), st.booleans())
def test_window__pieces_add_up(first, length, monthly):
    window = Window(first, date.fromordinal(first.toordinal() + length))
    days = [first, window.last, window.end]
    count, exposure = window.counts(days, monthly=monthly)
    assert exposure.sum() == pytest.approx(window.years)
    assert exposure.min() > 0
    assert count.sum() == 2


def test_window__refused():
    with pytest.raises(CalibrationError, match="2024-01-02 to 2024-01-01; swap the dates"):
        Window(date(2024, 1, 2), date(2024, 1, 1))


# What is wrong with a file


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "log.csv: is empty; give it a header with date, cost"),
        ("date,cost\n", "log.csv: has a header and no rows; add the data"),
        ("date,price\n2023-01-01,3\n", "line 1, column 'cost': is missing; the header has"),
        ("date,cost,amount\n2023-01-01,3,4\n", "column 'cost': stands there twice; drop one"),
        (
            "date,cost\n31.12.2023,5\n",
            "line 2, column 'date': '31.12.2023' is no date; write 2024-",
        ),
        ("date,cost\n2023-13-01,5\n", "'2023-13-01' is no date"),
        ("date,cost\n,5\n", "line 2, column 'date': is empty; fill it in, or drop the row"),
        ("date,cost\n2023-01-01,lots\n", "column 'cost': 'lots' is no amount; write a number"),
        ("date,cost\n2023-01-01,-5\n", "column 'cost': '-5' is negative; write costs as positive"),
        ("date,cost\n2023-01-01,inf\n", "'inf' is no amount"),
        ("date,cost\n2023-01-01,1,5\n", "line 2: has 3 cells, the header 2; put a cell that holds"),
        ("date,cost,open\n2023-01-01,1,maybe\n", "column 'open': 'maybe' is neither yes nor no"),
        ("date,cost,records\n2023-01-01,1,2.5\n", "'2.5' is no whole number; write how many"),
    ],
)
def test_refused__where_what_and_what_to_do(file, text, message):
    with pytest.raises(DataError) as refused:
        read_incidents(file(text))
    assert message in str(refused.value)
    assert str(refused.value).startswith("log.csv")


def test_refused__all_at_once_with_their_lines(file):
    text = "date,cost\n2023-01-01,x\n\nnever,y\n" + "2023-01-01,z\n" * 20
    with pytest.raises(DataError) as refused:
        read_incidents(file(text))
    said = str(refused.value).splitlines()
    assert said[0] == "log.csv has 23 problems"
    assert said[1].startswith("  line 2, column 'cost': 'x'")
    assert said[2].startswith("  line 4, column 'date': 'never'")
    assert said[-1] == "  and 13 more"
    assert len(refused.value.flaws) == 23


def test_refused__files_that_cannot_be_read(file, tmp_path):
    with pytest.raises(DataError, match=r"cannot be read: .*; give the path of a \.csv file"):
        read_incidents(tmp_path / "gone.csv")
    with pytest.raises(DataError, match="is not text in UTF-8; save it as CSV in UTF-8"):
        read_incidents(file("date,cost\nß,1\n", encoding="latin-1"))


def test_refused__dates_that_run_backwards(file):
    text = "role,start,end\na,2024-05-01,2024-04-01\n"
    with pytest.raises(DataError, match="line 2, column 'end': '2024-04-01' lies before start"):
        read_staff(file(text), Window.of_years(2024, 2024))
    with pytest.raises(CalibrationError, match="nothing in the file overlaps 2020"):
        read_staff(file("role,start,end\na,2024-05-01,\n"), Window.of_years(2020, 2020))


@given(st.floats(0.0, 1e12).map(lambda x: round(x, 2)))
def test_parse_amount__reads_what_people_write(value):
    assert parse_amount(f"${value:,.2f}") == pytest.approx(value)


@given(st.text(min_size=1))
def test_parse_amount__never_crashes(text):
    try:
        assert parse_amount(text) >= 0.0
    except Refused as refused:
        assert refused.remedy  # noqa: PT017


def test_whole_way__rate_of_a_log(file):
    random = np.random.default_rng(7)
    days = sorted(
        date.fromordinal(date(2015, 1, 1).toordinal() + int(d))
        for d in random.integers(0, 3653, 200)
    )
    found = read_incidents(file("date,cost\n" + "".join(f"{day},1\n" for day in days)))
    fit = fit_frequency(found.yearly(Window.of_years(2015, 2024)))
    assert fit.parameters["rate"] == pytest.approx(20.0, rel=1e-3)
    assert fit.p_value > 0.01


@pytest.mark.parametrize(
    "text",
    ["2024-03-31", "03/31/2024", "3/31/24", "31-Mar-2024", "Mar 31, 2024", "March 31 2024",
     "2024/03/31", "20240331", "2024-03-31 00:00:00", "3/31/2024 4:05 PM", "31 March 2024"],
)  # fmt: skip
def test_parse_date__as_spreadsheets_write_them(text):
    assert parse_date(text) == date(2024, 3, 31)


@pytest.mark.parametrize("text", ["12,50", "1.234,50", "1,23,456", "4k", "(350.00)", "approx 4"])
def test_parse_amount__nothing_that_may_mean_two_things(text):
    with pytest.raises(Refused):
        parse_amount(text)


def test_incidents__other_names_and_unknown_costs(file):
    text = "Incident Date\tTotal Cost\n3/1/2024\t$1,200.50\n2-Mar-2024\tn/a\n2024-03-03\t900 USD\n"
    found = read_incidents(file(text))
    assert found.cost[[0, 2]].tolist() == [1200.5, 900.0]
    assert np.isnan(found.cost[1])


def test_staff__still_there_in_other_words_and_all_flaws_at_once(file):
    text = "Job Title,Hire Date,Term Date\na,2020-01-01,Active\na,2021-01-01,n/a\n"
    assert not read_staff(file(text), Window.of_years(2021, 2022)).event.any()
    with pytest.raises(DataError, match="has 2 problems"):
        read_staff(
            file(text + "a,2022-01-02,2021-01-01\n,2022-01-01,\n"), Window.of_years(2021, 2022)
        )
