"""Files that the program saves, where it asks for them by a name, a pattern or an ending."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from kerasmig.catalog.saved_files import NAMES, READING
from kerasmig.finding import Applicability, Edit, Finding, Span
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.registry import file_rule
from kerasmig.rewrite.values.file_names import last_literal
from kerasmig.rewrite.values.saved_files import (
    argument,
    base,
    imported_path,
    is_saved,
    names_then_and_now,
    savers,
    saves_model,
)
from kerasmig.text.tree import nodes

_CODE = "KM303"
# Functions that are told of a file by its name, which is another one today.
_ASK = frozenset(
    f"os.{name}"
    for name in (
        "path.exists path.isfile path.getsize path.getmtime path.getctime remove unlink stat access "
        "rename replace renames link symlink"
    ).split()
) | {
    *(f"shutil.{name}" for name in "copy copyfile copy2 move".split()),
    *("pathlib.Path", "open", "io.open"),
}
_METHODS = ("exists", "is_file", "stat", "unlink", "rename", "replace", "read_bytes")
_PATTERNS = ("glob.glob", "glob.iglob")
_COMMANDS = re.compile(r"(os\.(system|popen)|subprocess\.\w+|commands\.\w+)")
_WILD = re.compile(r"[*?]|\[[^]]+\]")
_FIELD = re.compile(r"\{[^}]*\}|%[-0-9.]*[sdifg]")
_ENDING = re.compile(r"\.?(hdf5|hdf|hd5)")


@file_rule
def names_of_saved_files(context: FileContext) -> Iterator[Finding]:
    """``os.path.exists('net.h5')`` of weights that are saved as ``net.weights.h5`` today."""
    if not context.speaks_keras1 or not context.settings.wants(_CODE):
        return
    weights = [path for call, path in savers(context) if not saves_model(call)]
    for call in context.calls:
        path = _path(context, call)
        of_object = asked = _asked_path(context, call, weights)
        if asked is None:
            if path not in _ASK or not call.args or isinstance(call.args[0], ast.Starred):
                continue
            asked = call.args[0]
        if path in ("open", "io.open") and not _mode(context, call).startswith("r"):
            continue
        known = of_object is not None or is_saved(context, asked)
        if known and not context.directives.ignores(_CODE, call):
            yield context.finding(
                _CODE,
                call,
                f"{ast.unparse(call.func)}: the file may have its name of today",
                Applicability.AUTOMATIC,
                name="saved file",
                edits=_wrapped(context, asked, "saved_weights_path"),
            )


@file_rule
def patterns_of_saved_files(context: FileContext) -> Iterator[Finding]:
    """``glob.glob('weights.*.hdf5')`` and ``f.endswith('.hdf5')`` of what is saved otherwise today."""
    if not context.speaks_keras1 or not context.settings.wants(NAMES):
        return
    names = names_then_and_now(context)
    if not names:
        return
    for call in context.calls:
        if context.directives.ignores(NAMES, call):
            continue
        path = _path(context, call)
        if path in _PATTERNS and call.args:
            literal = last_literal(context, call.args[0])
            if literal is not None and _finds_nothing(base(str(literal.value)), names):
                yield context.finding(
                    NAMES,
                    call,
                    "the pattern is looked up by today's names where files have them",
                    Applicability.AUTOMATIC,
                    name="saved file",
                    edits=_wrapped(context, call.args[0], "saved_pattern"),
                )
        elif _is_method_pattern(context, call, names):
            yield context.finding(
                NAMES,
                call,
                "what is saved here has another ending today (.weights.h5 or .keras), which the "
                "pattern does not meet: write the pattern for that",
                Applicability.MANUAL,
                name="saved file",
            )
        elif found := _ending(call, names):
            yield _ending_finding(context, found, names)
        elif _COMMANDS.fullmatch(path):
            yield from _commands(context, call, names)
    for node in nodes(context.tree, ast.Compare):
        for side in (node.left, *node.comparators):
            if _is_ending(side, names) and not context.directives.ignores(NAMES, node):
                yield context.finding(
                    NAMES,
                    side,
                    f"what is saved here ends in {_endings(names, side)} today: compare with that too",
                    Applicability.MANUAL,
                    name="saved file",
                )


@file_rule
def saved_files_read_by_hand(context: FileContext) -> Iterator[Finding]:
    """``h5py.File('w.h5')`` of weights that the program itself saves with Keras."""
    if not context.speaks_keras1 or not context.settings.wants(READING):
        return
    for call in context.calls:
        if _path(context, call) not in ("h5py.File", "tables.open_file", "pandas.HDFStore"):
            continue
        asked = argument(call, 0, "name")
        if asked is None or context.directives.ignores(READING, call):
            continue
        if _mode(context, call)[:1] in ("w", "x"):
            continue
        models = any(
            name == ast.unparse(asked) or context.constant(path) == (context.constant(asked) or "")
            for name, path in ((ast.unparse(path), path) for _, path in savers(context))
        )
        if models or is_saved(context, asked):
            yield context.finding(
                READING,
                call,
                "Keras 3 saves this file, under today's name and with other groups "
                "(layers/dense/vars/0, no layer_names or weight_names): take the arrays from "
                "model.get_layer(name).get_weights(), or write and read a file of your own with h5py",
                Applicability.MANUAL,
                name="saved file",
            )


def _asked_path(context: FileContext, call: ast.Call, weights: list[ast.expr]) -> ast.expr | None:
    """The path object ``p`` in ``p.exists()``, where the program saves as ``str(p)`` or ``p``."""
    function = call.func
    if not (isinstance(function, ast.Attribute) and function.attr in _METHODS):
        return None
    if not weights or _path(context, call):
        return None  # a module's function
    wanted = ast.dump(function.value)
    inner = (p.args[0] if isinstance(p, ast.Call) and len(p.args) == 1 else p for p in weights)
    return function.value if any(ast.dump(path) == wanted for path in inner) else None


def _path(context: FileContext, call: ast.Call) -> str:
    function = call.func
    if isinstance(function, ast.Name) and function.id == "open":
        return "" if context.names.bindings_of(function) else "open"
    return imported_path(context, function)


def _mode(context: FileContext, call: ast.Call) -> str:
    """The mode that a file is opened with; empty if that is computed."""
    mode = argument(call, 1, "mode")
    value = "r" if mode is None else context.constant(mode)
    return value if isinstance(value, str) else ""


def _wrapped(context: FileContext, node: ast.expr, function: str) -> list[Edit]:
    span = context.text.span(node)
    adapter = context.imports.need(f"keras1_compat.{function}")
    return [
        Edit(Span(span.start, span.start), (f"{adapter}(",)),
        Edit(Span(span.end, span.end), (")",)),
    ]


# -- patterns and endings --------------------------------------------------------------------------


def _finds_nothing(pattern: str, names: set[tuple[str, str]]) -> bool:
    """Whether a pattern meets names of then, and not those that the files have today."""
    parts = _WILD.split(pattern)
    if len(parts) == 1:
        return any(pattern == old != new for old, new in names)
    return any(
        old != new
        and _together(parts, _FIELD.split(old))
        and not (new.endswith(parts[-1]) and pattern.endswith("*" + parts[-1]))
        for old, new in names
    )


def _is_method_pattern(context: FileContext, call: ast.Call, names: set[tuple[str, str]]) -> bool:
    """``Path('runs').glob('*.hdf5')``, ``fnmatch.filter(names, '*.hdf5')``."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    matches = _path(context, call).startswith("fnmatch.")
    if not matches and name not in ("glob", "rglob"):
        return False
    patterns = [context.constant(argument) for argument in call.args]
    return any(isinstance(p, str) and _finds_nothing(base(p), names) for p in patterns)


