"""What MkDocs does beyond its settings, for the site.

Pages that stand elsewhere in the repository join the docs, every rule gets its place in the
navigation, the playground gets Pyodide and kerasmig itself, and the result is checked: every link
leads somewhere, and no page loads anything from another host.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(HERE), str(ROOT)]

import npm  # noqa: E402
import playground  # noqa: E402
from checking import problems  # noqa: E402
from mkdocs.config.defaults import MkDocsConfig  # noqa: E402
from mkdocs.exceptions import PluginError  # noqa: E402
from mkdocs.structure.files import File, Files  # noqa: E402

#: Pages of the site that are files of the repository outside docs/.
ELSEWHERE = {
    "changelog.md": "CHANGELOG.md",
    "corpus.md": "corpus/README.md",
    "security.md": "SECURITY.md",
}


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put every rule into the navigation."""
    rules: list[dict[str, str]] = []
    for path in sorted((ROOT / "docs/rules").glob("KM*.md")):
        title = re.search(r"^# (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert title is not None, f"{path} has no title"
        rules.append({title[1].replace(":", ""): f"rules/{path.name}"})
    for part in config.nav or []:
        if "Rules" in part:
            part["Rules"] = ["rules/README.md", *rules]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that stand elsewhere, and what the playground runs on."""
    for uri, source in ELSEWHERE.items():
        text = (ROOT / source).read_text(encoding="utf-8")
        files.append(File.generated(config, uri, content=_links_from(source, text)))
    # Searching in pages that were opened as files needs it; from us, not from another host.
    shim = npm.member("iframe-worker", "shim/index.js")
    files.append(File.generated(config, "assets/iframe-worker.js", content=shim))
    for uri, content in playground.files().items():
        files.append(File.generated(config, f"playground/{uri}", content=content))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Turn links that leave docs/ into links to the pages that such files became."""
    if page.file.src_uri in ELSEWHERE:
        return markdown
    depth = page.file.src_uri.count("/")
    for uri, source in ELSEWHERE.items():
        markdown = markdown.replace(f"]({'../' * (depth + 1)}{source}", f"]({'../' * depth}{uri}")
    return markdown


def _links_from(source: str, text: str) -> str:
    """The text of a file outside docs/ with its links seen from the site."""

    def link(match: re.Match[str]) -> str:
        label, target = match.groups()
        path, _, anchor = target.partition("#")
        found = (ROOT / source).parent.joinpath(path).resolve()
        for uri, other in ELSEWHERE.items():
            if found == ROOT / other:
                return f"[{label}]({uri}{'#' * bool(anchor)}{anchor})"
        if found.is_relative_to(ROOT / "docs") and found.is_file():
            return f"[{label}]({found.relative_to(ROOT / 'docs').as_posix()}{'#' * bool(anchor)}{anchor})"
        return label

    return re.sub(r"(?<!!)\[([^\]]*)\]\((?!\w+:|#)([^)\s]+)\)", link, text)


def on_post_build(config: MkDocsConfig) -> None:
    """Check the built pages, and pack them as the copy for reading offline."""
    found = problems(Path(config.site_dir))
    if found:
        raise PluginError("The site is not right:\n" + "\n".join(found))
    playground.pack(Path(config.site_dir))
