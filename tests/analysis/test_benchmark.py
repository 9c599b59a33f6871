"""The labelled benchmark meets its targets."""

from __future__ import annotations

from benchmarks.data_format import HEADER, LABELS, Snippet, judge, score, snippets


def test_targets() -> None:
    result = score()
    assert result.accuracy >= 0.99, result.misses
    assert result.decided >= 0.95, result.misses
    assert result.overclaimed == []


def test_composition() -> None:
    found = snippets()
    assert len(found) >= 120
    assert len({(s.label, s.name) for s in found}) == len(found)
    assert sum(not s.explicit for s in found) >= len(found) / 2
    assert sum(s.label == "undecidable" for s in found) >= 20
    assert {s.label for s in found} == set(LABELS)


def test_wrong_verdict_counts_as_wrong() -> None:
    body = "x = Convolution2D(8, 3, 3)(Input((3, 64, 64)))\n"
    outcome = judge(Snippet("channels_last", "wrong", False, HEADER + body))
    assert outcome.decided and not outcome.right
