"""Run all rules over one file and apply what they find."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kerasmig.analysis.dataformat.inference import infer
from kerasmig.analysis.dataformat.programs import told_alone
from kerasmig.analysis.dataformat.project_facts import ProjectFacts
from kerasmig.analysis.era import Era, unknown_keywords
from kerasmig.analysis.names.resolution import Names
from kerasmig.catalog import surface
from kerasmig.catalog.backend import ATTRIBUTES, THEANO
from kerasmig.catalog.general import (
    BARE_REFERENCE,
    BIAS_AXIS,
    CPU,
    IMPORTS,
    PROGRAM_FORMAT,
    SWITCH,
    TWO_FORMATS,
    UNDECIDED,
    UNKNOWN_NAME,
    USELESS_IGNORE,
)
from kerasmig.catalog.values import fill, imports
from kerasmig.catalog.vocabulary import Entry, same_value
from kerasmig.compat.adapters import adapter_name
from kerasmig.finding import Applicability, DataFormat, Edit, FileResult, Finding, Tally, Told
from kerasmig.rewrite.calls.entry_calls import (
    BindError,
    ambiguity,
    draft,
    finish,
    is_settled,
    refused,
)
from kerasmig.rewrite.context import FileContext, Use
from kerasmig.rewrite.directives import Directives
from kerasmig.rewrite.hearing import program_notes
from kerasmig.rewrite.imports.references import adapted_call, adapted_lookup, adapted_reference
from kerasmig.rewrite.registry import file_rules, find_use_rule, load
from kerasmig.rewrite.sessions import RULE as SET_SESSION
from kerasmig.rewrite.todo import with_todos
from kerasmig.settings import UpgradeSettings
from kerasmig.text.source import OverlapError, SourceError, Text, parse

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


class Surroundings(NamedTuple):
    """What the engine is told about the project around a file."""

    facts: ProjectFacts = ProjectFacts()
    names: Names | None = None
    python2: bool = False
    made_relative: tuple[int, ...] = ()
    saved_weights: frozenset[str] = frozenset()
    given_names: frozenset[str] = frozenset()
    array_layouts: frozenset[str] = frozenset()
    keras1_nearby: bool = False
    says_keras: bool = True
    told: Told | None = None
    training: frozenset[str] = frozenset()


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
        result = result._replace(new=again.new, compat=compat)
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
        project_saves=surroundings.saved_weights,
        project_names=surroundings.given_names,
        project_arrays=surroundings.array_layouts,
        program_training=surroundings.training,
        keras1_nearby=surroundings.keras1_nearby,
        says_keras=surroundings.says_keras,
        python2=surroundings.python2,
        made_relative=surroundings.made_relative,
    )
    context.directives = directives
    context.notes = program_notes(context)
    context.told = surroundings.told or told_alone(context.notes, facts.forced)
    context.imports.pinned = lambda node: directives.ignores(IMPORTS, node)
    findings = [*_settle_uses(context), *_whole_file(context)]
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
    new, findings, waiting = _apply(source, findings)
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
        told=context.told,
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


def _settle_uses(context: FileContext) -> Iterator[Finding]:
    """One finding (or none: it may stay) for every use of a Keras object."""
    for use in context.uses:
        goes = context.is_taken_out(use.node) and (
            use.entry is None or use.entry.rule != SET_SESSION
        )
        finding = None if goes else _settle(context, use)
        if finding is None:
            context.kept += 1
        else:
            yield finding


def _settle(context: FileContext, use: Use) -> Finding | None:
    entry = use.entry
    if entry is None:
        return _without_entry(context, use)
    meanings = context.names.meanings(use.root)
    if len(meanings) > 1:
        either = " or ".join(sorted(m.rpartition(".")[2] or "something else" for m in meanings))
        why = f"depending on a branch, {use.root.id} is {either} here"
        return refused(context, use, entry, [(Applicability.MANUAL, why)])
    if not context.settings.wants(entry.code) or (
        context.directives.ignores(entry.code, use.call or use.node)
        and not _is_of_today(context, use, entry)
    ):
        # Decided before any rule runs, so that the imports keep what the untouched code needs.
        why = "left alone on request"
        return refused(context, use, entry, [(Applicability.MANUAL, why)], asked=True)
    rule = find_use_rule(entry.rule) if entry.rule else None
    if rule is not None:
        return rule(context, use, entry)
    return plain_use(context, use, entry)


def _is_of_today(context: FileContext, use: Use, entry: Entry) -> bool:
    """Whether nothing would be done with a use, so that a comment that forbids it does nothing."""
    return (
        use.call is not None
        and not entry.rule
        and surface.keras3_has(use.path)
        and is_settled(context, use, entry)
    )


def plain_use(context: FileContext, use: Use, entry: Entry) -> Finding | None:
    """Settle a use by the catalog's mapping alone."""
    if entry.manual:
        return refused(context, use, entry, [(Applicability.MANUAL, entry.manual)])
    if use.call is None:
        return bare_reference(context, use, entry)
    if entry.any_keyword and entry.to and any(k.arg is None for k in use.call.keywords):
        return respelled(context, use, entry.to, entry.code)  # handed on as they are
    if is_settled(context, use, entry):
        return moved(context, use, entry)
    try:
        return finish(draft(context, use, entry))
    except BindError as error:
        return adapted_call(context, use, entry, error)


