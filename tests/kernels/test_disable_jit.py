"""The same bits as plain Python (NUMBA_DISABLE_JIT=1), without a warning."""

import os
import subprocess
import sys

PROGRAM = """
import warnings
warnings.simplefilter("error")
import numpy as np
from hcrisk.distributions.distribution import Distribution
from hcrisk.kernels.elementary import exp, expm1, log, log1p, normal_cdf, normal_quantile
from hcrisk.kernels.philox import uniform
from hcrisk.kernels.poisson import poisson_quantile
from hcrisk.kernels.special import beta_quantile, gamma_quantile

words = []
for i in range(25):
    u = uniform(np.uint64(2**63 + 5), 2**33 + i, i)
    words += [u, exp(9 * u), exp(800 * u), expm1(u), log(u), log1p(-u), normal_quantile(u)]
    words += [normal_cdf(8 * u - 4), gamma_quantile(u, 0.4), beta_quantile(u, 2.5, 40.0)]
    words += [poisson_quantile(3.5, u), poisson_quantile(600.0, u)]
words += [exp(float("inf")), log(0.0), log(-1.0), normal_quantile(1.0)]
for text in (
    {"dist": "lognormal", "p50": 2, "p90": 5, "truncate": [1, 9]},
    {"dist": "gpd", "location": 0, "scale": 1, "shape": 0.3},
    {"dist": "metalog", "quantiles": [[0.1, 35], [0.5, 50], [0.9, 75]], "low": 0},
    {"dist": "discrete", "values": [1, 2], "weights": [1, 3]},
    {"dist": "normal", "mean": 0, "sd": 1, "clip": [-1, 1]},
):
    words += Distribution.from_mapping(text).quantile([0.01, 0.3, 0.77, 0.999]).tolist()
print(" ".join(float(word).hex() for word in words))
"""


def test_same_bits_without_the_compiler():
    texts = []
    for disabled in ("0", "1"):
        environment = dict(os.environ, NUMBA_DISABLE_JIT=disabled)
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        texts.append(done.stdout)
    assert len(texts[0].split()) == 25 * 12 + 4 + 20
    assert texts[0] == texts[1]
