"""Where a report comes from: the project, its commit, the command, the time."""

from __future__ import annotations

import os
import time
from typing import NamedTuple


class About(NamedTuple):
    """What stands at the head of a report.

    Args:
        project: the name of the folder that was looked at.
        commit: the last commit there, abbreviated; empty without git.
        date: when the report was written, in UTC; by ``SOURCE_DATE_EPOCH`` if that is set, so that
            reports can be reproduced.
        command: what was typed.
        versions: versions of what took part, by name.
    """

    project: str = ""
    commit: str = ""
    date: str = ""
    command: str = ""
    versions: dict[str, str] = {}


def report_date() -> str:
    """The time of a report, such as ``2026-11-30 14:05 UTC``."""
    said = os.environ.get("SOURCE_DATE_EPOCH", "")
    seconds = int(said) if said.isdecimal() and len(said) < 12 else int(time.time())
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(seconds))
