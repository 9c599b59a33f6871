"""Programs in several files, and what the real Keras 1.2.2 printed of them.

``python -m tests.formats.programs`` records them anew.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "programs"
RECORDED = Path(__file__).parent / "recorded.json"
_FILE = re.compile(r"^### file: (\S+)\n", re.MULTILINE)


class Program(NamedTuple):
    """A program: its files, of which ``main.py`` is started.

    Args:
        ordering: what the author's keras.json said.
    """

    name: str
    files: dict[str, str]
    ordering: str

    def write(self, folder: Path) -> None:
        """Put the files into a folder."""
        for name, text in self.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")


def programs() -> list[Program]:
    """All of them."""
    found = []
    for path in sorted(FOLDER.glob("*.txt")):
        head, *parts = _FILE.split(path.read_text(encoding="utf-8"))
        files = dict(zip(parts[::2], parts[1::2], strict=True))
        found.append(Program(path.stem, files, "tf" if "ordering: tf" in head else "th"))
    return found


def told(text: str) -> list[str]:
    """The lines in which a program tells what it computed."""
    return [line for line in text.splitlines() if line.startswith("RESULT")]


def record(program: Program) -> list[str]:
    """What the program tells in Keras 1.2.2."""
    with tempfile.TemporaryDirectory() as folder:
        program.write(Path(folder))
        command = [sys.executable, "-m", "kerasmig", "legacy", "run"]
        done = subprocess.run(
            [*command, "--dim-ordering", program.ordering, "main.py"],
            cwd=folder,
            capture_output=True,
            text=True,
        )
    if done.returncode:
        raise SystemExit(f"{program.name}: {done.stderr[-2000:]}")
    return told(done.stdout)


if __name__ == "__main__":
    wanted = sys.argv[1:]
    known = json.loads(RECORDED.read_text()) if RECORDED.exists() else {}
    for one in programs():
        if not wanted or one.name in wanted:
            known[one.name] = record(one)
            print(one.name, known[one.name], flush=True)
            RECORDED.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")
