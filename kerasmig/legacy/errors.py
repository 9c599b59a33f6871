"""The one exception of the legacy runtime."""

from __future__ import annotations


class LegacyError(Exception):
    """The legacy runtime cannot be installed or started.

    Args:
        problem: what is wrong, in one sentence.
        advice: what the user can do about it.
    """

    def __init__(self, problem: str, advice: str) -> None:
        super().__init__(problem, advice)
        self.problem = problem
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.problem}\n{self.advice}"
