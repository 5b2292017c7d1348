"""The version, of the code that runs and not of whatever else is installed."""

__version__ = "0.1.0"
