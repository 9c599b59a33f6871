"""What the analysis and the rules say: findings, edits, evidence and verdicts.

Plain values without behaviour of their own; every other part speaks in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple


class Applicability(str, Enum):
    """How far a finding's rewrite can be trusted.

    ``AUTOMATIC``: same meaning, proven by the catalog's contract tests.
    ``ASSUMED``: rewritten on evidence that could be wrong; the message says which.
    ``MANUAL``: not rewritten; the message says what to do.
    """

    AUTOMATIC = "automatic"
    ASSUMED = "assumed"
    MANUAL = "manual"

    @property
    def severity(self) -> int:
        """Order from harmless to demanding, to find the worst of several."""
        return list(Applicability).index(self)


class Proof(str, Enum):
    """What running both programs says of one use.

    ``PROVEN``: it ran on both sides, and everything compared at or after it was equal.
    ``RAN``: it ran, and something differs after it, or nothing was compared.
    ``NOT_REACHED``: it did not run.
    """

    PROVEN = "proven"
    RAN = "ran"
    NOT_REACHED = "not_reached"


class DataFormat(str, Enum):
    """The verdict on a model's data format.

    ``EITHER``: the code handles both. ``UNDECIDED``: the code does not tell.
    """

    CHANNELS_FIRST = "channels_first"
    CHANNELS_LAST = "channels_last"
    EITHER = "either"
    UNDECIDED = "undecided"


class Span(NamedTuple):
    """Half-open range of UTF-8 byte offsets into a file's decoded text."""

    start: int
    end: int


class Edit(NamedTuple):
    """Replace ``span`` by ``parts``.

    A part that is a `Span` stands for the text of that span *with the edits inside it applied*,
    so that moved code keeps what other findings changed in it.
    """

    span: Span
    parts: tuple[str | Span, ...]


class Evidence(NamedTuple):
    """One fact that an inference rests on.

    Args:
        sentence: what was seen and what follows from it, for a person.
        line: 1-based line, 0 where the fact is not of one line.
        favours: the data format that it speaks for, if any.
        weight: 0 (a hint) to 1 (the author's explicit statement).
        path: file that it was seen in, empty for the file at hand.
    """

    sentence: str
    line: int = 0
    favours: DataFormat | None = None
    weight: float = 0.0
    path: str = ""


class Finding(NamedTuple):
    """One thing noticed at one place.

    Args:
        code: ``KMnnn``.
        message: one sentence; for `MANUAL` it says what to do.
        line, column: 1-based line and 0-based column (in characters) where it starts.
        end_line, end_column: where it ends.
        name: the Keras 1 name concerned, as the author can search for it.
        edits: empty where nothing is rewritten.
        cell: in a notebook the 1-based number of the cell, whose lines ``line`` counts; else 0.
        proof: what a verification says of it, as a `Proof`; empty: none was made, or it concerns
            no use.
    """

    code: str
    message: str
    applicability: Applicability
    line: int
    column: int
    end_line: int = 0
    end_column: int = 0
    name: str = ""
    edits: tuple[Edit, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    suppressed: bool = False
    cell: int = 0
    proof: str = ""

    @property
    def settled(self) -> bool:
        """Whether nobody has to look at it: automatic, suppressed, or assumed and proven."""
        if self.suppressed or self.applicability is Applicability.AUTOMATIC:
            return True
        return self.applicability is Applicability.ASSUMED and self.proof == Proof.PROVEN


class TensorShapes(NamedTuple):
    """Shape of one tensor under both readings of the code, None = unknown size.

    ``None`` for a whole reading: the code cannot be built under it (``problem`` says why).
    """

    name: str
    line: int
    channels_first: tuple[int | None, ...] | None
    channels_last: tuple[int | None, ...] | None
    problem: str = ""


class Verdict(NamedTuple):
    """What the inference says of one connected model.

    Args:
        model: the model's name in the code, such as ``build_unet`` or ``model``.
        line: where it starts.
        confidence: 0 to 1.
        shapes: its tensors in the order of the code.
        ambient: the file itself sets this format for all its layers (``set_image_dim_ordering``).
        explicit: the author states the format on the layers (``dim_ordering=``).
        chosen: where a person chose the format: in a ``"comment"``, for the ``"run"``, or nowhere.
        asked: lines of the comments with which an earlier run asked for the format.
        runs: which format a model that handles both has on this machine, and how to have the other.
    """

    model: str
    line: int
    data_format: DataFormat
    confidence: float
    evidence: tuple[Evidence, ...] = ()
    shapes: tuple[TensorShapes, ...] = ()
    ambient: bool = False
    explicit: bool = False
    chosen: str = ""
    asked: tuple[int, ...] = ()
    runs: str = ""


@dataclass(frozen=True)
class Tally:
    """The sums of promise 1: found = kept + automatic + assumed + manual + suppressed."""

    found: int = 0
    kept: int = 0
    automatic: int = 0
    assumed: int = 0
    manual: int = 0
    suppressed: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(a + b for a, b in zip(self.values(), other.values(), strict=True)))

    def values(self) -> tuple[int, ...]:
        """The figures in the order of the fields."""
        return (
            self.found,
            self.kept,
            self.automatic,
            self.assumed,
            self.manual,
            self.suppressed,
        )


