"""What every test shares."""

import os

import matplotlib as mpl
from hypothesis import settings

# Compilation of a kernel counts towards its first example, so no deadline.
settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")

# No test needs a display.
mpl.use("Agg")
