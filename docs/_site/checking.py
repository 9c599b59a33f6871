"""Whether the pages of a built site hold together."""

from __future__ import annotations

from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

#: Attributes that make a browser load something at once, by element.
LOADS = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src"}
#: Files that are made after the check.
LATER = {"kerasmig-docs.zip"}


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.anchors.update(filter(None, (values.get("id"), values.get("name"))))
        for name in ("href", "src"):
            if target := values.get(name):
                kind = "load" if LOADS.get(tag) == name else "link"
                if tag == "link" and values.get("rel") in ("canonical", "prev", "next"):
                    kind = "link"
                self.links.append((kind, target))


@cache
def _read(path: Path) -> _Page:
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def problems(site: Path) -> list[str]:
    """Links that lead nowhere, and whatever a page would load from another host."""
    found: list[str] = []
    for path in sorted(site.rglob("*.html")):
        here = path.relative_to(site).as_posix()
        if here == "404.html":  # is shown at any address, so its links count from the root
            continue
        for kind, target in _read(path).links:
            parts = urlsplit(target)
            if parts.scheme in ("http", "https") or parts.netloc:
                if kind == "load":
                    found.append(f"{here}: loads {target} from another host")
                continue
            if parts.scheme:
                continue
            file = path.parent / unquote(parts.path) if parts.path else path
            if file.is_dir():
                file /= "index.html"
            if not file.exists() and file.name not in LATER:
                found.append(f"{here}: {target} leads nowhere")
            elif parts.fragment and file.suffix == ".html":
                anchor = unquote(parts.fragment)
                if anchor not in _read(file.resolve()).anchors and not anchor.startswith("__"):
                    found.append(f"{here}: {target} names no place of that page")
    return found
