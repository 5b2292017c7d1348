"""Drawing straight to a file, without a window and without pyplot."""

from __future__ import annotations

import os
from typing import Protocol

import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

SIZE = (9.0, 5.5)
DOTS_PER_INCH = 160


class Plot(Protocol):
    """A function of this package that draws a result."""

    def __call__(self, ds: xr.Dataset, *, ax: Axes | None = None) -> Axes:
        """Draw ``ds`` on ``ax``."""


def draw_to_file(plot: Plot, ds: xr.Dataset, path: str | os.PathLike[str]) -> None:
    """Draw a result and write the picture in the format the suffix of ``path`` names."""
    figure = Figure(figsize=SIZE, layout="constrained")
    plot(ds, ax=figure.subplots())
    figure.savefig(path, dpi=DOTS_PER_INCH)
