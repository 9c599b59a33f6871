"""Python 2 sources: recognised, and brought to Python 3 before they are migrated.

`fissix` (2to3 as it is kept today) parses Python 2 without loss and knows its syntax, builtins and
standard library. What it cannot know (integer division, pickles, text and bytes) is seen to by
`kerasmig.rewrite.rules.python2_*` and `integer_division`, which are told that the file was Python 2.
"""

from __future__ import annotations

import ast
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from textwrap import dedent
from typing import TYPE_CHECKING, TypeGuard

from kerasmig.finding import Edit, Span
from kerasmig.reading.python2_names import with_names_of_today
from kerasmig.text.source import OverlapError, SourceError, Text, parse
from kerasmig.text.tree import walk

if TYPE_CHECKING:
    from fissix.refactor import RefactoringTool

#: Those that change how code looks, not what it means, or that Python 3 does not need; and those
#: whose work `kerasmig.reading.python2_names` and the rules for Python 2 do.
_LEFT_OUT = frozenset(
    "asserts buffer future idioms intern itertools itertools_imports reduce reload set_literal "
    "sorted unicode ws_comma".split()
)
_VIEWS = frozenset(["keys", "values", "items", "range", "map", "filter", "zip"])
_AS_ITSELF = re.compile(r"\bimport (\w+) as \1(?=[ \t]*(?:#.*)?$)")
_PRINTS = re.compile(r"^\s*from\s+__future__\s+import\b[^#\n]*\bprint_function\b", re.MULTILINE)


@dataclass(frozen=True)
class Modern:
    """Python 2 text as Python 3.

    Args:
        text: the new text; lines that did not have to change are as they were.
        lines: for each line of the new text the line of the old one that it came from.
        changed: how many lines changed.
        what: the constructs that changed, as a person would name them.
    """

    text: str
    lines: tuple[int, ...]
    changed: int
    what: tuple[str, ...]

    def old_line(self, line: int) -> int:
        """The line of the old text for a 1-based line of the new one (0 stays 0)."""
        if line <= 0 or not self.lines:
            return line
        return self.lines[min(line, len(self.lines)) - 1]


def to_python3(text: str, path: str) -> Modern:
    """Bring Python 2 text to Python 3.

    Args:
        path: where the file is: implicit relative imports are told by its neighbours.

    Raises:
        SourceError: it is not Python 2 either, or the result does not parse.
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    whole = plain if plain.endswith("\n") else plain + "\n"
    new = _without_mixed_tabs(_refactored(whole, path))
    new = _as_written(whole, new, parse(new, path=path))
    new = with_names_of_today(new, parse(new, path=path))
    modern = _spliced(text, whole, new)
    parse(modern.text, path=path)
    return modern


def _refactored(text: str, path: str) -> str:
    """The text after fissix; one that prints by function is parsed so."""
    problems: list[Exception] = []
    by_function = _PRINTS.search(text) is not None
    for print_function in (by_function, not by_function):
        try:
            return str(_tool(print_function).refactor_string(text, path))
        except Exception as error:  # the parser's, the tokenizer's, or a fixer's own
            problems.append(error)
    raise SourceError(f"is neither Python 3 nor Python 2: {problems[0]}")


@cache
def _tool(print_function: bool) -> RefactoringTool:
    from fissix import refactor
    from fissix.fixes import fix_types

    fix_types._TYPE_MAPPING["StringType"] = "str"  # text is what programs asked for
    logging.getLogger("RefactoringTool").setLevel(logging.CRITICAL)
    package = "fissix.fixes"
    fixers = [
        name
        for name in refactor.get_fixers_from_package(package)
        if name.removeprefix(f"{package}.fix_") not in _LEFT_OUT
        and not (print_function and name.endswith("fix_print"))
    ]
    return refactor.RefactoringTool(fixers, {"print_function": print_function})


def _without_mixed_tabs(text: str) -> str:
    """Indentation that mixes tabs and blanks written with blanks, a tab up to every 8th column.

    That is how Python 2 read it; only the top-level blocks that Python 3 refuses are rewritten.
    """
    if "\t" not in text:
        return text
    try:
        ast.parse(text)
        return text
    except TabError:
        pass
    except (SyntaxError, ValueError):
        return text
    lines = text.split("\n")
    inside = _inside_strings(text)
    starts = [i for i, line in enumerate(lines) if line[:1].strip() and i not in inside]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        block = range(start, end)
        try:
            ast.parse("\n".join(lines[i] for i in block) + "\n")
        except TabError:
            for i in block:
                body = lines[i].lstrip(" \t")
                if i not in inside:
                    lines[i] = lines[i][: len(lines[i]) - len(body)].expandtabs(8) + body
        except SyntaxError:
            continue  # a part such as `else:`; the whole is parsed in the end
    return "\n".join(lines)


def _inside_strings(text: str) -> set[int]:
    """0-based lines that begin inside a string, whose blanks are part of the string."""
    import io

    from fissix.pgen2 import token, tokenize

    found: set[int] = set()
    for kind, _, (first, _), (last, _), _ in tokenize.generate_tokens(io.StringIO(text).readline):
        if kind == token.STRING:
            found.update(range(first, last))
    return found


def _as_written(old: str, new: str, tree: ast.Module) -> str:
    """What fissix need not have changed, as the author wrote it.

    ``print ('%d' % n)`` means the same in Python 3 and gets no second parentheses;
    ``[k for k in d.keys()]`` needs no list.
    """
    before, after = old.split("\n"), new.split("\n")
    origin: dict[int, int] = {}
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, False).get_opcodes():
        if tag == "replace" and i2 - i1 == j2 - j1:
            origin.update({j1 + n: i1 + n for n in range(i2 - i1)})
    source = Text(new)
    edits: list[Edit] = []
    for node in walk(tree):
        if isinstance(node, ast.Expr):
            first, last = node.lineno - 1, node.end_lineno or node.lineno
            lines = [before[origin[n]] for n in range(first, last) if n in origin]
            if len(lines) == last - first and _prints_the_same(lines, node):
                span = Span(source.line_span(first + 1).start, source.line_span(last).end)
                edits.append(Edit(span, ("\n".join([*lines, ""]),)))
        elif isinstance(node, ast.comprehension) and _is_view_in_list(node.iter):
            inner = source.span(node.iter.args[0])
            around = source.span(node.iter)
            number = node.iter.lineno - 1
            added = number in origin and "list(" not in before[origin[number]]
            if added and (inner.start - around.start, around.end - inner.end) == (5, 1):
                edits.append(Edit(around, (inner,)))
    try:
        return source.apply(edits)
    except OverlapError:
        return new


def _prints_the_same(lines: list[str], node: ast.Expr) -> bool:
    """Whether a call of print is what the author's lines are in Python 3, too."""
    call = node.value
    if not isinstance(call, ast.Call) or ast.unparse(call.func) != "print":
        return False
    try:
        parsed = ast.parse(dedent("\n".join(lines)))
    except SyntaxError:
        return False
    return len(parsed.body) == 1 and ast.dump(parsed.body[0]) == ast.dump(node)


