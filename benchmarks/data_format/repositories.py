"""The inference on whole repositories, with and without what they state of their ordering.

    python -m benchmarks.data_format.repositories LABELS.json FOLDER

LABELS.json is a list of objects with ``repo`` (``owner/name``) and ``ordering``, which begins with
``th``, ``tf``, ``mixed``, ``none`` or ``unknown``; FOLDER holds the checkouts, named ``owner+name``.
In the second round every ``dim_ordering='th'`` says ``'default'``, calls of
``set_image_dim_ordering`` are gone, and so are keras.json and the README files: what is left is
what the shapes, the data and the names tell.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

SAID = ("channels_first", "channels_last", "either", "undecided")
_KEYWORD = re.compile(rb"""(\bdim_ordering\s*=\s*\\?)(['"])(?:th|tf)\b(\\?)\2""")
_SETTER = re.compile(rb"""\bset_image_dim_ordering\(\s*\\?['"](?:th|tf)\\?['"]\s*\)""")
_SOURCES = ("*.py", "*.ipynb")
_TELLING = ("keras.json", "readme*", "README*", "Readme*")


def without_statements(source: bytes) -> bytes:
    """A program that no longer states its ordering."""
    return _SETTER.sub(b"floatx()", _KEYWORD.sub(rb"\1\2default\3\2", source))


def strip(tree: Path) -> None:
    """Take what is explicit out of a checkout."""
    for pattern in _TELLING:
        for path in tree.rglob(pattern):
            if path.is_file():
                path.unlink()
    for pattern in _SOURCES:
        for path in tree.rglob(pattern):
            if path.is_file() and not path.is_symlink():
                path.write_bytes(without_statements(path.read_bytes()))


def verdicts(tree: Path) -> Iterator[tuple[str, str, str, float]]:
    """File, model, data format and confidence of every model that a dry run finds."""
    command = [sys.executable, "-m", "kerasmig", "upgrade", "--diff", "--no-cache"]
    run = subprocess.run(
        [*command, "--output-format", "json", str(tree)], capture_output=True, text=True
    )
    if run.returncode not in (0, 1, 3):
        raise SystemExit(run.stderr)
    for file in json.loads(run.stdout)["run"]["files"]:
        for verdict in file["verdicts"]:
            name = Path(file["path"]).relative_to(tree).as_posix()
            yield name, verdict["model"], verdict["data_format"], verdict["confidence"]


def main() -> None:
    """Print the table of both rounds, then every verdict that is not the repository's label."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("labels", type=Path)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    labels = {
        row["repo"]: row["ordering"].split()[0] for row in json.loads(given.labels.read_text())
    }
    for title, stripped in (("as they are", False), ("without explicit statements", True)):
        table: Counter[tuple[str, str]] = Counter()
        odd: list[str] = []
        for repository, label in labels.items():
            source = given.folder / repository.replace("/", "+")
            if not source.is_dir():
                continue
            with tempfile.TemporaryDirectory() as temporary:
                tree = Path(temporary).resolve() / "tree"
                shutil.copytree(source, tree, symlinks=True)
                if stripped:
                    strip(tree)
                for file, model, said, confidence in verdicts(tree):
                    table[label, said] += 1
                    if (label, said) in (("th", "channels_last"), ("tf", "channels_first")):
                        odd.append(
                            f"{repository} {file}:{model}: {said} ({confidence:.2f}), not {label}"
                        )
        print(f"\n{title}\n\n{'label':10}" + "".join(name.rjust(16) for name in SAID))
        for label in dict.fromkeys(labels.values()):
            print(f"{label:10}" + "".join(str(table[label, said]).rjust(16) for said in SAID))
        print("\n".join(["", *odd]))


if __name__ == "__main__":
    main()
