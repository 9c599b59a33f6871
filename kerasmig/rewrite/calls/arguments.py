"""Turn a call's arguments into edits that leave the author's order and layout alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from kerasmig.finding import Edit, Span
from kerasmig.rewrite.calls.callsite import Argument, CallSite
from kerasmig.rewrite.calls.listing import after_comma, removals


class NewArgument(NamedTuple):
    """An argument of the new call, made of one or more of the author's.

    Args:
        name: its keyword in the new signature.
        sources: the author's arguments that it is made of, in the order of the new value.
        parts: the new value where it is not just the old one.
    """

    name: str
    sources: tuple[Argument, ...]
    parts: tuple[str | Span, ...] | None = None


def argument_edits(
    site: CallSite,
    kept: Sequence[NewArgument],
    added: Sequence[tuple[str, str]],
    positional: Sequence[str],
) -> list[Edit]:
    """Edits that make the new argument list.

    Args:
        site: the call.
        kept: the new arguments made of old ones; what is in none of them is removed.
        added: keyword and source text of further arguments.
        positional: the new signature's positional parameters, in order.
    """
    order = {id(argument): index for index, argument in enumerate(site.arguments)}
    kept = sorted(kept, key=lambda new: min(order[id(s)] for s in new.sources))
    edits: list[Edit] = []
    stay: set[int] = set()
    only_positional = True
    for index, new in enumerate(kept):
        by_position = (
            only_positional
            and not any(s.star for s in new.sources)
            and min(new.sources, key=lambda s: s.span.start).keyword is None
            and index < len(positional)
            and positional[index] == new.name
        )
        starred = any(s.star for s in new.sources)
        only_positional = only_positional and (by_position or starred)
        keyword = "" if by_position or starred else new.name
        indices = [order[id(s)] for s in new.sources]
        if len(new.sources) > 1:
            edits += _packed(site, new, keyword, indices, stay)
        else:
            stay.add(indices[0])
            edits += _single(new, keyword)
    spans = [argument.span for argument in site.arguments]
    removed = removals(site.text.utf8, spans, stay, site.close)
    edits += [Edit(span, ()) for span in removed]
    if added:
        texts = [f"{name}={value}" for name, value in added]
        edits += addition(site, [site.arguments[i] for i in sorted(stay)], texts, removed)
    return edits


def _single(new: NewArgument, keyword: str) -> list[Edit]:
    source = new.sources[0]
    edits: list[Edit] = []
    if keyword and source.keyword_span is None and new.parts is not None:
        # One edit: an insertion of its own would be quoted with the value.
        return [Edit(source.value_span, (f"{keyword}=", *new.parts))]
    if keyword and source.keyword_span is None:
        edits.append(Edit(Span(source.span.start, source.span.start), (f"{keyword}=",)))
    elif keyword and source.keyword != keyword and source.keyword_span is not None:
        edits.append(Edit(source.keyword_span, (keyword,)))
    if new.parts is not None:
        edits.append(Edit(source.value_span, new.parts))
    return edits


def _packed(
    site: CallSite, new: NewArgument, keyword: str, indices: list[int], stay: set[int]
) -> list[Edit]:
    """``3, 3`` → ``(3, 3)`` in place, or gathered at the first one if they stand apart."""
    first, last = new.sources[0], new.sources[-1]
    name = f"{keyword}=" if keyword else ""
    adjacent = indices == list(range(indices[0], indices[0] + len(indices)))
    end = after_comma(site.text.utf8, last.span.end, site.close)
    between = site.text.utf8[first.span.start : max(end, last.span.end)]
    broken = b"\n" in between or b"\r" in between
    if adjacent and (not broken or b"#" in between):  # comments stay beside their value
        stay.update(indices)
        edits = [
            Edit(Span(first.span.start, _lead(site, first)), (f"{name}(",)),
            Edit(Span(last.value_span.end, last.value_span.end), (")",)),
        ]
        edits += [
            Edit(Span(s.span.start, _lead(site, s)), ())
            for s in new.sources[1:]
            if s.keyword is not None
        ]
        return edits
    anchor = min(indices)
    stay.add(anchor)
    parts: list[str | Span] = [f"{name}("]
    for position, source in enumerate(new.sources):
        parts += [", "] * bool(position) + [source.value_span]
    return [Edit(site.arguments[anchor].span, (*parts, ")"))]


def _lead(site: CallSite, source: Argument) -> int:
    """Offset behind ``name =`` and its blanks; comments and line breaks before the value stay."""
    if source.keyword_span is None:
        return source.value_span.start
    end = site.text.utf8.index(b"=", source.keyword_span.end) + 1
    while site.text.utf8[end : end + 1] in (b" ", b"\t"):
        end += 1
    return end


def addition(
    site: CallSite,
    arguments: Sequence[Argument],
    texts: Sequence[str],
    removed: Sequence[Span] = (),
) -> list[Edit]:
    """Insert keywords after the last argument (but before ``**kwargs``), in the call's layout.

    Args:
        arguments: those of the call that stay, in order.
        removed: what is taken out of the call.
    """
    if not arguments:
        return [Edit(Span(site.open + 1, site.open + 1), (", ".join(texts),))]
    unpacked = next((a for a in arguments if a.star == "**"), None)
    if unpacked is not None:
        return [Edit(Span(unpacked.span.start, unpacked.span.start), (", ".join([*texts, ""]),))]
    last = arguments[-1]
    end = Span(last.span.end, last.span.end)
    if not site.text.starts_line(last.span.start):
        return [Edit(end, ("".join(f", {text}" for text in texts),))]
    line = f"{site.text.newline}{site.text.indentation(last.span.start)}"
    comment = _COMMENT.match(site.text.utf8, last.span.end)
    if comment is None or any(_overlap(comment, span) for span in removed):
        return [Edit(end, ("".join(f",{line}{text}" for text in texts),))]
    # The comment stays beside its argument.
    behind = Span(comment.end(), comment.end())
    if comment.group(1):
        return [Edit(behind, ("".join(f"{line}{text}," for text in texts),))]
    return [Edit(end, (",",)), Edit(behind, (f"{line}{f',{line}'.join(texts)}",))]


_COMMENT = re.compile(rb"[ \t]*(,?)[ \t]*#[^\r\n]*")
"""What may follow an argument in its line: a comma, and a comment that speaks of it."""


def _overlap(match: re.Match[bytes], span: Span) -> bool:
    return span.start < match.end() and match.start() < span.end
