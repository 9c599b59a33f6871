"""Characters that a browser would not show, made visible."""

from __future__ import annotations

import re

# Controls, direction overrides (which can make code read other than it runs) and lone surrogates
# (which no encoding can hold).
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


def visible(text: str) -> str:
    """The text with hidden characters as ``[U+202E]``; tabs and line feeds stay."""
    return _HIDDEN.sub(lambda match: f"[U+{ord(match.group()):04X}]", text)
