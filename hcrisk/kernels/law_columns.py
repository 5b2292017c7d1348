"""Columns and codes of a law row: plain integers, importable without numba.

A *law row* is ``float64[LAW_WIDTH]``: a family, the parameters as the user wrote them (raw) and
as the quantile needs them (canonical), where its table lies in the shared flat array, and the
bounds of truncation (conditioning) and clipping (moving to the bound).
"""

from __future__ import annotations

PARAMETERS = 6

FAMILY = 0
FORM = 1
RAW0 = 2
CANON0 = RAW0 + PARAMETERS
TABLE_START = CANON0 + PARAMETERS
TABLE_SIZE = TABLE_START + 1
TRUNCATE_LOW = TABLE_START + 2
TRUNCATE_HIGH = TABLE_START + 3
U_LOW = TABLE_START + 4
U_HIGH = TABLE_START + 5
CLIP_LOW = TABLE_START + 6
CLIP_HIGH = TABLE_START + 7
LAW_WIDTH = TABLE_START + 8

CONSTANT = 0
UNIFORM = 1
TRIANGULAR = 2
NORMAL = 3
LOGNORMAL = 4
GAMMA = 5
BETA = 6
PERT = 7
WEIBULL = 8
PARETO = 9
GPD = 10
DISCRETE = 11
EMPIRICAL = 12
METALOG = 13
MIXTURE = 14

# Families whose quantile is computed from the standard normal one.
FROM_NORMAL = (NORMAL, LOGNORMAL, GAMMA, BETA, PERT, MIXTURE)

# What the raw parameters are: the family's own, two values and their levels, a mean and a
# spread (sd or cv), or a median and sigma.
FORM_OWN = 0
FORM_QUANTILES = 1
FORM_MEAN = 2
FORM_MEDIAN = 3

# Tables run over z = normal_quantile(u); a uniform's z never leaves +-8.21.
TABLE_Z = 8.25
SMOOTH_COEFFICIENTS = 6
MIXTURE_COLUMNS = 5
