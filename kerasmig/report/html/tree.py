"""Files in their folders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar


class Located(Protocol):
    """Something at a path, with what is left to do there."""

    @property
    def path(self) -> str: ...

    @property
    def left(self) -> int: ...


T = TypeVar("T", bound=Located)


@dataclass
class Folder(Generic[T]):
    """A folder with its own folders and files, each in the order of their names."""

    name: str
    folders: dict[str, Folder[T]] = field(default_factory=dict)
    files: list[T] = field(default_factory=list)
    count: int = 0
    left: int = 0


def tree_of(files: Iterable[T]) -> Folder[T]:
    """The folders of some files; a folder that holds nothing but a folder is joined with it."""
    top: Folder[T] = Folder("")
    for file in files:
        inside = [top]
        for name in _folders(file.path):
            inside.append(inside[-1].folders.setdefault(name, Folder(name)))
        inside[-1].files.append(file)
        for folder in inside:
            folder.count += 1
            folder.left += file.left
    return _joined(top)


def _folders(path: str) -> Sequence[str]:
    return path.replace("\\", "/").split("/")[:-1]


def _joined(folder: Folder[T]) -> Folder[T]:
    inner = {name: _joined(each) for name, each in folder.folders.items()}
    folder.folders = dict(sorted((each.name, each) for each in inner.values()))
    folder.files.sort(key=lambda file: file.path)
    if len(folder.folders) == 1 and not folder.files and folder.name:
        (only,) = folder.folders.values()
        only.name = f"{folder.name}/{only.name}"
        return only
    return folder
