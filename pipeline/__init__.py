"""Reproducible progress reports on digital-transformation plans (kế hoạch chuyển đổi số)."""
