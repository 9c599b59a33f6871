"""Run all rules over one file and apply what they find."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from kerasmig.analysis.dataformat.inference import infer
from kerasmig.analysis.dataformat.programs import told_alone
from kerasmig.analysis.names.resolution import Names
from kerasmig.catalog.general import (
    BIAS_AXIS,
    CPU,
    IMPORTS,
    PROGRAM_FORMAT,
    SWITCH,
    TWO_FORMATS,
    UNDECIDED,
    USELESS_IGNORE,
)
from kerasmig.finding import Applicability, DataFormat, Edit, FileResult, Finding, Tally, Told
from kerasmig.rewrite.applying import apply_edits
from kerasmig.rewrite.around import Surroundings
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.directives import Directives
from kerasmig.rewrite.hearing import program_notes
from kerasmig.rewrite.listening import Listening
from kerasmig.rewrite.registry import file_rules, load
from kerasmig.rewrite.settling import settle_uses
from kerasmig.rewrite.todo import with_todos
from kerasmig.settings import UpgradeSettings
from kerasmig.text.source import SourceError, Text, parse

BACKEND = "KM501"
_MOST_ROUNDS = 4
_NO_USES = (
    *(IMPORTS, UNDECIDED, BIAS_AXIS, SWITCH, USELESS_IGNORE),
    *(CPU, PROGRAM_FORMAT, TWO_FORMATS),
)


_FORCED = {
    "channels_first": DataFormat.CHANNELS_FIRST,
    "channels_last": DataFormat.CHANNELS_LAST,
}


def upgrade_text(
    text: str,
    settings: UpgradeSettings,
    path: str = "<string>",
    surroundings: Surroundings | None = None,
    tree: ast.Module | None = None,
) -> FileResult:
    """Upgrade one file's text.

    Where changes clash, those that had to wait are made in further rounds.

    Returns:
        The result, with ``error`` set where the text cannot be parsed.
    """
    surroundings = surroundings or Surroundings()
    result, waiting = _one_round(text, settings, path, surroundings, tree)
    asked, rounds = waiting, 1
    while waiting and rounds < _MOST_ROUNDS:
        facts, names = surroundings.facts, surroundings.names
        tree = parse(result.new, path=path)
        names = names and Names(tree, facts.module, facts.is_package, names.loader)
        surroundings = surroundings._replace(names=names)
        again, waiting = _one_round(result.new, settings, path, surroundings, tree)
        if again.new == result.new:
            break
        rounds += 1
        compat = tuple(sorted({*result.compat, *again.compat}))
        heard = result.asked | again.asked
        result = result._replace(new=again.new, compat=compat, asked=heard)
    if waiting:
        findings = tuple(_by_hand(f) if f in asked else f for f in result.findings)
        result = result._replace(findings=findings)
    return result


def _by_hand(finding: Finding) -> Finding:
    """A change that cannot be made together with another one at its place."""
    why = f"{finding.message}; another change at this place stands in the way: make it by hand"
    return finding._replace(applicability=Applicability.MANUAL, message=why)


def _one_round(
    text: str,
    settings: UpgradeSettings,
    path: str,
    surroundings: Surroundings,
    tree: ast.Module | None,
) -> tuple[FileResult, list[Finding]]:
    """All rules over a text, once; and the findings that have to wait for another round."""
    load()
    if tree is None:
        try:
            tree = parse(text, path=path)
        except SourceError as error:
            return FileResult(path, old=text, new=text, error=str(error)), []
    facts = surroundings.facts
    source = Text(text)
    directives = Directives.read(source)
    names = surroundings.names or Names(tree, facts.module, facts.is_package)
    facts = facts._replace(
        path=path,
        directives={**facts.directives, **directives.data_formats},
        forced=_FORCED.get(settings.data_format, facts.forced),
    )
    inference = infer(tree, names, facts)
    context = FileContext(
        tree,
        source,
        names,
        inference,
        settings,
        path,
        surroundings,
    )
    context.directives = directives
    context.told = Listening(surroundings.told or Told())
    context.notes = program_notes(context, facts.evidence)
    if surroundings.told is None:
        alone = told_alone(context.notes, facts.forced)
        context.told = Listening(alone, context.told.asked)
    context.imports.pinned = lambda node: directives.ignores(IMPORTS, node)
    findings = [*settle_uses(context), *_whole_file(context)]
    findings = [directives.apply(f) for f in findings if _wanted(settings, f)]
    findings += _useless_ignores(context, findings)
    tally = _tally(context, findings)
    if settings.wants(IMPORTS) or any(f.edits for f in findings):
        # Whatever is selected: what was rewritten needs its imports.
        findings += _imports(context, [edit for f in findings for edit in f.edits])
    if not any(f.edits for f in findings if f.code != UNDECIDED):
        findings = [_for_the_next_run(f) for f in findings]
    if settings.todo:
        findings = with_todos(context, findings)
    # Imports that are added at the same place come first.
    findings.sort(key=lambda finding: finding.code == PROGRAM_FORMAT)
    new, findings, waiting = apply_edits(source, findings)
    if new != text:
        _see_that_it_parses(new, path)
    findings.sort(key=lambda f: (f.line, f.column, f.code))
    result = FileResult(
        path,
        old=text,
        new=new,
        findings=tuple(findings),
        verdicts=inference.verdicts,
        tally=tally,
        compat=tuple(sorted(context.imports.compat)),
        notes=context.notes,
        told=context.told.told,
        asked=context.told.asked,
    )
    return result, waiting


def _see_that_it_parses(new: str, path: str) -> None:
    """What a rule breaks is never written.

    Raises:
        AssertionError: the new text does not parse.
    """
    try:
        parse(new, path=path)
    except SourceError as error:
        raise AssertionError(f"the rewritten {path} {error}") from error


def _whole_file(context: FileContext) -> Iterator[Finding]:
    for rule in file_rules():
        yield from rule(context)


def _imports(context: FileContext, edits: Sequence[Edit]) -> Iterator[Finding]:
    for change in context.imports.changes(edits):
        yield context.finding(
            IMPORTS,
            change.node or context.tree,
            change.message,
            Applicability.AUTOMATIC,
            edits=change.edits,
        )


def _useless_ignores(context: FileContext, findings: Sequence[Finding]) -> Iterator[Finding]:
    """``ignore`` comments that do nothing, in a run that would have heeded them."""
    if context.settings.select or not context.settings.wants(USELESS_IGNORE):
        return
    for line, why in context.directives.useless(findings):
        codes = context.directives.ignored[line]
        if any(context.settings.ignores(code) for code in codes):
            continue
        yield Finding(USELESS_IGNORE, why, Applicability.MANUAL, line, 0, line, 0, name="ignore")


def _wanted(settings: UpgradeSettings, finding: Finding) -> bool:
    """Whether a finding is among those selected, or a question that rewriting the rest would lose."""
    if finding.code == UNDECIDED:
        return not settings.ignores(UNDECIDED)
    return settings.wants(finding.code)


def _for_the_next_run(finding: Finding) -> Finding:
    """No question is written into a file that nothing else changes: it can be asked again."""
    asks = finding.code == UNDECIDED and finding.applicability is Applicability.MANUAL
    return finding._replace(edits=()) if asks else finding


def _tally(context: FileContext, findings: list[Finding]) -> Tally:
    """The sums of promise 1."""
    counts = dict.fromkeys(Applicability, 0)
    suppressed = 0
    for finding in findings:
        if finding.code in _NO_USES:
            continue
        if finding.suppressed:
            suppressed += 1
        else:
            counts[finding.applicability] += 1
    total = sum(counts.values()) + suppressed
    return Tally(
        found=context.kept + total,
        kept=context.kept,
        automatic=counts[Applicability.AUTOMATIC],
        assumed=counts[Applicability.ASSUMED],
        manual=counts[Applicability.MANUAL],
        suppressed=suppressed,
    )
