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
from hcrisk.calibrate.backtest import (
    Backtest,
    Coverage,
    backtest_counts,
    backtest_rate,
    backtest_severity,
)
from hcrisk.calibrate.breaches import Breaches, read_breaches
from hcrisk.calibrate.copula import CopulaFit, correlation_matrix, fit_copula, rank_copulas
from hcrisk.calibrate.document import Derived, severity_entries, to_toml
from hcrisk.calibrate.events import Findings
from hcrisk.calibrate.evidence import confidence
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
from hcrisk.calibrate.logged import incident_findings
from hcrisk.calibrate.means import Means, means
from hcrisk.calibrate.paired import PairFindings, pair_findings, read_columns
from hcrisk.calibrate.panel import Opinion, PanelFindings, panel_findings, read_panel
from hcrisk.calibrate.personnel import StaffFindings, staff_findings
from hcrisk.calibrate.reported import breach_findings
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
from hcrisk.calibrate.target import Target
from hcrisk.calibrate.whole import Calibrated, from_incidents
from hcrisk.calibrate.windows import Window
from hcrisk.calibrate.written import WrittenFigure, written_figures
from hcrisk.calibrate.yearly import MacroFindings, macro_findings, read_yearly

__all__ = [
    "Attrition",
    "Autoregression",
    "Backtest",
    "Breaches",
    "Calibrated",
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
    "MacroFindings",
    "Means",
    "Opinion",
    "PairFindings",
    "PanelFindings",
    "Ranking",
    "Sample",
    "Series",
    "SeverityFit",
    "Spells",
    "StaffFindings",
    "Target",
    "Window",
    "WrittenFigure",
    "assess",
    "attrition",
    "average_quantiles",
    "backtest_counts",
    "backtest_rate",
    "backtest_severity",
    "breach_findings",
    "confidence",
    "correlation_matrix",
    "fit_autoregression",
    "fit_copula",
    "fit_frequency",
    "fit_macro",
    "fit_severity",
    "frequency_profile",
    "from_incidents",
    "incident_findings",
    "kaplan_meier",
    "macro_findings",
    "means",
    "pair_findings",
    "panel_findings",
    "piecewise_hazards",
    "poisson_interval",
    "pool_linearly",
    "pooled_metalog",
    "rank_copulas",
    "rank_frequencies",
    "rank_severities",
    "read_breaches",
    "read_columns",
    "read_incidents",
    "read_openings",
    "read_panel",
    "read_staff",
    "read_yearly",
    "severity_entries",
    "severity_profile",
    "staff_findings",
    "to_toml",
    "written_figures",
]
