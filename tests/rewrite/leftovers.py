"""What is left of Keras 1 in an upgraded file, and whether a finding tells of it.

The check knows nothing of the rules: it reads the new text with the catalog and the photographs of
both libraries. A name, keyword, path or position of Keras 1 that is still there must stand on a line
with a finding that asks for a person (or that a comment suppressed).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from kerasmig.analysis.era import moved_positions
from kerasmig.analysis.names.resolution import Loader, Names
from kerasmig.catalog import entry as catalog_entry
from kerasmig.catalog import surface
from kerasmig.catalog.layer import keywords as layer_keywords
from kerasmig.finding import Applicability, FileResult
from kerasmig.project.project import Project

# Keywords of Keras 1's methods that no method of Keras 3 takes.
METHOD_KEYWORDS = {
    "nb_epoch",
    "samples_per_epoch",
    "nb_val_samples",
    "val_samples",
    "show_accuracy",
    "nb_worker",
    "max_q_size",
    "pickle_safe",
}
METHODS = ("fit_generator", "evaluate_generator", "predict_generator", "predict_classes")
# What every layer of Keras 3 takes (its constructors end in `**kwargs`).
EVERY_LAYER = {"name", "trainable", "dtype", "input_shape", "input_dim", "activity_regularizer"}
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Leftover:
    """One trace of Keras 1: what, where in the new text, and the name that a finding would have."""

    what: str
    line: int
    name: str


def leftovers(text: str, loader: Loader | None = None) -> list[Leftover]:
    """All traces of Keras 1 in some source."""
    tree = ast.parse(text)
    names = Names(tree, loader=loader)
    return [*_imports(tree), *_paths(tree, names), *_calls(tree, names), *_methods(tree)]


def unreported(result: FileResult, loader: Loader | None = None) -> list[str]:
    """The traces that no finding tells of."""
    manual = [
        finding
        for finding in result.findings
        if finding.suppressed or finding.applicability is Applicability.MANUAL
    ]
    told = {finding.name for finding in manual}
    lines = {n for f in manual for n in range(f.line, max(f.end_line, f.line) + 1)}
    origin = _origins(result.old, result.new)
    source = result.old.splitlines()
    words = {word for n in lines if n <= len(source) for word in _WORD.findall(source[n - 1])}
    return [
        f"{result.path}:{left.line}: {left.what}"
        for left in leftovers(result.new, loader)
        if left.name not in told
        and origin.get(left.line) not in lines
        and not (left.what.startswith("import") and left.name in words)
    ]


def unreported_in(project: Project, path: Path) -> list[str]:
    """The same for a file of a project: its program is looked at, be it a notebook or Python 2."""
    module = project.modules.module(path)
    if not project.members.concerns_keras(path) or project.modules.parsed(module) is None:
        return []
    names = project.modules.names(path)
    return unreported(project.program_result(path), names.other if names is not None else None)


def _origins(old: str, new: str) -> dict[int, int]:
    """Line of the old text that each line of the new one was made of."""
    before, after = old.splitlines(), new.splitlines()
    found: dict[int, int] = {}
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal" or (tag == "replace" and end - start == new_end - new_start):
            for offset in range(end - start):
                found[new_start + offset + 1] = start + offset + 1
    return found


def _imports(tree: ast.Module) -> Iterator[Leftover]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                path = f"{node.module}.{alias.name}" if alias.name != "*" else node.module or ""
                if _is_old(path):
                    yield Leftover(f"import of {path}", node.lineno, alias.name)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if _is_old(alias.name):
                    short = alias.name.rpartition(".")[2]
                    yield Leftover(f"import of {alias.name}", node.lineno, short)


def _is_old(path: str) -> bool:
    return path.startswith("keras.") and not surface.keras3_has(path)


def _paths(tree: ast.Module, names: Names) -> Iterator[Leftover]:
    """Names and attributes that lead to what Keras 3 has not."""
    inner = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    for node in ast.walk(tree):
        if not isinstance(node, (ast.Name, ast.Attribute)) or id(node) in inner:
            continue
        path = names.path(node) if isinstance(node.ctx, ast.Load) else None
        while path is not None and "." in path:
            owner = path.rpartition(".")[0]
            if surface.keras3_has(path) or surface.keras3_signature(owner) is not None:
                break
            if surface.in_keras1(path):
                yield Leftover(f"{path} is gone", node.lineno, path.rpartition(".")[2])
                break
            path = owner


def _calls(tree: ast.Module, names: Names) -> Iterator[Leftover]:
    """Calls of Keras 3's objects with keywords or positions of Keras 1."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = names.keras_name(node.func)
        entry = catalog_entry(name) if name is not None else None
        if entry is None or entry.to is None:
            continue
        new = surface.keras3_signature(entry.to)
        old = surface.keras1_signature(entry.name)
        if new is None or old is None:
            continue
        former = {*old.names(), *layer_keywords(entry.name)}
        for keyword in node.keywords:
            if keyword.arg in former - set(new.names()) - EVERY_LAYER:
                yield Leftover(f"{entry.short}({keyword.arg}=)", node.lineno, entry.short)
        sizes = [a.value for a in node.args[1:3] if isinstance(a, ast.Constant)]
        apart = len(sizes) == 2 and "nb_row" in old.names() and isinstance(sizes[1], int)
        if apart and moved_positions(node, entry) and not _is_later(tree):
            yield Leftover(f"{entry.short} with sizes apart", node.lineno, entry.short)


def _is_later(tree: ast.Module) -> bool:
    """Whether convolutions of the file carry keywords of today, so that strides may be meant."""
    return any(
        keyword.arg in ("padding", "strides", "kernel_size")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for keyword in node.keywords
    )


def _methods(tree: ast.Module) -> Iterator[Leftover]:
    own = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}  # of the author's
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if node.func.attr in METHODS:
            yield Leftover(f".{node.func.attr}()", node.lineno, node.func.attr)
        for keyword in node.keywords:
            if keyword.arg in METHOD_KEYWORDS - own:
                yield Leftover(f".{node.func.attr}({keyword.arg}=)", node.lineno, node.func.attr)
