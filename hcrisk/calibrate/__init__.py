"""From data to inputs: fits with their uncertainty, written as a scenario file.

Each function takes data and returns what it found, with intervals; nothing is read but the files
named, and nothing is written. ``hcrisk calibrate`` does the same from the command line.
"""

from hcrisk.calibrate.autoregression import (
    Autoregression,
    Macro,
    fit_autoregression,
    fit_macro,
)
from hcrisk.calibrate.backtest import Backtest, Coverage, backtest_counts, backtest_severity
from hcrisk.calibrate.breaches import Breaches, read_breaches
from hcrisk.calibrate.copula import CopulaFit, correlation_matrix, fit_copula, rank_copulas
from hcrisk.calibrate.document import Derived, severity_entries, to_toml
from hcrisk.calibrate.events import Findings, breach_findings, incident_findings
from hcrisk.calibrate.experts import Expert, average_quantiles, pool_linearly, pooled_metalog
from hcrisk.calibrate.frequency import (
    Counts,
    FrequencyFit,
    fit_frequency,
    frequency_profile,
    rank_frequencies,
)
from hcrisk.calibrate.goodness import Goodness, Ranking, assess, rank_severities
from hcrisk.calibrate.incidents import Incidents, read_incidents
from hcrisk.calibrate.likelihood import CalibrationError
from hcrisk.calibrate.personnel import StaffFindings, staff_findings
from hcrisk.calibrate.series import Series
from hcrisk.calibrate.severity import Sample, SeverityFit, fit_severity, severity_profile
from hcrisk.calibrate.staff import Attrition, Spells, attrition, read_openings, read_staff
from hcrisk.calibrate.survival import (
    Curve,
    Hazards,
    kaplan_meier,
    piecewise_hazards,
    poisson_interval,
)
from hcrisk.calibrate.table import DataError
from hcrisk.calibrate.windows import Window

__all__ = [
    "Attrition",
    "Autoregression",
    "Backtest",
    "Breaches",
    "CalibrationError",
    "CopulaFit",
    "Counts",
    "Coverage",
    "Curve",
    "DataError",
    "Derived",
    "Expert",
    "Findings",
    "FrequencyFit",
    "Goodness",
    "Hazards",
    "Incidents",
    "Macro",
    "Ranking",
    "Sample",
    "Series",
    "SeverityFit",
    "Spells",
    "StaffFindings",
    "Window",
    "assess",
    "attrition",
    "average_quantiles",
    "backtest_counts",
    "backtest_severity",
    "breach_findings",
    "correlation_matrix",
    "fit_autoregression",
    "fit_copula",
    "fit_frequency",
    "fit_macro",
    "fit_severity",
    "frequency_profile",
    "incident_findings",
    "kaplan_meier",
    "piecewise_hazards",
    "poisson_interval",
    "pool_linearly",
    "pooled_metalog",
    "rank_copulas",
    "rank_frequencies",
    "rank_severities",
    "read_breaches",
    "read_incidents",
    "read_openings",
    "read_staff",
    "severity_entries",
    "severity_profile",
    "staff_findings",
    "to_toml",
]
