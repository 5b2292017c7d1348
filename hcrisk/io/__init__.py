"""Results to files and back, and files that are either complete or not there."""

from hcrisk.io.files import OutputError, replace_when_done
from hcrisk.io.results import SUFFIXES, check_format, read, save, write

__all__ = ["SUFFIXES", "OutputError", "check_format", "read", "replace_when_done", "save", "write"]
