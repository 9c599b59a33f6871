"""`kerasmig convert` and `kerasmig inspect`: files that Keras 1 wrote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kerasmig.cli.exits import FINDINGS, OK, UNREADABLE, fail
from kerasmig.cli.printing import say_all, write_text

if TYPE_CHECKING:
    from kerasmig.oldfiles.converting import Conversion, ConvertSettings

_FILES = click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE..."
)

_WORDS = {"asked": "needs an answer"}


def _stated(command: Any) -> Any:
    """The options by which somebody answers what a file does not tell."""
    for option in (
        click.option("--output-format", type=click.Choice(("text", "json")), default="text"),
        click.option(
            "--kind",
            "kinds",
            multiple=True,
            metavar="NAME=CLASS",
            help="What a layer of plain weights is: up2=Deconvolution2D.",
        ),
        click.option(
            "--custom-objects",
            type=click.Path(path_type=Path, exists=True, dir_okay=False),
            metavar="FILE",
            help="Python file for Keras 3 with your functions and classes.",
        ),
        click.option(
            "--model",
            type=click.Path(path_type=Path, exists=True, dir_okay=False),
            metavar="FILE",
            help="Its configuration (.json, .yaml, .h5), for plain weights.",
        ),
        click.option(
            "-o",
            "--output",
            type=click.Path(path_type=Path, file_okay=False),
            metavar="FOLDER",
            help="Where to write; beside each file if left out.",
        ),
        click.option(
            "--format",
            "kind",
            type=click.Choice(("keras", "weights", "h5", "json")),
            help="What to write; what suits the file if left out.",
        ),
        click.option(
            "--layout",
            type=click.Choice(("keep", "channels_last")),
            default="keep",
            help="Have the layers inside compute with the channels last; inputs stay.",
        ),
        click.option(
            "--backend",
            type=click.Choice(("theano", "tensorflow")),
            help="What the kernels were trained on.",
        ),
        click.option(
            "--ordering", type=click.Choice(("th", "tf")), help="The order of the file's kernels."
        ),
    ):
        command = option(command)
    return command


def _settings(
    ordering: str | None,
    backend: str | None,
    kind: str | None,
    output: Path | None,
    model: Path | None,
    custom_objects: Path | None,
    kinds: tuple[str, ...],
    layout: str,
    **more: bool,
) -> ConvertSettings:
    from kerasmig.oldfiles.converting import ConvertSettings

    pairs = [text.partition("=") for text in kinds]
    if not all(name and equals and value for name, equals, value in pairs):
        fail("--kind: write it as NAME=CLASS, such as up2=Deconvolution2D")
    told = {name: value for name, _, value in pairs}
    return ConvertSettings(
        ordering, backend, kind, output, model, custom_objects, told, layout=layout, **more
    )


@click.command()
@_FILES
@_stated
@click.option("--no-verify", is_flag=True, help="Do not run the old and the new model.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and write nothing.")
def convert(
    files: tuple[Path, ...],
    no_verify: bool,
    dry_run: bool,
    output_format: str,
    **stated: Any,
) -> None:
    """Convert weights, models and configurations of Keras 1 for Keras 3, and prove the result.

    \b
    kerasmig convert net.h5                      a model becomes net.keras
    kerasmig convert weights.h5 --model net.json  weights and their model become weights.keras
    kerasmig convert weights.h5                  plain weights become weights.weights.h5

    Nothing is overwritten. Exit codes: 0 all converted; 1 a file needs an answer, cannot be
    converted, or computes something else; 3 a file could not be read, the rest was done.
    """
    from kerasmig.oldfiles.converting import Converter
    from kerasmig.oldfiles.errors import OldFileError

    done: list[Conversion] = []
    try:
        settings = _settings(verify=not no_verify, dry_run=dry_run, **stated)
        with Converter(settings, files) as converter:
            for number, path in enumerate(files, 1):
                if len(files) > 1 and output_format == "text":
                    click.echo(f"[{number}/{len(files)}] {path}", err=True)
                done.append(converter.convert(path))
                if output_format == "text":
                    say_all(told(done[-1]))
    except OldFileError as error:
        fail(str(error))
    if output_format == "json":
        write_text(json.dumps([_document(one) for one in done], indent=1) + "\n")
    raise SystemExit(_code(done))


@click.command()
@_FILES
@_stated
@click.option("-v", "--verbose", is_flag=True, help="Show every layer.")
def inspect(files: tuple[Path, ...], verbose: bool, output_format: str, **stated: Any) -> None:
    """Say what a file of Keras 1 is, how it is read and why, and what will become of it."""
    from kerasmig.oldfiles.converting import Converter
    from kerasmig.oldfiles.description import as_text, described
    from kerasmig.oldfiles.errors import OldFileError

    found, code = [], OK
    try:
        with Converter(_settings(**stated)) as converter:
            for path in files:
                try:
                    found.append(described(converter, converter.reader.read(path)))
                except OldFileError as error:
                    code = UNREADABLE
                    found.append({"path": str(path), "error": str(error)})
                if output_format == "text":
                    last = found[-1]
                    if "error" in last:
                        click.echo(f"kerasmig: {path}: {last['error']}", err=True)
                    else:
                        say_all(as_text(last, verbose))
    except OldFileError as error:
        fail(str(error))
    if output_format == "json":
        write_text(json.dumps(found, indent=1) + "\n")
    raise SystemExit(code)


def told(one: Conversion) -> str:
    """A conversion in a few lines."""
    from kerasmig.disk.find import shown_path

    path, status = shown_path(one.path), _WORDS.get(one.status, one.status)
    lines = [f"{path}: {status}" + (f": {one.message}" if one.message else "")]
    if one.output is not None:
        lines[0] = f"{path} → {shown_path(one.output)}" + (
            "" if one.status == "converted" else f" ({status})"
        )
        if one.message:
            lines.append(f"  {one.message}")
    lines += [f"  {sentence}" for sentence in one.evidence]
    lines += [f"  assumed: {note}" for note in one.notes]
    if one.difference is not None:
        lines.append(
            f"  old model in Keras 1.2.2 and new one in Keras 3: outputs {one.proof} "
            f"(largest difference {one.difference:.1e})"
        )
        if one.step is not None and one.step <= 0.01:
            lines.append("  one more step of training from the stored state: equal")
    elif one.proof:
        lines.append(f"  not compared: {one.proof}")
    return "\n".join(lines)


def _document(one: Conversion) -> dict[str, Any]:
    return {
        **one._asdict(),
        "path": str(one.path),
        "output": str(one.output) if one.output is not None else None,
    }


def _code(done: list[Conversion]) -> int:
    if any(one.status == "unreadable" for one in done):
        return UNREADABLE
    return FINDINGS if any(one.status in ("asked", "failed") for one in done) else OK
