"""The official report (Báo cáo) by Nghị định 30/2020/NĐ-CP: one document, written as Word and as PDF."""

from pipeline.report.official.compose import official_report
from pipeline.report.official.model import OfficialReport
from pipeline.report.official.pdf import write_pdf
from pipeline.report.official.template import own_template
from pipeline.report.official.word import write_docx

__all__ = ["OfficialReport", "official_report", "own_template", "write_docx", "write_pdf"]
