"""Pictures that are not there, by folders of classes, so that programs really read some. In workers.

They are made while the old program runs, where it looks for them, and are there for the new one.
What a program wants from outside its folder is looked for within, on both sides alike.
"""

from __future__ import annotations

import functools
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from kerasmig.verify.stretch.recording import Recording

PICTURES = 44
"""Pictures of a folder, all classes together: some batches, the last one smaller."""
LEAST = 3
"""Pictures of a class at least."""
INSTEAD = "kerasmig-made-up"
"""Folder for what the program looks for outside its own."""
_SIZE = (48, 64)
_ENDINGS = (".png", ".jpg", ".jpeg", ".bmp")
_COUNT = re.compile(r"(nb|n|num|number_of)_?(class|classes|labels|categories)", re.IGNORECASE)


class Pictures:
    """Makes pictures where a program looks for them.

    Args:
        recording: told what was made.
        make: make what is missing (old side); else only find what was made.
        outputs: sizes of the outputs of the model that was built last.
    """

    def __init__(
        self, recording: Recording, *, make: bool, outputs: Callable[[], Sequence[int | None]]
    ) -> None:
        self._recording, self._make, self._outputs = recording, make, outputs
        self._root = Path(recording.recorder.root)
        self._classes: list[str] = []

    def watch(self, module: Any, generator: Any) -> None:
        """Answer ``load_img`` of a module, and ``flow_from_directory`` of a class."""
        if generator is not None and "flow_from_directory" in vars(generator):
            generator.flow_from_directory = self._flow(generator.flow_from_directory)
        if module is not None:
            module.load_img = self.loading(module.load_img)

    def _flow(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def flow_from_directory(maker: Any, directory: Any, *args: Any, **kwargs: Any) -> Any:
            size = kwargs.get("target_size") or (args[0] if args else (256, 256))
            names = kwargs.get("classes") or ()
            binary = kwargs.get("class_mode", "categorical") == "binary"
            found = self._folder(directory, tuple(size), list(names), binary)
            return original(maker, found, *args, **kwargs)

        return flow_from_directory

    def loading(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """``load_img`` that finds what is not there."""

        @functools.wraps(original)
        def load_img(path: Any, *args: Any, **kwargs: Any) -> Any:
            if isinstance(path, (str, os.PathLike)) and not os.path.exists(path):
                target = self._within(path)
                if self._make and not target.exists() and target.suffix.lower() in _ENDINGS:
                    size = kwargs.get("target_size") or _SIZE
                    self._write(target, tuple(size), 0)
                    self._recording.recorder.note(f"made up: picture {self._name(target)}")
                path = str(target) if target.exists() else path
            return original(path, *args, **kwargs)

        return load_img

    def _folder(self, directory: Any, size: tuple[int, int], names: list[str], binary: bool) -> str:
        if not isinstance(directory, (str, os.PathLike)):
            directory = "pictures"  # a stand-in
        if _has_pictures(Path(directory)):
            return str(os.fspath(directory))
        target = self._within(directory)
        if self._make and not _has_pictures(target):
            if not names:
                count = 2 if binary else len(self._classes) or self._count()
                names = self._classes if len(self._classes) == count else []
                names = names or [f"class{i:03}" for i in range(count)]
            self._classes = names
            each = max(LEAST, PICTURES // len(names))
            for number, name in enumerate(names):
                for i in range(each + number % 2):
                    self._write(target / name / f"{i:03}.png", size, number)
            self._recording.recorder.note(
                f"made up: pictures in {self._name(target)}: {len(names)} classes"
            )
        return str(target)

    def _count(self) -> int:
        """How many classes the program asks for."""
        sizes = list(self._outputs())
        if len(sizes) == 2 and isinstance(sizes[1], int) and sizes[1] > 1:
            return sizes[1]
        for name, value in list(vars(sys.modules["__main__"]).items()):
            if _COUNT.fullmatch(name) and type(value) is int and 1 < value < 1001:
                return value
        return 2

    def _within(self, path: Any) -> Path:
        """Where something is in the program's own folder, wherever the program looks for it."""
        real = Path(os.path.realpath(os.path.expanduser(os.fspath(path))))
        if real.is_relative_to(os.path.realpath(self._root)):
            return real
        return self._root / INSTEAD / real.relative_to(real.anchor)

    def _name(self, path: Path) -> str:
        return path.relative_to(os.path.realpath(self._root)).as_posix()

    def _write(self, path: Path, size: tuple[int, int], number: int) -> None:
        """One picture: coarse, and another one upside down or mirrored."""
        from PIL import Image

        path.parent.mkdir(parents=True, exist_ok=True)
        random = np.random.RandomState((number * 1000 + len(self._recording.told.made)) % 2**32)
        rows, columns = (int(n) for n in size)
        coarse = random.randint(0, 256, (-(-rows // 8), -(-columns // 8), 3)).astype("uint8")
        fine = coarse.repeat(8, axis=0).repeat(8, axis=1)[:rows, :columns]
        Image.fromarray(fine).save(path)
        self._recording.told.made.append(self._name(path))


class InOrder:
    """``os`` for the images of Keras 1: it takes files as the file system gives them, Keras 3 by name.

    The order of a file system is any order, and another one in a copy of the folder.
    """

    @staticmethod
    def walk(*args: Any, **kwargs: Any) -> Iterator[tuple[str, list[str], list[str]]]:
        """The same folders and files, by name."""
        for folder, folders, files in os.walk(*args, **kwargs):
            folders.sort()
            yield folder, folders, sorted(files)

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)


class Here:
    """``multiprocessing.pool.ThreadPool`` without threads, whose locks confinement does not allow."""

    def apply_async(self, function: Callable[..., Any], args: Sequence[Any] = ()) -> Any:
        """Call a function now; what comes of it can be asked for later."""
        result = function(*args)
        return SimpleNamespace(get=lambda: result)

    def close(self) -> None:
        """Nothing is left open."""

    join = close


def _has_pictures(folder: Path) -> bool:
    return any(name.lower().endswith(_ENDINGS) for _, _, names in os.walk(folder) for name in names)
