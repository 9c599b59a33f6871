"""`kerasmig undo`: take the last run back."""

from __future__ import annotations

from pathlib import Path

import click

from kerasmig.cli.exits import FINDINGS, OK, fail


@click.command()
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option("--run", "name", metavar="NAME", help="This run instead of the last one.")
@click.option("--list", "listed", is_flag=True, help="Show the runs that can be taken back.")
def undo(path: Path, name: str | None, listed: bool) -> None:
    """Give the files at PATH (default: the current folder) the text they had before the last run.

    Files that were edited since are left alone and named.
    """
    from kerasmig.disk.backups import runs_at
    from kerasmig.disk.undo import take_back

    runs = runs_at(path)
    if listed:
        for run in runs:
            click.echo(f"{run.name}  {len(run.files)} file{'s' * (len(run.files) != 1)}")
        raise SystemExit(OK)
    chosen = [run for run in runs if name in (None, run.name)]
    if not chosen:
        what = f"no run {name} to take back" if name else "no run to take back"
        fail(f"{path}: {what}; `kerasmig undo --list` shows those that can be")
    done = take_back(chosen[0], path)
    for line in done.left:
        click.echo(f"kerasmig: {line}", err=True)
    click.echo(
        f"run {chosen[0].name}: {len(done.restored)} restored, {len(done.removed)} removed, "
        f"{len(done.left)} left alone"
    )
    raise SystemExit(FINDINGS if done.left else OK)
