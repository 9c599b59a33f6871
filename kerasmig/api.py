"""The library's own door: upgrade a piece of source without files or a terminal."""

from __future__ import annotations

from typing import NamedTuple

from kerasmig.finding import Finding, Tally, Verdict
from kerasmig.settings import UpgradeSettings
from kerasmig.text.source import SourceError


class UpgradeResult(NamedTuple):
    """What became of a piece of source.

    Args:
        code: the new source.
        findings: what was done, assumed, and left to do.
        verdicts: the data format of each model in it.
        compat: source of the ``keras1_compat`` module that the new code imports; empty if none.
        tally: uses found = kept + automatic + assumed + manual + suppressed.
    """

    code: str
    findings: tuple[Finding, ...]
    verdicts: tuple[Verdict, ...]
    compat: str
    tally: Tally


def upgrade_source(
    text: str, settings: UpgradeSettings | None = None, *, path: str = "<string>"
) -> UpgradeResult:
    """Upgrade Keras 1 source to Keras 3.

    Args:
        text: a whole module, of Python 3 or 2, or a notebook's JSON if ``path`` ends in .ipynb.
        settings: how; the defaults of the command line if left out.
        path: what to call it in messages.

    Raises:
        SourceError: the text cannot be parsed, or is nested too deeply to be analysed.
    """
    from kerasmig.compat.select import compat_source
    from kerasmig.rewrite.one_file import upgrade_one

    result = upgrade_one(text, settings or UpgradeSettings(), path)
    if result.error:
        raise SourceError(f"{path} {result.error}")
    compat = compat_source(result.compat) if result.compat else ""
    return UpgradeResult(result.new, result.findings, result.verdicts, compat, result.tally)
