"""The arrows between the folders, and the one home of what is known of a layer."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kerasmig.catalog.layers import aliases, known_layers

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "kerasmig"
_ROW = re.compile(r"^\| `(?P<room>\w+)(?:/|\.py)` \|[^|]*\|(?P<uses>[^|]*)\|$", re.MULTILINE)
_DOORS = {"__init__", "__main__"}

# Where a layer's name is no knowledge of the layer: what a message shows, a mark in bytes that are
# not parsed, the row of an input that is no layer in Keras 1, classes of the compat module by name.
_NAMES_ALLOWED = {
    "analysis/layers/compat_names.py",
    "analysis/layers/merging.py",
    "analysis/layers/graph_model.py",
    "compat/adapters.py",
    "reading/first_look.py",
    "verify/program/keras1.py",
    # Still to be brought to roles: they ask for classes one by one.
    "oldfiles/converting.py",
    "oldfiles/plain.py",
    "oldfiles/layer_calls.py",
    "oldfiles/program.py",
    "oldfiles/worker_old.py",
    "rewrite/layout/following.py",
    "rewrite/layout/passages.py",
    "rewrite/layout/stacking.py",
    "rewrite/rules/merge.py",
    "verify/models/weights.py",
}


def _table() -> dict[str, set[str]]:
    text = (ROOT / "docs" / "how-it-works.md").read_text(encoding="utf-8")
    rows: dict[str, set[str]] = {}
    for match in _ROW.finditer(text):
        uses = {word.strip() for word in match["uses"].split(",")} - {""}
        rows[match["room"]] = set(rows) if uses == {"everything above"} else uses
    return rows


def _modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if not name.startswith("compat/parts/"):
            yield name, ast.parse(path.read_text(encoding="utf-8"))


def _room(path: str) -> str:
    return path.split("/")[0].removesuffix(".py")


def test_the_table_has_a_row_for_every_room() -> None:
    rooms = {
        path.name.removesuffix(".py")
        for path in PACKAGE.iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert rooms - _DOORS <= set(_table())
    assert len(rooms) <= 21


def test_every_import_follows_an_arrow_of_the_table() -> None:
    allowed = _table()
    wrong = []
    for name, tree in _modules():
        room = _room(name)
        if room in _DOORS:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("kerasmig."):
                used = (node.module or "").split(".")[1]
                if used != room and used not in allowed[room]:
                    wrong.append(f"{name}:{node.lineno} uses {used}")
    assert not wrong


def test_arrows_point_up_in_the_table() -> None:
    seen: set[str] = set()
    for room, uses in _table().items():
        assert uses <= seen, f"{room} uses what stands below it: {sorted(uses - seen)}"
        seen.add(room)


def test_what_a_layer_is_stands_in_the_catalog_only() -> None:
    names = set(known_layers()) | set(aliases())
    found = []
    for name, tree in _modules():
        if name.startswith(("catalog/", "legacy/")) or name in _NAMES_ALLOWED:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and node.value in names:
                found.append(f"{name}:{node.lineno}: {node.value!r}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("module", ["kerasmig.cli", "kerasmig"])
def test_nothing_heavy_is_imported_by_the_doors(module: str) -> None:
    """No TensorFlow, Keras, NumPy, LibCST: ``kerasmig --help`` feels instant."""
    heavy = "('tensorflow', 'keras', 'numpy', 'libcst', 'h5py', 'black', 'rich', 'distributed')"
    code = f"import sys, {module}; sys.exit(' '.join(sorted({{*{heavy}}} & {{*sys.modules}})))"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert result.stderr.strip() == ""
