"""Data as people keep them."""

from datetime import date

import numpy as np
import pytest


@pytest.fixture
def log(tmp_path):
    """A log of 60 incidents over six years, lognormal costs, the last two still open."""
    random = np.random.default_rng(1)
    days = np.sort(random.integers(0, 6 * 365, 60)) + date(2019, 1, 1).toordinal()
    cost = random.lognormal(9.0, 1.2, 60)
    rows = [
        f"{date.fromordinal(int(day))},{amount:.2f},{'yes' if i >= 58 else 'no'}"
        for i, (day, amount) in enumerate(zip(days, cost, strict=True))
    ]
    path = tmp_path / "log.csv"
    path.write_text("\n".join(["date,cost,open", *rows]), encoding="utf-8")
    return path


@pytest.fixture
def staff(tmp_path):
    """Twenty help desk seats and five of a role the scenario does not have."""
    random = np.random.default_rng(2)
    people, openings = ["role,start,end"], ["role,opened,filled"]
    for role, seats in (("Help Desk", 20), ("Scribe", 5)):
        for _ in range(seats):
            day = date(2016, 1, 1).toordinal() + int(random.integers(0, 700))
            while day < date(2026, 1, 1).toordinal():
                # Newcomers leave four times as often.
                total = random.exponential(1.0)
                years = total / 0.8 if total < 0.8 else 1.0 + (total - 0.8) / 0.2
                gone = day + 1 + int(365.25 * years)
                ends = [date.fromordinal(day), date.fromordinal(gone - 1)]
                people.append(f"{role},{ends[0]},{ends[1] if ends[1].year < 2026 else ''}")
                day = gone + 1 + int(random.lognormal(np.log(40.0), 0.4))
                if gone < date(2026, 1, 1).toordinal():
                    first = date.fromordinal(day)
                    filled = first if first.year < 2026 else ""
                    openings.append(f"{role},{date.fromordinal(gone)},{filled}")
    paths = tmp_path / "staff.csv", tmp_path / "openings.csv"
    for path, rows in zip(paths, (people, openings), strict=True):
        path.write_text("\n".join(rows), encoding="utf-8")
    return paths
