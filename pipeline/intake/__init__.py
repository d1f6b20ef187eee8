"""From files as they were sent to rows that know their cell, and from rows to meaning."""
