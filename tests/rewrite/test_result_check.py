"""What is parsed of a result: no more than what may be broken, and never less."""

from __future__ import annotations

import ast
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerasmig.finding import Edit, Span
from kerasmig.rewrite import result_check
from kerasmig.rewrite.result_check import changed_code, check_result
from kerasmig.text.source import OverlapError, Text, parses
from tests.core.trees import LEGACY

PROGRAMS = sorted(LEGACY.rglob("*.py"))


@pytest.fixture(autouse=True)
def _take_all_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(result_check, "_SMALL", 0)


def _changed(code: str, words: list[str]) -> str:
    spans = [Span(code.index(word), code.index(word) + len(word)) for word in words]
    return changed_code(Text(code), ast.parse(code).body, [Edit(s, ("NEW",)) for s in spans])


CODE = """from __future__ import division
import a; import b
@first
def f(x):
    return (x +
            1)

'''text
import a'''
y = 2
"""


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            ["1)"],
            "from __future__ import division\n"
            "pass\n"
            "@first\n"
            "def f(x):\n"
            "    return (x +\n"
            "            NEW\n"
            "\n"
            "pass\n",
        ),
        (
            ["first"],
            "from __future__ import division\n"
            "pass\n"
            "@NEW\n"
            "def f(x):\n"
            "    return (x +\n"
            "            1)\n"
            "\n"
            "pass\n",
        ),
        (["import b"], "from __future__ import division\n" "pass\n" "import a; NEW\n" "pass\n"),
        (["y = 2"], "from __future__ import division\n" "pass\n" "NEW\n"),
        (
            ["import a; import b", "text"],
            "from __future__ import division\n"
            "pass\n"
            "NEW\n"
            "pass\n"
            "'''NEW\n"
            "import a'''\n"
            "pass\n",
        ),
        (
            ["b\n@first\ndef"],
            "from __future__ import division\n"
            "pass\n"
            "import a; import NEW f(x):\n"
            "    return (x +\n"
            "            1)\n"
            "\n"
            "pass\n",
        ),
    ],
)
def test_statements_that_edits_change_are_given_whole(words: list[str], expected: str) -> None:
    assert _changed(CODE, words) == expected


def test_an_insertion_at_the_end_is_in_the_last_statement() -> None:
    edit = Edit(Span(len(CODE), len(CODE)), ("z = 3\n",))
    changed = changed_code(Text(CODE), ast.parse(CODE).body, [edit])
    assert changed == "from __future__ import division\npass\ny = 2\nz = 3\n"


CLASSES = """# before
@one
class A(
    B
):
    '''Text.'''
    x = 1

    @two
    def f(self): return 1

    class C:
        y = 1

        @three
        def g(self):
            '''More.'''
            a = 1
            if a:
                b = 2
            def h():
                nonlocal a
                return (
                    a)
            return h

class D: p = 1; q = 2
class E(B): pass
"""


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            ["x = 1"],
            "@one\n"
            "class A(\n"
            "    B\n"
            "):\n"
            "    pass\n"
            "    NEW\n"
            "\n"
            "    pass\n"
            "pass\n",
        ),
        (["Text"], "@one\n" "class A(\n" "    B\n" "):\n" "    '''NEW.'''\n" "    pass\n" "pass\n"),
        (
            ["two"],
            "@one\n"
            "class A(\n"
            "    B\n"
            "):\n"
            "    pass\n"
            "    @NEW\n"
            "    def f(self): return 1\n"
            "\n"
            "    pass\n"
            "pass\n",
        ),
        (
            ["f(self)"],
            "@one\n"
            "class A(\n"
            "    B\n"
            "):\n"
            "    pass\n"
            "    @two\n"
            "    def NEW: return 1\n"
            "\n"
            "    pass\n"
            "pass\n",
        ),
        (
            ["x = 1", "y = 1"],
            "@one\n"
            "class A(\n"
            "    B\n"
            "):\n"
            "    pass\n"
            "    NEW\n"
            "\n"
            "    pass\n"
            "    class C:\n"
            "        NEW\n"
            "\n"
            "        pass\n"
            "pass\n",
        ),
        (["B"], "@one\n" "class A(\n" "    NEW\n" "):\n" "    pass\n" "pass\n"),
        (
            ["one"],
            "@NEW\n"
            "class A(\n"
            "    B\n"
            "):\n"
            "    '''Text.'''\n"
            "    x = 1\n"
            "\n"
            "    @two\n"
            "    def f(self): return 1\n"
            "\n"
            "    class C:\n"
            "        y = 1\n"
            "\n"
            "        @three\n"
            "        def g(self):\n"
            "            '''More.'''\n"
            "            a = 1\n"
            "            if a:\n"
            "                b = 2\n"
            "            def h():\n"
            "                nonlocal a\n"
            "                return (\n"
            "                    a)\n"
            "            return h\n"
            "\n"
            "pass\n",
        ),
        (
            ["three"],
            "@one\n"
            "class A(\n"
            "    B\n"
            "):\n"
            "    pass\n"
            "    class C:\n"
            "        pass\n"
            "        @NEW\n"
            "        def g(self):\n"
            "            '''More.'''\n"
            "            a = 1\n"
            "            if a:\n"
            "                b = 2\n"
            "            def h():\n"
            "                nonlocal a\n"
            "                return (\n"
            "                    a)\n"
            "            return h\n"
            "\n"
            "pass\n",
        ),
        (
            ["b = 2"],
            "@one\n"
            "class A(\n"
            "    B\n"
            "):\n"
            "    pass\n"
            "    class C:\n"
            "        pass\n"
            "        @three\n"
            "        def g(self):\n"
            "            pass\n"
            "            if 1:\n"
            "                NEW\n"
            "            pass\n"
            "pass\n",
        ),
        (
            ["a = 1", "return (\n                    a)"],
            "@one\n"
            "class A(\n"
            "    B\n"
            "):\n"
            "    pass\n"
            "    class C:\n"
            "        pass\n"
            "        @three\n"
            "        def g(self):\n"
            "            pass\n"
            "            NEW\n"
            "            pass\n"
            "            def h():\n"
            "                pass\n"
            "                NEW\n"
            "            pass\n"
            "pass\n",
        ),
        (
            ["h\n\nclass D"],
            "@one\n"
            "class A(\n"
            "    B\n"
            "):\n"
            "    '''Text.'''\n"
            "    x = 1\n"
            "\n"
            "    @two\n"
            "    def f(self): return 1\n"
            "\n"
            "    class C:\n"
            "        y = 1\n"
            "\n"
            "        @three\n"
            "        def g(self):\n"
            "            '''More.'''\n"
            "            a = 1\n"
            "            if a:\n"
            "                b = 2\n"
            "            def h():\n"
            "                nonlocal a\n"
            "                return (\n"
            "                    a)\n"
            "            return NEW: p = 1; q = 2\n"
            "pass\n",
        ),
        (["q = 2"], "class D: p = 1; NEW\n" "pass\n"),
        (["E(B)"], "class NEW: pass\n"),
    ],
)
def test_of_a_class_or_function_its_beginning_and_what_changes_is_given(
    words: list[str], expected: str
) -> None:
    assert _changed(CLASSES, words) == expected


