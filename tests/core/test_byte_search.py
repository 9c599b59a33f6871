"""Words in the bytes of files, held against regular expressions."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerasmig.text.byte_search import begins_line, has_word

_BYTES = st.lists(st.sampled_from([b"a", b"b", b"_", b"1", b".", b"(", b" ", b"\n", b"\xe9"]))


@given(_BYTES.map(b"".join), _BYTES.filter(bool).map(b"".join))
def test_a_word_is_found_as_a_pattern_with_word_boundaries_finds_it(
    data: bytes, word: bytes
) -> None:
    before = rb"\b" if re.match(rb"\w", word) else b""
    after = rb"\b" if re.search(rb"\w\Z", word) else b""
    pattern = before + re.escape(word) + after
    assert has_word(data, word) is (re.search(pattern, data) is not None)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"import a", True),
        (b"x\n \timport a", True),
        (b'    "import a', True),
        (b"from b import a", False),
        (b"# import a", False),
    ],
)
def test_a_line_begins_after_blanks_and_quotes(data: bytes, expected: bool) -> None:
    assert begins_line(data, data.index(b"import")) is expected
