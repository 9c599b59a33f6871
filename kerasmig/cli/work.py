"""Between the commands and the work: settings, the run over the files, what is written."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kerasmig.cli.exits import UNREADABLE, fail

if TYPE_CHECKING:
    from kerasmig.finding import RunResult
    from kerasmig.project.cache import Cache
    from kerasmig.project.config import Config
    from kerasmig.project.project import Project
    from kerasmig.verify import VerifyReport


#: Settings of a verification that say what programs may do: for these the file must be one's own.
_OWN = ("env", "read", "trust", "write")


def configure(options: dict[str, Any], paths: Sequence[Path] = ()) -> Config:
    """The configuration file's settings with the flags over them.

    Args:
        paths: where there is no file at or above the current folder, it is sought beside these.
    """
    from kerasmig.disk.ignore import pattern_problem
    from kerasmig.project.config import ConfigError, load

    given, isolated = options.get("config") or (), bool(options.get("isolated"))
    try:
        config = load(Path.cwd(), given, isolated=isolated)
        if config.file is None and not isolated and (folder := _common_folder(paths)):
            config = load(folder, given)
            config = config._replace(found_there=config.file is not None)
    except ConfigError as error:
        fail(str(error))
    except FileNotFoundError:
        fail("the current folder was deleted: change to one that exists")
    upgrade, selection = config.upgrade, config.selection
    for name in (
        "data_format",
        "layout",
        "with_data",
        "idiomatic",
        "select",
        "ignore",
        "per_file_ignores",
    ):
        if options.get(name):
            upgrade = upgrade._replace(**{name: options[name]})
    upgrade = upgrade._replace(
        select=(*upgrade.select, *(options.get("extend_select") or ())),
        ignore=(*upgrade.ignore, *(options.get("extend_ignore") or ())),
    )
    if options.get("no_python2"):
        upgrade = upgrade._replace(python2=False)
    if options.get("todo"):
        upgrade = upgrade._replace(todo=True)
    selection = selection._replace(
        exclude=(*selection.exclude, *(options.get("exclude") or ())),
        include=(*selection.include, *(options.get("include") or ())),
    )
    if problem := pattern_problem((*selection.exclude, *selection.include)):
        fail(problem)
    if options.get("force_exclude") is not None:
        selection = selection._replace(force=options["force_exclude"])
    if options.get("no_gitignore"):
        selection = selection._replace(respect_gitignore=False)
    jobs = config.jobs if options.get("jobs") is None else options["jobs"]
    cache = config.cache and not options.get("no_cache")
    return config._replace(upgrade=upgrade, selection=selection, jobs=jobs, cache=cache)


def _common_folder(paths: Sequence[Path]) -> Path | None:
    """The innermost folder that holds all paths; ``None`` without paths."""
    known = [path if path.is_dir() else path.parent for path in map(Path.absolute, paths)]
    try:
        return Path(os.path.commonpath(known)) if known else None
    except ValueError:  # on different drives
        return None


def heed_baseline(run: RunResult, path: Path, *, update: bool) -> RunResult:
    """The run without the findings of a baseline; with ``update`` it is written first."""
    from kerasmig.disk.atomic import write_atomically
    from kerasmig.report.baseline import (
        BaselineError,
        baseline_text,
        read_baseline,
        without_known,
    )

    try:
        if update:
            write_atomically(path, baseline_text(run).encode("utf-8", "surrogateescape"))
        known = read_baseline(path.read_bytes().decode("utf-8", "surrogateescape"))
    except FileNotFoundError:
        fail(f"{path}: no such baseline: write one with --update-baseline")
    except OSError as error:
        fail(f"{path}: {error.strerror or error}", UNREADABLE)
    except BaselineError as error:
        fail(f"{path} {error}")
    return without_known(run, known)


def review(project: Project, run: RunResult) -> RunResult:
    """Ask about each change."""
    from kerasmig.cli.interactive import Review

    mine = run._replace(files=run.files[: len(project.files)])
    reviewed = Review(project).run(mine)
    return reviewed._replace(files=(*reviewed.files, *run.files[len(project.files) :]))


def write_patch(path: Path, run: RunResult) -> None:
    """Write the diff to a file."""
    from kerasmig.disk.atomic import write_atomically
    from kerasmig.report.diff import run_diff_bytes

    try:
        write_atomically(path, run_diff_bytes(run))
    except OSError as error:
        fail(f"{path}: cannot be written: {error.strerror or error}", UNREADABLE)


def analyse(
    paths: tuple[Path, ...], config: Config, update_requirements: bool = False
) -> tuple[Project, RunResult]:
    """Find and upgrade the files, with progress on a terminal."""
    _expect_large_trees()  # before the modules are loaded, which are many objects, too
    from kerasmig.cli.progress import Progress
    from kerasmig.disk.find import FileProblem, find_files, shown_path
    from kerasmig.finding import FileResult, RunResult
    from kerasmig.project.either import with_orderings
    from kerasmig.project.project import Project, default_jobs

    found: list[Path] = []
    problems: list[FileResult] = []
    leftovers: list[Path] = []

    def unreadable(folder: Path, error: OSError) -> None:
        reason = f"cannot be read: {error.strerror or error}; what is in it was not looked at"
        problems.append(FileResult(shown_path(folder), error=reason))

    for path in paths or (Path(),):
        try:
            found += find_files(
                [path], config.selection, unreadable=unreadable, leftover=leftovers.append
            )
        except FileProblem as error:
            message = str(error)
            problems.append(FileResult(str(path), error=message.removeprefix(f"{path}: ")))
    if problems and not found and all("no such file" in p.error for p in problems):
        fail(f"{problems[0].path}: {problems[0].error}")
    if any(path.suffix not in (".py", ".ipynb") for path in found):
        from kerasmig.project.requirements import holds_requirements

        found = [path for path in found if path.suffix == ".py" or not holds_requirements(path)]
    files = tuple(sorted(dict.fromkeys(found), key=lambda path: path.parts))
    project = Project(files, config.upgrade, _cache(files, config), leftovers)
    with Progress("Reading") as progress:
        run = with_orderings(project.upgrade(config.jobs or default_jobs(), progress.step))
    named = {shown_path(path) for path in paths}
    pinned = [
        result
        for result in project.requirements(paths or (Path(),), run, update=update_requirements)
        if result.path in named or not config.selection.leaves_out(Path(result.path))
    ]
    if problems or pinned:
        run = RunResult((*run.files, *pinned, *problems), run.extra_files)
    if not run.files:
        click.echo("kerasmig: no Python files found", err=True)
    return project, run


def with_converted_files(
    paths: tuple[Path, ...], config: Config, project: Project, run: RunResult, *, dry_run: bool
) -> tuple[Config, bool]:
    """Convert the files of Keras 1 that the code names; the settings that point it to the new ones."""
    from kerasmig.cli.convert import told
    from kerasmig.oldfiles.named import convert_named, named_files

    roots = [Path.cwd(), *(path if path.is_dir() else path.parent for path in paths)]
    sources = [(path, r.old) for path, r in zip(project.files, run.files, strict=False)]
    pairs = []
    for named, done, now in convert_named(named_files(sources, roots), dry_run=dry_run):
        click.echo(told(done), err=True)
        if now:
            pairs.append((named.literal, now))
        else:
            click.echo("  the code goes on naming the old file", err=True)
    upgrade = config.upgrade._replace(converted=tuple(sorted(pairs)))
    return config._replace(upgrade=upgrade), bool(pairs)


def _expect_large_trees() -> None:
    """Set memory up for syntax trees: many objects, few of them in cycles, a new lot for each file."""
    import gc

    gc.set_threshold(500_000, 50, 50)
    # Once it has seen a large block go, glibc keeps what a parser gives back for the next file,
    # instead of asking the system anew. The block is never written to, so it takes no memory.
    bytes(24 << 20)


def _cache(files: Sequence[Path], config: Config) -> Cache | None:
    if not config.cache:
        return None
    from kerasmig.disk.cache_folder import NoHome
    from kerasmig.project.cache import Cache

    try:
        return Cache(files, config.upgrade)
    except NoHome:
        return None


def verify_run_of(project: Project, run: RunResult, settings: Any, progress: Any) -> VerifyReport:
    """Verify what a run changed of the project's own files."""
    from kerasmig.old_and_new import verify_run

    return verify_run(
        project, run._replace(files=run.files[: len(project.files)]), settings, progress
    )


