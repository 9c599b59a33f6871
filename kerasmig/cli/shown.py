"""`--show-settings` and `--show-files`: what a run would go by, and do nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kerasmig.cli.exits import OK, UNREADABLE

if TYPE_CHECKING:
    from kerasmig.project.config import Config

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def show_and_end(paths: tuple[Path, ...], config: Config, options: Mapping[str, Any]) -> None:
    """Show what was asked for and end; return if nothing was."""
    if options.get("show_settings"):
        click.echo(settings_text(config), nl=False)
    if options.get("show_files"):
        raise SystemExit(_show_files(paths, config))
    if options.get("show_settings"):
        raise SystemExit(OK)


def settings_text(config: Config) -> str:
    """The settings as TOML that a configuration file can hold."""
    upgrade, selection = config.upgrade, config.selection
    table: dict[str, Any] = {
        "data-format": upgrade.data_format,
        "layout": upgrade.layout,
        "with-data": upgrade.with_data,
        "idiomatic": upgrade.idiomatic,
        "python2": upgrade.python2,
        "todo": upgrade.todo,
        "select": upgrade.select,
        "ignore": upgrade.ignore,
        "per-file-ignores": dict(upgrade.per_file_ignores),
        "exclude": selection.exclude,
        "include": selection.include,
        "respect-gitignore": selection.respect_gitignore,
        "force-exclude": selection.force,
        "backup": config.backup,
        "cache": config.cache,
        "jobs": config.jobs,
    }
    source = "none: these are the defaults" if config.file is None else str(config.file)
    lines = [f"# configuration file: {source}", "[tool.kerasmig]"]
    lines += [f"{key} = {_toml(value)}" for key, value in table.items()]
    lines += ["", "[tool.kerasmig.verify]"]
    lines += [f"{key} = {_toml(value)}" for key, value in config.verify.items()]
    return "\n".join(lines).rstrip("\n") + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, Mapping):
        pairs = (f"{_key(str(key))} = {_toml(inner)}" for key, inner in value.items())
        return f"{{ {', '.join(pairs)} }}" if value else "{}"
    if isinstance(value, str):
        return json.dumps(value)  # a basic string of TOML has the escapes of JSON
    return str(value)


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else json.dumps(name)


def _show_files(paths: tuple[Path, ...], config: Config) -> int:
    from kerasmig.disk.find import FileProblem, find_files, shown_path

    code = OK
    found: dict[str, None] = {}
    for path in paths or (Path(),):
        try:
            found.update(dict.fromkeys(map(shown_path, find_files([path], config.selection))))
        except FileProblem as error:
            click.echo(f"kerasmig: {error}", err=True)
            code = UNREADABLE
    for name in found:
        click.echo(name)
    return code
