"""The one way in which reading a file as a whole fails."""

from __future__ import annotations


class FileFaultError(Exception):
    """A file cannot be read as a whole: rule broken, place in the file, what is wrong, how to mend it."""

    def __init__(self, rule: str, place: str, message: str, remedy: str) -> None:
        super().__init__(f"{place}: {message} [{rule}] → {remedy}")
        self.rule, self.place, self.message, self.remedy = rule, place, message, remedy
