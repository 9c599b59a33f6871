"""The labelled benchmark of the data-format inference: ``python -m benchmarks.data_format``.

``snippets/LABEL.txt`` holds programs whose true ordering is LABEL, each after a line
``=== name``, marked ``[explicit]`` where the program states it. ``undecidable`` are those of which
no reader could tell. A snippet without import of its own gets `HEADER`.
"""

from __future__ import annotations

import ast
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from kerasmig.analysis.dataformat.inference import infer
from kerasmig.analysis.names.resolution import Names
from kerasmig.finding import DataFormat

HEADER = """\
import cv2
import numpy as np
from keras import backend as K
from keras.layers import *
from keras.models import Model, Sequential
from keras.preprocessing.image import ImageDataGenerator
"""

LABELS = ("channels_first", "channels_last", "either", "undecidable")

HIGH_CONFIDENCE = 0.8


@dataclass(frozen=True)
class Snippet:
    """One labelled program."""

    label: str
    name: str
    explicit: bool
    source: str


@dataclass(frozen=True)
class Outcome:
    """What the inference says of a snippet.

    Args:
        said: ``channels_first``, ``channels_last``, ``either`` or ``undecided``; ``mixed`` where
            its models differ.
    """

    snippet: Snippet
    said: str
    confidence: float

    @property
    def decided(self) -> bool:
        """Whether a format was named."""
        return self.said != "undecided"

    @property
    def right(self) -> bool:
        """Whether what was named is the label."""
        return self.said == self.snippet.label


def snippets() -> list[Snippet]:
    """All labelled programs."""
    result = []
    for label in LABELS:
        text = (Path(__file__).parent / "snippets" / f"{label}.txt").read_text("utf-8")
        for part in text.split("=== ")[1:]:
            title, _, body = part.partition("\n")
            name = title.removesuffix("[explicit]").strip()
            explicit = title.endswith("[explicit]")
            result.append(Snippet(label, name, explicit, HEADER + body))
    return result


def judge(snippet: Snippet) -> Outcome:
    """Run the inference on one snippet."""
    tree = ast.parse(snippet.source)
    verdicts = infer(tree, Names(tree)).verdicts
    said = {verdict.data_format.value for verdict in verdicts}
    confidence = max((verdict.confidence for verdict in verdicts), default=0.0)
    if len(said) == 1:
        return Outcome(snippet, said.pop(), confidence)
    return Outcome(snippet, "mixed" if said else DataFormat.UNDECIDED.value, confidence)


@dataclass(frozen=True)
class Score:
    """The figures of one run."""

    outcomes: tuple[Outcome, ...]

    def _of(self, decidable: bool) -> list[Outcome]:
        return [o for o in self.outcomes if (o.snippet.label != "undecidable") is decidable]

    @property
    def accuracy(self) -> float:
        """Share of right verdicts among those that name a format, on decidable snippets."""
        decided = [o for o in self._of(decidable=True) if o.decided]
        return sum(o.right for o in decided) / len(decided)

    @property
    def decided(self) -> float:
        """Share of the decidable snippets for which a format is named."""
        decidable = self._of(decidable=True)
        return sum(o.decided for o in decidable) / len(decidable)

    @property
    def overclaimed(self) -> list[Outcome]:
        """Undecidable snippets for which a format is named with high confidence."""
        return [
            o for o in self._of(decidable=False) if o.decided and o.confidence >= HIGH_CONFIDENCE
        ]

    @property
    def misses(self) -> list[Outcome]:
        """Decidable ones not named right, undecidable ones named at all."""
        return [o for o in self.outcomes if o.right != (o.snippet.label != "undecidable")] + [
            o for o in self._of(decidable=False) if o.decided
        ]


def score() -> Score:
    """Judge all snippets."""
    return Score(tuple(judge(snippet) for snippet in snippets()))


def main() -> None:
    """Print the figures, the confusion table and every miss."""
    start = time.perf_counter()
    result = score()
    seconds = time.perf_counter() - start
    outcomes = result.outcomes
    silent = sum(not o.snippet.explicit for o in outcomes)
    print(f"{len(outcomes)} snippets, {silent} without explicit statement, {seconds:.2f} s")
    print(f"right where decided:          {result.accuracy:7.1%}")
    print(f"decided of the decidable:     {result.decided:7.1%}")
    print(f"undecidable with confidence:  {len(result.overclaimed):5d}")
    said = ["channels_first", "channels_last", "either", "undecided", "mixed"]
    table = Counter((o.snippet.label, o.said) for o in outcomes)
    print("\n" + "true \\ said".ljust(16) + "".join(name.rjust(16) for name in said))
    for label in LABELS:
        print(label.ljust(16) + "".join(str(table[label, name]).rjust(16) for name in said))
    for outcome in result.misses:
        place = f"{outcome.snippet.label}/{outcome.snippet.name}"
        print(f"miss: {place}: {outcome.said} ({outcome.confidence:.2f})")
