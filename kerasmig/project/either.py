"""Which ordering a program runs under today whose models handle both."""

from __future__ import annotations

import json
import os
from pathlib import Path

from kerasmig.disk.reading import read_file
from kerasmig.finding import DataFormat, FileResult, RunResult, Verdict

FIRST, LAST = DataFormat.CHANNELS_FIRST, DataFormat.CHANNELS_LAST
_SETTING = "image_data_format"


def with_orderings(run: RunResult) -> RunResult:
    """The run, in which each model that handles both orderings tells which it will have here."""
    if not any(_handles_both(v) for file in run.files for v in file.verdicts):
        return run
    here, why = data_format_here()
    return run._replace(files=tuple(_told(file, here, why) for file in run.files))


def data_format_here() -> tuple[DataFormat, str]:
    """What Keras 3 takes in this person's environment, and where that stands."""
    home = os.environ.get("KERAS_HOME")
    path = Path(home) if home else Path(os.path.expanduser("~")) / ".keras"
    shown = f"{'$KERAS_HOME' if home else '~/.keras'}/keras.json"
    try:
        settings = json.loads(read_file(path / "keras.json"))
        found = DataFormat(settings[_SETTING])
    except (OSError, ValueError, KeyError, TypeError):
        return LAST, f"{_SETTING} is not set in {shown}"
    return found, f"{_SETTING} in {shown}"


def _handles_both(verdict: Verdict) -> bool:
    return verdict.data_format is DataFormat.EITHER


def _told(file: FileResult, here: DataFormat, why: str) -> FileResult:
    if not any(map(_handles_both, file.verdicts)):
        return file
    if file.told.ambient:
        here, why = FIRST, f"the program sets {_SETTING} at its start"
    elif file.notes.sets:
        here, why = LAST, f"the file sets {_SETTING}"
    other = LAST if here is FIRST else FIRST
    runs = (
        f"it handles both, and today runs {here.value} here ({why}); for {other.value}, write "
        f"keras.config.set_image_data_format('{other.value}') at the start of the program"
    )
    if other is FIRST:
        runs += ", or upgrade the Keras 1 code with --data-format channels_first"
    return file._replace(
        verdicts=tuple(v._replace(runs=runs) if _handles_both(v) else v for v in file.verdicts)
    )
