"""Which old tree and which new tree a verification compares, and under which ordering."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from kerasmig.disk.find import absolute
from kerasmig.disk.scratch import scratch_folder
from kerasmig.disk.writing import bytes_of
from kerasmig.finding import Applicability, DataFormat, Finding, Proof, RunResult, Verdict
from kerasmig.project.project import Project
from kerasmig.reading.program import NOTEBOOK_SUFFIX, LeftAlone, Program, read_program
from kerasmig.settings import UpgradeSettings
from kerasmig.text.source import SourceError, decode
from kerasmig.verify import Progress, VerifyError, VerifyReport, VerifySettings, verify_trees
from kerasmig.verify.caller.division import marked
from kerasmig.verify.caller.trees import copy_files, copy_tree, too_wide
from kerasmig.verify.proof import LineProofs, statements


def require_tensorflow() -> None:
    """Make sure that models can be run at all.

    Raises:
        VerifyError: TensorFlow is not installed; the message says how to get it.
    """
    from importlib.util import find_spec

    for module in ("tensorflow", "keras"):
        if find_spec(module) is None:
            raise VerifyError(
                f"{module} is not installed, which is needed to run models: "
                "pip install 'kerasmig[verify]'"
            )


def verify_run(
    project: Project,
    run: RunResult,
    settings: VerifySettings,
    progress: Progress | None = None,
) -> VerifyReport:
    """Verify an upgrade before or without writing it: the old code is what stands on disk.

    Args:
        run: the result of ``project.upgrade()``.
    """
    if not project.files:
        return VerifyReport()
    root = common_root(project.files)
    changed = {
        path.resolve().relative_to(root).as_posix(): result
        for path, result in zip(project.files, run.files, strict=True)
        if result.changed and not result.error
    }
    with ExitStack() as copies:
        # Of a home, or of what holds one, only the files of this run are anybody's business.
        only = [path.resolve() for path in project.files] if too_wide(root) else None
        old = root if only is None else copies.enter_context(_copy(root, only))
        new = copies.enter_context(_copy(root, only))
        for relative, result in changed.items():
            (new / relative).parent.mkdir(parents=True, exist_ok=True)
            (new / relative).write_bytes(bytes_of(result))
        for path, text in run.extra_files.items():
            target = new / Path(path).resolve().relative_to(root)
            target.write_text(text, encoding="utf-8")
        if project.settings.layout != "keep" and project.settings.with_data:
            settings = replace(settings, turned=True)
        return verify_trees(
            old,
            new,
            files=sorted(changed),
            orderings=orderings({name: r.verdicts for name, r in changed.items()}),
            settings=settings,
            progress=progress,
            old_texts=_old_texts(project, root),
            new_texts=_notebooks(
                {root / name: result.new for name, result in changed.items()},
                root,
                project.settings,
            ),
        )


def with_proofs(run: RunResult, report: VerifyReport) -> RunResult:
    """A run whose findings say what a verification has proven of them.

    Findings that concern a use which was rewritten, or rests on an assumption, are given a proof:
    lines are those of the old program.
    """
    proofs = LineProofs(report)
    files = []
    for result in run.files:
        file = proofs.file_of(result.path)
        lines = statements(result.source_old or result.old) if file is not None else {}
        findings = [
            (
                finding
                if finding.suppressed or finding.applicability is Applicability.MANUAL
                else finding._replace(proof=_proof(finding, file, proofs, lines))
            )
            for finding in result.findings
        ]
        files.append(result._replace(findings=tuple(findings)))
    return run._replace(files=tuple(files))


def _proof(
    finding: Finding, file: str | None, proofs: LineProofs, lines: Mapping[int, range]
) -> str:
    if file is None:
        return Proof.NOT_REACHED.value
    return proofs.of(file, lines.get(finding.line, range(finding.line, finding.line + 1)))


def _old_texts(project: Project, root: Path) -> dict[str, str]:
    """Python 2 files and notebooks as programs of Python 3: Keras 1.2.2 runs under it too."""
    found: dict[str, str] = {}
    for path in project.files:
        if project.modules.facts(path).plain and path not in project.members.program_files:
            continue
        program = _program(path, project.modules.module(path).data, project.settings)
        if program is not None and program.modern is not None:
            found[path.resolve().relative_to(root).as_posix()] = marked(program.text)
        elif program is not None and program.notebook is not None:
            found[path.resolve().relative_to(root).as_posix()] = program.text
    return found


def _notebooks(texts: Mapping[Path, str], root: Path, settings: UpgradeSettings) -> dict[str, str]:
    """The programs of the notebooks among some files."""
    found: dict[str, str] = {}
    for path, text in texts.items():
        if path.suffix == NOTEBOOK_SUFFIX:
            program = _program(path, text.encode("utf-8"), settings)
            if program is not None:
                found[path.relative_to(root).as_posix()] = program.text
    return found


def _program(path: Path, data: bytes, settings: UpgradeSettings) -> Program | None:
    """What is run of a file; ``None`` if nothing of it can be."""
    try:
        return read_program(decode(data)[0], str(path), settings)
    except (SourceError, LeftAlone):
        return None


def verify_pair(
    old: Path,
    new: Path,
    settings: VerifySettings,
    progress: Progress | None = None,
    analyse: Callable[[Sequence[Path]], Project] | None = None,
    shard: tuple[int, int] = (1, 1),
) -> VerifyReport:
    """Verify two given trees (or files).

    Args:
        analyse: makes a project of the old files, for their verdicts and for what is Python 2.
        shard: which part of how many parts of the files, from 1.
    """
    old, new = absolute(old), absolute(new)
    verdicts: dict[str, tuple[Verdict, ...]] = {}
    old_texts: dict[str, str] = {}
    new_texts: dict[str, str] = {}
    if analyse is not None:
        base, new_base = (path if path.is_dir() else path.parent for path in (old, new))
        project = analyse(_programs(old))
        for path, result in zip(project.files, project.upgrade().files, strict=True):
            verdicts[path.relative_to(base).as_posix()] = result.verdicts
        old_texts = _old_texts(project, base.resolve())
        found = {path: path.read_text("utf-8", "replace") for path in _programs(new)}
        new_texts = _notebooks(found, new_base, project.settings)
    files = None
    if shard[1] > 1 and old.is_dir():
        names = [p.relative_to(old).as_posix() for p in _programs(old)]
        files = names[shard[0] - 1 :: shard[1]]
    return verify_trees(
        old,
        new,
        files=files,
        orderings=orderings(verdicts),
        settings=settings,
        progress=progress,
        old_texts=old_texts,
        new_texts=new_texts,
    )


def _programs(path: Path) -> list[Path]:
    """The Python files and notebooks of a tree, or the one file."""
    if not path.is_dir():
        return [path]
    found = [p for suffix in (".py", NOTEBOOK_SUFFIX) for p in path.rglob(f"*{suffix}")]
    return sorted(
        p for p in found if not {".ipynb_checkpoints", ".kerasmig"} & {*p.relative_to(path).parts}
    )


@contextmanager
def git_tree(path: Path, reference: str) -> Iterator[Path]:
    """A folder with what stood at ``path`` in a git commit.

    Raises:
        VerifyError: not a git repository, or no such commit.
    """
    from kerasmig.disk.history import HistoryError, write_commit

    folder = path if path.is_dir() else path.parent
    with scratch_folder("kerasmig-base-") as temporary:
        tree = temporary / "tree"
        tree.mkdir()
        try:
            write_commit(folder, reference, tree)
        except HistoryError as error:
            raise VerifyError(f"cannot read {reference} of {folder}: {error}") from error
        yield tree if path.is_dir() else tree / path.name


@contextmanager
def tree_before(path: Path) -> Iterator[Path]:
    """A folder with what stood at ``path`` before the upgrades that are on record for it.

    What was edited since has the text from before the first upgrade, too.
    """
    from kerasmig.disk.backups import runs_at
    from kerasmig.disk.history import History

    path = absolute(path)
    folder = path if path.is_dir() else path.parent
    history = History()
    try:
        with scratch_folder("kerasmig-before-") as temporary:
            tree = temporary / "tree"
            copy_tree(folder, tree)
            shutil.rmtree(tree / ".kerasmig", ignore_errors=True)  # old text, and no program
            for run in runs_at(path):  # the latest first, so that the oldest text stays
                for file in run.files:
                    if folder not in file.path.parents:
                        continue
                    target = tree / file.path.relative_to(folder)
                    old = file.old(history)
                    if file.before is None:
                        target.unlink(missing_ok=True)
                    elif old is None:
                        raise VerifyError(
                            f"the text of {file.path} before the upgrade is gone: compare with a "
                            f"commit instead, `kerasmig verify {path} --base COMMIT`"
                        )
                    else:
                        target.parent.mkdir(parents=True, exist_ok=True)
                        target.write_bytes(old)
            yield tree if path.is_dir() else tree / path.name
    finally:
        history.close()


def orderings(verdicts: Mapping[str, Sequence[Verdict]]) -> dict[str, tuple[str, ...]]:
    """Under which of Keras 1's orderings each file's models are to run."""
    found: dict[str, tuple[str, ...]] = {}
    for name, of_file in verdicts.items():
        # Models that say their format follow no setting; where all of a file's do, what some of
        # their layers leave open is taken to be the same.
        formats = {v.data_format for v in of_file if not v.explicit}
        formats = formats or {v.data_format for v in of_file}
        if DataFormat.EITHER in formats:
            found[name] = ("th", "tf")
        elif DataFormat.CHANNELS_FIRST in formats:
            found[name] = ("th",)
        elif of_file:
            found[name] = ("tf",)
    return found


def common_root(paths: Sequence[Path]) -> Path:
    """The deepest folder that holds all files, out of any package it is in."""
    folders = [path.resolve().parent for path in paths]
    root = folders[0]
    for folder in folders[1:]:
        while not folder.is_relative_to(root):
            root = root.parent
    while (root / "__init__.py").exists() and root != root.parent:
        root = root.parent
    return root


@contextmanager
def _copy(root: Path, only: Sequence[Path] | None = None) -> Iterator[Path]:
    """A copy of a tree without what no program needs to run: history, caches, large data."""
    with scratch_folder("kerasmig-new-") as temporary:
        target = temporary / "tree"
        if only is None:
            copy_tree(root, target)
        else:
            copy_files(root, only, target)
        yield target
