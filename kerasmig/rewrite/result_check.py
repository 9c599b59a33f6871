"""Seeing that a rewritten text parses, by as little of it as an edit may have broken."""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Iterable, Sequence

from kerasmig.finding import Edit, Span
from kerasmig.text.source import SourceError, Text, is_definition, is_future, parse, parses

#: Bytes of a statement that is not worth taking apart.
_SMALL = 500


def check_result(text: Text, tree: ast.Module, edits: Iterable[Edit], new: str, path: str) -> None:
    """See that the new text parses, as the old one did.

    Args:
        text: the old text; ``tree``: what it parses to.
        new: what the edits make of it.

    Raises:
        AssertionError: a rule made text that does not parse; the file must not be written.
    """
    if parses(changed_code(text, tree.body, edits)):
        return
    try:
        parse(new, path=path)  # what else may be wrong is for the compiler, and was before
    except SourceError as error:
        raise AssertionError(f"the rewritten {path} {error}; please report this") from error


def changed_code(text: Text, body: Sequence[ast.stmt], edits: Iterable[Edit]) -> str:
    """What edits make of the statements that they change, as a program of its own.

    It parses only if those statements do where they stand. The other way round is not promised: a
    statement that needs its neighbours may fail here. Of what is around them, the beginning is
    given: that of a class or function as it stands, ``if 1:`` for any other block. ``pass`` stands
    for the statements that stay.

    Args:
        body: the statements of the module; what imports from ``__future__`` is always taken,
            since that must come first.
    """
    futures = [text.span(statement).start for statement in body if is_future(statement)]
    ordered = text.in_order([*edits, *(Edit(Span(at, at), ()) for at in futures)])
    pieces = _Pieces(text, ordered)
    pieces.add(body, Span(0, len(text.utf8)), ordered)
    return "".join(pieces.found)


class _Pieces:
    """Collects what `changed_code` is made of.

    Args:
        everything: all edits, in order.
    """

    def __init__(self, text: Text, everything: Sequence[Edit]) -> None:
        self._text = text
        self._everything = everything
        self.found: list[str] = []

    def add(self, body: Sequence[ast.stmt], lines: Span, edits: Sequence[Edit]) -> None:
        """Add what changes in a block that has some lines to itself."""
        bounds = [lines.start, *map(self._text.first_line, body), lines.end]
        last = len(bounds) - 1
        indentation = self._text.indentation(bounds[1])
        done = 0
        seen = 1  # parts: what is before the first statement, and each statement
        while done < len(edits):
            first = after = min(bisect_right(bounds, edits[done].span.start), last)
            start = done
            while done < len(edits) and (after == last or edits[done].span.start < bounds[after]):
                while edits[done].span.end > bounds[after]:
                    after += 1  # it goes on into the next statement
                done += 1
            if first > max(seen, 2) and (indentation or self.found):
                self.found.append(f"{indentation}pass\n")
            part, inside = Span(bounds[first - 1], bounds[after]), edits[start:done]
            alone = body[first - 2] if 1 < first == after else None
            if alone is None or not self._take_apart(alone, part, inside):
                self.found.append(self._text.render(part, inside, self._everything))
            seen = after + 1
        if seen <= last:
            self.found.append(f"{indentation}pass\n")

    def _take_apart(self, statement: ast.stmt, lines: Span, edits: Sequence[Edit]) -> bool:
        """Add only what changes in the blocks of a statement, if nothing between them does."""
        text = self._text
        blocks = list(_blocks(text, statement)) if lines.end - lines.start > _SMALL else []
        keyword = text.span(statement).start
        if not blocks or text.first_line(blocks[0][0]) <= text.line_span(statement.lineno).start:
            return False  # nothing to take apart, or all of it in one line
        starts = [lines.start, *(text.first_line(block[0]) for block in blocks)]
        ends = [starts[1], *(text.line_span(b[-1].end_lineno or 0).end for b in blocks[:-1])]
        parts = [Span(*part) for part in zip(starts, [*ends, lines.end], strict=True)]
        inside: list[list[Edit]] = [[] for _ in parts]
        for edit in edits:
            number = bisect_right(starts, edit.span.start) - 1
            if max(edit.span.start + (number < len(blocks)), edit.span.end) > parts[number].end:
                return False  # something between the blocks changes, such as an `elif`
            if edit.span.start <= keyword:
                return False
            inside[number].append(edit)
        real = bool(inside[0]) or is_definition(statement)
        if real:
            self.found.append(text.render(parts[0], inside[0], self._everything))
        for number, block in enumerate(blocks, 1):
            if inside[number] or (real and number == 1):
                if number > 1 or not real:
                    self.found.append(f"{text.indentation(lines.start)}if 1:\n")
                self.add(block, parts[number], inside[number])
        return True


def _blocks(text: Text, statement: ast.stmt) -> Iterable[list[ast.stmt]]:
    """The blocks of a statement, in the order of the text, those of its ``elif`` with them."""
    if not (body := getattr(statement, "body", None)):
        return
    yield body
    for handler in getattr(statement, "handlers", ()):
        yield handler.body
    otherwise: list[ast.stmt] = getattr(statement, "orelse", [])
    if otherwise and text.of(otherwise[0]).startswith("elif"):
        yield from _blocks(text, otherwise[0])
    elif otherwise:
        yield otherwise
    if final := getattr(statement, "finalbody", None):
        yield final
