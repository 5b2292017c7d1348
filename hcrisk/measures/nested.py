"""Ignorance of the inputs against chance, from paths that share their inputs."""

from __future__ import annotations

import numpy as np
import xarray as xr

from hcrisk.measures._design import Design
from hcrisk.measures._estimators import Estimate, Floats, paths_to_batch
from hcrisk.measures._labelled import check_share, read_sample, warn_few_paths


def nested_variance(ds: xr.Dataset, *, of: str = "npv", confidence: float = 0.95) -> xr.Dataset:
    r"""Return how much of a cost's variance is ignorance of the inputs, and how much is chance.

    With X the inputs, :math:`\mathrm{Var}(Y) = \mathrm{Var}(E[Y|X]) + E[\mathrm{Var}(Y|X)]`. Paths
    come in groups of m that share X; with the mean squares within and between groups of a one-way
    analysis of variance [1]_, chance has :math:`MS_w` and the inputs :math:`(MS_b - MS_w) / m`.
    Both are unbiased, so what the inputs do may come out slightly below 0 where it is next to
    nothing. `hcrisk.variance_split` gives the same share from two runs, without a nested one.

    Parameters
    ----------
    ds
        Result of `simulate` with ``inner`` of 2 or more.
    of
        Variable to measure; any variable with paths.
    confidence
        Confidence of the intervals, in (0, 1).

    Returns
    -------
    xarray.Dataset
        ``value`` (the share of the inputs), ``inputs`` and ``chance`` (variances, unit of the
        variable squared), each with its bounds, over the variable's dimensions without ``path``.
        Intervals are Student's t of sections of whole groups. Where nothing varies the share
        is 0.

    Raises
    ------
    ValueError
        For a result whose paths do not share their inputs, a confidence outside (0, 1), an unknown
        variable, or values that are not finite.

    Warns
    -----
    PrecisionWarning
        There are too few groups for an interval.

    References
    ----------
    .. [1] S. R. Searle, G. Casella, C. E. McCulloch, "Variance Components", Wiley, 1992,
       section 3.6.

    Examples
    --------
    >>> import hcrisk
    >>> ds = hcrisk.simulate(hcrisk.load("small-practice"), paths=2_000, inner=4)
    >>> found = nested_variance(ds).sel(strategy="outsource")
    >>> bool(0 < found["value"] < 1)
    True
    """
    confidence = check_share("confidence", confidence)
    sample = read_sample(ds, of, designed=True)
    design = sample.design
    if design is None or design.inner == 1:
        raise ValueError(
            "ds must have paths that share their inputs, got none that do; simulate with inner=4"
        )
    inner, n_group = design.inner, sample.n_path // design.inner
    if n_group < 2:
        raise ValueError(
            f"ds must have at least 2 groups of paths, got {n_group}; simulate {2 * inner} paths "
            "or more"
        )
    # A section needs groups enough for a spread between them.
    cut = Design(None, 0, inner * 2)

    def found(index: int) -> Estimate:
        return cut.estimate(
            sample.values, lambda values, _: _parts(values, inner)[index], 0.5, confidence
        )

    inputs, chance, share = (found(index) for index in range(3))
    if not np.isfinite(share.upper).all():
        warn_few_paths(sample, "share of the inputs", 2 * inner * paths_to_batch(0.5), confidence)
    title, squared = sample.title, f"{sample.units}^2"
    variables = {
        **sample.label_estimate(share, f"share of the inputs in variance of {title}", units="1"),
        **sample.label_estimate(
            inputs, f"variance of {title} due to the inputs", name="inputs", units=squared
        ),
        **sample.label_estimate(
            chance, f"variance of {title} due to chance", name="chance", units=squared
        ),
    }
    return sample.dataset(variables, measure="nested_variance", confidence=confidence)


def _parts(values: Floats, inner: int) -> tuple[Floats, Floats, Floats]:
    """Return the variances due to inputs and to chance, and the first as a share."""
    n_group = values.shape[-1] // inner
    groups = values[..., : n_group * inner].reshape(*values.shape[:-1], n_group, inner)
    means = groups.mean(axis=-1)
    within = np.square(groups - means[..., None]).sum(axis=(-1, -2)) / (n_group * (inner - 1))
    inputs = means.var(axis=-1, ddof=1) - within / inner
    total = inputs + within
    share = np.divide(inputs, total, out=np.zeros_like(total), where=total > 0.0)
    return inputs, within, share