def moved(context: FileContext, use: Use, entry: Entry) -> Finding | None:
    """A use whose arguments are fine: only its name or import may have to change."""
    readings = ambiguity(context, use, entry) if use.call is not None else ""
    if readings:
        why = f"nothing tells whether this is Keras 1 or today's: {readings}; write it by keyword"
        return refused(context, use, entry, [(Applicability.MANUAL, why)])
    unknown = unknown_keywords(use.call, entry) if use.call is not None else ()
    if unknown:
        why = f"neither Keras 1 nor Keras 3 has an argument {unknown[0]!r} here"
        return refused(context, use, entry, [(Applicability.MANUAL, why)])
    target = use.path if surface.keras3_has(use.path) else entry.to
    if target is None:
        return refused(context, use, entry, [(Applicability.MANUAL, entry.manual)])
    return respelled(context, use, target, entry.code)


def respelled(context: FileContext, use: Use, target: str, code: str) -> Finding | None:
    """The use under its new path; ``None`` if it is spelled the same."""
    spelling = context.imports.spell(use.root, use.node, target)
    old = context.text.of(use.node)
    if spelling == old:
        return None
    name = use.path.rpartition(".")[2]
    return _replaced(context, use, code, f"{old} → {spelling}", spelling, name)


def _replaced(
    context: FileContext, use: Use, code: str, message: str, text: str, name: str
) -> Finding:
    """The finding that puts a text in the place of what a use names."""
    return context.finding(
        code,
        use.node,
        message,
        Applicability.AUTOMATIC,
        name=name,
        edits=(Edit(context.text.span(use.node), (text,)),),
    )


def bare_reference(context: FileContext, use: Use, entry: Entry) -> Finding | None:
    """A class or function that is named without being called."""
    if entry.to is None:
        why = entry.manual or f"{entry.short} has no counterpart in Keras 3"
        return refused(context, use, entry, [(Applicability.MANUAL, why)])
    adapts = entry.always_last and context.ambient_channels_first
    if (_same_call(entry) and not adapts) or context.is_only_named(use):
        if _same_name_other_meaning(use, entry) and context.era.era is not Era.LATER:
            target = entry.idiomatic if context.settings.idiomatic else entry.to
            return respelled(context, use, target or entry.to, entry.code)
        return moved(context, use, entry)
    adapted = adapted_reference(context, use, entry)
    if adapted is not None:
        return adapted
    finding = refused(
        context,
        use,
        entry,
        [
            (
                Applicability.MANUAL,
                f"{entry.short} is passed on without being called, so its arguments cannot be "
                "seen; where it is called, they must be those of Keras 3",
            )
        ],
    )
    return finding._replace(code=BARE_REFERENCE)


def _same_name_other_meaning(use: Use, entry: Entry) -> bool:
    """``metrics.hinge``: Keras 3 has a function of that name, and it computes something else."""
    return (entry.to or "").startswith("keras1_compat.") and surface.keras3_has(use.path)


def _same_call(entry: Entry) -> bool:
    """Whether any call of the old callable means the same to the new one."""
    old = surface.keras1_signature(entry.name)
    new = surface.keras3_signature(entry.to) if entry.to else None
    if entry.to is not None and entry.to.startswith("keras1_compat."):
        return adapter_name(entry.name) is None
    if old is None or new is None or entry.write or entry.rule:
        return entry.to is not None and not surface.keras1_signature(entry.name)
    if not all(same_value(entry.argument(name), name) for name in old.names()):
        return False
    return old.positional() == new.positional()[: len(old.positional())]


def _without_entry(context: FileContext, use: Use) -> Finding | None:
    """A Keras name that the catalog does not know: a later Keras', or one that we miss."""
    if surface.keras3_has(use.path):
        found = _module_passed_on(context, use)
        if found is None or not found.edits:
            context.imports.spell(use.root, use.node, use.path)
        return found
    variable = _module_variable(context, use)
    if variable is not None:
        return variable
    library = surface.leaked_module(use.path)
    if library is not None and isinstance(use.node, ast.Name):
        return _leaked(context, use, library)
    if library is not None and isinstance(use.node, ast.Attribute):
        local = _free_for(context, use.path.rpartition(".")[2], library)
        if local is not None:
            return _leaked_attribute(context, use, library, local)
    later = surface.later_path(use.path) or surface.later_path(surface.canonical(use.path))
    if later is not None and not surface.in_keras1(use.path):
        return respelled(context, use, later, IMPORTS)
    short = use.path.removeprefix("keras.")
    why = "is not part of Keras 3, and kerasmig does not know what became of it"
    if use.path.startswith("keras.backend.") and use.path.split(".")[2] in THEANO:
        why = "is Theano's, which Keras 3 does not run on: write it with `keras.ops`"
    context.imports.keep(use.root, f"{UNKNOWN_NAME}: {short} {why}")
    return context.finding(
        UNKNOWN_NAME,
        use.node,
        f"{short} {why}",
        Applicability.MANUAL,
        name=use.path.rpartition(".")[2],
    )


