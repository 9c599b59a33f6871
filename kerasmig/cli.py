"""The command line: parses, calls, prints. What is done stands in the modules it calls."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from kerasmig import __version__
from kerasmig.settings import DATA_FORMAT_CHOICES

if TYPE_CHECKING:
    from rich.console import Console

    from kerasmig.config import Config
    from kerasmig.finding import RunResult
    from kerasmig.project import Project
    from kerasmig.verify import VerifyReport, VerifySettings

OK, FINDINGS, USAGE, UNREADABLE, INTERRUPTED = 0, 1, 2, 3, 130

_FORMATS = ("text", "json", "markdown", "junit", "sarif", "github", "html")


class _Group(click.Group):
    """Lists commands in the order in which a person meets them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            message = "interrupted: every file is whole, old or new; run again to finish"
            _fail(message, INTERRUPTED)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kerasmig")
def main() -> None:
    """Migrate Keras 1 convolution code to Keras 3, and prove the result.

    \b
    kerasmig upgrade src/ --diff     show what would change
    kerasmig upgrade src/ --verify   rewrite, and compare old and new models
    kerasmig explain KM201           what a code means

    Exit codes: 0 nothing wrong or left; 1 findings that need somebody (`check`: anything to
    migrate; `verify`: a mismatch); 2 wrong usage or configuration; 3 an input could not be read,
    the rest was done.
    """


def _fail(message: str, code: int = USAGE) -> NoReturn:
    click.echo(f"kerasmig: {message}", err=True)
    raise SystemExit(code)


def _upgrade_options(function: Any) -> Any:
    """The options that `upgrade` and `check` share."""
    options = [
        click.argument("paths", nargs=-1, type=click.Path(path_type=Path, allow_dash=True)),
        click.option(
            "--data-format",
            type=click.Choice(DATA_FORMAT_CHOICES),
            help="What to do about data_format: infer it (auto, the default), settle what the code "
            "leaves open, or write it on every layer (explicit).",
        ),
        click.option(
            "--idiomatic",
            is_flag=True,
            default=None,
            help="Take Keras 3's defaults instead of writing out Keras 1's; reports each.",
        ),
        click.option(
            "--select", multiple=True, metavar="CODE", help="Only these codes (prefixes)."
        ),
        click.option("--ignore", multiple=True, metavar="CODE", help="Not these codes (prefixes)."),
        click.option(
            "--no-python2",
            is_flag=True,
            default=None,
            help="Leave Python 2 files alone and report them.",
        ),
        click.option("--no-cache", is_flag=True, help="Look at every file anew."),
        click.option("--exclude", multiple=True, metavar="PATTERN", help="As in .gitignore."),
        click.option("--include", multiple=True, metavar="PATTERN", help="Only matching files."),
        click.option("--no-gitignore", is_flag=True, help="Also files that .gitignore leaves out."),
        click.option("-j", "--jobs", type=click.IntRange(0), help="Workers; 0: one per processor."),
        click.option(
            "--output-format",
            type=click.Choice(_FORMATS),
            default="text",
            show_default=True,
            help="How to report.",
        ),
        click.option("-v", "--verbose", is_flag=True, help="List what was done automatically too."),
    ]
    for option in reversed(options):
        function = option(function)
    return function


@main.command()
@_upgrade_options
@click.option("--diff", is_flag=True, help="Print a unified diff to stdout and write nothing.")
@click.option("--patch", type=click.Path(path_type=Path), help="Write the diff to a file instead.")
@click.option("--interactive", is_flag=True, help="Decide each change, as `git add -p` does.")
@click.option("--update-requirements", is_flag=True, help="Write today's versions into pins.")
@click.option("--todo", is_flag=True, default=None, help="Comment the places left to a person.")
@click.option("--verify", is_flag=True, help="Run old and new models and compare them.")
@click.option("--no-backup", is_flag=True, help="Keep no copies of files that git does not have.")
@click.option("--level", type=click.Choice(("shapes", "outputs", "training")), help="For --verify.")
def upgrade(
    paths: tuple[Path, ...],
    diff: bool,
    patch: Path | None,
    interactive: bool,
    update_requirements: bool,
    verify: bool,
    no_backup: bool,
    level: str | None,
    output_format: str,
    verbose: bool,
    **options: Any,
) -> None:
    """Rewrite Keras 1 code in PATHS (default: the current folder) for Keras 3.

    Without --diff, files are changed in place. `-` reads stdin and writes to stdout.
    """
    if interactive and (diff or patch is not None):
        _fail("--interactive writes what you accept: it does not go with --diff or --patch")
    if [str(path) for path in paths] == ["-"]:
        _upgrade_stdin(diff, options)
    config = _configure(options)
    project, run = _analyse(paths, config, update_requirements)
    if interactive:
        run = _review(project, run)
    report = None
    if verify:
        report = _verify(
            lambda settings, progress: _verify_run(project, run, settings, progress), config, level
        )
    failed: list[str] = []
    if patch is not None:
        _write_patch(patch, run)
    elif not diff:
        failed = _write(project, run, config, no_backup)
    _print_run(run, report, output_format, verbose=verbose, diff=diff, dry_run=patch is not None)
    for line in failed:
        click.echo(f"kerasmig: {line}", err=True)
    raise SystemExit(_exit_code(run, report, bool(failed)))


