"""Statuses, rates and roll-ups: pure functions of records and dates, which read no file and no clock."""
