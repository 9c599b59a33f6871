"""Where a finding stands, in the way that editors and people follow."""

from __future__ import annotations

from collections.abc import Iterable

from kerasmig.finding import Finding


def place(path: str, finding: Finding) -> str:
    """``train.py:3:8``; in a notebook ``train.ipynb:cell 2:3:8``. Lines and columns count from 1."""
    return f"{path}:{place_in_file(finding)}"


def place_in_file(finding: Finding) -> str:
    """``3:8``, or ``cell 2:3:8``."""
    cell = f"cell {finding.cell}:" if finding.cell else ""
    return f"{cell}{finding.line}:{finding.column + 1}"


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Findings as one meets them when reading the file."""
    return sorted(findings, key=lambda f: (f.cell, f.line, f.column, f.code))
