"""What a conversion of a value gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from kerasmig.finding import Applicability, Span
from kerasmig.rewrite.calls.callsite import Argument
from kerasmig.rewrite.context import FileContext


class Converted(NamedTuple):
    """What became of a value.

    Args:
        parts: the new value; ``None``: it stays.
        drop: the argument goes altogether.
        applicability, reason: why a person should look, if so.
    """

    parts: tuple[str | Span, ...] | None = None
    drop: bool = False
    applicability: Applicability = Applicability.AUTOMATIC
    reason: str = ""


UNCHANGED = Converted()
Converter: TypeAlias = Callable[[FileContext, Argument], Converted]
