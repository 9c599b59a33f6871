"""The arguments of a call as they stand in the text: extents, commas, layout."""

from __future__ import annotations

import ast
import re
from functools import cached_property
from typing import NamedTuple

from kerasmig.finding import Span
from kerasmig.text.source import Text

_TRIVIA = re.compile(rb"(?:[ \t\f\r\n\\]|#[^\r\n]*)*")
_AFTER_NAME = b" \t\f\r\n\\=#"


class Argument(NamedTuple):
    """One argument in the author's order.

    Args:
        value: the value's expression (under ``*``/``**`` the starred one).
        keyword: its name if given by keyword.
        star: ``"*"``, ``"**"`` or ``""``.
        span: the whole argument, with keyword and redundant parentheses.
        value_span: the value with redundant parentheses.
        keyword_span: the keyword's name.
    """

    value: ast.expr
    keyword: str | None
    star: str
    span: Span
    value_span: Span
    keyword_span: Span | None


class CallSite:
    """A call in its text.

    Args:
        node: the call.
        text: the text that the node was parsed from.
    """

    def __init__(self, node: ast.Call, text: Text) -> None:
        self.node = node
        self.text = text
        self._utf8 = text.utf8
        self.close = text.span(node).end - 1
        self.open = self._skip(text.span(node.func).end, b")")

    @property
    def inside(self) -> Span:
        """What stands between the parentheses."""
        return Span(self.open + 1, self.close)

    @cached_property
    def arguments(self) -> tuple[Argument, ...]:
        """All arguments in the author's order."""
        raw: list[ast.expr | ast.keyword] = [*self.node.args, *self.node.keywords]
        raw.sort(key=lambda n: (n.lineno, n.col_offset))
        if (
            len(raw) == 1
            and isinstance(raw[0], ast.GeneratorExp)
            and self.text.span(raw[0]).start == self.open
        ):
            # `f(x for x in y)`: the node's span includes the call's own parentheses.
            return (Argument(raw[0], None, "", self.inside, self.inside, None),)
        bounds = self._bounds(raw)
        return tuple(self._argument(node, span) for node, span in zip(raw, bounds, strict=True))

    def _argument(self, node: ast.expr | ast.keyword, span: Span) -> Argument:
        if isinstance(node, ast.keyword):
            if node.arg is None:
                return Argument(
                    node.value, None, "**", span, self._trim(Span(span.start + 2, span.end)), None
                )
            # Not len(node.arg): Python normalises identifiers (NFKC).
            name_end = span.start
            while self._utf8[name_end] not in _AFTER_NAME:
                name_end += 1
            equals = self._skip_trivia(name_end)
            value_span = self._trim(Span(equals + 1, span.end))
            return Argument(node.value, node.arg, "", span, value_span, Span(span.start, name_end))
        if isinstance(node, ast.Starred):
            value_span = self._trim(Span(span.start + 1, span.end))
            return Argument(node.value, None, "*", span, value_span, None)
        return Argument(node, None, "", span, span, None)

    def _bounds(self, nodes: list[ast.expr | ast.keyword]) -> list[Span]:
        """Extent of each argument: what stands between its two commas, less blanks and comments."""
        spans: list[Span] = []
        start = self.open + 1
        for index, node in enumerate(nodes):
            end = self.text.span(node).end
            limit = self.text.span(nodes[index + 1]).start if index + 1 < len(nodes) else self.close
            comma = self._find_comma(end, limit)
            spans.append(self._trim(Span(start, end), closing_up_to=comma))
            start = comma + 1
        return spans

    def _find_comma(self, position: int, limit: int) -> int:
        """Offset of the comma after an argument, or ``limit``."""
        while position < limit:
            byte = self._utf8[position]
            if byte == 0x23:  # a comment runs to the end of its line
                position = self._line_end(position)
            elif byte == 0x2C:
                return position
            else:
                position += 1
        return limit

    def _trim(self, span: Span, closing_up_to: int | None = None) -> Span:
        """Leave out leading blanks and comments; take in closing parentheses up to a comma."""
        start = self._skip_trivia(span.start)
        end = span.end
        position = end
        while closing_up_to is not None and position < closing_up_to:
            byte = self._utf8[position]
            if byte == 0x23:
                position = self._line_end(position)
                continue
            position += 1
            if byte == 0x29:
                end = position
        return Span(start, end)

    def _skip_trivia(self, position: int) -> int:
        match = _TRIVIA.match(self._utf8, position)
        assert match is not None  # it may be empty
        return match.end()

    def _skip(self, position: int, extra: bytes) -> int:
        while True:
            position = self._skip_trivia(position)
            if position < len(self._utf8) and self._utf8[position] in extra:
                position += 1
            else:
                return position

    def _line_end(self, position: int) -> int:
        ends = [self._utf8.find(mark, position) for mark in (b"\n", b"\r")]
        return min((e for e in ends if e >= 0), default=len(self._utf8))