@main.command()
@_upgrade_options
def check(paths: tuple[Path, ...], output_format: str, verbose: bool, **options: Any) -> None:
    """Exit with 1 if anything in PATHS is left to migrate; writes nothing."""
    config = _configure(options)
    _, run = _analyse(paths, config)
    _print_run(run, None, output_format, verbose=True, diff=False, dry_run=True)
    code = _exit_code(run, None, False)
    left = any(not finding.suppressed for file in run.files for finding in file.findings)
    raise SystemExit(FINDINGS if code == OK and left else code)


@main.command()
@click.argument("old", type=click.Path(path_type=Path, exists=True))
@click.argument("new", type=click.Path(path_type=Path, exists=True), required=False)
@click.option("--base", metavar="GITREF", help="The old code is what stood at OLD in this commit.")
@click.option("--level", type=click.Choice(("shapes", "outputs", "training")))
@click.option("--time-limit", type=float, help="Seconds for one program on one side.")
@click.option("--shard", metavar="I/N", help="Only the I-th of N parts, to split the work.")
@click.option(
    "-j", "--jobs", type=click.IntRange(0), help="Programs at once; 0: one per processor."
)
@click.option("--output-format", type=click.Choice(_FORMATS), default="text", show_default=True)
@click.option("-v", "--verbose", is_flag=True, help="Show every layer of every model.")
def verify(
    old: Path,
    new: Path | None,
    base: str | None,
    level: str | None,
    time_limit: float | None,
    shard: str | None,
    jobs: int | None,
    output_format: str,
    verbose: bool,
) -> None:
    """Run the models of OLD in Keras 1.2.2 and those of NEW in Keras 3, and compare.

    OLD and NEW are files or folders; with --base, OLD is the migrated code and its old state is
    taken from git.
    """
    if (new is None) == (base is None):
        _fail("give OLD and NEW, or one path with --base GITREF")
    config = _configure({})
    part = _shard(shard)
    limits = {"time_limit": time_limit, "jobs": jobs}

    def run(settings: VerifySettings, progress: Any) -> VerifyReport:
        from kerasmig.project import Project
        from kerasmig.verification import git_tree, verify_pair

        def analyse(files: Any) -> Any:
            return Project(files, config.upgrade).upgrade().files

        if base is not None:
            with git_tree(old, base) as tree:
                return verify_pair(tree, old, settings, progress, analyse, part)
        assert new is not None
        return verify_pair(old, new, settings, progress, analyse, part)

    report = _verify(run, config, level, **{k: v for k, v in limits.items() if v is not None})
    _print_verify(report, output_format, verbose)
    raise SystemExit(report.exit_code)


@main.command()
@click.argument("place", metavar="FILE[:MODEL]")
def shapes(place: str) -> None:
    """Show the shapes of the models in FILE under both data formats, running nothing.

    MODEL is a model's name in the code, such as the function that builds it.
    """
    from kerasmig.report.terminal import print_shapes

    name, colon, model = place, "", ""
    if not Path(name).exists():
        name, colon, model = place.rpartition(":")
    if not colon and not Path(place).exists():
        _fail(f"{place}: no such file")
    _, run = _analyse((Path(name),), _configure({}))
    errors = [file for file in run.files if file.error]
    for file in errors:
        click.echo(f"kerasmig: {file.path}: {file.error}", err=True)
    if errors:
        raise SystemExit(UNREADABLE)
    if not print_shapes(run, _console(), model):
        _fail(f"{place}: no model with a data format was found", FINDINGS)


