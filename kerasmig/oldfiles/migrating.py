"""The program of a configuration, migrated by the rules for all code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from kerasmig.compat.select import compat_present, compat_source
from kerasmig.disk.atomic import write_atomically
from kerasmig.finding import Applicability, Finding
from kerasmig.oldfiles.configs import Config
from kerasmig.oldfiles.errors import NeedsAnswer, OldFileError
from kerasmig.oldfiles.program import program_of
from kerasmig.rewrite.engine import upgrade_text
from kerasmig.rewrite.layout.program import Upgraded, in_layout
from kerasmig.settings import UpgradeSettings

_NAME = re.compile(r"name='((?:[^'\\]|\\.)*)'")
_FORMATS = {"th": "channels_first", "tf": "channels_last", "": "auto"}
_COMPAT = "keras1_compat.py"


class NewProgram(NamedTuple):
    """The source for Keras 3 of a configuration.

    Args:
        compat: names of ``keras1_compat`` that it uses.
        notes: what it assumes; ``given``: whether code that somebody gave is part of it.
    """

    source: str
    compat: tuple[str, ...]
    notes: tuple[str, ...]
    given: bool

    @property
    def compat_source(self) -> str:
        """The compat module's text; empty if it is not needed."""
        return compat_source(self.compat) if self.compat else ""

    def write_compat(self, folder: Path) -> None:
        """Put the compat module beside a model that needs it to be loaded.

        Raises:
            OldFileError: another module of that name is there.
        """
        path = folder / _COMPAT
        present: tuple[str, ...] = ()
        if path.exists():
            try:
                present = compat_present(path.read_text(encoding="utf-8"))
            except (SyntaxError, ValueError, OSError) as error:
                raise OldFileError(f"{path} cannot be added to: {error}") from None
            if set(self.compat) <= set(present):
                return
            if "Written by `kerasmig" not in path.read_text(encoding="utf-8"):
                raise OldFileError(f"{path} is not kerasmig's: give another folder with --output")
        write_atomically(path, compat_source({*self.compat, *present}).encode("utf-8"))


def migrated(
    config: Config,
    training: Mapping[str, Any] | None,
    ordering: str,
    given: frozenset[str],
    *,
    weights: bool = False,
    layout: str = "keep",
) -> NewProgram:
    """The Keras 3 program of a configuration.

    Args:
        weights: the model gets weights, as in `program_of`.
        layout: that of the settings of an upgrade: ``keep`` or ``channels_last``.

    Raises:
        NeedsAnswer: code that the file does not hold, or only as byte code, has to be given.
        OldFileError: something in it has no counterpart in Keras 3.
    """
    old = program_of(config, training, given, weights=weights)
    if old.lambdas:
        names = ", ".join(dict.fromkeys(old.lambdas))
        raise NeedsAnswer(
            f"the code of {names} is stored as byte code, which is not run: write a function of "
            "that name for Keras 3 into a file, and give it with --custom-objects"
        )
    if old.unknown:
        raise NeedsAnswer(
            f"{', '.join(old.unknown)} is not Keras': write it for Keras 3 into a file, and give "
            "it with --custom-objects"
        )
    settings = UpgradeSettings(data_format=_FORMATS[ordering], layout=layout)
    try:
        result = upgrade_text(old.source, settings)
        if layout != "keep" and not result.error:
            (result,) = in_layout([Upgraded(result)], settings)
    except RecursionError:
        raise OldFileError("the model is nested too deeply to be analysed") from None
    if result.error:
        raise OldFileError(f"the configuration gives no program: {result.error}")
    manual = [f for f in result.findings if f.applicability is Applicability.MANUAL]
    if manual:
        told = [_told(old.source, finding) for finding in manual[:3]]
        raise OldFileError("; ".join(told))
    assumed = [f for f in result.findings if f.applicability is Applicability.ASSUMED]
    return NewProgram(
        result.new,
        tuple(result.compat),
        (*old.notes, *dict.fromkeys(_told(old.source, finding) for finding in assumed)),
        bool(given & set(re.findall(r"\w+", old.source))),
    )


def _told(source: str, finding: Finding) -> str:
    """A finding with the name of its layer: nobody sees the line that it stands on."""
    line = source.splitlines()[finding.line - 1]
    name = _NAME.search(line)
    return f"{name[1]}: {finding.message}" if name else finding.message
