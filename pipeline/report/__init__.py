"""What people read: pages, charts, receipts, Word, PDF, workbook; the only place where data becomes HTML."""