def _is_view_in_list(node: ast.expr) -> TypeGuard[ast.Call]:
    """``list(d.keys())``, ``list(range(3))``."""
    if not isinstance(node, ast.Call) or len(node.args) != 1 or ast.unparse(node.func) != "list":
        return False
    (inner,) = node.args
    return isinstance(inner, ast.Call) and ast.unparse(inner.func).rpartition(".")[2] in _VIEWS


def _spliced(text: str, old: str, new: str) -> Modern:
    """The new lines where they differ, the author's own lines with their endings elsewhere."""
    endings = re.findall(r"\r\n|\r|\n", text)
    originals = re.split(r"\r\n|\r|\n", text)
    usual = endings[0] if endings else "\n"
    old_lines, new_lines = old.split("\n")[:-1], new.split("\n")[:-1]
    out: list[str] = []
    lines: list[int] = []
    changed: list[str] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old_lines, new_lines, False).get_opcodes():
        if tag == "equal":
            for i in range(i1, i2):
                out.append(originals[i] + (endings[i] if i < len(endings) else ""))
                lines.append(i + 1)
            continue
        changed += old_lines[i1:i2]
        for j in range(j1, j2):
            i = min(i1 + j - j1, max(i2 - 1, i1), len(old_lines) - 1)
            line = _AS_ITSELF.sub(r"import \1", new_lines[j])
            last = j == len(new_lines) - 1 and len(endings) < len(old_lines)
            ending = endings[i] if i < len(endings) else usual
            out.append(line + ("" if last else ending))
            lines.append(i + 1)
    return Modern("".join(out), tuple(lines), len(changed), tuple(_constructs(changed)))


_CONSTRUCTS = {
    "print": r"\bprint\b",
    "exceptions": r"\bexcept\b|\braise\b",
    "xrange": r"\bxrange\b",
    "raw_input": r"\braw_input\b",
    "dictionary methods": r"\.(?:iter)?(?:items|keys|values)\(|\bhas_key\b",
    "map, filter and zip": r"\b(?:map|filter|i?zip|imap)\(",
    "unicode": r"\bunicode\b|\bunichr\b|\bbasestring\b",
    "imports": r"^\s*(?:import|from)\b",
    "exec": r"\bexec\b|\bexecfile\b",
    "numbers": r"\b0\d+\b|\b\d+[lL]\b|\blong\b",
}


def _constructs(lines: list[str]) -> Iterator[str]:
    """What the changed lines have in them, for the message."""
    for name, pattern in _CONSTRUCTS.items():
        if any(re.search(pattern, line) for line in lines):
            yield name
    if any(line[: len(line) - len(line.lstrip())].count("\t") for line in lines):
        yield "indentation"
