"""Settings from kerasmig.toml, or ``[tool.kerasmig]`` of pyproject.toml."""

from __future__ import annotations

import sys
import types
import typing
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from kerasmig.disk.find import Selection
from kerasmig.disk.ignore import pattern_problem
from kerasmig.disk.reading import read_file
from kerasmig.settings import DATA_FORMAT_CHOICES, LAYOUT_CHOICES, UpgradeSettings

_UPGRADE = {
    "data-format",
    "layout",
    "with-data",
    "idiomatic",
    "select",
    "ignore",
    "per-file-ignores",
    "python2",
    "todo",
}
_FILES = {"exclude", "extend-exclude", "force-exclude", "include", "respect-gitignore"}
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
        file: the configuration file, if there is one.
        found_there: it was found beside the code, neither named nor at or above the current
            folder: whoever wrote the code may have written it.
    """

    upgrade: UpgradeSettings = UpgradeSettings()
    selection: Selection = Selection()
    verify: Mapping[str, Any] = {}
    jobs: int = 0
    backup: bool = True
    cache: bool = True
    root: Path = Path()
    file: Path | None = None
    found_there: bool = False


#: A file of settings without ``[tool.kerasmig]`` around them.
OWN_FILE = "kerasmig.toml"
_INLINE = Path("--config")


def load(start: Path, given: Sequence[str] = (), *, isolated: bool = False) -> Config:
    """Settings of the nearest kerasmig.toml, or pyproject.toml with ``[tool.kerasmig]``.

    Args:
        start: it is sought in this folder and those above.
        given: a file to take instead, or ``key = value`` to set over the file's.
        isolated: take no file.

    Raises:
        ConfigError: a file cannot be read, or an option is unknown or of the wrong type.
    """
    files = [Path(word) for word in given if "=" not in word or Path(word).is_file()]
    inline = [word for word in given if Path(word) not in files]
    if len(files) > 1:
        raise ConfigError(f"--config: give one file, not {files[0]} and {files[1]}")
    if files and isolated:
        raise ConfigError("--config FILE does not go with --isolated")
    found: tuple[Path, Mapping[str, Any]] | None = None
    if files:
        found = (files[0].absolute(), _table_of(files[0]))
    elif not isolated:
        found = _nearest(start.resolve())
    if not inline:
        return _read(*found) if found is not None else Config(root=start)
    over: dict[str, Any] = {}
    for word in inline:
        over.update(_parse(_INLINE, word.encode()))
    _read(_INLINE, over)  # what is wrong with these is said of these
    if found is None:
        return _read(_INLINE, over)._replace(root=start, file=None)
    return _read(found[0], {**found[1], **over})


def _nearest(folder: Path) -> tuple[Path, Mapping[str, Any]] | None:
    for above in (folder, *folder.parents):
        own = above / OWN_FILE
        if own.is_file():
            return own, parsed(own)
        path = above / "pyproject.toml"
        if path.is_file() and (table := tool_table(path, "kerasmig")) is not None:
            return path, table
    return None


def _table_of(path: Path) -> Mapping[str, Any]:
    """The settings of a file that was named."""
    table = tool_table(path, "kerasmig")
    if table is not None:
        return table
    if path.name == "pyproject.toml":
        raise ConfigError(f"{path}: has no [tool.kerasmig]")
    return parsed(path)


def tool_table(path: Path, name: str) -> Mapping[str, Any] | None:
    """``[tool.name]`` of a TOML file; ``None`` if it has none.

    Raises:
        ConfigError: the file cannot be read, or holds something else in that place.
    """
    found: Any = parsed(path)
    for depth, key in enumerate(("tool", name)):
        found = found.get(key)
        if found is None:
            return None
        if not isinstance(found, Mapping):
            shown = ".".join(("tool", name)[: depth + 1])
            raise ConfigError(f"{path}: {shown} must be a table ([{shown}]), not {found!r}")
    table: Mapping[str, Any] = found
    return table


def parsed(path: Path) -> Mapping[str, Any]:
    """What stands in a TOML file.

    Raises:
        ConfigError: it cannot be read.
    """
    try:
        data = read_file(path)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}") from error
    return _parse(path, data)


def _parse(path: Path, text: bytes) -> Mapping[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    try:
        data: Mapping[str, Any] = tomllib.loads(text.decode("utf-8"))
    except RecursionError as error:
        raise ConfigError(f"{path}: is nested too deeply to be read") from error
    except ValueError as error:  # bytes, syntax, numbers beyond all measure
        raise ConfigError(f"{path}: is not TOML: {error}") from error
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
    layout = _typed(path, table, "layout", str, "keep")
    if layout not in LAYOUT_CHOICES:
        choices = ", ".join(LAYOUT_CHOICES)
        raise ConfigError(f"{path}: layout = {layout!r}: choose one of {choices}")
    upgrade = UpgradeSettings(
        data_format=data_format,
        layout=layout,
        with_data=_typed(path, table, "with-data", bool, False),
        idiomatic=_typed(path, table, "idiomatic", bool, False),
        select=_codes(path, "select", _strings(path, table, "select")),
        ignore=_codes(path, "ignore", _strings(path, table, "ignore")),
        per_file_ignores=_per_file(path, table),
        python2=_typed(path, table, "python2", bool, True),
        todo=_typed(path, table, "todo", bool, False),
    )
    selection = Selection(
        exclude=(*_strings(path, table, "exclude"), *_strings(path, table, "extend-exclude")),
        include=_strings(path, table, "include"),
        respect_gitignore=_typed(path, table, "respect-gitignore", bool, True),
        force=_typed(path, table, "force-exclude", bool, False),
        base=None if path == _INLINE else path.parent.absolute(),
    )
    verify = _typed(path, table, "verify", dict, {})
    _check_verify(path, verify)
    jobs = _typed(path, table, "jobs", int, 0)
    if jobs < 0:
        raise ConfigError(f"{path}: jobs must be a number of workers, or 0 for one per processor")
    for key in ("exclude", "extend-exclude", "include"):
        if problem := pattern_problem(table.get(key, ())):
            raise ConfigError(f"{path}: {key}: {problem}")
    return Config(
        upgrade=upgrade,
        selection=selection,
        verify=verify,
        jobs=jobs,
        backup=_typed(path, table, "backup", bool, True),
        cache=_typed(path, table, "cache", bool, True),
        root=path.parent,
        file=path,
    )


def _codes(path: Path, key: str, words: tuple[str, ...]) -> tuple[str, ...]:
    """The codes of an option, each known."""
    if not words:
        return ()
    from kerasmig.catalog.codes import UnknownCode, chosen_codes

    try:
        return chosen_codes(words)
    except UnknownCode as error:
        raise ConfigError(f"{path}: {key}: {error}") from error


def _per_file(path: Path, table: Mapping[str, Any]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """``"tests/*" = ["KM4"]`` of ``per-file-ignores``."""
    key = "per-file-ignores"
    found = []
    for pattern in (given := _typed(path, table, key, dict, {})):
        if problem := pattern_problem([pattern]):
            raise ConfigError(f"{path}: {key}: {problem}")
        codes = _strings(path, given, pattern)
        found.append((pattern, _codes(path, f"{key}: {pattern}", codes)))
    return tuple(found)


def _check_verify(path: Path, table: Mapping[str, Any]) -> None:
    from kerasmig.verify.settings import VerifySettings, WrongSettings

    hints = typing.get_type_hints(VerifySettings)
    # Where and by what programs are run is for who runs kerasmig to say, not for the tree: these
    # would run anything, and confine nothing.
    for name in ("python", "scheduler"):
        hints.pop(name, None)
    values: dict[str, Any] = {}
    for key, value in table.items():
        name = key.replace("-", "_")
        if name not in hints:
            known = ", ".join(sorted(hint.replace("_", "-") for hint in hints))
            raise ConfigError(
                f"{path}: unknown option {key!r} in [tool.kerasmig.verify]; known: {known}"
            )
        if not _is_of(value, hints[name]):
            raise ConfigError(
                f"{path}: [tool.kerasmig.verify] {key} must be {_said(hints[name])}, not {value!r}"
            )
        values[name] = value
    try:
        VerifySettings(**values)
    except WrongSettings as error:
        raise ConfigError(f"{path}: [tool.kerasmig.verify] {error}") from error


#: How a person says the types that an option can have.
_SAID: Mapping[Any, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a string",
    Path: "a path as a string",
    list: "a list of strings",
    dict: "a table of strings",
}


def _is_of(value: object, hint: Any) -> bool:
    """Whether a value of a TOML file can be what a type hint says."""
    origin = typing.get_origin(hint)
    if origin in (types.UnionType, typing.Union):
        return any(_is_of(value, choice) for choice in typing.get_args(hint))
    if origin is not None:
        inside = typing.get_args(hint)[-1 if issubclass(origin, Mapping) else 0]
        if issubclass(origin, Mapping):
            return isinstance(value, dict) and all(_is_of(v, inside) for v in value.values())
        return isinstance(value, list) and all(_is_of(item, inside) for item in value)
    if isinstance(value, bool):
        return hint is bool
    if hint is float:
        return isinstance(value, (int, float))
    return isinstance(value, str if hint is Path else hint)


def _said(hint: Any) -> str:
    origin = typing.get_origin(hint)
    if origin in (types.UnionType, typing.Union):
        return " or ".join(_said(kind) for kind in typing.get_args(hint) if kind is not type(None))
    if origin is not None:
        return _SAID[dict if issubclass(origin, Mapping) else list]
    return _SAID.get(hint, getattr(hint, "__name__", str(hint)))


def _typed(path: Path, table: Mapping[str, Any], key: str, kind: type, default: Any) -> Any:
    value = table.get(key, default)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise ConfigError(f"{path}: {key} must be {_SAID[kind]}, not {value!r}")
    return value


def _strings(path: Path, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ConfigError(f"{path}: {key} must be a list of strings, not {value!r}")
    return tuple(value)
