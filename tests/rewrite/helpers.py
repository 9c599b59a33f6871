"""What the tests of all rules share: a case is old code, new code, and what is said of it."""

from __future__ import annotations

import ast
from textwrap import dedent
from typing import Any

from kerasmig.catalog.general import CPU
from kerasmig.finding import Applicability, FileResult, Finding
from kerasmig.rewrite.engine import upgrade_text
from kerasmig.settings import UpgradeSettings


def upgrade(source: str, **settings: Any) -> FileResult:
    """The result for some source, after the checks that hold for every result.

    The head lines that let a program run on a CPU have tests of their own and are left out.
    """
    settings.setdefault("ignore", (CPU,))
    text = dedent(source).lstrip("\n")
    result = upgrade_text(text, UpgradeSettings(**settings))
    assert not result.error
    ast.parse(result.new)
    tally = result.tally
    assert tally.found == sum(tally.values()[1:])
    again = upgrade_text(result.new, UpgradeSettings(**settings))
    assert again.new == result.new, "a second run changes the file again"
    return result


def check_rewrite(before: str, after: str, **settings: Any) -> FileResult:
    """Old code becomes new code, and stays that when it is run again."""
    result = upgrade(before, **settings)
    assert result.new == dedent(after).lstrip("\n")
    return result


def check_noop(source: str, **settings: Any) -> FileResult:
    """Nothing changes and nothing is reported."""
    result = upgrade(source, **settings)
    assert result.new == result.old
    assert [f.message for f in result.findings] == []
    return result


def check_manual(source: str, code: str, words: str, **settings: Any) -> Finding:
    """A finding of the code with these words asks for a person."""
    result = upgrade(source, **settings)
    return find(result, code, words, Applicability.MANUAL)


def check_assumed(before: str, after: str, code: str, words: str, **settings: Any) -> Finding:
    """Old code becomes new code, and a finding of the code says what was assumed."""
    return find(check_rewrite(before, after, **settings), code, words, Applicability.ASSUMED)


def find(result: FileResult, code: str, words: str, applicability: Applicability) -> Finding:
    """The finding of a code and applicability whose message has these words."""
    for finding in result.findings:
        if finding.code == code and words in finding.message:
            assert finding.applicability is applicability, finding
            return finding
    told = "\n".join(f"{f.code} {f.applicability.value}: {f.message}" for f in result.findings)
    raise AssertionError(f"no finding {code} says {words!r}; there are:\n{told}")


def automatic(result: FileResult) -> bool:
    """Whether everything that was found is rewritten for certain."""
    return all(f.applicability is Applicability.AUTOMATIC for f in result.findings)
