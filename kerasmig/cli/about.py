"""What the head of a report says of the run that it is of."""

from __future__ import annotations

import platform
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kerasmig.report.about import About


def about_run(paths: Sequence[Path]) -> About:
    """The project at these paths (the current folder without any), its commit, and the command."""
    from kerasmig import __version__
    from kerasmig.disk.history import last_commit
    from kerasmig.report.about import About, report_date

    first = (paths or (Path(),))[0].absolute()
    folder = first if first.is_dir() else first.parent
    top, commit = last_commit(folder)
    return About(
        project=(top or folder).name or str(folder),
        commit=commit[:12],
        date=report_date(),
        command=shlex.join(["kerasmig", *sys.argv[1:]]),
        versions={"kerasmig": __version__, "Python": platform.python_version()},
    )
