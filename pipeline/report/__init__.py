"""What people read: pages, charts, receipts, Word, PDF, workbook; the only place where data becomes HTML."""

from pipeline.fork.import_shims import without_iri_grammar

without_iri_grammar()
