"""Versions of three numbers, and how far one is from another."""
import enum
import re
from typing import NamedTuple

from .refusal import Refusal


class Step(enum.IntEnum):
    PATCH = 1
    MINOR = 2
    MAJOR = 3

    def __str__(self) -> str:
        return self.name.lower()


class Version(NamedTuple):
    major: int
    minor: int
    patch: int

    @staticmethod
    def parse(text: str) -> "Version":
        if not re.fullmatch(r"(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*)){2}", text):
            raise Refusal(f"'{text}' is not a version: it must be MAJOR.MINOR.PATCH, such as 1.4.0")
        return Version(*map(int, text.split(".")))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    def step_from(self, older: "Version") -> Step:
        if self.major != older.major:
            return Step.MAJOR
        return Step.MINOR if self.minor != older.minor else Step.PATCH

    def after(self, step: Step) -> "Version":
        """Returns the next version that is this step away."""
        if step == Step.MAJOR:
            return Version(self.major + 1, 0, 0)
        if step == Step.MINOR:
            return Version(self.major, self.minor + 1, 0)
        return Version(self.major, self.minor, self.patch + 1)
