"""Verification: run old models in Keras 1.2.2 and new ones in Keras 3, and compare.

The public way in is :func:`verify_trees`; everything heavy runs in worker processes, so that
importing this package, or calling it, never imports TensorFlow into the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from kerasmig.verify.result import (
    Difference,
    LayerRow,
    OutputDiff,
    Pair,
    Place,
    Reading,
    Skipped,
    Status,
    TrainingDiff,
    VerifyReport,
)
from kerasmig.verify.settings import VerifySettings

__all__ = [
    "Difference",
    "LayerRow",
    "OutputDiff",
    "Pair",
    "Place",
    "Reading",
    "Skipped",
    "Status",
    "TrainingDiff",
    "VerifyError",
    "VerifyReport",
    "VerifySettings",
    "verify_trees",
]

Progress = Callable[[str, int, int], None]
"""Called as ``progress(what, done, total)`` whenever a program has been run."""


class VerifyError(Exception):
    """Verification cannot run at all; the message says what to do."""


def verify_trees(
    old: Path,
    new: Path,
    *,
    files: Sequence[str] | None = None,
    orderings: Mapping[str, Sequence[str]] | None = None,
    settings: VerifySettings | None = None,
    progress: Progress | None = None,
    old_texts: Mapping[str, str] | None = None,
    new_texts: Mapping[str, str] | None = None,
) -> VerifyReport:
    """Run the models of two trees side by side and compare them.

    Args:
        old: folder (or one file) with the Keras 1 code.
        new: folder (or one file) with the Keras 3 code, under the same relative file names.
        files: relative names of the files of interest; default: every ``.py`` that builds Keras
            models. Other files of the trees are there to be imported.
        orderings: per file, the image orderings (``"th"``, ``"tf"``) the old side runs under;
            default ``("tf",)``. A file with both is code that handles both: it is run under each,
            with Keras 3's ``image_data_format`` set to match. Otherwise the new side runs at
            Keras 3's default, since migrated code must itself say what it needs.
        settings: limits, depth and explicit places.
        progress: called after each program run.
        old_texts, new_texts: by relative name, the Python 3 text to run for files that are
            something else: Python 2, or a notebook.

    Returns:
        The report: a pair per model that the old side built, and what was not reached, with reasons.

    Raises:
        VerifyError: TensorFlow, Keras 3 or the legacy Keras is not there; the message says what
            to install.
        FileNotFoundError: ``old`` or ``new`` does not exist.
    """
    from kerasmig.verify.caller.session import run_verification

    return run_verification(
        old,
        new,
        files,
        dict(orderings or {}),
        settings or VerifySettings(),
        progress,
        old_texts or {},
        new_texts or {},
    )
