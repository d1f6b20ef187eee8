"""Forms that go out, figures that come in, receipts that go back."""
