"""Reports: one self-contained page per run, and a quick picture while it goes on."""

from lamella.report.page import write_report
from lamella.report.preview import write_preview

__all__ = ["write_preview", "write_report"]
