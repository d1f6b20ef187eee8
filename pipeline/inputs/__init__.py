"""What a report depends on, by SHA-256."""
