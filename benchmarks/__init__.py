"""What the software costs, measured beside other ways of doing the same work, on synthetic countries."""
