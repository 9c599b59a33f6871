"""`kerasmig legacy`: the real Keras 1.2.2 by hand."""

from __future__ import annotations

from pathlib import Path

import click

from kerasmig.cli.exits import FINDINGS, fail
from kerasmig.cli.options import Group


@click.group(cls=Group)
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
        fail(str(error))


@legacy.command("path")
def legacy_path() -> None:
    """Print where Keras 1.2.2 is; exit code 1 if it is not installed."""
    from kerasmig.legacy.errors import LegacyError
    from kerasmig.legacy.install import locate

    try:
        found = locate()
    except LegacyError as error:
        fail(str(error))
    if found is None:
        fail("Keras 1.2.2 is not installed: run `kerasmig legacy install`", FINDINGS)
    click.echo(found)


@legacy.command("run", context_settings={"ignore_unknown_options": True})
@click.option("--dim-ordering", type=click.Choice(("tf", "th")), default="tf", show_default=True)
@click.argument("script", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def legacy_run(script: Path, arguments: tuple[str, ...], dim_ordering: str) -> None:
    """Run an old SCRIPT with its ARGUMENTS, as it is, in Keras 1.2.2."""
    from kerasmig.legacy.errors import LegacyError
    from kerasmig.legacy.run import run_script
    from kerasmig.old_and_new import require_tensorflow
    from kerasmig.verify import VerifyError

    try:
        require_tensorflow()
        code = run_script(script, arguments, dim_ordering)
    except (LegacyError, VerifyError) as error:
        fail(str(error))
    raise SystemExit(code)
