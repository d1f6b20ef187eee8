"""What makes a report prove itself: manifest, store, log, exchange, sign-off, verifying, making it again."""
