"""Which files of a project Keras 1 has written, whether they are converted, and with what options."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from kerasmig.oldfiles.converting import Converter, ConvertSettings
from kerasmig.oldfiles.errors import NeedsAnswer, OldFileError
from kerasmig.oldfiles.evidence import backend_of, ordering_of
from kerasmig.oldfiles.plain import automatic_name, kinds_of
from kerasmig.oldfiles.reading import OldFile


class Known(NamedTuple):
    """What the project around old files tells of them.

    Args:
        theano: where it says that it ran on Theano, as ``README.md:11``; empty if nowhere.
        classes: names of the classes that it defines.
    """

    theano: str = ""
    classes: tuple[str, ...] = ()


class Waiting(NamedTuple):
    """A file that Keras 1 wrote.

    Args:
        kind: ``weights``, ``model``, ``configuration``, or ``unknown`` where h5py is missing.
        output: what it is converted to; ``None`` while that needs an answer.
        asks: what has to be said, or why it cannot be converted.
        settings: how to convert it, as far as the project tells; ``because``: why so.
        guess: an option that only somebody who knows the file can give; this is the likelier one.
    """

    path: Path
    kind: str
    output: Path | None = None
    asks: str = ""
    settings: ConvertSettings = ConvertSettings()
    because: str = ""
    guess: str = ""

    @property
    def converted(self) -> bool:
        """Whether its conversion is there."""
        return self.output is not None and self.output.exists()

    @property
    def options(self) -> str:
        """The settings as the command line takes them."""
        told = [f"--backend {self.settings.backend}"] if self.settings.backend else []
        told += [f"--kind {shlex.quote(f'{n}={c}')}" for n, c in self.settings.kinds.items()]
        return " ".join(told)


_NOTHING = Known()


def files_of_keras1(paths: Iterable[Path], known: Known = _NOTHING) -> Iterator[Waiting]:
    """Those of some files that Keras 0 or 1 wrote; what Keras did not write is passed over."""
    readable = find_spec("h5py") is not None
    for path in paths:
        if not readable:
            asks = "reading it needs h5py: pip install 'kerasmig[verify]'"
            yield Waiting(path, "unknown", asks=asks)
            continue
        with Converter(ConvertSettings(dry_run=True, verify=False)) as converter:
            try:
                file = converter.reader.read(path)
            except OldFileError:
                continue
            if file.era >= 2:
                continue
            backend, guess = _backend(file, known)
            settings = ConvertSettings(backend=backend, kinds=_own_layers(file, known.classes))
            because = f"{known.theano} chooses Theano" if backend else ""
            one = Waiting(path, file.kind, None, "", settings, because, guess)
            converter.settings = settings
            try:
                yield one._replace(output=converter.plan(file).output)
            except (NeedsAnswer, OldFileError) as error:
                yield one._replace(asks=str(error))


def _backend(file: OldFile, known: Known) -> tuple[str | None, str]:
    """What the project says its kernels were trained on; and what to try where nothing tells."""
    verdict = backend_of(file, ordering_of(file, file.config, None).value, None)
    if verdict.certain:
        return None, ""
    if known.theano:
        return "theano", ""
    return None, "" if verdict.value else "--backend theano"


def _own_layers(file: OldFile, classes: Iterable[str]) -> Mapping[str, str]:
    """Layers of plain weights whose names Keras 1 made of the project's own classes."""
    if file.config is not None:
        return {}
    own = {automatic_name(name): name for name in classes}
    unknown = [name for name, kind in kinds_of(file, {}).items() if not kind.old]
    return {
        name: own[name.rstrip("0123456789").rstrip("_")]
        for name in unknown
        if name.rstrip("0123456789").rstrip("_") in own
    }
