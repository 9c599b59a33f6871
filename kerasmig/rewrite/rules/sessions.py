"""``K.set_session(tf.Session(config=config))``: what it asked for, asked of TensorFlow itself."""

from __future__ import annotations

import ast

from kerasmig.catalog.vocabulary import Entry
from kerasmig.finding import Applicability, Edit, Finding
from kerasmig.rewrite.calls.finishing import refused
from kerasmig.rewrite.context import FileContext, Use
from kerasmig.rewrite.registry import use_rule
from kerasmig.rewrite.sessions import CODE, RULE, Session, todays_lines


@use_rule(RULE)
def set_session(context: FileContext, use: Use, entry: Entry) -> Finding:
    """A session that has no other use goes; all else is for a person."""
    session = next((s for s in context.sessions if s.call.value is use.call), None)
    if session is None:
        return refused(context, use, entry, [(Applicability.MANUAL, entry.manual)])
    lines, remarks = todays_lines(context, session)
    library = session.library
    if lines and not isinstance(library, ast.Name):
        context.imports.need_library("tensorflow", "tf")
    elif lines and isinstance(library, ast.Name) and library.id not in context.library_names:
        # It came with a starred import of Keras', and the statements that say so go.
        context.imports.need_library("tensorflow", library.id)
    message = "; ".join(["the session is taken out: Keras 3 runs without", *remarks])
    return context.finding(
        CODE,
        session.call,
        message,
        Applicability.ASSUMED if remarks else Applicability.AUTOMATIC,
        name=entry.short,
        edits=tuple(_edits(context, session, lines)),
    )


def _edits(context: FileContext, session: Session, lines: list[str]) -> list[Edit]:
    text = context.text
    indentation = text.indentation(text.span(session.call).start)
    new = f"{text.newline}{indentation}".join(lines)
    edits = [Edit(text.span(session.call), (new,))] if lines else []
    others = [s for s in session.statements if s is not session.call or not lines]
    block = context.block_of(session.call)
    needed = not lines and not isinstance(context.parent(session.call), ast.Module)
    if needed and all(statement in session.statements for statement in block):
        edits.append(text.removal(others.pop(), alone=True))
    return [*edits, *map(text.removal, others)]
