"""The formats a report can be written in, each in a module of its own that is loaded on use."""

from __future__ import annotations

from importlib import import_module

from kerasmig.finding import RunResult
from kerasmig.report.about import About
from kerasmig.verify.result import VerifyReport

#: Format name to the module and function that write it.
_RENDERERS = {
    "json": ("kerasmig.report.document", "to_json"),
    "markdown": ("kerasmig.report.markdown", "to_markdown"),
    "junit": ("kerasmig.report.junit", "to_junit"),
    "sarif": ("kerasmig.report.sarif", "to_sarif"),
    "html": ("kerasmig.report.html.page", "to_html"),
    "concise": ("kerasmig.report.concise", "to_concise"),
    "gitlab": ("kerasmig.report.gitlab", "to_gitlab"),
    "github": ("kerasmig.report.github", "to_github"),
}

#: Formats that say of what run they are.
WITH_HEAD = ("json", "markdown", "html")

FORMATS = tuple(_RENDERERS)


def render(
    format: str,
    run: RunResult | None,
    verify: VerifyReport | None,
    about: About | None = None,
) -> str:
    """A report as text.

    Args:
        format: one of `FORMATS`.
        run: what an upgrade or check found, if one was done.
        verify: what a verification found, if one was done.
        about: what stands at the head, in the formats that have one.

    Raises:
        ValueError: there is no such format.
    """
    if format not in _RENDERERS:
        raise ValueError(f"unknown report format {format!r}; choose one of {', '.join(FORMATS)}")
    module, function = _RENDERERS[format]
    more = {"about": about} if format in WITH_HEAD else {}
    text: str = getattr(import_module(module), function)(run, verify, **more)
    return text
