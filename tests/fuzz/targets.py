"""What is fuzzed: each target makes an odd input of a real one, and holds what must be true of it."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import random
import re
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.fuzz import mutators
from tests.fuzz.mutators import BYTES, PROGRAMS, Draw, as_toml, change_data

LEGACY = Path(__file__).parents[2] / "corpus" / "legacy"


class Failed(AssertionError):
    """Something was not as it must be; ``data`` is the input."""

    def __init__(self, what: str, data: bytes) -> None:
        super().__init__(what)
        self.data = data


@functools.cache
def programs() -> tuple[str, ...]:
    """The programs of the corpus, and smaller ones in the styles of the time."""
    return tuple(path.read_text(encoding="utf-8") for path in sorted(LEGACY.rglob("*.py")))


@contextlib.contextmanager
def guarded(data: bytes) -> Iterator[None]:
    """Whatever is raised is a failure with its input."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except Failed:
        raise
    except Exception as error:
        raise Failed(f"{type(error).__name__}: {error}", data) from error


def _parses(text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "text", "exec", dont_inherit=True)  # sees more than the parser does
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


# -- programs --------------------------------------------------------------------------------------


def source(draw: Draw) -> None:
    """A program that was changed some ways is migrated, or named as what cannot be."""
    text = draw.choice(programs())
    for _ in range(draw.choice((1, 1, 2, 3, 6))):
        text = draw.choice(PROGRAMS)(text, draw) or "x"
    check_source(text.encode("utf-8", "surrogatepass"))


def raw(draw: Draw) -> None:
    """The same for its bytes."""
    data = draw.choice(programs()).encode()
    for _ in range(draw.choice((1, 2))):
        data = draw.choice(BYTES)(data, draw)
    check_source(data)


def check_source(data: bytes) -> None:
    """The result of a file parses if the file did, a second run changes nothing, nothing is lost."""
    from kerasmig.rewrite.one_file import upgrade_one
    from kerasmig.settings import UpgradeSettings
    from kerasmig.text.source import SourceError, decode, encode

    with guarded(data):
        try:
            text, encoding = decode(data)
        except SourceError:
            return
        settings = UpgradeSettings()
        result = upgrade_one(text, settings, "net.py")
        if "internal error" in result.error:
            raise Failed(result.error, data)
        if result.error:
            return
        if result.old != text:
            raise Failed("the old text is not what was given", data)
        encode(result.new, encoding)
        if _parses(text) and not _parses(result.new):
            raise Failed("the result does not parse", data)
        found, *rest = result.tally.values()
        if found != sum(rest):
            raise Failed("uses do not add up", data)
        again = upgrade_one(result.new, settings, "net.py")
        if again.error or _unanswered(again.new) != _unanswered(result.new):
            raise Failed(
                f"a second run changes it: {again.error or _first(result.new, again.new)}", data
            )


def _unanswered(text: str) -> str:
    """A text without the answers to questions of data format.

    Where layers of one model say both formats, which no program does that ran, the first run asks of
    a silent one, and the second may see an answer.
    """
    return re.sub(r"# kerasmig: data_format=\w+", "# kerasmig: data_format", text)


def _first(old: str, new: str) -> str:
    lines = zip(old.splitlines(), new.splitlines(), strict=False)
    return next((f"{a!r} -> {b!r}" for a, b in lines if a != b), "its end")


