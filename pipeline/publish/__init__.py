"""What makes a report prove itself: manifest, gate, store, log, drafts, sign-off, verifying, comparing."""
