"""A report as one HTML file, for screens and for print."""

from hcrisk.report.html.page import render_html

__all__ = ["render_html"]