class ProgramNotes(NamedTuple):
    """What one file contributes to the data format of the programs that it is part of.

    Args:
        formats: the verdicts on the models that the file makes.
        fresh: whether this run brings its models to Keras 3 (or a person has answered for them).
        sure: whether its channels-first models are so for certain.
        stated: whether they are so by what their layers are given, whatever the setting was.
        convolves: a convolution that TensorFlow computes channels first only with oneDNN.
        would_convolve: the same, if the global setting is channels first.
        asks: a call asks the global setting, and could be given an argument instead.
        asks_setting: something asks the global setting and cannot be told otherwise.
        sets: the file itself sets it; ``sets_first``: to channels first, as far as can be seen;
            ``sets_as_main``: only where it is started, not where it is imported; ``sets_surely``:
            whenever it is imported, whatever the conditions.
        keras: whether the file imports Keras or TensorFlow itself.
        runs: whether the file does its work when it is run or imported, or has a ``__main__`` part.
        keras1: whether the file bears marks of Keras 1; ``None`` if of no era.
        author: the setting that the author's keras.json, or a README of the project, tells.
    """

    formats: frozenset[DataFormat] = frozenset()
    fresh: bool = False
    sure: bool = True
    stated: bool = False
    convolves: bool = False
    would_convolve: bool = False
    asks: bool = False
    asks_setting: bool = False
    sets: bool = False
    sets_first: bool = False
    sets_as_main: bool = False
    sets_surely: bool = False
    keras: bool = False
    runs: bool = False
    keras1: bool | None = None
    author: DataFormat | None = None


class Told(NamedTuple):
    """What a file is told of the programs that it is part of.

    Args:
        start: the program starts here, and must let TensorFlow compute channels first on a CPU.
        hears: the global setting to be made here, at the start of the program.
        arguments: what calls are given that would ask the global setting.
        ambient: the global setting may be channels first while the file's code runs.
        mixed: the program has models of both formats, and only one can be the global setting.
        sure: whether all this is certain.
        keras1: the file is Keras 1's, if only by what the rest of its program is.
    """

    start: bool = False
    hears: DataFormat | None = None
    arguments: DataFormat | None = None
    ambient: bool = False
    mixed: bool = False
    sure: bool = True
    keras1: bool = False


class FileResult(NamedTuple):
    """What became of one file.

    Args:
        path: as shown to the person, relative to where the run started.
        old, new: the text before and after; equal where nothing changed.
        compat: names needed from the generated ``keras1_compat`` module.
        error: why the file could not be read or parsed; then all else is empty.
        encoding, bom: how the file's bytes are made of its text.
        source_old, source_new: for a notebook the program in its cells before and after, which
            is what a person reads; empty for any other file.
        role: why its code was looked at: it uses ``keras`` itself, or is part of the ``program``
            of a file that does; empty: it was not.
        notes, told: what the file tells of its programs, and what it was told of them.
        asked: the parts of ``told`` that its rewriting asked for.
    """

    path: str
    old: str = ""
    new: str = ""
    findings: tuple[Finding, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    tally: Tally = Tally()
    compat: tuple[str, ...] = ()
    error: str = ""
    encoding: str = "utf-8"
    bom: bool = False
    source_old: str = ""
    source_new: str = ""
    role: str = ""
    notes: ProgramNotes = ProgramNotes()
    told: Told = Told()
    asked: frozenset[str] = frozenset()

    def rests_on(self, told: Told) -> bool:
        """Whether the file would have become the same, had it been told this."""
        return all(getattr(told, name) == getattr(self.told, name) for name in self.asked)

    @property
    def changed(self) -> bool:
        """Whether the text changed."""
        return self.old != self.new


class RunResult(NamedTuple):
    """What became of all files, in the order of their paths.

    Args:
        pending: nothing is written, as in a check or a diff: the changes are still to be made.
    """

    files: tuple[FileResult, ...]
    extra_files: Mapping[str, str] = {}
    pending: bool = False

    @property
    def tally(self) -> Tally:
        """The sums over all files."""
        total = Tally()
        for file in self.files:
            total += file.tally
        return total
