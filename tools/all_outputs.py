"""Write every output that kerasmig gives for known code into a folder, to compare two states.

    python tools/all_outputs.py FOLDER [--verify] [--tree PATH ...]

One file an output: the diff, the JSON report, the Markdown report, the shapes of each file, with
one and with two workers, over ``corpus/legacy``, the programs of the tests, Keras 1.2.2's own tree
and each ``--tree``; with ``--verify`` also the verification of the corpus (times left out). A move of files is
right where ``diff -r`` between the folder of before and of after says nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# What differs from run to run and says nothing of the result.
TIMES = re.compile(r'"(?:seconds|time|duration|started|finished|version|date)": [^,}\n]+')


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--verify", action="store_true", help="verify the corpus too")
    parser.add_argument("--tree", type=Path, action="append", default=[])
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        for name, tree in sorted(_trees(options.tree).items()):
            # Under one fixed name: messages carry paths.
            work = Path(scratch, name)
            shutil.copytree(tree, work, symlinks=True)
            _write_outputs(work, options.folder / name)
        if options.verify:
            _write_verification(Path(scratch, "corpus"), options.folder / "corpus")


def _trees(more: list[Path]) -> dict[str, Path]:
    trees = {"corpus": ROOT / "corpus" / "legacy", "programs": ROOT / "tests" / "rewrite"}
    keras = _legacy_keras()
    if keras is not None:
        trees["keras122"] = keras
    return trees | {path.name: path for path in more}


def _legacy_keras() -> Path | None:
    """The folder of Keras 1.2.2, installed if it is not there."""
    result = _run(["legacy", "path"], ROOT)
    path = Path(result.stdout.decode().strip() or "nowhere")
    return path / "keras" if (path / "keras").is_dir() else None


def _write_outputs(tree: Path, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for jobs in ("1", "2"):
        common = ["--no-cache", "-j", jobs]
        for name, arguments in (
            ("diff", ["upgrade", ".", "--diff"]),
            ("idiomatic", ["upgrade", ".", "--diff", "--idiomatic"]),
            ("json", ["upgrade", ".", "--patch", os.devnull, "--output-format", "json"]),
            ("check.json", ["check", ".", "--output-format", "json"]),
        ):
            if name == "json":
                arguments = ["upgrade", ".", "--diff", "--output-format", "json"]
            result = _run([*arguments, *common], tree)
            text = TIMES.sub("", result.stdout.decode(errors="surrogateescape"))
            text += f"\nexit code {result.returncode}\n"
            (out / f"{name}.j{jobs}").write_text(text, errors="surrogateescape")
    shapes = []
    for path in sorted(tree.rglob("*.py"))[:200]:
        result = _run(["shapes", str(path.relative_to(tree))], tree)
        shapes.append(f"== {path.relative_to(tree)}\n{result.stdout.decode()}")
    (out / "shapes").write_text("\n".join(shapes))


def _write_verification(tree: Path, out: Path) -> None:
    result = _run(["upgrade", ".", "--diff", "--verify", "--output-format", "json"], tree)
    text = result.stdout.decode()
    start = text.find("{")
    try:
        document = json.loads(text[start:])
        text = json.dumps(document.get("verification", document), indent=1, sort_keys=True)
    except ValueError:
        pass
    (out / "verify.json").write_text(TIMES.sub("", text))


def _run(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "kerasmig", *arguments]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)


if __name__ == "__main__":
    main()