def _together(a: list[str], b: list[str]) -> bool:
    """Whether two names with open places in them may be one name."""
    starts = (
        a[0].startswith(b[0]) or (len(b) > 1 and b[0].startswith(a[0])) or b[0].startswith(a[0])
    )
    return starts and (a[-1].endswith(b[-1]) or b[-1].endswith(a[-1]))


def _is_ending(node: ast.expr, names: set[tuple[str, str]]) -> bool:
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and _ENDING.fullmatch(node.value) is not None
        and any(old.endswith(node.value) and not new.endswith(node.value) for old, new in names)
    )


def _ending(call: ast.Call, names: set[tuple[str, str]]) -> ast.Constant | None:
    """The old ending in ``f.endswith('.hdf5')``."""
    if not (isinstance(call.func, ast.Attribute) and call.func.attr == "endswith"):
        return None
    if len(call.args) != 1 or call.keywords:
        return None
    found = call.args[0]
    return found if isinstance(found, ast.Constant) and _is_ending(found, names) else None


def _endings(names: set[tuple[str, str]], node: ast.expr) -> str:
    ending = str(node.value) if isinstance(node, ast.Constant) else ""
    new = {new for old, new in names if old.endswith(ending)}
    found = [end for end in (".weights.h5", ".keras") if any(name.endswith(end) for name in new)]
    return " or ".join(found)


def _ending_finding(
    context: FileContext, node: ast.Constant, names: set[tuple[str, str]]
) -> Finding:
    span = context.text.span(node)
    more = ", ".join(repr(end) for end in _endings(names, node).split(" or "))
    return context.finding(
        NAMES,
        node,
        f"what is saved here ends in {_endings(names, node)} today: both endings are taken",
        Applicability.AUTOMATIC,
        name="saved file",
        edits=[
            Edit(Span(span.start, span.start), ("(",)),
            Edit(Span(span.end, span.end), (f", {more})",)),
        ],
    )


def _commands(
    context: FileContext, call: ast.Call, names: set[tuple[str, str]]
) -> Iterator[Finding]:
    """A shell command that names a saved file by its old name."""
    for given in (*call.args, *(k.value for k in call.keywords)):
        for node in ast.walk(given):
            text = node.value if isinstance(node, ast.Constant) else None
            for old, new in sorted(names):
                if (
                    isinstance(text, str)
                    and old
                    and old != new
                    and old in [*text.split(), base(text)]
                ):
                    yield context.finding(
                        NAMES,
                        node,
                        f"{old} is saved as {new} today: name that in the command",
                        Applicability.MANUAL,
                        name="saved file",
                    )