def _shard(text: str | None) -> tuple[int, int]:
    """``2/5`` → (2, 5); all of one part if nothing was said."""
    if text is None:
        return (1, 1)
    index, _, count = text.partition("/")
    if not (index.isdigit() and count.isdigit() and 1 <= int(index) <= int(count)):
        _fail(f"--shard {text}: write it as 2/5, the second of five parts")
    return (int(index), int(count))


@main.group(cls=_Group)
def report() -> None:
    """Join and show JSON reports."""


@report.command("merge")
@click.argument("parts", nargs=-1, required=True, type=click.File(encoding="utf-8"))
def report_merge(parts: tuple[Any, ...]) -> None:
    """Join the JSON reports PARTS of shards into one, on stdout."""
    from kerasmig.report.document import ReportError, dump, merge

    try:
        text = dump(merge([_document(part) for part in parts]))
    except ReportError as error:
        _fail(str(error))
    _write_text(text)


@report.command("show")
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--output-format", type=click.Choice(_FORMATS), default="text", show_default=True)
@click.option("-v", "--verbose", is_flag=True)
def report_show(file: Any, output_format: str, verbose: bool) -> None:
    """Show the JSON report FILE in another format."""
    from kerasmig.report.document import ReportError, load

    try:
        run, verified = load(_document(file))
    except ReportError as error:
        _fail(str(error))
    if run is not None:
        _print_run(run, verified, output_format, verbose=verbose, diff=False)
    elif verified is not None:
        _print_verify(verified, output_format, verbose)


def _document(file: Any) -> Any:
    import json

    try:
        return json.load(file)
    except ValueError as error:
        _fail(f"{file.name}: not a JSON report: {error}")


@main.group(cls=_Group)
def legacy() -> None:
    """The real Keras 1.2.2, run on today's TensorFlow."""


@legacy.command("install")
def legacy_install() -> None:
    """Fetch Keras 1.2.2 into the user's cache folder."""
    from kerasmig.legacy.errors import LegacyError
    from kerasmig.legacy.install import ensure

    try:
        click.echo(ensure())
    except LegacyError as error:
        _fail(str(error))


@legacy.command("path")
def legacy_path() -> None:
    """Print where Keras 1.2.2 is; exit code 1 if it is not installed."""
    from kerasmig.legacy.errors import LegacyError
    from kerasmig.legacy.install import locate

    try:
        found = locate()
    except LegacyError as error:
        _fail(str(error))
    if found is None:
        _fail("Keras 1.2.2 is not installed: run `kerasmig legacy install`", FINDINGS)
    click.echo(found)


