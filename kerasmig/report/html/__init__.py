"""The report as one HTML file that needs nothing else: no network, no other file."""

from kerasmig.report.html.page import to_html

__all__ = ["to_html"]
