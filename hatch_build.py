"""The README as package indexes show it: a link into the repository leads nowhere there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_LINK = re.compile(r"(?P<picture>!?)\[(?P<label>[^\]]*)\]\((?!\w+:|#)(?P<path>[^)\s]+)\)")


class Readme(MetadataHookInterface):  # type: ignore[misc]
    """Makes the long description."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set the README."""
        text = Path(self.root, "README.md").read_text(encoding="utf-8")
        source = metadata.get("urls", {}).get("Source", "")
        metadata["readme"] = {"content-type": "text/markdown", "text": for_index(text, source)}


def for_index(text: str, source: str) -> str:
    """The text with its links led into ``source``, or taken out if nobody knows where that is."""

    def link(match: re.Match[str]) -> str:
        picture, label, path = match.group("picture", "label", "path")
        if source:
            return f"{picture}[{label}]({source.rstrip('/')}/{'raw' if picture else 'blob'}/main/{path})"
        return "" if picture else label

    return re.sub(r"\n{3,}", "\n\n", _LINK.sub(link, text))
