"""Rewriting calls of every layout: what the author wrote around the arguments stays."""

from __future__ import annotations

import ast
import io
import tokenize

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from kerasmig.rewrite.calls.callsite import CallSite
from kerasmig.rewrite.engine import upgrade_text
from kerasmig.settings import UpgradeSettings
from kerasmig.text.source import Text, parse

BLANKS = ["", " ", "  ", "\t", "\n    ", "\n\t", "  # note, with = and )\n    ", " \\\n  ", "\f"]
VALUES = ["3", "(3)", "( 3 )", "n", "f(1, 2)", "(n\n + 1)", "'a,b'", "[1, 2]", "lambda: 0", "((n))"]


def _newlines(text: str, newline: str) -> str:
    return text.replace("\n", newline)


@st.composite
def calls(draw: st.DrawFn, values: list[str], names: list[str | None]) -> str:
    """A call with the given arguments, blanks and comments anywhere between the tokens."""
    blank, tight = st.sampled_from(BLANKS), st.sampled_from(["", " ", "\t", "\f", " \\\n "])
    out = ["C", draw(st.sampled_from(["", " "])), "("]
    for index, (value, name) in enumerate(zip(values, names, strict=True)):
        out += [draw(blank)]
        if name:
            out += [name, draw(tight), "=", draw(blank)]
        out += [value, draw(blank)]
        if index + 1 < len(values) or draw(st.booleans()):
            out += [",", draw(blank)]
    return "".join([*out, ")"])


@st.composite
def any_call(draw: st.DrawFn) -> tuple[str, list[str], list[str | None]]:
    values = draw(st.lists(st.sampled_from(VALUES), max_size=4))
    first_keyword = draw(st.integers(0, len(values)))
    names = [None if i < first_keyword else f"k{i}" for i in range(len(values))]
    return draw(calls(values, names)), values, names


@given(any_call(), st.sampled_from(["\n", "\r\n", "\r"]))
def test_arguments_are_found_whatever_stands_between_them(
    case: tuple[str, list[str], list[str | None]], newline: str
) -> None:
    code, values, names = case
    text = Text(_newlines(code, newline))
    tree = parse(_newlines(code, newline))
    assert isinstance(tree.body[0], ast.Expr) and isinstance(tree.body[0].value, ast.Call)
    site = CallSite(tree.body[0].value, text)
    assert text.utf8[site.open : site.open + 1] == b"("
    assert text.utf8[site.close : site.close + 1] == b")"
    found = site.arguments
    assert [text.get(a.value_span) for a in found] == [_newlines(v, newline) for v in values]
    assert [a.keyword for a in found] == names
    for argument in found:
        if argument.keyword_span is not None:
            assert text.get(argument.keyword_span) == argument.keyword


def test_a_generator_as_only_argument_with_its_own_parentheses() -> None:
    for code, value in [
        ("f(x for x in y)", "x for x in y"),
        ("f((x for x in y),)", "(x for x in y)"),
        ("f( (x for x in y) )", "(x for x in y)"),
    ]:
        text, tree = Text(code), parse(code)
        assert isinstance(tree.body[0], ast.Expr) and isinstance(tree.body[0].value, ast.Call)
        (argument,) = CallSite(tree.body[0].value, text).arguments
        assert text.get(argument.value_span) == value


def test_stars_keep_their_place() -> None:
    code = "f(*  a, k = (1), ** b)"
    text, tree = Text(code), parse(code)
    assert isinstance(tree.body[0], ast.Expr) and isinstance(tree.body[0].value, ast.Call)
    found = CallSite(tree.body[0].value, text).arguments
    assert [(a.star, text.get(a.value_span)) for a in found] == [
        ("*", "a"),
        ("", "(1)"),
        ("**", "b"),
    ]


HEAD = "from keras.layers import Convolution2D as C, MaxPooling2D\nn = 3\n"
KEYWORDS = {
    "activation": ["'relu'", "('relu')"],
    "border_mode": ["'same'", '"valid"', "'sa' 'me'"],
    "subsample": ["(2, 2)", "(n, n)", "( 2,\n 2 )"],
    "init": ["'he_normal'", "'uniform'"],
    "bias": ["False", "(True)"],
    "dim_ordering": ["'th'", "'tf'"],
    "input_shape": ["(3, 32, 32)", "(32,32,3)"],
    "name": ["'a'", "'b'  'c'"],
}


@st.composite
def convolutions(draw: st.DrawFn) -> str:
    sizes: list[str] = [draw(st.sampled_from(["8", "(8)", "n", "n*2", "( n )"])) for _ in range(3)]
    by_keyword = draw(st.integers(0, 3))
    names: list[str | None] = [
        None if i < 3 - by_keyword else name
        for i, name in enumerate(["nb_filter", "nb_row", "nb_col"])
    ]
    keywords = draw(st.lists(st.sampled_from(sorted(KEYWORDS)), unique=True, max_size=5))
    values = [*sizes, *(draw(st.sampled_from(KEYWORDS[k])) for k in keywords)]
    return draw(calls(values, [*names, *keywords]))


def _comments(text: str) -> list[str]:
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    tokens = tokenize.generate_tokens(io.StringIO(plain).readline)
    return [token.string for token in tokens if token.type == tokenize.COMMENT]


@hypothesis_settings(max_examples=150, deadline=None)
@given(convolutions(), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
def test_a_convolution_of_any_layout_is_rewritten_and_keeps_its_comments(
    call: str, newline: str, last: bool
) -> None:
    before = "# before é  \n\ty = 1 # odd\n".replace("\t", "")
    after = "" if last else "\n\n\n# after  \nz = (1,\n   2)"
    code = _newlines(f"{HEAD}{before}x = {call}{after}", newline)
    result = upgrade_text(code, UpgradeSettings(ignore=("KM111", "KM130")))
    assert not result.error
    tree = ast.parse(result.new)
    assert _comments(result.new) == _comments(code)
    made = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and ast.unparse(n.func) == "C"]
    assert len(made) == 1
    keywords = {k.arg for k in made[0].keywords}
    assert not keywords & {"nb_filter", "nb_row", "nb_col", "border_mode", "subsample", "bias"}
    sizes = [k.value for k in made[0].keywords if k.arg == "kernel_size"] or [made[0].args[1]]
    assert isinstance(sizes[0], ast.Tuple) and len(sizes[0].elts) == 2
    # Nothing outside the call and the import line moves.
    assert _newlines(f"\nn = 3\n{before}x = C", newline) in result.new
    assert result.new.endswith(_newlines(after, newline))
    again = upgrade_text(result.new, UpgradeSettings(ignore=("KM130",)))
    assert again.new == result.new