def _module_variable(context: FileContext, use: Use) -> Finding | None:
    """``K._BACKEND`` → ``K.backend()``: variables of the old backend that programs read."""
    owner, _, name = use.path.rpartition(".")
    value = ATTRIBUTES.get(name) if owner.startswith("keras.backend") else None
    if value is None or not isinstance(getattr(use.node, "ctx", None), ast.Load):
        return None
    (path,) = imports(value)
    text = fill(value, {path: context.imports.spell(use.root, use.node, path)})
    return _replaced(context, use, BACKEND, f"{name} → {text}", text, name)


def _module_passed_on(context: FileContext, use: Use) -> Finding | None:
    """``getattr(keras.layers, name)``: what is taken from the module cannot be seen."""
    parent = context.parent(use.node)
    if context.era.era is Era.LATER or not surface.is_module(use.path):
        return None
    if isinstance(parent, ast.Attribute):
        return None
    if isinstance(parent, ast.Assign) and all(
        isinstance(target, ast.Name) and not context.names.scope_of(target).is_class
        for target in parent.targets
    ):
        return None  # an alias: what is taken from it is a use of its own
    looked_through = adapted_lookup(context, use)
    if looked_through is not None:
        return looked_through
    return context.finding(
        BARE_REFERENCE,
        use.node,
        f"{use.path} is passed on: the names that are taken from it cannot be seen; they, and the "
        "arguments that they are called with, must be those of Keras 3",
        Applicability.MANUAL,
        name=use.path.rpartition(".")[2],
    )


def _leaked(context: FileContext, use: Use, library: str) -> Finding | None:
    """A name of another library that only reached the file through a starred Keras import."""
    if library == f"builtins.{use.root.id}":
        return None  # Python 3 has it; Keras passed its own stand-in for Python 2 on
    context.imports.need_library(library, use.root.id)
    return context.finding(
        IMPORTS,
        use.node,
        f"{use.root.id} came through Keras' own module: {library} imported instead",
        Applicability.AUTOMATIC,
        name=use.root.id,
    )


def _free_for(context: FileContext, name: str, library: str) -> str | None:
    """A name for a library: the one that the file gives it, else its usual one if that is free."""
    for known, bindings in context.names.root.bindings.items():
        if all(b.kind == "import" and b.path == library for b in bindings):
            return known
    bound = context.names.all_bindings(name)
    if all(b.kind == "import" and b.path == library for b in bound):
        return name
    return None


def _leaked_attribute(context: FileContext, use: Use, library: str, local: str) -> Finding:
    """``K.tf``: another library that only reached the file as a part of Keras' own module."""
    context.imports.keep(use.root)
    if local not in context.names.root.bindings:
        context.imports.need_library(library, local)
    message = f"{context.text.of(use.node)} → {local}: {library} imported"
    return _replaced(context, use, IMPORTS, message, local, local)


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


def _apply(source: Text, findings: list[Finding]) -> tuple[str, list[Finding], list[Finding]]:
    """Apply the edits; what clashes with another finding's waits for the next round.

    The same change asked for twice (a generator for training and for validation) is made once.
    """
    findings = _each_once(findings)
    edits = [edit for f in findings if not f.suppressed for edit in f.edits]
    try:
        return source.apply(edits), findings, []
    except OverlapError:
        return _apply_one_by_one(source, findings)


def _each_once(findings: list[Finding]) -> list[Finding]:
    seen: set[Edit] = set()
    found: list[Finding] = []
    for finding in findings:
        if finding.edits and not finding.suppressed:
            own: list[Edit] = []
            for edit in finding.edits:
                if edit not in seen:
                    own.append(edit)
                if edit.span.start != edit.span.end:
                    seen.add(edit)
            if len(own) < len(finding.edits):
                finding = finding._replace(edits=tuple(own))
        found.append(finding)
    return found


def _apply_one_by_one(
    source: Text, findings: list[Finding]
) -> tuple[str, list[Finding], list[Finding]]:
    accepted: list[Finding] = []
    edits: list[Edit] = []
    waiting: list[Finding] = []
    for finding in findings:
        if finding.edits and not finding.suppressed:
            try:
                source.apply([*edits, *finding.edits])
            except OverlapError:
                waiting.append(finding._replace(edits=()))
                accepted.append(waiting[-1])
                continue
            edits += finding.edits
        accepted.append(finding)
    return source.apply(edits), accepted, waiting
