"""Figures of more paths than fit into memory, exactly, in two passes."""

from hcrisk.summary.summary import summarize

__all__ = ["summarize"]
