"""Settings from ``[tool.kerasmig]`` of pyproject.toml."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, NamedTuple

from kerasmig.disk.find import Selection
from kerasmig.settings import DATA_FORMAT_CHOICES, UpgradeSettings

_UPGRADE = {"data-format", "idiomatic", "select", "ignore", "python2"}
_FILES = {"exclude", "include", "respect-gitignore"}
_RUN = {"jobs", "backup", "verify", "cache"}


class ConfigError(Exception):
    """The configuration is wrong; the message says where."""


class Config(NamedTuple):
    """All settings of a run.

    Args:
        upgrade: how to rewrite; ``selection``: which files; ``verify``: the table
            ``[tool.kerasmig.verify]`` as it stands.
        jobs: workers, 0 for one per processor.
        cache: remember what a run found out, for the next one.
        backup: keep the old text of files that git does not have.
        root: folder of the configuration file, or the current folder.
    """

    upgrade: UpgradeSettings = UpgradeSettings()
    selection: Selection = Selection()
    verify: Mapping[str, Any] = {}
    jobs: int = 0
    backup: bool = True
    cache: bool = True
    root: Path = Path()


def load(start: Path) -> Config:
    """Settings of the nearest pyproject.toml at or above a folder that has ``[tool.kerasmig]``.

    Raises:
        ConfigError: the file cannot be read, or an option is unknown or of the wrong type.
    """
    for folder in [start.resolve(), *start.resolve().parents]:
        path = folder / "pyproject.toml"
        if not path.is_file():
            continue
        table = parsed(path).get("tool", {}).get("kerasmig")
        if table is not None:
            return _read(path, table)
    return Config(root=start)


def parsed(path: Path) -> Mapping[str, Any]:
    """What stands in a TOML file.

    Raises:
        ConfigError: it cannot be read.
    """
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    try:
        data: Mapping[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error
    return data


def _read(path: Path, table: Mapping[str, Any]) -> Config:
    unknown = sorted(set(table) - _UPGRADE - _FILES - _RUN)
    if unknown:
        known = ", ".join(sorted(_UPGRADE | _FILES | _RUN))
        raise ConfigError(
            f"{path}: unknown option {unknown[0]!r} in [tool.kerasmig]; known: {known}"
        )
    data_format = _typed(path, table, "data-format", str, "auto")
    if data_format not in DATA_FORMAT_CHOICES:
        choices = ", ".join(DATA_FORMAT_CHOICES)
        raise ConfigError(f"{path}: data-format = {data_format!r}: choose one of {choices}")
    upgrade = UpgradeSettings(
        data_format=data_format,
        idiomatic=_typed(path, table, "idiomatic", bool, False),
        select=_strings(path, table, "select"),
        ignore=_strings(path, table, "ignore"),
        python2=_typed(path, table, "python2", bool, True),
    )
    selection = Selection(
        exclude=_strings(path, table, "exclude"),
        include=_strings(path, table, "include"),
        respect_gitignore=_typed(path, table, "respect-gitignore", bool, True),
    )
    verify = _typed(path, table, "verify", dict, {})
    _check_verify(path, verify)
    return Config(
        upgrade=upgrade,
        selection=selection,
        verify=verify,
        jobs=_typed(path, table, "jobs", int, 0),
        backup=_typed(path, table, "backup", bool, True),
        cache=_typed(path, table, "cache", bool, True),
        root=path.parent,
    )


def _check_verify(path: Path, table: Mapping[str, Any]) -> None:
    from kerasmig.verify.settings import VerifySettings

    known = {item.name.replace("_", "-") for item in fields(VerifySettings)}
    unknown = sorted(key for key in table if key.replace("_", "-") not in known)
    if unknown:
        raise ConfigError(
            f"{path}: unknown option {unknown[0]!r} in [tool.kerasmig.verify]; "
            f"known: {', '.join(sorted(known))}"
        )


def _typed(path: Path, table: Mapping[str, Any], key: str, kind: type, default: Any) -> Any:
    value = table.get(key, default)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise ConfigError(f"{path}: {key} must be of type {kind.__name__}, not {value!r}")
    return value


def _strings(path: Path, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ConfigError(f"{path}: {key} must be a list of strings, not {value!r}")
    return tuple(value)
