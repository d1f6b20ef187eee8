"""The official report (Báo cáo) by Nghị định 30/2020/NĐ-CP: one document, written as Word and as PDF."""

from pipeline.reporting.official.compose import official_report
from pipeline.reporting.official.model import OfficialReport
from pipeline.reporting.official.pdf import write_pdf
from pipeline.reporting.official.word import write_docx

__all__ = ["OfficialReport", "official_report", "write_docx", "write_pdf"]
