"""Reports: one self-contained page per run, a quick picture while it goes on, and the page of the scorecard."""

from lamella.report.explanation import told, write_explanation
from lamella.report.movie import write_movies
from lamella.report.page import write_report
from lamella.report.preview import write_preview
from lamella.report.scorecard import scorecard_page

__all__ = ["scorecard_page", "told", "write_explanation", "write_movies", "write_preview", "write_report"]
