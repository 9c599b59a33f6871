"""Text for consoles that have not all of our signs: other signs for those, escapes for the rest."""

from __future__ import annotations

import codecs

#: How to encode for a console: the name of an error handler.
PLAIN = "kerasmig.plain"

_OTHERWISE = {
    "→": "->",
    "←": "<-",
    "✓": "ok",
    "•": "*",
    "…": "...",
    "×": "x",
    "–": "-",
    "—": "-",
    "≥": ">=",
    "≤": "<=",
    "≈": "~",
    "✅": "ok",
    "❌": "no",
    "⚠": "!",
    "\ufe0f": "",
    "\u00a0": " ",
}


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    bad = error.object[error.start : error.end]
    written = (_OTHERWISE.get(sign, _escaped(sign)) for sign in bad)
    return "".join(written), error.end


def _escaped(sign: str) -> str:
    return sign.encode("ascii", "backslashreplace").decode("ascii")


codecs.register_error(PLAIN, _plain)
