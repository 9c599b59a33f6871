"""Decoding and encoding are inverse, and positions are those of `ast`."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerasmig.finding import Edit, Span
from kerasmig.settings import UpgradeSettings
from kerasmig.text.source import (
    Encoding,
    OverlapError,
    SourceError,
    Text,
    decode,
    encode,
    parse,
)

NEWLINES = st.sampled_from(["\n", "\r\n", "\r"])


@st.composite
def programs(draw: st.DrawFn) -> str:
    """Small programs with every kind of newline, blank and comment, perhaps mixed."""
    pieces = [
        "x = f(1, é)",
        "# naïve comment",
        "\f",
        "def g():\n\treturn 'ü' \\\n\t\t+ y",
        '"""doc\nstring"""',
        "if x:\n    y = (1,\n         2)",
        "",
    ]
    lines = draw(st.lists(st.sampled_from(pieces), max_size=6))
    text = "\n".join(lines) + draw(st.sampled_from(["", "\n"]))
    return "".join(draw(NEWLINES) if char == "\n" else char for char in text)


@given(programs(), st.sampled_from(["utf-8", "latin-1", "cp1252"]), st.booleans())
def test_what_is_decoded_encodes_to_the_same_bytes(text: str, codec: str, bom: bool) -> None:
    cookie = "" if codec == "utf-8" else f"# -*- coding: {codec} -*-\n"
    data = (cookie + text).encode(codec)
    if bom and codec == "utf-8":
        data = b"\xef\xbb\xbf" + data
    decoded, encoding = decode(data)
    assert decoded == cookie + text
    assert encode(decoded, encoding) == data


@given(programs())
def test_spans_are_the_text_that_python_itself_sees(text: str) -> None:
    source, tree = Text(text), parse(text)
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    for node in ast.walk(tree):
        if isinstance(node, ast.expr | ast.stmt):
            ours = source.of(node).replace("\r\n", "\n").replace("\r", "\n")
            assert ours == ast.get_source_segment(plain, node)


@given(programs())
def test_lines_tile_the_text(text: str) -> None:
    source = Text(text)
    count = source.line_of(len(source.utf8))
    spans = [source.line_span(line) for line in range(1, count + 1)]
    assert b"".join(source.utf8[s.start : s.end] for s in spans) == source.utf8
    for line, span in enumerate(spans, 1):
        if span.start < span.end:
            assert source.line_of(span.start) == line == source.line_of(span.end - 1)


@given(programs(), st.data())
def test_bytes_outside_edits_stay(text: str, data: st.DataObject) -> None:
    source = Text(text)
    cuts = sorted(
        data.draw(
            st.lists(st.integers(0, len(text)), min_size=2, max_size=6, unique=True).filter(
                lambda points: len(points) % 2 == 0
            )
            if len(text) > 8
            else st.just([0, len(text)])
        )
    )
    offsets = [len(text[:cut].encode()) for cut in cuts]
    pairs = list(zip(offsets[::2], offsets[1::2], strict=True))
    edits = [Edit(Span(a, b), ("<new>",)) for a, b in pairs]
    outside, position = [], 0
    for start, end in pairs:
        outside.append(source.utf8[position:start])
        position = end
    outside.append(source.utf8[position:])
    assert source.apply(edits) == b"<new>".join(outside).decode()


def test_moved_code_keeps_what_changes_inside_it() -> None:
    source = Text("f(g(1), 2)")
    edits = [
        Edit(Span(0, 10), ("h(", Span(8, 9), ", ", Span(2, 6), ")")),
        Edit(Span(4, 5), ("one",)),
    ]
    assert source.apply(edits) == "h(2, g(one))"


def test_an_insertion_at_the_edge_of_a_wrapped_value_is_made_once() -> None:
    source = Text("f(value)")
    edits = [
        Edit(Span(2, 2), ("name=",)),
        Edit(Span(2, 7), ("wrap(", Span(2, 7), ")")),
        Edit(Span(7, 7), (", more=1",)),
    ]
    assert source.apply(edits) == "f(name=wrap(value), more=1)"


def test_edits_that_cross_are_refused() -> None:
    with pytest.raises(OverlapError):
        Text("abcdef").apply([Edit(Span(0, 3), ("x",)), Edit(Span(2, 5), ("y",))])
    with pytest.raises(OverlapError):
        Text("abcdef").apply([Edit(Span(0, 3), ("x",)), Edit(Span(0, 3), ("y",))])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"x = 1\0", "NUL"),
        (b"# coding: klingon\n", "encoding"),
        (b"x = '\xe9'\n", "utf-8"),
        (b"\xef\xbb\xbf# coding: latin-1\nx = '\xc3\xa9'\n", "byte-order mark"),
    ],
)
def test_what_is_no_python_text_is_refused_with_the_reason(data: bytes, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        decode(data)


def test_a_byte_order_mark_agrees_with_a_utf8_cookie() -> None:
    data = b"\xef\xbb\xbf# coding: utf-8\nx = 1\n"
    text, encoding = decode(data)
    assert encoding == Encoding("utf-8", bom=True)
    assert encode(text, encoding) == data


def test_a_syntax_error_tells_its_line() -> None:
    with pytest.raises(SourceError, match="line 2"):
        parse("x = 1\ny = = 2\n")


@pytest.mark.parametrize(
    ("source", "alone", "after"),
    [
        ("a = 1\nb = f(  # why\n    2,\n)  # so\nc = 3\n", False, "a = 1\nc = 3\n"),
        ("a = 1; b = 2\nc = 3\n", False, "a = 1; pass\nc = 3\n"),
        ("if x: b = 2\nc = 3\n", False, "if x: pass\nc = 3\n"),
        ("if x:\n    b = 2  # so\nc = 3\n", True, "if x:\n    pass  # so\nc = 3\n"),
        ("b = 2", False, ""),
    ],
)
def test_a_statement_goes_with_its_lines(source: str, alone: bool, after: str) -> None:
    (statement,) = (
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "b"
    )
    text = Text(source)
    assert text.apply([text.removal(statement, alone=alone)]) == after


def test_what_a_rule_breaks_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    from kerasmig.rewrite import engine

    def broken(self: Text, edits: object) -> str:
        return "x = ("

    monkeypatch.setattr(Text, "apply", broken)
    with pytest.raises(AssertionError, match=r"rewritten net\.py cannot be parsed"):
        engine.upgrade_text(
            "from keras.layers import Dense\nDense(output_dim=1)\n", UpgradeSettings(), "net.py"
        )
