"""One data format for a whole program: what its files are told of it.

In Keras 1 the ordering was the author's setting: layers, image generators, ``preprocess_input`` and
``K.image_dim_ordering()`` heard one answer. A verdict on the models is that answer, so it has to
reach whatever else asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from kerasmig.finding import DataFormat, ProgramNotes, Told

FIRST, LAST, EITHER = (
    DataFormat.CHANNELS_FIRST,
    DataFormat.CHANNELS_LAST,
    DataFormat.EITHER,
)


class Decision(NamedTuple):
    """What holds for one program.

    Args:
        start: it needs oneDNN on a CPU.
        hears: the setting is to be made at its start.
        arguments: what asks is given the format as an argument.
        ambient: the setting may be channels first while it runs.
        mixed: it has models of both formats, and something asks for the one setting.
        keras1: one of its files bears marks of Keras 1.
    """

    start: bool = False
    hears: bool = False
    arguments: bool = False
    ambient: bool = False
    mixed: bool = False
    sure: bool = True
    keras1: bool = False


def decide(notes: Iterable[ProgramNotes], forced: DataFormat | None = None) -> Decision:
    """What becomes of a program made of some files.

    Args:
        forced: what was chosen for the run; it settles models that handle both orderings.
    """
    files = list(notes)
    return _format(files, forced)._replace(keras1=any(note.keras1 for note in files))


def _format(files: Sequence[ProgramNotes], forced: DataFormat | None) -> Decision:
    fresh = [note for note in files if note.fresh]
    formats = {data_format for note in files for data_format in note.formats}
    author = next((note.author for note in files if note.author is not None), None)
    by_author = forced is None and not {FIRST, LAST} & formats
    if by_author:
        # What handles both orderings, or has no model, ran as its author's setting said.
        forced = author
        if fresh and forced is FIRST and any(note.asks or note.asks_setting for note in files):
            formats.add(EITHER)
    if EITHER in formats and forced is not None:
        formats.add(forced)
    sets = any(note.sets for note in files)
    sets_first = any(note.sets_first for note in files)
    if not any(FIRST in note.formats for note in fresh) and not (
        fresh and forced is FIRST and EITHER in formats
    ):
        # The backend's own convolutions, in a program without models.
        hear = sets_first and not formats and any(note.would_convolve for note in fresh)
        return Decision(start=hear or any(n.convolves for n in fresh), ambient=sets_first)
    first = [note for note in fresh if FIRST in note.formats]
    sure = all(note.sure for note in first) and not by_author
    convolves = any(note.convolves for note in fresh)
    if sets:
        maybe = any(note.would_convolve for note in fresh)
        return Decision(start=convolves or maybe, ambient=sets_first, sure=sure)
    asks_setting = any(note.asks_setting for note in files)
    asks = any(note.asks for note in files)
    if LAST in formats:
        return Decision(start=convolves, mixed=asks or asks_setting, sure=sure)
    if first and all(note.stated for note in first):
        # Their author told the layers, and perhaps because the setting said otherwise.
        return Decision(start=convolves, sure=sure)
    if asks_setting or (EITHER in formats and forced is FIRST):
        convolves = convolves or any(note.would_convolve for note in fresh)
        return Decision(start=convolves, hears=True, ambient=True, sure=sure)
    return Decision(start=convolves, arguments=asks, sure=sure)


def told_in(note: ProgramNotes, decisions: Sequence[Decision], *, starts: bool) -> Told:
    """What a file is told that is part of some programs.

    Args:
        decisions: on each of its programs.
        starts: whether one of them starts with it.
    """
    arguments = any(decision.arguments for decision in decisions)
    mixed = any(decision.mixed for decision in decisions)
    if mixed and note.formats == {FIRST} and not note.stated:
        arguments = True
    return Told(
        start=starts and any(decision.start for decision in decisions),
        hears=FIRST if starts and any(decision.hears for decision in decisions) else None,
        arguments=FIRST if arguments else None,
        ambient=any(decision.ambient for decision in decisions),
        mixed=mixed and note.formats != {LAST},
        sure=all(decision.sure for decision in decisions),
        keras1=(
            any(decision.keras1 for decision in decisions) if note.keras1 is None else note.keras1
        ),
    )


def told_alone(note: ProgramNotes, forced: DataFormat | None = None) -> Told:
    """What a file is told that is a program by itself."""
    return told_in(note, [decide([note], forced)], starts=True)
