"""Suites of rules (bộ quy tắc) run by Great Expectations, and what becomes of their verdicts."""
