"""The commands themselves."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kerasmig import __version__
from kerasmig.cli.about import about_run
from kerasmig.cli.convert import convert, inspect
from kerasmig.cli.exits import FINDINGS, OK, UNREADABLE, exit_code, fail
from kerasmig.cli.legacy import legacy
from kerasmig.cli.options import FORMATS, Group, config_option, upgrade_options
from kerasmig.cli.printing import (
    make_console,
    print_run_report,
    print_verify_report,
    window_width,
)
from kerasmig.cli.reports import report
from kerasmig.cli.shown import show_and_end
from kerasmig.cli.start import start
from kerasmig.cli.stdin import from_stdin, run_of_stdin, upgrade_stdin
from kerasmig.cli.undo import undo
from kerasmig.cli.work import (
    analyse,
    configure,
    heed_baseline,
    review,
    run_verification,
    verify_run_of,
    with_converted_files,
    with_proofs_of,
    write_files,
    write_patch,
)
from kerasmig.settings import LAYOUT_CHOICES

if TYPE_CHECKING:
    from kerasmig.finding import RunResult
    from kerasmig.project.project import Project
    from kerasmig.verify import VerifyReport, VerifySettings


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="kerasmig")
def main() -> None:
    """Migrate Keras 1 convolution code to Keras 3, and prove the result.

    \b
    kerasmig start                   look, say the plan, and lead through all of it
    kerasmig upgrade src/ --diff     show what would change
    kerasmig upgrade src/ --verify   rewrite, and compare old and new models
    kerasmig convert net.h5          a model or weights of Keras 1 become Keras 3's
    kerasmig explain KM201           what a code means

    Exit codes: 0 nothing wrong or left; 1 findings that need somebody (`check`: anything to
    migrate; `verify`: a mismatch); 2 wrong usage or configuration; 3 an input could not be read,
    the rest was done.
    """


main.add_command(start)


@main.command()
@upgrade_options
@click.option("--diff", is_flag=True, help="Print a unified diff to stdout and write nothing.")
@click.option("--patch", type=click.Path(path_type=Path), help="Write the diff to a file instead.")
@click.option("--interactive", is_flag=True, help="Decide each change, as `git add -p` does.")
@click.option("--update-requirements", is_flag=True, help="Write today's versions into pins.")
@click.option("--convert-files", is_flag=True, help="Convert files of Keras 1 that the code names.")
@click.option("--todo", is_flag=True, default=None, help="Comment the places left to a person.")
@click.option("--verify", is_flag=True, help="Run old and new models and compare them.")
@click.option("--no-backup", is_flag=True, help="Keep no copies of files that git does not have.")
@click.option(
    "--level",
    type=click.Choice(("shapes", "outputs", "training", "program")),
    help="How deep --verify goes; program if you do not say.",
)
@click.option("--trust", is_flag=True, help="Run programs even if nothing can confine them.")
def upgrade(
    paths: tuple[Path, ...],
    diff: bool,
    patch: Path | None,
    interactive: bool,
    update_requirements: bool,
    convert_files: bool,
    verify: bool,
    no_backup: bool,
    level: str | None,
    trust: bool,
    output_format: str,
    verbose: bool,
    quiet: bool,
    statistics: bool,
    exit_zero: bool,
    output_file: Path | None,
    **options: Any,
) -> None:
    """Rewrite Keras 1 code in PATHS (default: the current folder) for Keras 3.

    Without --diff, files are changed in place. `-` reads stdin and writes to stdout.
    """
    if interactive and (diff or patch is not None):
        fail("--interactive writes what you accept: it does not go with --diff or --patch")
    config = configure(options, _places(paths, options))
    show_and_end(paths, config, options)
    if from_stdin(paths, options):
        upgrade_stdin(diff, config, options["stdin_filename"], exit_zero=exit_zero)
    project, run = analyse(paths, config, update_requirements)
    if convert_files:
        config, changed = with_converted_files(
            paths, config, project, run, dry_run=diff or patch is not None
        )
        if changed:
            project, run = analyse(paths, config, update_requirements)
    if interactive:
        run = review(project, run)
    report = None
    if verify:
        report = run_verification(
            lambda settings, progress: verify_run_of(project, run, settings, progress),
            config,
            level,
            **({"trust": True} if trust else {}),
        )
        run = with_proofs_of(run, report)
    failed: list[str] = []
    if patch is not None:
        write_patch(patch, run)
    elif not diff:
        failed = write_files(project, run, config, no_backup)
    print_run_report(
        run,
        report,
        output_format,
        verbose=verbose,
        diff=diff,
        dry_run=patch is not None,
        statistics=statistics,
        quiet=quiet,
        about=about_run(paths),
        output=output_file,
    )
    for line in failed:
        click.echo(f"kerasmig: {line}", err=True)
    code = exit_code(run, report, bool(failed))
    raise SystemExit(OK if exit_zero and code == FINDINGS else code)


@main.command()
@upgrade_options
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    help="A file of known findings: only others count.",
)
@click.option("--update-baseline", is_flag=True, help="Write what is found into that file.")
def check(
    paths: tuple[Path, ...],
    output_format: str,
    verbose: bool,
    quiet: bool,
    statistics: bool,
    exit_zero: bool,
    baseline: Path | None,
    update_baseline: bool,
    output_file: Path | None,
    **options: Any,
) -> None:
    """Exit with 1 if anything in PATHS is left to migrate; writes nothing but a baseline.

    `-` reads stdin.
    """
    config = configure(options, _places(paths, options))
    show_and_end(paths, config, options)
    if from_stdin(paths, options):
        run = run_of_stdin(config, options["stdin_filename"])
    else:
        _, run = analyse(paths, config)
    if update_baseline and baseline is None:
        fail("--update-baseline needs --baseline FILE")
    if baseline is not None:
        run = heed_baseline(run, baseline, update=update_baseline)
    print_run_report(
        run,
        None,
        output_format,
        verbose=verbose,
        diff=False,
        dry_run=True,
        statistics=statistics,
        quiet=quiet,
        about=about_run(paths),
        output=output_file,
    )
    code = exit_code(run, None, False)
    left = any(not finding.suppressed for file in run.files for finding in file.findings)
    code = FINDINGS if code == OK and left else code
    raise SystemExit(OK if exit_zero and code == FINDINGS else code)


@main.command()
@click.argument("old", type=click.Path(path_type=Path, exists=True))
@click.argument("new", type=click.Path(path_type=Path, exists=True), required=False)
@click.option("--base", metavar="GITREF", help="The old code is what stood at OLD in this commit.")
@click.option(
    "--level",
    type=click.Choice(("shapes", "outputs", "training", "program")),
    help="How deep to compare; program if you do not say.",
)
@click.option("--time-limit", type=float, help="Seconds for one program on one side.")
@click.option("--shard", metavar="I/N", help="Only the I-th of N parts, to split the work.")
@click.option(
    "-j", "--jobs", type=click.IntRange(0), help="Programs at once; 0: one per processor."
)
@click.option(
    "--scheduler",
    metavar="local[:N]|ADDRESS",
    help="Run on a cluster of Dask: one started here, or tcp://… (kerasmig[cluster]).",
)
@click.option("--no-cache", is_flag=True, help="Run every program anew.")
@config_option
@click.option("--trust", is_flag=True, help="Run programs even if nothing can confine them.")
@click.option("--output-format", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("-v", "--verbose", is_flag=True, help="Show every layer of every model.")
def verify(
    old: Path,
    new: Path | None,
    base: str | None,
    level: str | None,
    time_limit: float | None,
    shard: str | None,
    jobs: int | None,
    scheduler: str | None,
    no_cache: bool,
    config: tuple[str, ...],
    trust: bool,
    output_format: str,
    verbose: bool,
) -> None:
    """Run the models of OLD in Keras 1.2.2 and those of NEW in Keras 3, and compare.

    OLD and NEW are files or folders; with --base, OLD is the migrated code and its old state is
    taken from git.
    """
    if (new is None) == (base is None):
        fail("give OLD and NEW, or one path with --base GITREF")
    settings_of_run = configure({"no_cache": no_cache, "config": config})
    part = shard_of(shard)
    limits = {
        "time_limit": time_limit, "jobs": jobs, "trust": trust or None, "scheduler": scheduler
    }  # fmt: skip

    def run(settings: VerifySettings, progress: Any) -> VerifyReport:
        from kerasmig.old_and_new import git_tree, verify_pair
        from kerasmig.project.project import Project

        def analyse(files: Sequence[Path]) -> Project:
            return Project(files, settings_of_run.upgrade)

        if base is not None:
            with git_tree(old, base) as tree:
                return verify_pair(tree, old, settings, progress, analyse, part)
        assert new is not None
        return verify_pair(old, new, settings, progress, analyse, part)

    report = run_verification(
        run, settings_of_run, level, **{k: v for k, v in limits.items() if v is not None}
    )
    print_verify_report(report, output_format, verbose, about_run((new or old,)))
    raise SystemExit(report.exit_code)


@main.command()
@click.argument("place", metavar="FILE[:MODEL]")
@click.option(
    "--layout",
    type=click.Choice(LAYOUT_CHOICES),
    help="channels_last: show the models as that conversion makes them, too.",
)
@click.option(
    "--with-data", is_flag=True, help="With --layout: inputs and data are converted, too."
)
def shapes(place: str, layout: str | None, with_data: bool) -> None:
    """Show the shapes of the models in FILE under both data formats, running nothing.

    MODEL is a model's name in the code, such as the function that builds it.
    """
    from kerasmig.report.terminal import print_converted_shapes, print_shapes

    name, colon, model = place, "", ""
    if not Path(name).exists():
        name, colon, model = place.rpartition(":")
    if not colon and not Path(place).exists():
        fail(f"{place}: no such file")
    _, run = analyse((Path(name),), configure({}, (Path(name),)))
    errors = [file for file in run.files if file.error]
    for file in errors:
        click.echo(f"kerasmig: {file.path}: {file.error}", err=True)
    if errors:
        raise SystemExit(UNREADABLE)
    if not print_shapes(run, make_console(), model):
        fail(f"{place}: no model with a data format was found", FINDINGS)
    if layout == "channels_last":
        wanted = {"layout": layout, "with_data": with_data, "no_cache": True}
        _, run = analyse((Path(name),), configure(wanted, (Path(name),)))
        print_converted_shapes(_of_today(run), make_console(), model, with_data=with_data)


def _of_today(run: RunResult) -> RunResult:
    """The run with the verdicts on its new code."""
    from kerasmig.api import upgrade_source

    files = [file for file in run.files if file.changed]
    return run._replace(
        files=tuple(
            file._replace(verdicts=upgrade_source(file.new, path=file.path).verdicts)
            for file in files
        )
    )


def _places(paths: tuple[Path, ...], options: dict[str, Any]) -> tuple[Path, ...]:
    """Where the code stands, for its configuration to be sought there."""
    if from_stdin(paths, options):
        return (Path(options["stdin_filename"]),) if options["stdin_filename"] else ()
    return paths


def shard_of(text: str | None) -> tuple[int, int]:
    """``2/5`` → (2, 5); all of one part if nothing was said."""
    if text is None:
        return (1, 1)
    index, _, count = text.partition("/")
    if not (index.isdigit() and count.isdigit() and 1 <= int(index) <= int(count)):
        fail(f"--shard {text}: write it as 2/5, the second of five parts")
    return (int(index), int(count))


main.add_command(undo)
main.add_command(report)
main.add_command(legacy)
main.add_command(convert)
main.add_command(inspect)


@main.command()
@click.argument("words", nargs=-1, required=True)
def explain(words: tuple[str, ...]) -> None:
    """Say what a code, an old name, argument or value, or an error message means.

    \b
    kerasmig explain KM201
    kerasmig explain Convolution2D
    kerasmig explain nb_filter
    kerasmig explain "unexpected keyword argument 'nb_epoch'"
    """
    from kerasmig.catalog.explain import explanation

    asked = " ".join(words)
    text = explanation(asked)
    if text is None:
        from kerasmig.catalog.keras1_words import nearest

        near = " or ".join(nearest(asked))
        fail(
            f"nothing is known of {asked!r}: "
            + (f"do you mean {near}? " if near else "")
            + "`kerasmig rules` lists all codes"
        )
    if sys.stdout.isatty():
        from kerasmig.report.wrapping import wrapped_markdown

        text = wrapped_markdown(text, window_width())
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
    from kerasmig.catalog.explain import rules_json, rules_table

    if output_format == "json":
        click.echo(rules_json())
    else:
        from rich.console import Console

        Console(soft_wrap=True, highlight=False).print(rules_table())
