"""What to run: one program per file that builds models, the same on both sides.

A program is run as ``__main__``; then the builder functions that this did not reach are called,
with arguments from the settings, else from call sites in the project, else defaults, else sizes
inferred from the parameters' names.
"""

from __future__ import annotations

import ast
import fnmatch
import re
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kerasmig.verify.caller.call_sites import CallSites
from kerasmig.verify.caller.entries import entries
from kerasmig.verify.caller.places import FilePlaces, find_places
from kerasmig.verify.protocol import Builder, Call, Program
from kerasmig.verify.result import Place, Skipped
from kerasmig.verify.settings import WrongSettings

_EXPLICIT_CALL = re.compile(r"^(?P<file>[^:]+\.py):(?P<call>[A-Za-z_][\w.]*\s*(\(.*\))?)$", re.S)


@dataclass
class Plan:
    programs: list[Program] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    entries: list[Program] = field(default_factory=list)
    """What a person starts: files that do something when they are run, and reach Keras."""


def make_plan(
    root: Path,
    files: Sequence[str],
    *,
    only: Iterable[str] | None,
    models: Sequence[str],
    skip: Sequence[str],
) -> Plan:
    """Plan the programs of a tree.

    Args:
        root: folder of the old code.
        files: every Python file of it, relative, with forward slashes.
        only: files of interest; None: all.
        models: explicit places from the settings.
        skip: patterns of files that are not run.

    Raises:
        WrongSettings: an explicit place that cannot be understood or names no file.
    """
    plan = Plan()
    trees: dict[str, ast.Module] = {}
    found: dict[str, FilePlaces] = {}
    wanted = set(files if only is None else only)
    explicit, arguments = _explicit(models, set(files))
    wanted |= set(explicit) | set(arguments)
    for name in files:
        try:
            text = read_source(root / name)
            asked_for = name in explicit or name in arguments
            if name in wanted and not asked_for and not _mentions_keras(text):
                wanted.discard(name)  # it may call builders, it makes no models
            tree = trees[name] = ast.parse(text)
            if name in wanted:
                found[name] = find_places(tree, everything=_lives_in_keras(text))
        except (SyntaxError, ValueError, RecursionError) as error:
            if name in wanted:
                line = getattr(error, "lineno", None) or 1
                what = getattr(error, "msg", None) or str(error)
                plan.skipped.append(
                    Skipped(name, line, name, f"not Python 3 source: {what}", unreadable=True)
                )
        except OSError as error:
            if name in wanted:
                plan.skipped.append(
                    Skipped(name, 1, name, f"cannot be read: {error.strerror}", unreadable=True)
                )
    sites = CallSites(trees)
    for name, places in found.items():
        if not places.places and name not in explicit and name not in arguments:
            continue
        pattern = next((p for p in skip if fnmatch.fnmatch(name, p)), None)
        named = places.named()
        for label, place in named:
            plan.places.append(Place(name, place.line, f"{name}:{label}", _kind(place.scope)))
            if pattern is not None:
                plan.skipped.append(
                    Skipped(name, place.line, f"{name}:{label}", f"skipped by setting {pattern!r}")
                )
        if pattern is not None:
            continue
        plan.programs.append(
            Program(
                name,
                _builders(places, explicit.get(name, ()), sites),
                arguments.get(name, ()),
                places=tuple((f"{name}:{label}", p.line, p.end_line) for label, p in named),
                folder=working_folder(root, name, trees[name]),
            )
        )
    for name in entries(trees, wanted):
        if not any(fnmatch.fnmatch(name, pattern) for pattern in skip):
            folder = working_folder(root, name, trees[name])
            plan.entries.append(Program(name, argv=arguments.get(name, ()), folder=folder))
    return plan


def working_folder(root: Path, name: str, tree: ast.Module) -> str:
    """Where a program is started: at the top, or in its own folder if it names files of that.

    Args:
        name: the program's file, relative to the root.
    """
    folder = name.rpartition("/")[0]
    if not folder:
        return ""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        said = node.value
        if not re.fullmatch(r"[\w.~ /-]{3,200}", said) or said.startswith(("/", "~")):
            continue
        if "." not in said.strip("./") and "/" not in said.strip("./"):
            continue  # any word may be the name of a folder
        if (root / folder / said).exists() and not (root / said).exists():
            return folder
    return ""


def sites_of_tree(root: Path) -> CallSites:
    """The call sites of a tree, to spell the calls of a program's builders as it does.

    Used where the same call is repeated on the new side: its arguments may be written otherwise.
    """
    trees: dict[str, ast.Module] = {}
    for path in sorted(root.rglob("*.py")):
        try:
            trees[path.relative_to(root).as_posix()] = ast.parse(read_source(path))
        except (SyntaxError, ValueError, OSError, RecursionError):
            continue
    return CallSites(trees)


def read_source(path: Path) -> str:
    """Text of a Python file, by its coding cookie or byte order mark.

    Raises:
        SyntaxError: the cookie names an encoding that does not exist.
        UnicodeDecodeError: the bytes are not in the encoding that the file says.
        OSError: the file cannot be read.
    """
    import io
    import tokenize

    data = path.read_bytes()
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    return data.decode(encoding)


def _kind(scope: Any) -> str:
    if scope is None:
        return "script"
    return "method" if scope.owner else "function"


def _mentions_keras(text: str) -> bool:
    return "eras" in text or "import *" in text or bool(re.search(r"^\s*from \.", text, re.M))


def _lives_in_keras(text: str) -> bool:
    return bool(re.search(r"^from \.\.?(models|layers|engine)\b", text, re.M))


def _explicit(
    models: Sequence[str], files: set[str]
) -> tuple[dict[str, list[Builder]], dict[str, tuple[str, ...]]]:
    """Explicit places: calls per file, and command line arguments per script."""
    calls: dict[str, list[Builder]] = {}
    arguments: dict[str, tuple[str, ...]] = {}
    for text in models:
        if match := _EXPLICIT_CALL.match(text.strip()):
            name, call = match["file"], match["call"].strip()
            qualname, _, rest = call.partition("(")
            inside = rest.rpartition(")")[0]
            try:
                ast.parse(f"f({inside})", mode="eval")
            except SyntaxError as error:
                raise WrongSettings(
                    f"models = [{text!r}]: the arguments are not Python: {error.msg}"
                ) from None
            calls.setdefault(name, []).append(
                Builder(qualname.strip(), 0, (Call(inside),), explicit=True)
            )
        else:
            try:
                words = shlex.split(text)
            except ValueError as error:
                raise WrongSettings(f"models = [{text!r}]: {error}") from None
            name = words[0] if words else text
            arguments[name] = tuple(words[1:])
        if name not in files:
            raise WrongSettings(f"models = [{text!r}]: there is no file {name!r} in the old tree")
    return calls, arguments


def _builders(
    places: FilePlaces, explicit: Sequence[Builder], sites: CallSites
) -> tuple[Builder, ...]:
    said = {builder.qualname for builder in explicit}
    inferred = [
        Builder(scope.qualname, scope.line, tuple(sites.of(scope.qualname)))
        for scope in places.builders()
        if scope.qualname not in said
    ]
    return (*explicit, *inferred)