def notebook(draw: Draw) -> None:
    """A notebook of a program, with something odd in its JSON."""
    text = draw.choice(programs())
    parts = [p for p in text.split("\n\n") if p.strip()]
    cells: list[Any] = [
        {
            "cell_type": "code",
            "source": part,
            "metadata": {},
            "outputs": [],
            "execution_count": None,
        }
        for part in parts
    ]
    if draw.random() < 0.5:
        for cell in cells:
            cell["source"] = cell["source"].splitlines(keepends=True)
    if draw.random() < 0.3:
        cells.insert(
            0, {"cell_type": "markdown", "metadata": {}, "source": "# keras\nConvolution2D(3)"}
        )
    document: Any = {
        "cells": cells,
        "metadata": {"kernelspec": {"name": "python3"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    for _ in range(draw.choice((0, 1, 1, 3))):
        document = change_data(document, draw)
    written = json.dumps(document, indent=draw.choice((None, 1)))
    if draw.random() < 0.3:
        written = draw.choice(PROGRAMS)(written, draw)
    data = written.encode("utf-8", "surrogatepass")
    from kerasmig.rewrite.one_file import upgrade_one
    from kerasmig.settings import UpgradeSettings

    with guarded(data):
        result = upgrade_one(written, UpgradeSettings(), "net.ipynb")
        if "internal error" in result.error:
            raise Failed(result.error, data)
        if result.error or result.new == written:
            return
        old, new = json.loads(written), json.loads(result.new)
        if [c.get("cell_type") for c in old["cells"]] != [c.get("cell_type") for c in new["cells"]]:
            raise Failed("cells went or came", data)
        again = upgrade_one(result.new, UpgradeSettings(), "net.ipynb")
        if again.error or again.new != result.new:
            raise Failed(f"a second run changes it: {again.error}", data)


# -- what stands beside programs -----------------------------------------------------------------------

_SETTINGS: dict[str, Any] = {
    "data-format": "channels_first", "layout": "channels_last", "exclude": ["a/*.py", "!b"], "include": ["**/c"],
    "select": ["KM2"], "ignore": ["KM201"], "per-file-ignores": {"tests/*": ["KM4"]}, "jobs": 2, "backup": True,
    "cache": False, "python2": True, "todo": True, "idiomatic": False,
    "verify": {"level": "outputs", "time-limit": 3.0, "models": ["a.py:f(1)"], "env": ["A=1"], "skip": ["x"]},
}  # fmt: skip


def configuration(draw: Draw, folder: Path) -> None:
    """A pyproject.toml ends as settings, or as one clear line."""
    from kerasmig.project.config import ConfigError, load

    found = dict(_SETTINGS)
    for key in draw.sample(sorted(found), draw.randrange(len(found))):
        del found[key]
    for _ in range(draw.choice((1, 1, 2, 4))):
        changed = change_data(found, draw)
        found = changed if isinstance(changed, dict) else {"x": changed}
    text = "[tool.kerasmig]\n" + "".join(
        f"{json.dumps(str(k))} = {as_toml(v)}\n" for k, v in found.items()
    )
    if draw.random() < 0.3:
        text = draw.choice(PROGRAMS)(text, draw)
    data = text.encode("utf-8", "surrogatepass")
    if draw.random() < 0.1:
        data = draw.choice(BYTES)(data, draw)
    (folder / "pyproject.toml").write_bytes(data)
    with guarded(data):
        try:
            load(folder)
        except ConfigError as error:
            if "\n" in str(error).strip():
                raise Failed(f"more than a line: {error}", data) from error


def patterns(draw: Draw, folder: Path) -> None:
    """A .gitignore leaves files out or not, and nothing else."""
    from kerasmig.disk.find import Selection, find_files

    pieces = (
        "*",
        "**",
        "/",
        "!",
        "\\",
        "[a-",
        "]",
        "a",
        "b.py",
        "?",
        " ",
        "#",
        "[!x]",
        "net",
        "\xe9",
        "[[:alpha:]]",
    )
    lines = ["".join(draw.choice(pieces) for _ in range(draw.randrange(12))) for _ in range(5)]
    data = draw.choice(("\n", "\r\n")).join(lines).encode("utf-8")
    if draw.random() < 0.2:
        data = draw.choice(BYTES)(data, draw)
    for name in ("net.py", "a/b.py", "sub/net.py"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    (folder / ".gitignore").write_bytes(data)
    (folder / ".git").mkdir(exist_ok=True)
    with guarded(data):
        find_files([folder], Selection())


@functools.cache
def reports() -> tuple[dict[str, Any], ...]:
    from kerasmig.finding import RunResult
    from kerasmig.report.document import to_document
    from kerasmig.rewrite.one_file import upgrade_one
    from kerasmig.settings import UpgradeSettings
    from tests.report import samples

    files = [
        upgrade_one(text, UpgradeSettings(), f"net{i}.py") for i, text in enumerate(programs()[:6])
    ]
    return (
        to_document(RunResult(tuple(files)), None),
        to_document(samples.RUN, samples.REPORT),
    )


def report(draw: Draw) -> None:
    """A report that was changed is refused with a line, or shown in every format."""
    from kerasmig.report.document import ReportError, load, merge
    from kerasmig.report.formats import FORMATS, render

    document = json.loads(json.dumps(draw.choice(reports())))
    for _ in range(draw.choice((1, 1, 2))):
        document = change_data(document, draw)
    data = json.dumps(document).encode()
    with guarded(data):
        try:
            run, verified = load(document)
            merge([document, document])
        except ReportError:
            return
        for name in draw.sample(FORMATS, 3):
            render(name, run, verified)


def cache(draw: Draw, folder: Path) -> None:
    """A cache that was damaged is no cache: the result is that of a run without one."""
    from kerasmig.project.cache import Cache
    from kerasmig.project.project import Project
    from kerasmig.settings import UpgradeSettings

    tree, kept = folder / "tree", folder / "kept"
    if not tree.exists():
        tree.mkdir()
        for number, text in enumerate(programs()[:3]):
            path = tree / f"net{number}.py"
            path.write_text(text, encoding="utf-8")
            os.utime(path, (1, 1))
    files = sorted(tree.glob("*.py"))
    settings = UpgradeSettings()
    for path in kept.glob("*"):
        path.unlink()
    memory = Cache(files, settings, kept)
    right = Project(files, settings).upgrade()
    memory.keep(right)
    (path,) = kept.glob("*.json")
    data = path.read_bytes()
    for _ in range(draw.choice((1, 2))):
        data = draw.choice(BYTES)(data, draw)
    path.write_bytes(data)
    with guarded(data):
        found = Cache(files, settings, kept).result()
        if found is not None and found.files != right.files:
            raise Failed("a damaged cache gives another result", data)


Target = Callable[..., None]
TARGETS: dict[str, Target] = {
    "source": source, "raw": raw, "notebook": notebook, "configuration": configuration, "patterns": patterns,
    "report": report, "cache": cache,
}  # fmt: skip
#: How often each comes by.
WEIGHTS = {
    "source": 12,
    "raw": 3,
    "notebook": 4,
    "configuration": 3,
    "patterns": 2,
    "report": 3,
    "cache": 1,
}


def run_one(name: str, seed: int, folder: Path) -> None:
    """One odd input of a target.

    Raises:
        Failed: something was not as it must be.
    """
    draw = random.Random(f"{name}:{seed}")
    target = TARGETS[name]
    if name in ("configuration", "patterns", "cache"):
        target(draw, folder)
    else:
        target(draw)


__all__ = ["TARGETS", "WEIGHTS", "Failed", "check_source", "mutators", "run_one"]
