"""What package indexes get: metadata that is whole, a README whose links lead somewhere."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
pytest.importorskip("hatchling", reason="the extra `docs` is not installed")


def hook() -> Any:
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_readme_of_the_package_has_no_link_that_leads_nowhere() -> None:
    from hatchling.metadata.core import ProjectMetadata
    from hatchling.plugin.manager import PluginManager

    metadata = ProjectMetadata(str(ROOT), PluginManager())
    text = metadata.core.readme
    assert metadata.core.readme_content_type == "text/markdown"
    assert text.startswith("# kerasmig") and "kerasmig upgrade" in text
    for target in re.findall(r"\]\(([^)]*)\)", text):
        assert re.match(r"https?://|#", target), target


def test_links_lead_into_the_repository_where_it_is_known() -> None:
    text = "See [it](docs/a.md#b), [site](https://x.org/y)\n\n![p](docs/p.svg)\n\nend"
    known = hook().for_index(text, "https://h.org/k/")
    assert "[it](https://h.org/k/blob/main/docs/a.md#b)" in known
    assert "![p](https://h.org/k/raw/main/docs/p.svg)" in known
    assert hook().for_index(text, "") == "See it, [site](https://x.org/y)\n\nend"


def test_the_readme_of_the_repository_leads_to_files_that_are_there() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!\w+:|#)([^)\s#]+)[^)]*\)", text):
        assert (ROOT / target).exists(), target
