"""Programs with the channels first, converted to the channels last, and the proof of each: a table.

    python -m benchmarks.layout_table corpus/legacy/* corpus/layout/*.py
    python -m benchmarks.layout_table --static FOLDER...      what is converted, without running it
    python -m benchmarks.layout_table --applications          VGG16 ... of Keras 1.2.2 itself

Each argument is a program or the folder of one. Both depths are looked at, each in one verification, old models in
the real Keras 1.2.2 and new ones in Keras 3; ``--depth model`` or ``data`` takes one of them.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from kerasmig.disk.find import Selection, find_files
from kerasmig.finding import Applicability, FileResult, RunResult
from kerasmig.legacy.install import ensure
from kerasmig.old_and_new import verify_run
from kerasmig.project.project import Project
from kerasmig.settings import UpgradeSettings
from kerasmig.verify import Status, VerifySettings
from kerasmig.verify.result import VerifyReport

DEPTHS = {"model": False, "data": True}
NETWORKS = ("vgg16", "vgg19", "resnet50", "inception_v3")
CONVERTED, EITHER = "KM140", "KM144"
ASKING = ("KM142", "KM143", "KM145", "KM146")
"""What was not converted, or is to be looked at."""


class Row(NamedTuple):
    """What became of one program at one depth."""

    program: str
    turned: bool
    permutes: int
    match: int
    mismatch: tuple[str, ...]
    unproven: tuple[str, ...]
    findings: tuple[str, ...]
    either: bool

    def cells(self) -> str:
        """Its part of a line of the table."""
        if not self.turned:
            return ("either" if self.either else "nothing turned") + self._told()
        proof = f"{self.permutes} `Permute`"
        if self.match:
            proof += f", {self.match} equal"
        if self.mismatch:
            proof += f", {len(self.mismatch)} **different** ({'; '.join(self.mismatch)})"
        if self.unproven:
            proof += f", {len(self.unproven)} not run"
        return proof + self._told()

    def _told(self) -> str:
        return f"; {', '.join(self.findings)}" if self.findings else ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Convert, prove and print; 1 if a model is different."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("programs", nargs="*", type=Path)
    parser.add_argument("--applications", action="store_true")
    parser.add_argument("--static", action="store_true", help="do not run anything")
    parser.add_argument("--depth", choices=DEPTHS)
    parser.add_argument("--level", default="outputs")
    parser.add_argument("--time-limit", type=float, default=240)
    parser.add_argument("--data-format", default="auto", help="as of kerasmig upgrade")
    parser.add_argument("--at-once", type=int, default=8, help="programs in one verification")
    given = parser.parse_args(arguments)
    programs = list(given.programs)
    if given.applications:
        home = ensure() / "keras" / "applications"
        given.data_format = "channels_first"  # they ask the setting, and build under both
        programs += [home / f"{name}.py" for name in NETWORKS]
    settings = VerifySettings(
        level=given.level, time_limit=given.time_limit, memory_limit=12_000, jobs=1
    )
    depths = [given.depth] if given.depth else list(DEPTHS)
    print(f"| program | {' | '.join(depths)} |\n|{'---|' * (len(depths) + 1)}", flush=True)
    wrong = False
    for start in range(0, len(programs), given.at_once):
        rows: dict[str, dict[str, Row]] = {}
        for depth in depths:
            with tempfile.TemporaryDirectory() as folder:
                names = [copied(p, Path(folder)) for p in programs[start : start + given.at_once]]
                proof = None if given.static else settings
                for row in converted(Path(folder), names, depth, proof, given.data_format):
                    rows.setdefault(row.program, {})[depth] = row
        for name, found in rows.items():
            wrong = wrong or any(row.mismatch for row in found.values())
            if any(row.turned or row.either or row.findings for row in found.values()):
                cells = " | ".join(found[depth].cells() for depth in depths)
                print(f"| {name} | {cells} |", flush=True)
    return int(wrong)


def copied(program: Path, folder: Path) -> str:
    """Put a program into a folder of its own; its name there."""
    name = program.stem if program.is_file() else program.resolve().name
    if program.is_file():
        (folder / name).mkdir()
        shutil.copy(program, folder / name)
    else:
        shutil.copytree(program, folder / name, ignore=shutil.ignore_patterns(".git"))
    return name


def converted(
    folder: Path,
    names: Sequence[str],
    depth: str,
    settings: VerifySettings | None,
    data_format: str,
) -> list[Row]:
    """What becomes of each program in a folder."""
    upgrade = UpgradeSettings(
        layout="channels_last", with_data=DEPTHS[depth], data_format=data_format
    )
    project = Project(tuple(find_files([folder], Selection())), upgrade)
    run = project.upgrade()
    report = None if settings is None else verify_run(project, run, settings)
    return [_row(folder, name, run, report) for name in names]


def _row(folder: Path, name: str, run: RunResult, report: VerifyReport | None) -> Row:
    home = folder / name
    files = [file for file in run.files if Path(file.path).is_relative_to(home)]
    findings = [(file, finding) for file in files for finding in file.findings]
    pairs = [] if report is None else [p for p in report.pairs if _first(p.place.file) == name]
    if report is not None and len({_first(p.place.file) for p in report.pairs}) <= 1 and not pairs:
        pairs = list(report.pairs)  # a single program: its own folder is the root
    return Row(
        program=name,
        turned=any(finding.code == CONVERTED for _, finding in findings),
        permutes=sum(_permutes(file) for file in files),
        match=sum(pair.status is Status.MATCH for pair in pairs),
        mismatch=tuple(pair.name for pair in pairs if pair.status is Status.MISMATCH),
        unproven=tuple(pair.name for pair in pairs if pair.status is Status.NOT_VERIFIED),
        findings=tuple(
            f"{finding.code} {Path(file.path).relative_to(home)}:{finding.line}"
            for file, finding in findings
            if finding.code in ASKING and finding.applicability is not Applicability.AUTOMATIC
        ),
        either=any(finding.code == EITHER for _, finding in findings),
    )


def _first(path: str) -> str:
    return Path(path).parts[0]


def _permutes(file: FileResult) -> int:
    """``Permute`` layers that came in, less those of the author's that vanished."""
    return file.new.count("Permute(") - file.old.count("Permute(")


if __name__ == "__main__":
    sys.exit(main())