def with_proofs_of(run: RunResult, report: VerifyReport) -> RunResult:
    """The run with what its verification has proven of each finding."""
    from kerasmig.old_and_new import with_proofs

    return with_proofs(run, report)


def run_verification(
    function: Any, config: Config, level: str | None, **limits: Any
) -> VerifyReport:
    """Run a verification with the configured settings; what cannot start is a clear message."""
    from kerasmig.cli.progress import Progress
    from kerasmig.disk.cache_folder import cache_folder
    from kerasmig.legacy.errors import LegacyError
    from kerasmig.old_and_new import require_tensorflow
    from kerasmig.verify import VerifyError, VerifySettings
    from kerasmig.verify.settings import WrongSettings

    values = {key.replace("-", "_"): value for key, value in config.verify.items()}
    if config.found_there and (theirs := sorted(values.keys() & set(_OWN))):
        fail(
            f"{config.file}: {theirs[0]!r} in [tool.kerasmig.verify] says what programs may do, and "
            f"the file came with the code: read it, then give --config {config.file}"
        )
    values["level"] = level or values.get("level", "program")
    if config.cache:
        values["cache_dir"] = Path(values.get("cache_dir") or cache_folder() / "verify")
    else:
        values["cache_dir"] = None
    try:
        settings = VerifySettings(**{**values, **limits})
    except WrongSettings as error:
        fail(str(error))
    try:
        require_tensorflow()
        with Progress("Running models") as progress:
            report: VerifyReport = function(settings, progress.told)
    except (VerifyError, LegacyError, WrongSettings) as error:
        fail(str(error))
    return report


def write_files(project: Project, run: RunResult, config: Config, no_backup: bool) -> list[str]:
    """Write what changed; the paths that could not be written, with the reason."""
    from kerasmig.disk.backups import Backups

    backups = None
    if config.backup and not no_backup:
        backups = Backups(config.root)
    failed = project.write(run._replace(files=run.files[: len(project.files)]), backups)
    failed += project.write_beside(run.files[len(project.files) :], backups)
    if backups is not None:
        backups.close()
        if backups.folder is not None:
            click.echo(f"kerasmig: old text kept in {backups.folder}", err=True)
    return failed