@legacy.command("run", context_settings={"ignore_unknown_options": True})
@click.option("--dim-ordering", type=click.Choice(("tf", "th")), default="tf", show_default=True)
@click.argument("script", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def legacy_run(script: Path, arguments: tuple[str, ...], dim_ordering: str) -> None:
    """Run an old SCRIPT with its ARGUMENTS, as it is, in Keras 1.2.2."""
    from kerasmig.legacy.errors import LegacyError
    from kerasmig.legacy.run import run_script
    from kerasmig.verification import require_tensorflow
    from kerasmig.verify import VerifyError

    try:
        require_tensorflow()
        code = run_script(script, arguments, dim_ordering)
    except (LegacyError, VerifyError) as error:
        _fail(str(error))
    raise SystemExit(code)


@main.command()
@click.argument("code")
def explain(code: str) -> None:
    """Say what CODE (KM201) or a Keras 1 NAME (Convolution2D) becomes, and why."""
    from kerasmig.explain import explanation

    text = explanation(code)
    if text is None:
        _fail(f"unknown code or name {code!r}: `kerasmig rules` lists all codes")
    click.echo(text)


@main.command()
@click.option("--output-format", type=click.Choice(("text", "json")), default="text")
@click.option("--coverage", is_flag=True, help="What becomes of every callable of Keras 1.2.2.")
def rules(output_format: str, coverage: bool) -> None:
    """List all rules."""
    if coverage:
        from kerasmig.catalog.coverage import markdown

        click.echo(markdown(), nl=False)
        return
    from kerasmig.explain import rules_json, rules_table

    if output_format == "json":
        click.echo(rules_json())
    else:
        _console().print(rules_table())


# -- between the commands and the work ------------------------------------------------------------


def _configure(options: dict[str, Any]) -> Config:
    """The configuration file's settings with the flags over them."""
    from dataclasses import replace

    from kerasmig.config import ConfigError, load

    try:
        config = load(Path.cwd())
    except ConfigError as error:
        _fail(str(error))
    upgrade, selection = config.upgrade, config.selection
    for name in ("data_format", "idiomatic", "select", "ignore"):
        if options.get(name):
            upgrade = replace(upgrade, **{name: options[name]})
    if options.get("no_python2"):
        upgrade = replace(upgrade, python2=False)
    if options.get("todo"):
        upgrade = replace(upgrade, todo=True)
    selection = replace(
        selection,
        exclude=(*selection.exclude, *(options.get("exclude") or ())),
        include=(*selection.include, *(options.get("include") or ())),
    )
    if options.get("no_gitignore"):
        selection = replace(selection, respect_gitignore=False)
    jobs = config.jobs if options.get("jobs") is None else options["jobs"]
    cache = config.cache and not options.get("no_cache")
    return replace(config, upgrade=upgrade, selection=selection, jobs=jobs, cache=cache)


def _review(project: Project, run: RunResult) -> RunResult:
    """Ask about each change."""
    from dataclasses import replace

    from kerasmig.interactive import Review

    mine = replace(run, files=run.files[: len(project.files)])
    reviewed = Review(project).run(mine)
    return replace(reviewed, files=(*reviewed.files, *run.files[len(project.files) :]))


def _write_patch(path: Path, run: RunResult) -> None:
    from kerasmig.files import write_atomically
    from kerasmig.report.diff import run_diff_bytes

    try:
        write_atomically(path, run_diff_bytes(run))
    except OSError as error:
        _fail(f"{path}: cannot be written: {error.strerror or error}", UNREADABLE)


def _analyse(
    paths: tuple[Path, ...], config: Config, update_requirements: bool = False
) -> tuple[Project, RunResult]:
    """Find and upgrade the files, with progress on a terminal."""
    import gc

    from kerasmig.cache import Cache
    from kerasmig.files import FileProblem, find_files
    from kerasmig.finding import FileResult, RunResult
    from kerasmig.progress import Progress
    from kerasmig.project import Project, default_jobs

    found: list[Path] = []
    problems: list[FileResult] = []
    for path in paths or (Path(),):
        try:
            found += find_files([path], config.selection)
        except FileProblem as error:
            message = str(error)
            problems.append(FileResult(str(path), error=message.removeprefix(f"{path}: ")))
    if problems and not found and all("no such file" in p.error for p in problems):
        _fail(f"{problems[0].path}: {problems[0].error}")
    files = tuple(sorted(dict.fromkeys(found)))
    cache = Cache(files, config.upgrade) if config.cache else None
    project = Project(files, config.upgrade, cache)
    gc.set_threshold(100_000, 50, 50)  # syntax trees are many objects, and few of them cycles
    with Progress("Reading") as progress:
        run = project.upgrade(config.jobs or default_jobs(), progress.step)
    pinned = project.requirements(paths or (Path(),), run, update=update_requirements)
    if problems or pinned:
        run = RunResult((*run.files, *pinned, *problems), run.extra_files)
    if not run.files:
        click.echo("kerasmig: no Python files found", err=True)
    return project, run


def _verify_run(project: Project, run: RunResult, settings: Any, progress: Any) -> VerifyReport:
    from dataclasses import replace

    from kerasmig.verification import verify_run

    return verify_run(
        project, replace(run, files=run.files[: len(project.files)]), settings, progress
    )


def _verify(function: Any, config: Config, level: str | None, **limits: Any) -> VerifyReport:
    """Run a verification with the configured settings; what cannot start is a clear message."""
    from kerasmig.legacy.errors import LegacyError
    from kerasmig.progress import Progress
    from kerasmig.verification import require_tensorflow
    from kerasmig.verify import VerifyError, VerifySettings

    values = {key.replace("-", "_"): value for key, value in config.verify.items()}
    values.update({"level": level} if level else {})
    try:
        settings = VerifySettings(**{**values, **limits})
        require_tensorflow()
        with Progress("Running models") as progress:
            report: VerifyReport = function(settings, progress.told)
    except (VerifyError, LegacyError, ValueError, TypeError) as error:
        _fail(str(error))
    return report


def _write(project: Project, run: RunResult, config: Config, no_backup: bool) -> list[str]:
    import time
    from dataclasses import replace

    from kerasmig.files import Backups

    backups = None
    if config.backup and not no_backup:
        backups = Backups(config.root, time.strftime("%Y%m%d-%H%M%S"))
    failed = project.write(replace(run, files=run.files[: len(project.files)]), backups)
    failed += project.write_beside(run.files[len(project.files) :], backups)
    if backups is not None and backups.folder.exists():
        click.echo(f"kerasmig: old text kept in {backups.folder}", err=True)
    return failed


def _upgrade_stdin(diff: bool, options: dict[str, Any]) -> NoReturn:
    """Rewrite stdin to stdout; findings go to stderr."""
    from dataclasses import replace

    from kerasmig.finding import RunResult
    from kerasmig.program import LeftAlone, read_program
    from kerasmig.report.diff import unified_diff
    from kerasmig.report.terminal import print_run
    from kerasmig.rewrite.engine import Surroundings, upgrade_text
    from kerasmig.source import SourceError, decode, encode

    config = _configure(options)
    data = sys.stdin.buffer.read()
    try:
        text, encoding = decode(data)
        program = read_program(text, "<stdin>", config.upgrade)
        surroundings = Surroundings(python2=program.modern is not None)
        result = upgrade_text(program.text, config.upgrade, "<stdin>", surroundings)
        result = program.finish(result, config.upgrade)
    except LeftAlone as left:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        _fail(str(left), FINDINGS)
    except SourceError as error:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        _fail(f"<stdin> {error}", UNREADABLE)
    if result.error:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        _fail(f"<stdin> {result.error}", UNREADABLE)
    result = replace(result, encoding=encoding.name, bom=encoding.bom)
    if diff:
        sys.stdout.buffer.write(unified_diff(result).encode(encoding.name))
    else:
        sys.stdout.buffer.write(encode(result.new, encoding))
    sys.stdout.buffer.flush()
    run = RunResult((result,))
    print_run(run, _console(stderr=True), dry_run=True)
    raise SystemExit(_exit_code(run, None, False))


def _exit_code(run: RunResult, report: VerifyReport | None, failed: bool) -> int:
    from kerasmig.finding import Applicability

    if failed or any(file.error for file in run.files):
        return UNREADABLE
    manual = any(
        finding.applicability is Applicability.MANUAL and not finding.suppressed
        for file in run.files
        for finding in file.findings
    )
    if manual or (report is not None and report.exit_code):
        return FINDINGS
    return OK


def _console(stderr: bool = False) -> Console:
    from rich.console import Console

    return Console(stderr=stderr, soft_wrap=True, highlight=False)


def _print_run(
    run: RunResult,
    report: VerifyReport | None,
    output_format: str,
    *,
    verbose: bool,
    diff: bool,
    dry_run: bool = False,
) -> None:
    from kerasmig.report.terminal import print_diff, print_run, print_verify

    if output_format != "text":
        _print_document(output_format, run, report)
        return
    console = _console()
    if diff:
        if console.is_terminal:
            print_diff(run, console)
        else:
            _write_diff(run)
        console = console if console.is_terminal else _console(stderr=True)
    print_run(run, console, verbose=verbose, dry_run=diff or dry_run)
    if report is not None:
        console.print()
        print_verify(report, console, verbose=verbose)


def _write_diff(run: RunResult) -> None:
    """The diff as bytes: each file in its own encoding, so that `git apply` takes it."""
    from kerasmig.report.diff import run_diff_bytes

    sys.stdout.buffer.write(run_diff_bytes(run))
    sys.stdout.buffer.flush()


def _print_verify(report: VerifyReport, output_format: str, verbose: bool) -> None:
    from kerasmig.report.terminal import print_verify

    if output_format != "text":
        _print_document(output_format, None, report)
    else:
        print_verify(report, _console(), verbose=verbose)


def _print_document(output_format: str, run: RunResult | None, report: VerifyReport | None) -> None:
    from kerasmig.report.formats import render

    _write_text(render(output_format, run, report))


def _write_text(text: str) -> None:
    """Write a document as UTF-8, whatever the terminal's encoding is."""
    sys.stdout.buffer.write(text.encode("utf-8"))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