BRANCHES = """if a:
    b = 1
    c = 2
elif d:
    e = 3
else:
    f = 4

try:
    g = 5
except X:
    h = 6  # end
finally:
    while i:
        j = 7
    k = 8
for l in m: n = 9
with o as p:
    if q: r = 10
"""


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["c = 2"], "if 1:\n" "    pass\n" "    NEW\n" "pass\n"),
        (["e = 3"], "if 1:\n" "    NEW\n" "pass\n"),
        (["f = 4"], "if 1:\n" "    NEW\n" "\n" "pass\n"),
        (
            ["b = 1", "f = 4"],
            "if 1:\n" "    NEW\n" "    pass\n" "if 1:\n" "    NEW\n" "\n" "pass\n",
        ),
        (["a"], "if NEW:\n" "    pass\n" "pass\n"),
        (["a", "c = 2"], "if NEW:\n" "    pass\n" "    NEW\n" "pass\n"),
        (
            ["d"],
            "if a:\n"
            "    b = 1\n"
            "    c = 2\n"
            "elif NEW:\n"
            "    e = 3\n"
            "else:\n"
            "    f = 4\n"
            "\n"
            "pass\n",
        ),
        (
            ["d", "e = 3"],
            "if a:\n"
            "    b = 1\n"
            "    c = 2\n"
            "elif NEW:\n"
            "    NEW\n"
            "else:\n"
            "    f = 4\n"
            "\n"
            "pass\n",
        ),
        (["h = 6"], "if 1:\n" "    NEW  # end\n" "pass\n"),
        (["# end"], "if 1:\n" "    h = 6  NEW\n" "pass\n"),
        (["j = 7"], "if 1:\n" "    if 1:\n" "        NEW\n" "    pass\n" "pass\n"),
        (["g = 5", "k = 8"], "if 1:\n" "    NEW\n" "if 1:\n" "    pass\n" "    NEW\n" "pass\n"),
        (["n = 9"], "for l in m: NEW\n" "pass\n"),
        (["r = 10"], "if 1:\n" "    if q: NEW\n"),
    ],
)
def test_of_other_blocks_what_changes_is_given(words: list[str], expected: str) -> None:
    assert _changed(BRANCHES, words) == expected


def test_a_block_that_edits_empty_does_not_hide_behind_another() -> None:
    code = "if a:\n    b = 1\nelse:\n    c = 2\n"
    text, tree = Text(code), ast.parse(code)
    edits = [Edit(Span(10, 15), ("b = 3",)), Edit(Span(22, 32), ())]
    assert text.apply(edits) == "if a:\n    b = 3\nelse:\n"
    with pytest.raises(AssertionError, match="please report"):
        check_result(text, tree, edits, text.apply(edits), "a.py")


def test_what_needs_its_neighbours_is_parsed_with_all_of_them() -> None:
    code = "def f():\n    a = 1\n    def g():\n        nonlocal a\n        a = 2\n"
    text, tree = Text(code), ast.parse(code)
    edits = [Edit(Span(code.index("nonlocal"), code.index("nonlocal") + 10), ("nonlocal a",))]
    assert not parses(changed_code(text, tree.body, edits))
    check_result(text, tree, edits, text.apply(edits), "a.py")


_TOKEN = re.compile(rb"\w+|[^\w\s]|(?<=\n)[ ]*[^\n]+\n")


@settings(max_examples=300)
@given(st.sampled_from(PROGRAMS), st.data())
def test_what_does_not_parse_is_never_let_through(path: object, data: st.DataObject) -> None:
    source = open(str(path), "rb").read().decode()  # noqa: SIM115
    text, tree = Text(source), ast.parse(source)
    tokens = [m.span() for m in _TOKEN.finditer(text.utf8)]
    new = st.sampled_from(["", "x", "x=1", "(", ")", ",", ":", "pass", "import x\n", "else", "'"])
    edits = [
        Edit(Span(*data.draw(st.sampled_from(tokens))), (data.draw(new),))
        for _ in range(data.draw(st.integers(1, 3)))
    ]
    try:
        result = text.apply(edits)
    except OverlapError:
        return
    if parses(changed_code(text, tree.body, edits)):
        assert parses(result)
